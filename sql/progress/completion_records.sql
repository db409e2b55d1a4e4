-- The records of completed courses. A record is made when a course is completed, and kept as it
-- is: when the course is renamed, archived or deleted, when it is left or retaken, and when
-- content is added. Only a correction that takes the completion back deletes it, and one that
-- dates it otherwise dates it, too. Erasing the author removes the author's name.
CREATE OR REPLACE FUNCTION learnify_internal.present_completions(learner uuid, course uuid)
RETURNS TABLE (user_id uuid, course_id uuid, title text, author_id uuid, author_name text, started_at timestamptz,
               completed_at timestamptz, exercises integer, score integer, minutes integer)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 1000 ROWS 10
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
  first_course CONSTANT uuid := coalesce(course, '00000000-0000-0000-0000-000000000000');
  last_course CONSTANT uuid := coalesce(course, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
BEGIN
  -- One plan serves all cases: two of the three parts find nothing. For one enrolment, the index
  -- has both columns: a range of courses would be read with all who take the course.
  RETURN QUERY
    SELECT p.user_id, p.course_id, learnify_internal.fit_text(c.title, 'title'),
           nullif(c.user_id, learnify_internal.former_author()),
           CASE WHEN c.user_id <> learnify_internal.former_author() THEN learnify_internal.fit_text(a.name, 'name') END,
           p.started_at, p.completed_at, s.exercises, s.score, p.time_spent_minutes
    FROM (SELECT e.* FROM @extschema@.user_progress AS e WHERE e.user_id = learner AND e.course_id = course
          UNION ALL
          SELECT e.* FROM @extschema@.user_progress AS e WHERE e.user_id = learner AND course IS NULL
          UNION ALL
          SELECT e.*
          FROM @extschema@.user_progress AS e
          WHERE learner IS NULL AND e.course_id BETWEEN first_course AND last_course) AS p
    JOIN @extschema@.generated_courses AS c ON c.id = p.course_id
    JOIN @extschema@.users AS a ON a.id = c.user_id
    CROSS JOIN LATERAL (
      SELECT count(*)::integer AS exercises, round(avg(b.score))::integer AS score
      FROM (SELECT max(w.score) AS score
            FROM @extschema@.generated_modules AS m
            JOIN @extschema@.module_completions AS w ON w.module_id = m.id AND w.user_id = p.user_id AND w.passed
            WHERE m.course_id = p.course_id AND w.exercise_id IS NOT NULL
            GROUP BY w.exercise_id) AS b) AS s
    WHERE p.completed_at IS NOT NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.present_completions(uuid, uuid) IS 'Returns the records that completed enrolments would have now: of a learner, in a course, or all where both are NULL';

-- The rows that an import or the dump of an earlier version has brought have no records yet.
CREATE OR REPLACE FUNCTION learnify_internal.completions(learner uuid)
RETURNS TABLE (user_id uuid, course_id uuid, title text, author_id uuid, author_name text, started_at timestamptz,
               completed_at timestamptz, exercises integer, score integer, minutes integer)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 1000 ROWS 10
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT r.user_id, r.course_id, r.title, r.author_id,
           coalesce(r.author_name, (SELECT learnify_internal.fit_text(u.name, 'name') FROM @extschema@.users AS u WHERE u.id = r.author_id)),
           r.started_at, r.completed_at, r.exercises, r.score, r.minutes
    FROM learnify_internal.kept_completions AS r
    WHERE r.user_id = learner
    UNION ALL
    SELECT n.*
    FROM @extschema@.user_progress AS p
    CROSS JOIN LATERAL learnify_internal.present_completions(p.user_id, p.course_id) AS n
    WHERE p.user_id = learner
      AND p.completed_at IS NOT NULL
      AND NOT EXISTS (SELECT
                      FROM learnify_internal.kept_completions AS r
                      WHERE r.user_id = p.user_id AND r.course_id = p.course_id);
END
$$;

COMMENT ON FUNCTION learnify_internal.completions(uuid) IS 'Returns the records of a learner, and what they would be where there are none yet';

CREATE OR REPLACE FUNCTION learnify_internal.add_completion_records(user_id uuid, course_id uuid)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  added bigint;
BEGIN
  PERFORM learnify_internal.require_acting_user(add_completion_records.user_id);
  -- Whoever takes a completion back at this moment would not see its record. The enrolment is
  -- locked before the record is there, as by statements that complete it.
  PERFORM
  FROM @extschema@.user_progress AS p
  WHERE p.completed_at IS NOT NULL
    AND (add_completion_records.user_id IS NULL OR p.user_id = add_completion_records.user_id)
    AND (add_completion_records.course_id IS NULL OR p.course_id = add_completion_records.course_id)
    AND NOT EXISTS (SELECT
                    FROM learnify_internal.kept_completions AS r
                    WHERE r.user_id = p.user_id AND r.course_id = p.course_id)
  ORDER BY p.user_id, p.course_id
  FOR NO KEY UPDATE OF p;
  INSERT INTO learnify_internal.kept_completions
  SELECT p.*
  FROM learnify_internal.present_completions(add_completion_records.user_id, add_completion_records.course_id) AS p
  ORDER BY p.user_id, p.course_id
  ON CONFLICT (user_id, course_id) DO NOTHING;
  GET DIAGNOSTICS added = ROW_COUNT;
  RETURN added;
END
$$;

COMMENT ON FUNCTION learnify_internal.add_completion_records(uuid, uuid) IS 'Adds the records that completed enrolments lack: of a learner, in a course, or of all where both are NULL';

-- A learner who has left and come back may have completed the course a second time, at another
-- instant: corrections of that leave the record, which is of the first time.
--
-- The author may be erased at the same time, and must not come back by this row: while the
-- author is locked, it gets no name, and completions() looks the name up, as long as there is
-- one. SKIP LOCKED, because whoever deletes the course may wait for the enrolment.
CREATE OR REPLACE FUNCTION learnify_internal.keep_completion_record()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
  record learnify_internal.kept_completions;
  author_is_locked boolean;
BEGIN
  IF learnify_internal.restores_rows() OR NEW.retaken_after IS NOT NULL THEN
    RETURN NULL;
  ELSIF NEW.completed_at IS NULL THEN
    DELETE FROM learnify_internal.kept_completions AS r
    WHERE r.user_id = NEW.user_id AND r.course_id = NEW.course_id AND r.completed_at = OLD.completed_at;
    RETURN NULL;
  ELSIF TG_OP = 'UPDATE' AND OLD.completed_at IS NOT NULL THEN
    UPDATE learnify_internal.kept_completions AS r
    SET completed_at = NEW.completed_at
    WHERE r.user_id = NEW.user_id AND r.course_id = NEW.course_id AND r.completed_at = OLD.completed_at;
    RETURN NULL;
  END IF;

  PERFORM
  FROM @extschema@.generated_courses AS c
  JOIN @extschema@.users AS a ON a.id = c.user_id
  WHERE c.id = NEW.course_id
  FOR KEY SHARE SKIP LOCKED;
  author_is_locked := NOT FOUND;
  SELECT * INTO record FROM learnify_internal.present_completions(NEW.user_id, NEW.course_id);
  IF FOUND THEN
    INSERT INTO learnify_internal.kept_completions
      (user_id, course_id, title, author_id, author_name, started_at, completed_at, exercises, score, minutes)
    VALUES
      (record.user_id, record.course_id, record.title, record.author_id,
       CASE WHEN NOT author_is_locked THEN record.author_name END, record.started_at, record.completed_at, record.exercises,
       record.score, record.minutes)
    ON CONFLICT (user_id, course_id) DO NOTHING;
  END IF;
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.keep_completion_record() IS 'Row trigger: keeps the record of a completed course, corrects its date, and deletes it where the completion is taken back';

CREATE OR REPLACE TRIGGER user_progress_keep_record_of_insert
AFTER INSERT ON user_progress
FOR EACH ROW WHEN (NEW.completed_at IS NOT NULL AND NEW.broadcast_at = now())
EXECUTE FUNCTION learnify_internal.keep_completion_record();

CREATE OR REPLACE TRIGGER user_progress_keep_record_of_update
AFTER UPDATE OF progress_percentage, completed_at ON user_progress
FOR EACH ROW WHEN (OLD.completed_at IS DISTINCT FROM NEW.completed_at)
EXECUTE FUNCTION learnify_internal.keep_completion_record();

CREATE OR REPLACE FUNCTION completion_record(user_id uuid, course_id uuid)
RETURNS TABLE (title text, author_name text, started_at timestamptz, completed_at timestamptz, exercises integer, score integer,
               minutes integer)
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 1000 ROWS 1
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM learnify_internal.require_acting_user(completion_record.user_id);
  RETURN QUERY
    SELECT c.title, coalesce(c.author_name, 'Former author'), c.started_at, c.completed_at, c.exercises, c.score, c.minutes
    FROM learnify_internal.completions(completion_record.user_id) AS c
    WHERE c.course_id = completion_record.course_id;
END
$$;

REVOKE EXECUTE ON FUNCTION completion_record(uuid, uuid) FROM PUBLIC;

COMMENT ON FUNCTION completion_record(uuid, uuid) IS 'Returns when a learner first completed a course, how well, and what the course and its author were called then; no row where the learner has not completed it';
