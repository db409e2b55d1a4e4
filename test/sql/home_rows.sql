-- A learner's page: up to five rows, without duplicates or courses already taken, and
-- up to date even if the caches are not.
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

-- Without courses, the page is empty.
INSERT INTO users (id, email, password_hash, name)
SELECT pg_temp.learner(n), format('learner-%s@example.org', n), '', 'Learner ' || n FROM generate_series(0, 30) AS n;
:page(1);

-- Ada (1) is enrolled in two courses, has completed one and will dismiss one; users whom she
-- follows are enrolled in others, and learners like her took yet others. Ids are in the order
-- of the list, since ties are broken by id.
INSERT INTO generated_courses (id, user_id, title, meta_category, created_at)
SELECT ('00000000-0000-4000-9000-' || lpad(t.n::text, 12, '0'))::uuid, pg_temp.learner(CASE t.title WHEN 'Her own' THEN 1 ELSE 0 END),
       t.title, t.category, timestamptz '2026-01-01' + t.n * interval '1 minute'
FROM unnest(ARRAY['Going on', 'Begun', 'Done', 'Dismissed', 'Alike 1', 'Alike 2', 'Friends'' 1', 'Friends'' 2', 'Hot', 'Warm', 'Next 1', 'Next 2', 'Old', 'New', 'Newest', 'Archived', 'Her own'],
            ARRAY['Digital', 'Digital', 'Digital', 'Digital', 'Digital', 'Digital', 'Economic', 'Economic', 'Aesthetic', 'Digital', 'Cognitive', 'Cognitive', 'Digital', 'Digital', 'Biological', 'Digital', 'Digital'])
  WITH ORDINALITY AS t (title, category, n);
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

-- Before the first refresh, the page has her current courses, and new ones, those of her
-- category first.
:page(1);

SELECT refresh_trending() AS trending, refresh_recommendations() > 0 AS written;
SELECT dismiss_recommendation(pg_temp.learner(1), pg_temp.course('Dismissed')) AS dismissed;
UPDATE generated_courses SET status = 'archived' WHERE title = 'Archived';

-- Five rows. Hot is in the row of trending courses, so the later rows leave it out.
:page(1);
SELECT r.recommendation_type FROM recommendations AS r WHERE r.user_id = pg_temp.learner(1) AND r.course_id = pg_temp.course('Hot') ORDER BY 1;
SELECT h.row_number, h.title, h.meta_category, h.match_score, h.reason, h.metadata - 'user_ids' - 'because_courses' - 'score' AS metadata
FROM home_rows(pg_temp.learner(1)) AS h WHERE h.place IN (1, 3) ORDER BY h.row_number, h.place;
-- With a smaller per_row, courses left out of one row can appear in a later one.
:page(1, 1);
:page(1, 2);
SELECT bool_and(h.once) AS once, bool_and(h.places) AS places_without_gap, bool_and(h.longest <= h.per_row) AS within
FROM (SELECT h.per_row, count(*) = count(DISTINCT h.course_id) AS once, bool_and(h.place = h.expected) AS places, max(h.place) AS longest
      FROM (SELECT p AS per_row, h.*, row_number() OVER (PARTITION BY p, h.row_number ORDER BY h.place) AS expected
            FROM unnest(ARRAY[1, 2, 3, 5, 100]) AS p CROSS JOIN LATERAL home_rows(pg_temp.learner(1), p) AS h) AS h
      GROUP BY 1) AS h;

-- Changes apply without a refresh: she enrols in a course of each row, dismisses another and
-- completes her current ones; two courses are archived, one is deleted, and she becomes the
-- author of one.
BEGIN;
INSERT INTO user_progress (user_id, course_id, last_activity) SELECT pg_temp.learner(1), pg_temp.course(t), timestamptz '2026-04-01' + n * interval '1 hour' FROM unnest(ARRAY['Hot', 'Alike 1', 'Next 1', 'Friends'' 1']) WITH ORDINALITY AS t (t, n);
:page(1);
SELECT dismiss_recommendation(pg_temp.learner(1), pg_temp.course('Warm')) AS dismissed;
UPDATE user_progress SET progress_percentage = 100, completed_at = now() WHERE user_id = pg_temp.learner(1) AND course_id = pg_temp.course('Going on');
UPDATE generated_courses SET status = 'archived' WHERE title IN ('Friends'' 2', 'Begun');
DELETE FROM generated_courses WHERE title = 'Alike 2';
UPDATE generated_courses SET user_id = pg_temp.learner(1) WHERE title = 'Next 2';
:page(1);
ROLLBACK;
-- Expired recommendations are not shown.
BEGIN;
UPDATE recommendations SET expires_at = now() WHERE recommendation_type <> 'trending';
:page(1);
ROLLBACK;
-- Nor are recommendations that name a user who has become private.
BEGIN;
UPDATE users SET max_visibility = 'private' WHERE id = pg_temp.learner(13);
:page(1);
UPDATE users SET social_enabled = false WHERE id = pg_temp.learner(12);
:page(1);
ROLLBACK;

-- A newcomer, with or without a category, sees trending, popular and new courses.
:page(20);
:page(29);
:page(29, 1);
SELECT h.title, h.match_score, h.reason, h.metadata FROM home_rows(pg_temp.learner(20)) AS h WHERE h.row_number = 5;
-- The author of all popular courses sees the others.
BEGIN;
UPDATE generated_courses SET user_id = pg_temp.learner(29) WHERE title NOT IN ('New', 'Hot', 'Friends'' 1');
UPDATE generated_courses SET learner_count = 1 WHERE title = 'Friends'' 1';
SELECT h.row_title, h.title, h.reason FROM home_rows(pg_temp.learner(29), 1) AS h;
ROLLBACK;
-- A learner who follows nobody has no row of followed users; one who has taken all courses has
-- only the row of current ones.
BEGIN;
DELETE FROM user_relationships;
SELECT refresh_recommendations(pg_temp.learner(1)) > 0 AS written;
:page(1);
INSERT INTO user_progress (user_id, course_id, last_activity) SELECT pg_temp.learner(1), c.id, '2026-04-01' FROM generated_courses AS c WHERE c.status <> 'archived' ON CONFLICT DO NOTHING;
SELECT number, row_title FROM pg_temp.page(1);
ROLLBACK;

-- Recommendations that an application wrote are ordered by rank, then by match_score, even if
-- their metadata is malformed. The row's title names its tags.
BEGIN;
DELETE FROM recommendations;
INSERT INTO recommendations (user_id, course_id, recommendation_type, match_score, reason, metadata)
SELECT pg_temp.learner(1), pg_temp.course(t.title), t.kind, t.score, 'by hand', t.metadata::jsonb
FROM (VALUES ('Alike 1', 'collaborative_filtering', 10, '{}'), ('Alike 2', 'collaborative_filtering', 20, '{"rank": "first"}'), ('Old', 'collaborative_filtering', 0, '{"rank": 1e30}'),
             ('Next 1', 'skill_adjacency', 50, '{"tag": "loops"}'), ('Next 2', 'skill_adjacency', 60, '[1]'),
             ('Friends'' 1', 'social_signal', 50, '{"user_ids": ["somebody", 7, null]}'), ('Friends'' 2', 'social_signal', 60, '{"user_ids": 7}')) AS t (title, kind, score, metadata);
:page(1, 3);
UPDATE recommendations SET metadata = '{}' WHERE recommendation_type = 'skill_adjacency';
SELECT row_title FROM pg_temp.page(1) WHERE number = 4;
INSERT INTO recommendations (user_id, course_id, recommendation_type, metadata)
SELECT pg_temp.learner(1), pg_temp.course('New'), 'skill_adjacency', '{"rank": 3, "tag": "tests"}'::jsonb
UNION ALL SELECT pg_temp.learner(1), pg_temp.course('Newest'), 'skill_adjacency', '{"rank": 2, "tag": "loops"}';
SELECT row_title FROM pg_temp.page(1) WHERE number = 4;
ROLLBACK;
SELECT n, learnify_internal.mastered_title((ARRAY['a', 'b', 'c', 'd', 'e'])[:n]) FROM generate_series(0, 5) AS n;

-- Invalid arguments.
SELECT home_rows(pg_temp.learner(1), 0); \echo :LAST_ERROR_SQLSTATE
SELECT home_rows(pg_temp.learner(1), -1); \echo :LAST_ERROR_SQLSTATE
SELECT home_rows(pg_temp.learner(1), 101); \echo :LAST_ERROR_SQLSTATE
SELECT home_rows(pg_temp.learner(99)); \echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM home_rows(pg_temp.learner(1), NULL);

-- With many courses, learners and recommendations, each table is read by an index, and only
-- some hundred rows of it.
SET session_replication_role = replica;
INSERT INTO generated_courses (id, user_id, title, meta_category, created_at)
SELECT md5('course' || n)::uuid, pg_temp.learner(0), 'Course ' || n, (ARRAY['Digital', 'Economic', 'Aesthetic', 'Biological', 'Cognitive'])[1 + n % 5], timestamptz '2025-01-01' + n * interval '1 minute' FROM generate_series(1, 2000) AS n;
INSERT INTO users (id, email, password_hash, name) SELECT pg_temp.learner(n), format('learner-%s@example.org', n), '', 'Learner' FROM generate_series(100, 1000) AS n;
INSERT INTO user_relationships (follower_id, following_id) SELECT pg_temp.learner(500), pg_temp.learner(n) FROM generate_series(501, 700) AS n;
INSERT INTO user_progress (user_id, course_id) SELECT pg_temp.learner(n), md5('course' || n % 200 + 200 * k)::uuid FROM generate_series(100, 1000) AS n, generate_series(1, 5) AS k;
INSERT INTO user_course_interactions (user_id, course_id, interaction_type) SELECT p.user_id, p.course_id, 'enrolled' FROM user_progress AS p WHERE p.user_id > pg_temp.learner(99);
INSERT INTO recommendations (user_id, course_id, recommendation_type, metadata)
SELECT pg_temp.learner(n), md5('course' || (n + 1) % 200 + 200 * k)::uuid, t.kind, CASE WHEN t.kind = 'social_signal' THEN jsonb_build_object('user_ids', jsonb_build_array(pg_temp.learner(501))) ELSE '{"tag": "loops"}' END
FROM generate_series(100, 1000) AS n
CROSS JOIN (VALUES (1, 'collaborative_filtering'), (2, 'collaborative_filtering'), (3, 'skill_adjacency'), (4, 'social_signal')) AS t (k, kind);
UPDATE generated_courses SET learner_count = 5 WHERE title LIKE 'Course %0';
-- a single author, so that the planner expects any learner's own courses to be all of them
UPDATE generated_courses SET user_id = pg_temp.learner(0);
RESET session_replication_role;
SELECT refresh_trending() > 900 AS many;
VACUUM ANALYZE generated_courses, users, user_archetypes, user_relationships, user_progress, user_course_interactions, recommendations, trending_courses;
\c -
-- Plan once before counting, since planning may read the ends of an index.
SELECT count(*) FROM home_rows('00000000-0000-4000-8000-000000000500');
BEGIN;
SELECT row_number, count(*) FROM home_rows('00000000-0000-4000-8000-000000000500') GROUP BY 1 ORDER BY 1;
SELECT relname, seq_scan, idx_scan > 0 AS by_index, seq_tup_read + idx_tup_fetch < 300 AS few_rows
FROM pg_stat_xact_user_tables
WHERE relname IN ('generated_courses', 'recommendations', 'trending_courses', 'user_course_interactions', 'user_progress', 'user_relationships', 'users')
ORDER BY relname COLLATE "C";
COMMIT;

SET client_min_messages = warning;
TRUNCATE users CASCADE;
