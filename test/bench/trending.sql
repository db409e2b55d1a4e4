-- refresh_trending() against a query that a back end would write instead, and against
-- itself with a tenth of the history; its read of the last 48 hours, without the authors' own
-- enrolments, against count(*) of the same rows. The psql variable short_history names the database with a tenth of the
-- history and the same last 48 hours.
SELECT as_of FROM bench.parameters \gset
\set full_history :DBNAME
TRUNCATE bench.times;
SET jit = off;
SET synchronous_commit = off;

-- The query of a back end: joins every course with all of its enrolments.
CREATE FUNCTION bench.refresh_by_hand(as_of timestamptz)
RETURNS void
LANGUAGE sql
BEGIN ATOMIC
  INSERT INTO trending_courses
    (course_id, velocity, signups_24h, signups_previous_24h, rank, meta_category, calculated_at)
  SELECT v.id, v.velocity, v.recent, v.previous, row_number() OVER (ORDER BY v.velocity DESC, v.recent DESC), v.meta_category, as_of
  FROM (
    SELECT s.*, CASE WHEN s.previous > 0 THEN s.recent::numeric / s.previous ELSE 10 END AS velocity
    FROM (
      SELECT c.id, c.meta_category,
             count(*) FILTER (WHERE p.started_at > as_of - interval '24 hours' AND p.started_at <= as_of) AS recent,
             count(*) FILTER (WHERE p.started_at > as_of - interval '48 hours'
                                AND p.started_at <= as_of - interval '24 hours') AS previous
      FROM generated_courses AS c
      LEFT JOIN user_progress AS p ON p.course_id = c.id
      WHERE c.status <> 'archived'
      GROUP BY c.id
    ) AS s
    WHERE s.recent > 0
  ) AS v
  ON CONFLICT (course_id) DO UPDATE
  SET velocity = excluded.velocity,
      signups_24h = excluded.signups_24h,
      signups_previous_24h = excluded.signups_previous_24h,
      rank = excluded.rank,
      meta_category = excluded.meta_category,
      calculated_at = excluded.calculated_at;
END;

-- Run both alternately, so that each replaces the rows of the other. Each time, an hour has
-- passed.
SELECT refresh_trending(:'as_of') \g /dev/null
SELECT unnest(ARRAY[
         'VACUUM trending_courses',
         format('CALL bench.measure(%L, %L)', 'by hand',
                format('SELECT bench.refresh_by_hand(%L::timestamptz - %L::interval)', :'as_of', n % 2 * interval '1 hour')),
         'VACUUM trending_courses',
         format('CALL bench.measure(%L, %L)', 'refresh',
                format('SELECT refresh_trending(%L::timestamptz - %L::interval)', :'as_of', (n + 1) % 2 * interval '1 hour'))])
FROM generate_series(1, 6) AS n \gexec
DROP FUNCTION bench.refresh_by_hand(timestamptz);

-- The WAL of a refresh, without images of pages: with the table as it is, and with indexes on
-- rank and full pages instead, as earlier versions had it.
CREATE FUNCTION bench.refresh_wal(as_of timestamptz)
RETURNS numeric
LANGUAGE plpgsql AS $$
DECLARE
  started pg_lsn := pg_current_wal_insert_lsn();
BEGIN
  PERFORM refresh_trending(as_of);
  RETURN pg_current_wal_insert_lsn() - started;
END
$$;
VACUUM trending_courses;
SELECT bench.refresh_wal(:'as_of') \g /dev/null
VACUUM trending_courses;
SELECT bench.refresh_wal(:'as_of'::timestamptz - interval '1 hour') AS bytes \gset
DROP INDEX trending_courses_tier_idx, trending_courses_meta_category_tier_idx;
CREATE INDEX bench_rank_idx ON trending_courses (rank);
CREATE INDEX bench_category_rank_idx ON trending_courses (meta_category, rank);
ALTER TABLE trending_courses SET (fillfactor = 100);
VACUUM FULL trending_courses;
SELECT bench.refresh_wal(:'as_of') \g /dev/null
VACUUM trending_courses;
SELECT bench.refresh_wal(:'as_of'::timestamptz - interval '1 hour') AS indexed_bytes \gset
DROP INDEX bench_rank_idx, bench_category_rank_idx;
CREATE INDEX trending_courses_tier_idx ON trending_courses (tier);
CREATE INDEX trending_courses_meta_category_tier_idx ON trending_courses (meta_category, tier);
ALTER TABLE trending_courses SET (fillfactor = 45);
VACUUM FULL trending_courses;
VACUUM ANALYZE trending_courses;

-- The read alone, as in refresh_trending(), and a count of the same rows; and what readers
-- read, a thousand times.
SET max_parallel_workers_per_gather = 0;
SELECT unnest(ARRAY[
         format('CALL bench.measure(%L, %L)', 'window',
                format('SELECT count(*) FROM learnify_internal.count_signups(%L)', :'as_of')),
         format('CALL bench.measure(%L, %L)', 'count', format(
           'SELECT count(*)
            FROM user_progress AS p
            JOIN generated_courses AS c ON c.id = p.course_id AND c.user_id <> p.user_id
            WHERE p.started_at > %1$L::timestamptz - interval ''48 hours'' AND p.started_at <= %1$L', :'as_of'))])
FROM generate_series(1, 20) \gexec
SELECT unnest(ARRAY[
         format('CALL bench.measure(%L, %L)', 'site', format(
           'DO %L', 'BEGIN FOR n IN 1..1000 LOOP PERFORM * FROM trending_courses ORDER BY tier, rank LIMIT 20; END LOOP; END')),
         format('CALL bench.measure(%L, %L)', 'category', format(
           'DO %L', 'BEGIN FOR n IN 1..1000 LOOP PERFORM * FROM trending_courses WHERE meta_category = ''Biological'' ORDER BY tier, rank LIMIT 20; END LOOP; END'))])
FROM generate_series(1, 3) \gexec

SELECT max(ms) FILTER (WHERE label = 'by hand') AS by_hand,
       max(ms) FILTER (WHERE label = 'refresh') AS refresh,
       max(ms) FILTER (WHERE label = 'window') AS window,
       max(ms) FILTER (WHERE label = 'count') AS count,
       max(ms) FILTER (WHERE label = 'site') / 1000 AS site,
       max(ms) FILTER (WHERE label = 'category') / 1000 AS category
FROM bench.times \gset
TRUNCATE bench.times;

-- The two databases alternately.
\c :short_history
TRUNCATE bench.times;
\ir refresh_times.sql
\c :full_history
\ir refresh_times.sql
\c :short_history
\ir refresh_times.sql
\c :full_history
\ir refresh_times.sql
\c :short_history
\ir refresh_times.sql
SELECT ms AS short_refresh FROM bench.times \gset
\c :full_history
\ir refresh_times.sql
SELECT ms AS full_refresh FROM bench.times \gset

CREATE TEMP TABLE IF NOT EXISTS bench_result (
  name text,
  ours_ms numeric,
  other_ms numeric,
  ratio numeric,
  target text,
  ok boolean
);

INSERT INTO bench_result
SELECT t.name, round(t.ours, 3), round(t.other, 3), round(t.ours / t.other, 2), t.target, t.ours <= t.bound * t.other
FROM (VALUES
  ('refresh_trending: a full join and GROUP BY by hand', :refresh, :by_hand, '20 x faster', 0.05),
  ('refresh_trending, 10 x the history: 1 x', :full_refresh, :short_refresh, 'at most 1.1 x', 1.1),
  ('refresh_trending, its read of the window: count(*)', :window, :count, 'at most 1.0 x', 1.0),
  ('refresh_trending, kB of WAL: with indexes on rank', :bytes / 1000.0, :indexed_bytes / 1000.0, 'at most 0.25 x', 0.25),
  ('trending_courses, the first 20: 0.1 ms', :site, 0.1, 'at most 0.1 ms', 1.0),
  ('trending_courses, the first 20 of a category: 0.1 ms', :category, 0.1, 'at most 0.1 ms', 1.0)
) AS t (name, ours, other, target, bound);
