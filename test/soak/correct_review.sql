-- Corrects a review and deletes another.
\set learner random(1, 24)
\set efficiency random(0, 100)
UPDATE architecture_reviews SET efficiency_score = :efficiency
WHERE id = (SELECT id FROM architecture_reviews WHERE user_id = soak.learner(:learner) ORDER BY random() LIMIT 1);
WITH withdrawn AS (
  DELETE FROM architecture_reviews
  WHERE id = (SELECT id FROM architecture_reviews WHERE user_id = soak.learner(:learner) ORDER BY random() LIMIT 1)
  RETURNING user_id)
INSERT INTO soak.corrected SELECT user_id FROM withdrawn;
