-- Authors rename, archive, restore and delete their own courses, and list what they have written and taken.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_author;
DELETE FROM users;
CREATE ROLE regress_author;
SELECT grant_learner('regress_author');
INSERT INTO users (id, email, password_hash, name) VALUES
  ('00000000-0000-4000-8000-000000000ada', 'ada@example.org', '', 'Ada'),
  ('00000000-0000-4000-8000-000000000b0b', 'bob@example.org', '', 'Bob');
INSERT INTO generated_courses (id, user_id, title, meta_category, created_at)
SELECT format('00000000-0000-4000-8000-0000000000c%s', n)::uuid,
       CASE WHEN n = 5 THEN '00000000-0000-4000-8000-000000000b0b' ELSE '00000000-0000-4000-8000-000000000ada' END::uuid,
       format('Course %s', n), 'Digital', timestamptz '2026-01-01 10:00:00.123456+00' + n / 3 * interval '1 day'
FROM generate_series(1, 5) AS n;
INSERT INTO generated_modules (course_id, module_number, title) SELECT id, 1, 'Only' FROM generated_courses;
\set ada 00000000-0000-4000-8000-000000000ada
\set bob 00000000-0000-4000-8000-000000000b0b
\set c1 00000000-0000-4000-8000-0000000000c1
\set c2 00000000-0000-4000-8000-0000000000c2
\set c5 00000000-0000-4000-8000-0000000000c5

CREATE FUNCTION error_of(statement text, OUT code text, OUT message text, OUT hint text, OUT column_name text)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
  message := 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT, column_name = COLUMN_NAME;
END
$$;

-- A learner's role acts for its own courses.
SET ROLE regress_author;
BEGIN;
SET LOCAL learnify.user_id = :'ada';
SELECT rename_course(:'c1', E' Sorting by hand\u00a0');
SELECT title, updated_at = now() AS is_updated FROM generated_courses WHERE id = :'c1';
SELECT archive_course(:'c1') AS archived, archive_course(:'c1') AS again;
SELECT course_id, status FROM authored_courses(:'ada') WHERE course_id = :'c1';
SELECT restore_course(:'c1') AS restored, restore_course(:'c1') AS again;
SELECT course_id, status FROM authored_courses(:'ada') WHERE course_id = :'c1';
SELECT delete_course(:'c1');
SELECT count(*) AS courses FROM generated_courses WHERE user_id = :'ada';
ROLLBACK;
-- For no others, and without a user for none.
BEGIN;
SET LOCAL learnify.user_id = :'bob';
SELECT statement, e.code, e.column_name
FROM unnest(ARRAY[format('SELECT rename_course(%L, ''Mine'')', :'c1'), format('SELECT archive_course(%L)', :'c1'),
                  format('SELECT restore_course(%L)', :'c1'), format('SELECT delete_course(%L)', :'c1'),
                  format('SELECT FROM authored_courses(%L)', :'ada'), format('SELECT FROM enrolled_courses(%L)', :'ada')]) AS statement
CROSS JOIN LATERAL error_of(statement) AS e;
ROLLBACK;
SELECT code, message FROM error_of(format('SELECT delete_course(%L)', :'c1'));
-- Others' courses that a learner may not see do not exist for that learner, whatever is asked of them.
RESET ROLE;
BEGIN;
UPDATE users SET max_visibility = 'private' WHERE id = :'ada';
SET LOCAL ROLE regress_author;
CREATE TEMP VIEW answers AS
SELECT count(*) AS calls, count(*) FILTER (WHERE e.code = n.code AND replace(e.message, '00000000-0000-4000-8000-0000000000c1', 'C') = replace(n.message, '00000000-0000-4000-8000-000000000ada', 'C')
                                             AND e.column_name = n.column_name) AS alike, string_agg(DISTINCT e.code, ' ') AS codes
FROM unnest(ARRAY['rename_course(%L, ''Mine'')', 'archive_course(%L)', 'restore_course(%L)', 'delete_course(%L)', 'regenerate_course(%L, true)',
                  'start_course(%2$L, %1$L)', 'record_interaction(%2$L, %1$L, ''saved'')', 'dismiss_recommendation(%2$L, %1$L)', 'retake_course(%2$L, %1$L)']) AS c (call)
CROSS JOIN LATERAL error_of(format('SELECT ' || c.call, '00000000-0000-4000-8000-0000000000c1', '00000000-0000-4000-8000-000000000b0b')) AS e
CROSS JOIN LATERAL error_of(format('SELECT ' || c.call, '00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-000000000b0b')) AS n;
SET LOCAL learnify.user_id = :'bob';
SELECT * FROM answers;
SET LOCAL learnify.user_id = '';
SELECT * FROM answers;
ROLLBACK;
SET ROLE regress_author;
RESET ROLE;

-- A back end acts for everybody.
BEGIN;
SELECT rename_course(:'c1', 'By the back end'), archive_course(:'c5');
SELECT title, status FROM generated_courses WHERE id IN (:'c1', :'c5') ORDER BY id;
-- What had another status before is active afterwards.
UPDATE generated_courses SET status = 'paused' WHERE id = :'c2';
SELECT restore_course(:'c2'), archive_course(:'c2'), restore_course(:'c2');
SELECT status FROM generated_courses WHERE id = :'c2';
ROLLBACK;

-- Titles are one line that others can see.
SELECT statement, e.code, e.column_name
FROM unnest(ARRAY[format('SELECT rename_course(%L, E'' \u200b'')', :'c1'), format('SELECT rename_course(%L, '''')', :'c1'),
                  format('SELECT rename_course(%L, E''two\nlines'')', :'c1'), format('SELECT rename_course(%L, E''turned \u202e round'')', :'c1'),
                  format('SELECT rename_course(%L, repeat(''é'', 301))', :'c1'), format('SELECT rename_course(%L, repeat(''é'', 300))', :'c1'),
                  format('SELECT rename_course(%L, NULL)', :'c1'), 'SELECT rename_course(NULL, ''x'')', 'SELECT archive_course(NULL)',
                  'SELECT restore_course(NULL)', 'SELECT delete_course(NULL)',
                  format('SELECT rename_course(%L, ''x'')', :'ada'), format('SELECT archive_course(%L)', :'ada'),
                  format('SELECT restore_course(%L)', :'ada'), format('SELECT delete_course(%L)', :'ada')]) AS statement
CROSS JOIN LATERAL error_of(statement) AS e;
SELECT code, message FROM error_of(format('INSERT INTO generated_courses (user_id, title, meta_category) VALUES (%L, E''a\nb'', ''Digital'')', :'ada'));

-- A course that others learn from is archived and not deleted; the author's own work is no obstacle.
SELECT start_course(:'ada', :'c1') IS NOT NULL AS author_enrolled, start_course(:'bob', :'c2') IS NOT NULL AS enrolled;
SET ROLE regress_author;
SET learnify.user_id = :'ada';
SELECT * FROM error_of(format('SELECT delete_course(%L)', :'c2')) \gx
SELECT archive_course(:'c2'), delete_course(:'c1');
RESET ROLE;
RESET learnify.user_id;
SELECT title, status FROM generated_courses WHERE user_id = :'ada' ORDER BY title;
SELECT c.title FROM user_progress AS p JOIN generated_courses AS c ON c.id = p.course_id;

-- Pages of one's own courses: those of one instant by id, a cursor in milliseconds skips nothing.
SELECT course_id, title, meta_category, status, created_at AT TIME ZONE 'UTC' AS created_at FROM authored_courses(:'ada');
SELECT title FROM authored_courses(:'ada', 1);
SELECT title FROM authored_courses(:'ada', 1, before_id => '00000000-0000-4000-8000-0000000000c4');
SELECT title FROM authored_courses(:'ada', 5, '2026-01-02 10:00:00.123+00', '00000000-0000-4000-8000-0000000000c3');
SELECT title FROM authored_courses(:'ada', 5, '2026-01-02 10:00:00.123+00', '00000000-0000-4000-8000-0000000000cf');
SELECT code, message, column_name FROM error_of(format('SELECT FROM authored_courses(%L, before_id => ''00000000-0000-4000-8000-0000000000cf'')', :'ada'));
SELECT code, message, column_name FROM error_of(format('SELECT FROM authored_courses(%L, 201)', :'ada'));
SELECT code, message, column_name FROM error_of('SELECT FROM enrolled_courses(NULL)');
SELECT count(*) FROM authored_courses('00000000-0000-4000-8000-000000000bad');

-- A cursor is a row of one's own list. Another's course, which may be hidden, is answered as one that does not exist.
SELECT code, column_name FROM error_of(format('SELECT FROM authored_courses(%L, before_id => %L)', :'bob', '00000000-0000-4000-8000-0000000000c3'));
SELECT code, column_name FROM error_of(format('SELECT FROM enrolled_courses(%L, before_id => (SELECT id FROM user_progress WHERE user_id = %L LIMIT 1))', :'ada', :'bob'));

-- A learner's role cannot turn automation off: neither its own work nor what it does to its course would be counted for others.
BEGIN;
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty, test_cases)
SELECT '00000000-0000-4000-8000-0000000000e1', m.id, 1, 'First', 'python', 'easy', '[1]' FROM generated_modules AS m WHERE m.course_id = '00000000-0000-4000-8000-0000000000c3';
SET LOCAL ROLE regress_author;
SET LOCAL learnify.automation = off;
SET LOCAL learnify.user_id = :'bob';
SELECT submit_exercise(:'bob', '00000000-0000-4000-8000-0000000000e1', '', 'python', '[true]') IS NOT NULL AS submitted;
RESET ROLE;
SELECT progress_percentage, completed_at IS NOT NULL AS is_completed FROM user_progress WHERE user_id = :'bob' AND course_id = '00000000-0000-4000-8000-0000000000c3';
SELECT learnify_internal.automation_enabled() AS for_the_owner;
UPDATE generated_courses SET status = 'archived' WHERE id = '00000000-0000-4000-8000-0000000000c4';
UPDATE exercises SET module_id = m.id FROM generated_modules AS m WHERE m.course_id = '00000000-0000-4000-8000-0000000000c4';
SET LOCAL ROLE regress_author;
SELECT code, column_name FROM error_of($$SELECT submit_exercise('00000000-0000-4000-8000-000000000b0b', '00000000-0000-4000-8000-0000000000e1', '', 'python', '[true]')$$);
ROLLBACK;

-- Pages of the courses that one takes, completed and archived ones too.
UPDATE user_progress SET started_at = '2026-02-01 10:00:00.5+00' WHERE user_id = :'bob';
INSERT INTO user_progress (user_id, course_id, started_at)
SELECT :'bob', id, '2026-02-01 10:00:00.5+00' FROM generated_courses WHERE id IN ('00000000-0000-4000-8000-0000000000c3', '00000000-0000-4000-8000-0000000000c4');
UPDATE user_progress SET completed_at = '2026-02-03 10:00:00+00' WHERE course_id = '00000000-0000-4000-8000-0000000000c3';
SELECT title, state, is_archived, progress_percentage, current_module_id IS NOT NULL AS has_module, completed_at AT TIME ZONE 'UTC' AS completed_at
FROM enrolled_courses(:'bob') ORDER BY title;
-- Each page follows the one before.
CREATE FUNCTION walk(page_size integer) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  seen text[] := '{}';
  page record;
  last_id uuid;
BEGIN
  LOOP
    SELECT array_agg(e.title ORDER BY e.n) AS titles, (array_agg(e.progress_id ORDER BY e.n DESC))[1] AS last_id INTO page
    FROM enrolled_courses('00000000-0000-4000-8000-000000000b0b', page_size, before_id => last_id) WITH ORDINALITY
      AS e (course_id, title, meta_category, state, is_archived, percentage, module, started_at, completed_at, progress_id, n);
    EXIT WHEN page.titles IS NULL;
    seen := seen || page.titles;
    last_id := page.last_id;
  END LOOP;
  RETURN seen;
END
$$;
SELECT walk(1) = walk(200) AS same, cardinality(walk(2)) AS rows;
SET ROLE regress_author;
SET learnify.user_id = :'bob';
SELECT count(*) FROM enrolled_courses(:'bob');
RESET ROLE;
RESET learnify.user_id;

-- The page is found by index, however deep it lies.
INSERT INTO generated_courses (user_id, title, meta_category, created_at)
SELECT :'bob', 'Many', 'Digital', timestamptz '2025-01-01' + n * interval '1 minute' FROM generate_series(1, 3000) AS n;
INSERT INTO user_progress (user_id, course_id, started_at, broadcast_at)
SELECT :'ada', id, created_at, '2025-01-01' FROM generated_courses WHERE title = 'Many';
CREATE FUNCTION pages_read(statement text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, FORMAT json) ' || statement INTO plan;
  RETURN (plan -> 0 -> 'Plan' ->> 'Shared Hit Blocks')::bigint + (plan -> 0 -> 'Plan' ->> 'Shared Read Blocks')::bigint;
END
$$;
SELECT id AS middle FROM generated_courses WHERE title = 'Many' ORDER BY created_at OFFSET 1500 LIMIT 1 \gset
SELECT p.id AS middle_enrolment FROM user_progress AS p WHERE p.course_id = :'middle' \gset
SELECT pages_read(format('SELECT * FROM authored_courses(%L, 10, before_id => %L)', :'bob', :'middle')) > 0 AS planned;
SELECT pages_read(format('SELECT * FROM authored_courses(%L, 10, before_id => %L)', :'bob', :'middle')) < 60 AS by_index,
       pages_read(format('SELECT * FROM enrolled_courses(%L, 10, before_id => %L)', :'ada', :'middle_enrolment')) < 120 AS enrolled_by_index;

DELETE FROM user_progress;
DELETE FROM users;
DROP OWNED BY regress_author;
DROP ROLE regress_author;
DROP FUNCTION error_of(text), walk(integer), pages_read(text);
