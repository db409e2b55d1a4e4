-- Corrects a submission, or reverses its result, and deletes another. Without the result, the update
-- changes no indexed column.
\set learner random(1, 24)
\set reverses random(0, 1)
WITH corrected AS (
  UPDATE module_completions
  SET passed = passed <> (:reverses = 1),
      score = CASE WHEN passed = (:reverses = 1) THEN 10 ELSE 90 END,
      time_spent_minutes = 5
  WHERE id = (SELECT id FROM module_completions WHERE user_id = soak.learner(:learner) ORDER BY random() LIMIT 1)
  RETURNING user_id)
INSERT INTO soak.corrected SELECT user_id FROM corrected;
\set learner random(1, 24)
WITH deleted AS (
  DELETE FROM module_completions
  WHERE id = (SELECT id FROM module_completions WHERE user_id = soak.learner(:learner) ORDER BY random() LIMIT 1)
  RETURNING user_id)
INSERT INTO soak.corrected SELECT user_id FROM deleted;
