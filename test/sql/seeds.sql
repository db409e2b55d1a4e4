-- The blueprint modules that ship, in a table that people edit and add to: what
-- becomes of them when they are edited, replaced or deleted, and how the rows
-- of a dump meet the ones that CREATE EXTENSION has just inserted.
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

-- An update that changes nothing leaves a module as it shipped; an edit makes it
-- the user's, and a dump carries it from then on.
SAVEPOINT as_shipped;
UPDATE blueprint_modules SET title_template = title_template;
SELECT count(*) AS untouched FROM blueprint_modules JOIN shipped USING (id, builtin, created_at, updated_at) WHERE builtin;
UPDATE blueprint_modules SET title_template = 'Objects: {ENTITY}' WHERE module_number = 1;
SELECT m.*, b.updated_at = now() AS updated_now FROM modules AS m JOIN blueprint_modules AS b ON b.module_number = m.number WHERE m.number < 3 ORDER BY m.number;
-- nobody marks an edited module, or one of their own, as shipped again: it would be lost to dumps
UPDATE blueprint_modules SET builtin = true WHERE module_number = 1;
SELECT * FROM modules WHERE number = 1;
ROLLBACK TO as_shipped;

-- No module is deleted, edited or replaced though it may be: a restore would bring
-- the one that shipped back. It is taken out of use instead.
DELETE FROM blueprint_modules WHERE module_number = 3; \echo :LAST_ERROR_SQLSTATE
UPDATE blueprint_modules SET difficulty = 'advanced' WHERE module_number = 3;
DELETE FROM blueprint_modules WHERE module_number = 3; \echo :LAST_ERROR_SQLSTATE
INSERT INTO blueprint_modules (id, module_number, concept_slug, title_template, description_template, difficulty, estimated_hours)
VALUES ('00000000-0000-4000-8000-00000000abcd', 4, 'mine', 'Mine', '', 'beginner', 1);
DELETE FROM blueprint_modules WHERE module_number = 4; \echo :LAST_ERROR_SQLSTATE
UPDATE blueprint_modules SET active = false WHERE module_number = 3;
SELECT array_agg(module_number) AS asked_for FROM learnify_internal.blueprint_missing_variables('{}');
ROLLBACK TO as_shipped;

-- A module inserted over an untouched one replaces it. What was generated from the
-- old one says so of the new one.
INSERT INTO users (id, email, password_hash, name) VALUES ('00000000-0000-4000-8000-000000000001', 'ada@example.org', '', 'Ada');
INSERT INTO generated_courses (id, user_id, title, meta_category)
VALUES ('00000000-0000-4000-8000-0000000000c1', '00000000-0000-4000-8000-000000000001', 'Course', 'Digital');
INSERT INTO generated_modules (course_id, blueprint_module_id, module_number, title)
SELECT '00000000-0000-4000-8000-0000000000c1', id, module_number, title_template FROM blueprint_modules;
INSERT INTO blueprint_modules (id, module_number, concept_slug, title_template, description_template, difficulty, estimated_hours)
VALUES ('00000000-0000-4000-8000-00000000abcd', 1, 'mine', 'Mine', '', 'beginner', 1);
SELECT m.*, g.title AS generated FROM modules AS m LEFT JOIN generated_modules AS g ON right(g.blueprint_module_id::text, 4) = m.id ORDER BY m.number;
SELECT content_template, learning_objectives, active, created_at = now() AS made_now FROM blueprint_modules WHERE module_number = 1;
-- over one of the user's own it is refused, or resolved, as anywhere
INSERT INTO blueprint_modules (module_number, concept_slug, title_template, description_template, difficulty, estimated_hours)
VALUES (1, 'another', 'Another', '', 'beginner', 1); \echo :LAST_ERROR_SQLSTATE
INSERT INTO blueprint_modules (module_number, concept_slug, title_template, description_template, difficulty, estimated_hours)
VALUES (1, 'another', 'Another', '', 'beginner', 1)
ON CONFLICT (module_number) DO UPDATE SET title_template = excluded.title_template
RETURNING module_number, concept_slug, title_template;
ROLLBACK TO as_shipped;

-- A restore: edited modules arrive beside the fresh ones. One with a new title:
CREATE TEMP TABLE dumped AS SELECT * FROM blueprint_modules;
UPDATE dumped SET builtin = false, title_template = 'Edited', updated_at = '2027-01-01' WHERE module_number = 1;
INSERT INTO blueprint_modules SELECT * FROM dumped WHERE NOT builtin;
SELECT * FROM modules WHERE number < 3 ORDER BY number;
SELECT count(*) AS the_same FROM (TABLE blueprint_modules INTERSECT TABLE dumped) AS d;
ROLLBACK TO as_shipped;

-- two that traded numbers, so that each meets the seed of the other as well;
CREATE TEMP TABLE dumped AS SELECT * FROM blueprint_modules;
UPDATE dumped SET builtin = false, module_number = 3 - module_number, updated_at = '2027-01-01' WHERE module_number IN (1, 2);
INSERT INTO blueprint_modules SELECT * FROM dumped WHERE NOT builtin ORDER BY module_number;
SELECT * FROM modules WHERE number < 4 ORDER BY number;
SELECT count(*) AS the_same FROM (TABLE blueprint_modules INTERSECT TABLE dumped) AS d;
ROLLBACK TO as_shipped;

-- three that traded slugs in a circle, one of them replaced under an id of its own;
CREATE TEMP TABLE dumped AS SELECT * FROM blueprint_modules;
UPDATE dumped SET builtin = false, updated_at = '2027-01-01', concept_slug = (ARRAY['standard', 'workflow', 'atom'])[module_number],
                  id = CASE module_number WHEN 2 THEN '00000000-0000-4000-8000-00000000abcd' ELSE id END
WHERE module_number <= 3;
INSERT INTO blueprint_modules SELECT * FROM dumped WHERE NOT builtin ORDER BY module_number DESC;
SELECT * FROM modules WHERE number < 5 ORDER BY number;
SELECT count(*) AS the_same FROM (TABLE blueprint_modules INTERSECT TABLE dumped) AS d;
ROLLBACK TO as_shipped;

-- all of them, under replica as a parallel restore runs.
CREATE TEMP TABLE dumped AS SELECT * FROM blueprint_modules;
UPDATE dumped SET builtin = false, module_number = 8 - module_number, title_template = 'Edited', updated_at = '2027-01-01';
SET LOCAL session_replication_role = replica;
INSERT INTO blueprint_modules SELECT * FROM dumped;
RESET session_replication_role;
SELECT * FROM modules ORDER BY number;
SELECT count(*) AS the_same FROM (TABLE blueprint_modules INTERSECT TABLE dumped) AS d;
ROLLBACK TO as_shipped;
ROLLBACK;
