-- Submissions and reviews are inserted, corrected, moved and deleted at random, in transactions of
-- one to four statements, some of which are rolled back. After each, progress, the author's
-- modules, interactions, feed and achievements must equal what queries derive from the rows.
SET client_min_messages = warning;
SET learnify.password_cost = 4;

CREATE FUNCTION pg_temp.id(kind text, number integer) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$ SELECT md5('corrections ' || kind || number)::uuid $$;

INSERT INTO users (id, email, password_hash, name)
SELECT pg_temp.id('user', n), 'corrections' || n || '@example.com', 'x', 'Learner ' || n
FROM generate_series(1, 4) AS n;

-- The first learner is the author of three courses: one of 3 modules with 2, 1 and 0 exercises, one
-- of 7 modules with an exercise each, and one without modules.
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

-- What the rows imply, computed without functions of the extension.
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
  WITH state AS MATERIALIZED (
    SELECT pg_temp.id('user', n) AS user_id, m.course_id, m.id AS module_id, m.module_number,
           pg_temp.module_done(pg_temp.id('user', n), m.id) AS done
    FROM generated_modules AS m, generate_series(1, 4) AS n
    WHERE m.course_id IN (pg_temp.id('course', 1), pg_temp.id('course', 2))
  ), pair AS (
    SELECT user_id, course_id, count(s.module_id) AS modules, count(s.module_id) FILTER (WHERE s.done) AS done,
           (array_agg(s.module_id ORDER BY s.module_number) FILTER (WHERE NOT s.done))[1] AS next
    FROM user_progress AS p
    LEFT JOIN state AS s USING (user_id, course_id)
    WHERE course_id IN (SELECT pg_temp.id('course', n) FROM generate_series(1, 3) AS n)
    GROUP BY user_id, course_id
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
  SELECT format('feed %s module_completed %s', user_id, module_id)
  FROM state
  JOIN pair USING (user_id, course_id)
  WHERE state.done
  UNION ALL
  SELECT DISTINCT format('feed %s exercise_solved %s', s.user_id, s.exercise_id)
  FROM module_completions AS s
  JOIN exercises AS e ON e.id = s.exercise_id
  WHERE s.passed AND s.user_id IN (SELECT pg_temp.id('user', n) FROM generate_series(1, 4) AS n)
  UNION ALL
  SELECT format('feed %s review_passed %s score %s of %s', r.user_id, r.id, r.overall_score, r.reviewed_at)
  FROM architecture_reviews AS r
  WHERE r.overall_score >= 70 AND r.user_id IN (SELECT pg_temp.id('user', n) FROM generate_series(1, 4) AS n)
  UNION ALL
  SELECT format('feed %s optimization_achieved %s %s over %s of %s', r.user_id, r.id, r.efficiency_score, b.best,
                r.reviewed_at)
  FROM architecture_reviews AS r
  CROSS JOIN LATERAL (SELECT max(o.efficiency_score) AS best
                      FROM architecture_reviews AS o
                      WHERE o.user_id = r.user_id AND o.module_id = r.module_id
                        AND (o.reviewed_at, o.id) < (r.reviewed_at, r.id)) AS b
  WHERE r.efficiency_score >= b.best + 10
    AND r.user_id IN (SELECT pg_temp.id('user', n) FROM generate_series(1, 4) AS n)
  UNION ALL
  SELECT format('module %s %s', module_id, CASE
           WHEN done THEN 'completed'
           WHEN module_number = min(module_number) FILTER (WHERE NOT done) OVER (PARTITION BY course_id) THEN 'active'
           ELSE 'locked'
         END)
  FROM state
  WHERE user_id = pg_temp.id('user', 1)
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
  SELECT format('feed %s %s %s', user_id, activity_type, reference_id) || CASE activity_type
           WHEN 'review_passed' THEN format(' score %s of %s', metadata ->> 'score', created_at)
           WHEN 'optimization_achieved' THEN
             format(' %s over %s of %s', metadata ->> 'efficiency', metadata ->> 'previous_best', created_at)
           ELSE ''
         END
  FROM activity_feed
  WHERE user_id IN (SELECT pg_temp.id('user', n) FROM generate_series(1, 4) AS n)
    AND activity_type <> 'achievement_earned'
  UNION ALL
  SELECT format('module %s %s', id, status)
  FROM generated_modules
  WHERE course_id IN (pg_temp.id('course', 1), pg_temp.id('course', 2))
$$;

-- Achievements that this test can earn. They are kept, whatever is corrected.
INSERT INTO achievements (id, slug, name, description, badge_icon, criteria, rarity)
SELECT pg_temp.id('rule', n::integer), 'corrections-' || n, 'Rule ' || n, '', '', criteria, 'common'
FROM unnest(ARRAY['{"metric": "modules_completed", "at_least": 4}', '{"metric": "courses_completed", "at_least": 2}',
                  '{"metric": "exercises_solved", "at_least": 7}', '{"metric": "perfect_scores", "at_least": 2}',
                  '{"metric": "review_average", "at_least": 72}',
                  '{"metric": "review_average", "at_least": 60, "reviews_received": 4}',
                  '{"metric": "streak_days", "at_least": 4}', '{"metric": "hours_learned", "at_least": 3.5}',
                  '{"metric": "reviews_received", "at_least": 9}']::jsonb[]) WITH ORDINALITY AS r (criteria, n);

CREATE TABLE pg_temp.history (step integer, wrong text);

CREATE FUNCTION pg_temp.pick(choices integer) RETURNS integer
LANGUAGE sql AS $$ SELECT 1 + floor(random() * choices)::integer $$;

-- Returns a random exercise with its module, or sometimes a module without exercises.
CREATE FUNCTION pg_temp.pick_work(n integer, OUT module_id uuid, OUT exercise_id uuid)
LANGUAGE sql AS $$
  SELECT m.id, e.id
  FROM generated_modules AS m
  LEFT JOIN exercises AS e ON e.module_id = m.id AND random() < 0.9
  WHERE m.course_id IN (pg_temp.id('course', 1), pg_temp.id('course', 2))
  ORDER BY random()
  LIMIT 1
$$;

CREATE FUNCTION pg_temp.picked_submissions(number integer, how_many integer) RETURNS SETOF uuid
LANGUAGE sql AS $$
  SELECT s.id
  FROM module_completions AS s
  WHERE s.user_id IN (SELECT pg_temp.id('user', n) FROM generate_series(1, 4) AS n)
  ORDER BY md5(s.id::text || number)
  LIMIT how_many
$$;

CREATE FUNCTION pg_temp.picked_reviews(number integer, how_many integer) RETURNS SETOF uuid
LANGUAGE sql AS $$
  SELECT r.id
  FROM architecture_reviews AS r
  WHERE r.user_id IN (SELECT pg_temp.id('user', n) FROM generate_series(1, 4) AS n)
  ORDER BY md5(r.id::text || number)
  LIMIT how_many
$$;

-- Executes one statement, which changes one row or several.
CREATE FUNCTION pg_temp.change(number integer) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  CASE pg_temp.pick(16)
    WHEN 1, 2, 3, 4, 5 THEN
      INSERT INTO module_completions (id, user_id, module_id, exercise_id, submitted_code, language, passed, score,
                                      time_spent_minutes, submitted_at)
      SELECT md5(random()::text)::uuid, pg_temp.id('user', pg_temp.pick(4)), w.module_id, w.exercise_id, '', 'python',
             random() < 0.6, pg_temp.pick(10) * 10, pg_temp.pick(30) - 1, now() - random() * interval '10 days'
      FROM generate_series(1, pg_temp.pick(5)) AS n, LATERAL pg_temp.pick_work(n) AS w;
    WHEN 6 THEN
      -- which may exist already
      INSERT INTO module_completions (id, user_id, module_id, exercise_id, submitted_code, language, passed, score,
                                      time_spent_minutes, submitted_at)
      SELECT CASE WHEN random() < 0.5 THEN s.id ELSE md5(random()::text)::uuid END, s.user_id, s.module_id,
             s.exercise_id, '', 'python', NOT s.passed, s.score, 5, s.submitted_at
      FROM module_completions AS s
      WHERE s.id IN (SELECT pg_temp.picked_submissions(number, 1))
      ON CONFLICT (id) DO UPDATE
      SET passed = excluded.passed, time_spent_minutes = excluded.time_spent_minutes;
    WHEN 7, 8 THEN
      UPDATE module_completions
      SET passed = NOT passed, score = 100 - score, time_spent_minutes = time_spent_minutes + 1
      WHERE id IN (SELECT pg_temp.picked_submissions(number, 3));
    WHEN 9 THEN
      UPDATE module_completions
      SET submitted_at = now() - random() * interval '10 days', score = 100
      WHERE id IN (SELECT pg_temp.picked_submissions(number, 3));
    WHEN 10 THEN
      DELETE FROM module_completions
      WHERE id IN (SELECT pg_temp.picked_submissions(number, pg_temp.pick(4)));
    WHEN 11, 12 THEN
      INSERT INTO architecture_reviews (id, user_id, module_id, code_sense_score, efficiency_score, edge_cases_score,
                                        taste_score, reviewed_at)
      SELECT md5(random()::text)::uuid, pg_temp.id('user', pg_temp.pick(2)), pg_temp.id('module', 10 + pg_temp.pick(2)),
             40 + pg_temp.pick(60), 40 + pg_temp.pick(60), 40 + pg_temp.pick(60), 40 + pg_temp.pick(60),
             now() - random() * interval '10 days'
      FROM generate_series(1, pg_temp.pick(3));
    WHEN 13 THEN
      UPDATE architecture_reviews
      SET code_sense_score = 100 - code_sense_score, efficiency_score = 30 + pg_temp.pick(70)
      WHERE id IN (SELECT pg_temp.picked_reviews(number, 2));
    WHEN 14 THEN
      UPDATE architecture_reviews
      SET overall_score = 50 + pg_temp.pick(50), reviewed_at = now() - random() * interval '10 days'
      WHERE id IN (SELECT pg_temp.picked_reviews(number, 2));
    WHEN 15 THEN
      UPDATE architecture_reviews
      SET user_id = pg_temp.id('user', pg_temp.pick(2)), module_id = pg_temp.id('module', 10 + pg_temp.pick(2))
      WHERE id IN (SELECT pg_temp.picked_reviews(number, 2));
    ELSE
      DELETE FROM architecture_reviews WHERE id IN (SELECT pg_temp.picked_reviews(number, pg_temp.pick(3)));
  END CASE;
END
$$;

CREATE FUNCTION pg_temp.step(number integer) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  statements CONSTANT integer := pg_temp.pick(4);
BEGIN
  FOR n IN 1 .. statements LOOP
    BEGIN
      PERFORM pg_temp.change(10 * number + n);
      IF random() < 0.1 THEN
        RAISE EXCEPTION 'undone' USING ERRCODE = 'LX000';
      END IF;
    EXCEPTION WHEN SQLSTATE 'LX000' THEN
      NULL;
    END;
  END LOOP;
  INSERT INTO pg_temp.history
  SELECT number, CASE WHEN sum(n) > 0 THEN 'missing: ' ELSE 'too much: ' END || line
  FROM (SELECT line, 1 AS n FROM pg_temp.derived()
        UNION ALL
        SELECT line, -1 FROM pg_temp.found()) AS d
  GROUP BY line
  HAVING sum(n) <> 0
  UNION ALL
  SELECT number, format('late: %s achievements of %s', a.late, n)
  FROM generate_series(1, 4) AS n, LATERAL award_achievements(pg_temp.id('user', n)) AS a (late)
  WHERE a.late > 0;
END
$$;

SELECT setseed(0.5);
-- Each step is a transaction of its own, because now() is the time of a transaction.
\set ECHO none
\o /dev/null
SELECT format('SELECT pg_temp.step(%s);', n) FROM generate_series(1, 120) AS n \gexec
\o
\set ECHO all

-- No step has left anything wrong,
SELECT * FROM pg_temp.history ORDER BY step, wrong LIMIT 10;
-- and there were enough rows to compare.
SELECT count(*) > 40 AS much_to_compare,
       count(*) FILTER (WHERE line LIKE '%course_completed%') > 0 AS courses_were_completed,
       count(*) FILTER (WHERE line LIKE '%review_passed%') > 5 AS reviews_passed,
       count(*) FILTER (WHERE line LIKE '%optimization_achieved%') > 0 AS optimisations_achieved,
       (SELECT count(DISTINCT e.achievement_id) FROM user_achievements AS e JOIN achievements AS a ON a.id = e.achievement_id
        WHERE a.slug LIKE 'corrections-%') AS rules_applied
FROM pg_temp.derived();


TRUNCATE users CASCADE;
DELETE FROM achievements WHERE slug LIKE 'corrections-%';
