-- The queue of requests to models has a row for each request that has not been answered. All
-- kinds of request share the queue; each kind has a column for the id of the row that it is
-- about. Clients do not read the table: they claim a request, which returns a ticket, and
-- answer with that ticket. submission_id has no foreign key, which would refuse a back end's
-- TRUNCATE of module_completions; triggers do what it would do.
CREATE TABLE learnify_internal.model_requests (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT model_requests_pkey PRIMARY KEY,
  kind text NOT NULL,
  archetype_id uuid,
  submission_id uuid,
  due_at timestamptz NOT NULL DEFAULT now(),
  ticket uuid,
  tries integer NOT NULL DEFAULT 0,
  CONSTRAINT model_requests_kind_check CHECK (kind = ANY ('{domain_validation,review}')),
  CONSTRAINT model_requests_subject_check
    CHECK ((kind = 'domain_validation') = (archetype_id IS NOT NULL) AND (kind = 'review') = (submission_id IS NOT NULL)),
  CONSTRAINT model_requests_archetype_id_key UNIQUE (archetype_id),
  CONSTRAINT model_requests_submission_id_key UNIQUE (submission_id),
  CONSTRAINT model_requests_ticket_key UNIQUE (ticket),
  CONSTRAINT model_requests_archetype_id_fkey
    FOREIGN KEY (archetype_id) REFERENCES user_archetypes (id) ON DELETE CASCADE
);

CREATE INDEX model_requests_due_idx ON learnify_internal.model_requests (kind, due_at);

SELECT pg_extension_config_dump('learnify_internal.model_requests', '');
