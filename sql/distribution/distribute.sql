-- A database is distributed over several servers with Citus: what people are and what courses
-- contain is replicated, so that every node has a copy, and what people do is distributed by user,
-- so that one node has all of it. src/distribution/shards.c lets the triggers and functions run on
-- a user's shards.
--
-- PL/pgSQL looks up the functions of Citus when it runs, so that none is needed before.

CREATE OR REPLACE FUNCTION learnify_internal.replicated_tables()
RETURNS text[]
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 1
BEGIN ATOMIC
  SELECT '{users,user_archetypes,user_variables,blueprint_modules,achievements,generated_courses,generated_modules,exercises,course_tags,'
         'trending_courses,learnify_internal.account_tokens,learnify_internal.user_blocks,learnify_internal.course_documents,'
         'learnify_internal.model_requests}'::text[];
END;

COMMENT ON FUNCTION learnify_internal.replicated_tables() IS 'Returns the tables of which each node of a distributed database has a copy, those before others that refer to them';

CREATE OR REPLACE FUNCTION learnify_internal.user_tables()
RETURNS TABLE (name text, user_column text, has_id boolean)
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 1 ROWS 13
BEGIN ATOMIC
  SELECT t.name, t.user_column, t.has_id
  FROM (VALUES (1, 'user_progress', 'user_id', true),
               (2, 'module_completions', 'user_id', true),
               (3, 'architecture_reviews', 'user_id', true),
               (4, 'activity_feed', 'user_id', true),
               (5, 'user_achievements', 'user_id', true),
               (6, 'recommendations', 'user_id', true),
               (7, 'user_course_interactions', 'user_id', true),
               (8, 'user_relationships', 'follower_id', true),
               (9, 'learnify_internal.follow_requests', 'follower_id', true),
               (10, 'learnify_internal.kept_completions', 'user_id', false),
               (11, 'learnify_internal.award_locks', 'user_id', false),
               (12, 'learnify_internal.pending_statuses', 'user_id', false),
               (13, 'learnify_internal.pending_renewals', 'user_id', false)) AS t (number, name, user_column, has_id)
  ORDER BY t.number;
END;

COMMENT ON FUNCTION learnify_internal.user_tables() IS 'Returns the tables that are distributed by user in a distributed database, and the column that says by whom';

CREATE OR REPLACE FUNCTION learnify_internal.qualified_table(name name)
RETURNS regclass
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT (CASE WHEN name LIKE '%.%' THEN name ELSE format('%s.%I', e.extnamespace::regnamespace, name) END)::regclass
  FROM pg_extension AS e
  WHERE e.extname = 'learnify'
$$;

COMMENT ON FUNCTION learnify_internal.qualified_table(name) IS 'Returns a table by a name of replicated_tables or user_tables';

-- Delegated: Citus calls it over the connection that has noted the statuses.
CREATE OR REPLACE FUNCTION learnify_internal.take_pending_statuses(user_id uuid)
RETURNS TABLE (module_id uuid, status text, unlocked_at timestamptz)
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100 ROWS 2
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $$
#variable_conflict use_column
BEGIN
  PERFORM learnify_internal.require_acting_user(take_pending_statuses.user_id);
  RETURN QUERY
    DELETE FROM learnify_internal.pending_statuses AS p
    WHERE p.user_id = take_pending_statuses.user_id
    RETURNING p.module_id, p.status, p.unlocked_at;
END
$$;

COMMENT ON FUNCTION learnify_internal.take_pending_statuses(uuid) IS 'Returns the statuses of modules that this transaction has noted on an author''s shard, and forgets them';

CREATE OR REPLACE FUNCTION learnify_internal.take_pending_renewals(user_id uuid)
RETURNS TABLE (submission_id uuid, renewed_id uuid)
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100 ROWS 2
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $$
#variable_conflict use_column
BEGIN
  PERFORM learnify_internal.require_acting_user(take_pending_renewals.user_id);
  RETURN QUERY
    DELETE FROM learnify_internal.pending_renewals AS p
    WHERE p.user_id = take_pending_renewals.user_id
    RETURNING p.submission_id, p.renewed_id;
END
$$;

COMMENT ON FUNCTION learnify_internal.take_pending_renewals(uuid) IS 'Returns the corrected submissions that this transaction has noted on a learner''s shard, and forgets them';

-- Citus grants privileges on tables on every node, but not those on an extension's functions.
CREATE OR REPLACE FUNCTION learnify_internal.grant_on_node(role text, is_backend boolean)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NOT learnify_internal.is_coordinating() THEN
    RAISE EXCEPTION 'this is no node of a distributed database'
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Call grant_learner or grant_backend.';
  END IF;
  PERFORM set_config('citus.enable_ddl_propagation', 'off', true);
  EXECUTE format('GRANT USAGE ON SCHEMA learnify_internal TO %I', role);
  PERFORM learnify_internal.grant_functions(role, is_backend);
  PERFORM set_config('citus.enable_ddl_propagation', 'on', true);
END
$$;

COMMENT ON FUNCTION learnify_internal.grant_on_node(text, boolean) IS 'Grants a role on one node of a distributed database what Citus does not grant on all';

CREATE OR REPLACE FUNCTION learnify_internal.grant_on_nodes(role text, is_backend boolean)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  failed record;
BEGIN
  IF NOT learnify_internal.is_coordinating() THEN
    RETURN;
  END IF;
  PERFORM set_config('citus.multi_shard_modify_mode', 'sequential', true),
          learnify_internal.grant_on_node(role, is_backend);
  -- In sessions of their own, which would wait for what this transaction has granted on all nodes.
  SELECT w.nodename, w.nodeport, w.result INTO failed
  FROM run_command_on_workers(format('SELECT learnify_internal.grant_on_node(%L, %L)', role, is_backend)) AS w
  WHERE NOT w.success
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'nothing could be granted on node %:%', failed.nodename, failed.nodeport
      USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = failed.result,
            HINT = 'The role must be there on each node, and committed: CREATE ROLE on the coordinator makes it on all. Then call the function again.';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.grant_on_nodes(text, boolean) IS 'Grants a role on the nodes of a distributed database what Citus does not grant there; does nothing in a plain one';

-- Citus refuses subqueries in policies, which in a plain database let the learner be looked up once
-- for a statement. These functions stand for the subqueries that read another table.
CREATE OR REPLACE FUNCTION learnify_internal.sees_course(course_id uuid)
RETURNS boolean
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN EXISTS (SELECT FROM @extschema@.generated_courses AS c WHERE c.id = course_id);
END
$$;

COMMENT ON FUNCTION learnify_internal.sees_course(uuid) IS 'Returns whether row-level security shows the course to the caller';

CREATE OR REPLACE FUNCTION learnify_internal.sees_module(module_id uuid)
RETURNS boolean
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN EXISTS (SELECT FROM @extschema@.generated_modules AS m WHERE m.id = module_id);
END
$$;

COMMENT ON FUNCTION learnify_internal.sees_module(uuid) IS 'Returns whether row-level security shows the module to the caller';

CREATE OR REPLACE FUNCTION learnify_internal.require_user_here(user_id uuid)
RETURNS void
LANGUAGE c
STABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'require_group_of_user';

COMMENT ON FUNCTION learnify_internal.require_user_here(uuid) IS 'Raises feature_not_supported on a shard of a distributed database that has not this user''s rows';

-- Whom the reader follows is on the reader's shard only.
CREATE OR REPLACE FUNCTION learnify_internal.sees_activity(actor uuid, visibility text)
RETURNS boolean
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM learnify_internal.require_user_here(@extschema@.current_learner());
  RETURN learnify_internal.may_read_activity(actor, visibility);
END
$$;

COMMENT ON FUNCTION learnify_internal.sees_activity(uuid, text) IS 'Returns what may_read_activity does where that is known, and raises an error elsewhere';

CREATE OR REPLACE FUNCTION learnify_internal.policy_without_subquery(expression text)
RETURNS text
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT CASE
    WHEN expression ~ 'FROM .*generated_courses c' THEN 'learnify_internal.sees_course(course_id)'
    WHEN expression ~ 'may_read_activity' THEN 'learnify_internal.sees_activity(user_id, visibility)'
    WHEN expression ~ 'FROM .*generated_modules m' THEN 'learnify_internal.sees_module(module_id)'
    ELSE regexp_replace(expression, E'\\( SELECT ([^ ]*current_learner\\(\\)) AS current_learner\\)', E'\\1', 'g')
  END;
END;

COMMENT ON FUNCTION learnify_internal.policy_without_subquery(text) IS 'Returns the expression of a policy as Citus accepts it';

-- Versions before 0.3.0 accepted such reviews, and a row that brings its own broadcast_at is not checked.
CREATE OR REPLACE FUNCTION learnify_internal.require_own_submissions()
RETURNS void
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  foreign_review uuid;
BEGIN
  SELECT r.id INTO foreign_review
  FROM @extschema@.architecture_reviews AS r
  JOIN @extschema@.module_completions AS s ON s.id = r.submission_id
  WHERE s.user_id <> r.user_id
  ORDER BY r.id
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'review % is of a submission of another user', foreign_review
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Set submission_id of such reviews to NULL.';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.require_own_submissions() IS 'Raises an error where a review refers to a submission of another user, which could not be beside it';

-- What is not yet distributed changes here, on each node by itself: keys of the tables that will be
-- distributed by user begin with the user; foreign keys between rows that will be on different
-- nodes go; and policies have no subqueries. A plain database works as well with it.
CREATE OR REPLACE FUNCTION learnify_internal.prepare_distribution()
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
  item record;
  propagation CONSTANT text := current_setting('citus.enable_ddl_propagation');
BEGIN
  PERFORM set_config('citus.enable_ddl_propagation', 'off', true);
  IF EXISTS (SELECT FROM pg_constraint AS k WHERE k.conrelid = '@extschema@.architecture_reviews'::regclass AND k.conname = 'architecture_reviews_submission_id_fkey' AND cardinality(k.conkey) = 1) THEN
    PERFORM learnify_internal.require_own_submissions();
    ALTER TABLE @extschema@.architecture_reviews DROP CONSTRAINT architecture_reviews_submission_id_fkey;
  END IF;
  ALTER TABLE learnify_internal.model_requests DROP CONSTRAINT IF EXISTS model_requests_submission_id_fkey;
  FOR item IN
    SELECT learnify_internal.qualified_table(t.name::name) AS relation, c.relname AS name, t.user_column
    FROM learnify_internal.user_tables() AS t
    JOIN pg_class AS c ON c.oid = learnify_internal.qualified_table(t.name::name)
    JOIN pg_constraint AS k ON k.conrelid = c.oid AND k.contype = 'p'
    WHERE t.has_id AND cardinality(k.conkey) = 1
  LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I PRIMARY KEY (%I, id)', item.relation, item.name || '_pkey', item.user_column);
    EXECUTE format('CREATE INDEX %I ON %s (id)', item.name || '_id_idx', item.relation);
  END LOOP;
  FOR item IN
    SELECT format('ALTER POLICY %I ON %I.%I USING (%s)', p.policyname, p.schemaname, p.tablename, learnify_internal.policy_without_subquery(p.qual))
           || coalesce(' WITH CHECK (' || learnify_internal.policy_without_subquery(p.with_check) || ')', '') AS statement
    FROM pg_policies AS p
    WHERE format('%I.%I', p.schemaname, p.tablename)::regclass IN (
            SELECT learnify_internal.qualified_table(r.name::name) FROM unnest(learnify_internal.replicated_tables()) AS r (name)
            UNION ALL
            SELECT learnify_internal.qualified_table(t.name::name) FROM learnify_internal.user_tables() AS t)
      AND concat(p.qual, p.with_check) ~ 'SELECT|may_read_activity'
  LOOP
    EXECUTE item.statement;
  END LOOP;
  CREATE OR REPLACE FUNCTION learnify_internal.site_demand(as_of timestamptz)
  RETURNS TABLE (id uuid, meta_category text, created_at timestamptz, status text, recent bigint, previous bigint)
  LANGUAGE plpgsql
  STABLE PARALLEL RESTRICTED COST 1000000 ROWS 10000
  SET search_path = pg_catalog, pg_temp
  AS 'BEGIN
    RETURN QUERY
      SELECT d.id, d.meta_category, d.created_at, d.status, sum(d.recent)::bigint, sum(d.previous)::bigint
      FROM learnify_internal.demand_of_nodes(site_demand.as_of) AS d
      GROUP BY d.id, d.meta_category, d.created_at, d.status;
  END';
  -- Functions that read or write rows of several users say so instead of failing in some other way.
  FOR item IN
    SELECT format('ALTER FUNCTION %s SET learnify.not_available = %L', p.oid::regprocedure, p.proname) AS statement
    FROM pg_extension AS e
    JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e' AND d.classid = 'pg_proc'::regclass
    JOIN pg_proc AS p ON p.oid = d.objid AND p.pronamespace = e.extnamespace
    WHERE e.extname = 'learnify' AND p.proname NOT IN (SELECT f.name FROM learnify_internal.available_functions() AS f)
      AND p.prokind = 'f' AND concat(p.proconfig) NOT LIKE '%learnify.not_available=%'
  LOOP
    EXECUTE item.statement;
  END LOOP;
  PERFORM learnify_internal.call_on_each_group(), learnify_internal.end_follows_on_nodes(), learnify_internal.forget_reviewed_on_nodes();
  -- These read nothing but what is replicated, in queries that Citus does not plan.
  FOR item IN
    SELECT format('ALTER FUNCTION %s SET learnify.reads_copies = on', p.oid::regprocedure) AS statement
    FROM pg_extension AS e
    JOIN pg_proc AS p ON p.pronamespace = e.extnamespace AND p.proname IN ('search_courses', 'check_blueprint', 'similar_courses', 'trending_tags')
    WHERE e.extname = 'learnify' AND concat(p.proconfig) NOT LIKE '%learnify.reads_copies=%'
  LOOP
    EXECUTE item.statement;
  END LOOP;
  PERFORM set_config('citus.enable_ddl_propagation', propagation, true);
END
$$;

COMMENT ON FUNCTION learnify_internal.prepare_distribution() IS 'Gives the tables of this node the keys and policies that they need to be distributed; what is there already stays';

-- Functions about one user run on the node that has the user's rows, if user_argument says which
-- argument that is. The others read and write only what is replicated.
CREATE OR REPLACE FUNCTION learnify_internal.available_functions()
RETURNS TABLE (name text, user_argument text)
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 1 ROWS 50
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT f.name, f.user_argument
  FROM (VALUES ('start_course', 'user_id'), ('leave_course', 'user_id'), ('submit_exercise', 'user_id'),
               ('enrolled_courses', 'user_id'), ('course_outline', 'user_id'), ('user_stats', 'user_id'), ('streak_days', 'user_id'),
               ('learning_streaks', 'user_id'), ('completion_record', 'user_id'), ('award_achievements', 'user_id'),
               ('retake_course', 'user_id'), ('follow_user', 'follower'), ('unfollow_user', 'follower'), ('following_count', 'user_id'),
               ('following', 'user_id'), ('newer_following', 'user_id'), ('accept_follower', 'follower_id'), ('decline_follower', 'follower_id'),
               ('remove_follower', 'follower_id'), ('record_interaction', 'user_id'), ('dismiss_recommendation', 'user_id'),
               ('recompute_progress', 'user_id'), ('home_rows', 'user_id'), ('take_pending_statuses', 'user_id'), ('take_pending_renewals', 'user_id'), ('followed_page', 'anchor'), ('visible_people', 'viewer_id'), ('authors_of_completions', 'user_id'), ('resume_of', 'user_id'), ('demand_of_node', 'anchor')) AS f (name, user_argument)
  UNION ALL
  SELECT f.name, NULL
  FROM unnest('{learnify_distribute,verify_schema,own_ddl,register_user,authenticate,set_password,change_password,choose_archetype,set_variables,get_variables,'
              'missing_variables,generate_course,current_learner,require_backend,fold_email,hash_password,verify_password,is_time_zone_name,'
              'inject_variables,template_variables,check_template,velocity,velocity_label,velocity_lower_bound,trending_velocity,'
              'window_signups,search_courses,similar_courses,check_blueprint,refresh_trending,activity_ticker,newer_activity,followers,newer_followers,follower_count,follow_requests,blocked_users,unblock_user,erase_user,delete_course,living_resume,block_user,refresh_recommendations,score_courses,tune_recommendations,trending_tags,schedule_refresh,unschedule_refresh,request_review,claim_reviews,record_review,'
              'request_domain_validation,claim_domain_validations,record_domain_validation,refresh_search,restore_shipped_rows,regenerate_course,evaluate_recommendations,import_counts,'
              'authored_courses,visible_test_cases,rename_course,archive_course,restore_course,onboard,change_email,set_email,issue_token,redeem_token,'
              'grant_learner,grant_backend,learnify_status,monitoring_facts,export_user,export_user_rows,recommendation_progress,skill_adjacency,skill_edges,set_skill_edge}'::text[]) AS f (name);
$$;

COMMENT ON FUNCTION learnify_internal.available_functions() IS 'Returns the public functions that work in a distributed database, and by which argument of theirs they are sent to a node';

CREATE OR REPLACE FUNCTION learnify_internal.delegate_functions(anchor regclass)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
  item record;
BEGIN
  FOR item IN
    SELECT p.oid::regprocedure AS signature, f.user_argument
    FROM learnify_internal.available_functions() AS f
    JOIN pg_extension AS e ON e.extname = 'learnify'
    JOIN pg_proc AS p ON p.proname = f.name AND p.pronamespace IN (e.extnamespace, 'learnify_internal'::regnamespace)
    WHERE f.user_argument IS NOT NULL
      AND NOT EXISTS (SELECT
                      FROM pg_dist_object AS o
                      WHERE o.classid = 'pg_proc'::regclass AND o.objid = p.oid AND o.distribution_argument_index IS NOT NULL)
    ORDER BY p.oid
  LOOP
    PERFORM create_distributed_function(item.signature, item.user_argument, colocate_with => anchor::text, force_delegation => true);
  END LOOP;
END
$$;

COMMENT ON FUNCTION learnify_internal.delegate_functions(regclass) IS 'Makes Citus send each function about one user to the node that has the user''s rows';

-- Asked of each node.
CREATE OR REPLACE FUNCTION learnify_internal.distribution_obstacle(version text, schema text)
RETURNS text
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE
    WHEN e.extversion <> version THEN format('learnify is of version %s there, and %s here', e.extversion, version)
    WHEN e.extnamespace::regnamespace::text <> schema THEN format('learnify is in schema %s there, and in %s here', e.extnamespace::regnamespace, schema)
    ELSE (SELECT format('%s is %s, and must be %s', s.name, coalesce(nullif(current_setting(s.name, true), ''), 'not set'), s.wanted)
          FROM (VALUES (1, 'citus.enable_unsafe_triggers', 'on'),
                       (2, 'citus.enable_local_execution', 'off'),
                       (3, 'citus.enable_local_fast_path_query_optimization', 'off'),
                       (4, 'citus.propagate_set_commands', 'local'),
                       (5, 'learnify.notify', 'off')) AS s (number, name, wanted)
          WHERE current_setting(s.name, true) IS DISTINCT FROM s.wanted
          UNION ALL
          SELECT 'shared_preload_libraries does not load learnify after citus'
          WHERE regexp_replace(current_setting('shared_preload_libraries'), '[^a-z_,]', '', 'g') !~ '^citus,(.*,)?learnify(,|$)'
          LIMIT 1)
  END
  FROM pg_extension AS e
  WHERE e.extname = 'learnify'
$$;

COMMENT ON FUNCTION learnify_internal.distribution_obstacle(text, text) IS 'Returns why this node cannot be one of a distributed database, or NULL where it can';

CREATE OR REPLACE FUNCTION learnify_internal.require_distributable()
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  citus CONSTANT text := (SELECT e.extversion FROM pg_extension AS e WHERE e.extname = 'citus');
  node record;
  drift text;
BEGIN
  IF NOT (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = current_user) THEN
    RAISE EXCEPTION 'only a superuser can distribute the database'
      USING ERRCODE = 'insufficient_privilege',
            HINT = 'Citus needs it on each node.';
  ELSIF citus IS NULL OR split_part(citus, '.', 1)::integer < 13 THEN
    RAISE EXCEPTION 'Citus 13 or later is needed, and %', CASE WHEN citus IS NULL THEN 'there is none in this database' ELSE 'this is ' || citus END
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'doc/distributed.md says how to set up the servers.';
  ELSIF (SELECT l.groupid FROM pg_dist_local_group AS l) <> 0 OR NOT EXISTS (SELECT FROM pg_dist_node AS n WHERE n.groupid <> 0 AND n.isactive AND n.shouldhaveshards) THEN
    RAISE EXCEPTION 'this is not a coordinator with workers'
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Call citus_set_coordinator_host and citus_add_node here, as doc/distributed.md says.';
  END IF;
  SELECT n.nodename, n.nodeport, r.result INTO node
  FROM pg_extension AS e
  CROSS JOIN LATERAL run_command_on_all_nodes(format('SELECT learnify_internal.distribution_obstacle(%L, %L)', e.extversion, e.extnamespace::regnamespace)) AS r
  JOIN pg_dist_node AS n ON n.nodeid = r.nodeid
  WHERE e.extname = 'learnify' AND (NOT r.success OR r.result <> '')
  ORDER BY n.nodeid
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'node %:% cannot be one of a distributed database', node.nodename, node.nodeport
      USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = node.result,
            HINT = 'Each node needs learnify of the same version in the same schema, and the settings that doc/distributed.md lists.';
  END IF;
  SELECT string_agg(format('%s %s (%s)', v.kind, v.object, v.drift), ', ') INTO drift
  FROM @extschema@.verify_schema() AS v
  WHERE v.kind NOT LIKE 'privilege of %';
  IF drift IS NOT NULL THEN
    RAISE EXCEPTION 'the tables are not as the extension made them'
      USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = drift,
            HINT = 'verify_schema() has the statements that take the changes back.';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.require_distributable() IS 'Raises an error that says why the database cannot be distributed';

-- The foreign key of a plain database, with the user, by which both tables are distributed. Citus
-- has no ON DELETE SET NULL for that; forget_reviewed does it.
CREATE OR REPLACE FUNCTION learnify_internal.refer_to_submissions()
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conrelid = '@extschema@.architecture_reviews'::regclass AND k.conname = 'architecture_reviews_submission_id_fkey') THEN
    ALTER TABLE @extschema@.architecture_reviews
    ADD CONSTRAINT architecture_reviews_submission_id_fkey FOREIGN KEY (user_id, submission_id) REFERENCES @extschema@.module_completions (user_id, id);
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.refer_to_submissions() IS 'Makes reviews that are distributed refer to submissions of the same user';

-- Rows that are there are copied to the shards as they are: their triggers have fired before.
CREATE OR REPLACE FUNCTION learnify_internal.distribute_tables(shard_count integer)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
  present CONSTANT regclass[] := ARRAY(SELECT p.logicalrelid FROM pg_dist_partition AS p);
  item record;
  enabling text[] := '{}';
  anchor regclass;
BEGIN
  FOR item IN
    SELECT t.tgrelid::regclass AS relation, t.tgname AS name, CASE t.tgenabled WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE' END AS state
    FROM pg_trigger AS t
    WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgrelid <> ALL (present)
      AND t.tgrelid IN (
            SELECT learnify_internal.qualified_table(r.name::name) FROM unnest(learnify_internal.replicated_tables()) AS r (name)
            UNION ALL
            SELECT learnify_internal.qualified_table(u.name::name) FROM learnify_internal.user_tables() AS u)
    ORDER BY t.oid
  LOOP
    EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', item.relation, item.name);
    enabling := enabling || format('ALTER TABLE %s %s TRIGGER %I', item.relation, item.state, item.name);
  END LOOP;

  FOR item IN
    SELECT learnify_internal.qualified_table(r.name::name) AS relation
    FROM unnest(learnify_internal.replicated_tables()) WITH ORDINALITY AS r (name, number)
    ORDER BY r.number
  LOOP
    IF item.relation <> ALL (present) THEN
      PERFORM create_reference_table(item.relation);
    END IF;
  END LOOP;
  FOR item IN SELECT learnify_internal.qualified_table(u.name::name) AS relation, u.user_column FROM learnify_internal.user_tables() AS u LOOP
    IF item.relation = ANY (present) THEN
      anchor := coalesce(anchor, item.relation);
    ELSIF anchor IS NULL THEN
      PERFORM create_distributed_table(item.relation, item.user_column, shard_count => distribute_tables.shard_count, colocate_with => 'none');
      anchor := item.relation;
    ELSE
      PERFORM create_distributed_table(item.relation, item.user_column, colocate_with => anchor::text);
    END IF;
  END LOOP;

  PERFORM learnify_internal.refer_to_submissions();
  FOR item IN SELECT s.statement FROM unnest(enabling) WITH ORDINALITY AS s (statement, number) ORDER BY s.number LOOP
    EXECUTE item.statement;
  END LOOP;
END
$$;

COMMENT ON FUNCTION learnify_internal.distribute_tables(integer) IS 'Makes copies and shards of the tables of which there are none yet';

-- All that happens on the coordinator is one transaction, in which Citus includes the workers. What
-- is prepared on a worker before does no harm where that is rolled back, and is found prepared when
-- the function is called again.
CREATE OR REPLACE FUNCTION learnify_distribute(shard_count integer DEFAULT 32)
RETURNS integer
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
  before bigint;
  failed record;
BEGIN
  PERFORM learnify_internal.require_arguments('shard_count', shard_count);
  IF shard_count NOT BETWEEN 1 AND 1024 THEN
    RAISE EXCEPTION '% shards', shard_count
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'shard_count',
            HINT = 'Pass 1 to 1024; each node gets its part of them, and they can be moved, not split.';
  END IF;
  PERFORM learnify_internal.require_distributable();
  PERFORM set_config('citus.multi_shard_modify_mode', 'sequential', true),
          set_config('citus.enable_local_reference_table_foreign_keys', 'off', true);
  SELECT n.nodename, n.nodeport, r.result INTO failed
  FROM run_command_on_all_nodes('SELECT CASE WHEN groupid <> 0 THEN learnify_internal.prepare_distribution() END FROM pg_dist_local_group') AS r
  JOIN pg_dist_node AS n ON n.nodeid = r.nodeid
  WHERE NOT r.success
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'node %:% could not be prepared', failed.nodename, failed.nodeport
      USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = failed.result,
            HINT = 'Call learnify_distribute again once that is mended.';
  END IF;
  SELECT count(*) INTO before FROM pg_dist_partition;
  PERFORM learnify_internal.prepare_distribution();
  PERFORM learnify_internal.distribute_tables(shard_count);
  PERFORM learnify_internal.delegate_functions(learnify_internal.qualified_table(u.name::name))
  FROM learnify_internal.user_tables() AS u
  LIMIT 1;
  PERFORM learnify_internal.record_catalog('[]');
  RETURN (SELECT count(*) - before FROM pg_dist_partition);
END
$$;

REVOKE EXECUTE ON FUNCTION learnify_distribute(integer) FROM PUBLIC;

COMMENT ON FUNCTION learnify_distribute(integer) IS 'Distributes the database over the nodes of Citus: what people do by user, the rest on every node; returns how many tables it has distributed. It can be called again, and goes on where it was interrupted';
