-- Submissions with learnify.automation on and off, one INSERT and one transaction each, as
-- an application sends them, by the CPU time of the server process. Learners work through three modules, exercise by exercise,
-- and fail one in three exercises first. Turns with automation on and off alternate, each
-- with other learners.
CREATE TEMP TABLE IF NOT EXISTS bench_result (
  name text,
  ours_ms numeric,
  other_ms numeric,
  ratio numeric,
  target text,
  ok boolean
);

-- The submissions: in each turn, those of fifty learners who are enrolled in a course with
-- exercises.
CREATE TEMP TABLE bench_submission AS
SELECT p.turn, row_number() OVER (ORDER BY p.turn, md5(p.id::text || e.id), t.passed) AS number,
       p.user_id, e.module_id, e.id AS exercise_id, e.language, t.passed
FROM (SELECT o.*, row_number() OVER (ORDER BY md5(o.id::text)) / 50 AS turn
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
WHERE p.turn <= 12;

CREATE TEMP TABLE bench_turn (turn bigint, automation text, started numeric, ended numeric, submissions bigint);

-- Turn 0 warms up the caches. \gexec sends each statement separately.
SELECT s.statement
FROM generate_series(0, 12) AS turn (n)
CROSS JOIN LATERAL (
  SELECT 0 AS number, format('SET learnify.automation = %s', CASE WHEN n % 2 = 0 THEN 'on' ELSE 'off' END) AS statement
  UNION ALL
  SELECT 1, format('INSERT INTO bench_turn VALUES (%s, current_setting(''learnify.automation''), bench.cpu_ms())', n)
  UNION ALL
  SELECT 1 + b.number,
         format('INSERT INTO module_completions (user_id, module_id, exercise_id, submitted_code, language, test_results, '
                'passed, score, time_spent_minutes) VALUES (%L, %L, %L, %L, %L, %L, %L, %s, 5)',
                b.user_id, b.module_id, b.exercise_id, 'print(input())', b.language, '[true, true]', b.passed,
                CASE WHEN b.passed THEN 90 ELSE 40 END)
  FROM bench_submission AS b
  WHERE b.turn = n
  UNION ALL
  SELECT 1000000000,
         format('UPDATE bench_turn SET ended = bench.cpu_ms(), submissions = '
                '(SELECT count(*) FROM bench_submission WHERE turn = %1$s) WHERE turn = %1$s', n)
) AS s
ORDER BY n, s.number
\gexec

-- The least that automation has to write: a row of the feed for a first solution, and the
-- progress, by statements that are planned once.
SELECT b.user_id, m.course_id, b.exercise_id
FROM bench_submission AS b
JOIN generated_modules AS m ON m.id = b.module_id
ORDER BY b.number
LIMIT 1 \gset
CREATE FUNCTION pg_temp.write_least(actor uuid, course uuid, exercise uuid)
RETURNS void
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
  INSERT INTO activity_feed (user_id, activity_type, reference_type, reference_id, metadata, visibility)
  VALUES (actor, 'exercise_solved', 'exercise', exercise,
          '{"score": 90, "course_title": "A course", "module_title": "A module", "exercise_title": "An exercise"}', 'public');
  UPDATE user_progress AS p
  SET time_spent_minutes = p.time_spent_minutes + 5, last_activity = now()
  WHERE p.user_id = actor AND p.course_id = course;
END
$$;
SET learnify.automation = off;
BEGIN;
SELECT c.ours_ms AS least
FROM bench.compare_calls(format('pg_temp.write_least(%L, %L, %L)', :'user_id', :'course_id', :'exercise_id'), '1', 500) AS c \gset
ROLLBACK;

WITH turn AS (
  SELECT t.automation, t.submissions, (t.ended - t.started) / t.submissions AS ms
  FROM bench_turn AS t
  WHERE t.turn > 0
), side AS (
  SELECT t.automation, sum(t.submissions) AS submissions, percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms)::numeric AS ms
  FROM turn AS t
  GROUP BY t.automation
)
INSERT INTO bench_result
SELECT format(b.name, least(o.submissions, f.submissions)), round(b.ours, 3), round(b.other, 3), round(b.ours / b.other, 2),
       b.target, b.ok
FROM side AS o
JOIN side AS f ON o.automation = 'on' AND f.automation = 'off'
CROSS JOIN LATERAL (VALUES
  ('a submission, automation on / off (%s each)', o.ms, f.ms, 'at most 1.8', o.ms <= 1.8 * f.ms),
  ('the same: off, and a feed row and an update by hand', o.ms, f.ms + :least, NULL, NULL)
) AS b (name, ours, other, target, ok);

RESET learnify.automation;
