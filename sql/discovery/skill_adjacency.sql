-- Mines which tag learners master after which. A learner has mastered a tag by completing
-- the first course that carries it. Of n learners, n_a mastered a, n_b mastered b and n_ab
-- mastered b later than a: support is n_ab, and lift is n_ab n / (n_a n_b), which is about
-- 1/2 if the order is due to chance. See Agrawal and Srikant 1995 for sequential patterns
-- and Brin et al. 1997 for lift.
CREATE OR REPLACE FUNCTION learnify_internal.mastered_tags()
RETURNS TABLE (user_id uuid, tag text, mastered_at timestamptz)
LANGUAGE sql
STABLE PARALLEL SAFE COST 10000 ROWS 100000
BEGIN ATOMIC
  SELECT c.user_id, t.tag, min(c.completed_at)
  FROM (SELECT p.user_id, p.course_id, p.completed_at
        FROM user_progress AS p
        WHERE p.completed_at IS NOT NULL
        UNION ALL
        SELECT i.user_id, i.course_id, i.created_at
        FROM user_course_interactions AS i
        WHERE i.interaction_type = 'completed') AS c
  JOIN course_tags AS t ON t.course_id = c.course_id
  GROUP BY c.user_id, t.tag;
END;

COMMENT ON FUNCTION learnify_internal.mastered_tags() IS 'Returns the tags that learners have mastered, each with when the learner first completed a course that carries it';

CREATE OR REPLACE FUNCTION learnify_internal.require_rule_limits(min_lift double precision, min_support integer)
RETURNS void
LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF (min_lift > 0 AND min_lift < 'infinity') IS NOT TRUE THEN
    RAISE EXCEPTION 'min_lift cannot be %', coalesce(min_lift::text, 'null')
      USING ERRCODE = CASE WHEN min_lift IS NULL THEN 'null_value_not_allowed' ELSE 'invalid_parameter_value' END,
            COLUMN = 'min_lift',
            HINT = 'Pass a finite number above 0; about 0.5 is chance.';
  END IF;
  IF (min_support >= 1) IS NOT TRUE THEN
    RAISE EXCEPTION 'min_support cannot be %', coalesce(min_support::text, 'null')
      USING ERRCODE = CASE WHEN min_support IS NULL THEN 'null_value_not_allowed' ELSE 'invalid_parameter_value' END,
            COLUMN = 'min_support',
            HINT = 'Pass the number of learners, 1 or more.';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.require_rule_limits(double precision, integer) IS 'Raises an error if the least lift or support of a rule is NULL or out of range';

CREATE OR REPLACE FUNCTION skill_adjacency(min_lift double precision DEFAULT 1.0, min_support integer DEFAULT 3)
RETURNS TABLE (tag text, next_tag text, support bigint, lift double precision)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 100000 ROWS 500
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
BEGIN
  PERFORM learnify_internal.require_rule_limits(min_lift, min_support);
  RETURN QUERY
    WITH mastered AS MATERIALIZED (
      SELECT m.user_id, m.tag, m.mastered_at FROM learnify_internal.mastered_tags() AS m
    ), holders AS (
      SELECT m.tag, count(*) AS learners FROM mastered AS m GROUP BY m.tag
    ), sequences AS (
      SELECT a.tag, b.tag AS next_tag, count(*) AS support
      FROM mastered AS a
      JOIN mastered AS b ON b.user_id = a.user_id AND b.mastered_at > a.mastered_at
      GROUP BY a.tag, b.tag
      HAVING count(*) >= min_support
    )
    SELECT s.tag, s.next_tag, s.support,
           s.support::double precision * (SELECT count(DISTINCT m.user_id) FROM mastered AS m)
           / (a.learners::double precision * b.learners)
    FROM sequences AS s
    JOIN holders AS a ON a.tag = s.tag
    JOIN holders AS b ON b.tag = s.next_tag
    LEFT JOIN sequences AS r ON r.tag = s.next_tag AND r.next_tag = s.tag
    WHERE s.support > coalesce(r.support, 0)
      AND s.support::double precision * (SELECT count(DISTINCT m.user_id) FROM mastered AS m)
          >= min_lift * a.learners * b.learners
    ORDER BY 4 DESC, 3 DESC, 1, 2;
END
$$;

COMMENT ON FUNCTION skill_adjacency(double precision, integer) IS 'Returns pairs of tags that learners master one after the other, in the more frequent order; support is how many learners did so, lift the ratio of that number to what it would be if mastering one had nothing to do with mastering the other';
