CREATE OR REPLACE FUNCTION evaluate_recommendations(
  holdout double precision DEFAULT 0.2,
  n integer DEFAULT 20,
  parameters jsonb DEFAULT NULL,
  split text DEFAULT 'learner')
RETURNS TABLE (method text, recall double precision, ndcg double precision, coverage double precision,
               learners bigint, cold_ndcg double precision, tail_ndcg double precision, new_ndcg double precision)
LANGUAGE c
STABLE PARALLEL RESTRICTED COST 10000000 ROWS 7
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS 'MODULE_PATHNAME', 'evaluate_recommendations';

COMMENT ON FUNCTION evaluate_recommendations(double precision, integer, jsonb, text) IS 'Measures recommendations: hides the share holdout of the interactions, the latest ones of each learner or of all, and returns for the model, for the model without courses that nobody has taken, for popularity, for cosine neighbours and for skill adjacency with and without the graph of skills how many of them are among the n courses predicted from the rest (recall, NDCG; also for learners of whom little is known, and of courses that few or none take) and what share of all courses is recommended to anybody (coverage)';
