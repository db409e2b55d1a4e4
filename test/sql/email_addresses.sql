-- Comparisons of addresses: users.email is a domain over text whose = and <> compare regardless of
-- case, so that WHERE email = $1 finds an account in whichever spelling its address is typed.
-- Everything else treats the column as text.
INSERT INTO users (email, password_hash, name)
VALUES ('Ada@Example.org', '', 'Ada'), ('bob@example.org', '', 'Bob'), ('Zoë@Example.org', '', 'Zoë'), ('ΣΑΣ@example.org', '', 'Sas');

-- A parameter without a type, as most drivers send it, is taken for an address.
PREPARE by_address AS SELECT email, name FROM users WHERE email = $1;
EXECUTE by_address(E' ada@EXAMPLE.org\n');
EXECUTE by_address(E'ZOE\u0308@example.org');
EXECUTE by_address('σας@EXAMPLE.org');
-- none of these is anybody's address
EXECUTE by_address('');
EXECUTE by_address(NULL);
EXECUTE by_address('a@b@c');
EXECUTE by_address(repeat('Ö', 100000) || '@example.org');
SELECT name FROM users WHERE 'ADA@EXAMPLE.ORG' = email;
SELECT name FROM users WHERE email <> 'ADA@EXAMPLE.ORG' ORDER BY name COLLATE "C";
SELECT name FROM users WHERE email IS DISTINCT FROM 'ADA@EXAMPLE.ORG' ORDER BY name COLLATE "C";
UPDATE users SET name = 'Ada L' WHERE email = 'ADA@EXAMPLE.ORG' RETURNING email, name;
-- The index of folded addresses serves this, with custom and with generic plans.
SET enable_seqscan = off;
SET plan_cache_mode = force_custom_plan;
EXPLAIN (COSTS OFF) EXECUTE by_address('Ada@example.org');
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE by_address('Ada@example.org');
RESET enable_seqscan;
RESET plan_cache_mode;

-- What is declared as text or varchar, and a list, is compared exactly, by the other index.
PREPARE by_text(text) AS SELECT name FROM users WHERE email = $1;
PREPARE by_varchar(varchar) AS SELECT name FROM users WHERE email = $1;
EXECUTE by_text('Ada@Example.org');
EXECUTE by_text('ada@example.org');
EXECUTE by_varchar('Ada@Example.org');
EXECUTE by_varchar('ada@example.org');
SELECT name FROM users WHERE email IN ('Ada@Example.org', 'BOB@example.org', 'nobody@example.org');
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) EXECUTE by_text('Ada@example.org');
RESET enable_seqscan;

-- Clients see text, and it is sorted, matched and cut as text.
SELECT column_name, data_type, udt_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'users' AND column_name = 'email';
SELECT name FROM users WHERE email::text = 'Bob@example.org';
SELECT name FROM users WHERE email LIKE 'Ad%' OR email ILIKE 'BOB@%' OR email ~ '^Z' OR split_part(email, '@', 1) = 'ΣΑΣ' ORDER BY name COLLATE "C";
SELECT email, lower(email), email || '!' AS joined, length(email), coalesce(email, '') AS filled FROM users WHERE email = 'zoë@example.org';
SELECT email FROM users WHERE email COLLATE "C" > 'Ada' ORDER BY email COLLATE "C" LIMIT 2;
SELECT max(email COLLATE "C"), count(DISTINCT email) FROM users;

-- A role without privileges on internals compares addresses, too.
CREATE ROLE regress_reader BYPASSRLS;
GRANT SELECT ON users TO regress_reader;
SET ROLE regress_reader;
SELECT name FROM users WHERE email = 'BOB@example.org' AND email <> 'nobody@example.org';
RESET ROLE;
DROP OWNED BY regress_reader;
DROP ROLE regress_reader;

-- Other comparisons choose the operators that they choose without the extension: pairs of types that
-- can be compared with text, and those whose operator is one of the extension's.
CREATE DOMAIN pg_temp.words AS text;
CREATE DOMAIN pg_temp.short_words AS varchar(20);
CREATE TEMP TABLE types (name text);
INSERT INTO types VALUES ('text'), ('varchar'), ('char(3)'), ('name'), ('"char"'), ('pg_temp.words'), ('pg_temp.short_words'), ('information_schema.sql_identifier'),
  ('information_schema.character_data'), ('learnify_internal.email_address'), ('a literal');
CREATE FUNCTION pg_temp.operator_of(a text, b text, name text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TEMP VIEW compared AS SELECT %s %s %s AS result',
                 CASE a WHEN 'a literal' THEN '''x''' ELSE format('NULL::%s', a) END, name, CASE b WHEN 'a literal' THEN '''x''' ELSE format('NULL::%s', b) END);
  RETURN coalesce((SELECT d.refobjid::regoperator::text
                   FROM pg_depend AS d
                   JOIN pg_rewrite AS w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
                   WHERE w.ev_class = 'pg_temp.compared'::regclass AND d.refclassid = 'pg_operator'::regclass), 'of PostgreSQL');
EXCEPTION WHEN undefined_function OR ambiguous_function THEN
  RETURN SQLSTATE;
END
$$;
CREATE FUNCTION pg_temp.operators() RETURNS TABLE (a text, name text, b text, operator text)
LANGUAGE plpgsql AS $$
BEGIN
  FOR a, name, b IN SELECT x.name, o.name, y.name FROM types AS x, types AS y, (VALUES ('='), ('<>')) AS o (name) LOOP
    operator := pg_temp.operator_of(a, b, name);
    DROP VIEW IF EXISTS pg_temp.compared;
    RETURN NEXT;
  END LOOP;
END
$$;
SET client_min_messages = warning;
SELECT operator, string_agg(a || ' ' || b, ', ' ORDER BY a COLLATE "C", b COLLATE "C") AS of_types
FROM pg_temp.operators()
WHERE operator <> 'of PostgreSQL'
GROUP BY operator
ORDER BY operator COLLATE "C";
CREATE TEMP TABLE with_operators AS SELECT * FROM pg_temp.operators();
SELECT count(*) AS pairs, count(*) FILTER (WHERE operator = 'of PostgreSQL') AS of_postgresql FROM with_operators;
SET search_path = pg_catalog;
SELECT w.a, w.name, w.b, w.operator, o.operator AS without
FROM with_operators AS w
JOIN pg_temp.operators() AS o USING (a, name, b)
WHERE w.operator IS DISTINCT FROM o.operator AND w.operator NOT LIKE '%email_address%';
RESET search_path;
RESET client_min_messages;

DELETE FROM users;
