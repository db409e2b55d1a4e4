-- Work that is submitted late, or with a time in the future, and the order of feed rows that
-- have the same time.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SELECT '00000000-0000-4000-8000-000000000ada' AS ada, '00000000-0000-4000-8000-000000000b0b' AS bob \gset

-- A course of Bob's with two modules of two exercises each, and a module without; Bob
-- follows Ada.
INSERT INTO users (id, email, password_hash, name) VALUES (:'ada', 'ada@example.org', '!', 'Ada'), (:'bob', 'bob@example.org', '!', 'Bob');
INSERT INTO user_relationships (follower_id, following_id) VALUES (:'bob', :'ada');
INSERT INTO generated_courses (id, user_id, title, meta_category) VALUES ('00000000-0000-4000-8000-0000000000c1', :'bob', 'Sorting', 'Digital');
INSERT INTO generated_modules (id, course_id, module_number, title)
SELECT format('00000000-0000-4000-8000-0000000000a%s', n)::uuid, '00000000-0000-4000-8000-0000000000c1', n, 'Module ' || n FROM generate_series(1, 3) AS n;
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty)
SELECT format('00000000-0000-4000-8000-0000000000e%s', 2 * m + e - 2)::uuid, format('00000000-0000-4000-8000-0000000000a%s', m)::uuid, e, format('Exercise %s.%s', m, e), 'python', 'easy'
FROM generate_series(1, 2) AS m, generate_series(1, 2) AS e;

-- Submits work: numbers 1 to 4 are the exercises, 5 is the third module.
CREATE FUNCTION hand_in(learner uuid, number integer, submitted_at timestamptz, score integer DEFAULT 90) RETURNS void LANGUAGE sql AS $$
  INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, time_spent_minutes, submitted_at)
  VALUES (learner, format('00000000-0000-4000-8000-0000000000a%s', (number + 1) / 2)::uuid,
          CASE WHEN number < 5 THEN format('00000000-0000-4000-8000-0000000000e%s', number)::uuid END, 'python', true, score, 10, submitted_at)
$$;
CREATE FUNCTION forget_all() RETURNS void LANGUAGE sql AS $$
  DELETE FROM user_progress;
  DELETE FROM architecture_reviews;
  DELETE FROM module_completions;
  DELETE FROM user_course_interactions;
  DELETE FROM user_achievements;
  DELETE FROM activity_feed;
$$;
-- Returns pairs of rows of the same time of which a page shows the cause above its effect.
CREATE FUNCTION out_of_order() RETURNS TABLE (effect text, cause text) LANGUAGE sql AS $$
  WITH page AS (
    SELECT t.*, row_number() OVER () AS place
    FROM activity_ticker('00000000-0000-4000-8000-000000000b0b', 200) AS t
  )
  SELECT e.activity_type, c.activity_type
  FROM page AS e
  JOIN page AS c
    ON c.created_at = e.created_at AND c.user_id = e.user_id AND c.place < e.place
       AND array_position('{exercise_solved,module_completed,course_completed,review_passed,optimization_achieved,achievement_earned}', c.activity_type)
           < array_position('{exercise_solved,module_completed,course_completed,review_passed,optimization_achieved,achievement_earned}', e.activity_type)
$$;

-- All rows of a transaction have the same time. A page shows an effect above its cause, whether
-- they were written by one statement or several, by several transactions to which the client
-- gave the same time, or got the same time by a correction.
CREATE TABLE orders (way text, rows bigint, instants bigint, wrong bigint);
CREATE FUNCTION pg_temp.look(way text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO orders SELECT way, count(*), count(DISTINCT created_at), (SELECT count(*) FROM out_of_order()) FROM activity_feed;
  PERFORM forget_all();
END
$$;
DO $$
BEGIN
  FOR n IN 1 .. 25 LOOP
    INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
    SELECT '00000000-0000-4000-8000-000000000ada', m.id, e.id, 'python', true, 100
    FROM generated_modules AS m
    LEFT JOIN exercises AS e ON e.module_id = m.id
    ORDER BY random();
    PERFORM pg_temp.look('one statement');
    COMMIT;
    PERFORM hand_in('00000000-0000-4000-8000-000000000ada', number, now(), 100) FROM generate_series(1, 5) AS number ORDER BY random();
    INSERT INTO architecture_reviews (user_id, module_id, code_sense_score, efficiency_score, edge_cases_score, taste_score, reviewed_at)
    SELECT '00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000a1', 95, 90 - e, 95, 95, now() - e * interval '1 hour'
    FROM generate_series(0, 20, 20) AS e;
    PERFORM pg_temp.look('statement by statement');
    COMMIT;
    FOR number IN 1 .. 5 LOOP
      PERFORM hand_in('00000000-0000-4000-8000-000000000ada', number, '2026-03-01 12:00:00.123+00', 100);
      COMMIT;
    END LOOP;
    PERFORM pg_temp.look('transactions of one date');
    COMMIT;
    PERFORM hand_in('00000000-0000-4000-8000-000000000ada', number, '2026-03-01 12:00:00.123+00'::timestamptz + number * interval '1 day', 100) FROM generate_series(1, 5) AS number;
    COMMIT;
    UPDATE module_completions SET submitted_at = '2026-04-01 12:00+00';
    PERFORM pg_temp.look('dates corrected');
    COMMIT;
  END LOOP;
END
$$;
SELECT way, count(*) AS times, min(rows) AS rows, max(rows) = min(rows) AS always, max(instants) AS instants, sum(wrong) AS wrong FROM orders GROUP BY way ORDER BY way;
DROP TABLE orders;
-- Pages of one row each have the same order, and the ids are UUIDs of version 8.
SELECT hand_in(:'ada', number, now(), 100) FROM generate_series(1, 5) AS number \g /dev/null
WITH RECURSIVE walk AS (
  SELECT 1 AS place, (SELECT t FROM activity_ticker('00000000-0000-4000-8000-000000000b0b', 1) AS t) AS t
  UNION ALL
  SELECT w.place + 1, (SELECT n FROM activity_ticker('00000000-0000-4000-8000-000000000b0b', 1, (w.t).created_at, (w.t).id) AS n)
  FROM walk AS w
  WHERE (w.t).id IS NOT NULL
)
SELECT string_agg(DISTINCT (t).activity_type, ' ') AS types, count(*) AS rows,
       bool_and(t = p.row) AS as_one_page, bool_and((t).id::text ~ '^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$') AS are_uuids
FROM walk
JOIN (SELECT row_number() OVER () AS place, t AS row FROM activity_ticker('00000000-0000-4000-8000-000000000b0b', 200) AS t) AS p USING (place);
SELECT forget_all();

-- A streak of seven days that is submitted three days after it ended earns its achievement,
-- with the time of its last day: all at once, day by day, and in reverse order.
CREATE FUNCTION days_ago(days integer) RETURNS timestamptz LANGUAGE sql AS $$
  SELECT date_trunc('day', now()) - days * interval '1 day' + interval '9 hours 30 minutes'
$$;
CREATE FUNCTION badge() RETURNS TABLE (badge text, days_ago integer) LANGUAGE sql AS $$
  SELECT a.slug, extract(day FROM days_ago(0) - e.unlocked_at)::integer
  FROM user_achievements AS e JOIN achievements AS a ON a.id = e.achievement_id
  WHERE a.slug = 'seven-day-streak'
$$;
INSERT INTO module_completions (user_id, module_id, language, submitted_at)
SELECT :'ada', '00000000-0000-4000-8000-0000000000a3', 'python', days_ago(n) FROM generate_series(3, 9) AS n;
SELECT badge, days_ago, streak_days(:'ada') AS now, streak_days(:'ada', days_ago(2)) AS the_day_after FROM badge();
SELECT forget_all();
DO $$
BEGIN
  FOR n IN REVERSE 9 .. 3 LOOP
    INSERT INTO module_completions (user_id, module_id, language, submitted_at)
    VALUES ('00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000a3', 'python', days_ago(n));
    ASSERT (n = 3) = EXISTS (SELECT FROM badge());
    COMMIT;
  END LOOP;
END
$$;
SELECT * FROM badge();
SELECT forget_all();
DO $$
BEGIN
  FOR n IN 3 .. 9 LOOP
    INSERT INTO module_completions (user_id, module_id, language, submitted_at)
    VALUES ('00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000a3', 'python', days_ago(n));
    ASSERT (n = 9) = EXISTS (SELECT FROM badge());
    COMMIT;
  END LOOP;
END
$$;
SELECT * FROM badge();
-- A day that joins two streaks; other work of today does not matter.
SELECT forget_all();
INSERT INTO module_completions (user_id, module_id, language, submitted_at)
SELECT :'ada', '00000000-0000-4000-8000-0000000000a3', 'python', days_ago(n) FROM unnest('{0,3,4,5,7,8,9}'::integer[]) AS n;
SELECT * FROM badge();
INSERT INTO module_completions (user_id, module_id, language, submitted_at) VALUES (:'ada', '00000000-0000-4000-8000-0000000000a3', 'python', days_ago(6));
SELECT * FROM badge();
-- Six days are not enough, and days in the future do not count.
SELECT forget_all();
INSERT INTO module_completions (user_id, module_id, language, submitted_at)
SELECT :'ada', '00000000-0000-4000-8000-0000000000a3', 'python', days_ago(n) FROM unnest('{-7,-6,-5,-4,-3,-2,-1,0,3,4,5,7,8,9}'::integer[]) AS n;
SELECT count(*) AS badges FROM badge();
-- Imported work has no effects; award_achievements finds its streak.
SELECT forget_all();
INSERT INTO module_completions (user_id, module_id, language, submitted_at, broadcast_at)
SELECT :'ada', '00000000-0000-4000-8000-0000000000a3', 'python', days_ago(n), now() - interval '1 microsecond' FROM generate_series(103, 109) AS n;
SELECT count(*) AS badges FROM badge();
SELECT award_achievements(:'ada');
SELECT * FROM badge();
SELECT forget_all();

-- An achievement has the time of the work by which its metric reached the bound, which is the first
-- solution of an exercise, the first perfect score, the first submission of a day and the last of a
-- module, however many attempts surround it. All are handed in by one statement.
INSERT INTO achievements (slug, name, description, criteria)
SELECT 'reached-' || m.metric, 'Reached ' || m.metric, '', jsonb_build_object('metric', m.metric, 'at_least', m.bound)
FROM (VALUES ('exercises_solved', 2), ('perfect_scores', 2), ('modules_completed', 2), ('courses_completed', 1), ('hours_learned', 2.5), ('streak_days', 3),
             ('reviews_received', 2), ('review_average', 80)) AS m (metric, bound);
CREATE FUNCTION pg_temp.reached() RETURNS TABLE (metric text, reached_at timestamptz) LANGUAGE sql AS $$
  SELECT substr(a.slug, 9), e.unlocked_at FROM user_achievements AS e JOIN achievements AS a ON a.id = e.achievement_id WHERE a.slug LIKE 'reached-%' ORDER BY e.unlocked_at, a.slug
$$;
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, time_spent_minutes, submitted_at)
SELECT :'ada', format('00000000-0000-4000-8000-0000000000a%s', (s.number + 1) / 2)::uuid, CASE WHEN s.number < 5 THEN format('00000000-0000-4000-8000-0000000000e%s', s.number)::uuid END,
       'python', s.passed, s.score, s.minutes, s.at::timestamptz
FROM (VALUES
  (1, false, 90, 50, '2026-05-01 08:00Z'), (1, true, 80, 20, '2026-05-01 09:00Z'), (1, true, 100, 20, '2026-05-04 09:00Z'), (1, true, 100, 20, '2026-05-05 08:00Z'),
  (2, false, 0, 0, '2026-05-01 10:00Z'), (2, true, 70, 10, '2026-05-02 11:00Z'), (2, true, 100, 10, '2026-05-05 10:00Z'),
  (3, true, 100, 30, '2026-05-03 08:00Z'), (3, true, 60, 5, '2026-05-03 07:00Z'), (4, true, 50, 15, '2026-05-03 09:00Z'), (4, true, 60, 15, '2026-05-06 09:00Z'),
  (5, false, 99, 0, '2026-05-06 10:00Z'), (5, true, 30, 0, '2026-05-07 10:00Z'), (5, true, 40, 0, '2026-05-07 11:00Z')) AS s (number, passed, score, minutes, at);
SELECT * FROM pg_temp.reached();
-- The second review earns the one, and the last of those that are averaged the other.
INSERT INTO architecture_reviews (user_id, module_id, code_sense_score, efficiency_score, edge_cases_score, taste_score, reviewed_at)
SELECT :'ada', '00000000-0000-4000-8000-0000000000a1', s, s, s, s, timestamptz '2026-05-10 12:00Z' + n * interval '1 day' FROM unnest('{60,99,95}'::integer[]) WITH ORDINALITY AS r (s, n);
SELECT * FROM pg_temp.reached() WHERE metric LIKE 'review%';
DELETE FROM user_achievements;
DELETE FROM achievements WHERE slug LIKE 'reached-%';
SELECT forget_all();

-- All effects of late work have its time: started_at that of the first submission, completed_at
-- and unlocked_at that of the last one that was needed.
CREATE FUNCTION caused() RETURNS TABLE (what text, at timestamptz) LANGUAGE sql AS $$
  SELECT 'started_at', started_at FROM user_progress
  UNION ALL SELECT 'last_activity', last_activity FROM user_progress
  UNION ALL SELECT 'completed_at', completed_at FROM user_progress
  UNION ALL SELECT interaction_type, created_at FROM user_course_interactions
  UNION ALL SELECT f.activity_type || ' ' || coalesce(f.metadata ->> 'slug', f.metadata ->> 'exercise_title', f.metadata ->> 'module_title', ''), f.created_at FROM activity_feed AS f
  UNION ALL SELECT a.slug, e.unlocked_at FROM user_achievements AS e JOIN achievements AS a ON a.id = e.achievement_id
$$;
SELECT hand_in(:'ada', number, '2026-05-01 12:00+00'::timestamptz + number * interval '1 hour', 100) FROM generate_series(1, 5) AS number \g /dev/null
CREATE TABLE expected AS SELECT * FROM caused();
SELECT * FROM expected ORDER BY at, what COLLATE "C";
SELECT forget_all();
-- The same in random order, with and without an enrolment. Achievements that take a single
-- submission or module have the time of the one that arrives first.
DO $$
DECLARE
  difference text;
BEGIN
  FOR n IN 1 .. 20 LOOP
    IF n > 10 THEN
      PERFORM start_course('00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000c1');
    END IF;
    PERFORM hand_in('00000000-0000-4000-8000-000000000ada', number, '2026-05-01 12:00+00'::timestamptz + number * interval '1 hour', 100)
    FROM generate_series(1, 5) AS number ORDER BY random();
    SELECT string_agg(d::text, ', ') INTO difference
    FROM ((SELECT * FROM caused() EXCEPT SELECT * FROM expected) UNION ALL (SELECT * FROM expected EXCEPT SELECT * FROM caused())) AS d
    WHERE d.what NOT IN ('enrolled', 'last_activity', 'first-module', 'perfect-score', 'achievement_earned first-module', 'achievement_earned perfect-score');
    IF difference <> '' THEN
      RAISE EXCEPTION '%', difference;
    END IF;
    PERFORM forget_all();
    COMMIT;
  END LOOP;
END
$$;
-- The same for plain INSERTs and UPDATEs of user_progress.
INSERT INTO user_progress (user_id, course_id, progress_percentage, started_at, last_activity)
VALUES (:'ada', '00000000-0000-4000-8000-0000000000c1', 100, '2026-05-01 12:00+00', '2026-05-03 12:00+00');
SELECT * FROM caused() ORDER BY at, what COLLATE "C";
SELECT forget_all();
INSERT INTO user_progress (user_id, course_id, started_at, last_activity) VALUES (:'ada', '00000000-0000-4000-8000-0000000000c1', '2026-05-01 12:00+00', '2026-05-01 12:00+00');
UPDATE user_progress SET progress_percentage = 100, last_activity = '2026-05-03 12:00+00';
SELECT * FROM caused() ORDER BY at, what COLLATE "C";
SELECT forget_all();
-- An older solution that is submitted later replaces the first one in the feed.
SELECT hand_in(:'ada', number, '2026-05-02 12:00+00', 80) FROM generate_series(1, 2) AS number \g /dev/null
SELECT hand_in(:'ada', number, '2026-05-01 12:00+00', 95) FROM generate_series(1, 2) AS number \g /dev/null
SELECT hand_in(:'ada', number, '2026-05-01 13:00+00', 97) FROM generate_series(1, 2) AS number \g /dev/null
SELECT activity_type, metadata -> 'score' AS score, created_at FROM activity_feed WHERE activity_type IN ('exercise_solved', 'module_completed') ORDER BY created_at, id;
SELECT forget_all();
-- last_activity is the time of the latest submission and started_at that of the earliest, whichever is
-- written last, whether it completes a module (2, 4 and 5) or not.
CREATE FUNCTION pg_temp.active_after(number integer, submitted_at timestamptz, OUT last_activity timestamptz, OUT started_at timestamptz)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM hand_in('00000000-0000-4000-8000-000000000ada', number, submitted_at);
  SELECT p.last_activity, p.started_at INTO last_activity, started_at FROM user_progress AS p;
END
$$;
SELECT s.exercise, s.submitted_at, a.*
FROM unnest('{1,2,1,3,4,1,5,1}'::integer[], '{2026-05-03 12:00Z,2026-05-02 12:00Z,2026-05-02 13:00Z,2026-05-04 12:00Z,2026-05-01 12:00Z,2026-05-05 12:00Z,2026-05-02 14:00Z,2026-05-02 15:00Z}'::timestamptz[])
  AS s (exercise, submitted_at)
CROSS JOIN LATERAL pg_temp.active_after(s.exercise, s.submitted_at) AS a;
SELECT forget_all();
-- The author's modules are unlocked at the time of the work that unlocks them.
UPDATE generated_modules SET status = 'active', unlocked_at = '2026-04-01 12:00+00' WHERE module_number = 1;
SELECT hand_in(:'bob', number, '2026-05-01 12:00+00'::timestamptz + number * interval '1 hour') FROM generate_series(1, 4) AS number \g /dev/null
SELECT module_number, status, unlocked_at FROM generated_modules ORDER BY module_number;
UPDATE generated_modules SET status = CASE module_number WHEN 1 THEN 'active' ELSE 'locked' END, unlocked_at = NULL;
SELECT forget_all();
-- Late reviews and their achievement.
INSERT INTO architecture_reviews (user_id, module_id, code_sense_score, efficiency_score, edge_cases_score, taste_score, reviewed_at)
SELECT :'ada', '00000000-0000-4000-8000-0000000000a1', 95, 95, 95, 95, '2026-05-01 12:00+00'::timestamptz + n * interval '1 day' FROM generate_series(1, 5) AS n;
SELECT * FROM caused() ORDER BY at, what COLLATE "C";
SELECT forget_all();

-- Times in the future, and infinite ones: the row keeps its time, and all effects have the time
-- of the transaction.
CREATE FUNCTION pg_temp.hand_in_at(clock timestamptz, OUT kept bigint, OUT effects bigint, OUT not_now text, OUT out_of_order bigint, OUT streak integer)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM hand_in('00000000-0000-4000-8000-000000000ada', number, clock, 100) FROM generate_series(1, 5) AS number;
  kept := (SELECT count(*) FROM module_completions AS s WHERE s.submitted_at = clock);
  effects := (SELECT count(*) FROM caused());
  not_now := (SELECT string_agg(DISTINCT what, ', ') FROM caused() AS e WHERE e.at <> now());
  out_of_order := (SELECT count(*) FROM out_of_order());
  streak := streak_days('00000000-0000-4000-8000-000000000ada');
  PERFORM forget_all();
END
$$;
SELECT clock, r.*
FROM unnest('{2036-01-01,infinity,-infinity,294276-12-31}'::timestamptz[]) AS clock
CROSS JOIN LATERAL pg_temp.hand_in_at(clock) AS r;
BEGIN;
INSERT INTO architecture_reviews (user_id, module_id, code_sense_score, efficiency_score, edge_cases_score, taste_score, reviewed_at)
SELECT :'ada', '00000000-0000-4000-8000-0000000000a1', 95, 60 + 15 * n, 95, 95, t FROM unnest('{2036-01-01,infinity}'::timestamptz[]) WITH ORDINALITY AS t (t, n);
INSERT INTO user_achievements (user_id, achievement_id, unlocked_at) SELECT :'ada', id, 'infinity' FROM achievements WHERE slug = 'hundred-hours';
INSERT INTO user_progress (user_id, course_id, completed_at, started_at) VALUES (:'ada', '00000000-0000-4000-8000-0000000000c1', '2036-01-01', '2036-01-01');
SELECT activity_type, metadata - '{actor_name,course_id,module_id}'::text[] AS metadata, created_at = now() AS now FROM activity_feed ORDER BY id;
SELECT interaction_type, created_at = now() AS now FROM user_course_interactions ORDER BY interaction_type;
COMMIT;
-- Corrections of such rows keep the time of their feed rows, and find them.
SELECT hand_in(:'ada', 1, '2036-01-01') \g /dev/null
UPDATE module_completions SET score = 77;
UPDATE architecture_reviews SET efficiency_score = efficiency_score + 1, reviewed_at = '2037-01-01' WHERE reviewed_at < '2036-12-31';
SELECT activity_type, metadata - '{actor_name,course_id,module_id}'::text[] AS metadata, created_at < now() AS told FROM activity_feed WHERE activity_type <> 'achievement_earned' ORDER BY id;
UPDATE architecture_reviews SET reviewed_at = '2026-05-01 12:00+00' WHERE reviewed_at = 'infinity';
UPDATE module_completions SET submitted_at = '2026-05-01 13:00+00';
SELECT activity_type, metadata -> 'score' AS score, created_at FROM activity_feed WHERE created_at < '2026-06-01' ORDER BY created_at, id;
UPDATE architecture_reviews SET reviewed_at = 'infinity' WHERE reviewed_at = '2026-05-01 12:00+00';
UPDATE architecture_reviews SET overall_score = 71 WHERE reviewed_at = 'infinity';
SELECT activity_type, metadata -> 'score' AS score FROM activity_feed WHERE reference_type = 'review' ORDER BY id;
DELETE FROM architecture_reviews;
DELETE FROM module_completions;
SELECT activity_type FROM activity_feed WHERE activity_type NOT IN ('course_completed', 'achievement_earned');
SELECT forget_all();
-- Such rows can be restored, without effects.
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, submitted_at, broadcast_at)
SELECT :'ada', '00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-0000000000e1', 'python', true, t, '2026-01-01'
FROM unnest('{2036-01-01,infinity,-infinity}'::timestamptz[]) AS t;
SELECT count(*) FROM module_completions;
SELECT count(*) FROM caused();
SELECT forget_all();

DROP TABLE expected;
DROP FUNCTION caused(), badge(), days_ago(integer), out_of_order(), forget_all(), hand_in(uuid, integer, timestamptz, integer);
TRUNCATE users CASCADE;
