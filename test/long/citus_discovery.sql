-- citus_discovery.sql: what is computed from the rows of all people, and what people see and hide of
-- each other, each call in a statement of its own. Ids and times differ.
SET client_min_messages = error;
CREATE FUNCTION pg_temp.plain(content text) RETURNS text LANGUAGE sql
RETURN regexp_replace(regexp_replace(content, '(?!00000000)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'id', 'g'), '\d{4}-\d\d-\d\d[T ][0-9:.]*([+-]\d\d(:\d\d)?)?', 'time', 'g');
SELECT refresh_trending(now() + interval '1 minute');
SELECT refresh_recommendations();
SELECT u.name, c.title, a.name, r.recommendation_type, r.match_score, r.reason, r.expires_at - r.created_at, r.metadata - '{user_ids,because_courses}'::text[]
FROM recommendations AS r JOIN users AS u ON u.id = r.user_id JOIN generated_courses AS c ON c.id = r.course_id JOIN users AS a ON a.id = c.user_id
ORDER BY 1, 2, 3, 4;
SELECT u.name, c.title, cardinality(c.similar_course_ids), c.similar_course_weights, c.similarity_intercept, c.learner_count, c.next_tags
FROM generated_courses AS c JOIN users AS u ON u.id = c.user_id ORDER BY 1, 2;
SELECT m.fitted_at IS NULL, m.learners, m.interactions FROM learnify_internal.recommendation_model AS m;
-- nothing is written again that is as it was
SELECT refresh_recommendations();
SELECT format('SELECT record_interaction(%L, %L, %L)', person(4), c.id, 'viewed') FROM generated_courses AS c WHERE c.user_id = person(9) \gexec
SELECT refresh_recommendations(person(4));
SELECT format('SELECT k.rank, k.score, k.reason FROM score_courses(%L, %L) AS k ORDER BY 1, 2', person(n), ARRAY(SELECT c.id FROM generated_courses AS c))
FROM generate_series(1, 12) AS n \gexec
SELECT format('SELECT s.title, s.weight FROM similar_courses(%L) AS s ORDER BY 1, 2', c.id) FROM generated_courses AS c ORDER BY c.user_id \gexec
SELECT t.parameters, t.ndcg, t.default_ndcg FROM tune_recommendations('1 second') AS t;
-- of all courses, since which of those that tie come first depends on their ids
SELECT e.method, e.recall, e.coverage, e.learners FROM evaluate_recommendations(0.3, 20) AS e;
SELECT e.method, e.recall, e.coverage, e.learners FROM evaluate_recommendations(0.5, 20, '{"neighbours": 2}', 'time') AS e;
SELECT * FROM trending_tags(5, now() + interval '1 minute');
-- of two people
SELECT format('SELECT %s, %s, pg_temp.plain(living_resume(%L, %L)::text)', a, b, person(a), person(b)) FROM generate_series(1, 10) AS a CROSS JOIN generate_series(1, 12, 2) AS b ORDER BY a, b \gexec
SELECT pg_temp.plain(living_resume(person(1), NULL)::text);
SELECT block_user(person(1), person(3));
SELECT block_user(person(1), person(3));
SELECT block_user(person(5), person(8));
SELECT block_user(person(8), person(5));
SELECT block_user(person(6), person(1));
SELECT unblock_user(person(5), person(8));
SELECT pg_temp.plain(living_resume(person(1), person(3))::text);
SELECT r.follower_id, r.following_id FROM user_relationships AS r ORDER BY 1, 2;
SELECT q.follower_id, q.following_id FROM learnify_internal.follow_requests AS q ORDER BY 1, 2;
SELECT b.user_id, b.other_id FROM learnify_internal.user_blocks AS b ORDER BY 1, 2;
-- reviews, which a reviewer claims and records
SELECT format('SELECT request_review(%L)', s.id)
FROM module_completions AS s JOIN exercises AS e ON e.id = s.exercise_id JOIN generated_modules AS m ON m.id = e.module_id
JOIN generated_courses AS c ON c.id = m.course_id
WHERE s.user_id IN (person(4), person(6), person(9)) AND m.module_number = 1 AND c.user_id IN (person(1), person(2))
ORDER BY s.user_id, c.user_id, e.exercise_number \gexec
SELECT user_id, tries, submission_id, ticket FROM claim_reviews(1) \gset
SELECT :'user_id', :'tries';
SELECT c.user_id, c.exercise ->> 'title', c.code, c.language, c.passed, c.score, c.earlier_reviews, c.tries FROM claim_reviews(2) AS c;
SELECT record_review(:'submission_id', 90, 80, 70, 60, '{"a": 1}', :'ticket') IS NULL;
SELECT record_review(:'submission_id', 90, 80, 90, 60, '{"a": 1}') IS NULL;
SELECT request_review(:'submission_id');
SELECT c.user_id, c.exercise ->> 'title', c.code, c.passed, c.score, jsonb_array_length(c.earlier_reviews), c.tries FROM claim_reviews(100) AS c;
SELECT r.user_id, r.code_sense_score, r.overall_score, r.feedback FROM architecture_reviews AS r ORDER BY 1, 2, 3;
SELECT r.kind, r.tries, r.due_at > now(), r.ticket IS NULL FROM learnify_internal.model_requests AS r ORDER BY 1, 2, 3;
