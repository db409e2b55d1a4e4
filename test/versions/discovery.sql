-- Rows of 0.5.0, as an application writes them into the caches.
INSERT INTO user_course_interactions (user_id, course_id, interaction_type, interaction_value)
SELECT user_id, course_id, 'viewed', 0.1 FROM user_progress;
INSERT INTO recommendations (user_id, course_id, recommendation_type, match_score, reason, metadata, expires_at)
SELECT user_id, course_id, 'trending', 50, 'Many start it', '{"rank": 1}', '2030-01-01 00:00+00' FROM user_progress;
INSERT INTO trending_courses (course_id, velocity, signups_24h, signups_previous_24h, rank, meta_category, score)
SELECT id, 2.5, 5, 2, row_number() OVER (ORDER BY id), meta_category, 1.1 FROM generated_courses WHERE status = 'active';
UPDATE generated_courses SET similar_course_ids = ARRAY[id], similar_course_weights = '{0.5}', similarity_intercept = 0.25, learner_count = 3, next_tags = '["python"]';
