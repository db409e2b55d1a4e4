-- Called rather than read with current_setting: these load the library, which
-- alone knows the defaults and refuses what is no boolean.
CREATE OR REPLACE FUNCTION learnify_internal.automation_enabled()
RETURNS boolean
LANGUAGE c
STABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'automation_enabled';

COMMENT ON FUNCTION learnify_internal.automation_enabled() IS 'Returns the setting learnify.automation';
