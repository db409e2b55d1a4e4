CREATE OR REPLACE FUNCTION learnify_internal.possible_minutes(table_name text)
RETURNS integer
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'possible_minutes';

COMMENT ON FUNCTION learnify_internal.possible_minutes(text) IS 'Returns the most minutes that an attempt, in module_completions, or a course, in user_progress, can take';

-- Not STRICT, because the planner would not inline it then.
CREATE OR REPLACE FUNCTION learnify_internal.add_minutes(spent integer, more bigint)
RETURNS integer
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 1
BEGIN ATOMIC
  SELECT greatest(0, least(spent + more, greatest(spent, learnify_internal.possible_minutes('user_progress'))))::integer;
END;

COMMENT ON FUNCTION learnify_internal.add_minutes(integer, bigint) IS 'Returns a course''s minutes with these added or taken away, as far as is possible';

-- With a viewer, a course that the viewer may not see does not exist either.
CREATE OR REPLACE FUNCTION learnify_internal.require_course(course_id uuid, viewer_id uuid DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM learnify_internal.require_arguments('course_id', require_course.course_id);
  IF NOT EXISTS (SELECT
                 FROM @extschema@.generated_courses AS c
                 WHERE c.id = require_course.course_id
                   AND (viewer_id IS NULL OR learnify_internal.may_see_course(c.id, c.user_id, viewer_id))) THEN
    RAISE EXCEPTION 'course % does not exist', require_course.course_id
      USING ERRCODE = 'no_data_found',
            COLUMN = 'course_id',
            HINT = 'Use the id of a row of generated_courses, such as generate_course returns.';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.require_course(uuid, uuid) IS 'Raises no_data_found where there is no such course, or none that the viewer may see, and null_value_not_allowed for NULL';

CREATE OR REPLACE FUNCTION learnify_internal.require_open_course(course_id uuid)
RETURNS void
LANGUAGE c
STABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'require_open_course';

COMMENT ON FUNCTION learnify_internal.require_open_course(uuid) IS 'Raises an error if a course is archived, so that nobody can enrol';

CREATE OR REPLACE FUNCTION start_course(user_id uuid, course_id uuid)
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
  progress_id uuid;
BEGIN
  PERFORM learnify_internal.require_arguments('user_id', start_course.user_id, 'course_id', start_course.course_id);
  PERFORM learnify_internal.require_acting_user(start_course.user_id);
  PERFORM learnify_internal.require_user(start_course.user_id);
  LOOP
    SELECT p.id INTO progress_id
    FROM @extschema@.user_progress AS p
    WHERE p.user_id = start_course.user_id AND p.course_id = start_course.course_id;
    EXIT WHEN FOUND;

    -- as a submission does: the course, its content, the learner
    PERFORM learnify_internal.lock_curriculum(start_course.course_id, true);
    PERFORM learnify_internal.require_course(start_course.course_id, CASE WHEN learnify_internal.role_is_bound() THEN start_course.user_id END);
    PERFORM learnify_internal.require_open_course(start_course.course_id);
    PERFORM learnify_internal.share_content(start_course.course_id);
    PERFORM learnify_internal.lock_existing_learner(start_course.user_id);
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

-- Locks modules, learner and progress row in this order, as submissions do. Deleting a module
-- locks the progress rows that have it as the current one.
CREATE OR REPLACE FUNCTION leave_course(user_id uuid, course_id uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
  PERFORM learnify_internal.require_arguments('user_id', leave_course.user_id, 'course_id', leave_course.course_id);
  PERFORM learnify_internal.require_acting_user(leave_course.user_id);
  PERFORM learnify_internal.require_user(leave_course.user_id);
  PERFORM learnify_internal.require_course(leave_course.course_id, CASE WHEN learnify_internal.role_is_bound() THEN leave_course.user_id END);
  PERFORM learnify_internal.lock_curriculum(leave_course.course_id, true);
  PERFORM learnify_internal.lock_learner(leave_course.user_id);
  DELETE FROM @extschema@.user_progress AS p
  WHERE p.user_id = leave_course.user_id AND p.course_id = leave_course.course_id;
  RETURN FOUND;
END
$$;

REVOKE EXECUTE ON FUNCTION leave_course(uuid, uuid) FROM PUBLIC;

COMMENT ON FUNCTION leave_course(uuid, uuid) IS 'Ends a learner''s enrolment in a course and keeps the submissions; false where the learner is not enrolled';

-- What was submitted before is told from what comes by broadcast_at, the time of the transaction that
-- wrote it: the latest of all is the bound, so that a transaction counts that began before this one,
-- but after the last submission, and waits for it. Submissions that are dated later than now count.
CREATE OR REPLACE FUNCTION retake_course(user_id uuid, course_id uuid)
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
  progress_id uuid;
BEGIN
  PERFORM learnify_internal.require_arguments('user_id', retake_course.user_id, 'course_id', retake_course.course_id);
  PERFORM learnify_internal.require_acting_user(retake_course.user_id);
  PERFORM learnify_internal.require_user(retake_course.user_id);
  PERFORM learnify_internal.lock_curriculum(retake_course.course_id, true);
  PERFORM learnify_internal.require_course(retake_course.course_id, CASE WHEN learnify_internal.role_is_bound() THEN retake_course.user_id END);
  PERFORM learnify_internal.share_content(retake_course.course_id);
  PERFORM learnify_internal.lock_existing_learner(retake_course.user_id);

  INSERT INTO learnify_internal.kept_completions
  SELECT r.* FROM learnify_internal.present_completions(retake_course.user_id, retake_course.course_id) AS r
  ON CONFLICT (user_id, course_id) DO NOTHING;
  UPDATE @extschema@.user_progress AS p
  SET progress_percentage = 0,
      completed_at = NULL,
      current_module_id = NULL,
      last_activity = greatest(p.last_activity, now()),
      retaken_after = least(now(), (SELECT coalesce(greatest(max(s.broadcast_at), timestamptz 'epoch'), 'epoch')
                                    FROM @extschema@.generated_modules AS m
                                    JOIN @extschema@.module_completions AS s ON s.module_id = m.id
                                    WHERE m.course_id = p.course_id AND s.user_id = p.user_id))
  WHERE p.user_id = retake_course.user_id AND p.course_id = retake_course.course_id
    AND (p.completed_at IS NOT NULL OR p.retaken_after IS NOT NULL)
  RETURNING p.id INTO progress_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'user % has not completed course %', retake_course.user_id, retake_course.course_id
      USING ERRCODE = 'object_not_in_prerequisite_state',
            COLUMN = 'course_id',
            HINT = 'Only a course that has been completed can be retaken.';
  END IF;
  PERFORM learnify_internal.update_progress(retake_course.user_id, retake_course.course_id, true);
  RETURN progress_id;
END
$$;

REVOKE EXECUTE ON FUNCTION retake_course(uuid, uuid) FROM PUBLIC;

COMMENT ON FUNCTION retake_course(uuid, uuid) IS 'Begins a completed course anew for a learner, and returns the id of the progress row: progress is zero, while work, completion and achievements stay';

CREATE OR REPLACE FUNCTION enrolled_courses(user_id uuid, page_size integer DEFAULT 50, before_at timestamptz DEFAULT NULL,
                                            before_id uuid DEFAULT NULL)
RETURNS TABLE (course_id uuid, title text, meta_category text, state text, is_archived boolean, progress_percentage integer,
               current_module_id uuid, started_at timestamptz, completed_at timestamptz, progress_id uuid)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 1000 ROWS 50
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_bitmapscan = off
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  page record;
BEGIN
  PERFORM learnify_internal.require_page(user_id, page_size, before_at, before_id);
  PERFORM learnify_internal.require_acting_user(user_id);
  SELECT * INTO page
  FROM learnify_internal.find_page(
    false, before_at, before_id,
    (SELECT p.started_at
     FROM @extschema@.user_progress AS p
     WHERE p.id = before_id AND (p.user_id = enrolled_courses.user_id) IS NOT FALSE));
  RETURN QUERY
    SELECT c.id, c.title, c.meta_category, CASE WHEN p.completed_at IS NULL THEN 'active' ELSE 'completed' END,
           c.status = 'archived', p.progress_percentage, p.current_module_id, p.started_at, p.completed_at, p.id
    FROM (SELECT e.*
          FROM @extschema@.user_progress AS e
          WHERE e.user_id = enrolled_courses.user_id
            AND (page.bound_at IS NULL OR (e.started_at, e.id) < (page.bound_at, page.bound_id))
          ORDER BY e.started_at DESC, e.id DESC
          LIMIT page_size) AS p
    JOIN @extschema@.generated_courses AS c ON c.id = p.course_id
    ORDER BY p.started_at DESC, p.id DESC;
END
$$;

REVOKE EXECUTE ON FUNCTION enrolled_courses(uuid, integer, timestamptz, uuid) FROM PUBLIC;

COMMENT ON FUNCTION enrolled_courses(uuid, integer, timestamptz, uuid) IS 'Returns a page of the courses that a learner is enrolled in, the latest enrolment first; the next page is that before the last row''s progress_id';
