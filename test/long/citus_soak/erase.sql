\set n random(1, :calls)
SELECT user_id, other_id, course_id, exercise_id, language, tests FROM soak_calls WHERE n = :n \gset
-- The address is none of pgbench's random numbers, which a script that is sent again gets again.
SELECT register_user(format('soak-%s@example.org', gen_random_uuid()), 'correct horse', 'Soak') AS new_id \gset
SELECT start_course(':new_id', ':course_id');
SELECT submit_exercise(':new_id', ':exercise_id', 'print(1)', ':language', ':tests', 0, 1);
SELECT erase_user(':new_id');
