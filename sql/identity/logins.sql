-- What authenticate does besides comparing passwords: after some failures, an address has to
-- wait. A call waits for no other here: what is counted is locked last, and what somebody else
-- has locked is skipped where that does no harm.

CREATE OR REPLACE FUNCTION learnify_internal.try_password(password text, hash text, renew boolean, OUT is_right boolean, OUT renewed text)
LANGUAGE c
VOLATILE PARALLEL SAFE COST 1000000
AS 'MODULE_PATHNAME', 'try_password';

COMMENT ON FUNCTION learnify_internal.try_password(text, text, boolean) IS 'Returns whether a password is right, in a time that does not depend on the hash, be it NULL or none that can be verified; and if renew is true, a new hash of a right password where that has another cost than learnify.password_cost';

CREATE OR REPLACE FUNCTION learnify_internal.login_wait(failures integer)
RETURNS double precision
LANGUAGE c
STABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'login_wait';

COMMENT ON FUNCTION learnify_internal.login_wait(integer) IS 'Returns how many seconds after the last of so many failures the next login is looked at';

-- The digest is of the text's bytes as they are: a conversion would fail in SQL_ASCII.
CREATE OR REPLACE FUNCTION learnify_internal.text_digest(value text)
RETURNS bytea
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT sha256(replace(value, E'\\', E'\\\\')::bytea);
END;

COMMENT ON FUNCTION learnify_internal.text_digest(text) IS 'Returns the SHA-256 of a text''s bytes';

CREATE OR REPLACE FUNCTION learnify_internal.login_address(email text)
RETURNS bytea
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT learnify_internal.text_digest(fold_email(email));
END;

COMMENT ON FUNCTION learnify_internal.login_address(text) IS 'Returns the digest of an e-mail address under which its failed logins are counted';

-- A failure in the future is of a clock that has been set back since, and does not count:
-- nobody waits longer than learnify.login_max_wait.
CREATE OR REPLACE FUNCTION learnify_internal.require_login_due(address bytea)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  seconds integer;
BEGIN
  SELECT ceil(extract(epoch FROM f.failed_at - t.now) + w.seconds)
  INTO seconds
  FROM learnify_internal.login_failures AS f
  CROSS JOIN learnify_internal.login_wait(f.failures) AS w (seconds)
  CROSS JOIN clock_timestamp() AS t (now)
  WHERE f.address = require_login_due.address
    AND t.now >= f.failed_at
    AND t.now < f.failed_at + make_interval(secs => w.seconds);
  IF FOUND THEN
    RAISE EXCEPTION 'logins to this address have failed too often'
      USING ERRCODE = '55L02',
            COLUMN = 'email',
            DETAIL = format('The next is looked at in %s s.', seconds),
            HINT = 'Wait until then. After each further failure it is twice as long, up to learnify.login_max_wait.';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.require_login_due(bytea) IS 'Raises 55L02, too_many_failures, while logins to an address have to wait';

-- The address's own row first: who has deleted it as expired is not waited for while holding
-- one that they count in.
CREATE OR REPLACE FUNCTION learnify_internal.count_failed_login(address bytea)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  IF current_setting('transaction_read_only')::boolean OR current_setting('learnify.login_attempts')::integer = 0 THEN
    RETURN;
  END IF;
  INSERT INTO learnify_internal.login_failures AS f (address, failures, failed_at)
  VALUES (count_failed_login.address, 1, clock_timestamp())
  ON CONFLICT (address) DO UPDATE
  SET failures = CASE WHEN f.failed_at > clock_timestamp() - interval '1 day' THEN least(f.failures, 1000000) + 1 ELSE 1 END,
      failed_at = clock_timestamp();
  -- more than come in, so that the table does not grow
  DELETE FROM learnify_internal.login_failures AS f
  WHERE f.address = ANY (ARRAY(
    SELECT e.address
    FROM learnify_internal.login_failures AS e
    WHERE e.failed_at < clock_timestamp() - interval '1 day'
    ORDER BY e.failed_at
    LIMIT 10
    FOR UPDATE SKIP LOCKED));
END
$$;

COMMENT ON FUNCTION learnify_internal.count_failed_login(bytea) IS 'Counts a failed login to an address, and forgets addresses to which none has failed for a day';

CREATE OR REPLACE FUNCTION learnify_internal.forget_failed_logins(address bytea)
RETURNS void
LANGUAGE sql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  DELETE FROM learnify_internal.login_failures AS f
  WHERE f.address = ANY (ARRAY(
    SELECT e.address
    FROM learnify_internal.login_failures AS e
    WHERE e.address = forget_failed_logins.address
    FOR UPDATE SKIP LOCKED));
END;

COMMENT ON FUNCTION learnify_internal.forget_failed_logins(bytea) IS 'Forgets the failed logins to an address, but for one that is being counted';

CREATE OR REPLACE FUNCTION learnify_internal.forget_logins_of_erased()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
  DELETE FROM learnify_internal.login_failures AS f
  WHERE f.address = learnify_internal.login_address(OLD.email);
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.forget_logins_of_erased() IS 'Row trigger: forgets the failed logins to the address of a deleted user';

CREATE OR REPLACE TRIGGER users_forget_logins
AFTER DELETE ON users
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.forget_logins_of_erased();
