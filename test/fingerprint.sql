-- Prints a line for everything that the extension consists of. Two databases have the same
-- extension, by whatever path it was installed, if and only if they print the same lines.
-- Besides what verify_schema() compares, these are properties that users may change or that
-- depend on the server: comments, privileges with the names of roles, the order of columns,
-- storage. The option pg_attver, which some servers add to columns (15.20, say), is left
-- out, since it differs each time.
--
--   PGOPTIONS='-c search_path=SCHEMA,learnify_internal' psql -At -f test/fingerprint.sql
WITH extension AS (
  SELECT e.*
  FROM pg_extension AS e
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
), own_schema AS MATERIALIZED (
  -- matches the schema only before a member's name, since a table may have the schema's name
  SELECT format('(?<!\w)%s\.(?=(%s)\M)', regexp_replace(quote_ident(n.nspname), '(\W)', '\\\1', 'g'), string_agg(o.name, '|')) AS prefix
  FROM (SELECT relname FROM relation
        UNION
        SELECT p.proname
        FROM pg_proc AS p
        JOIN member AS m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid) AS o (name)
  CROSS JOIN extension AS e
  JOIN pg_namespace AS n ON n.oid = e.extnamespace
  GROUP BY n.nspname
), description AS (
  SELECT kind, concat_ws(' ', object, definition) AS line
  FROM describe_schema()
  UNION ALL
  SELECT 'extension', concat_ws(' ', e.extname, e.extversion, e.extrelocatable)
  FROM extension AS e
  UNION ALL
  SELECT 'member', concat_ws(' ', i.type, regexp_replace(i.identity, s.prefix, '', 'g'))
  FROM member AS m
  CROSS JOIN own_schema AS s
  CROSS JOIN LATERAL pg_identify_object(m.classid, m.objid, 0) AS i
  UNION ALL
  SELECT 'storage', concat_ws(' ', r.relname, r.relreplident, r.reloptions)
  FROM relation AS r
  UNION ALL
  SELECT 'storage', concat_ws(' ', r.relname, a.attname, row_number() OVER (PARTITION BY r.oid ORDER BY a.attnum), a.attstorage, a.attcompression, nullif(a.attstattarget, -1),
                              ARRAY(SELECT o FROM unnest(a.attoptions) AS o WHERE o NOT LIKE 'pg\_attver=%'))
  FROM relation AS r
  JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT 'storage', concat_ws(' ', c.relname, c.reloptions, i.indisclustered, i.indisreplident)
  FROM relation AS r
  JOIN pg_index AS i ON i.indrelid = r.oid
  JOIN pg_class AS c ON c.oid = i.indexrelid
  UNION ALL
  SELECT 'comment', concat_ws(' ', i.type, regexp_replace(i.identity, s.prefix, '', 'g'), d.description)
  FROM pg_description AS d
  JOIN member AS m ON m.classid = d.classoid AND m.objid = d.objoid
  CROSS JOIN own_schema AS s
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
  -- a NULL ACL and the same default written out by a GRANT must print the same
  SELECT 'privileges', concat_ws(' ', 'function', regexp_replace(p.oid::regprocedure::text, s.prefix, '', 'g'),
                                 ARRAY(SELECT a::text FROM unnest(coalesce(p.proacl, acldefault('f', p.proowner))) AS a ORDER BY 1))
  FROM pg_proc AS p
  JOIN member AS m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
  CROSS JOIN own_schema AS s
  UNION ALL
  SELECT 'privileges', concat_ws(' ', 'schema', n.nspname, n.nspacl)
  FROM pg_namespace AS n
  JOIN member AS m ON m.classid = 'pg_namespace'::regclass AND m.objid = n.oid
  UNION ALL
  SELECT 'initial privileges', concat_ws(' ', i.type, regexp_replace(i.identity, s.prefix, '', 'g'), p.privtype, p.initprivs)
  FROM pg_init_privs AS p
  JOIN member AS m ON m.classid = p.classoid AND m.objid = p.objoid
  CROSS JOIN own_schema AS s
  CROSS JOIN LATERAL pg_identify_object(p.classoid, p.objoid, p.objsubid) AS i
  LEFT JOIN pg_proc AS f ON p.classoid = 'pg_proc'::regclass AND f.oid = p.objoid
  -- initial privileges that equal the default are left out, since a REVOKE followed by a
  -- GRANT to PUBLIC stores a row for them
  WHERE (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(p.initprivs) AS a)
        IS DISTINCT FROM (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(acldefault('f', f.proowner)) AS a)
)
SELECT kind, line
FROM description
ORDER BY kind COLLATE "C", line COLLATE "C";
