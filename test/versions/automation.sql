-- Rows of 1.0.0, most of them written by its triggers and refreshes.
SELECT submit_exercise(p.user_id, e.id, 'x', e.language, (SELECT jsonb_agg(true) FROM jsonb_array_elements(e.test_cases)), 0, 5)
FROM user_progress AS p
JOIN generated_modules AS m ON m.course_id = p.course_id AND m.module_number = 4
JOIN exercises AS e ON e.module_id = m.id
JOIN users AS u ON u.id = p.user_id AND u.name IN ('Learner 4', 'Silent')
ORDER BY p.user_id, e.id;
SELECT award_achievements(id) FROM users;
SELECT register_user('newcomer@example.org', 'correct horse', 'Newcomer');
SELECT change_password(id, 'correct horse', 'battery staple'), set_password(id, 'correct horse') FROM users WHERE name = 'Newcomer';
SELECT change_email(id, 'correct horse', 'other@example.org'), set_email(id, 'newcomer@example.org') FROM users WHERE name = 'Newcomer';
SELECT onboard(id, 'Digital', 'chess', 'novice', (SELECT jsonb_object_agg(k, 'x') FROM unnest('{ENTITY,STATE,LOGIC,FLOW,CONTAINER,EDGE_CASE,INTERFACE,VARIANT,EVENT,CAPSTONE_GOAL}'::text[]) AS k)) FROM users WHERE name = 'Newcomer';
DELETE FROM exercises WHERE id = (SELECT e.id FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id JOIN generated_courses AS c ON c.id = m.course_id
                                  JOIN users AS u ON u.id = c.user_id WHERE u.name = 'Newcomer' ORDER BY m.module_number, e.exercise_number DESC LIMIT 1);
UPDATE exercises SET exercise_number = 9 WHERE id = (SELECT e.id FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id JOIN generated_courses AS c ON c.id = m.course_id
                                                     JOIN users AS u ON u.id = c.user_id WHERE u.name = 'Newcomer' ORDER BY m.module_number DESC, e.exercise_number LIMIT 1);
SELECT refresh_search() > 0;
SELECT set_skill_edge('python', 'sql'), set_skill_edge('atom', 'standard', 0);
SELECT record_interaction(u.id, c.id, 'saved') FROM users AS u, generated_courses AS c WHERE u.name = 'Newcomer';
SELECT redeem_token(issue_token(id, 'login'), 'login') FROM users WHERE name = 'Newcomer';
UPDATE users SET follow_policy = 'approve' WHERE name = 'Newcomer';
SELECT follow_user(u.id, n.id) IS NULL AS asks FROM users AS u, users AS n WHERE u.name IN ('Learner 2', 'Learner 3', 'Learner 4') AND n.name = 'Newcomer';
SELECT accept_follower(n.id, u.id), remove_follower(n.id, u.id) FROM users AS u, users AS n WHERE u.name = 'Learner 2' AND n.name = 'Newcomer';
SELECT decline_follower(n.id, u.id) FROM users AS u, users AS n WHERE u.name = 'Learner 3' AND n.name = 'Newcomer';
SELECT block_user(n.id, u.id), unblock_user(n.id, u.id), block_user(n.id, u.id) FROM users AS u, users AS n WHERE u.name = 'Learner 3' AND n.name = 'Newcomer';
UPDATE user_progress SET progress_percentage = 100
WHERE id = (SELECT p.id FROM user_progress AS p JOIN users AS u ON u.id = p.user_id AND u.name = 'Learner 4' ORDER BY p.course_id LIMIT 1);
SELECT retake_course(p.user_id, p.course_id) IS NOT NULL AS retaken
FROM user_progress AS p JOIN users AS u ON u.id = p.user_id AND u.name = 'Learner 4' WHERE p.completed_at IS NOT NULL ORDER BY p.course_id LIMIT 1;
SELECT refresh_trending();
SELECT tune_recommendations('1 second');
SELECT refresh_recommendations();
UPDATE generated_courses SET next_tags = '["python"]';
SELECT dismiss_recommendation(user_id, course_id) FROM recommendations ORDER BY match_score, course_id LIMIT 1;
UPDATE blueprint_modules SET active = false WHERE module_number = 3;
SELECT restore_shipped_rows('{workflow}');
SELECT leave_course(p.user_id, p.course_id) FROM user_progress AS p JOIN users AS u ON u.id = p.user_id AND u.name = 'Learner 3' ORDER BY p.course_id LIMIT 1;
SELECT rename_course(c.id, 'Größe & Maß'), archive_course(c.id), restore_course(c.id) FROM generated_courses AS c JOIN users AS u ON u.id = c.user_id AND u.name = 'Learner 2';
INSERT INTO generated_courses (user_id, title, meta_category) SELECT id, 'Deleted', 'Digital' FROM users WHERE name = 'Newcomer';
SELECT delete_course(id) FROM generated_courses WHERE title = 'Deleted';
SELECT change FROM generated_courses AS c JOIN users AS u ON u.id = c.user_id AND u.name = 'Learner 2' CROSS JOIN regenerate_course(c.id, variables => '{"FLOW": "Fluß"}');
SELECT request_review(id) FROM module_completions ORDER BY submitted_at DESC, id LIMIT 1;
SELECT record_review(submission_id, 90, 91, 92, 93, ticket => ticket) FROM claim_reviews(1);
SELECT recompute_progress();
SELECT erase_user(id) FROM users WHERE name = 'Learner 1';
-- A learner has moved since.
SET learnify.automation = off;
UPDATE module_completions SET submitted_on = submitted_on - 1 WHERE id IN (SELECT min(id::text)::uuid FROM module_completions);
RESET learnify.automation;
-- An import has written a row that has been deleted since.
INSERT INTO learnify_internal.imported_rows (table_name, id, source_hash, target_hash) VALUES ('users', gen_random_uuid(), 1, 1);
