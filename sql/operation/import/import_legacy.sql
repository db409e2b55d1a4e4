-- import_legacy copies rows from the tables of a schema that hand-run migrations made, the
-- source, into the extension's tables of the same names. It stages each table of the source
-- in a temporary table (staging.sql), converting the values (expressions.sql) to what the
-- catalog says of the extension's columns (columns.sql); refuses rows that triggers would
-- refuse (rules.sql, cross_checks.sql); deduplicates (keys.sql); then writes (writing.sql)
-- and reports (reporting.sql). later_runs.sql is about rows that it has written before.
--
-- Most of this is dynamic SQL, since a source may lack any table and column and have other
-- types. The functions are named by what they return:
--   import_parse_X       a value, parsed from text
--   import_X_expression  the text of an SQL expression
--   import_X_query, import_X_from_item, import_X_fragments
--                        the text of a query, a FROM item, several pieces of a query
--   import_Xs            rows: rules, columns, keys, lines of the report
-- Those that begin with a verb, such as import_stage_rows, act and return nothing.

CREATE OR REPLACE FUNCTION learnify_internal.import_require_source(schema text, time_zone text, dry_run boolean, take_changes boolean)
RETURNS void
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  source CONSTANT oid := (SELECT n.oid FROM pg_namespace AS n WHERE n.nspname = schema);
  culprits text;
BEGIN
  PERFORM learnify_internal.require_arguments('schema', schema, 'time_zone', time_zone, 'dry_run', dry_run, 'take_changes', take_changes);
  IF NOT @extschema@.is_time_zone_name(time_zone) THEN
    RAISE EXCEPTION 'time zone "%" is not known', learnify_internal.excerpt(time_zone)
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'time_zone',
            HINT = 'Use an IANA name such as Europe/Berlin; pg_timezone_names lists them.';
  ELSIF source IS NULL THEN
    RAISE EXCEPTION 'schema "%" does not exist', learnify_internal.excerpt(schema)
      USING ERRCODE = 'no_data_found',
            COLUMN = 'schema',
            HINT = 'Restore the database that is to be imported into a schema of its own, or reach it by postgres_fdw.';
  ELSIF format('%I', schema) = (SELECT c.relnamespace::regnamespace::text FROM pg_class AS c WHERE c.oid = '@extschema@.users'::regclass) THEN
    RAISE EXCEPTION 'schema "%" is the extension''s own', schema
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'schema',
            HINT = 'Name the schema that holds the tables to be imported.';
  ELSIF NOT has_schema_privilege(source, 'USAGE') THEN
    RAISE EXCEPTION 'permission denied for schema "%"', schema
      USING ERRCODE = 'insufficient_privilege',
            COLUMN = 'schema',
            HINT = format('GRANT USAGE ON SCHEMA %I TO %I;', schema, current_user);
  END IF;

  SELECT string_agg(format('%I.%I', schema, t.table_name), ', ' ORDER BY t.number) INTO culprits
  FROM learnify_internal.import_tables() AS t
  WHERE NOT has_table_privilege(learnify_internal.import_source_relation(schema, t.table_name), 'SELECT');
  IF culprits IS NOT NULL THEN
    RAISE EXCEPTION 'permission denied to read %', culprits
      USING ERRCODE = 'insufficient_privilege',
            COLUMN = 'schema',
            HINT = format('GRANT SELECT ON %s TO %I;', culprits, current_user);
  END IF;
  IF NOT EXISTS (SELECT
                 FROM learnify_internal.import_tables() AS t
                 WHERE learnify_internal.import_source_relation(schema, t.table_name) IS NOT NULL) THEN
    RAISE EXCEPTION 'schema "%" has none of the tables', schema
      USING ERRCODE = 'no_data_found',
            COLUMN = 'schema',
            HINT = 'The names are those of the extension''s tables: users, user_progress and so on.';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.import_require_source(text, text, boolean, boolean) IS 'Raises an error if import_legacy cannot read from a schema, and says why';

-- All tables are staged, and the outcome of every row is decided, before the first row is
-- written, so that a dry run returns the same report.
CREATE OR REPLACE FUNCTION import_legacy(schema text, time_zone text, dry_run boolean DEFAULT false, take_changes boolean DEFAULT false)
RETURNS TABLE (table_name text, rows_read bigint, rows_written bigint, rows_present bigint, rows_refused bigint,
               rows_adjusted bigint, reason text, samples text[])
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 50
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET standard_conforming_strings = on
SET quote_all_identifiers = off
SET learnify.automation = off
SET datestyle = 'ISO, YMD'
SET intervalstyle = 'postgres'
SET timezone = 'UTC'
SET extra_float_digits = 1
SET bytea_output = 'hex'
SET lc_monetary = 'C'
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  target text;
  referenced CONSTANT text[] := '{users,user_archetypes,blueprint_modules,achievements,generated_courses,generated_modules,exercises,module_completions,architecture_reviews}';
BEGIN
  PERFORM learnify_internal.import_require_source(schema, time_zone, dry_run, take_changes);
  PERFORM learnify_internal.warn_of_drift();
  PERFORM set_config('timezone', time_zone, true);  -- until this function returns
  -- Two imports at the same time would write the same rows.
  PERFORM learnify_internal.hold_lock('import');
  CREATE TEMPORARY TABLE import_columns ON COMMIT DROP AS
  SELECT t.table_name AS target_table, c.*
  FROM learnify_internal.import_tables() AS t
  CROSS JOIN LATERAL learnify_internal.import_columns(schema, t.table_name) AS c
  ORDER BY t.number, c.number;
  FOR target IN SELECT t.table_name FROM learnify_internal.import_tables() AS t ORDER BY t.number LOOP
    IF target = 'activity_feed' THEN
      PERFORM learnify_internal.import_index_references();
    END IF;
    PERFORM learnify_internal.import_stage_rows(schema, target);
    IF target = 'module_completions' THEN
      PERFORM learnify_internal.import_reconcile_submissions();
    ELSIF target = 'architecture_reviews' THEN
      PERFORM learnify_internal.import_reconcile_reviews();
    ELSIF target = 'user_progress' THEN
      PERFORM learnify_internal.import_reconcile_progress();
    ELSIF target = 'generated_courses' THEN
      PERFORM learnify_internal.import_complete_courses();
    ELSIF target = 'generated_modules' THEN
      PERFORM learnify_internal.import_complete_modules();
    END IF;
    PERFORM learnify_internal.import_decide_rows(target, take_changes);
    IF target = ANY (referenced) THEN
      PERFORM learnify_internal.import_index_rows(target);
    END IF;
  END LOOP;

  IF NOT dry_run THEN
    FOR target IN SELECT t.table_name FROM learnify_internal.import_tables() AS t ORDER BY t.number LOOP
      -- With row_security on, modules and achievements raise the warnings that they do anywhere.
      PERFORM set_config('row_security', CASE WHEN target IN ('blueprint_modules', 'achievements') THEN 'on' ELSE 'off' END, true);
      IF take_changes AND learnify_internal.import_is_recorded(target) THEN
        PERFORM learnify_internal.import_take_changes(target);
      END IF;
      PERFORM learnify_internal.import_write_rows(target);
      IF learnify_internal.import_is_recorded(target) THEN
        PERFORM learnify_internal.import_record_rows(target);
      END IF;
    END LOOP;
    PERFORM learnify_internal.add_completion_records(NULL, NULL);
  END IF;
  RETURN QUERY
    SELECT r.*
    FROM learnify_internal.import_tables() AS t
    CROSS JOIN LATERAL learnify_internal.import_report_lines(schema, t.table_name) AS r;
  RETURN QUERY
    SELECT c.relname::text, 0::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint, 'table is not known: ignored', '{}'::text[]
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = schema
      AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND NOT c.relispartition
      AND c.relname NOT IN (SELECT t.table_name FROM learnify_internal.import_tables() AS t)
    ORDER BY c.relname;

  DROP TABLE pg_temp.import_columns;
  FOR target IN
    SELECT 'import_rows_' || t.table_name FROM learnify_internal.import_tables() AS t
    UNION ALL
    SELECT 'import_ids_' || r.table_name FROM unnest(referenced || '{references}') AS r (table_name)
  LOOP
    EXECUTE format('DROP TABLE pg_temp.%I', target);
  END LOOP;
END
$$;

REVOKE EXECUTE ON FUNCTION import_legacy(text, text, boolean, boolean) FROM PUBLIC;

COMMENT ON FUNCTION import_legacy(text, text, boolean, boolean) IS 'Copies users, courses, progress and all else from tables of another schema that have the names of the extension''s tables, converting types and ids; returns how many rows of each table were read, written and refused, and why. Later runs write new rows and, where take_changes, what has been changed in the source and not here. A dry run returns the same and writes nothing';
