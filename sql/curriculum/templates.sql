-- Templates: placeholders injected, in text and in jsonb.

CREATE OR REPLACE FUNCTION inject_variables(
  template text,
  variables jsonb,
  missing text DEFAULT 'error'
) RETURNS text
LANGUAGE c
IMMUTABLE
STRICT
PARALLEL SAFE
COST 10
AS 'MODULE_PATHNAME', 'inject_variables_text';

COMMENT ON FUNCTION inject_variables(text, jsonb, text) IS
  'Returns the template with each {NAME} and {NAME|default} replaced by that variable''s value, in one pass. '
  'What is not given and has no default is an error, kept as it is (''keep'') or removed (''empty'').';

CREATE OR REPLACE FUNCTION inject_variables(
  template jsonb,
  variables jsonb,
  missing text DEFAULT 'error'
) RETURNS jsonb
LANGUAGE c
IMMUTABLE
STRICT
PARALLEL SAFE
COST 50
AS 'MODULE_PATHNAME', 'inject_variables_jsonb';

COMMENT ON FUNCTION inject_variables(jsonb, jsonb, text) IS
  'Returns the template with the variables injected into every string value and no key. '
  'A string that is one placeholder and nothing else becomes the variable''s JSON value, whatever its type.';

CREATE OR REPLACE FUNCTION template_variables(
  template text,
  without_default boolean DEFAULT false
) RETURNS text[]
LANGUAGE c
IMMUTABLE
STRICT
PARALLEL SAFE
COST 10
AS 'MODULE_PATHNAME', 'template_variables_text';

COMMENT ON FUNCTION template_variables(text, boolean) IS
  'Returns the distinct names of the template''s placeholders, in order of appearance; '
  'where without_default is true, of those that stand somewhere without a default text.';

CREATE OR REPLACE FUNCTION template_variables(
  template jsonb,
  without_default boolean DEFAULT false
) RETURNS text[]
LANGUAGE c
IMMUTABLE
STRICT
PARALLEL SAFE
COST 50
AS 'MODULE_PATHNAME', 'template_variables_jsonb';

COMMENT ON FUNCTION template_variables(jsonb, boolean) IS
  'Returns the distinct names of the placeholders in the template''s string values, in the order that jsonb keeps them; '
  'where without_default is true, of those that stand somewhere without a default text.';
