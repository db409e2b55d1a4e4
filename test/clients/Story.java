// The story, by JDBC with its defaults. test/long/clients.pl says what all clients print.

import java.sql.*;
import java.time.*;
import java.time.format.DateTimeFormatter;
import java.util.*;
import java.util.function.Consumer;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

class Story {
    // [setup]
    // prepareThreshold=0: a pooler in transaction mode knows no prepared statements of a session.
    static Connection connect(String port, String user) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://" + env("PGHOST") + ":" + port + "/" + env("PGDATABASE")
            + "?prepareThreshold=0", user, null);
    }

    static Connection accounts, learners;

    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    // Runs work in a transaction for a learner, whose name goes with the transaction.
    static <T> T asLearner(UUID learner, Work<T> work) throws SQLException {
        learners.setAutoCommit(false);
        try {
            query(learners, "SELECT set_config('learnify.user_id', ?, true)", learner.toString());
            T result = work.run(learners);
            learners.commit();
            return result;
        } catch (SQLException | RuntimeException error) {
            learners.rollback();
            throw error;
        } finally {
            learners.setAutoCommit(true);
        }
    }
    // [/setup]

    // [submit]
    // A String is a varchar, and an array one of PostgreSQL: jsonb takes text that is cast in the statement.
    static UUID submit(UUID learner, Exercise exercise, String code, List<Boolean> results) throws SQLException {
        return asLearner(learner, connection -> query(connection, "SELECT submit_exercise(?, ?, ?, ?, ?::jsonb) AS id",
            learner, exercise.id, code, exercise.language, results.toString()).get(0).uuid("id"));
    }
    // [/submit]

    // [pages]
    // A Timestamp has the microseconds of created_at. The id is what counts. A NULL needs its type.
    static void ticker(UUID learner, int size, Consumer<List<Row>> read) throws SQLException {
        Timestamp[] lastAt = {null};
        UUID[] lastId = {null};
        List<Row> page;
        while (!(page = asLearner(learner, connection -> query(connection,
                "SELECT id, created_at, activity_type, metadata ->> 'actor_name' AS actor"
                + " FROM activity_ticker(?, ?, ?::timestamptz, ?::uuid)", learner, size, lastAt[0], lastId[0]))).isEmpty()) {
            read.accept(page);
            Row last = page.get(page.size() - 1);
            lastAt[0] = last.timestamp("created_at");
            lastId[0] = last.uuid("id");
        }
    }
    // [/pages]

    // [numbers]
    // A bigint is a Long. A column that may be NULL is read by getObject: getInt makes 0 of it.
    static long followingCount(UUID learner) throws SQLException {
        return asLearner(learner, connection ->
            (Long) query(connection, "SELECT following_count(?) AS people", learner).get(0).get("people"));
    }
    // [/numbers]

    // [listen]
    // Not through a pooler: this connection has to stay the listener's own.
    static PGConnection listen() throws SQLException {
        Connection listener = connect(env("DIRECT_PORT"), env("PGUSER"));
        listener.createStatement().execute("LISTEN learnify_activity");
        return listener.unwrap(PGConnection.class);
    }

    static PGNotification nextNotification(PGConnection listener) throws SQLException {
        return listener.getNotifications(10000)[0];
    }
    // [/listen]

    // [errors]
    static String errorOf(SQLException error) {
        ServerErrorMessage message = ((PSQLException) error).getServerErrorMessage();
        return (error.getSQLState() + " " + Objects.toString(message.getColumn(), "")).trim();
    }
    // [/errors]

    static class Exercise {
        UUID id, module;
        String language;
        int tests;
    }

    static class Row extends HashMap<String, Object> {
        UUID uuid(String name) { return (UUID) get(name); }
        Timestamp timestamp(String name) { return (Timestamp) get(name); }
    }

    static String env(String name) {
        return System.getenv(name);
    }

    static PreparedStatement prepare(Connection connection, String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++)
            statement.setObject(i + 1, values[i]);
        return statement;
    }

    static List<Row> query(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, values); ResultSet result = statement.executeQuery()) {
            List<Row> rows = new ArrayList<>();
            while (result.next()) {
                Row row = new Row();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++)
                    row.put(result.getMetaData().getColumnName(i), result.getObject(i));
                rows.add(row);
            }
            return rows;
        }
    }

    static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, values)) {
            return statement.executeUpdate();
        }
    }

    static List<Row> learnerQuery(UUID learner, String sql, Object... values) throws SQLException {
        return asLearner(learner, connection -> query(connection, sql, values));
    }

    interface Attempt {
        void run() throws SQLException;
    }

    static String refused(Attempt attempt) {
        try {
            attempt.run();
            return "allowed";
        } catch (SQLException error) {
            return errorOf(error);
        }
    }

    static void print(Object... values) {
        StringJoiner line = new StringJoiner(" ");
        for (Object value : values)
            line.add(String.valueOf(value));
        System.out.println(line);
    }

    static String instant(Timestamp at) {
        if (Duration.between(at.toInstant(), Instant.now()).abs().toHours() < 1)
            return "now";
        return DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC).format(at.toInstant());
    }

    static List<Boolean> passing(Exercise exercise) {
        return new ArrayList<>(Collections.nCopies(exercise.tests, true));
    }

    static UUID learn(UUID zoe) throws SQLException {
        String variables = "{\"ENTITY\": \"starter\", \"STATE\": \"activity level\", \"LOGIC\": \"readiness test\", \"FLOW\": \"bulk fermentation\","
            + "\"CONTAINER\": \"bakery schedule\", \"EDGE_CASE\": \"overproofed dough\", \"INTERFACE\": \"oven\","
            + "\"VARIANT\": \"Dutch oven\", \"EVENT\": \"fold timer\", \"CAPSTONE_GOAL\": \"a bake planner\"}";
        learnerQuery(zoe, "SELECT choose_archetype(?, ?, ?, ?)", zoe, "Biological", "sourdough", "novice");
        print("no variables:", refused(() -> learnerQuery(zoe, "SELECT set_variables(?, ?::jsonb)", zoe, null)));
        StringJoiner missing = new StringJoiner(" ");
        for (Row row : learnerQuery(zoe, "SELECT * FROM missing_variables(?)", zoe))
            missing.add(String.valueOf(((String[]) arrayOf(row.get("missing"))).length));
        print("modules without variables:", missing);
        learnerQuery(zoe, "SELECT set_variables(?, ?::jsonb)", zoe, variables);
        print("modules without variables:", learnerQuery(zoe, "SELECT * FROM missing_variables(?)", zoe).size());
        UUID course = learnerQuery(zoe, "SELECT generate_course(?) AS id", zoe).get(0).uuid("id");
        learnerQuery(zoe, "SELECT start_course(?, ?)", zoe, course);
        return course;
    }

    static Object arrayOf(Object value) throws SQLException {
        return ((Array) value).getArray();
    }

    static List<Exercise> work(UUID zoe, UUID course) throws SQLException {
        List<Exercise> exercises = new ArrayList<>();
        for (Row row : query(accounts, "SELECT e.id, e.module_id, e.language, jsonb_array_length(e.test_cases) AS tests"
                + " FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id"
                + " WHERE m.course_id = ? ORDER BY m.module_number, e.exercise_number", course)) {
            Exercise exercise = new Exercise();
            exercise.id = row.uuid("id");
            exercise.module = row.uuid("module_id");
            exercise.language = (String) row.get("language");
            exercise.tests = (Integer) row.get("tests");
            exercises.add(exercise);
        }
        Exercise first = exercises.get(0), second = exercises.get(1), third = exercises.get(2);
        List<Boolean> results = passing(first);
        results.set(0, false);
        submit(zoe, first, "ß", results);
        submit(zoe, first, "ß", passing(first));
        submit(zoe, second, "ß", passing(second));
        print("too few results:", refused(() -> submit(zoe, first, "ß", new ArrayList<>())));
        update(accounts, "INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, submitted_at)"
            + " VALUES (?, ?, ?, ?, true, 90, ?)", zoe, third.module, third.id, third.language,
            Timestamp.from(Instant.parse("2026-02-03T22:45:06.789Z")));
        for (Row row : learnerQuery(zoe, "SELECT * FROM module_completions WHERE user_id = ? ORDER BY score, attempts", zoe))
            print("submission:", row.get("score"), row.get("passed"), row.get("attempts"),
                row.get("test_results").toString().split("true", -1).length - 1, instant(row.timestamp("submitted_at")));
        for (Row row : learnerQuery(zoe, "SELECT * FROM course_outline(?, ?) ORDER BY module_number LIMIT 3", zoe, course))
            print("module:", row.get("module_number"), row.get("state"), row.get("solved") + "/" + row.get("exercises"), row.get("title"));
        Row progress = learnerQuery(zoe, "SELECT * FROM user_progress WHERE user_id = ?", zoe).get(0);
        print("progress:", progress.get("progress_percentage"), instant(progress.timestamp("started_at")),
            Objects.requireNonNullElse(progress.get("completed_at"), "not completed"));
        return exercises.subList(3, exercises.size());
    }

    static void readTicker(UUID zoe) throws SQLException {
        Object[] people = query(accounts, "SELECT id FROM users WHERE id <> ?", zoe).stream().map(row -> row.uuid("id")).toArray();
        asLearner(zoe, connection -> query(connection, "SELECT follow_user(?, person) FROM unnest(?) AS person", zoe,
            connection.createArrayOf("uuid", people)));
        print("follows:", followingCount(zoe));
        Set<UUID> seen = new HashSet<>();
        int[] rows = {0};
        ticker(zoe, 10, page -> {
            for (Row row : page) {
                print("ticker:", instant(row.timestamp("created_at")), row.get("activity_type"), row.get("actor"));
                seen.add(row.uuid("id"));
            }
            rows[0] += page.size();
        });
        print(seen.size(), "different rows of", rows[0]);
    }

    // The last row of each page is deleted before the next one is read: its instant has to do.
    static void readWithDeletions(UUID zoe) throws SQLException {
        Set<UUID> seen = new HashSet<>();
        ticker(zoe, 10, page -> {
            page.forEach(row -> seen.add(row.uuid("id")));
            try {
                update(accounts, "DELETE FROM activity_feed WHERE id = ?", page.get(page.size() - 1).uuid("id"));
            } catch (SQLException error) {
                throw new RuntimeException(error);
            }
        });
        print(seen.size(), "different rows while some are deleted");
    }

    static void hear(UUID zoe, Exercise exercise) throws SQLException {
        PGConnection listener = listen();
        submit(zoe, exercise, "ß", passing(exercise));
        String payload;
        do
            payload = nextNotification(listener).getParameter();
        while (!payload.contains(zoe.toString()));
        Row row = learnerQuery(zoe, "SELECT activity_type FROM activity_feed WHERE id = (?::jsonb ->> 'id')::uuid", payload).get(0);
        print("heard:", row.get("activity_type"));
    }

    public static void main(String[] arguments) throws SQLException {
        String register = "SELECT register_user(?, ?, ?, ?) AS id";
        accounts = connect(env("PGPORT"), env("ACCOUNTS_USER"));
        learners = connect(env("PGPORT"), env("PGUSER"));
        UUID zoe = query(accounts, register, "Zoe@Example.com", "correct horse", "Zoë ☕", "Europe/Lisbon").get(0).uuid("id");
        print("registered again:", refused(() -> query(accounts, register, "ZOE@example.com", "correct horse", "Zoë", "UTC")));
        print("without a name:", refused(() -> query(accounts, register, "bob@example.com", "correct horse", null, "UTC")));
        Row profile = learnerQuery(zoe, "SELECT name, time_zone, created_at FROM users WHERE id = ?", zoe).get(0);
        print("profile:", profile.get("name"), profile.get("time_zone"), instant(profile.timestamp("created_at")));
        List<Exercise> exercises = work(zoe, learn(zoe));
        readTicker(zoe);
        for (Row row : learnerQuery(zoe, "SELECT * FROM home_rows(?)", zoe))
            print("home:", row.get("row_title"), row.get("place"), row.get("title"), row.get("match_score"), row.get("reason"));
        hear(zoe, exercises.get(0));
        UUID noor = query(accounts, "SELECT id FROM users WHERE name = 'Noor'").get(0).uuid("id");
        print("as another:", refused(() -> learnerQuery(zoe, "SELECT * FROM activity_ticker(?)", noor)));
        print("as nobody:", query(learners, "SELECT count(*) AS people FROM users").get(0).get("people"));
        readWithDeletions(zoe);
    }
}
