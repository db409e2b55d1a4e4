-- Everything that learnify consists of, one line each: two databases whose lines
-- are equal have the same extension, however it came there. No line has an oid;
-- the extension's schema stands as @extschema@ in function bodies, and first in
-- search_path it is left out everywhere else. Of a column's options, pg_attver is
-- the server's own, where it has it (15.20, say), and differs each time:
--   PGOPTIONS='-c search_path=SCHEMA' psql -At -f test/fingerprint.sql
WITH extension AS (
  SELECT e.*, quote_ident(n.nspname) || '.' AS prefix, 'SCHEMA ' || quote_ident(n.nspname) AS clause
  FROM pg_extension AS e
  JOIN pg_namespace AS n ON n.oid = e.extnamespace
  WHERE e.extname = 'learnify'
), member AS (
  SELECT d.classid, d.objid
  FROM pg_depend AS d
  JOIN extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
  WHERE d.deptype = 'e'
), relation AS (
  SELECT c.*
  FROM pg_class AS c
  JOIN member AS m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid
), function AS (
  SELECT p.*, l.lanname, p.oid::regprocedure::text AS signature
  FROM pg_proc AS p
  JOIN member AS m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
  JOIN pg_language AS l ON l.oid = p.prolang
), description AS (
  SELECT 'extension' AS kind, concat_ws(' ', e.extname, e.extversion, e.extrelocatable) AS line
  FROM extension AS e
  UNION ALL
  SELECT 'member', concat_ws(' ', i.type, replace(i.identity, e.prefix, ''))
  FROM member AS m
  CROSS JOIN extension AS e
  CROSS JOIN LATERAL pg_identify_object(m.classid, m.objid, 0) AS i
  UNION ALL
  SELECT 'relation', concat_ws(' ', r.relname, r.relkind, r.relpersistence, r.relreplident, r.relrowsecurity,
                               r.relforcerowsecurity, r.reloptions)
  FROM relation AS r
  UNION ALL
  SELECT 'column', concat_ws(' ', r.relname, lpad(a.attnum::text, 3), a.attname, format_type(a.atttypid, a.atttypmod),
                             CASE WHEN a.attnotnull THEN 'NOT NULL' END, pg_get_expr(d.adbin, d.adrelid), a.attstorage,
                             a.attcompression, a.attidentity, a.attgenerated, a.attcollation::regcollation,
                             nullif(a.attstattarget, -1),
                             ARRAY(SELECT o FROM unnest(a.attoptions) AS o WHERE o NOT LIKE 'pg\_attver=%'))
  FROM relation AS r
  JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0
  LEFT JOIN pg_attrdef AS d ON d.adrelid = r.oid AND d.adnum = a.attnum
  UNION ALL
  SELECT 'constraint', concat_ws(' ', r.relname, k.conname, pg_get_constraintdef(k.oid), k.convalidated)
  FROM relation AS r
  JOIN pg_constraint AS k ON k.conrelid = r.oid
  UNION ALL
  SELECT 'index', concat_ws(' ', pg_get_indexdef(i.indexrelid, 0, true), i.indisvalid, i.indisclustered, i.indisreplident)
  FROM relation AS r
  JOIN pg_index AS i ON i.indrelid = r.oid
  UNION ALL
  SELECT 'trigger', concat_ws(' ', pg_get_triggerdef(t.oid, true), t.tgenabled)
  FROM relation AS r
  JOIN pg_trigger AS t ON t.tgrelid = r.oid AND NOT t.tgisinternal
  UNION ALL
  SELECT 'rule', pg_get_ruledef(w.oid, true)
  FROM relation AS r
  JOIN pg_rewrite AS w ON w.ev_class = r.oid
  UNION ALL
  SELECT 'statistics', replace(pg_get_statisticsobjdef(x.oid), e.prefix, '')
  FROM relation AS r
  CROSS JOIN extension AS e
  JOIN pg_statistic_ext AS x ON x.stxrelid = r.oid
  UNION ALL
  SELECT 'policy', concat_ws(' ', r.relname, p.polname, p.polcmd, p.polpermissive, p.polroles::regrole[],
                             'USING', pg_get_expr(p.polqual, p.polrelid), 'CHECK', pg_get_expr(p.polwithcheck, p.polrelid))
  FROM relation AS r
  JOIN pg_policy AS p ON p.polrelid = r.oid
  UNION ALL
  SELECT 'function', concat_ws(' ', f.signature, pg_get_function_arguments(f.oid), 'RETURNS',
                               pg_get_function_result(f.oid), f.lanname, f.prokind, f.provolatile, f.proparallel,
                               f.proisstrict, f.prosecdef, f.proleakproof, f.procost, f.prorows, f.prosupport, f.proconfig,
                               f.probin,
                               md5(replace(replace(coalesce(pg_get_function_sqlbody(f.oid), f.prosrc),
                                             e.prefix, '@extschema@.'), e.clause, 'SCHEMA @extschema@')))
  FROM function AS f
  CROSS JOIN extension AS e
  UNION ALL
  SELECT 'aggregate', concat_ws(' ', f.signature, a.aggkind, a.aggtransfn, a.aggtranstype::regtype, a.aggtransspace,
                                a.agginitval, a.aggfinalfn, a.aggfinalextra, a.aggfinalmodify, a.aggcombinefn,
                                a.aggserialfn, a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn,
                                a.aggsortop)
  FROM function AS f
  JOIN pg_aggregate AS a ON a.aggfnoid = f.oid
  UNION ALL
  SELECT 'comment', concat_ws(' ', i.type, replace(i.identity, e.prefix, ''), d.description)
  FROM pg_description AS d
  JOIN member AS m ON m.classid = d.classoid AND m.objid = d.objoid
  CROSS JOIN extension AS e
  CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) AS i
  UNION ALL
  SELECT 'privileges', concat_ws(' ', 'table', r.relname, r.relacl)
  FROM relation AS r
  WHERE r.relacl IS NOT NULL
  UNION ALL
  SELECT 'privileges', concat_ws(' ', 'column', r.relname, a.attname, a.attacl)
  FROM relation AS r
  JOIN pg_attribute AS a ON a.attrelid = r.oid
  WHERE a.attacl IS NOT NULL
  UNION ALL
  SELECT 'privileges', concat_ws(' ', 'function', f.signature, f.proacl)
  FROM function AS f
  WHERE f.proacl IS NOT NULL
  UNION ALL
  SELECT 'initial privileges', concat_ws(' ', i.type, replace(i.identity, e.prefix, ''), p.privtype, p.initprivs)
  FROM pg_init_privs AS p
  JOIN member AS m ON m.classid = p.classoid AND m.objid = p.objoid
  CROSS JOIN extension AS e
  CROSS JOIN LATERAL pg_identify_object(p.classoid, p.objoid, p.objsubid) AS i
  UNION ALL
  SELECT 'dumped', concat_ws(' ', c.relation::regclass, c.condition)
  FROM extension AS e
  CROSS JOIN LATERAL unnest(e.extconfig, e.extcondition) AS c (relation, condition)
)
SELECT kind, line
FROM description
ORDER BY kind COLLATE "C", line COLLATE "C";
