/*
 * interactions.c
 *		Loads which learner took which courses, for the recommender.
 *
 * Cost: counting user_course_interactions, and a pass over its index.
 *
 * Memory: 4 bytes for each interaction, 8 more for its date, and 24 for each
 * user. The rows are counted before they are loaded, under the same snapshot.
 *
 * Call within SPI_connect() and SPI_finish().
 */
#include "postgres.h"

#include "executor/spi.h"
#include "storage/shmem.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/portal.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/cursor.h"
#include "base/uuids.h"
#include "discovery/interactions.h"

/*
 * These are upper bounds: there are duplicates, and users who have taken
 * nothing.
 */
static const char *const count_query =
"SELECT (SELECT count(*) FROM %1$s.generated_courses),"
"       (SELECT count(*) FROM %1$s.users),"
"       (SELECT count(*) FROM %1$s.user_course_interactions"
"         WHERE " SHOWS_INTEREST ")";

/* The index has this order, in which duplicates are adjacent. */
static const char *const interactions_query =
"SELECT user_id, course_id FROM %1$s.user_course_interactions"
" WHERE " SHOWS_INTEREST
" ORDER BY user_id, course_id";

/*
 * Rows of a bulk load have the same date. Those are ordered by a hash of user
 * and course: at random, and differently for each user.
 */
static const char *const interactions_by_date_query =
"SELECT user_id, course_id, min(created_at) FROM %1$s.user_course_interactions"
" WHERE " SHOWS_INTEREST
" GROUP BY user_id, course_id"
" ORDER BY user_id, min(created_at),"
"       uuid_hash_extended(course_id, uuid_hash_extended(user_id, 0)), course_id";

/*
 * All courses not to recommend to a learner, and whether having taken them
 * counts as interest. The rows are merged from three indexes.
 */
const char *const taken_query =
"SELECT user_id, course_id, speaks"
"  FROM (SELECT user_id, course_id, " SHOWS_INTEREST " AS speaks"
"          FROM %1$s.user_course_interactions"
"         WHERE user_id BETWEEN $1 AND $2"
"           AND " EXCLUDES_COURSE
"        UNION ALL"
"        SELECT user_id, course_id, false FROM %1$s.user_progress"
"         WHERE user_id BETWEEN $1 AND $2"
"        UNION ALL"
"        SELECT user_id, id, false FROM %1$s.generated_courses"
"         WHERE user_id BETWEEN $1 AND $2) AS t"
" ORDER BY user_id, course_id";

void
count_data(Oid schema, DataCounts *counts)
{
	const char *name = quote_identifier(get_namespace_name(schema));

	SPI_execute(psprintf(count_query, name), true, 1);
	counts->courses = DatumGetInt64(cursor_value(0, 1));
	counts->users = DatumGetInt64(cursor_value(0, 2));
	counts->interactions = DatumGetInt64(cursor_value(0, 3));
	counts->feature_entries = 0;
	SPI_freetuptable(SPI_tuptable);
}

Size
data_size(const DataCounts *counts, bool by_date)
{
	return add_size(catalogue_size(counts->courses),
					add_size(mul_size(counts->users + 1,
									  sizeof(pg_uuid_t) + sizeof(size_t)),
							 mul_size(Max(counts->interactions, 1),
									  sizeof(uint32) +
									  (by_date ? sizeof(TimestampTz) : 0))));
}

static void
allocate_interactions(const DataCounts *counts, bool by_date,
					  WorkMemory *memory, Interactions *interactions)
{
	LocalRidgeMatrix *matrix = &interactions->matrix;

	interactions->user_ids = work_memory_allocate(memory, counts->users + 1,
												  sizeof(pg_uuid_t));
	matrix->row_start = work_memory_allocate(memory, counts->users + 1,
											 sizeof(size_t));
	matrix->course = work_memory_allocate(memory, counts->interactions,
										  sizeof(uint32));
	interactions->dates = !by_date ? NULL :
		work_memory_allocate(memory, counts->interactions, sizeof(TimestampTz));
	matrix->weight = NULL;
	matrix->users = 0;
	unconstify(size_t *, matrix->row_start)[0] = 0;
}

/*
 * Skips duplicates. Also skips courses that are not in the catalogue and users
 * beyond those counted, which exist only where foreign keys were disabled.
 */
static void
add_interaction(Interactions *interactions, const DataCounts *counts,
				const Catalogue *catalogue, uint64 row)
{
	const pg_uuid_t *user_id = DatumGetUUIDP(cursor_value(row, 1));
	LocalRidgeMatrix *matrix = &interactions->matrix;
	size_t	   *row_start = unconstify(size_t *, matrix->row_start);
	uint32	   *course = unconstify(uint32 *, matrix->course);
	uint32		users = matrix->users;
	uint32		number;

	if (!find_course(catalogue, DatumGetUUIDP(cursor_value(row, 2)), &number))
		return;
	if (users == 0 ||
		!equal_uuids(user_id, &interactions->user_ids[users - 1]))
	{
		if (users == counts->users)
			return;
		interactions->user_ids[users] = *user_id;
		row_start[users + 1] = row_start[users];
		matrix->users++;
	}
	else if (course[row_start[users] - 1] == number)
		return;
	if (interactions->dates != NULL)
		interactions->dates[row_start[matrix->users]] =
			DatumGetTimestampTz(cursor_value(row, 3));
	course[row_start[matrix->users]++] = number;
}

void
load_interactions(Oid schema, bool by_date, const DataCounts *counts,
				  const Catalogue *catalogue, WorkMemory *memory,
				  Interactions *interactions)
{
	Portal		portal = cursor_open(by_date ? interactions_by_date_query :
									 interactions_query, schema, NULL, NULL);

	allocate_interactions(counts, by_date, memory, interactions);
	interactions->matrix.courses = catalogue->count;
	while (cursor_fetch(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed; row++)
			add_interaction(interactions, counts, catalogue, row);
	}
	SPI_cursor_close(portal);
}
