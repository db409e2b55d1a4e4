/*
 * milestones.c
 *		broadcast_exercise_solved(), broadcast_module_completed() and
 *		module_metadata(): write to the feed that an exercise was solved or a
 *		module completed.
 *
 * The metadata hold the titles as they are now, so that a row of the feed can
 * be read without a join; cut, where an earlier version let longer ones in. Nothing
 * is broadcast about a module, a course or an exercise that has been deleted
 * meanwhile.
 *
 * Cost: three or four look-ups by key, and a row of the feed. Memory: a few
 * allocations, in the current context.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/extension.h"
#include "base/indexed_table.h"
#include "base/json_object.h"
#include "identity/acting_user.h"
#include "identity/texts.h"
#include "progress/milestones.h"
#include "progress/modules.h"
#include "social/activity_types.h"
#include "social/broadcasts.h"

PG_FUNCTION_INFO_V1(module_metadata);
PG_FUNCTION_INFO_V1(broadcast_exercise_solved);
PG_FUNCTION_INFO_V1(broadcast_module_completed);

bool
read_module(Oid schema, const pg_uuid_t *id, Snapshot snapshot, Module *module)
{
	IndexedTable modules;
	bool		found;

	found = indexed_table_begin_look_up(&modules, schema, "generated_modules",
										id, snapshot);
	if (found)
	{
		module->id = *id;
		module->course_id =
			*DatumGetUUIDP(indexed_table_value(&modules, "course_id", UUIDOID));
		module->number =
			DatumGetInt32(indexed_table_value(&modules, "module_number", INT4OID));
		module->title =
			fitting_string("title", indexed_table_value(&modules, "title", TEXTOID));
	}
	indexed_table_end_reading(&modules);
	return found;
}

/* Returns the title of a row; NULL where there is no such row. */
static char *
read_title(Oid schema, const char *table, const pg_uuid_t *id, Snapshot snapshot)
{
	IndexedTable titled;
	char	   *title = NULL;

	if (indexed_table_begin_look_up(&titled, schema, table, id, snapshot))
		title = fitting_string("title", indexed_table_value(&titled, "title", TEXTOID));
	indexed_table_end_reading(&titled);
	return title;
}

/*
 * Begins an object with the metadata of a module; returns false where its
 * course is gone.
 */
static bool
push_module(JsonBuilder *builder, Oid schema, const Module *module,
			Snapshot snapshot)
{
	char	   *course = read_title(schema, "generated_courses",
									&module->course_id, snapshot);

	if (course == NULL)
		return false;
	begin_json_object(builder);
	push_json_uuid(builder, "course_id", &module->course_id);
	push_json_string(builder, "course_title", course);
	push_json_uuid(builder, "module_id", &module->id);
	push_json_integer(builder, "module_number", module->number);
	push_json_string(builder, "module_title", module->title);
	return true;
}

void
add_exercise_activity(Feed *feed, const Module *module,
					  const pg_uuid_t *exercise_id, int score,
					  TimestampTz solved_at)
{
	Activity	activity = {
		.type = ACTIVITY_EXERCISE_SOLVED,
		.reference_id = exercise_id,
		.happened_at = solved_at
	};
	JsonBuilder builder;
	char	   *exercise;
	bool		found;

	PushActiveSnapshot(GetTransactionSnapshot());
	exercise = read_title(feed->schema, "exercises", exercise_id, GetActiveSnapshot());
	found = exercise != NULL &&
		push_module(&builder, feed->schema, module, GetActiveSnapshot());
	PopActiveSnapshot();
	if (!found)
		return;
	push_json_string(&builder, "exercise_title", exercise);
	push_json_integer(&builder, "score", score);
	feed_add(feed, &activity, finish_json_object(&builder));
}

void
add_module_activity(Feed *feed, const Module *module)
{
	Activity	activity = {
		.type = ACTIVITY_MODULE_COMPLETED,
		.reference_id = &module->id
	};
	JsonBuilder builder;
	ModuleResult result;
	bool		found;

	PushActiveSnapshot(GetTransactionSnapshot());
	found = read_module_result(feed->schema, &feed->actor, &module->id, DT_NOBEGIN,
							   GetActiveSnapshot(), &result) &&
		push_module(&builder, feed->schema, module, GetActiveSnapshot());
	PopActiveSnapshot();
	if (!found)
		return;
	activity.happened_at = result.completed_at;
	push_json_integer(&builder, "score", result.score);
	feed_add(feed, &activity, finish_json_object(&builder));
}

void
add_course_activity(Feed *feed, const pg_uuid_t *course_id,
					TimestampTz completed_at)
{
	Activity	activity = {
		.type = ACTIVITY_COURSE_COMPLETED,
		.reference_id = course_id,
		.happened_at = completed_at
	};
	JsonBuilder builder;
	char	   *title;

	PushActiveSnapshot(GetTransactionSnapshot());
	title = read_title(feed->schema, "generated_courses", course_id,
					   GetActiveSnapshot());
	PopActiveSnapshot();
	if (title == NULL)
		return;
	begin_json_object(&builder);
	push_json_uuid(&builder, "course_id", course_id);
	push_json_string(&builder, "course_title", title);
	feed_add(feed, &activity, finish_json_object(&builder));
}

/*
 * SQL functions
 */

static const char *const tables[] = {
	"generated_courses", "generated_modules", "exercises", "module_completions",
	NULL
};

/*
 * module_metadata(module_id uuid)
 */
Datum
module_metadata(PG_FUNCTION_ARGS)
{
	Oid			schema = extension_schema(fcinfo->flinfo);
	JsonBuilder builder;
	Module		module;

	if (!read_module(schema, PG_GETARG_UUID_P(0), GetActiveSnapshot(), &module) ||
		!push_module(&builder, schema, &module, GetActiveSnapshot()))
		PG_RETURN_NULL();
	PG_RETURN_JSONB_P(finish_json_object(&builder));
}

/*
 * broadcast_exercise_solved(user_id uuid, module_id uuid, exercise_id uuid,
 *							 score integer, solved_at timestamptz)
 */
Datum
broadcast_exercise_solved(PG_FUNCTION_ARGS)
{
	Oid			schema = extension_schema(fcinfo->flinfo);
	Module		module;
	Feed		feed;

	require_reader(schema, PG_GETARG_UUID_P(0), tables);
	feed_begin(&feed, schema, PG_GETARG_UUID_P(0));
	if (read_module(schema, PG_GETARG_UUID_P(1), GetActiveSnapshot(), &module))
		add_exercise_activity(&feed, &module, PG_GETARG_UUID_P(2),
							  PG_GETARG_INT32(3), PG_GETARG_TIMESTAMPTZ(4));
	feed_write(&feed);
	PG_RETURN_VOID();
}

/*
 * broadcast_module_completed(user_id uuid, module_id uuid)
 */
Datum
broadcast_module_completed(PG_FUNCTION_ARGS)
{
	Oid			schema = extension_schema(fcinfo->flinfo);
	Module		module;
	Feed		feed;

	require_reader(schema, PG_GETARG_UUID_P(0), tables);
	feed_begin(&feed, schema, PG_GETARG_UUID_P(0));
	if (read_module(schema, PG_GETARG_UUID_P(1), GetActiveSnapshot(), &module))
		add_module_activity(&feed, &module);
	feed_write(&feed);
	PG_RETURN_VOID();
}
