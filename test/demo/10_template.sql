-- A course follows its template
\echo 'Ines bakes with a levain now, and has written the title of her second module herself. The platform'
\echo 'takes module 7 out of the blueprint. A dry run lists what that would change in her course:'
\echo

CREATE TEMP VIEW ines AS
SELECT u.id, c.id AS course
FROM users AS u
JOIN generated_courses AS c ON c.user_id = u.id
WHERE u.name = 'Ines';

\set ECHO queries
\o /dev/null
SELECT set_variables(id, '{"ENTITY": "levain"}') FROM ines;
\o
UPDATE generated_modules SET title = 'How I test my bread'
WHERE course_id = (SELECT course FROM ines) AND module_number = 2;

UPDATE blueprint_modules SET active = false WHERE module_number = 7;

SELECT r.object, r.module_number AS "#", count(*) AS rows, r.change, min(left(r.title, 52)) AS title
FROM ines
CROSS JOIN regenerate_course(ines.course, dry_run => true) AS r
GROUP BY r.object, r.module_number, r.change
ORDER BY r.module_number NULLS FIRST, r.object DESC;
\set ECHO none

\echo 'Her learners keep their progress when she does it, under the same ids:'
\echo
CREATE TEMP TABLE progress_before AS
SELECT p.* FROM user_progress AS p JOIN ines ON ines.course = p.course_id;
\set ECHO queries
SELECT count(*) AS changes FROM ines CROSS JOIN regenerate_course(ines.course);

SELECT m.module_number AS "#", left(m.title, 60) AS title, m.retired
FROM ines
JOIN generated_modules AS m ON m.course_id = ines.course
ORDER BY m.module_number;
\set ECHO none
DO $$
BEGIN
  ASSERT NOT EXISTS (TABLE progress_before EXCEPT SELECT p.* FROM user_progress AS p), 'progress has changed';
  ASSERT (SELECT count(*) > 10 FROM progress_before), 'nobody learns from the course';
END
$$;
UPDATE blueprint_modules SET active = true WHERE module_number = 7;
