/*
 * enrolment_checks.c
 *		prepare_enrolment(): begins a new enrolment at the first module, or dates one
 *		that is complete. complete_progress(): keeps progress_percentage,
 *		completed_at and the current module together where an UPDATE changes one of
 *		them. Both refuse a current module of another course. require_open_course().
 *
 * progress_percentage is COMPLETE_PERCENTAGE exactly if completed_at is set. If a
 * statement sets only one of them, the other follows.
 *
 * Cost: for a new enrolment, a look-up of the learner's work, and a look-up and a lock
 * of its course and of each module of that; for an UPDATE that reopens a course,
 * reading the learner's progress in it. Memory: a few allocations, in the current context.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "base/argument.h"
#include "base/compat.h"
#include "base/effect_time.h"
#include "base/extension.h"
#include "base/indexed_table.h"
#include "base/own_statement.h"
#include "base/row_trigger.h"
#include "base/uuids.h"
#include "identity/acting_user.h"
#include "progress/content_lock.h"
#include "progress/curriculum_lock.h"
#include "progress/enrolments.h"
#include "progress/learner_lock.h"
#include "progress/modules.h"
#include "progress/submission_rows.h"

PG_FUNCTION_INFO_V1(prepare_enrolment);
PG_FUNCTION_INFO_V1(complete_progress);
PG_FUNCTION_INFO_V1(require_open_course);

/* The columns that depend on each other, as a statement writes them. */
typedef struct Progress
{
	bool		is_complete;	/* the percentage is that of a completed course */
	bool		has_completed_at;
	bool		has_current;
} Progress;

static Progress
read_progress(TriggerData *trigger, HeapTuple row)
{
	Progress	progress;
	bool		isnull;
	Datum		percentage = row_value(trigger, row, "progress_percentage", INT4OID,
									   &isnull);

	progress.is_complete = !isnull &&
		DatumGetInt32(percentage) == COMPLETE_PERCENTAGE;
	(void) row_value(trigger, row, "completed_at", TIMESTAMPTZOID, &isnull);
	progress.has_completed_at = !isnull;
	(void) row_value(trigger, row, "current_module_id", UUIDOID, &isnull);
	progress.has_current = !isnull;
	return progress;
}

static Datum
set_percentage(TriggerData *trigger)
{
	return changed_row(trigger, "progress_percentage", INT4OID,
					   Int32GetDatum(COMPLETE_PERCENTAGE), false);
}

static Datum
set_current_module(TriggerData *trigger, const pg_uuid_t *module_id)
{
	return changed_row(trigger, "current_module_id", UUIDOID,
					   module_id == NULL ? (Datum) 0 : UUIDPGetDatum(module_id),
					   module_id == NULL);
}

/* The time of the effects of what happened at last_activity. */
static Datum
activity_time(TriggerData *trigger)
{
	bool		isnull;
	Datum		last = row_value(trigger, new_row(trigger), "last_activity",
								 TIMESTAMPTZOID, &isnull);

	return TimestampTzGetDatum(isnull ? GetCurrentTransactionStartTimestamp() :
							   effect_time(DatumGetTimestampTz(last)));
}

static Datum
set_completed_at(TriggerData *trigger, Datum completed_at, bool isnull)
{
	return changed_row(trigger, "completed_at", TIMESTAMPTZOID, completed_at, isnull);
}

/* The foreign key refuses a module that does not exist. */
static void
check_current_module(TriggerData *trigger, Oid schema)
{
	HeapTuple	row = new_row(trigger);
	IndexedTable modules;
	bool		has_no_course;
	bool		has_no_module;
	Datum		course_id = row_value(trigger, row, "course_id", UUIDOID, &has_no_course);
	Datum		module_id = row_value(trigger, row, "current_module_id", UUIDOID,
									  &has_no_module);
	bool		is_other;

	if (has_no_course || has_no_module)
		return;
	PushActiveSnapshot(GetTransactionSnapshot());
	is_other = indexed_table_begin_look_up(&modules, schema, "generated_modules",
										   DatumGetUUIDP(module_id), GetActiveSnapshot()) &&
		!equal_uuids(DatumGetUUIDP(indexed_table_value(&modules, "course_id", UUIDOID)),
					 DatumGetUUIDP(course_id));
	indexed_table_end_reading(&modules);
	PopActiveSnapshot();
	if (is_other)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("module %s is not one of course %s",
						DatumGetCString(DirectFunctionCall1(uuid_out, module_id)),
						DatumGetCString(DirectFunctionCall1(uuid_out, course_id))),
				 errhint("Leave current_module_id out: it is the first module that is not completed."),
				 errtablecolname(trigger->tg_relation, "current_module_id")));
}

/*
 * New enrolments
 */

static Datum
begin_at_first_module(TriggerData *trigger, Oid schema,
					  const pg_uuid_t *course_id)
{
	IndexedTable modules;
	pg_uuid_t	first;
	bool		found;

	PushActiveSnapshot(GetTransactionSnapshot());
	indexed_table_begin_reading(&modules, schema, "generated_modules",
								&course_module_shape, GetActiveSnapshot(), 1, false);
	indexed_table_seek(&modules, course_id);
	found = indexed_table_next_row(&modules, ForwardScanDirection);
	if (found)
		first = *DatumGetUUIDP(indexed_table_value(&modules, "id", UUIDOID));
	indexed_table_end_reading(&modules);
	PopActiveSnapshot();
	return found ? set_current_module(trigger, &first) :
		PointerGetDatum(new_row(trigger));
}

/*
 * Locks a learner whose earlier work the enrolment takes over, so that this is the
 * latest: before the row is there, in the order in which submissions lock.
 */
static void
hold_learner_with_work(TriggerData *trigger, Oid schema)
{
	IndexedTable submissions;
	bool		isnull;
	Datum		user_id = row_value(trigger, new_row(trigger), "user_id", UUIDOID, &isnull);
	bool		found;

	if (isnull || runs_own_statement() || new_row_is_there(trigger))
		return;
	PushActiveSnapshot(GetTransactionSnapshot());
	indexed_table_begin_reading(&submissions, schema, "module_completions",
								&submission_shape, GetActiveSnapshot(), 1, true);
	indexed_table_seek(&submissions, DatumGetUUIDP(user_id));
	found = indexed_table_next_entry(&submissions);
	indexed_table_end_reading(&submissions);
	PopActiveSnapshot();
	if (found)
		(void) hold_learner(schema, DatumGetUUIDP(user_id));
}

/* A function of SECURITY DEFINER can insert, but for no other learner than the session's. */
static void
require_acting_learner(TriggerData *trigger, Oid schema)
{
	bool		isnull;
	Datum		user_id = row_value(trigger, new_row(trigger), "user_id", UUIDOID, &isnull);

	if (!isnull)
		require_acting_for(schema, DatumGetUUIDP(user_id), "user_id");
}

/* Returns the row with the date of the completion, or the percentage, and no current module. */
static Datum
complete_enrolment(TriggerData *trigger, const Progress *progress)
{
	TriggerData completed = *trigger;
	Datum		row = progress->has_completed_at ? set_percentage(trigger) :
		set_completed_at(trigger, activity_time(trigger), false);

	completed.tg_trigtuple = (HeapTuple) DatumGetPointer(row);
	return progress->has_current ? set_current_module(&completed, NULL) : row;
}

/*
 * prepare_enrolment() returns trigger
 */
Datum
prepare_enrolment(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = begin_row_trigger(fcinfo);
	Oid			schema = extension_schema(fcinfo->flinfo);
	Datum		row = PointerGetDatum(new_row(trigger));
	Progress	progress;
	bool		isnull;
	Datum		course_id = row_value(trigger, new_row(trigger), "course_id", UUIDOID,
									  &isnull);

	require_trigger_table(trigger, schema, "user_progress");
	if (isnull)
		return row;				/* which the table refuses */
	require_acting_learner(trigger, schema);
	check_current_module(trigger, schema);
	hold_curriculum(schema, DatumGetUUIDP(course_id), true);
	share_course_content(schema, DatumGetUUIDP(course_id));
	if (!automation_is_on(schema))
		return row;
	hold_learner_with_work(trigger, schema);
	progress = read_progress(trigger, new_row(trigger));
	if (progress.has_completed_at || progress.is_complete)
		return complete_enrolment(trigger, &progress);
	if (!progress.has_current)
		return begin_at_first_module(trigger, schema, DatumGetUUIDP(course_id));
	return row;
}

/*
 * Changes of the progress
 */

static bool
is_unchanged(TriggerData *trigger, const char *column, Oid type)
{
	bool		was_null;
	bool		isnull;
	Datum		old = row_value(trigger, trigger->tg_trigtuple, column, type, &was_null);
	Datum		new = row_value(trigger, new_row(trigger), column, type, &isnull);
	int16		length;
	bool		by_value;

	get_typlenbyval(type, &length, &by_value);
	return was_null == isnull &&
		(isnull || datumIsEqual(old, new, by_value, length));
}

static void
refuse_open_at_complete(TriggerData *trigger)
{
	ereport(ERROR,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg("a course at %d percent is completed", COMPLETE_PERCENTAGE),
			 errhint("Lower progress_percentage: completed_at is NULL then."),
			 errtablecolname(trigger->tg_relation, "completed_at")));
}

/*
 * Sets the one of progress_percentage and completed_at that the statement has not set.
 */
static Datum
reconcile(TriggerData *trigger, const Progress *old, const Progress *new)
{
	if (!old->has_completed_at && new->has_completed_at)
		return set_percentage(trigger);
	if (is_unchanged(trigger, "progress_percentage", INT4OID))
		refuse_open_at_complete(trigger);
	if (!new->is_complete)
		return set_completed_at(trigger, (Datum) 0, true);
	return set_completed_at(trigger,
							is_unchanged(trigger, "last_activity", TIMESTAMPTZOID) ?
							TimestampTzGetDatum(GetCurrentTransactionStartTimestamp()) :
							activity_time(trigger), false);
}

/* Returns the row with the first module that the learner has not completed. */
static Datum
continue_at_next_module(TriggerData *trigger, Oid schema)
{
	HeapTuple	row = new_row(trigger);
	CourseModules modules;
	const CourseModule *next;
	bool		has_no_user;
	bool		has_no_course;
	Datum		user_id = row_value(trigger, row, "user_id", UUIDOID, &has_no_user);
	Datum		course_id = row_value(trigger, row, "course_id", UUIDOID, &has_no_course);

	if (has_no_user || has_no_course)
		return PointerGetDatum(row);
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	read_course_modules(schema, DatumGetUUIDP(user_id), DatumGetUUIDP(course_id),
						GetActiveSnapshot(), &modules);
	PopActiveSnapshot();
	next = current_module(&modules);
	return set_current_module(trigger, next == NULL ? NULL : &next->id);
}

/*
 * complete_progress() returns trigger
 */
Datum
complete_progress(PG_FUNCTION_ARGS)
{
	TriggerData trigger = *begin_row_trigger(fcinfo);
	Oid			schema = extension_schema(fcinfo->flinfo);
	Progress	old = read_progress(&trigger, trigger.tg_trigtuple);
	Progress	new = read_progress(&trigger, trigger.tg_newtuple);
	bool		is_consistent = new.is_complete == new.has_completed_at;

	require_trigger_table(&trigger, schema, "user_progress");
	if (!runs_own_statement() &&
		!(is_unchanged(&trigger, "course_id", UUIDOID) &&
		  is_unchanged(&trigger, "current_module_id", UUIDOID)))
		check_current_module(&trigger, schema);
	if (!automation_is_on(schema))
		return PointerGetDatum(trigger.tg_newtuple);
	if (!is_consistent &&
		!(is_unchanged(&trigger, "progress_percentage", INT4OID) &&
		  new.has_completed_at == old.has_completed_at))
	{
		trigger.tg_newtuple = (HeapTuple) DatumGetPointer(reconcile(&trigger, &old, &new));
		new = read_progress(&trigger, trigger.tg_newtuple);
	}
	if (new.has_completed_at && new.has_current)
		return set_current_module(&trigger, NULL);
	if (old.has_completed_at && !new.has_completed_at && !new.has_current)
		return continue_at_next_module(&trigger, schema);
	return PointerGetDatum(trigger.tg_newtuple);
}

/*
 * Archived courses
 */

void
refuse_archived_course(Oid schema, const pg_uuid_t *course_id, Snapshot snapshot)
{
	IndexedTable courses;
	bool		is_archived;

	is_archived = indexed_table_begin_look_up(&courses, schema, "generated_courses",
											  course_id, snapshot) &&
		strcmp(TextDatumGetCString(indexed_table_value(&courses, "status", TEXTOID)),
			   "archived") == 0;
	indexed_table_end_reading(&courses);
	if (is_archived)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("course %s is archived",
						DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(course_id)))),
				 errhint("Choose another course; those who were enrolled before it was archived keep their progress."),
				 errargument("course_id")));
}

/*
 * require_open_course(course_id uuid)
 *
 * If there is no such course, this does nothing, and the foreign key raises the
 * error.
 */
Datum
require_open_course(PG_FUNCTION_ARGS)
{
	static const char *const tables[] = {"generated_courses", NULL};
	Oid			schema = extension_schema(fcinfo->flinfo);

	require_reader(schema, NULL, tables);
	PushActiveSnapshot(GetTransactionSnapshot());
	refuse_archived_course(schema, PG_GETARG_UUID_P(0), GetActiveSnapshot());
	PopActiveSnapshot();
	PG_RETURN_VOID();
}
