-- A retry finds the course of the call before: it has the category, the level among its tags, and
-- exactly the variables that a course made now would have. Two calls at once do not both make
-- one, since the second waits for the archetype's row.
CREATE OR REPLACE FUNCTION onboard(user_id uuid, meta_category text, domain text, skill_level text, variables jsonb DEFAULT '{}')
RETURNS uuid
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_variable
DECLARE
  injected jsonb;
  course_id uuid;
BEGIN
  PERFORM learnify_internal.require_arguments(
    'user_id', user_id, 'meta_category', meta_category, 'domain', domain, 'skill_level', skill_level, 'variables', variables);
  PERFORM learnify_internal.require_acting_user(user_id);
  PERFORM @extschema@.choose_archetype(user_id, meta_category, domain, skill_level);
  PERFORM @extschema@.set_variables(user_id, variables);
  injected := learnify_internal.injected_variables(user_id, '{}');
  SELECT c.id INTO course_id
  FROM @extschema@.generated_courses AS c
  WHERE c.user_id = onboard.user_id
    AND c.meta_category = onboard.meta_category
    AND c.injected_variables = injected
    AND c.status <> 'archived'
    AND EXISTS (SELECT FROM @extschema@.course_tags AS t WHERE t.course_id = c.id AND t.tag = onboard.skill_level)
  ORDER BY c.created_at DESC, c.id
  LIMIT 1;
  RETURN coalesce(course_id, @extschema@.generate_course(user_id));
END
$$;

REVOKE EXECUTE ON FUNCTION onboard(uuid, text, text, text, jsonb) FROM PUBLIC;

COMMENT ON FUNCTION onboard(uuid, text, text, text, jsonb) IS 'Chooses a user''s archetype, sets variables and generates a course, all or nothing, and returns the id of the course; one that an earlier call has made of the same is returned again';
