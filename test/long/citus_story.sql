-- citus_story.sql: what people do after the database has been distributed, each call in a
-- statement of its own.
SET client_min_messages = warning;
SELECT generate_course(person(2)) \g /dev/null
SELECT register_user('new@example.org', 'correct horse', 'New', 'Asia/Tokyo') \g /dev/null
SELECT authenticate('LEARNER-4@example.org', 'correct horse') \g /dev/null
SELECT format('SELECT start_course(%L, %L)', person(n), c.id)
FROM generated_courses AS c CROSS JOIN generate_series(3, 12) AS n ORDER BY c.user_id, n \gexec
-- by the function, with failures and hints
SELECT format('SELECT submit_exercise(%L, %L, %L, %L, %L, 1, 3)', person(n), e.id, 'print(1)', e.language,
              (SELECT jsonb_agg(k > 1 OR n <> 5) FROM generate_series(1, jsonb_array_length(e.test_cases)) AS k))
FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id JOIN generated_courses AS c ON c.id = m.course_id
CROSS JOIN generate_series(4, 7) AS n
WHERE m.module_number <= 3
ORDER BY c.user_id, n, m.module_number, e.exercise_number \gexec
-- by plain INSERTs of one row
SELECT format('INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, time_spent_minutes) VALUES (%L, %L, %L, %L, true, 100, 10)',
              person(n), e.module_id, e.id, e.language)
FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id JOIN generated_courses AS c ON c.id = m.course_id
CROSS JOIN generate_series(8, 10) AS n
ORDER BY c.user_id, n, m.module_number, e.exercise_number \gexec
-- of many rows, and of several learners at once
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, time_spent_minutes)
SELECT person(n), e.module_id, e.id, e.language, true, 80, 1
FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id CROSS JOIN generate_series(11, 12) AS n
WHERE m.module_number IN (1, 2);
SELECT format('SELECT follow_user(%L, %L)', person(a), person(b)) FROM generate_series(3, 6) AS a CROSS JOIN generate_series(7, 9) AS b \gexec
SELECT format('SELECT unfollow_user(%L, %L)', person(3), person(7)) \gexec
SELECT format('SELECT leave_course(%L, %L)', person(3), c.id) FROM generated_courses AS c WHERE c.user_id = person(2) \gexec
SELECT format('SELECT retake_course(%L, %L)', person(8), c.id) FROM generated_courses AS c WHERE c.user_id = person(2) \gexec
SELECT format('SELECT award_achievements(%L)', person(10)) \gexec
