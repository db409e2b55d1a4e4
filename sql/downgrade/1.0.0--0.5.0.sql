-- No table goes and no row, but what keeps rows from people does.
DO $$
DECLARE
  readers CONSTANT text := (
    SELECT string_agg(DISTINCT CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END, ', ')
    FROM pg_depend AS d
    JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
    JOIN pg_attribute AS a ON a.attrelid = c.oid
    CROSS JOIN LATERAL (SELECT * FROM aclexplode(c.relacl) UNION ALL SELECT * FROM aclexplode(a.attacl)) AS g
    LEFT JOIN pg_roles AS r ON r.oid = g.grantee
    WHERE d.refclassid = 'pg_extension'::regclass
      AND d.refobjid = (SELECT e.oid FROM pg_extension AS e WHERE e.extname = 'learnify')
      AND d.deptype = 'e'
      AND g.grantee <> c.relowner
      AND (r.rolsuper OR r.rolbypassrls) IS NOT TRUE);
BEGIN
  IF readers IS NOT NULL AND NOT current_setting('learnify.allow_data_loss')::boolean THEN
    RAISE EXCEPTION 'without row-level security, every row would be open to %', readers
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'REVOKE what they were granted on the tables. SET learnify.allow_data_loss = on leaves it to them.';
  END IF;
END
$$;

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

DROP TRIGGER architecture_reviews_correct_overall_score ON architecture_reviews;
DROP TRIGGER architecture_reviews_follow_delete ON architecture_reviews;
DROP TRIGGER architecture_reviews_follow_insert ON architecture_reviews;
DROP TRIGGER architecture_reviews_follow_update ON architecture_reviews;
DROP TRIGGER module_completions_correct_delete ON module_completions;
DROP TRIGGER module_completions_correct_update ON module_completions;
DROP TRIGGER module_completions_follow ON module_completions;
DROP TRIGGER user_achievements_broadcast ON user_achievements;
DROP TRIGGER user_progress_complete ON user_progress;
DROP TRIGGER user_progress_follow_insert ON user_progress;
DROP TRIGGER user_progress_follow_time_insert ON user_progress;
DROP TRIGGER user_progress_follow_time_update ON user_progress;
DROP TRIGGER user_progress_follow_update ON user_progress;
DROP TRIGGER user_progress_prepare ON user_progress;
DROP TRIGGER user_relationships_forget_unfollowed ON user_relationships;
DROP TRIGGER users_forget_hidden ON users;
DROP TRIGGER users_hand_over_shared_courses ON users;

DROP FUNCTION
  award_achievements(uuid),
  award_for_metrics(uuid, text[]),
  broadcast(uuid, text, text, uuid, jsonb, timestamptz),
  broadcast_achievement(),
  broadcast_completion(uuid, uuid),
  broadcast_solution(uuid, uuid, uuid, integer, timestamptz),
  collaborative_match_score(double precision, double precision),
  collaborative_reason(text, text, text),
  collaborative_recommendations(uuid, integer),
  complete_progress(),
  correct_broadcast(uuid, text, uuid, numeric, timestamptz),
  correct_overall_score(),
  correct_submissions(),
  dismiss_recommendation(uuid, uuid),
  erase_user(uuid),
  evaluate_recommendations(double precision, integer),
  export_user(uuid),
  find_present_rows(text, text[]),
  fit_recommendation_model(integer, double precision, double precision, double precision, double precision, integer),
  fit_similar_courses(integer, double precision, double precision, double precision),
  follow_progress(),
  follow_reviews(),
  follow_submissions(),
  follow_time_spent(),
  forget_hidden(),
  forget_unfollowed(),
  fresh_recommendations(text, uuid, uuid),
  grant_learner(regrole),
  hand_over_shared_courses(),
  home_rows(uuid, integer),
  import_legacy(text, text, boolean),
  index_legacy_references(),
  index_legacy_rows(text),
  join_words(text[]),
  learnify_status(),
  legacy_adjustments(text, text),
  legacy_base_type(oid),
  legacy_booleans(text, text),
  legacy_changes(text, text, text[], oid),
  legacy_choices(text, text[]),
  legacy_columns(text, text),
  legacy_instant(text),
  legacy_instants(text, text),
  legacy_is_uuid(text),
  legacy_json(text),
  legacy_key(text, text),
  legacy_keys(text),
  legacy_kind(oid),
  legacy_number(text, text),
  legacy_output(text, text, text, text, text[]),
  legacy_raw(text, oid),
  legacy_reading(text, text),
  legacy_reasons(text, text),
  legacy_reference(text, text, integer),
  legacy_refusals(),
  legacy_relation(text, text),
  legacy_resolving(text, text),
  legacy_short_name(text),
  legacy_source(text, text),
  legacy_substitutes(),
  legacy_tables(),
  legacy_text(text, text),
  legacy_value(text, text, text[], oid),
  limit_visibility(text, text),
  mastered_tags(),
  mastered_title(text[]),
  match_shipped_rows(text),
  may_name_people(uuid, jsonb),
  may_read_activity(uuid, text),
  module_metadata(uuid),
  module_result(uuid, uuid),
  pg_cron_database(),
  popular_courses(uuid, integer),
  prepare_enrolment(),
  recommendation_progress(),
  record_interaction(uuid, uuid, text, timestamptz),
  refresh_jobs(text, text),
  refresh_recommendations(uuid, integer, double precision, double precision, double precision, double precision, integer),
  refresh_trending(timestamptz),
  refuse_legacy_duplicates(text, text[]),
  refuse_legacy_reviews(),
  refuse_legacy_submissions(),
  replace_all_recommendations(uuid, uuid),
  replace_recommendations(text, uuid, uuid),
  report_legacy_rows(text, text),
  report_recommendation_progress(text, bigint, bigint),
  require_count(integer, integer),
  require_legacy_source(text, text, boolean),
  require_model_parameters(integer, double precision, double precision, double precision),
  require_pg_cron(text, text),
  require_rule_limits(double precision, integer),
  resolve_legacy_keys(text),
  retract_broadcast(uuid, text, uuid),
  review_activities(architecture_reviews[]),
  row_count_estimate(regclass),
  schedule_refresh(text, text),
  score_learners(integer, uuid, uuid),
  similar_courses(uuid, integer),
  skill_adjacency(double precision, integer),
  skill_recommendations(uuid, integer),
  social_recommendations(uuid, integer, timestamptz),
  stage_legacy_rows(text, text),
  taken_courses(uuid),
  trending_recommendations(uuid, integer),
  unschedule_refresh(),
  update_progress(uuid, uuid, boolean),
  visible_test_cases(uuid),
  write_legacy_rows(text, text);
