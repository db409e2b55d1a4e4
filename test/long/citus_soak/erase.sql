\set n random(1, :calls)
SELECT user_id, other_id, course_id, exercise_id, language, tests FROM soak_calls WHERE n = :n \gset
\set r random(1, 1000000000)
SELECT register_user('soak-:r-:client_id@example.org', 'correct horse', 'Soak') AS new_id \gset
SELECT start_course(':new_id', ':course_id');
SELECT submit_exercise(':new_id', ':exercise_id', 'print(1)', ':language', ':tests', 0, 1);
SELECT erase_user(':new_id');
