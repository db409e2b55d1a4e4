CREATE OR REPLACE FUNCTION learnify_internal.limit_visibility(visibility text, maximum text)
RETURNS text
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'limit_visibility';

COMMENT ON FUNCTION learnify_internal.limit_visibility(text, text) IS 'Returns the narrower of two visibilities';

-- This decides who is named or counted in what followers are shown, and whose résumé they may
-- read. Rows of the feed also have a visibility of their own; see may_read_activity.
CREATE OR REPLACE FUNCTION learnify_internal.is_shown_to_followers(max_visibility text, social_enabled boolean)
RETURNS boolean
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 1
BEGIN ATOMIC
  SELECT max_visibility <> 'private' AND social_enabled;
END;

COMMENT ON FUNCTION learnify_internal.is_shown_to_followers(text, boolean) IS 'Returns whether a user with these settings is shown to followers';

CREATE OR REPLACE FUNCTION learnify_internal.visibility_to(user_id uuid, viewer_id uuid)
RETURNS text
LANGUAGE sql
STABLE PARALLEL SAFE COST 100
BEGIN ATOMIC
  SELECT CASE
    WHEN u.id = viewer_id THEN 'private'
    WHEN NOT learnify_internal.is_shown_to_followers(u.max_visibility, u.social_enabled) THEN NULL
    WHEN EXISTS (SELECT
                 FROM user_relationships AS r
                 WHERE r.follower_id = viewer_id AND r.following_id = u.id) THEN 'friends'
    WHEN u.max_visibility = 'public' THEN 'public'
  END
  FROM users AS u
  WHERE u.id = visibility_to.user_id;
END;

COMMENT ON FUNCTION learnify_internal.visibility_to(uuid, uuid) IS 'Returns the narrowest visibility of what a viewer may read about a user: private for the user''s own account, friends for a follower, public for others, NULL if the viewer may read nothing';
