-- Accounts, archetypes and variables: what they do, and what bad input gets.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET learnify.password_cost = 4;

-- An account, with what nobody said left at its default.
SELECT register_user('Ada@Example.org', 'correct horse', 'Ada Lovelace') AS ada \gset
SELECT email, name, avatar_url, time_zone, max_visibility, social_enabled, created_at = updated_at AND updated_at = last_login AS one_instant,
       password_hash ~ '^\$2b\$04\$[./A-Za-z0-9]{53}$' AS bcrypt
FROM users WHERE id = :'ada';
SELECT register_user('zoë@пример.рф', 'пароль-пароль', repeat('ö', 100), 'Europe/Berlin') AS zoe \gset
SELECT email, char_length(name), octet_length(name), time_zone FROM users WHERE id = :'zoe';

-- One address is one account, whatever its case, by whatever way it comes.
SELECT register_user('ada@example.ORG', 'correct horse', 'Ada again'); \echo :LAST_ERROR_SQLSTATE
INSERT INTO users (email, password_hash, name) VALUES ('ADA@EXAMPLE.ORG', '', 'Ada again'); \echo :LAST_ERROR_SQLSTATE
UPDATE users SET email = 'ADA@example.org' WHERE id = :'zoe'; \echo :LAST_ERROR_SQLSTATE
UPDATE users SET email = 'ADA@example.org' WHERE id = :'ada' RETURNING email;

-- Addresses and names that are none. Nothing is registered.
SELECT register_user('', 'correct horse', 'Bob'); \echo :LAST_ERROR_SQLSTATE
SELECT register_user('bob', 'correct horse', 'Bob'); \echo :LAST_ERROR_SQLSTATE
SELECT register_user('bob@', 'correct horse', 'Bob'); \echo :LAST_ERROR_SQLSTATE
SELECT register_user('@example.org', 'correct horse', 'Bob'); \echo :LAST_ERROR_SQLSTATE
SELECT register_user('bob@work@example.org', 'correct horse', 'Bob'); \echo :LAST_ERROR_SQLSTATE
SELECT register_user('bob smith@example.org', 'correct horse', 'Bob'); \echo :LAST_ERROR_SQLSTATE
SELECT register_user(E'bob@example.org\n', 'correct horse', 'Bob'); \echo :LAST_ERROR_SQLSTATE
SELECT register_user(repeat('b', 244) || '@example.org', 'correct horse', 'Bob'); \echo :LAST_ERROR_SQLSTATE
SELECT register_user('bob@example.org', 'correct horse', ''); \echo :LAST_ERROR_SQLSTATE
SELECT register_user('bob@example.org', 'correct horse', repeat('ö', 101)); \echo :LAST_ERROR_SQLSTATE
\set VERBOSITY terse
INSERT INTO users (email, password_hash, name) VALUES ('bob', '', 'Bob'); \echo :LAST_ERROR_SQLSTATE
INSERT INTO users (email, password_hash, name) VALUES (repeat('b', 244) || '@example.org', '', 'Bob'); \echo :LAST_ERROR_SQLSTATE
INSERT INTO users (email, password_hash, name) VALUES ('bob@example.org', '', ''); \echo :LAST_ERROR_SQLSTATE
\set VERBOSITY default

-- Passwords: at least 8 characters, at most 72 bytes, no rules of composition.
SELECT register_user('bob@example.org', '1234567', 'Bob'); \echo :LAST_ERROR_SQLSTATE
SELECT register_user('bob@example.org', repeat('ö', 37), 'Bob'); \echo :LAST_ERROR_SQLSTATE
SELECT email FROM users WHERE name = 'Bob';
SELECT register_user('bob@example.org', repeat('ö', 36), 'Bob') AS bob \gset
SELECT authenticate('bob@example.org', repeat('ö', 36)) = :'bob' AS accepted;

-- NULL is not an account.
SELECT register_user(NULL, 'correct horse', 'Nobody'), register_user('no@example.org', NULL, 'Nobody'),
       register_user('no@example.org', 'correct horse', NULL), register_user('no@example.org', 'correct horse', 'Nobody', NULL);

-- Logging in, in any case of the address. It sets last_login, and nothing else.
UPDATE users SET last_login = '2026-01-01', updated_at = '2026-01-01' WHERE id IN (:'ada', :'zoe');
SELECT authenticate('ada@EXAMPLE.org', 'correct horse') = :'ada' AS accepted;
SELECT authenticate('zoë@пример.рф', 'пароль-парол') AS refused, authenticate('zoë@пример.рф', '') AS empty,
       authenticate('nobody@example.org', 'correct horse') AS unknown, authenticate(NULL, 'correct horse') AS no_address,
       authenticate('ada@example.org', NULL) AS no_password;
SELECT name = 'Ada Lovelace' AS ada, last_login > '2026-01-01' AS logged_in, updated_at > '2026-01-01' AS updated
FROM users WHERE id IN (:'ada', :'zoe') ORDER BY ada DESC;
-- an account whose hash is none cannot be logged in to
INSERT INTO users (email, password_hash, name) VALUES ('locked@example.org', '!', 'Locked'), ('empty@example.org', '', 'Empty');
SELECT authenticate('locked@example.org', '!') AS locked, authenticate('empty@example.org', '') AS empty;

-- Time zones: names that this server knows, from whatever statement.
SELECT register_user('mars@example.org', 'correct horse', 'Mars', 'Mars/Olympus'); \echo :LAST_ERROR_SQLSTATE
SELECT register_user('mars@example.org', 'correct horse', 'Mars', ''); \echo :LAST_ERROR_SQLSTATE
SELECT register_user('mars@example.org', 'correct horse', 'Mars', '+02:00'); \echo :LAST_ERROR_SQLSTATE
INSERT INTO users (email, password_hash, name, time_zone) VALUES ('mars@example.org', '', 'Mars', 'Mars/Olympus'); \echo :LAST_ERROR_SQLSTATE
UPDATE users SET time_zone = 'Mars/Olympus' WHERE id = :'ada'; \echo :LAST_ERROR_SQLSTATE
UPDATE users SET time_zone = 'Asia/Kathmandu' WHERE id = :'ada' RETURNING time_zone;
UPDATE users SET time_zone = 'UTC' WHERE id = :'ada' RETURNING time_zone;
SELECT count(*) FROM users WHERE name = 'Mars';
-- A dump's rows pass, with zones that its server knew and this one does not; and
-- go on to be updated, but not to another such zone.
SET row_security = off;
INSERT INTO users (email, password_hash, name, time_zone) VALUES ('mars@example.org', '', 'Mars', 'Mars/Olympus');
RESET row_security;
UPDATE users SET avatar_url = 'red.png' WHERE name = 'Mars' RETURNING time_zone;
UPDATE users SET time_zone = 'Mars/Hellas' WHERE name = 'Mars'; \echo :LAST_ERROR_SQLSTATE
SET row_security = off;
UPDATE users SET time_zone = 'Mars/Hellas' WHERE name = 'Mars'; \echo :LAST_ERROR_SQLSTATE
RESET row_security;

-- What a user learns through: one archetype each, chosen again at will.
SELECT choose_archetype(:'ada', 'Biological', 'sourdough', 'novice') AS archetype \gset
SELECT choose_archetype(:'ada', 'Biological', 'パン作り', 'quant') = :'archetype' AS same;
SELECT meta_category, domain, skill_level, validation_status, validation_reason FROM user_archetypes WHERE user_id = :'ada';
-- another domain is unchecked again; another level of the same is not
UPDATE user_archetypes SET validation_status = 'valid', validation_reason = 'fine' WHERE id = :'archetype';
SELECT choose_archetype(:'ada', 'Aesthetic', 'パン作り', 'analyst') = :'archetype' AS same;
SELECT meta_category, domain, skill_level, validation_status, validation_reason FROM user_archetypes WHERE user_id = :'ada';
SELECT choose_archetype(:'ada', 'Aesthetic', 'bread', 'analyst') = :'archetype' AS same;
SELECT domain, validation_status, validation_reason FROM user_archetypes WHERE user_id = :'ada';
SELECT choose_archetype(:'ada', 'Culinary', 'bread', 'novice'); \echo :LAST_ERROR_SQLSTATE
SELECT choose_archetype(:'ada', 'digital', 'bread', 'novice'); \echo :LAST_ERROR_SQLSTATE
SELECT choose_archetype(:'ada', 'Digital', 'bread', 'expert'); \echo :LAST_ERROR_SQLSTATE
SELECT choose_archetype(:'ada', 'Digital', E' \t', 'novice'); \echo :LAST_ERROR_SQLSTATE
SELECT choose_archetype(:'ada', 'Digital', repeat('ö', 201), 'novice'); \echo :LAST_ERROR_SQLSTATE
SELECT choose_archetype('00000000-0000-4000-8000-00000000dead', 'Digital', 'bread', 'novice'); \echo :LAST_ERROR_SQLSTATE
\set VERBOSITY terse
INSERT INTO user_archetypes (user_id, meta_category, domain, skill_level) VALUES (:'zoe', 'Culinary', 'bread', 'novice'); \echo :LAST_ERROR_SQLSTATE
INSERT INTO user_archetypes (user_id, meta_category, domain, skill_level) VALUES (:'zoe', 'Digital', 'bread', 'expert'); \echo :LAST_ERROR_SQLSTATE
\set VERBOSITY default
SELECT choose_archetype(NULL, 'Digital', 'bread', 'novice'), choose_archetype(:'ada', NULL, 'bread', 'novice'),
       choose_archetype(:'ada', 'Digital', NULL, 'novice'), choose_archetype(:'ada', 'Digital', 'bread', NULL);
SELECT meta_category, domain, skill_level FROM user_archetypes;

-- Variables: set, changed, removed by null; the domain is one where none is set.
SELECT get_variables(:'ada');
SELECT set_variables(:'ada', '{"ENTITY": "starter", "STATE": "ripeness", "X1_": 1.50, "SURE": true}');
SELECT set_variables(:'ada', '{"ENTITY": "Sauerteig-Ansatz \"mild\" {STATE}", "X1_": null, "SURE": null, "NEVER_SET": null}');
SELECT set_variables(:'ada', '{"DOMAIN": "baking"}');
SELECT set_variables(:'ada', '{"DOMAIN": null}');
SELECT set_variables(:'ada', '{}');
SELECT variable_key, variable_value, archetype_id = :'archetype' AS for_archetype FROM user_variables ORDER BY variable_key;
SELECT get_variables(:'zoe') AS none, get_variables(NULL) AS nobody;
SELECT set_variables(NULL, '{}');
-- names may have 50 characters
SELECT set_variables(:'zoe', jsonb_build_object(repeat('A', 50), 'long')) ? repeat('A', 50) AS accepted;

-- Refused, all culprits at once; and nothing of the rest is set.
SELECT set_variables(:'ada', '["ENTITY"]'); \echo :LAST_ERROR_SQLSTATE
SELECT set_variables(:'ada', '"ENTITY"'); \echo :LAST_ERROR_SQLSTATE
SELECT set_variables(:'ada', 'null'); \echo :LAST_ERROR_SQLSTATE
SELECT set_variables(:'ada', '{"ENTITY": "x", "entity": "x", "1ST": "x", "": "x", "A-B": "x", "A B": "x"}'); \echo :LAST_ERROR_SQLSTATE
SELECT set_variables(:'ada', '{"ENTITY": "x", "ÄRA": "x"}'); \echo :LAST_ERROR_SQLSTATE
SELECT set_variables(:'ada', jsonb_build_object('ENTITY', 'x', repeat('A', 51), 'x')); \echo :LAST_ERROR_SQLSTATE
SELECT set_variables(:'ada', '{"ENTITY": "x", "LIST": [1, 2], "MAP": {}}'); \echo :LAST_ERROR_SQLSTATE
SELECT set_variables('00000000-0000-4000-8000-00000000dead', '{"ENTITY": "x"}'); \echo :LAST_ERROR_SQLSTATE
\set VERBOSITY terse
INSERT INTO user_variables (user_id, variable_key, variable_value) VALUES (:'ada', 'entity', 'x'); \echo :LAST_ERROR_SQLSTATE
\set VERBOSITY default
SELECT get_variables(:'ada');

-- updated_at follows what changes, unless it is given.
UPDATE user_variables SET updated_at = '2026-01-01';
SELECT set_variables(:'ada', '{"ENTITY": "levain"}');
SELECT variable_key, updated_at > '2026-01-01' AS updated FROM user_variables WHERE user_id = :'ada' ORDER BY variable_key;

DELETE FROM users;
