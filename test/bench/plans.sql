-- Shows the plans of the read paths, each of which runs once. auto_explain also logs the
-- plans of statements inside functions; if it is not available, EXPLAIN shows a function
-- call as one line.
\set QUIET on
\o /dev/null
SELECT as_of FROM bench.parameters \gset
SELECT bench.id('learner', 1000) AS learner, bench.id('learner', 1) AS famous, bench.id('course', 100) AS course \gset

\set ON_ERROR_STOP off
LOAD 'auto_explain';
\set ON_ERROR_STOP on
\if :ERROR
  \set explain 'EXPLAIN (ANALYZE, BUFFERS) '
  \o
\else
  \set explain ''
  SET auto_explain.log_nested_statements = on;
  SET auto_explain.log_analyze = on;
  SET auto_explain.log_buffers = on;
\endif
SET client_min_messages = log;

-- Paths whose function does not exist are left out.
SELECT format('DO %L', format('BEGIN RAISE LOG %L; END', '=== ' || p.title)),
       'SET auto_explain.log_min_duration = 0',
       :'explain' || p.statement,
       'SET auto_explain.log_min_duration = -1'
FROM (VALUES
  ('logging in', NULL,
   $$SELECT id, password_hash FROM users WHERE fold_email(email) = fold_email('Learner-1000@bench.example')$$),
  ('a course with its modules and exercises', NULL,
   format('SELECT * FROM generated_modules AS m JOIN exercises AS e ON e.module_id = m.id WHERE m.course_id = %L '
          'ORDER BY m.module_number, e.exercise_number', :'course')),
  ('a learner''s courses', NULL,
   format('SELECT * FROM user_progress WHERE user_id = %L ORDER BY last_activity DESC', :'learner')),
  ('refreshing trending_courses', NULL,
   format('SELECT refresh_trending(%L)', :'as_of')),
  ('searching for a word that few courses have', 'search_courses',
   $$SELECT * FROM search_courses('1000')$$),
  ('searching for a word that most courses have, the second page', 'search_courses',
   format('SELECT * FROM search_courses(%L, NULL, 20, %L)', 'course', :'course')),
  ('trending: the first 20', NULL,
   'SELECT * FROM trending_courses ORDER BY tier, rank LIMIT 20'),
  ('trending: the first 20 of a category', NULL,
   $$SELECT * FROM trending_courses WHERE meta_category = 'Biological' ORDER BY tier, rank LIMIT 20$$),
  ('course_outline', 'course_outline',
   format('SELECT * FROM course_outline(%L, %L)', :'learner', :'course')),
  ('user_stats', 'user_stats',
   format('SELECT * FROM user_stats(%L)', :'learner')),
  ('living_resume of a famous learner', 'living_resume',
   format('SELECT living_resume(%L, %L)', :'famous', :'learner')),
  ('followers of a famous learner', 'followers',
   format('SELECT * FROM followers(%L)', :'famous')),
  ('activity_ticker, following 200 who are active', 'activity_ticker',
   $$SELECT t.* FROM users AS u, activity_ticker(u.id, 20) AS t WHERE u.email = 'follows-200-active@bench.example'$$),
  ('activity_ticker, following 6,000', 'activity_ticker',
   $$SELECT t.* FROM users AS u, activity_ticker(u.id, 20) AS t WHERE u.email = 'follows-6000@bench.example'$$),
  ('activity_ticker, following 200 who have been dormant for a year', 'activity_ticker',
   $$SELECT t.* FROM users AS u, activity_ticker(u.id, 20) AS t WHERE u.email = 'follows-200-dormant@bench.example'$$),
  ('activity_ticker, following 5', 'activity_ticker',
   $$SELECT t.* FROM users AS u, activity_ticker(u.id, 20) AS t WHERE u.email = 'follows-5@bench.example'$$),
  ('recommendations of a learner', NULL,
   format('SELECT * FROM recommendations WHERE user_id = %L ORDER BY match_score DESC LIMIT 20', :'learner')),
  ('home_rows', 'home_rows',
   format('SELECT * FROM home_rows(%L)', :'learner')),
  ('home_rows of a newcomer', 'home_rows',
   $$SELECT r.* FROM users AS u, home_rows(u.id) AS r WHERE u.email = 'follows-5@bench.example'$$)
) AS p (title, function, statement)
WHERE p.function IS NULL OR to_regproc(p.function) IS NOT NULL \gexec
