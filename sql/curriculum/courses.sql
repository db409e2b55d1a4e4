CREATE OR REPLACE FUNCTION learnify_internal.blueprint_missing_variables(variables jsonb)
RETURNS TABLE (module_number integer, concept_slug text, missing text[])
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 1000 ROWS 7
BEGIN ATOMIC
  SELECT b.module_number, b.concept_slug, array_agg(needed.name ORDER BY needed.name)
  FROM blueprint_modules AS b
  CROSS JOIN LATERAL (
    SELECT jsonb_array_elements_text(coalesce(b.variable_schema -> 'required', '[]'))
    UNION
    SELECT unnest(template_variables(b.title_template, true)
                  || template_variables(b.description_template, true)
                  || template_variables(b.learning_objectives, true)
                  || template_variables(b.content_template, true))
  ) AS needed (name)
  WHERE b.active
    AND NOT jsonb_strip_nulls(coalesce(b.variable_schema -> 'defaults', '{}')) || jsonb_strip_nulls(variables) ? needed.name
  GROUP BY b.module_number, b.concept_slug
  ORDER BY b.module_number;
END;

COMMENT ON FUNCTION learnify_internal.blueprint_missing_variables(jsonb) IS 'Returns, for each module of the blueprint, the variables that it requires and that are not among these';

-- SECURITY DEFINER, because learners may not read the blueprint: it holds solutions.
CREATE OR REPLACE FUNCTION missing_variables(user_id uuid)
RETURNS TABLE (module_number integer, concept_slug text, missing text[])
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 1000 ROWS 7
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT b.module_number, b.concept_slug, b.missing
  FROM learnify_internal.blueprint_missing_variables(get_variables(missing_variables.user_id)) AS b
  ORDER BY b.module_number;
END;

REVOKE EXECUTE ON FUNCTION missing_variables(uuid) FROM PUBLIC;

COMMENT ON FUNCTION missing_variables(uuid) IS 'Returns, for each module of the blueprint, the variables that it requires and that the user has not set; no row if none is missing';

CREATE OR REPLACE FUNCTION learnify_internal.check_course_can_be_generated(archetype user_archetypes, user_id uuid, variables jsonb)
RETURNS void
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  lacking text;
BEGIN
  IF archetype.id IS NULL THEN
    PERFORM learnify_internal.require_user(user_id);
    RAISE EXCEPTION 'user % has no archetype', user_id
      USING ERRCODE = 'object_not_in_prerequisite_state',
            COLUMN = 'user_id',
            HINT = 'Call choose_archetype first.';
  END IF;
  IF archetype.validation_status = 'rejected' THEN
    RAISE EXCEPTION 'domain "%" was rejected', learnify_internal.excerpt(archetype.domain)
      USING ERRCODE = 'object_not_in_prerequisite_state',
            COLUMN = 'user_id',
            DETAIL = archetype.validation_reason,
            HINT = 'Choose another domain with choose_archetype, or have this one validated again with request_domain_validation.';
  END IF;
  IF NOT EXISTS (SELECT FROM @extschema@.blueprint_modules AS b WHERE b.active) THEN
    RAISE EXCEPTION 'no module of the blueprint is active'
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Set active = true in rows of blueprint_modules.';
  END IF;

  SELECT string_agg(format('%s (module %s)', array_to_string(b.missing, ', '), b.module_number), ', '
                    ORDER BY b.module_number)
  INTO lacking
  FROM learnify_internal.blueprint_missing_variables(variables) AS b;
  IF lacking IS NOT NULL THEN
    RAISE EXCEPTION 'variables are missing: %', left(lacking, 1000)
      USING ERRCODE = 'undefined_parameter',
            COLUMN = 'variables',
            HINT = 'Supply them with set_variables, or pass them to generate_course.';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.check_course_can_be_generated(user_archetypes, uuid, jsonb) IS 'Raises an error if a course cannot be generated for a user from these variables, and names all that is missing';

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

-- A variable that is null or blank is not given. A null inside a value is part of the value.
CREATE OR REPLACE FUNCTION learnify_internal.injected_variables(user_id uuid, variables jsonb)
RETURNS jsonb
LANGUAGE sql
STABLE PARALLEL SAFE COST 100
BEGIN ATOMIC
  SELECT coalesce(jsonb_object_agg(v.key, v.value), '{}')
  FROM jsonb_each(learnify_internal.tidy_variables(
         get_variables(injected_variables.user_id)
         || (SELECT coalesce(jsonb_object_agg(g.key, g.value), '{}')
             FROM jsonb_each(learnify_internal.tidy_variables(variables)) AS g
             WHERE g.value <> 'null'))) AS v
  WHERE learnify_internal.is_variable_name(v.key);
END;

COMMENT ON FUNCTION learnify_internal.injected_variables(uuid, jsonb) IS 'Returns the variables that a course of a user is made from: the user''s own, and these, which take precedence';

CREATE OR REPLACE FUNCTION generate_course(user_id uuid, variables jsonb DEFAULT '{}')
RETURNS uuid
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  archetype @extschema@.user_archetypes;
  injected jsonb;
  new_course uuid := gen_random_uuid();
BEGIN
  PERFORM learnify_internal.require_arguments('user_id', user_id, 'variables', variables);
  PERFORM learnify_internal.require_acting_user(user_id);
  SELECT * INTO archetype
  FROM @extschema@.user_archetypes AS a
  WHERE a.user_id = generate_course.user_id;
  injected := learnify_internal.injected_variables(user_id, variables);
  PERFORM learnify_internal.require_size(injected, 'injected_variables', 'variables');
  PERFORM learnify_internal.check_course_can_be_generated(archetype, user_id, injected);

  INSERT INTO @extschema@.generated_courses
    (id, user_id, archetype_id, title, description, meta_category, injected_variables)
  VALUES
    (new_course, user_id, archetype.id,
     learnify_internal.require_rendered(
       @extschema@.inject_variables('Software architecture through {DOMAIN}', injected),
       'title', 'title of the course'),
     learnify_internal.require_rendered(
       @extschema@.inject_variables('From a single building block to {CAPSTONE_GOAL|a system of your own}: '
                                    'seven modules that teach how software is built, in the terms of {DOMAIN}.',
                                    injected),
       'description', 'description of the course'),
     archetype.meta_category, injected);

  WITH rendered AS MATERIALIZED (
    SELECT
      gen_random_uuid() AS module_id,
      b.id AS blueprint_module_id,
      b.module_number,
      b.module_number = min(b.module_number) OVER () AS is_first,
      @extschema@.inject_variables(b.title_template, v.merged) AS title,
      @extschema@.inject_variables(b.description_template, v.merged) AS description,
      @extschema@.inject_variables(
        b.content_template || jsonb_build_object('learning_objectives', b.learning_objectives), v.merged) AS content
    FROM @extschema@.blueprint_modules AS b
    CROSS JOIN LATERAL (SELECT coalesce(b.variable_schema -> 'defaults', '{}') || injected) AS v (merged)
    WHERE b.active
  ), modules AS (
    INSERT INTO @extschema@.generated_modules
      (id, course_id, blueprint_module_id, module_number, title, description, content, status, unlocked_at)
    SELECT r.module_id, new_course, r.blueprint_module_id, r.module_number,
           learnify_internal.require_rendered(r.title, 'title', format('title of module %s', r.module_number)),
           learnify_internal.require_rendered(r.description, 'description', format('description of module %s', r.module_number)),
           learnify_internal.require_rendered(r.content - 'exercises', 'content', format('content of module %s', r.module_number)),
           CASE WHEN r.is_first THEN 'active' ELSE 'locked' END,
           CASE WHEN r.is_first THEN now() END
    FROM rendered AS r
  )
  INSERT INTO @extschema@.exercises
    (module_id, exercise_number, title, description, language, starter_code, solution_code, test_cases,
     difficulty, points, hints)
  SELECT r.module_id, e.number,
         learnify_internal.require_rendered(e.exercise ->> 'title', 'title', 'title' || w.whose),
         learnify_internal.require_rendered(coalesce(e.exercise ->> 'description', ''), 'description', 'description' || w.whose),
         e.exercise ->> 'language',
         learnify_internal.require_rendered(coalesce(e.exercise ->> 'starter_code', ''), 'starter_code', 'starter code' || w.whose),
         learnify_internal.require_rendered(coalesce(e.exercise ->> 'solution_code', ''), 'solution_code', 'solution' || w.whose),
         learnify_internal.require_rendered(coalesce(e.exercise -> 'test_cases', '[]'), 'test_cases', 'list of test cases' || w.whose),
         e.exercise ->> 'difficulty', coalesce((e.exercise -> 'points')::integer, 100),
         learnify_internal.require_rendered(coalesce(e.exercise -> 'hints', '[]'), 'hints', 'list of hints' || w.whose)
  FROM rendered AS r
  CROSS JOIN LATERAL jsonb_array_elements(r.content -> 'exercises') WITH ORDINALITY AS e (exercise, number)
  CROSS JOIN LATERAL format(' of exercise %s of module %s', e.number, r.module_number) AS w (whose);

  -- Folded as addresses are, so that a domain has the same tag in every locale.
  INSERT INTO @extschema@.course_tags (course_id, tag)
  SELECT DISTINCT new_course,
         regexp_replace(@extschema@.fold_email(t.word) COLLATE "C", '[[:space:]]+', '-', 'g')
  FROM unnest(ARRAY[learnify_internal.fit_text(archetype.domain, 'domain'), archetype.meta_category, archetype.skill_level]) AS t (word)
  WHERE t.word <> '';
  RETURN new_course;
END
$$;

REVOKE EXECUTE ON FUNCTION generate_course(uuid, jsonb) FROM PUBLIC;

COMMENT ON FUNCTION generate_course(uuid, jsonb) IS 'Generates a course with its modules, exercises and tags for a user, by injecting the user''s variables and these, which take precedence, into the blueprint; returns the id of the course';
