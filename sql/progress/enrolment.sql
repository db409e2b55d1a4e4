CREATE OR REPLACE FUNCTION learnify_internal.require_course(course_id uuid)
RETURNS void
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM learnify_internal.require_arguments('course_id', require_course.course_id);
  IF NOT EXISTS (SELECT FROM @extschema@.generated_courses AS c WHERE c.id = require_course.course_id) THEN
    RAISE EXCEPTION 'course % does not exist', require_course.course_id
      USING ERRCODE = 'no_data_found',
            COLUMN = 'course_id',
            HINT = 'Use the id of a row of generated_courses, such as generate_course returns.';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.require_course(uuid) IS 'Raises no_data_found where there is no such course, and null_value_not_allowed for NULL';

-- Where there is no such course, it is for the foreign key to say so.
CREATE OR REPLACE FUNCTION learnify_internal.require_open_course(course_id uuid)
RETURNS void
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF EXISTS (SELECT
             FROM @extschema@.generated_courses AS c
             WHERE c.id = require_open_course.course_id AND c.status = 'archived') THEN
    RAISE EXCEPTION 'course % is archived', require_open_course.course_id
      USING ERRCODE = 'object_not_in_prerequisite_state',
            COLUMN = 'course_id',
            HINT = 'Choose another course; those who were enrolled before it was archived keep their progress.';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.require_open_course(uuid) IS 'Raises what keeps a learner from enrolling in a course: it is archived';

CREATE OR REPLACE FUNCTION start_course(user_id uuid, course_id uuid)
RETURNS uuid
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
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

    PERFORM learnify_internal.require_course(start_course.course_id);
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
