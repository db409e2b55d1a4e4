\set n random(1, :calls)
SELECT user_id, other_id, course_id, exercise_id, language, tests FROM soak_calls WHERE n = :n \gset
SELECT count(*) FROM activity_ticker(':user_id');
SELECT count(*) FROM home_rows(':user_id');
SELECT living_resume(':user_id', ':other_id');
SELECT user_stats(':user_id');
