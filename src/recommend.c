/*
 * recommend.c
 *		fit_similar_courses(): the item model of local_ridge.c, from and to SQL.
 *
 * Cost: that of the fit. Interrupts are honoured within milliseconds, and
 * pg_stat_activity shows how many courses are done.
 *
 * Memory: that of interactions.c and of the fit, within
 * learnify.recommend_work_mem, in a context that goes with the call.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "interactions.h"
#include "learner.h"
#include "learnify.h"
#include "recommend.h"

#define REPORT_EVERY_MS	200

PG_FUNCTION_INFO_V1(fit_similar_courses);

void
progress_begin(Progress *progress, const char *phase, uint64 total)
{
	progress->phase = phase;
	progress->total = total;
	progress->reported_at = 0;
	progress_report(progress, 0);
}

/* Readable from another session, see recommendation_progress(). */
void
progress_report(Progress *progress, uint64 done)
{
	TimestampTz now;

	CHECK_FOR_INTERRUPTS();
	now = GetCurrentTimestamp();
	if (!TimestampDifferenceExceeds(progress->reported_at, now, REPORT_EVERY_MS))
		return;
	progress->reported_at = now;
	pgstat_report_activity(STATE_RUNNING,
						   psprintf("refresh_recommendations: " UINT64_FORMAT
									" of " UINT64_FORMAT " %s", done,
									progress->total, progress->phase));
}

typedef struct FitCall
{
	WorkMemory *memory;
	Progress	progress;
} FitCall;

static void *
allocate_for_fit(void *context, size_t size)
{
	FitCall    *call = context;

	return MemoryContextAllocExtended(call->memory->context, size,
									  MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
}

static void
release_from_fit(void *context pg_attribute_unused(), void *pointer)
{
	pfree(pointer);
}

static bool
report_fit(void *context, uint32_t courses_done)
{
	FitCall    *call = context;

	progress_report(&call->progress, courses_done);
	return false;
}

static void
check_fit(LocalRidgeStatus status)
{
	switch (status)
	{
		case LOCAL_RIDGE_OK:
			return;
		case LOCAL_RIDGE_OUT_OF_MEMORY:
			ereport(ERROR,
					(errcode(ERRCODE_OUT_OF_MEMORY),
					 errmsg("out of memory while fitting recommendations"),
					 errhint("Lower learnify.recommend_work_mem, or give the server more memory.")));
		case LOCAL_RIDGE_TOO_LARGE:
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("too many interactions to fit recommendations"),
					 errhint("Remove interactions of learners who are long gone.")));
		default:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("cannot fit recommendations: %s",
							local_ridge_message(status)),
					 errhint("Leave the argument out for its default, which suits course catalogues.")));
	}
}

/* The model is in memory's context. */
void
fit_model(const LocalRidgeMatrix *matrix, const LocalRidgeParameters *parameters,
		  WorkMemory *memory, LocalRidgeModel *model)
{
	FitCall		call = {.memory = memory};
	LocalRidgeCaller caller = {&call, allocate_for_fit, release_from_fit,
	report_fit};
	LocalRidgeMemory need;

	check_fit(local_ridge_memory(matrix->users, matrix->courses,
								 matrix->row_start[matrix->users],
								 matrix->weight != NULL,
								 parameters->neighbours, &need));
	work_memory_require(memory, need.least);
	progress_begin(&call.progress, "courses fitted", matrix->courses);
	check_fit(local_ridge_fit(matrix, parameters, &caller,
							  memory->limit - memory->used, model));
}

/* What having taken this course speaks for, heaviest first. */
static void
put_similar_courses(ReturnSetInfo *result, const Catalogue *catalogue,
					const LocalRidgeModel *model, uint32 course,
					TopCourse *targets)
{
	size_t		start = model->source_start[course];
	uint32		count = model->source_start[course + 1] - start;
	Datum	   *ids = palloc(sizeof(Datum) * Max(count, 1));
	Datum	   *weights = palloc(sizeof(Datum) * Max(count, 1));
	Datum		values[4];
	bool		nulls[4] = {false};
	uint32		kept = 0;
	uint32		i;

	for (i = 0; i < count; i++)
	{
		TopCourse	target = {model->target_weight[start + i],
		model->target[start + i]};

		top_courses_add(targets, &kept, count, target);
	}
	top_courses_sort(targets, kept);
	for (i = 0; i < kept; i++)
	{
		ids[i] = UUIDPGetDatum(&catalogue->ids[targets[i].course]);
		weights[i] = Float4GetDatum((float4) targets[i].score);
	}
	values[0] = UUIDPGetDatum(&catalogue->ids[course]);
	values[1] = PointerGetDatum(construct_array(ids, kept, UUIDOID, UUID_LEN,
												false, TYPALIGN_CHAR));
	values[2] = PointerGetDatum(construct_array(weights, kept, FLOAT4OID,
												sizeof(float4), true,
												TYPALIGN_INT));
	values[3] = Float4GetDatum(model->intercept[course]);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static void
put_model(ReturnSetInfo *result, const Catalogue *catalogue,
		  const LocalRidgeModel *model, WorkMemory *memory)
{
	TopCourse  *targets = work_memory_allocate(memory, model->courses,
											   sizeof(TopCourse));
	MemoryContext row = AllocSetContextCreate(CurrentMemoryContext,
											  "learnify similar courses",
											  ALLOCSET_DEFAULT_SIZES);
	MemoryContext previous = MemoryContextSwitchTo(row);
	uint32		course;

	for (course = 0; course < model->courses; course++)
	{
		CHECK_FOR_INTERRUPTS();
		put_similar_courses(result, catalogue, model, course, targets);
		MemoryContextReset(row);
	}
	MemoryContextSwitchTo(previous);
	MemoryContextDelete(row);
}

/*
 * fit_similar_courses(neighbours integer, regularization double precision,
 *					   activity_exponent double precision,
 *					   shrink double precision)
 */
Datum
fit_similar_courses(PG_FUNCTION_ARGS)
{
	Oid			schema = extension_schema(fcinfo->flinfo);
	LocalRidgeParameters parameters = local_ridge_defaults();
	WorkMemory *memory = work_memory_create("fit_similar_courses");
	Catalogue	catalogue;
	Interactions interactions;
	LocalRidgeModel model;

	parameters.neighbours = Max(PG_GETARG_INT32(0), 0);
	parameters.lambda = PG_GETARG_FLOAT8(1);
	parameters.activity_exponent = PG_GETARG_FLOAT8(2);
	parameters.shrink = PG_GETARG_FLOAT8(3);
	InitMaterializedSRF(fcinfo, 0);

	SPI_connect();
	load_catalogue(schema, memory, &catalogue);
	load_interactions(schema, false, &catalogue, memory, &interactions);
	fit_model(&interactions.matrix, &parameters, memory, &model);
	put_model((ReturnSetInfo *) fcinfo->resultinfo, &catalogue, &model, memory);
	SPI_finish();
	MemoryContextDelete(memory->context);
	return (Datum) 0;
}
