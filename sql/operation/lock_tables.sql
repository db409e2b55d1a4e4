-- Rows that are locked, and never read. Advisory locks would do the same, but whoever may
-- connect can take those, and hold up everybody else.

-- One for each thing that one session at a time does. A restore gets them from the script.
CREATE TABLE learnify_internal.locks (
  purpose text CONSTRAINT locks_pkey PRIMARY KEY
);

INSERT INTO learnify_internal.locks (purpose)
VALUES ('import'), ('recommendations'), ('schedule'), ('search');

-- One for each learner who has completed a course, made when it is first locked.
CREATE TABLE learnify_internal.award_locks (
  user_id uuid CONSTRAINT award_locks_pkey PRIMARY KEY,
  CONSTRAINT award_locks_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

-- What the shard of a user has noted in a distributed database, until the same transaction writes
-- it on all nodes: no other transaction sees a row.
CREATE TABLE learnify_internal.pending_statuses (
  user_id uuid,
  module_id uuid,
  status text NOT NULL,
  unlocked_at timestamptz,
  CONSTRAINT pending_statuses_pkey PRIMARY KEY (user_id, module_id),
  CONSTRAINT pending_statuses_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE TABLE learnify_internal.pending_renewals (
  user_id uuid,
  submission_id uuid,
  renewed_id uuid NOT NULL,
  CONSTRAINT pending_renewals_pkey PRIMARY KEY (user_id, submission_id),
  CONSTRAINT pending_renewals_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
