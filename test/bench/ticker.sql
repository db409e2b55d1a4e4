-- activity_ticker()'s first page of 20 against the two queries that a back end would write
-- instead, for four readers; and its page 100 against its first.
--
--   psql -f test/bench/ticker.sql
--
-- The query "along time" reads the feed from its newest row and looks each row's user up
-- among the followed; "along users" reads the newest 20 rows of each followed user and
-- sorts them. Neither checks max_visibility, which saves a join that the ticker needs. All
-- three are prepared statements and run alternately; the shortest time of each counts.
-- Comparisons without a target are for information. data.sql creates the readers.
\set QUIET on
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET jit = off;

CREATE TEMPORARY TABLE IF NOT EXISTS bench_result (
  name text,
  ours_ms numeric,
  other_ms numeric,
  ratio numeric,
  target text,
  ok boolean
);

CREATE TEMPORARY TABLE reader AS
SELECT u.id, p.number, p.profile
FROM (VALUES
  (1, 'follows-200-active@bench.example', '200 followed, active'),
  (2, 'follows-6000@bench.example', '6,000 followed'),
  (3, 'follows-200-dormant@bench.example', '200 followed, dormant for a year'),
  (4, 'follows-5@bench.example', '5 followed')
) AS p (number, email, profile)
JOIN users AS u ON u.email = p.email;

PREPARE ticker (uuid) AS SELECT * FROM activity_ticker($1, 20);
PREPARE along_time (uuid) AS
  SELECT f.*
  FROM (
    SELECT a.*
    FROM activity_feed AS a
    WHERE a.visibility IN ('public', 'friends')
    ORDER BY a.created_at DESC, a.id DESC
  ) AS f
  JOIN user_relationships AS r ON r.following_id = f.user_id AND r.follower_id = $1
  ORDER BY f.created_at DESC, f.id DESC
  LIMIT 20;
PREPARE along_users (uuid) AS
  SELECT f.*
  FROM user_relationships AS r
  CROSS JOIN LATERAL (
    SELECT a.*
    FROM activity_feed AS a
    WHERE a.user_id = r.following_id AND a.visibility IN ('public', 'friends')
    ORDER BY a.created_at DESC, a.id DESC
    LIMIT 20
  ) AS f
  WHERE r.follower_id = $1
  ORDER BY f.created_at DESC, f.id DESC
  LIMIT 20;
-- Force the plans for which the two queries are written.
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET enable_seqscan = off;
SET enable_bitmapscan = off;

-- Returns the shortest time of each statement in milliseconds. A statement that takes
-- longer than a second runs only once.
CREATE FUNCTION pg_temp.bench_least(turns integer, VARIADIC statements text[])
RETURNS numeric[]
LANGUAGE plpgsql AS $$
DECLARE
  least_ms numeric[] := array_fill('infinity'::numeric, ARRAY[cardinality(statements)]);
  started timestamptz;
BEGIN
  FOR turn IN 1..turns LOOP
    FOR s IN 1..cardinality(statements) LOOP
      CONTINUE WHEN least_ms[s] BETWEEN 1000 AND 1e9;
      started := clock_timestamp();
      EXECUTE statements[s];
      least_ms[s] := least(least_ms[s], 1000 * extract(epoch FROM clock_timestamp() - started));
    END LOOP;
  END LOOP;
  RETURN least_ms;
END
$$;

CREATE TEMPORARY TABLE first_page AS
SELECT r.number, r.profile, t.ms[1] AS ours, t.ms[2] AS along_time, t.ms[3] AS along_users
FROM reader AS r
CROSS JOIN LATERAL pg_temp.bench_least(30, format('EXECUTE ticker (%L)', r.id), format('EXECUTE along_time (%L)', r.id),
                                       format('EXECUTE along_users (%L)', r.id)) AS t (ms);

INSERT INTO bench_result
SELECT format('activity_ticker, %s: the %s', f.profile, v.against), round(f.ours, 3), round(v.other, 3),
       round(f.ours / v.other, 3), v.target, CASE WHEN v.target IS NOT NULL THEN f.ours * v.times <= v.other END
FROM first_page AS f
CROSS JOIN LATERAL (SELECT CASE WHEN f.along_time < f.along_users THEN ARRAY['time', 'users'] ELSE ARRAY['users', 'time'] END) AS o (ways)
CROSS JOIN LATERAL (VALUES
  (1, 'better query, along ' || o.ways[1], least(f.along_time, f.along_users), 1 / 1.1, 'at most 1.1 x'),
  (2, 'worse query, along ' || o.ways[2], greatest(f.along_time, f.along_users), 0, NULL),
  (3, 'query along users', f.along_users, 5, '5 x faster')
) AS v (number, against, other, times, target)
WHERE v.number < 3 OR f.profile = '6,000 followed'
ORDER BY f.number, v.number;

-- Returns the cursor after that many pages, by reading page after page.
CREATE FUNCTION pg_temp.bench_cursor(reader uuid, pages integer, OUT before_at timestamptz, OUT before_id uuid)
LANGUAGE plpgsql AS $$
BEGIN
  FOR page IN 1..pages LOOP
    SELECT t.created_at, t.id INTO before_at, before_id
    FROM activity_ticker(reader, 20, before_at, before_id) AS t
    ORDER BY t.created_at, t.id
    LIMIT 1;
  END LOOP;
END
$$;

INSERT INTO bench_result
SELECT format('activity_ticker, page 100, %s: page 1', r.profile), round(t.ms[1], 3), round(t.ms[2], 3), round(t.ms[1] / t.ms[2], 3),
       'at most 1.5 x', t.ms[1] <= 1.5 * t.ms[2]
FROM reader AS r
CROSS JOIN LATERAL pg_temp.bench_cursor(r.id, 99) AS c
CROSS JOIN LATERAL pg_temp.bench_least(30, format('SELECT * FROM activity_ticker(%L, 20, %L, %L)', r.id, c.before_at, c.before_id),
                                       format('SELECT * FROM activity_ticker(%L, 20)', r.id)) AS t (ms)
WHERE c.before_at IS NOT NULL
ORDER BY r.number;

-- The ticker without its index on created_at, and by the query to which it falls back if it
-- cannot read the index itself, here because the table has an inheritance child.
CREATE TEMPORARY TABLE alone AS
SELECT r.number, r.profile, t.ms[1] AS ms
FROM reader AS r
CROSS JOIN LATERAL pg_temp.bench_least(30, format('EXECUTE ticker (%L)', r.id)) AS t (ms);
BEGIN;
DROP INDEX activity_feed_created_at_id_idx;
SELECT json_agg(json_build_object('profile', r.profile, 'ms', t.ms[1])) AS without_index
FROM reader AS r
CROSS JOIN LATERAL pg_temp.bench_least(30, format('EXECUTE ticker (%L)', r.id)) AS t (ms) \gset
ROLLBACK;
BEGIN;
CREATE TABLE bench_child () INHERITS (activity_feed);
RESET enable_hashjoin;
RESET enable_mergejoin;
RESET enable_seqscan;
RESET enable_bitmapscan;
SELECT json_agg(json_build_object('profile', r.profile, 'ms', t.ms[1])) AS by_query
FROM reader AS r
CROSS JOIN LATERAL pg_temp.bench_least(3, format('EXECUTE ticker (%L)', r.id)) AS t (ms) \gset
ROLLBACK;
INSERT INTO bench_result
SELECT format('activity_ticker %s, %s: with all indexes', way.name, a.profile), round(m.ms, 3), round(a.ms, 3), round(m.ms / a.ms, 3), NULL, NULL
FROM (VALUES
  (1, 'without an index along time', :'without_index'::json),
  (2, 'by a query', :'by_query')
) AS way (number, name, measured)
CROSS JOIN LATERAL json_to_recordset(way.measured) AS m (profile text, ms numeric)
JOIN alone AS a ON a.profile = m.profile
ORDER BY way.number, a.number;
