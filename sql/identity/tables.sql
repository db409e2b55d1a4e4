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
  follow_policy text NOT NULL DEFAULT 'open',
  CONSTRAINT users_email_key UNIQUE (email),
  CONSTRAINT users_email_check CHECK (email ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND char_length(email) <= 255),
  CONSTRAINT users_name_check CHECK (char_length(name) BETWEEN 1 AND 100),
  CONSTRAINT users_max_visibility_check CHECK (max_visibility = ANY ('{public,friends,private}')),
  CONSTRAINT users_follow_policy_check CHECK (follow_policy = ANY ('{open,approve,closed}'))
);

-- users_email_key serves WHERE email = $1 and ON CONFLICT (email). This index keeps an address
-- from being registered twice in different case.
CREATE UNIQUE INDEX users_email_lower_key ON users (fold_email(email));

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
    FOREIGN KEY (archetype_id) REFERENCES user_archetypes (id) ON DELETE SET NULL
);

CREATE INDEX user_variables_archetype_id_idx ON user_variables (archetype_id);

SELECT pg_extension_config_dump('users', '');
SELECT pg_extension_config_dump('user_archetypes', '');
SELECT pg_extension_config_dump('user_variables', '');
