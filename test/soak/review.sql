-- Reviews a random submission.
\set learner random(1, 24)
\set efficiency random(0, 100)
SELECT soak.attempt('SELECT record_review(id, 80, :efficiency, 75, 90)
  FROM (SELECT id FROM module_completions WHERE user_id = soak.learner(:learner) ORDER BY random() LIMIT 1) AS s');
