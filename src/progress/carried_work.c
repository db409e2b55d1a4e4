/*
 * carried_work.c
 *		carry_submissions() and rehome_submissions(): move submissions along with
 *		their exercise, and keep them when the exercise or the module is deleted.
 *
 * These updates are not processed as corrections of the submissions: content.c
 * processes the change of the content. They run before the triggers of the foreign
 * keys, whose SET NULL would be a correction, and whose CASCADE would delete the
 * submissions.
 *
 * Cost: an update of the submissions; above READ COMMITTED, reading them once more.
 * Memory: that of the update.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "base/extension.h"
#include "base/indexed_table.h"
#include "base/own_statement.h"
#include "base/row_trigger.h"
#include "base/row_versions.h"
#include "base/uuids.h"
#include "progress/content_lock.h"

/*
 * The submissions of exercise $1, locked in the order of their ids, as erase_user()
 * locks those of a learner.
 */
#define LOCKED_SUBMISSIONS \
	" FROM (SELECT l.id FROM %1$s.module_completions AS l" \
	"       WHERE l.exercise_id = $1 ORDER BY l.id FOR NO KEY UPDATE) AS l" \
	" WHERE s.id = l.id"

PG_FUNCTION_INFO_V1(carry_submissions);
PG_FUNCTION_INFO_V1(rehome_submissions);

static const IndexColumn exercise_columns[] = {{"exercise_id", UUIDOID}};
static const IndexShape exercise_shape = {exercise_columns, 1, 1};

static pg_uuid_t
row_id(TriggerData *trigger, HeapTuple row, const char *column)
{
	bool		isnull;

	return *DatumGetUUIDP(row_value(trigger, row, column, UUIDOID, &isnull));
}

/*
 * Locks the module before the submissions, as its deletion does. Fails rather than
 * wait for that: a session that corrects submissions of both modules may be waiting
 * for submissions which an earlier row of this statement has moved.
 */
static void
lock_target_module(Oid schema, const pg_uuid_t *module_id)
{
	static SavedPlan lock;
	static SavedPlan look;
	Oid			types[] = {UUIDOID};
	Datum		values[] = {UUIDPGetDatum(module_id)};

	execute_saved(&lock, schema,
				  "SELECT FROM %1$s.generated_modules WHERE id = $1"
				  " FOR KEY SHARE SKIP LOCKED",
				  lengthof(types), types, values, NULL);
	if (SPI_processed > 0)
		return;
	execute_saved(&look, schema,
				  "SELECT FROM %1$s.generated_modules WHERE id = $1",
				  lengthof(types), types, values, NULL);
	if (SPI_processed > 0)
		raise_content_conflict();
}

static void
move_submissions(Oid schema, const pg_uuid_t *exercise_id,
				 const pg_uuid_t *module_id)
{
	static SavedPlan saved;
	Oid			types[] = {UUIDOID, UUIDOID};
	Datum		values[] = {
		UUIDPGetDatum(exercise_id), UUIDPGetDatum(module_id)
	};

	execute_own(&saved, schema,
				"UPDATE %1$s.module_completions AS s SET module_id = $2"
				LOCKED_SUBMISSIONS,
				lengthof(types), types, values, NULL);
}

static void
detach_submissions(Oid schema, const pg_uuid_t *exercise_id)
{
	static SavedPlan saved;
	Oid			types[] = {UUIDOID};
	Datum		values[] = {UUIDPGetDatum(exercise_id)};

	execute_own(&saved, schema,
				"UPDATE %1$s.module_completions AS s SET exercise_id = NULL"
				LOCKED_SUBMISSIONS,
				lengthof(types), types, values, NULL);
}

/*
 * Submissions that the transaction's snapshot is too old for would be left to the
 * foreign key, which waits for whoever has them locked, in any order.
 */
static void
require_latest_submissions(Oid schema, const pg_uuid_t *exercise_id)
{
	if (IsolationUsesXactSnapshot() &&
		has_newer_rows(schema, "module_completions", &exercise_shape,
					   exercise_id, GetTransactionSnapshot()))
		raise_content_conflict();
}

/*
 * carry_submissions() returns trigger
 */
Datum
carry_submissions(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Oid			schema = extension_schema(fcinfo->flinfo);
	pg_uuid_t	exercise_id;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		!is_trigger_table(trigger, schema, "exercises"))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function carry_submissions was not called by the extension's trigger")));
	exercise_id = row_id(trigger, trigger->tg_trigtuple, "id");
	require_latest_submissions(schema, &exercise_id);
	SPI_connect();
	if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
	{
		pg_uuid_t	module_id = row_id(trigger, trigger->tg_newtuple,
									   "module_id");

		lock_target_module(schema, &module_id);
		move_submissions(schema, &exercise_id, &module_id);
	}
	else
		detach_submissions(schema, &exercise_id);
	SPI_finish();
	return PointerGetDatum(NULL);
}

/*
 * rehome_submissions(module_id uuid, heir uuid)
 *
 * Fails rather than wait for a submission that is being corrected: a statement that
 * corrects several ones of a module may lock them in another order.
 */
Datum
rehome_submissions(PG_FUNCTION_ARGS)
{
	static SavedPlan saved;
	static SavedPlan look;
	Oid			types[] = {UUIDOID, UUIDOID};
	Datum		values[] = {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)};
	Oid			schema = extension_schema(fcinfo->flinfo);

	SPI_connect();
	execute_own(&saved, schema,
				"UPDATE %1$s.module_completions AS s"
				" SET module_id = $2, exercise_id = NULL"
				" FROM (SELECT id FROM %1$s.module_completions"
				"       WHERE module_id = $1 FOR NO KEY UPDATE SKIP LOCKED) AS l"
				" WHERE s.id = l.id",
				lengthof(types), types, values, NULL);
	execute_saved(&look, schema,
				  "SELECT FROM %1$s.module_completions WHERE module_id = $1 LIMIT 1",
				  1, types, values, NULL);
	if (SPI_processed > 0)
		raise_content_conflict();
	SPI_finish();
	PG_RETURN_VOID();
}
