-- Rows that ship with the extension, in tables that people edit and add to.
-- CREATE EXTENSION inserts them again before a dump's rows arrive, so a dump
-- leaves out the untouched ones (WHERE NOT builtin), an edited one loses its
-- builtin mark and is dumped, and its insert turns into an update of the fresh
-- seed. A deleted seed would come back: it is taken out of use instead. Their
-- ids are fixed, since other rows refer to them, and so are their dates. Nor
-- does a row become builtin again: it would be lost to dumps.
CREATE OR REPLACE FUNCTION learnify_internal.release_edited_seed()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  NEW.builtin := false;
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION learnify_internal.release_edited_seed() IS 'Row trigger: an edited row that shipped with the extension is the user''s from then on, and is dumped';

CREATE OR REPLACE FUNCTION learnify_internal.refuse_seed_deletion()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION 'row % of % cannot be deleted', OLD.id, TG_TABLE_NAME
    USING ERRCODE = 'object_not_in_prerequisite_state',
          TABLE = TG_TABLE_NAME,
          COLUMN = 'id',
          DETAIL = 'It shipped with the extension, or took the place of a row that did, which restoring a dump would bring back.',
          HINT = format('Take it out of use: UPDATE %I.%I SET active = false WHERE id = %L.',
                        TG_TABLE_SCHEMA, TG_TABLE_NAME, OLD.id);
END
$$;

COMMENT ON FUNCTION learnify_internal.refuse_seed_deletion() IS 'Row trigger: refuses to delete a row that shipped with the extension, or that took the place of one';
