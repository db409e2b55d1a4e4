-- These say what a row of user_course_interactions means for its course. A negative value is
-- a dismissal. Queries in C call them too. They are not STRICT, because the planner could
-- not inline them then.
CREATE OR REPLACE FUNCTION learnify_internal.takes_course(interaction_type text)
RETURNS boolean
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 1
BEGIN ATOMIC
  SELECT interaction_type IN ('enrolled', 'completed');
END;

COMMENT ON FUNCTION learnify_internal.takes_course(text) IS 'Returns whether an interaction of this type means that the learner has taken the course';

CREATE OR REPLACE FUNCTION learnify_internal.shows_interest(interaction_type text, interaction_value double precision)
RETURNS boolean
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 1
BEGIN ATOMIC
  SELECT learnify_internal.takes_course(interaction_type) AND interaction_value >= 0;
END;

COMMENT ON FUNCTION learnify_internal.shows_interest(text, double precision) IS 'Returns whether the model learns from an interaction: the learner took the course, and has not dismissed it';

CREATE OR REPLACE FUNCTION learnify_internal.excludes_course(interaction_type text, interaction_value double precision)
RETURNS boolean
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 1
BEGIN ATOMIC
  SELECT learnify_internal.takes_course(interaction_type) OR interaction_value < 0;
END;

COMMENT ON FUNCTION learnify_internal.excludes_course(text, double precision) IS 'Returns whether an interaction keeps the course from being recommended: the learner took it, or dismissed it';

-- It is not STRICT, for the same reason.
CREATE OR REPLACE FUNCTION learnify_internal.taken_courses(user_id uuid)
RETURNS SETOF uuid
LANGUAGE sql
STABLE PARALLEL SAFE COST 100 ROWS 50
BEGIN ATOMIC
  SELECT p.course_id FROM user_progress AS p WHERE p.user_id = taken_courses.user_id
  UNION
  SELECT i.course_id
  FROM user_course_interactions AS i
  WHERE i.user_id = taken_courses.user_id
    AND learnify_internal.excludes_course(i.interaction_type, i.interaction_value)
  UNION
  -- The planner always uses the index for a range of one value. For an equality, it scans the
  -- whole table if a few people made all the courses.
  SELECT c.id
  FROM generated_courses AS c
  WHERE c.user_id >= taken_courses.user_id AND c.user_id <= taken_courses.user_id;
END;

COMMENT ON FUNCTION learnify_internal.taken_courses(uuid) IS 'Returns the courses that are not recommended to a learner: those that the learner made, enrolled in, completed or dismissed';

-- It is not STRICT, for the same reason.
CREATE OR REPLACE FUNCTION learnify_internal.completed_courses(user_id uuid)
RETURNS SETOF uuid
LANGUAGE sql
STABLE PARALLEL SAFE COST 100 ROWS 10
BEGIN ATOMIC
  SELECT p.course_id
  FROM user_progress AS p
  WHERE p.user_id = completed_courses.user_id AND (p.completed_at IS NOT NULL OR p.retaken_after IS NOT NULL)
  UNION
  SELECT i.course_id
  FROM user_course_interactions AS i
  WHERE i.user_id = completed_courses.user_id AND i.interaction_type = 'completed';
END;

COMMENT ON FUNCTION learnify_internal.completed_courses(uuid) IS 'Returns the courses that a learner has completed, according to user_progress or user_course_interactions';

-- There is one row for each kind, however often a page is loaded. A dismissal is a row of its
-- own, which this neither counts nor takes back.
CREATE OR REPLACE FUNCTION record_interaction(user_id uuid, course_id uuid, kind text)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  PERFORM learnify_internal.require_arguments('user_id', user_id, 'course_id', course_id, 'kind', kind);
  PERFORM learnify_internal.require_acting_user(user_id);
  IF kind NOT IN ('viewed', 'saved', 'shared') THEN
    RAISE EXCEPTION 'kind "%" cannot be recorded', learnify_internal.excerpt(kind)
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'kind',
            HINT = 'Use viewed, saved or shared. Enrolling in a course and completing it are recorded with it.';
  END IF;
  PERFORM learnify_internal.require_user(user_id);
  -- The course before the learner. The lock lets one of several calls at once write the row.
  PERFORM FROM @extschema@.generated_courses AS c WHERE c.id = record_interaction.course_id FOR KEY SHARE;
  PERFORM learnify_internal.require_course(course_id, CASE WHEN learnify_internal.role_is_bound() THEN user_id END);
  PERFORM learnify_internal.lock_existing_learner(user_id);
  INSERT INTO @extschema@.user_course_interactions (user_id, course_id, interaction_type)
  SELECT record_interaction.user_id, record_interaction.course_id, kind
  WHERE NOT EXISTS (
    SELECT
    FROM @extschema@.user_course_interactions AS i
    WHERE i.user_id = record_interaction.user_id
      AND i.course_id = record_interaction.course_id
      AND i.interaction_type = kind
      AND i.interaction_value >= 0);
  RETURN FOUND;
END
$$;

REVOKE EXECUTE ON FUNCTION record_interaction(uuid, uuid, text) FROM PUBLIC;

COMMENT ON FUNCTION record_interaction(uuid, uuid, text) IS 'Records that a user has viewed, saved or shared a course; false if that was on record';

CREATE OR REPLACE FUNCTION dismiss_recommendation(user_id uuid, course_id uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  PERFORM learnify_internal.require_arguments('user_id', user_id, 'course_id', course_id);
  PERFORM learnify_internal.require_acting_user(user_id);
  PERFORM learnify_internal.require_user(user_id);
  -- The course before the learner, and before recommendations that are deleted with it.
  PERFORM FROM @extschema@.generated_courses AS c WHERE c.id = dismiss_recommendation.course_id FOR KEY SHARE;
  PERFORM learnify_internal.require_course(course_id, CASE WHEN learnify_internal.role_is_bound() THEN user_id END);
  PERFORM learnify_internal.lock_existing_learner(user_id);

  -- SKIP LOCKED, in order not to wait for a refresh of all learners. A recommendation that
  -- it is writing stays until the next refresh, and home_rows does not show it.
  DELETE FROM @extschema@.recommendations AS r
  WHERE r.id IN (SELECT f.id
                 FROM @extschema@.recommendations AS f
                 WHERE f.user_id = dismiss_recommendation.user_id
                   AND f.course_id = dismiss_recommendation.course_id
                 FOR UPDATE SKIP LOCKED);
  INSERT INTO @extschema@.user_course_interactions (user_id, course_id, interaction_type, interaction_value)
  SELECT dismiss_recommendation.user_id, dismiss_recommendation.course_id, 'viewed', -1
  WHERE NOT EXISTS (
    SELECT
    FROM @extschema@.user_course_interactions AS i
    WHERE i.user_id = dismiss_recommendation.user_id
      AND i.course_id = dismiss_recommendation.course_id
      AND i.interaction_value < 0);
  RETURN FOUND;
END
$$;

REVOKE EXECUTE ON FUNCTION dismiss_recommendation(uuid, uuid) FROM PUBLIC;

COMMENT ON FUNCTION dismiss_recommendation(uuid, uuid) IS 'Dismisses a course: it is no longer recommended to this learner. Returns false if the learner had dismissed it before';
