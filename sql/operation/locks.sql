-- Locks are held to the end of the transaction. An INSERT that meets the row locks it even
-- where it then updates nothing. SECURITY DEFINER, since nobody else may lock the rows.
CREATE OR REPLACE FUNCTION learnify_internal.hold_lock(purpose text)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  INSERT INTO learnify_internal.locks (purpose)
  VALUES (hold_lock.purpose)
  ON CONFLICT (purpose) DO UPDATE
  SET purpose = excluded.purpose
  WHERE false;
END
$$;

COMMENT ON FUNCTION learnify_internal.hold_lock(text) IS 'Waits until no other transaction has this lock, and takes it';

CREATE OR REPLACE FUNCTION learnify_internal.try_share_lock(purpose text)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM FROM learnify_internal.locks AS l WHERE l.purpose = try_share_lock.purpose FOR SHARE SKIP LOCKED;
  RETURN FOUND;
END
$$;

COMMENT ON FUNCTION learnify_internal.try_share_lock(text) IS 'Takes this lock together with others who share it; false where another transaction holds it';

CREATE OR REPLACE FUNCTION learnify_internal.hold_award_lock(user_id uuid)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
  -- nothing to hold where the learner has been erased meanwhile
  INSERT INTO learnify_internal.award_locks (user_id)
  SELECT u.id FROM @extschema@.users AS u WHERE u.id = hold_award_lock.user_id FOR KEY SHARE
  ON CONFLICT (user_id) DO UPDATE
  SET user_id = excluded.user_id
  WHERE false;
END
$$;

COMMENT ON FUNCTION learnify_internal.hold_award_lock(uuid) IS 'Waits until no other transaction awards the learner anything for completed courses, and keeps others waiting';
