CREATE TABLE user_relationships (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT user_relationships_pkey PRIMARY KEY,
  follower_id uuid NOT NULL,
  following_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT user_relationships_follower_id_following_id_key UNIQUE (follower_id, following_id),
  CONSTRAINT user_relationships_follower_id_fkey
    FOREIGN KEY (follower_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT user_relationships_following_id_fkey
    FOREIGN KEY (following_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT user_relationships_follower_id_check CHECK (follower_id <> following_id)
);

-- For reading followers, and those whom a user follows, page by page from the newest.
CREATE INDEX user_relationships_following_id_created_at_id_idx ON user_relationships (following_id, created_at, id);
CREATE INDEX user_relationships_follower_id_created_at_id_idx ON user_relationships (follower_id, created_at, id);

CREATE TABLE activity_feed (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT activity_feed_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  activity_type text NOT NULL,
  reference_type text NOT NULL,
  reference_id uuid NOT NULL,
  metadata jsonb NOT NULL DEFAULT '{}',
  visibility text NOT NULL DEFAULT 'friends',
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT activity_feed_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  -- One array constant: the elements of IN (...) would be constants of their own, which
  -- PostgreSQL would read and evaluate one by one for each statement that writes.
  CONSTRAINT activity_feed_activity_type_check
    CHECK (activity_type = ANY ('{module_completed,course_completed,exercise_solved,achievement_earned,'
                                'review_passed,optimization_achieved}')),
  CONSTRAINT activity_feed_visibility_check CHECK (visibility = ANY ('{public,friends,private}'))
);

-- activity_ticker scans the first of these once for each followed user or, if these are
-- many, filters the newest rows of all users, which the second returns.
CREATE INDEX activity_feed_user_id_created_at_id_idx ON activity_feed (user_id, created_at, id);
CREATE INDEX activity_feed_created_at_id_idx ON activity_feed (created_at, id) INCLUDE (user_id);
-- What is told of a row that is deleted or corrected.
CREATE INDEX activity_feed_reference_id_user_id_idx ON activity_feed (reference_id, user_id);

CREATE TABLE achievements (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT achievements_pkey PRIMARY KEY,
  name text NOT NULL,
  description text NOT NULL,
  badge_icon text NOT NULL DEFAULT '',
  criteria jsonb NOT NULL,
  rarity text NOT NULL DEFAULT 'common',
  created_at timestamptz NOT NULL DEFAULT now(),
  slug text NOT NULL DEFAULT gen_random_uuid()::text,
  builtin boolean NOT NULL DEFAULT false,
  active boolean NOT NULL DEFAULT true,
  CONSTRAINT achievements_name_key UNIQUE (name),
  CONSTRAINT achievements_slug_key UNIQUE (slug),
  CONSTRAINT achievements_rarity_check CHECK (rarity = ANY ('{common,rare,epic,legendary}'))
);

CREATE TABLE user_achievements (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT user_achievements_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  achievement_id uuid NOT NULL,
  unlocked_at timestamptz NOT NULL DEFAULT now(),
  broadcast_at timestamptz,
  CONSTRAINT user_achievements_user_id_achievement_id_key UNIQUE (user_id, achievement_id),
  CONSTRAINT user_achievements_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT user_achievements_achievement_id_fkey
    FOREIGN KEY (achievement_id) REFERENCES achievements (id) ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT user_achievements_broadcast_at_check CHECK (broadcast_at IS NOT NULL)
);

CREATE INDEX user_achievements_achievement_id_idx ON user_achievements (achievement_id);

SELECT pg_extension_config_dump('user_relationships', '');
SELECT pg_extension_config_dump('activity_feed', '');
SELECT pg_extension_config_dump('achievements', 'WHERE NOT builtin');
SELECT pg_extension_config_dump('user_achievements', '');
