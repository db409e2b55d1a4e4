COMMENT ON TABLE users IS 'People with an account';
COMMENT ON COLUMN users.id IS 'Identifier';
COMMENT ON COLUMN users.email IS 'E-mail address, unique without regard to case';
COMMENT ON COLUMN users.password_hash IS 'bcrypt hash of the password, see hash_password';
COMMENT ON COLUMN users.name IS 'Name shown to others, 1 to 100 characters';
COMMENT ON COLUMN users.avatar_url IS 'Address of a picture, or empty';
COMMENT ON COLUMN users.created_at IS 'When the account was made';
COMMENT ON COLUMN users.updated_at IS 'When the account last changed';
COMMENT ON COLUMN users.last_login IS 'When authenticate last succeeded, at first the registration';
COMMENT ON COLUMN users.time_zone IS 'IANA name of the time zone in which this user''s days begin';
COMMENT ON COLUMN users.max_visibility IS 'Nothing of this user is broadcast more widely: public, friends or private';
COMMENT ON COLUMN users.social_enabled IS 'False stops every broadcast of this user';
COMMENT ON COLUMN users.follow_policy IS 'Who may follow this user: open (anybody), approve (whoever the user accepts) or closed (nobody new)';

COMMENT ON TABLE user_archetypes IS 'What each user wants to learn through: a category, a domain and a level';
COMMENT ON COLUMN user_archetypes.id IS 'Identifier';
COMMENT ON COLUMN user_archetypes.user_id IS 'The user; one archetype each';
COMMENT ON COLUMN user_archetypes.meta_category IS 'Digital, Economic, Aesthetic, Biological or Cognitive';
COMMENT ON COLUMN user_archetypes.domain IS 'The user''s own domain, such as sourdough; the variable DOMAIN where none is set';
COMMENT ON COLUMN user_archetypes.skill_level IS 'novice, analyst or quant';
COMMENT ON COLUMN user_archetypes.created_at IS 'When the archetype was first chosen';
COMMENT ON COLUMN user_archetypes.updated_at IS 'When the archetype last changed';
COMMENT ON COLUMN user_archetypes.validation_status IS 'State of the domain''s validation: unchecked, pending, valid or rejected';
COMMENT ON COLUMN user_archetypes.validation_reason IS 'The validator''s reason, or empty';

COMMENT ON TABLE learnify_internal.model_requests IS 'Requests to models that have not been answered, such as validations of domains';
COMMENT ON COLUMN learnify_internal.model_requests.id IS 'Identifier';
COMMENT ON COLUMN learnify_internal.model_requests.kind IS 'Kind of request: domain_validation or review';
COMMENT ON COLUMN learnify_internal.model_requests.archetype_id IS 'The archetype whose domain is to be validated';
COMMENT ON COLUMN learnify_internal.model_requests.submission_id IS 'The submission that is to be reviewed';
COMMENT ON COLUMN learnify_internal.model_requests.due_at IS 'When the request can be claimed: when it was made or, after a claim, when that times out';
COMMENT ON COLUMN learnify_internal.model_requests.ticket IS 'The ticket of the last claim, with which it is answered; NULL before the first claim';
COMMENT ON COLUMN learnify_internal.model_requests.tries IS 'How often the request has been claimed';

COMMENT ON TABLE learnify_internal.login_failures IS 'Addresses to which logins have failed lately, whether or not there is an account';
COMMENT ON COLUMN learnify_internal.login_failures.address IS 'SHA-256 of what fold_email makes of the address';
COMMENT ON COLUMN learnify_internal.login_failures.failures IS 'How many have failed since the last success, or since a day without any';
COMMENT ON COLUMN learnify_internal.login_failures.failed_at IS 'When the last one failed';

COMMENT ON TABLE learnify_internal.account_tokens IS 'One-time tokens that have been issued: the last for each user and purpose';
COMMENT ON COLUMN learnify_internal.account_tokens.user_id IS 'The user for whom the token was issued';
COMMENT ON COLUMN learnify_internal.account_tokens.purpose IS 'What the token is for: email_verification, login or password_reset';
COMMENT ON COLUMN learnify_internal.account_tokens.digest IS 'SHA-256 of the token';
COMMENT ON COLUMN learnify_internal.account_tokens.account_digest IS 'SHA-256 of the password hash and address that the account had when the token was issued';
COMMENT ON COLUMN learnify_internal.account_tokens.created_at IS 'When the token was issued';
COMMENT ON COLUMN learnify_internal.account_tokens.expires_at IS 'Until when the token can be redeemed';

COMMENT ON TABLE user_variables IS 'The words that are injected into a user''s courses';
COMMENT ON COLUMN user_variables.id IS 'Identifier';
COMMENT ON COLUMN user_variables.user_id IS 'The user';
COMMENT ON COLUMN user_variables.variable_key IS 'Name of the variable, such as ENTITY; those in capitals, digits and underscores are injected';
COMMENT ON COLUMN user_variables.variable_value IS 'What takes its place in templates';
COMMENT ON COLUMN user_variables.archetype_id IS 'The archetype that the value was chosen for, if any';
COMMENT ON COLUMN user_variables.created_at IS 'When the variable was first set';
COMMENT ON COLUMN user_variables.updated_at IS 'When the variable last changed';
