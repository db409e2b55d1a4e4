/*
 * enrolment_events.c
 *		process_enrolments(): what the enrolments that a statement inserts set off.
 *		process_progress(): what it sets off that a course is completed, at another
 *		time than before, or no longer. process_time_spent().
 *
 * A new enrolment is recorded as an interaction; so is a completed course, which is
 * broadcast besides. A learner who has submitted work before gets its minutes and the
 * progress that it implies. That is not done before the row is inserted, because an
 * upsert would add the minutes to those of an existing row.
 *
 * Cost: for a new enrolment, the insert of an interaction and some descents of
 * indexes; a few statements for each course that is completed. Memory: 96 bytes for
 * each row, up to twice as much as the array grows.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/effect_time.h"
#include "base/extension.h"
#include "base/growing_array.h"
#include "base/id_list.h"
#include "base/indexed_table.h"
#include "base/own_statement.h"
#include "base/row_trigger.h"
#include "base/saved_plan.h"
#include "base/transition_rows.h"
#include "base/uuids.h"
#include "identity/acting_user.h"
#include "progress/enrolments.h"
#include "progress/milestones.h"
#include "progress/minutes.h"
#include "progress/modules.h"
#include "progress/progress.h"
#include "progress/submission_rows.h"
#include "social/achievements.h"
#include "social/activity_types.h"
#include "social/broadcasts.h"

PG_FUNCTION_INFO_V1(process_enrolments);
PG_FUNCTION_INFO_V1(process_progress);
PG_FUNCTION_INFO_V1(process_time_spent);

/* A row of user_progress that the statement has inserted. */
typedef struct NewEnrolment
{
	pg_uuid_t	id;
	pg_uuid_t	user_id;
	pg_uuid_t	course_id;
	int			percentage;
	int			minutes;
	TimestampTz started_at;
	bool		is_completed;
	TimestampTz completed_at;	/* only set with is_completed */
} NewEnrolment;

typedef struct NewEnrolments
{
	NewEnrolment *items;
	Size		count;
	Size		allocated;
} NewEnrolments;

/* As many interactions as one statement records. */
#define CHUNK	1000

/* Interactions of one kind, as arrays for a statement. */
typedef struct Interactions
{
	Oid			schema;
	const char *type;
	Datum		users[CHUNK];
	Datum		courses[CHUNK];
	Datum		times[CHUNK];
	int			count;
} Interactions;

/* What a learner has submitted to a course. */
typedef struct EarlierWork
{
	int64		minutes;
	bool		has_passed;
} EarlierWork;

/* The scans that find it, for any learner and course. */
typedef struct WorkReader
{
	MemoryContext context;		/* of the scans, which outlives each look */
	IndexedTable learners;		/* any submission of a learner */
	IndexedTable modules;
	AttrNumber	module_id;
	IndexedTable submissions;
	SubmissionColumns columns;
} WorkReader;

/*
 * Reading the new rows
 */

/* Orders by learner, in which order learners are awarded, and course. */
static int
compare_new_enrolments(const void *a, const void *b)
{
	const NewEnrolment *one = a;
	const NewEnrolment *other = b;
	int			order = compare_uuids(&one->user_id, &other->user_id);

	return order != 0 ? order : compare_uuids(&one->course_id, &other->course_id);
}

/*
 * Collects the rows that were written in this transaction. Those that a dump
 * restores have kept the broadcast_at of another one, and were processed then.
 */
static void
read_inserted(TriggerData *trigger, NewEnrolments *inserted)
{
	Relation	table = trigger->tg_relation;
	AttrNumber	id = table_column(table, "id", UUIDOID);
	AttrNumber	user_id = table_column(table, "user_id", UUIDOID);
	AttrNumber	course_id = table_column(table, "course_id", UUIDOID);
	AttrNumber	percentage = table_column(table, "progress_percentage", INT4OID);
	AttrNumber	minutes = table_column(table, "time_spent_minutes", INT4OID);
	AttrNumber	started_at = table_column(table, "started_at", TIMESTAMPTZOID);
	AttrNumber	completed_at = table_column(table, "completed_at", TIMESTAMPTZOID);
	AttrNumber	broadcast_at = table_column(table, "broadcast_at", TIMESTAMPTZOID);
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	TransitionRows rows;

	transition_rows_begin(&rows, trigger, trigger->tg_newtable);
	while (transition_rows_next(&rows))
	{
		TupleTableSlot *slot = rows.slot;
		NewEnrolment *new;

		if (DatumGetTimestampTz(slot_value(slot, broadcast_at)) != now)
			continue;
		new = growing_array_append(inserted);
		new->id = *DatumGetUUIDP(slot_value(slot, id));
		new->user_id = *DatumGetUUIDP(slot_value(slot, user_id));
		new->course_id = *DatumGetUUIDP(slot_value(slot, course_id));
		new->percentage = DatumGetInt32(slot_value(slot, percentage));
		new->minutes = DatumGetInt32(slot_value(slot, minutes));
		new->started_at = DatumGetTimestampTz(slot_value(slot, started_at));
		new->is_completed = !slot_attisnull(slot, completed_at);
		if (new->is_completed)
			new->completed_at = DatumGetTimestampTz(slot_value(slot, completed_at));
	}
	transition_rows_end(&rows);
	if (inserted->count > 1)
		qsort(inserted->items, inserted->count, sizeof(NewEnrolment),
			  compare_new_enrolments);
}

/*
 * Refusing rows
 */

/*
 * This is done after the rows are inserted, so that INSERT ... ON CONFLICT does not
 * refuse a learner who is enrolled already.
 */
static void
refuse_archived_courses(Oid schema, const NewEnrolments *inserted)
{
	IdList		courses = {0};
	Size		i;

	for (i = 0; i < inserted->count; i++)
		id_list_add(&courses, &inserted->items[i].course_id);
	id_list_make_set(&courses);
	PushActiveSnapshot(GetTransactionSnapshot());
	for (i = 0; i < courses.count; i++)
		refuse_archived_course(schema, &courses.items[i], GetActiveSnapshot());
	PopActiveSnapshot();
}

/*
 * Interactions
 */

/*
 * Records those that are not on record, and empties the arrays. OFFSET 0 makes
 * the planner look up each row by its index. It would hash a small table, and
 * keep that plan while the table grows.
 */
static void
record_interactions(Interactions *interactions)
{
	static SavedPlan saved;
	Oid			types[] = {
		UUIDARRAYOID, UUIDARRAYOID, TIMESTAMPTZARRAYOID, TEXTOID
	};
	Datum		values[4];
	int			count = interactions->count;

	interactions->count = 0;
	if (count == 0)
		return;
	values[0] = uuid_array(interactions->users, count);
	values[1] = uuid_array(interactions->courses, count);
	values[2] = PointerGetDatum(construct_array(interactions->times, count,
												TIMESTAMPTZOID, sizeof(TimestampTz),
												FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	values[3] = CStringGetTextDatum(interactions->type);
	SPI_connect();
	execute_saved(&saved, interactions->schema,
				  "INSERT INTO %1$s.user_course_interactions"
				  " (user_id, course_id, interaction_type, created_at)"
				  " SELECT n.user_id, n.course_id, $4, n.created_at"
				  " FROM unnest($1, $2, $3) AS n (user_id, course_id, created_at)"
				  " WHERE NOT EXISTS ("
				  "   SELECT FROM %1$s.user_course_interactions AS i"
				  "   WHERE i.user_id = n.user_id AND i.course_id = n.course_id"
				  "     AND i.interaction_type = $4 OFFSET 0)",
				  lengthof(types), types, values, NULL);
	SPI_finish();
}

static void
add_interaction(Interactions *interactions, const pg_uuid_t *user_id,
				const pg_uuid_t *course_id, TimestampTz happened_at)
{
	int			i = interactions->count++;

	interactions->users[i] = UUIDPGetDatum(user_id);
	interactions->courses[i] = UUIDPGetDatum(course_id);
	interactions->times[i] = TimestampTzGetDatum(effect_time(happened_at));
	if (interactions->count == CHUNK)
		record_interactions(interactions);
}

static Interactions *
make_interactions(Oid schema, const char *type)
{
	Interactions *interactions = palloc(sizeof(Interactions));

	interactions->schema = schema;
	interactions->type = type;
	interactions->count = 0;
	return interactions;
}

static void
record_new_interactions(Oid schema, const NewEnrolments *inserted)
{
	Interactions *enrolled = make_interactions(schema, "enrolled");
	Interactions *completed = make_interactions(schema, "completed");
	Size		i;

	for (i = 0; i < inserted->count; i++)
	{
		const NewEnrolment *new = &inserted->items[i];

		add_interaction(enrolled, &new->user_id, &new->course_id, new->started_at);
		if (new->is_completed)
			add_interaction(completed, &new->user_id, &new->course_id,
							new->completed_at);
	}
	record_interactions(enrolled);
	record_interactions(completed);
	pfree(enrolled);
	pfree(completed);
}

static void
record_completion(Oid schema, const pg_uuid_t *user_id,
				  const pg_uuid_t *course_id, TimestampTz completed_at)
{
	Interactions *completed = make_interactions(schema, "completed");

	add_interaction(completed, user_id, course_id, completed_at);
	record_interactions(completed);
	pfree(completed);
}

/*
 * Earlier work
 */

static void
work_reader_begin(WorkReader *reader, Oid schema, Snapshot snapshot)
{
	reader->context = CurrentMemoryContext;
	indexed_table_begin_reading(&reader->learners, schema, "module_completions",
								&submission_shape, snapshot, 1, true);
	indexed_table_begin_reading(&reader->modules, schema, "generated_modules",
								&course_module_shape, snapshot, 1, false);
	reader->module_id = table_column(reader->modules.table, "id", UUIDOID);
	indexed_table_begin_reading(&reader->submissions, schema,
								"module_completions", &submission_shape, snapshot,
								2, false);
	find_submission_columns(reader->submissions.table, &reader->columns);
}

static void
work_reader_end(WorkReader *reader)
{
	indexed_table_end_reading(&reader->submissions);
	indexed_table_end_reading(&reader->modules);
	indexed_table_end_reading(&reader->learners);
}

/* Whether the learner has submitted anything. */
static bool
has_submitted(WorkReader *reader, const pg_uuid_t *user_id)
{
	MemoryContext old = MemoryContextSwitchTo(reader->context);
	bool		found;

	indexed_table_seek(&reader->learners, user_id);
	found = indexed_table_next_entry(&reader->learners);
	MemoryContextSwitchTo(old);
	return found;
}

static void
add_module_work(WorkReader *reader, const pg_uuid_t *user_id,
				const pg_uuid_t *module_id, EarlierWork *work)
{
	ScanKeyData keys[3];

	init_submission_keys(keys, user_id, module_id, NULL);
	index_rescan(reader->submissions.scan, keys, 2, NULL, 0);
	while (indexed_table_next_row(&reader->submissions, ForwardScanDirection))
	{
		Submission	submission;

		read_submission(reader->submissions.slot, &reader->columns, &submission);
		work->minutes += submission.minutes;
		work->has_passed |= submission.passed;
	}
}

static EarlierWork
read_earlier_work(WorkReader *reader, const NewEnrolment *enrolment)
{
	MemoryContext old = MemoryContextSwitchTo(reader->context);
	EarlierWork work = {0};

	indexed_table_seek(&reader->modules, &enrolment->course_id);
	while (indexed_table_next_row(&reader->modules, ForwardScanDirection))
		add_module_work(reader, &enrolment->user_id,
						DatumGetUUIDP(slot_value(reader->modules.slot, reader->module_id)),
						&work);
	MemoryContextSwitchTo(old);
	return work;
}

static void
add_earlier_minutes(Oid schema, const pg_uuid_t *enrolment_id, int64 minutes)
{
	static SavedPlan saved;
	Oid			types[] = {UUIDOID, INT8OID};
	Datum		values[] = {UUIDPGetDatum(enrolment_id), Int64GetDatum(minutes)};

	SPI_connect();
	execute_saved(&saved, schema,
				  "UPDATE %1$s.user_progress"
				  " SET time_spent_minutes = learnify_internal.add_minutes(time_spent_minutes, $2)"
				  " WHERE id = $1",
				  lengthof(types), types, values, NULL);
	SPI_finish();
}

/*
 * Gives a new enrolment the minutes and the progress of earlier work. A submission
 * that enrols has counted the minutes. Returns the events that this makes.
 */
static Events
process_earlier_work(Oid schema, WorkReader *reader,
					 const NewEnrolment *enrolment)
{
	EarlierWork work = read_earlier_work(reader, enrolment);
	ProgressChange change = {
		.locks_modules = true,
		.began_at = DT_NOBEGIN,
		.active_at = DT_NOBEGIN
	};
	bool		adds_minutes = work.minutes > 0 && enrolment->minutes == 0 &&
		!runs_own_statement();

	if (adds_minutes)
		add_earlier_minutes(schema, &enrolment->id, work.minutes);
	if (work.has_passed && enrolment->percentage == 0)
		(void) recompute_progress(schema, &enrolment->user_id,
								  &enrolment->course_id, &change);
	return adds_minutes ? EVENT_TIME_SPENT : 0;
}

/*
 * The learners, one after the other
 */

/* Returns the events that the enrolment makes. */
static Events
process_enrolment(Feed *feed, WorkReader *reader, bool has_work,
				  const NewEnrolment *enrolment)
{
	Events		events = 0;

	if (has_work)
		events |= process_earlier_work(feed->schema, reader, enrolment);
	if (enrolment->is_completed)
	{
		add_course_activity(feed, &enrolment->course_id, enrolment->completed_at);
		events |= EVENT_COURSE_COMPLETED;
	}
	if (enrolment->minutes > 0)
		events |= EVENT_TIME_SPENT;
	return events;
}

/* Processes the enrolments of one learner, and returns their number. */
static Size
process_learner(Oid schema, WorkReader *reader, const NewEnrolment *first,
				Size count)
{
	bool		has_work = has_submitted(reader, &first->user_id);
	Events		events = 0;
	Feed		feed;
	Size		i;

	feed_begin(&feed, schema, &first->user_id);
	for (i = 0; i < count && equal_uuids(&first[i].user_id, &first->user_id); i++)
		events |= process_enrolment(&feed, reader, has_work, &first[i]);
	feed_write(&feed);
	if (events != 0)
		(void) award_learner(schema, &first->user_id, events, NULL);
	return i;
}

/*
 * Sees what others have committed by now, and of this transaction what it had
 * written before the command.
 */
static Snapshot
snapshot_before(CommandId command)
{
	Snapshot	snapshot;

	PushCopiedSnapshot(GetTransactionSnapshot());
	GetActiveSnapshot()->curcid = command;
	snapshot = RegisterSnapshot(GetActiveSnapshot());
	PopActiveSnapshot();
	return snapshot;
}

/*
 * Earlier work is what was there before the statement. What the statement writes to
 * module_completions adds to the progress by the triggers of that table.
 */
static void
process_learners(Oid schema, CommandId command, const NewEnrolments *inserted)
{
	MemoryContext learner = AllocSetContextCreate(CurrentMemoryContext,
												  "learnify enrolments of a learner",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext old;
	Snapshot	snapshot = snapshot_before(command);
	WorkReader	reader;
	Size		i = 0;

	work_reader_begin(&reader, schema, snapshot);
	old = MemoryContextSwitchTo(learner);
	while (i < inserted->count)
	{
		CHECK_FOR_INTERRUPTS();
		i += process_learner(schema, &reader, &inserted->items[i],
							 inserted->count - i);
		MemoryContextReset(learner);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(learner);
	work_reader_end(&reader);
	UnregisterSnapshot(snapshot);
}

/*
 * process_enrolments() returns trigger
 */
Datum
process_enrolments(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Oid			schema = extension_schema(fcinfo->flinfo);
	NewEnrolments inserted = {0};
	CommandId	command;
	Size		i;

	require_statement_trigger(fcinfo);
	require_trigger_table(trigger, schema, "user_progress");
	command = GetActiveSnapshot()->curcid;
	read_inserted(trigger, &inserted);
	if (inserted.count == 0)
		return PointerGetDatum(NULL);
	CommandCounterIncrement();
	refuse_archived_courses(schema, &inserted);
	for (i = 0; i < inserted.count; i++)
		require_possible_minutes(trigger->tg_relation, inserted.items[i].minutes);
	if (automation_is_on(schema))
	{
		record_new_interactions(schema, &inserted);
		process_learners(schema, command, &inserted);
	}
	return PointerGetDatum(NULL);
}

/*
 * Changes of the progress
 */

/* Corrects when the feed and the interactions say that a course was completed. */
static void
redate_completion(Oid schema, const pg_uuid_t *user_id,
				  const pg_uuid_t *course_id, TimestampTz completed_at)
{
	static SavedPlan feed;
	static SavedPlan interactions;
	Oid			types[] = {UUIDOID, UUIDOID, TIMESTAMPTZOID};
	Datum		values[] = {
		UUIDPGetDatum(user_id),
		UUIDPGetDatum(course_id),
		TimestampTzGetDatum(completed_at)
	};

	SPI_connect();
	execute_saved(&feed, schema,
				  "UPDATE %1$s.activity_feed"
				  " SET created_at = learnify_internal.corrected_time(created_at, $3)"
				  " WHERE user_id = $1 AND activity_type = 'course_completed' AND reference_id = $2",
				  lengthof(types), types, values, NULL);
	execute_saved(&interactions, schema,
				  "UPDATE %1$s.user_course_interactions"
				  " SET created_at = learnify_internal.corrected_time(created_at, $3)"
				  " WHERE user_id = $1 AND course_id = $2 AND interaction_type = 'completed'",
				  lengthof(types), types, values, NULL);
	SPI_finish();
}

static void
retract_completion(Oid schema, const pg_uuid_t *user_id,
				   const pg_uuid_t *course_id)
{
	static SavedPlan saved;
	Activity	activity = {
		.type = ACTIVITY_COURSE_COMPLETED,
		.reference_id = course_id
	};
	Oid			types[] = {UUIDOID, UUIDOID};
	Datum		values[] = {UUIDPGetDatum(user_id), UUIDPGetDatum(course_id)};

	retract_activity(schema, user_id, &activity);
	SPI_connect();
	execute_saved(&saved, schema,
				  "DELETE FROM %1$s.user_course_interactions"
				  " WHERE user_id = $1 AND course_id = $2 AND interaction_type = 'completed'",
				  lengthof(types), types, values, NULL);
	SPI_finish();
}

/*
 * process_progress() returns trigger
 */
Datum
process_progress(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = begin_update_trigger(fcinfo);
	Oid			schema = extension_schema(fcinfo->flinfo);
	HeapTuple	row = new_row(trigger);
	bool		isnull;
	bool		was_open;
	bool		is_open;
	Datum		completed_at;
	pg_uuid_t  *user_id;
	pg_uuid_t  *course_id;
	Feed		feed;

	require_trigger_table(trigger, schema, "user_progress");
	if (!automation_is_on(schema))
		return PointerGetDatum(NULL);
	user_id = DatumGetUUIDP(row_value(trigger, row, "user_id", UUIDOID, &isnull));
	course_id = DatumGetUUIDP(row_value(trigger, row, "course_id", UUIDOID, &isnull));
	(void) row_value(trigger, trigger->tg_trigtuple, "completed_at", TIMESTAMPTZOID,
					 &was_open);
	completed_at = row_value(trigger, row, "completed_at", TIMESTAMPTZOID, &is_open);
	if (is_open)
		retract_completion(schema, user_id, course_id);
	else if (!was_open)
		redate_completion(schema, user_id, course_id, DatumGetTimestampTz(completed_at));
	else
	{
		record_completion(schema, user_id, course_id, DatumGetTimestampTz(completed_at));
		feed_begin(&feed, schema, user_id);
		add_course_activity(&feed, course_id, DatumGetTimestampTz(completed_at));
		feed_write(&feed);
		(void) award_learner(schema, user_id, EVENT_COURSE_COMPLETED, NULL);
	}
	return PointerGetDatum(NULL);
}

/*
 * process_time_spent() returns trigger
 */
Datum
process_time_spent(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = begin_update_trigger(fcinfo);
	Oid			schema = extension_schema(fcinfo->flinfo);
	HeapTuple	row = new_row(trigger);
	bool		isnull;
	Datum		minutes = row_value(trigger, row, "time_spent_minutes", INT4OID, &isnull);

	require_trigger_table(trigger, schema, "user_progress");
	require_possible_minutes(trigger->tg_relation, DatumGetInt32(minutes));
	if (automation_is_on(schema))
		(void) award_learner(schema,
							 DatumGetUUIDP(row_value(trigger, row, "user_id", UUIDOID, &isnull)),
							 EVENT_TIME_SPENT, NULL);
	return PointerGetDatum(NULL);
}
