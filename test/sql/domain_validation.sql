-- The queue of domains for a validator outside of the database.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET learnify.password_cost = 4;
SELECT register_user('ada@example.org', 'correct horse', 'Ada') AS ada \gset
SELECT register_user('bob@example.org', 'correct horse', 'Bob') AS bob \gset
SELECT register_user('eve@example.org', 'correct horse', 'Eve') AS eve \gset
-- fixed ids, because error messages contain them
\set ada_archetype 00000000-0000-4000-8000-0000000000ad
\set bob_archetype 00000000-0000-4000-8000-0000000000b0
\set eve_archetype 00000000-0000-4000-8000-0000000000ee
INSERT INTO user_archetypes (id, user_id, meta_category, domain, skill_level) VALUES
  (:'ada_archetype', :'ada', 'Biological', 'sourdough', 'novice'),
  (:'bob_archetype', :'bob', 'Economic', 'stock trading', 'quant'),
  (:'eve_archetype', :'eve', 'Digital', 'asdf', 'novice');
CREATE TEMP VIEW state AS
  SELECT a.domain, a.validation_status, left(a.validation_reason, 40) AS reason, r.tries, r.ticket IS NOT NULL AS claimed,
         CASE WHEN r.due_at <= statement_timestamp() THEN 'due' ELSE date_trunc('minutes', r.due_at - statement_timestamp() + interval '1 second')::text END AS due
  FROM user_archetypes AS a
  LEFT JOIN learnify_internal.model_requests AS r ON r.archetype_id = a.id
  ORDER BY a.domain COLLATE "C";
TABLE state;

-- Only requested validations can be claimed.
SELECT * FROM claim_domain_validations(10);

-- A request makes the domain pending. A second request changes nothing.
SELECT request_domain_validation(:'eve_archetype') \g /dev/null
SELECT request_domain_validation(:'bob_archetype') \g /dev/null
SELECT request_domain_validation(:'ada_archetype') \g /dev/null
SELECT request_domain_validation(:'eve_archetype') \g /dev/null
SELECT set_variables(:'eve', '{"ENTITY": "qwer"}');
TABLE state;

-- Claims return the oldest requests first, with all that a prompt needs, and each only once.
SELECT user_id = :'eve' AS eve, archetype_id, meta_category, domain, skill_level, variables, ticket IS NOT NULL AS ticket, tries
FROM claim_domain_validations();
SELECT ticket AS eve_ticket FROM learnify_internal.model_requests WHERE archetype_id = :'eve_archetype' \gset
SELECT domain, ticket FROM claim_domain_validations(1) \gset bob_
SELECT domain, ticket FROM claim_domain_validations(1000) \gset ada_
SELECT :'bob_domain' AS second, :'ada_domain' AS third;
SELECT domain FROM claim_domain_validations(1000);
SELECT domain FROM claim_domain_validations(NULL);
SELECT domain FROM claim_domain_validations(0); \echo :LAST_ERROR_SQLSTATE
SELECT domain FROM claim_domain_validations(-1); \echo :LAST_ERROR_SQLSTATE
SELECT domain FROM claim_domain_validations(1, '0'); \echo :LAST_ERROR_SQLSTATE
SELECT domain FROM claim_domain_validations(1, '-1 minute'); \echo :LAST_ERROR_SQLSTATE
SELECT domain FROM claim_domain_validations(1, '2 days'); \echo :LAST_ERROR_SQLSTATE
SELECT domain FROM claim_domain_validations(1, max_tries => 0); \echo :LAST_ERROR_SQLSTATE
SELECT domain FROM claim_domain_validations(1, max_tries => 101); \echo :LAST_ERROR_SQLSTATE
-- a second request does not make a claimed domain available again
SELECT request_domain_validation(:'ada_archetype') \g /dev/null
SELECT domain FROM claim_domain_validations(1000);
TABLE state;

-- A verdict sets the suggested variables if the domain is valid, but not if it is rejected.
SELECT record_domain_validation(:'ada_ticket', '{"is_valid": true, "reason": "a craft", "variables": {"ENTITY": "starter", "STATE": "ripeness"}}') \g /dev/null
SELECT record_domain_validation(:'bob_ticket', '{"is_valid": true}') \g /dev/null
SELECT record_domain_validation(:'eve_ticket', '{"is_valid": false, "reason": "kein Gebiet, nur \"Tastatur\"", "variables": {"ENTITY": "x", "bad {name}": "x"}}') \g /dev/null
TABLE state;
SELECT get_variables(:'ada') AS ada, get_variables(:'bob') AS bob, get_variables(:'eve') AS eve;
SELECT domain FROM claim_domain_validations(1000);

-- A ticket can be used once. An unknown ticket, such as an archetype's id, is refused.
CREATE FUNCTION pg_temp.refusal(ticket uuid) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  field text;
BEGIN
  PERFORM record_domain_validation(ticket, '{"is_valid": true, "variables": {"ENTITY": "stale"}}');
  RETURN 'taken';
EXCEPTION WHEN SQLSTATE '55L01' THEN
  GET STACKED DIAGNOSTICS field = COLUMN_NAME;
  RETURN concat_ws(' ', SQLSTATE, field, replace(SQLERRM, ticket::text, '...'));
END
$$;
SELECT pg_temp.refusal(:'ada_ticket') AS used, pg_temp.refusal(:'ada_archetype') AS archetype;
SELECT record_domain_validation('00000000-0000-4000-8000-00000000dead', '{"is_valid": true}'); \echo :LAST_ERROR_SQLSTATE

-- A rejected domain can be requested again.
SELECT request_domain_validation(:'eve_archetype') \g /dev/null
TABLE state;
-- If the domain changes, even back to the same one, by whatever statement, the request is deleted
-- and its ticket is stale.
SELECT ticket FROM claim_domain_validations() \gset
SELECT choose_archetype(:'eve', 'Digital', 'typography', 'novice') = :'eve_archetype' AS same;
SELECT pg_temp.refusal(:'ticket');
SELECT request_domain_validation(:'eve_archetype') \g /dev/null
SELECT pg_temp.refusal(:'ticket');
SELECT ticket FROM claim_domain_validations() \gset
UPDATE user_archetypes SET domain = 'calligraphy' WHERE id = :'eve_archetype';
UPDATE user_archetypes SET domain = 'typography' WHERE id = :'eve_archetype';
SELECT pg_temp.refusal(:'ticket');
TABLE state;
-- The same domain with blanks around it, or with another level, keeps its status and its ticket.
SELECT request_domain_validation(:'eve_archetype') \g /dev/null
SELECT ticket FROM claim_domain_validations() \gset
UPDATE user_archetypes SET domain = E' typography\n', skill_level = 'quant' WHERE id = :'eve_archetype';
SELECT choose_archetype(:'eve', 'Aesthetic', 'typography ', 'analyst') = :'eve_archetype' AS same;
BEGIN;
SELECT pg_temp.refusal(:'ticket');
TABLE state;
-- An UPDATE of a valid domain makes it unchecked, unless it sets the status.
UPDATE user_archetypes SET domain = 'calligraphy' WHERE id = :'eve_archetype' RETURNING validation_status, validation_reason;
UPDATE user_archetypes SET domain = 'lettering', validation_status = 'valid', validation_reason = 'by hand' WHERE id = :'eve_archetype' RETURNING validation_status, validation_reason;
INSERT INTO user_archetypes (user_id, meta_category, domain, skill_level) VALUES (:'eve', 'Aesthetic', 'graffiti', 'quant')
ON CONFLICT (user_id) DO UPDATE SET domain = EXCLUDED.domain RETURNING validation_status, validation_reason;
ROLLBACK;
-- An UPDATE of the status makes the ticket stale too.
BEGIN;
UPDATE user_archetypes SET validation_status = 'valid' WHERE id = :'eve_archetype';
SELECT pg_temp.refusal(:'ticket');
ROLLBACK;

-- Invalid verdicts are refused and write nothing, and the ticket remains valid.
SELECT record_domain_validation(:'ticket', '[]'); \echo :LAST_ERROR_SQLSTATE
SELECT record_domain_validation(:'ticket', '{}'); \echo :LAST_ERROR_SQLSTATE
SELECT record_domain_validation(:'ticket', '{"is_valid": "yes"}'); \echo :LAST_ERROR_SQLSTATE
SELECT record_domain_validation(:'ticket', '{"is_valid": null}'); \echo :LAST_ERROR_SQLSTATE
SELECT record_domain_validation(:'ticket', '{"is_valid": true, "reason": 7}'); \echo :LAST_ERROR_SQLSTATE
SELECT record_domain_validation(:'ticket', '{"is_valid": true, "variables": ["ENTITY"]}'); \echo :LAST_ERROR_SQLSTATE
SELECT record_domain_validation(:'ticket', '{"is_valid": true, "variables": {"ENTITY": "glyph", "bad {name}": "x"}}'); \echo :LAST_ERROR_SQLSTATE
SELECT record_domain_validation(:'ticket', '{"is_valid": true, "variables": {"entity": "gl\nyph"}}'); \echo :LAST_ERROR_SQLSTATE
SELECT record_domain_validation(:'ticket', '{"is_valid": true, "variables": {"ENTITY": ["glyph"]}}'); \echo :LAST_ERROR_SQLSTATE
SELECT record_domain_validation(:'ticket', jsonb_build_object('is_valid', repeat('x', 2000000))); \echo :LAST_ERROR_SQLSTATE
SELECT domain, validation_status, get_variables(user_id) FROM user_archetypes WHERE id = :'eve_archetype';
-- null counts as missing, and keys can be in any case. A reason is cut to its maximum
-- length.
SELECT set_variables(:'eve', '{"STATE": "mine", "EVENT": "mine"}') \g /dev/null
BEGIN;
SELECT record_domain_validation(:'ticket', '{"is_valid": true, "reason": null, "variables": null}') \g /dev/null
SELECT validation_status, validation_reason FROM user_archetypes WHERE id = :'eve_archetype';
ROLLBACK;
BEGIN;
SELECT record_domain_validation(:'ticket', '{"Is_Valid": true, "REASON": "Yes.", "Reason": "No.", "reason": "Letters.", "Variables": {"entity": "glyph"}}') \g /dev/null
SELECT validation_status, validation_reason, get_variables(user_id) FROM user_archetypes WHERE id = :'eve_archetype';
ROLLBACK;
SELECT record_domain_validation(:'ticket', jsonb_build_object('is_valid', true, 'reason', E' one,\n\ttwo\u202E' || repeat('x', 2000), 'variables',
  '{"Entity": " glyph\n", "state": null, "EVENT": " ", "flow": "lower", "FLOW": "capitals", "Flow": "Title", "Sub-Entity": "x", "größe": "x"}'::jsonb)) \g /dev/null
SELECT validation_status, to_jsonb(left(validation_reason, 10)) AS reason, length(validation_reason), get_variables(user_id) FROM user_archetypes WHERE id = :'eve_archetype';

-- A claim outlasts its transaction and its session. After the time-out, which doubles with each
-- claim, the request can be claimed again, and only the newest ticket is valid. Requests are
-- claimed in the order in which they are due, and claimed ones do not hold up others.
SELECT request_domain_validation(:'ada_archetype') \g /dev/null
SELECT ticket AS first FROM claim_domain_validations(1, '10 minutes') \gset
TABLE state;
CREATE FUNCTION pg_temp.time_out() RETURNS void LANGUAGE sql AS
  $$UPDATE learnify_internal.model_requests SET due_at = statement_timestamp() - interval '1 second'$$;
SELECT pg_temp.time_out() \g /dev/null
SELECT request_domain_validation(:'bob_archetype') \g /dev/null
SELECT ticket AS second, tries FROM claim_domain_validations(1, '10 minutes') \gset
TABLE state;
SELECT :'first' <> :'second' AS another_ticket, pg_temp.refusal(:'first') AS first;
SELECT pg_temp.time_out() \g /dev/null
SELECT domain, tries FROM claim_domain_validations(5, '10 minutes') ORDER BY domain;
TABLE state;
-- a late verdict is accepted as long as nobody else has claimed the request
SELECT pg_temp.time_out() \g /dev/null
BEGIN;
SELECT ticket FROM learnify_internal.model_requests WHERE archetype_id = :'bob_archetype' \gset
SELECT pg_temp.refusal(:'ticket');
ROLLBACK;
-- After max_tries, the request is given up with a warning, and can be made again.
SELECT domain, tries FROM claim_domain_validations(5, '10 minutes', 3);
TABLE state;
SELECT pg_temp.time_out() \g /dev/null
SELECT domain, tries FROM claim_domain_validations(5, '10 minutes', 2);
TABLE state;
SELECT request_domain_validation(:'ada_archetype') \g /dev/null
SELECT domain, tries FROM claim_domain_validations(5);
-- a request that has timed out and is made again starts with no tries
SELECT pg_temp.time_out() \g /dev/null
SELECT request_domain_validation(:'ada_archetype') \g /dev/null
SELECT domain, tries FROM claim_domain_validations(5);

-- Domains that an UPDATE has made pending are found too, once no other request is due.
UPDATE user_archetypes SET validation_status = 'pending' WHERE id IN (:'bob_archetype', :'eve_archetype');
SELECT request_domain_validation(:'bob_archetype') \g /dev/null
SELECT domain FROM claim_domain_validations(1);
SELECT domain FROM claim_domain_validations(1);
SELECT domain FROM claim_domain_validations(1);

-- Requests are part of the user's data: they are exported, without the ticket, and erased.
SELECT r - '{id,due_at,archetype_id}'::text[] AS exported FROM jsonb_array_elements(export_user(:'eve') -> 'model_requests') AS r;
SELECT erase_user(:'eve'), count(*) FROM learnify_internal.model_requests WHERE archetype_id = :'eve_archetype' GROUP BY 1;
SELECT count(*) FROM learnify_internal.model_requests WHERE archetype_id = :'eve_archetype';

-- Archetypes that do not exist.
SELECT request_domain_validation('00000000-0000-4000-8000-00000000dead'); \echo :LAST_ERROR_SQLSTATE
SELECT request_domain_validation(NULL), record_domain_validation(NULL, '{"is_valid": true}'), record_domain_validation(:'ticket', NULL) \g /dev/null
TABLE state;

DELETE FROM users;
SELECT count(*) FROM learnify_internal.model_requests;
