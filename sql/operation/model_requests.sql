-- The queue of requests to models. No lock is held while a model computes its answer: a claim
-- sets due_at to the time at which it times out, and from then on another client can claim the
-- request. Each claim of the same request lasts twice as long as the one before, so that a
-- request that no model answers is tried less and less often. Requests are claimed in the order
-- of due_at, so such a request does not hold up the others.
--
-- A transaction that locks both a request and the row that it is about locks that row first. So
-- claims select requests together with these rows.

-- Requests that are due are tried again from the beginning; one that is claimed stays claimed.
CREATE OR REPLACE FUNCTION learnify_internal.request_answer(kind text, subject_id uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
  UPDATE learnify_internal.model_requests AS r
  SET tries = 0
  WHERE r.id = (SELECT q.id
                FROM learnify_internal.model_requests AS q
                WHERE (q.archetype_id = subject_id OR q.submission_id = subject_id)
                  AND q.kind = request_answer.kind AND q.due_at <= statement_timestamp()
                FOR NO KEY UPDATE SKIP LOCKED);
  INSERT INTO learnify_internal.model_requests (kind, archetype_id, submission_id, due_at)
  VALUES (request_answer.kind,
          CASE WHEN request_answer.kind = 'domain_validation' THEN subject_id END,
          CASE WHEN request_answer.kind = 'review' THEN subject_id END,
          statement_timestamp())
  ON CONFLICT DO NOTHING;
  RETURN FOUND;
END
$$;

COMMENT ON FUNCTION learnify_internal.request_answer(text, uuid) IS 'Adds a request about a row to the queue; false where there is one already';

CREATE OR REPLACE FUNCTION learnify_internal.check_claim(n integer, time_out interval, max_tries integer)
RETURNS void
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM learnify_internal.require_arguments('n', n, 'time_out', time_out, 'max_tries', max_tries);
  IF n < 1 THEN
    RAISE EXCEPTION 'cannot claim % requests', n
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'n',
            HINT = 'Claim at least 1.';
  ELSIF time_out <= interval '0' OR time_out > interval '1 day' THEN
    RAISE EXCEPTION 'a claim cannot last %', time_out
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'time_out',
            HINT = 'Give a time above zero, and up to a day.';
  ELSIF max_tries NOT BETWEEN 1 AND 100 THEN
    RAISE EXCEPTION 'cannot try % times', max_tries
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'max_tries',
            HINT = 'Give a number from 1 to 100.';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.check_claim(integer, interval, integer) IS 'Raises invalid_parameter_value for arguments of a claim that are out of range';

-- Rows that somebody else has locked are skipped. What a request is about is locked before the request,
-- as a deletion does: of a pair that is skipped, PostgreSQL keeps the lock that it has got, and a deletion
-- that holds the learner would wait for the request.
CREATE OR REPLACE FUNCTION learnify_internal.lock_due_requests(kind text, n integer, min_tries integer, max_tries integer)
RETURNS uuid[]
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  requests uuid[];
BEGIN
  EXECUTE format(
    'SELECT ARRAY(
       SELECT r.id
       FROM learnify_internal.model_requests AS r
       JOIN @extschema@.%I AS s ON s.id = r.%I
       WHERE r.kind = $1
         AND r.due_at <= statement_timestamp()
         AND r.tries BETWEEN $2 AND $3
       ORDER BY r.due_at, r.id
       LIMIT $4
       FOR NO KEY UPDATE OF s SKIP LOCKED
       FOR NO KEY UPDATE OF r SKIP LOCKED)',
    CASE kind WHEN 'domain_validation' THEN 'user_archetypes' WHEN 'review' THEN 'module_completions' END,
    CASE kind WHEN 'domain_validation' THEN 'archetype_id' WHEN 'review' THEN 'submission_id' END)
  INTO requests
  USING kind, min_tries, max_tries, n;
  RETURN requests;
END
$$;

COMMENT ON FUNCTION learnify_internal.lock_due_requests(text, integer, integer, integer) IS 'Locks up to n requests of a kind that are due and have been claimed min_tries to max_tries times, with the rows that they are about, and returns their ids in the order in which they are due; all where n is NULL';

CREATE OR REPLACE FUNCTION learnify_internal.hand_out_tickets(requests uuid[], time_out interval)
RETURNS TABLE (request_id uuid, ticket uuid, tries integer)
LANGUAGE sql
VOLATILE STRICT PARALLEL UNSAFE COST 100 ROWS 10
BEGIN ATOMIC
  UPDATE learnify_internal.model_requests AS r
  SET ticket = gen_random_uuid(),
      tries = r.tries + 1,
      due_at = statement_timestamp() + time_out * 2 ^ r.tries
  WHERE r.id = ANY (requests)
  RETURNING r.id, r.ticket, r.tries;
END;

COMMENT ON FUNCTION learnify_internal.hand_out_tickets(uuid[], interval) IS 'Gives requests that the caller has locked a ticket each, which lasts until they are claimed again';

-- SECURITY DEFINER, because back ends may only read the queue.
CREATE OR REPLACE FUNCTION learnify_internal.redeem_ticket(ticket uuid, subject_id uuid)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  DELETE FROM learnify_internal.model_requests AS r
  WHERE r.ticket = redeem_ticket.ticket AND subject_id IN (r.archetype_id, r.submission_id);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'ticket % is stale', redeem_ticket.ticket
      USING ERRCODE = '55L01',
            COLUMN = 'ticket',
            DETAIL = 'What it was given out for has changed, has been answered, or was claimed again after the time-out.',
            HINT = 'Drop the answer, and claim again.';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.redeem_ticket(uuid, uuid) IS 'Removes the request about this row that a ticket was given out for; raises 55L01, stale_ticket, where it is no longer valid';
