/*
 * model.c
 *		fit_similar_courses(), model_defaults() and require_model_parameters():
 *		fits the model of local_ridge.c to the interactions.
 *
 * Cost: that of the fit. Interrupts are processed within milliseconds, and
 * pg_stat_activity shows how many courses have been fitted.
 *
 * Memory: that of interactions.c and of the fit, within
 * learnify.recommend_work_mem, in a context that is deleted at the end.
 */
#include "postgres.h"

#include <float.h>

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "storage/shmem.h"
#include "utils/array.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/extension.h"
#include "discovery/catalogue.h"
#include "discovery/interactions.h"
#include "discovery/model.h"
#include "discovery/phase.h"
#include "discovery/top_courses.h"
#include "discovery/work_memory.h"

PG_FUNCTION_INFO_V1(fit_similar_courses);
PG_FUNCTION_INFO_V1(require_model_parameters);
PG_FUNCTION_INFO_V1(model_defaults);

/*
 * Parameters
 */

/* Raises an error for a value out of range, and for NaN. */
static void
check_parameter(const char *name, double value, double least, double most,
				const char *range)
{
	if (value >= least && value <= most)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s cannot be %s", name,
					DatumGetCString(DirectFunctionCall1(float8out,
														Float8GetDatum(value)))),
			 errhint("Pass %s, or leave it out for the default, which suits course catalogues.",
					 range)));
}

/*
 * Reads the arguments neighbours, regularization, activity_exponent and
 * shrink, which come first.
 */
static void
read_parameters(FunctionCallInfo fcinfo, LocalRidgeParameters *parameters)
{
	static const char *const names[] = {"neighbours", "regularization",
	"activity_exponent", "shrink"};
	int			i;

	for (i = 0; i < (int) lengthof(names); i++)
	{
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("%s cannot be null", names[i]),
					 errhint("Leave it out for the default, which suits course catalogues.")));
	}
	*parameters = local_ridge_defaults();
	check_parameter(names[0], PG_GETARG_INT32(0), 1, LOCAL_RIDGE_MAX_NEIGHBOURS,
					"1 to 1000");
	parameters->neighbours = PG_GETARG_INT32(0);
	parameters->lambda = PG_GETARG_FLOAT8(1);
	parameters->activity_exponent = PG_GETARG_FLOAT8(2);
	parameters->shrink = PG_GETARG_FLOAT8(3);
	check_parameter(names[1], parameters->lambda, DBL_MIN,
					LOCAL_RIDGE_MAX_PENALTY, "a number above 0, up to 1e9");
	check_parameter(names[2], parameters->activity_exponent, 0,
					LOCAL_RIDGE_MAX_EXPONENT, "0 to 2");
	check_parameter(names[3], parameters->shrink, 0, LOCAL_RIDGE_MAX_PENALTY,
					"0 to 1e9");
}

/*
 * require_model_parameters(neighbours integer,
 *							regularization double precision,
 *							activity_exponent double precision,
 *							shrink double precision)
 */
Datum
require_model_parameters(PG_FUNCTION_ARGS)
{
	LocalRidgeParameters parameters;

	read_parameters(fcinfo, &parameters);
	PG_RETURN_VOID();
}

/*
 * model_defaults()
 */
Datum
model_defaults(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	LocalRidgeParameters parameters = local_ridge_defaults();
	bool		nulls[4] = {false};
	Datum		values[] = {
		Int32GetDatum(parameters.neighbours),
		Float8GetDatum(parameters.lambda),
		Float8GetDatum(parameters.activity_exponent),
		Float8GetDatum(parameters.shrink)
	};

	InitMaterializedSRF(fcinfo, 0);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	return (Datum) 0;
}

/*
 * Fitting
 */

typedef struct FitCall
{
	WorkMemory *memory;
	Phase		phase;
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

	phase_report(&call->phase, courses_done);
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
			/* Parameters and data from SQL have been checked before. */
			ereport(ERROR,
					(errcode(ERRCODE_INTERNAL_ERROR),
					 errmsg("cannot fit recommendations: %s",
							local_ridge_message(status)),
					 errhint("Please report this.")));
	}
}

/* How many bytes a fit needs for that much data, besides the data. */
Size
fit_size(const DataCounts *counts, const LocalRidgeParameters *parameters)
{
	LocalRidgeMemory need;

	if (counts->users >= PG_UINT32_MAX || counts->courses >= PG_UINT32_MAX)
		check_fit(LOCAL_RIDGE_TOO_LARGE);
	check_fit(local_ridge_memory(counts->users, counts->courses,
								 counts->interactions, false,
								 parameters->neighbours, &need));
	return need.least;
}

/* Fits the model, which is allocated in memory's context. */
void
fit_model(const LocalRidgeMatrix *matrix, const LocalRidgeParameters *parameters,
		  WorkMemory *memory, LocalRidgeModel *model)
{
	FitCall		call = {.memory = memory};
	LocalRidgeCaller caller = {&call, allocate_for_fit, release_from_fit,
	report_fit};

	phase_begin(&call.phase, "courses fitted", matrix->courses);
	check_fit(local_ridge_fit(matrix, parameters, &caller,
							  memory->limit - memory->used, model));
}

void
free_model(LocalRidgeModel *model, WorkMemory *memory)
{
	FitCall		call = {.memory = memory};
	LocalRidgeCaller caller = {&call, allocate_for_fit, release_from_fit,
	report_fit};

	local_ridge_free(model, &caller);
}

/*
 * Returns a row with the courses to which this one leads, by descending
 * weight.
 */
static void
put_similar_courses(ReturnSetInfo *result, const Catalogue *catalogue,
					const LocalRidgeModel *model, uint32 course,
					uint32 learners, TopCourse *targets)
{
	size_t		start = model->source_start[course];
	uint32		count = model->source_start[course + 1] - start;
	Datum	   *ids = palloc(sizeof(Datum) * Max(count, 1));
	Datum	   *weights = palloc(sizeof(Datum) * Max(count, 1));
	Datum		values[5];
	bool		nulls[5] = {false};
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
	values[4] = Int32GetDatum((int32) Min(learners, PG_INT32_MAX));
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* Counts the learners of each course. */
static void
count_learners(const LocalRidgeMatrix *matrix, uint32 *learners)
{
	size_t		at;

	memset(learners, 0, matrix->courses * sizeof(uint32));
	for (at = 0; at < matrix->row_start[matrix->users]; at++)
		learners[matrix->course[at]]++;
}

static void
put_model(ReturnSetInfo *result, const Catalogue *catalogue,
		  const LocalRidgeModel *model, const uint32 *learners,
		  TopCourse *targets)
{
	MemoryContext row = AllocSetContextCreate(CurrentMemoryContext,
											  "learnify similar courses",
											  ALLOCSET_DEFAULT_SIZES);
	MemoryContext previous = MemoryContextSwitchTo(row);
	uint32		course;

	for (course = 0; course < model->courses; course++)
	{
		CHECK_FOR_INTERRUPTS();
		put_similar_courses(result, catalogue, model, course, learners[course],
							targets);
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
	WorkMemory *memory = work_memory_create("fit_similar_courses");
	LocalRidgeParameters parameters;
	DataCounts	counts;
	Catalogue	catalogue;
	Interactions interactions;
	LocalRidgeModel model;
	TopCourse  *targets;
	uint32	   *learners;

	read_parameters(fcinfo, &parameters);
	InitMaterializedSRF(fcinfo, 0);

	SPI_connect();
	count_data(schema, &counts);
	work_memory_require(memory,
						add_size(add_size(data_size(&counts),
										  fit_size(&counts, &parameters)),
								 mul_size(Max(counts.courses, 1),
										  sizeof(TopCourse) + sizeof(uint32))));
	targets = work_memory_allocate(memory, counts.courses, sizeof(TopCourse));
	learners = work_memory_allocate(memory, counts.courses, sizeof(uint32));
	load_catalogue(schema, counts.courses, memory, &catalogue);
	load_interactions(schema, false, &counts, &catalogue, memory, &interactions);
	fit_model(&interactions.matrix, &parameters, memory, &model);
	count_learners(&interactions.matrix, learners);
	put_model((ReturnSetInfo *) fcinfo->resultinfo, &catalogue, &model, learners,
			  targets);
	SPI_finish();
	MemoryContextDelete(memory->context);
	return (Datum) 0;
}
