\echo Use "ALTER EXTENSION learnify UPDATE" to load this file. \quit

-- An update, up or down, alters one table after another, and sessions that write
-- lock them one after another too, in an order of their own. So it takes all
-- tables or none, until it has them, and nobody deadlocks. Autovacuum makes way,
-- as it does for whoever waits in a queue.
DO $$
DECLARE
  tables CONSTANT regclass[] := ARRAY(
    SELECT c.oid
    FROM pg_depend AS d
    JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
    JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
    WHERE e.extname = 'learnify' AND d.deptype = 'e' AND c.relkind = 'r'
    ORDER BY c.oid);
  give_up_at CONSTANT timestamptz := clock_timestamp() + interval '1 minute';
BEGIN
  LOOP
    BEGIN
      EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE NOWAIT', array_to_string(tables, ', '));
      RETURN;
    EXCEPTION
      WHEN lock_not_available THEN
        IF clock_timestamp() > give_up_at THEN
          RAISE EXCEPTION 'tables of learnify have been in use for a minute'
            USING ERRCODE = 'lock_not_available',
                  HINT = 'Update again when those who use them have ended their transactions; pg_locks and pg_stat_activity show them.';
        END IF;
    END;
    PERFORM pg_stat_clear_snapshot();
    PERFORM pg_cancel_backend(a.pid)
    FROM pg_stat_activity AS a
    JOIN pg_locks AS l ON l.pid = a.pid
    WHERE a.backend_type = 'autovacuum worker' AND a.datname = current_database()
      AND l.locktype = 'relation' AND l.relation = ANY (tables::oid[]);
    PERFORM pg_sleep(0.02);
  END LOOP;
END
$$;
-- Each submission updates a row: with room in its page, no index hears of it.
CREATE TABLE user_progress (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT user_progress_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  course_id uuid NOT NULL,
  current_module_id uuid,
  progress_percentage integer NOT NULL DEFAULT 0,
  time_spent_minutes integer NOT NULL DEFAULT 0,
  last_activity timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz NOT NULL DEFAULT now(),
  completed_at timestamptz,
  broadcast_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT user_progress_user_id_course_id_key UNIQUE (user_id, course_id),
  CONSTRAINT user_progress_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT user_progress_course_id_fkey
    FOREIGN KEY (course_id) REFERENCES generated_courses (id) ON DELETE CASCADE,
  CONSTRAINT user_progress_current_module_id_fkey
    FOREIGN KEY (current_module_id) REFERENCES generated_modules (id) ON DELETE SET NULL,
  CONSTRAINT user_progress_progress_percentage_check CHECK (progress_percentage BETWEEN 0 AND 100),
  CONSTRAINT user_progress_time_spent_minutes_check CHECK (time_spent_minutes >= 0)
) WITH (fillfactor = 90);

CREATE INDEX user_progress_course_id_idx ON user_progress (course_id);
CREATE INDEX user_progress_current_module_id_idx ON user_progress (current_module_id);
-- Answers the trending window alone.
CREATE INDEX user_progress_started_at_idx ON user_progress (started_at) INCLUDE (course_id);

COMMENT ON TABLE user_progress IS 'Each learner''s enrolment in a course and how far it has come';
COMMENT ON COLUMN user_progress.id IS 'Identifier';
COMMENT ON COLUMN user_progress.user_id IS 'The learner';
COMMENT ON COLUMN user_progress.course_id IS 'The course';
COMMENT ON COLUMN user_progress.current_module_id IS 'The module that the learner works on, if any';
COMMENT ON COLUMN user_progress.progress_percentage IS 'Completed modules over modules, in percent, rounded down';
COMMENT ON COLUMN user_progress.time_spent_minutes IS 'Time spent on the course, in minutes';
COMMENT ON COLUMN user_progress.last_activity IS 'When the learner was last active in the course';
COMMENT ON COLUMN user_progress.started_at IS 'When the learner enrolled; trending counts these';
COMMENT ON COLUMN user_progress.completed_at IS 'When the course was completed, if it was';
COMMENT ON COLUMN user_progress.broadcast_at IS 'When this row was written and so considered for the feed, whether or not it was broadcast; keeps a restore from broadcasting it again';

CREATE TABLE module_completions (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT module_completions_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  module_id uuid NOT NULL,
  exercise_id uuid,
  submitted_code text NOT NULL DEFAULT '',
  language text NOT NULL,
  test_results jsonb NOT NULL DEFAULT '[]',
  passed boolean NOT NULL DEFAULT false,
  score integer NOT NULL DEFAULT 0,
  attempts integer NOT NULL DEFAULT 1,
  hints_used integer NOT NULL DEFAULT 0,
  time_spent_minutes integer NOT NULL DEFAULT 0,
  submitted_at timestamptz NOT NULL DEFAULT now(),
  broadcast_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT module_completions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT module_completions_module_id_fkey
    FOREIGN KEY (module_id) REFERENCES generated_modules (id) ON DELETE CASCADE,
  CONSTRAINT module_completions_exercise_id_fkey
    FOREIGN KEY (exercise_id) REFERENCES exercises (id) ON DELETE SET NULL,
  CONSTRAINT module_completions_score_check CHECK (score BETWEEN 0 AND 100),
  CONSTRAINT module_completions_attempts_check CHECK (attempts >= 1),
  CONSTRAINT module_completions_hints_used_check CHECK (hints_used >= 0),
  CONSTRAINT module_completions_time_spent_minutes_check CHECK (time_spent_minutes >= 0)
);

CREATE INDEX module_completions_user_id_module_id_exercise_id_idx
  ON module_completions (user_id, module_id, exercise_id) INCLUDE (passed);
-- A learner's days, latest first.
CREATE INDEX module_completions_user_id_submitted_at_idx ON module_completions (user_id, submitted_at);
CREATE INDEX module_completions_module_id_idx ON module_completions (module_id);
CREATE INDEX module_completions_exercise_id_idx ON module_completions (exercise_id);

COMMENT ON TABLE module_completions IS 'Submissions: one row for each attempt at an exercise, appended only';
COMMENT ON COLUMN module_completions.id IS 'Identifier';
COMMENT ON COLUMN module_completions.user_id IS 'The learner';
COMMENT ON COLUMN module_completions.module_id IS 'The module';
COMMENT ON COLUMN module_completions.exercise_id IS 'The exercise, if the submission is to one';
COMMENT ON COLUMN module_completions.submitted_code IS 'What was handed in';
COMMENT ON COLUMN module_completions.language IS 'Language of the submitted code';
COMMENT ON COLUMN module_completions.test_results IS 'One result for each test case of the exercise, in order';
COMMENT ON COLUMN module_completions.passed IS 'Whether every test case passed';
COMMENT ON COLUMN module_completions.score IS '0 to 100: the share of test cases passed less the hints'' penalties';
COMMENT ON COLUMN module_completions.attempts IS 'Number of this attempt at the exercise, from 1';
COMMENT ON COLUMN module_completions.hints_used IS 'How many hints the learner opened';
COMMENT ON COLUMN module_completions.time_spent_minutes IS 'Time spent on this attempt, in minutes';
COMMENT ON COLUMN module_completions.submitted_at IS 'When it was handed in';
COMMENT ON COLUMN module_completions.broadcast_at IS 'When this row was written and so considered for the feed, whether or not it was broadcast; keeps a restore from broadcasting it again';

CREATE TABLE architecture_reviews (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT architecture_reviews_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  module_id uuid NOT NULL,
  submission_id uuid,
  overall_score integer NOT NULL,
  code_sense_score integer NOT NULL,
  efficiency_score integer NOT NULL,
  edge_cases_score integer NOT NULL,
  taste_score integer NOT NULL,
  feedback jsonb NOT NULL DEFAULT '{}',
  reviewed_at timestamptz NOT NULL DEFAULT now(),
  broadcast_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT architecture_reviews_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT architecture_reviews_module_id_fkey
    FOREIGN KEY (module_id) REFERENCES generated_modules (id) ON DELETE CASCADE,
  CONSTRAINT architecture_reviews_submission_id_fkey
    FOREIGN KEY (submission_id) REFERENCES module_completions (id) ON DELETE SET NULL,
  CONSTRAINT architecture_reviews_overall_score_check CHECK (overall_score BETWEEN 0 AND 100),
  CONSTRAINT architecture_reviews_code_sense_score_check CHECK (code_sense_score BETWEEN 0 AND 100),
  CONSTRAINT architecture_reviews_efficiency_score_check CHECK (efficiency_score BETWEEN 0 AND 100),
  CONSTRAINT architecture_reviews_edge_cases_score_check CHECK (edge_cases_score BETWEEN 0 AND 100),
  CONSTRAINT architecture_reviews_taste_score_check CHECK (taste_score BETWEEN 0 AND 100)
);

CREATE INDEX architecture_reviews_user_id_module_id_idx ON architecture_reviews (user_id, module_id);
CREATE INDEX architecture_reviews_module_id_idx ON architecture_reviews (module_id);
CREATE INDEX architecture_reviews_submission_id_idx ON architecture_reviews (submission_id);

COMMENT ON TABLE architecture_reviews IS 'Reviews of how well a module''s work is built';
COMMENT ON COLUMN architecture_reviews.id IS 'Identifier';
COMMENT ON COLUMN architecture_reviews.user_id IS 'The learner whose work was reviewed';
COMMENT ON COLUMN architecture_reviews.module_id IS 'The module';
COMMENT ON COLUMN architecture_reviews.submission_id IS 'The submission that was reviewed, if one was';
COMMENT ON COLUMN architecture_reviews.overall_score IS '0 to 100; the integer mean of the other four where not given';
COMMENT ON COLUMN architecture_reviews.code_sense_score IS '0 to 100: is the code clear and well cut';
COMMENT ON COLUMN architecture_reviews.efficiency_score IS '0 to 100: does it waste nothing';
COMMENT ON COLUMN architecture_reviews.edge_cases_score IS '0 to 100: does it hold at the edges';
COMMENT ON COLUMN architecture_reviews.taste_score IS '0 to 100: would one want to work with it';
COMMENT ON COLUMN architecture_reviews.feedback IS 'The reviewer''s remarks';
COMMENT ON COLUMN architecture_reviews.reviewed_at IS 'When the review was made';
COMMENT ON COLUMN architecture_reviews.broadcast_at IS 'When this row was written and so considered for the feed, whether or not it was broadcast; keeps a restore from broadcasting it again';

SELECT pg_extension_config_dump('user_progress', '');
SELECT pg_extension_config_dump('module_completions', '');
SELECT pg_extension_config_dump('architecture_reviews', '');

CREATE FUNCTION fill_overall_score()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  NEW.overall_score :=
    (NEW.code_sense_score + NEW.efficiency_score + NEW.edge_cases_score + NEW.taste_score) / 4;
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION fill_overall_score() IS 'Row trigger: a review without an overall score gets the integer mean of its four scores';

CREATE TRIGGER architecture_reviews_fill_overall_score
BEFORE INSERT ON architecture_reviews
FOR EACH ROW WHEN (NEW.overall_score IS NULL)
EXECUTE FUNCTION fill_overall_score();
CREATE FUNCTION require_open_course(course_id uuid)
RETURNS void
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  course_status text := (SELECT c.status FROM @extschema@.generated_courses AS c WHERE c.id = require_open_course.course_id);
BEGIN
  IF course_status IS NULL THEN
    RAISE EXCEPTION 'course % does not exist', coalesce(require_open_course.course_id::text, 'NULL')
      USING ERRCODE = 'foreign_key_violation',
            HINT = 'Use the id of a row of generated_courses, such as generate_course returns.';
  ELSIF course_status = 'archived' THEN
    RAISE EXCEPTION 'course % is archived', require_open_course.course_id
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Choose another course; those who were enrolled before it was archived keep their progress.';
  END IF;
END
$$;

COMMENT ON FUNCTION require_open_course(uuid) IS 'Raises what keeps a learner from enrolling in a course: it does not exist, or is archived';

CREATE FUNCTION start_course(user_id uuid, course_id uuid)
RETURNS uuid
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  progress_id uuid;
BEGIN
  PERFORM @extschema@.require_acting_user(start_course.user_id);
  PERFORM @extschema@.require_user(start_course.user_id);
  LOOP
    SELECT p.id INTO progress_id
    FROM @extschema@.user_progress AS p
    WHERE p.user_id = start_course.user_id AND p.course_id = start_course.course_id;
    EXIT WHEN FOUND;

    PERFORM @extschema@.require_open_course(start_course.course_id);
    INSERT INTO @extschema@.user_progress (user_id, course_id)
    VALUES (start_course.user_id, start_course.course_id)
    ON CONFLICT (user_id, course_id) DO NOTHING
    RETURNING id INTO progress_id;
    EXIT WHEN FOUND;
  END LOOP;
  RETURN progress_id;
END
$$;

REVOKE EXECUTE ON FUNCTION start_course(uuid, uuid) FROM PUBLIC;

COMMENT ON FUNCTION start_course(uuid, uuid) IS 'Enrols a learner in a course and returns the id of the progress row; one who is enrolled stays so';
CREATE FUNCTION module_state(user_id uuid, module_id uuid)
RETURNS TABLE (exercises integer, solved integer, completed boolean)
LANGUAGE c
STABLE STRICT PARALLEL SAFE COST 100 ROWS 1
AS 'MODULE_PATHNAME', 'module_state';

COMMENT ON FUNCTION module_state(uuid, uuid) IS 'Returns how far a learner is in a module: exercises, exercises solved, completed';

CREATE FUNCTION module_states(user_id uuid, course_id uuid)
RETURNS TABLE (module_id uuid, module_number integer, exercises integer, solved integer, completed boolean)
LANGUAGE c
STABLE STRICT PARALLEL SAFE COST 100 ROWS 7
AS 'MODULE_PATHNAME', 'module_states';

COMMENT ON FUNCTION module_states(uuid, uuid) IS 'Returns a course''s modules and how far this learner is in each: exercises, exercises solved, completed';

CREATE FUNCTION course_outline(user_id uuid, course_id uuid)
RETURNS TABLE (module_id uuid, module_number integer, title text, description text, state text,
               exercises integer, solved integer)
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 1000 ROWS 7
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM @extschema@.require_acting_user(course_outline.user_id);
  RETURN QUERY
    SELECT s.module_id, s.module_number, m.title, m.description,
           CASE
             WHEN s.completed THEN 'completed'
             WHEN s.module_number = min(s.module_number) FILTER (WHERE NOT s.completed) OVER () THEN 'active'
             ELSE 'locked'
           END,
           s.exercises, s.solved
    FROM @extschema@.module_states(course_outline.user_id, course_outline.course_id) AS s
    JOIN @extschema@.generated_modules AS m ON m.id = s.module_id
    ORDER BY s.module_number;
END
$$;

REVOKE EXECUTE ON FUNCTION course_outline(uuid, uuid) FROM PUBLIC;

COMMENT ON FUNCTION course_outline(uuid, uuid) IS 'Returns a course''s modules with this learner''s own state in each: locked, active or completed';
-- One lock orders everything that a learner's work sets off: the learner's row
-- in users. Whatever counts or compares that learner's rows takes it first.
CREATE FUNCTION lock_learner(user_id uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM FROM @extschema@.users AS u WHERE u.id = lock_learner.user_id FOR NO KEY UPDATE;
  RETURN FOUND;
END
$$;

COMMENT ON FUNCTION lock_learner(uuid) IS 'Waits for and holds up whatever else a learner''s work sets off, to the end of the transaction; false where there is no such user';

-- Checks a submission as it is written or corrected, and numbers the attempt
-- where the application has not.
CREATE FUNCTION prepare_submission()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
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
    PERFORM @extschema@.lock_learner(NEW.user_id);
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

REVOKE EXECUTE ON FUNCTION prepare_submission() FROM PUBLIC;

COMMENT ON FUNCTION prepare_submission() IS 'Row trigger: checks a submission against its exercise and numbers a new attempt';

CREATE TRIGGER module_completions_prepare
BEFORE INSERT ON module_completions
FOR EACH ROW WHEN (NEW.broadcast_at = now())
EXECUTE FUNCTION prepare_submission();

CREATE TRIGGER module_completions_prepare_correction
BEFORE UPDATE OF module_id, exercise_id, language, hints_used ON module_completions
FOR EACH ROW
WHEN (NEW.module_id <> OLD.module_id OR NEW.exercise_id IS DISTINCT FROM OLD.exercise_id
      OR NEW.language <> OLD.language OR NEW.hints_used <> OLD.hints_used)
EXECUTE FUNCTION prepare_submission();

CREATE FUNCTION test_case_passed(result jsonb)
RETURNS boolean
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT CASE jsonb_typeof(result)
    WHEN 'boolean' THEN result::boolean
    WHEN 'object' THEN CASE jsonb_typeof(result -> 'passed') WHEN 'boolean' THEN (result -> 'passed')::boolean END
  END;
END;

COMMENT ON FUNCTION test_case_passed(jsonb) IS 'Reads one test case''s result: true, false, or an object with a boolean "passed"; NULL for anything else';

CREATE FUNCTION submit_exercise(user_id uuid, exercise_id uuid, code text, language text, test_results jsonb,
                                hints_used integer DEFAULT 0, minutes integer DEFAULT 0)
RETURNS uuid
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
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
  PERFORM @extschema@.require_acting_user(submit_exercise.user_id);
  PERFORM @extschema@.require_user(submit_exercise.user_id);
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
  SELECT count(*), count(*) FILTER (WHERE @extschema@.test_case_passed(r.result)),
         min(r.number) FILTER (WHERE @extschema@.test_case_passed(r.result) IS NULL)
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
CREATE FUNCTION prepare_review()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  submission record;
BEGIN
  -- the submission before its learner, as erase_user locks them
  SELECT s.user_id, s.module_id INTO submission
  FROM @extschema@.module_completions AS s
  WHERE s.id = NEW.submission_id
  FOR KEY SHARE;
  PERFORM @extschema@.lock_learner(NEW.user_id);
  IF submission.user_id IS NULL THEN
    RETURN NEW;  -- there is none, or the foreign key says so
  END IF;
  IF submission.user_id <> NEW.user_id THEN
    RAISE EXCEPTION 'submission % is not of user %', NEW.submission_id, NEW.user_id
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'A review belongs to the learner whose submission it reviews.';
  END IF;
  IF submission.module_id <> NEW.module_id THEN
    RAISE EXCEPTION 'submission % is not to module %', NEW.submission_id, NEW.module_id
      USING ERRCODE = 'invalid_parameter_value',
            HINT = format('Its module is %s.', submission.module_id);
  END IF;
  RETURN NEW;
END
$$;

REVOKE EXECUTE ON FUNCTION prepare_review() FROM PUBLIC;

COMMENT ON FUNCTION prepare_review() IS 'Row trigger: checks a review, new or moved, against the submission that it is about';

CREATE TRIGGER architecture_reviews_prepare
BEFORE INSERT ON architecture_reviews
FOR EACH ROW WHEN (NEW.broadcast_at = now())
EXECUTE FUNCTION prepare_review();

CREATE TRIGGER architecture_reviews_prepare_move
BEFORE UPDATE ON architecture_reviews
FOR EACH ROW
WHEN (NEW.submission_id IS NOT NULL
      AND (OLD.user_id IS DISTINCT FROM NEW.user_id
           OR OLD.module_id IS DISTINCT FROM NEW.module_id
           OR OLD.submission_id IS DISTINCT FROM NEW.submission_id))
EXECUTE FUNCTION prepare_review();

CREATE FUNCTION record_review(submission_id uuid, code_sense integer, efficiency integer, edge_cases integer,
                              taste integer, feedback jsonb DEFAULT '{}')
RETURNS uuid
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  submission record;
  wrong text;
  review_id uuid;
BEGIN
  SELECT string_agg(format('%s is %s', t.name, t.score), ', ') INTO wrong
  FROM (VALUES ('code_sense', code_sense), ('efficiency', efficiency), ('edge_cases', edge_cases),
               ('taste', taste)) AS t (name, score)
  WHERE t.score NOT BETWEEN 0 AND 100;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'review score out of range: %', wrong
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Each score is 0 to 100.';
  END IF;
  SELECT s.user_id, s.module_id INTO submission
  FROM @extschema@.module_completions AS s
  WHERE s.id = record_review.submission_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'submission % does not exist', record_review.submission_id
      USING ERRCODE = 'foreign_key_violation',
            HINT = 'Use the id that submit_exercise returned.';
  END IF;

  INSERT INTO @extschema@.architecture_reviews
    (user_id, module_id, submission_id, code_sense_score, efficiency_score, edge_cases_score, taste_score, feedback)
  VALUES
    (submission.user_id, submission.module_id, record_review.submission_id, code_sense, efficiency, edge_cases,
     taste, record_review.feedback)
  RETURNING id INTO review_id;
  RETURN review_id;
END
$$;

COMMENT ON FUNCTION record_review(uuid, integer, integer, integer, integer, jsonb) IS 'Records a review of a submission, with the integer mean of its scores as the overall score, and returns its id';
-- Generated by "make fingerprint"; verify_schema compares the catalog with it.
CREATE OR REPLACE FUNCTION schema_fingerprint()
RETURNS text
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 1
RETURN $fingerprint$
column | architecture_reviews.broadcast_at | timestamp with time zone NOT NULL DEFAULT now()
column | architecture_reviews.code_sense_score | integer NOT NULL
column | architecture_reviews.edge_cases_score | integer NOT NULL
column | architecture_reviews.efficiency_score | integer NOT NULL
column | architecture_reviews.feedback | jsonb NOT NULL DEFAULT '{}'::jsonb
column | architecture_reviews.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | architecture_reviews.module_id | uuid NOT NULL
column | architecture_reviews.overall_score | integer NOT NULL
column | architecture_reviews.reviewed_at | timestamp with time zone NOT NULL DEFAULT now()
column | architecture_reviews.submission_id | uuid
column | architecture_reviews.taste_score | integer NOT NULL
column | architecture_reviews.user_id | uuid NOT NULL
column | blueprint_modules.active | boolean NOT NULL DEFAULT true
column | blueprint_modules.builtin | boolean NOT NULL DEFAULT false
column | blueprint_modules.concept_slug | text NOT NULL
column | blueprint_modules.content_template | jsonb NOT NULL DEFAULT '{}'::jsonb
column | blueprint_modules.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | blueprint_modules.description_template | text NOT NULL
column | blueprint_modules.difficulty | text NOT NULL
column | blueprint_modules.estimated_hours | integer NOT NULL
column | blueprint_modules.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | blueprint_modules.learning_objectives | jsonb NOT NULL DEFAULT '[]'::jsonb
column | blueprint_modules.module_number | integer NOT NULL
column | blueprint_modules.title_template | text NOT NULL
column | blueprint_modules.updated_at | timestamp with time zone NOT NULL DEFAULT now()
column | blueprint_modules.variable_schema | jsonb NOT NULL DEFAULT '{"defaults": {}, "required": []}'::jsonb
column | course_tags.course_id | uuid NOT NULL
column | course_tags.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | course_tags.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | course_tags.tag | text NOT NULL
column | exercises.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | exercises.description | text NOT NULL DEFAULT ''::text
column | exercises.difficulty | text NOT NULL
column | exercises.exercise_number | integer NOT NULL
column | exercises.hints | jsonb NOT NULL DEFAULT '[]'::jsonb
column | exercises.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | exercises.language | text NOT NULL
column | exercises.module_id | uuid NOT NULL
column | exercises.points | integer NOT NULL DEFAULT 100
column | exercises.solution_code | text NOT NULL DEFAULT ''::text
column | exercises.starter_code | text NOT NULL DEFAULT ''::text
column | exercises.test_cases | jsonb NOT NULL DEFAULT '[]'::jsonb
column | exercises.title | text NOT NULL
column | generated_courses.archetype_id | uuid
column | generated_courses.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | generated_courses.description | text NOT NULL DEFAULT ''::text
column | generated_courses.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | generated_courses.injected_variables | jsonb NOT NULL DEFAULT '{}'::jsonb
column | generated_courses.meta_category | text NOT NULL
column | generated_courses.status | text NOT NULL DEFAULT 'active'::text
column | generated_courses.title | text NOT NULL
column | generated_courses.updated_at | timestamp with time zone NOT NULL DEFAULT now()
column | generated_courses.user_id | uuid NOT NULL
column | generated_modules.blueprint_module_id | uuid
column | generated_modules.content | jsonb NOT NULL DEFAULT '{}'::jsonb
column | generated_modules.course_id | uuid NOT NULL
column | generated_modules.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | generated_modules.description | text NOT NULL DEFAULT ''::text
column | generated_modules.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | generated_modules.module_number | integer NOT NULL
column | generated_modules.status | text NOT NULL DEFAULT 'locked'::text
column | generated_modules.title | text NOT NULL
column | generated_modules.unlocked_at | timestamp with time zone
column | module_completions.attempts | integer NOT NULL DEFAULT 1
column | module_completions.broadcast_at | timestamp with time zone NOT NULL DEFAULT now()
column | module_completions.exercise_id | uuid
column | module_completions.hints_used | integer NOT NULL DEFAULT 0
column | module_completions.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | module_completions.language | text NOT NULL
column | module_completions.module_id | uuid NOT NULL
column | module_completions.passed | boolean NOT NULL DEFAULT false
column | module_completions.score | integer NOT NULL DEFAULT 0
column | module_completions.submitted_at | timestamp with time zone NOT NULL DEFAULT now()
column | module_completions.submitted_code | text NOT NULL DEFAULT ''::text
column | module_completions.test_results | jsonb NOT NULL DEFAULT '[]'::jsonb
column | module_completions.time_spent_minutes | integer NOT NULL DEFAULT 0
column | module_completions.user_id | uuid NOT NULL
column | schema_migrations.applied_at | timestamp with time zone NOT NULL DEFAULT now()
column | schema_migrations.checksum | text NOT NULL
column | schema_migrations.description | text NOT NULL
column | schema_migrations.extension_version | text NOT NULL
column | schema_migrations.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | schema_migrations.version | text NOT NULL
column | user_archetypes.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_archetypes.domain | text NOT NULL
column | user_archetypes.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | user_archetypes.meta_category | text NOT NULL
column | user_archetypes.skill_level | text NOT NULL
column | user_archetypes.updated_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_archetypes.user_id | uuid NOT NULL
column | user_archetypes.validation_reason | text NOT NULL DEFAULT ''::text
column | user_archetypes.validation_status | text NOT NULL DEFAULT 'unchecked'::text
column | user_progress.broadcast_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_progress.completed_at | timestamp with time zone
column | user_progress.course_id | uuid NOT NULL
column | user_progress.current_module_id | uuid
column | user_progress.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | user_progress.last_activity | timestamp with time zone NOT NULL DEFAULT now()
column | user_progress.progress_percentage | integer NOT NULL DEFAULT 0
column | user_progress.started_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_progress.time_spent_minutes | integer NOT NULL DEFAULT 0
column | user_progress.user_id | uuid NOT NULL
column | user_variables.archetype_id | uuid
column | user_variables.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_variables.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | user_variables.updated_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_variables.user_id | uuid NOT NULL
column | user_variables.variable_key | text NOT NULL
column | user_variables.variable_value | text NOT NULL
column | users.avatar_url | text NOT NULL DEFAULT ''::text
column | users.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | users.email | text NOT NULL
column | users.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | users.last_login | timestamp with time zone NOT NULL DEFAULT now()
column | users.max_visibility | text NOT NULL DEFAULT 'public'::text
column | users.name | text NOT NULL
column | users.password_hash | text NOT NULL
column | users.social_enabled | boolean NOT NULL DEFAULT true
column | users.time_zone | text NOT NULL DEFAULT 'UTC'::text
column | users.updated_at | timestamp with time zone NOT NULL DEFAULT now()
constraint | architecture_reviews.architecture_reviews_code_sense_score_check | CHECK (((code_sense_score >= 0) AND (code_sense_score <= 100)))
constraint | architecture_reviews.architecture_reviews_edge_cases_score_check | CHECK (((edge_cases_score >= 0) AND (edge_cases_score <= 100)))
constraint | architecture_reviews.architecture_reviews_efficiency_score_check | CHECK (((efficiency_score >= 0) AND (efficiency_score <= 100)))
constraint | architecture_reviews.architecture_reviews_module_id_fkey | FOREIGN KEY (module_id) REFERENCES generated_modules(id) ON DELETE CASCADE
constraint | architecture_reviews.architecture_reviews_overall_score_check | CHECK (((overall_score >= 0) AND (overall_score <= 100)))
constraint | architecture_reviews.architecture_reviews_pkey | PRIMARY KEY (id)
constraint | architecture_reviews.architecture_reviews_submission_id_fkey | FOREIGN KEY (submission_id) REFERENCES module_completions(id) ON DELETE SET NULL
constraint | architecture_reviews.architecture_reviews_taste_score_check | CHECK (((taste_score >= 0) AND (taste_score <= 100)))
constraint | architecture_reviews.architecture_reviews_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | blueprint_modules.blueprint_modules_concept_slug_key | UNIQUE (concept_slug)
constraint | blueprint_modules.blueprint_modules_content_template_check | CHECK (((jsonb_typeof(content_template) = 'object'::text) AND (COALESCE(jsonb_typeof((content_template -> 'lessons'::text)), 'array'::text) = 'array'::text) AND (COALESCE(jsonb_typeof((content_template -> 'exercises'::text)), 'array'::text) = 'array'::text)))
constraint | blueprint_modules.blueprint_modules_difficulty_check | CHECK ((difficulty = ANY ('{beginner,intermediate,advanced}'::text[])))
constraint | blueprint_modules.blueprint_modules_estimated_hours_check | CHECK ((estimated_hours > 0))
constraint | blueprint_modules.blueprint_modules_learning_objectives_check | CHECK ((jsonb_typeof(learning_objectives) = 'array'::text))
constraint | blueprint_modules.blueprint_modules_module_number_check | CHECK (((module_number >= 1) AND (module_number <= 7)))
constraint | blueprint_modules.blueprint_modules_module_number_key | UNIQUE (module_number)
constraint | blueprint_modules.blueprint_modules_pkey | PRIMARY KEY (id)
constraint | blueprint_modules.blueprint_modules_variable_schema_check | CHECK (((jsonb_typeof(variable_schema) = 'object'::text) AND (COALESCE(jsonb_typeof((variable_schema -> 'required'::text)), 'array'::text) = 'array'::text) AND (COALESCE(jsonb_typeof((variable_schema -> 'defaults'::text)), 'object'::text) = 'object'::text)))
constraint | course_tags.course_tags_course_id_fkey | FOREIGN KEY (course_id) REFERENCES generated_courses(id) ON DELETE CASCADE
constraint | course_tags.course_tags_course_id_tag_key | UNIQUE (course_id, tag)
constraint | course_tags.course_tags_pkey | PRIMARY KEY (id)
constraint | exercises.exercises_difficulty_check | CHECK ((difficulty = ANY ('{easy,medium,hard}'::text[])))
constraint | exercises.exercises_hints_check | CHECK ((jsonb_typeof(hints) = 'array'::text))
constraint | exercises.exercises_language_check | CHECK ((language = ANY ('{python,go,java,javascript}'::text[])))
constraint | exercises.exercises_module_id_exercise_number_key | UNIQUE (module_id, exercise_number)
constraint | exercises.exercises_module_id_fkey | FOREIGN KEY (module_id) REFERENCES generated_modules(id) ON DELETE CASCADE
constraint | exercises.exercises_pkey | PRIMARY KEY (id)
constraint | exercises.exercises_points_check | CHECK (((points >= 0) AND (points <= 1000)))
constraint | exercises.exercises_test_cases_check | CHECK ((jsonb_typeof(test_cases) = 'array'::text))
constraint | generated_courses.generated_courses_archetype_id_fkey | FOREIGN KEY (archetype_id) REFERENCES user_archetypes(id) ON DELETE SET NULL
constraint | generated_courses.generated_courses_meta_category_check | CHECK ((meta_category = ANY ('{Digital,Economic,Aesthetic,Biological,Cognitive}'::text[])))
constraint | generated_courses.generated_courses_pkey | PRIMARY KEY (id)
constraint | generated_courses.generated_courses_status_check | CHECK ((status = ANY ('{active,paused,completed,archived}'::text[])))
constraint | generated_courses.generated_courses_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | generated_modules.generated_modules_blueprint_module_id_fkey | FOREIGN KEY (blueprint_module_id) REFERENCES blueprint_modules(id) ON UPDATE CASCADE ON DELETE SET NULL
constraint | generated_modules.generated_modules_course_id_fkey | FOREIGN KEY (course_id) REFERENCES generated_courses(id) ON DELETE CASCADE
constraint | generated_modules.generated_modules_course_id_module_number_key | UNIQUE (course_id, module_number)
constraint | generated_modules.generated_modules_module_number_check | CHECK (((module_number >= 1) AND (module_number <= 7)))
constraint | generated_modules.generated_modules_pkey | PRIMARY KEY (id)
constraint | generated_modules.generated_modules_status_check | CHECK ((status = ANY ('{locked,active,completed}'::text[])))
constraint | module_completions.module_completions_attempts_check | CHECK ((attempts >= 1))
constraint | module_completions.module_completions_exercise_id_fkey | FOREIGN KEY (exercise_id) REFERENCES exercises(id) ON DELETE SET NULL
constraint | module_completions.module_completions_hints_used_check | CHECK ((hints_used >= 0))
constraint | module_completions.module_completions_module_id_fkey | FOREIGN KEY (module_id) REFERENCES generated_modules(id) ON DELETE CASCADE
constraint | module_completions.module_completions_pkey | PRIMARY KEY (id)
constraint | module_completions.module_completions_score_check | CHECK (((score >= 0) AND (score <= 100)))
constraint | module_completions.module_completions_time_spent_minutes_check | CHECK ((time_spent_minutes >= 0))
constraint | module_completions.module_completions_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | schema_migrations.schema_migrations_checksum_check | CHECK ((checksum ~ '^[0-9a-f]{64}$'::text))
constraint | schema_migrations.schema_migrations_pkey | PRIMARY KEY (id)
constraint | schema_migrations.schema_migrations_version_key | UNIQUE (version)
constraint | user_archetypes.user_archetypes_meta_category_check | CHECK ((meta_category = ANY ('{Digital,Economic,Aesthetic,Biological,Cognitive}'::text[])))
constraint | user_archetypes.user_archetypes_pkey | PRIMARY KEY (id)
constraint | user_archetypes.user_archetypes_skill_level_check | CHECK ((skill_level = ANY ('{novice,analyst,quant}'::text[])))
constraint | user_archetypes.user_archetypes_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | user_archetypes.user_archetypes_user_id_key | UNIQUE (user_id)
constraint | user_archetypes.user_archetypes_validation_status_check | CHECK ((validation_status = ANY ('{unchecked,pending,valid,rejected}'::text[])))
constraint | user_progress.user_progress_course_id_fkey | FOREIGN KEY (course_id) REFERENCES generated_courses(id) ON DELETE CASCADE
constraint | user_progress.user_progress_current_module_id_fkey | FOREIGN KEY (current_module_id) REFERENCES generated_modules(id) ON DELETE SET NULL
constraint | user_progress.user_progress_pkey | PRIMARY KEY (id)
constraint | user_progress.user_progress_progress_percentage_check | CHECK (((progress_percentage >= 0) AND (progress_percentage <= 100)))
constraint | user_progress.user_progress_time_spent_minutes_check | CHECK ((time_spent_minutes >= 0))
constraint | user_progress.user_progress_user_id_course_id_key | UNIQUE (user_id, course_id)
constraint | user_progress.user_progress_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | user_variables.user_variables_archetype_id_fkey | FOREIGN KEY (archetype_id) REFERENCES user_archetypes(id) ON DELETE SET NULL
constraint | user_variables.user_variables_pkey | PRIMARY KEY (id)
constraint | user_variables.user_variables_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | user_variables.user_variables_user_id_variable_key_key | UNIQUE (user_id, variable_key)
constraint | user_variables.user_variables_variable_key_check | CHECK ((variable_key ~ '^[A-Z][A-Z0-9_]{0,49}$'::text))
constraint | users.users_email_check | CHECK (((email ~ '^[^@[:space:]]+@[^@[:space:]]+$'::text) AND (char_length(email) <= 255)))
constraint | users.users_email_key | UNIQUE (email)
constraint | users.users_max_visibility_check | CHECK ((max_visibility = ANY ('{public,friends,private}'::text[])))
constraint | users.users_name_check | CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100)))
constraint | users.users_pkey | PRIMARY KEY (id)
dump filter | architecture_reviews | every row
dump filter | blueprint_modules | WHERE NOT builtin
dump filter | course_tags | every row
dump filter | exercises | every row
dump filter | generated_courses | every row
dump filter | generated_modules | every row
dump filter | module_completions | every row
dump filter | user_archetypes | every row
dump filter | user_progress | every row
dump filter | user_variables | every row
dump filter | users | every row
function | authenticate(text,text) | (email text, password text) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100000 SET search_path=pg_catalog, pg_temp MD5 f766cdf5d10e8e0fa5df240b6a68b81f
function | automation_enabled() | () RETURNS boolean LANGUAGE c STABLE PARALLEL SAFE COST 1 AS $libdir/learnify, automation_enabled
function | blueprint_missing_variables(jsonb) | (variables jsonb) RETURNS TABLE(module_number integer, concept_slug text, missing text[]) LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 1000 ROWS 7 MD5 962df017ca61d3c77f0894eb0342fc74
function | check_course_can_be_generated(user_archetypes,uuid,jsonb) | (archetype user_archetypes, user_id uuid, variables jsonb) RETURNS void LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000 SET search_path=pg_catalog, pg_temp MD5 8e6a757b7a04b96788dda9f3663fd482
function | check_time_zone() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 7e6a328609a910cc8afcabe0d447ffba
function | choose_archetype(uuid,text,text,text) | (user_id uuid, meta_category text, domain text, skill_level text) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 100 SET search_path=pg_catalog, pg_temp MD5 b56957327248a265b9ab49168d0f065d
function | claim_domain_validations(integer) | (n integer DEFAULT 1) RETURNS TABLE(archetype_id uuid, user_id uuid, meta_category text, domain text, skill_level text, variables jsonb) LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100 ROWS 10 SET search_path=pg_catalog, pg_temp MD5 61c1be4701bdb13f21b182effd555868
function | course_outline(uuid,uuid) | (user_id uuid, course_id uuid) RETURNS TABLE(module_id uuid, module_number integer, title text, description text, state text, exercises integer, solved integer) LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SECURITY DEFINER COST 1000 ROWS 7 SET search_path=pg_catalog, pg_temp MD5 190668bd89012cf3c0a4ff0b68f6dff6
function | current_learner() | () RETURNS uuid LANGUAGE c STABLE PARALLEL SAFE COST 1 AS $libdir/learnify, current_learner
function | describe_schema() | () RETURNS TABLE(kind text, object text, definition text) LANGUAGE sql STABLE PARALLEL SAFE COST 100000 ROWS 700 SET search_path=pg_catalog, pg_temp SET quote_all_identifiers=off SET standard_conforming_strings=on SET bytea_output=hex SET DateStyle=ISO, MDY SET IntervalStyle=postgres SET TimeZone=UTC SET extra_float_digits=1 MD5 45c1565e88208e9bb3d30c69617d5f00
function | dummy_password_hash() | () RETURNS text LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1 AS $libdir/learnify, dummy_password_hash
function | fill_overall_score() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 41f15839cee027d336db6370298263c4
function | generate_course(uuid,jsonb) | (user_id uuid, variables jsonb DEFAULT '{}'::jsonb) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 10000 SET search_path=pg_catalog, pg_temp MD5 7a0568c17eb07accda61103b4940a477
function | get_variables(uuid) | (user_id uuid) RETURNS jsonb LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100 MD5 14c7772dcdf433bf2656704bce3b0614
function | hash_password(text) | (password text) RETURNS text LANGUAGE c VOLATILE STRICT PARALLEL SAFE COST 1e+06 AS $libdir/learnify, hash_password
function | inject_variables(jsonb,jsonb,text) | (template jsonb, variables jsonb, missing text DEFAULT 'error'::text) RETURNS jsonb LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50 AS $libdir/learnify, inject_variables_jsonb
function | inject_variables(text,jsonb,text) | (template text, variables jsonb, missing text DEFAULT 'error'::text) RETURNS text LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS $libdir/learnify, inject_variables_text
function | is_time_zone_name(text) | (name text) RETURNS boolean LANGUAGE c STABLE STRICT PARALLEL SAFE COST 10 AS $libdir/learnify, is_time_zone_name
function | lock_learner(uuid) | (user_id uuid) RETURNS boolean LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 145ba6d365987d73a870858a36f071e9
function | missing_variables(uuid) | (user_id uuid) RETURNS TABLE(module_number integer, concept_slug text, missing text[]) LANGUAGE sql STABLE STRICT PARALLEL SAFE SECURITY DEFINER COST 1000 ROWS 7 SET search_path=pg_catalog, pg_temp MD5 d666fda5caa87c4de286bd9ab80f5323
function | module_state(uuid,uuid) | (user_id uuid, module_id uuid) RETURNS TABLE(exercises integer, solved integer, completed boolean) LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100 ROWS 1 AS $libdir/learnify, module_state
function | module_states(uuid,uuid) | (user_id uuid, course_id uuid) RETURNS TABLE(module_id uuid, module_number integer, exercises integer, solved integer, completed boolean) LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100 ROWS 7 AS $libdir/learnify, module_states
function | prepare_review() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100 SET search_path=pg_catalog, pg_temp MD5 09764bd469c66213f8cfb7bebf52404c
function | prepare_submission() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100 SET search_path=pg_catalog, pg_temp SET plan_cache_mode=force_generic_plan MD5 9bb6d460813a9cad728492eb250caf1e
function | record_domain_validation(uuid,jsonb) | (archetype_id uuid, verdict jsonb) RETURNS void LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100 SET search_path=pg_catalog, pg_temp MD5 f0356019ff3452febc246e83e8cae888
function | record_review(uuid,integer,integer,integer,integer,jsonb) | (submission_id uuid, code_sense integer, efficiency integer, edge_cases integer, taste integer, feedback jsonb DEFAULT '{}'::jsonb) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 1000 SET search_path=pg_catalog, pg_temp MD5 dd1099092f8c724abe5d876dd1788155
function | refuse_seed_deletion() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 0ad322841456bbe8f697a309a0b5ab57
function | register_user(text,text,text,text) | (email text, password text, name text, time_zone text DEFAULT 'UTC'::text) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100000 SET search_path=pg_catalog, pg_temp MD5 b84c40a27a8b43438a4ebe90cf36e001
function | release_edited_seed() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 efd0721dc9e87c2e6a66e0b4d0f2f044
function | replace_seed_blueprint_module() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100 SET search_path=pg_catalog, pg_temp MD5 97debc49cdc634286d4db390d4172a80
function | request_domain_validation(uuid) | (archetype_id uuid) RETURNS void LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100 SET search_path=pg_catalog, pg_temp MD5 d34411f488da5d1d8efb28efa4e7e3cc
function | require_acting_user(uuid) | (user_id uuid) RETURNS void LANGUAGE c STABLE PARALLEL SAFE COST 1 AS $libdir/learnify, require_acting_user
function | require_open_course(uuid) | (course_id uuid) RETURNS void LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 90c3f79f500705e335cf421163cc5dd7
function | require_user(uuid) | (user_id uuid) RETURNS void LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 e3fe984a739a15db0dbca011371c2857
function | schema_fingerprint() | () RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1
function | set_variables(uuid,jsonb) | (user_id uuid, variables jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 100 SET search_path=pg_catalog, pg_temp MD5 64cb1b09630dce884742f4a12f1661ee
function | start_course(uuid,uuid) | (user_id uuid, course_id uuid) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 1000 SET search_path=pg_catalog, pg_temp MD5 e64abf0cf5610a3ab30b442b2d5383b0
function | submit_exercise(uuid,uuid,text,text,jsonb,integer,integer) | (user_id uuid, exercise_id uuid, code text, language text, test_results jsonb, hints_used integer DEFAULT 0, minutes integer DEFAULT 0) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 1000 SET search_path=pg_catalog, pg_temp MD5 c1f890ed3696a453e21bd5559d95c224
function | template_variables(jsonb,boolean) | (template jsonb, without_default boolean DEFAULT false) RETURNS text[] LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50 AS $libdir/learnify, template_variables_jsonb
function | template_variables(text,boolean) | (template text, without_default boolean DEFAULT false) RETURNS text[] LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS $libdir/learnify, template_variables_text
function | test_case_passed(jsonb) | (result jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10 MD5 3d01992cfbbb034c75beda505df9e26f
function | touch_updated_at() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 92b6cd4dc622b0a778614343a208a08b
function | verify_password(text,text) | (password text, hash text) RETURNS boolean LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1e+06 AS $libdir/learnify, verify_password
function | verify_schema() | () RETURNS TABLE(drift text, kind text, object text, expected text, found text) LANGUAGE sql STABLE PARALLEL SAFE COST 100000 ROWS 10 MD5 d07451762c73f5759c29edd0a31b339a
index | architecture_reviews.architecture_reviews_module_id_idx | CREATE INDEX architecture_reviews_module_id_idx ON architecture_reviews USING btree (module_id)
index | architecture_reviews.architecture_reviews_pkey | CREATE UNIQUE INDEX architecture_reviews_pkey ON architecture_reviews USING btree (id)
index | architecture_reviews.architecture_reviews_submission_id_idx | CREATE INDEX architecture_reviews_submission_id_idx ON architecture_reviews USING btree (submission_id)
index | architecture_reviews.architecture_reviews_user_id_module_id_idx | CREATE INDEX architecture_reviews_user_id_module_id_idx ON architecture_reviews USING btree (user_id, module_id)
index | blueprint_modules.blueprint_modules_concept_slug_key | CREATE UNIQUE INDEX blueprint_modules_concept_slug_key ON blueprint_modules USING btree (concept_slug)
index | blueprint_modules.blueprint_modules_module_number_key | CREATE UNIQUE INDEX blueprint_modules_module_number_key ON blueprint_modules USING btree (module_number)
index | blueprint_modules.blueprint_modules_pkey | CREATE UNIQUE INDEX blueprint_modules_pkey ON blueprint_modules USING btree (id)
index | course_tags.course_tags_course_id_tag_key | CREATE UNIQUE INDEX course_tags_course_id_tag_key ON course_tags USING btree (course_id, tag)
index | course_tags.course_tags_pkey | CREATE UNIQUE INDEX course_tags_pkey ON course_tags USING btree (id)
index | course_tags.course_tags_tag_idx | CREATE INDEX course_tags_tag_idx ON course_tags USING btree (tag)
index | exercises.exercises_module_id_exercise_number_key | CREATE UNIQUE INDEX exercises_module_id_exercise_number_key ON exercises USING btree (module_id, exercise_number)
index | exercises.exercises_pkey | CREATE UNIQUE INDEX exercises_pkey ON exercises USING btree (id)
index | generated_courses.generated_courses_archetype_id_idx | CREATE INDEX generated_courses_archetype_id_idx ON generated_courses USING btree (archetype_id)
index | generated_courses.generated_courses_pkey | CREATE UNIQUE INDEX generated_courses_pkey ON generated_courses USING btree (id)
index | generated_courses.generated_courses_user_id_idx | CREATE INDEX generated_courses_user_id_idx ON generated_courses USING btree (user_id)
index | generated_modules.generated_modules_blueprint_module_id_idx | CREATE INDEX generated_modules_blueprint_module_id_idx ON generated_modules USING btree (blueprint_module_id)
index | generated_modules.generated_modules_course_id_module_number_key | CREATE UNIQUE INDEX generated_modules_course_id_module_number_key ON generated_modules USING btree (course_id, module_number)
index | generated_modules.generated_modules_pkey | CREATE UNIQUE INDEX generated_modules_pkey ON generated_modules USING btree (id)
index | module_completions.module_completions_exercise_id_idx | CREATE INDEX module_completions_exercise_id_idx ON module_completions USING btree (exercise_id)
index | module_completions.module_completions_module_id_idx | CREATE INDEX module_completions_module_id_idx ON module_completions USING btree (module_id)
index | module_completions.module_completions_pkey | CREATE UNIQUE INDEX module_completions_pkey ON module_completions USING btree (id)
index | module_completions.module_completions_user_id_module_id_exercise_id_idx | CREATE INDEX module_completions_user_id_module_id_exercise_id_idx ON module_completions USING btree (user_id, module_id, exercise_id) INCLUDE (passed)
index | module_completions.module_completions_user_id_submitted_at_idx | CREATE INDEX module_completions_user_id_submitted_at_idx ON module_completions USING btree (user_id, submitted_at)
index | schema_migrations.schema_migrations_pkey | CREATE UNIQUE INDEX schema_migrations_pkey ON schema_migrations USING btree (id)
index | schema_migrations.schema_migrations_version_key | CREATE UNIQUE INDEX schema_migrations_version_key ON schema_migrations USING btree (version)
index | user_archetypes.user_archetypes_pending_idx | CREATE INDEX user_archetypes_pending_idx ON user_archetypes USING btree (updated_at) WHERE (validation_status = 'pending'::text)
index | user_archetypes.user_archetypes_pkey | CREATE UNIQUE INDEX user_archetypes_pkey ON user_archetypes USING btree (id)
index | user_archetypes.user_archetypes_user_id_key | CREATE UNIQUE INDEX user_archetypes_user_id_key ON user_archetypes USING btree (user_id)
index | user_progress.user_progress_course_id_idx | CREATE INDEX user_progress_course_id_idx ON user_progress USING btree (course_id)
index | user_progress.user_progress_current_module_id_idx | CREATE INDEX user_progress_current_module_id_idx ON user_progress USING btree (current_module_id)
index | user_progress.user_progress_pkey | CREATE UNIQUE INDEX user_progress_pkey ON user_progress USING btree (id)
index | user_progress.user_progress_started_at_idx | CREATE INDEX user_progress_started_at_idx ON user_progress USING btree (started_at) INCLUDE (course_id)
index | user_progress.user_progress_user_id_course_id_key | CREATE UNIQUE INDEX user_progress_user_id_course_id_key ON user_progress USING btree (user_id, course_id)
index | user_variables.user_variables_archetype_id_idx | CREATE INDEX user_variables_archetype_id_idx ON user_variables USING btree (archetype_id)
index | user_variables.user_variables_pkey | CREATE UNIQUE INDEX user_variables_pkey ON user_variables USING btree (id)
index | user_variables.user_variables_user_id_variable_key_key | CREATE UNIQUE INDEX user_variables_user_id_variable_key_key ON user_variables USING btree (user_id, variable_key)
index | users.users_email_key | CREATE UNIQUE INDEX users_email_key ON users USING btree (email)
index | users.users_email_lower_key | CREATE UNIQUE INDEX users_email_lower_key ON users USING btree (lower(email))
index | users.users_pkey | CREATE UNIQUE INDEX users_pkey ON users USING btree (id)
table | architecture_reviews | permanent
table | blueprint_modules | permanent
table | course_tags | permanent
table | exercises | permanent
table | generated_courses | permanent
table | generated_modules | permanent
table | module_completions | permanent
table | schema_migrations | permanent
table | user_archetypes | permanent
table | user_progress | permanent
table | user_variables | permanent
table | users | permanent
trigger | architecture_reviews.architecture_reviews_fill_overall_score | CREATE TRIGGER architecture_reviews_fill_overall_score BEFORE INSERT ON architecture_reviews FOR EACH ROW WHEN ((new.overall_score IS NULL)) EXECUTE FUNCTION fill_overall_score()
trigger | architecture_reviews.architecture_reviews_prepare | CREATE TRIGGER architecture_reviews_prepare BEFORE INSERT ON architecture_reviews FOR EACH ROW WHEN ((new.broadcast_at = now())) EXECUTE FUNCTION prepare_review()
trigger | architecture_reviews.architecture_reviews_prepare_move | CREATE TRIGGER architecture_reviews_prepare_move BEFORE UPDATE ON architecture_reviews FOR EACH ROW WHEN (((new.submission_id IS NOT NULL) AND ((old.user_id IS DISTINCT FROM new.user_id) OR (old.module_id IS DISTINCT FROM new.module_id) OR (old.submission_id IS DISTINCT FROM new.submission_id)))) EXECUTE FUNCTION prepare_review()
trigger | blueprint_modules.blueprint_modules_refuse_seed_deletion | CREATE TRIGGER blueprint_modules_refuse_seed_deletion BEFORE DELETE ON blueprint_modules FOR EACH ROW WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION refuse_seed_deletion()
trigger | blueprint_modules.blueprint_modules_release_edited_seed | CREATE TRIGGER blueprint_modules_release_edited_seed BEFORE UPDATE ON blueprint_modules FOR EACH ROW WHEN (((old.builtin OR new.builtin) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION release_edited_seed()
trigger | blueprint_modules.blueprint_modules_replace_seed | CREATE TRIGGER blueprint_modules_replace_seed BEFORE INSERT ON blueprint_modules FOR EACH ROW WHEN ((NOT new.builtin)) EXECUTE FUNCTION replace_seed_blueprint_module() ENABLED ALWAYS
trigger | blueprint_modules.blueprint_modules_touch_updated_at | CREATE TRIGGER blueprint_modules_touch_updated_at BEFORE UPDATE ON blueprint_modules FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND (old.updated_at = new.updated_at))) EXECUTE FUNCTION touch_updated_at()
trigger | generated_courses.generated_courses_touch_updated_at | CREATE TRIGGER generated_courses_touch_updated_at BEFORE UPDATE OF user_id, archetype_id, title, description, meta_category, injected_variables, status ON generated_courses FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND (old.updated_at = new.updated_at))) EXECUTE FUNCTION touch_updated_at()
trigger | module_completions.module_completions_prepare | CREATE TRIGGER module_completions_prepare BEFORE INSERT ON module_completions FOR EACH ROW WHEN ((new.broadcast_at = now())) EXECUTE FUNCTION prepare_submission()
trigger | module_completions.module_completions_prepare_correction | CREATE TRIGGER module_completions_prepare_correction BEFORE UPDATE OF module_id, exercise_id, language, hints_used ON module_completions FOR EACH ROW WHEN (((new.module_id <> old.module_id) OR (new.exercise_id IS DISTINCT FROM old.exercise_id) OR (new.language <> old.language) OR (new.hints_used <> old.hints_used))) EXECUTE FUNCTION prepare_submission()
trigger | user_archetypes.user_archetypes_touch_updated_at | CREATE TRIGGER user_archetypes_touch_updated_at BEFORE UPDATE ON user_archetypes FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND (old.updated_at = new.updated_at))) EXECUTE FUNCTION touch_updated_at()
trigger | user_variables.user_variables_touch_updated_at | CREATE TRIGGER user_variables_touch_updated_at BEFORE UPDATE ON user_variables FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND (old.updated_at = new.updated_at))) EXECUTE FUNCTION touch_updated_at()
trigger | users.users_check_time_zone_insert | CREATE TRIGGER users_check_time_zone_insert BEFORE INSERT ON users FOR EACH ROW WHEN ((new.time_zone <> 'UTC'::text)) EXECUTE FUNCTION check_time_zone()
trigger | users.users_check_time_zone_update | CREATE TRIGGER users_check_time_zone_update BEFORE UPDATE ON users FOR EACH ROW WHEN (((new.time_zone <> 'UTC'::text) AND (new.time_zone <> old.time_zone))) EXECUTE FUNCTION check_time_zone()
trigger | users.users_touch_updated_at | CREATE TRIGGER users_touch_updated_at BEFORE UPDATE OF email, password_hash, name, avatar_url, time_zone, max_visibility, social_enabled ON users FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND (old.updated_at = new.updated_at))) EXECUTE FUNCTION touch_updated_at()
$fingerprint$;
INSERT INTO schema_migrations (version, description, checksum, extension_version)
VALUES ('003', 'progress', 'bfcacc46ec4556958265da38c515a6bd0336e6ede126326df706a0a3ece95d2e', '0.3.0');
