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

-- Pages of followers, and of those followed, newest first.
CREATE INDEX user_relationships_following_id_created_at_id_idx ON user_relationships (following_id, created_at, id);
CREATE INDEX user_relationships_follower_id_created_at_id_idx ON user_relationships (follower_id, created_at, id);

COMMENT ON TABLE user_relationships IS 'Who follows whom';
COMMENT ON COLUMN user_relationships.id IS 'Identifier';
COMMENT ON COLUMN user_relationships.follower_id IS 'The user who follows';
COMMENT ON COLUMN user_relationships.following_id IS 'The user who is followed';
COMMENT ON COLUMN user_relationships.created_at IS 'Since when';

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
  -- one constant: a list of them is read one by one at each statement that writes
  CONSTRAINT activity_feed_activity_type_check
    CHECK (activity_type = ANY ('{module_completed,course_completed,exercise_solved,achievement_earned,'
                                'review_passed,optimization_achieved}')),
  CONSTRAINT activity_feed_visibility_check CHECK (visibility = ANY ('{public,friends,private}'))
);

-- One descending scan of this per followed user is the activity ticker; for
-- who follows many, the newest rows of all are sooner sifted for theirs.
CREATE INDEX activity_feed_user_id_created_at_id_idx ON activity_feed (user_id, created_at, id);
CREATE INDEX activity_feed_created_at_id_idx ON activity_feed (created_at, id) INCLUDE (user_id);

COMMENT ON TABLE activity_feed IS 'What learners did, as others may read it; each row can be read without a join';
COMMENT ON COLUMN activity_feed.id IS 'Identifier';
COMMENT ON COLUMN activity_feed.user_id IS 'The actor';
COMMENT ON COLUMN activity_feed.activity_type IS 'What happened';
COMMENT ON COLUMN activity_feed.reference_type IS 'What kind of row reference_id names, such as module or course';
COMMENT ON COLUMN activity_feed.reference_id IS 'The row that it is about';
COMMENT ON COLUMN activity_feed.metadata IS 'The actor''s name, the course''s title, module number, score and the like, as they were then';
COMMENT ON COLUMN activity_feed.visibility IS 'Who may read it: public, friends (those who follow the actor) or private';
COMMENT ON COLUMN activity_feed.created_at IS 'When it happened';

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

COMMENT ON TABLE achievements IS 'What can be earned, and by what measure';
COMMENT ON COLUMN achievements.id IS 'Identifier';
COMMENT ON COLUMN achievements.name IS 'Name shown to people, unique';
COMMENT ON COLUMN achievements.description IS 'What it takes, in words';
COMMENT ON COLUMN achievements.badge_icon IS 'Name or address of the badge, or empty';
COMMENT ON COLUMN achievements.criteria IS 'What it takes, as data: {"metric": a column of user_stats, "at_least": a number}, optionally with "reviews_received": a number';
COMMENT ON COLUMN achievements.rarity IS 'common, rare, epic or legendary';
COMMENT ON COLUMN achievements.created_at IS 'When the achievement was added';
COMMENT ON COLUMN achievements.slug IS 'Stable key for programs, unique; made up where none is given';
COMMENT ON COLUMN achievements.builtin IS 'Shipped with the extension and not edited since; a dump leaves such rows out';
COMMENT ON COLUMN achievements.active IS 'False takes it out of use: it is no longer awarded';

CREATE TABLE user_achievements (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT user_achievements_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  achievement_id uuid NOT NULL,
  unlocked_at timestamptz NOT NULL DEFAULT now(),
  broadcast_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT user_achievements_user_id_achievement_id_key UNIQUE (user_id, achievement_id),
  CONSTRAINT user_achievements_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT user_achievements_achievement_id_fkey
    FOREIGN KEY (achievement_id) REFERENCES achievements (id) ON UPDATE CASCADE ON DELETE RESTRICT
);

CREATE INDEX user_achievements_achievement_id_idx ON user_achievements (achievement_id);

COMMENT ON TABLE user_achievements IS 'Who has earned what';
COMMENT ON COLUMN user_achievements.id IS 'Identifier';
COMMENT ON COLUMN user_achievements.user_id IS 'The learner';
COMMENT ON COLUMN user_achievements.achievement_id IS 'The achievement';
COMMENT ON COLUMN user_achievements.unlocked_at IS 'When it was earned';
COMMENT ON COLUMN user_achievements.broadcast_at IS 'When this row was written and so considered for the feed, whether or not it was broadcast; keeps a restore from broadcasting it again';

SELECT pg_extension_config_dump('user_relationships', '');
SELECT pg_extension_config_dump('activity_feed', '');
SELECT pg_extension_config_dump('achievements', 'WHERE NOT builtin');
SELECT pg_extension_config_dump('user_achievements', '');
