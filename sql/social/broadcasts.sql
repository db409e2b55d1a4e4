-- Not strict, so that it is inlined.
CREATE FUNCTION limit_visibility(visibility text, maximum text)
RETURNS text
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 1
BEGIN ATOMIC
  SELECT CASE
    WHEN 'private' IN (visibility, maximum) THEN 'private'
    WHEN 'friends' IN (visibility, maximum) THEN 'friends'
    WHEN visibility = 'public' AND maximum = 'public' THEN 'public'
  END;
END;

COMMENT ON FUNCTION limit_visibility(text, text) IS 'Returns the narrower of two visibilities';

CREATE FUNCTION broadcast(actor uuid, activity text, reference_type text, reference_id uuid, metadata jsonb,
                          happened_at timestamptz)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  told record;
BEGIN
  INSERT INTO @extschema@.activity_feed
    (user_id, activity_type, reference_type, reference_id, metadata, visibility, created_at)
  SELECT actor, activity, broadcast.reference_type, broadcast.reference_id,
         jsonb_build_object('actor_name', u.name) || broadcast.metadata,
         @extschema@.limit_visibility(
           CASE WHEN activity IN ('course_completed', 'achievement_earned', 'optimization_achieved')
             THEN 'public'
             ELSE 'friends'
           END, u.max_visibility),
         happened_at
  FROM @extschema@.users AS u
  WHERE u.id = actor AND u.social_enabled
  RETURNING id, visibility INTO told;

  -- any role may listen, so what is private is not even hinted at
  IF told.visibility <> 'private' AND @extschema@.notify_enabled() THEN
    PERFORM pg_notify('learnify_activity', json_build_object('id', told.id, 'user_id', actor)::text);
  END IF;
END
$$;

COMMENT ON FUNCTION broadcast(uuid, text, text, uuid, jsonb, timestamptz) IS 'Writes one row of the feed as the actor''s settings allow, and notifies channel learnify_activity of what is not private where learnify.notify is on';

CREATE FUNCTION retract_broadcast(actor uuid, activity text, reference_id uuid)
RETURNS void
LANGUAGE sql
VOLATILE PARALLEL UNSAFE COST 1000
BEGIN ATOMIC
  DELETE FROM activity_feed AS f
  WHERE f.user_id = actor AND f.activity_type = activity AND f.reference_id = retract_broadcast.reference_id;
END;

COMMENT ON FUNCTION retract_broadcast(uuid, text, uuid) IS 'Takes back what a correction has made untrue';

CREATE FUNCTION correct_broadcast(actor uuid, activity text, reference_id uuid, score numeric, happened_at timestamptz)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
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

COMMENT ON FUNCTION correct_broadcast(uuid, text, uuid, numeric, timestamptz) IS 'Brings what the feed says up to a correction: the score and when it happened';

-- What a reader of the feed would otherwise have to join. Not strict, so that it
-- is inlined.
CREATE FUNCTION module_metadata(module_id uuid)
RETURNS TABLE (metadata jsonb)
LANGUAGE sql
STABLE PARALLEL SAFE COST 100 ROWS 1
BEGIN ATOMIC
  SELECT jsonb_build_object(
    'course_id', c.id,
    'course_title', c.title,
    'module_id', m.id,
    'module_number', m.module_number,
    'module_title', m.title)
  FROM generated_modules AS m
  JOIN generated_courses AS c ON c.id = m.course_id
  WHERE m.id = module_metadata.module_id;
END;

COMMENT ON FUNCTION module_metadata(uuid) IS 'Returns what the feed says of a module: its number and title, and its course''s';
