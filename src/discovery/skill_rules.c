/*
 * skill_rules.c
 *		skill_rules(): which tag learners master after which.
 *
 * Of n learners, n_a mastered a, n_b mastered b and s mastered a before b; that
 * is the support. The lift is s n / (n_a n_b), about 1/2 if the order is due
 * to chance. It is the maximum-likelihood estimate of a Poisson rate relative
 * to what is expected by chance, and the weight of an edge of the graph of
 * skills is the mean of a gamma prior for it, that counts as much as
 * PRIOR_LEARNERS expected ones. A pair without an edge needs min_support, and
 * has a rule in the more frequent order only.
 *
 * A self-join of what learners mastered has a row for each pair of tags of each
 * learner, all of which have to be sorted or hashed; here, each adds 1 to an
 * entry of a matrix.
 *
 * Cost: for each learner the square of the tags mastered. Where the matrix does
 * not fit into the memory, it is counted in blocks of rows, with a pass over
 * the completed courses for each.
 *
 * Memory: 8 bytes for each pair of tags in a block, besides that of mastery.c,
 * within learnify.recommend_work_mem, in a context that is deleted at the end.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "storage/shmem.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/portal.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "base/compat.h"
#include "base/cursor.h"
#include "base/extension.h"
#include "discovery/skill_rules.h"

#define PRIOR_LEARNERS	10

PG_FUNCTION_INFO_V1(skill_rules);

static const char *const edges_query =
"SELECT tag, next_tag, weight FROM learnify_internal.skill_graph()"
" WHERE weight > 0";

/* How many learners mastered a before b, and b before a. */
typedef struct PairCount
{
	uint32		forward;
	uint32		backward;
} PairCount;

typedef struct RuleSearch
{
	const Mastery *mastery;
	const SkillEdges *edges;
	Size		edge;			/* the next one, in the order of the pairs */
	double		min_lift;
	uint32		min_support;
	SkillRuleReceiver receive;
	void	   *state;
	uint32	   *learners;		/* of each tag */
	uint32		everyone;		/* learners who have mastered any tag */

	/* The learner who is being counted */
	TimestampTz *mastered_at;	/* of each tag */
	bool	   *is_mastered;	/* of each tag */
	uint32	   *mastered;
	uint32		mastered_count;

	/* The rows of the matrix that are being counted */
	uint32		first_row;
	uint32		rows;
	uint32		rows_allocated;
	PairCount  *pairs;
} RuleSearch;

/*
 * Edges
 */

/* Those edges are left out of which no course has one of the tags. */
void
load_skill_edges(Oid schema, const Mastery *mastery, WorkMemory *memory,
				 SkillEdges *edges)
{
	Portal		portal = cursor_open(edges_query, schema, NULL, NULL);

	memset(edges, 0, sizeof(SkillEdges));
	while (cursor_fetch(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed; row++)
		{
			SkillEdge	edge;

			if (!find_tag(mastery, DatumGetTextPP(cursor_value(row, 1)), &edge.tag) ||
				!find_tag(mastery, DatumGetTextPP(cursor_value(row, 2)), &edge.next) ||
				edge.tag == edge.next)
				continue;
			edge.weight = DatumGetFloat8(cursor_value(row, 3));
			*work_memory_append(memory, edges) = edge;
		}
	}
	SPI_cursor_close(portal);
}

/* Compares pairs of tags, whatever the order within them. */
static int
compare_pairs(const void *a, const void *b)
{
	const SkillEdge *x = a;
	const SkillEdge *y = b;
	uint32		x_first = Min(x->tag, x->next);
	uint32		y_first = Min(y->tag, y->next);
	uint32		x_second = Max(x->tag, x->next);
	uint32		y_second = Max(y->tag, y->next);

	if (x_first != y_first)
		return x_first < y_first ? -1 : 1;
	return x_second < y_second ? -1 : x_second > y_second;
}

/*
 * Counting
 */

static void
master_tags(RuleSearch *search, const Completion *completion)
{
	const Mastery *mastery = search->mastery;
	uint32		i;

	for (i = mastery->first_tag[completion->course];
		 i < mastery->first_tag[completion->course + 1]; i++)
	{
		uint32		tag = mastery->course_tags[i];

		if (!search->is_mastered[tag])
		{
			search->is_mastered[tag] = true;
			search->mastered[search->mastered_count++] = tag;
			search->mastered_at[tag] = completion->at;
		}
		else if (completion->at < search->mastered_at[tag])
			search->mastered_at[tag] = completion->at;
	}
}

/* Counts the learner's pairs of which the first tag, by number, is in the block. */
static void
count_pairs(RuleSearch *search)
{
	uint32		i;
	uint32		j;

	for (i = 0; i < search->mastered_count; i++)
	{
		uint32		a = search->mastered[i];
		PairCount  *row;

		if (a - search->first_row >= search->rows)
			continue;
		row = search->pairs + (Size) (a - search->first_row) * search->mastery->tag_count;
		for (j = 0; j < search->mastered_count; j++)
		{
			uint32		b = search->mastered[j];

			if (b <= a)
				continue;
			row[b].forward += search->mastered_at[a] < search->mastered_at[b];
			row[b].backward += search->mastered_at[a] > search->mastered_at[b];
		}
	}
}

static void
count_learner(RuleSearch *search)
{
	uint32		i;

	if (search->first_row == 0)
	{
		search->everyone++;
		for (i = 0; i < search->mastered_count; i++)
			search->learners[search->mastered[i]]++;
	}
	count_pairs(search);
	for (i = 0; i < search->mastered_count; i++)
		search->is_mastered[search->mastered[i]] = false;
	search->mastered_count = 0;
}

static void
count_block(RuleSearch *search)
{
	const CompletionList *list = &search->mastery->completions;
	Size		i;

	memset(search->pairs, 0,
		   (Size) search->rows * search->mastery->tag_count * sizeof(PairCount));
	for (i = 0; i < list->count; i++)
	{
		master_tags(search, &list->items[i]);
		if (i + 1 == list->count ||
			list->items[i + 1].user != list->items[i].user)
		{
			CHECK_FOR_INTERRUPTS();
			count_learner(search);
		}
	}
}

/*
 * Rules
 */

/* The lift of a rule, or less than any lift where there is none. */
static double
rule_lift(const RuleSearch *search, const SkillRule *rule, uint32 reverse)
{
	double		product = (double) search->learners[rule->tag] * search->learners[rule->next];

	if (rule->weight > 0)
		return (rule->support + PRIOR_LEARNERS * rule->weight) /
			((search->everyone > 0 ? product / search->everyone : 0) + PRIOR_LEARNERS);
	if (rule->support < search->min_support || rule->support <= reverse)
		return -1;
	return (double) rule->support * search->everyone / product;
}

/* Of the two orders of a pair, the one with the higher lift is a rule; both, if they are alike. */
static void
put_pair(RuleSearch *search, uint32 a, uint32 b, PairCount pair)
{
	SkillRule	forward = {a, b, pair.forward, 0, 0};
	SkillRule	backward = {b, a, pair.backward, 0, 0};

	for (; search->edge < search->edges->count; search->edge++)
	{
		const SkillEdge *edge = &search->edges->items[search->edge];

		if (Min(edge->tag, edge->next) != a || Max(edge->tag, edge->next) != b)
			break;
		(edge->tag == a ? &forward : &backward)->weight = edge->weight;
	}
	forward.lift = rule_lift(search, &forward, pair.backward);
	backward.lift = rule_lift(search, &backward, pair.forward);
	if (forward.lift >= search->min_lift && forward.lift >= backward.lift)
		search->receive(&forward, search->state);
	if (backward.lift >= search->min_lift && backward.lift >= forward.lift)
		search->receive(&backward, search->state);
}

static void
put_block(RuleSearch *search)
{
	uint32		tags = search->mastery->tag_count;
	uint32		row;
	uint32		b;

	for (row = 0; row < search->rows; row++)
	{
		uint32		a = search->first_row + row;

		CHECK_FOR_INTERRUPTS();
		for (b = a + 1; b < tags; b++)
			put_pair(search, a, b, search->pairs[(Size) row * tags + b]);
	}
}

static void
allocate_counters(RuleSearch *search, WorkMemory *memory)
{
	uint32		tags = search->mastery->tag_count;
	Size		row = mul_size(Max(tags, 1), sizeof(PairCount));

	search->learners = work_memory_allocate(memory, tags, sizeof(uint32));
	search->mastered_at = work_memory_allocate(memory, tags, sizeof(TimestampTz));
	search->is_mastered = work_memory_allocate(memory, tags, sizeof(bool));
	search->mastered = work_memory_allocate(memory, tags, sizeof(uint32));
	memset(search->learners, 0, tags * sizeof(uint32));
	memset(search->is_mastered, 0, tags * sizeof(bool));
	work_memory_require(memory, row);
	search->rows_allocated = Min((memory->limit - memory->used) / row, Max(tags, 1));
	search->pairs = work_memory_allocate(memory, search->rows_allocated, row);
}

static void
free_counters(RuleSearch *search, WorkMemory *memory)
{
	uint32		tags = search->mastery->tag_count;

	work_memory_free(memory, search->learners, tags, sizeof(uint32));
	work_memory_free(memory, search->mastered_at, tags, sizeof(TimestampTz));
	work_memory_free(memory, search->is_mastered, tags, sizeof(bool));
	work_memory_free(memory, search->mastered, tags, sizeof(uint32));
	work_memory_free(memory, search->pairs, search->rows_allocated,
					 Max(tags, 1) * sizeof(PairCount));
}

void
find_skill_rules(const Mastery *mastery, SkillEdges *edges, double min_lift,
				 int32 min_support, WorkMemory *memory,
				 SkillRuleReceiver receive, void *state)
{
	RuleSearch	search = {0};

	search.mastery = mastery;
	search.edges = edges;
	search.min_lift = min_lift;
	search.min_support = Max(min_support, 1);
	search.receive = receive;
	search.state = state;
	if (edges->count > 0)
		qsort(edges->items, edges->count, sizeof(SkillEdge), compare_pairs);
	allocate_counters(&search, memory);
	for (; search.first_row < mastery->tag_count; search.first_row += search.rows)
	{
		search.rows = Min(search.rows_allocated, mastery->tag_count - search.first_row);
		count_block(&search);
		put_block(&search);
	}
	free_counters(&search, memory);
}

/*
 * The function
 */

typedef struct RuleRows
{
	const Mastery *mastery;
	ReturnSetInfo *result;
	MemoryContext row;
} RuleRows;

static void
put_rule(const SkillRule *rule, void *state)
{
	RuleRows   *rows = state;
	MemoryContext previous = MemoryContextSwitchTo(rows->row);
	Datum		values[5];
	bool		nulls[5] = {false};

	values[0] = PointerGetDatum(rows->mastery->tags[rule->tag]);
	values[1] = PointerGetDatum(rows->mastery->tags[rule->next]);
	values[2] = Int64GetDatum(rule->support);
	values[3] = Float8GetDatum(rule->lift);
	values[4] = Float8GetDatum(rule->weight);
	nulls[4] = rule->weight == 0;
	tuplestore_putvalues(rows->result->setResult, rows->result->setDesc, values,
						 nulls);
	MemoryContextSwitchTo(previous);
	MemoryContextReset(rows->row);
}

/*
 * skill_rules(min_lift double precision, min_support integer)
 */
Datum
skill_rules(PG_FUNCTION_ARGS)
{
	Oid			schema = extension_schema(fcinfo->flinfo);
	WorkMemory *memory = work_memory_create("skill_rules");
	Catalogue	catalogue;
	Mastery		mastery;
	SkillEdges	edges;
	RuleRows	rows = {&mastery, (ReturnSetInfo *) fcinfo->resultinfo, NULL};
	uint64		courses;

	InitMaterializedSRF(fcinfo, 0);
	rows.row = AllocSetContextCreate(memory->context, "learnify skill rules",
									 ALLOCSET_DEFAULT_SIZES);
	SPI_connect();
	courses = count_courses(schema);
	work_memory_require(memory, catalogue_size(courses));
	load_catalogue(schema, courses, memory, &catalogue);
	load_mastery(schema, &catalogue, memory, &mastery);
	load_skill_edges(schema, &mastery, memory, &edges);
	SPI_finish();
	find_skill_rules(&mastery, &edges, PG_GETARG_FLOAT8(0), PG_GETARG_INT32(1),
					 memory, put_rule, &rows);
	MemoryContextDelete(memory->context);
	return (Datum) 0;
}
