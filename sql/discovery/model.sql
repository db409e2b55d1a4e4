CREATE FUNCTION fit_similar_courses(neighbours integer, regularization double precision,
                                    activity_exponent double precision, shrink double precision)
RETURNS TABLE (course_id uuid, similar_course_ids uuid[], weights real[], intercept real)
LANGUAGE c
STABLE STRICT PARALLEL RESTRICTED COST 10000000 ROWS 10000
AS 'MODULE_PATHNAME', 'fit_similar_courses';

COMMENT ON FUNCTION fit_similar_courses(integer, double precision, double precision, double precision) IS 'Fits the item model to the interactions and returns, for each course, which courses having taken it speaks for';

CREATE FUNCTION score_learners(n integer)
RETURNS TABLE (user_id uuid, course_id uuid, rank integer, score double precision, because uuid[])
LANGUAGE c
STABLE STRICT PARALLEL RESTRICTED COST 10000000 ROWS 100000
AS 'MODULE_PATHNAME', 'score_learners';

COMMENT ON FUNCTION score_learners(integer) IS 'Returns the n best courses of every learner by the fitted model, as collaborative_recommendations does for one';

CREATE FUNCTION similar_courses(course_id uuid, n integer DEFAULT 10)
RETURNS TABLE (similar_course_id uuid, title text, weight real)
LANGUAGE sql
STABLE STRICT PARALLEL SAFE COST 100 ROWS 10
BEGIN ATOMIC
  SELECT s.id, t.title, s.weight
  FROM generated_courses AS c
  CROSS JOIN LATERAL unnest(c.similar_course_ids, c.similar_course_weights) WITH ORDINALITY AS s (id, weight, number)
  JOIN generated_courses AS t ON t.id = s.id
  WHERE c.id = similar_courses.course_id
  ORDER BY s.number
  LIMIT n;
END;

COMMENT ON FUNCTION similar_courses(uuid, integer) IS 'Returns the courses that having taken this one speaks for most, by the model of the last refresh_recommendations';

