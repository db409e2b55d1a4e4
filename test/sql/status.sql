-- learnify_status() and monitoring_facts(): what a monitor sees, before the first refresh, after it, and when something is wrong.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_exposed;
BEGIN;
DELETE FROM users;
DELETE FROM trending_courses;
DELETE FROM recommendations;
INSERT INTO users (email, password_hash, name) SELECT n || '@example.org', '!', 'Learner ' || n FROM generate_series(1, 3) AS n;
INSERT INTO generated_courses (user_id, title, meta_category) SELECT u.id, 'Course', 'Digital' FROM users AS u;
INSERT INTO user_progress (user_id, course_id) SELECT u.id, c.id FROM users AS u JOIN generated_courses AS c ON c.user_id <> u.id WHERE u.name <> 'Learner 3';

-- Without drift and without a refresh. No job has run.
SELECT s.version = e.extversion AS is_installed, s.version = s.available_version AS is_newest, s.update_path, s.trending_age, s.recommendations_age, s.exposed_to
FROM learnify_status() AS s, pg_extension AS e WHERE e.extname = 'learnify';
SELECT f.fact, f.subject, f.value FROM monitoring_facts() AS f WHERE f.fact NOT IN ('rows', 'dead_row_share') ORDER BY f.fact, f.subject;

-- A member of the schema has a number of rows, but for schema_migrations. The numbers are those of counting.
CREATE FUNCTION pg_temp.counted(relation regclass) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  n bigint;
BEGIN
  EXECUTE format('SELECT count(*) FROM %s', relation) INTO n;
  RETURN n;
END
$$;
SELECT count(*) > 15 AS has_tables, count(*) FILTER (WHERE t.tablename = 'schema_migrations') AS migrations,
       count(*) FILTER (WHERE (s.row_counts -> t.tablename)::bigint IS DISTINCT FROM CASE WHEN t.tablename <> 'schema_migrations' THEN pg_temp.counted(t.tablename::regclass) END) AS differences
FROM learnify_status() AS s, pg_tables AS t, pg_depend AS d, pg_extension AS e
WHERE t.schemaname = 'public' AND d.objid = t.tablename::regclass AND d.classid = 'pg_class'::regclass AND d.refobjid = e.oid AND e.extname = 'learnify' AND d.deptype = 'e';
SELECT count(*) AS differences
FROM learnify_status() AS s CROSS JOIN jsonb_each_text(s.row_counts) AS r
FULL JOIN (SELECT * FROM monitoring_facts() AS f WHERE f.fact = 'rows') AS f ON f.subject = r.key
WHERE f.value IS DISTINCT FROM r.value::double precision;
SELECT f.subject, f.value FROM monitoring_facts() AS f WHERE f.fact = 'rows' AND f.subject IN ('users', 'user_progress') ORDER BY 1;
SELECT f.subject, f.value BETWEEN 0 AND 1 OR f.value IS NULL AS is_share FROM monitoring_facts() AS f WHERE f.fact = 'dead_row_share' ORDER BY f.subject;

-- After a refresh, the ages are those of the youngest rows.
SELECT refresh_trending() > 0 AS trending;
SELECT refresh_recommendations() > 0 AS recommendations;
UPDATE trending_courses SET calculated_at = now() - interval '1 hour';
UPDATE trending_courses SET calculated_at = now() - interval '10 minutes' WHERE course_id = (SELECT t.course_id FROM trending_courses AS t LIMIT 1);
UPDATE recommendations SET created_at = now() - interval '2 hours';
UPDATE recommendations SET created_at = now() - interval '20 minutes' WHERE id = (SELECT r.id FROM recommendations AS r ORDER BY r.user_id LIMIT 1);
SELECT s.trending_age, s.recommendations_age, s.recommendation_model -> 'learners' AS learners FROM learnify_status() AS s;
SELECT f.fact, f.value FROM monitoring_facts() AS f WHERE f.fact LIKE '%age_seconds' ORDER BY f.fact;

-- A new index has drifted, and a role that may do too much is named.
CREATE INDEX mine ON users (name);
CREATE ROLE regress_exposed;
GRANT TRUNCATE ON users TO regress_exposed;
SELECT s.exposed_to FROM learnify_status() AS s;
SELECT f.fact, f.value FROM monitoring_facts() AS f WHERE f.fact IN ('drift', 'exposed_roles') ORDER BY f.fact;
ROLLBACK;

-- A table above 8 MB is estimated as at the last ANALYZE, in proportion to its size, and not at all without one.
CREATE TABLE long_rows (text text) WITH (autovacuum_enabled = false);
ALTER TABLE long_rows ALTER COLUMN text SET STORAGE PLAIN;
INSERT INTO long_rows SELECT repeat('x', 7000) FROM generate_series(1, 1024);
SELECT learnify_internal.row_count_estimate('long_rows') AS counted;
INSERT INTO long_rows SELECT repeat('x', 7000) FROM generate_series(1, 1);
SELECT learnify_internal.row_count_estimate('long_rows') AS never_analyzed;
ANALYZE long_rows;
SELECT learnify_internal.row_count_estimate('long_rows') AS estimated;
INSERT INTO long_rows SELECT repeat('x', 7000) FROM generate_series(1, 1025);
SELECT learnify_internal.row_count_estimate('long_rows') AS of_twice_the_size;
DROP TABLE long_rows;
