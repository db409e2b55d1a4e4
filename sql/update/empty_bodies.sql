-- PostgreSQL refuses to alter or drop columns and functions that a BEGIN ATOMIC body names.
-- So this empties all such bodies before anything changes. The functions stay, and with
-- them their privileges and the views that use them; the part of the script that replaces
-- functions gives each its body again.
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
