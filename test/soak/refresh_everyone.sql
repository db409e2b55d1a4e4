-- Fits the model and refreshes the recommendations of all learners.
SELECT refresh_recommendations();
