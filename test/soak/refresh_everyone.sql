-- everyone's recommendations, the model included
SELECT refresh_recommendations();
