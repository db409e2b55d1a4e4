\echo Use "ALTER EXTENSION learnify UPDATE" to load this file. \quit

-- An update, up or down, alters one table after another, and sessions that write
-- lock them one after another too, in an order of their own. So it takes all
-- tables or none, until it has them, and nobody deadlocks. Autovacuum makes way,
-- as it does for whoever waits in a queue.
DO $$
DECLARE
  tables CONSTANT regclass[] := ARRAY(
    SELECT c.oid
    FROM pg_depend AS d
    JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
    JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
    WHERE e.extname = 'learnify' AND d.deptype = 'e' AND c.relkind = 'r'
    ORDER BY c.oid);
  give_up_at CONSTANT timestamptz := clock_timestamp() + interval '1 minute';
BEGIN
  LOOP
    BEGIN
      EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE NOWAIT', array_to_string(tables, ', '));
      RETURN;
    EXCEPTION
      WHEN lock_not_available THEN
        IF clock_timestamp() > give_up_at THEN
          RAISE EXCEPTION 'tables of learnify have been in use for a minute'
            USING ERRCODE = 'lock_not_available',
                  HINT = 'Update again when those who use them have ended their transactions; pg_locks and pg_stat_activity show them.';
        END IF;
    END;
    PERFORM pg_stat_clear_snapshot();
    PERFORM pg_cancel_backend(a.pid)
    FROM pg_stat_activity AS a
    JOIN pg_locks AS l ON l.pid = a.pid
    WHERE a.backend_type = 'autovacuum worker' AND a.datname = current_database()
      AND l.locktype = 'relation' AND l.relation = ANY (tables::oid[]);
    PERFORM pg_sleep(0.02);
  END LOOP;
END
$$;
CREATE TABLE user_relationships (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT user_relationships_pkey PRIMARY KEY,
  follower_id uuid NOT NULL,
  following_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT user_relationships_follower_id_following_id_key UNIQUE (follower_id, following_id),
  CONSTRAINT user_relationships_follower_id_fkey
    FOREIGN KEY (follower_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT user_relationships_following_id_fkey
    FOREIGN KEY (following_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT user_relationships_follower_id_check CHECK (follower_id <> following_id)
);

-- Pages of followers, and of those followed, newest first.
CREATE INDEX user_relationships_following_id_created_at_id_idx ON user_relationships (following_id, created_at, id);
CREATE INDEX user_relationships_follower_id_created_at_id_idx ON user_relationships (follower_id, created_at, id);

COMMENT ON TABLE user_relationships IS 'Who follows whom';
COMMENT ON COLUMN user_relationships.id IS 'Identifier';
COMMENT ON COLUMN user_relationships.follower_id IS 'The user who follows';
COMMENT ON COLUMN user_relationships.following_id IS 'The user who is followed';
COMMENT ON COLUMN user_relationships.created_at IS 'Since when';

CREATE TABLE activity_feed (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT activity_feed_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  activity_type text NOT NULL,
  reference_type text NOT NULL,
  reference_id uuid NOT NULL,
  metadata jsonb NOT NULL DEFAULT '{}',
  visibility text NOT NULL DEFAULT 'friends',
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT activity_feed_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  -- one constant: a list of them is read one by one at each statement that writes
  CONSTRAINT activity_feed_activity_type_check
    CHECK (activity_type = ANY ('{module_completed,course_completed,exercise_solved,achievement_earned,'
                                'review_passed,optimization_achieved}')),
  CONSTRAINT activity_feed_visibility_check CHECK (visibility = ANY ('{public,friends,private}'))
);

-- One descending scan of this per followed user is the activity ticker; for
-- who follows many, the newest rows of all are sooner sifted for theirs.
CREATE INDEX activity_feed_user_id_created_at_id_idx ON activity_feed (user_id, created_at, id);
CREATE INDEX activity_feed_created_at_id_idx ON activity_feed (created_at, id) INCLUDE (user_id);

COMMENT ON TABLE activity_feed IS 'What learners did, as others may read it; each row can be read without a join';
COMMENT ON COLUMN activity_feed.id IS 'Identifier';
COMMENT ON COLUMN activity_feed.user_id IS 'The actor';
COMMENT ON COLUMN activity_feed.activity_type IS 'What happened';
COMMENT ON COLUMN activity_feed.reference_type IS 'What kind of row reference_id names, such as module or course';
COMMENT ON COLUMN activity_feed.reference_id IS 'The row that it is about';
COMMENT ON COLUMN activity_feed.metadata IS 'The actor''s name, the course''s title, module number, score and the like, as they were then';
COMMENT ON COLUMN activity_feed.visibility IS 'Who may read it: public, friends (those who follow the actor) or private';
COMMENT ON COLUMN activity_feed.created_at IS 'When it happened';

CREATE TABLE achievements (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT achievements_pkey PRIMARY KEY,
  name text NOT NULL,
  description text NOT NULL,
  badge_icon text NOT NULL DEFAULT '',
  criteria jsonb NOT NULL,
  rarity text NOT NULL DEFAULT 'common',
  created_at timestamptz NOT NULL DEFAULT now(),
  slug text NOT NULL DEFAULT gen_random_uuid()::text,
  builtin boolean NOT NULL DEFAULT false,
  active boolean NOT NULL DEFAULT true,
  CONSTRAINT achievements_name_key UNIQUE (name),
  CONSTRAINT achievements_slug_key UNIQUE (slug),
  CONSTRAINT achievements_rarity_check CHECK (rarity = ANY ('{common,rare,epic,legendary}'))
);

COMMENT ON TABLE achievements IS 'What can be earned, and by what measure';
COMMENT ON COLUMN achievements.id IS 'Identifier';
COMMENT ON COLUMN achievements.name IS 'Name shown to people, unique';
COMMENT ON COLUMN achievements.description IS 'What it takes, in words';
COMMENT ON COLUMN achievements.badge_icon IS 'Name or address of the badge, or empty';
COMMENT ON COLUMN achievements.criteria IS 'What it takes, as data: {"metric": a column of user_stats, "at_least": a number}, optionally with "reviews_received": a number';
COMMENT ON COLUMN achievements.rarity IS 'common, rare, epic or legendary';
COMMENT ON COLUMN achievements.created_at IS 'When the achievement was added';
COMMENT ON COLUMN achievements.slug IS 'Stable key for programs, unique; made up where none is given';
COMMENT ON COLUMN achievements.builtin IS 'Shipped with the extension and not edited since; a dump leaves such rows out';
COMMENT ON COLUMN achievements.active IS 'False takes it out of use: it is no longer awarded';

CREATE TABLE user_achievements (
  id uuid DEFAULT gen_random_uuid() CONSTRAINT user_achievements_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  achievement_id uuid NOT NULL,
  unlocked_at timestamptz NOT NULL DEFAULT now(),
  broadcast_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT user_achievements_user_id_achievement_id_key UNIQUE (user_id, achievement_id),
  CONSTRAINT user_achievements_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT user_achievements_achievement_id_fkey
    FOREIGN KEY (achievement_id) REFERENCES achievements (id) ON UPDATE CASCADE ON DELETE RESTRICT
);

CREATE INDEX user_achievements_achievement_id_idx ON user_achievements (achievement_id);

COMMENT ON TABLE user_achievements IS 'Who has earned what';
COMMENT ON COLUMN user_achievements.id IS 'Identifier';
COMMENT ON COLUMN user_achievements.user_id IS 'The learner';
COMMENT ON COLUMN user_achievements.achievement_id IS 'The achievement';
COMMENT ON COLUMN user_achievements.unlocked_at IS 'When it was earned';
COMMENT ON COLUMN user_achievements.broadcast_at IS 'When this row was written and so considered for the feed, whether or not it was broadcast; keeps a restore from broadcasting it again';

SELECT pg_extension_config_dump('user_relationships', '');
SELECT pg_extension_config_dump('activity_feed', '');
SELECT pg_extension_config_dump('achievements', 'WHERE NOT builtin');
SELECT pg_extension_config_dump('user_achievements', '');
CREATE FUNCTION require_page(user_id uuid, page_size integer, before_at timestamptz, before_id uuid)
RETURNS void
LANGUAGE c
IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'require_page';

COMMENT ON FUNCTION require_page(uuid, integer, timestamptz, uuid) IS 'Raises what is wrong with a request for a page: nobody''s, fewer than 1 or more than 200 rows, or half a cursor';

CREATE FUNCTION activity_ticker(user_id uuid, page_size integer DEFAULT 50, before_at timestamptz DEFAULT NULL,
                                before_id uuid DEFAULT NULL)
RETURNS SETOF activity_feed
LANGUAGE c
STABLE PARALLEL SAFE COST 1000 ROWS 50
AS 'MODULE_PATHNAME', 'activity_ticker';

REVOKE EXECUTE ON FUNCTION activity_ticker(uuid, integer, timestamptz, uuid) FROM PUBLIC;

COMMENT ON FUNCTION activity_ticker(uuid, integer, timestamptz, uuid) IS 'Returns a page of what the people that this user follows did, newest first; the next page begins after the last row''s created_at and id';
CREATE FUNCTION follow_user(follower uuid, followee uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM @extschema@.require_acting_user(follower);
  PERFORM @extschema@.require_user(follower);
  PERFORM @extschema@.require_user(followee);
  IF follower = followee THEN
    RAISE EXCEPTION 'user % cannot be their own follower', follower
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Name another user as the one to follow.';
  END IF;

  INSERT INTO @extschema@.user_relationships (follower_id, following_id)
  VALUES (follower, followee)
  ON CONFLICT (follower_id, following_id) DO NOTHING;
  RETURN FOUND;
END
$$;

REVOKE EXECUTE ON FUNCTION follow_user(uuid, uuid) FROM PUBLIC;

COMMENT ON FUNCTION follow_user(uuid, uuid) IS 'Makes the first user follow the second; false where that was so before';

CREATE FUNCTION unfollow_user(follower uuid, followee uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM @extschema@.require_acting_user(follower);
  DELETE FROM @extschema@.user_relationships AS r
  WHERE r.follower_id = follower AND r.following_id = followee;
  RETURN FOUND;
END
$$;

REVOKE EXECUTE ON FUNCTION unfollow_user(uuid, uuid) FROM PUBLIC;

COMMENT ON FUNCTION unfollow_user(uuid, uuid) IS 'Makes the first user no longer follow the second; false where that was so before';

-- The lists read an index from the cursor on, and the user of each row by key.
-- The planner has to be kept from reading all of a list to sort it: it plans for
-- the average, while some are followed by a hundred thousand.
CREATE FUNCTION followers(user_id uuid, page_size integer DEFAULT 50, before_at timestamptz DEFAULT NULL,
                          before_id uuid DEFAULT NULL)
RETURNS TABLE (follower_id uuid, name text, avatar_url text, since timestamptz, relationship_id uuid)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 1000 ROWS 50
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_bitmapscan = off
AS $$
BEGIN
  PERFORM @extschema@.require_page(user_id, page_size, before_at, before_id);
  PERFORM @extschema@.require_acting_user(user_id);
  RETURN QUERY
    SELECT page.follower_id, u.name, u.avatar_url, page.created_at, page.id
    FROM (
      SELECT r.id, r.follower_id, r.created_at
      FROM @extschema@.user_relationships AS r
      WHERE r.following_id = followers.user_id
        AND (r.created_at, r.id) < (coalesce(before_at, 'infinity'),
                                    coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      ORDER BY r.created_at DESC, r.id DESC
      LIMIT page_size
    ) AS page
    CROSS JOIN LATERAL (
      SELECT f.name, f.avatar_url
      FROM @extschema@.users AS f
      WHERE f.id = page.follower_id
      LIMIT 1
    ) AS u
    ORDER BY page.created_at DESC, page.id DESC;
END
$$;

REVOKE EXECUTE ON FUNCTION followers(uuid, integer, timestamptz, uuid) FROM PUBLIC;

COMMENT ON FUNCTION followers(uuid, integer, timestamptz, uuid) IS 'Returns a page of who follows a user, the latest first; the next page begins after the last row''s since and relationship_id';

CREATE FUNCTION following(user_id uuid, page_size integer DEFAULT 50, before_at timestamptz DEFAULT NULL,
                          before_id uuid DEFAULT NULL)
RETURNS TABLE (following_id uuid, name text, avatar_url text, since timestamptz, relationship_id uuid)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 1000 ROWS 50
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_bitmapscan = off
AS $$
BEGIN
  PERFORM @extschema@.require_page(user_id, page_size, before_at, before_id);
  PERFORM @extschema@.require_acting_user(user_id);
  RETURN QUERY
    SELECT page.following_id, u.name, u.avatar_url, page.created_at, page.id
    FROM (
      SELECT r.id, r.following_id, r.created_at
      FROM @extschema@.user_relationships AS r
      WHERE r.follower_id = following.user_id
        AND (r.created_at, r.id) < (coalesce(before_at, 'infinity'),
                                    coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      ORDER BY r.created_at DESC, r.id DESC
      LIMIT page_size
    ) AS page
    CROSS JOIN LATERAL (
      SELECT f.name, f.avatar_url
      FROM @extschema@.users AS f
      WHERE f.id = page.following_id
      LIMIT 1
    ) AS u
    ORDER BY page.created_at DESC, page.id DESC;
END
$$;

REVOKE EXECUTE ON FUNCTION following(uuid, integer, timestamptz, uuid) FROM PUBLIC;

COMMENT ON FUNCTION following(uuid, integer, timestamptz, uuid) IS 'Returns a page of whom a user follows, the latest first; the next page begins after the last row''s since and relationship_id';

CREATE FUNCTION follower_count(user_id uuid)
RETURNS bigint
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM @extschema@.require_acting_user(user_id);
  RETURN (SELECT count(*) FROM @extschema@.user_relationships AS r WHERE r.following_id = follower_count.user_id);
END
$$;

REVOKE EXECUTE ON FUNCTION follower_count(uuid) FROM PUBLIC;

COMMENT ON FUNCTION follower_count(uuid) IS 'Returns how many follow a user';

CREATE FUNCTION following_count(user_id uuid)
RETURNS bigint
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM @extschema@.require_acting_user(user_id);
  RETURN (SELECT count(*) FROM @extschema@.user_relationships AS r WHERE r.follower_id = following_count.user_id);
END
$$;

REVOKE EXECUTE ON FUNCTION following_count(uuid) FROM PUBLIC;

COMMENT ON FUNCTION following_count(uuid) IS 'Returns how many a user follows';
CREATE FUNCTION streak_days(user_id uuid, as_of timestamptz DEFAULT now())
RETURNS integer
LANGUAGE c
STABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'streak_days';

COMMENT ON FUNCTION streak_days(uuid, timestamptz) IS 'Returns on how many consecutive days of the user''s time zone, up to the day of as_of or the day before, the user has submitted work';

CREATE FUNCTION learner_metric(user_id uuid, metric text)
RETURNS numeric
LANGUAGE c
STABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'learner_metric';

COMMENT ON FUNCTION learner_metric(uuid, text) IS 'Returns one of the metrics of user_stats';

CREATE FUNCTION user_stats(user_id uuid)
RETURNS TABLE (modules_completed integer, courses_completed integer, exercises_solved integer,
               perfect_scores integer, review_average numeric, streak_days integer, hours_learned numeric,
               reviews_received integer)
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 10000 ROWS 1
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM @extschema@.require_acting_user(user_id);
  PERFORM @extschema@.require_user(user_id);
  RETURN QUERY SELECT
    @extschema@.learner_metric(user_id, 'modules_completed')::integer,
    @extschema@.learner_metric(user_id, 'courses_completed')::integer,
    @extschema@.learner_metric(user_id, 'exercises_solved')::integer,
    @extschema@.learner_metric(user_id, 'perfect_scores')::integer,
    @extschema@.learner_metric(user_id, 'review_average'),
    @extschema@.learner_metric(user_id, 'streak_days')::integer,
    @extschema@.learner_metric(user_id, 'hours_learned'),
    @extschema@.learner_metric(user_id, 'reviews_received')::integer;
END
$$;

REVOKE EXECUTE ON FUNCTION user_stats(uuid) FROM PUBLIC;

COMMENT ON FUNCTION user_stats(uuid) IS 'Returns what a learner has done, in one row, derived from the rows of work at each call';
-- {"metric": a metric of user_stats, "at_least": a number} and, so that one
-- good review makes no average, optionally "reviews_received": a number.
CREATE FUNCTION check_achievement_criteria()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  metrics CONSTANT text[] := '{modules_completed,courses_completed,exercises_solved,perfect_scores,review_average,streak_days,hours_learned,reviews_received}';
BEGIN
  IF jsonb_typeof(NEW.criteria) IS DISTINCT FROM 'object' THEN
    RAISE EXCEPTION 'criteria of achievement "%" are not a JSON object', NEW.name
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Use the form {"metric": "exercises_solved", "at_least": 10}.';
  END IF;
  IF jsonb_typeof(NEW.criteria -> 'metric') IS DISTINCT FROM 'string'
     OR NEW.criteria ->> 'metric' <> ALL (metrics) THEN
    RAISE EXCEPTION 'achievement "%" has an unknown metric: %', NEW.name, coalesce((NEW.criteria -> 'metric')::text, 'none')
      USING ERRCODE = 'invalid_parameter_value',
            HINT = format('The metrics are: %s.', array_to_string(metrics, ', '));
  END IF;
  IF jsonb_typeof(NEW.criteria -> 'at_least') IS DISTINCT FROM 'number'
     OR coalesce(jsonb_typeof(NEW.criteria -> 'reviews_received'), 'number') <> 'number' THEN
    RAISE EXCEPTION 'achievement "%" has a bound that is no number: %', NEW.name, NEW.criteria
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Use the form {"metric": "exercises_solved", "at_least": 10}.';
  END IF;
  IF NEW.criteria - '{metric,at_least,reviews_received}'::text[] <> '{}' THEN
    RAISE EXCEPTION 'achievement "%" has criteria that are not known: %', NEW.name,
                    NEW.criteria - '{metric,at_least,reviews_received}'::text[]
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'The keys are metric, at_least and reviews_received.';
  END IF;
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION check_achievement_criteria() IS 'Row trigger: refuses criteria that award_achievements could not evaluate';

CREATE TRIGGER achievements_check_criteria
BEFORE INSERT OR UPDATE OF criteria ON achievements
FOR EACH ROW
EXECUTE FUNCTION check_achievement_criteria();

INSERT INTO achievements (id, slug, name, description, badge_icon, criteria, rarity, created_at, builtin)
VALUES
  ('6c656172-6e69-8679-8000-000000000101', 'first-module', 'First Module',
   'Completed a first module', 'module', '{"metric": "modules_completed", "at_least": 1}',
   'common', '2026-01-01 00:00:00+00', true),
  ('6c656172-6e69-8679-8000-000000000102', 'first-course', 'First Course',
   'Completed a first course', 'course', '{"metric": "courses_completed", "at_least": 1}',
   'rare', '2026-01-01 00:00:00+00', true),
  ('6c656172-6e69-8679-8000-000000000103', 'perfect-score', 'Flawless',
   'Scored 100 on an exercise', 'star', '{"metric": "perfect_scores", "at_least": 1}',
   'common', '2026-01-01 00:00:00+00', true),
  ('6c656172-6e69-8679-8000-000000000104', 'ten-exercises', 'Ten Solved',
   'Solved 10 exercises', 'bronze', '{"metric": "exercises_solved", "at_least": 10}',
   'common', '2026-01-01 00:00:00+00', true),
  ('6c656172-6e69-8679-8000-000000000105', 'fifty-exercises', 'Fifty Solved',
   'Solved 50 exercises', 'silver', '{"metric": "exercises_solved", "at_least": 50}',
   'rare', '2026-01-01 00:00:00+00', true),
  ('6c656172-6e69-8679-8000-000000000106', 'hundred-exercises', 'Hundred Solved',
   'Solved 100 exercises', 'gold', '{"metric": "exercises_solved", "at_least": 100}',
   'epic', '2026-01-01 00:00:00+00', true),
  ('6c656172-6e69-8679-8000-000000000107', 'seven-day-streak', 'Seven in a Row',
   'Learned on 7 consecutive days', 'flame', '{"metric": "streak_days", "at_least": 7}',
   'rare', '2026-01-01 00:00:00+00', true),
  ('6c656172-6e69-8679-8000-000000000108', 'three-courses', 'Three Courses',
   'Completed 3 courses', 'trophy', '{"metric": "courses_completed", "at_least": 3}',
   'epic', '2026-01-01 00:00:00+00', true),
  ('6c656172-6e69-8679-8000-000000000109', 'reviewers-choice', 'Reviewers'' Choice',
   'Averaged 90 or more over at least 5 reviews', 'medal',
   '{"metric": "review_average", "at_least": 90, "reviews_received": 5}',
   'epic', '2026-01-01 00:00:00+00', true),
  ('6c656172-6e69-8679-8000-000000000110', 'hundred-hours', 'Hundred Hours',
   'Learned for 100 hours', 'clock', '{"metric": "hours_learned", "at_least": 100}',
   'legendary', '2026-01-01 00:00:00+00', true);

CREATE TRIGGER achievements_release_edited_seed
BEFORE UPDATE ON achievements
FOR EACH ROW WHEN ((OLD.builtin OR NEW.builtin) AND OLD.* IS DISTINCT FROM NEW.*)
EXECUTE FUNCTION release_edited_seed();

CREATE TRIGGER achievements_release_inserted_seed
BEFORE INSERT ON achievements
FOR EACH ROW WHEN (NEW.builtin)
EXECUTE FUNCTION release_edited_seed();

-- A seed, or what has taken the place of one. Depth 0: the replacement below
-- may delete.
CREATE TRIGGER achievements_refuse_seed_deletion
BEFORE DELETE ON achievements
FOR EACH ROW
WHEN (pg_trigger_depth() = 0
      AND (OLD.id BETWEEN '6c656172-6e69-8679-8000-000000000101' AND '6c656172-6e69-8679-8000-000000000110'
           OR OLD.name IN ('First Module', 'First Course', 'Flawless', 'Ten Solved', 'Fifty Solved',
                           'Hundred Solved', 'Seven in a Row', 'Three Courses', 'Reviewers'' Choice',
                           'Hundred Hours')
           OR OLD.slug IN ('first-module', 'first-course', 'perfect-score', 'ten-exercises', 'fifty-exercises',
                           'hundred-exercises', 'seven-day-streak', 'three-courses', 'reviewers-choice',
                           'hundred-hours')))
EXECUTE FUNCTION refuse_seed_deletion();

-- A row that meets one untouched seed, by whatever key, becomes an update of
-- it. Edited seeds that traded keys meet several: those make room.
CREATE FUNCTION replace_seed_achievement()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  seeds uuid[] := ARRAY(
    SELECT a.id
    FROM @extschema@.achievements AS a
    WHERE a.builtin AND (a.id = NEW.id OR a.name = NEW.name OR a.slug = NEW.slug));
BEGIN
  IF cardinality(seeds) = 1 THEN
    UPDATE @extschema@.achievements
    SET id = NEW.id,
        name = NEW.name,
        description = NEW.description,
        badge_icon = NEW.badge_icon,
        criteria = NEW.criteria,
        rarity = NEW.rarity,
        created_at = NEW.created_at,
        slug = NEW.slug,
        builtin = false,
        active = NEW.active
    WHERE id = seeds[1];
    RETURN NULL;
  END IF;
  DELETE FROM @extschema@.achievements WHERE id = ANY (seeds);
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION replace_seed_achievement() IS 'Row trigger: an achievement inserted with a key of an untouched shipped one replaces it';

CREATE TRIGGER achievements_replace_seed
BEFORE INSERT ON achievements
FOR EACH ROW WHEN (NOT NEW.builtin)
EXECUTE FUNCTION replace_seed_achievement();

-- A parallel restore runs with session_replication_role = replica, and the
-- rows of edited seeds must meet their seeds there too.
ALTER TABLE achievements ENABLE ALWAYS TRIGGER achievements_replace_seed;
-- The narrowest visibility that this viewer may read of this user's things.
CREATE FUNCTION visible_to(user_id uuid, viewer_id uuid)
RETURNS text
LANGUAGE sql
STABLE PARALLEL SAFE COST 100
BEGIN ATOMIC
  SELECT CASE
    WHEN u.id = viewer_id THEN 'private'
    WHEN u.max_visibility = 'private' OR NOT u.social_enabled THEN NULL
    WHEN EXISTS (SELECT
                 FROM user_relationships AS r
                 WHERE r.follower_id = viewer_id AND r.following_id = u.id) THEN 'friends'
    WHEN u.max_visibility = 'public' THEN 'public'
  END
  FROM users AS u
  WHERE u.id = visible_to.user_id;
END;

COMMENT ON FUNCTION visible_to(uuid, uuid) IS 'Returns how private a thing of this user the viewer may see: private (all), friends, public (least), or NULL for nothing';

CREATE FUNCTION living_resume(user_id uuid, viewer_id uuid)
RETURNS jsonb
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  reach text;
  resume jsonb;
BEGIN
  PERFORM @extschema@.require_acting_user(viewer_id);
  PERFORM @extschema@.require_user(user_id);
  reach := @extschema@.visible_to(user_id, viewer_id);
  IF reach IS NULL THEN
    RETURN NULL;
  END IF;

  SELECT jsonb_build_object(
    'name', u.name,
    'avatar_url', u.avatar_url,
    'title', (SELECT format('%s of %s', initcap(a.skill_level), a.domain)
              FROM @extschema@.user_archetypes AS a
              WHERE a.user_id = u.id),
    'completed_courses', (
      SELECT coalesce(jsonb_agg(jsonb_build_object('course_id', c.id, 'title', c.title, 'completed_at', p.completed_at)
                                ORDER BY p.completed_at DESC, c.id), '[]')
      FROM @extschema@.user_progress AS p
      JOIN @extschema@.generated_courses AS c ON c.id = p.course_id
      WHERE p.user_id = u.id AND p.completed_at IS NOT NULL),
    'achievements', (
      SELECT coalesce(jsonb_agg(jsonb_build_object('name', a.name, 'badge_icon', a.badge_icon, 'rarity', a.rarity,
                                                   'unlocked_at', e.unlocked_at)
                                ORDER BY e.unlocked_at DESC, a.id), '[]')
      FROM @extschema@.user_achievements AS e
      JOIN @extschema@.achievements AS a ON a.id = e.achievement_id
      WHERE e.user_id = u.id))
  INTO resume
  FROM @extschema@.users AS u
  WHERE u.id = living_resume.user_id;

  IF reach IN ('friends', 'private') THEN
    resume := resume || jsonb_build_object(
      'scores', jsonb_build_object(
        'exercises_solved', @extschema@.learner_metric(user_id, 'exercises_solved'),
        'perfect_scores', @extschema@.learner_metric(user_id, 'perfect_scores'),
        'review_average', @extschema@.learner_metric(user_id, 'review_average'),
        'reviews_received', @extschema@.learner_metric(user_id, 'reviews_received')),
      'current_learning', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('course_id', c.id, 'title', c.title,
                                                     'progress_percentage', p.progress_percentage)
                                  ORDER BY p.last_activity DESC, c.id), '[]')
        FROM @extschema@.user_progress AS p
        JOIN @extschema@.generated_courses AS c ON c.id = p.course_id
        WHERE p.user_id = living_resume.user_id AND p.completed_at IS NULL));
  END IF;
  RETURN resume;
END
$$;

REVOKE EXECUTE ON FUNCTION living_resume(uuid, uuid) FROM PUBLIC;

COMMENT ON FUNCTION living_resume(uuid, uuid) IS 'Returns what this viewer may see of what a user has learned: anyone a public user''s title, completed courses and achievements, followers scores and current learning too; NULL where that is nothing';
-- Generated by "make fingerprint"; verify_schema compares the catalog with it.
CREATE OR REPLACE FUNCTION schema_fingerprint()
RETURNS text
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 1
RETURN $fingerprint$
column | achievements.active | boolean NOT NULL DEFAULT true
column | achievements.badge_icon | text NOT NULL DEFAULT ''::text
column | achievements.builtin | boolean NOT NULL DEFAULT false
column | achievements.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | achievements.criteria | jsonb NOT NULL
column | achievements.description | text NOT NULL
column | achievements.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | achievements.name | text NOT NULL
column | achievements.rarity | text NOT NULL DEFAULT 'common'::text
column | achievements.slug | text NOT NULL DEFAULT (gen_random_uuid())::text
column | activity_feed.activity_type | text NOT NULL
column | activity_feed.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | activity_feed.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | activity_feed.metadata | jsonb NOT NULL DEFAULT '{}'::jsonb
column | activity_feed.reference_id | uuid NOT NULL
column | activity_feed.reference_type | text NOT NULL
column | activity_feed.user_id | uuid NOT NULL
column | activity_feed.visibility | text NOT NULL DEFAULT 'friends'::text
column | architecture_reviews.broadcast_at | timestamp with time zone NOT NULL DEFAULT now()
column | architecture_reviews.code_sense_score | integer NOT NULL
column | architecture_reviews.edge_cases_score | integer NOT NULL
column | architecture_reviews.efficiency_score | integer NOT NULL
column | architecture_reviews.feedback | jsonb NOT NULL DEFAULT '{}'::jsonb
column | architecture_reviews.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | architecture_reviews.module_id | uuid NOT NULL
column | architecture_reviews.overall_score | integer NOT NULL
column | architecture_reviews.reviewed_at | timestamp with time zone NOT NULL DEFAULT now()
column | architecture_reviews.submission_id | uuid
column | architecture_reviews.taste_score | integer NOT NULL
column | architecture_reviews.user_id | uuid NOT NULL
column | blueprint_modules.active | boolean NOT NULL DEFAULT true
column | blueprint_modules.builtin | boolean NOT NULL DEFAULT false
column | blueprint_modules.concept_slug | text NOT NULL
column | blueprint_modules.content_template | jsonb NOT NULL DEFAULT '{}'::jsonb
column | blueprint_modules.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | blueprint_modules.description_template | text NOT NULL
column | blueprint_modules.difficulty | text NOT NULL
column | blueprint_modules.estimated_hours | integer NOT NULL
column | blueprint_modules.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | blueprint_modules.learning_objectives | jsonb NOT NULL DEFAULT '[]'::jsonb
column | blueprint_modules.module_number | integer NOT NULL
column | blueprint_modules.title_template | text NOT NULL
column | blueprint_modules.updated_at | timestamp with time zone NOT NULL DEFAULT now()
column | blueprint_modules.variable_schema | jsonb NOT NULL DEFAULT '{"defaults": {}, "required": []}'::jsonb
column | course_tags.course_id | uuid NOT NULL
column | course_tags.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | course_tags.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | course_tags.tag | text NOT NULL
column | exercises.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | exercises.description | text NOT NULL DEFAULT ''::text
column | exercises.difficulty | text NOT NULL
column | exercises.exercise_number | integer NOT NULL
column | exercises.hints | jsonb NOT NULL DEFAULT '[]'::jsonb
column | exercises.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | exercises.language | text NOT NULL
column | exercises.module_id | uuid NOT NULL
column | exercises.points | integer NOT NULL DEFAULT 100
column | exercises.solution_code | text NOT NULL DEFAULT ''::text
column | exercises.starter_code | text NOT NULL DEFAULT ''::text
column | exercises.test_cases | jsonb NOT NULL DEFAULT '[]'::jsonb
column | exercises.title | text NOT NULL
column | generated_courses.archetype_id | uuid
column | generated_courses.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | generated_courses.description | text NOT NULL DEFAULT ''::text
column | generated_courses.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | generated_courses.injected_variables | jsonb NOT NULL DEFAULT '{}'::jsonb
column | generated_courses.meta_category | text NOT NULL
column | generated_courses.status | text NOT NULL DEFAULT 'active'::text
column | generated_courses.title | text NOT NULL
column | generated_courses.updated_at | timestamp with time zone NOT NULL DEFAULT now()
column | generated_courses.user_id | uuid NOT NULL
column | generated_modules.blueprint_module_id | uuid
column | generated_modules.content | jsonb NOT NULL DEFAULT '{}'::jsonb
column | generated_modules.course_id | uuid NOT NULL
column | generated_modules.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | generated_modules.description | text NOT NULL DEFAULT ''::text
column | generated_modules.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | generated_modules.module_number | integer NOT NULL
column | generated_modules.status | text NOT NULL DEFAULT 'locked'::text
column | generated_modules.title | text NOT NULL
column | generated_modules.unlocked_at | timestamp with time zone
column | module_completions.attempts | integer NOT NULL DEFAULT 1
column | module_completions.broadcast_at | timestamp with time zone NOT NULL DEFAULT now()
column | module_completions.exercise_id | uuid
column | module_completions.hints_used | integer NOT NULL DEFAULT 0
column | module_completions.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | module_completions.language | text NOT NULL
column | module_completions.module_id | uuid NOT NULL
column | module_completions.passed | boolean NOT NULL DEFAULT false
column | module_completions.score | integer NOT NULL DEFAULT 0
column | module_completions.submitted_at | timestamp with time zone NOT NULL DEFAULT now()
column | module_completions.submitted_code | text NOT NULL DEFAULT ''::text
column | module_completions.test_results | jsonb NOT NULL DEFAULT '[]'::jsonb
column | module_completions.time_spent_minutes | integer NOT NULL DEFAULT 0
column | module_completions.user_id | uuid NOT NULL
column | schema_migrations.applied_at | timestamp with time zone NOT NULL DEFAULT now()
column | schema_migrations.checksum | text NOT NULL
column | schema_migrations.description | text NOT NULL
column | schema_migrations.extension_version | text NOT NULL
column | schema_migrations.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | schema_migrations.version | text NOT NULL
column | user_achievements.achievement_id | uuid NOT NULL
column | user_achievements.broadcast_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_achievements.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | user_achievements.unlocked_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_achievements.user_id | uuid NOT NULL
column | user_archetypes.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_archetypes.domain | text NOT NULL
column | user_archetypes.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | user_archetypes.meta_category | text NOT NULL
column | user_archetypes.skill_level | text NOT NULL
column | user_archetypes.updated_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_archetypes.user_id | uuid NOT NULL
column | user_archetypes.validation_reason | text NOT NULL DEFAULT ''::text
column | user_archetypes.validation_status | text NOT NULL DEFAULT 'unchecked'::text
column | user_progress.broadcast_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_progress.completed_at | timestamp with time zone
column | user_progress.course_id | uuid NOT NULL
column | user_progress.current_module_id | uuid
column | user_progress.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | user_progress.last_activity | timestamp with time zone NOT NULL DEFAULT now()
column | user_progress.progress_percentage | integer NOT NULL DEFAULT 0
column | user_progress.started_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_progress.time_spent_minutes | integer NOT NULL DEFAULT 0
column | user_progress.user_id | uuid NOT NULL
column | user_relationships.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_relationships.follower_id | uuid NOT NULL
column | user_relationships.following_id | uuid NOT NULL
column | user_relationships.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | user_variables.archetype_id | uuid
column | user_variables.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_variables.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | user_variables.updated_at | timestamp with time zone NOT NULL DEFAULT now()
column | user_variables.user_id | uuid NOT NULL
column | user_variables.variable_key | text NOT NULL
column | user_variables.variable_value | text NOT NULL
column | users.avatar_url | text NOT NULL DEFAULT ''::text
column | users.created_at | timestamp with time zone NOT NULL DEFAULT now()
column | users.email | text NOT NULL
column | users.id | uuid NOT NULL DEFAULT gen_random_uuid()
column | users.last_login | timestamp with time zone NOT NULL DEFAULT now()
column | users.max_visibility | text NOT NULL DEFAULT 'public'::text
column | users.name | text NOT NULL
column | users.password_hash | text NOT NULL
column | users.social_enabled | boolean NOT NULL DEFAULT true
column | users.time_zone | text NOT NULL DEFAULT 'UTC'::text
column | users.updated_at | timestamp with time zone NOT NULL DEFAULT now()
constraint | achievements.achievements_name_key | UNIQUE (name)
constraint | achievements.achievements_pkey | PRIMARY KEY (id)
constraint | achievements.achievements_rarity_check | CHECK ((rarity = ANY ('{common,rare,epic,legendary}'::text[])))
constraint | achievements.achievements_slug_key | UNIQUE (slug)
constraint | activity_feed.activity_feed_activity_type_check | CHECK ((activity_type = ANY ('{module_completed,course_completed,exercise_solved,achievement_earned,review_passed,optimization_achieved}'::text[])))
constraint | activity_feed.activity_feed_pkey | PRIMARY KEY (id)
constraint | activity_feed.activity_feed_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | activity_feed.activity_feed_visibility_check | CHECK ((visibility = ANY ('{public,friends,private}'::text[])))
constraint | architecture_reviews.architecture_reviews_code_sense_score_check | CHECK (((code_sense_score >= 0) AND (code_sense_score <= 100)))
constraint | architecture_reviews.architecture_reviews_edge_cases_score_check | CHECK (((edge_cases_score >= 0) AND (edge_cases_score <= 100)))
constraint | architecture_reviews.architecture_reviews_efficiency_score_check | CHECK (((efficiency_score >= 0) AND (efficiency_score <= 100)))
constraint | architecture_reviews.architecture_reviews_module_id_fkey | FOREIGN KEY (module_id) REFERENCES generated_modules(id) ON DELETE CASCADE
constraint | architecture_reviews.architecture_reviews_overall_score_check | CHECK (((overall_score >= 0) AND (overall_score <= 100)))
constraint | architecture_reviews.architecture_reviews_pkey | PRIMARY KEY (id)
constraint | architecture_reviews.architecture_reviews_submission_id_fkey | FOREIGN KEY (submission_id) REFERENCES module_completions(id) ON DELETE SET NULL
constraint | architecture_reviews.architecture_reviews_taste_score_check | CHECK (((taste_score >= 0) AND (taste_score <= 100)))
constraint | architecture_reviews.architecture_reviews_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | blueprint_modules.blueprint_modules_concept_slug_key | UNIQUE (concept_slug)
constraint | blueprint_modules.blueprint_modules_content_template_check | CHECK (((jsonb_typeof(content_template) = 'object'::text) AND (COALESCE(jsonb_typeof((content_template -> 'lessons'::text)), 'array'::text) = 'array'::text) AND (COALESCE(jsonb_typeof((content_template -> 'exercises'::text)), 'array'::text) = 'array'::text)))
constraint | blueprint_modules.blueprint_modules_difficulty_check | CHECK ((difficulty = ANY ('{beginner,intermediate,advanced}'::text[])))
constraint | blueprint_modules.blueprint_modules_estimated_hours_check | CHECK ((estimated_hours > 0))
constraint | blueprint_modules.blueprint_modules_learning_objectives_check | CHECK ((jsonb_typeof(learning_objectives) = 'array'::text))
constraint | blueprint_modules.blueprint_modules_module_number_check | CHECK (((module_number >= 1) AND (module_number <= 7)))
constraint | blueprint_modules.blueprint_modules_module_number_key | UNIQUE (module_number)
constraint | blueprint_modules.blueprint_modules_pkey | PRIMARY KEY (id)
constraint | blueprint_modules.blueprint_modules_variable_schema_check | CHECK (((jsonb_typeof(variable_schema) = 'object'::text) AND (COALESCE(jsonb_typeof((variable_schema -> 'required'::text)), 'array'::text) = 'array'::text) AND (COALESCE(jsonb_typeof((variable_schema -> 'defaults'::text)), 'object'::text) = 'object'::text)))
constraint | course_tags.course_tags_course_id_fkey | FOREIGN KEY (course_id) REFERENCES generated_courses(id) ON DELETE CASCADE
constraint | course_tags.course_tags_course_id_tag_key | UNIQUE (course_id, tag)
constraint | course_tags.course_tags_pkey | PRIMARY KEY (id)
constraint | exercises.exercises_difficulty_check | CHECK ((difficulty = ANY ('{easy,medium,hard}'::text[])))
constraint | exercises.exercises_hints_check | CHECK ((jsonb_typeof(hints) = 'array'::text))
constraint | exercises.exercises_language_check | CHECK ((language = ANY ('{python,go,java,javascript}'::text[])))
constraint | exercises.exercises_module_id_exercise_number_key | UNIQUE (module_id, exercise_number)
constraint | exercises.exercises_module_id_fkey | FOREIGN KEY (module_id) REFERENCES generated_modules(id) ON DELETE CASCADE
constraint | exercises.exercises_pkey | PRIMARY KEY (id)
constraint | exercises.exercises_points_check | CHECK (((points >= 0) AND (points <= 1000)))
constraint | exercises.exercises_test_cases_check | CHECK ((jsonb_typeof(test_cases) = 'array'::text))
constraint | generated_courses.generated_courses_archetype_id_fkey | FOREIGN KEY (archetype_id) REFERENCES user_archetypes(id) ON DELETE SET NULL
constraint | generated_courses.generated_courses_meta_category_check | CHECK ((meta_category = ANY ('{Digital,Economic,Aesthetic,Biological,Cognitive}'::text[])))
constraint | generated_courses.generated_courses_pkey | PRIMARY KEY (id)
constraint | generated_courses.generated_courses_status_check | CHECK ((status = ANY ('{active,paused,completed,archived}'::text[])))
constraint | generated_courses.generated_courses_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | generated_modules.generated_modules_blueprint_module_id_fkey | FOREIGN KEY (blueprint_module_id) REFERENCES blueprint_modules(id) ON UPDATE CASCADE ON DELETE SET NULL
constraint | generated_modules.generated_modules_course_id_fkey | FOREIGN KEY (course_id) REFERENCES generated_courses(id) ON DELETE CASCADE
constraint | generated_modules.generated_modules_course_id_module_number_key | UNIQUE (course_id, module_number)
constraint | generated_modules.generated_modules_module_number_check | CHECK (((module_number >= 1) AND (module_number <= 7)))
constraint | generated_modules.generated_modules_pkey | PRIMARY KEY (id)
constraint | generated_modules.generated_modules_status_check | CHECK ((status = ANY ('{locked,active,completed}'::text[])))
constraint | module_completions.module_completions_attempts_check | CHECK ((attempts >= 1))
constraint | module_completions.module_completions_exercise_id_fkey | FOREIGN KEY (exercise_id) REFERENCES exercises(id) ON DELETE SET NULL
constraint | module_completions.module_completions_hints_used_check | CHECK ((hints_used >= 0))
constraint | module_completions.module_completions_module_id_fkey | FOREIGN KEY (module_id) REFERENCES generated_modules(id) ON DELETE CASCADE
constraint | module_completions.module_completions_pkey | PRIMARY KEY (id)
constraint | module_completions.module_completions_score_check | CHECK (((score >= 0) AND (score <= 100)))
constraint | module_completions.module_completions_time_spent_minutes_check | CHECK ((time_spent_minutes >= 0))
constraint | module_completions.module_completions_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | schema_migrations.schema_migrations_checksum_check | CHECK ((checksum ~ '^[0-9a-f]{64}$'::text))
constraint | schema_migrations.schema_migrations_pkey | PRIMARY KEY (id)
constraint | schema_migrations.schema_migrations_version_key | UNIQUE (version)
constraint | user_achievements.user_achievements_achievement_id_fkey | FOREIGN KEY (achievement_id) REFERENCES achievements(id) ON UPDATE CASCADE ON DELETE RESTRICT
constraint | user_achievements.user_achievements_pkey | PRIMARY KEY (id)
constraint | user_achievements.user_achievements_user_id_achievement_id_key | UNIQUE (user_id, achievement_id)
constraint | user_achievements.user_achievements_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | user_archetypes.user_archetypes_meta_category_check | CHECK ((meta_category = ANY ('{Digital,Economic,Aesthetic,Biological,Cognitive}'::text[])))
constraint | user_archetypes.user_archetypes_pkey | PRIMARY KEY (id)
constraint | user_archetypes.user_archetypes_skill_level_check | CHECK ((skill_level = ANY ('{novice,analyst,quant}'::text[])))
constraint | user_archetypes.user_archetypes_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | user_archetypes.user_archetypes_user_id_key | UNIQUE (user_id)
constraint | user_archetypes.user_archetypes_validation_status_check | CHECK ((validation_status = ANY ('{unchecked,pending,valid,rejected}'::text[])))
constraint | user_progress.user_progress_course_id_fkey | FOREIGN KEY (course_id) REFERENCES generated_courses(id) ON DELETE CASCADE
constraint | user_progress.user_progress_current_module_id_fkey | FOREIGN KEY (current_module_id) REFERENCES generated_modules(id) ON DELETE SET NULL
constraint | user_progress.user_progress_pkey | PRIMARY KEY (id)
constraint | user_progress.user_progress_progress_percentage_check | CHECK (((progress_percentage >= 0) AND (progress_percentage <= 100)))
constraint | user_progress.user_progress_time_spent_minutes_check | CHECK ((time_spent_minutes >= 0))
constraint | user_progress.user_progress_user_id_course_id_key | UNIQUE (user_id, course_id)
constraint | user_progress.user_progress_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | user_relationships.user_relationships_follower_id_check | CHECK ((follower_id <> following_id))
constraint | user_relationships.user_relationships_follower_id_fkey | FOREIGN KEY (follower_id) REFERENCES users(id) ON DELETE CASCADE
constraint | user_relationships.user_relationships_follower_id_following_id_key | UNIQUE (follower_id, following_id)
constraint | user_relationships.user_relationships_following_id_fkey | FOREIGN KEY (following_id) REFERENCES users(id) ON DELETE CASCADE
constraint | user_relationships.user_relationships_pkey | PRIMARY KEY (id)
constraint | user_variables.user_variables_archetype_id_fkey | FOREIGN KEY (archetype_id) REFERENCES user_archetypes(id) ON DELETE SET NULL
constraint | user_variables.user_variables_pkey | PRIMARY KEY (id)
constraint | user_variables.user_variables_user_id_fkey | FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
constraint | user_variables.user_variables_user_id_variable_key_key | UNIQUE (user_id, variable_key)
constraint | user_variables.user_variables_variable_key_check | CHECK ((variable_key ~ '^[A-Z][A-Z0-9_]{0,49}$'::text))
constraint | users.users_email_check | CHECK (((email ~ '^[^@[:space:]]+@[^@[:space:]]+$'::text) AND (char_length(email) <= 255)))
constraint | users.users_email_key | UNIQUE (email)
constraint | users.users_max_visibility_check | CHECK ((max_visibility = ANY ('{public,friends,private}'::text[])))
constraint | users.users_name_check | CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100)))
constraint | users.users_pkey | PRIMARY KEY (id)
dump filter | achievements | WHERE NOT builtin
dump filter | activity_feed | every row
dump filter | architecture_reviews | every row
dump filter | blueprint_modules | WHERE NOT builtin
dump filter | course_tags | every row
dump filter | exercises | every row
dump filter | generated_courses | every row
dump filter | generated_modules | every row
dump filter | module_completions | every row
dump filter | user_achievements | every row
dump filter | user_archetypes | every row
dump filter | user_progress | every row
dump filter | user_relationships | every row
dump filter | user_variables | every row
dump filter | users | every row
function | activity_ticker(uuid,integer,timestamp with time zone,uuid) | (user_id uuid, page_size integer DEFAULT 50, before_at timestamp with time zone DEFAULT NULL::timestamp with time zone, before_id uuid DEFAULT NULL::uuid) RETURNS SETOF activity_feed LANGUAGE c STABLE PARALLEL SAFE COST 1000 ROWS 50 AS $libdir/learnify, activity_ticker
function | authenticate(text,text) | (email text, password text) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100000 SET search_path=pg_catalog, pg_temp MD5 f766cdf5d10e8e0fa5df240b6a68b81f
function | automation_enabled() | () RETURNS boolean LANGUAGE c STABLE PARALLEL SAFE COST 1 AS $libdir/learnify, automation_enabled
function | blueprint_missing_variables(jsonb) | (variables jsonb) RETURNS TABLE(module_number integer, concept_slug text, missing text[]) LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 1000 ROWS 7 MD5 962df017ca61d3c77f0894eb0342fc74
function | check_achievement_criteria() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100 SET search_path=pg_catalog, pg_temp MD5 74dfd0a6c75310f26afdb60c67b9ce61
function | check_course_can_be_generated(user_archetypes,uuid,jsonb) | (archetype user_archetypes, user_id uuid, variables jsonb) RETURNS void LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000 SET search_path=pg_catalog, pg_temp MD5 8e6a757b7a04b96788dda9f3663fd482
function | check_time_zone() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 7e6a328609a910cc8afcabe0d447ffba
function | choose_archetype(uuid,text,text,text) | (user_id uuid, meta_category text, domain text, skill_level text) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 100 SET search_path=pg_catalog, pg_temp MD5 b56957327248a265b9ab49168d0f065d
function | claim_domain_validations(integer) | (n integer DEFAULT 1) RETURNS TABLE(archetype_id uuid, user_id uuid, meta_category text, domain text, skill_level text, variables jsonb) LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100 ROWS 10 SET search_path=pg_catalog, pg_temp MD5 61c1be4701bdb13f21b182effd555868
function | course_outline(uuid,uuid) | (user_id uuid, course_id uuid) RETURNS TABLE(module_id uuid, module_number integer, title text, description text, state text, exercises integer, solved integer) LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SECURITY DEFINER COST 1000 ROWS 7 SET search_path=pg_catalog, pg_temp MD5 190668bd89012cf3c0a4ff0b68f6dff6
function | current_learner() | () RETURNS uuid LANGUAGE c STABLE PARALLEL SAFE COST 1 AS $libdir/learnify, current_learner
function | describe_schema() | () RETURNS TABLE(kind text, object text, definition text) LANGUAGE sql STABLE PARALLEL SAFE COST 100000 ROWS 700 SET search_path=pg_catalog, pg_temp SET quote_all_identifiers=off SET standard_conforming_strings=on SET bytea_output=hex SET DateStyle=ISO, MDY SET IntervalStyle=postgres SET TimeZone=UTC SET extra_float_digits=1 MD5 45c1565e88208e9bb3d30c69617d5f00
function | dummy_password_hash() | () RETURNS text LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1 AS $libdir/learnify, dummy_password_hash
function | fill_overall_score() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 41f15839cee027d336db6370298263c4
function | follow_user(uuid,uuid) | (follower uuid, followee uuid) RETURNS boolean LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 1000 SET search_path=pg_catalog, pg_temp MD5 7bc6cd32b3860a93d4c15600c9151e5e
function | follower_count(uuid) | (user_id uuid) RETURNS bigint LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SECURITY DEFINER COST 1000 SET search_path=pg_catalog, pg_temp MD5 d5bb7cdf371b132f4622d31d5ebad99b
function | followers(uuid,integer,timestamp with time zone,uuid) | (user_id uuid, page_size integer DEFAULT 50, before_at timestamp with time zone DEFAULT NULL::timestamp with time zone, before_id uuid DEFAULT NULL::uuid) RETURNS TABLE(follower_id uuid, name text, avatar_url text, since timestamp with time zone, relationship_id uuid) LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER COST 1000 ROWS 50 SET search_path=pg_catalog, pg_temp SET enable_bitmapscan=off MD5 e884bb6f8ec9356a26c82ccd5c58f789
function | following(uuid,integer,timestamp with time zone,uuid) | (user_id uuid, page_size integer DEFAULT 50, before_at timestamp with time zone DEFAULT NULL::timestamp with time zone, before_id uuid DEFAULT NULL::uuid) RETURNS TABLE(following_id uuid, name text, avatar_url text, since timestamp with time zone, relationship_id uuid) LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER COST 1000 ROWS 50 SET search_path=pg_catalog, pg_temp SET enable_bitmapscan=off MD5 90755e0b05815a1d67761831735bb25c
function | following_count(uuid) | (user_id uuid) RETURNS bigint LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SECURITY DEFINER COST 1000 SET search_path=pg_catalog, pg_temp MD5 c22f92c1c088b75d9fc64bce6d3c1a6c
function | generate_course(uuid,jsonb) | (user_id uuid, variables jsonb DEFAULT '{}'::jsonb) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 10000 SET search_path=pg_catalog, pg_temp MD5 7a0568c17eb07accda61103b4940a477
function | get_variables(uuid) | (user_id uuid) RETURNS jsonb LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100 MD5 14c7772dcdf433bf2656704bce3b0614
function | hash_password(text) | (password text) RETURNS text LANGUAGE c VOLATILE STRICT PARALLEL SAFE COST 1e+06 AS $libdir/learnify, hash_password
function | inject_variables(jsonb,jsonb,text) | (template jsonb, variables jsonb, missing text DEFAULT 'error'::text) RETURNS jsonb LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50 AS $libdir/learnify, inject_variables_jsonb
function | inject_variables(text,jsonb,text) | (template text, variables jsonb, missing text DEFAULT 'error'::text) RETURNS text LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS $libdir/learnify, inject_variables_text
function | is_time_zone_name(text) | (name text) RETURNS boolean LANGUAGE c STABLE STRICT PARALLEL SAFE COST 10 AS $libdir/learnify, is_time_zone_name
function | learner_metric(uuid,text) | (user_id uuid, metric text) RETURNS numeric LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1000 AS $libdir/learnify, learner_metric
function | living_resume(uuid,uuid) | (user_id uuid, viewer_id uuid) RETURNS jsonb LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER COST 10000 SET search_path=pg_catalog, pg_temp MD5 3a0520b7b128cac1294a4cfcfdb3d653
function | lock_learner(uuid) | (user_id uuid) RETURNS boolean LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 145ba6d365987d73a870858a36f071e9
function | missing_variables(uuid) | (user_id uuid) RETURNS TABLE(module_number integer, concept_slug text, missing text[]) LANGUAGE sql STABLE STRICT PARALLEL SAFE SECURITY DEFINER COST 1000 ROWS 7 SET search_path=pg_catalog, pg_temp MD5 d666fda5caa87c4de286bd9ab80f5323
function | module_state(uuid,uuid) | (user_id uuid, module_id uuid) RETURNS TABLE(exercises integer, solved integer, completed boolean) LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100 ROWS 1 AS $libdir/learnify, module_state
function | module_states(uuid,uuid) | (user_id uuid, course_id uuid) RETURNS TABLE(module_id uuid, module_number integer, exercises integer, solved integer, completed boolean) LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100 ROWS 7 AS $libdir/learnify, module_states
function | prepare_review() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100 SET search_path=pg_catalog, pg_temp MD5 09764bd469c66213f8cfb7bebf52404c
function | prepare_submission() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 100 SET search_path=pg_catalog, pg_temp SET plan_cache_mode=force_generic_plan MD5 9bb6d460813a9cad728492eb250caf1e
function | record_domain_validation(uuid,jsonb) | (archetype_id uuid, verdict jsonb) RETURNS void LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100 SET search_path=pg_catalog, pg_temp MD5 f0356019ff3452febc246e83e8cae888
function | record_review(uuid,integer,integer,integer,integer,jsonb) | (submission_id uuid, code_sense integer, efficiency integer, edge_cases integer, taste integer, feedback jsonb DEFAULT '{}'::jsonb) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 1000 SET search_path=pg_catalog, pg_temp MD5 dd1099092f8c724abe5d876dd1788155
function | refuse_seed_deletion() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 0ad322841456bbe8f697a309a0b5ab57
function | register_user(text,text,text,text) | (email text, password text, name text, time_zone text DEFAULT 'UTC'::text) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100000 SET search_path=pg_catalog, pg_temp MD5 b84c40a27a8b43438a4ebe90cf36e001
function | release_edited_seed() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 efd0721dc9e87c2e6a66e0b4d0f2f044
function | replace_seed_achievement() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100 SET search_path=pg_catalog, pg_temp MD5 c9c93b5fecaf372c0be90e58d4ef142a
function | replace_seed_blueprint_module() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100 SET search_path=pg_catalog, pg_temp MD5 97debc49cdc634286d4db390d4172a80
function | request_domain_validation(uuid) | (archetype_id uuid) RETURNS void LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100 SET search_path=pg_catalog, pg_temp MD5 d34411f488da5d1d8efb28efa4e7e3cc
function | require_acting_user(uuid) | (user_id uuid) RETURNS void LANGUAGE c STABLE PARALLEL SAFE COST 1 AS $libdir/learnify, require_acting_user
function | require_open_course(uuid) | (course_id uuid) RETURNS void LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 90c3f79f500705e335cf421163cc5dd7
function | require_page(uuid,integer,timestamp with time zone,uuid) | (user_id uuid, page_size integer, before_at timestamp with time zone, before_id uuid) RETURNS void LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1 AS $libdir/learnify, require_page
function | require_user(uuid) | (user_id uuid) RETURNS void LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 e3fe984a739a15db0dbca011371c2857
function | schema_fingerprint() | () RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1
function | set_variables(uuid,jsonb) | (user_id uuid, variables jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 100 SET search_path=pg_catalog, pg_temp MD5 64cb1b09630dce884742f4a12f1661ee
function | start_course(uuid,uuid) | (user_id uuid, course_id uuid) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 1000 SET search_path=pg_catalog, pg_temp MD5 e64abf0cf5610a3ab30b442b2d5383b0
function | streak_days(uuid,timestamp with time zone) | (user_id uuid, as_of timestamp with time zone DEFAULT now()) RETURNS integer LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1000 AS $libdir/learnify, streak_days
function | submit_exercise(uuid,uuid,text,text,jsonb,integer,integer) | (user_id uuid, exercise_id uuid, code text, language text, test_results jsonb, hints_used integer DEFAULT 0, minutes integer DEFAULT 0) RETURNS uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER COST 1000 SET search_path=pg_catalog, pg_temp MD5 c1f890ed3696a453e21bd5559d95c224
function | template_variables(jsonb,boolean) | (template jsonb, without_default boolean DEFAULT false) RETURNS text[] LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50 AS $libdir/learnify, template_variables_jsonb
function | template_variables(text,boolean) | (template text, without_default boolean DEFAULT false) RETURNS text[] LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS $libdir/learnify, template_variables_text
function | test_case_passed(jsonb) | (result jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10 MD5 3d01992cfbbb034c75beda505df9e26f
function | touch_updated_at() | () RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10 SET search_path=pg_catalog, pg_temp MD5 92b6cd4dc622b0a778614343a208a08b
function | unfollow_user(uuid,uuid) | (follower uuid, followee uuid) RETURNS boolean LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER COST 1000 SET search_path=pg_catalog, pg_temp MD5 54fd1ef3000068484e0cc0a273a40aa3
function | user_stats(uuid) | (user_id uuid) RETURNS TABLE(modules_completed integer, courses_completed integer, exercises_solved integer, perfect_scores integer, review_average numeric, streak_days integer, hours_learned numeric, reviews_received integer) LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SECURITY DEFINER COST 10000 ROWS 1 SET search_path=pg_catalog, pg_temp MD5 4bb7ca44b0fd1807335fa2fc697ed025
function | verify_password(text,text) | (password text, hash text) RETURNS boolean LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1e+06 AS $libdir/learnify, verify_password
function | verify_schema() | () RETURNS TABLE(drift text, kind text, object text, expected text, found text) LANGUAGE sql STABLE PARALLEL SAFE COST 100000 ROWS 10 MD5 d07451762c73f5759c29edd0a31b339a
function | visible_to(uuid,uuid) | (user_id uuid, viewer_id uuid) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE COST 100 MD5 b4f8b230d391f4fa5f7dc67eb1ac8d7f
index | achievements.achievements_name_key | CREATE UNIQUE INDEX achievements_name_key ON achievements USING btree (name)
index | achievements.achievements_pkey | CREATE UNIQUE INDEX achievements_pkey ON achievements USING btree (id)
index | achievements.achievements_slug_key | CREATE UNIQUE INDEX achievements_slug_key ON achievements USING btree (slug)
index | activity_feed.activity_feed_created_at_id_idx | CREATE INDEX activity_feed_created_at_id_idx ON activity_feed USING btree (created_at, id) INCLUDE (user_id)
index | activity_feed.activity_feed_pkey | CREATE UNIQUE INDEX activity_feed_pkey ON activity_feed USING btree (id)
index | activity_feed.activity_feed_user_id_created_at_id_idx | CREATE INDEX activity_feed_user_id_created_at_id_idx ON activity_feed USING btree (user_id, created_at, id)
index | architecture_reviews.architecture_reviews_module_id_idx | CREATE INDEX architecture_reviews_module_id_idx ON architecture_reviews USING btree (module_id)
index | architecture_reviews.architecture_reviews_pkey | CREATE UNIQUE INDEX architecture_reviews_pkey ON architecture_reviews USING btree (id)
index | architecture_reviews.architecture_reviews_submission_id_idx | CREATE INDEX architecture_reviews_submission_id_idx ON architecture_reviews USING btree (submission_id)
index | architecture_reviews.architecture_reviews_user_id_module_id_idx | CREATE INDEX architecture_reviews_user_id_module_id_idx ON architecture_reviews USING btree (user_id, module_id)
index | blueprint_modules.blueprint_modules_concept_slug_key | CREATE UNIQUE INDEX blueprint_modules_concept_slug_key ON blueprint_modules USING btree (concept_slug)
index | blueprint_modules.blueprint_modules_module_number_key | CREATE UNIQUE INDEX blueprint_modules_module_number_key ON blueprint_modules USING btree (module_number)
index | blueprint_modules.blueprint_modules_pkey | CREATE UNIQUE INDEX blueprint_modules_pkey ON blueprint_modules USING btree (id)
index | course_tags.course_tags_course_id_tag_key | CREATE UNIQUE INDEX course_tags_course_id_tag_key ON course_tags USING btree (course_id, tag)
index | course_tags.course_tags_pkey | CREATE UNIQUE INDEX course_tags_pkey ON course_tags USING btree (id)
index | course_tags.course_tags_tag_idx | CREATE INDEX course_tags_tag_idx ON course_tags USING btree (tag)
index | exercises.exercises_module_id_exercise_number_key | CREATE UNIQUE INDEX exercises_module_id_exercise_number_key ON exercises USING btree (module_id, exercise_number)
index | exercises.exercises_pkey | CREATE UNIQUE INDEX exercises_pkey ON exercises USING btree (id)
index | generated_courses.generated_courses_archetype_id_idx | CREATE INDEX generated_courses_archetype_id_idx ON generated_courses USING btree (archetype_id)
index | generated_courses.generated_courses_pkey | CREATE UNIQUE INDEX generated_courses_pkey ON generated_courses USING btree (id)
index | generated_courses.generated_courses_user_id_idx | CREATE INDEX generated_courses_user_id_idx ON generated_courses USING btree (user_id)
index | generated_modules.generated_modules_blueprint_module_id_idx | CREATE INDEX generated_modules_blueprint_module_id_idx ON generated_modules USING btree (blueprint_module_id)
index | generated_modules.generated_modules_course_id_module_number_key | CREATE UNIQUE INDEX generated_modules_course_id_module_number_key ON generated_modules USING btree (course_id, module_number)
index | generated_modules.generated_modules_pkey | CREATE UNIQUE INDEX generated_modules_pkey ON generated_modules USING btree (id)
index | module_completions.module_completions_exercise_id_idx | CREATE INDEX module_completions_exercise_id_idx ON module_completions USING btree (exercise_id)
index | module_completions.module_completions_module_id_idx | CREATE INDEX module_completions_module_id_idx ON module_completions USING btree (module_id)
index | module_completions.module_completions_pkey | CREATE UNIQUE INDEX module_completions_pkey ON module_completions USING btree (id)
index | module_completions.module_completions_user_id_module_id_exercise_id_idx | CREATE INDEX module_completions_user_id_module_id_exercise_id_idx ON module_completions USING btree (user_id, module_id, exercise_id) INCLUDE (passed)
index | module_completions.module_completions_user_id_submitted_at_idx | CREATE INDEX module_completions_user_id_submitted_at_idx ON module_completions USING btree (user_id, submitted_at)
index | schema_migrations.schema_migrations_pkey | CREATE UNIQUE INDEX schema_migrations_pkey ON schema_migrations USING btree (id)
index | schema_migrations.schema_migrations_version_key | CREATE UNIQUE INDEX schema_migrations_version_key ON schema_migrations USING btree (version)
index | user_achievements.user_achievements_achievement_id_idx | CREATE INDEX user_achievements_achievement_id_idx ON user_achievements USING btree (achievement_id)
index | user_achievements.user_achievements_pkey | CREATE UNIQUE INDEX user_achievements_pkey ON user_achievements USING btree (id)
index | user_achievements.user_achievements_user_id_achievement_id_key | CREATE UNIQUE INDEX user_achievements_user_id_achievement_id_key ON user_achievements USING btree (user_id, achievement_id)
index | user_archetypes.user_archetypes_pending_idx | CREATE INDEX user_archetypes_pending_idx ON user_archetypes USING btree (updated_at) WHERE (validation_status = 'pending'::text)
index | user_archetypes.user_archetypes_pkey | CREATE UNIQUE INDEX user_archetypes_pkey ON user_archetypes USING btree (id)
index | user_archetypes.user_archetypes_user_id_key | CREATE UNIQUE INDEX user_archetypes_user_id_key ON user_archetypes USING btree (user_id)
index | user_progress.user_progress_course_id_idx | CREATE INDEX user_progress_course_id_idx ON user_progress USING btree (course_id)
index | user_progress.user_progress_current_module_id_idx | CREATE INDEX user_progress_current_module_id_idx ON user_progress USING btree (current_module_id)
index | user_progress.user_progress_pkey | CREATE UNIQUE INDEX user_progress_pkey ON user_progress USING btree (id)
index | user_progress.user_progress_started_at_idx | CREATE INDEX user_progress_started_at_idx ON user_progress USING btree (started_at) INCLUDE (course_id)
index | user_progress.user_progress_user_id_course_id_key | CREATE UNIQUE INDEX user_progress_user_id_course_id_key ON user_progress USING btree (user_id, course_id)
index | user_relationships.user_relationships_follower_id_created_at_id_idx | CREATE INDEX user_relationships_follower_id_created_at_id_idx ON user_relationships USING btree (follower_id, created_at, id)
index | user_relationships.user_relationships_follower_id_following_id_key | CREATE UNIQUE INDEX user_relationships_follower_id_following_id_key ON user_relationships USING btree (follower_id, following_id)
index | user_relationships.user_relationships_following_id_created_at_id_idx | CREATE INDEX user_relationships_following_id_created_at_id_idx ON user_relationships USING btree (following_id, created_at, id)
index | user_relationships.user_relationships_pkey | CREATE UNIQUE INDEX user_relationships_pkey ON user_relationships USING btree (id)
index | user_variables.user_variables_archetype_id_idx | CREATE INDEX user_variables_archetype_id_idx ON user_variables USING btree (archetype_id)
index | user_variables.user_variables_pkey | CREATE UNIQUE INDEX user_variables_pkey ON user_variables USING btree (id)
index | user_variables.user_variables_user_id_variable_key_key | CREATE UNIQUE INDEX user_variables_user_id_variable_key_key ON user_variables USING btree (user_id, variable_key)
index | users.users_email_key | CREATE UNIQUE INDEX users_email_key ON users USING btree (email)
index | users.users_email_lower_key | CREATE UNIQUE INDEX users_email_lower_key ON users USING btree (lower(email))
index | users.users_pkey | CREATE UNIQUE INDEX users_pkey ON users USING btree (id)
table | achievements | permanent
table | activity_feed | permanent
table | architecture_reviews | permanent
table | blueprint_modules | permanent
table | course_tags | permanent
table | exercises | permanent
table | generated_courses | permanent
table | generated_modules | permanent
table | module_completions | permanent
table | schema_migrations | permanent
table | user_achievements | permanent
table | user_archetypes | permanent
table | user_progress | permanent
table | user_relationships | permanent
table | user_variables | permanent
table | users | permanent
trigger | achievements.achievements_check_criteria | CREATE TRIGGER achievements_check_criteria BEFORE INSERT OR UPDATE OF criteria ON achievements FOR EACH ROW EXECUTE FUNCTION check_achievement_criteria()
trigger | achievements.achievements_refuse_seed_deletion | CREATE TRIGGER achievements_refuse_seed_deletion BEFORE DELETE ON achievements FOR EACH ROW WHEN (((pg_trigger_depth() = 0) AND (((old.id >= '6c656172-6e69-8679-8000-000000000101'::uuid) AND (old.id <= '6c656172-6e69-8679-8000-000000000110'::uuid)) OR (old.name = ANY (ARRAY['First Module'::text, 'First Course'::text, 'Flawless'::text, 'Ten Solved'::text, 'Fifty Solved'::text, 'Hundred Solved'::text, 'Seven in a Row'::text, 'Three Courses'::text, 'Reviewers'' Choice'::text, 'Hundred Hours'::text])) OR (old.slug = ANY (ARRAY['first-module'::text, 'first-course'::text, 'perfect-score'::text, 'ten-exercises'::text, 'fifty-exercises'::text, 'hundred-exercises'::text, 'seven-day-streak'::text, 'three-courses'::text, 'reviewers-choice'::text, 'hundred-hours'::text]))))) EXECUTE FUNCTION refuse_seed_deletion()
trigger | achievements.achievements_release_edited_seed | CREATE TRIGGER achievements_release_edited_seed BEFORE UPDATE ON achievements FOR EACH ROW WHEN (((old.builtin OR new.builtin) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION release_edited_seed()
trigger | achievements.achievements_release_inserted_seed | CREATE TRIGGER achievements_release_inserted_seed BEFORE INSERT ON achievements FOR EACH ROW WHEN (new.builtin) EXECUTE FUNCTION release_edited_seed()
trigger | achievements.achievements_replace_seed | CREATE TRIGGER achievements_replace_seed BEFORE INSERT ON achievements FOR EACH ROW WHEN ((NOT new.builtin)) EXECUTE FUNCTION replace_seed_achievement() ENABLED ALWAYS
trigger | architecture_reviews.architecture_reviews_fill_overall_score | CREATE TRIGGER architecture_reviews_fill_overall_score BEFORE INSERT ON architecture_reviews FOR EACH ROW WHEN ((new.overall_score IS NULL)) EXECUTE FUNCTION fill_overall_score()
trigger | architecture_reviews.architecture_reviews_prepare | CREATE TRIGGER architecture_reviews_prepare BEFORE INSERT ON architecture_reviews FOR EACH ROW WHEN ((new.broadcast_at = now())) EXECUTE FUNCTION prepare_review()
trigger | architecture_reviews.architecture_reviews_prepare_move | CREATE TRIGGER architecture_reviews_prepare_move BEFORE UPDATE ON architecture_reviews FOR EACH ROW WHEN (((new.submission_id IS NOT NULL) AND ((old.user_id IS DISTINCT FROM new.user_id) OR (old.module_id IS DISTINCT FROM new.module_id) OR (old.submission_id IS DISTINCT FROM new.submission_id)))) EXECUTE FUNCTION prepare_review()
trigger | blueprint_modules.blueprint_modules_refuse_seed_deletion | CREATE TRIGGER blueprint_modules_refuse_seed_deletion BEFORE DELETE ON blueprint_modules FOR EACH ROW WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION refuse_seed_deletion()
trigger | blueprint_modules.blueprint_modules_release_edited_seed | CREATE TRIGGER blueprint_modules_release_edited_seed BEFORE UPDATE ON blueprint_modules FOR EACH ROW WHEN (((old.builtin OR new.builtin) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION release_edited_seed()
trigger | blueprint_modules.blueprint_modules_replace_seed | CREATE TRIGGER blueprint_modules_replace_seed BEFORE INSERT ON blueprint_modules FOR EACH ROW WHEN ((NOT new.builtin)) EXECUTE FUNCTION replace_seed_blueprint_module() ENABLED ALWAYS
trigger | blueprint_modules.blueprint_modules_touch_updated_at | CREATE TRIGGER blueprint_modules_touch_updated_at BEFORE UPDATE ON blueprint_modules FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND (old.updated_at = new.updated_at))) EXECUTE FUNCTION touch_updated_at()
trigger | generated_courses.generated_courses_touch_updated_at | CREATE TRIGGER generated_courses_touch_updated_at BEFORE UPDATE OF user_id, archetype_id, title, description, meta_category, injected_variables, status ON generated_courses FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND (old.updated_at = new.updated_at))) EXECUTE FUNCTION touch_updated_at()
trigger | module_completions.module_completions_prepare | CREATE TRIGGER module_completions_prepare BEFORE INSERT ON module_completions FOR EACH ROW WHEN ((new.broadcast_at = now())) EXECUTE FUNCTION prepare_submission()
trigger | module_completions.module_completions_prepare_correction | CREATE TRIGGER module_completions_prepare_correction BEFORE UPDATE OF module_id, exercise_id, language, hints_used ON module_completions FOR EACH ROW WHEN (((new.module_id <> old.module_id) OR (new.exercise_id IS DISTINCT FROM old.exercise_id) OR (new.language <> old.language) OR (new.hints_used <> old.hints_used))) EXECUTE FUNCTION prepare_submission()
trigger | user_archetypes.user_archetypes_touch_updated_at | CREATE TRIGGER user_archetypes_touch_updated_at BEFORE UPDATE ON user_archetypes FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND (old.updated_at = new.updated_at))) EXECUTE FUNCTION touch_updated_at()
trigger | user_variables.user_variables_touch_updated_at | CREATE TRIGGER user_variables_touch_updated_at BEFORE UPDATE ON user_variables FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND (old.updated_at = new.updated_at))) EXECUTE FUNCTION touch_updated_at()
trigger | users.users_check_time_zone_insert | CREATE TRIGGER users_check_time_zone_insert BEFORE INSERT ON users FOR EACH ROW WHEN ((new.time_zone <> 'UTC'::text)) EXECUTE FUNCTION check_time_zone()
trigger | users.users_check_time_zone_update | CREATE TRIGGER users_check_time_zone_update BEFORE UPDATE ON users FOR EACH ROW WHEN (((new.time_zone <> 'UTC'::text) AND (new.time_zone <> old.time_zone))) EXECUTE FUNCTION check_time_zone()
trigger | users.users_touch_updated_at | CREATE TRIGGER users_touch_updated_at BEFORE UPDATE OF email, password_hash, name, avatar_url, time_zone, max_visibility, social_enabled ON users FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND (old.updated_at = new.updated_at))) EXECUTE FUNCTION touch_updated_at()
$fingerprint$;
INSERT INTO schema_migrations (version, description, checksum, extension_version)
VALUES ('004', 'social', '6f5458a91a59da50d554b2ee17d0681d86a5e8b388c3014f02a6289ec1bf8c18', '0.4.0');
