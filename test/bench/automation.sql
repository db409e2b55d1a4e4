-- Submissions, one INSERT each, with automation on and off: learners work
-- through a course exercise by exercise, and fail every third attempt first.
-- Each turn is rolled back, so that both meet the same rows.
CREATE TEMP TABLE IF NOT EXISTS bench_result (
  name text,
  ours_ms numeric,
  other_ms numeric,
  ratio numeric,
  target text,
  ok boolean
);

-- What learners hand in next: those enrolled in a course that has exercises.
CREATE TEMP TABLE bench_submission AS
SELECT row_number() OVER (ORDER BY md5(p.id::text || e.id), t.passed) AS number,
       p.user_id, e.module_id, e.id AS exercise_id, e.language, t.passed
FROM (SELECT DISTINCT ON (p.user_id) p.*
      FROM user_progress AS p
      WHERE EXISTS (SELECT FROM generated_modules AS m JOIN exercises AS e ON e.module_id = m.id
                    WHERE m.course_id = p.course_id)
      ORDER BY p.user_id, md5(p.id::text)
      LIMIT 200) AS p
JOIN generated_modules AS m ON m.course_id = p.course_id AND m.module_number <= 3
JOIN exercises AS e ON e.module_id = m.id
CROSS JOIN LATERAL (SELECT true AS passed
                    UNION ALL
                    SELECT false WHERE ascii(md5(e.id::text || p.id)) % 3 = 0) AS t;

CREATE FUNCTION pg_temp.submit(automation text)
RETURNS numeric
LANGUAGE plpgsql AS $$
DECLARE
  s record;
  started timestamptz;
  ended timestamptz;
BEGIN
  PERFORM set_config('learnify.automation', automation, true);
  BEGIN
    started := clock_timestamp();
    FOR s IN SELECT * FROM bench_submission ORDER BY number LOOP
      INSERT INTO module_completions
        (user_id, module_id, exercise_id, submitted_code, language, test_results, passed, score, time_spent_minutes)
      VALUES (s.user_id, s.module_id, s.exercise_id, 'print(input())', s.language, '[true, true]', s.passed,
              CASE WHEN s.passed THEN 90 ELSE 40 END, 5);
    END LOOP;
    ended := clock_timestamp();
    RAISE EXCEPTION USING ERRCODE = 'P0004', MESSAGE = 'roll back';
  EXCEPTION WHEN assert_failure THEN
    RETURN extract(epoch FROM ended - started) * 1000;
  END;
END
$$;

DO $$
DECLARE
  with_automation numeric := 'infinity';
  without numeric := 'infinity';
BEGIN
  FOR turn IN 1 .. 5 LOOP
    with_automation := least(with_automation, pg_temp.submit('on'));
    without := least(without, pg_temp.submit('off'));
  END LOOP;
  INSERT INTO bench_result
  SELECT 'submissions, automation on / off (' || count(*) || ')', round(with_automation, 1), round(without, 1),
         round(with_automation / without, 2), 'at most 2.5', with_automation <= 2.5 * without
  FROM bench_submission;
END
$$;
