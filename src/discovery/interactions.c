/*
 * interactions.c
 *		Loads who took which course, for the recommender.
 *
 * Cost: counting user_course_interactions, and a pass over its index.
 *
 * Memory: 4 bytes for each interaction, 24 for each user, at most 37 for each course,
 * in a context of its own and within learnify.recommend_work_mem: counted before it
 * is allocated, so that a refusal names what is enough. Rows come from a cursor,
 * BATCH_ROWS at a time.
 *
 * Call within SPI_connect() and SPI_finish(). All is read by the snapshot that
 * is active, so that the two passes see the same.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "common/int.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "storage/shmem.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "base/learnify.h"
#include "discovery/interactions.h"

#define BATCH_ROWS	10000
#define EMPTY_SLOT	PG_UINT32_MAX

/* More than enough room: an interaction and its user are at most counted. */
static const char *const count_query =
"SELECT (SELECT count(*) FROM %1$s.generated_courses),"
"       (SELECT count(*) FROM %1$s.users),"
"       (SELECT count(*) FROM %1$s.user_course_interactions"
"         WHERE interaction_type IN ('enrolled', 'completed')"
"           AND interaction_value >= 0)";

static const char *const catalogue_query =
"SELECT id, status = 'archived', similarity_intercept"
"  FROM %s.generated_courses ORDER BY id";

/* Sorted by the index, so that equal rows are neighbours. */
static const char *const interactions_query =
"SELECT user_id, course_id FROM %s.user_course_interactions"
" WHERE interaction_type IN ('enrolled', 'completed')"
"   AND interaction_value >= 0"
" ORDER BY user_id, course_id";

/* What was loaded at once has one date: then in an order unlike other users'. */
static const char *const interactions_by_date_query =
"SELECT user_id, course_id FROM %s.user_course_interactions"
" WHERE interaction_type IN ('enrolled', 'completed')"
"   AND interaction_value >= 0"
" GROUP BY user_id, course_id"
" ORDER BY user_id, min(created_at),"
"       uuid_hash_extended(course_id, uuid_hash_extended(user_id, 0)), course_id";

WorkMemory *
work_memory_create(const char *purpose)
{
	/* in small blocks: what is left of a block counts, too */
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "learnify recommender",
												  ALLOCSET_SMALL_SIZES);
	WorkMemory *memory = MemoryContextAllocZero(context, sizeof(WorkMemory));

	MemoryContextSetIdentifier(context, purpose);
	memory->context = context;
	memory->limit = (Size) learnify_recommend_work_mem * 1024;
	return memory;
}

/* Refuses what would go over the limit, saying what is needed. */
void
work_memory_require(WorkMemory *memory, Size bytes)
{
	uint64		needed;

	if (pg_add_u64_overflow(memory->used, bytes, &needed))
		needed = PG_UINT64_MAX;
	if (needed > memory->limit)
		ereport(ERROR,
				(errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
				 errmsg("recommendations need " UINT64_FORMAT " kB of memory, and may take %d kB",
						needed / 1024 + 1, learnify_recommend_work_mem),
				 errhint("Raise learnify.recommend_work_mem to at least "
						 UINT64_FORMAT "kB.", needed / 1024 + 1)));
}

void *
work_memory_allocate(WorkMemory *memory, Size count, Size size)
{
	uint64		bytes;

	if (pg_mul_u64_overflow(Max(count, 1), size, &bytes))
		bytes = PG_UINT64_MAX;
	work_memory_require(memory, bytes);
	memory->used += bytes;
	return MemoryContextAllocHuge(memory->context, bytes);
}

/* With two uuid arguments, or none where first is NULL. */
Portal
open_rows(const char *query, Oid schema, const pg_uuid_t *first,
		  const pg_uuid_t *last)
{
	const char *name = quote_identifier(get_namespace_name(schema));
	Oid			types[2] = {UUIDOID, UUIDOID};
	Datum		values[2] = {UUIDPGetDatum(first), UUIDPGetDatum(last)};

	return SPI_cursor_open_with_args(NULL, psprintf(query, name),
									 first ? 2 : 0, types, values, NULL, true,
									 CURSOR_OPT_NO_SCROLL);
}

/* The next batch is in SPI_tuptable. */
bool
fetch_rows(Portal portal)
{
	CHECK_FOR_INTERRUPTS();
	SPI_freetuptable(SPI_tuptable);
	SPI_cursor_fetch(portal, true, BATCH_ROWS);
	return SPI_processed > 0;
}

Datum
row_value(uint64 row, int column)
{
	bool		isnull;

	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column,
						 &isnull);
}

void
count_data(Oid schema, DataCounts *counts)
{
	const char *name = quote_identifier(get_namespace_name(schema));

	SPI_execute(psprintf(count_query, name), true, 1);
	counts->courses = DatumGetInt64(row_value(0, 1));
	counts->users = DatumGetInt64(row_value(0, 2));
	counts->interactions = DatumGetInt64(row_value(0, 3));
	SPI_freetuptable(SPI_tuptable);
}

/* What load_catalogue() and load_interactions() will allocate. */
Size
data_size(const DataCounts *counts)
{
	return add_size(catalogue_size(counts->courses),
					add_size(mul_size(counts->users + 1,
									  sizeof(pg_uuid_t) + sizeof(size_t)),
							 mul_size(Max(counts->interactions, 1),
									  sizeof(uint32))));
}

/*
 * Courses
 */

/* Twice as many as courses at least, so that probing ends soon. */
static uint64
catalogue_slots(uint64 courses)
{
	return pg_nextpower2_64(Max(courses, 1) * 2);
}

/* What load_catalogue() will allocate. */
Size
catalogue_size(uint64 courses)
{
	if (courses >= PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many courses to compute recommendations"),
				 errhint("Delete courses that nobody takes.")));
	return add_size(mul_size(Max(courses, 1), sizeof(pg_uuid_t) + sizeof(bool) +
							 sizeof(float)),
					mul_size(catalogue_slots(courses), sizeof(uint32)));
}

static int
compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, UUID_LEN);
}

/* The slot that holds a course, or the empty one where it would be. */
static uint32 *
find_slot(const Catalogue *catalogue, const pg_uuid_t *id)
{
	uint32		slot = hash_bytes(id->data, UUID_LEN) & catalogue->slot_mask;

	while (catalogue->slots[slot] != EMPTY_SLOT &&
		   compare_ids(&catalogue->ids[catalogue->slots[slot]], id) != 0)
		slot = (slot + 1) & catalogue->slot_mask;
	return &catalogue->slots[slot];
}

bool
find_course(const Catalogue *catalogue, const pg_uuid_t *id, uint32 *number)
{
	*number = *find_slot(catalogue, id);
	return *number != EMPTY_SLOT;
}

static void
allocate_catalogue(uint64 courses, WorkMemory *memory, Catalogue *catalogue)
{
	uint64		slots = catalogue_slots(courses);

	catalogue->ids = work_memory_allocate(memory, courses, sizeof(pg_uuid_t));
	catalogue->archived = work_memory_allocate(memory, courses, sizeof(bool));
	catalogue->intercept = work_memory_allocate(memory, courses, sizeof(float));
	catalogue->slots = work_memory_allocate(memory, slots, sizeof(uint32));
	catalogue->slot_mask = slots - 1;
	catalogue->count = 0;
	memset(catalogue->slots, 0xff, slots * sizeof(uint32));
}

void
load_catalogue(Oid schema, uint64 courses, WorkMemory *memory,
			   Catalogue *catalogue)
{
	Portal		portal = open_rows(catalogue_query, schema, NULL, NULL);

	allocate_catalogue(courses, memory, catalogue);
	while (fetch_rows(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed && catalogue->count < courses; row++)
		{
			uint32		number = catalogue->count++;

			catalogue->ids[number] = *DatumGetUUIDP(row_value(row, 1));
			catalogue->archived[number] = DatumGetBool(row_value(row, 2));
			catalogue->intercept[number] = DatumGetFloat4(row_value(row, 3));
			*find_slot(catalogue, &catalogue->ids[number]) = number;
		}
	}
	SPI_cursor_close(portal);
}

/*
 * Interactions
 */

static void
allocate_interactions(const DataCounts *counts, WorkMemory *memory,
					  Interactions *interactions)
{
	LocalRidgeMatrix *matrix = &interactions->matrix;

	interactions->user_ids = work_memory_allocate(memory, counts->users + 1,
												  sizeof(pg_uuid_t));
	matrix->row_start = work_memory_allocate(memory, counts->users + 1,
											 sizeof(size_t));
	matrix->course = work_memory_allocate(memory, counts->interactions,
										  sizeof(uint32));
	matrix->weight = NULL;
	matrix->users = 0;
	unconstify(size_t *, matrix->row_start)[0] = 0;
}

/*
 * Passes over what is there already, and a course that is not in the catalogue
 * or a user without a row, whose references nobody checked.
 */
static void
add_interaction(Interactions *interactions, const DataCounts *counts,
				const Catalogue *catalogue, const pg_uuid_t *user_id,
				const pg_uuid_t *course_id)
{
	LocalRidgeMatrix *matrix = &interactions->matrix;
	size_t	   *row_start = unconstify(size_t *, matrix->row_start);
	uint32	   *course = unconstify(uint32 *, matrix->course);
	uint32		users = matrix->users;
	uint32		number;

	if (!find_course(catalogue, course_id, &number))
		return;
	if (users == 0 ||
		compare_ids(user_id, &interactions->user_ids[users - 1]) != 0)
	{
		if (users == counts->users)
			return;
		interactions->user_ids[users] = *user_id;
		row_start[users + 1] = row_start[users];
		matrix->users++;
	}
	else if (course[row_start[users] - 1] == number)
		return;
	course[row_start[matrix->users]++] = number;
}

/*
 * A user's courses are in the order of their ids or, by date, in the order in
 * which they were first taken; of one date, in one that only chance decides.
 */
void
load_interactions(Oid schema, bool by_date, const DataCounts *counts,
				  const Catalogue *catalogue, WorkMemory *memory,
				  Interactions *interactions)
{
	Portal		portal = open_rows(by_date ? interactions_by_date_query :
								   interactions_query, schema, NULL, NULL);

	allocate_interactions(counts, memory, interactions);
	interactions->matrix.courses = catalogue->count;
	while (fetch_rows(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed; row++)
			add_interaction(interactions, counts, catalogue,
							DatumGetUUIDP(row_value(row, 1)),
							DatumGetUUIDP(row_value(row, 2)));
	}
	SPI_cursor_close(portal);
}
