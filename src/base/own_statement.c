/*
 * own_statement.c
 *		is_own_statement(): whether a statement of the extension is running whose
 *		effects its caller processes, and not the triggers.
 *
 * Cost and memory: none.
 */
#include "postgres.h"

#include "fmgr.h"

#include "base/compat.h"
#include "base/own_statement.h"

PG_FUNCTION_INFO_V1(is_own_statement);

static bool own_statement = false;

void
execute_own(SavedPlan *saved, Oid schema, const char *statement, int count,
			Oid *types, Datum *values, const char *nulls)
{
	bool		outer = own_statement;

	own_statement = true;
	PG_TRY();
	{
		execute_saved(saved, schema, statement, count, types, values, nulls);
	}
	PG_FINALLY();
	{
		own_statement = outer;
	}
	PG_END_TRY();
}

bool
runs_own_statement(void)
{
	return own_statement;
}

/*
 * is_own_statement()
 */
Datum
is_own_statement(PG_FUNCTION_ARGS)
{
	(void) fcinfo;				/* no arguments */
	PG_RETURN_BOOL(own_statement);
}
