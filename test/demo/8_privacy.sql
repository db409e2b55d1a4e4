-- Row-level security
\echo 'Row-level security is on for every table. A role that acts for learners sees the rows that the'
\echo 'learner in learnify.user_id may see; here that is Ines, one of 2,998 learners:'
\echo
SELECT id AS ines FROM users WHERE name = 'Ines' \gset
\set ECHO queries
CREATE ROLE learnify_demo_learner;

\o /dev/null
SELECT grant_learner('learnify_demo_learner');
\o
\echo
SET ROLE learnify_demo_learner;

SET learnify.user_id = :'ines';

SELECT (SELECT count(*) FROM generated_courses) AS courses,
       (SELECT count(*) FROM user_variables) AS variables,
       (SELECT count(*) FROM user_progress) AS enrolments,
       (SELECT count(*) FROM module_completions) AS submissions;
\set ECHO none

\echo 'She sees the courses of all authors who are public; the ten variables are her own, and Malik''s work is hidden from'
\echo 'her. No learner may read solutions, and without learnify.user_id no private row is visible:'
\echo
\set ON_ERROR_STOP off
\set ECHO queries
SELECT solution_code FROM exercises LIMIT 1;
\set ECHO none
\set ON_ERROR_STOP on
\set refusal :LAST_ERROR_SQLSTATE
\echo
\set ECHO queries
RESET learnify.user_id;

SELECT (SELECT count(*) FROM generated_courses) AS courses,
       (SELECT count(*) FROM user_variables) AS variables;

RESET ROLE;
\set ECHO none
SET demo.sqlstate = :'refusal';
DO $$
BEGIN
  ASSERT current_setting('demo.sqlstate') = '42501', 'a learner may read solutions';
END
$$;
