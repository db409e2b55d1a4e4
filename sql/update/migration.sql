-- Description: automation
--
-- Leads from the last released version to the one in development, and has only what cannot be
-- replaced whole: ALTER TABLE, moves of data and drops. The build takes functions, triggers,
-- policies and comments from the other files of sql/. A line "\i FILE" stands for that file.
-- The way back is below the line "-- Downgrade".

-- 0.5.0 has no row-level security. Roles that it will hold would see no rows any more, or only
-- those of one learner, and no error would tell them why.
LOAD 'MODULE_PATHNAME';

DO $$
DECLARE
  roles CONSTANT text := (
\i sql/update/bound_roles.sql
  );
BEGIN
  -- NULL where the session has loaded an earlier library.
  IF roles IS NOT NULL AND current_setting('learnify.allow_row_security', true) IS DISTINCT FROM 'on' THEN
    RAISE EXCEPTION 'row-level security would hide rows from %', roles
      USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'They have privileges on tables of learnify and no BYPASSRLS. Functions would return nothing to them, without an error.',
            HINT = 'Let back ends bypass it: ALTER ROLE ... BYPASSRLS. SET learnify.allow_row_security = on says that it is meant to hold all of these roles.';
  END IF;
END
$$;

\i sql/internals.sql

-- Move the internals of 0.5.0 to the new schema.
DO $$
DECLARE
  function text;
BEGIN
  FOREACH function IN ARRAY ARRAY[
\i sql/update/moved_functions.sql
  ]
  LOOP
    EXECUTE format('ALTER FUNCTION @extschema@.%s SET SCHEMA learnify_internal', function);
  END LOOP;
END
$$;

DROP FUNCTION schema_fingerprint(), module_states(uuid, uuid), require_user(uuid), dummy_password_hash(),
  visible_to(uuid, uuid);

DROP FUNCTION submit_exercise(uuid, uuid, text, text, jsonb, integer, integer);
DROP FUNCTION verify_schema();

-- Existing submissions get their date in the learner's present time zone, because no earlier one
-- is known. The index is created before the UPDATE: created afterwards, it could not be used
-- until all older transactions have ended.
ALTER TABLE module_completions ADD COLUMN submitted_on date;
DROP INDEX module_completions_user_id_submitted_at_idx;
CREATE INDEX module_completions_user_id_submitted_on_idx
  ON module_completions (user_id, submitted_on) INCLUDE (submitted_at);
UPDATE module_completions AS s
SET submitted_on = (s.submitted_at AT TIME ZONE CASE WHEN is_time_zone_name(u.time_zone) THEN u.time_zone ELSE 'UTC' END)::date
FROM users AS u
WHERE u.id = s.user_id;

-- The next number of an attempt is found without reading those before.
DROP INDEX IF EXISTS module_completions_user_id_module_id_exercise_id_idx;
CREATE INDEX module_completions_user_id_module_id_exercise_id_idx
  ON module_completions (user_id, module_id, exercise_id, passed, attempts);

-- An INSERT without broadcast_at makes a row live, and a trigger fills it in; see live_rows.sql.
ALTER TABLE user_progress
  ALTER COLUMN broadcast_at DROP DEFAULT,
  ALTER COLUMN broadcast_at DROP NOT NULL,
  ADD CONSTRAINT user_progress_broadcast_at_check CHECK (broadcast_at IS NOT NULL);
ALTER TABLE module_completions
  ALTER COLUMN broadcast_at DROP DEFAULT,
  ALTER COLUMN broadcast_at DROP NOT NULL,
  ADD CONSTRAINT module_completions_broadcast_at_check CHECK (broadcast_at IS NOT NULL),
  ADD CONSTRAINT module_completions_submitted_on_check CHECK (submitted_on IS NOT NULL);
ALTER TABLE architecture_reviews
  ALTER COLUMN broadcast_at DROP DEFAULT,
  ALTER COLUMN broadcast_at DROP NOT NULL,
  ADD CONSTRAINT architecture_reviews_broadcast_at_check CHECK (broadcast_at IS NOT NULL);
ALTER TABLE user_achievements
  ALTER COLUMN broadcast_at DROP DEFAULT,
  ALTER COLUMN broadcast_at DROP NOT NULL,
  ADD CONSTRAINT user_achievements_broadcast_at_check CHECK (broadcast_at IS NOT NULL);

CREATE INDEX activity_feed_reference_id_user_id_idx ON activity_feed (reference_id, user_id);

-- What existing courses were rendered from is not known.
ALTER TABLE generated_courses ADD COLUMN rendered jsonb;
ALTER TABLE generated_modules ADD COLUMN rendered jsonb, ADD COLUMN retired boolean NOT NULL DEFAULT false;
ALTER TABLE exercises ADD COLUMN rendered jsonb, ADD COLUMN retired boolean NOT NULL DEFAULT false;

-- Pages of a user's own courses, and of those that the user takes, are read by index.
DROP INDEX generated_courses_user_id_idx;
CREATE INDEX generated_courses_user_id_created_at_id_idx ON generated_courses (user_id, created_at, id);
CREATE INDEX user_progress_user_id_started_at_id_idx ON user_progress (user_id, started_at, id);

\i sql/update/first_migration.sql

-- fold_email compares addresses in the same way in every database. If two addresses differ by
-- lower() but not by fold_email(), an administrator has to decide which one to keep.
\i sql/identity/fold_email.sql

DO $$
DECLARE
  culprits text;
BEGIN
  SELECT string_agg(s.addresses, '; ' ORDER BY s.addresses COLLATE "C") INTO culprits
  FROM (SELECT string_agg(format('"%s" of user %s', u.email, u.id), ' and ' ORDER BY u.email COLLATE "C", u.id) AS addresses
        FROM @extschema@.users AS u
        GROUP BY @extschema@.fold_email(u.email)
        HAVING count(*) > 1) AS s;
  IF culprits IS NOT NULL THEN
    RAISE EXCEPTION 'e-mail addresses differ in nothing that counts'
      USING ERRCODE = 'unique_violation',
            DETAIL = culprits,
            HINT = 'Change or erase all but one of each, and update again. Nothing has been changed.';
  END IF;
END
$$;

DROP INDEX users_email_lower_key;
CREATE UNIQUE INDEX users_email_lower_key ON users (fold_email(email));

ALTER TABLE user_progress ADD COLUMN retaken_after timestamptz CONSTRAINT user_progress_retaken_after_check CHECK (isfinite(retaken_after));
\i sql/progress/kept_completions_table.sql

-- As add_completion_records does for later rows; texts that are longer than is allowed now are cut.
INSERT INTO learnify_internal.kept_completions
SELECT p.user_id, p.course_id, left(c.title, 300), nullif(c.user_id, '6c656172-6e69-8679-8000-00000000ffff'),
       CASE WHEN c.user_id <> '6c656172-6e69-8679-8000-00000000ffff' THEN left(a.name, 100) END,
       p.started_at, p.completed_at, s.exercises, s.score, p.time_spent_minutes
FROM user_progress AS p
JOIN generated_courses AS c ON c.id = p.course_id
JOIN users AS a ON a.id = c.user_id
CROSS JOIN LATERAL (
  SELECT count(*)::integer AS exercises, round(avg(b.score))::integer AS score
  FROM (SELECT max(w.score) AS score
        FROM generated_modules AS m
        JOIN module_completions AS w ON w.module_id = m.id AND w.user_id = p.user_id AND w.passed
        WHERE m.course_id = p.course_id AND w.exercise_id IS NOT NULL
        GROUP BY w.exercise_id) AS b) AS s
WHERE p.completed_at IS NOT NULL;

ALTER TABLE users
  ADD COLUMN follow_policy text NOT NULL DEFAULT 'open',
  ADD CONSTRAINT users_follow_policy_check CHECK (follow_policy = ANY ('{open,approve,closed}'));
\i sql/social/follow_tables.sql

ALTER TABLE user_variables DROP CONSTRAINT user_variables_variable_key_check;

-- Before 1.0.0, a claim was a row lock. Now it is a row of the queue.
\i sql/operation/model_requests_table.sql

INSERT INTO learnify_internal.model_requests (kind, archetype_id, due_at)
SELECT 'domain_validation', a.id, a.updated_at
FROM user_archetypes AS a
WHERE a.validation_status = 'pending';

DROP FUNCTION claim_domain_validations(integer), record_domain_validation(uuid, jsonb),
  record_review(uuid, integer, integer, integer, integer, jsonb);

\i sql/identity/login_failures_table.sql
\i sql/identity/account_tokens_table.sql
\i sql/operation/lock_tables.sql
\i sql/operation/imported_rows_table.sql
\i sql/operation/drop_guard.sql
\i sql/discovery/search_table.sql
-- A refresh updates most rows of trending_courses, from now on without writing index entries.
DROP INDEX trending_courses_rank_idx, trending_courses_meta_category_rank_idx;
ALTER TABLE trending_courses SET (fillfactor = 45);
ALTER TABLE trending_courses ADD COLUMN tier integer NOT NULL DEFAULT 0;
CREATE INDEX trending_courses_tier_idx ON trending_courses (tier);
CREATE INDEX trending_courses_meta_category_tier_idx ON trending_courses (meta_category, tier);

-- The window of refresh_trending is counted without the authors' own sign-ups.
DROP INDEX user_progress_started_at_idx;
CREATE INDEX user_progress_started_at_idx ON user_progress (started_at) INCLUDE (course_id, user_id);

\i sql/discovery/model_table.sql
\i sql/discovery/skill_edges_table.sql

-- Downgrade

-- The downgrade drops no data, but it does drop what hides rows from roles that may read the
-- tables.
DO $$
DECLARE
  readers CONSTANT text := (
\i sql/update/bound_roles.sql
  );
BEGIN
  IF readers IS NOT NULL AND NOT current_setting('learnify.allow_data_loss')::boolean THEN
    RAISE EXCEPTION 'without row-level security, every row would be open to %', readers
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'REVOKE what they were granted on the tables. SET learnify.allow_data_loss = on leaves it to them.';
  END IF;
END
$$;

-- The downgrade loses what regenerate_course cannot find out again: variables that were given for a
-- course, and which of its parts were deleted or moved by hand. It loses variables whose names the earlier version refuses, requests for reviews,
-- claims that have not been answered (other requests can be derived from pending domains), what a
-- further import has to know of earlier ones, and dates of submissions that an update would compute
-- differently, because the learner's time zone has changed.
SELECT refuse_data_loss(
  CASE WHEN EXISTS (SELECT FROM user_variables AS v WHERE v.variable_key !~ '^[A-Z][A-Z0-9_]{0,49}$')
       THEN 'user_variables' END,
  CASE WHEN EXISTS (SELECT
                    FROM generated_courses AS c
                    WHERE c.rendered -> 'variables' <> '{}'
                       OR EXISTS (SELECT FROM jsonb_array_elements_text(c.rendered -> 'modules') AS n (number)
                                  WHERE number::integer NOT IN (SELECT m.module_number FROM generated_modules AS m WHERE m.course_id = c.id))
                       OR EXISTS (SELECT FROM jsonb_array_elements_text(c.rendered -> 'tags') AS n (tag)
                                  WHERE n.tag NOT IN (SELECT t.tag FROM course_tags AS t WHERE t.course_id = c.id)))
       THEN 'generated_courses.rendered' END,
  CASE WHEN EXISTS (SELECT
                    FROM generated_modules AS m
                    WHERE (m.rendered -> 'exercises')::integer > (SELECT count(*) FROM exercises AS e WHERE e.module_id = m.id))
       THEN 'generated_modules.rendered' END,
  CASE WHEN EXISTS (SELECT
                    FROM exercises AS e
                    WHERE (e.rendered ->> 'module_id', (e.rendered -> 'number')::integer) <> (e.module_id::text, e.exercise_number))
       THEN 'exercises.rendered' END,
  CASE WHEN EXISTS (SELECT FROM generated_modules AS m WHERE m.retired) THEN 'generated_modules.retired' END,
  CASE WHEN EXISTS (SELECT FROM exercises AS e WHERE e.retired) THEN 'exercises.retired' END,
  CASE WHEN EXISTS (SELECT FROM learnify_internal.skill_edges) THEN 'learnify_internal.skill_edges' END,
  CASE WHEN EXISTS (SELECT FROM learnify_internal.recommendation_model) THEN 'learnify_internal.recommendation_model' END,
  CASE WHEN EXISTS (SELECT FROM learnify_internal.model_requests AS r WHERE r.ticket IS NOT NULL OR r.kind = 'review')
       THEN 'learnify_internal.model_requests' END,
  CASE WHEN EXISTS (SELECT FROM learnify_internal.imported_rows) THEN 'learnify_internal.imported_rows' END,
  CASE WHEN EXISTS (SELECT
                    FROM module_completions AS s
                    JOIN users AS u ON u.id = s.user_id
                    WHERE s.submitted_on <> (s.submitted_at AT TIME ZONE CASE WHEN is_time_zone_name(u.time_zone) THEN u.time_zone ELSE 'UTC' END)::date)
       THEN 'module_completions.submitted_on' END,
  CASE WHEN EXISTS (SELECT FROM user_progress AS p WHERE p.retaken_after IS NOT NULL) THEN 'user_progress.retaken_after' END,
  CASE WHEN EXISTS (SELECT
                    FROM learnify_internal.kept_completions AS r
                    LEFT JOIN user_progress AS p ON p.user_id = r.user_id AND p.course_id = r.course_id
                    LEFT JOIN generated_courses AS c ON c.id = p.course_id
                    LEFT JOIN users AS a ON a.id = c.user_id
                    WHERE (r.completed_at, r.title, r.author_name) IS DISTINCT FROM
                          (p.completed_at, left(c.title, 300), CASE WHEN a.id <> '6c656172-6e69-8679-8000-00000000ffff' THEN left(a.name, 100) END))
       THEN 'learnify_internal.kept_completions' END,
  CASE WHEN EXISTS (SELECT FROM users AS u WHERE u.follow_policy <> 'open') THEN 'users.follow_policy' END,
  CASE WHEN EXISTS (SELECT FROM learnify_internal.follow_requests) THEN 'learnify_internal.follow_requests' END,
  CASE WHEN EXISTS (SELECT FROM learnify_internal.user_blocks) THEN 'learnify_internal.user_blocks' END);
DELETE FROM user_variables AS v WHERE v.variable_key !~ '^[A-Z][A-Z0-9_]{0,49}$';
ALTER TABLE user_variables
  ADD CONSTRAINT user_variables_variable_key_check CHECK (variable_key ~ '^[A-Z][A-Z0-9_]{0,49}$');

DROP INDEX users_email_lower_key;
CREATE UNIQUE INDEX users_email_lower_key ON users (lower(email));

DROP POLICY achievements_read ON achievements;
DROP POLICY activity_feed_read_others ON activity_feed;
DROP POLICY activity_feed_read_own ON activity_feed;
DROP POLICY architecture_reviews_read_own ON architecture_reviews;
DROP POLICY course_tags_read ON course_tags;
DROP POLICY exercises_read ON exercises;
DROP POLICY generated_courses_read ON generated_courses;
DROP POLICY generated_modules_read ON generated_modules;
DROP POLICY module_completions_read_own ON module_completions;
DROP POLICY recommendations_read_own ON recommendations;
DROP POLICY trending_courses_read ON trending_courses;
DROP POLICY user_achievements_read_own ON user_achievements;
DROP POLICY user_archetypes_read_own ON user_archetypes;
DROP POLICY user_course_interactions_read_own ON user_course_interactions;
DROP POLICY user_progress_read_own ON user_progress;
DROP POLICY user_relationships_read_own ON user_relationships;
DROP POLICY user_variables_read_own ON user_variables;
DROP POLICY users_read_own ON users;
DROP POLICY users_update_own ON users;

ALTER TABLE users DISABLE ROW LEVEL SECURITY;
ALTER TABLE user_archetypes DISABLE ROW LEVEL SECURITY;
ALTER TABLE user_variables DISABLE ROW LEVEL SECURITY;
ALTER TABLE blueprint_modules DISABLE ROW LEVEL SECURITY;
ALTER TABLE generated_courses DISABLE ROW LEVEL SECURITY;
ALTER TABLE generated_modules DISABLE ROW LEVEL SECURITY;
ALTER TABLE exercises DISABLE ROW LEVEL SECURITY;
ALTER TABLE course_tags DISABLE ROW LEVEL SECURITY;
ALTER TABLE user_progress DISABLE ROW LEVEL SECURITY;
ALTER TABLE module_completions DISABLE ROW LEVEL SECURITY;
ALTER TABLE architecture_reviews DISABLE ROW LEVEL SECURITY;
ALTER TABLE user_relationships DISABLE ROW LEVEL SECURITY;
ALTER TABLE activity_feed DISABLE ROW LEVEL SECURITY;
ALTER TABLE achievements DISABLE ROW LEVEL SECURITY;
ALTER TABLE user_achievements DISABLE ROW LEVEL SECURITY;
ALTER TABLE recommendations DISABLE ROW LEVEL SECURITY;
ALTER TABLE trending_courses DISABLE ROW LEVEL SECURITY;
ALTER TABLE user_course_interactions DISABLE ROW LEVEL SECURITY;
ALTER TABLE schema_migrations DISABLE ROW LEVEL SECURITY;

DROP TRIGGER "0_keep_instants" ON architecture_reviews;
DROP TRIGGER "0_keep_mark" ON architecture_reviews;
DROP TRIGGER "0_mark_live_row" ON architecture_reviews;
DROP TRIGGER "0_keep_instants" ON module_completions;
DROP TRIGGER "0_keep_mark" ON module_completions;
DROP TRIGGER "0_mark_live_row" ON module_completions;
DROP TRIGGER "0_refuse_new_keys" ON user_achievements;
DROP TRIGGER "0_keep_instants" ON user_achievements;
DROP TRIGGER "0_keep_mark" ON user_achievements;
DROP TRIGGER "0_mark_live_row" ON user_achievements;
DROP TRIGGER "0_refuse_new_keys" ON user_progress;
DROP TRIGGER "0_keep_instants" ON user_progress;
DROP TRIGGER "0_keep_mark" ON user_progress;
DROP TRIGGER "0_mark_live_row" ON user_progress;
DROP TRIGGER achievements_forget_deleted ON achievements;
DROP TRIGGER achievements_keep_seed_key ON achievements;
DROP TRIGGER "0_replace_by_replicated_row" ON achievements;
DROP TRIGGER achievements_refuse_truncation ON achievements;
DROP TRIGGER achievements_update_reference ON achievements;
DROP TRIGGER achievements_warn_of_deleted_seed ON achievements;
DROP TRIGGER achievements_warn_of_replaced_seed ON achievements;
DROP TRIGGER architecture_reviews_correct_overall_score ON architecture_reviews;
DROP TRIGGER architecture_reviews_process_delete ON architecture_reviews;
DROP TRIGGER architecture_reviews_process_insert ON architecture_reviews;
DROP TRIGGER architecture_reviews_process_update ON architecture_reviews;
DROP TRIGGER architecture_reviews_forget_deleted ON architecture_reviews;
DROP TRIGGER architecture_reviews_forget_truncated ON architecture_reviews;
DROP TRIGGER "0_carry_submissions_along" ON exercises;
DROP TRIGGER "0_leave_submissions" ON exercises;
DROP TRIGGER "0_rehome_work" ON generated_modules;
DROP TRIGGER exercises_process_delete ON exercises;
DROP TRIGGER exercises_process_insert ON exercises;
DROP TRIGGER exercises_process_update ON exercises;
DROP TRIGGER exercises_forget_deleted ON exercises;
DROP TRIGGER exercises_forget_truncated ON exercises;
DROP TRIGGER exercises_move_broadcasts ON exercises;
DROP TRIGGER generated_courses_forget_deleted ON generated_courses;
DROP TRIGGER generated_courses_forget_truncated ON generated_courses;
DROP TRIGGER generated_courses_refuse_loss ON generated_courses;
DROP TRIGGER generated_courses_search_insert ON generated_courses;
DROP TRIGGER generated_courses_search_update ON generated_courses;
DROP TRIGGER generated_modules_search_delete ON generated_modules;
DROP TRIGGER generated_modules_search_insert ON generated_modules;
DROP TRIGGER generated_modules_search_truncate ON generated_modules;
DROP TRIGGER generated_modules_search_update ON generated_modules;
DROP TRIGGER course_tags_search_delete ON course_tags;
DROP TRIGGER course_tags_search_insert ON course_tags;
DROP TRIGGER course_tags_search_truncate ON course_tags;
DROP TRIGGER course_tags_search_update ON course_tags;
DROP TRIGGER generated_modules_process_delete ON generated_modules;
DROP TRIGGER generated_modules_process_insert ON generated_modules;
DROP TRIGGER generated_modules_process_update ON generated_modules;
DROP TRIGGER generated_modules_forget_deleted ON generated_modules;
DROP TRIGGER generated_modules_forget_truncated ON generated_modules;
DROP TRIGGER generated_modules_move_broadcasts ON generated_modules;
DROP TRIGGER "0_replace_by_replicated_row" ON blueprint_modules;
DROP TRIGGER blueprint_modules_refuse_truncation ON blueprint_modules;
DROP TRIGGER blueprint_modules_release_inserted_seed ON blueprint_modules;
DROP TRIGGER blueprint_modules_warn_of_deleted_seed ON blueprint_modules;
DROP TRIGGER blueprint_modules_warn_of_edited_template ON blueprint_modules;
DROP TRIGGER blueprint_modules_warn_of_inserted_template ON blueprint_modules;
DROP TRIGGER blueprint_modules_warn_of_replaced_seed ON blueprint_modules;
DROP TRIGGER module_completions_correct_delete ON module_completions;
DROP TRIGGER module_completions_correct_update ON module_completions;
DROP TRIGGER module_completions_date ON module_completions;
DROP TRIGGER module_completions_date_correction ON module_completions;
DROP TRIGGER module_completions_process ON module_completions;
DROP TRIGGER module_completions_forget_review_requests ON module_completions;
DROP TRIGGER module_completions_forget_truncated ON module_completions;
DROP TRIGGER module_completions_forget_truncated_review_requests ON module_completions;
DROP TRIGGER module_completions_renew_review_request ON module_completions;
DROP TRIGGER skip_replicated_row ON schema_migrations;
DROP TRIGGER user_achievements_broadcast ON user_achievements;
DROP TRIGGER user_achievements_forget_truncated ON user_achievements;
DROP TRIGGER user_achievements_forget_withdrawn ON user_achievements;
DROP TRIGGER user_progress_complete ON user_progress;
DROP TRIGGER user_progress_forget_truncated ON user_progress;
DROP TRIGGER user_progress_keep_record_of_insert ON user_progress;
DROP TRIGGER user_progress_keep_record_of_update ON user_progress;
DROP TRIGGER user_progress_process_delete ON user_progress;
DROP TRIGGER user_progress_process_insert ON user_progress;
DROP TRIGGER user_progress_process_time_update ON user_progress;
DROP TRIGGER user_progress_process_update ON user_progress;
DROP TRIGGER user_progress_prepare ON user_progress;
DROP TRIGGER blueprint_modules_check_texts ON blueprint_modules;
DROP TRIGGER generated_courses_check_texts ON generated_courses;
DROP TRIGGER generated_modules_check_texts ON generated_modules;
DROP TRIGGER exercises_check_texts ON exercises;
DROP TRIGGER course_tags_check_texts ON course_tags;
DROP TRIGGER module_completions_check_texts ON module_completions;
DROP TRIGGER architecture_reviews_check_texts ON architecture_reviews;
DROP TRIGGER activity_feed_check_texts ON activity_feed;
DROP TRIGGER achievements_check_texts ON achievements;
DROP TRIGGER recommendations_check_texts ON recommendations;
DROP TRIGGER user_archetypes_check_texts ON user_archetypes;
DROP TRIGGER user_archetypes_forget_validation ON user_archetypes;
DROP TRIGGER user_archetypes_withdraw_domain_validation ON user_archetypes;
DROP TRIGGER user_relationships_forget_request ON user_relationships;
DROP TRIGGER user_relationships_forget_unfollowed ON user_relationships;
DROP TRIGGER user_relationships_notify ON user_relationships;
DROP TRIGGER user_relationships_obey_policy ON user_relationships;
DROP TRIGGER user_relationships_obey_policy_again ON user_relationships;
DROP TRIGGER user_variables_check_texts ON user_variables;
DROP TRIGGER users_check_texts ON users;
DROP TRIGGER users_forget_hidden ON users;
DROP TRIGGER users_forget_logins ON users;
DROP TRIGGER users_forget_logins_before_change ON users;
DROP TRIGGER users_hand_over_shared_courses ON users;
DROP TRIGGER users_z_forget_erased ON users;
DROP TRIGGER users_match_email ON users;
DROP TRIGGER users_refuse_faulty ON users;
DROP TRIGGER blueprint_modules_zz_refuse_faulty ON blueprint_modules;
DROP TRIGGER generated_modules_zz_refuse_faulty ON generated_modules;
DROP TRIGGER exercises_zz_refuse_faulty ON exercises;

DROP INDEX activity_feed_reference_id_user_id_idx;
ALTER TABLE generated_courses DROP COLUMN rendered;
ALTER TABLE generated_modules DROP COLUMN rendered, DROP COLUMN retired;
ALTER TABLE exercises DROP COLUMN rendered, DROP COLUMN retired;
-- Its list of columns has the column. The script creates it again.
DROP TRIGGER users_touch_updated_at ON users;
ALTER TABLE users DROP COLUMN follow_policy;
ALTER TABLE user_progress DROP COLUMN retaken_after;
DROP INDEX user_progress_user_id_started_at_id_idx;
DROP INDEX user_progress_started_at_idx;
CREATE INDEX user_progress_started_at_idx ON user_progress (started_at) INCLUDE (course_id);
DROP INDEX generated_courses_user_id_created_at_id_idx;
CREATE INDEX generated_courses_user_id_idx ON generated_courses (user_id);
ALTER TABLE trending_courses DROP COLUMN tier, RESET (fillfactor);
CREATE INDEX trending_courses_rank_idx ON trending_courses (rank);
CREATE INDEX trending_courses_meta_category_rank_idx ON trending_courses (meta_category, rank);

-- In 0.5.0 broadcast_at has a default.
ALTER TABLE user_progress
  ALTER COLUMN broadcast_at SET DEFAULT now(),
  ALTER COLUMN broadcast_at SET NOT NULL,
  DROP CONSTRAINT user_progress_broadcast_at_check;
ALTER TABLE module_completions
  ALTER COLUMN broadcast_at SET DEFAULT now(),
  ALTER COLUMN broadcast_at SET NOT NULL,
  DROP CONSTRAINT module_completions_broadcast_at_check,
  DROP COLUMN submitted_on;
CREATE INDEX module_completions_user_id_submitted_at_idx ON module_completions (user_id, submitted_at);
DROP INDEX module_completions_user_id_module_id_exercise_id_idx;
CREATE INDEX module_completions_user_id_module_id_exercise_id_idx
  ON module_completions (user_id, module_id, exercise_id) INCLUDE (passed);
ALTER TABLE architecture_reviews
  ALTER COLUMN broadcast_at SET DEFAULT now(),
  ALTER COLUMN broadcast_at SET NOT NULL,
  DROP CONSTRAINT architecture_reviews_broadcast_at_check;
ALTER TABLE user_achievements
  ALTER COLUMN broadcast_at SET DEFAULT now(),
  ALTER COLUMN broadcast_at SET NOT NULL,
  DROP CONSTRAINT user_achievements_broadcast_at_check;

DROP FUNCTION
  accept_follower(uuid, uuid),
  archive_course(uuid),
  authored_courses(uuid, integer, timestamptz, uuid),
  award_achievements(uuid),
  block_user(uuid, uuid),
  blocked_users(uuid, integer, timestamptz, uuid),
  change_email(uuid, text, text),
  change_password(uuid, text, text),
  check_blueprint(),
  check_template(text, text[]),
  check_template(jsonb, text[]),
  claim_domain_validations(integer, interval, integer),
  completion_record(uuid, uuid),
  decline_follower(uuid, uuid),
  claim_reviews(integer, interval, integer),
  delete_course(uuid),
  dismiss_recommendation(uuid, uuid),
  enrolled_courses(uuid, integer, timestamptz, uuid),
  erase_user(uuid),
  evaluate_recommendations(double precision, integer, jsonb, text),
  export_user(uuid),
  export_user_rows(uuid),
  fold_email(text),
  follow_requests(uuid, integer, timestamptz, uuid),
  grant_backend(text),
  grant_learner(text),
  home_rows(uuid, integer),
  import_counts(text),
  import_legacy(text, text, boolean, boolean),
  issue_token(uuid, text, interval),
  learnify_status(),
  learning_streaks(uuid, timestamptz),
  leave_course(uuid, uuid),
  monitoring_facts(),
  onboard(uuid, text, text, text, jsonb),
  newer_activity(uuid, integer, timestamptz, uuid),
  newer_followers(uuid, integer, timestamptz, uuid),
  newer_following(uuid, integer, timestamptz, uuid),
  learnify_distribute(integer),
  own_ddl(),
  recommendation_progress(),
  recompute_progress(uuid, uuid),
  record_domain_validation(uuid, jsonb),
  record_interaction(uuid, uuid, text),
  record_review(uuid, integer, integer, integer, integer, jsonb, uuid),
  redeem_token(text, text),
  refresh_recommendations(uuid, jsonb, double precision, integer, integer),
  refresh_search(),
  refresh_trending(timestamptz),
  regenerate_course(uuid, boolean, jsonb, boolean),
  remove_follower(uuid, uuid),
  rename_course(uuid, text),
  request_domain_validation(uuid),
  request_review(uuid),
  require_backend(),
  restore_course(uuid),
  restore_shipped_rows(text[]),
  retake_course(uuid, uuid),
  schedule_refresh(text, text, text, integer),
  search_courses(text, text, integer, uuid),
  set_email(uuid, text),
  set_password(uuid, text),
  set_skill_edge(text, text, double precision),
  score_courses(uuid, uuid[]),
  similar_courses(uuid, integer),
  skill_adjacency(double precision, integer),
  skill_edges(),
  submit_exercise(uuid, uuid, text, text, jsonb, integer, integer, uuid),
  trending_tags(integer, timestamptz),
  tune_recommendations(interval),
  unblock_user(uuid, uuid),
  unschedule_refresh(),
  verify_schema(),
  visible_test_cases(uuid);

-- In 0.5.0, PUBLIC may execute these.
GRANT EXECUTE ON FUNCTION hash_password(text), verify_password(text, text) TO PUBLIC;

DROP TRIGGER follow_requests_notify ON learnify_internal.follow_requests;
DROP TRIGGER skill_edges_check_texts ON learnify_internal.skill_edges;
DROP TRIGGER skip_replicated_row ON learnify_internal.expected_catalog;
DROP TRIGGER skip_replicated_row ON learnify_internal.locks;
DROP EVENT TRIGGER learnify_refuse_drop;

-- Move the internals that 0.5.0 has back, and drop the others. There, PUBLIC may execute
-- all but those from which 0.5.0's own statements, at the end of this script, revoke it.
DO $$
DECLARE
  function text;
BEGIN
  FOREACH function IN ARRAY ARRAY[
\i sql/update/moved_functions.sql
  ]
  LOOP
    EXECUTE format('ALTER FUNCTION learnify_internal.%s SET SCHEMA @extschema@', function);
    EXECUTE format('GRANT EXECUTE ON FUNCTION @extschema@.%s TO PUBLIC', function);
  END LOOP;
  EXECUTE (SELECT 'DROP FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ')
           FROM pg_proc AS p
           WHERE p.pronamespace = 'learnify_internal'::regnamespace);
END
$$;

-- What is searched is derived.
ALTER EXTENSION learnify DROP TABLE learnify_internal.course_documents;
DROP TABLE learnify_internal.course_documents;
-- A day's failures are no data to keep, nor are tokens, of which new ones can be issued.
ALTER EXTENSION learnify DROP TABLE learnify_internal.account_tokens;
DROP TABLE learnify_internal.account_tokens;
ALTER EXTENSION learnify DROP TABLE learnify_internal.login_failures;
DROP TABLE learnify_internal.login_failures;
ALTER EXTENSION learnify DROP TABLE learnify_internal.locks;
DROP TABLE learnify_internal.locks;
ALTER EXTENSION learnify DROP TABLE learnify_internal.award_locks;
DROP TABLE learnify_internal.award_locks;
ALTER EXTENSION learnify DROP TABLE learnify_internal.pending_statuses;
DROP TABLE learnify_internal.pending_statuses;
ALTER EXTENSION learnify DROP TABLE learnify_internal.pending_renewals;
DROP TABLE learnify_internal.pending_renewals;
ALTER EXTENSION learnify DROP TABLE learnify_internal.kept_completions;
DROP TABLE learnify_internal.kept_completions;
ALTER EXTENSION learnify DROP TABLE learnify_internal.skill_edges;
DROP TABLE learnify_internal.skill_edges;
ALTER EXTENSION learnify DROP TABLE learnify_internal.recommendation_model;
DROP TABLE learnify_internal.recommendation_model;
ALTER EXTENSION learnify DROP TABLE learnify_internal.follow_requests;
DROP TABLE learnify_internal.follow_requests;
ALTER EXTENSION learnify DROP TABLE learnify_internal.user_blocks;
DROP TABLE learnify_internal.user_blocks;
ALTER EXTENSION learnify DROP TABLE learnify_internal.imported_rows;
DROP TABLE learnify_internal.imported_rows;
ALTER EXTENSION learnify DROP TABLE learnify_internal.model_requests;
DROP TABLE learnify_internal.model_requests;
ALTER EXTENSION learnify DROP TABLE learnify_internal.expected_catalog;
DROP TABLE learnify_internal.expected_catalog;
DROP SCHEMA learnify_internal;

DELETE FROM schema_migrations WHERE version = '000';
