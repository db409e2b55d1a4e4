-- What a later run of import_legacy does about the rows that an earlier one has written.
-- learnify_internal.imported_rows has a hash of what the source said of each and of what was
-- written, and which row others were merged into. A row that has been changed in the source since is taken from it again where
-- nobody has changed it here, and only if that is asked for. Rows of caches, which refreshes
-- write and delete, are not recorded.

CREATE OR REPLACE FUNCTION learnify_internal.import_is_recorded(table_name text)
RETURNS boolean
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
RETURN table_name NOT IN ('recommendations', 'trending_courses');

COMMENT ON FUNCTION learnify_internal.import_is_recorded(text) IS 'Returns whether import_legacy keeps a record of the rows of a table';

CREATE OR REPLACE FUNCTION learnify_internal.import_hash_expression(table_name text)
RETURNS text
LANGUAGE plpgsql
STABLE STRICT PARALLEL RESTRICTED COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN (
    SELECT format('hash_record_extended(ROW(%s), 0)', string_agg(format('t.%I', c.column_name), ', ' ORDER BY c.number))
    FROM pg_temp.import_columns AS c
    WHERE c.target_table = import_hash_expression.table_name AND c.column_name <> 'id');
END
$$;

COMMENT ON FUNCTION learnify_internal.import_hash_expression(text) IS 'Returns the SQL expression for the hash of the columns of a row t that import_legacy copies';

-- A row that was merged into another went with that one. Where there is no user any more,
-- somebody has emptied the tables to begin again.
CREATE OR REPLACE FUNCTION learnify_internal.import_refuse_deleted(table_name text)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF EXISTS (SELECT FROM @extschema@.users) THEN
    EXECUTE format(
      'UPDATE pg_temp.import_rows_%1$s AS s SET import_outcome = ''refused'', import_change = ''deleted'', '
      'import_survivor = coalesce(i.merged_into, i.id), import_reason = ''was imported before, and has been deleted since'' '
      'FROM learnify_internal.imported_rows AS i '
      'WHERE i.table_name = %1$L AND i.id = s.id AND s.import_outcome = ''written'' AND s.import_survivor IS NULL '
      'AND NOT EXISTS (SELECT FROM @extschema@.%1$s AS t WHERE t.id = i.merged_into)', table_name);
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.import_refuse_deleted(text) IS 'Refuses the staged rows that an earlier run has written, or merged into others, and that have been deleted since';

-- A row that another one takes the place of may have its survivor's record only if that
-- one is a shipped row, whose id it has got.
CREATE OR REPLACE FUNCTION learnify_internal.import_mark_changes(table_name text, take_changes boolean)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  changed CONSTANT text := 'was changed in the source since it was imported';
  key record;
BEGIN
  EXECUTE format(
    'UPDATE pg_temp.import_rows_%1$s AS s SET import_change = CASE WHEN %2$s <> i.target_hash THEN ''both'' ELSE ''source'' END '
    'FROM learnify_internal.imported_rows AS i, @extschema@.%1$s AS t '
    'WHERE i.table_name = %1$L AND i.id = s.import_survivor AND i.merged_into IS NULL AND t.id = i.id AND s.import_outcome = ''present'' '
    'AND (s.id = s.import_survivor OR s.import_key IS NULL OR %3$L) AND s.import_hash <> i.source_hash',
    table_name, learnify_internal.import_hash_expression(table_name),
    table_name IN ('blueprint_modules', 'achievements'));
  FOR key IN
    SELECT array_to_string(k.expressions, ', ') AS names,
           (SELECT string_agg(format('t.k%s = k.k%1$s', e.number), ' AND ') FROM unnest(k.expressions) WITH ORDINALITY AS e (expression, number)) AS condition,
           (SELECT string_agg(format('%s AS k%s', e.expression, e.number), ', ') FROM unnest(k.expressions) WITH ORDINALITY AS e (expression, number)) AS outputs
    FROM learnify_internal.import_unique_keys(table_name) AS k
    ORDER BY k.number
  LOOP
    EXECUTE format(
      'UPDATE pg_temp.import_rows_%1$s AS s SET import_change = ''clash'', import_reason = %4$L '
      'FROM (SELECT id AS target_id, %3$s FROM @extschema@.%1$s) AS t, '
      '(SELECT ctid AS row, import_survivor, %3$s FROM pg_temp.import_rows_%1$s WHERE import_change = ''source'') AS k '
      'WHERE s.ctid = k.row AND t.target_id <> k.import_survivor AND (%2$s)',
      table_name, key.condition, key.outputs,
      changed || ', and a row that is there has the same ' || replace(key.names, '@extschema@.', '') || ': left as it is');
  END LOOP;
  EXECUTE format(
    'UPDATE pg_temp.import_rows_%1$s SET import_change = CASE import_change WHEN ''both'' THEN import_change ELSE %4$L END, '
    'import_reason = CASE import_change WHEN ''both'' THEN %2$L ELSE %3$L END WHERE import_change IN (''both'', ''source'')',
    table_name, 'was changed in the source and here since it was imported: left as it is',
    changed || CASE WHEN take_changes THEN ': taken' ELSE ': left as it is' END, CASE WHEN take_changes THEN 'taken' ELSE 'source' END);
END
$$;

COMMENT ON FUNCTION learnify_internal.import_mark_changes(text, boolean) IS 'Finds out which of the staged rows that an earlier run has written were changed in the source since';

CREATE OR REPLACE FUNCTION learnify_internal.import_record_query(rows text)
RETURNS text
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
RETURN format('INSERT INTO learnify_internal.imported_rows AS i (table_name, id, source_hash, target_hash) %s '
              'ON CONFLICT (table_name, id) DO UPDATE SET source_hash = excluded.source_hash, target_hash = excluded.target_hash, merged_into = NULL', rows);

COMMENT ON FUNCTION learnify_internal.import_record_query(text) IS 'Returns the statement, as text, that keeps a record of the rows of this query';

CREATE OR REPLACE FUNCTION learnify_internal.import_record_rows(table_name text)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  EXECUTE learnify_internal.import_record_query(format(
    'SELECT %1$L, t.id, s.import_hash, %2$s FROM pg_temp.import_rows_%1$s AS s JOIN @extschema@.%1$s AS t ON t.id = coalesce(s.import_survivor, s.id) '
    'WHERE s.import_outcome = ''written''',
    table_name, learnify_internal.import_hash_expression(table_name)));
  EXECUTE format(
    'INSERT INTO learnify_internal.imported_rows AS i (table_name, id, source_hash, target_hash, merged_into) '
    'SELECT DISTINCT ON (s.id) %1$L, s.id, s.import_hash, 0, s.import_survivor FROM pg_temp.import_rows_%1$s AS s '
    'WHERE s.import_outcome <> ''written'' AND s.import_survivor <> s.id AND s.import_change IS DISTINCT FROM ''deleted'' ORDER BY s.id '
    'ON CONFLICT (table_name, id) DO UPDATE SET merged_into = excluded.merged_into '
    'WHERE i.merged_into IS NOT NULL AND i.merged_into <> excluded.merged_into', table_name);
END
$$;

COMMENT ON FUNCTION learnify_internal.import_record_rows(text) IS 'Keeps a record of the rows that import_legacy has written to a table, and of those that it has merged into others';

-- A column that the source does not have keeps its value, and so does one of which the source
-- has no value, or one of no use that has no fallback. What makes the columns of a row agree is
-- applied to the row that this makes. Somebody may have changed a row meanwhile: its hash is
-- compared again. That a trigger moves submissions along with their exercise is no change.
CREATE OR REPLACE FUNCTION learnify_internal.import_take_changes(table_name text)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  outputs text;
  assignments text;
  carried uuid[];
BEGIN
  IF table_name = 'exercises' THEN
    EXECUTE format(
      'SELECT array_agg(t.id) FROM pg_temp.import_rows_exercises AS s JOIN @extschema@.module_completions AS t ON t.exercise_id = s.import_survivor '
      'JOIN learnify_internal.imported_rows AS i ON i.table_name = ''module_completions'' AND i.id = t.id AND i.target_hash = %s '
      'WHERE s.import_change = ''taken'' AND s.module_id <> t.module_id',
      learnify_internal.import_hash_expression('module_completions')) INTO carried;
  END IF;
  SELECT string_agg(format('%s AS %I', v.value, c.column_name), ', '),
         string_agg(format('%I = %s', c.column_name, format(coalesce(k.correction, '%s'), format('s.%I', c.column_name))), ', ')
  INTO outputs, assignments
  FROM pg_temp.import_columns AS c
  JOIN pg_attribute AS a ON a.attrelid = to_regclass('@extschema@.' || quote_ident(table_name)) AND a.attnum = c.number
  LEFT JOIN learnify_internal.import_corrections() AS k ON k.table_name = import_take_changes.table_name AND k.column_name = c.column_name
  CROSS JOIN LATERAL format(CASE WHEN c.source_type IS NULL THEN 't.%1$I'
                                 WHEN c.fallback IS NOT NULL THEN 'CASE WHEN s.lost_%2$s IS NULL THEN coalesce(s.%1$I, t.%1$I) ELSE %3$s END'
                                 WHEN a.attnotnull OR c.column_name = 'submitted_on' THEN 'coalesce(s.%1$I, t.%1$I)'
                                 WHEN c.reference IS NULL THEN 'CASE WHEN s.lost_%2$s IS NULL THEN s.%1$I ELSE t.%1$I END'
                                 ELSE 's.%1$I' END, c.column_name, c.number, c.fallback) AS v (value)
  WHERE c.target_table = import_take_changes.table_name AND c.column_name <> 'id';
  EXECUTE format(
    'WITH taken AS (UPDATE @extschema@.%1$s AS t SET %2$s '
    'FROM (SELECT s.import_survivor, s.import_hash, %5$s FROM pg_temp.import_rows_%1$s AS s JOIN @extschema@.%1$s AS t ON t.id = s.import_survivor '
    'WHERE s.import_change = ''taken'') AS s, learnify_internal.imported_rows AS i '
    'WHERE t.id = s.import_survivor AND i.table_name = %1$L AND i.id = t.id AND i.target_hash = %3$s '
    'RETURNING t.id, s.import_hash, %3$s AS target_hash) %4$s',
    table_name, assignments, learnify_internal.import_hash_expression(table_name),
    learnify_internal.import_record_query(format('SELECT %L, k.id, k.import_hash, k.target_hash FROM taken AS k', table_name)), outputs);
  IF carried IS NOT NULL THEN
    EXECUTE format(
      'UPDATE learnify_internal.imported_rows AS i SET target_hash = %s FROM @extschema@.module_completions AS t '
      'WHERE i.table_name = ''module_completions'' AND i.id = t.id AND t.id = ANY ($1)',
      learnify_internal.import_hash_expression('module_completions')) USING carried;
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.import_take_changes(text) IS 'Takes the values of the source for the rows that have been changed there since they were imported, and not here';

CREATE OR REPLACE FUNCTION import_counts(schema text)
RETURNS TABLE (table_name text, in_source bigint, imported bigint, deleted_since bigint, others bigint)
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 18
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
#variable_conflict use_column
DECLARE
  target text;
BEGIN
  PERFORM learnify_internal.import_require_source(schema, 'UTC', true, false);
  FOR target IN SELECT t.table_name FROM learnify_internal.import_tables() AS t ORDER BY t.number LOOP
    RETURN QUERY EXECUTE format(
      'SELECT %1$L, %2$s, CASE WHEN %3$L THEN i.imported END, CASE WHEN %3$L THEN i.deleted END, t.rows - CASE WHEN %3$L THEN i.imported ELSE 0 END '
      'FROM (SELECT count(t.id), count(*) - count(t.id) FROM learnify_internal.imported_rows AS r LEFT JOIN @extschema@.%1$I AS t ON t.id = r.id '
      'WHERE r.table_name = %1$L AND r.merged_into IS NULL) AS i (imported, deleted), (SELECT count(*) FROM @extschema@.%1$I) AS t (rows)',
      target,
      CASE WHEN learnify_internal.import_source_relation(schema, target) IS NULL THEN '0::bigint'
           ELSE format('(SELECT count(*) FROM %s AS s)', learnify_internal.import_source_from_item(schema, target)) END,
      learnify_internal.import_is_recorded(target));
  END LOOP;
END
$$;

REVOKE EXECUTE ON FUNCTION import_counts(text) FROM PUBLIC;

COMMENT ON FUNCTION import_counts(text) IS 'Returns, for each table, how many rows the source has, how many that import_legacy has written are there, how many of those have been deleted since, and how many others there are';
