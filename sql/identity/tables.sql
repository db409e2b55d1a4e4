CREATE TABLE users (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT users_pkey PRIMARY KEY,
  email text NOT NULL,
  password_hash text NOT NULL,
  name text NOT NULL,
  avatar_url text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  last_login timestamptz NOT NULL DEFAULT now(),
  time_zone text NOT NULL DEFAULT 'UTC',
  max_visibility text NOT NULL DEFAULT 'public',
  social_enabled boolean NOT NULL DEFAULT true,
  CONSTRAINT users_email_key UNIQUE (email),
  CONSTRAINT users_email_check CHECK (email ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND char_length(email) <= 255),
  CONSTRAINT users_name_check CHECK (char_length(name) BETWEEN 1 AND 100),
  CONSTRAINT users_max_visibility_check CHECK (max_visibility = ANY ('{public,friends,private}'))
);

-- users_email_key answers WHERE email = $1 and ON CONFLICT (email); this one
-- keeps an address from being registered twice in different case.
CREATE UNIQUE INDEX users_email_lower_key ON users (lower(email));

COMMENT ON TABLE users IS 'People with an account';
COMMENT ON COLUMN users.id IS 'Identifier';
COMMENT ON COLUMN users.email IS 'E-mail address, unique without regard to case';
COMMENT ON COLUMN users.password_hash IS 'bcrypt hash of the password, see hash_password';
COMMENT ON COLUMN users.name IS 'Name shown to others, 1 to 100 characters';
COMMENT ON COLUMN users.avatar_url IS 'Address of a picture, or empty';
COMMENT ON COLUMN users.created_at IS 'When the account was made';
COMMENT ON COLUMN users.updated_at IS 'When the account last changed';
COMMENT ON COLUMN users.last_login IS 'When authenticate last succeeded, at first the registration';
COMMENT ON COLUMN users.time_zone IS 'IANA name of the time zone in which this user''s days begin';
COMMENT ON COLUMN users.max_visibility IS 'Nothing of this user is broadcast more widely: public, friends or private';
COMMENT ON COLUMN users.social_enabled IS 'False stops every broadcast of this user';

CREATE TABLE user_archetypes (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT user_archetypes_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  meta_category text NOT NULL,
  domain text NOT NULL,
  skill_level text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  validation_status text NOT NULL DEFAULT 'unchecked',
  validation_reason text NOT NULL DEFAULT '',
  CONSTRAINT user_archetypes_user_id_key UNIQUE (user_id),
  CONSTRAINT user_archetypes_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT user_archetypes_meta_category_check
    CHECK (meta_category = ANY ('{Digital,Economic,Aesthetic,Biological,Cognitive}')),
  CONSTRAINT user_archetypes_skill_level_check CHECK (skill_level = ANY ('{novice,analyst,quant}')),
  CONSTRAINT user_archetypes_validation_status_check
    CHECK (validation_status = ANY ('{unchecked,pending,valid,rejected}'))
);

CREATE INDEX user_archetypes_pending_idx ON user_archetypes (updated_at) WHERE validation_status = 'pending';

COMMENT ON TABLE user_archetypes IS 'What each user wants to learn through: a category, a domain and a level';
COMMENT ON COLUMN user_archetypes.id IS 'Identifier';
COMMENT ON COLUMN user_archetypes.user_id IS 'The user; one archetype each';
COMMENT ON COLUMN user_archetypes.meta_category IS 'Digital, Economic, Aesthetic, Biological or Cognitive';
COMMENT ON COLUMN user_archetypes.domain IS 'The user''s own domain, such as sourdough; the variable DOMAIN where none is set';
COMMENT ON COLUMN user_archetypes.skill_level IS 'novice, analyst or quant';
COMMENT ON COLUMN user_archetypes.created_at IS 'When the archetype was first chosen';
COMMENT ON COLUMN user_archetypes.updated_at IS 'When the archetype last changed';
COMMENT ON COLUMN user_archetypes.validation_status IS 'State of the domain''s validation: unchecked, pending, valid or rejected';
COMMENT ON COLUMN user_archetypes.validation_reason IS 'The validator''s reason, or empty';

CREATE TABLE user_variables (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT user_variables_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  variable_key text NOT NULL,
  variable_value text NOT NULL,
  archetype_id uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT user_variables_user_id_variable_key_key UNIQUE (user_id, variable_key),
  CONSTRAINT user_variables_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT user_variables_archetype_id_fkey
    FOREIGN KEY (archetype_id) REFERENCES user_archetypes (id) ON DELETE SET NULL,
  CONSTRAINT user_variables_variable_key_check CHECK (variable_key ~ '^[A-Z][A-Z0-9_]{0,49}$')
);

CREATE INDEX user_variables_archetype_id_idx ON user_variables (archetype_id);

COMMENT ON TABLE user_variables IS 'The words that are injected into a user''s courses';
COMMENT ON COLUMN user_variables.id IS 'Identifier';
COMMENT ON COLUMN user_variables.user_id IS 'The user';
COMMENT ON COLUMN user_variables.variable_key IS 'Name of the variable, such as ENTITY';
COMMENT ON COLUMN user_variables.variable_value IS 'What takes its place in templates';
COMMENT ON COLUMN user_variables.archetype_id IS 'The archetype that the value was chosen for, if any';
COMMENT ON COLUMN user_variables.created_at IS 'When the variable was first set';
COMMENT ON COLUMN user_variables.updated_at IS 'When the variable last changed';

SELECT pg_extension_config_dump('users', '');
SELECT pg_extension_config_dump('user_archetypes', '');
SELECT pg_extension_config_dump('user_variables', '');

-- Not by a login: that is last_login's to say.
CREATE TRIGGER users_touch_updated_at
BEFORE UPDATE OF email, password_hash, name, avatar_url, time_zone, max_visibility, social_enabled ON users
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.* AND OLD.updated_at = NEW.updated_at)
EXECUTE FUNCTION touch_updated_at();

CREATE TRIGGER user_archetypes_touch_updated_at
BEFORE UPDATE ON user_archetypes
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.* AND OLD.updated_at = NEW.updated_at)
EXECUTE FUNCTION touch_updated_at();

CREATE TRIGGER user_variables_touch_updated_at
BEFORE UPDATE ON user_variables
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.* AND OLD.updated_at = NEW.updated_at)
EXECUTE FUNCTION touch_updated_at();

-- Refuses a time zone that this server does not know. A dump's rows pass all
-- the same: servers differ in the zones they have (Debian moved the old names
-- into a package of their own), and a row refused is a table lost. Dumps, and
-- nothing else in daily use, set row_security off.
CREATE FUNCTION check_time_zone()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NOT @extschema@.is_time_zone_name(NEW.time_zone)
     AND (TG_OP = 'UPDATE' OR current_setting('row_security') <> 'off') THEN
    RAISE EXCEPTION 'time zone "%" is not known', NEW.time_zone
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Use an IANA name such as Europe/Berlin; pg_timezone_names lists them.';
  END IF;
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION check_time_zone() IS 'Row trigger: refuses a users.time_zone that is no IANA name';

CREATE TRIGGER users_check_time_zone_insert
BEFORE INSERT ON users
FOR EACH ROW WHEN (NEW.time_zone <> 'UTC')
EXECUTE FUNCTION check_time_zone();

CREATE TRIGGER users_check_time_zone_update
BEFORE UPDATE ON users
FOR EACH ROW WHEN (NEW.time_zone <> 'UTC' AND NEW.time_zone <> OLD.time_zone)
EXECUTE FUNCTION check_time_zone();
