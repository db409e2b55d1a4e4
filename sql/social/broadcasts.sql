CREATE OR REPLACE FUNCTION learnify_internal.activity_types()
RETURNS TABLE (activity_type text, reference_type text, widest_visibility text)
LANGUAGE c
IMMUTABLE PARALLEL SAFE COST 1 ROWS 6
AS 'MODULE_PATHNAME', 'activity_types';

COMMENT ON FUNCTION learnify_internal.activity_types() IS 'Returns the types of activity that the feed accepts, each with the kind of row that it refers to and its widest visibility';

CREATE OR REPLACE FUNCTION learnify_internal.broadcast(actor uuid, activity text, reference_id uuid, metadata jsonb, happened_at timestamptz)
RETURNS void
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'broadcast';

COMMENT ON FUNCTION learnify_internal.broadcast(uuid, text, uuid, jsonb, timestamptz) IS 'Writes an activity to the feed, no more visible than the actor''s settings allow, and nothing for an actor who takes no part in the feed; if learnify.notify is on and the activity is not private, notifies the channel learnify_activity';

CREATE OR REPLACE FUNCTION learnify_internal.retract_broadcast(actor uuid, activity text, reference_id uuid)
RETURNS void
LANGUAGE sql
VOLATILE PARALLEL UNSAFE COST 1000
BEGIN ATOMIC
  DELETE FROM activity_feed AS f
  WHERE f.user_id = actor AND f.activity_type = activity AND f.reference_id = retract_broadcast.reference_id;
END;

COMMENT ON FUNCTION learnify_internal.retract_broadcast(uuid, text, uuid) IS 'Deletes from the feed an activity that a correction has made untrue';

-- If the event has a time in the future or none, the feed row keeps the time of its broadcast.
CREATE OR REPLACE FUNCTION learnify_internal.corrected_time(told_at timestamptz, happened_at timestamptz)
RETURNS timestamptz
LANGUAGE sql
VOLATILE PARALLEL SAFE COST 1
BEGIN ATOMIC
  SELECT CASE WHEN isfinite(happened_at) AND happened_at <= clock_timestamp() THEN happened_at ELSE told_at END;
END;

COMMENT ON FUNCTION learnify_internal.corrected_time(timestamptz, timestamptz) IS 'Returns the new time of a row of the feed, which has the time told_at, after its event has been corrected to have happened at happened_at';

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
      created_at = learnify_internal.corrected_time(f.created_at, happened_at)
  WHERE f.user_id = actor AND f.activity_type = activity AND f.reference_id = correct_broadcast.reference_id
    AND (f.metadata -> 'score', f.created_at)
        IS DISTINCT FROM (to_jsonb(score), learnify_internal.corrected_time(f.created_at, happened_at));
END
$$;

COMMENT ON FUNCTION learnify_internal.correct_broadcast(uuid, text, uuid, numeric, timestamptz) IS 'Updates the score and the time of an activity in the feed after a correction';

CREATE OR REPLACE FUNCTION learnify_internal.module_metadata(module_id uuid)
RETURNS jsonb
LANGUAGE c
STABLE STRICT PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'module_metadata';

COMMENT ON FUNCTION learnify_internal.module_metadata(uuid) IS 'Returns the metadata of an activity about a module: id, number and title of the module, id and title of its course';
