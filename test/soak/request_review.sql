-- Requests a review of a submission, claims one and records the review. The answer to a claim may be
-- stale. A transaction that recorded several, of learners in any order, could deadlock.
\set learner random(1, 24)
SELECT soak.attempt('SELECT request_review(id) FROM (SELECT id FROM module_completions WHERE user_id = soak.learner(:learner) ORDER BY random() LIMIT 1) AS s');
SELECT soak.attempt('SELECT count(record_review(c.submission_id, 70, 75, 80, 85, ticket => c.ticket)) FROM claim_reviews(1, ''1 second'', 100) AS c', '55L01');
