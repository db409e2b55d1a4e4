-- The rows of a dump: COPY into the tables of an empty database, table by table in the order of
-- the foreign keys, as pg_restore does, by the CPU time of the server process. Once as the
-- tables are; once without the extension's triggers, with foreign keys; once as replica; and
-- once without any trigger, which is what a replica's restore is compared with.
SET client_min_messages = warning;
CREATE TEMP TABLE IF NOT EXISTS bench_result (
  name text,
  ours_ms numeric,
  other_ms numeric,
  ratio numeric,
  target text,
  ok boolean
);
\set database learnify_bench_restore

-- All learners and courses, and as many rows of each other table at most.
CREATE TABLE bench.dumped AS
SELECT t.number, t.name, format('%s/bench_dump_%s', current_setting('data_directory'), t.name) AS file
FROM unnest('{users,user_archetypes,generated_courses,course_tags,generated_modules,exercises,user_progress,module_completions,user_course_interactions,user_relationships,recommendations,activity_feed}'::text[])
  WITH ORDINALITY AS t (name, number);
SELECT format('COPY (SELECT * FROM %I LIMIT %s) TO %L', d.name, CASE WHEN d.number <= 6 THEN 'ALL' ELSE '20000' END, d.file)
FROM bench.dumped AS d
ORDER BY d.number
\gexec
SELECT string_agg(format('(%s, %L, %L)', d.number, d.name, d.file), ', ') AS files FROM bench.dumped AS d \gset
DROP TABLE bench.dumped;
SELECT current_database() AS benched, pg_get_functiondef('bench.cpu_ms()'::regprocedure) AS cpu_ms \gset

DROP DATABASE IF EXISTS :database;
CREATE DATABASE :database;
\connect :database
SET client_min_messages = warning;
CREATE EXTENSION learnify;
CREATE SCHEMA bench;
:cpu_ms;
CREATE TABLE bench.dumped AS SELECT * FROM (VALUES :files) AS d (number, name, file);
CREATE TABLE bench.times (turn integer, mode text, ms numeric);

CREATE PROCEDURE bench.restore(turn integer, mode text)
LANGUAGE plpgsql AS $$
DECLARE
  d record;
  started numeric;
  ms numeric := 0;
BEGIN
  IF mode = 'replica' THEN
    PERFORM set_config('session_replication_role', 'replica', true);
  END IF;
  FOR d IN SELECT * FROM bench.dumped AS o ORDER BY o.number LOOP
    IF mode = 'keys' OR mode = 'nothing' THEN
      EXECUTE format('ALTER TABLE %I DISABLE TRIGGER %s', d.name, CASE mode WHEN 'keys' THEN 'USER' ELSE 'ALL' END);
    END IF;
    started := bench.cpu_ms();
    EXECUTE format('COPY %I FROM %L', d.name, d.file);
    ms := ms + bench.cpu_ms() - started;
  END LOOP;
  ROLLBACK;
  INSERT INTO bench.times VALUES (turn, mode, ms);
  COMMIT;
END
$$;

SELECT format('CALL bench.restore(%s, %L)', turn, mode)
FROM generate_series(1, 3) AS turn
CROSS JOIN unnest('{triggers,keys,replica,nothing}'::text[]) AS mode
ORDER BY turn, md5(mode || turn)
\gexec
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms) FILTER (WHERE t.mode = 'triggers')::numeric AS triggers,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms) FILTER (WHERE t.mode = 'keys')::numeric AS keys,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms) FILTER (WHERE t.mode = 'replica')::numeric AS replica,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms) FILTER (WHERE t.mode = 'nothing')::numeric AS nothing
FROM bench.times AS t \gset

\connect :benched
SET client_min_messages = warning;
DROP DATABASE :database;
CREATE TEMP TABLE IF NOT EXISTS bench_result (name text, ours_ms numeric, other_ms numeric, ratio numeric, target text, ok boolean);
INSERT INTO bench_result
SELECT b.name, round(b.ours), round(b.other), round(b.ours / b.other, 2), 'at most ' || b.most, b.ours <= b.most * b.other
FROM (VALUES
  (1, 'restoring rows: the same tables without triggers', :triggers, :keys, 1.5),
  (2, 'restoring rows as replica: without triggers or foreign keys', :replica, :nothing, 1.3),
  (3, 'restoring rows: without triggers or foreign keys', :triggers, :nothing, NULL)
) AS b (number, name, ours, other, most)
ORDER BY b.number;
