/*
 * learnify.c
 *		The module's entry point: its settings, and nothing else.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/guc.h"

#include "compat.h"
#include "learnify.h"

PG_MODULE_MAGIC;

int			learnify_password_cost = 12;

void		_PG_init(void);

void
_PG_init(void)
{
	/* At 20 a hash takes a minute, and libcrypt cannot be interrupted. */
	DefineCustomIntVariable("learnify.password_cost",
							"Sets the bcrypt cost of new password hashes.",
							"Each step doubles the time that a hash takes.",
							&learnify_password_cost,
							12, 4, 20,
							PGC_USERSET, 0, NULL, NULL, NULL);

	MarkGUCPrefixReserved("learnify");
}
