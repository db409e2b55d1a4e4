-- Each submission updates a row. The fillfactor leaves room in the page for the new version, so
-- that no index has to be updated.
CREATE TABLE user_progress (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT user_progress_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  course_id uuid NOT NULL,
  current_module_id uuid,
  progress_percentage integer NOT NULL DEFAULT 0,
  time_spent_minutes integer NOT NULL DEFAULT 0,
  last_activity timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz NOT NULL DEFAULT now(),
  completed_at timestamptz,
  broadcast_at timestamptz,
  retaken_after timestamptz,
  CONSTRAINT user_progress_user_id_course_id_key UNIQUE (user_id, course_id),
  CONSTRAINT user_progress_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT user_progress_course_id_fkey
    FOREIGN KEY (course_id) REFERENCES generated_courses (id) ON DELETE CASCADE,
  CONSTRAINT user_progress_current_module_id_fkey
    FOREIGN KEY (current_module_id) REFERENCES generated_modules (id) ON DELETE SET NULL,
  CONSTRAINT user_progress_progress_percentage_check CHECK (progress_percentage BETWEEN 0 AND 100),
  CONSTRAINT user_progress_time_spent_minutes_check CHECK (time_spent_minutes >= 0),
  CONSTRAINT user_progress_broadcast_at_check CHECK (broadcast_at IS NOT NULL),
  CONSTRAINT user_progress_retaken_after_check CHECK (isfinite(retaken_after))
) WITH (fillfactor = 90);

CREATE INDEX user_progress_course_id_idx ON user_progress (course_id);
CREATE INDEX user_progress_current_module_id_idx ON user_progress (current_module_id);
CREATE INDEX user_progress_user_id_started_at_id_idx ON user_progress (user_id, started_at, id);
-- refresh_trending reads only this index to count the sign-ups.
CREATE INDEX user_progress_started_at_idx ON user_progress (started_at) INCLUDE (course_id, user_id);

CREATE TABLE module_completions (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT module_completions_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  module_id uuid NOT NULL,
  exercise_id uuid,
  submitted_code text NOT NULL DEFAULT '',
  language text NOT NULL,
  test_results jsonb NOT NULL DEFAULT '[]',
  passed boolean NOT NULL DEFAULT false,
  score integer NOT NULL DEFAULT 0,
  attempts integer NOT NULL DEFAULT 1,
  hints_used integer NOT NULL DEFAULT 0,
  time_spent_minutes integer NOT NULL DEFAULT 0,
  submitted_at timestamptz NOT NULL DEFAULT now(),
  broadcast_at timestamptz,
  submitted_on date,
  CONSTRAINT module_completions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT module_completions_module_id_fkey
    FOREIGN KEY (module_id) REFERENCES generated_modules (id) ON DELETE CASCADE,
  CONSTRAINT module_completions_exercise_id_fkey
    FOREIGN KEY (exercise_id) REFERENCES exercises (id) ON DELETE SET NULL,
  CONSTRAINT module_completions_score_check CHECK (score BETWEEN 0 AND 100),
  CONSTRAINT module_completions_attempts_check CHECK (attempts >= 1),
  CONSTRAINT module_completions_hints_used_check CHECK (hints_used >= 0),
  CONSTRAINT module_completions_time_spent_minutes_check CHECK (time_spent_minutes >= 0),
  CONSTRAINT module_completions_broadcast_at_check CHECK (broadcast_at IS NOT NULL),
  CONSTRAINT module_completions_submitted_on_check CHECK (submitted_on IS NOT NULL)
);

-- The last entries of an exercise's passed and failed attempts have their highest numbers.
CREATE INDEX module_completions_user_id_module_id_exercise_id_idx
  ON module_completions (user_id, module_id, exercise_id, passed, attempts);
-- Streaks read a learner's days from this index, the latest first.
CREATE INDEX module_completions_user_id_submitted_on_idx
  ON module_completions (user_id, submitted_on) INCLUDE (submitted_at);
CREATE INDEX module_completions_module_id_idx ON module_completions (module_id);
CREATE INDEX module_completions_exercise_id_idx ON module_completions (exercise_id);

CREATE TABLE architecture_reviews (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT architecture_reviews_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  module_id uuid NOT NULL,
  submission_id uuid,
  overall_score integer NOT NULL,
  code_sense_score integer NOT NULL,
  efficiency_score integer NOT NULL,
  edge_cases_score integer NOT NULL,
  taste_score integer NOT NULL,
  feedback jsonb NOT NULL DEFAULT '{}',
  reviewed_at timestamptz NOT NULL DEFAULT now(),
  broadcast_at timestamptz,
  CONSTRAINT architecture_reviews_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT architecture_reviews_module_id_fkey
    FOREIGN KEY (module_id) REFERENCES generated_modules (id) ON DELETE CASCADE,
  CONSTRAINT architecture_reviews_submission_id_fkey
    FOREIGN KEY (submission_id) REFERENCES module_completions (id) ON DELETE SET NULL,
  CONSTRAINT architecture_reviews_overall_score_check CHECK (overall_score BETWEEN 0 AND 100),
  CONSTRAINT architecture_reviews_code_sense_score_check CHECK (code_sense_score BETWEEN 0 AND 100),
  CONSTRAINT architecture_reviews_efficiency_score_check CHECK (efficiency_score BETWEEN 0 AND 100),
  CONSTRAINT architecture_reviews_edge_cases_score_check CHECK (edge_cases_score BETWEEN 0 AND 100),
  CONSTRAINT architecture_reviews_taste_score_check CHECK (taste_score BETWEEN 0 AND 100),
  CONSTRAINT architecture_reviews_broadcast_at_check CHECK (broadcast_at IS NOT NULL)
);

CREATE INDEX architecture_reviews_user_id_module_id_idx ON architecture_reviews (user_id, module_id);
CREATE INDEX architecture_reviews_module_id_idx ON architecture_reviews (module_id);
CREATE INDEX architecture_reviews_submission_id_idx ON architecture_reviews (submission_id);

SELECT pg_extension_config_dump('user_progress', '');
SELECT pg_extension_config_dump('module_completions', '');
SELECT pg_extension_config_dump('architecture_reviews', '');
