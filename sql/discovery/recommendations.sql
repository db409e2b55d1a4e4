-- A function for each kind of recommendation computes it for one learner, in the order of
-- rank, reading by indexes only; collaborative_recommendations is in model.sql. reason is for
-- people to read, metadata for programs. The functions are not STRICT, so that the planner
-- inlines them: a query for all learners then plans them once.

CREATE OR REPLACE FUNCTION learnify_internal.require_count(n integer, most integer)
RETURNS integer
LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE COST 1
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF (n BETWEEN 1 AND most) IS NOT TRUE THEN
    RAISE EXCEPTION 'cannot return % courses', coalesce(n::text, 'null')
      USING ERRCODE = CASE WHEN n IS NULL THEN 'null_value_not_allowed' ELSE 'invalid_parameter_value' END,
            COLUMN = 'n',
            HINT = format('Pass n from 1 to %s.', most);
  END IF;
  RETURN n;
END
$$;

COMMENT ON FUNCTION learnify_internal.require_count(integer, integer) IS 'Returns n if it is from 1 to the second argument, and raises an error if it is not';

CREATE OR REPLACE FUNCTION learnify_internal.join_words(words text[])
RETURNS text
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT CASE
    WHEN cardinality(words) < 2 THEN array_to_string(words, '')
    ELSE array_to_string(words[1:cardinality(words) - 1], ', ') || ' and ' || words[cardinality(words)]
  END;
END;

COMMENT ON FUNCTION learnify_internal.join_words(text[]) IS 'Joins words as in a sentence: a, b and c';

CREATE OR REPLACE FUNCTION learnify_internal.new_course_reason(course_id uuid, source_id uuid, source_title text)
RETURNS text
LANGUAGE sql
STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
  SELECT CASE cardinality(s.tags)
    WHEN 0 THEN format('New to learners, with a title like that of "%s", which you took', source_title)
    WHEN 1 THEN format('New to learners, with the tag %s of "%s", which you took', s.tags[1], source_title)
    ELSE format('New to learners, with the tags %s of "%s", which you took', learnify_internal.join_words(s.tags), source_title)
  END
  FROM (SELECT ARRAY(SELECT t.tag
                     FROM course_tags AS t
                     WHERE t.course_id = new_course_reason.course_id
                       AND t.tag IN (SELECT o.tag FROM course_tags AS o WHERE o.course_id = new_course_reason.source_id)
                     ORDER BY t.tag COLLATE "C"
                     LIMIT 3) AS tags) AS s;
END;

COMMENT ON FUNCTION learnify_internal.new_course_reason(uuid, uuid, text) IS 'Returns the reason of a recommendation of a course that nobody has taken, which names up to three tags of a course that the learner took';

CREATE OR REPLACE FUNCTION learnify_internal.collaborative_reason(first text, second text, third text, learners integer, course_id uuid, first_id uuid)
RETURNS text
LANGUAGE sql
STABLE PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT CASE
    WHEN first IS NULL AND learners = 0 THEN 'Nobody has taken this yet'
    WHEN first IS NULL AND learners = 1 THEN '1 learner took this'
    WHEN first IS NULL THEN format('Popular: %s learners took this', learners)
    WHEN learners = 0 THEN learnify_internal.new_course_reason(course_id, first_id, first)
    WHEN second IS NULL THEN format('Because you took "%s"', first)
    WHEN third IS NULL THEN format('Because you took "%s" and "%s"', first, second)
    ELSE format('Because you took "%s", "%s" and "%s"', first, second, third)
  END;
END;

COMMENT ON FUNCTION learnify_internal.collaborative_reason(text, text, text, integer, uuid, uuid) IS 'Returns the reason of a recommendation by the model, which names up to three courses that the learner took, or says how many learners took the course if none of those speaks for it';

CREATE OR REPLACE FUNCTION learnify_internal.collaborative_match_score(score double precision, best double precision)
RETURNS integer
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT CASE WHEN best > 0 THEN greatest(1, round(100 * score / best))::integer ELSE 1 END;
END;

COMMENT ON FUNCTION learnify_internal.collaborative_match_score(double precision, double precision) IS 'Returns a score as a percentage of the learner''s best score, at least 1';

CREATE OR REPLACE FUNCTION learnify_internal.skill_reason(tag text, next_tag text, support bigint, weight double precision)
RETURNS text
LANGUAGE sql
STABLE PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT format(
    CASE
      WHEN weight IS NULL THEN 'Because you mastered %1$s: %3$s who did went on to %2$s'
      WHEN support = 0 THEN 'Because you mastered %1$s: %2$s is next in the graph of skills'
      ELSE 'Because you mastered %1$s: %2$s is next in the graph of skills, and %3$s went on to it'
    END, tag, next_tag, support || CASE support WHEN 1 THEN ' learner' ELSE ' learners' END);
END;

COMMENT ON FUNCTION learnify_internal.skill_reason(text, text, bigint, double precision) IS 'Returns the reason of a recommendation by a rule of skill_adjacency';

CREATE OR REPLACE FUNCTION learnify_internal.skill_recommendations(user_id uuid, n integer DEFAULT 10)
RETURNS TABLE (course_id uuid, match_score integer, reason text, metadata jsonb)
LANGUAGE sql
STABLE PARALLEL SAFE COST 10000 ROWS 10
BEGIN ATOMIC
  WITH completed AS MATERIALIZED (
    SELECT d.id FROM learnify_internal.completed_courses(skill_recommendations.user_id) AS d (id)
  ), mastered AS MATERIALIZED (
    SELECT DISTINCT t.tag FROM completed AS c JOIN course_tags AS t ON t.course_id = c.id
  ), rules AS (
    -- This takes the best of the rules that lead to a tag that is not mastered yet.
    SELECT DISTINCT ON (r.next_tag) r.tag, r.next_tag, r.support, r.lift, r.weight
    FROM completed AS d
    JOIN generated_courses AS c ON c.id = d.id
    CROSS JOIN LATERAL jsonb_to_recordset(c.next_tags)
      AS r (tag text, next_tag text, support bigint, lift double precision, weight double precision)
    WHERE r.next_tag NOT IN (SELECT m.tag FROM mastered AS m)
    ORDER BY r.next_tag, r.lift DESC, r.support DESC, r.tag COLLATE "C"
  ), tagged AS MATERIALIZED (
    SELECT DISTINCT ON (t.course_id) t.course_id, r.tag, r.next_tag, r.support, r.lift, r.weight
    FROM rules AS r
    -- OFFSET 0 makes the planner look up the courses of each tag. It takes the rules for many
    -- more than there are, for which it would read the whole table.
    CROSS JOIN LATERAL (SELECT c.course_id FROM course_tags AS c WHERE c.tag = r.next_tag OFFSET 0) AS t
    WHERE t.course_id NOT IN (SELECT k.id FROM learnify_internal.taken_courses(skill_recommendations.user_id) AS k (id))
    ORDER BY t.course_id, r.lift DESC, r.support DESC, r.next_tag COLLATE "C"
  ), candidates AS (
    SELECT c.id, t.tag, t.next_tag, t.support, t.lift, t.weight, c.created_at
    FROM tagged AS t
    -- OFFSET 0 makes the planner look up each course by its id. It cannot know that there
    -- are few, for which a join would read the whole table.
    CROSS JOIN LATERAL (
      SELECT g.id, g.created_at FROM generated_courses AS g WHERE g.id = t.course_id AND g.status <> 'archived' OFFSET 0) AS c
  ), best AS (
    SELECT * FROM candidates AS c ORDER BY c.lift DESC, c.support DESC, c.created_at DESC, c.id LIMIT learnify_internal.require_count(n, 1000)
  )
  SELECT b.id,
         greatest(1, round(100 * b.lift / max(b.lift) OVER ()))::integer,
         learnify_internal.skill_reason(b.tag, b.next_tag, b.support, b.weight),
         jsonb_strip_nulls(jsonb_build_object(
           'rank', row_number() OVER (ORDER BY b.lift DESC, b.support DESC, b.created_at DESC, b.id),
           'tag', b.tag, 'next_tag', b.next_tag, 'support', b.support, 'lift', b.lift, 'weight', b.weight))
  FROM best AS b
  ORDER BY b.lift DESC, b.support DESC, b.created_at DESC, b.id;
END;

COMMENT ON FUNCTION learnify_internal.skill_recommendations(uuid, integer) IS 'Returns courses with the tags that other learners most often mastered after those that this learner has mastered, or that the graph of skills has after these';

CREATE OR REPLACE FUNCTION learnify_internal.social_reason(people bigint, names text[])
RETURNS text
LANGUAGE sql
STABLE PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT CASE
    WHEN people > cardinality(names)
      THEN format('%s and %s more you follow are learning this', array_to_string(names, ', '), people - cardinality(names))
    ELSE format('%s are learning this', learnify_internal.join_words(names))
  END;
END;

COMMENT ON FUNCTION learnify_internal.social_reason(bigint, text[]) IS 'Returns the reason of a recommendation by the people whom the learner follows, some of whom it names';

-- The same for a range of learners.
CREATE OR REPLACE FUNCTION learnify_internal.social_signals(n integer, first_user_id uuid, last_user_id uuid, as_of timestamptz)
RETURNS TABLE (user_id uuid, course_id uuid, rank integer, people bigint, most_people bigint, user_ids uuid[], names text[])
LANGUAGE c
STABLE STRICT PARALLEL RESTRICTED COST 10000000 ROWS 15000
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET enable_seqscan = on
AS 'MODULE_PATHNAME', 'social_signals';

COMMENT ON FUNCTION learnify_internal.social_signals(integer, uuid, uuid, timestamptz) IS 'Returns, for each learner with an id from the first to the last, the n courses in which most of the people whom the learner follows were active in the 7 days before as_of';

-- Private people are not counted either, since a count would tell what they do.
CREATE OR REPLACE FUNCTION learnify_internal.social_recommendations(user_id uuid, n integer DEFAULT 15, as_of timestamptz DEFAULT now())
RETURNS TABLE (course_id uuid, match_score integer, reason text, metadata jsonb)
LANGUAGE sql
STABLE PARALLEL SAFE COST 10000 ROWS 15
BEGIN ATOMIC
  WITH active AS (
    SELECT p.course_id, count(*) AS people, max(p.last_activity) AS latest,
           (array_agg(u.id ORDER BY p.last_activity DESC, u.id))[1:3] AS ids,
           (array_agg(u.name ORDER BY p.last_activity DESC, u.id))[1:3] AS names
    FROM user_relationships AS r
    JOIN users AS u ON u.id = r.following_id
    JOIN user_progress AS p ON p.user_id = u.id
    WHERE r.follower_id = social_recommendations.user_id
      AND learnify_internal.is_shown_to_followers(u.max_visibility, u.social_enabled)
      AND p.last_activity > as_of - interval '7 days' AND p.last_activity <= as_of
    GROUP BY p.course_id
    HAVING count(*) >= 2
  ), best AS (
    SELECT a.*
    FROM active AS a
    WHERE a.course_id NOT IN (SELECT k.id FROM learnify_internal.taken_courses(social_recommendations.user_id) AS k (id))
      -- This is a subquery instead of a join, for the reason given in skill_recommendations.
      AND (SELECT c.status <> 'archived' FROM generated_courses AS c WHERE c.id = a.course_id)
    ORDER BY a.people DESC, a.latest DESC, a.course_id
    LIMIT learnify_internal.require_count(n, 1000)
  )
  SELECT b.course_id,
         greatest(1, 100 * b.people / max(b.people) OVER ())::integer,
         learnify_internal.social_reason(b.people, b.names),
         jsonb_build_object(
           'rank', row_number() OVER (ORDER BY b.people DESC, b.latest DESC, b.course_id),
           'people', b.people, 'user_ids', to_jsonb(b.ids), 'names', to_jsonb(b.names))
  FROM best AS b
  ORDER BY b.people DESC, b.latest DESC, b.course_id;
END;

COMMENT ON FUNCTION learnify_internal.social_recommendations(uuid, integer, timestamptz) IS 'Returns courses in which at least two of the people whom a learner follows were active in the 7 days before as_of';

-- The courses of other categories are read only as far as those of the learner's are too few:
-- with a LIMIT of 0, none is. A course is looked up only once it comes next in the order.
CREATE OR REPLACE FUNCTION learnify_internal.trending_courses_for(category text, excluded uuid[], n integer, viewer_id uuid)
RETURNS TABLE (course_id uuid, match_score integer, reason text, metadata jsonb)
LANGUAGE sql
STABLE PARALLEL SAFE COST 10000 ROWS 10
BEGIN ATOMIC
  WITH own AS MATERIALIZED (
    -- A range of one value, which only the index on meta_category and tier returns in this
    -- order. For an equality, the planner may read the courses of all categories by rank.
    SELECT o.*, true AS is_own
    FROM (SELECT t.*, (SELECT c.user_id FROM generated_courses AS c WHERE c.id = t.course_id AND c.status <> 'archived') AS author_id
          FROM (SELECT t.*
                FROM trending_courses AS t
                WHERE t.meta_category >= category AND t.meta_category <= category
                  AND t.course_id NOT IN (SELECT e.id FROM unnest(excluded) AS e (id))
                ORDER BY t.meta_category, t.tier, t.rank
                OFFSET 0) AS t
          OFFSET 0) AS o
    WHERE o.author_id IS NOT NULL
      AND (viewer_id IS NULL OR EXISTS (SELECT FROM learnify_internal.shown_course(o.course_id, o.author_id, viewer_id)))
    LIMIT n
  ), site AS (
    SELECT o.*, false AS is_own
    FROM (SELECT t.*, (SELECT c.user_id FROM generated_courses AS c WHERE c.id = t.course_id AND c.status <> 'archived') AS author_id
          FROM (SELECT t.*
                FROM trending_courses AS t
                WHERE t.course_id NOT IN (SELECT e.id FROM unnest(excluded) AS e (id))
                  AND t.course_id NOT IN (SELECT w.course_id FROM own AS w)
                ORDER BY t.tier, t.rank
                OFFSET 0) AS t
          OFFSET 0) AS o
    WHERE o.author_id IS NOT NULL
      AND (viewer_id IS NULL OR EXISTS (SELECT FROM learnify_internal.shown_course(o.course_id, o.author_id, viewer_id)))
    LIMIT n - (SELECT count(*) FROM own)
  ), best AS (
    SELECT * FROM own UNION ALL SELECT * FROM site
  )
  SELECT b.course_id,
         greatest(1, 101 - b.rank),
         format('%s in %s: %s %s in 24 hours, %s in the 24 before',
                CASE velocity_label(b.velocity::double precision) WHEN 'hot' THEN 'Hot' ELSE 'Trending' END,
                b.meta_category, b.signups_24h, CASE b.signups_24h WHEN 1 THEN 'sign-up' ELSE 'sign-ups' END,
                b.signups_previous_24h),
         jsonb_build_object(
           'rank', row_number() OVER (ORDER BY b.is_own DESC, b.rank),
           'trending_rank', b.rank, 'velocity', b.velocity, 'signups_24h', b.signups_24h,
           'signups_previous_24h', b.signups_previous_24h, 'meta_category', b.meta_category)
  FROM best AS b
  ORDER BY b.is_own DESC, b.rank;
END;

COMMENT ON FUNCTION learnify_internal.trending_courses_for(text, uuid[], integer, uuid) IS 'Returns n trending courses but for those excluded, first those of a meta-category, each with a reason; only those that a viewer may see, unless that is NULL, which costs less';

CREATE OR REPLACE FUNCTION learnify_internal.trending_recommendations(user_id uuid, n integer DEFAULT 10)
RETURNS TABLE (course_id uuid, match_score integer, reason text, metadata jsonb)
LANGUAGE sql
STABLE PARALLEL SAFE COST 10000 ROWS 10
BEGIN ATOMIC
  SELECT t.course_id, t.match_score, t.reason, t.metadata
  FROM learnify_internal.trending_courses_for(
         (SELECT a.meta_category FROM user_archetypes AS a WHERE a.user_id = trending_recommendations.user_id),
         ARRAY(SELECT k.id FROM learnify_internal.taken_courses(trending_recommendations.user_id) AS k (id)),
         learnify_internal.require_count(n, 1000), NULL) AS t;
END;

COMMENT ON FUNCTION learnify_internal.trending_recommendations(uuid, integer) IS 'Returns trending courses that a learner has not taken, those of the learner''s meta-category before all others';
