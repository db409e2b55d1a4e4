-- trending_velocity(), an aggregate in C that evaluates each row's time once, against two
-- count(*) FILTER and a division, with the limits of the windows as constants. The psql
-- variable rows is the number of rows.
\if :{?rows}
\else
  \set rows 1000000
\endif

CREATE TEMP TABLE IF NOT EXISTS bench_result (
  name text,
  ours_ms numeric,
  other_ms numeric,
  ratio numeric,
  target text,
  ok boolean
);

-- Signups for 10,000 courses whose popularity follows a power law, spread over 48 hours.
DO $$ BEGIN PERFORM setseed(0.5); END $$;
CREATE TEMP TABLE bench_signups AS
SELECT md5((10000 * random() ^ 3)::integer::text)::uuid AS course_id,
       timestamptz '2024-03-11 12:00' - random() * interval '48 hours' AS started_at
FROM generate_series(1, :rows);
ANALYZE bench_signups;

-- Runs both sides alternately and returns the shortest CPU time of each.
CREATE FUNCTION pg_temp.best_times(ours text, other text, rounds integer, OUT ours_ms numeric, OUT other_ms numeric)
LANGUAGE plpgsql AS $$
DECLARE
  started numeric;
  elapsed numeric;
BEGIN
  FOR round IN 1..rounds LOOP
    started := bench.cpu_ms();
    EXECUTE ours;
    elapsed := bench.cpu_ms() - started;
    ours_ms := least(ours_ms, elapsed);

    started := bench.cpu_ms();
    EXECUTE other;
    elapsed := bench.cpu_ms() - started;
    other_ms := least(other_ms, elapsed);
  END LOOP;
END
$$;

SET max_parallel_workers_per_gather = 0;
SET work_mem = '64MB';

WITH cases (name, ours, other) AS (VALUES
  ('trending_velocity, grouped by course',
   $$SELECT max(v) FROM (
       SELECT trending_velocity(started_at, '2024-03-11 12:00') AS v FROM bench_signups GROUP BY course_id
     ) AS s$$,
   $$SELECT max(v) FROM (
       SELECT CASE WHEN previous > 0 THEN recent::double precision / previous WHEN recent > 0 THEN 10 ELSE 0 END AS v
       FROM (
         SELECT count(*) FILTER (WHERE started_at > '2024-03-10 12:00' AND started_at <= '2024-03-11 12:00') AS recent,
                count(*) FILTER (WHERE started_at > '2024-03-09 12:00' AND started_at <= '2024-03-10 12:00') AS previous
         FROM bench_signups GROUP BY course_id
       ) AS c
     ) AS s$$),
  ('trending_velocity, the whole table',
   $$SELECT trending_velocity(started_at, '2024-03-11 12:00') FROM bench_signups$$,
   $$SELECT CASE WHEN previous > 0 THEN recent::double precision / previous WHEN recent > 0 THEN 10 ELSE 0 END
     FROM (
       SELECT count(*) FILTER (WHERE started_at > '2024-03-10 12:00' AND started_at <= '2024-03-11 12:00') AS recent,
              count(*) FILTER (WHERE started_at > '2024-03-09 12:00' AND started_at <= '2024-03-10 12:00') AS previous
       FROM bench_signups
     ) AS c$$),
  ('trending_velocity and window_signups, by course',
   $$SELECT max(v), sum(w[1]), sum(w[2]) FROM (
       SELECT trending_velocity(started_at, '2024-03-11 12:00') AS v,
              window_signups(started_at, '2024-03-11 12:00') AS w
       FROM bench_signups GROUP BY course_id
     ) AS s$$,
   $$SELECT max(CASE WHEN previous > 0 THEN recent::double precision / previous WHEN recent > 0 THEN 10 ELSE 0 END),
            sum(recent), sum(previous)
     FROM (
       SELECT count(*) FILTER (WHERE started_at > '2024-03-10 12:00' AND started_at <= '2024-03-11 12:00') AS recent,
              count(*) FILTER (WHERE started_at > '2024-03-09 12:00' AND started_at <= '2024-03-10 12:00') AS previous
       FROM bench_signups GROUP BY course_id
     ) AS c$$)
)
INSERT INTO bench_result
SELECT name, round(ours_ms, 1), round(other_ms, 1), round(ours_ms / other_ms, 2),
       'at most 1.0 x count(*) FILTER twice', ours_ms <= other_ms
FROM cases, pg_temp.best_times(ours, other, 15);

RESET max_parallel_workers_per_gather;
RESET work_mem;
DROP TABLE bench_signups;
DROP FUNCTION pg_temp.best_times(text, text, integer);
