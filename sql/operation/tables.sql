-- The tracker: one row for each version whose script has run here. It is not
-- registered for dumps, since it says what this database's own scripts did.
CREATE TABLE schema_migrations (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT schema_migrations_pkey PRIMARY KEY,
  version text NOT NULL,
  description text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now(),
  checksum text NOT NULL,
  extension_version text NOT NULL,
  CONSTRAINT schema_migrations_version_key UNIQUE (version),
  CONSTRAINT schema_migrations_checksum_check CHECK (checksum ~ '^[0-9a-f]{64}$')
);
