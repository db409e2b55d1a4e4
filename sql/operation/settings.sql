-- SQL code calls this instead of current_setting, because the call loads the library. The
-- setting has its default, and is checked to be a boolean, only once that is loaded.
CREATE OR REPLACE FUNCTION learnify_internal.automation_enabled()
RETURNS boolean
LANGUAGE c
STABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'automation_enabled';

COMMENT ON FUNCTION learnify_internal.automation_enabled() IS 'Returns whether the setting learnify.automation is on, as it always is for a learner''s role, which lets triggers keep progress, feed and achievements up to date';

-- src/base/settings.h says how that is known.
CREATE OR REPLACE FUNCTION learnify_internal.restores_rows()
RETURNS boolean
LANGUAGE c
STABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'restores_rows';

COMMENT ON FUNCTION learnify_internal.restores_rows() IS 'Returns whether the session restores a dump, or imports, so that triggers have to leave the rows that it inserts as they are';
