-- An achievement has the time of the last work that it took, even if that was submitted later.
-- NULL where the rows do not determine it, because minutes can be written without submissions,
-- and for a metric without a branch here; the achievement then has the time of the transaction.
CREATE OR REPLACE FUNCTION learnify_internal.metric_reached_at(user_id uuid, metric text, at_least numeric)
RETURNS timestamptz
LANGUAGE plpgsql
STABLE STRICT PARALLEL SAFE COST 10000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_variable
DECLARE
  earlier CONSTANT bigint := least(greatest(ceil(at_least), 1), 2147483647) - 1;
  reached_at timestamptz;
BEGIN
  CASE metric
    WHEN 'exercises_solved', 'perfect_scores' THEN
      SELECT w.first_at INTO reached_at
      FROM (SELECT min(s.submitted_at) AS first_at
            FROM @extschema@.module_completions AS s
            WHERE s.user_id = metric_reached_at.user_id
              AND CASE metric WHEN 'perfect_scores' THEN s.score = learnify_internal.perfect_score() ELSE s.passed AND s.exercise_id IS NOT NULL END
            GROUP BY coalesce(s.exercise_id, s.module_id)) AS w
      ORDER BY w.first_at
      OFFSET earlier LIMIT 1;
    WHEN 'modules_completed' THEN
      SELECT r.completed_at INTO reached_at
      FROM (SELECT DISTINCT s.module_id
            FROM @extschema@.module_completions AS s
            WHERE s.user_id = metric_reached_at.user_id AND s.passed) AS m
      CROSS JOIN LATERAL learnify_internal.module_state(metric_reached_at.user_id, m.module_id) AS t
      CROSS JOIN LATERAL learnify_internal.module_result(metric_reached_at.user_id, m.module_id) AS r
      WHERE t.completed
      ORDER BY r.completed_at
      OFFSET earlier LIMIT 1;
    WHEN 'courses_completed' THEN
      SELECT c.completed_at INTO reached_at
      FROM (SELECT CASE
                     WHEN p.retaken_after IS NULL THEN p.completed_at
                     ELSE (SELECT r.completed_at
                           FROM learnify_internal.kept_completions AS r
                           WHERE r.user_id = p.user_id AND r.course_id = p.course_id)
                   END AS completed_at
            FROM @extschema@.user_progress AS p
            WHERE p.user_id = metric_reached_at.user_id) AS c
      WHERE c.completed_at IS NOT NULL
      ORDER BY c.completed_at
      OFFSET earlier LIMIT 1;
    WHEN 'hours_learned' THEN
      SELECT min(w.submitted_at) INTO reached_at
      FROM (SELECT s.submitted_at, sum(s.time_spent_minutes) OVER (ORDER BY s.submitted_at, s.id) AS minutes
            FROM @extschema@.module_completions AS s
            WHERE s.user_id = metric_reached_at.user_id) AS w
      WHERE w.minutes >= 60 * at_least;
    WHEN 'streak_days' THEN
      SELECT min(d.first_at) INTO reached_at
      FROM (SELECT w.first_at, row_number() OVER (PARTITION BY w.streaks_before ORDER BY w.submitted_on) AS days
            FROM (SELECT s.submitted_on, s.first_at,
                         count(*) FILTER (WHERE NOT s.continues) OVER (ORDER BY s.submitted_on) AS streaks_before
                  FROM (SELECT s.submitted_on, min(s.submitted_at) AS first_at,
                               learnify_internal.continues_streak(min(u.time_zone), lag(s.submitted_on) OVER (ORDER BY s.submitted_on),
                                                                  s.submitted_on) AS continues
                        FROM @extschema@.module_completions AS s
                        JOIN @extschema@.users AS u ON u.id = s.user_id
                        WHERE s.user_id = metric_reached_at.user_id AND isfinite(s.submitted_on) AND s.submitted_at <= now()
                        GROUP BY s.submitted_on) AS s) AS w) AS d
      WHERE d.days > earlier;
    WHEN 'reviews_received' THEN
      SELECT r.reviewed_at INTO reached_at
      FROM @extschema@.architecture_reviews AS r
      WHERE r.user_id = metric_reached_at.user_id
      ORDER BY r.reviewed_at
      OFFSET earlier LIMIT 1;
    WHEN 'review_average' THEN
      SELECT max(r.reviewed_at) INTO reached_at
      FROM @extschema@.architecture_reviews AS r
      WHERE r.user_id = metric_reached_at.user_id;
    ELSE
      NULL;
  END CASE;
  RETURN CASE WHEN reached_at IS NOT NULL THEN learnify_internal.effect_time(reached_at) END;
END
$$;

COMMENT ON FUNCTION learnify_internal.metric_reached_at(uuid, text, numeric) IS 'Returns when a learner did the work by which a metric reached a value, no later than now; NULL where that is not known';

CREATE OR REPLACE FUNCTION learnify_internal.award_for_event(user_id uuid, event text)
RETURNS integer
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'award_for_event';

COMMENT ON FUNCTION learnify_internal.award_for_event(uuid, text) IS 'Awards a learner the achievements not earned yet whose metric this event can raise and whose criteria are met, and returns how many; metrics() lists the events, and the event any stands for all of them';

CREATE OR REPLACE FUNCTION award_achievements(user_id uuid)
RETURNS integer
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM @extschema@.require_backend();
  PERFORM learnify_internal.require_user(user_id);
  PERFORM learnify_internal.lock_existing_learner(user_id);
  RETURN learnify_internal.award_for_event(user_id, 'any');
END
$$;

COMMENT ON FUNCTION award_achievements(uuid) IS 'Awards a learner the achievements not earned yet whose criteria are met, and returns how many; idempotent, to be called for instance after an achievement has been added';

CREATE OR REPLACE FUNCTION learnify_internal.broadcast_achievements()
RETURNS trigger
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'broadcast_achievements';

COMMENT ON FUNCTION learnify_internal.broadcast_achievements() IS 'Statement trigger: writes earned achievements to the feed';

CREATE OR REPLACE TRIGGER user_achievements_broadcast
AFTER INSERT ON user_achievements
REFERENCING NEW TABLE AS inserted
FOR EACH STATEMENT
EXECUTE FUNCTION learnify_internal.broadcast_achievements();
