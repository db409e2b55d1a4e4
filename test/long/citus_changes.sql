-- citus_changes.sql: content that authors change, and people who are erased, after what others have
-- done in their courses.
SET client_min_messages = warning;
\o /dev/null
INSERT INTO users (id, email, password_hash, name, time_zone)
SELECT person(n), format('learner-%s@example.org', n), '!', 'Learner ' || n, 'Europe/Berlin' FROM generate_series(13, 15) AS n;
SELECT onboard(person(n), 'Digital', 'chess', 'novice', '{"ENTITY": "starter", "STATE": "s", "LOGIC": "l", "FLOW": "f", "CONTAINER": "c", "EDGE_CASE": "e",
  "INTERFACE": "i", "VARIANT": "v", "EVENT": "timer", "CAPSTONE_GOAL": "a planner"}') FROM generate_series(13, 14) AS n;
SELECT format('SELECT start_course(%L, %L)', person(n), c.id)
FROM generated_courses AS c CROSS JOIN generate_series(10, 15) AS n WHERE c.user_id = person(13) ORDER BY n \gexec
SELECT format('SELECT submit_exercise(%L, %L, %L, %L, %L, 1, 3)', person(n), e.id, 'print(1)', e.language,
              (SELECT jsonb_agg(true) FROM generate_series(1, jsonb_array_length(e.test_cases)) AS k))
FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id JOIN generated_courses AS c ON c.id = m.course_id
CROSS JOIN generate_series(10, 15) AS n
WHERE m.module_number <= 3 AND c.user_id = person(13)
ORDER BY n, m.module_number, e.exercise_number \gexec
-- an exercise fewer, one moved, one more, and a module fewer
SELECT format('DELETE FROM exercises WHERE id = %L', e.id)
FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id JOIN generated_courses AS c ON c.id = m.course_id
WHERE m.module_number = 1 AND e.exercise_number = 1 AND c.user_id = person(13) \gexec
SELECT format('UPDATE exercises SET module_id = %L, exercise_number = 7 WHERE id = %L', n.id, e.id)
FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id JOIN generated_courses AS c ON c.id = m.course_id
JOIN generated_modules AS n ON n.course_id = c.id AND n.module_number = 4
WHERE m.module_number = 3 AND e.exercise_number = 2 AND c.user_id = person(13) \gexec
SELECT format('INSERT INTO exercises (module_id, exercise_number, title, description, language, starter_code, solution_code, test_cases, difficulty)
               SELECT module_id, 9, title, description, language, starter_code, solution_code, test_cases, difficulty FROM exercises WHERE id = %L', e.id)
FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id JOIN generated_courses AS c ON c.id = m.course_id
WHERE m.module_number = 1 AND e.exercise_number = 2 AND c.user_id = person(13) \gexec
SELECT format('DELETE FROM generated_modules WHERE id = %L', m.id)
FROM generated_modules AS m JOIN generated_courses AS c ON c.id = m.course_id WHERE m.module_number = 2 AND c.user_id = person(13) \gexec
SELECT format('SELECT delete_course(%L)', c.id) FROM generated_courses AS c WHERE c.user_id = person(14) \gexec
-- nobody is named who has become private, nor who has been erased
INSERT INTO user_relationships (follower_id, following_id) VALUES (person(14), person(15)), (person(14), person(13)), (person(15), person(13)), (person(13), person(15));
SELECT format('INSERT INTO recommendations (user_id, course_id, recommendation_type, match_score, reason, metadata) VALUES (%L, %L, %L, 90, %L, %L)',
              person(14), c.id, 'social_signal', 'Learner ' || n, jsonb_build_object('user_ids', jsonb_build_array(person(n))))
FROM generated_courses AS c CROSS JOIN generate_series(13, 15, 2) AS n WHERE c.user_id = person(CASE n WHEN 13 THEN 1 ELSE 2 END) \gexec
UPDATE users SET max_visibility = 'private' WHERE id = person(15);
\o
SELECT erase_user(person(13)), erase_user(person(15));
SELECT erase_user(person(13));
