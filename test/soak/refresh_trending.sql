SELECT refresh_trending();
