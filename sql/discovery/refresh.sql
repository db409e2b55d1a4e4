CREATE FUNCTION fit_recommendation_model(neighbours integer, regularization double precision,
                                         activity_exponent double precision, shrink double precision,
                                         min_lift double precision, min_support integer)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  WITH fitted AS MATERIALIZED (
    SELECT f.course_id, f.similar_course_ids, f.weights, f.intercept
    FROM @extschema@.fit_similar_courses(neighbours, regularization, activity_exponent, shrink) AS f
  ), rules AS MATERIALIZED (
    SELECT a.tag, a.next_tag, a.support, a.lift FROM @extschema@.skill_adjacency(min_lift, min_support) AS a
  ), next AS (
    SELECT t.course_id,
           jsonb_agg(jsonb_build_object('tag', r.tag, 'next_tag', r.next_tag, 'support', r.support, 'lift', r.lift)
                     ORDER BY r.lift DESC, r.support DESC, r.tag, r.next_tag) AS tags
    FROM @extschema@.course_tags AS t
    JOIN rules AS r ON r.tag = t.tag
    GROUP BY t.course_id
  ), model AS (
    SELECT c.id, coalesce(f.similar_course_ids, '{}') AS ids, coalesce(f.weights, '{}') AS weights,
           coalesce(f.intercept, 0) AS intercept,
           coalesce(n.tags, '[]') AS tags
    FROM @extschema@.generated_courses AS c
    LEFT JOIN fitted AS f ON f.course_id = c.id
    LEFT JOIN next AS n ON n.course_id = c.id
  ), unlocked AS (
    -- a course that someone else is changing or deleting keeps what it has
    SELECT c.id FROM @extschema@.generated_courses AS c ORDER BY c.id FOR NO KEY UPDATE SKIP LOCKED
  )
  UPDATE @extschema@.generated_courses AS c
  SET similar_course_ids = m.ids,
      similar_course_weights = m.weights,
      similarity_intercept = m.intercept,
      next_tags = m.tags
  FROM model AS m
  JOIN unlocked AS u ON u.id = m.id
  WHERE c.id = m.id
    AND (c.similar_course_ids, c.similar_course_weights, c.similarity_intercept, c.next_tags)
        IS DISTINCT FROM (m.ids, m.weights, m.intercept, m.tags);
END
$$;

COMMENT ON FUNCTION fit_recommendation_model(integer, double precision, double precision, double precision, double precision, integer) IS 'Fits the item model and mines the order of skills, and keeps both with the courses';

-- Replaces one kind of recommendation for these learners by what SOURCE returns:
-- user_id, course_id, match_score, reason, metadata.
CREATE FUNCTION replace_recommendations(kind text, source text, learners uuid[], lifetime interval)
RETURNS integer
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  written integer;
BEGIN
  EXECUTE format($query$
    WITH fresh AS MATERIALIZED (
      %s
    ), courses AS MATERIALIZED (
      -- passes over what is being deleted: waiting could deadlock with it
      SELECT c.id
      FROM @extschema@.generated_courses AS c
      WHERE c.id IN (SELECT f.course_id FROM fresh AS f)
      ORDER BY c.id
      FOR KEY SHARE SKIP LOCKED
    ), people AS MATERIALIZED (
      SELECT u.id
      FROM @extschema@.users AS u
      WHERE u.id IN (SELECT f.user_id FROM fresh AS f)
      ORDER BY u.id
      FOR KEY SHARE SKIP LOCKED
    ), upserted AS (
      INSERT INTO @extschema@.recommendations
        (user_id, course_id, recommendation_type, match_score, reason, metadata, created_at, expires_at)
      SELECT f.user_id, f.course_id, $1, f.match_score, f.reason, f.metadata, now(), now() + $3
      FROM fresh AS f
      JOIN courses AS c ON c.id = f.course_id
      JOIN people AS p ON p.id = f.user_id
      ORDER BY f.user_id, f.course_id
      ON CONFLICT ON CONSTRAINT recommendations_user_id_course_id_recommendation_type_key DO UPDATE
      SET match_score = excluded.match_score,
          reason = excluded.reason,
          metadata = excluded.metadata,
          created_at = excluded.created_at,
          expires_at = excluded.expires_at
      RETURNING user_id, course_id
    ), stale AS (
      DELETE FROM @extschema@.recommendations AS r
      WHERE r.user_id = ANY ($2) AND r.recommendation_type = $1
        AND NOT EXISTS (SELECT FROM upserted AS n WHERE n.user_id = r.user_id AND n.course_id = r.course_id)
    )
    SELECT count(*) FROM upserted
    $query$, source)
  INTO written
  USING kind, learners, lifetime;
  RETURN written;
END
$$;

COMMENT ON FUNCTION replace_recommendations(text, text, uuid[], interval) IS 'Replaces one kind of recommendation for these learners, in one statement, and returns how many rows it wrote';

CREATE FUNCTION refresh_recommendations(
  user_id uuid DEFAULT NULL,
  neighbours integer DEFAULT 100,
  regularization double precision DEFAULT 100,
  activity_exponent double precision DEFAULT 0,
  shrink double precision DEFAULT 0,
  min_lift double precision DEFAULT 1.0,
  min_support integer DEFAULT 3)
RETURNS integer
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  lock_key CONSTANT bigint := '@extschema@.recommendations'::regclass::oid::bigint;
  learners uuid[] := ARRAY[user_id];
  collaborative text := 'SELECT l.user_id, k.* FROM unnest($2) AS l (user_id) CROSS JOIN LATERAL @extschema@.collaborative_recommendations(l.user_id) AS k';
  kind record;
  written integer := 0;
BEGIN
  IF user_id IS NULL THEN
    -- one refresh of everyone at a time
    PERFORM pg_advisory_xact_lock(lock_key);
    PERFORM @extschema@.fit_recommendation_model(neighbours, regularization, activity_exponent, shrink, min_lift,
                                                 min_support);
    learners := ARRAY(SELECT u.id FROM @extschema@.users AS u ORDER BY u.id);
    collaborative := $source$
      SELECT k.user_id, k.course_id,
             @extschema@.collaborative_match_score(k.score, max(k.score) OVER (PARTITION BY k.user_id)) AS match_score,
             @extschema@.collaborative_reason(k.because) AS reason,
             jsonb_build_object('rank', k.rank, 'score', k.score, 'because_courses', to_jsonb(k.because)) AS metadata
      FROM @extschema@.score_learners(20) AS k
    $source$;
  ELSE
    PERFORM @extschema@.require_user(user_id);
    IF NOT pg_try_advisory_xact_lock_shared(lock_key) THEN
      RETURN 0;  -- everyone's are being refreshed
    END IF;
    PERFORM @extschema@.lock_learner(user_id);
  END IF;

  FOR kind IN
    SELECT *
    FROM (VALUES
      ('collaborative_filtering', collaborative, interval '7 days'),
      ('skill_adjacency', 'SELECT l.user_id, k.* FROM unnest($2) AS l (user_id) CROSS JOIN LATERAL @extschema@.skill_recommendations(l.user_id) AS k', interval '7 days'),
      ('social_signal', 'SELECT l.user_id, k.* FROM unnest($2) AS l (user_id) CROSS JOIN LATERAL @extschema@.social_recommendations(l.user_id) AS k', interval '3 days'),
      ('trending', 'SELECT l.user_id, k.* FROM unnest($2) AS l (user_id) CROSS JOIN LATERAL @extschema@.trending_recommendations(l.user_id) AS k', interval '24 hours')
    ) AS k (name, source, lifetime)
  LOOP
    written := written + @extschema@.replace_recommendations(kind.name, kind.source, learners, kind.lifetime);
  END LOOP;
  RETURN written;
END
$$;

COMMENT ON FUNCTION refresh_recommendations(uuid, integer, double precision, double precision, double precision, double precision, integer) IS 'Computes the recommendations of one learner, by the model as it is, or of everyone, fitting the model first, and returns how many rows it wrote; 0 for a learner while everyone''s are being refreshed';
