CREATE OR REPLACE FUNCTION learnify_internal.award_for_event(user_id uuid, event text)
RETURNS integer
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'award_for_event';

COMMENT ON FUNCTION learnify_internal.award_for_event(uuid, text) IS 'Awards the achievements that a learner has reached by a metric that this event can raise, see metrics(), and returns how many; any stands for all events';

CREATE OR REPLACE FUNCTION award_achievements(user_id uuid)
RETURNS integer
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM learnify_internal.require_user(user_id);
  PERFORM learnify_internal.lock_learner(user_id);
  RETURN learnify_internal.award_for_event(user_id, 'any');
END
$$;

COMMENT ON FUNCTION award_achievements(uuid) IS 'Awards every achievement that a learner has reached and not yet earned, and returns how many; safe to call at any time, such as after a rule is added';

CREATE OR REPLACE FUNCTION learnify_internal.broadcast_achievement()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
  IF learnify_internal.automation_enabled() THEN
    PERFORM learnify_internal.broadcast(
      NEW.user_id, 'achievement_earned', 'achievement', a.id,
      jsonb_build_object('achievement', a.name, 'slug', a.slug, 'badge_icon', a.badge_icon, 'rarity', a.rarity),
      NEW.unlocked_at)
    FROM @extschema@.achievements AS a
    WHERE a.id = NEW.achievement_id;
  END IF;
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION learnify_internal.broadcast_achievement() IS 'Row trigger: tells the feed of an achievement earned';

CREATE OR REPLACE TRIGGER user_achievements_broadcast
AFTER INSERT ON user_achievements
FOR EACH ROW WHEN (NEW.broadcast_at = now())
EXECUTE FUNCTION learnify_internal.broadcast_achievement();
