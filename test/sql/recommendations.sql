-- The four kinds of recommendations and the reasons that they give.
-- Clean up after a run that was interrupted.
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_bound;
RESET client_min_messages;
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET learnify.automation = off;
CREATE FUNCTION pg_temp.learner(n integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS
  $$ SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid $$;
CREATE FUNCTION pg_temp.course(title text) RETURNS uuid LANGUAGE sql STABLE AS
  $$ SELECT c.id FROM generated_courses AS c WHERE c.title = course.title $$;
-- Returns the SQLSTATE, message and hint of a statement's error, or NULL.
CREATE FUNCTION pg_temp.error_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  hint text;
BEGIN
  EXECUTE statement;
  RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
  RETURN format('%s: %s (%s)', SQLSTATE, SQLERRM, hint);
END
$$;
-- Makes recommendations older, and returns how many these are.
CREATE FUNCTION pg_temp.age_recommendations(age interval, kind text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  aged bigint;
BEGIN
  UPDATE recommendations SET created_at = created_at - age, expires_at = expires_at - age WHERE recommendation_type = kind;
  GET DIAGNOSTICS aged = ROW_COUNT;
  RETURN aged;
END
$$;

-- Without interactions there are no recommendations, and there is no error.
SELECT refresh_recommendations() AS written, (SELECT count(*) FROM skill_adjacency()) AS rules, (SELECT count(*) FROM learnify_internal.fit_similar_courses('{}')) AS courses;
INSERT INTO users (id, email, password_hash, name)
SELECT pg_temp.learner(n), format('learner-%s@example.org', n), '', 'Learner ' || n
FROM generate_series(0, 60) AS n;
SELECT refresh_recommendations() AS written, refresh_recommendations(pg_temp.learner(1)) AS of_one;
SELECT * FROM evaluate_recommendations();

--
-- The item model
--

-- Three families of six courses. Each learner takes four of one family, different ones from
-- the next learner, and some also take one of another family.
INSERT INTO generated_courses (id, user_id, title, meta_category, created_at)
SELECT ('00000000-0000-4000-9000-' || lpad((family * 10 + n)::text, 12, '0'))::uuid, pg_temp.learner(0),
       chr(64 + family) || n, 'Digital', '2026-01-01'
FROM generate_series(1, 3) AS family, generate_series(1, 6) AS n;
INSERT INTO user_course_interactions (user_id, course_id, interaction_type, created_at)
SELECT pg_temp.learner(n), pg_temp.course(t.title), 'enrolled', timestamptz '2026-02-01' + t.place * interval '1 day'
FROM generate_series(1, 36) AS n
CROSS JOIN LATERAL (
  SELECT chr(65 + n % 3) || 1 + (n / 3 + p) % 6, p FROM generate_series(0, 3) AS p
  UNION ALL
  SELECT chr(65 + (n + 1) % 3) || 1 + n % 6, -1 WHERE n % 5 = 0) AS t (title, place);
SELECT refresh_recommendations() AS written;
-- The two remaining courses of the family are recommended before all others; learners who took
-- a course of another family get one of each.
SELECT right(r.user_id::text, 2)::integer % 5 = 0 AS also_of_another, count(DISTINCT r.user_id) AS learners, count(*) AS rows, count(*) FILTER (WHERE left(c.title, 1) = chr(65 + right(r.user_id::text, 2)::integer % 3)) AS of_the_family
FROM recommendations AS r
JOIN generated_courses AS c ON c.id = r.course_id
WHERE (r.metadata -> 'rank')::integer <= 2
GROUP BY 1 ORDER BY 1;
SELECT c.title, r.match_score, r.reason, r.metadata -> 'rank' AS rank
FROM recommendations AS r
JOIN generated_courses AS c ON c.id = r.course_id
WHERE r.user_id = pg_temp.learner(3) AND (r.metadata -> 'rank')::integer <= 3
ORDER BY r.metadata -> 'rank';
SELECT r.recommendation_type, bool_and(r.expires_at = r.created_at + interval '7 days') AS for_7_days, max((r.metadata -> 'rank')::integer) <= 20 AS at_most_20
FROM recommendations AS r GROUP BY 1;
SELECT s.title, s.weight > 0 AS speaks_for FROM similar_courses(pg_temp.course('A1'), 5) AS s;

-- The weights are those of the formula, computed here by Gaussian elimination with dense
-- matrices for the neighbourhood of each course.
CREATE TEMP TABLE dense (target uuid, source uuid, weight double precision, intercept double precision);
CREATE FUNCTION pg_temp.fit_dense(k integer, lambda double precision, a double precision, shrink double precision)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  ids uuid[] := ARRAY(SELECT c.id FROM generated_courses AS c ORDER BY c.id);
  n integer := cardinality(ids);
  d double precision[] := ARRAY(SELECT (SELECT count(DISTINCT i.user_id) FROM user_course_interactions AS i WHERE i.course_id = c.id)
                                FROM generated_courses AS c ORDER BY c.id);
  -- the matrix G, by rows
  g double precision[] := ARRAY(
    SELECT (SELECT coalesce(sum(w.units), 0)
            FROM (SELECT i.user_id, count(DISTINCT i.course_id) ^ -a AS units FROM user_course_interactions AS i GROUP BY 1) AS w
            WHERE EXISTS (SELECT FROM user_course_interactions AS x WHERE x.user_id = w.user_id AND x.course_id = p.id)
              AND EXISTS (SELECT FROM user_course_interactions AS x WHERE x.user_id = w.user_id AND x.course_id = q.id))
    FROM generated_courses AS p, generated_courses AS q ORDER BY p.id, q.id);
  everyone double precision := (SELECT sum(w.units) FROM (SELECT count(DISTINCT i.course_id) ^ -a AS units FROM user_course_interactions AS i GROUP BY i.user_id) AS w);
  m double precision := (SELECT sum(g[(i - 1) * n + i] ^ 2) / sum(g[(i - 1) * n + i]) FROM generate_series(1, n) AS i);
  near integer[];
  matrix double precision[];  -- the neighbours' rows, with the right-hand side as the last column
  factor double precision;
  w double precision[];
  width integer;
BEGIN
  TRUNCATE dense;
  FOR j IN 1 .. n LOOP
    near := ARRAY(SELECT i FROM generate_series(1, n) AS i
                  WHERE i <> j AND g[(i - 1) * n + j] > 0
                  ORDER BY g[(i - 1) * n + j] / (d[i] ^ 0.5 * d[j] ^ 0.3 + shrink) DESC, i LIMIT k);
    width := cardinality(near);
    matrix := array_fill(0::double precision, ARRAY[width, width + 1]);
    FOR r IN 1 .. width LOOP
      FOR c IN 1 .. width LOOP
        matrix[r][c] := g[(near[r] - 1) * n + near[c]] - g[(near[r] - 1) * n + near[r]] * g[(near[c] - 1) * n + near[c]] / everyone;
      END LOOP;
      matrix[r][r] := matrix[r][r] + g[(near[r] - 1) * n + near[r]]
        + lambda * 4 * sqrt(g[(near[r] - 1) * n + near[r]] * g[(j - 1) * n + j]) / m;
      matrix[r][width + 1] := g[(near[r] - 1) * n + j] - g[(near[r] - 1) * n + near[r]] * g[(j - 1) * n + j] / everyone;
    END LOOP;
    FOR p IN 1 .. width LOOP
      FOR r IN p + 1 .. width LOOP
        factor := matrix[r][p] / matrix[p][p];
        FOR c IN p .. width + 1 LOOP
          matrix[r][c] := matrix[r][c] - factor * matrix[p][c];
        END LOOP;
      END LOOP;
    END LOOP;
    w := array_fill(0::double precision, ARRAY[width]);
    FOR r IN REVERSE width .. 1 LOOP
      w[r] := matrix[r][width + 1];
      FOR c IN r + 1 .. width LOOP
        w[r] := w[r] - matrix[r][c] * w[c];
      END LOOP;
      w[r] := w[r] / matrix[r][r];
    END LOOP;
    INSERT INTO dense
    SELECT ids[j], ids[near[r]], w[r],
           (g[(j - 1) * n + j] - (SELECT sum(w[s] * g[(near[s] - 1) * n + near[s]]) FROM generate_series(1, width) AS s)) / everyone
    FROM generate_series(1, width) AS r;
  END LOOP;
END
$$;
CREATE FUNCTION pg_temp.parameters(k integer, lambda double precision, a double precision, shrink double precision) RETURNS jsonb LANGUAGE sql AS
  $$ SELECT jsonb_build_object('neighbours', k, 'regularization', lambda, 'activity_exponent', a, 'shrink', shrink, 'balance', 1, 'rank', 0) $$;
CREATE FUNCTION pg_temp.compare(k integer, lambda double precision, a double precision, shrink double precision)
RETURNS TABLE (weights bigint, not_both bigint, not_within_1e_5 bigint, intercepts_within_1e_5 boolean) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_temp.fit_dense(k, lambda, a, shrink);
  RETURN QUERY
    WITH fitted AS (
      SELECT f.course_id AS source, s.id AS target, s.weight FROM learnify_internal.fit_similar_courses(pg_temp.parameters(k, lambda, a, shrink)) AS f, unnest(f.similar_course_ids, f.weights) AS s (id, weight)
    )
    SELECT count(f.weight), count(*) FILTER (WHERE f.weight IS NULL OR d.weight IS NULL),
           count(*) FILTER (WHERE abs(f.weight - d.weight) > 1e-5 * abs(d.weight)),
           (SELECT bool_and(abs(i.intercept - e.intercept) <= 1e-5 * abs(e.intercept))
            FROM learnify_internal.fit_similar_courses(pg_temp.parameters(k, lambda, a, shrink)) AS i JOIN dense AS e ON e.target = i.course_id)
    FROM fitted AS f FULL JOIN dense AS d USING (source, target);
END
$$;
SELECT p.*, c.*
FROM (VALUES (1, 100, 100, 0, 0), (2, 100, 1, 0, 0), (3, 5, 10, 0.5, 0), (4, 3, 30, 1, 10), (5, 1, 0.001, 2, 0.5)) AS p (n, neighbours, regularization, activity_exponent, shrink)
CROSS JOIN LATERAL pg_temp.compare(p.neighbours, p.regularization, p.activity_exponent, p.shrink) AS c
ORDER BY p.n;

-- The model is bit for bit the same if rows are in another order, are duplicated, or are of
-- types that it does not use.
CREATE TEMP TABLE model AS SELECT * FROM learnify_internal.fit_similar_courses('{}');
CREATE TEMP TABLE scores AS SELECT * FROM learnify_internal.score_learners(20, pg_temp.learner(0), pg_temp.learner(60));
CREATE TEMP TABLE kept AS SELECT * FROM user_course_interactions;
TRUNCATE user_course_interactions;
INSERT INTO user_course_interactions (user_id, course_id, interaction_type, interaction_value)
SELECT user_id, course_id, interaction_type, interaction_value FROM kept ORDER BY md5(id::text);
INSERT INTO user_course_interactions (user_id, course_id, interaction_type) SELECT user_id, course_id, 'completed' FROM kept WHERE user_id < pg_temp.learner(9);
INSERT INTO user_course_interactions (user_id, course_id, interaction_type)
SELECT pg_temp.learner(50 + n), pg_temp.course('A' || 1 + n % 6), (ARRAY['viewed', 'saved', 'shared'])[1 + n % 3] FROM generate_series(1, 10) AS n;
INSERT INTO user_course_interactions (user_id, course_id, interaction_type, interaction_value) VALUES (pg_temp.learner(50), pg_temp.course('A1'), 'enrolled', -1);
SELECT count(*) AS same, count(*) FILTER (WHERE m = f) AS to_the_last_bit
FROM model AS m JOIN learnify_internal.fit_similar_courses('{}') AS f USING (course_id);
-- So are the scores of each learner: a course that one has enrolled in and completed counts once.
SELECT count(*) > 100 AS same, count(*) FILTER (WHERE s IS NULL OR n IS NULL) AS different
FROM scores AS s FULL JOIN learnify_internal.score_learners(20, pg_temp.learner(0), pg_temp.learner(60)) AS n ON s = n;
SELECT count(*) AS of_one, count(*) FILTER (WHERE s IS NULL OR n IS NULL OR abs(s.score - n.score) > 1e-6) AS different
FROM (SELECT * FROM scores WHERE user_id = pg_temp.learner(8)) AS s
FULL JOIN learnify_internal.score_learners(20, pg_temp.learner(8), pg_temp.learner(8)) AS n USING (user_id, course_id, rank, because);
TRUNCATE user_course_interactions;
INSERT INTO user_course_interactions SELECT * FROM kept;

--
-- Skills
--

-- Learners master Python, then statistics, then machine learning. They complete other courses
-- as often before as after these, or at the same time.
INSERT INTO generated_courses (user_id, title, meta_category, created_at)
SELECT pg_temp.learner(0), t.title, 'Cognitive', timestamptz '2026-01-01' + t.n * interval '1 hour'
FROM unnest(ARRAY['Python', 'Statistics', 'More statistics', 'Learning', 'Deep learning', 'History', 'Drawing']) WITH ORDINALITY AS t (title, n);
INSERT INTO course_tags (course_id, tag)
SELECT pg_temp.course(t.title), t.tag
FROM (VALUES ('Python', 'python'), ('Statistics', 'statistics'), ('More statistics', 'statistics'), ('Learning', 'machine learning'),
             ('Deep learning', 'machine learning'), ('Deep learning', 'python'), ('History', 'history'), ('Drawing', 'drawing')) AS t (title, tag);
INSERT INTO user_progress (user_id, course_id, progress_percentage, started_at, last_activity, completed_at)
SELECT pg_temp.learner(n), pg_temp.course(t.title), 100, '2026-03-01', '2026-03-02', timestamptz '2026-03-01' + t.day * interval '1 day'
FROM generate_series(41, 52) AS n
CROSS JOIN LATERAL (VALUES ('Python', 1), ('Statistics', 2), ('Learning', 3), ('History', CASE WHEN n % 2 = 0 THEN 0 ELSE 9 END), ('Drawing', 2)) AS t (title, day)
WHERE NOT (t.title = 'Learning' AND n > 48) AND NOT (t.title = 'Statistics' AND n > 50);
-- a completion that is recorded in interactions only
INSERT INTO user_course_interactions (user_id, course_id, interaction_type, created_at)
SELECT pg_temp.learner(53), pg_temp.course(t.title), 'completed', t.at::timestamptz
FROM (VALUES ('Python', '2026-03-01'), ('Statistics', '2026-03-02')) AS t (title, at);
SELECT * FROM skill_adjacency();
-- Compares skill_adjacency() with its definition, computed for each pair of tags.
CREATE TEMP VIEW completions AS
SELECT p.user_id, p.course_id, p.completed_at FROM user_progress AS p WHERE p.completed_at IS NOT NULL
UNION ALL
SELECT i.user_id, i.course_id, i.created_at FROM user_course_interactions AS i WHERE i.interaction_type = 'completed';
CREATE FUNCTION pg_temp.mastered(learner uuid, tag text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT min(c.completed_at) FROM completions AS c JOIN course_tags AS t USING (course_id) WHERE c.user_id = learner AND t.tag = mastered.tag
$$;
CREATE TEMP VIEW by_definition AS
WITH tags AS (SELECT DISTINCT tag FROM course_tags), learners AS (SELECT DISTINCT c.user_id FROM completions AS c JOIN course_tags USING (course_id))
SELECT a.tag, b.tag AS next_tag, s.support,
       s.support * (SELECT count(*) FROM learners)::double precision
       / ((SELECT count(*) FROM learners AS l WHERE pg_temp.mastered(l.user_id, a.tag) IS NOT NULL)
          * (SELECT count(*) FROM learners AS l WHERE pg_temp.mastered(l.user_id, b.tag) IS NOT NULL)) AS lift
FROM tags AS a
CROSS JOIN tags AS b
CROSS JOIN LATERAL (SELECT count(*) FROM learners AS l WHERE pg_temp.mastered(l.user_id, a.tag) < pg_temp.mastered(l.user_id, b.tag)) AS s (support)
CROSS JOIN LATERAL (SELECT count(*) FROM learners AS l WHERE pg_temp.mastered(l.user_id, b.tag) < pg_temp.mastered(l.user_id, a.tag)) AS r (support)
WHERE s.support > r.support;
SELECT p.*, (SELECT count(*) FROM skill_adjacency(p.min_lift, p.min_support)) AS rules,
       (SELECT count(*) FROM skill_adjacency(p.min_lift, p.min_support) AS s FULL JOIN (SELECT * FROM by_definition AS d WHERE d.support >= p.min_support AND d.lift >= p.min_lift) AS d
          ON d.tag = s.tag AND d.next_tag = s.next_tag AND d.support = s.support AND abs(d.lift - s.lift) < 1e-12
        WHERE d.tag IS NULL OR s.tag IS NULL) AS differ
FROM (VALUES (0.1, 1), (1.0, 3), (1.05, 3), (0.1, 11), (5.0, 1)) AS p (min_lift, min_support);
-- Many tags at random dates, some of them infinite, by a self-join; the matrix of their pairs is larger than the least memory.
BEGIN;
SELECT setseed(0.75) \g /dev/null
INSERT INTO course_tags (course_id, tag)
SELECT c.id, CASE n % 3 WHEN 0 THEN 'tag ' || n WHEN 1 THEN repeat('ä', n % 40) || n ELSE 'Tag' || n END
FROM generated_courses AS c CROSS JOIN generate_series(1, 600) AS n WHERE random() < 0.05 ON CONFLICT DO NOTHING;
UPDATE user_progress SET completed_at = '2026-01-01'::timestamptz + floor(20 * random()) * interval '1 day', progress_percentage = 100 WHERE random() < 0.7;
INSERT INTO user_course_interactions (user_id, course_id, interaction_type, created_at)
SELECT u.id, c.id, 'completed', (ARRAY['2026-01-05', '2026-01-10', 'infinity', '-infinity'])[1 + floor(4 * random())::integer]::timestamptz
FROM users AS u CROSS JOIN generated_courses AS c WHERE random() < 0.1;
SET LOCAL enable_nestloop = off;
CREATE TEMP TABLE joined ON COMMIT DROP AS
WITH mastered AS MATERIALIZED (
  SELECT c.user_id, t.tag, min(c.completed_at) AS at FROM completions AS c JOIN course_tags AS t USING (course_id) GROUP BY 1, 2
), holders AS (
  SELECT m.tag, count(*) AS learners FROM mastered AS m GROUP BY 1
), pairs AS (
  SELECT a.tag, b.tag AS next_tag, count(*) AS support FROM mastered AS a JOIN mastered AS b ON b.user_id = a.user_id AND b.at > a.at GROUP BY 1, 2
)
SELECT p.tag, p.next_tag, p.support,
       p.support::float8 * (SELECT count(DISTINCT m.user_id) FROM mastered AS m) / (a.learners::float8 * b.learners) AS lift
FROM pairs AS p JOIN holders AS a ON a.tag = p.tag JOIN holders AS b ON b.tag = p.next_tag LEFT JOIN pairs AS r ON r.tag = p.next_tag AND r.next_tag = p.tag
WHERE p.support > coalesce(r.support, 0);
SELECT count(*) > 10000 AS many, max(support) > 3 AS frequent FROM joined;
SELECT count(*) AS differ FROM (TABLE joined EXCEPT SELECT s.tag, s.next_tag, s.support, s.lift FROM learnify_internal.skill_rules(1e-9, 1) AS s) AS d;
SELECT count(*) = (SELECT count(*) FROM joined) AS as_many FROM learnify_internal.skill_rules(1e-9, 1);
SET LOCAL learnify.recommend_work_mem = '1MB';
SELECT count(*) AS differ FROM (SELECT * FROM joined WHERE support >= 2 EXCEPT SELECT s.tag, s.next_tag, s.support, s.lift FROM learnify_internal.skill_rules(1e-9, 2) AS s) AS d;
SELECT count(*) = (SELECT count(*) FROM joined WHERE support >= 2) AS as_many FROM learnify_internal.skill_rules(1e-9, 2);
ROLLBACK;

--
-- Followed users, and trending courses
--

INSERT INTO generated_courses (user_id, title, meta_category, created_at)
SELECT pg_temp.learner(0), t.title, t.category, '2026-01-01'
FROM (VALUES ('Two of them', 'Economic'), ('One of them', 'Economic'), ('Five of them', 'Aesthetic'), ('Long ago', 'Economic'), ('Unseen', 'Biological')) AS t (title, category);
UPDATE users SET name = 'Ada', max_visibility = 'friends' WHERE id = pg_temp.learner(31);
UPDATE users SET name = 'Bob' WHERE id = pg_temp.learner(32);
UPDATE users SET max_visibility = 'private' WHERE id = pg_temp.learner(36);
UPDATE users SET social_enabled = false WHERE id = pg_temp.learner(37);
INSERT INTO user_relationships (follower_id, following_id) SELECT pg_temp.learner(1), pg_temp.learner(n) FROM generate_series(31, 37) AS n;
-- one learner follows no active user, and one follows hidden users only
INSERT INTO user_relationships (follower_id, following_id) VALUES (pg_temp.learner(2), pg_temp.learner(59)), (pg_temp.learner(2), pg_temp.learner(58)),
  (pg_temp.learner(4), pg_temp.learner(36)), (pg_temp.learner(4), pg_temp.learner(37)), (pg_temp.learner(4), pg_temp.learner(31));
INSERT INTO user_progress (user_id, course_id, started_at, last_activity)
SELECT pg_temp.learner(t.n), pg_temp.course(t.title), now() - interval '20 days', now() - t.ago
FROM (VALUES (31, 'Two of them', interval '6 days 23 hours'), (32, 'Two of them', '2 hours'), (36, 'Two of them', '1 hour'), (37, 'Two of them', '1 hour'), (59, 'Two of them', '1 hour'),
             (31, 'One of them', '1 hour'), (36, 'One of them', '1 hour'), (37, 'One of them', '1 hour'),
             (31, 'Five of them', '5 hours'), (32, 'Five of them', '4 hours'), (33, 'Five of them', '3 hours'), (34, 'Five of them', '2 hours'), (35, 'Five of them', '1 hour'),
             (31, 'Long ago', '7 days'), (32, 'Long ago', '7 days 1 second'), (33, 'Long ago', '1 hour'),
             (36, 'Unseen', '1 hour'), (37, 'Unseen', '1 hour')) AS t (n, title, ago);
INSERT INTO user_progress (user_id, course_id, started_at)
SELECT pg_temp.learner(t.n), pg_temp.course(t.title), now() - t.hours * interval '1 hour'
FROM (SELECT n, 'History', 2 FROM generate_series(1, 12) AS n UNION ALL SELECT n, 'History', 30 FROM generate_series(13, 14) AS n
      UNION ALL SELECT n, 'B1', 3 FROM generate_series(40, 44) AS n UNION ALL SELECT n, 'A1', 3 FROM generate_series(45, 49) AS n UNION ALL SELECT n, 'A1', 26 FROM generate_series(50, 52) AS n) AS t (n, title, hours);
INSERT INTO user_archetypes (user_id, meta_category, domain, skill_level) VALUES (pg_temp.learner(60), 'Digital', 'baking', 'novice');
INSERT INTO user_progress (user_id, course_id, progress_percentage, completed_at, started_at) VALUES (pg_temp.learner(54), pg_temp.course('Python'), 100, now(), now() - interval '20 days');
SELECT refresh_trending();
SELECT refresh_recommendations() AS written;

SELECT c.title, r.match_score, r.reason, r.metadata -> 'people' AS people, r.metadata -> 'names' AS names, r.expires_at = r.created_at + interval '3 days' AS for_3_days
FROM recommendations AS r JOIN generated_courses AS c ON c.id = r.course_id
WHERE r.recommendation_type = 'social_signal' ORDER BY r.user_id, r.metadata -> 'rank';
-- the learner's own category first, although History has a better rank
SELECT c.title, c.meta_category, r.match_score, r.reason, r.metadata -> 'rank' AS rank, r.metadata -> 'trending_rank' AS trending_rank, r.expires_at = r.created_at + interval '24 hours' AS for_24_hours
FROM recommendations AS r JOIN generated_courses AS c ON c.id = r.course_id
WHERE r.recommendation_type = 'trending' AND r.user_id = pg_temp.learner(60) ORDER BY r.metadata -> 'rank';
-- A learner who mastered only Python is recommended courses with the next tags, the newest first
-- among equal ones.
SELECT c.title, r.match_score, r.reason, r.metadata
FROM recommendations AS r JOIN generated_courses AS c ON c.id = r.course_id
WHERE r.recommendation_type = 'skill_adjacency' AND r.user_id = pg_temp.learner(54) ORDER BY r.metadata -> 'rank';

--
-- The reasons of all learners' recommendations are true
--

CREATE TEMP VIEW collaborative AS
SELECT r.*, ARRAY(SELECT b.id::uuid FROM jsonb_array_elements_text(r.metadata -> 'because_courses') WITH ORDINALITY AS b (id, number) ORDER BY b.number) AS because
FROM recommendations AS r WHERE r.recommendation_type = 'collaborative_filtering';
-- The courses named are the three of the learner's with the highest weights for this one, in that
-- order, and the score is that of the model.
CREATE TEMP VIEW heard AS
SELECT k.id, l.course_id, s.weight
FROM collaborative AS k
CROSS JOIN LATERAL (SELECT DISTINCT i.course_id FROM user_course_interactions AS i
                    WHERE i.user_id = k.user_id AND i.interaction_type IN ('enrolled', 'completed') AND i.interaction_value >= 0) AS l
JOIN generated_courses AS c ON c.id = l.course_id
CROSS JOIN LATERAL unnest(c.similar_course_ids, c.similar_course_weights) AS s (id, weight)
WHERE s.id = k.course_id;
-- A score begins with q times the intercept and 1 - q times the share of learners who took the course, where q depends on
-- how many courses the learner has taken.
CREATE FUNCTION pg_temp.known(n bigint) RETURNS double precision LANGUAGE sql AS $$ SELECT n ^ 2 / (n ^ 2 + 25.0) $$;
CREATE TEMP VIEW spoke AS
SELECT i.user_id, count(DISTINCT i.course_id) AS n, pg_temp.known(count(DISTINCT i.course_id)) AS q
FROM user_course_interactions AS i WHERE i.interaction_type IN ('enrolled', 'completed') AND i.interaction_value >= 0 GROUP BY 1;
CREATE TEMP VIEW shares AS
SELECT c.id, (c.learner_count::double precision / (SELECT m.learners FROM learnify_internal.recommendation_model AS m))::real AS share FROM generated_courses AS c;
SELECT count(*) > 100 AS many, bool_and(cardinality(k.because) BETWEEN CASE WHEN p.n < 3 THEN 0 ELSE 1 END AND 3) AS one_to_three,
       bool_and(k.because = ARRAY(SELECT h.course_id FROM heard AS h WHERE h.id = k.id AND h.weight > 0 ORDER BY h.weight DESC, h.course_id LIMIT 3)) AS the_loudest,
       bool_and(abs((k.metadata -> 'score')::double precision - p.q * c.similarity_intercept - (1 - p.q) * h.share - (SELECT coalesce(sum(d.weight::double precision), 0) FROM heard AS d WHERE d.id = k.id)) < 1e-5) AS scored,
       bool_and(k.because = '{}' OR k.reason = 'Because you took ' || (
         SELECT CASE count(*) WHEN 1 THEN min(q.title) ELSE array_to_string((array_agg(q.title ORDER BY q.number))[1:count(*)::integer - 1], ', ') || ' and ' || (array_agg(q.title ORDER BY q.number DESC))[1] END
         FROM (SELECT '"' || t.title || '"' AS title, b.number FROM unnest(k.because) WITH ORDINALITY AS b (id, number) JOIN generated_courses AS t USING (id)) AS q)) AS named
FROM collaborative AS k JOIN generated_courses AS c ON c.id = k.course_id JOIN spoke AS p ON p.user_id = k.user_id JOIN shares AS h ON h.id = c.id;
-- Ranks follow the scores of all courses that could be recommended to the learner.
WITH could AS (
  SELECT p.user_id, t.id, coalesce(sum(s.weight::double precision), 0) + min((round((p.q * t.similarity_intercept + (1 - p.q) * h.share) * 2::double precision ^ 44) / 2::double precision ^ 44)::real) AS score
  FROM spoke AS p
  CROSS JOIN generated_courses AS t
  JOIN shares AS h ON h.id = t.id
  LEFT JOIN (SELECT DISTINCT i.user_id, i.course_id, s.id, s.weight
             FROM user_course_interactions AS i JOIN generated_courses AS c ON c.id = i.course_id, unnest(c.similar_course_ids, c.similar_course_weights) AS s (id, weight)
             WHERE i.interaction_type IN ('enrolled', 'completed') AND i.interaction_value >= 0) AS s ON s.user_id = p.user_id AND s.id = t.id
  WHERE t.id NOT IN (SELECT learnify_internal.taken_courses(p.user_id)) AND t.status <> 'archived'
  GROUP BY 1, 2
  HAVING bool_or(s.weight > 0) OR min(p.n) < 3 AND min(h.share) > 0
), ranked AS (
  SELECT c.*, row_number() OVER (PARTITION BY c.user_id ORDER BY c.score DESC, c.id) AS rank FROM could AS c
)
SELECT count(*) > 100 AS many, count(*) FILTER (WHERE k.id IS NULL OR r.id IS NULL) AS differ
FROM (SELECT * FROM ranked WHERE rank <= 20) AS r
FULL JOIN collaborative AS k ON k.user_id = r.user_id AND k.course_id = r.id AND (k.metadata -> 'rank')::integer = r.rank;
-- A learner with fewer than three courses is recommended popular ones too, although none of the learner's courses speaks for them.
BEGIN;
INSERT INTO user_course_interactions (user_id, course_id, interaction_type) SELECT pg_temp.learner(59), c.id, 'enrolled' FROM generated_courses AS c WHERE c.title = 'A1';
SELECT refresh_recommendations(pg_temp.learner(59)) > 0 AS written;
SELECT count(*) > 10 AS many, count(*) FILTER (WHERE k.because = '{}') > 0 AS popular, bool_and(k.because <> '{}' OR k.reason = CASE c.learner_count WHEN 1 THEN '1 learner took this' ELSE format('Popular: %s learners took this', c.learner_count) END) AS said,
       bool_and(k.because <> '{}' OR c.learner_count > 0) AS taken,
       bool_and(k.because <> '{}' OR abs((k.metadata -> 'score')::double precision - (1 - p.q) * h.share - p.q * c.similarity_intercept - (SELECT coalesce(sum(d.weight::double precision), 0) FROM heard AS d WHERE d.id = k.id)) < 1e-5) AS scored
FROM collaborative AS k JOIN generated_courses AS c ON c.id = k.course_id JOIN spoke AS p ON p.user_id = k.user_id JOIN shares AS h ON h.id = c.id
WHERE k.user_id = pg_temp.learner(59);
INSERT INTO user_course_interactions (user_id, course_id, interaction_type) SELECT pg_temp.learner(59), c.id, 'enrolled' FROM generated_courses AS c WHERE c.title IN ('A2', 'A3');
SELECT refresh_recommendations(pg_temp.learner(59)) > 0 AS written;
SELECT count(*) > 0 AS some, count(*) FILTER (WHERE k.because = '{}') AS popular FROM collaborative AS k WHERE k.user_id = pg_temp.learner(59);
ROLLBACK;
-- Given courses are ranked by the same scores, those that were taken or that nobody took, too; the ids that are no course's are left out.
SELECT count(*) > 100 AS many, count(*) FILTER (WHERE s.score IS DISTINCT FROM (k.metadata -> 'score')::double precision OR s.because_courses <> k.because OR s.reason <> k.reason) AS differ
FROM collaborative AS k JOIN LATERAL score_courses(k.user_id, ARRAY[k.course_id, k.course_id, k.user_id]) AS s ON s.course_id = k.course_id;
SELECT count(*) = (SELECT count(*) FROM generated_courses) AS all_of_them, min(s.rank) = 1 AND max(s.rank) = count(*) AS ranked, bool_and(s.reason <> '') AS explained,
       (SELECT bool_and(o.score >= o.next) FROM (SELECT r.score, lead(r.score) OVER (ORDER BY r.rank) AS next FROM score_courses(pg_temp.learner(3), ARRAY(SELECT c.id FROM generated_courses AS c)) AS r) AS o) AS in_order
FROM score_courses(pg_temp.learner(3), ARRAY(SELECT c.id FROM generated_courses AS c)) AS s;
-- For a learner without courses, they are ranked by popularity.
SELECT count(*) FILTER (WHERE s.score <> h.share) AS differ, array_agg(DISTINCT CASE WHEN c.learner_count > 1 THEN 'Popular' ELSE s.reason END ORDER BY CASE WHEN c.learner_count > 1 THEN 'Popular' ELSE s.reason END) AS reasons
FROM score_courses(pg_temp.learner(57), ARRAY(SELECT c.id FROM generated_courses AS c)) AS s JOIN shares AS h ON h.id = s.course_id JOIN generated_courses AS c ON c.id = s.course_id;
-- Skills: the pair of tags is one of skill_adjacency(); the learner has mastered the first tag and not the second, which the course has.
SELECT count(*) > 5 AS many, bool_and(pg_temp.mastered(r.user_id, r.metadata ->> 'tag') IS NOT NULL) AS has, bool_and(pg_temp.mastered(r.user_id, r.metadata ->> 'next_tag') IS NULL) AS has_not,
       bool_and(EXISTS (SELECT FROM course_tags AS t WHERE t.course_id = r.course_id AND t.tag = r.metadata ->> 'next_tag')) AS of_the_course,
       bool_and((SELECT d.support = (r.metadata -> 'support')::bigint AND abs(d.lift - (r.metadata -> 'lift')::double precision) < 1e-12
                 FROM by_definition AS d WHERE d.tag = r.metadata ->> 'tag' AND d.next_tag = r.metadata ->> 'next_tag')) AS as_counted,
       bool_and(r.reason = format('Because you mastered %s: %s learners who did went on to %s', r.metadata ->> 'tag', r.metadata ->> 'support', r.metadata ->> 'next_tag')) AS said
FROM recommendations AS r WHERE r.recommendation_type = 'skill_adjacency';
-- Users: those counted are followed, active in the course, and visible.
SELECT count(*) AS rows,
       bool_and((SELECT count(*) FROM user_relationships AS f JOIN users AS u ON u.id = f.following_id JOIN user_progress AS p ON p.user_id = u.id AND p.course_id = r.course_id
                 WHERE f.follower_id = r.user_id AND u.max_visibility <> 'private' AND u.social_enabled AND now() - p.last_activity < interval '7 days') = (r.metadata -> 'people')::bigint) AS counted,
       bool_and((SELECT bool_and(u.max_visibility <> 'private' AND u.social_enabled AND strpos(r.reason, u.name) > 0) FROM jsonb_array_elements_text(r.metadata -> 'user_ids') AS i (id) JOIN users AS u ON u.id = i.id::uuid)) AS named
FROM recommendations AS r WHERE r.recommendation_type = 'social_signal';
-- Trending: the numbers are those of trending_courses and of user_progress.
SELECT count(*) > 50 AS many, bool_and(t.signups_24h = (r.metadata -> 'signups_24h')::integer AND t.signups_24h = (SELECT count(*) FROM user_progress AS p WHERE p.course_id = r.course_id AND p.started_at > t.calculated_at - interval '24 hours')) AS counted,
       bool_and(r.reason = format('%s in %s: %s sign-up%s in 24 hours, %s in the 24 before', CASE WHEN t.velocity > 5 THEN 'Hot' ELSE 'Trending' END, t.meta_category, t.signups_24h, CASE WHEN t.signups_24h > 1 THEN 's' END, t.signups_previous_24h)) AS said
FROM recommendations AS r LEFT JOIN trending_courses AS t USING (course_id) WHERE r.recommendation_type = 'trending';
-- Ranks have no gaps, and match_score is from 1 to 100.
SELECT r.recommendation_type, bool_and(r.ranks = ARRAY(SELECT generate_series(1, cardinality(r.ranks)))) AS without_gap, min(r.worst) >= 1 AND max(r.best) <= 100 AS in_range
FROM (SELECT r.recommendation_type, r.user_id, array_agg((r.metadata -> 'rank')::integer ORDER BY r.metadata -> 'rank') AS ranks, min(r.match_score) AS worst, max(r.match_score) AS best
      FROM recommendations AS r GROUP BY 1, 2) AS r GROUP BY 1 ORDER BY 1;

--
-- Refreshes for one learner and for all
--

SELECT refresh_recommendations() \g /dev/null
CREATE TEMP TABLE everyones AS TABLE recommendations;
DELETE FROM recommendations;
SELECT sum(refresh_recommendations(u.id)) = (SELECT count(*) FROM everyones) AS as_many FROM users AS u;
SELECT r.recommendation_type, count(*) > 1 AS some, count(*) FILTER (WHERE e.user_id IS NULL OR r.user_id IS NULL) AS not_both,
       count(*) FILTER (WHERE (e.match_score, e.reason, e.metadata - 'score') IS DISTINCT FROM (r.match_score, r.reason, r.metadata - 'score')
                           OR abs((e.metadata -> 'score')::double precision - (r.metadata -> 'score')::double precision) > 1e-5) AS differ
FROM recommendations AS r FULL JOIN everyones AS e USING (user_id, course_id, recommendation_type) GROUP BY 1 ORDER BY 1;

--
-- Rows that are as they were are not written again
--

SELECT refresh_recommendations() \g /dev/null
CREATE TEMP TABLE untouched AS SELECT r.ctid AS at, r.xmin AS written_by, r.* FROM recommendations AS r;
SELECT refresh_recommendations() AS written, refresh_recommendations(pg_temp.learner(1)) AS of_one;
SELECT count(*) > 100 AS many, count(*) FILTER (WHERE (r.ctid, r.xmin::text, r.created_at, r.expires_at) IS DISTINCT FROM (k.at, k.written_by::text, k.created_at, k.expires_at)) AS rewritten
FROM untouched AS k FULL JOIN recommendations AS r USING (id);
-- Nothing is locked, either.
BEGIN;
SELECT pg_current_xact_id()::xid AS here \gset
SELECT refresh_recommendations() AS written;
SELECT (SELECT count(*) FROM generated_courses WHERE xmax = :'here') AS courses, (SELECT count(*) FROM users WHERE xmax = :'here') AS users,
       (SELECT count(*) FROM recommendations WHERE xmax = :'here') AS recommendations;
COMMIT;
-- What differs in any way is written, and nothing else: by other programs, or because it is due.
UPDATE recommendations AS r SET match_score = 0 WHERE r.id = (SELECT k.id FROM untouched AS k WHERE k.match_score > 0 ORDER BY k.id LIMIT 1);
UPDATE recommendations AS r SET reason = '' WHERE r.id = (SELECT k.id FROM untouched AS k WHERE k.match_score > 0 ORDER BY k.id LIMIT 1 OFFSET 1);
UPDATE recommendations AS r SET metadata = metadata || '{"rank": 0}' WHERE r.id = (SELECT k.id FROM untouched AS k WHERE k.match_score > 0 ORDER BY k.id LIMIT 1 OFFSET 2);
UPDATE recommendations AS r SET expires_at = NULL WHERE r.id = (SELECT k.id FROM untouched AS k WHERE k.match_score > 0 ORDER BY k.id LIMIT 1 OFFSET 3);
UPDATE recommendations AS r SET expires_at = r.expires_at + interval '1 day' WHERE r.id = (SELECT k.id FROM untouched AS k WHERE k.match_score > 0 ORDER BY k.id LIMIT 1 OFFSET 4);
DELETE FROM recommendations AS r WHERE r.id = (SELECT k.id FROM untouched AS k WHERE k.match_score > 0 ORDER BY k.id LIMIT 1 OFFSET 5);
SELECT refresh_recommendations() AS written;
SELECT count(*) FILTER (WHERE k.user_id IS NULL OR r.user_id IS NULL) AS not_both, count(*) FILTER (WHERE (r.match_score, r.reason, r.metadata, r.expires_at > now()) IS DISTINCT FROM (k.match_score, k.reason, k.metadata, true)) AS differ
FROM untouched AS k FULL JOIN recommendations AS r USING (user_id, course_id, recommendation_type);
SELECT k.recommendation_type, pg_temp.age_recommendations(k.valid_for / 2 - interval '1 minute', k.recommendation_type) AS nearly_half, refresh_recommendations() AS written,
       pg_temp.age_recommendations(interval '2 minutes', k.recommendation_type) = refresh_recommendations() AS all_of_those
FROM (SELECT k.kind AS recommendation_type, k.valid_for FROM learnify_internal.recommendation_kinds() AS k) AS k ORDER BY 1;

--
-- The people whom learners follow: for many learners at once, the result is that for each
--

BEGIN;
SELECT setseed(0.25) \g /dev/null
INSERT INTO user_relationships (follower_id, following_id)
SELECT a.id, b.id FROM users AS a JOIN users AS b ON a.id <> b.id WHERE random() < 0.3 ON CONFLICT DO NOTHING;
INSERT INTO user_progress (user_id, course_id, broadcast_at)
SELECT u.id, c.id, now() FROM users AS u CROSS JOIN generated_courses AS c WHERE random() < 0.2 ON CONFLICT DO NOTHING;
-- few dates, so that there are ties; the limits of the 7 days, and the future
UPDATE user_progress SET last_activity = now() - (ARRAY['0', '1 hour', '1 hour', '2 days', '7 days', '6 days 23:59:59.999999', '8 days', '-1 hour'])[1 + floor(8 * random())::integer]::interval;
UPDATE users SET max_visibility = 'private' WHERE random() < 0.1;
UPDATE users SET social_enabled = false WHERE random() < 0.1;
UPDATE generated_courses SET status = 'archived' WHERE random() < 0.1;
SELECT count(dismiss_recommendation(u.id, c.id)) > 10 AS dismissed FROM users AS u CROSS JOIN generated_courses AS c WHERE random() < 0.02;
CREATE TEMP TABLE limits ON COMMIT DROP AS SELECT min(id::text)::uuid AS first, max(id::text)::uuid AS last FROM users;
SELECT n, shift, count(*) > 50 AS many, count(*) FILTER (WHERE k.by_one) = count(*) AS both, count(*) FILTER (WHERE k.people > 3) > 10 AS crowds,
       count(*) FILTER (WHERE k.differ) AS differ
FROM (VALUES (1, interval '0'), (3, '0'), (15, '0'), (1000, '0'), (15, '1 hour'), (15, '-1 day')) AS v (n, shift)
CROSS JOIN limits
CROSS JOIN LATERAL (
  SELECT o.people, s.user_id IS NOT NULL AND o.user_id IS NOT NULL AS by_one,
         (s.rank, s.people, s.user_ids, s.names) IS DISTINCT FROM (o.rank, o.people, o.user_ids, o.names) AS differ
  FROM learnify_internal.social_signals(n, first, last, now() + shift) AS s
  FULL JOIN (SELECT u.id AS user_id, r.course_id, (r.metadata -> 'rank')::integer AS rank, (r.metadata -> 'people')::bigint AS people,
                    ARRAY(SELECT jsonb_array_elements_text(r.metadata -> 'user_ids'))::uuid[] AS user_ids,
                    ARRAY(SELECT jsonb_array_elements_text(r.metadata -> 'names')) AS names
             FROM users AS u CROSS JOIN LATERAL learnify_internal.social_recommendations(u.id, n, now() + shift) AS r) AS o
    ON o.user_id = s.user_id AND o.course_id = s.course_id) AS k
GROUP BY n, shift ORDER BY n, shift;
-- a part of the learners, and nobody
SELECT count(*) FILTER (WHERE s.user_id = pg_temp.learner(5)) > 0 AS of_5, count(*) FILTER (WHERE s.user_id NOT BETWEEN pg_temp.learner(5) AND pg_temp.learner(9)) AS of_others
FROM learnify_internal.social_signals(15, pg_temp.learner(5), pg_temp.learner(9), now()) AS s;
SELECT count(*) AS of_nobody FROM learnify_internal.social_signals(15, pg_temp.learner(9), pg_temp.learner(5), now());
SELECT pg_temp.error_of('SELECT learnify_internal.social_signals(0, pg_temp.learner(1), pg_temp.learner(1), now())'), pg_temp.error_of('SELECT learnify_internal.social_signals(1001, pg_temp.learner(1), pg_temp.learner(1), now())');
ROLLBACK;

--
-- Courses that are taken, dismissed, archived or the learner's own are left out
--

-- Learner 15 enrols in the first, dismisses the second; the third is archived, and the fourth becomes the learner's own.
CREATE TEMP TABLE shown AS
SELECT r.course_id, (r.metadata -> 'rank')::integer AS rank FROM recommendations AS r WHERE r.user_id = pg_temp.learner(15) AND r.recommendation_type = 'collaborative_filtering';
INSERT INTO user_progress (user_id, course_id) SELECT pg_temp.learner(15), course_id FROM shown WHERE rank = 1;
SELECT dismiss_recommendation(pg_temp.learner(15), course_id) AS first_time, dismiss_recommendation(pg_temp.learner(15), course_id) AS again FROM shown WHERE rank = 2;
-- A row of what the learner did, even one without weight, is no dismissal.
BEGIN;
INSERT INTO user_course_interactions (user_id, course_id, interaction_type, interaction_value) SELECT pg_temp.learner(16), course_id, 'viewed', 0 FROM shown WHERE rank = 2;
INSERT INTO user_course_interactions (user_id, course_id, interaction_type, interaction_value) SELECT pg_temp.learner(16), course_id, 'saved', -0.5 FROM shown WHERE rank = 3;
SELECT rank, dismiss_recommendation(pg_temp.learner(16), course_id) AS first_time FROM shown WHERE rank IN (2, 3) ORDER BY rank;
ROLLBACK;
SELECT count(*) AS still_shown FROM recommendations JOIN shown USING (course_id) WHERE user_id = pg_temp.learner(15) AND rank = 2;
UPDATE generated_courses SET status = 'archived' WHERE id = (SELECT course_id FROM shown WHERE rank = 3);
UPDATE generated_courses SET user_id = pg_temp.learner(15) WHERE id = (SELECT course_id FROM shown WHERE rank = 4);
SELECT refresh_recommendations(pg_temp.learner(15)) > 0 AS written;
SELECT count(*) FILTER (WHERE rank <= 4) AS of_those, count(*) > 2 AS others FROM recommendations JOIN shown USING (course_id) WHERE user_id = pg_temp.learner(15);
UPDATE recommendations SET expires_at = now() WHERE user_id = pg_temp.learner(15);
SELECT refresh_recommendations() > 0 AS written;
SELECT count(*) FILTER (WHERE rank <= 4) AS of_those, count(*) > 2 AS others FROM recommendations JOIN shown USING (course_id) WHERE user_id = pg_temp.learner(15);
SELECT r.recommendation_type, count(*) > 0 AS some,
       count(*) FILTER (WHERE c.status = 'archived' OR c.user_id = r.user_id OR EXISTS (SELECT FROM user_progress AS p WHERE p.user_id = r.user_id AND p.course_id = r.course_id)
                           OR EXISTS (SELECT FROM user_course_interactions AS i WHERE i.user_id = r.user_id AND i.course_id = r.course_id)) AS wrong
FROM recommendations AS r JOIN generated_courses AS c ON c.id = r.course_id GROUP BY 1 ORDER BY 1;

-- A course that is archived is recommended to nobody for any reason, neither by a refresh of all
-- learners nor by one of its own.
CREATE TEMP TABLE reasons AS
SELECT DISTINCT ON (r.recommendation_type) r.recommendation_type, r.user_id, r.course_id
FROM recommendations AS r
ORDER BY r.recommendation_type, r.user_id, r.metadata -> 'rank';
BEGIN;
UPDATE generated_courses SET status = 'archived' WHERE id IN (SELECT course_id FROM reasons);
SELECT refresh_recommendations() > 0 AS written;
SELECT r.recommendation_type, count(*) > 0 AS some, count(*) FILTER (WHERE r.course_id IN (SELECT course_id FROM reasons)) AS archived
FROM recommendations AS r GROUP BY 1 ORDER BY 1;
SELECT n.recommendation_type, count(*) FILTER (WHERE c.course_id IN (SELECT course_id FROM reasons)) AS archived
FROM reasons AS n
LEFT JOIN LATERAL learnify_internal.fresh_recommendations(n.recommendation_type, n.user_id, n.user_id) AS c ON true GROUP BY 1 ORDER BY 1;
ROLLBACK;

-- Of the people whom one follows, those count who were active in the 7 days up to as_of: at that
-- instant, but not exactly 7 days before, and not later.
BEGIN;
DELETE FROM user_progress;
INSERT INTO user_progress (user_id, course_id, last_activity)
SELECT pg_temp.learner(t.n), pg_temp.course('Five of them'), t.at::timestamptz
FROM (VALUES (31, '2026-05-01 12:00Z'), (32, '2026-05-02 12:00Z'), (33, '2026-05-03 12:00Z'), (34, '2026-05-03 12:00:01Z'), (35, '2026-05-10 12:00Z')) AS t (n, at);
INSERT INTO user_relationships (follower_id, following_id) SELECT pg_temp.learner(1), pg_temp.learner(n) FROM generate_series(31, 35) AS n ON CONFLICT DO NOTHING;
SELECT t.as_of, s.metadata -> 'people' AS people, s.reason
FROM unnest('{2026-05-01 12:00Z,2026-05-02 12:00Z,2026-05-03 12:00Z,2026-05-03 12:00:01Z,2026-05-08 11:59:59Z,2026-05-08 12:00Z,2026-05-10 12:00Z,2026-05-11 12:00Z}'::timestamptz[]) AS t (as_of)
LEFT JOIN LATERAL learnify_internal.social_recommendations(pg_temp.learner(1), 15, t.as_of) AS s ON s.course_id = pg_temp.course('Five of them')
ORDER BY 1;
-- Of courses with as many people, the one with the latest activity comes first, whenever they began.
INSERT INTO user_progress (user_id, course_id, last_activity, started_at)
SELECT pg_temp.learner(n), pg_temp.course(t.title), t.at::timestamptz - n * interval '1 second', timestamptz '2026-05-09' - t.number * interval '1 day'
FROM generate_series(31, 33) AS n, (VALUES (1, 'Two of them', '2026-05-03 13:00Z'), (3, 'One of them', '2026-05-03 15:00Z'), (2, 'Unseen', '2026-05-03 14:00Z')) AS t (number, title, at);
SELECT c.title, s.metadata -> 'rank' AS rank, s.match_score, s.reason
FROM learnify_internal.social_recommendations(pg_temp.learner(1), 15, '2026-05-04 12:00Z') AS s JOIN generated_courses AS c ON c.id = s.course_id
ORDER BY s.metadata -> 'rank';
ROLLBACK;

--
-- Recommendations without a basis are removed
--

-- (A session whose plans were made for an empty table keeps them, and uses the index.)
TRUNCATE recommendations;
VACUUM ANALYZE recommendations;
BEGIN;
SELECT seq_scan AS before FROM pg_stat_xact_user_tables WHERE relname = 'recommendations' \gset
SELECT refresh_recommendations() > 0 AS everyone;
UPDATE recommendations SET expires_at = now() WHERE user_id = pg_temp.learner(1);
SELECT refresh_recommendations(pg_temp.learner(1)) > 0 AS one;
SELECT seq_scan - :before AS scans FROM pg_stat_xact_user_tables WHERE relname = 'recommendations';
COMMIT;
UPDATE recommendations SET expires_at = now() - interval '1 second', created_at = now() - interval '8 days';
DELETE FROM user_relationships WHERE follower_id = pg_temp.learner(1) AND following_id IN (pg_temp.learner(31), pg_temp.learner(33), pg_temp.learner(34), pg_temp.learner(35));
DELETE FROM user_progress WHERE started_at > now() - interval '2 days';
SELECT refresh_trending() AS trending, refresh_recommendations() > 0 AS written;
SELECT r.recommendation_type, count(*) FILTER (WHERE r.expires_at <= now()) AS expired FROM recommendations AS r GROUP BY 1 ORDER BY 1;
-- Learners without interactions have trending courses only.
DELETE FROM user_course_interactions;
DELETE FROM user_progress;
INSERT INTO user_progress (user_id, course_id) VALUES (pg_temp.learner(60), pg_temp.course('Drawing'));
SELECT refresh_trending() AS trending, refresh_recommendations() AS written;
SELECT r.recommendation_type, r.reason, count(*) AS learners FROM recommendations AS r GROUP BY 1, 2;
SELECT count(*) FILTER (WHERE similar_course_ids <> '{}') AS with_weights, count(*) FILTER (WHERE next_tags <> '[]') AS with_rules FROM generated_courses;

--
-- Evaluation
--

-- All learners took X, then Y; half then took Z, which is among the courses held out.
TRUNCATE generated_courses CASCADE;
INSERT INTO generated_courses (id, user_id, title, meta_category)
SELECT ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid, pg_temp.learner(0), 'E' || n, 'Digital' FROM generate_series(0, 19) AS n;
INSERT INTO user_course_interactions (user_id, course_id, interaction_type, created_at)
SELECT pg_temp.learner(n), pg_temp.course('E' || (n % 2) * 10 + (n / 2 + p) % 10), 'enrolled', timestamptz '2026-01-01' + p * interval '1 day'
FROM generate_series(1, 60) AS n, generate_series(0, 4) AS p;
CREATE TEMP TABLE before AS SELECT md5(string_agg(c::text, ',' ORDER BY c.id)) AS digest FROM generated_courses AS c;
SELECT method, round(recall::numeric, 6) AS recall, round(ndcg::numeric, 6) AS ndcg, coverage, learners, round(cold_ndcg::numeric, 6) AS cold_ndcg, round(tail_ndcg::numeric, 6) AS tail_ndcg FROM evaluate_recommendations(0.2, 3);
-- Popularity, computed here: the last of five courses is held out, and the most popular courses not among the other four are predicted.
WITH rest AS (
  SELECT i.*, row_number() OVER (PARTITION BY user_id ORDER BY created_at) AS place FROM user_course_interactions AS i
), popular AS (
  SELECT c.id, (SELECT count(*) FROM rest AS r WHERE r.course_id = c.id AND r.place < 5) AS users FROM generated_courses AS c
), ranked AS (
  SELECT u.user_id, u.course_id AS hidden, p.id, row_number() OVER (PARTITION BY u.user_id ORDER BY p.users DESC, p.id) AS rank
  FROM rest AS u CROSS JOIN popular AS p
  WHERE u.place = 5 AND NOT EXISTS (SELECT FROM rest AS r WHERE r.user_id = u.user_id AND r.course_id = p.id AND r.place < 5)
)
SELECT round(avg(h.hit), 6) AS recall, round(avg(h.gain)::numeric, 6) AS ndcg, (SELECT count(DISTINCT id) / 20.0 FROM ranked WHERE rank <= 3) AS coverage
FROM (SELECT user_id, sum((id = hidden)::integer) AS hit, sum(CASE WHEN id = hidden THEN ln(2) / ln(rank + 1) ELSE 0 END) AS gain FROM ranked WHERE rank <= 3 GROUP BY 1) AS h;
SELECT digest = (SELECT md5(string_agg(c::text, ',' ORDER BY c.id)) FROM generated_courses AS c) AS nothing_written FROM before;
-- A split by time hides what anybody took after one point in time: with a fifth hidden, the last of five days.
SELECT method, round(recall::numeric, 6) AS recall, learners FROM evaluate_recommendations(0.2, 3, split => 'time');
-- Parameters are those given.
SELECT count(DISTINCT (e.ndcg, e.cold_ndcg)) AS different
FROM unnest('{"{}", "{\"rank\": 0, \"regularization\": 1000, \"balance\": 2}", "{\"neighbours\": 1, \"rank\": 0}"}'::jsonb[]) AS p, evaluate_recommendations(0.2, 3, p) AS e WHERE e.method = 'local_ridge';
-- A learner with a single course does not count: either no course is held out, or none is left.
DELETE FROM user_course_interactions WHERE created_at > '2026-01-01';
SELECT * FROM evaluate_recommendations(0.4);
SELECT * FROM evaluate_recommendations(0.6);

--
-- Tuning
--

BEGIN;
-- With few interactions, nothing is tried, and the default stays.
SELECT parameters, tried FROM tune_recommendations();
SELECT m.parameters, m.tuned_at = now() OR m.tuned_at > now() - interval '1 hour' AS noted, m.tuned_interactions FROM learnify_internal.recommendation_model AS m;
-- Everybody likes the courses of one field, and popular ones. What is chosen did better on interactions that the search did not see.
INSERT INTO users (id, email, password_hash, name) SELECT pg_temp.learner(1000 + n), n || '@tuned.example', '', 'Tuned' FROM generate_series(1, 700) AS n;
INSERT INTO generated_courses (id, user_id, title, meta_category)
SELECT ('00000000-0000-4000-9000-' || lpad((1000 + n)::text, 12, '0'))::uuid, pg_temp.learner(0), 'T' || n, 'Digital' FROM generate_series(0, 99) AS n;
INSERT INTO user_course_interactions (user_id, course_id, interaction_type, created_at)
SELECT DISTINCT ON (n, c) pg_temp.learner(1000 + n), ('00000000-0000-4000-9000-' || lpad((1000 + c)::text, 12, '0'))::uuid, 'enrolled', timestamptz '2026-01-01' + k * interval '1 day' + n * interval '1 minute'
FROM generate_series(1, 700) AS n, generate_series(1, 12) AS k, LATERAL (SELECT abs(hashint8extended(n * 100 + k, 7) % 20) + CASE WHEN k % 4 = 0 THEN 0 ELSE n % 5 * 20 END) AS f (c);
SELECT tried, parameters IS NULL OR ndcg > default_ndcg AS better, default_ndcg > 0.1 AS good FROM tune_recommendations('5 minutes') \gset
SELECT :tried >= 3 AS tried, :'better' AS better, :'good' AS good;
-- Where no setting is better by time, the search goes on by learner. That is all that is searched where the dates say nothing.
SAVEPOINT dated;
UPDATE user_course_interactions SET created_at = '2026-01-01';
SELECT tried < :tried AS fewer, default_ndcg > 0.1 AS good FROM tune_recommendations('5 minutes');
ROLLBACK TO dated;
-- What was chosen is used by fits that leave parameters out, and shown.
SELECT learnify_internal.keep_tuning('{"rank": 0, "balance": 1, "regularization": 50}', 100, '1 second', 0.2, 0.1);
SELECT (SELECT sum(hashtext(f::text)) FROM learnify_internal.fit_similar_courses(NULL) AS f) = (SELECT sum(hashtext(f::text)) FROM learnify_internal.fit_similar_courses('{"rank": 0, "balance": 1, "regularization": 50}') AS f) AS is_used,
       (SELECT sum(hashtext(f::text)) FROM learnify_internal.fit_similar_courses(NULL) AS f) = (SELECT sum(hashtext(f::text)) FROM learnify_internal.fit_similar_courses('{"balance": 0, "regularization": 3}') AS f) AS is_default,
       s.recommendation_model -> 'parameters' AS shown FROM learnify_status() AS s;
-- A refresh tunes again once there are twice as many interactions as there were.
SELECT refresh_recommendations() > 0 AS written;
SELECT m.interactions AS fitted FROM learnify_internal.recommendation_model AS m \gset
UPDATE learnify_internal.recommendation_model SET tuned_interactions = :fitted / 2 + 1;
SELECT refresh_recommendations() >= 0 AS refreshed;
SELECT m.tuning_budget AS as_before, m.tuned_interactions = m.interactions AS tuned_again FROM learnify_internal.recommendation_model() AS m;
UPDATE learnify_internal.recommendation_model SET tuned_interactions = interactions / 2;
SELECT refresh_recommendations() >= 0 AS refreshed;
SELECT m.tuning_budget AS as_before, m.tuned_interactions = m.interactions AS tuned_again FROM learnify_internal.recommendation_model() AS m;
ROLLBACK;

--
-- Invalid arguments
--

SELECT s.statement, pg_temp.error_of(s.statement) AS error
FROM unnest(ARRAY[
  'SELECT refresh_recommendations(''00000000-0000-4000-8000-00000000dead'')',
  'SELECT refresh_recommendations(min_lift => 0)', 'SELECT refresh_recommendations(min_lift => -1)', 'SELECT refresh_recommendations(min_lift => ''NaN'')', 'SELECT refresh_recommendations(min_lift => ''Infinity'')',
  'SELECT refresh_recommendations(min_lift => NULL)', 'SELECT refresh_recommendations(min_support => 0)', 'SELECT refresh_recommendations(min_support => NULL)',
  'SELECT refresh_recommendations(''00000000-0000-4000-8000-000000000001'', ''{"neighbours": 0}'')',
  'SELECT learnify_internal.fit_similar_courses(''{"neighbours": 0}'')', 'SELECT evaluate_recommendations(parameters => ''{"rank": 513}'')',
  'SELECT skill_adjacency(0)', 'SELECT skill_adjacency(1, 0)', 'SELECT skill_adjacency(NULL)',
  'SELECT similar_courses(''00000000-0000-4000-9000-00000000dead'')', 'SELECT similar_courses(NULL)',
  'SELECT similar_courses(''00000000-0000-4000-9000-000000000001'', 0)', 'SELECT similar_courses(''00000000-0000-4000-9000-000000000001'', 1001)', 'SELECT similar_courses(''00000000-0000-4000-9000-000000000001'', NULL)',
  'SELECT learnify_internal.collaborative_recommendations(''00000000-0000-4000-8000-000000000001'', 0)', 'SELECT learnify_internal.skill_recommendations(''00000000-0000-4000-8000-000000000001'', -1)',
  'SELECT learnify_internal.social_recommendations(''00000000-0000-4000-8000-000000000001'', 2000)', 'SELECT learnify_internal.trending_recommendations(''00000000-0000-4000-8000-000000000001'', 0)',
  'SELECT evaluate_recommendations(0)', 'SELECT evaluate_recommendations(1)', 'SELECT evaluate_recommendations(-0.1)', 'SELECT evaluate_recommendations(''NaN'')', 'SELECT evaluate_recommendations(''Infinity'')',
  'SELECT evaluate_recommendations(NULL)', 'SELECT evaluate_recommendations(n => 0)', 'SELECT evaluate_recommendations(n => 1001)', 'SELECT evaluate_recommendations(n => NULL)',
  'SELECT dismiss_recommendation(''00000000-0000-4000-8000-00000000dead'', ''00000000-0000-4000-9000-000000000001'')',
  'SELECT dismiss_recommendation(''00000000-0000-4000-8000-000000000001'', ''00000000-0000-4000-9000-00000000dead'')']) AS s (statement);
-- Parameters that are not known or out of range are refused, wherever the object came from.
SELECT p.parameters, pg_temp.error_of(format('SELECT refresh_recommendations(parameters => %L)', p.parameters)) AS error
FROM unnest('{"[]", "1", "null", "{\"neighbors\": 1}", "{\"Rank\": 1}", "{\"rank\": null}", "{\"rank\": \"8\"}", "{\"rank\": [8]}", "{\"rank\": {\"rank\": 8}}", "{\"rank\": 8.5}", "{\"rank\": -1}",
  "{\"rank\": 1e400}", "{\"neighbours\": 0}", "{\"neighbours\": 1001}", "{\"weights\": 0}", "{\"weights\": 4294967297}", "{\"regularization\": 0}", "{\"regularization\": -1}", "{\"regularization\": 1e10}",
  "{\"activity_exponent\": -0.5}", "{\"activity_exponent\": 2.5}", "{\"shrink\": -1}", "{\"balance\": 3}", "{\"dropout\": -1}", "{\"rank_share\": 11}"}'::text[]) AS p (parameters);
SELECT pg_temp.error_of($$SELECT evaluate_recommendations(split => 'place')$$), pg_temp.error_of($$SELECT evaluate_recommendations(split => NULL)$$);
SELECT learnify_internal.model_parameters('{"rank": 8.0, "regularization": 30}'), learnify_internal.model_parameters(NULL) = learnify_internal.model_parameters('{}') AS the_default;
-- The errors have changed nothing.
SELECT digest = (SELECT md5(string_agg(c::text, ',' ORDER BY c.id)) FROM generated_courses AS c) AS nothing_written FROM before;

-- A refresh locks the learners and courses of its rows, so that their foreign keys need not check them
-- again. But any other key is checked; and these are, where somebody else's trigger changes the row.
BEGIN;
DELETE FROM recommendations;
CREATE TABLE shown_kinds (kind text PRIMARY KEY);
ALTER TABLE recommendations ADD CONSTRAINT shown_kinds_fkey FOREIGN KEY (recommendation_type) REFERENCES shown_kinds (kind);
SELECT pg_temp.error_of('SELECT refresh_recommendations()') LIKE '%shown_kinds_fkey%' AS other_key_is_checked;
ROLLBACK;
BEGIN;
DELETE FROM recommendations;
CREATE FUNCTION pg_temp.replace_course() RETURNS trigger
LANGUAGE plpgsql AS $$ BEGIN NEW.course_id := gen_random_uuid(); RETURN NEW; END $$;
CREATE TRIGGER replace_course BEFORE INSERT ON recommendations FOR EACH ROW EXECUTE FUNCTION pg_temp.replace_course();
SELECT pg_temp.error_of('SELECT refresh_recommendations()') LIKE '%recommendations_course_id_fkey%' AS changed_key_is_checked;
ROLLBACK;

-- A role to which row-level security applies cannot compute recommendations, even if it may call
-- the internal functions.
CREATE ROLE regress_bound;
GRANT ALL ON ALL TABLES IN SCHEMA public TO regress_bound;
-- discard plans, so that privileges are checked again
DISCARD PLANS;
SET ROLE regress_bound;
SELECT refresh_recommendations(); \echo :LAST_ERROR_SQLSTATE
SELECT refresh_recommendations(pg_temp.learner(1)); \echo :LAST_ERROR_SQLSTATE
SELECT evaluate_recommendations(); \echo :LAST_ERROR_SQLSTATE
SELECT learnify_internal.fit_similar_courses('{}'); \echo :LAST_ERROR_SQLSTATE
SELECT skill_adjacency(); \echo :LAST_ERROR_SQLSTATE
RESET ROLE;
GRANT USAGE ON SCHEMA learnify_internal TO regress_bound;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA learnify_internal TO regress_bound;
SET ROLE regress_bound;
SELECT refresh_recommendations(); \echo :LAST_ERROR_SQLSTATE
SELECT refresh_recommendations(pg_temp.learner(1)); \echo :LAST_ERROR_SQLSTATE
SELECT evaluate_recommendations(); \echo :LAST_ERROR_SQLSTATE
SELECT learnify_internal.fit_similar_courses('{}'); \echo :LAST_ERROR_SQLSTATE
SELECT skill_adjacency(); \echo :LAST_ERROR_SQLSTATE
RESET ROLE;
DROP OWNED BY regress_bound;
DROP ROLE regress_bound;

-- Progress is reported as text in pg_stat_activity: long phases are truncated at a character
-- boundary, and all reported numbers can be read back.
CREATE FUNCTION pg_temp.reported(what text, number bigint, of_all bigint) RETURNS TABLE (phase text, fills_room boolean, done bigint, total bigint)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM learnify_internal.report_recommendation_progress(what, number, of_all), pg_stat_clear_snapshot();
  RETURN QUERY SELECT left(p.phase, 5), octet_length(p.phase) BETWEEN 99 AND 100, p.done, p.total FROM recommendation_progress() AS p;
END
$$;
SELECT * FROM pg_temp.reported('a' || repeat('ö', 200), 1, 2);
SELECT * FROM pg_temp.reported('most', 999999999999999999, 999999999999999999);
SELECT * FROM pg_temp.reported('more', 9223372036854775807, 1);
SELECT * FROM pg_temp.reported('less', -1, 1); \echo :LAST_ERROR_SQLSTATE
SELECT * FROM pg_temp.reported('less', 1, -1); \echo :LAST_ERROR_SQLSTATE

-- No refresh is running.
SELECT * FROM recommendation_progress();

TRUNCATE users CASCADE;
