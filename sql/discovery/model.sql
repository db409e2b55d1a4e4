CREATE OR REPLACE FUNCTION learnify_internal.fit_similar_courses(neighbours integer, regularization double precision,
                                    activity_exponent double precision, shrink double precision)
RETURNS TABLE (course_id uuid, similar_course_ids uuid[], weights real[], intercept real, learners integer)
LANGUAGE c
STABLE PARALLEL RESTRICTED COST 10000000 ROWS 10000
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS 'MODULE_PATHNAME', 'fit_similar_courses';

COMMENT ON FUNCTION learnify_internal.fit_similar_courses(integer, double precision, double precision, double precision) IS 'Fits the item model to the interactions and returns, for each course, which courses having taken it speaks for, and how many learners took it';

CREATE OR REPLACE FUNCTION learnify_internal.score_learners(n integer, first_user_id uuid, last_user_id uuid)
RETURNS TABLE (user_id uuid, course_id uuid, rank integer, score double precision, best_score double precision,
               because uuid[])
LANGUAGE c
STABLE STRICT PARALLEL RESTRICTED COST 10000000 ROWS 20000
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS 'MODULE_PATHNAME', 'score_learners';

COMMENT ON FUNCTION learnify_internal.score_learners(integer, uuid, uuid) IS 'Returns the n best courses of each learner from the first to the last by the fitted model, and which of the learner''s courses speak for them';

CREATE OR REPLACE FUNCTION learnify_internal.collaborative_recommendations(user_id uuid, n integer DEFAULT 20)
RETURNS TABLE (course_id uuid, match_score integer, reason text, metadata jsonb)
LANGUAGE sql
STABLE PARALLEL RESTRICTED COST 100000 ROWS 20
BEGIN ATOMIC
  SELECT k.course_id,
         learnify_internal.collaborative_match_score(k.score, k.best_score),
         learnify_internal.collaborative_reason((SELECT c.title FROM generated_courses AS c WHERE c.id = k.because[1]),
                              (SELECT c.title FROM generated_courses AS c WHERE c.id = k.because[2]),
                              (SELECT c.title FROM generated_courses AS c WHERE c.id = k.because[3])),
         jsonb_build_object('rank', k.rank, 'score', k.score, 'because_courses', to_jsonb(k.because))
  FROM learnify_internal.score_learners(learnify_internal.require_count(n, 1000), collaborative_recommendations.user_id,
                      collaborative_recommendations.user_id) AS k
  ORDER BY k.rank;
END;

COMMENT ON FUNCTION learnify_internal.collaborative_recommendations(uuid, integer) IS 'Returns the courses that a learner''s courses speak for most, by the fitted model';

CREATE OR REPLACE FUNCTION learnify_internal.model_defaults()
RETURNS TABLE (neighbours integer, regularization double precision, activity_exponent double precision,
               shrink double precision)
LANGUAGE c
IMMUTABLE PARALLEL SAFE COST 1 ROWS 1
AS 'MODULE_PATHNAME', 'model_defaults';

COMMENT ON FUNCTION learnify_internal.model_defaults() IS 'Returns the parameters of the item model that evaluate_recommendations grades, and that refresh_recommendations has as defaults';

CREATE OR REPLACE FUNCTION learnify_internal.require_model_parameters(neighbours integer, regularization double precision,
                                         activity_exponent double precision, shrink double precision)
RETURNS void
LANGUAGE c
IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'require_model_parameters';

COMMENT ON FUNCTION learnify_internal.require_model_parameters(integer, double precision, double precision, double precision) IS 'Raises what is wrong with the parameters of the item model';

CREATE OR REPLACE FUNCTION similar_courses(course_id uuid, n integer DEFAULT 10)
RETURNS TABLE (similar_course_id uuid, title text, weight real)
LANGUAGE plpgsql
STABLE PARALLEL SAFE COST 100 ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  PERFORM learnify_internal.require_count(n, 1000);
  IF NOT EXISTS (SELECT FROM @extschema@.generated_courses AS c WHERE c.id = similar_courses.course_id) THEN
    RAISE EXCEPTION 'course % does not exist', coalesce(similar_courses.course_id::text, 'NULL')
      USING ERRCODE = 'no_data_found',
            HINT = 'Use the id of a row of generated_courses, such as generate_course returns.';
  END IF;
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

COMMENT ON FUNCTION similar_courses(uuid, integer) IS 'Returns the courses that having taken this one speaks for most, by the model of the last refresh_recommendations';

CREATE OR REPLACE FUNCTION learnify_internal.report_recommendation_progress(phase text, done bigint, total bigint)
RETURNS void
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE COST 1
AS 'MODULE_PATHNAME', 'report_recommendation_progress';

COMMENT ON FUNCTION learnify_internal.report_recommendation_progress(text, bigint, bigint) IS 'Shows in pg_stat_activity how far this session''s computation has come';

CREATE OR REPLACE FUNCTION recommendation_progress()
RETURNS TABLE (pid integer, phase text, done bigint, total bigint)
LANGUAGE sql
STABLE PARALLEL RESTRICTED COST 1000 ROWS 1
BEGIN ATOMIC
  SELECT a.pid, p.part[3], p.part[1]::bigint, p.part[2]::bigint
  FROM pg_stat_activity AS a
  CROSS JOIN LATERAL regexp_match(a.query, '^learnify: (\d{1,18}) of (\d{1,18}) (.+)$') AS p (part)
  WHERE a.datname = current_database() AND a.state = 'active' AND p.part IS NOT NULL
  ORDER BY a.pid;
END;

COMMENT ON FUNCTION recommendation_progress() IS 'Returns the computations of recommendations that are running in this database, and how far each has come';
