-- These find mistakes in templates: text that inject_variables will not fill in, or not as
-- intended.

CREATE OR REPLACE FUNCTION check_template(template text, known text[])
RETURNS TABLE (kind text, fragment text, path text[], at integer, suggestion text)
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 5
AS 'MODULE_PATHNAME', 'check_template_text';

COMMENT ON FUNCTION check_template(text, text[]) IS 'Returns what in a template is probably a mistake, given the names of all variables: near misses of placeholders (near_miss), placeholders of other names (unknown) and variables without a placeholder (unused)';

CREATE OR REPLACE FUNCTION check_template(template jsonb, known text[])
RETURNS TABLE (kind text, fragment text, path text[], at integer, suggestion text)
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 5
AS 'MODULE_PATHNAME', 'check_template_jsonb';

COMMENT ON FUNCTION check_template(jsonb, text[]) IS 'Returns what in the strings of a template is probably a mistake, given the names of all variables, each with the path to its string; a placeholder in a key, which is never filled in, is a near miss as well';

-- It is not STRICT, because the planner could not inline it then.
CREATE OR REPLACE FUNCTION learnify_internal.schema_variables(variable_schema jsonb)
RETURNS SETOF text
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 10 ROWS 10
BEGIN ATOMIC
  SELECT jsonb_array_elements_text(coalesce(variable_schema -> 'required', '[]'))
  UNION
  SELECT jsonb_object_keys(coalesce(variable_schema -> 'defaults', '{}'));
END;

COMMENT ON FUNCTION learnify_internal.schema_variables(jsonb) IS 'Returns the variables that a module''s variable_schema requires or gives a default';

-- A variable is known if the variable_schema of any module names it, or that of any shipped
-- module, since applications ask learners for those. DOMAIN is always known, because every
-- archetype has one. Only variables that a module names itself can be unused in it. jit is
-- off because compiling the query would take 100 times as long as running it.
CREATE OR REPLACE FUNCTION check_blueprint()
RETURNS TABLE (module_number integer, kind text, fragment text, path text[], at integer, suggestion text)
LANGUAGE sql
STABLE PARALLEL SAFE COST 100000 ROWS 10
SET search_path = pg_catalog, pg_temp
SET jit = off
BEGIN ATOMIC
  SELECT require_backend();
  WITH named AS (
    SELECT b.id, n.name
    FROM blueprint_modules AS b
    CROSS JOIN LATERAL learnify_internal.schema_variables(b.variable_schema) AS n (name)
  ), known AS MATERIALIZED (
    SELECT array_agg(DISTINCT k.name) AS names
    FROM (SELECT n.name FROM named AS n
          UNION ALL
          SELECT v.name
          FROM learnify_internal.shipped_blueprint_modules() AS s
          CROSS JOIN LATERAL learnify_internal.schema_variables(s.variable_schema) AS v (name)
          UNION ALL
          SELECT 'DOMAIN' AS name) AS k
  )
  SELECT b.module_number, c.kind, c.fragment, c.path, c.at, c.suggestion
  FROM blueprint_modules AS b
  CROSS JOIN known AS k
  CROSS JOIN LATERAL check_template(
    jsonb_build_object(
      'title_template', b.title_template,
      'description_template', b.description_template,
      'learning_objectives', b.learning_objectives,
      'content_template', b.content_template),
    k.names) AS c
  WHERE c.kind <> 'unused'
     OR c.fragment IN (SELECT n.name FROM named AS n WHERE n.id = b.id)
  UNION ALL
  -- Placeholders in the value of a variable are not filled in, nor are those in a default.
  SELECT b.module_number, 'near_miss' AS kind, format('{%s}', p.name) AS fragment,
         ARRAY['variable_schema', 'defaults', d.name] AS path, strpos(d.value #>> '{}', '{' || p.name) AS at,
         NULL AS suggestion
  FROM blueprint_modules AS b
  CROSS JOIN LATERAL jsonb_each(coalesce(b.variable_schema -> 'defaults', '{}')) AS d (name, value)
  CROSS JOIN LATERAL unnest(template_variables(d.value)) AS p (name)
  ORDER BY 1, 2, 4, 5, 3;
END;

COMMENT ON FUNCTION check_blueprint() IS 'Returns what is probably a mistake in the templates of the blueprint''s modules, as check_template does, and placeholders in the defaults of their variables, which are not filled in';

CREATE OR REPLACE FUNCTION learnify_internal.warn_of_template()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  findings text;
BEGIN
  IF learnify_internal.restores_rows() THEN
    RETURN NULL;
  END IF;
  SELECT string_agg(CASE
                      WHEN f.number > 10 THEN format('and %s more', f.total - 10)
                      WHEN f.kind = 'unused' THEN format('variable %s is not used', learnify_internal.excerpt(f.fragment))
                      ELSE format('%s in %s at character %s %s', learnify_internal.excerpt(f.fragment),
                                  learnify_internal.excerpt(array_to_string(f.path, '.')), f.at,
                                  CASE f.kind WHEN 'unknown' THEN 'is not known' ELSE 'is not filled in' END
                                  || coalesce(': perhaps ' || learnify_internal.excerpt(f.suggestion), ''))
                    END, '; ' ORDER BY f.number)
  INTO findings
  FROM (SELECT c.*, row_number() OVER (ORDER BY c.kind, c.path COLLATE "C", c.at) AS number, count(*) OVER () AS total
        FROM @extschema@.check_blueprint() AS c
        WHERE c.module_number = NEW.module_number) AS f
  WHERE f.number <= 11;
  IF findings IS NOT NULL THEN
    RAISE WARNING 'templates of blueprint module % may not be filled in as they are meant', NEW.module_number
      USING DETAIL = findings,
            HINT = 'check_blueprint() lists all of it. A variable is known once variable_schema names it, as required or with a default.';
  END IF;
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.warn_of_template() IS 'Row trigger: raises a warning that lists what check_blueprint finds in an inserted or edited module, unless a dump is being restored';

CREATE OR REPLACE TRIGGER blueprint_modules_warn_of_inserted_template
AFTER INSERT ON blueprint_modules
FOR EACH ROW WHEN (NOT NEW.builtin)
EXECUTE FUNCTION learnify_internal.warn_of_template();

CREATE OR REPLACE TRIGGER blueprint_modules_warn_of_edited_template
AFTER UPDATE ON blueprint_modules
FOR EACH ROW
WHEN (NOT NEW.builtin
      AND (OLD.title_template IS DISTINCT FROM NEW.title_template
           OR OLD.description_template IS DISTINCT FROM NEW.description_template
           OR OLD.learning_objectives IS DISTINCT FROM NEW.learning_objectives
           OR OLD.variable_schema IS DISTINCT FROM NEW.variable_schema
           OR OLD.content_template IS DISTINCT FROM NEW.content_template))
EXECUTE FUNCTION learnify_internal.warn_of_template();
