-- A review passes at 70. It shows an optimisation if its efficiency is at least 10 above the
-- best of the learner's earlier reviews of that module. The body is not BEGIN ATOMIC, because no
-- column with a default could be added to a table whose row such a body reads.
CREATE OR REPLACE FUNCTION learnify_internal.review_activities(reviews architecture_reviews[])
RETURNS TABLE (review_id uuid, user_id uuid, module_id uuid, reviewed_at timestamptz, activity text, metadata jsonb,
               told_from timestamptz, told_until timestamptz)
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT r.id, r.user_id, r.module_id, r.reviewed_at, a.activity, a.metadata,
         CASE WHEN r.is_in_time THEN r.reviewed_at ELSE '-infinity' END,
         CASE WHEN r.is_in_time THEN r.reviewed_at ELSE 'infinity' END
  FROM (SELECT u.id, u.user_id, u.module_id, u.reviewed_at, u.overall_score, u.efficiency_score,
               isfinite(u.reviewed_at) AND u.reviewed_at <= u.broadcast_at AS is_in_time,
               max(u.efficiency_score) OVER (PARTITION BY u.user_id, u.module_id ORDER BY u.reviewed_at, u.id
                                             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS previous_best
        FROM unnest(reviews) AS u) AS r
  CROSS JOIN LATERAL (
    SELECT 'review_passed' AS activity, jsonb_build_object('score', r.overall_score) AS metadata
    WHERE r.overall_score >= 70
    UNION ALL
    SELECT 'optimization_achieved' AS activity,
           jsonb_build_object('efficiency', r.efficiency_score, 'previous_best', r.previous_best) AS metadata
    WHERE r.efficiency_score >= r.previous_best + 10
  ) AS a
$$;

COMMENT ON FUNCTION learnify_internal.review_activities(architecture_reviews[]) IS 'Returns what reviews say to the feed, given all of a learner''s reviews of a module';

-- A review decides about its own activities and about those of later reviews of the module. So
-- this compares the activities before and after the change, and writes only the difference.
-- A review that was written while automation was off is therefore broadcast when it is itself
-- corrected, but not when another one is. Not BEGIN ATOMIC, as above.
CREATE OR REPLACE FUNCTION learnify_internal.rebroadcast_reviews(removed architecture_reviews[], added architecture_reviews[])
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  earlier @extschema@.architecture_reviews[];
  present @extschema@.architecture_reviews[];
BEGIN
  present := ARRAY(
    SELECT r
    FROM @extschema@.architecture_reviews AS r
    WHERE (r.user_id, r.module_id) IN (SELECT u.user_id, u.module_id FROM unnest(removed || added) AS u));
  earlier := removed || ARRAY(
    SELECT p
    FROM unnest(present) AS p
    WHERE p.id NOT IN (SELECT a.id FROM unnest(added) AS a));

  -- A feed row has the time of its review, by which the index finds it. If the review was
  -- written before that time, the feed row has another one, and all of the user's are searched.
  DELETE FROM @extschema@.activity_feed AS f
  USING learnify_internal.review_activities(earlier) AS e
  WHERE f.user_id = e.user_id AND f.created_at BETWEEN e.told_from AND e.told_until
    AND f.activity_type = e.activity AND f.reference_id = e.review_id
    AND NOT EXISTS (
      SELECT
      FROM learnify_internal.review_activities(present) AS p
      WHERE (p.user_id, p.review_id, p.activity) = (e.user_id, e.review_id, e.activity));
  UPDATE @extschema@.activity_feed AS f
  SET metadata = f.metadata || learnify_internal.module_metadata(p.module_id) || p.metadata,
      created_at = learnify_internal.corrected_time(f.created_at, p.reviewed_at)
  FROM learnify_internal.review_activities(earlier) AS e
  JOIN learnify_internal.review_activities(present) AS p
    ON (p.user_id, p.review_id, p.activity) = (e.user_id, e.review_id, e.activity)
  WHERE f.user_id = e.user_id AND f.created_at BETWEEN e.told_from AND e.told_until
    AND f.activity_type = e.activity AND f.reference_id = e.review_id
    AND (p.module_id, p.reviewed_at, p.metadata) <> (e.module_id, e.reviewed_at, e.metadata);
  PERFORM learnify_internal.broadcast(
    p.user_id, p.activity, p.review_id, learnify_internal.module_metadata(p.module_id) || p.metadata,
    p.reviewed_at)
  FROM learnify_internal.review_activities(present) AS p
  WHERE (p.review_id IN (SELECT a.id FROM unnest(added) AS a)
         OR NOT EXISTS (
           SELECT
           FROM learnify_internal.review_activities(earlier) AS e
           WHERE (e.user_id, e.review_id, e.activity) = (p.user_id, p.review_id, p.activity)))
    AND NOT EXISTS (
      SELECT
      FROM @extschema@.activity_feed AS f
      WHERE f.user_id = p.user_id AND f.created_at BETWEEN p.told_from AND p.told_until
        AND f.activity_type = p.activity AND f.reference_id = p.review_id)
  ORDER BY p.reviewed_at, p.review_id, p.activity DESC;

  -- A correction or a deletion can raise the average, but not the number of reviews.
  PERFORM learnify_internal.award_for_event(
    t.user_id, CASE WHEN t.more > 0 THEN 'review_received' ELSE 'review_corrected' END)
  FROM (SELECT u.user_id, sum(u.more) AS more
        FROM (SELECT a.user_id, 1 AS more FROM unnest(added) AS a
              UNION ALL
              SELECT r.user_id, -1 FROM unnest(removed) AS r) AS u
        GROUP BY u.user_id
        ORDER BY u.user_id) AS t;
END
$$;

COMMENT ON FUNCTION learnify_internal.rebroadcast_reviews(architecture_reviews[], architecture_reviews[]) IS 'Brings feed and achievements up to date after reviews were removed, or written, of learners who are locked';

CREATE OR REPLACE FUNCTION learnify_internal.process_reviews()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  removed @extschema@.architecture_reviews[] := '{}';
  added @extschema@.architecture_reviews[] := '{}';
BEGIN
  IF NOT learnify_internal.automation_enabled() OR learnify_internal.is_own_statement() THEN
    RETURN NULL;
  END IF;
  -- An INSERT counts only live rows, and an UPDATE only rows in which something relevant changed.
  IF TG_OP = 'INSERT' THEN
    added := ARRAY(SELECT a::@extschema@.architecture_reviews FROM after AS a WHERE a.broadcast_at = now());
  ELSIF TG_OP = 'DELETE' THEN
    removed := ARRAY(SELECT b::@extschema@.architecture_reviews FROM before AS b);
  ELSE
    removed := ARRAY(
      SELECT b::@extschema@.architecture_reviews
      FROM before AS b
      WHERE NOT EXISTS (
        SELECT
        FROM after AS a
        WHERE (a.id, a.user_id, a.module_id, a.overall_score, a.efficiency_score, a.reviewed_at)
              = (b.id, b.user_id, b.module_id, b.overall_score, b.efficiency_score, b.reviewed_at)));
    added := ARRAY(
      SELECT a::@extschema@.architecture_reviews
      FROM after AS a
      WHERE NOT EXISTS (
        SELECT
        FROM before AS b
        WHERE (a.id, a.user_id, a.module_id, a.overall_score, a.efficiency_score, a.reviewed_at)
              = (b.id, b.user_id, b.module_id, b.overall_score, b.efficiency_score, b.reviewed_at)));
  END IF;
  IF TG_OP <> 'INSERT' THEN
    -- lock_learner returns false for a learner who is being deleted, for whom nothing is corrected.
    removed := ARRAY(
      SELECT r
      FROM unnest(removed) AS r
      WHERE r.user_id IN (SELECT t.user_id
                          FROM (SELECT DISTINCT u.user_id
                                FROM unnest(removed || added) AS u
                                ORDER BY u.user_id
                                OFFSET 0) AS t
                          WHERE learnify_internal.lock_learner(t.user_id)));
  END IF;
  IF cardinality(removed || added) = 0 THEN
    RETURN NULL;
  END IF;

  PERFORM learnify_internal.rebroadcast_reviews(removed, added);
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.process_reviews() IS 'Statement trigger: what new, corrected and deleted reviews set off, in feed and achievements';

CREATE OR REPLACE FUNCTION learnify_internal.process_moved_reviews(reviews uuid[], modules uuid[])
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  moved record;
  review @extschema@.architecture_reviews;
  removed @extschema@.architecture_reviews[] := '{}';
  added @extschema@.architecture_reviews[] := '{}';
BEGIN
  FOR moved IN
    SELECT r AS review, t.module_id
    FROM unnest(reviews, modules) AS t (id, module_id)
    JOIN @extschema@.architecture_reviews AS r ON r.id = t.id
  LOOP
    review := moved.review;
    added := added || review;
    review.module_id := moved.module_id;
    removed := removed || review;
  END LOOP;
  PERFORM learnify_internal.rebroadcast_reviews(removed, added);
END
$$;

COMMENT ON FUNCTION learnify_internal.process_moved_reviews(uuid[], uuid[]) IS 'Brings feed and achievements of a learner up to date, whose reviews were in these modules before';

CREATE OR REPLACE TRIGGER architecture_reviews_process_insert
AFTER INSERT ON architecture_reviews
REFERENCING NEW TABLE AS after
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.process_reviews();

CREATE OR REPLACE TRIGGER architecture_reviews_process_update
AFTER UPDATE ON architecture_reviews
REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.process_reviews();

CREATE OR REPLACE TRIGGER architecture_reviews_process_delete
AFTER DELETE ON architecture_reviews
REFERENCING OLD TABLE AS before
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.process_reviews();

CREATE OR REPLACE FUNCTION learnify_internal.correct_overall_score()
RETURNS trigger
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 10
AS 'MODULE_PATHNAME', 'correct_overall_score';

COMMENT ON FUNCTION learnify_internal.correct_overall_score() IS 'Row trigger: an overall score that was the mean of the four stays the mean when they are corrected';

CREATE OR REPLACE TRIGGER architecture_reviews_correct_overall_score
BEFORE UPDATE ON architecture_reviews
FOR EACH ROW
WHEN (OLD.overall_score = NEW.overall_score
      AND (OLD.code_sense_score IS DISTINCT FROM NEW.code_sense_score
           OR OLD.efficiency_score IS DISTINCT FROM NEW.efficiency_score
           OR OLD.edge_cases_score IS DISTINCT FROM NEW.edge_cases_score
           OR OLD.taste_score IS DISTINCT FROM NEW.taste_score))
EXECUTE FUNCTION learnify_internal.correct_overall_score();
