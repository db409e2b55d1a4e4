/*
 * model.c
 *		fit_similar_courses() and model_parameters(): fits the model of
 *		local_ridge.c, low_rank.c and new_courses.c to the interactions.
 *
 * Cost: that of the fit. Interrupts are processed within milliseconds, and
 * pg_stat_activity shows how many courses have been fitted.
 *
 * Memory: that of interactions.c and of the fit, within
 * learnify.recommend_work_mem, in a context that is deleted at the end.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "storage/shmem.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/tuplestore.h"
#include "utils/uuid.h"

#include "base/argument.h"
#include "base/compat.h"
#include "base/extension.h"
#include "base/id_list.h"
#include "discovery/catalogue.h"
#include "discovery/features.h"
#include "discovery/interactions.h"
#include "discovery/model.h"
#include "discovery/phase.h"
#include "discovery/top_courses.h"
#include "discovery/work_memory.h"

PG_FUNCTION_INFO_V1(fit_similar_courses);
PG_FUNCTION_INFO_V1(model_parameters);

/*
 * Parameters
 */

typedef struct ParameterRule
{
	const char *name;
	bool		is_integer;
	Size		offset;			/* in ModelParameters */
	double		least;
	double		most;
	const char *range;
} ParameterRule;

static const ParameterRule rules[] = {
	{"neighbours", true, offsetof(ModelParameters, ridge.neighbours),
	1, LOCAL_RIDGE_MAX_NEIGHBOURS, "1 to 1000"},
	{"regularization", false, offsetof(ModelParameters, ridge.lambda),
	DBL_MIN, LOCAL_RIDGE_MAX_PENALTY, "a number above 0, up to 1e9"},
	{"balance", false, offsetof(ModelParameters, ridge.lambda_balance),
	0, LOCAL_RIDGE_MAX_EXPONENT, "0 to 2"},
	{"dropout", false, offsetof(ModelParameters, ridge.dropout),
	0, LOCAL_RIDGE_MAX_PENALTY, "0 to 1e9"},
	{"activity_exponent", false, offsetof(ModelParameters, ridge.activity_exponent),
	0, LOCAL_RIDGE_MAX_EXPONENT, "0 to 2"},
	{"neighbour_exponent", false, offsetof(ModelParameters, ridge.neighbour_exponent),
	0, LOCAL_RIDGE_MAX_EXPONENT, "0 to 2"},
	{"target_exponent", false, offsetof(ModelParameters, ridge.target_exponent),
	0, LOCAL_RIDGE_MAX_EXPONENT, "0 to 2"},
	{"shrink", false, offsetof(ModelParameters, ridge.shrink),
	0, LOCAL_RIDGE_MAX_PENALTY, "0 to 1e9"},
	{"rank", true, offsetof(ModelParameters, low_rank.rank),
	0, LOW_RANK_MAX_RANK, "0 to 512"},
	{"rank_share", false, offsetof(ModelParameters, low_rank.share),
	0, LOW_RANK_MAX_SHARE, "0 to 10"},
	{"rank_spectrum_exponent", false, offsetof(ModelParameters, low_rank.spectrum_exponent),
	0, LOCAL_RIDGE_MAX_EXPONENT, "0 to 2"},
	{"rank_activity_exponent", false, offsetof(ModelParameters, low_rank.activity_exponent),
	0, LOCAL_RIDGE_MAX_EXPONENT, "0 to 2"},
	{"rank_popularity_exponent", false, offsetof(ModelParameters, low_rank.popularity_exponent),
	0, LOCAL_RIDGE_MAX_EXPONENT, "0 to 2"},
	{"weights", true, offsetof(ModelParameters, low_rank.weights),
	1, LOW_RANK_MAX_WEIGHTS, "1 to 1000"}
};

ModelParameters
default_parameters(void)
{
	ModelParameters parameters = {local_ridge_defaults(), low_rank_defaults()};

	return parameters;
}

static const ParameterRule *
find_rule(const char *name, int length)
{
	int			i;

	for (i = 0; i < (int) lengthof(rules); i++)
	{
		if ((int) strlen(rules[i].name) == length &&
			memcmp(rules[i].name, name, length) == 0)
			return &rules[i];
	}
	return NULL;
}

/* Lists the parameters, for a hint. */
static char *
list_rules(void)
{
	StringInfoData list;
	int			i;

	initStringInfo(&list);
	for (i = 0; i < (int) lengthof(rules); i++)
		appendStringInfo(&list, "%s%s", i > 0 ? ", " : "", rules[i].name);
	return list.data;
}

/* Returns a value's text, cut to a length that suits a message. */
static char *
value_text(JsonbValue *value)
{
	char	   *text = JsonbToCString(NULL, &JsonbValueToJsonb(value)->root, 0);

	text[pg_mbcliplen(text, strlen(text), 50)] = '\0';
	return text;
}

static void
read_parameter(const ParameterRule *rule, JsonbValue *value,
			   ModelParameters *parameters)
{
	char	   *field = (char *) parameters + rule->offset;
	double		number = get_float8_nan();

	if (value->type == jbvNumeric)
		number = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow,
													NumericGetDatum(value->val.numeric)));
	if (!(number >= rule->least && number <= rule->most) ||
		(rule->is_integer && number != floor(number)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s cannot be %s", rule->name, value_text(value)),
				 errhint("Pass %s, or leave it out for the default, which suits course catalogues.",
						 rule->range),
				 errargument("parameters")));
	if (rule->is_integer)
		*(uint32 *) field = (uint32) number;
	else
		*(double *) field = number;
}

void
read_parameters(Jsonb *object, ModelParameters *parameters)
{
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue	value;
	const ParameterRule *rule = NULL;

	if (object == NULL)
		return;
	if (!JB_ROOT_IS_OBJECT(object))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("parameters must be a JSON object"),
				 errhint("Pass an object such as {\"neighbours\": 100}."),
				 errargument("parameters")));
	iterator = JsonbIteratorInit(&object->root);
	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
		{
			rule = find_rule(value.val.string.val, value.val.string.len);
			if (rule == NULL)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("the model has no parameter %s", value_text(&value)),
						 errhint("The parameters are: %s.", list_rules()),
						 errargument("parameters")));
		}
		else if (token == WJB_VALUE)
			read_parameter(rule, &value, parameters);
	}
}

Jsonb *
write_parameters(const ModelParameters *parameters)
{
	JsonbParseState *state = NULL;
	JsonbValue	item;
	int			i;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	for (i = 0; i < (int) lengthof(rules); i++)
	{
		const char *field = (const char *) parameters + rules[i].offset;
		Datum		number;

		number = rules[i].is_integer ?
			DirectFunctionCall1(int8_numeric, Int64GetDatum(*(const uint32 *) field)) :
			DirectFunctionCall1(float8_numeric, Float8GetDatum(*(const double *) field));
		item.type = jbvString;
		item.val.string.val = unconstify(char *, rules[i].name);
		item.val.string.len = strlen(rules[i].name);
		pushJsonbValue(&state, WJB_KEY, &item);
		item.type = jbvNumeric;
		item.val.numeric = DatumGetNumeric(number);
		pushJsonbValue(&state, WJB_VALUE, &item);
	}
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

/*
 * Reads the parameters that have been tuned, and those given. Call within
 * SPI_connect() and SPI_finish().
 */
void
load_parameters(Jsonb *given, ModelParameters *parameters)
{
	bool		isnull;
	Datum		tuned;

	*parameters = default_parameters();
	if (SPI_execute("SELECT learnify_internal.tuned_parameters()", true, 1) != SPI_OK_SELECT ||
		SPI_processed != 1)
		elog(ERROR, "cannot read the tuned parameters");
	tuned = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	if (!isnull)
		read_parameters(DatumGetJsonbP(tuned), parameters);
	SPI_freetuptable(SPI_tuptable);
	read_parameters(given, parameters);
}

/*
 * model_parameters(parameters jsonb)
 */
Datum
model_parameters(PG_FUNCTION_ARGS)
{
	ModelParameters parameters = default_parameters();

	read_parameters(PG_ARGISNULL(0) ? NULL : PG_GETARG_JSONB_P(0), &parameters);
	PG_RETURN_JSONB_P(write_parameters(&parameters));
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

Size
fit_size(const DataCounts *counts, const ModelParameters *parameters,
		 bool has_new_courses)
{
	LocalRidgeMemory need;
	Size		low_rank;
	Size		new_courses = 0;

	if (counts->users >= PG_UINT32_MAX || counts->courses >= PG_UINT32_MAX)
		check_fit(LOCAL_RIDGE_TOO_LARGE);
	check_fit(local_ridge_memory(counts->users, counts->courses,
								 counts->interactions, false,
								 parameters->ridge.neighbours, &need));
	check_fit(low_rank_memory(counts->courses, &parameters->low_rank,
							  parameters->ridge.neighbours, &low_rank));
	if (has_new_courses)
		new_courses = new_courses_memory(counts->courses, counts->feature_entries,
										 Max(parameters->ridge.neighbours, parameters->low_rank.weights));
	return Max(Max(need.least, low_rank), new_courses);
}

/* Replaces the model by one to which the low-rank part is added. */
static void
add_low_rank(const LocalRidgeMatrix *matrix, const ModelParameters *parameters,
			 const LocalRidgeCaller *caller, LocalRidgeModel *model)
{
	LocalRidgeModel ridge = *model;
	LowRank		low_rank;

	check_fit(low_rank_fit(matrix, &parameters->low_rank, caller, &low_rank));
	check_fit(low_rank_fold(&low_rank, matrix, &parameters->low_rank, &ridge,
							caller, model));
	low_rank_free(&low_rank, caller);
	local_ridge_free(&ridge, caller);
}

/* Replaces the model by one that has weights for new courses too. */
static void
add_new_courses(const LocalRidgeMatrix *matrix, const CourseFeatures *features,
				const LocalRidgeCaller *caller, LocalRidgeModel *model)
{
	LocalRidgeModel fitted = *model;

	check_fit(new_courses_fold(features, matrix, &fitted, caller, model));
	local_ridge_free(&fitted, caller);
}

/* Fits the model, which is allocated in memory's context. */
void
fit_model(const LocalRidgeMatrix *matrix, const ModelParameters *parameters,
		  const CourseFeatures *features, WorkMemory *memory,
		  LocalRidgeModel *model)
{
	FitCall		call = {.memory = memory};
	LocalRidgeCaller caller = {&call, allocate_for_fit, release_from_fit,
	report_fit};

	phase_begin(&call.phase, "courses fitted", matrix->courses);
	check_fit(local_ridge_fit(matrix, &parameters->ridge, &caller,
							  memory->limit - memory->used, model));
	if (parameters->low_rank.rank > 0 &&
		parameters->ridge.method == LOCAL_RIDGE_REGRESSION)
		add_low_rank(matrix, parameters, &caller, model);
	if (features != NULL && parameters->ridge.method == LOCAL_RIDGE_REGRESSION)
		add_new_courses(matrix, features, &caller, model);
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
					const LocalRidgeMatrix *matrix, const LocalRidgeModel *model,
					uint32 course, uint32 learners, TopCourse *targets)
{
	size_t		start = model->source_start[course];
	uint32		count = model->source_start[course + 1] - start;
	Datum	   *ids = palloc(sizeof(Datum) * Max(count, 1));
	Datum	   *weights = palloc(sizeof(Datum) * Max(count, 1));
	Datum		values[7];
	bool		nulls[7] = {false};
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
	values[1] = uuid_array(ids, kept);
	values[2] = PointerGetDatum(construct_array(weights, kept, FLOAT4OID,
												sizeof(float4), true,
												TYPALIGN_INT));
	values[3] = Float4GetDatum(model->intercept[course]);
	values[4] = Int32GetDatum((int32) Min(learners, PG_INT32_MAX));
	values[5] = Int64GetDatum(matrix->users);
	values[6] = Int64GetDatum(matrix->row_start[matrix->users]);
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
		  const LocalRidgeMatrix *matrix, const LocalRidgeModel *model,
		  const uint32 *learners, TopCourse *targets)
{
	MemoryContext row = AllocSetContextCreate(CurrentMemoryContext,
											  "learnify similar courses",
											  ALLOCSET_DEFAULT_SIZES);
	MemoryContext previous = MemoryContextSwitchTo(row);
	uint32		course;

	for (course = 0; course < model->courses; course++)
	{
		CHECK_FOR_INTERRUPTS();
		put_similar_courses(result, catalogue, matrix, model, course,
							learners[course], targets);
		MemoryContextReset(row);
	}
	MemoryContextSwitchTo(previous);
	MemoryContextDelete(row);
}

/*
 * fit_similar_courses(parameters jsonb)
 */
Datum
fit_similar_courses(PG_FUNCTION_ARGS)
{
	Oid			schema = extension_schema(fcinfo->flinfo);
	WorkMemory *memory = work_memory_create("fit_similar_courses");
	ModelParameters parameters;
	DataCounts	counts;
	Catalogue	catalogue;
	CourseFeatures features;
	Interactions interactions;
	LocalRidgeModel model;
	TopCourse  *targets;
	uint32	   *learners;

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	load_parameters(PG_ARGISNULL(0) ? NULL : PG_GETARG_JSONB_P(0), &parameters);
	count_data(schema, &counts);
	counts.feature_entries = count_features();
	work_memory_require(memory,
						add_size(add_size(add_size(data_size(&counts, false),
												   features_size(counts.feature_entries, counts.courses)),
										  fit_size(&counts, &parameters, true)),
								 mul_size(Max(counts.courses, 1),
										  sizeof(TopCourse) + sizeof(uint32))));
	targets = work_memory_allocate(memory, counts.courses, sizeof(TopCourse));
	learners = work_memory_allocate(memory, counts.courses, sizeof(uint32));
	load_catalogue(schema, counts.courses, memory, &catalogue);
	load_interactions(schema, false, &counts, &catalogue, memory, &interactions);
	load_features(schema, counts.feature_entries, &catalogue, &interactions, memory, &features);
	fit_model(&interactions.matrix, &parameters, &features, memory, &model);
	count_learners(&interactions.matrix, learners);
	put_model((ReturnSetInfo *) fcinfo->resultinfo, &catalogue,
			  &interactions.matrix, &model, learners, targets);
	SPI_finish();
	MemoryContextDelete(memory->context);
	return (Datum) 0;
}
