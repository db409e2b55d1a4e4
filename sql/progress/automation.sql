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
BEFORE UPDATE ON user_progress
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
AFTER UPDATE ON user_progress
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
AFTER UPDATE ON user_progress
FOR EACH ROW WHEN (NEW.time_spent_minutes > OLD.time_spent_minutes AND pg_trigger_depth() = 0)
EXECUTE FUNCTION follow_time_spent();

-- Brings the progress rows of these learners in these courses (two arrays, pair
-- by pair) up to what their submissions say. A course once completed stays so
-- while work is added, even where the course has grown; a correction may undo it.
CREATE FUNCTION update_progress(learners uuid[], courses uuid[], is_correction boolean)
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
  FROM unnest(learners, courses) AS t (user_id, course_id)
  CROSS JOIN LATERAL (
    SELECT (100 * count(*) FILTER (WHERE m.completed) / nullif(count(*), 0))::integer AS percentage,
           (array_agg(m.module_id ORDER BY m.module_number) FILTER (WHERE NOT m.completed))[1] AS current_module_id
    FROM @extschema@.module_states(t.user_id, t.course_id) AS m
  ) AS s
  WHERE p.user_id = t.user_id AND p.course_id = t.course_id
    AND (p.completed_at IS NULL OR is_correction)
    AND (p.progress_percentage, p.current_module_id, p.completed_at IS NULL)
        IS DISTINCT FROM (s.percentage, s.current_module_id, s.percentage < 100)
    AND s.percentage IS NOT NULL;

  -- the author's own course shows its state in the modules too
  IF NOT EXISTS (SELECT
                 FROM unnest(learners, courses) AS t (user_id, course_id)
                 JOIN @extschema@.generated_courses AS c ON c.id = t.course_id AND c.user_id = t.user_id) THEN
    RETURN;
  END IF;
  UPDATE @extschema@.generated_modules AS g
  SET status = s.state,
      unlocked_at = CASE WHEN s.state = 'locked' THEN g.unlocked_at ELSE coalesce(g.unlocked_at, now()) END
  FROM unnest(learners, courses) AS t (user_id, course_id)
  JOIN @extschema@.generated_courses AS c ON c.id = t.course_id AND c.user_id = t.user_id
  CROSS JOIN LATERAL (
    SELECT m.module_id,
           CASE
             WHEN m.completed THEN 'completed'
             WHEN m.module_number = min(m.module_number) FILTER (WHERE NOT m.completed) OVER () THEN 'active'
             ELSE 'locked'
           END AS state
    FROM @extschema@.module_states(t.user_id, t.course_id) AS m
  ) AS s
  WHERE g.id = s.module_id
    AND g.status <> s.state
    AND (is_correction OR s.state <> 'locked');
END
$$;

COMMENT ON FUNCTION update_progress(uuid[], uuid[], boolean) IS 'Recomputes progress from the submissions';

-- Of these submissions, each first to solve what it is to: tells the feed of the
-- exercise, and of the module where that was the last one open.
CREATE FUNCTION broadcast_solved(submissions uuid[])
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM @extschema@.broadcast(
    s.user_id, 'exercise_solved', 'exercise', e.id,
    @extschema@.module_metadata(s.module_id) || jsonb_build_object('exercise_title', e.title, 'score', s.score),
    s.submitted_at)
  FROM @extschema@.module_completions AS s
  JOIN @extschema@.exercises AS e ON e.id = s.exercise_id
  WHERE s.id = ANY (submissions)
  ORDER BY s.submitted_at, s.id;

  PERFORM @extschema@.broadcast(
    d.user_id, 'module_completed', 'module', d.module_id,
    @extschema@.module_metadata(d.module_id) || jsonb_build_object('score', (
      SELECT round(avg(b.score))
      FROM (SELECT max(c.score) AS score
            FROM @extschema@.module_completions AS c
            WHERE c.user_id = d.user_id AND c.module_id = d.module_id AND c.passed
            GROUP BY c.exercise_id) AS b)),
    d.submitted_at)
  FROM (SELECT s.user_id, s.module_id, max(s.submitted_at) AS submitted_at,
               bool_or(s.exercise_id IS NOT NULL) AS to_exercise
        FROM @extschema@.module_completions AS s
        WHERE s.id = ANY (submissions)
        GROUP BY s.user_id, s.module_id) AS d
  CROSS JOIN LATERAL @extschema@.module_state(d.user_id, d.module_id) AS t
  WHERE t.completed AND (d.to_exercise OR t.exercises = 0)
  ORDER BY d.submitted_at, d.module_id;
  RETURN FOUND;
END
$$;

COMMENT ON FUNCTION broadcast_solved(uuid[]) IS 'Tells the feed of the exercises that these submissions were first to solve, and of the modules that they completed; true where there were such modules';

CREATE FUNCTION follow_submissions()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  pairs integer;
  learners uuid[];
  courses uuid[];
  first_solutions uuid[];
  completes boolean := false;
BEGIN
  IF NOT @extschema@.automation_enabled() THEN
    RETURN NULL;
  END IF;
  WITH work AS MATERIALIZED (
    SELECT i.user_id, m.course_id, sum(i.time_spent_minutes) AS minutes, max(i.submitted_at) AS submitted_at
    FROM inserted AS i
    JOIN @extschema@.generated_modules AS m ON m.id = i.module_id
    WHERE i.broadcast_at = now()
    GROUP BY i.user_id, m.course_id
  ), enrolled AS (
    UPDATE @extschema@.user_progress AS p
    SET time_spent_minutes = p.time_spent_minutes + w.minutes,
        last_activity = greatest(p.last_activity, w.submitted_at)
    FROM work AS w
    WHERE p.user_id = w.user_id AND p.course_id = w.course_id
    RETURNING p.user_id, p.course_id
  )
  SELECT (SELECT count(*) FROM work), array_agg(e.user_id), array_agg(e.course_id)
  INTO pairs, learners, courses
  FROM enrolled AS e;

  IF pairs > coalesce(cardinality(learners), 0) THEN
    -- whoever submits is enrolled
    WITH enrolled AS (
      INSERT INTO @extschema@.user_progress AS p (user_id, course_id, time_spent_minutes, last_activity)
      SELECT i.user_id, m.course_id, sum(i.time_spent_minutes), max(i.submitted_at)
      FROM inserted AS i
      JOIN @extschema@.generated_modules AS m ON m.id = i.module_id
      WHERE i.broadcast_at = now()
        AND NOT EXISTS (SELECT
                        FROM @extschema@.user_progress AS o
                        WHERE o.user_id = i.user_id AND o.course_id = m.course_id)
      GROUP BY i.user_id, m.course_id
      ON CONFLICT ON CONSTRAINT user_progress_user_id_course_id_key DO UPDATE
      SET time_spent_minutes = p.time_spent_minutes + excluded.time_spent_minutes
      RETURNING p.user_id, p.course_id
    )
    SELECT learners || array_agg(e.user_id), courses || array_agg(e.course_id)
    INTO learners, courses
    FROM enrolled AS e;
  END IF;

  first_solutions := ARRAY(
    SELECT DISTINCT ON (i.user_id, i.module_id, i.exercise_id) i.id
    FROM inserted AS i
    WHERE i.passed AND i.broadcast_at = now()
      AND NOT EXISTS (
        SELECT
        FROM @extschema@.module_completions AS s
        WHERE s.user_id = i.user_id AND s.module_id = i.module_id AND s.passed
          AND s.exercise_id IS NOT DISTINCT FROM i.exercise_id
          AND NOT EXISTS (SELECT FROM inserted AS n WHERE n.id = s.id))
    ORDER BY i.user_id, i.module_id, i.exercise_id, i.submitted_at, i.id);
  IF cardinality(first_solutions) > 0 THEN
    completes := @extschema@.broadcast_solved(first_solutions);
    IF completes THEN
      PERFORM @extschema@.update_progress(learners, courses, false);
    END IF;
  END IF;

  PERFORM @extschema@.award_for_metrics(i.user_id, array_remove(ARRAY[
    'streak_days',
    CASE WHEN bool_or(i.time_spent_minutes > 0) THEN 'hours_learned' END,
    CASE WHEN bool_or(i.score = 100) THEN 'perfect_scores' END,
    CASE WHEN bool_or(i.id = ANY (first_solutions)) THEN 'exercises_solved' END,
    CASE WHEN completes THEN 'modules_completed' END], NULL))
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
  newly_solved uuid[] := '{}';
BEGIN
  IF NOT @extschema@.automation_enabled() THEN
    RETURN NULL;
  END IF;
  SELECT array_agg(t.user_id), array_agg(t.course_id) INTO learners, courses
  FROM (SELECT DISTINCT o.user_id, m.course_id
        FROM before AS o
        JOIN @extschema@.generated_modules AS m ON m.id = o.module_id) AS t;
  IF learners IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM @extschema@.lock_learner(t.user_id)
  FROM (SELECT DISTINCT u.user_id FROM unnest(learners) AS u (user_id) ORDER BY u.user_id) AS t;

  IF TG_OP = 'UPDATE' THEN
    newly_solved := ARRAY(
      SELECT DISTINCT ON (n.user_id, n.module_id, n.exercise_id) n.id
      FROM after AS n
      JOIN before AS o ON o.id = n.id
      WHERE n.passed AND NOT o.passed
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
      ORDER BY n.user_id, n.module_id, n.exercise_id, n.submitted_at, n.id);
  END IF;

  UPDATE @extschema@.user_progress AS p
  SET time_spent_minutes = greatest(0, p.time_spent_minutes - t.minutes)
  FROM (SELECT o.user_id, m.course_id, sum(o.time_spent_minutes) AS minutes
        FROM before AS o
        JOIN @extschema@.generated_modules AS m ON m.id = o.module_id
        GROUP BY o.user_id, m.course_id) AS t
  WHERE p.user_id = t.user_id AND p.course_id = t.course_id AND t.minutes <> 0;
  IF TG_OP = 'UPDATE' THEN
    UPDATE @extschema@.user_progress AS p
    SET time_spent_minutes = p.time_spent_minutes + t.minutes
    FROM (SELECT n.user_id, m.course_id, sum(n.time_spent_minutes) AS minutes
          FROM after AS n
          JOIN @extschema@.generated_modules AS m ON m.id = n.module_id
          GROUP BY n.user_id, m.course_id) AS t
    WHERE p.user_id = t.user_id AND p.course_id = t.course_id AND t.minutes <> 0;
  END IF;

  PERFORM @extschema@.retract_broadcast(o.user_id, 'exercise_solved', o.exercise_id)
  FROM (SELECT DISTINCT b.user_id, b.module_id, b.exercise_id FROM before AS b WHERE b.passed) AS o
  WHERE NOT EXISTS (
    SELECT
    FROM @extschema@.module_completions AS s
    WHERE s.user_id = o.user_id AND s.module_id = o.module_id AND s.exercise_id = o.exercise_id AND s.passed);
  PERFORM @extschema@.retract_broadcast(o.user_id, 'module_completed', o.module_id)
  FROM (SELECT DISTINCT b.user_id, b.module_id, m.course_id
        FROM before AS b
        JOIN @extschema@.generated_modules AS m ON m.id = b.module_id
        WHERE b.passed) AS o
  CROSS JOIN LATERAL @extschema@.module_states(o.user_id, o.course_id) AS t
  WHERE t.module_id = o.module_id AND NOT t.completed;

  PERFORM @extschema@.broadcast_solved(newly_solved);
  PERFORM @extschema@.update_progress(learners, courses, true);
  PERFORM @extschema@.award_for_metrics(
    t.user_id, '{streak_days,hours_learned,perfect_scores,exercises_solved,modules_completed}')
  FROM (SELECT DISTINCT u.id AS user_id
        FROM unnest(learners) AS l (user_id)
        JOIN @extschema@.users AS u ON u.id = l.user_id
        ORDER BY u.id) AS t
  WHERE TG_OP = 'UPDATE';
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
