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
    PERFORM learnify_internal.refuse_taken_address(address);
  END IF;
  RETURN new_id;
END
$$;

COMMENT ON FUNCTION register_user(text, text, text, text) IS 'Makes an account and returns its id; the password is kept as a bcrypt hash';

-- A failure takes the same work whether or not there is such an address, so that the time taken
-- does not reveal which addresses are registered. On a standby nothing is written: no failure is
-- counted, and no hash is renewed.
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
    IF FOUND THEN
      PERFORM learnify_internal.keep_tokens(account.id, account.password_hash);
    END IF;
    UPDATE @extschema@.users SET last_login = now() WHERE id = account.id;
    PERFORM learnify_internal.forget_failed_logins(address);
  END IF;
  RETURN account.id;
END
$$;

COMMENT ON FUNCTION authenticate(text, text) IS 'Returns the id of the user with this e-mail address and password and sets last_login; NULL where they do not match';

-- Back ends of other origin compare addresses by "=". If such a back end registers somebody
-- by INSERT ... ON CONFLICT (email), an address that is registered in another case has to
-- count as taken: this trigger gives the new row the registered spelling, with which it
-- conflicts. Restored rows keep their spelling. Sequential scans are off, because one that is
-- chosen while the table is empty would be used for all rows of the statement.
CREATE OR REPLACE FUNCTION learnify_internal.match_email()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
  IF learnify_internal.restores_rows() THEN
    RETURN NEW;
  END IF;
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
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.match_email();

-- What a constraint refuses is shown in the error's DETAIL with its whole row, and so with the
-- password's hash, to the back end and in the server's log. So this refuses it first, with the
-- constraint's own SQLSTATE and message. Addresses and names have tidy_texts.
CREATE OR REPLACE FUNCTION learnify_internal.refuse_faulty_account()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  empty text;
  faulty record;
BEGIN
  SELECT a.attname INTO empty
  FROM pg_attribute AS a
  WHERE a.attrelid = TG_RELID AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull
    AND to_jsonb(NEW) -> a.attname = 'null'
  ORDER BY a.attnum
  LIMIT 1;
  IF empty IS NOT NULL THEN
    RAISE EXCEPTION 'null value in column "%" of relation "%" violates not-null constraint', empty, TG_TABLE_NAME
      USING ERRCODE = 'not_null_violation',
            SCHEMA = TG_TABLE_SCHEMA,
            TABLE = TG_TABLE_NAME,
            COLUMN = empty,
            HINT = format('Give a value for %s.', empty);
  END IF;
  SELECT c.* INTO faulty
  FROM (VALUES ('max_visibility', NEW.max_visibility, '{public,friends,private}'::text[]),
               ('follow_policy', NEW.follow_policy, '{open,approve,closed}')) AS c (name, value, known)
  WHERE c.value <> ALL (c.known)
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'new row for relation "%" violates check constraint "users_%_check"', TG_TABLE_NAME, faulty.name
      USING ERRCODE = 'check_violation',
            SCHEMA = TG_TABLE_SCHEMA,
            TABLE = TG_TABLE_NAME,
            COLUMN = faulty.name,
            CONSTRAINT = format('users_%s_check', faulty.name),
            HINT = format('Use %s, %s or %s.', VARIADIC faulty.known);
  END IF;
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION learnify_internal.refuse_faulty_account() IS 'Row trigger: refuses what a constraint of users would refuse, without showing the row, which has a password''s hash';

CREATE OR REPLACE TRIGGER users_refuse_faulty
BEFORE INSERT OR UPDATE ON users
FOR EACH ROW
WHEN (NOT (NEW.* IS NOT NULL) OR NEW.max_visibility <> ALL ('{public,friends,private}')
      OR NEW.follow_policy <> ALL ('{open,approve,closed}'))
EXECUTE FUNCTION learnify_internal.refuse_faulty_account();

-- A caller that has just looked for the user in vain calls this instead of require_user, which
-- looks again, and by a later snapshot may find a user registered since.
CREATE OR REPLACE FUNCTION learnify_internal.refuse_user(user_id uuid, argument text DEFAULT 'user_id')
RETURNS void
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION 'user % does not exist', user_id
    USING ERRCODE = 'no_data_found',
          COLUMN = argument,
          HINT = 'Use the id that register_user returned.';
END
$$;

COMMENT ON FUNCTION learnify_internal.refuse_user(uuid, text) IS 'Raises no_data_found for a user that does not exist, for the argument of that name';

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
    PERFORM learnify_internal.refuse_user(require_user.user_id, argument);
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.require_user(uuid, text) IS 'Raises no_data_found where there is no such user, and null_value_not_allowed for NULL, for the argument of that name';
