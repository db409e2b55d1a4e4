-- One blueprint, three courses
\echo 'One call generates a course: seven modules with their lessons, exercises and tags.'
\echo
\set ECHO queries
SELECT u.name, generate_course(u.id) AS course
FROM users AS u
ORDER BY u.created_at, u.name;

SELECT u.name, c.title, count(DISTINCT m.id) AS modules, count(e.id) AS exercises
FROM users AS u
JOIN generated_courses AS c ON c.user_id = u.id
JOIN generated_modules AS m ON m.course_id = c.id
JOIN exercises AS e ON e.module_id = m.id
GROUP BY u.name, c.title
ORDER BY u.name;
\set ECHO none

-- Breaks a text into lines, so that three texts fit side by side.
CREATE FUNCTION pg_temp.lines(content text, width integer)
RETURNS text[]
LANGUAGE sql IMMUTABLE
RETURN ARRAY(SELECT line[1]
             FROM regexp_matches(content, format('(\S.{0,%s})(?=\s|$)', width - 1), 'g') AS line);

CREATE TEMP VIEW courses AS
SELECT c.id, u.name
FROM generated_courses AS c
JOIN users AS u ON u.id = c.user_id;

\echo 'The seven modules of the three courses, side by side:'
\echo
SELECT CASE WHEN l.line = 1 THEN t.module_number END AS "#", l.noor AS "Noor, stock trading",
       l.malik AS "Malik, sneaker collecting", l.ines AS "Ines, sourdough"
FROM (
  SELECT m.module_number,
         min(m.title) FILTER (WHERE c.name = 'Noor') AS noor,
         min(m.title) FILTER (WHERE c.name = 'Malik') AS malik,
         min(m.title) FILTER (WHERE c.name = 'Ines') AS ines
  FROM generated_modules AS m
  JOIN courses AS c ON c.id = m.course_id
  GROUP BY m.module_number
) AS t
CROSS JOIN LATERAL unnest(pg_temp.lines(t.noor, 28), pg_temp.lines(t.malik, 28), pg_temp.lines(t.ines, 28))
  WITH ORDINALITY AS l (noor, malik, ines, line)
ORDER BY t.module_number, l.line;

\pset tuples_only on
\pset format unaligned

\echo 'What module 3 is about, for Malik:'
\echo
SELECT unnest(pg_temp.lines(m.description, 88))
FROM generated_modules AS m
JOIN courses AS c ON c.id = m.course_id
WHERE c.name = 'Malik' AND m.module_number = 3;

\echo
\echo 'How the first lesson opens, for Ines:'
\echo
SELECT unnest(pg_temp.lines(split_part(m.content #>> '{lessons,0,body}', E'\n', 1), 88))
FROM generated_modules AS m
JOIN courses AS c ON c.id = m.course_id
WHERE c.name = 'Ines' AND m.module_number = 1;

\echo
\echo 'And an exercise of module 4 for Noor (learners cannot read the solution and the hidden tests):'
\echo
SELECT e.title || E'\n\n' || array_to_string(pg_temp.lines(split_part(e.description, E'\n\n', 1), 88), E'\n')
       || format(E'\n\n%s, %s, %s points, %s test cases of which %s hidden, %s hints', e.language, e.difficulty, e.points,
                 jsonb_array_length(e.test_cases),
                 jsonb_array_length(jsonb_path_query_array(e.test_cases, '$[*] ? (@.is_hidden == true)')),
                 jsonb_array_length(e.hints))
FROM exercises AS e
JOIN generated_modules AS m ON m.id = e.module_id
JOIN courses AS c ON c.id = m.course_id
WHERE c.name = 'Noor' AND m.module_number = 4 AND e.exercise_number = 1;
