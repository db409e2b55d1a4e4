-- Each submission updates a row: with room in its page, no index hears of it.
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
  broadcast_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT user_progress_user_id_course_id_key UNIQUE (user_id, course_id),
  CONSTRAINT user_progress_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT user_progress_course_id_fkey
    FOREIGN KEY (course_id) REFERENCES generated_courses (id) ON DELETE CASCADE,
  CONSTRAINT user_progress_current_module_id_fkey
    FOREIGN KEY (current_module_id) REFERENCES generated_modules (id) ON DELETE SET NULL,
  CONSTRAINT user_progress_progress_percentage_check CHECK (progress_percentage BETWEEN 0 AND 100),
  CONSTRAINT user_progress_time_spent_minutes_check CHECK (time_spent_minutes >= 0)
) WITH (fillfactor = 90);

CREATE INDEX user_progress_course_id_idx ON user_progress (course_id);
CREATE INDEX user_progress_current_module_id_idx ON user_progress (current_module_id);
-- Answers the trending window alone.
CREATE INDEX user_progress_started_at_idx ON user_progress (started_at) INCLUDE (course_id);

COMMENT ON TABLE user_progress IS 'Each learner''s enrolment in a course and how far it has come';
COMMENT ON COLUMN user_progress.id IS 'Identifier';
COMMENT ON COLUMN user_progress.user_id IS 'The learner';
COMMENT ON COLUMN user_progress.course_id IS 'The course';
COMMENT ON COLUMN user_progress.current_module_id IS 'The module that the learner works on, if any';
COMMENT ON COLUMN user_progress.progress_percentage IS 'Completed modules over modules, in percent, rounded down';
COMMENT ON COLUMN user_progress.time_spent_minutes IS 'Time spent on the course, in minutes';
COMMENT ON COLUMN user_progress.last_activity IS 'When the learner was last active in the course';
COMMENT ON COLUMN user_progress.started_at IS 'When the learner enrolled; trending counts these';
COMMENT ON COLUMN user_progress.completed_at IS 'When the course was completed, if it was';
COMMENT ON COLUMN user_progress.broadcast_at IS 'When this row was written and so considered for the feed, whether or not it was broadcast; keeps a restore from broadcasting it again';

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
  broadcast_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT module_completions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT module_completions_module_id_fkey
    FOREIGN KEY (module_id) REFERENCES generated_modules (id) ON DELETE CASCADE,
  CONSTRAINT module_completions_exercise_id_fkey
    FOREIGN KEY (exercise_id) REFERENCES exercises (id) ON DELETE SET NULL,
  CONSTRAINT module_completions_score_check CHECK (score BETWEEN 0 AND 100),
  CONSTRAINT module_completions_attempts_check CHECK (attempts >= 1),
  CONSTRAINT module_completions_hints_used_check CHECK (hints_used >= 0),
  CONSTRAINT module_completions_time_spent_minutes_check CHECK (time_spent_minutes >= 0)
);

CREATE INDEX module_completions_user_id_module_id_exercise_id_idx
  ON module_completions (user_id, module_id, exercise_id) INCLUDE (passed);
-- A learner's days, latest first.
CREATE INDEX module_completions_user_id_submitted_at_idx ON module_completions (user_id, submitted_at);
CREATE INDEX module_completions_module_id_idx ON module_completions (module_id);
CREATE INDEX module_completions_exercise_id_idx ON module_completions (exercise_id);

COMMENT ON TABLE module_completions IS 'Submissions: one row for each attempt at an exercise, appended only';
COMMENT ON COLUMN module_completions.id IS 'Identifier';
COMMENT ON COLUMN module_completions.user_id IS 'The learner';
COMMENT ON COLUMN module_completions.module_id IS 'The module';
COMMENT ON COLUMN module_completions.exercise_id IS 'The exercise, if the submission is to one';
COMMENT ON COLUMN module_completions.submitted_code IS 'What was handed in';
COMMENT ON COLUMN module_completions.language IS 'Language of the submitted code';
COMMENT ON COLUMN module_completions.test_results IS 'One result for each test case of the exercise, in order';
COMMENT ON COLUMN module_completions.passed IS 'Whether every test case passed';
COMMENT ON COLUMN module_completions.score IS '0 to 100: the share of test cases passed less the hints'' penalties';
COMMENT ON COLUMN module_completions.attempts IS 'Number of this attempt at the exercise, from 1';
COMMENT ON COLUMN module_completions.hints_used IS 'How many hints the learner opened';
COMMENT ON COLUMN module_completions.time_spent_minutes IS 'Time spent on this attempt, in minutes';
COMMENT ON COLUMN module_completions.submitted_at IS 'When it was handed in';
COMMENT ON COLUMN module_completions.broadcast_at IS 'When this row was written and so considered for the feed, whether or not it was broadcast; keeps a restore from broadcasting it again';

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
  broadcast_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT architecture_reviews_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT architecture_reviews_module_id_fkey
    FOREIGN KEY (module_id) REFERENCES generated_modules (id) ON DELETE CASCADE,
  CONSTRAINT architecture_reviews_submission_id_fkey
    FOREIGN KEY (submission_id) REFERENCES module_completions (id) ON DELETE SET NULL,
  CONSTRAINT architecture_reviews_overall_score_check CHECK (overall_score BETWEEN 0 AND 100),
  CONSTRAINT architecture_reviews_code_sense_score_check CHECK (code_sense_score BETWEEN 0 AND 100),
  CONSTRAINT architecture_reviews_efficiency_score_check CHECK (efficiency_score BETWEEN 0 AND 100),
  CONSTRAINT architecture_reviews_edge_cases_score_check CHECK (edge_cases_score BETWEEN 0 AND 100),
  CONSTRAINT architecture_reviews_taste_score_check CHECK (taste_score BETWEEN 0 AND 100)
);

CREATE INDEX architecture_reviews_user_id_module_id_idx ON architecture_reviews (user_id, module_id);
CREATE INDEX architecture_reviews_module_id_idx ON architecture_reviews (module_id);
CREATE INDEX architecture_reviews_submission_id_idx ON architecture_reviews (submission_id);

COMMENT ON TABLE architecture_reviews IS 'Reviews of how well a module''s work is built';
COMMENT ON COLUMN architecture_reviews.id IS 'Identifier';
COMMENT ON COLUMN architecture_reviews.user_id IS 'The learner whose work was reviewed';
COMMENT ON COLUMN architecture_reviews.module_id IS 'The module';
COMMENT ON COLUMN architecture_reviews.submission_id IS 'The submission that was reviewed, if one was';
COMMENT ON COLUMN architecture_reviews.overall_score IS '0 to 100; the integer mean of the other four where not given';
COMMENT ON COLUMN architecture_reviews.code_sense_score IS '0 to 100: is the code clear and well cut';
COMMENT ON COLUMN architecture_reviews.efficiency_score IS '0 to 100: does it waste nothing';
COMMENT ON COLUMN architecture_reviews.edge_cases_score IS '0 to 100: does it hold at the edges';
COMMENT ON COLUMN architecture_reviews.taste_score IS '0 to 100: would one want to work with it';
COMMENT ON COLUMN architecture_reviews.feedback IS 'The reviewer''s remarks';
COMMENT ON COLUMN architecture_reviews.reviewed_at IS 'When the review was made';
COMMENT ON COLUMN architecture_reviews.broadcast_at IS 'When this row was written and so considered for the feed, whether or not it was broadcast; keeps a restore from broadcasting it again';

SELECT pg_extension_config_dump('user_progress', '');
SELECT pg_extension_config_dump('module_completions', '');
SELECT pg_extension_config_dump('architecture_reviews', '');

CREATE FUNCTION fill_overall_score()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  NEW.overall_score :=
    (NEW.code_sense_score + NEW.efficiency_score + NEW.edge_cases_score + NEW.taste_score) / 4;
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION fill_overall_score() IS 'Row trigger: a review without an overall score gets the integer mean of its four scores';

CREATE TRIGGER architecture_reviews_fill_overall_score
BEFORE INSERT ON architecture_reviews
FOR EACH ROW WHEN (NEW.overall_score IS NULL)
EXECUTE FUNCTION fill_overall_score();
