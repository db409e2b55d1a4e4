-- The functions and triggers for accounts, archetypes and variables, with valid and invalid input.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET learnify.password_cost = 4;

-- Registering an account leaves columns without an argument at their defaults.
SELECT register_user('Ada@Example.org', 'correct horse', 'Ada Lovelace') AS ada \gset
SELECT email, name, avatar_url, time_zone, max_visibility, social_enabled, created_at = updated_at AND updated_at = last_login AS one_instant,
       password_hash ~ '^\$2b\$04\$[./A-Za-z0-9]{53}$' AS bcrypt
FROM users WHERE id = :'ada';
SELECT register_user('zoë@пример.рф', 'пароль-пароль', repeat('ö', 100), 'Europe/Berlin') AS zoe \gset
SELECT email, char_length(name), time_zone FROM users WHERE id = :'zoe';

-- An address can have only one account, in whatever case, by the function or by an INSERT.
SELECT register_user('ada@example.ORG', 'correct horse', 'Ada again'); \echo :LAST_ERROR_SQLSTATE
INSERT INTO users (email, password_hash, name) VALUES ('ADA@EXAMPLE.ORG', '', 'Ada again'); \echo :LAST_ERROR_SQLSTATE
UPDATE users SET email = 'ADA@example.org' WHERE id = :'zoe'; \echo :LAST_ERROR_SQLSTATE
UPDATE users SET email = 'ADA@example.org' WHERE id = :'ada' RETURNING email;

-- An address is stored in composed form without the blanks around it, and is compared regardless
-- of case in the same way in every database: ë may be one character or two, the dotless i of
-- Turkish is a different letter, ß is not ss, and a final sigma is a sigma.
SELECT register_user(E' Zoe\u0308.I@Example.org\t', 'correct horse', 'Zoe') AS zoe_i \gset
SELECT email = U&'Zo\00EB.I@Example.org' AS composed FROM users WHERE id = :'zoe_i';
SELECT given, authenticate(given, 'correct horse') = :'zoe_i' AS accepted
FROM unnest(ARRAY[E'ZOE\u0308.i@EXAMPLE.ORG', U&'zo\00EB.I@example.org', E'  zoë.i@example.org\u00A0\n', U&'zo\00EB.\0131@example.org', 'zoe.i@example.org',
                  U&'\FEFFzo\00EB.i@example.org']) AS given \g (format=unaligned)
SELECT a, b, fold_email(a) = fold_email(b) AS same
FROM (VALUES ('I@x', 'i@x'), ('İ@x', 'i@x'), ('ı@x', 'I@x'), ('Straße@x', 'STRASSE@x'), ('STRAẞE@x', 'straße@x'), ('ΣΑΣ@x', 'σας@x'),
             (U&'\212B@x', 'å@x'), ('ＡＤＡ@x', 'ada@x'), ('ＡＤＡ@x', 'ａｄａ@x'), (U&'J\030C@x', U&'\01F0@x'), ('Ꭰ@x', U&'\AB70@x'), ('Ö@Ü', 'ö@ü')) AS v (a, b);
SELECT fold_email(' Ada@Example.ORG '), fold_email(''), fold_email(NULL), length(fold_email(repeat(E'E\u0308', 100000)));
SELECT register_user(U&'ZO\00CB.I@example.org', 'correct horse', 'Again'); \echo :LAST_ERROR_SQLSTATE
INSERT INTO users (email, password_hash, name) VALUES (E'zoe\u0308.i@example.org', '', 'Again'); \echo :LAST_ERROR_SQLSTATE
UPDATE users SET email = E'ZOE\u0308.I@example.org' WHERE email = 'zoë@пример.рф'; \echo :LAST_ERROR_SQLSTATE
-- blanks and invisible characters inside of an address
CREATE FUNCTION pg_temp.registered(email text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  field text;
BEGIN
  PERFORM register_user(email, 'correct horse', 'Eve');
  RAISE EXCEPTION USING ERRCODE = 'ZZZZZ';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS field = COLUMN_NAME;
  RETURN CASE SQLSTATE WHEN 'ZZZZZ' THEN 'registered' ELSE concat_ws(' ', SQLSTATE, field) END;
END
$$;
SELECT to_jsonb(email) AS email, pg_temp.registered(email)
FROM unnest(ARRAY[E'e ve@example.org', E'e\u00A0ve@example.org', E'e\u200Bve@example.org', E'e\u3000ve@example.org', E'e\u00ADve@example.org',
                  E'e\u200Dve@example.org', E'eve\uFE0F@example.org', E'eve@exam\u202Eple.org', E'eve\uFDD0@example.org', E'eve\U0001FFFE@example.org', E'eve\t@example.org', E'\u2060eve@example.org', E'eve@example.org\uFEFF',
                  'eve@example.org', 'Zoë@example.org']) AS email \g (format=unaligned)
DELETE FROM users WHERE id = :'zoe_i';
-- An INSERT with an address in another case conflicts with the present row on the key that back
-- ends name in ON CONFLICT. An UPDATE can change the case of an account's own address.
INSERT INTO users (id, email, password_hash, name) VALUES ('00000000-0000-4000-8000-0000000000a1', 'Mixed@Example.org', '', 'Mixed');
INSERT INTO users (email, password_hash, name) VALUES ('mixed@example.org', '', 'Again') ON CONFLICT (email) DO NOTHING RETURNING email;
INSERT INTO users (email, password_hash, name) VALUES ('MIXED@example.org', '', 'Again') ON CONFLICT (email) DO UPDATE SET name = EXCLUDED.name || ' ' || EXCLUDED.email
RETURNING email, name;
INSERT INTO users (id, email, password_hash, name) VALUES ('00000000-0000-4000-8000-0000000000a1', 'mixed@example.ORG', '', 'Mixed')
ON CONFLICT (id) DO UPDATE SET email = EXCLUDED.email RETURNING email, name;
SELECT register_user('MIXED@EXAMPLE.ORG', 'correct horse', 'Again'); \echo :LAST_ERROR_SQLSTATE
DELETE FROM users WHERE email = 'mixed@example.ORG';
-- A login looks the address up by an index.
SET plan_cache_mode = force_generic_plan;
PREPARE by_address AS SELECT id FROM users AS u WHERE fold_email(u.email) = fold_email($1);
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) EXECUTE by_address('x');
RESET enable_seqscan;
RESET plan_cache_mode;

-- Invalid addresses and names are refused, and nothing is registered.
SELECT register_user('', 'correct horse', 'Bob'); \echo :LAST_ERROR_SQLSTATE
SELECT register_user('bob', 'correct horse', 'Bob'); \echo :LAST_ERROR_SQLSTATE
SELECT register_user('bob@', 'correct horse', 'Bob'); \echo :LAST_ERROR_SQLSTATE
SELECT register_user('@example.org', 'correct horse', 'Bob'); \echo :LAST_ERROR_SQLSTATE
SELECT register_user('bob@work@example.org', 'correct horse', 'Bob'); \echo :LAST_ERROR_SQLSTATE
SELECT register_user('bob smith@example.org', 'correct horse', 'Bob'); \echo :LAST_ERROR_SQLSTATE
SELECT register_user(E'bob@exam\nple.org', 'correct horse', 'Bob'); \echo :LAST_ERROR_SQLSTATE
SELECT register_user(repeat('b', 244) || '@example.org', 'correct horse', 'Bob'); \echo :LAST_ERROR_SQLSTATE
SELECT register_user('bob@example.org', 'correct horse', ''); \echo :LAST_ERROR_SQLSTATE
SELECT register_user('bob@example.org', 'correct horse', repeat('ö', 101)); \echo :LAST_ERROR_SQLSTATE
\set VERBOSITY terse
INSERT INTO users (email, password_hash, name) VALUES ('bob', '', 'Bob'); \echo :LAST_ERROR_SQLSTATE
INSERT INTO users (email, password_hash, name) VALUES (repeat('b', 244) || '@example.org', '', 'Bob'); \echo :LAST_ERROR_SQLSTATE
INSERT INTO users (email, password_hash, name) VALUES ('bob@example.org', '', ''); \echo :LAST_ERROR_SQLSTATE
\set VERBOSITY default

-- A password needs at least 8 characters and at most 72 bytes; there are no other rules.
SELECT register_user('bob@example.org', '1234567', 'Bob'); \echo :LAST_ERROR_SQLSTATE
SELECT register_user('bob@example.org', repeat('ö', 37), 'Bob'); \echo :LAST_ERROR_SQLSTATE
SELECT email FROM users WHERE name = 'Bob';
SELECT register_user('bob@example.org', repeat('ö', 36), 'Bob') AS bob \gset
SELECT authenticate('bob@example.org', repeat('ö', 36)) = :'bob' AS accepted;

-- NULL is refused as an argument.
SELECT register_user(NULL, 'correct horse', 'Nobody'), register_user('no@example.org', NULL, 'Nobody'),
       register_user('no@example.org', 'correct horse', NULL), register_user('no@example.org', 'correct horse', 'Nobody', NULL);

-- A login accepts the address in any case, and changes only last_login.
UPDATE users SET last_login = '2026-01-01', updated_at = '2026-01-01' WHERE id IN (:'ada', :'zoe');
SELECT authenticate('ada@EXAMPLE.org', 'correct horse') = :'ada' AS accepted;
SELECT authenticate('zoë@пример.рф', 'пароль-парол') AS refused, authenticate('zoë@пример.рф', '') AS empty,
       authenticate('nobody@example.org', 'correct horse') AS unknown, authenticate(NULL, 'correct horse') AS no_address,
       authenticate('ada@example.org', NULL) AS no_password;
SELECT name = 'Ada Lovelace' AS ada, last_login > '2026-01-01' AS logged_in, updated_at > '2026-01-01' AS updated
FROM users WHERE id IN (:'ada', :'zoe') ORDER BY ada DESC;
-- nobody can log in to an account whose password_hash is not a hash
INSERT INTO users (email, password_hash, name) VALUES ('locked@example.org', '!', 'Locked'), ('empty@example.org', '', 'Empty');
SELECT authenticate('locked@example.org', '!') AS locked, authenticate('empty@example.org', '') AS empty;

-- Time zones have to be names that the server knows, in any statement.
SELECT register_user('mars@example.org', 'correct horse', 'Mars', 'Mars/Olympus'); \echo :LAST_ERROR_SQLSTATE
SELECT register_user('mars@example.org', 'correct horse', 'Mars', ''); \echo :LAST_ERROR_SQLSTATE
SELECT register_user('mars@example.org', 'correct horse', 'Mars', '+02:00'); \echo :LAST_ERROR_SQLSTATE
INSERT INTO users (email, password_hash, name, time_zone) VALUES ('mars@example.org', '', 'Mars', 'Mars/Olympus'); \echo :LAST_ERROR_SQLSTATE
UPDATE users SET time_zone = 'Mars/Olympus' WHERE id = :'ada'; \echo :LAST_ERROR_SQLSTATE
UPDATE users SET time_zone = 'Asia/Kathmandu' WHERE id = :'ada' RETURNING time_zone;
UPDATE users SET time_zone = 'UTC' WHERE id = :'ada' RETURNING time_zone;
SELECT count(*) FROM users WHERE name = 'Mars';
-- Rows of a dump are accepted with zones that this server does not know, and can be updated, but
-- not to another unknown zone.
SET row_security = off;
INSERT INTO users (email, password_hash, name, time_zone) VALUES ('mars@example.org', '', 'Mars', 'Mars/Olympus');
RESET row_security;
UPDATE users SET avatar_url = 'red.png' WHERE name = 'Mars' RETURNING time_zone;
UPDATE users SET time_zone = 'Mars/Hellas' WHERE name = 'Mars'; \echo :LAST_ERROR_SQLSTATE
SET row_security = off;
UPDATE users SET time_zone = 'Mars/Hellas' WHERE name = 'Mars'; \echo :LAST_ERROR_SQLSTATE
RESET row_security;

-- A user has one archetype, and can choose another one at any time.
SELECT choose_archetype(:'ada', 'Biological', 'sourdough', 'novice') AS archetype \gset
SELECT choose_archetype(:'ada', 'Biological', 'パン作り', 'quant') = :'archetype' AS same;
SELECT meta_category, domain, skill_level, validation_status, validation_reason FROM user_archetypes WHERE user_id = :'ada';
-- a new domain is unchecked again; a new level of the same domain is not
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

-- Variables can be set, changed, and removed by null. DOMAIN is the archetype's unless it is set.
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

-- One error names all invalid variables, and the valid ones are not set either.
SELECT set_variables(:'ada', '["ENTITY"]'); \echo :LAST_ERROR_SQLSTATE
SELECT set_variables(:'ada', '"ENTITY"'); \echo :LAST_ERROR_SQLSTATE
SELECT set_variables(:'ada', 'null'); \echo :LAST_ERROR_SQLSTATE
SELECT set_variables(:'ada', '{"ENTITY": "x", "{A}": "x", "1ST": "x", "": "x", "A\nB": "x", "ÄRA": "x", "a}": "x"}'); \echo :LAST_ERROR_SQLSTATE
SELECT set_variables(:'ada', jsonb_build_object('ENTITY', 'x', repeat('A', 51), 'x')); \echo :LAST_ERROR_SQLSTATE
SELECT set_variables(:'ada', '{"ENTITY": "x", "LIST": [1, 2], "MAP": {}}'); \echo :LAST_ERROR_SQLSTATE
SELECT set_variables('00000000-0000-4000-8000-00000000dead', '{"ENTITY": "x"}'); \echo :LAST_ERROR_SQLSTATE
\set VERBOSITY terse
INSERT INTO user_variables (user_id, variable_key, variable_value) VALUES (:'ada', 'a}', 'x'); \echo :LAST_ERROR_SQLSTATE
\set VERBOSITY default
SELECT get_variables(:'ada');

-- updated_at is set by every change, unless the statement sets it.
UPDATE user_variables SET updated_at = '2026-01-01';
SELECT set_variables(:'ada', '{"ENTITY": "levain"}');
SELECT variable_key, updated_at > '2026-01-01' AS updated FROM user_variables WHERE user_id = :'ada' ORDER BY variable_key;

-- Names that no template can use are stored too, since onboarding forms send some.
SELECT set_variables(:'zoe', '{"preferred_language": "go", "SUB-ENTITY": "leaf", "größe ü": "x", " ": "a blank name"}') - repeat('A', 50);
INSERT INTO user_variables (user_id, variable_key, variable_value) VALUES (:'zoe', 'time zone', 'CET') RETURNING variable_key, variable_value;
SELECT set_variables(:'zoe', '{"preferred_language": null, "SUB-ENTITY": null, "größe ü": null, " ": null}') - repeat('A', 50);

-- A text is one line: blanks around it are removed, and invisible characters and line breaks are
-- refused, in functions and in statements.
CREATE TEMP TABLE texts (number serial, what text, value text);
INSERT INTO texts (what, value) VALUES
  ('blanks around', E' \t\r\nword\n\u00A0\u3000\uFEFF'), ('blanks inside', E'two\u00A0 words'), ('quotes', 'o''Hara "x" \ {ENTITY}'),
  ('accents', E'Zoe\u0308 Ångström'), ('Persian joiner', E'\u0645\u06CC\u200C\u062E\u0648'),
  ('emoji', E'\U0001F469\u200D\U0001F4BB \u2764\uFE0F\u200D\U0001F525'),
  ('line feed', E'wo\nrd'), ('carriage return', E'wo\rrd'), ('tab', E'wo\trd'), ('form feed', E'wo\frd'), ('bell', E'wo\x07rd'),
  ('delete', E'wo\x7Frd'), ('next line', E'wo\u0085rd'), ('control sequence', E'wo\u009Brd'),
  ('line separator', E'wo\u2028rd'), ('paragraph separator', E'wo\u2029rd'), ('zero-width space', E'wo\u200Brd'),
  ('byte order mark', E'wo\uFEFFrd'), ('word joiner', E'wo\u2060rd'), ('soft hyphen', E'wo\u00ADrd'),
  ('right-to-left override', E'wo\u202Erd'), ('isolate', E'wo\u2066rd'), ('right-to-left mark', E'wo\u200Frd'),
  ('Hangul filler', E'\u3164'), ('grapheme joiner', E'wo\u034Frd'), ('tag', E'wo\U000E0041rd'), ('annotation', E'wo\uFFF9rd'),
  ('musical', E'wo\U0001D173rd'), ('joiner first', E'\u200Dword'), ('joiner last', E'word\u200D'), ('two joiners', E'wo\u200C\u200Drd'),
  ('joiner and blank', E'wo\u200D rd'), ('selector first', E'\uFE0Fword'), ('two selectors', E'w\uFE0F\uFE0E'),
  ('blank Braille', E'\u2800'), ('nothing', ''), ('a blank', ' ');
-- Returns the result of a statement, or the SQLSTATE and the column of its error, and rolls it back.
CREATE FUNCTION pg_temp.kept(statement text, value text, id uuid) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  result text;
  state text;
  field text;
BEGIN
  EXECUTE statement INTO result USING value, id;
  RAISE EXCEPTION USING ERRCODE = 'ZZZZZ';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, field = COLUMN_NAME;
  RETURN CASE state WHEN 'ZZZZZ' THEN '"' || result || '"' ELSE concat_ws(' ', state, field) END;
END
$$;
CREATE TEMP TABLE ways (kind text, way text, statement text);
INSERT INTO ways VALUES
  ('name', 'UPDATE', 'UPDATE users SET name = $1 WHERE id = $2 RETURNING name'),
  ('name', 'INSERT', 'INSERT INTO users (email, password_hash, name) VALUES (''eve@example.org'', $2::text, $1) RETURNING name'),
  ('name', 'register_user', 'WITH r AS MATERIALIZED (SELECT register_user(coalesce(left($2::text, 0), '''') || ''eve@example.org'', ''correct horse'', $1) AS id) SELECT learnify_internal.require_text($1, ''name'') FROM r WHERE id IS NOT NULL'),
  ('domain', 'UPDATE', 'UPDATE user_archetypes SET domain = $1 WHERE user_id = $2 RETURNING domain'),
  ('domain', 'INSERT', 'INSERT INTO user_archetypes (user_id, meta_category, domain, skill_level) VALUES ($2, ''Digital'', $1, ''quant'') ON CONFLICT (user_id) DO UPDATE SET domain = EXCLUDED.domain RETURNING domain'),
  ('variable_value', 'UPDATE', 'UPDATE user_variables SET variable_value = $1 WHERE user_id = $2 AND variable_key = ''ENTITY'' RETURNING variable_value'),
  ('variable_value', 'INSERT', 'INSERT INTO user_variables (user_id, variable_key, variable_value) VALUES ($2, ''ENTITY'', $1) ON CONFLICT (user_id, variable_key) DO UPDATE SET variable_value = EXCLUDED.variable_value RETURNING variable_value'),
  ('avatar_url', 'UPDATE', 'UPDATE users SET avatar_url = $1 WHERE id = $2 RETURNING avatar_url');
-- The functions raise the same errors, but name their argument, and refuse a blank domain.
INSERT INTO ways VALUES
  ('variables', 'set_variables', 'SELECT coalesce(set_variables($2, jsonb_build_object(''ENTITY'', $1)) ->> ''ENTITY'', '''')'),
  ('chosen domain', 'choose_archetype', 'WITH c AS MATERIALIZED (SELECT choose_archetype($2, ''Digital'', $1, ''quant'') AS id) SELECT learnify_internal.require_text($1, ''domain'') FROM c WHERE id IS NOT NULL');
-- For each text, the numbers of ways that refuse it with the name of the column and that store it
-- unchanged, and what the others store.
SELECT t.what, count(*) FILTER (WHERE k.result = w.error) AS refused, count(*) FILTER (WHERE k.result = '"' || t.value || '"') AS kept,
       string_agg(DISTINCT k.result, ', ') FILTER (WHERE k.result NOT IN (w.error, '"' || t.value || '"')) AS changed
FROM texts AS t
CROSS JOIN (SELECT *, '22023 ' || CASE kind WHEN 'chosen domain' THEN 'domain' ELSE kind END AS error FROM ways) AS w
CROSS JOIN LATERAL pg_temp.kept(w.statement, t.value, :'ada') AS k (result)
GROUP BY t.number, t.what
ORDER BY t.number;
-- Java reads \u000a as a line break, even in a comment
SELECT kind, way, pg_temp.kept(statement, 'x \u000a y', :'ada') FROM ways WHERE way <> 'INSERT' ORDER BY kind COLLATE "C", way COLLATE "C";

-- A blank value counts as missing: it removes a variable, and a blank row is not returned.
SELECT set_variables(:'ada', '{"ENTITY": " ", "STATE": "", "LOGIC": "  rule  "}');
INSERT INTO user_variables (user_id, variable_key, variable_value) VALUES (:'ada', 'ENTITY', E' \n'), (:'ada', 'DOMAIN', ' ')
RETURNING variable_key, variable_value;
SELECT get_variables(:'ada');
UPDATE user_archetypes SET domain = ' ' WHERE user_id = :'ada' RETURNING domain;
SELECT get_variables(:'ada');
SELECT m.module_number, m.missing FROM missing_variables(:'ada') AS m WHERE module_number IN (1, 7);

-- Texts that others are shown have a maximum length.
SELECT k.kind, k.length,
       pg_temp.kept(k.statement, repeat('ö', k.length), :'ada') = '"' || repeat('ö', k.length) || '"' AS accepted,
       pg_temp.kept(k.statement, repeat('ö', k.length + 1), :'ada') AS too_long,
       pg_temp.kept(k.statement, repeat('ö', 2000000), :'ada') AS far_too_long
FROM (SELECT w.kind, l.length, w.statement
      FROM ways AS w
      JOIN (VALUES ('name', 100), ('avatar_url', 2048), ('domain', 200), ('variable_value', 200)) AS l (kind, length) ON l.kind = w.kind
      WHERE w.way = 'UPDATE'
      UNION ALL
      VALUES ('validation_reason', 1000, 'UPDATE user_archetypes SET validation_reason = $1 WHERE user_id = $2 RETURNING validation_reason'),
             ('variable_key', 50, 'INSERT INTO user_variables (user_id, variable_key, variable_value) VALUES ($2, $1, ''x'') RETURNING variable_key')) AS k
ORDER BY k.kind;
-- Errors quote 100 characters of a refused value.
SELECT set_variables(:'ada', jsonb_build_object('ENTITY', repeat('x', 2000000), 'STATE', E'a\nb', 'LOGIC', 'fine')); \echo :LAST_ERROR_SQLSTATE
SELECT set_variables(:'ada', jsonb_build_object(repeat('x', 2000000), 'x')); \echo :LAST_ERROR_SQLSTATE
UPDATE users SET name = repeat('x', 2000000) WHERE id = :'ada'; \echo :LAST_ERROR_SQLSTATE
UPDATE users SET avatar_url = 'https://example.org/' || repeat('x', 200) || E'\u202E' WHERE id = :'ada'; \echo :LAST_ERROR_SQLSTATE
-- a reason may have several lines
UPDATE user_archetypes SET validation_reason = E' one\n\ttwo\n' WHERE user_id = :'ada' RETURNING to_jsonb(validation_reason);
UPDATE user_archetypes SET validation_reason = E'one\u202Etwo' WHERE user_id = :'ada'; \echo :LAST_ERROR_SQLSTATE

-- A text that an earlier version accepted can be restored, and other columns of its row can be
-- updated. A changed text has to obey the rules.
SET row_security = off;
INSERT INTO users (email, password_hash, name, avatar_url) VALUES ('old@example.org', '', E'Old\nname ', repeat('x', 3000)) RETURNING id AS old \gset
INSERT INTO user_archetypes (user_id, meta_category, domain, skill_level) VALUES (:'old', 'Digital', E'old\tdomain', 'novice');
INSERT INTO user_variables (user_id, variable_key, variable_value) VALUES (:'old', 'STATE', E'wo\nrd'), (:'old', 'ENTITY', E'word\n'), (:'old', 'EVENT', E' \n');
RESET row_security;
UPDATE users SET last_login = now(), name = name, avatar_url = avatar_url WHERE id = :'old' RETURNING to_jsonb(name), length(avatar_url);
UPDATE users SET name = name || 'x' WHERE id = :'old'; \echo :LAST_ERROR_SQLSTATE
SELECT get_variables(:'old');
-- and only valid variables are injected: the others count as missing
SELECT generate_course(:'old'); \echo :LAST_ERROR_SQLSTATE
SELECT generate_course(:'old', '{"DOMAIN": "letters", "STATE": "word"}'); \echo :LAST_ERROR_SQLSTATE

DELETE FROM users;

-- The trigger finds earlier rows of the same statement by an index, although its plan was made when
-- the table was empty: no row is read by a sequential scan.
VACUUM users;
BEGIN;
SELECT coalesce(sum(seq_tup_read), 0) AS read_before FROM pg_stat_xact_user_tables WHERE relid = 'users'::regclass \gset
INSERT INTO users (email, password_hash, name) SELECT format('Learner-%s@example.org', n), '!', 'Learner' FROM generate_series(1, 1000) AS n;
INSERT INTO users (email, password_hash, name) SELECT format('learner-%s@example.org', n), '!', 'Again' FROM generate_series(1, 1000) AS n
ON CONFLICT (email) DO NOTHING;
SELECT seq_tup_read - :read_before AS read, (SELECT count(*) FROM users) AS rows FROM pg_stat_xact_user_tables WHERE relid = 'users'::regclass;
ROLLBACK;
