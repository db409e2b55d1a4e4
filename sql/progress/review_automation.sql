-- A review passes at 70. It shows an optimisation where its efficiency is 10 or
-- more above the best of the learner's earlier reviews of that module.
CREATE FUNCTION review_activities(review architecture_reviews)
RETURNS TABLE (activity text, metadata jsonb)
LANGUAGE sql
STABLE PARALLEL SAFE COST 100 ROWS 2
BEGIN ATOMIC
  SELECT 'review_passed', jsonb_build_object('score', review.overall_score)
  WHERE review.overall_score >= 70
  UNION ALL
  SELECT 'optimization_achieved', jsonb_build_object('efficiency', review.efficiency_score, 'previous_best', b.best)
  FROM (SELECT max(r.efficiency_score) AS best
        FROM architecture_reviews AS r
        WHERE r.user_id = review.user_id AND r.module_id = review.module_id
          AND (r.reviewed_at, r.id) < (review.reviewed_at, review.id)) AS b
  WHERE review.efficiency_score >= b.best + 10;
END;

COMMENT ON FUNCTION review_activities(architecture_reviews) IS 'Returns what a review says to the feed';

CREATE FUNCTION broadcast_review(review architecture_reviews)
RETURNS void
LANGUAGE sql
VOLATILE PARALLEL UNSAFE COST 1000
BEGIN ATOMIC
  SELECT broadcast(review.user_id, a.activity, 'review', review.id, m.metadata || a.metadata, review.reviewed_at)
  FROM review_activities(review) AS a
  CROSS JOIN LATERAL module_metadata(review.module_id) AS m
  WHERE NOT EXISTS (
    SELECT
    FROM activity_feed AS f
    WHERE f.user_id = review.user_id AND f.activity_type = a.activity AND f.reference_id = review.id);
END;

COMMENT ON FUNCTION broadcast_review(architecture_reviews) IS 'Tells the feed what a review says, unless it has been told';

CREATE FUNCTION retract_reviews(user_id uuid, module_id uuid)
RETURNS void
LANGUAGE sql
VOLATILE PARALLEL UNSAFE COST 1000
BEGIN ATOMIC
  DELETE FROM activity_feed AS f
  WHERE f.user_id = retract_reviews.user_id
    AND f.reference_type = 'review'
    AND f.metadata ->> 'module_id' = retract_reviews.module_id::text
    AND NOT EXISTS (
      SELECT
      FROM architecture_reviews AS r
      CROSS JOIN LATERAL review_activities(r) AS a
      WHERE r.id = f.reference_id AND a.activity = f.activity_type);
END;

COMMENT ON FUNCTION retract_reviews(uuid, uuid) IS 'Takes back from the feed what a learner''s reviews of a module no longer say';

CREATE FUNCTION follow_review()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF @extschema@.automation_enabled() THEN
    -- where it is dated before others, these may say less than they did
    PERFORM @extschema@.retract_reviews(NEW.user_id, NEW.module_id);
    PERFORM @extschema@.broadcast_review(NEW);
    PERFORM @extschema@.award_for_metrics(NEW.user_id, '{review_average,reviews_received}');
  END IF;
  RETURN NULL;
END
$$;

REVOKE EXECUTE ON FUNCTION follow_review() FROM PUBLIC;

COMMENT ON FUNCTION follow_review() IS 'Row trigger: what a new review sets off, in feed and achievements';

CREATE TRIGGER architecture_reviews_follow
AFTER INSERT ON architecture_reviews
FOR EACH ROW WHEN (NEW.broadcast_at = now())
EXECUTE FUNCTION follow_review();

CREATE FUNCTION correct_overall_score()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF OLD.overall_score = (OLD.code_sense_score + OLD.efficiency_score + OLD.edge_cases_score + OLD.taste_score) / 4 THEN
    NEW.overall_score :=
      (NEW.code_sense_score + NEW.efficiency_score + NEW.edge_cases_score + NEW.taste_score) / 4;
  END IF;
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION correct_overall_score() IS 'Row trigger: an overall score that was the mean of the four stays the mean when they are corrected';

CREATE TRIGGER architecture_reviews_correct_overall_score
BEFORE UPDATE ON architecture_reviews
FOR EACH ROW
WHEN (OLD.overall_score = NEW.overall_score
      AND (OLD.code_sense_score, OLD.efficiency_score, OLD.edge_cases_score, OLD.taste_score)
          IS DISTINCT FROM (NEW.code_sense_score, NEW.efficiency_score, NEW.edge_cases_score, NEW.taste_score))
EXECUTE FUNCTION correct_overall_score();

-- A review corrected or deleted: what it or a later one no longer says is taken
-- back from the feed, and what it now says is told.
CREATE FUNCTION correct_review()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NOT @extschema@.automation_enabled() OR NOT @extschema@.lock_learner(OLD.user_id) THEN
    RETURN NULL;
  END IF;
  PERFORM @extschema@.retract_reviews(OLD.user_id, OLD.module_id);
  IF TG_OP = 'UPDATE' THEN
    PERFORM @extschema@.broadcast_review(NEW);
  END IF;
  -- without a bad one, the average is better too
  PERFORM @extschema@.award_for_metrics(coalesce(NEW.user_id, OLD.user_id), '{review_average}');
  RETURN NULL;
END
$$;

REVOKE EXECUTE ON FUNCTION correct_review() FROM PUBLIC;

COMMENT ON FUNCTION correct_review() IS 'Row trigger: brings the feed up to a review that was corrected or deleted';

CREATE TRIGGER architecture_reviews_correct_update
AFTER UPDATE ON architecture_reviews
FOR EACH ROW
WHEN ((OLD.overall_score, OLD.efficiency_score) IS DISTINCT FROM (NEW.overall_score, NEW.efficiency_score))
EXECUTE FUNCTION correct_review();

CREATE TRIGGER architecture_reviews_correct_delete
AFTER DELETE ON architecture_reviews
FOR EACH ROW
EXECUTE FUNCTION correct_review();
