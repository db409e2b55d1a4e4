CREATE OR REPLACE FUNCTION learnify_internal.require_page(user_id uuid, page_size integer, before_at timestamptz, before_id uuid)
RETURNS void
LANGUAGE c
IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'require_page';

COMMENT ON FUNCTION learnify_internal.require_page(uuid, integer, timestamptz, uuid) IS 'Raises what is wrong with a request for a page: nobody''s, fewer than 1 or more than 200 rows, or half a cursor';

CREATE OR REPLACE FUNCTION activity_ticker(user_id uuid, page_size integer DEFAULT 50, before_at timestamptz DEFAULT NULL,
                                before_id uuid DEFAULT NULL)
RETURNS SETOF activity_feed
LANGUAGE c
STABLE PARALLEL SAFE COST 1000 ROWS 50
AS 'MODULE_PATHNAME', 'activity_ticker';

REVOKE EXECUTE ON FUNCTION activity_ticker(uuid, integer, timestamptz, uuid) FROM PUBLIC;

COMMENT ON FUNCTION activity_ticker(uuid, integer, timestamptz, uuid) IS 'Returns a page of what the people that this user follows did, newest first; the next page begins after the last row''s created_at and id';
