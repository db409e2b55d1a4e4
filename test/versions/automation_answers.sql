-- Results of the functions of 1.0.0, which must be the same in later versions.
SELECT c.id, s.* FROM generated_courses AS c, similar_courses(c.id) WITH ORDINALITY AS s ORDER BY c.id, ordinality;
SELECT * FROM skill_adjacency(0.1, 1) ORDER BY tag, next_tag;
SELECT * FROM skill_edges();
SELECT * FROM trending_tags(5, '2026-06-01 12:00+00');
SELECT u.name, s.* FROM users AS u, score_courses(u.id, ARRAY(SELECT id FROM generated_courses)) AS s ORDER BY u.name, s.course_id;
SELECT e.id, visible_test_cases(e.id) FROM exercises AS e ORDER BY e.id;
SELECT u.name, h.* FROM users AS u, home_rows(u.id, 3) AS h ORDER BY u.name, h.row_number, h.place;
SELECT u.name, e.key, jsonb_array_length(e.value) FROM users AS u, jsonb_each(export_user(u.id)) AS e
WHERE e.key IN ('generated_courses', 'module_completions', 'activity_feed', 'user_achievements') ORDER BY u.name, e.key;
SELECT u.name, e.table_name, count(*) FROM users AS u, export_user_rows(u.id) AS e GROUP BY 1, 2 ORDER BY 1, 2;
SELECT method, learners FROM evaluate_recommendations(0.5, 5) ORDER BY method;
SELECT count(*) FROM recommendation_progress();
SELECT row_counts -> 'users' FROM learnify_status();
SELECT count(*) FROM check_blueprint();
SELECT * FROM check_template('Feed the { ENTITY }, {TOOL|by hand}'::text, '{ENTITY,STATE}');
SELECT * FROM check_template('{"title": "Feed the {entity}"}'::jsonb, '{ENTITY}');
SELECT u.name, t.* FROM users AS u, newer_activity(u.id, 3) WITH ORDINALITY AS t ORDER BY u.name, ordinality;
SELECT u.name, f.* FROM users AS u, newer_followers(u.id) WITH ORDINALITY AS f ORDER BY u.name, ordinality;
SELECT u.name, f.* FROM users AS u, newer_following(u.id) WITH ORDINALITY AS f ORDER BY u.name, ordinality;
SELECT name, fold_email(email) FROM users ORDER BY name;
SELECT u.name, c.* FROM users AS u, authored_courses(u.id) WITH ORDINALITY AS c ORDER BY u.name, ordinality;
SELECT u.name, c.* FROM users AS u, enrolled_courses(u.id) WITH ORDINALITY AS c ORDER BY u.name, ordinality;
SELECT require_backend();
SELECT u.name, f.name FROM users AS u, follow_requests(u.id) AS f ORDER BY u.name, f.name;
SELECT u.name, f.name FROM users AS u, blocked_users(u.id) AS f ORDER BY u.name, f.name;
SELECT u.name, s.* FROM users AS u, learning_streaks(u.id, '2026-06-01 12:00+00') AS s ORDER BY u.name;
SELECT count(*) > 0, count(DISTINCT category) FROM search_courses('architecture');
SELECT u.name, p.course_id, r.* FROM users AS u JOIN user_progress AS p ON p.user_id = u.id CROSS JOIN completion_record(u.id, p.course_id) AS r ORDER BY u.name, p.course_id;
