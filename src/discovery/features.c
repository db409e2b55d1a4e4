/*
 * features.c
 *		Loads the features of courses, for new_courses.c.
 *
 * Features are compared by a hash of 64 bits.
 *
 * Cost: counting the tags and the words of titles, and sorting them. Memory: 12
 * bytes for each of them, and 4 for each course. They are counted before they are
 * loaded, under the same snapshot.
 *
 * Call within SPI_connect() and SPI_finish().
 */
#include "postgres.h"

#include "executor/spi.h"
#include "storage/shmem.h"
#include "utils/portal.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/cursor.h"
#include "base/uuids.h"
#include "discovery/features.h"

static const char *const count_query =
"SELECT count(*) FROM learnify_internal.course_features()";

static const char *const features_query =
"SELECT feature, course_id FROM learnify_internal.course_features() ORDER BY feature, course_id";

static const char *const authors_query =
"SELECT id, user_id FROM %1$s.generated_courses";

uint64
count_features(void)
{
	uint64		entries;

	SPI_execute(count_query, true, 1);
	entries = DatumGetInt64(cursor_value(0, 1));
	SPI_freetuptable(SPI_tuptable);
	return entries;
}

Size
features_size(uint64 entries, uint64 courses)
{
	return add_size(mul_size(entries + 1, sizeof(size_t) + sizeof(uint32)),
					mul_size(Max(courses, 1), sizeof(uint32)));
}

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
load_features(Oid schema, uint64 entries, const Catalogue *catalogue,
			  const Interactions *interactions, WorkMemory *memory,
			  CourseFeatures *features)
{
	Portal		portal = cursor_open(features_query, schema, NULL, NULL);
	size_t	   *row_start = work_memory_allocate(memory, entries + 1, sizeof(size_t));
	uint32	   *courses = work_memory_allocate(memory, entries + 1, sizeof(uint32));
	size_t		count = 0;
	int64		last = 0;

	features->features = 0;
	while (cursor_fetch(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed; row++)
		{
			int64		feature = DatumGetInt64(cursor_value(row, 1));
			uint32		course;

			if (!find_course(catalogue, DatumGetUUIDP(cursor_value(row, 2)), &course))
				continue;
			if (features->features == 0 || feature != last)
				row_start[features->features++] = count;
			else if (courses[count - 1] == course)
				continue;
			courses[count++] = course;
			last = feature;
		}
	}
	SPI_cursor_close(portal);
	row_start[features->features] = count;
	features->row_start = row_start;
	features->course = courses;
	load_authors(schema, catalogue, interactions, memory, features);
}
