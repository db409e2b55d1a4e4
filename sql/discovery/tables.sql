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

COMMENT ON TABLE recommendations IS 'Courses suggested to a learner, each with its reason';
COMMENT ON COLUMN recommendations.id IS 'Identifier';
COMMENT ON COLUMN recommendations.user_id IS 'The learner';
COMMENT ON COLUMN recommendations.course_id IS 'The suggested course';
COMMENT ON COLUMN recommendations.recommendation_type IS 'How it was found: collaborative_filtering, skill_adjacency, social_signal or trending';
COMMENT ON COLUMN recommendations.match_score IS 'How well it fits, 0 to 100; the exact order is metadata''s rank';
COMMENT ON COLUMN recommendations.reason IS 'Why, for a person to read';
COMMENT ON COLUMN recommendations.metadata IS 'Why, for a program: the courses, tags or people that it follows from, and rank from 1';
COMMENT ON COLUMN recommendations.created_at IS 'When it was computed';
COMMENT ON COLUMN recommendations.expires_at IS 'When it is no longer to be shown, if ever';

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
  CONSTRAINT trending_courses_course_id_key UNIQUE (course_id),
  CONSTRAINT trending_courses_course_id_fkey
    FOREIGN KEY (course_id) REFERENCES generated_courses (id) ON DELETE CASCADE,
  CONSTRAINT trending_courses_meta_category_check
    CHECK (meta_category = ANY ('{Digital,Economic,Aesthetic,Biological,Cognitive}'))
);

CREATE INDEX trending_courses_rank_idx ON trending_courses (rank);
CREATE INDEX trending_courses_meta_category_rank_idx ON trending_courses (meta_category, rank);

COMMENT ON TABLE trending_courses IS 'Cache of the courses with sign-ups in the last 24 hours, ranked; see refresh_trending';
COMMENT ON COLUMN trending_courses.id IS 'Identifier';
COMMENT ON COLUMN trending_courses.course_id IS 'The course';
COMMENT ON COLUMN trending_courses.velocity IS 'Sign-ups of the last 24 hours over those of the 24 before; 10 where there were none before';
COMMENT ON COLUMN trending_courses.signups_24h IS 'Sign-ups in the last 24 hours';
COMMENT ON COLUMN trending_courses.signups_previous_24h IS 'Sign-ups in the 24 hours before';
COMMENT ON COLUMN trending_courses.rank IS 'Place by score, from 1';
COMMENT ON COLUMN trending_courses.meta_category IS 'The course''s category';
COMMENT ON COLUMN trending_courses.calculated_at IS 'The instant that the two windows end at and before';
COMMENT ON COLUMN trending_courses.score IS 'What rank follows: the lower bound of the rates'' ratio, see velocity_lower_bound';

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

COMMENT ON TABLE user_course_interactions IS 'What learners did with courses; recommendations are computed from this';
COMMENT ON COLUMN user_course_interactions.id IS 'Identifier';
COMMENT ON COLUMN user_course_interactions.user_id IS 'The learner';
COMMENT ON COLUMN user_course_interactions.course_id IS 'The course';
COMMENT ON COLUMN user_course_interactions.interaction_type IS 'enrolled, completed, viewed, saved or shared';
COMMENT ON COLUMN user_course_interactions.interaction_value IS 'Weight of the interaction, 1 unless the application says otherwise; below 0 the course is dismissed, see dismiss_recommendation';
COMMENT ON COLUMN user_course_interactions.created_at IS 'When';

-- The fitted model is kept with the courses, so that one learner's rows can be
-- refreshed without fitting everything again.
ALTER TABLE generated_courses
  ADD COLUMN similar_course_ids uuid[] NOT NULL DEFAULT '{}',
  ADD COLUMN similar_course_weights real[] NOT NULL DEFAULT '{}',
  ADD COLUMN similarity_intercept real NOT NULL DEFAULT 0,
  ADD COLUMN learner_count integer NOT NULL DEFAULT 0,
  ADD COLUMN next_tags jsonb NOT NULL DEFAULT '[]';

-- The most popular courses, of a category and of all: what a newcomer is shown.
CREATE INDEX generated_courses_meta_category_learner_count_idx
  ON generated_courses (meta_category, learner_count, created_at)
  WHERE status <> 'archived';
CREATE INDEX generated_courses_learner_count_idx
  ON generated_courses (learner_count, created_at)
  WHERE status <> 'archived';

COMMENT ON COLUMN generated_courses.similar_course_ids IS 'Courses that having taken this one speaks for, heaviest first; see similar_courses';
COMMENT ON COLUMN generated_courses.similar_course_weights IS 'The weight of each of similar_course_ids';
COMMENT ON COLUMN generated_courses.similarity_intercept IS 'What this course scores before any weight is added';
COMMENT ON COLUMN generated_courses.learner_count IS 'How many learners had taken it at the last refresh_recommendations of everyone';
COMMENT ON COLUMN generated_courses.next_tags IS 'Tags that learners master after this course''s tags: [{"tag", "next_tag", "support", "lift"}]; see skill_adjacency';

SELECT pg_extension_config_dump('recommendations', '');
SELECT pg_extension_config_dump('trending_courses', '');
SELECT pg_extension_config_dump('user_course_interactions', '');
