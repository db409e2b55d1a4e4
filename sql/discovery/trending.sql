-- First counts the sign-ups of 48 hours, reading the index on started_at alone, and then
-- joins the courses that have any, so that the cost does not grow with the history. With
-- row_security off, a role that is bound by row-level security gets an error instead of a
-- count of its own rows.
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

  -- This makes a second refresh wait. Readers never wait.
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
    -- The exposure is how long the course existed in the earlier 24 hours, at least one
    -- hour. The limits are applied before the subtraction, because created_at may be infinite.
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
    -- Nobody else writes while the lock is held. So an UPDATE with a join and an INSERT of
    -- new courses can do what ON CONFLICT would do row by row, at less cost.
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
    -- Skip a course that is being deleted: waiting for it could deadlock with the deletion,
    -- which cascades to the table locked above.
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

COMMENT ON FUNCTION refresh_trending(timestamptz) IS 'Ranks courses by how sign-ups of the 24 hours before as_of compare with those of the 24 hours before that, stores the ranking in trending_courses and returns how many courses it has; others see the old ranking until the transaction commits';
