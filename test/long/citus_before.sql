-- citus_before.sql: people, a course and some work, before the database is distributed.
-- Ids of people are fixed, so that both databases can be told the same story.
SET client_min_messages = warning;
CREATE FUNCTION person(n integer) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN format('00000000-0000-4000-8000-0000000000%s', lpad(n::text, 2, '0'))::uuid;
INSERT INTO users (id, email, password_hash, name, time_zone)
SELECT person(n), format('learner-%s@example.org', n), hash_password('correct horse'), 'Learner ' || n, 'Europe/Berlin' FROM generate_series(1, 12) AS n;
SELECT choose_archetype(person(1), 'Biological', 'sourdough', 'novice'), choose_archetype(person(2), 'Digital', 'chess', 'novice');
SELECT set_variables(person(n), '{"ENTITY": "starter", "STATE": "s", "LOGIC": "l", "FLOW": "f", "CONTAINER": "c", "EDGE_CASE": "e", "INTERFACE": "i",
  "VARIANT": "v", "EVENT": "timer", "CAPSTONE_GOAL": "a planner"}') FROM generate_series(1, 2) AS n;
SELECT generate_course(person(1));
SELECT start_course(person(3), c.id) FROM generated_courses AS c;
INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, time_spent_minutes)
SELECT person(3), e.module_id, e.id, e.language, true, 90, 5
FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id WHERE m.module_number = 1;
