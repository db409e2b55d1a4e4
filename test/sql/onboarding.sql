-- onboard(), record_interaction(), and the counts of a profile.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_learner;
DELETE FROM users;
\set ada '00000000-0000-4000-8000-000000000ada'
\set bob '00000000-0000-4000-8000-000000000b0b'
\set words '{"ENTITY": "starter", "STATE": "ripeness", "LOGIC": "test", "FLOW": "flow", "CONTAINER": "plan", "EDGE_CASE": "case", "INTERFACE": "oven", "VARIANT": "form", "EVENT": "timer", "CAPSTONE_GOAL": "a planner"}'
INSERT INTO users (id, email, password_hash, name) VALUES (:'ada', 'ada@example.org', '!', 'Ada'), (:'bob', 'bob@example.org', '!', 'Bob');
CREATE FUNCTION pg_temp.try(statement text, OUT result text, OUT code text, OUT argument text, OUT message text)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE 'SELECT ' || replace(replace(statement, '#ada', '''00000000-0000-4000-8000-000000000ada'''), '#bob', '''00000000-0000-4000-8000-000000000b0b''') INTO result;
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, argument = COLUMN_NAME, message = MESSAGE_TEXT;
END
$$;
CREATE FUNCTION pg_temp.rows() RETURNS TABLE (archetypes bigint, variables bigint, courses bigint, modules bigint) LANGUAGE sql AS $$
SELECT (SELECT count(*) FROM user_archetypes), (SELECT count(*) FROM user_variables), (SELECT count(*) FROM generated_courses), (SELECT count(*) FROM generated_modules)
$$;

-- One call, or nothing.
SELECT t.code, t.argument, left(t.message, 60) AS message FROM pg_temp.try('onboard(#ada, ''Biological'', ''sourdough'', ''novice'', ''{"ENTITY": "starter"}'')') AS t;
SELECT * FROM pg_temp.rows();
SELECT onboard(:'ada', 'Biological', ' sourdough ', 'novice', :'words') AS course \gset
SELECT * FROM pg_temp.rows();
SELECT c.title, c.meta_category, c.injected_variables ->> 'ENTITY' AS entity, a.domain, a.skill_level, ARRAY(SELECT t.tag FROM course_tags AS t WHERE t.course_id = c.id ORDER BY t.tag COLLATE "C") AS tags
FROM generated_courses AS c JOIN user_archetypes AS a ON a.id = c.archetype_id WHERE c.id = :'course';
-- The same again is the same course, also where the variables are known already.
SELECT onboard(:'ada', 'Biological', 'sourdough', 'novice', :'words') = :'course' AS same, onboard(:'ada', 'Biological', 'sourdough', 'novice') = :'course' AS without_variables,
       onboard(:'ada', 'Biological', 'sourdough', 'novice', '{"ENTITY": " starter "}') = :'course' AS with_one, onboard(:'ada', 'Biological', 'sourdough', 'novice', '{"preferred_language": "go"}') = :'course' AS with_another;
SELECT * FROM pg_temp.rows();
-- Anything else is another one; and the one before, where that is asked for again.
SELECT onboard(:'ada', 'Biological', 'sourdough', 'quant') AS quant, onboard(:'ada', 'Digital', 'sourdough', 'novice') AS digital, onboard(:'ada', 'Biological', 'rye', 'novice') AS rye,
       onboard(:'ada', 'Biological', 'sourdough', 'novice', '{"ENTITY": "leaven"}') AS leaven \gset
SELECT count(DISTINCT id) AS courses FROM generated_courses WHERE id IN (:'course', :'quant', :'digital', :'rye', :'leaven');
SELECT onboard(:'ada', 'Biological', 'sourdough', 'novice') = :'leaven' AS of_present_variables, onboard(:'ada', 'Biological', 'sourdough', 'novice', :'words') = :'course' AS of_former_ones, onboard(:'ada', 'Biological', 'sourdough', 'quant') = :'quant' AS quant;
SELECT skill_level, get_variables(user_id) ->> 'ENTITY' AS entity FROM user_archetypes WHERE user_id = :'ada';
-- An archived course is not returned, nor is somebody else's.
UPDATE generated_courses SET status = 'archived' WHERE id = :'course';
SELECT onboard(:'ada', 'Biological', 'sourdough', 'novice') NOT IN (SELECT unnest(ARRAY[:'course', :'quant', :'digital', :'rye', :'leaven']::uuid[])) AS new;
SELECT onboard(:'bob', 'Biological', 'sourdough', 'novice', :'words') NOT IN (SELECT id FROM generated_courses WHERE user_id = :'ada') AS own;
UPDATE user_archetypes SET validation_status = 'rejected', validation_reason = 'no craft' WHERE user_id = :'bob';
SELECT c.call, t.code, t.argument, t.message
FROM unnest(ARRAY['onboard(#bob, ''Biological'', ''sourdough'', ''quant'')', 'onboard(#bob, ''Culinary'', ''sourdough'', ''novice'')', 'onboard(#bob, ''Biological'', '' '', ''novice'')', 'onboard(#bob, ''Biological'', ''sourdough'', ''chef'')',
  'onboard(#bob, ''Biological'', ''sourdough'', ''novice'', ''[]'')', 'onboard(#bob, ''Biological'', ''sourdough'', ''novice'', ''{"A": []}'')', 'onboard(#bob, ''Biological'', ''sourdough'', ''novice'', NULL)', 'onboard(#bob, NULL, ''sourdough'', ''novice'')',
  'onboard(#bob, ''Biological'', NULL, ''novice'')', 'onboard(#bob, ''Biological'', ''sourdough'', NULL)', 'onboard(NULL, ''Biological'', ''sourdough'', ''novice'')', 'onboard(md5(''nobody'')::uuid, ''Biological'', ''sourdough'', ''novice'')']) AS c (call)
CROSS JOIN LATERAL pg_temp.try(c.call) AS t;
SELECT skill_level, validation_status FROM user_archetypes WHERE user_id = :'bob';

-- An interaction is recorded once for each kind, and changes no recommendation.
SELECT kind, record_interaction(:'bob', :'rye', kind) AS first, record_interaction(:'bob', :'rye', kind) AS again FROM unnest('{viewed,saved,shared}'::text[]) AS kind;
SELECT interaction_type, interaction_value FROM user_course_interactions WHERE user_id = :'bob' ORDER BY 1;
SELECT count(*) AS taken FROM learnify_internal.taken_courses(:'bob') AS t WHERE t = :'rye';
-- Nor does it take back a dismissal, or a dismissal what was recorded.
SELECT dismiss_recommendation(:'bob', :'quant') AS dismissed, record_interaction(:'bob', :'quant', 'viewed') AS viewed, record_interaction(:'bob', :'quant', 'viewed') AS again, dismiss_recommendation(:'bob', :'quant') AS dismissed_again;
SELECT interaction_type, interaction_value FROM user_course_interactions WHERE user_id = :'bob' AND course_id = :'quant' ORDER BY 2;
SELECT count(*) AS taken FROM learnify_internal.taken_courses(:'bob') AS t WHERE t = :'quant';
SELECT count(*) AS learned_from FROM user_course_interactions AS i WHERE learnify_internal.shows_interest(i.interaction_type, i.interaction_value);
SELECT c.call, t.code, t.argument, t.message
FROM unnest(ARRAY['record_interaction(#bob, (SELECT id FROM generated_courses LIMIT 1), ''enrolled'')', 'record_interaction(#bob, (SELECT id FROM generated_courses LIMIT 1), ''completed'')', 'record_interaction(#bob, (SELECT id FROM generated_courses LIMIT 1), ''liked'')',
  'record_interaction(#bob, #bob, ''viewed'')', 'record_interaction(md5(''nobody'')::uuid, #bob, ''viewed'')', 'record_interaction(NULL, #bob, ''viewed'')', 'record_interaction(#bob, NULL, ''viewed'')', 'record_interaction(#bob, #bob, NULL)']) AS c (call)
CROSS JOIN LATERAL pg_temp.try(c.call) AS t;

-- The counts of a profile are shown to whoever sees its name.
SELECT start_course(:'bob', :'rye') IS NOT NULL AS started, follow_user(:'bob', :'ada') AS followed;
SELECT v.viewer, living_resume(:'ada', v.viewer::uuid) -> 'counts' AS of_ada, living_resume(:'bob', v.viewer::uuid) -> 'counts' AS of_bob FROM (VALUES (:'ada'), (:'bob'), (NULL)) AS v (viewer);
UPDATE users SET max_visibility = 'friends' WHERE id = :'ada';
SELECT living_resume(:'ada', NULL) AS to_a_stranger, living_resume(:'ada', :'bob') -> 'counts' AS to_a_follower;

-- A learner acts for itself.
CREATE ROLE regress_learner;
SELECT grant_learner('regress_learner');
SET ROLE regress_learner;
SET learnify.user_id = :'bob';
SELECT c.call, left(t.result, 4) AS result, t.code, t.argument
FROM (VALUES (1, 'onboard(#bob, ''Digital'', ''chess'', ''novice'') IS NOT NULL'), (2, 'onboard(#ada, ''Digital'', ''chess'', ''novice'')'), (3, 'record_interaction(#bob, (SELECT id FROM generated_courses ORDER BY created_at LIMIT 1), ''saved'')'),
             (4, 'record_interaction(#ada, (SELECT id FROM generated_courses LIMIT 1), ''saved'')'), (5, 'onboard(NULL, ''Digital'', ''chess'', ''novice'')'), (6, 'record_interaction(NULL, NULL, NULL)')) AS c (n, call)
CROSS JOIN LATERAL pg_temp.try(c.call) AS t ORDER BY c.n;
RESET ROLE;
RESET learnify.user_id;
SELECT jsonb_array_length(export_user(:'bob') -> 'user_course_interactions') AS exported, erase_user(:'bob') AS erased;
SELECT count(*) FROM user_course_interactions WHERE user_id = :'bob';
DROP OWNED BY regress_learner;
DROP ROLE regress_learner;
DELETE FROM users WHERE id = :'ada';
DELETE FROM users;
