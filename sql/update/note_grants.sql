-- Keeps which roles may execute each function, for those functions that this script drops and
-- creates again with other arguments.
SELECT set_config('learnify_update.grants', coalesce(jsonb_agg(jsonb_build_object(
         'function', p.oid, 'name', p.proname, 'grantee', g.grantee, 'is_grantable', g.is_grantable))::text, '[]'), true)
FROM pg_extension AS e
JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
CROSS JOIN LATERAL aclexplode(p.proacl) AS g
WHERE e.extname = 'learnify' AND g.grantee NOT IN (0, p.proowner);
