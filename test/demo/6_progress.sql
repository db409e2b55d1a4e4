-- Progress is computed from submissions
\echo 'Malik enrols in Ines''s course and submits the two exercises of its first module. His first'
\echo 'attempt fails a test, so he tries again. The application runs the code and reports the results:'
\echo

CREATE TEMP VIEW first_module AS
SELECT malik.id AS malik, c.id AS course, m.id AS module, e.id AS exercise, e.exercise_number, e.language,
       jsonb_array_length(e.test_cases) AS tests
FROM users AS malik
JOIN generated_courses AS c ON c.title LIKE '% through sourdough'
JOIN generated_modules AS m ON m.course_id = c.id AND m.module_number = 1
JOIN exercises AS e ON e.module_id = m.id
WHERE malik.name = 'Malik';

-- Returns test results as the application would send them; the last "failed" tests fail.
CREATE FUNCTION pg_temp.results(tests integer, failed integer)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
RETURN (SELECT jsonb_agg(n <= tests - failed ORDER BY n) FROM generate_series(1, tests) AS n);

\set ECHO queries
\o /dev/null
SELECT DISTINCT start_course(malik, course) FROM first_module;

SELECT submit_exercise(malik, exercise, 'first try', language, pg_temp.results(tests, 1), 0, 25)
FROM first_module WHERE exercise_number = 1;

SELECT submit_exercise(malik, exercise, 'second try', language, pg_temp.results(tests, 0), 1, 10)
FROM first_module WHERE exercise_number = 1;

SELECT submit_exercise(malik, exercise, 'at once', language, pg_temp.results(tests, 0), 0, 40)
FROM first_module WHERE exercise_number = 2;
\o
\echo
SELECT e.exercise_number AS exercise, s.attempts AS attempt, s.passed, s.hints_used, s.score
FROM module_completions AS s
JOIN exercises AS e ON e.id = s.exercise_id
ORDER BY s.submitted_at;
\set ECHO none

\echo 'Triggers have updated the rest in the same transactions: the first module is completed, the'
\echo 'second active, and statistics and achievements are up to date:'
\echo
\set ECHO queries
SELECT o.module_number, left(o.title, 50) || ' ...' AS title, o.state,
       o.solved || ' of ' || o.exercises AS solved
FROM (SELECT DISTINCT malik, course FROM first_module) AS f
CROSS JOIN course_outline(f.malik, f.course) AS o;

SELECT p.progress_percentage AS percent, p.time_spent_minutes AS minutes, s.modules_completed,
       s.exercises_solved, s.perfect_scores, s.streak_days
FROM user_progress AS p
JOIN first_module AS f ON f.malik = p.user_id AND f.course = p.course_id AND f.exercise_number = 1
CROSS JOIN user_stats(p.user_id) AS s;

SELECT a.name, a.description, a.rarity
FROM user_achievements AS e
JOIN achievements AS a ON a.id = e.achievement_id
ORDER BY e.unlocked_at, a.name;
\set ECHO none

DO $$
BEGIN
  ASSERT (SELECT p.progress_percentage = 14
          FROM user_progress AS p
          JOIN first_module AS f ON f.malik = p.user_id AND f.course = p.course_id AND f.exercise_number = 1),
    'one module of seven is not 14 %';
END
$$;
