-- verify_schema() reports every change of the catalog except for those that users may make. Each
-- change is rolled back at once.
-- Clean up after a run that was interrupted.
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_reader;
RESET client_min_messages;
\pset format unaligned
\pset null -
SELECT * FROM verify_schema();
-- Runs the statements that would repair the drift, and returns what is left of it.
CREATE FUNCTION pg_temp.repair(schema text DEFAULT 'public') RETURNS TABLE (left_over text)
LANGUAGE plpgsql AS $$
DECLARE
  statement text;
BEGIN
  FOR statement IN EXECUTE format('SELECT repair FROM %I.verify_schema() WHERE repair IS NOT NULL', schema) LOOP
    EXECUTE statement;
  END LOOP;
  RETURN QUERY EXECUTE format('SELECT format(''%%s %%s %%s'', drift, kind, object) FROM %I.verify_schema()', schema);
END
$$;

\echo Grants, comments, storage and owners are for users to change.
BEGIN;
CREATE ROLE regress_reader;
GRANT SELECT ON users TO regress_reader;
SELECT grant_learner('regress_reader'), grant_backend('regress_reader');
REVOKE EXECUTE ON FUNCTION follower_count(uuid) FROM PUBLIC;
COMMENT ON TABLE users IS 'Ours';
ALTER TABLE users SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.01), REPLICA IDENTITY FULL;
ALTER TABLE users ALTER COLUMN name SET STATISTICS 500, ALTER COLUMN name SET STORAGE EXTERNAL;
ALTER INDEX users_email_lower_key SET (fillfactor = 80);
CLUSTER users USING users_pkey;
ALTER TABLE users OWNER TO regress_reader;
CREATE TEMPORARY TABLE achievements (id integer);
SELECT * FROM verify_schema();
ROLLBACK;

\echo Nor does it matter how the session writes what is in a definition.
BEGIN;
SET LOCAL quote_all_identifiers = on;
SET LOCAL standard_conforming_strings = off;
SET LOCAL bytea_output = escape;
SET LOCAL DateStyle = 'SQL, DMY';
SET LOCAL IntervalStyle = iso_8601;
SET LOCAL TimeZone = 'Asia/Kathmandu';
SET LOCAL extra_float_digits = -15;
SELECT * FROM verify_schema();
ROLLBACK;

\echo Nor that it is made again from its own definitions, as pg_upgrade does it.
BEGIN;
DO $$
DECLARE
  command text;
BEGIN
  FOR command IN
    SELECT pg_get_functiondef(p.oid)
    FROM pg_proc AS p
    JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'learnify'
    WHERE p.prokind = 'f'
    UNION ALL
    SELECT replace(pg_get_triggerdef(t.oid), 'CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER')
           || CASE WHEN t.tgenabled = 'A' THEN format('; ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.tgrelid::regclass, t.tgname) ELSE '' END
    FROM pg_trigger AS t
    JOIN pg_class AS c ON c.oid = t.tgrelid AND c.relnamespace IN ('public'::regnamespace, 'learnify_internal'::regnamespace)
    WHERE NOT t.tgisinternal
    UNION ALL
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
    FROM pg_constraint AS k
    WHERE k.connamespace IN ('public'::regnamespace, 'learnify_internal'::regnamespace) AND k.contype = 'c' AND k.conrelid <> 0
    UNION ALL
    SELECT format('DROP INDEX %s; %s', i.indexrelid::regclass, pg_get_indexdef(i.indexrelid))
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid AND c.relnamespace IN ('public'::regnamespace, 'learnify_internal'::regnamespace)
    WHERE NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid)
    UNION ALL
    SELECT format('ALTER POLICY %I ON %s USING (%s)%s', p.polname, p.polrelid::regclass, pg_get_expr(p.polqual, p.polrelid),
                  ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
    FROM pg_policy AS p
  LOOP
    EXECUTE command;
  END LOOP;
END
$$;
SELECT drift, kind, object, expected, found FROM verify_schema();
ROLLBACK;

\echo What is missing.
BEGIN;
DROP INDEX users_email_lower_key;
ALTER TABLE users DROP CONSTRAINT users_name_check;
ALTER TABLE user_variables DROP CONSTRAINT user_variables_user_id_variable_key_key;
DROP TRIGGER users_hand_over_shared_courses ON users;
DROP POLICY users_read_own ON users;
SET LOCAL client_min_messages = warning;
ALTER TABLE module_completions DROP COLUMN time_spent_minutes CASCADE;
ALTER EXTENSION learnify DROP FUNCTION velocity_label(double precision);
ALTER EXTENSION learnify DROP FUNCTION learnify_internal.recommendation_kinds();
SELECT drift, kind, object, found FROM verify_schema();
SELECT * FROM pg_temp.repair();
ROLLBACK;

\echo A function that is made again may be executed by whom the scripts let, whatever the default privileges say.
BEGIN;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER EXTENSION learnify DROP FUNCTION issue_token(uuid, text, interval);
DROP FUNCTION issue_token(uuid, text, interval);
ALTER FUNCTION export_user(uuid) RENAME TO mine;
ALTER EXTENSION learnify DROP FUNCTION fold_email(text);
ALTER FUNCTION fold_email(text) RENAME TO our_fold_email;
SELECT drift, kind, object, regexp_replace(repair, '^CREATE .*;\n(.*;\n.*)$', 'CREATE ...;\n\1') AS repair FROM verify_schema() WHERE drift = 'missing';
SELECT * FROM pg_temp.repair();
CREATE ROLE regress_reader;
SELECT p.oid::regprocedure AS function, has_function_privilege('regress_reader', p.oid, 'EXECUTE') AS anybody
FROM pg_proc AS p
WHERE p.oid = ANY ('{issue_token,export_user,mine,fold_email}'::regproc[])
ORDER BY p.proname;
ROLLBACK;

\echo Somebody who makes it by hand is told to revoke it from PUBLIC, which no script has done then.
BEGIN;
ALTER EXTENSION learnify DROP FUNCTION issue_token(uuid, text, interval);
SELECT pg_get_functiondef('issue_token(uuid, text, interval)'::regprocedure) AS definition \gset
DROP FUNCTION issue_token(uuid, text, interval);
:definition;
ALTER EXTENSION learnify ADD FUNCTION issue_token(uuid, text, interval);
SELECT drift, kind, object, found, repair FROM verify_schema();
SELECT * FROM pg_temp.repair();
ROLLBACK;

\echo Keys are made before the foreign keys that refer to them. What has another name gets its own back, and an index in the place of a
\echo unique constraint makes room for it.
BEGIN;
SET LOCAL client_min_messages = warning;
ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE;
ALTER TABLE exercises RENAME CONSTRAINT exercises_pkey TO ours;
ALTER TABLE exercises RENAME CONSTRAINT exercises_points_check TO ours_too;
ALTER EVENT TRIGGER learnify_refuse_drop RENAME TO ours;
ALTER TABLE user_progress DROP CONSTRAINT user_progress_user_id_course_id_key;
CREATE UNIQUE INDEX user_progress_user_id_course_id_key ON user_progress (user_id, course_id);
SELECT drift, kind, object, repair FROM verify_schema() WHERE object NOT LIKE '%_fkey';
SELECT * FROM pg_temp.repair();
ROLLBACK;

\echo No statement replaces a function that has got a default, nor brings back a table and what is on it.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE OR REPLACE FUNCTION fold_email(email text DEFAULT 'x') RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT email';
CREATE OR REPLACE FUNCTION learnify_internal.require_user(user_id uuid, argument text DEFAULT 'argument') RETURNS void LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10 AS 'BEGIN END';
ALTER EXTENSION learnify DROP TABLE learnify_internal.model_requests;
SELECT kind, count(*), count(repair) AS repairs FROM verify_schema() GROUP BY kind ORDER BY kind;
SELECT * FROM pg_temp.repair() WHERE left_over !~ ' model_requests';
ROLLBACK;

\echo What has changed.
BEGIN;
ALTER TABLE exercises ALTER COLUMN difficulty TYPE varchar(10);
ALTER TABLE users ALTER COLUMN name DROP NOT NULL, ALTER COLUMN avatar_url SET DEFAULT 'none';
ALTER TABLE users DISABLE TRIGGER users_hand_over_shared_courses;
ALTER TABLE achievements ENABLE TRIGGER achievements_replace_seed;
ALTER TABLE course_tags DISABLE TRIGGER ALL;
ALTER TABLE exercises DISABLE ROW LEVEL SECURITY;
ALTER TABLE trending_courses SET UNLOGGED;
ALTER POLICY users_read_own ON users USING (true);
ALTER POLICY achievements_read ON achievements TO pg_monitor;
ALTER TABLE exercises DROP CONSTRAINT exercises_points_check, ADD CONSTRAINT exercises_points_check CHECK (points >= 0) NOT VALID;
DROP INDEX course_tags_tag_idx;
CREATE INDEX course_tags_tag_idx ON course_tags (tag DESC);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'recommendations_course_id_idx'::regclass;
CREATE OR REPLACE FUNCTION learnify_internal.require_user(user_id uuid, argument text DEFAULT 'user_id') RETURNS void LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10 AS 'BEGIN END';
ALTER FUNCTION visible_test_cases(uuid) SECURITY INVOKER;
ALTER FUNCTION follow_user(uuid, uuid) COST 1 SET search_path = public;
ALTER FUNCTION velocity(bigint, bigint) VOLATILE;
SELECT drift, kind, object, expected, regexp_replace(found, 'MD5 .*', 'MD5 ...') AS found
FROM verify_schema()
ORDER BY kind COLLATE "C", object COLLATE "C";
SELECT object, repair FROM verify_schema() WHERE kind NOT IN ('function', 'trigger') AND object NOT LIKE 'course_tags.%fkey';
SELECT * FROM pg_temp.repair();
ROLLBACK;

\echo What has been added.
BEGIN;
ALTER TABLE users ADD COLUMN nickname text NOT NULL DEFAULT '', ADD CONSTRAINT ours CHECK (nickname <> 'x');
CREATE INDEX users_nickname_idx ON users (nickname);
CREATE TRIGGER users_ours BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE POLICY users_read_all ON users USING (true);
CREATE STATISTICS users_ours_statistics ON name, email FROM users;
CREATE RULE users_ours_rule AS ON DELETE TO users DO ALSO NOTHING;
GRANT EXECUTE ON FUNCTION export_user(uuid) TO PUBLIC;
GRANT SELECT, UPDATE ON exercises TO PUBLIC;
GRANT SELECT (solution_code) ON exercises TO PUBLIC;
GRANT USAGE ON SCHEMA learnify_internal TO PUBLIC;
GRANT EXECUTE ON FUNCTION learnify_internal.recommendation_kinds() TO PUBLIC;
GRANT INSERT ON learnify_internal.expected_catalog TO PUBLIC;
SELECT drift, kind, object, found FROM verify_schema();
SELECT object, repair FROM verify_schema();
SELECT * FROM pg_temp.repair();
ROLLBACK;

\echo What has been added to internal tables, under any name, and what has changed there. Statistics of other tables stay.
BEGIN;
CREATE TABLE strangers (a integer, b integer);
CREATE STATISTICS mine ON a, b FROM strangers;
CREATE SCHEMA elsewhere;
CREATE STATISTICS elsewhere.mine ON name, email FROM users;
ALTER TABLE users ADD COLUMN "d@t.e" date, ADD CONSTRAINT "c@" CHECK (name <> 'x');
CREATE INDEX "i@" ON users (name);
CREATE TRIGGER "t@" BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE CONSTRAINT TRIGGER own_constraint AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE POLICY "p@" ON users FOR INSERT WITH CHECK (true);
ALTER TABLE learnify_internal.model_requests ADD COLUMN "d@" date;
ALTER TABLE learnify_internal.model_requests ADD CONSTRAINT own_check CHECK ("d@" > '2000-01-01');
CREATE INDEX own_i ON learnify_internal.model_requests (id);
SELECT object, repair FROM verify_schema();
ALTER TABLE learnify_internal.kept_completions ALTER COLUMN completed_at SET DEFAULT now();
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'learnify_internal.model_requests_pkey'::regclass;
SELECT object, repair FROM verify_schema() WHERE drift = 'changed';
ALTER TABLE users DISABLE TRIGGER ALL;
SELECT * FROM pg_temp.repair();
SELECT stxname, stxrelid::regclass FROM pg_statistic_ext;
ROLLBACK;

\echo The extension cannot be moved to another schema. If its schema is renamed, functions refer to it by the old name.
BEGIN;
CREATE SCHEMA elsewhere;
ALTER EXTENSION learnify SET SCHEMA elsewhere;
ROLLBACK;
BEGIN;
ALTER SCHEMA public RENAME TO "Learning @ home";
SET LOCAL search_path = "Learning @ home";
ALTER TABLE users ADD COLUMN "d@t" date, DISABLE TRIGGER ALL;
CREATE INDEX "i@" ON users ("d@t");
SELECT object, repair FROM verify_schema() WHERE drift = 'added';
SELECT count(*) > 50 AS many, array_agg(DISTINCT drift || ' ' || kind) AS drift FROM verify_schema();
SELECT * FROM pg_temp.repair('Learning @ home');
SET LOCAL learnify.password_cost = 4;
SELECT register_user('ada@example.org', 'correct horse', 'Ada') AS ada \gset
SELECT choose_archetype(:'ada', 'Digital', 'chess', 'novice') IS NOT NULL AS chosen;
SELECT generate_course(:'ada', '{"ENTITY": "piece", "STATE": "s", "LOGIC": "l", "FLOW": "f", "CONTAINER": "c", "EDGE_CASE": "e",
                                 "INTERFACE": "i", "VARIANT": "v", "EVENT": "t", "CAPSTONE_GOAL": "g"}') IS NOT NULL AS generated;
SELECT erase_user(:'ada');
ROLLBACK;
BEGIN;
ALTER SCHEMA learnify_internal RENAME TO hidden;
SELECT * FROM verify_schema();
SELECT * FROM pg_temp.repair();
ROLLBACK;

\echo Nothing is left of it, and it does not need a superuser.
CREATE ROLE regress_reader;
SET ROLE regress_reader;
SELECT * FROM verify_schema();
RESET ROLE;
BEGIN;
ALTER FUNCTION velocity(bigint, bigint) VOLATILE;
SET LOCAL ROLE regress_reader;
SELECT drift, kind, object FROM verify_schema();
ROLLBACK;
DROP ROLE regress_reader;

-- own_ddl() has what was added, columns first, and the details that were changed.
SELECT * FROM own_ddl();
BEGIN;
CREATE INDEX mine ON users (name);
ALTER TABLE users ADD COLUMN mine integer, SET (fillfactor = 90);
COMMENT ON COLUMN users.mine IS 'Mine';
COMMENT ON TABLE user_progress IS NULL;
SELECT * FROM own_ddl();
ROLLBACK;
-- Statements of policies, owners, rules, identity columns and foreign keys; those of options one by one.
BEGIN;
CREATE ROLE "regress Owner";
CREATE FUNCTION own_number() RETURNS bigint LANGUAGE sql RETURN 1;
ALTER TABLE course_tags OWNER TO "regress Owner";
CREATE POLICY own_insert ON users FOR INSERT TO "regress Owner" WITH CHECK (name <> 'x');
CREATE POLICY own_delete ON users FOR DELETE USING (name <> 'x');
CREATE RULE own_rule AS ON DELETE TO course_tags DO ALSO NOTHING;
ALTER TABLE course_tags DISABLE RULE own_rule;
COMMENT ON RULE own_rule ON course_tags IS 'Mine';
ALTER TABLE users ADD COLUMN customer_no bigint GENERATED ALWAYS AS IDENTITY (START 1000) UNIQUE, ADD COLUMN number serial, ADD COLUMN handle text;
ALTER TABLE users ADD COLUMN own bigint DEFAULT own_number(), ADD COLUMN double bigint GENERATED ALWAYS AS (abs(customer_no)) STORED;
CREATE UNIQUE INDEX users_handle_key ON users (handle);
ALTER TABLE generated_courses ADD COLUMN by_handle text REFERENCES users (handle);
SELECT nextval('users_customer_no_seq');
CREATE STATISTICS own_stat ON name, email FROM users;
ALTER STATISTICS own_stat SET STATISTICS 777;
COMMENT ON STATISTICS own_stat IS 'Mine';
ALTER TABLE users SET (toast.autovacuum_enabled = false, fillfactor = 90);
ALTER TABLE trending_courses RESET (fillfactor);
ALTER TABLE trending_courses SET (autovacuum_enabled = false);
ALTER TABLE users DISABLE TRIGGER users_refuse_faulty;
SELECT * FROM own_ddl();
SELECT repair FROM verify_schema() WHERE drift = 'changed';
SELECT repair FROM verify_schema() WHERE drift = 'changed' \gexec
SELECT object FROM verify_schema() WHERE drift = 'changed';
ROLLBACK;
-- Columns of the extension that were altered. Names in a default have their schema, whichever character they have.
BEGIN;
CREATE FUNCTION own_name() RETURNS text LANGUAGE sql RETURN 'x';
ALTER TABLE users ALTER COLUMN avatar_url SET DEFAULT 'a@b', ALTER COLUMN follow_policy SET DEFAULT velocity_label(9), ALTER COLUMN time_zone SET DEFAULT own_name();
ALTER TABLE module_completions ALTER COLUMN time_spent_minutes DROP DEFAULT, ALTER COLUMN time_spent_minutes SET NOT NULL,
  ALTER COLUMN time_spent_minutes ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE exercises ALTER COLUMN difficulty TYPE varchar(10), ALTER COLUMN difficulty SET DEFAULT 'IS NOT NULL';
SELECT * FROM own_ddl();
SELECT object, repair FROM verify_schema();
SELECT * FROM pg_temp.repair();
ROLLBACK;
