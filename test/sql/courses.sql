-- missing_variables() and generate_course().
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET learnify.password_cost = 4;
SELECT register_user('ada@example.org', 'correct horse', 'Ada') AS ada \gset
SELECT register_user('bob@example.org', 'correct horse', 'Bob') \g /dev/null
\set bob 00000000-0000-4000-8000-000000000b0b
UPDATE users SET id = :'bob' WHERE email = 'bob@example.org';
CREATE TEMP VIEW written AS
  SELECT (SELECT count(*) FROM generated_courses) AS courses, (SELECT count(*) FROM generated_modules) AS modules,
         (SELECT count(*) FROM exercises) AS exercises, (SELECT count(*) FROM course_tags) AS tags;

-- The variables that the blueprint needs and a learner lacks, by module. DOMAIN is given
-- once an archetype is chosen.
SELECT * FROM missing_variables(:'ada');
SELECT choose_archetype(:'ada', 'Biological', 'Sourdough Baking', 'novice') AS archetype \gset
SELECT set_variables(:'ada', '{"ENTITY": "starter", "STATE": "ripeness", "LOGIC": "readiness test", "FLOW": "bulk fermentation"}') \g /dev/null
SELECT * FROM missing_variables(:'ada');
SELECT * FROM missing_variables(NULL);

-- generate_course() names all missing variables and writes nothing.
SELECT generate_course(:'ada'); \echo :LAST_ERROR_SQLSTATE
SELECT generate_course(:'ada', '{"CONTAINER": "schedule", "EVENT": null}'); \echo :LAST_ERROR_SQLSTATE
TABLE written;

-- Variables of the call take precedence over the stored ones; null counts as not given.
SELECT generate_course(:'ada', '{
  "CONTAINER": "{STATE} & co", "EDGE_CASE": "überreifer Teig", "INTERFACE": "oven", "VARIANT": "\"Dutch\" oven",
  "EVENT": 24, "CAPSTONE_GOAL": "a bake planner", "STATE": "acidity", "LOGIC": null, "UNUSED": "word"}') AS course \gset
SELECT title, description, meta_category, status, archetype_id = :'archetype' AS for_archetype, user_id = :'ada' AS of_ada,
       created_at = updated_at AS new
FROM generated_courses WHERE id = :'course';
SELECT v.* FROM generated_courses AS c, jsonb_each(c.injected_variables) AS v WHERE c.id = :'course' ORDER BY v.key COLLATE "C";
SELECT get_variables(:'ada') -> 'STATE' AS stored, get_variables(:'ada') -> 'EVENT' AS not_stored;

-- Seven modules, the first one active.
SELECT m.module_number, b.concept_slug, m.status, m.unlocked_at = m.created_at AS unlocked
FROM generated_modules AS m
LEFT JOIN blueprint_modules AS b ON b.id = m.blueprint_module_id AND b.module_number = m.module_number
WHERE m.course_id = :'course'
ORDER BY m.module_number;

-- Their texts are those of the blueprint with the variables injected.
CREATE TEMP VIEW expected_modules AS
  SELECT c.id AS course_id, b.id AS blueprint_module_id, b.module_number,
         inject_variables(b.title_template, v.variables) AS title,
         inject_variables(b.description_template, v.variables) AS description,
         inject_variables(b.content_template, v.variables) AS content,
         inject_variables(b.learning_objectives, v.variables) AS learning_objectives
  FROM generated_courses AS c
  CROSS JOIN blueprint_modules AS b
  CROSS JOIN LATERAL (SELECT b.variable_schema -> 'defaults' || c.injected_variables) AS v (variables)
  WHERE b.active;
SELECT count(*) AS modules,
       bool_and((m.title, m.description) = (e.title, e.description)) AS texts,
       bool_and(m.content -> 'lessons' = e.content -> 'lessons') AS lessons,
       bool_and(m.content -> 'learning_objectives' = e.learning_objectives) AS objectives,
       bool_and(jsonb_array_length(m.content -> 'lessons') >= 2) AS enough_lessons,
       bool_or(m.content ? 'exercises') AS exercises_inside,
       bool_or(m.content::text ~ 'solution_code|test_cases') AS solutions_inside,
       bool_or(m.content::text LIKE '%überreifer Teig%') AS multibyte
FROM generated_modules AS m
JOIN expected_modules AS e USING (course_id, blueprint_module_id, module_number)
WHERE m.course_id = :'course';
-- a value that looks like a placeholder is not expanded
SELECT count(*) > 0 AS kept
FROM generated_modules
WHERE course_id = :'course' AND module_number = 3 AND content::text LIKE '%{STATE} & co%';

-- Exercises are written as rows.
SELECT count(*) AS exercises,
       bool_and(to_jsonb(x) - '{id,module_id,exercise_number,created_at,rendered,retired}'::text[] = e.exercise) AS as_in_the_blueprint,
       bool_and(x.exercise_number = e.number) AS numbered
FROM expected_modules AS m
CROSS JOIN LATERAL jsonb_array_elements(m.content -> 'exercises') WITH ORDINALITY AS e (exercise, number)
LEFT JOIN generated_modules AS g USING (course_id, module_number)
LEFT JOIN exercises AS x ON x.module_id = g.id AND x.exercise_number = e.number
HAVING count(x.id) = (SELECT count(*) FROM exercises);

-- The tags of the course.
SELECT tag FROM course_tags WHERE course_id = :'course' ORDER BY tag COLLATE "C";
SELECT choose_archetype(:'ada', 'Digital', E'  digital\t ', 'quant') \g /dev/null
SELECT generate_course(:'ada', (SELECT injected_variables FROM generated_courses WHERE id = :'course')) AS second \gset
SELECT tag FROM course_tags WHERE course_id = :'second' ORDER BY tag COLLATE "C";
-- the first course does not change
SELECT title, meta_category FROM generated_courses WHERE user_id = :'ada' ORDER BY created_at;

-- Inactive modules are left out, and the first of the others is unlocked. Defaults of the
-- blueprint apply unless they are null. A module may have no exercises. A string that is a
-- single placeholder becomes the variable's JSON value.
BEGIN;
UPDATE blueprint_modules SET active = module_number IN (2, 5);
UPDATE blueprint_modules SET active = true, learning_objectives = '["{NICHE}"]', content_template = '{"lessons": [], "settings": "{SETTINGS}"}',
                             title_template = '{NICHE}, {ENTITY}', description_template = '{TONE|plain}',
                             variable_schema = '{"required": ["NICHE"], "defaults": {"NICHE": "niche", "ENTITY": "thing", "SETTINGS": null}}'
WHERE module_number = 4;
SELECT * FROM missing_variables(:'bob');
SELECT choose_archetype(:'bob', 'Digital', 'maps', 'novice') \g /dev/null
SELECT set_variables(:'bob', '{"ENTITY": "map", "LOGIC": "scale", "INTERFACE": "legend", "VARIANT": "inset"}') \g /dev/null
SELECT generate_course(:'bob', '{"SETTINGS": {"scale": null}, "ENTITY": null}') AS course_of_bob \gset
SELECT module_number, status, unlocked_at IS NOT NULL AS unlocked, (SELECT count(*) > 0 FROM exercises WHERE module_id = m.id) AS exercises
FROM generated_modules AS m WHERE course_id = :'course_of_bob' ORDER BY module_number;
SELECT title, description, content FROM generated_modules WHERE course_id = :'course_of_bob' AND module_number = 4;
ROLLBACK;

-- Invalid blueprint content is refused when it is written.
\set VERBOSITY terse
UPDATE blueprint_modules SET content_template = '{"exercises": {}}' WHERE module_number = 1; \echo :LAST_ERROR_SQLSTATE
UPDATE blueprint_modules SET variable_schema = '{"required": "ENTITY"}' WHERE module_number = 1; \echo :LAST_ERROR_SQLSTATE
UPDATE blueprint_modules SET learning_objectives = '{}' WHERE module_number = 1; \echo :LAST_ERROR_SQLSTATE
\set VERBOSITY default

-- Errors write nothing.
TABLE written;
SELECT generate_course('00000000-0000-4000-8000-00000000dead'); \echo :LAST_ERROR_SQLSTATE
SELECT generate_course(:'bob'); \echo :LAST_ERROR_SQLSTATE
SELECT generate_course(:'ada', '["ENTITY"]'); \echo :LAST_ERROR_SQLSTATE
SELECT generate_course(:'ada', 'null'); \echo :LAST_ERROR_SQLSTATE
SELECT injected_variables AS complete FROM generated_courses WHERE id = :'course' \gset
SELECT generate_course(:'ada', :'complete'::jsonb || '{"EVENT": ["timer"]}'); \echo :LAST_ERROR_SQLSTATE
SELECT generate_course(:'ada', :'complete'::jsonb || '{"EVENT": {"name": "timer"}}'); \echo :LAST_ERROR_SQLSTATE
-- one error names all values that are not one line of text; blank values and null count as missing
SELECT generate_course(:'ada', :'complete'::jsonb || '{"EVENT": "ti\nmer", "FLOW": "f\u2028ow", "ENTITY": "\\u000a", "{": "x"}'); \echo :LAST_ERROR_SQLSTATE
SELECT generate_course(:'ada', :'complete'::jsonb || '{"EVENT": "ti\nmer", "FLOW": "f\u2028ow", "ENTITY": "\\u000a"}'); \echo :LAST_ERROR_SQLSTATE
SELECT generate_course(:'ada', :'complete'::jsonb || jsonb_build_object('DOMAIN', repeat('x', 2000000))); \echo :LAST_ERROR_SQLSTATE
SELECT generate_course(:'ada', :'complete'::jsonb || '{"UNUSED": {"a": ["b\nc"]}}'); \echo :LAST_ERROR_SQLSTATE
SELECT generate_course(:'ada', :'complete'::jsonb || '{"EVENT": " ", "FLOW": null}'); \echo :LAST_ERROR_SQLSTATE
-- Variables with names that no template can have are not injected. Blanks around values are removed.
BEGIN;
SELECT generate_course(:'ada', :'complete'::jsonb || '{"event": "timer", "SUB-ENTITY": "x", "EVENT": " timer\n", "DOMAIN": ""}') AS other_course \gset
SELECT injected_variables = :'complete'::jsonb || '{"EVENT": "timer", "DOMAIN": "digital"}' AS as_it_should FROM generated_courses WHERE id = :'other_course';
ROLLBACK;
SELECT generate_course(NULL), generate_course(:'ada', NULL);
-- a rejected domain is an error until another one is chosen
SELECT request_domain_validation(:'archetype') \g /dev/null
SELECT record_domain_validation(ticket, '{"is_valid": false, "reason": "digital is no domain"}') FROM claim_domain_validations() \g /dev/null
SELECT generate_course(:'ada', :'complete'); \echo :LAST_ERROR_SQLSTATE
-- A pending domain is accepted, even if it was rejected before.
SELECT request_domain_validation(:'archetype') \g /dev/null
SELECT generate_course(:'ada', :'complete') IS NOT NULL AS generated;
SELECT choose_archetype(:'ada', 'Digital', 'typography', 'quant') \g /dev/null
SELECT generate_course(:'ada', :'complete') IS NOT NULL AS generated;
SELECT courses FROM written;

-- Temporary tables of the same names are not used.
CREATE TEMP TABLE blueprint_modules AS SELECT 1 AS module_number;
CREATE TEMP TABLE generated_courses (LIKE public.generated_courses);
SELECT generate_course(:'ada', :'complete') IS NOT NULL AS generated;
SELECT count(*) FROM pg_temp.generated_courses;
DROP TABLE pg_temp.blueprint_modules, pg_temp.generated_courses;

DELETE FROM users;
TABLE written;
