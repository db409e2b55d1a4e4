-- A password is set, changed, and reset by a token, while others do the same.
\set learner random(1, 24)
SELECT soak.attempt('SELECT set_password(soak.learner(:learner), ''an apple a day'')');
SELECT soak.attempt('SELECT change_password(soak.learner(:learner), ''an apple a day'', ''a pear a night'')', '55L02');
SELECT soak.attempt('SELECT set_password(redeem_token(issue_token(soak.learner(:learner), ''password_reset''), ''password_reset''), ''an apple a day'')', '22004');
SELECT soak.attempt('SELECT issue_token(soak.learner(:learner), ''email_verification'', ''1 second'')');
