-- Deduplicates: decides which of the rows that have a key in common is kept, the
-- survivor, and redirects references to the others to it. import_survivor is the id of
-- the survivor, NULL in a row that is its own, and in the end in one whose survivor is refused.

-- A row of which one expression is NULL has no such key. An id that the source does not
-- give is a digest of the whole row, so that rows with the same digest are copies.
CREATE OR REPLACE FUNCTION learnify_internal.import_refuse_duplicates(table_name text, expressions text[])
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  EXECUTE format(
    'WITH shared AS (SELECT %2$s FROM pg_temp.import_rows_%1$s AS s WHERE import_outcome = ''written'' AND num_nulls(%2$s) = 0 '
    'GROUP BY %2$s HAVING count(*) > 1), '
    'ranked AS (SELECT s.ctid, first_value(id) OVER w AS first, row_number() OVER w AS number '
    'FROM pg_temp.import_rows_%1$s AS s WHERE import_outcome = ''written'' AND (%2$s) IN (SELECT * FROM shared) '
    'WINDOW w AS (PARTITION BY %2$s ORDER BY %3$s, import_label COLLATE "C", id)) '
    'UPDATE pg_temp.import_rows_%1$s AS s SET import_outcome = ''refused'', import_survivor = r.first, '
    'import_reason = CASE WHEN %5$L AND s.import_key IS NULL THEN ''another row is the same'' ELSE %4$L END '
    'FROM ranked AS r WHERE s.ctid = r.ctid AND r.number > 1',
    table_name, array_to_string(expressions, ', '),
    (SELECT t.sort_order FROM learnify_internal.import_tables() AS t WHERE t.table_name = import_refuse_duplicates.table_name),
    'another row has the same ' || replace(array_to_string(expressions, ', '), '@extschema@.', ''),
    expressions = '{id}');
END
$$;

COMMENT ON FUNCTION learnify_internal.import_refuse_duplicates(text, text[]) IS 'Refuses each staged row that has the same values of these expressions as another one that import_legacy prefers';

-- A row of the target stays as it is, and survives. Rows that are refused for another
-- reason are matched as well, so that references to them lead to the row of the target.
-- A row of the target that is another row of the source, by its id, is not this one, although
-- it has the key: the source has given that row another key since or none, or somebody has here.
-- Where this run takes the source's change, the key is free; else the new row is refused.
CREATE OR REPLACE FUNCTION learnify_internal.import_mark_present_rows(table_name text, expressions text[])
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  names CONSTANT text := replace(array_to_string(expressions, ', '), '@extschema@.', '');
BEGIN
  EXECUTE format(
    'UPDATE pg_temp.import_rows_%1$s AS s '
    'SET import_outcome = CASE WHEN c.import_change IS NULL THEN replace(s.import_outcome, ''written'', ''present'') ELSE ''refused'' END, '
    'import_reason = coalesce(s.import_reason, CASE WHEN c.import_change IS NULL THEN %4$L ELSE %6$L END), '
    'import_survivor = CASE WHEN c.import_change IS NULL THEN t.target_id END '
    'FROM (SELECT id AS target_id, %3$s FROM @extschema@.%1$s%5$s) AS t '
    'LEFT JOIN (SELECT import_survivor AS other_id, coalesce(import_change, ''here'') AS import_change, %3$s FROM pg_temp.import_rows_%1$s '
    'WHERE id = import_survivor) AS c '
    'ON c.other_id = t.target_id AND NOT (%7$s), '
    '(SELECT ctid AS row, %3$s FROM pg_temp.import_rows_%1$s WHERE import_survivor IS NULL AND import_outcome <> ''present'') AS k '
    'WHERE s.ctid = k.row AND (%2$s) AND c.import_change IS DISTINCT FROM ''taken''',
    table_name,
    (SELECT string_agg(format('t.k%s = k.k%1$s', e.number), ' AND ') FROM unnest(expressions) WITH ORDINALITY AS e (expression, number)),
    (SELECT string_agg(format('%s AS k%s', e.expression, e.number), ', ') FROM unnest(expressions) WITH ORDINALITY AS e (expression, number)),
    CASE WHEN expressions <> '{id}' THEN 'a row that is there has the same ' || names END,
    CASE WHEN expressions <> '{id}' AND table_name IN ('blueprint_modules', 'achievements') THEN ' WHERE NOT builtin' END,
    format('a row that is there, and is another one in the source, has the same %s', names),
    (SELECT string_agg(format('t.k%s IS NOT DISTINCT FROM c.k%1$s', e.number), ' AND ') FROM unnest(expressions) WITH ORDINALITY AS e (expression, number)));
END
$$;

COMMENT ON FUNCTION learnify_internal.import_mark_present_rows(text, text[]) IS 'Marks as present each staged row that has the same values of these expressions as a row of the extension''s table';

-- A row with a key of exactly one shipped row that nobody has edited is written over that
-- one, under the shipped id.
CREATE OR REPLACE FUNCTION learnify_internal.import_match_shipped_rows(table_name text)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  EXECUTE format(
    'WITH matches AS (SELECT s.ctid AS row, (array_agg(t.id ORDER BY (%2$s) IS TRUE DESC, t.id))[1] AS shipped, count(*) AS number '
    'FROM pg_temp.import_rows_%1$s AS s JOIN @extschema@.%1$s AS t ON t.builtin AND (%3$s) '
    'WHERE s.import_survivor IS NULL AND s.import_outcome <> ''present'' GROUP BY s.ctid), '
    'judged AS (SELECT m.*, row_number() OVER (PARTITION BY m.shipped, s.import_outcome ORDER BY s.import_label COLLATE "C", s.id) AS place '
    'FROM matches AS m JOIN pg_temp.import_rows_%1$s AS s ON s.ctid = m.row) '
    'UPDATE pg_temp.import_rows_%1$s AS s SET import_survivor = j.shipped, '
    'import_outcome = CASE WHEN j.number = 1 AND j.place = 1 THEN s.import_outcome ELSE ''refused'' END, '
    'import_reason = coalesce(s.import_reason, CASE WHEN j.number > 1 THEN ''several rows that shipped have its keys'' '
    'WHEN j.place > 1 THEN ''another row takes the place of the same row that shipped'' '
    'ELSE ''takes the place of the row that shipped'' END) '
    'FROM judged AS j WHERE s.ctid = j.row',
    table_name,
    (SELECT format('s.%1$I = t.%1$I', k.expressions[1]) FROM learnify_internal.import_unique_keys(table_name) AS k WHERE k.expressions[1] IN ('concept_slug', 'slug')),
    (SELECT string_agg(format('s.%1$I = t.%1$I', k.expressions[1]), ' OR ') FROM learnify_internal.import_unique_keys(table_name) AS k));
END
$$;

COMMENT ON FUNCTION learnify_internal.import_match_shipped_rows(text) IS 'Matches staged rows with the rows that shipped with the extension, in whose place import_legacy writes them';

CREATE OR REPLACE FUNCTION learnify_internal.import_decide_rows(table_name text, take_changes boolean)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  keys text[];
  moved bigint;
BEGIN
  PERFORM learnify_internal.import_refuse_duplicates(table_name, '{id}');
  FOR keys IN SELECT k.expressions FROM learnify_internal.import_unique_keys(table_name) AS k ORDER BY k.number LOOP
    PERFORM learnify_internal.import_refuse_duplicates(table_name, keys);
  END LOOP;
  PERFORM learnify_internal.import_mark_present_rows(table_name, '{id}');
  IF learnify_internal.import_is_recorded(table_name) THEN
    PERFORM learnify_internal.import_mark_changes(table_name, take_changes);
  END IF;
  FOR keys IN SELECT k.expressions FROM learnify_internal.import_unique_keys(table_name) AS k ORDER BY k.number LOOP
    PERFORM learnify_internal.import_mark_present_rows(table_name, keys);
  END LOOP;
  IF table_name IN ('blueprint_modules', 'achievements') THEN
    PERFORM learnify_internal.import_match_shipped_rows(table_name);
  END IF;
  IF learnify_internal.import_is_recorded(table_name) THEN
    PERFORM learnify_internal.import_refuse_deleted(table_name);
    -- again, for the rows that were found by another key
    PERFORM learnify_internal.import_mark_changes(table_name, take_changes);
  END IF;
  -- A survivor may have a survivor of its own: follow the chain to its end.
  LOOP
    EXECUTE format(
      'UPDATE pg_temp.import_rows_%1$s AS s SET import_survivor = w.import_survivor FROM pg_temp.import_rows_%1$s AS w '
      'WHERE w.id = s.import_survivor AND w.import_survivor <> s.import_survivor AND s.import_outcome = ''refused'' '
      'AND s.import_change IS DISTINCT FROM ''deleted'' AND s.id <> w.id', table_name);
    GET DIAGNOSTICS moved = ROW_COUNT;
    EXIT WHEN moved = 0;
  END LOOP;
  -- Where the row at its end is refused, nothing survives.
  EXECUTE format(
    'UPDATE pg_temp.import_rows_%1$s AS s SET import_survivor = d.import_survivor, import_change = d.import_change '
    'FROM pg_temp.import_rows_%1$s AS k '
    'LEFT JOIN (SELECT DISTINCT import_survivor, import_change FROM pg_temp.import_rows_%1$s WHERE import_change = ''deleted'') AS d '
    'ON d.import_survivor = k.import_survivor '
    'WHERE s.ctid = k.ctid AND k.import_outcome = ''refused'' AND k.import_survivor IS NOT NULL '
    'AND NOT EXISTS (SELECT FROM @extschema@.%1$s AS t WHERE t.id = k.import_survivor) '
    'AND NOT EXISTS (SELECT FROM pg_temp.import_rows_%1$s AS w WHERE w.id = k.import_survivor AND w.import_outcome = ''written'')', table_name);
END
$$;

COMMENT ON FUNCTION learnify_internal.import_decide_rows(text, boolean) IS 'Decides which staged rows of a table import_legacy writes, which are present already and which give way to another row';

-- Fills import_ids_TABLE, in which references are looked up: a key is "=" and an id of the
-- source or the target, or "~" and another name of the row. Its id is that of the survivor,
-- NULL for a refused row without one; known_id is the same, but names a survivor that has been
-- deleted here nevertheless. A name that leads to several rows is left out.
CREATE OR REPLACE FUNCTION learnify_internal.import_index_rows(table_name text)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  survivor CONSTANT text := 'CASE WHEN s.import_change IS DISTINCT FROM ''deleted'' THEN coalesce(s.import_survivor, CASE WHEN s.import_outcome <> ''refused'' THEN s.id END) END';
  names CONSTANT text := (
    SELECT string_agg(format('((%s)::text)', n.expression), ', ')
    FROM learnify_internal.import_tables() AS t, unnest(t.name_expressions) AS n (expression)
    WHERE t.table_name = import_index_rows.table_name);
BEGIN
  EXECUTE format(
    'CREATE TEMPORARY TABLE import_ids_%1$s ON COMMIT DROP AS '
    'SELECT n.key, min(n.id::text)::uuid AS id, min(n.known_id::text)::uuid AS known_id '
    'FROM (SELECT ''='' || s.import_key AS key, %3$s AS id, coalesce(%3$s, s.import_survivor) AS known_id '
    'FROM pg_temp.import_rows_%1$s AS s WHERE s.import_key IS NOT NULL '
    'UNION ALL '
    'SELECT ''~'' || @extschema@.fold_email(a.name), %3$s, %3$s '
    'FROM pg_temp.import_rows_%1$s AS s CROSS JOIN LATERAL (VALUES %2$s (s.import_slug)) AS a (name) WHERE a.name IS NOT NULL) AS n '
    'GROUP BY n.key HAVING n.key LIKE ''=%%'' OR min(n.id::text) = max(n.id::text)',
    table_name, names || ', ', survivor);
  EXECUTE format(
    'UPDATE pg_temp.import_ids_%1$s AS i SET id = t.id, known_id = t.id FROM @extschema@.%1$s AS t WHERE i.id IS NULL AND i.key = ''='' || t.id',
    table_name);
  EXECUTE format(
    'INSERT INTO pg_temp.import_ids_%1$s (key, id, known_id) SELECT ''='' || t.id, t.id, t.id FROM @extschema@.%1$s AS t '
    'WHERE NOT EXISTS (SELECT FROM pg_temp.import_ids_%1$s AS i WHERE i.key = ''='' || t.id)', table_name);
  IF names IS NOT NULL THEN
    EXECUTE format(
      'INSERT INTO pg_temp.import_ids_%1$s (key, id, known_id) SELECT n.key, min(n.id::text)::uuid, min(n.id::text)::uuid '
      'FROM (SELECT ''~'' || @extschema@.fold_email(a.name) AS key, id FROM @extschema@.%1$s AS t CROSS JOIN LATERAL (VALUES %2$s) AS a (name)) AS n '
      'WHERE NOT EXISTS (SELECT FROM pg_temp.import_ids_%1$s AS i WHERE i.key = n.key) '
      'GROUP BY n.key HAVING min(n.id::text) = max(n.id::text)', table_name, names);
  END IF;
  EXECUTE format('ANALYZE pg_temp.import_ids_%s', table_name);
END
$$;

COMMENT ON FUNCTION learnify_internal.import_index_rows(text) IS 'Lists in a temporary table the ids and names by which rows of a table are referred to, each with the id that such a reference leads to';

-- The feed refers to rows of several tables: a key begins with the kind of row.
CREATE OR REPLACE FUNCTION learnify_internal.import_index_references()
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  CREATE TEMPORARY TABLE import_ids_references ON COMMIT DROP AS
  SELECT 'course ' || i.key AS key, i.id, i.known_id FROM pg_temp.import_ids_generated_courses AS i
  UNION ALL
  SELECT 'module ' || i.key, i.id, i.known_id FROM pg_temp.import_ids_generated_modules AS i
  UNION ALL
  SELECT 'exercise ' || i.key, i.id, i.known_id FROM pg_temp.import_ids_exercises AS i
  UNION ALL
  SELECT 'review ' || i.key, i.id, i.known_id FROM pg_temp.import_ids_architecture_reviews AS i
  UNION ALL
  SELECT 'achievement ' || i.key, i.id, i.known_id FROM pg_temp.import_ids_achievements AS i;
END
$$;

COMMENT ON FUNCTION learnify_internal.import_index_references() IS 'Lists in a temporary table the ids and names by which rows of the feed may refer to what they are about';
