-- Matches the tables and columns of the source with those of the extension.

CREATE OR REPLACE FUNCTION learnify_internal.import_source_relation(schema text, table_name text)
RETURNS oid
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 100
BEGIN ATOMIC
  SELECT c.oid
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname = import_source_relation.schema
    AND c.relname = import_source_relation.table_name
    AND c.relkind IN ('r', 'p', 'v', 'm', 'f');
END;

COMMENT ON FUNCTION learnify_internal.import_source_relation(text, text) IS 'Returns the table, view, materialized view or foreign table of this name in a schema; NULL if there is none';

-- A row is a column of the extension's table:
--   number, type  its number and type there
--   source_type   the type of the source's column of that name; NULL if there is none
--   is_required   whether a row without a value is refused: the column is NOT NULL, and
--                 there is nothing to substitute
--   substitute    the expression for a missing value
--   reference     the table whose rows the column refers to. reference_id, which has no
--                 foreign key since a row of the feed may refer to several tables and
--                 outlive what it refers to, has 'references'; see import_index_references
--   choices       the only values that a CHECK constraint lets in
--   is_added      whether hand-run migrations did not make the column
--   rule          the kind of text or document that the column holds, where the trigger
--                 function tidy_texts looks at it; NULL elsewhere
--   fitted        the expression for as much of a value of an optional column as the
--                 extension accepts, NULL where that is nothing: numbers are moved to the
--                 nearest bound. Constraints that users have added are left to refuse rows
--   fallback      what is written for a value that is of no use; NULL where that is what
--                 is written for a missing value
--   shown         the expression for what the report shows of raw_N, the value as read
-- Columns that a refresh of the recommendations computes and those that say something
-- about this database alone are left out: no import copies them.
-- Planning the query takes longer than running it; plan it once a session. import_legacy keeps
-- the rows for all tables in pg_temp.import_columns, with the name of the target_table.
CREATE OR REPLACE FUNCTION learnify_internal.import_columns(schema text, table_name text)
RETURNS TABLE (number integer, column_name text, type text, source_type oid, is_required boolean, substitute text,
               reference text, choices text[], is_added boolean, rule text, fitted text, fallback text, shown text)
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 10000 ROWS 15
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
  RETURN QUERY
    SELECT a.attnum::integer, a.attname::text, w.type, w.source_type, w.is_required,
           CASE WHEN v.column_name IS NULL THEN pg_get_expr(d.adbin, d.adrelid) ELSE v.substitute END,
           w.reference,
           substring(w.own_check FROM '^\(' || a.attname || ' = ANY \(''(\{.*\})''::text\[\]')::text[],
           a.attname = ANY (t.added_columns),
           w.rule,
           CASE WHEN NOT w.is_required AND w.reference IS NULL THEN
             learnify_internal.import_fitted_expression(a.attname::text, w.type, w.own_check, w.rule)
           END,
           v.fallback,
           CASE WHEN w.source_type IS NOT NULL THEN
             learnify_internal.import_shown_expression(format('raw_%s', a.attnum), a.attname::text, w.source_type)
           END
    FROM learnify_internal.import_tables() AS t
    CROSS JOIN LATERAL (SELECT learnify_internal.import_source_relation(import_columns.schema, t.table_name) AS oid OFFSET 0) AS o
    JOIN pg_attribute AS a ON a.attrelid = to_regclass('@extschema@.' || quote_ident(t.table_name))
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN learnify_internal.import_substitutes() AS v ON v.table_name = t.table_name AND v.column_name = a.attname
    LEFT JOIN pg_constraint AS f ON f.conrelid = a.attrelid AND f.contype = 'f' AND f.conkey = ARRAY[a.attnum]
    LEFT JOIN pg_class AS r ON r.oid = f.confrelid
    LEFT JOIN pg_attribute AS s
      ON s.attrelid = o.oid AND s.attname = a.attname
         AND s.attnum > 0 AND NOT s.attisdropped
    LEFT JOIN pg_type AS e ON e.oid = learnify_internal.import_base_type(s.atttypid)
    CROSS JOIN LATERAL (
      SELECT format_type(a.atttypid, a.atttypmod) AS type,
             -- import_source_from_item unnests an array of tags
             CASE WHEN a.attname = 'tag' AND e.typcategory = 'A' THEN e.typelem ELSE s.atttypid END AS source_type,
             a.attnotnull AND d.adbin IS NULL AND v.column_name IS NULL AS is_required,
             CASE WHEN a.attname = 'reference_id' THEN 'references' ELSE r.relname::text END AS reference,
             (SELECT pg_get_expr(k.conbin, k.conrelid)
              FROM pg_constraint AS k
              WHERE k.conrelid = a.attrelid AND k.contype = 'c' AND k.conname = format('%s_%s_check', t.table_name, a.attname)) AS own_check,
             (SELECT format('%s.%s', t.table_name, a.attname)
              FROM pg_trigger AS g
              WHERE g.tgrelid = a.attrelid AND g.tgfoid = 'learnify_internal.tidy_texts()'::regprocedure
                AND a.attname = ANY (string_to_array(encode(g.tgargs, 'escape'), '\000'))) AS rule
      OFFSET 0) AS w
    WHERE t.table_name = import_columns.table_name
      AND a.attnum > 0
      AND NOT a.attisdropped
      AND a.attname <> ALL ('{builtin,broadcast_at}' || learnify_internal.model_columns())
    ORDER BY a.attnum;
END
$$;

COMMENT ON FUNCTION learnify_internal.import_columns(text, text) IS 'Returns the columns of a table into which import_legacy copies, each with what the source has for it and how a value is checked';

CREATE OR REPLACE FUNCTION learnify_internal.import_unique_keys(table_name text)
RETURNS TABLE (number bigint, expressions text[])
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 1000 ROWS 2
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT row_number() OVER (ORDER BY c.relname DESC),
         ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, true) FROM generate_series(1, i.indnkeyatts) AS k)
  FROM pg_index AS i
  JOIN pg_class AS c ON c.oid = i.indexrelid
  WHERE i.indrelid = to_regclass('@extschema@.' || quote_ident(import_unique_keys.table_name))
    AND i.indisunique
    AND NOT i.indisprimary
    AND i.indpred IS NULL;
END;

COMMENT ON FUNCTION learnify_internal.import_unique_keys(text) IS 'Returns the unique keys of one of the extension''s tables besides its primary key, each as a list of SQL expressions';
