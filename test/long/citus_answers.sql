-- citus_answers.sql: what functions about one user answer, without ids.
SELECT format('SELECT %s, * FROM user_stats(%L)', n, person(n)) FROM generate_series(1, 12) AS n \gexec
SELECT format('SELECT streak_days(%L)', person(n)) FROM generate_series(1, 12) AS n \gexec
SELECT format('SELECT %s, title, state, progress_percentage FROM enrolled_courses(%L) ORDER BY title', n, person(n)) FROM generate_series(1, 12) AS n \gexec
SELECT format('SELECT following_count(%L)', person(n)) FROM generate_series(1, 12) AS n \gexec
SELECT format('SELECT %s, o.module_number, o.title, o.state, o.exercises, o.solved FROM course_outline(%L, %L) AS o ORDER BY 2', n, person(n), c.id)
FROM generate_series(3, 10) AS n CROSS JOIN generated_courses AS c ORDER BY n, c.title \gexec
