-- citus_answers.sql: what functions about one user answer, without ids.
SELECT format('SELECT %s, * FROM user_stats(%L)', n, person(n)) FROM generate_series(1, 12) AS n \gexec
SELECT format('SELECT streak_days(%L)', person(n)) FROM generate_series(1, 12) AS n \gexec
SELECT format('SELECT %s, title, state, progress_percentage FROM enrolled_courses(%L) ORDER BY 2, 3, 4', n, person(n)) FROM generate_series(1, 12) AS n \gexec
SELECT format('SELECT following_count(%L)', person(n)) FROM generate_series(1, 12) AS n \gexec
SELECT format('SELECT %s, o.module_number, o.title, o.state, o.exercises, o.solved FROM course_outline(%L, %L) AS o ORDER BY 2', n, person(n), c.id)
FROM generate_series(3, 10) AS n CROSS JOIN generated_courses AS c ORDER BY n, c.title, c.user_id, c.created_at \gexec
SET client_min_messages = error;
-- Ids and times differ, and so does the order of rows of the same instant.
CREATE FUNCTION pg_temp.plain(content text) RETURNS text LANGUAGE sql
RETURN regexp_replace(regexp_replace(content, '(?!00000000)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'id', 'g'), '\d{4}-\d\d-\d\d[T ][0-9:.]*([+-]\d\d(:\d\d)?)?', 'time', 'g');
SELECT format('SELECT %L, %s, pg_temp.plain(f::text) FROM %I(%L) AS f ORDER BY 3', f, n, f, person(n))
FROM unnest('{activity_ticker,newer_activity,followers,newer_followers,following,newer_following,follow_requests,blocked_users,authored_courses,export_user_rows,home_rows}'::text[]) AS f
CROSS JOIN generate_series(1, 12) AS n ORDER BY f, n \gexec
SELECT format('SELECT %s, follower_count(%L)', n, person(n)) FROM generate_series(1, 12) AS n \gexec
SELECT format('SELECT %L, md5(visible_test_cases(%L)::text)', e.title, e.id) FROM exercises AS e ORDER BY e.title, e.exercise_number, md5(e.test_cases::text) \gexec
SELECT pg_temp.plain(c::text) FROM search_courses('software') AS c ORDER BY 1;
SELECT c.title, c.category FROM search_courses('chess', 'Digital', 1) AS c;
SELECT c::text FROM check_blueprint() AS c ORDER BY 1;
SELECT r.key, r.value FROM learnify_status() AS s CROSS JOIN LATERAL jsonb_each(s.row_counts) AS r ORDER BY 1;
SELECT f.fact, f.subject, f.value FROM monitoring_facts() AS f WHERE f.fact IN ('rows', 'update_available') ORDER BY 1, 2;
SELECT * FROM skill_edges() ORDER BY 1, 2;
