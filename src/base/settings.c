/*
 * settings.c
 *		restores_rows(), login_wait(), search_language(),
 *		the settings, and the module's entry point, which defines them.
 *
 * Cost: none. Memory: a variable for each setting.
 */
#include "postgres.h"

#include <limits.h>

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/rls.h"

#include "base/compat.h"
#include "base/extension.h"
#include "base/row_estimates.h"
#include "base/settings.h"
#include "distribution/shards.h"
#include "identity/acting_user.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(restores_rows);
PG_FUNCTION_INFO_V1(login_wait);
PG_FUNCTION_INFO_V1(search_language);

int			learnify_password_cost = 12;
bool		learnify_automation = true;
bool		learnify_enforce_order = false;
bool		learnify_notify = false;
int			learnify_recommend_work_mem = 256 * 1024;

static int	login_attempts = 5;
static int	login_max_wait = 15 * 60;

bool		learnify_use_jwt_claims = false;
int			learnify_streak_grace_days = 0;

/* A text search configuration; only search_language() reads it. */
static char *search_language_setting = NULL;

/* The text of the setting; identity/acting_user.c keeps the parsed value. */
static char *user_id_setting = NULL;

bool		learnify_allow_data_loss = false;

/* Only a script reads this, by current_setting(). */
static bool allow_row_security = false;

void		_PG_init(void);

static char *not_available_setting;

/*
 * learnify_distribute() gives this setting to each function that does not work in a
 * distributed database, so that whoever calls it gets the error.
 */
static bool
check_not_available_setting(char **value, void **extra, GucSource source)
{
	(void) extra;
	if (**value == '\0' || source == PGC_S_TEST)
		return true;
	GUC_check_errcode(ERRCODE_FEATURE_NOT_SUPPORTED);
	GUC_check_errmsg("function %s is not available in a distributed database", *value);
	GUC_check_errhint("doc/distributed.md says which functions are, and what to do instead.");
	return false;
}

static void
define_login_settings(void)
{
	DefineCustomIntVariable("learnify.password_cost",
							"Sets the bcrypt cost of new password hashes.",
							"Each step doubles the time that a hash takes.",
							&learnify_password_cost,
							12, 4, MAX_PASSWORD_COST,
							PGC_SUSET, 0, NULL, NULL, NULL);

	DefineCustomIntVariable("learnify.login_attempts",
							"Sets after how many failed logins to an address "
							"the next one has to wait.",
							"With 0, failures are neither counted nor waited "
							"for.",
							&login_attempts,
							5, 0, 1000, PGC_USERSET, 0, NULL, NULL, NULL);

	DefineCustomIntVariable("learnify.login_max_wait",
							"Sets how long a login to an address has to wait "
							"at most.",
							"The first wait is of a second, and each is twice "
							"as long as the one before.",
							&login_max_wait,
							15 * 60, 1, 24 * 60 * 60,
							PGC_USERSET, GUC_UNIT_S, NULL, NULL, NULL);
}

static void
define_session_settings(void)
{
	DefineCustomStringVariable("learnify.user_id",
							   "Sets the learner that the session acts for.",
							   "A role held to row-level security sees and "
							   "does what this user may; none if empty.",
							   &user_id_setting,
							   "",
							   PGC_USERSET, 0, check_user_id_setting,
							   assign_user_id_setting, NULL);

	DefineCustomBoolVariable("learnify.use_jwt_claims",
							 "Lets the claim sub of request.jwt.claims name "
							 "the learner that the session acts for.",
							 "PostgREST sets these claims. learnify.user_id "
							 "then says nothing.",
							 &learnify_use_jwt_claims,
							 false, PGC_SUSET, 0, NULL, NULL, NULL);

	DefineCustomBoolVariable("learnify.automation",
							 "Lets rows that are written set off progress, "
							 "achievements and broadcasts.",
							 "Off for an application that does all of this "
							 "itself, or for a bulk load.",
							 &learnify_automation,
							 true, PGC_USERSET, 0, NULL, NULL, NULL);

	DefineCustomBoolVariable("learnify.notify",
							 "Notifies channel learnify_activity of each "
							 "broadcast.",
							 "Commits that notify wait for each other.",
							 &learnify_notify,
							 false, PGC_USERSET, 0, NULL, NULL, NULL);
}

static void
define_learning_settings(void)
{
	/* Not for learners: achievements are awarded for streaks. */
	DefineCustomIntVariable("learnify.streak_grace_days",
							"Sets how many days without work do not end a "
							"streak.",
							"They are not counted as days of the streak.",
							&learnify_streak_grace_days,
							0, 0, 30, PGC_SUSET, 0, NULL, NULL, NULL);

	/* All sessions must agree on it. */
	DefineCustomStringVariable("learnify.search_language",
							   "Sets the text search configuration by which "
							   "courses are searched.",
							   "After a change, refresh_search() finds the "
							   "words of all courses anew.",
							   &search_language_setting,
							   "pg_catalog.english",
							   PGC_SUSET, 0, NULL, NULL, NULL);
}

static void
define_administration_settings(void)
{
	/* A learner's role must not be able to turn it off. */
	DefineCustomBoolVariable("learnify.enforce_order",
							 "Refuses submissions to modules that are locked "
							 "for the learner.",
							 NULL,
							 &learnify_enforce_order,
							 false, PGC_SUSET, 0, NULL, NULL, NULL);

	DefineCustomBoolVariable("learnify.allow_data_loss",
							 "Lets a downgrade drop data that the earlier "
							 "version has no place for, and DROP EXTENSION "
							 "drop all.",
							 NULL,
							 &learnify_allow_data_loss,
							 false, PGC_USERSET, 0, NULL, NULL, NULL);

	DefineCustomBoolVariable("learnify.allow_row_security",
							 "Lets an update bring row-level security to "
							 "roles that have privileges on the tables.",
							 NULL,
							 &allow_row_security,
							 false, PGC_USERSET, 0, NULL, NULL, NULL);

	DefineCustomIntVariable("learnify.recommend_work_mem",
							"Sets the memory that computing recommendations "
							"may take.",
							NULL,
							&learnify_recommend_work_mem,
							256 * 1024, 1024, MAX_KILOBYTES,
							PGC_USERSET, GUC_UNIT_KB, NULL, NULL, NULL);
}

void
_PG_init(void)
{
	define_login_settings();
	define_session_settings();
	define_learning_settings();
	define_administration_settings();
	DefineCustomStringVariable("learnify.not_available",
							   "Names the function that cannot be called.",
							   "Set by learnify_distribute() for functions only.",
							   &not_available_setting,
							   "",
							   PGC_USERSET, GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE,
							   check_not_available_setting, NULL, NULL);
	MarkGUCPrefixReserved("learnify");
	shards_init();
	row_estimates_init();
}

bool
session_restores_rows(void)
{
	return !row_security;
}

/*
 * restores_rows(): not where row-level security holds the role, since a learner
 * can make the settings of a restore.
 */
Datum
restores_rows(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(session_restores_rows() &&
				   !role_is_bound(extension_schema(fcinfo->flinfo)));
}

/*
 * login_wait(failures integer)
 */
Datum
login_wait(PG_FUNCTION_ARGS)
{
	int			over = PG_GETARG_INT32(0) - login_attempts;

	if (login_attempts == 0 || over < 0)
		PG_RETURN_FLOAT8(0);
	/* 2^17 s are more than a day */
	PG_RETURN_FLOAT8(Min(1 << Min(over, 17), login_max_wait));
}

/*
 * search_language()
 */
Datum
search_language(PG_FUNCTION_ARGS)
{
	(void) fcinfo;				/* no arguments */
	PG_RETURN_TEXT_P(cstring_to_text(search_language_setting));
}
