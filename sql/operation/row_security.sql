-- Who may read what, for every role that is neither a member of the owner nor
-- has BYPASSRLS. Such a role acts for the user in learnify.user_id; it has no
-- policy to write by but for its own account, since it writes by functions.

-- Runs as its owner: it reads the actor's settings and who follows whom, which
-- the reader may not.
CREATE FUNCTION may_read_activity(actor uuid, visibility text)
RETURNS boolean
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  -- of nobody the same as of a private person: it is no way to tell who exists
  SELECT coalesce((
    SELECT CASE limit_visibility(may_read_activity.visibility, u.max_visibility)
      WHEN 'public' THEN true
      WHEN 'friends' THEN EXISTS (
        SELECT
        FROM user_relationships AS r
        WHERE r.follower_id = current_learner() AND r.following_id = u.id)
    END
    FROM users AS u
    WHERE u.id = actor), false);
END;

COMMENT ON FUNCTION may_read_activity(uuid, text) IS 'Returns whether the user in learnify.user_id may read another''s activity of this visibility';

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

CREATE POLICY users_read_own ON users FOR SELECT USING (id = (SELECT current_learner()));
CREATE POLICY users_update_own ON users FOR UPDATE
  USING (id = (SELECT current_learner())) WITH CHECK (id = (SELECT current_learner()));
CREATE POLICY user_archetypes_read_own ON user_archetypes FOR SELECT USING (user_id = (SELECT current_learner()));
CREATE POLICY user_variables_read_own ON user_variables FOR SELECT USING (user_id = (SELECT current_learner()));

-- The catalogue is everyone's; what of it is not is kept by column in grant_learner.
CREATE POLICY generated_courses_read ON generated_courses FOR SELECT USING (true);
CREATE POLICY generated_modules_read ON generated_modules FOR SELECT USING (true);
CREATE POLICY exercises_read ON exercises FOR SELECT USING (true);
CREATE POLICY course_tags_read ON course_tags FOR SELECT USING (true);
CREATE POLICY achievements_read ON achievements FOR SELECT USING (true);
CREATE POLICY trending_courses_read ON trending_courses FOR SELECT USING (true);

CREATE POLICY user_progress_read_own ON user_progress FOR SELECT USING (user_id = (SELECT current_learner()));
CREATE POLICY module_completions_read_own ON module_completions FOR SELECT
  USING (user_id = (SELECT current_learner()));
CREATE POLICY architecture_reviews_read_own ON architecture_reviews FOR SELECT
  USING (user_id = (SELECT current_learner()));
CREATE POLICY user_relationships_read_own ON user_relationships FOR SELECT
  USING ((SELECT current_learner()) IN (follower_id, following_id));
CREATE POLICY activity_feed_read_own ON activity_feed FOR SELECT USING (user_id = (SELECT current_learner()));
CREATE POLICY activity_feed_read_others ON activity_feed FOR SELECT
  USING (may_read_activity(user_id, visibility));
CREATE POLICY user_achievements_read_own ON user_achievements FOR SELECT
  USING (user_id = (SELECT current_learner()));
CREATE POLICY recommendations_read_own ON recommendations FOR SELECT USING (user_id = (SELECT current_learner()));
CREATE POLICY user_course_interactions_read_own ON user_course_interactions FOR SELECT
  USING (user_id = (SELECT current_learner()));

CREATE FUNCTION visible_test_cases(exercise_id uuid)
RETURNS jsonb
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT coalesce((SELECT jsonb_agg(t.test_case ORDER BY t.number)
                   FROM jsonb_array_elements(e.test_cases) WITH ORDINALITY AS t (test_case, number)
                   WHERE t.test_case -> 'is_hidden' = 'false'), '[]')
  FROM exercises AS e
  WHERE e.id = visible_test_cases.exercise_id;
END;

REVOKE EXECUTE ON FUNCTION visible_test_cases(uuid) FROM PUBLIC;

COMMENT ON FUNCTION visible_test_cases(uuid) IS 'Returns those test cases of an exercise that say they are not hidden';

CREATE FUNCTION grant_learner(role regrole)
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
