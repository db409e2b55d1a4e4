-- An application that writes the tables itself supplies what the extension would otherwise fill in:
-- the number of an attempt, the overall score of a review, when a course was completed or an
-- achievement earned, the archetype of a variable. What it supplies is kept, and is what follows.
SET client_min_messages = warning;
SET timezone = 'UTC';
SET DateStyle = 'ISO';
\set ada 00000000-0000-4000-8000-000000000ada
\set bob 00000000-0000-4000-8000-000000000b0b
\set course 00000000-0000-4000-8000-0000000000c1
\set module 00000000-0000-4000-8000-0000000000a1
\set swap 00000000-0000-4000-8000-0000000000e1
\set sweep 00000000-0000-4000-8000-0000000000e2
INSERT INTO users (id, email, password_hash, name) VALUES (:'ada', 'ada@example.org', '!', 'Ada'), (:'bob', 'bob@example.org', '!', 'Bob');
INSERT INTO generated_courses (id, user_id, title, meta_category) VALUES (:'course', :'bob', 'Sorting', 'Digital');
INSERT INTO generated_modules (id, course_id, module_number, title)
VALUES (:'module', :'course', 1, 'Bubbles'), ('00000000-0000-4000-8000-0000000000a2', :'course', 2, 'Essay');
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty)
VALUES (:'swap', :'module', 1, 'Swap', 'python', 'easy'), (:'sweep', :'module', 2, 'Sweep', 'python', 'easy');

-- Attempts: one that is numbered keeps its number; others, for which 1 stands as well, are numbered
-- after the highest of the same learner and exercise, which may be a number that was supplied. A
-- submission to the module itself keeps 1.
INSERT INTO module_completions (user_id, module_id, exercise_id, language, attempts, submitted_at, score) VALUES
  (:'ada', :'module', :'swap', 'python', DEFAULT, '2026-03-01', 1),
  (:'ada', :'module', :'swap', 'python', 5, '2026-03-02', 2),
  (:'ada', :'module', :'swap', 'python', 3, '2026-03-03', 3),
  (:'ada', :'module', :'swap', 'python', 1, '2026-03-04', 4),
  (:'ada', :'module', :'sweep', 'python', DEFAULT, '2026-03-05', 5),
  (:'bob', :'module', :'swap', 'python', DEFAULT, '2026-03-06', 6),
  (:'ada', '00000000-0000-4000-8000-0000000000a2', NULL, 'python', DEFAULT, '2026-03-07', 7),
  (:'ada', '00000000-0000-4000-8000-0000000000a2', NULL, 'python', DEFAULT, '2026-03-08', 8);
INSERT INTO module_completions (user_id, module_id, exercise_id, language, submitted_at, score) VALUES (:'ada', :'module', :'swap', 'python', '2026-01-01', 9);
SELECT array_agg(attempts ORDER BY score) FROM module_completions;
-- A correction numbers nothing, and may give a number.
UPDATE module_completions SET score = score + 1, exercise_id = :'swap' WHERE exercise_id = :'sweep';
UPDATE module_completions SET attempts = 9 WHERE score = 1;
SELECT array_agg(attempts ORDER BY submitted_at) FROM module_completions;
TRUNCATE module_completions, user_progress, user_course_interactions CASCADE;

-- Reviews: an overall score is kept, and is what the feed and the statistics say; one that is left out
-- is the mean of the four, rounded down.
INSERT INTO architecture_reviews (user_id, module_id, overall_score, code_sense_score, efficiency_score, edge_cases_score, taste_score, reviewed_at) VALUES
  (:'ada', :'module', 90, 50, 50, 50, 50, '2026-03-01'), (:'ada', :'module', NULL, 90, 91, 92, 94, '2026-03-02'), (:'ada', :'module', 69, 100, 100, 100, 100, '2026-03-03'),
  (:'ada', :'module', 0, 70, 70, 70, 70, '2026-03-04');
CREATE VIEW reviews AS
SELECT r.reviewed_at::date AS reviewed, r.overall_score AS overall,
       (SELECT string_agg(f.activity_type || coalesce(' ' || (f.metadata ->> 'score'), format(' %s after %s', f.metadata ->> 'efficiency', f.metadata ->> 'previous_best')), ', ' ORDER BY f.activity_type DESC)
        FROM activity_feed AS f WHERE f.reference_id = r.id AND f.created_at = r.reviewed_at) AS told
FROM architecture_reviews AS r;
SELECT *, (SELECT review_average FROM user_stats(:'ada')) AS average FROM reviews ORDER BY reviewed;
-- A correction of the four moves an overall score that was their mean, and leaves one that was not; one
-- that the correction supplies is kept. One of the four is enough.
UPDATE architecture_reviews SET taste_score = taste_score - 20;
SELECT * FROM reviews ORDER BY reviewed;
UPDATE architecture_reviews SET code_sense_score = code_sense_score - 20, overall_score = 75 WHERE reviewed_at = '2026-03-02';
UPDATE architecture_reviews SET edge_cases_score = 80 WHERE reviewed_at = '2026-03-02';
SELECT * FROM reviews ORDER BY reviewed;
UPDATE architecture_reviews SET overall_score = (code_sense_score + efficiency_score + edge_cases_score + taste_score) / 4;
UPDATE architecture_reviews SET efficiency_score = 60;
SELECT * FROM reviews ORDER BY reviewed;
UPDATE architecture_reviews SET edge_cases_score = 100;
SELECT * FROM reviews ORDER BY reviewed;
DROP VIEW reviews;

-- A course that was completed on another day was completed then: for the feed, for what recommendations
-- are computed from, and for what it earns. A date to come is now.
CREATE FUNCTION completions() RETURNS TABLE (percent integer, completed date, open boolean, told text, recorded text, earned text) LANGUAGE sql AS $$
  SELECT p.progress_percentage, p.completed_at::date, p.current_module_id IS NOT NULL,
         (SELECT string_agg(CASE f.created_at WHEN now() THEN 'now' ELSE f.created_at::date::text END, ', ')
          FROM activity_feed AS f WHERE f.user_id = p.user_id AND f.activity_type = 'course_completed' AND f.reference_id = p.course_id),
         (SELECT string_agg(CASE i.created_at WHEN now() THEN 'now' ELSE i.created_at::date::text END, ', ')
          FROM user_course_interactions AS i WHERE i.user_id = p.user_id AND i.course_id = p.course_id AND i.interaction_type = 'completed'),
         (SELECT string_agg(CASE e.unlocked_at WHEN now() THEN 'now' ELSE e.unlocked_at::date::text END, ', ')
          FROM user_achievements AS e JOIN achievements AS a ON a.id = e.achievement_id
          WHERE e.user_id = p.user_id AND a.slug = 'supplied')
  FROM user_progress AS p
$$;
INSERT INTO achievements (slug, name, description, criteria) VALUES ('supplied', 'Supplied', '', '{"metric": "courses_completed", "at_least": 1}');
BEGIN;
INSERT INTO user_progress (user_id, course_id, started_at, last_activity, completed_at) VALUES (:'ada', :'course', '2026-02-01', '2026-02-09', '2026-02-08');
SELECT * FROM completions();
UPDATE user_progress SET completed_at = '2026-02-07';
SELECT * FROM completions();
UPDATE user_progress SET completed_at = NULL, progress_percentage = 40;
SELECT * FROM completions();
UPDATE user_progress SET completed_at = '2026-02-06';
SELECT * FROM completions();
ROLLBACK;
BEGIN;
INSERT INTO user_progress (user_id, course_id, completed_at) VALUES (:'ada', :'course', '2999-01-01');
SELECT * FROM completions();
UPDATE user_progress SET completed_at = '2026-02-05';
SELECT * FROM completions();
UPDATE user_progress SET completed_at = '2999-01-01';
SELECT * FROM completions();
ROLLBACK;
-- Who supplies a percentage alone completes the course with the latest activity.
BEGIN;
INSERT INTO user_progress (user_id, course_id, progress_percentage, started_at, last_activity) VALUES (:'ada', :'course', 100, '2026-02-01', '2026-02-09');
SELECT * FROM completions();
UPDATE user_progress SET progress_percentage = 99, current_module_id = :'module';
SELECT * FROM completions();
UPDATE user_progress SET progress_percentage = 100, last_activity = '2026-02-10';
SELECT * FROM completions();
ROLLBACK;
DROP FUNCTION completions();

-- An achievement that is given has the date that is supplied, also in the feed, unless it is to come.
BEGIN;
INSERT INTO user_achievements (user_id, achievement_id, unlocked_at)
SELECT u.id, a.id, CASE u.name WHEN 'Ada' THEN '2026-02-03'::timestamptz ELSE '2999-01-01' END FROM users AS u, achievements AS a WHERE a.slug = 'supplied';
SELECT u.name, e.unlocked_at::date, CASE f.created_at WHEN now() THEN 'now' ELSE f.created_at::date::text END AS told, f.metadata ->> 'slug' AS slug
FROM user_achievements AS e JOIN users AS u ON u.id = e.user_id JOIN activity_feed AS f ON f.user_id = u.id AND f.activity_type = 'achievement_earned' ORDER BY 1;
-- It is not earned again by the work that would have earned it.
INSERT INTO user_progress (user_id, course_id, completed_at) VALUES (:'ada', :'course', '2026-02-08');
SELECT count(*) AS times FROM user_achievements AS e JOIN achievements AS a ON a.id = e.achievement_id WHERE a.slug = 'supplied' AND e.user_id = :'ada';
ROLLBACK;

-- The archetype of a variable is that of the learner once the variable is set by the function, whatever
-- was supplied; a variable DOMAIN takes precedence over the archetype's domain.
INSERT INTO user_archetypes (id, user_id, meta_category, domain, skill_level)
VALUES ('00000000-0000-4000-8000-0000000000ac', :'ada', 'Biological', 'sourdough', 'novice'), ('00000000-0000-4000-8000-0000000000bc', :'bob', 'Digital', 'chess', 'quant');
INSERT INTO user_variables (user_id, variable_key, variable_value, archetype_id) VALUES
  (:'ada', 'ENTITY', 'starter', NULL), (:'ada', 'STATE', 'ripe', '00000000-0000-4000-8000-0000000000bc');
SELECT variable_key, archetype_id FROM user_variables ORDER BY 1;
SELECT set_variables(:'ada', '{"STATE": "flat", "FLOW": "rise"}');
SELECT variable_key, archetype_id FROM user_variables ORDER BY 1;
INSERT INTO user_variables (user_id, variable_key, variable_value) VALUES (:'ada', 'DOMAIN', 'rye');
SELECT get_variables(:'ada') ->> 'DOMAIN' AS domain;
-- A course keeps the archetype that it is given, also when its author chooses another.
INSERT INTO generated_courses (user_id, archetype_id, title, meta_category) VALUES (:'ada', '00000000-0000-4000-8000-0000000000ac', 'Bread', 'Biological');
SELECT choose_archetype(:'ada', 'Digital', 'chess', 'quant') = '00000000-0000-4000-8000-0000000000ac' AS same_archetype;
SELECT archetype_id, meta_category FROM generated_courses WHERE title = 'Bread';

DELETE FROM achievements WHERE slug = 'supplied';
TRUNCATE users CASCADE;
