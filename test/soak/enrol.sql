-- Enrols a learner by start_course(), and one by a direct INSERT.
\set learner random(1, 24)
\set course random(1, 6)
SELECT soak.attempt('SELECT start_course(soak.learner(:learner), id) FROM generated_courses WHERE title = ''Course :course''');
\set learner random(1, 24)
SELECT soak.attempt('INSERT INTO user_progress (user_id, course_id)
  SELECT soak.learner(:learner), id FROM generated_courses ORDER BY random() LIMIT 1
  ON CONFLICT (user_id, course_id) DO UPDATE SET last_activity = now()', '55000');
