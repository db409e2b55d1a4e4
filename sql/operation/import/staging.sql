-- Staging reads each table of the source once, into a temporary table import_rows_TABLE.
-- Besides the columns of the extension's table, which have the values that would be
-- written, it has
--   import_outcome   written, refused or, where the target has the row already, present
--   import_survivor  the id of the row that is kept in place of this one; see keys.sql. Where that
--                    was deleted here, import_change says so
--   import_change    where an earlier run has written the row and it was changed since: source,
--                    taken where this run takes the change, both, or clash where it would have a
--                    key of another row; or deleted, here; see later_runs.sql
--   import_hash      a hash of what the source says of the row
--   import_filled    whether a reference that the source does not give has been found otherwise
--   import_reason    why the row is refused, or present by another key than its id or changed
--   import_key       the id in the source as text, NULL where it has none
--   import_label     what the report calls the row: that id, or its key columns
--   import_slug      the source's column slug, another name of the row
--   import_value     what was read of the column that is the reason
-- and, for column number N, what was read, as the report shows it,
--   changed_N        where the value that is written is that one in another form
--   lost_N           where it is of no use, and something else is written instead

-- A source may keep the tags of a course in an array, which is read as a row for each tag.
-- These rows cannot all have the id of the one that they come from, and so have none.
CREATE OR REPLACE FUNCTION learnify_internal.import_source_from_item(schema text, table_name text)
RETURNS text
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 1000
BEGIN ATOMIC
  SELECT CASE WHEN EXISTS (
           SELECT
           FROM pg_attribute AS a
           JOIN pg_type AS t ON t.oid = learnify_internal.import_base_type(a.atttypid)
           WHERE a.attrelid = learnify_internal.import_source_relation(schema, table_name)
             AND import_source_from_item.table_name = 'course_tags' AND a.attname = 'tag' AND t.typcategory = 'A')
         THEN format('(SELECT %s, g.tag FROM %I.%I AS o CROSS JOIN unnest(o.tag) AS g (tag))',
                     (SELECT string_agg(format(CASE c.column_name WHEN 'id' THEN 'NULL::%2$s AS id' ELSE 'o.%1$I' END,
                                               c.column_name, c.source_type::regtype), ', ')
                      FROM learnify_internal.import_columns(schema, table_name) AS c
                      WHERE c.source_type IS NOT NULL AND c.column_name <> 'tag'),
                     schema, table_name)
         ELSE format('%I.%I', schema, table_name)
         END;
END;

COMMENT ON FUNCTION learnify_internal.import_source_from_item(text, text) IS 'Returns the FROM item, as text of SQL, from which import_legacy reads a table of the source';

-- The query returns, for column number N, value_N, what was read as raw_N, whether that is a
-- value as given_N, and whether conversion changed it as changed_N. Ids and references are
-- still text.
-- OFFSET 0, here and in the queries around this one, keeps the planner from flattening
-- them, which would evaluate each expression once for every use of its result.
CREATE OR REPLACE FUNCTION learnify_internal.import_read_query(schema text, table_name text)
RETURNS text
LANGUAGE plpgsql
STABLE STRICT PARALLEL RESTRICTED COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  source CONSTANT oid := learnify_internal.import_source_relation(schema, table_name);
  outputs text;
  labels text;
  id text;
  slug text;
BEGIN
  SELECT string_agg(format(
           '%1$s AS value_%2$s, %3$s AS raw_%2$s, (%4$s) IS TRUE AS given_%2$s, (%5$s) IS TRUE AS changed_%2$s, ',
           v.value, c.number, learnify_internal.import_raw_expression(c.column_name, c.source_type),
           learnify_internal.import_is_given_expression(c.column_name, c.type, c.choices, c.source_type, c.rule),
           learnify_internal.import_is_changed_expression(c.column_name, c.type, c.choices, c.source_type, c.rule)), ''),
         string_agg(learnify_internal.import_raw_expression(c.column_name, c.source_type), ', ' ORDER BY c.number) FILTER (
           WHERE c.column_name <> 'id'
             AND (c.reference IS NOT NULL
                  OR EXISTS (SELECT FROM learnify_internal.import_unique_keys(table_name) AS k WHERE c.column_name = ANY (k.expressions)))),
         min(v.value) FILTER (WHERE c.column_name = 'id')
  INTO outputs, labels, id
  FROM pg_temp.import_columns AS c
  CROSS JOIN LATERAL learnify_internal.import_value_expression(c.column_name, c.type, c.choices, c.source_type, c.rule) AS v (value)
  WHERE c.target_table = import_read_query.table_name AND c.source_type IS NOT NULL;
  SELECT learnify_internal.import_value_expression('slug', 'uuid', NULL, a.atttypid, NULL) INTO slug
  FROM pg_attribute AS a
  WHERE a.attrelid = source AND a.attname = 'slug' AND NOT a.attisdropped;

  RETURN format(
    'SELECT %1$s%2$s AS import_slug, CASE WHEN %3$s IS NULL THEN concat_ws('', '', %4$s) END AS import_label, '
    'CASE WHEN %3$s IS NULL THEN md5(%5$L || s::text) END AS import_digest FROM %6$s AS s OFFSET 0',
    outputs, coalesce(slug, 'NULL::text'), coalesce(id, 'NULL'), coalesce(labels, 'NULL'),
    format('learnify %s.%s row ', schema, table_name),
    CASE WHEN source IS NULL THEN '(SELECT WHERE false)' ELSE learnify_internal.import_source_from_item(schema, table_name) END);
END
$$;

COMMENT ON FUNCTION learnify_internal.import_read_query(text, text) IS 'Returns the query, as text, with which import_legacy reads a table of the source and converts its values';

-- A reference is looked up as an id and, unless its column is of type uuid, as a name of
-- the row: a name among all rows or, for a module or an exercise, a number within the
-- course or module that the referring row names too. number is that of the reference's
-- column; the expressions are on row l of import_read_query and what the joins add to it.
-- import_hash has known_id_expression, which differs from id_expression where the row that is
-- referred to was deleted here: the source has not changed then.
CREATE OR REPLACE FUNCTION learnify_internal.import_reference_fragments(table_name text, number integer, OUT joins text, OUT id_expression text,
                                                                        OUT known_id_expression text, OUT is_found_expression text)
LANGUAGE plpgsql
STABLE STRICT PARALLEL RESTRICTED COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  c record;
  prefix text := '';
  aliases text[] := '{by_id}';
BEGIN
  SELECT r.reference, learnify_internal.import_base_type(r.source_type) = 'uuid'::regtype AS is_uuid,
         (SELECT o.number
          FROM pg_temp.import_columns AS o
          WHERE o.target_table = r.target_table AND o.source_type IS NOT NULL
            AND (r.reference, o.column_name) IN (('generated_modules', 'course_id'), ('exercises', 'module_id'),
                                                 ('references', 'reference_type'))) AS scope
  INTO c
  FROM pg_temp.import_columns AS r
  WHERE r.target_table = import_reference_fragments.table_name AND r.number = import_reference_fragments.number;

  IF c.reference = 'references' THEN
    prefix := coalesce(learnify_internal.import_reference_type_expression(format('l.value_%s', c.scope)), 'NULL') || ' || '' '' || ';
  END IF;
  joins := format(E'LEFT JOIN pg_temp.import_ids_%s AS by_id_%s ON by_id_%2$s.key = %s''='' || l.value_%2$s\n',
                  c.reference, number, prefix);
  IF NOT c.is_uuid THEN
    aliases := '{by_id,by_name}';
    joins := joins || format(
      E'LEFT JOIN pg_temp.import_ids_%s AS by_name_%s ON by_name_%2$s.key = %s''~'' || @extschema@.fold_email(l.value_%2$s) AND by_id_%2$s.key IS NULL\n',
      c.reference, number, prefix);
    IF c.scope IS NOT NULL AND c.reference <> 'references' THEN
      aliases := '{by_id,by_name,by_number}';
      joins := joins || format(
        E'LEFT JOIN pg_temp.import_ids_%s AS by_number_%s ON by_number_%2$s.key = ''~'' || by_id_%s.id || ''/'' || @extschema@.fold_email(l.value_%2$s) AND by_id_%2$s.key IS NULL\n',
        c.reference, number, c.scope);
    END IF;
  END IF;
  SELECT format('coalesce(%s)', string_agg(format('%s_%s.id', a.alias, number), ', ')),
         format('coalesce(%s)', string_agg(format('%s_%s.known_id', a.alias, number), ', ')),
         format('coalesce(%s) IS NOT NULL', string_agg(format('%s_%s.key', a.alias, number), ', '))
  INTO id_expression, known_id_expression, is_found_expression
  FROM unnest(aliases) AS a (alias);
  -- A row of the feed may outlive the row that it refers to, so a uuid without a row is kept.
  IF c.reference = 'references' THEN
    SELECT format('coalesce(%s, %s)', id_expression, k.id), format('coalesce(%s, %s)', known_id_expression, k.id)
    INTO id_expression, known_id_expression
    FROM format('CASE WHEN %s THEN l.value_%s::uuid END', learnify_internal.import_is_uuid_expression(format('l.value_%s', number)), number) AS k (id);
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.import_reference_fragments(text, integer) IS 'Returns pieces of a query, as text, that find the row to which a column refers: joins, the expression for its id and the one for whether there is such a row';

-- An id that is a uuid is kept, another is digested, so that each run of the import gives
-- a row the same id; a row without an id gets a digest of the whole row. found_N says
-- whether the reference in column number N leads to a row, be it a refused one.
CREATE OR REPLACE FUNCTION learnify_internal.import_resolve_query(schema text, table_name text)
RETURNS text
LANGUAGE plpgsql
STABLE STRICT PARALLEL RESTRICTED COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  c record;
  reference record;
  outputs text := '';
  joins text := '';
  hashed text[] := '{}';
  key text := 'NULL::text';
  id text := 'NULL::uuid';
BEGIN
  FOR c IN SELECT k.* FROM pg_temp.import_columns AS k WHERE k.target_table = import_resolve_query.table_name ORDER BY k.number LOOP
    IF c.column_name = 'id' THEN
      CONTINUE WHEN c.source_type IS NULL;
      key := 'l.value_1';
      id := CASE WHEN learnify_internal.import_base_type(c.source_type) = 'uuid'::regtype THEN 'l.value_1::uuid'
                 ELSE format('CASE WHEN %s THEN l.value_1::uuid ELSE md5(%L || l.value_1)::uuid END', learnify_internal.import_is_uuid_expression(key),
                             format('learnify %s.%s id ', schema, table_name)) END;
    ELSIF c.source_type IS NULL THEN
      outputs := outputs || format(', NULL::%s AS %I', c.type, c.column_name);
    ELSIF c.reference IS NULL THEN
      hashed := hashed || format('l.value_%s', c.number);
      outputs := outputs || format(', l.value_%s AS %I, l.raw_%1$s, l.given_%1$s, l.changed_%1$s', c.number, c.column_name);
    ELSE
      reference := learnify_internal.import_reference_fragments(table_name, c.number);
      joins := joins || reference.joins;
      hashed := hashed || reference.known_id_expression;
      outputs := outputs || format(', %s AS %I, l.raw_%s, l.value_%3$s IS NOT NULL AS given_%3$s, %s AS found_%3$s',
                                   reference.id_expression, c.column_name, c.number, reference.is_found_expression);
    END IF;
  END LOOP;
  RETURN format(
    'SELECT %1$s AS import_key, coalesce(%1$s, ''('' || l.import_label || '')'') AS import_label, l.import_slug, '
    'hash_record_extended(ROW(%6$s), 0) AS import_hash, coalesce(%2$s, l.import_digest::uuid) AS id%3$s FROM (%4$s) AS l %5$s OFFSET 0',
    key, id, outputs, learnify_internal.import_read_query(schema, table_name), joins, array_to_string(hashed, ', '));
END
$$;

COMMENT ON FUNCTION learnify_internal.import_resolve_query(text, text) IS 'Returns the query, as text, with which import_legacy reads a table of the source and replaces its ids and references by uuids';

-- The reason and what the report shows of the value are an array. Single values are checked
-- before the CHECK constraints of the table: a value that could not be converted is NULL by
-- now, and would pass those. Optional values are no reason, except by constraints that users
-- have added.
CREATE OR REPLACE FUNCTION learnify_internal.import_reason_expression(table_name text)
RETURNS text
LANGUAGE plpgsql
STABLE STRICT PARALLEL RESTRICTED COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN (
    SELECT coalesce('CASE ' || string_agg(format('WHEN %s THEN ARRAY[%s, %s]', w.condition, w.reason, coalesce(w.shown, 'NULL')), ' ' ORDER BY w.number, w.part)
                    || ' END', 'NULL::text[]')
    FROM (
      SELECT c.number, p.part, p.condition, quote_literal(p.reason), p.shown
      FROM pg_temp.import_columns AS c
      CROSS JOIN LATERAL (VALUES
        (1, c.is_required AND c.source_type IS NULL,
         'true', format('%s is missing: there is no such column', c.column_name), NULL),
        (2, c.is_required AND c.source_type IS NOT NULL,
         format('NOT given_%s', c.number), format('%s is missing', c.column_name), NULL),
        (3, c.is_required AND c.reference IS NOT NULL AND c.source_type IS NOT NULL,
         format('%I IS NULL AND found_%s', c.column_name, c.number), format('%s refers to a row that is refused', c.column_name), c.shown),
        (4, c.is_required AND c.reference IS NOT NULL AND c.source_type IS NOT NULL,
         format('%I IS NULL', c.column_name), format('%s refers to no row', c.column_name), c.shown),
        (5, c.is_required AND c.reference IS NULL AND c.source_type IS NOT NULL,
         format('%I IS NULL', c.column_name), format('%s is no %s', c.column_name, c.type), c.shown)
      ) AS p (part, applies, condition, reason, shown)
      WHERE c.target_table = import_reason_expression.table_name AND p.applies AND c.column_name <> 'id'
      UNION ALL
      SELECT c.number, 6, f.fault || ' IS NOT NULL', format('%L || %s', c.column_name || ' ', f.fault), c.shown
      FROM pg_temp.import_columns AS c
      CROSS JOIN LATERAL learnify_internal.import_fault_expression(c.column_name, c.type, c.rule) AS f (fault)
      WHERE c.target_table = import_reason_expression.table_name AND c.rule IS NOT NULL AND c.is_required AND c.source_type IS NOT NULL
      UNION ALL
      SELECT 1000, row_number() OVER (ORDER BY k.conname), format('NOT (%s)', pg_get_expr(k.conbin, k.conrelid)),
             quote_literal(CASE WHEN cardinality(k.conkey) = 1 THEN a.attname::text ELSE 'the row' END
                           || ' violates ' || pg_get_constraintdef(k.oid, true)),
             CASE WHEN cardinality(k.conkey) = 1 THEN c.shown END
      FROM pg_constraint AS k
      JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
      LEFT JOIN pg_temp.import_columns AS c ON c.target_table = import_reason_expression.table_name AND c.number = a.attnum
      WHERE k.conrelid = to_regclass('@extschema@.' || quote_ident(import_reason_expression.table_name)) AND k.contype = 'c'
        AND a.attname NOT IN ('broadcast_at', 'submitted_on')  -- import_write_rows and a trigger set these
        AND NOT (cardinality(k.conkey) = 1 AND c.fitted IS NOT NULL AND k.conname = format('%s_%s_check', import_reason_expression.table_name, a.attname))
      UNION ALL
      SELECT 1001, 1, r.condition, quote_literal(r.reason), NULL AS shown
      FROM learnify_internal.import_refusals() AS r
      WHERE r.table_name = import_reason_expression.table_name
    ) AS w (number, part, condition, reason, shown));
END
$$;

COMMENT ON FUNCTION learnify_internal.import_reason_expression(text) IS 'Returns the SQL expression for the first reason why import_legacy has to refuse a row, and what it read there; NULL where there is none';

CREATE OR REPLACE FUNCTION learnify_internal.import_stage_rows(schema text, table_name text)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  fitted text;
  outputs text;
BEGIN
  SELECT string_agg(format('%s AS %I', coalesce(c.fitted, format('c.%I', c.column_name)), c.column_name)
                    || CASE WHEN c.source_type IS NOT NULL AND c.column_name <> 'id'
                            THEN format(', c.raw_%s, c.given_%1$s, %s AS changed_%1$s', c.number,
                                        CASE WHEN c.reference IS NULL THEN format('c.changed_%s', c.number)
                                             ELSE format('c.given_%s AND c.%I IS NULL', c.number, c.column_name) END)
                            ELSE '' END
                    || CASE WHEN c.fitted IS NOT NULL AND c.type = 'integer' THEN format(', c.%I AS read_%s', c.column_name, c.number) ELSE '' END,
                    ', '),
         string_agg(format('r.%I', c.column_name)
                    || CASE WHEN c.source_type IS NULL OR c.column_name = 'id' THEN ''
                            ELSE format(', CASE WHEN r.changed_%s THEN %s END AS changed_%1$s', c.number, c.shown)
                                 || CASE WHEN c.is_required OR c.reference IS NOT NULL THEN ''
                                         ELSE format(', CASE WHEN r.given_%s AND (r.%I IS NULL%s) THEN %s END AS lost_%1$s', c.number, c.column_name,
                                                     CASE WHEN c.fitted IS NOT NULL AND c.type = 'integer' THEN format(' OR r.%I <> r.read_%s', c.column_name, c.number) END,
                                                     c.shown) END
                       END, ', ')
  INTO fitted, outputs
  FROM pg_temp.import_columns AS c
  WHERE c.target_table = import_stage_rows.table_name;
  EXECUTE format(
    'CREATE TEMPORARY TABLE import_rows_%s ON COMMIT DROP AS '
    'SELECT CASE WHEN r.import_reason IS NULL THEN ''written'' ELSE ''refused'' END AS import_outcome, NULL::uuid AS import_survivor, NULL::text AS import_change, false AS import_filled, '
    'r.import_reason[1] AS import_reason, r.import_reason[2] AS import_value, r.import_key, r.import_label, r.import_slug, r.import_hash, %s '
    'FROM (SELECT %s AS import_reason, c.import_key, c.import_label, c.import_slug, c.import_hash, %s FROM (%s) AS c OFFSET 0) AS r',
    table_name, outputs, learnify_internal.import_reason_expression(table_name), fitted,
    learnify_internal.import_resolve_query(schema, table_name));
  EXECUTE format('ANALYZE pg_temp.import_rows_%s', table_name);
END
$$;

COMMENT ON FUNCTION learnify_internal.import_stage_rows(text, text) IS 'Reads a table of the source into a temporary table, in which import_legacy decides about its rows';
