\echo Use "ALTER EXTENSION learnify UPDATE" to load this file. \quit

-- An update, up or down, alters one table after another, and sessions that write
-- lock them one after another too, in an order of their own. So it takes all
-- tables or none, until it has them, and nobody deadlocks. Autovacuum makes way,
-- as it does for whoever waits in a queue.
DO $$
DECLARE
  tables CONSTANT regclass[] := ARRAY(
    SELECT c.oid
    FROM pg_depend AS d
    JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
    JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
    WHERE e.extname = 'learnify' AND d.deptype = 'e' AND c.relkind = 'r'
    ORDER BY c.oid);
  give_up_at CONSTANT timestamptz := clock_timestamp() + interval '1 minute';
BEGIN
  LOOP
    BEGIN
      EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE NOWAIT', array_to_string(tables, ', '));
      RETURN;
    EXCEPTION
      WHEN lock_not_available THEN
        IF clock_timestamp() > give_up_at THEN
          RAISE EXCEPTION 'tables of learnify have been in use for a minute'
            USING ERRCODE = 'lock_not_available',
                  HINT = 'Update again when those who use them have ended their transactions; pg_locks and pg_stat_activity show them.';
        END IF;
    END;
    PERFORM pg_stat_clear_snapshot();
    PERFORM pg_cancel_backend(a.pid)
    FROM pg_stat_activity AS a
    JOIN pg_locks AS l ON l.pid = a.pid
    WHERE a.backend_type = 'autovacuum worker' AND a.datname = current_database()
      AND l.locktype = 'relation' AND l.relation = ANY (tables::oid[]);
    PERFORM pg_sleep(0.02);
  END LOOP;
END
$$;
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
-- Velocity: how signups of the last 24 hours compare with the 24 hours before.

CREATE FUNCTION velocity(
  recent bigint,
  previous bigint
) RETURNS double precision
LANGUAGE c
IMMUTABLE
STRICT
PARALLEL SAFE
COST 1
AS 'MODULE_PATHNAME', 'velocity';

COMMENT ON FUNCTION velocity(bigint, bigint) IS
  'Returns recent over previous signups; 10 where there are recent ones only, 0 where there are none.';

CREATE FUNCTION velocity_label(
  velocity double precision
) RETURNS text
LANGUAGE sql
IMMUTABLE
STRICT
PARALLEL SAFE
COST 1
BEGIN ATOMIC
  SELECT CASE
    WHEN velocity > 5 THEN 'hot'
    WHEN velocity > 2 THEN 'trending'
    ELSE ''
  END;
END;

COMMENT ON FUNCTION velocity_label(double precision) IS
  'Returns hot for a velocity above 5, trending for one above 2, otherwise the empty string.';

CREATE FUNCTION velocity_lower_bound(
  recent bigint,
  previous bigint,
  site_ratio double precision,
  exposure double precision DEFAULT 24
) RETURNS double precision
LANGUAGE c
IMMUTABLE
STRICT
PARALLEL SAFE
COST 50
AS 'MODULE_PATHNAME', 'velocity_lower_bound';

COMMENT ON FUNCTION velocity_lower_bound(bigint, bigint, double precision, double precision) IS
  'Returns what the velocity exceeds with 95 % probability, given that of the whole site (recent over previous signups) '
  'and the hours of the previous window in which signups were possible. Rank by it: few signups prove little.';

-- The aggregates' support functions. Rows with a NULL are skipped, being
-- STRICT; the state starts at zero signups.

CREATE FUNCTION trending_velocity_accum(
  state bigint[],
  started_at timestamptz,
  as_of timestamptz
) RETURNS bigint[]
LANGUAGE c
IMMUTABLE
STRICT
PARALLEL SAFE
COST 1
AS 'MODULE_PATHNAME', 'trending_velocity_accum';

COMMENT ON FUNCTION trending_velocity_accum(bigint[], timestamptz, timestamptz) IS
  'Transition function of trending_velocity and window_signups: returns the state with one more signup counted.';

CREATE FUNCTION trending_velocity_combine(
  state bigint[],
  other bigint[]
) RETURNS bigint[]
LANGUAGE c
IMMUTABLE
STRICT
PARALLEL SAFE
COST 1
AS 'MODULE_PATHNAME', 'trending_velocity_combine';

COMMENT ON FUNCTION trending_velocity_combine(bigint[], bigint[]) IS
  'Combine function of trending_velocity and window_signups: returns the sum of two states.';

CREATE FUNCTION trending_velocity_final(
  state bigint[]
) RETURNS double precision
LANGUAGE c
IMMUTABLE
STRICT
PARALLEL SAFE
COST 1
AS 'MODULE_PATHNAME', 'trending_velocity_final';

COMMENT ON FUNCTION trending_velocity_final(bigint[]) IS
  'Final function of trending_velocity: returns the velocity of the counted signups.';

CREATE AGGREGATE trending_velocity(started_at timestamptz, as_of timestamptz) (
  SFUNC = trending_velocity_accum,
  STYPE = bigint[],
  SSPACE = 40,
  INITCOND = '{0,0}',
  COMBINEFUNC = trending_velocity_combine,
  FINALFUNC = trending_velocity_final,
  PARALLEL = SAFE
);

COMMENT ON AGGREGATE trending_velocity(timestamptz, timestamptz) IS
  'Returns the velocity at as_of: signups from 24 hours before it (exclusive) to it (inclusive), over those of the '
  '24 hours before. Rows where either argument is NULL do not count; without rows it is 0.';

CREATE AGGREGATE window_signups(started_at timestamptz, as_of timestamptz) (
  SFUNC = trending_velocity_accum,
  STYPE = bigint[],
  SSPACE = 40,
  INITCOND = '{0,0}',
  COMBINEFUNC = trending_velocity_combine,
  PARALLEL = SAFE
);

COMMENT ON AGGREGATE window_signups(timestamptz, timestamptz) IS
  'Returns {recent, previous}: the signups that trending_velocity compares, at no further cost beside it.';
-- Generated by "make fingerprint"; verify_schema compares the catalog with it.
CREATE OR REPLACE FUNCTION schema_fingerprint()
RETURNS text
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 1
RETURN $fingerprint$
aggregate | trending_velocity(timestamp with time zone,timestamp with time zone) | (started_at timestamp with time zone, as_of timestamp with time zone) RETURNS double precision LANGUAGE internal IMMUTABLE PARALLEL SAFE COST 1 n trending_velocity_accum bigint[] 40 {0,0} trending_velocity_final f r trending_velocity_combine - - - - - 0
aggregate | window_signups(timestamp with time zone,timestamp with time zone) | (started_at timestamp with time zone, as_of timestamp with time zone) RETURNS bigint[] LANGUAGE internal IMMUTABLE PARALLEL SAFE COST 1 n trending_velocity_accum bigint[] 40 {0,0} - f r trending_velocity_combine - - - - - 0
column | achievements.active | boolean NOT NULL DEFAULT true
column | achievements.badge_icon | text NOT NULL DEFAULT ''::text
column | achievements.builtin | boolean NOT NULL DEFAULT false
column | achievements.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | achievements.criteria | jsonb NOT NULL
column | achievements.description | text NOT NULL
column | achievements.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | achievements.name | text NOT NULL
column | achievements.rarity | text NOT NULL DEFAULT 'common'::text
column | achievements.slug | text NOT NULL DEFAULT (gen_random_uuid())::text
column | activity_feed.activity_type | text NOT NULL
column | activity_feed.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | activity_feed.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | activity_feed.metadata | jsonb NOT NULL DEFAULT '{}'::jsonb
column | activity_feed.reference_id | uuid NOT NULL
column | activity_feed.reference_type | text NOT NULL
column | activity_feed.user_id | uuid NOT NULL
column | activity_feed.visibility | text NOT NULL DEFAULT 'friends'::text
column | architecture_reviews.broadcast_at | timestamp with time zone NOT NULL DEFAULT now()
column | architecture_reviews.code_sense_score | integer NOT NULL
column | architecture_reviews.edge_cases_score | integer NOT NULL
column | architecture_reviews.efficiency_score | integer NOT NULL
column | architecture_reviews.feedback | jsonb NOT NULL DEFAULT '{}'::jsonb
column | architecture_reviews.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | architecture_reviews.module_id | uuid NOT NULL
column | architecture_reviews.overall_score | integer NOT NULL
column | architecture_reviews.reviewed_at | timestamp with time zone NOT NULL DEFAULT now()
column | architecture_reviews.submission_id | uuid
column | architecture_reviews.taste_score | integer NOT NULL
column | architecture_reviews.user_id | uuid NOT NULL
column | blueprint_modules.active | boolean NOT NULL DEFAULT true
column | blueprint_modules.builtin | boolean NOT NULL DEFAULT false
column | blueprint_modules.concept_slug | text NOT NULL
column | blueprint_modules.content_template | jsonb NOT NULL DEFAULT '{}'::jsonb
column | blueprint_modules.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | blueprint_modules.description_template | text NOT NULL
column | blueprint_modules.difficulty | text NOT NULL
column | blueprint_modules.estimated_hours | integer NOT NULL
column | blueprint_modules.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | blueprint_modules.learning_objectives | jsonb NOT NULL DEFAULT '[]'::jsonb
column | blueprint_modules.module_number | integer NOT NULL
column | blueprint_modules.title_template | text NOT NULL
column | blueprint_modules.updated_at | timestamp with time zone NOT NULL DEFAULT now()
column | blueprint_modules.variable_schema | jsonb NOT NULL DEFAULT '{"defaults": {}, "required": []}'::jsonb
column | course_tags.course_id | uuid NOT NULL
column | course_tags.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | course_tags.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | course_tags.tag | text NOT NULL
column | exercises.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | exercises.description | text NOT NULL DEFAULT ''::text
column | exercises.difficulty | text NOT NULL
column | exercises.exercise_number | integer NOT NULL
column | exercises.hints | jsonb NOT NULL DEFAULT '[]'::jsonb
column | exercises.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | exercises.language | text NOT NULL
column | exercises.module_id | uuid NOT NULL
column | exercises.points | integer NOT NULL DEFAULT 100
column | exercises.solution_code | text NOT NULL DEFAULT ''::text
column | exercises.starter_code | text NOT NULL DEFAULT ''::text
column | exercises.test_cases | jsonb NOT NULL DEFAULT '[]'::jsonb
column | exercises.title | text NOT NULL
column | generated_courses.archetype_id | uuid
column | generated_courses.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | generated_courses.description | text NOT NULL DEFAULT ''::text
column | generated_courses.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | generated_courses.injected_variables | jsonb NOT NULL DEFAULT '{}'::jsonb
column | generated_courses.learner_count | integer NOT NULL DEFAULT 0
column | generated_courses.meta_category | text NOT NULL
column | generated_courses.next_tags | jsonb NOT NULL DEFAULT '[]'::jsonb
column | generated_courses.similar_course_ids | uuid[] NOT NULL DEFAULT '{}'::uuid[]
column | generated_courses.similar_course_weights | real[] NOT NULL DEFAULT '{}'::real[]
column | generated_courses.similarity_intercept | real NOT NULL DEFAULT 0
column | generated_courses.status | text NOT NULL DEFAULT 'active'::text
column | generated_courses.title | text NOT NULL
column | generated_courses.updated_at | timestamp with time zone NOT NULL DEFAULT now()
column | generated_courses.user_id | uuid NOT NULL
column | generated_modules.blueprint_module_id | uuid
column | generated_modules.content | jsonb NOT NULL DEFAULT '{}'::jsonb
column | generated_modules.course_id | uuid NOT NULL
column | generated_modules.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | generated_modules.description | text NOT NULL DEFAULT ''::text
column | generated_modules.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | generated_modules.module_number | integer NOT NULL
column | generated_modules.status | text NOT NULL DEFAULT 'locked'::text
column | generated_modules.title | text NOT NULL
column | generated_modules.unlocked_at | timestamp with time zone
column | module_completions.attempts | integer NOT NULL DEFAULT 1
column | module_completions.broadcast_at | timestamp with time zone NOT NULL DEFAULT now()
column | module_completions.exercise_id | uuid
column | module_completions.hints_used | integer NOT NULL DEFAULT 0
column | module_completions.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | module_completions.language | text NOT NULL
column | module_completions.module_id | uuid NOT NULL
column | module_completions.passed | boolean NOT NULL DEFAULT false
column | module_completions.score | integer NOT NULL DEFAULT 0
column | module_completions.submitted_at | timestamp with time zone NOT NULL DEFAULT now()
column | module_completions.submitted_code | text NOT NULL DEFAULT ''::text
column | module_completions.test_results | jsonb NOT NULL DEFAULT '[]'::jsonb
column | module_completions.time_spent_minutes | integer NOT NULL DEFAULT 0
column | module_completions.user_id | uuid NOT NULL
column | recommendations.course_id | uuid NOT NULL
column | recommendations.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | recommendations.expires_at | timestamp with time zone
column | recommendations.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | recommendations.match_score | integer NOT NULL DEFAULT 0
column | recommendations.metadata | jsonb NOT NULL DEFAULT '{}'::jsonb
column | recommendations.reason | text NOT NULL DEFAULT ''::text
column | recommendations.recommendation_type | text NOT NULL
column | recommendations.user_id | uuid NOT NULL
column | schema_migrations.applied_at | timestamp with time zone NOT NULL DEFAULT now()
column | schema_migrations.checksum | text NOT NULL
column | schema_migrations.description | text NOT NULL
column | schema_migrations.extension_version | text NOT NULL
column | schema_migrations.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | schema_migrations.version | text NOT NULL
column | trending_courses.calculated_at | timestamp with time zone NOT NULL DEFAULT now()
column | trending_courses.course_id | uuid NOT NULL
column | trending_courses.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | trending_courses.meta_category | text NOT NULL
column | trending_courses.rank | integer NOT NULL
column | trending_courses.score | double precision NOT NULL DEFAULT 0
column | trending_courses.signups_24h | integer NOT NULL DEFAULT 0
column | trending_courses.signups_previous_24h | integer NOT NULL DEFAULT 0
column | trending_courses.velocity | numeric(10,2) NOT NULL DEFAULT 0
column | user_achievements.achievement_id | uuid NOT NULL
column | user_achievements.broadcast_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_achievements.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | user_achievements.unlocked_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_achievements.user_id | uuid NOT NULL
column | user_archetypes.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_archetypes.domain | text NOT NULL
column | user_archetypes.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | user_archetypes.meta_category | text NOT NULL
column | user_archetypes.skill_level | text NOT NULL
column | user_archetypes.updated_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_archetypes.user_id | uuid NOT NULL
column | user_archetypes.validation_reason | text NOT NULL DEFAULT ''::text
column | user_archetypes.validation_status | text NOT NULL DEFAULT 'unchecked'::text
column | user_course_interactions.course_id | uuid NOT NULL
column | user_course_interactions.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_course_interactions.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | user_course_interactions.interaction_type | text NOT NULL
column | user_course_interactions.interaction_value | double precision NOT NULL DEFAULT 1
column | user_course_interactions.user_id | uuid NOT NULL
column | user_progress.broadcast_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_progress.completed_at | timestamp with time zone
column | user_progress.course_id | uuid NOT NULL
column | user_progress.current_module_id | uuid
column | user_progress.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | user_progress.last_activity | timestamp with time zone NOT NULL DEFAULT now()
column | user_progress.progress_percentage | integer NOT NULL DEFAULT 0
column | user_progress.started_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_progress.time_spent_minutes | integer NOT NULL DEFAULT 0
column | user_progress.user_id | uuid NOT NULL
column | user_relationships.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_relationships.follower_id | uuid NOT NULL
column | user_relationships.following_id | uuid NOT NULL
column | user_relationships.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | user_variables.archetype_id | uuid
column | user_variables.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_variables.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | user_variables.updated_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_variables.user_id | uuid NOT NULL
column | user_variables.variable_key | text NOT NULL
column | user_variables.variable_value | text NOT NULL
column | users.avatar_url | text NOT NULL DEFAULT ''::text
column | users.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | users.email | text NOT NULL
column | users.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | users.last_login | timestamp with time zone NOT NULL DEFAULT now()
column | users.max_visibility | text NOT NULL DEFAULT 'public'::text
column | users.name | text NOT NULL
column | users.password_hash | text NOT NULL
column | users.social_enabled | boolean NOT NULL DEFAULT true
column | users.time_zone | text NOT NULL DEFAULT 'UTC'::text
column | users.updated_at | timestamp with time zone NOT NULL DEFAULT now()
constraint | achievements.achievements_name_key | UNIQUE (name)
constraint | achievements.achievements_pkey | PRIMARY KEY (id)
constraint | achievements.achievements_rarity_check | CHECK ((rarity = ANY ('{common,rare,epic,legendary}'::text[])))
constraint | achievements.achievements_slug_key | UNIQUE (slug)
constraint | activity_feed.activity_feed_activity_type_check | CHECK ((activity_type = ANY ('{module_completed,course_completed,exercise_solved,achievement_earned,review_passed,optimization_achieved}'::text[])))
constraint | activity_feed.activity_feed_pkey | PRIMARY KEY (id)
constraint | activity_feed.activity_feed_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | activity_feed.activity_feed_visibility_check | CHECK ((visibility = ANY ('{public,friends,private}'::text[])))
constraint | architecture_reviews.architecture_reviews_code_sense_score_check | CHECK (((code_sense_score >= 0) AND (code_sense_score <= 100)))
constraint | architecture_reviews.architecture_reviews_edge_cases_score_check | CHECK (((edge_cases_score >= 0) AND (edge_cases_score <= 100)))
constraint | architecture_reviews.architecture_reviews_efficiency_score_check | CHECK (((efficiency_score >= 0) AND (efficiency_score <= 100)))
constraint | architecture_reviews.architecture_reviews_module_id_fkey | FOREIGN KEY (module_id) REFERENCES generated_modules(id) ON DELETE CASCADE
constraint | architecture_reviews.architecture_reviews_overall_score_check | CHECK (((overall_score >= 0) AND (overall_score <= 100)))
constraint | architecture_reviews.architecture_reviews_pkey | PRIMARY KEY (id)
constraint | architecture_reviews.architecture_reviews_submission_id_fkey | FOREIGN KEY (submission_id) REFERENCES module_completions(id) ON DELETE SET NULL
constraint | architecture_reviews.architecture_reviews_taste_score_check | CHECK (((taste_score >= 0) AND (taste_score <= 100)))
constraint | architecture_reviews.architecture_reviews_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | blueprint_modules.blueprint_modules_concept_slug_key | UNIQUE (concept_slug)
constraint | blueprint_modules.blueprint_modules_content_template_check | CHECK (((jsonb_typeof(content_template) = 'object'::text) AND (COALESCE(jsonb_typeof((content_template -> 'lessons'::text)), 'array'::text) = 'array'::text) AND (COALESCE(jsonb_typeof((content_template -> 'exercises'::text)), 'array'::text) = 'array'::text)))
constraint | blueprint_modules.blueprint_modules_difficulty_check | CHECK ((difficulty = ANY ('{beginner,intermediate,advanced}'::text[])))
constraint | blueprint_modules.blueprint_modules_estimated_hours_check | CHECK ((estimated_hours > 0))
constraint | blueprint_modules.blueprint_modules_learning_objectives_check | CHECK ((jsonb_typeof(learning_objectives) = 'array'::text))
constraint | blueprint_modules.blueprint_modules_module_number_check | CHECK (((module_number >= 1) AND (module_number <= 7)))
constraint | blueprint_modules.blueprint_modules_module_number_key | UNIQUE (module_number)
constraint | blueprint_modules.blueprint_modules_pkey | PRIMARY KEY (id)
constraint | blueprint_modules.blueprint_modules_variable_schema_check | CHECK (((jsonb_typeof(variable_schema) = 'object'::text) AND (COALESCE(jsonb_typeof((variable_schema -> 'required'::text)), 'array'::text) = 'array'::text) AND (COALESCE(jsonb_typeof((variable_schema -> 'defaults'::text)), 'object'::text) = 'object'::text)))
constraint | course_tags.course_tags_course_id_fkey | FOREIGN KEY (course_id) REFERENCES generated_courses(id) ON DELETE CASCADE
constraint | course_tags.course_tags_course_id_tag_key | UNIQUE (course_id, tag)
constraint | course_tags.course_tags_pkey | PRIMARY KEY (id)
constraint | exercises.exercises_difficulty_check | CHECK ((difficulty = ANY ('{easy,medium,hard}'::text[])))
constraint | exercises.exercises_hints_check | CHECK ((jsonb_typeof(hints) = 'array'::text))
constraint | exercises.exercises_language_check | CHECK ((language = ANY ('{python,go,java,javascript}'::text[])))
constraint | exercises.exercises_module_id_exercise_number_key | UNIQUE (module_id, exercise_number)
constraint | exercises.exercises_module_id_fkey | FOREIGN KEY (module_id) REFERENCES generated_modules(id) ON DELETE CASCADE
constraint | exercises.exercises_pkey | PRIMARY KEY (id)
constraint | exercises.exercises_points_check | CHECK (((points >= 0) AND (points <= 1000)))
constraint | exercises.exercises_test_cases_check | CHECK ((jsonb_typeof(test_cases) = 'array'::text))
constraint | generated_courses.generated_courses_archetype_id_fkey | FOREIGN KEY (archetype_id) REFERENCES user_archetypes(id) ON DELETE SET NULL
constraint | generated_courses.generated_courses_meta_category_check | CHECK ((meta_category = ANY ('{Digital,Economic,Aesthetic,Biological,Cognitive}'::text[])))
constraint | generated_courses.generated_courses_pkey | PRIMARY KEY (id)
constraint | generated_courses.generated_courses_status_check | CHECK ((status = ANY ('{active,paused,completed,archived}'::text[])))
constraint | generated_courses.generated_courses_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | generated_modules.generated_modules_blueprint_module_id_fkey | FOREIGN KEY (blueprint_module_id) REFERENCES blueprint_modules(id) ON UPDATE CASCADE ON DELETE SET NULL
constraint | generated_modules.generated_modules_course_id_fkey | FOREIGN KEY (course_id) REFERENCES generated_courses(id) ON DELETE CASCADE
constraint | generated_modules.generated_modules_course_id_module_number_key | UNIQUE (course_id, module_number)
constraint | generated_modules.generated_modules_module_number_check | CHECK (((module_number >= 1) AND (module_number <= 7)))
constraint | generated_modules.generated_modules_pkey | PRIMARY KEY (id)
constraint | generated_modules.generated_modules_status_check | CHECK ((status = ANY ('{locked,active,completed}'::text[])))
constraint | module_completions.module_completions_attempts_check | CHECK ((attempts >= 1))
constraint | module_completions.module_completions_exercise_id_fkey | FOREIGN KEY (exercise_id) REFERENCES exercises(id) ON DELETE SET NULL
constraint | module_completions.module_completions_hints_used_check | CHECK ((hints_used >= 0))
constraint | module_completions.module_completions_module_id_fkey | FOREIGN KEY (module_id) REFERENCES generated_modules(id) ON DELETE CASCADE
constraint | module_completions.module_completions_pkey | PRIMARY KEY (id)
constraint | module_completions.module_completions_score_check | CHECK (((score >= 0) AND (score <= 100)))
constraint | module_completions.module_completions_time_spent_minutes_check | CHECK ((time_spent_minutes >= 0))
constraint | module_completions.module_completions_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | recommendations.recommendations_course_id_fkey | FOREIGN KEY (course_id) REFERENCES generated_courses(id) ON DELETE CASCADE
constraint | recommendations.recommendations_match_score_check | CHECK (((match_score >= 0) AND (match_score <= 100)))
constraint | recommendations.recommendations_pkey | PRIMARY KEY (id)
constraint | recommendations.recommendations_recommendation_type_check | CHECK ((recommendation_type = ANY ('{collaborative_filtering,skill_adjacency,social_signal,trending}'::text[])))
constraint | recommendations.recommendations_user_id_course_id_recommendation_type_key | UNIQUE (user_id, course_id, recommendation_type)
constraint | recommendations.recommendations_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | schema_migrations.schema_migrations_checksum_check | CHECK ((checksum ~ '^[0-9a-f]{64}$'::text))
constraint | schema_migrations.schema_migrations_pkey | PRIMARY KEY (id)
constraint | schema_migrations.schema_migrations_version_key | UNIQUE (version)
constraint | trending_courses.trending_courses_course_id_fkey | FOREIGN KEY (course_id) REFERENCES generated_courses(id) ON DELETE CASCADE
constraint | trending_courses.trending_courses_course_id_key | UNIQUE (course_id)
constraint | trending_courses.trending_courses_meta_category_check | CHECK ((meta_category = ANY ('{Digital,Economic,Aesthetic,Biological,Cognitive}'::text[])))
constraint | trending_courses.trending_courses_pkey | PRIMARY KEY (id)
constraint | user_achievements.user_achievements_achievement_id_fkey | FOREIGN KEY (achievement_id) REFERENCES achievements(id) ON UPDATE CASCADE ON DELETE RESTRICT
constraint | user_achievements.user_achievements_pkey | PRIMARY KEY (id)
constraint | user_achievements.user_achievements_user_id_achievement_id_key | UNIQUE (user_id, achievement_id)
constraint | user_achievements.user_achievements_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | user_archetypes.user_archetypes_meta_category_check | CHECK ((meta_category = ANY ('{Digital,Economic,Aesthetic,Biological,Cognitive}'::text[])))
constraint | user_archetypes.user_archetypes_pkey | PRIMARY KEY (id)
constraint | user_archetypes.user_archetypes_skill_level_check | CHECK ((skill_level = ANY ('{novice,analyst,quant}'::text[])))
constraint | user_archetypes.user_archetypes_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | user_archetypes.user_archetypes_user_id_key | UNIQUE (user_id)
constraint | user_archetypes.user_archetypes_validation_status_check | CHECK ((validation_status = ANY ('{unchecked,pending,valid,rejected}'::text[])))
constraint | user_course_interactions.user_course_interactions_course_id_fkey | FOREIGN KEY (course_id) REFERENCES generated_courses(id) ON DELETE CASCADE
constraint | user_course_interactions.user_course_interactions_interaction_type_check | CHECK ((interaction_type = ANY ('{enrolled,completed,viewed,saved,shared}'::text[])))
constraint | user_course_interactions.user_course_interactions_pkey | PRIMARY KEY (id)
constraint | user_course_interactions.user_course_interactions_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | user_progress.user_progress_course_id_fkey | FOREIGN KEY (course_id) REFERENCES generated_courses(id) ON DELETE CASCADE
constraint | user_progress.user_progress_current_module_id_fkey | FOREIGN KEY (current_module_id) REFERENCES generated_modules(id) ON DELETE SET NULL
constraint | user_progress.user_progress_pkey | PRIMARY KEY (id)
constraint | user_progress.user_progress_progress_percentage_check | CHECK (((progress_percentage >= 0) AND (progress_percentage <= 100)))
constraint | user_progress.user_progress_time_spent_minutes_check | CHECK ((time_spent_minutes >= 0))
constraint | user_progress.user_progress_user_id_course_id_key | UNIQUE (user_id, course_id)
constraint | user_progress.user_progress_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | user_relationships.user_relationships_follower_id_check | CHECK ((follower_id <> following_id))
constraint | user_relationships.user_relationships_follower_id_fkey | FOREIGN KEY (follower_id) REFERENCES users(id) ON DELETE CASCADE
constraint | user_relationships.user_relationships_follower_id_following_id_key | UNIQUE (follower_id, following_id)
constraint | user_relationships.user_relationships_following_id_fkey | FOREIGN KEY (following_id) REFERENCES users(id) ON DELETE CASCADE
constraint | user_relationships.user_relationships_pkey | PRIMARY KEY (id)
constraint | user_variables.user_variables_archetype_id_fkey | FOREIGN KEY (archetype_id) REFERENCES user_archetypes(id) ON DELETE SET NULL
constraint | user_variables.user_variables_pkey | PRIMARY KEY (id)
constraint | user_variables.user_variables_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | user_variables.user_variables_user_id_variable_key_key | UNIQUE (user_id, variable_key)
constraint | user_variables.user_variables_variable_key_check | CHECK ((variable_key ~ '^[A-Z][A-Z0-9_]{0,49}$'::text))
constraint | users.users_email_check | CHECK (((email ~ '^[^@[:space:]]+@[^@[:space:]]+$'::text) AND (char_length(email) <= 255)))
constraint | users.users_email_key | UNIQUE (email)
constraint | users.users_max_visibility_check | CHECK ((max_visibility = ANY ('{public,friends,private}'::text[])))
constraint | users.users_name_check | CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100)))
constraint | users.users_pkey | PRIMARY KEY (id)
dump filter | achievements | WHERE NOT builtin
dump filter | activity_feed | every row
dump filter | architecture_reviews | every row
dump filter | blueprint_modules | WHERE NOT builtin
dump filter | course_tags | every row
dump filter | exercises | every row
dump filter | generated_courses | every row
dump filter | generated_modules | every row
dump filter | module_completions | every row
dump filter | recommendations | every row
dump filter | trending_courses | every row
dump filter | user_achievements | every row
dump filter | user_archetypes | every row
dump filter | user_course_interactions | every row
dump filter | user_progress | every row
dump filter | user_relationships | every row
dump filter | user_variables | every row
dump filter | users | every row
function | activity_ticker(uuid,integer,timestamp with time zone,uuid) | (user_id uuid, page_size integer DEFAULT 50, before_at timestamp with time zone DEFAULT NULL::timestamp with time zone, before_id uuid DEFAULT NULL::uuid) RETURNS SETOF activity_feed LANGUAGE c STABLE PARALLEL SAFE COST 1000 ROWS 50 AS $libdir/learnify, activity_ticker
function | authenticate(text,text) | (email text, password text) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100000 SET search_path=pg_catalog, pg_temp MD5 f766cdf5d10e8e0fa5df240b6a68b81f
function | automation_enabled() | () RETURNS boolean LANGUAGE c STABLE PARALLEL SAFE COST 1 AS $libdir/learnify, automation_enabled
function | blueprint_missing_variables(jsonb) | (variables jsonb) RETURNS TABLE(module_number integer, concept_slug text, missing text[]) LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 1000 ROWS 7 MD5 962df017ca61d3c77f0894eb0342fc74
function | check_achievement_criteria() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100 SET search_path=pg_catalog, pg_temp MD5 74dfd0a6c75310f26afdb60c67b9ce61
function | check_course_can_be_generated(user_archetypes,uuid,jsonb) | (archetype user_archetypes, user_id uuid, variables jsonb) RETURNS void LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000 SET search_path=pg_catalog, pg_temp MD5 8e6a757b7a04b96788dda9f3663fd482
function | check_time_zone() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 7e6a328609a910cc8afcabe0d447ffba
function | choose_archetype(uuid,text,text,text) | (user_id uuid, meta_category text, domain text, skill_level text) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 100 SET search_path=pg_catalog, pg_temp MD5 b56957327248a265b9ab49168d0f065d
function | claim_domain_validations(integer) | (n integer DEFAULT 1) RETURNS TABLE(archetype_id uuid, user_id uuid, meta_category text, domain text, skill_level text, variables jsonb) LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100 ROWS 10 SET search_path=pg_catalog, pg_temp MD5 61c1be4701bdb13f21b182effd555868
function | course_outline(uuid,uuid) | (user_id uuid, course_id uuid) RETURNS TABLE(module_id uuid, module_number integer, title text, description text, state text, exercises integer, solved integer) LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SECURITY DEFINER COST 1000 ROWS 7 SET search_path=pg_catalog, pg_temp MD5 190668bd89012cf3c0a4ff0b68f6dff6
function | current_learner() | () RETURNS uuid LANGUAGE c STABLE PARALLEL SAFE COST 1 AS $libdir/learnify, current_learner
function | describe_schema() | () RETURNS TABLE(kind text, object text, definition text) LANGUAGE sql STABLE PARALLEL SAFE COST 100000 ROWS 700 SET search_path=pg_catalog, pg_temp SET quote_all_identifiers=off SET standard_conforming_strings=on SET bytea_output=hex SET DateStyle=ISO, MDY SET IntervalStyle=postgres SET TimeZone=UTC SET extra_float_digits=1 MD5 45c1565e88208e9bb3d30c69617d5f00
function | dummy_password_hash() | () RETURNS text LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1 AS $libdir/learnify, dummy_password_hash
function | fill_overall_score() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 41f15839cee027d336db6370298263c4
function | follow_user(uuid,uuid) | (follower uuid, followee uuid) RETURNS boolean LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 1000 SET search_path=pg_catalog, pg_temp MD5 7bc6cd32b3860a93d4c15600c9151e5e
function | follower_count(uuid) | (user_id uuid) RETURNS bigint LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SECURITY DEFINER COST 1000 SET search_path=pg_catalog, pg_temp MD5 d5bb7cdf371b132f4622d31d5ebad99b
function | followers(uuid,integer,timestamp with time zone,uuid) | (user_id uuid, page_size integer DEFAULT 50, before_at timestamp with time zone DEFAULT NULL::timestamp with time zone, before_id uuid DEFAULT NULL::uuid) RETURNS TABLE(follower_id uuid, name text, avatar_url text, since timestamp with time zone, relationship_id uuid) LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER COST 1000 ROWS 50 SET search_path=pg_catalog, pg_temp SET enable_bitmapscan=off MD5 e884bb6f8ec9356a26c82ccd5c58f789
function | following(uuid,integer,timestamp with time zone,uuid) | (user_id uuid, page_size integer DEFAULT 50, before_at timestamp with time zone DEFAULT NULL::timestamp with time zone, before_id uuid DEFAULT NULL::uuid) RETURNS TABLE(following_id uuid, name text, avatar_url text, since timestamp with time zone, relationship_id uuid) LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER COST 1000 ROWS 50 SET search_path=pg_catalog, pg_temp SET enable_bitmapscan=off MD5 90755e0b05815a1d67761831735bb25c
function | following_count(uuid) | (user_id uuid) RETURNS bigint LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SECURITY DEFINER COST 1000 SET search_path=pg_catalog, pg_temp MD5 c22f92c1c088b75d9fc64bce6d3c1a6c
function | generate_course(uuid,jsonb) | (user_id uuid, variables jsonb DEFAULT '{}'::jsonb) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 10000 SET search_path=pg_catalog, pg_temp MD5 7a0568c17eb07accda61103b4940a477
function | get_variables(uuid) | (user_id uuid) RETURNS jsonb LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100 MD5 14c7772dcdf433bf2656704bce3b0614
function | hash_password(text) | (password text) RETURNS text LANGUAGE c VOLATILE STRICT PARALLEL SAFE COST 1e+06 AS $libdir/learnify, hash_password
function | inject_variables(jsonb,jsonb,text) | (template jsonb, variables jsonb, missing text DEFAULT 'error'::text) RETURNS jsonb LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50 AS $libdir/learnify, inject_variables_jsonb
function | inject_variables(text,jsonb,text) | (template text, variables jsonb, missing text DEFAULT 'error'::text) RETURNS text LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS $libdir/learnify, inject_variables_text
function | is_time_zone_name(text) | (name text) RETURNS boolean LANGUAGE c STABLE STRICT PARALLEL SAFE COST 10 AS $libdir/learnify, is_time_zone_name
function | learner_metric(uuid,text) | (user_id uuid, metric text) RETURNS numeric LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1000 AS $libdir/learnify, learner_metric
function | living_resume(uuid,uuid) | (user_id uuid, viewer_id uuid) RETURNS jsonb LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER COST 10000 SET search_path=pg_catalog, pg_temp MD5 3a0520b7b128cac1294a4cfcfdb3d653
function | lock_learner(uuid) | (user_id uuid) RETURNS boolean LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 145ba6d365987d73a870858a36f071e9
function | missing_variables(uuid) | (user_id uuid) RETURNS TABLE(module_number integer, concept_slug text, missing text[]) LANGUAGE sql STABLE STRICT PARALLEL SAFE SECURITY DEFINER COST 1000 ROWS 7 SET search_path=pg_catalog, pg_temp MD5 d666fda5caa87c4de286bd9ab80f5323
function | module_state(uuid,uuid) | (user_id uuid, module_id uuid) RETURNS TABLE(exercises integer, solved integer, completed boolean) LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100 ROWS 1 AS $libdir/learnify, module_state
function | module_states(uuid,uuid) | (user_id uuid, course_id uuid) RETURNS TABLE(module_id uuid, module_number integer, exercises integer, solved integer, completed boolean) LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100 ROWS 7 AS $libdir/learnify, module_states
function | prepare_review() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100 SET search_path=pg_catalog, pg_temp MD5 09764bd469c66213f8cfb7bebf52404c
function | prepare_submission() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100 SET search_path=pg_catalog, pg_temp SET plan_cache_mode=force_generic_plan MD5 9bb6d460813a9cad728492eb250caf1e
function | record_domain_validation(uuid,jsonb) | (archetype_id uuid, verdict jsonb) RETURNS void LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100 SET search_path=pg_catalog, pg_temp MD5 f0356019ff3452febc246e83e8cae888
function | record_review(uuid,integer,integer,integer,integer,jsonb) | (submission_id uuid, code_sense integer, efficiency integer, edge_cases integer, taste integer, feedback jsonb DEFAULT '{}'::jsonb) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 1000 SET search_path=pg_catalog, pg_temp MD5 dd1099092f8c724abe5d876dd1788155
function | refuse_seed_deletion() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 0ad322841456bbe8f697a309a0b5ab57
function | register_user(text,text,text,text) | (email text, password text, name text, time_zone text DEFAULT 'UTC'::text) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100000 SET search_path=pg_catalog, pg_temp MD5 b84c40a27a8b43438a4ebe90cf36e001
function | release_edited_seed() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 efd0721dc9e87c2e6a66e0b4d0f2f044
function | replace_seed_achievement() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100 SET search_path=pg_catalog, pg_temp MD5 c9c93b5fecaf372c0be90e58d4ef142a
function | replace_seed_blueprint_module() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100 SET search_path=pg_catalog, pg_temp MD5 97debc49cdc634286d4db390d4172a80
function | request_domain_validation(uuid) | (archetype_id uuid) RETURNS void LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100 SET search_path=pg_catalog, pg_temp MD5 d34411f488da5d1d8efb28efa4e7e3cc
function | require_acting_user(uuid) | (user_id uuid) RETURNS void LANGUAGE c STABLE PARALLEL SAFE COST 1 AS $libdir/learnify, require_acting_user
function | require_open_course(uuid) | (course_id uuid) RETURNS void LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 90c3f79f500705e335cf421163cc5dd7
function | require_page(uuid,integer,timestamp with time zone,uuid) | (user_id uuid, page_size integer, before_at timestamp with time zone, before_id uuid) RETURNS void LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1 AS $libdir/learnify, require_page
function | require_user(uuid) | (user_id uuid) RETURNS void LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 e3fe984a739a15db0dbca011371c2857
function | schema_fingerprint() | () RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1
function | set_variables(uuid,jsonb) | (user_id uuid, variables jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 100 SET search_path=pg_catalog, pg_temp MD5 64cb1b09630dce884742f4a12f1661ee
function | start_course(uuid,uuid) | (user_id uuid, course_id uuid) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 1000 SET search_path=pg_catalog, pg_temp MD5 e64abf0cf5610a3ab30b442b2d5383b0
function | streak_days(uuid,timestamp with time zone) | (user_id uuid, as_of timestamp with time zone DEFAULT now()) RETURNS integer LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1000 AS $libdir/learnify, streak_days
function | submit_exercise(uuid,uuid,text,text,jsonb,integer,integer) | (user_id uuid, exercise_id uuid, code text, language text, test_results jsonb, hints_used integer DEFAULT 0, minutes integer DEFAULT 0) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 1000 SET search_path=pg_catalog, pg_temp MD5 c1f890ed3696a453e21bd5559d95c224
function | template_variables(jsonb,boolean) | (template jsonb, without_default boolean DEFAULT false) RETURNS text[] LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50 AS $libdir/learnify, template_variables_jsonb
function | template_variables(text,boolean) | (template text, without_default boolean DEFAULT false) RETURNS text[] LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS $libdir/learnify, template_variables_text
function | test_case_passed(jsonb) | (result jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10 MD5 3d01992cfbbb034c75beda505df9e26f
function | touch_updated_at() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 92b6cd4dc622b0a778614343a208a08b
function | trending_velocity_accum(bigint[],timestamp with time zone,timestamp with time zone) | (state bigint[], started_at timestamp with time zone, as_of timestamp with time zone) RETURNS bigint[] LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS $libdir/learnify, trending_velocity_accum
function | trending_velocity_combine(bigint[],bigint[]) | (state bigint[], other bigint[]) RETURNS bigint[] LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS $libdir/learnify, trending_velocity_combine
function | trending_velocity_final(bigint[]) | (state bigint[]) RETURNS double precision LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS $libdir/learnify, trending_velocity_final
function | unfollow_user(uuid,uuid) | (follower uuid, followee uuid) RETURNS boolean LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 1000 SET search_path=pg_catalog, pg_temp MD5 54fd1ef3000068484e0cc0a273a40aa3
function | user_stats(uuid) | (user_id uuid) RETURNS TABLE(modules_completed integer, courses_completed integer, exercises_solved integer, perfect_scores integer, review_average numeric, streak_days integer, hours_learned numeric, reviews_received integer) LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SECURITY DEFINER COST 10000 ROWS 1 SET search_path=pg_catalog, pg_temp MD5 4bb7ca44b0fd1807335fa2fc697ed025
function | velocity(bigint,bigint) | (recent bigint, previous bigint) RETURNS double precision LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS $libdir/learnify, velocity
function | velocity_label(double precision) | (velocity double precision) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1 MD5 882f2e5a6a01dc28fc498a3e6c429206
function | velocity_lower_bound(bigint,bigint,double precision,double precision) | (recent bigint, previous bigint, site_ratio double precision, exposure double precision DEFAULT 24) RETURNS double precision LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50 AS $libdir/learnify, velocity_lower_bound
function | verify_password(text,text) | (password text, hash text) RETURNS boolean LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1e+06 AS $libdir/learnify, verify_password
function | verify_schema() | () RETURNS TABLE(drift text, kind text, object text, expected text, found text) LANGUAGE sql STABLE PARALLEL SAFE COST 100000 ROWS 10 MD5 d07451762c73f5759c29edd0a31b339a
function | visible_to(uuid,uuid) | (user_id uuid, viewer_id uuid) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE COST 100 MD5 b4f8b230d391f4fa5f7dc67eb1ac8d7f
index | achievements.achievements_name_key | CREATE UNIQUE INDEX achievements_name_key ON achievements USING btree (name)
index | achievements.achievements_pkey | CREATE UNIQUE INDEX achievements_pkey ON achievements USING btree (id)
index | achievements.achievements_slug_key | CREATE UNIQUE INDEX achievements_slug_key ON achievements USING btree (slug)
index | activity_feed.activity_feed_created_at_id_idx | CREATE INDEX activity_feed_created_at_id_idx ON activity_feed USING btree (created_at, id) INCLUDE (user_id)
index | activity_feed.activity_feed_pkey | CREATE UNIQUE INDEX activity_feed_pkey ON activity_feed USING btree (id)
index | activity_feed.activity_feed_user_id_created_at_id_idx | CREATE INDEX activity_feed_user_id_created_at_id_idx ON activity_feed USING btree (user_id, created_at, id)
index | architecture_reviews.architecture_reviews_module_id_idx | CREATE INDEX architecture_reviews_module_id_idx ON architecture_reviews USING btree (module_id)
index | architecture_reviews.architecture_reviews_pkey | CREATE UNIQUE INDEX architecture_reviews_pkey ON architecture_reviews USING btree (id)
index | architecture_reviews.architecture_reviews_submission_id_idx | CREATE INDEX architecture_reviews_submission_id_idx ON architecture_reviews USING btree (submission_id)
index | architecture_reviews.architecture_reviews_user_id_module_id_idx | CREATE INDEX architecture_reviews_user_id_module_id_idx ON architecture_reviews USING btree (user_id, module_id)
index | blueprint_modules.blueprint_modules_concept_slug_key | CREATE UNIQUE INDEX blueprint_modules_concept_slug_key ON blueprint_modules USING btree (concept_slug)
index | blueprint_modules.blueprint_modules_module_number_key | CREATE UNIQUE INDEX blueprint_modules_module_number_key ON blueprint_modules USING btree (module_number)
index | blueprint_modules.blueprint_modules_pkey | CREATE UNIQUE INDEX blueprint_modules_pkey ON blueprint_modules USING btree (id)
index | course_tags.course_tags_course_id_tag_key | CREATE UNIQUE INDEX course_tags_course_id_tag_key ON course_tags USING btree (course_id, tag)
index | course_tags.course_tags_pkey | CREATE UNIQUE INDEX course_tags_pkey ON course_tags USING btree (id)
index | course_tags.course_tags_tag_idx | CREATE INDEX course_tags_tag_idx ON course_tags USING btree (tag)
index | exercises.exercises_module_id_exercise_number_key | CREATE UNIQUE INDEX exercises_module_id_exercise_number_key ON exercises USING btree (module_id, exercise_number)
index | exercises.exercises_pkey | CREATE UNIQUE INDEX exercises_pkey ON exercises USING btree (id)
index | generated_courses.generated_courses_archetype_id_idx | CREATE INDEX generated_courses_archetype_id_idx ON generated_courses USING btree (archetype_id)
index | generated_courses.generated_courses_learner_count_idx | CREATE INDEX generated_courses_learner_count_idx ON generated_courses USING btree (learner_count, created_at) WHERE (status <> 'archived'::text)
index | generated_courses.generated_courses_meta_category_learner_count_idx | CREATE INDEX generated_courses_meta_category_learner_count_idx ON generated_courses USING btree (meta_category, learner_count, created_at) WHERE (status <> 'archived'::text)
index | generated_courses.generated_courses_pkey | CREATE UNIQUE INDEX generated_courses_pkey ON generated_courses USING btree (id)
index | generated_courses.generated_courses_user_id_idx | CREATE INDEX generated_courses_user_id_idx ON generated_courses USING btree (user_id)
index | generated_modules.generated_modules_blueprint_module_id_idx | CREATE INDEX generated_modules_blueprint_module_id_idx ON generated_modules USING btree (blueprint_module_id)
index | generated_modules.generated_modules_course_id_module_number_key | CREATE UNIQUE INDEX generated_modules_course_id_module_number_key ON generated_modules USING btree (course_id, module_number)
index | generated_modules.generated_modules_pkey | CREATE UNIQUE INDEX generated_modules_pkey ON generated_modules USING btree (id)
index | module_completions.module_completions_exercise_id_idx | CREATE INDEX module_completions_exercise_id_idx ON module_completions USING btree (exercise_id)
index | module_completions.module_completions_module_id_idx | CREATE INDEX module_completions_module_id_idx ON module_completions USING btree (module_id)
index | module_completions.module_completions_pkey | CREATE UNIQUE INDEX module_completions_pkey ON module_completions USING btree (id)
index | module_completions.module_completions_user_id_module_id_exercise_id_idx | CREATE INDEX module_completions_user_id_module_id_exercise_id_idx ON module_completions USING btree (user_id, module_id, exercise_id) INCLUDE (passed)
index | module_completions.module_completions_user_id_submitted_at_idx | CREATE INDEX module_completions_user_id_submitted_at_idx ON module_completions USING btree (user_id, submitted_at)
index | recommendations.recommendations_course_id_idx | CREATE INDEX recommendations_course_id_idx ON recommendations USING btree (course_id)
index | recommendations.recommendations_pkey | CREATE UNIQUE INDEX recommendations_pkey ON recommendations USING btree (id)
index | recommendations.recommendations_user_id_course_id_recommendation_type_key | CREATE UNIQUE INDEX recommendations_user_id_course_id_recommendation_type_key ON recommendations USING btree (user_id, course_id, recommendation_type)
index | schema_migrations.schema_migrations_pkey | CREATE UNIQUE INDEX schema_migrations_pkey ON schema_migrations USING btree (id)
index | schema_migrations.schema_migrations_version_key | CREATE UNIQUE INDEX schema_migrations_version_key ON schema_migrations USING btree (version)
index | trending_courses.trending_courses_course_id_key | CREATE UNIQUE INDEX trending_courses_course_id_key ON trending_courses USING btree (course_id)
index | trending_courses.trending_courses_meta_category_rank_idx | CREATE INDEX trending_courses_meta_category_rank_idx ON trending_courses USING btree (meta_category, rank)
index | trending_courses.trending_courses_pkey | CREATE UNIQUE INDEX trending_courses_pkey ON trending_courses USING btree (id)
index | trending_courses.trending_courses_rank_idx | CREATE INDEX trending_courses_rank_idx ON trending_courses USING btree (rank)
index | user_achievements.user_achievements_achievement_id_idx | CREATE INDEX user_achievements_achievement_id_idx ON user_achievements USING btree (achievement_id)
index | user_achievements.user_achievements_pkey | CREATE UNIQUE INDEX user_achievements_pkey ON user_achievements USING btree (id)
index | user_achievements.user_achievements_user_id_achievement_id_key | CREATE UNIQUE INDEX user_achievements_user_id_achievement_id_key ON user_achievements USING btree (user_id, achievement_id)
index | user_archetypes.user_archetypes_pending_idx | CREATE INDEX user_archetypes_pending_idx ON user_archetypes USING btree (updated_at) WHERE (validation_status = 'pending'::text)
index | user_archetypes.user_archetypes_pkey | CREATE UNIQUE INDEX user_archetypes_pkey ON user_archetypes USING btree (id)
index | user_archetypes.user_archetypes_user_id_key | CREATE UNIQUE INDEX user_archetypes_user_id_key ON user_archetypes USING btree (user_id)
index | user_course_interactions.user_course_interactions_course_id_idx | CREATE INDEX user_course_interactions_course_id_idx ON user_course_interactions USING btree (course_id)
index | user_course_interactions.user_course_interactions_pkey | CREATE UNIQUE INDEX user_course_interactions_pkey ON user_course_interactions USING btree (id)
index | user_course_interactions.user_course_interactions_user_id_course_id_interaction_type_idx | CREATE INDEX user_course_interactions_user_id_course_id_interaction_type_idx ON user_course_interactions USING btree (user_id, course_id, interaction_type) INCLUDE (interaction_value)
index | user_progress.user_progress_course_id_idx | CREATE INDEX user_progress_course_id_idx ON user_progress USING btree (course_id)
index | user_progress.user_progress_current_module_id_idx | CREATE INDEX user_progress_current_module_id_idx ON user_progress USING btree (current_module_id)
index | user_progress.user_progress_pkey | CREATE UNIQUE INDEX user_progress_pkey ON user_progress USING btree (id)
index | user_progress.user_progress_started_at_idx | CREATE INDEX user_progress_started_at_idx ON user_progress USING btree (started_at) INCLUDE (course_id)
index | user_progress.user_progress_user_id_course_id_key | CREATE UNIQUE INDEX user_progress_user_id_course_id_key ON user_progress USING btree (user_id, course_id)
index | user_relationships.user_relationships_follower_id_created_at_id_idx | CREATE INDEX user_relationships_follower_id_created_at_id_idx ON user_relationships USING btree (follower_id, created_at, id)
index | user_relationships.user_relationships_follower_id_following_id_key | CREATE UNIQUE INDEX user_relationships_follower_id_following_id_key ON user_relationships USING btree (follower_id, following_id)
index | user_relationships.user_relationships_following_id_created_at_id_idx | CREATE INDEX user_relationships_following_id_created_at_id_idx ON user_relationships USING btree (following_id, created_at, id)
index | user_relationships.user_relationships_pkey | CREATE UNIQUE INDEX user_relationships_pkey ON user_relationships USING btree (id)
index | user_variables.user_variables_archetype_id_idx | CREATE INDEX user_variables_archetype_id_idx ON user_variables USING btree (archetype_id)
index | user_variables.user_variables_pkey | CREATE UNIQUE INDEX user_variables_pkey ON user_variables USING btree (id)
index | user_variables.user_variables_user_id_variable_key_key | CREATE UNIQUE INDEX user_variables_user_id_variable_key_key ON user_variables USING btree (user_id, variable_key)
index | users.users_email_key | CREATE UNIQUE INDEX users_email_key ON users USING btree (email)
index | users.users_email_lower_key | CREATE UNIQUE INDEX users_email_lower_key ON users USING btree (lower(email))
index | users.users_pkey | CREATE UNIQUE INDEX users_pkey ON users USING btree (id)
table | achievements | permanent
table | activity_feed | permanent
table | architecture_reviews | permanent
table | blueprint_modules | permanent
table | course_tags | permanent
table | exercises | permanent
table | generated_courses | permanent
table | generated_modules | permanent
table | module_completions | permanent
table | recommendations | permanent
table | schema_migrations | permanent
table | trending_courses | permanent
table | user_achievements | permanent
table | user_archetypes | permanent
table | user_course_interactions | permanent
table | user_progress | permanent
table | user_relationships | permanent
table | user_variables | permanent
table | users | permanent
trigger | achievements.achievements_check_criteria | CREATE TRIGGER achievements_check_criteria BEFORE INSERT OR UPDATE OF criteria ON achievements FOR EACH ROW EXECUTE FUNCTION check_achievement_criteria()
trigger | achievements.achievements_refuse_seed_deletion | CREATE TRIGGER achievements_refuse_seed_deletion BEFORE DELETE ON achievements FOR EACH ROW WHEN (((pg_trigger_depth() = 0) AND (((old.id >= '6c656172-6e69-8679-8000-000000000101'::uuid) AND (old.id <= '6c656172-6e69-8679-8000-000000000110'::uuid)) OR (old.name = ANY (ARRAY['First Module'::text, 'First Course'::text, 'Flawless'::text, 'Ten Solved'::text, 'Fifty Solved'::text, 'Hundred Solved'::text, 'Seven in a Row'::text, 'Three Courses'::text, 'Reviewers'' Choice'::text, 'Hundred Hours'::text])) OR (old.slug = ANY (ARRAY['first-module'::text, 'first-course'::text, 'perfect-score'::text, 'ten-exercises'::text, 'fifty-exercises'::text, 'hundred-exercises'::text, 'seven-day-streak'::text, 'three-courses'::text, 'reviewers-choice'::text, 'hundred-hours'::text]))))) EXECUTE FUNCTION refuse_seed_deletion()
trigger | achievements.achievements_release_edited_seed | CREATE TRIGGER achievements_release_edited_seed BEFORE UPDATE ON achievements FOR EACH ROW WHEN (((old.builtin OR new.builtin) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION release_edited_seed()
trigger | achievements.achievements_release_inserted_seed | CREATE TRIGGER achievements_release_inserted_seed BEFORE INSERT ON achievements FOR EACH ROW WHEN (new.builtin) EXECUTE FUNCTION release_edited_seed()
trigger | achievements.achievements_replace_seed | CREATE TRIGGER achievements_replace_seed BEFORE INSERT ON achievements FOR EACH ROW WHEN ((NOT new.builtin)) EXECUTE FUNCTION replace_seed_achievement() ENABLED ALWAYS
trigger | architecture_reviews.architecture_reviews_fill_overall_score | CREATE TRIGGER architecture_reviews_fill_overall_score BEFORE INSERT ON architecture_reviews FOR EACH ROW WHEN ((new.overall_score IS NULL)) EXECUTE FUNCTION fill_overall_score()
trigger | architecture_reviews.architecture_reviews_prepare | CREATE TRIGGER architecture_reviews_prepare BEFORE INSERT ON architecture_reviews FOR EACH ROW WHEN ((new.broadcast_at = now())) EXECUTE FUNCTION prepare_review()
trigger | architecture_reviews.architecture_reviews_prepare_move | CREATE TRIGGER architecture_reviews_prepare_move BEFORE UPDATE ON architecture_reviews FOR EACH ROW WHEN (((new.submission_id IS NOT NULL) AND ((old.user_id IS DISTINCT FROM new.user_id) OR (old.module_id IS DISTINCT FROM new.module_id) OR (old.submission_id IS DISTINCT FROM new.submission_id)))) EXECUTE FUNCTION prepare_review()
trigger | blueprint_modules.blueprint_modules_refuse_seed_deletion | CREATE TRIGGER blueprint_modules_refuse_seed_deletion BEFORE DELETE ON blueprint_modules FOR EACH ROW WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION refuse_seed_deletion()
trigger | blueprint_modules.blueprint_modules_release_edited_seed | CREATE TRIGGER blueprint_modules_release_edited_seed BEFORE UPDATE ON blueprint_modules FOR EACH ROW WHEN (((old.builtin OR new.builtin) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION release_edited_seed()
trigger | blueprint_modules.blueprint_modules_replace_seed | CREATE TRIGGER blueprint_modules_replace_seed BEFORE INSERT ON blueprint_modules FOR EACH ROW WHEN ((NOT new.builtin)) EXECUTE FUNCTION replace_seed_blueprint_module() ENABLED ALWAYS
trigger | blueprint_modules.blueprint_modules_touch_updated_at | CREATE TRIGGER blueprint_modules_touch_updated_at BEFORE UPDATE ON blueprint_modules FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND (old.updated_at = new.updated_at))) EXECUTE FUNCTION touch_updated_at()
trigger | generated_courses.generated_courses_touch_updated_at | CREATE TRIGGER generated_courses_touch_updated_at BEFORE UPDATE OF user_id, archetype_id, title, description, meta_category, injected_variables, status ON generated_courses FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND (old.updated_at = new.updated_at))) EXECUTE FUNCTION touch_updated_at()
trigger | module_completions.module_completions_prepare | CREATE TRIGGER module_completions_prepare BEFORE INSERT ON module_completions FOR EACH ROW WHEN ((new.broadcast_at = now())) EXECUTE FUNCTION prepare_submission()
trigger | module_completions.module_completions_prepare_correction | CREATE TRIGGER module_completions_prepare_correction BEFORE UPDATE OF module_id, exercise_id, language, hints_used ON module_completions FOR EACH ROW WHEN (((new.module_id <> old.module_id) OR (new.exercise_id IS DISTINCT FROM old.exercise_id) OR (new.language <> old.language) OR (new.hints_used <> old.hints_used))) EXECUTE FUNCTION prepare_submission()
trigger | user_archetypes.user_archetypes_touch_updated_at | CREATE TRIGGER user_archetypes_touch_updated_at BEFORE UPDATE ON user_archetypes FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND (old.updated_at = new.updated_at))) EXECUTE FUNCTION touch_updated_at()
trigger | user_variables.user_variables_touch_updated_at | CREATE TRIGGER user_variables_touch_updated_at BEFORE UPDATE ON user_variables FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND (old.updated_at = new.updated_at))) EXECUTE FUNCTION touch_updated_at()
trigger | users.users_check_time_zone_insert | CREATE TRIGGER users_check_time_zone_insert BEFORE INSERT ON users FOR EACH ROW WHEN ((new.time_zone <> 'UTC'::text)) EXECUTE FUNCTION check_time_zone()
trigger | users.users_check_time_zone_update | CREATE TRIGGER users_check_time_zone_update BEFORE UPDATE ON users FOR EACH ROW WHEN (((new.time_zone <> 'UTC'::text) AND (new.time_zone <> old.time_zone))) EXECUTE FUNCTION check_time_zone()
trigger | users.users_touch_updated_at | CREATE TRIGGER users_touch_updated_at BEFORE UPDATE OF email, password_hash, name, avatar_url, time_zone, max_visibility, social_enabled ON users FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND (old.updated_at = new.updated_at))) EXECUTE FUNCTION touch_updated_at()
$fingerprint$;
INSERT INTO schema_migrations (version, description, checksum, extension_version)
VALUES ('005', 'discovery', '5736e594b5d12c99a59037cb71c8b3f16b58eea201e85e5028520876133f04cd', '0.5.0');
