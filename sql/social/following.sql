CREATE OR REPLACE FUNCTION follow_user(follower uuid, followee uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  PERFORM learnify_internal.require_arguments('follower', follower, 'followee', followee);
  PERFORM learnify_internal.require_acting_user(follower, 'follower');
  PERFORM learnify_internal.require_user(follower, 'follower');
  PERFORM learnify_internal.require_user(followee, 'followee');
  IF follower = followee THEN
    RAISE EXCEPTION 'user % cannot be their own follower', follower
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'followee',
            HINT = 'Name another user as the one to follow.';
  END IF;

  IF EXISTS (SELECT
             FROM @extschema@.user_relationships AS r
             WHERE r.follower_id = follower AND r.following_id = followee) THEN
    RETURN false;
  ELSIF NOT learnify_internal.admits_follower(follower, followee, 'followee') THEN
    RETURN NULL;
  END IF;
  RETURN learnify_internal.insert_follow(follower, followee);
END
$$;

REVOKE EXECUTE ON FUNCTION follow_user(uuid, uuid) FROM PUBLIC;

COMMENT ON FUNCTION follow_user(uuid, uuid) IS 'Makes the first user follow the second, or ask to; false where the first follows already, NULL where the second has to accept first';

CREATE OR REPLACE FUNCTION unfollow_user(follower uuid, followee uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  has_asked boolean;
BEGIN
  PERFORM learnify_internal.require_arguments('follower', follower, 'followee', followee);
  PERFORM learnify_internal.require_acting_user(follower, 'follower');
  has_asked := learnify_internal.delete_follow_request(follower, followee);
  DELETE FROM @extschema@.user_relationships AS r
  WHERE r.follower_id = follower AND r.following_id = followee;
  RETURN FOUND OR has_asked;
END
$$;

REVOKE EXECUTE ON FUNCTION unfollow_user(uuid, uuid) FROM PUBLIC;

COMMENT ON FUNCTION unfollow_user(uuid, uuid) IS 'Makes the first user no longer follow the second, or no longer ask to; false where that was so before';

-- A page is read from an index, beginning at the cursor, and the user of each row is looked up
-- by id. Bitmap scans are off, because they would read and sort the whole list. The planner
-- takes every list for one of average length, but some users have a hundred thousand followers.
CREATE OR REPLACE FUNCTION learnify_internal.relationship_page(list regclass, listed_column name, user_column name,
                                                               user_id uuid, page_size integer,
                                                               is_forward boolean, at timestamptz, id uuid)
RETURNS TABLE (listed_id uuid, name text, avatar_url text, since timestamptz, relationship_id uuid)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 1000 ROWS 50
SET search_path = pg_catalog, pg_temp
SET enable_bitmapscan = off
AS $$
DECLARE
  page record;
  created_at timestamptz;
BEGIN
  PERFORM learnify_internal.require_acting_user(user_id);
  EXECUTE format('SELECT r.created_at FROM %s AS r WHERE r.id = $1 AND (r.%I = $2) IS NOT FALSE', list, user_column)
  INTO created_at USING id, user_id;
  SELECT * INTO page FROM learnify_internal.find_page(is_forward, at, relationship_page.id, created_at);
  RETURN QUERY EXECUTE format(
    'SELECT page.listed_id, u.name, u.avatar_url, page.created_at, page.id
     FROM (SELECT r.id, r.%1$I AS listed_id, r.created_at
           FROM %5$s AS r
           WHERE r.%2$I = $1 AND ($3 IS NULL OR (r.created_at, r.id) %3$s ($3, $4))
           ORDER BY r.created_at %4$s, r.id %4$s
           LIMIT $2) AS page
     CROSS JOIN LATERAL (SELECT f.name, f.avatar_url
                         FROM @extschema@.users AS f
                         WHERE f.id = page.listed_id
                         LIMIT 1) AS u
     ORDER BY page.created_at %4$s, page.id %4$s',
    listed_column,
    user_column,
    CASE WHEN page.is_included THEN '>=' WHEN is_forward THEN '>' ELSE '<' END,
    CASE WHEN is_forward THEN 'ASC' ELSE 'DESC' END,
    list)
  USING user_id, page_size, page.bound_at, page.bound_id;
END
$$;

COMMENT ON FUNCTION learnify_internal.relationship_page(regclass, name, name, uuid, integer, boolean, timestamptz, uuid) IS 'Returns a page of the people in a list of a user''s, such as followers, to older or to newer rows';

CREATE OR REPLACE FUNCTION followers(user_id uuid, page_size integer DEFAULT 50, before_at timestamptz DEFAULT NULL,
                                     before_id uuid DEFAULT NULL)
RETURNS TABLE (follower_id uuid, name text, avatar_url text, since timestamptz, relationship_id uuid)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 1000 ROWS 50
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM learnify_internal.require_page(user_id, page_size, before_at, before_id);
  RETURN QUERY SELECT * FROM learnify_internal.relationship_page(
    '@extschema@.user_relationships', 'follower_id', 'following_id', user_id, page_size, false, before_at, before_id);
END
$$;

REVOKE EXECUTE ON FUNCTION followers(uuid, integer, timestamptz, uuid) FROM PUBLIC;

COMMENT ON FUNCTION followers(uuid, integer, timestamptz, uuid) IS 'Returns a page of who follows a user, the latest first; the next page is that before the last row''s relationship_id';

CREATE OR REPLACE FUNCTION following(user_id uuid, page_size integer DEFAULT 50, before_at timestamptz DEFAULT NULL,
                                     before_id uuid DEFAULT NULL)
RETURNS TABLE (following_id uuid, name text, avatar_url text, since timestamptz, relationship_id uuid)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 1000 ROWS 50
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM learnify_internal.require_page(user_id, page_size, before_at, before_id);
  RETURN QUERY SELECT * FROM learnify_internal.relationship_page(
    '@extschema@.user_relationships', 'following_id', 'follower_id', user_id, page_size, false, before_at, before_id);
END
$$;

REVOKE EXECUTE ON FUNCTION following(uuid, integer, timestamptz, uuid) FROM PUBLIC;

COMMENT ON FUNCTION following(uuid, integer, timestamptz, uuid) IS 'Returns a page of whom a user follows, the latest first; the next page is that before the last row''s relationship_id';

CREATE OR REPLACE FUNCTION newer_followers(user_id uuid, page_size integer DEFAULT 50, after_at timestamptz DEFAULT NULL,
                                           after_id uuid DEFAULT NULL)
RETURNS TABLE (follower_id uuid, name text, avatar_url text, since timestamptz, relationship_id uuid)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 1000 ROWS 50
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM learnify_internal.require_page(user_id, page_size, NULL, NULL);
  RETURN QUERY SELECT * FROM learnify_internal.relationship_page(
    '@extschema@.user_relationships', 'follower_id', 'following_id', user_id, page_size, true, after_at, after_id);
END
$$;

REVOKE EXECUTE ON FUNCTION newer_followers(uuid, integer, timestamptz, uuid) FROM PUBLIC;

COMMENT ON FUNCTION newer_followers(uuid, integer, timestamptz, uuid) IS 'Returns a page of who has followed a user since a row of followers, the earliest first; the next page is that after the last row''s relationship_id';

CREATE OR REPLACE FUNCTION newer_following(user_id uuid, page_size integer DEFAULT 50, after_at timestamptz DEFAULT NULL,
                                           after_id uuid DEFAULT NULL)
RETURNS TABLE (following_id uuid, name text, avatar_url text, since timestamptz, relationship_id uuid)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 1000 ROWS 50
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM learnify_internal.require_page(user_id, page_size, NULL, NULL);
  RETURN QUERY SELECT * FROM learnify_internal.relationship_page(
    '@extschema@.user_relationships', 'following_id', 'follower_id', user_id, page_size, true, after_at, after_id);
END
$$;

REVOKE EXECUTE ON FUNCTION newer_following(uuid, integer, timestamptz, uuid) FROM PUBLIC;

COMMENT ON FUNCTION newer_following(uuid, integer, timestamptz, uuid) IS 'Returns a page of whom a user has followed since a row of following, the earliest first; the next page is that after the last row''s relationship_id';

CREATE OR REPLACE FUNCTION follower_count(user_id uuid)
RETURNS bigint
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM learnify_internal.require_acting_user(user_id);
  RETURN (SELECT count(*) FROM @extschema@.user_relationships AS r WHERE r.following_id = follower_count.user_id);
END
$$;

REVOKE EXECUTE ON FUNCTION follower_count(uuid) FROM PUBLIC;

COMMENT ON FUNCTION follower_count(uuid) IS 'Returns how many follow a user';

CREATE OR REPLACE FUNCTION following_count(user_id uuid)
RETURNS bigint
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM learnify_internal.require_acting_user(user_id);
  RETURN (SELECT count(*) FROM @extschema@.user_relationships AS r WHERE r.follower_id = following_count.user_id);
END
$$;

REVOKE EXECUTE ON FUNCTION following_count(uuid) FROM PUBLIC;

COMMENT ON FUNCTION following_count(uuid) IS 'Returns how many a user follows';
