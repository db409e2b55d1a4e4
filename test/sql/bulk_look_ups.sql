-- Statements write many rows into tables that were vacuumed while they were empty. Plans that are
-- made then must not scan a table sequentially after it has grown: automation looks rows up by an
-- index, and scans no table once for each row.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET learnify.password_cost = 4;
TRUNCATE users CASCADE;
SELECT format('VACUUM %s', c.oid::regclass)
FROM pg_depend AS d
JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
WHERE e.extname = 'learnify' AND c.relkind = 'r' AND c.relnamespace = e.extnamespace
ORDER BY c.relname
\gexec
-- begin a session that has made no plan yet
\c -
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET learnify.password_cost = 4;

CREATE FUNCTION pg_temp.id(kind text, number integer) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$ SELECT md5('bulk ' || kind || number)::uuid $$;
BEGIN;
-- these locks keep autovacuum out, which would invalidate plans
SELECT format('LOCK TABLE %s IN SHARE UPDATE EXCLUSIVE MODE', string_agg(c.oid::regclass::text, ', ')) AS statement
FROM pg_depend AS d
JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
WHERE e.extname = 'learnify' AND c.relkind = 'r' \gset
:statement;
INSERT INTO users (id, email, password_hash, name)
SELECT pg_temp.id('user', n), format('bulk-%s@example.com', n), 'x', 'Learner' FROM generate_series(1, 200) AS n;
INSERT INTO generated_courses (id, user_id, title, meta_category)
SELECT pg_temp.id('course', n), pg_temp.id('user', n), 'Course', 'Digital' FROM generate_series(1, 20) AS n;
INSERT INTO generated_modules (id, course_id, module_number, title)
SELECT pg_temp.id('module', n), pg_temp.id('course', n), 1, 'Module' FROM generate_series(1, 20) AS n;
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty)
SELECT pg_temp.id('exercise', 2 * n + e), pg_temp.id('module', n), e + 1, 'Exercise', 'go', 'easy'
FROM generate_series(1, 20) AS n, generate_series(0, 1) AS e;

-- PostgreSQL checks foreign keys by plans of its own, which it keeps from the sixth row on. Let
-- rows without effects make it plan index scans, so that these checks are not counted below. This
-- is repeated after other functions have made it plan again.
SET LOCAL enable_seqscan = off;
INSERT INTO user_progress (user_id, course_id, current_module_id, broadcast_at)
SELECT pg_temp.id('user', 200), pg_temp.id('course', n), pg_temp.id('module', n), '2020-01-01' FROM generate_series(11, 18) AS n;
INSERT INTO module_completions (id, user_id, module_id, exercise_id, language, broadcast_at)
SELECT pg_temp.id('submission', n), pg_temp.id('user', 200), pg_temp.id('module', n), pg_temp.id('exercise', 2 * n), 'go', '2020-01-01' FROM generate_series(11, 18) AS n;
INSERT INTO architecture_reviews (user_id, module_id, submission_id, code_sense_score, efficiency_score, edge_cases_score, taste_score, broadcast_at)
SELECT pg_temp.id('user', 200), pg_temp.id('module', n), pg_temp.id('submission', n), 50, 50, 50, 50, '2020-01-01' FROM generate_series(11, 18) AS n;
INSERT INTO user_achievements (user_id, achievement_id, broadcast_at) SELECT pg_temp.id('user', 200), id, '2020-01-01' FROM achievements;
INSERT INTO user_course_interactions (user_id, course_id, interaction_type) SELECT user_id, course_id, 'viewed' FROM user_progress;
INSERT INTO activity_feed (user_id, activity_type, reference_type, reference_id) SELECT user_id, 'review_passed', 'review', id FROM architecture_reviews;
INSERT INTO user_relationships (follower_id, following_id) SELECT pg_temp.id('user', 200), pg_temp.id('user', n) FROM generate_series(1, 8) AS n;
INSERT INTO user_archetypes (user_id, meta_category, domain, skill_level) SELECT pg_temp.id('user', n), 'Digital', 'x', 'novice' FROM generate_series(193, 200) AS n;
INSERT INTO user_variables (user_id, variable_key, variable_value, archetype_id) SELECT user_id, 'X', 'x', id FROM user_archetypes;
INSERT INTO recommendations (user_id, course_id, recommendation_type, reason) SELECT user_id, course_id, 'trending', 'x' FROM user_progress;
RESET enable_seqscan;

-- Returns the tables that a statement of 100 rows or more has scanned more than a few times.
-- achievements is left out, because all its rows are read for each learner.
CREATE TEMP TABLE scans (relname name, seq_scan bigint);
CREATE FUNCTION pg_temp.scanned() RETURNS TABLE (table_name name, scans bigint)
LANGUAGE sql AS $$
  WITH before AS (DELETE FROM scans RETURNING *), now AS (
    INSERT INTO scans
    SELECT t.relname, t.seq_scan FROM pg_stat_xact_user_tables AS t
    WHERE t.schemaname = 'public' AND t.relname NOT IN ('achievements', 'blueprint_modules')
    RETURNING *)
  SELECT n.relname, n.seq_scan - coalesce(b.seq_scan, 0)
  FROM now AS n LEFT JOIN before AS b ON b.relname = n.relname
  WHERE n.seq_scan - coalesce(b.seq_scan, 0) > 5
  ORDER BY 1
$$;
SELECT count(*) FROM pg_temp.scanned() \g /dev/null
SELECT count(*) >= 17 AS counted FROM scans;

-- Statements that write enrolments, submissions, reviews and relationships, and correct them.
INSERT INTO user_progress (user_id, course_id)
SELECT pg_temp.id('user', n), pg_temp.id('course', 1 + n % 10) FROM generate_series(1, 150) AS n;
SELECT * FROM pg_temp.scanned();
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, time_spent_minutes)
SELECT pg_temp.id('user', n), pg_temp.id('module', 1 + n % 10), pg_temp.id('exercise', 2 + 2 * (n % 10)), 'go', true, 90, 5
FROM generate_series(1, 150) AS n;
SELECT * FROM pg_temp.scanned();
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
SELECT pg_temp.id('user', n), pg_temp.id('module', 1 + n % 10), pg_temp.id('exercise', 2 + 2 * (n % 10)), 'go', false, 0
FROM generate_series(1, 150) AS n;
SELECT * FROM pg_temp.scanned();
INSERT INTO architecture_reviews (user_id, module_id, submission_id, code_sense_score, efficiency_score, edge_cases_score, taste_score)
SELECT user_id, module_id, id, 80, 70, 75, 81 FROM module_completions WHERE passed;
SELECT * FROM pg_temp.scanned();
INSERT INTO user_relationships (follower_id, following_id)
SELECT pg_temp.id('user', n), pg_temp.id('user', n + 1) FROM generate_series(1, 150) AS n;
SELECT * FROM pg_temp.scanned();
UPDATE module_completions SET score = 80, time_spent_minutes = 6 WHERE passed;
SELECT * FROM pg_temp.scanned();
UPDATE module_completions SET passed = false WHERE passed AND user_id < '80000000-0000-0000-0000-000000000000';
SELECT * FROM pg_temp.scanned();
UPDATE architecture_reviews SET taste_score = 90, efficiency_score = 95;
SELECT * FROM pg_temp.scanned();
SET LOCAL enable_seqscan = off;
UPDATE user_progress SET last_activity = last_activity;
RESET enable_seqscan;
SELECT count(*) FROM pg_temp.scanned() \g /dev/null
UPDATE user_progress SET progress_percentage = 100, time_spent_minutes = time_spent_minutes + 6000 WHERE progress_percentage < 100;
SELECT * FROM pg_temp.scanned();
UPDATE users SET max_visibility = 'private' WHERE id < '80000000-0000-0000-0000-000000000000';
SELECT * FROM pg_temp.scanned();

-- Functions that write the same.
SELECT count(choose_archetype(pg_temp.id('user', n), 'Digital', 'chess', 'novice')) FROM generate_series(1, 150) AS n;
SELECT count(set_variables(pg_temp.id('user', n), '{"ENTITY": "piece", "STATE": "square", "GONE": null}')) FROM generate_series(1, 150) AS n;
SELECT * FROM pg_temp.scanned();
SELECT count(request_domain_validation(id)) FROM user_archetypes;
SELECT count(record_domain_validation(c.ticket, '{"is_valid": true, "variables": {"LOGIC": "rule"}}')) FROM claim_domain_validations(1000) AS c;
SELECT * FROM pg_temp.scanned();
SELECT count(follow_user(pg_temp.id('user', n), pg_temp.id('user', n + 2))) FROM generate_series(1, 150) AS n;
SELECT count(unfollow_user(pg_temp.id('user', n), pg_temp.id('user', n + 2))) FROM generate_series(1, 150) AS n;
SELECT * FROM pg_temp.scanned();
SELECT count(start_course(pg_temp.id('user', n), pg_temp.id('course', 20))) FROM generate_series(1, 150) AS n;
SELECT * FROM pg_temp.scanned();
SELECT count(record_review(submit_exercise(pg_temp.id('user', n), pg_temp.id('exercise', 40 + n % 2), '', 'go', '[]'), 80, 80, 80, 80))
FROM generate_series(1, 150) AS n;
SELECT * FROM pg_temp.scanned();
SELECT count(award_achievements(id)) FROM users;
SELECT * FROM pg_temp.scanned();

-- Deletions of work, of courses and of users.
DELETE FROM architecture_reviews WHERE submission_id IS NOT NULL;
DELETE FROM user_relationships WHERE follower_id <> pg_temp.id('user', 200);
SELECT * FROM pg_temp.scanned();
DELETE FROM module_completions WHERE NOT passed;
SELECT * FROM pg_temp.scanned();
SELECT count(erase_user(pg_temp.id('user', n))) FROM generate_series(21, 140) AS n;
SELECT * FROM pg_temp.scanned();
SET LOCAL enable_seqscan = off;
DELETE FROM users WHERE id IN (SELECT pg_temp.id('user', n) FROM generate_series(141, 150) AS n);
RESET enable_seqscan;
SELECT count(*) FROM pg_temp.scanned() \g /dev/null
DELETE FROM users WHERE name = 'Learner';
SELECT * FROM pg_temp.scanned();
ROLLBACK;

-- Many learners take one course: what is done for each of them reads no row of the others.
BEGIN;
INSERT INTO users (id, email, password_hash, name)
SELECT pg_temp.id('user', n), format('bulk-%s@example.com', n), 'x', 'Learner' FROM generate_series(0, 500) AS n;
INSERT INTO generated_courses (id, user_id, title, meta_category) VALUES (pg_temp.id('course', 1), pg_temp.id('user', 0), 'Course', 'Digital');
INSERT INTO generated_modules (id, course_id, module_number, title) SELECT pg_temp.id('module', n), pg_temp.id('course', 1), n, 'Module' FROM generate_series(1, 2) AS n;
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty)
SELECT pg_temp.id('exercise', n), pg_temp.id('module', n), 1, 'Exercise', 'go', 'easy' FROM generate_series(1, 2) AS n;
INSERT INTO user_progress (user_id, course_id) SELECT pg_temp.id('user', n), pg_temp.id('course', 1) FROM generate_series(1, 500) AS n;
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
SELECT pg_temp.id('user', n), pg_temp.id('module', 1), pg_temp.id('exercise', 1), 'go', true, 90 FROM generate_series(1, 500) AS n;
ANALYZE;
CREATE TEMP TABLE fetched (relname name, tuples bigint);
-- Returns the tables of which a statement fetched more than 60 rows for each of 500 learners.
CREATE FUNCTION pg_temp.read() RETURNS TABLE (table_name name, per_learner bigint)
LANGUAGE sql AS $$
  WITH before AS (DELETE FROM fetched RETURNING *), now AS (
    INSERT INTO fetched
    SELECT t.relname, coalesce(t.idx_tup_fetch, 0) + t.seq_tup_read FROM pg_stat_xact_user_tables AS t
    WHERE t.schemaname IN ('public', 'learnify_internal')
    RETURNING *)
  SELECT n.relname, (n.tuples - b.tuples) / 500
  FROM now AS n JOIN before AS b ON b.relname = n.relname
  WHERE n.tuples - b.tuples > 60 * 500
  ORDER BY 1
$$;
SELECT count(*) FROM pg_temp.read() \g /dev/null
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
SELECT pg_temp.id('user', n), pg_temp.id('module', 2), pg_temp.id('exercise', 2), 'go', true, 90 FROM generate_series(1, 150) AS n;
SELECT * FROM pg_temp.read();
DELETE FROM exercises WHERE id = pg_temp.id('exercise', 2);
SELECT count(*) AS completed FROM user_progress WHERE completed_at IS NOT NULL;
SELECT * FROM pg_temp.read();
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty) VALUES (pg_temp.id('exercise', 3), pg_temp.id('module', 2), 1, 'Exercise', 'go', 'easy');
SELECT count(retake_course(pg_temp.id('user', n), pg_temp.id('course', 1))) AS retaken FROM generate_series(1, 150) AS n;
SELECT * FROM pg_temp.read();
SELECT recompute_progress() AS changed;
SELECT * FROM pg_temp.read();
-- Attempts are numbered, and compared with the solutions before, without reading all earlier attempts.
CREATE FUNCTION pg_temp.attempt(times integer) RETURNS void LANGUAGE sql AS $$
  INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed)
  SELECT pg_temp.id('user', 1), pg_temp.id('module', 1), pg_temp.id('exercise', 1), 'go', n % 3 = 0 FROM generate_series(1, times) AS n
$$;
SELECT pg_temp.attempt(1000);
SELECT idx_tup_fetch AS fetched FROM pg_stat_xact_user_tables WHERE relname = 'module_completions' \gset
SELECT pg_temp.attempt(100);
SELECT idx_tup_fetch - :fetched < 100 * 30 AS few_are_read,
       (SELECT count(DISTINCT attempts) FROM module_completions WHERE user_id = pg_temp.id('user', 1) AND exercise_id = pg_temp.id('exercise', 1)) AS numbers
FROM pg_stat_xact_user_tables WHERE relname = 'module_completions';
ROLLBACK;

-- Rows that a load has written and lost again leave tables of pages without rows. After ANALYZE has seen
-- these, the planner takes what another load writes for nothing, and every index and join for as good as any other.
CREATE FUNCTION pg_temp.load() RETURNS void LANGUAGE sql AS $$
  INSERT INTO users (id, email, password_hash, name)
  SELECT pg_temp.id('user', n), format('bulk-%s@example.com', n), 'x', 'Learner' FROM generate_series(1, 1000) AS n;
  INSERT INTO generated_courses (id, user_id, title, meta_category)
  SELECT pg_temp.id('course', n), pg_temp.id('user', 1 + n % 1000), 'Course', 'Digital' FROM generate_series(1, 1000) AS n;
  INSERT INTO generated_modules (id, course_id, module_number, title)
  SELECT pg_temp.id('module', n), pg_temp.id('course', n), 1, 'Module' FROM generate_series(1, 1000) AS n;
  INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty)
  SELECT pg_temp.id('exercise', n), pg_temp.id('module', n), 1, 'Exercise', 'go', 'easy' FROM generate_series(1, 1000) AS n;
  INSERT INTO user_progress (user_id, course_id)
  SELECT pg_temp.id('user', 1 + n / 10), pg_temp.id('course', 1 + n % 1000) FROM generate_series(1, 2000) AS n;
  INSERT INTO module_completions (user_id, module_id, exercise_id, language)
  SELECT pg_temp.id('user', 1 + n / 10), pg_temp.id('module', 1 + n % 1000), pg_temp.id('exercise', 1 + n % 1000), 'go' FROM generate_series(1, 2000) AS n;
  INSERT INTO user_relationships (follower_id, following_id)
  SELECT pg_temp.id('user', 1 + n / 10), pg_temp.id('user', 2 + n / 10 + n % 10) FROM generate_series(1, 2000) AS n;
  INSERT INTO recommendations (user_id, course_id, recommendation_type, reason)
  SELECT pg_temp.id('user', 1 + n / 10), pg_temp.id('course', 1 + n % 1000), 'trending', 'x' FROM generate_series(1, 2000) AS n
$$;
CREATE FUNCTION pg_temp.pages_read(statement text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, FORMAT json) ' || statement INTO plan;
  RETURN (plan #>> '{0,Plan,Shared Hit Blocks}')::bigint + (plan #>> '{0,Plan,Shared Read Blocks}')::bigint;
END
$$;
SELECT pg_temp.load();
BEGIN;
DELETE FROM user_progress;
DELETE FROM module_completions;
DELETE FROM exercises;
DELETE FROM users WHERE name = 'Learner';
ANALYZE;
SELECT relname FROM pg_class WHERE oid IN ('users'::regclass, 'generated_courses'::regclass) AND reltuples / relpages < 0.1 ORDER BY relname;
COMMIT;
SELECT pg_temp.load();
-- For one learner of a thousand, each reads some dozen rows; the first call reads the catalogs too.
SELECT c.name, max(pg_temp.pages_read('SELECT ' || c.name || format(c.arguments, n))) FILTER (WHERE n = 2) < 1500 AS few_pages
FROM generate_series(1, 2) AS n
CROSS JOIN (VALUES ('enrolled_courses', '(pg_temp.id(''user'', 5), 10)'), ('authored_courses', '(pg_temp.id(''user'', 5), 10)'),
                   ('course_outline', '(pg_temp.id(''user'', 5), pg_temp.id(''course'', 45))'), ('export_user', '(pg_temp.id(''user'', 5))'),
                   ('home_rows', '(pg_temp.id(''user'', 5))'), ('recompute_progress', '(pg_temp.id(''user'', 5))'),
                   ('followers', '(pg_temp.id(''user'', 5), 10)'), ('unfollow_user', '(pg_temp.id(''user'', 5), pg_temp.id(''user'', 8))'),
                   ('dismiss_recommendation', '(pg_temp.id(''user'', 5), pg_temp.id(''course'', 45))'), ('erase_user', '(pg_temp.id(''user'', 5 + %s))'))
  AS c (name, arguments)
GROUP BY c.name
ORDER BY c.name;
TRUNCATE users CASCADE;
VACUUM (ANALYZE);
