/*
 * tune.c
 *		search_parameters(): parameters of the model that predict what these
 *		learners take better than the default does.
 *
 * The latest interactions are hidden from the search, which hides the latest of
 * the others from each fit. It begins with the default, and changes one
 * parameter, or a few that depend on each other, at a time. A change is kept if
 * NDCG rises by more than two standard errors of the difference by learner, and
 * by more than with its alternatives.
 * What remains has to gain as much on the interactions that were hidden from
 * the search. Otherwise the default stays. Neither the quality of rarely taken
 * courses nor coverage may fall by more than a tenth.
 *
 * Splits are by time first, where that leaves learners enough. Learners who are
 * active after one point in time may be few or unlike the others, and dates may
 * say nothing, as those of imported rows. If nothing is found then, splits by
 * learner take the rest of the budget. What either finds must not be worse in
 * the other.
 *
 * All learners are fitted, since parameters that suit a sample do not suit
 * all of them; only a sample is ranked.
 *
 * Cost: a fit and a ranking for each trial, until the budget has been spent.
 *
 * Memory: the interactions three times and one fit, within
 * learnify.recommend_work_mem, in a context that is deleted at the end.
 */
#include "postgres.h"

#include <math.h>

#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "nodes/execnodes.h"
#include "storage/shmem.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "base/compat.h"
#include "base/extension.h"
#include "discovery/catalogue.h"
#include "discovery/interactions.h"
#include "discovery/model.h"
#include "discovery/ranking.h"
#include "discovery/split.h"
#include "discovery/work_memory.h"

/* With fewer interactions, the default stays. */
#define MIN_INTERACTIONS	5000

/* A split by time has to leave as many learners. */
#define MIN_LEARNERS		500

/* How many learners are ranked. */
#define RANKED_LEARNERS		8000

#define HOLDOUT				0.2
#define N					20

/* What is left of the tail's NDCG, and of the coverage. */
#define MIN_SHARE_KEPT		0.9

PG_FUNCTION_INFO_V1(search_parameters);

/*
 * Changes to try. Those of a step are alternatives; each is an object of
 * parameters.
 */
static const char *const steps[][6] = {
	{"{\"activity_exponent\": 0, \"regularization\": 100, \"balance\": 1}",
		"{\"activity_exponent\": 0, \"regularization\": 100, \"balance\": 1, \"rank_activity_exponent\": 0, \"weights\": 400}",
		"{\"activity_exponent\": 0.25, \"regularization\": 10}",
		"{\"activity_exponent\": 0.5, \"regularization\": 10}",
	"{\"activity_exponent\": 0.5, \"regularization\": 1}"},
	{"{\"rank_activity_exponent\": 0}", "{\"rank_activity_exponent\": 0.5}"},
	{"{\"weights\": 400}", "{\"neighbours\": 200}"},
	{"{\"rank_share\": 0.3}", "{\"rank_share\": 0.8}"},
	{"{\"dropout\": 0.5}", "{\"dropout\": 2}"},
	{"{\"neighbour_exponent\": 0.3}", "{\"neighbour_exponent\": 0.7}"},
	{"{\"rank\": 64}", "{\"rank\": 256}"},
	{"{\"rank_spectrum_exponent\": 0}", "{\"rank_spectrum_exponent\": 1}"}
};

typedef struct Trial
{
	ModelParameters parameters;
	RankingQuality quality;
	float	   *ndcgs;
} Trial;

typedef struct Search
{
	Interactions interactions;
	WorkMemory *memory;
	Ranking		ranking;
	Split		split;
	SplitKind	kind;
	TimestampTz start;
	double		budget;			/* in seconds */
	double		deadline;		/* of this kind of split, in seconds */
	double		longest;		/* trial, in seconds */
	int32		tried;
	Trial		first;			/* the default */
	Trial		before;			/* the best before a step */
	Trial		best;
	Trial		other;			/* that is being compared */
} Search;

static double
seconds_since(TimestampTz start)
{
	return (GetCurrentTimestamp() - start) / (double) USECS_PER_SEC;
}

/* Fits and ranks by a trial's parameters. */
static void
run_trial(Search *search, Trial *trial)
{
	TimestampTz start = GetCurrentTimestamp();
	LocalRidgeModel model;

	fit_model(&search->split.rest, &trial->parameters, NULL, search->memory, &model);
	ranking_measure(&search->ranking, &search->split, &model,
					LOCAL_RIDGE_REGRESSION,
					search->split.learners / RANKED_LEARNERS + 1, &trial->quality,
					trial->ndcgs);
	free_model(&model, search->memory);
	search->longest = Max(search->longest, seconds_since(start));
	search->tried++;
}

/*
 * Returns by how many standard errors a trial's NDCG is above another's, on
 * the same learners.
 */
static double
gain_of(const Trial *trial, const Trial *other)
{
	uint64		count = Min(trial->quality.learners, other->quality.learners);
	double		sum = 0;
	double		squares = 0;
	double		variance;
	uint64		i;

	for (i = 0; i < count; i++)
	{
		double		difference = (double) trial->ndcgs[i] - other->ndcgs[i];

		sum += difference;
		squares += difference * difference;
	}
	if (count < 2)
		return 0;
	variance = (squares - sum * sum / count) / (count - 1);
	return variance > 0 ? sum / count / sqrt(variance / count) : 0;
}

static bool
keeps_tail(const Trial *trial, const Trial *first)
{
	return trial->quality.tail_ndcg >= MIN_SHARE_KEPT * first->quality.tail_ndcg &&
		trial->quality.coverage >= MIN_SHARE_KEPT * first->quality.coverage;
}

static void
copy_trial(Trial *to, const Trial *from)
{
	to->parameters = from->parameters;
	to->quality = from->quality;
	memcpy(to->ndcgs, from->ndcgs, from->quality.learners * sizeof(float));
}

static void
change_parameters(ModelParameters *parameters, const char *change)
{
	read_parameters(DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(change))),
					parameters);
}

/* There has to be time left for the four trials of confirm(), of more data. */
static bool
has_time(const Search *search)
{
	return seconds_since(search->start) + 6 * search->longest < search->deadline;
}

/*
 * Tries the changes of a step, from the best parameters so far, and takes the
 * best of those that are better than these by two standard errors.
 */
static void
take_step(Search *search, const char *const *changes, int count)
{
	int			i;

	copy_trial(&search->before, &search->best);
	for (i = 0; i < count && changes[i] != NULL && has_time(search); i++)
	{
		search->other.parameters = search->before.parameters;
		change_parameters(&search->other.parameters, changes[i]);
		run_trial(search, &search->other);
		if (search->other.quality.ndcg > search->best.quality.ndcg &&
			gain_of(&search->other, &search->before) > 2 &&
			keeps_tail(&search->other, &search->first))
			copy_trial(&search->best, &search->other);
	}
}

static void
split_all(Search *search, SplitKind kind)
{
	split_interactions(&search->interactions.matrix, search->interactions.dates,
					   kind, HOLDOUT, search->memory, &search->split);
}

/*
 * Hides what the search must not see, and what a fit must not see. Returns
 * whether that leaves learners enough.
 */
static bool
split_for_search(Search *search, uint64 least)
{
	Split		outer;

	split_all(search, search->kind);
	outer = search->split;
	split_interactions(&outer.rest, outer.dates, search->kind, HOLDOUT,
					   search->memory, &search->split);
	split_free(&outer, search->memory);
	return outer.learners >= least && search->split.learners > 0;
}

/* Returns whether anything better than the default was found. */
static bool
find_best(Search *search, uint64 least)
{
	int			i;

	if (split_for_search(search, least))
	{
		run_trial(search, &search->first);
		copy_trial(&search->best, &search->first);
		for (i = 0; i < (int) lengthof(steps); i++)
			take_step(search, steps[i], lengthof(steps[i]));
	}
	split_free(&search->split, search->memory);
	return memcmp(&search->best.parameters, &search->first.parameters, sizeof(ModelParameters)) != 0;
}

/* Compares the best with the default, by a split of all interactions. */
static double
compare(Search *search, SplitKind kind, bool *tail)
{
	double		gain;

	split_all(search, kind);
	run_trial(search, &search->other);
	run_trial(search, &search->first);
	gain = gain_of(&search->other, &search->first);
	*tail = keeps_tail(&search->other, &search->first);
	split_free(&search->split, search->memory);
	return gain;
}

static bool
confirm(Search *search)
{
	SplitKind	other_kind = search->kind == SPLIT_BY_TIME ? SPLIT_BY_LEARNER : SPLIT_BY_TIME;
	bool		tail;

	search->other.parameters = search->best.parameters;
	if (compare(search, other_kind, &tail) < -2)
		return false;
	return compare(search, search->kind, &tail) > 2 && tail;
}

/* Searches by one kind of split, as long as the deadline allows. */
static bool
search_by(Search *search, SplitKind kind, uint64 least, double deadline)
{
	search->kind = kind;
	search->deadline = deadline;
	search->best.parameters = search->first.parameters;
	if (!has_time(search))
		return false;
	if (find_best(search, least))
		return confirm(search);
	search->other.quality = search->first.quality;
	return false;
}

static void
put_result(Search *search, bool confirmed, ReturnSetInfo *result)
{
	Datum		values[5];
	bool		nulls[5] = {false};

	nulls[0] = !confirmed;
	values[0] = confirmed ? JsonbPGetDatum(write_parameters(&search->best.parameters)) : (Datum) 0;
	values[1] = Float8GetDatum(search->other.quality.ndcg);
	values[2] = Float8GetDatum(search->first.quality.ndcg);
	values[3] = Int32GetDatum(search->tried);
	values[4] = Int64GetDatum(search->interactions.matrix.row_start[search->interactions.matrix.users]);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static void
allocate_trial(Trial *trial, WorkMemory *memory)
{
	trial->parameters = default_parameters();
	trial->ndcgs = work_memory_allocate(memory, RANKED_LEARNERS + 1, sizeof(float));
}

static Size
search_size(const DataCounts *counts, const ModelParameters *parameters)
{
	Size		splits = mul_size(split_size(counts->users, counts->interactions), 2);

	return add_size(add_size(data_size(counts, true), fit_size(counts, parameters, false)),
					add_size(add_size(splits, ranking_size(counts->courses, N)),
							 4 * (RANKED_LEARNERS + 1) * sizeof(float)));
}

/* The parameters that need most memory of all that are tried. */
static ModelParameters
largest_parameters(void)
{
	ModelParameters parameters = default_parameters();

	change_parameters(&parameters, "{\"neighbours\": 200, \"rank\": 256, \"weights\": 400}");
	return parameters;
}

/*
 * search_parameters(budget double precision)
 */
Datum
search_parameters(PG_FUNCTION_ARGS)
{
	Oid			schema = extension_schema(fcinfo->flinfo);
	ModelParameters largest = largest_parameters();
	Search		search = {.budget = PG_GETARG_FLOAT8(0)};
	DataCounts	counts;
	Catalogue	catalogue;
	bool		confirmed = false;

	search.start = GetCurrentTimestamp();
	search.memory = work_memory_create("search_parameters");
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	count_data(schema, &counts);
	work_memory_require(search.memory, search_size(&counts, &largest));
	load_catalogue(schema, counts.courses, search.memory, &catalogue);
	load_interactions(schema, true, &counts, &catalogue, search.memory,
					  &search.interactions);
	ranking_create(&search.ranking, catalogue.count, N, search.memory);
	allocate_trial(&search.first, search.memory);
	allocate_trial(&search.before, search.memory);
	allocate_trial(&search.best, search.memory);
	allocate_trial(&search.other, search.memory);
	if (search.interactions.matrix.row_start[search.interactions.matrix.users] >= MIN_INTERACTIONS)
	{
		confirmed = search_by(&search, SPLIT_BY_TIME, MIN_LEARNERS, search.budget / 2) ||
			search_by(&search, SPLIT_BY_LEARNER, 1, search.budget);
	}
	put_result(&search, confirmed, (ReturnSetInfo *) fcinfo->resultinfo);
	SPI_finish();
	MemoryContextDelete(search.memory->context);
	return (Datum) 0;
}
