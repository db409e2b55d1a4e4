-- Everything that is stored about a person, for export_user and export_user_rows alike.
-- Solutions and test cases are left out: they belong to the course, and not to the person.
-- There is a statement for each table, with an order of its own; results that do not fit into
-- work_mem go to disk. Rows that may be large are json from the start, since jsonb holds no
-- more than 256 MB.
CREATE OR REPLACE FUNCTION export_user_rows(user_id uuid)
RETURNS TABLE (table_name text, content json)
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 10000 ROWS 500
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM learnify_internal.require_acting_user(user_id);
  RETURN QUERY
    SELECT 'users', (to_jsonb(t) - 'password_hash')::json
    FROM @extschema@.users AS t
    WHERE t.id = export_user_rows.user_id;
  RETURN QUERY
    SELECT 'user_archetypes', to_json(t)
    FROM @extschema@.user_archetypes AS t
    WHERE t.user_id = export_user_rows.user_id;
  RETURN QUERY
    SELECT 'user_variables', to_json(t)
    FROM @extschema@.user_variables AS t
    WHERE t.user_id = export_user_rows.user_id
    ORDER BY t.variable_key COLLATE "C";
  RETURN QUERY
    SELECT 'model_requests', (to_jsonb(t) - 'ticket')::json
    FROM learnify_internal.model_requests AS t
    LEFT JOIN @extschema@.user_archetypes AS a ON a.id = t.archetype_id
    LEFT JOIN @extschema@.module_completions AS s ON s.id = t.submission_id
    WHERE coalesce(a.user_id, s.user_id) = export_user_rows.user_id
    ORDER BY t.due_at, t.id;
  RETURN QUERY
    SELECT 'login_failures', (to_jsonb(t) - 'address')::json
    FROM learnify_internal.login_failures AS t
    JOIN @extschema@.users AS u ON t.address = learnify_internal.login_address(u.email)
    WHERE u.id = export_user_rows.user_id;
  RETURN QUERY
    SELECT 'account_tokens', (to_jsonb(t) - '{digest,account_digest}'::text[])::json
    FROM learnify_internal.account_tokens AS t
    WHERE t.user_id = export_user_rows.user_id
    ORDER BY t.purpose;
  RETURN QUERY
    SELECT 'generated_courses', (to_jsonb(t) - learnify_internal.model_columns())::json
    FROM @extschema@.generated_courses AS t
    WHERE t.user_id = export_user_rows.user_id
    ORDER BY t.created_at, t.id;
  RETURN QUERY
    SELECT 'generated_modules', to_json(t)
    FROM @extschema@.generated_modules AS t
    JOIN @extschema@.generated_courses AS c ON c.id = t.course_id
    WHERE c.user_id = export_user_rows.user_id
    ORDER BY t.course_id, t.module_number;
  RETURN QUERY
    SELECT 'exercises', (to_jsonb(t) - '{solution_code,test_cases}'::text[])::json
    FROM @extschema@.exercises AS t
    JOIN @extschema@.generated_modules AS m ON m.id = t.module_id
    JOIN @extschema@.generated_courses AS c ON c.id = m.course_id
    WHERE c.user_id = export_user_rows.user_id
    ORDER BY m.course_id, m.module_number, t.exercise_number;
  RETURN QUERY
    SELECT 'course_tags', to_json(t)
    FROM @extschema@.course_tags AS t
    JOIN @extschema@.generated_courses AS c ON c.id = t.course_id
    WHERE c.user_id = export_user_rows.user_id
    ORDER BY t.course_id, t.tag COLLATE "C";
  RETURN QUERY
    SELECT 'user_progress', to_json(t)
    FROM @extschema@.user_progress AS t
    WHERE t.user_id = export_user_rows.user_id
    ORDER BY t.started_at, t.id;
  RETURN QUERY
    SELECT 'kept_completions', to_json(t)
    FROM learnify_internal.kept_completions AS t
    WHERE t.user_id = export_user_rows.user_id
    ORDER BY t.completed_at, t.course_id;
  RETURN QUERY
    SELECT 'module_completions', to_json(t)
    FROM @extschema@.module_completions AS t
    WHERE t.user_id = export_user_rows.user_id
    ORDER BY t.submitted_at, t.id;
  RETURN QUERY
    SELECT 'architecture_reviews', to_json(t)
    FROM @extschema@.architecture_reviews AS t
    WHERE t.user_id = export_user_rows.user_id
    ORDER BY t.reviewed_at, t.id;
  RETURN QUERY
    SELECT 'user_relationships', to_json(t)
    FROM @extschema@.user_relationships AS t
    WHERE t.follower_id = export_user_rows.user_id OR t.following_id = export_user_rows.user_id
    ORDER BY t.created_at, t.id;
  RETURN QUERY
    SELECT 'follow_requests', to_json(t)
    FROM learnify_internal.follow_requests AS t
    WHERE t.follower_id = export_user_rows.user_id OR t.following_id = export_user_rows.user_id
    ORDER BY t.created_at, t.id;
  -- By whom the user is blocked is not told.
  RETURN QUERY
    SELECT 'user_blocks', to_json(t)
    FROM learnify_internal.user_blocks AS t
    WHERE t.user_id = export_user_rows.user_id
    ORDER BY t.created_at, t.id;
  RETURN QUERY
    SELECT 'activity_feed', to_json(t)
    FROM @extschema@.activity_feed AS t
    WHERE t.user_id = export_user_rows.user_id
    ORDER BY t.created_at, t.id;
  RETURN QUERY
    SELECT 'user_achievements', (to_jsonb(t) || jsonb_build_object('name', a.name))::json
    FROM @extschema@.user_achievements AS t
    JOIN @extschema@.achievements AS a ON a.id = t.achievement_id
    WHERE t.user_id = export_user_rows.user_id
    ORDER BY t.unlocked_at, t.id;
  RETURN QUERY
    SELECT 'recommendations', to_json(t)
    FROM @extschema@.recommendations AS t
    WHERE t.user_id = export_user_rows.user_id
      AND (t.recommendation_type <> 'social_signal' OR learnify_internal.may_name_people(t.user_id, t.metadata))
    ORDER BY t.created_at, t.id;
  RETURN QUERY
    SELECT 'user_course_interactions', to_json(t)
    FROM @extschema@.user_course_interactions AS t
    WHERE t.user_id = export_user_rows.user_id
    ORDER BY t.created_at, t.id;
END
$$;

REVOKE EXECUTE ON FUNCTION export_user_rows(uuid) FROM PUBLIC;

COMMENT ON FUNCTION export_user_rows(uuid) IS 'Returns everything held about a person, a row for each row of a table, but for the password''s hash and the solutions and test cases of their courses; works for any number of rows';

CREATE OR REPLACE FUNCTION export_user(user_id uuid)
RETURNS jsonb
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 10000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  WITH tables AS MATERIALIZED (
    SELECT r.table_name, jsonb_agg(r.content::jsonb ORDER BY r.number) AS contents
    FROM export_user_rows(export_user.user_id) WITH ORDINALITY AS r (table_name, content, number)
    GROUP BY r.table_name
  )
  SELECT jsonb_object_agg(k.name, CASE k.name WHEN 'users' THEN t.contents -> 0 ELSE coalesce(t.contents, '[]') END)
  FROM unnest('{users,user_archetypes,user_variables,model_requests,login_failures,account_tokens,generated_courses,generated_modules,'
              'exercises,course_tags,user_progress,kept_completions,module_completions,architecture_reviews,user_relationships,'
              'follow_requests,user_blocks,activity_feed,user_achievements,recommendations,user_course_interactions}'::text[]) AS k (name)
  LEFT JOIN tables AS t ON t.table_name = k.name
  HAVING EXISTS (SELECT FROM tables AS u);
END;

REVOKE EXECUTE ON FUNCTION export_user(uuid) FROM PUBLIC;

COMMENT ON FUNCTION export_user(uuid) IS 'Returns the rows of export_user_rows as one document, with a key for each table; NULL where there is no such user';

-- When an author is deleted, a course with other learners is kept: it is handed over, without
-- the author's variables, to an account that nobody can log in to.
CREATE OR REPLACE FUNCTION learnify_internal.hand_over_courses(author uuid, shared uuid[])
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  former_author CONSTANT uuid := learnify_internal.former_author();
BEGIN
  IF cardinality(shared) = 0 THEN
    RETURN;
  END IF;
  IF author = former_author THEN
    RAISE EXCEPTION 'user % keeps courses that others learn from', author
      USING ERRCODE = 'object_in_use',
            TABLE = 'users',
            COLUMN = 'id',
            HINT = 'Give the courses another author first: UPDATE generated_courses SET user_id = ...';
  END IF;

  -- Nobody can have registered a random address before.
  INSERT INTO @extschema@.users (id, email, password_hash, name, max_visibility, social_enabled)
  VALUES (former_author, format('former-author-%s@learnify.invalid', gen_random_uuid()), '!', 'Former author',
          'private', false)
  ON CONFLICT (id) DO NOTHING;
  -- Back ends may read archetype_id into a string, which cannot be NULL.
  INSERT INTO @extschema@.user_archetypes (user_id, meta_category, domain, skill_level)
  VALUES (former_author, 'Cognitive', 'former author', 'novice')
  ON CONFLICT (user_id) DO NOTHING;
  UPDATE @extschema@.generated_courses
  SET user_id = former_author,
      archetype_id = (SELECT a.id FROM @extschema@.user_archetypes AS a WHERE a.user_id = former_author),
      injected_variables = '{}',
      rendered = NULL
  WHERE id = ANY (shared);
  -- The states of the modules were those of the author.
  UPDATE @extschema@.generated_modules AS m
  SET status = CASE WHEN f.is_first THEN 'active' ELSE 'locked' END,
      unlocked_at = CASE WHEN f.is_first THEN m.created_at END
  FROM (SELECT s.id, s.module_number = min(s.module_number) OVER (PARTITION BY s.course_id) AS is_first
        FROM @extschema@.generated_modules AS s
        WHERE s.course_id = ANY (shared)) AS f
  WHERE m.id = f.id;
END
$$;

COMMENT ON FUNCTION learnify_internal.hand_over_courses(uuid, uuid[]) IS 'Gives these courses of an author to the account that keeps those of erased authors';

CREATE OR REPLACE FUNCTION learnify_internal.hand_over_shared_courses()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  shared uuid[];
BEGIN
  -- This waits for concurrent enrolments to end, and blocks new ones.
  PERFORM FROM @extschema@.generated_courses AS c WHERE c.user_id = OLD.id ORDER BY c.id FOR UPDATE;
  shared := ARRAY(
    SELECT c.id
    FROM @extschema@.generated_courses AS c
    WHERE c.user_id = OLD.id AND learnify_internal.others_learn_from(c.id, OLD.id));
  IF cardinality(shared) > 0 AND learnify_internal.is_on_node() THEN
    RAISE EXCEPTION 'others learn from courses of user %', OLD.id
      USING ERRCODE = 'object_in_use',
            TABLE = 'users',
            COLUMN = 'id',
            HINT = 'In a distributed database, only erase_user deletes this user.';
  END IF;
  PERFORM learnify_internal.hand_over_courses(OLD.id, shared);
  RETURN OLD;
END
$$;

COMMENT ON FUNCTION learnify_internal.hand_over_shared_courses() IS 'Row trigger: keeps a deleted user''s courses that others learn from';

CREATE OR REPLACE TRIGGER users_hand_over_shared_courses
BEFORE DELETE ON users
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.hand_over_shared_courses();

-- A reason names three people and counts the others. On a node of a distributed database the
-- enrolments of the person may be in another shard.
CREATE OR REPLACE FUNCTION learnify_internal.may_count_person(course_id uuid, metadata jsonb, person_id uuid)
RETURNS boolean
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $$
#variable_conflict use_variable
BEGIN
  RETURN strpos(metadata::text, person_id::text) > 0
    OR (metadata -> 'people' > '3'
        AND (learnify_internal.is_on_node()
             OR EXISTS (SELECT FROM @extschema@.user_progress AS p WHERE p.user_id = person_id AND p.course_id = course_id)));
END
$$;

COMMENT ON FUNCTION learnify_internal.may_count_person(uuid, jsonb, uuid) IS 'Returns whether the reason of a social recommendation, of this course and with this metadata, names a person or may count this one';

-- A recommendation may name and count only users whom the learner follows. This runs when the
-- learner unfollows somebody, and when the followed user is deleted.
-- A row that another transaction has locked is skipped, so that nobody waits for what somebody else
-- does: home_rows does not show a row that names such a user, and the next refresh removes it.
-- forget_erased has removed the rows of a deleted user before, and has waited for their locks.
CREATE OR REPLACE FUNCTION learnify_internal.forget_unfollowed()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  DELETE FROM @extschema@.recommendations AS d
  WHERE d.id IN (SELECT r.id
                 FROM @extschema@.recommendations AS r
                 WHERE r.user_id = OLD.follower_id
                   AND r.recommendation_type = 'social_signal'
                   AND learnify_internal.may_count_person(r.course_id, r.metadata, OLD.following_id)
                 FOR UPDATE SKIP LOCKED);
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.forget_unfollowed() IS 'Row trigger: deletes the recommendations that name or count somebody whom the learner no longer follows';

CREATE OR REPLACE TRIGGER user_relationships_forget_unfollowed
AFTER DELETE ON user_relationships
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.forget_unfollowed();

CREATE OR REPLACE FUNCTION learnify_internal.forget_hidden()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  IF learnify_internal.is_shown_to_followers(OLD.max_visibility, OLD.social_enabled)
     AND NOT learnify_internal.is_shown_to_followers(NEW.max_visibility, NEW.social_enabled) THEN
    DELETE FROM @extschema@.recommendations AS d
    WHERE d.id IN (SELECT r.id
                   FROM @extschema@.user_relationships AS f
                   JOIN @extschema@.recommendations AS r ON r.user_id = f.follower_id
                   WHERE f.following_id = NEW.id
                     AND r.recommendation_type = 'social_signal'
                     AND learnify_internal.may_count_person(r.course_id, r.metadata, NEW.id)
                   FOR UPDATE OF r SKIP LOCKED);
  END IF;
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.forget_hidden() IS 'Row trigger: deletes the recommendations that name or count a user who is no longer shown to followers';

CREATE OR REPLACE TRIGGER users_forget_hidden
AFTER UPDATE ON users
FOR EACH ROW
WHEN (OLD.max_visibility <> NEW.max_visibility OR OLD.social_enabled <> NEW.social_enabled)
EXECUTE FUNCTION learnify_internal.forget_hidden();

-- Two users who are erased at the same time may have followers, or recommended courses, in common.
-- Foreign keys would delete these rows course by course and follower by follower, in an order that
-- differs between the two. So all of them are locked first, ordered by id.
CREATE OR REPLACE FUNCTION learnify_internal.forget_erased()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  naming CONSTANT uuid[] := ARRAY(
    SELECT r.id
    FROM @extschema@.user_relationships AS f
    JOIN @extschema@.recommendations AS r ON r.user_id = f.follower_id
    WHERE f.following_id = OLD.id
      AND r.recommendation_type = 'social_signal'
      AND strpos(r.metadata::text, OLD.id::text) > 0);
BEGIN
  PERFORM
  FROM @extschema@.recommendations AS d
  WHERE d.id IN (
    SELECT unnest(naming)
    UNION
    SELECT r.id FROM @extschema@.recommendations AS r WHERE r.user_id = OLD.id
    UNION
    SELECT r.id
    FROM @extschema@.generated_courses AS c
    JOIN @extschema@.recommendations AS r ON r.course_id = c.id
    WHERE c.user_id = OLD.id)
  ORDER BY d.id
  FOR UPDATE;
  PERFORM
  FROM @extschema@.user_course_interactions AS d
  WHERE d.id IN (
    SELECT i.id FROM @extschema@.user_course_interactions AS i WHERE i.user_id = OLD.id
    UNION
    SELECT i.id
    FROM @extschema@.generated_courses AS c
    JOIN @extschema@.user_course_interactions AS i ON i.course_id = c.id
    WHERE c.user_id = OLD.id)
  ORDER BY d.id
  FOR UPDATE;
  PERFORM
  FROM learnify_internal.kept_completions AS r
  WHERE OLD.id IN (r.user_id, r.author_id)
  ORDER BY r.user_id, r.course_id
  FOR UPDATE;
  DELETE FROM @extschema@.recommendations AS r WHERE r.id = ANY (naming);
  -- Records of learners whom the same statement has deleted go with them: to update one that this
  -- transaction has written would make PostgreSQL look for its learner.
  UPDATE learnify_internal.kept_completions AS r
  SET author_id = NULL,
      author_name = NULL
  WHERE r.author_id = OLD.id
    AND EXISTS (SELECT FROM @extschema@.users AS u WHERE u.id = r.user_id);
  RETURN OLD;
END
$$;

COMMENT ON FUNCTION learnify_internal.forget_erased() IS 'Row trigger: locks the recommendations, interactions and records that go with a user in one order, removes the recommendations that name the user, and the user''s name from records of those who have completed the user''s courses';

-- The name sorts after users_hand_over_shared_courses, which gives the courses that are kept to
-- another user.
CREATE OR REPLACE TRIGGER users_z_forget_erased
BEFORE DELETE ON users
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.forget_erased();

-- A back end may not lock these rows by itself.
CREATE OR REPLACE FUNCTION learnify_internal.lock_requests_and_blocks(user_id uuid, may_wait boolean)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
  PERFORM learnify_internal.require_acting_user(lock_requests_and_blocks.user_id);
  IF may_wait THEN
    PERFORM FROM learnify_internal.follow_requests AS q
    WHERE lock_requests_and_blocks.user_id IN (q.follower_id, q.following_id)
    ORDER BY q.id
    FOR UPDATE;
    PERFORM FROM learnify_internal.user_blocks AS b
    WHERE lock_requests_and_blocks.user_id IN (b.user_id, b.other_id)
    ORDER BY b.id
    FOR UPDATE;
  ELSE
    PERFORM FROM learnify_internal.follow_requests AS q
    WHERE lock_requests_and_blocks.user_id IN (q.follower_id, q.following_id)
    FOR UPDATE NOWAIT;
    PERFORM FROM learnify_internal.user_blocks AS b
    WHERE lock_requests_and_blocks.user_id IN (b.user_id, b.other_id)
    FOR UPDATE NOWAIT;
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.lock_requests_and_blocks(uuid, boolean) IS 'Locks the requests and blocks of and by a user, or raises lock_not_available where it would have to wait and may not';

CREATE OR REPLACE FUNCTION learnify_internal.require_latest_holdings(user_id uuid, courses uuid[])
RETURNS void
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'require_latest_holdings';

COMMENT ON FUNCTION learnify_internal.require_latest_holdings(uuid, uuid[]) IS 'Raises serialization_failure where the transaction''s snapshot is too old for what goes with a user, or with courses';

-- This locks rows in the order in which all other functions and triggers lock them, so that it
-- does not deadlock: first submissions, reviews, the archetype, requests to follow, blocks and
-- relationships, then the row in users. Once the row in users is locked, nothing can be added; rows that
-- were added before are locked next, as are the user's own courses, which a submission locks before its
-- learner and an enrolment afterwards, and the progress, which an application may have updated before it
-- waits for the learner. These locks are taken without waiting, because a session that holds one may be
-- waiting for a row that is locked here. If one is not available, the subtransaction releases all
-- locks, and the loop begins again.
CREATE OR REPLACE FUNCTION erase_user(user_id uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  learner_locked boolean;
  obstacle record;
BEGIN
  PERFORM @extschema@.require_backend();
  PERFORM learnify_internal.require_arguments('user_id', user_id);
  IF learnify_internal.is_coordinating() THEN
    RETURN learnify_internal.erase_from_nodes(user_id);
  END IF;
  LOOP
    learner_locked := false;
    BEGIN
      PERFORM FROM @extschema@.module_completions AS s WHERE s.user_id = erase_user.user_id ORDER BY s.id FOR UPDATE;
      PERFORM FROM @extschema@.architecture_reviews AS r WHERE r.user_id = erase_user.user_id ORDER BY r.id FOR UPDATE;
      -- FOR NO KEY UPDATE, because set_variables locks the archetype FOR KEY SHARE, by a foreign
      -- key, while it holds the learner.
      PERFORM FROM @extschema@.user_archetypes AS a WHERE a.user_id = erase_user.user_id FOR NO KEY UPDATE;
      -- In one order, because two users who follow each other may be erased concurrently.
      PERFORM learnify_internal.lock_requests_and_blocks(erase_user.user_id, true);
      PERFORM FROM @extschema@.user_relationships AS r
      WHERE erase_user.user_id IN (r.follower_id, r.following_id)
      ORDER BY r.id
      FOR UPDATE;
      -- FOR UPDATE, because a session that has inserted a row with a foreign key to the learner may
      -- lock the learner next.
      PERFORM FROM @extschema@.users AS u WHERE u.id = erase_user.user_id FOR UPDATE;
      IF NOT FOUND THEN
        RETURN false;  -- unknown, or erased during the wait
      END IF;
      learner_locked := true;
      -- What a snapshot is too old for would be met by the deletion only, and whoever has it locked may
      -- be waiting for the learner. This raises serialization_failure then, and so do
      -- require_latest_content and require_latest_holdings, once nothing can be added.
      PERFORM learnify_internal.lock_learner(erase_user.user_id);
      PERFORM FROM @extschema@.generated_courses AS c WHERE c.user_id = erase_user.user_id FOR UPDATE NOWAIT;
      PERFORM
      FROM @extschema@.generated_modules AS m
      JOIN @extschema@.generated_courses AS c ON c.id = m.course_id
      WHERE c.user_id = erase_user.user_id
      FOR UPDATE OF m NOWAIT;
      PERFORM
      FROM @extschema@.exercises AS e
      JOIN @extschema@.generated_modules AS m ON m.id = e.module_id
      JOIN @extschema@.generated_courses AS c ON c.id = m.course_id
      WHERE c.user_id = erase_user.user_id
      FOR UPDATE OF e NOWAIT;
      PERFORM learnify_internal.require_latest_content(c.id) FROM @extschema@.generated_courses AS c WHERE c.user_id = erase_user.user_id;
      PERFORM FROM @extschema@.user_progress AS p WHERE p.user_id = erase_user.user_id FOR UPDATE NOWAIT;
      PERFORM FROM @extschema@.module_completions AS s WHERE s.user_id = erase_user.user_id FOR UPDATE NOWAIT;
      PERFORM FROM @extschema@.architecture_reviews AS r WHERE r.user_id = erase_user.user_id FOR UPDATE NOWAIT;
      PERFORM FROM @extschema@.user_archetypes AS a WHERE a.user_id = erase_user.user_id FOR NO KEY UPDATE NOWAIT;
      PERFORM learnify_internal.lock_requests_and_blocks(erase_user.user_id, false);
      PERFORM FROM @extschema@.user_relationships AS r
      WHERE erase_user.user_id IN (r.follower_id, r.following_id)
      FOR UPDATE NOWAIT;
      PERFORM learnify_internal.require_latest_holdings(
        erase_user.user_id, ARRAY(SELECT c.id FROM @extschema@.generated_courses AS c WHERE c.user_id = erase_user.user_id));
      EXIT;
    EXCEPTION WHEN lock_not_available THEN
      IF NOT learner_locked THEN
        RAISE;  -- lock_timeout has expired
      END IF;
    END;
    -- Wait for each row in a subtransaction, which releases its lock before the next one.
    FOR obstacle IN
      SELECT 'generated_courses' AS table_name, c.id
      FROM @extschema@.generated_courses AS c
      WHERE c.user_id = erase_user.user_id
      UNION ALL
      SELECT 'generated_modules', m.id
      FROM @extschema@.generated_modules AS m
      JOIN @extschema@.generated_courses AS c ON c.id = m.course_id
      WHERE c.user_id = erase_user.user_id
      UNION ALL
      SELECT 'exercises', e.id
      FROM @extschema@.exercises AS e
      JOIN @extschema@.generated_modules AS m ON m.id = e.module_id
      JOIN @extschema@.generated_courses AS c ON c.id = m.course_id
      WHERE c.user_id = erase_user.user_id
      UNION ALL
      SELECT 'user_progress', p.id
      FROM @extschema@.user_progress AS p
      WHERE p.user_id = erase_user.user_id
    LOOP
      BEGIN
        EXECUTE format('SELECT FROM @extschema@.%I WHERE id = $1 FOR UPDATE', obstacle.table_name) USING obstacle.id;
        RAISE SQLSTATE 'LEAVE';
      EXCEPTION WHEN SQLSTATE 'LEAVE' THEN
        NULL;  -- the other session has ended, and the lock is released
      END;
    END LOOP;
  END LOOP;
  DELETE FROM @extschema@.users AS u WHERE u.id = erase_user.user_id;
  RETURN FOUND;
END
$$;

COMMENT ON FUNCTION erase_user(uuid) IS 'Deletes a user and everything held about that person; courses that others learn from stay, under an account that nobody can log in to. False where there is no such user';
