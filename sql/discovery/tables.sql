CREATE TABLE recommendations (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT recommendations_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  course_id uuid NOT NULL,
  recommendation_type text NOT NULL,
  match_score integer NOT NULL DEFAULT 0,
  reason text NOT NULL DEFAULT '',
  metadata jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  CONSTRAINT recommendations_user_id_course_id_recommendation_type_key
    UNIQUE (user_id, course_id, recommendation_type),
  CONSTRAINT recommendations_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT recommendations_course_id_fkey
    FOREIGN KEY (course_id) REFERENCES generated_courses (id) ON DELETE CASCADE,
  CONSTRAINT recommendations_recommendation_type_check
    CHECK (recommendation_type = ANY ('{collaborative_filtering,skill_adjacency,social_signal,trending}')),
  CONSTRAINT recommendations_match_score_check CHECK (match_score BETWEEN 0 AND 100)
);

CREATE INDEX recommendations_course_id_idx ON recommendations (course_id);

-- Each refresh updates most rows. The indexes leave out what it changes most, and pages have
-- room for a second version of each row, so that the updates write no index entries.
CREATE TABLE trending_courses (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT trending_courses_pkey PRIMARY KEY,
  course_id uuid NOT NULL,
  velocity numeric(10, 2) NOT NULL DEFAULT 0,
  signups_24h integer NOT NULL DEFAULT 0,
  signups_previous_24h integer NOT NULL DEFAULT 0,
  rank integer NOT NULL,
  meta_category text NOT NULL,
  calculated_at timestamptz NOT NULL DEFAULT now(),
  score double precision NOT NULL DEFAULT 0,
  tier integer NOT NULL DEFAULT 0,
  CONSTRAINT trending_courses_course_id_key UNIQUE (course_id),
  CONSTRAINT trending_courses_course_id_fkey
    FOREIGN KEY (course_id) REFERENCES generated_courses (id) ON DELETE CASCADE,
  CONSTRAINT trending_courses_meta_category_check
    CHECK (meta_category = ANY ('{Digital,Economic,Aesthetic,Biological,Cognitive}'))
) WITH (fillfactor = 45);

CREATE INDEX trending_courses_tier_idx ON trending_courses (tier);
CREATE INDEX trending_courses_meta_category_tier_idx ON trending_courses (meta_category, tier);

CREATE TABLE user_course_interactions (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT user_course_interactions_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  course_id uuid NOT NULL,
  interaction_type text NOT NULL,
  interaction_value double precision NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT user_course_interactions_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT user_course_interactions_course_id_fkey
    FOREIGN KEY (course_id) REFERENCES generated_courses (id) ON DELETE CASCADE,
  CONSTRAINT user_course_interactions_interaction_type_check
    CHECK (interaction_type = ANY ('{enrolled,completed,viewed,saved,shared}'))
);

CREATE INDEX user_course_interactions_user_id_course_id_interaction_type_idx
  ON user_course_interactions (user_id, course_id, interaction_type) INCLUDE (interaction_value);
CREATE INDEX user_course_interactions_course_id_idx ON user_course_interactions (course_id);

SELECT pg_extension_config_dump('recommendations', '');
SELECT pg_extension_config_dump('trending_courses', '');
SELECT pg_extension_config_dump('user_course_interactions', '');
