-- A BEGIN ATOMIC body depends on the columns and functions that it names, which then
-- can be neither altered nor dropped. So these bodies are emptied before anything
-- changes; the functions themselves stay, with their privileges and with the views
-- that use them, and the replaceable part gives each its body.
DO $$
DECLARE
  function record;
BEGIN
  FOR function IN
    SELECT p.oid, format('%I.%I', n.nspname, p.proname) AS name
    FROM pg_extension AS e
    JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
    JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
    JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE e.extname = 'learnify' AND p.prosqlbody IS NOT NULL
  LOOP
    EXECUTE format('CREATE OR REPLACE FUNCTION %s(%s) RETURNS %s LANGUAGE plpgsql AS ''BEGIN END''',
                   function.name, pg_get_function_arguments(function.oid), pg_get_function_result(function.oid));
  END LOOP;
END
$$;
