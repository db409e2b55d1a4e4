-- The tracker of migrations: one row for each version whose script has run in this database.
-- It is not registered for dumps, because the scripts that a restore runs write their own.
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
