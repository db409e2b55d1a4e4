-- Rows of 0.4.0: relationships, feed, achievements edited, added and earned.
SELECT follow_user(a.id, b.id) FROM users AS a JOIN users AS b ON a.id <> b.id;
SELECT unfollow_user(a.id, b.id) FROM users AS a, users AS b WHERE a.name = 'Learner 3' AND b.name = 'Learner 1';
INSERT INTO activity_feed (user_id, activity_type, reference_type, reference_id, metadata, visibility, created_at)
SELECT p.user_id, 'course_completed', 'course', p.course_id, jsonb_build_object('actor_name', u.name), v.visibility, p.completed_at
FROM user_progress AS p
JOIN users AS u ON u.id = p.user_id
CROSS JOIN (VALUES ('public'), ('friends'), ('private')) AS v (visibility)
WHERE p.completed_at IS NOT NULL;
UPDATE achievements SET description = 'Edited' WHERE slug = 'first-module';
INSERT INTO achievements (name, description, criteria, rarity)
VALUES ('Early bird', 'Added', '{"metric": "exercises_solved", "at_least": 2}', 'common');
INSERT INTO user_achievements (user_id, achievement_id)
SELECT u.id, a.id FROM users AS u, achievements AS a WHERE a.name IN ('Early bird', 'First Module', 'Flawless')
ON CONFLICT DO NOTHING;
