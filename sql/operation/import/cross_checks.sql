-- These repeat the checks by which triggers compare a submission or a review with rows of
-- other tables.

CREATE OR REPLACE FUNCTION learnify_internal.import_refuse_submissions()
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  CREATE TEMPORARY TABLE import_exercises ON COMMIT DROP AS
  SELECT e.id, e.module_id, e.language, jsonb_array_length(e.hints) AS hints
  FROM @extschema@.exercises AS e
  UNION ALL
  SELECT s.id, s.module_id, s.language, coalesce(jsonb_array_length(s.hints), 0)
  FROM pg_temp.import_rows_exercises AS s
  WHERE s.import_outcome = 'written';
  ANALYZE pg_temp.import_exercises;

  UPDATE pg_temp.import_rows_module_completions AS s
  SET language = e.language
  FROM pg_temp.import_exercises AS e
  WHERE e.id = s.exercise_id
    AND (s.language IS NULL OR s.language <> e.language AND lower(btrim(s.language) COLLATE "C") = e.language);

  UPDATE pg_temp.import_rows_module_completions AS s
  SET import_outcome = 'refused',
      import_reason = CASE
        WHEN e.module_id <> s.module_id THEN 'exercise_id is of another module'
        WHEN e.language <> s.language THEN 'language is not the exercise''s'
        ELSE 'hints_used are more than the exercise has'
      END
  FROM pg_temp.import_exercises AS e
  WHERE e.id = s.exercise_id
    AND s.import_outcome = 'written'
    AND (e.module_id <> s.module_id OR e.language <> s.language OR e.hints < s.hints_used);

  UPDATE pg_temp.import_rows_module_completions AS s
  SET import_outcome = 'refused',
      import_reason = 'language is missing'
  WHERE s.language IS NULL AND s.import_outcome = 'written';
  DROP TABLE pg_temp.import_exercises;
END
$$;

COMMENT ON FUNCTION learnify_internal.import_refuse_submissions() IS 'Refuses staged submissions that contradict their exercise, after filling in its language where they have none';

CREATE OR REPLACE FUNCTION learnify_internal.import_refuse_reviews()
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  UPDATE pg_temp.import_rows_architecture_reviews AS r
  SET import_outcome = 'refused',
      import_reason = CASE WHEN s.user_id <> r.user_id THEN 'submission_id is of another user' ELSE 'submission_id is of another module' END
  FROM (SELECT c.id, c.user_id, c.module_id
        FROM @extschema@.module_completions AS c
        UNION ALL
        SELECT l.id, l.user_id, l.module_id
        FROM pg_temp.import_rows_module_completions AS l
        WHERE l.import_outcome = 'written') AS s
  WHERE s.id = r.submission_id
    AND r.import_outcome = 'written'
    AND (s.user_id <> r.user_id OR s.module_id <> r.module_id);
END
$$;

COMMENT ON FUNCTION learnify_internal.import_refuse_reviews() IS 'Refuses staged reviews that contradict their submission: of another user or another module';
