-- What import_legacy has written: which rows, what the source said of each then, and what was
-- written; and which row another one was merged into. So a later run can tell whether a row has
-- been changed since, and where, and leaves out what has been deleted since. It is registered for dumps, or a restore would bring back
-- people who were erased.
CREATE TABLE learnify_internal.imported_rows (
  table_name text NOT NULL,
  id uuid NOT NULL,
  source_hash bigint NOT NULL,
  target_hash bigint NOT NULL,
  merged_into uuid,
  CONSTRAINT imported_rows_pkey PRIMARY KEY (table_name, id)
);

SELECT pg_extension_config_dump('learnify_internal.imported_rows', '');
