-- What authenticate tells about who is there, and how failed logins have to wait.
\set SHOW_CONTEXT never
DELETE FROM learnify_internal.login_failures;  -- of other tests
SET learnify.password_cost = 6;
INSERT INTO users (email, password_hash, name)
SELECT v.name || '@example.org', v.password_hash, v.name
FROM (VALUES ('same', hash_password('correct horse')),
             -- U*U at cost 5, and a hash of nothing that anybody knows
             ('cheaper', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'),
             ('dearer', '$2b$07$NoAccountHasThisSalt..' || repeat('.', 31)),
             ('none', '!'), ('md5', '5f4dcc3b5aa765d61d8327deb882cf99'),
             ('hours', '$2b$21$NoAccountHasThisSalt..' || repeat('.', 31))) AS v (name, password_hash);

-- An address that nobody has costs what a wrong password costs: 2^6 rounds, be the hash of that
-- cost, of a lower one, or none that can be verified. Only a hash of a higher cost costs more. With
-- blanks around the password it is tried twice, whoever has the address. Each bcrypt says so.
SET learnify.login_attempts = 0;
SET client_min_messages = debug1;
\set QUIET on
\pset tuples_only
\echo nobody
SELECT authenticate('nobody@example.org', 'wrong horse');
\echo same cost
SELECT authenticate('same@example.org', 'wrong horse');
\echo a cheaper hash
SELECT authenticate('cheaper@example.org', 'wrong horse');
\echo no hash
SELECT authenticate('none@example.org', 'wrong horse');
\echo another scheme
SELECT authenticate('md5@example.org', 'wrong horse');
\echo a hash that would take hours
SELECT authenticate('hours@example.org', 'wrong horse');
\echo a dearer hash
SELECT authenticate('dearer@example.org', 'wrong horse');
\echo nobody, with blanks
SELECT authenticate('nobody@example.org', ' wrong horse');
\echo same cost, with blanks
SELECT authenticate('same@example.org', ' wrong horse');
\echo a cheaper hash, with blanks
SELECT authenticate('cheaper@example.org', ' wrong horse');
-- libcrypt does not hash 512 bytes, and nothing makes up for it
\echo too long
SELECT authenticate('nobody@example.org', repeat('x', 512)), authenticate('cheaper@example.org', repeat('x', 512)),
       authenticate('cheaper@example.org', repeat('x', 5000));
-- The right password is hashed again where the cost has changed, up or down, and only then.
\echo right, same cost
SELECT authenticate('same@example.org', 'correct horse') IS NOT NULL;
\echo right, cheaper
SELECT authenticate('cheaper@example.org', 'U*U') IS NOT NULL;
\echo right, now of the same cost
SELECT authenticate('cheaper@example.org', 'U*U') IS NOT NULL;
SET learnify.password_cost = 5;
\echo right, dearer
SELECT authenticate('cheaper@example.org', 'U*U') IS NOT NULL;
RESET client_min_messages;
SELECT left(password_hash, 7) FROM users WHERE email = 'cheaper@example.org';

-- It is the password that was right which is hashed again, and not how it was typed: neither
-- with the blanks that are forgiven, nor less than bcrypt reads of one.
\pset tuples_only off
SET learnify.password_cost = 4;
CREATE FUNCTION pg_temp.renewed(chosen text, typed text, OUT is_in boolean, OUT prefix text, OUT as_chosen boolean, OUT as_typed boolean)
LANGUAGE plpgsql AS $$
DECLARE
  renewed text;
BEGIN
  SET LOCAL learnify.password_cost = 5;
  UPDATE users SET password_hash = hash_password(chosen) WHERE name = 'same';
  SET LOCAL learnify.password_cost = 4;
  is_in := authenticate('same@example.org', typed) IS NOT NULL;
  renewed := (SELECT password_hash FROM users WHERE name = 'same');
  prefix := left(renewed, 7);
  as_chosen := verify_password(chosen, renewed);
  as_typed := verify_password(typed, renewed);
END
$$;
SELECT chosen, typed, r.*
FROM (VALUES ('correct horse', 'correct horse'), ('correct horse', ' correct horse'), (' correct horse', ' correct horse'),
             (U&'pa\0308sswo\0308rter', U&'p\00E4ssw\00F6rter'), (repeat('x', 72), repeat('x', 80)), ('correct horse', 'wrong horse')) AS v (chosen, typed)
CROSS JOIN LATERAL pg_temp.renewed(chosen, typed) AS r;
-- Hashed elsewhere, of the password as it was given: renewed in the form that any device has.
SET learnify.password_cost = 4;
UPDATE users SET password_hash = '$2a$05$Z17AXnnlpzddNUvnC6cZNOSwMA/8oNiKnHTHTwLlBijfucQQlHjaG' WHERE name = 'same';
SELECT authenticate('same@example.org', 'táБℓə') IS NOT NULL AS is_in;
SELECT left(password_hash, 7) AS prefix, verify_password('táБℓə', password_hash) AS as_given, verify_password('táБlə', password_hash) AS normalised
FROM users WHERE name = 'same';

-- After some failures, an address waits: one second, then twice as long each time, up to a
-- limit, whether or not there is an account. Nothing is hashed meanwhile, and nothing counted.
RESET learnify.login_attempts;
UPDATE users SET password_hash = hash_password('correct horse') WHERE name = 'same';
CREATE FUNCTION pg_temp.login(email text, password text, OUT is_in boolean, OUT code text, OUT argument text, OUT message text, OUT detail text, OUT hint text)
LANGUAGE plpgsql AS $$
BEGIN
  is_in := authenticate(email, password) IS NOT NULL;
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, argument = COLUMN_NAME, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
END
$$;
-- time passes for those who wait
CREATE FUNCTION pg_temp.later(passed interval) RETURNS void LANGUAGE sql
AS 'UPDATE learnify_internal.login_failures SET failed_at = failed_at - passed';
CREATE FUNCTION pg_temp.attempts_until_refused(email text) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  -- the first waits are short, and this machine may be slow
  FOR n IN 0 .. 20 LOOP
    IF (pg_temp.login(CASE WHEN n % 2 = 0 THEN upper(email) ELSE email END, 'wrong ' || n)).code = '55L02' THEN
      RETURN n;
    END IF;
  END LOOP;
END
$$;
SELECT email, pg_temp.attempts_until_refused(email) BETWEEN 5 AND 20 AS five_or_more
FROM unnest(ARRAY['same@example.org', 'nobody@example.org']) AS email;
UPDATE learnify_internal.login_failures SET failures = 15;
\x
SELECT l.is_in, l.code, l.argument, l.message, regexp_replace(l.detail, '\d+', '...') AS detail, l.hint
FROM pg_temp.login('same@example.org', 'correct horse') AS l;
\x
SELECT failures, count(*) FROM learnify_internal.login_failures GROUP BY failures;
SELECT failures, learnify_internal.login_wait(failures) AS seconds
FROM unnest(ARRAY[0, 4, 5, 6, 7, 14, 15, 1000001]) AS failures;
BEGIN;
SET LOCAL learnify.login_attempts = 2;
SET LOCAL learnify.login_max_wait = '1 d';
SELECT failures, learnify_internal.login_wait(failures) AS seconds FROM unnest(ARRAY[1, 2, 18, 19, 2147483647]) AS failures;
SET LOCAL learnify.login_attempts = 0;
SELECT failures, learnify_internal.login_wait(failures) AS seconds FROM unnest(ARRAY[0, 100]) AS failures;
-- An application that knows the owner's device need not let them wait for what others do.
SELECT l.is_in, l.code FROM pg_temp.login('same@example.org', 'correct horse') AS l;
ROLLBACK;
-- The wait ends, and after a failure there is another.
SELECT pg_temp.later('10 minutes');
SELECT l.is_in, l.code FROM pg_temp.login('same@example.org', 'correct horse') AS l;
SELECT pg_temp.later('5 minutes');
SELECT l.is_in, l.code FROM pg_temp.login('same@example.org', 'wrong horse') AS l;
SELECT l.is_in, l.code FROM pg_temp.login('same@example.org', 'correct horse') AS l;
SELECT pg_temp.later('15 minutes');
-- A success begins anew, and so does a day without a failure.
SELECT l.is_in, l.code FROM pg_temp.login('same@example.org', 'correct horse') AS l;
SELECT count(*) AS still_counted FROM learnify_internal.login_failures WHERE address = learnify_internal.login_address('same@example.org');
SELECT n, l.is_in, l.code FROM generate_series(1, 3) AS n CROSS JOIN LATERAL pg_temp.login('same@example.org', 'wrong ' || n) AS l;
SELECT pg_temp.later('25 hours');
SELECT l.is_in, l.code FROM pg_temp.login('same@example.org', 'wrong horse') AS l;
SELECT failures FROM learnify_internal.login_failures WHERE address = learnify_internal.login_address('same@example.org');
-- What nobody asks for any more is forgotten by others' failures.
SELECT count(*) AS addresses FROM learnify_internal.login_failures;
INSERT INTO learnify_internal.login_failures SELECT n::text::bytea, 1, now() - interval '2 days' FROM generate_series(1, 15) AS n;
SELECT l.is_in, l.code FROM pg_temp.login('same@example.org', 'wrong horse') AS l;
SELECT count(*) AS addresses FROM learnify_internal.login_failures;
SELECT l.is_in, l.code FROM pg_temp.login('same@example.org', 'wrong horse') AS l;
SELECT count(*) AS addresses FROM learnify_internal.login_failures;
-- A clock that was set back locks nobody out.
UPDATE learnify_internal.login_failures SET failures = 1000, failed_at = now() + interval '1 year';
SELECT l.is_in, l.code FROM pg_temp.login('same@example.org', 'correct horse') AS l;

-- On a standby, and in any transaction that may only read, logins are answered, but neither
-- counted nor renewed; those who have to wait do.
SELECT n, l.is_in FROM generate_series(1, 4) AS n CROSS JOIN LATERAL pg_temp.login('same@example.org', 'wrong ' || n) AS l;
SET learnify.password_cost = 5;
BEGIN READ ONLY;
SELECT l.is_in, l.code FROM pg_temp.login('same@example.org', 'wrong horse') AS l;
SELECT l.is_in, l.code FROM pg_temp.login('same@example.org', 'correct horse') AS l;
SELECT failures FROM learnify_internal.login_failures;
SELECT left(password_hash, 7) FROM users WHERE name = 'same';
COMMIT;
UPDATE learnify_internal.login_failures SET failures = 15;
BEGIN READ ONLY;
SELECT l.is_in, l.code FROM pg_temp.login('same@example.org', 'correct horse') AS l;
COMMIT;

-- What is counted about somebody is exported, and gone when they are.
SELECT export_user(id) -> 'login_failures' -> 0 ->> 'failures' AS exported FROM users WHERE name = 'same';
SELECT erase_user(id) FROM users WHERE name = 'same';
SELECT count(*) AS addresses FROM learnify_internal.login_failures;
DELETE FROM users WHERE email LIKE '%@example.org';
