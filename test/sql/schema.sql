-- Rules for all objects of the extension, checked in the catalog. The query below a rule returns
-- the objects that violate it.
CREATE TEMP VIEW our_objects AS
  SELECT d.classid, d.objid
  FROM pg_depend AS d
  JOIN pg_extension AS e ON e.oid = d.refobjid
  WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'learnify';

-- All tables: those in the extension's schema, to which most rules apply, and those of
-- learnify_internal.
CREATE TEMP VIEW all_tables AS
  SELECT c.oid, c.relname, c.relacl, c.relrowsecurity, c.relnamespace::regnamespace::text AS schema
  FROM our_objects AS o
  JOIN pg_class AS c ON o.classid = 'pg_class'::regclass AND c.oid = o.objid
  WHERE c.relkind = 'r';

CREATE TEMP VIEW our_tables AS
  SELECT t.oid, t.relname FROM all_tables AS t WHERE t.schema <> 'learnify_internal';

CREATE TEMP VIEW internal_tables AS
  SELECT t.oid, t.relname FROM all_tables AS t WHERE t.schema = 'learnify_internal';

CREATE TEMP VIEW our_columns AS
  SELECT t.oid AS table_oid, t.relname, a.attname, a.attnum, a.attnotnull, a.attidentity, a.attgenerated,
         format_type(a.atttypid, a.atttypmod) AS type,
         pg_get_expr(d.adbin, d.adrelid) AS default_expression
  FROM our_tables AS t
  JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef AS d ON d.adrelid = t.oid AND d.adnum = a.attnum;

CREATE TEMP VIEW our_indexes AS
  SELECT t.relname AS table_name, t.oid AS table_oid, c.relname AS index_name, i.indpred IS NOT NULL AS is_partial,
         ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, true) FROM generate_series(1, i.indnkeyatts) AS k) AS keys
  FROM our_tables AS t
  JOIN pg_index AS i ON i.indrelid = t.oid
  JOIN pg_class AS c ON c.oid = i.indexrelid;

CREATE TEMP VIEW our_functions AS
  SELECT p.*, l.lanname
  FROM our_objects AS o
  JOIN pg_proc AS p ON o.classid = 'pg_proc'::regclass AND p.oid = o.objid
  JOIN pg_language AS l ON l.oid = p.prolang;

-- 18 tables in five layers, schema_migrations, and one table of learnify_internal.
SELECT table_schema, table_name, table_type
FROM information_schema.tables
WHERE table_schema IN ('public', 'learnify_internal')
ORDER BY table_schema COLLATE "C" DESC, table_name COLLATE "C";

-- Every object of the extension is in its schema or in learnify_internal, which is a member of
-- the extension too and has no other objects.
SELECT pg_describe_object(o.classid, o.objid, 0)
FROM our_objects AS o
CROSS JOIN LATERAL pg_identify_object(o.classid, o.objid, 0) AS i
WHERE i.schema NOT IN ('public', 'learnify_internal')
   OR i.schema IS NULL AND (o.classid, o.objid) <> ('pg_namespace'::regclass, 'learnify_internal'::regnamespace)
      AND i.identity <> 'learnify_refuse_drop';
SELECT pg_describe_object(d.classid, d.objid, 0)
FROM pg_depend AS d
WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = 'learnify_internal'::regnamespace
  AND (d.classid, d.objid) NOT IN (SELECT o.classid, o.objid FROM our_objects AS o);

-- The columns that an existing back end uses; a question mark means nullable.
CREATE TEMP TABLE listed (table_name text, columns text);
INSERT INTO listed VALUES
  ('users', 'email text, password_hash text, name text, avatar_url text, created_at timestamptz,
    updated_at timestamptz, last_login timestamptz, time_zone text, max_visibility text, social_enabled boolean, follow_policy text'),
  ('user_archetypes', 'user_id uuid, meta_category text, domain text, skill_level text, created_at timestamptz,
    updated_at timestamptz, validation_status text, validation_reason text'),
  ('user_variables', 'user_id uuid, variable_key text, variable_value text, archetype_id uuid?,
    created_at timestamptz, updated_at timestamptz'),
  ('blueprint_modules', 'module_number integer, concept_slug text, title_template text, description_template text,
    difficulty text, estimated_hours integer, learning_objectives jsonb, variable_schema jsonb,
    created_at timestamptz, updated_at timestamptz, content_template jsonb, builtin boolean'),
  ('generated_courses', 'user_id uuid, archetype_id uuid?, title text, description text, meta_category text,
    injected_variables jsonb, status text, created_at timestamptz, updated_at timestamptz'),
  ('generated_modules', 'course_id uuid, blueprint_module_id uuid?, module_number integer, title text,
    description text, content jsonb, status text, unlocked_at timestamptz?, created_at timestamptz'),
  ('exercises', 'module_id uuid, exercise_number integer, title text, description text, language text,
    starter_code text, solution_code text, test_cases jsonb, difficulty text, points integer, hints jsonb,
    created_at timestamptz'),
  ('course_tags', 'course_id uuid, tag text, created_at timestamptz'),
  ('user_progress', 'user_id uuid, course_id uuid, current_module_id uuid?, progress_percentage integer,
    time_spent_minutes integer, last_activity timestamptz, started_at timestamptz, completed_at timestamptz?'),
  ('module_completions', 'user_id uuid, module_id uuid, exercise_id uuid?, submitted_code text, language text,
    test_results jsonb, passed boolean, score integer, attempts integer, hints_used integer,
    time_spent_minutes integer, submitted_at timestamptz'),
  ('architecture_reviews', 'user_id uuid, module_id uuid, submission_id uuid?, overall_score integer,
    code_sense_score integer, efficiency_score integer, edge_cases_score integer, taste_score integer,
    feedback jsonb, reviewed_at timestamptz'),
  ('user_relationships', 'follower_id uuid, following_id uuid, created_at timestamptz'),
  ('activity_feed', 'user_id uuid, activity_type text, reference_type text, reference_id uuid, metadata jsonb,
    visibility text, created_at timestamptz'),
  ('achievements', 'name text, description text, badge_icon text, criteria jsonb, rarity text,
    created_at timestamptz, slug text, builtin boolean'),
  ('user_achievements', 'user_id uuid, achievement_id uuid, unlocked_at timestamptz'),
  ('recommendations', 'user_id uuid, course_id uuid, recommendation_type text, match_score integer, reason text,
    metadata jsonb, created_at timestamptz, expires_at timestamptz?'),
  ('trending_courses', 'course_id uuid, velocity numeric(10,2), signups_24h integer, signups_previous_24h integer,
    rank integer, meta_category text, calculated_at timestamptz, score double precision'),
  ('user_course_interactions', 'user_id uuid, course_id uuid, interaction_type text,
    interaction_value double precision, created_at timestamptz'),
  ('schema_migrations', 'version text, description text, applied_at timestamptz, checksum text,
    extension_version text');

CREATE TEMP VIEW listed_columns AS
  SELECT l.table_name, part[1] AS attname, replace(part[2], 'timestamptz', 'timestamp with time zone') AS type,
         part[3] = '?' AS may_be_null
  FROM listed AS l,
       regexp_matches(l.columns, '(\w+) ([a-z ]+(?:\(\d+,\d+\))?)(\??)', 'g') AS part;

SELECT count(*) AS listed_columns, count(DISTINCT table_name) AS tables FROM listed_columns;

-- Every listed column exists, with its type and nullability.
SELECT l.*, c.type, c.attnotnull
FROM listed_columns AS l
LEFT JOIN our_columns AS c ON c.relname = l.table_name AND c.attname = l.attname
WHERE (c.type, c.attnotnull) IS DISTINCT FROM (l.type, NOT l.may_be_null);

-- Other columns have a default and are NOT NULL, so that a back end need not know them.
-- broadcast_at and submitted_on are set by triggers, and CHECKs prevent NULL. retaken_after is NULL
-- for a course that was not retaken: clients such as psycopg cannot read -infinity.
SELECT c.relname, c.attname
FROM our_columns AS c
LEFT JOIN listed_columns AS l ON c.relname = l.table_name AND c.attname = l.attname
WHERE l.attname IS NULL AND (NOT c.attnotnull OR c.default_expression IS NULL) AND c.attname NOT IN ('broadcast_at', 'submitted_on', 'rendered', 'retaken_after');

-- id uuid PRIMARY KEY DEFAULT gen_random_uuid(), in every table.
SELECT t.relname
FROM our_tables AS t
WHERE NOT EXISTS (
  SELECT
  FROM our_columns AS c
  JOIN pg_constraint AS k ON k.conrelid = c.table_oid AND k.contype = 'p' AND k.conkey = ARRAY[c.attnum]
  WHERE c.table_oid = t.oid AND c.attname = 'id' AND c.type = 'uuid' AND c.default_expression = 'gen_random_uuid()');

-- No sequence, no identity or generated column, no view, no enum or domain.
SELECT c.relname, c.attname FROM our_columns AS c WHERE c.attidentity <> '' OR c.attgenerated <> '';
SELECT c.relname, c.relkind
FROM our_objects AS o
JOIN pg_class AS c ON o.classid = 'pg_class'::regclass AND c.oid = o.objid
WHERE c.relkind <> 'r';
SELECT t.typname, t.typtype
FROM our_objects AS o
JOIN pg_type AS t ON o.classid = 'pg_type'::regclass AND t.oid = o.objid
WHERE t.typtype IN ('e', 'd');

-- Every timestamp is timestamptz NOT NULL DEFAULT now(), unless listed as nullable;
-- broadcast_at and retaken_after are as above, and submitted_on is a date in a time zone that may change.
SELECT c.relname, c.attname, c.type, c.default_expression
FROM our_columns AS c
LEFT JOIN listed_columns AS l ON c.relname = l.table_name AND c.attname = l.attname
WHERE (c.type = 'timestamp with time zone' AND c.default_expression IS DISTINCT FROM 'now()'
       AND NOT coalesce(l.may_be_null, false) AND c.attname NOT IN ('broadcast_at', 'retaken_after'))
   OR c.type IN ('timestamp without time zone', 'date', 'time without time zone', 'time with time zone') AND c.attname <> 'submitted_on';

-- Every foreign key names its ON DELETE.
SELECT k.conrelid::regclass, k.conname
FROM pg_constraint AS k
JOIN our_tables AS t ON t.oid = k.conrelid
WHERE k.contype = 'f' AND k.confdeltype = 'a';

-- Foreign keys: no cycle and no self-reference.
WITH RECURSIVE reference AS (
  SELECT DISTINCT k.conrelid::regclass AS from_table, k.confrelid::regclass AS to_table
  FROM pg_constraint AS k
  JOIN our_tables AS t ON t.oid = k.conrelid
  WHERE k.contype = 'f'
), walk AS (
  SELECT r.from_table, r.to_table FROM reference AS r
  UNION
  SELECT w.from_table, r.to_table FROM walk AS w JOIN reference AS r ON r.from_table = w.to_table
)
SELECT w.from_table FROM walk AS w WHERE w.from_table = w.to_table;

-- Every constraint and index name consists of its table, columns and suffix, without digits added
-- by the server and without truncation.
SELECT k.conrelid::regclass, k.conname
FROM pg_constraint AS k
JOIN all_tables AS t ON t.oid = k.conrelid
LEFT JOIN LATERAL (
  SELECT string_agg(a.attname, '_' ORDER BY n.position) AS names
  FROM unnest(k.conkey) WITH ORDINALITY AS n (attnum, position)
  JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = n.attnum
) AS c ON true
WHERE k.conname IS DISTINCT FROM CASE k.contype
  WHEN 'p' THEN t.relname || '_pkey'
  WHEN 'u' THEN t.relname || '_' || c.names || '_key'
  WHEN 'f' THEN t.relname || '_' || c.names || '_fkey'
  WHEN 'c' THEN substring(k.conname FROM '^' || t.relname || '_\w+_check$')
  ELSE k.conname
END;
SELECT i.table_name, i.index_name
FROM our_indexes AS i
WHERE i.index_name !~ ('^' || i.table_name || '_([a-z0-9_]+_)?(pkey|key|idx)$');
-- Closed lists are CHECK constraints.
SELECT k.conname, replace(substring(pg_get_constraintdef(k.oid) FROM '''\{(.*)\}''::text\[\]'), ',', ', ') AS allowed
FROM pg_constraint AS k
JOIN our_tables AS t ON t.oid = k.conrelid
WHERE k.contype = 'c' AND pg_get_constraintdef(k.oid) LIKE 'CHECK ((% = ANY (''{%}''::text[])))'
ORDER BY k.conname COLLATE "C";

-- No index repeats the leading columns of another one.
SELECT a.table_name, a.index_name, b.index_name AS repeats
FROM our_indexes AS a
JOIN our_indexes AS b ON b.table_oid = a.table_oid AND b.index_name <> a.index_name
WHERE b.keys[:cardinality(a.keys)] = a.keys AND (a.is_partial OR NOT b.is_partial);

-- Every foreign key's referencing columns are indexed.
SELECT k.conrelid::regclass, k.conname
FROM pg_constraint AS k
JOIN our_tables AS t ON t.oid = k.conrelid
WHERE k.contype = 'f'
  AND NOT EXISTS (
    SELECT
    FROM pg_index AS i
    WHERE i.indrelid = k.conrelid AND i.indpred IS NULL AND i.indisvalid
      AND (i.indkey::smallint[])[0:cardinality(k.conkey) - 1] @> k.conkey);

-- Every table, column, function and aggregate has a comment.
SELECT t.relname FROM all_tables AS t WHERE obj_description(t.oid, 'pg_class') IS NULL;
SELECT t.relname, a.attname
FROM all_tables AS t
JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE col_description(t.oid, a.attnum) IS NULL;
SELECT p.oid::regprocedure FROM our_functions AS p WHERE obj_description(p.oid, 'pg_proc') IS NULL;
SELECT obj_description('learnify_internal'::regnamespace, 'pg_namespace') AS internals;

-- Dumps have all tables except schema_migrations and that of learnify_internal, and of the shipped
-- rows only edited ones.
SELECT t.relname, e.condition
FROM all_tables AS t
LEFT JOIN (SELECT unnest(extconfig), unnest(extcondition) FROM pg_extension WHERE extname = 'learnify')
  AS e (oid, condition) ON e.oid = t.oid
WHERE e.condition IS DISTINCT FROM ''
ORDER BY t.relname COLLATE "C";

-- Functions that write are PARALLEL UNSAFE; those that only read or compute are SAFE or RESTRICTED.
SELECT p.oid::regprocedure, p.provolatile, p.proparallel
FROM our_functions AS p
WHERE CASE
  WHEN p.provolatile <> 'v' THEN p.proparallel = 'u'
  WHEN p.lanname = 'c' AND NOT p.proretset AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype) THEN false
  ELSE p.proparallel <> 'u' AND p.proname NOT IN ('corrected_time', 'effect_time')  -- which read the clock
END;
-- Every function that returns rows states ROWS.
SELECT p.oid::regprocedure FROM our_functions AS p WHERE p.proretset AND p.prorows = 1000;
-- SQL functions are BEGIN ATOMIC or set search_path, and PL/pgSQL functions set it, so that users'
-- objects cannot shadow names.
SELECT p.oid::regprocedure FROM our_functions AS p
WHERE p.lanname = 'sql' AND p.prosqlbody IS NULL AND NOT coalesce(p.proconfig @> '{"search_path=pg_catalog, pg_temp"}', false);
SELECT p.oid::regprocedure, p.proconfig
FROM our_functions AS p
WHERE (p.lanname = 'plpgsql' OR p.prosecdef)
  AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false);
-- PUBLIC may not execute SECURITY DEFINER functions, except for verify_schema(), which returns what
-- everybody may read in the catalog.
SELECT p.oid::regprocedure, p.proacl
FROM our_functions AS p
WHERE p.prosecdef
  AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a WHERE a.grantee = 0)
  AND p.oid <> 'verify_schema()'::regprocedure;
-- PUBLIC has no privilege on tables; on that of learnify_internal, only its owner has any.
SELECT t.relname, a.privilege_type
FROM all_tables AS t
CROSS JOIN LATERAL aclexplode(t.relacl) AS a
WHERE a.grantee = 0;
SELECT t.relname, a.grantee, a.privilege_type
FROM internal_tables AS t
JOIN pg_class AS c ON c.oid = t.oid
CROSS JOIN LATERAL (
  SELECT * FROM aclexplode(c.relacl)
  UNION ALL
  SELECT g.* FROM pg_attribute AS n CROSS JOIN LATERAL aclexplode(n.attacl) AS g WHERE n.attrelid = c.oid) AS a
WHERE a.grantee <> c.relowner;
-- Row-level security is enabled on every table, and that of learnify_internal has no policy.
SELECT t.relname FROM all_tables AS t WHERE NOT t.relrowsecurity;
SELECT t.relname, p.polname FROM internal_tables AS t JOIN pg_policy AS p ON p.polrelid = t.oid;
-- C functions are in the extension's library.
SELECT p.oid::regprocedure, p.probin FROM our_functions AS p WHERE p.lanname = 'c' AND p.probin <> '$libdir/learnify';
-- A GraphQL layer makes a type of each table and of each function that returns a table, named in
-- the singular. These names must be unique.
SELECT n.singular, array_agg(n.name ORDER BY n.name)
FROM (SELECT regexp_replace(t.relname, 's$', '') AS singular, t.relname::text AS name FROM all_tables AS t
      UNION
      SELECT regexp_replace(p.proname, 's$', ''), p.proname::text
      FROM our_functions AS p
      WHERE p.pronamespace <> 'learnify_internal'::regnamespace AND p.proretset AND p.prorettype = 'record'::regtype) AS n
GROUP BY n.singular
HAVING count(*) > 1;
