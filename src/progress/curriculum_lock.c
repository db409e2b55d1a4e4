/*
 * curriculum_lock.c
 *		lock_curriculum() and enter_exercise(): keep the rows to which work in a
 *		course refers from being deleted or moved.
 *
 * They lock the rows in the order in which the deletion of a course locks them.
 * They lock all modules, because any of them may become the learner's current one:
 * a session that waited for a module while it held the learner's lock could
 * deadlock with one that has the module and waits for the learner.
 *
 * Cost: a look-up and a lock for each row. Memory: a few allocations, in the current
 * context.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "base/extension.h"
#include "base/uuids.h"
#include "identity/acting_user.h"
#include "progress/content_lock.h"
#include "progress/curriculum_lock.h"
#include "progress/modules.h"

PG_FUNCTION_INFO_V1(lock_curriculum);
PG_FUNCTION_INFO_V1(enter_exercise);

/* See what was committed during a wait, and what this transaction has written. */
static Snapshot
begin_looking(void)
{
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	return GetActiveSnapshot();
}

static void
end_looking(void)
{
	PopActiveSnapshot();
}

static bool
is_held(RowLock lock)
{
	if (lock == ROW_IS_BUSY)
		raise_content_conflict();
	return lock == ROW_IS_LOCKED;
}

static void
hold_course(Oid schema, const pg_uuid_t *course_id, bool may_wait)
{
	IndexedTable courses;

	(void) is_held(indexed_table_begin_locked_look_up(&courses, schema,
													  "generated_courses",
													  course_id, begin_looking(),
													  LockTupleKeyShare,
													  may_wait));
	indexed_table_end_reading(&courses);
	end_looking();
}

/* Locks them in the order of the index, which is that of their numbers. */
static void
hold_modules(Oid schema, const pg_uuid_t *course_id, bool may_wait)
{
	IndexedTable modules;

	indexed_table_begin_locking(&modules, schema, "generated_modules",
								&course_module_shape, begin_looking(), 1);
	indexed_table_seek(&modules, course_id);
	while (indexed_table_next_row(&modules, ForwardScanDirection))
		(void) is_held(indexed_table_lock_row(&modules, LockTupleKeyShare,
											  may_wait));
	indexed_table_end_reading(&modules);
	end_looking();
}

void
hold_curriculum(Oid schema, const pg_uuid_t *course_id, bool may_wait)
{
	may_wait = may_wait && !holds_course_content();
	hold_course(schema, course_id, may_wait);
	hold_modules(schema, course_id, may_wait);
}

/* Reads the id of the row that a module or an exercise belongs to. */
static bool
read_owner(Oid schema, const char *table, const char *column,
		   const pg_uuid_t *id, pg_uuid_t *owner)
{
	IndexedTable owned;
	bool		found;

	found = indexed_table_begin_look_up(&owned, schema, table, id,
										begin_looking());
	if (found)
		*owner = *DatumGetUUIDP(indexed_table_value(&owned, column, UUIDOID));
	indexed_table_end_reading(&owned);
	end_looking();
	return found;
}

/* Repeats that where the module has been moved to another course meanwhile. */
bool
enter_module(Oid schema, const pg_uuid_t *module_id, bool may_wait,
			 pg_uuid_t *course_id)
{
	pg_uuid_t	entered;
	bool		found = read_owner(schema, "generated_modules", "course_id",
								   module_id, course_id);

	while (found)
	{
		entered = *course_id;
		hold_curriculum(schema, &entered, may_wait);
		found = read_owner(schema, "generated_modules", "course_id", module_id,
						   course_id);
		if (found && equal_uuids(&entered, course_id))
			return true;
	}
	return false;
}

bool
begin_held_exercise(IndexedTable *exercises, Oid schema,
					const pg_uuid_t *exercise_id, Snapshot snapshot,
					bool may_wait)
{
	return is_held(indexed_table_begin_locked_look_up(exercises, schema,
													  "exercises", exercise_id,
													  snapshot,
													  LockTupleKeyShare,
													  may_wait && !holds_course_content()));
}

static void
hold_exercise(Oid schema, const pg_uuid_t *exercise_id)
{
	IndexedTable exercises;

	(void) begin_held_exercise(&exercises, schema, exercise_id, begin_looking(),
							   true);
	indexed_table_end_reading(&exercises);
	end_looking();
}

/*
 * SQL functions
 */

/*
 * lock_curriculum(course_id uuid, may_wait boolean)
 */
Datum
lock_curriculum(PG_FUNCTION_ARGS)
{
	static const char *const tables[] = {
		"generated_courses", "generated_modules", NULL
	};
	Oid			schema = extension_schema(fcinfo->flinfo);

	require_locker(schema, NULL, tables);
	hold_curriculum(schema, PG_GETARG_UUID_P(0), PG_GETARG_BOOL(1));
	PG_RETURN_VOID();
}

/*
 * enter_exercise(exercise_id uuid)
 *
 * Locks an exercise and its course, as a submission does. Afterwards the exercise
 * cannot be moved from the module that a submission to it names.
 */
Datum
enter_exercise(PG_FUNCTION_ARGS)
{
	static const char *const tables[] = {
		"generated_courses", "generated_modules", "exercises", NULL
	};
	Oid			schema = extension_schema(fcinfo->flinfo);
	pg_uuid_t  *exercise_id = PG_GETARG_UUID_P(0);
	pg_uuid_t	module_id;
	pg_uuid_t	entered;
	pg_uuid_t	course_id;
	bool		found;

	require_locker(schema, NULL, tables);
	found = read_owner(schema, "exercises", "module_id", exercise_id, &module_id);
	while (found)
	{
		entered = module_id;
		(void) enter_module(schema, &entered, true, &course_id);
		hold_exercise(schema, exercise_id);
		found = read_owner(schema, "exercises", "module_id", exercise_id,
						   &module_id);
		if (found && equal_uuids(&entered, &module_id))
			break;
	}
	PG_RETURN_VOID();
}
