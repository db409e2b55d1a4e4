-- The queue of questions to models. Nothing stays locked while a model thinks: a
-- claim moves due_at to when it times out, and after that somebody else may claim.
-- Each further claim of the same request lasts twice as long, so that a question
-- that no model answers is asked more and more rarely; and as what was due first is
-- claimed first, it never stands before others.
--
-- Whoever locks both locks the subject first, then the request. So claims select
-- requests together with their subjects.

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
