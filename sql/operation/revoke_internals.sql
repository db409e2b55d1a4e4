-- PostgreSQL lets PUBLIC execute every new function; grant_learner and grant_backend grant
-- roles the internals that they need.
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA learnify_internal FROM PUBLIC;

-- The operators of addresses, which every role that reads users uses.
GRANT EXECUTE ON FUNCTION
  learnify_internal.is_same_address(learnify_internal.email_address, learnify_internal.email_address),
  learnify_internal.is_other_address(learnify_internal.email_address, learnify_internal.email_address)
TO PUBLIC;
