CREATE OR REPLACE FUNCTION learnify_internal.model_columns()
RETURNS text[]
LANGUAGE sql
IMMUTABLE PARALLEL SAFE COST 1
BEGIN ATOMIC
  SELECT '{similar_course_ids,similar_course_weights,similarity_intercept,learner_count,next_tags}'::text[];
END;

COMMENT ON FUNCTION learnify_internal.model_columns() IS 'Returns the columns of generated_courses that hold the fitted recommendation model; being computed, they are neither exported nor imported';

-- The row of recommendation_model, which roles may read only where they dump it.
CREATE OR REPLACE FUNCTION learnify_internal.recommendation_model()
RETURNS TABLE (fitted_at timestamptz, learners bigint, interactions bigint, parameters jsonb, tuned_at timestamptz,
               tuned_interactions bigint, tuning_budget interval, tuned_ndcg double precision, default_ndcg double precision)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 10 ROWS 1
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT m.fitted_at, m.learners, m.interactions, m.parameters, m.tuned_at, m.tuned_interactions, m.tuning_budget,
           m.tuned_ndcg, m.default_ndcg
    FROM learnify_internal.recommendation_model AS m;
END
$$;

COMMENT ON FUNCTION learnify_internal.recommendation_model() IS 'Returns what the recommendation model was fitted to and tuned on; no row before the first refresh';

CREATE OR REPLACE FUNCTION learnify_internal.fitted_learners()
RETURNS bigint
LANGUAGE sql
STABLE PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT coalesce((SELECT m.learners FROM learnify_internal.recommendation_model() AS m), 0);
END;

COMMENT ON FUNCTION learnify_internal.fitted_learners() IS 'Returns how many learners the recommendation model was fitted to';

CREATE OR REPLACE FUNCTION learnify_internal.tuned_parameters()
RETURNS jsonb
LANGUAGE sql
STABLE PARALLEL SAFE COST 10
BEGIN ATOMIC
  SELECT (SELECT m.parameters FROM learnify_internal.recommendation_model() AS m);
END;

COMMENT ON FUNCTION learnify_internal.tuned_parameters() IS 'Returns the parameters that tune_recommendations chose; NULL for the default';

CREATE OR REPLACE FUNCTION learnify_internal.keep_fit(learners bigint, interactions bigint)
RETURNS void
LANGUAGE plpgsql
VOLATILE STRICT PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  INSERT INTO learnify_internal.recommendation_model (fitted_at, learners, interactions)
  VALUES (now(), keep_fit.learners, keep_fit.interactions)
  ON CONFLICT (id) DO UPDATE
  SET fitted_at = excluded.fitted_at,
      learners = excluded.learners,
      interactions = excluded.interactions;
END
$$;

COMMENT ON FUNCTION learnify_internal.keep_fit(bigint, bigint) IS 'Stores how many learners and interactions the recommendation model has been fitted to';

-- The words are those of titles and tags. SECURITY DEFINER, because back ends may not read them.
CREATE OR REPLACE FUNCTION learnify_internal.course_features()
RETURNS TABLE (course_id uuid, feature bigint)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 100000 ROWS 100000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT t.course_id, hashtextextended('tag ' || t.tag, 0) FROM @extschema@.course_tags AS t
    UNION ALL
    SELECT d.course_id, hashtextextended('word ' || w.word, 0)
    FROM learnify_internal.course_documents AS d
    CROSS JOIN LATERAL unnest(tsvector_to_array(d.head)) AS w (word);
END
$$;

COMMENT ON FUNCTION learnify_internal.course_features() IS 'Returns what is known of the courses themselves: hashes of their tags and of the words of titles and tags';

CREATE OR REPLACE FUNCTION learnify_internal.fit_similar_courses(parameters jsonb)
RETURNS TABLE (course_id uuid, similar_course_ids uuid[], weights real[], intercept real, learners integer,
               all_learners bigint, interactions bigint)
LANGUAGE c
STABLE PARALLEL RESTRICTED COST 10000000 ROWS 10000
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS 'MODULE_PATHNAME', 'fit_similar_courses';

COMMENT ON FUNCTION learnify_internal.fit_similar_courses(jsonb) IS 'Fits the recommendation model to what learners took, with these parameters, for the others those that were tuned or the default, and returns for each course the similar courses with their weights, the intercept, and how many learners took it, and in each row how many learners and interactions there are';

CREATE OR REPLACE FUNCTION learnify_internal.score_learners(n integer, first_user_id uuid, last_user_id uuid)
RETURNS TABLE (user_id uuid, course_id uuid, rank integer, score double precision, best_score double precision,
               because uuid[])
LANGUAGE c
STABLE STRICT PARALLEL RESTRICTED COST 10000000 ROWS 20000
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS 'MODULE_PATHNAME', 'score_learners';

COMMENT ON FUNCTION learnify_internal.score_learners(integer, uuid, uuid) IS 'Returns, for each learner with an id from the first to the last, the n courses with the best scores by the fitted model, and which of the learner''s own courses contribute most to each score';

CREATE OR REPLACE FUNCTION learnify_internal.collaborative_recommendations(user_id uuid, n integer DEFAULT 20)
RETURNS TABLE (course_id uuid, match_score integer, reason text, metadata jsonb)
LANGUAGE sql
STABLE PARALLEL RESTRICTED COST 100000 ROWS 20
BEGIN ATOMIC
  SELECT k.course_id,
         learnify_internal.collaborative_match_score(k.score, k.best_score),
         learnify_internal.collaborative_reason(
           (SELECT c.title FROM generated_courses AS c WHERE c.id = k.because[1]),
           (SELECT c.title FROM generated_courses AS c WHERE c.id = k.because[2]),
           (SELECT c.title FROM generated_courses AS c WHERE c.id = k.because[3]),
           (SELECT c.learner_count FROM generated_courses AS c WHERE c.id = k.course_id), k.course_id, k.because[1]),
         jsonb_build_object('rank', k.rank, 'score', k.score, 'because_courses', to_jsonb(k.because))
  FROM learnify_internal.score_learners(learnify_internal.require_count(n, 1000), collaborative_recommendations.user_id,
                      collaborative_recommendations.user_id) AS k
  ORDER BY k.rank;
END;

COMMENT ON FUNCTION learnify_internal.collaborative_recommendations(uuid, integer) IS 'Returns the n courses with the best scores for one learner by the fitted model, as recommendations';

CREATE OR REPLACE FUNCTION learnify_internal.score_given_courses(user_id uuid, course_ids uuid[])
RETURNS TABLE (user_id uuid, course_id uuid, rank integer, score double precision, best_score double precision,
               because uuid[])
LANGUAGE c
STABLE STRICT PARALLEL RESTRICTED COST 100000 ROWS 100
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS 'MODULE_PATHNAME', 'score_given_courses';

COMMENT ON FUNCTION learnify_internal.score_given_courses(uuid, uuid[]) IS 'Returns the scores of these courses for a learner by the fitted model, and which of the learner''s own courses contribute most to each';

CREATE OR REPLACE FUNCTION score_courses(user_id uuid, course_ids uuid[])
RETURNS TABLE (course_id uuid, rank integer, score double precision, reason text, because_courses uuid[])
LANGUAGE plpgsql
STABLE PARALLEL RESTRICTED COST 100000 ROWS 100
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
#variable_conflict use_column
BEGIN
  PERFORM learnify_internal.require_arguments('user_id', score_courses.user_id, 'course_ids', score_courses.course_ids);
  PERFORM learnify_internal.require_user(score_courses.user_id);
  IF cardinality(score_courses.course_ids) NOT BETWEEN 1 AND 1000 OR (SELECT count(*) > count(c.id) FROM unnest(score_courses.course_ids) AS c (id)) THEN
    RAISE EXCEPTION 'cannot score these courses'
      USING ERRCODE = 'invalid_parameter_value',
            COLUMN = 'course_ids',
            HINT = 'Pass the ids of 1 to 1000 courses, and no NULL.';
  END IF;
  IF learnify_internal.is_coordinating() THEN
    RETURN QUERY SELECT * FROM learnify_internal.score_on_nodes(score_courses.user_id, score_courses.course_ids);
    RETURN;
  END IF;
  RETURN QUERY
    SELECT k.course_id, k.rank, k.score,
           learnify_internal.collaborative_reason(
             (SELECT c.title FROM @extschema@.generated_courses AS c WHERE c.id = k.because[1]),
             (SELECT c.title FROM @extschema@.generated_courses AS c WHERE c.id = k.because[2]),
             (SELECT c.title FROM @extschema@.generated_courses AS c WHERE c.id = k.because[3]),
             (SELECT c.learner_count FROM @extschema@.generated_courses AS c WHERE c.id = k.course_id), k.course_id, k.because[1]),
           k.because
    FROM learnify_internal.score_given_courses(score_courses.user_id, score_courses.course_ids) AS k
    ORDER BY k.rank;
END
$$;

COMMENT ON FUNCTION score_courses(uuid, uuid[]) IS 'Ranks these courses for a learner by the fitted model, with the score of each and the reason for it, whether or not the learner has taken them';

CREATE OR REPLACE FUNCTION learnify_internal.model_parameters(parameters jsonb)
RETURNS jsonb
LANGUAGE c
IMMUTABLE PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'model_parameters';

COMMENT ON FUNCTION learnify_internal.model_parameters(jsonb) IS 'Returns all parameters of the recommendation model: these, and the default for the others. Raises an error if one is not known or out of range';

CREATE OR REPLACE FUNCTION similar_courses(course_id uuid, n integer DEFAULT 10)
RETURNS TABLE (similar_course_id uuid, title text, weight real)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 100 ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  PERFORM learnify_internal.require_count(n, 1000);
  PERFORM learnify_internal.require_course(similar_courses.course_id);
  RETURN QUERY
    SELECT s.id, t.title, s.weight
    FROM @extschema@.generated_courses AS c
    CROSS JOIN LATERAL unnest(c.similar_course_ids, c.similar_course_weights) WITH ORDINALITY
      AS s (id, weight, number)
    JOIN @extschema@.generated_courses AS t ON t.id = s.id
    WHERE c.id = similar_courses.course_id
    ORDER BY s.number
    LIMIT n;
END
$$;

COMMENT ON FUNCTION similar_courses(uuid, integer) IS 'Returns the n courses whose scores rise most for a learner who has taken this one, each with its weight, by the model that refresh_recommendations fitted last';

CREATE OR REPLACE FUNCTION learnify_internal.report_recommendation_progress(phase text, done bigint, total bigint)
RETURNS void
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE COST 1
AS 'MODULE_PATHNAME', 'report_recommendation_progress';

COMMENT ON FUNCTION learnify_internal.report_recommendation_progress(text, bigint, bigint) IS 'Shows in pg_stat_activity which phase this session''s computation of recommendations is in and how much of it is done';

CREATE OR REPLACE FUNCTION recommendation_progress()
RETURNS TABLE (pid integer, phase text, done bigint, total bigint)
LANGUAGE sql
STABLE PARALLEL RESTRICTED COST 1000 ROWS 1
BEGIN ATOMIC
  SELECT a.pid, p.part[3], p.part[1]::bigint, p.part[2]::bigint
  FROM pg_stat_activity AS a
  CROSS JOIN LATERAL regexp_match(a.query, '^learnify: ([0-9]{1,18}) of ([0-9]{1,18}) (.+)$') AS p (part)
  WHERE a.datname = current_database() AND a.state = 'active' AND p.part IS NOT NULL
  ORDER BY a.pid;
END;

COMMENT ON FUNCTION recommendation_progress() IS 'Returns, for each session in this database that computes recommendations, the phase that it is in and how much of that is done';
