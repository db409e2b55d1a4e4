-- Who may follow whom. A block hides the one who blocks from the other as if that person had
-- become private and accepted no followers: the errors are the same, and so is the work done
-- before they are raised.
--
-- Whoever follows, asks to follow or blocks locks the people in users first, so that each
-- sees what the other has committed: a block locks the row of the one who blocks against
-- new rows that refer to it. Requests are locked before relationships, and these before
-- people.
CREATE OR REPLACE FUNCTION learnify_internal.require_latest_follow(user_id uuid, other_id uuid)
RETURNS void
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE COST 10
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'require_latest_follow';

COMMENT ON FUNCTION learnify_internal.require_latest_follow(uuid, uuid) IS 'Raises serialization_failure where the transaction''s snapshot is too old for what there is between two people';

CREATE OR REPLACE FUNCTION learnify_internal.insert_follow(follower uuid, followee uuid)
RETURNS boolean
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'insert_follow';

COMMENT ON FUNCTION learnify_internal.insert_follow(uuid, uuid) IS 'Makes the first user follow the second, who has accepted that, whatever the follow_policy; false where that was so before';

-- The policy is read together with the blocks, so that a block costs no more than a policy.
CREATE OR REPLACE FUNCTION learnify_internal.admits_follower(follower uuid, followee uuid, argument text)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  decision record;
BEGIN
  PERFORM FROM @extschema@.users AS u WHERE u.id IN (follower, followee) ORDER BY u.id FOR KEY SHARE;
  PERFORM learnify_internal.require_latest_follow(follower, followee);
  SELECT u.follow_policy AS policy, learnify_internal.has_blocked(followee, follower) AS is_blocked,
         learnify_internal.has_blocked(follower, followee) AS has_blocked,
         EXISTS (SELECT
                 FROM learnify_internal.follow_requests AS q
                 WHERE q.follower_id = follower AND q.following_id = followee) AS has_asked
  INTO decision
  FROM @extschema@.users AS u
  WHERE u.id = followee;

  IF decision.has_blocked THEN
    RAISE EXCEPTION 'user % has blocked user %', follower, followee
      USING ERRCODE = 'object_not_in_prerequisite_state',
            COLUMN = argument,
            HINT = 'Call unblock_user first.';
  ELSIF decision.is_blocked OR decision.policy = 'closed' THEN
    RAISE EXCEPTION 'user % accepts no followers', followee
      USING ERRCODE = 'object_not_in_prerequisite_state',
            COLUMN = argument,
            HINT = 'Only that user can change this.';
  ELSIF decision.policy = 'approve' AND NOT decision.has_asked THEN
    INSERT INTO learnify_internal.follow_requests (follower_id, following_id)
    VALUES (follower, followee)
    ON CONFLICT (follower_id, following_id) DO NOTHING;
    -- another session's request, for which this one has waited, may have been accepted
    IF EXISTS (SELECT
               FROM @extschema@.user_relationships AS r
               WHERE r.follower_id = follower AND r.following_id = followee) THEN
      PERFORM learnify_internal.delete_follow_request(follower, followee);
    END IF;
  END IF;
  -- without a policy, there is no such user, and the foreign key says so
  RETURN decision.policy IS DISTINCT FROM 'approve';
END
$$;

COMMENT ON FUNCTION learnify_internal.admits_follower(uuid, uuid, text) IS 'Returns whether the first user may follow the second at once; false where the second wants to be asked, which is done; an error where the second accepts no followers, or not this one, or is blocked by the first';

-- BEFORE, because a row that needs consent is not to be inserted. A row that is there
-- already is left to the statement, which may have ON CONFLICT.
CREATE OR REPLACE FUNCTION learnify_internal.obey_follow_policy()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
  IF learnify_internal.is_own_statement() OR learnify_internal.restores_rows()
     OR NEW.follower_id = NEW.following_id
     OR EXISTS (SELECT
                FROM @extschema@.user_relationships AS r
                WHERE r.follower_id = NEW.follower_id AND r.following_id = NEW.following_id) THEN
    RETURN NEW;
  END IF;
  RETURN CASE WHEN learnify_internal.admits_follower(NEW.follower_id, NEW.following_id, 'following_id') THEN NEW END;
END
$$;

COMMENT ON FUNCTION learnify_internal.obey_follow_policy() IS 'Row trigger: makes a request of a relationship to which the followed user has to consent, and refuses one that the user does not want';

CREATE OR REPLACE TRIGGER user_relationships_obey_policy
BEFORE INSERT ON user_relationships
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.obey_follow_policy();

CREATE OR REPLACE TRIGGER user_relationships_obey_policy_again
BEFORE UPDATE OF follower_id, following_id ON user_relationships
FOR EACH ROW WHEN (OLD.follower_id <> NEW.follower_id OR OLD.following_id <> NEW.following_id)
EXECUTE FUNCTION learnify_internal.obey_follow_policy();

-- Nothing about a private person goes over a channel to which any role may listen.
CREATE OR REPLACE FUNCTION learnify_internal.notify_followed()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  payload CONSTANT text := json_build_object('id', NEW.id, 'user_id', NEW.following_id);
BEGIN
  IF learnify_internal.restores_rows()
     OR NOT EXISTS (SELECT
                    FROM @extschema@.users AS u
                    WHERE u.id = NEW.following_id
                      AND learnify_internal.is_shown_to_followers(u.max_visibility, u.social_enabled)) THEN
    RETURN NULL;
  END IF;
  IF starts_with(TG_TABLE_NAME, 'user_relationships') THEN
    PERFORM pg_notify('learnify_follower', payload);
  ELSE
    PERFORM pg_notify('learnify_follow_request', payload);
  END IF;
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.notify_followed() IS 'Row trigger: notifies of a new follower, or of a request to follow';

CREATE OR REPLACE TRIGGER user_relationships_notify
AFTER INSERT ON user_relationships
FOR EACH ROW WHEN (current_setting('learnify.notify', true) = 'on')
EXECUTE FUNCTION learnify_internal.notify_followed();

CREATE OR REPLACE TRIGGER follow_requests_notify
AFTER INSERT ON learnify_internal.follow_requests
FOR EACH ROW WHEN (current_setting('learnify.notify', true) = 'on')
EXECUTE FUNCTION learnify_internal.notify_followed();

CREATE OR REPLACE FUNCTION learnify_internal.delete_follow_request(follower uuid, followee uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
  DELETE FROM learnify_internal.follow_requests AS q
  WHERE q.follower_id = follower AND q.following_id = followee;
  RETURN FOUND;
END
$$;

COMMENT ON FUNCTION learnify_internal.delete_follow_request(uuid, uuid) IS 'Deletes the first user''s request to follow the second; false where there is none';

-- What was asked for has been given: the policy has become open since, or a row was
-- restored.
CREATE OR REPLACE FUNCTION learnify_internal.forget_request()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
  PERFORM learnify_internal.delete_follow_request(NEW.follower_id, NEW.following_id);
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.forget_request() IS 'Row trigger: deletes the request of somebody who follows now';

CREATE OR REPLACE TRIGGER user_relationships_forget_request
AFTER INSERT OR UPDATE OF follower_id, following_id ON user_relationships
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.forget_request();

CREATE OR REPLACE FUNCTION follow_requests(user_id uuid, page_size integer DEFAULT 50, before_at timestamptz DEFAULT NULL,
                                           before_id uuid DEFAULT NULL)
RETURNS TABLE (follower_id uuid, name text, avatar_url text, since timestamptz, request_id uuid)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 1000 ROWS 50
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM learnify_internal.require_page(user_id, page_size, before_at, before_id);
  RETURN QUERY SELECT * FROM learnify_internal.relationship_page(
    'learnify_internal.follow_requests', 'follower_id', 'following_id', user_id, page_size, false, before_at, before_id);
END
$$;

REVOKE EXECUTE ON FUNCTION follow_requests(uuid, integer, timestamptz, uuid) FROM PUBLIC;

COMMENT ON FUNCTION follow_requests(uuid, integer, timestamptz, uuid) IS 'Returns a page of who has asked to follow a user and waits for an answer, the latest first; the next page is that before the last row''s request_id';

CREATE OR REPLACE FUNCTION blocked_users(user_id uuid, page_size integer DEFAULT 50, before_at timestamptz DEFAULT NULL,
                                         before_id uuid DEFAULT NULL)
RETURNS TABLE (other_id uuid, name text, avatar_url text, since timestamptz, block_id uuid)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 1000 ROWS 50
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM learnify_internal.require_page(user_id, page_size, before_at, before_id);
  RETURN QUERY SELECT * FROM learnify_internal.relationship_page(
    'learnify_internal.user_blocks', 'other_id', 'user_id', user_id, page_size, false, before_at, before_id);
END
$$;

REVOKE EXECUTE ON FUNCTION blocked_users(uuid, integer, timestamptz, uuid) FROM PUBLIC;

COMMENT ON FUNCTION blocked_users(uuid, integer, timestamptz, uuid) IS 'Returns a page of whom a user has blocked, the latest first; the next page is that before the last row''s block_id';

-- Two sessions that accept the same request meet at its row, and so do one that accepts it
-- and one that blocks.
CREATE OR REPLACE FUNCTION accept_follower(user_id uuid, follower_id uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  PERFORM learnify_internal.require_arguments('user_id', user_id, 'follower_id', follower_id);
  PERFORM learnify_internal.require_acting_user(user_id);
  IF NOT learnify_internal.delete_follow_request(accept_follower.follower_id, user_id) THEN
    RETURN false;
  END IF;
  PERFORM FROM @extschema@.users AS u WHERE u.id IN (user_id, accept_follower.follower_id) ORDER BY u.id FOR KEY SHARE;
  PERFORM learnify_internal.require_latest_follow(user_id, accept_follower.follower_id);
  PERFORM learnify_internal.insert_follow(accept_follower.follower_id, user_id);
  RETURN true;
END
$$;

REVOKE EXECUTE ON FUNCTION accept_follower(uuid, uuid) FROM PUBLIC;

COMMENT ON FUNCTION accept_follower(uuid, uuid) IS 'Lets somebody who has asked to follow a user follow that user; false where there is no such request';

CREATE OR REPLACE FUNCTION decline_follower(user_id uuid, follower_id uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  PERFORM learnify_internal.require_arguments('user_id', user_id, 'follower_id', follower_id);
  PERFORM learnify_internal.require_acting_user(user_id);
  RETURN learnify_internal.delete_follow_request(decline_follower.follower_id, user_id);
END
$$;

REVOKE EXECUTE ON FUNCTION decline_follower(uuid, uuid) FROM PUBLIC;

COMMENT ON FUNCTION decline_follower(uuid, uuid) IS 'Deletes somebody''s request to follow a user, who is not told; false where there is no such request';

CREATE OR REPLACE FUNCTION remove_follower(user_id uuid, follower_id uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  PERFORM learnify_internal.require_arguments('user_id', user_id, 'follower_id', follower_id);
  PERFORM learnify_internal.require_acting_user(user_id);
  DELETE FROM @extschema@.user_relationships AS r
  WHERE r.follower_id = remove_follower.follower_id AND r.following_id = remove_follower.user_id;
  RETURN FOUND;
END
$$;

REVOKE EXECUTE ON FUNCTION remove_follower(uuid, uuid) FROM PUBLIC;

COMMENT ON FUNCTION remove_follower(uuid, uuid) IS 'Makes somebody no longer follow a user; false where that was so before';

CREATE OR REPLACE FUNCTION learnify_internal.follows_between(user_id uuid, other_id uuid)
RETURNS SETOF uuid
LANGUAGE sql
STABLE PARALLEL SAFE COST 100 ROWS 2
BEGIN ATOMIC
  SELECT q.id
  FROM (VALUES (user_id, other_id), (other_id, user_id)) AS p (follower_id, following_id)
  JOIN learnify_internal.follow_requests AS q USING (follower_id, following_id)
  UNION ALL
  SELECT r.id
  FROM (VALUES (user_id, other_id), (other_id, user_id)) AS p (follower_id, following_id)
  JOIN user_relationships AS r USING (follower_id, following_id);
END;

COMMENT ON FUNCTION learnify_internal.follows_between(uuid, uuid) IS 'Returns the ids of the requests and relationships between two users';

CREATE OR REPLACE FUNCTION learnify_internal.insert_block(user_id uuid, other_id uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  INSERT INTO learnify_internal.user_blocks (user_id, other_id)
  VALUES (insert_block.user_id, insert_block.other_id)
  ON CONFLICT (user_id, other_id) DO NOTHING;
  RETURN FOUND;
END
$$;

COMMENT ON FUNCTION learnify_internal.insert_block(uuid, uuid) IS 'Lets one user have blocked another; false where that was so before';

-- The follows between the two are locked, then their rows in users: the own one against new
-- rows that refer to it, and in the order of the ids, since two people may block each other
-- at once. A follow that was committed in between is not locked in that order. Then the
-- subtransaction releases all locks, and the loop begins again.
CREATE OR REPLACE FUNCTION block_user(user_id uuid, other_id uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  first_id CONSTANT uuid := least(block_user.user_id, block_user.other_id);
  follows uuid[];
BEGIN
  PERFORM learnify_internal.require_arguments('user_id', block_user.user_id, 'other_id', block_user.other_id);
  PERFORM learnify_internal.require_acting_user(block_user.user_id);
  PERFORM learnify_internal.require_user(block_user.user_id);
  IF block_user.user_id = block_user.other_id THEN
    RAISE EXCEPTION 'user % cannot block themselves', block_user.user_id
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'other_id',
            HINT = 'Name another user as the one to block.';
  END IF;
  IF learnify_internal.is_coordinating() THEN
    PERFORM learnify_internal.require_user(block_user.other_id, 'other_id');
    RETURN learnify_internal.insert_block(block_user.user_id, block_user.other_id);  -- which ends follows there
  END IF;

  LOOP
    BEGIN
      follows := ARRAY(SELECT * FROM learnify_internal.follows_between(block_user.user_id, block_user.other_id));
      PERFORM FROM learnify_internal.follow_requests AS q WHERE q.id = ANY (follows) ORDER BY q.id FOR UPDATE;
      PERFORM FROM @extschema@.user_relationships AS r WHERE r.id = ANY (follows) ORDER BY r.id FOR UPDATE;
      IF block_user.other_id = first_id THEN
        PERFORM FROM @extschema@.users AS u WHERE u.id = block_user.other_id FOR KEY SHARE;
      END IF;
      PERFORM FROM @extschema@.users AS u WHERE u.id = block_user.user_id FOR UPDATE;
      PERFORM FROM @extschema@.users AS u WHERE u.id = block_user.other_id FOR KEY SHARE;
      IF ARRAY(SELECT * FROM learnify_internal.follows_between(block_user.user_id, block_user.other_id)) <@ follows THEN
        EXIT;
      END IF;
      RAISE SQLSTATE 'LEAVE';
    EXCEPTION WHEN SQLSTATE 'LEAVE' THEN
      NULL;
    END;
  END LOOP;
  PERFORM learnify_internal.require_user(block_user.user_id);
  PERFORM learnify_internal.require_user(block_user.other_id, 'other_id');
  PERFORM learnify_internal.require_latest_follow(block_user.user_id, block_user.other_id);
  DELETE FROM learnify_internal.follow_requests AS q WHERE q.id = ANY (follows);
  DELETE FROM @extschema@.user_relationships AS r WHERE r.id = ANY (follows);
  RETURN learnify_internal.insert_block(block_user.user_id, block_user.other_id);
END
$$;

REVOKE EXECUTE ON FUNCTION block_user(uuid, uuid) FROM PUBLIC;

COMMENT ON FUNCTION block_user(uuid, uuid) IS 'Hides a user from another, who can no longer follow, and ends following in both directions; false where that was so before';

CREATE OR REPLACE FUNCTION unblock_user(user_id uuid, other_id uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  PERFORM learnify_internal.require_arguments('user_id', user_id, 'other_id', other_id);
  PERFORM learnify_internal.require_acting_user(user_id);
  DELETE FROM learnify_internal.user_blocks AS b
  WHERE b.user_id = unblock_user.user_id AND b.other_id = unblock_user.other_id;
  RETURN FOUND;
END
$$;

REVOKE EXECUTE ON FUNCTION unblock_user(uuid, uuid) FROM PUBLIC;

COMMENT ON FUNCTION unblock_user(uuid, uuid) IS 'Takes back what block_user did, but for the follows that it ended; false where the other is not blocked';
