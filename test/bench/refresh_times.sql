-- Times refresh_trending() in the current database, for trending.sql. The cache is vacuumed
-- before each refresh, as autovacuum does between hourly refreshes.
SET synchronous_commit = off;
SELECT unnest(ARRAY[
         'VACUUM trending_courses',
         format('CALL bench.measure(%L, %L)', 'refresh', format('SELECT refresh_trending(%L)', as_of))])
FROM bench.parameters, generate_series(1, 8) \gexec
