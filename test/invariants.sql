-- invariants.sql: conditions that hold whenever no session is writing, whatever sessions
-- did before and however they ended. Each query returns a row for each violation: the
-- invariant and the rows that violate it.
--
--   psql -XAtq -f invariants.sql [-v corrected="SELECT user_id FROM ..."]
--     [-v left="SELECT user_id, course_id FROM ..."] [-v edited="SELECT course_id FROM ..."]
--
-- Preconditions: learnify.automation was on; progress, feed and achievements were not
-- written directly; a deletion that did not see a request for a review has been followed by
-- claim_reviews, which drops such requests; no user changed social_enabled after their first activity; and both
-- caches have been refreshed since a course was deleted. Learners whose work was corrected
-- or deleted, or who solved exercises that were deleted, keep the achievements that they had
-- earned: "corrected" is a query for them. Learners may have left a course, and content may
-- have been added to one that was completed: "left" and "edited" are queries for these.
\if :{?corrected}
\else
  \set corrected 'SELECT NULL::uuid WHERE false'
\endif
\if :{?left}
\else
  \set left 'SELECT NULL::uuid, NULL::uuid WHERE false'
\endif
\if :{?edited}
\else
  \set edited 'SELECT NULL::uuid WHERE false'
\endif

-- Progress
SELECT 'progress agrees with the submissions', format('%s in %s: %s%%, module %s; expected %s%%, module %s',
         p.user_id, p.course_id, p.progress_percentage, p.current_module_id, i.percentage, i.current_module_id)
FROM user_progress AS p
CROSS JOIN LATERAL (
  SELECT (100 * count(*) FILTER (WHERE m.completed) / nullif(count(*), 0))::integer AS percentage,
         (array_agg(m.module_id ORDER BY m.module_number) FILTER (WHERE NOT m.completed))[1] AS current_module_id
  FROM learnify_internal.module_states(p.user_id, p.course_id) AS m
) AS i
WHERE (p.progress_percentage, p.current_module_id) IS DISTINCT FROM (coalesce(i.percentage, 0), i.current_module_id)
  AND (p.completed_at IS NULL OR p.course_id NOT IN (:edited));

SELECT 'a completed course has no current module', format('%s in %s', user_id, course_id)
FROM user_progress
WHERE completed_at IS NOT NULL AND current_module_id IS NOT NULL;

SELECT 'completed_at is set exactly at 100 percent', format('%s in %s: %s%%, %s', user_id, course_id, progress_percentage, completed_at)
FROM user_progress
WHERE (progress_percentage = 100) <> (completed_at IS NOT NULL);

SELECT 'time_spent_minutes is the sum of the submissions', format('%s in %s: %s instead of %s', p.user_id, p.course_id, p.time_spent_minutes, s.minutes)
FROM user_progress AS p
CROSS JOIN LATERAL (
  SELECT coalesce(sum(s.time_spent_minutes), 0) AS minutes
  FROM module_completions AS s
  JOIN generated_modules AS m ON m.id = s.module_id
  WHERE s.user_id = p.user_id AND m.course_id = p.course_id
) AS s
WHERE p.time_spent_minutes <> s.minutes;

SELECT 'a learner with submissions is enrolled', format('%s in %s', s.user_id, m.course_id)
FROM module_completions AS s
JOIN generated_modules AS m ON m.id = s.module_id
WHERE NOT EXISTS (SELECT FROM user_progress AS p WHERE p.user_id = s.user_id AND p.course_id = m.course_id)
  AND (s.user_id, m.course_id) NOT IN (:left);

SELECT 'a submission is in the module of its exercise', s.id
FROM module_completions AS s
JOIN exercises AS e ON e.id = s.exercise_id
WHERE s.module_id <> e.module_id;

SELECT 'a review is of the module of its submission', r.id
FROM architecture_reviews AS r
JOIN module_completions AS s ON s.id = r.submission_id
WHERE r.module_id <> s.module_id;

SELECT 'attempts have different numbers', format('%s at %s: %s times number %s', user_id, exercise_id, count(*), attempts)
FROM module_completions
WHERE exercise_id IS NOT NULL
GROUP BY user_id, exercise_id, attempts
HAVING count(*) > 1;

SELECT 'each enrolment and completion has one interaction', format('%s in %s: %s enrolled, %s completed', p.user_id, p.course_id, i.enrolled, i.completed)
FROM user_progress AS p
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE i.interaction_type = 'enrolled') AS enrolled,
         count(*) FILTER (WHERE i.interaction_type = 'completed') AS completed
  FROM user_course_interactions AS i
  WHERE i.user_id = p.user_id AND i.course_id = p.course_id
) AS i
WHERE (i.enrolled, i.completed) <> (1, (p.completed_at IS NOT NULL OR p.retaken_after IS NOT NULL)::integer);

SELECT 'an interaction enrolled or completed has an enrolment', format('%s in %s: %s', i.user_id, i.course_id, i.interaction_type)
FROM user_course_interactions AS i
WHERE i.interaction_type IN ('enrolled', 'completed')
  AND NOT EXISTS (SELECT FROM user_progress AS p WHERE p.user_id = i.user_id AND p.course_id = i.course_id);

SELECT 'outline and statistics agree', format('%s: outline %s, statistics %s', o.user_id, o.counts, s.counts)
FROM (SELECT u.id AS user_id, ROW(count(*) FILTER (WHERE t.state = 'completed'), coalesce(sum(t.solved), 0)) AS counts
      FROM users AS u
      LEFT JOIN LATERAL (SELECT DISTINCT m.course_id
                         FROM module_completions AS w
                         JOIN generated_modules AS m ON m.id = w.module_id
                         WHERE w.user_id = u.id) AS c ON true
      LEFT JOIN LATERAL course_outline(u.id, c.course_id) AS t ON true
      GROUP BY u.id) AS o
CROSS JOIN LATERAL (SELECT ROW(t.modules_completed::bigint, t.exercises_solved::bigint) AS counts FROM user_stats(o.user_id) AS t) AS s
WHERE o.counts <> s.counts
  AND o.user_id NOT IN (SELECT p.user_id FROM user_progress AS p WHERE p.retaken_after IS NOT NULL);

SELECT 'a completed course has a record', format('%s in %s: %s, record %s', p.user_id, p.course_id, p.completed_at, r.completed_at)
FROM user_progress AS p
LEFT JOIN learnify_internal.kept_completions AS r USING (user_id, course_id)
WHERE CASE WHEN p.retaken_after IS NULL THEN p.completed_at IS DISTINCT FROM r.completed_at ELSE r.completed_at IS NULL END
  AND (p.user_id, p.course_id) NOT IN (:left);

SELECT 'generated_modules.status agrees with the author''s progress', format('module %s is %s', m.id, m.status)
FROM generated_modules AS m
JOIN generated_courses AS c ON c.id = m.course_id
JOIN LATERAL learnify_internal.module_states(c.user_id, c.id) AS t ON t.module_id = m.id
WHERE (m.status = 'completed') <> t.completed;

-- Feed
SELECT 'each activity is broadcast once', format('%s: %s times %s of %s', user_id, count(*), activity_type, reference_id)
FROM activity_feed
GROUP BY user_id, activity_type, reference_id
HAVING count(*) > 1;

SELECT 'the feed refers to existing rows', format('%s: %s of %s', f.user_id, f.activity_type, f.reference_id)
FROM activity_feed AS f
WHERE f.reference_id NOT IN (SELECT id FROM exercises UNION ALL SELECT id FROM generated_modules UNION ALL
                             SELECT id FROM generated_courses UNION ALL SELECT id FROM architecture_reviews UNION ALL
                             SELECT id FROM achievements);

SELECT 'the feed names the present module', format('%s: %s of %s', f.user_id, f.activity_type, f.reference_id)
FROM activity_feed AS f
LEFT JOIN exercises AS e ON e.id = f.reference_id
LEFT JOIN architecture_reviews AS r ON r.id = f.reference_id
LEFT JOIN generated_modules AS m ON m.id = coalesce(e.module_id, r.module_id, f.reference_id)
WHERE f.metadata ? 'module_id'
  AND (f.metadata ->> 'module_id', f.metadata ->> 'course_id') IS DISTINCT FROM (m.id::text, m.course_id::text);

WITH implied AS (
  SELECT DISTINCT s.user_id, 'exercise_solved' AS activity_type, s.exercise_id AS reference_id
  FROM module_completions AS s
  WHERE s.passed AND s.exercise_id IS NOT NULL
  UNION ALL
  SELECT s.user_id, 'module_completed', s.module_id
  FROM (SELECT DISTINCT user_id, module_id FROM module_completions) AS s
  CROSS JOIN LATERAL learnify_internal.module_state(s.user_id, s.module_id) AS t
  WHERE t.completed
  UNION ALL
  SELECT p.user_id, 'course_completed', p.course_id
  FROM user_progress AS p
  WHERE p.completed_at IS NOT NULL OR p.retaken_after IS NOT NULL
  UNION ALL
  SELECT a.user_id, a.activity, a.review_id
  FROM (SELECT array_agg(r) AS reviews FROM architecture_reviews AS r GROUP BY r.user_id, r.module_id) AS g
  CROSS JOIN LATERAL learnify_internal.review_activities(g.reviews) AS a
  UNION ALL
  SELECT e.user_id, 'achievement_earned', e.achievement_id
  FROM user_achievements AS e
)
SELECT 'the feed agrees with its sources', format('%s: %s of %s %s', user_id, activity_type, reference_id,
         CASE WHEN i.implied THEN 'is missing' ELSE 'has no source' END)
FROM (SELECT *, true AS implied FROM implied WHERE user_id IN (SELECT id FROM users WHERE social_enabled)) AS i
FULL JOIN (SELECT f.user_id, f.activity_type, f.reference_id, true AS broadcast FROM activity_feed AS f) AS f USING (user_id, activity_type, reference_id)
WHERE i.implied IS NULL OR f.broadcast IS NULL;

SELECT 'the feed has the time and score of a solution', format('%s: %s', f.user_id, f.id)
FROM activity_feed AS f
WHERE f.activity_type = 'exercise_solved'
  AND NOT EXISTS (
    SELECT
    FROM module_completions AS s
    WHERE s.user_id = f.user_id AND s.exercise_id = f.reference_id AND s.passed
      AND (s.submitted_at = f.created_at OR s.submitted_at > s.broadcast_at) AND to_jsonb(s.score) = f.metadata -> 'score');

SELECT 'the feed has the time of a completion or achievement', format('%s: %s', f.user_id, f.id)
FROM activity_feed AS f
LEFT JOIN user_progress AS p ON f.activity_type = 'course_completed' AND (p.user_id, p.course_id) = (f.user_id, f.reference_id)
LEFT JOIN user_achievements AS e ON f.activity_type = 'achievement_earned' AND (e.user_id, e.achievement_id) = (f.user_id, f.reference_id)
LEFT JOIN learnify_internal.kept_completions AS r ON p.retaken_after IS NOT NULL AND (r.user_id, r.course_id) = (p.user_id, p.course_id)
WHERE f.created_at <> coalesce(r.completed_at, p.completed_at, e.unlocked_at);

SELECT 'no row that automation wrote is dated later than now', t.what
FROM (SELECT 'feed ' || f.id, f.created_at FROM activity_feed AS f
      UNION ALL SELECT 'interaction ' || i.id, i.created_at FROM user_course_interactions AS i
      UNION ALL SELECT 'progress ' || p.id, greatest(p.started_at, p.last_activity, p.completed_at) FROM user_progress AS p
      UNION ALL SELECT 'achievement ' || e.id, e.unlocked_at FROM user_achievements AS e) AS t (what, at)
WHERE t.at > now();

WITH rows AS MATERIALIZED (
  SELECT f.user_id, f.created_at, f.id, f.activity_type, t.number
  FROM activity_feed AS f
  JOIN learnify_internal.activity_types() WITH ORDINALITY AS t (activity_type, reference_type, widest_visibility, number) USING (activity_type)
)
SELECT 'at one instant, an effect sorts after its cause', format('%s: %s, %s', e.user_id, e.activity_type, c.activity_type)
FROM rows AS e
JOIN rows AS c ON c.user_id = e.user_id AND c.created_at = e.created_at AND c.id > e.id AND c.number < e.number;

SELECT 'submitted_on is the date of submitted_at', format('%s: %s, %s', s.id, s.submitted_at, s.submitted_on)
FROM module_completions AS s
WHERE CASE
        WHEN isfinite(s.submitted_at) THEN abs(s.submitted_on - (s.submitted_at AT TIME ZONE 'UTC')::date) > 1
        ELSE s.submitted_on <> (s.submitted_at AT TIME ZONE 'UTC')::date
      END;

SELECT 'the feed has the time and metadata of a review', format('%s: %s', f.user_id, f.id)
FROM (SELECT array_agg(r) AS reviews FROM architecture_reviews AS r GROUP BY r.user_id, r.module_id) AS g
CROSS JOIN LATERAL learnify_internal.review_activities(g.reviews) AS a
JOIN activity_feed AS f ON (f.user_id, f.activity_type, f.reference_id) = (a.user_id, a.activity, a.review_id)
WHERE f.created_at NOT BETWEEN a.told_from AND a.told_until OR NOT f.metadata @> a.metadata;

SELECT 'nothing is broadcast where social_enabled is off', format('%s: %s', f.user_id, f.id)
FROM activity_feed AS f
JOIN users AS u ON u.id = f.user_id
WHERE NOT u.social_enabled;

SELECT 'only activity types that allow it are public', format('%s: %s', f.user_id, f.activity_type)
FROM activity_feed AS f
WHERE f.visibility = 'public' AND f.activity_type NOT IN ('course_completed', 'achievement_earned', 'optimization_achieved');

-- Achievements
SELECT 'every achievement that was reached is awarded', format('%s: %s', u.id, a.name)
FROM users AS u
CROSS JOIN achievements AS a
WHERE a.active
  AND learnify_internal.learner_metric(u.id, a.criteria ->> 'metric') >= (a.criteria -> 'at_least')::numeric
  AND (NOT a.criteria ? 'reviews_received'
       OR learnify_internal.learner_metric(u.id, 'reviews_received') >= (a.criteria -> 'reviews_received')::numeric)
  AND NOT EXISTS (SELECT FROM user_achievements AS e WHERE e.user_id = u.id AND e.achievement_id = a.id);

-- averages and streaks are left out, since they may fall after the award
SELECT 'every achievement awarded was reached', format('%s: %s', e.user_id, a.name)
FROM user_achievements AS e
JOIN achievements AS a ON a.id = e.achievement_id
WHERE a.criteria ->> 'metric' NOT IN ('review_average', 'streak_days')
  AND learnify_internal.learner_metric(e.user_id, a.criteria ->> 'metric') < (a.criteria -> 'at_least')::numeric
  AND e.user_id <> ALL (ARRAY(:corrected));

-- People
SELECT 'a block leaves no follow and no request', format('%s blocks %s: %s', b.user_id, b.other_id, f.what)
FROM learnify_internal.user_blocks AS b
JOIN (SELECT follower_id, following_id, 'follow' AS what FROM user_relationships
      UNION ALL
      SELECT follower_id, following_id, 'request' FROM learnify_internal.follow_requests) AS f
  -- A condition with OR cannot be hashed.
  ON least(f.follower_id, f.following_id) = least(b.user_id, b.other_id)
 AND greatest(f.follower_id, f.following_id) = greatest(b.user_id, b.other_id);

SELECT 'nobody asks to follow whom they follow', format('%s asks %s', q.follower_id, q.following_id)
FROM learnify_internal.follow_requests AS q
JOIN user_relationships AS r USING (follower_id, following_id);

-- Requests to models
SELECT 'a request to a model is about an existing row', format('%s of %s', q.kind, coalesce(q.submission_id, q.archetype_id))
FROM learnify_internal.model_requests AS q
WHERE coalesce(q.submission_id, q.archetype_id) NOT IN (SELECT id FROM module_completions UNION ALL SELECT id FROM user_archetypes);

-- Discovery
SELECT 'what a learner did with a course is on record once', format('%s in %s: %s times %s', user_id, course_id, count(*), interaction_type)
FROM user_course_interactions
GROUP BY user_id, course_id, interaction_type, interaction_value < 0
HAVING count(*) > 1;

SELECT 'courses that are not archived are searched, and no others', coalesce(c.id, d.course_id)
FROM (SELECT id FROM generated_courses WHERE status <> 'archived') AS c
FULL JOIN learnify_internal.course_documents AS d ON d.course_id = c.id
WHERE c.id IS NULL OR d.course_id IS NULL;

SELECT 'a search finds the words of a title', c.id
FROM generated_courses AS c
JOIN learnify_internal.course_documents AS d ON d.course_id = c.id
WHERE d.head IS DISTINCT FROM learnify_internal.head_words(learnify_internal.search_configuration(d.language), c.id, c.title);

SELECT 'no edge of the graph of skills is stored as it ships', format('%s > %s', e.tag, e.next_tag)
FROM learnify_internal.skill_edges AS e
LEFT JOIN learnify_internal.shipped_skill_edges() AS s USING (tag, next_tag)
WHERE e.weight = coalesce(s.weight, 0);

-- Caches
SELECT 'trending ranks are 1 to n by score', format('course %s: rank %s instead of %s', course_id, rank, place)
FROM (SELECT t.course_id, t.rank, row_number() OVER (ORDER BY t.score DESC, t.signups_24h DESC, t.course_id) AS place
      FROM trending_courses AS t) AS t
WHERE rank <> place;

SELECT 'the ranks of a learner''s recommendations are 1 to n', format('%s, %s: %s', user_id, recommendation_type, ranks)
FROM (SELECT r.user_id, r.recommendation_type, array_agg((r.metadata -> 'rank')::integer ORDER BY (r.metadata -> 'rank')::integer) AS ranks
      FROM recommendations AS r
      GROUP BY r.user_id, r.recommendation_type) AS r
WHERE ranks IS DISTINCT FROM ARRAY(SELECT n FROM generate_series(1, cardinality(ranks)) AS n);

SELECT 'no course recommended is archived, the learner''s own or taken', format('%s: %s', r.user_id, r.course_id)
FROM recommendations AS r
JOIN generated_courses AS c ON c.id = r.course_id
WHERE c.status = 'archived' OR c.user_id = r.user_id
   OR EXISTS (SELECT FROM user_progress AS p WHERE p.user_id = r.user_id AND p.course_id = r.course_id);

-- Generation
SELECT 'a generated course is complete', format('course %s: %s modules, %s tags', c.id, count(m.id), (SELECT count(*) FROM course_tags AS t WHERE t.course_id = c.id))
FROM generated_courses AS c
JOIN generated_modules AS g ON g.course_id = c.id AND g.blueprint_module_id IS NOT NULL AND g.module_number = 1
LEFT JOIN generated_modules AS m ON m.course_id = c.id AND EXISTS (SELECT FROM exercises AS e WHERE e.module_id = m.id)
GROUP BY c.id
HAVING count(m.id) <> (SELECT count(*) FROM blueprint_modules AS b WHERE b.active) OR NOT EXISTS (SELECT FROM course_tags AS t WHERE t.course_id = c.id);

SELECT 'a generated course has modules', id
FROM generated_courses
WHERE archetype_id IS NOT NULL AND id NOT IN (SELECT course_id FROM generated_modules);

-- Foreign keys are checked by a query, since a damaged index or an incomplete cascade would
-- violate them unnoticed.
SELECT format(
  'SELECT %L, r.%I FROM %s AS r WHERE r.%I IS NOT NULL AND NOT EXISTS (SELECT FROM %s AS t WHERE t.id = r.%I)',
  'every reference has a target: ' || c.conname, a.attname, c.conrelid::regclass, a.attname, c.confrelid::regclass, a.attname)
FROM pg_constraint AS c
JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND c.conrelid IN (SELECT objid FROM pg_depend WHERE refclassid = 'pg_extension'::regclass
                                           AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'learnify') AND deptype = 'e')
ORDER BY c.conname
\gexec

SELECT 'recommendations name existing users only', format('%s: %s', r.user_id, r.metadata)
FROM recommendations AS r
CROSS JOIN LATERAL jsonb_array_elements_text(r.metadata -> 'user_ids') AS p (id)
WHERE r.recommendation_type = 'social_signal'
  AND p.id::uuid NOT IN (SELECT id FROM users);
