-- user_stats() and streak_days(), computed from a learner's rows.
-- Clean up after a run that was interrupted.
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_nobody, regress_above, regress_reader;
RESET client_min_messages;
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT setseed(0.25);

CREATE FUNCTION pg_temp.id(kind text, number integer) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$ SELECT md5('statistics ' || kind || number)::uuid $$;

-- Random work of eight learners in three courses; the ninth has done nothing. Modules have 0 to 2
-- exercises. Automation is off, so that there are no rows but these.
SET learnify.automation = off;
INSERT INTO users (id, email, password_hash, name, time_zone)
SELECT pg_temp.id('user', n), 'statistics' || n || '@example.org', '!', 'Learner ' || n,
       (ARRAY['UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Kiritimati', 'Pacific/Pago_Pago'])[1 + n % 5]
FROM generate_series(1, 9) AS n;
INSERT INTO generated_courses (id, user_id, title, meta_category)
SELECT pg_temp.id('course', n), pg_temp.id('user', 1), 'Course ' || n, 'Digital' FROM generate_series(1, 3) AS n;
INSERT INTO generated_modules (id, course_id, module_number, title)
SELECT pg_temp.id('module', 10 * c + m), pg_temp.id('course', c), m, 'Module' FROM generate_series(1, 3) AS c, generate_series(1, 4) AS m;
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty)
SELECT pg_temp.id('exercise', 100 * c + 10 * m + e), pg_temp.id('module', 10 * c + m), e, 'Exercise', 'python', 'easy'
FROM generate_series(1, 3) AS c, generate_series(1, 4) AS m, generate_series(1, m % 3) AS e;
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, time_spent_minutes, submitted_at)
SELECT pg_temp.id('user', 1 + n % 8), t.module_id, t.exercise_id, 'python', random() < 0.6, 10 * floor(random() * 11),
       floor(random() * 20), now() - random() * (n % 8) * interval '30 hours'
FROM generate_series(1, 250) AS n
CROSS JOIN LATERAL (SELECT m.id AS module_id, e.id AS exercise_id
                    FROM generated_modules AS m
                    LEFT JOIN exercises AS e ON e.module_id = m.id AND random() < 0.8
                    WHERE n > 0
                    ORDER BY random()
                    LIMIT 1) AS t;
INSERT INTO architecture_reviews (user_id, module_id, code_sense_score, efficiency_score, edge_cases_score, taste_score)
SELECT pg_temp.id('user', 1 + floor(random() * 7)::integer), pg_temp.id('module', 11), floor(random() * 101), floor(random() * 101),
       floor(random() * 101), floor(random() * 101)
FROM generate_series(1, 40);
INSERT INTO user_progress (user_id, course_id, time_spent_minutes, completed_at)
SELECT pg_temp.id('user', u), pg_temp.id('course', c), floor(random() * 600), CASE WHEN random() < 0.5 THEN now() END
FROM generate_series(1, 8) AS u, generate_series(1, 3) AS c
WHERE random() < 0.7;
RESET learnify.automation;

-- Returns a learner's statistics by counting row by row.
CREATE FUNCTION pg_temp.brute_force(learner uuid) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  zone text := (SELECT time_zone FROM users WHERE id = learner);
  day date := (now() AT TIME ZONE zone)::date;
  modules integer := 0;
  exercises_solved integer := 0;
  perfect integer := 0;
  streak integer := 0;
  thing uuid;
  total numeric := 0;
  reviews integer := 0;
  score integer;
  minutes integer;
  done boolean;
BEGIN
  FOR thing IN SELECT id FROM generated_modules LOOP
    done := CASE WHEN EXISTS (SELECT FROM exercises WHERE module_id = thing) THEN
              NOT EXISTS (SELECT FROM exercises AS e
                          WHERE e.module_id = thing AND e.id NOT IN (SELECT s.exercise_id FROM module_completions AS s
                                                                     WHERE s.user_id = learner AND s.passed AND s.exercise_id IS NOT NULL))
            ELSE EXISTS (SELECT FROM module_completions AS s
                         WHERE s.user_id = learner AND s.passed AND s.exercise_id IS NULL AND s.module_id = thing) END;
    modules := modules + done::integer;
    perfect := perfect + EXISTS (SELECT FROM module_completions AS s WHERE s.user_id = learner AND s.module_id = thing
                                   AND s.exercise_id IS NULL AND s.score = 100)::integer;
  END LOOP;
  FOR thing IN SELECT id FROM exercises LOOP
    exercises_solved := exercises_solved + EXISTS (SELECT FROM module_completions AS s WHERE s.user_id = learner AND s.exercise_id = thing
                                                     AND s.passed)::integer;
    perfect := perfect + EXISTS (SELECT FROM module_completions AS s WHERE s.user_id = learner AND s.exercise_id = thing
                                   AND s.score = 100)::integer;
  END LOOP;
  FOR score IN SELECT overall_score FROM architecture_reviews WHERE user_id = learner LOOP
    reviews := reviews + 1;
    total := total + score;
  END LOOP;
  IF NOT EXISTS (SELECT FROM module_completions AS s WHERE s.user_id = learner AND (s.submitted_at AT TIME ZONE zone)::date = day) THEN
    day := day - 1;
  END IF;
  WHILE EXISTS (SELECT FROM module_completions AS s WHERE s.user_id = learner AND (s.submitted_at AT TIME ZONE zone)::date = day) LOOP
    streak := streak + 1;
    day := day - 1;
  END LOOP;
  minutes := (SELECT coalesce(sum(time_spent_minutes), 0) FROM user_progress WHERE user_id = learner);
  RETURN ROW(modules, (SELECT count(*) FROM user_progress WHERE user_id = learner AND completed_at IS NOT NULL), exercises_solved,
             perfect, CASE reviews WHEN 0 THEN 0 ELSE round(total / reviews, 2) END, streak,
             round(minutes / 60.0, 2), reviews)::text;
END
$$;

-- Learners whose statistics differ from the count: none.
SELECT u.name, s.stats::text AS returned, pg_temp.brute_force(u.id) AS counted
FROM users AS u
CROSS JOIN LATERAL (SELECT t AS stats FROM user_stats(u.id) AS t) AS s
WHERE u.email LIKE 'statistics%'
  AND s.stats::text IS DISTINCT FROM pg_temp.brute_force(u.id);
-- Each metric had values to compare.
SELECT count(*) AS learners, bool_or(s.modules_completed > 2) AS modules, bool_or(s.courses_completed > 1) AS courses,
       bool_or(s.exercises_solved > 4) AS exercises, bool_or(s.perfect_scores > 1) AS perfect,
       count(DISTINCT s.review_average) > 4 AS averages, count(DISTINCT s.streak_days) > 2 AS streaks,
       count(DISTINCT s.hours_learned) > 4 AS hours, bool_or(s.reviews_received > 4) AS reviews
FROM users AS u
CROSS JOIN LATERAL user_stats(u.id) AS s
WHERE u.email LIKE 'statistics%';
-- A learner who has done nothing has zeros; a missing user is an error.
SELECT * FROM user_stats(pg_temp.id('user', 9));
SELECT * FROM user_stats('00000000-0000-4000-8000-00000000dead');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM user_stats(NULL);

-- Returns the streak as of a time of a learner in a time zone with submissions at the given times.
CREATE FUNCTION pg_temp.streak(zone text, submitted timestamptz[], as_of timestamptz) RETURNS integer
LANGUAGE plpgsql SET learnify.automation = off AS $$
DECLARE
  learner uuid := pg_temp.id('user', 9);
BEGIN
  DELETE FROM users WHERE id = learner;
  INSERT INTO users (id, email, password_hash, name, time_zone) VALUES (learner, 'statistics9@example.org', '!', 'Learner 9', zone);
  INSERT INTO module_completions (user_id, module_id, language, submitted_at)
  SELECT learner, pg_temp.id('module', 11), 'python', s FROM unnest(submitted) AS s;
  RETURN streak_days(learner, as_of);
END
$$;

-- Consecutive days count, regardless of the order and number of submissions.
SELECT pg_temp.streak('UTC', '{2026-01-03 12:00Z, 2026-01-01 00:00Z, 2026-01-02 23:59Z, 2026-01-02 00:00Z, 2026-01-03 11:00Z}', '2026-01-03 13:00Z') AS three,
       pg_temp.streak('UTC', '{2026-01-01 12:00Z, 2026-01-03 12:00Z, 2026-01-04 12:00Z}', '2026-01-04 13:00Z') AS two_after_a_gap,
       pg_temp.streak('UTC', '{2025-12-31 12:00Z, 2026-01-01 12:00Z}', '2026-01-01 13:00Z') AS two_across_the_year,
       pg_temp.streak('UTC', '{2024-02-28 12:00Z, 2024-02-29 12:00Z, 2024-03-01 12:00Z}', '2024-03-01 13:00Z') AS three_across_a_leap_day,
       pg_temp.streak('UTC', '{}', '2026-01-01 13:00Z') AS none;
-- A streak lasts until the end of the day after the last submission.
SELECT pg_temp.streak('UTC', '{2026-01-01 12:00Z, 2026-01-02 00:00Z}', '2026-01-02 00:00Z') AS today,
       pg_temp.streak('UTC', '{2026-01-01 12:00Z, 2026-01-02 00:00Z}', '2026-01-03 23:59:59Z') AS yesterday,
       pg_temp.streak('UTC', '{2026-01-01 12:00Z, 2026-01-02 23:59:59Z}', '2026-01-04 00:00Z') AS the_day_before;
-- Submissions after as_of do not count.
SELECT pg_temp.streak('UTC', '{2026-01-01 12:00Z, 2026-01-02 12:00Z, 2026-01-03 12:00Z}', '2026-01-02 11:59:59Z') AS one,
       pg_temp.streak('UTC', '{2026-01-01 12:00Z, 2026-01-02 12:00Z, 2026-01-03 12:00Z}', '2026-01-02 12:00Z') AS two;

-- Berlin's clocks go forward on 29 March 2026: that day has 23 hours, from 23:00 UTC to
-- 22:00 UTC. Submissions a second before and at its midnights fall on three days.
SELECT pg_temp.streak('Europe/Berlin', '{2026-03-28 22:59:59Z, 2026-03-28 23:00Z, 2026-03-29 22:00Z}', '2026-03-30 12:00Z') AS three,
       pg_temp.streak('Europe/Berlin', '{2026-03-28 22:59:59Z, 2026-03-28 23:00Z, 2026-03-29 21:59:59Z}', '2026-03-30 12:00Z') AS two,
       pg_temp.streak('Europe/Berlin', '{2026-03-28 22:59:59Z, 2026-03-29 22:00Z}', '2026-03-30 12:00Z') AS one,
       pg_temp.streak('Europe/Berlin', '{2026-03-28 22:59:59Z}', '2026-03-29 21:59:59Z') AS still_one,
       pg_temp.streak('Europe/Berlin', '{2026-03-28 22:59:59Z}', '2026-03-29 22:00Z') AS none;
-- Back on 25 October 2026: a day of 25 hours, from 22:00 UTC to 23:00 UTC; its hour from 2 to 3 occurs twice.
SELECT pg_temp.streak('Europe/Berlin', '{2026-10-24 21:59:59Z, 2026-10-25 22:59:59Z, 2026-10-25 23:00Z}', '2026-10-26 12:00Z') AS three,
       pg_temp.streak('Europe/Berlin', '{2026-10-24 22:00Z, 2026-10-25 00:30Z, 2026-10-25 01:30Z, 2026-10-25 22:59:59Z}', '2026-10-26 12:00Z') AS one,
       pg_temp.streak('Europe/Berlin', '{2026-10-24 21:59:59Z}', '2026-10-25 22:59:59Z') AS still_one,
       pg_temp.streak('Europe/Berlin', '{2026-10-24 21:59:59Z}', '2026-10-25 23:00Z') AS none;
-- New York: forward on 8 March 2026 (05:00 UTC to 04:00 UTC), back on 1 November (04:00 UTC to 05:00 UTC).
SELECT pg_temp.streak('America/New_York', '{2026-03-08 04:59:59Z, 2026-03-08 05:00Z, 2026-03-09 04:00Z}', '2026-03-09 12:00Z') AS three,
       pg_temp.streak('America/New_York', '{2026-03-08 04:59:59Z, 2026-03-08 05:00Z, 2026-03-09 03:59:59Z}', '2026-03-09 12:00Z') AS two,
       pg_temp.streak('America/New_York', '{2026-03-08 04:59:59Z, 2026-03-09 04:00Z}', '2026-03-09 12:00Z') AS one;
SELECT pg_temp.streak('America/New_York', '{2026-11-01 03:59:59Z, 2026-11-02 04:59:59Z, 2026-11-02 05:00Z}', '2026-11-02 12:00Z') AS three,
       pg_temp.streak('America/New_York', '{2026-11-01 04:00Z, 2026-11-01 05:30Z, 2026-11-01 06:30Z, 2026-11-02 04:59:59Z}', '2026-11-02 12:00Z') AS one;
-- Lord Howe Island moves its clocks by half an hour: forward on 4 October 2026 (from 13:30 UTC to
-- 13:00 UTC), back on 5 April (from 13:00 UTC to 13:30 UTC).
SELECT pg_temp.streak('Australia/Lord_Howe', '{2026-10-03 13:29:59Z, 2026-10-03 13:30Z, 2026-10-04 13:00Z}', '2026-10-05 12:00Z') AS three,
       pg_temp.streak('Australia/Lord_Howe', '{2026-10-03 13:29:59Z, 2026-10-03 13:30Z, 2026-10-04 12:59:59Z}', '2026-10-05 12:00Z') AS two;
SELECT pg_temp.streak('Australia/Lord_Howe', '{2026-04-04 12:59:59Z, 2026-04-05 13:29:59Z, 2026-04-05 13:30Z}', '2026-04-06 12:00Z') AS three,
       pg_temp.streak('Australia/Lord_Howe', '{2026-04-04 13:00Z, 2026-04-05 13:29:59Z}', '2026-04-06 12:00Z') AS one;
-- Zones 14 hours ahead of UTC and 11 behind it: the same time has two dates.
SELECT pg_temp.streak('Pacific/Kiritimati', '{2026-01-01 09:59:59Z, 2026-01-01 10:00Z}', '2026-01-01 10:00Z') AS two,
       pg_temp.streak('Pacific/Kiritimati', '{2026-01-01 10:00Z}', '2026-01-03 09:59:59Z') AS one,
       pg_temp.streak('Pacific/Kiritimati', '{2026-01-01 10:00Z}', '2026-01-03 10:00Z') AS none;
SELECT pg_temp.streak('Pacific/Pago_Pago', '{2026-01-01 10:59:59Z, 2026-01-01 11:00Z}', '2026-01-01 11:00Z') AS two,
       pg_temp.streak('Pacific/Pago_Pago', '{2026-01-01 10:59:59Z}', '2026-01-02 10:59:59Z') AS one,
       pg_temp.streak('Pacific/Pago_Pago', '{2026-01-01 10:59:59Z}', '2026-01-02 11:00Z') AS none;
-- The session's time zone has no effect.
SET TimeZone = 'Pacific/Kiritimati';
SELECT pg_temp.streak('UTC', '{2026-01-01 23:59:59Z, 2026-01-02 00:00Z}', '2026-01-02 01:00Z') AS two,
       pg_temp.streak('UTC', '{2026-01-02 00:00Z, 2026-01-02 23:59:59Z}', '2026-01-03 01:00Z') AS one;
RESET TimeZone;

-- Clocks set back to midnight or across it do not add a day: Havana's from 01:00 to 00:00 on
-- 1 November 2026 (05:00 UTC), St John's from 00:01 to 23:01 on 7 November 2010 (02:31 UTC).
SELECT pg_temp.streak('America/Havana', '{2026-11-01 03:59:59Z, 2026-11-01 04:30Z, 2026-11-01 05:30Z, 2026-11-02 05:00Z}', '2026-11-02 12:00Z') AS three,
       pg_temp.streak('America/Havana', '{2026-11-01 04:30Z, 2026-11-01 05:30Z}', '2026-11-01 12:00Z') AS one,
       pg_temp.streak('America/St_Johns', '{2010-11-06 12:00Z, 2010-11-07 02:30:30Z, 2010-11-07 03:00Z, 2010-11-08 12:00Z}', '2010-11-08 13:00Z') AS three_there;
-- Clocks set forward at midnight, so that the day starts at 01:00: Havana's on 8 March 2026
-- (05:00 UTC).
SELECT pg_temp.streak('America/Havana', '{2026-03-08 04:59:59Z, 2026-03-08 05:00Z, 2026-03-09 03:59:59Z, 2026-03-09 04:00Z}', '2026-03-09 12:00Z') AS three,
       pg_temp.streak('America/Havana', '{2026-03-08 04:59:59Z, 2026-03-09 04:00Z}', '2026-03-09 12:00Z') AS one;
-- Samoa skipped 30 December 2011.
SELECT pg_temp.streak('Pacific/Apia', '{2011-12-29 12:00Z, 2011-12-30 09:00Z, 2011-12-30 12:00Z, 2011-12-31 12:00Z}', '2011-12-31 13:00Z') AS three,
       pg_temp.streak('Pacific/Apia', '{2011-12-28 12:00Z, 2011-12-30 12:00Z}', '2011-12-30 13:00Z') AS one,
       pg_temp.streak('Pacific/Apia', '{2011-12-29 12:00Z, 2011-12-30 12:00Z}', '2011-12-31 12:00Z') AS two;
SELECT submitted_on FROM module_completions WHERE user_id = pg_temp.id('user', 9) ORDER BY submitted_at;

-- The same where submissions have no date of their own: a server may run this library before the
-- update from version 0.5.0. Their dates are those of submitted_at in the learner's time zone.
BEGIN;
ALTER TABLE module_completions DROP COLUMN submitted_on CASCADE;
DROP TRIGGER module_completions_date ON module_completions;
CREATE INDEX ON module_completions (user_id, submitted_at);
SELECT pg_temp.streak('America/Havana', '{2026-11-01 03:59:59Z, 2026-11-01 04:30Z, 2026-11-01 05:30Z, 2026-11-02 05:00Z}', '2026-11-02 12:00Z') AS three,
       pg_temp.streak('America/Havana', '{2026-11-01 04:30Z, 2026-11-01 05:30Z}', '2026-11-01 12:00Z') AS one,
       pg_temp.streak('America/Havana', '{2026-10-31 12:00Z, 2026-11-01 04:30Z}', '2026-11-01 12:00Z') AS two;
SELECT pg_temp.streak('America/Havana', '{2026-03-08 04:59:59Z, 2026-03-08 05:00Z, 2026-03-09 03:59:59Z, 2026-03-09 04:00Z}', '2026-03-09 12:00Z') AS three,
       pg_temp.streak('America/Havana', '{2026-03-08 04:59:59Z, 2026-03-09 04:00Z}', '2026-03-09 12:00Z') AS one;
SELECT pg_temp.streak('Pacific/Apia', '{2011-12-29 12:00Z, 2011-12-30 09:00Z, 2011-12-30 12:00Z, 2011-12-31 12:00Z}', '2011-12-31 13:00Z') AS three,
       pg_temp.streak('Pacific/Apia', '{2011-12-28 12:00Z, 2011-12-30 12:00Z}', '2011-12-30 13:00Z') AS one;
SELECT pg_temp.streak('America/St_Johns', '{2010-11-06 12:00Z, 2010-11-07 02:30:30Z, 2010-11-07 03:00Z, 2010-11-08 12:00Z}', '2010-11-08 13:00Z') AS three,
       pg_temp.streak('America/St_Johns', '{2010-11-05 12:00Z, 2010-11-06 12:00Z, 2010-11-07 03:00Z, 2010-11-07 03:10Z, 2010-11-08 12:00Z}', '2010-11-08 13:00Z') AS one,
       pg_temp.streak('America/St_Johns', '{2010-11-05 12:00Z, 2010-11-07 02:30:30Z, 2010-11-07 03:10Z}', '2010-11-08 13:00Z') AS three_to_yesterday;
-- Submissions after as_of do not count, those of its instant do, and a gap ends the streak.
SELECT pg_temp.streak('UTC', '{2026-01-01 12:00Z, 2026-01-02 12:00Z, 2026-01-03 12:00Z}', '2026-01-02 11:59:59Z') AS one,
       pg_temp.streak('UTC', '{2026-01-01 12:00Z, 2026-01-02 12:00Z, 2026-01-03 12:00Z}', '2026-01-02 12:00Z') AS two,
       pg_temp.streak('UTC', '{2026-01-01 12:00Z, 2026-01-03 12:00Z, 2026-01-04 12:00Z}', '2026-01-05 13:00Z') AS two_after_a_gap,
       pg_temp.streak('UTC', '{2026-01-01 12:00Z, 2026-01-02 12:00Z}', '2026-01-04 00:00Z') AS none,
       pg_temp.streak('UTC', '{-infinity, 2026-01-01 12:00Z, infinity}', '2026-01-01 13:00Z') AS one_finite;
ROLLBACK;

-- A change of the time zone does not change a streak, which goes on with dates in the new one.
SELECT pg_temp.streak('America/New_York', '{2026-01-02 04:30Z, 2026-01-03 04:30Z, 2026-01-03 20:00Z, 2026-01-04 20:00Z}', '2026-01-04 21:00Z') AS in_new_york;
CREATE FUNCTION pg_temp.streak_in(zone text, as_of timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  UPDATE users SET time_zone = zone WHERE id = pg_temp.id('user', 9);
  RETURN streak_days(pg_temp.id('user', 9), as_of);
END
$$;
SELECT zone, pg_temp.streak_in(zone, '2026-01-04 21:00Z')
FROM unnest('{America/Los_Angeles,UTC,Asia/Tokyo,Pacific/Pago_Pago,America/New_York}'::text[]) AS zone;
UPDATE users SET time_zone = 'America/Los_Angeles' WHERE id = pg_temp.id('user', 9);
INSERT INTO module_completions (user_id, module_id, language, submitted_at)
VALUES (pg_temp.id('user', 9), pg_temp.id('module', 11), 'python', '2026-01-06 07:30Z');
SELECT streak_days(pg_temp.id('user', 9), '2026-01-06 07:30Z') AS in_los_angeles;
SELECT submitted_at AT TIME ZONE 'UTC' AS submitted_at, submitted_on FROM module_completions WHERE user_id = pg_temp.id('user', 9) ORDER BY submitted_at;
-- A given date is kept, and an UPDATE to NULL keeps it. A correction of submitted_at alone
-- computes the date again, in the present time zone.
INSERT INTO module_completions (user_id, module_id, language, submitted_at, submitted_on)
VALUES (pg_temp.id('user', 9), pg_temp.id('module', 11), 'python', '2026-01-06 07:40Z', '2026-01-06');
UPDATE module_completions SET submitted_on = NULL WHERE user_id = pg_temp.id('user', 9);
SELECT array_agg(submitted_on ORDER BY submitted_at) FROM module_completions WHERE user_id = pg_temp.id('user', 9);
UPDATE module_completions SET submitted_at = submitted_at + interval '1 day' WHERE user_id = pg_temp.id('user', 9);
SELECT array_agg(submitted_on ORDER BY submitted_at) FROM module_completions WHERE user_id = pg_temp.id('user', 9);
UPDATE module_completions SET submitted_at = submitted_at - interval '1 day', submitted_on = '2026-01-01' WHERE user_id = pg_temp.id('user', 9);
SELECT array_agg(DISTINCT submitted_on) FROM module_completions WHERE user_id = pg_temp.id('user', 9);
-- The date is also set with session_replication_role = replica.
BEGIN;
SET LOCAL session_replication_role = replica;
INSERT INTO module_completions (user_id, module_id, language, submitted_at)
VALUES (pg_temp.id('user', 9), pg_temp.id('module', 11), 'python', '2026-02-01 07:30Z'), (pg_temp.id('user', 10), pg_temp.id('module', 11), 'python', '2026-02-01 07:30Z');
SELECT submitted_on FROM module_completions WHERE submitted_at = '2026-02-01 07:30Z' ORDER BY submitted_on;
ROLLBACK;

-- A restore can bring a zone that the server does not know. Days are counted in UTC then.
SET row_security = off;
SELECT pg_temp.streak('Mars/Olympus', '{2026-01-01 23:59:59Z, 2026-01-02 00:00Z}', '2026-01-02 01:00Z') AS two,
       pg_temp.streak('Mars/Olympus', '{2026-01-02 00:00Z, 2026-01-02 23:59:59Z}', '2026-01-03 01:00Z') AS one;
RESET row_security;
SELECT time_zone FROM users WHERE id = pg_temp.id('user', 9);
SELECT count(*) FROM user_stats(pg_temp.id('user', 9));

-- A missing user has a streak of 0.
SELECT streak_days('00000000-0000-4000-8000-00000000dead') AS nobody, streak_days(NULL) AS null;

-- Infinite times have no day.
SELECT streak_days(pg_temp.id('user', 9), 'infinity') AS at_the_end, streak_days(pg_temp.id('user', 9), '-infinity') AS at_the_beginning;
BEGIN;
INSERT INTO module_completions (user_id, module_id, language, submitted_at) VALUES (pg_temp.id('user', 9), pg_temp.id('module', 11), 'python', '-infinity');
INSERT INTO module_completions (user_id, module_id, language, submitted_at) VALUES (pg_temp.id('user', 9), pg_temp.id('module', 11), 'python', 'infinity');
SELECT streak_days(pg_temp.id('user', 9), '2026-01-03 12:00Z') AS in_new_york;
SELECT submitted_on FROM module_completions WHERE NOT isfinite(submitted_at) ORDER BY 1;
ROLLBACK;

-- Only the columns of user_stats() are metrics.
SELECT learnify_internal.learner_metric(pg_temp.id('user', 1), 'charisma');
SELECT learnify_internal.learner_metric(pg_temp.id('user', 1), NULL) AS null;
-- module_result() returns the mean of the best scores, and the latest of the first solutions of the
-- exercises, or of the module itself if no exercise is solved; the current module is the first that is not completed.
WITH results AS MATERIALIZED (
  SELECT r::text AS returned,
         (SELECT s FROM (SELECT round(avg(b.score)), max(b.solved_at)
                         FROM (SELECT max(s.score) AS score, min(s.submitted_at) AS solved_at
                               FROM module_completions AS s
                               WHERE s.user_id = u.id AND s.module_id = m.id AND s.passed
                                 AND (s.exercise_id IS NOT NULL
                                      OR NOT EXISTS (SELECT FROM module_completions AS e
                                                     WHERE e.user_id = u.id AND e.module_id = m.id AND e.passed
                                                       AND e.exercise_id IS NOT NULL))
                               GROUP BY s.exercise_id) AS b) AS s)::text AS counted
  FROM users AS u
  CROSS JOIN generated_modules AS m
  CROSS JOIN LATERAL learnify_internal.module_result(u.id, m.id) AS r
  WHERE u.email LIKE 'statistics%')
SELECT count(*) FILTER (WHERE returned <> counted) AS different, count(*) FILTER (WHERE returned = '(,)') > 10 AS without,
       count(DISTINCT returned) > 30 AS with
FROM results;
WITH states AS MATERIALIZED (
  SELECT s.status AS returned,
         CASE
           WHEN s.completed THEN 'completed'
           WHEN bool_and(s.completed) OVER (PARTITION BY u.id, c.id ORDER BY s.module_number
                                            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) IS NOT FALSE THEN 'active'
           ELSE 'locked'
         END AS expected
  FROM users AS u
  CROSS JOIN generated_courses AS c
  CROSS JOIN LATERAL learnify_internal.module_states(u.id, c.id) AS s
  WHERE u.email LIKE 'statistics%')
SELECT count(*) FILTER (WHERE returned <> expected) AS different, array_agg(DISTINCT returned) AS statuses FROM states;
-- A submission to the module itself completes only one without exercises.
BEGIN;
CREATE FUNCTION completes_module(user_id uuid, module_id uuid, by_exercise boolean) RETURNS boolean
LANGUAGE c STABLE STRICT AS '$libdir/learnify', 'completes_module';
SELECT e.by_exercise, bool_and(completes_module(u.id, m.id, e.by_exercise) = (s.completed AND (e.by_exercise OR s.exercises = 0))) AS as_expected,
       count(*) FILTER (WHERE completes_module(u.id, m.id, e.by_exercise)) > 3 AS some_complete
FROM users AS u
CROSS JOIN generated_modules AS m
CROSS JOIN LATERAL learnify_internal.module_state(u.id, m.id) AS s
CROSS JOIN unnest('{false,true}'::boolean[]) AS e (by_exercise)
WHERE u.email LIKE 'statistics%'
GROUP BY e.by_exercise
ORDER BY e.by_exercise;
ROLLBACK;

-- Metrics are read by an index. Without it they fail, rather than make every submission slow. They
-- also fail for a table with inheritance children, whose rows the index lacks.
BEGIN;
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'module_completions_user_id_submitted_on_idx'::regclass;
SELECT streak_days(pg_temp.id('user', 1));
ROLLBACK;
BEGIN;
CREATE TABLE elsewhere () INHERITS (user_progress);
SELECT learnify_internal.learner_metric(pg_temp.id('user', 1), 'hours_learned');
ROLLBACK;

-- Functions that read tables without a query need the privileges that a query would: neither
-- learnify.user_id nor BYPASSRLS replaces SELECT. The learner completes the module here, because
-- the random work depends on the plan that drew it.
SET learnify.automation = off;
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
VALUES (pg_temp.id('user', 1), pg_temp.id('module', 11), pg_temp.id('exercise', 111), 'python', true, 100);
RESET learnify.automation;
SELECT pg_temp.id('user', 1) AS learner, pg_temp.id('course', 1) AS course, pg_temp.id('module', 11) AS module \gset
CREATE FUNCTION pg_temp.attempt(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
  RETURN 'allowed';
EXCEPTION WHEN insufficient_privilege THEN
  RETURN SQLERRM;
END
$$;
CREATE TEMP TABLE readings AS
SELECT c.call, format(c.call, :'learner', :'course', :'module') AS statement
FROM unnest('{"SELECT streak_days(%1$L)","SELECT learnify_internal.learner_metric(%1$L, ''hours_learned'')","SELECT learnify_internal.module_state(%1$L, %3$L)",
              "SELECT learnify_internal.module_states(%1$L, %2$L)","SELECT learnify_internal.award_for_event(%1$L, ''time_spent'')","SELECT learnify_internal.update_progress(%1$L, %2$L, false)",
              "SELECT learnify_internal.broadcast(%1$L, ''review_passed'', %3$L, ''{}'', now())",
              "SELECT learnify_internal.broadcast_exercise_solved(%1$L, %3$L, %3$L, 1, now())","SELECT learnify_internal.broadcast_module_completed(%1$L, %3$L)"}'::text[]) AS c (call);
CREATE ROLE regress_nobody;
CREATE ROLE regress_above BYPASSRLS;
CREATE ROLE regress_reader;
SELECT grant_learner('regress_reader');
GRANT SELECT ON readings TO regress_nobody, regress_above, regress_reader;
SELECT set_config('learnify.user_id', :'learner', false) IS NOT NULL AS set;
-- The roles may not call internals; if it is granted, the functions themselves refuse.
SET ROLE regress_nobody;
SELECT pg_temp.attempt(statement), count(*) AS calls, min(call) AS one_of_them FROM readings GROUP BY 1 ORDER BY 1;
SET ROLE regress_above;
SELECT pg_temp.attempt(statement), count(*) AS calls, min(call) AS one_of_them FROM readings GROUP BY 1 ORDER BY 1;
SET ROLE regress_reader;
SELECT pg_temp.attempt(statement), count(*) AS calls, min(call) AS one_of_them FROM readings GROUP BY 1 ORDER BY 1;
RESET ROLE;
GRANT USAGE ON SCHEMA learnify_internal TO regress_nobody, regress_above, regress_reader;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA learnify_internal TO regress_nobody, regress_above, regress_reader;
SET ROLE regress_nobody;
SELECT call, pg_temp.attempt(statement) FROM readings;
SET ROLE regress_above;
SELECT call, pg_temp.attempt(statement) FROM readings;
-- A role with SELECT may read.
SET ROLE regress_reader;
SELECT call, pg_temp.attempt(statement) FROM readings;
RESET ROLE;
RESET learnify.user_id;
DROP OWNED BY regress_nobody, regress_above, regress_reader;
DROP ROLE regress_nobody, regress_above, regress_reader;

TRUNCATE users CASCADE;
