-- These check and tidy the texts that people enter. src/identity/texts.c has the rule for each
-- kind of text.

CREATE OR REPLACE FUNCTION learnify_internal.require_text(value text, kind text)
RETURNS text
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'require_text';

COMMENT ON FUNCTION learnify_internal.require_text(text, text) IS 'Returns a text without the blanks around it; raises invalid_parameter_value where it breaks the rule of its kind';

CREATE OR REPLACE FUNCTION learnify_internal.text_fault(value text, kind text)
RETURNS text
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'text_fault';

COMMENT ON FUNCTION learnify_internal.text_fault(text, text) IS 'Returns what is wrong with a text by the rule of its kind, NULL where nothing is';

CREATE OR REPLACE FUNCTION learnify_internal.fit_text(value text, kind text)
RETURNS text
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'fit_text';

COMMENT ON FUNCTION learnify_internal.fit_text(text, text) IS 'Returns as much of a text as the rule of its kind allows: cut, and with blanks for characters that are not seen';

CREATE OR REPLACE FUNCTION learnify_internal.tidy_texts()
RETURNS trigger
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 10
AS 'MODULE_PATHNAME', 'tidy_texts';

COMMENT ON FUNCTION learnify_internal.tidy_texts() IS 'Row trigger: tidies the columns named, and refuses texts that break the rule of their kind; rows of a dump pass';

-- The names of these triggers sort before those of the triggers that read the tidied columns.
CREATE OR REPLACE TRIGGER users_check_texts
BEFORE INSERT OR UPDATE OF email, name, avatar_url ON users
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.tidy_texts('email', 'name', 'avatar_url');

CREATE OR REPLACE TRIGGER user_archetypes_check_texts
BEFORE INSERT OR UPDATE OF domain, validation_reason ON user_archetypes
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.tidy_texts('domain', 'validation_reason');

CREATE OR REPLACE TRIGGER user_variables_check_texts
BEFORE INSERT OR UPDATE OF variable_key, variable_value ON user_variables
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.tidy_texts('variable_key', 'variable_value');
