-- {"metric": a metric of user_stats, "at_least": a number} and, so that one
-- good review makes no average, optionally "reviews_received": a number.
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

COMMENT ON FUNCTION learnify_internal.check_achievement_criteria() IS 'Row trigger: refuses criteria that award_achievements could not evaluate';

CREATE OR REPLACE TRIGGER achievements_check_criteria
BEFORE INSERT OR UPDATE OF criteria ON achievements
FOR EACH ROW
EXECUTE FUNCTION learnify_internal.check_achievement_criteria();

CREATE OR REPLACE TRIGGER achievements_release_edited_seed
BEFORE UPDATE ON achievements
FOR EACH ROW WHEN ((OLD.builtin OR NEW.builtin) AND OLD.* IS DISTINCT FROM NEW.*)
EXECUTE FUNCTION learnify_internal.release_edited_seed();

CREATE OR REPLACE TRIGGER achievements_release_inserted_seed
BEFORE INSERT ON achievements
FOR EACH ROW WHEN (NEW.builtin)
EXECUTE FUNCTION learnify_internal.release_edited_seed();

-- A seed, or what has taken the place of one. Depth 0: the replacement below
-- may delete.
CREATE OR REPLACE TRIGGER achievements_refuse_seed_deletion
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
EXECUTE FUNCTION learnify_internal.refuse_seed_deletion();

-- A row that meets one untouched seed, by whatever key, becomes an update of
-- it. Edited seeds that traded keys meet several: those make room.
CREATE OR REPLACE FUNCTION learnify_internal.replace_seed_achievement()
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

COMMENT ON FUNCTION learnify_internal.replace_seed_achievement() IS 'Row trigger: an achievement inserted with a key of an untouched shipped one replaces it';

CREATE OR REPLACE TRIGGER achievements_replace_seed
BEFORE INSERT ON achievements
FOR EACH ROW WHEN (NOT NEW.builtin)
EXECUTE FUNCTION learnify_internal.replace_seed_achievement();

-- A parallel restore runs with session_replication_role = replica, and the
-- rows of edited seeds must meet their seeds there too.
ALTER TABLE achievements ENABLE ALWAYS TRIGGER achievements_replace_seed;
