-- citus_state.sql: all rows, with names in the place of ids, which differ.
SELECT 'course', u.name, c.title, c.status, md5(concat(c.description, c.injected_variables)) FROM generated_courses AS c JOIN users AS u ON u.id = c.user_id ORDER BY 2, 3;
SELECT 'module', c.title, m.module_number, m.title, m.status, m.unlocked_at IS NULL, md5(m.content::text) FROM generated_modules AS m JOIN generated_courses AS c ON c.id = m.course_id ORDER BY 2, 3, 5, 6, 7;
SELECT 'exercise', m.title, e.exercise_number, md5(concat(e.title, e.description, e.test_cases, e.hints)) FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id ORDER BY 2, 3, 4;
SELECT 'tag', c.title, t.tag FROM course_tags AS t JOIN generated_courses AS c ON c.id = t.course_id ORDER BY 2, 3;
-- Positions of words depend on the order in which rows were written, in a plain database too.
SELECT 'document', c.title, md5(strip(d.document)::text), d.learners FROM learnify_internal.course_documents AS d JOIN generated_courses AS c ON c.id = d.course_id ORDER BY 2, 3, 4;
SELECT 'user', u.name, regexp_replace(u.email, '^former-author-.*@', 'former-author@'), u.time_zone, u.last_login > u.created_at FROM users AS u ORDER BY 2;
SELECT 'progress', u.name, c.title, p.progress_percentage, p.time_spent_minutes, m.module_number, p.completed_at IS NULL, p.retaken_after > '-infinity'
FROM user_progress AS p JOIN users AS u ON u.id = p.user_id JOIN generated_courses AS c ON c.id = p.course_id LEFT JOIN generated_modules AS m ON m.id = p.current_module_id ORDER BY 2, 3, 4, 5;
SELECT 'submission', u.name, m.title, e.exercise_number, s.attempts, s.passed, s.score, s.hints_used, s.time_spent_minutes, md5(concat(s.submitted_code, s.test_results))
FROM module_completions AS s JOIN users AS u ON u.id = s.user_id JOIN generated_modules AS m ON m.id = s.module_id LEFT JOIN exercises AS e ON e.id = s.exercise_id ORDER BY 2, 3, 4, 5, 6, 7, 8, 9, 10;
SELECT 'activity', u.name, f.activity_type, f.visibility, f.metadata - '{course_id,module_id,exercise_id,achievement_id}'::text[], coalesce(c.title, m.title, e.title, a.slug)
FROM activity_feed AS f JOIN users AS u ON u.id = f.user_id LEFT JOIN generated_courses AS c ON c.id = f.reference_id LEFT JOIN generated_modules AS m ON m.id = f.reference_id
LEFT JOIN exercises AS e ON e.id = f.reference_id LEFT JOIN achievements AS a ON a.id = f.reference_id ORDER BY 2, 3, 6, 5, 4;
SELECT 'achievement', u.name, a.slug FROM user_achievements AS ua JOIN users AS u ON u.id = ua.user_id JOIN achievements AS a ON a.id = ua.achievement_id ORDER BY 2, 3;
SELECT 'interaction', u.name, c.title, i.interaction_type, i.interaction_value FROM user_course_interactions AS i JOIN users AS u ON u.id = i.user_id JOIN generated_courses AS c ON c.id = i.course_id ORDER BY 2, 3, 4, 5;
SELECT 'completion', u.name, k.title, k.author_name, k.exercises, k.score, k.minutes FROM learnify_internal.kept_completions AS k JOIN users AS u ON u.id = k.user_id ORDER BY 2, 3, 4, 5, 6;
SELECT 'follow', a.name, b.name FROM user_relationships AS r JOIN users AS a ON a.id = r.follower_id JOIN users AS b ON b.id = r.following_id ORDER BY 2, 3;
SELECT 'variable', u.name, v.variable_key, v.variable_value FROM user_variables AS v JOIN users AS u ON u.id = v.user_id ORDER BY 2, 3;
SELECT 'archetype', u.name, a.domain, a.validation_status FROM user_archetypes AS a JOIN users AS u ON u.id = a.user_id ORDER BY 2;
SELECT 'trending', c.title, u.name, t.velocity, t.signups_24h, t.signups_previous_24h, t.rank, t.meta_category, t.score, t.tier
FROM trending_courses AS t JOIN generated_courses AS c ON c.id = t.course_id JOIN users AS u ON u.id = c.user_id ORDER BY 2, 3;
