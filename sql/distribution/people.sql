-- What is about two people, whose rows are on different shards.

-- Delegated by the viewer.
CREATE OR REPLACE FUNCTION learnify_internal.visible_people(viewer_id uuid, people uuid[])
RETURNS TABLE (id uuid, visibility text)
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 1000 ROWS 10
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
  RETURN QUERY
    SELECT p.id, v.visibility
    FROM unnest(people) AS p (id)
    CROSS JOIN LATERAL learnify_internal.visibilities_to(p.id, viewer_id) AS v
    WHERE v.visibility IS NOT NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.visible_people(uuid, uuid[]) IS 'Returns those of these people whom the viewer may see, each with what visibility_to returns';

-- Delegated by the user.
CREATE OR REPLACE FUNCTION learnify_internal.authors_of_completions(user_id uuid)
RETURNS SETOF uuid
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 1000 ROWS 10
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
  RETURN QUERY
    SELECT DISTINCT c.author_id
    FROM learnify_internal.completions(authors_of_completions.user_id) AS c
    WHERE c.author_id IS NOT NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.authors_of_completions(uuid) IS 'Returns the authors of the courses that a learner has completed';

-- Planned for its arguments, since Citus plans nothing else; in FROM, because it runs a call without
-- that here.
CREATE OR REPLACE FUNCTION learnify_internal.resume_from_nodes(user_id uuid, viewer_id uuid)
RETURNS jsonb
LANGUAGE plpgsql
STABLE PARALLEL RESTRICTED COST 100000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  -- a back end may ask for what everybody sees
  viewer CONSTANT uuid := coalesce(viewer_id, '00000000-0000-0000-0000-000000000000');
  reach text;
  authors uuid[];
  shown uuid[];
  followers bigint;
  resume jsonb;
BEGIN
  SELECT v.visibility INTO reach FROM learnify_internal.visible_people(viewer, ARRAY[user_id]) AS v;
  IF reach IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT array_agg(a.id) INTO authors FROM learnify_internal.authors_of_completions(user_id) AS a (id);
  SELECT coalesce(array_agg(v.id), '{}') INTO shown FROM learnify_internal.visible_people(viewer, coalesce(authors, '{}')) AS v;
  SELECT count(*) INTO followers FROM @extschema@.user_relationships AS r WHERE r.following_id = resume_from_nodes.user_id;
  SELECT r.resume INTO resume FROM learnify_internal.resume_of(user_id, viewer, reach, shown, followers) AS r (resume);
  RETURN resume;
END
$$;

COMMENT ON FUNCTION learnify_internal.resume_from_nodes(uuid, uuid) IS 'Returns what living_resume does, asking the nodes of the two people; NULL where the viewer may see nothing';

-- Each node ends the follows of those whose rows it has. The row in users is locked, as block_user does
-- in a plain database, so that whoever follows on this node meanwhile has done so before.
CREATE OR REPLACE FUNCTION learnify_internal.end_blocked_follows()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  follows uuid[];
BEGIN
  IF learnify_internal.restores_rows() THEN
    RETURN NEW;
  END IF;
  PERFORM FROM @extschema@.users AS u WHERE u.id = NEW.user_id FOR UPDATE;
  PERFORM learnify_internal.require_latest_follow(NEW.user_id, NEW.other_id);
  follows := ARRAY(SELECT * FROM learnify_internal.follows_between(NEW.user_id, NEW.other_id));
  DELETE FROM learnify_internal.follow_requests AS q WHERE q.id = ANY (follows);
  DELETE FROM @extschema@.user_relationships AS r WHERE r.id = ANY (follows);
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION learnify_internal.end_blocked_follows() IS 'Row trigger of a distributed database: ends the follows between two people of whom one blocks the other';

CREATE OR REPLACE FUNCTION learnify_internal.end_follows_on_nodes()
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  CREATE OR REPLACE TRIGGER user_blocks_end_follows
  BEFORE INSERT ON learnify_internal.user_blocks
  FOR EACH ROW
  EXECUTE FUNCTION learnify_internal.on_each_group('end_blocked_follows');
END
$$;

COMMENT ON FUNCTION learnify_internal.end_follows_on_nodes() IS 'Makes each node end the follows between two people of whom one blocks the other';
