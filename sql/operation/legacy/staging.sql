-- Each table of the source is read once, into a temporary table of its rows as
-- they would be written and, where they are not, why. The columns v, g and x are
-- a column's value, whether there is one, and whether reading it changed it;
-- ids and references are text at first.

-- A table as it is, but that a list of tags is a row for each.
CREATE OR REPLACE FUNCTION learnify_internal.legacy_source(schema text, table_name text)
RETURNS text
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 1000
BEGIN ATOMIC
  SELECT CASE WHEN EXISTS (
           SELECT
           FROM pg_attribute AS a
           JOIN pg_type AS t ON t.oid = a.atttypid
           WHERE a.attrelid = learnify_internal.legacy_relation(schema, table_name)
             AND legacy_source.table_name = 'course_tags' AND a.attname = 'tag' AND t.typcategory = 'A')
         THEN format('(SELECT %s, g.tag FROM %I.%I AS o CROSS JOIN unnest(o.tag) AS g (tag))',
                     (SELECT string_agg(format(CASE c.column_name WHEN 'id' THEN 'NULL::%2$s AS id' ELSE 'o.%1$I' END,
                                               c.column_name, c.source_type::regtype), ', ')
                      FROM learnify_internal.legacy_columns(schema, table_name) AS c
                      WHERE c.source_type IS NOT NULL AND c.column_name <> 'tag'),
                     schema, table_name)
         ELSE format('%I.%I', schema, table_name)
         END;
END;

COMMENT ON FUNCTION learnify_internal.legacy_source(text, text) IS 'Returns what a table of the source is read from';

CREATE OR REPLACE FUNCTION learnify_internal.legacy_reading(schema text, table_name text)
RETURNS text
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  source CONSTANT oid := learnify_internal.legacy_relation(schema, table_name);
  outputs text;
  labels text;
  id text;
  slug text;
BEGIN
  SELECT string_agg(format(
           '%1$s AS v%2$s, %3$s IS NOT NULL AS g%2$s, (%4$s) IS TRUE AS x%2$s, ',
           v.value, c.number,
           -- a blank is nothing given
           CASE WHEN c.has_rule THEN v.value ELSE learnify_internal.legacy_raw(c.column_name, c.source_type) END,
           learnify_internal.legacy_changes(c.column_name, c.type, c.choices, c.source_type, c.has_rule)), ''),
         string_agg(learnify_internal.legacy_raw(c.column_name, c.source_type), ', ') FILTER (
           WHERE c.column_name <> 'id'
             AND (c.reference IS NOT NULL
                  OR EXISTS (SELECT FROM learnify_internal.legacy_keys(table_name) AS k WHERE c.column_name = ANY (k.expressions)))),
         min(learnify_internal.legacy_raw(c.column_name, c.source_type)) FILTER (WHERE c.column_name = 'id')
  INTO outputs, labels, id
  FROM learnify_internal.legacy_columns(schema, table_name) AS c
  CROSS JOIN LATERAL learnify_internal.legacy_value(c.column_name, c.type, c.choices, c.source_type, c.has_rule) AS v (value)
  WHERE c.source_type IS NOT NULL;
  SELECT learnify_internal.legacy_value('slug', 'uuid', NULL, a.atttypid, false) INTO slug
  FROM pg_attribute AS a
  WHERE a.attrelid = source AND a.attname = 'slug' AND NOT a.attisdropped;

  RETURN format(
    'SELECT %1$s%2$s AS legacy_slug, CASE WHEN %3$s IS NULL THEN concat_ws('', '', %4$s) END AS legacy_label, '
    'CASE WHEN %3$s IS NULL THEN md5(%5$L || s::text) END AS legacy_digest FROM %6$s AS s OFFSET 0',
    outputs, coalesce(slug, 'NULL::text'), coalesce(id, 'NULL'), coalesce(labels, 'NULL'),
    format('learnify %s.%s row ', schema, table_name),
    CASE WHEN source IS NULL THEN '(SELECT WHERE false)' ELSE learnify_internal.legacy_source(schema, table_name) END);
END
$$;

COMMENT ON FUNCTION learnify_internal.legacy_reading(text, text) IS 'Returns the query that reads a table of the source';

-- A row is looked for by its id and, where that is no uuid, by its names: among
-- all rows, or among those of the course or module that the row also names.
CREATE OR REPLACE FUNCTION learnify_internal.legacy_reference(schema text, table_name text, number integer, OUT joins text, OUT id text, OUT is_found text)
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  c record;
  prefix text := '';
  aliases text[] := '{m}';
BEGIN
  SELECT r.reference, learnify_internal.legacy_base_type(r.source_type) = 'uuid'::regtype AS is_uuid,
         (SELECT o.number
          FROM learnify_internal.legacy_columns(schema, table_name) AS o
          WHERE o.source_type IS NOT NULL
            AND (r.reference, o.column_name) IN (('generated_modules', 'course_id'), ('exercises', 'module_id'),
                                                 ('references', 'reference_type'))) AS scope
  INTO c
  FROM learnify_internal.legacy_columns(schema, table_name) AS r
  WHERE r.number = legacy_reference.number;

  IF c.reference = 'references' THEN
    prefix := coalesce(learnify_internal.legacy_short_name(format('l.v%s', c.scope)), 'NULL') || ' || '' '' || ';
  END IF;
  joins := format(E'LEFT JOIN pg_temp.legacy_ids_%s AS m%s ON m%2$s.key = %s''='' || l.v%2$s\n',
                  c.reference, number, prefix);
  IF NOT c.is_uuid THEN
    aliases := '{m,n}';
    joins := joins || format(
      E'LEFT JOIN pg_temp.legacy_ids_%s AS n%s ON n%2$s.key = %s''~'' || lower(l.v%2$s) AND m%2$s.key IS NULL\n',
      c.reference, number, prefix);
    IF c.scope IS NOT NULL AND c.reference <> 'references' THEN
      aliases := '{m,n,o}';
      joins := joins || format(
        E'LEFT JOIN pg_temp.legacy_ids_%s AS o%s ON o%2$s.key = ''~'' || m%s.id || ''/'' || lower(l.v%2$s) AND m%2$s.key IS NULL\n',
        c.reference, number, c.scope);
    END IF;
  END IF;
  SELECT format('coalesce(%s)', string_agg(format('%s%s.id', a.alias, number), ', ')),
         format('coalesce(%s) IS NOT NULL', string_agg(format('%s%s.key', a.alias, number), ', '))
  INTO id, is_found
  FROM unnest(aliases) AS a (alias);
  IF c.reference = 'references' THEN
    id := format('coalesce(%s, CASE WHEN %s THEN l.v%s::uuid END)', id, learnify_internal.legacy_is_uuid(format('l.v%s', number)), number);
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.legacy_reference(text, text, integer) IS 'Returns how the row that a column names is found: joins, and expressions for its id and for whether there is one';

-- Gives rows their ids, and references theirs.
CREATE OR REPLACE FUNCTION learnify_internal.legacy_resolving(schema text, table_name text)
RETURNS text
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  c record;
  reference record;
  outputs text := '';
  joins text := '';
  key text := 'NULL::text';
  id text := 'NULL::uuid';
BEGIN
  FOR c IN SELECT * FROM learnify_internal.legacy_columns(schema, table_name) LOOP
    IF c.column_name = 'id' THEN
      CONTINUE WHEN c.source_type IS NULL;
      key := 'l.v1';
      id := CASE WHEN learnify_internal.legacy_base_type(c.source_type) = 'uuid'::regtype THEN 'l.v1::uuid'
                 ELSE format('CASE WHEN %s THEN l.v1::uuid ELSE md5(%L || l.v1)::uuid END', learnify_internal.legacy_is_uuid(key),
                             format('learnify %s.%s id ', schema, table_name)) END;
    ELSIF c.source_type IS NULL THEN
      outputs := outputs || format(', NULL::%s AS %I, false AS g%s, false AS x%3$s', c.type, c.column_name, c.number);
    ELSIF c.reference IS NULL THEN
      outputs := outputs || format(', l.v%s AS %I, l.g%1$s, l.x%1$s', c.number, c.column_name);
    ELSE
      reference := learnify_internal.legacy_reference(schema, table_name, c.number);
      joins := joins || reference.joins;
      outputs := outputs || format(', %s AS %I, l.v%s IS NOT NULL AS g%3$s, %s AS x%3$s',
                                   reference.id, c.column_name, c.number, reference.is_found);
    END IF;
  END LOOP;
  RETURN format(
    'SELECT %1$s AS legacy_key, coalesce(%1$s, ''('' || l.legacy_label || '')'') AS legacy_label, l.legacy_slug, '
    'coalesce(%2$s, l.legacy_digest::uuid) AS id%3$s FROM (%4$s) AS l %5$s OFFSET 0',
    key, id, outputs, learnify_internal.legacy_reading(schema, table_name), joins);
END
$$;

COMMENT ON FUNCTION learnify_internal.legacy_resolving(text, text) IS 'Returns the query that reads a table of the source and gives its rows and references their ids';

-- Values are looked at before the constraints on them.
CREATE OR REPLACE FUNCTION learnify_internal.legacy_reasons(schema text, table_name text)
RETURNS text
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 10000
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT 'CASE ' || string_agg(format('WHEN %s THEN %s', w.condition, w.reason), ' ' ORDER BY w.number, w.part) || ' END'
  FROM (
    SELECT c.number, p.part, p.condition, quote_literal(p.reason)
    FROM learnify_internal.legacy_columns(legacy_reasons.schema, legacy_reasons.table_name) AS c
    CROSS JOIN LATERAL (VALUES
      (1, c.is_required AND c.source_type IS NULL,
       'true', format('%s is missing: there is no such column', c.column_name)),
      (2, c.is_required AND c.source_type IS NOT NULL,
       format('NOT g%s', c.number), format('%s is missing', c.column_name)),
      (3, c.is_required AND c.reference IS NOT NULL AND c.source_type IS NOT NULL,
       format('%I IS NULL AND x%s', c.column_name, c.number), format('%s refers to a row that is refused', c.column_name)),
      (4, c.is_required AND c.reference IS NOT NULL AND c.source_type IS NOT NULL,
       format('%I IS NULL', c.column_name), format('%s refers to no row', c.column_name)),
      (5, c.reference IS NULL AND c.source_type IS NOT NULL,
       format('g%s AND %I IS NULL', c.number, c.column_name), format('%s is no %s', c.column_name, c.type))
    ) AS p (part, applies, condition, reason)
    WHERE p.applies AND c.column_name <> 'id'
    UNION ALL
    SELECT c.number, 6, f.fault || ' IS NOT NULL', format('%L || %s', c.column_name || ' ', f.fault)
    FROM learnify_internal.legacy_columns(legacy_reasons.schema, legacy_reasons.table_name) AS c
    CROSS JOIN LATERAL format('learnify_internal.text_fault(%I, %1$L)', c.column_name) AS f (fault)
    WHERE c.has_rule
    UNION ALL
    SELECT 1000, row_number() OVER (ORDER BY k.conname), format('NOT (%s)', pg_get_expr(k.conbin, k.conrelid)),
           quote_literal(CASE WHEN cardinality(k.conkey) = 1 THEN a.attname::text ELSE 'the row' END
                         || ' violates ' || pg_get_constraintdef(k.oid, true))
    FROM pg_constraint AS k
    JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
    WHERE k.conrelid = to_regclass('@extschema@.' || quote_ident(legacy_reasons.table_name)) AND k.contype = 'c'
    UNION ALL
    SELECT 1001, 1, r.condition, quote_literal(r.reason)
    FROM learnify_internal.legacy_refusals() AS r
    WHERE r.table_name = legacy_reasons.table_name
  ) AS w (number, part, condition, reason);
END;

COMMENT ON FUNCTION learnify_internal.legacy_reasons(text, text) IS 'Returns the expression for the first thing that is wrong with a row';

-- kept is the row that is there instead of this one, to which references are led.
CREATE OR REPLACE FUNCTION learnify_internal.stage_legacy_rows(schema text, table_name text)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  outputs text;
BEGIN
  SELECT string_agg(format('c.%I', c.column_name)
                    || CASE WHEN c.reference IS NOT NULL THEN format(', c.g%s AND c.%I IS NULL AS x%1$s', c.number, c.column_name)
                            WHEN c.choices IS NOT NULL OR c.type = 'integer' OR c.has_rule THEN format(', c.x%s', c.number)
                            ELSE '' END, ', ')
  INTO outputs
  FROM learnify_internal.legacy_columns(schema, table_name) AS c;
  EXECUTE format(
    'CREATE TEMPORARY TABLE legacy_rows_%s ON COMMIT DROP AS '
    'SELECT CASE WHEN r.legacy_reason IS NULL THEN ''written'' ELSE ''refused'' END AS legacy_outcome, NULL::uuid AS legacy_kept, r.* '
    'FROM (SELECT %s AS legacy_reason, c.legacy_key, c.legacy_label, c.legacy_slug, %s FROM (%s) AS c OFFSET 0) AS r',
    table_name, learnify_internal.legacy_reasons(schema, table_name), outputs,
    learnify_internal.legacy_resolving(schema, table_name));
  EXECUTE format('ANALYZE pg_temp.legacy_rows_%s', table_name);
END
$$;

COMMENT ON FUNCTION learnify_internal.stage_legacy_rows(text, text) IS 'Reads a table of the source into a temporary one';
