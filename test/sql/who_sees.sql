-- Who may follow whom, and who sees what of whom: each cell of the tables in doc/reference.md.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_learner;
CREATE ROLE regress_learner;
SELECT grant_learner('regress_learner');
CREATE FUNCTION id(name text) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN md5(name)::uuid;

-- Four people, each with a course, and four who look at each of them: a stranger, a follower,
-- somebody who followed and has been blocked, and somebody who takes the course.
CREATE TABLE owners AS SELECT id(name) AS id, name, max_visibility, social_enabled
FROM (VALUES ('public', 'public', true), ('friends', 'friends', true), ('private', 'private', true), ('not social', 'public', false))
  AS o (name, max_visibility, social_enabled);
CREATE TABLE viewers AS SELECT id(viewer) AS id, viewer AS name, n
FROM unnest('{stranger,follower,blocked,student}'::text[]) WITH ORDINALITY AS v (viewer, n);
GRANT SELECT ON owners, viewers TO regress_learner;
INSERT INTO users (id, email, password_hash, name, max_visibility, social_enabled)
SELECT o.id, o.id || '@example.org', '!', 'Owner ' || o.name, 'public', true FROM owners AS o
UNION ALL SELECT v.id, v.id || '@example.org', '!', 'The ' || v.name, 'private', true FROM viewers AS v;
INSERT INTO user_archetypes (user_id, meta_category, domain, skill_level) SELECT v.id, 'Digital', 'chess', 'novice' FROM viewers AS v;
INSERT INTO generated_courses (id, user_id, title, meta_category) SELECT o.id, o.id, 'Course of ' || o.name, 'Digital' FROM owners AS o;
INSERT INTO generated_modules (id, course_id, module_number, title) SELECT o.id, o.id, 1, 'Module' FROM owners AS o;
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty, test_cases)
SELECT o.id, o.id, 1, 'Exercise', 'python', 'easy', '[{"is_hidden": false}]' FROM owners AS o;
INSERT INTO course_tags (course_id, tag) SELECT o.id, 'tag' FROM owners AS o;
INSERT INTO activity_feed (user_id, activity_type, reference_type, reference_id, visibility)
SELECT o.id, 'exercise_solved', 'exercise', o.id, f.visibility FROM owners AS o, unnest('{public,friends,private}'::text[]) AS f (visibility);
SELECT count(follow_user(v.id, o.id)) AS follows FROM owners AS o, viewers AS v WHERE v.name IN ('follower', 'blocked');
SELECT count(start_course(v.id, o.id)) AS starts FROM owners AS o, viewers AS v WHERE v.name = 'student';
-- Recommendations as they were written when everybody was still shown.
INSERT INTO recommendations (user_id, course_id, recommendation_type, reason, metadata)
SELECT v.id, o.id, 'social_signal', format('Owner %s learns this', o.name), jsonb_build_object('user_ids', ARRAY[o.id], 'names', ARRAY['Owner ' || o.name])
FROM owners AS o, (SELECT v.id FROM viewers AS v UNION ALL SELECT o.id FROM owners AS o) AS v;
UPDATE users AS u SET max_visibility = o.max_visibility, social_enabled = o.social_enabled FROM owners AS o WHERE o.id = u.id;
SELECT count(block_user(o.id, v.id)) AS blocks FROM owners AS o, viewers AS v WHERE v.name = 'blocked';
-- as if a session had had them locked
INSERT INTO recommendations (user_id, course_id, recommendation_type, reason, metadata)
SELECT v.id, o.id, 'social_signal', format('Owner %s learns this', o.name), jsonb_build_object('user_ids', ARRAY[o.id], 'names', ARRAY['Owner ' || o.name])
FROM owners AS o, viewers AS v
ON CONFLICT DO NOTHING;

-- Returns what a call returns, or its SQLSTATE, and undoes it.
CREATE FUNCTION answer(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  result text;
  message text;
BEGIN
  EXECUTE 'SELECT ' || call INTO result;
  RAISE EXCEPTION '%', coalesce(result, 'null') USING ERRCODE = 'LX000';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS message = MESSAGE_TEXT;
  RETURN CASE SQLSTATE WHEN 'LX000' THEN message ELSE SQLSTATE END;
END
$$;
-- What the user in learnify.user_id sees of another.
CREATE FUNCTION seen(owner uuid, viewer uuid, OUT resume text, OUT feed text, OUT ticker text, OUT course text, OUT outline bigint, OUT start text,
                     OUT submit text, OUT test_cases text, OUT on_home boolean, OUT named bigint, OUT follow text)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('learnify.user_id', viewer::text, true);
  SELECT CASE WHEN r IS NULL THEN '' WHEN r ? 'scores' THEN 'whole' ELSE 'part' END INTO resume FROM living_resume(owner, viewer) AS r;
  SELECT string_agg(f.visibility, ' ' ORDER BY f.visibility DESC) INTO feed FROM activity_feed AS f WHERE f.user_id = owner;
  SELECT string_agg(f.visibility, ' ' ORDER BY f.visibility DESC) INTO ticker FROM activity_ticker(viewer) AS f WHERE f.user_id = owner;
  SELECT concat_ws(' ', (SELECT 'title' FROM generated_courses WHERE user_id = owner), (SELECT 'module' FROM generated_modules WHERE id = owner),
                   (SELECT 'exercise' FROM exercises WHERE id = owner), (SELECT 'tag' FROM course_tags WHERE course_id = owner)) INTO course;
  outline := (SELECT count(*) FROM course_outline(viewer, owner));
  start := CASE answer(format('start_course(%L, %L) IS NOT NULL', viewer, owner)) WHEN 'true' THEN 'yes' WHEN 'P0002' THEN 'no such' END;
  submit := CASE answer(format('submit_exercise(%L, %L, '''', ''python'', ''[true]'') IS NOT NULL', viewer, owner)) WHEN 'true' THEN 'yes' WHEN 'P0002' THEN 'no such' END;
  test_cases := visible_test_cases(owner) IS NOT NULL;
  on_home := EXISTS (SELECT FROM home_rows(viewer, 100) AS h WHERE h.course_id = owner AND h.row_title <> 'Continue learning');
  named := (SELECT count(*) FROM recommendations AS r WHERE r.reason ~ (SELECT 'Owner ' || o.name || ' learns' FROM owners AS o WHERE o.id = owner))
           + (SELECT count(*) FROM home_rows(viewer, 100) AS h WHERE h.reason ~ (SELECT 'Owner ' || o.name || ' learns' FROM owners AS o WHERE o.id = owner));
  follow := answer(format('follow_user(%L, %L)', viewer, owner));
END
$$;
SET SESSION AUTHORIZATION regress_learner;
SELECT o.name AS owner, v.name AS viewer, s.*
FROM owners AS o
JOIN LATERAL (SELECT v.id, v.name, v.n FROM viewers AS v UNION ALL SELECT o.id, 'oneself', 5) AS v ON true
CROSS JOIN LATERAL seen(o.id, v.id) AS s
ORDER BY array_position('{public,friends,private,not social}', o.name), v.n;
-- Without a learner, a session sees what a stranger sees, and of a user who does not exist
-- what it sees of a private one.
SELECT o.name AS owner, (SELECT count(*) FROM activity_feed AS f WHERE f.user_id = o.id) AS feed, (SELECT count(*) FROM generated_courses AS c WHERE c.user_id = o.id) AS courses,
       visible_test_cases(o.id) IS NOT NULL AS test_cases
FROM owners AS o ORDER BY array_position('{public,friends,private,not social}', o.name);
RESET SESSION AUTHORIZATION;
-- A back end sees everything, and lets anybody into any course; the functions tell it what of a person the viewer for
-- whom it asks sees.
SELECT o.name AS owner, (SELECT count(*) FROM activity_feed AS f WHERE f.user_id = o.id) AS feed, (SELECT count(*) FROM generated_courses AS c WHERE c.user_id = o.id) AS courses,
       (SELECT count(*) FROM recommendations AS r WHERE r.reason ~ ('Owner ' || o.name || ' learns')) AS named, visible_test_cases(o.id) IS NOT NULL AS test_cases,
       living_resume(o.id, NULL) IS NOT NULL AS resume_for_nobody, living_resume(o.id, id('blocked')) IS NOT NULL AS resume_for_blocked,
       (SELECT count(*) FROM course_outline(id('blocked'), o.id)) AS outline_for_blocked, answer(format('start_course(%L, %L) IS NOT NULL', id('blocked'), o.id)) AS starts,
       EXISTS (SELECT FROM home_rows(id('blocked'), 100) AS h WHERE h.course_id = o.id) AS on_home_for_blocked
FROM owners AS o ORDER BY array_position('{public,friends,private,not social}', o.name);
-- To a learner, an id that nobody has is like that of somebody who shows nothing; a back end is told.
BEGIN;
CREATE FUNCTION of_id(owner uuid) RETURNS text LANGUAGE sql AS $$
  SELECT concat_ws(', ', answer(format('living_resume(%L, %L)', owner, id('stranger'))),
                   answer(format('(SELECT count(*) FROM activity_ticker(%L) AS f WHERE f.user_id = %L)', id('stranger'), owner)),
                   answer(format('(SELECT count(*) FROM course_outline(%L, %L))', id('stranger'), owner)), answer(format('start_course(%L, %L) IS NOT NULL', id('stranger'), owner)),
                   answer(format('completion_record(%L, %L)', owner, owner)), answer(format('leave_course(%L, %L)', id('stranger'), owner)),
                   answer(format('retake_course(%L, %L)', id('stranger'), owner)), answer(format('record_interaction(%L, %L, ''viewed'')', id('stranger'), owner)),
                   answer(format('dismiss_recommendation(%L, %L)', id('stranger'), owner)), answer(format('delete_course(%L)', owner))) $$;
SELECT o.name, of_id(id(o.name)) AS for_a_back_end FROM unnest('{private,nobody at all}'::text[]) AS o (name);
SET LOCAL ROLE regress_learner;
SELECT set_config('learnify.user_id', id('stranger')::text, true) \g /dev/null
SELECT o.name, of_id(id(o.name)) AS for_a_learner FROM unnest('{private,nobody at all}'::text[]) AS o (name);
ROLLBACK;
-- The courses of an erased author show nobody, and so are for all.
BEGIN;
SELECT erase_user(id('private')) AS erased;
SET LOCAL ROLE regress_learner;
SELECT set_config('learnify.user_id', id('stranger')::text, true) \g /dev/null
SELECT (SELECT count(*) FROM generated_courses AS c WHERE c.title = 'Course of private') AS courses, (SELECT count(*) FROM course_outline(id('stranger'), id('private'))) AS outline,
       start_course(id('stranger'), id('private')) IS NOT NULL AS start;
ROLLBACK;
-- A block takes effect in both directions, and at once, and taking it back restores no follow.
BEGIN;
SELECT follow_user(id('public'), id('friends')) AS follows, follow_user(id('friends'), id('public')) AS back,
       block_user(id('friends'), id('public')) AS blocked, block_user(id('friends'), id('public')) AS again;
SELECT count(*) AS follows FROM user_relationships WHERE follower_id IN (id('public'), id('friends')) AND following_id IN (id('public'), id('friends'));
SELECT name, since <= now() AS since FROM blocked_users(id('friends'), 1);
-- The one who blocks still sees a public person, and is told why following fails.
SELECT living_resume(id('public'), id('friends')) IS NOT NULL AS sees, living_resume(id('friends'), id('public')) IS NOT NULL AS is_seen;
SELECT unblock_user(id('friends'), id('public')) AS unblocked, unblock_user(id('friends'), id('public')) AS again, living_resume(id('friends'), id('public')) IS NULL AS still_a_stranger;
ROLLBACK;

--
-- Who may follow
--

-- The error for somebody who is blocked is the one for everybody where the policy is closed.
CREATE FUNCTION error_of(statement text, OUT code text, OUT argument text, OUT message text, OUT detail text, OUT hint text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, argument = COLUMN_NAME, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
END
$$;
SELECT statement.what, e.code, e.argument, replace(e.message, id('public')::text, '#') AS message, e.detail, e.hint
FROM (VALUES
  (1, 'blocked', format('SELECT follow_user(%L, %L)', id('blocked'), id('public'))),
  (2, 'blocked, by INSERT', format('INSERT INTO user_relationships (follower_id, following_id) VALUES (%L, %L)', id('blocked'), id('public'))),
  (3, 'blocked, by upsert', format('INSERT INTO user_relationships (follower_id, following_id) VALUES (%L, %L) ON CONFLICT DO NOTHING', id('blocked'), id('public'))),
  (4, 'blocked, by UPDATE', format('UPDATE user_relationships SET follower_id = %L WHERE follower_id = %L AND following_id = %L', id('blocked'), id('follower'), id('public'))),
  (5, 'closed', format('UPDATE users SET follow_policy = ''closed'' WHERE id = %2$L; SELECT follow_user(%1$L, %2$L)', id('stranger'), id('public'))),
  (6, 'closed and blocked', format('UPDATE users SET follow_policy = ''closed'' WHERE id = %2$L; SELECT follow_user(%1$L, %2$L)', id('blocked'), id('public'))),
  (7, 'has blocked', format('SELECT follow_user(%2$L, %1$L)', id('blocked'), id('public'))),
  (8, 'no such policy', format('UPDATE users SET follow_policy = ''maybe'' WHERE id = %L', id('public'))),
  (9, 'no policy', format('UPDATE users SET follow_policy = NULL WHERE id = %L', id('public'))),
  (10, 'blocks oneself', format('SELECT block_user(%1$L, %1$L)', id('public')))
) AS statement (n, what, statement)
CROSS JOIN LATERAL error_of(statement.statement) AS e
ORDER BY statement.n;

-- Each policy, for each who asks, by the function and by a plain INSERT.
CREATE FUNCTION asks(policy text, asker text, statement text, OUT answer text, OUT follows boolean, OUT waits boolean) LANGUAGE plpgsql AS $$
DECLARE
  rows bigint;
BEGIN
  UPDATE users SET follow_policy = policy WHERE id = id('public');
  IF statement ~ '^SELECT' THEN
    EXECUTE format(statement, id(asker), id('public')) INTO answer;
    answer := coalesce(answer, 'null');
  ELSE
    EXECUTE format(statement, id(asker), id('public'));
    GET DIAGNOSTICS rows = ROW_COUNT;
    answer := rows || ' rows';
  END IF;
  follows := EXISTS (SELECT FROM user_relationships AS r WHERE r.follower_id = id(asker) AND r.following_id = id('public'));
  waits := EXISTS (SELECT FROM follow_requests(id('public')) AS q WHERE q.follower_id = id(asker));
  RAISE EXCEPTION USING ERRCODE = 'LX000';
EXCEPTION WHEN OTHERS THEN
  answer := CASE SQLSTATE WHEN 'LX000' THEN answer ELSE SQLSTATE END;
END
$$;
UPDATE users SET follow_policy = 'approve' WHERE id = id('public');
SELECT follow_user(id('student'), id('public')) IS NULL AS student_asks, follow_user(id('student'), id('public')) IS NULL AS and_again;
SELECT p.policy, a.asker, s.by, r.*
FROM unnest('{open,approve,closed}'::text[]) WITH ORDINALITY AS p (policy, n)
CROSS JOIN unnest('{stranger,follower,student,blocked}'::text[]) WITH ORDINALITY AS a (asker, n)
CROSS JOIN (VALUES ('function', 'SELECT follow_user(%L, %L)'),
                   ('upsert', 'INSERT INTO user_relationships (follower_id, following_id) VALUES (%L, %L) ON CONFLICT DO NOTHING'),
                   ('INSERT', 'INSERT INTO user_relationships (follower_id, following_id) VALUES (%L, %L)')) AS s (by, statement)
CROSS JOIN LATERAL asks(p.policy, a.asker, s.statement) AS r
ORDER BY p.n, a.n, s.by COLLATE "C";
-- A request is accepted, declined or withdrawn once. Those that wait when the policy changes still wait.
SELECT name, since <= now() AS since FROM follow_requests(id('public'));
BEGIN;
SELECT accept_follower(id('public'), id('stranger')) AS unasked, accept_follower(id('public'), id('student')) AS accepted, accept_follower(id('public'), id('student')) AS again,
       decline_follower(id('public'), id('student')) AS too_late;
SELECT count(*) FILTER (WHERE follower_id = id('student')) AS follows, (SELECT count(*) FROM follow_requests(id('public'))) AS waiting FROM followers(id('public'));
SELECT remove_follower(id('public'), id('student')) AS removed, remove_follower(id('public'), id('student')) AS again, follow_user(id('student'), id('public')) IS NULL AS asks_again;
ROLLBACK;
BEGIN;
SELECT decline_follower(id('public'), id('student')) AS declined, decline_follower(id('public'), id('student')) AS again, accept_follower(id('public'), id('student')) AS too_late;
ROLLBACK;
BEGIN;
SELECT unfollow_user(id('student'), id('public')) AS withdrawn, unfollow_user(id('student'), id('public')) AS again, accept_follower(id('public'), id('student')) AS too_late;
ROLLBACK;
BEGIN;
UPDATE users SET follow_policy = 'open' WHERE id = id('public');
SELECT name FROM follow_requests(id('public'));
SELECT follow_user(id('student'), id('public')) AS follows;
SELECT count(*) AS waiting FROM follow_requests(id('public'));
ROLLBACK;
BEGIN;
UPDATE users SET follow_policy = 'closed' WHERE id = id('public');
SELECT accept_follower(id('public'), id('student')) AS accepted;
ROLLBACK;
BEGIN;
SELECT block_user(id('public'), id('student')) AS blocked, accept_follower(id('public'), id('student')) AS too_late;
SELECT count(*) AS waiting FROM follow_requests(id('public'));
ROLLBACK;
BEGIN;
SELECT block_user(id('student'), id('public')) AS blocked_by_the_asker;
SELECT count(*) AS waiting FROM follow_requests(id('public'));
ROLLBACK;
-- Pages, in both functions that list people.
UPDATE users SET follow_policy = 'approve' WHERE id = id('friends');
SELECT count(*) AS asked FROM viewers AS v WHERE v.name <> 'blocked' AND follow_user(v.id, id('friends')) IS NULL;
UPDATE learnify_internal.follow_requests AS q SET created_at = timestamptz '2026-01-01' + interval '1 hour' * v.n FROM viewers AS v WHERE v.id = q.follower_id;
SELECT p.name, n.name AS next FROM follow_requests(id('friends'), 1) AS p CROSS JOIN LATERAL follow_requests(id('friends'), 1, before_id => p.request_id) AS n;

-- What a dump brings is not refused, and takes a request's place. A learner who makes the
-- settings of a restore restores nothing.
BEGIN;
SET LOCAL row_security = off;
INSERT INTO user_relationships (follower_id, following_id) VALUES (id('student'), id('public'));
INSERT INTO user_relationships (follower_id, following_id) VALUES (id('stranger'), id('public'));
SELECT count(*) AS follows, (SELECT count(*) FROM follow_requests(id('public'))) AS waiting FROM followers(id('public'));
ROLLBACK;
BEGIN;
SET LOCAL ROLE regress_learner;
SET LOCAL row_security = off;
SET LOCAL learnify.automation = off;
SELECT set_config('learnify.user_id', id('stranger')::text, true) \g /dev/null
SELECT follow_user(id('stranger'), id('public')) IS NULL AS asks;
SELECT set_config('learnify.user_id', id('blocked')::text, true) \g /dev/null
SELECT follow_user(id('blocked'), id('friends')); \echo :LAST_ERROR_SQLSTATE
ROLLBACK;
-- With learnify.notify on, a follow and a request notify, but not of a private person, and
-- neither does what is refused or restored.
LISTEN learnify_follower;
LISTEN learnify_follow_request;
SET learnify.notify = on;
\o | sed -E 's/"id" : "[-0-9a-f]{36}"/"id" : its id/; s/PID [0-9]+/PID .../' | LC_ALL=C sort
BEGIN;
SELECT follow_user(id('stranger'), id('public')), follow_user(id('follower'), id('stranger')), accept_follower(id('friends'), id('student')), error_of(format('SELECT follow_user(%L, %L)', id('blocked'), id('public'))) \g /dev/null
SET LOCAL row_security = off;
INSERT INTO user_relationships (follower_id, following_id) VALUES (id('student'), id('public'));
COMMIT;
\o
SELECT name, id FROM users WHERE id IN (id('friends'), id('public')) ORDER BY name;
RESET learnify.notify;
UNLISTEN *;
-- A learner answers for nobody else.
BEGIN;
SET LOCAL ROLE regress_learner;
SELECT set_config('learnify.user_id', id('student')::text, true) \g /dev/null
SELECT c.call, e.code FROM unnest('{accept_follower,decline_follower,remove_follower,block_user,unblock_user}'::text[]) AS c (call)
CROSS JOIN LATERAL error_of(format('SELECT %I(%L, %L)', c.call, id('public'), id('student'))) AS e;
SELECT c.call, e.code FROM unnest('{follow_requests,blocked_users}'::text[]) AS c (call) CROSS JOIN LATERAL error_of(format('SELECT %I(%L)', c.call, id('public'))) AS e;
UPDATE users SET follow_policy = 'closed' RETURNING name;
ROLLBACK;

-- Whoever follows has no open request, also where an UPDATE of a relationship gives what was asked for.
BEGIN;
UPDATE users SET follow_policy = 'approve' WHERE id = id('public');
DELETE FROM user_relationships WHERE follower_id = id('stranger');
SELECT follow_user(id('stranger'), id('public'));
UPDATE users SET follow_policy = 'open' WHERE id = id('public');
SELECT follow_user(id('stranger'), id('student'));
UPDATE user_relationships SET following_id = id('public') WHERE follower_id = id('stranger') AND following_id = id('student');
SELECT count(*) FILTER (WHERE follower_id = id('stranger')) AS follows,
       (SELECT count(*) FROM follow_requests(id('public')) AS q WHERE q.follower_id = id('stranger')) AS waiting
FROM followers(id('public'));
ROLLBACK;

TRUNCATE users CASCADE;
DROP TABLE owners, viewers;
DROP FUNCTION asks(text, text, text), error_of(text), seen(uuid, uuid), answer(text), id(text);
DROP OWNED BY regress_learner;
DROP ROLE regress_learner;
