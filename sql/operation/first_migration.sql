-- The row of the tracker itself. Teams come with a runner of numbered files whose
-- first, 000, makes this table: it asks for this row, and then does not run its own.
INSERT INTO schema_migrations (version, description, applied_at, checksum, extension_version)
SELECT '000', 'tracker', m.applied_at, m.checksum, m.extension_version
FROM schema_migrations AS m
WHERE m.version = '001';
