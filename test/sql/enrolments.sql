-- Plain INSERTs and UPDATEs of user_progress leave it consistent or are refused, and minutes are
-- bounded.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
\set ada 00000000-0000-4000-8000-000000000ada
\set course 00000000-0000-4000-8000-0000000000c1
\set archived 00000000-0000-4000-8000-0000000000c2
INSERT INTO users (id, email, password_hash, name) VALUES (:'ada', 'ada@example.org', '!', 'Ada');
INSERT INTO generated_courses (id, user_id, title, meta_category, status)
VALUES (:'course', :'ada', 'Sorting', 'Digital', 'active'), (:'archived', :'ada', 'Shuffling', 'Digital', 'active');
INSERT INTO generated_modules (id, course_id, module_number, title)
SELECT format('00000000-0000-4000-8000-0000000000a%s', n)::uuid, :'course'::uuid, n, 'Module ' || n FROM generate_series(1, 2) AS n;
CREATE FUNCTION pg_temp.outcome(statement text) RETURNS TABLE (outcome text, "table" text, "column" text, hint text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
  outcome := (SELECT format('%s%%, %s, module %s; %s told, %s on record', p.progress_percentage,
                            CASE WHEN p.completed_at IS NULL THEN 'open' WHEN p.completed_at = now() THEN 'completed now' ELSE 'completed ' || p.completed_at::date END,
                            coalesce((SELECT m.module_number FROM generated_modules AS m WHERE m.id = p.current_module_id)::text, 'none'),
                            (SELECT count(*) FROM activity_feed WHERE activity_type = 'course_completed' AND created_at = p.completed_at),
                            (SELECT string_agg(interaction_type, ' and ' ORDER BY interaction_type) FROM user_course_interactions AS i WHERE i.course_id = p.course_id))
              FROM user_progress AS p WHERE p.course_id = '00000000-0000-4000-8000-0000000000c1');
  RETURN NEXT;
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS outcome = MESSAGE_TEXT, "column" = COLUMN_NAME, "table" = TABLE_NAME, hint = PG_EXCEPTION_HINT;
  outcome := SQLSTATE || ': ' || outcome;
  RETURN NEXT;
END
$$;

-- Statements that change progress_percentage or completed_at, one after the other.
BEGIN;
SET DateStyle = 'ISO';
SELECT s.number, s.statement, o.*
FROM unnest(ARRAY[
  $$INSERT INTO user_progress (user_id, course_id) VALUES ('00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000c1')$$,
  $$UPDATE user_progress SET progress_percentage = 50$$,
  $$UPDATE user_progress SET progress_percentage = 100$$,
  $$UPDATE user_progress SET progress_percentage = 100, last_activity = last_activity$$,
  $$UPDATE user_progress SET progress_percentage = 50$$,
  $$UPDATE user_progress SET completed_at = '2026-05-01'$$,
  $$UPDATE user_progress SET completed_at = NULL$$,
  $$UPDATE user_progress SET completed_at = '2026-05-01', progress_percentage = 100$$,
  $$UPDATE user_progress SET completed_at = '2026-04-01'$$,
  $$UPDATE user_progress SET completed_at = '2026-05-01', progress_percentage = 99$$,
  $$UPDATE user_progress SET completed_at = '2026-05-01', progress_percentage = 30$$,
  $$UPDATE user_progress SET completed_at = NULL, progress_percentage = 30$$,
  $$UPDATE user_progress SET completed_at = NULL, progress_percentage = 100, last_activity = '2026-06-01'$$,
  $$UPDATE user_progress SET completed_at = NULL, progress_percentage = 0, current_module_id = '00000000-0000-4000-8000-0000000000a2'$$,
  $$TRUNCATE user_progress, activity_feed, user_course_interactions, user_achievements$$,
  $$INSERT INTO user_progress (user_id, course_id, progress_percentage, last_activity) VALUES ('00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000c1', 100, '2026-05-01')$$,
  $$TRUNCATE user_progress, activity_feed, user_course_interactions, user_achievements$$,
  $$INSERT INTO user_progress (user_id, course_id, completed_at) VALUES ('00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000c1', '2026-05-01')$$,
  $$UPDATE user_progress SET current_module_id = '00000000-0000-4000-8000-0000000000a2'$$,
  $$TRUNCATE user_progress, activity_feed, user_course_interactions, user_achievements$$,
  $$INSERT INTO user_progress (user_id, course_id, progress_percentage, current_module_id)
    VALUES ('00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000c1', 100, '00000000-0000-4000-8000-0000000000a2')$$,
  $$INSERT INTO user_progress (user_id, course_id, progress_percentage) VALUES ('00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000c1', 70)
    ON CONFLICT (user_id, course_id) DO UPDATE SET progress_percentage = excluded.progress_percentage$$
]) WITH ORDINALITY AS s (statement, number)
CROSS JOIN LATERAL pg_temp.outcome(s.statement) AS o
ORDER BY s.number;
-- current_module_id becomes the first module that is not completed.
INSERT INTO module_completions (user_id, module_id, language, passed) VALUES (:'ada', '00000000-0000-4000-8000-0000000000a1', 'python', true);
UPDATE user_progress SET progress_percentage = 100;
SELECT * FROM pg_temp.outcome('UPDATE user_progress SET progress_percentage = 0');
-- Without automation, values are written as given. Other columns of an inconsistent row can be
-- updated.
UPDATE user_progress SET progress_percentage = 100;
SET LOCAL learnify.automation = off;
SELECT * FROM pg_temp.outcome('UPDATE user_progress SET progress_percentage = 50');
SELECT * FROM pg_temp.outcome('UPDATE user_progress SET progress_percentage = progress_percentage, completed_at = completed_at, time_spent_minutes = 7');
SET LOCAL learnify.automation = on;
SELECT * FROM pg_temp.outcome('UPDATE user_progress SET progress_percentage = progress_percentage, completed_at = completed_at, time_spent_minutes = 8');
SELECT * FROM pg_temp.outcome('UPDATE user_progress SET progress_percentage = 100, completed_at = completed_at');
ROLLBACK;

-- The current module has to be one of the course.
INSERT INTO generated_courses (id, user_id, title, meta_category)
SELECT '00000000-0000-4000-8000-0000000000cf', user_id, 'Another', 'Digital' FROM generated_courses WHERE id = '00000000-0000-4000-8000-0000000000c1';
INSERT INTO user_progress (user_id, course_id, current_module_id) VALUES (:'ada', '00000000-0000-4000-8000-0000000000cf', '00000000-0000-4000-8000-0000000000a1');
INSERT INTO user_progress (user_id, course_id) VALUES (:'ada', '00000000-0000-4000-8000-0000000000cf');
UPDATE user_progress SET current_module_id = '00000000-0000-4000-8000-0000000000a1' WHERE course_id = '00000000-0000-4000-8000-0000000000cf'; \echo :LAST_ERROR_SQLSTATE
-- An enrolment whose percentage and completed_at contradict each other, because they were written without
-- automation, does not prevent the deletion of its current module.
BEGIN;
SET LOCAL learnify.automation = off;
UPDATE user_progress SET progress_percentage = 100, completed_at = NULL, current_module_id = '00000000-0000-4000-8000-0000000000a2'
WHERE course_id = '00000000-0000-4000-8000-0000000000c1';
SET LOCAL learnify.automation = on;
DELETE FROM generated_modules WHERE id = '00000000-0000-4000-8000-0000000000a2';
SELECT count(*) AS with_module FROM user_progress WHERE current_module_id = '00000000-0000-4000-8000-0000000000a2';
ROLLBACK;
DELETE FROM user_progress WHERE course_id = '00000000-0000-4000-8000-0000000000cf';
DELETE FROM generated_courses WHERE id = '00000000-0000-4000-8000-0000000000cf';

-- New enrolments in an archived course are refused; upserts of an existing one are accepted.
INSERT INTO user_progress (user_id, course_id) VALUES (:'ada', :'archived');
UPDATE generated_courses SET status = 'archived' WHERE id = :'archived';
SELECT count(*) FROM pg_temp.outcome($$INSERT INTO user_progress (user_id, course_id, progress_percentage) VALUES ('00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000c2', 40)
  ON CONFLICT (user_id, course_id) DO UPDATE SET progress_percentage = excluded.progress_percentage$$) WHERE outcome IS NULL;
INSERT INTO user_progress (user_id, course_id) VALUES (:'ada', :'archived') ON CONFLICT DO NOTHING;
MERGE INTO user_progress AS p USING (SELECT :'ada'::uuid AS user_id, :'archived'::uuid AS course_id) AS s ON (p.user_id, p.course_id) = (s.user_id, s.course_id)
WHEN MATCHED THEN UPDATE SET progress_percentage = 45 WHEN NOT MATCHED THEN INSERT (user_id, course_id) VALUES (s.user_id, s.course_id);
SELECT start_course(:'ada', :'archived') IS NOT NULL AS started;
SELECT progress_percentage FROM user_progress WHERE course_id = :'archived';
TRUNCATE user_progress;
INSERT INTO user_progress (user_id, course_id) VALUES (:'ada', :'archived') ON CONFLICT DO NOTHING;
INSERT INTO user_progress (user_id, course_id) VALUES (:'ada', '00000000-0000-4000-8000-00000000dead') ON CONFLICT DO NOTHING;
SELECT start_course(:'ada', :'archived');
SELECT count(*) FROM user_progress;

-- The bounds of minutes, in calls and statements.
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty, hints)
VALUES ('00000000-0000-4000-8000-0000000000e1', '00000000-0000-4000-8000-0000000000a1', 1, 'Swap', 'python', 'easy',
        '[{"text": "a", "penalty_points": 1e300}, {"text": "b", "penalty_points": -1e300}, {"text": "c", "penalty_points": 5}]');
SELECT s.statement, o.outcome, o."table", o."column", o.hint
FROM unnest(ARRAY[
  $$SELECT submit_exercise('00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000e1', '', 'python', '[]', 0, 1440)$$,
  $$SELECT submit_exercise('00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000e1', '', 'python', '[]', 0, 1441)$$,
  $$SELECT submit_exercise('00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000e1', '', 'python', '[]', 0, 2147483647)$$,
  $$SELECT submit_exercise('00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000e1', '', 'python', '[]', 0, -1)$$,
  $$INSERT INTO module_completions (user_id, module_id, language, time_spent_minutes) VALUES ('00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000a1', 'python', 1440)$$,
  $$INSERT INTO module_completions (user_id, module_id, language, time_spent_minutes) VALUES ('00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000a1', 'python', 1441)$$,
  $$UPDATE module_completions SET time_spent_minutes = 1441$$,
  $$UPDATE user_progress SET time_spent_minutes = 52560000$$,
  $$UPDATE user_progress SET time_spent_minutes = 52560001$$,
  $$INSERT INTO user_progress (user_id, course_id, time_spent_minutes) VALUES ('00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000c1', 2147483647) ON CONFLICT DO NOTHING$$,
  $$UPDATE generated_courses SET status = 'active'$$,
  $$INSERT INTO user_progress (user_id, course_id, time_spent_minutes) VALUES ('00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000c2', 2147483647)$$
]) WITH ORDINALITY AS s (statement, number)
CROSS JOIN LATERAL pg_temp.outcome(s.statement) AS o
ORDER BY s.number;
-- No sum overflows, even if restored rows exceed the bounds.
TRUNCATE user_progress, module_completions, architecture_reviews, user_achievements, learnify_internal.model_requests;
INSERT INTO user_progress (user_id, course_id, time_spent_minutes, broadcast_at)
VALUES (:'ada', :'course', 52559990, '2026-01-01'), (:'ada', :'archived', 2147483647, '2026-01-01');
INSERT INTO module_completions (user_id, module_id, exercise_id, language, time_spent_minutes, attempts, broadcast_at)
VALUES (:'ada', '00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-0000000000e1', 'python', 2147483647, 2147483647, '2026-01-01');
SELECT hours_learned FROM user_stats(:'ada');
-- Numbers of attempts and penalties of hints do not overflow either.
SELECT submit_exercise(:'ada', '00000000-0000-4000-8000-0000000000e1', '', 'python', '[]', n, 20) IS NOT NULL AS submitted FROM generate_series(0, 3) AS n;
SELECT hints_used, attempts, score, time_spent_minutes FROM module_completions ORDER BY hints_used, time_spent_minutes;
SELECT time_spent_minutes FROM user_progress ORDER BY time_spent_minutes;
-- Corrections of such rows, and updates of their other columns.
UPDATE module_completions SET submitted_code = 'x', passed = true;
UPDATE module_completions SET time_spent_minutes = 1440 WHERE time_spent_minutes = 2147483647;
SELECT time_spent_minutes FROM user_progress ORDER BY time_spent_minutes;
UPDATE user_progress SET last_activity = now(), time_spent_minutes = greatest(0, time_spent_minutes - 1);
DELETE FROM module_completions;
SELECT time_spent_minutes FROM user_progress ORDER BY time_spent_minutes;

-- One statement enrols learners with and without earlier work, one of them in two courses, and one who has completed a course.
BEGIN;
TRUNCATE user_progress, activity_feed, user_course_interactions, user_achievements;
UPDATE generated_courses SET status = 'active';
INSERT INTO users (id, email, password_hash, name)
SELECT format('00000000-0000-4000-8000-0000000000b%s', n)::uuid, 'b' || n || '@example.org', '!', 'Learner ' || n FROM generate_series(1, 4) AS n;
INSERT INTO user_progress (user_id, course_id)
SELECT format('00000000-0000-4000-8000-0000000000b%s', n)::uuid, :'course'::uuid FROM generate_series(1, 2) AS n;
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, time_spent_minutes)
SELECT p.user_id, e.module_id, e.id, e.language, true, 100, 30 FROM user_progress AS p CROSS JOIN exercises AS e;
DELETE FROM user_progress;
TRUNCATE user_course_interactions, user_achievements;
INSERT INTO user_progress (user_id, course_id, completed_at, time_spent_minutes)
VALUES ('00000000-0000-4000-8000-0000000000b2', :'course', NULL, 0),
       ('00000000-0000-4000-8000-0000000000b4', :'course', '2026-05-01', 600),
       ('00000000-0000-4000-8000-0000000000b1', :'archived', NULL, 0),
       ('00000000-0000-4000-8000-0000000000b3', :'course', NULL, 0),
       ('00000000-0000-4000-8000-0000000000b1', :'course', NULL, 7);
SELECT right(p.user_id::text, 2) AS learner, right(p.course_id::text, 2) AS course, p.progress_percentage, p.time_spent_minutes,
       right(p.current_module_id::text, 2) AS module, p.completed_at::date,
       (SELECT string_agg(i.interaction_type, ' and ' ORDER BY i.interaction_type) FROM user_course_interactions AS i
        WHERE i.user_id = p.user_id AND i.course_id = p.course_id) AS on_record,
       (SELECT count(*) FROM activity_feed AS f WHERE f.user_id = p.user_id AND f.activity_type = 'course_completed') AS told,
       (SELECT string_agg(a.slug, ', ' ORDER BY a.slug) FROM user_achievements AS e JOIN achievements AS a ON a.id = e.achievement_id
        WHERE e.user_id = p.user_id) AS earned
FROM user_progress AS p ORDER BY 1, 2;
UPDATE generated_courses SET status = 'archived' WHERE id = :'archived';
\set VERBOSITY terse
INSERT INTO user_progress (user_id, course_id)
SELECT u.id, c.id FROM users AS u CROSS JOIN generated_courses AS c ORDER BY u.id, c.id DESC
ON CONFLICT DO NOTHING;
\set VERBOSITY default
ROLLBACK;

-- An enrolment and an achievement cannot pass to another user, course or achievement.
BEGIN;
TRUNCATE user_progress, activity_feed, user_course_interactions, module_completions, architecture_reviews, user_achievements, learnify_internal.model_requests;
\set bob 00000000-0000-4000-8000-000000000b0b
INSERT INTO users (id, email, password_hash, name) VALUES (:'bob', 'bob@example.org', '!', 'Ada again');
INSERT INTO user_progress (user_id, course_id, completed_at) VALUES (:'ada', :'course', NULL);
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
SELECT :'ada', e.module_id, e.id, e.language, true, 100 FROM exercises AS e;
INSERT INTO module_completions (user_id, module_id, language, passed)
SELECT :'ada', m.id, 'python', true FROM generated_modules AS m WHERE m.module_number = 2;
SELECT s.statement, regexp_replace(o.outcome, 'row [0-9a-f-]{36}', 'row ...') AS outcome, o."table", o."column", o.hint
FROM unnest(ARRAY[
  $$UPDATE user_progress SET user_id = '00000000-0000-4000-8000-000000000b0b'$$,
  $$UPDATE user_progress SET course_id = '00000000-0000-4000-8000-0000000000c2', progress_percentage = 7$$,
  $$UPDATE user_progress SET user_id = NULL$$,
  $$UPDATE user_achievements SET user_id = '00000000-0000-4000-8000-000000000b0b'$$,
  $$UPDATE user_achievements AS e SET achievement_id = a.id FROM achievements AS a WHERE a.slug = 'hundred-hours'$$,
  $$UPDATE user_progress SET user_id = user_id, course_id = course_id, time_spent_minutes = 5$$,
  $$UPDATE user_achievements SET user_id = user_id, achievement_id = achievement_id, unlocked_at = unlocked_at$$
]) WITH ORDINALITY AS s (statement, number)
CROSS JOIN LATERAL pg_temp.outcome(s.statement) AS o
ORDER BY s.number;
-- With automation off, rows are written as given, but the current module still has to be one of the course.
SAVEPOINT as_given;
SET LOCAL learnify.automation = off;
UPDATE user_progress SET current_module_id = '00000000-0000-4000-8000-0000000000a1';
SELECT outcome, "column" FROM pg_temp.outcome($$UPDATE user_progress SET course_id = '00000000-0000-4000-8000-0000000000c2'$$);
SELECT outcome IS NULL AS is_written FROM pg_temp.outcome($$UPDATE user_progress SET course_id = '00000000-0000-4000-8000-0000000000c2', current_module_id = NULL$$);
ROLLBACK TO as_given;
-- So the second account of the same person takes over like this: submissions pass to it, and progress, completion, feed and
-- achievements follow. Nothing of them is left with the first one.
UPDATE module_completions SET user_id = :'bob';
INSERT INTO user_progress (user_id, course_id) SELECT :'bob', p.course_id FROM user_progress AS p ON CONFLICT DO NOTHING;
DELETE FROM user_progress WHERE user_id = :'ada';
DELETE FROM user_achievements WHERE user_id = :'ada';
SELECT award_achievements(:'bob') AS missing;
SELECT u.name, p.progress_percentage, p.completed_at IS NOT NULL AS is_completed,
       (SELECT string_agg(i.interaction_type, ' and ' ORDER BY i.interaction_type) FROM user_course_interactions AS i WHERE i.user_id = u.id) AS on_record,
       (SELECT string_agg(f.activity_type, ', ' ORDER BY f.activity_type) FROM activity_feed AS f WHERE f.user_id = u.id) AS told,
       (SELECT string_agg(a.slug, ', ' ORDER BY a.slug) FROM user_achievements AS e JOIN achievements AS a ON a.id = e.achievement_id
        WHERE e.user_id = u.id) AS earned
FROM users AS u LEFT JOIN user_progress AS p ON p.user_id = u.id WHERE u.id IN (:'ada', :'bob') ORDER BY u.name;
ROLLBACK;

-- A statement that writes submissions and enrols counts their minutes once, with those of earlier ones.
INSERT INTO users (id, email, password_hash, name) VALUES (:'ada', 'ada@example.com', '!', 'Ada'), (:'bob', 'bob@example.com', '!', 'Bob') ON CONFLICT DO NOTHING;
INSERT INTO generated_courses (id, user_id, title, meta_category) VALUES ('00000000-0000-4000-8000-0000000000c9', :'bob', 'Minutes', 'Digital');
INSERT INTO generated_modules (id, course_id, module_number, title) VALUES ('00000000-0000-4000-8000-0000000000a9', '00000000-0000-4000-8000-0000000000c9', 1, 'Module');
BEGIN;
INSERT INTO module_completions (user_id, module_id, language, time_spent_minutes) VALUES (:'ada', '00000000-0000-4000-8000-0000000000a9', 'go', 7);
DELETE FROM user_progress WHERE course_id = '00000000-0000-4000-8000-0000000000c9';
WITH submissions AS (
  INSERT INTO module_completions (user_id, module_id, language, time_spent_minutes)
  SELECT :'ada', '00000000-0000-4000-8000-0000000000a9', 'go', 30 FROM generate_series(1, 2))
INSERT INTO user_progress (user_id, course_id) VALUES (:'ada', '00000000-0000-4000-8000-0000000000c9');
SELECT time_spent_minutes = 7 + 2 * 30 AS counted_once FROM user_progress WHERE course_id = '00000000-0000-4000-8000-0000000000c9';
WITH moved AS (
  UPDATE module_completions SET user_id = :'bob' WHERE user_id = :'ada' AND time_spent_minutes = 30)
INSERT INTO user_progress (user_id, course_id) VALUES (:'bob', '00000000-0000-4000-8000-0000000000c9');
SELECT u.name, p.time_spent_minutes
FROM user_progress AS p JOIN users AS u ON u.id = p.user_id
WHERE p.course_id = '00000000-0000-4000-8000-0000000000c9'
ORDER BY u.name;
ROLLBACK;

TRUNCATE users CASCADE;
