-- Authors add, move and delete exercises and modules while others learn from them. The
-- triggers below keep the work of others, update progress in the same statement, and leave
-- a completed course completed.

-- Work is enrolments, submissions and reviews.
CREATE OR REPLACE FUNCTION learnify_internal.others_work_in_module(module_id uuid, author uuid)
RETURNS boolean
LANGUAGE sql
STABLE PARALLEL SAFE COST 100
BEGIN ATOMIC
  SELECT EXISTS (SELECT
                 FROM module_completions AS s
                 WHERE s.module_id = others_work_in_module.module_id AND s.user_id IS DISTINCT FROM author)
      OR EXISTS (SELECT
                 FROM architecture_reviews AS r
                 WHERE r.module_id = others_work_in_module.module_id AND r.user_id IS DISTINCT FROM author);
END;

COMMENT ON FUNCTION learnify_internal.others_work_in_module(uuid, uuid) IS 'Returns whether a module has submissions or reviews of anybody but its author, or of anybody where that is NULL';

CREATE OR REPLACE FUNCTION learnify_internal.others_learn_from(course_id uuid, author uuid)
RETURNS boolean
LANGUAGE sql
STABLE PARALLEL SAFE COST 100
BEGIN ATOMIC
  SELECT EXISTS (SELECT
                 FROM user_progress AS p
                 WHERE p.course_id = others_learn_from.course_id AND p.user_id <> author)
      OR EXISTS (SELECT
                 FROM generated_modules AS m
                 WHERE m.course_id = others_learn_from.course_id
                   AND learnify_internal.others_work_in_module(m.id, author));
END;

COMMENT ON FUNCTION learnify_internal.others_learn_from(uuid, uuid) IS 'Returns whether a course has enrolments, submissions or reviews of anybody but its author';

-- Planned for its arguments, since Citus plans nothing else.
CREATE OR REPLACE FUNCTION learnify_internal.refuse_loss(course_id uuid, author uuid)
RETURNS void
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  enrolments bigint;
  submissions bigint;
  reviews bigint;
BEGIN
  SELECT count(*) INTO enrolments
  FROM @extschema@.user_progress AS p
  WHERE p.course_id = refuse_loss.course_id AND p.user_id <> author;
  SELECT count(*) INTO submissions
  FROM @extschema@.generated_modules AS m
  JOIN @extschema@.module_completions AS s ON s.module_id = m.id
  WHERE m.course_id = refuse_loss.course_id AND s.user_id <> author;
  SELECT count(*) INTO reviews
  FROM @extschema@.generated_modules AS m
  JOIN @extschema@.architecture_reviews AS r ON r.module_id = m.id
  WHERE m.course_id = refuse_loss.course_id AND r.user_id <> author;
  IF enrolments + submissions + reviews > 0 THEN
    RAISE EXCEPTION 'others learn from course %', course_id
      USING ERRCODE = 'object_in_use',
            DETAIL = format('Of others than its author: enrolments %s, submissions %s, reviews %s.', enrolments, submissions,
                            reviews),
            HINT = format('Archive it instead: archive_course(''%s'').', course_id),
            TABLE = 'generated_courses';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.refuse_loss(uuid, uuid) IS 'Raises object_in_use, which says how much, where others than a course''s author have worked in it';

-- The row is already locked, so that nobody can enrol or submit any more.
CREATE OR REPLACE FUNCTION learnify_internal.refuse_loss_of_course()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  IF learnify_internal.others_learn_from(OLD.id, OLD.user_id) THEN
    PERFORM learnify_internal.refuse_loss(OLD.id, OLD.user_id);
  END IF;
  RETURN OLD;
END
$$;

COMMENT ON FUNCTION learnify_internal.refuse_loss_of_course() IS 'Row trigger: keeps a course that others than its author have worked in';

CREATE OR REPLACE TRIGGER generated_courses_refuse_loss
BEFORE DELETE ON generated_courses
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.refuse_loss_of_course();

CREATE OR REPLACE FUNCTION learnify_internal.rehome_submissions(module_id uuid, heir uuid)
RETURNS void
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'rehome_submissions';

COMMENT ON FUNCTION learnify_internal.rehome_submissions(uuid, uuid) IS 'Moves the submissions of a deleted module to another one, as submissions to none of its exercises';

CREATE OR REPLACE FUNCTION learnify_internal.rehome_reviews(modules uuid[], heirs uuid[])
RETURNS void
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'rehome_reviews';

COMMENT ON FUNCTION learnify_internal.rehome_reviews(uuid[], uuid[]) IS 'Moves the reviews of deleted modules to other ones';

-- Submissions and reviews of a deleted module move to the nearest module that has exercises,
-- preferably an earlier one. They complete nothing there. If there is no such module, only
-- the author's own work may be deleted. If the course itself is being deleted, its row is no
-- longer found.
--
-- The trigger for the first row does this for all rows of the statement, before the foreign
-- key deletes the exercises and the work of any.
CREATE OR REPLACE FUNCTION learnify_internal.rehome_work()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  deleted record;
  heir uuid;
  orphans uuid[] := '{}';
  heirs uuid[] := '{}';
  submissions bigint;
  reviews bigint;
BEGIN
  IF OLD.id <> (SELECT b.id FROM before AS b LIMIT 1) THEN
    RETURN NULL;
  END IF;
  -- The exercises are deleted next, by the foreign key. Sessions that delete or move one of
  -- them have locked it before its submissions.
  PERFORM
  FROM @extschema@.exercises AS e
  WHERE e.module_id IN (SELECT b.id FROM before AS b)
  ORDER BY e.id
  FOR UPDATE;
  FOR deleted IN
    SELECT b.id, b.course_id, b.module_number, c.user_id AS author
    FROM before AS b
    JOIN @extschema@.generated_courses AS c ON c.id = b.course_id
    WHERE learnify_internal.others_work_in_module(b.id, NULL)
    ORDER BY b.course_id, b.module_number
  LOOP
    -- Skip a module that somebody else is deleting: waiting for it could deadlock.
    SELECT m.id INTO heir
    FROM @extschema@.generated_modules AS m
    WHERE m.course_id = deleted.course_id
      AND EXISTS (SELECT FROM @extschema@.exercises AS e WHERE e.module_id = m.id)
    ORDER BY m.module_number > deleted.module_number, abs(m.module_number - deleted.module_number)
    LIMIT 1
    FOR KEY SHARE SKIP LOCKED;
    IF FOUND THEN
      PERFORM learnify_internal.rehome_submissions(deleted.id, heir);
      orphans := orphans || deleted.id;
      heirs := heirs || heir;
    ELSIF learnify_internal.others_work_in_module(deleted.id, deleted.author) THEN
      SELECT count(*) INTO submissions
      FROM @extschema@.module_completions AS s
      WHERE s.module_id = deleted.id AND s.user_id <> deleted.author;
      SELECT count(*) INTO reviews
      FROM @extschema@.architecture_reviews AS r
      WHERE r.module_id = deleted.id AND r.user_id <> deleted.author;
      RAISE EXCEPTION 'others have worked in module %', deleted.id
        USING ERRCODE = 'object_in_use',
              DETAIL = format('Of others than its author: submissions %s, reviews %s. No other module of the course has exercises and could take them.',
                              submissions, reviews),
              HINT = 'Add the module first that is to take its place, with its exercises. Or archive the course with archive_course.',
              TABLE = 'generated_modules';
    END IF;
  END LOOP;

  PERFORM learnify_internal.rehome_reviews(orphans, heirs);
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.rehome_work() IS 'Row trigger: moves the submissions and reviews of a deleted module to another module of the course, or refuses';

-- The name sorts before those of the foreign keys' triggers, which would cascade first.
CREATE OR REPLACE TRIGGER "0_rehome_work"
AFTER DELETE ON generated_modules
REFERENCING OLD TABLE AS before
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.rehome_work();

CREATE OR REPLACE FUNCTION learnify_internal.carry_submissions()
RETURNS trigger
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'carry_submissions';

COMMENT ON FUNCTION learnify_internal.carry_submissions() IS 'Row trigger: moves submissions along with their exercise, and keeps them in the module when it is deleted';

CREATE OR REPLACE TRIGGER "0_carry_submissions_along"
AFTER UPDATE ON exercises
FOR EACH ROW WHEN (OLD.module_id <> NEW.module_id)
EXECUTE FUNCTION learnify_internal.carry_submissions();

CREATE OR REPLACE TRIGGER "0_leave_submissions"
AFTER DELETE ON exercises
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.carry_submissions();

-- Only the place of the module or the exercise is updated; the other metadata stay as they were.
CREATE OR REPLACE FUNCTION learnify_internal.move_broadcasts()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  IF starts_with(TG_TABLE_NAME, 'exercises') THEN
    IF NOT EXISTS (SELECT FROM after AS a JOIN before AS b ON b.id = a.id WHERE a.module_id <> b.module_id) THEN
      RETURN NULL;
    END IF;
    UPDATE @extschema@.activity_feed AS f
    SET metadata = f.metadata || m.place
    FROM (SELECT a.id, learnify_internal.module_metadata(a.module_id) AS place
          FROM after AS a
          JOIN before AS b ON b.id = a.id
          WHERE a.module_id <> b.module_id
          OFFSET 0) AS m
    WHERE f.reference_id = m.id AND f.reference_type = 'exercise';
  ELSE
    IF NOT EXISTS (SELECT FROM after AS a JOIN before AS b ON b.id = a.id WHERE a.course_id <> b.course_id) THEN
      RETURN NULL;
    END IF;
    UPDATE @extschema@.activity_feed AS f
    SET metadata = f.metadata || t.place
    FROM (SELECT m.id AS module_id, learnify_internal.module_metadata(m.id) AS place
          FROM after AS m
          JOIN before AS b ON b.id = m.id
          WHERE m.course_id <> b.course_id
          OFFSET 0) AS t
    CROSS JOIN LATERAL (
      SELECT t.module_id AS id
      UNION ALL
      SELECT e.id FROM @extschema@.exercises AS e WHERE e.module_id = t.module_id
      UNION ALL
      SELECT r.id FROM @extschema@.architecture_reviews AS r WHERE r.module_id = t.module_id
    ) AS m
    WHERE f.reference_id = m.id AND f.reference_type = ANY ('{exercise,module,review}');
  END IF;
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.move_broadcasts() IS 'Statement trigger: updates the module and the course in feed rows about exercises or modules that were moved';

CREATE OR REPLACE TRIGGER exercises_move_broadcasts
AFTER UPDATE ON exercises
REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.move_broadcasts();

CREATE OR REPLACE TRIGGER generated_modules_move_broadcasts
AFTER UPDATE ON generated_modules
REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.move_broadcasts();

CREATE OR REPLACE FUNCTION learnify_internal.process_content()
RETURNS trigger
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'process_content';

COMMENT ON FUNCTION learnify_internal.process_content() IS 'Statement trigger: updates progress, feed and achievements of the learners whom a change of exercises or modules concerns';

CREATE OR REPLACE TRIGGER exercises_process_insert
AFTER INSERT ON exercises
REFERENCING NEW TABLE AS after
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.process_content();

CREATE OR REPLACE TRIGGER exercises_process_update
AFTER UPDATE ON exercises
REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.process_content();

CREATE OR REPLACE TRIGGER exercises_process_delete
AFTER DELETE ON exercises
REFERENCING OLD TABLE AS before
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.process_content();

CREATE OR REPLACE TRIGGER generated_modules_process_insert
AFTER INSERT ON generated_modules
REFERENCING NEW TABLE AS after
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.process_content();

CREATE OR REPLACE TRIGGER generated_modules_process_update
AFTER UPDATE ON generated_modules
REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.process_content();

CREATE OR REPLACE TRIGGER generated_modules_process_delete
AFTER DELETE ON generated_modules
REFERENCING OLD TABLE AS before
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.process_content();

-- No feed row refers to a deleted row.
CREATE OR REPLACE FUNCTION learnify_internal.forget_deleted()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    DELETE FROM @extschema@.activity_feed AS f WHERE f.reference_type = TG_ARGV[0];
  ELSE
    DELETE FROM @extschema@.activity_feed AS f
    USING before AS b
    WHERE f.reference_id = b.id AND f.reference_type = TG_ARGV[0];
  END IF;
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.forget_deleted() IS 'Statement trigger: deletes the feed rows that refer to deleted rows; the argument is their reference type';

CREATE OR REPLACE TRIGGER exercises_forget_deleted
AFTER DELETE ON exercises
REFERENCING OLD TABLE AS before
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.forget_deleted('exercise');

CREATE OR REPLACE TRIGGER exercises_forget_truncated
AFTER TRUNCATE ON exercises
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.forget_deleted('exercise');

CREATE OR REPLACE TRIGGER generated_modules_forget_deleted
AFTER DELETE ON generated_modules
REFERENCING OLD TABLE AS before
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.forget_deleted('module');

CREATE OR REPLACE TRIGGER generated_modules_forget_truncated
AFTER TRUNCATE ON generated_modules
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.forget_deleted('module');

CREATE OR REPLACE TRIGGER generated_courses_forget_deleted
AFTER DELETE ON generated_courses
REFERENCING OLD TABLE AS before
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.forget_deleted('course');

CREATE OR REPLACE TRIGGER generated_courses_forget_truncated
AFTER TRUNCATE ON generated_courses
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.forget_deleted('course');

CREATE OR REPLACE TRIGGER architecture_reviews_forget_deleted
AFTER DELETE ON architecture_reviews
REFERENCING OLD TABLE AS before
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.forget_deleted('review');

CREATE OR REPLACE TRIGGER architecture_reviews_forget_truncated
AFTER TRUNCATE ON architecture_reviews
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.forget_deleted('review');

-- Depth 0: the trigger that replaces a shipped row deletes it and inserts one with the same id.
CREATE OR REPLACE TRIGGER achievements_forget_deleted
AFTER DELETE ON achievements
REFERENCING OLD TABLE AS before
FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
EXECUTE FUNCTION learnify_internal.forget_deleted('achievement');

-- The feed refers to the achievement, and not to the row by which a learner has it. Depth 0: where users or
-- achievements are deleted, their own triggers and keys do this.
CREATE OR REPLACE FUNCTION learnify_internal.forget_withdrawn()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  DELETE FROM @extschema@.activity_feed AS f
  USING before AS b
  WHERE f.user_id = b.user_id AND f.reference_id = b.achievement_id AND f.activity_type = 'achievement_earned'
    AND NOT EXISTS (SELECT FROM @extschema@.user_achievements AS a WHERE a.user_id = b.user_id AND a.achievement_id = b.achievement_id);
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.forget_withdrawn() IS 'Statement trigger: deletes the feed rows of achievements that learners no longer have';

CREATE OR REPLACE TRIGGER user_achievements_forget_withdrawn
AFTER DELETE ON user_achievements
REFERENCING OLD TABLE AS before
FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
EXECUTE FUNCTION learnify_internal.forget_withdrawn();

-- TRUNCATE of what learners have done: the feed's rows about it refer to content and achievements, which
-- are still there, and so are found by their types.
CREATE OR REPLACE FUNCTION learnify_internal.forget_truncated()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  DELETE FROM @extschema@.activity_feed AS f WHERE f.activity_type = ANY (TG_ARGV);
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.forget_truncated() IS 'Statement trigger: deletes the feed rows of the types that are its arguments';

CREATE OR REPLACE TRIGGER user_achievements_forget_truncated
AFTER TRUNCATE ON user_achievements
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.forget_truncated('achievement_earned');

CREATE OR REPLACE TRIGGER module_completions_forget_truncated
AFTER TRUNCATE ON module_completions
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.forget_truncated('exercise_solved', 'module_completed');

CREATE OR REPLACE TRIGGER user_progress_forget_truncated
AFTER TRUNCATE ON user_progress
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.forget_truncated('course_completed');

CREATE OR REPLACE FUNCTION learnify_internal.process_leaving()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  IF NOT learnify_internal.automation_enabled() THEN
    RETURN NULL;
  END IF;
  DELETE FROM @extschema@.activity_feed AS f
  USING before AS b
  WHERE f.reference_id = b.course_id AND f.user_id = b.user_id AND f.activity_type = 'course_completed';
  DELETE FROM @extschema@.user_course_interactions AS i
  USING before AS b
  WHERE i.user_id = b.user_id AND i.course_id = b.course_id AND i.interaction_type = ANY ('{enrolled,completed}');
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.process_leaving() IS 'Statement trigger: deletes the interactions and the feed row of an enrolment that is deleted';

CREATE OR REPLACE TRIGGER user_progress_process_delete
AFTER DELETE ON user_progress
REFERENCING OLD TABLE AS before
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.process_leaving();

-- For rows that were written while automation was off, or while triggers were disabled.
CREATE OR REPLACE FUNCTION learnify_internal.recompute_enrolments(user_id uuid, course_id uuid)
RETURNS bigint
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'recompute_enrolments';

COMMENT ON FUNCTION learnify_internal.recompute_enrolments(uuid, uuid) IS 'Recomputes progress of a learner, in a course, or of all where both are NULL, and returns how many rows changed';

-- Before 1.0.0, and while triggers are disabled, an exercise is moved without its submissions.
-- Automation is off here because the caller recomputes progress next, and counts the rows.
-- It is planned for its arguments: for one learner it reads that learner's rows, for all the table.
CREATE OR REPLACE FUNCTION learnify_internal.settle_submissions(user_id uuid, course_id uuid)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
SET learnify.automation = off
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
  UPDATE @extschema@.module_completions AS s
  SET module_id = e.module_id
  FROM @extschema@.exercises AS e
  JOIN @extschema@.generated_modules AS m ON m.id = e.module_id
  WHERE s.exercise_id = e.id AND s.module_id <> e.module_id
    AND (settle_submissions.user_id IS NULL OR s.user_id = settle_submissions.user_id)
    AND (settle_submissions.course_id IS NULL OR m.course_id = settle_submissions.course_id);
END
$$;

COMMENT ON FUNCTION learnify_internal.settle_submissions(uuid, uuid) IS 'Moves submissions to the module that their exercise is in';

-- It is planned for its arguments, as settle_submissions is.
CREATE OR REPLACE FUNCTION learnify_internal.retract_untrue(user_id uuid, course_id uuid)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
  DELETE FROM @extschema@.activity_feed AS f
  USING @extschema@.generated_modules AS m
  WHERE f.activity_type = 'module_completed' AND f.reference_id = m.id
    AND (retract_untrue.user_id IS NULL OR f.user_id = retract_untrue.user_id)
    AND (retract_untrue.course_id IS NULL OR m.course_id = retract_untrue.course_id)
    AND NOT (SELECT s.completed FROM learnify_internal.module_state(f.user_id, m.id) AS s);
  DELETE FROM @extschema@.activity_feed AS f
  WHERE f.activity_type = 'course_completed'
    AND (retract_untrue.user_id IS NULL OR f.user_id = retract_untrue.user_id)
    AND (retract_untrue.course_id IS NULL OR f.reference_id = retract_untrue.course_id)
    AND NOT EXISTS (
      SELECT
      FROM @extschema@.user_progress AS p
      WHERE p.user_id = f.user_id AND p.course_id = f.reference_id
        AND (p.completed_at IS NOT NULL OR p.retaken_after IS NOT NULL));
  DELETE FROM @extschema@.user_course_interactions AS i
  WHERE i.interaction_type = ANY ('{enrolled,completed}')
    AND (retract_untrue.user_id IS NULL OR i.user_id = retract_untrue.user_id)
    AND (retract_untrue.course_id IS NULL OR i.course_id = retract_untrue.course_id)
    AND NOT EXISTS (
      SELECT
      FROM @extschema@.user_progress AS p
      WHERE p.user_id = i.user_id AND p.course_id = i.course_id
        AND (i.interaction_type = 'enrolled' OR p.completed_at IS NOT NULL OR p.retaken_after IS NOT NULL));
END
$$;

COMMENT ON FUNCTION learnify_internal.retract_untrue(uuid, uuid) IS 'Deletes feed rows and interactions about enrolments and completions that do not exist';

-- Planned for its arguments, since Citus plans nothing else; in FROM, because it runs a call without
-- that here.
CREATE OR REPLACE FUNCTION learnify_internal.recompute_on_nodes(course_id uuid)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  learner uuid;
  changed bigint;
  total bigint := 0;
BEGIN
  FOR learner IN SELECT u.id FROM @extschema@.users AS u ORDER BY u.id LOOP
    SELECT r.changed INTO changed FROM @extschema@.recompute_progress(learner, recompute_on_nodes.course_id) AS r (changed);
    total := total + changed;
  END LOOP;
  RETURN total;
END
$$;

COMMENT ON FUNCTION learnify_internal.recompute_on_nodes(uuid) IS 'Does what recompute_progress does for all users, asking the node of each';

CREATE OR REPLACE FUNCTION recompute_progress(user_id uuid DEFAULT NULL, course_id uuid DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  changed bigint;
BEGIN
  IF user_id IS NOT NULL THEN
    PERFORM learnify_internal.require_user(user_id);
  END IF;
  IF course_id IS NOT NULL THEN
    PERFORM learnify_internal.require_course(course_id);
  END IF;
  IF user_id IS NULL AND learnify_internal.is_coordinating() THEN
    RETURN learnify_internal.recompute_on_nodes(course_id);
  END IF;
  PERFORM learnify_internal.settle_submissions(user_id, course_id);
  changed := learnify_internal.recompute_enrolments(user_id, course_id);
  PERFORM learnify_internal.add_completion_records(user_id, course_id);
  IF learnify_internal.automation_enabled() THEN
    PERFORM learnify_internal.retract_untrue(user_id, course_id);
  END IF;
  RETURN changed;
END
$$;

COMMENT ON FUNCTION recompute_progress(uuid, uuid) IS 'Recomputes progress from submissions and content, of a learner, in a course, or of all, and returns how many enrolments changed';
