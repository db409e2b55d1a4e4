CREATE OR REPLACE FUNCTION learnify_internal.count_signups(as_of timestamptz)
RETURNS TABLE (course_id uuid, recent bigint, previous bigint)
LANGUAGE c
STABLE STRICT PARALLEL RESTRICTED COST 1000000 ROWS 10000
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS 'MODULE_PATHNAME', 'count_signups';

COMMENT ON FUNCTION learnify_internal.count_signups(timestamptz) IS 'Returns, for each course that has sign-ups in the 48 hours up to as_of, the sign-ups of the last 24 of them and of the 24 before, without its author''s own';

CREATE OR REPLACE FUNCTION learnify_internal.require_instant(as_of timestamptz)
RETURNS void
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM learnify_internal.require_arguments('as_of', as_of);
  IF NOT isfinite(as_of) THEN
    RAISE EXCEPTION 'cannot compute trending courses as of %', as_of
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'as_of',
            HINT = 'Pass a finite instant, or leave it out for now.';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.require_instant(timestamptz) IS 'Raises an error if as_of is NULL or infinite';

CREATE OR REPLACE FUNCTION learnify_internal.course_demand(as_of timestamptz)
RETURNS TABLE (id uuid, meta_category text, created_at timestamptz, status text, recent bigint, previous bigint)
LANGUAGE sql
STABLE PARALLEL RESTRICTED COST 1000000 ROWS 10000
BEGIN ATOMIC
  SELECT c.id, c.meta_category, c.created_at, c.status, n.recent, n.previous
  FROM learnify_internal.count_signups(as_of) AS n
  JOIN generated_courses AS c ON c.id = n.course_id;
END;

COMMENT ON FUNCTION learnify_internal.course_demand(timestamptz) IS 'Returns, for each course that has sign-ups in the 48 hours up to as_of, those of the last 24 of them and of the 24 before, without the author''s own';

-- A refresh changes most ranks, but few tiers, which are what the indexes of
-- trending_courses hold. The first page of all courses is in the first tier.
CREATE OR REPLACE FUNCTION learnify_internal.trending_tier(rank bigint)
RETURNS integer
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 1
BEGIN ATOMIC
  SELECT CASE WHEN rank <= 32 THEN 1 WHEN rank <= 128 THEN 2 WHEN rank <= 512 THEN 3 ELSE 4 END;
END;

COMMENT ON FUNCTION learnify_internal.trending_tier(bigint) IS 'Returns the tier of trending_courses that a rank belongs to';

-- learnify_distribute() replaces this by what the nodes count together.
CREATE OR REPLACE FUNCTION learnify_internal.site_demand(as_of timestamptz)
RETURNS TABLE (id uuid, meta_category text, created_at timestamptz, status text, recent bigint, previous bigint)
LANGUAGE sql
STABLE PARALLEL RESTRICTED COST 1000000 ROWS 10000
BEGIN ATOMIC
  SELECT d.id, d.meta_category, d.created_at, d.status, d.recent, d.previous FROM learnify_internal.course_demand(as_of) AS d;
END;

COMMENT ON FUNCTION learnify_internal.site_demand(timestamptz) IS 'Returns what course_demand does, of all nodes of a distributed database';

CREATE OR REPLACE FUNCTION learnify_internal.trending_ranking(as_of timestamptz)
RETURNS TABLE (id uuid, meta_category text, recent bigint, previous bigint, score double precision, velocity double precision, rank bigint)
LANGUAGE sql
STABLE PARALLEL RESTRICTED COST 1000000 ROWS 10000
BEGIN ATOMIC
  WITH demand AS (
    SELECT d.* FROM learnify_internal.site_demand(as_of) AS d
  ), compared AS MATERIALIZED (
    -- A course that existed in a part of the earlier 24 hours is compared by as large a part
    -- of its recent sign-ups, and a newcomer by none: what nobody could sign up for before
    -- is not known to rise. The limit is applied before the subtraction, because created_at
    -- may be infinite.
    SELECT d.*,
           CASE
             WHEN d.created_at <= as_of - interval '48 hours' THEN d.recent
             ELSE floor(d.recent * extract(epoch FROM as_of - interval '24 hours'
                                             - least(d.created_at, as_of - interval '24 hours'))
                        / 86400)::bigint
           END AS comparable
    FROM demand AS d
  ), site AS (
    SELECT coalesce(nullif(sum(c.comparable), 0) / nullif(sum(c.previous), 0), 1)::double precision AS ratio
    FROM compared AS c
  ), scored AS (
    SELECT d.id, d.meta_category, d.recent, d.previous,
           velocity_lower_bound(d.comparable, d.previous, s.ratio) AS score
    FROM compared AS d
    CROSS JOIN site AS s
    WHERE d.recent > 0 AND d.status <> 'archived'
  )
  SELECT s.id, s.meta_category, s.recent, s.previous, s.score, velocity(s.recent, s.previous),
         row_number() OVER (ORDER BY s.score DESC, s.recent DESC, s.id)
  FROM scored AS s;
END;

COMMENT ON FUNCTION learnify_internal.trending_ranking(timestamptz) IS 'Ranks the courses that have sign-ups in the 24 hours before as_of, the fastest rising first';

-- First counts the sign-ups of 48 hours but for the authors', reading the index on started_at alone, and then
-- joins the courses that have any, so that the cost does not grow with the history. With
-- row_security off, a role that is bound by row-level security gets an error instead of a
-- count of its own rows.
CREATE OR REPLACE FUNCTION refresh_trending(as_of timestamptz DEFAULT now())
RETURNS integer
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET jit = off
AS $$
#variable_conflict use_variable
DECLARE
  ranked integer;
BEGIN
  PERFORM learnify_internal.require_instant(as_of);

  -- This makes a second refresh wait. Readers never wait.
  LOCK TABLE @extschema@.trending_courses IN SHARE ROW EXCLUSIVE MODE;

  IF learnify_internal.is_coordinating() THEN
    RETURN learnify_internal.write_trending_of_nodes(as_of);
  END IF;
  WITH ranking AS (
    SELECT r.* FROM learnify_internal.trending_ranking(as_of) AS r
  ), matched AS MATERIALIZED (
    -- Nobody else writes while the lock is held. So the rows found here are still there
    -- below, and one join can do what ON CONFLICT would do row by row, at less cost.
    SELECT r.*, t.id AS row_id
    FROM ranking AS r
    FULL JOIN @extschema@.trending_courses AS t ON t.course_id = r.id
  ), kept AS (
    UPDATE @extschema@.trending_courses AS t
    SET velocity = r.velocity,
        signups_24h = r.recent,
        signups_previous_24h = r.previous,
        rank = r.rank,
        meta_category = r.meta_category,
        calculated_at = as_of,
        score = r.score,
        tier = learnify_internal.trending_tier(r.rank)
    FROM matched AS r
    WHERE t.id = r.row_id AND r.id IS NOT NULL
    RETURNING 1
  ), added AS (
    INSERT INTO @extschema@.trending_courses
      (course_id, velocity, signups_24h, signups_previous_24h, rank, meta_category, calculated_at, score, tier)
    SELECT r.id, r.velocity, r.recent, r.previous, r.rank, r.meta_category, as_of, r.score,
           learnify_internal.trending_tier(r.rank)
    FROM matched AS r
    JOIN @extschema@.generated_courses AS c ON c.id = r.id
    WHERE r.row_id IS NULL
    -- Skip a course that is being deleted: waiting for it could deadlock with the deletion,
    -- which cascades to the table locked above.
    FOR KEY SHARE OF c SKIP LOCKED
    -- Above READ COMMITTED, the snapshot may lack a row that the refresh before this one has inserted
    -- while this one waited for the lock. Then this clause raises a serialization failure, instead of
    -- the error for a duplicate key.
    ON CONFLICT (course_id) DO NOTHING
    RETURNING 1
  ), cooled AS (
    DELETE FROM @extschema@.trending_courses AS t
    USING matched AS r
    WHERE t.id = r.row_id AND r.id IS NULL
  )
  SELECT (SELECT count(*) FROM kept) + (SELECT count(*) FROM added) INTO ranked;
  RETURN ranked;
END
$$;

COMMENT ON FUNCTION refresh_trending(timestamptz) IS 'Ranks courses by how sign-ups of the 24 hours before as_of compare with those of the 24 hours before that, stores the ranking in trending_courses and returns how many courses it has; others see the old ranking until the transaction commits';

-- Generated courses are alike, so that demand is scattered over them. A tag gathers it. What
-- people sign up for in a new course counts as a rise of its tags, unless these are new too.
CREATE OR REPLACE FUNCTION trending_tags(n integer DEFAULT 20, as_of timestamptz DEFAULT now())
RETURNS TABLE (tag text, rank bigint, courses bigint, signups_24h bigint, signups_previous_24h bigint,
               velocity double precision, score double precision)
LANGUAGE plpgsql
STABLE PARALLEL RESTRICTED COST 1000000 ROWS 20
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
  PERFORM learnify_internal.require_count(n, 1000);
  PERFORM learnify_internal.require_instant(as_of);
  RETURN QUERY
    WITH demand AS MATERIALIZED (
      SELECT d.* FROM learnify_internal.site_demand(as_of) AS d WHERE d.status <> 'archived'
    ), tagged AS (
      SELECT t.tag, count(*) FILTER (WHERE d.recent > 0) AS courses, sum(d.recent)::bigint AS recent,
             sum(d.previous)::bigint AS previous
      FROM demand AS d
      JOIN @extschema@.course_tags AS t ON t.course_id = d.id
      GROUP BY t.tag
    ), dated AS (
      SELECT g.*,
             floor(g.recent * extract(epoch FROM as_of - interval '24 hours'
                                             - least(greatest(g.first_at, as_of - interval '48 hours'),
                                                     as_of - interval '24 hours'))
                   / 86400)::bigint AS comparable
      FROM (SELECT t.*,
                   (SELECT min(c.created_at)
                    FROM @extschema@.course_tags AS o
                    JOIN @extschema@.generated_courses AS c ON c.id = o.course_id
                    WHERE o.tag = t.tag) AS first_at
            FROM tagged AS t) AS g
    ), site AS (
      SELECT coalesce(nullif(sum(d.comparable), 0) / nullif(sum(d.previous), 0), 1)::double precision AS ratio FROM dated AS d
    ), scored AS (
      SELECT d.*, @extschema@.velocity_lower_bound(d.comparable, d.previous, s.ratio) AS score
      FROM dated AS d
      CROSS JOIN site AS s
      WHERE d.recent > 0
    )
    SELECT s.tag, row_number() OVER (ORDER BY s.score DESC, s.recent DESC, s.tag COLLATE "C"), s.courses, s.recent, s.previous,
           @extschema@.velocity(s.recent, s.previous), s.score
    FROM scored AS s
    ORDER BY s.score DESC, s.recent DESC, s.tag COLLATE "C"
    LIMIT n;
END
$$;

COMMENT ON FUNCTION trending_tags(integer, timestamptz) IS 'Ranks tags by how sign-ups for their courses in the 24 hours before as_of compare with those of the 24 hours before that, and returns the first n';
