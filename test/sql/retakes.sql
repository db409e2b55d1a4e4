-- Leaving a course, taking it again, and the record of its completion.
-- Clean up after a run that was interrupted.
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_learner;
RESET client_min_messages;
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE ROLE regress_learner;
SELECT grant_learner('regress_learner');
\set ada 00000000-0000-4000-8000-000000000ada
\set bob 00000000-0000-4000-8000-000000000b0b
\set cyd 00000000-0000-4000-8000-000000000c4d
\set course 00000000-0000-4000-8000-0000000000c1
CREATE FUNCTION id(kind text, n integer) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN md5(kind || n)::uuid;
INSERT INTO users (id, email, password_hash, name) VALUES
  (:'ada', 'ada@example.org', '!', 'Ada'), (:'bob', 'bob@example.org', '!', 'Bob'), (:'cyd', 'cyd@example.org', '!', 'Cyd');
INSERT INTO generated_courses (id, user_id, title, meta_category) VALUES (:'course', :'bob', 'Sorting by heart', 'Digital');
INSERT INTO generated_modules (id, course_id, module_number, title) SELECT id('module', n), :'course', n, 'Module ' || n FROM generate_series(1, 2) AS n;
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty, test_cases)
SELECT id('exercise', n), id('module', (n + 1) / 2), n, 'Exercise ' || n, 'python', 'easy', '[{"input": "1"}, {"input": "2"}]' FROM generate_series(1, 3) AS n;
CREATE FUNCTION solve(learner uuid, n integer, results text DEFAULT '[true, true]') RETURNS boolean LANGUAGE sql
RETURN submit_exercise(learner, id('exercise', n), 'x', 'python', results::jsonb, 0, 30) IS NOT NULL;
-- What there is about a learner; dates are numbered from the earliest.
CREATE VIEW state AS
SELECT u.name, p.progress_percentage AS percent, (SELECT m.module_number FROM generated_modules AS m WHERE m.id = p.current_module_id) AS module,
       p.completed_at IS NOT NULL AS completed, p.retaken_after IS NOT NULL AS retaken,
       (SELECT string_agg(o.state || ' ' || o.solved, ', ' ORDER BY o.module_number) FROM course_outline(u.id, p.course_id) AS o) AS outline,
       p.time_spent_minutes AS minutes, (SELECT ROW(s.modules_completed, s.courses_completed, s.exercises_solved, s.perfect_scores, s.hours_learned)::text FROM user_stats(u.id) AS s) AS statistics,
       (SELECT string_agg(f.type || ' ' || f.n, ', ' ORDER BY f.type)
        FROM (SELECT f.activity_type AS type, count(*) AS n FROM activity_feed AS f WHERE f.user_id = u.id GROUP BY 1) AS f (type, n)) AS feed,
       (SELECT string_agg(i.interaction_type, ', ' ORDER BY i.interaction_type) FROM user_course_interactions AS i WHERE i.user_id = u.id) AS interactions,
       (SELECT count(*) FROM user_achievements AS e WHERE e.user_id = u.id) AS badges
FROM users AS u JOIN user_progress AS p ON p.user_id = u.id;

-- Only a completed course can be retaken.
CREATE FUNCTION error_of(statement text, OUT code text, OUT argument text, OUT message text, OUT hint text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, argument = COLUMN_NAME, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
END
$$;
SELECT start_course(:'ada', :'course') IS NOT NULL AS started, solve(:'ada', 1, '[true, false]'), solve(:'ada', 1), solve(:'ada', 2);
SELECT e.* FROM (VALUES (1, format('SELECT retake_course(%L, %L)', :'ada', :'course')), (2, format('SELECT retake_course(%L, %L)', :'cyd', :'course')),
                        (3, format('SELECT retake_course(%L, %L)', :'ada', :'ada')), (4, format('SELECT retake_course(%L, %L)', :'course', :'course')),
                        (5, format('SELECT retake_course(%L, NULL)', :'ada'))) AS c (n, call) CROSS JOIN LATERAL error_of(c.call) AS e ORDER BY c.n;
SELECT count(*) AS records FROM completion_record(:'ada', :'course');

-- The completion is on record, as the course was then.
SELECT solve(:'ada', 3);
SELECT * FROM state \gx
SELECT title, author_name, started_at <= completed_at AS dated, exercises, score, minutes FROM completion_record(:'ada', :'course');
SELECT completed_at AS first_time FROM completion_record(:'ada', :'course') \gset
UPDATE generated_courses SET title = 'Another title' WHERE id = :'course';
UPDATE users SET name = 'Robert' WHERE id = :'bob';
SELECT title, author_name FROM completion_record(:'ada', :'course');

-- A course that is retaken begins at zero. What was told, counted and earned stays, once.
SELECT retake_course(:'ada', :'course') = (SELECT id FROM user_progress) AS retaken;
SELECT * FROM state \gx
SELECT title, place IS NOT NULL AS shown FROM home_rows(:'ada') WHERE row_title = 'Continue learning';
SELECT solve(:'ada', 1, '[true, false]'), solve(:'ada', 1);
SELECT percent, module, outline, statistics, feed FROM state \gx
SELECT solve(:'ada', 2);
SELECT percent, module, completed, outline, statistics, feed FROM state \gx
SELECT string_agg(attempts::text, ', ' ORDER BY attempts) AS attempts FROM module_completions WHERE exercise_id = id('exercise', 1);
SELECT solve(:'ada', 3);
SELECT * FROM state \gx
SELECT completed_at = :'first_time' AS first_record, title, minutes FROM completion_record(:'ada', :'course');
SELECT p.completed_at > :'first_time' AS again_later, f.created_at = :'first_time' AS told_then
FROM user_progress AS p JOIN activity_feed AS f ON f.reference_id = p.course_id AND f.user_id = p.user_id;
SELECT count(*) AS changed FROM recompute_progress() AS changed WHERE changed > 0;
SELECT award_achievements(:'ada') AS missed;

-- And once more. Corrections, content and recomputations agree with what has been done since.
SELECT retake_course(:'ada', :'course') IS NOT NULL AS retaken;
SELECT solve(:'ada', 1), solve(:'ada', 2);
BEGIN;
UPDATE module_completions SET passed = false, score = 0 WHERE exercise_id = id('exercise', 2) AND id = (SELECT id FROM module_completions WHERE exercise_id = id('exercise', 2) ORDER BY broadcast_at DESC LIMIT 1);
SELECT percent, module, outline, statistics, feed FROM state \gx
ROLLBACK;
BEGIN;
DELETE FROM exercises WHERE id = id('exercise', 3);
SELECT percent, module, completed, outline, statistics, feed FROM state \gx
ROLLBACK;
BEGIN;
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty) VALUES (id('exercise', 4), id('module', 1), 4, 'One more', 'python', 'easy');
SELECT percent, module, outline, statistics, feed FROM state \gx
ROLLBACK;
BEGIN;
DELETE FROM generated_modules WHERE id = id('module', 2);
SELECT percent, module, completed, outline, statistics, feed FROM state \gx
ROLLBACK;
SELECT recompute_progress() AS changed, percent, outline FROM state;
-- A correction that changes no indexed column is a heap-only tuple. It counts, and its entry stays in the index.
BEGIN;
UPDATE module_completions SET score = 90 WHERE passed;
SELECT percent, module, outline, statistics FROM state \gx
SET LOCAL enable_indexscan = off;
SET LOCAL enable_indexonlyscan = off;
SET LOCAL enable_bitmapscan = off;
SELECT count(*) AS by_table FROM module_completions WHERE user_id = :'ada' AND module_id = id('module', 1);
SET LOCAL enable_indexscan = on;
SET LOCAL enable_seqscan = off;
SELECT count(*) AS by_index FROM module_completions WHERE user_id = :'ada' AND module_id = id('module', 1);
ROLLBACK;
-- Work of before the retaking that is corrected or deleted leaves the progress, and the first completion.
BEGIN;
DELETE FROM module_completions WHERE broadcast_at <= (SELECT retaken_after FROM user_progress);
SELECT percent, module, completed, outline, statistics FROM state \gx
SELECT completed_at = :'first_time' AS first_record FROM completion_record(:'ada', :'course');
ROLLBACK;

-- With automation off, progress begins at zero as well.
BEGIN;
SET LOCAL learnify.automation = off;
SELECT retake_course(:'ada', :'course') IS NOT NULL AS retaken;
SELECT percent, module, outline FROM state \gx
ROLLBACK;

-- An author who retakes the own course finds its modules locked again.
SELECT solve(:'bob', 1), solve(:'bob', 2), solve(:'bob', 3);
SELECT string_agg(status, ', ' ORDER BY module_number) FROM generated_modules;
SELECT retake_course(:'bob', :'course') IS NOT NULL AS retaken;
SELECT string_agg(status, ', ' ORDER BY module_number) FROM generated_modules;

-- A learner who leaves keeps the record, and starts again with all that was ever done.
BEGIN;
SELECT leave_course(:'ada', :'course') AS left, leave_course(:'ada', :'course') AS again;
SELECT completed_at = :'first_time' AS first_record FROM completion_record(:'ada', :'course');
SELECT start_course(:'ada', :'course') IS NOT NULL AS started;
SELECT percent, completed, outline, statistics, feed FROM state WHERE name = 'Ada' \gx
SELECT completed_at = :'first_time' AS first_record FROM completion_record(:'ada', :'course');
ROLLBACK;

-- Whoever comes back to a course that has grown completes it a second time. Corrections of that are none
-- of the first time; a learner who has left has nothing to correct.
BEGIN;
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, submitted_at)
SELECT :'cyd', module_id, id, 'python', true, 100, now() - interval '2 days' FROM exercises;
SELECT leave_course(:'cyd', :'course') AS left;
SELECT completed_at AS cyds_first_time FROM completion_record(:'cyd', :'course') \gset
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty) VALUES (id('exercise', 5), id('module', 2), 5, 'Added', 'python', 'easy');
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, submitted_at)
VALUES (:'cyd', id('module', 2), id('exercise', 5), 'python', true, 100, now() - interval '1 hour');
UPDATE module_completions SET submitted_at = submitted_at + interval '10 minutes' WHERE exercise_id = id('exercise', 5);
SELECT percent, completed, r.completed_at = :'cyds_first_time' AS first_record
FROM state CROSS JOIN completion_record(:'cyd', :'course') AS r WHERE name = 'Cyd';
UPDATE module_completions SET passed = false, score = 0 WHERE exercise_id = id('exercise', 5);
SELECT percent, completed, r.completed_at = :'cyds_first_time' AS first_record
FROM state CROSS JOIN completion_record(:'cyd', :'course') AS r WHERE name = 'Cyd';
ROLLBACK;

-- The record outlasts the course, for the learner and for whom the learner shows it to.
CREATE FUNCTION pg_temp.shown(viewer uuid) RETURNS jsonb LANGUAGE sql
RETURN jsonb_path_query_array(living_resume('00000000-0000-4000-8000-000000000ada', viewer), '$.completed_courses[*]') #- '{0,course_id}' #- '{0,completed_at}';
SELECT pg_temp.shown(:'cyd') AS stranger, pg_temp.shown(:'ada') AS oneself;
BEGIN;
UPDATE users SET max_visibility = 'private' WHERE id = :'bob';
SELECT pg_temp.shown(:'cyd') AS without_a_private_author, pg_temp.shown(:'ada') AS oneself;
ROLLBACK;
BEGIN;
UPDATE users SET max_visibility = 'private' WHERE id = :'ada';
SELECT pg_temp.shown(:'cyd') AS of_a_private_learner;
ROLLBACK;
BEGIN;
UPDATE generated_courses SET status = 'archived' WHERE id = :'course';
SELECT title, author_name FROM completion_record(:'ada', :'course');
SELECT retake_course(:'ada', :'course') IS NOT NULL AS retaken_though_archived;
ROLLBACK;
BEGIN;
SELECT erase_user(:'bob') AS erased;
SELECT title, author_name FROM completion_record(:'ada', :'course');
SELECT pg_temp.shown(:'cyd') AS stranger;
SELECT count(*) AS names_bob FROM learnify_internal.kept_completions AS r WHERE r::text ~ 'Bob|Robert' OR r.author_id = :'bob';
ROLLBACK;
BEGIN;
SELECT leave_course(:'ada', :'course') AS left, leave_course(:'bob', :'course') AS author_left;
DELETE FROM module_completions;
DELETE FROM generated_courses WHERE id = :'course';
SELECT title, author_name, completed_at = :'first_time' AS first_record, exercises, score, minutes FROM completion_record(:'ada', :'course');
SELECT pg_temp.shown(:'cyd') AS stranger;
SELECT count(*) AS exported FROM export_user_rows(:'ada') AS r WHERE r.table_name = 'kept_completions' AND r.content ->> 'title' = 'Sorting by heart';
SELECT erase_user(:'ada') AS erased;
SELECT count(*) AS left FROM learnify_internal.kept_completions WHERE user_id = :'ada';
ROLLBACK;
-- A learner asks for the own record, and for nobody else's.
BEGIN;
SET LOCAL ROLE regress_learner;
SET LOCAL learnify.user_id = :'ada';
SELECT title FROM completion_record(:'ada', :'course');
SELECT e.code, e.argument FROM unnest(ARRAY['completion_record', 'retake_course', 'leave_course']) AS f CROSS JOIN LATERAL error_of(format('SELECT %I(%L, %L)', f, :'bob', :'course')) AS e;
SELECT retake_course(:'ada', :'course') IS NOT NULL AS retaken;
ROLLBACK;

-- A correction that takes a completion back, before the course is retaken, takes the record back; one
-- that dates it otherwise dates the record.
INSERT INTO user_progress (user_id, course_id) VALUES (:'cyd', :'course');
SELECT solve(:'cyd', 1), solve(:'cyd', 2), solve(:'cyd', 3);
BEGIN;
UPDATE user_progress SET completed_at = '2026-01-01' WHERE user_id = :'cyd';
SELECT completed_at = '2026-01-01' AS dated FROM completion_record(:'cyd', :'course');
ROLLBACK;
BEGIN;
DELETE FROM module_completions WHERE user_id = :'cyd' AND exercise_id = id('exercise', 3);
SELECT count(*) AS records FROM completion_record(:'cyd', :'course');
SELECT solve(:'cyd', 3);
SELECT title, exercises FROM completion_record(:'cyd', :'course');
ROLLBACK;
-- Rows that a dump of an earlier version brings have no records: the function makes do without, and
-- recompute_progress() adds them.
BEGIN;
DELETE FROM learnify_internal.kept_completions;
SELECT title, author_name, exercises, score FROM completion_record(:'cyd', :'course');
SELECT recompute_progress() AS changed;
SELECT u.name, r.title, r.completed_at = p.completed_at AS dated
FROM learnify_internal.kept_completions AS r JOIN users AS u ON u.id = r.user_id JOIN user_progress AS p USING (user_id, course_id) ORDER BY u.name;
ROLLBACK;

TRUNCATE users CASCADE;
DROP VIEW state;
DROP FUNCTION solve(uuid, integer, text), error_of(text), id(text, integer);
DROP OWNED BY regress_learner;
DROP ROLE regress_learner;
