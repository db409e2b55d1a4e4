-- Logs a learner in, and changes what the learner wants to learn through.
\set learner random(1, 24)
UPDATE users SET last_login = now() WHERE id = soak.learner(:learner);
SELECT soak.attempt('SELECT choose_archetype(soak.learner(:learner), ''Biological'', left(gen_random_uuid()::text, 1), ''novice'')');
SELECT soak.attempt('SELECT set_variables(soak.learner(:learner), ''{"STATE": "activity"}'')');
