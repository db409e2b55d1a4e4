-- PostgreSQL lets PUBLIC execute every new function; grant_learner and grant_backend grant
-- roles the internals that they need.
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA learnify_internal FROM PUBLIC;
