-- inject_variables() against copying a template, and against replace() and PL/pgSQL.
--
--   psql -v rows=20000 -f test/bench/inject.sql
--
-- Both sides of a comparison read the same rows, alternately and many times; the shortest
-- time of each counts. The rows must fit in shared buffers, since reading them from the
-- operating system would hide a part of the difference. Comparisons without a target are
-- for information.

\if :{?rows}
\else
  \set rows 20000
\endif
\set QUIET on
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
CREATE SCHEMA bench_inject;

CREATE TEMPORARY TABLE IF NOT EXISTS bench_result (
  name text,
  ours_ms numeric,
  other_ms numeric,
  ratio numeric,
  target text,
  ok boolean
);

-- Returns the milliseconds that a query takes.
CREATE FUNCTION pg_temp.bench_time(query text) RETURNS numeric
LANGUAGE plpgsql AS $$
DECLARE
  started timestamptz := clock_timestamp();
BEGIN
  EXECUTE query;
  RETURN 1000 * extract(epoch FROM clock_timestamp() - started);
END
$$;

-- Times two expressions over the rows of a table. A positive bound is the largest ratio of
-- our time to the other that meets the target; a negative one is the factor by which ours
-- must be faster.
CREATE FUNCTION pg_temp.bench_expressions(name text, ours text, other text, source text, bound numeric DEFAULT NULL, turns integer DEFAULT 25)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  query text := 'SELECT sum(octet_length((%s)::text)) FROM ' || source;
  ours_ms numeric := 'infinity';
  other_ms numeric := 'infinity';
BEGIN
  FOR turn IN 1..turns LOOP
    ours_ms := least(ours_ms, pg_temp.bench_time(format(query, ours)));
    other_ms := least(other_ms, pg_temp.bench_time(format(query, other)));
  END LOOP;
  INSERT INTO bench_result
  VALUES (name, round(ours_ms, 1), round(other_ms, 1), round(ours_ms / other_ms, 2),
          CASE WHEN bound > 0 THEN format('at most %s x', bound) WHEN bound < 0 THEN format('%s x faster', -bound) END,
          CASE WHEN bound > 0 THEN ours_ms <= bound * other_ms WHEN bound < 0 THEN ours_ms * -bound <= other_ms END);
END
$$;

-- Returns a template with placeholders for the given variables in turn, each after 20 to 31
-- bytes of text that depend on the seed.
CREATE FUNCTION pg_temp.bench_template(names text[], placeholders integer, seed integer) RETURNS text
LANGUAGE sql AS $$
  SELECT string_agg(substr('the quick brown fox of number jumps over lazy dogs while the market opens again', 1 + (i * 3 + seed) % 37, 19 + (i * 5 + seed) % 12)
                    || format(' {%s}', names[1 + (i * 7 + seed) % cardinality(names)]), '' ORDER BY i)
  FROM generate_series(1, placeholders) AS i
$$;

-- Five variables, 50 placeholders, 1.7 kB; 20 templates, or one for each row
CREATE UNLOGGED TABLE bench_inject.few AS
SELECT i, pg_temp.bench_template('{ENTITY,STATE,FLOW,LOGIC,CONTAINER}', 50, i % 20) AS template
FROM generate_series(1, :rows) AS i;
CREATE UNLOGGED TABLE bench_inject.one AS
SELECT i, (SELECT template FROM bench_inject.few LIMIT 1) AS template FROM bench_inject.few;
CREATE UNLOGGED TABLE bench_inject.twenty AS
SELECT * FROM bench_inject.few WHERE i <= 20;
CREATE UNLOGGED TABLE bench_inject.many AS
SELECT i, overlay(template PLACING to_char(i, 'FM00000000') FROM 1) AS template FROM bench_inject.few;
CREATE UNLOGGED TABLE bench_inject.variables AS
SELECT '{"ENTITY": "stock trade", "STATE": "open order", "FLOW": "settlement", "LOGIC": "price rule", "CONTAINER": "order book"}'::jsonb AS variables;
CREATE UNLOGGED TABLE bench_inject.own AS
SELECT i, template, jsonb_set(variables, '{ENTITY}', to_jsonb(format('stock %s', i))) AS variables FROM bench_inject.one, bench_inject.variables;

-- Fifty variables, 200 placeholders
CREATE UNLOGGED TABLE bench_inject.wide AS
SELECT i, pg_temp.bench_template(array(SELECT 'VARIABLE_' || v FROM generate_series(1, 50) AS v), 200, i % 20) AS template
FROM generate_series(1, greatest(:rows / 20, 100)) AS i;
CREATE UNLOGGED TABLE bench_inject.wide_variables AS
SELECT jsonb_object_agg('VARIABLE_' || v, 'value no. ' || v) AS variables FROM generate_series(1, 50) AS v;

-- A module's content: lessons and exercises with test cases
CREATE UNLOGGED TABLE bench_inject.content AS
SELECT i, jsonb_build_object(
         'lessons', (SELECT jsonb_agg(jsonb_build_object('title', 'Lesson ' || k || ' on {ENTITY}', 'minutes', 10 + k, 'body', left(template, 600)))
                     FROM generate_series(1, 3) AS k),
         'exercises', (SELECT jsonb_agg(jsonb_build_object(
                                'title', 'Model a {ENTITY}', 'difficulty', 'beginner', 'starter_code', E'def state(x):\n    return {"a": 1}\n',
                                'solution', E'class {ENTITY_CLASS|Thing}:\n    pass\n', 'hints', jsonb_build_array('Look at {FLOW}', 'No braces here'),
                                'test_cases', jsonb_build_array(jsonb_build_object('input', 1, 'expected', '{STATE}', 'hidden', true),
                                                                jsonb_build_object('input', 2.5, 'expected', NULL, 'hidden', false))))
                       FROM generate_series(1, 3) AS k)) AS content
FROM bench_inject.few
WHERE i <= greatest(:rows / 10, 100);

CREATE FUNCTION pg_temp.bench_loop(template text, variables jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  variable record;
BEGIN
  FOR variable IN SELECT key, value FROM jsonb_each_text(variables) LOOP
    template := replace(template, '{' || variable.key || '}', variable.value);
  END LOOP;
  RETURN template;
END
$$;

-- replace(replace(template, '{A}', 'a value'), '{B}', ...)
CREATE FUNCTION pg_temp.bench_nested(variables jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  expression text := 'template';
  variable record;
BEGIN
  FOR variable IN SELECT key, value FROM jsonb_each_text(variables) LOOP
    expression := format('replace(%s, %L, %L)', expression, '{' || variable.key || '}', variable.value);
  END LOOP;
  RETURN expression;
END
$$;

VACUUM ANALYZE bench_inject.few, bench_inject.one, bench_inject.twenty, bench_inject.many, bench_inject.own, bench_inject.variables, bench_inject.wide, bench_inject.wide_variables, bench_inject.content;
SELECT pg_temp.bench_nested(variables) AS nested FROM bench_inject.variables \gset
SELECT pg_temp.bench_nested(variables) AS wide_nested FROM bench_inject.wide_variables \gset
\set ours 'inject_variables(template, variables)'

-- Both sides must return the same.
SELECT bool_and(:ours = :nested AND :ours = pg_temp.bench_loop(template, variables)) AS same
FROM bench_inject.few, bench_inject.variables WHERE i <= 100 \gset
SELECT bool_and(:ours = :wide_nested) AS wide_same FROM bench_inject.wide, bench_inject.wide_variables WHERE i <= 100 \gset
SELECT bool_and(inject_variables(content, variables) = inject_variables(content::text, variables)::jsonb) AS content_same
FROM bench_inject.content, bench_inject.variables WHERE i <= 100 \gset
\if :same
\else
  \warn inject_variables() differs from nested replace()
\endif
\if :wide_same
\else
  \warn inject_variables() differs from 50 nested replace()
\endif
\if :content_same
\else
  \warn inject_variables(jsonb) differs from inject_variables(text)
\endif

\o /dev/null
SELECT pg_temp.bench_expressions('inject_variables(text), 20 templates of 1.7 kB: template || ''x''',
                                 :'ours', 'template || ''x''', 'bench_inject.few, bench_inject.variables', 1.5, 60);
SELECT pg_temp.bench_expressions('the same, one template: template || ''x''',
                                 :'ours', 'template || ''x''', 'bench_inject.one, bench_inject.variables', 1.5, 60);
SELECT pg_temp.bench_expressions('the same, one template, each row its own variables: template || ''x''',
                                 :'ours', 'template || ''x''', 'bench_inject.own');
SELECT pg_temp.bench_expressions('the same, each row its own template: template || ''x''',
                                 :'ours', 'template || ''x''', 'bench_inject.many, bench_inject.variables', 2);
SELECT pg_temp.bench_expressions('the same, 20 rows again and again, from the CPU''s cache: template || ''x''',
                                 :'ours', 'template || ''x''',
                                 format('bench_inject.twenty, bench_inject.variables, generate_series(1, %s)', :rows / 20));
SELECT pg_temp.bench_expressions('the same, 20 templates: five nested replace()',
                                 :'ours', :'nested', 'bench_inject.few, bench_inject.variables', -2.5, 3);
SELECT pg_temp.bench_expressions('the same, each row its own template: five nested replace()',
                                 :'ours', :'nested', 'bench_inject.many, bench_inject.variables', -2.5, 3);
SELECT pg_temp.bench_expressions('the same, 20 templates: a PL/pgSQL loop over the variables',
                                 :'ours', 'pg_temp.bench_loop(template, variables)', 'bench_inject.few, bench_inject.variables', -4, 3);
SELECT pg_temp.bench_expressions('50 variables, 200 placeholders: 50 nested replace()',
                                 :'ours', :'wide_nested', 'bench_inject.wide, bench_inject.wide_variables', -30, 5);
SELECT pg_temp.bench_expressions('inject_variables(jsonb) of a module''s content: through text and back',
                                 'pg_column_size(inject_variables(content, variables))',
                                 'pg_column_size(inject_variables(content::text, variables)::jsonb)',
                                 'bench_inject.content, bench_inject.variables', -1.5, 5);
\o

DROP SCHEMA bench_inject CASCADE;
