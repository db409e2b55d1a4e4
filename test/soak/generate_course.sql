-- Generates a course for a learner who has fewer than three, and who may be erased meanwhile and
-- have no archetype then.
\set learner random(1, 24)
SELECT soak.attempt('SELECT generate_course(soak.learner(:learner))
  WHERE (SELECT count(*) FROM generated_courses WHERE user_id = soak.learner(:learner)) < 3
    AND EXISTS (SELECT FROM user_archetypes WHERE user_id = soak.learner(:learner))
    AND NOT EXISTS (SELECT FROM missing_variables(soak.learner(:learner)))', '55000');
