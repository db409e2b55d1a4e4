-- Requests the validation of a domain, claims one and records the verdict.
\set learner random(1, 24)
SELECT soak.attempt('SELECT request_domain_validation(id) FROM user_archetypes WHERE user_id = soak.learner(:learner)');
SELECT soak.attempt('SELECT record_domain_validation(ticket, jsonb_build_object(''is_valid'', true, ''variables'', jsonb_build_object(''ENTITY'', ''starter''))) FROM claim_domain_validations(1, ''1 second'')');
