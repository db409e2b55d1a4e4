-- A reviewer, such as a language model, runs outside of the database. A client claims a request in
-- one transaction, asks the reviewer, and records the review in another transaction.

-- Each review costs somebody work or money, so that what a learner can ask for by oneself is
-- limited; a back end decides for itself. Sessions that ask at the same time do not see each
-- other's requests: together they may exceed the limit by the number of sessions.
CREATE OR REPLACE FUNCTION learnify_internal.require_few_reviews(learner uuid, submission_id uuid)
RETURNS void
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 1000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  IF learnify_internal.role_is_bound()
     AND NOT EXISTS (SELECT FROM learnify_internal.model_requests AS r WHERE r.submission_id = require_few_reviews.submission_id)
     AND (SELECT count(*)
          FROM @extschema@.module_completions AS s
          JOIN learnify_internal.model_requests AS r ON r.submission_id = s.id
          WHERE s.user_id = learner)
         + (SELECT count(*)
            FROM @extschema@.architecture_reviews AS a
            WHERE a.user_id = learner AND a.reviewed_at > statement_timestamp() - interval '24 hours') >= 20 THEN
    RAISE EXCEPTION 'user % has requested enough reviews for a day', learner
      USING ERRCODE = 'object_not_in_prerequisite_state',
            COLUMN = 'submission_id',
            DETAIL = 'Reviews that wait and those of the last 24 hours are 20 or more.',
            HINT = 'Ask again later.';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.require_few_reviews(uuid, uuid) IS 'Raises object_not_in_prerequisite_state where a learner''s role asks for one more review than a day has';

-- To a learner, somebody else's submission does not exist: row-level security hides it.
CREATE OR REPLACE FUNCTION request_review(submission_id uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  learner uuid;
  is_new boolean;
BEGIN
  PERFORM learnify_internal.require_arguments('submission_id', submission_id);
  SELECT s.user_id INTO learner
  FROM @extschema@.module_completions AS s
  WHERE s.id = request_review.submission_id;
  IF NOT FOUND OR NOT learnify_internal.may_act_for(learner) THEN
    PERFORM learnify_internal.refuse_submission(submission_id);
  END IF;
  -- not before, so that nobody can lock somebody else's submission
  PERFORM FROM @extschema@.module_completions AS s WHERE s.id = request_review.submission_id AND s.user_id = learner FOR KEY SHARE;
  IF NOT FOUND THEN
    PERFORM learnify_internal.refuse_submission(submission_id);
  END IF;
  PERFORM learnify_internal.require_few_reviews(learner, submission_id);
  is_new := learnify_internal.request_answer('review', submission_id);
  PERFORM pg_notify('learnify_review', submission_id::text);
  RETURN is_new;
END
$$;

REVOKE EXECUTE ON FUNCTION request_review(uuid) FROM PUBLIC;

COMMENT ON FUNCTION request_review(uuid) IS 'Requests a review of a submission and notifies channel learnify_review with its id; false where one is requested already';

CREATE OR REPLACE FUNCTION learnify_internal.give_up_reviews(max_tries integer)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  given_up record;
BEGIN
  FOR given_up IN
    DELETE FROM learnify_internal.model_requests AS r
    USING unnest(learnify_internal.lock_due_requests('review', NULL, max_tries, 2147483647)) AS d (request_id)
    WHERE r.id = d.request_id
    RETURNING r.submission_id, r.tries
  LOOP
    RAISE WARNING 'review of submission % is given up: none after % tries', given_up.submission_id, given_up.tries
      USING HINT = 'Look at what the reviewer makes of it; request_review asks again.';
  END LOOP;
END
$$;

COMMENT ON FUNCTION learnify_internal.give_up_reviews(integer) IS 'Removes requests for reviews that have been claimed max_tries times without a review';

-- The ten latest, so that a prompt does not grow without limit.
CREATE OR REPLACE FUNCTION learnify_internal.earlier_reviews(user_id uuid, module_id uuid)
RETURNS jsonb
LANGUAGE sql
STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
  SELECT coalesce(jsonb_agg(jsonb_build_object(
           'submission_id', r.submission_id, 'reviewed_at', r.reviewed_at, 'overall', r.overall_score,
           'code_sense', r.code_sense_score, 'efficiency', r.efficiency_score, 'edge_cases', r.edge_cases_score,
           'taste', r.taste_score, 'feedback', r.feedback) ORDER BY r.reviewed_at DESC, r.id DESC), '[]')
  FROM (SELECT a.id, a.submission_id, a.reviewed_at, a.overall_score, a.code_sense_score, a.efficiency_score, a.edge_cases_score,
               a.taste_score, a.feedback
        FROM architecture_reviews AS a
        WHERE a.user_id = earlier_reviews.user_id AND a.module_id = earlier_reviews.module_id
        ORDER BY a.reviewed_at DESC, a.id DESC
        LIMIT 10) AS r;
END;

COMMENT ON FUNCTION learnify_internal.earlier_reviews(uuid, uuid) IS 'Returns the latest reviews of a learner in a module, as input for the next';

CREATE OR REPLACE FUNCTION claim_reviews(n integer DEFAULT 1, time_out interval DEFAULT '5 minutes', max_tries integer DEFAULT 5)
RETURNS TABLE (submission_id uuid, user_id uuid, exercise jsonb, code text, language text, test_results jsonb, passed boolean,
               score integer, earlier_reviews jsonb, ticket uuid, tries integer)
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100 ROWS 10
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  requests uuid[];
BEGIN
  PERFORM learnify_internal.check_claim(n, time_out, max_tries);
  IF learnify_internal.is_coordinating() THEN
    RETURN QUERY SELECT * FROM learnify_internal.claim_from_nodes(n, time_out, max_tries);
    RETURN;
  END IF;
  PERFORM learnify_internal.give_up_reviews(max_tries);
  requests := learnify_internal.lock_due_requests('review', n, 0, max_tries - 1);
  -- A transaction that did not see the request may have deleted the submission.
  IF cardinality(requests) < n THEN
    DELETE FROM learnify_internal.model_requests AS r
    WHERE r.kind = 'review' AND r.due_at <= statement_timestamp()
      AND NOT EXISTS (SELECT FROM @extschema@.module_completions AS s WHERE s.id = r.submission_id);
  END IF;
  RETURN QUERY
    SELECT s.id, s.user_id,
           jsonb_build_object('course', c.title, 'module', m.title, 'title', e.title, 'description', e.description,
                              'difficulty', e.difficulty, 'starter_code', e.starter_code,
                              'solution_code', e.solution_code, 'test_cases', e.test_cases),
           s.submitted_code, s.language, s.test_results, s.passed, s.score,
           learnify_internal.earlier_reviews(s.user_id, s.module_id), t.ticket, t.tries
    FROM learnify_internal.hand_out_tickets(requests, time_out) AS t
    JOIN learnify_internal.model_requests AS r ON r.id = t.request_id
    JOIN @extschema@.module_completions AS s ON s.id = r.submission_id
    JOIN @extschema@.generated_modules AS m ON m.id = s.module_id
    JOIN @extschema@.generated_courses AS c ON c.id = m.course_id
    LEFT JOIN @extschema@.exercises AS e ON e.id = s.exercise_id
    ORDER BY array_position(requests, t.request_id);
END
$$;

REVOKE EXECUTE ON FUNCTION claim_reviews(integer, interval, integer) FROM PUBLIC;

COMMENT ON FUNCTION claim_reviews(integer, interval, integer) IS 'Returns up to n submissions that wait for a review, those that were due first, each with what a reviewer needs and a ticket for record_review; nobody else gets them before the time-out, which doubles with each try';

CREATE OR REPLACE FUNCTION learnify_internal.forget_review_requests()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  IF learnify_internal.is_on_node() THEN
    RETURN NULL;  -- which has only a copy of the requests; claim_reviews forgets them
  ELSIF TG_OP = 'TRUNCATE' THEN
    DELETE FROM learnify_internal.model_requests AS r WHERE r.kind = 'review';
  ELSE
    DELETE FROM learnify_internal.model_requests AS r WHERE r.submission_id IN (SELECT s.id FROM before AS s);
  END IF;
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.forget_review_requests() IS 'Statement trigger: deletes the requests for reviews of submissions that are gone';

CREATE OR REPLACE TRIGGER module_completions_forget_review_requests
AFTER DELETE ON module_completions
REFERENCING OLD TABLE AS before
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.forget_review_requests();

CREATE OR REPLACE TRIGGER module_completions_forget_truncated_review_requests
AFTER TRUNCATE ON module_completions
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.forget_review_requests();

-- A review applies only to the code that was reviewed: the next claim has the new code. In a
-- distributed database, for which the plan is made for the arguments, the node that has sent the
-- correction calls this.
CREATE OR REPLACE FUNCTION learnify_internal.renew_review_requests(submissions uuid[], renewed uuid[])
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
  UPDATE learnify_internal.model_requests AS r
  SET submission_id = s.renewed_id,
      ticket = NULL,
      tries = 0,
      due_at = statement_timestamp()
  FROM unnest(submissions, renewed) AS s (submission_id, renewed_id)
  WHERE r.submission_id = s.submission_id;
END
$$;

COMMENT ON FUNCTION learnify_internal.renew_review_requests(uuid[], uuid[]) IS 'Makes the tickets of the reviews of these submissions stale, which have these ids from now on, and lets them be claimed again';

CREATE OR REPLACE FUNCTION learnify_internal.renew_review_request()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  IF NOT learnify_internal.is_on_node() THEN
    PERFORM learnify_internal.renew_review_requests(ARRAY[OLD.id], ARRAY[NEW.id]);
  ELSIF EXISTS (SELECT FROM learnify_internal.model_requests AS r WHERE r.submission_id = OLD.id) THEN
    INSERT INTO learnify_internal.pending_renewals (user_id, submission_id, renewed_id) VALUES (NEW.user_id, OLD.id, NEW.id);
  END IF;
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.renew_review_request() IS 'Row trigger: makes the ticket of a review stale if the code of its submission is corrected, or its id';

CREATE OR REPLACE TRIGGER module_completions_renew_review_request
AFTER UPDATE OF id, submitted_code, language ON module_completions
FOR EACH ROW WHEN (OLD.id <> NEW.id OR OLD.submitted_code <> NEW.submitted_code OR OLD.language <> NEW.language)
EXECUTE FUNCTION learnify_internal.renew_review_request();
