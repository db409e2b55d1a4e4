\set n random(1, :calls)
SELECT user_id, other_id, course_id, exercise_id, language, tests FROM soak_calls WHERE n = :n \gset
SELECT follow_user(':user_id', ':other_id');
SELECT unfollow_user(':other_id', ':user_id');
