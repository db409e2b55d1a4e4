CREATE OR REPLACE FUNCTION is_time_zone_name(
  name text
) RETURNS boolean
LANGUAGE c
STABLE
STRICT
PARALLEL SAFE
COST 10
AS 'MODULE_PATHNAME', 'is_time_zone_name';

COMMENT ON FUNCTION is_time_zone_name(text) IS
  'Returns whether this is the name of a time zone that the server has, such as Europe/Berlin, in any case of letters; '
  'false for abbreviations that name none, such as CEST, and for POSIX specifications such as UTC+3, which PostgreSQL '
  'would take for zones as well.';

-- This refuses a time zone that the server does not know, unless the row is restored:
-- servers differ in the zones that they have (Debian has moved the old names into a package
-- of their own), and if one row were refused, none of the table's rows would be restored.
CREATE OR REPLACE FUNCTION learnify_internal.check_time_zone()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NOT @extschema@.is_time_zone_name(NEW.time_zone)
     AND (TG_OP = 'UPDATE' OR NOT learnify_internal.restores_rows()) THEN
    RAISE EXCEPTION 'time zone "%" is not known', learnify_internal.excerpt(NEW.time_zone)
      USING ERRCODE = 'invalid_parameter_value',
            TABLE = TG_TABLE_NAME,
            COLUMN = 'time_zone',
            HINT = 'Use an IANA name such as Europe/Berlin; pg_timezone_names lists them.';
  END IF;
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION learnify_internal.check_time_zone() IS 'Row trigger: refuses a users.time_zone that is no IANA name, unless a dump is being restored';

CREATE OR REPLACE TRIGGER users_check_time_zone_insert
BEFORE INSERT ON users
FOR EACH ROW WHEN (NEW.time_zone <> 'UTC')
EXECUTE FUNCTION learnify_internal.check_time_zone();

CREATE OR REPLACE TRIGGER users_check_time_zone_update
BEFORE UPDATE ON users
FOR EACH ROW WHEN (NEW.time_zone <> 'UTC' AND NEW.time_zone <> OLD.time_zone)
EXECUTE FUNCTION learnify_internal.check_time_zone();
