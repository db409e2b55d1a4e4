-- Stands with the tables, for an index of users calls it: when its answers change,
-- the index has to be rebuilt. Everybody may execute it, since whoever writes to
-- the table does.
CREATE OR REPLACE FUNCTION fold_email(
  email text
) RETURNS text
LANGUAGE c
IMMUTABLE
STRICT
PARALLEL SAFE
COST 10
AS 'MODULE_PATHNAME', 'fold_email';

COMMENT ON FUNCTION fold_email(text) IS
  'Returns what e-mail addresses are compared by: without the blanks around it, in Unicode''s normalisation form C and '
  'its simple case folding, whatever the database''s encoding, collation and provider';
