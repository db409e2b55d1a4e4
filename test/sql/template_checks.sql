-- check_template() and check_blueprint() find near misses of placeholders, unknown variables and
-- unused ones, and an edit of a blueprint module warns of them. test/unit/near_miss_test.c has more
-- cases of near misses.
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_author;
RESET client_min_messages;
\set SHOW_CONTEXT never
BEGIN;

-- The shipped modules have no findings.
SELECT count(*) AS modules, bool_and(builtin) AS shipped FROM blueprint_modules;
SELECT * FROM check_blueprint();

-- Near misses in a sentence. A placeholder and an escape are not near misses.
CREATE TEMP TABLE texts (number serial, template text);
INSERT INTO texts (template) VALUES
  ('Feed the {ENTITY}, its {STATE|state}, and write {{ENTITY} or {{STATE|it}.'),
  ('Feed the { ENTITY }.'), ('Feed the {Entity}.'), ('Feed the {entity}.'), ('Feed the {{ENTITY}}.'), ('Feed the {{ ENTITY }}.'),
  ('Feed the {{{ENTITY}}}.'), ('Feed the {ENTITY }, { ENTITY}.'), (E'Feed the {ENTITY\n}.'), (U&'Feed the {\00A0ENTITY\200B}.'),
  ('Feed the {EDGE CASE}, the {EDGE-CASE}, the {Edge Case}.'), ('Feed the {ENTITY |thing}.'), ('Feed the {{ENTITY|thing}}.'),
  ('Feed the {ENTITY:thing}, the {ENTITY.name}.'), ('Feed the {ENTITY until it is ripe.'), ('Feed the ENTITY} until it is ripe.'),
  ('Feed the {$ENTITY}, the {"ENTITY"}.'), ('Feed the { ENTTIY }, the {1ENTITY}.'), (U&'Feed the {\0415NTITY}.'),
  ('Feed the {STATE|of the {ENTITY}} now.'), ('Größe des { Entity }');
SELECT number, kind, fragment, at, suggestion
FROM texts, check_template(template, '{ENTITY,STATE,EDGE_CASE}')
WHERE kind <> 'unused'
ORDER BY number, at \g (format=unaligned)

-- Code has braces around the same words.
SELECT c.*
FROM unnest(ARRAY[
  $${"entity": {"state": "open", "STATE": 1}, "ENTITY": {}, "flow": ["{ENTITY}"]}$$,
  $$print(f"{entity} is {state!r:>10} of {STATE} {{literal}} { ENTITY }")$$,
  $$"{entity} and {state}".format(entity=entity, state=state)$$,
  $$states = {state}; flow = {ENTITY: 1, STATE: 2}$$,
  $$def f(entity): return {state for state in entity}$$,
  $$type Order struct { ENTITY string; STATE int }$$,
  $$orders := []Order{{ENTITY}, {STATE: 3}}; m := map[string]int{"STATE": 1, "entity": 2}$$,
  $$if state { return Entity{state} }$$,
  $$enum State { ENTITY, STATE }$$,
  $$public class Entity { private State state; Entity(State state) { this.state = state; } }$$,
  $$int[] a = {ENTITY, STATE}; String s = "{entity}";$$,
  $$const {entity, state} = props; const t = `${entity} of ${state}`; import {Entity} from "./entity"$$,
  $$const show = ({state}) => <b title={state}>{entity.name}</b>;$$,
  $$for (const {state} of states) { console.log(`${state}`) }$$,
  $$echo ${entity} ${state:-none} && awk '{print state}'$$,
  $$\frac{state}{entity} and x_{state}^{flow} and \text{Entity}$$,
  $$.entity{state: 1} {} { } {{}} {|} {1} {a} {a, b}$$,
  E'```python\nprint({entity})\nx = {STATE }\n```\nand `{entity}` and `{State}` too'
]) AS t (template), check_template(t.template, '{ENTITY,STATE,FLOW}') AS c
WHERE c.kind <> 'unused';

-- Each unknown and each unused variable is reported once.
SELECT * FROM check_template('{ENTTIY} {ENTTIY} {ENTTIY|x} {STAT|state} {NOTHING_LIKE_IT} {STATE}'::text, '{ENTITY,STATE,FLOW,FLOW,NULL}');
SELECT * FROM check_template('{ENTITY} { ENTITY }'::text, '{}');
SELECT * FROM check_template('no braces'::text, '{ENTITY}');
SELECT count(*) FROM check_template(NULL::text, '{ENTITY}');

-- For jsonb, path is the path to the string. Keys are never filled in. In code, comments and
-- strings are checked; in data, only names in capitals are.
SELECT kind, fragment, path, at, suggestion
FROM check_template(jsonb_build_object(
  'lessons', jsonb_build_array(
    jsonb_build_object('title', 'The {Entity}', 'body', E'Of the { STATE}:\n\n```python\nx = {STATE }  # the {State }\n```\n', 'of {ENTITY}', 1)),
  'exercises', jsonb_build_array(jsonb_build_object(
    'title', '{{ENTITY}}',
    'starter_code', E'# One {Entity}\nx = {entity, ENTITY}\nprint("the { ENTITY }", f"the { ENTITY } {entity}", "{entity}")\n',
    'solution_code', 'y = {STATE }',
    'test_cases', jsonb_build_array(jsonb_build_object('input', '{entity} {"state": 1}', 'expected_output', '{ STATE }')),
    'hints', jsonb_build_array('none', jsonb_build_object('text', 'Look at {state}'))))), '{ENTITY,STATE}')
ORDER BY path, at;
SELECT * FROM check_template('"{ ENTITY }"'::jsonb, '{ENTITY}') WHERE kind <> 'unused';
SELECT * FROM check_template('[[], [1, {"a": ["x", "{ ENTITY }"]}], "{ENTITY }"]'::jsonb, '{ENTITY}') WHERE kind <> 'unused';

-- An edit with findings raises one warning for the module. Other edits raise none.
UPDATE blueprint_modules SET title_template = 'The { ENTITY } and its {Sate}', description_template = 'Of {{STATE}}' WHERE module_number = 1;
UPDATE blueprint_modules SET difficulty = 'advanced', active = false WHERE module_number = 1;
UPDATE blueprint_modules SET title_template = 'The {ENTITY}, its {STATE} and {LOGIC|rules}', description_template = 'Of {DOMAIN}' WHERE module_number = 1;
UPDATE blueprint_modules SET learning_objectives = '["Know the {entity}"]' WHERE module_number = 1;
UPDATE blueprint_modules SET learning_objectives = '["Know the {TOOL|tool}"]' WHERE module_number = 1;
UPDATE blueprint_modules SET variable_schema = jsonb_set(variable_schema, '{defaults,TOOL}', '"tool of the {ENTITY}"') WHERE module_number = 1;
UPDATE blueprint_modules SET variable_schema = jsonb_set(variable_schema, '{defaults,TOOL}', '"tool"') WHERE module_number = 1;
UPDATE blueprint_modules SET variable_schema = jsonb_set(variable_schema, '{required}', '["ENTITY", "STATE", "Mood"]') WHERE module_number = 1;
UPDATE blueprint_modules SET variable_schema = jsonb_set(variable_schema, '{required}', '["ENTITY", "STATE"]') WHERE module_number = 1;
UPDATE blueprint_modules
SET content_template = jsonb_set(content_template, '{exercises,0,starter_code}', to_jsonb(E'# One {Entity}\n' || (content_template #>> '{exercises,0,starter_code}')))
WHERE module_number = 1;
UPDATE blueprint_modules SET title_template = title_template WHERE module_number = 1;
-- two modules raise two warnings, and of many findings the first ten are listed
UPDATE blueprint_modules SET title_template = repeat('{Entity} ', 12) WHERE module_number IN (2, 3);
SELECT module_number, count(*) FROM check_blueprint() GROUP BY module_number ORDER BY module_number;
-- an upsert warns too, and so does a role with privileges on the table alone
CREATE ROLE regress_author BYPASSRLS;
GRANT SELECT, INSERT, UPDATE ON blueprint_modules TO regress_author;
SET LOCAL ROLE regress_author;
INSERT INTO blueprint_modules (module_number, concept_slug, title_template, description_template, difficulty, estimated_hours)
VALUES (2, 'mine', 'Mine', '', 'beginner', 1)
ON CONFLICT (module_number) DO UPDATE SET title_template = 'My {Entity}';
RESET ROLE;

-- Restores raise no warnings: dumps set row_security off, and parallel restores are replicas.
SET LOCAL row_security = off;
UPDATE blueprint_modules SET title_template = 'The {Entity}' WHERE module_number = 4;
RESET row_security;
SET LOCAL session_replication_role = replica;
UPDATE blueprint_modules SET title_template = 'The {Entity}' WHERE module_number = 5;
RESET session_replication_role;
ROLLBACK;
