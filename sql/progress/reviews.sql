CREATE OR REPLACE FUNCTION learnify_internal.fill_overall_score()
RETURNS trigger
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 10
AS 'MODULE_PATHNAME', 'fill_overall_score';

COMMENT ON FUNCTION learnify_internal.fill_overall_score() IS 'Row trigger: a review without an overall score gets the integer mean of its four scores';

CREATE OR REPLACE TRIGGER architecture_reviews_fill_overall_score
BEFORE INSERT ON architecture_reviews
FOR EACH ROW WHEN (NEW.overall_score IS NULL)
EXECUTE FUNCTION learnify_internal.fill_overall_score();

CREATE OR REPLACE FUNCTION learnify_internal.prepare_review()
RETURNS trigger
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 100
AS 'MODULE_PATHNAME', 'prepare_review';

COMMENT ON FUNCTION learnify_internal.prepare_review() IS 'Row trigger: checks a review, new or moved, against the submission that it is about';

CREATE OR REPLACE TRIGGER architecture_reviews_prepare
BEFORE INSERT ON architecture_reviews
FOR EACH ROW WHEN (NEW.broadcast_at = now())
EXECUTE FUNCTION learnify_internal.prepare_review();

CREATE OR REPLACE TRIGGER architecture_reviews_prepare_move
BEFORE UPDATE ON architecture_reviews
FOR EACH ROW
WHEN (NEW.submission_id IS NOT NULL
      AND (OLD.user_id IS DISTINCT FROM NEW.user_id
           OR OLD.module_id IS DISTINCT FROM NEW.module_id
           OR OLD.submission_id IS DISTINCT FROM NEW.submission_id))
EXECUTE FUNCTION learnify_internal.prepare_review();

CREATE OR REPLACE FUNCTION learnify_internal.refuse_submission(submission_id uuid)
RETURNS void
LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION 'submission % does not exist', submission_id
    USING ERRCODE = 'no_data_found',
          COLUMN = 'submission_id',
          HINT = 'Use the id that submit_exercise returned.';
END
$$;

COMMENT ON FUNCTION learnify_internal.refuse_submission(uuid) IS 'Raises no_data_found for a submission that does not exist';

CREATE OR REPLACE FUNCTION record_review(submission_id uuid, code_sense integer, efficiency integer, edge_cases integer,
                              taste integer, feedback jsonb DEFAULT '{}', ticket uuid DEFAULT NULL)
RETURNS uuid
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  submission record;
  wrong text[];
  review_id uuid;
BEGIN
  PERFORM @extschema@.require_backend();
  PERFORM learnify_internal.require_arguments(
    'submission_id', record_review.submission_id, 'code_sense', code_sense, 'efficiency', efficiency,
    'edge_cases', edge_cases, 'taste', taste, 'feedback', record_review.feedback);
  PERFORM learnify_internal.require_size(record_review.feedback, 'feedback', 'feedback');
  wrong := ARRAY(SELECT ARRAY[t.name, format('%s is %s', t.name, t.score)]
                 FROM (VALUES ('code_sense', code_sense), ('efficiency', efficiency), ('edge_cases', edge_cases),
                              ('taste', taste)) AS t (name, score)
                 WHERE t.score NOT BETWEEN 0 AND 100);
  IF wrong <> '{}' THEN
    RAISE EXCEPTION 'review score out of range: %', array_to_string(wrong[:][2:], ', ')
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = wrong[1][1],
            HINT = 'Each score is 0 to 100.';
  END IF;
  LOOP
    SELECT s.user_id, s.module_id INTO submission
    FROM @extschema@.module_completions AS s
    WHERE s.id = record_review.submission_id;
    IF NOT FOUND THEN
      IF record_review.ticket IS NOT NULL THEN
        PERFORM learnify_internal.redeem_ticket(record_review.ticket, record_review.submission_id);
      END IF;
      PERFORM learnify_internal.refuse_submission(record_review.submission_id);
    END IF;
    -- An author may be moving it to another module.
    PERFORM FROM @extschema@.generated_modules AS m WHERE m.id = submission.module_id FOR KEY SHARE;
    PERFORM
    FROM @extschema@.module_completions AS s
    WHERE s.id = record_review.submission_id AND s.user_id = submission.user_id AND s.module_id = submission.module_id
    FOR SHARE;
    EXIT WHEN FOUND;
  END LOOP;
  IF record_review.ticket IS NOT NULL THEN
    PERFORM learnify_internal.redeem_ticket(record_review.ticket, record_review.submission_id);
  END IF;

  INSERT INTO @extschema@.architecture_reviews
    (user_id, module_id, submission_id, code_sense_score, efficiency_score, edge_cases_score, taste_score, feedback)
  VALUES
    (submission.user_id, submission.module_id, record_review.submission_id, code_sense, efficiency, edge_cases,
     taste, record_review.feedback)
  RETURNING id INTO review_id;
  RETURN review_id;
END
$$;

COMMENT ON FUNCTION record_review(uuid, integer, integer, integer, integer, jsonb, uuid) IS 'Records a review of a submission, with the integer mean of its scores as the overall score, and returns its id; with a ticket, it answers the request that the ticket was given out for';
