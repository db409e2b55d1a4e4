/*
 * refresh_workers.c
 *		run_in_workers(): runs the statements of a refresh in background workers.
 *
 * The first statement makes what the dependent ones read. These begin once it is
 * committed; until then, workers run the others.
 *
 * Cost: a message to and from a worker for each statement. Memory: the
 * statements' texts.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "storage/ipc.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "base/background_workers.h"
#include "base/compat.h"
#include "discovery/phase.h"

PG_FUNCTION_INFO_V1(run_in_workers);

/* The first statement, the others, and those that depend on the first */
typedef struct Statements
{
	char	  **texts;
	int			count;
	int			given;
	int			committed;
	int			dependent_from;
	bool		has_first;		/* whether the first one is committed */
} Statements;

static void
add_statements(Statements *statements, ArrayType *texts)
{
	Datum	   *values;
	int			count;
	int			i;

	deconstruct_array(texts, TEXTOID, -1, false, TYPALIGN_INT, &values, NULL, &count);
	statements->texts = repalloc(statements->texts,
								 (statements->count + count + 1) * sizeof(char *));
	for (i = 0; i < count; i++)
		statements->texts[statements->count++] = TextDatumGetCString(values[i]);
}

/* Gives statements to workers as long as there are both. */
static void
give_statements(Statements *statements, BackgroundWorkers *workers)
{
	while (statements->given < statements->count &&
		   (statements->has_first || statements->given < statements->dependent_from) &&
		   background_workers_give(workers, statements->given,
								   statements->texts[statements->given]))
		statements->given++;
}

/* Runs all of them, and returns the sum of what they return. */
static int64
run_statements(Statements *statements, BackgroundWorkers *workers, Phase *phase)
{
	int64		sum = 0;

	phase_begin(phase, phase->name, phase->total);
	for (;;)
	{
		int64		result;

		give_statements(statements, workers);
		if (statements->committed == statements->count)
			return sum;
		if (background_workers_take(workers, &result) == 0)
			statements->has_first = true;
		sum += result;
		statements->committed++;
		/* The first says nothing of how much of the others is done. */
		phase_report(phase, phase->total * (statements->committed - statements->has_first) /
					 Max(statements->count - 1, 1));
	}
}

/*
 * run_in_workers(workers integer, first text, others text[], dependent text[],
 *		phase text, total bigint)
 */
Datum
run_in_workers(PG_FUNCTION_ARGS)
{
	Statements	statements = {.texts = palloc(sizeof(char *)), .count = 1};
	Phase		phase = {
		.name = text_to_cstring(PG_GETARG_TEXT_PP(4)),
		.total = PG_GETARG_INT64(5)
	};
	BackgroundWorkers *workers;
	int64		sum;

	statements.texts[0] = text_to_cstring(PG_GETARG_TEXT_PP(1));
	add_statements(&statements, PG_GETARG_ARRAYTYPE_P(2));
	statements.dependent_from = statements.count;
	add_statements(&statements, PG_GETARG_ARRAYTYPE_P(3));
	workers = background_workers_start(Min(PG_GETARG_INT32(0), statements.count));
	if (workers == NULL)
		PG_RETURN_NULL();
	PG_ENSURE_ERROR_CLEANUP(background_workers_stop, PointerGetDatum(workers));
	{
		sum = run_statements(&statements, workers, &phase);
		background_workers_finish(workers);
	}
	PG_END_ENSURE_ERROR_CLEANUP(background_workers_stop, PointerGetDatum(workers));
	PG_RETURN_INT64(sum);
}
