-- Keeps updated_at for whoever does not set it.
CREATE OR REPLACE FUNCTION learnify_internal.touch_updated_at()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION learnify_internal.touch_updated_at() IS 'Row trigger: sets updated_at where an UPDATE has left it as it was';

-- Not by a login: that is last_login's to say.
CREATE OR REPLACE TRIGGER users_touch_updated_at
BEFORE UPDATE OF email, password_hash, name, avatar_url, time_zone, max_visibility, social_enabled ON users
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.* AND OLD.updated_at = NEW.updated_at)
EXECUTE FUNCTION learnify_internal.touch_updated_at();

CREATE OR REPLACE TRIGGER user_archetypes_touch_updated_at
BEFORE UPDATE ON user_archetypes
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.* AND OLD.updated_at = NEW.updated_at)
EXECUTE FUNCTION learnify_internal.touch_updated_at();

CREATE OR REPLACE TRIGGER user_variables_touch_updated_at
BEFORE UPDATE ON user_variables
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.* AND OLD.updated_at = NEW.updated_at)
EXECUTE FUNCTION learnify_internal.touch_updated_at();

-- Shipped rows have fixed dates.
CREATE OR REPLACE TRIGGER blueprint_modules_touch_updated_at
BEFORE UPDATE ON blueprint_modules
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.* AND OLD.updated_at = NEW.updated_at AND NOT NEW.builtin)
EXECUTE FUNCTION learnify_internal.touch_updated_at();

-- Names its columns: what later versions keep with a course for recommendations
-- is no change to the course.
CREATE OR REPLACE TRIGGER generated_courses_touch_updated_at
BEFORE UPDATE OF user_id, archetype_id, title, description, meta_category, injected_variables, status
ON generated_courses
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.* AND OLD.updated_at = NEW.updated_at)
EXECUTE FUNCTION learnify_internal.touch_updated_at();
