-- A missing instant is the row's earliest, for the last of something its latest;
-- else when that which it belongs to was made, which is there by now.
CREATE OR REPLACE FUNCTION learnify_internal.legacy_output(table_name text, column_name text, type text, substitute text, instants text[])
RETURNS text
LANGUAGE sql
STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
  SELECT coalesce('least(' || o.value || ', ' || l.bound || ')', o.value)
  FROM (SELECT CASE
          WHEN substitute IS NULL THEN format('s.%I', column_name)
          WHEN type <> 'timestamp with time zone' THEN format('coalesce(s.%I, %s)', column_name, substitute)
          ELSE format(
            'coalesce(s.%I, %s(%s), %s, %s)', column_name,
            CASE WHEN column_name IN ('updated_at', 'last_activity') THEN 'greatest' ELSE 'least' END,
            (SELECT string_agg(format('s.%I', i.name), ', ') FROM unnest(instants) AS i (name)),
            CASE (SELECT t.since FROM learnify_internal.legacy_tables() AS t WHERE t.table_name = legacy_output.table_name)
              WHEN 'user' THEN '(SELECT p.created_at FROM @extschema@.users AS p WHERE p.id = s.user_id)'
              WHEN 'follower' THEN '(SELECT p.created_at FROM @extschema@.users AS p WHERE p.id = s.follower_id)'
              WHEN 'course' THEN '(SELECT p.created_at FROM @extschema@.generated_courses AS p WHERE p.id = s.course_id)'
              WHEN 'module' THEN '(SELECT p.created_at FROM @extschema@.generated_modules AS p WHERE p.id = s.module_id)'
              ELSE 'NULL'
            END, substitute)
        END AS value) AS o
  LEFT JOIN learnify_internal.legacy_bounds() AS l ON l.table_name = legacy_output.table_name AND l.column_name = legacy_output.column_name;
END;

COMMENT ON FUNCTION learnify_internal.legacy_output(text, text, text, text, text[]) IS 'Returns the expression for what is written to a column of a row s';

-- A shipped row keeps what the one that takes its place says nothing of, unless
-- that is about another concept.
CREATE OR REPLACE FUNCTION learnify_internal.write_legacy_rows(schema text, table_name text)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  columns text;
  outputs text;
  assignments text;
BEGIN
  WITH listed AS (
    SELECT c.number, c.column_name,
           learnify_internal.legacy_output(
             table_name, c.column_name, c.type, c.substitute,
             array_agg(c.column_name) FILTER (WHERE c.type = 'timestamp with time zone' AND c.column_name <> 'expires_at') OVER ()) AS output
    FROM learnify_internal.legacy_columns(schema, table_name) AS c
    UNION ALL
    SELECT a.attnum, a.attname::text, '(now() - interval ''1 microsecond'')'  -- not live: nothing is set off
    FROM pg_attribute AS a
    WHERE a.attrelid = to_regclass('@extschema@.' || quote_ident(table_name)) AND a.attname = 'broadcast_at'
  )
  SELECT string_agg(format('%I', l.column_name), ', ' ORDER BY l.number), string_agg(l.output, ', ' ORDER BY l.number),
         string_agg(format('%1$I = CASE WHEN %2$s THEN coalesce(s.%1$I, t.%1$I) ELSE %3$s END', l.column_name,
                           CASE table_name WHEN 'blueprint_modules' THEN 's.concept_slug = t.concept_slug' ELSE 'true' END, l.output), ', ')
           FILTER (WHERE l.column_name <> 'id')
  INTO columns, outputs, assignments
  FROM listed AS l;

  EXECUTE format('INSERT INTO @extschema@.%1$s (%2$s) SELECT %3$s FROM pg_temp.legacy_rows_%1$s AS s WHERE s.legacy_outcome = ''written'' AND s.legacy_kept IS NULL',
                 table_name, columns, outputs);
  IF table_name IN ('blueprint_modules', 'achievements') THEN
    EXECUTE format('UPDATE @extschema@.%1$s AS t SET %2$s FROM pg_temp.legacy_rows_%1$s AS s WHERE s.legacy_outcome = ''written'' AND s.legacy_kept = t.id',
                   table_name, assignments);
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.write_legacy_rows(text, text) IS 'Writes the rows that were read and not refused';
