/*
 * tag_sequences.c
 *		tag_sequences(): how many learners mastered one tag before another.
 *
 * A learner has mastered a tag by completing the first course that carries it.
 * A self-join of what learners mastered has a row for each pair of tags of each
 * learner, all of which have to be sorted or hashed; here, each adds 1 to an
 * entry of a matrix.
 *
 * Cost: reading the completed courses, and for each learner the square of the
 * tags mastered. Where the matrix does not fit into the memory, it is counted
 * in blocks of rows, with a pass over the completed courses for each.
 *
 * Memory: 16 bytes for each completed course, twice that while they are
 * sorted, 16 for each user, and 8 for each pair of tags in a block, within
 * learnify.recommend_work_mem, in a context that is deleted at the end.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "storage/shmem.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/portal.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/cursor.h"
#include "base/extension.h"
#include "base/uuids.h"
#include "discovery/catalogue.h"
#include "discovery/work_memory.h"

PG_FUNCTION_INFO_V1(tag_sequences);

static const char *const counts_query =
"SELECT (SELECT count(*) FROM %1$s.generated_courses),"
"       (SELECT count(*) FROM %1$s.users),"
"       (SELECT count(*) FROM %1$s.course_tags)";

static const char *const users_query =
"SELECT id FROM %1$s.users ORDER BY id";

static const char *const tags_query =
"SELECT course_id, tag FROM %1$s.course_tags ORDER BY tag COLLATE \"C\"";

static const char *const completions_query =
"SELECT user_id, course_id, completed_at FROM %1$s.user_progress"
" WHERE completed_at IS NOT NULL"
" UNION ALL"
" SELECT user_id, course_id, created_at FROM %1$s.user_course_interactions"
" WHERE interaction_type = 'completed'";

typedef struct Completion
{
	TimestampTz at;
	uint32		user;
	uint32		course;
} Completion;

typedef struct CompletionList
{
	Completion *items;
	Size		count;
	Size		allocated;
} CompletionList;

typedef struct CourseTag
{
	uint32		course;
	uint32		tag;
} CourseTag;

/* How many learners mastered a before b, and b before a. */
typedef struct PairCount
{
	uint32		forward;
	uint32		backward;
} PairCount;

/* A pair that is returned in this order, however few learners have it. */
typedef struct GivenPair
{
	uint32		tag;
	uint32		next;
} GivenPair;

typedef struct TagCall
{
	Oid			schema;
	int32		min_support;
	ArrayType  *given_tags;
	ArrayType  *given_next_tags;
	ReturnSetInfo *result;
	WorkMemory *memory;
	MemoryContext row;
	Catalogue	catalogue;
	uint64		user_limit;
	uint64		course_tag_limit;
	pg_uuid_t  *users;			/* in order */
	uint32		user_count;
	text	  **tags;			/* in order */
	uint32		tag_count;
	uint32	   *first_tag;		/* of each course, in course_tags */
	uint32	   *course_tags;
	GivenPair  *given;
	uint32		given_count;
	CompletionList completions;	/* in the order of users */
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
	PairCount  *pairs;
} TagCall;

/*
 * Loading
 */

static void
count_rows(TagCall *call, uint64 *courses)
{
	Portal		portal = cursor_open(counts_query, call->schema, NULL, NULL);

	cursor_fetch(portal);
	*courses = DatumGetInt64(cursor_value(0, 1));
	call->user_limit = DatumGetInt64(cursor_value(0, 2));
	call->course_tag_limit = DatumGetInt64(cursor_value(0, 3));
	SPI_cursor_close(portal);
	if (call->user_limit >= PG_INT32_MAX || call->course_tag_limit >= PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many users or tags to compare what learners mastered"),
				 errhint("Delete tags that nobody uses.")));
}

static void
load_users(TagCall *call)
{
	Portal		portal = cursor_open(users_query, call->schema, NULL, NULL);

	call->users = work_memory_allocate(call->memory, call->user_limit,
									   sizeof(pg_uuid_t));
	while (cursor_fetch(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed && call->user_count < call->user_limit; row++)
			call->users[call->user_count++] = *DatumGetUUIDP(cursor_value(row, 1));
	}
	SPI_cursor_close(portal);
}

static bool
find_user(const TagCall *call, const pg_uuid_t *id, uint32 *number)
{
	const pg_uuid_t *user = find_by_uuid(call->users, call->user_count,
										 sizeof(pg_uuid_t), id);

	if (user == NULL)
		return false;
	*number = (uint32) (user - call->users);
	return true;
}

static bool
is_last_tag(const TagCall *call, const text *tag)
{
	text	   *last;

	if (call->tag_count == 0)
		return false;
	last = call->tags[call->tag_count - 1];
	return VARSIZE_ANY_EXHDR(last) == VARSIZE_ANY_EXHDR(tag) &&
		memcmp(VARDATA_ANY(last), VARDATA_ANY(tag), VARSIZE_ANY_EXHDR(tag)) == 0;
}

/* Expects the tags in order, and numbers them. */
static uint32
number_tag(TagCall *call, const text *tag)
{
	if (!is_last_tag(call, tag))
	{
		Size		size = VARSIZE_ANY(tag);

		call->tags[call->tag_count] = work_memory_allocate(call->memory, 1, size);
		memcpy(call->tags[call->tag_count++], tag, size);
	}
	return call->tag_count - 1;
}

static uint32
read_course_tags(TagCall *call, CourseTag *list)
{
	Portal		portal = cursor_open(tags_query, call->schema, NULL, NULL);
	uint32		count = 0;

	while (cursor_fetch(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed && count < call->course_tag_limit; row++)
		{
			uint32		course;

			if (!find_course(&call->catalogue,
							 DatumGetUUIDP(cursor_value(row, 1)), &course))
				continue;
			list[count].course = course;
			list[count++].tag = number_tag(call,
										   DatumGetTextPP(cursor_value(row, 2)));
		}
	}
	SPI_cursor_close(portal);
	return count;
}

/* Sorts the tags by course. */
static void
load_course_tags(TagCall *call)
{
	uint32		courses = call->catalogue.count;
	CourseTag  *list = work_memory_allocate(call->memory, call->course_tag_limit,
											sizeof(CourseTag));
	uint32		count;
	uint32		i;

	call->tags = work_memory_allocate(call->memory, call->course_tag_limit,
									  sizeof(text *));
	call->course_tags = work_memory_allocate(call->memory, call->course_tag_limit,
											 sizeof(uint32));
	call->first_tag = work_memory_allocate(call->memory, courses + 1,
										   sizeof(uint32));
	memset(call->first_tag, 0, (courses + 1) * sizeof(uint32));
	count = read_course_tags(call, list);
	for (i = 0; i < count; i++)
		call->first_tag[list[i].course + 1]++;
	for (i = 0; i < courses; i++)
		call->first_tag[i + 1] += call->first_tag[i];
	for (i = 0; i < count; i++)
		call->course_tags[call->first_tag[list[i].course]++] = list[i].tag;
	/* Each start has moved to the next course's: shift them back. */
	for (i = courses; i > 0; i--)
		call->first_tag[i] = call->first_tag[i - 1];
	call->first_tag[0] = 0;
	work_memory_free(call->memory, list, call->course_tag_limit,
					 sizeof(CourseTag));
}

static bool
find_tag(const TagCall *call, const text *tag, uint32 *number)
{
	uint32		low = 0;
	uint32		high = call->tag_count;

	while (low < high)
	{
		const text *middle = call->tags[(low + high) / 2];
		Size		size = Min(VARSIZE_ANY_EXHDR(middle), VARSIZE_ANY_EXHDR(tag));
		int			order = memcmp(VARDATA_ANY(middle), VARDATA_ANY(tag), size);

		if (order == 0)
			order = (VARSIZE_ANY_EXHDR(middle) > size) - (VARSIZE_ANY_EXHDR(tag) > size);
		if (order == 0)
		{
			*number = (low + high) / 2;
			return true;
		}
		if (order < 0)
			low = (low + high) / 2 + 1;
		else
			high = (low + high) / 2;
	}
	return false;
}

/* Those pairs are left out of which no course has one of the tags. */
static void
find_given_pairs(TagCall *call)
{
	Datum	   *tags;
	Datum	   *next_tags;
	bool	   *nulls;
	bool	   *next_nulls;
	int			count;
	int			next_count;
	int			i;

	deconstruct_array(call->given_tags, TEXTOID, -1, false, TYPALIGN_INT, &tags, &nulls, &count);
	deconstruct_array(call->given_next_tags, TEXTOID, -1, false, TYPALIGN_INT, &next_tags, &next_nulls, &next_count);
	call->given = work_memory_allocate(call->memory, count, sizeof(GivenPair));
	for (i = 0; i < Min(count, next_count); i++)
	{
		GivenPair  *pair = &call->given[call->given_count];

		if (!nulls[i] && !next_nulls[i] &&
			find_tag(call, DatumGetTextPP(tags[i]), &pair->tag) &&
			find_tag(call, DatumGetTextPP(next_tags[i]), &pair->next) &&
			pair->tag != pair->next)
			call->given_count++;
	}
}

static void
add_completion(TagCall *call, uint64 row)
{
	Completion *completion;
	uint32		user;
	uint32		course;

	if (!find_course(&call->catalogue, DatumGetUUIDP(cursor_value(row, 2)),
					 &course) ||
		call->first_tag[course] == call->first_tag[course + 1] ||
		!find_user(call, DatumGetUUIDP(cursor_value(row, 1)), &user))
		return;
	completion = work_memory_append(call->memory, &call->completions);
	completion->user = user;
	completion->course = course;
	completion->at = DatumGetTimestampTz(cursor_value(row, 3));
}

static void
sort_completions(TagCall *call)
{
	CompletionList *list = &call->completions;
	Completion *sorted = work_memory_allocate(call->memory, list->count,
											  sizeof(Completion));
	Size	   *next = work_memory_allocate(call->memory, call->user_count + 1,
											sizeof(Size));
	Size		i;

	memset(next, 0, (call->user_count + 1) * sizeof(Size));
	for (i = 0; i < list->count; i++)
		next[list->items[i].user + 1]++;
	for (i = 0; i < call->user_count; i++)
		next[i + 1] += next[i];
	for (i = 0; i < list->count; i++)
		sorted[next[list->items[i].user]++] = list->items[i];
	work_memory_free(call->memory, next, call->user_count + 1, sizeof(Size));
	work_memory_free(call->memory, list->items, list->allocated,
					 sizeof(Completion));
	list->items = sorted;
	list->allocated = list->count;
}

static void
load_completions(TagCall *call)
{
	Portal		portal = cursor_open(completions_query, call->schema, NULL, NULL);

	while (cursor_fetch(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed; row++)
			add_completion(call, row);
	}
	SPI_cursor_close(portal);
	sort_completions(call);
}

/*
 * Counting
 */

static void
master_tags(TagCall *call, const Completion *completion)
{
	uint32		i;

	for (i = call->first_tag[completion->course];
		 i < call->first_tag[completion->course + 1]; i++)
	{
		uint32		tag = call->course_tags[i];

		if (!call->is_mastered[tag])
		{
			call->is_mastered[tag] = true;
			call->mastered[call->mastered_count++] = tag;
			call->mastered_at[tag] = completion->at;
		}
		else if (completion->at < call->mastered_at[tag])
			call->mastered_at[tag] = completion->at;
	}
}

/* Counts the learner's pairs of which the first tag, by number, is in the block. */
static void
count_pairs(TagCall *call)
{
	uint32		i;
	uint32		j;

	for (i = 0; i < call->mastered_count; i++)
	{
		uint32		a = call->mastered[i];
		PairCount  *row;

		if (a - call->first_row >= call->rows)
			continue;
		row = call->pairs + (Size) (a - call->first_row) * call->tag_count;
		for (j = 0; j < call->mastered_count; j++)
		{
			uint32		b = call->mastered[j];

			if (b <= a)
				continue;
			row[b].forward += call->mastered_at[a] < call->mastered_at[b];
			row[b].backward += call->mastered_at[a] > call->mastered_at[b];
		}
	}
}

static void
count_learner(TagCall *call)
{
	uint32		i;

	if (call->first_row == 0)
	{
		call->everyone++;
		for (i = 0; i < call->mastered_count; i++)
			call->learners[call->mastered[i]]++;
	}
	count_pairs(call);
	for (i = 0; i < call->mastered_count; i++)
		call->is_mastered[call->mastered[i]] = false;
	call->mastered_count = 0;
}

static void
count_block(TagCall *call)
{
	const CompletionList *list = &call->completions;
	Size		i;

	memset(call->pairs, 0,
		   (Size) call->rows * call->tag_count * sizeof(PairCount));
	for (i = 0; i < list->count; i++)
	{
		master_tags(call, &list->items[i]);
		if (i + 1 == list->count ||
			list->items[i + 1].user != list->items[i].user)
		{
			CHECK_FOR_INTERRUPTS();
			count_learner(call);
		}
	}
}

static void
put_sequence(TagCall *call, uint32 tag, uint32 next, uint32 support)
{
	Datum		values[6];
	bool		nulls[6] = {false};

	values[0] = PointerGetDatum(call->tags[tag]);
	values[1] = PointerGetDatum(call->tags[next]);
	values[2] = Int64GetDatum(support);
	values[3] = Int64GetDatum(call->learners[tag]);
	values[4] = Int64GetDatum(call->learners[next]);
	values[5] = Int64GetDatum(call->everyone);
	tuplestore_putvalues(call->result->setResult, call->result->setDesc, values,
						 nulls);
}

static inline bool
is_frequent(const TagCall *call, uint32 support, uint32 reverse)
{
	return support >= (uint32) call->min_support && support > reverse;
}

/* Returns the given pairs of this block that are not frequent. */
static void
put_given_pairs(TagCall *call)
{
	uint32		i;

	for (i = 0; i < call->given_count; i++)
	{
		uint32		tag = call->given[i].tag;
		uint32		next = call->given[i].next;
		PairCount	pair;

		if (Min(tag, next) - call->first_row >= call->rows)
			continue;
		pair = call->pairs[(Size) (Min(tag, next) - call->first_row) * call->tag_count + Max(tag, next)];
		if (tag < next && !is_frequent(call, pair.forward, pair.backward))
			put_sequence(call, tag, next, pair.forward);
		else if (tag > next && !is_frequent(call, pair.backward, pair.forward))
			put_sequence(call, tag, next, pair.backward);
	}
}

/*
 * Returns the more frequent order of each pair, and none of two equal ones,
 * besides the given pairs.
 */
static void
put_block(TagCall *call)
{
	MemoryContext previous = MemoryContextSwitchTo(call->row);
	uint32		row;
	uint32		tag;

	for (row = 0; row < call->rows; row++)
	{
		PairCount  *pairs = call->pairs + (Size) row * call->tag_count;
		uint32		a = call->first_row + row;

		CHECK_FOR_INTERRUPTS();
		for (tag = a + 1; tag < call->tag_count; tag++)
		{
			PairCount	pair = pairs[tag];

			if (is_frequent(call, pair.forward, pair.backward))
				put_sequence(call, a, tag, pair.forward);
			else if (is_frequent(call, pair.backward, pair.forward))
				put_sequence(call, tag, a, pair.backward);
		}
		MemoryContextReset(call->row);
	}
	put_given_pairs(call);
	MemoryContextSwitchTo(previous);
	MemoryContextReset(call->row);
}

static void
allocate_counters(TagCall *call)
{
	WorkMemory *memory = call->memory;
	uint32		tags = call->tag_count;
	Size		row = mul_size(Max(tags, 1), sizeof(PairCount));

	call->learners = work_memory_allocate(memory, tags, sizeof(uint32));
	call->mastered_at = work_memory_allocate(memory, tags, sizeof(TimestampTz));
	call->is_mastered = work_memory_allocate(memory, tags, sizeof(bool));
	call->mastered = work_memory_allocate(memory, tags, sizeof(uint32));
	memset(call->learners, 0, tags * sizeof(uint32));
	memset(call->is_mastered, 0, tags * sizeof(bool));
	work_memory_require(memory, row);
	call->rows = Min((memory->limit - memory->used) / row, Max(tags, 1));
	call->pairs = work_memory_allocate(memory, call->rows, row);
}

static void
count_sequences(TagCall *call)
{
	uint64		courses;

	SPI_connect();
	count_rows(call, &courses);
	work_memory_require(call->memory, catalogue_size(courses));
	load_catalogue(call->schema, courses, call->memory, &call->catalogue);
	load_users(call);
	load_course_tags(call);
	find_given_pairs(call);
	load_completions(call);
	SPI_finish();
	allocate_counters(call);
	for (; call->first_row < call->tag_count; call->first_row += call->rows)
	{
		call->rows = Min(call->rows, call->tag_count - call->first_row);
		count_block(call);
		put_block(call);
	}
}

/*
 * tag_sequences(min_support integer, tags text[], next_tags text[])
 */
Datum
tag_sequences(PG_FUNCTION_ARGS)
{
	TagCall		call = {0};

	InitMaterializedSRF(fcinfo, 0);
	call.schema = extension_schema(fcinfo->flinfo);
	call.min_support = Max(PG_GETARG_INT32(0), 1);
	call.given_tags = PG_GETARG_ARRAYTYPE_P(1);
	call.given_next_tags = PG_GETARG_ARRAYTYPE_P(2);
	call.result = (ReturnSetInfo *) fcinfo->resultinfo;
	call.memory = work_memory_create("tag_sequences");
	call.row = AllocSetContextCreate(call.memory->context, "learnify sequences",
									 ALLOCSET_DEFAULT_SIZES);
	count_sequences(&call);
	MemoryContextDelete(call.memory->context);
	return (Datum) 0;
}
