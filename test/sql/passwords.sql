-- Passwords: bcrypt hashes through the system's libcrypt.
-- Clean up after a run that was interrupted.
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_anyone, regress_learner, regress_backend;
RESET client_min_messages;

-- Returns the error of a statement.
CREATE FUNCTION pg_temp.error_of(statement text, OUT code text, OUT message text, OUT hint text)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
  message := 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
END
$$;

-- The tests use the lowest cost, 4.
SET learnify.password_cost = 4;

-- A hash has the cost and a random salt, and verifies only its own password.
CREATE TEMP TABLE hashes AS
SELECT n, hash_password('correct horse battery') AS hash FROM generate_series(1, 3) AS n;
SELECT n, hash ~ '^\$2b\$04\$[./A-Za-z0-9]{53}$' AS well_formed,
       verify_password('correct horse battery', hash) AS right_password,
       verify_password('Correct horse battery', hash) AS other_case,
       verify_password('correct horse batteryx', hash) AS longer,
       verify_password('correct horse batter', hash) AS shorter,
       verify_password('', hash) AS empty
FROM hashes ORDER BY n;
SELECT count(DISTINCT substr(hash, 8, 22)) AS salts, count(DISTINCT hash) AS hashes FROM hashes;

-- The setting determines the cost of new hashes; hashes of another cost still verify.
SET learnify.password_cost = 5;
SELECT left(hash_password('correct horse battery'), 7) AS prefix,
       verify_password('correct horse battery', hash) AS at_cost_4
FROM hashes WHERE n = 1;
SET learnify.password_cost = 4;

-- Hashes published by Openwall's crypt_blowfish ($2a$), the Python packages bcrypt and passlib
-- ($2b$, and one beyond ASCII) and Laravel ($2y$).
CREATE TEMP TABLE published (password text, hash text);
INSERT INTO published VALUES
  ('U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'),
  ('U*U*', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK'),
  ('U*U*U', '$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'),
  ('', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy'),
  ('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored',
   '$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui'),
  ('táБℓə', '$2a$05$Z17AXnnlpzddNUvnC6cZNOSwMA/8oNiKnHTHTwLlBijfucQQlHjaG'),
  ('Kk4DQuMMfZL9o', '$2b$04$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3YEm'),
  ('password', '$2y$10$92IXUNpkjO0rOQ5byMi.Ye4oKoEa3Ro9llC/.og/at2.uheWG/igi');
SELECT left(password, 20) AS password, left(hash, 7) AS prefix,
       verify_password(password, hash) AS verifies,
       verify_password('x' || password, hash) AS with_another
FROM published;

-- The prefixes are equivalent for an ASCII password.
SELECT prefix, verify_password('U*U', prefix || '05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW')
FROM unnest(ARRAY['$2a$', '$2b$', '$2y$']) AS prefix;

-- The salt's last character has four bits to spare. Some libraries set them;
-- bcrypt does not read them.
SELECT verify_password('U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC/E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW');

-- For any other hash the result is false, and never an error, even if libcrypt knows the scheme and
-- the password is right.
SELECT reason, verify_password('U*U', hash)
FROM (VALUES
  ('empty', ''),
  ('crypt''s failure', '*0'),
  ('a plain password', 'U*U'),
  ('prefix only', '$2b$05$'),
  ('no digest', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.'),
  ('one character short', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe'),
  ('one character more', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeWW'),
  ('a character not in the alphabet', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyO+W'),
  ('no $ after the cost', '$2a$05xCCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'),
  ('a cost that is no number', '$2a$ 5$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'),
  ('cost 3', '$2a$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'),
  ('cost 32', '$2a$32$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'),
  ('the broken $2x$', '$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'),
  ('an unknown $2z$', '$2z$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'),
  ('MD5', '$1$saltsalt$eCO9Xe85XuPs3sRCW8ErV1'),
  ('DES', 'abCY/CHNnliwA'),
  ('SHA-512', '$6$saltsalt$Gyietdg4VSA4kbw1r9MQ8NoH4SzUJHgYu8xH9KHTcCsOXSDz/q8rT2Q.7TpFVRt0wLu3QHCmBZyrUH6EKsZ3./'),
  ('long', repeat('$2a$05$', 1000))
) AS v (reason, hash);

-- Every character of the digest counts.
SELECT count(*) AS characters,
       count(*) FILTER (WHERE verify_password('U*U', overlay(hash PLACING 'x' FROM n FOR 1))) AS verify_when_changed
FROM published, generate_series(30, 60) AS n
WHERE password = 'U*U';

-- bcrypt reads 72 bytes. verify_password ignores further ones, up to the 511 bytes that libcrypt
-- accepts; hash_password refuses longer passwords (below).
SELECT length, verify_password(repeat('x', length), hash) AS verifies
FROM (SELECT hash_password(repeat('x', 72)) AS hash) AS h, unnest(ARRAY[71, 72, 73, 511, 512, 100000]) AS length;

-- A password is hashed in normalisation form KC, so that it does not matter how a
-- device writes its characters.
SELECT chosen, typed, verify_password(typed, hash_password(chosen)) AS verifies
FROM (VALUES (U&'p\00E4ssw\00F6rter', U&'pa\0308sswo\0308rter'), (U&'pa\0308sswo\0308rter', U&'p\00E4ssw\00F6rter'), (U&'\FB01ne pass words', 'fine pass words'),
             (U&'\FF50\FF41\FF53\FF53\FF57\FF4F\FF52\FF44', 'password'), (U&'no\00A0break\3000space', 'no break space'), (U&'\C8FC\C778 password', U&'\110C\116E\110B\1175\11AB password'),
             (U&'p\00E4ssw\00F6rter', 'passworter'), ('Password', 'password')) AS v (chosen, typed);
-- Hashes of passwords that were not normalised, made elsewhere or by an earlier version, still
-- verify. In normalisation form KC, ℓ is l.
SELECT verify_password('táБℓə', '$2a$05$Z17AXnnlpzddNUvnC6cZNOSwMA/8oNiKnHTHTwLlBijfucQQlHjaG') AS as_given,
       verify_password('táБlə', '$2a$05$Z17AXnnlpzddNUvnC6cZNOSwMA/8oNiKnHTHTwLlBijfucQQlHjaG') AS normalised;
-- Blanks around a password are ignored if it was chosen without them and is long enough. Blanks
-- inside, and those with which it was chosen, are part of the password.
SELECT chosen, typed, verify_password(typed, hash_password(chosen)) AS verifies
FROM (VALUES ('correct horse', ' correct horse'), ('correct horse', E'correct horse\n'), ('correct horse', E'\u00A0\tcorrect horse \uFEFF'),
             ('correct horse', 'correcthorse'), ('correct horse', 'correct  horse'), (' correct horse', ' correct horse'), (' correct horse', '  correct horse'),
             (' correct horse', 'correct horse'), ('        ', '        '), ('        ', '         ')) AS v (chosen, typed) \g (format=unaligned)
SELECT verify_password(' U*U ', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW') AS of_three_characters;

-- The minimum is in characters, the maximum in bytes.
SELECT password, verify_password(password, hash_password(password)) AS verifies
FROM (VALUES ('12345678'), ('        '), ('пароль78'), ('密码密码密码密码'), (repeat('密', 24)), (repeat('x', 72))) AS v (password);

\pset format unaligned
\pset tuples_only
SELECT call, e.code, e.message, e.hint
FROM unnest(ARRAY[
  'hash_password('''')',
  'hash_password(''secret7'')',
  'hash_password(''密码密码密码密'')',
  'hash_password(repeat(''x'', 73))',
  'hash_password(repeat(''é'', 37))',
  'hash_password(repeat(''x'', 100000))',
  'hash_password(E''correct\nhorse'')',
  'hash_password(E''correct horse\r'')',
  'hash_password(E''correct\u200Bhorse'')',
  'hash_password(E''correct\u202Ehorse'')',
  'hash_password(E''\uFEFFcorrect horse'')',
  'hash_password(E''12345\uFDFA'')',
  'hash_password(E''a\u0308b\u0308c\u0308d\u0308'')',
  'hash_password(repeat(E''\uFDFA'', 8))',
  'verify_password(E''correct\nhorse\u200B'', hash_password(''correct horse''))',
  'verify_password(''U*U'', ''$2a$21$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'')',
  'verify_password(''U*U'', ''$2y$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'')'
]) AS call, pg_temp.error_of('SELECT ' || call) AS e
\g (recordsep='\n\n' fieldsep='\n')
\pset format aligned
\pset tuples_only off

SELECT hash_password(NULL), verify_password(NULL, ''), verify_password('', NULL);
RESET learnify.password_cost;

-- A hash keeps a processor busy, and no cancel ends it. So only back ends hash and verify,
-- a role sets the cost only if it has been granted that, and the cost has a limit.
SET client_min_messages = warning;
CREATE ROLE regress_anyone;
CREATE ROLE regress_learner;
CREATE ROLE regress_backend BYPASSRLS;
SELECT grant_learner('regress_learner'), grant_backend('regress_backend');
RESET client_min_messages;
\pset format unaligned
\pset tuples_only
CREATE FUNCTION pg_temp.error_as(role text, statement text, OUT code text, OUT message text)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', role);
  SELECT e.code, e.message INTO code, message FROM pg_temp.error_of(statement) AS e;
  EXECUTE 'RESET ROLE';
END
$$;
BEGIN;
SELECT role, statement, e.code, e.message
FROM unnest(ARRAY['regress_anyone', 'regress_learner', 'regress_backend']) AS role
CROSS JOIN unnest(ARRAY['SET LOCAL learnify.password_cost = 15', 'SELECT set_config(''learnify.password_cost'', ''15'', true)',
                        'SELECT hash_password(''correct horse'')', 'SELECT verify_password(''U*U'', ''!'')',
                        'SELECT learnify_internal.try_password(''correct horse'', NULL, true)',
                        'SELECT authenticate(''nobody@example.org'', ''correct horse'')',
                        'SELECT register_user(role || ''@example.org'', ''correct horse'', role) FROM current_setting(''role'') AS role']) AS statement
CROSS JOIN LATERAL pg_temp.error_as(role, statement) AS e;
ROLLBACK;
GRANT SET ON PARAMETER learnify.password_cost TO regress_backend;
SELECT e.* FROM pg_temp.error_as('regress_backend', 'SET LOCAL learnify.password_cost = 5') AS e;
REVOKE SET ON PARAMETER learnify.password_cost FROM regress_backend;
SET learnify.password_cost = 16;
-- A value set before the library is loaded is checked when it is loaded.
\c
\pset format unaligned
\pset tuples_only
SET SESSION AUTHORIZATION regress_anyone;
SET learnify.password_cost = 15;
RESET SESSION AUTHORIZATION;
SELECT is_time_zone_name('UTC');
SHOW learnify.password_cost;
DROP OWNED BY regress_learner, regress_backend;
DROP ROLE regress_anyone, regress_learner, regress_backend;
