-- What the scripts give PUBLIC, grant_learner a role that row-level security holds and
-- grant_backend one that it does not, is left out, and so is whatever superusers, members of
-- the owner, pg_read_all_data and pg_write_all_data may do anyway. An update does not make
-- the rest right: what ALTER DEFAULT PRIVILEGES has granted is no safer for being old. What the
-- scripts have revoked from PUBLIC is in expected_catalog, because pg_init_privs loses it when a
-- function is dropped and made again: SECURITY DEFINER, because callers of learnify_status have no
-- privilege on that. The joins would take minutes without nested loops or sorts.
CREATE OR REPLACE FUNCTION learnify_internal.excess_privileges()
RETURNS TABLE (object text, grantee text, privileges text, repair text)
LANGUAGE sql
STABLE PARALLEL SAFE COST 100000 ROWS 10
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_nestloop = on
SET enable_sort = on
AS $$
WITH own_schema AS MATERIALIZED (
  SELECT learnify_internal.own_schema_pattern() AS pattern
), member AS (
  SELECT d.classid, d.objid, e.extnamespace, e.extconfig
  FROM pg_extension AS e
  JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
  WHERE e.extname = 'learnify'
), relation AS (
  SELECT c.*,
         CASE
           WHEN c.relname = 'schema_migrations' OR c.relnamespace <> m.extnamespace AND c.relname <> 'imported_rows'
                AND c.oid = ANY (m.extconfig) THEN '{SELECT}'::text[]
           WHEN c.relname IN ('pending_statuses', 'pending_renewals') AND learnify_internal.is_coordinating() THEN '{SELECT}'
           WHEN c.relnamespace <> m.extnamespace AND c.relname <> 'imported_rows' THEN '{}'
           ELSE '{SELECT,INSERT,UPDATE,DELETE}'
         END AS of_backend
  FROM member AS m
  JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
), target (classid, objid, objsubid, object, column_name, owner, of_backend, acl, default_acl, is_revoked) AS (
  SELECT 'pg_class'::regclass, r.oid, 0, r.relname::text, NULL::text, r.relowner, r.of_backend, r.relacl, NULL::aclitem[], false
  FROM relation AS r
  UNION ALL
  SELECT 'pg_class'::regclass, r.oid, a.attnum, format('%s.%s', r.relname, a.attname), a.attname, r.relowner, r.of_backend,
         a.attacl, NULL, false
  FROM relation AS r
  JOIN pg_attribute AS a ON a.attrelid = r.oid AND NOT a.attisdropped
  UNION ALL
  SELECT 'pg_namespace'::regclass, n.oid, 0, n.nspname, NULL, n.nspowner, '{USAGE}', n.nspacl, NULL, false
  FROM member AS m
  JOIN pg_namespace AS n ON m.classid = 'pg_namespace'::regclass AND n.oid = m.objid
  UNION ALL
  SELECT 'pg_proc'::regclass, p.oid, 0,
         format('%s%s(%s)', CASE WHEN p.pronamespace <> m.extnamespace THEN 'learnify_internal.' END, p.proname,
                oidvectortypes(p.proargtypes)),
         NULL, p.proowner, CASE WHEN p.prorettype IN ('trigger'::regtype, 'event_trigger'::regtype) THEN '{}'::text[] ELSE '{EXECUTE}' END,
         coalesce(p.proacl, acldefault('f', p.proowner)), acldefault('f', p.proowner),
         regexp_replace(p.oid::regprocedure::text, s.pattern, '', 'g') IN (SELECT c.object FROM learnify_internal.expected_catalog AS c WHERE c.kind = 'privilege')
  FROM member AS m
  JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
  CROSS JOIN own_schema AS s
), of_public AS (
  SELECT t.classid, t.objid, t.objsubid, g.privilege_type AS privilege
  FROM target AS t
  LEFT JOIN pg_init_privs AS i ON i.classoid = t.classid AND i.objoid = t.objid AND i.objsubid = t.objsubid
  CROSS JOIN LATERAL aclexplode(coalesce(i.initprivs, t.default_acl)) AS g
  WHERE g.grantee = 0 AND NOT t.is_revoked
), of_learner AS (
  SELECT 'pg_class'::regclass AS classid, l.relation::oid AS objid, l.privilege, l.columns
  FROM learnify_internal.learner_tables() AS l
  UNION ALL
  SELECT 'pg_proc'::regclass, f::oid, 'EXECUTE', NULL
  FROM learnify_internal.learner_functions() AS f
  UNION ALL
  SELECT t.classid, t.objid, 'USAGE', NULL
  FROM target AS t
  WHERE t.classid = 'pg_namespace'::regclass AND learnify_internal.is_coordinating()
)
SELECT t.object, coalesce(quote_ident(r.rolname), 'PUBLIC'), string_agg(g.privilege_type, ', ' ORDER BY g.privilege_type),
       format('REVOKE %s ON %s FROM %s',
              string_agg(g.privilege_type || CASE WHEN t.objsubid > 0 THEN format(' (%I)', t.column_name) ELSE '' END, ', ' ORDER BY g.privilege_type),
              CASE t.classid
                WHEN 'pg_class'::regclass THEN 'TABLE ' || t.objid::regclass
                WHEN 'pg_proc'::regclass THEN 'FUNCTION ' || t.objid::regprocedure
                ELSE 'SCHEMA ' || t.objid::regnamespace
              END,
              coalesce(quote_ident(r.rolname), 'PUBLIC'))
FROM target AS t
CROSS JOIN LATERAL aclexplode(t.acl) AS g
LEFT JOIN pg_roles AS r ON r.oid = g.grantee
WHERE (t.classid, t.objid, t.objsubid, g.privilege_type) NOT IN (SELECT p.classid, p.objid, p.objsubid, p.privilege FROM of_public AS p)
  AND (g.grantee = 0
       OR NOT CASE
         WHEN r.rolsuper OR pg_has_role(r.oid, t.owner, 'MEMBER') THEN true
         WHEN g.privilege_type = 'SELECT' AND pg_has_role(r.oid, 'pg_read_all_data', 'USAGE') THEN true
         WHEN g.privilege_type IN ('INSERT', 'UPDATE', 'DELETE') AND pg_has_role(r.oid, 'pg_write_all_data', 'USAGE') THEN true
         WHEN r.rolbypassrls THEN g.privilege_type = ANY (t.of_backend)
         ELSE EXISTS (SELECT
                      FROM of_learner AS l
                      WHERE l.classid = t.classid AND l.objid = t.objid AND l.privilege = g.privilege_type
                        AND (l.columns IS NULL OR t.column_name = ANY (l.columns)))
       END)
GROUP BY t.classid, t.objid, t.objsubid, t.object, t.column_name, g.grantee, r.rolname
$$;

COMMENT ON FUNCTION learnify_internal.excess_privileges() IS 'Returns what roles and PUBLIC may do with the extension''s objects beyond what its scripts, grant_learner and grant_backend give them, and the statement that revokes it';
