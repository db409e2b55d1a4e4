-- The viewer's rows are not beside the user's in a distributed database. What is read of them, and who
-- follows the user, is given there: which people the viewer may see, and how many followers there are.
CREATE OR REPLACE FUNCTION learnify_internal.resume_of(user_id uuid, viewer_id uuid, reach text, shown uuid[] DEFAULT NULL, followers bigint DEFAULT NULL)
RETURNS jsonb
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
  resume jsonb;
BEGIN
  SELECT jsonb_build_object(
    'name', u.name,
    'avatar_url', u.avatar_url,
    'title', (SELECT format('%s of %s', initcap(a.skill_level COLLATE "C"), a.domain)
              FROM @extschema@.user_archetypes AS a
              WHERE a.user_id = u.id),
    'counts', jsonb_build_object(
      'followers', CASE
        WHEN resume_of.followers IS NOT NULL THEN resume_of.followers
        ELSE (SELECT count(*) FROM @extschema@.user_relationships AS r WHERE r.following_id = u.id)
      END,
      'following', (SELECT count(*) FROM @extschema@.user_relationships AS r WHERE r.follower_id = u.id),
      'courses', (SELECT count(*) FROM @extschema@.user_progress AS p WHERE p.user_id = u.id)),
    'completed_courses', (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
                                  'course_id', c.course_id, 'title', c.title, 'completed_at', c.completed_at,
                                  'author', CASE
                                    WHEN reach = 'private' OR c.author_id IS NULL
                                         OR CASE
                                              WHEN shown IS NOT NULL THEN c.author_id = ANY (shown)
                                              ELSE EXISTS (SELECT
                                                           FROM learnify_internal.visibilities_to(c.author_id, viewer_id) AS v
                                                           WHERE v.visibility IS NOT NULL)
                                            END
                                      THEN coalesce(c.author_name, 'Former author')
                                  END)
                                ORDER BY c.completed_at DESC, c.course_id), '[]')
      FROM learnify_internal.completions(u.id) AS c),
    'achievements', (
      SELECT coalesce(jsonb_agg(jsonb_build_object('name', a.name, 'badge_icon', a.badge_icon, 'rarity', a.rarity,
                                                   'unlocked_at', e.unlocked_at)
                                ORDER BY e.unlocked_at DESC, a.id), '[]')
      FROM @extschema@.user_achievements AS e
      JOIN @extschema@.achievements AS a ON a.id = e.achievement_id
      WHERE e.user_id = u.id))
  INTO resume
  FROM @extschema@.users AS u
  WHERE u.id = resume_of.user_id;

  IF reach IN ('friends', 'private') THEN
    resume := resume || jsonb_build_object(
      'scores', jsonb_build_object(
        'exercises_solved', learnify_internal.learner_metric(user_id, 'exercises_solved'),
        'perfect_scores', learnify_internal.learner_metric(user_id, 'perfect_scores'),
        'review_average', learnify_internal.learner_metric(user_id, 'review_average'),
        'reviews_received', learnify_internal.learner_metric(user_id, 'reviews_received')),
      'current_learning', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('course_id', c.id, 'title', c.title,
                                                     'progress_percentage', p.progress_percentage)
                                  ORDER BY p.last_activity DESC, c.id), '[]')
        FROM @extschema@.user_progress AS p
        JOIN @extschema@.generated_courses AS c ON c.id = p.course_id
        WHERE p.user_id = resume_of.user_id AND p.completed_at IS NULL));
  END IF;
  RETURN resume;
END
$$;

COMMENT ON FUNCTION learnify_internal.resume_of(uuid, uuid, text, uuid[], bigint) IS 'Returns what living_resume does to a viewer who may see this much; which authors the viewer may see, and how many follow the user, may be given';

CREATE OR REPLACE FUNCTION living_resume(user_id uuid, viewer_id uuid)
RETURNS jsonb
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  reach text;
  resume jsonb;
BEGIN
  PERFORM learnify_internal.require_acting_user(viewer_id, 'viewer_id');
  PERFORM learnify_internal.require_arguments('user_id', user_id);
  IF learnify_internal.is_coordinating() THEN
    resume := learnify_internal.resume_from_nodes(user_id, viewer_id);
  ELSE
    reach := learnify_internal.visibility_to(user_id, viewer_id);
    IF reach IS NOT NULL THEN
      resume := learnify_internal.resume_of(user_id, viewer_id, reach);
    END IF;
  END IF;
  -- To a learner, somebody who shows nothing and nobody at all are the same.
  IF resume IS NULL AND NOT learnify_internal.role_is_bound() THEN
    PERFORM learnify_internal.require_user(user_id);
  END IF;
  RETURN resume;
END
$$;

REVOKE EXECUTE ON FUNCTION living_resume(uuid, uuid) FROM PUBLIC;

COMMENT ON FUNCTION living_resume(uuid, uuid) IS 'Returns what a viewer may see of what a user has learned: title, completed courses and achievements if the user is public, for followers also scores and courses in progress; NULL if the viewer may see nothing';
