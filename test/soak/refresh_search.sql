-- Counts the learners of courses for the search.
SELECT refresh_search();
