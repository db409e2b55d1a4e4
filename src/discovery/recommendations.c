/*
 * recommendations.c
 *		score_learners(): recommends courses to a range of learners by the
 *		fitted model; score_given_courses(): ranks given courses for one.
 *
 * Cost: reading the weights of all courses, or only of those that the learner
 * took where there is only one; and for each learner, the weights of the
 * learner's courses. The interactions come from a cursor, learner by learner.
 *
 * Memory: the model and the workspace for one learner, within
 * learnify.recommend_work_mem, in a context that is deleted at the end. This
 * is less than the fit of the model took.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "nodes/execnodes.h"
#include "storage/shmem.h"
#include "utils/array.h"
#include "utils/memutils.h"
#include "utils/portal.h"
#include "utils/tuplestore.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/cursor.h"
#include "base/extension.h"
#include "base/id_list.h"
#include "base/uuids.h"
#include "discovery/catalogue.h"
#include "discovery/course_scores.h"
#include "discovery/interactions.h"
#include "discovery/local_ridge.h"
#include "discovery/top_courses.h"
#include "discovery/work_memory.h"

#define MAX_RECOMMENDATIONS	1000

PG_FUNCTION_INFO_V1(score_learners);
PG_FUNCTION_INFO_V1(score_given_courses);

static const char *const model_size_query =
"SELECT (SELECT count(*) FROM %1$s.generated_courses),"
"       coalesce(sum(cardinality(similar_course_weights)), 0)::bigint"
"  FROM %1$s.generated_courses";

static const char *const model_query =
"SELECT id, similar_course_ids, similar_course_weights"
"  FROM %1$s.generated_courses";

/* For a single learner, only the weights of these courses are needed. */
static const char *const courses_of_one =
" WHERE id IN (SELECT course_id FROM %1$s.user_course_interactions"
"               WHERE user_id = $1 AND " SHOWS_INTEREST ")";

static const char *const in_order = " ORDER BY id";

typedef struct ScoreCall
{
	ReturnSetInfo *result;
	Catalogue	catalogue;
	LocalRidgeModel model;
	CourseScores scores;
	bool	   *excluded;
	uint32	   *place;
	TopCourse  *best;
	CourseReasons *reasons;
	uint32		limit;
	const pg_uuid_t *one;		/* the learner, if there is only one */
	ArrayType  *given;			/* the courses to score; NULL for the best */

	/* The learner whose rows are being read */
	pg_uuid_t	user_id;
	uint32	   *taken;
	uint32		taken_count;
	uint32	   *speaking;
	uint32		speaking_count;
	MemoryContext row;
} ScoreCall;

/*
 * Adds the weights of a course to the model; none if its arrays do not match.
 */
static size_t
add_source(ScoreCall *call, size_t end, size_t room, ArrayType *ids,
		   ArrayType *weights)
{
	LocalRidgeModel *model = &call->model;
	int			count = ArrayGetNItems(ARR_NDIM(ids), ARR_DIMS(ids));
	const pg_uuid_t *id = (const pg_uuid_t *) ARR_DATA_PTR(ids);
	const float4 *weight = (const float4 *) ARR_DATA_PTR(weights);
	int			i;

	if (count != ArrayGetNItems(ARR_NDIM(weights), ARR_DIMS(weights)) ||
		ARR_HASNULL(ids) || ARR_HASNULL(weights))
		return end;
	for (i = 0; i < count && end < room; i++)
	{
		/* A course may have been deleted since the fit. */
		if (find_course(&call->catalogue, &id[i], &model->target[end]))
			model->target_weight[end++] = weight[i];
	}
	return end;
}

/* Makes a statement for the courses of a single learner, or for all. */
static char *
model_statement(const char *query, const ScoreCall *call, const char *order)
{
	return psprintf("%s%s%s", query, call->one ? courses_of_one : "", order);
}

/* Counts the courses, and the weights that are to be read. */
static void
count_model(ScoreCall *call, Oid schema, uint64 *courses, uint64 *weights)
{
	Portal		portal = cursor_open(model_statement(model_size_query, call, ""),
								   schema, call->one, call->one);

	cursor_fetch(portal);
	*courses = DatumGetInt64(cursor_value(0, 1));
	*weights = DatumGetInt64(cursor_value(0, 2));
	SPI_cursor_close(portal);
}

/*
 * How many bytes load_catalogue(), load_model() and allocate_scores() will
 * allocate.
 */
static Size
score_size(uint64 courses, uint64 weights, uint32 limit)
{
	Size		per_course = sizeof(size_t) + sizeof(double) + 3 * sizeof(bool) +
	4 * sizeof(uint32);
	Size		per_weight = sizeof(uint32) + sizeof(float);
	Size		per_place = sizeof(TopCourse) + sizeof(CourseReasons);

	return add_size(add_size(catalogue_size(courses),
							 mul_size(courses + 1, per_course)),
					add_size(mul_size(weights + 1, per_weight),
							 mul_size(limit, per_place)));
}

static void
load_model(ScoreCall *call, Oid schema, size_t room, WorkMemory *memory)
{
	LocalRidgeModel *model = &call->model;
	uint32		courses = call->catalogue.count;
	Portal		portal = cursor_open(model_statement(model_query, call, in_order),
								   schema, call->one, call->one);
	size_t		end = 0;
	uint32		next = 0;		/* the course whose weights start at end */

	model->courses = courses;
	model->intercept = call->catalogue.intercept;
	model->popularity = call->catalogue.popularity;
	model->source_start = work_memory_allocate(memory, courses + 1,
											   sizeof(size_t));
	model->target = work_memory_allocate(memory, room, sizeof(uint32));
	model->target_weight = work_memory_allocate(memory, room, sizeof(float));
	while (cursor_fetch(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed; row++)
		{
			MemoryContext previous = MemoryContextSwitchTo(call->row);
			uint32		source;

			if (find_course(&call->catalogue, DatumGetUUIDP(cursor_value(row, 1)),
							&source))
			{
				while (next <= source)
					model->source_start[next++] = end;
				end = add_source(call, end, room,
								 DatumGetArrayTypeP(cursor_value(row, 2)),
								 DatumGetArrayTypeP(cursor_value(row, 3)));
			}
			MemoryContextSwitchTo(previous);
			MemoryContextReset(call->row);
		}
	}
	while (next <= courses)
		model->source_start[next++] = end;
	SPI_cursor_close(portal);
}

static void
allocate_scores(ScoreCall *call, WorkMemory *memory)
{
	uint32		courses = call->catalogue.count;
	CourseScores *scores = &call->scores;

	scores->score = work_memory_allocate(memory, courses, sizeof(double));
	scores->seen = work_memory_allocate(memory, courses, sizeof(bool));
	scores->wanted = work_memory_allocate(memory, courses, sizeof(bool));
	scores->course = work_memory_allocate(memory, courses, sizeof(uint32));
	call->excluded = work_memory_allocate(memory, courses, sizeof(bool));
	call->place = work_memory_allocate(memory, courses, sizeof(uint32));
	call->taken = work_memory_allocate(memory, courses, sizeof(uint32));
	call->speaking = work_memory_allocate(memory, courses, sizeof(uint32));
	call->best = work_memory_allocate(memory, call->limit, sizeof(TopCourse));
	call->reasons = work_memory_allocate(memory, call->limit,
										 sizeof(CourseReasons));
	scores->count = 0;
	memset(scores->seen, 0, courses * sizeof(bool));
	memset(call->place, 0, courses * sizeof(uint32));
	memcpy(call->excluded, call->catalogue.archived, courses * sizeof(bool));
}

static Datum
reasons_array(const ScoreCall *call, const CourseReasons *reasons)
{
	Datum		ids[MAX_REASONS];
	uint32		i;

	for (i = 0; i < reasons->count; i++)
		ids[i] = UUIDPGetDatum(&call->catalogue.ids[reasons->reason[i].course]);
	return uuid_array(ids, reasons->count);
}

static void
put_recommendations(ScoreCall *call, uint32 count)
{
	MemoryContext previous = MemoryContextSwitchTo(call->row);
	uint32		i;

	for (i = 0; i < count; i++)
	{
		Datum		values[6];
		bool		nulls[6] = {false};

		values[0] = UUIDPGetDatum(&call->user_id);
		values[1] = UUIDPGetDatum(&call->catalogue.ids[call->best[i].course]);
		values[2] = Int32GetDatum(i + 1);
		values[3] = Float8GetDatum(call->best[i].score);
		values[4] = Float8GetDatum(call->best[0].score);
		values[5] = reasons_array(call, &call->reasons[i]);
		tuplestore_putvalues(call->result->setResult, call->result->setDesc,
							 values, nulls);
	}
	MemoryContextSwitchTo(previous);
	MemoryContextReset(call->row);
}

/* Lists the given courses that there are, each once, by their scores. */
static uint32
rank_given(ScoreCall *call)
{
	const pg_uuid_t *ids = (const pg_uuid_t *) ARR_DATA_PTR(call->given);
	int			items = ArrayGetNItems(ARR_NDIM(call->given), ARR_DIMS(call->given));
	uint32		count = 0;
	uint32		course;
	int			i;

	for (i = 0; i < items; i++)
	{
		TopCourse	item;

		if (!find_course(&call->catalogue, &ids[i], &course) || call->place[course] > 0)
			continue;
		call->place[course] = 1;
		item.course = course;
		item.score = course_scores_of(&call->scores, &call->model,
									  call->speaking_count, course);
		top_courses_add(call->best, &count, call->limit, item);
	}
	top_courses_sort(call->best, count);
	for (i = 0; i < (int) count; i++)
		call->place[call->best[i].course] = 0;
	return count;
}

/* Computes the recommendations of the learner whose rows have been read. */
static void
finish_learner(ScoreCall *call)
{
	uint32		count;
	uint32		i;

	if (call->speaking_count > 0 || call->given != NULL)
	{
		for (i = 0; i < call->taken_count; i++)
			call->excluded[call->taken[i]] = true;
		course_scores_add(&call->scores, &call->model, call->speaking,
						  call->speaking_count);
		count = call->given != NULL ? rank_given(call) :
			course_scores_best(&call->scores, &call->model, call->excluded,
							   call->best, call->limit, NEW_COURSES_OF(call->limit));
		course_scores_explain(&call->model, call->speaking,
							  call->speaking_count, call->best, count,
							  call->place, call->reasons);
		put_recommendations(call, count);
		course_scores_clear(&call->scores);
		for (i = 0; i < call->taken_count; i++)
			call->excluded[call->taken[i]] =
				call->catalogue.archived[call->taken[i]];
	}
	call->taken_count = 0;
	call->speaking_count = 0;
}

/* Expects the rows in the order of learner and course; skips duplicates. */
static void
add_taken(ScoreCall *call, const pg_uuid_t *user_id, const pg_uuid_t *course_id,
		  bool speaks)
{
	uint32		course;

	if (call->taken_count > 0 && !equal_uuids(user_id, &call->user_id))
		finish_learner(call);
	call->user_id = *user_id;
	if (!find_course(&call->catalogue, course_id, &course))
		return;
	if (call->taken_count == 0 ||
		call->taken[call->taken_count - 1] != course)
		call->taken[call->taken_count++] = course;
	if (speaks && (call->speaking_count == 0 ||
				   call->speaking[call->speaking_count - 1] != course))
		call->speaking[call->speaking_count++] = course;
}

static void
score_rows(ScoreCall *call, Oid schema, const pg_uuid_t *first,
		   const pg_uuid_t *last)
{
	Portal		portal = cursor_open(taken_query, schema, first, last);

	call->taken_count = 0;
	call->speaking_count = 0;
	while (cursor_fetch(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed; row++)
			add_taken(call, DatumGetUUIDP(cursor_value(row, 1)),
					  DatumGetUUIDP(cursor_value(row, 2)),
					  DatumGetBool(cursor_value(row, 3)));
	}
	SPI_cursor_close(portal);
	finish_learner(call);
}

static void
score_range(FunctionCallInfo fcinfo, ScoreCall *call, const pg_uuid_t *first,
			const pg_uuid_t *last)
{
	Oid			schema = extension_schema(fcinfo->flinfo);
	WorkMemory *memory = work_memory_create("score_learners");
	uint64		courses;
	uint64		weights;

	InitMaterializedSRF(fcinfo, 0);
	call->result = (ReturnSetInfo *) fcinfo->resultinfo;
	call->one = equal_uuids(first, last) ? first : NULL;
	call->row = AllocSetContextCreate(memory->context, "learnify learner",
									  ALLOCSET_DEFAULT_SIZES);

	SPI_connect();
	count_model(call, schema, &courses, &weights);
	work_memory_require(memory, score_size(courses, weights, call->limit));
	load_catalogue(schema, courses, memory, &call->catalogue);
	load_model(call, schema, weights, memory);
	allocate_scores(call, memory);
	score_rows(call, schema, first, last);
	SPI_finish();
	MemoryContextDelete(memory->context);
}

static void
require_count(int64 count)
{
	if (count < 1 || count > MAX_RECOMMENDATIONS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot recommend %lld courses to a learner",
						(long long) count),
				 errhint("Pass 1 to %d.", MAX_RECOMMENDATIONS)));
}

/*
 * score_learners(n integer, first_user_id uuid, last_user_id uuid)
 */
Datum
score_learners(PG_FUNCTION_ARGS)
{
	ScoreCall	call = {.limit = PG_GETARG_INT32(0)};

	require_count(PG_GETARG_INT32(0));
	score_range(fcinfo, &call, PG_GETARG_UUID_P(1), PG_GETARG_UUID_P(2));
	return (Datum) 0;
}

/*
 * score_given_courses(user_id uuid, course_ids uuid[])
 */
Datum
score_given_courses(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *user_id = PG_GETARG_UUID_P(0);
	ScoreCall	call = {.given = PG_GETARG_ARRAYTYPE_P(1)};

	call.limit = ArrayGetNItems(ARR_NDIM(call.given), ARR_DIMS(call.given));
	require_count(call.limit);
	if (ARR_HASNULL(call.given))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("an id of a course is null")));
	score_range(fcinfo, &call, user_id, user_id);
	return (Datum) 0;
}
