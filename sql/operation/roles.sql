CREATE OR REPLACE FUNCTION learnify_internal.require_role(role text)
RETURNS void
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM learnify_internal.require_arguments('role', role);
  IF NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = role) THEN
    RAISE EXCEPTION 'role "%" does not exist', learnify_internal.excerpt(role)
      USING ERRCODE = 'no_data_found',
            COLUMN = 'role',
            HINT = 'Name a role as pg_roles lists it, or make it first: CREATE ROLE ...';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.require_role(text) IS 'Raises no_data_found where there is no such role, and null_value_not_allowed for NULL';

CREATE OR REPLACE FUNCTION grant_learner(role text)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  privilege text;
BEGIN
  PERFORM learnify_internal.require_role(role);
  EXECUTE format('GRANT USAGE ON SCHEMA @extschema@ TO %I', role);
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
    -- Policies, and functions without SECURITY DEFINER, call these as the learner.
    'EXECUTE ON FUNCTION learnify_internal.may_read_activity(uuid, text)',
    'EXECUTE ON FUNCTION learnify_internal.require_acting_user(uuid)',
    'EXECUTE ON FUNCTION @extschema@.choose_archetype(uuid, text, text, text)',
    'EXECUTE ON FUNCTION @extschema@.set_variables(uuid, jsonb)',
    'EXECUTE ON FUNCTION @extschema@.missing_variables(uuid)',
    'EXECUTE ON FUNCTION @extschema@.generate_course(uuid, jsonb)',
    'EXECUTE ON FUNCTION @extschema@.export_user(uuid)',
    'EXECUTE ON FUNCTION @extschema@.export_user_rows(uuid)',
    'EXECUTE ON FUNCTION @extschema@.start_course(uuid, uuid)',
    'EXECUTE ON FUNCTION @extschema@.submit_exercise(uuid, uuid, text, text, jsonb, integer, integer, uuid)',
    'EXECUTE ON FUNCTION @extschema@.course_outline(uuid, uuid)',
    'EXECUTE ON FUNCTION @extschema@.visible_test_cases(uuid)',
    'EXECUTE ON FUNCTION @extschema@.user_stats(uuid)',
    'EXECUTE ON FUNCTION @extschema@.living_resume(uuid, uuid)',
    'EXECUTE ON FUNCTION @extschema@.follow_user(uuid, uuid)',
    'EXECUTE ON FUNCTION @extschema@.unfollow_user(uuid, uuid)',
    'EXECUTE ON FUNCTION @extschema@.followers(uuid, integer, timestamptz, uuid)',
    'EXECUTE ON FUNCTION @extschema@.following(uuid, integer, timestamptz, uuid)',
    'EXECUTE ON FUNCTION @extschema@.newer_followers(uuid, integer, timestamptz, uuid)',
    'EXECUTE ON FUNCTION @extschema@.newer_following(uuid, integer, timestamptz, uuid)',
    'EXECUTE ON FUNCTION @extschema@.follower_count(uuid)',
    'EXECUTE ON FUNCTION @extschema@.following_count(uuid)',
    'EXECUTE ON FUNCTION @extschema@.activity_ticker(uuid, integer, timestamptz, uuid)',
    'EXECUTE ON FUNCTION @extschema@.newer_activity(uuid, integer, timestamptz, uuid)',
    'EXECUTE ON FUNCTION @extschema@.home_rows(uuid, integer)',
    'EXECUTE ON FUNCTION @extschema@.dismiss_recommendation(uuid, uuid)']
  LOOP
    EXECUTE format('GRANT %s TO %I', privilege, role);
  END LOOP;
END
$$;

COMMENT ON FUNCTION grant_learner(text) IS 'Grants a role what an application needs to act for one learner, who is named by the setting learnify.user_id: reading what row-level security shows to that learner, without solutions and hidden test cases, changing the learner''s own profile, and writing all else through functions';

CREATE OR REPLACE FUNCTION grant_backend(role text)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  tables CONSTANT text := (
    SELECT string_agg(t.oid::regclass::text, ', ')
    FROM pg_extension AS e
    JOIN pg_class AS t ON t.oid = ANY (e.extconfig) AND t.relnamespace = e.extnamespace
    WHERE e.extname = 'learnify');
  functions CONSTANT text := (
    SELECT string_agg(p.oid::regprocedure::text, ', ')
    FROM pg_extension AS e
    JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
    JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
    -- Triggers call their functions without this privilege, and with it, a role could attach
    -- such a function to a table of its own.
    WHERE e.extname = 'learnify' AND p.prorettype <> 'trigger'::regtype);
BEGIN
  PERFORM learnify_internal.require_role(role);
  IF NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = role AND (r.rolbypassrls OR r.rolsuper)) THEN
    EXECUTE format('ALTER ROLE %I BYPASSRLS', role);
  END IF;
  EXECUTE format('GRANT USAGE ON SCHEMA @extschema@ TO %I', role);
  EXECUTE format('GRANT USAGE ON SCHEMA learnify_internal TO %I', role);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', tables, role);
  -- pg_dump reads the queue of requests with the other tables.
  EXECUTE format('GRANT SELECT ON @extschema@.schema_migrations, learnify_internal.model_requests TO %I', role);
  EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', functions, role);
END
$$;

COMMENT ON FUNCTION grant_backend(text) IS 'Grants a role that does not own the tables what a trusted back end needs: BYPASSRLS, reading and writing all tables of learnify, calling all its functions, and dumping all its data';
