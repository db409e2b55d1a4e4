-- The refreshes as jobs of pg_cron, which lives in one database of a server,
-- not necessarily this one, or is not there at all: so it is reached by dynamic
-- SQL, and only when one of these is called.

-- A job's name is unique for a role in all of pg_cron's databases, and holds 63
-- bytes. It names the database, which has one learnify; a name too long by its
-- digest.
CREATE OR REPLACE FUNCTION learnify_internal.refresh_jobs(trending text, recommendations text)
RETURNS TABLE (job_name text, schedule text, command text)
LANGUAGE sql
STABLE PARALLEL SAFE COST 10 ROWS 2
BEGIN ATOMIC
  SELECT 'learnify ' || j.cache || ' '
         || CASE
              WHEN octet_length(current_database()::text) <= 38 THEN current_database()::text
              ELSE md5(current_database()::text)
            END,
         j.schedule,
         j.command
  FROM (VALUES (1, 'trending', trending, 'SELECT @extschema@.refresh_trending()'),
               (2, 'recommendations', recommendations, 'SELECT @extschema@.refresh_recommendations()'))
       AS j (number, cache, schedule, command)
  ORDER BY j.number;
END;

COMMENT ON FUNCTION learnify_internal.refresh_jobs(text, text) IS 'Returns the jobs of schedule_refresh: their names, schedules and commands';

CREATE OR REPLACE FUNCTION learnify_internal.pg_cron_database()
RETURNS text
LANGUAGE sql
STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
  SELECT CASE
    WHEN EXISTS (SELECT FROM pg_settings AS s WHERE s.name = 'shared_preload_libraries')
      THEN (SELECT s.setting FROM pg_settings AS s WHERE s.name = 'cron.database_name')
    -- this role may not read either setting
    WHEN EXISTS (SELECT FROM pg_extension AS e WHERE e.extname = 'pg_cron')
      THEN current_database()::text
  END;
END;

COMMENT ON FUNCTION learnify_internal.pg_cron_database() IS 'Returns the database that pg_cron takes its jobs from, as far as this role may know; NULL where pg_cron is not loaded';

CREATE OR REPLACE FUNCTION learnify_internal.require_pg_cron(trending text, recommendations text)
RETURNS void
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  here CONSTANT text := current_database();
  jobs_database CONSTANT text := learnify_internal.pg_cron_database();
  is_created CONSTANT boolean := EXISTS (SELECT FROM pg_extension AS e WHERE e.extname = 'pg_cron');
  details text;
  hints text;
BEGIN
  IF is_created AND jobs_database = here THEN
    RETURN;
  ELSIF jobs_database <> here THEN
    details := format('pg_cron takes its jobs from database "%s".', jobs_database);
    SELECT E'Run there, as a superuser:\nCREATE EXTENSION IF NOT EXISTS pg_cron;'
           || coalesce(string_agg(format(E'\nSELECT cron.schedule_in_database(%L, %L, %L, %L, %L);',
                                         j.job_name, learnify_internal.excerpt(j.schedule), j.command, here,
                                         current_user), ''), '')
    INTO hints
    FROM learnify_internal.refresh_jobs(trending, recommendations) AS j
    WHERE j.schedule IS NOT NULL;
  ELSIF jobs_database = here THEN
    details := 'pg_cron is loaded, but its extension is not created here.';
    hints := 'Run CREATE EXTENSION pg_cron here as a superuser, then this again.';
  ELSE
    details := CASE WHEN is_created THEN 'pg_cron is not loaded.' ELSE 'pg_cron is not installed here.' END;
    SELECT CASE
             WHEN EXISTS (SELECT FROM pg_available_extensions AS a WHERE a.name = 'pg_cron') THEN ''
             ELSE format('Install pg_cron (Debian''s package is postgresql-%s-cron). ',
                         current_setting('server_version_num')::integer / 10000)
           END
           || format('Add pg_cron to shared_preload_libraries, set cron.database_name = %L, restart the server, run '
                     'CREATE EXTENSION IF NOT EXISTS pg_cron here as a superuser, then this again.', here)
           || E'\nOr put these lines into the crontab of a user who may connect:'
           -- quoted for the shell, and then for cron, to which % ends the line
           || coalesce(string_agg(format(E'\n%s %s', learnify_internal.excerpt(j.schedule),
                                         replace(format('psql -X -q -o /dev/null -d ''%s'' -c ''%s''',
                                                        replace(here, '''', '''\'''''), j.command), '%', '\%')), ''), '')
    INTO hints
    FROM learnify_internal.refresh_jobs(trending, recommendations) AS j
    WHERE j.schedule IS NOT NULL;
  END IF;

  RAISE EXCEPTION 'cannot schedule jobs from database "%"', here
    USING ERRCODE = 'object_not_in_prerequisite_state',
          DETAIL = details,
          HINT = hints;
END
$$;

COMMENT ON FUNCTION learnify_internal.require_pg_cron(text, text) IS 'Raises an error where pg_cron takes no jobs from this database; its hint says how to have these schedules all the same';

CREATE OR REPLACE FUNCTION unschedule_refresh()
RETURNS integer
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  names CONSTANT text[] := ARRAY(SELECT j.job_name FROM learnify_internal.refresh_jobs(NULL, NULL) AS j);
  removed integer;
BEGIN
  IF learnify_internal.pg_cron_database() <> current_database() THEN
    RAISE EXCEPTION 'cannot unschedule jobs from database "%"', current_database()
      USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = format('pg_cron takes its jobs from database "%s".', learnify_internal.pg_cron_database()),
            HINT = format(E'Run there, as a superuser:\nSELECT cron.unschedule(jobid) FROM cron.job WHERE jobname::text = ANY (%L);', names);
  ELSIF NOT EXISTS (SELECT FROM pg_extension AS e WHERE e.extname = 'pg_cron') THEN
    RETURN 0;
  END IF;

  -- two that remove the same job at once would fail
  EXECUTE 'SELECT pg_advisory_xact_lock($1::regclass::oid::bigint)' USING 'cron.job';
  -- By id, which reaches jobs of other roles, too. Only a superuser may remove those,
  -- while a role with BYPASSRLS sees them.
  EXECUTE 'SELECT count(cron.unschedule(j.jobid)) FROM cron.job AS j WHERE j.jobname::text = ANY ($1) '
          'AND (j.username = current_user OR (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = current_user))'
    INTO removed
    USING names;
  RETURN removed;
END
$$;

COMMENT ON FUNCTION unschedule_refresh() IS 'Removes the jobs of schedule_refresh from pg_cron and returns how many there were; those of other roles only for a superuser';

CREATE OR REPLACE FUNCTION schedule_refresh(trending text DEFAULT '5 * * * *', recommendations text DEFAULT '30 3 * * *')
RETURNS TABLE (job_id bigint, job_name text, schedule text, command text)
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000 ROWS 2
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM learnify_internal.require_pg_cron(trending, recommendations);
  PERFORM @extschema@.unschedule_refresh();
  FOR job_name, schedule, command IN
    SELECT j.job_name, j.schedule, j.command
    FROM learnify_internal.refresh_jobs(trending, recommendations) AS j
    WHERE j.schedule IS NOT NULL
  LOOP
    EXECUTE 'SELECT cron.schedule($1, $2, $3)' INTO job_id USING job_name, schedule, command;
    RETURN NEXT;
  END LOOP;
EXCEPTION WHEN invalid_parameter_value THEN
  RAISE EXCEPTION 'cannot schedule "%": %', job_name, learnify_internal.excerpt(SQLERRM)
    USING ERRCODE = 'invalid_parameter_value',
          COLUMN = CASE schedule WHEN trending THEN 'trending' ELSE 'recommendations' END,
          HINT = 'Give minute, hour, day of the month, month and day of the week, such as 5 * * * * for five past every hour.';
END
$$;

COMMENT ON FUNCTION schedule_refresh(text, text) IS 'Has pg_cron refresh the caches on these schedules, in place of earlier ones, as the calling role, and returns the jobs; a cache whose schedule is NULL gets none';
