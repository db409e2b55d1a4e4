-- The feed tells of an exercise and of a module once, with the score and the date of the earliest
-- submissions that solved them, whichever statements write, correct and delete these. Failed
-- attempts count for nothing.
SET client_min_messages = warning;
SET timezone = 'UTC';
SET DateStyle = 'ISO';
\set ada 00000000-0000-4000-8000-000000000ada
\set bubbles 00000000-0000-4000-8000-0000000000a1
\set essay 00000000-0000-4000-8000-0000000000a2
\set swap 00000000-0000-4000-8000-0000000000e1
\set sweep 00000000-0000-4000-8000-0000000000e2

-- A course with a module of two exercises, and one without exercises.
INSERT INTO users (id, email, password_hash, name) VALUES
  (:'ada', 'ada@example.org', '!', 'Ada'), ('00000000-0000-4000-8000-000000000b0b', 'bob@example.org', '!', 'Bob');
INSERT INTO generated_courses (id, user_id, title, meta_category)
VALUES ('00000000-0000-4000-8000-0000000000c1', '00000000-0000-4000-8000-000000000b0b', 'Sorting', 'Digital');
INSERT INTO generated_modules (id, course_id, module_number, title)
VALUES (:'bubbles', '00000000-0000-4000-8000-0000000000c1', 1, 'Bubbles'), (:'essay', '00000000-0000-4000-8000-0000000000c1', 2, 'Essay');
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty)
VALUES (:'swap', :'bubbles', 1, 'Swap', 'python', 'easy'), (:'sweep', :'bubbles', 2, 'Sweep', 'python', 'easy');

-- Ada's attempts at the exercises.
CREATE VIEW attempts AS
SELECT s.id, s.user_id, s.module_id, s.exercise_id, s.language, s.passed, s.score, s.submitted_at FROM module_completions AS s;
ALTER VIEW attempts ALTER user_id SET DEFAULT :'ada';
ALTER VIEW attempts ALTER module_id SET DEFAULT :'bubbles';
ALTER VIEW attempts ALTER language SET DEFAULT 'python';
CREATE FUNCTION told() RETURNS TABLE (told text, score integer, on_day date) LANGUAGE sql AS $$
  SELECT coalesce(f.metadata ->> 'exercise_title', f.metadata ->> 'module_title'), (f.metadata -> 'score')::integer, f.created_at::date
  FROM activity_feed AS f
  WHERE f.activity_type IN ('exercise_solved', 'module_completed')
  ORDER BY 1, 3
$$;

-- Several attempts in one INSERT: the exercise is told once, of the earliest that passed, be it the
-- first or the last row, and the best or the worst. Nothing that is told has to be corrected.
CREATE FUNCTION refuse_correction() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE '% is corrected', OLD.activity_type; END $$;
CREATE TRIGGER refuse_correction BEFORE UPDATE OR DELETE ON activity_feed FOR EACH ROW EXECUTE FUNCTION refuse_correction();
BEGIN;
INSERT INTO attempts (exercise_id, passed, score, submitted_at) VALUES
  (:'swap', false, 99, '2026-03-01'), (:'swap', true, 60, '2026-03-02'), (:'swap', true, 90, '2026-03-03');
SELECT * FROM told();
ROLLBACK;
BEGIN;
INSERT INTO attempts (exercise_id, passed, score, submitted_at) VALUES
  (:'swap', true, 60, '2026-03-03'), (:'swap', true, 90, '2026-03-02'), (:'swap', false, 99, '2026-03-01');
SELECT * FROM told();
ROLLBACK;
-- So is the module that they complete, with the mean of the best scores of each exercise, on the day
-- when the last of the exercises was solved first.
BEGIN;
INSERT INTO attempts (exercise_id, passed, score, submitted_at) VALUES
  (:'swap', true, 60, '2026-03-02'), (:'sweep', true, 81, '2026-03-04'), (:'sweep', true, 70, '2026-03-03'), (:'swap', true, 90, '2026-03-05'),
  (:'sweep', false, 100, '2026-03-01'), (:'swap', false, 100, '2026-03-06');
SELECT * FROM told();
ROLLBACK;
-- A module without exercises is solved itself. A submission to the module does not complete one that
-- has exercises, and counts for nothing there.
BEGIN;
INSERT INTO attempts (module_id, passed, score, submitted_at) VALUES
  (:'essay', true, 90, '2026-03-03'), (:'essay', true, 60, '2026-03-02'), (:'essay', false, 99, '2026-03-01'), (:'bubbles', true, 50, '2026-03-01');
SELECT * FROM told();
INSERT INTO attempts (exercise_id, passed, score, submitted_at) VALUES (:'swap', true, 80, '2026-03-02');
SELECT * FROM told();
ROLLBACK;
-- Of two learners, each is told of once, in the same statement.
BEGIN;
INSERT INTO attempts (user_id, exercise_id, passed, score, submitted_at)
SELECT u.id, e.id, true, 10 * day + e.exercise_number, timestamptz '2026-03-01' + day * interval '1 day'
FROM users AS u, exercises AS e, generate_series(1, 3) AS day
ORDER BY u.name, day DESC;
SELECT u.name, f.activity_type, count(*) AS rows, min(f.created_at::date) AS on_day, min((f.metadata -> 'score')::integer) AS least, max((f.metadata -> 'score')::integer) AS most
FROM activity_feed AS f JOIN users AS u ON u.id = f.user_id
WHERE f.activity_type IN ('exercise_solved', 'module_completed')
GROUP BY 1, 2 ORDER BY 1, 2;
ROLLBACK;
DROP FUNCTION refuse_correction() CASCADE;

-- Attempts one by one. A failed one is not told, not even with a better score;
INSERT INTO attempts (exercise_id, passed, score, submitted_at) VALUES (:'swap', false, 95, '2026-03-01');
INSERT INTO attempts (exercise_id, passed, score, submitted_at) VALUES (:'sweep', true, 70, '2026-03-02');
SELECT * FROM told();
-- the second exercise completes the module.
INSERT INTO attempts (exercise_id, passed, score, submitted_at) VALUES (:'swap', true, 60, '2026-03-03');
SELECT * FROM told();
-- Attempts of later days change nothing that is told, be they better or worse, and failed ones never do;
INSERT INTO attempts (exercise_id, passed, score, submitted_at) VALUES (:'swap', true, 90, '2026-03-05');
INSERT INTO attempts (exercise_id, passed, score, submitted_at) VALUES (:'swap', true, 40, '2026-03-04');
INSERT INTO attempts (exercise_id, passed, score, submitted_at) VALUES (:'swap', false, 0, '2026-03-01');
SELECT * FROM told();

-- but one of an earlier day that is written later is told instead, alone or among others.
BEGIN;
INSERT INTO attempts (exercise_id, passed, score, submitted_at) VALUES (:'swap', true, 50, '2026-03-02 12:00');
SELECT * FROM told();
INSERT INTO attempts (exercise_id, passed, score, submitted_at) VALUES (:'swap', true, 55, '2026-03-02 18:00'), (:'sweep', true, 100, '2026-03-01');
SELECT * FROM told();
ROLLBACK;

-- After the deletion of the attempt that is told of, the earliest of those that remain is told, and
-- the module with what the remaining ones scored best.
DELETE FROM attempts WHERE submitted_at = '2026-03-03';
SELECT * FROM told();
-- The deletion of another, or of a failed one, leaves the exercise as it was told.
BEGIN;
DELETE FROM attempts WHERE submitted_at = '2026-03-05' OR NOT passed;
SELECT * FROM told();
ROLLBACK;
-- Several are deleted by one statement.
BEGIN;
INSERT INTO attempts (exercise_id, passed, score, submitted_at) VALUES (:'swap', true, 20, '2026-03-08'), (:'swap', true, 30, '2026-03-07');
DELETE FROM attempts WHERE submitted_at BETWEEN '2026-03-04' AND '2026-03-06';
SELECT * FROM told();
ROLLBACK;
-- Without one that passed, neither exercise nor module is told.
BEGIN;
DELETE FROM attempts WHERE exercise_id = :'swap' AND passed;
SELECT * FROM told();
ROLLBACK;
-- Corrections have the same effects: an attempt that no longer passes, one that passes now, and one
-- with another date or score.
BEGIN;
UPDATE attempts SET passed = false WHERE submitted_at = '2026-03-04';
SELECT * FROM told();
UPDATE attempts SET passed = true WHERE submitted_at = '2026-03-01' AND score = 95;
SELECT * FROM told();
UPDATE attempts SET submitted_at = '2026-03-09', score = 50 WHERE submitted_at = '2026-03-01' AND score = 95;
SELECT * FROM told();
ROLLBACK;
-- An attempt that is moved from one exercise to the other is told of the latter.
BEGIN;
UPDATE attempts SET exercise_id = :'sweep', submitted_at = '2026-03-01' WHERE submitted_at = '2026-03-05';
SELECT * FROM told();
ROLLBACK;

-- An achievement that is taken away is told no more, and told once if it is earned again.
CREATE FUNCTION badges() RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(format('%s %s', f.activity_type, f.metadata ->> 'slug'), ', ' ORDER BY f.metadata ->> 'slug')
  FROM activity_feed AS f WHERE f.activity_type = 'achievement_earned' AND f.user_id = '00000000-0000-4000-8000-000000000ada'
$$;
BEGIN;
SELECT badges();
DELETE FROM user_achievements;
SELECT badges();
SELECT award_achievements(:'ada'), badges();
DELETE FROM user_achievements;
INSERT INTO attempts (exercise_id, passed, score) VALUES (:'swap', true, 80);
SELECT badges();
ROLLBACK;
-- TRUNCATE takes out of the feed what it deletes.
BEGIN;
TRUNCATE user_achievements;
SELECT badges();
TRUNCATE module_completions CASCADE;
SELECT recompute_progress(), count(*) AS told FROM told();
INSERT INTO attempts (exercise_id, passed, score, submitted_at) VALUES (:'swap', true, 80, '2026-03-20');
SELECT * FROM told();
TRUNCATE user_progress;
SELECT count(*) AS courses_told FROM activity_feed WHERE activity_type = 'course_completed';
ROLLBACK;

-- An achievement that is moved to another row is still told.
BEGIN;
WITH moved AS (DELETE FROM user_achievements RETURNING *) INSERT INTO user_achievements SELECT * FROM moved;
SELECT badges();
ROLLBACK;
-- What statements leave in the feed because nothing tells them to take it out is not told again, but corrected.
BEGIN;
SET LOCAL learnify.automation = off;
DELETE FROM attempts WHERE exercise_id = :'swap';
SET LOCAL learnify.automation = on;
INSERT INTO attempts (exercise_id, passed, score, submitted_at) VALUES (:'swap', true, 80, '2026-03-20');
SELECT * FROM told();
ROLLBACK;
BEGIN;
INSERT INTO generated_courses (id, user_id, title, meta_category)
VALUES ('00000000-0000-4000-8000-0000000000c2', '00000000-0000-4000-8000-000000000b0b', 'Another', 'Digital');
UPDATE user_progress SET progress_percentage = 100 WHERE user_id = :'ada';
SET LOCAL session_replication_role = replica;
UPDATE user_progress SET course_id = '00000000-0000-4000-8000-0000000000c2', current_module_id = NULL WHERE user_id = :'ada';
SET LOCAL session_replication_role = origin;
INSERT INTO user_progress (user_id, course_id, progress_percentage) VALUES (:'ada', '00000000-0000-4000-8000-0000000000c1', 100);
SELECT count(*) AS completions_told FROM activity_feed WHERE activity_type = 'course_completed' AND user_id = :'ada';
ROLLBACK;

DROP FUNCTION badges();
DROP FUNCTION told();
DROP VIEW attempts;
TRUNCATE users CASCADE;
