-- import_legacy() with all kinds of rows that tables of hand-run migrations may have: which
-- are written, which are refused and why, and what happens to references to them.
-- Clean up after a run that was interrupted.
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_importer;
RESET client_min_messages;
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
\pset null ~
SET client_min_messages = warning;
SET timezone = 'UTC';

-- Returns a digest of all rows of a schema, without the times at which they were written.
CREATE FUNCTION pg_temp.digest(schema text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  t regclass;
  part text;
  digest text := '';
BEGIN
  FOR t IN SELECT oid FROM pg_class WHERE relnamespace = schema::regnamespace AND relkind = 'r' AND relname <> 'schema_migrations' ORDER BY relname LOOP
    EXECUTE format('SELECT md5(string_agg(r.row, '''' ORDER BY r.row COLLATE "C")) '
                   'FROM (SELECT (to_jsonb(t) - ''broadcast_at'')::text FROM %s AS t) AS r (row)', t) INTO part;
    digest := md5(digest || (SELECT relname FROM pg_class WHERE oid = t) || coalesce(part, ''));
  END LOOP;
  RETURN digest;
END
$$;

BEGIN;

-- The source: ids are numbers and slugs, types differ, columns are missing, and there is
-- hardly a constraint.
CREATE SCHEMA old;
CREATE TYPE old.state AS ENUM ('Active', 'paused', 'lost');
CREATE DOMAIN old.address AS varchar(400);
CREATE TABLE old.users (
  id integer, email old.address, password_hash text, name varchar(200), avatar_url text, created_at timestamp,
  updated_at timestamp, last_login timestamp, shoe_size integer);
CREATE TABLE old.user_archetypes (
  id integer, user_id integer, meta_category text, domain text, skill_level text, created_at timestamp,
  updated_at timestamp);
CREATE TABLE old.user_variables (
  user_id integer, variable_key text, variable_value text, archetype_id integer, updated_at timestamp);
CREATE TABLE old.blueprint_modules (
  id integer, module_number integer, concept_slug text, title_template text, description_template text,
  difficulty text, estimated_hours integer, learning_objectives text[], variable_schema jsonb);
CREATE TABLE old.generated_courses (
  id text, user_id text, archetype_id integer, title text, meta_category varchar(20), injected_variables json,
  status old.state, created_at timestamp, updated_at text);
CREATE TABLE old.generated_modules (
  id integer, course_id text, blueprint_module_id text, module_number bigint, title text, content text,
  created_at date);
CREATE TABLE old.exercises (
  id integer, module_id integer, exercise_number smallint, title text, language text, test_cases jsonb, hints text[],
  difficulty text, points numeric, created_at timestamptz);
CREATE TABLE old.course_tags (id integer, course_id text, tag text[]);
CREATE TABLE old.user_progress (
  id integer, user_id text, course_id text, current_module_id text, progress_percentage numeric,
  time_spent_minutes integer, last_activity timestamp, started_at timestamp, completed_at timestamp);
CREATE TABLE old.module_completions (
  id integer, user_id integer, module_id integer, exercise_id text, submitted_code text, language text,
  test_results text, passed integer, score integer, attempts integer, hints_used integer, submitted_at timestamp);
CREATE TABLE old.architecture_reviews (
  id uuid, user_id integer, module_id integer, submission_id integer, overall_score integer,
  code_sense_score integer, efficiency_score integer, edge_cases_score integer, taste_score integer,
  reviewed_at timestamp);
CREATE TABLE old.user_relationships (follower_id integer, following_id integer, created_at timestamp);
CREATE TABLE old.activity_feed (
  id integer, user_id integer, activity_type text, reference_type text, reference_id text, metadata jsonb,
  visibility text, created_at timestamp);
CREATE TABLE old.achievements (id integer, name text, description text, criteria jsonb, rarity text);
CREATE TABLE old.user_achievements (id integer, user_id integer, achievement_id text, unlocked_at timestamp);
CREATE TABLE old.recommendations (
  user_id integer, course_id text, recommendation_type text, match_score double precision, reason text,
  created_at timestamp);
CREATE TABLE old.user_course_interactions (
  id integer, user_id integer, course_id text, interaction_type text, interaction_value text, created_at timestamp);
CREATE TABLE old.goose_db_version (id integer);

-- Two accounts of Bob's that differ in case, and one that never logged in; an account with
-- hardly a value; a duplicate row; rows that are no valid accounts.
INSERT INTO old.users VALUES
  (1, 'Ada@example.org', '$2a$04$x', 'Ada', NULL, '2021-03-28 02:30', NULL, '2021-10-31 02:30', NULL),
  (2, 'Bob@example.org', '$2a$04$x', 'Bob', '', '2020-01-01', NULL, '2020-06-01', NULL),
  (3, 'bob@EXAMPLE.org', '$2a$04$x', 'Bobby', '', '2020-02-01', NULL, '2021-06-01', NULL),
  (4, 'cyd@example.org', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (5, NULL, '', 'Nobody', NULL, NULL, NULL, NULL, NULL),
  (6, 'no address', '', 'Nobody', NULL, NULL, NULL, NULL, NULL),
  (7, 'long@example.org', '', repeat('x', 101), NULL, NULL, NULL, NULL, NULL),
  (8, 'twin@example.org', '', 'Twin', NULL, NULL, NULL, NULL, NULL),
  (8, 'twin@example.org', '', 'Twin', NULL, NULL, NULL, NULL, NULL),
  (9, 'go@example.org', '', 'Go', '', '0001-01-01', '0001-01-01', '2021-07-01', NULL),
  (10, 'end@example.org', '', 'End', '', 'infinity', NULL, NULL, NULL),
  (20, E' Eve@example.org\n', '', E'\tEve\u202E\nAdams ', 'https://example.org/' || repeat('x', 3000), NULL, NULL, NULL, NULL),
  (22, 'blank@example.org', '', E' \n', ' ', NULL, NULL, NULL, NULL),
  (21, E'hid\u200Bden@example.org', '', 'Hidden', NULL, NULL, NULL, NULL, NULL),
  (NULL, 'BOB@example.org', '', 'Robert', NULL, NULL, NULL, NULL, NULL);
INSERT INTO old.user_archetypes VALUES
  (1, 1, 'biological ', 'Sourdough', 'NOVICE', '2021-01-01', NULL),
  (2, 2, 'Digital', 'Chess', 'analyst', '2020-01-01', '2020-02-01'),
  (3, 3, 'Digital', 'Go', 'analyst', '2020-01-01', '2020-03-01'),
  (4, 4, 'Alchemy', 'Gold', 'novice', NULL, NULL),
  (5, 20, 'Digital', repeat('x', 300), 'novice', '2021-01-01', NULL),
  (6, 9, 'Digital', E' \t', 'novice', NULL, NULL);
INSERT INTO old.user_variables VALUES
  (1, 'ENTITY', 'starter', 1, NULL), (1, 'ENTITY', 'dough', 1, '2021-05-05'), (2, 'ENTITY', 'piece', 2, NULL),
  (1, 'lower', 'x', 1, NULL), (1, 'STATE', NULL, 1, NULL), (1, 'FLOW', 'rise', 99, NULL),
  (20, 'ENTITY', E'wo\nrd \\u000a', NULL, NULL), (20, 'STATE', ' ', NULL, NULL), (20, 'LOGIC', repeat('x', 300), NULL, NULL),
  (20, 'SUB-ENTITY', 'x', NULL, NULL), (20, 'a}', 'x', NULL, NULL), (20, repeat('k', 51), 'x', NULL, NULL), (20, '', 'x', NULL, NULL);
-- The modules of the source: an older version of a shipped one, one that replaces a shipped
-- one and has a mistake in a template, one with the keys of two modules, and an invalid one.
INSERT INTO old.blueprint_modules VALUES
  (1, 1, 'atom', 'Their atom of {ENTITY}', 'Theirs', 'beginner', 3, '{"Know {ENTITY}"}', NULL),
  (2, 2, 'proofs', 'Proofs of {ENTITY}', 'All of { ENTITY }', 'Beginner', 4, NULL, '{"required": ["ENTITY"]}'),
  (3, 3, 'capstone', 'Mixed up', '', 'beginner', 4, NULL, NULL),
  (4, 8, 'flow-state', 'Number eight', '', 'beginner', 4, NULL, NULL);
INSERT INTO old.generated_courses VALUES
  ('bread', '1', 1, 'Bread', 'biological', '{"ENTITY": "starter"}', 'Active', '2021-01-01', '2021-02-01T10:00:00Z'),
  ('chess', 'BOB@example.org', 2, 'Chess', 'Digital', NULL, 'paused', '2021-01-01', '2021-07-01 10:00'),
  ('stars', '2', 99, NULL, 'Digital', NULL, NULL, NULL, 'yesterday'),
  ('maps', '3', 99, NULL, 'Digital', NULL, NULL, NULL, NULL),
  ('gold', '4', NULL, 'Gold', 'Alchemy', NULL, 'Active', NULL, NULL),
  ('lost', '4', NULL, 'Lost', 'Digital', NULL, 'lost', NULL, NULL),
  ('ghost', '77', NULL, 'Ghost', 'Digital', NULL, 'Active', NULL, NULL),
  ('fall', '6', NULL, 'Fall', 'Digital', NULL, 'Active', NULL, NULL);
-- Module 1 of the course twice: references to the older one are changed to the newer.
INSERT INTO old.generated_modules VALUES
  (1, 'bread', 'atom', 1, 'Old', '{"lessons": []}', '2021-01-01'),
  (2, 'bread', '1', 1, 'New', '{"lessons": [1]}', '2021-01-02'),
  (3, 'bread', '2', 2, NULL, NULL, NULL),
  (4, 'bread', 'nothing', 9, 'Nine', NULL, NULL),
  (5, 'bread', '3', 3, 'Three', '{"lessons": ', NULL),
  (6, 'gold', '1', 1, 'Gold', '{}', NULL);
INSERT INTO old.exercises VALUES
  (1, 1, 1, 'Old', 'python', '[]', '{}', 'easy', 100, '2021-01-01'),
  (2, 2, 1, 'New', 'Python', '[]', '{"Think"}', 'EASY', 99.5, '2021-01-02'),
  (3, 3, 1, NULL, 'go', NULL, NULL, 'hard', NULL, NULL),
  (4, 3, 2, 'Dear', 'go', NULL, NULL, 'hard', 1001, NULL),
  (5, 3, 3, 'Object', 'go', '{}', NULL, 'hard', 1, NULL);
INSERT INTO old.course_tags VALUES (1, 'bread', '{baking,slow,baking}'), (2, 'chess', '{}');
INSERT INTO old.user_progress VALUES
  (1, '1', 'chess', NULL, 33.99, 5, '2021-03-01', '2021-02-01', NULL),
  (2, 'bob@example.org', 'bread', '1', 50, 30, '2021-03-01', '2021-02-01', NULL),
  (3, '3', 'bread', '2', 100, 20, '2021-02-15', '2021-02-01', '2021-02-15'),
  (4, '4', 'bread', '2', 0, 1, NULL, NULL, NULL),
  (5, '1', 'bread', '77', 101, 1, NULL, NULL, NULL),
  (6, '9', 'bread', '77', 10, -1, NULL, NULL, NULL),
  (7, '9', 'gold', NULL, 10, 1, NULL, NULL, NULL),
  (8, '9', 'maps', '77', 10, 1, NULL, NULL, NULL);
INSERT INTO old.module_completions VALUES
  (1, 2, 1, '1', 'a', NULL, '[true]', 1, 100, NULL, NULL, '2021-02-01 12:00'),
  (2, 3, 2, '2', 'b', 'PYTHON', '[true]', 1, 90, 2, 1, NULL),
  (3, 3, 3, '1', 'c', 'go', '[]', 0, 0, 3, 0, '2021-02-01'),
  (4, 1, 2, '2', 'wrong language', 'go', '[]', 0, 0, 1, 0, '2021-02-01'),
  (5, 1, 2, '1', 'wrong module', 'python', '[]', 0, 0, 1, 0, '2021-02-01'),
  (6, 1, 3, '2', 'wrong module', 'python', '[]', 0, 0, 1, 0, '2021-02-01'),
  (7, 1, 2, '2', 'many hints', 'python', '[]', 0, 0, 1, 2, '2021-02-01'),
  (8, 1, 2, '2', 'high score', 'python', '[]', 0, 105, 1, 0, '2021-02-01'),
  (9, 1, 2, '2', 'negative', 'python', '[]', 0, -1, 1, 0, '2021-02-01'),
  (10, 1, 2, '2', 'perhaps', 'python', '[]', 2, 1, 1, 0, '2021-02-01'),
  (11, 1, 2, '2', 'no JSON', 'python', 'true, true', 1, 1, 1, 0, '2021-02-01'),
  (12, 1, 2, '99', 'no exercise', 'python', '[]', 1, 1, 1, 0, '2021-02-01'),
  (13, 1, 2, NULL, 'no language', NULL, '[]', 1, 1, 1, 0, '2021-02-01'),
  (14, 99, 2, '2', 'no learner', 'python', '[]', 1, 1, 1, 0, '2021-02-01'),
  (15, 1, 6, NULL, 'refused module', 'python', '[]', 1, 1, 1, 0, '2021-02-01'),
  (16, 1, 2, '2', 'zeroth', 'python', '[]', 1, 1, 0, 0, '2021-02-01'),
  (17, 1, 3, '3', 'hint of none', 'go', '[]', 0, 0, 1, 1, '2021-02-01');
INSERT INTO old.architecture_reviews VALUES
  ('00000000-0000-4000-8000-0000000000a1', 2, 1, 2, NULL, 80, 81, 82, 84, '2021-02-02'),
  ('00000000-0000-4000-8000-0000000000a2', 1, 1, 2, 50, 50, 50, 50, 50, '2021-02-02'),
  ('00000000-0000-4000-8000-0000000000a3', 3, 3, 2, 50, 50, 50, 50, 50, '2021-02-02'),
  ('00000000-0000-4000-8000-0000000000a4', 3, 2, 8, 50, 50, 50, 50, 50, '2021-02-02'),
  ('00000000-0000-4000-8000-0000000000a5', 3, 2, NULL, 50, 50, 50, 50, 500, '2021-02-02'),
  (NULL, 3, 2, NULL, 50, 50, 50, NULL, 50, '2021-02-02');
INSERT INTO old.user_relationships VALUES
  (1, 2, '2021-02-01'), (1, 3, '2021-01-01'), (2, 3, '2021-01-01'), (4, 1, NULL), (1, 99, NULL), (NULL, 1, NULL);
INSERT INTO old.achievements VALUES
  (1, 'First Module', 'Theirs', '{"count": 1}', 'common'),
  (2, 'Ten Solved', 'Twelve, to be fair', '{"metric": "exercises_solved", "at_least": 12}', 'Rare'),
  (3, 'Baker', 'Baked', '{"metric": "courses_completed", "at_least": 2}', 'epic'),
  (4, 'Liked', 'Ten likes', '{"metric": "likes", "at_least": 10}', 'common');
INSERT INTO old.user_achievements VALUES
  (1, 1, '1', '2021-01-01'), (2, 1, 'ten solved', NULL), (3, 2, '3', '2021-02-01'), (4, 3, '3', '2021-01-01'), (5, 1, '4', '2021-01-01');
INSERT INTO old.activity_feed VALUES
  (1, 1, 'course_completed', 'course', 'bread', '{"course_title": "Bread"}', 'public', '2021-02-01'),
  (2, 2, 'module_completed', 'Generated_Module', '1', NULL, NULL, '2021-02-01'),
  (3, 3, 'achievement_earned', 'achievement', 'first module', NULL, 'PUBLIC', NULL),
  (4, 1, 'course_completed', 'course', '00000000-0000-4000-8000-00000000dead', NULL, 'public', '2021-02-01'),
  (5, 1, 'course_completed', 'course', 'gone', NULL, 'public', '2021-02-01'),
  (6, 1, 'liked', 'course', 'bread', NULL, 'public', '2021-02-01'),
  (7, 1, 'course_completed', 'course', 'bread', NULL, 'everyone', '2021-02-01');
INSERT INTO old.recommendations VALUES
  (1, 'chess', 'trending', 80, 'Older', '2021-01-01'), (1, 'chess', 'trending', 90.4, 'Newer', '2021-01-02'),
  (1, 'chess', 'social_signal', 101, 'Too good', '2021-01-02'), (1, 'maps', 'trending', 'NaN', 'Odd', NULL);
INSERT INTO old.user_course_interactions VALUES
  (1, 1, 'chess', 'viewed', '1.5', '2021-01-01'), (2, 2, 'chess', 'viewed', 'much', '2021-01-01'),
  (3, 3, 'bread', 'ENROLLED', '1e500', '2021-01-01'), (4, 3, 'bread', 'Enrolled', NULL, '2021-01-01');

SELECT pg_temp.digest('old') AS source, pg_temp.digest('public') AS target \gset

-- A dry run returns the whole report and writes nothing.
CREATE TEMP TABLE dry_run AS
SELECT row_number() OVER () AS number, r.* FROM import_legacy('old', 'Europe/Berlin', dry_run => true) AS r;
SELECT table_name, rows_read AS read, rows_written AS written, rows_refused AS refused, rows_adjusted AS adjusted,
       left(reason, 60) AS reason, samples
FROM dry_run
WHERE table_name = 'users'
ORDER BY number \g (format=unaligned)
SELECT pg_temp.digest('public') = :'target' AS nothing_is_written;

-- The import returns the same report and does not change the source.
CREATE TEMP TABLE import AS
SELECT row_number() OVER () AS number, r.* FROM import_legacy('old', 'Europe/Berlin') AS r;
SELECT count(*) > 100 AS many_lines, count(*) FILTER (WHERE r.read IS DISTINCT FROM d.read) AS different
FROM (SELECT number, i::text AS read FROM import AS i) AS r
FULL JOIN (SELECT number, i::text AS read FROM dry_run AS i) AS d USING (number);
SELECT pg_temp.digest('old') = :'source' AS source_is_untouched;

-- Each row read is written, present already, or refused.
SELECT table_name, sum(rows_read) AS read
FROM import
GROUP BY table_name
HAVING sum(rows_read) <> sum(rows_written + rows_present + rows_refused);
-- Rows that were refused.
SELECT table_name, rows_refused AS refused, left(reason, 60) AS reason, samples
FROM import
WHERE rows_refused > 0 AND table_name <> 'users'
ORDER BY number;
-- Rows that were changed to be written, except by defaults for missing values.
SELECT table_name, rows_adjusted AS adjusted, reason, samples
FROM import
WHERE rows_adjusted > 0 AND reason NOT LIKE '%filled in'
ORDER BY number \g (format=unaligned)
-- Missing tables, and tables and columns that were ignored.
SELECT table_name, reason FROM import WHERE reason ~ 'ignored|no such table' ORDER BY number;

-- Timestamps without time zone are in the given one. A time in the hour that the clock skips
-- in spring is an hour later; a time in the hour that occurs twice in autumn is in the second
-- one. A missing time is the earliest that the row can have.
SELECT email, left(name, 20) AS name, length(name) AS length, length(avatar_url) AS avatar_url, password_hash, nullif(created_at, now()) AS created_at, nullif(last_login, now()) AS last_login FROM users ORDER BY lower(email);
SELECT created_at = now() AS made_now, updated_at = now() AS updated_now FROM users WHERE name = 'Learner';
SELECT u.name, left(a.domain, 20) AS domain, length(a.domain) AS length, a.meta_category, a.skill_level, a.updated_at FROM user_archetypes AS a JOIN users AS u ON u.id = a.user_id ORDER BY 1;
SELECT left(u.name, 20) AS name, v.variable_key, left(v.variable_value, 20) AS variable_value, length(v.variable_value) AS length, a.domain
FROM user_variables AS v JOIN users AS u ON u.id = v.user_id LEFT JOIN user_archetypes AS a ON a.id = v.archetype_id
ORDER BY 1, v.variable_key COLLATE "C";
-- A module with the concept of the shipped one keeps that one's values for missing columns;
-- one with another concept does not.
SELECT right(id::text, 4) AS id, concept_slug, title_template, estimated_hours AS hours, learning_objectives,
       jsonb_array_length(content_template -> 'exercises') > 0 AS exercises, variable_schema -> 'required' AS required
FROM blueprint_modules
WHERE NOT builtin
ORDER BY module_number;
SELECT u.name, c.title, c.status, a.domain, c.injected_variables, nullif(c.created_at, now()) AS created_at,
       nullif(c.updated_at, now()) AS updated_at
FROM generated_courses AS c JOIN users AS u ON u.id = c.user_id LEFT JOIN user_archetypes AS a ON a.id = c.archetype_id
ORDER BY c.title, c.created_at;
SELECT c.title AS course, m.module_number AS module, m.title, m.content, b.concept_slug, m.created_at, e.title AS exercise, e.language,
       e.hints, e.points
FROM generated_modules AS m
JOIN generated_courses AS c ON c.id = m.course_id
LEFT JOIN blueprint_modules AS b ON b.id = m.blueprint_module_id
LEFT JOIN exercises AS e ON e.module_id = m.id
ORDER BY 1, 2, e.exercise_number;
SELECT c.title, t.tag FROM course_tags AS t JOIN generated_courses AS c ON c.id = t.course_id ORDER BY 1, 2;
-- Of two enrolments of a user in a course, the one with more progress is kept.
SELECT u.name, c.title, p.progress_percentage AS percent, p.time_spent_minutes AS minutes, m.title AS module,
       nullif(p.started_at, now()) AS started_at, p.completed_at
FROM user_progress AS p
JOIN users AS u ON u.id = p.user_id
JOIN generated_courses AS c ON c.id = p.course_id
LEFT JOIN generated_modules AS m ON m.id = p.current_module_id
ORDER BY 1, 2;
SELECT u.name, m.title AS module, e.title AS exercise, s.submitted_code AS code, s.language, s.passed, s.score, s.attempts, s.submitted_at
FROM module_completions AS s
JOIN users AS u ON u.id = s.user_id
JOIN generated_modules AS m ON m.id = s.module_id
LEFT JOIN exercises AS e ON e.id = s.exercise_id
ORDER BY s.submitted_code COLLATE "C", s.module_id = (SELECT id FROM generated_modules WHERE title = 'New') DESC;
SELECT right(r.id::text, 2) AS id, u.name, m.title AS module, r.overall_score, s.submitted_code AS code
FROM architecture_reviews AS r
JOIN users AS u ON u.id = r.user_id
JOIN generated_modules AS m ON m.id = r.module_id
LEFT JOIN module_completions AS s ON s.id = r.submission_id
ORDER BY 1;
SELECT a.name AS follower, b.name AS following, r.created_at
FROM user_relationships AS r JOIN users AS a ON a.id = r.follower_id JOIN users AS b ON b.id = r.following_id
WHERE a.name <> 'Learner' ORDER BY 1, 2;
-- Achievements of the source whose criteria can be evaluated replace shipped ones. Those earned
-- under other criteria are kept: as the shipped one of that name, or else as one that is not active.
SELECT u.name, a.name AS achievement, a.criteria, a.active, a.rarity, a.badge_icon, e.unlocked_at
FROM user_achievements AS e JOIN users AS u ON u.id = e.user_id JOIN achievements AS a ON a.id = e.achievement_id
ORDER BY 1, 2;
SELECT u.name, f.activity_type, f.reference_type, coalesce(c.title, m.title, a.name) AS refers_to, f.visibility, f.created_at
FROM activity_feed AS f
JOIN users AS u ON u.id = f.user_id
LEFT JOIN generated_courses AS c ON c.id = f.reference_id
LEFT JOIN generated_modules AS m ON m.id = f.reference_id
LEFT JOIN achievements AS a ON a.id = f.reference_id
ORDER BY 1, 2, 4;
SELECT u.name, c.title, r.match_score, r.reason, r.expires_at
FROM recommendations AS r JOIN users AS u ON u.id = r.user_id JOIN generated_courses AS c ON c.id = r.course_id ORDER BY 2, 3;
SELECT u.name, c.title, i.interaction_type, i.interaction_value
FROM user_course_interactions AS i JOIN users AS u ON u.id = i.user_id JOIN generated_courses AS c ON c.id = i.course_id ORDER BY 1, 2, 3;

-- The triggers have written nothing: feed, achievements and interactions are those of the
-- source, and no row is live.
SELECT (SELECT count(*) FROM activity_feed) AS feed, (SELECT count(*) FROM user_achievements) AS achievements,
       (SELECT count(*) FROM user_course_interactions) AS interactions,
       (SELECT count(*) FROM user_progress WHERE broadcast_at >= now())
       + (SELECT count(*) FROM module_completions WHERE broadcast_at >= now())
       + (SELECT count(*) FROM architecture_reviews WHERE broadcast_at >= now())
       + (SELECT count(*) FROM user_achievements WHERE broadcast_at >= now()) AS live;
SHOW learnify.automation;
SHOW timezone;
SELECT count(*) AS left_behind FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relname LIKE 'import\_%';

-- A second run finds all rows present, refuses the same ones and changes nothing.
SELECT pg_temp.digest('public') AS target \gset
CREATE TEMP TABLE again AS
SELECT row_number() OVER () AS number, r.* FROM import_legacy('old', 'Europe/Berlin') AS r;
SELECT sum(rows_read) = (SELECT sum(rows_read) FROM import) AS reads_the_same, sum(rows_written) AS written,
       sum(rows_present) = (SELECT sum(rows_written) FROM import) AS finds_what_was_written,
       sum(rows_refused) = (SELECT sum(rows_refused) FROM import) AS refuses_the_same
FROM again;
SELECT pg_temp.digest('public') = :'target' AS nothing_changes;
-- A further run keeps changes in the target and imports new rows of the source.
UPDATE users SET name = 'Ada Lovelace' WHERE email = 'Ada@example.org';
INSERT INTO old.users (id, email, name) VALUES (11, 'dan@example.org', 'Dan'), (12, 'ADA@example.org', 'Ada again');
INSERT INTO old.user_progress (user_id, course_id) VALUES ('11', 'bread'), ('12', 'maps');
SELECT table_name, rows_written AS written, rows_refused AS refused, reason, samples
FROM import_legacy('old', 'Europe/Berlin')
WHERE rows_written > 0 OR reason LIKE '%fold_email(email)';
SELECT name FROM users WHERE lower(email) = 'ada@example.org';

-- A later run reports rows that have changed in the source. With take_changes it copies them, except
-- rows that have changed here as well; rows that were deleted here stay deleted.
INSERT INTO users (email, password_hash, name) VALUES ('new@example.org', '!', 'New');
DELETE FROM users WHERE name = 'End';
UPDATE users SET name = 'Ada Lovelace' WHERE email = 'Ada@example.org';
UPDATE old.users SET name = 'Countess' WHERE id = 1;
UPDATE old.users SET name = 'Robert', last_login = '2022-01-01' WHERE id = 3;
UPDATE old.users SET email = 'new@example.org' WHERE id = 9;
UPDATE old.user_variables SET variable_value = 'proofing' WHERE user_id = 1 AND variable_key = 'FLOW';
UPDATE old.generated_courses SET status = 'paused', archetype_id = NULL, title = NULL WHERE id = 'bread';
UPDATE old.user_progress SET current_module_id = NULL, time_spent_minutes = 2147483647 WHERE id = 3;
UPDATE old.blueprint_modules SET estimated_hours = 5 WHERE id = 2;
UPDATE old.achievements SET criteria = '{"metric": "courses_completed", "at_least": 3}' WHERE id IN (2, 4);
UPDATE old.module_completions SET score = 1000 WHERE submitted_code = 'b';
SELECT pg_temp.digest('public') AS target \gset
SELECT table_name, rows_present AS present, rows_refused AS refused, reason, samples FROM import_legacy('old', 'Europe/Berlin') WHERE reason LIKE '%since%';
SELECT pg_temp.digest('public') = :'target' AS nothing_changes;
CREATE TEMP TABLE taken AS
SELECT row_number() OVER () AS number, r.* FROM import_legacy('old', 'Europe/Berlin', dry_run => true, take_changes => true) AS r;
SELECT pg_temp.digest('public') = :'target' AS nothing_changes;
SELECT count(*) FILTER (WHERE r.read IS DISTINCT FROM t.read) AS different
FROM (SELECT row_number() OVER () AS number, i::text AS read FROM import_legacy('old', 'Europe/Berlin', take_changes => true) AS i) AS r
FULL JOIN (SELECT number, (SELECT x FROM (SELECT t.table_name, rows_read, rows_written, rows_present, rows_refused, rows_adjusted, reason, samples) AS x)::text AS read
           FROM taken AS t) AS t USING (number);
SELECT table_name, rows_present AS present, reason FROM taken WHERE reason LIKE '%taken';
SELECT email, name, last_login FROM users WHERE name IN ('Ada Lovelace', 'Robert', 'Go', 'End', 'Countess') ORDER BY name;
SELECT variable_value FROM user_variables WHERE variable_key = 'FLOW';
SELECT title, status, archetype_id FROM generated_courses WHERE meta_category = 'Biological';
SELECT current_module_id, time_spent_minutes = learnify_internal.possible_minutes('user_progress') AS cut FROM user_progress WHERE progress_percentage = 100 AND completed_at IS NOT NULL;
SELECT estimated_hours FROM blueprint_modules WHERE concept_slug = 'proofs';
SELECT name, criteria, active FROM achievements WHERE name IN ('Ten Solved', 'Liked') ORDER BY name;
SELECT score FROM module_completions WHERE submitted_code = 'b';
-- Once taken, it is no change any more.
SELECT pg_temp.digest('public') AS target \gset
SELECT table_name, rows_present AS present, rows_refused AS refused, reason FROM import_legacy('old', 'Europe/Berlin', take_changes => true) WHERE reason LIKE '%since%';
SELECT pg_temp.digest('public') = :'target' AS nothing_changes;
-- A change here after that is kept again.
UPDATE users SET name = 'Rob' WHERE name = 'Robert';
UPDATE old.users SET name = 'Roberta' WHERE id = 3;
SELECT count(*) AS reported FROM import_legacy('old', 'Europe/Berlin', take_changes => true) WHERE table_name = 'users' AND reason LIKE '%and here since%' AND '3' = ANY (samples);
SELECT name FROM users WHERE email = 'bob@EXAMPLE.org';
ROLLBACK;

-- A copy of the extension's own tables is imported unchanged, with all ids and times except
-- those of writing.
BEGIN;
SET LOCAL learnify.password_cost = 4;
SELECT register_user('ada@example.org', 'correct horse', 'Ada', 'Europe/Berlin') AS ada,
       register_user('bob@example.org', 'correct horse', 'Bob') AS bob \gset
SELECT choose_archetype(:'ada', 'Biological', 'sourdough', 'novice') IS NOT NULL AS chosen;
SELECT set_variables(:'ada', '{"ENTITY": "starter", "STATE": "s", "LOGIC": "l", "FLOW": "f", "CONTAINER": "c", "EDGE_CASE": "e",
                               "INTERFACE": "i", "VARIANT": "v", "EVENT": "t", "CAPSTONE_GOAL": "g"}') IS NOT NULL AS set;
SELECT generate_course(:'ada') AS course \gset
SELECT follow_user(:'ada', :'bob') AS follows, start_course(:'bob', :'course') IS NOT NULL AS started;
INSERT INTO module_completions (user_id, module_id, exercise_id, language, test_results, passed, score, time_spent_minutes)
SELECT :'bob', e.module_id, e.id, e.language, '[true]', true, 100, 10
FROM exercises AS e
JOIN generated_modules AS m ON m.id = e.module_id
WHERE m.course_id = :'course'
ORDER BY m.module_number, e.exercise_number;
SELECT record_review(s.id, 80, 90, 70, 91) IS NOT NULL AS reviewed FROM module_completions AS s ORDER BY s.id LIMIT 1;
INSERT INTO recommendations (user_id, course_id, recommendation_type) VALUES (:'ada', :'course', 'trending');
SELECT refresh_trending() AS trending;
UPDATE achievements SET description = 'Ours' WHERE slug = 'first-module';
CREATE SCHEMA own;
SELECT format('CREATE TABLE own.%I AS TABLE %1$I', table_name)
FROM information_schema.tables
WHERE table_schema = 'public' AND table_name <> 'schema_migrations' ORDER BY table_name COLLATE "C" \gexec
SELECT pg_temp.digest('public') AS before \gset
SELECT sum(rows_present) = sum(rows_read) AS all_there, sum(rows_read) > 50 AS many, sum(rows_written) AS written,
       sum(rows_refused) AS refused
FROM import_legacy('own', 'UTC');
TRUNCATE users CASCADE;
SELECT table_name, rows_read, rows_written, rows_present, reason
FROM import_legacy('own', 'America/New_York')
WHERE rows_read <> rows_written + rows_present OR rows_refused + rows_adjusted > 0 OR reason LIKE 'column%';
SELECT pg_temp.digest('public') = :'before' AS as_it_was;
SELECT authenticate('ada@example.org', 'correct horse') = :'ada' AS logs_in;
-- submitted_on is copied, or computed in the learner's time zone. Minutes beyond the bounds and
-- feed rows in the future are reduced, and reported.
SAVEPOINT own;
UPDATE own.module_completions SET submitted_on = '2026-01-01', submitted_at = '2036-06-01 12:00Z', time_spent_minutes = 1441;
UPDATE own.users SET time_zone = 'Pacific/Kiritimati' WHERE name = 'Bob';
INSERT INTO own.module_completions
SELECT gen_random_uuid(), user_id, module_id, exercise_id, '', language, '[]', false, 0, 99, 0, 2147483647, '2026-01-01 12:00Z', now(), NULL
FROM own.module_completions LIMIT 1;
UPDATE own.user_progress SET time_spent_minutes = 2147483647;
UPDATE own.activity_feed SET created_at = '2036-01-01' WHERE activity_type = 'course_completed';
ALTER TABLE own.module_completions ALTER COLUMN time_spent_minutes TYPE text;
TRUNCATE users CASCADE;
SELECT table_name, rows_adjusted, rows_refused, reason FROM import_legacy('own', 'UTC') WHERE reason LIKE '%cut' OR rows_refused > 0 OR reason LIKE '%submitted_on%';
SELECT submitted_on, time_spent_minutes, submitted_at > now() AS to_come, count(*) > 0 AS "there" FROM module_completions GROUP BY 1, 2, 3 ORDER BY 1;
SELECT time_spent_minutes FROM user_progress;
SELECT max(created_at) <= now() AS none_to_come FROM activity_feed;
ROLLBACK TO own;
-- A course is completed exactly if it is at 100 percent, and has no current module then, at the first run and at a later one that
-- takes what has changed.
UPDATE own.user_progress SET progress_percentage = 40, completed_at = '2026-05-05 12:00Z', current_module_id = NULL;
TRUNCATE users CASCADE;
SELECT rows_adjusted, reason FROM import_legacy('own', 'UTC') WHERE table_name = 'user_progress' AND rows_adjusted > 0;
SELECT progress_percentage, completed_at = '2026-05-05 12:00Z' AS is_dated, current_module_id, count(*) FROM user_progress GROUP BY 1, 2, 3;
UPDATE own.user_progress AS p
SET progress_percentage = 100, completed_at = NULL, last_activity = '2026-05-06 12:00Z', current_module_id = m.id
FROM own.generated_modules AS m WHERE m.course_id = p.course_id AND m.module_number = 1;
SELECT rows_adjusted, reason FROM import_legacy('own', 'UTC', take_changes => true) WHERE table_name = 'user_progress' AND (rows_adjusted > 0 OR rows_present > 0);
SELECT progress_percentage, completed_at = '2026-05-06 12:00Z' AS is_dated, current_module_id, count(*) FROM user_progress GROUP BY 1, 2, 3;
TRUNCATE users CASCADE;
SELECT rows_adjusted, reason FROM import_legacy('own', 'UTC') WHERE table_name = 'user_progress' AND rows_adjusted > 0;
SELECT progress_percentage, completed_at = '2026-05-06 12:00Z' AS is_dated, current_module_id, count(*) FROM user_progress GROUP BY 1, 2, 3;
ROLLBACK TO own;

-- No optional value of any column refuses its row: what is of no use gives way to what is
-- written where there is none, and is reported. Each of these is tried in all optional columns
-- of one row of each table, as text.
TRUNCATE users CASCADE;
DELETE FROM own.achievements WHERE builtin;
INSERT INTO own.achievements SELECT gen_random_uuid(), 'Own', '', '', '{"metric": "courses_completed", "at_least": 9}', 'rare', now(), 'own', false, true;
CREATE SCHEMA odd;
SELECT format('CREATE TABLE odd.%I AS SELECT %s FROM own.%1$I', t.table_name,
              (SELECT string_agg(format('%I::text', c.column_name), ', ') FROM learnify_internal.import_columns('own', t.table_name) AS c))
FROM learnify_internal.import_tables() AS t \gexec
CREATE FUNCTION pg_temp.spoil(value text) RETURNS TABLE (refused bigint, lost bigint, refusals text)
LANGUAGE plpgsql AS $$
DECLARE
  t record;
BEGIN
  FOR t IN
    SELECT k.table_name, string_agg(format('%I = %L', c.column_name, value), ', ') AS assignments
    FROM learnify_internal.import_tables() AS k, learnify_internal.import_columns('odd', k.table_name) AS c
    WHERE NOT c.is_required AND c.column_name <> 'id'
    GROUP BY k.table_name
  LOOP
    EXECUTE format('UPDATE odd.%I SET %s WHERE ctid = (SELECT min(ctid) FROM odd.%1$I)', t.table_name, t.assignments);
  END LOOP;
  RETURN QUERY
    SELECT sum(rows_refused)::bigint, count(*) FILTER (WHERE reason ~ 'of no use|out of bounds|no row that fits|tidied'),
           string_agg(table_name || ': ' || reason, '; ') FILTER (WHERE rows_refused > 0)
    FROM import_legacy('odd', 'UTC');
END
$$;
SAVEPOINT odd;
SELECT * FROM pg_temp.spoil('');
ROLLBACK TO odd;
SELECT * FROM pg_temp.spoil('0000-00-00');
ROLLBACK TO odd;
SELECT * FROM pg_temp.spoil('UTC+3');
-- Who can see a row does not grow by a word that nobody understands.
SELECT (SELECT count(*) FROM users WHERE max_visibility = 'private' AND NOT social_enabled) AS hidden,
       (SELECT count(*) FROM activity_feed WHERE visibility = 'private') AS hidden_activities;
ROLLBACK TO odd;
SELECT * FROM pg_temp.spoil('-99999999999999999999');
ROLLBACK TO odd;
SELECT * FROM pg_temp.spoil('1e400');
ROLLBACK TO odd;
SELECT * FROM pg_temp.spoil('99999999');
ROLLBACK TO odd;
SELECT * FROM pg_temp.spoil('NaN');
ROLLBACK TO odd;
SELECT * FROM pg_temp.spoil('infinity');
ROLLBACK TO odd;
SELECT * FROM pg_temp.spoil('{"lessons": 1, "required": 1}');
ROLLBACK TO odd;
SELECT * FROM pg_temp.spoil(repeat('[', 100) || repeat(']', 100));
ROLLBACK TO odd;
SELECT * FROM pg_temp.spoil(E'\u200B\u0007{ENTITY}\\u000a' || repeat('x', 3000));
ROLLBACK TO odd;
SELECT * FROM pg_temp.spoil(gen_random_uuid()::text);
ROLLBACK TO own;

-- References can be resolved in the target: users by e-mail address, shipped modules by
-- concept. A source may consist of views.
CREATE SCHEMA part;
CREATE TABLE part.generated_courses (id text, slug text, user_id text, title text, meta_category text);
CREATE TABLE part.generated_modules (id text, course_id text, blueprint_module_id text, module_number text, title text);
CREATE TABLE part.user_progress (user_id text, course_id text, current_module_id text);
CREATE VIEW part.user_course_interactions AS
SELECT 'ADA@example.org'::text AS user_id, course_id::text, 'saved' AS interaction_type FROM own.user_progress;
INSERT INTO part.generated_courses VALUES ('17', 'rye-bread', 'bob@example.org', 'Rye', 'Biological');
INSERT INTO part.generated_modules VALUES ('m', '17', 'Atom', ' 1 ', 'One');
INSERT INTO part.user_progress VALUES (:'ada', 'Rye-Bread', NULL), (:'bob', '17', '1');
-- A slug that two courses have in any case of letters leads to neither, an id leads to its course.
INSERT INTO part.generated_courses VALUES ('18', 'Twin', 'bob@example.org', 'First twin', 'Digital'), ('19', 'twin ', 'bob@example.org', 'Second twin', 'Digital');
INSERT INTO part.user_progress VALUES ('bob@example.org', 'twin', NULL), ('bob@example.org', '19', NULL);
-- Nor does a word that is the slug of one achievement and the name of another.
INSERT INTO achievements (slug, name, description, criteria)
VALUES ('twins', 'Castor', '', '{"metric": "courses_completed", "at_least": 9}'), ('pollux', 'Twins', '', '{"metric": "courses_completed", "at_least": 9}');
CREATE TABLE part.user_achievements AS
SELECT 'bob@example.org' AS user_id, a AS achievement_id FROM unnest('{twins,castor,POLLUX}'::text[]) AS a;
SELECT table_name, rows_read AS read, rows_written AS written, rows_refused AS refused, left(reason, 60) AS reason
FROM import_legacy('part', 'UTC')
WHERE rows_read > 0 OR rows_refused > 0;
SELECT u.name, c.title, c.id = md5('learnify part.generated_courses id 17')::uuid AS id_is_a_digest, m.title AS module, b.concept_slug
FROM user_progress AS p
JOIN users AS u ON u.id = p.user_id
JOIN generated_courses AS c ON c.id = p.course_id
LEFT JOIN generated_modules AS m ON m.id = p.current_module_id
LEFT JOIN blueprint_modules AS b ON b.id = m.blueprint_module_id
WHERE c.title = 'Rye'
ORDER BY u.name;
SELECT u.name, c.title FROM user_progress AS p JOIN users AS u ON u.id = p.user_id JOIN generated_courses AS c ON c.id = p.course_id WHERE c.title LIKE '%twin';
SELECT u.name, a.name AS achievement FROM user_achievements AS e JOIN users AS u ON u.id = e.user_id JOIN achievements AS a ON a.id = e.achievement_id WHERE a.slug IN ('twins', 'pollux') ORDER BY 2;
ROLLBACK;

-- Names and types of the source are quoted.
BEGIN;
CREATE SCHEMA "x""; DROP TABLE users; --";
SET LOCAL search_path = "x""; DROP TABLE users; --";
CREATE TYPE word AS ENUM ('Mallory');
CREATE FUNCTION attack(word) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'attacked'; END $$;
CREATE CAST (word AS text) WITH FUNCTION attack(word) AS IMPLICIT;
CREATE FUNCTION lower(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'attacked'; END $$;
CREATE TABLE users (id uuid, email text, name word, "); DROP TABLE users; --" integer, import_reason text, value_2 text);
CREATE TABLE "it's" (id integer);
INSERT INTO users VALUES ('00000000-0000-4000-8000-000000000001', 'mallory@example.org', 'Mallory');
SELECT table_name, rows_read AS read, rows_written AS written, reason
FROM public.import_legacy('x"; DROP TABLE users; --', 'utc')
WHERE reason LIKE '%ignored' OR rows_read > 0;
SELECT name FROM public.users;
ROLLBACK;

-- Rows that violate a CHECK, also one that a user has added, are refused. Any other error
-- leaves nothing behind. The source is locked in ACCESS SHARE mode.
BEGIN;
CREATE SCHEMA old;
CREATE TABLE old.users (id uuid, email text, name text);
CREATE TABLE old.user_variables (user_id uuid, variable_key text, variable_value text);
INSERT INTO old.users VALUES
  ('00000000-0000-4000-8000-000000000001', 'ada@example.org', 'Ada'),
  ('00000000-0000-4000-8000-000000000002', 'root@example.org', 'root');
INSERT INTO old.user_variables SELECT id, 'ENTITY', 'x' FROM old.users;
COMMIT;
BEGIN;
ALTER TABLE users ADD CONSTRAINT no_root CHECK (name <> 'root');
SELECT table_name, rows_written AS written, rows_refused AS refused, reason
FROM import_legacy('old', 'UTC', true)
WHERE rows_written + rows_refused > 0;
CREATE FUNCTION pg_temp.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no variables today'; END $$;
CREATE TRIGGER fail BEFORE INSERT ON user_variables FOR EACH ROW EXECUTE FUNCTION pg_temp.fail();
SELECT import_legacy('old', 'UTC');
SELECT (SELECT count(*) FROM users) AS users,
       (SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relname LIKE 'import\_%') AS left_behind;
SHOW learnify.automation;
SELECT DISTINCT l.mode
FROM pg_locks AS l
JOIN pg_class AS c ON c.oid = l.relation
WHERE c.relnamespace = 'old'::regnamespace AND l.pid = pg_backend_pid();
ROLLBACK;

-- Invalid arguments and missing sources are errors.
BEGIN;
SELECT import_legacy(NULL, 'UTC'); \echo :LAST_ERROR_SQLSTATE
SELECT import_legacy('old', NULL); \echo :LAST_ERROR_SQLSTATE
SELECT import_legacy('old', 'UTC', NULL); \echo :LAST_ERROR_SQLSTATE
SELECT import_legacy('old', 'UTC', true, NULL); \echo :LAST_ERROR_SQLSTATE
SELECT import_legacy('nowhere', 'UTC'); \echo :LAST_ERROR_SQLSTATE
SELECT import_legacy('public', 'UTC'); \echo :LAST_ERROR_SQLSTATE
SELECT import_legacy('pg_catalog', 'UTC'); \echo :LAST_ERROR_SQLSTATE
SELECT import_legacy('old', 'CEST'); \echo :LAST_ERROR_SQLSTATE
SELECT import_legacy('old', 'UTC+3'); \echo :LAST_ERROR_SQLSTATE
CREATE ROLE regress_importer;
SET LOCAL ROLE regress_importer;
SELECT import_legacy('old', 'UTC'); \echo :LAST_ERROR_SQLSTATE
RESET ROLE;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO regress_importer;
SET LOCAL ROLE regress_importer;
SELECT import_legacy('old', 'UTC'); \echo :LAST_ERROR_SQLSTATE
RESET ROLE;
GRANT USAGE ON SCHEMA learnify_internal TO regress_importer;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA learnify_internal TO regress_importer;
SET LOCAL ROLE regress_importer;
SELECT import_legacy('old', 'UTC'); \echo :LAST_ERROR_SQLSTATE
RESET ROLE;
GRANT USAGE ON SCHEMA old TO regress_importer;
SET LOCAL ROLE regress_importer;
SELECT import_legacy('old', 'UTC'); \echo :LAST_ERROR_SQLSTATE
RESET ROLE;
GRANT SELECT ON old.users, old.user_variables TO regress_importer;
SET LOCAL ROLE regress_importer;
SELECT import_legacy('old', 'UTC'); \echo :LAST_ERROR_SQLSTATE
ROLLBACK;
DROP SCHEMA old CASCADE;
RESET timezone;
DROP FUNCTION pg_temp.digest(text);
RESET client_min_messages;
