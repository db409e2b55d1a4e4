-- setup.sql: creates 24 learners with all variables that a course needs, and six courses of
-- two modules with two exercises each; few enough that concurrent sessions conflict.
SET client_min_messages = warning;
CREATE SCHEMA soak;

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

-- Runs a statement. Errors because the learner, or the learner's variables, were erased
-- concurrently, or because a refresh of all learners is running, are expected and return
-- false; any other error fails the test.
CREATE FUNCTION soak.attempt(statement text)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE AS $$
BEGIN
  EXECUTE statement;
  RETURN true;
EXCEPTION WHEN no_data_found OR foreign_key_violation OR undefined_parameter OR lock_not_available THEN
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

CREATE TABLE soak.exercises AS
SELECT row_number() OVER (ORDER BY m.course_id, m.module_number, e.exercise_number) AS n, e.id, e.module_id
FROM exercises AS e
JOIN generated_modules AS m ON m.id = e.module_id;

CREATE TABLE soak.corrected (user_id uuid NOT NULL);
