-- Renders the blueprint with variables, for generate_course and regenerate_course alike.
--
-- The column rendered of a course, a module and an exercise says what it was rendered from, with
-- a digest, by which an edit made by hand can be told afterwards:
--
--   generated_courses  {"variables": those given for this course only, "modules": the numbers of the
--                      blueprint's modules, "tags": [...], "title": digest, "description": digest}
--   generated_modules  {"exercises": how many, "digest": digest}
--   exercises          {"module_id": where it was rendered, "number": its place there, "digest": digest}
--
-- The functions are not BEGIN ATOMIC, because no column with a default could be added to a table
-- whose row such a body reads.

CREATE OR REPLACE FUNCTION learnify_internal.rendering_digest(module generated_modules)
RETURNS text
LANGUAGE sql
STABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT md5(jsonb_build_array(module.title, module.description, module.content)::text)
$$;

COMMENT ON FUNCTION learnify_internal.rendering_digest(generated_modules) IS 'Returns a digest of what is rendered of a module';

CREATE OR REPLACE FUNCTION learnify_internal.rendering_digest(exercise exercises)
RETURNS text
LANGUAGE sql
STABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT md5(jsonb_build_array(exercise.title, exercise.description, exercise.language, exercise.starter_code,
                               exercise.solution_code, exercise.test_cases, exercise.difficulty, exercise.points,
                               exercise.hints)::text)
$$;

COMMENT ON FUNCTION learnify_internal.rendering_digest(exercises) IS 'Returns a digest of what is rendered of an exercise';

-- The variables of a course are its author's, as far as the course was given none of its own. Those
-- that are null or blank are not given.
CREATE OR REPLACE FUNCTION learnify_internal.given_variables(variables jsonb)
RETURNS jsonb
LANGUAGE sql
STABLE PARALLEL SAFE COST 100
BEGIN ATOMIC
  SELECT coalesce(jsonb_object_agg(v.key, v.value), '{}')
  FROM jsonb_each(learnify_internal.tidy_variables(variables)) AS v
  WHERE v.value <> 'null';
END;

COMMENT ON FUNCTION learnify_internal.given_variables(jsonb) IS 'Returns variables without those that are null or blank; raises an error where one breaks a rule';

CREATE OR REPLACE FUNCTION learnify_internal.variables_to_inject(variables jsonb)
RETURNS jsonb
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  injected jsonb;
BEGIN
  SELECT coalesce(jsonb_object_agg(v.key, v.value), '{}')
  INTO injected
  FROM jsonb_each(learnify_internal.tidy_variables(variables)) AS v
  WHERE learnify_internal.is_variable_name(v.key);
  PERFORM learnify_internal.require_size(injected, 'injected_variables', 'variables');
  RETURN injected;
END
$$;

COMMENT ON FUNCTION learnify_internal.variables_to_inject(jsonb) IS 'Returns the variables that a template can have; raises an error where one breaks a rule';

CREATE OR REPLACE FUNCTION learnify_internal.injected_variables(user_id uuid, variables jsonb)
RETURNS jsonb
LANGUAGE sql
STABLE PARALLEL SAFE COST 100
BEGIN ATOMIC
  SELECT learnify_internal.variables_to_inject(
    get_variables(injected_variables.user_id) || learnify_internal.given_variables(injected_variables.variables));
END;

COMMENT ON FUNCTION learnify_internal.injected_variables(uuid, jsonb) IS 'Returns the variables that a course of a user is made from: the user''s own, and these, which take precedence';

-- A short variable makes a long text where a template has it often.
CREATE OR REPLACE FUNCTION learnify_internal.require_rendered(value text, kind text, what text)
RETURNS text
LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  fault CONSTANT text := learnify_internal.text_fault(value, kind);
BEGIN
  IF fault IS NOT NULL THEN
    RAISE EXCEPTION '% "%" %', what, learnify_internal.excerpt(value), fault
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'variables',
            HINT = 'Give shorter values to the variables in it.';
  END IF;
  RETURN value;
END
$$;

COMMENT ON FUNCTION learnify_internal.require_rendered(text, text, text) IS 'Returns a text that was made from a template and variables; raises invalid_parameter_value for variables where it breaks the rule of its kind';

CREATE OR REPLACE FUNCTION learnify_internal.require_rendered(value jsonb, kind text, what text)
RETURNS jsonb
LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  fault CONSTANT text := learnify_internal.document_fault(value, kind);
BEGIN
  IF fault IS NOT NULL THEN
    RAISE EXCEPTION '% %', what, fault
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'variables',
            HINT = 'Give shorter values to the variables in it.';
  END IF;
  RETURN value;
END
$$;

COMMENT ON FUNCTION learnify_internal.require_rendered(jsonb, text, text) IS 'The same for a document';

CREATE OR REPLACE FUNCTION learnify_internal.modules_that_teach()
RETURNS text
LANGUAGE sql
STABLE PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT CASE count(*)
    WHEN 1 THEN 'one module that teaches'
    ELSE format('%s modules that teach', ('{one,two,three,four,five,six,seven}'::text[])[count(*)])
  END
  FROM blueprint_modules AS b
  WHERE b.active;
END;

COMMENT ON FUNCTION learnify_internal.modules_that_teach() IS 'Returns how many modules a course has that is generated now, in words for its description';

CREATE OR REPLACE FUNCTION learnify_internal.render_course(variables jsonb)
RETURNS generated_courses
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  course @extschema@.generated_courses;
BEGIN
  course.title := learnify_internal.require_rendered(
    @extschema@.inject_variables('Software architecture through {DOMAIN}', variables), 'title', 'title of the course');
  course.description := learnify_internal.require_rendered(
    @extschema@.inject_variables(format('From a single building block to {CAPSTONE_GOAL|a system of your own}: '
                                        '%s how software is built, in the terms of {DOMAIN}.', learnify_internal.modules_that_teach()), variables),
    'description', 'description of the course');
  course.injected_variables := variables;
  RETURN course;
END
$$;

COMMENT ON FUNCTION learnify_internal.render_course(jsonb) IS 'Returns the title and the description of a course with these variables';

CREATE OR REPLACE FUNCTION learnify_internal.render_modules(variables jsonb)
RETURNS TABLE (module generated_modules, exercises jsonb)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10000 ROWS 7
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  template record;
  rendered @extschema@.generated_modules;
BEGIN
  FOR template IN
    SELECT b.id, b.module_number,
           @extschema@.inject_variables(b.title_template, v.merged) AS title,
           @extschema@.inject_variables(b.description_template, v.merged) AS description,
           @extschema@.inject_variables(
             b.content_template || jsonb_build_object('learning_objectives', b.learning_objectives), v.merged) AS content
    FROM @extschema@.blueprint_modules AS b
    CROSS JOIN LATERAL (SELECT coalesce(b.variable_schema -> 'defaults', '{}') || variables) AS v (merged)
    WHERE b.active
    ORDER BY b.module_number
  LOOP
    rendered := NULL;
    rendered.blueprint_module_id := template.id;
    rendered.module_number := template.module_number;
    rendered.title := learnify_internal.require_rendered(template.title, 'title', format('title of module %s', template.module_number));
    rendered.description := learnify_internal.require_rendered(template.description, 'description', format('description of module %s', template.module_number));
    rendered.content := learnify_internal.require_rendered(template.content - 'exercises', 'content', format('content of module %s', template.module_number));
    rendered.retired := false;
    exercises := coalesce(template.content -> 'exercises', '[]');
    rendered.rendered := jsonb_build_object('exercises', jsonb_array_length(exercises),
                                            'digest', learnify_internal.rendering_digest(rendered));
    module := rendered;
    RETURN NEXT;
  END LOOP;
END
$$;

COMMENT ON FUNCTION learnify_internal.render_modules(jsonb) IS 'Returns the modules of the active blueprint with these variables, each with its exercises as a document';

CREATE OR REPLACE FUNCTION learnify_internal.render_exercises(module_id uuid, module_number integer, exercises jsonb)
RETURNS SETOF exercises
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000 ROWS 3
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  template record;
  whose text;
  rendered @extschema@.exercises;
BEGIN
  FOR template IN
    SELECT e.number::integer AS number, e.exercise
    FROM jsonb_array_elements(exercises) WITH ORDINALITY AS e (exercise, number)
    ORDER BY e.number
  LOOP
    whose := format(' of exercise %s of module %s', template.number, module_number);
    rendered := NULL;
    rendered.id := gen_random_uuid();
    rendered.module_id := module_id;
    rendered.exercise_number := template.number;
    rendered.title := learnify_internal.require_rendered(template.exercise ->> 'title', 'title', 'title' || whose);
    rendered.description := learnify_internal.require_rendered(coalesce(template.exercise ->> 'description', ''), 'description', 'description' || whose);
    rendered.language := template.exercise ->> 'language';
    rendered.starter_code := learnify_internal.require_rendered(coalesce(template.exercise ->> 'starter_code', ''), 'starter_code', 'starter code' || whose);
    rendered.solution_code := learnify_internal.require_rendered(coalesce(template.exercise ->> 'solution_code', ''), 'solution_code', 'solution' || whose);
    rendered.test_cases := learnify_internal.require_rendered(coalesce(template.exercise -> 'test_cases', '[]'), 'test_cases', 'list of test cases' || whose);
    rendered.difficulty := template.exercise ->> 'difficulty';
    rendered.points := coalesce((template.exercise -> 'points')::integer, 100);
    rendered.hints := learnify_internal.require_rendered(coalesce(template.exercise -> 'hints', '[]'), 'hints', 'list of hints' || whose);
    rendered.retired := false;
    rendered.rendered := jsonb_build_object('module_id', module_id, 'number', template.number,
                                            'digest', learnify_internal.rendering_digest(rendered));
    RETURN NEXT rendered;
  END LOOP;
END
$$;

COMMENT ON FUNCTION learnify_internal.render_exercises(uuid, integer, jsonb) IS 'Returns the exercises of a module, which render_modules has rendered, as rows with new ids';

-- One statement, so that learners' progress follows both at once.
CREATE OR REPLACE FUNCTION learnify_internal.write_rendered(modules generated_modules[], exercises exercises[])
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  INSERT INTO @extschema@.generated_modules
    (id, course_id, blueprint_module_id, module_number, title, description, content, status, unlocked_at, rendered)
  SELECT m.id, m.course_id, m.blueprint_module_id, m.module_number, m.title, m.description, m.content, m.status, m.unlocked_at, m.rendered
  FROM unnest(modules) AS m;
  INSERT INTO @extschema@.exercises
    (id, module_id, exercise_number, title, description, language, starter_code, solution_code, test_cases,
     difficulty, points, hints, rendered)
  SELECT e.id, e.module_id, e.exercise_number, e.title, e.description, e.language, e.starter_code, e.solution_code, e.test_cases,
         e.difficulty, e.points, e.hints, e.rendered
  FROM unnest(exercises) AS e;
END
$$;

COMMENT ON FUNCTION learnify_internal.write_rendered(generated_modules[], exercises[]) IS 'Inserts modules and exercises that have been rendered';

-- Folded as addresses are, so that a domain has the same tag in every locale.
CREATE OR REPLACE FUNCTION learnify_internal.tags_of_archetype(archetype user_archetypes)
RETURNS text[]
LANGUAGE sql
STABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT ARRAY(
    SELECT DISTINCT
           regexp_replace(@extschema@.fold_email(t.word) COLLATE "C", '[[:space:]]+', '-', 'g')
    FROM unnest(ARRAY[learnify_internal.fit_text(archetype.domain, 'domain'), archetype.meta_category, archetype.skill_level]) AS t (word)
    WHERE t.word <> '')
$$;

COMMENT ON FUNCTION learnify_internal.tags_of_archetype(user_archetypes) IS 'Returns the tags of a course that is generated for an archetype';

CREATE OR REPLACE FUNCTION learnify_internal.rendering_of_course(course generated_courses, variables jsonb, modules integer[], tags text[])
RETURNS jsonb
LANGUAGE sql
STABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT jsonb_build_object(
    'variables', variables,
    'modules', to_jsonb(modules),
    'tags', to_jsonb(tags),
    'title', md5(course.title),
    'description', md5(course.description))
$$;

COMMENT ON FUNCTION learnify_internal.rendering_of_course(generated_courses, jsonb, integer[], text[]) IS 'Returns what generated_courses.rendered says of a course that has been rendered with these modules of the blueprint';
