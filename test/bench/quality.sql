-- Run by quality.sh. The psql variables ndcg, recall and tuned are the targets.
SET client_min_messages = warning;
SET synchronous_commit = off;
SET jit = off;

CREATE FUNCTION pg_temp.learner(n integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT md5('learner' || n)::uuid $$;
CREATE FUNCTION pg_temp.course(n integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT md5('course' || n)::uuid $$;

SET session_replication_role = replica;
INSERT INTO users (id, email, password_hash, name)
SELECT pg_temp.learner(n), n || '@quality.example', '!', 'Learner ' || n
FROM (SELECT DISTINCT t.learner FROM taken AS t UNION SELECT -1) AS l (n);
INSERT INTO generated_courses (id, user_id, title, meta_category, created_at)
SELECT pg_temp.course(c.course), pg_temp.learner(-1), c.name, 'Cognitive', '2026-01-01' FROM courses AS c;
INSERT INTO course_tags (course_id, tag)
SELECT DISTINCT pg_temp.course(c.course), f.tag
FROM courses AS c
CROSS JOIN LATERAL unnest(string_to_array(c.fields, '|')) AS f (tag)
WHERE f.tag <> '';
-- Every other course in the order of the line was completed.
INSERT INTO user_course_interactions (user_id, course_id, interaction_type, created_at)
SELECT pg_temp.learner(t.learner), pg_temp.course(t.course), k.kind, timestamptz '2026-01-01' + (t.place + k.days) * interval '1 day'
FROM taken AS t
CROSS JOIN (VALUES ('enrolled', 0), ('completed', 1)) AS k (kind, days)
WHERE t.part = 'train' AND (k.days = 0 OR t.place % 2 = 0);
RESET session_replication_role;
VACUUM ANALYZE;
SELECT format('%s learners, %s courses, %s tags, %s of %s courses taken are for the fit',
              (SELECT count(DISTINCT learner) FROM taken), (SELECT count(*) FROM courses),
              (SELECT count(DISTINCT tag) FROM course_tags),
              (SELECT count(*) FROM taken WHERE part = 'train'), (SELECT count(*) FROM taken)) AS data;

CREATE TABLE figures (
  n integer GENERATED ALWAYS AS IDENTITY,
  what text,
  figure numeric,
  target text,
  ok boolean,
  decides boolean DEFAULT false
);

-- With 64 MB, which fails if the fit needs more. The shortest time of three counts.
SET learnify.recommend_work_mem = '64MB';
DO $$
DECLARE
  started timestamptz;
  least_ms numeric := 'infinity';
  heaviest bigint;
BEGIN
  FOR turn IN 1 .. 3 LOOP
    started := clock_timestamp();
    CREATE TEMP TABLE model AS SELECT * FROM learnify_internal.fit_similar_courses(NULL);
    least_ms := least(least_ms, 1000 * extract(epoch FROM clock_timestamp() - started));
    SELECT max(w.weights) INTO heaviest
    FROM (SELECT count(*) AS weights FROM model AS m, unnest(m.similar_course_ids) AS s (id) GROUP BY s.id) AS w;
    DROP TABLE model;
  END LOOP;
  INSERT INTO figures (what, figure, target, ok) VALUES ('fit within 64 MB, seconds', round(least_ms / 1000, 2), 'at most 3', least_ms <= 3000);
  INSERT INTO figures (what, figure, target, ok, decides) VALUES ('weights of a course', heaviest, 'at most 200', heaviest <= 200, true);
END
$$;

-- The hint of the error says how much memory the fit needs.
DO $$
DECLARE
  hint text;
BEGIN
  SET LOCAL learnify.recommend_work_mem = '1MB';
  PERFORM * FROM learnify_internal.fit_similar_courses(NULL);
EXCEPTION WHEN configuration_limit_exceeded THEN
  GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
  INSERT INTO figures (what, figure, target, ok, decides)
  SELECT 'memory that a fit needs, MB', round(m.kb / 1024, 1), 'at most 64', m.kb <= 64 * 1024, true
  FROM (SELECT substring(hint FROM '(\d+)kB')::numeric AS kb) AS m;
END
$$;

CREATE PROCEDURE pg_temp.time_refresh(what text, most_seconds numeric)
LANGUAGE plpgsql AS $$
DECLARE
  started timestamptz := clock_timestamp();
  seconds numeric;
BEGIN
  PERFORM refresh_recommendations();
  seconds := extract(epoch FROM clock_timestamp() - started);
  INSERT INTO figures (what, figure, target, ok)
  VALUES (what, round(seconds, 1), 'at most ' || most_seconds, seconds <= most_seconds);
END
$$;
CALL pg_temp.time_refresh('everyone''s recommendations, seconds', 20);
CALL pg_temp.time_refresh('the same again, seconds', 20);
INSERT INTO figures (what, figure) SELECT 'recommendations written', count(*) FROM recommendations;

DO $$
DECLARE
  l integer;
  started timestamptz;
  ms numeric[] := '{}';
BEGIN
  FOR l IN SELECT t.learner FROM taken AS t GROUP BY 1 ORDER BY md5(t.learner::text) LIMIT 50 LOOP
    started := clock_timestamp();
    PERFORM refresh_recommendations(md5('learner' || l)::uuid);
    ms := ms || 1000 * extract(epoch FROM clock_timestamp() - started);
  END LOOP;
  INSERT INTO figures (what, figure, target, ok)
  SELECT 'one learner''s, milliseconds', round(m.ms, 1), 'under 50', m.ms < 50
  FROM (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY t)::numeric AS ms FROM unnest(ms) AS t) AS m;
END
$$;

-- The quality of the recommendations, measured with the test part.
CREATE VIEW pg_temp.quality AS
WITH hidden AS (
  SELECT pg_temp.learner(t.learner) AS user_id, pg_temp.course(t.course) AS course_id FROM taken AS t WHERE t.part = 'test'
), per_learner AS (
  SELECT h.user_id, count(*) AS relevant, count(r.rank) AS hits, coalesce(sum(ln(2) / ln(r.rank + 1)), 0) AS gain
  FROM hidden AS h
  LEFT JOIN (SELECT c.user_id, c.course_id, (c.metadata -> 'rank')::integer AS rank
             FROM recommendations AS c
             WHERE c.recommendation_type = 'collaborative_filtering' AND (c.metadata -> 'rank')::integer <= 20) AS r
    ON r.user_id = h.user_id AND r.course_id = h.course_id
  GROUP BY h.user_id
)
SELECT avg(p.gain / (SELECT sum(ln(2) / ln(k + 1)) FROM generate_series(1, least(20, p.relevant)) AS k))::numeric AS ndcg,
       avg(p.hits::numeric / p.relevant) AS recall
FROM per_learner AS p;
INSERT INTO figures (what, figure, target, ok, decides)
SELECT v.* FROM pg_temp.quality AS q
CROSS JOIN LATERAL (VALUES ('NDCG@20', round(q.ndcg, 4), 'at least ' || :'ndcg', q.ndcg >= :ndcg, true),
                           ('Recall@20', round(q.recall, 4), 'at least ' || :'recall', q.recall >= :recall, true)) AS v;
RESET learnify.recommend_work_mem;
CREATE TEMP TABLE evaluated AS SELECT * FROM evaluate_recommendations(0.2, 20);
INSERT INTO figures (what, figure)
SELECT 'NDCG@20 on the last fifth of the training part: ' || e.method, round(e.ndcg::numeric, 4) FROM evaluated AS e;
SELECT e.method, round(e.ndcg::numeric, 4) AS ndcg, round(e.cold_ndcg::numeric, 4) AS cold_ndcg,
       round(e.tail_ndcg::numeric, 4) AS tail_ndcg, round(e.coverage::numeric, 2) AS coverage
FROM evaluated AS e
WHERE e.method IN ('local_ridge', 'cosine', 'popularity')
ORDER BY e.ndcg DESC \g (format=csv) ../results/bench/quality.csv

-- The same after one search for parameters.
DO $$
DECLARE
  started timestamptz := clock_timestamp();
  chosen jsonb;
BEGIN
  SELECT t.parameters INTO chosen FROM tune_recommendations() AS t;
  INSERT INTO figures (what, figure)
  VALUES ('tune_recommendations(), seconds; it chose ' || coalesce(chosen::text, 'the default'),
          round(extract(epoch FROM clock_timestamp() - started), 1));
END
$$;
SELECT refresh_recommendations() \g /dev/null
INSERT INTO figures (what, figure, target, ok, decides)
SELECT 'NDCG@20, tuned', round(q.ndcg, 4), 'at least ' || :'tuned', q.ndcg >= :tuned, true FROM pg_temp.quality AS q;

SELECT f.what, f.figure, coalesce(f.target, '') AS target, CASE WHEN f.ok THEN 'ok' WHEN NOT f.ok THEN 'MISSED' ELSE '' END AS "?"
FROM figures AS f ORDER BY f.n;
SELECT count(*) FILTER (WHERE decides AND NOT ok) = 0 AS good FROM figures \gset
\if :good
\else
  \warn 'FAILED: the quality or the memory misses its target.'
  DO $$ BEGIN RAISE EXCEPTION 'missed' USING ERRCODE = 'P0004'; END $$;
\endif
