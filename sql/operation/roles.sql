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

-- grant_learner grants what these two functions list, and verify_schema reports what else a
-- role has that row-level security holds. Privileges are on whole tables where columns is NULL.
-- The tables are found by the extension's schema as it is, so that verify_schema works while that
-- has another name than functions expect.
CREATE OR REPLACE FUNCTION learnify_internal.learner_tables()
RETURNS TABLE (relation regclass, privilege text, columns text[])
LANGUAGE sql
STABLE PARALLEL SAFE COST 100 ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT c.oid::regclass, v.privilege, v.columns::text[]
  FROM (VALUES
    ('users', 'SELECT', '{id,email,name,avatar_url,created_at,updated_at,last_login,time_zone,max_visibility,social_enabled,follow_policy}'::text[]),
    ('users', 'UPDATE', '{name,avatar_url,time_zone,max_visibility,social_enabled,follow_policy}'),
    ('user_archetypes', 'SELECT', NULL),
    ('user_variables', 'SELECT', NULL),
    ('generated_courses', 'SELECT', '{id,user_id,title,description,meta_category,status,created_at,updated_at}'),
    ('generated_modules', 'SELECT', '{id,course_id,blueprint_module_id,module_number,title,description,content,created_at,retired}'),
    ('exercises', 'SELECT', '{id,module_id,exercise_number,title,description,language,starter_code,difficulty,points,hints,created_at,retired}'),
    ('course_tags', 'SELECT', NULL),
    ('user_progress', 'SELECT', NULL),
    ('module_completions', 'SELECT', NULL),
    ('architecture_reviews', 'SELECT', NULL),
    ('user_relationships', 'SELECT', NULL),
    ('activity_feed', 'SELECT', NULL),
    ('achievements', 'SELECT', NULL),
    ('user_achievements', 'SELECT', NULL),
    ('recommendations', 'SELECT', NULL),
    ('trending_courses', 'SELECT', NULL),
    ('user_course_interactions', 'SELECT', NULL)) AS v (name, privilege, columns)
  JOIN pg_extension AS e ON e.extname = 'learnify'
  JOIN pg_class AS c ON c.relnamespace = e.extnamespace AND c.relname = v.name
$$;

COMMENT ON FUNCTION learnify_internal.learner_tables() IS 'Returns the privileges on tables, or on columns of them, that grant_learner grants';

CREATE OR REPLACE FUNCTION learnify_internal.learner_functions()
RETURNS SETOF regprocedure
LANGUAGE sql
STABLE PARALLEL SAFE COST 1000 ROWS 30
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT p.oid::regprocedure
  FROM pg_extension AS e
  JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
  JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
  WHERE e.extname = 'learnify'
    AND (p.proname <> 'require_acting_user' OR p.pronargs = 1)
    AND (p.proname IN (
      -- Policies, constraints, indexes and functions without SECURITY DEFINER call these as the
      -- learner. PUBLIC may execute some of them, unless an administrator has revoked that.
      'may_read_activity', 'sees_course', 'sees_module', 'sees_activity', 'find_courses', 'may_read_course', 'may_read_recommendation', 'require_acting_user', 'current_learner', 'fold_email', 'is_time_zone_name',
      'change_password', 'change_email', 'choose_archetype', 'set_variables', 'get_variables', 'missing_variables', 'export_user', 'export_user_rows',
      'generate_course', 'onboard', 'regenerate_course', 'visible_test_cases',
      'rename_course', 'archive_course', 'restore_course', 'delete_course', 'authored_courses',
      'start_course', 'leave_course', 'retake_course', 'completion_record', 'enrolled_courses', 'submit_exercise', 'request_review', 'course_outline',
      'streak_days', 'learning_streaks', 'user_stats', 'living_resume', 'follow_user', 'unfollow_user', 'followers', 'following',
      'follow_requests', 'accept_follower', 'decline_follower', 'remove_follower', 'block_user', 'unblock_user', 'blocked_users',
      'newer_followers', 'newer_following', 'follower_count', 'following_count', 'activity_ticker', 'newer_activity',
      'search_courses', 'home_rows', 'dismiss_recommendation', 'record_interaction')
      -- In a distributed database, a learner's statement takes what it has noted on the shards.
      OR p.proname IN ('take_pending_statuses', 'take_pending_renewals') AND learnify_internal.is_coordinating())
$$;

COMMENT ON FUNCTION learnify_internal.learner_functions() IS 'Returns the functions that grant_learner lets a role execute';

-- A back end may execute all functions but those of triggers: these are called without the privilege,
-- and with it, a role could attach such a function to a table of its own.
CREATE OR REPLACE FUNCTION learnify_internal.grant_functions(role text, is_backend boolean)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  functions CONSTANT text := (
    SELECT string_agg(p.oid::regprocedure::text, ', ')
    FROM pg_extension AS e
    JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
    JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
    WHERE e.extname = 'learnify'
      AND CASE
            WHEN is_backend THEN p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
            ELSE p.oid IN (SELECT f::oid FROM learnify_internal.learner_functions() AS f)
          END);
BEGIN
  PERFORM learnify_internal.require_role(role);
  EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', functions, role);
END
$$;

COMMENT ON FUNCTION learnify_internal.grant_functions(text, boolean) IS 'Grants a role the functions of grant_learner or of grant_backend, on this node of a distributed database';

CREATE OR REPLACE FUNCTION grant_learner(role text)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  target record;
BEGIN
  PERFORM learnify_internal.require_role(role);
  PERFORM learnify_internal.grant_on_nodes(role, false);
  EXECUTE format('GRANT USAGE ON SCHEMA @extschema@ TO %I', role);
  FOR target IN SELECT * FROM learnify_internal.learner_tables() LOOP
    EXECUTE format('GRANT %s%s ON %s TO %I', target.privilege, ' (' || array_to_string(target.columns, ', ') || ')',
                   target.relation, role);
  END LOOP;
  PERFORM learnify_internal.grant_functions(role, false);
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
  -- pg_dump reads these with the other tables.
  dumped_internals CONSTANT text := (
    SELECT string_agg(t.oid::regclass::text, ', ')
    FROM pg_extension AS e
    JOIN pg_class AS t ON t.oid = ANY (e.extconfig) AND t.relnamespace <> e.extnamespace
    WHERE e.extname = 'learnify');
BEGIN
  PERFORM learnify_internal.require_role(role);
  PERFORM learnify_internal.grant_on_nodes(role, true);
  IF NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = role AND (r.rolbypassrls OR r.rolsuper)) THEN
    EXECUTE format('ALTER ROLE %I BYPASSRLS', role);
  END IF;
  EXECUTE format('GRANT USAGE ON SCHEMA @extschema@ TO %I', role);
  EXECUTE format('GRANT USAGE ON SCHEMA learnify_internal TO %I', role);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', tables, role);
  EXECUTE format('GRANT SELECT ON @extschema@.schema_migrations, %s TO %I', dumped_internals, role);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON learnify_internal.imported_rows TO %I', role);
  IF learnify_internal.is_coordinating() THEN
    -- Only its own transaction sees what a statement has noted on the shards, and reads it over
    -- connections of the role. So the role needs the privilege.
    EXECUTE format('GRANT SELECT ON learnify_internal.pending_statuses, learnify_internal.pending_renewals TO %I', role);
  END IF;
  PERFORM learnify_internal.grant_functions(role, true);
END
$$;

COMMENT ON FUNCTION grant_backend(text) IS 'Grants a role that does not own the tables what a trusted back end needs: BYPASSRLS, reading and writing all tables of learnify, calling all its functions, and dumping all its data';
