-- Dismisses a recommendation of a learner, or any course.
\set learner random(1, 24)
SELECT soak.attempt('SELECT dismiss_recommendation(soak.learner(:learner), course_id)
  FROM (SELECT course_id FROM recommendations WHERE user_id = soak.learner(:learner) ORDER BY random() LIMIT 1) AS r');
SELECT soak.attempt('SELECT dismiss_recommendation(soak.learner(:learner), id) FROM generated_courses ORDER BY random() LIMIT 1');
