-- Inserts submissions to all exercises of a module in one statement.
\set learner random(1, 24)
SELECT soak.attempt('INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, time_spent_minutes)
  SELECT soak.learner(:learner), e.module_id, e.id, ''python'', true, 60 + 5 * (ascii(e.id::text) % 9), 3
  FROM soak.exercises AS e WHERE e.module_id = (SELECT module_id FROM soak.exercises ORDER BY random() LIMIT 1)');
