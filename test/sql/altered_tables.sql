-- The owner adds columns with defaults to each table, rebuilds and renames indexes, and creates
-- and drops child tables. Afterwards, the same session, which has cached plans, repeats a
-- learner's work, with the same results each time.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET learnify.password_cost = 4;

CREATE FUNCTION pg_temp.id(kind text, number integer) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$ SELECT md5('altered tables ' || kind || number)::uuid $$;
CREATE FUNCTION pg_temp.tables() RETURNS TABLE (name regclass)
LANGUAGE sql STABLE AS $$
  SELECT c.oid::regclass
  FROM pg_depend AS d
  JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
  JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
  WHERE e.extname = 'learnify' AND d.deptype = 'e' AND c.relkind = 'r'
  ORDER BY c.relname
$$;

-- Does all kinds of work of a learner, by functions and by statements, in another user's course;
-- also follows and erases a user.
CREATE FUNCTION pg_temp.work(n integer) RETURNS TABLE (what text, result text)
LANGUAGE plpgsql AS $$
DECLARE
  learner uuid := register_user(format('altered-%s@example.com', n), 'correct horse', 'Learner');
  other uuid := register_user(format('altered-other-%s@example.com', n), 'correct horse', 'Other');
  course uuid;
  submission uuid;
  exercise record;
BEGIN
  PERFORM choose_archetype(u, 'Digital', 'chess', 'novice') FROM unnest(ARRAY[learner, other]) AS u;
  PERFORM set_variables(u, '{"ENTITY": "a", "STATE": "b", "LOGIC": "c", "FLOW": "d", "CONTAINER": "e", "EDGE_CASE": "f", "INTERFACE": "g", "VARIANT": "h", "EVENT": "i", "CAPSTONE_GOAL": "j"}')
  FROM unnest(ARRAY[learner, other]) AS u;
  course := generate_course(other);
  PERFORM follow_user(learner, other), follow_user(other, learner);
  INSERT INTO user_progress (user_id, course_id) VALUES (learner, course);
  FOR exercise IN
    SELECT e.*, (SELECT jsonb_agg(true) FROM jsonb_array_elements(e.test_cases)) AS results
    FROM exercises AS e JOIN generated_modules AS m ON m.id = e.module_id WHERE m.course_id = course ORDER BY m.module_number, e.exercise_number
  LOOP
    submission := submit_exercise(learner, exercise.id, 'x', exercise.language, exercise.results, 0, 10);
    INSERT INTO module_completions (user_id, module_id, exercise_id, language, passed, score)
    VALUES (learner, exercise.module_id, exercise.id, exercise.language, false, 0);
  END LOOP;
  PERFORM record_review(submission, 80, 70, 75, 81);
  UPDATE architecture_reviews SET taste_score = 90, efficiency_score = 85 WHERE user_id = learner;
  UPDATE module_completions SET score = 90 WHERE id = submission;
  INSERT INTO user_course_interactions (user_id, course_id, interaction_type) VALUES (learner, course, 'saved');
  PERFORM refresh_trending(), refresh_recommendations();
  PERFORM authenticate(format('altered-%s@example.com', n), 'correct horse');
  RETURN QUERY
    SELECT 'progress', format('%s %s %s', p.progress_percentage, p.time_spent_minutes, p.completed_at IS NOT NULL)
    FROM user_progress AS p WHERE p.user_id = learner
    UNION ALL
    SELECT 'feed ' || f.activity_type, count(*)::text FROM activity_feed AS f WHERE f.user_id = learner GROUP BY f.activity_type
    UNION ALL
    SELECT 'ticker', count(*)::text FROM activity_ticker(other, 100)
    UNION ALL
    SELECT 'attempts', max(s.attempts)::text FROM module_completions AS s WHERE s.user_id = learner
    UNION ALL
    SELECT 'statistics', s::text FROM user_stats(learner) AS s
    UNION ALL
    SELECT 'export', string_agg(format('%s %s', x.key, CASE jsonb_typeof(x.value) WHEN 'array' THEN jsonb_array_length(x.value) END), ', ' ORDER BY x.key COLLATE "C")
    FROM jsonb_each(export_user(learner)) AS x;
  PERFORM erase_user(learner), erase_user(other);
END
$$;
CREATE TEMP TABLE first AS SELECT * FROM pg_temp.work(1);
SELECT * FROM first ORDER BY what;
CREATE FUNCTION pg_temp.differences(n integer) RETURNS TABLE (what text, result text)
LANGUAGE sql AS $$
  WITH again AS MATERIALIZED (SELECT * FROM pg_temp.work(n))
  (SELECT * FROM again EXCEPT ALL TABLE first) UNION ALL (SELECT 'no longer: ' || f.what, f.result FROM (TABLE first EXCEPT ALL SELECT * FROM again) AS f)
$$;

-- Add columns whose default is a constant, computed for each row, generated or an identity.
BEGIN;
DO $$
DECLARE
  name regclass;
BEGIN
  FOR name IN SELECT t.name FROM pg_temp.tables() AS t LOOP
    EXECUTE format('ALTER TABLE %s ADD COLUMN our_text text NOT NULL DEFAULT ''ours'', ADD COLUMN our_array integer[] DEFAULT ''{1}''', name);
    EXECUTE format('ALTER TABLE %s ADD COLUMN our_time timestamptz NOT NULL DEFAULT clock_timestamp()', name);
    EXECUTE format('ALTER TABLE %s ADD COLUMN our_id uuid DEFAULT gen_random_uuid(), ADD COLUMN our_copy text GENERATED ALWAYS AS (our_text) STORED', name);
    EXECUTE format('ALTER TABLE %s ADD COLUMN our_number bigint GENERATED ALWAYS AS IDENTITY', name);
  END LOOP;
END
$$;
SELECT c.relnamespace::regnamespace AS schema, count(DISTINCT a.attrelid) AS tables, count(*) AS columns
FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
WHERE a.attname LIKE 'our\_%' AND c.oid IN (SELECT t.name FROM pg_temp.tables() AS t) AND c.relnamespace::regnamespace <> 'learnify_internal'::regnamespace
GROUP BY 1;
SELECT * FROM pg_temp.differences(2);
ROLLBACK;

-- Rebuild the indexes in place.
SELECT format('REINDEX TABLE %s', name) FROM pg_temp.tables() \gexec
SELECT * FROM pg_temp.differences(3);
SELECT format('REINDEX TABLE CONCURRENTLY %s', name) FROM pg_temp.tables() \gexec
SELECT * FROM pg_temp.differences(4);

-- Drop all indexes and create them under other names, in a transaction that has updated rows, so
-- that older snapshots cannot use them.
BEGIN;
CREATE TEMP TABLE indexes AS
SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition, k.conname, k.conrelid::regclass AS relation,
       pg_get_constraintdef(k.oid) AS constraint_definition
FROM pg_index AS i
LEFT JOIN pg_constraint AS k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u')
WHERE i.indrelid IN (SELECT t.name FROM pg_temp.tables() AS t) AND i.indrelid::regclass::text NOT LIKE 'learnify_internal.%'
  AND (k.oid IS NULL OR k.contype = 'u');
SELECT * FROM pg_temp.work(5) LIMIT 0;
DO $$
DECLARE
  i record;
BEGIN
  FOR i IN SELECT * FROM indexes LOOP
    EXECUTE CASE WHEN i.conname IS NULL THEN format('DROP INDEX %s', i.name) ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', i.relation, i.conname) END;
  END LOOP;
  UPDATE user_progress SET course_id = course_id, started_at = started_at - interval '1 second';
  UPDATE module_completions SET passed = NOT passed;
  UPDATE module_completions SET passed = NOT passed;
  FOR i IN SELECT * FROM indexes LOOP
    EXECUTE CASE
      WHEN i.conname IS NULL THEN regexp_replace(i.definition, ' INDEX \S+ ON ', format(' INDEX %I ON ', 'our_' || i.name))
      ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', i.relation, 'our_' || i.conname, i.constraint_definition)
    END;
  END LOOP;
END
$$;
SELECT count(*) > 30 AS all_of_them FROM indexes;
SELECT * FROM pg_temp.differences(6);
ROLLBACK;

-- Create and drop a child of each table. While there is one, functions that read by an index raise
-- an error with the reason.
CREATE TABLE our_child () INHERITS (module_completions);
SELECT * FROM pg_temp.differences(7);
DROP TABLE our_child;
SELECT relhassubclass FROM pg_class WHERE oid = 'module_completions'::regclass;
SELECT * FROM pg_temp.differences(8);
DO $$
DECLARE
  name regclass;
BEGIN
  FOR name IN SELECT t.name FROM pg_temp.tables() AS t LOOP
    EXECUTE format('CREATE TABLE our_child () INHERITS (%s)', name);
    DROP TABLE our_child;
  END LOOP;
END
$$;
SELECT * FROM pg_temp.differences(9);
SELECT format('ANALYZE %s', name) FROM pg_temp.tables() \gexec
SELECT count(*) FROM pg_class WHERE oid IN (SELECT t.name FROM pg_temp.tables() AS t) AND relhassubclass;
SELECT * FROM verify_schema();
DELETE FROM users WHERE email LIKE 'former-author%';
