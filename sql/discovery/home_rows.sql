CREATE FUNCTION newest_courses(user_id uuid, n integer)
RETURNS TABLE (course_id uuid, meta_category text)
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 1000 ROWS 10
BEGIN ATOMIC
  WITH own AS MATERIALIZED (
    SELECT c.id, c.meta_category, c.created_at
    FROM generated_courses AS c
    WHERE c.meta_category = (SELECT a.meta_category
                             FROM user_archetypes AS a
                             WHERE a.user_id = newest_courses.user_id)
      AND c.status <> 'archived'
    ORDER BY c.created_at DESC, c.id
    LIMIT n
  ), site AS (
    SELECT c.id, c.meta_category, c.created_at
    FROM generated_courses AS c
    WHERE c.status <> 'archived' AND c.id NOT IN (SELECT o.id FROM own AS o)
    ORDER BY c.created_at DESC, c.id
    LIMIT n
  )
  SELECT f.id, f.meta_category
  FROM (SELECT o.*, true AS is_own FROM own AS o
        UNION ALL
        SELECT s.*, false FROM site AS s) AS f
  ORDER BY f.is_own DESC, f.created_at DESC, f.id
  LIMIT n;
END;

COMMENT ON FUNCTION newest_courses(uuid, integer) IS 'Returns the newest courses, those of the learner''s meta-category first';

-- Reads the caches, and looks at each course again: what was enrolled in,
-- dismissed or archived since they were written does not show.
CREATE FUNCTION home_rows(user_id uuid, per_row integer DEFAULT 10)
RETURNS TABLE (row_number integer, row_title text, place integer, course_id uuid, title text, meta_category text,
               match_score integer, reason text, metadata jsonb)
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 10000 ROWS 50
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  PERFORM @extschema@.require_acting_user(home_rows.user_id);
  PERFORM @extschema@.require_user(home_rows.user_id);
  IF per_row NOT BETWEEN 1 AND 100 THEN
    RAISE EXCEPTION 'cannot show % courses a row', per_row
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Pass 1 to 100.';
  END IF;

  RETURN QUERY
    WITH taken AS MATERIALIZED (
      SELECT t.id FROM @extschema@.taken_courses(home_rows.user_id) AS t (id)
    ), cached AS MATERIALIZED (
      SELECT r.recommendation_type AS kind, r.course_id AS id, coalesce((r.metadata -> 'rank')::integer, 1000) AS rank,
             r.match_score, r.reason, r.metadata
      FROM @extschema@.recommendations AS r
      WHERE r.user_id = home_rows.user_id
        AND (r.expires_at IS NULL OR r.expires_at > now())
        AND r.course_id NOT IN (SELECT t.id FROM taken AS t)
        AND EXISTS (SELECT
                    FROM @extschema@.generated_courses AS c
                    WHERE c.id = r.course_id AND c.status <> 'archived')
    ), continued AS (
      SELECT 1 AS number, p.course_id AS id, row_number() OVER (ORDER BY p.last_activity DESC, p.course_id) AS rank,
             p.progress_percentage AS match_score, format('%s %% done', p.progress_percentage) AS reason,
             jsonb_build_object('progress_percentage', p.progress_percentage) AS metadata
      FROM @extschema@.user_progress AS p
      WHERE p.user_id = home_rows.user_id AND p.completed_at IS NULL
      ORDER BY rank
      LIMIT per_row
    ), trending AS (
      SELECT 2, t.course_id AS id, (t.metadata -> 'rank')::bigint, t.match_score, t.reason, t.metadata
      FROM @extschema@.trending_recommendations(home_rows.user_id, per_row) AS t
    ), social AS (
      SELECT 3, c.id, c.rank, c.match_score, c.reason, c.metadata
      FROM cached AS c
      WHERE c.kind = 'social_signal' AND c.id NOT IN (SELECT t.id FROM trending AS t)
      ORDER BY c.rank
      LIMIT per_row
    ), adjacent AS (
      SELECT 4, c.id, c.rank, c.match_score, c.reason, c.metadata
      FROM cached AS c
      WHERE c.kind = 'skill_adjacency'
        AND c.id NOT IN (SELECT t.id FROM trending AS t UNION ALL SELECT s.id FROM social AS s)
      ORDER BY c.rank
      LIMIT per_row
    ), alike AS (
      SELECT c.id, c.rank, c.match_score, c.reason, c.metadata
      FROM cached AS c
      WHERE c.kind = 'collaborative_filtering'
      UNION ALL
      -- after those, what keeps the row from being empty
      SELECT n.course_id, 1000 + row_number() OVER (), 1, format('New in %s', n.meta_category), '{}'::jsonb
      FROM @extschema@.newest_courses(home_rows.user_id, 4 * per_row) AS n
      WHERE n.course_id NOT IN (SELECT t.id FROM taken AS t)
        AND n.course_id NOT IN (SELECT c.id FROM cached AS c WHERE c.kind = 'collaborative_filtering')
    ), shown AS (
      SELECT * FROM continued
      UNION ALL
      SELECT * FROM trending
      UNION ALL
      SELECT * FROM social
      UNION ALL
      SELECT * FROM adjacent
      UNION ALL
      (SELECT 5, a.*
       FROM alike AS a
       WHERE a.id NOT IN (SELECT t.id FROM trending AS t
                          UNION ALL
                          SELECT s.id FROM social AS s
                          UNION ALL
                          SELECT d.id FROM adjacent AS d)
       ORDER BY a.rank
       LIMIT per_row)
    )
    SELECT s.number,
           CASE s.number
             WHEN 1 THEN 'Continue learning'
             WHEN 2 THEN 'Trending'
             WHEN 3 THEN 'People you follow are learning'
             WHEN 4 THEN 'Because you mastered '
                         || first_value(s.metadata ->> 'tag') OVER (PARTITION BY s.number ORDER BY s.rank)
             ELSE 'Learners like you'
           END,
           row_number() OVER (PARTITION BY s.number ORDER BY s.rank)::integer,
           c.id, c.title, c.meta_category, s.match_score, s.reason, s.metadata
    FROM shown AS s
    JOIN @extschema@.generated_courses AS c ON c.id = s.id
    ORDER BY 1, 3;
END
$$;

REVOKE EXECUTE ON FUNCTION home_rows(uuid, integer) FROM PUBLIC;

COMMENT ON FUNCTION home_rows(uuid, integer) IS 'Returns a learner''s page: up to five rows of courses, each course once, each with its reason';
