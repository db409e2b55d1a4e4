-- The body is a string, not BEGIN ATOMIC. Of the latter, PostgreSQL keeps the parsed form,
-- in which * is expanded to all columns of a catalog, and pg_upgrade could not recreate it
-- on a major version that lacks one of them.
--
-- With this search_path, PostgreSQL deparses every name with its schema. The extension's own
-- schema is then removed, so that definitions are the same in whichever schema it lies. It
-- is removed only before the names of the extension's own tables and functions and where a
-- body composes a name or a GRANT, because an alias may have the name of the schema. It may
-- be in quotes that it does not need, where CREATE EXTENSION ran with quote_all_identifiers.
--
-- Two settings are for the planner: the query would take minutes without nested loops or sorts.
-- The others decide how constants and names are deparsed. What differs between
-- PostgreSQL's majors is left out: since 18, NOT NULL is a constraint too, and the alias of
-- an INSERT's, UPDATE's or DELETE's table is deparsed without AS.
CREATE OR REPLACE FUNCTION learnify_internal.describe_schema()
RETURNS TABLE (kind text, object text, definition text)
LANGUAGE sql
STABLE PARALLEL SAFE COST 100000 ROWS 700
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET standard_conforming_strings = on
SET bytea_output = hex
SET "DateStyle" = 'ISO, MDY'
SET "IntervalStyle" = postgres
SET "TimeZone" = 'UTC'
SET extra_float_digits = 1
SET enable_nestloop = on
SET enable_sort = on
AS $$
WITH member AS (
  SELECT d.classid, d.objid, e.extnamespace
  FROM pg_extension AS e
  JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
  WHERE e.extname = 'learnify'
), relation AS (
  SELECT c.*
  FROM member AS m
  JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
), function AS (
  SELECT p.*, p.oid::regprocedure::text AS signature
  FROM member AS m
  JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
), own_schema AS MATERIALIZED (
  SELECT format('(?<!\w)(?:%s|"%s")(\.(?=%s|[%%''])|(?= TO ))',
                regexp_replace(quote_ident(n.nspname), '(\W)', '\\\1', 'g'),
                regexp_replace(replace(n.nspname, '"', '""'), '(\W)', '\\\1', 'g'),
                string_agg(o.name, '|' ORDER BY o.name)) AS pattern
  FROM (SELECT relname, relnamespace FROM relation
        UNION
        SELECT proname, pronamespace FROM function) AS o (name, namespace)
  JOIN pg_namespace AS n ON n.oid = o.namespace
  WHERE o.namespace = (SELECT e.extnamespace FROM pg_extension AS e WHERE e.extname = 'learnify')
  GROUP BY n.nspname
), description AS (
  SELECT 'table' AS kind,
         r.relname::text AS object,
         concat_ws(', ',
                   CASE r.relpersistence WHEN 'p' THEN 'permanent' ELSE 'not permanent' END,
                   CASE WHEN r.relrowsecurity THEN 'row-level security' END,
                   CASE WHEN r.relforcerowsecurity THEN 'forced' END) AS definition
  FROM relation AS r
  UNION ALL
  SELECT 'column',
         format('%s.%s', r.relname, a.attname),
         concat_ws(' ',
                   format_type(a.atttypid, a.atttypmod),
                   CASE WHEN a.attcollation <> t.typcollation THEN format('COLLATE %s', a.attcollation::regcollation) END,
                   CASE
                     WHEN EXISTS (SELECT FROM pg_constraint AS k
                                  WHERE k.conrelid = r.oid AND k.contype = 'n' AND k.conkey = ARRAY[a.attnum] AND NOT k.convalidated)
                       THEN 'NOT NULL NOT VALID'
                     WHEN a.attnotnull THEN 'NOT NULL'
                   END,
                   'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid),
                   CASE WHEN a.attidentity <> '' THEN format('IDENTITY %s', a.attidentity) END,
                   CASE WHEN a.attgenerated <> '' THEN format('GENERATED %s', a.attgenerated) END)
  FROM relation AS r
  JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type AS t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef AS d ON d.adrelid = r.oid AND d.adnum = a.attnum
  UNION ALL
  SELECT 'constraint',
         format('%s.%s', r.relname, k.conname),
         concat_ws(' ',
                   pg_get_constraintdef(k.oid),
                   -- A foreign key is enforced by triggers, which a superuser can disable.
                   CASE WHEN EXISTS (SELECT FROM pg_trigger AS t
                                     WHERE t.tgconstraint = k.oid AND t.tgenabled <> 'O') THEN 'DISABLED' END)
  FROM relation AS r
  JOIN pg_constraint AS k ON k.conrelid = r.oid AND k.contype <> 'n'
  UNION ALL
  SELECT 'index',
         format('%s.%s', r.relname, c.relname),
         concat_ws(' ',
                   regexp_replace(pg_get_indexdef(i.indexrelid), ' WITH \([^()]*\)', ''),
                   CASE WHEN NOT i.indisvalid OR NOT i.indisready OR NOT i.indislive THEN 'INVALID' END)
  FROM relation AS r
  JOIN pg_index AS i ON i.indrelid = r.oid
  JOIN pg_class AS c ON c.oid = i.indexrelid
  UNION ALL
  SELECT 'trigger',
         format('%s.%s', r.relname, t.tgname),
         concat_ws(' ',
                   pg_get_triggerdef(t.oid),
                   CASE t.tgenabled WHEN 'D' THEN 'DISABLED' WHEN 'R' THEN 'ENABLED REPLICA' WHEN 'A' THEN 'ENABLED ALWAYS' END)
  FROM relation AS r
  JOIN pg_trigger AS t ON t.tgrelid = r.oid AND NOT t.tgisinternal
  UNION ALL
  SELECT 'rule',
         format('%s.%s', r.relname, w.rulename),
         concat_ws(' ', pg_get_ruledef(w.oid), nullif(w.ev_enabled, 'O'))
  FROM relation AS r
  JOIN pg_rewrite AS w ON w.ev_class = r.oid
  UNION ALL
  SELECT 'policy',
         format('%s.%s', r.relname, p.polname),
         concat_ws(' ',
                   CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
                   'FOR', CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
                   'TO', (SELECT string_agg(CASE WHEN o.oid = 0 THEN 'PUBLIC' ELSE o.oid::regrole::text END, ', ' ORDER BY o.oid)
                          FROM unnest(p.polroles) AS o (oid)),
                   format('USING (%s)', pg_get_expr(p.polqual, p.polrelid)),
                   'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
  FROM relation AS r
  JOIN pg_policy AS p ON p.polrelid = r.oid
  UNION ALL
  SELECT 'statistics',
         format('%s.%s', r.relname, x.stxname),
         pg_get_statisticsobjdef(x.oid)
  FROM relation AS r
  JOIN pg_statistic_ext AS x ON x.stxrelid = r.oid
  UNION ALL
  SELECT CASE f.prokind WHEN 'a' THEN 'aggregate' ELSE 'function' END,
         regexp_replace(f.signature, s.pattern, '', 'g'),
         concat_ws(' ',
                   format('(%s)', pg_get_function_arguments(f.oid)),
                   'RETURNS', pg_get_function_result(f.oid),
                   'LANGUAGE', l.lanname,
                   CASE f.provolatile WHEN 'i' THEN 'IMMUTABLE' WHEN 's' THEN 'STABLE' ELSE 'VOLATILE' END,
                   CASE WHEN f.proisstrict THEN 'STRICT' END,
                   'PARALLEL', CASE f.proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' ELSE 'UNSAFE' END,
                   CASE WHEN f.prosecdef THEN 'SECURITY DEFINER' END,
                   CASE WHEN f.proleakproof THEN 'LEAKPROOF' END,
                   'COST', f.procost,
                   CASE WHEN f.proretset THEN format('ROWS %s', f.prorows) END,
                   CASE WHEN f.prosupport <> 0 THEN format('SUPPORT %s', f.prosupport) END,
                   'SET ' || array_to_string(f.proconfig, ' SET '),
                   -- The body of a C function is its library and symbol.
                   CASE
                     WHEN f.probin IS NOT NULL THEN format('AS %s, %s', f.probin, f.prosrc)
                     WHEN f.prokind <> 'a'
                       THEN 'MD5 ' || md5(regexp_replace(coalesce(replace(pg_get_function_sqlbody(f.oid), ' AS ', ' '), f.prosrc),
                                                        s.pattern, '', 'g'))
                   END,
                   CASE
                     WHEN a.aggfnoid IS NOT NULL
                       THEN concat_ws(' ', a.aggkind, a.aggtransfn, a.aggtranstype::regtype, a.aggtransspace,
                                      a.agginitval, a.aggfinalfn, a.aggfinalextra, a.aggfinalmodify, a.aggcombinefn,
                                      a.aggserialfn, a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn,
                                      a.aggsortop)
                   END)
  FROM function AS f
  CROSS JOIN own_schema AS s
  JOIN pg_language AS l ON l.oid = f.prolang
  LEFT JOIN pg_aggregate AS a ON a.aggfnoid = f.oid
  UNION ALL
  SELECT 'event trigger',
         t.evtname::text,
         concat_ws(' ',
                   format('ON %s WHEN TAG IN (%s) EXECUTE FUNCTION %s', t.evtevent, array_to_string(t.evttags, ', '), t.evtfoid::regproc),
                   CASE t.evtenabled WHEN 'D' THEN 'DISABLED' WHEN 'R' THEN 'ENABLED REPLICA' WHEN 'A' THEN 'ENABLED ALWAYS' END)
  FROM member AS m
  JOIN pg_event_trigger AS t ON m.classid = 'pg_event_trigger'::regclass AND t.oid = m.objid
  UNION ALL
  SELECT 'dump filter',
         r.relname,
         coalesce(nullif(c.condition, ''), 'every row')
  FROM pg_extension AS e
  CROSS JOIN LATERAL unnest(e.extconfig, e.extcondition) AS c (relation, condition)
  JOIN pg_class AS r ON r.oid = c.relation
  WHERE e.extname = 'learnify'
)
SELECT d.kind, d.object, translate(regexp_replace(d.definition, s.pattern, '', 'g'), E'\n', ' ')
FROM description AS d
CROSS JOIN own_schema AS s
ORDER BY d.kind COLLATE "C", d.object COLLATE "C"
$$;

COMMENT ON FUNCTION learnify_internal.describe_schema() IS 'Returns each table, column, constraint, index, trigger, rule, policy, function and dump filter of the extension with its definition, as text that does not depend on the schema or the settings';

-- drift is what verify_schema returned before an update. An object that had drifted by then,
-- and that the update did not touch, keeps the definition that was expected before: else the
-- update would pass off a change made by hand as the extension's own.
CREATE OR REPLACE FUNCTION learnify_internal.record_catalog(drift jsonb)
RETURNS void
LANGUAGE sql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
BEGIN ATOMIC
  DELETE FROM learnify_internal.expected_catalog;
  WITH live AS MATERIALIZED (
    SELECT s.kind, s.object, s.definition FROM learnify_internal.describe_schema() AS s
  ), kept AS (
    SELECT d.kind, d.object, d.expected AS definition
    FROM jsonb_to_recordset(drift) AS d (kind text, object text, expected text, found text)
    LEFT JOIN live AS l ON l.kind = d.kind AND l.object = d.object
    WHERE l.definition IS NOT DISTINCT FROM d.found
  )
  INSERT INTO learnify_internal.expected_catalog (kind, object, definition)
  SELECT l.kind, l.object, l.definition
  FROM live AS l
  WHERE (l.kind, l.object) NOT IN (SELECT k.kind, k.object FROM kept AS k)
  UNION ALL
  SELECT k.kind, k.object, k.definition
  FROM kept AS k
  WHERE k.definition IS NOT NULL;
END;

COMMENT ON FUNCTION learnify_internal.record_catalog(jsonb) IS 'Stores the present definitions of the extension''s objects as what verify_schema expects, except of objects that had drifted before an update and that the update left as they were';

-- SECURITY DEFINER, because its callers have no privilege on expected_catalog.
CREATE OR REPLACE FUNCTION verify_schema()
RETURNS TABLE (drift text, kind text, object text, expected text, found text)
LANGUAGE sql
STABLE PARALLEL SAFE COST 100000 ROWS 10
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT CASE WHEN d.kind IS NULL THEN 'missing' WHEN e.kind IS NULL THEN 'added' ELSE 'changed' END AS drift,
         coalesce(e.kind, d.kind) COLLATE "C" AS kind,
         coalesce(e.object, d.object) COLLATE "C" AS object,
         e.definition AS expected,
         d.definition AS found
  FROM learnify_internal.expected_catalog AS e
  FULL JOIN learnify_internal.describe_schema() AS d ON d.kind = e.kind AND d.object = e.object
  WHERE d.definition IS DISTINCT FROM e.definition
  UNION ALL
  SELECT 'added' AS drift, format('privilege of %s', p.grantee) AS kind, p.object, NULL AS expected, p.privileges AS found
  FROM learnify_internal.excess_privileges() AS p
  ORDER BY 2, 3;
END;

COMMENT ON FUNCTION verify_schema() IS 'Compares the objects of learnify in this database with what its scripts made, and returns each one that is missing, added or changed, and each privilege that a role or PUBLIC has and should not; no row means that there is no drift';
