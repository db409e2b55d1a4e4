-- instants are the row's columns of type timestamptz, and parent_created_at is the
-- expression for when the row was created that this one belongs to. A missing instant is
-- the earliest of the row's others, or the latest where the column says when something
-- happened last; in a row without any it is parent_created_at.
-- With a fallback, the value of column number lost is of no use where lost_N says so.
CREATE OR REPLACE FUNCTION learnify_internal.import_output_expression(column_name text, type text, substitute text, fallback text, lost integer,
                                                                      instants text[], parent_created_at text)
RETURNS text
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 100
BEGIN ATOMIC
  SELECT CASE
    WHEN substitute IS NULL THEN format('s.%I', column_name)
    WHEN fallback IS NOT NULL AND lost IS NOT NULL
      THEN format('CASE WHEN s.lost_%s IS NOT NULL THEN %s ELSE coalesce(s.%I, %s) END', lost, fallback, column_name, substitute)
    WHEN type <> 'timestamp with time zone' THEN format('coalesce(s.%I, %s)', column_name, substitute)
    ELSE format('coalesce(s.%I, %s(%s), %s, %s)', column_name,
                CASE WHEN column_name IN ('updated_at', 'last_activity') THEN 'greatest' ELSE 'least' END,
                (SELECT string_agg(format('s.%I', i.name), ', ') FROM unnest(instants) AS i (name)),
                parent_created_at, substitute)
  END;
END;

COMMENT ON FUNCTION learnify_internal.import_output_expression(text, text, text, text, integer, text[], text) IS 'Returns the SQL expression on the staged row s for what import_legacy writes to a column';

-- With this setting, triggers warn of shipped rows that are replaced.
CREATE OR REPLACE FUNCTION learnify_internal.import_write_rows(table_name text)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
SET learnify_internal.making_room = on
AS $$
DECLARE
  parent_created_at CONSTANT text := coalesce((
    SELECT format('(SELECT p.created_at FROM @extschema@.%I AS p WHERE p.id = s.%I)', c.reference, c.column_name)
    FROM learnify_internal.import_tables() AS t
    JOIN pg_temp.import_columns AS c ON c.target_table = t.table_name AND c.column_name = t.parent_column
    WHERE t.table_name = import_write_rows.table_name), 'NULL');
  columns text;
  outputs text;
  assignments text;
BEGIN
  WITH listed AS (
    SELECT o.number, o.column_name, format(coalesce(k.correction, '%s'), o.output) AS output
    FROM (SELECT c.number, c.column_name,
                 learnify_internal.import_output_expression(
                   c.column_name, c.type, c.substitute, c.fallback, CASE WHEN c.source_type IS NOT NULL THEN c.number END,
                   array_agg(c.column_name) FILTER (WHERE c.type = 'timestamp with time zone' AND c.column_name NOT IN ('expires_at', 'retaken_after')) OVER (),
                   parent_created_at) AS output
          FROM pg_temp.import_columns AS c
          WHERE c.target_table = import_write_rows.table_name) AS o
    LEFT JOIN learnify_internal.import_corrections() AS k ON k.table_name = import_write_rows.table_name AND k.column_name = o.column_name
    UNION ALL
    -- The triggers that broadcast and award act on rows whose broadcast_at is now(), so no
    -- imported row may have that value.
    SELECT a.attnum, a.attname::text, '(now() - interval ''1 microsecond'')'
    FROM pg_attribute AS a
    WHERE a.attrelid = to_regclass('@extschema@.' || quote_ident(table_name)) AND a.attname = 'broadcast_at'
  )
  -- If a row replaces a shipped one, columns for which the source has no value keep the shipped
  -- values, except in a module of another concept, to which these do not apply.
  SELECT string_agg(format('%I', l.column_name), ', ' ORDER BY l.number), string_agg(l.output, ', ' ORDER BY l.number),
         string_agg(format('%1$I = CASE WHEN %2$s THEN coalesce(s.%1$I, t.%1$I) ELSE %3$s END', l.column_name,
                           CASE table_name WHEN 'blueprint_modules' THEN 's.concept_slug = t.concept_slug' ELSE 'true' END, l.output), ', ')
           FILTER (WHERE l.column_name <> 'id')
  INTO columns, outputs, assignments
  FROM listed AS l;

  EXECUTE format('INSERT INTO @extschema@.%1$s (%2$s) SELECT %3$s FROM pg_temp.import_rows_%1$s AS s WHERE s.import_outcome = ''written'' AND s.import_survivor IS NULL',
                 table_name, columns, outputs);
  IF table_name IN ('blueprint_modules', 'achievements') THEN
    EXECUTE format('UPDATE @extschema@.%1$s AS t SET %2$s FROM pg_temp.import_rows_%1$s AS s WHERE s.import_outcome = ''written'' AND s.import_survivor = t.id',
                   table_name, assignments);
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.import_write_rows(text) IS 'Writes the staged rows of a table that import_legacy has decided to write';
