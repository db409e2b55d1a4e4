-- Reviews on request: the queue that domains wait in, for another kind of request.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_reviewed;
DELETE FROM users;
INSERT INTO users (id, email, password_hash, name) VALUES
  ('00000000-0000-4000-8000-000000000ada', 'ada@example.org', '', 'Ada'),
  ('00000000-0000-4000-8000-000000000b0b', 'bob@example.org', '', 'Bob');
INSERT INTO generated_courses (id, user_id, title, meta_category)
VALUES ('00000000-0000-4000-8000-0000000000c1', '00000000-0000-4000-8000-000000000ada', 'Sorting', 'Digital');
INSERT INTO generated_modules (id, course_id, module_number, title)
VALUES ('00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-0000000000c1', 1, 'Bubbles');
INSERT INTO exercises (id, module_id, exercise_number, title, description, language, difficulty, starter_code, solution_code, test_cases)
VALUES ('00000000-0000-4000-8000-0000000000e1', '00000000-0000-4000-8000-0000000000a1', 1, 'Swap', 'Swap two.', 'python', 'easy', 'def swap():', 'b, a', '[{"input": "1", "is_hidden": true}]');
INSERT INTO module_completions (id, user_id, module_id, exercise_id, submitted_code, language, test_results, passed, score)
SELECT format('00000000-0000-4000-8000-0000000005b%s', n)::uuid, '00000000-0000-4000-8000-000000000b0b', '00000000-0000-4000-8000-0000000000a1',
       '00000000-0000-4000-8000-0000000000e1', format('attempt %s', n), 'python', '[true]', true, 90
FROM generate_series(1, 3) AS n;
\set bob 00000000-0000-4000-8000-000000000b0b
\set s1 00000000-0000-4000-8000-0000000005b1
\set s2 00000000-0000-4000-8000-0000000005b2
\set s3 00000000-0000-4000-8000-0000000005b3

CREATE FUNCTION error_of(statement text, OUT code text, OUT message text, OUT column_name text)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
  message := 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, column_name = COLUMN_NAME;
END
$$;
CREATE VIEW queue AS
SELECT right(submission_id::text, 1) AS submission, tries, ticket IS NOT NULL AS is_claimed, due_at <= statement_timestamp() AS is_due
FROM learnify_internal.model_requests WHERE kind = 'review' ORDER BY 1;

-- Learners request reviews of their own submissions, twice to no effect; others' do not exist for them.
CREATE ROLE regress_reviewed;
SELECT grant_learner('regress_reviewed');
SET ROLE regress_reviewed;
BEGIN;
SET LOCAL learnify.user_id = :'bob';
SELECT request_review(:'s1') AS requested, request_review(:'s1') AS again;
SET LOCAL learnify.user_id = '00000000-0000-4000-8000-000000000ada';
SELECT * FROM error_of(format('SELECT request_review(%L)', :'s1'));
SELECT code FROM error_of('SELECT FROM claim_reviews()');
SELECT code FROM error_of(format('SELECT record_review(%L, 1, 1, 1, 1)', :'s1'));
COMMIT;
RESET ROLE;
SELECT * FROM error_of('SELECT request_review(NULL)');
SELECT * FROM error_of(format('SELECT request_review(%L)', :'bob'));
SELECT * FROM queue;

-- A claim has what a reviewer needs. Nobody else gets it before the time-out.
SELECT submission_id = :'s1' AS is_s1, user_id = :'bob' AS is_bob, exercise, code, language, test_results, passed, score, earlier_reviews, tries FROM claim_reviews() \gx
SELECT count(*) AS left_for_others FROM claim_reviews(10);
SELECT * FROM queue;
SELECT ticket AS t1 FROM learnify_internal.model_requests WHERE submission_id = :'s1' \gset
-- A request made meanwhile changes nothing.
SELECT request_review(:'s1') AS requested;
SELECT * FROM queue;
-- The ticket is for this submission and once.
SELECT code, column_name FROM error_of(format('SELECT record_review(%L, 80, 80, 80, 80, ticket => %L)', :'s2', :'t1'));
SELECT * FROM error_of(format('SELECT record_review(%L, 80, 101, 80, 80, ticket => %L)', :'s1', :'t1'));
SELECT record_review(:'s1', 80, 70, 75, 81, '{"note": "first"}', :'t1') IS NOT NULL AS recorded;
SELECT code, column_name FROM error_of(format('SELECT record_review(%L, 80, 80, 80, 80, ticket => %L)', :'s1', :'t1'));
SELECT overall_score, feedback FROM architecture_reviews;
SELECT count(*) AS told FROM activity_feed WHERE activity_type = 'review_passed';
SELECT * FROM queue;
-- It can be requested again; a review that has no ticket leaves requests alone.
SELECT request_review(:'s1') AS requested;
SELECT record_review(:'s1', 60, 60, 60, 60) IS NOT NULL AS recorded;
SELECT * FROM queue;

-- The ten latest earlier reviews of the module go along, the latest first.
INSERT INTO architecture_reviews (user_id, module_id, submission_id, code_sense_score, efficiency_score, edge_cases_score, taste_score, reviewed_at)
SELECT :'bob', '00000000-0000-4000-8000-0000000000a1', :'s1', n, n, n, n, timestamptz '2026-01-01' + n * interval '1 day' FROM generate_series(1, 11) AS n;
SELECT jsonb_array_length(earlier_reviews) AS reviews, earlier_reviews -> 1 -> 'feedback' AS second, jsonb_path_query_array(earlier_reviews, '$[2 to last].overall') AS others
FROM claim_reviews();
DELETE FROM architecture_reviews;

-- After the time-out it is claimed again, and the earlier ticket is stale. Each claim lasts twice as long.
SELECT ticket AS t1 FROM learnify_internal.model_requests WHERE submission_id = :'s1' \gset
UPDATE learnify_internal.model_requests SET due_at = now() - interval '1 second';
SELECT tries FROM claim_reviews(1, '1 hour');
SELECT tries, extract(hour FROM due_at - statement_timestamp() + interval '1 minute') AS hours FROM learnify_internal.model_requests;
SELECT code FROM error_of(format('SELECT record_review(%L, 80, 80, 80, 80, ticket => %L)', :'s1', :'t1'));

-- One that no reviewer answers does not hold up the others, and is given up in the end.
SELECT request_review(:'s2'), request_review(:'s3');
UPDATE learnify_internal.model_requests SET due_at = now() - interval '1 second' WHERE submission_id = :'s1';
SELECT right(submission_id::text, 1) AS submission, tries FROM claim_reviews(1, '1 minute', 3);
SELECT right(submission_id::text, 1) AS submission, tries FROM claim_reviews(5, '1 minute', 3) ORDER BY 1;
UPDATE learnify_internal.model_requests SET due_at = now() - interval '1 second';
SELECT right(submission_id::text, 1) AS submission, tries FROM claim_reviews(5, '1 minute', 3) ORDER BY 1;
SELECT * FROM queue;
SELECT request_review(:'s1') AS requested_again;
-- A request that is due again begins anew when it is made again.
UPDATE learnify_internal.model_requests SET due_at = now() - interval '1 second', tries = 2;
SELECT request_review(:'s2');
SELECT submission, tries FROM queue;

-- Another code makes the ticket stale, and is reviewed next; other corrections leave it.
UPDATE learnify_internal.model_requests SET due_at = now() + interval '1 hour';
SELECT ticket AS t2 FROM learnify_internal.model_requests WHERE submission_id = :'s2' \gset
UPDATE module_completions SET score = 80, submitted_code = submitted_code WHERE id = :'s2';
SELECT * FROM queue WHERE submission = '2';
UPDATE module_completions SET submitted_code = 'corrected' WHERE id = :'s2';
SELECT * FROM queue WHERE submission = '2';
SELECT code FROM error_of(format('SELECT record_review(%L, 80, 80, 80, 80, ticket => %L)', :'s2', :'t2'));
SELECT code FROM claim_reviews(5) WHERE submission_id = :'s2';
-- An exercise that is gone leaves the code.
BEGIN;
DELETE FROM exercises;
UPDATE learnify_internal.model_requests SET due_at = now() - interval '1 second', tries = 0;
SELECT code, exercise ->> 'module' AS module, exercise ->> 'title' AS title FROM claim_reviews(5) ORDER BY code;
ROLLBACK;

-- A submission that is deleted takes its request along: its ticket is stale.
SELECT ticket AS t3 FROM learnify_internal.model_requests WHERE submission_id = :'s3' \gset
BEGIN;
DELETE FROM module_completions WHERE id = :'s3';
SELECT code, column_name FROM error_of(format('SELECT record_review(%L, 80, 80, 80, 80, ticket => %L)', :'s3', :'t3'));
SELECT code, column_name FROM error_of(format('SELECT record_review(%L, 80, 80, 80, 80)', :'s3'));
SELECT count(*) FROM queue;
ROLLBACK;

-- So does TRUNCATE, which no foreign key of the queue refuses; one whose id is changed keeps it.
BEGIN;
UPDATE module_completions SET id = '00000000-0000-4000-8000-0000000005b9' WHERE id = :'s3';
SELECT submission, is_claimed FROM queue;
DELETE FROM module_completions WHERE user_id = :'bob';
SELECT count(*) FROM queue;
ROLLBACK;
BEGIN;
SELECT count(*) > 0 AS waiting FROM queue;
TRUNCATE module_completions, architecture_reviews;
SELECT count(*) FROM queue;
ROLLBACK;
-- A request that has outlived its submission, which a transaction with an old snapshot may have deleted, goes with the next claim.
BEGIN;
INSERT INTO learnify_internal.model_requests (kind, submission_id, due_at) VALUES ('review', :'bob', '2026-01-01');
SELECT count(*) AS stray FROM queue WHERE submission = 'b';
SELECT count(*) > 0 AS claimed FROM claim_reviews(10);
SELECT count(*) AS stray FROM queue WHERE submission = 'b';
ROLLBACK;

-- A learner's role can request 20 reviews a day for the learner; a back end decides for itself.
BEGIN;
DELETE FROM learnify_internal.model_requests;
INSERT INTO module_completions (id, user_id, module_id, exercise_id, submitted_code, language, passed, score)
SELECT format('00000000-0000-4000-8000-000000000%s', 600 + n)::uuid, :'bob', '00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-0000000000e1', '', 'python', true, 90
FROM generate_series(1, 22) AS n;
INSERT INTO architecture_reviews (user_id, module_id, submission_id, code_sense_score, efficiency_score, edge_cases_score, taste_score, reviewed_at)
SELECT :'bob', '00000000-0000-4000-8000-0000000000a1', :'s1', 50, 50, 50, 50, now() - n * interval '10 hours' FROM generate_series(1, 4) AS n;
SET LOCAL ROLE regress_reviewed;
SET LOCAL learnify.user_id = :'bob';
SELECT count(*) FILTER (WHERE request_review(id)) AS requested FROM module_completions WHERE id >= '00000000-0000-4000-8000-000000000601' AND id <= '00000000-0000-4000-8000-000000000618';
SELECT * FROM error_of('SELECT request_review(''00000000-0000-4000-8000-000000000619'')');
-- one that is there already is no further one
SELECT request_review('00000000-0000-4000-8000-000000000618') AS requested;
RESET ROLE;
SELECT request_review('00000000-0000-4000-8000-000000000619') AS by_back_end;
DELETE FROM module_completions WHERE id <= '00000000-0000-4000-8000-000000000602' AND id >= '00000000-0000-4000-8000-000000000601';
SET LOCAL ROLE regress_reviewed;
SELECT request_review('00000000-0000-4000-8000-000000000620') AS after_others_are_gone;
SELECT code FROM error_of('SELECT request_review(''00000000-0000-4000-8000-000000000621'')');
ROLLBACK;

-- Both kinds share the queue and nothing else.
SELECT choose_archetype(:'bob', 'Digital', 'chess', 'novice') AS archetype \gset
SELECT request_domain_validation(:'archetype');
UPDATE learnify_internal.model_requests SET due_at = now() - interval '1 second', tries = 0, ticket = NULL;
SELECT count(*) AS reviews FROM claim_reviews(10);
SELECT domain, ticket AS domain_ticket FROM claim_domain_validations(10) \gset
SELECT :'domain' AS domain;
SELECT code FROM error_of(format('SELECT record_review(%L, 80, 80, 80, 80, ticket => %L)', :'s1', :'domain_ticket'));
SELECT ticket AS t1 FROM learnify_internal.model_requests WHERE submission_id = :'s1' \gset
SELECT code FROM error_of(format('SELECT record_domain_validation(%L, ''{"is_valid": true}'')', :'t1'));
SELECT code FROM error_of('INSERT INTO learnify_internal.model_requests (kind) VALUES (''review'')');
SELECT code FROM error_of(format('INSERT INTO learnify_internal.model_requests (kind, archetype_id) VALUES (''review'', %L)', :'archetype'));

-- A claim looks for requests to give up once, however many wait.
BEGIN;
SET LOCAL track_functions = 'all';
INSERT INTO module_completions (id, user_id, module_id, exercise_id, language)
SELECT md5('waiting ' || n)::uuid, :'bob', '00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-0000000000e1', 'python' FROM generate_series(1, 50) AS n;
SELECT count(request_review(id)) AS waiting FROM module_completions WHERE id IN (SELECT md5('waiting ' || n)::uuid FROM generate_series(1, 50) AS n);
SELECT count(*) AS claimed FROM claim_reviews(1);
SELECT calls FROM pg_stat_xact_user_functions WHERE funcname = 'lock_due_requests';
ROLLBACK;

-- The export has the requests, without tickets; erasure deletes them.
SELECT content ->> 'kind' AS kind, content::jsonb ? 'ticket' AS has_ticket, count(*)
FROM export_user_rows(:'bob') WHERE table_name = 'model_requests' GROUP BY 1, 2 ORDER BY 1;
SELECT count(*) FROM export_user_rows('00000000-0000-4000-8000-000000000ada') WHERE table_name = 'model_requests';
SELECT erase_user(:'bob');
SELECT count(*) FROM learnify_internal.model_requests;

DROP VIEW queue;
DELETE FROM users;
DROP OWNED BY regress_reviewed;
DROP ROLE regress_reviewed;
DROP FUNCTION error_of(text);
