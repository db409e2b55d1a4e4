-- setup.sql: creates 24 learners with all variables that a course needs, and six courses of
-- two modules with two exercises each; few enough that concurrent sessions conflict.
SET client_min_messages = warning;
CREATE SCHEMA soak;
-- Hashes of passwords that take no time
SELECT format('ALTER DATABASE %I SET learnify.password_cost = 4', current_database()) \gexec
SET learnify.password_cost = 4;

CREATE FUNCTION soak.learner(n integer)
RETURNS uuid
LANGUAGE sql
IMMUTABLE
RETURN md5('learner ' || n)::uuid;

-- Learners 1 to 4 are the authors; learner 24 has social_enabled off.
CREATE FUNCTION soak.register(n integer)
RETURNS void
LANGUAGE sql
VOLATILE
BEGIN ATOMIC
  INSERT INTO users (id, email, password_hash, name, social_enabled)
  VALUES (soak.learner(n), format('learner-%s@example.org', n), '!', 'Learner ' || n, n < 24)
  ON CONFLICT DO NOTHING;
  SELECT choose_archetype(soak.learner(n), 'Biological', 'sourdough', 'novice');
  SELECT set_variables(soak.learner(n), '{"ENTITY": "starter", "STATE": "activity", "LOGIC": "feeding", "FLOW": "proofing",
    "CONTAINER": "crate", "EDGE_CASE": "a cold night", "INTERFACE": "bakeable", "VARIANT": "rye", "EVENT": "timer", "CAPSTONE_GOAL": "a planner"}');
END;

-- Runs a statement. Errors because a row that it names was erased or deleted concurrently,
-- or an exercise moved, or because a refresh of all learners is running, are expected and
-- return false, and so are those with an SQLSTATE that the caller allows; any other error
-- fails the test.
CREATE FUNCTION soak.attempt(statement text, VARIADIC allowed text[] DEFAULT '{}')
RETURNS boolean
LANGUAGE plpgsql
VOLATILE AS $$
BEGIN
  EXECUTE statement;
  RETURN true;
EXCEPTION
  WHEN no_data_found OR foreign_key_violation OR undefined_parameter OR lock_not_available THEN
    RETURN false;
  WHEN invalid_parameter_value THEN
    IF SQLERRM NOT LIKE 'exercise % is not one of module %' THEN
      RAISE;
    END IF;
    RETURN false;
  WHEN OTHERS THEN
    IF SQLSTATE <> ALL (allowed) THEN
      RAISE;
    END IF;
    RETURN false;
END
$$;

SELECT soak.register(n) FROM generate_series(1, 24) AS n;

INSERT INTO generated_courses (id, user_id, title, meta_category)
SELECT md5('course ' || n)::uuid, soak.learner(1 + n % 4), 'Course ' || n, 'Biological' FROM generate_series(1, 6) AS n;
INSERT INTO course_tags (course_id, tag)
SELECT md5('course ' || n)::uuid, 'tag-' || n % 4 FROM generate_series(1, 6) AS n;
INSERT INTO generated_modules (course_id, module_number, title)
SELECT id, m, 'Module ' || m FROM generated_courses, generate_series(1, 2) AS m;
INSERT INTO exercises (module_id, exercise_number, title, language, difficulty, test_cases)
SELECT m.id, e, 'Exercise ' || e, 'python', 'easy', '[{"input": "1", "expected_output": "1", "is_hidden": true}]'
FROM generated_modules AS m, generate_series(1, 2) AS e;

-- The exercises of these courses, which are edited concurrently. They are numbered as they
-- are at the moment.
CREATE VIEW soak.exercises AS
SELECT row_number() OVER (ORDER BY m.course_id, m.module_number, e.exercise_number) AS n, e.id, e.module_id, m.course_id
FROM exercises AS e
JOIN generated_modules AS m ON m.id = e.module_id
JOIN generated_courses AS c ON c.id = m.course_id
WHERE c.title LIKE 'Course %';

CREATE TABLE soak.corrected (user_id uuid NOT NULL);
CREATE TABLE soak.left_courses (user_id uuid NOT NULL, course_id uuid NOT NULL);
CREATE TABLE soak.edited (course_id uuid NOT NULL);

-- Changes the content of a course. It keeps two to four modules, and up to four exercises in
-- each. A change may meet a concurrent one: the place is taken, or the module is gone. The
-- deletion of a module is refused if no other one can take its submissions.
CREATE FUNCTION soak.edit(course uuid, kind integer)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE AS $$
DECLARE
  module CONSTANT uuid := (SELECT m.id FROM generated_modules AS m WHERE m.course_id = course ORDER BY random() LIMIT 1);
  modules CONSTANT bigint := (SELECT count(*) FROM generated_modules AS m WHERE m.course_id = course);
  exercise CONSTANT uuid := (SELECT e.id FROM soak.exercises AS e WHERE e.course_id = course ORDER BY random() LIMIT 1);
  place CONSTANT integer := (SELECT coalesce(max(e.exercise_number), 0) + 1 FROM exercises AS e WHERE e.module_id = module);
  free CONSTANT integer := (
    SELECT n
    FROM generate_series(1, 7) AS n
    WHERE n NOT IN (SELECT m.module_number FROM generated_modules AS m WHERE m.course_id = course)
    ORDER BY random()
    LIMIT 1);
BEGIN
  IF module IS NULL THEN
    RETURN false;  -- the course is gone with its author
  END IF;
  CASE kind
    WHEN 1 THEN
      INSERT INTO exercises (module_id, exercise_number, title, language, difficulty, test_cases)
      SELECT module, place, 'Added', 'python', 'easy', '[{"input": "1", "expected_output": "1", "is_hidden": true}]'
      WHERE (SELECT count(*) FROM exercises AS e WHERE e.module_id = module) < 4;
    WHEN 2 THEN
      DELETE FROM exercises AS e
      WHERE e.id = exercise AND (SELECT count(*) FROM soak.exercises AS o WHERE o.course_id = course) > 3;
    WHEN 3 THEN
      UPDATE exercises AS e SET module_id = module, exercise_number = place WHERE e.id = exercise;
    WHEN 4 THEN
      WITH added AS (
        INSERT INTO generated_modules (course_id, module_number, title)
        SELECT course, free, 'Added' WHERE modules < 4
        RETURNING id
      )
      INSERT INTO exercises (module_id, exercise_number, title, language, difficulty, test_cases)
      SELECT a.id, 1, 'Added', 'python', 'easy', '[{"input": "1", "expected_output": "1", "is_hidden": true}]' FROM added AS a;
    WHEN 5 THEN
      DELETE FROM generated_modules AS m WHERE m.id = module AND modules > 2;
    WHEN 6 THEN
      UPDATE generated_modules AS m SET module_number = free WHERE m.id = module;
    ELSE
      UPDATE exercises AS e SET title = 'Edited' WHERE e.module_id = module;
  END CASE;
  INSERT INTO soak.edited VALUES (course);
  INSERT INTO soak.corrected
  SELECT DISTINCT s.user_id
  FROM module_completions AS s
  JOIN generated_modules AS m ON m.id = s.module_id
  WHERE m.course_id = course;
  RETURN true;
EXCEPTION WHEN unique_violation OR foreign_key_violation OR object_in_use THEN
  RETURN false;
END
$$;

-- Each row of the feed that was written or deleted, in that order.
CREATE TABLE soak.told (n bigserial, operation text NOT NULL, user_id uuid NOT NULL, activity_type text NOT NULL, reference_id uuid NOT NULL);
CREATE FUNCTION soak.note_broadcast()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE AS $$
BEGIN
  INSERT INTO soak.told (operation, user_id, activity_type, reference_id)
  SELECT TG_OP, r.user_id, r.activity_type, r.reference_id
  FROM (SELECT (CASE TG_OP WHEN 'INSERT' THEN NEW ELSE OLD END).*) AS r;
  RETURN NULL;
END
$$;
CREATE TRIGGER note_broadcast
AFTER INSERT OR DELETE ON activity_feed
FOR EACH ROW
EXECUTE FUNCTION soak.note_broadcast();
