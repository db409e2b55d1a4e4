-- Changes a learner's max_visibility.
\set learner random(1, 24)
\set choice random(1, 3)
UPDATE users SET max_visibility = (ARRAY['public', 'friends', 'private'])[:choice] WHERE id = soak.learner(:learner);
