-- Later runs of import_legacy, with take_changes: what was changed in the source is taken by the rules of a first run,
-- rows are not mistaken for others whose keys they have got, and what was done here is not taken for a change of the source.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE SCHEMA old;
CREATE TABLE old.users (id bigint, email text, name text, max_visibility text);
INSERT INTO old.users VALUES (1, 'ada@example.org', 'Ada', 'public'), (2, 'bob@example.org', 'Bob', 'public');
CREATE FUNCTION pg_temp.import(take_changes boolean DEFAULT true, dry_run boolean DEFAULT false)
RETURNS TABLE (table_name text, written bigint, present bigint, refused bigint, adjusted bigint, reason text, samples text[]) LANGUAGE sql AS $$
  SELECT i.table_name, i.rows_written, i.rows_present, i.rows_refused, i.rows_adjusted, i.reason, i.samples
  FROM import_legacy('old', 'UTC', dry_run, take_changes) AS i
  WHERE i.reason NOT LIKE '%missing: filled in' AND i.reason <> 'there is no such table' AND i.rows_written + i.rows_present + i.rows_refused + i.rows_adjusted > 0
$$;

-- A source may lack all tables but one.
SELECT * FROM pg_temp.import();
UPDATE old.users SET name = 'Ada L.' WHERE id = 1;
SELECT * FROM pg_temp.import();
SELECT name FROM users ORDER BY name;

CREATE TABLE old.achievements (id bigint, name text, description text, criteria jsonb);
INSERT INTO old.achievements VALUES (1, 'Mine', '', '{"metric": "courses_completed", "at_least": 3}');
CREATE TABLE old.generated_courses (id bigint, user_id bigint, title text, description text, meta_category text, archetype_id bigint);
INSERT INTO old.generated_courses VALUES (1, 1, 'Bread', '', 'Digital', NULL), (2, 2, 'Maps', '', 'Digital', NULL);
CREATE TABLE old.generated_modules (id bigint, course_id bigint, module_number integer, title text);
INSERT INTO old.generated_modules VALUES (1, 1, 1, 'Flour'), (2, 1, 2, 'Water'), (3, 2, 1, 'Paper');
CREATE TABLE old.exercises (id bigint, module_id bigint, exercise_number integer, title text, language text, difficulty text);
INSERT INTO old.exercises VALUES (1, 1, 1, 'Sift', 'python', 'easy'), (2, 1, 2, 'Weigh', 'python', 'easy');
CREATE TABLE old.module_completions (id bigint, user_id bigint, module_id bigint, exercise_id bigint, language text, passed boolean);
INSERT INTO old.module_completions VALUES (1, 1, 1, 1, 'python', true), (2, 2, 1, 2, 'python', true);
CREATE TABLE old.user_progress (id bigint, user_id bigint, course_id bigint, progress_percentage integer, current_module_id bigint);
INSERT INTO old.user_progress VALUES (1, 1, 1, 30, 3), (2, 2, 2, 30, NULL);
-- The current module has to be one of the course.
SELECT * FROM pg_temp.import();
SELECT c.title, p.current_module_id FROM user_progress AS p JOIN generated_courses AS c ON c.id = p.course_id ORDER BY 1;

-- What was done here is no change of the source: a course whose author chooses an archetype, an exercise that is deleted, and its
-- submission.
BEGIN;
SELECT choose_archetype(id, 'Digital', 'web shops', 'novice') IS NOT NULL AS chosen FROM users WHERE name = 'Ada L.';
DELETE FROM exercises WHERE title = 'Sift';
SELECT table_name, refused, reason, samples FROM pg_temp.import() WHERE reason <> '';
SELECT count(*) AS submissions, count(exercise_id) AS with_exercise FROM module_completions;
ROLLBACK;

-- Changes are taken by the rules of a first run, and reported: a visibility that is not known, a name that is too long, criteria
-- that cannot be evaluated, a module of another course.
BEGIN;
UPDATE old.users SET max_visibility = 'only me' WHERE id = 1;
UPDATE old.users SET name = repeat('x', 101) WHERE id = 2;
UPDATE old.achievements SET criteria = '{"type": "x"}';
UPDATE old.user_progress SET current_module_id = 1 WHERE id = 2;
SELECT * FROM pg_temp.import(false) WHERE reason <> '';
SELECT * FROM pg_temp.import(true, true) WHERE reason <> '';
SELECT * FROM pg_temp.import() WHERE reason <> '';
SELECT email, length(name), max_visibility FROM users ORDER BY email;
SELECT name, active FROM achievements WHERE NOT builtin;
SELECT count(current_module_id) AS current_modules FROM user_progress;
SELECT * FROM pg_temp.import() WHERE reason <> '';
ROLLBACK;

-- Two accounts with one address are one person, until the source gives one of them another address.
BEGIN;
INSERT INTO old.users VALUES (3, 'BOB@example.org', 'Robert', 'public');
INSERT INTO old.generated_courses VALUES (3, 3, 'Bob''s second', '', 'Digital', NULL);
INSERT INTO old.user_progress VALUES (3, 3, 3, 10, NULL);
SELECT * FROM pg_temp.import() WHERE written > 0 OR refused > 0;
SELECT u.name, c.title FROM user_progress AS p JOIN users AS u ON u.id = p.user_id JOIN generated_courses AS c ON c.id = p.course_id ORDER BY 2;
UPDATE old.users SET email = 'robert@example.org' WHERE id = 3;
SELECT * FROM pg_temp.import() WHERE written > 0 OR reason <> '';
SELECT u.name, c.title FROM user_progress AS p JOIN users AS u ON u.id = p.user_id JOIN generated_courses AS c ON c.id = p.course_id ORDER BY 2;
ROLLBACK;

-- An account that gets the address that another one has given up is not that one. Without take_changes it has to wait.
BEGIN;
UPDATE old.users SET email = 'new@example.org' WHERE id = 1;
INSERT INTO old.users VALUES (7, 'ada@example.org', 'Zoe', 'private');
INSERT INTO old.generated_courses VALUES (7, 7, 'Zoe''s', '', 'Digital', NULL);
SELECT * FROM pg_temp.import(false) WHERE refused > 0 OR written > 0;
SELECT * FROM pg_temp.import() WHERE refused > 0 OR written > 0;
SELECT c.title, u.name, u.email FROM generated_courses AS c JOIN users AS u ON u.id = c.user_id ORDER BY 1;
-- Likewise a module in front of the others: those whose number is still taken stay, and are reported, until a run finds it free.
UPDATE old.generated_modules SET module_number = module_number + 1 WHERE course_id = 1;
INSERT INTO old.generated_modules VALUES (8, 1, 1, 'Starter');
INSERT INTO old.exercises VALUES (8, 8, 1, 'Feed', 'python', 'easy');
SELECT * FROM pg_temp.import() WHERE refused > 0 OR written > 0 OR reason <> '';
SELECT * FROM pg_temp.import() WHERE refused > 0 OR written > 0 OR reason <> '';
SELECT m.module_number, m.title, string_agg(e.title, ', ' ORDER BY e.exercise_number) AS exercises
FROM generated_modules AS m JOIN generated_courses AS c ON c.id = m.course_id LEFT JOIN exercises AS e ON e.module_id = m.id WHERE c.title = 'Bread' GROUP BY m.id ORDER BY 1;
SELECT * FROM pg_temp.import() WHERE refused > 0 OR written > 0 OR reason <> '';
ROLLBACK;

-- Nor is one whose address somebody has changed here to that of a new account.
BEGIN;
UPDATE users SET email = 'moved@example.org' WHERE name = 'Bob';
INSERT INTO old.users VALUES (9, 'moved@example.org', 'Eve', 'public');
INSERT INTO old.generated_courses VALUES (9, 9, 'Eve''s', '', 'Digital', NULL);
SELECT * FROM pg_temp.import() WHERE refused > 0 OR written > 0 OR reason <> '';
ROLLBACK;

-- What is taken makes the percentage and the completion agree with what the row keeps, where the source lacks one of them.
BEGIN;
UPDATE old.user_progress SET progress_percentage = 100 WHERE id = 1;
SELECT * FROM pg_temp.import() WHERE reason <> '';
UPDATE old.user_progress SET progress_percentage = 80 WHERE id = 1;
SELECT * FROM pg_temp.import() WHERE reason <> '';
SELECT c.title, p.progress_percentage, p.completed_at IS NOT NULL AS is_completed FROM user_progress AS p JOIN generated_courses AS c ON c.id = p.course_id ORDER BY 1;
ALTER TABLE old.user_progress DROP COLUMN progress_percentage, ADD COLUMN completed_at timestamptz;
UPDATE old.user_progress SET completed_at = '2026-05-05 12:00Z' WHERE id = 2;
SELECT * FROM pg_temp.import() WHERE reason <> '';
UPDATE old.user_progress SET completed_at = NULL WHERE id = 2;
SELECT * FROM pg_temp.import() WHERE reason <> '';
SELECT c.title, p.progress_percentage, p.completed_at IS NOT NULL AS is_completed FROM user_progress AS p JOIN generated_courses AS c ON c.id = p.course_id ORDER BY 1;
ROLLBACK;

-- Two people of whom one has blocked the other here follow each other no more than the other way round, in a dry run and a real one.
BEGIN;
CREATE TABLE old.user_relationships (id bigint, follower_id bigint, following_id bigint);
INSERT INTO old.user_relationships VALUES (1, 1, 2), (2, 2, 1);
SELECT block_user(a.id, b.id) FROM users AS a, users AS b WHERE a.name = 'Ada L.' AND b.name = 'Bob';
SELECT * FROM pg_temp.import(dry_run => true);
SELECT * FROM pg_temp.import() WHERE reason <> '';
SELECT count(*) FROM user_relationships;
ROLLBACK;

-- Who was erased here is not brought back by a duplicate, which was merged into them: neither as the one of the two that is
-- preferred now, nor as the only one, nor by another address. What refers to either is refused, in a dry run and a real one.
BEGIN;
ALTER TABLE old.users ADD COLUMN last_login timestamptz;
INSERT INTO old.users VALUES (3, 'BOB@example.org', 'Robert', 'public');
SELECT * FROM pg_temp.import() WHERE written > 0 OR refused > 0;
SELECT * FROM import_counts('old') WHERE table_name = 'users';
SELECT erase_user(id) FROM users WHERE name = 'Bob';
INSERT INTO old.user_progress VALUES (3, 3, 1, 10, NULL);
SELECT * FROM pg_temp.import(dry_run => true) WHERE written > 0 OR refused > 0;
SELECT * FROM pg_temp.import() WHERE written > 0 OR refused > 0;
UPDATE old.users SET last_login = '2026-05-05 12:00Z' WHERE id = 3;
SELECT * FROM pg_temp.import() WHERE written > 0 OR refused > 0;
DELETE FROM old.users WHERE id = 2;
SELECT * FROM pg_temp.import() WHERE written > 0 OR refused > 0;
UPDATE old.users SET email = 'robert@example.org' WHERE id = 3;
SELECT * FROM pg_temp.import() WHERE written > 0 OR refused > 0;
SELECT name FROM users;
SELECT in_source, imported, deleted_since, others FROM import_counts('old') WHERE table_name = 'users';
ROLLBACK;
-- Nor is somebody who had registered here, and into whom an account of the source was merged.
BEGIN;
SET LOCAL learnify.password_cost = 4;
SELECT register_user('eve@example.org', 'correct horse', 'Eve') AS eve \gset
INSERT INTO old.users VALUES (9, 'eve@example.org', 'Eve of old', 'public');
SELECT * FROM pg_temp.import() WHERE reason <> '';
SELECT erase_user(:'eve');
SELECT * FROM pg_temp.import() WHERE reason <> '';
ROLLBACK;

-- Duplicates of an account that has to wait for its address wait with it.
BEGIN;
UPDATE old.users SET email = 'new@example.org' WHERE id = 1;
INSERT INTO old.users VALUES (7, 'ada@example.org', 'Zoe', 'private'), (8, 'Ada@example.org', 'Zoe too', 'private');
INSERT INTO old.user_progress VALUES (8, 8, 1, 10, NULL);
SELECT * FROM pg_temp.import(false, true) WHERE refused > 0 OR written > 0;
SELECT * FROM pg_temp.import(false) WHERE refused > 0 OR written > 0;
SELECT * FROM pg_temp.import() WHERE refused > 0 OR written > 0;
SELECT u.name, p.progress_percentage FROM user_progress AS p JOIN users AS u ON u.id = p.user_id ORDER BY 1;
ROLLBACK;

-- An account that has lost its address in the source keeps the one that it has here: another account that has it is another person.
BEGIN;
UPDATE old.users SET email = NULL WHERE id = 1;
INSERT INTO old.users VALUES (7, 'ada@example.org', 'Zoe', 'private');
INSERT INTO old.user_progress VALUES (7, 7, 2, 10, NULL);
SELECT * FROM pg_temp.import() WHERE refused > 0 OR written > 0;
ROLLBACK;

-- A row of which the id is blank has none. The digest that it gets instead does not depend on how the session writes values.
BEGIN;
ALTER TABLE old.module_completions ALTER COLUMN id TYPE text, ADD COLUMN attachment bytea, ADD COLUMN fee money;
INSERT INTO old.module_completions VALUES (' ', 2, 1, 2, 'python', false, 'a', 1.5);
SELECT * FROM pg_temp.import() WHERE written > 0;
SET LOCAL bytea_output = escape;
SELECT * FROM pg_temp.import() WHERE written > 0;
ROLLBACK;

-- What is compared with an exercise is compared with what this run makes of it. One that moves takes its submissions along, which is
-- no change that somebody has made here, and new ones to it keep it; one that gets another language takes new ones in that language
-- only, and keeps those that it has; one that loses its hints has no more of them in a submission.
BEGIN;
ALTER TABLE old.exercises ADD COLUMN hints jsonb DEFAULT '[{"text": "Shake it", "penalty_points": 1}]';
ALTER TABLE old.module_completions ADD COLUMN hints_used integer DEFAULT 0;
CREATE TABLE old.architecture_reviews (id bigint, user_id bigint, module_id bigint, submission_id bigint,
  code_sense_score integer, efficiency_score integer, edge_cases_score integer, taste_score integer);
SELECT * FROM pg_temp.import() WHERE adjusted > 0 OR refused > 0;
UPDATE old.exercises SET module_id = 2, exercise_number = id WHERE id = 1;
UPDATE old.exercises SET language = 'go', hints = '[]' WHERE id = 2;
UPDATE old.module_completions SET module_id = 2 WHERE id = 1;
UPDATE old.module_completions SET hints_used = 1 WHERE id = 2;
INSERT INTO old.module_completions VALUES (3, 2, 2, 1, 'python', true, 0), (4, 1, 1, 2, 'go', true, 0), (5, 1, 1, 2, 'python', true, 0);
INSERT INTO old.architecture_reviews VALUES (1, 1, 2, 1, 80, 80, 80, 80), (2, 2, 2, 3, 70, 70, 70, 70);
SELECT * FROM pg_temp.import(dry_run => true) WHERE table_name IN ('exercises', 'module_completions', 'architecture_reviews');
SELECT * FROM pg_temp.import() WHERE table_name IN ('exercises', 'module_completions', 'architecture_reviews');
SELECT u.name, m.title AS module, e.title AS exercise, s.language, s.hints_used, r.overall_score
FROM module_completions AS s
JOIN users AS u ON u.id = s.user_id
JOIN generated_modules AS m ON m.id = s.module_id
LEFT JOIN exercises AS e ON e.id = s.exercise_id
LEFT JOIN architecture_reviews AS r ON r.submission_id = s.id
ORDER BY exercise, u.name;
SELECT * FROM pg_temp.import() WHERE reason <> '' OR written > 0;
-- Submissions that stay as they are in the source are carried along, too, and are taken when they change there.
UPDATE old.exercises SET module_id = 1 WHERE id = 1;
SELECT * FROM pg_temp.import() WHERE table_name IN ('exercises', 'module_completions', 'architecture_reviews') AND (reason <> '' OR written > 0);
UPDATE old.module_completions SET module_id = 1, passed = false WHERE exercise_id = 1;
SELECT * FROM pg_temp.import() WHERE table_name IN ('exercises', 'module_completions', 'architecture_reviews') AND (reason <> '' OR written > 0);
SELECT u.name, m.title AS module, e.title AS exercise, s.passed
FROM module_completions AS s
JOIN users AS u ON u.id = s.user_id
JOIN generated_modules AS m ON m.id = s.module_id
JOIN exercises AS e ON e.id = s.exercise_id
ORDER BY exercise, u.name, s.id;
ROLLBACK;

-- JSON that PostgreSQL cannot make a text of is of no use; an array of tags may be of a domain.
BEGIN;
ALTER TABLE old.users DROP COLUMN name, ADD COLUMN name json;
UPDATE old.users SET name = CASE id WHEN 1 THEN '"A\u0000da"' ELSE '"Bob"' END::json;
CREATE TABLE old.activity_feed (id bigint, user_id bigint, activity_type text, reference_type text, reference_id text, metadata json);
INSERT INTO old.activity_feed VALUES (1, 1, 'exercise_solved', 'exercise', '1', '{"code": "a\u0000b"}');
CREATE DOMAIN old.tags AS text[];
CREATE TABLE old.course_tags (course_id bigint, tag old.tags);
INSERT INTO old.course_tags VALUES (1, '{bread,flour}');
SELECT * FROM pg_temp.import() WHERE refused > 0 OR written > 0 OR adjusted > 0;
SELECT name FROM users ORDER BY 1;
SELECT metadata FROM activity_feed;
SELECT tag FROM course_tags ORDER BY 1;
ROLLBACK;

DROP SCHEMA old CASCADE;
TRUNCATE users CASCADE;
DELETE FROM learnify_internal.imported_rows;
DELETE FROM achievements WHERE NOT builtin;
