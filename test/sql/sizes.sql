-- How long texts and documents may be: nobody can make others read megabytes. The rules are
-- those of learnify_internal.text_rules, and the reference lists them.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET learnify.password_cost = 4;
SET learnify.automation = off;
\set ada 00000000-0000-4000-8000-000000000ada
DELETE FROM users;
INSERT INTO users (id, email, password_hash, name) VALUES (:'ada', 'ada@example.org', '!', 'Ada');
SELECT choose_archetype(:'ada', 'Biological', 'sourdough', 'novice') AS archetype \gset
\set words '{"ENTITY": "starter", "STATE": "ripeness", "LOGIC": "test", "FLOW": "flow", "CONTAINER": "plan", "EDGE_CASE": "case", "INTERFACE": "oven", "VARIANT": "form", "EVENT": "timer", "CAPSTONE_GOAL": "a planner"}'
SELECT set_variables(:'ada', :'words') \g /dev/null
SELECT generate_course(:'ada') AS course \gset
SELECT m.id AS module, e.id AS exercise FROM generated_modules AS m JOIN exercises AS e ON e.module_id = m.id
WHERE m.course_id = :'course' AND m.module_number = 1 AND e.exercise_number = 1 \gset
INSERT INTO module_completions (user_id, module_id, exercise_id, language) SELECT :'ada', :'module', :'exercise', language FROM exercises WHERE id = :'exercise';
INSERT INTO architecture_reviews (user_id, module_id, code_sense_score, efficiency_score, edge_cases_score, taste_score) VALUES (:'ada', :'module', 1, 1, 1, 1);
INSERT INTO activity_feed (user_id, activity_type, reference_type, reference_id) VALUES (:'ada', 'review_passed', 'review', :'ada');
INSERT INTO recommendations (user_id, course_id, recommendation_type) VALUES (:'ada', :'course', 'trending');

-- Every column of a type without a length, in every table of the extension, has a rule that a
-- trigger applies, or a closed list of values, or a reason.
CREATE TEMP TABLE columns AS
SELECT n.nspname AS schema, c.relname AS name, a.attname AS column, a.atttypid::regtype AS type,
       EXISTS (SELECT FROM pg_trigger AS t
               WHERE t.tgrelid = c.oid AND t.tgfoid = 'learnify_internal.tidy_texts()'::regprocedure AND t.tgenabled = 'O'
                 AND a.attname = ANY (string_to_array(encode(t.tgargs, 'escape'), '\000'))) AS has_rule,
       EXISTS (SELECT FROM pg_constraint AS k
               WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum] AND k.convalidated
                 AND pg_get_constraintdef(k.oid) LIKE 'CHECK ((' || a.attname || ' = ANY (''{%') AS is_closed
FROM pg_extension AS e
JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e' AND d.classid = 'pg_class'::regclass
JOIN pg_class AS c ON c.oid = d.objid AND c.relkind = 'r'
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type AS t ON t.oid = a.atttypid
WHERE e.extname = 'learnify' AND t.typlen < 0;
CREATE TEMP TABLE reasons (name text, "column" text, reason text);
INSERT INTO reasons VALUES
  ('users', 'time_zone', 'is the name of a time zone that the server has'),
  ('generated_courses', 'similar_course_ids', 'refresh_recommendations computes it'),
  ('generated_courses', 'similar_course_weights', 'refresh_recommendations computes it'),
  ('generated_courses', 'next_tags', 'refresh_recommendations computes it, from tags'),
  ('module_completions', 'language', 'is the exercise''s, and shown to nobody else'),
  ('trending_courses', 'velocity', 'is a number'),
  ('schema_migrations', NULL, 'scripts write it'),
  ('expected_catalog', NULL, 'scripts write it'),
  ('login_failures', 'address', 'is a digest'),
  ('course_documents', 'meta_category', 'is the course''s'),
  ('course_documents', 'language', 'is the name of a text search configuration'),
  ('course_documents', 'head', 'is derived from texts that have rules'),
  ('course_documents', 'document', 'is derived from texts that have rules'),
  ('imported_rows', 'table_name', 'import_legacy writes it'),
  ('account_tokens', 'digest', 'is a digest'),
  ('account_tokens', 'account_digest', 'is a digest'),
  ('locks', 'purpose', 'scripts write it'),
  ('recommendation_model', 'parameters', 'are numbers that tune_recommendations chose'),
  ('pending_statuses', 'status', 'is written into a column with a closed list in the same transaction'),
  ('kept_completions', 'title', 'is a course''s, as far as that may be'),
  ('kept_completions', 'author_name', 'is a user''s, as far as that may be');
SELECT c.name, c.column, c.type FROM columns AS c
WHERE NOT c.has_rule AND NOT c.is_closed
  AND NOT EXISTS (SELECT FROM reasons AS r WHERE r.name = c.name AND coalesce(r.column, c.column) = c.column)
ORDER BY 1, 2;
SELECT r.* FROM reasons AS r
WHERE NOT EXISTS (SELECT FROM columns AS c WHERE r.name = c.name AND coalesce(r.column, c.column) = c.column AND NOT c.has_rule AND NOT c.is_closed);
-- Every rule has a column.
CREATE TEMP VIEW ruled AS
SELECT c.name, c.column, c.type, r.*
FROM columns AS c
JOIN LATERAL (SELECT * FROM learnify_internal.text_rules() AS t
              WHERE t.kind IN (c.column, c.name || '.' || c.column) ORDER BY length(t.kind) DESC LIMIT 1) AS r ON true
WHERE c.has_rule;
SELECT kind FROM learnify_internal.text_rules() EXCEPT SELECT kind FROM ruled;
SELECT count(*) > 30 AS many, count(*) FILTER (WHERE is_document = (type = 'jsonb'::regtype)) = count(*) AS documents_are_jsonb FROM ruled;

-- An UPDATE to one character or byte more is refused, by table and column, and quotes 100
-- characters at most; that many are let in. The feed is only checked when a row is inserted.
CREATE FUNCTION pg_temp.outcome(statement text, value text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  rows integer;
  m text; d text; h text; t text; c text; s text;
BEGIN
  EXECUTE statement USING value;
  GET DIAGNOSTICS rows = ROW_COUNT;
  RAISE EXCEPTION USING ERRCODE = 'LX000', MESSAGE = rows;
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS m = MESSAGE_TEXT, d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT, t = TABLE_NAME, c = COLUMN_NAME, s = RETURNED_SQLSTATE;
  RETURN CASE WHEN s = 'LX000' THEN m || ' row' || CASE m WHEN '1' THEN '' ELSE 's' END
              ELSE concat_ws(' ', s, t || '.' || c, CASE WHEN length(m || d || h) > 320 THEN 'of ' || length(m || d || h) END) END;
END
$$;
CREATE FUNCTION pg_temp.error_of(statement text, OUT code text, OUT argument text, OUT message text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, argument = COLUMN_NAME, message = MESSAGE_TEXT;
END
$$;
-- a text or a document of that size, whatever else has to be right
CREATE FUNCTION pg_temp.of_size(r ruled, size integer) RETURNS text LANGUAGE sql AS $$
SELECT CASE
  WHEN NOT r.is_document THEN CASE r.column WHEN 'email' THEN lpad('@example.org', size, 'x') ELSE repeat('x', size) END
  ELSE v.small || '"' || repeat('x', size - pg_column_size((v.small || '""' || v.rest)::jsonb) + 4) || '"' || v.rest
END
FROM (SELECT CASE r.column WHEN 'criteria' THEN '{"at_least": 1, "metric": "streak_days", "x": ' WHEN 'variable_schema' THEN '{"x": ' WHEN 'content_template' THEN '{"x": '
                           WHEN 'injected_variables' THEN '{"x": ' WHEN 'content' THEN '{"x": ' WHEN 'metadata' THEN '{"x": ' ELSE '[' END AS small,
             CASE WHEN r.column IN ('criteria', 'variable_schema', 'content_template', 'injected_variables', 'content', 'metadata') THEN '}' ELSE ']' END AS rest) AS v
$$;
CREATE FUNCTION pg_temp.deep(r ruled, depth integer) RETURNS text LANGUAGE sql AS $$
SELECT CASE WHEN r.column IN ('criteria', 'variable_schema', 'content_template', 'injected_variables')
            THEN '{"x": ' || repeat('[', depth - 1) || repeat(']', depth - 1) || '}' ELSE repeat('[', depth) || repeat(']', depth) END
$$;
CREATE FUNCTION pg_temp.statement(r ruled) RETURNS text LANGUAGE sql AS $$
SELECT CASE r.name WHEN 'skill_edges' THEN format('UPDATE learnify_internal.skill_edges SET %I = $1', r.column)
                   ELSE format('UPDATE %I SET %I = $1::%s WHERE id = (SELECT id FROM %1$I ORDER BY id LIMIT 1)', r.name, r.column, r.type) END
$$;
INSERT INTO learnify_internal.skill_edges VALUES ('a', 'b', 2);
SELECT r.name, r.column, r.size,
       pg_temp.outcome(pg_temp.statement(r.row), pg_temp.of_size(r.row, r.size)) AS at_most,
       pg_temp.outcome(pg_temp.statement(r.row), pg_temp.of_size(r.row, r.size + 1)) AS one_more,
       CASE WHEN r.is_document THEN pg_temp.outcome(pg_temp.statement(r.row), pg_temp.deep(r.row, 32)) END AS deep,
       CASE WHEN r.is_document THEN pg_temp.outcome(pg_temp.statement(r.row), pg_temp.deep(r.row, 33)) END AS deeper
FROM (SELECT r AS row, r.* FROM ruled AS r) AS r ORDER BY r.name, r.column;

SELECT v.metadata_size, v.type_length,
       pg_temp.outcome(format('INSERT INTO activity_feed (user_id, activity_type, reference_id, reference_type, metadata) VALUES (%L, ''review_passed'', %1$L, repeat(''x'', %s), $1::jsonb)',
                              :'ada', v.type_length),
                       pg_temp.of_size(r, v.metadata_size)) AS outcome
FROM ruled AS r CROSS JOIN (VALUES (20000, 50), (20001, 50), (20000, 51)) AS v (metadata_size, type_length)
WHERE (r.name, r.column) = ('activity_feed', 'metadata');
-- So is an INSERT, where a learner has turned row_security off, by which dumps are told.
DROP ROLE IF EXISTS regress_learner;
CREATE ROLE regress_learner;
SELECT grant_learner('regress_learner');
SET ROLE regress_learner;
SET learnify.user_id = :'ada';
SET row_security = off;
SELECT pg_temp.outcome(format('SELECT submit_exercise(%L, %L, $1, ''python'', ''[true, true, true]'')', :'ada', :'exercise'), repeat('x', 1000001)) AS code,
       pg_temp.outcome(format('SELECT submit_exercise(%L, %L, ''x'', ''python'', $1::jsonb)', :'ada', :'exercise'), jsonb_build_array(repeat('x', 1000000))::text) AS results,
       pg_temp.outcome(format('SELECT choose_archetype(%L, ''Digital'', $1, ''novice'')', :'ada'), repeat('x', 201)) AS domain,
       pg_temp.outcome(format('SELECT set_variables(%L, jsonb_build_object(''ENTITY'', $1))', :'ada'), repeat('x', 201)) AS variable,
       pg_temp.outcome(format('SELECT generate_course(%L, jsonb_build_object(''ENTITY'', $1))', :'ada'), repeat('x', 201)) AS for_a_course;
RESET row_security;
SELECT pg_temp.outcome('UPDATE users SET avatar_url = $1', repeat('x', 60000000)) AS avatar_url;
RESET ROLE;
RESET learnify.user_id;
DROP OWNED BY regress_learner;
DROP ROLE regress_learner;

-- Variables that are short enough, but make a text of the course too long, are refused by name of
-- the text. A variable may be an array or an object; not a long or a deep one.
CREATE FUNCTION pg_temp.generate(variables jsonb, OUT code text, OUT argument text, OUT message text, OUT hint text) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM generate_course('00000000-0000-4000-8000-000000000ada', variables);
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, argument = COLUMN_NAME, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
END
$$;
BEGIN;
\pset format unaligned
\pset tuples_only
SELECT * FROM pg_temp.generate(jsonb_build_object('DOMAIN', repeat('x', 200)));
SELECT * FROM pg_temp.generate(jsonb_build_object('DOMAIN', repeat('x', 201)));
SELECT * FROM pg_temp.generate((SELECT jsonb_object_agg('V' || n, repeat('x', 200)) FROM generate_series(1, 1300) AS n));
SELECT * FROM pg_temp.generate(jsonb_build_object('LIST', (SELECT jsonb_agg('xxxxx'::text) FROM generate_series(1, 30))));
SELECT * FROM pg_temp.generate(jsonb_build_object('LIST', (repeat('[', 32) || repeat(']', 32))::jsonb));
UPDATE blueprint_modules SET title_template = repeat('{ENTITY} ', 100) WHERE module_number = 2;
SELECT * FROM pg_temp.generate('{"ENTITY": "ab"}');
SELECT * FROM pg_temp.generate('{"ENTITY": "abc"}');
UPDATE blueprint_modules SET title_template = 'x', description_template = repeat('{ENTITY}', 1000) WHERE module_number = 2;
SELECT * FROM pg_temp.generate('{"ENTITY": "abcdefghijk"}');
UPDATE blueprint_modules SET description_template = 'x', content_template = content_template || jsonb_build_object('x', repeat('{ENTITY}', 10000)) WHERE module_number = 2;
SELECT * FROM pg_temp.generate(jsonb_build_object('ENTITY', repeat('x', 101)));
UPDATE blueprint_modules SET content_template = jsonb_set(content_template - 'x', '{exercises,0,title}', to_jsonb(repeat('{ENTITY}', 31))) WHERE module_number = 2;
SELECT * FROM pg_temp.generate('{"ENTITY": "0123456789"}');
UPDATE blueprint_modules SET content_template = jsonb_set(jsonb_set(content_template, '{exercises,0,title}', '"x"'), '{exercises,0,solution_code}', to_jsonb(repeat('{ENTITY}', 10001))) WHERE module_number = 2;
SELECT * FROM pg_temp.generate('{"ENTITY": "0123456789"}');
\pset format aligned
\pset tuples_only off
ROLLBACK;
-- A user has no more than 200 variables; who has more may change and remove them.
SELECT l.code, l.argument, l.message FROM pg_temp.error_of(format('SELECT set_variables(%L, (SELECT jsonb_object_agg(''V'' || n, n) FROM generate_series(1, 191) AS n))', :'ada')) AS l;
INSERT INTO user_variables (user_id, variable_key, variable_value) SELECT :'ada', 'V' || n, n FROM generate_series(1, 200) AS n;
SELECT l.code FROM pg_temp.error_of(format('SELECT set_variables(%L, ''{"V1": "other", "V2": null}'')', :'ada')) AS l;
SELECT l.code FROM pg_temp.error_of(format('SELECT set_variables(%L, ''{"W1": "new", "V3": null}'')', :'ada')) AS l;
SELECT l.code FROM pg_temp.error_of(format('SELECT set_variables(%L, ''{"W2": "new", "W3": "new", "V4": null}'')', :'ada')) AS l;

-- Rows of earlier versions stay as they are, and can be changed in their other columns; what is
-- told about them is cut.
SET row_security = off;
INSERT INTO generated_courses (id, user_id, title, meta_category) VALUES ('00000000-0000-4000-8000-0000000000c1', :'ada', repeat('long ', 400000), 'Digital');
INSERT INTO generated_modules (id, course_id, module_number, title) VALUES ('00000000-0000-4000-8000-0000000000c2', '00000000-0000-4000-8000-0000000000c1', 1, repeat('long ', 400000));
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty) VALUES ('00000000-0000-4000-8000-0000000000c3', '00000000-0000-4000-8000-0000000000c2', 1, repeat('long ', 400000), 'python', 'easy');
INSERT INTO achievements (name, description, badge_icon, criteria, slug) VALUES (repeat('long ', 400), '', repeat('x', 3000), '{"metric": "exercises_solved", "at_least": 1}', repeat('long ', 30));
RESET row_security;
UPDATE generated_courses SET status = 'paused', title = title WHERE id = '00000000-0000-4000-8000-0000000000c1';
RESET learnify.automation;
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score) VALUES (:'ada', '00000000-0000-4000-8000-0000000000c2', '00000000-0000-4000-8000-0000000000c3', 'python', true, 90);
SELECT f.activity_type, (SELECT max(length(v.value)) FROM jsonb_each_text(f.metadata) AS v) AS longest FROM activity_feed AS f WHERE f.metadata <> '{}' ORDER BY 1, 2;
UPDATE module_completions SET score = 100 WHERE score = 90;
SELECT count(*) AS corrected FROM activity_feed WHERE metadata ->> 'score' = '100';
INSERT INTO users (id, email, password_hash, name) VALUES ('00000000-0000-4000-8000-000000000b0b', 'bob@example.org', '!', 'Bob');
INSERT INTO user_relationships (follower_id, following_id) VALUES ('00000000-0000-4000-8000-000000000b0b', :'ada');
SELECT learnify_internal.fit_text(repeat('x', 301), 'title') = repeat('x', 300) AS cut, learnify_internal.fit_text(repeat('ä', 300), 'title') = repeat('ä', 300) AS whole,
       learnify_internal.fit_text(repeat('x', 2049), 'badge_icon') = '' AS of_no_use, learnify_internal.fit_text(E' \n', 'title') = E' \n' AS plain;

-- An import cuts what is too long, leaves out what is of no use when it is cut, and refuses
-- documents; the report says so.
CREATE SCHEMA regress_old;
CREATE TABLE regress_old.users (id integer, email text, name text, password_hash text);
CREATE TABLE regress_old.generated_courses (id integer, user_id integer, title text, description text, meta_category text, injected_variables jsonb);
CREATE TABLE regress_old.course_tags (course_id integer, tag text);
CREATE TABLE regress_old.achievements (id integer, name text, description text, badge_icon text, slug text, criteria jsonb);
INSERT INTO regress_old.users VALUES (1, 'old@example.org', 'Old', repeat('x', 501));
INSERT INTO regress_old.generated_courses VALUES (1, 1, repeat('x', 2000000), repeat('x', 10001), 'Digital', '{}'), (2, 1, 'Long', '', 'Digital', to_jsonb(repeat('x', 250000))),
  (3, 1, 'Deep', '', 'Digital', (repeat('[', 33) || repeat(']', 33))::jsonb);
INSERT INTO regress_old.course_tags VALUES (1, repeat('x', 201)), (1, repeat('x', 200));
INSERT INTO regress_old.achievements VALUES (1, repeat('x', 201), 'x', repeat('x', 2049), 'fine', '{"metric": "streak_days", "at_least": 1}'),
  (2, 'Slug', 'x', 'x', repeat('x', 101), '{"metric": "streak_days", "at_least": 1}');
SELECT table_name, rows_written AS written, rows_refused AS refused, rows_adjusted AS adjusted, reason, samples
FROM import_legacy('regress_old', 'UTC') WHERE table_name IN ('users', 'generated_courses', 'course_tags', 'achievements') AND reason !~ 'missing|no column|not copied|no such column';
SELECT c.title = repeat('x', 300) AS title, length(c.description) AS description, length(t.tag) AS tag, u.password_hash
FROM users AS u JOIN generated_courses AS c ON c.user_id = u.id LEFT JOIN course_tags AS t ON t.course_id = c.id WHERE u.email = 'old@example.org'
ORDER BY 2 DESC, 1;
DROP SCHEMA regress_old CASCADE;
DELETE FROM generated_courses;
DELETE FROM users;
DELETE FROM achievements WHERE slug = 'fine' OR name = 'Slug' OR name LIKE 'long%';
DELETE FROM learnify_internal.imported_rows;
