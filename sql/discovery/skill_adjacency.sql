-- Mines which tag learners master after which. A learner has mastered a tag by completing
-- the first course that carries it. Of n learners, n_a mastered a, n_b mastered b and n_ab
-- mastered b later than a: support is n_ab, and lift is n_ab n / (n_a n_b), which is about
-- 1/2 if the order is due to chance. See Agrawal and Srikant 1995 for sequential patterns
-- and Brin et al. 1997 for lift.
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

CREATE OR REPLACE FUNCTION learnify_internal.skill_rules(min_lift double precision, min_support integer)
RETURNS TABLE (tag text, next_tag text, support bigint, lift double precision, weight double precision)
LANGUAGE c
STABLE STRICT PARALLEL RESTRICTED COST 1000000 ROWS 500
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS 'MODULE_PATHNAME', 'skill_rules';

COMMENT ON FUNCTION learnify_internal.skill_rules(double precision, integer) IS 'Returns the rows of skill_adjacency in no particular order, for arguments that have been checked';

CREATE OR REPLACE FUNCTION skill_adjacency(min_lift double precision DEFAULT 1.0, min_support integer DEFAULT 3)
RETURNS TABLE (tag text, next_tag text, support bigint, lift double precision, weight double precision)
LANGUAGE plpgsql
STABLE PARALLEL RESTRICTED COST 100000 ROWS 500
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
BEGIN
  PERFORM learnify_internal.require_rule_limits(min_lift, min_support);
  RETURN QUERY
    SELECT r.*
    FROM learnify_internal.skill_rules(min_lift, min_support) AS r
    ORDER BY r.lift DESC, r.support DESC, r.tag COLLATE "C", r.next_tag COLLATE "C";
END
$$;

COMMENT ON FUNCTION skill_adjacency(double precision, integer) IS 'Returns pairs of tags that learners master one after the other, in the more frequent order; support is how many learners did so, lift the ratio of that number to what it would be if mastering one had nothing to do with mastering the other, blended with the weight of the pair in the graph of skills';
