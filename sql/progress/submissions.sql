-- One lock orders everything that a learner's work sets off: the learner's row
-- in users. Whatever counts or compares that learner's rows takes it first.
CREATE OR REPLACE FUNCTION learnify_internal.lock_learner(user_id uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 10
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  PERFORM FROM @extschema@.users AS u WHERE u.id = lock_learner.user_id FOR NO KEY UPDATE;
  RETURN FOUND;
END
$$;

COMMENT ON FUNCTION learnify_internal.lock_learner(uuid) IS 'Waits for and holds up whatever else a learner''s work sets off, to the end of the transaction; false where there is no such user';

-- Checks a submission as it is written or corrected, and numbers the attempt
-- where the application has not.
CREATE OR REPLACE FUNCTION learnify_internal.prepare_submission()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  exercise record;
BEGIN
  -- What foreign keys would lock after the learner, in the order in which the
  -- deletion of a course locks it.
  PERFORM
  FROM @extschema@.generated_modules AS m
  JOIN @extschema@.generated_courses AS c ON c.id = m.course_id
  WHERE m.id = NEW.module_id
  FOR KEY SHARE OF c, m;
  SELECT e.module_id, e.language, jsonb_array_length(e.hints) AS hints INTO exercise
  FROM @extschema@.exercises AS e
  WHERE e.id = NEW.exercise_id
  FOR KEY SHARE;
  IF TG_OP = 'INSERT' THEN
    PERFORM learnify_internal.lock_learner(NEW.user_id);
  END IF;
  IF NEW.exercise_id IS NULL OR exercise.module_id IS NULL THEN
    RETURN NEW;  -- there is none, or the foreign key says so
  END IF;
  IF exercise.module_id <> NEW.module_id THEN
    RAISE EXCEPTION 'exercise % is not one of module %', NEW.exercise_id, NEW.module_id
      USING ERRCODE = 'invalid_parameter_value',
            HINT = format('Its module is %s.', exercise.module_id);
  END IF;
  IF exercise.language <> NEW.language THEN
    RAISE EXCEPTION 'submission is in %, the exercise in %', NEW.language, exercise.language
      USING ERRCODE = 'invalid_parameter_value',
            HINT = format('Submit the solution in %s.', exercise.language);
  END IF;
  IF NEW.hints_used NOT BETWEEN 0 AND exercise.hints THEN
    RAISE EXCEPTION '% hints used, and the exercise has %', NEW.hints_used, exercise.hints
      USING ERRCODE = 'invalid_parameter_value',
            HINT = format('Pass 0 to %s.', exercise.hints);
  END IF;

  IF TG_OP = 'INSERT' AND NEW.attempts = 1 THEN
    SELECT coalesce(max(s.attempts), 0) + 1 INTO NEW.attempts
    FROM @extschema@.module_completions AS s
    WHERE s.user_id = NEW.user_id AND s.module_id = NEW.module_id AND s.exercise_id = NEW.exercise_id;
  END IF;
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION learnify_internal.prepare_submission() IS 'Row trigger: checks a submission against its exercise and numbers a new attempt';

CREATE OR REPLACE TRIGGER module_completions_prepare
BEFORE INSERT ON module_completions
FOR EACH ROW WHEN (NEW.broadcast_at = now())
EXECUTE FUNCTION learnify_internal.prepare_submission();

CREATE OR REPLACE TRIGGER module_completions_prepare_correction
BEFORE UPDATE OF module_id, exercise_id, language, hints_used ON module_completions
FOR EACH ROW
WHEN (NEW.module_id <> OLD.module_id OR NEW.exercise_id IS DISTINCT FROM OLD.exercise_id
      OR NEW.language <> OLD.language OR NEW.hints_used <> OLD.hints_used)
EXECUTE FUNCTION learnify_internal.prepare_submission();

CREATE OR REPLACE FUNCTION learnify_internal.test_case_passed(result jsonb)
RETURNS boolean
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT CASE jsonb_typeof(result)
    WHEN 'boolean' THEN result::boolean
    WHEN 'object' THEN CASE jsonb_typeof(result -> 'passed') WHEN 'boolean' THEN (result -> 'passed')::boolean END
  END;
END;

COMMENT ON FUNCTION learnify_internal.test_case_passed(jsonb) IS 'Reads one test case''s result: true, false, or an object with a boolean "passed"; NULL for anything else';

CREATE OR REPLACE FUNCTION submit_exercise(user_id uuid, exercise_id uuid, code text, language text, test_results jsonb,
                                hints_used integer DEFAULT 0, minutes integer DEFAULT 0)
RETURNS uuid
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  exercise @extschema@.exercises;
  tests integer;
  tests_passed integer;
  unreadable integer;
  penalty integer;
  submission_id uuid;
BEGIN
  PERFORM learnify_internal.require_acting_user(submit_exercise.user_id);
  PERFORM learnify_internal.require_user(submit_exercise.user_id);
  SELECT * INTO exercise FROM @extschema@.exercises AS e WHERE e.id = submit_exercise.exercise_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'exercise % does not exist', submit_exercise.exercise_id
      USING ERRCODE = 'foreign_key_violation',
            HINT = 'Use the id of a row of exercises.';
  END IF;
  IF jsonb_typeof(submit_exercise.test_results) <> 'array' THEN
    RAISE EXCEPTION 'test results are a JSON %, not an array', jsonb_typeof(submit_exercise.test_results)
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Pass one result for each test case, in order: [true, false] or [{"passed": true}, {"passed": false}].';
  END IF;
  SELECT count(*), count(*) FILTER (WHERE learnify_internal.test_case_passed(r.result)),
         min(r.number) FILTER (WHERE learnify_internal.test_case_passed(r.result) IS NULL)
  INTO tests, tests_passed, unreadable
  FROM jsonb_array_elements(submit_exercise.test_results) WITH ORDINALITY AS r (result, number);
  IF tests <> jsonb_array_length(exercise.test_cases) THEN
    RAISE EXCEPTION '% test results, and the exercise has % test cases', tests, jsonb_array_length(exercise.test_cases)
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Pass one result for each test case, the hidden ones too.';
  END IF;
  IF unreadable IS NOT NULL THEN
    RAISE EXCEPTION 'test result % does not say whether the test case passed', unreadable
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Pass true, false, or an object with a boolean "passed".';
  END IF;
  IF submit_exercise.minutes < 0 THEN
    RAISE EXCEPTION '% minutes spent', submit_exercise.minutes
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Pass the minutes as 0 or more.';
  END IF;

  SELECT least(100, coalesce(sum(CASE jsonb_typeof(h.hint -> 'penalty_points')
                                   WHEN 'number' THEN (h.hint -> 'penalty_points')::numeric
                                 END), 0))
  INTO penalty
  FROM jsonb_array_elements(exercise.hints) WITH ORDINALITY AS h (hint, number)
  WHERE h.number <= submit_exercise.hints_used;

  INSERT INTO @extschema@.module_completions
    (user_id, module_id, exercise_id, submitted_code, language, test_results, passed, score, hints_used,
     time_spent_minutes)
  VALUES
    (submit_exercise.user_id, exercise.module_id, exercise.id, submit_exercise.code, submit_exercise.language,
     submit_exercise.test_results, tests_passed = tests,
     greatest(0, CASE WHEN tests = 0 THEN 100 ELSE 100 * tests_passed / tests END - penalty),
     submit_exercise.hints_used, submit_exercise.minutes)
  RETURNING id INTO submission_id;
  RETURN submission_id;
END
$$;

REVOKE EXECUTE ON FUNCTION submit_exercise(uuid, uuid, text, text, jsonb, integer, integer) FROM PUBLIC;

COMMENT ON FUNCTION submit_exercise(uuid, uuid, text, text, jsonb, integer, integer) IS 'Records a submission with the results of its tests, scores it, and returns its id';
