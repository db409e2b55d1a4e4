-- These check and tidy texts and documents. src/identity/texts.c has the rule for each kind.

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

CREATE OR REPLACE FUNCTION learnify_internal.document_fault(value jsonb, kind text)
RETURNS text
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'document_fault';

COMMENT ON FUNCTION learnify_internal.document_fault(jsonb, text) IS 'Returns what is wrong with a document by the rule of its kind, NULL where nothing is';

CREATE OR REPLACE FUNCTION learnify_internal.require_size(value text, kind text, argument text)
RETURNS void
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'require_size';

COMMENT ON FUNCTION learnify_internal.require_size(text, text, text) IS 'Raises invalid_parameter_value for the argument of that name where a text breaks the rule of its kind';

CREATE OR REPLACE FUNCTION learnify_internal.require_size(value jsonb, kind text, argument text)
RETURNS void
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'require_size';

COMMENT ON FUNCTION learnify_internal.require_size(jsonb, text, text) IS 'The same for a document';

CREATE OR REPLACE FUNCTION learnify_internal.text_rules()
RETURNS TABLE (kind text, size integer, is_document boolean)
LANGUAGE c
IMMUTABLE PARALLEL SAFE COST 10 ROWS 35
AS 'MODULE_PATHNAME', 'text_rules';

COMMENT ON FUNCTION learnify_internal.text_rules() IS 'Returns the kinds of texts and documents, each with its greatest size: characters of a text, bytes of a document';

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
BEFORE INSERT OR UPDATE OF email, name, avatar_url, password_hash ON users
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.tidy_texts('email', 'name', 'avatar_url', 'password_hash');

CREATE OR REPLACE TRIGGER user_archetypes_check_texts
BEFORE INSERT OR UPDATE OF domain, validation_reason ON user_archetypes
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.tidy_texts('domain', 'validation_reason');

CREATE OR REPLACE TRIGGER user_variables_check_texts
BEFORE INSERT OR UPDATE OF variable_key, variable_value ON user_variables
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.tidy_texts('variable_key', 'variable_value');

-- Without columns: those of a trigger could not be given another type.
CREATE OR REPLACE TRIGGER blueprint_modules_check_texts
BEFORE INSERT OR UPDATE ON blueprint_modules
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.tidy_texts('concept_slug', 'title_template', 'description_template', 'learning_objectives', 'variable_schema', 'content_template');

CREATE OR REPLACE TRIGGER generated_courses_check_texts
BEFORE INSERT OR UPDATE ON generated_courses
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.tidy_texts('title', 'description', 'injected_variables', 'rendered');

CREATE OR REPLACE TRIGGER generated_modules_check_texts
BEFORE INSERT OR UPDATE ON generated_modules
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.tidy_texts('title', 'description', 'content', 'rendered');

CREATE OR REPLACE TRIGGER exercises_check_texts
BEFORE INSERT OR UPDATE ON exercises
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.tidy_texts('title', 'description', 'starter_code', 'solution_code', 'test_cases', 'hints', 'rendered');

CREATE OR REPLACE TRIGGER course_tags_check_texts
BEFORE INSERT OR UPDATE ON course_tags
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.tidy_texts('tag');

CREATE OR REPLACE TRIGGER skill_edges_check_texts
BEFORE INSERT OR UPDATE ON learnify_internal.skill_edges
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.tidy_texts('tag', 'next_tag');

CREATE OR REPLACE TRIGGER module_completions_check_texts
BEFORE INSERT OR UPDATE ON module_completions
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.tidy_texts('submitted_code', 'test_results');

CREATE OR REPLACE TRIGGER architecture_reviews_check_texts
BEFORE INSERT OR UPDATE ON architecture_reviews
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.tidy_texts('feedback');

-- Not on UPDATE: a correction keeps the titles that a row of an earlier version has.
CREATE OR REPLACE TRIGGER activity_feed_check_texts
BEFORE INSERT ON activity_feed
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.tidy_texts('reference_type', 'metadata');

CREATE OR REPLACE TRIGGER achievements_check_texts
BEFORE INSERT OR UPDATE ON achievements
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.tidy_texts('name', 'description', 'badge_icon', 'criteria', 'slug');

CREATE OR REPLACE TRIGGER recommendations_check_texts
BEFORE INSERT OR UPDATE ON recommendations
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.tidy_texts('reason', 'metadata');
