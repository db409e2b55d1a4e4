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
SELECT * FROM learnify_internal.tag_sequences(1, '{loops,NULL,loops,trees}', '{recursion,loops}') AS s ORDER BY s.tag, s.next_tag;
ROLLBACK;
