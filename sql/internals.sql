-- What is not for calling lies in a schema of its own. The name is fixed: C and
-- SQL of the extension find it there, whatever schema the extension is in. A
-- schema of that name which is there before is somebody else's, and refused.
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

-- What verify_schema compares the catalog with. Each script records here what it
-- made, and no dump holds it: a restore runs the script again.
CREATE TABLE learnify_internal.expected_catalog (
  kind text NOT NULL,
  object text NOT NULL,
  definition text NOT NULL,
  CONSTRAINT expected_catalog_pkey PRIMARY KEY (kind, object)
);
