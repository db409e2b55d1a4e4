-- criteria are {"metric": a metric of user_stats, "at_least": a number}. An average may also
-- require "reviews_received": a number, so that a single good review does not earn it.
CREATE OR REPLACE FUNCTION learnify_internal.check_achievement_criteria()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  metrics CONSTANT text[] := ARRAY(SELECT m.metric FROM learnify_internal.metrics() AS m);
BEGIN
  IF jsonb_typeof(NEW.criteria) IS DISTINCT FROM 'object' THEN
    RAISE EXCEPTION 'criteria of achievement "%" are not a JSON object', learnify_internal.excerpt(NEW.name)
      USING ERRCODE = 'invalid_parameter_value',
            TABLE = 'achievements',
            COLUMN = 'criteria',
            HINT = 'Use the form {"metric": "exercises_solved", "at_least": 10}.';
  END IF;
  IF jsonb_typeof(NEW.criteria -> 'metric') IS DISTINCT FROM 'string'
     OR NEW.criteria ->> 'metric' <> ALL (metrics) THEN
    RAISE EXCEPTION 'achievement "%" has an unknown metric: %', learnify_internal.excerpt(NEW.name),
                    coalesce(learnify_internal.excerpt((NEW.criteria -> 'metric')::text), 'none')
      USING ERRCODE = 'invalid_parameter_value',
            TABLE = 'achievements',
            COLUMN = 'criteria',
            HINT = format('The metrics are: %s.', array_to_string(metrics, ', '));
  END IF;
  IF jsonb_typeof(NEW.criteria -> 'at_least') IS DISTINCT FROM 'number'
     OR coalesce(jsonb_typeof(NEW.criteria -> 'reviews_received'), 'number') <> 'number' THEN
    RAISE EXCEPTION 'achievement "%" has a bound that is no number: %', learnify_internal.excerpt(NEW.name),
                    learnify_internal.excerpt(NEW.criteria::text)
      USING ERRCODE = 'invalid_parameter_value',
            TABLE = 'achievements',
            COLUMN = 'criteria',
            HINT = 'Use the form {"metric": "exercises_solved", "at_least": 10}.';
  END IF;
  IF NEW.criteria - '{metric,at_least,reviews_received}'::text[] <> '{}' THEN
    RAISE EXCEPTION 'achievement "%" has criteria that are not known: %', learnify_internal.excerpt(NEW.name),
                    learnify_internal.excerpt((NEW.criteria - '{metric,at_least,reviews_received}'::text[])::text)
      USING ERRCODE = 'invalid_parameter_value',
            TABLE = 'achievements',
            COLUMN = 'criteria',
            HINT = 'The keys are metric, at_least and reviews_received.';
  END IF;
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION learnify_internal.check_achievement_criteria() IS 'Row trigger: raises an error for criteria of an achievement that award_achievements could not evaluate';

-- import_legacy keeps the criteria of another system in achievements that are not active.
CREATE OR REPLACE TRIGGER achievements_check_criteria
BEFORE INSERT OR UPDATE OF criteria, active ON achievements
FOR EACH ROW WHEN (NEW.active)
EXECUTE FUNCTION learnify_internal.check_achievement_criteria();

CREATE OR REPLACE TRIGGER achievements_release_edited_seed
BEFORE UPDATE ON achievements
FOR EACH ROW WHEN ((OLD.builtin OR NEW.builtin) AND OLD.* IS DISTINCT FROM NEW.*)
EXECUTE FUNCTION learnify_internal.release_edited_seed();

CREATE OR REPLACE TRIGGER achievements_release_inserted_seed
BEFORE INSERT ON achievements
FOR EACH ROW WHEN (NEW.builtin)
EXECUTE FUNCTION learnify_internal.release_edited_seed();

-- replace_seed_achievement, which may delete, turns this setting on.
CREATE OR REPLACE TRIGGER achievements_refuse_seed_deletion
BEFORE DELETE ON achievements
FOR EACH ROW WHEN (current_setting('learnify_internal.making_room', true) IS DISTINCT FROM 'on')
EXECUTE FUNCTION learnify_internal.refuse_seed_deletion();

CREATE OR REPLACE TRIGGER achievements_refuse_truncation
BEFORE TRUNCATE ON achievements
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.refuse_seed_deletion();

-- This works like replace_seed_blueprint_module.
CREATE OR REPLACE FUNCTION learnify_internal.replace_seed_achievement()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
SET learnify_internal.making_room = on
AS $$
DECLARE
  seeds CONSTANT uuid[] := ARRAY(
    SELECT a.id
    FROM @extschema@.achievements AS a
    WHERE a.builtin AND (a.id = NEW.id OR a.name = NEW.name OR a.slug = NEW.slug));
BEGIN
  IF cardinality(seeds) > 1 THEN
    DELETE FROM @extschema@.achievements WHERE id = ANY (seeds) AND builtin;
    RETURN NEW;
  END IF;
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
  WHERE id = seeds[1] AND builtin;
  RETURN CASE WHEN NOT FOUND THEN NEW END;
END
$$;

COMMENT ON FUNCTION learnify_internal.replace_seed_achievement() IS 'Row trigger: lets an inserted achievement replace the shipped one with the same id, name or slug, if nobody has edited that';

CREATE OR REPLACE TRIGGER achievements_replace_seed
BEFORE INSERT ON achievements
FOR EACH ROW WHEN (NOT NEW.builtin)
EXECUTE FUNCTION learnify_internal.replace_seed_achievement();

-- ALWAYS, because a parallel restore runs with session_replication_role = replica, and the
-- rows of edited seeds have to replace the seeds there too.
ALTER TABLE achievements ENABLE ALWAYS TRIGGER achievements_replace_seed;

CREATE OR REPLACE FUNCTION learnify_internal.warn_of_replaced_achievement()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF learnify_internal.restores_rows() THEN
    RETURN NULL;
  ELSIF TG_OP = 'DELETE' THEN
    RAISE WARNING 'shipped achievement is replaced: "%"', OLD.name
      USING DETAIL = 'A new achievement has keys of several shipped ones.',
            HINT = 'restore_shipped_rows() puts back what shipped.';
  ELSE
    RAISE WARNING 'shipped achievement is replaced by "%": "%"', left(NEW.name, 100), OLD.name
      USING DETAIL = format('The new one is earned by %s.', left(NEW.criteria::text, 100)),
            HINT = 'restore_shipped_rows() puts back what shipped.';
  END IF;
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.warn_of_replaced_achievement() IS 'Row trigger: raises a warning if an inserted achievement replaces a shipped one, unless a dump is being restored';

CREATE OR REPLACE TRIGGER achievements_warn_of_deleted_seed
AFTER DELETE ON achievements
FOR EACH ROW WHEN (OLD.builtin AND current_setting('learnify_internal.making_room', true) = 'on')
EXECUTE FUNCTION learnify_internal.warn_of_replaced_achievement();

CREATE OR REPLACE TRIGGER achievements_warn_of_replaced_seed
AFTER UPDATE ON achievements
FOR EACH ROW WHEN (OLD.builtin AND current_setting('learnify_internal.making_room', true) = 'on')
EXECUTE FUNCTION learnify_internal.warn_of_replaced_achievement();

-- A restored row replaces the seed that has one of its keys. If a row kept none of the keys of
-- the seed that it was, a restore would bring the seed back beside it, as if the seed had been
-- deleted. ship_achievements, which gives rows interim keys, turns the setting on.
CREATE OR REPLACE FUNCTION learnify_internal.keep_seed_key()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF EXISTS (SELECT
             FROM learnify_internal.shipped_achievements() AS s
             WHERE (OLD.id = s.id OR OLD.name = s.name OR OLD.slug = s.slug)
               AND NOT EXISTS (SELECT
                               FROM @extschema@.achievements AS a
                               WHERE a.id = s.id OR a.name = s.name OR a.slug = s.slug)) THEN
    RAISE EXCEPTION 'row % of achievements has to keep its id, name or slug', OLD.id
      USING ERRCODE = 'object_not_in_prerequisite_state',
            TABLE = TG_TABLE_NAME,
            COLUMN = 'id',
            DETAIL = 'It shipped with the extension, or took the place of a row that did, which restoring a dump would bring back.',
            HINT = format('Keep one of them, or take the row out of use and insert another: UPDATE %I.%I SET active = false WHERE id = %L.',
                          TG_TABLE_SCHEMA, TG_TABLE_NAME, OLD.id);
  END IF;
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.keep_seed_key() IS 'Row trigger: refuses to change all keys of an achievement that shipped with the extension, or that took the place of one';

CREATE OR REPLACE TRIGGER achievements_keep_seed_key
AFTER UPDATE ON achievements
FOR EACH ROW
WHEN ((OLD.id <> NEW.id OR OLD.name <> NEW.name OR OLD.slug <> NEW.slug)
      AND current_setting('learnify_internal.shipping', true) IS DISTINCT FROM 'on')
EXECUTE FUNCTION learnify_internal.keep_seed_key();

-- A present row is matched with the shipped row that has its id, else its slug, else its
-- name. Of several that match the same shipped row, the closest match is overwritten, so
-- that those who have earned it keep the achievement.
CREATE OR REPLACE FUNCTION learnify_internal.ship_achievements(ids uuid[])
RETURNS integer
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  present uuid[];
  wanted uuid[];
  others text;
  shipped integer;
BEGIN
  SELECT array_agg(n.present ORDER BY n.wanted), array_agg(n.wanted ORDER BY n.wanted) INTO present, wanted
  FROM (SELECT DISTINCT ON (o.wanted) o.present, o.wanted
        FROM (SELECT DISTINCT ON (a.id) a.id AS present, s.id AS wanted, k.distance
              FROM @extschema@.achievements AS a
              CROSS JOIN learnify_internal.shipped_achievements() AS s
              CROSS JOIN LATERAL (SELECT CASE WHEN a.id = s.id THEN 1 WHEN a.slug = s.slug THEN 2
                                              WHEN a.name = s.name THEN 3 END) AS k (distance)
              WHERE k.distance IS NOT NULL
              ORDER BY a.id, k.distance) AS o
        ORDER BY o.wanted, o.distance, o.present) AS n
  WHERE n.wanted = ANY (ids);
  SELECT string_agg(format('"%s" (%s)', a.name, a.slug), ', ' ORDER BY a.name COLLATE "C") INTO others
  FROM @extschema@.achievements AS a
  WHERE EXISTS (SELECT
                FROM learnify_internal.shipped_achievements() AS s
                WHERE s.id = ANY (ids) AND (s.id = a.id OR s.slug = a.slug OR s.name = a.name))
    AND a.id <> ALL (coalesce(present, '{}'));
  IF others IS NOT NULL THEN
    RAISE EXCEPTION 'another row has the id, the slug or the name of a shipped achievement: %', learnify_internal.excerpt(others)
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Put that one back as well, if it shipped, or give it another slug and name first.';
  END IF;

  -- A statement, which reaches the nodes of a distributed database.
  SET LOCAL learnify_internal.shipping = on;
  -- Rows that have exchanged keys would violate the unique constraints while they are put
  -- back one by one: give them interim keys.
  UPDATE @extschema@.achievements AS a
  SET id = CASE WHEN a.id = p.wanted THEN a.id ELSE md5(a.id::text)::uuid END,
      name = md5(a.id::text),
      slug = p.wanted::text
  FROM unnest(present, wanted) AS p (present, wanted)
  WHERE a.id = p.present;
  UPDATE @extschema@.achievements AS a
  SET id = p.wanted
  FROM unnest(wanted) AS p (wanted)
  WHERE a.slug = p.wanted::text AND a.id <> p.wanted;

  INSERT INTO @extschema@.achievements
    (id, name, description, badge_icon, criteria, rarity, created_at, slug, builtin, active)
  SELECT s.*
  FROM learnify_internal.shipped_achievements() AS s
  WHERE s.id = ANY (ids)
  ORDER BY s.id
  ON CONFLICT (id) DO UPDATE
  SET name = excluded.name,
      description = excluded.description,
      badge_icon = excluded.badge_icon,
      criteria = excluded.criteria,
      rarity = excluded.rarity,
      created_at = excluded.created_at,
      slug = excluded.slug,
      builtin = excluded.builtin,
      active = excluded.active;
  GET DIAGNOSTICS shipped = ROW_COUNT;
  SET LOCAL learnify_internal.shipping = off;
  RETURN shipped;
END
$$;

COMMENT ON FUNCTION learnify_internal.ship_achievements(uuid[]) IS 'Puts the shipped achievements with these ids in place of the rows that they were edited into or replaced by, inserts those that are missing, and returns how many';

-- reference_id has no foreign key that would cascade.
CREATE OR REPLACE FUNCTION learnify_internal.update_achievement_reference()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  UPDATE @extschema@.activity_feed AS f
  SET reference_id = NEW.id
  FROM @extschema@.user_achievements AS u
  WHERE u.achievement_id = NEW.id
    AND f.user_id = u.user_id AND f.activity_type = 'achievement_earned' AND f.reference_id = OLD.id;
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.update_achievement_reference() IS 'Row trigger: updates references of the feed to an achievement whose id has changed';

CREATE OR REPLACE TRIGGER achievements_update_reference
AFTER UPDATE ON achievements
FOR EACH ROW WHEN (OLD.id <> NEW.id)
EXECUTE FUNCTION learnify_internal.update_achievement_reference();
