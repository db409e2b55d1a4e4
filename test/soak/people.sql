-- Learners say who may follow them, answer requests, end follows, and block or unblock each other.
\set a random(1, 24)
\set b (:a + random(0, 22)) % 24 + 1
\set kind random(1, 7)
UPDATE users SET follow_policy = (ARRAY['open', 'approve', 'approve', 'closed'])[:kind % 4 + 1] WHERE id = soak.learner(:a);
SELECT soak.attempt('SELECT follow_user(soak.learner(:b), soak.learner(:a))', '55000');
SELECT soak.attempt(format('SELECT %s(soak.learner(:a), soak.learner(:b))',
  (ARRAY['accept_follower', 'accept_follower', 'decline_follower', 'remove_follower', 'block_user', 'unblock_user', 'unblock_user'])[:kind]), '55000');
