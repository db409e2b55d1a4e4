-- Rows of 0.1.0: users, archetypes and variables.
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
-- before 1.0.0, an archetype's id was its own ticket
SELECT record_domain_validation(coalesce((to_jsonb(c) ->> 'ticket')::uuid, c.archetype_id),
                                '{"is_valid": true, "reason": "a craft", "variables": {"STATE": "ripe"}}')
FROM claim_domain_validations(6) AS c JOIN users AS u ON u.id = c.user_id WHERE u.name < 'Learner 4';
