-- Views, materialized views and functions of one's own around the extension's tables and
-- functions, as those write them who serve a database by a REST layer: for whom they act, and
-- what row-level security does.
-- Clean up after a run that was interrupted.
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_learner, regress_other, regress_backend, regress_gateway;
RESET client_min_messages;
\set SHOW_CONTEXT never
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE ROLE regress_learner;
CREATE ROLE regress_other;
CREATE ROLE regress_backend BYPASSRLS;
SELECT grant_learner('regress_learner'), grant_learner('regress_other'), grant_backend('regress_backend') \g /dev/null
-- As which the layer connects, before it sets the role of a request.
CREATE ROLE regress_gateway NOINHERIT;
GRANT regress_learner TO regress_gateway;

INSERT INTO users (id, email, password_hash, name) VALUES
  ('00000000-0000-4000-8000-000000000001', 'ann@example.org', '!', 'Ann'),
  ('00000000-0000-4000-8000-000000000002', 'bob@example.org', '!', 'Bob');
\set ann '''00000000-0000-4000-8000-000000000001'''
\set bob '''00000000-0000-4000-8000-000000000002'''
INSERT INTO generated_courses (id, user_id, title, meta_category) VALUES ('00000000-0000-4000-8000-0000000000c1', :bob, 'Course', 'Digital');
INSERT INTO generated_modules (id, course_id, module_number, title) VALUES ('00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-0000000000c1', 1, 'Module');
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty, test_cases)
VALUES ('00000000-0000-4000-8000-0000000000e1', '00000000-0000-4000-8000-0000000000a1', 1, 'Exercise', 'python', 'easy', '[{"input": "1", "expected_output": "1", "is_hidden": false}]'),
       ('00000000-0000-4000-8000-0000000000e2', '00000000-0000-4000-8000-0000000000a1', 2, 'Another', 'python', 'easy', '[]');
INSERT INTO generated_courses (id, user_id, title, meta_category) VALUES ('00000000-0000-4000-8000-0000000000c2', :bob, 'Nobody''s yet', 'Digital');
INSERT INTO user_progress (user_id, course_id) SELECT id, '00000000-0000-4000-8000-0000000000c1' FROM users;

CREATE SCHEMA api;
GRANT USAGE, CREATE ON SCHEMA api TO regress_backend, regress_other;
GRANT USAGE ON SCHEMA api TO regress_learner;

-- The same functions, each with the privileges of: the owner of the tables, a back end, another
-- learner role, the caller.
CREATE FUNCTION api.make(suffix text, security text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE FUNCTION api.me_%s() RETURNS uuid LANGUAGE sql STABLE %s RETURN public.current_learner()', suffix, security);
  EXECUTE format('CREATE FUNCTION api.names_%s() RETURNS text LANGUAGE sql STABLE %s RETURN (SELECT string_agg(name, '','' ORDER BY name) FROM public.users)', suffix, security);
  EXECUTE format('CREATE FUNCTION api.mine_%s() RETURNS text LANGUAGE sql STABLE %s RETURN (SELECT string_agg(name, '','' ORDER BY name) FROM public.users WHERE id = public.current_learner())', suffix, security);
  EXECUTE format('CREATE FUNCTION api.followers_%s(learner uuid) RETURNS integer LANGUAGE sql STABLE %s RETURN (SELECT count(*) FROM public.followers(learner))', suffix, security);
  EXECUTE format('CREATE FUNCTION api.follow_%s(learner uuid, other uuid) RETURNS boolean LANGUAGE sql VOLATILE %s RETURN (SELECT public.follow_user(learner, other))', suffix, security);
  EXECUTE format('CREATE FUNCTION api.login_%s() RETURNS boolean LANGUAGE sql VOLATILE %s RETURN (SELECT public.authenticate(''ann@example.org'', ''wrong'') IS NOT NULL)', suffix, security);
  EXECUTE format('CREATE FUNCTION api.submit_%s(learner uuid) RETURNS text LANGUAGE sql VOLATILE %s BEGIN ATOMIC '
                 'INSERT INTO public.module_completions (user_id, module_id, exercise_id, language, passed, score) '
                 'SELECT learner, e.module_id, e.id, e.language, true, 100 FROM public.exercises AS e WHERE e.exercise_number = 1 RETURNING ''written''; END', suffix, security);
  EXECUTE format('CREATE FUNCTION api.enrol_%s(learner uuid) RETURNS text LANGUAGE sql VOLATILE %s BEGIN ATOMIC '
                 'INSERT INTO public.user_progress (user_id, course_id) VALUES (learner, ''00000000-0000-4000-8000-0000000000c2'') RETURNING ''written''; END', suffix, security);
END
$$;
SELECT api.make('owner', 'SECURITY DEFINER'), api.make('invoker', 'SECURITY INVOKER') \g /dev/null
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA api TO regress_backend, regress_other;
SET ROLE regress_backend;
SELECT api.make('backend', 'SECURITY DEFINER') \g /dev/null
SET ROLE regress_other;
SELECT api.make('other', 'SECURITY DEFINER') \g /dev/null
RESET ROLE;

-- Calls all of them as the session is now, and shows what each returns or raises.
CREATE FUNCTION api.call() RETURNS TABLE (function text, as_owner text, as_backend text, as_other text, as_invoker text)
LANGUAGE plpgsql SET client_min_messages = error AS $$
DECLARE
  suffix text;
  results text[];
  result text;
BEGIN
  FOREACH function IN ARRAY ARRAY['me()', 'names()', 'mine()', 'followers(ann)', 'followers(bob)', 'follow(ann, bob)', 'follow(bob, ann)', 'login()', 'submit(ann)', 'submit(bob)', 'enrol(ann)', 'enrol(bob)'] LOOP
    results := '{}';
    FOREACH suffix IN ARRAY '{owner,backend,other,invoker}'::text[] LOOP
      BEGIN
        EXECUTE format('SELECT api.%s', replace(replace(replace(function, '(', '_' || suffix || '('),
          'ann', '''00000000-0000-4000-8000-000000000001'''), 'bob', '''00000000-0000-4000-8000-000000000002''')) INTO result;
        result := CASE result WHEN '00000000-0000-4000-8000-000000000001' THEN 'Ann' ELSE coalesce(result, 'NULL') END;
        -- undoes what has been written
        RAISE EXCEPTION USING ERRCODE = 'LL000';
      EXCEPTION
        WHEN SQLSTATE 'LL000' THEN
          results := results || result;
        WHEN OTHERS THEN
          results := results || SQLSTATE::text;
      END;
    END LOOP;
    as_owner := results[1];
    as_backend := results[2];
    as_other := results[3];
    as_invoker := results[4];
    RETURN NEXT;
  END LOOP;
END
$$;

-- A learner role, as a REST layer sets it: it connects as one role, sets the role of the
-- request, and takes the learner from the token's claims.
SET SESSION AUTHORIZATION regress_gateway;
BEGIN;
SET LOCAL ROLE regress_learner;
SELECT set_config('request.jwt.claims', '{"sub": "00000000-0000-4000-8000-000000000001", "role": "regress_learner"}', true) \g /dev/null
SELECT set_config('learnify.user_id', current_setting('request.jwt.claims')::json ->> 'sub', true) \g /dev/null
SELECT * FROM api.call();
COMMIT;
-- The next request, without a token.
BEGIN;
SET LOCAL ROLE regress_learner;
SELECT * FROM api.call() WHERE function !~ 'login';
COMMIT;
RESET SESSION AUTHORIZATION;

-- A back end, which may act for everybody, whoever the setting names.
SET ROLE regress_backend;
SET learnify.user_id = '00000000-0000-4000-8000-000000000001';
SELECT * FROM api.call();
RESET learnify.user_id;
RESET ROLE;

-- A function may name a learner itself, for as long as it runs or until the transaction ends:
-- the setting is what the session's SQL says.
CREATE FUNCTION api.for_bob() RETURNS text LANGUAGE sql STABLE SET learnify.user_id = '00000000-0000-4000-8000-000000000002' RETURN (SELECT string_agg(name, ',') FROM users);
SET ROLE regress_learner;
SET learnify.user_id = :ann;
SELECT api.for_bob(), string_agg(name, ',') AS afterwards FROM users;
RESET ROLE;
RESET learnify.user_id;

-- A view reads as its owner, to whom the policies do not apply, unless it has security_invoker.
CREATE VIEW api.people AS SELECT name FROM users;
CREATE VIEW api.my_people WITH (security_invoker) AS SELECT name FROM users;
CREATE VIEW api.my_people_too AS SELECT name FROM users WHERE id = current_learner();
GRANT SELECT ON api.people, api.my_people, api.my_people_too TO regress_learner;
SET ROLE regress_learner;
SET learnify.user_id = :ann;
SELECT (SELECT count(*) FROM api.people) AS people, (SELECT count(*) FROM api.my_people) AS my_people, (SELECT count(*) FROM api.my_people_too) AS my_people_too;
RESET ROLE;
RESET learnify.user_id;

-- A materialized view is filled in an operation in which every role, be it the owner of the
-- tables, may act only for the learner whom the session names.
SET learnify.user_id = :ann;
CREATE MATERIALIZED VIEW api.my_stats AS SELECT * FROM user_stats(current_learner());
\set VERBOSITY sqlstate
CREATE MATERIALIZED VIEW api.followers AS SELECT f.* FROM users AS u CROSS JOIN LATERAL followers(u.id) AS f;
CREATE MATERIALIZED VIEW api.stats AS SELECT s.* FROM users AS u CROSS JOIN LATERAL user_stats(u.id) AS s;
CREATE MATERIALIZED VIEW api.feeds AS SELECT f.* FROM users AS u CROSS JOIN LATERAL activity_ticker(u.id) AS f;
CREATE MATERIALIZED VIEW api.homes AS SELECT h.* FROM users AS u CROSS JOIN LATERAL home_rows(u.id) AS h;
\set VERBOSITY terse
CREATE MATERIALIZED VIEW api.adjacency AS SELECT * FROM skill_adjacency();
CREATE MATERIALIZED VIEW api.status AS SELECT * FROM learnify_status();
RESET learnify.user_id;
-- A table takes its place.
CREATE TABLE api.stats AS SELECT u.id, s.* FROM users AS u CROSS JOIN LATERAL user_stats(u.id) AS s;
SELECT count(*) FROM api.stats;
-- Tables, and functions that compute only, can be materialized. The rows are those of the
-- view's owner, whoever reads them.
CREATE MATERIALIZED VIEW api.progress AS
SELECT u.name, p.progress_percentage, velocity_label(velocity(3, 1)) AS label, inject_variables('{A}'::text, '{"A": "b"}') AS text
FROM users AS u JOIN user_progress AS p ON p.user_id = u.id;
REFRESH MATERIALIZED VIEW api.progress;
GRANT SELECT ON api.progress TO regress_learner;
SET ROLE regress_learner;
SELECT count(*) FROM api.progress;
RESET ROLE;

-- Clean up.
SET client_min_messages = warning;
DROP SCHEMA api CASCADE;
DROP OWNED BY regress_learner, regress_other, regress_backend, regress_gateway;
DROP ROLE regress_learner, regress_other, regress_backend, regress_gateway;
DELETE FROM user_progress;
DELETE FROM generated_courses;
DELETE FROM users;
