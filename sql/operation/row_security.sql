-- Row-level security binds every role that has no BYPASSRLS and is not a member of the
-- tables' owner. Such a role acts for the user in learnify.user_id. These policies say
-- which rows that user may read. The only rows that they let it write are its own account;
-- it writes everything else through functions, which run as their owner.

-- SECURITY DEFINER, because the functions read the settings and followers of others, which
-- the reader may not. For a user who does not exist they answer as for a private one: the
-- reader must not be able to find out who exists.
CREATE OR REPLACE FUNCTION learnify_internal.may_read_activity(actor uuid, visibility text)
RETURNS boolean
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN learnify_internal.may_see_activity(actor, visibility, @extschema@.current_learner());
END
$$;

COMMENT ON FUNCTION learnify_internal.may_read_activity(uuid, text) IS 'Returns whether the user in learnify.user_id may read an activity of this visibility of another user';

CREATE OR REPLACE FUNCTION learnify_internal.may_read_course(course_id uuid, author_id uuid)
RETURNS boolean
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN learnify_internal.may_see_course(course_id, author_id, @extschema@.current_learner());
END
$$;

COMMENT ON FUNCTION learnify_internal.may_read_course(uuid, uuid) IS 'Returns whether the user in learnify.user_id may read a course of this author';

CREATE OR REPLACE FUNCTION learnify_internal.may_read_recommendation(recommendation_type text, metadata jsonb)
RETURNS boolean
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN recommendation_type <> 'social_signal' OR learnify_internal.may_name_people(@extschema@.current_learner(), metadata);
END
$$;

COMMENT ON FUNCTION learnify_internal.may_read_recommendation(text, jsonb) IS 'Returns whether the user in learnify.user_id may still see everyone whom a recommendation names';

ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_archetypes ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_variables ENABLE ROW LEVEL SECURITY;
ALTER TABLE blueprint_modules ENABLE ROW LEVEL SECURITY;
ALTER TABLE generated_courses ENABLE ROW LEVEL SECURITY;
ALTER TABLE generated_modules ENABLE ROW LEVEL SECURITY;
ALTER TABLE exercises ENABLE ROW LEVEL SECURITY;
ALTER TABLE course_tags ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_progress ENABLE ROW LEVEL SECURITY;
ALTER TABLE module_completions ENABLE ROW LEVEL SECURITY;
ALTER TABLE architecture_reviews ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_relationships ENABLE ROW LEVEL SECURITY;
ALTER TABLE activity_feed ENABLE ROW LEVEL SECURITY;
ALTER TABLE achievements ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_achievements ENABLE ROW LEVEL SECURITY;
ALTER TABLE recommendations ENABLE ROW LEVEL SECURITY;
ALTER TABLE trending_courses ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_course_interactions ENABLE ROW LEVEL SECURITY;
ALTER TABLE schema_migrations ENABLE ROW LEVEL SECURITY;
ALTER TABLE learnify_internal.model_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE learnify_internal.course_documents ENABLE ROW LEVEL SECURITY;
ALTER TABLE learnify_internal.login_failures ENABLE ROW LEVEL SECURITY;
ALTER TABLE learnify_internal.account_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE learnify_internal.locks ENABLE ROW LEVEL SECURITY;
ALTER TABLE learnify_internal.award_locks ENABLE ROW LEVEL SECURITY;
ALTER TABLE learnify_internal.pending_statuses ENABLE ROW LEVEL SECURITY;
ALTER TABLE learnify_internal.pending_renewals ENABLE ROW LEVEL SECURITY;
ALTER TABLE learnify_internal.skill_edges ENABLE ROW LEVEL SECURITY;
ALTER TABLE learnify_internal.recommendation_model ENABLE ROW LEVEL SECURITY;
ALTER TABLE learnify_internal.follow_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE learnify_internal.imported_rows ENABLE ROW LEVEL SECURITY;
ALTER TABLE learnify_internal.user_blocks ENABLE ROW LEVEL SECURITY;
ALTER TABLE learnify_internal.kept_completions ENABLE ROW LEVEL SECURITY;
ALTER TABLE learnify_internal.expected_catalog ENABLE ROW LEVEL SECURITY;

DROP POLICY IF EXISTS users_read_own ON users;
CREATE POLICY users_read_own ON users FOR SELECT USING (id = (SELECT current_learner()));
DROP POLICY IF EXISTS users_update_own ON users;
CREATE POLICY users_update_own ON users FOR UPDATE
  USING (id = (SELECT current_learner())) WITH CHECK (id = (SELECT current_learner()));
DROP POLICY IF EXISTS user_archetypes_read_own ON user_archetypes;
CREATE POLICY user_archetypes_read_own ON user_archetypes FOR SELECT USING (user_id = (SELECT current_learner()));
DROP POLICY IF EXISTS user_variables_read_own ON user_variables;
CREATE POLICY user_variables_read_own ON user_variables FOR SELECT USING (user_id = (SELECT current_learner()));

-- A course is read by whom its author is shown to, and what is in it by whoever reads the
-- course: the policies of the tables below apply to the subqueries, too. Columns that learners
-- must not read, such as solutions, are withheld by the privileges that grant_learner grants
-- column by column.
DROP POLICY IF EXISTS generated_courses_read ON generated_courses;
CREATE POLICY generated_courses_read ON generated_courses FOR SELECT
  USING (learnify_internal.may_read_course(id, user_id));
DROP POLICY IF EXISTS generated_modules_read ON generated_modules;
CREATE POLICY generated_modules_read ON generated_modules FOR SELECT
  USING (EXISTS (SELECT FROM generated_courses AS c WHERE c.id = generated_modules.course_id));
DROP POLICY IF EXISTS exercises_read ON exercises;
CREATE POLICY exercises_read ON exercises FOR SELECT
  USING (EXISTS (SELECT FROM generated_modules AS m WHERE m.id = exercises.module_id));
DROP POLICY IF EXISTS course_tags_read ON course_tags;
CREATE POLICY course_tags_read ON course_tags FOR SELECT
  USING (EXISTS (SELECT FROM generated_courses AS c WHERE c.id = course_tags.course_id));
DROP POLICY IF EXISTS achievements_read ON achievements;
CREATE POLICY achievements_read ON achievements FOR SELECT USING (true);
DROP POLICY IF EXISTS trending_courses_read ON trending_courses;
CREATE POLICY trending_courses_read ON trending_courses FOR SELECT USING (true);

DROP POLICY IF EXISTS user_progress_read_own ON user_progress;
CREATE POLICY user_progress_read_own ON user_progress FOR SELECT USING (user_id = (SELECT current_learner()));
DROP POLICY IF EXISTS module_completions_read_own ON module_completions;
CREATE POLICY module_completions_read_own ON module_completions FOR SELECT
  USING (user_id = (SELECT current_learner()));
DROP POLICY IF EXISTS architecture_reviews_read_own ON architecture_reviews;
CREATE POLICY architecture_reviews_read_own ON architecture_reviews FOR SELECT
  USING (user_id = (SELECT current_learner()));
DROP POLICY IF EXISTS user_relationships_read_own ON user_relationships;
CREATE POLICY user_relationships_read_own ON user_relationships FOR SELECT
  USING ((SELECT current_learner()) IN (follower_id, following_id));
DROP POLICY IF EXISTS activity_feed_read_own ON activity_feed;
CREATE POLICY activity_feed_read_own ON activity_feed FOR SELECT USING (user_id = (SELECT current_learner()));
DROP POLICY IF EXISTS activity_feed_read_others ON activity_feed;
CREATE POLICY activity_feed_read_others ON activity_feed FOR SELECT
  USING (learnify_internal.may_read_activity(user_id, visibility));
DROP POLICY IF EXISTS user_achievements_read_own ON user_achievements;
CREATE POLICY user_achievements_read_own ON user_achievements FOR SELECT
  USING (user_id = (SELECT current_learner()));
DROP POLICY IF EXISTS recommendations_read_own ON recommendations;
CREATE POLICY recommendations_read_own ON recommendations FOR SELECT
  USING (user_id = (SELECT current_learner())
         AND learnify_internal.may_read_recommendation(recommendation_type, metadata));
DROP POLICY IF EXISTS user_course_interactions_read_own ON user_course_interactions;
CREATE POLICY user_course_interactions_read_own ON user_course_interactions FOR SELECT
  USING (user_id = (SELECT current_learner()));
