\set learner random(1, 24)
SELECT soak.attempt('SELECT award_achievements(soak.learner(:learner))');
