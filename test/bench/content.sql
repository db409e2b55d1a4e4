-- Content that changes under many learners: each statement follows all of them.
-- They have six modules of two exercises: half have solved all but one exercise of
-- the last module, the others fewer. All rows are written with automation off, so
-- that recompute_progress has them to catch up with.
SET client_min_messages = warning;
\if :{?learners}
\else
  \set learners 100000
\endif
CREATE FUNCTION pg_temp.id(kind text, number bigint) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$ SELECT md5('content bench ' || kind || number)::uuid $$;

SET learnify.automation = off;
INSERT INTO users (id, email, password_hash, name)
SELECT pg_temp.id('user', n), 'content-bench' || n || '@example.com', '!', 'Learner ' || n
FROM generate_series(0, :learners) AS n;
INSERT INTO generated_courses (id, user_id, title, meta_category)
VALUES (pg_temp.id('course', 1), pg_temp.id('user', 0), 'Course', 'Digital');
INSERT INTO generated_modules (id, course_id, module_number, title)
SELECT pg_temp.id('module', m), pg_temp.id('course', 1), m, 'Module ' || m FROM generate_series(1, 6) AS m;
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty)
SELECT pg_temp.id('exercise', 10 * m + e), pg_temp.id('module', m), e, 'Exercise ' || e, 'python', 'easy'
FROM generate_series(1, 6) AS m, generate_series(1, 2) AS e;
INSERT INTO user_progress (user_id, course_id)
SELECT pg_temp.id('user', n), pg_temp.id('course', 1) FROM generate_series(1, :learners) AS n;
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
SELECT pg_temp.id('user', n), pg_temp.id('module', m), pg_temp.id('exercise', 10 * m + e), 'python', true, 80
FROM generate_series(1, :learners) AS n, generate_series(1, 6) AS m, generate_series(1, 2) AS e
WHERE 2 * m + e < CASE WHEN n % :share = 0 THEN 14 ELSE 3 + n % 10 END;
INSERT INTO user_course_interactions (user_id, course_id, interaction_type)
SELECT user_id, course_id, 'enrolled' FROM user_progress;
INSERT INTO activity_feed (user_id, activity_type, reference_type, reference_id, metadata)
SELECT user_id, 'exercise_solved', 'exercise', exercise_id, '{"score": 80}'::jsonb FROM module_completions
UNION ALL
SELECT user_id, 'module_completed', 'module', module_id, '{"score": 80}'::jsonb FROM module_completions
GROUP BY user_id, module_id
HAVING count(*) = 2;
RESET learnify.automation;
VACUUM ANALYZE;
SELECT count(*) AS submissions FROM module_completions;
\timing on
\echo recompute_progress
SELECT recompute_progress(course_id => pg_temp.id('course', 1));
\echo deletes the last open exercise of one learner in :share
DELETE FROM exercises WHERE id = pg_temp.id('exercise', 62);
\timing off
SELECT count(*) FROM user_progress WHERE completed_at IS NOT NULL;
SELECT activity_type, count(*) FROM activity_feed GROUP BY 1;
\timing on
\echo deletes an exercise that almost all have solved
DELETE FROM exercises WHERE id = pg_temp.id('exercise', 12);
\echo adds an exercise to a module that almost all have completed
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty)
VALUES (pg_temp.id('exercise', 13), pg_temp.id('module', 1), 3, 'Added', 'python', 'easy');
\echo moves an exercise
UPDATE exercises SET module_id = pg_temp.id('module', 2), exercise_number = 3 WHERE id = pg_temp.id('exercise', 11);
\echo adds a module
INSERT INTO generated_modules (id, course_id, module_number, title)
VALUES (pg_temp.id('module', 7), pg_temp.id('course', 1), 7, 'Added');
\echo deletes it
DELETE FROM generated_modules WHERE id = pg_temp.id('module', 7);
\echo edits an exercise
UPDATE exercises SET title = title;
\echo recompute_progress, everything
SELECT recompute_progress();
\timing off
