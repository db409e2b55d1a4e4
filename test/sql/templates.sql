-- Templates: inject_variables() and template_variables(), for text and jsonb.

-- Returns the SQLSTATE, message and hint of a statement's error.
CREATE FUNCTION error_of(statement text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  message text;
  hint text;
BEGIN
  EXECUTE statement;
  RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
  RETURN format(E'%s: %s\nHINT: %s', SQLSTATE, message, hint);
END
$$;

\pset format unaligned
\pset tuples_only on

--
-- Placeholders
--
SELECT inject_variables('Every {ENTITY} has a {STATE}; a {STATE} belongs to one {ENTITY}.',
                        '{"ENTITY": "trade", "STATE": "price"}');
-- a literal that could be either is text
SELECT pg_typeof(inject_variables('{A}', '{"A": "1"}')), pg_typeof(template_variables('{A}'));
-- one pass: values are not expanded
SELECT inject_variables('{A}{B}', '{"A": "{B}", "B": "{{A}{A|x}"}');
-- a default ends at the next brace, is not expanded, and may be empty
SELECT inject_variables('{A|x} {B|two words} [{B|}] {B|{A}} {B|a|b}', '{"A": 1}');
SELECT inject_variables(E'{B|over\nlines}', '{}');
-- any other brace is text
SELECT inject_variables('{} {a} {Name} { A } {1A} {_A} {A-B} {A {"A": {"b": [1]}} if (x) { y(); } {{ foo }} {{Name}} }} {{',
                        '{"A": 1}');
-- two braces before a placeholder escape it
SELECT inject_variables('{{A} {{A}} {{{A} {{A|x} {{A|{A}{A}', '{"A": 1}');
-- a default without an end is text
SELECT inject_variables('{A} {A|no end', '{"A": 1}'), inject_variables('{A|{{A|', '{"A": 1}'), inject_variables('{B|up to here: {A}', '{"A": 1}');
-- values that are not strings
SELECT inject_variables('{A} {B} {C} {D}', '{"A": 1.50, "B": -2e3, "C": true, "D": false}');
-- bytes above ASCII, around braces and in values
SELECT inject_variables('é{A}ü {Ä} {AÄ} 株{A}式', '{"A": "取引 🥖"}');
-- the order and number of the variables do not matter
SELECT inject_variables('{B}{AA}{A}{ZZZ}', '{"ZZZ": 4, "A": 3, "B": 1, "AA": 2, "UNUSED": [1], "NOT_USED": null}');
-- nothing to do
SELECT inject_variables('', '{}') = '', inject_variables('no braces', '{"A": 1}');
SELECT inject_variables(NULL::text, '{}') IS NULL,
       inject_variables('{A}', NULL) IS NULL,
       inject_variables('{A}', '{}', NULL) IS NULL,
       inject_variables(NULL::jsonb, '{}') IS NULL,
       template_variables(NULL::text) IS NULL,
       template_variables(NULL::jsonb) IS NULL;

--
-- Missing variables
--
SELECT error_of($$SELECT inject_variables('{B} {A} {D|x} {C} {B} {N}', '{"A": 1, "N": null}')$$);
SELECT error_of($$SELECT inject_variables('{ENTITY}', '{}', 'error')$$);
SELECT inject_variables('{B} {A} {D|x} {C} {B} {N} {{B}', '{"A": 1, "N": null}', 'keep');
SELECT inject_variables('[{B}] {A} {D|x} {N} {{B}', '{"A": 1, "N": null}', missing => 'empty');
-- null counts as missing, so the default is used
SELECT inject_variables('{N|default}', '{"N": null}');
-- a placeholder may have a name that is too long for a variable
SELECT inject_variables('{' || repeat('A', 51) || '} {' || repeat('A', 50) || '}',
                        jsonb_build_object(repeat('A', 50), 'fifty'), 'keep');
SELECT error_of(format('SELECT inject_variables(%L, ''{}'')', '{' || repeat('A', 101) || '} {B}'));
-- many at once
SELECT length(message) = sum_of_lengths, message LIKE '%_79, VARIABLE_80%'
FROM (SELECT error_of($$SELECT inject_variables((SELECT string_agg(format('{VARIABLE_%s} {VARIABLE_%s}', i, i), ' ' ORDER BY i) FROM generate_series(1, 80) AS i), '{}')$$) AS message) AS m,
     (SELECT length(error_of($$SELECT inject_variables('{A}{B}', '{}')$$)) - length('A, B')
             + sum(length(format('VARIABLE_%s', i))) + 2 * 79 AS sum_of_lengths
      FROM generate_series(1, 80) AS i) AS s;

-- more names than fit in a message
SELECT length(message) < 1500, message LIKE '%, VARIABLE_WITH_A_LONG_NAME_30, %', message LIKE E'% and more\nHINT%'
FROM error_of($$SELECT inject_variables((SELECT string_agg(format('{VARIABLE_WITH_A_LONG_NAME_%s}', i), ' ' ORDER BY i) FROM generate_series(1, 50000) AS i), '{}')$$) AS message;

--
-- Invalid arguments
--
SELECT error_of(format('SELECT inject_variables(''{A}'', %L)', variables))
FROM (VALUES ('[]'), ('["A"]'), ('"A"'), ('1'), ('true'), ('null')) AS v (variables);
SELECT error_of(format('SELECT inject_variables(''no placeholder'', %L)', variables))
FROM (VALUES ('{"": 1}'), ('{"a": 1}'), ('{"A": 1, "B-C": 2}'), ('{"1A": 1}'), ('{"_A": 1}'), ('{"Ä": 1}'), ('{"A\n": 1}')) AS v (variables);
SELECT error_of(format('SELECT inject_variables('''', %L)', jsonb_build_object(repeat('A', 51), 1)));
SELECT error_of(format('SELECT inject_variables('''', %L)', jsonb_build_object(repeat('ä', 1000), 1)));
SELECT error_of($$SELECT inject_variables('{A}', '{"A": [1, 2]}')$$);
SELECT error_of($$SELECT inject_variables('{A|default}', '{"A": {"b": 1}}')$$);
SELECT error_of(format('SELECT inject_variables(''no placeholder'', ''{}'', %L)', mode))
FROM (VALUES ('ignore'), (''), ('ERROR'), ('keep '), ('emptyx')) AS m (mode);
SELECT error_of($$SELECT inject_variables('{}'::jsonb, '{}', 'drop')$$);
-- over 256 MB
SELECT error_of($$SELECT inject_variables(repeat('{A}', 257), jsonb_build_object('A', repeat('x', 1024 * 1024)))$$);
SELECT error_of($$SELECT inject_variables(repeat('text {A}', 40000), jsonb_build_object('A', repeat('x', 1024 * 1024)))$$);
SELECT error_of($$SELECT inject_variables(to_jsonb(repeat('{A}', 257)), jsonb_build_object('A', repeat('x', 1024 * 1024)))$$);
SELECT error_of($$SELECT inject_variables((SELECT jsonb_agg('<{A}>'::text) FROM generate_series(1, 300)), jsonb_build_object('A', repeat('x', 1024 * 1024)))$$);
SELECT error_of($$SELECT inject_variables((SELECT jsonb_agg('{A}'::text) FROM generate_series(1, 300)), jsonb_build_object('A', jsonb_build_array(repeat('x', 1024 * 1024))))$$);

--
-- jsonb
--
-- strings at any depth are templates; keys and other values are not
SELECT inject_variables('{"{A}": "<{A}>", "list": ["{A}{A}", "no braces", 1.50, null, true, {"deep": ["{B|default}"]}], "empty": [{}, [], ""]}'::jsonb,
                        '{"A": "one"}');
-- a string that is a single placeholder becomes the variable's value; any other one stays a string
SELECT inject_variables('["{S}", "{N}", "{T}", "{U}", "{L}", "{O}"]'::jsonb, variables),
       inject_variables('["{S} ", " {N}", "{T}{T}"]'::jsonb, variables)
FROM (VALUES ('{"S": "text", "N": 1.50, "T": true, "U": null, "L": [1, {"a": "{S}"}], "O": {"k": [], "{S}": "{N}"}}'::jsonb)) AS v (variables);
-- also if it has a default, provided that the variable is given
SELECT inject_variables('["{N|none}", "{U|none}", "{M|none}", "{M|}", "{{N}"]'::jsonb, '{"N": 1, "U": null}');
SELECT inject_variables('{"a": "{M}", "b": "<{M}>"}'::jsonb, '{}', 'keep'),
       inject_variables('{"a": "{M}", "b": "<{M}>"}'::jsonb, '{}', 'empty');
-- the root can be a scalar and become a value of another type
SELECT inject_variables('"<{A}>"'::jsonb, '{"A": 1}'), inject_variables('"{A}"'::jsonb, '{"A": 1}'),
       inject_variables('"{A}"'::jsonb, '{"A": {"b": []}}'), inject_variables('"{A}"'::jsonb, '{"A": null}'),
       inject_variables('1'::jsonb, '{"A": 1}'), inject_variables('null'::jsonb, '{}'),
       inject_variables('{}'::jsonb, '{}'), inject_variables('[]'::jsonb, '{}');
-- the same for long strings
SELECT inject_variables(jsonb_build_array('{A|' || repeat('x', 20000) || '}', ' {B|' || repeat('x', 20000) || '}'), '{"A": [1]}', 'keep')
       = jsonb_build_array('[1]'::jsonb, ' ' || repeat('x', 20000));
-- one error names all missing variables
SELECT error_of($$SELECT inject_variables('{"a": ["{B}", "{A} {C}"], "{K}": "{D|x}{B}", "z": "{E}"}'::jsonb, '{"A": 1}')$$);
SELECT error_of($$SELECT inject_variables('["{A}", "<{A}>"]'::jsonb, '{"A": [1]}')$$);
SELECT split_part(error_of($$SELECT inject_variables((SELECT jsonb_agg(format('{V%s} in text %s', i % 100, i) ORDER BY i) FROM generate_series(1, 5000) AS i), '{}')$$), E'\n', 1)
       = '42P02: missing variables: ' || string_agg('V' || i % 100, ', ' ORDER BY i) FROM generate_series(1, 100) AS i;
-- null is a value for a single placeholder, and missing within text
SELECT error_of($$SELECT inject_variables('["{U}", "<{U}>"]'::jsonb, '{"U": null}')$$);
-- deep nesting
SELECT inject_variables((repeat('[', 2000) || '"{A}"' || repeat(']', 2000))::jsonb, '{"A": {"b": 1}}')::text
       = repeat('[', 2000) || '{"b": 1}' || repeat(']', 2000);

--
-- template_variables()
--
SELECT template_variables('{B} {A|x} {C} {{D} {A} {e} {B}'),
       template_variables('{B} {A|x} {C|y} {B|z} {{D}', without_default => true),
       template_variables('{A|x} {B} {A}', true);
SELECT template_variables('no braces'), template_variables(''), template_variables('{A|x}', true),
       template_variables(repeat('{', 100)), template_variables('1'::jsonb), template_variables('{"{K}": 1}'::jsonb, true);
SELECT template_variables('{"b": ["{B}", {"{K}": "{A|x}{B}"}], "a": "{C} {A}", "n": 1}'::jsonb),
       template_variables('{"b": ["{B}", {"{K}": "{A|x}{B}"}], "a": "{C|x} {A|x}", "n": 1}'::jsonb, true),
       template_variables('"{A} {B}"'::jsonb);
SELECT template_variables('{' || repeat('A', 60) || '}');
-- thousands, in order of appearance
SELECT template_variables(string_agg(format('{V%s} {W|{V0}} {V%s}', i, i / 2 + 1), ' ' ORDER BY i))
       = array['V1', 'W'] || array_agg('V' || i ORDER BY i) FILTER (WHERE i > 1)
FROM generate_series(1, 20000) AS i;

--
-- Long templates and many variables
--
CREATE TEMPORARY TABLE long_template AS
SELECT string_agg(format('Übung %s: {ENTITY} and {STATE} {not} {UNSET|default} 株式', i), E'\n' ORDER BY i) AS template
FROM generate_series(1, 180000) AS i;
SELECT octet_length(template) > 10 * 1000 * 1000,
       md5(inject_variables(template, '{"ENTITY": "trade 🥖", "STATE": "{ENTITY}"}'))
       = md5(replace(replace(replace(template, '{UNSET|default}', 'default'), '{ENTITY}', 'trade 🥖'), '{STATE}', '{ENTITY}')),
       md5(inject_variables(to_jsonb(template), '{"ENTITY": "trade 🥖", "STATE": "{ENTITY}"}') #>> '{}')
       = md5(inject_variables(template, '{"ENTITY": "trade 🥖", "STATE": "{ENTITY}"}')),
       template_variables(template)
FROM long_template;
SELECT inject_variables(string_agg(format('{VARIABLE_%s}', i), ',' ORDER BY i), jsonb_object_agg(format('VARIABLE_%s', i), i))
       = string_agg(i::text, ',' ORDER BY i)
FROM generate_series(1, 20000) AS i;
SELECT inject_variables(string_agg(format('{%s|%s}', repeat('N', i), i), ',' ORDER BY i), jsonb_object_agg(repeat('N', i), -i) FILTER (WHERE i % 7 = 0 AND i < 51))
       = string_agg((CASE WHEN i % 7 = 0 AND i < 51 THEN -i ELSE i END)::text, ',' ORDER BY i)
FROM generate_series(1, 1000) AS i;
-- unfinished placeholders and single braces do not take longer than other text
SELECT inject_variables(text, '{"A": 1}') = text
FROM (VALUES (repeat('{A|', 3000000)), (repeat('{', 10000000)), (repeat('{A', 3000000)), ('{' || repeat('A', 10000000))) AS t (text);

--
-- Comparison with a simple implementation, on random templates and variables
--
CREATE FUNCTION slow_inject(template text, variables jsonb, missing text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  result text := '';
  match text[];
BEGIN
  WHILE template <> '' LOOP
    match := regexp_match(template, '^\{(\{[A-Z][A-Z0-9_]*(?:\|[^}]*)?\})');
    IF match IS NOT NULL THEN
      result := result || match[1];
      template := substr(template, length(match[1]) + 2);
      CONTINUE;
    END IF;
    match := regexp_match(template, '^(\{([A-Z][A-Z0-9_]*)(?:\|([^}]*))?\})');
    IF match IS NULL THEN
      match := regexp_match(template, '^.[^{]*');
      result := result || match[1];
      template := substr(template, length(match[1]) + 1);
    ELSE
      result := result || coalesce(variables ->> match[2], match[3], CASE missing WHEN 'keep' THEN match[1] ELSE '' END);
      template := substr(template, length(match[1]) + 1);
    END IF;
  END LOOP;
  RETURN result;
END
$$;

CREATE FUNCTION slow_inject(template jsonb, variables jsonb, missing text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  name text := (regexp_match(template #>> '{}', '^\{([A-Z][A-Z0-9_]*)(?:\|[^}]*)?\}$'))[1];
BEGIN
  CASE jsonb_typeof(template)
    WHEN 'object' THEN
      RETURN (SELECT coalesce(jsonb_object_agg(key, slow_inject(value, variables, missing)), '{}') FROM jsonb_each(template));
    WHEN 'array' THEN
      RETURN (SELECT coalesce(jsonb_agg(slow_inject(value, variables, missing) ORDER BY i), '[]')
              FROM jsonb_array_elements(template) WITH ORDINALITY AS e (value, i));
    WHEN 'string' THEN
      RETURN coalesce(variables -> name, to_jsonb(slow_inject(template #>> '{}', variables, missing)));
    ELSE
      RETURN template;
  END CASE;
END
$$;

SELECT setseed(0.42);
CREATE TEMPORARY TABLE template AS
SELECT i, (SELECT coalesce(string_agg((array['{', '{', '}', '|', 'A', 'B', '_', '0', 'a', ' ', E'\n', 'é', '株', '{A}', '{B|', '{CC}', '{{A}',
                                           '{ENTITY}', '{A_LONGER_NAME_16}', '{N|x}', '{U}', 'some text that is not short at all, ', 'and a bit more '])
                                         [1 + trunc(random() * 23)::int], ''), '')
            FROM generate_series(1, trunc(random() * 40)::int + 0 * i)) AS template
FROM generate_series(1, 1200) AS i;
-- some long enough to be parsed in parts, compressed or toasted
INSERT INTO template
SELECT 2000 + i, repeat(template, 300) FROM template WHERE i <= 60;
ALTER TABLE template ALTER template SET STORAGE EXTERNAL;
INSERT INTO template
SELECT 3000 + i, repeat(template, 10) FROM template WHERE i <= 60;
CREATE TEMPORARY TABLE variables AS
SELECT i, (SELECT coalesce(jsonb_object_agg(name, value) FILTER (WHERE random() < 0.7), '{}')
            FROM (VALUES ('A', '"{B}"'::jsonb), ('B', to_jsonb(repeat('b', i))), ('CC', to_jsonb(i / 10.0)), ('ENTITY', to_jsonb('entity ' || i)),
                         ('A_LONGER_NAME_16', 'true'), ('N', 'null'), ('U', '"é"')) AS v (name, value)) AS variables
FROM generate_series(1, 50) AS i;
SELECT count(*) > 1300, count(DISTINCT template) > 1000, max(octet_length(template)) > 50000 FROM template;

CREATE TEMPORARY TABLE expected AS
SELECT t.i AS t, v.i AS v, mode, template, variables, slow_inject(template, variables, mode) AS result
FROM template AS t, variables AS v, (VALUES ('keep'), ('empty')) AS m (mode)
WHERE (t.i + v.i) % 25 = 0 AND t.i <= 2000
   OR t.i > 3000 AND (t.i + v.i) % 25 = 0
   OR t.i = 2003 + 7 * (v.i % 3) AND v.i < 4;
ANALYZE expected;
-- templates change fastest, variables change fastest, both change, one is a literal
SELECT count(*) > 4000, count(*) FILTER (WHERE inject_variables(template, variables, mode) IS DISTINCT FROM result)
FROM (SELECT * FROM expected ORDER BY mode, v, t OFFSET 0) AS e;
SELECT count(*) FILTER (WHERE inject_variables(template, variables, mode) IS DISTINCT FROM result)
FROM (SELECT * FROM expected ORDER BY mode, t, v OFFSET 0) AS e;
SELECT count(*) FILTER (WHERE inject_variables(template, variables, mode) IS DISTINCT FROM result)
FROM (SELECT * FROM expected ORDER BY md5(t::text || v || mode) OFFSET 0) AS e;
SELECT count(*) FILTER (WHERE inject_variables(template, '{"A": "x", "CC": [0]}', 'keep')
                              IS DISTINCT FROM slow_inject(template, '{"A": "x"}', 'keep'))
FROM template WHERE i <= 2000 AND template NOT LIKE '%CC%';
SELECT count(*) FILTER (WHERE inject_variables(E'{A}{{A}} {B} {CC|x}{ENTITY|\n}{U}', variables, 'keep')
                              IS DISTINCT FROM slow_inject(E'{A}{{A}} {B} {CC|x}{ENTITY|\n}{U}', variables, 'keep'))
FROM variables;
-- more templates than the cache holds, with long ones in between
SELECT count(*) FILTER (WHERE inject_variables(template, '{"A": "{B}", "B": 2}') IS DISTINCT FROM replace(replace(template, '{B}', '2'), '{A}', '{B}'))
FROM (SELECT CASE WHEN i % 3 = 0 THEN repeat('{A}', 10000 + i % 2) ELSE format('text %s {A}{B}', i % 2500) END AS template
      FROM generate_series(1, 6000) AS i OFFSET 0) AS t;
-- templates that differ in one byte only
SELECT inject_variables(template, '{"A": 1, "B": 2, "C": 3}')
FROM (SELECT replace(repeat('-', 26) || '{X}' || repeat('-', 100), 'X', chr(65 + i % 3)) AS template FROM generate_series(0, 5) AS i OFFSET 0) AS t;
-- the same in jsonb, as documents of several templates
SELECT count(*) > 200, count(*) FILTER (WHERE inject_variables(document, variables, mode) IS DISTINCT FROM slow_inject(document, variables, mode))
FROM (SELECT jsonb_build_object(min(template), jsonb_agg(template ORDER BY t), 'n', count(*), '{A}', jsonb_build_array(max(template), jsonb_agg(t), '{}', '[]'::jsonb, NULL, '{CC}', '{N}', true)) AS document,
             variables, mode
      FROM expected WHERE t <= 2000 GROUP BY v, variables, mode, t / 500) AS d;
-- template_variables() against a regular expression
SELECT count(*) FILTER (WHERE template_variables(template) IS DISTINCT FROM
         (SELECT coalesce(array_agg(name ORDER BY first), '{}')
          FROM (SELECT m[2] AS name, min(i) AS first
                FROM regexp_matches(template, '(\{?)\{([A-Z][A-Z0-9_]*)(?:\|[^}]*)?\}', 'g') WITH ORDINALITY AS r (m, i)
                WHERE m[1] = '' GROUP BY m[2]) AS names))
FROM template WHERE i <= 2000;

-- in parallel workers
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
CREATE TABLE shared_expected AS SELECT * FROM expected;
ANALYZE shared_expected;
EXPLAIN (COSTS OFF) SELECT count(*) FROM shared_expected WHERE inject_variables(template, variables, mode) IS DISTINCT FROM result;
SELECT count(*) FROM shared_expected WHERE inject_variables(template, variables, mode) IS DISTINCT FROM result;
SELECT count(*) FROM shared_expected WHERE template_variables(template) IS DISTINCT FROM template_variables(to_jsonb(template));
DROP TABLE shared_expected;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

--
-- Repeated calls of one call site, with other arguments and after errors
--
DO $$
DECLARE
  templates text[] := array['{A}', '<{A}>', '{A} {B}', repeat('long ', 5000) || '{A} {B}', '{A}'];
  variables jsonb[] := array['{"A": 1}', '{"A": 2, "B": 3}', '{"A": [1]}', '{"a": 1}', '{"A": 1}'];
  template text;
  variable jsonb;
  result text;
BEGIN
  FOREACH variable IN ARRAY variables LOOP
    FOREACH template IN ARRAY templates LOOP
      BEGIN
        result := inject_variables(template, variable);
      EXCEPTION WHEN OTHERS THEN
        result := SQLSTATE || ' ' || SQLERRM;
      END;
      RAISE INFO '% in % -> %', variable, right(template, 10), right(result, 60);
    END LOOP;
  END LOOP;
END
$$;
PREPARE injection (text, jsonb, text) AS SELECT inject_variables($1, $2, $3), inject_variables(to_jsonb($1), $2, $3);
SET plan_cache_mode = force_generic_plan;
EXECUTE injection ('{A}', '{"A": 1}', 'error');
EXECUTE injection ('{A}!', '{"A": 2}', 'error');
EXECUTE injection ('{A}!', '{"B": 2}', 'keep');
EXECUTE injection ('{A}!', '{"B": 2}', 'empty');
EXECUTE injection ('{A}!', '{"B": 2}', 'error');
RESET plan_cache_mode;
DEALLOCATE injection;

--
-- Function properties and comments
--
SELECT p.oid::regprocedure, provolatile, proisstrict, proparallel, obj_description(p.oid, 'pg_proc') IS NOT NULL
FROM pg_proc AS p
WHERE proname IN ('inject_variables', 'template_variables')
ORDER BY 1;

DROP FUNCTION slow_inject(text, jsonb, text), slow_inject(jsonb, jsonb, text), error_of(text);

-- Templates that are too many for the cache are rendered in one pass: the same as others, and
-- the same as in parts, with what is unusual in them.
SELECT t.kind, count(*) AS templates, bool_and(inject_variables(t.template, t.variables, 'keep') = t.rendered) AS as_expected
FROM (SELECT k.kind, format(k.template, n) AS template, format(k.rendered, n) AS rendered,
             jsonb_build_object('A', 'a', 'EMPTY', '', 'LONG_NAME_OF_A_VARIABLE', repeat('long ', 20), 'NUMBER', 1.50, 'NONE', NULL) AS variables
      FROM generate_series(1, 1000) AS n
      CROSS JOIN (VALUES
        (1, '{A} no. %s {A}{NUMBER}{EMPTY}{A} { } {a} {A', 'a no. %s a1.50a { } {a} {A'),
        (2, '%s {LONG_NAME_OF_A_VARIABLE}.', '%s ' || repeat('long ', 20) || '.'),
        (3, '%s {B|default} {NONE|none} {B} {A|b}', '%s default none {B} a'),
        (4, '%s {{A} {{{A}} {{', '%s {A} {{A}} {{'),
        (5, '%s' || repeat(' of all {A}', 1000), '%s' || repeat(' of all a', 1000)),
        (6, '%s' || repeat('{LONG_NAME_OF_A_VARIABLE}', 400), '%s' || repeat(repeat('long ', 20), 400))
      ) AS k (kind, template, rendered)) AS t
GROUP BY t.kind
ORDER BY t.kind;
DO $$
BEGIN
  PERFORM inject_variables(format('%s {A} {B}', n), '{"A": "a"}') FROM generate_series(1, 3000) AS n WHERE n > 0;
EXCEPTION WHEN undefined_parameter THEN
  RAISE NOTICE '%', SQLERRM;
END
$$;
