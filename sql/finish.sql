-- Ends what is replaced whole. Internals are not for calling: grant_learner and
-- grant_backend grant what roles need of them.
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA learnify_internal FROM PUBLIC;

-- The rows that ship, now that their triggers are there.
SELECT learnify_internal.ship_untouched_rows();

SELECT learnify_internal.record_catalog(
  coalesce(nullif(current_setting('learnify_update.drift', true), ''), '[]')::jsonb);
