-- Achievements: those that ship, the validation of criteria, and the events that award them.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
\set ada 00000000-0000-4000-8000-000000000ada
\set bob 00000000-0000-4000-8000-000000000b0b

-- Returns the error of a statement.
CREATE FUNCTION pg_temp.error_of(statement text, OUT code text, OUT message text, OUT hint text)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
  message := 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
END
$$;

-- Ten ship.
SELECT name, rarity, criteria FROM achievements WHERE builtin AND active ORDER BY id;

-- Criteria that cannot be evaluated are refused by INSERT
\x on
SELECT e.*
FROM unnest('{"[]", "\"many\"", "null", "{}", "{\"metric\": \"likes\", \"at_least\": 1}", "{\"metric\": 1, \"at_least\": 1}",
              "{\"metric\": \"streak_days\"}", "{\"metric\": \"streak_days\", \"at_least\": \"7\"}",
              "{\"metric\": \"streak_days\", \"at_least\": null}",
              "{\"metric\": \"review_average\", \"at_least\": 90, \"reviews_received\": true}",
              "{\"metric\": \"streak_days\", \"at_least\": 7, \"at_most\": 9}"}'::text[]) WITH ORDINALITY AS c (criteria, number)
CROSS JOIN LATERAL pg_temp.error_of(
  format('INSERT INTO achievements (name, description, criteria) VALUES (%L, %L, %L)', 'Number ' || number, '', criteria)) AS e
ORDER BY c.number;
-- and by UPDATE, also of a shipped achievement.
SELECT (pg_temp.error_of('UPDATE achievements SET criteria = ''{"metric": "likes", "at_least": 1}'' WHERE slug = ''first-course''')).*;
SELECT (pg_temp.error_of('INSERT INTO achievements (name, description, criteria) VALUES (''Nothing'', '''', NULL)')).*;
\x off
SELECT count(*) FROM achievements;

-- A course of Bob's with a module of a hundred exercises and a module without any.
INSERT INTO users (id, email, password_hash, name) VALUES
  (:'ada', 'ada@example.org', '!', 'Ada'),
  (:'bob', 'bob@example.org', '!', 'Bob');
INSERT INTO generated_courses (id, user_id, title, meta_category)
VALUES ('00000000-0000-4000-8000-0000000000c1', :'bob', 'Sorting', 'Digital');
INSERT INTO generated_modules (id, course_id, module_number, title) VALUES
  ('00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-0000000000c1', 1, 'Exercises'),
  ('00000000-0000-4000-8000-0000000000a2', '00000000-0000-4000-8000-0000000000c1', 2, 'Reading');
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty)
SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, '00000000-0000-4000-8000-0000000000a1', n,
       'Exercise ' || n, 'python', 'easy'
FROM generate_series(1, 100) AS n;
CREATE FUNCTION pg_temp.solve(first integer, last integer DEFAULT NULL, score integer DEFAULT 90, passed boolean DEFAULT true)
RETURNS void LANGUAGE sql AS $$
  INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
  SELECT '00000000-0000-4000-8000-000000000ada', module_id, id, language, solve.passed, solve.score
  FROM exercises
  WHERE exercise_number BETWEEN first AND coalesce(last, first)
$$;
CREATE TEMP VIEW earned AS
  SELECT u.name, a.slug
  FROM user_achievements AS e
  JOIN users AS u ON u.id = e.user_id
  JOIN achievements AS a ON a.id = e.achievement_id
  ORDER BY u.name, a.slug COLLATE "C";

-- An achievement is awarded when its bound is reached, and not before.
CREATE FUNCTION pg_temp.awarded_by(VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
-- Returns what the last of some statements awards, and rolls all of them back.
DECLARE
  statement text;
  before text[] := '{}';
  slugs text;
BEGIN
  FOREACH statement IN ARRAY statements LOOP
    before := ARRAY(SELECT slug FROM earned);
    EXECUTE statement;
  END LOOP;
  SELECT coalesce(string_agg(slug, ' '), 'none') INTO slugs FROM earned WHERE slug <> ALL (before);
  RAISE EXCEPTION USING ERRCODE = 'P0ADA';
EXCEPTION WHEN SQLSTATE 'P0ADA' THEN
  RETURN slugs;
END
$$;
SELECT pg_temp.awarded_by('SELECT pg_temp.solve(1, 9)') AS to_9,
       pg_temp.awarded_by('SELECT pg_temp.solve(1, 9)', 'SELECT pg_temp.solve(10)') AS to_10,
       pg_temp.awarded_by('SELECT pg_temp.solve(1, 10)', 'SELECT pg_temp.solve(11, 49)') AS to_49,
       pg_temp.awarded_by('SELECT pg_temp.solve(1, 49)', 'SELECT pg_temp.solve(50)') AS to_50,
       pg_temp.awarded_by('SELECT pg_temp.solve(1, 50)', 'SELECT pg_temp.solve(51, 99)') AS to_99,
       pg_temp.awarded_by('SELECT pg_temp.solve(1, 99)', 'SELECT pg_temp.solve(100)') AS to_100;
-- Solving one exercise ten times counts once, and failing does not count.
SELECT pg_temp.awarded_by(VARIADIC array_fill('SELECT pg_temp.solve(1)'::text, '{10}')) AS repeated,
       pg_temp.awarded_by('SELECT pg_temp.solve(1, 100, 0, false)') AS failed;
SELECT pg_temp.awarded_by('SELECT pg_temp.solve(1, 1, 99)') AS "99",
       pg_temp.awarded_by('SELECT pg_temp.solve(1, 1, 100)') AS "100";
CREATE FUNCTION pg_temp.submit_on(days integer[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO module_completions (user_id, module_id, language, submitted_at)
  SELECT '00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000a1', 'python', now() - d * interval '1 day'
  FROM unnest(days) AS d
$$;
SELECT pg_temp.awarded_by('SELECT pg_temp.submit_on(''{0,1,2,3,4,5}'')') AS six_days,
       pg_temp.awarded_by('SELECT pg_temp.submit_on(''{6,5,4,3,2,1}'')', 'SELECT pg_temp.submit_on(''{0}'')') AS seven_days,
       pg_temp.awarded_by('SELECT pg_temp.submit_on(''{0,1,2,3,5,6,7}'')') AS with_a_gap;
SELECT pg_temp.awarded_by(format('INSERT INTO user_progress (user_id, course_id, time_spent_minutes) VALUES (%L, %L, 5999)',
                         :'ada', '00000000-0000-4000-8000-0000000000c1')) AS "5999 minutes",
       pg_temp.awarded_by(format('INSERT INTO user_progress (user_id, course_id, time_spent_minutes) VALUES (%L, %L, 5999)',
                         :'ada', '00000000-0000-4000-8000-0000000000c1'),
                  'UPDATE user_progress SET time_spent_minutes = 6000') AS "6000 minutes";

-- Reviewers' Choice needs an average of 90 from at least five reviews.
CREATE FUNCTION pg_temp.review(VARIADIC scores integer[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO architecture_reviews (user_id, module_id, code_sense_score, efficiency_score, edge_cases_score, taste_score)
  SELECT '00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000a1', s, s, s, s FROM unnest(scores) AS s
$$;
SELECT pg_temp.awarded_by('SELECT pg_temp.review(100, 100, 100, 100)') AS four,
       pg_temp.awarded_by('SELECT pg_temp.review(100, 100, 100, 100)', 'SELECT pg_temp.review(50)') AS five_of_90,
       pg_temp.awarded_by('SELECT pg_temp.review(100, 100, 100, 100)', 'SELECT pg_temp.review(49)') AS five_of_less,
       pg_temp.awarded_by('SELECT pg_temp.review(100, 100, 100, 100, 90, 0)', 'DELETE FROM architecture_reviews WHERE overall_score = 0') AS without_the_worst;

-- An event evaluates only achievements whose metric it can raise. Here every learner meets
-- all criteria, so that the achievements awarded show which ones an event evaluates.
BEGIN;
UPDATE achievements SET active = false;
INSERT INTO achievements (name, description, slug, criteria)
SELECT m, '', m, jsonb_build_object('metric', m, 'at_least', 0)
FROM unnest('{modules_completed,courses_completed,exercises_solved,perfect_scores,review_average,streak_days,hours_learned,reviews_received}'::text[]) AS m;
\set enrol 'INSERT INTO user_progress (user_id, course_id) VALUES (''00000000-0000-4000-8000-000000000ada'', ''00000000-0000-4000-8000-0000000000c1'')'
\set forget 'DELETE FROM user_achievements'
SELECT pg_temp.awarded_by(:'enrol') AS enrolment,
       pg_temp.awarded_by(:'enrol', 'UPDATE user_progress SET last_activity = now() + interval ''1 second''') AS activity,
       pg_temp.awarded_by(:'enrol', 'UPDATE user_progress SET time_spent_minutes = 1') AS time_spent,
       pg_temp.awarded_by(:'enrol', 'UPDATE user_progress SET progress_percentage = 100') AS course_completed;
\x on
SELECT pg_temp.awarded_by('SELECT pg_temp.solve(1, 1, 0, false)') AS failed,
       pg_temp.awarded_by('SELECT pg_temp.solve(1, 1, 100, false)') AS failed_with_100,
       pg_temp.awarded_by('SELECT pg_temp.solve(1)') AS solved,
       pg_temp.awarded_by('SELECT pg_temp.solve(1, 1, 100)') AS solved_with_100,
       pg_temp.awarded_by('SELECT pg_temp.solve(1)', :'forget', 'SELECT pg_temp.solve(1)') AS solved_again,
       pg_temp.awarded_by('SELECT pg_temp.solve(1, 99)', :'forget', 'SELECT pg_temp.solve(100)') AS module_completed,
       pg_temp.awarded_by('SELECT pg_temp.solve(1, 1, 90, false)', :'forget', 'UPDATE module_completions SET passed = true') AS corrected,
       pg_temp.awarded_by('SELECT pg_temp.solve(1)', :'forget', 'DELETE FROM module_completions') AS deleted,
       pg_temp.awarded_by('SELECT pg_temp.review(10)') AS reviewed,
       pg_temp.awarded_by('SELECT pg_temp.review(10)', :'forget', 'UPDATE architecture_reviews SET taste_score = 20') AS review_corrected,
       pg_temp.awarded_by('SELECT pg_temp.review(10)', :'forget', 'DELETE FROM architecture_reviews') AS review_deleted,
       pg_temp.awarded_by(format('SELECT follow_user(%L, %L)', :'ada', :'bob')) AS followed,
       pg_temp.awarded_by(format('SELECT award_achievements(%L)', :'ada')) AS awarded;
\x off
ROLLBACK;

-- award_achievements() awards an achievement that was added after its criteria were met.
SELECT pg_temp.solve(1, 3) \g /dev/null
INSERT INTO achievements (name, description, slug, criteria, active) VALUES
  ('Three Solved', '', 'three-exercises', '{"metric": "exercises_solved", "at_least": 3}', true),
  ('Two and a Half', '', 'half', '{"metric": "exercises_solved", "at_least": 2.5}', true),
  ('Four Solved', '', 'four-exercises', '{"metric": "exercises_solved", "at_least": 4}', true),
  ('Retired', '', 'retired', '{"metric": "exercises_solved", "at_least": 1}', false);
SELECT * FROM earned;
SELECT award_achievements(:'ada'), award_achievements(:'bob');
SELECT award_achievements(:'ada');
SELECT * FROM earned;
SELECT (pg_temp.error_of('SELECT award_achievements(''00000000-0000-4000-8000-00000000dead'')')).code;
-- An inactive achievement is not awarded, by events neither, until it is active again.
SELECT pg_temp.awarded_by('SELECT pg_temp.solve(4)') AS awarded;
SELECT pg_temp.awarded_by('UPDATE achievements SET active = true WHERE slug = ''retired''', 'SELECT pg_temp.solve(4)') AS awarded;
-- Deleting the submissions revokes no achievement.
DELETE FROM module_completions;
SELECT * FROM earned;

-- An achievement that an application inserts itself is broadcast once, even if it is inserted
-- again or has been awarded before.
INSERT INTO user_achievements (user_id, achievement_id)
SELECT :'ada', id FROM achievements WHERE slug IN ('half', 'hundred-hours')
ON CONFLICT DO NOTHING;
INSERT INTO user_achievements (user_id, achievement_id)
SELECT :'ada', id FROM achievements WHERE slug IN ('half', 'hundred-hours')
ON CONFLICT (user_id, achievement_id) DO NOTHING;
SELECT (pg_temp.error_of(format('INSERT INTO user_achievements (user_id, achievement_id) SELECT %L, id FROM achievements WHERE slug = ''half''', :'ada'))).code;
SELECT metadata ->> 'achievement' AS achievement, count(*)
FROM activity_feed
WHERE activity_type = 'achievement_earned'
GROUP BY achievement
ORDER BY achievement;

-- A shipped achievement can be edited, which unsets builtin, and is awarded as edited;
BEGIN;
UPDATE achievements SET criteria = '{"metric": "exercises_solved", "at_least": 2}' WHERE slug = 'ten-exercises' RETURNING builtin;
SELECT pg_temp.awarded_by('SELECT pg_temp.solve(1, 2)') AS awarded;
-- it can be replaced by any of its keys, and learners who have earned it keep it;
INSERT INTO achievements (name, description, slug, criteria)
VALUES ('A Hundred Hours', 'Replaced', 'hundred-hours', '{"metric": "hours_learned", "at_least": 99}');
SELECT name, slug, criteria, builtin FROM achievements WHERE slug = 'hundred-hours' OR name = 'Hundred Hours';
SELECT a.name FROM user_achievements AS e JOIN achievements AS a ON a.id = e.achievement_id WHERE a.slug = 'hundred-hours';
ROLLBACK;
-- it cannot be deleted, since a restore would bring it back, but it can be deactivated.
\x on
SELECT (pg_temp.error_of('DELETE FROM achievements WHERE slug = ''ten-exercises''')).*;
-- An UPDATE that changes all of its keys would be a deletion, as far as a restore is concerned.
SELECT (pg_temp.error_of('UPDATE achievements SET id = gen_random_uuid(), name = ''Mine'', slug = ''mine'' WHERE slug = ''ten-exercises''')).*;
SELECT (pg_temp.error_of('UPDATE achievements SET name = ''Ten'', slug = ''ten'' WHERE slug = ''ten-exercises''; UPDATE achievements SET id = gen_random_uuid() WHERE slug = ''ten''')).code;
\x off
-- Any two of its keys can be changed, and a new achievement can replace two.
BEGIN;
UPDATE achievements SET name = 'Ten' WHERE slug = 'ten-exercises';
UPDATE achievements SET id = gen_random_uuid() WHERE slug = 'ten-exercises' RETURNING name, slug, builtin;
ROLLBACK;
BEGIN;
INSERT INTO achievements (name, description, slug, criteria)
SELECT b.name, 'Replaced', a.slug, a.criteria
FROM achievements AS a, achievements AS b
WHERE a.slug = 'first-module' AND b.slug = 'first-course';
ROLLBACK;
BEGIN;
UPDATE achievements SET active = false WHERE slug = 'ten-exercises';
SELECT pg_temp.awarded_by('SELECT pg_temp.solve(1, 10)') AS awarded;
ROLLBACK;
-- Other achievements can be deleted as long as nobody has earned them.
DELETE FROM achievements WHERE slug = 'retired';
-- (RESTRICT has its own SQLSTATE since PostgreSQL 18.)
SELECT code IN ('23001', '23503') AS refused, message ~ 'violates .*user_achievements_achievement_id_fkey' AS by_the_key
FROM pg_temp.error_of('DELETE FROM achievements WHERE slug = ''half''');

-- Criteria that bypassed the check award nothing, and do not prevent other awards.
BEGIN;
ALTER TABLE achievements DISABLE TRIGGER achievements_check_criteria;
INSERT INTO achievements (name, description, criteria)
SELECT 'Odd ' || n, '', c
FROM unnest('{[],"{}","{\"metric\": 1}","{\"metric\": \"charisma\", \"at_least\": 0}","{\"metric\": \"exercises_solved\"}",
              "{\"metric\": \"exercises_solved\", \"at_least\": \"0\"}"}'::jsonb[]) WITH ORDINALITY AS o (c, n);
SELECT pg_temp.awarded_by('SELECT pg_temp.solve(1, 10)') AS awarded;
ROLLBACK;

-- One statement awards forty achievements, each once.
BEGIN;
INSERT INTO achievements (name, description, criteria)
SELECT 'One of ' || n, '', '{"metric": "exercises_solved", "at_least": 1}' FROM generate_series(1, 40) AS n;
SELECT pg_temp.solve(1) \g /dev/null
SELECT count(*) FROM user_achievements AS e JOIN achievements AS a ON a.id = e.achievement_id WHERE a.name LIKE 'One of%';
SELECT pg_temp.solve(2) \g /dev/null
SELECT award_achievements(:'ada') AS more;
SELECT count(*) FROM user_achievements AS e JOIN achievements AS a ON a.id = e.achievement_id WHERE a.name LIKE 'One of%';
ROLLBACK;

-- A statement with thousands of rows takes a bounded number of locks.
BEGIN;
INSERT INTO users (email, password_hash, name) SELECT 'many' || n || '@example.org', '!', 'Learner ' || n FROM generate_series(1, 1000) AS n;
INSERT INTO user_progress (user_id, course_id, progress_percentage)
SELECT u.id, c.id, 100 FROM users AS u CROSS JOIN generated_courses AS c WHERE u.email LIKE 'many%';
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
SELECT u.id, e.module_id, e.id, e.language, true, 100
FROM users AS u CROSS JOIN (SELECT * FROM exercises LIMIT 1) AS e
WHERE u.email LIKE 'many%';
SELECT a.name, count(*) FROM user_achievements AS e JOIN achievements AS a ON a.id = e.achievement_id JOIN users AS u ON u.id = e.user_id
WHERE u.email LIKE 'many%'
GROUP BY a.name ORDER BY a.name;
SELECT count(*) < 300 AS few_locks FROM pg_locks WHERE pid = pg_backend_pid();
ROLLBACK;

-- Memory does not grow with the number of learners of a statement.
BEGIN;
INSERT INTO users (id, email, password_hash, name)
SELECT format('00000000-0000-4000-8000-%s', lpad(n::text, 12, '0'))::uuid, 'many' || n || '@example.org', '!', 'Learner ' || n
FROM generate_series(1, 3000) AS n;
INSERT INTO user_progress (user_id, course_id)
SELECT u.id, m.course_id
FROM users AS u CROSS JOIN (SELECT * FROM exercises LIMIT 1) AS e JOIN generated_modules AS m ON m.id = e.module_id
WHERE u.email LIKE 'many%';
CREATE TEMP TABLE taken (bytes bigint);
CREATE FUNCTION pg_temp.take_down() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO pg_temp.taken SELECT sum(used_bytes) FROM pg_backend_memory_contexts;
  RETURN NULL;
END
$$;
CREATE TRIGGER user_progress_take_down AFTER UPDATE ON user_progress
FOR EACH ROW WHEN (NEW.user_id::text ~ '-00000000(1000|3000)$') EXECUTE FUNCTION pg_temp.take_down();
INSERT INTO module_completions (user_id, module_id, exercise_id, language, time_spent_minutes)
SELECT u.id, e.module_id, e.id, e.language, 1 FROM (SELECT * FROM exercises LIMIT 1) AS e CROSS JOIN users AS u WHERE u.email LIKE 'many%';
SELECT count(*) AS looked, max(bytes) - min(bytes) < 1000000 AS little_taken FROM taken;
ROLLBACK;

-- The trigger function for submissions cannot be attached to another table.
CREATE TABLE pretence (id uuid);
CREATE TRIGGER pretence_follow AFTER INSERT ON pretence REFERENCING NEW TABLE AS inserted
FOR EACH STATEMENT EXECUTE FUNCTION learnify_internal.process_submissions();
SELECT * FROM pg_temp.error_of('INSERT INTO pretence VALUES (NULL)');
DROP TABLE pretence;
-- A missing column is an error.
BEGIN;
ALTER TABLE module_completions RENAME COLUMN score TO points;
SELECT * FROM pg_temp.error_of('SELECT pg_temp.solve(1)');
SELECT * FROM pg_temp.error_of(format('INSERT INTO module_completions (user_id, module_id, language) SELECT %L, id, ''python'' FROM generated_modules LIMIT 1', :'ada'));
ROLLBACK;
-- So is a column of another type, and a NULL.
BEGIN;
ALTER TABLE exercises ALTER COLUMN title TYPE varchar(200);
SELECT * FROM pg_temp.error_of('SELECT pg_temp.solve(1)');
ALTER TABLE exercises ALTER COLUMN title TYPE integer USING 1;
SELECT * FROM pg_temp.error_of('SELECT pg_temp.solve(2)');
ROLLBACK;
BEGIN;
ALTER TABLE achievements ALTER COLUMN criteria DROP NOT NULL;
ALTER TABLE achievements DISABLE TRIGGER USER;
UPDATE achievements SET criteria = NULL;
SELECT * FROM pg_temp.error_of('SELECT pg_temp.solve(1)');
ROLLBACK;

TRUNCATE users CASCADE;
DELETE FROM achievements WHERE NOT builtin;
SELECT count(*) AS as_shipped FROM achievements;
