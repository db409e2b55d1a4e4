-- pg_cron runs the refreshes. It may not be installed, or only in another database of the
-- server, and so is called by dynamic SQL: a static call could not even be planned.

-- A role may have only one job of a name for all databases together, and a name has at most
-- 63 bytes. So the name ends with that of the database, or its MD5 if it is too long.
CREATE OR REPLACE FUNCTION learnify_internal.refresh_jobs(trending text, recommendations text, search text, workers integer DEFAULT 0)
RETURNS TABLE (job_name text, schedule text, command text)
LANGUAGE sql
STABLE PARALLEL SAFE COST 10 ROWS 3
BEGIN ATOMIC
  SELECT 'learnify ' || j.cache || ' '
         || CASE
              WHEN octet_length(current_database()::text) <= 38 THEN current_database()::text
              ELSE md5(current_database()::text)
            END,
         j.schedule,
         j.command
  FROM (VALUES (1, 'trending', trending, 'SELECT @extschema@.refresh_trending()'),
               (2, 'recommendations', recommendations, format('SELECT @extschema@.refresh_recommendations(%s)', 'workers => ' || nullif(workers, 0))),
               (3, 'search', search, 'SELECT @extschema@.refresh_search()'))
       AS j (number, cache, schedule, command)
  ORDER BY j.number;
END;

COMMENT ON FUNCTION learnify_internal.refresh_jobs(text, text, text, integer) IS 'Returns the names, schedules and commands of the jobs that schedule_refresh creates';

CREATE OR REPLACE FUNCTION learnify_internal.pg_cron_database()
RETURNS text
LANGUAGE sql
STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
  SELECT CASE
    WHEN EXISTS (SELECT FROM pg_settings AS s WHERE s.name = 'shared_preload_libraries')
      THEN (SELECT s.setting FROM pg_settings AS s WHERE s.name = 'cron.database_name')
    -- This role may read neither setting, but pg_cron can be created in its database only.
    WHEN EXISTS (SELECT FROM pg_extension AS e WHERE e.extname = 'pg_cron')
      THEN current_database()::text
  END;
END;

COMMENT ON FUNCTION learnify_internal.pg_cron_database() IS 'Returns the database from which pg_cron takes its jobs, as far as this role can see; NULL if pg_cron is not loaded';

CREATE OR REPLACE FUNCTION learnify_internal.require_pg_cron(trending text, recommendations text, search text, workers integer)
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
    FROM learnify_internal.refresh_jobs(trending, recommendations, search, workers) AS j
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
           -- Quote for the shell and then for cron, for which % ends the command.
           || coalesce(string_agg(format(E'\n%s %s', learnify_internal.excerpt(j.schedule),
                                         replace(format('psql -X -q -o /dev/null -d ''%s'' -c ''%s''',
                                                        replace(here, '''', E'''\\'''''), j.command), '%', E'\\%')), ''), '')
    INTO hints
    FROM learnify_internal.refresh_jobs(trending, recommendations, search, workers) AS j
    WHERE j.schedule IS NOT NULL;
  END IF;

  RAISE EXCEPTION 'cannot schedule jobs from database "%"', here
    USING ERRCODE = 'object_not_in_prerequisite_state',
          DETAIL = details,
          HINT = hints;
END
$$;

COMMENT ON FUNCTION learnify_internal.require_pg_cron(text, text, text, integer) IS 'Raises an error if pg_cron takes no jobs from this database; the hint says what to do to have these schedules';

CREATE OR REPLACE FUNCTION unschedule_refresh()
RETURNS integer
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  names CONSTANT text[] := ARRAY(SELECT j.job_name FROM learnify_internal.refresh_jobs(NULL, NULL, NULL) AS j);
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

  -- If two sessions removed the same job at the same time, one would fail.
  PERFORM learnify_internal.hold_lock('schedule');
  -- cron.unschedule by name reaches the role's own jobs only; by id, jobs of other roles too.
  -- Those are left alone unless the role is a superuser: others may see, but not remove them.
  EXECUTE 'SELECT count(cron.unschedule(j.jobid)) FROM cron.job AS j WHERE j.jobname::text = ANY ($1) '
          'AND (j.username = current_user OR (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = current_user))'
    INTO removed
    USING names;
  RETURN removed;
END
$$;

COMMENT ON FUNCTION unschedule_refresh() IS 'Removes the pg_cron jobs that schedule_refresh created, and returns how many there were; a role that is not a superuser removes its own only';

CREATE OR REPLACE FUNCTION schedule_refresh(trending text DEFAULT '5 * * * *', recommendations text DEFAULT '30 3 * * *',
                                            search text DEFAULT '20 * * * *', workers integer DEFAULT 0)
RETURNS TABLE (job_id bigint, job_name text, schedule text, command text)
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000 ROWS 3
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  checked_workers CONSTANT integer := learnify_internal.require_workers(workers);
BEGIN
  PERFORM learnify_internal.require_pg_cron(trending, recommendations, search, checked_workers);
  PERFORM @extschema@.unschedule_refresh();
  FOR job_name, schedule, command IN
    SELECT j.job_name, j.schedule, j.command
    FROM learnify_internal.refresh_jobs(trending, recommendations, search, checked_workers) AS j
    WHERE j.schedule IS NOT NULL
  LOOP
    EXECUTE 'SELECT cron.schedule($1, $2, $3)' INTO job_id USING job_name, schedule, command;
    RETURN NEXT;
  END LOOP;
EXCEPTION WHEN invalid_parameter_value THEN
  RAISE EXCEPTION 'cannot schedule "%": %', job_name, learnify_internal.excerpt(SQLERRM)
    USING ERRCODE = 'invalid_parameter_value',
          COLUMN = CASE schedule WHEN trending THEN 'trending' WHEN recommendations THEN 'recommendations' ELSE 'search' END,
          HINT = 'Give minute, hour, day of the month, month and day of the week, such as 5 * * * * for five past every hour.';
END
$$;

COMMENT ON FUNCTION schedule_refresh(text, text, text, integer) IS 'Makes pg_cron run refresh_trending, refresh_recommendations with so many workers, and refresh_search on these schedules, as the calling role and in place of its earlier jobs, and returns the jobs; NULL schedules no job';
