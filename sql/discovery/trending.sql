-- Counts the window first, from the index on started_at alone, and joins only
-- what is left: the cost is the sign-ups of 48 hours, however long the history.
-- A role that row-level security binds gets an error: it would count its own rows.
CREATE OR REPLACE FUNCTION refresh_trending(as_of timestamptz DEFAULT now())
RETURNS integer
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
#variable_conflict use_variable
DECLARE
  ranked integer;
BEGIN
  PERFORM learnify_internal.require_arguments('as_of', as_of);
  IF NOT isfinite(as_of) THEN
    RAISE EXCEPTION 'cannot compute trending courses as of %', as_of
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'as_of',
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
  ), scored AS (
    -- The earlier exposure is 1 to 24 hours; bounded as an instant, since
    -- created_at may be infinite.
    SELECT c.id, c.meta_category, n.signups[1] AS recent, n.signups[2] AS previous,
           @extschema@.velocity_lower_bound(
             n.signups[1], n.signups[2], s.ratio,
             (extract(epoch FROM as_of - interval '24 hours'
                - least(greatest(c.created_at, as_of - interval '48 hours'), as_of - interval '25 hours'))
              / 3600)::double precision) AS score
    FROM counted AS n
    JOIN @extschema@.generated_courses AS c ON c.id = n.course_id
    CROSS JOIN site AS s
    WHERE n.signups[1] > 0 AND c.status <> 'archived'
  ), ranking AS MATERIALIZED (
    SELECT s.id, s.meta_category, s.recent, s.previous, s.score,
           @extschema@.velocity(s.recent, s.previous) AS velocity,
           row_number() OVER (ORDER BY s.score DESC, s.recent DESC, s.id) AS rank
    FROM scored AS s
  ), kept AS (
    -- Under the lock nobody else writes: an update by a join and an insert of
    -- what is new cost less than ON CONFLICT row by row.
    UPDATE @extschema@.trending_courses AS t
    SET velocity = r.velocity,
        signups_24h = r.recent,
        signups_previous_24h = r.previous,
        rank = r.rank,
        meta_category = r.meta_category,
        calculated_at = as_of,
        score = r.score
    FROM ranking AS r
    WHERE t.course_id = r.id
    RETURNING t.course_id
  ), added AS (
    INSERT INTO @extschema@.trending_courses
      (course_id, velocity, signups_24h, signups_previous_24h, rank, meta_category, calculated_at, score)
    SELECT r.id, r.velocity, r.recent, r.previous, r.rank, r.meta_category, as_of, r.score
    FROM ranking AS r
    JOIN @extschema@.generated_courses AS c ON c.id = r.id
    WHERE NOT EXISTS (SELECT FROM @extschema@.trending_courses AS t WHERE t.course_id = r.id)
    -- A course that is being deleted is passed over: waiting for it could
    -- deadlock with the deletion, which needs the table locked above.
    FOR KEY SHARE OF c SKIP LOCKED
    RETURNING course_id
  ), cooled AS (
    DELETE FROM @extschema@.trending_courses AS t
    WHERE NOT EXISTS (SELECT FROM ranking AS r WHERE r.id = t.course_id)
  )
  SELECT (SELECT count(*) FROM kept) + (SELECT count(*) FROM added) INTO ranked;
  RETURN ranked;
END
$$;

COMMENT ON FUNCTION refresh_trending(timestamptz) IS 'Ranks the courses by the sign-ups of the last 48 hours and returns how many are ranked; readers see the old ranking until it commits';
