-- Reverses the result of a submission and deletes another.
\set learner random(1, 24)
WITH corrected AS (
  UPDATE module_completions SET passed = NOT passed, score = CASE WHEN passed THEN 0 ELSE 100 END, time_spent_minutes = 5
  WHERE id = (SELECT id FROM module_completions WHERE user_id = soak.learner(:learner) ORDER BY random() LIMIT 1)
  RETURNING user_id)
INSERT INTO soak.corrected SELECT user_id FROM corrected;
\set learner random(1, 24)
WITH deleted AS (
  DELETE FROM module_completions
  WHERE id = (SELECT id FROM module_completions WHERE user_id = soak.learner(:learner) ORDER BY random() LIMIT 1)
  RETURNING user_id)
INSERT INTO soak.corrected SELECT user_id FROM deleted;
