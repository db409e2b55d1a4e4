CREATE OR REPLACE FUNCTION streak_days(user_id uuid, as_of timestamptz DEFAULT now())
RETURNS integer
LANGUAGE c
STABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'streak_days';

COMMENT ON FUNCTION streak_days(uuid, timestamptz) IS 'Returns the length of a user''s streak: for how many consecutive days, in the user''s time zone, up to the day of as_of or the day before, the user submitted work';

CREATE OR REPLACE FUNCTION learning_streaks(user_id uuid, as_of timestamptz DEFAULT now())
RETURNS TABLE (current_days integer, current_since date, keep_until date, last_day date,
               longest_days integer, longest_since date, longest_until date)
LANGUAGE c
STABLE STRICT PARALLEL SAFE COST 10000 ROWS 1
AS 'MODULE_PATHNAME', 'learning_streaks';

COMMENT ON FUNCTION learning_streaks(uuid, timestamptz) IS 'Returns the streak that a user is in, of how many days, since when, and until when work continues it; the last day with work; and the longest streak';

CREATE OR REPLACE FUNCTION learnify_internal.continues_streak(time_zone text, earlier date, later date)
RETURNS boolean
LANGUAGE c
STABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'continues_streak';

COMMENT ON FUNCTION learnify_internal.continues_streak(text, date, date) IS 'Returns whether work on a day continues a streak that reached an earlier day, in a time zone';

CREATE OR REPLACE FUNCTION learnify_internal.learner_metric(user_id uuid, metric text)
RETURNS numeric
LANGUAGE c
STABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'learner_metric';

COMMENT ON FUNCTION learnify_internal.learner_metric(uuid, text) IS 'Returns one metric of a learner, that is, the column of user_stats with this name';

CREATE OR REPLACE FUNCTION learnify_internal.metrics()
RETURNS TABLE (metric text, events text[])
LANGUAGE c
IMMUTABLE PARALLEL SAFE COST 1 ROWS 8
AS 'MODULE_PATHNAME', 'metrics';

COMMENT ON FUNCTION learnify_internal.metrics() IS 'Returns the metrics by which achievements can be earned, which are the columns of user_stats, each with the events that can raise it';

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

COMMENT ON FUNCTION user_stats(uuid) IS 'Returns in one row what a learner has done: modules and courses completed, exercises solved, perfect scores, reviews received and their average, days of the streak and hours learned; computed from the learner''s work at each call';
