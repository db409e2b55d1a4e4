CREATE OR REPLACE TRIGGER blueprint_modules_release_edited_seed
BEFORE UPDATE ON blueprint_modules
FOR EACH ROW WHEN ((OLD.builtin OR NEW.builtin) AND OLD.* IS DISTINCT FROM NEW.*)
EXECUTE FUNCTION learnify_internal.release_edited_seed();

-- Any row: all seven numbers ship, so that each row is a seed or has taken the
-- place of one. Depth 0: the replacement below may delete.
CREATE OR REPLACE TRIGGER blueprint_modules_refuse_seed_deletion
BEFORE DELETE ON blueprint_modules
FOR EACH ROW WHEN (pg_trigger_depth() = 0)
EXECUTE FUNCTION learnify_internal.refuse_seed_deletion();

-- A row that meets one untouched seed, by whatever key, becomes an update of
-- it. Edited seeds that traded keys meet several: those make room.
CREATE OR REPLACE FUNCTION learnify_internal.replace_seed_blueprint_module()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  seeds uuid[] := ARRAY(
    SELECT b.id
    FROM @extschema@.blueprint_modules AS b
    WHERE b.builtin
      AND (b.id = NEW.id OR b.module_number = NEW.module_number OR b.concept_slug = NEW.concept_slug));
BEGIN
  IF cardinality(seeds) > 1 THEN
    DELETE FROM @extschema@.blueprint_modules WHERE id = ANY (seeds) AND builtin;
    RETURN NEW;
  END IF;
  UPDATE @extschema@.blueprint_modules
  SET id = NEW.id,
      module_number = NEW.module_number,
      concept_slug = NEW.concept_slug,
      title_template = NEW.title_template,
      description_template = NEW.description_template,
      difficulty = NEW.difficulty,
      estimated_hours = NEW.estimated_hours,
      learning_objectives = NEW.learning_objectives,
      variable_schema = NEW.variable_schema,
      created_at = NEW.created_at,
      updated_at = NEW.updated_at,
      content_template = NEW.content_template,
      builtin = false,
      active = NEW.active
  WHERE id = seeds[1] AND builtin;
  -- one that somebody else has edited meanwhile is in the way as any row is
  RETURN CASE WHEN NOT FOUND THEN NEW END;
END
$$;

COMMENT ON FUNCTION learnify_internal.replace_seed_blueprint_module() IS 'Row trigger: a module inserted with a key of an untouched shipped one replaces it';

CREATE OR REPLACE TRIGGER blueprint_modules_replace_seed
BEFORE INSERT ON blueprint_modules
FOR EACH ROW WHEN (NOT NEW.builtin)
EXECUTE FUNCTION learnify_internal.replace_seed_blueprint_module();

-- A parallel restore runs with session_replication_role = replica, and the
-- rows of edited seeds must meet their seeds there too.
ALTER TABLE blueprint_modules ENABLE ALWAYS TRIGGER blueprint_modules_replace_seed;
