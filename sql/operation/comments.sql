COMMENT ON SCHEMA learnify_internal IS 'Internals of extension learnify, which makes and drops this schema; not for calling, and different in each version';

COMMENT ON TABLE schema_migrations IS 'The versions whose scripts have run in this database; written by those scripts only';
COMMENT ON COLUMN schema_migrations.id IS 'Identifier';
COMMENT ON COLUMN schema_migrations.version IS 'Number of the step, 001 to 006';
COMMENT ON COLUMN schema_migrations.description IS 'What the step brought';
COMMENT ON COLUMN schema_migrations.applied_at IS 'When the step''s script ran';
COMMENT ON COLUMN schema_migrations.checksum IS 'SHA-256, in hexadecimal, of the script above the statement that wrote this row';
COMMENT ON COLUMN schema_migrations.extension_version IS 'The version that the step led to';

COMMENT ON TABLE learnify_internal.expected_catalog IS 'The objects of the extension as its scripts made them; verify_schema compares the catalog with these';
COMMENT ON COLUMN learnify_internal.expected_catalog.kind IS 'Kind of object, such as column or function';
COMMENT ON COLUMN learnify_internal.expected_catalog.object IS 'Name of the object';
COMMENT ON COLUMN learnify_internal.expected_catalog.definition IS 'Its definition, as describe_schema returns it';
