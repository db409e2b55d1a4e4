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
SELECT learnify_internal.fit_recommendation_model('{}', 1.0, 3) \g /dev/null

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
CALL pg_temp.time_once('fit_similar_courses', 'SELECT count(*) FROM learnify_internal.fit_similar_courses(NULL)');
-- The same by a self-join of what learners mastered.
CALL pg_temp.time_once('skill_adjacency', 'SELECT count(*) FROM skill_adjacency()');
CALL pg_temp.time_once('by a self-join', $$
  WITH mastered AS MATERIALIZED (
    SELECT c.user_id, t.tag, min(c.completed_at) AS at
    FROM (SELECT p.user_id, p.course_id, p.completed_at FROM user_progress AS p WHERE p.completed_at IS NOT NULL
          UNION ALL
          SELECT i.user_id, i.course_id, i.created_at FROM user_course_interactions AS i WHERE i.interaction_type = 'completed') AS c
    JOIN course_tags AS t ON t.course_id = c.course_id
    GROUP BY c.user_id, t.tag
  )
  SELECT a.tag, b.tag, count(*)
  FROM mastered AS a JOIN mastered AS b ON b.user_id = a.user_id AND b.at > a.at
  GROUP BY a.tag, b.tag
  HAVING count(*) >= 3$$);
UPDATE bench_result AS o
SET name = 'skill_adjacency: a self-join by hand', other_ms = h.ours_ms, ratio = round(o.ours_ms / h.ours_ms, 2), target = '4 x faster',
    ok = 4 * o.ours_ms <= h.ours_ms
FROM bench_result AS h
WHERE o.name = 'skill_adjacency' AND h.name = 'by a self-join';
DELETE FROM bench_result WHERE name = 'by a self-join';

-- A refresh after which nothing has changed, against computing alone, and the WAL of both;
-- a thousand learners.
CREATE TEMP TABLE part AS
SELECT min(l.id::text)::uuid AS first, max(l.id::text)::uuid AS last FROM (SELECT u.id FROM users AS u ORDER BY u.id LIMIT 1000) AS l;
DELETE FROM recommendations AS r USING part AS p WHERE r.user_id BETWEEN p.first AND p.last;
SELECT pg_current_wal_insert_lsn() AS started \gset
CALL pg_temp.time_once('1,000 learners, the first time', 'SELECT learnify_internal.replace_all_recommendations(first, last) FROM part');
SELECT pg_current_wal_insert_lsn() - :'started' AS first_bytes, pg_current_wal_insert_lsn() AS started \gset
CALL pg_temp.time_once('1,000 learners, nothing changed', 'SELECT learnify_internal.replace_all_recommendations(first, last) FROM part');
SELECT pg_current_wal_insert_lsn() - :'started' AS bytes \gset
CALL pg_temp.time_once('computing alone', 'SELECT count(*) FROM part, learnify_internal.recommendation_kinds() AS k, learnify_internal.fresh_recommendations(k.kind, first, last)');
UPDATE bench_result SET name = name || ': 2.5 s', other_ms = 2500, ratio = round(ours_ms / 2500, 2), target = 'at most 2.5 s', ok = ours_ms <= 2500
WHERE name = '1,000 learners, the first time';
UPDATE bench_result AS o
SET name = o.name || ': computing alone', other_ms = c.ours_ms, ratio = round(o.ours_ms / c.ours_ms, 2), target = 'at most 1.1 x', ok = o.ours_ms <= 1.1 * c.ours_ms
FROM bench_result AS c
WHERE o.name = '1,000 learners, nothing changed' AND c.name = 'computing alone';
DELETE FROM bench_result WHERE name = 'computing alone';
INSERT INTO bench_result VALUES ('kB of WAL, nothing changed: the first time', round(:bytes / 1000.0, 1), round(:first_bytes / 1000.0, 1),
                                 round(:bytes / :first_bytes, 4), 'at most 0.02 x', :bytes <= 0.02 * :first_bytes);
CALL pg_temp.time_once(format('refresh_recommendations, everyone: %s learners', :'learners'), 'SELECT refresh_recommendations()');
