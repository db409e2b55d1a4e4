// The story, by database/sql and lib/pq with their defaults. test/long/clients.pl says what all clients print.
package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/lib/pq"
)

// [setup]
// Host, port, user and database are libpq's variables. binary_parameters sends a statement and its
// values at once, as a pooler in transaction mode needs it.
func open(settings string) *sql.DB {
	db, err := sql.Open("postgres", "sslmode=disable binary_parameters=yes "+settings)
	check(err)
	return db
}

var accounts = open("user=" + os.Getenv("ACCOUNTS_USER"))
var learners = open("")

// asLearner runs work in a transaction for a learner, whose name goes with the transaction.
func asLearner(learner string, work func(*sql.Tx) error) error {
	tx, err := learners.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err = tx.Exec("SELECT set_config('learnify.user_id', $1, true)", learner); err != nil {
		return err
	}
	if err = work(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// [/setup]

// [submit]
// A slice would become an array of PostgreSQL or bytea: jsonb takes the text of json.Marshal.
func submit(learner string, exercise Exercise, code string, results []bool) error {
	document, err := json.Marshal(results)
	if err != nil {
		return err
	}
	return asLearner(learner, func(tx *sql.Tx) error {
		_, err := tx.Exec("SELECT submit_exercise($1, $2, $3, $4, $5)", learner, exercise.id, code, exercise.language, string(document))
		return err
	})
}

// [/submit]

// [pages]
// ticker calls read for each page. A time.Time has the microseconds of created_at. The id is what counts.
func ticker(learner string, size int, read func([]Activity)) error {
	var lastID *string
	var lastAt *time.Time
	for {
		var page []Activity
		err := asLearner(learner, func(tx *sql.Tx) error {
			rows, err := tx.Query(`SELECT id, created_at, activity_type, metadata ->> 'actor_name'
				FROM activity_ticker($1, $2, $3, $4)`, learner, size, lastAt, lastID)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var a Activity
				if err := rows.Scan(&a.id, &a.createdAt, &a.kind, &a.actor); err != nil {
					return err
				}
				page = append(page, a)
			}
			return rows.Err()
		})
		if err != nil || len(page) == 0 {
			return err
		}
		read(page)
		last := page[len(page)-1]
		lastID, lastAt = &last.id, &last.createdAt
	}
}

// [/pages]

// [numbers]
// A bigint is an int64, and a column that may be NULL is scanned into a sql.NullTime or a pointer.
func followingCount(learner string) (people int64, err error) {
	err = asLearner(learner, func(tx *sql.Tx) error {
		return tx.QueryRow("SELECT following_count($1)", learner).Scan(&people)
	})
	return
}

// [/numbers]

// [listen]
// Not through a pooler: this connection has to stay the listener's own.
func listen() (*pq.Listener, error) {
	listener := pq.NewListener("sslmode=disable port="+os.Getenv("DIRECT_PORT"), time.Second, time.Minute, nil)
	return listener, listener.Listen("learnify_activity")
}

// [/listen]

// [errors]
func errorOf(err error) string {
	var raised *pq.Error
	if !errors.As(err, &raised) {
		return err.Error()
	}
	return strings.TrimSpace(string(raised.Code) + " " + raised.Column)
}

// [/errors]

type Exercise struct {
	id, module, language string
	tests                int
}

type Activity struct {
	id, kind, actor string
	createdAt       time.Time
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func refused(err error) string {
	if err == nil {
		return "allowed"
	}
	return errorOf(err)
}

func instant(at time.Time) string {
	if age := time.Since(at); age > -time.Hour && age < time.Hour {
		return "now"
	}
	return at.UTC().Format("2006-01-02T15:04:05.000Z")
}

func passing(exercise Exercise) []bool {
	results := make([]bool, exercise.tests)
	for i := range results {
		results[i] = true
	}
	return results
}

// each runs a query for a learner, and calls read for each row.
func each(learner string, read func(*sql.Rows) error, statement string, values ...interface{}) error {
	return asLearner(learner, func(tx *sql.Tx) error {
		rows, err := tx.Query(statement, values...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := read(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

func one(learner string, result interface{}, statement string, values ...interface{}) error {
	return asLearner(learner, func(tx *sql.Tx) error {
		return tx.QueryRow(statement, values...).Scan(result)
	})
}

func countMissing(zoe string) string {
	counts := []string{}
	check(each(zoe, func(rows *sql.Rows) error {
		var missing []string
		err := rows.Scan(pq.Array(&missing))
		counts = append(counts, fmt.Sprint(len(missing)))
		return err
	}, "SELECT missing FROM missing_variables($1)", zoe))
	if len(counts) == 0 {
		return "0"
	}
	return strings.Join(counts, " ")
}

func learn(zoe string) (course string) {
	var ignored interface{}
	check(one(zoe, &ignored, "SELECT choose_archetype($1, $2, $3, $4)", zoe, "Biological", "sourdough", "novice"))
	fmt.Println("no variables:", refused(one(zoe, &ignored, "SELECT set_variables($1, $2)", zoe, nil)))
	fmt.Println("modules without variables:", countMissing(zoe))
	variables, err := json.Marshal(map[string]string{
		"ENTITY": "starter", "STATE": "activity level", "LOGIC": "readiness test", "FLOW": "bulk fermentation",
		"CONTAINER": "bakery schedule", "EDGE_CASE": "overproofed dough", "INTERFACE": "oven", "VARIANT": "Dutch oven",
		"EVENT": "fold timer", "CAPSTONE_GOAL": "a bake planner"})
	check(err)
	check(one(zoe, &ignored, "SELECT set_variables($1, $2)", zoe, string(variables)))
	fmt.Println("modules without variables:", countMissing(zoe))
	check(one(zoe, &course, "SELECT generate_course($1)", zoe))
	check(one(zoe, &ignored, "SELECT start_course($1, $2)", zoe, course))
	return course
}

func readExercises(course string) (exercises []Exercise) {
	rows, err := accounts.Query(`SELECT e.id, e.module_id, e.language, jsonb_array_length(e.test_cases)
		FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id
		WHERE m.course_id = $1 ORDER BY m.module_number, e.exercise_number`, course)
	check(err)
	defer rows.Close()
	for rows.Next() {
		var e Exercise
		check(rows.Scan(&e.id, &e.module, &e.language, &e.tests))
		exercises = append(exercises, e)
	}
	check(rows.Err())
	return exercises
}

func work(zoe, course string) []Exercise {
	exercises := readExercises(course)
	first, second, third := exercises[0], exercises[1], exercises[2]
	results := passing(first)
	results[0] = false
	check(submit(zoe, first, "ß", results))
	check(submit(zoe, first, "ß", passing(first)))
	check(submit(zoe, second, "ß", passing(second)))
	fmt.Println("too few results:", refused(submit(zoe, first, "ß", []bool{})))
	_, err := accounts.Exec(`INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, submitted_at)
		VALUES ($1, $2, $3, $4, true, 90, $5)`, zoe, third.module, third.id, third.language,
		time.Date(2026, 2, 3, 22, 45, 6, 789000000, time.UTC))
	check(err)
	check(each(zoe, func(rows *sql.Rows) error {
		var score, attempts, tests int
		var passed bool
		var document []byte
		var results []bool
		var at time.Time
		if err := rows.Scan(&score, &passed, &attempts, &document, &at); err != nil {
			return err
		}
		err := json.Unmarshal(document, &results)
		for _, result := range results {
			if result {
				tests++
			}
		}
		fmt.Println("submission:", score, passed, attempts, tests, instant(at))
		return err
	}, "SELECT score, passed, attempts, test_results, submitted_at FROM module_completions WHERE user_id = $1 ORDER BY score, attempts", zoe))
	check(each(zoe, func(rows *sql.Rows) error {
		var number, exercises, solved int
		var state, title string
		err := rows.Scan(&number, &state, &solved, &exercises, &title)
		fmt.Printf("module: %d %s %d/%d %s\n", number, state, solved, exercises, title)
		return err
	}, "SELECT module_number, state, solved, exercises, title FROM course_outline($1, $2) ORDER BY module_number LIMIT 3", zoe, course))
	check(each(zoe, printProgress, "SELECT * FROM user_progress WHERE user_id = $1", zoe))
	return exercises[3:]
}

// printProgress reads all columns as whatever the driver makes of them.
func printProgress(rows *sql.Rows) error {
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	values, targets, byName := make([]interface{}, len(names)), make([]interface{}, len(names)), map[string]interface{}{}
	for i := range values {
		targets[i] = &values[i]
	}
	if err := rows.Scan(targets...); err != nil {
		return err
	}
	for i, name := range names {
		byName[name] = values[i]
	}
	completed := "not completed"
	if at, ok := byName["completed_at"].(time.Time); ok {
		completed = instant(at)
	}
	fmt.Println("progress:", byName["progress_percentage"], instant(byName["started_at"].(time.Time)), completed)
	return nil
}

func readTicker(zoe string) {
	people, err := accounts.Query("SELECT id FROM users WHERE id <> $1", zoe)
	check(err)
	ids := []string{}
	for people.Next() {
		var id string
		check(people.Scan(&id))
		ids = append(ids, id)
	}
	check(people.Err())
	check(asLearner(zoe, func(tx *sql.Tx) error {
		_, err := tx.Exec("SELECT follow_user($1, person) FROM unnest($2::uuid[]) AS person", zoe, pq.Array(ids))
		return err
	}))
	count, err := followingCount(zoe)
	check(err)
	fmt.Println("follows:", count)
	rows, seen := 0, map[string]bool{}
	check(ticker(zoe, 10, func(page []Activity) {
		for _, a := range page {
			fmt.Println("ticker:", instant(a.createdAt), a.kind, a.actor)
			seen[a.id] = true
		}
		rows += len(page)
	}))
	fmt.Println(len(seen), "different rows of", rows)
}

// The last row of each page is deleted before the next one is read: its instant has to do.
func readWithDeletions(zoe string) {
	seen := map[string]bool{}
	check(ticker(zoe, 10, func(page []Activity) {
		for _, a := range page {
			seen[a.id] = true
		}
		_, err := accounts.Exec("DELETE FROM activity_feed WHERE id = $1", page[len(page)-1].id)
		check(err)
	}))
	fmt.Println(len(seen), "different rows while some are deleted")
}

func hear(zoe string, exercise Exercise) {
	listener, err := listen()
	check(err)
	defer listener.Close()
	check(submit(zoe, exercise, "ß", passing(exercise)))
	for notification := range listener.Notify {
		var payload struct {
			ID   string `json:"id"`
			User string `json:"user_id"`
		}
		check(json.Unmarshal([]byte(notification.Extra), &payload))
		if payload.User == zoe {
			var kind string
			check(one(zoe, &kind, "SELECT activity_type FROM activity_feed WHERE id = $1", payload.ID))
			fmt.Println("heard:", kind)
			return
		}
	}
}

func main() {
	const register = "SELECT register_user($1, $2, $3, $4)"
	var zoe, noor, name, zone string
	var createdAt time.Time
	var people int64
	check(accounts.QueryRow(register, "Zoe@Example.com", "correct horse", "Zoë ☕", "Europe/Lisbon").Scan(&zoe))
	fmt.Println("registered again:", refused(accounts.QueryRow(register, "ZOE@example.com", "correct horse", "Zoë", "UTC").Scan(&name)))
	fmt.Println("without a name:", refused(accounts.QueryRow(register, "bob@example.com", "correct horse", nil, "UTC").Scan(&name)))
	check(each(zoe, func(rows *sql.Rows) error {
		return rows.Scan(&name, &zone, &createdAt)
	}, "SELECT name, time_zone, created_at FROM users WHERE id = $1", zoe))
	fmt.Println("profile:", name, zone, instant(createdAt))
	exercises := work(zoe, learn(zoe))
	readTicker(zoe)
	check(each(zoe, func(rows *sql.Rows) error {
		var row, title string
		var reason sql.NullString
		var place, score int
		err := rows.Scan(&row, &place, &title, &score, &reason)
		fmt.Println("home:", row, place, title, score, reason.String)
		return err
	}, "SELECT row_title, place, title, match_score, reason FROM home_rows($1)", zoe))
	hear(zoe, exercises[0])
	check(accounts.QueryRow("SELECT id FROM users WHERE name = 'Noor'").Scan(&noor))
	fmt.Println("as another:", refused(each(zoe, func(*sql.Rows) error { return nil }, "SELECT id FROM activity_ticker($1)", noor)))
	check(learners.QueryRow("SELECT count(*) FROM users").Scan(&people))
	fmt.Println("as nobody:", people)
	readWithDeletions(zoe)
}
