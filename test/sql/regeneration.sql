-- A course follows its variables and the blueprint: regenerate_course.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_author;
DELETE FROM users;
BEGIN;
-- A small blueprint: three modules with an exercise each, and a fourth that is not in use yet.
UPDATE blueprint_modules SET active = false;
UPDATE blueprint_modules AS b
SET title_template = format('Module %s of {ENTITY}', b.module_number), description_template = 'About {STATE|state}', learning_objectives = '[]',
    variable_schema = '{"required": ["ENTITY"], "defaults": {}}', active = b.module_number < 4,
    content_template = jsonb_build_object('lessons', jsonb_build_array(jsonb_build_object('title', 'One', 'body', '{ENTITY} ' || b.module_number)),
      'exercises', jsonb_build_array(jsonb_build_object('title', 'Make {ENTITY}', 'language', 'python', 'difficulty', 'easy', 'starter_code', '# {ENTITY}',
                                                        'test_cases', jsonb_build_array(jsonb_build_object('input', '1', 'expected_output', '{STATE|x}')))))
WHERE b.module_number <= 5;
INSERT INTO users (id, email, password_hash, name) VALUES
  ('00000000-0000-4000-8000-000000000ada', 'ada@example.org', '', 'Ada'),
  ('00000000-0000-4000-8000-000000000b0b', 'bob@example.org', '', 'Bob'),
  ('00000000-0000-4000-8000-000000000ce1', 'cel@example.org', '', 'Cel');
\set ada 00000000-0000-4000-8000-000000000ada
\set bob 00000000-0000-4000-8000-000000000b0b
\set cel 00000000-0000-4000-8000-000000000ce1
SELECT choose_archetype(:'ada', 'Biological', 'sourdough', 'novice') IS NOT NULL AS chosen;
SELECT set_variables(:'ada', '{"ENTITY": "starter"}') \g /dev/null
SELECT generate_course(:'ada', '{"STATE": "ripe"}') AS course \gset
CREATE TEMP TABLE ids AS
SELECT m.id FROM generated_modules AS m WHERE m.course_id = :'course'
UNION ALL SELECT e.id FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id WHERE m.course_id = :'course';
-- Bob has completed the course, and Cel two of three modules.
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
SELECT u.id, m.id, e.id, 'python', true, 100
FROM users AS u, generated_modules AS m JOIN exercises AS e ON e.module_id = m.id
WHERE m.course_id = :'course' AND (u.name = 'Bob' OR u.name = 'Cel' AND m.module_number <= 2) ORDER BY m.module_number;

CREATE FUNCTION error_of(statement text, OUT code text, OUT message text, OUT column_name text)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
  message := 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, column_name = COLUMN_NAME;
END
$$;
-- Compares a dry run with the real one, and returns the rows of both.
CREATE FUNCTION regenerate(course uuid, variables jsonb DEFAULT '{}', overwrite boolean DEFAULT false)
RETURNS TABLE (object text, m integer, e integer, change text, columns text[], title text, has_id boolean) LANGUAGE plpgsql AS $$
DECLARE
  before CONSTANT text := (SELECT md5(string_agg(c::text, '' ORDER BY c.id)) FROM generated_courses AS c)
    || (SELECT md5(string_agg(g::text, '' ORDER BY g.id)) FROM generated_modules AS g) || (SELECT md5(string_agg(x::text, '' ORDER BY x.id)) FROM exercises AS x)
    || (SELECT md5(string_agg(t::text, '' ORDER BY t.id)) FROM course_tags AS t);
BEGIN
  CREATE TEMP TABLE dry AS SELECT * FROM regenerate_course(course, true, variables, overwrite) WITH ORDINALITY;
  ASSERT before = (SELECT md5(string_agg(c::text, '' ORDER BY c.id)) FROM generated_courses AS c)
    || (SELECT md5(string_agg(g::text, '' ORDER BY g.id)) FROM generated_modules AS g) || (SELECT md5(string_agg(x::text, '' ORDER BY x.id)) FROM exercises AS x)
    || (SELECT md5(string_agg(t::text, '' ORDER BY t.id)) FROM course_tags AS t), 'the dry run has changed something';
  CREATE TEMP TABLE wet AS SELECT * FROM regenerate_course(course, false, variables, overwrite) WITH ORDINALITY;
  ASSERT NOT EXISTS (TABLE dry EXCEPT TABLE wet) AND NOT EXISTS (TABLE wet EXCEPT TABLE dry), 'the dry run differs';
  RETURN QUERY SELECT w.object, w.module_number, w.exercise_number, w.change, w.columns, w.title, w.id IS NOT NULL FROM wet AS w ORDER BY w.ordinality;
  DROP TABLE dry, wet;
END
$$;
CREATE VIEW shown AS
SELECT m.course_id, m.module_number AS m, m.title, m.retired, e.exercise_number AS e, e.title AS exercise, e.starter_code, e.retired AS exercise_retired
FROM generated_modules AS m LEFT JOIN exercises AS e ON e.module_id = m.id;

-- Where nothing has changed, nothing is changed.
SELECT * FROM regenerate(:'course');
-- The author's variables have changed; one that was given for this course stays.
SELECT set_variables(:'ada', '{"ENTITY": "levain", "STATE": "flat"}') \g /dev/null
SELECT * FROM regenerate(:'course');
SELECT m, title, e, exercise, starter_code FROM shown WHERE course_id = :'course' ORDER BY m, e;
SELECT description, content FROM generated_modules WHERE course_id = :'course' AND module_number = 1;
SELECT injected_variables FROM generated_courses WHERE id = :'course';
SELECT count(*) AS same_ids FROM ids AS i WHERE i.id IN (SELECT m.id FROM generated_modules AS m UNION ALL SELECT e.id FROM exercises AS e);
SELECT * FROM regenerate(:'course');
-- Variables for this course are given, or taken back by null.
SELECT change, columns FROM regenerate(:'course', '{"STATE": "bubbly"}') WHERE object = 'module' AND m = 1;
SELECT change, columns FROM regenerate(:'course', '{"STATE": null}') WHERE object = 'module' AND m = 1;
SELECT injected_variables FROM generated_courses WHERE id = :'course';

-- What was edited by hand is kept and reported, as long as it is not overwritten.
UPDATE generated_modules SET title = 'By hand' WHERE course_id = :'course' AND module_number = 2;
UPDATE exercises SET starter_code = '# by hand' WHERE module_id = (SELECT id FROM generated_modules WHERE course_id = :'course' AND module_number = 1);
SELECT rename_course(:'course', 'My course');
SELECT set_variables(:'ada', '{"ENTITY": "yeast"}') \g /dev/null
SELECT choose_archetype(:'ada', 'Digital', 'beer', 'quant') IS NOT NULL AS chosen;
SELECT * FROM regenerate(:'course');
SELECT * FROM regenerate(:'course');
SELECT title, description, meta_category, array(SELECT tag FROM course_tags WHERE course_id = c.id ORDER BY tag) AS tags FROM generated_courses AS c WHERE id = :'course';
SELECT m, title, exercise, starter_code FROM shown WHERE course_id = :'course' ORDER BY m, e;
SAVEPOINT edited;
SELECT * FROM regenerate(:'course', overwrite => true);
SELECT m, title, exercise, starter_code FROM shown WHERE course_id = :'course' ORDER BY m, e;
SELECT title FROM generated_courses WHERE id = :'course';
ROLLBACK TO edited;

-- The blueprint: a module is added, one is taken out, one has another exercise, one has lost its own.
SELECT user_id = :'bob' AS is_bob, progress_percentage, completed_at IS NOT NULL AS completed FROM user_progress ORDER BY 1;
UPDATE blueprint_modules SET active = true WHERE module_number = 4;
UPDATE blueprint_modules SET active = false WHERE module_number = 3;
UPDATE blueprint_modules SET content_template = jsonb_set(content_template, '{exercises}', (content_template -> 'exercises') || jsonb_build_array(jsonb_build_object('title', 'More {ENTITY}', 'language', 'python', 'difficulty', 'hard')))
WHERE module_number = 1;
UPDATE blueprint_modules SET content_template = jsonb_set(content_template, '{exercises}', '[]') WHERE module_number = 2;
-- Somebody has added an exercise with the number that the new one would have.
INSERT INTO exercises (module_id, exercise_number, title, language, difficulty)
SELECT id, 2, 'Hand-made', 'python', 'easy' FROM generated_modules WHERE course_id = :'course' AND module_number = 1;
SELECT * FROM regenerate(:'course');
SELECT m, title, retired, e, exercise, exercise_retired FROM shown WHERE course_id = :'course' ORDER BY m, e;
-- Completed stays completed; who was under way has more to do.
SELECT user_id = :'bob' AS is_bob, progress_percentage, completed_at IS NOT NULL AS completed FROM user_progress ORDER BY 1;
SELECT o.module_number, o.state, o.solved, o.exercises FROM course_outline(:'cel', :'course') AS o;
SELECT * FROM regenerate(:'course');
-- Back again.
UPDATE blueprint_modules SET active = true WHERE module_number = 3;
UPDATE blueprint_modules SET content_template = jsonb_set(content_template, '{exercises}', (SELECT content_template -> 'exercises' -> 0 || '[]' FROM blueprint_modules WHERE module_number = 4)) WHERE module_number = 2;
SELECT * FROM regenerate(:'course');

-- What the author has deleted is left out, unless edits are overwritten.
DELETE FROM generated_modules WHERE course_id = :'course' AND module_number = 4;
DELETE FROM exercises WHERE title = 'More yeast';
SELECT object, m, e, change FROM regenerate(:'course') WHERE change <> 'kept';
SELECT object, m, e, change FROM regenerate(:'course', overwrite => true) WHERE change <> 'changed';
-- An exercise that was moved or renumbered is still the same.
UPDATE exercises SET module_id = (SELECT id FROM generated_modules WHERE course_id = :'course' AND module_number = 3), exercise_number = 9 WHERE title = 'More yeast';
SELECT * FROM regenerate(:'course');
SELECT set_variables(:'ada', '{"ENTITY": "mash"}') \g /dev/null
SELECT object, m, e, change, title FROM regenerate(:'course') WHERE object = 'exercise';
SELECT m, e, exercise FROM shown WHERE course_id = :'course' ORDER BY m, e;

-- A module without a place in the course: modules are 1 to 7.
UPDATE generated_modules SET module_number = 5 WHERE course_id = :'course' AND module_number = 4;
INSERT INTO generated_modules (course_id, module_number, title) SELECT :'course', n, 'Hand-made' FROM unnest('{4,6,7}'::integer[]) AS n;
UPDATE blueprint_modules SET active = true WHERE module_number = 5;
SELECT * FROM regenerate(:'course');
DELETE FROM generated_modules WHERE course_id = :'course' AND title = 'Hand-made' AND module_number = 6;
SELECT * FROM regenerate(:'course');

-- A course of an earlier version: what its own variables render now has not been edited.
UPDATE generated_courses SET rendered = NULL;
UPDATE generated_modules SET rendered = NULL;
UPDATE exercises SET rendered = NULL;
UPDATE generated_modules SET title = 'By hand' WHERE course_id = :'course' AND module_number = 2;
SELECT set_variables(:'ada', '{"ENTITY": "wort"}') \g /dev/null
SELECT object, m, e, change, columns, title FROM regenerate(:'course');
SELECT object, m, e, change, columns FROM regenerate(:'course');

-- Errors.
SELECT * FROM error_of(format('SELECT FROM regenerate_course(%L)', :'bob'));
SELECT * FROM error_of('SELECT FROM regenerate_course(NULL)');
SELECT * FROM error_of(format('SELECT FROM regenerate_course(%L, NULL)', :'course'));
SELECT * FROM error_of(format('SELECT FROM regenerate_course(%L, variables => NULL)', :'course'));
SELECT * FROM error_of(format('SELECT FROM regenerate_course(%L, overwrite => NULL)', :'course'));
SELECT * FROM error_of(format('SELECT FROM regenerate_course(%L, variables => ''[]'')', :'course'));
SELECT * FROM error_of(format('SELECT FROM regenerate_course(%L, variables => ''{"ENTITY": "a\nb"}'')', :'course'));
SELECT code, column_name FROM error_of(format('SELECT FROM regenerate_course(%L, variables => jsonb_build_object(''STATE'', repeat(''x'', 201)))', :'course'));
UPDATE blueprint_modules SET variable_schema = '{"required": ["ENTITY", "FLOW"]}' WHERE module_number = 1;
SELECT * FROM error_of(format('SELECT FROM regenerate_course(%L)', :'course'));
SELECT count(*) > 0 AS regenerated FROM regenerate_course(:'course', variables => '{"FLOW": "brewing"}');
UPDATE user_archetypes SET validation_status = 'rejected', validation_reason = 'no';
SELECT code FROM error_of(format('SELECT FROM regenerate_course(%L)', :'course'));
UPDATE user_archetypes SET validation_status = 'valid';

-- What is put back is reported besides what is kept or changed in it.
SAVEPOINT put_back;
SELECT m.id AS retired_module FROM generated_modules AS m JOIN exercises AS e ON e.module_id = m.id WHERE m.course_id = :'course' AND NOT m.retired AND m.blueprint_module_id IS NOT NULL ORDER BY m.module_number DESC LIMIT 1 \gset
UPDATE blueprint_modules SET active = false WHERE id = (SELECT blueprint_module_id FROM generated_modules WHERE id = :'retired_module');
SELECT object, change, columns FROM regenerate_course(:'course') WHERE id = :'retired_module';
UPDATE generated_modules SET title = 'By hand' WHERE id = :'retired_module';
UPDATE blueprint_modules SET active = true WHERE id = (SELECT blueprint_module_id FROM generated_modules WHERE id = :'retired_module');
SELECT object, change, columns FROM regenerate_course(:'course', true) WHERE id = :'retired_module';
SELECT object, change, columns FROM regenerate_course(:'course', true, overwrite => true) WHERE id = :'retired_module';
SELECT object, change, columns FROM regenerate_course(:'course') WHERE id = :'retired_module';
SELECT retired, title FROM generated_modules WHERE id = :'retired_module';
SELECT object, change, columns FROM regenerate_course(:'course') WHERE id = :'retired_module';
ROLLBACK TO put_back;

-- A learner's role regenerates its own courses.
CREATE ROLE regress_author;
SELECT grant_learner('regress_author');
SET LOCAL ROLE regress_author;
SET LOCAL learnify.user_id = :'bob';
SELECT code, column_name FROM error_of(format('SELECT FROM regenerate_course(%L, true)', :'course'));
SET LOCAL learnify.user_id = :'ada';
SELECT count(*) FROM regenerate_course(:'course', true);
SELECT count(*) AS retired FROM generated_modules WHERE retired;
RESET ROLE;

-- Erasing the author takes the variables along, and leaves nobody to regenerate the course for.
SELECT erase_user(:'ada');
SELECT injected_variables, rendered FROM generated_courses WHERE id = :'course';
SELECT code, column_name FROM error_of(format('SELECT FROM regenerate_course(%L)', :'course'));
ROLLBACK;
