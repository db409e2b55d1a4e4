-- Following users, and the lists of followers and followed users with their lengths.
-- Clean up after a run that was interrupted.
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_held;
RESET client_min_messages;
\set SHOW_CONTEXT never
SET client_min_messages = warning;
\set ada 00000000-0000-4000-8000-000000000ada
\set bob 00000000-0000-4000-8000-000000000b0b
\set cyd 00000000-0000-4000-8000-000000000c4d
\set nobody 00000000-0000-4000-8000-00000000dead
INSERT INTO users (id, email, password_hash, name, avatar_url, max_visibility) VALUES
  (:'ada', 'ada@example.org', '!', 'Ada', 'https://example.org/ada.png', 'public'),
  (:'bob', 'bob@example.org', '!', 'Bob', '', 'private'),
  (:'cyd', 'cyd@example.org', '!', 'Cyd', '', 'public');
CREATE TEMP VIEW edges AS
  SELECT a.name AS follower, b.name AS following
  FROM user_relationships AS r
  JOIN users AS a ON a.id = r.follower_id
  JOIN users AS b ON b.id = r.following_id
  ORDER BY a.name, b.name;

-- Following or unfollowing twice makes no difference, except for the result.
SELECT follow_user(:'ada', :'bob'), follow_user(:'ada', :'cyd'), follow_user(:'cyd', :'bob'), follow_user(:'bob', :'ada');
SELECT follow_user(:'ada', :'bob');
SELECT * FROM edges;
SELECT unfollow_user(:'ada', :'cyd');
SELECT unfollow_user(:'ada', :'cyd');
SELECT * FROM edges;
SELECT u.name, follower_count(u.id), following_count(u.id) FROM users AS u ORDER BY u.name;

-- A list has the present names, and the time since which somebody follows.
SELECT f.follower_id = :'ada' AS is_ada, f.name, f.avatar_url, f.since = r.created_at AS dated, f.relationship_id = r.id AS identified
FROM followers(:'bob') AS f
JOIN user_relationships AS r USING (follower_id)
WHERE r.following_id = :'bob'
ORDER BY f.name;
SELECT f.following_id = :'ada' AS is_ada, f.name, f.avatar_url FROM following(:'bob') AS f;

-- The relationships of a deleted user are deleted.
BEGIN;
DELETE FROM users WHERE id = :'bob';
SELECT * FROM edges;
ROLLBACK;

-- For a missing user, the lists are empty.
SELECT (SELECT count(*) FROM followers(:'nobody')) AS followers, (SELECT count(*) FROM following(:'nobody')) AS following,
       follower_count(:'nobody'), following_count(:'nobody'), unfollow_user(:'nobody', :'ada');
SELECT follower_count(NULL) IS NULL AS of_null, following_count(NULL) IS NULL AS of_null;

-- Invalid arguments.
CREATE FUNCTION error_of(call text, OUT code text, OUT argument text, OUT message text, OUT hint text)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE 'SELECT ' || call;
  message := 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, argument = COLUMN_NAME, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
END
$$;
\pset format unaligned
\pset tuples_only
SELECT call, e.*
FROM unnest(ARRAY[
  format('follow_user(%L, %L)', :'ada', :'ada'),
  format('follow_user(%L, %L)', :'ada', :'nobody'),
  format('follow_user(%L, %L)', :'nobody', :'ada'),
  format('follow_user(%L, NULL)', :'ada'),
  format('follow_user(NULL, %L)', :'ada'),
  'followers(NULL)',
  'following(NULL)',
  format('followers(%L, 0)', :'ada'),
  format('following(%L, 201)', :'ada'),
  format('followers(%L, NULL)', :'ada'),
  format('followers(%L, before_at => now())', :'ada'),
  format('following(%L, before_id => %L)', :'ada', :'ada'),
  'newer_followers(NULL)',
  format('newer_following(%L, 201)', :'ada'),
  format('newer_followers(%L, NULL)', :'ada'),
  format('newer_following(%L, after_id => %L)', :'ada', :'ada'),
  format('newer_followers(%L, after_at => now())', :'ada'),
  format('followers(%L, 200)', :'ada')
]) AS call
CROSS JOIN LATERAL error_of(call) AS e;
\pset tuples_only off
\pset format aligned
SELECT * FROM edges;

-- A role to which row-level security applies acts for its learner and reads that learner's lists,
-- without a privilege on a table.
CREATE ROLE regress_held;
CREATE FUNCTION every_call(learner uuid, another uuid) RETURNS SETOF text LANGUAGE sql
RETURN unnest(ARRAY[
  format('follow_user(%L, %L)', learner, another),
  format('unfollow_user(%L, %L)', learner, another),
  format('followers(%L)', learner),
  format('following(%L)', learner),
  format('newer_followers(%L)', learner),
  format('newer_following(%L)', learner),
  format('follower_count(%L)', learner),
  format('following_count(%L)', learner)
]);
SET ROLE regress_held;
SELECT split_part(call, '(', 1) AS function, e.code, e.message FROM every_call(:'ada', :'cyd') AS call CROSS JOIN LATERAL error_of(call) AS e;
RESET ROLE;
GRANT EXECUTE ON FUNCTION follow_user(uuid, uuid), unfollow_user(uuid, uuid),
  followers(uuid, integer, timestamptz, uuid), following(uuid, integer, timestamptz, uuid),
  newer_followers(uuid, integer, timestamptz, uuid), newer_following(uuid, integer, timestamptz, uuid),
  follower_count(uuid), following_count(uuid) TO regress_held;
SET ROLE regress_held;
SELECT split_part(call, '(', 1) AS function, e.code, e.message FROM every_call(:'ada', :'cyd') AS call CROSS JOIN LATERAL error_of(call) AS e;
BEGIN;
SET LOCAL learnify.user_id = :'cyd';
SELECT split_part(call, '(', 1) AS function, e.code, e.message FROM every_call(:'ada', :'cyd') AS call CROSS JOIN LATERAL error_of(call) AS e;
SET LOCAL learnify.user_id = :'ada';
SELECT split_part(call, '(', 1) AS function, e.code, e.message FROM every_call(:'ada', :'cyd') AS call CROSS JOIN LATERAL error_of(call) AS e;
SELECT follow_user(:'ada', :'cyd'), following_count(:'ada'), follower_count(:'ada');
SELECT name FROM following(:'ada') ORDER BY name;
ROLLBACK;
RESET ROLE;
DROP OWNED BY regress_held;
DROP ROLE regress_held;
DELETE FROM users;

-- Pages are compared with those of a simple query, for 60 users and 900 relationships at 40
-- instants. The cursor is the last row with its instant or its id alone, in both directions. Random
-- numbers come from hashes.
CREATE FUNCTION uniform(n bigint, seed bigint)
RETURNS double precision
LANGUAGE sql
IMMUTABLE
RETURN (hashint8extended(n, seed) & 1048575) / 1048576.0::double precision;
INSERT INTO users (id, email, password_hash, name)
SELECT md5('user ' || n)::uuid, n || '@example.org', '!', 'User ' || n FROM generate_series(1, 60) AS n;
INSERT INTO user_relationships (id, follower_id, following_id, created_at)
SELECT md5(a || ' follows ' || b)::uuid, md5('user ' || a)::uuid, md5('user ' || b)::uuid,
       '2026-01-01 00:00+00'::timestamptz + interval '1 day' * floor(40 * uniform(a * 100 + b, 2))
FROM generate_series(1, 60) AS a, generate_series(1, 60) AS b
WHERE a <> b AND uniform(a * 100 + b, 1) < a * b / 3600.0;
CREATE FUNCTION walk(list text, of_user uuid, page_size integer, OUT pages bigint, OUT rows bigint, OUT wrong bigint)
LANGUAGE plpgsql AS $$
DECLARE
  all_rows CONSTANT text[] := CASE list
    WHEN 'followers' THEN ARRAY(
      SELECT format('%s|%s|%s|%s', u.id, u.name, r.created_at, r.id)
      FROM user_relationships AS r JOIN users AS u ON u.id = r.follower_id
      WHERE r.following_id = of_user
      ORDER BY r.created_at DESC, r.id DESC)
    ELSE ARRAY(
      SELECT format('%s|%s|%s|%s', u.id, u.name, r.created_at, r.id)
      FROM user_relationships AS r JOIN users AS u ON u.id = r.following_id
      WHERE r.follower_id = of_user
      ORDER BY r.created_at DESC, r.id DESC)
  END;
  page text[];
  last_at timestamptz;
  last_id uuid;
  next_page CONSTANT text :=
    'SELECT array_agg(format(''%%s|%%s|%%s|%%s'', p.user_id, p.name, p.since, p.id) ORDER BY p.number),
            (array_agg(p.since ORDER BY p.number))[$2],
            (array_agg(p.id ORDER BY p.number))[$2]
     FROM %I($1, $2, $3, $4) WITH ORDINALITY AS p (user_id, name, avatar_url, since, id, number)';
BEGIN
  pages := 0;
  rows := 0;
  wrong := 0;
  LOOP
    EXECUTE format(next_page, list) INTO page, last_at, last_id
    USING of_user, page_size, CASE WHEN pages % 2 = 0 THEN last_at END, last_id;
    page := coalesce(page, '{}');
    IF page <> all_rows[rows + 1:rows + page_size] THEN
      wrong := wrong + 1;
    END IF;
    pages := pages + 1;
    rows := rows + cardinality(page);
    EXIT WHEN cardinality(page) < page_size;
  END LOOP;
  last_id := NULL;
  FOR rows_before IN 0 .. rows BY page_size LOOP
    EXECUTE format(next_page, 'newer_' || list) INTO page, last_at, last_id
    USING of_user, page_size, NULL::timestamptz, last_id;
    IF coalesce(page, '{}') <> ARRAY(SELECT r FROM unnest(all_rows) WITH ORDINALITY AS a (r, number)
                                     ORDER BY number DESC OFFSET rows_before LIMIT page_size) THEN
      wrong := wrong + 1;
    END IF;
  END LOOP;
  IF rows <> cardinality(all_rows)
     OR rows <> (CASE list WHEN 'followers' THEN follower_count(of_user) ELSE following_count(of_user) END) THEN
    wrong := wrong + 1;
  END IF;
END
$$;
SELECT list, sum(w.pages) AS pages, sum(w.rows) AS rows, sum(w.wrong) AS wrong
FROM unnest(ARRAY['followers', 'following']) AS list
CROSS JOIN users AS u
CROSS JOIN unnest(ARRAY[1, 3, 10, 200]) AS page_size
CROSS JOIN LATERAL walk(list, u.id, page_size) AS w
GROUP BY list
ORDER BY list;

-- A client may round instants to milliseconds. As long as the row exists, its own time counts. If
-- it has been deleted, rows of the same millisecond are returned again, and none is skipped. An
-- instant without an id can begin a page of newer rows.
BEGIN;
UPDATE user_relationships AS r SET created_at = '2026-01-01 12:34:56.789+00'::timestamptz + interval '1 microsecond' * 310 * n.number
FROM (SELECT f.id, row_number() OVER (ORDER BY f.id) AS number FROM user_relationships AS f WHERE f.following_id = md5('user 60')::uuid) AS n
WHERE r.id = n.id;
CREATE TEMP TABLE fans AS
  SELECT f.number, f.since, f.relationship_id AS id FROM followers(md5('user 60')::uuid) WITH ORDINALITY AS f (follower_id, name, avatar_url, since, relationship_id, number);
SELECT count(*) AS fans FROM fans;
CREATE FUNCTION fans_from(list text, at timestamptz, id uuid) RETURNS integer[] LANGUAGE plpgsql AS $$
DECLARE
  numbers integer[];
BEGIN
  EXECUTE format('SELECT array_agg(n.number ORDER BY p.number)
                  FROM %I(md5(''user 60'')::uuid, 3, $1, $2) WITH ORDINALITY AS p (follower_id, name, avatar_url, since, id, number)
                  JOIN fans AS n USING (id)', list)
  INTO numbers USING at, id;
  RETURN numbers;
END
$$;
SELECT list, c.clock, fans_from(list, c.at, f.id)
FROM unnest(ARRAY['followers', 'newer_followers']) AS list
CROSS JOIN fans AS f
CROSS JOIN LATERAL (VALUES (1, 'none', NULL), (2, 'cut', date_trunc('milliseconds', f.since)), (3, 'wrong', '2000-01-01')) AS c (number, clock, at)
WHERE f.number = 10
ORDER BY list, c.number;
DELETE FROM user_relationships AS r USING fans AS f WHERE r.id = f.id AND f.number = 10;
SELECT list, c.clock, fans_from(list, c.at, f.id)
FROM unnest(ARRAY['followers', 'newer_followers']) AS list
CROSS JOIN fans AS f
CROSS JOIN LATERAL (VALUES (1, 'exact', f.since), (2, 'cut', date_trunc('milliseconds', f.since)), (3, 'rounded', f.since::timestamptz(3))) AS c (number, clock, at)
WHERE f.number = 10
ORDER BY list, c.number;
SELECT fans_from('newer_followers', f.since, NULL) AS from_that_instant FROM fans AS f WHERE f.number = 8;
SELECT fans_from('newer_followers', NULL, f.id) FROM fans AS f WHERE f.number = 10;
ROLLBACK;

-- A page far down a long list reads no more than the first one: an index entry for each of its
-- rows, and for each of these one entry of users.
INSERT INTO users (id, email, password_hash, name)
SELECT md5('fan ' || n)::uuid, 'fan' || n || '@example.org', '!', 'Fan ' || n FROM generate_series(1, 3000) AS n;
INSERT INTO user_relationships (follower_id, following_id, created_at)
SELECT pair.*, '2026-02-01 00:00+00'::timestamptz + interval '1 minute' * n
FROM generate_series(1, 3000) AS n
CROSS JOIN LATERAL (VALUES
  (md5('fan ' || n)::uuid, md5('user 1')::uuid),
  (md5('user 1')::uuid, md5('fan ' || n)::uuid)
) AS pair (follower_id, following_id);
VACUUM ANALYZE user_relationships, users;
CREATE FUNCTION entries_read(relation regclass) RETURNS bigint LANGUAGE sql
RETURN (SELECT sum(pg_stat_get_xact_tuples_returned(r.oid))
        FROM (SELECT relation UNION ALL SELECT indexrelid FROM pg_index WHERE indrelid = relation) AS r (oid));
CREATE FUNCTION reading(call text, OUT rows bigint, OUT relationships_read bigint, OUT users_read bigint)
LANGUAGE plpgsql AS $$
DECLARE
  relationships_before CONSTANT bigint := entries_read('user_relationships');
  users_before CONSTANT bigint := entries_read('users');
BEGIN
  EXECUTE 'SELECT count(*) FROM ' || call INTO rows;
  relationships_read := entries_read('user_relationships') - relationships_before;
  users_read := entries_read('users') - users_before;
END
$$;
SELECT list, arguments, r.*
FROM unnest(ARRAY['followers', 'following']) AS list
CROSS JOIN unnest(ARRAY['10', '200', '10, ''2026-02-01 04:00+00'', ''00000000-0000-0000-0000-000000000000''']) AS arguments
CROSS JOIN LATERAL reading(format('%I(%L, %s)', list, md5('user 1')::uuid, arguments)) AS r;
-- neither does it with a generic plan
SELECT DISTINCT r.*
FROM generate_series(1, 10) AS n
CROSS JOIN LATERAL reading(format('followers(%L, 10%s)', md5('user 1')::uuid, repeat(' ', n))) AS r;

DELETE FROM users;
DROP FUNCTION reading(text), every_call(uuid, uuid), entries_read(regclass), walk(text, uuid, integer), uniform(bigint, bigint), error_of(text);
