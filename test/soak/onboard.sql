-- Onboards a learner; the same once more makes no second course.
\set learner random(1, 24)
SELECT soak.attempt('SELECT count(DISTINCT onboard(soak.learner(:learner), ''Biological'', ''sourdough'', ''novice'', ''{"LOGIC": "feeding"}'')) FROM generate_series(1, 2)
  WHERE (SELECT count(*) FROM generated_courses WHERE user_id = soak.learner(:learner)) < 3');
