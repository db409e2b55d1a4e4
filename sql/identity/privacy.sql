-- Solutions and test cases are the course's, not the person's.
CREATE OR REPLACE FUNCTION export_user(user_id uuid)
RETURNS jsonb
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 10000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT learnify_internal.require_acting_user(export_user.user_id);
  SELECT jsonb_build_object(
    'users', to_jsonb(u) - 'password_hash',
    'user_archetypes', ARRAY(
      SELECT to_jsonb(t) FROM user_archetypes AS t WHERE t.user_id = u.id),
    'user_variables', ARRAY(
      SELECT to_jsonb(t) FROM user_variables AS t WHERE t.user_id = u.id ORDER BY t.variable_key),
    'model_requests', ARRAY(
      SELECT to_jsonb(t) - 'ticket'
      FROM learnify_internal.model_requests AS t
      JOIN user_archetypes AS a ON a.id = t.archetype_id
      WHERE a.user_id = u.id),
    'login_failures', ARRAY(
      SELECT to_jsonb(t) - 'address'
      FROM learnify_internal.login_failures AS t
      WHERE t.address = learnify_internal.login_address(u.email)),
    'generated_courses', ARRAY(
      SELECT to_jsonb(t) - learnify_internal.model_columns()
      FROM generated_courses AS t
      WHERE t.user_id = u.id
      ORDER BY t.created_at, t.id),
    'generated_modules', ARRAY(
      SELECT to_jsonb(t)
      FROM generated_modules AS t
      JOIN generated_courses AS c ON c.id = t.course_id
      WHERE c.user_id = u.id
      ORDER BY t.course_id, t.module_number),
    'exercises', ARRAY(
      SELECT to_jsonb(t) - 'solution_code' - 'test_cases'
      FROM exercises AS t
      JOIN generated_modules AS m ON m.id = t.module_id
      JOIN generated_courses AS c ON c.id = m.course_id
      WHERE c.user_id = u.id
      ORDER BY m.course_id, m.module_number, t.exercise_number),
    'course_tags', ARRAY(
      SELECT to_jsonb(t)
      FROM course_tags AS t
      JOIN generated_courses AS c ON c.id = t.course_id
      WHERE c.user_id = u.id
      ORDER BY t.course_id, t.tag),
    'user_progress', ARRAY(
      SELECT to_jsonb(t) FROM user_progress AS t WHERE t.user_id = u.id ORDER BY t.started_at, t.id),
    'module_completions', ARRAY(
      SELECT to_jsonb(t) FROM module_completions AS t WHERE t.user_id = u.id ORDER BY t.submitted_at, t.id),
    'architecture_reviews', ARRAY(
      SELECT to_jsonb(t) FROM architecture_reviews AS t WHERE t.user_id = u.id ORDER BY t.reviewed_at, t.id),
    'user_relationships', ARRAY(
      SELECT to_jsonb(t)
      FROM user_relationships AS t
      WHERE t.follower_id = u.id OR t.following_id = u.id
      ORDER BY t.created_at, t.id),
    'activity_feed', ARRAY(
      SELECT to_jsonb(t) FROM activity_feed AS t WHERE t.user_id = u.id ORDER BY t.created_at, t.id),
    'user_achievements', ARRAY(
      SELECT to_jsonb(t) || jsonb_build_object('name', a.name)
      FROM user_achievements AS t
      JOIN achievements AS a ON a.id = t.achievement_id
      WHERE t.user_id = u.id
      ORDER BY t.unlocked_at, t.id),
    'recommendations', ARRAY(
      SELECT to_jsonb(t) FROM recommendations AS t WHERE t.user_id = u.id ORDER BY t.created_at, t.id),
    'user_course_interactions', ARRAY(
      SELECT to_jsonb(t) FROM user_course_interactions AS t WHERE t.user_id = u.id ORDER BY t.created_at, t.id))
  FROM users AS u
  WHERE u.id = export_user.user_id;
END;

REVOKE EXECUTE ON FUNCTION export_user(uuid) FROM PUBLIC;

COMMENT ON FUNCTION export_user(uuid) IS 'Returns everything held about a person, table by table, but for the password''s hash and the solutions and test cases of their courses; NULL where there is no such user';

-- A course that others learn from outlives its author: it passes to an account
-- that nobody can log in to, and without the author's variables.
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
  former_author CONSTANT uuid := '6c656172-6e69-8679-8000-00000000ffff';
  shared uuid[];
BEGIN
  -- waits for enrolments under way and holds up new ones
  PERFORM FROM @extschema@.generated_courses AS c WHERE c.user_id = OLD.id ORDER BY c.id FOR UPDATE;
  shared := ARRAY(
    SELECT c.id
    FROM @extschema@.generated_courses AS c
    WHERE c.user_id = OLD.id AND learnify_internal.others_learn_from(c.id, OLD.id));
  IF cardinality(shared) = 0 THEN
    RETURN OLD;
  END IF;
  IF OLD.id = former_author THEN
    RAISE EXCEPTION 'user % keeps courses that others learn from', OLD.id
      USING ERRCODE = 'object_in_use',
            TABLE = TG_TABLE_NAME,
            COLUMN = 'id',
            HINT = 'Give the courses another author first: UPDATE generated_courses SET user_id = ...';
  END IF;

  -- a random address, that nobody can have registered first
  INSERT INTO @extschema@.users (id, email, password_hash, name, max_visibility, social_enabled)
  VALUES (former_author, format('former-author-%s@learnify.invalid', gen_random_uuid()), '!', 'Former author',
          'private', false)
  ON CONFLICT (id) DO NOTHING;
  UPDATE @extschema@.generated_courses
  SET user_id = former_author,
      archetype_id = NULL,
      injected_variables = '{}'
  WHERE id = ANY (shared);
  -- the modules' states were the author's own
  UPDATE @extschema@.generated_modules AS m
  SET status = CASE WHEN f.is_first THEN 'active' ELSE 'locked' END,
      unlocked_at = CASE WHEN f.is_first THEN m.created_at END
  FROM (SELECT s.id, s.module_number = min(s.module_number) OVER (PARTITION BY s.course_id) AS is_first
        FROM @extschema@.generated_modules AS s
        WHERE s.course_id = ANY (shared)) AS f
  WHERE m.id = f.id;
  RETURN OLD;
END
$$;

COMMENT ON FUNCTION learnify_internal.hand_over_shared_courses() IS 'Row trigger: keeps a deleted user''s courses that others learn from';

CREATE OR REPLACE TRIGGER users_hand_over_shared_courses
BEFORE DELETE ON users
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.hand_over_shared_courses();

-- Whom somebody no longer follows, by their own doing or because the person is
-- gone, is no longer named in what they are recommended.
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
  DELETE FROM @extschema@.recommendations AS r
  WHERE r.user_id = OLD.follower_id
    AND r.recommendation_type = 'social_signal'
    AND strpos(r.metadata::text, OLD.following_id::text) > 0;
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.forget_unfollowed() IS 'Row trigger: removes the recommendations that follow from somebody who is no longer followed';

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
    DELETE FROM @extschema@.recommendations AS r
    USING @extschema@.user_relationships AS f
    WHERE f.following_id = NEW.id
      AND r.user_id = f.follower_id
      AND r.recommendation_type = 'social_signal'
      AND strpos(r.metadata::text, NEW.id::text) > 0;
  END IF;
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.forget_hidden() IS 'Row trigger: removes the recommendations that name somebody who no longer lets themselves be seen';

CREATE OR REPLACE TRIGGER users_forget_hidden
AFTER UPDATE ON users
FOR EACH ROW
WHEN (OLD.max_visibility <> NEW.max_visibility OR OLD.social_enabled <> NEW.social_enabled)
EXECUTE FUNCTION learnify_internal.forget_hidden();

-- Locks what others lock, in the order in which they do (work rows and the
-- archetype that a verdict is recorded on before the learner, the learner before
-- progress), so that no one deadlocks with it. Work that came between has its
-- rows locked next, and so have the person's own courses, which a submission
-- locks before its learner and an enrolment after. Where somebody else has one of
-- these, and may be waiting for the learner or for an earlier row, all are let go,
-- and it begins again.
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
  content record;
BEGIN
  PERFORM @extschema@.require_backend();
  PERFORM learnify_internal.require_arguments('user_id', user_id);
  LOOP
    learner_locked := false;
    BEGIN
      PERFORM FROM @extschema@.module_completions AS s WHERE s.user_id = erase_user.user_id ORDER BY s.id FOR UPDATE;
      PERFORM FROM @extschema@.architecture_reviews AS r WHERE r.user_id = erase_user.user_id ORDER BY r.id FOR UPDATE;
      -- weakly: who sets variables refers to it while holding the learner
      PERFORM FROM @extschema@.user_archetypes AS a WHERE a.user_id = erase_user.user_id FOR NO KEY UPDATE;
      -- in one order, for those who are erased while they follow each other
      PERFORM FROM @extschema@.user_relationships AS r
      WHERE erase_user.user_id IN (r.follower_id, r.following_id)
      ORDER BY r.id
      FOR UPDATE;
      -- strongly: who refers to the learner may be about to lock the learner
      PERFORM FROM @extschema@.users AS u WHERE u.id = erase_user.user_id FOR UPDATE;
      learner_locked := true;
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
      PERFORM FROM @extschema@.module_completions AS s WHERE s.user_id = erase_user.user_id FOR UPDATE NOWAIT;
      PERFORM FROM @extschema@.architecture_reviews AS r WHERE r.user_id = erase_user.user_id FOR UPDATE NOWAIT;
      PERFORM FROM @extschema@.user_archetypes AS a WHERE a.user_id = erase_user.user_id FOR NO KEY UPDATE NOWAIT;
      PERFORM FROM @extschema@.user_relationships AS r
      WHERE erase_user.user_id IN (r.follower_id, r.following_id)
      FOR UPDATE NOWAIT;
      EXIT;
    EXCEPTION WHEN lock_not_available THEN
      IF NOT learner_locked THEN
        RAISE;  -- the session's own lock_timeout
      END IF;
    END;
    -- one after the other, or it would hold one while it waits for the next
    FOR content IN
      SELECT 'generated_courses' AS kind, c.id
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
    LOOP
      BEGIN
        EXECUTE format('SELECT FROM @extschema@.%I WHERE id = $1 FOR UPDATE', content.kind) USING content.id;
        RAISE SQLSTATE 'LEAVE';
      EXCEPTION WHEN SQLSTATE 'LEAVE' THEN
        NULL;  -- whoever was in the course has left it, and so has this
      END;
    END LOOP;
  END LOOP;
  PERFORM FROM @extschema@.user_progress AS p WHERE p.user_id = erase_user.user_id ORDER BY p.id FOR UPDATE;
  DELETE FROM @extschema@.users AS u WHERE u.id = erase_user.user_id;
  RETURN FOUND;
END
$$;

COMMENT ON FUNCTION erase_user(uuid) IS 'Deletes a user and everything held about that person; courses that others learn from stay, under an account that nobody can log in to. False where there is no such user';
