-- Lets two learners follow each other, then one of them unfollow.
\set a random(1, 24)
\set b (:a + random(0, 22)) % 24 + 1
SELECT soak.attempt('SELECT follow_user(soak.learner(:a), soak.learner(:b))', '55000');
SELECT soak.attempt('SELECT follow_user(soak.learner(:b), soak.learner(:a))', '55000');
SELECT unfollow_user(soak.learner(:a), soak.learner(:b));
