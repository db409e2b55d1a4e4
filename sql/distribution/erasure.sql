-- erase_user in a distributed database. The deletion of a user is one statement on each node, whose
-- triggers and foreign keys delete there what the node has of that user. What no node knows by itself,
-- which courses others learn from, is done before.

-- Planned for its arguments, since Citus plans nothing else.
CREATE OR REPLACE FUNCTION learnify_internal.has_learners_on_nodes(course_id uuid, author uuid)
RETURNS boolean
LANGUAGE plpgsql
STABLE STRICT PARALLEL RESTRICTED COST 10000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
  PERFORM 1
  FROM @extschema@.user_progress AS p
  WHERE p.course_id = has_learners_on_nodes.course_id AND p.user_id <> author
  LIMIT 1;
  IF NOT FOUND THEN
    PERFORM 1
    FROM @extschema@.module_completions AS s
    JOIN @extschema@.generated_modules AS m ON m.id = s.module_id
    WHERE m.course_id = has_learners_on_nodes.course_id AND s.user_id <> author
    LIMIT 1;
  END IF;
  IF NOT FOUND THEN
    PERFORM 1
    FROM @extschema@.architecture_reviews AS r
    JOIN @extschema@.generated_modules AS m ON m.id = r.module_id
    WHERE m.course_id = has_learners_on_nodes.course_id AND r.user_id <> author
    LIMIT 1;
  END IF;
  RETURN FOUND;
END
$$;

COMMENT ON FUNCTION learnify_internal.has_learners_on_nodes(uuid, uuid) IS 'Returns what others_learn_from does, asking all nodes';

CREATE OR REPLACE FUNCTION learnify_internal.shared_on_nodes(author uuid)
RETURNS uuid[]
LANGUAGE plpgsql
STABLE STRICT PARALLEL RESTRICTED COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  course uuid;
  shared uuid[] := '{}';
BEGIN
  FOR course IN SELECT c.id FROM @extschema@.generated_courses AS c WHERE c.user_id = author ORDER BY c.id LOOP
    IF learnify_internal.has_learners_on_nodes(course, author) THEN
      shared := shared || course;
    END IF;
  END LOOP;
  RETURN shared;
END
$$;

COMMENT ON FUNCTION learnify_internal.shared_on_nodes(uuid) IS 'Returns the courses of an author that others learn from, asking all nodes';

-- Each node waits for who is writing about the user there, and refuses the deletion where somebody has
-- begun a course of that user since the nodes were asked. Then they are asked again.
CREATE OR REPLACE FUNCTION learnify_internal.erase_from_nodes(user_id uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  shared uuid[];
  has_failed boolean := false;
BEGIN
  PERFORM set_config('citus.multi_shard_modify_mode', 'sequential', true);
  LOOP
    IF NOT EXISTS (SELECT FROM @extschema@.users AS u WHERE u.id = erase_from_nodes.user_id) THEN
      RETURN false;
    END IF;
    shared := learnify_internal.shared_on_nodes(user_id);
    PERFORM learnify_internal.hand_over_courses(user_id, shared);
    BEGIN
      DELETE FROM @extschema@.users AS u WHERE u.id = erase_from_nodes.user_id;
      RETURN FOUND;
    EXCEPTION WHEN object_in_use THEN
      IF has_failed AND cardinality(shared) = 0 THEN
        RAISE;
      END IF;
      has_failed := true;
    END;
  END LOOP;
END
$$;

COMMENT ON FUNCTION learnify_internal.erase_from_nodes(uuid) IS 'Does what erase_user does, on all nodes';
