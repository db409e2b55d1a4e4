-- Comes last in install and update scripts. PostgreSQL lets PUBLIC execute every new
-- function; grant_learner and grant_backend grant roles the internals that they need.
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA learnify_internal FROM PUBLIC;

-- Insert or update the rows that ship, which takes the triggers on their tables.
SELECT learnify_internal.ship_untouched_rows();

SELECT learnify_internal.record_catalog(
  coalesce(nullif(current_setting('learnify_update.drift', true), ''), '[]')::jsonb);
