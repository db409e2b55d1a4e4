-- Submissions and reviews are inserted, corrected and deleted at random; after
-- each step progress, the authors' modules, interactions and the feed equal what
-- a query derives from the rows alone.
SET client_min_messages = warning;
SET learnify.password_cost = 4;

CREATE FUNCTION pg_temp.id(kind text, number integer) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$ SELECT md5('corrections ' || kind || number)::uuid $$;

INSERT INTO users (id, email, password_hash, name)
SELECT pg_temp.id('user', n), 'corrections' || n || '@example.com', 'x', 'Learner ' || n
FROM generate_series(1, 4) AS n;

-- Three courses of the first learner: the first of 3 modules with 2, 1 and 0
-- exercises, the second of 7 with 1 each, the third without any module.
INSERT INTO generated_courses (id, user_id, title, meta_category)
SELECT pg_temp.id('course', n), pg_temp.id('user', 1), 'Course ' || n, 'Digital'
FROM generate_series(1, 3) AS n;

INSERT INTO generated_modules (id, course_id, module_number, title, status)
SELECT pg_temp.id('module', 10 * c + m), pg_temp.id('course', c), m, 'Module ' || c || '.' || m,
       CASE WHEN m = 1 THEN 'active' ELSE 'locked' END
FROM (VALUES (1, 3), (2, 7)) AS courses (c, modules), generate_series(1, modules) AS m;

INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty)
SELECT pg_temp.id('exercise', 100 * c + 10 * m + e), pg_temp.id('module', 10 * c + m), e,
       'Exercise ' || c || '.' || m || '.' || e, 'python', 'easy'
FROM (VALUES (1, 1, 2), (1, 2, 1), (2, 1, 1), (2, 2, 1), (2, 3, 1), (2, 4, 1), (2, 5, 1), (2, 6, 1), (2, 7, 1))
  AS modules (c, m, exercises), generate_series(1, exercises) AS e;

-- What the rows imply, without a function of the extension.
CREATE FUNCTION pg_temp.module_done(learner uuid, module uuid) RETURNS boolean
LANGUAGE sql AS $$
  SELECT CASE
    WHEN count(*) = 0 THEN EXISTS (
      SELECT FROM module_completions WHERE user_id = learner AND module_id = module AND exercise_id IS NULL AND passed)
    ELSE bool_and(id IN (
      SELECT exercise_id FROM module_completions
      WHERE user_id = learner AND module_id = module AND passed AND exercise_id IS NOT NULL))
  END
  FROM exercises WHERE module_id = module
$$;

CREATE FUNCTION pg_temp.derived() RETURNS TABLE (line text)
LANGUAGE sql AS $$
  WITH pair AS (
    SELECT p.user_id, p.course_id, count(m.id) AS modules,
           count(m.id) FILTER (WHERE pg_temp.module_done(p.user_id, m.id)) AS done,
           (array_agg(m.id ORDER BY m.module_number) FILTER (WHERE NOT pg_temp.module_done(p.user_id, m.id)))[1] AS next
    FROM user_progress AS p
    LEFT JOIN generated_modules AS m USING (course_id)
    WHERE p.course_id IN (SELECT pg_temp.id('course', n) FROM generate_series(1, 3) AS n)
    GROUP BY p.user_id, p.course_id
  )
  SELECT format('progress %s %s %s%% next %s completed %s minutes %s', user_id, course_id,
                CASE WHEN modules = 0 THEN 0 ELSE 100 * done / modules END, next, modules > 0 AND done = modules,
                (SELECT coalesce(sum(s.time_spent_minutes), 0)
                 FROM module_completions AS s
                 JOIN generated_modules AS m ON m.id = s.module_id
                 WHERE s.user_id = pair.user_id AND m.course_id = pair.course_id))
  FROM pair
  UNION ALL
  SELECT format('interaction %s %s %s', user_id, course_id, kind)
  FROM pair, unnest(CASE WHEN modules > 0 AND done = modules THEN '{enrolled,completed}' ELSE '{enrolled}' END::text[])
    AS kind
  UNION ALL
  SELECT format('feed %s course_completed %s', user_id, course_id) FROM pair WHERE modules > 0 AND done = modules
  UNION ALL
  SELECT format('feed %s module_completed %s', p.user_id, m.id)
  FROM pair AS p
  JOIN generated_modules AS m USING (course_id)
  WHERE pg_temp.module_done(p.user_id, m.id)
  UNION ALL
  SELECT DISTINCT format('feed %s exercise_solved %s', s.user_id, s.exercise_id)
  FROM module_completions AS s
  JOIN exercises AS e ON e.id = s.exercise_id
  WHERE s.passed AND s.user_id IN (SELECT pg_temp.id('user', n) FROM generate_series(1, 4) AS n)
  UNION ALL
  SELECT format('feed %s review_passed %s', r.user_id, r.id)
  FROM architecture_reviews AS r
  WHERE r.overall_score >= 70 AND r.user_id IN (SELECT pg_temp.id('user', n) FROM generate_series(1, 4) AS n)
  UNION ALL
  SELECT format('module %s %s', m.id, CASE
           WHEN pg_temp.module_done(pg_temp.id('user', 1), m.id) THEN 'completed'
           WHEN m.module_number = (SELECT min(o.module_number)
                                   FROM generated_modules AS o
                                   WHERE o.course_id = m.course_id
                                     AND NOT pg_temp.module_done(pg_temp.id('user', 1), o.id)) THEN 'active'
           ELSE 'locked'
         END)
  FROM generated_modules AS m
  WHERE m.course_id IN (pg_temp.id('course', 1), pg_temp.id('course', 2))
$$;

CREATE FUNCTION pg_temp.found() RETURNS TABLE (line text)
LANGUAGE sql AS $$
  SELECT format('progress %s %s %s%% next %s completed %s minutes %s', user_id, course_id, progress_percentage,
                current_module_id, completed_at IS NOT NULL, time_spent_minutes)
  FROM user_progress
  WHERE course_id IN (SELECT pg_temp.id('course', n) FROM generate_series(1, 3) AS n)
  UNION ALL
  SELECT format('interaction %s %s %s', user_id, course_id, interaction_type)
  FROM user_course_interactions
  WHERE course_id IN (SELECT pg_temp.id('course', n) FROM generate_series(1, 3) AS n)
  UNION ALL
  SELECT format('feed %s %s %s', user_id, activity_type, reference_id)
  FROM activity_feed
  WHERE user_id IN (SELECT pg_temp.id('user', n) FROM generate_series(1, 4) AS n)
    AND activity_type NOT IN ('achievement_earned', 'optimization_achieved')
  UNION ALL
  SELECT format('module %s %s', id, status)
  FROM generated_modules
  WHERE course_id IN (pg_temp.id('course', 1), pg_temp.id('course', 2))
$$;

CREATE TABLE pg_temp.history (step integer, wrong text);

CREATE FUNCTION pg_temp.random_submission() RETURNS module_completions
LANGUAGE plpgsql AS $$
DECLARE
  row module_completions;
BEGIN
  row.id := md5(random()::text)::uuid;
  row.user_id := pg_temp.id('user', 1 + floor(random() * 4)::integer);
  SELECT m.id, e.id INTO row.module_id, row.exercise_id
  FROM generated_modules AS m
  LEFT JOIN exercises AS e ON e.module_id = m.id AND random() < 0.9
  WHERE m.course_id IN (pg_temp.id('course', 1), pg_temp.id('course', 2))
  ORDER BY random()
  LIMIT 1;
  row.submitted_code := '';
  row.language := 'python';
  row.test_results := '[]';
  row.passed := random() < 0.6;
  row.score := floor(random() * 101);
  row.attempts := 1;
  row.hints_used := 0;
  row.time_spent_minutes := floor(random() * 30);
  row.submitted_at := now() - random() * interval '10 days';
  RETURN row;
END
$$;

-- One statement of several rows.
CREATE FUNCTION pg_temp.step(number integer) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  CASE number % 6
    WHEN 0, 1 THEN
      INSERT INTO module_completions (id, user_id, module_id, exercise_id, submitted_code, language, passed, score,
                                      time_spent_minutes, submitted_at)
      SELECT (r).id, (r).user_id, (r).module_id, (r).exercise_id, (r).submitted_code, (r).language, (r).passed,
             (r).score, (r).time_spent_minutes, (r).submitted_at
      FROM (SELECT pg_temp.random_submission() AS r FROM generate_series(1, 1 + number % 5) OFFSET 0) AS s;
    WHEN 2 THEN
      UPDATE module_completions
      SET passed = NOT passed, time_spent_minutes = time_spent_minutes + 1
      WHERE id IN (SELECT id FROM module_completions ORDER BY md5(id::text || number) LIMIT 3)
        AND user_id IN (SELECT pg_temp.id('user', n) FROM generate_series(1, 4) AS n);
    WHEN 3 THEN
      DELETE FROM module_completions
      WHERE id IN (SELECT id FROM module_completions ORDER BY md5(id::text || number) LIMIT 2)
        AND user_id IN (SELECT pg_temp.id('user', n) FROM generate_series(1, 4) AS n);
    WHEN 4 THEN
      INSERT INTO architecture_reviews (id, user_id, module_id, code_sense_score, efficiency_score, edge_cases_score,
                                        taste_score, reviewed_at)
      SELECT md5(random()::text)::uuid, pg_temp.id('user', 1 + number % 4), pg_temp.id('module', 11), 40 + floor(random() * 60),
             40 + floor(random() * 60), 40 + floor(random() * 60), 40 + floor(random() * 60),
             now() - random() * interval '10 days'
      FROM generate_series(1, 2);
    ELSE
      UPDATE architecture_reviews
      SET code_sense_score = 100 - code_sense_score, efficiency_score = floor(random() * 100)
      WHERE id IN (SELECT id FROM architecture_reviews ORDER BY md5(id::text || number) LIMIT 2)
        AND user_id IN (SELECT pg_temp.id('user', n) FROM generate_series(1, 4) AS n);
      DELETE FROM architecture_reviews
      WHERE id IN (SELECT id FROM architecture_reviews ORDER BY md5(number || id::text) LIMIT 1)
        AND user_id IN (SELECT pg_temp.id('user', n) FROM generate_series(1, 4) AS n);
  END CASE;
  INSERT INTO pg_temp.history
  SELECT number, 'missing: ' || line FROM (SELECT * FROM pg_temp.derived() EXCEPT ALL SELECT * FROM pg_temp.found()) AS d
  UNION ALL
  SELECT number, 'too much: ' || line FROM (SELECT * FROM pg_temp.found() EXCEPT ALL SELECT * FROM pg_temp.derived()) AS d;
END
$$;

SELECT setseed(0.5);
-- now() begins a transaction: each step is one of its own.
\set ECHO none
\o /dev/null
SELECT format('SELECT pg_temp.step(%s);', n) FROM generate_series(1, 240) AS n \gexec
\o
\set ECHO all

-- Nothing is wrong at any step,
SELECT * FROM pg_temp.history ORDER BY step, wrong LIMIT 10;
-- and not for want of anything to compare.
SELECT count(*) > 40 AS much_to_compare,
       count(*) FILTER (WHERE line LIKE '%course_completed%') > 0 AS courses_were_completed,
       count(*) FILTER (WHERE line LIKE '%review_passed%') > 5 AS reviews_passed
FROM pg_temp.derived();

-- An optimisation is 10 or more above the best earlier review of that module.
INSERT INTO architecture_reviews (user_id, module_id, code_sense_score, efficiency_score, edge_cases_score, taste_score,
                                  reviewed_at)
VALUES (pg_temp.id('user', 3), pg_temp.id('module', 12), 50, 50, 50, 50, now()),
       (pg_temp.id('user', 3), pg_temp.id('module', 12), 50, 60, 50, 50, now() + interval '1 second');
SELECT count(*) > 0 AS some, count(*) FILTER (WHERE NOT implied) AS not_implied
FROM (SELECT r.efficiency_score >= 10 + (SELECT max(o.efficiency_score)
                                         FROM architecture_reviews AS o
                                         WHERE o.user_id = r.user_id AND o.module_id = r.module_id
                                           AND (o.reviewed_at, o.id) < (r.reviewed_at, r.id)) AS implied
      FROM activity_feed AS f
      JOIN architecture_reviews AS r ON r.id = f.reference_id
      WHERE f.activity_type = 'optimization_achieved'
        AND f.user_id IN (SELECT pg_temp.id('user', n) FROM generate_series(1, 4) AS n)) AS o;

DELETE FROM generated_courses WHERE id IN (SELECT pg_temp.id('course', n) FROM generate_series(1, 3) AS n);
DELETE FROM users WHERE email LIKE 'corrections%';
