CREATE OR REPLACE FUNCTION learnify_internal.shipped_blueprint_modules()
RETURNS TABLE (id uuid, module_number integer, concept_slug text, title_template text, description_template text,
               difficulty text, estimated_hours integer, learning_objectives jsonb, variable_schema jsonb,
               created_at timestamptz, updated_at timestamptz, content_template jsonb, builtin boolean, active boolean)
LANGUAGE sql
STABLE PARALLEL SAFE COST 10000 ROWS 7
BEGIN ATOMIC
  SELECT r.id, r.module_number, r.concept_slug, r.title_template, r.description_template, r.difficulty,
         r.estimated_hours, r.learning_objectives, r.variable_schema, r.created_at, r.updated_at, r.content_template,
         true, true
  FROM (VALUES (learnify_internal.shipped_module_atom()),
               (learnify_internal.shipped_module_standard()),
               (learnify_internal.shipped_module_workflow()),
               (learnify_internal.shipped_module_decision_tree()),
               (learnify_internal.shipped_module_archetype()),
               (learnify_internal.shipped_module_flow_state()),
               (learnify_internal.shipped_module_capstone())) AS m (module)
  CROSS JOIN LATERAL jsonb_to_record(m.module) AS r (
    id uuid, module_number integer, concept_slug text, title_template text, description_template text,
    difficulty text, estimated_hours integer, learning_objectives jsonb, variable_schema jsonb,
    created_at timestamptz, updated_at timestamptz, content_template jsonb);
END;

COMMENT ON FUNCTION learnify_internal.shipped_blueprint_modules() IS 'Returns the rows of blueprint_modules that ship';

-- The row with the number of a shipped module becomes that module, so that modules that have
-- been generated from the row refer to the shipped one afterwards.
CREATE OR REPLACE FUNCTION learnify_internal.ship_blueprint_modules(ids uuid[])
RETURNS integer
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  others CONSTANT text := (
    SELECT string_agg(format('module %s ("%s")', b.module_number, b.concept_slug), ', ' ORDER BY b.module_number)
    FROM @extschema@.blueprint_modules AS b
    WHERE EXISTS (SELECT
                  FROM learnify_internal.shipped_blueprint_modules() AS s
                  WHERE s.id = ANY (ids) AND (s.id = b.id OR s.concept_slug = b.concept_slug))
      AND NOT EXISTS (SELECT
                      FROM learnify_internal.shipped_blueprint_modules() AS s
                      WHERE s.id = ANY (ids) AND s.module_number = b.module_number));
  shipped integer;
BEGIN
  IF others IS NOT NULL THEN
    RAISE EXCEPTION 'another row has the id or the slug of a shipped module: %', learnify_internal.excerpt(others)
      USING ERRCODE = 'object_not_in_prerequisite_state',
            TABLE = 'blueprint_modules',
            HINT = 'Put the row that shipped with that number back as well, or give it another id and slug first.';
  END IF;
  -- Rows that have exchanged ids or slugs would violate the unique constraints while they are
  -- put back one by one: give them interim keys.
  UPDATE @extschema@.blueprint_modules AS b
  SET id = CASE WHEN b.id = s.id THEN b.id ELSE md5(b.id::text)::uuid END,
      concept_slug = CASE WHEN b.concept_slug = s.concept_slug THEN b.concept_slug ELSE md5(b.concept_slug) END
  FROM learnify_internal.shipped_blueprint_modules() AS s
  WHERE s.id = ANY (ids) AND b.module_number = s.module_number
    AND (b.id <> s.id OR b.concept_slug <> s.concept_slug);

  INSERT INTO @extschema@.blueprint_modules
    (id, module_number, concept_slug, title_template, description_template, difficulty, estimated_hours,
     learning_objectives, variable_schema, created_at, updated_at, content_template, builtin, active)
  SELECT s.*
  FROM learnify_internal.shipped_blueprint_modules() AS s
  WHERE s.id = ANY (ids)
  ORDER BY s.module_number
  ON CONFLICT (module_number) DO UPDATE
  SET id = excluded.id,
      concept_slug = excluded.concept_slug,
      title_template = excluded.title_template,
      description_template = excluded.description_template,
      difficulty = excluded.difficulty,
      estimated_hours = excluded.estimated_hours,
      learning_objectives = excluded.learning_objectives,
      variable_schema = excluded.variable_schema,
      created_at = excluded.created_at,
      updated_at = excluded.updated_at,
      content_template = excluded.content_template,
      builtin = excluded.builtin,
      active = excluded.active;
  GET DIAGNOSTICS shipped = ROW_COUNT;
  RETURN shipped;
END
$$;

COMMENT ON FUNCTION learnify_internal.ship_blueprint_modules(uuid[]) IS 'Makes the rows with the numbers of these shipped modules what ships, inserts those that are missing, and returns how many';

CREATE OR REPLACE TRIGGER blueprint_modules_release_edited_seed
BEFORE UPDATE ON blueprint_modules
FOR EACH ROW WHEN ((OLD.builtin OR NEW.builtin) AND OLD.* IS DISTINCT FROM NEW.*)
EXECUTE FUNCTION learnify_internal.release_edited_seed();

CREATE OR REPLACE TRIGGER blueprint_modules_release_inserted_seed
BEFORE INSERT ON blueprint_modules
FOR EACH ROW WHEN (NEW.builtin)
EXECUTE FUNCTION learnify_internal.release_edited_seed();

-- Each of the seven numbers ships, so that every row is a shipped one or has replaced one.
-- Deleting is refused unless replace_seed_blueprint_module does it, which turns the setting on.
CREATE OR REPLACE TRIGGER blueprint_modules_refuse_seed_deletion
BEFORE DELETE ON blueprint_modules
FOR EACH ROW WHEN (current_setting('learnify_internal.making_room', true) IS DISTINCT FROM 'on')
EXECUTE FUNCTION learnify_internal.refuse_seed_deletion();

CREATE OR REPLACE TRIGGER blueprint_modules_refuse_truncation
BEFORE TRUNCATE ON blueprint_modules
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.refuse_seed_deletion();

-- If a new row has a key of one untouched seed, the trigger updates that seed instead of
-- inserting the row. A dump may contain edited seeds that have exchanged keys: such a row has
-- keys of several untouched seeds, which the trigger deletes to make room for it.
CREATE OR REPLACE FUNCTION learnify_internal.replace_seed_blueprint_module()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
SET learnify_internal.making_room = on
AS $$
DECLARE
  seeds CONSTANT uuid[] := ARRAY(
    SELECT b.id
    FROM @extschema@.blueprint_modules AS b
    WHERE b.builtin
      AND (b.id = NEW.id OR b.module_number = NEW.module_number OR b.concept_slug = NEW.concept_slug)
    ORDER BY b.id = NEW.id DESC, b.module_number = NEW.module_number DESC);
BEGIN
  -- The new module takes the place of all: modules of courses that came of the others refer to it
  -- from now on, because back ends may read blueprint_module_id into a string.
  IF cardinality(seeds) > 1 THEN
    UPDATE @extschema@.generated_modules AS m SET blueprint_module_id = seeds[1] WHERE m.blueprint_module_id = ANY (seeds[2:]);
    DELETE FROM @extschema@.blueprint_modules WHERE id = ANY (seeds[2:]) AND builtin;
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
  -- If another session has edited the seed meanwhile, it is no seed any more, and the insert
  -- may fail on its key.
  RETURN CASE WHEN NOT FOUND THEN NEW END;
END
$$;

COMMENT ON FUNCTION learnify_internal.replace_seed_blueprint_module() IS 'Row trigger: lets an inserted module replace the shipped one with the same id, number or slug, if nobody has edited that';

CREATE OR REPLACE TRIGGER blueprint_modules_replace_seed
BEFORE INSERT ON blueprint_modules
FOR EACH ROW WHEN (NOT NEW.builtin)
EXECUTE FUNCTION learnify_internal.replace_seed_blueprint_module();

-- ALWAYS, because a parallel restore runs with session_replication_role = replica, and the
-- rows of edited seeds have to replace the seeds there too.
ALTER TABLE blueprint_modules ENABLE ALWAYS TRIGGER blueprint_modules_replace_seed;

-- The files of hand-run migrations insert modules without exercises, so replacing a shipped
-- module is worth a warning. This is a trigger of its own because, unlike the one above, it
-- runs as the owner, who may call restores_rows().
CREATE OR REPLACE FUNCTION learnify_internal.warn_of_replaced_module()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  contents CONSTANT text := format('"%s" has %s lessons and %s exercises', OLD.concept_slug,
                                   jsonb_array_length(jsonb_path_query_array(OLD.content_template, '$.lessons[*]')),
                                   jsonb_array_length(jsonb_path_query_array(OLD.content_template, '$.exercises[*]')));
BEGIN
  IF learnify_internal.restores_rows() THEN
    RETURN NULL;
  ELSIF TG_OP = 'DELETE' THEN
    RAISE WARNING 'shipped blueprint module is replaced: % ("%")', OLD.module_number, OLD.concept_slug
      USING DETAIL = format('A new module has keys of several shipped ones; %s.', contents),
            HINT = 'restore_shipped_rows() puts back what shipped.';
  ELSE
    RAISE WARNING 'shipped blueprint module is replaced by "%": % ("%")', NEW.concept_slug, OLD.module_number, OLD.concept_slug
      USING DETAIL = format('The new one has %s lessons and %s exercises; %s.',
                            jsonb_array_length(jsonb_path_query_array(NEW.content_template, '$.lessons[*]')),
                            jsonb_array_length(jsonb_path_query_array(NEW.content_template, '$.exercises[*]')),
                            contents),
            HINT = 'Courses are generated from the new one from now on. restore_shipped_rows() puts back what shipped.';
  END IF;
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.warn_of_replaced_module() IS 'Row trigger: raises a warning if an inserted module replaces a shipped one, unless a dump is being restored';

CREATE OR REPLACE TRIGGER blueprint_modules_warn_of_deleted_seed
AFTER DELETE ON blueprint_modules
FOR EACH ROW WHEN (OLD.builtin AND current_setting('learnify_internal.making_room', true) = 'on')
EXECUTE FUNCTION learnify_internal.warn_of_replaced_module();

CREATE OR REPLACE TRIGGER blueprint_modules_warn_of_replaced_seed
AFTER UPDATE ON blueprint_modules
FOR EACH ROW WHEN (OLD.builtin AND current_setting('learnify_internal.making_room', true) = 'on')
EXECUTE FUNCTION learnify_internal.warn_of_replaced_module();
