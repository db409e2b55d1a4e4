-- Install and update scripts end with this file.
--
-- Insert the rows that ship, or bring them up to date, now that their triggers exist.
SELECT learnify_internal.ship_untouched_rows();

-- Courses that an earlier version has let in can be found from now on.
SELECT learnify_internal.refresh_documents();

SELECT learnify_internal.record_catalog(
  coalesce(nullif(current_setting('learnify_update.drift', true), ''), '[]')::jsonb);
