-- What only the two people concerned may know of: who has asked to follow whom, and who
-- has blocked whom.
CREATE TABLE learnify_internal.follow_requests (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT follow_requests_pkey PRIMARY KEY,
  follower_id uuid NOT NULL,
  following_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT follow_requests_follower_id_following_id_key UNIQUE (follower_id, following_id),
  CONSTRAINT follow_requests_follower_id_fkey
    FOREIGN KEY (follower_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT follow_requests_following_id_fkey
    FOREIGN KEY (following_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT follow_requests_follower_id_check CHECK (follower_id <> following_id)
);

CREATE INDEX follow_requests_following_id_created_at_id_idx
  ON learnify_internal.follow_requests (following_id, created_at, id);

CREATE TABLE learnify_internal.user_blocks (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT user_blocks_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  other_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT user_blocks_user_id_other_id_key UNIQUE (user_id, other_id),
  CONSTRAINT user_blocks_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT user_blocks_other_id_fkey FOREIGN KEY (other_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT user_blocks_user_id_check CHECK (user_id <> other_id)
);

CREATE INDEX user_blocks_user_id_created_at_id_idx ON learnify_internal.user_blocks (user_id, created_at, id);
CREATE INDEX user_blocks_other_id_idx ON learnify_internal.user_blocks (other_id);

SELECT pg_extension_config_dump('learnify_internal.follow_requests', '');
SELECT pg_extension_config_dump('learnify_internal.user_blocks', '');
