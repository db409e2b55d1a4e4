-- Rows of 0.1.0: people, what they learn, their variables.
SELECT register_user(format('learner-%s@example.org', n), 'correct horse', 'Learner ' || n, 'Europe/Berlin')
FROM generate_series(1, 5) AS n;
INSERT INTO users (email, password_hash, name, social_enabled, max_visibility)
VALUES ('silent@example.org', hash_password('correct horse'), 'Silent', false, 'private');
UPDATE users SET avatar_url = 'https://example.org/1.png', max_visibility = 'friends' WHERE name = 'Learner 2';
SELECT authenticate('learner-1@example.org', 'correct horse');

SELECT choose_archetype(id, 'Biological', E'sour  dough \\ "', 'novice') FROM users;
SELECT set_variables(id, '{"ENTITY": "starter", "STATE": "Größe {X}", "LOGIC": "a\\b", "FLOW": "f"}') FROM users;
SELECT set_variables(id, '{"CONTAINER": "c", "EDGE_CASE": "e", "INTERFACE": "i", "VARIANT": "v", "EVENT": "timer", "CAPSTONE_GOAL": "a planner"}')
FROM users;
SELECT request_domain_validation(id) FROM user_archetypes;
SELECT claim_domain_validations(2);
SELECT record_domain_validation(a.id, '{"is_valid": true, "reason": "a craft", "variables": {"STATE": "ripe"}}')
FROM user_archetypes AS a JOIN users AS u ON u.id = a.user_id WHERE u.name < 'Learner 4';
