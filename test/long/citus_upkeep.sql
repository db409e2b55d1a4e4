-- citus_upkeep.sql: what a back end does for all: validations of domains, reviews of code that is
-- corrected meanwhile, what is searched, rows that shipped, and courses that are rendered anew. Each
-- call is a statement of its own.
SET client_min_messages = error;
-- domains
SELECT format('SELECT request_domain_validation(%L)', a.id) FROM user_archetypes AS a ORDER BY a.user_id \gexec
SELECT c.user_id, c.meta_category, c.domain, c.skill_level, c.variables, c.ticket IS NULL, c.tries FROM claim_domain_validations(1) AS c;
SELECT user_id, ticket FROM claim_domain_validations(1) \gset
SELECT :'user_id';
SELECT record_domain_validation(:'ticket', '{"is_valid": true, "reason": "fine", "variables": {"entity": "loaf", "NEW_ONE": "x"}}');
SELECT get_variables(:'user_id');
SELECT user_id, ticket FROM claim_domain_validations(1) \gset
SELECT record_domain_validation(:'ticket', '{"is_valid": false, "reason": "no"}');
SELECT a.user_id, a.domain, a.validation_status, a.validation_reason FROM user_archetypes AS a ORDER BY 1;
-- one that waits without a request, and one that is given up
UPDATE user_archetypes SET validation_status = 'pending' WHERE user_id = :'user_id';
SELECT c.user_id, c.tries FROM claim_domain_validations(3) AS c ORDER BY 1;
UPDATE learnify_internal.model_requests SET tries = 5, due_at = now() WHERE kind = 'domain_validation';
SELECT c.user_id, c.tries FROM claim_domain_validations(3) AS c ORDER BY 1;
SELECT a.user_id, a.domain, a.validation_status, a.validation_reason FROM user_archetypes AS a ORDER BY 1;
SELECT r.tries, r.due_at > now(), r.ticket IS NULL FROM learnify_internal.model_requests AS r WHERE r.kind = 'domain_validation' ORDER BY 1, 2, 3;
-- reviews of code that is corrected: of one submission, of several learners, and by a prepared statement
SELECT s.id AS first_id
FROM module_completions AS s JOIN exercises AS e ON e.id = s.exercise_id JOIN generated_modules AS m ON m.id = e.module_id JOIN generated_courses AS c ON c.id = m.course_id
JOIN learnify_internal.model_requests AS r ON r.submission_id = s.id
WHERE s.user_id = person(6)
ORDER BY c.user_id, m.module_number, e.exercise_number LIMIT 1 \gset
UPDATE learnify_internal.model_requests SET due_at = now() - interval '1 second', ticket = NULL, tries = 0 WHERE kind = 'review';
UPDATE learnify_internal.model_requests SET due_at = now() - interval '1 minute' WHERE submission_id = :'first_id';
SELECT user_id, submission_id, ticket FROM claim_reviews(1) \gset
SELECT format('UPDATE module_completions SET submitted_code = %L WHERE user_id = %L AND id = %L', 'corrected', :'user_id', :'submission_id') \gexec
SELECT r.tries, r.due_at > now(), r.ticket IS NULL FROM learnify_internal.model_requests AS r WHERE r.submission_id = :'submission_id';
SELECT count(*) FROM claim_reviews(100);
UPDATE module_completions SET submitted_code = 'of several' WHERE user_id IN (person(4), person(6));
SELECT c.user_id, c.code, c.tries FROM claim_reviews(100) AS c ORDER BY 1, 2, 3;
PREPARE correction (uuid, uuid, uuid) AS UPDATE module_completions SET id = $3 WHERE user_id = $1 AND id = $2;
SELECT format('EXECUTE correction (%L, %L, %L)', :'user_id', :'submission_id', 'bbbbbbbb-0000-4000-8000-000000000001') \gexec
SELECT c.user_id = :'user_id', c.submission_id, c.code, c.tries FROM claim_reviews(100) AS c;
SELECT r.kind, r.tries, r.due_at > now(), r.ticket IS NULL FROM learnify_internal.model_requests AS r ORDER BY 1, 2, 3;
-- what is searched, of which one document is missing and one in another language
SELECT format('DELETE FROM learnify_internal.course_documents WHERE course_id = %L', c.id) FROM generated_courses AS c WHERE c.user_id = person(2) \gexec
SELECT format('UPDATE learnify_internal.course_documents SET language = %L WHERE course_id = %L', 'none', c.id) FROM generated_courses AS c WHERE c.user_id = person(9) \gexec
SELECT refresh_search();
SELECT refresh_search();
-- rows that shipped, of which two have exchanged their names, and a third has another id
UPDATE achievements SET name = 'First' WHERE slug = 'first-course';
UPDATE achievements SET name = 'First Course' WHERE slug = 'three-courses';
UPDATE achievements SET name = 'Three Courses' WHERE slug = 'first-course';
UPDATE achievements SET id = 'aaaaaaaa-0000-4000-8000-000000000001', rarity = 'rare' WHERE slug = 'first-module';
UPDATE blueprint_modules SET concept_slug = 'another' WHERE module_number = 3;
UPDATE blueprint_modules SET active = false WHERE module_number = 7;
SELECT set_skill_edge('atom', 'archetype', 0.5) \g /dev/null
SELECT restore_shipped_rows('{first-module,workflow}');
SELECT restore_shipped_rows();
SELECT restore_shipped_rows();
SELECT to_jsonb(a)::text FROM achievements AS a ORDER BY a.id;
SELECT md5(to_jsonb(b)::text) FROM blueprint_modules AS b ORDER BY b.module_number;
-- courses that are rendered anew: what has been edited is kept, and what is gone left out, at first
SELECT set_variables(person(2), '{"ENTITY": "rye"}') \g /dev/null
SELECT format('UPDATE generated_modules SET title = %L WHERE id = %L', 'By hand', m.id) FROM generated_modules AS m JOIN generated_courses AS c ON c.id = m.course_id AND c.user_id = person(2) WHERE m.module_number = 3 \gexec
SELECT format('DELETE FROM exercises WHERE id = %L', e.id) FROM generated_courses AS c JOIN generated_modules AS m ON m.course_id = c.id AND m.module_number = 2 JOIN exercises AS e ON e.module_id = m.id AND e.exercise_number = 2 WHERE c.user_id = person(2) \gexec
UPDATE blueprint_modules SET active = false WHERE module_number = 7;
SELECT format('SELECT r.object, r.id IS NULL, r.module_number, r.exercise_number, r.change, r.columns, r.title FROM regenerate_course(%L, %L, overwrite => %L) AS r', c.id, t.dry_run, t.overwrite)
FROM generated_courses AS c CROSS JOIN (VALUES (1, true, false), (2, false, false), (3, false, false), (4, false, true)) AS t (n, dry_run, overwrite) WHERE c.user_id = person(2) ORDER BY t.n \gexec
UPDATE blueprint_modules SET active = true WHERE module_number = 7;
SELECT format('SELECT r.object, r.id IS NULL, r.module_number, r.exercise_number, r.change, r.columns, r.title FROM regenerate_course(%L, variables => %L) AS r', c.id, '{"STATE": "sss"}') FROM generated_courses AS c WHERE c.user_id = person(2) \gexec
-- what has been imported, and how much of it is there
CREATE SCHEMA legacy;
CREATE TABLE legacy.users (id uuid);
INSERT INTO learnify_internal.imported_rows (table_name, id, source_hash, target_hash)
SELECT 'user_progress', p.id, 1, 1 FROM user_progress AS p WHERE p.user_id = person(4);
INSERT INTO learnify_internal.imported_rows (table_name, id, source_hash, target_hash) VALUES ('user_progress', gen_random_uuid(), 1, 1), ('users', person(4), 1, 1);
SELECT * FROM import_counts('legacy') ORDER BY 1;
DROP SCHEMA legacy CASCADE;
-- progress that was written without automation, of all, and in a course
BEGIN;
SET LOCAL learnify.automation = off;
UPDATE user_progress SET progress_percentage = 1;
COMMIT;
SELECT format('SELECT recompute_progress(course_id => %L), 1', c.id) FROM generated_courses AS c WHERE c.user_id = person(1) \gexec
SELECT recompute_progress(NULL) > 0;
SELECT recompute_progress();
-- nobody: a constant, a parameter, by name, what is folded to NULL, and what is inlined
SELECT user_stats(NULL), 1;
SELECT count(*) FROM user_stats(NULL);
SELECT following_count(NULL);
SELECT course_outline(NULL, NULL);
PREPARE nobody (uuid) AS SELECT following_count($1);
EXECUTE nobody(NULL);
SET plan_cache_mode = force_generic_plan;
EXECUTE nobody(NULL);
RESET plan_cache_mode;
SELECT following_count(nullif(person(1), person(1)));
CREATE FUNCTION counted(user_id uuid) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT public.following_count(user_id)';
SELECT counted(NULL);
DROP FUNCTION counted(uuid);
SELECT recompute_progress(course_id => NULL, user_id => '00000000-0000-4000-8000-000000000004');
-- statuses of modules of authors: of an enrolment with earlier work, and of what is copied
INSERT INTO generated_courses (id, user_id, title, description, meta_category)
SELECT format('aaaaaaaa-0000-4000-8001-00000000000%s', n)::uuid, person(n), 'Own course', 'about chess', 'Digital' FROM generate_series(2, 4, 2) AS n;
INSERT INTO generated_modules (id, course_id, module_number, title, description)
SELECT format('aaaaaaaa-0000-4000-8002-0000000000%s%s', n, i)::uuid, format('aaaaaaaa-0000-4000-8001-00000000000%s', n)::uuid, i, format('Own module %s of %s', i, n), ''
FROM generate_series(2, 4, 2) AS n CROSS JOIN generate_series(1, 2) AS i;
INSERT INTO exercises (id, module_id, exercise_number, title, description, language, test_cases, difficulty)
SELECT format('aaaaaaaa-0000-4000-8003-0000000000%s%s', n, i)::uuid, format('aaaaaaaa-0000-4000-8002-0000000000%s%s', n, i)::uuid, 1, format('Own exercise %s of %s', i, n), '', 'python', '[{"input": "1", "expected": "1"}]', 'easy'
FROM generate_series(2, 4, 2) AS n CROSS JOIN generate_series(1, 2) AS i;
BEGIN;
SET LOCAL learnify.automation = off;
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
VALUES (person(2), 'aaaaaaaa-0000-4000-8002-000000000021', 'aaaaaaaa-0000-4000-8003-000000000021', 'python', true, 90);
COMMIT;
INSERT INTO user_progress (user_id, course_id) VALUES (person(2), 'aaaaaaaa-0000-4000-8001-000000000002');
SELECT m.title, m.status FROM generated_modules AS m WHERE m.title LIKE 'Own module%' ORDER BY 1;
COPY module_completions (user_id, module_id, exercise_id, language, passed, score) FROM stdin;
00000000-0000-4000-8000-000000000002	aaaaaaaa-0000-4000-8002-000000000022	aaaaaaaa-0000-4000-8003-000000000022	python	t	80
00000000-0000-4000-8000-000000000004	aaaaaaaa-0000-4000-8002-000000000041	aaaaaaaa-0000-4000-8003-000000000041	python	t	80
\.
SELECT m.title, m.status FROM generated_modules AS m WHERE m.title LIKE 'Own module%' ORDER BY 1;
COPY exercises (module_id, exercise_number, title, description, language, test_cases, difficulty) FROM stdin;
aaaaaaaa-0000-4000-8002-000000000041	2	Own exercise, copied		python	[{"input": "1", "expected": "1"}]	easy
\.
SELECT m.title, m.status FROM generated_modules AS m WHERE m.title LIKE 'Own module%' ORDER BY 1;
SELECT count(*) FROM learnify_internal.pending_statuses;
-- reviews, of which one loses its submission, and another its module
SELECT format('SELECT record_review(%L, 90, 80, 70, 60) IS NULL', s.id)
FROM module_completions AS s WHERE s.module_id::text LIKE 'aaaaaaaa-0000-4000-8002-%' ORDER BY s.module_id \gexec
DELETE FROM module_completions WHERE user_id = person(2) AND module_id = 'aaaaaaaa-0000-4000-8002-000000000021';
DELETE FROM generated_modules WHERE id = 'aaaaaaaa-0000-4000-8002-000000000041';
SELECT m.title, r.user_id, r.submission_id IS NULL FROM architecture_reviews AS r JOIN generated_modules AS m ON m.id = r.module_id WHERE m.title LIKE 'Own module%' ORDER BY 1, 2;
SELECT m.title, m.status FROM generated_modules AS m WHERE m.title LIKE 'Own module%' ORDER BY 1;
