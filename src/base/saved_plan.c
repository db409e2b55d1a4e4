/*
 * saved_plan.c
 *		Statements of ours that are planned once in a session.
 *
 * They read and write by key, so that no value makes another plan better. The
 * plan is made anew where the extension has been created again in another
 * schema. Call with a search path of ours, which the plan keeps, and within SPI:
 * its memory is the current one from then on, until SPI_finish.
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
	const char *name = quote_identifier(get_namespace_name(schema));
	SPIPlanPtr	plan = SPI_prepare_cursor(psprintf(statement, name), count,
										  types, CURSOR_OPT_GENERIC_PLAN);

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
	if (saved->plan == NULL || saved->schema != schema)
		prepare_saved(saved, schema, statement, count, types);
	SPI_execute_plan(saved->plan, values, nulls, false, 0);
}
