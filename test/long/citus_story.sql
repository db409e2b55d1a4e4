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
-- by authors in their own courses: by the function, by a statement that is prepared, by rows of
-- their own, and of several learners at once
SELECT format('SELECT submit_exercise(%L, %L, %L, %L, %L)', c.user_id, e.id, 'print(1)', e.language,
              (SELECT jsonb_agg(true) FROM generate_series(1, jsonb_array_length(e.test_cases))))
FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id JOIN generated_courses AS c ON c.id = m.course_id
WHERE m.module_number = 1
ORDER BY c.user_id, e.exercise_number \gexec
PREPARE submission (uuid, uuid, uuid, text) AS
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, time_spent_minutes) VALUES ($1, $2, $3, $4, true, 70, 2);
SELECT format('EXECUTE submission (%L, %L, %L, %L)', c.user_id, e.module_id, e.id, e.language)
FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id JOIN generated_courses AS c ON c.id = m.course_id
WHERE m.module_number IN (2, 3)
ORDER BY c.user_id, m.module_number, e.exercise_number \gexec
SELECT format('INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score) VALUES (%L, %L, %L, %L, true, 60)',
              c.user_id, e.module_id, e.id, e.language)
FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id JOIN generated_courses AS c ON c.id = m.course_id
WHERE m.module_number = 4
ORDER BY c.user_id, e.exercise_number \gexec
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
SELECT u.id, e.module_id, e.id, e.language, true, 50
FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id JOIN generated_courses AS c ON c.id = m.course_id
JOIN users AS u ON u.id IN (c.user_id, person(12))
WHERE m.module_number = 5;
SELECT format('SELECT follow_user(%L, %L)', person(a), person(b)) FROM generate_series(3, 6) AS a CROSS JOIN generate_series(7, 9) AS b \gexec
SELECT format('SELECT unfollow_user(%L, %L)', person(3), person(7)) \gexec
SELECT format('SELECT leave_course(%L, %L)', person(3), c.id) FROM generated_courses AS c WHERE c.user_id = person(2) \gexec
SELECT format('SELECT retake_course(%L, %L)', person(8), c.id) FROM generated_courses AS c WHERE c.user_id = person(2) \gexec
SELECT format('SELECT award_achievements(%L)', person(10)) \gexec
-- what follows, some of it asked for
UPDATE users SET follow_policy = 'approve' WHERE id = person(1);
SELECT format('SELECT follow_user(%L, %L)', person(n), person(1)) FROM generate_series(3, 7) AS n \gexec
SELECT accept_follower(person(1), person(3));
SELECT accept_follower(person(1), person(4));
SELECT decline_follower(person(1), person(5));
SELECT accept_follower(person(1), person(5));
SELECT remove_follower(person(1), person(4));
SELECT format('SELECT record_interaction(%L, %L, %L)', person(n), c.id, 'saved') FROM generated_courses AS c CROSS JOIN generate_series(11, 12) AS n ORDER BY c.user_id, n \gexec
SELECT format('SELECT dismiss_recommendation(%L, %L)', person(11), c.id) FROM generated_courses AS c WHERE c.user_id = person(1) \gexec
SELECT format('SELECT recompute_progress(%L, %L)', c.user_id, c.id) FROM generated_courses AS c ORDER BY c.user_id \gexec
-- authors
SELECT format('SELECT rename_course(%L, %L)', c.id, 'Renamed') FROM generated_courses AS c WHERE c.user_id = person(1) \gexec
SELECT format('SELECT archive_course(%L)', c.id) FROM generated_courses AS c ORDER BY c.user_id \gexec
SELECT format('SELECT restore_course(%L)', c.id) FROM generated_courses AS c WHERE c.user_id = person(2) \gexec
SELECT onboard(person(9), 'Digital', 'chess', 'novice', '{"ENTITY": "starter", "STATE": "s", "LOGIC": "l", "FLOW": "f", "CONTAINER": "c", "EDGE_CASE": "e",
  "INTERFACE": "i", "VARIANT": "v", "EVENT": "timer", "CAPSTONE_GOAL": "a planner"}') \g /dev/null
-- accounts
SELECT set_email(person(6), 'six@example.org') \g /dev/null
SELECT change_email(person(7), 'correct horse', 'seven@example.org') \g /dev/null
SELECT redeem_token(issue_token(person(8), 'email_verification'), 'email_verification') \g /dev/null
SELECT set_skill_edge('atom', 'standard', 0) \g /dev/null
-- corrections, after which modules of the author are locked again
SELECT format('UPDATE module_completions SET passed = false, score = 0 WHERE user_id = %L AND module_id = %L', c.user_id, m.id)
FROM generated_courses AS c JOIN generated_modules AS m ON m.course_id = c.id AND m.module_number = 2 WHERE c.user_id = person(2) \gexec
SELECT format('DELETE FROM module_completions WHERE user_id = %L AND module_id = %L', person(10), m.id)
FROM generated_courses AS c JOIN generated_modules AS m ON m.course_id = c.id AND m.module_number = 1 WHERE c.user_id = person(2) \gexec
UPDATE module_completions SET score = 77 WHERE user_id IN (person(5), person(6)) AND passed;
-- trending courses, as of an instant to which all sign-ups are recent, and once more
SELECT refresh_trending(now() + interval '1 minute') \g /dev/null
SELECT refresh_trending(now() + interval '1 minute') \g /dev/null
