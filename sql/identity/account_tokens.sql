-- One-time tokens. A token is valid as long as the account has the address and the password that
-- it had when the token was issued: that is compared when it is redeemed, so that it holds for
-- every way of changing them, and however transactions overlap. A transaction that locks both a
-- user and a token locks the user first.

CREATE OR REPLACE FUNCTION learnify_internal.account_digest(email text, password_hash text)
RETURNS bytea
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT learnify_internal.text_digest(password_hash || ' ' || email);
END;

COMMENT ON FUNCTION learnify_internal.account_digest(text, text) IS 'Returns a digest of an account''s address and password hash, which changes with either';

-- A login may hash the same password anew, which changes nothing about the account. It is not
-- asked for whom the role acts: nobody has logged in yet.
CREATE OR REPLACE FUNCTION learnify_internal.keep_tokens(user_id uuid, earlier_hash text)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  UPDATE learnify_internal.account_tokens AS t
  SET account_digest = learnify_internal.account_digest(u.email, u.password_hash)
  FROM @extschema@.users AS u
  WHERE u.id = keep_tokens.user_id
    AND t.user_id = u.id
    AND t.account_digest = learnify_internal.account_digest(u.email, earlier_hash);
END
$$;

COMMENT ON FUNCTION learnify_internal.keep_tokens(uuid, text) IS 'Keeps the tokens of a user valid whose password has been hashed anew';

CREATE OR REPLACE FUNCTION learnify_internal.require_purpose(purpose text)
RETURNS void
LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF purpose NOT IN ('email_verification', 'login', 'password_reset') THEN
    RAISE EXCEPTION 'purpose "%" is not known', learnify_internal.excerpt(purpose)
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'purpose',
            HINT = 'Use email_verification, login or password_reset.';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.require_purpose(text) IS 'Raises invalid_parameter_value where tokens are not issued for this purpose';

-- Tokens that have expired go with those that are issued: more than come in, so that the table
-- does not grow.
CREATE OR REPLACE FUNCTION issue_token(user_id uuid, purpose text, ttl interval DEFAULT '1 hour')
RETURNS text
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  -- 244 random bits; gen_random_uuid takes them from the system's strong source.
  secret CONSTANT text := replace(concat(gen_random_uuid(), gen_random_uuid()), '-', '');
  account @extschema@.users%ROWTYPE;
  issued_at timestamptz;
BEGIN
  PERFORM learnify_internal.require_arguments('user_id', issue_token.user_id, 'purpose', issue_token.purpose, 'ttl', ttl);
  PERFORM learnify_internal.require_purpose(issue_token.purpose);
  IF ttl <= interval '0' OR ttl > interval '30 days' THEN
    RAISE EXCEPTION 'a token cannot last %', ttl
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'ttl',
            HINT = 'Give a time above zero, and up to 30 days.';
  END IF;
  SELECT * INTO account FROM @extschema@.users AS u WHERE u.id = issue_token.user_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    PERFORM learnify_internal.refuse_user(issue_token.user_id);
  END IF;

  issued_at := clock_timestamp();  -- after waiting for the row
  INSERT INTO learnify_internal.account_tokens AS t (user_id, purpose, digest, account_digest, created_at, expires_at)
  VALUES (account.id, issue_token.purpose, learnify_internal.text_digest(secret),
          learnify_internal.account_digest(account.email, account.password_hash), issued_at, issued_at + ttl)
  ON CONFLICT (user_id, purpose) DO UPDATE
  SET digest = excluded.digest,
      account_digest = excluded.account_digest,
      created_at = excluded.created_at,
      expires_at = excluded.expires_at;
  DELETE FROM learnify_internal.account_tokens AS t
  WHERE t.digest = ANY (ARRAY(
    SELECT e.digest
    FROM learnify_internal.account_tokens AS e
    WHERE e.expires_at < clock_timestamp()
    ORDER BY e.expires_at
    LIMIT 10
    FOR UPDATE SKIP LOCKED));
  RETURN secret;
END
$$;

REVOKE EXECUTE ON FUNCTION issue_token(uuid, text, interval) FROM PUBLIC;

COMMENT ON FUNCTION issue_token(uuid, text, interval) IS 'Returns a secret that redeem_token takes once, for the same purpose, until ttl is over; it replaces an earlier one of the user and purpose';

CREATE OR REPLACE FUNCTION redeem_token(secret text, purpose text)
RETURNS uuid
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  sought CONSTANT bytea := learnify_internal.text_digest(secret);
  account @extschema@.users%ROWTYPE;
  instant timestamptz;
BEGIN
  PERFORM learnify_internal.require_arguments('secret', secret, 'purpose', purpose);
  PERFORM learnify_internal.require_purpose(purpose);
  SELECT * INTO account
  FROM @extschema@.users AS u
  WHERE u.id = (SELECT t.user_id FROM learnify_internal.account_tokens AS t WHERE t.digest = sought)
  FOR NO KEY UPDATE;
  instant := clock_timestamp();
  DELETE FROM learnify_internal.account_tokens AS t
  WHERE t.digest = sought
    AND t.purpose = redeem_token.purpose
    AND t.expires_at > instant
    AND t.account_digest = learnify_internal.account_digest(account.email, account.password_hash);
  RETURN CASE WHEN FOUND THEN account.id END;
END
$$;

REVOKE EXECUTE ON FUNCTION redeem_token(text, text) FROM PUBLIC;

COMMENT ON FUNCTION redeem_token(text, text) IS 'Returns the user whose token this is, once, and keeps the user''s row locked; NULL where it is unknown, redeemed, replaced, expired, for another purpose, or older than the account''s password or address';
