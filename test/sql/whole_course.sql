-- A learner completes a course by plain INSERTs, as an application writes them that does not know
-- the extension's functions, and another by the functions. Both must lead to the same rows.
SET client_min_messages = warning;
SET learnify.password_cost = 4;

CREATE FUNCTION pg_temp.id(kind text, number integer) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$ SELECT md5('whole course ' || kind || number)::uuid $$;

INSERT INTO users (id, email, password_hash, name)
SELECT pg_temp.id('user', n), 'whole' || n || '@example.com', 'x', 'Learner ' || n
FROM generate_series(1, 3) AS n;
INSERT INTO generated_courses (id, user_id, title, meta_category)
VALUES (pg_temp.id('course', 1), pg_temp.id('user', 3), 'Sourdough', 'Biological');
INSERT INTO generated_modules (id, course_id, module_number, title)
SELECT pg_temp.id('module', m), pg_temp.id('course', 1), m, 'Module ' || m FROM generate_series(1, 7) AS m;
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty, test_cases, hints)
SELECT pg_temp.id('exercise', 10 * m + e), pg_temp.id('module', m), e, 'Exercise ' || m || '.' || e, 'python', 'easy',
       '[{"input": "1", "expected_output": "1", "is_hidden": false}, {"input": "2", "expected_output": "4", "is_hidden": true}]',
       '[{"text": "Square it.", "penalty_points": 10}]'
FROM generate_series(1, 7) AS m, generate_series(1, 2) AS e;

-- By plain INSERTs: the enrolment, each exercise in turn, and a review.
INSERT INTO user_progress (user_id, course_id) VALUES (pg_temp.id('user', 1), pg_temp.id('course', 1));
CREATE TEMP TABLE reached (module integer, percentage integer, next_module integer, completed boolean);
DO $$
BEGIN
  FOR m IN 1 .. 7 LOOP
    FOR e IN 1 .. 2 LOOP
      INSERT INTO module_completions (user_id, module_id, exercise_id, submitted_code, language, test_results, passed, score)
      VALUES (pg_temp.id('user', 1), pg_temp.id('module', m), pg_temp.id('exercise', 10 * m + e), 'x * x', 'python',
              '[true, true]', true, 100);
    END LOOP;
    INSERT INTO reached
    SELECT m, p.progress_percentage, g.module_number, p.completed_at IS NOT NULL
    FROM user_progress AS p
    LEFT JOIN generated_modules AS g ON g.id = p.current_module_id
    WHERE p.user_id = pg_temp.id('user', 1);
  END LOOP;
END
$$;
INSERT INTO architecture_reviews (user_id, module_id, code_sense_score, efficiency_score, edge_cases_score, taste_score)
VALUES (pg_temp.id('user', 1), pg_temp.id('module', 1), 80, 70, 75, 81);
SELECT * FROM reached ORDER BY module;

-- By the functions.
SELECT start_course(pg_temp.id('user', 2), pg_temp.id('course', 1)) IS NOT NULL AS started;
SELECT count(submit_exercise(pg_temp.id('user', 2), pg_temp.id('exercise', 10 * m + e), 'x * x', 'python', '[true, true]'))
FROM generate_series(1, 7) AS m, generate_series(1, 2) AS e;
SELECT record_review(id, 80, 70, 75, 81) IS NOT NULL AS reviewed
FROM module_completions
WHERE user_id = pg_temp.id('user', 2) AND exercise_id = pg_temp.id('exercise', 11);

-- Returns the feed, achievements, interactions and progress of a learner.
CREATE FUNCTION pg_temp.left_behind(learner uuid) RETURNS TABLE (line text)
LANGUAGE sql AS $$
  SELECT format('%s %s %s', f.activity_type, f.visibility, f.metadata - 'actor_name')
  FROM activity_feed AS f WHERE f.user_id = learner
  UNION ALL
  SELECT 'achievement ' || a.slug
  FROM user_achievements AS e JOIN achievements AS a ON a.id = e.achievement_id WHERE e.user_id = learner
  UNION ALL
  SELECT 'interaction ' || i.interaction_type FROM user_course_interactions AS i WHERE i.user_id = learner
  UNION ALL
  SELECT format('progress %s %s %s', p.progress_percentage, p.current_module_id, p.completed_at IS NOT NULL)
  FROM user_progress AS p WHERE p.user_id = learner
  UNION ALL
  SELECT format('submission %s %s %s %s %s', s.exercise_id, s.passed, s.score, s.attempts, s.test_results)
  FROM module_completions AS s WHERE s.user_id = learner
  UNION ALL
  SELECT format('review %s %s', r.module_id, r.overall_score) FROM architecture_reviews AS r WHERE r.user_id = learner
$$;
SELECT split_part(line, ' ', 1) AS what, count(*)
FROM pg_temp.left_behind(pg_temp.id('user', 1))
GROUP BY 1
ORDER BY 1;
-- Both learners have the same rows.
SELECT * FROM pg_temp.left_behind(pg_temp.id('user', 1)) EXCEPT ALL SELECT * FROM pg_temp.left_behind(pg_temp.id('user', 2));
SELECT * FROM pg_temp.left_behind(pg_temp.id('user', 2)) EXCEPT ALL SELECT * FROM pg_temp.left_behind(pg_temp.id('user', 1));
SELECT line FROM pg_temp.left_behind(pg_temp.id('user', 1)) WHERE line ~ '^(achievement|interaction|progress|review|course)'
ORDER BY line COLLATE "C";

-- Later attempts are numbered on, lose points for hints, and complete nothing again.
SELECT submit_exercise(pg_temp.id('user', 2), pg_temp.id('exercise', 11), 'x', 'python', '[true, false]', 1, 3) AS attempt \gset
SELECT attempts, passed, score, hints_used, time_spent_minutes FROM module_completions WHERE id = :'attempt';
SELECT progress_percentage, completed_at IS NOT NULL AS completed, time_spent_minutes
FROM user_progress
WHERE user_id = pg_temp.id('user', 2);
SELECT count(*) FROM activity_feed WHERE user_id = pg_temp.id('user', 2) AND activity_type = 'course_completed';
SELECT state, count(*) FROM course_outline(pg_temp.id('user', 2), pg_temp.id('course', 1)) GROUP BY state;
SELECT module_number, state, exercises, solved
FROM course_outline(pg_temp.id('user', 3), pg_temp.id('course', 1))
WHERE module_number < 3;

--
-- Invalid arguments are errors with a SQLSTATE and a hint, and write nothing.
--
CREATE FUNCTION pg_temp.refusal(statement text) RETURNS TABLE (code text, message text, hint text)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
  code := 'accepted';
  RETURN NEXT;
EXCEPTION WHEN OTHERS THEN
  code := SQLSTATE;
  message := regexp_replace(SQLERRM, '[0-9a-f]{8}-[0-9a-f-]{27}', 'ID', 'g');
  GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
  hint := regexp_replace(hint, '[0-9a-f]{8}-[0-9a-f-]{27}', 'ID', 'g');
  RETURN NEXT;
END
$$;
UPDATE generated_courses SET status = 'archived' WHERE id = pg_temp.id('course', 1);
INSERT INTO generated_courses (id, user_id, title, meta_category)
VALUES (pg_temp.id('course', 2), pg_temp.id('user', 3), 'Another', 'Biological');
\x on
SELECT t.what, r.*
FROM (VALUES
  (1, 'a submission in another language', format('SELECT submit_exercise(%L, %L, %L, %L, %L)', pg_temp.id('user', 1), pg_temp.id('exercise', 11), 'x', 'go', '[true, true]')),
  (2, 'the same by INSERT', format('INSERT INTO module_completions (user_id, module_id, exercise_id, language) VALUES (%L, %L, %L, %L)', pg_temp.id('user', 1), pg_temp.id('module', 1), pg_temp.id('exercise', 11), 'go')),
  (3, 'test results that are no array', format('SELECT submit_exercise(%L, %L, %L, %L, %L)', pg_temp.id('user', 1), pg_temp.id('exercise', 11), 'x', 'python', '{"passed": 2}')),
  (4, 'too few test results', format('SELECT submit_exercise(%L, %L, %L, %L, %L)', pg_temp.id('user', 1), pg_temp.id('exercise', 11), 'x', 'python', '[true]')),
  (5, 'a test result that says nothing', format('SELECT submit_exercise(%L, %L, %L, %L, %L)', pg_temp.id('user', 1), pg_temp.id('exercise', 11), 'x', 'python', '[true, "yes"]')),
  (6, 'fewer hints than none', format('SELECT submit_exercise(%L, %L, %L, %L, %L, -1)', pg_temp.id('user', 1), pg_temp.id('exercise', 11), 'x', 'python', '[true, true]')),
  (7, 'more hints than there are', format('SELECT submit_exercise(%L, %L, %L, %L, %L, 2)', pg_temp.id('user', 1), pg_temp.id('exercise', 11), 'x', 'python', '[true, true]')),
  (8, 'negative minutes', format('SELECT submit_exercise(%L, %L, %L, %L, %L, 0, -1)', pg_temp.id('user', 1), pg_temp.id('exercise', 11), 'x', 'python', '[true, true]')),
  (9, 'an exercise of another module', format('INSERT INTO module_completions (user_id, module_id, exercise_id, language) VALUES (%L, %L, %L, %L)', pg_temp.id('user', 1), pg_temp.id('module', 2), pg_temp.id('exercise', 11), 'python')),
  (10, 'an exercise that does not exist', format('SELECT submit_exercise(%L, %L, %L, %L, %L)', pg_temp.id('user', 1), pg_temp.id('exercise', 99), 'x', 'python', '[]')),
  (11, 'a learner who does not exist', format('SELECT start_course(%L, %L)', pg_temp.id('user', 99), pg_temp.id('course', 2))),
  (12, 'a course that does not exist', format('SELECT start_course(%L, %L)', pg_temp.id('user', 3), pg_temp.id('course', 99))),
  (13, 'the same by INSERT', format('INSERT INTO user_progress (user_id, course_id) VALUES (%L, %L)', pg_temp.id('user', 3), pg_temp.id('course', 99))),
  (14, 'a course that is archived', format('SELECT start_course(%L, %L)', pg_temp.id('user', 3), pg_temp.id('course', 1))),
  (15, 'the same by INSERT', format('INSERT INTO user_progress (user_id, course_id) VALUES (%L, %L)', pg_temp.id('user', 3), pg_temp.id('course', 1))),
  (16, 'an archived course that one is enrolled in', format('SELECT start_course(%L, %L)', pg_temp.id('user', 1), pg_temp.id('course', 1))),
  (17, 'a review score out of range', (SELECT format('SELECT record_review(%L, 101, 70, -1, 81)', id) FROM module_completions WHERE user_id = pg_temp.id('user', 1) LIMIT 1)),
  (18, 'a review of no submission', format('SELECT record_review(%L, 80, 70, 75, 81)', pg_temp.id('submission', 1))),
  (19, 'a review of another''s submission', (SELECT format('INSERT INTO architecture_reviews (user_id, module_id, submission_id, code_sense_score, efficiency_score, edge_cases_score, taste_score) VALUES (%L, %L, %L, 1, 1, 1, 1)', pg_temp.id('user', 2), s.module_id, s.id) FROM module_completions AS s WHERE s.user_id = pg_temp.id('user', 1) LIMIT 1)),
  (20, 'a review moved to another learner', format('UPDATE architecture_reviews SET user_id = %L WHERE user_id = %L AND submission_id IS NOT NULL', pg_temp.id('user', 1), pg_temp.id('user', 2))),
  (21, 'a review moved to another module', format('UPDATE architecture_reviews SET module_id = %L WHERE user_id = %L AND submission_id IS NOT NULL', pg_temp.id('module', 2), pg_temp.id('user', 2))),
  (22, 'a review given another''s submission', format('UPDATE architecture_reviews SET submission_id = (SELECT id FROM module_completions WHERE user_id = %1$L AND module_id = %3$L LIMIT 1) WHERE user_id = %2$L', pg_temp.id('user', 1), pg_temp.id('user', 2), pg_temp.id('module', 1))),
  (23, 'work in a course that is archived, of one who is not enrolled', format('SELECT submit_exercise(%L, %L, %L, %L, %L)', pg_temp.id('user', 3), pg_temp.id('exercise', 11), 'x', 'python', '[true, true]')))
  AS t (number, what, statement)
CROSS JOIN LATERAL pg_temp.refusal(t.statement) AS r
ORDER BY t.number;
\x off
SELECT count(*) AS submissions FROM module_completions WHERE user_id = pg_temp.id('user', 1);

TRUNCATE users CASCADE;
