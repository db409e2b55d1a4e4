-- The report counts each row once: a written one, or a present one with nothing to say
-- about, in the line of its table; a refused one, or a present one with a reason, in the
-- line of that reason. A row that was adjusted to be written, or of which a change is taken, is
-- counted as adjusted besides.

-- change_reason is the reason in a row that was there and of which a change is taken: what such
-- a row has stays where the source has nothing of use. It is NULL where there is nothing to say.
CREATE OR REPLACE FUNCTION learnify_internal.import_adjustments(table_name text)
RETURNS TABLE (number bigint, reason text, change_reason text, condition text, shown text)
LANGUAGE plpgsql
STABLE STRICT PARALLEL RESTRICTED COST 10000 ROWS 30
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT row_number() OVER (ORDER BY c.number), a.reason, a.change_reason, a.condition, a.shown
    FROM pg_temp.import_columns AS c
    CROSS JOIN LATERAL (
      SELECT format('%s is missing: filled in', c.column_name), NULL,
             format('s.%I IS NULL', c.column_name) || CASE WHEN c.source_type IS NULL THEN '' ELSE format(' AND s.lost_%s IS NULL', c.number) END,
             NULL
      WHERE NOT c.is_added AND c.column_name <> 'id' AND c.substitute IS NOT NULL
      UNION ALL
      SELECT format('%s is of no use: %s', c.column_name,
                    CASE WHEN c.substitute IS NULL THEN 'left empty' ELSE coalesce('set to ' || trim('''' FROM c.fallback), 'filled in') END),
             format('%s is of no use: %s', c.column_name, coalesce('set to ' || trim('''' FROM c.fallback), 'left as it was')),
             format('s.lost_%s IS NOT NULL AND s.%I IS NULL', c.number, c.column_name), format('s.lost_%s', c.number)
      WHERE NOT c.is_required AND c.reference IS NULL AND c.source_type IS NOT NULL AND c.column_name <> 'id'
      UNION ALL
      SELECT n.reason, n.reason,
             format('s.lost_%s IS NOT NULL AND s.%I IS NOT NULL', c.number, c.column_name), format('s.lost_%s', c.number)
      FROM format('%s is out of bounds: moved to the nearest', c.column_name) AS n (reason)
      WHERE c.fitted IS NOT NULL AND c.type = 'integer' AND c.source_type IS NOT NULL
      UNION ALL
      SELECT n.reason, n.reason,
             format('s.changed_%s IS NOT NULL', c.number) || CASE WHEN c.reference IS NOT NULL THEN format(' AND s.%I IS NULL', c.column_name) ELSE '' END,
             format('s.changed_%s', c.number)
      FROM (SELECT CASE
               WHEN c.reference IS NOT NULL THEN format('%s refers to no row that fits: left empty', c.column_name)
               WHEN c.choices IS NOT NULL THEN format('%s is spelled otherwise', c.column_name)
               WHEN c.rule IS NOT NULL THEN format('%s is tidied or cut', c.column_name)
               ELSE format('%s is no whole number: rounded', c.column_name)
             END) AS n (reason)
      WHERE c.source_type IS NOT NULL
        AND (c.choices IS NOT NULL OR c.type = 'integer' OR c.rule IS NOT NULL AND c.type = 'text' OR c.reference IS NOT NULL AND NOT c.is_required)
      UNION ALL
      SELECT k.reason, k.reason, k.condition, k.shown
      FROM learnify_internal.import_corrections() AS k
      WHERE k.table_name = import_adjustments.table_name AND k.column_name = c.column_name
      UNION ALL
      SELECT n.reason, CASE WHEN c.source_type IS NOT NULL THEN n.reason END, 's.import_filled', NULL
      FROM format('%s is missing: filled in', c.column_name) AS n (reason)
      WHERE (import_adjustments.table_name, c.column_name) IN (('generated_courses', 'archetype_id'), ('generated_modules', 'blueprint_module_id'))
    ) AS a (reason, change_reason, condition, shown)
    WHERE c.target_table = import_adjustments.table_name;
END
$$;

COMMENT ON FUNCTION learnify_internal.import_adjustments(text) IS 'Returns the ways in which import_legacy may write a value other than the one it read, each with the condition, as text of SQL on the staged row s, under which it did, and the expression for what it read';

CREATE OR REPLACE FUNCTION learnify_internal.import_report_lines(schema text, source_table text)
RETURNS TABLE (table_name text, rows_read bigint, rows_written bigint, rows_present bigint, rows_refused bigint,
               rows_adjusted bigint, reason text, samples text[])
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000 ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  is_change boolean;
  rows_condition text;
  adjusted bigint[];
  adjustment record;
BEGIN
  RETURN QUERY EXECUTE format(
    'SELECT %1$L, count(*), count(*) FILTER (WHERE import_outcome = ''written''), '
    'count(*) FILTER (WHERE import_outcome = ''present'' AND import_reason IS NULL), 0::bigint, 0::bigint, %2$L, ''{}''::text[] '
    'FROM pg_temp.import_rows_%1$s',
    source_table, CASE WHEN learnify_internal.import_source_relation(schema, source_table) IS NULL THEN 'there is no such table' ELSE '' END);

  RETURN QUERY EXECUTE format(
    'SELECT %1$L, 0::bigint, 0::bigint, CASE g.outcome WHEN ''present'' THEN g.rows ELSE 0 END, '
    'CASE g.outcome WHEN ''refused'' THEN g.rows ELSE 0 END, CASE g.outcome WHEN ''written'' THEN g.rows ELSE 0 END, '
    'g.reason, ARRAY(SELECT concat_ws('': '', learnify_internal.excerpt(s.import_label), s.import_value) FROM pg_temp.import_rows_%1$s AS s '
    'WHERE s.import_outcome = g.outcome AND s.import_reason = g.reason ORDER BY s.import_label COLLATE "C" LIMIT 5) '
    'FROM (SELECT import_outcome, import_reason, count(*) FROM pg_temp.import_rows_%1$s '
    'WHERE import_reason IS NOT NULL GROUP BY import_outcome, import_reason) AS g (outcome, reason, rows) '
    'ORDER BY g.outcome DESC, g.rows DESC, g.reason COLLATE "C"', source_table);

  FOREACH is_change IN ARRAY '{false,true}'::boolean[] LOOP
    rows_condition := CASE WHEN is_change THEN 's.import_change = ''taken''' ELSE 's.import_outcome = ''written''' END;
    EXECUTE format('SELECT ARRAY[%2$s] FROM pg_temp.import_rows_%1$s AS s WHERE %3$s', source_table, (
      SELECT string_agg(format('count(*) FILTER (WHERE %s)', a.condition), ', ' ORDER BY a.number)
      FROM learnify_internal.import_adjustments(source_table) AS a), rows_condition) INTO adjusted;
    FOR adjustment IN
      SELECT CASE WHEN is_change THEN a.change_reason ELSE a.reason END AS reason, a.condition, a.shown, adjusted[a.number] AS rows
      FROM learnify_internal.import_adjustments(source_table) AS a
      WHERE adjusted[a.number] > 0
      ORDER BY a.number
    LOOP
      CONTINUE WHEN adjustment.reason IS NULL;
      RETURN QUERY EXECUTE format(
        'SELECT %1$L, 0::bigint, 0::bigint, 0::bigint, 0::bigint, $1, $2, '
        'ARRAY(SELECT concat_ws('': '', learnify_internal.excerpt(s.import_label), %3$s) FROM pg_temp.import_rows_%1$s AS s '
        'WHERE %4$s AND %2$s ORDER BY s.import_label COLLATE "C" LIMIT 5)',
        source_table, adjustment.condition, coalesce(adjustment.shown, 'NULL'), rows_condition) USING adjustment.rows, adjustment.reason;
    END LOOP;
  END LOOP;

  RETURN QUERY
    SELECT source_table, 0::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint,
           format(CASE WHEN o.attname IS NULL THEN 'column %I is not known: ignored' ELSE 'column %I is not copied' END, a.attname),
           '{}'::text[]
    FROM pg_attribute AS a
    LEFT JOIN pg_attribute AS o
      ON o.attrelid = to_regclass('@extschema@.' || quote_ident(source_table)) AND o.attname = a.attname
    WHERE a.attrelid = learnify_internal.import_source_relation(schema, source_table)
      AND a.attnum > 0
      AND NOT a.attisdropped
      AND a.attname NOT IN (SELECT c.column_name FROM pg_temp.import_columns AS c WHERE c.target_table = source_table)
    ORDER BY a.attnum;
END
$$;

COMMENT ON FUNCTION learnify_internal.import_report_lines(text, text) IS 'Returns the lines of import_legacy''s report about a table of the source';
