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
    ), continued AS MATERIALIZED (
      SELECT p.course_id, p.progress_percentage, p.last_activity
      FROM @extschema@.user_progress AS p
      WHERE p.user_id = home_rows.user_id AND p.completed_at IS NULL
    ), cached AS MATERIALIZED (
      SELECT r.*, coalesce((r.metadata -> 'rank')::integer, 1000) AS cached_rank
      FROM @extschema@.recommendations AS r
      WHERE r.user_id = home_rows.user_id
        AND (r.expires_at IS NULL OR r.expires_at > now())
    ), offered AS (
      SELECT 1 AS row_number, p.course_id, row_number() OVER (ORDER BY p.last_activity DESC, p.course_id) AS place,
             p.progress_percentage AS match_score, format('%s %% done', p.progress_percentage) AS reason,
             jsonb_build_object('progress_percentage', p.progress_percentage) AS metadata
      FROM continued AS p
      UNION ALL
      SELECT 2, t.course_id, row_number() OVER (), t.match_score, t.reason, t.metadata
      FROM @extschema@.trending_recommendations(home_rows.user_id, 5 * per_row) AS t
      UNION ALL
      SELECT CASE r.recommendation_type
               WHEN 'social_signal' THEN 3
               WHEN 'skill_adjacency' THEN 4
               ELSE 5
             END, r.course_id, r.cached_rank, r.match_score, r.reason, r.metadata
      FROM cached AS r
      WHERE r.recommendation_type <> 'trending'
      UNION ALL
      -- what keeps the last row from being empty: the newest courses, those of
      -- the learner's category first
      SELECT 5, f.id, 1000000 + row_number() OVER (ORDER BY f.is_own DESC, f.created_at DESC, f.id), 1,
             format('New in %s', f.meta_category), '{}'::jsonb
      FROM ((SELECT true AS is_own, c.id, c.created_at, c.meta_category
             FROM @extschema@.generated_courses AS c
             WHERE c.meta_category = (SELECT a.meta_category
                                      FROM @extschema@.user_archetypes AS a
                                      WHERE a.user_id = home_rows.user_id)
               AND c.status <> 'archived'
             ORDER BY c.created_at DESC
             LIMIT 5 * per_row)
            UNION ALL
            (SELECT false, c.id, c.created_at, c.meta_category
             FROM @extschema@.generated_courses AS c
             WHERE c.status <> 'archived'
             ORDER BY c.created_at DESC
             LIMIT 5 * per_row)) AS f
    ), once AS (
      SELECT DISTINCT ON (o.course_id) o.*
      FROM offered AS o
      WHERE o.row_number = 1 OR o.course_id NOT IN (SELECT t.id FROM taken AS t)
      ORDER BY o.course_id, o.row_number, o.place
    ), placed AS (
      SELECT o.row_number, row_number() OVER (PARTITION BY o.row_number ORDER BY o.place, o.course_id)::integer AS place,
             c.id, c.title, c.meta_category, o.match_score, o.reason, o.metadata
      FROM once AS o
      JOIN @extschema@.generated_courses AS c ON c.id = o.course_id
      WHERE o.row_number = 1 OR c.status <> 'archived'
    )
    SELECT p.row_number,
           CASE p.row_number
             WHEN 1 THEN 'Continue learning'
             WHEN 2 THEN 'Trending'
             WHEN 3 THEN 'People you follow are learning'
             WHEN 4 THEN 'Because you mastered ' || coalesce(
               first_value(p.metadata ->> 'tag') OVER (PARTITION BY p.row_number ORDER BY p.place), 'a skill')
             ELSE 'Learners like you'
           END,
           p.place, p.id, p.title, p.meta_category, p.match_score, p.reason, p.metadata
    FROM placed AS p
    WHERE p.place <= per_row
    ORDER BY p.row_number, p.place;
END
$$;

REVOKE EXECUTE ON FUNCTION home_rows(uuid, integer) FROM PUBLIC;

COMMENT ON FUNCTION home_rows(uuid, integer) IS 'Returns a learner''s page: five rows of courses, each course once, each with its reason';
