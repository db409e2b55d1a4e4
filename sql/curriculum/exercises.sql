CREATE OR REPLACE FUNCTION visible_test_cases(exercise_id uuid)
RETURNS jsonb
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT coalesce((SELECT jsonb_agg(t.test_case ORDER BY t.number)
                   FROM jsonb_array_elements(e.test_cases) WITH ORDINALITY AS t (test_case, number)
                   WHERE t.test_case -> 'is_hidden' = 'false'), '[]')
  FROM exercises AS e
  WHERE e.id = visible_test_cases.exercise_id
    AND (NOT learnify_internal.role_is_bound() OR learnify_internal.may_see_module(e.module_id, current_learner()));
END;

REVOKE EXECUTE ON FUNCTION visible_test_cases(uuid) FROM PUBLIC;

COMMENT ON FUNCTION visible_test_cases(uuid) IS 'Returns the test cases of an exercise that are marked as not hidden, which learners may see';
