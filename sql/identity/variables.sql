-- Templates use only such names, and so only variables with such names are injected.
CREATE OR REPLACE FUNCTION learnify_internal.is_variable_name(name text)
RETURNS boolean
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'is_variable_name';

COMMENT ON FUNCTION learnify_internal.is_variable_name(text) IS 'Returns whether a template can have a placeholder of this name: capital letters, digits and underscores';

-- A blank value becomes null, which counts as missing. Every string inside an array or an
-- object has to obey the rule for values.
CREATE OR REPLACE FUNCTION learnify_internal.tidy_variables(variables jsonb)
RETURNS jsonb
LANGUAGE plpgsql
IMMUTABLE STRICT PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  culprits text;
  faults text;
BEGIN
  IF jsonb_typeof(variables) <> 'object' THEN
    RAISE EXCEPTION 'variables are a JSON %, not an object', jsonb_typeof(variables)
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'variables',
            HINT = 'Pass an object such as {"ENTITY": "starter"}.';
  END IF;
  SELECT string_agg(format('"%s"', v.key), ', ' ORDER BY v.key COLLATE "C"),
         string_agg(format('"%s" %s', left(v.key, 50), f.fault), ', ' ORDER BY v.key COLLATE "C")
  INTO culprits, faults
  FROM jsonb_each(variables) AS v
  CROSS JOIN LATERAL (SELECT learnify_internal.text_fault(v.key, 'variable_key')) AS f (fault)
  WHERE f.fault IS NOT NULL;
  IF culprits IS NOT NULL THEN
    RAISE EXCEPTION 'invalid variable name: %', learnify_internal.excerpt(culprits)
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'variables',
            DETAIL = left(faults, 500),
            HINT = 'A name has 1 to 50 characters, without braces and line breaks; capital letters, digits and underscores where templates use it.';
  END IF;

  SELECT string_agg(format('"%s"', v.key), ', ' ORDER BY v.key COLLATE "C"),
         string_agg(format('"%s" %s', v.key, f.fault), ', ' ORDER BY v.key COLLATE "C")
  INTO culprits, faults
  FROM jsonb_each(variables) AS v
  CROSS JOIN LATERAL (
    SELECT min(learnify_internal.text_fault(s.string, 'variable_value'))
    FROM (SELECT v.value #>> '{}'
          UNION ALL
          SELECT p.value #>> '{}'
          FROM jsonb_path_query(v.value, 'strict $.** ? (@.type() == "string")') AS p (value)) AS s (string)) AS f (fault)
  WHERE f.fault IS NOT NULL;
  IF culprits IS NOT NULL THEN
    RAISE EXCEPTION 'invalid value of variable: %', learnify_internal.excerpt(culprits)
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'variables',
            DETAIL = left(faults, 500),
            HINT = 'A variable is a word or a phrase, on one line.';
  END IF;

  PERFORM learnify_internal.require_size(variables, 'injected_variables', 'variables');
  RETURN coalesce(
    (SELECT jsonb_object_agg(v.key,
                             CASE jsonb_typeof(v.value)
                               WHEN 'string' THEN to_jsonb(nullif(learnify_internal.require_text(v.value #>> '{}', 'variable_value'), ''))
                               ELSE v.value
                             END)
     FROM jsonb_each(variables) AS v),
    '{}');
END
$$;

COMMENT ON FUNCTION learnify_internal.tidy_variables(jsonb) IS 'Returns the variables with blanks around values removed and null for a blank one; raises invalid_parameter_value where a name or a value breaks its rule, naming all that do';

CREATE OR REPLACE FUNCTION get_variables(user_id uuid)
RETURNS jsonb
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 100
BEGIN ATOMIC
  SELECT learnify_internal.require_acting_user(get_variables.user_id);
  SELECT coalesce((SELECT jsonb_build_object('DOMAIN', a.domain)
                   FROM user_archetypes AS a
                   WHERE a.user_id = get_variables.user_id AND a.domain ~ '[^[:space:]]'), '{}')
      || coalesce((SELECT jsonb_object_agg(v.variable_key, v.variable_value)
                   FROM user_variables AS v
                   WHERE v.user_id = get_variables.user_id AND v.variable_value ~ '[^[:space:]]'), '{}');
END;

COMMENT ON FUNCTION get_variables(uuid) IS 'Returns a user''s variables as one JSON object, without blank ones; the archetype''s domain is DOMAIN where none is set';

CREATE OR REPLACE FUNCTION set_variables(user_id uuid, variables jsonb)
RETURNS jsonb
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  most CONSTANT integer := 200;
  culprits text;
  count_before bigint;
  count_after bigint;
BEGIN
  PERFORM learnify_internal.require_arguments('user_id', user_id, 'variables', variables);
  PERFORM learnify_internal.require_acting_user(user_id);
  variables := learnify_internal.tidy_variables(variables);
  SELECT string_agg(format('"%s"', v.key), ', ' ORDER BY v.key COLLATE "C") INTO culprits
  FROM jsonb_each(variables) AS v
  WHERE jsonb_typeof(v.value) IN ('array', 'object');
  IF culprits IS NOT NULL THEN
    RAISE EXCEPTION 'value is an array or an object: %', learnify_internal.excerpt(culprits)
      USING ERRCODE = 'datatype_mismatch',
            COLUMN = 'variables',
            HINT = 'A variable is a word or a phrase: pass a string, a number or a boolean, or null to remove it.';
  END IF;
  PERFORM learnify_internal.require_user(user_id);
  -- The lock lets one session at a time write a user's variables: two that set and remove the
  -- same ones could otherwise deadlock.
  PERFORM FROM @extschema@.users AS u WHERE u.id = set_variables.user_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    PERFORM learnify_internal.refuse_user(user_id);
  END IF;

  count_before := (SELECT count(*) FROM @extschema@.user_variables AS u WHERE u.user_id = set_variables.user_id);
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
  count_after := (SELECT count(*) FROM @extschema@.user_variables AS u WHERE u.user_id = set_variables.user_id);
  IF count_after > greatest(most, count_before) THEN
    RAISE EXCEPTION 'the user would have % variables', count_after
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'variables',
            HINT = format('A user has at most %s. Remove some: those that are null are.', most);
  END IF;
  RETURN @extschema@.get_variables(user_id);
END
$$;

REVOKE EXECUTE ON FUNCTION set_variables(uuid, jsonb) FROM PUBLIC;

COMMENT ON FUNCTION set_variables(uuid, jsonb) IS 'Sets the variables named in a JSON object, removes those that are null or blank in it, and returns all of the user''s variables';
