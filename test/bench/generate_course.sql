-- generate_course() against inserting the same rows by INSERT ... VALUES: one statement for
-- each table, with all values as literals, prepared from a generated course before the time
-- is taken.
CREATE TEMP TABLE IF NOT EXISTS bench_result (
  name text,
  ours_ms numeric,
  other_ms numeric,
  ratio numeric,
  target text,
  ok boolean
);

INSERT INTO users (email, password_hash, name)
VALUES ('generate-course@bench.example', '!', 'Ines')
RETURNING id AS learner \gset

SELECT choose_archetype(:'learner', 'Biological', 'sourdough', 'novice'),
       set_variables(:'learner', '{"ENTITY": "starter", "STATE": "activity level", "LOGIC": "readiness test",
         "FLOW": "bulk fermentation", "CONTAINER": "bakery schedule", "EDGE_CASE": "overproofed dough", "INTERFACE": "oven",
         "VARIANT": "Dutch oven", "EVENT": "fold timer", "CAPSTONE_GOAL": "a bake planner"}') \g /dev/null
SELECT generate_course(:'learner') AS course \gset

-- Returns the statements that write a copy of the course under new ids.
CREATE FUNCTION pg_temp.insert_statements(course uuid)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
  copy uuid := gen_random_uuid();
  module_ids jsonb;
BEGIN
  SELECT jsonb_object_agg(m.id, gen_random_uuid()) INTO module_ids FROM generated_modules AS m WHERE m.course_id = course;
  RETURN ARRAY[
    (SELECT format('INSERT INTO generated_courses (id, user_id, archetype_id, title, description, meta_category, '
                   'injected_variables) VALUES (%L, %L, %L, %L, %L, %L, %L)',
                   copy, c.user_id, c.archetype_id, c.title, c.description, c.meta_category, c.injected_variables)
     FROM generated_courses AS c
     WHERE c.id = course),
    (SELECT 'INSERT INTO generated_modules (id, course_id, blueprint_module_id, module_number, title, description, content, '
            'status, unlocked_at) VALUES '
            || string_agg(format('(%L, %L, %L, %s, %L, %L, %L, %L, %L)', module_ids ->> m.id::text, copy,
                                 m.blueprint_module_id, m.module_number, m.title, m.description, m.content, m.status,
                                 m.unlocked_at), ', ' ORDER BY m.module_number)
     FROM generated_modules AS m
     WHERE m.course_id = course),
    (SELECT 'INSERT INTO exercises (module_id, exercise_number, title, description, language, starter_code, solution_code, '
            'test_cases, difficulty, points, hints) VALUES '
            || string_agg(format('(%L, %s, %L, %L, %L, %L, %L, %L, %L, %s, %L)', module_ids ->> e.module_id::text,
                                 e.exercise_number, e.title, e.description, e.language, e.starter_code, e.solution_code,
                                 e.test_cases, e.difficulty, e.points, e.hints), ', ' ORDER BY m.module_number, e.exercise_number)
     FROM exercises AS e
     JOIN generated_modules AS m ON m.id = e.module_id
     WHERE m.course_id = course),
    (SELECT 'INSERT INTO course_tags (course_id, tag) VALUES ' || string_agg(format('(%L, %L)', copy, t.tag), ', ')
     FROM course_tags AS t
     WHERE t.course_id = course)];
END
$$;

-- Runs both sides alternately and returns the shortest time of each.
CREATE FUNCTION pg_temp.best_times(learner uuid, course uuid, rounds integer, OUT ours_ms numeric, OUT other_ms numeric)
LANGUAGE plpgsql AS $$
DECLARE
  started timestamptz;
  statements text[];
  statement text;
BEGIN
  FOR round IN 1..rounds LOOP
    started := clock_timestamp();
    PERFORM generate_course(learner);
    ours_ms := least(ours_ms, 1000 * extract(epoch FROM clock_timestamp() - started));

    statements := pg_temp.insert_statements(course);
    started := clock_timestamp();
    FOREACH statement IN ARRAY statements LOOP
      EXECUTE statement;
    END LOOP;
    other_ms := least(other_ms, 1000 * extract(epoch FROM clock_timestamp() - started));
  END LOOP;
END
$$;

INSERT INTO bench_result
SELECT 'generate_course: the same rows by INSERT ... VALUES', round(ours_ms, 2), round(other_ms, 2), round(ours_ms / other_ms, 2),
       'at most 2 x', ours_ms <= 2 * other_ms
FROM pg_temp.best_times(:'learner', :'course', 40);

-- All 81 courses must have the same size, which shows that both sides did the same work.
DO $$
BEGIN
  ASSERT (SELECT count(*) = 81 AND min(modules) = max(modules) AND min(exercises) = max(exercises) AND min(size) = max(size)
          FROM (SELECT count(DISTINCT m.id) AS modules, count(e.id) AS exercises,
                       sum(length(e.description || e.starter_code || e.solution_code || e.test_cases::text || m.content::text)) AS size
                FROM generated_courses AS c
                JOIN users AS u ON u.id = c.user_id
                JOIN generated_modules AS m ON m.course_id = c.id
                JOIN exercises AS e ON e.module_id = m.id
                WHERE u.email = 'generate-course@bench.example'
                GROUP BY c.id) AS written), 'the courses differ';
END
$$;

DELETE FROM generated_courses WHERE user_id = :'learner';
DELETE FROM users WHERE id = :'learner';
VACUUM ANALYZE generated_courses, generated_modules, exercises, course_tags;
DROP FUNCTION pg_temp.best_times(uuid, uuid, integer);
DROP FUNCTION pg_temp.insert_statements(uuid);
