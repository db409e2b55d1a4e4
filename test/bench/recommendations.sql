-- Refreshes of recommendations: for one learner, with an existing model, and for all, which
-- includes the fit. The latter runs twice, at the end, since it takes minutes at size 1.
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
  started numeric := bench.cpu_ms();
BEGIN
  EXECUTE statement;
  INSERT INTO bench_result VALUES (name, round(bench.cpu_ms() - started));
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

-- A thousand learners: a first refresh against computing alone and a COPY of the same rows, which
-- checks the same foreign keys; a refresh after which nothing has changed against computing alone;
-- and the WAL of both. Three turns of each, of which the medians count.
SELECT min(l.id::text)::uuid AS first, max(l.id::text)::uuid AS last
FROM (SELECT u.id FROM users AS u ORDER BY u.id LIMIT 1000) AS l \gset
SELECT current_setting('data_directory') || '/learnify_bench.copy' AS file \gset
CREATE TEMP TABLE turn (what text, ms numeric, bytes numeric);
CREATE PROCEDURE pg_temp.time_turn(what text, statement text)
LANGUAGE plpgsql AS $$
DECLARE
  started numeric := bench.cpu_ms();
  started_at pg_lsn := pg_current_wal_insert_lsn();
BEGIN
  EXECUTE statement;
  INSERT INTO turn VALUES (what, bench.cpu_ms() - started, pg_current_wal_insert_lsn() - started_at);
END
$$;
SELECT s.statement
FROM generate_series(1, 3) AS n
CROSS JOIN LATERAL unnest(ARRAY[
  format('DELETE FROM recommendations WHERE user_id BETWEEN %L AND %L', :'first', :'last'),
  'VACUUM recommendations',
  format('CALL pg_temp.time_turn(%L, %L)', 'first',
         format('SELECT learnify_internal.replace_all_recommendations(%L, %L)', :'first', :'last')),
  'VACUUM recommendations',
  format('CALL pg_temp.time_turn(%L, %L)', 'again',
         format('SELECT learnify_internal.replace_all_recommendations(%L, %L)', :'first', :'last')),
  format('CALL pg_temp.time_turn(%L, %L)', 'computing',
         format('SELECT count(*) FROM learnify_internal.recommendation_kinds() AS k, learnify_internal.fresh_recommendations(k.kind, %L, %L)',
                :'first', :'last')),
  format('COPY (SELECT user_id, course_id, recommendation_type, match_score, reason, metadata, created_at, expires_at FROM recommendations '
         'WHERE user_id BETWEEN %L AND %L ORDER BY recommendation_type, user_id, match_score DESC) TO %L', :'first', :'last', :'file'),
  format('DELETE FROM recommendations WHERE user_id BETWEEN %L AND %L', :'first', :'last'),
  'VACUUM recommendations',
  format('CALL pg_temp.time_turn(%L, %L)', 'copy',
         format('COPY recommendations (user_id, course_id, recommendation_type, match_score, reason, metadata, created_at, expires_at) FROM %L',
                :'file'))]) WITH ORDINALITY AS s (statement, number)
ORDER BY n, s.number
\gexec
COPY (SELECT) TO :'file';
WITH median AS (
  SELECT max(m.ms) FILTER (WHERE m.what = 'first') AS first, max(m.ms) FILTER (WHERE m.what = 'again') AS again,
         max(m.ms) FILTER (WHERE m.what = 'computing') AS computing, max(m.ms) FILTER (WHERE m.what = 'copy') AS copy,
         max(m.bytes) FILTER (WHERE m.what = 'first') / 1000 AS first_kb, max(m.bytes) FILTER (WHERE m.what = 'again') / 1000 AS again_kb
  FROM (SELECT t.what, percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms)::numeric AS ms,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY t.bytes)::numeric AS bytes
        FROM turn AS t
        GROUP BY t.what) AS m
)
INSERT INTO bench_result
SELECT r.name, round(r.ours, 1), round(r.other, 1), round(r.ours / r.other, 4), r.target, r.ours <= r.bound * r.other
FROM median AS m
CROSS JOIN LATERAL (VALUES
  ('1,000 learners, the first time: 2.5 s', m.first, 2500, 'at most 2.5 s', 1),
  ('the same: computing alone, and a COPY of the rows', m.first, m.computing + m.copy, 'at most 1 x', 1),
  ('1,000 learners, nothing changed: computing alone', m.again, m.computing, 'at most 1.1 x', 1.1),
  ('kB of WAL, nothing changed: the first time', m.again_kb, m.first_kb, 'at most 0.02 x', 0.02)
) AS r (name, ours, other, target, bound);

-- Everyone, the first time, in one session and with two workers: the time that it takes, which is
-- half as long only where two processors are idle, and that of the processors. A trigger notes
-- how much of the latter each worker has used so far.
CREATE TABLE bench.run (what text, pid integer, elapsed_ms numeric, cpu_ms numeric);
CREATE FUNCTION bench.note_worker()
RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO bench.run (what, pid, cpu_ms) SELECT 'worker', pg_backend_pid(), bench.cpu_ms();
  RETURN NULL;
END
$$;
CREATE PROCEDURE pg_temp.time_run(what text, statement text)
LANGUAGE plpgsql AS $$
DECLARE
  started numeric := bench.cpu_ms();
  started_at timestamptz := clock_timestamp();
BEGIN
  EXECUTE statement;
  INSERT INTO bench.run
  VALUES (what, pg_backend_pid(), 1000 * extract(epoch FROM clock_timestamp() - started_at), bench.cpu_ms() - started);
END
$$;
DELETE FROM recommendations;
VACUUM recommendations;
CALL pg_temp.time_run('session', 'SELECT refresh_recommendations()');
DELETE FROM recommendations;
VACUUM recommendations;
CREATE TRIGGER note_worker AFTER INSERT ON recommendations FOR EACH STATEMENT EXECUTE FUNCTION bench.note_worker();
CALL pg_temp.time_run('workers', 'SELECT refresh_recommendations(workers => 2)');
DROP TRIGGER note_worker ON recommendations;
WITH run AS (
  SELECT max(r.elapsed_ms) FILTER (WHERE r.what = 'session') AS one_elapsed, max(r.elapsed_ms) FILTER (WHERE r.what = 'workers') AS two_elapsed,
         sum(r.cpu_ms) FILTER (WHERE r.what = 'session') AS one_cpu, sum(r.cpu_ms) FILTER (WHERE r.what <> 'session') AS two_cpu
  FROM (SELECT r.what, max(r.elapsed_ms) AS elapsed_ms, max(r.cpu_ms) AS cpu_ms FROM bench.run AS r GROUP BY r.what, r.pid) AS r
)
INSERT INTO bench_result
SELECT v.name, round(v.ours), round(v.other), round(v.ours / v.other, 4), v.target, v.ours <= v.bound * v.other
FROM run AS r
CROSS JOIN LATERAL (VALUES
  (1, format('refresh_recommendations, everyone, 2 workers: one session, %s learners', :'learners'), r.two_elapsed, r.one_elapsed, '1.8 x faster', 1 / 1.8),
  (2, 'the same, time of the processors', r.two_cpu, r.one_cpu, 'at most 1.1 x', 1.1)
) AS v (number, name, ours, other, target, bound)
ORDER BY v.number;
