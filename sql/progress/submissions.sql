-- Whatever reacts to a learner's work locks the learner's row in users before it counts or
-- compares rows of that learner, so that concurrent transactions do so one after the other.
CREATE OR REPLACE FUNCTION learnify_internal.lock_learner(user_id uuid)
RETURNS boolean
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE COST 10
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'lock_learner';

COMMENT ON FUNCTION learnify_internal.lock_learner(uuid) IS 'Waits for and holds up whatever else a learner''s work sets off, to the end of the transaction; false where there is no such user, and an error where the transaction''s snapshot is older than the learner''s last work';

CREATE OR REPLACE FUNCTION learnify_internal.lock_existing_learner(user_id uuid)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 10
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  IF NOT learnify_internal.lock_learner(user_id) THEN
    PERFORM learnify_internal.refuse_user(user_id);
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.lock_existing_learner(uuid) IS 'Calls lock_learner, and raises no_data_found where there is no such user any more';

-- A transaction that has the content of a course locked, or submissions, waits for no module and
-- no exercise that somebody else is deleting or moving: whoever does that waits for both.
CREATE OR REPLACE FUNCTION learnify_internal.lock_curriculum(course_id uuid, may_wait boolean)
RETURNS void
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE COST 100
AS 'MODULE_PATHNAME', 'lock_curriculum';

COMMENT ON FUNCTION learnify_internal.lock_curriculum(uuid, boolean) IS 'Keeps a course and its modules from being deleted or moved, to the end of the transaction; raises serialization_failure where it would have to wait and may not';

CREATE OR REPLACE FUNCTION learnify_internal.share_content(course_id uuid)
RETURNS void
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE COST 10
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'share_content';

COMMENT ON FUNCTION learnify_internal.share_content(uuid) IS 'Keeps exercises and modules of a course unchanged until the end of the transaction, which counts work in it; raises serialization_failure where the transaction sees an older state';

CREATE OR REPLACE FUNCTION learnify_internal.require_latest_content(course_id uuid)
RETURNS void
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE COST 10
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'require_latest_content';

COMMENT ON FUNCTION learnify_internal.require_latest_content(uuid) IS 'Raises serialization_failure where the transaction sees an older state of the exercises and modules of a course';

CREATE OR REPLACE FUNCTION learnify_internal.is_own_statement()
RETURNS boolean
LANGUAGE c
STABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'is_own_statement';

COMMENT ON FUNCTION learnify_internal.is_own_statement() IS 'Returns whether a statement of the extension is running whose effects its caller processes, and not the triggers';

CREATE OR REPLACE FUNCTION learnify_internal.prepare_submission()
RETURNS trigger
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'prepare_submission';

COMMENT ON FUNCTION learnify_internal.prepare_submission() IS 'Row trigger: checks a submission against its exercise and numbers a new attempt';

CREATE OR REPLACE TRIGGER module_completions_prepare
BEFORE INSERT ON module_completions
FOR EACH ROW WHEN (NEW.broadcast_at = now())
EXECUTE FUNCTION learnify_internal.prepare_submission();

CREATE OR REPLACE TRIGGER module_completions_prepare_correction
BEFORE UPDATE OF module_id, exercise_id, language, hints_used, time_spent_minutes ON module_completions
FOR EACH ROW
WHEN (NEW.module_id <> OLD.module_id OR NEW.exercise_id IS DISTINCT FROM OLD.exercise_id
      OR NEW.language <> OLD.language OR NEW.hints_used <> OLD.hints_used
      OR NEW.time_spent_minutes > OLD.time_spent_minutes)
EXECUTE FUNCTION learnify_internal.prepare_submission();

CREATE OR REPLACE FUNCTION learnify_internal.enter_exercise(exercise_id uuid)
RETURNS void
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE COST 100
AS 'MODULE_PATHNAME', 'enter_exercise';

COMMENT ON FUNCTION learnify_internal.enter_exercise(uuid) IS 'Locks an exercise and its course as a submission to it does';

-- Computes submitted_on when the row is written. This includes restored rows, because their dump
-- may be older than the column.
CREATE OR REPLACE FUNCTION learnify_internal.date_submission()
RETURNS trigger
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 10
AS 'MODULE_PATHNAME', 'date_submission';

COMMENT ON FUNCTION learnify_internal.date_submission() IS 'Row trigger: dates a submission in the learner''s time zone, and dates it again when submitted_at is corrected';

CREATE OR REPLACE TRIGGER module_completions_date
BEFORE INSERT ON module_completions
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.date_submission();

CREATE OR REPLACE TRIGGER module_completions_date_correction
BEFORE UPDATE OF submitted_at, submitted_on ON module_completions
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.date_submission();

ALTER TABLE module_completions ENABLE ALWAYS TRIGGER module_completions_date;
ALTER TABLE module_completions ENABLE ALWAYS TRIGGER module_completions_date_correction;

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

-- A client that retries sends the same id. The minutes are not compared, because the client may
-- have measured them again.
CREATE OR REPLACE FUNCTION learnify_internal.is_submitted(submission_id uuid, user_id uuid, exercise_id uuid, code text, language text,
                                         test_results jsonb, hints_used integer)
RETURNS boolean
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  different text;
BEGIN
  -- exercise_id is NULL if the exercise has been deleted since.
  SELECT CASE
           WHEN s.user_id <> is_submitted.user_id THEN 'user'
           WHEN s.exercise_id <> is_submitted.exercise_id THEN 'exercise'
           ELSE concat_ws(
             ', ',
             CASE WHEN s.submitted_code <> is_submitted.code THEN 'code' END,
             CASE WHEN s.language <> is_submitted.language THEN 'language' END,
             CASE WHEN s.test_results <> is_submitted.test_results THEN 'test results' END,
             CASE WHEN s.hints_used <> is_submitted.hints_used THEN 'hints' END)
         END
  INTO different
  FROM @extschema@.module_completions AS s
  WHERE s.id = submission_id;
  IF different <> '' THEN
    RAISE EXCEPTION 'submission % is there already, and is another one', submission_id
      USING ERRCODE = 'unique_violation',
            TABLE = 'module_completions',
            CONSTRAINT = 'module_completions_pkey',
            COLUMN = 'submission_id',
            DETAIL = format('Different: %s.', different),
            HINT = 'An id is for sending the same submission again. Make a new one for each submission.';
  END IF;
  RETURN different IS NOT NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.is_submitted(uuid, uuid, uuid, text, text, jsonb, integer) IS 'Returns whether a submission is there already; raises an error where another one has its id';

CREATE OR REPLACE FUNCTION submit_exercise(user_id uuid, exercise_id uuid, code text, language text, test_results jsonb,
                                hints_used integer DEFAULT 0, minutes integer DEFAULT 0, submission_id uuid DEFAULT NULL)
RETURNS uuid
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  exercise @extschema@.exercises;
  tests bigint;
  tests_passed bigint;
  unreadable integer;
  penalty integer;
  submission @extschema@.module_completions;
BEGIN
  PERFORM learnify_internal.require_arguments(
    'user_id', submit_exercise.user_id, 'exercise_id', submit_exercise.exercise_id, 'code', code,
    'language', submit_exercise.language, 'test_results', submit_exercise.test_results,
    'hints_used', submit_exercise.hints_used, 'minutes', minutes);
  PERFORM learnify_internal.require_acting_user(submit_exercise.user_id);
  PERFORM learnify_internal.require_user(submit_exercise.user_id);
  PERFORM learnify_internal.require_size(code, 'submitted_code', 'code');
  PERFORM learnify_internal.require_size(submit_exercise.test_results, 'test_results', 'test_results');
  submission.id := coalesce(submit_exercise.submission_id, gen_random_uuid());
  submission.user_id := submit_exercise.user_id;
  submission.exercise_id := submit_exercise.exercise_id;
  submission.submitted_code := submit_exercise.code;
  submission.language := submit_exercise.language;
  submission.test_results := submit_exercise.test_results;
  submission.hints_used := submit_exercise.hints_used;
  submission.time_spent_minutes := submit_exercise.minutes;

  FOR try IN 1 .. 10 LOOP
    -- This comes before the other checks, which an existing submission has passed already.
    IF submit_exercise.submission_id IS NOT NULL
       AND learnify_internal.is_submitted(submission.id, submission.user_id, submission.exercise_id, submission.submitted_code,
                                          submission.language, submission.test_results, submission.hints_used) THEN
      RETURN submission.id;
    END IF;

    PERFORM learnify_internal.enter_exercise(submission.exercise_id);
    SELECT * INTO exercise
    FROM @extschema@.exercises AS e
    WHERE e.id = submission.exercise_id
      AND (NOT learnify_internal.role_is_bound() OR learnify_internal.may_see_module(e.module_id, submission.user_id));
    IF NOT FOUND THEN
      RAISE EXCEPTION 'exercise % does not exist', submission.exercise_id
        USING ERRCODE = 'no_data_found',
              COLUMN = 'exercise_id',
              HINT = 'Use the id of a row of exercises.';
    END IF;
    IF jsonb_typeof(submission.test_results) <> 'array' THEN
      RAISE EXCEPTION 'test results are a JSON %, not an array', jsonb_typeof(submission.test_results)
        USING ERRCODE = 'invalid_parameter_value',
              COLUMN = 'test_results',
              HINT = 'Pass one result for each test case, in order: [true, false] or [{"passed": true}, {"passed": false}].';
    END IF;
    SELECT count(*), count(*) FILTER (WHERE learnify_internal.test_case_passed(r.result)),
           min(r.number) FILTER (WHERE learnify_internal.test_case_passed(r.result) IS NULL)
    INTO tests, tests_passed, unreadable
    FROM jsonb_array_elements(submission.test_results) WITH ORDINALITY AS r (result, number);
    IF tests <> jsonb_array_length(exercise.test_cases) THEN
      RAISE EXCEPTION '% test results, and the exercise has % test cases', tests, jsonb_array_length(exercise.test_cases)
        USING ERRCODE = 'invalid_parameter_value',
              COLUMN = 'test_results',
              HINT = 'Pass one result for each test case, the hidden ones too.';
    END IF;
    IF unreadable IS NOT NULL THEN
      RAISE EXCEPTION 'test result % does not say whether the test case passed', unreadable
        USING ERRCODE = 'invalid_parameter_value',
              COLUMN = 'test_results',
              HINT = 'Pass true, false, or an object with a boolean "passed".';
    END IF;
    IF submission.time_spent_minutes NOT BETWEEN 0 AND learnify_internal.possible_minutes('module_completions') THEN
      RAISE EXCEPTION '% minutes spent', submission.time_spent_minutes
        USING ERRCODE = 'invalid_parameter_value',
              COLUMN = 'minutes',
              HINT = format('Pass the minutes as 0 to %s: one attempt takes no longer than a day.',
                            learnify_internal.possible_minutes('module_completions'));
    END IF;

    SELECT least(learnify_internal.perfect_score(), coalesce(sum(CASE jsonb_typeof(h.hint -> 'penalty_points')
                                     WHEN 'number' THEN greatest(0, (h.hint -> 'penalty_points')::numeric)
                                   END), 0))
    INTO penalty
    FROM jsonb_array_elements(exercise.hints) WITH ORDINALITY AS h (hint, number)
    WHERE h.number <= submission.hints_used;

    INSERT INTO @extschema@.module_completions
      (id, user_id, module_id, exercise_id, submitted_code, language, test_results, passed, score, hints_used,
       time_spent_minutes)
    VALUES
      (submission.id, submission.user_id, exercise.module_id, exercise.id, submission.submitted_code,
       submission.language, submission.test_results, tests_passed = tests,
       greatest(0, CASE WHEN tests = 0 THEN learnify_internal.perfect_score() ELSE learnify_internal.perfect_score() * tests_passed / tests END
                   - penalty),
       submission.hints_used, submission.time_spent_minutes)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
      RETURN submission.id;
    END IF;
  END LOOP;
  RETURN NULL;  -- a user's own trigger has suppressed the row
END
$$;

REVOKE EXECUTE ON FUNCTION submit_exercise(uuid, uuid, text, text, jsonb, integer, integer, uuid) FROM PUBLIC;

COMMENT ON FUNCTION submit_exercise(uuid, uuid, text, text, jsonb, integer, integer, uuid) IS 'Records a submission with the results of its tests, scores it, and returns its id; sent again with the same submission_id, it is recorded once';
