-- A learner solves all exercises of a course, and retakes a completed one. Work that is handed in
-- later counts anew.
\set learner random(1, 24)
\set course random(1, 6)
SELECT soak.attempt('INSERT INTO module_completions (user_id, module_id, exercise_id, submitted_code, language, passed, score)
  SELECT soak.learner(:learner), e.module_id, e.id, '''', ''python'', true, 80 FROM soak.exercises AS e WHERE e.course_id = md5(''course :course'')::uuid');
SELECT soak.attempt('SELECT retake_course(p.user_id, p.course_id) FROM (
  SELECT * FROM user_progress WHERE user_id = soak.learner(:learner) AND completed_at IS NOT NULL ORDER BY random() LIMIT 1) AS p', '55000')
WHERE random() < 0.3;
