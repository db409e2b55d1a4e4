-- What authors do with their courses. Learner roles call these for courses of their own.

-- Locks the course, so that it has the same author until the end of the transaction. The error
-- does not say who that is.
CREATE OR REPLACE FUNCTION learnify_internal.hold_own_course(course_id uuid)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  -- To a role that acts for nobody, private authors' courses do not exist either.
  viewer CONSTANT uuid := CASE
    WHEN learnify_internal.role_is_bound() THEN coalesce(@extschema@.current_learner(), '00000000-0000-0000-0000-000000000000')
  END;
  author uuid;
BEGIN
  PERFORM learnify_internal.require_course(course_id, viewer);
  SELECT c.user_id INTO author
  FROM @extschema@.generated_courses AS c
  WHERE c.id = hold_own_course.course_id
  FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    PERFORM learnify_internal.require_course(course_id);  -- deleted during the wait
  ELSIF NOT learnify_internal.may_act_for(author) THEN
    RAISE EXCEPTION 'course % has another author', course_id
      USING ERRCODE = 'insufficient_privilege',
            COLUMN = 'course_id',
            HINT = 'Name one of the user for whom the session acts; authored_courses lists them.';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.hold_own_course(uuid) IS 'Locks a course; raises an error where it does not exist, or the learner may not see it, or the role may not act for its author';

CREATE OR REPLACE FUNCTION rename_course(course_id uuid, title text)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
  PERFORM learnify_internal.require_arguments('course_id', rename_course.course_id, 'title', rename_course.title);
  IF learnify_internal.fit_text(rename_course.title, 'generated_courses.title') = '' THEN
    RAISE EXCEPTION 'title is blank'
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'title',
            HINT = 'A title is one line of 1 to 300 characters.';
  END IF;
  PERFORM learnify_internal.hold_own_course(rename_course.course_id);
  UPDATE @extschema@.generated_courses AS c
  SET title = rename_course.title
  WHERE c.id = rename_course.course_id;
END
$$;

REVOKE EXECUTE ON FUNCTION rename_course(uuid, text) FROM PUBLIC;

COMMENT ON FUNCTION rename_course(uuid, text) IS 'Gives a course another title';

CREATE OR REPLACE FUNCTION archive_course(course_id uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
  PERFORM learnify_internal.require_arguments('course_id', archive_course.course_id);
  PERFORM learnify_internal.hold_own_course(archive_course.course_id);
  UPDATE @extschema@.generated_courses AS c
  SET status = 'archived'
  WHERE c.id = archive_course.course_id AND c.status <> 'archived';
  RETURN FOUND;
END
$$;

REVOKE EXECUTE ON FUNCTION archive_course(uuid) FROM PUBLIC;

COMMENT ON FUNCTION archive_course(uuid) IS 'Closes a course to newcomers; false where it is archived already';

CREATE OR REPLACE FUNCTION restore_course(course_id uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
  PERFORM learnify_internal.require_arguments('course_id', restore_course.course_id);
  PERFORM learnify_internal.hold_own_course(restore_course.course_id);
  UPDATE @extschema@.generated_courses AS c
  SET status = 'active'
  WHERE c.id = restore_course.course_id AND c.status = 'archived';
  RETURN FOUND;
END
$$;

REVOKE EXECUTE ON FUNCTION restore_course(uuid) FROM PUBLIC;

COMMENT ON FUNCTION restore_course(uuid) IS 'Opens an archived course again; false where it is not archived';

-- A trigger refuses the deletion where others learn from the course.
CREATE OR REPLACE FUNCTION delete_course(course_id uuid)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  author uuid;
BEGIN
  PERFORM learnify_internal.require_arguments('course_id', delete_course.course_id);
  PERFORM learnify_internal.hold_own_course(delete_course.course_id);
  -- Each node would count what its own learners have done.
  IF learnify_internal.is_coordinating() THEN
    PERFORM set_config('citus.multi_shard_modify_mode', 'sequential', true);
    author := (SELECT c.user_id FROM @extschema@.generated_courses AS c WHERE c.id = delete_course.course_id);
    PERFORM learnify_internal.refuse_loss(delete_course.course_id, author);
  END IF;
  DELETE FROM @extschema@.generated_courses AS c WHERE c.id = delete_course.course_id;
END
$$;

REVOKE EXECUTE ON FUNCTION delete_course(uuid) FROM PUBLIC;

COMMENT ON FUNCTION delete_course(uuid) IS 'Deletes a course with the author''s own work in it, unless others learn from it';

-- Custom plans, since those find the page by the index whether or not it has a bound.
CREATE OR REPLACE FUNCTION authored_courses(user_id uuid, page_size integer DEFAULT 50, before_at timestamptz DEFAULT NULL,
                                            before_id uuid DEFAULT NULL)
RETURNS TABLE (course_id uuid, title text, meta_category text, status text, created_at timestamptz)
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
    (SELECT c.created_at
     FROM @extschema@.generated_courses AS c
     WHERE c.id = before_id AND (c.user_id = authored_courses.user_id) IS NOT FALSE));
  RETURN QUERY
    SELECT c.id, c.title, c.meta_category, c.status, c.created_at
    FROM @extschema@.generated_courses AS c
    WHERE c.user_id = authored_courses.user_id
      AND (page.bound_at IS NULL OR (c.created_at, c.id) < (page.bound_at, page.bound_id))
    ORDER BY c.created_at DESC, c.id DESC
    LIMIT page_size;
END
$$;

REVOKE EXECUTE ON FUNCTION authored_courses(uuid, integer, timestamptz, uuid) FROM PUBLIC;

COMMENT ON FUNCTION authored_courses(uuid, integer, timestamptz, uuid) IS 'Returns a page of a user''s own courses, the latest first; the next page is that before the last row''s course_id';
