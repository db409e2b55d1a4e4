-- Sends a submission twice; other sessions may send it at the same time.
\set learner random(1, 24)
SELECT soak.attempt('SELECT count(DISTINCT submit_exercise(soak.learner(:learner), e.id, ''sent again'', ''python'', ''[true]'', 0, 1, md5(''retry :learner '' || e.id)::uuid))
  FROM (SELECT id FROM soak.exercises ORDER BY random() LIMIT 1) AS e, generate_series(1, 2)');
