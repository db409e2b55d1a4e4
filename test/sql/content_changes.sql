-- Authors change a course while people learn from it. Submissions are kept; progress, outline,
-- statistics and feed agree with the new content at once; a learner who has completed the course
-- stays completed.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';

CREATE FUNCTION pg_temp.id(name text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT md5('content ' || name)::uuid $$;
CREATE FUNCTION pg_temp.refusal(statement text) RETURNS TABLE (code text, message text, detail text, hint text)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
  code := 'accepted';
  RETURN NEXT;
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  code := SQLSTATE;
  message := regexp_replace(SQLERRM, '[0-9a-f]{8}-[0-9a-f-]{27}', 'ID', 'g');
  hint := regexp_replace(hint, '[0-9a-f]{8}-[0-9a-f-]{27}', 'ID', 'g');
  RETURN NEXT;
END
$$;

-- A course of Cyd's: three modules, of two, two and one exercises.
INSERT INTO users (id, email, password_hash, name)
SELECT pg_temp.id(name), lower(name) || '@example.com', 'x', name FROM unnest('{Ada,Bob,Cyd,Dan}'::text[]) AS name;
INSERT INTO generated_courses (id, user_id, title, meta_category)
VALUES (pg_temp.id('course'), pg_temp.id('Cyd'), 'Sorting', 'Digital');
INSERT INTO generated_modules (id, course_id, module_number, title)
SELECT pg_temp.id('module ' || n), pg_temp.id('course'), 2 * n, 'Module ' || n FROM generate_series(1, 3) AS n;
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty)
SELECT pg_temp.id('exercise ' || m || e), pg_temp.id('module ' || m), e, 'Exercise ' || m || '.' || e, 'python', 'easy'
FROM (VALUES (1, 1), (1, 2), (2, 1), (2, 2), (3, 1)) AS x (m, e);

CREATE FUNCTION pg_temp.solve(name text, exercises text[], day date, score integer DEFAULT 80) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, time_spent_minutes, submitted_at)
  SELECT pg_temp.id(name), e.module_id, e.id, 'python', true, solve.score, 10, day
  FROM exercises AS e
  WHERE e.id = ANY (ARRAY(SELECT pg_temp.id('exercise ' || n) FROM unnest(exercises) AS n));
$$;

-- Returns what progress, outline, feed, statistics and achievements say about each learner.
CREATE FUNCTION pg_temp.said() RETURNS TABLE (who text, percent integer, next text, completed date, minutes integer,
                                              outline text, told text, statistics text, badges bigint)
LANGUAGE sql AS $$
  SELECT u.name, p.progress_percentage, m.title, p.completed_at::date, p.time_spent_minutes,
         (SELECT string_agg(format('%s %s/%s %s', o.module_number, o.solved, o.exercises, o.state), E'\n' ORDER BY o.module_number)
          FROM course_outline(u.id, pg_temp.id('course')) AS o),
         (SELECT string_agg(f.line, E'\n' ORDER BY f.line)
          FROM (SELECT format('%s %s', f.activity_type,
                              CASE f.activity_type
                                WHEN 'exercise_solved' THEN f.metadata ->> 'exercise_title' || ' in ' || (f.metadata ->> 'module_title')
                                WHEN 'module_completed' THEN format('%s: %s on %s', f.metadata ->> 'module_title', f.metadata ->> 'score', f.created_at::date)
                                ELSE f.created_at::date::text
                              END) AS line
                FROM activity_feed AS f
                WHERE f.user_id = u.id AND f.activity_type <> 'achievement_earned') AS f),
         (SELECT format('%s solved, %s modules, %s courses, %s h', s.exercises_solved, s.modules_completed, s.courses_completed, round(s.hours_learned, 2))
          FROM user_stats(u.id) AS s),
         (SELECT count(*) FROM user_achievements AS a WHERE a.user_id = u.id)
  FROM users AS u
  JOIN user_progress AS p ON p.user_id = u.id AND p.course_id = pg_temp.id('course')
  LEFT JOIN generated_modules AS m ON m.id = p.current_module_id
  ORDER BY u.name
$$;

-- Ada has solved all but the last exercise, Bob the first module.
SELECT pg_temp.solve('Ada', '{11,12,21,22}', '2026-01-10'), pg_temp.solve('Bob', '{11,12}', '2026-01-11') \g /dev/null
SELECT * FROM pg_temp.said();

--
-- Exercises
--

-- An added exercise reopens its module for every learner under way.
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty)
VALUES (pg_temp.id('exercise 13'), pg_temp.id('module 1'), 3, 'Exercise 1.3', 'python', 'easy');
SELECT * FROM pg_temp.said();
-- A learner who solves it completes the module again.
SELECT pg_temp.solve('Bob', '{13}', '2026-01-12', 50) \g /dev/null
SELECT * FROM pg_temp.said() WHERE who = 'Bob';
-- After the exercise has been deleted, Ada's module is completed again, as of her last solution of
-- the remaining exercises, and Bob's score is that of the remaining ones. His submission to the
-- deleted exercise is kept, but neither counted nor in the feed.
DELETE FROM exercises WHERE id = pg_temp.id('exercise 13');
SELECT * FROM pg_temp.said();
SELECT u.name, s.exercise_id, s.passed, s.module_id = pg_temp.id('module 1') AS in_its_module
FROM module_completions AS s
JOIN users AS u ON u.id = s.user_id
WHERE s.submitted_at = '2026-01-12';

-- Submissions move with their exercise, which then counts for Module 2: for Ada, who has solved all
-- of it, and for Bob, who has not.
SELECT pg_temp.solve('Bob', '{21}', '2026-01-13') \g /dev/null
UPDATE exercises SET module_id = pg_temp.id('module 2'), exercise_number = 3 WHERE id = pg_temp.id('exercise 12');
SELECT * FROM pg_temp.said();
-- Attempts at a moved exercise are numbered on.
SELECT submit_exercise(pg_temp.id('Ada'), pg_temp.id('exercise 12'), 'x', 'python', '[]', 0, 10) AS attempt \gset
SELECT attempts, module_id = pg_temp.id('module 2') AS in_module_2 FROM module_completions WHERE id = :'attempt';
-- A review moves with the submission that it reviews.
SELECT record_review(:'attempt', 80, 80, 80, 80) AS review \gset
UPDATE exercises SET module_id = pg_temp.id('module 1'), exercise_number = 2 WHERE id = pg_temp.id('exercise 12');
SELECT r.module_id = pg_temp.id('module 1') AS in_module_1, f.metadata ->> 'module_title' AS told
FROM architecture_reviews AS r JOIN activity_feed AS f ON f.reference_id = r.id WHERE r.id = :'review';
DELETE FROM module_completions WHERE id = :'attempt';
DELETE FROM architecture_reviews;

-- A module without exercises needs a passed submission to the module itself, which Ada does not
-- have in Module 3. When Module 3 is deleted, she has completed the course, as of her last solution
-- of the remaining exercises.
DELETE FROM exercises WHERE id = pg_temp.id('exercise 31');
SELECT * FROM pg_temp.said() WHERE who = 'Ada';
DELETE FROM generated_modules WHERE id = pg_temp.id('module 3');
SELECT * FROM pg_temp.said();

--
-- Learners who have completed the course stay completed
--
CREATE TEMP TABLE before AS
SELECT p.completed_at, f.id AS told, i.created_at AS recorded, ARRAY(SELECT a.id FROM user_achievements AS a WHERE a.user_id = p.user_id) AS badges
FROM user_progress AS p
JOIN activity_feed AS f ON f.user_id = p.user_id AND f.activity_type = 'course_completed'
JOIN user_course_interactions AS i ON i.user_id = p.user_id AND i.interaction_type = 'completed'
WHERE p.user_id = pg_temp.id('Ada');
CREATE FUNCTION pg_temp.unchanged() RETURNS TABLE (percent integer, no_next boolean, first_date boolean, same_row boolean, on_record boolean, badges boolean)
LANGUAGE sql AS $$
  SELECT p.progress_percentage, p.current_module_id IS NULL, p.completed_at = b.completed_at,
         ARRAY(SELECT f.id FROM activity_feed AS f WHERE f.user_id = p.user_id AND f.activity_type = 'course_completed' AND f.created_at = b.completed_at) = ARRAY[b.told],
         ARRAY(SELECT i.created_at FROM user_course_interactions AS i WHERE i.user_id = p.user_id AND i.interaction_type = 'completed') = ARRAY[b.recorded],
         ARRAY(SELECT a.id FROM user_achievements AS a WHERE a.user_id = p.user_id) @> b.badges
  FROM before AS b, user_progress AS p
  WHERE p.user_id = pg_temp.id('Ada')
$$;
-- Add a module, add an exercise to another one, and move the new module to the front.
INSERT INTO generated_modules (id, course_id, module_number, title) VALUES (pg_temp.id('module 4'), pg_temp.id('course'), 7, 'Module 4');
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty)
VALUES (pg_temp.id('exercise 41'), pg_temp.id('module 4'), 1, 'Exercise 4.1', 'python', 'easy'),
       (pg_temp.id('exercise 42'), pg_temp.id('module 4'), 2, 'Exercise 4.2', 'python', 'easy'),
       (pg_temp.id('exercise 14'), pg_temp.id('module 1'), 3, 'Exercise 1.4', 'python', 'easy');
UPDATE generated_modules SET module_number = 1 WHERE id = pg_temp.id('module 4');
SELECT * FROM pg_temp.unchanged();
-- The outline and the number of completed modules include the new exercises.
SELECT * FROM pg_temp.said();
SELECT pg_temp.solve('Ada', '{41,42,14}', '2026-02-01') \g /dev/null
SELECT * FROM pg_temp.unchanged();
-- Correcting a submission to the new exercises does not revoke the completion, nor does an UPDATE
-- that changes nothing.
UPDATE module_completions SET passed = false, score = 0 WHERE user_id = pg_temp.id('Ada') AND submitted_at = '2026-02-01';
UPDATE module_completions SET score = score;
SELECT * FROM pg_temp.unchanged();
-- Correcting a submission on which the completion was based does. To complete the course again,
-- she needs the new exercises as well.
UPDATE module_completions SET passed = false, score = 0 WHERE user_id = pg_temp.id('Ada') AND exercise_id = pg_temp.id('exercise 21');
SELECT * FROM pg_temp.said() WHERE who = 'Ada';
UPDATE module_completions SET passed = true, score = 80 WHERE user_id = pg_temp.id('Ada') AND submitted_at <= '2026-02-01';
SELECT * FROM pg_temp.said() WHERE who = 'Ada';

--
-- Modules, and the work in them
--

-- Submissions to a deleted module are moved to the module before it.
SELECT count(*) AS submissions FROM module_completions \gset
DELETE FROM generated_modules WHERE id = pg_temp.id('module 2');
SELECT count(*) - :submissions AS lost FROM module_completions;
SELECT DISTINCT m.title, s.exercise_id IS NULL AS of_no_exercise
FROM module_completions AS s JOIN generated_modules AS m ON m.id = s.module_id
WHERE s.submitted_at IN ('2026-01-10', '2026-01-13') ORDER BY 1, 2;
SELECT * FROM pg_temp.said();
-- The last module with exercises cannot be deleted, because no other one could take its submissions.
DELETE FROM generated_modules WHERE id = pg_temp.id('module 4');
\x on
SELECT * FROM pg_temp.refusal(format('DELETE FROM generated_modules WHERE id = %L', pg_temp.id('module 1')));
\x off
-- A module that moves to another course takes its submissions and their minutes along.
INSERT INTO generated_courses (id, user_id, title, meta_category) VALUES (pg_temp.id('other course'), pg_temp.id('Dan'), 'Heaps', 'Digital');
INSERT INTO generated_modules (id, course_id, module_number, title) VALUES (pg_temp.id('module 5'), pg_temp.id('course'), 5, 'Module 5');
SELECT start_course(pg_temp.id('Bob'), pg_temp.id('other course')) IS NOT NULL AS started;
UPDATE generated_modules SET course_id = pg_temp.id('other course') WHERE id = pg_temp.id('module 1');
SELECT u.name, c.title, p.progress_percentage AS percent, p.time_spent_minutes AS minutes, p.completed_at::date AS completed
FROM user_progress AS p JOIN users AS u ON u.id = p.user_id JOIN generated_courses AS c ON c.id = p.course_id
ORDER BY u.name, c.title;
SELECT DISTINCT metadata ->> 'course_title' AS told_of FROM activity_feed WHERE activity_type IN ('exercise_solved', 'module_completed');
UPDATE generated_modules SET course_id = pg_temp.id('course') WHERE id = pg_temp.id('module 1');
DELETE FROM generated_modules WHERE id = pg_temp.id('module 5');

--
-- Courses
--
\x on
SELECT * FROM pg_temp.refusal(format('DELETE FROM generated_courses WHERE id = %L', pg_temp.id('course')));
\x off
-- A course with work of others cannot be deleted: enrolments, reviews, and submissions of learners
-- who have left.
SELECT leave_course(pg_temp.id('Ada'), pg_temp.id('course')), leave_course(pg_temp.id('Bob'), pg_temp.id('course'));
SELECT code, detail FROM pg_temp.refusal(format('DELETE FROM generated_courses WHERE id = %L', pg_temp.id('course')));
SELECT code, detail FROM pg_temp.refusal(format('DELETE FROM generated_courses WHERE id = %L', pg_temp.id('other course')));
-- It can be archived, which keeps it for those enrolled and refuses others.
UPDATE generated_courses SET status = 'archived' WHERE id = pg_temp.id('other course');
SELECT code, message FROM pg_temp.refusal(format('SELECT start_course(%L, %L)', pg_temp.id('Ada'), pg_temp.id('other course')));
-- A course with nobody's work but the author's can be deleted; the feed rows about it are deleted too.
DELETE FROM user_progress WHERE course_id = pg_temp.id('other course');
INSERT INTO generated_modules (id, course_id, module_number, title) VALUES (pg_temp.id('module 6'), pg_temp.id('other course'), 6, 'Module 6');
UPDATE generated_courses SET status = 'active' WHERE id = pg_temp.id('other course');
INSERT INTO module_completions (user_id, module_id, language, passed, score) VALUES (pg_temp.id('Dan'), pg_temp.id('module 6'), 'python', true, 100);
SELECT activity_type FROM activity_feed WHERE user_id = pg_temp.id('Dan') ORDER BY 1;
DELETE FROM generated_courses WHERE id = pg_temp.id('other course');
SELECT activity_type FROM activity_feed WHERE user_id = pg_temp.id('Dan') ORDER BY 1;
-- A deleted author's course passes to "Former author", and still cannot be deleted.
DELETE FROM users WHERE id = pg_temp.id('Cyd');
SELECT u.name, pg_temp.id('course') = c.id AS course FROM generated_courses AS c JOIN users AS u ON u.id = c.user_id;
SELECT code FROM pg_temp.refusal('DELETE FROM generated_courses');
UPDATE generated_courses SET user_id = pg_temp.id('Dan');
DELETE FROM users WHERE name = 'Former author';

-- No feed row refers to a deleted row, whoever deletes it, with automation on or off.
SELECT start_course(pg_temp.id('Bob'), pg_temp.id('course')) IS NOT NULL AS started;
SELECT pg_temp.solve('Bob', '{14}', '2026-02-02') \g /dev/null
INSERT INTO architecture_reviews (user_id, module_id, code_sense_score, efficiency_score, edge_cases_score, taste_score)
VALUES (pg_temp.id('Bob'), pg_temp.id('module 1'), 90, 90, 90, 90);
INSERT INTO achievements (id, slug, name, description, criteria) VALUES (pg_temp.id('achievement'), 'content', 'Content', '', '{"metric": "streak_days", "at_least": 99}');
INSERT INTO user_achievements (user_id, achievement_id) VALUES (pg_temp.id('Bob'), pg_temp.id('achievement'));
CREATE FUNCTION pg_temp.lost() RETURNS TABLE (told bigint, nowhere bigint) LANGUAGE sql AS $$
  SELECT count(*), count(*) FILTER (WHERE f.reference_id NOT IN (
    SELECT id FROM exercises UNION ALL SELECT id FROM generated_modules UNION ALL SELECT id FROM generated_courses
    UNION ALL SELECT id FROM architecture_reviews UNION ALL SELECT id FROM achievements))
  FROM activity_feed AS f WHERE f.user_id = pg_temp.id('Bob')
$$;
SELECT * FROM pg_temp.lost();
-- The same holds for TRUNCATE of each table to which the feed refers.
CREATE FUNCTION pg_temp.truncated(target text) RETURNS TABLE (told bigint, nowhere bigint) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('TRUNCATE %I CASCADE', target);
  SELECT l.* INTO told, nowhere FROM pg_temp.lost() AS l;
  RAISE EXCEPTION USING ERRCODE = 'LX000';
EXCEPTION WHEN SQLSTATE 'LX000' THEN
  RETURN NEXT;
END
$$;
SELECT t.target, l.* FROM unnest('{exercises,generated_modules,generated_courses,architecture_reviews}'::text[]) AS t (target), pg_temp.truncated(t.target) AS l;
SET learnify.automation = off;
DELETE FROM exercises WHERE id = pg_temp.id('exercise 14');
SELECT * FROM pg_temp.lost();
DELETE FROM architecture_reviews;
SELECT * FROM pg_temp.lost();
DELETE FROM user_achievements WHERE achievement_id = pg_temp.id('achievement');
DELETE FROM achievements WHERE id = pg_temp.id('achievement');
SELECT * FROM pg_temp.lost();
RESET learnify.automation;

--
-- Learners leave and re-enrol
--
SELECT recompute_progress();
CREATE FUNCTION pg_temp.enrolment(name text) RETURNS TABLE (percent integer, completed date, minutes integer, interactions text, courses_told bigint, courses_completed integer, work bigint)
LANGUAGE sql AS $$
  SELECT p.progress_percentage, p.completed_at::date, p.time_spent_minutes,
         (SELECT string_agg(i.interaction_type, ' ' ORDER BY i.interaction_type) FROM user_course_interactions AS i WHERE i.user_id = u.id),
         (SELECT count(*) FROM activity_feed AS f WHERE f.user_id = u.id AND f.activity_type = 'course_completed'),
         (SELECT s.courses_completed FROM user_stats(u.id) AS s),
         (SELECT count(*) FROM module_completions AS s WHERE s.user_id = u.id)
  FROM users AS u LEFT JOIN user_progress AS p ON p.user_id = u.id
  WHERE u.name = enrolment.name
$$;
INSERT INTO user_course_interactions (user_id, course_id, interaction_type) VALUES (pg_temp.id('Bob'), pg_temp.id('course'), 'saved');
SELECT * FROM pg_temp.enrolment('Bob');
-- Submissions and achievements are kept; the enrolment, the completion and what says so in feed
-- and interactions are deleted.
SELECT leave_course(pg_temp.id('Bob'), pg_temp.id('course'));
SELECT * FROM pg_temp.enrolment('Bob');
SELECT leave_course(pg_temp.id('Bob'), pg_temp.id('course'));
-- After re-enrolment, progress and its dates are computed from the submissions.
SELECT start_course(pg_temp.id('Bob'), pg_temp.id('course')) IS NOT NULL AS started;
SELECT * FROM pg_temp.enrolment('Bob');
-- The same holds for plain statements, and for an enrolment by the next submission.
DELETE FROM user_progress WHERE user_id = pg_temp.id('Bob');
SELECT * FROM pg_temp.enrolment('Bob');
INSERT INTO user_progress (user_id, course_id) VALUES (pg_temp.id('Bob'), pg_temp.id('course'));
SELECT * FROM pg_temp.enrolment('Bob');
SELECT leave_course(pg_temp.id('Bob'), pg_temp.id('course'));
SELECT pg_temp.solve('Bob', '{11,12}', '2026-02-03') \g /dev/null
SELECT * FROM pg_temp.enrolment('Bob');
-- An upsert of an existing enrolment changes only the columns that it names.
INSERT INTO user_progress AS p (user_id, course_id, time_spent_minutes) VALUES (pg_temp.id('Bob'), pg_temp.id('course'), 0)
ON CONFLICT (user_id, course_id) DO UPDATE SET time_spent_minutes = p.time_spent_minutes + excluded.time_spent_minutes;
SELECT * FROM pg_temp.enrolment('Bob');
-- If exercises were added in between, the course is not complete.
SELECT leave_course(pg_temp.id('Bob'), pg_temp.id('course'));
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty) VALUES (pg_temp.id('exercise 15'), pg_temp.id('module 1'), 5, 'Exercise 1.5', 'python', 'easy');
SELECT start_course(pg_temp.id('Bob'), pg_temp.id('course')) IS NOT NULL AS started;
SELECT * FROM pg_temp.enrolment('Bob');
\x on
SELECT t.what, r.code, r.message, r.hint
FROM (VALUES
  (1, 'a missing user leaves', format('SELECT leave_course(%L, %L)', pg_temp.id('nobody'), pg_temp.id('course'))),
  (2, 'a missing course', format('SELECT leave_course(%L, %L)', pg_temp.id('Bob'), pg_temp.id('nothing'))),
  (3, 'NULL as the user', format('SELECT leave_course(NULL, %L)', pg_temp.id('course'))),
  (4, 'NULL as the course', format('SELECT leave_course(%L, NULL)', pg_temp.id('Bob'))),
  (5, 'recompute a missing user', format('SELECT recompute_progress(%L)', pg_temp.id('nobody'))),
  (6, 'recompute a missing course', format('SELECT recompute_progress(course_id => %L)', pg_temp.id('nothing')))) AS t (number, what, statement)
CROSS JOIN LATERAL pg_temp.refusal(t.statement) AS r
ORDER BY t.number;
\x off

--
-- Changes without triggers
--

-- With automation off, submissions still move with their exercise. recompute_progress() does the
-- rest, and returns the number of enrolments that it has changed.
SET learnify.automation = off;
SELECT pg_temp.solve('Bob', '{15}', '2026-02-04') \g /dev/null
INSERT INTO generated_modules (id, course_id, module_number, title) VALUES (pg_temp.id('module 7'), pg_temp.id('course'), 3, 'Module 7');
UPDATE exercises SET module_id = pg_temp.id('module 7') WHERE id = pg_temp.id('exercise 15');
SELECT * FROM pg_temp.enrolment('Bob');
RESET learnify.automation;
SELECT count(*) AS in_module_7 FROM module_completions WHERE module_id = pg_temp.id('module 7');
SELECT recompute_progress(user_id => pg_temp.id('Ada')), recompute_progress(user_id => pg_temp.id('Bob')), recompute_progress();
SELECT * FROM pg_temp.enrolment('Bob');
-- With triggers disabled, and before 1.0.0, submissions do not move; recompute_progress() moves
-- them, and deletes feed rows that are no longer true.
SET session_replication_role = replica;
UPDATE exercises SET module_id = pg_temp.id('module 1') WHERE id = pg_temp.id('exercise 15');
UPDATE user_progress SET progress_percentage = 17, completed_at = NULL;
SET session_replication_role = origin;
SELECT recompute_progress(course_id => pg_temp.id('course'));
SELECT * FROM pg_temp.enrolment('Bob');

-- A submission can be corrected although its exercise has got another language and fewer hints
-- since, unless the correction changes the language.
BEGIN;
UPDATE exercises SET language = 'go', hints = '[]';
UPDATE module_completions SET time_spent_minutes = time_spent_minutes + 1;
SELECT code, message FROM pg_temp.refusal('UPDATE module_completions SET language = ''rust''');
ROLLBACK;

--
-- The author's own modules, and courses without any
--
SELECT pg_temp.solve('Dan', '{11,12,15}', '2026-02-05') \g /dev/null
SELECT module_number, status, unlocked_at IS NOT NULL AS unlocked FROM generated_modules ORDER BY 1;
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty) VALUES (pg_temp.id('exercise 16'), pg_temp.id('module 1'), 6, 'Exercise 1.6', 'python', 'easy');
SELECT module_number, status, unlocked_at IS NOT NULL AS unlocked FROM generated_modules ORDER BY 1;
UPDATE generated_modules SET module_number = 1 WHERE id = pg_temp.id('module 7');
SELECT module_number, status, unlocked_at IS NOT NULL AS unlocked FROM generated_modules ORDER BY 1;
-- A course without modules is not complete.
INSERT INTO generated_courses (id, user_id, title, meta_category) VALUES (pg_temp.id('empty'), pg_temp.id('Dan'), 'Empty', 'Digital');
SELECT start_course(pg_temp.id('Ada'), pg_temp.id('empty')) IS NOT NULL AS started;
UPDATE generated_modules SET course_id = pg_temp.id('empty');
SELECT u.name, c.title, p.progress_percentage AS percent, p.current_module_id IS NULL AS no_next, p.completed_at::date AS completed
FROM user_progress AS p JOIN users AS u ON u.id = p.user_id JOIN generated_courses AS c ON c.id = p.course_id
ORDER BY u.name, c.title;
--
-- Several kinds of change in one query, each with a trigger of its own that sees all of them
--
INSERT INTO generated_courses (id, user_id, title, meta_category)
SELECT pg_temp.id(title), pg_temp.id('Dan'), title, 'Digital' FROM unnest('{First,Second,Third}'::text[]) AS title;
INSERT INTO generated_modules (id, course_id, module_number, title)
SELECT pg_temp.id(course || m), pg_temp.id(course), m, course || ' ' || m
FROM unnest('{First,Second,Third}'::text[]) AS course, generate_series(1, 3) AS m;
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty)
SELECT pg_temp.id('exercise ' || course || m || e), pg_temp.id(course || m), e, 'Exercise', 'python', 'easy'
FROM unnest('{First,Second,Third}'::text[]) AS course, generate_series(1, 3) AS m, generate_series(1, 3) AS e;
CREATE FUNCTION pg_temp.queried() RETURNS TABLE (title text, minutes integer, of_submissions bigint, modules_told bigint)
LANGUAGE sql AS $$
  SELECT c.title, p.time_spent_minutes,
         (SELECT coalesce(sum(s.time_spent_minutes), 0)
          FROM module_completions AS s JOIN generated_modules AS m ON m.id = s.module_id
          WHERE s.user_id = p.user_id AND m.course_id = c.id),
         (SELECT count(*) FROM activity_feed AS f
          WHERE f.user_id = p.user_id AND f.activity_type = 'module_completed' AND f.metadata ->> 'course_id' = c.id::text)
  FROM user_progress AS p JOIN generated_courses AS c ON c.id = p.course_id
  WHERE p.user_id = pg_temp.id('Bob') AND c.title IN ('First', 'Second', 'Third')
  ORDER BY c.title
$$;
SELECT start_course(pg_temp.id('Bob'), pg_temp.id(title)) IS NOT NULL FROM unnest('{First,Second,Third}'::text[]) AS title \g /dev/null
SELECT pg_temp.solve('Bob', '{First11,First21,First31}', '2026-03-01') \g /dev/null
SELECT * FROM pg_temp.queried();
-- MERGE deletes one of the unsolved exercises and moves the other: the module is completed, and
-- broadcast once.
MERGE INTO exercises AS e
USING (VALUES (pg_temp.id('exercise First12'), true), (pg_temp.id('exercise First13'), false)) AS v (id, is_deleted) ON e.id = v.id
WHEN MATCHED AND v.is_deleted THEN DELETE
WHEN MATCHED THEN UPDATE SET module_id = pg_temp.id('First2'), exercise_number = 9;
SELECT * FROM pg_temp.queried();
-- MERGE deletes one module and moves another one to another course, with its minutes.
MERGE INTO generated_modules AS m
USING (VALUES (pg_temp.id('First3'), true), (pg_temp.id('First1'), false)) AS v (id, is_deleted) ON m.id = v.id
WHEN MATCHED AND v.is_deleted THEN DELETE
WHEN MATCHED THEN UPDATE SET course_id = pg_temp.id('Second'), module_number = 7;
SELECT * FROM pg_temp.queried();
-- One query moves an exercise from the second course to the third, and its module to the first.
WITH moved AS (
  UPDATE exercises SET module_id = pg_temp.id('Third1'), exercise_number = 9 WHERE id = pg_temp.id('exercise First11') RETURNING id
)
UPDATE generated_modules AS m SET course_id = pg_temp.id('First'), module_number = 7
FROM moved WHERE m.id = pg_temp.id('First1');
SELECT * FROM pg_temp.queried();
-- An upsert inserts an exercise and moves one.
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty)
VALUES (pg_temp.id('exercise Third14'), pg_temp.id('Third1'), 4, 'Exercise', 'python', 'easy'),
       (pg_temp.id('exercise First11'), pg_temp.id('First2'), 8, 'Exercise', 'python', 'easy')
ON CONFLICT (id) DO UPDATE SET module_id = excluded.module_id, exercise_number = excluded.exercise_number;
SELECT * FROM pg_temp.queried();
SELECT recompute_progress();
-- generate_course() refuses a blueprint without active modules.
BEGIN;
UPDATE blueprint_modules SET active = false;
SELECT choose_archetype(pg_temp.id('Ada'), 'Digital', 'sorting', 'novice') IS NOT NULL AS chosen;
\x on
SELECT * FROM pg_temp.refusal(format('SELECT generate_course(%L)', pg_temp.id('Ada')));
\x off
ROLLBACK;

TRUNCATE users CASCADE;
