COMMENT ON SCHEMA learnify_internal IS 'Internal functions and tables of the extension learnify, which creates and drops this schema; not for use by others, since they differ from version to version';

COMMENT ON TABLE schema_migrations IS 'The migrations of the extension that have run in this database; only their scripts write here';
COMMENT ON COLUMN schema_migrations.id IS 'Identifier';
COMMENT ON COLUMN schema_migrations.version IS 'Number of the migration: 000 for this table, 001 for version 0.1.0 and so on';
COMMENT ON COLUMN schema_migrations.description IS 'Name of what the migration added';
COMMENT ON COLUMN schema_migrations.applied_at IS 'When the migration ran';
COMMENT ON COLUMN schema_migrations.checksum IS 'SHA-256, in hexadecimal, of the migration''s script up to the statement that wrote this row';
COMMENT ON COLUMN schema_migrations.extension_version IS 'The version of the extension that the migration led to';

COMMENT ON TABLE learnify_internal.locks IS 'Rows to lock, one for each thing that one session at a time does';
COMMENT ON COLUMN learnify_internal.locks.purpose IS 'What is done under the lock';
COMMENT ON TABLE learnify_internal.imported_rows IS 'Rows that import_legacy has written or merged into others';
COMMENT ON COLUMN learnify_internal.imported_rows.table_name IS 'The table';
COMMENT ON COLUMN learnify_internal.imported_rows.id IS 'The row, which may have been deleted since';
COMMENT ON COLUMN learnify_internal.imported_rows.source_hash IS 'Hash of what the source said of the row then';
COMMENT ON COLUMN learnify_internal.imported_rows.target_hash IS 'Hash of the row as it was written';
COMMENT ON COLUMN learnify_internal.imported_rows.merged_into IS 'The row that is kept in place of this one, which was not written; NULL where it was';
COMMENT ON TABLE learnify_internal.award_locks IS 'Rows to lock while learners are awarded achievements for completed courses';
COMMENT ON COLUMN learnify_internal.award_locks.user_id IS 'The learner';

COMMENT ON TABLE learnify_internal.pending_statuses IS 'Statuses of modules that a transaction of a distributed database has yet to write on all nodes';
COMMENT ON COLUMN learnify_internal.pending_statuses.user_id IS 'The author';
COMMENT ON COLUMN learnify_internal.pending_statuses.module_id IS 'The module';
COMMENT ON COLUMN learnify_internal.pending_statuses.status IS 'What its status becomes';
COMMENT ON COLUMN learnify_internal.pending_statuses.unlocked_at IS 'When it was unlocked; NULL where it is locked again';
COMMENT ON TABLE learnify_internal.pending_renewals IS 'Corrected submissions of which a transaction of a distributed database has yet to renew the requests for reviews on all nodes';
COMMENT ON COLUMN learnify_internal.pending_renewals.user_id IS 'The learner';
COMMENT ON COLUMN learnify_internal.pending_renewals.submission_id IS 'The submission, as the request knows it';
COMMENT ON COLUMN learnify_internal.pending_renewals.renewed_id IS 'The submission''s id after the correction';
COMMENT ON TABLE learnify_internal.expected_catalog IS 'The objects of the extension as its scripts made them, with which verify_schema compares the catalog';
COMMENT ON COLUMN learnify_internal.expected_catalog.kind IS 'Kind of object, such as column or function';
COMMENT ON COLUMN learnify_internal.expected_catalog.object IS 'Name of the object';
COMMENT ON COLUMN learnify_internal.expected_catalog.definition IS 'The object''s definition, as describe_schema returned it';
COMMENT ON COLUMN learnify_internal.expected_catalog.statement IS 'The statement that makes the object, with @ for the extension''s schema; NULL where there is none';
