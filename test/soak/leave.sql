-- A learner leaves a course.
\set learner random(1, 24)
WITH gone AS (
  SELECT p.user_id, p.course_id FROM user_progress AS p WHERE p.user_id = soak.learner(:learner) ORDER BY random() LIMIT 1)
INSERT INTO soak.left_courses SELECT g.user_id, g.course_id FROM gone AS g;
SELECT soak.attempt('SELECT leave_course(l.user_id, l.course_id) FROM (
  SELECT * FROM soak.left_courses WHERE user_id = soak.learner(:learner) ORDER BY random() LIMIT 1) AS l');
