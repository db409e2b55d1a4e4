-- A team may bring a runner of numbered migrations, whose first file, 000, creates a table
-- of this name. The runner looks for this row before it runs a file; finding it, it does
-- not run its 000 against the extension's table.
INSERT INTO schema_migrations (version, description, applied_at, checksum, extension_version)
SELECT '000', 'tracker', m.applied_at, m.checksum, m.extension_version
FROM schema_migrations AS m
WHERE m.version = '001';
