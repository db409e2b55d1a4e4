-- A subscriber of logical replication has the extension created, and so has rows before
-- the publisher's arrive: the shipped ones, those that describe its own catalog, and those
-- that are only locked. Its workers act as sessions whose session_replication_role is
-- replica, and fire only triggers that are enabled for it. A parallel restore has that
-- role, too, but a row that it restores must not replace another. So these triggers are
-- enabled ALWAYS, and act in a worker only.
CREATE OR REPLACE FUNCTION learnify_internal.is_replication_worker()
RETURNS boolean
LANGUAGE c
STABLE PARALLEL RESTRICTED COST 1
AS 'MODULE_PATHNAME', 'is_replication_worker';

COMMENT ON FUNCTION learnify_internal.is_replication_worker() IS 'Returns whether this process is a worker that applies the changes of a publisher of logical replication';

-- The publisher's row replaces all those that have one of its keys. Its rows cannot
-- replace each other, because their keys are unique there.
CREATE OR REPLACE FUNCTION learnify_internal.replace_by_replicated_row()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF learnify_internal.is_replication_worker() THEN
    IF starts_with(TG_TABLE_NAME, 'achievements') THEN
      DELETE FROM @extschema@.achievements AS a
      WHERE a.id = NEW.id OR a.name = NEW.name OR a.slug = NEW.slug;
    ELSE
      DELETE FROM @extschema@.blueprint_modules AS b
      WHERE b.id = NEW.id OR b.module_number = NEW.module_number OR b.concept_slug = NEW.concept_slug;
    END IF;
  END IF;
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION learnify_internal.replace_by_replicated_row() IS 'Row trigger: lets a row that a publisher of logical replication sends replace those of the subscriber that have one of its keys';

CREATE OR REPLACE TRIGGER "0_replace_by_replicated_row"
BEFORE INSERT ON blueprint_modules
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.replace_by_replicated_row();

CREATE OR REPLACE TRIGGER "0_replace_by_replicated_row"
BEFORE INSERT ON achievements
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.replace_by_replicated_row();

ALTER TABLE blueprint_modules ENABLE ALWAYS TRIGGER "0_replace_by_replicated_row";
ALTER TABLE achievements ENABLE ALWAYS TRIGGER "0_replace_by_replicated_row";

CREATE OR REPLACE FUNCTION learnify_internal.skip_replicated_row()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF learnify_internal.is_replication_worker() THEN
    RETURN NULL;
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;

COMMENT ON FUNCTION learnify_internal.skip_replicated_row() IS 'Row trigger: keeps out what a publisher of logical replication sends of rows that each server has of its own';

CREATE OR REPLACE TRIGGER skip_replicated_row
BEFORE INSERT OR UPDATE OR DELETE ON schema_migrations
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.skip_replicated_row();

CREATE OR REPLACE TRIGGER skip_replicated_row
BEFORE INSERT OR UPDATE OR DELETE ON learnify_internal.expected_catalog
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.skip_replicated_row();

CREATE OR REPLACE TRIGGER skip_replicated_row
BEFORE INSERT OR UPDATE OR DELETE ON learnify_internal.locks
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.skip_replicated_row();

ALTER TABLE schema_migrations ENABLE ALWAYS TRIGGER skip_replicated_row;
ALTER TABLE learnify_internal.expected_catalog ENABLE ALWAYS TRIGGER skip_replicated_row;
ALTER TABLE learnify_internal.locks ENABLE ALWAYS TRIGGER skip_replicated_row;
