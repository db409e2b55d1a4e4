/*
 * evaluate.c
 *		evaluate_recommendations(): how well the model predicts the courses
 *		that learners took, compared with popularity and with cosine
 *		neighbours.
 *
 * The latest courses of each learner are hidden, and the methods are fitted to
 * the rest. Each method then ranks all courses that the learner has not taken
 * in the rest. Learners without a hidden course, or without any in the rest,
 * are left out. Nothing is written.
 *
 * Cost: sorting the interactions by date, a fit for each method, and for each
 * learner the weights of the learner's courses.
 *
 * Memory: the interactions twice and one fit, within
 * learnify.recommend_work_mem, in a context that is deleted at the end.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "nodes/execnodes.h"
#include "storage/shmem.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "base/compat.h"
#include "base/extension.h"
#include "discovery/catalogue.h"
#include "discovery/course_scores.h"
#include "discovery/interactions.h"
#include "discovery/local_ridge.h"
#include "discovery/model.h"
#include "discovery/phase.h"
#include "discovery/ranking_metrics.h"
#include "discovery/top_courses.h"
#include "discovery/work_memory.h"

#define MAX_RANKED	1000

PG_FUNCTION_INFO_V1(evaluate_recommendations);

typedef struct Evaluation
{
	LocalRidgeMatrix rest;
	size_t	   *hidden_start;	/* rest.users + 1 items */
	uint32	   *hidden;			/* courses of each user, sorted by number */
	uint64		learners;		/* with courses both hidden and in the rest */
	uint32		n;

	/* Workspace for one learner */
	CourseScores scores;
	bool	   *excluded;
	TopCourse  *best;
	uint32	   *ranked;

	/* Results of one method */
	TopCourse  *popular;		/* all courses, by intercept */
	bool	   *recommended;	/* whether to anybody */
	double		recall;
	double		ndcg;
} Evaluation;

/*
 * Hiding courses
 */

static int
compare_courses(const void *a, const void *b)
{
	uint32		x = *(const uint32 *) a;
	uint32		y = *(const uint32 *) b;

	return x < y ? -1 : x > y;
}

/*
 * Moves the latest courses of each user to hidden, in place. Users without any
 * course in the rest are removed. The courses of a user must be in the order
 * of their dates.
 */
static void
hide_latest(const LocalRidgeMatrix *all, double holdout, Evaluation *evaluation)
{
	size_t	   *rest_start = unconstify(size_t *, all->row_start);
	uint32	   *rest = unconstify(uint32 *, all->course);
	size_t	   *hidden_start = evaluation->hidden_start;
	size_t		start = 0;
	uint32		users = 0;
	uint32		user;

	hidden_start[0] = 0;
	for (user = 0; user < all->users; user++)
	{
		size_t		end = all->row_start[user + 1];
		size_t		hide = (size_t) ((end - start) * holdout + 0.5);
		size_t		left = end - start - hide;
		uint32	   *hidden = &evaluation->hidden[hidden_start[users]];

		if (left > 0)
		{
			memcpy(hidden, &rest[start + left], hide * sizeof(uint32));
			qsort(hidden, hide, sizeof(uint32), compare_courses);
			memmove(&rest[rest_start[users]], &rest[start],
					left * sizeof(uint32));
			hidden_start[users + 1] = hidden_start[users] + hide;
			rest_start[users + 1] = rest_start[users] + left;
			evaluation->learners += hide > 0;
			users++;
		}
		start = end;
	}
	evaluation->rest = *all;
	evaluation->rest.users = users;
}

/*
 * Ranking
 */

/*
 * Ranks by the model, as score_learners() does; returns how many are ranked.
 */
static uint32
rank_by_weights(Evaluation *evaluation, const LocalRidgeModel *model,
				const uint32 *taken, size_t count)
{
	uint32		found;

	course_scores_add(&evaluation->scores, model, taken, count);
	found = course_scores_best(&evaluation->scores, evaluation->excluded,
							   evaluation->best, evaluation->n);
	course_scores_clear(&evaluation->scores);
	return found;
}

static uint32
rank_by_popularity(Evaluation *evaluation)
{
	uint32		found = 0;
	uint32		i;

	for (i = 0; i < evaluation->rest.courses && found < evaluation->n; i++)
	{
		if (!evaluation->excluded[evaluation->popular[i].course])
			evaluation->best[found++] = evaluation->popular[i];
	}
	return found;
}

static void
evaluate_user(Evaluation *evaluation, const LocalRidgeModel *model,
			  LocalRidgeMethod method, uint32 user)
{
	const uint32 *taken =
	&evaluation->rest.course[evaluation->rest.row_start[user]];
	size_t		count = evaluation->rest.row_start[user + 1] -
	evaluation->rest.row_start[user];
	size_t		hidden = evaluation->hidden_start[user];
	RankingMetrics metrics;
	uint32		found;
	size_t		i;

	for (i = 0; i < count; i++)
		evaluation->excluded[taken[i]] = true;
	if (method == LOCAL_RIDGE_POPULARITY)
		found = rank_by_popularity(evaluation);
	else
		found = rank_by_weights(evaluation, model, taken, count);
	for (i = 0; i < count; i++)
		evaluation->excluded[taken[i]] = false;

	for (i = 0; i < found; i++)
	{
		evaluation->ranked[i] = evaluation->best[i].course;
		evaluation->recommended[evaluation->ranked[i]] = true;
	}
	metrics = ranking_metrics(evaluation->ranked, found,
							  &evaluation->hidden[hidden],
							  evaluation->hidden_start[user + 1] - hidden,
							  evaluation->n);
	evaluation->recall += metrics.recall;
	evaluation->ndcg += metrics.ndcg;
}

static void
sort_by_popularity(Evaluation *evaluation, const LocalRidgeModel *model)
{
	uint32		count = 0;
	uint32		course;

	for (course = 0; course < model->courses; course++)
	{
		TopCourse	item = {model->intercept[course], course};

		top_courses_add(evaluation->popular, &count, model->courses, item);
	}
	top_courses_sort(evaluation->popular, count);
}

static void
evaluate_method(Evaluation *evaluation, LocalRidgeMethod method,
				WorkMemory *memory)
{
	LocalRidgeParameters parameters = local_ridge_defaults();
	LocalRidgeModel model;
	Phase		phase;
	uint64		done = 0;
	uint32		user;

	evaluation->recall = 0;
	evaluation->ndcg = 0;
	memset(evaluation->recommended, 0, evaluation->rest.courses * sizeof(bool));
	if (evaluation->learners == 0)
		return;

	parameters.method = method;
	fit_model(&evaluation->rest, &parameters, memory, &model);
	sort_by_popularity(evaluation, &model);
	phase_begin(&phase, "learners evaluated", evaluation->learners);
	for (user = 0; user < evaluation->rest.users; user++)
	{
		if (evaluation->hidden_start[user + 1] == evaluation->hidden_start[user])
			continue;
		phase_report(&phase, done++);
		evaluate_user(evaluation, &model, method, user);
	}
	free_model(&model, memory);
}

static void
put_method(const Evaluation *evaluation, const char *name, ReturnSetInfo *result)
{
	uint32		courses = evaluation->rest.courses;
	uint32		recommended = 0;
	Datum		values[5];
	bool		nulls[5] = {false};
	uint32		i;

	for (i = 0; i < courses; i++)
		recommended += evaluation->recommended[i];
	values[0] = CStringGetTextDatum(name);
	values[1] = Float8GetDatum(evaluation->recall / Max(evaluation->learners, 1));
	values[2] = Float8GetDatum(evaluation->ndcg / Max(evaluation->learners, 1));
	values[3] = Float8GetDatum((double) recommended / Max(courses, 1));
	values[4] = Int64GetDatum(evaluation->learners);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * Memory
 */

/* How many bytes allocate_evaluation() will allocate. */
static Size
evaluation_size(const DataCounts *counts, uint32 n)
{
	Size		per_course = sizeof(double) + 4 * sizeof(bool) +
	sizeof(uint32) + sizeof(TopCourse);

	return add_size(add_size(mul_size(counts->courses + 1, per_course),
							 mul_size(counts->interactions + 1, sizeof(uint32))),
					add_size(mul_size(counts->users + 1, sizeof(size_t)),
							 mul_size(n, sizeof(TopCourse) + sizeof(uint32))));
}

static void
allocate_evaluation(Evaluation *evaluation, const DataCounts *counts,
					WorkMemory *memory)
{
	CourseScores *scores = &evaluation->scores;
	Size		courses = counts->courses;

	evaluation->hidden_start = work_memory_allocate(memory, counts->users + 1,
													sizeof(size_t));
	evaluation->hidden = work_memory_allocate(memory, counts->interactions,
											  sizeof(uint32));
	scores->score = work_memory_allocate(memory, courses, sizeof(double));
	scores->seen = work_memory_allocate(memory, courses, sizeof(bool));
	scores->wanted = work_memory_allocate(memory, courses, sizeof(bool));
	scores->course = work_memory_allocate(memory, courses, sizeof(uint32));
	evaluation->excluded = work_memory_allocate(memory, courses, sizeof(bool));
	evaluation->recommended = work_memory_allocate(memory, courses, sizeof(bool));
	evaluation->popular = work_memory_allocate(memory, courses, sizeof(TopCourse));
	evaluation->best = work_memory_allocate(memory, evaluation->n,
											sizeof(TopCourse));
	evaluation->ranked = work_memory_allocate(memory, evaluation->n,
											  sizeof(uint32));
	memset(scores->seen, 0, courses * sizeof(bool));
	memset(evaluation->excluded, 0, courses * sizeof(bool));
}

/*
 * Arguments
 */

static double
holdout_argument(FunctionCallInfo fcinfo)
{
	double		holdout;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("holdout cannot be null"),
				 errhint("Pass the share to hide, between 0 and 1, such as 0.2.")));
	holdout = PG_GETARG_FLOAT8(0);
	if (!(holdout > 0 && holdout < 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("holdout cannot be %s",
						DatumGetCString(DirectFunctionCall1(float8out,
															PG_GETARG_DATUM(0)))),
				 errhint("Pass the share to hide, between 0 and 1, such as 0.2.")));
	return holdout;
}

static uint32
n_argument(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("n cannot be null"),
				 errhint("Pass how many courses a learner is shown, 1 to %d.",
						 MAX_RANKED)));
	if (PG_GETARG_INT32(1) < 1 || PG_GETARG_INT32(1) > MAX_RANKED)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("n cannot be %d", PG_GETARG_INT32(1)),
				 errhint("Pass how many courses a learner is shown, 1 to %d.",
						 MAX_RANKED)));
	return PG_GETARG_INT32(1);
}

/*
 * evaluate_recommendations(holdout double precision, n integer)
 */
Datum
evaluate_recommendations(PG_FUNCTION_ARGS)
{
	static const struct
	{
		const char *name;
		LocalRidgeMethod method;
	}			methods[] = {
		{"local_ridge", LOCAL_RIDGE_REGRESSION},
		{"popularity", LOCAL_RIDGE_POPULARITY},
		{"cosine", LOCAL_RIDGE_COSINE}
	};
	Oid			schema = extension_schema(fcinfo->flinfo);
	WorkMemory *memory = work_memory_create("evaluate_recommendations");
	double		holdout = holdout_argument(fcinfo);
	Evaluation	evaluation = {.n = n_argument(fcinfo)};
	LocalRidgeParameters parameters = local_ridge_defaults();
	DataCounts	counts;
	Catalogue	catalogue;
	Interactions interactions;
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	count_data(schema, &counts);
	work_memory_require(memory, add_size(add_size(data_size(&counts),
												  fit_size(&counts, &parameters)),
										 evaluation_size(&counts, evaluation.n)));
	load_catalogue(schema, counts.courses, memory, &catalogue);
	load_interactions(schema, true, &counts, &catalogue, memory, &interactions);
	allocate_evaluation(&evaluation, &counts, memory);
	evaluation.rest.courses = catalogue.count;
	hide_latest(&interactions.matrix, holdout, &evaluation);
	for (i = 0; i < (int) lengthof(methods); i++)
	{
		evaluate_method(&evaluation, methods[i].method, memory);
		put_method(&evaluation, methods[i].name,
				   (ReturnSetInfo *) fcinfo->resultinfo);
	}
	SPI_finish();
	MemoryContextDelete(memory->context);
	return (Datum) 0;
}
