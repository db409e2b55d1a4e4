-- Submits work late, or with a time in the future.
\set learner random(1, 24)
\set days random(-1, 12)
SELECT soak.attempt('INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, time_spent_minutes, submitted_at)
  SELECT soak.learner(:learner), e.module_id, e.id, ''python'', true, 70, 2, date_trunc(''milliseconds'', now() - :days * interval ''1 day'')
  FROM (SELECT * FROM soak.exercises ORDER BY random() LIMIT 1) AS e');
