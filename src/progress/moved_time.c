/*
 * moved_time.c
 *		Moves the minutes of submissions to another course along with their
 *		exercise or module.
 *
 * Cost: for each learner, the submissions in the courses concerned, twice, and an
 * update for each course. Memory: 32 bytes for each module of these courses, and
 * a hash table of the learners whose minutes were moved.
 */
#include "postgres.h"

#include "access/genam.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"

#include "base/compat.h"
#include "base/growing_array.h"
#include "base/indexed_table.h"
#include "base/saved_plan.h"
#include "base/uuids.h"
#include "progress/learner_lock.h"
#include "progress/moved_time.h"
#include "progress/submission_rows.h"

typedef struct CourseTime
{
	pg_uuid_t	course_id;
	int64		minutes;		/* more than before */
} CourseTime;

typedef struct CourseTimes
{
	CourseTime *items;
	Size		count;
	Size		allocated;
} CourseTimes;

static CourseTime *
find_course_time(CourseTimes *times, const pg_uuid_t *course_id)
{
	CourseTime *time;
	Size		i;

	for (i = 0; i < times->count; i++)
		if (equal_uuids(&times->items[i].course_id, course_id))
			return &times->items[i];
	time = growing_array_append(times);
	time->course_id = *course_id;
	time->minutes = 0;
	return time;
}

/* Adds the modules that the courses concerned had, or have. */
static void
read_places(const ContentChange *change, const IdList *courses,
			Snapshot snapshot, Places *places)
{
	static const IndexColumn columns[] = {{"course_id", UUIDOID}};
	static const IndexShape shape = {columns, 1, 1};
	IndexedTable table;
	AttrNumber	id;
	Size		i;

	indexed_table_begin_reading(&table, change->schema, "generated_modules",
								&shape, snapshot, 1, false);
	id = table_column(table.table, "id", UUIDOID);
	for (i = 0; i < courses->count; i++)
	{
		indexed_table_seek(&table, &courses->items[i]);
		while (indexed_table_next_row(&table, ForwardScanDirection))
		{
			Place	   *place = growing_array_append(places);

			place->module_id = *DatumGetUUIDP(slot_value(table.slot, id));
			place->course_id = courses->items[i];
		}
	}
	indexed_table_end_reading(&table);
}

bool
time_move_begin(TimeMove *move, const ContentChange *change,
				const IdList *courses)
{
	move->change = change;
	if (change->departed.count == 0 &&
		(change->exercises.count == 0 || courses->count == 1))
		return false;
	read_places(change, courses, change->before, &move->before);
	read_places(change, courses, change->now, &move->now);
	return true;
}

/* Adds a learner's minutes, or takes them, to the courses where they are. */
static void
add_times(const TimeMove *move, const pg_uuid_t *user_id, bool is_new,
		  CourseTimes *times)
{
	const Places *places = is_new ? &move->now : &move->before;
	IndexedTable submissions;
	AttrNumber	minutes;
	Size		i;

	indexed_table_begin_reading(&submissions, move->change->schema,
								"module_completions", &submission_shape,
								is_new ? move->change->now : move->change->before,
								2, false);
	minutes = table_column(submissions.table, "time_spent_minutes", INT4OID);
	for (i = 0; i < places->count; i++)
	{
		CourseTime *time = find_course_time(times, &places->items[i].course_id);
		ScanKeyData keys[3];

		init_submission_keys(keys, user_id, &places->items[i].module_id, NULL);
		index_rescan(submissions.scan, keys, 2, NULL, 0);
		while (indexed_table_next_row(&submissions, ForwardScanDirection))
		{
			int			spent = DatumGetInt32(slot_value(submissions.slot, minutes));

			time->minutes += is_new ? spent : -spent;
		}
	}
	indexed_table_end_reading(&submissions);
}

static void
write_course_time(Oid schema, const pg_uuid_t *user_id, const CourseTime *time)
{
	static SavedPlan saved;
	Oid			types[] = {UUIDOID, UUIDOID, INT8OID};
	Datum		values[] = {
		UUIDPGetDatum(user_id),
		UUIDPGetDatum(&time->course_id),
		Int64GetDatum(time->minutes)
	};

	SPI_connect();
	execute_saved(&saved, schema,
				  "UPDATE %1$s.user_progress"
				  " SET time_spent_minutes = learnify_internal.add_minutes(time_spent_minutes, $3)"
				  " WHERE user_id = $1 AND course_id = $2",
				  lengthof(types), types, values, NULL);
	SPI_finish();
}

/* Whether another trigger of the query has moved them; notes it otherwise. */
static bool
was_moved(const TimeMove *move, const pg_uuid_t *user_id,
		  const pg_uuid_t *course_id)
{
	MovedTime	moved = {.user_id = *user_id, .course_id = *course_id};
	bool		found;

	hash_search(processed_content(move->change->query)->times, &moved,
				HASH_ENTER, &found);
	return found;
}

bool
move_time(const TimeMove *move, const pg_uuid_t *user_id)
{
	CourseTimes times = {0};
	bool		is_moved = false;
	Size		i;

	add_times(move, user_id, false, &times);
	add_times(move, user_id, true, &times);
	for (i = 0; i < times.count; i++)
	{
		if (times.items[i].minutes == 0 ||
			was_moved(move, user_id, &times.items[i].course_id))
			continue;
		(void) hold_learner(move->change->schema, user_id);
		write_course_time(move->change->schema, user_id, &times.items[i]);
		is_moved = true;
	}
	return is_moved;
}
