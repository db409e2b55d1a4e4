-- Submissions with learnify.automation on and off, one INSERT and one transaction each, as
-- an application sends them. Learners work through three modules, exercise by exercise,
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

CREATE TEMP TABLE bench_turn (turn bigint, automation text, started timestamptz, ended timestamptz, submissions bigint);

-- Turn 0 warms up the caches. \gexec sends each statement separately.
SELECT s.statement
FROM generate_series(0, 12) AS turn (n)
CROSS JOIN LATERAL (
  SELECT 0 AS number, format('SET learnify.automation = %s', CASE WHEN n % 2 = 0 THEN 'on' ELSE 'off' END) AS statement
  UNION ALL
  SELECT 1, format('INSERT INTO bench_turn VALUES (%s, current_setting(''learnify.automation''), clock_timestamp())', n)
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
         format('UPDATE bench_turn SET ended = clock_timestamp(), submissions = '
                '(SELECT count(*) FROM bench_submission WHERE turn = %1$s) WHERE turn = %1$s', n)
) AS s
ORDER BY n, s.number
\gexec

INSERT INTO bench_result
SELECT format('a submission, automation on / off (%s each)', least(a.submissions, f.submissions)),
       round(a.ms, 3), round(f.ms, 3), round(a.ms / f.ms, 2), 'at most 2.5', a.ms <= 2.5 * f.ms
FROM (SELECT sum(submissions) AS submissions, min(extract(epoch FROM ended - started) * 1000 / submissions) AS ms
      FROM bench_turn
      WHERE automation = 'on' AND turn > 0) AS a,
     (SELECT sum(submissions) AS submissions, min(extract(epoch FROM ended - started) * 1000 / submissions) AS ms
      FROM bench_turn
      WHERE automation = 'off') AS f;

RESET learnify.automation;
