/*
 * evaluate.c
 *		evaluate_recommendations(): how well the model predicts the courses
 *		that learners took, compared with the same without new courses, with
 *		popularity and with cosine neighbours.
 *
 * A part of the interactions is hidden, and the methods are fitted to the rest.
 * Each method then ranks all courses that the learner has not taken in the
 * rest. Learners without a hidden course, or without any in the rest, are left
 * out. Nothing is written.
 *
 * Cost: sorting the interactions by date, a fit for each method, and for each
 * learner the weights of the learner's courses, and the courses that skills
 * lead to.
 *
 * Memory: the interactions twice, and one fit or the rules of skills, within
 * learnify.recommend_work_mem, in a context that is deleted at the end.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "nodes/execnodes.h"
#include "storage/shmem.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "base/argument.h"
#include "base/compat.h"
#include "base/extension.h"
#include "discovery/catalogue.h"
#include "discovery/features.h"
#include "discovery/interactions.h"
#include "discovery/local_ridge.h"
#include "discovery/model.h"
#include "discovery/ranking.h"
#include "discovery/skill_ranking.h"
#include "discovery/skill_rules.h"
#include "discovery/split.h"
#include "discovery/work_memory.h"
#include "distribution/gathered.h"

#define MAX_RANKED	1000

PG_FUNCTION_INFO_V1(evaluate_recommendations);

static const struct
{
	const char *name;
	LocalRidgeMethod method;
	bool		has_new;
}			methods[] = {
	{"local_ridge", LOCAL_RIDGE_REGRESSION, true},
	{"without_new_courses", LOCAL_RIDGE_REGRESSION, false},
	{"popularity", LOCAL_RIDGE_POPULARITY, false},
	{"cosine", LOCAL_RIDGE_COSINE, false}
};

static const struct
{
	const char *name;
	bool		is_observed;
	bool		has_edges;
}			skill_methods[] = {
	{"skills", true, true},
	{"skills_observed", true, false},
	{"skills_graph", false, true}
};

static double
holdout_argument(FunctionCallInfo fcinfo)
{
	double		holdout;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("holdout cannot be null"),
				 errhint("Pass the share to hide, between 0 and 1, such as 0.2."),
				 errargument("holdout")));
	holdout = PG_GETARG_FLOAT8(0);
	if (!(holdout > 0 && holdout < 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("holdout cannot be %s",
						DatumGetCString(DirectFunctionCall1(float8out,
															PG_GETARG_DATUM(0)))),
				 errhint("Pass the share to hide, between 0 and 1, such as 0.2."),
				 errargument("holdout")));
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
						 MAX_RANKED),
				 errargument("n")));
	if (PG_GETARG_INT32(1) < 1 || PG_GETARG_INT32(1) > MAX_RANKED)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("n cannot be %d", PG_GETARG_INT32(1)),
				 errhint("Pass how many courses a learner is shown, 1 to %d.",
						 MAX_RANKED),
				 errargument("n")));
	return PG_GETARG_INT32(1);
}

static SplitKind
split_argument(FunctionCallInfo fcinfo)
{
	char	   *name;

	if (PG_ARGISNULL(3))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("split cannot be null"),
				 errhint("Pass learner or time."),
				 errargument("split")));
	name = text_to_cstring(PG_GETARG_TEXT_PP(3));
	if (strcmp(name, "learner") == 0)
		return SPLIT_BY_LEARNER;
	if (strcmp(name, "time") == 0)
		return SPLIT_BY_TIME;
	name[pg_mbcliplen(name, strlen(name), 50)] = '\0';
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("split cannot be \"%s\"", name),
			 errhint("Pass learner or time."),
			 errargument("split")));
}

static void
put_method(const char *name, const RankingQuality *quality, ReturnSetInfo *result)
{
	Datum		values[8];
	bool		nulls[8] = {false};

	values[0] = CStringGetTextDatum(name);
	values[1] = Float8GetDatum(quality->recall);
	values[2] = Float8GetDatum(quality->ndcg);
	values[3] = Float8GetDatum(quality->coverage);
	values[4] = Int64GetDatum(quality->learners);
	values[5] = Float8GetDatum(quality->cold_ndcg);
	values[6] = Float8GetDatum(quality->tail_ndcg);
	values[7] = Float8GetDatum(quality->new_ndcg);
	nulls[7] = quality->new_learners == 0;
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* Numbers the authors as the users of the split are numbered. */
static void
renumber_authors(const Split *split, uint32 users, uint32 courses,
				 WorkMemory *memory, CourseFeatures *features)
{
	uint32	   *number = work_memory_allocate(memory, users, sizeof(uint32));
	uint32	   *author = unconstify(uint32 *, features->author);
	uint32		i;

	memset(number, 0xff, users * sizeof(uint32));
	for (i = 0; i < split->rest.users; i++)
		number[split->user[i]] = i;
	for (i = 0; i < courses; i++)
		author[i] = author[i] < users ? number[author[i]] : PG_UINT32_MAX;
	work_memory_free(memory, number, users, sizeof(uint32));
}

static void
evaluate_method(Ranking *ranking, const Split *split, int number,
				const ModelParameters *parameters,
				const CourseFeatures *features, WorkMemory *memory,
				ReturnSetInfo *result)
{
	ModelParameters method = *parameters;
	RankingQuality quality = {0};
	LocalRidgeModel model;

	if (split->learners > 0)
	{
		method.ridge.method = methods[number].method;
		fit_model(&split->rest, &method,
				  methods[number].has_new ? features : NULL, memory, &model);
		ranking_measure(ranking, split, &model, methods[number].method, 1,
						&quality, NULL);
		free_model(&model, memory);
	}
	put_method(methods[number].name, &quality, result);
}

static void
evaluate_skills(Oid schema, Ranking *ranking, const Split *split,
				const Catalogue *catalogue, const Interactions *interactions,
				WorkMemory *memory, ReturnSetInfo *result)
{
	SkillRanking skills;
	SkillEdges	edges;
	SkillEdges	none = {0};
	int			i;

	skill_ranking_load(schema, catalogue, interactions, split, memory, &skills);
	load_skill_edges(schema, &skills.mastery, memory, &edges);
	ranking->skills = &skills;
	for (i = 0; i < (int) lengthof(skill_methods); i++)
	{
		RankingQuality quality = {0};

		skill_ranking_set_rules(&skills, skill_methods[i].is_observed,
								skill_methods[i].has_edges ? &edges : &none, memory);
		ranking_measure(ranking, split, NULL, LOCAL_RIDGE_REGRESSION, 1, &quality, NULL);
		put_method(skill_methods[i].name, &quality, result);
	}
	ranking->skills = NULL;
}

typedef struct Evaluation
{
	FunctionCallInfo fcinfo;
	double		holdout;
	uint32		n;
	SplitKind	kind;
} Evaluation;

static void
evaluate(void *argument)
{
	const Evaluation *evaluation = argument;
	FunctionCallInfo fcinfo = evaluation->fcinfo;
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			schema = extension_schema(fcinfo->flinfo);
	WorkMemory *memory = work_memory_create("evaluate_recommendations");
	ModelParameters parameters;
	Ranking		ranking;
	Split		split;
	DataCounts	counts;
	Catalogue	catalogue;
	CourseFeatures features;
	Interactions interactions;
	int			i;

	SPI_connect();
	load_parameters(PG_ARGISNULL(2) ? NULL : PG_GETARG_JSONB_P(2), &parameters);
	count_data(schema, &counts);
	counts.feature_entries = count_features();
	work_memory_require(memory,
						add_size(add_size(add_size(data_size(&counts, true),
												   features_size(counts.feature_entries, counts.courses)),
										  fit_size(&counts, &parameters, true)),
								 add_size(split_size(counts.users, counts.interactions),
										  ranking_size(counts.courses, evaluation->n))));
	load_catalogue(schema, counts.courses, memory, &catalogue);
	load_interactions(schema, true, &counts, &catalogue, memory, &interactions);
	load_features(schema, counts.feature_entries, &catalogue, &interactions, memory, &features);
	ranking_create(&ranking, catalogue.count, evaluation->n, memory);
	split_interactions(&interactions.matrix, interactions.dates, evaluation->kind,
					   evaluation->holdout, memory, &split);
	renumber_authors(&split, interactions.matrix.users, catalogue.count, memory, &features);
	ranking.author = features.author;
	for (i = 0; i < (int) lengthof(methods); i++)
		evaluate_method(&ranking, &split, i, &parameters, &features, memory, result);
	evaluate_skills(schema, &ranking, &split, &catalogue, &interactions, memory, result);
	SPI_finish();
	MemoryContextDelete(memory->context);
}

/*
 * evaluate_recommendations(holdout double precision, n integer,
 *							parameters jsonb, split text)
 */
Datum
evaluate_recommendations(PG_FUNCTION_ARGS)
{
	Evaluation	evaluation = {
		.fcinfo = fcinfo,
		.holdout = holdout_argument(fcinfo),
		.n = n_argument(fcinfo),
		.kind = split_argument(fcinfo)
	};

	InitMaterializedSRF(fcinfo, 0);
	call_on_interests(evaluate, &evaluation);
	return (Datum) 0;
}
