/*
 * enrolments.c
 *		recompute_enrolments(): recomputes progress from submissions and content,
 *		of a learner, in a course, or of all.
 *
 * Cost: a pass over the enrolments with about 20 index look-ups each, and a lock and
 * an update for each that has changed. Memory: 64 bytes for each enrolment.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "base/extension.h"
#include "base/growing_array.h"
#include "base/id_list.h"
#include "base/uuids.h"
#include "identity/acting_user.h"
#include "progress/content_lock.h"
#include "progress/curriculum_lock.h"
#include "progress/enrolments.h"
#include "progress/learner_lock.h"
#include "progress/progress.h"
#include "social/achievements.h"

PG_FUNCTION_INFO_V1(recompute_enrolments);

static const IndexColumn learner_columns[] = {
	{"user_id", UUIDOID}, {"course_id", UUIDOID}
};
static const IndexColumn course_columns[] = {{"course_id", UUIDOID}};
static const IndexShape learner_shape = {learner_columns, 2, 2};
static const IndexShape course_shape = {course_columns, 1, 1};

typedef struct EnrolmentColumns
{
	AttrNumber	user_id;
	AttrNumber	course_id;
	AttrNumber	percentage;
	AttrNumber	current_module_id;
	AttrNumber	completed_at;
} EnrolmentColumns;

static void
find_columns(Relation table, EnrolmentColumns *columns)
{
	columns->user_id = table_column(table, "user_id", UUIDOID);
	columns->course_id = table_column(table, "course_id", UUIDOID);
	columns->percentage = table_column(table, "progress_percentage", INT4OID);
	columns->current_module_id = table_column(table, "current_module_id", UUIDOID);
	columns->completed_at = table_column(table, "completed_at", TIMESTAMPTZOID);
}

static void
read_enrolment(TupleTableSlot *slot, const EnrolmentColumns *columns,
			   Enrolment *enrolment)
{
	bool		isnull;
	Datum		current;

	enrolment->user_id = *DatumGetUUIDP(slot_value(slot, columns->user_id));
	enrolment->course_id = *DatumGetUUIDP(slot_value(slot, columns->course_id));
	enrolment->percentage = DatumGetInt32(slot_value(slot, columns->percentage));
	current = slot_getattr(slot, columns->current_module_id, &isnull);
	enrolment->has_current = !isnull;
	if (!isnull)
		enrolment->current_module_id = *DatumGetUUIDP(current);
	enrolment->is_completed = !slot_attisnull(slot, columns->completed_at);
}

/* Reads the enrolments of one learner, or in one course, or both. */
static void
read_some_enrolments(Oid schema, const pg_uuid_t *user_id,
					 const pg_uuid_t *course_id, Snapshot snapshot,
					 Enrolments *enrolments)
{
	IndexedTable table;
	EnrolmentColumns columns;
	ScanKeyData keys[2];
	int			count = 0;

	if (user_id != NULL)
		ScanKeyInit(&keys[count++], 1, BTEqualStrategyNumber, F_UUID_EQ,
					UUIDPGetDatum(user_id));
	if (course_id != NULL)
		ScanKeyInit(&keys[count], count + 1, BTEqualStrategyNumber, F_UUID_EQ,
					UUIDPGetDatum(course_id));
	count += course_id != NULL;
	indexed_table_begin_reading(&table, schema, "user_progress",
								user_id != NULL ? &learner_shape : &course_shape,
								snapshot, count, false);
	find_columns(table.table, &columns);
	index_rescan(table.scan, keys, count, NULL, 0);
	while (indexed_table_next_row(&table, ForwardScanDirection))
		read_enrolment(table.slot, &columns, growing_array_append(enrolments));
	indexed_table_end_reading(&table);
}

static void
read_all_enrolments(Oid schema, Snapshot snapshot, Enrolments *enrolments)
{
	Relation	table = open_extension_table(schema, "user_progress");
	TupleTableSlot *slot = table_slot_create(table, NULL);
	TableScanDesc scan = begin_table_scan(table, snapshot);
	EnrolmentColumns columns;

	find_columns(table, &columns);
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		CHECK_FOR_INTERRUPTS();
		read_enrolment(slot, &columns, growing_array_append(enrolments));
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	table_close(table, NoLock);
}

void
read_enrolments(Oid schema, const pg_uuid_t *user_id,
				const pg_uuid_t *course_id, Snapshot snapshot,
				Enrolments *enrolments)
{
	if (user_id == NULL && course_id == NULL)
		read_all_enrolments(schema, snapshot, enrolments);
	else
		read_some_enrolments(schema, user_id, course_id, snapshot, enrolments);
}

static int
compare_enrolments(const void *a, const void *b)
{
	const Enrolment *one = a;
	const Enrolment *other = b;
	int			order = compare_uuids(&one->user_id, &other->user_id);

	return order != 0 ? order : compare_uuids(&one->course_id, &other->course_id);
}

void
sort_enrolments(Enrolments *enrolments)
{
	if (enrolments->count > 1)
		qsort(enrolments->items, enrolments->count, sizeof(Enrolment),
			  compare_enrolments);
}

bool
is_outdated(const Enrolment *enrolment, const CourseModules *modules)
{
	const CourseModule *current = current_module(modules);

	if (enrolment->is_completed)
		return false;
	if (enrolment->percentage != course_percentage(modules) ||
		enrolment->has_current != (current != NULL))
		return true;
	return current == NULL ? modules->count > 0 :
		!equal_uuids(&enrolment->current_module_id, &current->id);
}

/*
 * The SQL function
 */

/*
 * Keeps the content of the courses unchanged until the end of the transaction. All
 * modules are locked before any content, as submissions do.
 */
static void
share_courses(Oid schema, const Enrolments *enrolments)
{
	IdList		courses = {0};
	Size		i;

	for (i = 0; i < enrolments->count; i++)
		id_list_add(&courses, &enrolments->items[i].course_id);
	id_list_make_set(&courses);
	for (i = 0; i < courses.count; i++)
		hold_curriculum(schema, &courses.items[i], true);
	for (i = 0; i < courses.count; i++)
		share_course_content(schema, &courses.items[i]);
}

/* Returns whether the row was updated. */
static bool
recompute_enrolment(Oid schema, const Enrolment *enrolment)
{
	ProgressChange change = {
		.locks_modules = true,
		.began_at = DT_NOBEGIN,
		.active_at = DT_NOBEGIN
	};

	(void) hold_learner(schema, &enrolment->user_id);
	if (!recompute_progress(schema, &enrolment->user_id, &enrolment->course_id,
							&change))
		return false;
	if (automation_is_on(schema))
		award_learner(schema, &enrolment->user_id, EVENT_ANY, NULL);
	return true;
}

/* The statuses of the author's modules are always recomputed. */
static bool
needs_recomputing(Oid schema, CourseReader *reader, Snapshot snapshot,
				  const Enrolment *enrolment)
{
	return is_outdated(enrolment,
					   course_reader_modules(reader, &enrolment->user_id,
											 &enrolment->course_id)) ||
		is_course_author(schema, &enrolment->user_id, &enrolment->course_id,
						 snapshot);
}

/* Locks only learners whose rows are outdated. */
static int64
recompute_outdated(Oid schema, const Enrolments *enrolments, Snapshot snapshot)
{
	CourseReader reader;
	MemoryContext row = AllocSetContextCreate(CurrentMemoryContext,
											  "learnify enrolment",
											  ALLOCSET_SMALL_SIZES);
	MemoryContext old;
	int64		changed = 0;
	Size		i;

	course_reader_begin(&reader, schema, snapshot);
	old = MemoryContextSwitchTo(row);
	for (i = 0; i < enrolments->count; i++)
	{
		const Enrolment *enrolment = &enrolments->items[i];

		CHECK_FOR_INTERRUPTS();
		if (needs_recomputing(schema, &reader, snapshot, enrolment) &&
			recompute_enrolment(schema, enrolment))
			changed++;
		MemoryContextReset(row);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(row);
	course_reader_end(&reader);
	return changed;
}

/*
 * recompute_enrolments(user_id uuid, course_id uuid)
 */
Datum
recompute_enrolments(PG_FUNCTION_ARGS)
{
	Oid			schema = extension_schema(fcinfo->flinfo);
	pg_uuid_t  *user_id = PG_ARGISNULL(0) ? NULL : PG_GETARG_UUID_P(0);
	pg_uuid_t  *course_id = PG_ARGISNULL(1) ? NULL : PG_GETARG_UUID_P(1);
	Enrolments	enrolments = {0};
	Snapshot	snapshot;
	int64		changed;

	require_acting_for(schema, NULL, "user_id");
	snapshot = RegisterSnapshot(GetTransactionSnapshot());
	read_enrolments(schema, user_id, course_id, snapshot, &enrolments);
	UnregisterSnapshot(snapshot);
	sort_enrolments(&enrolments);
	share_courses(schema, &enrolments);

	snapshot = RegisterSnapshot(GetTransactionSnapshot());
	changed = recompute_outdated(schema, &enrolments, snapshot);
	UnregisterSnapshot(snapshot);
	PG_RETURN_INT64(changed);
}
