/*
 * saved_plan.c
 *		Statements of the extension that a session plans once.
 *
 * The plans are generic, since the statements read and write by key, for which
 * one plan suits all values. A statement is planned again where the extension
 * has been created again in another schema. Call within SPI_connect() and
 * SPI_finish(), with a search_path that holds nothing of the caller's: the
 * plan keeps it.
 *
 * Cost: planning at the first call, then that of the statement. Memory: the
 * plan, for the rest of the session.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "nodes/parsenodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "base/compat.h"
#include "base/saved_plan.h"

static void
prepare_saved(SavedPlan *saved, Oid schema, const char *statement, int count,
			  Oid *types)
{
	const char *name;
	SPIPlanPtr	plan;

	if (saved->plan != NULL && saved->schema == schema)
		return;
	name = quote_identifier(get_namespace_name(schema));
	plan = SPI_prepare_cursor(psprintf(statement, name), count, types,
							  CURSOR_OPT_GENERIC_PLAN);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare_cursor failed: %s",
			 SPI_result_code_string(SPI_result));
	SPI_keepplan(plan);
	if (saved->plan != NULL)
		SPI_freeplan(saved->plan);
	saved->plan = plan;
	saved->schema = schema;
}

void
execute_saved(SavedPlan *saved, Oid schema, const char *statement, int count,
			  Oid *types, Datum *values, const char *nulls)
{
	prepare_saved(saved, schema, statement, count, types);
	SPI_execute_plan(saved->plan, values, nulls, false, 0);
}

int64
fetch_saved(SavedPlan *saved, Oid schema, const char *statement, int count,
			Oid *types, Datum *values, Snapshot snapshot)
{
	bool		isnull;

	prepare_saved(saved, schema, statement, count, types);
	SPI_execute_snapshot(saved->plan, values, NULL, snapshot, InvalidSnapshot,
						 true, false, 1);
	return DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0],
									   SPI_tuptable->tupdesc, 1, &isnull));
}
