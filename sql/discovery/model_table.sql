-- One row, made by the first refresh of all recommendations. Its columns say what the stored
-- model was fitted to, and what tune_recommendations chose.
CREATE TABLE learnify_internal.recommendation_model (
  id boolean DEFAULT true CONSTRAINT recommendation_model_pkey PRIMARY KEY,
  fitted_at timestamptz,
  learners bigint NOT NULL DEFAULT 0,
  interactions bigint NOT NULL DEFAULT 0,
  parameters jsonb,
  tuned_at timestamptz,
  tuned_interactions bigint,
  tuning_budget interval,
  tuned_ndcg double precision,
  default_ndcg double precision,
  CONSTRAINT recommendation_model_id_check CHECK (id)
);

SELECT pg_extension_config_dump('learnify_internal.recommendation_model', '');
