CREATE OR REPLACE FUNCTION grant_learner(role regrole)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  privilege text;
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA @extschema@ TO %s', role);
  FOREACH privilege IN ARRAY ARRAY[
    'SELECT (id, email, name, avatar_url, created_at, updated_at, last_login, time_zone, max_visibility, social_enabled) ON @extschema@.users',
    'UPDATE (name, avatar_url, time_zone, max_visibility, social_enabled) ON @extschema@.users',
    'SELECT ON @extschema@.user_archetypes',
    'SELECT ON @extschema@.user_variables',
    'SELECT (id, user_id, title, description, meta_category, status, created_at, updated_at) ON @extschema@.generated_courses',
    'SELECT (id, course_id, blueprint_module_id, module_number, title, description, content, created_at) ON @extschema@.generated_modules',
    'SELECT (id, module_id, exercise_number, title, description, language, starter_code, difficulty, points, hints, created_at) ON @extschema@.exercises',
    'SELECT ON @extschema@.course_tags',
    'SELECT ON @extschema@.user_progress',
    'SELECT ON @extschema@.module_completions',
    'SELECT ON @extschema@.architecture_reviews',
    'SELECT ON @extschema@.user_relationships',
    'SELECT ON @extschema@.activity_feed',
    'SELECT ON @extschema@.achievements',
    'SELECT ON @extschema@.user_achievements',
    'SELECT ON @extschema@.recommendations',
    'SELECT ON @extschema@.trending_courses',
    'SELECT ON @extschema@.user_course_interactions',
    -- internals that a policy and functions call which run as the learner
    'EXECUTE ON FUNCTION learnify_internal.may_read_activity(uuid, text)',
    'EXECUTE ON FUNCTION learnify_internal.require_acting_user(uuid)',
    'EXECUTE ON FUNCTION @extschema@.choose_archetype(uuid, text, text, text)',
    'EXECUTE ON FUNCTION @extschema@.set_variables(uuid, jsonb)',
    'EXECUTE ON FUNCTION @extschema@.missing_variables(uuid)',
    'EXECUTE ON FUNCTION @extschema@.generate_course(uuid, jsonb)',
    'EXECUTE ON FUNCTION @extschema@.export_user(uuid)',
    'EXECUTE ON FUNCTION @extschema@.start_course(uuid, uuid)',
    'EXECUTE ON FUNCTION @extschema@.submit_exercise(uuid, uuid, text, text, jsonb, integer, integer)',
    'EXECUTE ON FUNCTION @extschema@.course_outline(uuid, uuid)',
    'EXECUTE ON FUNCTION @extschema@.visible_test_cases(uuid)',
    'EXECUTE ON FUNCTION @extschema@.user_stats(uuid)',
    'EXECUTE ON FUNCTION @extschema@.living_resume(uuid, uuid)',
    'EXECUTE ON FUNCTION @extschema@.follow_user(uuid, uuid)',
    'EXECUTE ON FUNCTION @extschema@.unfollow_user(uuid, uuid)',
    'EXECUTE ON FUNCTION @extschema@.followers(uuid, integer, timestamptz, uuid)',
    'EXECUTE ON FUNCTION @extschema@.following(uuid, integer, timestamptz, uuid)',
    'EXECUTE ON FUNCTION @extschema@.follower_count(uuid)',
    'EXECUTE ON FUNCTION @extschema@.following_count(uuid)',
    'EXECUTE ON FUNCTION @extschema@.activity_ticker(uuid, integer, timestamptz, uuid)',
    'EXECUTE ON FUNCTION @extschema@.home_rows(uuid, integer)',
    'EXECUTE ON FUNCTION @extschema@.dismiss_recommendation(uuid, uuid)']
  LOOP
    EXECUTE format('GRANT %s TO %s', privilege, role);
  END LOOP;
END
$$;

COMMENT ON FUNCTION grant_learner(regrole) IS 'Grants a role what it needs to act for learnify.user_id, and no more: reading by row-level security, no solution, no hidden test case, writing by functions';

CREATE OR REPLACE FUNCTION grant_backend(role regrole)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  tables CONSTANT text := (
    SELECT string_agg(c.oid::regclass::text, ', ')
    FROM pg_extension AS e
    JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
    JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid AND c.relnamespace = e.extnamespace
    WHERE e.extname = 'learnify' AND c.relname <> 'schema_migrations');
  functions CONSTANT text := (
    SELECT string_agg(p.oid::regprocedure::text, ', ')
    FROM pg_extension AS e
    JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
    JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
    -- a trigger calls its function without a privilege; with one, it could be attached elsewhere
    WHERE e.extname = 'learnify' AND p.prorettype <> 'trigger'::regtype);
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.oid = role AND (r.rolbypassrls OR r.rolsuper)) THEN
    EXECUTE format('ALTER ROLE %s BYPASSRLS', role);
  END IF;
  EXECUTE format('GRANT USAGE ON SCHEMA @extschema@ TO %s', role);
  EXECUTE format('GRANT USAGE ON SCHEMA learnify_internal TO %s', role);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %s', tables, role);
  EXECUTE format('GRANT SELECT ON @extschema@.schema_migrations TO %s', role);
  EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s', functions, role);
END
$$;

COMMENT ON FUNCTION grant_backend(regrole) IS 'Grants a role what a back end that does not own the tables needs: BYPASSRLS, reading and writing all tables, and all functions';
