-- PostgreSQL drops an extension with all that is in its tables without asking for CASCADE. The
-- bootstrap superuser owns the trigger and its function, so that the extension can be
-- reassigned to an owner who is no superuser, and that owner cannot replace what a superuser's
-- DROP would run.
CREATE FUNCTION learnify_internal.refuse_drop()
RETURNS event_trigger
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'refuse_drop';

CREATE EVENT TRIGGER learnify_refuse_drop ON ddl_command_start
WHEN TAG IN ('DROP EXTENSION', 'DROP SCHEMA', 'DROP OWNED')
EXECUTE FUNCTION learnify_internal.refuse_drop();

DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION learnify_internal.refuse_drop() OWNER TO %s', 10::oid::regrole);
  EXECUTE format('ALTER EVENT TRIGGER learnify_refuse_drop OWNER TO %s', 10::oid::regrole);
END
$$;

COMMENT ON FUNCTION learnify_internal.refuse_drop() IS 'Event trigger: refuses to drop the extension while its tables hold data, unless learnify.allow_data_loss is on';
COMMENT ON EVENT TRIGGER learnify_refuse_drop IS 'Refuses to drop learnify while its tables hold data, unless learnify.allow_data_loss is on';
