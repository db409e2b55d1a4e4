-- Erases a learner and registers them again.
\set learner random(1, 23)
SELECT erase_user(soak.learner(:learner));
SELECT soak.attempt('SELECT soak.register(:learner)');
