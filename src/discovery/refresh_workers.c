/*
 * refresh_workers.c
 *		refresh_in_workers(): refreshes the recommendations of all learners in
 *		background workers.
 *
 * The first statement renews the model. Those whose recommendations are made by the
 * model begin once it is committed; until then, workers run the others.
 *
 * Cost: a message to and from a worker for each statement. Memory: the
 * statements' texts.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "storage/ipc.h"

#include "base/background_workers.h"
#include "base/compat.h"
#include "discovery/phase.h"

PG_FUNCTION_INFO_V1(refresh_in_workers);

/* The statement, whether it reads the model, and of how many learners it is */
static const char *const statements_query =
"SELECT pg_catalog.format('SELECT learnify_internal.renew_recommendation_model(%L, %L, %L)', $1, $2, $3),"
"       false, 0::bigint, 0 AS part, NULL AS first_user_id"
" UNION ALL "
"SELECT pg_catalog.format('SELECT learnify_internal.replace_all_recommendations(%L, %L, %L)',"
"                         r.first_user_id, r.last_user_id, p.by_model),"
"       p.by_model, r.learners, p.number, r.first_user_id"
"  FROM learnify_internal.learner_ranges() AS r"
"  CROSS JOIN (VALUES (1, false), (2, true)) AS p (number, by_model)"
" ORDER BY part, first_user_id";

typedef struct Statements
{
	SPITupleTable *rows;
	int			count;
	int			given;
	int			committed;
	uint64		learners;		/* the sum over those that are committed */
	bool		has_model;		/* whether the first one is committed */
} Statements;

static Datum
column_of(const Statements *statements, int number, int column)
{
	bool		isnull;

	return SPI_getbinval(statements->rows->vals[number],
						 statements->rows->tupdesc, column, &isnull);
}

static bool
reads_model(const Statements *statements, int number)
{
	return DatumGetBool(column_of(statements, number, 2));
}

static uint64
learners_of(const Statements *statements, int number)
{
	return DatumGetInt64(column_of(statements, number, 3));
}

/* Lists the statements for the arguments of the model. */
static void
list_statements(FunctionCallInfo fcinfo, Statements *statements)
{
	Oid			types[3] = {JSONBOID, FLOAT8OID, INT4OID};
	Datum		values[3];
	char		nulls[3];
	int			i;

	for (i = 0; i < 3; i++)
	{
		values[i] = PG_GETARG_DATUM(i);
		nulls[i] = PG_ARGISNULL(i) ? 'n' : ' ';
	}
	SPI_execute_with_args(statements_query, 3, types, values, nulls, true, 0);
	statements->rows = SPI_tuptable;
	statements->count = (int) SPI_processed;
}

/* Counts each learner once for what reads the model, and once for what does not. */
static uint64
count_learners(const Statements *statements)
{
	uint64		learners = 0;
	int			i;

	for (i = 0; i < statements->count; i++)
		learners += learners_of(statements, i);
	return learners / 2;
}

/* Gives statements to workers as long as there are both. */
static void
give_statements(Statements *statements, BackgroundWorkers *workers)
{
	while (statements->given < statements->count &&
		   (statements->has_model || !reads_model(statements, statements->given)) &&
		   background_workers_give(workers, statements->given,
								   SPI_getvalue(statements->rows->vals[statements->given],
												statements->rows->tupdesc, 1)))
		statements->given++;
}

/* Runs all of them, and returns the sum of what they return. */
static int64
run_statements(Statements *statements, BackgroundWorkers *workers)
{
	Phase		phase;
	int64		sum = 0;

	phase_begin(&phase, "learners done", count_learners(statements));
	for (;;)
	{
		int64		result;
		int			number;

		give_statements(statements, workers);
		if (statements->committed == statements->count)
			return sum;
		number = background_workers_take(workers, &result);
		statements->has_model |= number == 0;
		statements->learners += learners_of(statements, number);
		statements->committed++;
		sum += result;
		phase_report(&phase, statements->learners / 2);
	}
}

/* Runs the statements. Returns false where no worker could be started. */
static bool
run_in_workers(Statements *statements, int count, int64 *written)
{
	BackgroundWorkers *workers = background_workers_start(Min(count, statements->count));

	if (workers == NULL)
		return false;
	PG_ENSURE_ERROR_CLEANUP(background_workers_stop, PointerGetDatum(workers));
	{
		*written = run_statements(statements, workers);
		background_workers_finish(workers);
	}
	PG_END_ENSURE_ERROR_CLEANUP(background_workers_stop, PointerGetDatum(workers));
	return true;
}

/*
 * refresh_in_workers(parameters jsonb, min_lift double precision,
 *		min_support integer, workers integer)
 */
Datum
refresh_in_workers(PG_FUNCTION_ARGS)
{
	Statements	statements = {0};
	int64		written = 0;
	bool		has_run;

	SPI_connect();
	list_statements(fcinfo, &statements);
	has_run = run_in_workers(&statements, PG_GETARG_INT32(3), &written);
	SPI_finish();
	if (!has_run)
		PG_RETURN_NULL();
	PG_RETURN_INT64(written);
}
