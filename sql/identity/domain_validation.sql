-- A validator (a language model, say) lives outside the database. In one
-- transaction it claims, asks and records: the claim is a row lock, so a
-- validator that dies gives its claims back.
CREATE OR REPLACE FUNCTION request_domain_validation(archetype_id uuid)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  UPDATE @extschema@.user_archetypes AS a
  SET validation_status = 'pending',
      validation_reason = ''
  WHERE a.id = archetype_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'archetype % does not exist', archetype_id
      USING ERRCODE = 'no_data_found',
            HINT = 'Use the id that choose_archetype returned.';
  END IF;
  PERFORM pg_notify('learnify_domain_validation', archetype_id::text);
END
$$;

COMMENT ON FUNCTION request_domain_validation(uuid) IS 'Marks an archetype''s domain as waiting for validation and notifies channel learnify_domain_validation with its id';

CREATE OR REPLACE FUNCTION claim_domain_validations(n integer DEFAULT 1)
RETURNS TABLE (archetype_id uuid, user_id uuid, meta_category text, domain text, skill_level text, variables jsonb)
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100 ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF n < 1 THEN
    RAISE EXCEPTION 'cannot claim % validations', n
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Claim at least 1.';
  END IF;
  RETURN QUERY
    SELECT a.id, a.user_id, a.meta_category, a.domain, a.skill_level, @extschema@.get_variables(a.user_id)
    FROM @extschema@.user_archetypes AS a
    WHERE a.validation_status = 'pending'
    ORDER BY a.updated_at
    LIMIT n
    FOR NO KEY UPDATE SKIP LOCKED;
END
$$;

COMMENT ON FUNCTION claim_domain_validations(integer) IS 'Returns up to n archetypes that wait for validation, oldest first, locked for this transaction; those that others hold are passed over';

CREATE OR REPLACE FUNCTION record_domain_validation(archetype_id uuid, verdict jsonb)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  archetype @extschema@.user_archetypes%ROWTYPE;
BEGIN
  IF jsonb_typeof(verdict) <> 'object'
     OR jsonb_typeof(verdict -> 'is_valid') IS DISTINCT FROM 'boolean'
     OR coalesce(jsonb_typeof(verdict -> 'reason'), 'string') <> 'string'
     OR coalesce(jsonb_typeof(verdict -> 'variables'), 'object') <> 'object' THEN
    RAISE EXCEPTION 'verdict is not of the form that is expected: %', left(verdict::text, 200)
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Pass {"is_valid": true or false, "reason": "...", "variables": {...}}; the last two may be left out.';
  END IF;

  SELECT * INTO archetype
  FROM @extschema@.user_archetypes AS a
  WHERE a.id = archetype_id
  FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'archetype % does not exist', archetype_id
      USING ERRCODE = 'no_data_found',
            HINT = 'Use the id that claim_domain_validations returned.';
  END IF;
  IF archetype.validation_status <> 'pending' THEN
    RAISE EXCEPTION 'archetype % does not wait for validation: it is %', archetype_id, archetype.validation_status
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Its domain was changed or validated meanwhile; call request_domain_validation first.';
  END IF;

  UPDATE @extschema@.user_archetypes AS a
  SET validation_status = CASE WHEN (verdict -> 'is_valid')::boolean THEN 'valid' ELSE 'rejected' END,
      validation_reason = coalesce(verdict ->> 'reason', '')
  WHERE a.id = archetype_id;
  IF (verdict -> 'is_valid')::boolean AND verdict ? 'variables' THEN
    PERFORM @extschema@.set_variables(archetype.user_id, verdict -> 'variables');
  END IF;
END
$$;

COMMENT ON FUNCTION record_domain_validation(uuid, jsonb) IS 'Takes a validator''s verdict on a pending domain, and the variables that it suggests where the domain is valid';
