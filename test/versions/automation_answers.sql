-- What 1.0.0 says of its rows; every later version says the same.
SELECT c.id, s.* FROM generated_courses AS c, similar_courses(c.id) WITH ORDINALITY AS s ORDER BY c.id, ordinality;
SELECT * FROM skill_adjacency(0.1, 1) ORDER BY tag, next_tag;
SELECT e.id, visible_test_cases(e.id) FROM exercises AS e ORDER BY e.id;
SELECT u.name, h.* FROM users AS u, home_rows(u.id, 3) AS h ORDER BY u.name, h.row_number, h.place;
SELECT u.name, e.key, jsonb_array_length(e.value) FROM users AS u, jsonb_each(export_user(u.id)) AS e
WHERE e.key IN ('generated_courses', 'module_completions', 'activity_feed', 'user_achievements') ORDER BY u.name, e.key;
SELECT method, learners FROM evaluate_recommendations(0.5, 5) ORDER BY method;
SELECT count(*) FROM recommendation_progress();
SELECT row_counts -> 'users' FROM learnify_status();
SELECT name, fold_email(email) FROM users ORDER BY name;
