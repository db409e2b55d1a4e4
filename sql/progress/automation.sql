-- The triggers that react to what learners do. They act only on live rows, in which
-- mark_live_row has set broadcast_at to the time of the transaction; restored rows have
-- another time.
--
-- The queries are many and small. Planning them for each row would take longer than
-- running them, so plan_cache_mode keeps generic plans. A plan that was made while a
-- table was small, or vacuumed while empty, would scan the whole table for each row after
-- it has grown, so enable_seqscan is off. This holds for every function that does
-- look-ups for each row that it writes, here and in the other files. Triggers of users
-- run under these settings too; jit is off so that their sequential scans, which the
-- planner then takes for very expensive, are not compiled.

CREATE OR REPLACE FUNCTION learnify_internal.prepare_enrolment()
RETURNS trigger
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'prepare_enrolment';

COMMENT ON FUNCTION learnify_internal.prepare_enrolment() IS 'Row trigger: begins a new enrolment at the first module, or dates one that is complete';

CREATE OR REPLACE TRIGGER user_progress_prepare
BEFORE INSERT ON user_progress
FOR EACH ROW WHEN (NEW.broadcast_at = now())
EXECUTE FUNCTION learnify_internal.prepare_enrolment();

CREATE OR REPLACE FUNCTION learnify_internal.complete_progress()
RETURNS trigger
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 10
AS 'MODULE_PATHNAME', 'complete_progress';

COMMENT ON FUNCTION learnify_internal.complete_progress() IS 'Row trigger: keeps progress_percentage, completed_at and the current module together where an UPDATE changes one of them';

CREATE OR REPLACE TRIGGER user_progress_complete
BEFORE UPDATE OF course_id, progress_percentage, completed_at, current_module_id ON user_progress
FOR EACH ROW
WHEN ((NEW.completed_at IS NULL) <> (OLD.completed_at IS NULL)
      OR NEW.progress_percentage <> OLD.progress_percentage
      OR NEW.course_id <> OLD.course_id
      OR NEW.current_module_id IS DISTINCT FROM OLD.current_module_id)
EXECUTE FUNCTION learnify_internal.complete_progress();

CREATE OR REPLACE FUNCTION learnify_internal.process_enrolments()
RETURNS trigger
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'process_enrolments';

COMMENT ON FUNCTION learnify_internal.process_enrolments() IS 'Statement trigger: records new enrolments and broadcasts courses that are completed, awards achievements, and refuses enrolments in archived courses';

CREATE OR REPLACE TRIGGER user_progress_process_insert
AFTER INSERT ON user_progress
REFERENCING NEW TABLE AS inserted
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.process_enrolments();

CREATE OR REPLACE FUNCTION learnify_internal.process_progress()
RETURNS trigger
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'process_progress';

COMMENT ON FUNCTION learnify_internal.process_progress() IS 'Row trigger: records and broadcasts completed courses, and corrects both if a course is completed at another time or no longer';

-- What a course that has been retaken sets off was set off when it was first completed.
CREATE OR REPLACE TRIGGER user_progress_process_update
AFTER UPDATE OF progress_percentage, completed_at ON user_progress
FOR EACH ROW WHEN (OLD.completed_at IS DISTINCT FROM NEW.completed_at AND NEW.retaken_after IS NULL)
EXECUTE FUNCTION learnify_internal.process_progress();

CREATE OR REPLACE FUNCTION learnify_internal.process_time_spent()
RETURNS trigger
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'process_time_spent';

COMMENT ON FUNCTION learnify_internal.process_time_spent() IS 'Row trigger: awards achievements for hours of learning, and refuses more minutes than are possible';

-- pg_trigger_depth() is 0 unless the trigger on submissions adds the minutes, which then awards
-- achievements itself.
CREATE OR REPLACE TRIGGER user_progress_process_time_update
AFTER UPDATE OF time_spent_minutes ON user_progress
FOR EACH ROW WHEN (NEW.time_spent_minutes > OLD.time_spent_minutes AND pg_trigger_depth() = 0)
EXECUTE FUNCTION learnify_internal.process_time_spent();

CREATE OR REPLACE FUNCTION learnify_internal.update_progress(user_id uuid, course_id uuid, takes_back boolean)
RETURNS void
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'update_progress';

COMMENT ON FUNCTION learnify_internal.update_progress(uuid, uuid, boolean) IS 'Recomputes a learner''s progress in a course from the submissions';

CREATE OR REPLACE FUNCTION learnify_internal.broadcast_exercise_solved(user_id uuid, module_id uuid, exercise_id uuid, score integer,
                                   solved_at timestamptz)
RETURNS void
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'broadcast_exercise_solved';

COMMENT ON FUNCTION learnify_internal.broadcast_exercise_solved(uuid, uuid, uuid, integer, timestamptz) IS 'Writes to the feed that an exercise was solved';

CREATE OR REPLACE FUNCTION learnify_internal.broadcast_module_completed(user_id uuid, module_id uuid)
RETURNS void
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'broadcast_module_completed';

COMMENT ON FUNCTION learnify_internal.broadcast_module_completed(uuid, uuid) IS 'Writes to the feed that a module was completed';

CREATE OR REPLACE FUNCTION learnify_internal.process_submissions()
RETURNS trigger
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'process_submissions';

COMMENT ON FUNCTION learnify_internal.process_submissions() IS 'Statement trigger: updates progress, feed and achievements after new submissions';

CREATE OR REPLACE TRIGGER module_completions_process
AFTER INSERT ON module_completions
REFERENCING NEW TABLE AS inserted
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.process_submissions();

-- A new submission solves its exercise if no earlier one has. After a correction, the solution is
-- the passed submission with the earliest time, even if others were written before it.
CREATE OR REPLACE FUNCTION learnify_internal.first_solution(user_id uuid, module_id uuid, exercise_id uuid)
RETURNS TABLE (score integer, solved_at timestamptz)
LANGUAGE sql
STABLE PARALLEL SAFE COST 100 ROWS 1
BEGIN ATOMIC
  SELECT s.score, s.submitted_at
  FROM module_completions AS s
  WHERE s.user_id = first_solution.user_id AND s.module_id = first_solution.module_id
    AND s.exercise_id IS NOT DISTINCT FROM first_solution.exercise_id AND s.passed
  ORDER BY s.submitted_at, s.id
  LIMIT 1;
END;

COMMENT ON FUNCTION learnify_internal.first_solution(uuid, uuid, uuid) IS 'Returns the score and the time of the first submission by which a learner solved an exercise, or a module itself where exercise_id is NULL';

CREATE OR REPLACE FUNCTION learnify_internal.rebroadcast_exercise_solved(user_id uuid, module_id uuid, exercise_id uuid, was_solved boolean)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  solution record;
BEGIN
  SELECT f.score, f.solved_at INTO solution
  FROM learnify_internal.first_solution(user_id, module_id, exercise_id) AS f;
  IF NOT FOUND THEN
    PERFORM learnify_internal.retract_broadcast(user_id, 'exercise_solved', exercise_id);
    RETURN false;
  ELSIF was_solved THEN
    PERFORM learnify_internal.correct_broadcast(user_id, 'exercise_solved', exercise_id, solution.score, solution.solved_at);
    RETURN false;
  END IF;
  PERFORM learnify_internal.broadcast_exercise_solved(user_id, module_id, exercise_id, solution.score, solution.solved_at);
  RETURN learnify_internal.completes_module(user_id, module_id, exercise_id IS NOT NULL);
END
$$;

COMMENT ON FUNCTION learnify_internal.rebroadcast_exercise_solved(uuid, uuid, uuid, boolean) IS 'Updates the feed after submissions to an exercise were corrected, and returns whether that completes the module';

CREATE OR REPLACE FUNCTION learnify_internal.rebroadcast_module_completed(user_id uuid, module_id uuid, is_new boolean)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  IF is_new THEN
    PERFORM learnify_internal.broadcast_module_completed(user_id, module_id);
  ELSIF (SELECT s.completed FROM learnify_internal.module_state(user_id, module_id) AS s) THEN
    PERFORM learnify_internal.correct_broadcast(user_id, 'module_completed', module_id, r.score, r.completed_at)
    FROM learnify_internal.module_result(user_id, module_id) AS r;
  ELSE
    PERFORM learnify_internal.retract_broadcast(user_id, 'module_completed', module_id);
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.rebroadcast_module_completed(uuid, uuid, boolean) IS 'Updates the feed after submissions to a module were corrected';

-- This collects the learners and courses whose progress a statement may have changed, and the
-- solutions whose broadcasts may be wrong now, and then calls the functions that new submissions
-- call too. Achievements are kept. When a learner or a module is being deleted, nothing is
-- corrected for it.
CREATE OR REPLACE FUNCTION learnify_internal.correct_submissions()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  learners uuid[];
  courses uuid[];
  minutes bigint[];
  solvers uuid[];
  modules uuid[];
  exercises uuid[];
  were_solved boolean[];
  taken_back boolean[];
  completed timestamptz[];
BEGIN
  IF NOT learnify_internal.automation_enabled() OR learnify_internal.is_own_statement() THEN
    RETURN NULL;
  END IF;
  -- Collect each learner and course, in the order in which they are locked, with the minutes that
  -- the statement has added.
  IF TG_OP = 'UPDATE' THEN
    SELECT array_agg(t.user_id), array_agg(t.course_id), array_agg(t.minutes) INTO learners, courses, minutes
    FROM (SELECT c.user_id, m.course_id, sum(c.minutes) AS minutes
          FROM (SELECT o.user_id, o.module_id, -o.time_spent_minutes AS minutes
                FROM before AS o
                UNION ALL
                SELECT n.user_id, n.module_id, n.time_spent_minutes
                FROM after AS n) AS c
          JOIN @extschema@.generated_modules AS m ON m.id = c.module_id
          JOIN @extschema@.users AS u ON u.id = c.user_id
          GROUP BY c.user_id, m.course_id
          ORDER BY c.user_id, m.course_id) AS t;
  ELSE
    SELECT array_agg(t.user_id), array_agg(t.course_id), array_agg(t.minutes) INTO learners, courses, minutes
    FROM (SELECT o.user_id, m.course_id, -sum(o.time_spent_minutes) AS minutes
          FROM before AS o
          JOIN @extschema@.generated_modules AS m ON m.id = o.module_id
          JOIN @extschema@.users AS u ON u.id = o.user_id
          GROUP BY o.user_id, m.course_id
          ORDER BY o.user_id, m.course_id) AS t;
  END IF;
  IF learners IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM learnify_internal.lock_curriculum(t.course_id, false), learnify_internal.share_content(t.course_id)
  FROM (SELECT DISTINCT c.course_id
        FROM unnest(courses) AS c (course_id)
        ORDER BY c.course_id) AS t;
  PERFORM learnify_internal.lock_learner(l.user_id) FROM unnest(learners) WITH ORDINALITY AS l (user_id, number) ORDER BY l.number;

  UPDATE @extschema@.user_progress AS p
  SET time_spent_minutes = learnify_internal.add_minutes(p.time_spent_minutes, t.minutes)
  FROM unnest(learners, courses, minutes) AS t (user_id, course_id, minutes)
  WHERE p.user_id = t.user_id AND p.course_id = t.course_id AND t.minutes <> 0;

  -- The learners are locked. Collect the exercises that were solved before or may be solved now.
  IF TG_OP = 'UPDATE' THEN
    SELECT array_agg(t.user_id), array_agg(t.module_id), array_agg(t.exercise_id), array_agg(t.was_solved)
    INTO solvers, modules, exercises, were_solved
    FROM (SELECT c.user_id, c.module_id, c.exercise_id, bool_or(c.was_solved) AS was_solved
          FROM (SELECT o.user_id, o.module_id, o.exercise_id, true AS was_solved
                FROM before AS o
                WHERE o.passed
                UNION ALL
                SELECT n.user_id, n.module_id, n.exercise_id,
                       EXISTS (SELECT
                               FROM @extschema@.module_completions AS s
                               WHERE s.user_id = n.user_id AND s.module_id = n.module_id AND s.passed
                                 AND s.exercise_id IS NOT DISTINCT FROM n.exercise_id
                                 AND NOT EXISTS (SELECT FROM after AS a WHERE a.id = s.id))
                FROM after AS n
                WHERE n.passed) AS c
          GROUP BY c.user_id, c.module_id, c.exercise_id
          ORDER BY c.user_id, c.module_id, c.exercise_id) AS t;
  ELSE
    SELECT array_agg(t.user_id), array_agg(t.module_id), array_agg(t.exercise_id), array_agg(true)
    INTO solvers, modules, exercises, were_solved
    FROM (SELECT DISTINCT o.user_id, o.module_id, o.exercise_id
          FROM before AS o
          WHERE o.passed
          ORDER BY o.user_id, o.module_id, o.exercise_id) AS t;
  END IF;
  PERFORM learnify_internal.rebroadcast_module_completed(m.user_id, m.module_id, m.is_new)
  FROM (SELECT e.user_id, e.module_id, bool_or(e.completes) AS is_new
        FROM (SELECT t.user_id, t.module_id,
                     learnify_internal.rebroadcast_exercise_solved(t.user_id, t.module_id, t.exercise_id, t.was_solved) AS completes
              FROM unnest(solvers, modules, exercises, were_solved) WITH ORDINALITY
                AS t (user_id, module_id, exercise_id, was_solved, number)
              ORDER BY t.number
              OFFSET 0) AS e
        GROUP BY e.user_id, e.module_id
        ORDER BY e.user_id, e.module_id) AS m;

  -- A completed course stays completed unless one of these exercises was solved by
  -- completed_at and is not solved any more. If it is solved, but later, so is the course.
  -- One that is completed meanwhile, without the learner's lock, stays so.
  SELECT array_agg(coalesce(l.is_taken_back, false) ORDER BY t.number),
         array_agg(l.completed_at ORDER BY t.number)
  INTO taken_back, completed
  FROM unnest(learners, courses) WITH ORDINALITY AS t (user_id, course_id, number)
  LEFT JOIN (
    SELECT p.user_id, p.course_id, bool_or(o.user_id IS NOT NULL AND f.solved_at IS NULL) AS is_taken_back,
           greatest(p.completed_at, max(f.solved_at)) AS completed_at
    FROM @extschema@.user_progress AS p
    LEFT JOIN (
      SELECT b.user_id, b.module_id, b.exercise_id, m.course_id,
             min(least(b.submitted_at, b.broadcast_at)) AS solved_at
      FROM before AS b
      JOIN @extschema@.generated_modules AS m ON m.id = b.module_id
      WHERE b.passed
        AND (b.exercise_id IS NOT NULL
             OR NOT EXISTS (SELECT FROM @extschema@.exercises AS e WHERE e.module_id = b.module_id))
      GROUP BY b.user_id, b.module_id, b.exercise_id, m.course_id
    ) AS o ON o.user_id = p.user_id AND o.course_id = p.course_id AND o.solved_at <= p.completed_at
    LEFT JOIN LATERAL (
      SELECT min(least(s.submitted_at, s.broadcast_at)) AS solved_at
      FROM @extschema@.module_completions AS s
      WHERE s.user_id = o.user_id AND s.module_id = o.module_id AND s.passed
        AND s.exercise_id IS NOT DISTINCT FROM o.exercise_id
    ) AS f ON true
    WHERE p.completed_at IS NOT NULL
      AND (p.user_id, p.course_id) IN (SELECT u.user_id, u.course_id FROM unnest(learners, courses) AS u (user_id, course_id))
    GROUP BY p.user_id, p.course_id, p.completed_at
  ) AS l ON l.user_id = t.user_id AND l.course_id = t.course_id;
  PERFORM learnify_internal.update_progress(t.user_id, t.course_id, t.is_taken_back)
  FROM unnest(learners, courses, taken_back) WITH ORDINALITY AS t (user_id, course_id, is_taken_back, number)
  ORDER BY t.number;
  UPDATE @extschema@.user_progress AS p
  SET completed_at = t.completed_at
  FROM unnest(learners, courses, taken_back, completed) AS t (user_id, course_id, is_taken_back, completed_at)
  WHERE p.user_id = t.user_id AND p.course_id = t.course_id AND NOT t.is_taken_back AND p.completed_at < t.completed_at;
  IF TG_OP = 'UPDATE' THEN
    PERFORM learnify_internal.award_for_event(t.user_id, 'submission_corrected')
    FROM (SELECT DISTINCT u.id AS user_id
          FROM unnest(learners) AS l (user_id)
          JOIN @extschema@.users AS u ON u.id = l.user_id
          ORDER BY u.id) AS t;
  END IF;
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.correct_submissions() IS 'Statement trigger: recomputes what depended on submissions that were changed or deleted';

CREATE OR REPLACE TRIGGER module_completions_correct_update
AFTER UPDATE ON module_completions
REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.correct_submissions();

CREATE OR REPLACE TRIGGER module_completions_correct_delete
AFTER DELETE ON module_completions
REFERENCING OLD TABLE AS before
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.correct_submissions();
