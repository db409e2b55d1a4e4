/*
 * passwords.c
 *		hash_password(), verify_password() and dummy_password_hash().
 *
 * bcrypt comes from the system's libcrypt, so that hashes made elsewhere
 * verify.  It hashes bytes: those of the password in UTF-8, whatever the
 * database's encoding, and in Unicode's normalisation form KC, as NIST SP
 * 800-63B 5.1.1.2 asks, since devices write the same characters differently.
 *
 * A hash made elsewhere or by an earlier version may be of the password as it
 * was given, so that is tried next; and blanks around a password are forgiven
 * where it was chosen without, which revision 4 of that document allows.
 *
 * Cost: 2^cost rounds, about a quarter of a second at cost 12, during which
 * the backend answers no interrupt; up to three times that where the password
 * is not normalised or has blanks around it, whether or not it is right.
 * Memory: libcrypt's 32 kB workspace and the copies of the password that it is
 * given, wiped before they are freed; nothing in between can throw an error.
 * No message contains a password or a hash.
 */
#include "postgres.h"

#include <crypt.h>

#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "base/argument.h"
#include "base/characters.h"
#include "base/compat.h"
#include "base/settings.h"
#include "identity/texts.h"

/* The minimum of NIST SP 800-63B, and the length at which bcrypt truncates. */
#define MIN_PASSWORD_CHARACTERS	8
#define MAX_PASSWORD_BYTES		72

/*
 * A hash is a prefix such as "$2b$12$", 22 characters of salt, 31 of digest.
 */
#define PREFIX_LENGTH			7
#define SALT_LENGTH				22
#define HASH_LENGTH				60
#define DIGEST_START			(PREFIX_LENGTH + SALT_LENGTH)
#define SALT_BYTES				16

#define BCRYPT_ALPHABET \
	"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/* An ordinary salt, and a digest for which nobody will find a password. */
#define DUMMY_SALT				"NoAccountHasThisSalt.."
#define DUMMY_DIGEST			"..............................."

PG_FUNCTION_INFO_V1(hash_password);
PG_FUNCTION_INFO_V1(verify_password);
PG_FUNCTION_INFO_V1(dummy_password_hash);

static void
wipe(char *phrase)
{
	explicit_bzero(phrase, strlen(phrase));
	pfree(phrase);
}

/* What is hashed: a copy, as given where it is not known which characters it has. */
static char *
normalized(const text *password)
{
	char	   *utf8 = utf8_of(VARDATA_ANY(password), VARSIZE_ANY_EXHDR(password));
	char	   *phrase;

	if (utf8 == NULL)
		return text_to_cstring(password);
	phrase = normalize_utf8(UNICODE_NFKC, utf8);
	if (phrase != utf8)
		wipe(utf8);
	return phrase;
}

/* Each byte but those that continue a character of UTF-8 begins one. */
static int
count_characters(const char *utf8)
{
	int			count = 0;

	for (; *utf8 != '\0'; utf8++)
		count += (*utf8 & 0xC0) != 0x80;
	return count;
}

/* Normalising can make a text longer or shorter: neither may get it round the rule. */
static void
check_policy(const text *password, const char *phrase)
{
	const char *start = VARDATA_ANY(password);
	int			length = VARSIZE_ANY_EXHDR(password);
	int			bytes = strlen(phrase);
	int			characters = Min(pg_mbstrlen_with_len(start, length),
								 count_characters(phrase));

	if (characters < MIN_PASSWORD_CHARACTERS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("password must have at least %d characters, but has %d",
						MIN_PASSWORD_CHARACTERS, characters),
				 errhint("Choose a longer password; any characters will do."),
				 errargument("password")));
	if (bytes > MAX_PASSWORD_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("password must have at most %d bytes, but has %d",
						MAX_PASSWORD_BYTES, bytes),
				 errhint("Choose a shorter password; characters outside ASCII take more than one byte."),
				 errargument("password")));
	if (hides_characters(start, length))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("password has a line break or another character that is not seen"),
				 errhint("Choose one of characters that can be seen and typed again, and spaces."),
				 errargument("password")));
}

/*
 * Hashes the phrase, and wipes it, with the prefix and salt of the setting,
 * which may be a whole hash.  Returns NULL where libcrypt refuses the setting.
 */
static char *
bcrypt(char *phrase, const char *setting)
{
	struct crypt_data *data = palloc0(sizeof(struct crypt_data));
	char	   *copy = palloc(HASH_LENGTH + 1);
	const char *hash;
	bool		hashed;

	/*
	 * No error may be thrown from here until everything is wiped.  crypt_rn is
	 * crypt_r that returns NULL on failure, not a string beginning with '*'.
	 */
	hash = crypt_rn(phrase, setting, data, sizeof(struct crypt_data));
	hashed = hash != NULL && strlen(hash) == HASH_LENGTH;
	if (hashed)
		memcpy(copy, hash, HASH_LENGTH + 1);
	wipe(phrase);
	explicit_bzero(data, sizeof(struct crypt_data));
	pfree(data);
	return hashed ? copy : NULL;
}

/*
 * hash_password(password text)
 */
Datum
hash_password(PG_FUNCTION_ARGS)
{
	text	   *password = PG_GETARG_TEXT_PP(0);
	char		random_bytes[SALT_BYTES];
	char		setting[CRYPT_GENSALT_OUTPUT_SIZE];
	char	   *phrase = normalized(password);
	char	   *hash;

	check_policy(password, phrase);
	if (!pg_strong_random(random_bytes, SALT_BYTES))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not generate a random salt"),
				 errhint("Check the operating system's source of random numbers.")));
	if (crypt_gensalt_rn("$2b$", learnify_password_cost,
						 random_bytes, SALT_BYTES,
						 setting, sizeof(setting)) == NULL ||
		(hash = bcrypt(phrase, setting)) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("the system's libcrypt does not support bcrypt at cost %d",
						learnify_password_cost),
				 errhint("Use a system whose libcrypt is libxcrypt, or change learnify.password_cost.")));
	PG_RETURN_TEXT_P(cstring_to_text(hash));
}

/* Whether a text is formed like a bcrypt hash, whose costs are 4 to 31. */
static bool
is_bcrypt_hash(const char *hash)
{
	int			cost;

	if (strlen(hash) != HASH_LENGTH ||
		strncmp(hash, "$2", 2) != 0 || strchr("aby", hash[2]) == NULL ||
		hash[3] != '$' || hash[6] != '$' ||
		strspn(hash + PREFIX_LENGTH, BCRYPT_ALPHABET) !=
		HASH_LENGTH - PREFIX_LENGTH ||
		strspn(hash + 4, "0123456789") != 2)
		return false;
	cost = atoi(hash + 4);
	return cost >= 4 && cost <= 31;
}

/*
 * Raises an error for a hash that would take hours to verify.  Returning false
 * instead would lock its user out without a trace.
 */
static void
check_cost(const char *hash)
{
	int			cost = atoi(hash + 4);

	if (cost > MAX_VERIFIED_COST)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("password hash has cost %d, but the most that is verified is %d",
						cost, MAX_VERIFIED_COST),
				 errdetail("It would keep this backend busy for hours, deaf to any interrupt."),
				 errhint("Reset the password, so that it is hashed at learnify.password_cost."),
				 errargument("hash")));
}

/*
 * Compares the digests of two hashes in constant time.  The salts may differ
 * in unused bits, which libcrypt clears and other implementations may set.
 */
static bool
same_digest(const char *a, const char *b)
{
	int			difference = 0;
	int			i;

	for (i = DIGEST_START; i < HASH_LENGTH; i++)
		difference |= a[i] ^ b[i];
	return difference == 0;
}

static bool
phrase_verifies(char *phrase, const char *expected)
{
	char	   *hash = bcrypt(phrase, expected);

	return hash != NULL && same_digest(hash, expected);
}

/*
 * verify_password(password text, hash text)
 *
 * How many phrases are tried depends on the password alone: not on whether
 * there is such a user.
 */
Datum
verify_password(PG_FUNCTION_ARGS)
{
	text	   *password = PG_GETARG_TEXT_PP(0);
	char	   *expected = text_to_cstring(PG_GETARG_TEXT_PP(1));
	char	   *phrase;
	char	   *given;
	char	   *trimmed;
	bool		try_given;
	bool		try_trimmed;
	bool		verifies;

	if (!is_bcrypt_hash(expected))
		PG_RETURN_BOOL(false);
	check_cost(expected);
	phrase = normalized(password);
	given = text_to_cstring(password);
	trimmed = normalized(trim_text(VARDATA_ANY(password), VARSIZE_ANY_EXHDR(password)));
	try_given = strcmp(given, phrase) != 0;
	try_trimmed = strcmp(trimmed, phrase) != 0 &&
		count_characters(trimmed) >= MIN_PASSWORD_CHARACTERS;

	verifies = phrase_verifies(phrase, expected);
	if (try_given && !verifies)
		verifies = phrase_verifies(given, expected);
	else
		wipe(given);
	if (try_trimmed && !verifies)
		verifies = phrase_verifies(trimmed, expected);
	else
		wipe(trimmed);
	PG_RETURN_BOOL(verifies);
}

/*
 * dummy_password_hash()
 */
Datum
dummy_password_hash(PG_FUNCTION_ARGS)
{
	char	   *hash = psprintf("$2b$%02d$" DUMMY_SALT DUMMY_DIGEST,
								learnify_password_cost);

	(void) fcinfo;				/* no arguments */
	PG_RETURN_TEXT_P(cstring_to_text(hash));
}
