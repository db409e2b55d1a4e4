CREATE OR REPLACE FUNCTION evaluate_recommendations(holdout double precision DEFAULT 0.2, n integer DEFAULT 20)
RETURNS TABLE (method text, recall double precision, ndcg double precision, coverage double precision,
               learners bigint)
LANGUAGE c
STABLE PARALLEL RESTRICTED COST 10000000 ROWS 3
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS 'MODULE_PATHNAME', 'evaluate_recommendations';

COMMENT ON FUNCTION evaluate_recommendations(double precision, integer) IS 'Measures recommendations: hides the share holdout of each learner''s courses, the latest ones, and returns for the model, for popularity and for cosine neighbours how many of them are among the n courses predicted from the rest (recall, NDCG) and what share of all courses is recommended to anybody (coverage)';
