/*
 * progress.c
 *		complete_percentage(), and update_progress(), which recomputes a learner's
 *		progress in a course from the submissions.
 *
 * Cost: that of module_states(), and an update by key where something changes.
 * Memory: about 60 bytes for each module of the course.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/effect_time.h"
#include "base/extension.h"
#include "base/indexed_table.h"
#include "base/saved_plan.h"
#include "base/uuids.h"
#include "identity/acting_user.h"
#include "progress/module_statuses.h"
#include "progress/modules.h"
#include "progress/progress.h"

PG_FUNCTION_INFO_V1(complete_percentage);
PG_FUNCTION_INFO_V1(update_progress);

/* A learner's state in a course. */
typedef struct CourseState
{
	CourseModules modules;
	const CourseModule *current;	/* NULL where there is nothing left to do */
	bool		is_completed;
	TimestampTz completed_at;	/* of the module that was completed last */
	bool		is_author;
} CourseState;

/* Returns the time at which the last of the completed modules was completed. */
static TimestampTz
latest_completion(Oid schema, const pg_uuid_t *user_id,
				  const CourseModules *modules, Snapshot snapshot)
{
	TimestampTz latest = DT_NOBEGIN;
	Size		i;

	for (i = 0; i < modules->count; i++)
	{
		const CourseModule *module = &modules->items[i];
		ModuleResult result;

		if (module->state.completed &&
			read_module_result(schema, user_id, &module->id,
							   modules->retaken_after, snapshot, &result))
			latest = Max(latest, result.completed_at);
	}
	return effect_time(latest);
}

/*
 * Updates the row of user_progress where it differs. A completed course stays
 * completed when content is added to it; only a correction can undo that.
 * started_at becomes no later than the work, which may be older than the row, or
 * than its completion. Returns whether a row was updated.
 */
static bool
write_progress(Oid schema, const pg_uuid_t *user_id, const pg_uuid_t *course_id,
			   const CourseState *state, const ProgressChange *change)
{
	static SavedPlan saved;
	const CourseModule *current = state->current;
	Oid			types[] = {
		UUIDOID, UUIDOID, INT4OID, UUIDOID, BOOLOID, INT8OID, TIMESTAMPTZOID,
		BOOLOID, TIMESTAMPTZOID, TIMESTAMPTZOID
	};
	Datum		values[] = {
		UUIDPGetDatum(user_id),
		UUIDPGetDatum(course_id),
		Int32GetDatum(course_percentage(&state->modules)),
		current == NULL ? (Datum) 0 : UUIDPGetDatum(&current->id),
		BoolGetDatum(change->takes_back),
		Int64GetDatum(change->minutes),
		TimestampTzGetDatum(change->active_at),
		BoolGetDatum(state->is_completed),
		TimestampTzGetDatum(state->completed_at),
		TimestampTzGetDatum(change->began_at)
	};

	execute_saved(&saved, schema,
				  "UPDATE %1$s.user_progress AS p"
				  " SET progress_percentage = $3,"
				  "     current_module_id = $4,"
				  "     completed_at = CASE WHEN $8 THEN coalesce(p.completed_at, $9) END,"
				  "     time_spent_minutes = learnify_internal.add_minutes(p.time_spent_minutes, $6),"
				  "     last_activity = greatest(p.last_activity, $7),"
				  "     started_at = least(p.started_at, nullif($10, '-infinity'), CASE WHEN $8 THEN $9 END)"
				  " WHERE p.user_id = $1 AND p.course_id = $2"
				  "   AND (p.completed_at IS NULL OR $5)"
				  "   AND (p.progress_percentage <> $3"
				  "        OR p.current_module_id IS DISTINCT FROM $4"
				  "        OR (p.completed_at IS NULL) = $8)",
				  lengthof(types), types, values,
				  current == NULL ? "   n      " : NULL);
	return SPI_processed > 0;
}

bool
is_course_author(Oid schema, const pg_uuid_t *user_id,
				 const pg_uuid_t *course_id, Snapshot snapshot)
{
	IndexedTable courses;
	bool		found;

	found = indexed_table_begin_look_up(&courses, schema, "generated_courses",
										course_id, snapshot) &&
		equal_uuids(DatumGetUUIDP(indexed_table_value(&courses, "user_id", UUIDOID)),
					user_id);
	indexed_table_end_reading(&courses);
	return found;
}

static void
read_course_state(Oid schema, const pg_uuid_t *user_id,
				  const pg_uuid_t *course_id, CourseState *state)
{
	Snapshot	snapshot;

	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	snapshot = GetActiveSnapshot();
	read_course_modules(schema, user_id, course_id, snapshot, &state->modules);
	state->current = current_module(&state->modules);
	state->is_completed = state->modules.count > 0 && state->current == NULL;
	state->completed_at = latest_completion(schema, user_id, &state->modules,
											snapshot);
	state->is_author = is_course_author(schema, user_id, course_id, snapshot);
	PopActiveSnapshot();
}

bool
recompute_progress(Oid schema, const pg_uuid_t *user_id,
				const pg_uuid_t *course_id, const ProgressChange *change)
{
	CourseState state;
	bool		written;

	read_course_state(schema, user_id, course_id, &state);
	SPI_connect();
	written = write_progress(schema, user_id, course_id, &state, change);
	if (state.is_author && state.modules.count > 0)
		write_module_statuses(schema, user_id, &state.modules,
							  state.completed_at, change->locks_modules);
	SPI_finish();
	return written;
}

/*
 * update_progress(user_id uuid, course_id uuid, takes_back boolean)
 */
Datum
update_progress(PG_FUNCTION_ARGS)
{
	static const char *const tables[] = {
		"generated_courses", "generated_modules", "exercises",
		"module_completions", NULL
	};
	Oid			schema = extension_schema(fcinfo->flinfo);
	ProgressChange change = {
		.takes_back = PG_GETARG_BOOL(2),
		.locks_modules = true,
		.began_at = DT_NOBEGIN,
		.active_at = DT_NOBEGIN
	};

	require_reader(schema, PG_GETARG_UUID_P(0), tables);
	recompute_progress(schema, PG_GETARG_UUID_P(0), PG_GETARG_UUID_P(1), &change);
	PG_RETURN_VOID();
}

/*
 * complete_percentage()
 */
Datum
complete_percentage(PG_FUNCTION_ARGS)
{
	(void) fcinfo;				/* no arguments */
	PG_RETURN_INT32(COMPLETE_PERCENTAGE);
}
