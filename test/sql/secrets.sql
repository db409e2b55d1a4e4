-- No error, with its detail, hint and context, has a password or a hash in it, whoever gets it and
-- wherever it is logged.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET learnify.password_cost = 4;
DELETE FROM users;
INSERT INTO users (id, email, password_hash, name) VALUES
  ('00000000-0000-4000-8000-000000000ada', 'ada@example.org', hash_password('TopSecret horse'), 'Ada'),
  ('00000000-0000-4000-8000-000000000b0b', 'bob@example.org', '$2b$04$TopSecret', 'Bob');
CREATE TEMP TABLE secrets AS SELECT substr(password_hash, 8) AS secret FROM users UNION ALL SELECT 'TopSecret';
CREATE FUNCTION pg_temp.try(statement text, a text DEFAULT NULL, OUT code text, OUT place text, OUT leaks bigint)
LANGUAGE plpgsql AS $$
DECLARE
  message text; detail text; hint text; context text; relation text; attribute text; rule text;
BEGIN
  EXECUTE statement USING a;
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, relation = TABLE_NAME, attribute = COLUMN_NAME, rule = CONSTRAINT_NAME,
    message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT;
  place := concat_ws(' ', nullif(relation, ''), nullif(attribute, ''), nullif(rule, ''));
  leaks := (SELECT count(*) FROM secrets AS s WHERE strpos(concat(message, detail, hint, regexp_replace(context, 'SQL statement "(UPDATE|INSERT) .*', '')), s.secret) > 0);
END
$$;
-- Functions.
SELECT v.statement, t.*
FROM (VALUES
  ('SELECT register_user(''nobody'', $1, ''Name'')', 'TopSecret horse'),
  ('SELECT register_user(''ADA@example.org'', $1, ''Name'')', 'TopSecret horse'),
  ('SELECT register_user(''new@example.org'', $1, '''')', 'TopSecret horse'),
  ('SELECT register_user(''new@example.org'', $1, ''Name'', ''Nowhere'')', 'TopSecret horse'),
  ('SELECT register_user(''new@example.org'', $1, ''Name'')', 'TopSecret' || repeat('x', 64)),
  ('SELECT register_user(''new@example.org'', $1, ''Name'')', E'TopSecret\nhorse'),
  ('SELECT register_user(''new@example.org'', $1, ''Name'')', 'TopSecret' || repeat('x', 1000000)),
  ('SELECT change_password(id, $1, ''battery staple'') FROM users', 'TopSecret house'),
  ('SELECT change_password(id, $1, $1 || chr(10)) FROM users WHERE name = ''Ada''', 'TopSecret horse'),
  ('SELECT change_email(id, $1, ''bob@example.org'') FROM users WHERE name = ''Ada''', 'TopSecret horse'),
  ('SELECT change_email(id, $1, ''nobody'') FROM users WHERE name = ''Ada''', 'TopSecret horse'),
  ('SELECT set_password(id, $1) FROM users', E'TopSecret\nhorse'),
  ('SELECT set_password(md5(''nobody'')::uuid, $1)', 'TopSecret horse'),
  ('SELECT set_email(id, ''bob@example.org'') FROM users WHERE name = ''Ada''', NULL),
  ('SELECT redeem_token($1, ''anything'')', 'TopSecret'),
  ('SELECT hash_password($1)', 'TopSecret' || repeat('x', 64)),
  ('SELECT hash_password($1)', E'TopSecret\u200Bhorse'),
  ('SELECT verify_password(''x'', $1)', '$2b$31$TopSecret' || repeat('x', 44)),
  ('SELECT authenticate(''ada@example.org'', $1) FROM generate_series(1, 21)', 'TopSecret house')) AS v (statement, a)
CROSS JOIN LATERAL pg_temp.try(v.statement, v.a) AS t;
-- Statements: the constraints of the table, by each of its columns, and the rules of its texts.
SELECT v.statement, t.*
FROM (SELECT format('UPDATE users SET %I = NULL WHERE name = ''Ada''', a.attname), a.attnum
      FROM pg_attribute AS a WHERE a.attrelid = 'users'::regclass AND a.attnum > 0 AND NOT a.attisdropped
      UNION ALL
      SELECT s.statement, 100 + s.n
      FROM unnest(ARRAY[
        'UPDATE users SET max_visibility = ''everybody''', 'UPDATE users SET email = ''nobody''', 'UPDATE users SET name = ''''',
        'UPDATE users SET name = repeat(''x'', 101)', 'UPDATE users SET time_zone = ''Nowhere''', 'UPDATE users SET avatar_url = repeat(''x'', 2049)',
        'UPDATE users SET email = ''bob@example.org''', 'UPDATE users SET password_hash = ''TopSecret'' || repeat(''x'', 500)',
        'INSERT INTO users (email, password_hash, name) VALUES (''new@example.org'', ''TopSecret'', NULL)',
        'INSERT INTO users (email, password_hash, name, max_visibility) VALUES (''new@example.org'', ''TopSecret'', ''New'', '''')',
        'INSERT INTO users (email, password_hash, name) VALUES (''new'', ''TopSecret'', ''New'')',
        'INSERT INTO users (id, email, password_hash, name) SELECT id, ''new@example.org'', ''TopSecret'', ''New'' FROM users']) WITH ORDINALITY AS s (statement, n)) AS v (statement, n)
CROSS JOIN LATERAL pg_temp.try(v.statement) AS t
ORDER BY v.n;
-- The message is PostgreSQL's.

UPDATE users SET name = NULL;
UPDATE users SET max_visibility = 'everybody';

-- A column that somebody has added may be empty.
BEGIN;
ALTER TABLE users ADD COLUMN nickname text;
UPDATE users SET nickname = NULL, max_visibility = 'private';
INSERT INTO users (email, password_hash, name) VALUES ('new@example.org', '!', 'New');
SELECT count(*) AS users FROM users;
ROLLBACK;
DELETE FROM users;
DELETE FROM learnify_internal.login_failures;

-- Solutions and hidden test cases, which a function that runs as the owner writes for a learner:
-- every constraint of the tables that hold them, and a course from a faulty blueprint.
CREATE TEMP TABLE faults AS
SELECT c.relname AS relation, format('%I = NULL', a.attname) AS fault, a.attnum AS number
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND a.attnotnull AND NOT a.attisdropped
WHERE c.oid IN ('exercises'::regclass, 'generated_modules'::regclass, 'blueprint_modules'::regclass)
UNION ALL
VALUES
  ('exercises', 'language = ''cobol''', 101), ('exercises', 'test_cases = ''{"TopSecret": 1}''', 102), ('exercises', 'difficulty = ''extreme''', 103),
  ('exercises', 'points = 1001', 104), ('exercises', 'hints = ''"TopSecret"''', 105),
  ('generated_modules', 'module_number = 8', 101), ('generated_modules', 'status = ''open''', 102),
  ('blueprint_modules', 'module_number = 8', 101), ('blueprint_modules', 'difficulty = ''hard''', 102), ('blueprint_modules', 'estimated_hours = 0', 103),
  ('blueprint_modules', 'learning_objectives = ''{}''', 104), ('blueprint_modules', 'variable_schema = ''[]''', 105), ('blueprint_modules', 'content_template = ''[]''', 106);
INSERT INTO users (id, email, password_hash, name) VALUES ('00000000-0000-4000-8000-000000000eee', 'eve@example.org', '!', 'Eve');
INSERT INTO generated_courses (id, user_id, title, meta_category) VALUES ('00000000-0000-4000-8000-0000000000c1', '00000000-0000-4000-8000-000000000eee', 'Course', 'Digital');
INSERT INTO generated_modules (id, course_id, module_number, title, description) VALUES ('00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-0000000000c1', 1, 'Module', 'TopSecret');
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty, solution_code, test_cases)
VALUES ('00000000-0000-4000-8000-0000000000e1', '00000000-0000-4000-8000-0000000000a1', 1, 'Exercise', 'python', 'easy', 'TopSecret', '[{"input": "TopSecret", "expected_output": "1", "is_hidden": true}]');
BEGIN;
SET LOCAL client_min_messages = error;
UPDATE blueprint_modules SET description_template = 'TopSecret' WHERE module_number = 1;
SELECT f.relation, f.fault, t.*
FROM faults AS f
CROSS JOIN LATERAL pg_temp.try(format('UPDATE %I SET %s', f.relation, f.fault)) AS t
ORDER BY f.relation, f.number;
UPDATE blueprint_modules SET active = module_number = 1;
UPDATE blueprint_modules
SET content_template = '{"lessons": [], "exercises": [{"title": "Exercise", "language": "python", "difficulty": "extreme", "solution_code": "TopSecret", "test_cases": []}]}'
WHERE module_number = 1;
SELECT choose_archetype('00000000-0000-4000-8000-000000000eee', 'Digital', 'tea', 'novice') \g /dev/null
SELECT set_variables('00000000-0000-4000-8000-000000000eee', (SELECT jsonb_object_agg(v, 'word') FROM missing_variables('00000000-0000-4000-8000-000000000eee') AS m, unnest(m.missing) AS v)) \g /dev/null
SELECT * FROM pg_temp.try('SELECT generate_course(''00000000-0000-4000-8000-000000000eee'')');
ROLLBACK;
DELETE FROM generated_courses;
DELETE FROM users;
