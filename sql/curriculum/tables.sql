CREATE TABLE blueprint_modules (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT blueprint_modules_pkey PRIMARY KEY,
  module_number integer NOT NULL,
  concept_slug text NOT NULL,
  title_template text NOT NULL,
  description_template text NOT NULL,
  difficulty text NOT NULL,
  estimated_hours integer NOT NULL,
  learning_objectives jsonb NOT NULL DEFAULT '[]',
  variable_schema jsonb NOT NULL DEFAULT '{"required": [], "defaults": {}}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  content_template jsonb NOT NULL DEFAULT '{}',
  builtin boolean NOT NULL DEFAULT false,
  active boolean NOT NULL DEFAULT true,
  CONSTRAINT blueprint_modules_module_number_key UNIQUE (module_number),
  CONSTRAINT blueprint_modules_concept_slug_key UNIQUE (concept_slug),
  CONSTRAINT blueprint_modules_module_number_check CHECK (module_number BETWEEN 1 AND 7),
  CONSTRAINT blueprint_modules_difficulty_check CHECK (difficulty = ANY ('{beginner,intermediate,advanced}')),
  CONSTRAINT blueprint_modules_estimated_hours_check CHECK (estimated_hours > 0),
  CONSTRAINT blueprint_modules_learning_objectives_check CHECK (jsonb_typeof(learning_objectives) = 'array'),
  CONSTRAINT blueprint_modules_variable_schema_check
    CHECK (jsonb_typeof(variable_schema) = 'object'
           AND coalesce(jsonb_typeof(variable_schema -> 'required'), 'array') = 'array'
           AND coalesce(jsonb_typeof(variable_schema -> 'defaults'), 'object') = 'object'),
  CONSTRAINT blueprint_modules_content_template_check
    CHECK (jsonb_typeof(content_template) = 'object'
           AND coalesce(jsonb_typeof(content_template -> 'lessons'), 'array') = 'array'
           AND coalesce(jsonb_typeof(content_template -> 'exercises'), 'array') = 'array')
);

-- The columns from similar_course_ids to next_tags hold the fitted recommendation model, so that
-- the recommendations of one learner can be refreshed without fitting it again.
CREATE TABLE generated_courses (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT generated_courses_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  archetype_id uuid,
  title text NOT NULL,
  description text NOT NULL DEFAULT '',
  meta_category text NOT NULL,
  injected_variables jsonb NOT NULL DEFAULT '{}',
  status text NOT NULL DEFAULT 'active',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  similar_course_ids uuid[] NOT NULL DEFAULT '{}',
  similar_course_weights real[] NOT NULL DEFAULT '{}',
  similarity_intercept real NOT NULL DEFAULT 0,
  learner_count integer NOT NULL DEFAULT 0,
  next_tags jsonb NOT NULL DEFAULT '[]',
  rendered jsonb,
  CONSTRAINT generated_courses_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT generated_courses_archetype_id_fkey
    FOREIGN KEY (archetype_id) REFERENCES user_archetypes (id) ON DELETE SET NULL,
  CONSTRAINT generated_courses_meta_category_check
    CHECK (meta_category = ANY ('{Digital,Economic,Aesthetic,Biological,Cognitive}')),
  CONSTRAINT generated_courses_status_check CHECK (status = ANY ('{active,paused,completed,archived}'))
);

CREATE INDEX generated_courses_user_id_created_at_id_idx ON generated_courses (user_id, created_at, id);
CREATE INDEX generated_courses_archetype_id_idx ON generated_courses (archetype_id);
-- These serve the most popular courses of a category and of all, which newcomers are shown.
CREATE INDEX generated_courses_meta_category_learner_count_idx
  ON generated_courses (meta_category, learner_count, created_at)
  WHERE status <> 'archived';
CREATE INDEX generated_courses_learner_count_idx
  ON generated_courses (learner_count, created_at)
  WHERE status <> 'archived';

CREATE TABLE generated_modules (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT generated_modules_pkey PRIMARY KEY,
  course_id uuid NOT NULL,
  blueprint_module_id uuid,
  module_number integer NOT NULL,
  title text NOT NULL,
  description text NOT NULL DEFAULT '',
  content jsonb NOT NULL DEFAULT '{}',
  status text NOT NULL DEFAULT 'locked',
  unlocked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  rendered jsonb,
  retired boolean NOT NULL DEFAULT false,
  CONSTRAINT generated_modules_course_id_module_number_key UNIQUE (course_id, module_number),
  CONSTRAINT generated_modules_course_id_fkey
    FOREIGN KEY (course_id) REFERENCES generated_courses (id) ON DELETE CASCADE,
  CONSTRAINT generated_modules_blueprint_module_id_fkey
    FOREIGN KEY (blueprint_module_id) REFERENCES blueprint_modules (id) ON UPDATE CASCADE ON DELETE SET NULL,
  CONSTRAINT generated_modules_module_number_check CHECK (module_number BETWEEN 1 AND 7),
  CONSTRAINT generated_modules_status_check CHECK (status = ANY ('{locked,active,completed}'))
);

CREATE INDEX generated_modules_blueprint_module_id_idx ON generated_modules (blueprint_module_id);

CREATE TABLE exercises (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT exercises_pkey PRIMARY KEY,
  module_id uuid NOT NULL,
  exercise_number integer NOT NULL,
  title text NOT NULL,
  description text NOT NULL DEFAULT '',
  language text NOT NULL,
  starter_code text NOT NULL DEFAULT '',
  solution_code text NOT NULL DEFAULT '',
  test_cases jsonb NOT NULL DEFAULT '[]',
  difficulty text NOT NULL,
  points integer NOT NULL DEFAULT 100,
  hints jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL DEFAULT now(),
  rendered jsonb,
  retired boolean NOT NULL DEFAULT false,
  CONSTRAINT exercises_module_id_exercise_number_key UNIQUE (module_id, exercise_number),
  CONSTRAINT exercises_module_id_fkey
    FOREIGN KEY (module_id) REFERENCES generated_modules (id) ON DELETE CASCADE,
  CONSTRAINT exercises_language_check CHECK (language = ANY ('{python,go,java,javascript}')),
  CONSTRAINT exercises_test_cases_check CHECK (jsonb_typeof(test_cases) = 'array'),
  CONSTRAINT exercises_difficulty_check CHECK (difficulty = ANY ('{easy,medium,hard}')),
  CONSTRAINT exercises_points_check CHECK (points BETWEEN 0 AND 1000),
  CONSTRAINT exercises_hints_check CHECK (jsonb_typeof(hints) = 'array')
);

CREATE TABLE course_tags (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT course_tags_pkey PRIMARY KEY,
  course_id uuid NOT NULL,
  tag text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT course_tags_course_id_tag_key UNIQUE (course_id, tag),
  CONSTRAINT course_tags_course_id_fkey
    FOREIGN KEY (course_id) REFERENCES generated_courses (id) ON DELETE CASCADE
);

CREATE INDEX course_tags_tag_idx ON course_tags (tag);

SELECT pg_extension_config_dump('blueprint_modules', 'WHERE NOT builtin');
SELECT pg_extension_config_dump('generated_courses', '');
SELECT pg_extension_config_dump('generated_modules', '');
SELECT pg_extension_config_dump('exercises', '');
SELECT pg_extension_config_dump('course_tags', '');
