-- Install and update scripts end with this file.
--
-- Insert the rows that ship, or bring them up to date, now that their triggers exist.
SELECT learnify_internal.ship_untouched_rows();

SELECT learnify_internal.record_catalog(
  coalesce(nullif(current_setting('learnify_update.drift', true), ''), '[]')::jsonb);
