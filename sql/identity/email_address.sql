-- The type of users.email: text, but for = and <>, which compare as fold_email does. So a back end
-- finds an account by WHERE email = $1 in whichever spelling the address was typed. Clients see text.
--
-- PostgreSQL takes an operator whose arguments have exactly these types before those of text, and a
-- parameter or literal without a type for one of the column's. For other types, such as a parameter that
-- is declared as text, there is no operator: one for a domain and text would also compete where neither
-- side is an address, and make comparisons of "char" with text ambiguous.
--
-- The functions are inlined, so that the index on fold_email(email) serves them. PUBLIC may
-- execute them, because every role that reads users does.
CREATE DOMAIN learnify_internal.email_address AS text;

COMMENT ON DOMAIN learnify_internal.email_address IS 'E-mail address, which = and <> compare as fold_email does';

CREATE OR REPLACE FUNCTION learnify_internal.is_same_address(a learnify_internal.email_address, b learnify_internal.email_address)
RETURNS boolean
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 20
BEGIN ATOMIC
  SELECT fold_email(a) = fold_email(b);
END;

COMMENT ON FUNCTION learnify_internal.is_same_address(learnify_internal.email_address, learnify_internal.email_address) IS 'Whether two addresses are the same as fold_email compares them';

CREATE OR REPLACE FUNCTION learnify_internal.is_other_address(a learnify_internal.email_address, b learnify_internal.email_address)
RETURNS boolean
LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 20
BEGIN ATOMIC
  SELECT fold_email(a) <> fold_email(b);
END;

COMMENT ON FUNCTION learnify_internal.is_other_address(learnify_internal.email_address, learnify_internal.email_address) IS 'Whether two addresses differ as fold_email compares them';

CREATE OPERATOR = (
  FUNCTION = learnify_internal.is_same_address, LEFTARG = learnify_internal.email_address, RIGHTARG = learnify_internal.email_address,
  COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel
);

CREATE OPERATOR <> (
  FUNCTION = learnify_internal.is_other_address, LEFTARG = learnify_internal.email_address, RIGHTARG = learnify_internal.email_address,
  COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
