-- These repeat the checks by which triggers compare rows with rows of other tables. What is
-- optional gives way: a row is refused only for a value that it has to have.

-- What is there after the run: the rows of the table, with the values that this run takes, and
-- those that it writes. The columns are NOT NULL.
CREATE OR REPLACE FUNCTION learnify_internal.import_coming_rows_query(table_name text, columns text[])
RETURNS text
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT format('SELECT t.id, %2$s FROM @extschema@.%1$I AS t LEFT JOIN pg_temp.import_rows_%1$s AS s ON s.import_survivor = t.id AND s.import_change = ''taken'' '
                'UNION ALL SELECT s.id, %3$s FROM pg_temp.import_rows_%1$s AS s WHERE s.import_outcome = ''written''',
                table_name, string_agg(format('coalesce(s.%1$I, t.%1$I) AS %1$I', c.name), ', '), string_agg(format('s.%I', c.name), ', '))
  FROM unnest(columns) AS c (name);
END;

COMMENT ON FUNCTION learnify_internal.import_coming_rows_query(text, text[]) IS 'Returns the query, as text, for the ids and these columns of the rows that a table has after the import';

-- note is changed or lost. There is no such column for one that the source does not have.
CREATE OR REPLACE FUNCTION learnify_internal.import_note_fragment(table_name text, column_name text, note text, remark text)
RETURNS text
LANGUAGE plpgsql
STABLE STRICT PARALLEL RESTRICTED COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN coalesce((SELECT format(', %s_%s = coalesce(s.%1$s_%2$s, s.%I || %L)', import_note_fragment.note, c.number, c.column_name, import_note_fragment.remark)
                   FROM pg_temp.import_columns AS c
                   WHERE c.target_table = import_note_fragment.table_name AND c.column_name = import_note_fragment.column_name
                     AND c.source_type IS NOT NULL), '');
END
$$;

COMMENT ON FUNCTION learnify_internal.import_note_fragment(text, text, text, text) IS 'Returns the assignment, as text of SQL, that keeps the value of a column, and a remark, for the report';

CREATE OR REPLACE FUNCTION learnify_internal.import_reconcile_submissions()
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  EXECUTE format(
    'CREATE TEMPORARY TABLE import_exercises ON COMMIT DROP AS '
    'SELECT e.id, e.module_id, e.language, coalesce(jsonb_array_length(e.hints), 0) AS hints FROM (%s) AS e',
    learnify_internal.import_coming_rows_query('exercises', '{module_id,language,hints}'));
  ANALYZE pg_temp.import_exercises;

  UPDATE pg_temp.import_rows_module_completions AS s
  SET language = e.language
  FROM pg_temp.import_exercises AS e
  WHERE e.id = s.exercise_id
    AND (s.language IS NULL OR s.language <> e.language AND lower(btrim(s.language) COLLATE "C") = e.language);

  EXECUTE format(
    'UPDATE pg_temp.import_rows_module_completions AS s SET exercise_id = NULL%s '
    'FROM pg_temp.import_exercises AS e WHERE e.id = s.exercise_id AND e.module_id <> s.module_id',
    learnify_internal.import_note_fragment('module_completions', 'exercise_id', 'changed', ' is of another module'));
  EXECUTE format(
    'UPDATE pg_temp.import_rows_module_completions AS s SET hints_used = e.hints%s '
    'FROM pg_temp.import_exercises AS e WHERE e.id = s.exercise_id AND e.hints < s.hints_used',
    learnify_internal.import_note_fragment('module_completions', 'hints_used', 'lost', ''));

  -- An exercise may have got another language since it was solved.
  UPDATE pg_temp.import_rows_module_completions AS s
  SET import_outcome = 'refused',
      import_reason = 'language is not the exercise''s',
      import_value = s.language
  FROM pg_temp.import_exercises AS e
  WHERE e.id = s.exercise_id AND e.language <> s.language AND s.import_outcome = 'written'
    AND NOT EXISTS (SELECT
                    FROM @extschema@.module_completions AS t
                    WHERE (t.id, t.exercise_id, t.language) = (s.id, s.exercise_id, s.language));

  UPDATE pg_temp.import_rows_module_completions AS s
  SET import_outcome = 'refused',
      import_reason = 'language is missing'
  WHERE s.language IS NULL AND s.import_outcome = 'written';
  DROP TABLE pg_temp.import_exercises;
END
$$;

COMMENT ON FUNCTION learnify_internal.import_reconcile_submissions() IS 'Makes staged submissions agree with their exercise: fills in its language where they have none, leaves out an exercise of another module, and refuses submissions in another language';

-- Submissions move along with their exercise.
CREATE OR REPLACE FUNCTION learnify_internal.import_reconcile_reviews()
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  EXECUTE format(
    'UPDATE pg_temp.import_rows_architecture_reviews AS s SET submission_id = NULL%s '
    'FROM (%s) AS c '
    'LEFT JOIN (SELECT t.id, e.module_id FROM @extschema@.module_completions AS t '
    'JOIN pg_temp.import_rows_exercises AS e ON e.import_survivor = t.exercise_id AND e.import_change = ''taken'' '
    'WHERE t.id NOT IN (SELECT l.import_survivor FROM pg_temp.import_rows_module_completions AS l WHERE l.import_change = ''taken'')) AS m ON m.id = c.id '
    'WHERE c.id = s.submission_id AND (c.user_id <> s.user_id OR coalesce(m.module_id, c.module_id) <> s.module_id)',
    learnify_internal.import_note_fragment('architecture_reviews', 'submission_id', 'changed', ' is of another user or module'),
    learnify_internal.import_coming_rows_query('module_completions', '{user_id,module_id}'));
END
$$;

COMMENT ON FUNCTION learnify_internal.import_reconcile_reviews() IS 'Leaves out the submission of staged reviews that is of another user or another module';

CREATE OR REPLACE FUNCTION learnify_internal.import_reconcile_progress()
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  EXECUTE format(
    'UPDATE pg_temp.import_rows_user_progress AS s SET current_module_id = NULL%s '
    'FROM (%s) AS m WHERE m.id = s.current_module_id AND m.course_id <> s.course_id',
    learnify_internal.import_note_fragment('user_progress', 'current_module_id', 'changed', ' is of another course'),
    learnify_internal.import_coming_rows_query('generated_modules', '{course_id}'));
END
$$;

COMMENT ON FUNCTION learnify_internal.import_reconcile_progress() IS 'Leaves out the current module of staged enrolments that is of another course';

-- Back ends may read these references into a string, which cannot be NULL.
CREATE OR REPLACE FUNCTION learnify_internal.import_complete_courses()
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  EXECUTE format(
    'UPDATE pg_temp.import_rows_generated_courses AS s SET archetype_id = a.id, import_filled = true '
    'FROM (%s) AS a WHERE a.user_id = s.user_id AND s.archetype_id IS NULL',
    learnify_internal.import_coming_rows_query('user_archetypes', '{user_id}'));
END
$$;

COMMENT ON FUNCTION learnify_internal.import_complete_courses() IS 'Gives staged courses without an archetype that of their author';

CREATE OR REPLACE FUNCTION learnify_internal.import_complete_modules()
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  UPDATE pg_temp.import_rows_generated_modules AS s
  SET blueprint_module_id = b.id,
      import_filled = true
  FROM (SELECT DISTINCT ON (u.module_number) u.id, u.module_number
        FROM (SELECT coalesce(r.import_survivor, r.id) AS id, r.module_number, 1 AS place
              FROM pg_temp.import_rows_blueprint_modules AS r
              WHERE r.import_outcome <> 'refused'
              UNION ALL
              SELECT t.id, t.module_number, 2
              FROM @extschema@.blueprint_modules AS t) AS u
        ORDER BY u.module_number, u.place, u.id) AS b
  WHERE b.module_number = s.module_number AND s.blueprint_module_id IS NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.import_complete_modules() IS 'Gives staged modules that refer to no module of the blueprint the one with their number';
