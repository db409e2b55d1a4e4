-- Conversion of values of any type to the type of the extension's column. It never raises
-- an error: a value that cannot be converted becomes NULL. Most functions take and return
-- text of SQL: raw is an expression that reads a column unconverted, and kind is what
-- import_type_kind returns for its type.

-- PostgreSQL 15 has no way to ask whether a text is a valid value, so these functions catch
-- the error; the subtransaction costs 1.5 microseconds a value. A parallel query cannot
-- begin subtransactions: hence PARALLEL UNSAFE, with which VOLATILE goes in this extension.
CREATE OR REPLACE FUNCTION learnify_internal.import_parse_json(value text)
RETURNS jsonb
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN value::jsonb;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.import_parse_json(text) IS 'Returns a text as jsonb, NULL if it is no valid JSON';

-- jsonb refuses \u0000, and so do texts; json lets it in.
CREATE OR REPLACE FUNCTION learnify_internal.import_json_text(value json)
RETURNS text
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN value #>> '{}';
EXCEPTION WHEN data_exception THEN
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.import_json_text(json) IS 'Returns the text of a JSON string, or another JSON value as text, NULL where no text can have what it says';

-- Without a zone, the text is in the session's time zone, which import_legacy sets to that
-- of the source. Words such as now, and a number alone, are not taken for an instant.
CREATE OR REPLACE FUNCTION learnify_internal.import_parse_instant(value text)
RETURNS timestamptz
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN CASE WHEN value ~ '^\s*\d{4}-\d' THEN value::timestamptz END;
EXCEPTION WHEN data_exception THEN
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.import_parse_instant(text) IS 'Returns a text as timestamptz, NULL unless it begins with a year and a month and is a valid date or time';

CREATE OR REPLACE FUNCTION learnify_internal.import_base_type(type oid)
RETURNS oid
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  base oid := type;
  below oid;
BEGIN
  LOOP
    below := (SELECT t.typbasetype FROM pg_type AS t WHERE t.oid = base);
    EXIT WHEN below = 0 OR below IS NULL;
    base := below;
  END LOOP;
  RETURN base;
END
$$;

COMMENT ON FUNCTION learnify_internal.import_base_type(oid) IS 'Returns the type on which a domain is based, which is no domain itself; a type that is no domain is returned as it is';

-- A type that is not PostgreSQL's own is foreign: its values are read by their output
-- function, because a cast to text may call a function that any user has written. This is
-- PL/pgSQL, which plans the query once: an import of all tables calls it a thousand times.
CREATE OR REPLACE FUNCTION learnify_internal.import_type_kind(type oid)
RETURNS text
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN (
    SELECT CASE
      WHEN t.typnamespace <> 'pg_catalog'::regnamespace THEN 'foreign'
      WHEN t.oid IN ('smallint'::regtype, 'integer'::regtype, 'bigint'::regtype) THEN 'integer'
      WHEN t.oid = 'numeric'::regtype THEN 'number'
      WHEN t.oid IN ('real'::regtype, 'double precision'::regtype) THEN 'float'
      WHEN t.oid = 'timestamptz'::regtype THEN 'timestamptz'
      WHEN t.oid IN ('timestamp'::regtype, 'date'::regtype) THEN 'timestamp'
      WHEN t.oid IN ('json'::regtype, 'jsonb'::regtype, 'boolean'::regtype, 'uuid'::regtype) THEN t.typname::text
      WHEN t.typcategory = 'A' THEN 'array'
      ELSE 'text'
    END
    FROM pg_type AS t
    WHERE t.oid = import_type_kind.type);
END
$$;

COMMENT ON FUNCTION learnify_internal.import_type_kind(oid) IS 'Returns which kind of type import_legacy takes a type for: integer, number, float, timestamptz, timestamp, json, jsonb, boolean, uuid, array, text, or foreign for a type that is not PostgreSQL''s own';

-- Go and other languages write their zero time, the first day of year 1, where no instant
-- has been set; it is read as NULL.
CREATE OR REPLACE FUNCTION learnify_internal.import_raw_expression(column_name text, type oid)
RETURNS text
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 100
BEGIN ATOMIC
  SELECT CASE learnify_internal.import_type_kind(b.type)
    -- IS NOT NULL would be false for a composite with a NULL in it
    WHEN 'foreign' THEN format('CASE WHEN num_nonnulls(s.%I) = 1 THEN concat(s.%1$I) END', column_name)
    WHEN 'timestamptz' THEN format($$nullif(s.%I::timestamptz, '0001-01-01 00:00:00+00')$$, column_name)
    WHEN 'timestamp' THEN format($$nullif(s.%I::%s, '0001-01-01')$$, column_name, b.type::regtype)
    WHEN 'text' THEN format('s.%I::text', column_name)
    ELSE format('s.%I::%s', column_name, b.type::regtype)
  END
  FROM (SELECT learnify_internal.import_base_type(import_raw_expression.type) AS type) AS b;
END;

COMMENT ON FUNCTION learnify_internal.import_raw_expression(text, oid) IS 'Returns the SQL expression that reads a column of a source row s without conversion';

CREATE OR REPLACE FUNCTION learnify_internal.import_text_expression(raw text, kind text)
RETURNS text
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT CASE
    WHEN kind = 'json' THEN format('learnify_internal.import_json_text(%s)', raw)
    WHEN kind = 'jsonb' THEN format('(%s) #>> ''{}''', raw)
    WHEN kind IN ('text', 'foreign') THEN format('(%s)', raw)
    ELSE format('(%s)::text', raw)
  END;
END;

COMMENT ON FUNCTION learnify_internal.import_text_expression(text, text) IS 'Returns the SQL expression that converts a value to text';

CREATE OR REPLACE FUNCTION learnify_internal.import_number_expression(raw text, kind text)
RETURNS text
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT CASE kind
    WHEN 'integer' THEN format('(%s)::numeric', raw)
    WHEN 'number' THEN format('(%s)', raw)
    WHEN 'boolean' THEN format('(%s)::integer::numeric', raw)
    WHEN 'float' THEN format($$CASE WHEN %s > '-Infinity' AND %1$s < 'Infinity' THEN (%1$s)::numeric END$$, raw)
    ELSE format($$CASE WHEN %s ~ '^\s*[-+]?\d{1,30}(\.\d{0,30})?([eE][-+]?\d{1,2})?\s*$' THEN (%1$s)::numeric END$$,
                learnify_internal.import_text_expression(raw, kind))
  END;
END;

COMMENT ON FUNCTION learnify_internal.import_number_expression(text, text) IS 'Returns the SQL expression that converts a value to numeric';

-- Ids and the references to them may be of different types, so both are compared as text,
-- a uuid or a number always spelled in the same way.
CREATE OR REPLACE FUNCTION learnify_internal.import_key_expression(raw text, kind text)
RETURNS text
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT CASE
    WHEN kind IN ('uuid', 'integer') THEN format('(%s)::text', raw)
    WHEN kind = 'number' THEN format('trim_scale(%s)::text', raw)
    ELSE format($$CASE WHEN %s ~* '^\s*[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\s*$' THEN btrim(%1$s)::uuid::text ELSE nullif(btrim(%1$s), '') END$$,
                learnify_internal.import_text_expression(raw, kind))
  END;
END;

COMMENT ON FUNCTION learnify_internal.import_key_expression(text, text) IS 'Returns the SQL expression that converts an id or a reference to the text by which import_legacy compares them';

CREATE OR REPLACE FUNCTION learnify_internal.import_instant_expression(raw text, kind text)
RETURNS text
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT CASE
    WHEN kind = 'timestamptz' THEN format('CASE WHEN isfinite(%s) THEN %1$s END', raw)
    WHEN kind = 'timestamp' THEN
      format($t$CASE WHEN %s BETWEEN '4700-01-01 BC' AND '294275-12-31' THEN (%1$s)::timestamptz END$t$, raw)
    WHEN kind IN ('integer', 'number', 'float') THEN
      format('CASE WHEN abs(%s) < 1e11 THEN to_timestamp((%1$s)::double precision) '
             'WHEN abs(%1$s) < 1e14 THEN to_timestamp((%1$s)::double precision / 1000) END', learnify_internal.import_number_expression(raw, kind))
    ELSE format('learnify_internal.import_parse_instant(%s)', learnify_internal.import_text_expression(raw, kind))
  END;
END;

COMMENT ON FUNCTION learnify_internal.import_instant_expression(text, text) IS 'Returns the SQL expression that converts a value to timestamptz; a number counts seconds since 1970 or, from 1e11 on, milliseconds';

CREATE OR REPLACE FUNCTION learnify_internal.import_boolean_expression(raw text, kind text)
RETURNS text
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT CASE
    WHEN kind = 'boolean' THEN raw
    WHEN kind IN ('integer', 'number', 'float') THEN format('CASE %s WHEN 1 THEN true WHEN 0 THEN false END', learnify_internal.import_number_expression(raw, kind))
    ELSE format($$CASE WHEN lower(btrim(%s) COLLATE "C") IN ('true', 't', 'yes', 'y', 'on', '1') THEN true
                       WHEN lower(btrim(%1$s) COLLATE "C") IN ('false', 'f', 'no', 'n', 'off', '0') THEN false END$$,
                learnify_internal.import_text_expression(raw, kind))
  END;
END;

COMMENT ON FUNCTION learnify_internal.import_boolean_expression(text, text) IS 'Returns the SQL expression that converts a value to boolean';

CREATE OR REPLACE FUNCTION learnify_internal.import_choice_expression(value text, choices text[])
RETURNS text
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT format('CASE lower(btrim(%s) COLLATE "C") %s ELSE %1$s END', value,
                string_agg(format('WHEN %L THEN %L', lower(c.choice COLLATE "C"), c.choice), ' '))
  FROM unnest(choices) AS c (choice);
END;

COMMENT ON FUNCTION learnify_internal.import_choice_expression(text, text[]) IS 'Returns the SQL expression that replaces a text which differs from one of these choices only in case and surrounding spaces by that choice';

-- A blank is read as NULL where there has to be something.
CREATE OR REPLACE FUNCTION learnify_internal.import_fit_expression(value text, rule text)
RETURNS text
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT format(CASE WHEN rule IN ('users.email', 'users.name', 'user_archetypes.domain',
                                   'user_variables.variable_key', 'user_variables.variable_value')
                     THEN 'nullif(%s, '''')' ELSE '%s' END,
                format('learnify_internal.fit_text(%s, %L)', value, rule));
END;

COMMENT ON FUNCTION learnify_internal.import_fit_expression(text, text) IS 'Returns the SQL expression for as much of a text as the rule of its kind allows';

CREATE OR REPLACE FUNCTION learnify_internal.import_value_expression(column_name text, target_type text, choices text[], type oid, rule text)
RETURNS text
LANGUAGE sql
STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
  SELECT CASE target_type
    WHEN 'uuid' THEN learnify_internal.import_key_expression(r.raw, r.kind)
    WHEN 'integer' THEN
      format('CASE WHEN %s BETWEEN -2147483648 AND 2147483647 THEN %s(%1$s)::integer END',
             CASE r.kind WHEN 'integer' THEN r.raw ELSE learnify_internal.import_number_expression(r.raw, r.kind) END,
             CASE WHEN r.kind = 'integer' THEN '' WHEN column_name = 'progress_percentage' THEN 'floor' ELSE 'round' END)
    WHEN 'numeric(10,2)' THEN format('CASE WHEN abs(%s) < 99999999 THEN (%1$s)::numeric(10, 2) END', learnify_internal.import_number_expression(r.raw, r.kind))
    WHEN 'double precision' THEN
      format('CASE WHEN abs(%s) < 1e300 THEN (%1$s)::double precision END',
             CASE r.kind WHEN 'float' THEN r.raw ELSE learnify_internal.import_number_expression(r.raw, r.kind) END)
    WHEN 'boolean' THEN learnify_internal.import_boolean_expression(r.raw, r.kind)
    WHEN 'timestamp with time zone' THEN
      learnify_internal.import_instant_expression(r.raw, r.kind)
    WHEN 'date' THEN CASE r.kind WHEN 'timestamp' THEN format('(%s)::date', r.raw) ELSE 'NULL::date' END
    WHEN 'jsonb' THEN
      CASE WHEN r.kind IN ('jsonb', 'array', 'integer', 'number', 'float', 'boolean') THEN format('to_jsonb(%s)', r.raw)
           ELSE format('learnify_internal.import_parse_json((%s)::text)', r.raw)
      END
    ELSE
      CASE WHEN rule IS NOT NULL THEN learnify_internal.import_fit_expression(learnify_internal.import_text_expression(r.raw, r.kind), rule)
           ELSE coalesce(learnify_internal.import_choice_expression(learnify_internal.import_text_expression(r.raw, r.kind), choices), learnify_internal.import_text_expression(r.raw, r.kind))
      END
  END
  FROM (SELECT learnify_internal.import_raw_expression(import_value_expression.column_name, import_value_expression.type) AS raw,
               learnify_internal.import_type_kind(learnify_internal.import_base_type(import_value_expression.type)) AS kind) AS r;
END;

COMMENT ON FUNCTION learnify_internal.import_value_expression(text, text, text[], oid, text) IS 'Returns the SQL expression that reads a column of a source row s and converts it to the type of the extension''s column of that name, NULL where that is not possible';

CREATE OR REPLACE FUNCTION learnify_internal.import_is_changed_expression(column_name text, target_type text, choices text[], type oid, rule text)
RETURNS text
LANGUAGE sql
STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
  SELECT CASE
    WHEN target_type = 'integer' AND r.kind <> 'integer'
      THEN format('%s %% 1 <> 0', learnify_internal.import_number_expression(r.raw, r.kind))
    WHEN choices IS NOT NULL
      THEN format('%s <> ALL (%L::text[]) AND lower(btrim(%1$s) COLLATE "C") = ANY (lower(%2$L COLLATE "C")::text[])',
                  learnify_internal.import_text_expression(r.raw, r.kind), choices)
    WHEN rule IS NOT NULL AND target_type = 'text'
      THEN format('%s <> %s', learnify_internal.import_fit_expression(learnify_internal.import_text_expression(r.raw, r.kind), rule),
                  learnify_internal.import_text_expression(r.raw, r.kind))
    ELSE 'false'
  END
  FROM (SELECT learnify_internal.import_raw_expression(import_is_changed_expression.column_name, import_is_changed_expression.type) AS raw,
               learnify_internal.import_type_kind(learnify_internal.import_base_type(import_is_changed_expression.type)) AS kind) AS r;
END;

COMMENT ON FUNCTION learnify_internal.import_is_changed_expression(text, text, text[], oid, text) IS 'Returns the SQL expression that tells whether import_value_expression changes the value of a column of a source row s';

-- A blank text counts as missing, except in texts that may be empty.
CREATE OR REPLACE FUNCTION learnify_internal.import_is_given_expression(column_name text, target_type text, choices text[], type oid, rule text)
RETURNS text
LANGUAGE sql
STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
  SELECT CASE
    WHEN target_type = 'text' AND rule IS NOT NULL
      THEN format('%s IS NOT NULL', learnify_internal.import_value_expression(r.name, target_type, choices, r.type, rule))
    WHEN r.kind IN ('text', 'foreign') AND (target_type <> 'text' OR choices IS NOT NULL)
      THEN format('%s ~ ''[^[:space:]]''', r.raw)
    ELSE format('%s IS NOT NULL', r.raw)
  END
  FROM (SELECT import_is_given_expression.column_name AS name, import_is_given_expression.type AS type,
               learnify_internal.import_raw_expression(import_is_given_expression.column_name, import_is_given_expression.type) AS raw,
               learnify_internal.import_type_kind(learnify_internal.import_base_type(import_is_given_expression.type)) AS kind) AS r;
END;

COMMENT ON FUNCTION learnify_internal.import_is_given_expression(text, text, text[], oid, text) IS 'Returns the SQL expression that tells whether a column of a source row s has a value, be it of any use or not';

CREATE OR REPLACE FUNCTION learnify_internal.import_fault_expression(column_name text, type text, rule text)
RETURNS text
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT format('learnify_internal.%s(%I, %L)', CASE type WHEN 'jsonb' THEN 'document_fault' ELSE 'text_fault' END, column_name, rule);
END;

COMMENT ON FUNCTION learnify_internal.import_fault_expression(text, text, text) IS 'Returns the SQL expression for what is wrong with a text or a document by this rule';

-- own_check is the CHECK with which the extension has made the column.
CREATE OR REPLACE FUNCTION learnify_internal.import_fitted_expression(column_name text, type text, own_check text, rule text)
RETURNS text
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 100
BEGIN ATOMIC
  SELECT CASE
    WHEN type = 'integer' AND own_check IS NOT NULL
      THEN format('CASE WHEN %1$I IS NOT NULL THEN least(greatest(%1$I, %2$s), %3$s) END', column_name,
                  coalesce(substring(own_check FROM '>= ([0-9]+)'), 'NULL'), coalesce(substring(own_check FROM '<= ([0-9]+)'), 'NULL'))
    WHEN c.conditions <> '' THEN format('CASE WHEN %s THEN %I END', c.conditions, column_name)
  END
  FROM (SELECT concat_ws(' AND ', own_check,
                         CASE WHEN rule IS NOT NULL THEN learnify_internal.import_fault_expression(column_name, type, rule) || ' IS NULL' END,
                         CASE column_name WHEN 'time_zone' THEN '@extschema@.is_time_zone_name(time_zone)' END) AS conditions) AS c;
END;

COMMENT ON FUNCTION learnify_internal.import_fitted_expression(text, text, text, text) IS 'Returns the SQL expression for as much of a converted value as the extension accepts, NULL where it accepts every value of the type';

CREATE OR REPLACE FUNCTION learnify_internal.import_shown_expression(raw text, column_name text, type oid)
RETURNS text
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 1000
BEGIN ATOMIC
  SELECT CASE column_name
    WHEN 'password_hash' THEN '''a secret'''
    ELSE format('coalesce(learnify_internal.excerpt(%s), ''no text'')',
                learnify_internal.import_text_expression(raw, learnify_internal.import_type_kind(learnify_internal.import_base_type(type))))
  END;
END;

COMMENT ON FUNCTION learnify_internal.import_shown_expression(text, text, oid) IS 'Returns the SQL expression for what the report shows of a value, which is at most 100 characters';

CREATE OR REPLACE FUNCTION learnify_internal.import_is_uuid_expression(value text)
RETURNS text
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT format('(%s) ~ ''^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$''', value);
END;

COMMENT ON FUNCTION learnify_internal.import_is_uuid_expression(text) IS 'Returns the SQL expression that tells whether a key is a uuid';

CREATE OR REPLACE FUNCTION learnify_internal.import_reference_type_expression(value text)
RETURNS text
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT format('regexp_replace(lower(btrim(%s) COLLATE "C"), ''^(generated|architecture)_|s$'', '''', ''g'')', value);
END;

COMMENT ON FUNCTION learnify_internal.import_reference_type_expression(text) IS 'Returns the SQL expression that shortens the name of a table to what reference_type calls its rows, such as generated_courses to course';
