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
