-- The queue of requests to models. No lock is held while a model computes its answer: a claim
-- sets due_at to the time at which it times out, and from then on another client can claim the
-- request. Each claim of the same request lasts twice as long as the one before, so that a
-- request that no model answers is tried less and less often. Requests are claimed in the order
-- of due_at, so such a request does not hold up the others.
--
-- A transaction that locks both a request and the row that it is about locks that row first. So
-- claims select requests together with these rows.

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

CREATE OR REPLACE FUNCTION learnify_internal.redeem_ticket(ticket uuid, kind text)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  DELETE FROM learnify_internal.model_requests AS r
  WHERE r.ticket = redeem_ticket.ticket AND r.kind = redeem_ticket.kind;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'ticket % is stale', redeem_ticket.ticket
      USING ERRCODE = '55L01',
            COLUMN = 'ticket',
            DETAIL = 'What it was given out for has changed, has been answered, or was claimed again after the time-out.',
            HINT = 'Drop the answer, and claim again.';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.redeem_ticket(uuid, text) IS 'Removes the request that a ticket was given out for; raises 55L01, stale_ticket, where it is no longer valid';
