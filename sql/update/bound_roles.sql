    -- The roles that have privileges on the tables and are held by row-level security.
    -- migration.sql includes this query in either direction.
    SELECT string_agg(DISTINCT CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE r.oid::regrole::text END, ', ')
    FROM pg_extension AS e
    JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
    JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
    JOIN pg_attribute AS a ON a.attrelid = c.oid
    CROSS JOIN LATERAL (
      SELECT x.grantee
      FROM (SELECT * FROM aclexplode(c.relacl) UNION ALL SELECT * FROM aclexplode(a.attacl)) AS x
      WHERE x.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
      UNION
      SELECT p.oid FROM pg_roles AS p WHERE p.rolname IN ('pg_read_all_data', 'pg_write_all_data')) AS g
    LEFT JOIN pg_roles AS r
      ON r.oid = g.grantee AND r.rolname !~ '^pg_' OR g.grantee <> 0 AND r.rolcanlogin AND pg_has_role(r.oid, g.grantee, 'USAGE')
    WHERE e.extname = 'learnify'
      AND CASE
            WHEN g.grantee = 0 THEN true
            ELSE NOT (r.rolsuper OR r.rolbypassrls OR pg_has_role(r.oid, c.relowner, 'USAGE'))
          END
