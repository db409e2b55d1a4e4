-- home_rows() with warm caches against its first call, for a learner with many courses, an
-- average one, one who follows thousands, and a newcomer; and the number of rows that it
-- reads.
SET jit = off;

CREATE TEMP TABLE bench_result (
  name text,
  ours_ms numeric,
  other_ms numeric,
  ratio numeric,
  target text,
  ok boolean
);

-- Fills the cache that home_rows() reads, since no earlier bench may have run.
SELECT refresh_trending(as_of) FROM bench.parameters \g /dev/null

CREATE TEMP TABLE reader AS
SELECT r.number, r.profile, r.id
FROM (
  SELECT 1 AS number, 'a busy learner' AS profile,
         (SELECT p.user_id FROM user_progress AS p GROUP BY p.user_id ORDER BY count(*) DESC, p.user_id LIMIT 1) AS id
  UNION ALL
  SELECT 2, 'a learner', bench.id('learner', 1000)
  UNION ALL
  SELECT 3, 'a learner who follows 6,000', (SELECT u.id FROM users AS u WHERE u.email = 'follows-6000@bench.example')
  UNION ALL
  SELECT 4, 'a newcomer', (SELECT u.id FROM users AS u WHERE u.email = 'follows-5@bench.example')
) AS r;

DO $$
DECLARE
  r record;
  started timestamptz;
  took numeric;
  first_ms numeric;
  least_ms numeric;
BEGIN
  FOR r IN SELECT * FROM reader ORDER BY number LOOP
    least_ms := 'infinity';
    FOR turn IN 1 .. 20 LOOP
      started := clock_timestamp();
      PERFORM * FROM home_rows(r.id);
      took := 1000 * extract(epoch FROM clock_timestamp() - started);
      first_ms := CASE turn WHEN 1 THEN took ELSE first_ms END;
      least_ms := least(least_ms, took);
    END LOOP;
    INSERT INTO bench_result
    SELECT format('home_rows, %s: the first time', r.profile), round(least_ms, 2), round(first_ms, 2),
           round(least_ms / first_ms, 2), NULL, NULL;
  END LOOP;
END
$$;

-- Counts the rows read for one page, and the sequential scans, of which there must be none.
BEGIN;
CREATE TEMP TABLE before AS
SELECT coalesce(sum(t.seq_tup_read + t.idx_tup_fetch), 0) AS rows, coalesce(sum(t.seq_scan), 0) AS scans
FROM pg_stat_xact_user_tables AS t
WHERE t.schemaname = 'public';
SELECT h.* FROM reader AS r, home_rows(r.id) AS h WHERE r.number = 1 \g /dev/null
INSERT INTO bench_result
SELECT format('home_rows, a busy learner: %s rows read, %s tables scanned', sum(t.seq_tup_read + t.idx_tup_fetch) - b.rows,
              sum(t.seq_scan) - b.scans),
       NULL, NULL, NULL, 'no scan', sum(t.seq_scan) = b.scans
FROM pg_stat_xact_user_tables AS t
CROSS JOIN before AS b
WHERE t.schemaname = 'public'
GROUP BY b.rows, b.scans;
COMMIT;
