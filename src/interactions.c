/*
 * interactions.c
 *		Loads who took which course, for the recommender.
 *
 * Cost: two passes over the index of user_course_interactions, the first to
 * count, so that what is allocated is exact.
 *
 * Memory: 4 bytes for each interaction, 24 for each user, 17 for each course, in
 * a context of its own and within learnify.recommend_work_mem. Rows come from a
 * cursor, BATCH_ROWS at a time.
 *
 * Call within SPI_connect() and SPI_finish(). All is read by the snapshot that
 * is active, so that the two passes see the same.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "compat.h"
#include "interactions.h"
#include "learnify.h"

#define BATCH_ROWS	10000

static const char *const course_count_query =
"SELECT count(*) FROM %s.generated_courses";

static const char *const catalogue_query =
"SELECT id, status = 'archived' FROM %s.generated_courses ORDER BY id";

static const char *const interaction_count_query =
"SELECT count(DISTINCT (user_id, course_id)) FROM %s.user_course_interactions"
" WHERE interaction_type IN ('enrolled', 'completed')"
"   AND interaction_value >= 0";

static const char *const user_count_query =
"SELECT count(DISTINCT user_id) FROM %s.user_course_interactions"
" WHERE interaction_type IN ('enrolled', 'completed')"
"   AND interaction_value >= 0";

static const char *const interactions_query =
"SELECT user_id, course_id FROM %s.user_course_interactions"
" WHERE interaction_type IN ('enrolled', 'completed')"
"   AND interaction_value >= 0"
" GROUP BY user_id, course_id ORDER BY user_id, course_id";

static const char *const interactions_by_date_query =
"SELECT user_id, course_id FROM %s.user_course_interactions"
" WHERE interaction_type IN ('enrolled', 'completed')"
"   AND interaction_value >= 0"
" GROUP BY user_id, course_id ORDER BY user_id, min(created_at), course_id";

WorkMemory *
work_memory_create(const char *purpose)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "learnify recommender",
												  ALLOCSET_DEFAULT_SIZES);
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

Portal
open_rows(const char *query, Oid schema)
{
	const char *name = quote_identifier(get_namespace_name(schema));

	return SPI_cursor_open_with_args(NULL, psprintf(query, name), 0, NULL, NULL,
									 NULL, true, CURSOR_OPT_NO_SCROLL);
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

/* What a query that counts returns. */
uint64
query_count(const char *query, Oid schema)
{
	const char *name = quote_identifier(get_namespace_name(schema));

	SPI_execute(psprintf(query, name), true, 1);
	return DatumGetInt64(row_value(0, 1));
}

void
load_catalogue(Oid schema, WorkMemory *memory, Catalogue *catalogue)
{
	uint64		count = query_count(course_count_query, schema);
	Portal		portal = open_rows(catalogue_query, schema);

	catalogue->ids = work_memory_allocate(memory, count, sizeof(pg_uuid_t));
	catalogue->archived = work_memory_allocate(memory, count, sizeof(bool));
	catalogue->count = 0;
	while (fetch_rows(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed && catalogue->count < count; row++)
		{
			uint32		number = catalogue->count++;

			catalogue->ids[number] = *DatumGetUUIDP(row_value(row, 1));
			catalogue->archived[number] = DatumGetBool(row_value(row, 2));
		}
	}
	SPI_cursor_close(portal);
}

static int
compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, UUID_LEN);
}

bool
find_course(const Catalogue *catalogue, const pg_uuid_t *id, uint32 *number)
{
	pg_uuid_t  *found = bsearch(id, catalogue->ids, catalogue->count,
								sizeof(pg_uuid_t), compare_ids);

	if (found == NULL)
		return false;
	*number = found - catalogue->ids;
	return true;
}

static void
allocate_interactions(Oid schema, WorkMemory *memory,
					  Interactions *interactions)
{
	uint64		users = query_count(user_count_query, schema);
	uint64		count = query_count(interaction_count_query, schema);

	interactions->user_ids = work_memory_allocate(memory, users,
												  sizeof(pg_uuid_t));
	interactions->matrix.row_start = work_memory_allocate(memory, users + 1,
														  sizeof(size_t));
	interactions->matrix.course = work_memory_allocate(memory, count,
													   sizeof(uint32));
	interactions->matrix.weight = NULL;
}

/* A course that is not in the catalogue was deleted by this transaction. */
static void
add_interaction(Interactions *interactions, const Catalogue *catalogue,
				const pg_uuid_t *user_id, const pg_uuid_t *course_id)
{
	LocalRidgeMatrix *matrix = &interactions->matrix;
	size_t	   *row_start = unconstify(size_t *, matrix->row_start);
	uint32	   *course = unconstify(uint32 *, matrix->course);
	uint32		number;

	if (!find_course(catalogue, course_id, &number))
		return;
	if (matrix->users == 0 ||
		compare_ids(user_id, &interactions->user_ids[matrix->users - 1]) != 0)
	{
		interactions->user_ids[matrix->users++] = *user_id;
		row_start[matrix->users] = row_start[matrix->users - 1];
	}
	course[row_start[matrix->users]++] = number;
}

/*
 * A user's courses are in the order of their ids or, by date, in the order in
 * which they were first taken.
 */
void
load_interactions(Oid schema, bool by_date, const Catalogue *catalogue,
				  WorkMemory *memory, Interactions *interactions)
{
	Portal		portal;

	allocate_interactions(schema, memory, interactions);
	interactions->matrix.courses = catalogue->count;
	interactions->matrix.users = 0;
	unconstify(size_t *, interactions->matrix.row_start)[0] = 0;

	portal = open_rows(by_date ? interactions_by_date_query : interactions_query,
					   schema);
	while (fetch_rows(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed; row++)
			add_interaction(interactions, catalogue,
							DatumGetUUIDP(row_value(row, 1)),
							DatumGetUUIDP(row_value(row, 2)));
	}
	SPI_cursor_close(portal);
}
