/*
 * gathered.c
 *		on_gathered(): runs a statement about all users in a distributed database.
 *
 * What is computed from the rows of all users, such as recommendations, is computed
 * on one node, which gather_table() has given a copy of the rows. The functions are
 * those of a plain database.
 *
 * Cost: the statement's. Memory: its rows; the result goes to disk where it does not
 * fit into work_mem.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"

#include "base/compat.h"
#include "distribution/gathered.h"
#include "distribution/shards.h"

PG_FUNCTION_INFO_V1(on_gathered);

typedef struct GatheredStatement
{
	const char *text;
	ReturnSetInfo *result;
} GatheredStatement;

/* Not read-only, so that the statement sees the copies, which are younger than the caller's snapshot. */
static void
run_statement(void *argument)
{
	const GatheredStatement *statement = argument;
	uint64		i;

	SPI_execute(statement->text, false, 0);
	if (SPI_tuptable == NULL ||
		SPI_tuptable->tupdesc->natts != statement->result->setDesc->natts)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("the statement returns other columns than are expected")));
	for (i = 0; i < SPI_processed; i++)
		tuplestore_puttuple(statement->result->setResult, SPI_tuptable->vals[i]);
}

/*
 * on_gathered(statement text)
 */
Datum
on_gathered(PG_FUNCTION_ARGS)
{
	GatheredStatement statement = {
		.text = text_to_cstring(PG_GETARG_TEXT_PP(0)),
		.result = (ReturnSetInfo *) fcinfo->resultinfo
	};

	if (!coordinates_nodes())
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("nothing has been gathered here"),
				 errhint("Only the functions of a distributed database call this.")));
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	SPI_connect();
	call_on_gathered(run_statement, &statement);
	SPI_finish();
	return (Datum) 0;
}

/* The copies are younger than the caller's snapshot. */
void
call_on_interests(void (*function) (void *argument), void *argument)
{
	if (!coordinates_nodes())
	{
		function(argument);
		return;
	}
	SPI_connect();
	SPI_execute("SELECT learnify_internal.gather_interests(NULL)", false, 0);
	SPI_finish();
	PushCopiedSnapshot(GetTransactionSnapshot());
	UpdateActiveSnapshotCommandId();
	call_on_gathered(function, argument);
	PopActiveSnapshot();
}
