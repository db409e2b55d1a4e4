-- Courses that nobody has taken are recommended for their tags and titles, to those who took others
-- like them, and crowd nobody out.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET learnify.automation = off;
BEGIN;
CREATE FUNCTION pg_temp.learner(n integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS
  $$ SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid $$;
CREATE FUNCTION pg_temp.course(title text) RETURNS uuid LANGUAGE sql STABLE AS
  $$ SELECT c.id FROM generated_courses AS c WHERE c.title = course.title $$;
INSERT INTO users (id, email, password_hash, name) SELECT pg_temp.learner(n), format('learner-%s@example.org', n), '', 'Learner ' || n FROM generate_series(0, 60) AS n;
INSERT INTO generated_courses (id, user_id, title, meta_category)
SELECT ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid, pg_temp.learner(0), t, 'Digital'
FROM unnest(ARRAY['Rye bread', 'Wheat bread', 'Buns', 'Sourdough', 'Openings', 'Endgames', 'Gambits', 'Chess problems', 'Knots', 'Sails',
                  'Rolls', 'Blitz', 'Chess for all', 'Harps', 'Baguettes', 'Old bread']) WITH ORDINALITY AS t (t, n);
INSERT INTO course_tags (course_id, tag)
SELECT pg_temp.course(t.title), tag
FROM (VALUES ('Rye bread', '{baking,novice}'), ('Wheat bread', '{baking,novice}'), ('Buns', '{baking,quant}'), ('Sourdough', '{baking,quant}'),
             ('Openings', '{chess,novice}'), ('Endgames', '{chess,novice}'), ('Gambits', '{chess,quant}'), ('Knots', '{sailing,novice}'), ('Sails', '{sailing,quant}'),
             ('Rolls', '{baking,novice}'), ('Blitz', '{chess,quant}'), ('Harps', '{music}'), ('Baguettes', '{baking,quant,french}'), ('Old bread', '{baking}')) AS t (title, tags)
CROSS JOIN LATERAL unnest(t.tags::text[]) AS tag;
-- Bakers, chess players and sailors, and some who do two of these
INSERT INTO user_course_interactions (user_id, course_id, interaction_type, created_at)
SELECT pg_temp.learner(n), c.id, 'enrolled', timestamptz '2026-01-01' + c.place * interval '1 day'
FROM generate_series(1, 60) AS n
JOIN (SELECT id, title, row_number() OVER (ORDER BY id) AS place, (row_number() OVER (ORDER BY id) - 1) / 4 AS field FROM generated_courses WHERE id <= pg_temp.course('Sails')) AS c
  ON c.field = n % 3 AND (c.place + n) % 4 <> 0 OR n % 5 = 0 AND c.field = (n + 1) % 3 AND (c.place + n) % 3 = 0;
-- that the author has taken a course says nothing
INSERT INTO user_course_interactions (user_id, course_id, interaction_type, created_at)
VALUES (pg_temp.learner(0), pg_temp.course('Rolls'), 'completed', '2026-01-01'), (pg_temp.learner(0), pg_temp.course('Rye bread'), 'completed', '2026-01-01');
UPDATE generated_courses SET status = 'archived' WHERE title = 'Old bread';
SELECT refresh_recommendations() > 0 AS written;

-- The weights are those of the formula: the cosine of the features, each weighing log(courses / those that have it), times the slope.
CREATE TEMP TABLE features AS
SELECT f.course_id, f.feature, ln((SELECT count(*) FROM generated_courses) / count(*) OVER (PARTITION BY f.feature)::float8) AS weight FROM learnify_internal.course_features() AS f;
CREATE TEMP TABLE known AS
SELECT DISTINCT i.course_id AS id FROM user_course_interactions AS i JOIN generated_courses AS c ON c.id = i.course_id WHERE i.user_id <> c.user_id;
CREATE TEMP TABLE lengths AS SELECT course_id, sqrt(sum(weight ^ 2)) AS length FROM features GROUP BY 1;
CREATE TEMP TABLE cosines AS
SELECT a.course_id AS source, b.course_id AS target, sum(a.weight * b.weight) / (min(la.length) * min(lb.length)) AS cosine
FROM features AS a JOIN features AS b ON b.feature = a.feature AND b.course_id <> a.course_id
JOIN lengths AS la ON la.course_id = a.course_id JOIN lengths AS lb ON lb.course_id = b.course_id
WHERE a.course_id IN (SELECT id FROM known)
GROUP BY 1, 2
HAVING sum(a.weight * b.weight) / (min(la.length) * min(lb.length)) >= 0.1;
CREATE TEMP TABLE slope AS
SELECT sum(s.sum * s.taken) / sum(s.sum ^ 2) AS slope
FROM (SELECT t.user_id, c.target, sum(c.cosine) AS sum,
             EXISTS (SELECT FROM user_course_interactions AS o WHERE o.user_id = t.user_id AND o.course_id = c.target)::integer AS taken
      FROM (SELECT DISTINCT user_id, course_id FROM user_course_interactions) AS t JOIN cosines AS c ON c.source = t.course_id
      WHERE c.target IN (SELECT id FROM known)
      GROUP BY 1, 2) AS s;
SELECT round(slope::numeric, 4) AS slope FROM slope;
WITH stored AS (
  SELECT c.id AS source, s.target, s.weight
  FROM generated_courses AS c CROSS JOIN LATERAL unnest(c.similar_course_ids, c.similar_course_weights) AS s (target, weight)
  WHERE s.target NOT IN (SELECT id FROM known)
), wanted AS (
  SELECT c.source, c.target, c.cosine * s.slope AS weight FROM cosines AS c CROSS JOIN slope AS s WHERE c.target NOT IN (SELECT id FROM known)
)
SELECT count(s.weight) AS stored, count(w.weight) AS wanted, count(DISTINCT s.target) AS courses, max(abs(s.weight - w.weight)) < 1e-6 AS alike
FROM stored AS s FULL JOIN wanted AS w USING (source, target);
SELECT c.title, c.similarity_intercept, c.learner_count FROM generated_courses AS c WHERE c.id NOT IN (SELECT id FROM known) ORDER BY c.id;

-- They are recommended to those whom they fit, in at most a quarter of the places; the reason names what both have.
SELECT c.title, count(*) AS learners, count(*) FILTER (WHERE r.user_id IN (SELECT i.user_id FROM user_course_interactions AS i JOIN cosines AS s ON s.source = i.course_id WHERE s.target = c.id)) AS fit
FROM recommendations AS r JOIN generated_courses AS c ON c.id = r.course_id
WHERE r.recommendation_type = 'collaborative_filtering' AND c.id NOT IN (SELECT id FROM known)
GROUP BY 1 ORDER BY 1;
SELECT max(n) AS most FROM (SELECT count(*) AS n FROM recommendations AS r WHERE r.recommendation_type = 'collaborative_filtering' AND r.course_id NOT IN (SELECT id FROM known) GROUP BY r.user_id) AS x;
SELECT DISTINCT c.title, r.reason FROM recommendations AS r JOIN generated_courses AS c ON c.id = r.course_id
WHERE r.recommendation_type = 'collaborative_filtering' AND c.id NOT IN (SELECT id FROM known) AND r.user_id IN (pg_temp.learner(3), pg_temp.learner(4)) ORDER BY 1, 2;
SELECT count(*) AS recommended,
       count(*) FILTER (WHERE r.reason = format('New to learners, with the tag%s %s of "%s", which you took', CASE cardinality(t.tags) WHEN 1 THEN '' ELSE 's' END, array_to_string(t.tags, ' and '), b.title)
                          AND EXISTS (SELECT FROM user_course_interactions AS i WHERE i.user_id = r.user_id AND i.course_id = b.id)) AS by_tags,
       count(*) FILTER (WHERE t.tags = '{}' AND r.reason = format('New to learners, with a title like that of "%s", which you took', b.title)) AS by_title
FROM recommendations AS r
JOIN generated_courses AS b ON b.id = (r.metadata -> 'because_courses' ->> 0)::uuid
CROSS JOIN LATERAL (SELECT ARRAY(SELECT a.tag FROM course_tags AS a JOIN course_tags AS o ON o.tag = a.tag AND o.course_id = b.id WHERE a.course_id = r.course_id ORDER BY a.tag COLLATE "C") AS tags) AS t
WHERE r.recommendation_type = 'collaborative_filtering' AND r.course_id NOT IN (SELECT id FROM known);
SELECT s.title FROM similar_courses(pg_temp.course('Chess problems'), 100) AS s WHERE s.similar_course_id NOT IN (SELECT id FROM known);
SELECT k.rank, c.title, k.reason FROM score_courses(pg_temp.learner(4), ARRAY[pg_temp.course('Blitz'), pg_temp.course('Harps')]) AS k JOIN generated_courses AS c ON c.id = k.course_id ORDER BY 1;
-- One learner's refresh is as that of all.
CREATE TEMP TABLE before AS SELECT user_id, course_id, match_score, reason, metadata FROM recommendations;
SELECT sum(refresh_recommendations(pg_temp.learner(n))) AS written FROM generate_series(1, 9) AS n;
SELECT count(*) AS differ FROM (TABLE before EXCEPT SELECT user_id, course_id, match_score, reason, metadata FROM recommendations) AS d;
-- Of four places, one is for them, of one it can be the only one.
SELECT n, count(*) AS courses, count(*) FILTER (WHERE k.course_id NOT IN (SELECT id FROM known)) AS new
FROM unnest('{1,4,5,8}'::integer[]) AS n CROSS JOIN LATERAL learnify_internal.score_learners(n, pg_temp.learner(3), pg_temp.learner(3)) AS k GROUP BY 1 ORDER BY 1;

-- A course that is taken is no longer new; one that loses its tags and words is like no other.
INSERT INTO user_course_interactions (user_id, course_id, interaction_type) SELECT pg_temp.learner(n), pg_temp.course('Blitz'), 'enrolled' FROM generate_series(1, 12) AS n;
DELETE FROM course_tags WHERE course_id = pg_temp.course('Baguettes');
SELECT refresh_recommendations() > 0 AS written;
SELECT c.title, c.learner_count, count(r.id) > 0 AS recommended, bool_or(r.reason ~ '^New') AS as_new
FROM generated_courses AS c LEFT JOIN recommendations AS r ON r.course_id = c.id AND r.recommendation_type = 'collaborative_filtering'
WHERE c.title IN ('Blitz', 'Baguettes', 'Rolls') GROUP BY 1, 2 ORDER BY 1;

-- What they are worth, by one point in time: courses that were first taken after it are among the best, and were not without their tags.
DELETE FROM user_course_interactions WHERE course_id = pg_temp.course('Blitz') OR user_id = pg_temp.learner(0);
INSERT INTO user_course_interactions (user_id, course_id, interaction_type, created_at)
SELECT DISTINCT i.user_id, pg_temp.course('Rolls'), 'enrolled', timestamptz '2026-03-01' FROM user_course_interactions AS i WHERE i.course_id = pg_temp.course('Rye bread');
SELECT (SELECT count(*) FROM user_course_interactions WHERE created_at >= '2026-03-01')::float8 / (SELECT count(*) FROM user_course_interactions) AS share \gset
SELECT method, learners, new_ndcg > 0.3 AS finds_new, new_ndcg = ndcg AS only_those FROM evaluate_recommendations(:share, 5, NULL, 'time');
DELETE FROM course_tags;
UPDATE generated_courses SET title = md5(title);
SELECT method, new_ndcg FROM evaluate_recommendations(:share, 5, NULL, 'time');
ROLLBACK;
