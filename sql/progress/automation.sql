-- What learners' rows set off. Only live rows do: those whose broadcast_at is
-- this transaction's timestamp. A row that a dump brings back has an older one.
-- The queries are many and small, and planning them for each row would take
-- longer than they do: plan_cache_mode.

CREATE FUNCTION prepare_enrolment()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
  PERFORM @extschema@.require_open_course(NEW.course_id);
  IF @extschema@.automation_enabled() THEN
    NEW.completed_at := coalesce(NEW.completed_at, CASE WHEN NEW.progress_percentage = 100 THEN NEW.last_activity END);
    IF NEW.current_module_id IS NULL AND NEW.completed_at IS NULL THEN
      NEW.current_module_id := (
        SELECT m.id
        FROM @extschema@.generated_modules AS m
        WHERE m.course_id = NEW.course_id
        ORDER BY m.module_number
        LIMIT 1);
    END IF;
  END IF;
  RETURN NEW;
END
$$;

REVOKE EXECUTE ON FUNCTION prepare_enrolment() FROM PUBLIC;

COMMENT ON FUNCTION prepare_enrolment() IS 'Row trigger: refuses a course that is archived, and begins a new enrolment at the first module';

CREATE TRIGGER user_progress_prepare
BEFORE INSERT ON user_progress
FOR EACH ROW WHEN (NEW.broadcast_at = now())
EXECUTE FUNCTION prepare_enrolment();

CREATE FUNCTION complete_progress()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF @extschema@.automation_enabled() THEN
    NEW.completed_at := now();
  END IF;
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION complete_progress() IS 'Row trigger: dates a course that an UPDATE brings to 100 percent';

CREATE TRIGGER user_progress_complete
BEFORE UPDATE OF progress_percentage, completed_at ON user_progress
FOR EACH ROW
WHEN (NEW.progress_percentage = 100 AND OLD.progress_percentage < 100 AND NEW.completed_at IS NULL)
EXECUTE FUNCTION complete_progress();

CREATE FUNCTION record_interaction(user_id uuid, course_id uuid, interaction_type text, happened_at timestamptz)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  INSERT INTO @extschema@.user_course_interactions (user_id, course_id, interaction_type, created_at)
  SELECT record_interaction.user_id, record_interaction.course_id, record_interaction.interaction_type, happened_at
  WHERE NOT EXISTS (
    SELECT
    FROM @extschema@.user_course_interactions AS i
    WHERE i.user_id = record_interaction.user_id
      AND i.course_id = record_interaction.course_id
      AND i.interaction_type = record_interaction.interaction_type);
END
$$;

COMMENT ON FUNCTION record_interaction(uuid, uuid, text, timestamptz) IS 'Records that a learner enrolled in or completed a course, unless that is on record';

CREATE FUNCTION follow_progress()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
  IF NOT @extschema@.automation_enabled() THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'INSERT' THEN
    PERFORM @extschema@.record_interaction(NEW.user_id, NEW.course_id, 'enrolled', NEW.started_at);
  END IF;

  IF NEW.completed_at IS NOT NULL THEN
    PERFORM @extschema@.record_interaction(NEW.user_id, NEW.course_id, 'completed', NEW.completed_at);
    PERFORM @extschema@.broadcast(
      NEW.user_id, 'course_completed', 'course', c.id,
      jsonb_build_object('course_id', c.id, 'course_title', c.title), NEW.completed_at)
    FROM @extschema@.generated_courses AS c
    WHERE c.id = NEW.course_id;
    PERFORM @extschema@.award_for_metrics(NEW.user_id, '{courses_completed}');
  ELSIF TG_OP = 'UPDATE' THEN
    PERFORM @extschema@.retract_broadcast(NEW.user_id, 'course_completed', NEW.course_id);
    DELETE FROM @extschema@.user_course_interactions AS i
    WHERE i.user_id = NEW.user_id AND i.course_id = NEW.course_id AND i.interaction_type = 'completed';
  END IF;
  RETURN NULL;
END
$$;

REVOKE EXECUTE ON FUNCTION follow_progress() FROM PUBLIC;

COMMENT ON FUNCTION follow_progress() IS 'Row trigger: what an enrolment, and a course completed or no longer completed, set off';

CREATE TRIGGER user_progress_follow_insert
AFTER INSERT ON user_progress
FOR EACH ROW WHEN (NEW.broadcast_at = now())
EXECUTE FUNCTION follow_progress();

CREATE TRIGGER user_progress_follow_update
AFTER UPDATE OF progress_percentage, completed_at ON user_progress
FOR EACH ROW WHEN ((OLD.completed_at IS NULL) <> (NEW.completed_at IS NULL))
EXECUTE FUNCTION follow_progress();

CREATE FUNCTION follow_time_spent()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
  IF @extschema@.automation_enabled() THEN
    PERFORM @extschema@.award_for_metrics(NEW.user_id, '{hours_learned}');
  END IF;
  RETURN NULL;
END
$$;

REVOKE EXECUTE ON FUNCTION follow_time_spent() FROM PUBLIC;

COMMENT ON FUNCTION follow_time_spent() IS 'Row trigger: awards what hours of learning earn';

CREATE TRIGGER user_progress_follow_time_insert
AFTER INSERT ON user_progress
FOR EACH ROW WHEN (NEW.broadcast_at = now() AND NEW.time_spent_minutes > 0)
EXECUTE FUNCTION follow_time_spent();

-- Depth 0: what submissions add is followed with them.
CREATE TRIGGER user_progress_follow_time_update
AFTER UPDATE OF time_spent_minutes ON user_progress
FOR EACH ROW WHEN (NEW.time_spent_minutes > OLD.time_spent_minutes AND pg_trigger_depth() = 0)
EXECUTE FUNCTION follow_time_spent();

-- Brings a learner's progress row up to what the submissions say. A course once
-- completed stays so while work is added, even where the course has grown; a
-- correction may undo it.
CREATE FUNCTION update_progress(user_id uuid, course_id uuid, is_correction boolean)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  UPDATE @extschema@.user_progress AS p
  SET progress_percentage = s.percentage,
      current_module_id = s.current_module_id,
      completed_at = CASE WHEN s.percentage = 100 THEN coalesce(p.completed_at, now()) END
  FROM (
    SELECT (100 * count(*) FILTER (WHERE m.completed) / nullif(count(*), 0))::integer AS percentage,
           (array_agg(m.module_id ORDER BY m.module_number) FILTER (WHERE NOT m.completed))[1] AS current_module_id
    FROM @extschema@.module_states(update_progress.user_id, update_progress.course_id) AS m
  ) AS s
  WHERE p.user_id = update_progress.user_id AND p.course_id = update_progress.course_id
    AND (p.completed_at IS NULL OR is_correction)
    AND (p.progress_percentage, p.current_module_id, p.completed_at IS NULL)
        IS DISTINCT FROM (s.percentage, s.current_module_id, s.percentage < 100)
    AND s.percentage IS NOT NULL;

  -- the author's own course shows its state in the modules too
  IF NOT EXISTS (SELECT
                 FROM @extschema@.generated_courses AS c
                 WHERE c.id = update_progress.course_id AND c.user_id = update_progress.user_id) THEN
    RETURN;
  END IF;
  UPDATE @extschema@.generated_modules AS g
  SET status = s.state,
      unlocked_at = CASE WHEN s.state = 'locked' THEN g.unlocked_at ELSE coalesce(g.unlocked_at, now()) END
  FROM (
    SELECT m.module_id,
           CASE
             WHEN m.completed THEN 'completed'
             WHEN m.module_number = min(m.module_number) FILTER (WHERE NOT m.completed) OVER () THEN 'active'
             ELSE 'locked'
           END AS state
    FROM @extschema@.module_states(update_progress.user_id, update_progress.course_id) AS m
  ) AS s
  WHERE g.id = s.module_id
    AND g.status <> s.state
    AND (is_correction OR s.state <> 'locked');
END
$$;

COMMENT ON FUNCTION update_progress(uuid, uuid, boolean) IS 'Recomputes a learner''s progress in a course from the submissions';

-- Whoever submits is enrolled.
CREATE FUNCTION add_time_spent(user_id uuid, course_id uuid, minutes bigint, active_at timestamptz)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  UPDATE @extschema@.user_progress AS p
  SET time_spent_minutes = p.time_spent_minutes + minutes,
      last_activity = greatest(p.last_activity, active_at)
  WHERE p.user_id = add_time_spent.user_id AND p.course_id = add_time_spent.course_id;
  IF NOT FOUND THEN
    INSERT INTO @extschema@.user_progress AS p (user_id, course_id, time_spent_minutes, last_activity)
    VALUES (add_time_spent.user_id, add_time_spent.course_id, minutes, active_at)
    ON CONFLICT ON CONSTRAINT user_progress_user_id_course_id_key DO UPDATE
    SET time_spent_minutes = p.time_spent_minutes + excluded.time_spent_minutes,
        last_activity = greatest(p.last_activity, excluded.last_activity);
  END IF;
END
$$;

COMMENT ON FUNCTION add_time_spent(uuid, uuid, bigint, timestamptz) IS 'Adds the minutes of new submissions to a learner''s progress row, and makes the row where there is none';

-- A submission that is first to solve what it is to: tells the feed of the
-- exercise and, where that may have been the last one open, of the module.
CREATE FUNCTION broadcast_solved(submission_id uuid, may_complete boolean)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  solution record;
BEGIN
  SELECT s.user_id, s.module_id, s.exercise_id, s.score, s.submitted_at, e.title, m.metadata INTO solution
  FROM @extschema@.module_completions AS s
  CROSS JOIN LATERAL @extschema@.module_metadata(s.module_id) AS m
  LEFT JOIN @extschema@.exercises AS e ON e.id = s.exercise_id
  WHERE s.id = submission_id;

  IF solution.exercise_id IS NOT NULL THEN
    PERFORM @extschema@.broadcast(
      solution.user_id, 'exercise_solved', 'exercise', solution.exercise_id,
      solution.metadata || jsonb_build_object('exercise_title', solution.title, 'score', solution.score),
      solution.submitted_at);
  END IF;
  IF NOT may_complete
     OR NOT EXISTS (SELECT
                    FROM @extschema@.module_state(solution.user_id, solution.module_id) AS t
                    WHERE t.completed AND (solution.exercise_id IS NOT NULL OR t.exercises = 0)) THEN
    RETURN false;
  END IF;

  PERFORM @extschema@.broadcast(
    solution.user_id, 'module_completed', 'module', solution.module_id,
    solution.metadata || jsonb_build_object('score', round(avg(b.score))), solution.submitted_at)
  FROM (SELECT max(s.score) AS score
        FROM @extschema@.module_completions AS s
        WHERE s.user_id = solution.user_id AND s.module_id = solution.module_id AND s.passed
        GROUP BY s.exercise_id) AS b;
  RETURN true;
END
$$;

COMMENT ON FUNCTION broadcast_solved(uuid, boolean) IS 'Tells the feed of the exercise that this submission was first to solve, and of the module if it completed that; whether it did';

-- The loops look up a few rows by key for each new one: planned over all new
-- rows at once, the same would read whole tables for one.
CREATE FUNCTION follow_submissions()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  work record;
  solution record;
  any_passed boolean := false;
  solvers uuid[] := '{}';
  completers uuid[] := '{}';
BEGIN
  IF NOT @extschema@.automation_enabled() THEN
    RETURN NULL;
  END IF;
  FOR work IN
    SELECT i.user_id, m.course_id, sum(i.time_spent_minutes) AS minutes, max(i.submitted_at) AS submitted_at,
           bool_or(i.passed) AS has_passed
    FROM inserted AS i
    JOIN @extschema@.generated_modules AS m ON m.id = i.module_id
    WHERE i.broadcast_at = now()
    GROUP BY i.user_id, m.course_id
    ORDER BY i.user_id, m.course_id
  LOOP
    PERFORM @extschema@.add_time_spent(work.user_id, work.course_id, work.minutes, work.submitted_at);
    any_passed := any_passed OR work.has_passed;
  END LOOP;

  IF any_passed THEN
    FOR solution IN
      SELECT f.id, f.user_id, m.course_id,
             row_number() OVER (PARTITION BY f.user_id, f.module_id, f.exercise_id IS NULL
                                ORDER BY f.submitted_at DESC, f.id DESC) = 1 AS may_complete
      FROM (
        SELECT DISTINCT ON (i.user_id, i.module_id, i.exercise_id)
               i.id, i.user_id, i.module_id, i.exercise_id, i.submitted_at
        FROM inserted AS i
        WHERE i.passed AND i.broadcast_at = now()
          AND NOT EXISTS (
            SELECT
            FROM @extschema@.module_completions AS s
            WHERE s.user_id = i.user_id AND s.module_id = i.module_id AND s.passed
              AND s.exercise_id IS NOT DISTINCT FROM i.exercise_id
              AND NOT EXISTS (SELECT FROM inserted AS n WHERE n.id = s.id))
        ORDER BY i.user_id, i.module_id, i.exercise_id, i.submitted_at, i.id
      ) AS f
      JOIN @extschema@.generated_modules AS m ON m.id = f.module_id
      ORDER BY f.user_id, f.submitted_at, f.id
    LOOP
      solvers := solvers || solution.user_id;
      IF @extschema@.broadcast_solved(solution.id, solution.may_complete) THEN
        completers := completers || solution.user_id;
        PERFORM @extschema@.update_progress(solution.user_id, solution.course_id, false);
      END IF;
    END LOOP;
  END IF;

  PERFORM @extschema@.award_for_metrics(i.user_id, array_remove(ARRAY[
    'streak_days',
    CASE WHEN bool_or(i.time_spent_minutes > 0) THEN 'hours_learned' END,
    CASE WHEN bool_or(i.score = 100) THEN 'perfect_scores' END,
    CASE WHEN i.user_id = ANY (solvers) THEN 'exercises_solved' END,
    CASE WHEN i.user_id = ANY (completers) THEN 'modules_completed' END], NULL))
  FROM inserted AS i
  WHERE i.broadcast_at = now()
  GROUP BY i.user_id
  ORDER BY i.user_id;
  RETURN NULL;
END
$$;

REVOKE EXECUTE ON FUNCTION follow_submissions() FROM PUBLIC;

COMMENT ON FUNCTION follow_submissions() IS 'Statement trigger: what new submissions set off, in progress, feed and achievements';

CREATE TRIGGER module_completions_follow
AFTER INSERT ON module_completions
REFERENCING NEW TABLE AS inserted
FOR EACH STATEMENT
EXECUTE FUNCTION follow_submissions();

-- A submission deleted or corrected: recomputes, and takes back what no longer
-- holds. What was earned stays earned. Rows of a learner or a module that is
-- itself being deleted find nothing to correct.
CREATE FUNCTION correct_submissions()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  learners uuid[];
  courses uuid[];
  minutes bigint[];
BEGIN
  IF NOT @extschema@.automation_enabled() THEN
    RETURN NULL;
  END IF;
  -- each learner and course, in order, with the minutes that were added
  IF TG_OP = 'UPDATE' THEN
    SELECT array_agg(t.user_id), array_agg(t.course_id), array_agg(t.minutes) INTO learners, courses, minutes
    FROM (SELECT c.user_id, m.course_id, sum(c.minutes) AS minutes
          FROM (SELECT o.user_id, o.module_id, -o.time_spent_minutes AS minutes
                FROM before AS o
                UNION ALL
                SELECT n.user_id, n.module_id, n.time_spent_minutes
                FROM after AS n) AS c
          JOIN @extschema@.generated_modules AS m ON m.id = c.module_id
          GROUP BY c.user_id, m.course_id
          ORDER BY c.user_id, m.course_id) AS t;
  ELSE
    SELECT array_agg(t.user_id), array_agg(t.course_id), array_agg(t.minutes) INTO learners, courses, minutes
    FROM (SELECT o.user_id, m.course_id, -sum(o.time_spent_minutes) AS minutes
          FROM before AS o
          JOIN @extschema@.generated_modules AS m ON m.id = o.module_id
          GROUP BY o.user_id, m.course_id
          ORDER BY o.user_id, m.course_id) AS t;
  END IF;
  IF learners IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM @extschema@.lock_learner(l.user_id) FROM unnest(learners) WITH ORDINALITY AS l (user_id, number) ORDER BY l.number;

  UPDATE @extschema@.user_progress AS p
  SET time_spent_minutes = greatest(0, p.time_spent_minutes + t.minutes)
  FROM unnest(learners, courses, minutes) AS t (user_id, course_id, minutes)
  WHERE p.user_id = t.user_id AND p.course_id = t.course_id AND t.minutes <> 0;

  PERFORM @extschema@.retract_broadcast(o.user_id, 'exercise_solved', o.exercise_id)
  FROM (SELECT DISTINCT b.user_id, b.module_id, b.exercise_id FROM before AS b WHERE b.passed) AS o
  WHERE NOT EXISTS (
    SELECT
    FROM @extschema@.module_completions AS s
    WHERE s.user_id = o.user_id AND s.module_id = o.module_id AND s.exercise_id = o.exercise_id AND s.passed);
  PERFORM @extschema@.retract_broadcast(o.user_id, 'module_completed', o.module_id)
  FROM (SELECT DISTINCT b.user_id, b.module_id FROM before AS b WHERE b.passed) AS o
  CROSS JOIN LATERAL @extschema@.module_state(o.user_id, o.module_id) AS t
  WHERE NOT t.completed;

  IF TG_OP = 'UPDATE' THEN
    PERFORM @extschema@.broadcast_solved(f.id, f.may_complete)
    FROM (
      SELECT s.*, row_number() OVER (PARTITION BY s.user_id, s.module_id, s.exercise_id IS NULL
                                     ORDER BY s.submitted_at DESC, s.id DESC) = 1 AS may_complete
      FROM (
        SELECT DISTINCT ON (n.user_id, n.module_id, n.exercise_id) n.*
        FROM after AS n
        JOIN before AS o ON o.id = n.id
        WHERE n.passed
          AND (NOT o.passed
               OR n.exercise_id IS NOT NULL
                  AND (n.user_id, n.module_id, n.exercise_id) IS DISTINCT FROM (o.user_id, o.module_id, o.exercise_id))
          AND NOT EXISTS (
            SELECT
            FROM before AS b
            WHERE b.user_id = n.user_id AND b.module_id = n.module_id AND b.passed
              AND b.exercise_id IS NOT DISTINCT FROM n.exercise_id)
          AND NOT EXISTS (
            SELECT
            FROM @extschema@.module_completions AS s
            WHERE s.user_id = n.user_id AND s.module_id = n.module_id AND s.passed
              AND s.exercise_id IS NOT DISTINCT FROM n.exercise_id
              AND NOT EXISTS (SELECT FROM after AS a WHERE a.id = s.id))
        ORDER BY n.user_id, n.module_id, n.exercise_id, n.submitted_at, n.id
      ) AS s
      ORDER BY s.user_id, s.submitted_at, s.id
    ) AS f;
  END IF;

  PERFORM @extschema@.update_progress(t.user_id, t.course_id, true)
  FROM unnest(learners, courses) WITH ORDINALITY AS t (user_id, course_id, number)
  ORDER BY t.number;
  IF TG_OP = 'UPDATE' THEN
    PERFORM @extschema@.award_for_metrics(
      t.user_id, '{streak_days,hours_learned,perfect_scores,exercises_solved,modules_completed}')
    FROM (SELECT DISTINCT u.id AS user_id
          FROM unnest(learners) AS l (user_id)
          JOIN @extschema@.users AS u ON u.id = l.user_id
          ORDER BY u.id) AS t;
  END IF;
  RETURN NULL;
END
$$;

REVOKE EXECUTE ON FUNCTION correct_submissions() FROM PUBLIC;

COMMENT ON FUNCTION correct_submissions() IS 'Statement trigger: recomputes what depended on submissions that were changed or deleted';

CREATE TRIGGER module_completions_correct_update
AFTER UPDATE ON module_completions
REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT
EXECUTE FUNCTION correct_submissions();

CREATE TRIGGER module_completions_correct_delete
AFTER DELETE ON module_completions
REFERENCING OLD TABLE AS before
FOR EACH STATEMENT
EXECUTE FUNCTION correct_submissions();
