-- Internals have a schema of their own, apart from what users call. Its name does not depend on
-- the extension's schema, because C and SQL code refers to it. If a schema of that name exists
-- already, the installation is refused, because its owner could replace internals.
DO $$
BEGIN
  IF to_regnamespace('learnify_internal') IS NOT NULL THEN
    RAISE EXCEPTION 'schema "learnify_internal" already exists'
      USING ERRCODE = 'duplicate_schema',
            HINT = 'The extension makes this schema for its internals. Rename or drop the one that is there.';
  END IF;
END
$$;

CREATE SCHEMA learnify_internal;

-- verify_schema compares the catalog with this table, in which every script records what it
-- made. It is not registered for dumps, because a restore runs the script again.
CREATE TABLE learnify_internal.expected_catalog (
  kind text NOT NULL,
  object text NOT NULL,
  definition text NOT NULL,
  statement text,
  CONSTRAINT expected_catalog_pkey PRIMARY KEY (kind, object)
);
