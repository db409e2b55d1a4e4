-- What cost_curves.sql measures in one database: the buffers that each function reads and
-- writes, of a learner whose own rows are the same in each. It leaves nothing behind.
SET jit = off;
SET max_parallel_workers_per_gather = 0;
SET client_min_messages = warning;
SELECT refresh_trending(as_of) FROM bench.parameters \g /dev/null
BEGIN;
CREATE FUNCTION pg_temp.buffers(statement text)
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ' || statement INTO plan;
  RETURN (plan #>> '{0,Plan,Shared Hit Blocks}')::bigint + (plan #>> '{0,Plan,Shared Read Blocks}')::bigint;
END
$$;

-- The learner has twelve courses, ten people to follow, a follower, six submissions, and
-- recommendations.
SELECT '00000000-0000-4000-8000-00000000c057' AS learner, bench.id('learner', 1) AS famous, bench.id('learner', 2) AS other,
       bench.id('course', 1) AS course \gset
INSERT INTO users (id, email, password_hash, name) VALUES (:'learner', 'curve@bench.example', '!', 'Curve');
SELECT choose_archetype(:'learner', 'Digital', 'curves', 'novice') \g /dev/null
SELECT start_course(:'learner', bench.id('course', n)) FROM generate_series(1, 12) AS n \g /dev/null
SELECT follow_user(:'learner', bench.id('learner', n)) FROM generate_series(1, 10) AS n \g /dev/null
SELECT follow_user(:'other', :'learner') \g /dev/null
SELECT submit_exercise(:'learner', bench.id('exercise', 10 * (10 + m) + 1), 'print(input())', 'python', '[true, true]')
FROM generate_series(1, 6) AS m \g /dev/null
INSERT INTO recommendations (user_id, course_id, recommendation_type, match_score, reason, expires_at)
SELECT :'learner', bench.id('course', 20 + n), 'collaborative_filtering', 100 - n, 'A reason', 'infinity'
FROM generate_series(1, 40) AS n;

-- Each call is made twice, since the first reads the catalog; those that write have another
-- subject each time. A page is of ten followers, whom the famous have at each size.
CREATE TEMP TABLE curve AS
SELECT f.name, (SELECT (array_agg(pg_temp.buffers(replace(replace(replace(replace(replace(
         'SELECT * FROM ' || f.call, ':learner', quote_literal(:'learner')), ':famous', quote_literal(:'famous')),
         ':other', quote_literal(:'other')), ':course', quote_literal(:'course')), ':n', n::text)) ORDER BY n))[3]
  FROM generate_series(1, 3) AS n) AS buffers
FROM (VALUES
  ('get_variables', 'get_variables(:learner)'),
  ('set_variables', 'set_variables(:learner, ''{"CURVE": ":n"}'')'),
  ('start_course', 'start_course(:learner, bench.id(''course'', 12 + :n))'),
  ('leave_course', 'leave_course(:learner, bench.id(''course'', 12 + :n))'),
  ('enrolled_courses', 'enrolled_courses(:learner)'),
  ('authored_courses', 'authored_courses(:other)'),
  ('course_outline', 'course_outline(:learner, :course)'),
  ('submit_exercise', 'submit_exercise(:learner, bench.id(''exercise'', 10 * (20 + :n) + 1), ''print(input())'', ''python'', ''[true, true]'')'),
  ('recompute_progress', 'recompute_progress(:learner, :course)'),
  ('activity_ticker', 'activity_ticker(:learner, 20)'),
  ('newer_activity', 'newer_activity(:learner, 20)'),
  ('followers', 'followers(:famous, 10)'),
  ('following', 'following(:learner)'),
  ('follow_user', 'follow_user(:learner, bench.id(''learner'', 10 + :n))'),
  ('unfollow_user', 'unfollow_user(:learner, bench.id(''learner'', 10 + :n))'),
  ('following_count', 'following_count(:learner)'),
  ('follower_count', 'follower_count(:famous)'),
  ('user_stats', 'user_stats(:learner)'),
  ('streak_days', 'streak_days(:learner)'),
  ('award_achievements', 'award_achievements(:learner)'),
  ('living_resume', 'living_resume(:learner, :other)'),
  ('home_rows', 'home_rows(:learner)'),
  ('record_interaction', 'record_interaction(:learner, bench.id(''course'', 60 + :n), ''viewed'')'),
  ('dismiss_recommendation', 'dismiss_recommendation(:learner, bench.id(''course'', 20 + :n))'),
  ('refresh_trending', 'refresh_trending((SELECT as_of FROM bench.parameters))'),
  ('trending_tags', 'trending_tags(20, (SELECT as_of FROM bench.parameters))'),
  ('skill_adjacency', 'skill_adjacency()'),
  ('export_user', 'export_user(:learner)'),
  ('velocity', 'velocity(2, 1)'),
  ('velocity_label', 'velocity_label(3)'),
  ('inject_variables', 'inject_variables(''{DOMAIN}'', ''{"DOMAIN": "curves"}'', ''error'')'),
  ('template_variables', 'template_variables(''{DOMAIN}'')')
) AS f (name, call);
SELECT jsonb_object_agg(c.name, c.buffers) AS curve FROM curve AS c \gset
ROLLBACK;
