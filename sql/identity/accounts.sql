CREATE OR REPLACE FUNCTION register_user(email text, password text, name text, time_zone text DEFAULT 'UTC')
RETURNS uuid
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  address text;
  full_name text;
  new_id uuid;
BEGIN
  PERFORM @extschema@.require_backend();
  PERFORM learnify_internal.require_arguments(
    'email', register_user.email, 'password', password, 'name', register_user.name,
    'time_zone', register_user.time_zone);
  address := learnify_internal.require_text(register_user.email, 'email');
  full_name := learnify_internal.require_text(register_user.name, 'name');
  INSERT INTO @extschema@.users (email, password_hash, name, time_zone)
  VALUES (address, @extschema@.hash_password(password), full_name, register_user.time_zone)
  ON CONFLICT DO NOTHING
  RETURNING id INTO new_id;

  IF new_id IS NULL THEN
    RAISE EXCEPTION 'e-mail address "%" is already registered', learnify_internal.excerpt(address)
      USING ERRCODE = 'unique_violation',
            TABLE = 'users',
            COLUMN = 'email',
            CONSTRAINT = 'users_email_lower_key',
            HINT = 'Addresses are compared without regard to case; log in with authenticate, or use another address.';
  END IF;
  RETURN new_id;
END
$$;

COMMENT ON FUNCTION register_user(text, text, text, text) IS 'Makes an account and returns its id; the password is kept as a bcrypt hash';

-- The work of a failure is the same whether or not the address exists, so that the time
-- taken does not tell. On a standby nothing is written: no failure counted, no hash renewed.
CREATE OR REPLACE FUNCTION authenticate(email text, password text)
RETURNS uuid
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  address CONSTANT bytea := learnify_internal.login_address(authenticate.email);
  may_write CONSTANT boolean := NOT current_setting('transaction_read_only')::boolean;
  account @extschema@.users%ROWTYPE;
  login record;
BEGIN
  PERFORM @extschema@.require_backend();
  PERFORM learnify_internal.require_login_due(address);
  SELECT * INTO account
  FROM @extschema@.users AS u
  WHERE @extschema@.fold_email(u.email) = @extschema@.fold_email(authenticate.email);
  login := learnify_internal.try_password(password, account.password_hash, may_write);
  IF NOT login.is_right THEN
    PERFORM learnify_internal.count_failed_login(address);
    RETURN NULL;
  END IF;

  IF may_write THEN
    -- not over a password that has been changed since
    UPDATE @extschema@.users AS u
    SET password_hash = login.renewed
    WHERE u.id = account.id AND u.password_hash = account.password_hash AND login.renewed IS NOT NULL;
    UPDATE @extschema@.users SET last_login = now() WHERE id = account.id;
    PERFORM learnify_internal.forget_failed_logins(address);
  END IF;
  RETURN account.id;
END
$$;

COMMENT ON FUNCTION authenticate(text, text) IS 'Returns the id of the user with this e-mail address and password and sets last_login; NULL where they do not match';

-- A back end that asks for WHERE email = $1 finds addresses in the spelling that is
-- stored, since the column is of type text. But one that registers by ON CONFLICT
-- (email) is told that an address in another case is taken: it is inserted in the
-- spelling that is there, and meets that row. A row that is only restored does not
-- look for others. No sequential scan: one chosen while the table is empty would go
-- on for all the rows of a statement.
CREATE OR REPLACE FUNCTION learnify_internal.match_email()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
  NEW.email := coalesce((SELECT u.email
                         FROM @extschema@.users AS u
                         WHERE @extschema@.fold_email(u.email) = @extschema@.fold_email(NEW.email) AND u.id <> NEW.id),
                        NEW.email);
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION learnify_internal.match_email() IS 'Row trigger: gives an address the spelling under which it is registered already';

CREATE OR REPLACE TRIGGER users_match_email
BEFORE INSERT ON users
FOR EACH ROW WHEN (current_setting('row_security') <> 'off')
EXECUTE FUNCTION learnify_internal.match_email();

CREATE OR REPLACE FUNCTION learnify_internal.require_user(user_id uuid, argument text DEFAULT 'user_id')
RETURNS void
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  PERFORM learnify_internal.require_arguments(argument, require_user.user_id);
  IF NOT EXISTS (SELECT FROM @extschema@.users AS u WHERE u.id = require_user.user_id) THEN
    RAISE EXCEPTION 'user % does not exist', require_user.user_id
      USING ERRCODE = 'no_data_found',
            COLUMN = argument,
            HINT = 'Use the id that register_user returned.';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.require_user(uuid, text) IS 'Raises no_data_found where there is no such user, and null_value_not_allowed for NULL, for the argument of that name';
