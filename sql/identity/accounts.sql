CREATE OR REPLACE FUNCTION register_user(email text, password text, name text, time_zone text DEFAULT 'UTC')
RETURNS uuid
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  new_id uuid;
BEGIN
  IF register_user.email !~ '^[^@[:space:]]+@[^@[:space:]]+$' OR char_length(register_user.email) > 255 THEN
    RAISE EXCEPTION '"%" is not an e-mail address', left(register_user.email, 300)
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'An address has one @ with something on both sides, no white space, and at most 255 characters.';
  END IF;
  IF char_length(register_user.name) NOT BETWEEN 1 AND 100 THEN
    RAISE EXCEPTION 'name has % characters', char_length(register_user.name)
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'A name has 1 to 100 characters.';
  END IF;

  INSERT INTO @extschema@.users (email, password_hash, name, time_zone)
  VALUES (register_user.email, @extschema@.hash_password(password), register_user.name, register_user.time_zone)
  ON CONFLICT DO NOTHING
  RETURNING id INTO new_id;

  IF new_id IS NULL THEN
    RAISE EXCEPTION 'e-mail address "%" is already registered', register_user.email
      USING ERRCODE = 'unique_violation',
            HINT = 'Addresses are compared without regard to case; log in with authenticate, or use another address.';
  END IF;
  RETURN new_id;
END
$$;

COMMENT ON FUNCTION register_user(text, text, text, text) IS 'Makes an account and returns its id; the password is kept as a bcrypt hash';

-- The work is the same whether or not the address exists, so that the time
-- taken does not tell.
CREATE OR REPLACE FUNCTION authenticate(email text, password text)
RETURNS uuid
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  account @extschema@.users%ROWTYPE;
BEGIN
  SELECT * INTO account
  FROM @extschema@.users AS u
  WHERE lower(u.email) = lower(authenticate.email);

  IF NOT @extschema@.verify_password(password, coalesce(account.password_hash, learnify_internal.dummy_password_hash()))
     OR account.id IS NULL THEN
    RETURN NULL;
  END IF;

  UPDATE @extschema@.users SET last_login = now() WHERE id = account.id;
  RETURN account.id;
END
$$;

COMMENT ON FUNCTION authenticate(text, text) IS 'Returns the id of the user with this e-mail address and password and sets last_login; NULL where they do not match';

CREATE OR REPLACE FUNCTION learnify_internal.require_user(user_id uuid)
RETURNS void
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM @extschema@.users AS u WHERE u.id = require_user.user_id) THEN
    RAISE EXCEPTION 'user % does not exist', coalesce(require_user.user_id::text, 'NULL')
      USING ERRCODE = 'no_data_found',
            HINT = 'Use the id that register_user returned.';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.require_user(uuid) IS 'Raises no_data_found where there is no such user';
