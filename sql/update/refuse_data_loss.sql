-- Heads every downgrade script, which drops this function at its end. Loads the
-- library, which alone knows the setting and refuses what is no boolean.
LOAD 'MODULE_PATHNAME';

-- Takes the names of what holds data that would be dropped, NULL for what does
-- not. The tables are locked by then, so that nothing is written unseen; a
-- transaction that keeps an older snapshot would not see it all the same.
CREATE FUNCTION refuse_data_loss(VARIADIC holders text[])
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  held CONSTANT text := array_to_string(holders, ', ');
BEGIN
  IF current_setting('learnify.allow_data_loss')::boolean THEN
    RETURN;
  END IF;
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'learnify is downgraded by read committed transactions only'
      USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = format('This one is %s, and may not see the newest rows.', current_setting('transaction_isolation'));
  END IF;
  IF held <> '' THEN
    RAISE EXCEPTION 'the earlier version has no place for the data in %', held
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Dump the database first. SET learnify.allow_data_loss = on drops this data.';
  END IF;
END
$$;
