-- Shipped rows are edited, replaced, deleted and put back, and rows of a dump are restored over
-- those that CREATE EXTENSION has inserted.
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_back_end, regress_learner;
RESET client_min_messages;
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
BEGIN;
SELECT count(*) AS modules, bool_and(builtin AND active) AS shipped, min(id::text) AS first_id, max(id::text) AS last_id,
       min(created_at) AT TIME ZONE 'UTC' AS dated, min(created_at) = max(updated_at) AS all
FROM blueprint_modules;
CREATE TEMP VIEW modules AS
  SELECT right(id::text, 4) AS id, module_number AS number, concept_slug AS slug, left(title_template, 12) AS title, builtin
  FROM blueprint_modules;
CREATE TEMP TABLE shipped AS SELECT * FROM blueprint_modules;

-- An UPDATE that changes nothing leaves a module builtin. An edited module is not builtin, and so
-- is dumped.
SAVEPOINT as_shipped;
UPDATE blueprint_modules SET title_template = title_template;
SELECT count(*) AS untouched FROM blueprint_modules JOIN shipped USING (id, builtin, created_at, updated_at) WHERE builtin;
UPDATE blueprint_modules SET title_template = 'Objects: {ENTITY}' WHERE module_number = 1;
SELECT m.*, b.updated_at = now() AS updated_now FROM modules AS m JOIN blueprint_modules AS b ON b.module_number = m.number WHERE m.number < 3 ORDER BY m.number;
-- no statement can set builtin for an edited module, which would be missing from dumps
UPDATE blueprint_modules SET builtin = true WHERE module_number = 1;
SELECT * FROM modules WHERE number = 1;
-- except one that makes it equal to the shipped one
UPDATE blueprint_modules AS b SET title_template = s.title_template, builtin = true FROM shipped AS s WHERE b.id = s.id AND b.module_number = 1;
SELECT * FROM modules WHERE number = 1;
UPDATE blueprint_modules AS b SET updated_at = s.updated_at, builtin = true FROM shipped AS s WHERE b.id = s.id AND b.module_number = 1;
SELECT * FROM modules WHERE number = 1;
ROLLBACK TO as_shipped;

-- No module can be deleted, even if it has been edited or replaced, because a restore would bring
-- the shipped one back. It can be deactivated.
DELETE FROM blueprint_modules WHERE module_number = 3; \echo :LAST_ERROR_SQLSTATE
UPDATE blueprint_modules SET difficulty = 'advanced' WHERE module_number = 3;
DELETE FROM blueprint_modules WHERE module_number = 3; \echo :LAST_ERROR_SQLSTATE
INSERT INTO blueprint_modules (id, module_number, concept_slug, title_template, description_template, difficulty, estimated_hours)
VALUES ('00000000-0000-4000-8000-00000000abcd', 4, 'mine', 'Mine', '', 'beginner', 1);
DELETE FROM blueprint_modules WHERE module_number = 4; \echo :LAST_ERROR_SQLSTATE
-- neither can a trigger delete one, nor TRUNCATE all
CREATE FUNCTION pg_temp.tidy_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM blueprint_modules WHERE module_number = 3; RETURN NULL; END $$;
CREATE TEMP TABLE untidy (n integer);
CREATE TRIGGER tidy_up AFTER INSERT ON untidy FOR EACH ROW EXECUTE FUNCTION pg_temp.tidy_up();
INSERT INTO untidy VALUES (1); \echo :LAST_ERROR_SQLSTATE
SET LOCAL client_min_messages = warning;
TRUNCATE blueprint_modules CASCADE;
TRUNCATE users, achievements, blueprint_modules CASCADE; \echo :LAST_ERROR_SQLSTATE
TRUNCATE achievements CASCADE;
TRUNCATE users CASCADE;
RESET client_min_messages;
SELECT count(*) AS modules FROM blueprint_modules;
UPDATE blueprint_modules SET active = false WHERE module_number = 3;
SELECT array_agg(module_number) AS asked_for FROM learnify_internal.blueprint_missing_variables('{}');
ROLLBACK TO as_shipped;

-- An inserted module replaces an untouched one with one of its keys. Modules that were generated
-- from the old one then refer to the new one.
INSERT INTO users (id, email, password_hash, name) VALUES ('00000000-0000-4000-8000-000000000001', 'ada@example.org', '', 'Ada');
INSERT INTO generated_courses (id, user_id, title, meta_category)
VALUES ('00000000-0000-4000-8000-0000000000c1', '00000000-0000-4000-8000-000000000001', 'Course', 'Digital');
INSERT INTO generated_modules (course_id, blueprint_module_id, module_number, title)
SELECT '00000000-0000-4000-8000-0000000000c1', id, module_number, title_template FROM blueprint_modules;
INSERT INTO blueprint_modules (id, module_number, concept_slug, title_template, description_template, difficulty, estimated_hours)
VALUES ('00000000-0000-4000-8000-00000000abcd', 1, 'mine', 'Mine', '', 'beginner', 1);
SELECT m.*, g.title AS generated FROM modules AS m LEFT JOIN generated_modules AS g ON right(g.blueprint_module_id::text, 4) = m.id ORDER BY m.number;
SELECT content_template, learning_objectives, active, created_at = now() AS made_now FROM blueprint_modules WHERE module_number = 1;
-- a conflict with an edited module is an error, or is resolved by ON CONFLICT
INSERT INTO blueprint_modules (module_number, concept_slug, title_template, description_template, difficulty, estimated_hours)
VALUES (1, 'another', 'Another', '', 'beginner', 1); \echo :LAST_ERROR_SQLSTATE
INSERT INTO blueprint_modules (module_number, concept_slug, title_template, description_template, difficulty, estimated_hours)
VALUES (1, 'another', 'Another', '', 'beginner', 1)
ON CONFLICT (module_number) DO UPDATE SET title_template = excluded.title_template
RETURNING module_number, concept_slug, title_template;
-- With the keys of two, it replaces both, and no module is left without one that it came from.
INSERT INTO blueprint_modules (module_number, concept_slug, title_template, description_template, difficulty, estimated_hours)
VALUES (3, 'capstone', 'Both', '', 'beginner', 1);
SELECT m.number, m.slug, m.title, array_agg(g.module_number ORDER BY g.module_number) AS generated
FROM modules AS m JOIN generated_modules AS g ON right(g.blueprint_module_id::text, 4) = m.id
WHERE g.module_number IN (3, 7)
GROUP BY 1, 2, 3;
ROLLBACK TO as_shipped;

-- A restore inserts edited modules over the fresh ones, without warnings: one with a new title,
SET LOCAL row_security = off;
SAVEPOINT restoring;
CREATE TEMP TABLE dumped AS SELECT * FROM blueprint_modules;
UPDATE dumped SET builtin = false, title_template = 'Edited', updated_at = '2027-01-01' WHERE module_number = 1;
INSERT INTO blueprint_modules SELECT * FROM dumped WHERE NOT builtin;
SELECT * FROM modules WHERE number < 3 ORDER BY number;
SELECT count(*) AS the_same FROM (TABLE blueprint_modules INTERSECT TABLE dumped) AS d;
ROLLBACK TO restoring;

-- two that have exchanged their numbers, so that each has a key of both seeds,
CREATE TEMP TABLE dumped AS SELECT * FROM blueprint_modules;
UPDATE dumped SET builtin = false, module_number = 3 - module_number, updated_at = '2027-01-01' WHERE module_number IN (1, 2);
INSERT INTO blueprint_modules SELECT * FROM dumped WHERE NOT builtin ORDER BY module_number;
SELECT * FROM modules WHERE number < 4 ORDER BY number;
SELECT count(*) AS the_same FROM (TABLE blueprint_modules INTERSECT TABLE dumped) AS d;
ROLLBACK TO restoring;

-- three that have exchanged their slugs in a circle, one of them with another id,
CREATE TEMP TABLE dumped AS SELECT * FROM blueprint_modules;
UPDATE dumped SET builtin = false, updated_at = '2027-01-01', concept_slug = (ARRAY['standard', 'workflow', 'atom'])[module_number],
                  id = CASE module_number WHEN 2 THEN '00000000-0000-4000-8000-00000000abcd' ELSE id END
WHERE module_number <= 3;
INSERT INTO blueprint_modules SELECT * FROM dumped WHERE NOT builtin ORDER BY module_number DESC;
SELECT * FROM modules WHERE number < 5 ORDER BY number;
SELECT count(*) AS the_same FROM (TABLE blueprint_modules INTERSECT TABLE dumped) AS d;
ROLLBACK TO restoring;

-- and all of them, with session_replication_role = replica, as in a parallel restore.
CREATE TEMP TABLE dumped AS SELECT * FROM blueprint_modules;
UPDATE dumped SET builtin = false, module_number = 8 - module_number, title_template = 'Edited', updated_at = '2027-01-01';
SET LOCAL session_replication_role = replica;
INSERT INTO blueprint_modules SELECT * FROM dumped;
RESET session_replication_role;
SELECT * FROM modules ORDER BY number;
SELECT count(*) AS the_same FROM (TABLE blueprint_modules INTERSECT TABLE dumped) AS d;
ROLLBACK TO restoring;
ROLLBACK TO as_shipped;
RESET row_security;

-- A hand-run migration inserts modules without content. This raises warnings, and the shipped ones
-- can be put back; existing courses stay as they were generated.
INSERT INTO users (id, email, password_hash, name) VALUES ('00000000-0000-4000-8000-000000000001', 'ada@example.org', '', 'Ada');
SELECT choose_archetype('00000000-0000-4000-8000-000000000001', 'Biological', 'sourdough', 'novice') IS NOT NULL AS chosen;
SELECT set_variables('00000000-0000-4000-8000-000000000001',
  '{"ENTITY": "starter", "STATE": "s", "LOGIC": "l", "FLOW": "f", "CONTAINER": "c", "EDGE_CASE": "e",
    "INTERFACE": "i", "VARIANT": "v", "EVENT": "t", "CAPSTONE_GOAL": "a planner"}') IS NOT NULL AS set;
INSERT INTO blueprint_modules (module_number, concept_slug, title_template, description_template, difficulty, estimated_hours, learning_objectives, variable_schema)
VALUES (1, 'the-atom', 'The Atom: {ENTITY}', 'What a {ENTITY} is', 'beginner', 2, '["Know the {ENTITY}"]', '{"required": ["ENTITY"]}'),
       (2, 'standard', 'The Standard: {LOGIC}', 'When a {ENTITY} is right', 'beginner', 2, '[]', '{"required": ["ENTITY", "LOGIC"]}'),
       (3, 'workflow', 'The Workflow: {FLOW}', '', 'intermediate', 2, '[]', '{"required": ["FLOW"]}'),
       (4, 'tree', 'The Decision Tree: {EDGE_CASE}', '', 'intermediate', 2, '[]', '{"required": ["EDGE_CASE"]}'),
       (5, 'types', 'The Archetype: {INTERFACE}', '', 'advanced', 2, '[]', '{"required": ["INTERFACE"]}'),
       (6, 'flow-state', 'The Flow State: {EVENT}', '', 'advanced', 2, '[]', '{"required": ["EVENT"]}'),
       (7, 'capstone', 'The Capstone: { CAPSTONE_GOAL }', '', 'advanced', 2, '[]', '{"required": ["CAPSTONE_GOAL"]}')
ON CONFLICT (module_number) DO UPDATE SET title_template = excluded.title_template;
SELECT generate_course('00000000-0000-4000-8000-000000000001') AS bare \gset
SELECT count(DISTINCT m.id) AS modules, count(e.id) AS exercises, bool_and(b.concept_slug IN ('the-atom', 'standard', 'workflow', 'tree', 'types', 'flow-state', 'capstone')) AS theirs
FROM generated_modules AS m JOIN blueprint_modules AS b ON b.id = m.blueprint_module_id LEFT JOIN exercises AS e ON e.module_id = m.id WHERE m.course_id = :'bare';
UPDATE generated_modules SET content = content || '{"kept": true}' WHERE course_id = :'bare';
SELECT restore_shipped_rows();
SELECT count(*) AS as_shipped FROM (TABLE blueprint_modules INTERSECT TABLE shipped) AS b;
SELECT m.module_number, m.title, m.content -> 'kept' AS kept, b.concept_slug
FROM generated_modules AS m JOIN blueprint_modules AS b ON b.id = m.blueprint_module_id WHERE m.course_id = :'bare' ORDER BY 1;
SELECT generate_course('00000000-0000-4000-8000-000000000001') AS whole \gset
SELECT count(DISTINCT m.id) AS modules, count(e.id) AS exercises FROM generated_modules AS m LEFT JOIN exercises AS e ON e.module_id = m.id WHERE m.course_id = :'whole';
SELECT restore_shipped_rows();
ROLLBACK TO as_shipped;

-- restore_shipped_rows() puts back edited, deactivated and replaced rows, whatever keys they have, or
-- only the named ones,
UPDATE blueprint_modules SET title_template = 'Edited', created_at = '2020-01-01' WHERE module_number = 1;
UPDATE blueprint_modules SET active = false WHERE module_number = 2;
UPDATE blueprint_modules SET id = CASE module_number WHEN 3 THEN '6c656172-6e69-8679-8000-0000000000f4' ELSE '6c656172-6e69-8679-8000-0000000000f3' END::uuid WHERE module_number IN (3, 4);
UPDATE blueprint_modules SET id = translate(id::text, 'f', '0')::uuid, concept_slug = 'x' || concept_slug WHERE module_number IN (3, 4);
UPDATE blueprint_modules SET concept_slug = CASE module_number WHEN 3 THEN 'decision-tree' ELSE 'workflow' END WHERE module_number IN (3, 4);
SELECT * FROM modules WHERE NOT builtin ORDER BY number;
SELECT restore_shipped_rows('{atom}');
SELECT restore_shipped_rows('{atom,workflow}');
SELECT * FROM modules WHERE NOT builtin ORDER BY number;
SELECT restore_shipped_rows('{workflow,decision-tree}');
SELECT restore_shipped_rows('{}'), restore_shipped_rows('{NULL}'), restore_shipped_rows('{workflow}');
SELECT restore_shipped_rows('{standard,standards}');
SELECT restore_shipped_rows();
SELECT count(*) AS as_shipped FROM (TABLE blueprint_modules INTERSECT TABLE shipped) AS b;
-- and rows that are missing.
SET LOCAL session_replication_role = replica;
DELETE FROM blueprint_modules WHERE module_number > 5;
DELETE FROM achievements WHERE slug IN ('first-module', 'first-course');
RESET session_replication_role;
SELECT restore_shipped_rows();
SELECT count(*) AS as_shipped FROM (TABLE blueprint_modules INTERSECT TABLE shipped) AS b;
ROLLBACK TO as_shipped;

-- If a replaced achievement is put back, learners who have earned the replacement have earned it,
-- and the feed refers to it. Other achievements are kept.
CREATE TEMP TABLE shipped_achievements AS SELECT * FROM achievements;
INSERT INTO users (id, email, password_hash, name) VALUES ('00000000-0000-4000-8000-000000000001', 'ada@example.org', '', 'Ada');
INSERT INTO achievements (id, name, slug, description, criteria)
VALUES ('00000000-0000-4000-8000-0000000000a1', 'Flawless', 'flawless', 'Theirs', '{"metric": "perfect_scores", "at_least": 3}'),
       ('00000000-0000-4000-8000-0000000000a2', 'Early bird', 'early-bird', 'Theirs', '{"metric": "exercises_solved", "at_least": 2}');
UPDATE achievements SET name = 'Premier module', active = false WHERE slug = 'first-module';
UPDATE achievements SET name = 'First Module', slug = 'first-module-' WHERE slug = 'first-course';
INSERT INTO user_achievements (user_id, achievement_id)
SELECT '00000000-0000-4000-8000-000000000001', id FROM achievements WHERE NOT builtin;
SELECT restore_shipped_rows('{first-module}');
SELECT restore_shipped_rows();
SELECT count(*) AS as_shipped FROM (TABLE achievements INTERSECT TABLE shipped_achievements) AS a;
SELECT a.name, a.builtin, f.metadata ->> 'achievement' AS told_as
FROM user_achievements AS u
JOIN achievements AS a ON a.id = u.achievement_id
LEFT JOIN activity_feed AS f ON f.user_id = u.user_id AND f.reference_id = a.id
ORDER BY a.name;
-- a row that is in the way is not changed
UPDATE achievements SET name = 'Premier module' WHERE slug = 'first-module';
UPDATE achievements SET name = 'First Module' WHERE name = 'Early bird';
SELECT restore_shipped_rows();
DELETE FROM achievements WHERE name = 'First Module'; \echo :LAST_ERROR_SQLSTATE
UPDATE achievements SET name = 'Early bird' WHERE name = 'First Module';
SELECT restore_shipped_rows();
DELETE FROM user_achievements;
DELETE FROM achievements WHERE name = 'Early bird';
DELETE FROM achievements WHERE name = 'Flawless'; \echo :LAST_ERROR_SQLSTATE
-- an inserted row cannot be builtin
INSERT INTO achievements (name, description, criteria, builtin) VALUES ('Mine', '', '{"metric": "exercises_solved", "at_least": 2}', true) RETURNING builtin;
INSERT INTO achievements (id, name, description, criteria, builtin)
VALUES ('6c656172-6e69-8679-8000-000000000101', 'Mine too', '', '{"metric": "exercises_solved", "at_least": 2}', true);
SELECT builtin FROM achievements WHERE name = 'Mine too';
ROLLBACK TO as_shipped;

-- A later version ships other rows: untouched rows are updated, the others are kept.
UPDATE blueprint_modules SET title_template = 'Edited' WHERE module_number = 2;
UPDATE achievements SET description = 'Edited' WHERE slug = 'first-course';
SELECT pg_get_functiondef('learnify_internal.shipped_achievements()'::regprocedure) AS definition \gset
SELECT replace(:'definition', 'Completed a first', 'Finished the first') AS definition \gset
:definition;
CREATE OR REPLACE FUNCTION learnify_internal.shipped_module_atom() RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE COST 1000
AS $$ SELECT to_jsonb(b) || '{"title_template": "Atoms", "updated_at": "2027-01-01 00:00:00+00"}' FROM pg_temp.shipped AS b WHERE b.module_number = 1 $$;
CREATE OR REPLACE FUNCTION learnify_internal.shipped_module_standard() RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE COST 1000
AS $$ SELECT to_jsonb(b) || '{"title_template": "Standards"}' FROM pg_temp.shipped AS b WHERE b.module_number = 2 $$;
SELECT learnify_internal.ship_untouched_rows();
SELECT *, (SELECT b.updated_at AT TIME ZONE 'UTC' FROM blueprint_modules AS b WHERE b.module_number = m.number AND b.builtin) AS updated
FROM modules AS m WHERE number < 4 ORDER BY number;
SELECT slug, description, builtin FROM achievements WHERE slug LIKE 'first%' ORDER BY slug;
SELECT learnify_internal.ship_untouched_rows();
SELECT restore_shipped_rows();
SELECT * FROM modules WHERE number = 2;
ROLLBACK TO as_shipped;

-- A row with a column that somebody has added can be builtin; changing that column is an edit.
ALTER TABLE blueprint_modules ADD COLUMN colour text DEFAULT 'grey';
UPDATE blueprint_modules SET colour = 'red' WHERE module_number = 1;
UPDATE blueprint_modules SET title_template = 'Edited' WHERE module_number = 2;
SELECT b.module_number, b.colour, b.builtin FROM blueprint_modules AS b WHERE b.module_number < 4 ORDER BY 1;
SELECT restore_shipped_rows();
SELECT b.module_number, b.colour, b.builtin FROM blueprint_modules AS b WHERE b.module_number < 4 ORDER BY 1;
ROLLBACK TO as_shipped;

-- A back end may put rows back, and a learner may not.
CREATE ROLE regress_back_end;
SELECT grant_backend('regress_back_end');
CREATE ROLE regress_learner;
SELECT grant_learner('regress_learner');
UPDATE blueprint_modules SET active = false WHERE module_number = 2;
SET LOCAL ROLE regress_learner;
SELECT restore_shipped_rows(); \echo :LAST_ERROR_SQLSTATE
SET LOCAL ROLE regress_back_end;
SELECT restore_shipped_rows();
ROLLBACK;
