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
  PERFORM learnify_internal.require_acting_user(follower);
  PERFORM learnify_internal.require_user(follower);
  PERFORM learnify_internal.require_user(followee);
  IF follower = followee THEN
    RAISE EXCEPTION 'user % cannot be their own follower', follower
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Name another user as the one to follow.';
  END IF;

  INSERT INTO @extschema@.user_relationships (follower_id, following_id)
  VALUES (follower, followee)
  ON CONFLICT (follower_id, following_id) DO NOTHING;
  RETURN FOUND;
END
$$;

REVOKE EXECUTE ON FUNCTION follow_user(uuid, uuid) FROM PUBLIC;

COMMENT ON FUNCTION follow_user(uuid, uuid) IS 'Makes the first user follow the second; false where that was so before';

CREATE OR REPLACE FUNCTION unfollow_user(follower uuid, followee uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  PERFORM learnify_internal.require_acting_user(follower);
  DELETE FROM @extschema@.user_relationships AS r
  WHERE r.follower_id = follower AND r.following_id = followee;
  RETURN FOUND;
END
$$;

REVOKE EXECUTE ON FUNCTION unfollow_user(uuid, uuid) FROM PUBLIC;

COMMENT ON FUNCTION unfollow_user(uuid, uuid) IS 'Makes the first user no longer follow the second; false where that was so before';

-- The lists read an index from the cursor on, and the user of each row by key.
-- The planner has to be kept from reading all of a list to sort it: it plans for
-- the average, while some are followed by a hundred thousand.
CREATE OR REPLACE FUNCTION followers(user_id uuid, page_size integer DEFAULT 50, before_at timestamptz DEFAULT NULL,
                          before_id uuid DEFAULT NULL)
RETURNS TABLE (follower_id uuid, name text, avatar_url text, since timestamptz, relationship_id uuid)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 1000 ROWS 50
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_bitmapscan = off
AS $$
BEGIN
  PERFORM learnify_internal.require_page(user_id, page_size, before_at, before_id);
  PERFORM learnify_internal.require_acting_user(user_id);
  RETURN QUERY
    SELECT page.follower_id, u.name, u.avatar_url, page.created_at, page.id
    FROM (
      SELECT r.id, r.follower_id, r.created_at
      FROM @extschema@.user_relationships AS r
      WHERE r.following_id = followers.user_id
        AND (r.created_at, r.id) < (coalesce(before_at, 'infinity'),
                                    coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      ORDER BY r.created_at DESC, r.id DESC
      LIMIT page_size
    ) AS page
    CROSS JOIN LATERAL (
      SELECT f.name, f.avatar_url
      FROM @extschema@.users AS f
      WHERE f.id = page.follower_id
      LIMIT 1
    ) AS u
    ORDER BY page.created_at DESC, page.id DESC;
END
$$;

REVOKE EXECUTE ON FUNCTION followers(uuid, integer, timestamptz, uuid) FROM PUBLIC;

COMMENT ON FUNCTION followers(uuid, integer, timestamptz, uuid) IS 'Returns a page of who follows a user, the latest first; the next page begins after the last row''s since and relationship_id';

CREATE OR REPLACE FUNCTION following(user_id uuid, page_size integer DEFAULT 50, before_at timestamptz DEFAULT NULL,
                          before_id uuid DEFAULT NULL)
RETURNS TABLE (following_id uuid, name text, avatar_url text, since timestamptz, relationship_id uuid)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 1000 ROWS 50
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_bitmapscan = off
AS $$
BEGIN
  PERFORM learnify_internal.require_page(user_id, page_size, before_at, before_id);
  PERFORM learnify_internal.require_acting_user(user_id);
  RETURN QUERY
    SELECT page.following_id, u.name, u.avatar_url, page.created_at, page.id
    FROM (
      SELECT r.id, r.following_id, r.created_at
      FROM @extschema@.user_relationships AS r
      WHERE r.follower_id = following.user_id
        AND (r.created_at, r.id) < (coalesce(before_at, 'infinity'),
                                    coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      ORDER BY r.created_at DESC, r.id DESC
      LIMIT page_size
    ) AS page
    CROSS JOIN LATERAL (
      SELECT f.name, f.avatar_url
      FROM @extschema@.users AS f
      WHERE f.id = page.following_id
      LIMIT 1
    ) AS u
    ORDER BY page.created_at DESC, page.id DESC;
END
$$;

REVOKE EXECUTE ON FUNCTION following(uuid, integer, timestamptz, uuid) FROM PUBLIC;

COMMENT ON FUNCTION following(uuid, integer, timestamptz, uuid) IS 'Returns a page of whom a user follows, the latest first; the next page begins after the last row''s since and relationship_id';

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
