\set n random(1, :calls)
SELECT user_id, other_id, course_id, exercise_id, language, tests FROM soak_calls WHERE n = :n \gset
SELECT submit_exercise(':user_id', ':exercise_id', 'print(1)', ':language', ':tests', 0, 1);
