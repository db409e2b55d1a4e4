-- export_user() returns everything stored about a user, and erase_user() deletes it.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
\set ada 00000000-0000-4000-8000-000000000ada
\set bob 00000000-0000-4000-8000-000000000b0b
\set cyd 00000000-0000-4000-8000-000000000c4d
INSERT INTO users (id, email, password_hash, name, avatar_url) VALUES
  (:'ada', 'Ada.L@Example.org', '$2b$04$secret-of-ada', 'Ada Lovelace', 'https://example.org/ada.png'),
  (:'bob', 'bob@example.org', '$2b$04$secret-of-bob', 'Bob', ''),
  (:'cyd', 'cyd@example.org', '$2b$04$secret-of-cyd', 'Cyd', '');

-- Ada has three courses: one in which Bob is enrolled, one to which Cyd submitted work without
-- being enrolled, and one without other learners.
SELECT choose_archetype(:'ada', 'Biological', 'sourdough', 'novice') AS archetype \gset
SELECT request_domain_validation(:'archetype') \g /dev/null
SELECT set_variables(:'ada', '{"ENTITY": "starter", "STATE": "ripeness", "LOGIC": "readiness test", "FLOW": "bulk fermentation", "CONTAINER": "schedule",
  "EDGE_CASE": "overproofed dough", "INTERFACE": "oven", "VARIANT": "Dutch oven", "EVENT": "timer", "CAPSTONE_GOAL": "a bake planner"}') \g /dev/null
SELECT generate_course(:'ada') AS shared \gset
SELECT generate_course(:'ada') AS handed_in \gset
SELECT generate_course(:'ada') AS own \gset
SELECT choose_archetype(:'bob', 'Economic', 'stock trading', 'quant') \g /dev/null
SELECT generate_course(:'bob', (SELECT injected_variables FROM generated_courses WHERE id = :'own')) AS course_of_bob \gset
SELECT e.id AS exercise, e.module_id AS module FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id
WHERE m.course_id = :'shared' AND m.module_number = 1 AND e.exercise_number = 1 \gset
INSERT INTO user_progress (user_id, course_id) VALUES (:'ada', :'shared'), (:'ada', :'own'), (:'bob', :'shared'), (:'ada', :'course_of_bob');
INSERT INTO module_completions (user_id, module_id, exercise_id, language, submitted_code, passed, score) VALUES
  (:'ada', :'module', :'exercise', 'python', 'print("Ada")', true, 100), (:'bob', :'module', :'exercise', 'python', 'print("Bob")', true, 90);
SET learnify.automation = off;
INSERT INTO module_completions (user_id, module_id, language)
SELECT :'cyd', id, 'python' FROM generated_modules WHERE course_id = :'handed_in' AND module_number = 7;
RESET learnify.automation;
INSERT INTO architecture_reviews (user_id, module_id, submission_id, code_sense_score, efficiency_score, edge_cases_score, taste_score)
SELECT user_id, module_id, id, 80, 80, 80, 80 FROM module_completions WHERE module_id = :'module';
INSERT INTO user_relationships (follower_id, following_id) VALUES (:'ada', :'bob'), (:'bob', :'ada'), (:'cyd', :'ada'), (:'bob', :'cyd');
INSERT INTO users (email, password_hash, name) VALUES ('dan@example.org', '!', 'Dan') RETURNING id AS dan \gset
INSERT INTO users (email, password_hash, name) VALUES ('eve@example.org', '!', 'Eve') RETURNING id AS eve \gset
UPDATE users SET follow_policy = 'approve' WHERE name IN ('Ada Lovelace', 'Cyd');
SELECT follow_user(:'ada', :'cyd') IS NULL AS ada_asks_cyd, follow_user(:'dan', :'ada') IS NULL AS dan_asks_ada, 
       block_user(:'ada', :'eve') AS ada_blocks_eve, block_user(:'eve', :'ada') AS eve_blocks_ada;
INSERT INTO learnify_internal.kept_completions (user_id, course_id, title, author_id, author_name, started_at, completed_at, exercises, minutes)
VALUES (:'ada', gen_random_uuid(), 'A course that is gone', NULL, NULL, now(), now(), 0, 0), (:'bob', :'shared', 'A course of hers', :'ada', 'Ada Lovelace', now(), now(), 0, 0);
INSERT INTO activity_feed (user_id, activity_type, reference_type, reference_id, metadata)
VALUES (:'ada', 'optimization_achieved', 'module', :'module', '{"actor_name": "Ada Lovelace"}');
INSERT INTO achievements (id, name, description, criteria) VALUES
  ('00000000-0000-4000-8000-0000000000a1', 'Moonwalker', 'Walk', '{"metric": "streak_days", "at_least": 1000}');
INSERT INTO user_achievements (user_id, achievement_id) VALUES (:'ada', '00000000-0000-4000-8000-0000000000a1');
INSERT INTO recommendations (user_id, course_id, recommendation_type, reason, metadata) VALUES
  (:'ada', :'course_of_bob', 'trending', 'Many start it now', '{"rank": 1}'),
  (:'bob', :'own', 'trending', 'Many start it now', '{"rank": 1}'),
  (:'bob', :'shared', 'social_signal', 'Ada Lovelace and Cyd learn it', jsonb_build_object('user_ids', jsonb_build_array(:'ada', :'cyd'))),
  (:'bob', :'handed_in', 'social_signal', 'Cyd learns it', jsonb_build_object('user_ids', jsonb_build_array(:'cyd')));
INSERT INTO user_course_interactions (user_id, course_id, interaction_type) VALUES (:'ada', :'course_of_bob', 'saved'), (:'bob', :'own', 'viewed');
SELECT refresh_trending() AS trending;
-- An author's own enrolment does not make a course trend.
INSERT INTO trending_courses (course_id, rank, meta_category) VALUES (:'own', 3, 'Biological');
SELECT learnify_internal.count_failed_login(learnify_internal.login_address('ADA.L@example.org')), issue_token(:'ada', 'email_verification') \g /dev/null

-- The export has every table with rows about Ada, without the password hash and the solutions
-- and test cases of her courses.
SELECT export_user(:'ada') AS export \gset
SELECT e.key, CASE jsonb_typeof(e.value) WHEN 'array' THEN jsonb_array_length(e.value) > 0 ELSE e.value ? 'email' END AS filled,
       e.value::text ~ 'secret|solution_code|test_cases' AS secrets
FROM jsonb_each(:'export') AS e ORDER BY e.key COLLATE "C";
SELECT u.* FROM jsonb_each(:'export'::jsonb -> 'users') AS u WHERE u.key NOT IN ('created_at', 'updated_at', 'last_login') ORDER BY u.key COLLATE "C";
-- The rows are those of the document, in its order, and are read only.
SELECT jsonb_object_agg(r.table_name, r.contents) || jsonb_build_object('users', (SELECT r.content FROM export_user_rows(:'ada') AS r LIMIT 1))
       = :'export'::jsonb AS same
FROM (SELECT r.table_name, jsonb_agg(r.content) AS contents FROM export_user_rows(:'ada') AS r GROUP BY r.table_name) AS r;
SELECT count(*) AS unknown, (SELECT count(*) FROM export_user_rows(NULL)) AS nobody FROM export_user_rows('00000000-0000-4000-8000-00000000dead');
-- It has those who follow her and those whom she follows, her work and enrolments in courses of others
-- too, and the courses that she made, with nothing of those of others.
SELECT (SELECT name FROM users WHERE id = (r ->> 'follower_id')::uuid) AS follower, (SELECT name FROM users WHERE id = (r ->> 'following_id')::uuid) AS following
FROM jsonb_array_elements(:'export'::jsonb -> 'user_relationships') AS r ORDER BY 1, 2;
SELECT (SELECT array_agg(c ->> 'course_id' = :'course_of_bob' ORDER BY c ->> 'course_id' = :'course_of_bob') FROM jsonb_array_elements(:'export'::jsonb -> 'user_progress') AS c) AS enrolled_in_bobs,
       (SELECT array_agg(c ->> 'submitted_code') FROM jsonb_array_elements(:'export'::jsonb -> 'module_completions') AS c) AS submitted,
       (SELECT count(*) FROM jsonb_array_elements(:'export'::jsonb -> 'generated_courses') AS c WHERE c ->> 'id' IN (:'shared', :'handed_in', :'own')) AS own_courses,
       (SELECT count(*) FROM jsonb_array_elements(:'export'::jsonb -> 'generated_courses') AS c) AS courses,
       (SELECT count(*) FROM jsonb_array_elements(:'export'::jsonb -> 'generated_modules') AS c) AS modules,
       (SELECT count(DISTINCT c ->> 'module_id') FROM jsonb_array_elements(:'export'::jsonb -> 'exercises') AS c) AS modules_with_exercises,
       (SELECT count(DISTINCT c ->> 'course_id') FROM jsonb_array_elements(:'export'::jsonb -> 'course_tags') AS c) AS courses_with_tags;
-- The export does not say by whom she is blocked.
SELECT r.key, jsonb_array_length(r.value) AS rows, r.value @> jsonb_build_array(jsonb_build_object('user_id', :'ada')) AS by_her FROM jsonb_each(:'export'::jsonb) AS r WHERE r.key IN ('follow_requests', 'user_blocks') ORDER BY r.key COLLATE "C";
-- Bob's export has nothing about Ada, and that of a missing user is NULL.
SELECT export_user(:'bob')::text ~ 'Ada.L@|print\("Ada"\)' AS of_ada, export_user(:'bob') #>> '{users,email}' AS email;
SELECT export_user('00000000-0000-4000-8000-00000000dead') AS unknown, export_user(NULL) AS nobody;

-- Returns the tables with rows that contain a word.
CREATE FUNCTION pg_temp.mentions(word text) RETURNS TABLE (name text, mentions bigint) LANGUAGE plpgsql AS $$
DECLARE
  schema text;
BEGIN
  FOR schema, name IN
    SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('public', 'learnify_internal') ORDER BY table_name COLLATE "C"
  LOOP
    EXECUTE format('SELECT count(*) FROM %I.%I AS t WHERE t::text ILIKE $1', schema, name) INTO mentions USING '%' || word || '%';
    IF mentions > 0 THEN
      RETURN NEXT;
    END IF;
  END LOOP;
END $$;
SELECT name, mentions > 0 AS mentions_ada FROM pg_temp.mentions(:'ada');
SELECT name FROM pg_temp.mentions('ada.l@example.org');
SELECT name FROM pg_temp.mentions('Ada Lovelace');
SELECT name FROM pg_temp.mentions(:'own');
SELECT name FROM pg_temp.mentions(:'archetype');

-- Returns a digest of the rows of other users and of the courses that they take.
CREATE FUNCTION pg_temp.of_others(ada uuid, own uuid) RETURNS text LANGUAGE sql AS $$
  SELECT md5(string_agg(t.line, E'\n' ORDER BY t.line))
  FROM (SELECT t::text FROM user_progress AS t WHERE user_id <> ada
        UNION ALL SELECT t::text FROM module_completions AS t WHERE user_id <> ada
        UNION ALL SELECT t::text FROM architecture_reviews AS t WHERE user_id <> ada
        UNION ALL SELECT t::text FROM activity_feed AS t WHERE user_id <> ada
        UNION ALL SELECT t::text FROM user_achievements AS t WHERE user_id <> ada
        UNION ALL SELECT t::text FROM user_archetypes AS t WHERE user_id NOT IN (ada, '6c656172-6e69-8679-8000-00000000ffff')
        UNION ALL SELECT t::text FROM user_variables AS t WHERE user_id <> ada
        UNION ALL SELECT t::text FROM exercises AS t JOIN generated_modules AS m ON m.id = t.module_id WHERE m.course_id <> own) AS t (line)
$$;
SELECT pg_temp.of_others(:'ada', :'own') AS before \gset

-- After the erasure, nothing is left of her and of the course without other learners.
SELECT erase_user(:'ada');
SELECT * FROM pg_temp.mentions(:'ada');
SELECT * FROM pg_temp.mentions('ada.l@example.org');
SELECT * FROM pg_temp.mentions('Ada Lovelace');
SELECT * FROM pg_temp.mentions('secret-of-ada');
SELECT * FROM pg_temp.mentions(:'own');
SELECT * FROM pg_temp.mentions(:'archetype');

-- The courses with other learners are kept under the former author, with nothing of hers but
-- their text, and the rows of other users are unchanged.
SELECT u.name, u.max_visibility, u.social_enabled, u.email ~ '^former-author-[0-9a-f-]{36}@learnify\.invalid$' AS address,
       (SELECT a.user_id = u.id FROM user_archetypes AS a WHERE a.id = c.archetype_id) AS archetype, c.injected_variables,
       (SELECT array_agg(m.status ORDER BY m.module_number) FROM generated_modules AS m WHERE m.course_id = c.id) AS modules,
       (SELECT count(m.unlocked_at) FROM generated_modules AS m WHERE m.course_id = c.id) AS unlocked
FROM generated_courses AS c JOIN users AS u ON u.id = c.user_id
WHERE c.id IN (:'shared', :'handed_in') ORDER BY c.id = :'shared' DESC;
SELECT pg_temp.of_others(:'ada', :'own') = :'before' AS untouched;
SELECT recommendation_type, reason FROM recommendations WHERE user_id = :'bob' ORDER BY recommendation_type COLLATE "C";
SELECT count(*) AS course_of_bob FROM generated_courses WHERE id = :'course_of_bob' AND user_id = :'bob';
SELECT name FROM users ORDER BY name;

-- Erasing again returns false.
SELECT erase_user(:'ada') AS again;
SELECT erase_user(NULL);

-- A user who becomes private is removed from recommendations, one with narrower visibility is not.
BEGIN;
UPDATE users SET max_visibility = 'friends', name = 'Cyd C.' WHERE id = :'cyd';
SELECT reason FROM recommendations WHERE user_id = :'bob' AND recommendation_type = 'social_signal';
UPDATE users SET max_visibility = 'private' WHERE id = :'cyd';
SELECT recommendation_type, reason FROM recommendations WHERE user_id = :'bob';
ROLLBACK;
BEGIN;
UPDATE users SET social_enabled = false WHERE id = :'cyd';
SELECT recommendation_type, reason FROM recommendations WHERE user_id = :'bob';
ROLLBACK;

-- A reason that names three people and counts others may count one of whom it does not tell the name.
BEGIN;
INSERT INTO users (id, email, password_hash, name)
SELECT md5('p' || n)::uuid, 'p' || n || '@example.org', '!', 'P' || n FROM generate_series(1, 5) AS n;
SELECT count(follow_user(:'bob', md5('p' || n)::uuid)) AS follows FROM generate_series(1, 5) AS n;
INSERT INTO generated_courses (id, user_id, title, meta_category) VALUES (md5('taken')::uuid, :'cyd', 'Taken', 'Digital');
INSERT INTO user_progress (user_id, course_id, last_activity) SELECT md5('p' || n)::uuid, md5('taken')::uuid, now() - n * interval '1 minute' FROM generate_series(1, 4) AS n;
SELECT refresh_recommendations(:'bob') > 0 AS refreshed;
CREATE VIEW pg_temp.told AS SELECT reason FROM recommendations WHERE user_id = :'bob' AND course_id = md5('taken')::uuid AND recommendation_type = 'social_signal';
SELECT * FROM pg_temp.told;
SAVEPOINT told;
SELECT block_user(md5('p4')::uuid, :'bob');
SELECT * FROM pg_temp.told;
ROLLBACK TO told;
UPDATE users SET max_visibility = 'private' WHERE name = 'P4';
SELECT * FROM pg_temp.told;
ROLLBACK TO told;
-- P5 does not take the course.
UPDATE users SET max_visibility = 'private' WHERE name = 'P5';
SELECT * FROM pg_temp.told;
-- What a session had locked is not exported either.
SET LOCAL session_replication_role = replica;
UPDATE users SET max_visibility = 'private' WHERE name = 'P1';
SET LOCAL session_replication_role = origin;
SELECT count(*) AS exported FROM export_user_rows(:'bob') WHERE table_name = 'recommendations' AND content ->> 'reason' LIKE '%P1%';
SELECT count(*) AS exported FROM jsonb_path_query(export_user(:'bob'), '$.recommendations[*].reason') AS r WHERE r::text LIKE '%P1%';
ROLLBACK;

-- A user who is unfollowed is removed from the follower's recommendations.
DELETE FROM user_relationships WHERE follower_id = :'bob' AND following_id = :'cyd';
SELECT recommendation_type, reason FROM recommendations WHERE user_id = :'bob' ORDER BY recommendation_type COLLATE "C";

-- The former author cannot log in, and cannot be erased while the courses have learners.
SELECT authenticate(email, '!') FROM users WHERE name = 'Former author';
SELECT erase_user(id) FROM users WHERE name = 'Former author'; \echo :LAST_ERROR_SQLSTATE
-- A plain DELETE keeps courses too, under the same former author.
INSERT INTO user_progress (user_id, course_id) VALUES (:'cyd', :'course_of_bob');
DELETE FROM users WHERE id = :'bob';
SELECT u.name, count(*) AS courses FROM users AS u JOIN generated_courses AS c ON c.user_id = u.id GROUP BY u.name;
-- Without learners, the former author and the courses can be erased.
SELECT erase_user(:'cyd');
SELECT erase_user(id) FROM users;
SELECT (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM generated_courses) AS courses, (SELECT count(*) FROM module_completions) AS submissions;

DELETE FROM achievements WHERE id = '00000000-0000-4000-8000-0000000000a1';
