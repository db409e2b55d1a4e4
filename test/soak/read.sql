-- Reads the ticker and the home page.
\set learner random(1, 24)
SELECT soak.attempt('SELECT count(*) FROM activity_ticker(soak.learner(:learner), 20)');
SELECT soak.attempt('SELECT count(*) FROM home_rows(soak.learner(:learner))');
