-- An upgrade, with data in place
\c learnify_demo_upgrade
\echo 'Another database has version 0.3.0, with identity, curriculum and progress only.'
\echo
\set ECHO queries
CREATE EXTENSION learnify VERSION '0.3.0';

SELECT version, extension_version, description FROM schema_migrations ORDER BY version;
\set ECHO none

\echo 'Learners register and work there:'
\echo
SET learnify.password_cost = 4;
\set ECHO queries
\o /dev/null
SELECT register_user('baker-' || n || '@example.com', 'feed it at eight', 'Baker ' || n)
FROM generate_series(1, 20) AS n;
\o
\echo
\o /dev/null
SELECT choose_archetype(id, 'Biological', 'sourdough', 'analyst'),
       set_variables(id, '{
         "ENTITY": "starter",            "STATE": "activity level",
         "LOGIC": "readiness test",      "FLOW": "bulk fermentation",
         "CONTAINER": "bakery schedule", "EDGE_CASE": "overproofed dough",
         "INTERFACE": "oven",            "VARIANT": "Dutch oven",
         "EVENT": "fold timer",          "CAPSTONE_GOAL": "a bake planner"
       }'),
       generate_course(id)
FROM users;
\o
\echo
INSERT INTO user_progress (user_id, course_id, progress_percentage)
SELECT u.id, c.id, 14
FROM users AS u
JOIN generated_courses AS c ON c.user_id <> u.id;
\set ECHO none

\echo
\echo 'A digest of the rows of each table:'
\echo
-- Later versions append columns, so the digests cover only the columns of 0.3.0.
CREATE TEMP TABLE original_columns AS
SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) AS columns
FROM information_schema.columns
WHERE table_schema = 'public' AND table_name <> 'schema_migrations'
GROUP BY table_name;

CREATE FUNCTION pg_temp.digests()
RETURNS TABLE (table_name name, row_count bigint, digest text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  original original_columns;
BEGIN
  FOR original IN SELECT * FROM original_columns ORDER BY table_name LOOP
    RETURN QUERY EXECUTE format(
      'SELECT %L::name, count(*), left(md5(string_agg(ROW(%s)::text, '','' ORDER BY id)), 16) FROM %I',
      original.table_name, original.columns, original.table_name);
  END LOOP;
END
$$;

CREATE TEMP TABLE before AS SELECT * FROM pg_temp.digests();
SELECT * FROM before;

\echo 'One command updates it to 1.0.0, step by step:'
\echo
\set ECHO queries
SELECT path FROM pg_extension_update_paths('learnify') WHERE source = '0.3.0' AND target = '1.0.0';

ALTER EXTENSION learnify UPDATE;

SELECT version, extension_version, description FROM schema_migrations ORDER BY version;
\set ECHO none

\echo 'All rows are unchanged:'
\echo
SELECT table_name, b.row_count AS rows_before, a.row_count AS rows_after, a.digest,
       CASE WHEN a.digest IS NOT DISTINCT FROM b.digest THEN 'unchanged' ELSE 'CHANGED' END AS compared
FROM before AS b
JOIN pg_temp.digests() AS a USING (table_name)
ORDER BY table_name;

\echo 'Functions of the new version work with these rows:'
\echo
\set ECHO queries
SELECT refresh_trending() AS courses_ranked;
\set ECHO none

DO $$
BEGIN
  ASSERT NOT EXISTS (SELECT * FROM pg_temp.digests() EXCEPT SELECT * FROM before), 'rows differ after the upgrade';
  ASSERT (SELECT string_agg(version, ' ' ORDER BY version) FROM schema_migrations) = '000 001 002 003 004 005 006', 'not the row of schema_migrations itself and six steps';
  ASSERT (SELECT count(*) FROM trending_courses) = 20, 'not 20 courses ranked';
END
$$;
