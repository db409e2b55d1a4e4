CREATE OR REPLACE FUNCTION learnify_internal.activity_types()
RETURNS TABLE (activity_type text, reference_type text, widest_visibility text)
LANGUAGE c
IMMUTABLE PARALLEL SAFE COST 1 ROWS 6
AS 'MODULE_PATHNAME', 'activity_types';

COMMENT ON FUNCTION learnify_internal.activity_types() IS 'Returns the types of activity that the feed takes, each with what it refers to and how widely it is shown at most';

CREATE OR REPLACE FUNCTION learnify_internal.broadcast(actor uuid, activity text, reference_type text, reference_id uuid, metadata jsonb,
                          happened_at timestamptz)
RETURNS void
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'broadcast';

COMMENT ON FUNCTION learnify_internal.broadcast(uuid, text, text, uuid, jsonb, timestamptz) IS 'Writes one row of the feed as the actor''s settings allow, and notifies channel learnify_activity of what is not private where learnify.notify is on';

CREATE OR REPLACE FUNCTION learnify_internal.retract_broadcast(actor uuid, activity text, reference_id uuid)
RETURNS void
LANGUAGE sql
VOLATILE PARALLEL UNSAFE COST 1000
BEGIN ATOMIC
  DELETE FROM activity_feed AS f
  WHERE f.user_id = actor AND f.activity_type = activity AND f.reference_id = retract_broadcast.reference_id;
END;

COMMENT ON FUNCTION learnify_internal.retract_broadcast(uuid, text, uuid) IS 'Takes back what a correction has made untrue';

CREATE OR REPLACE FUNCTION learnify_internal.correct_broadcast(actor uuid, activity text, reference_id uuid, score numeric, happened_at timestamptz)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
  UPDATE @extschema@.activity_feed AS f
  SET metadata = f.metadata || jsonb_build_object('score', score),
      created_at = happened_at
  WHERE f.user_id = actor AND f.activity_type = activity AND f.reference_id = correct_broadcast.reference_id
    AND (f.metadata -> 'score', f.created_at) IS DISTINCT FROM (to_jsonb(score), happened_at);
END
$$;

COMMENT ON FUNCTION learnify_internal.correct_broadcast(uuid, text, uuid, numeric, timestamptz) IS 'Brings what the feed says up to a correction: the score and when it happened';

CREATE OR REPLACE FUNCTION learnify_internal.module_metadata(module_id uuid)
RETURNS jsonb
LANGUAGE c
STABLE STRICT PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'module_metadata';

COMMENT ON FUNCTION learnify_internal.module_metadata(uuid) IS 'Returns what the feed says of a module: its number and title, and its course''s';
