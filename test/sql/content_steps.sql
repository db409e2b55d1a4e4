-- A random sequence of steps: authors add, move, renumber and delete exercises and modules, within
-- a course and between courses; learners submit, are corrected and reviewed, leave and re-enrol.
-- After each step, progress, outline, statistics, interactions, the author's modules and the feed
-- must equal what queries derive from the submissions, reviews and content alone. The one thing
-- that these cannot derive is remembered: a learner who has completed a course stays completed,
-- unless a correction revokes a solution that counted.
SET client_min_messages = warning;
SET learnify.password_cost = 4;
SET jit = off;

CREATE FUNCTION pg_temp.id(kind text, number integer) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$ SELECT md5('content steps ' || kind || number)::uuid $$;

-- Learners 1 and 2 are authors of the first two courses and of the third.
INSERT INTO users (id, email, password_hash, name)
SELECT pg_temp.id('user', n), 'steps' || n || '@example.com', 'x', 'Learner ' || n
FROM generate_series(1, 5) AS n;
INSERT INTO generated_courses (id, user_id, title, meta_category)
SELECT pg_temp.id('course', n), pg_temp.id('user', (n + 1) / 2), 'Course ' || n, 'Digital'
FROM generate_series(1, 3) AS n;
INSERT INTO generated_modules (id, course_id, module_number, title, status)
SELECT pg_temp.id('module', 10 * c + m), pg_temp.id('course', c), 2 * m - 1, 'Module ' || c || '.' || m,
       CASE WHEN m = 1 THEN 'active' ELSE 'locked' END
FROM generate_series(1, 3) AS c, generate_series(1, 3) AS m;
INSERT INTO exercises (id, module_id, exercise_number, title, language, difficulty)
SELECT pg_temp.id('exercise', 100 * c + 10 * m + e), pg_temp.id('module', 10 * c + m), e, 'Exercise ' || c || m || e,
       'python', 'easy'
FROM generate_series(1, 3) AS c, generate_series(1, 2) AS m, generate_series(1, 2) AS e
WHERE m < 2 OR e < 2;
INSERT INTO achievements (slug, name, description, criteria)
SELECT 'steps-' || n, 'Steps ' || n, '', criteria
FROM unnest(ARRAY['{"metric": "modules_completed", "at_least": 3}', '{"metric": "modules_completed", "at_least": 5}',
                  '{"metric": "courses_completed", "at_least": 2}', '{"metric": "hours_learned", "at_least": 1.5}',
                  '{"metric": "exercises_solved", "at_least": 6}']::jsonb[]) WITH ORDINALITY AS r (criteria, n);

--
-- The expected state, derived without functions of the extension
--

-- The tasks: each exercise, and each module without exercises.
CREATE VIEW pg_temp.task AS
SELECT m.course_id, m.id AS module_id, e.id AS exercise_id
FROM generated_modules AS m
LEFT JOIN exercises AS e ON e.module_id = m.id;

-- The tasks that each learner has solved, with the time of the first solution.
CREATE VIEW pg_temp.solution_now AS
SELECT s.user_id, t.course_id, t.module_id, t.exercise_id, min(s.submitted_at) AS solved_at, max(s.score) AS score
FROM pg_temp.task AS t
JOIN module_completions AS s ON s.module_id = t.module_id AND s.exercise_id IS NOT DISTINCT FROM t.exercise_id
WHERE s.passed
GROUP BY s.user_id, t.course_id, t.module_id, t.exercise_id;

CREATE VIEW pg_temp.state_now AS
SELECT u.user_id, m.course_id, m.id AS module_id, m.module_number,
       (SELECT count(*) FROM exercises AS e WHERE e.module_id = m.id) AS exercises,
       count(s.exercise_id) AS solved,
       count(s.user_id) = count(*) AS done,
       CASE WHEN count(s.user_id) = count(*) THEN max(s.solved_at) END AS done_at
FROM (SELECT pg_temp.id('user', n) AS user_id FROM generate_series(1, 5) AS n) AS u
CROSS JOIN generated_modules AS m
JOIN pg_temp.task AS t ON t.module_id = m.id
LEFT JOIN pg_temp.solution_now AS s
  ON s.user_id = u.user_id AND s.module_id = t.module_id AND s.exercise_id IS NOT DISTINCT FROM t.exercise_id
GROUP BY u.user_id, m.course_id, m.id, m.module_number;

-- Copies of these views, made after each step.
CREATE TABLE pg_temp.solution AS SELECT * FROM pg_temp.solution_now;
CREATE TABLE pg_temp.state AS SELECT * FROM pg_temp.state_now;

CREATE VIEW pg_temp.outline AS
SELECT s.*, CASE
         WHEN s.done THEN 'completed'
         WHEN s.module_number = min(s.module_number) FILTER (WHERE NOT s.done) OVER (PARTITION BY s.user_id, s.course_id)
           THEN 'active'
         ELSE 'locked'
       END AS state
FROM pg_temp.state AS s;

CREATE VIEW pg_temp.pair AS
SELECT p.user_id, p.course_id, count(s.module_id) AS modules, count(s.module_id) FILTER (WHERE s.done) AS done,
       (array_agg(s.module_id ORDER BY s.module_number) FILTER (WHERE NOT s.done))[1] AS next,
       max(s.done_at) AS done_at
FROM user_progress AS p
LEFT JOIN pg_temp.state AS s USING (user_id, course_id)
GROUP BY p.user_id, p.course_id;

-- The completions so far.
CREATE TABLE pg_temp.completion (user_id uuid, course_id uuid, completed_at timestamptz);
-- The enrolments that this step deletes.
CREATE TABLE pg_temp.gone (user_id uuid, course_id uuid);
CREATE TABLE pg_temp.solution_before AS SELECT * FROM pg_temp.solution_now;

CREATE FUNCTION pg_temp.remember(is_correction boolean) RETURNS void
LANGUAGE sql AS $$
  DELETE FROM pg_temp.completion AS c
  WHERE (c.user_id, c.course_id) IN (SELECT g.user_id, g.course_id FROM pg_temp.gone AS g)
     OR is_correction AND EXISTS (
       SELECT
       FROM pg_temp.solution_before AS b
       WHERE (b.user_id, b.course_id) = (c.user_id, c.course_id) AND b.solved_at <= c.completed_at
         AND NOT EXISTS (
           SELECT
           FROM pg_temp.solution AS s
           WHERE (s.user_id, s.module_id) = (b.user_id, b.module_id) AND s.exercise_id IS NOT DISTINCT FROM b.exercise_id));
  UPDATE pg_temp.completion AS c
  SET completed_at = greatest(c.completed_at, (
    SELECT max(s.solved_at)
    FROM pg_temp.solution_before AS b
    JOIN pg_temp.solution AS s
      ON (s.user_id, s.module_id) = (b.user_id, b.module_id) AND s.exercise_id IS NOT DISTINCT FROM b.exercise_id
    WHERE (b.user_id, b.course_id) = (c.user_id, c.course_id) AND b.solved_at <= c.completed_at
      AND s.solved_at > b.solved_at))
  WHERE is_correction;
  INSERT INTO pg_temp.completion
  SELECT p.user_id, p.course_id, p.done_at
  FROM pg_temp.pair AS p
  WHERE p.modules > 0 AND p.done = p.modules
    AND NOT EXISTS (SELECT FROM pg_temp.completion AS c WHERE (c.user_id, c.course_id) = (p.user_id, p.course_id));
$$;

CREATE FUNCTION pg_temp.derived() RETURNS TABLE (line text)
LANGUAGE sql AS $$
  SELECT format('progress %s %s %s%% next %s completed %s minutes %s', p.user_id, p.course_id,
                CASE WHEN c.user_id IS NOT NULL THEN 100 WHEN p.modules = 0 THEN 0 ELSE 100 * p.done / p.modules END,
                CASE WHEN c.user_id IS NULL THEN p.next END, c.completed_at,
                (SELECT coalesce(sum(s.time_spent_minutes), 0)
                 FROM module_completions AS s
                 JOIN generated_modules AS m ON m.id = s.module_id
                 WHERE s.user_id = p.user_id AND m.course_id = p.course_id))
  FROM pg_temp.pair AS p
  LEFT JOIN pg_temp.completion AS c USING (user_id, course_id)
  UNION ALL
  SELECT format('outline %s %s %s %s of %s', user_id, module_id, state, solved, exercises) FROM pg_temp.outline
  UNION ALL
  SELECT format('interaction %s %s enrolled', user_id, course_id) FROM user_progress
  UNION ALL
  SELECT format('interaction %s %s completed', user_id, course_id) FROM pg_temp.completion
  UNION ALL
  SELECT format('statistics %s modules %s courses %s solved %s perfect %s hours %s reviews %s of %s', u.id,
                (SELECT count(*) FROM pg_temp.state AS s WHERE s.user_id = u.id AND s.done),
                (SELECT count(*) FROM pg_temp.completion AS c WHERE c.user_id = u.id),
                (SELECT count(DISTINCT s.exercise_id) FROM module_completions AS s WHERE s.user_id = u.id AND s.passed),
                (SELECT count(DISTINCT coalesce(s.exercise_id, s.module_id))
                 FROM module_completions AS s
                 WHERE s.user_id = u.id AND s.score = 100),
                (SELECT round(coalesce(sum(s.time_spent_minutes), 0) / 60.0, 2)
                 FROM module_completions AS s
                 JOIN generated_modules AS m ON m.id = s.module_id
                 JOIN user_progress AS p ON p.user_id = s.user_id AND p.course_id = m.course_id
                 WHERE s.user_id = u.id),
                (SELECT round(coalesce(avg(r.overall_score), 0), 2) FROM architecture_reviews AS r WHERE r.user_id = u.id),
                (SELECT count(*) FROM architecture_reviews AS r WHERE r.user_id = u.id))
  FROM users AS u
  UNION ALL
  SELECT format('feed %s course_completed %s %s', user_id, course_id, completed_at) FROM pg_temp.completion
  UNION ALL
  SELECT format('feed %s module_completed %s of %s', user_id, module_id, course_id) FROM pg_temp.state WHERE done
  UNION ALL
  SELECT format('feed %s exercise_solved %s in %s of %s', user_id, exercise_id, module_id, course_id)
  FROM pg_temp.solution
  WHERE exercise_id IS NOT NULL
  UNION ALL
  SELECT format('feed %s review_passed %s in %s of %s', r.user_id, r.id, r.module_id, m.course_id)
  FROM architecture_reviews AS r
  JOIN generated_modules AS m ON m.id = r.module_id
  WHERE r.overall_score >= 70
  UNION ALL
  SELECT format('feed %s optimization_achieved %s in %s of %s', r.user_id, r.id, r.module_id, m.course_id)
  FROM architecture_reviews AS r
  JOIN generated_modules AS m ON m.id = r.module_id
  WHERE r.efficiency_score >= 10 + (SELECT max(o.efficiency_score)
                                    FROM architecture_reviews AS o
                                    WHERE o.user_id = r.user_id AND o.module_id = r.module_id
                                      AND (o.reviewed_at, o.id) < (r.reviewed_at, r.id))
  UNION ALL
  -- the author's modules have a state from the author's first solution on
  SELECT format('author''s module %s %s', o.module_id, o.state)
  FROM pg_temp.outline AS o
  JOIN generated_courses AS c ON c.id = o.course_id AND c.user_id = o.user_id
  WHERE EXISTS (SELECT FROM pg_temp.solution AS s WHERE s.user_id = o.user_id AND s.course_id = o.course_id)
$$;

CREATE FUNCTION pg_temp.found() RETURNS TABLE (line text)
LANGUAGE sql AS $$
  SELECT format('progress %s %s %s%% next %s completed %s minutes %s', user_id, course_id, progress_percentage,
                current_module_id, completed_at, time_spent_minutes)
  FROM user_progress
  UNION ALL
  SELECT format('outline %s %s %s %s of %s', u.id, o.module_id, o.state, o.solved, o.exercises)
  FROM users AS u
  CROSS JOIN generated_courses AS c
  CROSS JOIN LATERAL course_outline(u.id, c.id) AS o
  UNION ALL
  SELECT format('interaction %s %s %s', user_id, course_id, interaction_type) FROM user_course_interactions
  UNION ALL
  SELECT format('statistics %s modules %s courses %s solved %s perfect %s hours %s reviews %s of %s', u.id,
                s.modules_completed, s.courses_completed, s.exercises_solved, s.perfect_scores, round(s.hours_learned, 2),
                round(s.review_average, 2), s.reviews_received)
  FROM users AS u
  CROSS JOIN LATERAL user_stats(u.id) AS s
  UNION ALL
  SELECT CASE f.activity_type
           WHEN 'course_completed' THEN format('feed %s %s %s %s', f.user_id, f.activity_type, f.reference_id, f.created_at)
           WHEN 'module_completed' THEN
             format('feed %s %s %s of %s', f.user_id, f.activity_type, f.reference_id, f.metadata ->> 'course_id')
           ELSE format('feed %s %s %s in %s of %s', f.user_id, f.activity_type, f.reference_id,
                       f.metadata ->> 'module_id', f.metadata ->> 'course_id')
         END
  FROM activity_feed AS f
  WHERE f.activity_type <> 'achievement_earned'
  UNION ALL
  SELECT format('author''s module %s %s', m.id, m.status)
  FROM generated_modules AS m
  JOIN generated_courses AS c ON c.id = m.course_id
  WHERE EXISTS (SELECT FROM pg_temp.solution AS s WHERE s.user_id = c.user_id AND s.course_id = c.id)
$$;

--
-- Steps
--
CREATE TABLE pg_temp.history (step integer, wrong text);
-- The steps, and what there was to compare after each.
CREATE TABLE pg_temp.done (kind text, lines bigint, completed boolean, optimised boolean,
                           stays_completed boolean, kept boolean);

CREATE FUNCTION pg_temp.pick(choices integer) RETURNS integer
LANGUAGE sql AS $$ SELECT 1 + floor(random() * choices)::integer $$;
CREATE FUNCTION pg_temp.a_learner() RETURNS uuid
LANGUAGE sql AS $$ SELECT pg_temp.id('user', pg_temp.pick(5)) $$;
CREATE FUNCTION pg_temp.a_course() RETURNS uuid
LANGUAGE sql AS $$ SELECT pg_temp.id('course', pg_temp.pick(3)) $$;
CREATE FUNCTION pg_temp.a_module() RETURNS uuid
LANGUAGE sql AS $$ SELECT id FROM generated_modules ORDER BY random() LIMIT 1 $$;
CREATE FUNCTION pg_temp.free_number(course uuid) RETURNS integer
LANGUAGE sql AS $$
  SELECT n FROM generate_series(1, 7) AS n
  WHERE n NOT IN (SELECT module_number FROM generated_modules WHERE course_id = course)
  ORDER BY random() LIMIT 1
$$;
CREATE FUNCTION pg_temp.free_place(module uuid) RETURNS integer
LANGUAGE sql AS $$ SELECT coalesce(max(exercise_number), 0) + 1 FROM exercises WHERE module_id = module $$;

-- True if the deletion of a module must be refused: it has work of others, and no other module of
-- the course has exercises and could take it.
CREATE FUNCTION pg_temp.is_used(module uuid) RETURNS boolean
LANGUAGE sql AS $$
  SELECT EXISTS (
    SELECT
    FROM generated_modules AS m
    JOIN generated_courses AS c ON c.id = m.course_id
    WHERE m.id = module
      AND (c.user_id <> ANY (SELECT s.user_id FROM module_completions AS s WHERE s.module_id = m.id)
           OR c.user_id <> ANY (SELECT r.user_id FROM architecture_reviews AS r WHERE r.module_id = m.id))
      AND NOT EXISTS (
        SELECT
        FROM generated_modules AS o
        JOIN exercises AS e ON e.module_id = o.id
        WHERE o.course_id = m.course_id AND o.id <> m.id))
$$;

CREATE FUNCTION pg_temp.change(kind text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  target uuid := pg_temp.a_module();
  other uuid;
  place integer;
BEGIN
  CASE kind
    WHEN 'submit' THEN
      INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, time_spent_minutes, submitted_at)
      SELECT pg_temp.a_learner(), t.module_id, t.exercise_id, 'python', random() < 0.8, 50 + 10 * pg_temp.pick(5),
             pg_temp.pick(20) - 1,
             CASE WHEN random() < 0.3 THEN t.created_at + random() * (now() - t.created_at) ELSE now() END
      FROM (SELECT t.*, coalesce(e.created_at, m.created_at) AS created_at
            FROM pg_temp.task AS t
            JOIN generated_modules AS m ON m.id = t.module_id
            LEFT JOIN exercises AS e ON e.id = t.exercise_id
            ORDER BY random()
            LIMIT pg_temp.pick(5)) AS t;
    WHEN 'catch up' THEN
      -- a learner solves the remaining tasks of a course, or all of them but one
      other := pg_temp.a_learner();
      INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score, time_spent_minutes)
      SELECT other, t.module_id, t.exercise_id, 'python', true, 90, 5
      FROM pg_temp.task AS t
      WHERE t.course_id = (SELECT course_id FROM generated_modules WHERE id = target)
        AND NOT EXISTS (SELECT FROM pg_temp.solution AS s
                        WHERE (s.user_id, s.module_id) = (other, t.module_id)
                          AND s.exercise_id IS NOT DISTINCT FROM t.exercise_id)
      ORDER BY random()
      OFFSET pg_temp.pick(2) - 1;
    WHEN 'correct' THEN
      UPDATE module_completions
      SET passed = NOT passed, score = 40 + 10 * pg_temp.pick(6)
      WHERE id IN (SELECT id FROM module_completions ORDER BY random() LIMIT pg_temp.pick(2));
    WHEN 'correct nothing' THEN
      UPDATE module_completions SET score = score;
    WHEN 'take back' THEN
      DELETE FROM module_completions
      WHERE id IN (SELECT id FROM module_completions ORDER BY random() LIMIT pg_temp.pick(2));
    WHEN 'review' THEN
      INSERT INTO architecture_reviews (user_id, module_id, submission_id, code_sense_score, efficiency_score,
                                        edge_cases_score, taste_score, reviewed_at)
      SELECT s.user_id, s.module_id, s.id, 40 + pg_temp.pick(60), 40 + pg_temp.pick(60), 60 + pg_temp.pick(40),
             60 + pg_temp.pick(40), now() + n * interval '1 ms'
      FROM (SELECT * FROM module_completions ORDER BY random() LIMIT 1) AS s, generate_series(1, 2) AS n;
    WHEN 'start' THEN
      PERFORM start_course(pg_temp.a_learner(), pg_temp.a_course());
    WHEN 'leave' THEN
      INSERT INTO pg_temp.gone SELECT p.user_id, p.course_id FROM user_progress AS p ORDER BY random() LIMIT 1;
      PERFORM leave_course(g.user_id, g.course_id) FROM pg_temp.gone AS g;
    WHEN 'come back' THEN
      INSERT INTO pg_temp.gone SELECT p.user_id, p.course_id FROM user_progress AS p ORDER BY random() LIMIT 2;
      DELETE FROM user_progress WHERE (user_id, course_id) IN (SELECT g.user_id, g.course_id FROM pg_temp.gone AS g);
      INSERT INTO user_progress (user_id, course_id) SELECT g.user_id, g.course_id FROM pg_temp.gone AS g;
    WHEN 'add exercise' THEN
      INSERT INTO exercises (module_id, exercise_number, title, language, difficulty)
      VALUES (target, pg_temp.free_place(target), 'Added', 'python', 'easy');
    WHEN 'delete exercises' THEN
      DELETE FROM exercises WHERE id IN (SELECT id FROM exercises ORDER BY random() LIMIT pg_temp.pick(2));
    WHEN 'empty module' THEN
      DELETE FROM exercises WHERE module_id = target;
    WHEN 'move exercise' THEN
      UPDATE exercises
      SET module_id = target, exercise_number = pg_temp.free_place(target)
      WHERE id = (SELECT id FROM exercises ORDER BY random() LIMIT 1);
    WHEN 'add module' THEN
      other := pg_temp.a_course();
      INSERT INTO generated_modules (course_id, module_number, title)
      SELECT other, n, 'Added' FROM pg_temp.free_number(other) AS n WHERE n IS NOT NULL
      RETURNING id INTO target;
      INSERT INTO exercises (module_id, exercise_number, title, language, difficulty)
      SELECT target, 1, 'Added', 'python', 'easy' WHERE target IS NOT NULL AND random() < 0.7;
    WHEN 'delete module' THEN
      DELETE FROM generated_modules WHERE id = target;
    WHEN 'delete modules' THEN
      DELETE FROM generated_modules AS m
      WHERE id IN (SELECT id FROM generated_modules WHERE NOT pg_temp.is_used(id) ORDER BY random() LIMIT 2);
    WHEN 'move module' THEN
      other := pg_temp.a_course();
      place := pg_temp.free_number(other);
      UPDATE generated_modules SET course_id = other, module_number = place WHERE id = target AND place IS NOT NULL;
    WHEN 'renumber module' THEN
      place := pg_temp.free_number((SELECT course_id FROM generated_modules WHERE id = target));
      UPDATE generated_modules SET module_number = place WHERE id = target AND place IS NOT NULL;
  END CASE;
EXCEPTION WHEN object_in_use THEN
  IF kind <> 'delete modules' AND (kind <> 'delete module' OR NOT pg_temp.is_used(target)) THEN
    RAISE;
  END IF;
END
$$;
CREATE FUNCTION pg_temp.step(number integer) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  kinds CONSTANT text[] := '{submit,submit,submit,catch up,catch up,catch up,correct,correct nothing,take back,review,review,
    start,leave,leave,come back,add exercise,add exercise,delete exercises,delete exercises,empty module,move exercise,
    move exercise,add module,delete module,delete modules,add module,move module,renumber module}';
  -- the first steps go through the kinds, so that each occurs
  kind CONSTANT text := kinds[CASE WHEN number > cardinality(kinds) THEN pg_temp.pick(cardinality(kinds)) ELSE number END];
  work CONSTANT uuid[] := ARRAY(
    SELECT s.id
    FROM module_completions AS s
    JOIN generated_modules AS m ON m.id = s.module_id
    JOIN generated_courses AS c ON c.id = m.course_id
    WHERE s.user_id <> c.user_id);
BEGIN
  DELETE FROM pg_temp.gone;
  PERFORM pg_temp.change(kind);
  INSERT INTO pg_temp.done (kind) VALUES (kind);
  DELETE FROM pg_temp.solution_before;
  INSERT INTO pg_temp.solution_before SELECT * FROM pg_temp.solution;
  DELETE FROM pg_temp.solution;
  INSERT INTO pg_temp.solution SELECT * FROM pg_temp.solution_now;
  DELETE FROM pg_temp.state;
  INSERT INTO pg_temp.state SELECT * FROM pg_temp.state_now;
  PERFORM pg_temp.remember(kind IN ('correct', 'correct nothing', 'take back'));

  UPDATE pg_temp.done AS o
  SET lines = d.lines,
      completed = d.completed,
      optimised = d.optimised,
      stays_completed = EXISTS (SELECT
                                FROM pg_temp.completion AS c
                                JOIN pg_temp.pair AS p USING (user_id, course_id)
                                WHERE p.done < p.modules),
      kept = EXISTS (SELECT FROM module_completions AS s WHERE s.exercise_id IS NULL)
  FROM (SELECT count(*) AS lines, bool_or(line LIKE '%course_completed%') AS completed,
               bool_or(line LIKE '%optimization_achieved%') AS optimised
        FROM pg_temp.derived()) AS d
  WHERE o.lines IS NULL;
  INSERT INTO pg_temp.history
  SELECT number, kind || ': ' || CASE WHEN sum(n) > 0 THEN 'missing: ' ELSE 'unexpected: ' END || line
  FROM (SELECT line, 1 AS n FROM pg_temp.derived()
        UNION ALL
        SELECT line, -1 FROM pg_temp.found()) AS d
  GROUP BY line
  HAVING sum(n) <> 0
  UNION ALL
  SELECT number, format('%s: %s achievements of learner %s were not awarded', kind, a.late, n)
  FROM generate_series(1, 5) AS n, LATERAL award_achievements(pg_temp.id('user', n)) AS a (late)
  WHERE a.late > 0
  UNION ALL
  SELECT number, format('%s: feed row %s refers to a deleted row', kind, f.id)
  FROM activity_feed AS f
  WHERE f.reference_id NOT IN (
    SELECT id FROM exercises UNION ALL SELECT id FROM generated_modules UNION ALL SELECT id FROM generated_courses
    UNION ALL SELECT id FROM architecture_reviews UNION ALL SELECT id FROM achievements)
  UNION ALL
  SELECT number, format('%s: submission %s is in another module than its exercise', kind, s.id)
  FROM module_completions AS s
  JOIN exercises AS e ON e.id = s.exercise_id
  WHERE e.module_id <> s.module_id
  UNION ALL
  SELECT number, format('%s: review %s is of another module than its submission', kind, r.id)
  FROM architecture_reviews AS r
  JOIN module_completions AS s ON s.id = r.submission_id
  WHERE s.module_id <> r.module_id
  UNION ALL
  SELECT number, format('%s: submission %s is lost', kind, w.id)
  FROM unnest(work) AS w (id)
  WHERE kind <> 'take back' AND w.id NOT IN (SELECT s.id FROM module_completions AS s)
  UNION ALL
  SELECT number, format('%s: recompute_progress() has changed %s rows', kind, n)
  FROM recompute_progress() AS r (n)
  WHERE n > 0;
END
$$;

SELECT setseed(0.25);
-- Each step is a transaction, so that its rows have a time of their own.
\set ECHO none
\o /dev/null
SELECT format('SELECT pg_temp.step(%s);', n) FROM generate_series(1, 250) AS n \gexec
\o
\set ECHO all

-- No step has differences.
SELECT * FROM pg_temp.history ORDER BY step, wrong LIMIT 10;
-- The steps have covered every kind, and there was enough to compare.
SELECT min(lines) > 20 AS much_to_compare, count(*) FILTER (WHERE completed) > 10 AS courses_are_completed,
       count(*) FILTER (WHERE stays_completed) > 10 AS some_stay_completed,
       count(*) FILTER (WHERE optimised) > 10 AS optimisations_achieved,
       count(*) FILTER (WHERE kept) > 10 AS work_is_kept, count(DISTINCT kind) AS kinds
FROM pg_temp.done;

TRUNCATE users CASCADE;
DELETE FROM achievements WHERE slug LIKE 'steps-%';
