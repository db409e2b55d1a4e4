-- A validator, such as a language model, runs outside of the database. A client claims a request
-- in one transaction, asks the validator, and records the verdict in another transaction.

CREATE OR REPLACE FUNCTION request_domain_validation(archetype_id uuid)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  PERFORM learnify_internal.require_arguments('archetype_id', archetype_id);
  UPDATE @extschema@.user_archetypes AS a
  SET validation_status = 'pending',
      validation_reason = ''
  WHERE a.id = request_domain_validation.archetype_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'archetype % does not exist', archetype_id
      USING ERRCODE = 'no_data_found',
            COLUMN = 'archetype_id',
            HINT = 'Use the id that choose_archetype returned.';
  END IF;
  PERFORM learnify_internal.request_answer('domain_validation', archetype_id);
  PERFORM pg_notify('learnify_domain_validation', archetype_id::text);
END
$$;

REVOKE EXECUTE ON FUNCTION request_domain_validation(uuid) FROM PUBLIC;

COMMENT ON FUNCTION request_domain_validation(uuid) IS 'Marks an archetype''s domain as waiting for validation and notifies channel learnify_domain_validation with its id';

-- When the status changes, a trigger on user_archetypes deletes the request.
CREATE OR REPLACE FUNCTION learnify_internal.give_up_domain_validations(max_tries integer)
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
    SELECT r.archetype_id AS id, r.tries
    FROM unnest(learnify_internal.lock_due_requests('domain_validation', NULL, max_tries, 2147483647)) AS d (request_id)
    JOIN learnify_internal.model_requests AS r ON r.id = d.request_id
  LOOP
    UPDATE @extschema@.user_archetypes AS a
    SET validation_status = 'unchecked',
        validation_reason = format('given up: no verdict after %s tries', given_up.tries)
    WHERE a.id = given_up.id;
    RAISE WARNING 'validation of archetype % is given up: no verdict after % tries', given_up.id, given_up.tries
      USING HINT = 'Look at what the validator makes of its domain; request_domain_validation asks again.';
  END LOOP;
END
$$;

COMMENT ON FUNCTION learnify_internal.give_up_domain_validations(integer) IS 'Sets the status to unchecked for domains whose validation has been claimed max_tries times without a verdict';

-- An archetype may be pending without a request, after an UPDATE by the application or in a
-- restored dump of an earlier version.
CREATE OR REPLACE FUNCTION learnify_internal.queue_pending_domains(n integer)
RETURNS void
LANGUAGE sql
VOLATILE STRICT PARALLEL UNSAFE COST 100
BEGIN ATOMIC
  INSERT INTO learnify_internal.model_requests (kind, archetype_id, due_at)
  SELECT 'domain_validation', p.id, least(p.updated_at, statement_timestamp())
  FROM (SELECT a.id, a.updated_at
        FROM user_archetypes AS a
        WHERE a.validation_status = 'pending'
          AND NOT EXISTS (SELECT FROM learnify_internal.model_requests AS r WHERE r.archetype_id = a.id)
        ORDER BY a.updated_at
        LIMIT n
        FOR NO KEY UPDATE SKIP LOCKED) AS p
  ON CONFLICT (archetype_id) DO NOTHING;
END;

COMMENT ON FUNCTION learnify_internal.queue_pending_domains(integer) IS 'Requests the validation of up to n pending domains for which there is no request';

CREATE OR REPLACE FUNCTION claim_domain_validations(n integer DEFAULT 1, time_out interval DEFAULT '5 minutes', max_tries integer DEFAULT 5)
RETURNS TABLE (archetype_id uuid, user_id uuid, meta_category text, domain text, skill_level text, variables jsonb,
               ticket uuid, tries integer)
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
    RETURN QUERY SELECT * FROM learnify_internal.claim_domains_of_nodes(n, time_out, max_tries);
    RETURN;
  END IF;
  PERFORM learnify_internal.give_up_domain_validations(max_tries);
  IF (SELECT count(*) < n
      FROM (SELECT
            FROM learnify_internal.model_requests AS r
            WHERE r.kind = 'domain_validation' AND r.due_at <= statement_timestamp() AND r.tries < max_tries
            LIMIT n) AS d) THEN
    PERFORM learnify_internal.queue_pending_domains(n);
  END IF;
  requests := learnify_internal.lock_due_requests('domain_validation', n, 0, max_tries - 1);
  RETURN QUERY
    SELECT a.id, a.user_id, a.meta_category, a.domain, a.skill_level, @extschema@.get_variables(a.user_id), t.ticket, t.tries
    FROM learnify_internal.hand_out_tickets(requests, time_out) AS t
    JOIN learnify_internal.model_requests AS r ON r.id = t.request_id
    JOIN @extschema@.user_archetypes AS a ON a.id = r.archetype_id
    ORDER BY array_position(requests, t.request_id);
END
$$;

REVOKE EXECUTE ON FUNCTION claim_domain_validations(integer, interval, integer) FROM PUBLIC;

COMMENT ON FUNCTION claim_domain_validations(integer, interval, integer) IS 'Returns up to n archetypes that wait for validation, those that were due first, each with a ticket for its verdict; nobody else gets them before the time-out, which doubles with each try';

-- Models return keys in any case. If two keys differ only in case, the value of the one that is
-- wanted is taken.
CREATE OR REPLACE FUNCTION learnify_internal.keys_in_one_case(document jsonb, is_upper boolean)
RETURNS jsonb
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 100
BEGIN ATOMIC
  SELECT coalesce(jsonb_object_agg(c.name, v.value ORDER BY v.key = c.name, v.key COLLATE "C"), '{}')
  FROM jsonb_each(document) AS v
  CROSS JOIN LATERAL (SELECT CASE WHEN is_upper THEN upper(v.key COLLATE "C") ELSE lower(v.key COLLATE "C") END) AS c (name);
END;

COMMENT ON FUNCTION learnify_internal.keys_in_one_case(jsonb, boolean) IS 'Returns an object with its keys in upper or in lower case';

CREATE OR REPLACE FUNCTION learnify_internal.suggested_variables(variables jsonb)
RETURNS jsonb
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 100
BEGIN ATOMIC
  SELECT coalesce(jsonb_object_agg(t.key, t.value), '{}')
  FROM jsonb_each(learnify_internal.tidy_variables(learnify_internal.keys_in_one_case(variables, true))) AS t
  WHERE t.value <> 'null';
END;

COMMENT ON FUNCTION learnify_internal.suggested_variables(jsonb) IS 'Returns the variables of a verdict with upper-case names, without those that are null or blank';

CREATE OR REPLACE FUNCTION record_domain_validation(ticket uuid, verdict jsonb)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  answer jsonb;
  archetype @extschema@.user_archetypes%ROWTYPE;
BEGIN
  PERFORM learnify_internal.require_arguments('ticket', ticket, 'verdict', verdict);
  IF jsonb_typeof(verdict) = 'object' THEN
    answer := learnify_internal.keys_in_one_case(verdict, false);
  END IF;
  IF jsonb_typeof(answer -> 'is_valid') IS DISTINCT FROM 'boolean'
     OR coalesce(jsonb_typeof(answer -> 'reason'), 'null') NOT IN ('string', 'null')
     OR coalesce(jsonb_typeof(answer -> 'variables'), 'null') NOT IN ('object', 'null') THEN
    RAISE EXCEPTION 'verdict is not of the form that is expected: %', learnify_internal.excerpt(verdict::text)
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'verdict',
            HINT = 'Pass {"is_valid": true or false, "reason": "...", "variables": {...}}; the last two may be left out.';
  END IF;

  SELECT a.* INTO archetype
  FROM @extschema@.user_archetypes AS a
  WHERE a.id = (SELECT r.archetype_id FROM learnify_internal.model_requests AS r WHERE r.ticket = record_domain_validation.ticket)
  FOR NO KEY UPDATE;
  PERFORM learnify_internal.redeem_ticket(ticket, archetype.id);
  UPDATE @extschema@.user_archetypes AS a
  SET validation_status = CASE WHEN (answer -> 'is_valid')::boolean THEN 'valid' ELSE 'rejected' END,
      validation_reason = learnify_internal.fit_text(coalesce(answer ->> 'reason', ''), 'validation_reason')
  WHERE a.id = archetype.id;
  IF (answer -> 'is_valid')::boolean AND jsonb_typeof(answer -> 'variables') = 'object' THEN
    PERFORM @extschema@.set_variables(archetype.user_id, learnify_internal.suggested_variables(answer -> 'variables'));
  END IF;
END
$$;

REVOKE EXECUTE ON FUNCTION record_domain_validation(uuid, jsonb) FROM PUBLIC;

COMMENT ON FUNCTION record_domain_validation(uuid, jsonb) IS 'Takes a validator''s verdict on the domain that the ticket was given out for, and the variables that it suggests where the domain is valid';

-- A verdict applies only to the domain that was validated.
CREATE OR REPLACE FUNCTION learnify_internal.forget_validation()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  NEW.validation_status := 'unchecked';
  NEW.validation_reason := '';
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION learnify_internal.forget_validation() IS 'Row trigger: sets the status to unchecked if an UPDATE changes the domain but not the status';

CREATE OR REPLACE TRIGGER user_archetypes_forget_validation
BEFORE UPDATE OF domain ON user_archetypes
FOR EACH ROW WHEN (NEW.domain <> OLD.domain AND NEW.validation_status = OLD.validation_status)
EXECUTE FUNCTION learnify_internal.forget_validation();

CREATE OR REPLACE FUNCTION learnify_internal.withdraw_domain_validation()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  DELETE FROM learnify_internal.model_requests AS r WHERE r.archetype_id = NEW.id;
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.withdraw_domain_validation() IS 'Row trigger: deletes the request if a domain is no longer pending or has changed';

CREATE OR REPLACE TRIGGER user_archetypes_withdraw_domain_validation
AFTER UPDATE OF domain, validation_status ON user_archetypes
FOR EACH ROW WHEN (OLD.validation_status = 'pending' AND (NEW.validation_status <> 'pending' OR NEW.domain <> OLD.domain))
EXECUTE FUNCTION learnify_internal.withdraw_domain_validation();
