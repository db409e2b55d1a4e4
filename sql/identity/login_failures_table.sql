-- How often logins have failed lately, by address, whether or not there is an account:
-- whoever has to wait must not learn from it that there is one. The address is a digest,
-- because what is typed into such a field may be anything. It is not registered for dumps:
-- a row lasts a day, and is about this database.
CREATE TABLE learnify_internal.login_failures (
  address bytea CONSTRAINT login_failures_pkey PRIMARY KEY,
  failures integer NOT NULL,
  failed_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX login_failures_failed_at_idx ON learnify_internal.login_failures (failed_at);
