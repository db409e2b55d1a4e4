-- What learners have completed. course_id and author_id have no foreign keys: a record lasts
-- when the course is deleted, and the row of the author is not to be locked for it.
CREATE TABLE learnify_internal.kept_completions (
  user_id uuid NOT NULL,
  course_id uuid NOT NULL,
  title text NOT NULL,
  author_id uuid,
  author_name text,
  started_at timestamptz NOT NULL,
  completed_at timestamptz NOT NULL,
  exercises integer NOT NULL,
  score integer,
  minutes integer NOT NULL,
  CONSTRAINT kept_completions_pkey PRIMARY KEY (user_id, course_id),
  CONSTRAINT kept_completions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX kept_completions_author_id_idx ON learnify_internal.kept_completions (author_id);

SELECT pg_extension_config_dump('learnify_internal.kept_completions', '');
