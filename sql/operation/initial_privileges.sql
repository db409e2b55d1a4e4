-- Gives each object that this transaction has made exactly the privileges that the script
-- names, whatever ALTER DEFAULT PRIVILEGES has granted and revoked: all for the owner, none
-- for other roles, and EXECUTE on functions for PUBLIC, unless the script has revoked that,
-- which pg_init_privs tells. Older objects keep what an administrator has granted. An object
-- is new if the xmin of its membership is the transaction or one of its subtransactions, and
-- no earlier script of this transaction has ended with this file since it was made.
--
-- A function whose arguments have changed is a new one. Roles that could execute the old one
-- may execute it, too.
DO $$
DECLARE
  target record;
BEGIN
  FOR target IN
    WITH member AS (
      SELECT d.classid, d.objid
      FROM pg_extension AS e
      JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
      WHERE e.extname = 'learnify' AND age(d.xmin) <= age(pg_current_xact_id()::xid)
        AND format('%s/%s', d.classid::oid, d.objid) <> ALL (coalesce(nullif(current_setting('learnify_update.settled', true), ''), '{}')::text[])
    ), object (kind, name, owner, acl, wanted) AS (
      SELECT 'TABLE', c.oid::regclass::text, c.relowner, c.relacl, acldefault('r', c.relowner)
      FROM member AS m
      JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
      UNION ALL
      SELECT 'SCHEMA', n.oid::regnamespace::text, n.nspowner, n.nspacl, acldefault('n', n.nspowner)
      FROM member AS m
      JOIN pg_namespace AS n ON m.classid = 'pg_namespace'::regclass AND n.oid = m.objid
      UNION ALL
      SELECT 'FUNCTION', p.oid::regprocedure::text, p.proowner, p.proacl,
             CASE
               WHEN i.initprivs IS NULL OR 0 IN (SELECT g.grantee FROM aclexplode(i.initprivs) AS g)
                 THEN acldefault('f', p.proowner)
               ELSE ARRAY[makeaclitem(p.proowner, p.proowner, 'EXECUTE', false)]
             END
      FROM member AS m
      JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
      LEFT JOIN pg_init_privs AS i ON i.classoid = m.classid AND i.objoid = m.objid
    )
    SELECT o.kind, o.name,
           (SELECT string_agg(DISTINCT CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END, ', ')
            FROM aclexplode(o.acl) AS g) AS grantees,
           o.owner::regrole AS owner,
           0 IN (SELECT g.grantee FROM aclexplode(o.wanted) AS g) AS for_public
    FROM object AS o
    WHERE NOT (o.acl @> o.wanted AND o.wanted @> o.acl)
  LOOP
    IF target.grantees IS NOT NULL THEN
      EXECUTE format('REVOKE ALL ON %s %s FROM %s', target.kind, target.name, target.grantees);
    END IF;
    EXECUTE format('GRANT ALL ON %s %s TO %s%s', target.kind, target.name, target.owner,
                   CASE WHEN target.for_public THEN ', PUBLIC' END);
  END LOOP;

  FOR target IN
    SELECT p.oid::regprocedure AS function, r.oid::regrole AS grantee, o.is_grantable
    FROM jsonb_to_recordset(coalesce(nullif(current_setting('learnify_update.grants', true), ''), '[]')::jsonb)
      AS o (function oid, name text, grantee oid, is_grantable boolean)
    JOIN pg_roles AS r ON r.oid = o.grantee
    JOIN pg_proc AS p ON p.proname = o.name
    JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e' AND age(d.xmin) <= age(pg_current_xact_id()::xid)
    JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND e.extname = 'learnify'
    WHERE o.function NOT IN (SELECT q.oid FROM pg_proc AS q)
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s%s', target.function, target.grantee,
                   CASE WHEN target.is_grantable THEN ' WITH GRANT OPTION' END);
  END LOOP;
  PERFORM set_config('learnify_update.grants', '', true);
  PERFORM set_config('learnify_update.settled', array_agg(format('%s/%s', d.classid::oid, d.objid))::text, true)
  FROM pg_extension AS e
  JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
  WHERE e.extname = 'learnify';
END
$$;

-- A GRANT or REVOKE in a script records all privileges of the object as its initial ones, and
-- pg_dump leaves those out. Without this, it would leave out what an administrator had granted
-- on the same object.
UPDATE pg_init_privs AS i
SET initprivs = ARRAY(SELECT a.item
                      FROM unnest(i.initprivs) WITH ORDINALITY AS a (item, number)
                      WHERE EXISTS (SELECT FROM aclexplode(ARRAY[a.item]) AS g WHERE g.grantee IN (0, g.grantor))
                      ORDER BY a.number)
FROM pg_extension AS e
JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
WHERE e.extname = 'learnify' AND i.classoid = d.classid AND i.objoid = d.objid AND i.privtype = 'e'
  AND EXISTS (SELECT FROM aclexplode(i.initprivs) AS g WHERE g.grantee NOT IN (0, g.grantor));
