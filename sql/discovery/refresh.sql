CREATE OR REPLACE FUNCTION learnify_internal.fit_recommendation_model(parameters jsonb, min_lift double precision, min_support integer)
RETURNS void
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
#variable_conflict use_column
DECLARE
  all_learners bigint;
  interactions bigint;
BEGIN
  WITH fitted AS MATERIALIZED (
    SELECT f.* FROM learnify_internal.fit_similar_courses(parameters) AS f
  ), rules AS MATERIALIZED (
    SELECT a.tag, a.next_tag, a.support, a.lift, a.weight FROM @extschema@.skill_adjacency(min_lift, min_support) AS a
  ), next AS (
    SELECT t.course_id,
           jsonb_agg(jsonb_strip_nulls(jsonb_build_object('tag', r.tag, 'next_tag', r.next_tag, 'support', r.support, 'lift', r.lift,
                                                          'weight', r.weight))
                     ORDER BY r.lift DESC, r.support DESC, r.next_tag COLLATE "C") AS tags
    FROM @extschema@.course_tags AS t
    JOIN rules AS r ON r.tag = t.tag
    GROUP BY t.course_id
  ), model AS (
    SELECT c.id, coalesce(f.similar_course_ids, '{}') AS ids, coalesce(f.weights, '{}') AS weights,
           coalesce(f.intercept, 0) AS intercept,
           -- The author's own course says nothing about how popular it is.
           coalesce(f.learners, 0)
             - EXISTS (SELECT
                       FROM @extschema@.user_course_interactions AS i
                       WHERE i.user_id = c.user_id AND i.course_id = c.id
                         AND learnify_internal.shows_interest(i.interaction_type, i.interaction_value))::integer AS learners,
           coalesce(n.tags, '[]') AS tags
    FROM @extschema@.generated_courses AS c
    LEFT JOIN fitted AS f ON f.course_id = c.id
    LEFT JOIN next AS n ON n.course_id = c.id
  ), changed AS MATERIALIZED (
    SELECT m.*
    FROM model AS m
    JOIN @extschema@.generated_courses AS c ON c.id = m.id
    WHERE (c.similar_course_ids, c.similar_course_weights, c.similarity_intercept, c.learner_count, c.next_tags)
          IS DISTINCT FROM (m.ids, m.weights, m.intercept, m.learners, m.tags)
  ), lockable AS (
    -- A course that another session is changing or deleting keeps its old model.
    SELECT c.id
    FROM @extschema@.generated_courses AS c
    WHERE c.id IN (SELECT m.id FROM changed AS m)
    ORDER BY c.id
    FOR NO KEY UPDATE SKIP LOCKED
  ), stored AS (
    UPDATE @extschema@.generated_courses AS c
    SET similar_course_ids = m.ids,
        similar_course_weights = m.weights,
        similarity_intercept = m.intercept,
        learner_count = m.learners,
        next_tags = m.tags
    FROM changed AS m
    JOIN lockable AS u ON u.id = m.id
    WHERE c.id = m.id
  )
  SELECT f.all_learners, f.interactions INTO all_learners, interactions FROM fitted AS f LIMIT 1;
  PERFORM learnify_internal.keep_fit(coalesce(all_learners, 0), coalesce(interactions, 0));
END
$$;

COMMENT ON FUNCTION learnify_internal.fit_recommendation_model(jsonb, double precision, integer) IS 'Fits the recommendation model and computes the rules of skill_adjacency, and stores both in the rows of the courses';

-- The kinds are listed here and in the CHECK of recommendations.recommendation_type;
-- fresh_recommendations computes them.
CREATE OR REPLACE FUNCTION learnify_internal.recommendation_kinds()
RETURNS TABLE (kind text, valid_for interval, by_model boolean)
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 1 ROWS 4
BEGIN ATOMIC
  VALUES ('collaborative_filtering', interval '7 days', true),
         ('skill_adjacency', interval '7 days', true),
         ('social_signal', interval '3 days', false),
         ('trending', interval '24 hours', false);
END;

COMMENT ON FUNCTION learnify_internal.recommendation_kinds() IS 'Returns the kinds of recommendation in the order in which they are refreshed, each with how long a recommendation is valid, and whether fit_recommendation_model computes what it is made from';

CREATE OR REPLACE FUNCTION learnify_internal.recommendation_validity(kind text)
RETURNS interval
LANGUAGE plpgsql
IMMUTABLE STRICT PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  validity CONSTANT interval := (
    SELECT k.valid_for
    FROM learnify_internal.recommendation_kinds() AS k
    WHERE k.kind = recommendation_validity.kind);
BEGIN
  IF validity IS NULL THEN
    RAISE EXCEPTION 'kind of recommendation "%" is not known', learnify_internal.excerpt(kind)
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'kind',
            HINT = format('The kinds are: %s.',
                          (SELECT string_agg(k.kind, ', ') FROM learnify_internal.recommendation_kinds() AS k));
  END IF;
  RETURN validity;
END
$$;

COMMENT ON FUNCTION learnify_internal.recommendation_validity(text) IS 'Returns how long a recommendation of this kind is valid, and raises an error for an unknown kind';

-- The best plan depends on the number of learners: for one it reads what that learner's
-- courses touch, for many the whole model. So each call is planned for its arguments. This
-- applies to reading only: write_recommendations keeps generic plans.
CREATE OR REPLACE FUNCTION learnify_internal.fresh_recommendations(kind text, first_user_id uuid, last_user_id uuid)
RETURNS TABLE (user_id uuid, course_id uuid, match_score integer, reason text, metadata jsonb)
LANGUAGE plpgsql
STABLE STRICT PARALLEL RESTRICTED COST 1000000 ROWS 20000
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
BEGIN
  IF kind = 'collaborative_filtering' AND first_user_id = last_user_id THEN
    RETURN QUERY
      SELECT first_user_id, k.*
      FROM learnify_internal.collaborative_recommendations(first_user_id) AS k;
  ELSIF kind = 'collaborative_filtering' THEN
    RETURN QUERY
      WITH titles AS MATERIALIZED (
        SELECT c.id, c.title, c.learner_count FROM @extschema@.generated_courses AS c
      )
      SELECT k.user_id, k.course_id,
             learnify_internal.collaborative_match_score(k.score, k.best_score),
             learnify_internal.collaborative_reason(a.title, b.title, c.title, d.learner_count, k.course_id, a.id),
             jsonb_build_object('rank', k.rank, 'score', k.score, 'because_courses', to_jsonb(k.because))
      FROM learnify_internal.score_learners(20, first_user_id, last_user_id) AS k
      JOIN titles AS d ON d.id = k.course_id
      LEFT JOIN titles AS a ON a.id = k.because[1]
      LEFT JOIN titles AS b ON b.id = k.because[2]
      LEFT JOIN titles AS c ON c.id = k.because[3];
  ELSIF kind = 'skill_adjacency' THEN
    RETURN QUERY
      SELECT u.id, k.*
      FROM @extschema@.users AS u
      CROSS JOIN LATERAL learnify_internal.skill_recommendations(u.id) AS k
      WHERE u.id BETWEEN first_user_id AND last_user_id;
  ELSIF kind = 'social_signal' AND first_user_id = last_user_id THEN
    RETURN QUERY
      SELECT first_user_id, k.*
      FROM learnify_internal.social_recommendations(first_user_id) AS k;
  ELSIF kind = 'social_signal' THEN
    RETURN QUERY
      SELECT k.user_id, k.course_id,
             greatest(1, 100 * k.people / k.most_people)::integer,
             learnify_internal.social_reason(k.people, k.names),
             jsonb_build_object('rank', k.rank, 'people', k.people, 'user_ids', to_jsonb(k.user_ids),
                                'names', to_jsonb(k.names))
      FROM learnify_internal.social_signals(15, first_user_id, last_user_id, now()) AS k;
  ELSIF kind = 'trending' THEN
    IF EXISTS (SELECT FROM @extschema@.trending_courses AS t) THEN
      RETURN QUERY
        SELECT u.id, k.*
        FROM @extschema@.users AS u
        CROSS JOIN LATERAL learnify_internal.trending_recommendations(u.id) AS k
        WHERE u.id BETWEEN first_user_id AND last_user_id;
    END IF;
  ELSE
    PERFORM learnify_internal.recommendation_validity(kind);
    RAISE EXCEPTION 'recommendations of kind "%" are not computed', kind
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'kind',
            HINT = 'Compute them in fresh_recommendations.';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.fresh_recommendations(text, uuid, uuid) IS 'Computes one kind of recommendation for the learners from the first to the last';

-- These lock rows by statements of their own, whose snapshots are new. Of a row that has been updated since
-- a statement began, PostgreSQL locks the newer versions, too, and where somebody is deleting these, it waits,
-- whether or not locked rows are to be skipped.
CREATE OR REPLACE FUNCTION learnify_internal.lock_present_courses(course_ids uuid[])
RETURNS SETOF uuid
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 1000 ROWS 100
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
  RETURN QUERY SELECT c.id FROM @extschema@.generated_courses AS c WHERE c.id = ANY (course_ids) FOR KEY SHARE SKIP LOCKED;
END
$$;

COMMENT ON FUNCTION learnify_internal.lock_present_courses(uuid[]) IS 'Locks courses against deletion, and returns those that nobody is deleting';

CREATE OR REPLACE FUNCTION learnify_internal.lock_present_users(user_ids uuid[])
RETURNS SETOF uuid
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 1000 ROWS 100
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
  RETURN QUERY SELECT u.id FROM @extschema@.users AS u WHERE u.id = ANY (user_ids) FOR KEY SHARE SKIP LOCKED;
END
$$;

COMMENT ON FUNCTION learnify_internal.lock_present_users(uuid[]) IS 'Locks users against erasure, and returns those whom nobody is erasing';

-- This waits for no row: rows that another session is changing or deleting are skipped, because
-- that transaction may be waiting for this one. What is locked FOR KEY SHARE is not checked again
-- by foreign keys where replace_recommendations calls this. The planner does not know the size of
-- recommendations while the table fills. So sequential scans are off, and the only join with it is
-- a full one, which is never a nested loop: a plan that was made while the table was empty stays good.
-- work_mem is large enough for the rows of a batch, a thousand learners, to stay out of temporary files.
CREATE OR REPLACE FUNCTION learnify_internal.write_recommendations(kind text, first_user_id uuid, last_user_id uuid)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET enable_seqscan = off
SET work_mem = '16MB'
AS $$
#variable_conflict use_column
DECLARE
  validity CONSTANT interval := learnify_internal.recommendation_validity(kind);
  expiry CONSTANT timestamptz := now() + validity;
  half_expiry CONSTANT timestamptz := now() + validity / 2;
  written bigint;
BEGIN
  WITH computed AS (
    SELECT f.user_id, f.course_id, f.match_score, learnify_internal.fit_text(f.reason, 'reason') AS reason, f.metadata
    FROM learnify_internal.fresh_recommendations(kind, first_user_id, last_user_id) AS f
  ), changed AS MATERIALIZED (
    -- A recommendation that is as it was is written again only once half of its time is over.
    SELECT n.*, r.id AS row_id
    FROM computed AS n
    FULL JOIN (SELECT s.id, s.user_id, s.course_id, s.match_score, s.reason, s.metadata, s.expires_at
               FROM @extschema@.recommendations AS s
               WHERE s.user_id BETWEEN first_user_id AND last_user_id AND s.recommendation_type = kind) AS r
      ON r.user_id = n.user_id AND r.course_id = n.course_id
    WHERE r.match_score IS DISTINCT FROM n.match_score
       OR r.metadata IS DISTINCT FROM n.metadata
       OR r.reason IS DISTINCT FROM n.reason
       OR (r.expires_at BETWEEN half_expiry AND expiry) IS NOT TRUE
  ), courses AS MATERIALIZED (
    SELECT c.id
    FROM learnify_internal.lock_present_courses(ARRAY(SELECT DISTINCT n.course_id FROM changed AS n WHERE n.course_id IS NOT NULL)) AS c (id)
  ), people AS MATERIALIZED (
    SELECT p.id
    FROM learnify_internal.lock_present_users(ARRAY(SELECT DISTINCT n.user_id FROM changed AS n WHERE n.user_id IS NOT NULL)) AS p (id)
  ), free AS MATERIALIZED (
    SELECT r.id
    FROM @extschema@.recommendations AS r
    WHERE r.id = ANY (ARRAY(SELECT n.row_id FROM changed AS n WHERE n.row_id IS NOT NULL))
    FOR UPDATE SKIP LOCKED
  ), upserted AS (
    INSERT INTO @extschema@.recommendations
      (user_id, course_id, recommendation_type, match_score, reason, metadata, expires_at)
    SELECT n.user_id, n.course_id, kind, n.match_score, n.reason, n.metadata, expiry
    FROM changed AS n
    WHERE n.course_id IN (SELECT c.id FROM courses AS c)
      AND n.user_id IN (SELECT p.id FROM people AS p)
      AND (n.row_id IS NULL OR n.row_id IN (SELECT f.id FROM free AS f))
    ON CONFLICT (user_id, course_id, recommendation_type) DO UPDATE
    SET match_score = excluded.match_score,
        reason = excluded.reason,
        metadata = excluded.metadata,
        created_at = excluded.created_at,
        expires_at = excluded.expires_at
    RETURNING 1
  ), stale AS (
    DELETE FROM @extschema@.recommendations AS r
    WHERE r.id = ANY (ARRAY(SELECT n.row_id
                            FROM changed AS n
                            WHERE n.user_id IS NULL AND n.row_id IN (SELECT f.id FROM free AS f)))
  )
  SELECT count(*) FROM upserted INTO written;
  RETURN written;
END
$$;

COMMENT ON FUNCTION learnify_internal.write_recommendations(text, uuid, uuid) IS 'Replaces one kind of recommendation of the learners from the first to the last, and returns how many rows it wrote';

CREATE OR REPLACE FUNCTION learnify_internal.replace_recommendations(kind text, first_user_id uuid, last_user_id uuid)
RETURNS bigint
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'replace_recommendations';

COMMENT ON FUNCTION learnify_internal.replace_recommendations(text, uuid, uuid) IS 'Calls write_recommendations, whose foreign keys PostgreSQL need not check, since it locks what its rows refer to';

CREATE OR REPLACE FUNCTION learnify_internal.replace_all_recommendations(first_user_id uuid, last_user_id uuid, by_model boolean DEFAULT NULL)
RETURNS bigint
LANGUAGE sql
VOLATILE PARALLEL UNSAFE COST 1000000
BEGIN ATOMIC
  SELECT sum(learnify_internal.replace_recommendations(k.kind, first_user_id, last_user_id))::bigint
  FROM learnify_internal.recommendation_kinds() AS k
  WHERE replace_all_recommendations.by_model IS NULL OR k.by_model = replace_all_recommendations.by_model;
END;

COMMENT ON FUNCTION learnify_internal.replace_all_recommendations(uuid, uuid, boolean) IS 'Replaces all kinds of recommendation of the learners from the first to the last, or only those that are made by the model, or only the others, and returns how many rows it wrote';

-- A range is what one statement reads and writes at a time.
CREATE OR REPLACE FUNCTION learnify_internal.learner_ranges()
RETURNS TABLE (first_user_id uuid, last_user_id uuid, learners bigint)
LANGUAGE sql
STABLE PARALLEL SAFE COST 100000 ROWS 100
SET row_security = off
BEGIN ATOMIC
  SELECT (array_agg(n.id ORDER BY n.id))[1], (array_agg(n.id ORDER BY n.id DESC))[1], count(*)
  FROM (SELECT u.id, (row_number() OVER (ORDER BY u.id) - 1) / 1000 AS range FROM users AS u) AS n
  GROUP BY n.range
  ORDER BY n.range;
END;

COMMENT ON FUNCTION learnify_internal.learner_ranges() IS 'Returns the learners, in the order of their ids, as ranges of a thousand';

CREATE OR REPLACE FUNCTION learnify_internal.renew_recommendation_model(parameters jsonb, min_lift double precision, min_support integer)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100000000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- What was tuned on half as many interactions may not suit these.
  PERFORM learnify_internal.tune_recommendation_model(m.tuning_budget)
  FROM learnify_internal.recommendation_model() AS m
  WHERE m.interactions >= 2 * m.tuned_interactions AND m.interactions > 0;
  PERFORM learnify_internal.fit_recommendation_model(parameters, min_lift, min_support);
  RETURN 0;
END
$$;

COMMENT ON FUNCTION learnify_internal.renew_recommendation_model(jsonb, double precision, integer) IS 'Fits the recommendation model, after tuning it again where there are twice as many interactions as when that was done last; returns 0, the number of recommendations that it writes';

CREATE OR REPLACE FUNCTION learnify_internal.require_workers(workers integer)
RETURNS integer
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  most CONSTANT integer := current_setting('max_worker_processes')::integer;
BEGIN
  PERFORM learnify_internal.require_arguments('workers', workers);
  IF workers NOT BETWEEN 0 AND most THEN
    RAISE EXCEPTION 'workers cannot be %', workers
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'workers',
            HINT = format('Pass 0 to %s, which is max_worker_processes.', most);
  END IF;
  RETURN workers;
END
$$;

COMMENT ON FUNCTION learnify_internal.require_workers(integer) IS 'Returns the number of workers, and raises an error if the server can have no such number';

-- Workers commit by themselves. They see nothing that the caller has written, whose snapshot
-- would see nothing that they write.
CREATE OR REPLACE FUNCTION learnify_internal.require_no_writes()
RETURNS void
LANGUAGE plpgsql
STABLE PARALLEL RESTRICTED COST 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
    RAISE EXCEPTION 'workers cannot be started by a transaction that has written or locked rows'
      USING ERRCODE = 'active_sql_transaction',
            DETAIL = 'They would not see what it wrote.',
            HINT = 'Call it in a transaction of its own, or without workers.';
  ELSIF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
    RAISE EXCEPTION 'workers cannot be started by a % transaction', upper(current_setting('transaction_isolation') COLLATE "C")
      USING ERRCODE = 'active_sql_transaction',
            DETAIL = 'It would not see what they write.',
            HINT = 'Call it in a READ COMMITTED transaction, or without workers.';
  END IF;
END
$$;

COMMENT ON FUNCTION learnify_internal.require_no_writes() IS 'Raises an error if this transaction has written or locked rows, or would not see what others commit from now on';

CREATE OR REPLACE FUNCTION learnify_internal.refresh_in_workers(parameters jsonb, min_lift double precision, min_support integer, workers integer)
RETURNS bigint
LANGUAGE c
VOLATILE PARALLEL UNSAFE COST 100000000
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'refresh_in_workers';

COMMENT ON FUNCTION learnify_internal.refresh_in_workers(jsonb, double precision, integer, integer) IS 'Refreshes the recommendations of all learners in so many background workers, and returns how many rows they wrote, or NULL where none could be started; each range of learners is committed by itself';

CREATE OR REPLACE FUNCTION learnify_internal.refresh_in_session(parameters jsonb, min_lift double precision, min_support integer)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 100000000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  learners bigint;
  done bigint := 0;
  range record;
  written bigint := 0;
BEGIN
  PERFORM learnify_internal.renew_recommendation_model(parameters, min_lift, min_support);
  learners := (SELECT count(*) FROM @extschema@.users AS u);
  FOR range IN SELECT * FROM learnify_internal.learner_ranges() LOOP
    PERFORM learnify_internal.report_recommendation_progress('learners done', done, learners);
    written := written + learnify_internal.replace_all_recommendations(range.first_user_id, range.last_user_id);
    done := done + range.learners;
  END LOOP;
  PERFORM learnify_internal.report_recommendation_progress('learners done', done, learners);
  RETURN written;
END
$$;

COMMENT ON FUNCTION learnify_internal.refresh_in_session(jsonb, double precision, integer) IS 'Refreshes the recommendations of all learners in this transaction, and returns how many rows it wrote';

CREATE OR REPLACE FUNCTION refresh_recommendations(
  user_id uuid DEFAULT NULL,
  parameters jsonb DEFAULT NULL,
  min_lift double precision DEFAULT 1.0,
  min_support integer DEFAULT 3,
  workers integer DEFAULT 0)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET plan_cache_mode = force_generic_plan
SET jit = off
AS $$
DECLARE
  written bigint;
BEGIN
  PERFORM learnify_internal.model_parameters(parameters);
  PERFORM learnify_internal.require_rule_limits(min_lift, min_support);
  PERFORM learnify_internal.require_workers(workers);

  IF user_id IS NOT NULL THEN
    PERFORM learnify_internal.require_user(user_id);
    IF NOT learnify_internal.try_share_lock('recommendations') THEN
      RAISE EXCEPTION 'recommendations of user % cannot be refreshed now', user_id
        USING ERRCODE = 'lock_not_available',
              DETAIL = 'Another session is refreshing those of all learners.',
              HINT = 'Call again after it has committed, if the learner''s are not recent enough then.';
    END IF;
    IF learnify_internal.is_coordinating() THEN
      RETURN learnify_internal.refresh_on_nodes(user_id, parameters, min_lift, min_support);
    END IF;
    PERFORM learnify_internal.lock_existing_learner(user_id);
    RETURN learnify_internal.replace_all_recommendations(user_id, user_id);
  END IF;

  IF workers > 0 THEN
    PERFORM learnify_internal.require_no_writes();
  END IF;
  -- Only one session at a time refreshes all learners. Its workers take no such lock.
  PERFORM learnify_internal.hold_lock('recommendations');
  IF learnify_internal.is_coordinating() THEN
    RETURN learnify_internal.refresh_on_nodes(NULL, parameters, min_lift, min_support);
  END IF;
  IF workers > 0 THEN
    written := learnify_internal.refresh_in_workers(parameters, min_lift, min_support, workers);
  END IF;
  RETURN coalesce(written, learnify_internal.refresh_in_session(parameters, min_lift, min_support));
END
$$;

COMMENT ON FUNCTION refresh_recommendations(uuid, jsonb, double precision, integer, integer) IS 'Computes and stores recommendations, and returns how many rows it wrote: without user_id for all learners, after fitting the model anew, in so many background workers or in this transaction; with user_id for that learner, by the model as it is, and an error while another session refreshes all learners';
