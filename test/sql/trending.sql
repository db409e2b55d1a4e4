-- refresh_trending() counts the sign-ups of two windows and ranks courses by the lower bound of the
-- ratio of their rates.
-- Clean up after a run that was interrupted.
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_bound;
RESET client_min_messages;
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET learnify.automation = off;
\set as_of '''2026-06-15 12:00:00+00'''
INSERT INTO users (id, email, password_hash, name)
SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, format('learner-%s@example.org', n), '', 'Learner'
FROM generate_series(0, 200) AS n;

-- Enrols the learners from..to in a course.
CREATE FUNCTION pg_temp.enrol(course text, started_at timestamptz, from_learner integer, to_learner integer DEFAULT NULL)
RETURNS void LANGUAGE sql AS $$
  INSERT INTO user_progress (user_id, course_id, started_at, broadcast_at)
  SELECT u.id, c.id, enrol.started_at, enrol.started_at
  FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM users) AS u
  JOIN generated_courses AS c ON c.title = course
  WHERE u.n BETWEEN from_learner AND coalesce(to_learner, from_learner)
$$;
CREATE FUNCTION pg_temp.make_course(title text, created_at timestamptz DEFAULT '2026-01-01', status text DEFAULT 'active', meta_category text DEFAULT 'Digital')
RETURNS void LANGUAGE sql AS $$
  INSERT INTO generated_courses (user_id, title, meta_category, created_at, status)
  VALUES ('00000000-0000-4000-8000-000000000000', make_course.title, make_course.meta_category, make_course.created_at, make_course.status)
$$;
CREATE TEMP VIEW trending AS
  SELECT t.rank, c.title, t.velocity, t.signups_24h AS recent, t.signups_previous_24h AS previous,
         CASE WHEN t.velocity > 5 THEN 'hot' WHEN t.velocity > 2 THEN 'trending' ELSE '' END AS label, round(t.score::numeric, 4) AS score
  FROM trending_courses AS t JOIN generated_courses AS c ON c.id = t.course_id;

-- The limits of the windows. The recent window is (as_of - 24 h, as_of], the earlier one the 24
-- hours before. Each of these courses has one sign-up near a limit.
SELECT pg_temp.make_course(t.title), pg_temp.enrol(t.title, :as_of::timestamptz - t.ago::interval, 1)
FROM (VALUES ('just after', '-1 microsecond'), ('now', '0'), ('a day ago, less an instant', '23:59:59.999999'),
             ('a day ago', '24:00'), ('two days ago, less an instant', '47:59:59.999999'), ('two days ago', '48:00')) AS t (title, ago) \g /dev/null
SELECT pg_temp.enrol(title, :as_of::timestamptz - interval '1 hour', 2) FROM generated_courses \g /dev/null
SELECT refresh_trending(:as_of);
SELECT title, recent, previous, velocity FROM trending ORDER BY title COLLATE "C";
TRUNCATE generated_courses CASCADE;

-- Velocity, label and rank. 3 against 1 is a higher ratio than 100 against 50, but weaker evidence.
SELECT pg_temp.make_course(t.title, meta_category => t.category), pg_temp.enrol(t.title, :as_of::timestamptz - interval '2 hours', 1, t.recent),
       pg_temp.enrol(t.title, :as_of::timestamptz - interval '30 hours', 101, 100 + t.previous)
FROM (VALUES ('100 of 50', 100, 50, 'Economic'), ('3 of 1', 3, 1, 'Aesthetic'), ('3 of none', 3, 0, 'Digital'), ('60 of 10', 60, 10, 'Cognitive'),
             ('10 of 20', 10, 20, 'Biological'), ('none of 95', 0, 95, 'Digital')) AS t (title, recent, previous, category) \g /dev/null
SELECT refresh_trending(:as_of);
SELECT * FROM trending ORDER BY rank;
-- the site's ratio includes sign-ups of courses that are not ranked
SELECT bool_and(t.score = velocity_lower_bound(t.signups_24h, t.signups_previous_24h, (100 + 3 + 3 + 60 + 10)::double precision / (50 + 1 + 10 + 20 + 95), 24)) AS as_defined,
       bool_and(t.calculated_at = :as_of AND t.meta_category = c.meta_category) AS said
FROM trending_courses AS t JOIN generated_courses AS c ON c.id = t.course_id;

-- A second refresh with the same data leaves the same rows.
CREATE TEMP TABLE first AS TABLE trending_courses;
SELECT refresh_trending(:as_of);
SELECT count(*) AS same FROM (TABLE first INTERSECT TABLE trending_courses) AS s;
-- Courses without recent sign-ups and archived ones are removed; the others move up and keep their ids.
UPDATE user_progress SET started_at = :as_of::timestamptz - interval '3 days' WHERE course_id = (SELECT id FROM generated_courses WHERE title = '60 of 10');
UPDATE generated_courses SET status = 'archived' WHERE title = '3 of none';
UPDATE generated_courses SET status = 'paused' WHERE title = '3 of 1';
SELECT refresh_trending(:as_of);
SELECT rank, title, recent, previous FROM trending ORDER BY rank;
SELECT count(*) AS same_ids FROM first JOIN trending_courses USING (id, course_id);
-- Without recent sign-ups, all courses are removed.
SELECT refresh_trending(:as_of::timestamptz + interval '22 hours');
SELECT refresh_trending(:as_of::timestamptz + interval '3 days') AS ranked, (SELECT count(*) FROM trending_courses) AS left;
TRUNCATE generated_courses CASCADE;

-- A course younger than 48 hours existed for only part of the earlier window, and is compared by as
-- large a part of its recent sign-ups; one that did not exist then has no more evidence than the prior.
SELECT pg_temp.make_course(t.title, coalesce(t.created_at::timestamptz, :as_of::timestamptz - t.title::interval)),
       pg_temp.enrol(t.title, :as_of::timestamptz - interval '2 hours', 1, 12), pg_temp.enrol(t.title, :as_of::timestamptz - interval '24 hours', 101, 106)
FROM (VALUES ('1 year', NULL), ('48:00', NULL), ('47:00', NULL), ('36:00', NULL), ('25:30', NULL), ('25:00', NULL), ('24:30', NULL), ('2:00', NULL),
             ('ever', '-infinity'), ('no time', 'infinity')) AS t (title, created_at) \g /dev/null
SELECT refresh_trending(:as_of);
SELECT t.title, e.hours, round(t.score::numeric, 4) AS score, abs(t.score - velocity_lower_bound(floor(12 * e.hours / 24)::bigint, 6, sum(floor(12 * e.hours / 24)) OVER () / 60.0)) < 1e-12 AS as_defined
FROM (SELECT c.title, t.score FROM trending_courses AS t JOIN generated_courses AS c ON c.id = t.course_id) AS t
JOIN (VALUES ('1 year', 24.0), ('48:00', 24), ('47:00', 23), ('36:00', 12), ('25:30', 1.5), ('25:00', 1), ('24:30', 0.5), ('2:00', 0), ('ever', 24), ('no time', 0)) AS e (title, hours) USING (title)
ORDER BY e.hours DESC, t.title COLLATE "C";
TRUNCATE generated_courses CASCADE;

-- However many sign up for newcomers, those that rise come first, since they are known to.
SELECT pg_temp.make_course('riser'), pg_temp.enrol('riser', :as_of, 1, 40), pg_temp.enrol('riser', :as_of::timestamptz - interval '30 hours', 101, 120),
       pg_temp.make_course('newcomer', :as_of::timestamptz - interval '20 hours'), pg_temp.enrol('newcomer', :as_of, 1, 190),
       pg_temp.make_course('newer', :as_of::timestamptz - interval '1 hour'), pg_temp.enrol('newer', :as_of, 1) \g /dev/null
SELECT refresh_trending(:as_of);
SELECT rank, title, recent, previous FROM trending ORDER BY rank;
TRUNCATE generated_courses CASCADE;

-- The enrolment of its author, learner 0, does not count, in either window, nor in the ratio of the site.
SELECT pg_temp.make_course(t.title, :as_of::timestamptz - t.age::interval), pg_temp.enrol(t.title, :as_of::timestamptz - t.author::interval, 0),
       pg_temp.enrol(t.title, :as_of::timestamptz - interval '1 minute', 1, t.others)
FROM (VALUES ('only the author', '2 hours', '1 hour', 0), ('the author and 2', '2 hours', '2 hours', 2), ('the author the day before', '40 hours', '30 hours', 2),
             ('an old course', '48 hours', '1 hour', 0)) AS t (title, age, author, others) \g /dev/null
SELECT refresh_trending(:as_of);
SELECT title, recent, previous, score FROM trending ORDER BY title COLLATE "C";
TRUNCATE generated_courses CASCADE;

-- Tags gather the sign-ups of their courses. New courses count for a tag that is not new, archived ones do not, and neither do authors.
SELECT pg_temp.make_course(t.title, :as_of::timestamptz - t.age::interval, t.status), pg_temp.enrol(t.title, :as_of::timestamptz - interval '2 hours', 1, t.recent),
       pg_temp.enrol(t.title, :as_of::timestamptz - interval '30 hours', 101, 100 + t.previous), pg_temp.enrol(t.title, :as_of::timestamptz - interval '1 hour', 0)
FROM (VALUES ('bread', '1 year', 'active', 2, 2), ('rye bread', '1 day', 'active', 9, 0), ('cake', '1 year', 'active', 5, 5), ('old cake', '1 year', 'archived', 50, 0), ('kites', '1 hour', 'active', 20, 0)) AS t (title, age, status, recent, previous) \g /dev/null
INSERT INTO course_tags (course_id, tag)
SELECT c.id, t.tag FROM generated_courses AS c
JOIN (VALUES ('bread', 'baking'), ('rye bread', 'baking'), ('rye bread', 'rye'), ('cake', 'cakes'), ('old cake', 'cakes'), ('kites', 'kites')) AS t (title, tag) USING (title);
SELECT t.tag, t.rank, t.courses, t.signups_24h, t.signups_previous_24h, t.velocity,
       abs(t.score - velocity_lower_bound(CASE t.tag WHEN 'baking' THEN 11 WHEN 'cakes' THEN 5 ELSE 0 END, t.signups_previous_24h, 16 / 7.0)) < 1e-9 AS as_defined
FROM trending_tags(as_of => :as_of) AS t ORDER BY t.rank;
SELECT t.tag FROM trending_tags(1, :as_of) AS t;
SELECT count(*) FROM trending_tags(5, :as_of::timestamptz - interval '1 year');
TRUNCATE generated_courses CASCADE;

-- Without sign-ups in the earlier window, the site's ratio is 1.
SELECT pg_temp.make_course('first'), pg_temp.enrol('first', :as_of, 1, 5) \g /dev/null
SELECT refresh_trending(:as_of);
SELECT t.velocity, t.signups_24h, t.score = velocity_lower_bound(5, 0, 1, 24) AS as_defined FROM trending_courses AS t;
TRUNCATE generated_courses CASCADE;
-- No sign-ups, or only earlier ones.
SELECT refresh_trending(:as_of);
SELECT pg_temp.make_course('gone'), pg_temp.enrol('gone', :as_of::timestamptz - interval '25 hours', 1, 5) \g /dev/null
SELECT refresh_trending(:as_of);
TRUNCATE generated_courses CASCADE;

-- Windows have 24 hours also when clocks change: 29 March 2026 had 23 in Berlin.
SET timezone = 'Europe/Berlin';
SELECT pg_temp.make_course('spring'), pg_temp.enrol('spring', '2026-03-29 12:00', 1), pg_temp.enrol('spring', '2026-03-28 11:30', 2) \g /dev/null
SELECT refresh_trending('2026-03-29 12:00');
SELECT recent, previous FROM trending;
RESET timezone;
TRUNCATE generated_courses CASCADE;

-- Infinite times are errors.
SELECT refresh_trending('infinity'); \echo :LAST_ERROR_SQLSTATE
SELECT refresh_trending('-infinity'); \echo :LAST_ERROR_SQLSTATE
SELECT refresh_trending(NULL);

-- A role to which row-level security applies cannot refresh.
CREATE ROLE regress_bound;
GRANT ALL ON ALL TABLES IN SCHEMA public TO regress_bound;
GRANT USAGE ON SCHEMA learnify_internal TO regress_bound;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA learnify_internal TO regress_bound;
SET ROLE regress_bound;
SELECT refresh_trending(:as_of); \echo :LAST_ERROR_SQLSTATE
RESET ROLE;
DROP OWNED BY regress_bound;
DROP ROLE regress_bound;

-- Comparison with the definition, on random sign-ups of ten days, at several times: each course is
-- computed separately, without window functions and indexes.
SELECT setseed(0.5) \g /dev/null
SELECT pg_temp.make_course('course ' || n, :as_of::timestamptz - random() * interval '4 days', CASE WHEN n % 10 = 0 THEN 'archived' ELSE 'active' END,
               (ARRAY['Digital', 'Economic', 'Aesthetic', 'Biological', 'Cognitive'])[1 + n % 5])
FROM generate_series(1, 80) AS n \g /dev/null
INSERT INTO user_progress (user_id, course_id, started_at, broadcast_at)
SELECT u.id, c.id, :as_of::timestamptz - r.hours * interval '1 hour', '2026-01-01'
FROM users AS u
CROSS JOIN (SELECT id, random() ^ 3 AS popularity FROM generated_courses) AS c
CROSS JOIN LATERAL (SELECT 240 * random() ^ 2 AS hours, random() AS luck WHERE u.id IS NOT NULL) AS r
WHERE r.luck < c.popularity;
CREATE FUNCTION pg_temp.by_definition(as_of timestamptz)
RETURNS TABLE (course_id uuid, velocity numeric(10, 2), signups_24h bigint, signups_previous_24h bigint, rank bigint, meta_category text, score double precision) LANGUAGE sql AS $$
  WITH counted AS (
    SELECT c.*,
           (SELECT count(*) FROM user_progress AS p WHERE p.course_id = c.id AND p.started_at <= as_of AND p.started_at > as_of - interval '24 hours'
              AND p.user_id <> c.user_id) AS a,
           (SELECT count(*) FROM user_progress AS p WHERE p.course_id = c.id AND p.started_at <= as_of - interval '24 hours' AND p.started_at > as_of - interval '48 hours'
              AND p.user_id <> c.user_id) AS b
    FROM generated_courses AS c
  ), parts AS (
    SELECT c.*, floor(c.a * least(86400, greatest(0, extract(epoch FROM (as_of - interval '24 hours') - c.created_at))) / 86400)::bigint AS part
    FROM counted AS c
  ), scored AS (
    SELECT c.id, c.a, c.b, c.meta_category,
           velocity_lower_bound(c.part, c.b, (SELECT sum(part) / sum(b) FROM parts)::double precision) AS score
    FROM parts AS c
    WHERE c.a > 0 AND c.status <> 'archived'
  )
  SELECT s.id, CASE WHEN s.b > 0 THEN round(s.a::numeric / s.b, 2) ELSE 10 END, s.a, s.b,
         1 + (SELECT count(*) FROM scored AS o WHERE o.score > s.score OR o.score = s.score AND (o.a > s.a OR o.a = s.a AND o.id < s.id)),
         s.meta_category, s.score
  FROM scored AS s
$$;
CREATE TEMP TABLE compared (hours_ago integer, ranked integer, missing bigint, surplus bigint, ranks_without_gap boolean);
DO $$
DECLARE
  instant timestamptz;
  hours integer;
  ranked integer;
BEGIN
  FOREACH hours IN ARRAY ARRAY[0, 1, 24, 47, 100, 200] LOOP
    instant := timestamptz '2026-06-15 12:00:00+00' - hours * interval '1 hour';
    ranked := refresh_trending(instant);
    INSERT INTO compared
    SELECT hours, ranked,
           (SELECT count(*) FROM pg_temp.by_definition(instant) AS d
            WHERE NOT EXISTS (SELECT FROM trending_courses AS t
                              WHERE t.course_id = d.course_id AND t.velocity = d.velocity AND t.signups_24h = d.signups_24h
                                AND t.signups_previous_24h = d.signups_previous_24h AND t.rank = d.rank AND t.meta_category = d.meta_category
                                AND abs(t.score - d.score) < 1e-9 AND t.calculated_at = instant)),
           (SELECT count(*) FROM trending_courses AS t WHERE t.course_id NOT IN (SELECT d.course_id FROM pg_temp.by_definition(instant) AS d)),
           (SELECT array_agg(t.rank ORDER BY t.rank) = ARRAY(SELECT generate_series(1, ranked)) FROM trending_courses AS t);
  END LOOP;
END
$$;
SELECT hours_ago, ranked > 20 AS many, missing, surplus, ranks_without_gap FROM compared ORDER BY hours_ago;

-- Sign-ups but for the authors' are counted as window_signups counts them, at the limits of the windows of each sign-up, too:
-- by the index, with rows that the visibility map does not know and with rows that it does, and by a query
-- where the index is missing.
CREATE TEMP TABLE instants AS
SELECT DISTINCT ON (p.course_id) p.started_at + d.hours * interval '1 hour' + d.step * interval '1 microsecond' AS as_of
FROM user_progress AS p CROSS JOIN (VALUES (0, 0), (0, -1), (24, 0), (24, 1), (48, 0), (48, -1)) AS d (hours, step)
ORDER BY p.course_id, hashtext(p.id::text || d.hours || d.step);
INSERT INTO instants VALUES ('infinity'), ('-infinity'), ('4713-01-01 BC'), ('294276-12-31'), ('2026-06-15 12:00+00');
CREATE TEMP VIEW miscounted AS
  SELECT i.as_of, c.*
  FROM instants AS i CROSS JOIN LATERAL (
    (SELECT c.course_id, c.recent, c.previous FROM learnify_internal.count_signups(i.as_of) AS c
     EXCEPT ALL
     SELECT p.course_id, (window_signups(p.started_at, i.as_of))[1], (window_signups(p.started_at, i.as_of))[2]
     FROM user_progress AS p JOIN generated_courses AS c ON c.id = p.course_id AND c.user_id <> p.user_id GROUP BY p.course_id)
    UNION ALL
    (SELECT p.course_id, (window_signups(p.started_at, i.as_of))[1], (window_signups(p.started_at, i.as_of))[2]
     FROM user_progress AS p JOIN generated_courses AS c ON c.id = p.course_id AND c.user_id <> p.user_id GROUP BY p.course_id HAVING window_signups(p.started_at, i.as_of) <> '{0,0}'
     EXCEPT ALL
     SELECT c.course_id, c.recent, c.previous FROM learnify_internal.count_signups(i.as_of) AS c)) AS c;
SELECT count(*) > 50 AS many, (SELECT count(*) FROM learnify_internal.count_signups(:as_of)) > 20 AS some FROM instants;
BEGIN;
DELETE FROM user_progress WHERE hashtext(id::text) % 3 = 0;
SELECT * FROM miscounted;
ROLLBACK;
VACUUM ANALYZE user_progress;
SELECT * FROM miscounted;
BEGIN;
DROP INDEX user_progress_started_at_idx;
SELECT * FROM miscounted;
ROLLBACK;

-- Nobody reads all of user_progress, and the first pages are read by an index.
\c -
\set as_of '''2026-06-15 12:00:00+00'''
BEGIN;
SELECT refresh_trending(:as_of::timestamptz - interval '8 days') > 0 AS ranked;
SELECT relname, seq_scan, idx_scan > 0 AS by_index FROM pg_stat_xact_user_tables WHERE relname = 'user_progress';
COMMIT;

-- tier follows rank, and a refresh writes index entries for rows whose tier changes only.
SELECT refresh_trending(:as_of) > 40 AS ranked;
SELECT tier, min(rank) AS first, bool_and(rank BETWEEN 1 + 32 * (tier - 1) AND 32 * 4 ^ (tier - 1)) AS within_its_limits FROM trending_courses GROUP BY tier ORDER BY tier;
SELECT array_agg(course_id ORDER BY tier, rank) = array_agg(course_id ORDER BY rank) AS same_order FROM trending_courses;
VACUUM ANALYZE trending_courses;
CREATE TABLE before AS TABLE trending_courses;
\c -
\set as_of '''2026-06-15 12:00:00+00'''
BEGIN;
SELECT refresh_trending(:as_of::timestamptz - interval '1 day') > 20 AS ranked;
SELECT count(*) FILTER (WHERE t.rank <> b.rank) > 30 AS other_rank, count(*) FILTER (WHERE t.tier <> b.tier) > 0 AS other_tier,
       count(*) = (SELECT s.n_tup_upd FROM pg_stat_xact_user_tables AS s WHERE s.relname = 'trending_courses') AS updated,
       count(*) FILTER (WHERE t.tier <> b.tier) = (SELECT s.n_tup_upd - s.n_tup_hot_upd FROM pg_stat_xact_user_tables AS s WHERE s.relname = 'trending_courses') AS others_are_hot
FROM trending_courses AS t JOIN before AS b USING (id);
COMMIT;
DROP TABLE before;
SET enable_seqscan = off;
SET enable_sort = off;
EXPLAIN (COSTS OFF) SELECT * FROM trending_courses ORDER BY tier, rank LIMIT 20;
-- The planner may also filter the index on tier, which is as good in a table of this size.
BEGIN;
DROP INDEX trending_courses_tier_idx;
EXPLAIN (COSTS OFF) SELECT * FROM trending_courses WHERE meta_category = 'Digital' ORDER BY tier, rank LIMIT 20;
ROLLBACK;
RESET enable_seqscan;
RESET enable_sort;

-- Rows of a back end that does not know tier are in the order of rank, too.
BEGIN;
CREATE TEMP TABLE own ON COMMIT DROP AS TABLE trending_courses;
DELETE FROM trending_courses;
INSERT INTO trending_courses (course_id, rank, meta_category) SELECT course_id, 1000 - rank, meta_category FROM own;
SELECT array_agg(course_id ORDER BY tier, rank) = array_agg(course_id ORDER BY rank) AS same_order FROM trending_courses;
SELECT refresh_trending(:as_of) AS ranked \gset
SELECT count(*) = :ranked AND min(tier) = 1 AS taken_over FROM trending_courses;
ROLLBACK;

SET client_min_messages = warning;
TRUNCATE generated_courses CASCADE;
SELECT count(*) AS left FROM trending_courses;
DELETE FROM users;
