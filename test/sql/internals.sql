-- The internals: which role may use what of their schema, and what roles without them can do.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET learnify.password_cost = 4;
DROP ROLE IF EXISTS regress_anybody, regress_learner, regress_back_end, regress_tables, regress_one_table;
CREATE ROLE regress_anybody;
CREATE ROLE regress_learner;
CREATE ROLE regress_back_end;
CREATE ROLE regress_tables BYPASSRLS;
CREATE ROLE regress_one_table BYPASSRLS;
SELECT grant_learner('regress_learner'), grant_backend('regress_back_end');
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO regress_tables;

\set ada '''00000000-0000-4000-8000-000000000001'''
\set bob '''00000000-0000-4000-8000-000000000002'''
\set eve '''00000000-0000-4000-8000-000000000003'''
\set course '''00000000-0000-4000-8000-000000000011'''
\set module '''00000000-0000-4000-8000-000000000021'''
\set exercise '''00000000-0000-4000-8000-000000000031'''

-- Every function of the extension, called with nulls that the planner does not see.
CREATE TEMP VIEW functions AS
SELECT p.oid, p.oid::regprocedure AS function, p.proname AS name, n.nspname AS schema,
       p.prorettype IN ('trigger'::regtype, 'event_trigger'::regtype) AS is_trigger,
       format('SELECT %I.%I(%s)', n.nspname, p.proname,
              (SELECT string_agg(format('(SELECT NULL::%s)', CASE a.type WHEN '"any"'::regtype THEN 'text'::regtype ELSE a.type::regtype END), ', ') FROM unnest(p.proargtypes) AS a (type))) AS call
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension AS e ON e.oid = d.refobjid
WHERE e.extname = 'learnify';

-- Executes a statement as a role, in which #12 stands for an id, and undoes it. Returns
-- its error or its number of rows.
CREATE FUNCTION pg_temp.with_ids(statement text) RETURNS text LANGUAGE sql
RETURN regexp_replace(statement, '#(\d\d)', '''00000000-0000-4000-8000-0000000000\1''', 'g');
CREATE FUNCTION pg_temp.attempt(role text, statement text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  n bigint;
BEGIN
  PERFORM set_config('role', role, true);
  EXECUTE pg_temp.with_ids(statement);
  GET DIAGNOSTICS n = ROW_COUNT;
  RAISE EXCEPTION '% rows', n USING ERRCODE = 'LX000';
EXCEPTION WHEN OTHERS THEN
  RETURN CASE SQLSTATE WHEN 'LX000' THEN SQLERRM ELSE format('%s: %s', SQLSTATE, SQLERRM) END;
END
$$;

--
-- Nulls
--

-- Functions that are not strict are called by their owner with nothing but nulls, and with one null
-- among other values. They return a result or raise an error of their own, and neither crash nor raise
-- an internal error. The datum of these nulls is 1, that of a condition, so that a function crashes if it
-- reads an argument without asking whether that is null. Functions that start workers are called with
-- nothing but nulls, because what workers write is not rolled back.
CREATE TEMP TABLE truth AS SELECT true AS t;
CREATE FUNCTION pg_temp.same(value anyelement) RETURNS anyelement LANGUAGE plpgsql STRICT AS 'BEGIN RETURN value; END';
CREATE TEMP VIEW calls_with_nulls AS
SELECT f.function, c.place,
       format('SELECT %I.%I(%s) FROM truth', f.schema, f.name,
              (SELECT string_agg(CASE WHEN c.place IN (0, a.place) THEN format('CASE WHEN t THEN pg_temp.same((SELECT NULL::%s)) END', a.type)
                                      ELSE format('%L::%s', CASE WHEN a.type LIKE '%[]' OR a.type = 'jsonb' THEN '{}'
                                                                 WHEN a.type = 'regclass' THEN 'users'
                                                                 WHEN a.type = 'regconfig' THEN 'simple'
                                                                 WHEN a.type = 'uuid' THEN '00000000-0000-4000-8000-000000000001'
                                                                 WHEN a.type LIKE 'timestamp%' OR a.type = 'date' THEN '2026-01-02'
                                                                 WHEN a.type ~ 'int|double|real|numeric|boolean|text|name|bytea|tsquery' THEN '1' END, a.type) END,
                                 ', ' ORDER BY a.place)
               FROM (SELECT u.place, CASE u.type WHEN '"any"'::regtype THEN 'text' ELSE format_type(u.type, NULL) END AS type
                     FROM unnest(p.proargtypes) WITH ORDINALITY AS u (type, place)) AS a)) AS call
FROM functions AS f
JOIN pg_proc AS p ON p.oid = f.oid
CROSS JOIN generate_series(0, p.pronargs) AS c (place)
WHERE NOT f.is_trigger AND p.prokind <> 'a' AND p.pronargs > 0 AND NOT p.proisstrict AND (c.place = 0 OR f.name NOT LIKE '%in_workers');
CREATE TEMP TABLE answers_to_nulls AS SELECT c.call, pg_temp.attempt('none', c.call) AS answer FROM calls_with_nulls AS c;
SELECT count(*) > 300 AS many, count(*) FILTER (WHERE answer LIKE '% rows') > 50 AS returned, count(*) FILTER (WHERE answer LIKE '22004:%') > 100 AS refused FROM answers_to_nulls;
SELECT a.call, a.answer FROM answers_to_nulls AS a WHERE a.answer LIKE 'XX%' ORDER BY a.call COLLATE "C";
-- What takes values of any type looks at their types, too.
SELECT a.arguments, pg_temp.attempt('none', format('SELECT learnify_internal.require_arguments(%s)', a.arguments))
FROM unnest('{"1, NULL::text","NULL::text, 1","''x'', NULL::text","''x'', 1, ''y''","VARIADIC ''{x,y}''::text[]","VARIADIC ''{1,2}''::integer[]","VARIADIC NULL::text[]"}'::text[]) AS a (arguments);

--
-- Who may do what there
--

-- Everything in the schema is refused to PUBLIC, to a learner, and to a role that was
-- granted the tables.
CREATE TEMP VIEW uses AS
SELECT r.role, u.statement, pg_temp.attempt(r.role, u.statement) AS attempt
FROM unnest('{regress_anybody,regress_learner,regress_tables}'::text[]) AS r (role)
CROSS JOIN (
  SELECT f.call FROM functions AS f WHERE f.schema = 'learnify_internal'
  UNION ALL
  SELECT unnest(ARRAY['SELECT FROM learnify_internal.expected_catalog', 'INSERT INTO learnify_internal.expected_catalog VALUES ('''', '''', '''')',
                      'UPDATE learnify_internal.expected_catalog SET kind = ''''', 'DELETE FROM learnify_internal.expected_catalog',
                      'TRUNCATE learnify_internal.expected_catalog', 'CREATE TABLE learnify_internal.mine ()'])) AS u (statement);
SELECT u.role, count(*) > 100 AS many, u.attempt FROM uses AS u GROUP BY u.role, u.attempt ORDER BY u.role COLLATE "C";
-- With USAGE of the schema, everything is still refused but the functions that a learner may
-- call.
BEGIN;
GRANT USAGE ON SCHEMA learnify_internal TO PUBLIC;
SELECT u.role, u.statement, u.attempt FROM uses AS u
WHERE u.attempt !~ '^42501: permission denied for (function|table) ' ORDER BY u.role COLLATE "C", u.statement COLLATE "C";
ROLLBACK;
-- The catalog says the same.
SELECT r.role, has_schema_privilege(r.role, 'learnify_internal', 'USAGE, CREATE') AS schema, (
         SELECT string_agg(f.function::text, ', ' ORDER BY f.name COLLATE "C") FROM functions AS f
         WHERE f.schema = 'learnify_internal' AND has_function_privilege(r.role, f.oid, 'EXECUTE')) AS functions
FROM unnest('{regress_anybody,regress_learner,regress_tables}'::text[]) AS r (role);

-- A back end may call every function except those of triggers. It may read and write every
-- table, but only read the tracker and the internals that are dumped, and do nothing with the
-- catalog that verify_schema() expects. So it may read every table that pg_dump reads.
SELECT f.function FROM functions AS f WHERE has_function_privilege('regress_back_end', f.oid, 'EXECUTE') = f.is_trigger;
SELECT c.relname, p.privilege
FROM pg_depend AS d
JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'learnify'
JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
CROSS JOIN unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) AS p (privilege)
WHERE d.deptype = 'e'
  AND has_table_privilege('regress_back_end', c.oid, p.privilege) <> CASE c.relname
        WHEN 'expected_catalog' THEN false
        WHEN 'account_tokens' THEN false
        WHEN 'course_documents' THEN false
        WHEN 'login_failures' THEN false
        WHEN 'model_requests' THEN p.privilege = 'SELECT'
        WHEN 'recommendation_model' THEN p.privilege = 'SELECT'
        WHEN 'skill_edges' THEN p.privilege = 'SELECT'
        WHEN 'follow_requests' THEN p.privilege = 'SELECT'
        WHEN 'user_blocks' THEN p.privilege = 'SELECT'
        WHEN 'kept_completions' THEN p.privilege = 'SELECT'
        WHEN 'locks' THEN false
        WHEN 'award_locks' THEN false
        WHEN 'pending_statuses' THEN false
        WHEN 'pending_renewals' THEN false
        WHEN 'schema_migrations' THEN p.privilege = 'SELECT'
        ELSE p.privilege IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
      END;
SELECT t.oid::regclass AS not_dumped
FROM pg_extension AS e, unnest(e.extconfig) AS t (oid)
WHERE e.extname = 'learnify' AND NOT has_table_privilege('regress_back_end', t.oid, 'SELECT');
SELECT has_schema_privilege('regress_back_end', 'learnify_internal', 'USAGE') AS usage,
       has_schema_privilege('regress_back_end', 'learnify_internal', 'CREATE') AS create,
       (SELECT r.rolbypassrls AND NOT r.rolsuper FROM pg_roles AS r WHERE r.rolname = 'regress_back_end') AS bypassrls_only;

--
-- The job of a back end that does not own the extension
--

-- A legacy schema for import_legacy to read.
CREATE SCHEMA regress_old;
CREATE TABLE regress_old.users AS SELECT 1 AS id, 'carl@example.org' AS email, '!' AS password_hash, 'Carl' AS name;
GRANT USAGE ON SCHEMA regress_old TO regress_back_end;
GRANT SELECT ON regress_old.users TO regress_back_end;

CREATE TEMP TABLE job (n integer GENERATED ALWAYS AS IDENTITY, call text);
INSERT INTO job (call) VALUES
  ('register_user(''ada@example.org'', ''correct horse'', ''Ada'', ''Europe/Berlin'')'),
  ('register_user(''bob@example.org'', ''correct horse'', ''Bob'')'),
  ('register_user(''eve@example.org'', ''correct horse'', ''Eve'')'),
  ('authenticate(''ada@example.org'', ''correct horse'')'),
  ('verify_password(''correct horse'', hash_password(''correct horse''))'),
  ('change_password(:ada, ''correct horse'', ''battery staple'')'),
  ('set_password(:ada, ''correct horse'')'),
  ('change_email(:ada, ''correct horse'', ''eda@example.org'') FROM users WHERE email = ''ada@example.org'''),
  ('set_email(users.id, ''ada@example.org'') FROM users WHERE email = ''eda@example.org'''),
  ('redeem_token(issue_token(:ada, ''login''), ''login'')'),
  ('is_time_zone_name(''Europe/Berlin'')'),
  ('fold_email(''ADA@example.org'')'),
  ('choose_archetype(:ada, ''Biological'', ''sourdough'', ''novice'')'),
  ('request_domain_validation((SELECT id FROM user_archetypes))'),
  ('record_domain_validation((SELECT ticket FROM claim_domain_validations()), ''{"is_valid": true, "variables": {"ENTITY": "starter"}}'')'),
  ('missing_variables(:ada)'),
  ('set_variables(:ada, ''{"ENTITY": "starter", "STATE": "s", "LOGIC": "l", "FLOW": "f", "CONTAINER": "c", "EDGE_CASE": "e",
                           "INTERFACE": "i", "VARIANT": "v", "EVENT": "t", "CAPSTONE_GOAL": "a planner"}'')'),
  ('get_variables(:ada)'),
  ('template_variables(''{ENTITY}''::text)'),
  ('template_variables(''["{ENTITY}"]''::jsonb)'),
  ('inject_variables(''{ENTITY}''::text, get_variables(:ada))'),
  ('inject_variables(''["{ENTITY}"]''::jsonb, get_variables(:ada))'),
  ('check_template(''{ENTITY}''::text, ''{ENTITY}'')'),
  ('check_template(''["{ENTITY}"]''::jsonb, ''{ENTITY}'')'),
  ('check_blueprint()'),
  ('restore_shipped_rows()'),
  ('generate_course(:ada)'),
  ('onboard(:ada, ''Biological'', ''sourdough'', ''novice'')'),
  ('start_course(:bob, :course)'),
  ('follow_user(:ada, :bob)'),
  ('follow_user(:eve, :bob)'),
  ('follow_requests(:bob)'),
  ('accept_follower(:bob, :eve)'),
  ('decline_follower(:bob, :eve)'),
  ('course_outline(:bob, :course)'),
  ('visible_test_cases(:exercise)'),
  ('submit_exercise(:bob, :exercise, ''x'', (SELECT language FROM exercises WHERE id = :exercise),
                    (SELECT jsonb_agg(true) FROM exercises, jsonb_array_elements(test_cases) WHERE id = :exercise), 0, 5)'),
  ('record_review((SELECT id FROM module_completions), 80, 70, 75, 81)'),
  ('request_review((SELECT id FROM module_completions))'),
  ('record_review(submission_id, 80, 70, 75, 81, ticket => ticket) FROM claim_reviews()'),
  ('award_achievements(:bob)'),
  ('activity_ticker(:ada)'),
  ('newer_activity(:ada)'),
  ('followers(:bob)'),
  ('following(:ada)'),
  ('newer_followers(:bob)'),
  ('newer_following(:ada)'),
  ('follower_count(:bob)'),
  ('following_count(:ada)'),
  ('user_stats(:bob)'),
  ('streak_days(:bob)'),
  ('learning_streaks(:bob)'),
  ('living_resume(:bob, :ada)'),
  ('living_resume(:bob, NULL)'),
  ('velocity_label(velocity(3, 1))'),
  ('velocity_lower_bound(3, 1, 1, 1)'),
  ('trending_velocity(started_at, now()) FROM user_progress'),
  ('window_signups(started_at, now()) FROM user_progress'),
  ('refresh_trending()'),
  ('refresh_recommendations()'),
  ('refresh_recommendations(:eve)'),
  ('recommendation_progress()'),
  ('evaluate_recommendations()'),
  ('tune_recommendations()'),
  ('trending_tags()'),
  ('score_courses(:eve, ARRAY[:course]::uuid[])'),
  ('similar_courses(:course)'),
  ('skill_adjacency()'),
  ('home_rows(:eve)'),
  ('dismiss_recommendation(:eve, :course)'),
  ('record_interaction(:eve, :course, ''saved'')'),
  ('search_courses(''sourdough'')'),
  ('refresh_search()'),
  ('set_skill_edge(''a'', ''b'')'),
  ('skill_edges()'),
  ('schedule_refresh()'),
  ('unschedule_refresh()'),
  ('current_learner()'),
  ('require_backend()'),
  ('learnify_status()'),
  ('monitoring_facts()'),
  ('verify_schema()'),
  ('own_ddl()'),
  ('export_user(:bob)'),
  ('export_user_rows(:bob)'),
  ('import_legacy(''regress_old'', ''UTC'')'),
  ('import_counts(''regress_old'')'),
  ('recompute_progress()'),
  ('count(submit_exercise(:bob, e.id, ''x'', e.language, (SELECT jsonb_agg(true) FROM jsonb_array_elements(e.test_cases)))) FROM exercises AS e'),
  ('retake_course(:bob, :course)'),
  ('completion_record(:bob, :course)'),
  ('leave_course(:bob, :course)'),
  ('authored_courses(:ada)'),
  ('enrolled_courses(:ada)'),
  ('rename_course(:course, ''Another title'')'),
  ('regenerate_course((SELECT id FROM generated_courses ORDER BY created_at DESC LIMIT 1), true)'),
  ('archive_course(:course)'),
  ('restore_course(:course)'),
  ('unfollow_user(:ada, :bob)'),
  ('remove_follower(:bob, :eve)'),
  ('block_user(:bob, :eve)'),
  ('blocked_users(:bob)'),
  ('unblock_user(:bob, :eve)'),
  ('erase_user(:bob)'),
  ('delete_course(:course)');
-- Every function of the extension's schema is called, except those for the owner alone.
SELECT f.function FROM functions AS f
WHERE f.schema = 'public' AND f.name NOT IN ('grant_learner', 'grant_backend', 'learnify_distribute')
  AND NOT EXISTS (SELECT FROM job AS j WHERE j.call ~ ('\m' || f.name || '\('))
ORDER BY f.name COLLATE "C";

CREATE FUNCTION pg_temp.call(statement text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  rows bigint;
  found boolean;
BEGIN
  statement := replace(statement, ':course', '(SELECT id FROM generated_courses)');
  statement := replace(statement, ':exercise', '(SELECT id FROM exercises ORDER BY id LIMIT 1)');
  statement := regexp_replace(statement, ':(ada|bob|eve)', '(SELECT id FROM users WHERE email = ''\1@example.org'')', 'g');
  EXECUTE format('SELECT count(*), bool_or(c IS NOT NULL) FROM (SELECT %s) AS c', statement) INTO rows, found;
  RETURN CASE WHEN rows = 0 THEN 'no row' WHEN found THEN 'done' ELSE 'null' END;
EXCEPTION WHEN OTHERS THEN
  RETURN format('%s: %s', SQLSTATE, SQLERRM);
END
$$;
GRANT SELECT ON job TO regress_back_end;
BEGIN;
SET LOCAL ROLE regress_back_end;
CREATE TEMP TABLE done AS
SELECT j.n, j.call, pg_temp.call(j.call) AS outcome FROM (SELECT * FROM job ORDER BY n) AS j;
SELECT d.outcome, count(*), CASE WHEN d.outcome <> 'done' THEN string_agg(d.call, ', ' ORDER BY d.n) END AS calls
FROM done AS d GROUP BY d.outcome ORDER BY d.outcome COLLATE "C";
SELECT count(*) AS users, min(name) AS first, max(name) AS last FROM users;
ROLLBACK;

--
-- What a learner does, and which internals this needs
--

CREATE TEMP TABLE doings (n integer GENERATED ALWAYS AS IDENTITY, statement text);
INSERT INTO doings (statement)
SELECT format('SELECT id FROM public.%I', c.relname)
FROM pg_class AS c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND has_any_column_privilege('regress_learner', c.oid, 'SELECT')
ORDER BY c.relname COLLATE "C";
INSERT INTO doings (statement) VALUES
  ('UPDATE users SET name = ''Bobby'', time_zone = ''Europe/Berlin'', max_visibility = ''private'', follow_policy = ''approve'''),
  ('SELECT change_password(#02, ''correct horse'', ''battery staple'')'),
  ('SELECT change_email(#02, ''correct horse'', ''bobby@example.org'')'),
  ('SELECT choose_archetype(#02, ''Biological'', ''sourdough'', ''novice'')'),
  ('SELECT set_variables(#02, ''{"ENTITY": "starter"}'')'),
  ('SELECT get_variables(#02)'),
  ('SELECT FROM missing_variables(#02)'),
  ('SELECT choose_archetype(#02, ''Biological'', ''sourdough'', ''novice''), generate_course(#02, ''{"ENTITY": "starter", "STATE": "s", "LOGIC": "l", "FLOW": "f", "CONTAINER": "c", "EDGE_CASE": "e", "INTERFACE": "i", "VARIANT": "v", "EVENT": "t", "CAPSTONE_GOAL": "p"}'')'),
  ('SELECT onboard(#02, ''Biological'', ''sourdough'', ''novice'', ''{"ENTITY": "starter", "STATE": "s", "LOGIC": "l", "FLOW": "f", "CONTAINER": "c", "EDGE_CASE": "e", "INTERFACE": "i", "VARIANT": "v", "EVENT": "t", "CAPSTONE_GOAL": "p"}'')'),
  ('SELECT record_interaction(#02, #11, ''saved'')'),
  ('SELECT FROM search_courses(''course'')'),
  ('SELECT export_user(#02)'),
  ('SELECT FROM export_user_rows(#02)'),
  ('SELECT start_course(#02, #11)'),
  ('SELECT submit_exercise(#02, #31, ''x'', ''python'', ''[true]'')'),
  ('SELECT request_review(#41)'),
  ('SELECT leave_course(#02, #11)'),
  ('SELECT retake_course(#02, #11)'),
  ('SELECT FROM completion_record(#02, #11)'),
  ('SELECT FROM enrolled_courses(#02)'),
  ('SELECT FROM authored_courses(#02)'),
  ('SELECT choose_archetype(#02, ''Biological'', ''sourdough'', ''novice''), (SELECT count(*) FROM regenerate_course(#12, variables => ''{"ENTITY": "starter", "STATE": "s", "LOGIC": "l", "FLOW": "f", "CONTAINER": "c", "EDGE_CASE": "e", "INTERFACE": "i", "VARIANT": "v", "EVENT": "t", "CAPSTONE_GOAL": "p"}''))'),
  ('SELECT rename_course(#12, ''Renamed'')'),
  ('SELECT archive_course(#12)'),
  ('SELECT restore_course(#12)'),
  ('SELECT delete_course(#12)'),
  ('SELECT FROM course_outline(#02, #11)'),
  ('SELECT visible_test_cases(#31)'),
  ('SELECT user_stats(#02)'),
  ('SELECT streak_days(#02)'),
  ('SELECT FROM learning_streaks(#02)'),
  ('SELECT living_resume(#01, #02)'),
  ('SELECT follow_user(#02, #03)'),
  ('SELECT unfollow_user(#02, #01)'),
  ('SELECT FROM follow_requests(#02)'),
  ('SELECT accept_follower(#02, #03)'),
  ('SELECT decline_follower(#02, #03)'),
  ('SELECT remove_follower(#02, #01)'),
  ('SELECT block_user(#02, #03)'),
  ('SELECT FROM blocked_users(#02)'),
  ('SELECT unblock_user(#02, #03)'),
  ('SELECT FROM followers(#02)'),
  ('SELECT FROM following(#02)'),
  ('SELECT FROM newer_followers(#02)'),
  ('SELECT FROM newer_following(#02)'),
  ('SELECT follower_count(#02)'),
  ('SELECT following_count(#02)'),
  ('SELECT FROM activity_ticker(#02)'),
  ('SELECT FROM newer_activity(#02)'),
  ('SELECT FROM home_rows(#02)'),
  ('SELECT dismiss_recommendation(#02, #11)'),
  ('SELECT current_learner(), fold_email(''A@example.org''), is_time_zone_name(''UTC'')');
-- Every function that was granted is among them.
SELECT f.function
FROM functions AS f
JOIN pg_proc AS p ON p.oid = f.oid
CROSS JOIN LATERAL aclexplode(p.proacl) AS a
WHERE a.grantee = 'regress_learner'::regrole AND f.schema = 'public'
  AND NOT EXISTS (SELECT FROM doings AS d WHERE d.statement ~ ('\m' || f.name || '\('));

BEGIN;
INSERT INTO users (id, email, password_hash, name)
SELECT u.id, u.name || '@example.org', '!', u.name
FROM (VALUES (:ada::uuid, 'Ada'), (:bob, 'Bob'), (:eve, 'Eve')) AS u (id, name);
INSERT INTO user_relationships (follower_id, following_id) VALUES (:bob, :ada), (:ada, :bob);
INSERT INTO generated_courses (id, user_id, title, meta_category) VALUES
  (:course, :ada, 'Course', 'Digital'), ('00000000-0000-4000-8000-000000000012', :bob, 'Own course', 'Digital');
INSERT INTO generated_modules (id, course_id, module_number, title) VALUES (:module, :course, 1, 'Module');
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty, test_cases)
VALUES (:exercise, :module, 1, 'Exercise', 'python', 'easy', '[{"input": "1", "expected_output": "2"}]');
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
VALUES (:ada, :module, :exercise, 'python', true, 100);
INSERT INTO user_progress (user_id, course_id, completed_at) VALUES (:bob, :course, now());
INSERT INTO module_completions (id, user_id, module_id, exercise_id, language)
VALUES ('00000000-0000-4000-8000-000000000041', :bob, :module, :exercise, 'python');
INSERT INTO recommendations (user_id, course_id, recommendation_type) VALUES (:bob, :course, 'trending');
SET LOCAL learnify.user_id = :bob;
-- With what grant_learner grants, everything works. Without any of the internals, something does
-- not.
SELECT left(d.statement, 60) AS statement, pg_temp.attempt('regress_learner', d.statement) AS attempt FROM doings AS d ORDER BY d.n;
CREATE TEMP VIEW refused AS
SELECT d.statement, a.attempt
FROM doings AS d CROSS JOIN LATERAL pg_temp.attempt('regress_learner', d.statement) AS a (attempt)
WHERE a.attempt !~ '^\d+ rows$'
ORDER BY d.n;
REVOKE EXECUTE ON FUNCTION learnify_internal.may_read_activity(uuid, text) FROM regress_learner;
SELECT * FROM refused;
SELECT grant_learner('regress_learner');
REVOKE EXECUTE ON FUNCTION learnify_internal.may_read_course(uuid, uuid) FROM regress_learner;
SELECT * FROM refused;
SELECT grant_learner('regress_learner');
REVOKE EXECUTE ON FUNCTION learnify_internal.may_read_recommendation(text, jsonb) FROM regress_learner;
SELECT * FROM refused;
SELECT grant_learner('regress_learner');
REVOKE EXECUTE ON FUNCTION learnify_internal.require_acting_user(uuid) FROM regress_learner;
SELECT * FROM refused;
ROLLBACK;

--
-- Plain INSERT, UPDATE and DELETE by roles that may write to tables and call no internals
--

-- These set off every trigger. All deletions come last.
CREATE TEMP TABLE writes (n integer GENERATED ALWAYS AS IDENTITY, statement text);
INSERT INTO writes (statement) VALUES
  ('INSERT INTO users (id, email, password_hash, name, time_zone) VALUES (#01, ''ada@example.org'', ''!'', ''Ada'', ''Europe/Berlin''), (#02, ''bob@example.org'', ''!'', ''Bob'', ''UTC''), (#03, ''eve@example.org'', ''!'', ''Eve'', ''UTC'')'),
  ('UPDATE users SET time_zone = ''Europe/Paris'' WHERE id = #02'),
  ('UPDATE users SET email = ''bobby@example.org'' WHERE id = #02'),
  ('INSERT INTO user_archetypes (id, user_id, meta_category, domain, skill_level) VALUES (#05, #01, ''Digital'', ''d'', ''novice'')'),
  ('UPDATE user_archetypes SET validation_status = ''pending'' WHERE id = #05'),
  ('UPDATE user_archetypes SET domain = ''e'' WHERE id = #05'),
  ('INSERT INTO user_variables (user_id, variable_key, variable_value) VALUES (#01, ''ENTITY'', ''x'')'),
  ('UPDATE user_variables SET variable_value = ''y'' WHERE user_id = #01'),
  ('INSERT INTO blueprint_modules (module_number, concept_slug, title_template, description_template, difficulty, estimated_hours) VALUES (1, ''mine'', ''Mine'', '''', ''beginner'', 1)'),
  ('UPDATE blueprint_modules SET estimated_hours = 9 WHERE module_number = 2'),
  ('INSERT INTO generated_courses (id, user_id, archetype_id, title, meta_category) VALUES (#11, #01, #05, ''Course'', ''Digital'')'),
  ('UPDATE generated_courses SET title = ''The course'' WHERE id = #11'),
  ('INSERT INTO generated_modules (id, course_id, module_number, title) VALUES (#21, #11, 1, ''Module'')'),
  ('UPDATE generated_modules SET title = ''The module'' WHERE id = #21'),
  ('INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty) VALUES (#31, #21, 1, ''Exercise'', ''python'', ''easy''), (#32, #21, 2, ''Exercise'', ''python'', ''easy'')'),
  ('UPDATE exercises SET title = ''The exercise'' WHERE id = #31'),
  ('INSERT INTO course_tags (course_id, tag) VALUES (#11, ''tag'')'),
  ('UPDATE course_tags SET tag = ''the tag'' WHERE course_id = #11'),
  ('INSERT INTO user_relationships (follower_id, following_id) VALUES (#01, #02), (#03, #02)'),
  ('INSERT INTO user_progress (user_id, course_id, time_spent_minutes) VALUES (#02, #11, 5), (#03, #11, 0)'),
  ('UPDATE user_progress SET time_spent_minutes = 6000 WHERE user_id = #02'),
  ('UPDATE user_progress SET progress_percentage = 100 WHERE user_id = #03'),
  ('INSERT INTO module_completions (id, user_id, module_id, exercise_id, language, passed, score) VALUES (#41, #02, #21, #31, ''python'', true, 100), (#42, #02, #21, #32, ''python'', true, 90)'),
  ('UPDATE module_completions SET score = 95, hints_used = 0 WHERE id = #42'),
  ('UPDATE module_completions SET submitted_code = ''y'' WHERE id = #42'),
  ('INSERT INTO architecture_reviews (id, user_id, module_id, submission_id, code_sense_score, efficiency_score, edge_cases_score, taste_score) VALUES (#51, #02, #21, #41, 90, 90, 90, 90)'),
  ('UPDATE architecture_reviews SET taste_score = 100 WHERE id = #51'),
  ('INSERT INTO activity_feed (id, user_id, activity_type, reference_type, reference_id) VALUES (#61, #02, ''optimization_achieved'', ''exercise'', #31)'),
  ('UPDATE activity_feed SET visibility = ''public'' WHERE id = #61'),
  ('INSERT INTO achievements (id, name, description, criteria) VALUES (#71, ''Mine'', '''', ''{"metric": "exercises_solved", "at_least": 1}'')'),
  ('INSERT INTO achievements (id, name, description, criteria) VALUES (#72, ''First Module'', '''', ''{"metric": "modules_completed", "at_least": 1}'')'),
  ('UPDATE achievements SET description = ''Another'' WHERE name = ''First Course'''),
  ('INSERT INTO user_achievements (user_id, achievement_id) VALUES (#02, #71)'),
  ('UPDATE user_achievements SET unlocked_at = ''2026-01-01'' WHERE achievement_id = #71'),
  ('INSERT INTO recommendations (user_id, course_id, recommendation_type, metadata) SELECT #03, #11, k, jsonb_build_object(''user_ids'', ARRAY[#02]) FROM unnest(ARRAY[''social_signal'', ''trending'']) AS k'),
  ('UPDATE recommendations SET match_score = 50 WHERE user_id = #03'),
  ('UPDATE users SET max_visibility = ''private'' WHERE id = #02'),
  ('INSERT INTO trending_courses (course_id, rank, meta_category) VALUES (#11, 1, ''Digital'')'),
  ('UPDATE trending_courses SET rank = 2 WHERE course_id = #11'),
  ('INSERT INTO user_course_interactions (user_id, course_id, interaction_type) VALUES (#02, #11, ''viewed'')'),
  ('UPDATE user_course_interactions SET interaction_value = 2 WHERE user_id = #02 AND interaction_type = ''viewed'''),
  ('INSERT INTO generated_modules (id, course_id, module_number, title) VALUES (#22, #11, 2, ''Module'')'),
  ('UPDATE exercises SET module_id = #22 WHERE id = #32'),
  ('DELETE FROM generated_modules WHERE id = #22'),
  ('DELETE FROM blueprint_modules WHERE module_number = 3'),
  ('DELETE FROM achievements WHERE name = ''Ten Solved'''),
  ('DELETE FROM module_completions WHERE id = #42'),
  ('DELETE FROM architecture_reviews WHERE id = #51'),
  ('DELETE FROM user_relationships WHERE follower_id = #01'),
  ('DELETE FROM users WHERE id = #01'),
  ('DELETE FROM user_variables'),
  ('DELETE FROM user_archetypes'),
  ('DELETE FROM user_achievements'),
  ('DELETE FROM achievements WHERE id = #71'),
  ('DELETE FROM recommendations'),
  ('DELETE FROM trending_courses'),
  ('DELETE FROM user_course_interactions'),
  ('DELETE FROM activity_feed'),
  ('DELETE FROM user_progress'),
  ('DELETE FROM course_tags'),
  ('DELETE FROM module_completions'),
  ('DELETE FROM exercises'),
  ('DELETE FROM generated_modules'),
  ('DELETE FROM generated_courses'),
  ('DELETE FROM users');

-- Executes them as a role and undoes them. One of the roles is granted the statement's
-- table alone, for that statement. Returns how each statement ends, the rows that are
-- there before the deletions (1000), and the trigger functions that have not run to
-- their end (1001).
CREATE TEMP TABLE written (role text, n integer, outcome text);
CREATE FUNCTION pg_temp.rows_there() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  rows text;
BEGIN
  EXECUTE (SELECT format('SELECT concat_ws('', '', %s)', string_agg(format('(SELECT ''%1$s '' || count(*) FROM public.%1$I)', c.relname), ', ' ORDER BY c.relname COLLATE "C"))
           FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'schema_migrations') INTO rows;
  RETURN rows;
END
$$;
CREATE FUNCTION pg_temp.write_as(role text) RETURNS SETOF written
LANGUAGE plpgsql AS $$
DECLARE
  item record;
  outcome written;
  outcomes written[];
  calls_before jsonb := (SELECT jsonb_object_agg(f.name, coalesce(pg_stat_get_xact_function_calls(f.oid), 0)) FROM functions AS f WHERE f.is_trigger);
BEGIN
  outcome.role := role;
  FOR item IN SELECT w.n, w.statement, substring(w.statement FROM '^(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)') AS name FROM writes AS w ORDER BY w.n LOOP
    outcome.n := item.n;
    BEGIN
      IF role = 'regress_one_table' THEN
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO regress_one_table', item.name);
      END IF;
      EXECUTE format('SET LOCAL ROLE %I', role);
      EXECUTE pg_temp.with_ids(item.statement);
      GET DIAGNOSTICS outcome.outcome = ROW_COUNT;
      RESET ROLE;
    EXCEPTION WHEN OTHERS THEN
      outcome.outcome := format('%s: %s', SQLSTATE, SQLERRM);
    END;
    IF role = 'regress_one_table' THEN
      EXECUTE format('REVOKE ALL ON %I FROM regress_one_table', item.name);
    END IF;
    outcomes := outcomes || outcome;
    IF item.name = 'user_course_interactions' AND item.statement ~ '^UPDATE' THEN
      outcomes := outcomes || ROW(role, 1000, pg_temp.rows_there())::written;
    END IF;
  END LOOP;
  outcomes := outcomes || ROW(role, 1001, (
    SELECT string_agg(f.name, ', ' ORDER BY f.name COLLATE "C") FROM functions AS f
    WHERE f.is_trigger AND coalesce(pg_stat_get_xact_function_calls(f.oid), 0) = (calls_before ->> f.name)::bigint))::written;
  RAISE EXCEPTION 'undone' USING ERRCODE = 'LX000';
EXCEPTION WHEN SQLSTATE 'LX000' THEN
  RETURN QUERY SELECT * FROM unnest(outcomes);
END
$$;
-- Each role has a transaction of its own, in which names are looked up and privileges
-- checked anew.
SET track_functions = 'all';
INSERT INTO written SELECT * FROM pg_temp.write_as('regress_one_table');
DISCARD PLANS;
INSERT INTO written SELECT * FROM pg_temp.write_as('regress_tables');
DISCARD PLANS;
INSERT INTO written SELECT * FROM pg_temp.write_as('regress_back_end');
RESET track_functions;
SELECT substring(w.statement FROM '^(?:INSERT INTO|UPDATE|DELETE FROM) \w+') AS statement, t.outcome AS of_tables,
       nullif(b.outcome, t.outcome) AS of_back_end, nullif(o.outcome, t.outcome) AS of_one_table
FROM writes AS w
JOIN written AS t ON t.n = w.n AND t.role = 'regress_tables'
JOIN written AS b ON b.n = w.n AND b.role = 'regress_back_end'
JOIN written AS o ON o.n = w.n AND o.role = 'regress_one_table'
ORDER BY w.n;
-- The triggers have written the same rows for all of them, and all of them have run except
-- skip_replicated_row, whose tables only the extension's scripts write, the event trigger
-- refuse_drop, and those of a distributed database. refuse_seed_deletion, refuse_new_keys and refuse_faulty_account raise an error.
SELECT unnest(string_to_array(outcome, ', ')) AS rows FROM written WHERE n = 1000 GROUP BY outcome;
SELECT role, outcome AS not_ended FROM written WHERE n = 1001;

DROP SCHEMA regress_old CASCADE;
DROP OWNED BY regress_learner, regress_back_end, regress_tables, regress_one_table;
DROP ROLE regress_anybody, regress_learner, regress_back_end, regress_tables, regress_one_table;
