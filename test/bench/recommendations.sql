-- Refreshes of recommendations: for one learner, with an existing model, and for all, which
-- includes the fit. The latter runs once, at the end, since it takes minutes at size 1.
SET jit = off;
SET synchronous_commit = off;

CREATE TEMP TABLE bench_result (
  name text,
  ours_ms numeric,
  other_ms numeric,
  ratio numeric,
  target text,
  ok boolean
);

-- The memory that a fit needs grows with the size and may exceed the default setting.
SET learnify.recommend_work_mem = '1GB';
SELECT learnify_internal.fit_recommendation_model(100, 100, 0, 0, 1.0, 3) \g /dev/null

-- Refresh the learners once, so that the refreshes timed replace rows.
CREATE TEMP TABLE learner AS
SELECT bench.id('learner', 1 + n * 97) AS id FROM generate_series(1, 20) AS n;
SELECT refresh_recommendations(l.id) FROM learner AS l \g /dev/null

CREATE PROCEDURE pg_temp.time_refreshes(name text, target_ms numeric, statement text)
LANGUAGE plpgsql AS $$
DECLARE
  l record;
  started timestamptz;
  took numeric[] := '{}';
BEGIN
  FOR l IN SELECT id FROM learner LOOP
    started := clock_timestamp();
    EXECUTE statement USING l.id;
    took := took || 1000 * extract(epoch FROM clock_timestamp() - started);
  END LOOP;
  INSERT INTO bench_result
  SELECT name, round(m.ms, 1), target_ms, round(m.ms / target_ms, 2), format('under %s ms', target_ms), m.ms < target_ms
  FROM (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY t)::numeric AS ms FROM unnest(took) AS t) AS m;
END
$$;
CALL pg_temp.time_refreshes('refresh_recommendations, one learner: 50 ms', 50, 'SELECT refresh_recommendations($1)');

CREATE PROCEDURE pg_temp.time_once(name text, statement text)
LANGUAGE plpgsql AS $$
DECLARE
  started timestamptz := clock_timestamp();
BEGIN
  EXECUTE statement;
  INSERT INTO bench_result VALUES (name, round(1000 * extract(epoch FROM clock_timestamp() - started)));
END
$$;
SELECT count(*) AS learners FROM users \gset
CALL pg_temp.time_once('fit_similar_courses', 'SELECT count(*) FROM learnify_internal.fit_similar_courses(100, 100, 0, 0)');
CALL pg_temp.time_once('skill_adjacency', 'SELECT count(*) FROM skill_adjacency()');
CALL pg_temp.time_once(format('refresh_recommendations, everyone: %s learners', :'learners'), 'SELECT refresh_recommendations()');
