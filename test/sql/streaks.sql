-- learning_streaks(), and days of grace, by one rule with streak_days() and the achievements.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_learner;
DELETE FROM users;
SELECT setseed(0.5);
\set ada '00000000-0000-4000-8000-000000000ada'
\set bob '00000000-0000-4000-8000-000000000b0b'
INSERT INTO users (id, email, password_hash, name) VALUES (:'bob', 'bob@example.org', '!', 'Bob');
INSERT INTO generated_courses (id, user_id, title, meta_category) VALUES (:'bob', :'bob', 'Course', 'Digital');
INSERT INTO generated_modules (id, course_id, module_number, title) VALUES (:'bob', :'bob', 1, 'Module');
-- Ada, with work at noon of the given dates
CREATE FUNCTION pg_temp.work(days date[], zone text DEFAULT 'UTC', automation text DEFAULT 'off') RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  ada uuid := '00000000-0000-4000-8000-000000000ada';
BEGIN
  PERFORM set_config('learnify.automation', automation, true);
  DELETE FROM users WHERE id = ada;
  INSERT INTO users (id, email, password_hash, name, time_zone) VALUES (ada, 'ada@example.org', '!', 'Ada', zone);
  INSERT INTO module_completions (user_id, module_id, language, submitted_at)
  SELECT ada, '00000000-0000-4000-8000-000000000b0b', 'python', (d + time '12:00') AT TIME ZONE zone FROM unnest(days) AS d;
END
$$;
CREATE FUNCTION pg_temp.streaks(as_of timestamptz, grace integer DEFAULT 0, OUT current integer, OUT since date, OUT keep_until date, OUT last_day date,
                                OUT longest integer, OUT from_day date, OUT to_day date, OUT streak_days integer) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('learnify.streak_grace_days', grace::text, true);
  SELECT s.*, streak_days('00000000-0000-4000-8000-000000000ada', as_of) INTO current, since, keep_until, last_day, longest, from_day, to_day, streak_days
  FROM learning_streaks('00000000-0000-4000-8000-000000000ada', as_of) AS s;
END
$$;
SET datestyle = 'ISO, YMD';
SELECT pg_temp.work('{2026-01-01,2026-01-02,2026-01-03,2026-01-05,2026-01-06,2026-01-09}');
SELECT day, s.* FROM unnest('{2025-12-31,2026-01-01,2026-01-02,2026-01-03,2026-01-04,2026-01-05,2026-01-06,2026-01-07,2026-01-08,2026-01-09,2026-01-10,2026-01-11}'::date[]) AS day
CROSS JOIN LATERAL pg_temp.streaks(day + time '13:00') AS s;
-- Days of grace end no streak, and do not count.
SELECT grace, day, s.* FROM unnest('{2026-01-06,2026-01-08,2026-01-09,2026-01-11,2026-01-12,2026-01-13}'::date[]) AS day CROSS JOIN generate_series(1, 2) AS grace
CROSS JOIN LATERAL pg_temp.streaks(day + time '13:00', grace) AS s ORDER BY grace, day;
SELECT s.* FROM pg_temp.streaks('2026-01-09 13:00', 30) AS s;
-- A day that the time zone skipped takes no grace.
SELECT pg_temp.work('{2011-12-28,2011-12-29,2011-12-31}', 'Pacific/Apia');
SELECT grace, s.* FROM generate_series(0, 1) AS grace CROSS JOIN LATERAL pg_temp.streaks('2011-12-31 12:00+14', grace) AS s;
SELECT pg_temp.work('{2011-12-28,2011-12-29}', 'Pacific/Apia');
SELECT grace, s.* FROM generate_series(0, 1) AS grace CROSS JOIN LATERAL pg_temp.streaks('2011-12-31 12:00+14', grace) AS s;
-- The latest of those that are as long; nobody; no work; NULL.
SELECT pg_temp.work('{2026-01-01,2026-01-02,2026-02-01,2026-02-02,2026-03-01}');
SELECT s.* FROM pg_temp.streaks('2026-04-01') AS s;
SELECT pg_temp.work('{}');
SELECT s.* FROM pg_temp.streaks('2026-04-01') AS s;
SELECT s.* FROM learning_streaks('00000000-0000-4000-8000-00000000dead') AS s;
SELECT count(*) AS rows FROM learning_streaks(NULL);
SELECT count(*) AS rows FROM learning_streaks(:'ada', NULL);
-- Infinite dates count as no day.
INSERT INTO module_completions (user_id, module_id, language, submitted_at) VALUES (:'ada', :'bob', 'python', 'infinity'), (:'ada', :'bob', 'python', '-infinity'), (:'ada', :'bob', 'python', '2026-01-01 12:00Z');
SELECT s.* FROM pg_temp.streaks('2026-01-02') AS s;
SELECT s.* FROM learning_streaks(:'ada', 'infinity') AS s;
SELECT learnify_internal.continues_streak('UTC', '-infinity', '2026-01-01') AS before, learnify_internal.continues_streak('UTC', '2026-01-01', 'infinity') AS after, learnify_internal.continues_streak('UTC', NULL, '2026-01-01') AS "null",
       learnify_internal.continues_streak('UTC', '2026-01-01', '2026-01-02') AS next, learnify_internal.continues_streak('UTC', '2026-01-01', '2026-01-03') AS next_but_one, learnify_internal.continues_streak('Mars/Olympus', '2026-01-01', '2026-01-02') AS unknown_zone;

-- Random days, and every number of days of grace: as counted by islands of days, and so is the time at which a streak was reached.
CREATE FUNCTION pg_temp.by_islands(as_of date, grace integer, OUT current bigint, OUT longest bigint, OUT of_two timestamptz, OUT of_five timestamptz) LANGUAGE sql AS $$
  WITH days AS (
    SELECT DISTINCT s.submitted_on AS day, s.submitted_at, s.submitted_on - lag(s.submitted_on) OVER (ORDER BY s.submitted_on) > grace + 1 AS after_gap
    FROM module_completions AS s WHERE s.user_id = '00000000-0000-4000-8000-000000000ada' AND s.submitted_on <= as_of
  ), islands AS (
    SELECT d.*, count(*) FILTER (WHERE d.after_gap) OVER (ORDER BY d.day) AS island FROM days AS d
  ), numbered AS (
    SELECT i.*, row_number() OVER (PARTITION BY i.island ORDER BY i.day) AS n FROM islands AS i
  )
  SELECT coalesce((SELECT n.n FROM numbered AS n WHERE n.day >= as_of - grace - 1 ORDER BY n.day DESC LIMIT 1), 0),
         coalesce((SELECT max(n.n) FROM numbered AS n), 0), (SELECT min(n.submitted_at) FROM numbered AS n WHERE n.n = 2), (SELECT min(n.submitted_at) FROM numbered AS n WHERE n.n = 5)
$$;
CREATE TEMP TABLE results (round integer, grace integer, same boolean, current integer, longest integer);
DO $$
DECLARE
  grace integer;
  as_of date;
  s record;
  b record;
BEGIN
  FOR round IN 1 .. 60 LOOP
    PERFORM pg_temp.work(ARRAY(SELECT DISTINCT date '2026-01-01' + floor(random() * 40)::integer FROM generate_series(1, 4 + round / 3)));
    FOR grace IN 0 .. 3 LOOP
      as_of := date '2026-01-10' + floor(random() * 36)::integer;
      SELECT * INTO s FROM pg_temp.streaks(as_of + time '13:00', grace);
      SELECT * INTO b FROM pg_temp.by_islands(as_of, grace);
      INSERT INTO results VALUES (round, grace, (s.current, s.longest, s.streak_days) = (b.current, b.longest, b.current), s.current, s.longest);
      SELECT * INTO b FROM pg_temp.by_islands('2026-03-01', grace);
      INSERT INTO results VALUES (round, grace, (learnify_internal.metric_reached_at('00000000-0000-4000-8000-000000000ada', 'streak_days', 2),
                                                 learnify_internal.metric_reached_at('00000000-0000-4000-8000-000000000ada', 'streak_days', 5)) IS NOT DISTINCT FROM (b.of_two, b.of_five), NULL, NULL);
    END LOOP;
  END LOOP;
END
$$;
SELECT grace, count(*), count(*) FILTER (WHERE same) = count(*) AS same, count(DISTINCT current) > 3 AS currents, count(DISTINCT longest) > 4 AS longests FROM results GROUP BY grace ORDER BY grace;

-- Achievements go by the same rule: seven days with work in a fortnight, with a day of grace between them.
CREATE FUNCTION pg_temp.earned() RETURNS TABLE (slug text, unlocked_at timestamp) LANGUAGE sql AS $$
  SELECT c.slug, e.unlocked_at AT TIME ZONE 'UTC' FROM user_achievements AS e JOIN achievements AS c ON c.id = e.achievement_id
  WHERE e.user_id = '00000000-0000-4000-8000-000000000ada' AND c.criteria ->> 'metric' = 'streak_days'
$$;
SELECT pg_temp.work(ARRAY(SELECT date '2026-01-01' + 2 * n FROM generate_series(0, 6) AS n), 'UTC', 'on');
SELECT * FROM pg_temp.earned();
BEGIN;
SET LOCAL learnify.streak_grace_days = 1;
SELECT pg_temp.work(ARRAY(SELECT date '2026-01-01' + 2 * n FROM generate_series(0, 6) AS n), 'UTC', 'on');
SELECT * FROM pg_temp.earned();
COMMIT;
SELECT pg_temp.work(ARRAY(SELECT date '2026-01-01' + 2 * n FROM generate_series(0, 6) AS n));
SELECT award_achievements(:'ada') AS without_grace;
BEGIN;
SET LOCAL learnify.streak_grace_days = 1;
SELECT award_achievements(:'ada') AS with_grace;
SELECT * FROM pg_temp.earned();
COMMIT;

-- A learner reads the own streaks, and may not give itself grace.
SET learnify.streak_grace_days = 31;
CREATE ROLE regress_learner;
SELECT grant_learner('regress_learner');
SET ROLE regress_learner;
SET learnify.user_id = :'ada';
SELECT s.longest_days FROM learning_streaks(:'ada') AS s;
SELECT s.longest_days FROM learning_streaks(:'bob') AS s;
SET learnify.streak_grace_days = 1;
SELECT set_config('learnify.streak_grace_days', '1', true);
RESET ROLE;
DROP OWNED BY regress_learner;
DROP ROLE regress_learner;
DELETE FROM users WHERE id = :'ada';
DELETE FROM users;
