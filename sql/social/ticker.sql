CREATE OR REPLACE FUNCTION learnify_internal.require_page(user_id uuid, page_size integer, before_at timestamptz, before_id uuid)
RETURNS void
LANGUAGE c
IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'require_page';

COMMENT ON FUNCTION learnify_internal.require_page(uuid, integer, timestamptz, uuid) IS 'Raises what is wrong with a request for a page: nobody''s, fewer than 1 or more than 200 rows, or an instant without a row';

CREATE OR REPLACE FUNCTION learnify_internal.find_page(is_forward boolean, at timestamptz, id uuid, created_at timestamptz,
                                                       OUT bound_at timestamptz, OUT bound_id uuid, OUT is_included boolean)
LANGUAGE c
IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'find_page';

COMMENT ON FUNCTION learnify_internal.find_page(boolean, timestamptz, uuid, timestamptz) IS 'Returns where a page begins that follows a row: at the row''s own created_at, or, where that is NULL, since the row is gone, where the client''s instant says';

CREATE OR REPLACE FUNCTION activity_ticker(user_id uuid, page_size integer DEFAULT 50, before_at timestamptz DEFAULT NULL,
                                before_id uuid DEFAULT NULL)
RETURNS SETOF activity_feed
LANGUAGE c
STABLE PARALLEL SAFE COST 1000 ROWS 50
AS 'MODULE_PATHNAME', 'activity_ticker';

REVOKE EXECUTE ON FUNCTION activity_ticker(uuid, integer, timestamptz, uuid) FROM PUBLIC;

COMMENT ON FUNCTION activity_ticker(uuid, integer, timestamptz, uuid) IS 'Returns a page of what the people that this user follows did, newest first; the next page is that before the last row''s id';

CREATE OR REPLACE FUNCTION newer_activity(user_id uuid, page_size integer DEFAULT 50, after_at timestamptz DEFAULT NULL,
                                          after_id uuid DEFAULT NULL)
RETURNS SETOF activity_feed
LANGUAGE c
STABLE PARALLEL SAFE COST 1000 ROWS 50
AS 'MODULE_PATHNAME', 'newer_activity';

REVOKE EXECUTE ON FUNCTION newer_activity(uuid, integer, timestamptz, uuid) FROM PUBLIC;

COMMENT ON FUNCTION newer_activity(uuid, integer, timestamptz, uuid) IS 'Returns a page of what the people that this user follows did after a row of the ticker, oldest first; the next page is that after the last row''s id';

-- In a distributed database, Citus sends the call to the node of the anchor, one of the followed,
-- which are all on that node.
CREATE OR REPLACE FUNCTION learnify_internal.followed_page(anchor uuid, followed uuid[], page_size integer, is_forward boolean,
                                                           bound_at timestamptz, bound_id uuid, is_included boolean)
RETURNS SETOF activity_feed
LANGUAGE c
STABLE PARALLEL SAFE COST 1000 ROWS 50
AS 'MODULE_PATHNAME', 'followed_page';

COMMENT ON FUNCTION learnify_internal.followed_page(uuid, uuid[], integer, boolean, timestamptz, uuid, boolean) IS 'Returns what the followed did, as much as a page before or after the bound holds of it, in any order';
