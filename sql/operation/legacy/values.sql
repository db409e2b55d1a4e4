-- Values of whatever type as values of the column's type, by expressions that
-- never raise: NULL is what is none.

-- One call for a value that is text in the source, which 1.5 microseconds of
-- subtransaction make safe: PostgreSQL 15 has no other way to ask. No parallel
-- query can begin one, so these are VOLATILE, as all that is not PARALLEL SAFE.
CREATE OR REPLACE FUNCTION learnify_internal.legacy_json(value text)
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

COMMENT ON FUNCTION learnify_internal.legacy_json(text) IS 'Returns the JSON that a text is, NULL where it is none';

-- In the session's time zone, as the casts below are: that of the source.
CREATE OR REPLACE FUNCTION learnify_internal.legacy_instant(value text)
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

COMMENT ON FUNCTION learnify_internal.legacy_instant(text) IS 'Returns the instant that a text is, NULL where it is none';

-- Below a domain is another type.
CREATE OR REPLACE FUNCTION learnify_internal.legacy_base_type(type oid)
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

COMMENT ON FUNCTION learnify_internal.legacy_base_type(oid) IS 'Returns the type that a domain is of, or the type itself';

-- Types that are not PostgreSQL's own are read by their output function: a cast
-- could be somebody's code.
CREATE OR REPLACE FUNCTION learnify_internal.legacy_kind(type oid)
RETURNS text
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 100
BEGIN ATOMIC
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
  WHERE t.oid = legacy_kind.type;
END;

COMMENT ON FUNCTION learnify_internal.legacy_kind(oid) IS 'Returns how import_legacy reads values of a type';

-- The value as it stands; Go and others write year 1 where there is no instant.
CREATE OR REPLACE FUNCTION learnify_internal.legacy_raw(column_name text, type oid)
RETURNS text
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 100
BEGIN ATOMIC
  SELECT CASE learnify_internal.legacy_kind(b.type)
    WHEN 'foreign' THEN format('CASE WHEN num_nonnulls(s.%I) = 1 THEN concat(s.%1$I) END', column_name)
    WHEN 'timestamptz' THEN format($$nullif(s.%I::timestamptz, '0001-01-01 00:00:00+00')$$, column_name)
    WHEN 'timestamp' THEN format($$nullif(s.%I::%s, '0001-01-01')$$, column_name, b.type::regtype)
    WHEN 'json' THEN format('s.%I::json', column_name)
    WHEN 'text' THEN format('s.%I::text', column_name)
    ELSE format('s.%I::%s', column_name, b.type::regtype)
  END
  FROM (SELECT learnify_internal.legacy_base_type(legacy_raw.type) AS type) AS b;
END;

COMMENT ON FUNCTION learnify_internal.legacy_raw(text, oid) IS 'Returns the expression that reads a column of the row s';

CREATE OR REPLACE FUNCTION learnify_internal.legacy_text(raw text, kind text)
RETURNS text
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT CASE
    WHEN kind IN ('json', 'jsonb') THEN format('(%s) #>> ''{}''', raw)
    WHEN kind IN ('text', 'foreign') THEN format('(%s)', raw)
    ELSE format('(%s)::text', raw)
  END;
END;

COMMENT ON FUNCTION learnify_internal.legacy_text(text, text) IS 'Returns the expression for a value as text';

CREATE OR REPLACE FUNCTION learnify_internal.legacy_number(raw text, kind text)
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
                learnify_internal.legacy_text(raw, kind))
  END;
END;

COMMENT ON FUNCTION learnify_internal.legacy_number(text, text) IS 'Returns the expression for a value as a number';

-- What rows are referred to by: ids as text, uuids in one spelling.
CREATE OR REPLACE FUNCTION learnify_internal.legacy_key(raw text, kind text)
RETURNS text
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT CASE kind
    WHEN 'uuid' THEN format('(%s)::text', raw)
    WHEN 'integer' THEN format('(%s)::text', raw)
    WHEN 'number' THEN format('trim_scale(%s)::text', raw)
    ELSE format($$CASE WHEN %s ~* '^\s*[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\s*$' THEN btrim(%1$s)::uuid::text ELSE nullif(btrim(%1$s), '') END$$,
                learnify_internal.legacy_text(raw, kind))
  END;
END;

COMMENT ON FUNCTION learnify_internal.legacy_key(text, text) IS 'Returns the expression for an id or a reference as text';

CREATE OR REPLACE FUNCTION learnify_internal.legacy_instants(raw text, kind text)
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
             'WHEN abs(%1$s) < 1e14 THEN to_timestamp((%1$s)::double precision / 1000) END', learnify_internal.legacy_number(raw, kind))
    ELSE format('learnify_internal.legacy_instant(%s)', learnify_internal.legacy_text(raw, kind))
  END;
END;

COMMENT ON FUNCTION learnify_internal.legacy_instants(text, text) IS 'Returns the expression for a value as an instant; large numbers are milliseconds';

CREATE OR REPLACE FUNCTION learnify_internal.legacy_booleans(raw text, kind text)
RETURNS text
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT CASE
    WHEN kind = 'boolean' THEN raw
    WHEN kind IN ('integer', 'number', 'float') THEN format('CASE %s WHEN 1 THEN true WHEN 0 THEN false END', learnify_internal.legacy_number(raw, kind))
    ELSE format($$CASE WHEN lower(btrim(%s)) IN ('true', 't', 'yes', 'y', 'on', '1') THEN true
                       WHEN lower(btrim(%1$s)) IN ('false', 'f', 'no', 'n', 'off', '0') THEN false END$$,
                learnify_internal.legacy_text(raw, kind))
  END;
END;

COMMENT ON FUNCTION learnify_internal.legacy_booleans(text, text) IS 'Returns the expression for a value as a boolean';

-- One of a closed list is found in whatever case it is written.
CREATE OR REPLACE FUNCTION learnify_internal.legacy_choices(value text, choices text[])
RETURNS text
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT format('CASE lower(btrim(%s)) %s ELSE %1$s END', value,
                string_agg(format('WHEN %L THEN %L', lower(c.choice), c.choice), ' '))
  FROM unnest(choices) AS c (choice);
END;

COMMENT ON FUNCTION learnify_internal.legacy_choices(text, text[]) IS 'Returns the expression for a text as the one of these that it spells, or as it is';

-- The kinds of texts are called like the columns. A blank is none, but where the
-- column may be empty.
CREATE OR REPLACE FUNCTION learnify_internal.legacy_fitting(value text, column_name text)
RETURNS text
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT format(CASE WHEN column_name IN ('avatar_url', 'validation_reason') THEN '%s' ELSE 'nullif(%s, '''')' END,
                format('learnify_internal.fit_text(%s, %L)', value, column_name));
END;

COMMENT ON FUNCTION learnify_internal.legacy_fitting(text, text) IS 'Returns the expression for what of a text the rule of its column allows';

CREATE OR REPLACE FUNCTION learnify_internal.legacy_value(column_name text, target_type text, choices text[], type oid, has_rule boolean)
RETURNS text
LANGUAGE sql
STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
  SELECT CASE target_type
    WHEN 'uuid' THEN learnify_internal.legacy_key(r.raw, r.kind)
    WHEN 'integer' THEN
      format('CASE WHEN %s BETWEEN -2147483648 AND 2147483647 THEN %s(%1$s)::integer END',
             CASE r.kind WHEN 'integer' THEN r.raw ELSE learnify_internal.legacy_number(r.raw, r.kind) END,
             CASE WHEN r.kind = 'integer' THEN '' WHEN column_name = 'progress_percentage' THEN 'floor' ELSE 'round' END)
    WHEN 'numeric(10,2)' THEN format('CASE WHEN abs(%s) < 99999999 THEN (%1$s)::numeric(10, 2) END', learnify_internal.legacy_number(r.raw, r.kind))
    WHEN 'double precision' THEN
      format('CASE WHEN abs(%s) < 1e300 THEN (%1$s)::double precision END',
             CASE r.kind WHEN 'float' THEN r.raw ELSE learnify_internal.legacy_number(r.raw, r.kind) END)
    WHEN 'boolean' THEN learnify_internal.legacy_booleans(r.raw, r.kind)
    WHEN 'timestamp with time zone' THEN learnify_internal.legacy_instants(r.raw, r.kind)
    WHEN 'jsonb' THEN
      CASE WHEN r.kind IN ('jsonb', 'array', 'integer', 'number', 'float', 'boolean') THEN format('to_jsonb(%s)', r.raw)
           ELSE format('learnify_internal.legacy_json((%s)::text)', r.raw)
      END
    ELSE
      CASE WHEN has_rule THEN learnify_internal.legacy_fitting(learnify_internal.legacy_text(r.raw, r.kind), column_name)
           ELSE coalesce(learnify_internal.legacy_choices(learnify_internal.legacy_text(r.raw, r.kind), choices), learnify_internal.legacy_text(r.raw, r.kind))
      END
  END
  FROM (SELECT learnify_internal.legacy_raw(legacy_value.column_name, legacy_value.type) AS raw,
               learnify_internal.legacy_kind(learnify_internal.legacy_base_type(legacy_value.type)) AS kind) AS r;
END;

COMMENT ON FUNCTION learnify_internal.legacy_value(text, text, text[], oid, boolean) IS 'Returns the expression that reads a column of the row s as the type of its namesake in the extension''s table';

CREATE OR REPLACE FUNCTION learnify_internal.legacy_changes(column_name text, target_type text, choices text[], type oid, has_rule boolean)
RETURNS text
LANGUAGE sql
STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
  SELECT CASE
    WHEN target_type = 'integer' AND r.kind <> 'integer'
      THEN format('%s %% 1 <> 0', learnify_internal.legacy_number(r.raw, r.kind))
    WHEN choices IS NOT NULL
      THEN format('%s <> ALL (%L::text[]) AND lower(btrim(%1$s)) = ANY (lower(%2$L)::text[])',
                  learnify_internal.legacy_text(r.raw, r.kind), choices)
    WHEN has_rule
      THEN format('%s <> %s', learnify_internal.legacy_fitting(learnify_internal.legacy_text(r.raw, r.kind), column_name),
                  learnify_internal.legacy_text(r.raw, r.kind))
    ELSE 'false'
  END
  FROM (SELECT learnify_internal.legacy_raw(legacy_changes.column_name, legacy_changes.type) AS raw,
               learnify_internal.legacy_kind(learnify_internal.legacy_base_type(legacy_changes.type)) AS kind) AS r;
END;

COMMENT ON FUNCTION learnify_internal.legacy_changes(text, text, text[], oid, boolean) IS 'Returns the condition under which reading a column of the row s changes its value';

CREATE OR REPLACE FUNCTION learnify_internal.legacy_is_uuid(value text)
RETURNS text
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT format('(%s) ~ ''^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$''', value);
END;

COMMENT ON FUNCTION learnify_internal.legacy_is_uuid(text) IS 'Returns the condition for a key to be a uuid';

-- What the feed calls a table: generated_courses are course.
CREATE OR REPLACE FUNCTION learnify_internal.legacy_short_name(value text)
RETURNS text
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT format('regexp_replace(lower(btrim(%s)), ''^(generated|architecture)_|s$'', '''', ''g'')', value);
END;

COMMENT ON FUNCTION learnify_internal.legacy_short_name(text) IS 'Returns the expression for the name of a table as reference_type has it';
