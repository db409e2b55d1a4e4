-- One command sets up everything
\echo 'Tables, functions, triggers, policies and the seven blueprint modules:'
\echo
\set ECHO queries
CREATE EXTENSION learnify;

SELECT extversion FROM pg_extension WHERE extname = 'learnify';
\set ECHO none

\echo '18 tables, and schema_migrations, which records the versions applied:'
\echo
\set ECHO queries
SELECT table_name, split_part(obj_description(table_name::regclass), ';', 1) AS comment
FROM information_schema.tables
WHERE table_schema = 'public'
ORDER BY table_name;
\set ECHO none

\echo 'Each version has a row with the checksum of its script, and 000 is for schema_migrations itself:'
\echo
\pset expanded on
\set ECHO queries
SELECT * FROM schema_migrations ORDER BY version;
\set ECHO none
\pset expanded off

DO $$
BEGIN
  ASSERT (SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public') = 19, 'not 19 tables';
  ASSERT (SELECT count(*) FROM schema_migrations) = 7, 'not row 000 and 6 versions';
END
$$;
