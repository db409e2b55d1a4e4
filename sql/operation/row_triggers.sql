-- Keeps updated_at for whoever does not set it.
CREATE FUNCTION touch_updated_at()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION touch_updated_at() IS 'Row trigger: sets updated_at where an UPDATE has left it as it was';
