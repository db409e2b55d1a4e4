-- Run by import_million.sh. Prints one line for each test.
\set QUIET on
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE EXTENSION learnify;

CREATE FUNCTION pg_temp.ok(number integer, passes boolean, name text) RETURNS text LANGUAGE sql
RETURN format('%s %s - %s', CASE WHEN passes THEN 'ok' ELSE 'not ok' END, number, name);

-- A million rows as hand-run migrations leave them: numeric ids, timestamps without
-- time zone, JSON as text, no keys and no indexes. One row in a hundred is a duplicate,
-- has a dangling reference, or has a score out of range.
CREATE SCHEMA old;
CREATE TABLE old.users AS
SELECT n AS id, CASE WHEN n % 100 = 0 THEN upper(format('user%s@example.org', n - 1)) ELSE format('user%s@example.org', n) END AS email,
       '$2b$04$x' AS password_hash, 'User ' || n AS name, timestamp '2020-01-01' + n * interval '17 minutes' AS created_at,
       CASE WHEN n % 3 > 0 THEN timestamp '2022-01-01' + n * interval '7 minutes' END AS last_login
FROM generate_series(1, 60000) AS n;
CREATE TABLE old.user_archetypes AS
SELECT n AS id, n AS user_id, (ARRAY['digital', 'Economic', 'Biological'])[1 + n % 3] AS meta_category, 'Domain ' || n % 500 AS domain,
       'novice' AS skill_level
FROM generate_series(1, 60000) AS n;
CREATE TABLE old.generated_courses AS
SELECT 'course-' || n AS id, 1 + n % 60600 AS user_id, 'Course ' || n AS title, 'Digital' AS meta_category,
       '{"ENTITY": "thing"}' AS injected_variables, timestamp '2021-01-01' + n * interval '31 minutes' AS created_at
FROM generate_series(1, 20000) AS n;
CREATE TABLE old.generated_modules AS
SELECT n AS id, 'course-' || 1 + n / 7 AS course_id, CASE WHEN n % 100 = 0 AND n % 7 > 0 THEN n % 7 ELSE 1 + n % 7 END AS module_number,
       'Module ' || n AS title, '{"lessons": ["Read", "Write"]}' AS content, timestamp '2021-02-01' + n * interval '3 minutes' AS created_at
FROM generate_series(0, 139999) AS n;
CREATE TABLE old.exercises AS
SELECT n AS id, n / 2 AS module_id, 1 + n % 2 AS exercise_number, 'Exercise ' || n AS title, 'Python' AS language,
       '[{"input": "1", "expected_output": "2"}]' AS test_cases, 'easy' AS difficulty
FROM generate_series(0, 279999) AS n;
CREATE TABLE old.user_progress AS
SELECT 1 + n % 60000 AS user_id, 'course-' || 1 + n * 7 % 20100 AS course_id, n % 101 AS progress_percentage,
       timestamp '2022-01-01' + n * interval '2 minutes' AS started_at
FROM generate_series(1, 150000) AS n;
CREATE TABLE old.module_completions AS
SELECT n AS id, 1 + n % 60000 AS user_id, (n % 280000) / 2 AS module_id, n % 280000 AS exercise_id, 'print(1)' AS submitted_code, 'python' AS language,
       '[true]' AS test_results, n % 2 = 0 AS passed, n % 102 AS score, timestamp '2022-01-01' + n * interval '2 minutes' AS submitted_at
FROM generate_series(0, 199999) AS n;
CREATE TABLE old.activity_feed AS
SELECT 1 + n % 60000 AS user_id, 'exercise_solved' AS activity_type, 'exercise' AS reference_type, n::text AS reference_id, 'public' AS visibility,
       timestamp '2022-01-01' + n * interval '2 minutes' AS created_at
FROM generate_series(0, 99999) AS n;
ANALYZE;

CREATE TEMPORARY TABLE dry_run AS SELECT * FROM import_legacy('old', 'Europe/Berlin', dry_run => true);
SELECT pg_temp.ok(1, NOT EXISTS (SELECT FROM users) AND NOT EXISTS (SELECT FROM activity_feed), 'a dry run writes nothing');

SELECT clock_timestamp() AS began \gset
CREATE TEMPORARY TABLE import AS SELECT * FROM import_legacy('old', 'Europe/Berlin');
SELECT format('# %s rows read, %s written, %s refused in %s s', sum(rows_read), sum(rows_written), sum(rows_refused),
              round(extract(epoch FROM clock_timestamp() - :'began'), 1))
FROM import;
SELECT pg_temp.ok(2, sum(rows_read) >= 1000000 AND sum(rows_written) > 900000 AND sum(rows_refused) > 5000,
                  'a million rows are read, and most are written')
FROM import;
SELECT pg_temp.ok(3, sum(rows_read) = sum(rows_written) + sum(rows_refused), 'each is written or refused') FROM import;
SELECT pg_temp.ok(4, NOT EXISTS ((TABLE import EXCEPT TABLE dry_run) UNION ALL (TABLE dry_run EXCEPT TABLE import)), 'as the dry run said');
SELECT pg_temp.ok(5, (SELECT count(*) FROM activity_feed) = (SELECT sum(rows_written) FROM import WHERE table_name = 'activity_feed')
                     AND NOT EXISTS (SELECT FROM user_achievements) AND NOT EXISTS (SELECT FROM user_course_interactions),
                  'nothing is broadcast, awarded or counted');

SELECT clock_timestamp() AS began \gset
CREATE TEMPORARY TABLE again AS SELECT * FROM import_legacy('old', 'Europe/Berlin');
SELECT format('# again in %s s', round(extract(epoch FROM clock_timestamp() - :'began'), 1));
SELECT pg_temp.ok(6, (SELECT sum(rows_written) FROM again) = 0
                     AND (SELECT sum(rows_present) FROM again) = (SELECT sum(rows_written) FROM import), 'run again, it finds all of it there');
