-- Velocity: signups of the last 24 hours over those of the 24 hours before.

-- What a statement that fails says, as a row.
CREATE FUNCTION pg_temp.error_of(statement text, OUT code text, OUT message text, OUT hint text)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
  message := 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
END
$$;

-- The ratio. Something after nothing is 10, nothing is 0.
SELECT recent, previous, velocity(recent, previous), velocity_label(velocity(recent, previous))
FROM (VALUES
  (0, 0), (0, 7), (1, 0), (1000000, 0),
  (2, 1), (201, 100),
  (5, 1), (501, 100),
  (1, 3), (9223372036854775807, 9223372036854775807)
) AS v (recent, previous);

-- A label needs more than 2, and more than 5.
SELECT v AS velocity, velocity_label(v) FROM unnest(ARRAY[0, 2, 2.0000001, 5, 5.0000001, 10]) AS v;

-- The bound that ranks, where the whole site is steady: few signups prove
-- little, so 5 after 0 is behind 100 after 50.
SELECT recent, previous, round(velocity_lower_bound(recent, previous, 1)::numeric, 2) AS bound
FROM (VALUES (3, 0), (5, 0), (10, 5), (100, 50)) AS v (recent, previous)
ORDER BY velocity_lower_bound(recent, previous, 1);

-- Without a signup it is what is known of the site, put cautiously; with many
-- it is the velocity.
SELECT site_ratio,
       round(velocity_lower_bound(0, 0, site_ratio)::numeric, 4) AS without,
       round(velocity_lower_bound(1000000, 500000, site_ratio)::numeric, 4) AS with_many
FROM unnest(ARRAY[0.5, 1, 2]) AS site_ratio;

-- A course that existed for six of the previous 24 hours had a quarter of the
-- chances: as many signups in them were four times the rate.
SELECT exposure, round(velocity_lower_bound(40000, 10000, 1, exposure)::numeric, 2) AS bound
FROM unnest(ARRAY[24, 12, 6]) AS exposure;
SELECT velocity_lower_bound(10, 5, 1) = velocity_lower_bound(10, 5, 1, 24) AS full_exposure_is_the_default;

-- Always above 0 and finite.
SELECT count(*) AS bounds, bool_and(bound > 0 AND bound < 'Infinity') AS positive_and_finite
FROM (
  SELECT velocity_lower_bound(recent, previous, site_ratio, exposure) AS bound
  FROM unnest(ARRAY[0, 1, 1000000, 9223372036854775807]) AS recent,
       unnest(ARRAY[0, 1, 1000000, 9223372036854775807]) AS previous,
       unnest(ARRAY[1e-300, 1e-6, 1, 1e6, 1e300]) AS site_ratio,
       unnest(ARRAY[1e-300, 0.01, 24]) AS exposure
) AS b;

-- What is not a number of signups, a ratio or a number of hours.
\pset format unaligned
\pset tuples_only
SELECT call, e.code, e.message, e.hint
FROM unnest(ARRAY[
  'velocity(-1, 2)',
  'velocity(1, -9223372036854775808)',
  'velocity_lower_bound(-5, 0, 1)',
  'velocity_lower_bound(0, -1, 1)',
  'velocity_lower_bound(3, 0, 0)',
  'velocity_lower_bound(3, 0, -0.5)',
  'velocity_lower_bound(3, 0, ''NaN'')',
  'velocity_lower_bound(3, 0, ''Infinity'')',
  'velocity_lower_bound(3, 0, ''-Infinity'')',
  'velocity_lower_bound(3, 0, 1, 0)',
  'velocity_lower_bound(3, 0, 1, -1)',
  'velocity_lower_bound(3, 0, 1, 24.000001)',
  'velocity_lower_bound(3, 0, 1, ''NaN'')',
  'velocity_lower_bound(3, 0, 1, ''Infinity'')'
]) AS call, pg_temp.error_of('SELECT ' || call) AS e
\g (recordsep='\n\n' fieldsep='\n')
\pset format aligned
\pset tuples_only off

SELECT velocity(NULL, 1), velocity(1, NULL), velocity_label(NULL), velocity_lower_bound(1, NULL, 1) AS bound;

-- The aggregates. Each signup lies where the windows begin or end: the end of
-- one is in it, its beginning is not.
SET timezone = 'UTC';
CREATE TABLE signups (course integer, started_at timestamptz);
INSERT INTO signups VALUES
  (1, '2024-03-11 12:00:00.000001'),  -- later than as_of
  (1, '2024-03-11 12:00'),            -- recent
  (1, '2024-03-10 12:00:00.000001'),  -- recent
  (1, '2024-03-10 12:00'),            -- previous
  (1, '2024-03-09 12:00:00.000001'),  -- previous
  (1, '2024-03-10 00:00'),            -- previous
  (1, '2024-03-09 12:00'),            -- too early
  (1, '-infinity'),
  (1, 'infinity'),
  (1, NULL),
  (2, '2024-03-11 11:00'),
  (3, '2024-03-10 11:00'),
  (4, NULL);
SELECT course,
       window_signups(started_at, '2024-03-11 12:00'),
       round(trending_velocity(started_at, '2024-03-11 12:00')::numeric, 4) AS velocity
FROM signups GROUP BY course ORDER BY course;

-- A day is 24 hours where it has 23 by the clock as well (Easter 2024 in
-- Berlin): 12:00 is 24 hours after 11:00.
SET timezone = 'Europe/Berlin';
SELECT window_signups(started_at, '2024-03-31 12:00')
FROM (VALUES ('2024-03-30 11:00'::timestamptz), ('2024-03-30 11:00:01')) AS v (started_at);
SET timezone = 'UTC';

-- No rows, and no time to count from.
SELECT window_signups(started_at, now()), trending_velocity(started_at, now()) FROM signups WHERE false;
SELECT window_signups(started_at, NULL), trending_velocity(started_at, NULL) FROM signups;

-- Nothing is within 48 hours of infinity; nothing overflows near the ends of time.
SELECT as_of, window_signups(started_at, as_of)
FROM unnest(ARRAY['-infinity', '4713-01-01 BC', '294276-12-31', 'infinity']::timestamptz[]) AS as_of,
     unnest(ARRAY['-infinity', '4713-01-01 BC', '294276-12-31', 'infinity']::timestamptz[]) AS started_at
GROUP BY as_of ORDER BY as_of;

-- as_of may differ from row to row, and rows may be filtered or distinct.
SELECT window_signups(started_at, started_at) AS each_its_own_time,
       window_signups(started_at, '2024-03-11 12:00') FILTER (WHERE course = 2) AS of_course_2,
       window_signups(DISTINCT date_trunc('day', started_at), '2024-03-11 12:00') AS days
FROM signups WHERE isfinite(started_at);

-- Over a window of rows; each row's result stays what it was.
SELECT course, started_at, window_signups(started_at, '2024-03-11 12:00') OVER w AS so_far,
       trending_velocity(started_at, '2024-03-11 12:00') OVER w AS velocity
FROM signups WHERE started_at BETWEEN '2024-03-10' AND '2024-03-12'
WINDOW w AS (ORDER BY started_at)
ORDER BY started_at;

-- The same as counting in SQL, for each of 500 courses, by every plan.
CREATE TABLE many AS
SELECT n % 500 AS course,
       timestamptz '2024-03-11 12:00' - (n / 7 % 100) ^ 2 * interval '30 seconds' AS started_at
FROM generate_series(1, 20000) AS n;
ANALYZE many;
CREATE VIEW compared AS
SELECT course,
       window_signups(started_at, as_of) AS signups,
       trending_velocity(started_at, as_of) AS velocity,
       ARRAY[count(*) FILTER (WHERE started_at > as_of - interval '24 hours' AND started_at <= as_of),
             count(*) FILTER (WHERE started_at > as_of - interval '48 hours' AND started_at <= as_of - interval '24 hours')] AS expected
FROM many, (VALUES (timestamptz '2024-03-11 11:30')) AS v (as_of)
GROUP BY course;
CREATE VIEW summary AS
SELECT count(*) AS courses, sum(signups[1]) AS recent, sum(signups[2]) AS previous,
       count(*) FILTER (WHERE signups <> expected OR velocity <> velocity(expected[1], expected[2])) AS wrong
FROM compared;

SET max_parallel_workers_per_gather = 0;
SET enable_hashagg = off;
SELECT * FROM summary;
SET enable_hashagg = on;
SET enable_sort = off;
SELECT * FROM summary;

-- In parallel, partial states are combined.
SET max_parallel_workers_per_gather = 2;
SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
EXPLAIN (COSTS OFF) SELECT trending_velocity(started_at, '2024-03-11 11:30') FROM many;
SELECT trending_velocity(started_at, '2024-03-11 11:30') FROM many;
SELECT * FROM summary;
RESET ALL;
SET timezone = 'UTC';

-- The support functions, called without their aggregate. They leave the array
-- that they are given alone.
SELECT given, learnify_internal.trending_velocity_accum(given, '2024-03-11', '2024-03-11') AS recent,
       learnify_internal.trending_velocity_accum(given, '2024-03-10', '2024-03-11') AS previous,
       learnify_internal.trending_velocity_accum(given, '2024-03-01', '2024-03-11') AS neither,
       learnify_internal.trending_velocity_combine(given, '{10,20}') AS combined,
       learnify_internal.trending_velocity_final(given) AS final
FROM (VALUES ('{6,3}'::bigint[]), ('[5:6]={1,0}')) AS v (given);
SELECT learnify_internal.trending_velocity_accum(NULL, now(), now()) AS accum, learnify_internal.trending_velocity_combine(NULL, '{1,2}') AS combine,
       learnify_internal.trending_velocity_final(NULL) AS final;

\pset format unaligned
\pset tuples_only
SELECT call, e.code, e.message, e.hint
FROM unnest(ARRAY[
  'learnify_internal.trending_velocity_accum(''{}'', now(), now())',
  'learnify_internal.trending_velocity_accum(''{1}'', now(), now())',
  'learnify_internal.trending_velocity_accum(''{1,2,3}'', now(), now())',
  'learnify_internal.trending_velocity_accum(''{{1,2}}'', now(), now())',
  'learnify_internal.trending_velocity_accum(''{{1},{2}}'', now(), now())',
  'learnify_internal.trending_velocity_accum(''{1,NULL}'', now(), now())',
  'learnify_internal.trending_velocity_combine(''{1,2}'', ''{}'')',
  'learnify_internal.trending_velocity_combine(''{NULL,NULL}'', ''{1,2}'')',
  'learnify_internal.trending_velocity_final(''{NULL,1}'')',
  'learnify_internal.trending_velocity_final(''{-1,1}'')',
  'learnify_internal.trending_velocity_accum(''{9223372036854775807,0}'', now(), now())',
  'learnify_internal.trending_velocity_combine(''{0,9223372036854775807}'', ''{0,1}'')'
]) AS call, pg_temp.error_of('SELECT ' || call) AS e
\g (recordsep='\n\n' fieldsep='\n')
\pset format aligned
\pset tuples_only off

DROP VIEW summary, compared;
DROP TABLE signups, many;
