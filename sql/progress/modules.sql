CREATE OR REPLACE FUNCTION learnify_internal.module_state(user_id uuid, module_id uuid)
RETURNS TABLE (exercises integer, solved integer, completed boolean)
LANGUAGE c
STABLE STRICT PARALLEL SAFE COST 100 ROWS 1
AS 'MODULE_PATHNAME', 'module_state';

COMMENT ON FUNCTION learnify_internal.module_state(uuid, uuid) IS 'Returns how far a learner is in a module: exercises, exercises solved, completed';

CREATE OR REPLACE FUNCTION learnify_internal.module_states(user_id uuid, course_id uuid)
RETURNS TABLE (module_id uuid, module_number integer, exercises integer, solved integer, completed boolean,
               status text)
LANGUAGE c
STABLE STRICT PARALLEL SAFE COST 100 ROWS 7
AS 'MODULE_PATHNAME', 'module_states';

COMMENT ON FUNCTION learnify_internal.module_states(uuid, uuid) IS 'Returns a course''s modules and how far this learner is in each: exercises, exercises solved, completed, and the status that follows';

CREATE OR REPLACE FUNCTION learnify_internal.completes_module(user_id uuid, module_id uuid, by_exercise boolean)
RETURNS boolean
LANGUAGE c
STABLE STRICT PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'completes_module';

COMMENT ON FUNCTION learnify_internal.completes_module(uuid, uuid, boolean) IS 'Returns whether a module is complete now that one of its exercises, or else the module itself, is solved; the latter completes no module that has exercises';

CREATE OR REPLACE FUNCTION learnify_internal.module_result(user_id uuid, module_id uuid)
RETURNS TABLE (score numeric, completed_at timestamptz)
LANGUAGE c
STABLE STRICT PARALLEL SAFE COST 100 ROWS 1
AS 'MODULE_PATHNAME', 'module_result';

COMMENT ON FUNCTION learnify_internal.module_result(uuid, uuid) IS 'Returns what the feed says of a completed module: the mean of the best scores, and when it was completed';

CREATE OR REPLACE FUNCTION course_outline(user_id uuid, course_id uuid)
RETURNS TABLE (module_id uuid, module_number integer, title text, description text, state text,
               exercises integer, solved integer)
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 1000 ROWS 7
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
  PERFORM learnify_internal.require_acting_user(course_outline.user_id);
  RETURN QUERY
    SELECT s.module_id, s.module_number, m.title, m.description,
           s.status, s.exercises, s.solved
    FROM learnify_internal.module_states(course_outline.user_id, course_outline.course_id) AS s
    JOIN @extschema@.generated_modules AS m ON m.course_id = course_outline.course_id AND m.id = s.module_id
    JOIN @extschema@.generated_courses AS c ON c.id = m.course_id
    WHERE NOT learnify_internal.role_is_bound() OR learnify_internal.may_see_course(c.id, c.user_id, course_outline.user_id)
    ORDER BY s.module_number;
END
$$;

REVOKE EXECUTE ON FUNCTION course_outline(uuid, uuid) FROM PUBLIC;

COMMENT ON FUNCTION course_outline(uuid, uuid) IS 'Returns a course''s modules with this learner''s own state in each: locked, active or completed';

CREATE OR REPLACE FUNCTION learnify_internal.perfect_score()
RETURNS integer
LANGUAGE c
IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'perfect_score';

COMMENT ON FUNCTION learnify_internal.perfect_score() IS 'Returns the score of a submission without a mistake';

CREATE OR REPLACE FUNCTION learnify_internal.complete_percentage()
RETURNS integer
LANGUAGE c
IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'complete_percentage';

COMMENT ON FUNCTION learnify_internal.complete_percentage() IS 'Returns the progress_percentage of a completed course';
