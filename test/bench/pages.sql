-- Pages that are read for one learner, against one statement by hand that returns the same:
-- course_outline(), living_resume() and home_rows(). Plans are kept on both sides, and the
-- times are CPU time of the server process.
SET jit = off;
SET client_min_messages = warning;
CREATE TEMP TABLE IF NOT EXISTS bench_result (
  name text,
  ours_ms numeric,
  other_ms numeric,
  ratio numeric,
  target text,
  ok boolean
);

-- Fills the cache that home_rows() reads, since no earlier bench may have run.
SELECT refresh_trending(as_of) FROM bench.parameters \g /dev/null

-- A learner in the middle of a course with submissions, and a follower.
SELECT p.user_id AS learner, p.course_id AS course
FROM user_progress AS p
JOIN bench.courses AS c ON c.id = p.course_id
WHERE c.n <= 5 AND p.progress_percentage BETWEEN 40 AND 70
  AND EXISTS (SELECT FROM user_relationships AS r WHERE r.following_id = p.user_id)
  AND EXISTS (SELECT FROM users AS u WHERE u.id = p.user_id AND u.max_visibility = 'public')
ORDER BY p.id
LIMIT 1 \gset
SELECT r.follower_id AS viewer FROM user_relationships AS r WHERE r.following_id = :'learner' ORDER BY r.id LIMIT 1 \gset

-- The load has set off nothing, and so kept no records of completed courses.
SELECT learnify_internal.add_completion_records(:'learner', NULL) \g /dev/null
ANALYZE learnify_internal.kept_completions;

CREATE TEMP TABLE page AS
SELECT p.number, p.name, p.target, p.calls,
       replace(replace(replace(p.ours, ':learner', quote_literal(:'learner')), ':course', quote_literal(:'course')), ':viewer', quote_literal(:'viewer')) AS ours,
       replace(replace(replace(p.by_hand, ':learner', quote_literal(:'learner')), ':course', quote_literal(:'course')), ':viewer', quote_literal(:'viewer')) AS by_hand
FROM (VALUES
(1, 'course_outline: one statement by hand', 'at most 1.3', 500, '* FROM course_outline(:learner, :course)', $$
  m.id, m.module_number, m.title, m.description,
  CASE
    WHEN m.done THEN 'completed'
    WHEN row_number() OVER (PARTITION BY m.done ORDER BY m.module_number) = 1 THEN 'active'
    ELSE 'locked'
  END, m.exercises, m.solved
FROM (SELECT m.*, x.exercises, x.solved,
             CASE WHEN x.exercises > 0 THEN x.exercises = x.solved
                  ELSE EXISTS (SELECT FROM module_completions AS s
                               WHERE s.user_id = :learner AND s.module_id = m.id AND s.exercise_id IS NULL AND s.passed)
             END AS done
      FROM generated_modules AS m
      CROSS JOIN LATERAL (
        SELECT count(*)::integer AS exercises,
               (count(*) FILTER (WHERE EXISTS (SELECT FROM module_completions AS s
                                               WHERE s.user_id = :learner AND s.module_id = m.id AND s.exercise_id = e.id AND s.passed)))::integer AS solved
        FROM exercises AS e
        WHERE e.module_id = m.id) AS x
      WHERE m.course_id = :course) AS m
ORDER BY m.module_number$$),
(2, 'living_resume, for a follower: one statement by hand', 'at most 1.3', 300, 'living_resume(:learner, :viewer)', $$
  jsonb_build_object(
    'name', u.name,
    'avatar_url', u.avatar_url,
    'title', (SELECT format('%s of %s', initcap(a.skill_level), a.domain) FROM user_archetypes AS a WHERE a.user_id = u.id),
    'counts', jsonb_build_object(
      'followers', (SELECT count(*) FROM user_relationships AS r WHERE r.following_id = u.id),
      'following', (SELECT count(*) FROM user_relationships AS r WHERE r.follower_id = u.id),
      'courses', (SELECT count(*) FROM user_progress AS p WHERE p.user_id = u.id)),
    'completed_courses', (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
                                  'course_id', r.course_id, 'title', r.title, 'completed_at', r.completed_at,
                                  'author', (SELECT r.author_name
                                             FROM users AS a
                                             WHERE a.id = r.author_id
                                               AND (a.id = :viewer
                                                    OR a.social_enabled AND a.max_visibility <> 'private'
                                                       AND NOT EXISTS (SELECT FROM learnify_internal.user_blocks AS b
                                                                       WHERE b.user_id = a.id AND b.other_id = :viewer)
                                                       AND (a.max_visibility = 'public'
                                                            OR EXISTS (SELECT FROM user_relationships AS f
                                                                       WHERE f.follower_id = :viewer AND f.following_id = a.id)))))
                                ORDER BY r.completed_at DESC, r.course_id), '[]')
      FROM learnify_internal.kept_completions AS r
      WHERE r.user_id = u.id),
    'achievements', (
      SELECT coalesce(jsonb_agg(jsonb_build_object('name', a.name, 'badge_icon', a.badge_icon, 'rarity', a.rarity, 'unlocked_at', e.unlocked_at)
                                ORDER BY e.unlocked_at DESC, a.id), '[]')
      FROM user_achievements AS e
      JOIN achievements AS a ON a.id = e.achievement_id
      WHERE e.user_id = u.id))
  || CASE WHEN EXISTS (SELECT FROM user_relationships AS r WHERE r.follower_id = :viewer AND r.following_id = u.id) THEN
       jsonb_build_object(
         'scores', jsonb_build_object(
           'exercises_solved', (SELECT count(DISTINCT s.exercise_id) FROM module_completions AS s WHERE s.user_id = u.id AND s.passed),
           'perfect_scores', (SELECT count(DISTINCT coalesce(s.exercise_id, s.module_id)) FROM module_completions AS s
                              WHERE s.user_id = u.id AND s.score = 100),
           'review_average', (SELECT coalesce(round(avg(r.overall_score), 2), 0) FROM architecture_reviews AS r WHERE r.user_id = u.id),
           'reviews_received', (SELECT count(*) FROM architecture_reviews AS r WHERE r.user_id = u.id)),
         'current_learning', (
           SELECT coalesce(jsonb_agg(jsonb_build_object('course_id', c.id, 'title', c.title, 'progress_percentage', p.progress_percentage)
                                     ORDER BY p.last_activity DESC, c.id), '[]')
           FROM user_progress AS p
           JOIN generated_courses AS c ON c.id = p.course_id
           WHERE p.user_id = u.id AND p.completed_at IS NULL))
     ELSE '{}' END
FROM users AS u
WHERE u.id = :learner AND u.social_enabled AND u.max_visibility <> 'private'$$),
-- By hand, the page has no course of similar learners from the popular ones, may have a course
-- twice, and does not ask whether the people named are still followed.
(3, 'home_rows: one UNION by hand, of less', 'at most 1.2 ms', 200, '* FROM home_rows(:learner)', $$
  * FROM (
  WITH taken AS MATERIALIZED (
    SELECT p.course_id AS id FROM user_progress AS p WHERE p.user_id = :learner
    UNION
    SELECT i.course_id FROM user_course_interactions AS i
    WHERE i.user_id = :learner AND (i.interaction_type IN ('enrolled', 'completed') OR i.interaction_value < 0)
  ), recommended AS MATERIALIZED (
    SELECT r.*, (r.metadata ->> 'rank')::integer AS rank, c.title, c.meta_category
    FROM recommendations AS r
    JOIN generated_courses AS c ON c.id = r.course_id AND c.status <> 'archived'
    WHERE r.user_id = :learner AND r.expires_at > now() AND r.course_id NOT IN (SELECT id FROM taken)
  )
  (SELECT 1 AS number, p.course_id, c.title, c.meta_category, p.progress_percentage, format('%s %% done', p.progress_percentage),
          jsonb_build_object('progress_percentage', p.progress_percentage)
   FROM user_progress AS p
   JOIN generated_courses AS c ON c.id = p.course_id AND c.status <> 'archived'
   WHERE p.user_id = :learner AND p.completed_at IS NULL
   ORDER BY p.last_activity DESC LIMIT 10)
  UNION ALL
  (SELECT 2, t.course_id, c.title, c.meta_category, greatest(1, 101 - t.rank), format('%s sign-ups in 24 hours', t.signups_24h),
          jsonb_build_object('rank', t.rank, 'velocity', t.velocity)
   FROM trending_courses AS t
   JOIN generated_courses AS c ON c.id = t.course_id AND c.status <> 'archived'
   WHERE t.meta_category = (SELECT a.meta_category FROM user_archetypes AS a WHERE a.user_id = :learner)
     AND t.course_id NOT IN (SELECT id FROM taken)
   ORDER BY t.tier, t.rank LIMIT 10)
  UNION ALL
  (SELECT 3, r.course_id, r.title, r.meta_category, r.match_score, r.reason, r.metadata
   FROM recommended AS r WHERE r.recommendation_type = 'social_signal' ORDER BY r.rank LIMIT 10)
  UNION ALL
  (SELECT 4, r.course_id, r.title, r.meta_category, r.match_score, r.reason, r.metadata
   FROM recommended AS r WHERE r.recommendation_type = 'skill_adjacency' ORDER BY r.rank LIMIT 10)
  UNION ALL
  (SELECT 5, r.course_id, r.title, r.meta_category, r.match_score, r.reason, r.metadata
   FROM recommended AS r WHERE r.recommendation_type = 'collaborative_filtering' ORDER BY r.rank LIMIT 10)
  ) AS by_hand$$)
) AS p (number, name, target, calls, ours, by_hand);

-- The first two must return the same.
SELECT format('SELECT (SELECT array_agg(o::text) FROM (SELECT %s) AS o) = (SELECT array_agg(h::text) FROM (SELECT %s) AS h) AS same', p.ours, p.by_hand)
  AS comparison
FROM page AS p
WHERE p.number = 1 \gset
:comparison \gset
\if :same
\else
  \warn course_outline() differs from the statement by hand
\endif
SELECT format('SELECT (SELECT %s) = (SELECT %s) AS same', p.ours, p.by_hand) AS comparison FROM page AS p WHERE p.number = 2 \gset
:comparison \gset
\if :same
\else
  \warn living_resume() differs from the statement by hand
\endif

INSERT INTO bench_result
SELECT p.name, round(c.ours_ms, 3), round(c.other_ms, 3), round(c.ours_ms / c.other_ms, 2), p.target,
       CASE p.target WHEN 'at most 1.3' THEN c.ours_ms <= 1.3 * c.other_ms ELSE c.ours_ms <= 1.2 END
FROM page AS p
CROSS JOIN LATERAL bench.compare_calls(p.ours, p.by_hand, p.calls) AS c
ORDER BY p.number;
