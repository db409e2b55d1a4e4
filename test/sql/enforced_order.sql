-- learnify.enforce_order refuses submissions to modules that are locked for the learner.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_order;
DELETE FROM users;
INSERT INTO users (id, email, password_hash, name) VALUES
  ('00000000-0000-4000-8000-000000000ada', 'ada@example.org', '', 'Ada'),
  ('00000000-0000-4000-8000-000000000b0b', 'bob@example.org', '', 'Bob');
INSERT INTO generated_courses (id, user_id, title, meta_category)
VALUES ('00000000-0000-4000-8000-0000000000c1', '00000000-0000-4000-8000-000000000ada', 'Sorting', 'Digital');
INSERT INTO generated_modules (id, course_id, module_number, title)
SELECT format('00000000-0000-4000-8000-0000000000a%s', n)::uuid, '00000000-0000-4000-8000-0000000000c1', n, format('Module %s', n)
FROM generate_series(1, 4) AS n;
-- Module 3 has no exercises.
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty)
SELECT format('00000000-0000-4000-8000-000000000e%s%s', m, n)::uuid, format('00000000-0000-4000-8000-0000000000a%s', m)::uuid, n,
       format('Exercise %s.%s', m, n), 'python', 'easy'
FROM (VALUES (1, 1), (1, 2), (2, 1), (4, 1)) AS e (m, n);
\set bob 00000000-0000-4000-8000-000000000b0b
\set course 00000000-0000-4000-8000-0000000000c1

CREATE FUNCTION error_of(statement text, OUT code text, OUT message text, OUT detail text, OUT hint text, OUT column_name text)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
  message := 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
                          hint = PG_EXCEPTION_HINT, column_name = COLUMN_NAME;
END
$$;
-- Returns the statement that submits an exercise, such as 11, or a module itself.
CREATE FUNCTION plain(exercise text, passed boolean DEFAULT true) RETURNS text LANGUAGE sql
RETURN format('INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed) VALUES (%L, %L, %L, ''python'', %L)',
              '00000000-0000-4000-8000-000000000b0b', '00000000-0000-4000-8000-0000000000a' || left(exercise, 1),
              CASE WHEN length(exercise) = 2 THEN '00000000-0000-4000-8000-000000000e' || exercise END, passed);

-- It is off, so that the order is shown and not enforced.
SHOW learnify.enforce_order;
BEGIN;
SELECT * FROM error_of(plain('41'));
SELECT module_number, state FROM course_outline(:'bob', :'course');
ROLLBACK;

SET learnify.enforce_order = on;
-- Functions and plain statements are refused alike.
SELECT * FROM error_of(format('SELECT submit_exercise(%L, ''00000000-0000-4000-8000-000000000e21'', '''', ''python'', ''[]'')', :'bob')) \gx
SELECT * FROM error_of(plain('21')) \gx
SELECT code, message FROM error_of(plain('3'));
SELECT code, message FROM error_of(plain('41'));
SELECT count(*) AS enrolments FROM user_progress;
-- The active module takes submissions, whether they pass or not, and one that is solved takes more.
SELECT message FROM error_of(plain('11', false));
SELECT message FROM error_of(plain('11'));
SELECT code, message, detail FROM error_of(plain('21'));
SELECT message FROM error_of(plain('12'));
SELECT message FROM error_of(plain('11'));
SELECT message FROM error_of(plain('21'));
-- A module without exercises is completed by a submission to itself.
SELECT code, message FROM error_of(plain('41'));
SELECT message FROM error_of(plain('3'));
SELECT message FROM error_of(plain('41'));
SELECT module_number, state FROM course_outline(:'bob', :'course');
SELECT progress_percentage FROM user_progress;

-- A correction locks what is not completed any more; what is completed is not locked.
BEGIN;
UPDATE module_completions SET passed = false WHERE exercise_id = '00000000-0000-4000-8000-000000000e12';
SELECT message FROM error_of(plain('21', false));
UPDATE module_completions SET passed = false WHERE exercise_id = '00000000-0000-4000-8000-000000000e21';
SELECT code, message, hint FROM error_of(plain('21'));
ROLLBACK;
-- Whoever has completed the course goes on with what is completed; what is added has its place.
BEGIN;
INSERT INTO exercises (module_id, exercise_number, title, language, difficulty)
VALUES ('00000000-0000-4000-8000-0000000000a2', 2, 'One more', 'python', 'easy');
SELECT module_number, state FROM course_outline(:'bob', :'course');
SELECT message FROM error_of(plain('41'));
SELECT message FROM error_of(plain('21'));
ROLLBACK;

-- Rows of one statement come one after the other.
DELETE FROM module_completions;
BEGIN;
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed)
SELECT :'bob', e.module_id, e.id, 'python', true FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id
WHERE m.module_number <= 2 ORDER BY m.module_number;
SELECT module_number, state FROM course_outline(:'bob', :'course');
ROLLBACK;
SELECT code, message FROM error_of(format(
  'INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed)
   SELECT %L, e.module_id, e.id, ''python'', true FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id
   WHERE m.module_number <= 2 ORDER BY m.module_number DESC', :'bob'));

-- It does not depend on automation, and leaves rows of a dump and corrections alone.
BEGIN;
SET LOCAL learnify.automation = off;
SELECT code, message FROM error_of(plain('21'));
ROLLBACK;
BEGIN;
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, broadcast_at)
VALUES (:'bob', '00000000-0000-4000-8000-0000000000a4', '00000000-0000-4000-8000-000000000e41', 'python', true, '2026-01-01');
UPDATE module_completions SET module_id = '00000000-0000-4000-8000-0000000000a2', exercise_id = '00000000-0000-4000-8000-000000000e21';
SELECT count(*) FROM module_completions;
ROLLBACK;

-- A retry of a submission that was accepted returns it, whatever is locked now.
BEGIN;
SELECT submit_exercise(:'bob', '00000000-0000-4000-8000-000000000e11', '', 'python', '[]', submission_id => '00000000-0000-4000-8000-0000000005b1');
SELECT submit_exercise(:'bob', '00000000-0000-4000-8000-000000000e12', '', 'python', '[]', submission_id => '00000000-0000-4000-8000-0000000005b2');
SELECT submit_exercise(:'bob', '00000000-0000-4000-8000-000000000e21', '', 'python', '[]', submission_id => '00000000-0000-4000-8000-0000000005b3');
UPDATE module_completions SET passed = false WHERE exercise_id = '00000000-0000-4000-8000-000000000e12';
SELECT submit_exercise(:'bob', '00000000-0000-4000-8000-000000000e21', '', 'python', '[]', submission_id => '00000000-0000-4000-8000-0000000005b3');
ROLLBACK;

-- A learner's role cannot turn it off.
CREATE ROLE regress_order;
SELECT grant_learner('regress_order');
SET ROLE regress_order;
SELECT code, message FROM error_of('SET learnify.enforce_order = off');
SELECT code, message FROM error_of('SELECT set_config(''learnify.enforce_order'', ''off'', true)');
SELECT code, message FROM error_of('ALTER ROLE regress_order SET learnify.enforce_order = off');
BEGIN;
SET LOCAL learnify.user_id = :'bob';
SELECT code, message FROM error_of(format('SELECT submit_exercise(%L, ''00000000-0000-4000-8000-000000000e21'', '''', ''python'', ''[]'')', :'bob'));
SELECT code, message FROM error_of(format('SELECT submit_exercise(%L, ''00000000-0000-4000-8000-000000000e11'', '''', ''python'', ''[]'')', :'bob'));
ROLLBACK;
RESET ROLE;
DROP OWNED BY regress_order;
DROP ROLE regress_order;
RESET learnify.enforce_order;
DELETE FROM users WHERE name = 'Bob';
DELETE FROM users;
DROP FUNCTION error_of(text), plain(text, boolean);
