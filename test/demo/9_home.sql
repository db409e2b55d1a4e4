-- Recommendations
\echo 'Noor enrols in two more courses and follows five learners of another one. Then the'
\echo 'recommendations of all learners are computed from the courses that they take:'
\echo
\o /dev/null
SELECT start_course(noor.id, c.id)
FROM users AS noor
JOIN generated_courses AS c ON c.title IN ('Software architecture through vintage coffee roasting',
                                           'Software architecture through home ceramics')
WHERE noor.name = 'Noor';

SELECT follow_user(noor.id, p.user_id)
FROM users AS noor
CROSS JOIN LATERAL (
  SELECT p.user_id
  FROM user_progress AS p
  JOIN generated_courses AS c ON c.id = p.course_id
  WHERE c.title = 'Software architecture through sourdough' AND p.user_id NOT IN (SELECT id FROM users WHERE name = 'Malik')
  ORDER BY p.started_at
  LIMIT 5
) AS p
WHERE noor.name = 'Noor';
\o
\set ECHO queries
SELECT refresh_recommendations() AS rows_written;

SELECT CASE r.place WHEN 1 THEN r.row_title ELSE '' END AS row, c.injected_variables ->> 'DOMAIN' AS course,
       replace(r.reason, 'Software architecture', '...') AS reason
FROM users AS noor
CROSS JOIN home_rows(noor.id, per_row => 3) AS r
JOIN generated_courses AS c ON c.id = r.course_id
WHERE noor.name = 'Noor'
ORDER BY r.row_number, r.place;
\set ECHO none
