-- The day before in a zone: two before where the zone left one out, as Samoa did
-- when it moved over the date line. Not strict, so that it is inlined.
CREATE FUNCTION previous_day(day date, zone text)
RETURNS date
LANGUAGE sql
STABLE PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT CASE
    WHEN isfinite(day) AND (day - 1)::timestamp AT TIME ZONE zone = day::timestamp AT TIME ZONE zone THEN day - 2
    ELSE day - 1
  END;
END;

COMMENT ON FUNCTION previous_day(date, text) IS 'Returns the day before in a time zone, which may have left one out';

-- From the latest day back to the first gap: one look into the index for each day.
CREATE FUNCTION streak_days(user_id uuid, as_of timestamptz DEFAULT now())
RETURNS integer
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  zone text := (
    SELECT CASE WHEN @extschema@.is_time_zone_name(u.time_zone) THEN u.time_zone ELSE 'UTC' END
    FROM @extschema@.users AS u
    WHERE u.id = streak_days.user_id);
  latest timestamptz := (
    SELECT max(s.submitted_at)
    FROM @extschema@.module_completions AS s
    WHERE s.user_id = streak_days.user_id AND s.submitted_at <= as_of);
  day date := (latest AT TIME ZONE zone)::date;
  earlier date;
  days integer := 1;
BEGIN
  IF latest IS NULL OR day < @extschema@.previous_day((as_of AT TIME ZONE zone)::date, zone) THEN
    RETURN 0;
  END IF;
  LOOP
    latest := (
      SELECT max(s.submitted_at)
      FROM @extschema@.module_completions AS s
      WHERE s.user_id = streak_days.user_id AND s.submitted_at < least(latest, day::timestamp AT TIME ZONE zone));
    earlier := (latest AT TIME ZONE zone)::date;
    EXIT WHEN latest IS NULL OR earlier < @extschema@.previous_day(day, zone);
    IF earlier < day THEN  -- not so where clocks went back over midnight
      days := days + 1;
      day := earlier;
    END IF;
  END LOOP;
  RETURN days;
END
$$;

COMMENT ON FUNCTION streak_days(uuid, timestamptz) IS 'Returns on how many consecutive days of the user''s time zone, up to the day of as_of or the day before, the user has submitted work';

-- One metric at a time: what a submission sets off needs no more.
CREATE FUNCTION learner_metric(user_id uuid, metric text)
RETURNS numeric
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  measured numeric;
BEGIN
  CASE metric
    WHEN 'modules_completed' THEN
      SELECT count(*) INTO measured
      FROM (SELECT DISTINCT m.course_id
            FROM @extschema@.module_completions AS s
            JOIN @extschema@.generated_modules AS m ON m.id = s.module_id
            WHERE s.user_id = learner_metric.user_id) AS c
      CROSS JOIN LATERAL @extschema@.module_states(learner_metric.user_id, c.course_id) AS s
      WHERE s.completed;
    WHEN 'courses_completed' THEN
      SELECT count(*) INTO measured
      FROM @extschema@.user_progress AS p
      WHERE p.user_id = learner_metric.user_id AND p.completed_at IS NOT NULL;
    WHEN 'exercises_solved' THEN
      SELECT count(DISTINCT s.exercise_id) INTO measured
      FROM @extschema@.module_completions AS s
      WHERE s.user_id = learner_metric.user_id AND s.passed;
    WHEN 'perfect_scores' THEN
      SELECT count(DISTINCT coalesce(s.exercise_id, s.module_id)) INTO measured
      FROM @extschema@.module_completions AS s
      WHERE s.user_id = learner_metric.user_id AND s.score = 100;
    WHEN 'review_average' THEN
      SELECT coalesce(round(avg(r.overall_score), 2), 0) INTO measured
      FROM @extschema@.architecture_reviews AS r
      WHERE r.user_id = learner_metric.user_id;
    WHEN 'reviews_received' THEN
      SELECT count(*) INTO measured
      FROM @extschema@.architecture_reviews AS r
      WHERE r.user_id = learner_metric.user_id;
    WHEN 'streak_days' THEN
      measured := @extschema@.streak_days(user_id);
    WHEN 'hours_learned' THEN
      SELECT coalesce(round(sum(p.time_spent_minutes) / 60.0, 2), 0) INTO measured
      FROM @extschema@.user_progress AS p
      WHERE p.user_id = learner_metric.user_id;
  END CASE;
  RETURN measured;
END
$$;

COMMENT ON FUNCTION learner_metric(uuid, text) IS 'Returns one of the metrics of user_stats';

CREATE FUNCTION user_stats(user_id uuid)
RETURNS TABLE (modules_completed integer, courses_completed integer, exercises_solved integer,
               perfect_scores integer, review_average numeric, streak_days integer, hours_learned numeric,
               reviews_received integer)
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 10000 ROWS 1
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM @extschema@.require_acting_user(user_id);
  PERFORM @extschema@.require_user(user_id);
  RETURN QUERY SELECT
    @extschema@.learner_metric(user_id, 'modules_completed')::integer,
    @extschema@.learner_metric(user_id, 'courses_completed')::integer,
    @extschema@.learner_metric(user_id, 'exercises_solved')::integer,
    @extschema@.learner_metric(user_id, 'perfect_scores')::integer,
    @extschema@.learner_metric(user_id, 'review_average'),
    @extschema@.learner_metric(user_id, 'streak_days')::integer,
    @extschema@.learner_metric(user_id, 'hours_learned'),
    @extschema@.learner_metric(user_id, 'reviews_received')::integer;
END
$$;

REVOKE EXECUTE ON FUNCTION user_stats(uuid) FROM PUBLIC;

COMMENT ON FUNCTION user_stats(uuid) IS 'Returns what a learner has done, in one row, derived from the rows of work at each call';
