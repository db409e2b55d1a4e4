/*
 * passwords.c
 *		hash_password(), verify_password(), try_password() and
 *		dummy_password_hash().
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
 * given, wiped before they are freed; nothing in between can throw an error,
 * except for lack of memory.  No message contains a password or a hash.
 */
#include "postgres.h"

#include <crypt.h>

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
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
 * libcrypt takes 511 bytes, and normalising makes a text a few times shorter at
 * most: a longer one is no password, and not worth the memory to normalise it.
 */
#define MAX_TRIED_BYTES			4096

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
PG_FUNCTION_INFO_V1(try_password);
PG_FUNCTION_INFO_V1(dummy_password_hash);

/* The cost of a hash, or of the setting for one. */
static int
cost_of(const char *hash)
{
	return atoi(hash + 4);
}

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
	char	   *utf8;
	char	   *phrase;

	if (VARSIZE_ANY_EXHDR(password) > MAX_TRIED_BYTES)
		return text_to_cstring(password);
	utf8 = utf8_of(VARDATA_ANY(password), VARSIZE_ANY_EXHDR(password));
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
 * Hashes the phrase with the prefix and salt of the setting, which may be a
 * whole hash.  Returns NULL where libcrypt refuses either.
 */
static char *
bcrypt(const char *phrase, const char *setting)
{
	struct crypt_data *data = palloc0(sizeof(struct crypt_data));
	char	   *copy = palloc(HASH_LENGTH + 1);
	const char *hash;
	bool		hashed;

	/* Tests count these. */
	ereport(DEBUG1, (errmsg_internal("bcrypt at cost %d", cost_of(setting))));

	/*
	 * No error may be thrown from here until the workspace is wiped.  crypt_rn
	 * is crypt_r that returns NULL on failure, not a string beginning with '*'.
	 */
	hash = crypt_rn(phrase, setting, data, sizeof(struct crypt_data));
	hashed = hash != NULL && strlen(hash) == HASH_LENGTH;
	if (hashed)
		memcpy(copy, hash, HASH_LENGTH + 1);
	explicit_bzero(data, sizeof(struct crypt_data));
	pfree(data);
	return hashed ? copy : NULL;
}

/* The phrase's hash with a new salt; NULL where libcrypt refuses it. */
static char *
new_hash(const char *phrase)
{
	char		random_bytes[SALT_BYTES];
	char		setting[CRYPT_GENSALT_OUTPUT_SIZE];

	if (!pg_strong_random(random_bytes, SALT_BYTES))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not generate a random salt"),
				 errhint("Check the operating system's source of random numbers.")));
	if (crypt_gensalt_rn("$2b$", learnify_password_cost,
						 random_bytes, SALT_BYTES,
						 setting, sizeof(setting)) == NULL)
		return NULL;
	return bcrypt(phrase, setting);
}

/*
 * hash_password(password text)
 */
Datum
hash_password(PG_FUNCTION_ARGS)
{
	text	   *password = PG_GETARG_TEXT_PP(0);
	char	   *phrase = normalized(password);
	char	   *hash;

	check_policy(password, phrase);
	hash = new_hash(phrase);
	wipe(phrase);
	if (hash == NULL)
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
	cost = cost_of(hash);
	return cost >= 4 && cost <= 31;
}

/*
 * Raises an error for a hash that would take hours to verify.  Returning false
 * instead would lock its user out without a trace.
 */
static void
check_cost(const char *hash)
{
	int			cost = cost_of(hash);

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

/*
 * What a password is tried as, in this order: which of them there are depends on
 * the password alone, not on whether there is such a user.
 */
typedef enum Phrase
{
	PHRASE_NORMALIZED,
	PHRASE_AS_GIVEN,
	PHRASE_TRIMMED
} Phrase;

#define PHRASES		(PHRASE_TRIMMED + 1)
#define NO_PHRASE	PHRASES

static void
make_phrases(const text *password, char *phrases[PHRASES])
{
	char	   *given;
	char	   *trimmed;

	memset(phrases, 0, PHRASES * sizeof(char *));
	if (VARSIZE_ANY_EXHDR(password) > MAX_TRIED_BYTES)
		return;
	phrases[PHRASE_NORMALIZED] = normalized(password);
	given = text_to_cstring(password);
	trimmed = normalized(trim_text(VARDATA_ANY(password), VARSIZE_ANY_EXHDR(password)));
	if (strcmp(given, phrases[PHRASE_NORMALIZED]) != 0)
		phrases[PHRASE_AS_GIVEN] = given;
	else
		wipe(given);
	if (strcmp(trimmed, phrases[PHRASE_NORMALIZED]) != 0 &&
		count_characters(trimmed) >= MIN_PASSWORD_CHARACTERS)
		phrases[PHRASE_TRIMMED] = trimmed;
	else
		wipe(trimmed);
}

static void
wipe_phrases(char *phrases[PHRASES])
{
	int			i;

	for (i = 0; i < PHRASES; i++)
		if (phrases[i] != NULL)
			wipe(phrases[i]);
}

/*
 * Takes as long as verifying a hash of learnify.password_cost takes longer than
 * verifying one of this cost: 2^12 rounds are 2^9, and 2^9, 2^10 and 2^11.
 */
static void
make_up_for(int cost)
{
	for (; cost < learnify_password_cost; cost++)
		(void) bcrypt("", psprintf("$2b$%02d$" DUMMY_SALT, cost));
}

/*
 * Which of the phrases the hash is of, or NO_PHRASE.  Unless verifying is_open,
 * so that nobody measures it, a wrong phrase takes as long as it would with a
 * hash of learnify.password_cost, if that is higher than this one's.
 */
static Phrase
find_phrase(char *phrases[PHRASES], const char *expected, bool is_open)
{
	int			hashed = 0;
	int			i;

	for (i = 0; i < PHRASES; i++)
	{
		char	   *hash = phrases[i] != NULL ? bcrypt(phrases[i], expected) : NULL;

		if (hash != NULL && same_digest(hash, expected))
			return i;
		hashed += hash != NULL;
	}
	while (!is_open && hashed-- > 0)
		make_up_for(cost_of(expected));
	return NO_PHRASE;
}

/*
 * verify_password(password text, hash text)
 */
Datum
verify_password(PG_FUNCTION_ARGS)
{
	text	   *password = PG_GETARG_TEXT_PP(0);
	char	   *expected = text_to_cstring(PG_GETARG_TEXT_PP(1));
	char	   *phrases[PHRASES];
	Phrase		found;

	if (!is_bcrypt_hash(expected))
		PG_RETURN_BOOL(false);
	check_cost(expected);
	make_phrases(password, phrases);
	found = find_phrase(phrases, expected, true);
	wipe_phrases(phrases);
	PG_RETURN_BOOL(found != NO_PHRASE);
}

static char *
dummy_hash(void)
{
	return psprintf("$2b$%02d$" DUMMY_SALT DUMMY_DIGEST, learnify_password_cost);
}

/* Whether authenticate() can verify it.  One that takes hours is no secret kept. */
static bool
is_usable_hash(const char *hash)
{
	if (!is_bcrypt_hash(hash))
		return false;
	if (cost_of(hash) <= MAX_VERIFIED_COST)
		return true;
	ereport(WARNING,
			(errmsg("a password hash has cost %d, but the most that is verified is %d: its user cannot log in",
					cost_of(hash), MAX_VERIFIED_COST),
			 errhint("Reset the password, so that it is hashed at learnify.password_cost.")));
	return false;
}

/*
 * try_password(password text, hash text, renew boolean,
 *				OUT is_right boolean, OUT renewed text)
 *
 * What authenticate() asks.  There is no hash where there is no such user; that,
 * or one that cannot be verified, takes as long as a wrong password.  The right
 * one is hashed again where the setting has another cost by now: as the phrase
 * that has been found right, since that must be so next time, too.
 */
Datum
try_password(PG_FUNCTION_ARGS)
{
	char	   *stored = PG_ARGISNULL(1) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(1));
	bool		is_usable = stored != NULL && is_usable_hash(stored);
	char	   *expected = is_usable ? stored : dummy_hash();
	char	   *phrases[PHRASES];
	char	   *renewed = NULL;
	Phrase		found;
	TupleDesc	columns;
	Datum		values[2];
	bool		nulls[2];

	if (PG_ARGISNULL(0) || PG_ARGISNULL(2))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s is null", PG_ARGISNULL(0) ? "password" : "renew"),
				 errargument(PG_ARGISNULL(0) ? "password" : "renew")));
	if (get_call_result_type(fcinfo, NULL, &columns) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	make_phrases(PG_GETARG_TEXT_PP(0), phrases);
	found = find_phrase(phrases, expected, false);
	if (is_usable && found != NO_PHRASE && PG_GETARG_BOOL(2) &&
		cost_of(expected) != learnify_password_cost)
		renewed = new_hash(phrases[found == PHRASE_TRIMMED ? PHRASE_TRIMMED : PHRASE_NORMALIZED]);
	wipe_phrases(phrases);

	values[0] = BoolGetDatum(is_usable && found != NO_PHRASE);
	nulls[0] = false;
	values[1] = renewed != NULL ? CStringGetTextDatum(renewed) : (Datum) 0;
	nulls[1] = renewed == NULL;
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(columns), values, nulls)));
}

/*
 * dummy_password_hash()
 */
Datum
dummy_password_hash(PG_FUNCTION_ARGS)
{
	(void) fcinfo;				/* no arguments */
	PG_RETURN_TEXT_P(cstring_to_text(dummy_hash()));
}
