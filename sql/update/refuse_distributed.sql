-- A table of which Citus keeps shards cannot be altered by a script that each node runs: the shards
-- would be altered twice, or not at all.
DO $$
DECLARE
  is_distributed boolean := false;
BEGIN
  IF to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL THEN
    EXECUTE
      'SELECT EXISTS (SELECT
                      FROM pg_catalog.pg_dist_partition AS p
                      JOIN pg_catalog.pg_depend AS d ON d.classid = ''pg_catalog.pg_class''::pg_catalog.regclass AND d.objid = p.logicalrelid
                      JOIN pg_catalog.pg_extension AS e ON d.refclassid = ''pg_catalog.pg_extension''::pg_catalog.regclass AND e.oid = d.refobjid
                      WHERE e.extname = ''learnify'')'
      INTO is_distributed;
  END IF;
  IF is_distributed THEN
    RAISE EXCEPTION 'learnify cannot be updated while its tables are distributed'
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Dump the coordinator, restore into databases with the other version, and distribute again, as doc/distributed.md says.';
  END IF;
END
$$;
