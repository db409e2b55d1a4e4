-- Rows of 0.3.0: enrolments, submissions by submit_exercise() and by INSERT, reviews.
SELECT start_course(u.id, c.id)
FROM users AS u JOIN generated_courses AS c ON c.user_id <> u.id AND c.status = 'active';
SELECT submit_exercise(p.user_id, e.id, E'print("\\n")\n', e.language, (SELECT jsonb_agg(true) FROM jsonb_array_elements(e.test_cases)), 1, 10)
FROM user_progress AS p
JOIN generated_modules AS m ON m.course_id = p.course_id AND m.module_number = 1
JOIN exercises AS e ON e.module_id = m.id
JOIN users AS u ON u.id = p.user_id AND u.name <= 'Learner 2'
ORDER BY p.user_id, e.id;
INSERT INTO module_completions (user_id, module_id, exercise_id, language, submitted_code, test_results, passed, score)
SELECT p.user_id, m.id, e.id, e.language, 'x', '[false]', e.exercise_number = 1, 40
FROM user_progress AS p
JOIN generated_modules AS m ON m.course_id = p.course_id AND m.module_number = 3
JOIN exercises AS e ON e.module_id = m.id
JOIN users AS u ON u.id = p.user_id AND u.name > 'Learner 3'
ORDER BY p.user_id, e.id;
SELECT record_review(id, 80, 90, 70, 91, '{"note": "Größe"}') FROM module_completions WHERE passed ORDER BY user_id, id;
UPDATE user_progress SET progress_percentage = 100, completed_at = '2026-03-01 12:00+00'
WHERE (user_id, course_id) IN (SELECT user_id, min(course_id::text)::uuid FROM user_progress GROUP BY user_id);
