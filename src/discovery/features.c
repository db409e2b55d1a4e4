/*
 * features.c
 *		Loads the features of courses, for new_courses.c.
 *
 * Features are compared by a hash of 64 bits.
 *
 * Cost: sorting the tags and the words of titles. Memory: at most 24 bytes for
 * each of them, twice that while the list grows, and 4 for each course.
 *
 * Call within SPI_connect() and SPI_finish().
 */
#include "postgres.h"

#include "executor/spi.h"
#include "utils/portal.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/cursor.h"
#include "base/uuids.h"
#include "discovery/features.h"

static const char *const features_query =
"SELECT feature, course_id FROM learnify_internal.course_features() ORDER BY feature, course_id";

static const char *const authors_query =
"SELECT id, user_id FROM %1$s.generated_courses";

typedef struct EntryList
{
	uint32	   *items;			/* courses */
	Size		count;
	Size		allocated;
} EntryList;

typedef struct StartList
{
	size_t	   *items;
	Size		count;
	Size		allocated;
} StartList;

/* Numbers the authors as the users are numbered. */
static void
load_authors(Oid schema, const Catalogue *catalogue,
			 const Interactions *interactions, WorkMemory *memory,
			 CourseFeatures *features)
{
	uint32	   *author = work_memory_allocate(memory, catalogue->count, sizeof(uint32));
	Portal		portal = cursor_open(authors_query, schema, NULL, NULL);

	memset(author, 0xff, catalogue->count * sizeof(uint32));
	while (cursor_fetch(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed; row++)
		{
			const pg_uuid_t *user = find_by_uuid(interactions->user_ids, interactions->matrix.users,
												 sizeof(pg_uuid_t), DatumGetUUIDP(cursor_value(row, 2)));
			uint32		course;

			if (user != NULL && find_course(catalogue, DatumGetUUIDP(cursor_value(row, 1)), &course))
				author[course] = (uint32) (user - interactions->user_ids);
		}
	}
	SPI_cursor_close(portal);
	features->author = author;
}

void
load_features(Oid schema, const Catalogue *catalogue,
			  const Interactions *interactions, WorkMemory *memory,
			  CourseFeatures *features)
{
	Portal		portal = cursor_open(features_query, schema, NULL, NULL);
	EntryList	entries = {0};
	StartList	starts = {0};
	int64		last = 0;

	while (cursor_fetch(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed; row++)
		{
			int64		feature = DatumGetInt64(cursor_value(row, 1));
			uint32		course;

			if (!find_course(catalogue, DatumGetUUIDP(cursor_value(row, 2)), &course))
				continue;
			if (starts.count == 0 || feature != last)
				*work_memory_append(memory, &starts) = entries.count;
			else if (entries.items[entries.count - 1] == course)
				continue;
			*work_memory_append(memory, &entries) = course;
			last = feature;
		}
	}
	SPI_cursor_close(portal);
	features->features = starts.count;
	*work_memory_append(memory, &starts) = entries.count;
	if (entries.count == 0)
		(void) work_memory_append(memory, &entries);
	features->row_start = starts.items;
	features->course = entries.items;
	load_authors(schema, catalogue, interactions, memory, features);
}
