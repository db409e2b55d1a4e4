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

COMMENT ON TABLE schema_migrations IS 'The versions whose scripts have run in this database; written by those scripts only';
COMMENT ON COLUMN schema_migrations.id IS 'Identifier';
COMMENT ON COLUMN schema_migrations.version IS 'Number of the step, 001 to 006';
COMMENT ON COLUMN schema_migrations.description IS 'What the step brought';
COMMENT ON COLUMN schema_migrations.applied_at IS 'When the step''s script ran';
COMMENT ON COLUMN schema_migrations.checksum IS 'SHA-256, in hexadecimal, of the script above the statement that wrote this row';
COMMENT ON COLUMN schema_migrations.extension_version IS 'The version that the step led to';
