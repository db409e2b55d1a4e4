-- COPY of enrolments and of submissions: with automation on, off, and into the same table
-- without the extension's triggers, where only the foreign keys are checked. The three take
-- turns on the same rows, and each turn is rolled back; the CPU time of a row is the median of
-- the turns.
SET client_min_messages = warning;
CREATE TEMP TABLE IF NOT EXISTS bench_result (
  name text,
  ours_ms numeric,
  other_ms numeric,
  ratio numeric,
  target text,
  ok boolean
);
CREATE SCHEMA bench_bulk;
\set turns 6

-- New enrolments of a thousand learners a turn, in popular courses rather than others.
CREATE TABLE bench_bulk.enrolment AS
SELECT DISTINCT l.n % :turns AS turn, l.id AS user_id, c.id AS course_id
FROM bench.learners AS l
CROSS JOIN generate_series(1, 5) AS k
JOIN bench.courses AS c
  ON c.n = 1 + floor((SELECT count(*) FROM bench.courses) * bench.uniform(l.n * 10 + k, 91) ^ 2)::bigint
JOIN generated_courses AS g ON g.id = c.id AND g.status <> 'archived'
WHERE l.n <= 1000 * :turns
  AND NOT EXISTS (SELECT FROM user_progress AS p WHERE p.user_id = l.id AND p.course_id = c.id);

-- Submissions of 500 learners a turn, who solve the exercises of three modules, and fail one in
-- three first.
CREATE TABLE bench_bulk.submission AS
SELECT p.number % :turns AS turn, p.user_id, e.module_id, e.id AS exercise_id, e.language, t.passed
FROM (SELECT o.*, row_number() OVER (ORDER BY md5(o.id::text)) AS number
      FROM (SELECT DISTINCT ON (p.user_id) p.*
            FROM user_progress AS p
            WHERE p.completed_at IS NULL
              AND EXISTS (SELECT FROM generated_modules AS m JOIN exercises AS e ON e.module_id = m.id
                          WHERE m.course_id = p.course_id)
            ORDER BY p.user_id, md5(p.id::text)) AS o) AS p
JOIN generated_modules AS m ON m.course_id = p.course_id AND m.module_number <= 3
JOIN exercises AS e ON e.module_id = m.id
CROSS JOIN LATERAL (SELECT true AS passed
                    UNION ALL
                    SELECT false WHERE ascii(md5(e.id::text || p.id)) % 3 = 0) AS t
WHERE p.number <= 500 * :turns;

-- What COPY reads and where it writes. Without triggers, the rows have what these would fill in.
CREATE TABLE bench_bulk.load AS
SELECT what, mode, turn,
       format('%s/bench_bulk_%s_%s_%s', current_setting('data_directory'), what, mode, turn) AS file,
       CASE what
         WHEN 'enrolment' THEN
           'user_progress (user_id, course_id' || CASE mode WHEN 'keys' THEN ', broadcast_at)' ELSE ')' END
         ELSE
           'module_completions (user_id, module_id, exercise_id, submitted_code, language, test_results, passed, score, time_spent_minutes'
           || CASE mode WHEN 'keys' THEN ', broadcast_at, submitted_on)' ELSE ')' END
       END AS target,
       CASE what
         WHEN 'enrolment' THEN
           format('SELECT user_id, course_id %s FROM bench_bulk.enrolment WHERE turn = %s ORDER BY md5(user_id::text || course_id)',
                  CASE mode WHEN 'keys' THEN ', now()' END, turn)
         ELSE
           format('SELECT user_id, module_id, exercise_id, ''print(input())'', language, ''[true, true]'', passed, '
                  'CASE WHEN passed THEN 90 ELSE 40 END, 5 %s FROM bench_bulk.submission WHERE turn = %s '
                  'ORDER BY md5(user_id::text || exercise_id), passed',
                  CASE mode WHEN 'keys' THEN ', now(), current_date' END, turn)
       END AS source
FROM unnest('{enrolment,submission}'::text[]) AS what
CROSS JOIN unnest('{on,off,keys}'::text[]) AS mode
CROSS JOIN generate_series(0, :turns - 1) AS turn;

CREATE TABLE bench_bulk.times (what text, mode text, ms numeric, rows bigint);

CREATE PROCEDURE bench_bulk.write_files()
LANGUAGE plpgsql AS $$
DECLARE
  l record;
BEGIN
  FOR l IN SELECT * FROM bench_bulk.load LOOP
    EXECUTE format('COPY (%s) TO %L', l.source, l.file);
  END LOOP;
END
$$;

CREATE PROCEDURE bench_bulk.take_turn(what text, mode text, turn integer)
LANGUAGE plpgsql AS $$
DECLARE
  l bench_bulk.load;
  started numeric;
  ms numeric;
  rows bigint;
BEGIN
  SELECT * INTO l FROM bench_bulk.load AS o WHERE (o.what, o.mode, o.turn) = (take_turn.what, take_turn.mode, take_turn.turn);
  IF mode = 'keys' THEN
    EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', split_part(l.target, ' ', 1));
  END IF;
  PERFORM set_config('learnify.automation', CASE mode WHEN 'on' THEN 'on' ELSE 'off' END, true);
  started := bench.cpu_ms();
  EXECUTE format('COPY %s FROM %L', l.target, l.file);
  GET DIAGNOSTICS rows = ROW_COUNT;
  ms := bench.cpu_ms() - started;
  ROLLBACK;
  INSERT INTO bench_bulk.times VALUES (what, mode, ms, rows);
  COMMIT;
END
$$;

CALL bench_bulk.write_files();
SELECT format('CALL bench_bulk.take_turn(%L, %L, %s)', l.what, l.mode, l.turn)
FROM bench_bulk.load AS l
ORDER BY l.what, l.turn, md5(l.mode || l.turn)
\gexec

WITH median AS (
  SELECT t.what, t.mode, percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms / t.rows)::numeric AS ms
  FROM bench_bulk.times AS t
  GROUP BY t.what, t.mode
)
INSERT INTO bench_result
SELECT format(b.name, o.what), round(o.ms, 4), round(p.ms, 4), round(o.ms / p.ms, 2), 'at most ' || b.most, o.ms <= b.most * p.ms
FROM (VALUES
  (1, 'enrolment', 'COPY of an %s, automation on / off', 'on', 'off', 2.0),
  (2, 'enrolment', 'COPY of an %s, off / foreign keys only', 'off', 'keys', 2.0),
  (3, 'submission', 'COPY of a %s, automation on / off', 'on', 'off', 2.5),
  (4, 'submission', 'COPY of a %s, off / foreign keys only', 'off', 'keys', 2.0)
) AS b (number, what, name, ours, other, most)
JOIN median AS o ON o.what = b.what AND o.mode = b.ours
JOIN median AS p ON p.what = b.what AND p.mode = b.other
ORDER BY b.number;

DROP SCHEMA bench_bulk CASCADE;
VACUUM user_progress, module_completions, activity_feed, user_course_interactions, user_achievements;
