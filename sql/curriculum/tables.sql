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

COMMENT ON TABLE blueprint_modules IS 'The modules that every course is generated from, as templates';
COMMENT ON COLUMN blueprint_modules.id IS 'Identifier; fixed for the modules that ship';
COMMENT ON COLUMN blueprint_modules.module_number IS 'Place in a course, 1 to 7';
COMMENT ON COLUMN blueprint_modules.concept_slug IS 'Stable key of the concept that the module teaches';
COMMENT ON COLUMN blueprint_modules.title_template IS 'Title, with placeholders';
COMMENT ON COLUMN blueprint_modules.description_template IS 'Description, with placeholders';
COMMENT ON COLUMN blueprint_modules.difficulty IS 'beginner, intermediate or advanced';
COMMENT ON COLUMN blueprint_modules.estimated_hours IS 'Hours that a learner needs, about';
COMMENT ON COLUMN blueprint_modules.learning_objectives IS 'Objectives: an array of strings with placeholders';
COMMENT ON COLUMN blueprint_modules.variable_schema IS 'Variables: {"required": [names], "defaults": {name: value}}';
COMMENT ON COLUMN blueprint_modules.created_at IS 'When the module was added';
COMMENT ON COLUMN blueprint_modules.updated_at IS 'When the module last changed';
COMMENT ON COLUMN blueprint_modules.content_template IS 'Lessons and exercises, with placeholders: {"lessons": [...], "exercises": [...]}';
COMMENT ON COLUMN blueprint_modules.builtin IS 'Shipped with the extension and not edited since; a dump leaves such rows out';
COMMENT ON COLUMN blueprint_modules.active IS 'False takes it out of use: new courses are generated without it';

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
  CONSTRAINT generated_courses_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT generated_courses_archetype_id_fkey
    FOREIGN KEY (archetype_id) REFERENCES user_archetypes (id) ON DELETE SET NULL,
  CONSTRAINT generated_courses_meta_category_check
    CHECK (meta_category = ANY ('{Digital,Economic,Aesthetic,Biological,Cognitive}')),
  CONSTRAINT generated_courses_status_check CHECK (status = ANY ('{active,paused,completed,archived}'))
);

CREATE INDEX generated_courses_user_id_idx ON generated_courses (user_id);
CREATE INDEX generated_courses_archetype_id_idx ON generated_courses (archetype_id);

COMMENT ON TABLE generated_courses IS 'Courses, each generated from its author''s variables; anyone may enrol';
COMMENT ON COLUMN generated_courses.id IS 'Identifier';
COMMENT ON COLUMN generated_courses.user_id IS 'The author';
COMMENT ON COLUMN generated_courses.archetype_id IS 'The archetype that it was generated for, if any';
COMMENT ON COLUMN generated_courses.title IS 'Title';
COMMENT ON COLUMN generated_courses.description IS 'Description';
COMMENT ON COLUMN generated_courses.meta_category IS 'Digital, Economic, Aesthetic, Biological or Cognitive';
COMMENT ON COLUMN generated_courses.injected_variables IS 'The variables that were injected, as they were then';
COMMENT ON COLUMN generated_courses.status IS 'active, paused, completed or archived';
COMMENT ON COLUMN generated_courses.created_at IS 'When the course was generated';
COMMENT ON COLUMN generated_courses.updated_at IS 'When the course last changed';

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
  CONSTRAINT generated_modules_course_id_module_number_key UNIQUE (course_id, module_number),
  CONSTRAINT generated_modules_course_id_fkey
    FOREIGN KEY (course_id) REFERENCES generated_courses (id) ON DELETE CASCADE,
  CONSTRAINT generated_modules_blueprint_module_id_fkey
    FOREIGN KEY (blueprint_module_id) REFERENCES blueprint_modules (id) ON UPDATE CASCADE ON DELETE SET NULL,
  CONSTRAINT generated_modules_module_number_check CHECK (module_number BETWEEN 1 AND 7),
  CONSTRAINT generated_modules_status_check CHECK (status = ANY ('{locked,active,completed}'))
);

CREATE INDEX generated_modules_blueprint_module_id_idx ON generated_modules (blueprint_module_id);

COMMENT ON TABLE generated_modules IS 'The modules of each course';
COMMENT ON COLUMN generated_modules.id IS 'Identifier';
COMMENT ON COLUMN generated_modules.course_id IS 'The course';
COMMENT ON COLUMN generated_modules.blueprint_module_id IS 'The blueprint module that it was generated from, if any';
COMMENT ON COLUMN generated_modules.module_number IS 'Place in the course, 1 to 7';
COMMENT ON COLUMN generated_modules.title IS 'Title';
COMMENT ON COLUMN generated_modules.description IS 'Description';
COMMENT ON COLUMN generated_modules.content IS 'Objectives and lessons; the exercises are rows of their own';
COMMENT ON COLUMN generated_modules.status IS 'The author''s own state: locked, active or completed; other learners'' is derived';
COMMENT ON COLUMN generated_modules.unlocked_at IS 'When it was unlocked for the author, if it was';
COMMENT ON COLUMN generated_modules.created_at IS 'When the module was generated';

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
  CONSTRAINT exercises_module_id_exercise_number_key UNIQUE (module_id, exercise_number),
  CONSTRAINT exercises_module_id_fkey
    FOREIGN KEY (module_id) REFERENCES generated_modules (id) ON DELETE CASCADE,
  CONSTRAINT exercises_language_check CHECK (language = ANY ('{python,go,java,javascript}')),
  CONSTRAINT exercises_test_cases_check CHECK (jsonb_typeof(test_cases) = 'array'),
  CONSTRAINT exercises_difficulty_check CHECK (difficulty = ANY ('{easy,medium,hard}')),
  CONSTRAINT exercises_points_check CHECK (points BETWEEN 0 AND 1000),
  CONSTRAINT exercises_hints_check CHECK (jsonb_typeof(hints) = 'array')
);

COMMENT ON TABLE exercises IS 'The exercises of each module';
COMMENT ON COLUMN exercises.id IS 'Identifier';
COMMENT ON COLUMN exercises.module_id IS 'The module';
COMMENT ON COLUMN exercises.exercise_number IS 'Place in the module, from 1';
COMMENT ON COLUMN exercises.title IS 'Title';
COMMENT ON COLUMN exercises.description IS 'The task, with the format of input and output';
COMMENT ON COLUMN exercises.language IS 'python, go, java or javascript';
COMMENT ON COLUMN exercises.starter_code IS 'What the learner begins with';
COMMENT ON COLUMN exercises.solution_code IS 'A solution that passes every test case; never shown to learners';
COMMENT ON COLUMN exercises.test_cases IS 'Test cases: [{"input": standard input, "expected_output": standard output, "is_hidden": boolean}]';
COMMENT ON COLUMN exercises.difficulty IS 'easy, medium or hard';
COMMENT ON COLUMN exercises.points IS 'What it is worth, 0 to 1000';
COMMENT ON COLUMN exercises.hints IS 'Hints, in order: [{"text": ..., "penalty_points": ...}]';
COMMENT ON COLUMN exercises.created_at IS 'When the exercise was generated';

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

COMMENT ON TABLE course_tags IS 'Words that a course is found by';
COMMENT ON COLUMN course_tags.id IS 'Identifier';
COMMENT ON COLUMN course_tags.course_id IS 'The course';
COMMENT ON COLUMN course_tags.tag IS 'The tag';
COMMENT ON COLUMN course_tags.created_at IS 'When the tag was added';

SELECT pg_extension_config_dump('blueprint_modules', 'WHERE NOT builtin');
SELECT pg_extension_config_dump('generated_courses', '');
SELECT pg_extension_config_dump('generated_modules', '');
SELECT pg_extension_config_dump('exercises', '');
SELECT pg_extension_config_dump('course_tags', '');

CREATE TRIGGER blueprint_modules_touch_updated_at
BEFORE UPDATE ON blueprint_modules
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.* AND OLD.updated_at = NEW.updated_at)
EXECUTE FUNCTION touch_updated_at();

-- Names its columns: what later versions keep with a course for recommendations
-- is no change to the course.
CREATE TRIGGER generated_courses_touch_updated_at
BEFORE UPDATE OF user_id, archetype_id, title, description, meta_category, injected_variables, status
ON generated_courses
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.* AND OLD.updated_at = NEW.updated_at)
EXECUTE FUNCTION touch_updated_at();
