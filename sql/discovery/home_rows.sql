-- The people whom a cached reason names may have become private since, or may have been
-- unfollowed. PL/pgSQL keeps the plan for the session, where SQL would plan it for each page.
CREATE OR REPLACE FUNCTION learnify_internal.may_name_people(user_id uuid, metadata jsonb)
RETURNS boolean
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
  RETURN NOT EXISTS (
    SELECT
    FROM jsonb_path_query(
           metadata, '$.user_ids[*] ? (@ like_regex "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")') AS n (person)
    WHERE (SELECT v.visibility
           FROM learnify_internal.visibilities_to((n.person #>> '{}')::uuid, may_name_people.user_id) AS v) IS DISTINCT FROM 'friends');
END
$$;

COMMENT ON FUNCTION learnify_internal.may_name_people(uuid, jsonb) IS 'Returns whether the learner still follows, and may still see, everyone whom the metadata of a recommendation names';

CREATE OR REPLACE FUNCTION learnify_internal.mastered_title(tags text[])
RETURNS text
LANGUAGE sql
STABLE PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT CASE
    WHEN cardinality(tags) > 3
      THEN format('Because you mastered %s and %s more', array_to_string(tags[1:3], ', '), cardinality(tags) - 3)
    WHEN cardinality(tags) > 0 THEN 'Because you mastered ' || learnify_internal.join_words(tags)
    ELSE 'Because of what you mastered'
  END;
END;

COMMENT ON FUNCTION learnify_internal.mastered_title(text[]) IS 'Returns the title of the row of courses that are recommended because these tags were mastered';

-- Recommendations and trending courses were cached by the last refresh. Each course is
-- checked again, so that none is shown that has been archived since, or in which the learner
-- has enrolled, or that the learner has dismissed, or whose author the learner may not see.
CREATE OR REPLACE FUNCTION home_rows(user_id uuid, per_row integer DEFAULT 10)
RETURNS TABLE (row_number integer, row_title text, place integer, course_id uuid, title text, meta_category text,
               match_score integer, reason text, metadata jsonb)
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 10000 ROWS 50
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
  category text;
  taken_ids uuid[];
BEGIN
  PERFORM learnify_internal.require_acting_user(home_rows.user_id);
  PERFORM learnify_internal.require_user(home_rows.user_id);
  IF per_row NOT BETWEEN 1 AND 100 THEN
    RAISE EXCEPTION 'cannot show % courses a row', per_row
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'per_row',
            HINT = 'Pass 1 to 100.';
  END IF;

  category := (SELECT a.meta_category FROM @extschema@.user_archetypes AS a WHERE a.user_id = home_rows.user_id);
  taken_ids := ARRAY(SELECT t.id FROM learnify_internal.taken_courses(home_rows.user_id) AS t (id));
  -- A row is filled up, from the courses of the site or from popular ones, only as far as it is
  -- short of courses: with a LIMIT of 0, nothing is read.
  RETURN QUERY
    WITH taken AS MATERIALIZED (
      SELECT t.id FROM unnest(taken_ids) AS t (id)
    ), cached AS MATERIALIZED (
      SELECT r.recommendation_type AS kind, r.course_id AS id, c.title, c.meta_category, r.match_score, r.reason, r.metadata,
             row_number() OVER (PARTITION BY r.recommendation_type
                                ORDER BY CASE jsonb_typeof(r.metadata -> 'rank')
                                           WHEN 'number' THEN (r.metadata -> 'rank')::numeric
                                         END NULLS LAST, r.match_score DESC, r.course_id) AS rank
      FROM @extschema@.recommendations AS r
      -- OFFSET 0 makes the planner look up each course by its id. There are some dozens at most,
      -- for which a join might scan the whole table.
      CROSS JOIN LATERAL (SELECT g.id, g.user_id, g.title, g.meta_category
                          FROM @extschema@.generated_courses AS g
                          WHERE g.id = r.course_id AND g.status <> 'archived'
                          OFFSET 0) AS c
      WHERE r.user_id = home_rows.user_id
        AND (r.expires_at IS NULL OR r.expires_at > now())
        AND r.course_id NOT IN (SELECT t.id FROM taken AS t)
        AND EXISTS (SELECT FROM learnify_internal.shown_course(c.id, c.user_id, home_rows.user_id))
        AND (r.recommendation_type <> 'social_signal'
             OR learnify_internal.may_name_people(home_rows.user_id, r.metadata))
    ), continued AS (
      SELECT 1 AS number, p.course_id AS id, c.title, c.meta_category,
             row_number() OVER (ORDER BY p.last_activity DESC, p.course_id) AS rank,
             p.progress_percentage AS match_score, format('%s %% done', p.progress_percentage) AS reason,
             jsonb_build_object('progress_percentage', p.progress_percentage) AS metadata
      FROM @extschema@.user_progress AS p
      JOIN @extschema@.generated_courses AS c ON c.id = p.course_id
      WHERE p.user_id = home_rows.user_id AND p.completed_at IS NULL AND c.status <> 'archived'
      ORDER BY rank
      LIMIT per_row
    ), trending AS (
      SELECT 2, t.course_id AS id, c.title, c.meta_category, (t.metadata -> 'rank')::bigint, t.match_score, t.reason, t.metadata
      FROM learnify_internal.trending_courses_for(category, taken_ids, per_row, home_rows.user_id) AS t
      CROSS JOIN LATERAL (SELECT g.title, g.meta_category FROM @extschema@.generated_courses AS g WHERE g.id = t.course_id OFFSET 0) AS c
    ), social AS (
      SELECT 3, c.id, c.title, c.meta_category, c.rank, c.match_score, c.reason, c.metadata
      FROM cached AS c
      WHERE c.kind = 'social_signal' AND c.id NOT IN (SELECT t.id FROM trending AS t)
      ORDER BY c.rank
      LIMIT per_row
    ), adjacent AS (
      SELECT 4, c.id, c.title, c.meta_category, c.rank, c.match_score, c.reason, c.metadata
      FROM cached AS c
      WHERE c.kind = 'skill_adjacency'
        AND c.id NOT IN (SELECT t.id FROM trending AS t UNION ALL SELECT s.id FROM social AS s)
      ORDER BY c.rank
      LIMIT per_row
    ), mastered AS (
      SELECT learnify_internal.mastered_title(array_agg(a.tag ORDER BY a.first_rank, a.tag COLLATE "C")) AS title
      FROM (SELECT d.metadata ->> 'tag' AS tag, min(d.rank) AS first_rank
            FROM adjacent AS d
            WHERE d.metadata ->> 'tag' IS NOT NULL
            GROUP BY 1) AS a
    ), alike AS (
      SELECT c.id, c.title, c.meta_category, c.rank, c.match_score, c.reason, c.metadata
      FROM cached AS c
      WHERE c.kind = 'collaborative_filtering'
        AND c.id NOT IN (SELECT t.id FROM trending AS t
                         UNION ALL
                         SELECT s.id FROM social AS s
                         UNION ALL
                         SELECT d.id FROM adjacent AS d)
      ORDER BY c.rank
      LIMIT per_row
    ), excluded AS MATERIALIZED (
      SELECT t.id FROM taken AS t
      UNION ALL
      SELECT t.id FROM trending AS t
      UNION ALL
      SELECT s.id FROM social AS s
      UNION ALL
      SELECT d.id FROM adjacent AS d
      UNION ALL
      SELECT a.id FROM alike AS a
    ), popular AS MATERIALIZED (
      -- Popular courses come after those, so that newcomers have this row too. Before the first
      -- refresh_recommendations, learner_count is 0 everywhere, so that the newest courses come
      -- first. This is a range of one value, for the reason given in trending_courses_for.
      -- Whether the learner may see a course is asked course by course, until there are enough.
      SELECT o.id, o.title, o.meta_category, o.learner_count, o.created_at
      FROM (SELECT c.id, c.user_id, c.title, c.meta_category, c.learner_count, c.created_at
            FROM @extschema@.generated_courses AS c
            WHERE c.meta_category >= category AND c.meta_category <= category
              AND c.status <> 'archived'
              AND c.id NOT IN (SELECT e.id FROM excluded AS e)
            ORDER BY c.meta_category DESC, c.learner_count DESC, c.created_at DESC, c.id
            OFFSET 0) AS o
      WHERE EXISTS (SELECT FROM learnify_internal.shown_course(o.id, o.user_id, home_rows.user_id))
      LIMIT per_row - (SELECT count(*) FROM alike)
    ), popular_elsewhere AS (
      SELECT o.id, o.title, o.meta_category, o.learner_count, o.created_at
      FROM (SELECT c.id, c.user_id, c.title, c.meta_category, c.learner_count, c.created_at
            FROM @extschema@.generated_courses AS c
            WHERE c.status <> 'archived'
              AND c.id NOT IN (SELECT e.id FROM excluded AS e)
              AND c.id NOT IN (SELECT p.id FROM popular AS p)
            ORDER BY c.learner_count DESC, c.created_at DESC, c.id
            OFFSET 0) AS o
      WHERE EXISTS (SELECT FROM learnify_internal.shown_course(o.id, o.user_id, home_rows.user_id))
      LIMIT per_row - (SELECT count(*) FROM alike) - (SELECT count(*) FROM popular)
    ), fill AS (
      SELECT p.id, p.title, p.meta_category, p.learner_count,
             row_number() OVER (ORDER BY p.is_own DESC, p.learner_count DESC, p.created_at DESC, p.id) AS rank
      FROM (SELECT o.*, true AS is_own FROM popular AS o
            UNION ALL
            SELECT e.*, false FROM popular_elsewhere AS e) AS p
    ), shown AS (
      SELECT * FROM continued
      UNION ALL
      SELECT * FROM trending
      UNION ALL
      SELECT * FROM social
      UNION ALL
      SELECT * FROM adjacent
      UNION ALL
      SELECT 5, a.* FROM alike AS a
      UNION ALL
      SELECT 5, f.id, f.title, f.meta_category, 1000000 + f.rank, 1,
             CASE f.learner_count
               WHEN 0 THEN format('New in %s', f.meta_category)
               WHEN 1 THEN format('In %s: 1 learner took this', f.meta_category)
               ELSE format('Popular in %s: %s learners took this', f.meta_category, f.learner_count)
             END,
             jsonb_build_object('learners', f.learner_count)
      FROM fill AS f
    )
    SELECT s.number,
           CASE s.number
             WHEN 1 THEN 'Continue learning'
             WHEN 2 THEN 'Trending'
             WHEN 3 THEN 'People you follow are learning'
             WHEN 4 THEN (SELECT m.title FROM mastered AS m)
             ELSE 'Learners like you'
           END,
           row_number() OVER (PARTITION BY s.number ORDER BY s.rank)::integer,
           s.id, s.title, s.meta_category, s.match_score, s.reason, s.metadata
    FROM shown AS s
    ORDER BY 1, 3;
END
$$;

REVOKE EXECUTE ON FUNCTION home_rows(uuid, integer) FROM PUBLIC;

COMMENT ON FUNCTION home_rows(uuid, integer) IS 'Returns the courses of a learner''s home page, in up to five titled rows: courses to continue, trending ones, those of people the learner follows, those that build on what the learner mastered, and those of similar learners. No course is in it twice, and each comes with the reason why it is shown';
