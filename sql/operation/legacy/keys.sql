-- Which of the rows that have a key in common is kept, and who stands in for
-- the others.

-- Of rows that share these expressions, the preferred one stays. A row whose
-- keys are not known shares none. The id of a row without one is a digest of it.
CREATE OR REPLACE FUNCTION learnify_internal.refuse_legacy_duplicates(table_name text, expressions text[])
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  EXECUTE format(
    'WITH shared AS (SELECT %2$s FROM pg_temp.legacy_rows_%1$s AS s WHERE legacy_outcome = ''written'' AND num_nulls(%2$s) = 0 '
    'GROUP BY %2$s HAVING count(*) > 1), '
    'ranked AS (SELECT s.ctid, first_value(id) OVER w AS first, row_number() OVER w AS number '
    'FROM pg_temp.legacy_rows_%1$s AS s WHERE legacy_outcome = ''written'' AND (%2$s) IN (SELECT * FROM shared) '
    'WINDOW w AS (PARTITION BY %2$s ORDER BY %3$s, legacy_label COLLATE "C", id)) '
    'UPDATE pg_temp.legacy_rows_%1$s AS s SET legacy_outcome = ''refused'', legacy_kept = r.first, '
    'legacy_reason = CASE WHEN %5$L AND s.legacy_key IS NULL THEN ''another row is the same'' ELSE %4$L END '
    'FROM ranked AS r WHERE s.ctid = r.ctid AND r.number > 1',
    table_name, array_to_string(expressions, ', '),
    (SELECT t.preference FROM learnify_internal.legacy_tables() AS t WHERE t.table_name = refuse_legacy_duplicates.table_name),
    'another row has the same ' || replace(array_to_string(expressions, ', '), '@extschema@.', ''),
    expressions = '{id}');
END
$$;

COMMENT ON FUNCTION learnify_internal.refuse_legacy_duplicates(text, text[]) IS 'Refuses all but the preferred one of the rows that share a key';

-- What the target has stays as it is. A row that is refused all the same leads
-- references to what is there.
CREATE OR REPLACE FUNCTION learnify_internal.find_present_rows(table_name text, expressions text[])
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  EXECUTE format(
    'UPDATE pg_temp.legacy_rows_%1$s AS s '
    'SET legacy_outcome = replace(s.legacy_outcome, ''written'', ''present''), legacy_reason = coalesce(s.legacy_reason, %4$L), legacy_kept = t.target_id '
    'FROM (SELECT id AS target_id, %3$s FROM @extschema@.%1$s%5$s) AS t, '
    '(SELECT ctid AS row, %3$s FROM pg_temp.legacy_rows_%1$s WHERE legacy_kept IS NULL AND legacy_outcome <> ''present'') AS k '
    'WHERE s.ctid = k.row AND (%2$s)',
    table_name,
    (SELECT string_agg(format('t.k%s = k.k%1$s', e.number), ' AND ') FROM unnest(expressions) WITH ORDINALITY AS e (expression, number)),
    (SELECT string_agg(format('%s AS k%s', e.expression, e.number), ', ') FROM unnest(expressions) WITH ORDINALITY AS e (expression, number)),
    CASE WHEN expressions <> '{id}' THEN 'a row that is there has the same ' || replace(array_to_string(expressions, ', '), '@extschema@.', '') END,
    CASE WHEN expressions <> '{id}' AND table_name IN ('blueprint_modules', 'achievements') THEN ' WHERE NOT builtin' END);
END
$$;

COMMENT ON FUNCTION learnify_internal.find_present_rows(text, text[]) IS 'Marks the rows whose key the target has';

-- A row with a key of one untouched row that shipped takes its place: it is
-- written there, under the shipped id.
CREATE OR REPLACE FUNCTION learnify_internal.match_shipped_rows(table_name text)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  EXECUTE format(
    'WITH matches AS (SELECT s.ctid AS row, (array_agg(t.id ORDER BY (%2$s) IS TRUE DESC, t.id))[1] AS shipped, count(*) AS number '
    'FROM pg_temp.legacy_rows_%1$s AS s JOIN @extschema@.%1$s AS t ON t.builtin AND (%3$s) '
    'WHERE s.legacy_kept IS NULL AND s.legacy_outcome <> ''present'' GROUP BY s.ctid), '
    'judged AS (SELECT m.*, row_number() OVER (PARTITION BY m.shipped, s.legacy_outcome ORDER BY s.legacy_label COLLATE "C", s.id) AS place '
    'FROM matches AS m JOIN pg_temp.legacy_rows_%1$s AS s ON s.ctid = m.row) '
    'UPDATE pg_temp.legacy_rows_%1$s AS s SET legacy_kept = j.shipped, '
    'legacy_outcome = CASE WHEN j.number = 1 AND j.place = 1 THEN s.legacy_outcome ELSE ''refused'' END, '
    'legacy_reason = coalesce(s.legacy_reason, CASE WHEN j.number > 1 THEN ''several rows that shipped have its keys'' '
    'WHEN j.place > 1 THEN ''another row takes the place of the same row that shipped'' '
    'ELSE ''takes the place of the row that shipped'' END) '
    'FROM judged AS j WHERE s.ctid = j.row',
    table_name,
    (SELECT format('s.%1$I = t.%1$I', k.expressions[1]) FROM learnify_internal.legacy_keys(table_name) AS k WHERE k.expressions[1] IN ('concept_slug', 'slug')),
    (SELECT string_agg(format('s.%1$I = t.%1$I', k.expressions[1]), ' OR ') FROM learnify_internal.legacy_keys(table_name) AS k));
END
$$;

COMMENT ON FUNCTION learnify_internal.match_shipped_rows(text) IS 'Finds the rows that take the place of rows that shipped with the extension';

CREATE OR REPLACE FUNCTION learnify_internal.resolve_legacy_keys(table_name text)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  keys text[];
  moved bigint;
BEGIN
  PERFORM learnify_internal.refuse_legacy_duplicates(table_name, '{id}');
  FOR keys IN SELECT k.expressions FROM learnify_internal.legacy_keys(table_name) AS k ORDER BY k.number LOOP
    PERFORM learnify_internal.refuse_legacy_duplicates(table_name, keys);
  END LOOP;
  PERFORM learnify_internal.find_present_rows(table_name, '{id}');
  FOR keys IN SELECT k.expressions FROM learnify_internal.legacy_keys(table_name) AS k ORDER BY k.number LOOP
    PERFORM learnify_internal.find_present_rows(table_name, keys);
  END LOOP;
  IF table_name IN ('blueprint_modules', 'achievements') THEN
    PERFORM learnify_internal.match_shipped_rows(table_name);
  END IF;
  -- where the one that was kept has given way as well
  LOOP
    EXECUTE format(
      'UPDATE pg_temp.legacy_rows_%1$s AS s SET legacy_kept = w.legacy_kept FROM pg_temp.legacy_rows_%1$s AS w '
      'WHERE w.id = s.legacy_kept AND w.legacy_kept <> s.legacy_kept AND s.legacy_outcome = ''refused'' AND s.id <> w.id', table_name);
    GET DIAGNOSTICS moved = ROW_COUNT;
    EXIT WHEN moved = 0;
  END LOOP;
END
$$;

COMMENT ON FUNCTION learnify_internal.resolve_legacy_keys(text) IS 'Decides which rows are written, which are there already, and which give way to others';

-- By what rows are referred to, and the id that it comes to: NULL for a row that
-- is refused. A name that several rows have names none.
CREATE OR REPLACE FUNCTION learnify_internal.index_legacy_rows(table_name text)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  names CONSTANT text := (
    SELECT string_agg(format('((%s)::text)', n.name), ', ')
    FROM learnify_internal.legacy_tables() AS t, unnest(t.names) AS n (name)
    WHERE t.table_name = index_legacy_rows.table_name);
BEGIN
  EXECUTE format(
    'CREATE TEMPORARY TABLE legacy_ids_%1$s ON COMMIT DROP AS '
    'SELECT n.key, min(n.id::text)::uuid AS id '
    'FROM (SELECT ''='' || s.legacy_key AS key, coalesce(s.legacy_kept, CASE WHEN s.legacy_outcome <> ''refused'' THEN s.id END) AS id '
    'FROM pg_temp.legacy_rows_%1$s AS s WHERE s.legacy_key IS NOT NULL '
    'UNION ALL '
    'SELECT ''~'' || lower(btrim(a.name)), coalesce(s.legacy_kept, CASE WHEN s.legacy_outcome <> ''refused'' THEN s.id END) '
    'FROM pg_temp.legacy_rows_%1$s AS s CROSS JOIN LATERAL (VALUES %2$s (s.legacy_slug)) AS a (name) WHERE a.name IS NOT NULL) AS n '
    'GROUP BY n.key HAVING n.key LIKE ''=%%'' OR min(n.id::text) = max(n.id::text)',
    table_name, names || ', ');
  EXECUTE format(
    'UPDATE pg_temp.legacy_ids_%1$s AS i SET id = t.id FROM @extschema@.%1$s AS t WHERE i.id IS NULL AND i.key = ''='' || t.id',
    table_name);
  EXECUTE format(
    'INSERT INTO pg_temp.legacy_ids_%1$s (key, id) SELECT ''='' || t.id, t.id FROM @extschema@.%1$s AS t '
    'WHERE NOT EXISTS (SELECT FROM pg_temp.legacy_ids_%1$s AS i WHERE i.key = ''='' || t.id)', table_name);
  IF names IS NOT NULL THEN
    EXECUTE format(
      'INSERT INTO pg_temp.legacy_ids_%1$s (key, id) SELECT DISTINCT ON (n.key) n.key, n.id '
      'FROM (SELECT ''~'' || lower(btrim(a.name)) AS key, id FROM @extschema@.%1$s AS t CROSS JOIN LATERAL (VALUES %2$s) AS a (name)) AS n '
      'WHERE NOT EXISTS (SELECT FROM pg_temp.legacy_ids_%1$s AS i WHERE i.key = n.key) ORDER BY n.key, n.id', table_name, names);
  END IF;
  EXECUTE format('ANALYZE pg_temp.legacy_ids_%s', table_name);
END
$$;

COMMENT ON FUNCTION learnify_internal.index_legacy_rows(text) IS 'Lists what the rows of a table are referred to by';
