-- Awards what is within reach of the metrics named. Whoever awards a learner
-- waits for whoever else does: two courses completed at once are counted as two
-- by the second. This lock is taken last, after the rows that it counts.
CREATE FUNCTION award_for_metrics(user_id uuid, metrics text[])
RETURNS integer
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  within_reach record;
  measured numeric;
  newly_awarded integer;
  awarded integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock('@extschema@.user_achievements'::regclass::oid::integer, uuid_hash(user_id));
  FOR within_reach IN
    SELECT a.criteria ->> 'metric' AS metric, min((a.criteria -> 'at_least')::numeric) AS at_least
    FROM @extschema@.achievements AS a
    WHERE a.active
      AND a.criteria ->> 'metric' = ANY (metrics)
      AND NOT EXISTS (SELECT
                      FROM @extschema@.user_achievements AS e
                      WHERE e.user_id = award_for_metrics.user_id AND e.achievement_id = a.id)
    GROUP BY 1
  LOOP
    measured := @extschema@.learner_metric(user_id, within_reach.metric);
    CONTINUE WHEN measured < within_reach.at_least;
    INSERT INTO @extschema@.user_achievements (user_id, achievement_id)
    SELECT award_for_metrics.user_id, a.id
    FROM @extschema@.achievements AS a
    WHERE a.active
      AND a.criteria ->> 'metric' = within_reach.metric
      AND (a.criteria -> 'at_least')::numeric <= measured
      AND (NOT a.criteria ? 'reviews_received'
           OR @extschema@.learner_metric(award_for_metrics.user_id, 'reviews_received')
              >= (a.criteria -> 'reviews_received')::numeric)
    ORDER BY a.id
    ON CONFLICT (user_id, achievement_id) DO NOTHING;
    GET DIAGNOSTICS newly_awarded = ROW_COUNT;
    awarded := awarded + newly_awarded;
  END LOOP;
  RETURN awarded;
END
$$;

COMMENT ON FUNCTION award_for_metrics(uuid, text[]) IS 'Awards the achievements by these metrics that a learner has reached, and returns how many';

CREATE FUNCTION award_achievements(user_id uuid)
RETURNS integer
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM @extschema@.require_user(user_id);
  PERFORM @extschema@.lock_learner(user_id);
  RETURN @extschema@.award_for_metrics(user_id, ARRAY(
    SELECT DISTINCT a.criteria ->> 'metric' FROM @extschema@.achievements AS a WHERE a.active));
END
$$;

COMMENT ON FUNCTION award_achievements(uuid) IS 'Awards every achievement that a learner has reached and not yet earned, and returns how many; safe to call at any time, such as after a rule is added';

CREATE FUNCTION broadcast_achievement()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF @extschema@.automation_enabled() THEN
    PERFORM @extschema@.broadcast(
      NEW.user_id, 'achievement_earned', 'achievement', a.id,
      jsonb_build_object('achievement', a.name, 'slug', a.slug, 'badge_icon', a.badge_icon, 'rarity', a.rarity),
      NEW.unlocked_at)
    FROM @extschema@.achievements AS a
    WHERE a.id = NEW.achievement_id;
  END IF;
  RETURN NULL;
END
$$;

REVOKE EXECUTE ON FUNCTION broadcast_achievement() FROM PUBLIC;

COMMENT ON FUNCTION broadcast_achievement() IS 'Row trigger: tells the feed of an achievement earned';

CREATE TRIGGER user_achievements_broadcast
AFTER INSERT ON user_achievements
FOR EACH ROW WHEN (NEW.broadcast_at = now())
EXECUTE FUNCTION broadcast_achievement();
