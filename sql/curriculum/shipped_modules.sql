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

-- The row with its number becomes the shipped one: all seven numbers ship, so that
-- each row is a seed or has taken the place of one. What was generated from it
-- refers to the shipped one then.
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
  -- those that have traded ids or slugs make room for each other
  UPDATE @extschema@.blueprint_modules AS b
  SET id = CASE WHEN b.id = s.id THEN b.id ELSE gen_random_uuid() END,
      concept_slug = CASE WHEN b.concept_slug = s.concept_slug THEN b.concept_slug ELSE gen_random_uuid()::text END
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

-- Any row. The replacement below, which may delete, says so by its setting.
CREATE OR REPLACE TRIGGER blueprint_modules_refuse_seed_deletion
BEFORE DELETE ON blueprint_modules
FOR EACH ROW WHEN (current_setting('learnify_internal.making_room', true) IS DISTINCT FROM 'on')
EXECUTE FUNCTION learnify_internal.refuse_seed_deletion();

CREATE OR REPLACE TRIGGER blueprint_modules_refuse_truncation
BEFORE TRUNCATE ON blueprint_modules
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.refuse_seed_deletion();

-- A row that meets one untouched seed, by whatever key, becomes an update of
-- it. Edited seeds that traded keys meet several: those make room. This warns,
-- since migrations of other origin bring modules that have no exercises; but not
-- while a dump is restored, which sets row_security off, or on a replica.
CREATE OR REPLACE FUNCTION learnify_internal.replace_seed_blueprint_module()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
SET learnify_internal.making_room = on
AS $$
DECLARE
  seeds uuid[];
  replaced text;
  contents text;
BEGIN
  SELECT array_agg(b.id),
         string_agg(format('%s ("%s")', b.module_number, b.concept_slug), ', ' ORDER BY b.module_number),
         string_agg(format('"%s" has %s and %s', b.concept_slug,
                           jsonb_array_length(jsonb_path_query_array(b.content_template, '$.lessons[*]')),
                           jsonb_array_length(jsonb_path_query_array(b.content_template, '$.exercises[*]'))),
                    ', ' ORDER BY b.module_number)
  INTO seeds, replaced, contents
  FROM @extschema@.blueprint_modules AS b
  WHERE b.builtin
    AND (b.id = NEW.id OR b.module_number = NEW.module_number OR b.concept_slug = NEW.concept_slug);
  IF cardinality(seeds) > 1 THEN
    DELETE FROM @extschema@.blueprint_modules WHERE id = ANY (seeds) AND builtin;
  ELSE
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
  END IF;
  -- one that somebody else has edited meanwhile is in the way as any row is
  IF NOT FOUND THEN
    RETURN NEW;
  END IF;

  IF current_setting('row_security') <> 'off' AND current_setting('session_replication_role') <> 'replica' THEN
    RAISE WARNING 'shipped blueprint module is replaced by "%": %', NEW.concept_slug, replaced
      USING DETAIL = format('The new one has %s lessons and %s exercises; %s.',
                            jsonb_array_length(jsonb_path_query_array(NEW.content_template, '$.lessons[*]')),
                            jsonb_array_length(jsonb_path_query_array(NEW.content_template, '$.exercises[*]')),
                            contents),
            HINT = 'Courses are generated from the new one from now on. restore_shipped_rows() puts back what shipped.';
  END IF;
  RETURN CASE WHEN cardinality(seeds) > 1 THEN NEW END;
END
$$;

COMMENT ON FUNCTION learnify_internal.replace_seed_blueprint_module() IS 'Row trigger: a module inserted with a key of an untouched shipped one replaces it, and warns of that';

CREATE OR REPLACE TRIGGER blueprint_modules_replace_seed
BEFORE INSERT ON blueprint_modules
FOR EACH ROW WHEN (NOT NEW.builtin)
EXECUTE FUNCTION learnify_internal.replace_seed_blueprint_module();

-- A parallel restore runs with session_replication_role = replica, and the
-- rows of edited seeds must meet their seeds there too.
ALTER TABLE blueprint_modules ENABLE ALWAYS TRIGGER blueprint_modules_replace_seed;
