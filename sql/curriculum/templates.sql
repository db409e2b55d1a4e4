-- Templates are text or jsonb with placeholders for variables.

CREATE OR REPLACE FUNCTION inject_variables(template text, variables jsonb, missing text DEFAULT 'error')
RETURNS text
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'inject_variables_text';

COMMENT ON FUNCTION inject_variables(text, jsonb, text) IS 'Returns a template with each placeholder {NAME} or {NAME|default} replaced by the value of that variable, in one pass; a placeholder with neither a value nor a default raises an error, or is kept or left empty where missing is ''keep'' or ''empty''';

CREATE OR REPLACE FUNCTION inject_variables(template jsonb, variables jsonb, missing text DEFAULT 'error')
RETURNS jsonb
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'inject_variables_jsonb';

COMMENT ON FUNCTION inject_variables(jsonb, jsonb, text) IS 'Returns a template with variables injected into every string value, but no key; a string that is nothing but one placeholder becomes the JSON value of the variable, of whatever type';

CREATE OR REPLACE FUNCTION template_variables(template text, without_default boolean DEFAULT false)
RETURNS text[]
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'template_variables_text';

COMMENT ON FUNCTION template_variables(text, boolean) IS 'Returns the distinct names of a template''s placeholders in order of appearance; with without_default, of those only that have no default text somewhere';

CREATE OR REPLACE FUNCTION template_variables(template jsonb, without_default boolean DEFAULT false)
RETURNS text[]
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'template_variables_jsonb';

COMMENT ON FUNCTION template_variables(jsonb, boolean) IS 'Returns the distinct names of the placeholders in a template''s string values, in the order in which jsonb keeps these; with without_default, of those only that have no default text somewhere';
