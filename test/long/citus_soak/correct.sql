\set n random(1, :calls)
SELECT user_id, other_id, course_id, exercise_id, language, tests FROM soak_calls WHERE n = :n \gset
UPDATE module_completions SET passed = NOT passed, score = CASE WHEN passed THEN 0 ELSE 100 END WHERE user_id = ':user_id' AND exercise_id = ':exercise_id';
