\set n random(1, :calls)
SELECT user_id, other_id, course_id, exercise_id, language, tests FROM soak_calls WHERE n = :n \gset
SELECT start_course(':user_id', ':course_id');
