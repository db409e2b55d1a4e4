-- Passwords are kept as bcrypt hashes only.

CREATE OR REPLACE FUNCTION hash_password(
  password text
) RETURNS text
LANGUAGE c
VOLATILE
STRICT
PARALLEL SAFE
COST 1000000
AS 'MODULE_PATHNAME', 'hash_password';

-- Each call keeps a processor busy, and no cancel ends it.
REVOKE EXECUTE ON FUNCTION hash_password(text) FROM PUBLIC;

COMMENT ON FUNCTION hash_password(text) IS
  'Returns a bcrypt hash of the password with a new salt, at learnify.password_cost. '
  'A password has at least 8 characters that can be seen or are spaces, and at most 72 bytes in UTF-8 and Unicode''s normalisation form KC.';

CREATE OR REPLACE FUNCTION verify_password(
  password text,
  hash text
) RETURNS boolean
LANGUAGE c
IMMUTABLE
STRICT
PARALLEL SAFE
COST 1000000
AS 'MODULE_PATHNAME', 'verify_password';

REVOKE EXECUTE ON FUNCTION verify_password(text, text) FROM PUBLIC;

COMMENT ON FUNCTION verify_password(text, text) IS
  'Returns whether the hash is a bcrypt hash ($2a$, $2b$ or $2y$) of the password, of which bcrypt reads 72 bytes: '
  'normalised, as it is given, or without the blanks around it. '
  'False for any other hash; an error for one of a cost above 20, which would take hours.';
