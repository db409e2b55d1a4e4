-- Seeds are rows that ship with the extension, in tables that people edit and add to. A
-- restore runs CREATE EXTENSION, which inserts the seeds, before it inserts the rows of the
-- dump. So a dump leaves out the untouched seeds (WHERE NOT builtin). A seed that somebody
-- edits loses its mark builtin and is dumped, and when it is restored, a trigger lets it
-- replace the fresh seed. A deleted seed would come back with a restore, so deleting is
-- refused; a row can be taken out of use instead. Seeds have fixed ids, because other rows
-- refer to them, and fixed dates.
--
-- The edges of the graph of skills, which only functions write, have no such rows; see
-- discovery/skill_edges.sql.
--
-- shipped_blueprint_modules and shipped_achievements return the seeds. A row is builtin only
-- as long as it equals its seed, because dumps leave out builtin rows.

-- This sets builtin if the row equals its seed, as after restore_shipped_rows or an update of
-- the extension, and clears it otherwise.
CREATE OR REPLACE FUNCTION learnify_internal.release_edited_seed()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  before jsonb := to_jsonb(NEW);
  shipped jsonb;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    before := to_jsonb(OLD);
  END IF;
  IF starts_with(TG_TABLE_NAME, 'achievements') THEN
    SELECT to_jsonb(s) INTO shipped FROM learnify_internal.shipped_achievements() AS s WHERE s.id = NEW.id;
  ELSE
    SELECT to_jsonb(s) INTO shipped FROM learnify_internal.shipped_blueprint_modules() AS s WHERE s.id = NEW.id;
  END IF;
  -- Columns that somebody has added to the table are compared with their values before.
  NEW.builtin := coalesce(before || shipped = to_jsonb(NEW), false);
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION learnify_internal.release_edited_seed() IS 'Row trigger: an edited row that shipped with the extension is the user''s from then on, and is dumped';

CREATE OR REPLACE FUNCTION learnify_internal.refuse_seed_deletion()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    RAISE EXCEPTION 'table % cannot be truncated', TG_TABLE_NAME
      USING ERRCODE = 'object_not_in_prerequisite_state',
            TABLE = TG_TABLE_NAME,
            DETAIL = 'It has rows that shipped with the extension, which restoring a dump would bring back.',
            HINT = format('Take rows out of use: UPDATE %I.%I SET active = false WHERE ...', TG_TABLE_SCHEMA, TG_TABLE_NAME);
  END IF;
  IF starts_with(TG_TABLE_NAME, 'achievements') THEN
    IF NOT EXISTS (SELECT
                   FROM learnify_internal.shipped_achievements() AS s
                   WHERE OLD.id = s.id OR OLD.name = s.name OR OLD.slug = s.slug) THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'row % of % cannot be deleted', OLD.id, TG_TABLE_NAME
    USING ERRCODE = 'object_not_in_prerequisite_state',
          TABLE = TG_TABLE_NAME,
          COLUMN = 'id',
          DETAIL = 'It shipped with the extension, or took the place of a row that did, which restoring a dump would bring back.',
          HINT = format('Take it out of use: UPDATE %I.%I SET active = false WHERE id = %L.',
                        TG_TABLE_SCHEMA, TG_TABLE_NAME, OLD.id);
END
$$;

COMMENT ON FUNCTION learnify_internal.refuse_seed_deletion() IS 'Trigger: refuses to delete a row that shipped with the extension, or that took the place of one, and to truncate its table';

CREATE OR REPLACE FUNCTION restore_shipped_rows(slugs text[] DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  shipped CONSTANT text[] := ARRAY(
    SELECT b.concept_slug FROM learnify_internal.shipped_blueprint_modules() AS b
    UNION ALL
    SELECT a.slug FROM learnify_internal.shipped_achievements() AS a
    UNION ALL
    SELECT learnify_internal.skill_edge_slug(e.tag, e.next_tag) FROM learnify_internal.shipped_skill_edges() AS e);
  culprits CONSTANT text := (
    SELECT string_agg(format('"%s"', g.slug), ', ' ORDER BY g.slug COLLATE "C")
    FROM unnest(slugs) AS g (slug)
    WHERE g.slug <> ALL (shipped));
  modules uuid[];
  achievements uuid[];
  restored integer;
BEGIN
  PERFORM @extschema@.require_backend();
  IF culprits IS NOT NULL THEN
    RAISE EXCEPTION 'no row ships with the slug %', learnify_internal.excerpt(culprits)
      USING ERRCODE = 'no_data_found',
            COLUMN = 'slugs',
            HINT = format('The slugs are: %s.', array_to_string(shipped, ', '));
  END IF;
  -- not in one expression: a distributed database would evaluate it on one node
  modules := ARRAY(
    SELECT s.id
    FROM learnify_internal.shipped_blueprint_modules() AS s
    WHERE (slugs IS NULL OR s.concept_slug = ANY (slugs))
      AND NOT EXISTS (SELECT FROM @extschema@.blueprint_modules AS b WHERE b.id = s.id AND b.builtin));
  achievements := ARRAY(
    SELECT s.id
    FROM learnify_internal.shipped_achievements() AS s
    WHERE (slugs IS NULL OR s.slug = ANY (slugs))
      AND NOT EXISTS (SELECT FROM @extschema@.achievements AS a WHERE a.id = s.id AND a.builtin));
  restored := learnify_internal.ship_blueprint_modules(modules);
  -- in FROM, because Citus sends to the nodes what a function sets only there
  RETURN (SELECT restored + s.achievements FROM learnify_internal.ship_achievements(achievements) AS s (achievements))
         + learnify_internal.restore_skill_edges(slugs);
END
$$;

COMMENT ON FUNCTION restore_shipped_rows(text[]) IS 'Puts rows that shipped back in the place of what they were edited into or replaced by, all of them or those with these slugs, and returns how many';

-- Installs and updates call this.
CREATE OR REPLACE FUNCTION learnify_internal.ship_untouched_rows()
RETURNS integer
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN learnify_internal.ship_blueprint_modules(ARRAY(
           SELECT s.id
           FROM learnify_internal.shipped_blueprint_modules() AS s
           LEFT JOIN @extschema@.blueprint_modules AS b ON b.module_number = s.module_number
           WHERE b.id IS NULL OR (b.builtin AND to_jsonb(b) || to_jsonb(s) <> to_jsonb(b))))
         + learnify_internal.ship_achievements(ARRAY(
           SELECT s.id
           FROM learnify_internal.shipped_achievements() AS s
           WHERE NOT EXISTS (SELECT
                             FROM @extschema@.achievements AS a
                             WHERE (a.id = s.id OR a.slug = s.slug OR a.name = s.name)
                               AND NOT (a.builtin AND to_jsonb(a) || to_jsonb(s) <> to_jsonb(a)))));
END
$$;

COMMENT ON FUNCTION learnify_internal.ship_untouched_rows() IS 'Inserts shipped rows that are missing, brings those that nobody has touched up to date, and returns how many';
