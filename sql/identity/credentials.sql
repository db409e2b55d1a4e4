-- Passwords and addresses of accounts that there are. set_password and set_email are for back
-- ends, which have authenticated the user in another way; change_password and change_email ask
-- for the password, and let a learner do it.

-- A wrong password counts as a failed login, so that whoever has somebody's open session cannot
-- try passwords faster than at a login. What is counted is lost in a transaction that may only
-- read, so that one is refused.
CREATE OR REPLACE FUNCTION learnify_internal.account_with_password(user_id uuid, password text)
RETURNS users
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  account @extschema@.users%ROWTYPE;
  address bytea;
BEGIN
  IF current_setting('transaction_read_only')::boolean THEN
    RAISE EXCEPTION 'cannot change an account in a read-only transaction'
      USING ERRCODE = 'read_only_sql_transaction';
  END IF;
  SELECT * INTO account FROM @extschema@.users AS u WHERE u.id = account_with_password.user_id;
  IF NOT FOUND THEN
    PERFORM learnify_internal.refuse_user(user_id);
  END IF;
  address := learnify_internal.login_address(account.email);
  PERFORM learnify_internal.require_login_due(address);
  IF (learnify_internal.try_password(password, account.password_hash, false)).is_right THEN
    RETURN account;
  END IF;
  PERFORM learnify_internal.count_failed_login(address);
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.account_with_password(uuid, text) IS 'Returns a user''s row if the password is right, and otherwise NULL, which counts as a failed login';

-- Like authenticate, this locks nothing while it hashes. If the row has another hash by then,
-- the old password is tried on that one.
CREATE OR REPLACE FUNCTION change_password(user_id uuid, old_password text, password text)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  account @extschema@.users%ROWTYPE;
  hash text;
BEGIN
  PERFORM learnify_internal.require_arguments('user_id', user_id, 'old_password', old_password, 'password', password);
  PERFORM learnify_internal.require_acting_user(user_id);
  LOOP
    account := learnify_internal.account_with_password(user_id, old_password);
    IF account.id IS NULL THEN
      RETURN false;
    END IF;
    hash := coalesce(hash, @extschema@.hash_password(password));
    UPDATE @extschema@.users AS u
    SET password_hash = hash
    WHERE u.id = account.id AND u.password_hash = account.password_hash;
    IF FOUND THEN
      RETURN true;
    END IF;
  END LOOP;
END
$$;

REVOKE EXECUTE ON FUNCTION change_password(uuid, text, text) FROM PUBLIC;

COMMENT ON FUNCTION change_password(uuid, text, text) IS 'Gives a user a new password if the old one is right, and otherwise returns false, which counts as a failed login';

CREATE OR REPLACE FUNCTION set_password(user_id uuid, password text)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  hash text;
BEGIN
  PERFORM @extschema@.require_backend();
  PERFORM learnify_internal.require_arguments('user_id', user_id, 'password', password);
  hash := @extschema@.hash_password(password);
  UPDATE @extschema@.users AS u SET password_hash = hash WHERE u.id = set_password.user_id;
  IF NOT FOUND THEN
    PERFORM learnify_internal.refuse_user(user_id);
  END IF;
END
$$;

COMMENT ON FUNCTION set_password(uuid, text) IS 'Gives a user a new password without the old one';

CREATE OR REPLACE FUNCTION learnify_internal.refuse_taken_address(address text)
RETURNS void
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION 'e-mail address "%" is already registered', learnify_internal.excerpt(address)
    USING ERRCODE = 'unique_violation',
          TABLE = 'users',
          COLUMN = 'email',
          CONSTRAINT = 'users_email_lower_key',
          HINT = 'Addresses are compared without regard to case; log in with authenticate, or use another address.';
END
$$;

COMMENT ON FUNCTION learnify_internal.refuse_taken_address(text) IS 'Raises unique_violation for an e-mail address that another user has';

-- If a hash is given, the row is written only as long as it has that hash: the password that has
-- been found right may have been changed since. Citus does not relay which constraint the nodes
-- have found violated; of what is written here, no other one can be.
CREATE OR REPLACE FUNCTION learnify_internal.write_email(user_id uuid, email text, proven_hash text DEFAULT NULL)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  violated text;
BEGIN
  UPDATE @extschema@.users AS u
  SET email = write_email.email
  WHERE u.id = write_email.user_id AND u.password_hash = coalesce(proven_hash, u.password_hash);
  RETURN FOUND;
EXCEPTION WHEN unique_violation THEN
  GET STACKED DIAGNOSTICS violated = CONSTRAINT_NAME;
  IF violated IN ('users_email_key', 'users_email_lower_key') OR violated = '' AND learnify_internal.is_coordinating() THEN
    PERFORM learnify_internal.refuse_taken_address(write_email.email);
  END IF;
  RAISE;
END
$$;

COMMENT ON FUNCTION learnify_internal.write_email(uuid, text, text) IS 'Changes the address of a user who has that password hash, if one is given; false where there is none, unique_violation where another user has the address';

CREATE OR REPLACE FUNCTION change_email(user_id uuid, password text, email text)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  account @extschema@.users%ROWTYPE;
  address text;
BEGIN
  PERFORM learnify_internal.require_arguments('user_id', user_id, 'password', password, 'email', email);
  PERFORM learnify_internal.require_acting_user(user_id);
  address := learnify_internal.require_text(email, 'email');
  LOOP
    account := learnify_internal.account_with_password(user_id, password);
    IF account.id IS NULL THEN
      RETURN false;
    END IF;
    IF learnify_internal.write_email(user_id, address, account.password_hash) THEN
      RETURN true;
    END IF;
  END LOOP;
END
$$;

REVOKE EXECUTE ON FUNCTION change_email(uuid, text, text) FROM PUBLIC;

COMMENT ON FUNCTION change_email(uuid, text, text) IS 'Gives a user another e-mail address if the password is right, and otherwise returns false, which counts as a failed login';

CREATE OR REPLACE FUNCTION set_email(user_id uuid, email text)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM @extschema@.require_backend();
  PERFORM learnify_internal.require_arguments('user_id', user_id, 'email', email);
  IF NOT learnify_internal.write_email(user_id, learnify_internal.require_text(email, 'email')) THEN
    PERFORM learnify_internal.refuse_user(user_id);
  END IF;
END
$$;

COMMENT ON FUNCTION set_email(uuid, text) IS 'Gives a user another e-mail address without the password';

CREATE OR REPLACE FUNCTION learnify_internal.forget_logins_before_change()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM learnify_internal.forget_failed_logins(learnify_internal.login_address(OLD.email));
  PERFORM learnify_internal.forget_failed_logins(learnify_internal.login_address(NEW.email));
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.forget_logins_before_change() IS 'Row trigger: forgets the failed logins of a user whose password or address has changed';

CREATE OR REPLACE TRIGGER users_forget_logins_before_change
AFTER UPDATE OF email, password_hash ON users
FOR EACH ROW
WHEN (OLD.email <> NEW.email OR OLD.password_hash <> NEW.password_hash)
EXECUTE FUNCTION learnify_internal.forget_logins_before_change();
