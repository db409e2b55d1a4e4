-- A learner's page: up to five rows, no course twice, nothing that is taken,
-- and as things are now, whatever the caches say.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET learnify.automation = off;
CREATE FUNCTION pg_temp.learner(n integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS
  $$ SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid $$;
CREATE FUNCTION pg_temp.course(title text) RETURNS uuid LANGUAGE sql STABLE AS
  $$ SELECT c.id FROM generated_courses AS c WHERE c.title = course.title $$;
CREATE FUNCTION pg_temp.page(n integer, per_row integer DEFAULT 10) RETURNS TABLE (number integer, row_title text, courses text) LANGUAGE sql AS $$
  SELECT h.row_number, h.row_title, string_agg(h.title, ', ' ORDER BY h.place) FROM home_rows(pg_temp.learner(page.n), per_row) AS h GROUP BY 1, 2 ORDER BY 1
$$;
\set page 'SELECT * FROM pg_temp.page'

-- A platform with nothing on it has a page with nothing on it.
INSERT INTO users (id, email, password_hash, name)
SELECT pg_temp.learner(n), format('learner-%s@example.org', n), '', 'Learner ' || n FROM generate_series(0, 30) AS n;
:page(1);

-- Ada (1) is at two courses, has completed one and dismissed one; the people she
-- follows are at others, and learners like her took yet others.
INSERT INTO generated_courses (user_id, title, meta_category, created_at)
SELECT pg_temp.learner(0), t.title, t.category, timestamptz '2026-01-01' + t.n * interval '1 minute'
FROM unnest(ARRAY['Going on', 'Begun', 'Done', 'Dismissed', 'Alike 1', 'Alike 2', 'Friends'' 1', 'Friends'' 2', 'Hot', 'Warm', 'Next 1', 'Next 2', 'Old', 'New', 'Newest', 'Archived'],
            ARRAY['Digital', 'Digital', 'Digital', 'Digital', 'Digital', 'Digital', 'Economic', 'Economic', 'Aesthetic', 'Digital', 'Cognitive', 'Cognitive', 'Digital', 'Digital', 'Biological', 'Digital'])
  WITH ORDINALITY AS t (title, category, n);
INSERT INTO generated_courses (user_id, title, meta_category, created_at) VALUES (pg_temp.learner(1), 'Her own', 'Digital', '2026-01-02');
INSERT INTO user_archetypes (user_id, meta_category, domain, skill_level) VALUES (pg_temp.learner(1), 'Digital', 'baking', 'novice'), (pg_temp.learner(20), 'Digital', 'baking', 'novice');
INSERT INTO course_tags (course_id, tag) VALUES (pg_temp.course('Done'), 'loops'), (pg_temp.course('Next 1'), 'recursion'), (pg_temp.course('Next 2'), 'recursion');
INSERT INTO user_progress (user_id, course_id, progress_percentage, started_at, last_activity, completed_at)
SELECT pg_temp.learner(t.n), pg_temp.course(t.title), t.done, timestamptz '2026-02-01', t.at, CASE WHEN t.done = 100 THEN t.at END
FROM (SELECT 1 AS n, 'Going on' AS title, 40 AS done, timestamptz '2026-03-02' AS at
      UNION ALL SELECT 1, 'Begun', 0, '2026-03-01'
      UNION ALL SELECT 1, 'Done', 100, '2026-03-03'
      UNION ALL SELECT n, 'Done', 100, '2026-03-01' FROM generate_series(2, 6) AS n
      UNION ALL SELECT n, 'Next 1', 100, '2026-03-02' FROM generate_series(2, 6) AS n
      UNION ALL SELECT n, 'Friends'' 1', 10, now() FROM generate_series(11, 13) AS n
      UNION ALL SELECT n, 'Friends'' 2', 10, now() FROM generate_series(11, 12) AS n
      UNION ALL SELECT n, 'Hot', 10, now() FROM generate_series(11, 12) AS n) AS t;
INSERT INTO user_course_interactions (user_id, course_id, interaction_type)
SELECT pg_temp.learner(t.n), pg_temp.course(t.title), 'enrolled'
FROM (SELECT n, unnest(ARRAY['Going on', 'Begun', 'Alike 1', 'Dismissed', 'Archived', 'Her own']) FROM generate_series(2, 10) AS n
      UNION ALL SELECT n, 'Alike 2' FROM generate_series(2, 8) AS n
      UNION ALL SELECT n, 'Hot' FROM generate_series(2, 6) AS n
      UNION ALL SELECT n, unnest(ARRAY['Old', 'Newest']) FROM generate_series(14, 19) AS n
      UNION ALL SELECT 1, unnest(ARRAY['Going on', 'Begun'])) AS t (n, title);
INSERT INTO user_relationships (follower_id, following_id) SELECT pg_temp.learner(1), pg_temp.learner(n) FROM generate_series(11, 13) AS n;
INSERT INTO user_progress (user_id, course_id, started_at, last_activity)
SELECT pg_temp.learner(t.n), pg_temp.course(t.title), now() - interval '1 hour', now() - interval '10 days'
FROM (SELECT n, 'Hot' FROM generate_series(21, 28) AS n UNION ALL SELECT n, 'Warm' FROM generate_series(21, 22) AS n) AS t (n, title);
SELECT refresh_trending() AS trending, refresh_recommendations() > 0 AS written;
SELECT dismiss_recommendation(pg_temp.learner(1), pg_temp.course('Dismissed')) AS dismissed;
UPDATE generated_courses SET status = 'archived' WHERE title = 'Archived';

-- Five rows. Hot is trending, and so it is not among what her friends do or
-- learners like her took.
:page(1);
SELECT r.recommendation_type FROM recommendations AS r WHERE r.user_id = pg_temp.learner(1) AND r.course_id = pg_temp.course('Hot') ORDER BY 1;
SELECT h.row_number, h.place, h.title, h.meta_category, h.match_score, h.reason FROM home_rows(pg_temp.learner(1)) AS h WHERE h.place = 1 ORDER BY 1;
-- Fewer a row: the first of each, and what that leaves free for the rows below.
:page(1, 1);
:page(1, 2);
SELECT bool_and(h.once) AS once, bool_and(h.places) AS places_without_gap, bool_and(h.courses <= h.per_row) AS within
FROM (SELECT p AS per_row, count(*) = count(DISTINCT h.course_id) AS once, (SELECT max(c.n) FROM (SELECT count(*) AS n FROM home_rows(pg_temp.learner(1), p) GROUP BY row_number) AS c) AS courses,
             bool_and(h.place = h.expected) AS places
      FROM generate_series(1, 20) AS p
      CROSS JOIN LATERAL (SELECT h.*, row_number() OVER (PARTITION BY h.row_number ORDER BY h.place) AS expected FROM home_rows(pg_temp.learner(1), p) AS h) AS h
      GROUP BY p) AS h;

-- At once, with no refresh between: she enrols in one of each row, dismisses
-- another, completes what is going on; one is archived, and one deleted.
BEGIN;
INSERT INTO user_progress (user_id, course_id, last_activity) SELECT pg_temp.learner(1), pg_temp.course(t), timestamptz '2026-04-01' + n * interval '1 hour' FROM unnest(ARRAY['Hot', 'Alike 1', 'Next 1', 'Friends'' 1']) WITH ORDINALITY AS t (t, n);
:page(1);
SELECT dismiss_recommendation(pg_temp.learner(1), pg_temp.course('Warm')) AS dismissed;
UPDATE user_progress SET progress_percentage = 100, completed_at = now() WHERE user_id = pg_temp.learner(1) AND course_id = pg_temp.course('Going on');
UPDATE generated_courses SET status = 'archived' WHERE title IN ('Friends'' 2', 'Begun');
DELETE FROM generated_courses WHERE title = 'Alike 2';
:page(1);
ROLLBACK;
-- What has expired is not shown either.
BEGIN;
UPDATE recommendations SET expires_at = now() WHERE recommendation_type <> 'trending';
:page(1);
ROLLBACK;

-- A newcomer, one with a category and one without, sees what is trending and what is new.
:page(20);
:page(29);
:page(29, 1);
-- One who made all that is new sees what is older.
BEGIN;
UPDATE generated_courses SET user_id = pg_temp.learner(29) WHERE title NOT IN ('Old', 'Hot');
:page(29, 1);
ROLLBACK;
-- One who follows nobody has no row of friends, and one who has taken everything nothing but that.
BEGIN;
DELETE FROM user_relationships;
SELECT refresh_recommendations(pg_temp.learner(1)) > 0 AS written;
:page(1);
INSERT INTO user_progress (user_id, course_id, last_activity) SELECT pg_temp.learner(1), c.id, '2026-04-01' FROM generated_courses AS c WHERE c.status <> 'archived' ON CONFLICT DO NOTHING;
SELECT number, row_title FROM pg_temp.page(1);
ROLLBACK;

-- Bad input.
SELECT home_rows(pg_temp.learner(1), 0); \echo :LAST_ERROR_SQLSTATE
SELECT home_rows(pg_temp.learner(1), -1); \echo :LAST_ERROR_SQLSTATE
SELECT home_rows(pg_temp.learner(1), 101); \echo :LAST_ERROR_SQLSTATE
SELECT home_rows(pg_temp.learner(99)); \echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM home_rows(pg_temp.learner(1), NULL);

-- With many courses, learners and recommendations, what it reads it reads by an
-- index: no table but the smallest is read from end to end.
INSERT INTO generated_courses (user_id, title, meta_category, created_at)
SELECT pg_temp.learner(0), 'Course ' || n, 'Digital', timestamptz '2025-01-01' + n * interval '1 minute' FROM generate_series(1, 3000) AS n;
INSERT INTO users (id, email, password_hash, name) SELECT pg_temp.learner(n), format('learner-%s@example.org', n), '', 'Learner' FROM generate_series(100, 2000) AS n;
INSERT INTO user_progress (user_id, course_id)
SELECT pg_temp.learner(n), c.id FROM generate_series(100, 2000) AS n JOIN (SELECT id, row_number() OVER (ORDER BY id) AS k FROM generated_courses WHERE status <> 'archived') AS c ON c.k % 300 = n % 300;
INSERT INTO user_course_interactions (user_id, course_id, interaction_type) SELECT user_id, course_id, 'enrolled' FROM user_progress WHERE user_id > pg_temp.learner(100);
INSERT INTO recommendations (user_id, course_id, recommendation_type, metadata)
SELECT pg_temp.learner(n), c.id, 'collaborative_filtering', '{"rank": 1}' FROM generate_series(100, 2000) AS n JOIN (SELECT id, row_number() OVER (ORDER BY id) AS k FROM generated_courses WHERE status <> 'archived') AS c ON c.k % 300 = (n + 1) % 300;
SELECT refresh_trending() > 1000 AS many;
VACUUM ANALYZE;
\c -
BEGIN;
SELECT count(*) > 10 AS some FROM home_rows('00000000-0000-4000-8000-000000000500');
SELECT relname, seq_scan, idx_scan > 0 AS by_index, seq_tup_read + idx_tup_fetch < 1000 AS few_rows
FROM pg_stat_xact_user_tables
WHERE relname IN ('generated_courses', 'recommendations', 'trending_courses', 'user_course_interactions', 'user_progress', 'users')
ORDER BY relname COLLATE "C";
COMMIT;

DELETE FROM generated_courses;
DELETE FROM users;
