CREATE OR REPLACE FUNCTION streak_days(user_id uuid, as_of timestamptz DEFAULT now())
RETURNS integer
LANGUAGE c
STABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'streak_days';

COMMENT ON FUNCTION streak_days(uuid, timestamptz) IS 'Returns on how many consecutive days of the user''s time zone, up to the day of as_of or the day before, the user has submitted work';

CREATE OR REPLACE FUNCTION learnify_internal.learner_metric(user_id uuid, metric text)
RETURNS numeric
LANGUAGE c
STABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'learner_metric';

COMMENT ON FUNCTION learnify_internal.learner_metric(uuid, text) IS 'Returns one of the metrics of user_stats';

CREATE OR REPLACE FUNCTION learnify_internal.metrics()
RETURNS TABLE (metric text, events text[])
LANGUAGE c
IMMUTABLE PARALLEL SAFE COST 1 ROWS 8
AS 'MODULE_PATHNAME', 'metrics';

COMMENT ON FUNCTION learnify_internal.metrics() IS 'Returns the metrics that achievements may name, which are the columns of user_stats, each with the events that can raise it';

CREATE OR REPLACE FUNCTION user_stats(user_id uuid)
RETURNS TABLE (modules_completed integer, courses_completed integer, exercises_solved integer,
               perfect_scores integer, review_average numeric, streak_days integer, hours_learned numeric,
               reviews_received integer)
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 10000 ROWS 1
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM learnify_internal.require_acting_user(user_id);
  PERFORM learnify_internal.require_user(user_id);
  RETURN QUERY SELECT
    learnify_internal.learner_metric(user_id, 'modules_completed')::integer,
    learnify_internal.learner_metric(user_id, 'courses_completed')::integer,
    learnify_internal.learner_metric(user_id, 'exercises_solved')::integer,
    learnify_internal.learner_metric(user_id, 'perfect_scores')::integer,
    learnify_internal.learner_metric(user_id, 'review_average'),
    learnify_internal.learner_metric(user_id, 'streak_days')::integer,
    learnify_internal.learner_metric(user_id, 'hours_learned'),
    learnify_internal.learner_metric(user_id, 'reviews_received')::integer;
END
$$;

REVOKE EXECUTE ON FUNCTION user_stats(uuid) FROM PUBLIC;

COMMENT ON FUNCTION user_stats(uuid) IS 'Returns what a learner has done, in one row, derived from the rows of work at each call';
