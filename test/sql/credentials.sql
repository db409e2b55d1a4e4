-- Passwords and addresses that are changed, and one-time tokens.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_learner;
SET learnify.password_cost = 4;
DELETE FROM users;
DELETE FROM learnify_internal.login_failures;  -- of other tests
\set ada '00000000-0000-4000-8000-000000000ada'
\set bob '00000000-0000-4000-8000-000000000b0b'
INSERT INTO users (id, email, password_hash, name) VALUES
  (:'ada', 'ada@example.org', hash_password('correct horse'), 'Ada'), (:'bob', 'bob@example.org', hash_password('correct horse'), 'Bob');
CREATE FUNCTION pg_temp.try(call text, OUT result text, OUT code text, OUT place text, OUT message text)
LANGUAGE plpgsql AS $$
DECLARE
  relation text; attribute text; rule text;
BEGIN
  EXECUTE 'SELECT ' || replace(replace(call, '#ada', '''00000000-0000-4000-8000-000000000ada'''), '#bob', '''00000000-0000-4000-8000-000000000b0b''') INTO result;
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, relation = TABLE_NAME, attribute = COLUMN_NAME, rule = CONSTRAINT_NAME, message = MESSAGE_TEXT;
  place := concat_ws(' ', nullif(relation, ''), nullif(attribute, ''), nullif(rule, ''));
END
$$;
CREATE FUNCTION pg_temp.failures(email text) RETURNS integer LANGUAGE sql
AS 'SELECT f.failures FROM learnify_internal.login_failures AS f WHERE f.address = learnify_internal.login_address(email)';
CREATE FUNCTION pg_temp.counting(call text, OUT result text, OUT code text, OUT place text, OUT message text, OUT failures integer, OUT address text)
LANGUAGE plpgsql AS $$
BEGIN
  SELECT t.* INTO result, code, place, message FROM pg_temp.try(call) AS t;
  address := (SELECT u.email FROM public.users AS u WHERE u.name = 'Ada');
  failures := pg_temp.failures(address);
END
$$;
CREATE FUNCTION pg_temp.is_in(email text, password text) RETURNS boolean LANGUAGE sql
AS 'SELECT authenticate(email, password) IS NOT NULL';

--
-- Passwords
--

-- The old one is needed, as a login would take it; a wrong one counts as a failed login.
SELECT c.call, t.*
FROM (VALUES (1, 'change_password(#ada, ''wrong horse'', ''battery staple'')'), (2, 'change_password(#ada, ''wrong horse'', ''short'')'),
             (3, 'change_password(#ada, ''correct horse'', ''short'')'), (4, 'change_password(#ada, '' correct horse'', ''battery staple'')'),
             (5, 'change_password(#ada, ''correct horse'', ''another horse'')'), (6, 'change_password(#ada, ''battery staple'', ''battery staple'')')) AS c (n, call)
CROSS JOIN LATERAL pg_temp.counting(c.call) AS t ORDER BY c.n;
SELECT pg_temp.is_in('ada@example.org', 'correct horse') AS old, pg_temp.is_in('ada@example.org', 'battery staple') AS new, pg_temp.is_in('bob@example.org', 'correct horse') AS of_bob;
-- What follows too many failures is a wait, for change_email as well, with the right password, too.
SELECT t.result FROM unnest(ARRAY['change_email(#ada, ''wrong horse'', ''eve@example.org'')', 'change_password(#ada, ''wrong horse'', ''x'')']) AS c (call) CROSS JOIN LATERAL pg_temp.try(c.call) AS t;
SELECT pg_temp.failures('ada@example.org');
UPDATE learnify_internal.login_failures SET failures = 15;
SELECT t.* FROM unnest(ARRAY['change_password(#ada, ''battery staple'', ''correct horse'')', 'change_email(#ada, ''battery staple'', ''eve@example.org'')', 'authenticate(''ada@example.org'', ''battery staple'')']) AS c (call)
CROSS JOIN LATERAL pg_temp.try(c.call) AS t;
-- A new password ends it, however it is set; the failures of others stay.
SELECT pg_temp.is_in('bob@example.org', 'wrong horse') AS bob_is_in;
SELECT set_password(:'ada', 'correct horse');
SELECT pg_temp.failures('ada@example.org') AS of_ada, pg_temp.failures('bob@example.org') AS of_bob, pg_temp.is_in('ada@example.org', 'correct horse') AS is_in;
SELECT pg_temp.is_in('ada@example.org', 'wrong horse') AS is_in;
UPDATE users SET password_hash = hash_password('battery staple') WHERE id = :'ada';
SELECT pg_temp.failures('ada@example.org') AS of_ada;
-- The rule for passwords is that of hash_password.
SELECT c.call, t.code, t.place FROM unnest(ARRAY['set_password(#ada, ''short'')', 'set_password(#ada, repeat(''x'', 73))', 'set_password(#ada, NULL)', 'set_password(NULL, ''correct horse'')',
  'set_password(md5(''nobody'')::uuid, ''correct horse'')', 'change_password(md5(''nobody'')::uuid, ''correct horse'', ''correct horse'')', 'change_password(#ada, NULL, ''correct horse'')',
  'change_password(#ada, ''battery staple'', NULL)', 'change_password(NULL, ''battery staple'', ''correct horse'')']) AS c (call)
CROSS JOIN LATERAL pg_temp.try(c.call) AS t;
-- A hash that cannot be verified is a wrong password.
UPDATE users SET password_hash = '!' WHERE id = :'bob';
SELECT t.* FROM unnest(ARRAY['change_password(#bob, ''!'', ''correct horse'')', 'change_email(#bob, ''!'', ''eve@example.org'')']) AS c (call) CROSS JOIN LATERAL pg_temp.try(c.call) AS t;
-- Where nothing can be counted, nothing is tried.
BEGIN READ ONLY;
SELECT t.code, t.message FROM unnest(ARRAY['change_password(#ada, ''wrong horse'', ''correct horse'')', 'change_password(#ada, ''battery staple'', ''correct horse'')', 'change_email(#ada, ''battery staple'', ''eve@example.org'')']) AS c (call)
CROSS JOIN LATERAL pg_temp.try(c.call) AS t;
COMMIT;

--
-- Addresses
--

SELECT set_password(:'bob', 'correct horse');
SELECT c.call, t.*
FROM (VALUES (1, 'change_email(#ada, ''wrong horse'', ''ann@example.org'')'), (2, 'change_email(#ada, ''battery staple'', '' Ann@example.org '')'), (3, 'set_email(#ada, ''ANN@example.org'')'),
             (4, 'change_email(#ada, ''battery staple'', ''ann@example.org'')')) AS c (n, call)
CROSS JOIN LATERAL pg_temp.counting(c.call) AS t ORDER BY c.n;
SELECT email FROM users ORDER BY email;
SELECT c.call, t.code, t.place, t.message FROM unnest(ARRAY['change_email(#ada, ''battery staple'', ''BOB@example.org'')', 'set_email(#ada, ''bob@example.org'')', 'set_email(#ada, '' Bob@example.org'')',
  'set_email(#ada, ''nobody'')', 'change_email(#ada, ''battery staple'', ''nobody'')', 'change_email(#ada, ''battery staple'', repeat(''x'', 250) || ''@example.org'')', 'set_email(#ada, E''a\u200Bda@example.org'')',
  'set_email(md5(''nobody'')::uuid, ''eve@example.org'')', 'change_email(md5(''nobody'')::uuid, ''battery staple'', ''eve@example.org'')', 'set_email(NULL, ''eve@example.org'')', 'set_email(#ada, NULL)',
  'change_email(NULL, ''battery staple'', ''eve@example.org'')', 'change_email(#ada, NULL, ''eve@example.org'')', 'change_email(#ada, ''battery staple'', NULL)']) AS c (call)
CROSS JOIN LATERAL pg_temp.try(c.call) AS t \g (format=unaligned)
-- The failures of the old address and of the new one are forgotten.
SELECT pg_temp.is_in('ann@example.org', 'wrong horse'), pg_temp.is_in('ada@example.org', 'wrong horse'), pg_temp.is_in('bob@example.org', 'wrong horse');
SELECT set_email(:'ada', 'ada@example.org');
SELECT pg_temp.failures('ann@example.org') AS before, pg_temp.failures('ada@example.org') AS now, pg_temp.failures('bob@example.org') AS of_bob;
-- A unique index of somebody else's is reported as it is.
BEGIN;
CREATE TABLE lower_names (name text CONSTRAINT one_of_a_kind UNIQUE);
INSERT INTO lower_names VALUES ('x');
CREATE FUNCTION note_name() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.lower_names VALUES ('x'); RETURN NULL; END $$;
CREATE TRIGGER note_name AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION note_name();
SELECT t.code, t.place FROM pg_temp.try('set_email(#ada, ''eve@example.org'')') AS t;
ROLLBACK;

--
-- Tokens
--

SELECT issue_token(:'ada', 'password_reset') AS token \gset
SELECT length(:'token') AS length, :'token' ~ '^[0-9a-f]+$' AS is_hexadecimal, :'token' <> issue_token(:'bob', 'password_reset') AS differs;
-- It is kept as a digest only.
SELECT count(*) AS rows, count(*) FILTER (WHERE strpos(t::text, :'token') > 0 OR strpos(encode(t.digest, 'escape'), :'token') > 0) AS tell FROM learnify_internal.account_tokens AS t;
SELECT expires_at - created_at AS ttl FROM learnify_internal.account_tokens WHERE user_id = :'ada';
-- Once, and for its purpose.
SELECT redeem_token(:'token', 'login') AS other_purpose, redeem_token(upper(:'token'), 'password_reset') AS other_case, redeem_token(left(:'token', 63), 'password_reset') AS cut,
       redeem_token('', 'password_reset') AS empty, redeem_token(repeat('\x', 1000000), 'password_reset') AS long;
SELECT redeem_token(:'token', 'password_reset') = :'ada' AS ada, redeem_token(:'token', 'password_reset') AS again;
-- The next one of the same purpose replaces it; others stay.
SELECT issue_token(:'ada', 'password_reset') AS first, issue_token(:'ada', 'email_verification') AS other \gset
SELECT issue_token(:'ada', 'password_reset', '1 minute') AS second \gset
SELECT redeem_token(:'first', 'password_reset') AS replaced, redeem_token(:'second', 'password_reset') = :'ada' AS last, redeem_token(:'other', 'email_verification') = :'ada' AS other;
-- It expires.
SELECT issue_token(:'ada', 'login', '1 microsecond') AS expired \gset
SELECT redeem_token(:'expired', 'login') AS expired;
SELECT issue_token(:'ada', 'login', '30 days') AS token \gset
UPDATE learnify_internal.account_tokens SET expires_at = expires_at - interval '30 days';
SELECT redeem_token(:'token', 'login') AS expired;
-- Rolled back, it is not redeemed.
SELECT issue_token(:'ada', 'password_reset') AS token \gset
BEGIN;
SELECT redeem_token(:'token', 'password_reset') = :'ada' AS ada, set_password(:'ada', 'short');
ROLLBACK;
BEGIN;
SELECT redeem_token(:'token', 'password_reset') = :'ada' AS ada, set_password(:'ada', 'correct horse');
COMMIT;
-- A changed password or address makes it void, by whatever way; other changes do not.
CREATE FUNCTION pg_temp.after(change text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  token text := issue_token('00000000-0000-4000-8000-000000000ada', 'password_reset');
BEGIN
  EXECUTE replace(change, '#ada', '''00000000-0000-4000-8000-000000000ada''');
  RETURN redeem_token(token, 'password_reset') IS NOT NULL;
END
$$;
SELECT c.change, pg_temp.after(c.change) AS valid
FROM unnest(ARRAY['SELECT change_password(#ada, ''correct horse'', ''battery staple'')', 'SELECT change_password(#ada, ''battery staple'', ''battery staple'')', 'SELECT change_password(#ada, ''wrong horse'', ''battery staple'')',
  'SELECT set_password(#ada, ''correct horse'')', 'UPDATE users SET password_hash = hash_password(''battery staple'')', 'SELECT set_email(#ada, ''ann@example.org'')', 'SELECT change_email(#ada, ''battery staple'', ''ada@example.org'')',
  'UPDATE users SET email = ''ann@example.org'' WHERE id = #ada', 'SELECT set_email(#ada, ''ann@example.org'')', 'SELECT authenticate(''ann@example.org'', ''battery staple'')', 'UPDATE users SET name = ''Ann''']) AS c (change);
-- A login that hashes the same password anew leaves it valid; a password that was set meanwhile does not.
BEGIN;
SET LOCAL learnify.password_cost = 5;
SELECT set_password(:'ada', 'correct horse') \g /dev/null
SELECT issue_token(:'ada', 'email_verification') AS token, issue_token(:'ada', 'login') AS other \gset
UPDATE learnify_internal.account_tokens SET account_digest = sha256('another password') WHERE purpose = 'login';
SET LOCAL learnify.password_cost = 4;
SELECT authenticate(email, 'correct horse') = :'ada' AS is_in FROM users WHERE id = :'ada';
SELECT left(password_hash, 7) AS renewed FROM users WHERE id = :'ada';
SELECT redeem_token(:'token', 'email_verification') = :'ada' AS valid, redeem_token(:'other', 'login') AS void;
ROLLBACK;
SELECT c.call, t.* FROM unnest(ARRAY['issue_token(#ada, ''password_reset'', ''0'')', 'issue_token(#ada, ''password_reset'', ''-1 s'')', 'issue_token(#ada, ''password_reset'', ''30 days 1 s'')', 'issue_token(#ada, ''anything'')', 'issue_token(#ada, NULL)',
  'issue_token(#ada, ''login'', NULL)', 'issue_token(NULL, ''login'')', 'issue_token(md5(''nobody'')::uuid, ''login'')', 'redeem_token(NULL, ''login'')', 'redeem_token(''x'', NULL)', 'redeem_token(''x'', ''LOGIN'')']) AS c (call)
CROSS JOIN LATERAL pg_temp.try(c.call) AS t;
-- Those that expired go with those that are issued.
INSERT INTO users (id, email, password_hash, name) SELECT md5(n::text)::uuid, n || '@example.org', '!', 'Many' FROM generate_series(1, 15) AS n;
SELECT count(issue_token(u.id, 'login')) FROM users AS u WHERE u.name = 'Many';
UPDATE learnify_internal.account_tokens SET expires_at = now() - interval '1 s';
SELECT count(issue_token(:'ada', 'login')) AS issued, (SELECT count(*) FROM learnify_internal.account_tokens) AS rows_before;
SELECT count(issue_token(:'ada', 'login')) AS issued, (SELECT count(*) FROM learnify_internal.account_tokens) AS rows_before;
SELECT count(*) AS rows FROM learnify_internal.account_tokens;
-- A token is exported without what it is recognised by, and goes with its user.
SELECT jsonb_object_keys(export_user(:'ada') -> 'account_tokens' -> 0) AS exported ORDER BY 1;
SELECT erase_user(:'ada');
SELECT count(*) AS rows FROM learnify_internal.account_tokens;

--
-- Who may
--

CREATE ROLE regress_learner;
SELECT grant_learner('regress_learner');
INSERT INTO users (id, email, password_hash, name) VALUES (:'ada', 'ada@example.org', hash_password('correct horse'), 'Ada');
SET ROLE regress_learner;
SET learnify.user_id = :'ada';
SELECT c.call, t.*
FROM (VALUES (1, 'change_password(#bob, ''correct horse'', ''battery staple'')'), (2, 'change_email(#bob, ''correct horse'', ''eve@example.org'')'), (3, 'set_password(#ada, ''battery staple'')'), (4, 'set_email(#ada, ''eve@example.org'')'),
             (5, 'issue_token(#ada, ''password_reset'')'), (6, 'redeem_token(''x'', ''password_reset'')'), (7, 'change_password(#ada, ''wrong horse'', ''battery staple'')'), (8, 'change_email(#ada, ''wrong horse'', ''eve@example.org'')'),
             (9, 'change_password(#ada, ''correct horse'', ''battery staple'')'), (10, 'change_email(#ada, ''battery staple'', ''eve@example.org'')'), (11, 'change_email(#ada, ''battery staple'', ''bob@example.org'')'),
             (12, 'change_email(NULL, ''battery staple'', ''bob@example.org'')')) AS c (n, call)
CROSS JOIN LATERAL pg_temp.try(c.call) AS t ORDER BY c.n;
RESET learnify.user_id;
SELECT t.code, t.place, t.message FROM pg_temp.try('change_password(#ada, ''battery staple'', ''correct horse'')') AS t;
RESET ROLE;
SELECT email, pg_temp.is_in(email, 'battery staple') AS is_in FROM users WHERE id IN (:'ada', :'bob') ORDER BY email;
DROP OWNED BY regress_learner;
DROP ROLE regress_learner;
DELETE FROM users;
DELETE FROM learnify_internal.login_failures;
