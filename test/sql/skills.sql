-- The graph of skills: what the platform says of tags before learners have shown it, and less and
-- less of it as they do. Its shipped edges obey the rules of rows that ship.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET learnify.automation = off;
\set ON_ERROR_ROLLBACK on
BEGIN;
DELETE FROM learnify_internal.skill_edges;
CREATE FUNCTION pg_temp.learner(n integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS
  $$ SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid $$;
CREATE FUNCTION pg_temp.course(n integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS
  $$ SELECT ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid $$;

-- Every shipped edge leads from a concept of the blueprint to a later one, and no concept is left out.
SELECT * FROM skill_edges();
SELECT count(*) AS edges, bool_and(a.module_number < b.module_number) AS onward, count(DISTINCT a.module_number) AS from, count(DISTINCT b.module_number) AS to
FROM skill_edges() AS e JOIN blueprint_modules AS a ON a.concept_slug = e.tag JOIN blueprint_modules AS b ON b.concept_slug = e.next_tag;
-- No course has the tags of the shipped edges yet.
SELECT * FROM skill_adjacency();

-- One learner has completed a course: courses with the next tags are recommended, for the reason that is given.
INSERT INTO users (id, email, password_hash, name) SELECT pg_temp.learner(n), format('learner-%s@example.org', n), '', 'Learner ' || n FROM generate_series(0, 60) AS n;
INSERT INTO generated_courses (id, user_id, title, meta_category)
SELECT pg_temp.course(n::integer), pg_temp.learner(0), t, 'Digital' FROM unnest('{Objects,Tests,Interfaces,Loops,Recursion,Trees}'::text[]) WITH ORDINALITY AS t (t, n);
INSERT INTO course_tags (course_id, tag)
SELECT pg_temp.course(n::integer), t FROM unnest('{atom,standard,archetype,loops,recursion,trees}'::text[]) WITH ORDINALITY AS t (t, n);
-- Before anybody has completed anything, this is all that there is to say.
SELECT * FROM skill_adjacency();
SELECT count(*) AS strong FROM skill_adjacency(min_lift => 1.6);
INSERT INTO user_progress (user_id, course_id, progress_percentage, started_at, completed_at) VALUES (pg_temp.learner(1), pg_temp.course(1), 100, '2026-01-01', '2026-01-02');
CREATE FUNCTION pg_temp.next(n integer) RETURNS TABLE (title text, score integer, reason text, metadata jsonb) LANGUAGE sql AS $$
  SELECT c.title, r.match_score, r.reason, r.metadata FROM recommendations AS r JOIN generated_courses AS c ON c.id = r.course_id
  WHERE r.user_id = pg_temp.learner(next.n) AND r.recommendation_type = 'skill_adjacency' ORDER BY r.metadata -> 'rank' $$;
SELECT refresh_recommendations() > 0 AS written;
SELECT * FROM pg_temp.next(1);
SELECT h.row_title, h.title, h.reason FROM home_rows(pg_temp.learner(1)) AS h WHERE h.row_number = 4;
-- An edge of the platform's own, also a stronger one in place of a shipped one, and one out of use
SELECT set_skill_edge('atom', 'loops', 3) AS own, set_skill_edge('atom', 'loops', 3) AS again, set_skill_edge('atom', 'archetype', 5) AS stronger, set_skill_edge('atom', 'standard', 0) AS out;
SELECT * FROM skill_edges() AS e WHERE e.tag = 'atom';
SELECT refresh_recommendations() > 0 AS written;
SELECT * FROM pg_temp.next(1);
-- Taking an own edge out deletes its row, and setting a shipped edge to its shipped weight writes none.
SELECT set_skill_edge('atom', 'loops', 0) AS gone, set_skill_edge('atom', 'loops', 0) AS again, set_skill_edge('atom', 'archetype', 1.5) AS shipped, set_skill_edge('no', 'edge', 0) AS none;
TABLE learnify_internal.skill_edges;
-- restore_shipped_rows puts shipped edges back and leaves the platform's own.
SELECT set_skill_edge('atom', 'loops', 3) AS own, set_skill_edge('atom', 'archetype', 5) AS stronger;
SELECT restore_shipped_rows('{atom > archetype}') AS one, restore_shipped_rows('{atom > archetype}') AS again, restore_shipped_rows() AS others, restore_shipped_rows() AS none;
TABLE learnify_internal.skill_edges;
SELECT restore_shipped_rows('{atom > loops}'); \echo :LAST_ERROR_SQLSTATE
-- A downgrade has no place for edits only; what ships is in no dump.
SELECT c.condition = '' AS every_row_is_dumped FROM pg_extension AS e CROSS JOIN LATERAL unnest(e.extconfig, e.extcondition) AS c (relation, condition)
WHERE e.extname = 'learnify' AND c.relation = 'learnify_internal.skill_edges'::regclass;

-- The blend is (support + 10 weight) / (expected + 10), whatever the support and the order that learners took.
SELECT set_skill_edge('atom', 'loops', 0), set_skill_edge('loops', 'recursion', 4), set_skill_edge('trees', 'recursion', 4), set_skill_edge('recursion', 'loops', 3), set_skill_edge('loops', 'nowhere', 7);
INSERT INTO user_progress (user_id, course_id, progress_percentage, started_at, completed_at)
SELECT pg_temp.learner(n), pg_temp.course(c), 100, '2026-01-01', timestamptz '2026-01-02' + o * interval '1 day'
FROM (SELECT n, 4 AS c, 1 AS o FROM generate_series(2, 21) AS n
      UNION ALL SELECT n, 5, 2 FROM generate_series(2, 3) AS n
      UNION ALL SELECT n, 5, 1 FROM generate_series(22, 60) AS n
      UNION ALL SELECT n, 6, 2 FROM generate_series(22, 60) AS n) AS t;
CREATE TEMP VIEW by_definition AS
WITH mastered AS (
  SELECT p.user_id, t.tag, min(p.completed_at) AS at FROM user_progress AS p JOIN course_tags AS t ON t.course_id = p.course_id WHERE p.completed_at IS NOT NULL GROUP BY 1, 2
), counts AS (
  SELECT e.tag, e.next_tag, e.weight,
         (SELECT count(*) FROM mastered AS a JOIN mastered AS b ON b.user_id = a.user_id AND b.at > a.at WHERE a.tag = e.tag AND b.tag = e.next_tag) AS support,
         (SELECT count(*) FROM mastered AS a WHERE a.tag = e.tag)::float8 * (SELECT count(*) FROM mastered AS b WHERE b.tag = e.next_tag)
           / (SELECT count(DISTINCT m.user_id) FROM mastered AS m) AS expected
  FROM skill_edges() AS e WHERE e.weight > 0
)
SELECT c.tag, c.next_tag, c.support, (c.support + 10 * c.weight) / (c.expected + 10) AS lift, c.weight FROM counts AS c;
SELECT tag, next_tag, support, round(lift::numeric, 6) AS lift, weight FROM skill_adjacency(0.01) ORDER BY 1, 2;
SELECT count(*) AS edges, count(*) FILTER (WHERE abs(a.lift - d.lift) < 1e-12 AND a.support = d.support AND a.weight = d.weight) AS alike
FROM skill_adjacency(0.01) AS a JOIN by_definition AS d ON d.tag = a.tag AND d.next_tag = a.next_tag;
-- Nobody was seen to learn recursion after trees, but 39 to do the reverse: the edge gives way to what they did.
SELECT d.tag, d.next_tag, d.support, round(d.lift::numeric, 3) AS lift FROM by_definition AS d WHERE d.tag = 'trees';
SELECT a.tag, a.next_tag, a.support, a.weight FROM skill_adjacency() AS a WHERE 'trees' IN (a.tag, a.next_tag);
-- Of two edges between the same tags, the one with the higher lift is left; both, if they are alike.
SELECT a.tag, a.next_tag, a.support FROM skill_adjacency(0.01) AS a WHERE 'loops' IN (a.tag, a.next_tag);
SELECT set_skill_edge('archetype', 'atom', 1.5);
SELECT a.* FROM skill_adjacency() AS a WHERE 'atom' IN (a.tag, a.next_tag);
-- The reason says how many did and that it is the graph's.
SELECT refresh_recommendations(min_lift => 0.01) > 0 AS written;
SELECT title, reason, metadata - 'lift' AS metadata FROM pg_temp.next(10);
SELECT title, reason, metadata ? 'weight' AS of_the_graph FROM pg_temp.next(1);

-- Arguments
SELECT set_skill_edge(repeat('x', 201), 'b'); \echo :LAST_ERROR_SQLSTATE
SELECT set_skill_edge('a', repeat('x', 201)); \echo :LAST_ERROR_SQLSTATE
SELECT set_skill_edge('a', 'a'); \echo :LAST_ERROR_SQLSTATE
SELECT set_skill_edge('a', 'b', 'NaN'); \echo :LAST_ERROR_SQLSTATE
SELECT set_skill_edge('a', 'b', 1000.1); \echo :LAST_ERROR_SQLSTATE
SELECT set_skill_edge('a', 'b', -0.5); \echo :LAST_ERROR_SQLSTATE
SELECT set_skill_edge(NULL, 'b'); \echo :LAST_ERROR_SQLSTATE
INSERT INTO learnify_internal.skill_edges VALUES ('a', repeat('x', 201), 1); \echo :LAST_ERROR_SQLSTATE
INSERT INTO learnify_internal.skill_edges VALUES ('a', 'a', 1); \echo :LAST_ERROR_SQLSTATE
ROLLBACK;

-- What the graph is worth: evaluate_recommendations compares what learners did, the graph, and both. In each
-- of five fields, learners complete a course with tag a, and after the point in time take one with tag c.
BEGIN;
DELETE FROM learnify_internal.skill_edges;
CREATE FUNCTION pg_temp.user_id(n integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS
  $$ SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid $$;
CREATE FUNCTION pg_temp.course_id(tag text) RETURNS uuid LANGUAGE sql IMMUTABLE AS
  $$ SELECT md5('skills ' || tag)::uuid $$;
CREATE FUNCTION pg_temp.take(first integer, last integer, letter text, hour integer) RETURNS void LANGUAGE sql AS $$
  INSERT INTO user_course_interactions (user_id, course_id, interaction_type, created_at)
  SELECT pg_temp.user_id(n), pg_temp.course_id(letter || n % 5), i.kind, timestamptz '2026-01-01' + hour * interval '1 hour' + i.days * interval '1 day'
  FROM generate_series(first, last) AS n CROSS JOIN (VALUES ('enrolled', 0), ('completed', 2)) AS i (kind, days) $$;
CREATE TEMP VIEW hidden AS SELECT DISTINCT user_id, course_id FROM user_course_interactions WHERE interaction_type = 'enrolled' AND created_at >= '2026-03-01';
CREATE FUNCTION pg_temp.evaluated() RETURNS TABLE (method text, recall double precision, ndcg double precision, cold_ndcg double precision, learners bigint) LANGUAGE sql AS $$
  SELECT e.method, e.recall, e.ndcg, e.cold_ndcg, e.learners
  FROM evaluate_recommendations((SELECT count(*) FROM hidden)::float8 / (SELECT count(DISTINCT (user_id, course_id)) FROM user_course_interactions), 1, '{"rank": 0}', 'time') AS e
  WHERE e.method LIKE 'skills%' $$;
INSERT INTO users (id, email, password_hash, name) SELECT pg_temp.user_id(n), format('learner-%s@example.org', n), '', 'Learner ' || n FROM generate_series(0, 600) AS n;
INSERT INTO generated_courses (id, user_id, title, meta_category)
SELECT pg_temp.course_id(l || f), pg_temp.user_id(0), l || f, 'Digital' FROM unnest('{a,b,c}'::text[]) AS l, generate_series(0, 4) AS f;
INSERT INTO course_tags (course_id, tag) SELECT c.id, c.title FROM generated_courses AS c WHERE c.title ~ '^[abc][0-4]$';
-- The graph is right, and nobody has shown it yet: only the graph knows.
SELECT pg_temp.take(1, 10, 'a', 0), pg_temp.take(1, 10, 'c', 24 * 90), count(set_skill_edge('a' || f, 'c' || f, 3)) AS edges FROM generate_series(0, 4) AS f \g /dev/null
SELECT * FROM pg_temp.evaluated();
-- Two learners a field have shown it, fewer than a rule needs: the graph is right still.
SELECT pg_temp.take(11, 20, 'a', 0), pg_temp.take(11, 20, 'c', 24) \g /dev/null
SELECT * FROM pg_temp.evaluated();
-- The graph is wrong, and a hundred learners a field have shown it: the blend is what they did.
SELECT pg_temp.take(101, 600, 'a', 0), pg_temp.take(101, 600, 'c', 24) \g /dev/null
SELECT count(set_skill_edge('a' || f, 'c' || f, 0)) AS gone, count(set_skill_edge('a' || f, 'b' || f, 3)) AS wrong FROM generate_series(0, 4) AS f;
SELECT * FROM pg_temp.evaluated();
-- What is hidden is known to none of them: a course that was completed after the point in time is not mastered.
UPDATE user_course_interactions SET created_at = created_at + interval '100 days' WHERE user_id <= pg_temp.user_id(10) AND interaction_type = 'completed';
SELECT * FROM pg_temp.evaluated();
ROLLBACK;

-- The ranking is that of skill_recommendations, had what is hidden not happened yet.
BEGIN;
SELECT setseed(0.5) \g /dev/null
DELETE FROM learnify_internal.skill_edges;
CREATE FUNCTION pg_temp.user_id(n integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS
  $$ SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid $$;
INSERT INTO users (id, email, password_hash, name) SELECT pg_temp.user_id(n), format('learner-%s@example.org', n), '', 'Learner ' || n FROM generate_series(0, 150) AS n;
INSERT INTO generated_courses (id, user_id, title, meta_category, created_at)
SELECT md5('random ' || n)::uuid, pg_temp.user_id(0), 'Course ' || n, 'Digital', timestamptz '2025-01-01' + n % 7 * interval '1 day' FROM generate_series(1, 40) AS n;
INSERT INTO course_tags (course_id, tag)
SELECT md5('random ' || c)::uuid, 'tag ' || t FROM generate_series(1, 40) AS c CROSS JOIN generate_series(1, 12) AS t WHERE t % 3 = c % 3 AND abs(3 * t - c) < 10 AND random() < 0.6;
SELECT count(set_skill_edge('tag ' || t, 'tag ' || t % 12 + 1, 1 + t / 6.0)) AS edges FROM generate_series(1, 12) AS t;
INSERT INTO user_course_interactions (user_id, course_id, interaction_type, created_at)
SELECT t.user_id, t.course_id, i.kind, t.taken + i.later
FROM (SELECT pg_temp.user_id(n) AS user_id, md5('random ' || c)::uuid AS course_id, timestamptz '2026-01-01' + (2 * c + random() * 20) * interval '1 day' AS taken, random() AS luck
      FROM generate_series(1, 150) AS n CROSS JOIN generate_series(1, 40) AS c WHERE random() < CASE WHEN n % 3 = c % 3 THEN 0.5 ELSE 0.05 END) AS t
CROSS JOIN LATERAL (VALUES ('enrolled', interval '0'), ('completed', t.luck * interval '30 days')) AS i (kind, later)
WHERE i.kind = 'enrolled' OR t.luck < 0.7;
CREATE TEMP TABLE evaluated AS
SELECT s.split, e.* FROM unnest('{learner,time}'::text[]) AS s (split) CROSS JOIN LATERAL evaluate_recommendations(0.25, 5, '{"rank": 0}', s.split) AS e WHERE e.method IN ('skills', 'skills_observed');
CREATE TEMP TABLE taken AS
SELECT i.user_id, i.course_id, min(i.created_at) AS at,
       row_number() OVER (PARTITION BY i.user_id ORDER BY min(i.created_at) DESC) AS from_last, count(*) OVER (PARTITION BY i.user_id) AS courses,
       row_number() OVER (ORDER BY min(i.created_at) DESC) AS from_last_of_all, count(*) OVER () AS all_courses
FROM user_course_interactions AS i WHERE i.user_id BETWEEN pg_temp.user_id(1) AND pg_temp.user_id(150) GROUP BY 1, 2;
CREATE TEMP TABLE hidden AS
SELECT 'learner' AS split, t.user_id, t.course_id, min(t.at) OVER (PARTITION BY t.user_id) AS until FROM taken AS t WHERE t.from_last <= floor(t.courses * 0.25 + 0.5)
UNION ALL
SELECT 'time', t.user_id, t.course_id, (SELECT min(o.at) FROM taken AS o WHERE o.from_last_of_all <= floor(o.all_courses * 0.25 + 0.5)) FROM taken AS t WHERE t.from_last_of_all <= floor(t.all_courses * 0.25 + 0.5);
CREATE FUNCTION pg_temp.measured(split text) RETURNS TABLE (recall double precision, ndcg double precision, learners bigint) LANGUAGE sql AS $$
  WITH learners AS (
    SELECT h.user_id, array_agg(h.course_id) AS hidden FROM hidden AS h
    WHERE h.split = measured.split AND h.user_id IN (SELECT i.user_id FROM user_course_interactions AS i) GROUP BY 1
  ), ranked AS (
    SELECT l.user_id, l.hidden, r.course_id, r.rank
    FROM learners AS l LEFT JOIN LATERAL (SELECT k.course_id, (k.metadata ->> 'rank')::integer AS rank FROM learnify_internal.skill_recommendations(l.user_id, 5) AS k) AS r ON true
  ), per_learner AS (
    SELECT r.user_id, count(*) FILTER (WHERE r.course_id = ANY (r.hidden))::float8 / cardinality(r.hidden) AS recall,
           coalesce(sum(ln(2) / ln(r.rank + 1)) FILTER (WHERE r.course_id = ANY (r.hidden)), 0)
             / (SELECT sum(ln(2) / ln(p + 1)) FROM generate_series(1, least(5, cardinality(r.hidden))) AS p) AS ndcg
    FROM ranked AS r GROUP BY r.user_id, r.hidden
  )
  SELECT avg(recall), avg(ndcg), count(*) FROM per_learner $$;
CREATE FUNCTION pg_temp.forget(split text) RETURNS bigint LANGUAGE sql AS $$
  WITH gone AS (
    DELETE FROM user_course_interactions AS i
    WHERE i.created_at > (SELECT min(h.until) FROM hidden AS h WHERE h.split = forget.split AND (h.user_id = i.user_id OR h.split = 'time'))
       OR EXISTS (SELECT FROM hidden AS h WHERE h.split = forget.split AND h.user_id = i.user_id AND h.course_id = i.course_id)
    RETURNING i.user_id)
  SELECT count(*) FROM gone $$;
\set split learner
SAVEPOINT whole;
SELECT pg_temp.forget(:'split') > 0 AS forgotten, refresh_recommendations() > 0 AS written;
SELECT e.method, e.learners > 100 AS many, e.recall > 0.05 AS some, e.learners = m.learners AND abs(e.recall - m.recall) < 1e-9 AND abs(e.ndcg - m.ndcg) < 1e-9 AS alike
FROM evaluated AS e CROSS JOIN pg_temp.measured(:'split') AS m WHERE e.split = :'split' AND e.method = 'skills';
SELECT count(set_skill_edge(tag, next_tag, 0)) AS edges FROM skill_edges();
SELECT refresh_recommendations() > 0 AS written;
SELECT e.method, e.learners > 100 AS many, e.recall > 0.05 AS some, e.learners = m.learners AND abs(e.recall - m.recall) < 1e-9 AND abs(e.ndcg - m.ndcg) < 1e-9 AS alike
FROM evaluated AS e CROSS JOIN pg_temp.measured(:'split') AS m WHERE e.split = :'split' AND e.method = 'skills_observed';
ROLLBACK TO whole;
\set split time
SELECT pg_temp.forget(:'split') > 0 AS forgotten, refresh_recommendations() > 0 AS written;
SELECT e.method, e.learners > 100 AS many, e.recall > 0.05 AS some, e.learners = m.learners AND abs(e.recall - m.recall) < 1e-9 AND abs(e.ndcg - m.ndcg) < 1e-9 AS alike
FROM evaluated AS e CROSS JOIN pg_temp.measured(:'split') AS m WHERE e.split = :'split' AND e.method = 'skills';
ROLLBACK;
