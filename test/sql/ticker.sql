-- The ticker returns the activities of the users whom a user follows, newest first.
-- Clean up after a run that was interrupted.
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_held, regress_backend;
RESET client_min_messages;
\set SHOW_CONTEXT never
SET client_min_messages = warning;

-- Examples: Ada follows Bob, whose activities are public, and Cyd, whose activities are for
-- friends; she does not follow Dan.
\set ada 00000000-0000-4000-8000-000000000ada
\set bob 00000000-0000-4000-8000-000000000b0b
\set cyd 00000000-0000-4000-8000-000000000c4d
\set dan 00000000-0000-4000-8000-000000000da4
INSERT INTO users (id, email, password_hash, name, max_visibility) VALUES
  (:'ada', 'ada@example.org', '!', 'Ada', 'public'),
  (:'bob', 'bob@example.org', '!', 'Bob', 'public'),
  (:'cyd', 'cyd@example.org', '!', 'Cyd', 'friends'),
  (:'dan', 'dan@example.org', '!', 'Dan', 'public');
INSERT INTO user_relationships (follower_id, following_id) VALUES
  (:'ada', :'bob'), (:'ada', :'cyd'), (:'bob', :'ada');
INSERT INTO activity_feed (id, user_id, activity_type, reference_type, reference_id, visibility, created_at)
SELECT ('00000000-0000-4000-8000-00000000000' || id)::uuid, user_id::uuid, 'module_completed', 'module', md5('module')::uuid, visibility,
       '2026-01-01 12:00+00'::timestamptz + interval '1 hour' * hours
FROM (VALUES
  (1, :'bob', 'public', 1),
  (2, :'bob', 'friends', 2),
  (3, :'bob', 'private', 3),
  (4, :'cyd', 'public', 2),
  (5, :'cyd', 'friends', 4),
  (6, :'dan', 'public', 5),
  (7, :'ada', 'public', 6)
) AS f (id, user_id, visibility, hours);
CREATE TEMP VIEW ada_reads AS
  SELECT right(t.id::text, 1) AS id, (SELECT u.name FROM users AS u WHERE u.id = t.user_id), t.visibility,
         t.created_at AT TIME ZONE 'UTC' AS created_at
  FROM activity_ticker('00000000-0000-4000-8000-000000000ada') AS t;

-- She sees no private row, and none of Dan's or her own. Of two rows with the same time, the one
-- with the higher id comes first.
SELECT * FROM ada_reads;
-- All columns are returned, whichever way the function is called.
SELECT count(*) FROM activity_ticker(:'ada') AS t JOIN activity_feed AS f ON f IS NOT DISTINCT FROM t;
SELECT count(*) FROM (SELECT activity_ticker(:'ada')) AS t;
SELECT u.name, t.rows FROM users AS u CROSS JOIN LATERAL (SELECT count(*) AS rows FROM activity_ticker(u.id)) AS t ORDER BY u.name;
-- A page and the next one.
SELECT right(id::text, 1) AS id FROM activity_ticker(:'ada', 2);
SELECT right(id::text, 1) AS id
FROM activity_ticker(:'ada', 2, '2026-01-01 14:00+00', '00000000-0000-4000-8000-000000000004');
SELECT right(id::text, 1) AS id
FROM activity_ticker(page_size => 2, user_id => :'ada', before_id => '00000000-0000-4000-8000-000000000001',
                     before_at => '2026-01-01 13:00+00');
-- The id of the row counts, whatever instant the client passes with it, even if the reader may not
-- see the row, or may no longer see it.
SELECT right(id::text, 1) AS id FROM activity_ticker(:'ada', 2, before_id => '00000000-0000-4000-8000-000000000004');
SELECT right(id::text, 1) AS id FROM activity_ticker(:'ada', 2, '2020-01-01', '00000000-0000-4000-8000-000000000004');
SELECT right(id::text, 1) AS id FROM activity_ticker(:'ada', 2, 'infinity', '00000000-0000-4000-8000-000000000003');
-- newer_activity() returns rows newer than a row, from an instant on, or all, the oldest first.
SELECT right(id::text, 1) AS id FROM newer_activity(:'ada', 2, after_id => '00000000-0000-4000-8000-000000000001');
SELECT right(id::text, 1) AS id FROM newer_activity(:'ada', 2, after_id => '00000000-0000-4000-8000-000000000004');
SELECT right(id::text, 1) AS id FROM newer_activity(:'ada', 2, '2020-01-01', '00000000-0000-4000-8000-000000000006');
SELECT right(id::text, 1) AS id FROM newer_activity(:'ada', after_at => '2026-01-01 14:00+00');
SELECT right(id::text, 1) AS id FROM newer_activity(:'ada', after_at => '2026-01-01 14:00:00.000001+00');
SELECT right(id::text, 1) AS id FROM newer_activity(:'ada');

-- Changes of a user's settings apply at once, also to earlier activities.
BEGIN;
DELETE FROM user_relationships WHERE follower_id = :'ada' AND following_id = :'bob';
SELECT id, name FROM ada_reads;
INSERT INTO user_relationships (follower_id, following_id) VALUES (:'ada', :'dan');
SELECT id, name FROM ada_reads;
UPDATE users SET max_visibility = 'private' WHERE id = :'cyd';
SELECT id, name FROM ada_reads;
UPDATE users SET max_visibility = 'friends' WHERE id IN (:'cyd', :'dan');
UPDATE activity_feed SET visibility = 'private' WHERE user_id = :'cyd' AND visibility = 'friends';
SELECT id, name FROM ada_reads;
DELETE FROM users WHERE id = :'dan';
SELECT id, name FROM ada_reads;
ROLLBACK;
SELECT count(*) FROM ada_reads;

-- A user who follows nobody, and a missing user.
SELECT count(*) FROM activity_ticker(:'dan');
SELECT count(*) FROM activity_ticker('00000000-0000-4000-8000-00000000dead');

-- Instants at the limits of timestamptz.
BEGIN;
UPDATE activity_feed SET created_at = 'infinity' WHERE visibility = 'friends';
UPDATE activity_feed SET created_at = '-infinity' WHERE user_id = :'bob' AND visibility = 'public';
SELECT id, created_at FROM ada_reads;
SELECT right(id::text, 1) AS id FROM activity_ticker(:'ada', 50, 'infinity', '00000000-0000-4000-8000-000000000005');
SELECT count(*) FROM activity_ticker(:'ada', 50, '-infinity', '00000000-0000-4000-8000-000000000001');
SELECT right(id::text, 1) AS id FROM activity_ticker(:'ada', 50, 'infinity', :'ada');
SELECT count(*) FROM activity_ticker(:'ada', 50, '-infinity', :'ada');
SELECT right(id::text, 1) AS id FROM newer_activity(:'ada', 50, after_id => '00000000-0000-4000-8000-000000000001');
SELECT right(id::text, 1) AS id FROM newer_activity(:'ada', 50, '-infinity', :'ada');
SELECT right(id::text, 1) AS id FROM newer_activity(:'ada', 50, 'infinity');
SELECT count(*) FROM newer_activity(:'ada', 50, '-infinity');
ROLLBACK;

-- Columns are added and dropped, and a value is long.
BEGIN;
ALTER TABLE activity_feed ADD COLUMN passing integer NOT NULL DEFAULT 1, ADD COLUMN added text NOT NULL DEFAULT 'default of old rows';
ALTER TABLE activity_feed DROP COLUMN passing;
UPDATE activity_feed SET metadata = jsonb_build_object('long', repeat(md5('1'), 40000)) WHERE user_id = :'cyd';
SELECT right(t.id::text, 1) AS id, t.added, length(t.metadata::text) FROM activity_ticker(:'ada') AS t;
DROP INDEX activity_feed_user_id_created_at_id_idx;
SELECT right(t.id::text, 1) AS id, t.added, length(t.metadata::text) FROM activity_ticker(:'ada') AS t;
ROLLBACK;

-- Invalid arguments.
CREATE FUNCTION error_of(statement text, OUT code text, OUT argument text, OUT message text, OUT hint text)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
  message := 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, argument = COLUMN_NAME, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
END
$$;
CREATE FUNCTION error_of_ticker(arguments text, OUT code text, OUT argument text, OUT message text, OUT hint text)
LANGUAGE sql
RETURN error_of('SELECT * FROM activity_ticker(' || arguments || ')');
SELECT arguments, e.*
FROM unnest(ARRAY[
  '''ada''',
  'NULL',
  format('%L, 0', :'ada'),
  format('%L, -1', :'ada'),
  format('%L, 201', :'ada'),
  format('%L, 2147483647', :'ada'),
  format('%L, NULL', :'ada'),
  format('%L, 20, now()', :'ada'),
  format('%L, 20, NULL, %L', :'ada', :'bob'),
  format('%L, 20, now(), %L', :'ada', :'bob'),
  format('%L, 20, before_at => now()', :'ada'),
  format('%L, 1', :'ada'),
  format('%L, 200', :'ada')
]) AS arguments
CROSS JOIN LATERAL error_of_ticker(arguments) AS e;
SELECT arguments, e.*
FROM unnest(ARRAY['NULL', format('%L, 0', :'ada'), format('%L, NULL', :'ada'), format('%L, after_id => %L', :'ada', :'bob'),
                  format('%L, 200', :'ada')]) AS arguments
CROSS JOIN LATERAL error_of('SELECT * FROM newer_activity(' || arguments || ')') AS e;
BEGIN;
DROP INDEX activity_feed_user_id_created_at_id_idx;
SELECT e.* FROM error_of_ticker(format('%L, before_id => %L', :'ada', :'bob')) AS e;
ROLLBACK;

-- A role to which row-level security applies reads as its learner, and needs no privilege on a
-- table. Any other role may read as any user, if it has the privileges.
CREATE ROLE regress_held;
CREATE ROLE regress_backend BYPASSRLS;
GRANT EXECUTE ON FUNCTION error_of(text), error_of_ticker(text) TO PUBLIC;
SET ROLE regress_held;
SELECT code, message FROM error_of_ticker(format('%L', :'ada'));
RESET ROLE;
GRANT EXECUTE ON FUNCTION activity_ticker(uuid, integer, timestamptz, uuid) TO regress_held, regress_backend;
SET ROLE regress_held;
SELECT * FROM error_of_ticker(format('%L', :'ada'));
BEGIN;
SET LOCAL learnify.user_id = :'ada';
SELECT right(id::text, 1) AS id FROM activity_ticker(:'ada');
SELECT * FROM error_of_ticker(format('%L', :'bob'));
SELECT * FROM error_of_ticker('NULL');
RESET ROLE;
DROP INDEX activity_feed_user_id_created_at_id_idx;
SET LOCAL ROLE regress_held;
SELECT right(id::text, 1) AS id FROM activity_ticker(:'ada');
SELECT current_user, current_setting('search_path');
ROLLBACK;
SET ROLE regress_backend;
SELECT code, message FROM error_of_ticker(format('%L', :'ada'));
RESET ROLE;
GRANT SELECT ON user_relationships TO regress_backend;
GRANT SELECT (id, user_id, activity_type, reference_type, reference_id, metadata, visibility) ON activity_feed TO regress_backend;
SET ROLE regress_backend;
SELECT code, message FROM error_of_ticker(format('%L', :'ada'));
RESET ROLE;
GRANT SELECT (created_at) ON activity_feed TO regress_backend;
SET ROLE regress_backend;
SELECT right(id::text, 1) AS id FROM activity_ticker(:'ada');
RESET ROLE;
-- Objects of the caller do not affect the query that the function falls back to.
BEGIN;
CREATE SCHEMA trap AUTHORIZATION regress_held;
DROP INDEX activity_feed_user_id_created_at_id_idx;
SET LOCAL ROLE regress_held;
SET LOCAL learnify.user_id = :'ada';
CREATE FUNCTION trap.sprung(uuid, uuid) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'sprung as %', current_user; END $$;
CREATE OPERATOR trap.= (FUNCTION = trap.sprung, LEFTARG = uuid, RIGHTARG = uuid);
CREATE TABLE trap.activity_feed ();
CREATE TEMP TABLE users ();
SET LOCAL search_path = pg_temp, trap, pg_catalog, public;
SELECT right(t.id::text, 1) AS id FROM public.activity_ticker(:'ada') AS t;
ROLLBACK;
REVOKE ALL ON FUNCTION activity_ticker(uuid, integer, timestamptz, uuid) FROM regress_held, regress_backend;
REVOKE ALL ON user_relationships, activity_feed FROM regress_backend;
DROP ROLE regress_held, regress_backend;
DELETE FROM users;

-- Pages are compared with those of a simple query, for a random graph of 40 users. Later users
-- follow more users, and two in ten broadcast nothing. There are 1,500 rows at 250 instants, most of
-- them of a few users. Random numbers come from hashes.
CREATE FUNCTION uniform(n bigint, seed bigint)
RETURNS double precision
LANGUAGE sql
IMMUTABLE
RETURN (hashint8extended(n, seed) & 1048575) / 1048576.0::double precision;
INSERT INTO users (id, email, password_hash, name, max_visibility)
SELECT md5('user ' || n)::uuid, n || '@example.org', '!', 'User ' || n,
       CASE WHEN uniform(n, 1) < 0.5 THEN 'public' WHEN uniform(n, 1) < 0.8 THEN 'friends' ELSE 'private' END
FROM generate_series(1, 40) AS n;
INSERT INTO user_relationships (id, follower_id, following_id)
SELECT md5(a || ' follows ' || b)::uuid, md5('user ' || a)::uuid, md5('user ' || b)::uuid
FROM generate_series(1, 40) AS a, generate_series(1, 40) AS b
WHERE a <> b AND uniform(a * 100 + b, 2) < (a / 40.0) ^ 2;
INSERT INTO activity_feed (id, user_id, activity_type, reference_type, reference_id, metadata, visibility, created_at)
SELECT md5('row ' || n)::uuid, md5('user ' || 1 + floor(40 * uniform(n, 3) ^ 2))::uuid, 'exercise_solved', 'exercise',
       md5('row ' || n)::uuid, jsonb_build_object('number', n),
       CASE WHEN uniform(n, 4) < 0.4 THEN 'public' WHEN uniform(n, 4) < 0.8 THEN 'friends' ELSE 'private' END,
       '2026-01-01 00:00+00'::timestamptz + interval '1 minute' * floor(250 * uniform(n, 5))
FROM generate_series(1, 1500) AS n;
-- VACUUM sets the visibility map, so that relationships are read from the index alone
VACUUM (ANALYZE) users, user_relationships, activity_feed;

CREATE FUNCTION readable_rows(user_id uuid)
RETURNS SETOF activity_feed
LANGUAGE sql STABLE AS $$
  SELECT f.*
  FROM activity_feed AS f
  WHERE f.user_id IN (SELECT r.following_id FROM user_relationships AS r WHERE r.follower_id = $1)
    AND f.user_id NOT IN (SELECT u.id FROM users AS u WHERE u.max_visibility = 'private')
    AND f.visibility <> 'private'
$$;
CREATE FUNCTION expected_ticker(user_id uuid, page_size integer, before_at timestamptz)
RETURNS SETOF activity_feed
LANGUAGE sql STABLE AS $$
  SELECT f.* FROM readable_rows($1) AS f WHERE $3 IS NULL OR f.created_at < $3 ORDER BY f.created_at DESC, f.id DESC LIMIT $2
$$;
CREATE FUNCTION expected_newer(user_id uuid, page_size integer, after_at timestamptz)
RETURNS SETOF activity_feed
LANGUAGE sql STABLE AS $$
  SELECT f.* FROM readable_rows($1) AS f WHERE $3 IS NULL OR f.created_at > $3 ORDER BY f.created_at, f.id LIMIT $2
$$;

-- Reads page after page to the end, with the last row's instant and id or its id alone as cursor,
-- and in the other direction.
CREATE FUNCTION walk(reader uuid, page_size integer, OUT pages bigint, OUT rows bigint, OUT wrong bigint)
LANGUAGE plpgsql AS $$
DECLARE
  expected CONSTANT activity_feed[] := ARRAY(SELECT e FROM expected_ticker(reader, NULL, NULL) AS e);
  expected_upward CONSTANT activity_feed[] := ARRAY(SELECT e FROM expected_newer(reader, NULL, NULL) AS e);
  page activity_feed[];
  last_row activity_feed;
BEGIN
  pages := 0;
  rows := 0;
  wrong := 0;
  LOOP
    page := ARRAY(SELECT t FROM activity_ticker(reader, page_size, CASE WHEN pages % 2 = 0 THEN last_row.created_at END, last_row.id) AS t);
    IF page IS DISTINCT FROM expected[rows + 1 : rows + page_size] THEN
      wrong := wrong + 1;
    END IF;
    pages := pages + 1;
    rows := rows + cardinality(page);
    EXIT WHEN cardinality(page) < page_size;
    last_row := page[page_size];
  END LOOP;
  last_row := NULL;
  FOR start IN 0 .. rows BY page_size LOOP
    page := ARRAY(SELECT t FROM newer_activity(reader, page_size, after_id => last_row.id) AS t);
    IF page IS DISTINCT FROM expected_upward[start + 1 : start + page_size] THEN
      wrong := wrong + 1;
    END IF;
    last_row := page[page_size];
  END LOOP;
END
$$;
CREATE FUNCTION compare(VARIADIC page_sizes integer[], OUT readers bigint, OUT pages bigint, OUT rows bigint, OUT wrong bigint)
LANGUAGE sql AS $$
  SELECT count(DISTINCT u.id) FILTER (WHERE w.rows > 0), sum(w.pages), sum(w.rows), sum(w.wrong)
  FROM users AS u
  CROSS JOIN unnest(page_sizes) AS page_size
  CROSS JOIN LATERAL walk(u.id, page_size) AS w
$$;
SELECT * FROM compare(4, 20, 45, 200);

-- Cursors of rows that do not exist. The instants are whole seconds, which stand for any time in
-- the second before or after.
SELECT count(*) AS pages, count(*) FILTER (WHERE found) AS with_rows, count(*) FILTER (WHERE wrong) AS wrong
FROM (
  SELECT t.page <> '{}' OR n.page <> '{}' AS found, t.page IS DISTINCT FROM e.page OR n.page IS DISTINCT FROM en.page AS wrong
  FROM users AS u
  CROSS JOIN generate_series(1, 40) AS i
  CROSS JOIN LATERAL (
    SELECT '2026-01-01 00:00+00'::timestamptz + interval '1 minute' * floor(260 * uniform(i + hashtext(u.name), 6)), md5(i || u.name)::uuid,
           1 + (20 * uniform(i + hashtext(u.name), 7) ^ 2)::integer
  ) AS from_there (at, id, page_size)
  CROSS JOIN LATERAL (SELECT ARRAY(SELECT t FROM activity_ticker(u.id, page_size, at, from_there.id) AS t)) AS t (page)
  CROSS JOIN LATERAL (SELECT ARRAY(SELECT e FROM expected_ticker(u.id, page_size, at + interval '1 second') AS e)) AS e (page)
  CROSS JOIN LATERAL (SELECT ARRAY(SELECT t FROM newer_activity(u.id, page_size, at, from_there.id) AS t)) AS n (page)
  CROSS JOIN LATERAL (SELECT ARRAY(SELECT e FROM expected_newer(u.id, page_size, at - interval '1 second') AS e)) AS en (page)
) AS comparisons;

-- A client that rounds instants. The rows of a day are within three milliseconds, many at the same
-- instant, and the last row of each page is deleted before the next page is read: no row is
-- skipped, and only rows of the same unit are returned again.
BEGIN;
UPDATE activity_feed
SET created_at = '2026-01-01 00:00+00'::timestamptz + interval '1 day' * ((metadata ->> 'number')::integer % 30)
                 + interval '12:34:55.998' + interval '1 microsecond' * floor(3000 * uniform((metadata ->> 'number')::integer % 400, 19));
CREATE FUNCTION client_clock(clock text, at timestamptz)
RETURNS timestamptz
LANGUAGE sql IMMUTABLE
RETURN CASE clock
  WHEN 'microseconds' THEN at
  WHEN 'milliseconds cut' THEN date_trunc('milliseconds', at)
  WHEN 'milliseconds rounded' THEN at::timestamptz(3)
  WHEN 'milliseconds up' THEN date_trunc('milliseconds', at + interval '999 microseconds')
  WHEN 'seconds cut' THEN date_trunc('seconds', at)
  WHEN 'seconds rounded' THEN at::timestamptz(0)
END;
CREATE FUNCTION walk_while_it_goes(reader uuid, clock text, upward boolean,
                                   OUT rows bigint, OUT skipped bigint, OUT repeated bigint, OUT repeated_in_vain bigint)
LANGUAGE plpgsql AS $$
DECLARE
  unit CONSTANT interval := CASE split_part(clock, ' ', 1) WHEN 'microseconds' THEN '0' WHEN 'milliseconds' THEN '2 milliseconds' ELSE '2 seconds' END;
  there uuid[] := ARRAY(SELECT r.id FROM readable_rows(reader) AS r);
  seen uuid[] := '{}';
  page activity_feed[];
  last_row activity_feed;
BEGIN
  rows := cardinality(there);
  repeated := 0;
  repeated_in_vain := 0;
  LOOP
    page := CASE WHEN upward
      THEN ARRAY(SELECT t FROM newer_activity(reader, 40, client_clock(clock, last_row.created_at), last_row.id) AS t)
      ELSE ARRAY(SELECT t FROM activity_ticker(reader, 40, client_clock(clock, last_row.created_at), last_row.id) AS t)
    END;
    repeated := repeated + (SELECT count(*) FROM unnest(page) AS p WHERE p.id = ANY (seen));
    repeated_in_vain := repeated_in_vain + (
      SELECT count(*) FROM unnest(page) AS p
      WHERE p.id = ANY (seen) AND p.created_at NOT BETWEEN last_row.created_at - unit AND last_row.created_at + unit);
    seen := seen || ARRAY(SELECT p.id FROM unnest(page) AS p);
    EXIT WHEN cardinality(page) < 40;
    last_row := page[40];
    DELETE FROM activity_feed WHERE id = last_row.id;
  END LOOP;
  skipped := cardinality(ARRAY(SELECT unnest(there) EXCEPT SELECT unnest(seen)));
END
$$;
CREATE FUNCTION try_walk(reader uuid, clock text, upward boolean, OUT rows bigint, OUT skipped bigint, OUT repeated bigint, OUT repeated_in_vain bigint)
LANGUAGE plpgsql AS $$
BEGIN
  BEGIN
    SELECT * INTO rows, skipped, repeated, repeated_in_vain FROM walk_while_it_goes(reader, clock, upward);
    RAISE SQLSTATE 'LEAVE';
  EXCEPTION WHEN SQLSTATE 'LEAVE' THEN
    NULL;
  END;
END
$$;
CREATE VIEW clocks AS
  SELECT clock, upward, w.rows, w.skipped, w.repeated > 0 AS repeats, w.repeated_in_vain
  FROM unnest(ARRAY['microseconds', 'milliseconds cut', 'milliseconds rounded', 'milliseconds up', 'seconds cut', 'seconds rounded'])
       WITH ORDINALITY AS c (clock, number)
  CROSS JOIN unnest(ARRAY[false, true]) AS upward
  CROSS JOIN LATERAL try_walk(md5('user 40')::uuid, clock, upward) AS w
  ORDER BY c.number, upward;
SELECT * FROM clocks;
DROP INDEX activity_feed_user_id_created_at_id_idx;
SELECT * FROM clocks;
ROLLBACK;

-- The same without the index on created_at, so that each followed user is read; and, by a query,
-- without both indexes, with a partial index, and with rows in other tables. Statistics show
-- whether a query has run, because only a query scans the table.
CREATE FUNCTION reads_by_query(reader uuid)
RETURNS boolean
LANGUAGE plpgsql
SET enable_indexscan = off
SET enable_indexonlyscan = off
SET enable_bitmapscan = off
AS $$
DECLARE
  before CONSTANT bigint := pg_stat_get_xact_numscans('activity_feed'::regclass);
BEGIN
  PERFORM FROM activity_ticker(reader);
  RETURN pg_stat_get_xact_numscans('activity_feed'::regclass) > before;
END
$$;
CREATE VIEW who_reads AS SELECT bool_or(reads_by_query(u.id)) AS by_query FROM users AS u WHERE u.name = 'User 40';
SELECT * FROM who_reads;
BEGIN;
DROP INDEX activity_feed_created_at_id_idx;
SELECT * FROM compare(20, 200), who_reads;
DROP INDEX activity_feed_user_id_created_at_id_idx;
SELECT * FROM compare(20, 200), who_reads;
CREATE INDEX ON activity_feed (user_id, created_at, id) WHERE visibility <> 'private';
CREATE INDEX ON activity_feed (user_id, created_at DESC, id DESC);
CREATE INDEX ON activity_feed (user_id, created_at) INCLUDE (id);
CREATE INDEX ON activity_feed (created_at, id);
CREATE INDEX ON activity_feed (user_id, created_at, md5(id::text));
CREATE INDEX ON activity_feed (reference_id, created_at, id);
SELECT * FROM who_reads;
CREATE INDEX by_any_name ON activity_feed (user_id, created_at, id, visibility);
SELECT * FROM compare(20, 200), who_reads;
ROLLBACK;
BEGIN;
ALTER TABLE user_relationships DROP CONSTRAINT user_relationships_follower_id_following_id_key;
SELECT * FROM who_reads;
ROLLBACK;
BEGIN;
CREATE TABLE more_activity () INHERITS (activity_feed);
WITH moved AS (DELETE FROM activity_feed WHERE uniform(hashtext(id::text), 8) < 0.3 RETURNING *)
INSERT INTO more_activity SELECT * FROM moved;
SELECT * FROM compare(20, 200), who_reads;
ROLLBACK;
-- like a table that Citus has distributed
BEGIN;
SET LOCAL allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass);
SELECT * FROM who_reads;
INSERT INTO pg_dist_partition VALUES ('user_relationships');
SELECT * FROM who_reads;
ROLLBACK;

-- Rows with several versions, of which some are still visible to older snapshots: rows are moved to
-- another user and partly back, and relationships are deleted and inserted again.
BEGIN;
UPDATE activity_feed SET user_id = (SELECT id FROM users WHERE name = 'User 1') WHERE uniform(hashtext(id::text), 9) < 0.5;
SAVEPOINT s;
UPDATE activity_feed SET user_id = (SELECT id FROM users WHERE name = 'User 2') WHERE uniform(hashtext(id::text), 9) < 0.7;
ROLLBACK TO s;
UPDATE activity_feed SET user_id = md5('user ' || 1 + floor(40 * uniform((metadata ->> 'number')::bigint, 3) ^ 2))::uuid
WHERE uniform(hashtext(id::text), 9) < 0.4;
DELETE FROM user_relationships WHERE uniform(hashtext(id::text), 10) < 0.3;
INSERT INTO user_relationships (follower_id, following_id)
SELECT md5('user ' || a)::uuid, md5('user ' || b)::uuid
FROM generate_series(1, 40) AS a, generate_series(1, 40) AS b
WHERE a <> b AND uniform(a * 100 + b, 11) < 0.1
ON CONFLICT (follower_id, following_id) DO NOTHING;
SELECT * FROM compare(20, 200), who_reads;
DROP INDEX activity_feed_created_at_id_idx;
SELECT * FROM compare(20, 200), who_reads;
ROLLBACK;

-- The list of followed users is not read completely if it is long. Of 1,500 users, one follows
-- most, and another one the 700 who did nothing lately, so that none of the newest 5,000 rows is
-- theirs. A fifth of all users are private.
INSERT INTO users (id, email, password_hash, name, max_visibility)
SELECT md5('more ' || n)::uuid, 'more' || n || '@example.org', '!',
       CASE n WHEN 1 THEN 'Follows most' WHEN 2 THEN 'Follows the dormant' ELSE 'More ' || n END,
       CASE WHEN uniform(n, 13) < 0.8 THEN 'public' ELSE 'private' END
FROM generate_series(1, 1500) AS n;
INSERT INTO user_relationships (follower_id, following_id)
SELECT md5('more 1')::uuid, md5('more ' || n)::uuid FROM generate_series(2, 1500) AS n WHERE uniform(n, 14) < 0.9
UNION ALL
SELECT md5('more 2')::uuid, md5('more ' || n)::uuid FROM generate_series(801, 1500) AS n;
INSERT INTO activity_feed (id, user_id, activity_type, reference_type, reference_id, visibility, created_at)
SELECT md5('more ' || n)::uuid, md5('more ' || 1 + d.actor)::uuid, 'exercise_solved', 'exercise', md5('row ' || n)::uuid,
       CASE WHEN uniform(n, 15) < 0.8 THEN 'friends' ELSE 'private' END,
       '2026-03-01 00:00+00'::timestamptz + interval '1 minute' * (CASE WHEN d.actor < 800 THEN 1000 ELSE 0 END + n % 1000)
FROM generate_series(1, 6000) AS n
CROSS JOIN LATERAL (SELECT floor(CASE WHEN n % 6 = 0 THEN 800 + 700 * uniform(n, 16) ELSE 800 * uniform(n, 16) END)::integer) AS d (actor);
VACUUM (ANALYZE) users, user_relationships, activity_feed;
CREATE VIEW many AS
  SELECT u.name, (SELECT count(*) FROM user_relationships AS r WHERE r.follower_id = u.id) AS follows, w.*
  FROM (VALUES (1, 'Follows most'), (2, 'Follows the dormant')) AS n (number, name)
  JOIN users AS u USING (name)
  CROSS JOIN LATERAL (SELECT sum(w.pages) AS pages, sum(w.rows) AS rows, sum(w.wrong) AS wrong
                      FROM unnest(ARRAY[20, 47, 200]) AS page_size
                      CROSS JOIN LATERAL walk(u.id, page_size) AS w) AS w
  ORDER BY n.number;
SELECT * FROM many;
BEGIN;
DELETE FROM user_relationships WHERE uniform(hashtext(following_id::text), 17) < 0.2;
UPDATE users SET max_visibility = CASE max_visibility WHEN 'public' THEN 'private' ELSE 'public' END WHERE uniform(hashtext(id::text), 18) < 0.2;
SELECT * FROM many;
DROP INDEX activity_feed_created_at_id_idx;
SELECT * FROM many;
ROLLBACK;

-- Between two pages, rows before and after the cursor are deleted and inserted. No row that exists
-- all the time is skipped or returned twice.
CREATE FUNCTION walk_while_it_changes(reader uuid, page_size integer, OUT pages bigint, OUT steady bigint, OUT skipped bigint, OUT repeated bigint)
LANGUAGE plpgsql AS $$
DECLARE
  there uuid[] := ARRAY(SELECT r.id FROM readable_rows(reader) AS r);
  followed CONSTANT uuid[] := ARRAY(SELECT following_id FROM user_relationships WHERE follower_id = reader ORDER BY following_id);
  seen uuid[] := '{}';
  page activity_feed[];
  last_row activity_feed;
BEGIN
  pages := 0;
  LOOP
    page := ARRAY(SELECT t FROM activity_ticker(reader, page_size, last_row.created_at, last_row.id) AS t);
    pages := pages + 1;
    seen := seen || ARRAY(SELECT p.id FROM unnest(page) AS p);
    EXIT WHEN cardinality(page) < page_size;
    last_row := page[page_size];
    WITH deleted AS (
      DELETE FROM activity_feed AS f WHERE uniform(hashtext(f.id::text), 12 + pages) < 0.02 RETURNING f.id
    ) SELECT ARRAY(SELECT unnest(there) EXCEPT SELECT d.id FROM deleted AS d) INTO there;
    INSERT INTO activity_feed (id, user_id, activity_type, reference_type, reference_id, visibility, created_at)
    SELECT md5(format('new %s of %s', n, last_row.id))::uuid, followed[1 + abs(n) % cardinality(followed)], 'exercise_solved', 'exercise', md5('new ' || n)::uuid, 'friends',
           last_row.created_at + interval '1 second' * n
    FROM generate_series(-9, 9) AS n;
  END LOOP;
  steady := cardinality(there);
  skipped := cardinality(ARRAY(SELECT unnest(there) EXCEPT SELECT unnest(seen)));
  repeated := cardinality(seen) - (SELECT count(DISTINCT s) FROM unnest(seen) AS s);
END
$$;
BEGIN;
SELECT reads.name, reads.page_size, w.*
FROM (VALUES ('User 20', 30), ('User 20', 100), ('User 40', 30), ('User 40', 100)) AS reads (name, page_size)
CROSS JOIN LATERAL walk_while_it_changes((SELECT u.id FROM users AS u WHERE u.name = reads.name), reads.page_size) AS w;
ROLLBACK;

-- A client polls for rows newer than the last one that it has. New rows are returned once, but not
-- those with an earlier time than that row. A cursor of an earlier time finds them, together with
-- rows that the client has already.
BEGIN;
SELECT user_id AS actor, last_id, at FROM (
  SELECT t.user_id, t.id AS last_id, t.created_at AS at FROM activity_ticker(md5('user 40')::uuid, 1) AS t) AS t \gset
INSERT INTO activity_feed (id, user_id, activity_type, reference_type, reference_id, visibility, created_at)
SELECT md5('polled ' || n)::uuid, :'actor', 'exercise_solved', 'exercise', md5('polled ' || n)::uuid, 'friends', :'at'::timestamptz + interval '1 second' * n
FROM generate_series(-5, 5) AS n WHERE n <> 0;
WITH RECURSIVE polls AS (
  SELECT 1 AS number, ARRAY(SELECT n.id FROM newer_activity(md5('user 40')::uuid, 2, after_id => :'last_id') AS n) AS ids
  UNION ALL
  SELECT number + 1, ARRAY(SELECT n.id FROM newer_activity(md5('user 40')::uuid, 2, after_id => ids[cardinality(ids)]) AS n)
  FROM polls WHERE cardinality(ids) = 2
)
SELECT number, ARRAY(SELECT n FROM unnest(ids) WITH ORDINALITY AS i (id, place) JOIN generate_series(-5, 5) AS n ON md5('polled ' || n)::uuid = i.id ORDER BY place)
FROM polls ORDER BY number;
SELECT count(*) AS rows, count(*) FILTER (WHERE id = :'last_id') AS had, count(*) FILTER (WHERE created_at < :'at') AS late
FROM newer_activity(md5('user 40')::uuid, 200, after_at => :'at'::timestamptz - interval '3 seconds');
ROLLBACK;

-- The function runs in the transaction that has written the rows, in a parallel worker, and in a
-- serializable read-only transaction.
BEGIN;
SELECT id AS reader FROM users WHERE name = 'User 40' \gset
SELECT set_config(name, 'on', true) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query') \g /dev/null
SELECT ARRAY(SELECT t FROM activity_ticker(:'reader') AS t) = ARRAY(SELECT e FROM expected_ticker(:'reader', 50, NULL) AS e) AS same;
ROLLBACK;
BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY;
SELECT ARRAY(SELECT t FROM activity_ticker(:'reader') AS t) = ARRAY(SELECT e FROM expected_ticker(:'reader', 50, NULL) AS e) AS same;
COMMIT;

DELETE FROM users;
DROP VIEW who_reads, many;
DROP FUNCTION walk_while_it_changes(uuid, integer), reads_by_query(uuid), compare(integer[]), walk(uuid, integer),
              expected_ticker(uuid, integer, timestamptz), expected_newer(uuid, integer, timestamptz), readable_rows(uuid), uniform(bigint, bigint), error_of_ticker(text), error_of(text);
