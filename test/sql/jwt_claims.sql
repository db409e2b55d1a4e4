-- The learner that request.jwt.claims name, as PostgREST and Supabase set them.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_learner, regress_backend;
DELETE FROM users;
\set ada '00000000-0000-4000-8000-000000000ada'
\set bob '00000000-0000-4000-8000-000000000b0b'
INSERT INTO users (id, email, password_hash, name) VALUES (:'ada', 'ada@example.org', '!', 'Ada'), (:'bob', 'bob@example.org', '!', 'Bob');
CREATE ROLE regress_learner;
CREATE ROLE regress_backend;
SELECT grant_learner('regress_learner'), grant_backend('regress_backend');
CREATE FUNCTION pg_temp.learner(claims text, OUT learner uuid, OUT code text, OUT message text, OUT detail text, OUT hint text) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('request.jwt.claims', claims, true);
  learner := current_learner();
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
END
$$;
-- Without the setting, they say nothing.
SHOW learnify.use_jwt_claims;
SELECT * FROM pg_temp.learner('{"sub": "00000000-0000-4000-8000-000000000ada"}');
SELECT * FROM pg_temp.learner('{');

SET learnify.use_jwt_claims = on;
SELECT current_learner() IS NULL AS nobody, current_setting('request.jwt.claims', true) AS claims;
-- With it, learnify.user_id says nothing.
SET learnify.user_id = :'bob';
\pset null '(null)'
\pset format unaligned
SELECT claims, l.*
FROM unnest(ARRAY['{"sub": "00000000-0000-4000-8000-000000000ada", "role": "learner", "exp": 1}', '{"sub": "{00000000-0000-4000-8000-000000000ADA}"}', '{"sub": "x", "sub": "00000000-0000-4000-8000-000000000ada"}',
  '{"user": {"sub": "00000000-0000-4000-8000-000000000ada"}}', '{"Sub": "00000000-0000-4000-8000-000000000ada"}', '{"role": "anon"}', '{"sub": null}', '{}', '', NULL,
  ' ', '{', '{"sub": "00000000-0000-4000-8000-000000000ada"', 'null', '"00000000-0000-4000-8000-000000000ada"', '00000000-0000-4000-8000-000000000ada', '["sub", "00000000-0000-4000-8000-000000000ada"]', '{"sub": 1}', '{"sub": true}',
  '{"sub": ["00000000-0000-4000-8000-000000000ada"]}', '{"sub": {"id": "00000000-0000-4000-8000-000000000ada"}}', '{"sub": ""}', '{"sub": "auth0|5f7c8ec7"}', '{"sub": "00000000-0000-4000-8000-000000000ada "}',
  '{"sub": "\u0000"}', '{"sub": "00000000-0000-4000-8000-000000000ad' || repeat('a', 10000) || '"}']) WITH ORDINALITY AS c (claims, n)
CROSS JOIN LATERAL (SELECT l.learner, l.code, l.message, left(l.detail, 60) AS detail, l.hint FROM pg_temp.learner(c.claims) AS l) AS l
WHERE length(claims) < 200 OR claims IS NULL ORDER BY c.n;
SELECT l.code, l.message, length(l.detail || l.hint) < 300 AS brief FROM pg_temp.learner('{"sub": "' || repeat('a', 10000) || '"}') AS l;
\pset format aligned
-- Nothing of earlier claims is left, be it after an error or at the end of the transaction.
SELECT l.learner IS NOT NULL AS ada, m.code, n.learner AS nobody FROM pg_temp.learner('{"sub": "00000000-0000-4000-8000-000000000ada"}') AS l, pg_temp.learner('{"sub": 1}') AS m, pg_temp.learner('{}') AS n;
SELECT l.learner FROM pg_temp.learner('{"sub": "00000000-0000-4000-8000-000000000ada"}') AS l;
SELECT current_learner();

-- Policies and functions go by them.
SET ROLE regress_learner;
BEGIN;
SET LOCAL request.jwt.claims = '{"sub": "00000000-0000-4000-8000-000000000ada", "role": "regress_learner"}';
SELECT name, get_variables(id) FROM users;
SELECT set_variables(:'ada', '{"ENTITY": "starter"}'), set_variables(current_learner(), '{"STATE": "ripe"}');
SELECT set_variables(:'bob', '{"ENTITY": "starter"}');
ROLLBACK;
SELECT count(*) AS users FROM users;
SELECT set_variables(:'bob', '{"ENTITY": "starter"}');
BEGIN;
SET LOCAL request.jwt.claims = '{"sub": "ada"}';
SELECT count(*) AS users FROM users;
ROLLBACK;
-- A learner can name nobody by another setting than the one that is used, nor choose which is.
SET learnify.use_jwt_claims = off;
SELECT set_config('learnify.use_jwt_claims', 'off', true);
RESET learnify.use_jwt_claims;
SHOW learnify.use_jwt_claims;
RESET ROLE;
SET ROLE regress_backend;
SET learnify.use_jwt_claims = off;
-- A back end acts for everybody, whatever the claims are.
SET request.jwt.claims = '{';
SELECT set_variables(:'bob', '{"ENTITY": "starter"}');
RESET ROLE;

-- Where the database sets it, it counts from the first statement of a session on, and the learner's
-- own setting is refused once the library is loaded.
SELECT format('ALTER DATABASE %I SET learnify.use_jwt_claims = on', current_database()) \gexec
\c -
\set SHOW_CONTEXT never
SET SESSION AUTHORIZATION regress_learner;
SET learnify.use_jwt_claims = off;
SET learnify.user_id = '00000000-0000-4000-8000-000000000b0b';
SET request.jwt.claims = '{"sub": "00000000-0000-4000-8000-000000000ada"}';
SELECT name FROM users;
SHOW learnify.use_jwt_claims;
RESET SESSION AUTHORIZATION;
SELECT format('ALTER DATABASE %I RESET learnify.use_jwt_claims', current_database()) \gexec
SET client_min_messages = warning;
DROP OWNED BY regress_learner, regress_backend;
DROP ROLE regress_learner, regress_backend;
DELETE FROM users;
