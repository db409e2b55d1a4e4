-- This is with the tables because an index on users calls it: a change of its results requires
-- the index to be rebuilt. PUBLIC may execute it, because every role that writes to users does.
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
