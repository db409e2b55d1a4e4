CREATE OR REPLACE FUNCTION get_variables(user_id uuid)
RETURNS jsonb
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 100
BEGIN ATOMIC
  SELECT learnify_internal.require_acting_user(get_variables.user_id);
  SELECT coalesce((SELECT jsonb_build_object('DOMAIN', a.domain)
                   FROM user_archetypes AS a
                   WHERE a.user_id = get_variables.user_id), '{}')
      || coalesce((SELECT jsonb_object_agg(v.variable_key, v.variable_value)
                   FROM user_variables AS v
                   WHERE v.user_id = get_variables.user_id), '{}');
END;

COMMENT ON FUNCTION get_variables(uuid) IS 'Returns a user''s variables as one JSON object; the archetype''s domain is DOMAIN where none is set';

CREATE OR REPLACE FUNCTION set_variables(user_id uuid, variables jsonb)
RETURNS jsonb
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  culprits text;
BEGIN
  PERFORM learnify_internal.require_acting_user(user_id);
  IF jsonb_typeof(variables) <> 'object' THEN
    RAISE EXCEPTION 'variables are a JSON %, not an object', jsonb_typeof(variables)
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Pass an object such as {"ENTITY": "starter"}.';
  END IF;
  SELECT string_agg(format('"%s"', left(v.key, 60)), ', ' ORDER BY v.key) INTO culprits
  FROM jsonb_each(variables) AS v
  WHERE v.key !~ '^[A-Z][A-Z0-9_]{0,49}$';
  IF culprits IS NOT NULL THEN
    RAISE EXCEPTION 'invalid variable name: %', culprits
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'A name begins with a capital letter and has capitals, digits and underscores, at most 50 characters.';
  END IF;
  SELECT string_agg(format('"%s"', v.key), ', ' ORDER BY v.key) INTO culprits
  FROM jsonb_each(variables) AS v
  WHERE jsonb_typeof(v.value) IN ('array', 'object');
  IF culprits IS NOT NULL THEN
    RAISE EXCEPTION 'value is an array or an object: %', culprits
      USING ERRCODE = 'datatype_mismatch',
            HINT = 'A variable is a word or a phrase: pass a string, a number or a boolean, or null to remove it.';
  END IF;
  PERFORM learnify_internal.require_user(user_id);
  -- One writer at a time for each user: two that set and remove the same
  -- variables could otherwise wait for each other.
  PERFORM FROM @extschema@.users AS u WHERE u.id = set_variables.user_id FOR NO KEY UPDATE;

  DELETE FROM @extschema@.user_variables AS u
  USING jsonb_each(variables) AS v
  WHERE u.user_id = set_variables.user_id AND u.variable_key = v.key AND v.value = 'null';

  INSERT INTO @extschema@.user_variables AS u (user_id, variable_key, variable_value, archetype_id)
  SELECT set_variables.user_id, v.key, v.value, a.id
  FROM jsonb_each_text(variables) AS v
  LEFT JOIN @extschema@.user_archetypes AS a ON a.user_id = set_variables.user_id
  WHERE v.value IS NOT NULL
  ON CONFLICT (user_id, variable_key) DO UPDATE
  SET variable_value = excluded.variable_value,
      archetype_id = excluded.archetype_id;
  RETURN @extschema@.get_variables(user_id);
END
$$;

REVOKE EXECUTE ON FUNCTION set_variables(uuid, jsonb) FROM PUBLIC;

COMMENT ON FUNCTION set_variables(uuid, jsonb) IS 'Sets the variables named in a JSON object, removes those that are null in it, and returns all of the user''s variables';
