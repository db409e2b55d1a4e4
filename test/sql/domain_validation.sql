-- The queue of domains that a validator outside the database looks at.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET learnify.password_cost = 4;
SELECT register_user('ada@example.org', 'correct horse', 'Ada') AS ada \gset
SELECT register_user('bob@example.org', 'correct horse', 'Bob') AS bob \gset
SELECT register_user('eve@example.org', 'correct horse', 'Eve') AS eve \gset
-- ids that error messages can show here
\set ada_archetype 00000000-0000-4000-8000-0000000000ad
\set bob_archetype 00000000-0000-4000-8000-0000000000b0
\set eve_archetype 00000000-0000-4000-8000-0000000000ee
INSERT INTO user_archetypes (id, user_id, meta_category, domain, skill_level) VALUES
  (:'ada_archetype', :'ada', 'Biological', 'sourdough', 'novice'),
  (:'bob_archetype', :'bob', 'Economic', 'stock trading', 'quant'),
  (:'eve_archetype', :'eve', 'Digital', 'asdf', 'novice');
CREATE TEMP VIEW state AS
  SELECT domain, validation_status, validation_reason FROM user_archetypes ORDER BY domain COLLATE "C";
TABLE state;

-- Nothing is claimed that was not asked for.
SELECT * FROM claim_domain_validations(10);

-- A request makes it pending.
SELECT request_domain_validation(:'eve_archetype') \g /dev/null
SELECT request_domain_validation(:'bob_archetype') \g /dev/null
SELECT request_domain_validation(:'ada_archetype') \g /dev/null
SELECT set_variables(:'eve', '{"ENTITY": "qwer"}');
TABLE state;

-- Oldest first, with what a prompt needs.
SELECT user_id = :'eve' AS eve, meta_category, domain, skill_level, variables FROM claim_domain_validations();
SELECT domain FROM claim_domain_validations(2);
SELECT domain FROM claim_domain_validations(1000);
SELECT domain FROM claim_domain_validations(NULL);
SELECT domain FROM claim_domain_validations(0); \echo :LAST_ERROR_SQLSTATE
SELECT domain FROM claim_domain_validations(-1); \echo :LAST_ERROR_SQLSTATE

-- Verdicts. A valid domain's suggested variables are set; a rejected one's are not.
SELECT record_domain_validation(:'ada_archetype', '{"is_valid": true, "reason": "a craft", "variables": {"ENTITY": "starter", "STATE": "ripeness"}}') \g /dev/null
SELECT record_domain_validation(:'bob_archetype', '{"is_valid": true}') \g /dev/null
SELECT record_domain_validation(:'eve_archetype', '{"is_valid": false, "reason": "kein Gebiet, nur \"Tastatur\"", "variables": {"ENTITY": "x", "bad name": "x"}}') \g /dev/null
TABLE state;
SELECT get_variables(:'ada') AS ada, get_variables(:'bob') AS bob, get_variables(:'eve') AS eve;
SELECT domain FROM claim_domain_validations(1000);

-- A verdict on what does not wait for one.
SELECT record_domain_validation(:'ada_archetype', '{"is_valid": false}'); \echo :LAST_ERROR_SQLSTATE
-- One that was asked for again, after it was rejected.
SELECT request_domain_validation(:'eve_archetype') \g /dev/null
TABLE state;
-- Whoever turns to another domain meanwhile is out of the queue.
SELECT choose_archetype(:'eve', 'Digital', 'typography', 'novice') = :'eve_archetype' AS same;
SELECT record_domain_validation(:'eve_archetype', '{"is_valid": true}'); \echo :LAST_ERROR_SQLSTATE

-- Verdicts that are none, and half of one leaves nothing behind.
SELECT request_domain_validation(:'eve_archetype') \g /dev/null
SELECT record_domain_validation(:'eve_archetype', '[]'); \echo :LAST_ERROR_SQLSTATE
SELECT record_domain_validation(:'eve_archetype', '{}'); \echo :LAST_ERROR_SQLSTATE
SELECT record_domain_validation(:'eve_archetype', '{"is_valid": "yes"}'); \echo :LAST_ERROR_SQLSTATE
SELECT record_domain_validation(:'eve_archetype', '{"is_valid": null}'); \echo :LAST_ERROR_SQLSTATE
SELECT record_domain_validation(:'eve_archetype', '{"is_valid": true, "reason": 7}'); \echo :LAST_ERROR_SQLSTATE
SELECT record_domain_validation(:'eve_archetype', '{"is_valid": true, "variables": ["ENTITY"]}'); \echo :LAST_ERROR_SQLSTATE
SELECT record_domain_validation(:'eve_archetype', '{"is_valid": true, "variables": {"ENTITY": "glyph", "entity": "x"}}'); \echo :LAST_ERROR_SQLSTATE
SELECT record_domain_validation(:'eve_archetype', '{"is_valid": true, "variables": {"ENTITY": ["glyph"]}}'); \echo :LAST_ERROR_SQLSTATE
SELECT domain, validation_status, get_variables(user_id) FROM user_archetypes WHERE id = :'eve_archetype';

-- Archetypes that are none.
SELECT request_domain_validation('00000000-0000-4000-8000-00000000dead'); \echo :LAST_ERROR_SQLSTATE
SELECT record_domain_validation('00000000-0000-4000-8000-00000000dead', '{"is_valid": true}'); \echo :LAST_ERROR_SQLSTATE
SELECT request_domain_validation(NULL), record_domain_validation(NULL, '{"is_valid": true}'), record_domain_validation(:'eve_archetype', NULL) \g /dev/null
TABLE state;

DELETE FROM users;
