-- So that the cost does not grow with the table, the rows of one above 8 MB are estimated in
-- the planner's way: the rows per page at the last ANALYZE times the present pages.
CREATE OR REPLACE FUNCTION learnify_internal.row_count_estimate(relation regclass)
RETURNS bigint
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  size CONSTANT bigint := pg_relation_size(relation);
  n bigint;
BEGIN
  IF size <= 8 * 1024 * 1024 THEN
    EXECUTE format('SELECT count(*) FROM %s', relation) INTO n;
  ELSE
    SELECT c.reltuples / c.relpages * (size / current_setting('block_size')::integer)
    INTO n
    FROM pg_class AS c
    WHERE c.oid = relation AND c.reltuples >= 0 AND c.relpages > 0;
  END IF;
  RETURN n;
END
$$;

COMMENT ON FUNCTION learnify_internal.row_count_estimate(regclass) IS 'Returns how many rows a table has: counted up to 8 MB, estimated for a larger one, NULL for a larger one that has never been analyzed';

-- These are functions of their own, so that Citus can ask the nodes.
CREATE OR REPLACE FUNCTION learnify_internal.trending_age()
RETURNS interval
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN (SELECT now() - max(t.calculated_at) FROM @extschema@.trending_courses AS t);
END
$$;

COMMENT ON FUNCTION learnify_internal.trending_age() IS 'Returns how long ago trending courses were refreshed; NULL where there are none';

-- recommendations is large and has no index on created_at. Its age is taken from 1,000 rows
-- of the learners with the lowest ids, which are random.
CREATE OR REPLACE FUNCTION learnify_internal.recommendations_age()
RETURNS interval
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN (SELECT now() - max(r.created_at)
          FROM (SELECT s.created_at FROM @extschema@.recommendations AS s ORDER BY s.user_id LIMIT 1000) AS r);
END
$$;

COMMENT ON FUNCTION learnify_internal.recommendations_age() IS 'Returns how long ago recommendations were refreshed; NULL where there are none';

-- The body is not BEGIN ATOMIC for the reason given at describe_schema.
CREATE OR REPLACE FUNCTION learnify_status()
RETURNS TABLE (version text, available_version text, update_path text, trending_age interval,
               recommendations_age interval, row_counts jsonb, exposed_to text[], recommendation_model jsonb)
LANGUAGE sql
STABLE PARALLEL SAFE COST 100000 ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT @extschema@.require_backend();
  SELECT e.extversion,
         a.default_version,
         (SELECT p.path
          FROM pg_extension_update_paths(e.extname) AS p
          WHERE p.source = e.extversion AND p.target = a.default_version),
         learnify_internal.trending_age(),
         learnify_internal.recommendations_age(),
         (SELECT jsonb_object_agg(c.relname, learnify_internal.row_count_estimate(c.oid))
          FROM pg_depend AS d
          JOIN pg_class AS c ON c.oid = d.objid
          WHERE d.refclassid = 'pg_extension'::regclass
            AND d.refobjid = e.oid
            AND d.classid = 'pg_class'::regclass
            AND d.deptype = 'e'
            AND c.relnamespace = e.extnamespace
            AND c.relname <> 'schema_migrations'),
         ARRAY(SELECT DISTINCT p.grantee COLLATE "C" FROM learnify_internal.excess_privileges() AS p ORDER BY 1),
         (SELECT to_jsonb(m) FROM learnify_internal.recommendation_model() AS m)
  FROM pg_extension AS e
  LEFT JOIN pg_available_extensions AS a ON a.name = e.extname
  WHERE e.extname = 'learnify'
$$;

COMMENT ON FUNCTION learnify_status() IS 'Returns one row: the version of learnify in this database, the version that the installed files offer and the update path to it, how long ago trending courses and recommendations were refreshed, how many rows each table has, which roles have privileges that they should not have, and what the recommendation model was fitted to and tuned on';

-- pg_cron may not be there, and so is read by dynamic SQL, as in schedule.sql. It shows a role its
-- own jobs only, and a superuser all.
CREATE OR REPLACE FUNCTION learnify_internal.job_facts()
RETURNS TABLE (fact text, subject text, value double precision)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10000 ROWS 6
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_extension AS e WHERE e.extname = 'pg_cron') OR NOT has_schema_privilege('cron', 'USAGE') THEN
    RETURN;
  END IF;
  RETURN QUERY EXECUTE
    'SELECT f.fact, split_part(j.jobname::text, '' '', 2), f.value::double precision
     FROM cron.job AS j
     CROSS JOIN LATERAL (SELECT d.status, d.end_time FROM cron.job_run_details AS d
                         WHERE d.jobid = j.jobid AND d.end_time IS NOT NULL ORDER BY d.runid DESC LIMIT 1) AS d
     CROSS JOIN LATERAL (VALUES (''job_succeeded'', (d.status = ''succeeded'')::integer),
                                (''job_age_seconds'', extract(epoch FROM now() - d.end_time))) AS f (fact, value)
     WHERE j.jobname::text = ANY ($1)'
    USING ARRAY(SELECT j.job_name FROM learnify_internal.refresh_jobs(NULL, NULL, NULL) AS j);
END
$$;

REVOKE EXECUTE ON FUNCTION learnify_internal.job_facts() FROM PUBLIC;

COMMENT ON FUNCTION learnify_internal.job_facts() IS 'Returns whether the last run of each job of schedule_refresh succeeded, and how many seconds ago it ended; no rows without pg_cron in this database';

CREATE OR REPLACE FUNCTION monitoring_facts()
RETURNS TABLE (fact text, subject text, value double precision)
LANGUAGE sql
STABLE PARALLEL SAFE COST 200000 ROWS 40
SET search_path = pg_catalog, pg_temp
AS $$
  WITH status AS MATERIALIZED (SELECT * FROM @extschema@.learnify_status())
  SELECT f.*
  FROM status AS s
  CROSS JOIN LATERAL (
    VALUES ('update_available', '', (s.version IS DISTINCT FROM s.available_version)::integer::double precision),
           ('trending_age_seconds', '', extract(epoch FROM s.trending_age)),
           ('recommendations_age_seconds', '', extract(epoch FROM s.recommendations_age)),
           ('exposed_roles', '', cardinality(s.exposed_to))) AS f
  UNION ALL
  SELECT 'drift', '', count(*) FROM @extschema@.verify_schema()
  UNION ALL
  SELECT 'rows', r.key, r.value::double precision FROM status AS s CROSS JOIN LATERAL jsonb_each_text(s.row_counts) AS r
  UNION ALL
  SELECT 'dead_row_share', c.relname,
         pg_stat_get_dead_tuples(c.oid)::double precision / nullif(pg_stat_get_live_tuples(c.oid) + pg_stat_get_dead_tuples(c.oid), 0)
  FROM pg_extension AS e
  JOIN pg_class AS c ON c.relnamespace = e.extnamespace AND c.relname IN ('trending_courses', 'recommendations')
                     OR c.oid = 'learnify_internal.course_documents'::regclass
  WHERE e.extname = 'learnify'
  UNION ALL
  SELECT j.* FROM learnify_internal.job_facts() AS j
$$;

COMMENT ON FUNCTION monitoring_facts() IS 'Returns a row for each fact that is worth watching: what learnify_status returns as numbers, ages in seconds, the number of objects that have drifted, the share of dead rows of the caches, and the last results of the jobs of schedule_refresh';
