CREATE OR REPLACE FUNCTION learnify_internal.touch_updated_at()
RETURNS trigger
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 10
AS 'MODULE_PATHNAME', 'touch_updated_at';

COMMENT ON FUNCTION learnify_internal.touch_updated_at() IS 'Row trigger: sets updated_at to the current time if an UPDATE changed the row but not updated_at';

-- The columns are listed so that a login, which sets last_login, does not count as a change.
CREATE OR REPLACE TRIGGER users_touch_updated_at
BEFORE UPDATE OF email, password_hash, name, avatar_url, time_zone, max_visibility, social_enabled, follow_policy ON users
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
EXECUTE FUNCTION learnify_internal.touch_updated_at();

CREATE OR REPLACE TRIGGER user_archetypes_touch_updated_at
BEFORE UPDATE ON user_archetypes
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
EXECUTE FUNCTION learnify_internal.touch_updated_at();

CREATE OR REPLACE TRIGGER user_variables_touch_updated_at
BEFORE UPDATE ON user_variables
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
EXECUTE FUNCTION learnify_internal.touch_updated_at();

-- The dates of shipped rows are fixed.
CREATE OR REPLACE TRIGGER blueprint_modules_touch_updated_at
BEFORE UPDATE ON blueprint_modules
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.* AND NOT NEW.builtin)
EXECUTE FUNCTION learnify_internal.touch_updated_at();

-- The columns are listed because the others hold the fitted recommendation model, whose
-- refresh does not change the course.
CREATE OR REPLACE TRIGGER generated_courses_touch_updated_at
BEFORE UPDATE OF user_id, archetype_id, title, description, meta_category, injected_variables, status
ON generated_courses
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
EXECUTE FUNCTION learnify_internal.touch_updated_at();
