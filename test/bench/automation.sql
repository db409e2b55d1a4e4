-- Submissions, one INSERT and one COMMIT each, with automation on and off:
-- learners work through three modules exercise by exercise, and fail every third
-- attempt first. The two take turns, always with learners of their own.
CREATE TEMP TABLE IF NOT EXISTS bench_result (
  name text,
  ours_ms numeric,
  other_ms numeric,
  ratio numeric,
  target text,
  ok boolean
);

-- What learners hand in next: a hundred a turn, of those enrolled in a course
-- that has exercises.
CREATE TEMP TABLE bench_submission AS
SELECT p.turn, row_number() OVER (ORDER BY p.turn, md5(p.id::text || e.id), t.passed) AS number,
       p.user_id, e.module_id, e.id AS exercise_id, e.language, t.passed
FROM (SELECT o.*, row_number() OVER (ORDER BY md5(o.id::text)) / 100 AS turn
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
WHERE p.turn < 10;

CREATE TEMP TABLE bench_turn (automation text, submissions bigint, ms double precision);

CREATE PROCEDURE pg_temp.submit(turn bigint, automation text)
LANGUAGE plpgsql AS $$
DECLARE
  s record;
  started timestamptz;
  submissions bigint := 0;
BEGIN
  PERFORM set_config('learnify.automation', automation, false);
  COMMIT;
  started := clock_timestamp();
  FOR s IN SELECT * FROM bench_submission AS b WHERE b.turn = submit.turn ORDER BY number LOOP
    INSERT INTO module_completions
      (user_id, module_id, exercise_id, submitted_code, language, test_results, passed, score, time_spent_minutes)
    VALUES (s.user_id, s.module_id, s.exercise_id, 'print(input())', s.language, '[true, true]', s.passed,
            CASE WHEN s.passed THEN 90 ELSE 40 END, 5);
    COMMIT;
    submissions := submissions + 1;
  END LOOP;
  INSERT INTO bench_turn VALUES (automation, submissions, extract(epoch FROM clock_timestamp() - started) * 1000);
END
$$;

SELECT format('CALL pg_temp.submit(%s, %L)', n, CASE WHEN n % 2 = 0 THEN 'on' ELSE 'off' END)
FROM generate_series(0, 9) AS n
ORDER BY n
\gexec

INSERT INTO bench_result
SELECT format('a submission, automation on / off (%s each)', least(o.submissions, f.submissions)), round(o.ms, 3), round(f.ms, 3),
       round(o.ms / f.ms, 2), 'at most 2.5', o.ms <= 2.5 * f.ms
FROM (SELECT sum(submissions) AS submissions, min(ms / submissions)::numeric AS ms FROM bench_turn WHERE automation = 'on') AS o,
     (SELECT sum(submissions) AS submissions, min(ms / submissions)::numeric AS ms FROM bench_turn WHERE automation = 'off') AS f;

RESET learnify.automation;
