-- Refreshes the recommendations of one learner.
\set learner random(1, 24)
SELECT soak.attempt('SELECT refresh_recommendations(soak.learner(:learner))');
