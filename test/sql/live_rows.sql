-- A row is live unless it is inserted with a broadcast_at, whatever its other times are. A client
-- may leave columns out, send NULL, or send times of its own clock.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
\set ada 00000000-0000-4000-8000-000000000ada
\set course 00000000-0000-4000-8000-0000000000c1
\set archived 00000000-0000-4000-8000-0000000000c2
\set module 00000000-0000-4000-8000-0000000000a1
\set exercise 00000000-0000-4000-8000-0000000000e1

INSERT INTO users (id, email, password_hash, name) VALUES (:'ada', 'ada@example.org', '!', 'Ada');
INSERT INTO generated_courses (id, user_id, title, meta_category, status)
VALUES (:'course', :'ada', 'Sorting', 'Digital', 'active'), (:'archived', :'ada', 'Shuffling', 'Digital', 'archived');
INSERT INTO generated_modules (id, course_id, module_number, title) VALUES (:'module', :'course', 1, 'Bubbles');
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty)
VALUES (:'exercise', :'module', 1, 'Swap', 'python', 'easy');

-- The times that clients send: the server's now(), milliseconds only, and those of clocks that
-- are behind and ahead.
CREATE TABLE clocks (clock text, shift interval, milliseconds boolean);
INSERT INTO clocks VALUES ('server', '0', false), ('milliseconds', '0', true), ('behind', '-90 seconds', true), ('ahead', '90 seconds', true);
CREATE FUNCTION clock_time(clock text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN c.milliseconds THEN date_trunc('milliseconds', now()) ELSE now() END + c.shift FROM clocks AS c WHERE c.clock = clock_time.clock
$$;
-- Inserts a row without broadcast_at, or with this expression for it.
CREATE FUNCTION insert_row(table_name text, columns text, row_values text, mark text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('INSERT INTO %s (%s%s) VALUES (%s%s)', table_name,
                 columns, CASE WHEN mark IS NOT NULL THEN ', broadcast_at' END, row_values, ', ' || mark);
END
$$;
CREATE FUNCTION set_off() RETURNS text LANGUAGE sql AS $$
  SELECT format('%s interactions, %s achievements, %s broadcasts',
                (SELECT count(*) FROM user_course_interactions), (SELECT count(*) FROM user_achievements), (SELECT count(*) FROM activity_feed))
$$;
-- Inserts one row, returns its effects, and deletes all of it.
CREATE FUNCTION try(table_name text, clock text, mark text, OUT own_time_kept boolean, OUT marked boolean, OUT effect text) LANGUAGE plpgsql AS $$
DECLARE
  sent timestamptz := clock_time(clock);
  stored timestamptz;
BEGIN
  CASE table_name
    WHEN 'user_progress' THEN
      PERFORM insert_row(table_name, 'user_id, course_id, progress_percentage, time_spent_minutes, started_at, last_activity',
        format('%L, %L, 100, 6000, %3$L, %3$L', '00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000c1', sent), mark);
      SELECT p.started_at, p.broadcast_at = now() INTO stored, marked FROM user_progress AS p;
    WHEN 'module_completions' THEN
      PERFORM insert_row(table_name, 'user_id, module_id, exercise_id, language, passed, score, submitted_at',
        format('%L, %L, %L, ''python'', true, 100, %L', '00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000a1',
               '00000000-0000-4000-8000-0000000000e1', sent), mark);
      SELECT s.submitted_at, s.broadcast_at = now() INTO stored, marked FROM module_completions AS s;
    WHEN 'architecture_reviews' THEN
      PERFORM insert_row(table_name, 'user_id, module_id, code_sense_score, efficiency_score, edge_cases_score, taste_score, reviewed_at',
        format('%L, %L, 90, 90, 90, 90, %L', '00000000-0000-4000-8000-000000000ada', '00000000-0000-4000-8000-0000000000a1', sent), mark);
      SELECT r.reviewed_at, r.broadcast_at = now() INTO stored, marked FROM architecture_reviews AS r;
    WHEN 'user_achievements' THEN
      PERFORM insert_row(table_name, 'user_id, achievement_id, unlocked_at',
        format('%L, (SELECT id FROM achievements WHERE slug = ''first-module''), %L', '00000000-0000-4000-8000-000000000ada', sent), mark);
      SELECT e.unlocked_at, e.broadcast_at = now() INTO stored, marked FROM user_achievements AS e;
  END CASE;
  own_time_kept := stored = sent;
  effect := set_off();
  DELETE FROM architecture_reviews;
  DELETE FROM module_completions;
  DELETE FROM user_progress;
  DELETE FROM user_course_interactions;
  DELETE FROM user_achievements;
  DELETE FROM activity_feed;
END
$$;
SELECT t.name AS "table", c.clock, m.mark, r.*
FROM unnest('{user_progress,module_completions,architecture_reviews,user_achievements}'::text[]) WITH ORDINALITY AS t (name, number)
CROSS JOIN clocks AS c
CROSS JOIN unnest('{left out,sent as NULL}'::text[]) AS m (mark)
CROSS JOIN LATERAL try(t.name, c.clock, CASE m.mark WHEN 'sent as NULL' THEN 'NULL' END) AS r
ORDER BY t.number, c.clock, m.mark;

-- A row with a broadcast_at is restored, and has no effects. The value is kept, except for the
-- time of this transaction, which is changed by a microsecond.
SELECT t.name AS "table", m.mark, r.marked, r.effect
FROM unnest('{user_progress,module_completions,architecture_reviews,user_achievements}'::text[]) WITH ORDINALITY AS t (name, number)
CROSS JOIN unnest('{now(),clock_timestamp(),now() - interval ''1 day'',''infinity'',''-infinity''}'::text[]) WITH ORDINALITY AS m (mark, number)
CROSS JOIN LATERAL try(t.name, 'server', m.mark) AS r
ORDER BY t.number, m.number;
BEGIN;
INSERT INTO user_achievements (user_id, achievement_id, broadcast_at)
SELECT :'ada', id, now() - n * interval '1 microsecond'
FROM achievements CROSS JOIN LATERAL (VALUES ('first-module', 0), ('first-course', 2)) AS v (slug, n)
WHERE achievements.slug = v.slug;
SELECT a.slug, e.broadcast_at - now() AS moved FROM user_achievements AS e JOIN achievements AS a ON a.id = e.achievement_id ORDER BY 1;
-- Rows that are deleted and inserted again with their mark set nothing off: what the deletion took back
-- from the feed is not told again.
INSERT INTO user_achievements (user_id, achievement_id) SELECT :'ada', id FROM achievements WHERE slug = 'ten-exercises';
CREATE TEMP TABLE moved AS SELECT * FROM user_achievements;
DELETE FROM user_achievements;
INSERT INTO user_achievements SELECT * FROM moved;
SELECT set_off();
ROLLBACK;

-- Live rows are checked, whatever clock their times are from.
INSERT INTO user_progress (user_id, course_id, started_at) VALUES (:'ada', :'archived', date_trunc('milliseconds', clock_timestamp()));
INSERT INTO user_progress (user_id, course_id, broadcast_at) VALUES (:'ada', :'archived', NULL);
INSERT INTO module_completions (user_id, module_id, exercise_id, language, submitted_at, broadcast_at)
VALUES (:'ada', :'module', :'exercise', 'sql', date_trunc('milliseconds', clock_timestamp()), NULL);

-- COPY of the client's columns, and of NULL for the mark.
BEGIN;
COPY module_completions (user_id, module_id, exercise_id, language, passed, score, submitted_at, broadcast_at) FROM stdin;
00000000-0000-4000-8000-000000000ada	00000000-0000-4000-8000-0000000000a1	00000000-0000-4000-8000-0000000000e1	python	t	90	2026-01-01 12:00:00.123+00	\N
\.
SELECT set_off();
ROLLBACK;

-- A row that ON CONFLICT does not insert has no effects. An UPDATE to NULL, or of an upsert to all columns of EXCLUDED, keeps
-- broadcast_at.
BEGIN;
INSERT INTO user_achievements (user_id, achievement_id, broadcast_at) SELECT :'ada', id, '2026-01-01' FROM achievements WHERE slug = 'first-module';
INSERT INTO user_achievements (user_id, achievement_id) SELECT :'ada', id FROM achievements WHERE slug = 'first-module' ON CONFLICT DO NOTHING;
SELECT broadcast_at, set_off() FROM user_achievements;
INSERT INTO user_achievements (user_id, achievement_id) SELECT :'ada', id FROM achievements WHERE slug = 'first-module'
ON CONFLICT (user_id, achievement_id) DO UPDATE SET unlocked_at = '2026-02-01', broadcast_at = NULL;
SELECT unlocked_at, broadcast_at, set_off() FROM user_achievements;
-- A client that writes back the whole row as it first sent it.
UPDATE user_achievements SET unlocked_at = '2026-03-01', broadcast_at = NULL;
SELECT unlocked_at, broadcast_at, set_off() FROM user_achievements;
INSERT INTO user_achievements (user_id, achievement_id) SELECT :'ada', id FROM achievements WHERE slug = 'first-module'
ON CONFLICT (user_id, achievement_id) DO UPDATE SET unlocked_at = '2026-04-01', broadcast_at = EXCLUDED.broadcast_at;
SELECT unlocked_at, broadcast_at, set_off() FROM user_achievements;
ROLLBACK;

-- A client whose clock has milliseconds reads a row and writes all of it back: no instant moves, so that
-- what is compared to the microsecond agrees as before. Another millisecond is meant.
BEGIN;
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score) VALUES (:'ada', :'module', :'exercise', 'python', true, 80);
INSERT INTO architecture_reviews (user_id, module_id, code_sense_score, efficiency_score, edge_cases_score, taste_score) VALUES (:'ada', :'module', 9, 9, 9, 9);
UPDATE user_progress SET started_at = '2026-01-01 12:00:00.123456+00', completed_at = '2026-01-01 12:00:00.123456+00', last_activity = '2026-01-01 12:00:00.123456+00',
  retaken_after = '2026-01-01 12:00:00.123456+00', broadcast_at = '2026-01-01 12:00:00.123456+00';
UPDATE module_completions SET submitted_at = '2026-01-01 12:00:00.123456+00', broadcast_at = '2026-01-01 12:00:00.123456+00';
UPDATE architecture_reviews SET reviewed_at = '2026-01-01 12:00:00.123456+00', broadcast_at = '2026-01-01 12:00:00.123456+00';
UPDATE user_achievements SET unlocked_at = '2026-01-01 12:00:00.123456+00', broadcast_at = '2026-01-01 12:00:00.123456+00';
CREATE FUNCTION pg_temp.instants() RETURNS TABLE (table_name text, instants text) LANGUAGE sql AS $$
  SELECT 'user_progress', string_agg(DISTINCT extract(milliseconds FROM i)::text, ', ') FROM user_progress, unnest(ARRAY[started_at, completed_at, last_activity, retaken_after, broadcast_at]) AS i
  UNION ALL SELECT 'module_completions', string_agg(DISTINCT extract(milliseconds FROM i)::text, ', ') FROM module_completions, unnest(ARRAY[submitted_at, broadcast_at]) AS i
  UNION ALL SELECT 'architecture_reviews', string_agg(DISTINCT extract(milliseconds FROM i)::text, ', ') FROM architecture_reviews, unnest(ARRAY[reviewed_at, broadcast_at]) AS i
  UNION ALL SELECT 'user_achievements', string_agg(DISTINCT extract(milliseconds FROM i)::text, ', ') FROM user_achievements, unnest(ARRAY[unlocked_at, broadcast_at]) AS i
$$;
CREATE FUNCTION pg_temp.write_back(instant timestamptz) RETURNS void LANGUAGE sql AS $$
  UPDATE user_progress SET started_at = instant, completed_at = instant, last_activity = instant, retaken_after = instant, broadcast_at = instant;
  UPDATE module_completions SET submitted_at = instant, broadcast_at = instant;
  UPDATE architecture_reviews SET reviewed_at = instant, broadcast_at = instant;
  UPDATE user_achievements SET unlocked_at = instant, broadcast_at = instant;
$$;
SELECT pg_temp.write_back('2026-01-01 12:00:00.123+00'), pg_temp.write_back('2026-01-01 12:00:00.124+00'), pg_temp.write_back('2026-01-01 12:00:00.123456+00');
SELECT * FROM pg_temp.instants();
SELECT pg_temp.write_back('2026-01-01 12:00:00.122+00');
SELECT * FROM pg_temp.instants();
SELECT pg_temp.write_back('2026-01-01 12:00:00.122001+00');
SELECT * FROM pg_temp.instants();
ROLLBACK;
-- So a correction finds that the course was completed by what it takes back, and a course that is retaken
-- stays at zero.
BEGIN;
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, submitted_at)
VALUES (:'ada', :'module', :'exercise', 'python', true, 80, '2026-01-01 12:00:00.123456+00');
UPDATE user_progress SET completed_at = '2026-01-01 12:00:00.123+00', time_spent_minutes = 5;
SAVEPOINT completed;
UPDATE module_completions SET passed = false;
SELECT progress_percentage FROM user_progress;
ROLLBACK TO completed;
SELECT retake_course(:'ada', :'course') IS NOT NULL AS retaken;
UPDATE user_progress SET retaken_after = date_trunc('milliseconds', retaken_after), time_spent_minutes = 6;
SELECT state, solved FROM course_outline(:'ada', :'course');
ROLLBACK;
-- updated_at is left alone, too, where it is written back.
BEGIN;
UPDATE users SET updated_at = '2026-01-01 12:00:00.123456+00' WHERE id = :'ada';
UPDATE users SET name = 'Ada L.', updated_at = '2026-01-01 12:00:00.123+00' WHERE id = :'ada' RETURNING updated_at = now() AS touched;
UPDATE users SET name = 'Ada Lovelace', updated_at = '2026-01-01 12:00:00.123+00' WHERE id = :'ada' RETURNING updated_at = '2026-01-01 12:00:00.123+00' AS own_instant;
ROLLBACK;

-- broadcast_at is also set with session_replication_role = replica, so that a dump has it.
BEGIN;
SET LOCAL session_replication_role = replica;
INSERT INTO module_completions (user_id, module_id, exercise_id, language) VALUES (:'ada', :'module', :'exercise', 'python');
SELECT broadcast_at = now() AS marked, set_off() FROM module_completions;
ROLLBACK;
-- Without the trigger, the row is refused.
\set VERBOSITY terse
BEGIN;
ALTER TABLE module_completions DISABLE TRIGGER ALL;
INSERT INTO module_completions (user_id, module_id, exercise_id, language) VALUES (:'ada', :'module', :'exercise', 'python');
ROLLBACK;
\set VERBOSITY default

-- The catalog shows no default that a client would compute itself.
SELECT table_name, is_nullable, column_default FROM information_schema.columns WHERE column_name = 'broadcast_at' ORDER BY table_name;
-- The trigger that sets broadcast_at is the first of each table.
SELECT t.tgrelid::regclass AS "table", min(t.tgname::text COLLATE "C") AS first_trigger
FROM pg_trigger AS t
WHERE t.tgrelid IN ('user_progress'::regclass, 'module_completions'::regclass, 'architecture_reviews'::regclass, 'user_achievements'::regclass)
  AND NOT t.tgisinternal AND t.tgtype & 6 = 6
GROUP BY t.tgrelid
ORDER BY 1;

DROP FUNCTION try(text, text, text), insert_row(text, text, text, text), set_off(), clock_time(text);
DROP TABLE clocks;
TRUNCATE users CASCADE;
