-- Counts the window first, from the index on started_at alone, and joins only
-- what is left: the cost is the sign-ups of 48 hours, however long the history.
CREATE FUNCTION refresh_trending(as_of timestamptz DEFAULT now())
RETURNS integer
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
  ranked integer;
BEGIN
  IF NOT isfinite(as_of) THEN
    RAISE EXCEPTION 'cannot compute trending courses as of %', as_of
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Pass a finite instant, or leave it out for now.';
  END IF;

  -- A second refresh waits here; readers never do.
  LOCK TABLE @extschema@.trending_courses IN SHARE ROW EXCLUSIVE MODE;

  WITH counted AS MATERIALIZED (
    SELECT p.course_id, @extschema@.window_signups(p.started_at, as_of) AS signups
    FROM @extschema@.user_progress AS p
    WHERE p.started_at > as_of - interval '48 hours' AND p.started_at <= as_of
    GROUP BY p.course_id
  ), site AS (
    SELECT coalesce(sum(signups[1]) / nullif(sum(signups[2]), 0), 1)::double precision AS ratio
    FROM counted
  ), courses AS MATERIALIZED (
    -- A course that is being deleted is passed over: waiting for it could
    -- deadlock with the deletion, which needs the table locked above.
    -- The earlier exposure is 1 to 24 hours; bounded as an instant, since
    -- created_at may be infinite.
    SELECT c.id, c.meta_category, n.signups,
           extract(epoch FROM as_of - interval '24 hours'
             - least(greatest(c.created_at, as_of - interval '48 hours'), as_of - interval '25 hours')) / 3600 AS exposure
    FROM counted AS n
    JOIN @extschema@.generated_courses AS c ON c.id = n.course_id
    WHERE n.signups[1] > 0 AND c.status <> 'archived'
    FOR KEY SHARE OF c SKIP LOCKED
  ), scored AS (
    SELECT c.id, c.meta_category, c.signups[1] AS recent, c.signups[2] AS previous,
           @extschema@.velocity_lower_bound(c.signups[1], c.signups[2], s.ratio, c.exposure::double precision) AS score
    FROM courses AS c
    CROSS JOIN site AS s
  ), upserted AS (
    INSERT INTO @extschema@.trending_courses
      (course_id, velocity, signups_24h, signups_previous_24h, rank, meta_category, calculated_at, score)
    SELECT s.id, @extschema@.velocity(s.recent, s.previous), s.recent, s.previous,
           row_number() OVER (ORDER BY s.score DESC, s.recent DESC, s.id), s.meta_category, as_of, s.score
    FROM scored AS s
    ON CONFLICT ON CONSTRAINT trending_courses_course_id_key DO UPDATE
    SET velocity = excluded.velocity,
        signups_24h = excluded.signups_24h,
        signups_previous_24h = excluded.signups_previous_24h,
        rank = excluded.rank,
        meta_category = excluded.meta_category,
        calculated_at = excluded.calculated_at,
        score = excluded.score
    RETURNING course_id
  ), cooled AS (
    DELETE FROM @extschema@.trending_courses AS t
    WHERE NOT EXISTS (SELECT FROM upserted AS u WHERE u.course_id = t.course_id)
  )
  SELECT count(*) INTO ranked FROM upserted;
  RETURN ranked;
END
$$;

COMMENT ON FUNCTION refresh_trending(timestamptz) IS 'Ranks the courses by the sign-ups of the last 48 hours and returns how many are ranked; readers see the old ranking until it commits';
