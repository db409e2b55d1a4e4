/*
 * catalogue.c
 *		Numbers the courses, so that the recommender can use arrays.
 *
 * Cost: a pass over generated_courses. Memory: at most 41 bytes for each
 * course.
 *
 * Call within SPI_connect() and SPI_finish().
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "executor/spi.h"
#include "port/pg_bitutils.h"
#include "storage/shmem.h"
#include "utils/portal.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/cursor.h"
#include "base/uuids.h"
#include "discovery/catalogue.h"

#define EMPTY_SLOT	PG_UINT32_MAX

static const char *const count_query =
"SELECT count(*) FROM %1$s.generated_courses";

static const char *const catalogue_query =
"SELECT id, status = 'archived', similarity_intercept,"
"       (learner_count / greatest((SELECT learnify_internal.fitted_learners()), 1)::double precision)::real"
"  FROM %1$s.generated_courses ORDER BY id";

/*
 * The hash table has at least twice as many slots as courses: probing stays
 * short.
 */
static uint64
catalogue_slots(uint64 courses)
{
	return pg_nextpower2_64(Max(courses, 1) * 2);
}

uint64
count_courses(Oid schema)
{
	Portal		portal = cursor_open(count_query, schema, NULL, NULL);
	uint64		courses;

	cursor_fetch(portal);
	courses = DatumGetInt64(cursor_value(0, 1));
	SPI_cursor_close(portal);
	return courses;
}

Size
catalogue_size(uint64 courses)
{
	if (courses >= PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many courses to compute recommendations"),
				 errhint("Delete courses that nobody takes.")));
	return add_size(mul_size(Max(courses, 1), sizeof(pg_uuid_t) + sizeof(bool) +
							 2 * sizeof(float)),
					mul_size(catalogue_slots(courses), sizeof(uint32)));
}

/* Returns the slot of a course, or the empty one where it belongs. */
static uint32 *
find_slot(const Catalogue *catalogue, const pg_uuid_t *id)
{
	uint32		slot = hash_bytes(id->data, UUID_LEN) & catalogue->slot_mask;

	while (catalogue->slots[slot] != EMPTY_SLOT &&
		   !equal_uuids(&catalogue->ids[catalogue->slots[slot]], id))
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
	catalogue->popularity = work_memory_allocate(memory, courses, sizeof(float));
	catalogue->slots = work_memory_allocate(memory, slots, sizeof(uint32));
	catalogue->slot_mask = slots - 1;
	catalogue->count = 0;
	memset(catalogue->slots, 0xff, slots * sizeof(uint32));
}

void
load_catalogue(Oid schema, uint64 courses, WorkMemory *memory,
			   Catalogue *catalogue)
{
	Portal		portal = cursor_open(catalogue_query, schema, NULL, NULL);

	allocate_catalogue(courses, memory, catalogue);
	while (cursor_fetch(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed && catalogue->count < courses; row++)
		{
			uint32		number = catalogue->count++;

			catalogue->ids[number] = *DatumGetUUIDP(cursor_value(row, 1));
			catalogue->archived[number] = DatumGetBool(cursor_value(row, 2));
			catalogue->intercept[number] = DatumGetFloat4(cursor_value(row, 3));
			catalogue->popularity[number] = DatumGetFloat4(cursor_value(row, 4));
			*find_slot(catalogue, &catalogue->ids[number]) = number;
		}
	}
	SPI_cursor_close(portal);
}
