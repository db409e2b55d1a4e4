CREATE OR REPLACE FUNCTION learnify_internal.search_parameters(budget double precision)
RETURNS TABLE (parameters jsonb, ndcg double precision, default_ndcg double precision, tried integer, interactions bigint)
LANGUAGE c
STABLE STRICT PARALLEL RESTRICTED COST 100000000 ROWS 1
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS 'MODULE_PATHNAME', 'search_parameters';

COMMENT ON FUNCTION learnify_internal.search_parameters(double precision) IS 'Searches for that many seconds for parameters of the recommendation model that predict better than the default does, and returns these, or NULL if there are none, with NDCG@20 of both on interactions that the search did not see, how many fits it made, and how many interactions there are';

CREATE OR REPLACE FUNCTION learnify_internal.keep_tuning(parameters jsonb, interactions bigint, budget interval,
                                                         ndcg double precision, default_ndcg double precision)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  PERFORM learnify_internal.model_parameters(keep_tuning.parameters);
  INSERT INTO learnify_internal.recommendation_model
    (parameters, tuned_at, tuned_interactions, tuning_budget, tuned_ndcg, default_ndcg)
  VALUES (keep_tuning.parameters, now(), keep_tuning.interactions, keep_tuning.budget, keep_tuning.ndcg,
          keep_tuning.default_ndcg)
  ON CONFLICT (id) DO UPDATE
  SET parameters = excluded.parameters,
      tuned_at = excluded.tuned_at,
      tuned_interactions = excluded.tuned_interactions,
      tuning_budget = excluded.tuning_budget,
      tuned_ndcg = excluded.tuned_ndcg,
      default_ndcg = excluded.default_ndcg;
END
$$;

COMMENT ON FUNCTION learnify_internal.keep_tuning(jsonb, bigint, interval, double precision, double precision) IS 'Stores which parameters tune_recommendations chose, and why';

CREATE OR REPLACE FUNCTION learnify_internal.tune_recommendation_model(budget interval)
RETURNS TABLE (parameters jsonb, ndcg double precision, default_ndcg double precision, tried integer)
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100000000 ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  interactions bigint;
BEGIN
  SELECT s.parameters, s.ndcg, s.default_ndcg, s.tried, s.interactions
  INTO parameters, ndcg, default_ndcg, tried, interactions
  FROM learnify_internal.search_parameters(extract(epoch FROM budget)::double precision) AS s;
  PERFORM learnify_internal.keep_tuning(parameters, interactions, budget, ndcg, default_ndcg);
  RETURN NEXT;
END
$$;

COMMENT ON FUNCTION learnify_internal.tune_recommendation_model(interval) IS 'Does what tune_recommendations does, for a caller who keeps other refreshes from reading the choice meanwhile';

CREATE OR REPLACE FUNCTION tune_recommendations(budget interval DEFAULT '1 minute')
RETURNS TABLE (parameters jsonb, ndcg double precision, default_ndcg double precision, tried integer)
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100000000 ROWS 1
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET jit = off
AS $$
BEGIN
  PERFORM learnify_internal.require_arguments('budget', budget);
  IF budget NOT BETWEEN interval '1 second' AND interval '1 day' THEN
    RAISE EXCEPTION 'budget cannot be %', budget
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'budget',
            HINT = 'Pass 1 second to 1 day.';
  END IF;

  -- Refreshes of all recommendations read the choice.
  PERFORM learnify_internal.hold_lock('recommendations');
  IF learnify_internal.is_coordinating() THEN
    PERFORM learnify_internal.gather_interests(NULL);
    RETURN QUERY
      SELECT r.*
      FROM learnify_internal.on_gathered(format('SELECT * FROM learnify_internal.tune_recommendation_model(%L)', budget))
        AS r (parameters jsonb, ndcg double precision, default_ndcg double precision, tried integer);
    RETURN;
  END IF;
  RETURN QUERY SELECT * FROM learnify_internal.tune_recommendation_model(budget);
END
$$;

COMMENT ON FUNCTION tune_recommendations(interval) IS 'Searches for about this time for parameters of the recommendation model that predict what learners take better than the default does; refresh_recommendations uses them from then on, and searches again once there are twice as many interactions. Returns the parameters, NULL if the default stays, and NDCG@20 of both on interactions that the search did not see';
