-- Keeps what has been changed by hand for record_catalog, which must not take it for what
-- this script made.
SELECT set_config('learnify_update.drift', coalesce(jsonb_agg(to_jsonb(v))::text, '[]'), true)
FROM verify_schema() AS v;

DO $$
DECLARE
  names CONSTANT text := (
    SELECT string_agg(format('%s %s (%s)', d.kind, d.object, d.drift), ', ' ORDER BY d.kind, d.object)
    FROM jsonb_to_recordset(current_setting('learnify_update.drift')::jsonb) AS d (drift text, kind text, object text)
    WHERE d.drift <> 'added');
BEGIN
  IF names IS NOT NULL THEN
    RAISE WARNING 'the schema has drifted: %', left(names, 1000)
      USING HINT = 'verify_schema() has what is expected and what is there. If this script fails, repair that first.';
  END IF;
END
$$;
