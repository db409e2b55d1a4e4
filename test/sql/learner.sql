-- Whom a session acts for, and which roles are held to it.
-- Clean up after a run that was interrupted.
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_held, regress_exempt, regress_owner, regress_member;
RESET client_min_messages;
\set SHOW_CONTEXT never
\set ada 00000000-0000-4000-8000-000000000ada
\set bob 00000000-0000-4000-8000-000000000b0b

-- What a statement that fails says, as a row.
CREATE FUNCTION error_of(statement text, OUT code text, OUT message text, OUT detail text, OUT hint text)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
  message := 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
                          hint = PG_EXCEPTION_HINT;
END
$$;

-- A new session acts for nobody.
SELECT current_learner() IS NULL AS nobody, current_setting('learnify.user_id') = '' AS empty;

-- For a transaction, and for its part after a savepoint.
BEGIN;
SET LOCAL learnify.user_id = :'ada';
SELECT current_learner();
SAVEPOINT s;
SET LOCAL learnify.user_id = :'bob';
SELECT current_learner();
ROLLBACK TO s;
SELECT current_learner();
SET LOCAL learnify.user_id = '';
SELECT current_learner() IS NULL AS nobody;
ROLLBACK;
SELECT current_learner() IS NULL AS nobody;
BEGIN;
SET LOCAL learnify.user_id = :'ada';
COMMIT;
SELECT current_learner() IS NULL AS nobody;

-- In a function's own setting, and in a parallel worker.
CREATE FUNCTION learner_inside() RETURNS uuid LANGUAGE sql SET learnify.user_id = '00000000-0000-4000-8000-000000000b0b'
AS 'SELECT current_learner()';
BEGIN;
SET LOCAL learnify.user_id = :'ada';
SELECT learner_inside(), current_learner();
SELECT set_config(name, 'on', true) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query') \g /dev/null
SELECT current_learner(), learnify_internal.automation_enabled();
ROLLBACK;

-- Every form of a uuid that PostgreSQL reads is taken, and none other.
CREATE FUNCTION takes(form text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('learnify.user_id', form, true);
  RETURN current_learner();
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN 'refused';
END
$$;
CREATE FUNCTION reads(form text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN nullif(form, '')::uuid;
EXCEPTION WHEN invalid_text_representation THEN
  RETURN 'refused';
END
$$;
CREATE TEMP TABLE forms AS
SELECT form FROM unnest(ARRAY[
  '',
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
  'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11',
  '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}',
  'a0eebc999c0b4ef8bb6d6bb9bd380a11',
  'a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11',
  '{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}',
  ' ', ' a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11 ',
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a111',
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11-', 'a0eebc99--9c0b-4ef8-bb6d-6bb9bd380a11',
  'a0e-ebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
  '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}',
  '{', '{}', '-', 'a', 'ada', 'NULL', '0', ''' OR true --'
]) AS form;
SELECT form, takes(form) FROM forms WHERE takes(form) IS DISTINCT FROM 'refused';
SELECT count(*) AS forms, count(*) FILTER (WHERE takes(form) = 'refused') AS refused,
       count(*) FILTER (WHERE takes(form) IS DISTINCT FROM reads(form)) AS read_differently
FROM forms;
-- and all of the first, with one character wrong or one missing
SELECT count(*) AS forms, count(*) FILTER (WHERE takes(form) = 'refused') AS refused,
       count(*) FILTER (WHERE takes(form) IS DISTINCT FROM reads(form)) AS read_differently
FROM (
  SELECT overlay('{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}' PLACING wrong FROM place FOR 1) AS form
  FROM generate_series(1, 38) AS place, unnest(ARRAY['', '-', '{', '}', '0', 'F', '@', ' ']) AS wrong
) AS f;
SELECT * FROM error_of('SET learnify.user_id = ''ada''');
SELECT * FROM error_of('ALTER FUNCTION learner_inside() SET learnify.user_id = ''ada''');

-- The other two settings.
SHOW learnify.automation;
SHOW learnify.notify;
BEGIN;
SET LOCAL learnify.automation = off;
SET LOCAL learnify.notify = on;
SELECT learnify_internal.automation_enabled(), current_setting('learnify.notify') AS notify;
ROLLBACK;
SELECT learnify_internal.automation_enabled(), current_setting('learnify.notify') AS notify;
SELECT * FROM error_of('SET learnify.automation = perhaps');

-- Set before the library is there, they are seen when it comes, and what is
-- not a value of theirs does not count.
\c -
\set SHOW_CONTEXT never
SET learnify.user_id = :'ada';
SET learnify.automation = off;
SELECT current_learner(), learnify_internal.automation_enabled();
RESET ALL;
SELECT current_learner() IS NULL AS nobody, learnify_internal.automation_enabled();
\c -
BEGIN;
SET LOCAL learnify.user_id = :'ada';
SAVEPOINT s;
SET LOCAL learnify.user_id = :'bob';
SELECT current_learner();
ROLLBACK TO s;
SELECT current_learner();
COMMIT;
SELECT current_learner() IS NULL AS nobody;
\c -
SET learnify.user_id = 'ada';
SET learnify.automation = perhaps;
SHOW learnify.user_id;
SELECT current_learner() IS NULL AS nobody, learnify_internal.automation_enabled();
SHOW learnify.user_id;

-- Roles: one that row-level security holds, and those that it does not.
CREATE ROLE regress_held;
CREATE ROLE regress_exempt BYPASSRLS;
CREATE ROLE regress_owner;
CREATE ROLE regress_member IN ROLE regress_owner;
-- Internals are not theirs to call. What the function itself refuses, whoever may
-- call it, shows when they may.
SELECT role, has_schema_privilege(role, 'learnify_internal', 'USAGE') AS usage,
       has_function_privilege(role, 'learnify_internal.require_acting_user(uuid)', 'EXECUTE') AS execute
FROM unnest(ARRAY['regress_held', 'regress_exempt', 'regress_owner', 'regress_member']) AS role;
GRANT USAGE ON SCHEMA learnify_internal TO regress_held, regress_exempt, regress_owner;
GRANT EXECUTE ON FUNCTION learnify_internal.require_acting_user(uuid) TO regress_held, regress_exempt, regress_owner;
CREATE FUNCTION acting(role text, learner text, user_id uuid)
RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('role', role, true), set_config('learnify.user_id', learner, true);
  PERFORM learnify_internal.require_acting_user(user_id);
  PERFORM set_config('role', 'none', true);
  RETURN 'may';
EXCEPTION WHEN insufficient_privilege THEN
  RETURN 'may not';
END
$$;
BEGIN;
ALTER TABLE users OWNER TO regress_owner;
SELECT role, acting(role, '', :'ada') AS for_nobody, acting(role, :'bob', :'ada') AS for_another,
       acting(role, :'ada', :'ada') AS for_this_one, acting(role, :'ada', NULL) AS as_null, acting(role, '', NULL) AS as_null_for_nobody
FROM unnest(ARRAY['regress_held', 'regress_exempt', 'regress_owner', 'regress_member', 'none']) AS role;
ROLLBACK;

SET ROLE regress_held;
SELECT * FROM error_of(format('SELECT learnify_internal.require_acting_user(%L)', :'ada'));
SET learnify.user_id = :'bob';
SELECT * FROM error_of(format('SELECT learnify_internal.require_acting_user(%L)', :'ada'));
SELECT * FROM error_of('SELECT learnify_internal.require_acting_user(NULL)');
SELECT * FROM error_of(format('SELECT learnify_internal.require_acting_user(%L)', :'bob'));
RESET learnify.user_id;
RESET ROLE;

-- A function that runs as its owner: neither the owner's rights nor the
-- caller's lend it another learner.
CREATE FUNCTION as_superuser(user_id uuid) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM learnify_internal.require_acting_user(user_id);
  RETURN 'may';
END
$$;
CREATE FUNCTION as_held(user_id uuid) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM learnify_internal.require_acting_user(user_id);
  RETURN 'may';
END
$$;
ALTER FUNCTION as_held(uuid) OWNER TO regress_held;
SELECT as_superuser(:'ada');
SELECT code, message FROM error_of(format('SELECT as_held(%L)', :'ada'));
SET ROLE regress_held;
SELECT code, message FROM error_of(format('SELECT as_superuser(%L)', :'ada'));
RESET ROLE;

-- Nor does an index of theirs that a superuser's ANALYZE evaluates, not even
-- through a function that runs as a superuser.
CREATE FUNCTION indexed(user_id uuid) RETURNS text LANGUAGE sql IMMUTABLE RETURN 'may';
CREATE TABLE trap (user_id uuid);
INSERT INTO trap VALUES (:'ada');
CREATE INDEX trap_idx ON trap (indexed(user_id));
ALTER TABLE trap OWNER TO regress_held;
CREATE OR REPLACE FUNCTION indexed(user_id uuid) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN public.as_superuser(user_id);
END
$$;
SELECT indexed(:'ada');
SELECT code FROM error_of('ANALYZE trap');
SET learnify.user_id = :'ada';
SELECT message FROM error_of('ANALYZE trap');
RESET learnify.user_id;

DROP TABLE trap;
DROP FUNCTION indexed(uuid), as_held(uuid), as_superuser(uuid), acting(text, text, uuid), reads(text), takes(text),
              learner_inside(), error_of(text);
DROP OWNED BY regress_held, regress_exempt, regress_owner;
DROP ROLE regress_held, regress_exempt, regress_member, regress_owner;
