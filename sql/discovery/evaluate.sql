CREATE OR REPLACE FUNCTION evaluate_recommendations(holdout double precision DEFAULT 0.2, n integer DEFAULT 20)
RETURNS TABLE (method text, recall double precision, ndcg double precision, coverage double precision,
               learners bigint)
LANGUAGE c
STABLE PARALLEL RESTRICTED COST 10000000 ROWS 3
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS 'MODULE_PATHNAME', 'evaluate_recommendations';

COMMENT ON FUNCTION evaluate_recommendations(double precision, integer) IS 'Hides each learner''s latest courses and returns how well the model, popularity and cosine neighbours foresee them from the rest, by mean recall and NDCG at n, and the share of courses that anybody is recommended';
