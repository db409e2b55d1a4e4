-- An update, up or down, alters one table after another, and sessions that write
-- lock them one after another too, in an order of their own. So it takes all
-- tables or none, until it has them, and nobody deadlocks. Autovacuum makes way,
-- as it does for whoever waits in a queue.
DO $$
DECLARE
  tables CONSTANT regclass[] := ARRAY(
    SELECT c.oid
    FROM pg_depend AS d
    JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
    JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
    WHERE e.extname = 'learnify' AND d.deptype = 'e' AND c.relkind = 'r'
    ORDER BY c.oid);
  give_up_at CONSTANT timestamptz := clock_timestamp() + interval '1 minute';
BEGIN
  LOOP
    BEGIN
      EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE NOWAIT', array_to_string(tables, ', '));
      RETURN;
    EXCEPTION
      WHEN lock_not_available THEN
        IF clock_timestamp() > give_up_at THEN
          RAISE EXCEPTION 'tables of learnify have been in use for a minute'
            USING ERRCODE = 'lock_not_available',
                  HINT = 'Update again when those who use them have ended their transactions; pg_locks and pg_stat_activity show them.';
        END IF;
    END;
    PERFORM pg_stat_clear_snapshot();
    PERFORM pg_cancel_backend(a.pid)
    FROM pg_stat_activity AS a
    JOIN pg_locks AS l ON l.pid = a.pid
    WHERE a.backend_type = 'autovacuum worker' AND a.datname = current_database()
      AND l.locktype = 'relation' AND l.relation = ANY (tables::oid[]);
    PERFORM pg_sleep(0.02);
  END LOOP;
END
$$;
