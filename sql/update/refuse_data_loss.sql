-- Every downgrade script begins with this file and ends by dropping the function. The
-- library defines learnify.allow_data_loss and checks that it is a boolean.
LOAD 'MODULE_PATHNAME';

-- Callers pass the name of each table or column whose data the downgrade would drop, or NULL
-- instead of the name of one that holds none. They look for data after the tables have been
-- locked, so that none can come later. Only a read committed transaction sees all that came
-- before: others keep the snapshot of their first query.
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
