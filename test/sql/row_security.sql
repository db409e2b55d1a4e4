-- The rows that a learner may read, and attempts of a learner role to read or write others.
-- Clean up after a run that was interrupted.
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_learner, regress_other;
RESET client_min_messages;
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE ROLE regress_learner;
CREATE ROLE regress_other;
SELECT grant_learner('regress_learner');

-- 16 learners and 400 activities. Relationships, max_visibility and visibility are random, from
-- hashes. Private texts of a learner contain "secret of" and the learner's number.
CREATE FUNCTION id(n integer) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid;
CREATE FUNCTION uniform(n integer, seed integer, choices integer) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN 1 + ((hashint4extended(n, seed) % choices) + choices) % choices;
SET learnify.automation = off;
INSERT INTO users (id, email, password_hash, name, avatar_url, max_visibility)
SELECT id(n), format('secret-of-%s@example.org', n), '$2b$04$secret of ' || n, 'secret of ' || n, 'secret of ' || n,
       (ARRAY['public', 'public', 'friends', 'private'])[CASE WHEN n <= 2 THEN 1 ELSE uniform(n, 1, 4) END]
FROM generate_series(1, 16) AS n;
INSERT INTO user_relationships (follower_id, following_id)
SELECT id(a), id(b) FROM generate_series(1, 16) AS a, generate_series(1, 16) AS b
WHERE a <> b AND (a, b) <> (1, 2) AND uniform(a * 100 + b, 2, 3) = 1;
INSERT INTO user_archetypes (id, user_id, meta_category, domain, skill_level)
SELECT u.id, u.id, 'Digital', u.name, 'novice' FROM users AS u;
INSERT INTO user_variables (user_id, variable_key, variable_value)
SELECT u.id, key, u.name FROM users AS u, unnest(ARRAY['ENTITY', 'STATE']) AS key;
INSERT INTO generated_courses (id, user_id, archetype_id, title, meta_category, injected_variables)
SELECT u.id, u.id, u.id, 'Course', 'Digital', jsonb_build_object('ENTITY', u.name) FROM users AS u;
INSERT INTO generated_modules (id, course_id, module_number, title)
SELECT c.id, c.id, 1, 'Module' FROM generated_courses AS c;
INSERT INTO exercises (id, module_id, exercise_number, title, language, solution_code, test_cases, difficulty, hints)
SELECT m.id, m.id, 1, 'Exercise', 'python', 'secret solution',
       '[{"input": "1", "expected_output": "2", "is_hidden": false},
         {"input": "secret input", "expected_output": "secret output", "is_hidden": true},
         {"input": "secret, for it does not say", "expected_output": "3"}]', 'easy', '["a hint"]'
FROM generated_modules AS m;
INSERT INTO course_tags (course_id, tag) SELECT c.id, 'tag' FROM generated_courses AS c;
INSERT INTO user_progress (user_id, course_id, progress_percentage)
SELECT u.id, c.id, 40 FROM users AS u, generated_courses AS c WHERE u.id = c.user_id OR c.id = id(3);
INSERT INTO module_completions (id, user_id, module_id, exercise_id, submitted_code, language, passed, score)
SELECT u.id, u.id, id(3), id(3), u.name, 'python', true, 80 FROM users AS u;
INSERT INTO architecture_reviews (user_id, module_id, submission_id, code_sense_score, efficiency_score, edge_cases_score, taste_score, feedback)
SELECT c.user_id, c.module_id, c.id, 80, 80, 80, 80, jsonb_build_object('text', c.submitted_code) FROM module_completions AS c;
INSERT INTO user_achievements (user_id, achievement_id)
SELECT u.id, (SELECT a.id FROM achievements AS a ORDER BY a.slug COLLATE "C" LIMIT 1) FROM users AS u;
INSERT INTO recommendations (user_id, course_id, recommendation_type, reason)
SELECT u.id, id(3), 'trending', u.name FROM users AS u;
INSERT INTO trending_courses (course_id, rank, meta_category) VALUES (id(3), 1, 'Digital');
INSERT INTO user_course_interactions (user_id, course_id, interaction_type)
SELECT u.id, id(3), 'viewed' FROM users AS u
UNION ALL
SELECT id(n), c.id, 'enrolled' FROM generate_series(1, 16) AS n, generated_courses AS c WHERE c.id IN (id(1 + n % 4), id(5 + n % 4), id(9 + n % 4));
INSERT INTO activity_feed (id, user_id, activity_type, reference_type, reference_id, visibility)
SELECT id(n + 1000), id(uniform(n, 3, 16)), 'exercise_solved', 'exercise', id(3),
       (ARRAY['public', 'friends', 'private'])[uniform(n, 4, 3)]
FROM generate_series(1, 400) AS n;
RESET learnify.automation;

-- The rows that each reader may read by definition: their own, public ones, and those with
-- visibility friends of users whom they follow, within the actor's present max_visibility. A
-- session without a learner may read public rows.
CREATE TABLE readable (reader uuid, name text, id uuid);
CREATE TABLE readers AS SELECT u.id FROM users AS u UNION ALL SELECT NULL UNION ALL SELECT id(999);
INSERT INTO readable
SELECT r.id, o.name, o.id
FROM readers AS r
JOIN (SELECT 'users' AS name, id, id AS owner FROM users
      UNION ALL SELECT 'user_archetypes', id, user_id FROM user_archetypes
      UNION ALL SELECT 'user_variables', id, user_id FROM user_variables
      UNION ALL SELECT 'user_progress', id, user_id FROM user_progress
      UNION ALL SELECT 'module_completions', id, user_id FROM module_completions
      UNION ALL SELECT 'architecture_reviews', id, user_id FROM architecture_reviews
      UNION ALL SELECT 'user_relationships', id, follower_id FROM user_relationships
      UNION ALL SELECT 'user_relationships', id, following_id FROM user_relationships
      UNION ALL SELECT 'activity_feed', id, user_id FROM activity_feed
      UNION ALL SELECT 'user_achievements', id, user_id FROM user_achievements
      UNION ALL SELECT 'recommendations', id, user_id FROM recommendations
      UNION ALL SELECT 'user_course_interactions', id, user_id FROM user_course_interactions) AS o ON o.owner = r.id;
INSERT INTO readable
SELECT r.id, o.name, o.id
FROM readers AS r
CROSS JOIN (SELECT 'achievements' AS name, id FROM achievements
            UNION ALL SELECT 'trending_courses', id FROM trending_courses) AS o;
-- Courses are read by whom their author is shown to, and by those who take them.
INSERT INTO readable
SELECT r.id, o.name, o.id
FROM readers AS r
CROSS JOIN generated_courses AS c
JOIN users AS u ON u.id = c.user_id
JOIN (SELECT 'generated_courses' AS name, id, id AS course_id FROM generated_courses
      UNION ALL SELECT 'generated_modules', id, course_id FROM generated_modules
      UNION ALL SELECT 'exercises', e.id, m.course_id FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id
      UNION ALL SELECT 'course_tags', id, course_id FROM course_tags) AS o ON o.course_id = c.id
WHERE r.id = u.id OR u.max_visibility = 'public'
   OR u.max_visibility = 'friends' AND u.id IN (SELECT s.following_id FROM user_relationships AS s WHERE s.follower_id = r.id)
   OR c.id IN (SELECT p.course_id FROM user_progress AS p WHERE p.user_id = r.id);
INSERT INTO readable
SELECT r.id, 'activity_feed', f.id
FROM readers AS r
CROSS JOIN activity_feed AS f
JOIN users AS u ON u.id = f.user_id
WHERE r.id IS DISTINCT FROM u.id AND f.visibility <> 'private' AND u.max_visibility <> 'private'
  AND (f.visibility = 'public' AND u.max_visibility = 'public'
       OR u.id IN (SELECT s.following_id FROM user_relationships AS s WHERE s.follower_id = r.id));
GRANT SELECT ON readable, readers TO regress_learner;
-- mark the feed rows that learner 1 may not read
UPDATE activity_feed AS f SET metadata = '{"text": "secret of others"}'
WHERE NOT EXISTS (SELECT FROM readable AS r WHERE r.reader = id(1) AND r.name = 'activity_feed' AND r.id = f.id);
ANALYZE;

CREATE FUNCTION compare() RETURNS TABLE (name text, readers bigint, fewest bigint, most bigint, for_nobody bigint, differences bigint)
LANGUAGE plpgsql AS $$
DECLARE
  learner uuid;
  seen uuid[];
  expected uuid[];
BEGIN
  FOR name IN SELECT DISTINCT r.name COLLATE "C" FROM readable AS r ORDER BY 1 LOOP
    readers := 0; fewest := 1000; most := 0; differences := 0;
    FOR learner IN SELECT r.id FROM public.readers AS r LOOP
      PERFORM set_config('learnify.user_id', coalesce(learner::text, ''), true);
      EXECUTE format('SELECT coalesce(array_agg(t.id ORDER BY t.id), ''{}'') FROM public.%I AS t', name) INTO seen;
      SELECT coalesce(array_agg(DISTINCT r.id ORDER BY r.id), '{}') INTO expected
      FROM readable AS r WHERE r.name = compare.name AND r.reader IS NOT DISTINCT FROM learner;
      differences := differences + (seen <> expected)::integer;
      readers := readers + 1;
      IF learner IS NULL THEN
        for_nobody := cardinality(seen);
      ELSIF learner <> id(999) THEN
        fewest := least(fewest, cardinality(seen)); most := greatest(most, cardinality(seen));
      END IF;
    END LOOP;
    RETURN NEXT;
  END LOOP;
END
$$;
-- For each of 16 learners, for none, and for an id that does not exist, the rows visible are
-- exactly those that may be read.
SET SESSION AUTHORIZATION regress_learner;
SELECT * FROM compare();
RESET SESSION AUTHORIZATION;
-- Changes of max_visibility and an unfollow take effect at once.
BEGIN;
UPDATE users SET max_visibility = 'private' WHERE id = id(2);
SELECT count(*) > 0 AS public_rows FROM activity_feed WHERE user_id = id(2) AND visibility = 'public';
SET LOCAL ROLE regress_learner;
SELECT set_config('learnify.user_id', id(1)::text, true) \g /dev/null
SELECT count(*) AS of_a_private_learner FROM activity_feed WHERE user_id = id(2);
SELECT count(*) > 0 AS friends_rows FROM activity_feed WHERE visibility = 'friends' AND user_id <> id(1);
RESET ROLE;
DELETE FROM user_relationships WHERE follower_id = id(1);
SET LOCAL ROLE regress_learner;
SELECT count(*) > 0 AS friends_rows FROM activity_feed WHERE visibility = 'friends' AND user_id <> id(1);
ROLLBACK;

-- The model that a back end can fit; below, a learner tries to.
SELECT count(*) FILTER (WHERE cardinality(weights) > 0) AS courses_with_similar_ones FROM learnify_internal.fit_similar_courses('{"neighbours": 5, "regularization": 1}');

-- Returns the error of a statement or its number of rows, and rolls it back.
CREATE FUNCTION attempt(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  n bigint;
  state text;
  message text;
BEGIN
  EXECUTE statement;
  GET DIAGNOSTICS n = ROW_COUNT;
  RAISE EXCEPTION '%', n || ' rows' USING ERRCODE = 'LX000';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
  IF state OPERATOR(pg_catalog.=) 'LX000' THEN
    RETURN message;
  END IF;
  RETURN 'refused ' || state || ': ' || regexp_replace(message, '0{8}-0000-4000-8000-0*([0-9a-f]+)', '#\1', 'g');
END
$$;
\set me '''00000000-0000-4000-8000-000000000001'''
\set other '''00000000-0000-4000-8000-000000000002'''
SELECT id AS private_person FROM users WHERE max_visibility = 'private' ORDER BY id LIMIT 1 \gset
CREATE SCHEMA lab AUTHORIZATION regress_learner;
SET SESSION AUTHORIZATION regress_learner;

-- A setting that is not a uuid is refused.
SELECT attempt('SET learnify.user_id = ''me''') AS no_uuid, attempt('SET learnify.user_id = ''%''') AS wildcard,
       attempt($$SET learnify.user_id = ''' OR true --'$$) AS injection;
SELECT count(*) FROM users;
SET learnify.user_id = :me;
SELECT count(*), min(name) FROM users;

-- Others' rows.
SELECT what, attempt(statement) FROM (VALUES
  ('others'' accounts', format('SELECT id FROM users WHERE id <> %L', :me)),
  ('an account by its id', format('SELECT id FROM users WHERE id = %L', :other)),
  ('an account by its address', 'SELECT id FROM users WHERE email = ''secret-of-2@example.org'''),
  ('others'' archetypes', format('SELECT FROM user_archetypes WHERE user_id <> %L', :me)),
  ('others'' variables', format('SELECT FROM user_variables WHERE user_id <> %L', :me)),
  ('others'' progress', format('SELECT FROM user_progress WHERE user_id <> %L', :me)),
  ('others'' submissions', format('SELECT FROM module_completions WHERE user_id <> %L', :me)),
  ('others'' reviews', format('SELECT FROM architecture_reviews WHERE user_id <> %L', :me)),
  ('whom others follow', format('SELECT FROM user_relationships WHERE %L NOT IN (follower_id, following_id)', :me)),
  ('others'' private activity', format('SELECT FROM activity_feed WHERE visibility = ''private'' AND user_id <> %L', :me)),
  ('friends'' activity of a stranger', format('SELECT FROM activity_feed WHERE visibility = ''friends'' AND user_id = %L', :other)),
  ('others'' achievements', format('SELECT FROM user_achievements WHERE user_id <> %L', :me)),
  ('others'' recommendations', format('SELECT FROM recommendations WHERE user_id <> %L', :me)),
  ('others'' interactions', format('SELECT FROM user_course_interactions WHERE user_id <> %L', :me)),
  ('modules'' templates', 'SELECT FROM blueprint_modules'),
  ('migrations', 'SELECT FROM schema_migrations'),
  ('the expected catalog', 'SELECT FROM learnify_internal.expected_catalog'),
  ('through a join with what is readable', 'SELECT u.name FROM activity_feed AS f JOIN users AS u ON u.id = f.user_id WHERE u.id <> current_learner()'),
  ('through the table''s own rows', 'SELECT FROM ONLY users AS u WHERE u.id <> current_learner()'),
  ('locked for update', format('SELECT id FROM user_progress WHERE user_id = %L FOR UPDATE', :other)),
  ('without row security', 'SET LOCAL row_security = off; SELECT id FROM users'),
  ('as a sample', 'SELECT id FROM users TABLESAMPLE BERNOULLI (100) WHERE id <> current_learner()'),
  ('by a row''s place', 'SELECT FROM user_variables WHERE ctid = ANY (ARRAY(SELECT format(''(0,%s)'', n)::tid FROM generate_series(1, 40) AS n)) AND user_id <> current_learner()')
) AS a (what, statement);

-- Password hashes, also the learner's own.
SELECT what, attempt(statement) FROM (VALUES
  ('by column', 'SELECT password_hash FROM users'),
  ('all columns', 'SELECT * FROM users'),
  ('the row', 'SELECT u FROM users AS u'),
  ('the row as text', 'SELECT u::text FROM users AS u'),
  ('as JSON', 'SELECT to_jsonb(u) FROM users AS u'),
  ('in a condition', 'SELECT FROM users WHERE password_hash LIKE ''$2b$04$s%'''),
  ('returned from an update', 'UPDATE users SET name = name RETURNING password_hash'),
  ('set from it', 'UPDATE users SET name = password_hash')
) AS a (what, statement);

-- Solutions and test cases.
SELECT what, attempt(statement) FROM (VALUES
  ('solutions by column', 'SELECT solution_code FROM exercises'),
  ('test cases by column', 'SELECT test_cases FROM exercises'),
  ('all columns', 'SELECT * FROM exercises'),
  ('the row', 'SELECT e FROM exercises AS e'),
  ('the row as text', 'SELECT e::text FROM exercises AS e'),
  ('row_to_json', 'SELECT row_to_json(e) FROM exercises AS e'),
  ('to_jsonb', 'SELECT to_jsonb(e) FROM exercises AS e'),
  ('by function notation', 'SELECT solution_code(e) FROM exercises AS e'),
  ('renamed columns', 'SELECT h FROM exercises AS e (a, b, c, d, e, f, g, h)'),
  ('in a condition', 'SELECT id FROM exercises WHERE solution_code LIKE ''s%'''),
  ('as the order', 'SELECT id FROM exercises ORDER BY solution_code'),
  ('in a group', 'SELECT count(*) FROM exercises GROUP BY test_cases'),
  ('in an aggregate', 'SELECT max(solution_code) FROM exercises'),
  ('their length', 'SELECT length(solution_code) FROM exercises'),
  ('in a join', 'SELECT a.id FROM exercises AS a JOIN exercises AS b USING (solution_code)'),
  ('in a natural join', 'SELECT a.id FROM exercises AS a NATURAL JOIN exercises AS b'),
  ('in a comparison of rows', 'SELECT FROM exercises AS a, exercises AS b WHERE a = b'),
  ('in a subquery', 'SELECT (SELECT solution_code FROM exercises AS f WHERE f.id = e.id) FROM exercises AS e'),
  ('the statistics of their values', 'SELECT FROM pg_stats WHERE tablename = ''exercises'' AND attname IN (''solution_code'', ''test_cases'')'),
  ('the statistics of a table with policies', 'SELECT FROM pg_stats WHERE tablename IN (''users'', ''user_variables'', ''activity_feed'')'),
  ('the catalog of statistics', 'SELECT FROM pg_statistic'),
  ('a view of one''s own', 'CREATE VIEW lab.v AS SELECT * FROM public.exercises; SELECT * FROM lab.v'),
  ('a table made from it', 'CREATE TABLE lab.t AS SELECT solution_code FROM public.exercises'),
  ('a table that inherits', 'CREATE TABLE lab.t () INHERITS (public.exercises)'),
  ('a reference to it', 'CREATE TABLE lab.t (id uuid REFERENCES public.exercises (id))'),
  ('a rule on it', 'CREATE RULE r AS ON INSERT TO public.exercises DO ALSO SELECT 1'),
  ('statistics on it', 'CREATE STATISTICS lab.s ON title, solution_code FROM public.exercises'),
  ('an index on it', 'CREATE INDEX ON public.exercises (solution_code)'),
  ('a prepared statement', 'PREPARE p AS SELECT solution_code FROM exercises; EXECUTE p'),
  ('a cursor', 'DECLARE c CURSOR FOR SELECT solution_code FROM exercises; FETCH c'),
  ('as XML', 'SELECT table_to_xml(''public.exercises'', true, true, '''')'),
  ('the variables of others'' courses', 'SELECT injected_variables FROM generated_courses'),
  ('the archetypes of others'' courses', 'SELECT archetype_id FROM generated_courses'),
  ('the model of recommendations', 'SELECT similar_course_ids FROM generated_courses'),
  ('the author''s state of a module', 'SELECT status, unlocked_at FROM generated_modules'),
  ('the templates of content', 'SELECT content_template FROM blueprint_modules')
) AS a (what, statement);
-- by COPY, which cannot run in a function
COPY exercises TO STDOUT;
\echo :LAST_ERROR_SQLSTATE
COPY exercises (solution_code) TO STDOUT;
\echo :LAST_ERROR_SQLSTATE
COPY (SELECT test_cases FROM exercises) TO STDOUT;
\echo :LAST_ERROR_SQLSTATE
COPY users TO STDOUT;
\echo :LAST_ERROR_SQLSTATE
COPY (SELECT id FROM users WHERE id <> current_learner()) TO STDOUT;
SELECT visible_test_cases(:me::uuid), visible_test_cases(:other::uuid) = visible_test_cases(:me::uuid) AS of_another_course;

-- Functions that act for one user, called with another user's id and with NULL, and functions
-- for back ends. The authors of courses are public.
CREATE TABLE lab.calls (what, statement) AS VALUES
  ('export_user', 'SELECT FROM export_user(%s) AS r WHERE r IS NOT NULL'),
  ('export_user_rows', 'SELECT FROM export_user_rows(%s)'),
  ('user_stats', 'SELECT FROM user_stats(%s)'),
  ('course_outline', 'SELECT FROM course_outline(%s, id(3))'),
  ('living_resume', 'SELECT FROM living_resume(id(3), %s) AS r WHERE r IS NOT NULL'),
  ('activity_ticker', 'SELECT FROM activity_ticker(%s)'),
  ('newer_activity', 'SELECT FROM newer_activity(%s)'),
  ('follow_user', 'SELECT FROM follow_user(%s, id(5)) AS r WHERE r IS NOT NULL'),
  ('unfollow_user', 'SELECT FROM unfollow_user(%s, id(5)) AS r WHERE r IS NOT NULL'),
  ('start_course', 'SELECT FROM start_course(%s, id(5)) AS r WHERE r IS NOT NULL'),
  ('leave_course', 'SELECT FROM leave_course(%s, id(5)) AS r WHERE r IS NOT NULL'),
  ('retake_course', 'SELECT FROM retake_course(%s, id(5)) AS r WHERE r IS NOT NULL'),
  ('completion_record', 'SELECT FROM completion_record(%s, id(5))'),
  ('completions', 'SELECT FROM learnify_internal.completions(%s)'),
  ('present_completions', 'SELECT FROM learnify_internal.present_completions(%s, NULL)'),
  ('add_completion_records', 'SELECT FROM learnify_internal.add_completion_records(%s, NULL) AS r WHERE r > 0'),
  ('enrolled_courses', 'SELECT FROM enrolled_courses(%s)'),
  ('authored_courses', 'SELECT FROM authored_courses(%s)'),
  ('rename_course', 'SELECT FROM rename_course((SELECT c.id FROM generated_courses AS c WHERE c.user_id = %s), ''x'') AS r WHERE r IS NOT NULL'),
  ('archive_course', 'SELECT FROM archive_course((SELECT c.id FROM generated_courses AS c WHERE c.user_id = %s)) AS r WHERE r IS NOT NULL'),
  ('restore_course', 'SELECT FROM restore_course((SELECT c.id FROM generated_courses AS c WHERE c.user_id = %s)) AS r WHERE r IS NOT NULL'),
  ('delete_course', 'SELECT FROM delete_course((SELECT c.id FROM generated_courses AS c WHERE c.user_id = %s)) AS r WHERE r IS NOT NULL'),
  ('regenerate_course', 'SELECT FROM regenerate_course((SELECT c.id FROM generated_courses AS c WHERE c.user_id = %s))'),
  ('hold_course_rows', 'SELECT FROM learnify_internal.hold_course_rows(%s) AS r WHERE r IS NOT NULL'),
  ('plan_modules', 'SELECT FROM learnify_internal.plan_modules(NULL::generated_courses, ''{}'', ''{}'', true) WHERE %s::uuid IS NOT NULL'),
  ('plan_exercises', 'SELECT FROM learnify_internal.plan_exercises(NULL::generated_modules, ''[]'', ''[]'', 1, true) WHERE %s::uuid IS NOT NULL'),
  ('plan_tags', 'SELECT FROM learnify_internal.plan_tags(NULL::generated_courses, ''{}'', true) WHERE %s::uuid IS NOT NULL'),
  ('render_modules', 'SELECT FROM learnify_internal.render_modules(''{}'') WHERE %s::uuid IS NOT NULL'),
  ('write_course', 'SELECT FROM learnify_internal.write_course(NULL::generated_courses, NULL, NULL, ''{}'') WHERE %s::uuid IS NOT NULL'),
  ('write_regenerated', 'SELECT FROM learnify_internal.write_regenerated(''{}'', ''{}'') WHERE %s::uuid IS NOT NULL'),
  ('write_rendered', 'SELECT FROM learnify_internal.write_rendered(''{}'', ''{}'') WHERE %s::uuid IS NOT NULL'),
  ('hold_own_course', 'SELECT FROM learnify_internal.hold_own_course((SELECT c.id FROM generated_courses AS c WHERE c.user_id = %s)) AS r WHERE r IS NOT NULL'),
  ('may_act_for', 'SELECT FROM learnify_internal.may_act_for(%s) AS m WHERE m'),
  ('submit_exercise', 'SELECT FROM submit_exercise(%s, id(3), '''', ''python'', ''[true, true, true]'') AS r WHERE r IS NOT NULL'),
  ('set_variables', 'SELECT FROM set_variables(%s, ''{"ENTITY": "x"}'') AS r WHERE r IS NOT NULL'),
  ('choose_archetype', 'SELECT FROM choose_archetype(%s, ''Digital'', ''x'', ''novice'') AS r WHERE r IS NOT NULL'),
  ('missing_variables', 'SELECT FROM missing_variables(%s)'),
  ('generate_course', 'SELECT FROM generate_course(%s) AS r WHERE r IS NOT NULL'),
  ('dismiss_recommendation', 'SELECT FROM dismiss_recommendation(%s, id(3)) AS r WHERE r IS NOT NULL'),
  ('home_rows', 'SELECT FROM home_rows(%s)'),
  ('followers', 'SELECT FROM followers(%s)'),
  ('following', 'SELECT FROM following(%s)'),
  ('newer_followers', 'SELECT FROM newer_followers(%s)'),
  ('newer_following', 'SELECT FROM newer_following(%s)'),
  ('follow_requests', 'SELECT FROM follow_requests(%s)'),
  ('blocked_users', 'SELECT FROM blocked_users(%s)'),
  ('accept_follower', 'SELECT FROM accept_follower(%s, id(5)) AS r WHERE r IS NOT NULL'),
  ('decline_follower', 'SELECT FROM decline_follower(%s, id(5)) AS r WHERE r IS NOT NULL'),
  ('remove_follower', 'SELECT FROM remove_follower(%s, id(5)) AS r WHERE r IS NOT NULL'),
  ('block_user', 'SELECT FROM block_user(%s, id(5)) AS r WHERE r IS NOT NULL'),
  ('unblock_user', 'SELECT FROM unblock_user(%s, id(5)) AS r WHERE r IS NOT NULL'),
  ('admits_follower', 'SELECT FROM learnify_internal.admits_follower(%s, id(5), ''followee'')'),
  ('insert_follow', 'SELECT FROM learnify_internal.insert_follow(%s, id(5)) AS r WHERE r'),
  ('follows_between', 'SELECT FROM learnify_internal.follows_between(%s, id(5))'),
  ('has_blocked', 'SELECT FROM learnify_internal.has_blocked(%s, id(5)) AS r WHERE r'),
  ('lock_requests_and_blocks', 'SELECT FROM learnify_internal.lock_requests_and_blocks(%s, true) AS r WHERE r IS NOT NULL'),
  ('require_latest_follow', 'SELECT FROM learnify_internal.require_latest_follow(%s, id(5)) AS r WHERE r IS NOT NULL'),
  ('may_see_activity', 'SELECT FROM learnify_internal.may_see_activity(%1$s, ''private'', %1$s) AS may WHERE may'),
  ('may_see_course', 'SELECT FROM learnify_internal.may_see_course(id(3), id(3), %s) AS may WHERE may'),
  ('shown_course', 'SELECT FROM learnify_internal.shown_course(id(3), id(3), %s)'),
  ('may_see_module', 'SELECT FROM learnify_internal.may_see_module(id(3), %s) AS may WHERE may'),
  ('may_read_course', 'SELECT FROM learnify_internal.may_read_course(NULL, %s) AS may WHERE may'),
  ('may_read_recommendation', 'SELECT FROM learnify_internal.may_read_recommendation(''social_signal'', jsonb_build_object(''user_ids'', ARRAY[%s])) AS may WHERE may'),
  ('relationship_page', 'SELECT FROM learnify_internal.relationship_page(''user_relationships'', ''follower_id'', ''following_id'', %s, 50, false, NULL, NULL)'),
  ('follower_count', 'SELECT FROM follower_count(%s) AS r WHERE r IS NOT NULL'),
  ('following_count', 'SELECT FROM following_count(%s) AS r WHERE r IS NOT NULL'),
  ('get_variables', 'SELECT FROM get_variables(%s) AS v WHERE v <> ''{}'''),
  ('taken_courses', 'SELECT FROM learnify_internal.taken_courses(%s)'),
  ('completed_courses', 'SELECT FROM learnify_internal.completed_courses(%s)'),
  ('social_signals', 'SELECT FROM learnify_internal.social_signals(15, %1$s, %1$s, now())'),
  ('social_recommendations', 'SELECT FROM learnify_internal.social_recommendations(%s)'),
  ('skill_recommendations', 'SELECT FROM learnify_internal.skill_recommendations(%s)'),
  ('collaborative_recommendations', 'SELECT FROM learnify_internal.collaborative_recommendations(%s)'),
  ('learner_metric', 'SELECT FROM learnify_internal.learner_metric(%s, ''exercises_solved'') AS m WHERE m > 0'),
  ('streak_days', 'SELECT FROM streak_days(%s) AS s WHERE s > 0'),
  ('learning_streaks', 'SELECT FROM learning_streaks(%s) AS s WHERE s.longest_days > 0'),
  ('visibilities_to', 'SELECT FROM learnify_internal.visibilities_to(%1$s, %1$s) AS v WHERE v.visibility IS NOT NULL'),
  ('visibility_to', 'SELECT FROM learnify_internal.visibility_to(%1$s, %1$s) AS v WHERE v IS NOT NULL'),
  ('register_user', 'SELECT FROM register_user(''eve@example.org'', ''a long password'', %s) AS r WHERE r IS NOT NULL'),
  ('authenticate', 'SELECT FROM authenticate(''secret-of-2@example.org'', %s) AS r WHERE r IS NOT NULL'),
  ('change_password', 'SELECT FROM change_password(%s, ''x'', ''a long password'')'),
  ('change_email', 'SELECT FROM change_email(%s, ''x'', ''eve@example.org'')'),
  ('set_password', 'SELECT FROM set_password(%s, ''a long password'')'),
  ('set_email', 'SELECT FROM set_email(%s, ''eve@example.org'')'),
  ('issue_token', 'SELECT FROM issue_token(%s, ''login'')'),
  ('redeem_token', 'SELECT FROM redeem_token(''x'', ''login'') AS r WHERE r = %s'),
  ('account_with_password', 'SELECT FROM learnify_internal.account_with_password(%s, ''x'')'),
  ('write_email', 'SELECT FROM learnify_internal.write_email(%s, ''eve@example.org'')'),
  ('erase_user', 'SELECT FROM erase_user(%s) AS r WHERE r IS NOT NULL'),
  ('record_review', 'SELECT FROM record_review(%s, 100, 100, 100, 100) AS r WHERE r IS NOT NULL'),
  ('award_achievements', 'SELECT FROM award_achievements(%s) AS r WHERE r IS NOT NULL'),
  ('broadcast', 'SELECT FROM learnify_internal.broadcast(%s, ''review_passed'', id(3), ''{}'', now()) AS r WHERE r IS NOT NULL'),
  ('retract_broadcast', 'SELECT FROM learnify_internal.retract_broadcast(%s, ''exercise_solved'', id(3)) AS r WHERE r IS NOT NULL'),
  ('find_courses', 'SELECT FROM learnify_internal.find_courses(''secret'', NULL, 20, %s) AS r WHERE cardinality(r) > 0'),
  ('any_course_has', 'SELECT FROM learnify_internal.any_course_has(learnify_internal.word_query(coalesce(%s::text, ''secret''))) AS r WHERE NOT r'),
  ('may_count_person', 'SELECT FROM learnify_internal.may_count_person(id(3), ''{}'', %s) AS r WHERE NOT r'),
  ('search_words', 'SELECT FROM learnify_internal.search_words(''secret '' || coalesce(%s::text, ''''))'),
  ('correct_words', 'SELECT FROM learnify_internal.correct_words(''secret'', ARRAY[%s::text])'),
  ('head_words', 'SELECT FROM learnify_internal.head_words(''simple'', id(3), %s::text) AS r WHERE r IS NULL'),
  ('body_words', 'SELECT FROM learnify_internal.body_words(''simple'', id(3), %s::text) AS r WHERE r IS NULL'),
  ('write_documents', 'SELECT FROM learnify_internal.write_documents(ARRAY[%s::uuid])'),
  ('refresh_documents', 'SELECT FROM learnify_internal.refresh_documents()'),
  ('refresh_search', 'SELECT FROM refresh_search()'),
  ('set_skill_edge', 'SELECT FROM set_skill_edge(''a'', ''b'')'),
  ('skill_edges', 'SELECT FROM skill_edges()'),
  ('skill_graph', 'SELECT FROM learnify_internal.skill_graph()'),
  ('store_skill_edge', 'SELECT FROM learnify_internal.store_skill_edge(''a'', ''b'', 0)'),
  ('restore_skill_edges', 'SELECT FROM learnify_internal.restore_skill_edges(''{}'')'),
  ('search_courses', 'SELECT FROM search_courses(''Course'', NULL, 20, %s)'),
  ('record_interaction', 'SELECT FROM record_interaction(%s, id(3), ''saved'') AS r WHERE r IS NOT NULL'),
  ('onboard', 'SELECT FROM onboard(%s, ''Digital'', ''x'', ''novice'') AS r WHERE r IS NOT NULL'),
  ('injected_variables', 'SELECT FROM learnify_internal.injected_variables(%s, ''{}'')'),
  ('recompute_progress', 'SELECT FROM recompute_progress(%s) AS r WHERE r IS NOT NULL'),
  ('recompute_enrolments', 'SELECT FROM learnify_internal.recompute_enrolments(%s, NULL) AS r WHERE r IS NOT NULL'),
  ('settle_submissions', 'SELECT FROM learnify_internal.settle_submissions(%s, NULL) AS r WHERE r IS NOT NULL'),
  ('retract_untrue', 'SELECT FROM learnify_internal.retract_untrue(%s, NULL) AS r WHERE r IS NOT NULL'),
  ('others_learn_from', 'SELECT FROM learnify_internal.others_learn_from(id(3), %s) AS r WHERE r'),
  ('others_work_in_module', 'SELECT FROM learnify_internal.others_work_in_module(id(3), %s) AS r WHERE r'),
  ('update_progress', 'SELECT FROM learnify_internal.update_progress(%s, id(3), true) AS r WHERE r IS NOT NULL'),
  ('record_domain_validation', 'SELECT FROM record_domain_validation(%s, ''{"is_valid": true}'') AS r WHERE r IS NOT NULL'),
  ('claim_domain_validations', 'SELECT FROM claim_domain_validations()'),
  ('give_up_domain_validations', 'SELECT FROM learnify_internal.give_up_domain_validations(1)'),
  ('request_review', 'SELECT FROM request_review((%s)::uuid) AS r WHERE r IS NOT NULL'),
  ('claim_reviews', 'SELECT FROM claim_reviews()'),
  ('give_up_reviews', 'SELECT FROM learnify_internal.give_up_reviews(1)'),
  ('earlier_reviews', 'SELECT FROM learnify_internal.earlier_reviews(%s, id(3)) AS r WHERE r <> ''[]'''),
  ('request_answer', 'SELECT FROM learnify_internal.request_answer(''review'', %s) AS r WHERE r IS NOT NULL'),
  ('lock_due_requests', 'SELECT FROM learnify_internal.lock_due_requests(''review'', 1, 0, 1)'),
  ('queue_pending_domains', 'SELECT FROM learnify_internal.queue_pending_domains(1)'),
  ('hand_out_tickets', 'SELECT FROM learnify_internal.hand_out_tickets(ARRAY[%s::uuid], ''1 minute'')'),
  ('redeem_ticket', 'SELECT FROM learnify_internal.redeem_ticket(%s, id(3))'),
  ('score_learners', 'SELECT FROM learnify_internal.score_learners(5, %1$s, %1$s)'),
  ('count_signups', 'SELECT FROM learnify_internal.count_signups(now())'),
  ('refresh_trending', 'SELECT FROM refresh_trending() AS r WHERE r IS NOT NULL'),
  ('refresh_recommendations', 'SELECT FROM refresh_recommendations(%s) AS r WHERE r IS NOT NULL'),
  ('similar_courses', 'SELECT FROM similar_courses(%s)'),
  ('fit_similar_courses', 'SELECT FROM learnify_internal.fit_similar_courses(''{"neighbours": 5, "regularization": 1}'') WHERE weights <> ''{}'''),
  ('skill_adjacency', 'SELECT FROM skill_adjacency()'),
  ('skill_rules', 'SELECT FROM learnify_internal.skill_rules(1, 1)'),
  ('trending_courses_for', 'SELECT FROM learnify_internal.trending_courses_for(''Digital'', ''{}'', 5, %s)'),
  ('trending_recommendations', 'SELECT FROM learnify_internal.trending_recommendations(%s)'),
  ('may_name_people', 'SELECT FROM learnify_internal.may_name_people(%s, ''{}'') AS r WHERE NOT r'),
  ('fresh_recommendations', 'SELECT FROM learnify_internal.fresh_recommendations(''social_signal'', %1$s, %1$s)'),
  ('lock_present_courses', 'SELECT FROM learnify_internal.lock_present_courses(ARRAY(SELECT c.id FROM generated_courses AS c))'),
  ('lock_present_users', 'SELECT FROM learnify_internal.lock_present_users(ARRAY[%1$s::uuid])'),
  ('replace_recommendations', 'SELECT FROM learnify_internal.replace_recommendations(''social_signal'', %1$s, %1$s) AS r WHERE r > 0'),
  ('write_recommendations', 'SELECT FROM learnify_internal.write_recommendations(''social_signal'', %1$s, %1$s) AS r WHERE r > 0'),
  ('replace_all_recommendations', 'SELECT FROM learnify_internal.replace_all_recommendations(%1$s, %1$s) AS r WHERE r > 0'),
  ('learner_ranges', 'SELECT FROM learnify_internal.learner_ranges()'),
  ('renew_recommendation_model', 'SELECT FROM learnify_internal.renew_recommendation_model(''{"neighbours": 5}'', 1, 1)'),
  ('refresh_in_session', 'SELECT FROM learnify_internal.refresh_in_session(NULL, 1, 1)'),
  ('refresh_in_workers', 'SELECT FROM learnify_internal.refresh_in_workers(NULL, 1, 1, 1) AS r WHERE r IS NOT NULL'),
  ('fit_recommendation_model', 'SELECT FROM learnify_internal.fit_recommendation_model(''{"neighbours": 5}'', 1, 1)'),
  ('evaluate_recommendations', 'SELECT FROM evaluate_recommendations()'),
  ('search_parameters', 'SELECT FROM learnify_internal.search_parameters(1)'),
  ('tune_recommendation_model', 'SELECT FROM learnify_internal.tune_recommendation_model(''1 second'')'),
  ('tune_recommendations', 'SELECT FROM tune_recommendations()'),
  ('trending_tags', 'SELECT FROM trending_tags()'),
  ('course_demand', 'SELECT FROM learnify_internal.course_demand(now())'),
  ('trending_age', 'SELECT FROM (SELECT learnify_internal.trending_age() AS r) AS s WHERE r IS NOT NULL'),
  ('recommendations_age', 'SELECT FROM (SELECT learnify_internal.recommendations_age() AS r) AS s WHERE r IS NOT NULL'),
  ('site_demand', 'SELECT FROM learnify_internal.site_demand(now())'),
  ('trending_ranking', 'SELECT FROM learnify_internal.trending_ranking(now())'),
  ('demand_of_node', 'SELECT FROM learnify_internal.demand_of_node(%s, now())'),
  ('demand_of_nodes', 'SELECT FROM learnify_internal.demand_of_nodes(now())'),
  ('erase_from_nodes', 'SELECT FROM (SELECT learnify_internal.erase_from_nodes(%s) AS r) AS s WHERE r IS NOT NULL'),
  ('hand_over_courses', 'SELECT FROM learnify_internal.hand_over_courses(%s, ARRAY[id(1)])'),
  ('has_learners_on_nodes', 'SELECT FROM (SELECT learnify_internal.has_learners_on_nodes(id(1), %s) AS r) AS s WHERE r'),
  ('shared_on_nodes', 'SELECT FROM (SELECT learnify_internal.shared_on_nodes(%s) AS r) AS s WHERE r <> ''{}'''),
  ('recompute_on_nodes', 'SELECT FROM learnify_internal.recompute_on_nodes(id(1))'),
  ('refuse_loss', 'SELECT FROM learnify_internal.refuse_loss(id(1), %s)'),
  ('insert_block', 'SELECT FROM learnify_internal.insert_block(%s, id(1))'),
  ('visible_people', 'SELECT FROM learnify_internal.visible_people(%s, ARRAY[id(1)])'),
  ('authors_of_completions', 'SELECT FROM learnify_internal.authors_of_completions(%s)'),
  ('resume_of', 'SELECT FROM (SELECT learnify_internal.resume_of(%s, NULL, ''public'') AS r) AS s WHERE r IS NOT NULL'),
  ('resume_from_nodes', 'SELECT FROM (SELECT learnify_internal.resume_from_nodes(%s, NULL) AS r) AS s WHERE r IS NOT NULL'),
  ('make_gathered', 'SELECT FROM learnify_internal.make_gathered(''user_progress'')'),
  ('gather_table', 'SELECT FROM learnify_internal.gather_table(''user_progress'', ARRAY[%s::uuid])'),
  ('keep_gathered', 'SELECT FROM learnify_internal.keep_gathered(''user_progress'')'),
  ('gather_interests', 'SELECT FROM learnify_internal.gather_interests(ARRAY[%s::uuid])'),
  ('on_gathered', 'SELECT FROM learnify_internal.on_gathered(''SELECT 1'') AS r (n integer)'),
  ('score_on_nodes', 'SELECT FROM learnify_internal.score_on_nodes(%s, ''{}'')'),
  ('refresh_gathered', 'SELECT FROM learnify_internal.refresh_gathered(%s, id(1))'),
  ('refresh_on_nodes', 'SELECT FROM learnify_internal.refresh_on_nodes(%s, NULL, 1, 1)'),
  ('gather_due_requests', 'SELECT FROM learnify_internal.gather_due_requests(''review'', 1)'),
  ('send_requests', 'SELECT FROM learnify_internal.send_requests()'),
  ('claim_from_nodes', 'SELECT FROM learnify_internal.claim_from_nodes(1, ''5 minutes'', 5)'),
  ('send_given_up_domains', 'SELECT FROM learnify_internal.send_given_up_domains()'),
  ('claim_domains_of_nodes', 'SELECT FROM learnify_internal.claim_domains_of_nodes(1, ''5 minutes'', 5)'),
  ('send_documents', 'SELECT FROM learnify_internal.send_documents()'),
  ('refresh_documents_of_nodes', 'SELECT FROM learnify_internal.refresh_documents_of_nodes()'),
  ('send_model', 'SELECT FROM learnify_internal.send_model()'),
  ('send_recommendations', 'SELECT FROM learnify_internal.send_recommendations()'),
  ('write_trending_of_nodes', 'SELECT FROM learnify_internal.write_trending_of_nodes(now())'),
  ('score_courses', 'SELECT FROM score_courses(%s, ARRAY(SELECT c.id FROM generated_courses AS c))'),
  ('score_given_courses', 'SELECT FROM learnify_internal.score_given_courses(%s, ARRAY(SELECT c.id FROM generated_courses AS c))'),
  ('module_state', 'SELECT FROM learnify_internal.module_state(%s, id(3)) WHERE solved > 0 OR completed'),
  ('module_states', 'SELECT FROM learnify_internal.module_states(%s, id(3)) WHERE solved > 0 OR completed'),
  ('award_for_event', 'SELECT FROM learnify_internal.award_for_event(%s, ''submission'') AS r WHERE r > 0'),
  ('broadcast_exercise_solved', 'SELECT FROM learnify_internal.broadcast_exercise_solved(%s, id(3), id(3), 100, now()) AS r WHERE r IS NOT NULL'),
  ('broadcast_module_completed', 'SELECT FROM learnify_internal.broadcast_module_completed(%s, id(3)) AS r WHERE r IS NOT NULL'),
  ('correct_broadcast', 'SELECT FROM learnify_internal.correct_broadcast(%s, ''exercise_solved'', id(3), 1, now())'),
  ('completes_module', 'SELECT FROM learnify_internal.completes_module(%s, id(4), true) AS r WHERE r'),
  ('first_solution', 'SELECT FROM learnify_internal.first_solution(%s, id(4), id(5))'),
  ('rebroadcast_exercise_solved', 'SELECT FROM learnify_internal.rebroadcast_exercise_solved(%s, id(4), id(5), true) AS r WHERE r'),
  ('rebroadcast_module_completed', 'SELECT FROM learnify_internal.rebroadcast_module_completed(%s, id(4), false) AS r WHERE r IS NOT NULL'),
  ('metric_reached_at', 'SELECT FROM learnify_internal.metric_reached_at(%s, ''exercises_solved'', 1) AS r WHERE r IS NOT NULL'),
  ('is_submitted', 'SELECT FROM learnify_internal.is_submitted(%s, id(3), id(3), '''', '''', ''[]'', 0) AS r WHERE r'),
  ('module_result', 'SELECT FROM learnify_internal.module_result(%s, id(3)) WHERE score IS NOT NULL'),
  ('lock_learner', 'SELECT FROM learnify_internal.lock_learner(%s) AS locked WHERE locked'),
  ('lock_existing_learner', 'SELECT FROM learnify_internal.lock_existing_learner(%s) AS r WHERE r IS NOT NULL'),
  ('hold_award_lock', 'SELECT FROM learnify_internal.hold_award_lock(%s) AS r WHERE r IS NOT NULL'),
  ('followed_page', 'SELECT FROM learnify_internal.followed_page(%1$s, ARRAY[%1$s]::uuid[], 10, false, NULL, NULL, NULL)'),
  ('take_pending_statuses', 'SELECT FROM learnify_internal.take_pending_statuses(%s)'),
  ('take_pending_renewals', 'SELECT FROM learnify_internal.take_pending_renewals(%s)'),
  ('renew_review_requests', 'SELECT FROM learnify_internal.renew_review_requests(ARRAY[id(6)], ARRAY[id(6)])'),
  ('hold_lock', 'SELECT FROM learnify_internal.hold_lock(''import'') AS r WHERE r IS NOT NULL'),
  ('try_share_lock', 'SELECT FROM learnify_internal.try_share_lock(''import'') AS shared WHERE shared'),
  ('require_user', 'SELECT FROM learnify_internal.require_user(%s)'),
  ('require_acting_user', 'SELECT FROM learnify_internal.require_acting_user(%s)'),
  ('request_domain_validation', 'SELECT FROM request_domain_validation(%s) AS r WHERE r IS NOT NULL'),
  ('check_course_can_be_generated', 'SELECT FROM user_archetypes AS a, learnify_internal.check_course_can_be_generated(a, %s, ''{}'')'),
  ('blueprint_missing_variables', 'SELECT FROM learnify_internal.blueprint_missing_variables(''{}'')'),
  ('may_read_activity', 'SELECT FROM learnify_internal.may_read_activity(%s, ''friends'') AS may WHERE may'),
  ('learnify_status', 'SELECT FROM learnify_status()'),
  ('monitoring_facts', 'SELECT FROM monitoring_facts()'),
  ('job_facts', 'SELECT FROM learnify_internal.job_facts()'),
  ('row_count_estimate', 'SELECT FROM learnify_internal.row_count_estimate(''activity_feed'') AS n WHERE n > (SELECT count(*) FROM activity_feed)'),
  ('schedule_refresh', 'SELECT FROM schedule_refresh()'),
  ('new_course_reason', 'SELECT FROM learnify_internal.new_course_reason(%1$s, %1$s, ''title'')'),
  ('delete_follow_request', 'SELECT FROM learnify_internal.delete_follow_request(%1$s, %1$s)'),
  ('require_few_reviews', 'SELECT FROM learnify_internal.require_few_reviews(%1$s, %1$s)'),
  ('unschedule_refresh', 'SELECT FROM unschedule_refresh() AS r WHERE r > 0'),
  ('module_metadata', 'SELECT FROM learnify_internal.module_metadata(%s) AS m WHERE m IS NOT NULL'),
  ('record_catalog', 'SELECT FROM learnify_internal.record_catalog(''[]'')'),
  ('check_blueprint', 'SELECT FROM check_blueprint()'),
  ('restore_shipped_rows', 'SELECT FROM restore_shipped_rows()'),
  ('ship_achievements', 'SELECT FROM learnify_internal.ship_achievements(ARRAY[%s::uuid])'),
  ('ship_blueprint_modules', 'SELECT FROM learnify_internal.ship_blueprint_modules(ARRAY[%s::uuid])'),
  ('ship_untouched_rows', 'SELECT FROM learnify_internal.ship_untouched_rows()');
-- A learner may call neither internals nor functions that call them as their caller. (Plans are
-- discarded, so that privileges are checked again.)
DISCARD PLANS;
SELECT attempt(format(statement, quote_literal(:other))) AS internals, count(*) FROM lab.calls WHERE statement ~ 'learnify_internal' GROUP BY 1;
-- Since 18, learnify_status is refused by its first statement, as it is below.
SELECT what, a.attempt
FROM lab.calls AS c CROSS JOIN LATERAL attempt(format(c.statement, quote_literal(:other))) AS a (attempt)
WHERE c.statement !~ 'learnify_internal' AND a.attempt ~ 'learnify_internal' AND c.what <> 'learnify_status';
-- Grant internals to the learner, to test what the functions themselves refuse.
RESET SESSION AUTHORIZATION;
GRANT USAGE ON SCHEMA learnify_internal TO regress_learner;
DO $$
BEGIN
  EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO regress_learner', (
    SELECT string_agg(p.oid::regprocedure::text, ', ')
    FROM pg_proc AS p
    WHERE p.pronamespace = 'learnify_internal'::regnamespace AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
      AND p.proname !~ '^import_'));
END
$$;
SET SESSION AUTHORIZATION regress_learner;
-- Else, since 18, a plan would leave out tables that NULL makes needless, and whose privileges are then not checked.
SET plan_cache_mode = force_generic_plan;
SELECT what, attempt(format(statement, quote_literal(:other))) AS another, attempt(format(statement, 'NULL')) AS "null" FROM lab.calls;
RESET plan_cache_mode;
-- The calls above include every function that a learner may execute, except for those that read
-- no user's rows: computations, settings, the catalogue, shipped rows, the progress of a refresh, what the model was fitted to,
-- failed logins by digest.
SELECT p.oid::regprocedure AS not_tried
FROM pg_proc AS p JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e' JOIN pg_extension AS e ON e.oid = d.refobjid
WHERE e.extname = 'learnify' AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype) AND p.provolatile <> 'i' AND has_function_privilege(p.oid, 'EXECUTE')
  AND p.proname NOT IN (SELECT what FROM lab.calls)
  AND p.proname !~ '^shipped_(module_|blueprint_modules$)'
  AND p.proname NOT IN ('automation_enabled', 'check_claim', 'given_variables', 'variables_to_inject', 'modules_that_teach', 'render_course', 'render_exercises', 'rendering_digest', 'rendering_of_course', 'tags_of_archetype',
                        'changed_columns', 'regenerate_module', 'regenerate_exercise', 'plan_course', 'restores_rows', 'role_is_bound', 'current_learner', 'continues_streak', 'search_language', 'search_configuration', 'is_time_zone_name', 'is_replication_worker',
                        'collaborative_reason', 'course_features', 'skill_reason', 'social_reason', 'mastered_title', 'visible_test_cases', 'require_open_course', 'effect_time', 'corrected_time',
                        'require_course', 'is_own_statement', 'share_content', 'require_latest_content', 'require_latest_holdings', 'refuse_user', 'rehome_submissions', 'rehome_reviews', 'lock_curriculum',
                        'enter_exercise', 'process_moved_reviews', 'rebroadcast_reviews',
                        'recommendation_progress', 'report_recommendation_progress', 'recommendation_model', 'fitted_learners', 'tuned_parameters', 'keep_fit', 'keep_tuning', 'require_instant', 'pg_cron_database', 'refresh_jobs', 'require_pg_cron',
                        'require_arguments', 'require_no_writes', 'require_workers', 'require_course', 'require_role', 'refuse_taken_address',
                        'try_password', 'keep_tokens', 'login_wait', 'require_login_due', 'count_failed_login', 'forget_failed_logins',
                        'grant_learner', 'grant_backend', 'describe_schema', 'verify_schema',
                        'describe_statements', 'describe_details', 'own_schema_pattern', 'resolve_statement', 'repair_statement',
                        'alter_column_statement', 'alter_trigger_statement', 'qualified_name', 'setval_statement', 'drop_statement', 'enable_constraint_statement', 'warn_of_drift',
                        'excess_privileges', 'learner_functions', 'learner_tables', 'require_backend',
                        'delegate_functions', 'distribute_tables', 'distribution_obstacle', 'prepare_distribution', 'qualified_table',
                        'require_distributable', 'sees_course', 'sees_module', 'sees_activity', 'require_user_here', 'grant_functions', 'grant_on_node',
                        'grant_on_nodes', 'node_anchors', 'is_coordinating', 'is_on_node', 'call_on_each_group', 'end_follows_on_nodes',
                        'forget_reviewed_on_nodes', 'refer_to_submissions', 'require_own_submissions')
ORDER BY p.proname COLLATE "C";
-- The result for a private user is the same as for a missing one.
SELECT learnify_internal.may_read_activity(:'private_person', 'public') AS private_person, learnify_internal.may_read_activity(id(999), 'public') AS nobody;
-- a learner cannot grant privileges: the other role has none below
SET client_min_messages = error;
SELECT grant_learner('regress_other');
-- the text of the error is another in later versions of PostgreSQL
SELECT left(attempt('SELECT grant_backend(''regress_other'')'), 13) AS grant_backend;
SET client_min_messages = warning;
-- Functions that only a back end may call, for the learner's own account.
SELECT attempt('SELECT register_user(''eve@example.org'', ''a long password'', ''Eve'')') AS register_user,
       attempt(format('SELECT erase_user(%L)', :me)) AS erase_user;
SELECT attempt(format('SELECT record_review(%L, 100, 100, 100, 100)', :me)) AS record_review,
       attempt(format('SELECT award_achievements(%L)', :me)) AS award_achievements;
SELECT attempt('SELECT FROM learnify_internal.expected_catalog') AS expected_catalog;
RESET SESSION AUTHORIZATION;
REVOKE USAGE ON SCHEMA learnify_internal FROM regress_learner;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA learnify_internal FROM regress_learner;
SELECT grant_learner('regress_learner');
SET SESSION AUTHORIZATION regress_learner;
SELECT export_user(:me)::text ~ 'secret of 1\M' AS own, export_user(:me)::text ~ 'secret (of ([02-9]|1\d)|solution|input|output|, for)|password_hash|test_cases' AS more;
-- Errors of a submission do not show test cases.
SELECT results, attempt(format('SELECT submit_exercise(%L, %L, ''code'', ''python'', %L)', :me, id(3), results))
FROM unnest(ARRAY['[]', '[true]', '[true, true, true, true]', '{}', '[1, 2, 3]', '[null, true, "secret input"]', '[true, true, true]']) AS results;
SELECT attempt(format('SELECT submit_exercise(%L, %L, ''code'', ''go'', ''[true, true, true]'')', :me, id(3))) AS other_language,
       attempt(format('SELECT submit_exercise(%L, %L, ''code'', ''python'', ''[true, true, true]'', 2)', :me, id(3))) AS hints;

-- A learner's function that reports its arguments, with so low a cost that the planner would call
-- it before the policies: it must get the learner's own values only.
CREATE FUNCTION lab.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$
BEGIN
  IF $1 ~ 'secret' THEN
    RAISE NOTICE 'given %', $1;
  END IF;
  RETURN true;
END
$$;
CREATE FUNCTION lab.leak_either(text, text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RETURN lab.leak($1) AND lab.leak($2); END $$;
CREATE OPERATOR lab.=== (FUNCTION = lab.leak_either, LEFTARG = text, RIGHTARG = text, RESTRICT = eqsel, JOIN = eqjoinsel);
CREATE TABLE lab.mine AS SELECT 'a secret of mine' AS value FROM generate_series(1, 9);
ANALYZE lab.mine;
SET client_min_messages = notice;
SELECT count(*) FROM users WHERE lab.leak(name);
SELECT count(*) FROM users WHERE lab.leak(email) OR id::text <> '';
SELECT count(*) FROM user_variables WHERE lab.leak(variable_value) AND variable_key = 'ENTITY';
SELECT count(*) FROM module_completions WHERE lab.leak(submitted_code);
SELECT count(*) FROM recommendations WHERE lab.leak(reason);
SELECT count(*) > 0 AS some FROM activity_feed WHERE lab.leak(metadata::text);
SELECT count(*) > 0 AS some FROM activity_feed AS f JOIN users AS u ON lab.leak(u.name || f.metadata::text) WHERE u.id <> current_learner();
SELECT count(*) FROM users WHERE name OPERATOR(lab.===) '';
SELECT count(*) FROM users AS a JOIN user_variables AS v ON a.name OPERATOR(lab.===) v.variable_value AND variable_key = 'STATE';
-- Selectivity estimates must not call it with most common values either.
SELECT what, regexp_replace(attempt('EXPLAIN ' || statement), '^\d+ rows', 'a plan') AS attempt FROM (VALUES
  ('an operator over a table of one''s own', 'SELECT FROM lab.mine WHERE value OPERATOR(lab.===) '''''),
  ('a function', 'SELECT FROM users WHERE lab.leak(name)'),
  ('an operator', 'SELECT FROM user_variables WHERE variable_value OPERATOR(lab.===) '''''),
  ('an operator over activities', 'SELECT FROM activity_feed WHERE metadata::text OPERATOR(lab.===) '''''),
  ('an operator over solutions', 'SELECT FROM exercises WHERE solution_code OPERATOR(lab.===) '''''),
  ('an operator in a join', 'SELECT FROM user_variables AS a JOIN user_variables AS b ON a.variable_value OPERATOR(lab.===) b.variable_value'),
  ('a function over solutions', 'SELECT FROM exercises WHERE lab.leak(solution_code)')
) AS a (what, statement);
SET client_min_messages = warning;

-- Errors of conditions and casts must not disclose values of others.
SELECT what, attempt(statement) FROM (VALUES
  ('a division', 'SELECT FROM users WHERE CASE WHEN name = ''secret of 2'' THEN 1 / (length(name) - 11) END = 1'),
  ('a cast', 'SELECT FROM users WHERE name <> ''secret of 1'' AND name::integer = 1'),
  ('a cast of a variable', 'SELECT FROM user_variables WHERE variable_value <> ''secret of 1'' AND variable_value::date = now()'),
  ('a cast of an activity', 'SELECT FROM activity_feed WHERE metadata <> ''{}'' AND (metadata ->> ''text'')::integer = 1'),
  ('a division by an activity', 'SELECT FROM activity_feed WHERE metadata = ''{}'' OR 1 / (length(metadata ->> ''text'') - 16) = 1'),
  ('a cast of a solution', 'SELECT FROM exercises WHERE solution_code::integer = 1'),
  ('a unique key', format('INSERT INTO users (id, email, password_hash, name) VALUES (%L, ''eve@example.org'', '''', ''Eve'')', :other)),
  ('a unique address', 'UPDATE users SET email = ''secret-of-2@example.org''')
) AS a (what, statement);

-- Writing to each table by each command.
CREATE TEMP VIEW tables AS
SELECT c.relname AS name, c.oid, format('%I.%I', n.nspname, c.relname) AS qualified
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
WHERE c.relkind = 'r';
SELECT t.name, attempt(format('INSERT INTO %s DEFAULT VALUES', t.qualified)) AS "insert",
       attempt(format('DELETE FROM %s', t.qualified)) AS "delete", attempt(format('TRUNCATE %s CASCADE', t.qualified)) AS "truncate"
FROM tables AS t ORDER BY t.name COLLATE "C";
SELECT t.name, a.attname AS column, attempt(format('UPDATE %s SET %I = DEFAULT', t.qualified, a.attname))
FROM tables AS t
JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE t.name = 'users' OR attempt(format('UPDATE %s SET %I = DEFAULT', t.qualified, a.attname)) NOT LIKE 'refused 42501%'
ORDER BY t.name COLLATE "C", a.attnum;
SELECT what, attempt(statement) FROM (VALUES
  ('one''s own name', format('UPDATE users SET name = ''Ada'' WHERE id = %L', :me)),
  ('all names', 'UPDATE users SET name = ''Ada'''),
  ('another''s name', format('UPDATE users SET name = ''Ada'' WHERE id = %L', :other)),
  ('another''s visibility', format('UPDATE users SET max_visibility = ''public'', social_enabled = true WHERE id <> %L', :me)),
  ('one''s id', format('UPDATE users SET id = %L', :other)),
  ('for all who see one''s activity', 'UPDATE activity_feed SET visibility = ''public'''),
  ('an achievement', format('INSERT INTO user_achievements (user_id, achievement_id) SELECT %L, id FROM achievements', :me)),
  ('a solved exercise', format('INSERT INTO module_completions (user_id, module_id, language, passed, score) VALUES (%L, id(3), ''python'', true, 100)', :me)),
  ('merged', 'MERGE INTO user_progress AS p USING users AS u ON u.id = p.user_id WHEN MATCHED THEN UPDATE SET progress_percentage = 100')
) AS a (what, statement);

-- Trigger functions cannot be attached to a learner's table, without and with USAGE on their
-- schema. SECURITY DEFINER functions are called.
CREATE TEMP VIEW functions AS
SELECT p.*, p.oid::regprocedure AS function, format('%I.%I', n.nspname, p.proname) AS qualified
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension AS e ON e.oid = d.refobjid
WHERE e.extname = 'learnify';
CREATE TEMP VIEW attached AS
SELECT f.*, attempt(format('CREATE TABLE lab.trap (id uuid); CREATE TRIGGER t AFTER INSERT ON lab.trap FOR EACH ROW EXECUTE FUNCTION %s', f.function))
FROM functions AS f WHERE f.prorettype = 'trigger'::regtype;
SELECT attempt, count(*) AS trigger_functions FROM attached GROUP BY 1;
RESET SESSION AUTHORIZATION;
GRANT USAGE ON SCHEMA learnify_internal TO regress_learner;
SET SESSION AUTHORIZATION regress_learner;
SELECT function, prosecdef AS as_owner, attempt FROM attached ORDER BY proname COLLATE "C";
SELECT count(*) AS run_as_owner, count(*) FILTER (WHERE NOT has_function_privilege('regress_other', p.oid, 'EXECUTE')) AS kept_from_others,
       string_agg(p.proname, ', ') FILTER (WHERE has_function_privilege('regress_other', p.oid, 'EXECUTE')) AS for_others,
       count(*) FILTER (WHERE NOT coalesce(p.proconfig::text ~ 'search_path', false)) AS without_search_path
FROM functions AS p WHERE p.prosecdef;

-- A learner's objects with the names of the extension's and PostgreSQL's objects, first in
-- search_path: no SECURITY DEFINER function uses them.
CREATE FUNCTION lab.spring() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'sprung as %', current_user; END $$;
CREATE FUNCTION lab.sprung(uuid, uuid) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'sprung as %', current_user; RETURN true; END $$;
CREATE FUNCTION lab.sprung(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'sprung as %', current_user; RETURN true; END $$;
CREATE OPERATOR lab.= (FUNCTION = lab.sprung, LEFTARG = uuid, RIGHTARG = uuid);
CREATE OPERATOR lab.= (FUNCTION = lab.sprung, LEFTARG = text, RIGHTARG = text);
CREATE OPERATOR lab.<> (FUNCTION = lab.sprung, LEFTARG = text, RIGHTARG = text);
CREATE FUNCTION lab.require_acting_user(uuid) RETURNS void LANGUAGE sql RETURN lab.spring();
CREATE FUNCTION lab.require_user(uuid) RETURNS void LANGUAGE sql RETURN lab.spring();
CREATE FUNCTION lab.current_learner() RETURNS uuid LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'sprung as %', current_user; END $$;
CREATE FUNCTION lab.now() RETURNS timestamptz LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'sprung as %', current_user; RETURN NULL; END $$;
CREATE FUNCTION lab.jsonb_build_object(VARIADIC text[]) RETURNS jsonb LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'sprung as %', current_user; RETURN '{}'; END $$;
CREATE FUNCTION lab.trap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'sprung as %', current_user; RETURN NEW; END $$;
SELECT format('CREATE TEMP TABLE %1$I (LIKE public.%1$I); CREATE TRIGGER t BEFORE INSERT OR UPDATE ON pg_temp.%1$I FOR EACH ROW EXECUTE FUNCTION lab.trap()', name)
FROM unnest(ARRAY['user_progress', 'module_completions', 'user_variables', 'user_archetypes', 'user_relationships', 'activity_feed', 'recommendations', 'achievements']) AS name \gexec
CREATE TEMP TABLE users (id uuid, max_visibility text, social_enabled boolean);
CREATE TEMP TABLE exercises (id uuid, solution_code text, test_cases jsonb);
SET client_min_messages = notice;
SET search_path = pg_temp, lab, pg_catalog, public;
-- check that they would be used
SELECT require_acting_user(NULL);
SELECT p.proname AS function, pg_catalog.regexp_replace(public.attempt(format('SELECT FROM %s(%s)', p.qualified, c.arguments)), '^\d+ rows', 'done') AS attempt
FROM functions AS p
LEFT JOIN (VALUES
  ('accept_follower', '%1$L, %3$L'), ('block_user', '%1$L, %2$L'), ('blocked_users', '%1$L'), ('decline_follower', '%1$L, %3$L'), ('follow_requests', '%1$L'), ('remove_follower', '%1$L, %3$L'), ('unblock_user', '%1$L, %3$L'),
  ('may_read_course', '%2$L, %2$L'), ('may_read_recommendation', '''social_signal'', ''{}'''),
  ('activity_ticker', '%1$L'), ('change_email', '%1$L, ''x'', ''eve@example.org'''), ('change_password', '%1$L, ''x'', ''a long password'''), ('choose_archetype', '%1$L, ''Digital'', ''x'', ''novice'''), ('course_outline', '%1$L, %2$L'),
  ('dismiss_recommendation', '%1$L, %2$L'), ('export_user', '%1$L'), ('export_user_rows', '%1$L'), ('follow_user', '%1$L, %2$L'), ('follower_count', '%1$L'), ('followers', '%1$L'),
  ('following', '%1$L'), ('following_count', '%1$L'), ('generate_course', '%1$L, ''{"ENTITY": "a", "STATE": "b", "LOGIC": "c", "FLOW": "d", "CONTAINER": "e", "EDGE_CASE": "f", "INTERFACE": "g", "VARIANT": "h", "EVENT": "i", "CAPSTONE_GOAL": "j"}'''), ('home_rows', '%1$L'), ('living_resume', '%2$L, %1$L'),
  ('may_read_activity', '%2$L, ''public'''), ('sees_activity', '%2$L, ''public'''), ('missing_variables', '%1$L'), ('newer_activity', '%1$L'), ('newer_followers', '%1$L'), ('newer_following', '%1$L'), ('set_variables', '%1$L, ''{"ENTITY": "x"}'''),
  ('find_courses', '''x'', NULL, 20, NULL'), ('onboard', '%1$L, ''Digital'', ''x'', ''novice'', ''{"ENTITY": "a", "STATE": "b", "LOGIC": "c", "FLOW": "d", "CONTAINER": "e", "EDGE_CASE": "f", "INTERFACE": "g", "VARIANT": "h", "EVENT": "i", "CAPSTONE_GOAL": "j"}'''), ('record_interaction', '%1$L, %2$L, ''saved'''),
  ('archive_course', '%4$L'), ('authored_courses', '%1$L'), ('delete_course', '%4$L'), ('enrolled_courses', '%1$L'), ('rename_course', '%4$L, ''x'''), ('regenerate_course', '%4$L, true, ''{"ENTITY": "a", "STATE": "b", "LOGIC": "c", "FLOW": "d", "CONTAINER": "e", "EDGE_CASE": "f", "INTERFACE": "g", "VARIANT": "h", "EVENT": "i", "CAPSTONE_GOAL": "j"}'''), ('request_review', '%4$L'), ('restore_course', '%4$L'),
  ('leave_course', '%1$L, %2$L'), ('retake_course', '%1$L, %2$L'), ('completion_record', '%1$L, %2$L'), ('start_course', '%1$L, %2$L'), ('submit_exercise', '%1$L, %3$L, ''x'', ''python'', ''[true, true, true]'''), ('unfollow_user', '%1$L, %3$L'),
  ('user_stats', '%1$L'), ('visible_test_cases', '%2$L'), ('verify_schema', '')) AS v (proname, form) ON v.proname OPERATOR(pg_catalog.=) p.proname::text
CROSS JOIN LATERAL pg_catalog.format(v.form, :me, :other, public.id(3), :me) AS c (arguments)
WHERE p.prorettype OPERATOR(pg_catalog.<>) 'trigger'::regtype
  AND (p.prosecdef OR p.proname OPERATOR(pg_catalog.=) ANY ('{activity_ticker,newer_activity}')) AND pg_catalog.has_function_privilege(p.oid, 'EXECUTE')
ORDER BY p.proname COLLATE "C";
-- neither do policies and the check of the acting user
SELECT pg_catalog.count(*) > 0 AS some FROM public.activity_feed;
SELECT pg_catalog.count(*) FROM public.users;
SELECT public.attempt('SELECT public.export_user(' || pg_catalog.quote_literal(:other) || ')');
RESET search_path;
SET client_min_messages = warning;
DISCARD TEMP;
RESET SESSION AUTHORIZATION;
REVOKE USAGE ON SCHEMA learnify_internal FROM regress_learner;
SET SESSION AUTHORIZATION regress_learner;

-- A prepared statement or view used for one learner returns the next learner's rows to the next.
PREPARE mine AS SELECT count(*), min(name) FROM users;
EXECUTE mine;
CREATE VIEW lab.mine_by_view AS SELECT name FROM users;
BEGIN;
SET LOCAL learnify.user_id = '00000000-0000-4000-8000-000000000003';
EXECUTE mine;
SELECT count(*), min(name) FROM lab.mine_by_view;
COMMIT;
EXECUTE mine;
SELECT count(*), min(name) FROM lab.mine_by_view;
DEALLOCATE mine;

-- Changing to another role or learner, or to none.
SELECT what, left(attempt(statement), 13) AS attempt FROM (VALUES
  ('the owner''s role', 'SET ROLE postgres'),
  ('another role', 'SET ROLE regress_other'),
  ('row security off by role', 'ALTER ROLE regress_learner BYPASSRLS'),
  ('row security off by table', 'ALTER TABLE users DISABLE ROW LEVEL SECURITY'),
  ('another policy', 'CREATE POLICY p ON users USING (true)'),
  ('a grant', 'GRANT ALL ON users TO regress_learner'),
  ('ownership', 'ALTER TABLE users OWNER TO regress_learner'),
  ('a function replaced', 'CREATE OR REPLACE FUNCTION public.current_learner() RETURNS uuid LANGUAGE sql AS ''SELECT NULL::uuid''')
) AS a (what, statement);
RESET learnify.user_id;
SELECT (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM user_variables) AS variables,
       (SELECT count(*) FROM activity_feed AS f WHERE f.visibility <> 'public') AS not_public,
       attempt(format('SELECT export_user(%L)', :me)) AS export_user;
RESET SESSION AUTHORIZATION;

-- A role without privileges reads nothing, whatever learnify.user_id is.
SET SESSION AUTHORIZATION regress_other;
SET learnify.user_id = :me;
SELECT attempt('SELECT id FROM users') AS users, attempt('SELECT id FROM activity_feed') AS activity_feed, attempt(format('SELECT export_user(%L)', :me)) AS export_user;
RESET learnify.user_id;
RESET SESSION AUTHORIZATION;

-- living_resume(): its user and followers see everything, others no scores and current learning;
-- 4 follows 2, and 6 does not. A back end passes NULL for a stranger.
DELETE FROM user_relationships WHERE following_id = id(2);
INSERT INTO user_relationships (follower_id, following_id) VALUES (id(4), id(2));
CREATE FUNCTION resume(viewer uuid) RETURNS text LANGUAGE sql
RETURN (SELECT CASE WHEN r IS NULL THEN 'nothing' ELSE (SELECT string_agg(key, ', ' ORDER BY key COLLATE "C") FROM jsonb_object_keys(r) AS key) END
        FROM living_resume(id(2), viewer) AS r);
BEGIN;
SELECT resume(id(2)) AS owner;
SELECT resume(id(6)) AS stranger;
CREATE TEMP TABLE parts AS SELECT resume(id(2)) AS whole, resume(id(6)) AS part;
CREATE FUNCTION pg_temp.say(viewer uuid) RETURNS text LANGUAGE sql
RETURN (SELECT CASE resume(viewer) WHEN p.whole THEN 'whole' WHEN p.part THEN 'part' ELSE resume(viewer) END FROM parts AS p);
CREATE FUNCTION pg_temp.resumes(maximum text, social boolean) RETURNS TABLE (owner text, follower text, stranger text, anonymous text) LANGUAGE plpgsql AS $$
BEGIN
  UPDATE users SET max_visibility = maximum, social_enabled = social WHERE id = id(2);
  RETURN QUERY SELECT pg_temp.say(id(2)), pg_temp.say(id(4)), pg_temp.say(id(6)), pg_temp.say(NULL);
END
$$;
SELECT maximum, social, r.* FROM unnest(ARRAY['public', 'friends', 'private']) AS maximum, unnest(ARRAY[true, false]) AS social, pg_temp.resumes(maximum, social) AS r;
ROLLBACK;
-- A learner can pass only their own id as the viewer, and not NULL.
SET SESSION AUTHORIZATION regress_learner;
SET learnify.user_id = '00000000-0000-4000-8000-000000000002';
SELECT resume(id(2)) AS owner;
SET learnify.user_id = '00000000-0000-4000-8000-000000000004';
SELECT resume(id(4)) AS follower;
SET learnify.user_id = '00000000-0000-4000-8000-000000000006';
SELECT resume(id(6)) AS stranger;
SELECT attempt('SELECT living_resume(id(2), NULL)') AS anonymous, attempt('SELECT living_resume(id(2), id(2))') AS as_its_owner;
RESET learnify.user_id;
RESET SESSION AUTHORIZATION;

-- A course is either completed or among the current learning, which is in the order of the latest
-- activity, as the completed ones are in that of their completion, latest first.
INSERT INTO user_progress (user_id, course_id, progress_percentage, last_activity, completed_at)
SELECT id(2), id(n), CASE WHEN n > 9 THEN 100 ELSE n END, timestamptz '2026-01-01' + n * interval '1 hour', CASE WHEN n > 9 THEN timestamptz '2026-01-02' + n % 2 * interval '1 day' END
FROM generate_series(8, 11) AS n;
SELECT jsonb_path_query_array(r, '$.completed_courses[*].course_id') AS completed, jsonb_path_query_array(r, '$.completed_courses[*].completed_at') AS completed_at,
       jsonb_path_query_array(r, '$.current_learning[2 to last].course_id') AS current, jsonb_path_query_array(r, '$.current_learning[*].progress_percentage') AS percent
FROM living_resume(id(2), id(4)) AS r;

-- A learner is shown the test cases that are marked as not hidden, in their order, but none that does
-- not say so, or says null or a word.
UPDATE exercises SET test_cases = '[{"input": "one", "is_hidden": false}, {"input": "two", "is_hidden": true}, {"input": "three"}, {"input": "four", "is_hidden": null},
                                    {"input": "five", "is_hidden": "false"}, {"input": "six", "is_hidden": 0}, "seven", {"input": "eight", "is_hidden": false}]'
WHERE id = id(3);
SET SESSION AUTHORIZATION regress_learner;
SELECT visible_test_cases(id(3));
RESET SESSION AUTHORIZATION;

DROP SCHEMA lab CASCADE;
DROP TABLE readable, readers;
DROP FUNCTION compare(), attempt(text), resume(uuid), uniform(integer, integer, integer), id(integer) CASCADE;
TRUNCATE users CASCADE;
SELECT count(*) AS users_left FROM users;
DROP OWNED BY regress_learner;
DROP ROLE regress_learner, regress_other;
