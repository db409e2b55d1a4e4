CREATE OR REPLACE FUNCTION current_learner()
RETURNS uuid
LANGUAGE c
STABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'current_learner';

COMMENT ON FUNCTION current_learner() IS 'Returns the user that learnify.user_id names or, while learnify.use_jwt_claims is on, the sub of request.jwt.claims; NULL for nobody';

CREATE OR REPLACE FUNCTION learnify_internal.require_acting_user(user_id uuid)
RETURNS void
LANGUAGE c
STABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'require_acting_user';

COMMENT ON FUNCTION learnify_internal.require_acting_user(uuid) IS 'Raises insufficient_privilege where the session''s role is held to row-level security and the user is not the one that learnify.user_id names';

CREATE OR REPLACE FUNCTION learnify_internal.require_acting_user(user_id uuid, argument text)
RETURNS void
LANGUAGE c
STABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'require_acting_user';

COMMENT ON FUNCTION learnify_internal.require_acting_user(uuid, text) IS 'The same for an argument that is not called user_id, which the error names';

CREATE OR REPLACE FUNCTION learnify_internal.role_is_bound()
RETURNS boolean
LANGUAGE c
STABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'session_role_is_bound';

COMMENT ON FUNCTION learnify_internal.role_is_bound() IS 'Returns whether row-level security holds the session''s role, so that it may act for one user only';

CREATE OR REPLACE FUNCTION learnify_internal.may_act_for(user_id uuid)
RETURNS boolean
LANGUAGE c
STABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'may_act_for';

COMMENT ON FUNCTION learnify_internal.may_act_for(uuid) IS 'Returns whether require_acting_user accepts the user';

CREATE OR REPLACE FUNCTION require_backend()
RETURNS void
LANGUAGE c
STABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'require_backend';

COMMENT ON FUNCTION require_backend() IS 'Raises insufficient_privilege where row-level security holds the current role';
