-- Functions that refuse an argument call these; src/base/argument.c does the same for C.
CREATE OR REPLACE FUNCTION learnify_internal.require_arguments(VARIADIC "any")
RETURNS void
LANGUAGE c
STABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'require_arguments';

COMMENT ON FUNCTION learnify_internal.require_arguments(VARIADIC "any") IS 'Takes names and values in turn, and raises null_value_not_allowed for the first value that is NULL';

CREATE OR REPLACE FUNCTION learnify_internal.excerpt(value text)
RETURNS text
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'excerpt_of';

COMMENT ON FUNCTION learnify_internal.excerpt(text) IS 'Returns as much of a refused value as an error quotes: 100 characters, and dots where there are more';
