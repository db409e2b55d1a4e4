CREATE OR REPLACE FUNCTION learnify_internal.blueprint_missing_variables(variables jsonb)
RETURNS TABLE (module_number integer, concept_slug text, missing text[])
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 1000 ROWS 7
BEGIN ATOMIC
  SELECT b.module_number, b.concept_slug, array_agg(needed.name ORDER BY needed.name COLLATE "C")
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

CREATE OR REPLACE FUNCTION generate_course(user_id uuid, variables jsonb DEFAULT '{}')
RETURNS uuid
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
SET learnify_internal.course_in_the_making = ''
AS $$
DECLARE
  archetype @extschema@.user_archetypes;
  tags text[];
  injected jsonb;
  course @extschema@.generated_courses;
  rendered record;
  module @extschema@.generated_modules;
  modules @extschema@.generated_modules[] := '{}';
  exercises @extschema@.exercises[] := '{}';
BEGIN
  PERFORM learnify_internal.require_arguments('user_id', user_id, 'variables', variables);
  PERFORM learnify_internal.require_acting_user(user_id);
  SELECT * INTO archetype
  FROM @extschema@.user_archetypes AS a
  WHERE a.user_id = generate_course.user_id;
  injected := learnify_internal.injected_variables(user_id, variables);
  PERFORM learnify_internal.check_course_can_be_generated(archetype, user_id, injected);

  course := learnify_internal.render_course(injected);
  course.id := gen_random_uuid();
  FOR rendered IN SELECT r.module, r.exercises FROM learnify_internal.render_modules(injected) AS r LOOP
    module := rendered.module;
    module.id := gen_random_uuid();
    module.course_id := course.id;
    module.status := CASE WHEN cardinality(modules) = 0 THEN 'active' ELSE 'locked' END;
    module.unlocked_at := CASE WHEN cardinality(modules) = 0 THEN now() END;
    modules := modules || module;
    exercises := exercises || ARRAY(
      SELECT e
      FROM learnify_internal.render_exercises(module.id, module.module_number, rendered.exercises) AS e);
  END LOOP;
  tags := learnify_internal.tags_of_archetype(archetype);
  course.rendered := learnify_internal.rendering_of_course(course, learnify_internal.given_variables(variables),
                                                           ARRAY(SELECT m.module_number FROM unnest(modules) AS m), tags);
  PERFORM set_config('learnify_internal.course_in_the_making', course.id::text, true);
  INSERT INTO @extschema@.generated_courses
    (id, user_id, archetype_id, title, description, meta_category, injected_variables, rendered)
  VALUES
    (course.id, user_id, archetype.id, course.title, course.description, archetype.meta_category, injected, course.rendered);
  PERFORM learnify_internal.write_rendered(modules, exercises);
  INSERT INTO @extschema@.course_tags (course_id, tag) SELECT course.id, t.tag FROM unnest(tags) AS t (tag);
  PERFORM learnify_internal.write_documents(ARRAY[course.id]);
  RETURN course.id;
END
$$;

REVOKE EXECUTE ON FUNCTION generate_course(uuid, jsonb) FROM PUBLIC;

COMMENT ON FUNCTION generate_course(uuid, jsonb) IS 'Generates a course with its modules, exercises and tags for a user, by injecting the user''s variables and these, which take precedence, into the blueprint; returns the id of the course';
