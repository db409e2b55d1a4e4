CREATE OR REPLACE FUNCTION learnify_internal.require_open_course(course_id uuid)
RETURNS void
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
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

COMMENT ON FUNCTION learnify_internal.require_open_course(uuid) IS 'Raises what keeps a learner from enrolling in a course: it does not exist, or is archived';

CREATE OR REPLACE FUNCTION start_course(user_id uuid, course_id uuid)
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
  progress_id uuid;
BEGIN
  PERFORM learnify_internal.require_acting_user(start_course.user_id);
  PERFORM learnify_internal.require_user(start_course.user_id);
  LOOP
    SELECT p.id INTO progress_id
    FROM @extschema@.user_progress AS p
    WHERE p.user_id = start_course.user_id AND p.course_id = start_course.course_id;
    EXIT WHEN FOUND;

    PERFORM learnify_internal.require_open_course(start_course.course_id);
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
