-- submit_exercise() with the id of a submission: a retry writes nothing.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
\set ada 00000000-0000-4000-8000-000000000ada
\set bob 00000000-0000-4000-8000-000000000b0b
\set first 00000000-0000-4000-8000-0000000000f1
INSERT INTO users (id, email, password_hash, name) VALUES (:'ada', 'ada@example.org', '!', 'Ada'), (:'bob', 'bob@example.org', '!', 'Bob');
INSERT INTO generated_courses (id, user_id, title, meta_category) VALUES ('00000000-0000-4000-8000-0000000000c1', :'bob', 'Sorting', 'Digital');
INSERT INTO generated_modules (id, course_id, module_number, title)
VALUES ('00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-0000000000c1', 1, 'Bubbles');
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty, test_cases, hints)
SELECT format('00000000-0000-4000-8000-0000000000e%s', n)::uuid, '00000000-0000-4000-8000-0000000000a1', n, 'Swap', 'python', 'easy', '[{}, {}]', '[{"text": "Look."}]'
FROM generate_series(1, 2) AS n;
CREATE FUNCTION written() RETURNS text LANGUAGE sql AS $$
  SELECT format('%s submissions, %s minutes, %s interactions, %s achievements, %s broadcasts',
                (SELECT count(*) FROM module_completions), (SELECT sum(time_spent_minutes) FROM user_progress),
                (SELECT count(*) FROM user_course_interactions), (SELECT count(*) FROM user_achievements), (SELECT count(*) FROM activity_feed))
$$;
CREATE FUNCTION pg_temp.submit(id uuid, learner uuid DEFAULT '00000000-0000-4000-8000-000000000ada', exercise integer DEFAULT 1, code text DEFAULT 'x',
                               language text DEFAULT 'python', results jsonb DEFAULT '[true, true]', hints integer DEFAULT 1, minutes integer DEFAULT 5)
RETURNS TABLE (same_id boolean, state text, message text, detail text, hint text, "column" text, "table" text, "constraint" text)
LANGUAGE plpgsql AS $$
BEGIN
  same_id := submit_exercise(learner, format('00000000-0000-4000-8000-0000000000e%s', exercise)::uuid, submit.code, language, results, hints, minutes, id) = id;
  state := 'accepted';
  RETURN NEXT;
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT,
    "column" = COLUMN_NAME, "table" = TABLE_NAME, "constraint" = CONSTRAINT_NAME;
  RETURN NEXT;
END
$$;

-- A retry returns the id and writes nothing.
SELECT same_id, state, written() FROM pg_temp.submit(:'first');
SELECT same_id, state, written() FROM pg_temp.submit(:'first');
SELECT count(*) AS times, bool_and(same_id) AS same_id, written() FROM generate_series(1, 10) AS n, LATERAL pg_temp.submit((left(:'first', 35) || n - n + 1)::uuid);
-- In one transaction, and in one statement.
BEGIN;
SELECT s.same_id, written() FROM pg_temp.submit('00000000-0000-4000-8000-0000000000f2') AS s;
SELECT s.same_id, written() FROM pg_temp.submit('00000000-0000-4000-8000-0000000000f2') AS s;
SELECT count(DISTINCT submit_exercise(:'ada', '00000000-0000-4000-8000-0000000000e1', 'x', 'python', '[true, false]', 0, 1, '00000000-0000-4000-8000-0000000000f3')) FROM generate_series(1, 3);
SELECT written();
ROLLBACK;
-- A different submission with the id is refused.
\x on
SELECT 'another user' AS what, s.* FROM pg_temp.submit(:'first', learner => :'bob') AS s
UNION ALL SELECT 'another exercise', s.* FROM pg_temp.submit(:'first', exercise => 2) AS s
UNION ALL SELECT 'other code', s.* FROM pg_temp.submit(:'first', code => 'y') AS s
UNION ALL SELECT 'other results', s.* FROM pg_temp.submit(:'first', results => '[true, false]') AS s
UNION ALL SELECT 'another language', s.* FROM pg_temp.submit(:'first', language => 'go') AS s
UNION ALL SELECT 'fewer hints', s.* FROM pg_temp.submit(:'first', hints => 0) AS s;
\x off
SELECT written();
-- A client may send other minutes again, and a grader may have corrected the row since.
SELECT same_id, state FROM pg_temp.submit(:'first', minutes => 6);
UPDATE module_completions SET passed = false, score = 10, time_spent_minutes = 1;
SELECT same_id, state, written() FROM pg_temp.submit(:'first');
-- JSON is the same however it is written. Arguments that are left out have their defaults.
SELECT submit_exercise(:'ada', '00000000-0000-4000-8000-0000000000e1', 'x', 'python', ' [ true,true ] ', 1, 5, :'first') = :'first' AS same;
SELECT submit_exercise(:'ada', '00000000-0000-4000-8000-0000000000e2', 'x', 'python', '[true, true]', 0, 0, '00000000-0000-4000-8000-0000000000f4') AS id;
SELECT submit_exercise(:'ada', '00000000-0000-4000-8000-0000000000e2', 'x', 'python', '[true, true]', 0, 0, '00000000-0000-4000-8000-0000000000f4') AS id;
SELECT submit_exercise(:'ada', '00000000-0000-4000-8000-0000000000e2', 'x', 'python', '[true, true]', submission_id => '00000000-0000-4000-8000-0000000000f4') AS id;
-- Without an id, each is one of its own.
SELECT count(DISTINCT submit_exercise(:'ada', '00000000-0000-4000-8000-0000000000e2', 'x', 'python', '[true, true]')) FROM generate_series(1, 3);
-- A retry is accepted even if the exercise has been changed or deleted, or the course archived.
UPDATE exercises SET language = 'go', test_cases = '[]' WHERE exercise_number = 1;
UPDATE generated_courses SET status = 'archived';
SELECT same_id, state FROM pg_temp.submit(:'first');
DELETE FROM exercises WHERE exercise_number = 1;
SELECT same_id, state FROM pg_temp.submit(:'first');
SELECT state, message FROM pg_temp.submit('00000000-0000-4000-8000-0000000000f5');
-- The same by plain statements: an INSERT of a submission that is there is checked as what it updates, if
-- anything, whatever has become of its exercise.
INSERT INTO generated_modules (id, course_id, module_number, title)
VALUES ('00000000-0000-4000-8000-0000000000a2', '00000000-0000-4000-8000-0000000000c1', 2, 'Heaps');
UPDATE exercises SET language = 'go', hints = '[]', module_id = '00000000-0000-4000-8000-0000000000a2' WHERE exercise_number = 2;
CREATE VIEW sent AS
SELECT '00000000-0000-4000-8000-0000000000f4'::uuid AS id, :'ada'::uuid AS user_id, '00000000-0000-4000-8000-0000000000a1'::uuid AS module_id,
       '00000000-0000-4000-8000-0000000000e2'::uuid AS exercise_id, 'python' AS language, 1 AS hints_used, 5000 AS time_spent_minutes, true AS passed, 70 AS score;
INSERT INTO module_completions (id, user_id, module_id, exercise_id, language, hints_used, time_spent_minutes, passed, score)
SELECT * FROM sent ON CONFLICT (id) DO NOTHING RETURNING score;
INSERT INTO module_completions (id, user_id, module_id, exercise_id, language, hints_used, time_spent_minutes, passed, score)
SELECT * FROM sent ON CONFLICT (id) DO UPDATE SET score = EXCLUDED.score RETURNING score, attempts, hints_used, time_spent_minutes;
INSERT INTO module_completions (id, user_id, module_id, exercise_id, language, hints_used, time_spent_minutes, passed, score)
SELECT * FROM sent ON CONFLICT (id) DO UPDATE SET time_spent_minutes = EXCLUDED.time_spent_minutes; \echo :LAST_ERROR_SQLSTATE
INSERT INTO module_completions (id, user_id, module_id, exercise_id, language, hints_used, time_spent_minutes, passed, score)
SELECT gen_random_uuid(), user_id, module_id, exercise_id, language, hints_used, 5, passed, score FROM sent; \echo :LAST_ERROR_SQLSTATE
-- A submission that is deleted by the same statement is not there.
WITH deleted AS (DELETE FROM module_completions WHERE id = '00000000-0000-4000-8000-0000000000f4' RETURNING *)
INSERT INTO module_completions (id, user_id, module_id, exercise_id, language, passed)
SELECT d.id, d.user_id, '00000000-0000-4000-8000-0000000000a2', d.exercise_id, 'cobol', true FROM deleted AS d; \echo :LAST_ERROR_SQLSTATE
-- and of reviews
INSERT INTO architecture_reviews (id, user_id, module_id, submission_id, overall_score, code_sense_score, efficiency_score, edge_cases_score, taste_score, feedback)
SELECT '00000000-0000-4000-8000-0000000000d1', user_id, module_id, id, 50, 50, 50, 50, 50, '{}' FROM module_completions WHERE id = '00000000-0000-4000-8000-0000000000f4';
INSERT INTO architecture_reviews (id, user_id, module_id, submission_id, overall_score, code_sense_score, efficiency_score, edge_cases_score, taste_score, feedback)
SELECT '00000000-0000-4000-8000-0000000000d1', user_id, module_id, id, 60, 60, 60, 60, 60, '{}' FROM sent
ON CONFLICT (id) DO UPDATE SET taste_score = EXCLUDED.taste_score RETURNING taste_score;
DROP VIEW sent;
UPDATE exercises SET language = 'python', hints = '[{"text": "Look."}]', module_id = '00000000-0000-4000-8000-0000000000a1' WHERE exercise_number = 2;
-- After the submission has been deleted, its id can be used again.
UPDATE generated_courses SET status = 'active';
DELETE FROM module_completions WHERE id = '00000000-0000-4000-8000-0000000000f4';
SELECT same_id, state FROM pg_temp.submit('00000000-0000-4000-8000-0000000000f4', exercise => 2);
-- What it needs is not NULL.
SELECT state, message, "column" FROM pg_temp.submit(NULL, learner => NULL)
UNION ALL SELECT state, message, "column" FROM pg_temp.submit(NULL, code => NULL)
UNION ALL SELECT state, message, "column" FROM pg_temp.submit(NULL, language => NULL)
UNION ALL SELECT state, message, "column" FROM pg_temp.submit(NULL, results => NULL);
SELECT submit_exercise(:'ada', NULL, '', 'python', '[]');

DROP FUNCTION written();
TRUNCATE users CASCADE;
