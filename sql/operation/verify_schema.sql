-- Finds the extension's own schema before the names of its tables and functions and where a
-- body composes a name or a GRANT, because an alias may have the name of the schema. It may
-- be in quotes that it does not need, where CREATE EXTENSION ran with quote_all_identifiers.
CREATE OR REPLACE FUNCTION learnify_internal.own_schema_pattern()
RETURNS text
LANGUAGE sql
STABLE PARALLEL SAFE COST 10000
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET standard_conforming_strings = on
AS $$
  SELECT format('(?<!\w)(?:%s|"%s")(\.(?=%s|[%%''])|(?= TO ))',
                regexp_replace(quote_ident(n.nspname), '(\W)', '\\\1', 'g'),
                regexp_replace(replace(n.nspname, '"', '""'), '(\W)', '\\\1', 'g'),
                string_agg(o.name, '|' ORDER BY o.name))
  FROM pg_extension AS e
  JOIN pg_namespace AS n ON n.oid = e.extnamespace
  JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
  CROSS JOIN LATERAL (
    SELECT c.relname AS name, c.relnamespace AS namespace FROM pg_class AS c WHERE d.classid = 'pg_class'::regclass AND c.oid = d.objid
    UNION ALL
    SELECT p.proname, p.pronamespace FROM pg_proc AS p WHERE d.classid = 'pg_proc'::regclass AND p.oid = d.objid) AS o
  WHERE e.extname = 'learnify' AND o.namespace = e.extnamespace
  GROUP BY n.nspname
$$;

COMMENT ON FUNCTION learnify_internal.own_schema_pattern() IS 'Returns the regular expression for the extension''s schema where it qualifies a name of the extension''s';

-- The body is a string, not BEGIN ATOMIC. Of the latter, PostgreSQL keeps the parsed form,
-- in which * is expanded to all columns of a catalog, and pg_upgrade could not recreate it
-- on a major version that lacks one of them.
--
-- With this search_path, PostgreSQL deparses every name with its schema. The extension's own
-- schema is then removed, so that definitions are the same in whichever schema it lies.
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
  SELECT learnify_internal.own_schema_pattern() AS pattern
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
  -- A constraint trigger is described as a trigger.
  FROM relation AS r
  JOIN pg_constraint AS k ON k.conrelid = r.oid AND k.contype NOT IN ('n', 't')
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

-- Statements that create each object as it is; number is a column's. @ stands for the extension's schema, since that
-- may be renamed; @@ for a character @. An index that a constraint has made comes with that.
-- A default that calls a function or takes numbers from a sequence of the user's is a statement
-- of its own, of kind default, as is a generated column whose expression calls one: a restore
-- makes these functions and sequences only when the columns are there.
-- Aggregates, which a member of the extension hardly loses, have none. A statement of kind
-- privilege is for a function that the scripts have revoked from PUBLIC.
CREATE OR REPLACE FUNCTION learnify_internal.describe_statements()
RETURNS TABLE (kind text, object text, number integer, statement text)
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
AS $$
WITH member AS (
  SELECT d.classid, d.objid
  FROM pg_extension AS e
  JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
  WHERE e.extname = 'learnify'
), relation AS (
  SELECT c.oid, c.relname, c.oid::regclass::text AS name, c.relrowsecurity, c.relforcerowsecurity, c.relpersistence
  FROM member AS m
  JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
), attribute AS (
  SELECT r.name, r.relname, a.attname, a.attnum, a.attnotnull, a.attgenerated, pg_get_expr(d.adbin, d.adrelid) AS expression,
         concat_ws(' ', format_type(a.atttypid, a.atttypmod),
                   CASE WHEN a.attcollation <> t.typcollation THEN format('COLLATE %s', a.attcollation::regcollation) END) AS type,
         (SELECT format('GENERATED %s AS IDENTITY (SEQUENCE NAME %s START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s)',
                        CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, s.seqrelid::regclass,
                        s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' END)
          FROM pg_depend AS o
          JOIN pg_sequence AS s ON s.seqrelid = o.objid
          WHERE o.classid = 'pg_class'::regclass AND o.refclassid = 'pg_class'::regclass AND o.refobjid = r.oid AND o.refobjsubid = a.attnum
            AND o.deptype = 'i') AS identity,
         EXISTS (SELECT FROM pg_depend AS o
                 WHERE o.classid = 'pg_attrdef'::regclass AND o.objid = d.oid AND o.deptype = 'n'
                   AND o.refclassid NOT IN ('pg_type'::regclass, 'pg_collation'::regclass)
                   AND NOT EXISTS (SELECT FROM pg_depend AS m
                                   WHERE m.classid = o.refclassid AND m.objid = o.refobjid AND m.deptype = 'e')) AS is_late
  FROM relation AS r
  JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type AS t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef AS d ON d.adrelid = r.oid AND d.adnum = a.attnum
), own_schema AS (
  SELECT learnify_internal.own_schema_pattern() AS pattern
), description AS (
  SELECT 'table' AS kind, r.relname::text AS object, 0 AS number,
         format('ALTER TABLE %s SET %s, %s ROW LEVEL SECURITY, %s FORCE ROW LEVEL SECURITY', r.name,
                CASE r.relpersistence WHEN 'p' THEN 'LOGGED' ELSE 'UNLOGGED' END,
                CASE WHEN r.relrowsecurity THEN 'ENABLE' ELSE 'DISABLE' END, CASE WHEN r.relforcerowsecurity THEN '' ELSE 'NO' END) AS statement
  FROM relation AS r
  UNION ALL
  SELECT CASE WHEN c.is_late AND c.attgenerated <> '' THEN 'default' ELSE 'column' END, format('%s.%s', c.relname, c.attname), c.attnum,
         concat_ws(' ', format('ALTER TABLE %s ADD COLUMN %I', c.name, c.attname), c.type,
                   CASE WHEN c.attgenerated <> '' THEN format('GENERATED ALWAYS AS (%s) %s', c.expression, CASE c.attgenerated WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END)
                        WHEN NOT c.is_late THEN 'DEFAULT ' || c.expression END,
                   c.identity,
                   CASE WHEN c.attnotnull THEN 'NOT NULL' END)
  FROM attribute AS c
  UNION ALL
  SELECT 'default', format('%s.%s', c.relname, c.attname), c.attnum, format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', c.name, c.attname, c.expression)
  FROM attribute AS c
  WHERE c.is_late AND c.attgenerated = ''
  UNION ALL
  SELECT 'constraint', format('%s.%s', r.relname, k.conname), 0,
         format('ALTER TABLE %s ADD CONSTRAINT %I %s', r.name, k.conname, pg_get_constraintdef(k.oid))
  FROM relation AS r
  JOIN pg_constraint AS k ON k.conrelid = r.oid AND k.contype NOT IN ('n', 't')
  UNION ALL
  SELECT 'index', format('%s.%s', r.relname, c.relname), 0, pg_get_indexdef(i.indexrelid)
  FROM relation AS r
  JOIN pg_index AS i ON i.indrelid = r.oid
  JOIN pg_class AS c ON c.oid = i.indexrelid
  WHERE NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
  UNION ALL
  SELECT 'trigger', format('%s.%s', r.relname, t.tgname), 0,
         format(E'%s;\nALTER TABLE %s %s TRIGGER %I', regexp_replace(pg_get_triggerdef(t.oid), '^CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER'), r.name,
                CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END, t.tgname)
  FROM relation AS r
  JOIN pg_trigger AS t ON t.tgrelid = r.oid AND NOT t.tgisinternal
  UNION ALL
  SELECT 'rule', format('%s.%s', r.relname, w.rulename), 0,
         format(E'%s\nALTER TABLE %s %s RULE %I', regexp_replace(pg_get_ruledef(w.oid), '^CREATE RULE', 'CREATE OR REPLACE RULE'), r.name,
                CASE w.ev_enabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END, w.rulename)
  FROM relation AS r
  JOIN pg_rewrite AS w ON w.ev_class = r.oid
  UNION ALL
  SELECT 'policy', format('%s.%s', r.relname, p.polname), 0,
         concat_ws(' ',
                   format(E'DROP POLICY IF EXISTS %1$I ON %2$s;\nCREATE POLICY %1$I ON %2$s AS', p.polname, r.name),
                   CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
                   'FOR', CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
                   'TO', (SELECT string_agg(CASE WHEN o.oid = 0 THEN 'PUBLIC' ELSE o.oid::regrole::text END, ', ' ORDER BY o.oid)
                          FROM unnest(p.polroles) AS o (oid)),
                   'USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
                   'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
  FROM relation AS r
  JOIN pg_policy AS p ON p.polrelid = r.oid
  UNION ALL
  SELECT 'statistics', format('%s.%s', r.relname, x.stxname), 0,
         regexp_replace(pg_get_statisticsobjdef(x.oid), '^CREATE STATISTICS', 'CREATE STATISTICS IF NOT EXISTS')
  FROM relation AS r
  JOIN pg_statistic_ext AS x ON x.stxrelid = r.oid
  UNION ALL
  SELECT 'function', regexp_replace(p.oid::regprocedure::text, s.pattern, '', 'g'), 0,
         rtrim(pg_get_functiondef(p.oid), E'\n')
  FROM member AS m
  JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
  CROSS JOIN own_schema AS s
  WHERE p.prokind <> 'a'
  UNION ALL
  SELECT 'privilege', regexp_replace(p.oid::regprocedure::text, s.pattern, '', 'g'), 0, format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', p.oid::regprocedure)
  FROM member AS m
  JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
  JOIN pg_init_privs AS i ON i.classoid = m.classid AND i.objoid = m.objid
  CROSS JOIN own_schema AS s
  WHERE 0 NOT IN (SELECT g.grantee FROM aclexplode(i.initprivs) AS g)
  UNION ALL
  SELECT 'event trigger', t.evtname::text, 0,
         format('ALTER EVENT TRIGGER %I %s', t.evtname,
                CASE t.evtenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END)
  FROM member AS m
  JOIN pg_event_trigger AS t ON m.classid = 'pg_event_trigger'::regclass AND t.oid = m.objid
)
-- The schema's name may have an @ too, and then has two by now.
SELECT d.kind, d.object, d.number, regexp_replace(replace(d.statement, '@', '@@'), replace(s.pattern, '\@', '\@\@'), '@\1', 'g')
FROM description AS d
CROSS JOIN own_schema AS s
$$;

COMMENT ON FUNCTION learnify_internal.describe_statements() IS 'Returns statements that create each object that describe_schema describes as it is, with @ for the extension''s schema';

-- Dynamic, because only the sequence itself has its position.
CREATE OR REPLACE FUNCTION learnify_internal.setval_statement(sequence regclass)
RETURNS text
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  place record;
  position bigint;
  is_called boolean;
BEGIN
  SELECT n.nspname, c.relname INTO place
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.oid = sequence;
  EXECUTE format('SELECT s.last_value, s.is_called FROM %I.%I AS s', place.nspname, place.relname) INTO position, is_called;
  RETURN format('SELECT pg_catalog.setval(%L, %s, %L)', sequence, position, is_called);
END
$$;

COMMENT ON FUNCTION learnify_internal.setval_statement(regclass) IS 'Returns the statement that gives a sequence the position that it has';

-- What dumps leave out of the extension's tables besides: verify_schema does not report these,
-- and own_ddl does where they differ from what the scripts have made.
CREATE OR REPLACE FUNCTION learnify_internal.describe_details()
RETURNS TABLE (kind text, object text, statement text)
LANGUAGE sql
STABLE PARALLEL SAFE COST 100000 ROWS 300
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET standard_conforming_strings = on
AS $$
WITH extension AS (
  SELECT e.* FROM pg_extension AS e WHERE e.extname = 'learnify'
), relation AS (
  SELECT c.oid, c.relname, c.oid::regclass::text AS name, c.reloptions, c.reltoastrelid, c.relreplident, c.relowner
  FROM extension AS e
  JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
  JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
), index AS (
  SELECT c.oid, c.oid::regclass::text AS name, c.reloptions, i.indisreplident, i.indisclustered, r.name AS table_name
  FROM relation AS r
  JOIN pg_index AS i ON i.indrelid = r.oid
  JOIN pg_class AS c ON c.oid = i.indexrelid
), statistic AS (
  SELECT x.oid, format('%I.%I', n.nspname, x.stxname) AS name, x.stxstattarget
  FROM relation AS r
  JOIN pg_statistic_ext AS x ON x.stxrelid = r.oid
  JOIN pg_namespace AS n ON n.oid = x.stxnamespace
), sequence AS (
  SELECT c.oid, c.oid::regclass::text AS name, d.deptype, r.name AS table_name, a.attname
  FROM relation AS r
  JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = r.oid
  JOIN pg_class AS c ON c.oid = d.objid AND c.relkind = 'S'
  JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum = d.refobjsubid
), described AS (
  SELECT 'pg_class'::regclass AS classid, r.oid AS objid FROM relation AS r
  UNION ALL
  SELECT 'pg_class'::regclass, i.oid FROM index AS i
  UNION ALL
  SELECT 'pg_constraint'::regclass, k.oid FROM relation AS r JOIN pg_constraint AS k ON k.conrelid = r.oid
  UNION ALL
  SELECT 'pg_trigger'::regclass, t.oid FROM relation AS r JOIN pg_trigger AS t ON t.tgrelid = r.oid
  UNION ALL
  SELECT 'pg_policy'::regclass, p.oid FROM relation AS r JOIN pg_policy AS p ON p.polrelid = r.oid
  UNION ALL
  SELECT 'pg_rewrite'::regclass, w.oid FROM relation AS r JOIN pg_rewrite AS w ON w.ev_class = r.oid
  UNION ALL
  SELECT 'pg_statistic_ext'::regclass, s.oid FROM statistic AS s
), detail AS (
  SELECT 'storage' AS kind, format('%s: %s', n.name, o.option_name) AS object,
         format('ALTER %s %s SET (%s = %L)', n.type, n.name, o.option_name, o.option_value) AS statement
  FROM (SELECT 'TABLE' AS type, r.name, r.reloptions FROM relation AS r
        UNION ALL
        SELECT 'TABLE', r.name, ARRAY(SELECT 'toast.' || o FROM unnest(c.reloptions) AS o) FROM relation AS r JOIN pg_class AS c ON c.oid = r.reltoastrelid
        UNION ALL
        SELECT 'INDEX', i.name, i.reloptions FROM index AS i) AS n
  CROSS JOIN LATERAL pg_options_to_table(n.reloptions) AS o
  UNION ALL
  SELECT 'storage', format('%s.%s: %s', r.name, a.attname, v.what), format('ALTER TABLE %s ALTER COLUMN %I SET %s', r.name, a.attname, v.clause)
  FROM relation AS r
  JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type AS t ON t.oid = a.atttypid
  CROSS JOIN LATERAL (VALUES
    ('statistics', CASE WHEN a.attstattarget >= 0 THEN format('STATISTICS %s', a.attstattarget) END),
    ('storage', CASE WHEN a.attstorage <> t.typstorage
                     THEN 'STORAGE ' || CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END),
    ('compression', CASE a.attcompression WHEN 'p' THEN 'COMPRESSION pglz' WHEN 'l' THEN 'COMPRESSION lz4' END),
    ('options', (SELECT '(' || string_agg(format('%s = %L', o.option_name, o.option_value), ', ') || ')'
                 FROM pg_options_to_table(a.attoptions) AS o
                 WHERE o.option_name <> 'pg_attver'))) AS v (what, clause)
  WHERE v.clause IS NOT NULL
  UNION ALL
  SELECT 'storage', format('%s.%s: statistics', i.name, a.attnum), format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s', i.name, a.attnum, a.attstattarget)
  FROM index AS i
  JOIN pg_attribute AS a ON a.attrelid = i.oid AND a.attstattarget >= 0
  UNION ALL
  SELECT 'storage', format('%s: target', s.name), format('ALTER STATISTICS %s SET STATISTICS %s', s.name, s.stxstattarget)
  FROM statistic AS s
  WHERE s.stxstattarget >= 0
  UNION ALL
  SELECT 'storage', format('%s: replica identity', r.name),
         format('ALTER TABLE %s REPLICA IDENTITY %s', r.name,
                CASE r.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING'
                     ELSE (SELECT format('USING INDEX %I', c.relname) FROM index AS i JOIN pg_class AS c ON c.oid = i.oid WHERE i.table_name = r.name AND i.indisreplident) END)
  FROM relation AS r
  WHERE r.relreplident <> 'd'
  UNION ALL
  SELECT 'storage', format('%s: cluster', i.table_name), format('ALTER TABLE %s CLUSTER ON %I', i.table_name, c.relname)
  FROM index AS i
  JOIN pg_class AS c ON c.oid = i.oid
  WHERE i.indisclustered
  UNION ALL
  SELECT 'comment', format('%s %s', o.type, o.identity),
         format('COMMENT ON %s %s IS %L', CASE o.type WHEN 'table column' THEN 'COLUMN' WHEN 'table constraint' THEN 'CONSTRAINT'
                                                   WHEN 'statistics object' THEN 'STATISTICS' ELSE upper(o.type COLLATE "C") END, o.identity, c.description)
  FROM described AS d
  JOIN pg_description AS c ON c.classoid = d.classid AND c.objoid = d.objid
  CROSS JOIN LATERAL pg_identify_object(c.classoid, c.objoid, c.objsubid) AS o
  UNION ALL
  -- Of an identity column, a dump does not have the sequence; of others, it does not say which column owns them.
  SELECT 'sequence', s.name,
         CASE s.deptype WHEN 'i' THEN learnify_internal.setval_statement(s.oid) ELSE format('ALTER SEQUENCE %s OWNED BY %s.%I', s.name, s.table_name, s.attname) END
  FROM sequence AS s
  UNION ALL
  -- Dumps made by pg_dump have these since 18.
  SELECT 'publication', format('%s: %s', p.pubname, r.name),
         format('DO %L', format('BEGIN ALTER PUBLICATION %I ADD TABLE ONLY %s%s%s; EXCEPTION WHEN duplicate_object THEN NULL; END', p.pubname, r.name,
                                (SELECT ' (' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) || ')'
                                 FROM pg_attribute AS a
                                 WHERE a.attrelid = r.oid AND a.attnum = ANY (m.prattrs)),
                                ' WHERE (' || pg_get_expr(m.prqual, m.prrelid) || ')'))
  FROM relation AS r
  JOIN pg_publication_rel AS m ON m.prrelid = r.oid
  JOIN pg_publication AS p ON p.oid = m.prpubid
  UNION ALL
  SELECT 'owner', r.name, format('ALTER TABLE %s OWNER TO %s', r.name, r.relowner::regrole)
  FROM relation AS r
  CROSS JOIN extension AS e
  WHERE r.relowner <> e.extowner
)
SELECT d.kind, regexp_replace(d.object, s.pattern, '', 'g'), regexp_replace(replace(d.statement, '@', '@@'), replace(s.pattern, '\@', '\@\@'), '@\1', 'g')
FROM detail AS d
CROSS JOIN (SELECT learnify_internal.own_schema_pattern() AS pattern OFFSET 0) AS s
$$;

COMMENT ON FUNCTION learnify_internal.describe_details() IS 'Returns statements for storage options, sequences, comments, publications and owners of the extension''s tables that are not PostgreSQL''s default, with @ for the extension''s schema';

CREATE OR REPLACE FUNCTION learnify_internal.resolve_statement(statement text)
RETURNS text
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 100
BEGIN ATOMIC
  SELECT string_agg(replace(part, '@', quote_ident(n.nspname)), '@' ORDER BY p.number)
  FROM regexp_split_to_table(resolve_statement.statement, '@@') WITH ORDINALITY AS p (part, number)
  CROSS JOIN pg_extension AS e
  JOIN pg_namespace AS n ON n.oid = e.extnamespace
  WHERE e.extname = 'learnify';
END;

COMMENT ON FUNCTION learnify_internal.resolve_statement(text) IS 'Returns a statement of describe_statements or describe_details with the name of the extension''s schema in it';

-- Changes only what differs: a type cannot be altered, even to itself, where a policy depends on
-- the column. What differs is seen from the definitions; what is written comes from the statement
-- that adds the wanted column, because definitions lack the extension's schema. A column cannot
-- become a generated one.
CREATE OR REPLACE FUNCTION learnify_internal.alter_column_statement(statement text, found text, wanted text)
RETURNS text
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT m.part[1] || string_agg(format(' ALTER %s %s', m.part[2], c.clause), ',' ORDER BY c.number)
  FROM (SELECT regexp_match(found, k.pattern) AS old, regexp_match(wanted, k.pattern) AS new,
               regexp_match(regexp_replace(statement, ' NOT NULL$', ''), '^(ALTER TABLE [^[:space:]]+) ADD (COLUMN (?:"(?:[^"]|"")*"|[^" ]+)) (.*?)(?: DEFAULT (.*))?(?: (GENERATED .*))?$') AS part
        FROM (VALUES ('^(.*?)( NOT NULL(?: NOT VALID)?)?(?: DEFAULT (.*?))?( IDENTITY .)?$')) AS k (pattern)) AS m
  CROSS JOIN LATERAL (VALUES
    (1, CASE WHEN m.old[3] IS NOT NULL AND m.new[3] IS DISTINCT FROM m.old[3] THEN 'DROP DEFAULT' END),
    (2, CASE WHEN m.old[4] IS NOT NULL AND m.new[4] IS NULL THEN 'DROP IDENTITY' END),
    (3, CASE WHEN m.new[1] <> m.old[1] THEN 'TYPE ' || m.part[3] END),
    (4, CASE WHEN m.new[3] IS DISTINCT FROM m.old[3] THEN 'SET DEFAULT ' || m.part[4] END),
    (5, CASE WHEN m.new[2] IS DISTINCT FROM m.old[2] THEN CASE WHEN m.new[2] IS NULL THEN 'DROP NOT NULL' ELSE 'SET NOT NULL' END END),
    (6, CASE WHEN m.old[4] IS NULL THEN 'ADD ' || m.part[5] WHEN m.new[4] <> m.old[4] THEN 'SET ' || substring(m.part[5] FROM '^GENERATED (?:ALWAYS|BY DEFAULT)') END)) AS c (number, clause)
  WHERE c.clause IS NOT NULL AND found !~ ' GENERATED .$' AND wanted !~ ' GENERATED .$'
  GROUP BY m.part;
END;

COMMENT ON FUNCTION learnify_internal.alter_column_statement(text, text, text) IS 'Returns, from the statement that adds a column, one that makes it of one definition the column of another';

-- Of a trigger that is only enabled or disabled, only that is changed: PostgreSQL refuses to make
-- some triggers again after a generated column has been added.
CREATE OR REPLACE FUNCTION learnify_internal.alter_trigger_statement(statement text, found text, wanted text)
RETURNS text
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT CASE WHEN regexp_replace(found, k.pattern, '') = regexp_replace(wanted, k.pattern, '') THEN substring(statement FROM E'[^\n]*$') ELSE statement END
  FROM (VALUES (' (DISABLED|ENABLED REPLICA|ENABLED ALWAYS)$')) AS k (pattern);
END;

COMMENT ON FUNCTION learnify_internal.alter_trigger_statement(text, text, text) IS 'Returns, of the statements that make a trigger, those that make it of one definition that of another';

-- Names of tables are unique over the two schemas of the extension. An index lies in the schema
-- of its table, and statistics may lie in any.
CREATE OR REPLACE FUNCTION learnify_internal.qualified_name(kind text, object text)
RETURNS text
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT CASE qualified_name.kind
    WHEN 'index' THEN format('%I.%I', n.nspname, o.name)
    WHEN 'statistics' THEN (SELECT string_agg(format('%I.%I', s.nspname, x.stxname), ', ' ORDER BY s.nspname)
                            FROM pg_statistic_ext AS x
                            JOIN pg_namespace AS s ON s.oid = x.stxnamespace
                            WHERE x.stxrelid = c.oid AND x.stxname = o.name)
    ELSE format('%I.%I', n.nspname, c.relname)
  END
  FROM (SELECT split_part(qualified_name.object, '.', 1) AS table_name, substring(qualified_name.object FROM '[.](.*)') AS name) AS o
  JOIN pg_class AS c ON c.relname = o.table_name
  JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
  JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid AND e.extname = 'learnify'
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  WHERE o.name IS NOT NULL;
END;

COMMENT ON FUNCTION learnify_internal.qualified_name(text, text) IS 'Returns the name with its schema of an index or statistics on one of the extension''s tables, or of the table of any other object';

CREATE OR REPLACE FUNCTION learnify_internal.drop_statement(kind text, object text)
RETURNS text
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT CASE
    WHEN drop_statement.kind IN ('column', 'constraint') THEN format('ALTER TABLE %s DROP %s IF EXISTS %I', n.qualified, n.type, n.name)
    WHEN drop_statement.kind IN ('trigger', 'rule', 'policy') THEN format('DROP %s IF EXISTS %I ON %s', n.type, n.name, n.qualified)
    WHEN drop_statement.kind IN ('index', 'statistics') THEN format('DROP %s IF EXISTS %s', n.type, n.qualified)
  END
  FROM (SELECT upper(drop_statement.kind COLLATE "C") AS type, substring(drop_statement.object FROM '[.](.*)') AS name,
               learnify_internal.qualified_name(drop_statement.kind, drop_statement.object) AS qualified) AS n
  WHERE n.qualified IS NOT NULL;
END;

COMMENT ON FUNCTION learnify_internal.drop_statement(text, text) IS 'Returns the statement that drops an object of one of the extension''s tables';

-- Of a disabled foreign key, PostgreSQL's own triggers are enabled again, by their names.
CREATE OR REPLACE FUNCTION learnify_internal.enable_constraint_statement(object text)
RETURNS text
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT string_agg(format('ALTER TABLE %s ENABLE TRIGGER %I', t.tgrelid::regclass, t.tgname), E';\n' ORDER BY t.oid)
  FROM pg_constraint AS k
  JOIN pg_trigger AS t ON t.tgconstraint = k.oid AND t.tgenabled <> 'O'
  WHERE k.conrelid = learnify_internal.qualified_name('constraint', object)::regclass AND k.conname = substring(object FROM '[.](.*)')
$$;

COMMENT ON FUNCTION learnify_internal.enable_constraint_statement(text) IS 'Returns the statements that enable the triggers of a foreign key';

-- statement is the one that the scripts have recorded. Statements made of names that the catalog
-- has are not resolved, since a name may have the character @. None brings back a table, nor what
-- lies on one that is missing, nor an event trigger. A unique constraint may have left its index.
-- PostgreSQL replaces no function whose arguments or result have other names, types or fewer
-- defaults, and to drop it is to drop what uses it.
CREATE OR REPLACE FUNCTION learnify_internal.repair_statement(drift text, kind text, object text, expected text, found text, statement text)
RETURNS text
LANGUAGE sql
STABLE PARALLEL SAFE COST 1000
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT CASE
    WHEN drift = 'added' THEN learnify_internal.drop_statement(kind, object)
    WHEN drift = 'changed' AND kind = 'column' THEN learnify_internal.resolve_statement(learnify_internal.alter_column_statement(statement, found, expected))
    WHEN drift = 'changed' AND kind = 'trigger' THEN learnify_internal.resolve_statement(learnify_internal.alter_trigger_statement(statement, found, expected))
    WHEN drift = 'changed' AND kind = 'constraint' AND found = expected || ' DISABLED' THEN learnify_internal.enable_constraint_statement(object)
    WHEN drift = 'changed' AND kind = 'index' AND found = expected || ' INVALID' THEN 'REINDEX INDEX ' || learnify_internal.qualified_name(kind, object)
    WHEN drift = 'changed' AND kind IN ('constraint', 'index', 'statistics')
      THEN learnify_internal.drop_statement(kind, object) || E';\n' || learnify_internal.resolve_statement(statement)
    WHEN drift = 'missing' AND kind <> 'function' AND learnify_internal.qualified_name('constraint', object) IS NULL THEN NULL
    WHEN drift = 'missing' AND kind = 'constraint' AND to_regclass(learnify_internal.qualified_name('index', object)) IS NOT NULL
      THEN format(E'DROP INDEX %s;\n%s', learnify_internal.qualified_name('index', object), learnify_internal.resolve_statement(statement))
    WHEN drift = 'changed' AND kind = 'function' AND NOT f.is_replaceable THEN NULL
    WHEN drift = 'missing' AND kind = 'function' THEN learnify_internal.resolve_statement(
      statement || E';\n'
      || coalesce((SELECT c.statement FROM learnify_internal.expected_catalog AS c WHERE c.kind = 'privilege' AND c.object = repair_statement.object),
                  format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', f.name))
      || E';\nALTER EXTENSION learnify ADD FUNCTION ' || f.name)
    ELSE learnify_internal.resolve_statement(statement)
  END
  FROM (SELECT CASE WHEN object LIKE 'learnify_internal.%' THEN '' ELSE '@.' END || object,
               regexp_replace(h.found, h.defaults, ' DEFAULT', 'g') = regexp_replace(h.expected, h.defaults, ' DEFAULT', 'g')
               OR h.found = regexp_replace(h.expected, h.defaults, '', 'g')
        FROM (VALUES (substring(found FROM '^(.*?) LANGUAGE '), substring(expected FROM '^(.*?) LANGUAGE '), ' DEFAULT ([^,()]|[(][^()]*[)])*')) AS h (found, expected, defaults)) AS f (name, is_replaceable);
END;

COMMENT ON FUNCTION learnify_internal.repair_statement(text, text, text, text, text, text) IS 'Returns the statement that would make an object what the extension''s scripts made, or drop it if it has been added';

-- drift is what verify_schema returned before an update. An object that had drifted by then,
-- and that the update did not touch, keeps the definition that was expected before: else the
-- update would pass off a change made by hand as the extension's own.
CREATE OR REPLACE FUNCTION learnify_internal.record_catalog(drift jsonb)
RETURNS void
LANGUAGE sql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
  DELETE FROM learnify_internal.expected_catalog;
  WITH live AS MATERIALIZED (
    SELECT s.kind, s.object, s.definition FROM learnify_internal.describe_schema() AS s
  ), statement AS MATERIALIZED (
    SELECT s.kind, s.object, s.statement FROM learnify_internal.describe_statements() AS s
  ), kept AS (
    SELECT d.kind, d.object, d.expected AS definition
    FROM jsonb_to_recordset(record_catalog.drift) AS d (kind text, object text, expected text, found text)
    LEFT JOIN live AS l ON l.kind = d.kind AND l.object = d.object
    WHERE l.definition IS NOT DISTINCT FROM d.found
  )
  INSERT INTO learnify_internal.expected_catalog (kind, object, definition, statement)
  SELECT l.kind, l.object, l.definition, s.statement
  FROM live AS l
  LEFT JOIN statement AS s ON s.kind = l.kind AND s.object = l.object
  WHERE (l.kind, l.object) NOT IN (SELECT k.kind, k.object FROM kept AS k)
  UNION ALL
  SELECT k.kind, k.object, k.definition, NULL
  FROM kept AS k
  WHERE k.definition IS NOT NULL
  UNION ALL
  SELECT s.kind, s.object, s.statement, s.statement
  FROM statement AS s
  WHERE s.kind = 'privilege'
  UNION ALL
  SELECT d.kind, d.object, d.statement, d.statement
  FROM learnify_internal.describe_details() AS d;
$$;

COMMENT ON FUNCTION learnify_internal.record_catalog(jsonb) IS 'Stores the present definitions of the extension''s objects as what verify_schema expects, except of objects that had drifted before an update and that the update left as they were';

-- SECURITY DEFINER, because its callers have no privilege on expected_catalog. Nothing else of
-- the extension works while the schema of internals has another name. A constraint or an event
-- trigger that is there under another name gets its own back: a primary key cannot be added beside
-- it. Foreign keys come after the keys that they refer to.
CREATE OR REPLACE FUNCTION verify_schema()
RETURNS TABLE (drift text, kind text, object text, expected text, found text, repair text)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 100000 ROWS 10
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN QUERY
    SELECT 'changed', 'schema', 'learnify_internal', 'learnify_internal', n.nspname::text,
           format('ALTER SCHEMA %I RENAME TO learnify_internal', n.nspname)
    FROM pg_extension AS e
    JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
    JOIN pg_namespace AS n ON d.classid = 'pg_namespace'::regclass AND n.oid = d.objid
    WHERE e.extname = 'learnify' AND n.nspname <> 'learnify_internal';
  IF NOT FOUND THEN
    RETURN QUERY
      WITH difference AS MATERIALIZED (
        SELECT CASE WHEN d.kind IS NULL THEN 'missing' WHEN e.kind IS NULL THEN 'added' ELSE 'changed' END AS drift,
               coalesce(e.kind, d.kind) COLLATE "C" AS kind, coalesce(e.object, d.object) COLLATE "C" AS object,
               e.definition AS expected, d.definition AS found, e.statement
        FROM (SELECT * FROM learnify_internal.expected_catalog AS c
              WHERE c.kind NOT IN ('privilege', 'storage', 'sequence', 'comment', 'publication', 'owner')) AS e
        FULL JOIN learnify_internal.describe_schema() AS d ON d.kind = e.kind AND d.object = e.object
        WHERE d.definition IS DISTINCT FROM e.definition
      ), renamed AS (
        SELECT m.kind, m.object AS old_object, min(a.object) AS new_object
        FROM difference AS m
        JOIN difference AS a ON a.kind = m.kind AND a.found = m.expected AND (a.kind = 'event trigger' OR split_part(a.object, '.', 1) = split_part(m.object, '.', 1))
        WHERE m.drift = 'missing' AND a.drift = 'added' AND m.kind IN ('constraint', 'event trigger')
        GROUP BY m.kind, m.object
      ), result AS (
        SELECT d.drift, d.kind, d.object, d.expected, d.found,
               CASE
                 WHEN d.object = r.new_object THEN NULL
                 WHEN r.kind = 'constraint' THEN format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', learnify_internal.qualified_name(r.kind, r.old_object),
                                                        substring(r.new_object FROM '[.](.*)'), substring(r.old_object FROM '[.](.*)'))
                 WHEN r.kind = 'event trigger' THEN format('ALTER EVENT TRIGGER %I RENAME TO %I', r.new_object, r.old_object)
                 ELSE learnify_internal.repair_statement(d.drift, d.kind, d.object, d.expected, d.found, d.statement)
               END AS repair
        FROM difference AS d
        LEFT JOIN renamed AS r ON r.kind = d.kind AND d.object IN (r.old_object, r.new_object)
        UNION ALL
        SELECT 'added', format('privilege of %s', p.grantee), p.object, NULL, p.privileges, p.repair
        FROM learnify_internal.excess_privileges() AS p
      )
      SELECT v.drift, v.kind, v.object, v.expected, v.found, v.repair
      FROM result AS v
      ORDER BY v.kind, coalesce(v.expected, v.found) LIKE 'FOREIGN KEY%', v.object;
  END IF;
END
$$;

COMMENT ON FUNCTION verify_schema() IS 'Compares the objects of learnify in this database with what its scripts made, and returns each one that is missing, added or changed, each privilege that a role or PUBLIC has and should not, and the statement that would repair it; no row means that there is no drift';

-- A column has to be there before its values are restored, and before the views that use it; the
-- rest goes faster, or is right only, after that. A foreign key may refer to a unique index. Of objects that users have changed, columns, triggers and row-level
-- security are made what they are now.
CREATE OR REPLACE FUNCTION own_ddl()
RETURNS TABLE (section text, statement text)
LANGUAGE sql
STABLE PARALLEL SAFE COST 100000 ROWS 10
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT CASE WHEN o.kind = 'column' THEN 'pre-data' ELSE 'post-data' END AS section,
         learnify_internal.resolve_statement(o.statement) AS statement
  FROM (SELECT CASE WHEN s.statement LIKE '% FOREIGN KEY %' AND s.kind = 'constraint' THEN 'foreign key' ELSE s.kind END AS kind, d.object, s.number,
               CASE WHEN s.kind = 'column' AND e.kind IS NOT NULL THEN learnify_internal.alter_column_statement(s.statement, e.definition, d.definition)
                    WHEN s.kind = 'trigger' AND e.kind IS NOT NULL THEN learnify_internal.alter_trigger_statement(s.statement, e.definition, d.definition)
                    ELSE s.statement END AS statement
        FROM learnify_internal.describe_schema() AS d
        JOIN learnify_internal.describe_statements() AS s ON CASE s.kind WHEN 'default' THEN 'column' ELSE s.kind END = d.kind AND s.object = d.object
        LEFT JOIN learnify_internal.expected_catalog AS e ON e.kind = d.kind AND e.object = d.object
        WHERE d.definition IS DISTINCT FROM e.definition
          AND (d.kind IN ('column', 'trigger', 'table')
               OR d.kind IN ('constraint', 'index', 'rule', 'policy', 'statistics') AND e.kind IS NULL)
        UNION
        SELECT coalesce(t.kind, e.kind) AS kind, coalesce(t.object, e.object) AS object, 0 AS number,
               coalesce(t.statement, CASE e.kind WHEN 'comment' THEN substring(e.statement FROM '^.*? IS ') || 'NULL'
                                                 ELSE regexp_replace(replace(e.statement, ' SET (', ' RESET ('), ' = ''[^'']*''', '', 'g') END) AS statement
        FROM learnify_internal.describe_details() AS t
        FULL JOIN (SELECT c.kind, c.object, c.statement FROM learnify_internal.expected_catalog AS c WHERE c.kind IN ('storage', 'comment')) AS e
          ON e.kind = t.kind AND e.object = t.object
        WHERE t.statement IS DISTINCT FROM e.statement) AS o
  WHERE o.statement IS NOT NULL
  ORDER BY array_position('{column,default,constraint,index,foreign key,statistics,trigger,rule,policy,table,storage,sequence,comment,publication,owner}'::text[], o.kind),
           o.number, o.object COLLATE "C", o.statement COLLATE "C";
END;

REVOKE EXECUTE ON FUNCTION own_ddl() FROM PUBLIC;

COMMENT ON FUNCTION own_ddl() IS 'Returns, as statements to be run around the restore of the rows, what has been added to the tables of learnify and a dump leaves out';

-- Objects that have been added may get in the way of rows, but for indexes and the like.
CREATE OR REPLACE FUNCTION learnify_internal.warn_of_drift()
RETURNS void
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  names CONSTANT text[] := ARRAY(
    SELECT format('%s %s (%s)', v.kind, v.object, v.drift)
    FROM @extschema@.verify_schema() AS v
    WHERE v.kind NOT LIKE 'privilege of %' AND (v.drift <> 'added' OR v.kind IN ('column', 'constraint', 'rule', 'trigger')));
BEGIN
  IF cardinality(names) > 0 THEN
    RAISE WARNING 'the schema has drifted: %', array_to_string(names[1:10], ', ') || CASE WHEN cardinality(names) > 10 THEN ', ...' ELSE '' END
      USING HINT = 'verify_schema() has what is expected, what is there, and the statement that would repair it.';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.warn_of_drift() IS 'Raises a warning that names what has drifted and may change what happens to rows';
