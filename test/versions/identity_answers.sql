-- Results of the functions of 0.1.0, which must be the same in later versions.
SELECT name, verify_password('correct horse', password_hash), verify_password('wrong', password_hash) FROM users ORDER BY name;
SELECT name, is_time_zone_name(time_zone), is_time_zone_name('Mars/Olympus') FROM users ORDER BY name;
SELECT name, get_variables(id) FROM users ORDER BY name;
SELECT current_learner();
SELECT set_config('learnify.user_id', id::text, false) = current_learner()::text FROM users WHERE name = 'Learner 2';
RESET learnify.user_id;
SELECT * FROM verify_schema();
