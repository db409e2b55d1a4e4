/*
 * row_trigger.c
 *		Helpers for triggers, mark_live_row() and touch_updated_at().
 *
 * The triggers are in C because they fire for each row of a statement.
 *
 * Cost: a copy of the row if it is changed. Memory: that copy, in the current
 * context.
 */
#include "postgres.h"

#include "access/attnum.h"
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "replication/logicalworker.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/compat.h"
#include "base/indexed_table.h"
#include "base/row_trigger.h"
#include "distribution/shards.h"

PG_FUNCTION_INFO_V1(mark_live_row);
PG_FUNCTION_INFO_V1(touch_updated_at);
PG_FUNCTION_INFO_V1(is_replication_worker);

TriggerData *
begin_row_trigger(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("the function was not called by a trigger before INSERT or UPDATE for each row")));
	require_known_place(trigger->tg_relation);
	return trigger;
}

TriggerData *
begin_update_trigger(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_AFTER(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		!TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("the function was not called by a trigger after UPDATE for each row")));
	return trigger;
}

void
require_statement_trigger(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_AFTER(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_STATEMENT(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("the function was not called by a trigger after a statement")));
}

bool
is_trigger_table(TriggerData *trigger, Oid schema, const char *table)
{
	return table_of_shard(RelationGetRelid(trigger->tg_relation)) ==
		get_relname_relid(table, schema);
}

void
require_trigger_table(TriggerData *trigger, Oid schema, const char *table)
{
	if (!is_trigger_table(trigger, schema, table))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("the function was not called by a trigger of the extension's table \"%s\"",
						table)));
}

HeapTuple
new_row(TriggerData *trigger)
{
	return TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ?
		trigger->tg_newtuple : trigger->tg_trigtuple;
}

Datum
row_value(TriggerData *trigger, HeapTuple row, const char *column, Oid type,
		  bool *isnull)
{
	return heap_getattr(row, table_column(trigger->tg_relation, column, type),
						RelationGetDescr(trigger->tg_relation), isnull);
}

Datum
changed_row(TriggerData *trigger, const char *column, Oid type, Datum value,
			bool isnull)
{
	int			number = table_column(trigger->tg_relation, column, type);
	HeapTuple	row = heap_modify_tuple_by_cols(new_row(trigger),
												RelationGetDescr(trigger->tg_relation),
												1, &number, &value, &isnull);

	return PointerGetDatum(row);
}

/*
 * Whether a table has a row with the new row's key, of which no column is null.
 * The row is locked, so that it is still there when the new one meets it.
 */
static bool
has_row_with_key(TriggerData *trigger, IndexedTable *rows, const IndexShape *shape)
{
	ScanKeyData keys[2];
	bool		found;
	int			i;

	for (i = 0; i < shape->key_count; i++)
	{
		bool		isnull;
		Datum		value = row_value(trigger, new_row(trigger), shape->columns[i].name,
									  UUIDOID, &isnull);

		if (isnull)
			return false;
		ScanKeyInit(&keys[i], i + 1, BTEqualStrategyNumber, F_UUID_EQ, value);
	}
	indexed_table_begin(rows, GetActiveSnapshot(), shape->key_count, false);
	index_rescan(rows->scan, keys, shape->key_count, NULL, 0);
	found = indexed_table_next_row(rows, ForwardScanDirection) &&
		indexed_table_lock_row(rows, LockTupleKeyShare, true) == ROW_IS_LOCKED;
	indexed_table_end(rows);
	return found;
}

/* In a distributed database, the primary key begins with the user. */
bool
new_row_is_there(TriggerData *trigger)
{
	static const IndexColumn by_id[] = {{"id", UUIDOID}};
	static const IndexColumn by_user_and_id[] = {{"user_id", UUIDOID}, {"id", UUIDOID}};
	static const IndexShape shapes[] = {{by_id, 1, 1}, {by_user_and_id, 2, 2}};
	IndexedTable rows = {0};
	bool		found = false;
	size_t		i;

	PushActiveSnapshot(GetTransactionSnapshot());
	for (i = 0; i < lengthof(shapes) && rows.index == NULL; i++)
		if (indexed_table_open(&rows, trigger->tg_relation, &shapes[i], GetActiveSnapshot()))
			found = has_row_with_key(trigger, &rows, &shapes[i]);
	indexed_table_close(&rows);
	PopActiveSnapshot();
	return found;
}

/*
 * is_replication_worker() returns boolean
 *
 * See replication.sql.
 */
Datum
is_replication_worker(PG_FUNCTION_ARGS)
{
	(void) fcinfo;				/* no arguments */
	PG_RETURN_BOOL(IsLogicalWorker());
}

/*
 * mark_live_row() returns trigger
 *
 * See live_rows.sql. A publisher's row arrives as it is, even if the clocks of
 * the two servers differ so that it seems to be of this transaction.
 */
Datum
mark_live_row(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = begin_row_trigger(fcinfo);
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	bool		is_update = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);
	bool		isnull;
	Datum		mark = row_value(trigger, new_row(trigger), "broadcast_at",
								 TIMESTAMPTZOID, &isnull);

	if (!isnull && (IsLogicalWorker() || DatumGetTimestampTz(mark) != now))
		return PointerGetDatum(new_row(trigger));
	if (is_update)
		mark = row_value(trigger, trigger->tg_trigtuple, "broadcast_at",
						 TIMESTAMPTZOID, &isnull);
	else
	{
		mark = TimestampTzGetDatum(isnull ? now : now - 1);
		isnull = false;
	}
	return changed_row(trigger, "broadcast_at", TIMESTAMPTZOID, mark, isnull);
}

/*
 * Whether the UPDATE has left updated_at alone, or written it back as a client has
 * read it, rounded to milliseconds.
 */
static bool
keeps_updated_at(TriggerData *trigger)
{
	bool		was_null;
	bool		is_null;
	TimestampTz before = DatumGetTimestampTz(row_value(trigger, trigger->tg_trigtuple,
													   "updated_at", TIMESTAMPTZOID, &was_null));
	TimestampTz after = DatumGetTimestampTz(row_value(trigger, new_row(trigger),
													  "updated_at", TIMESTAMPTZOID, &is_null));

	if (was_null || is_null)
		return false;
	return after == before ||
		(!TIMESTAMP_NOT_FINITE(after) && !TIMESTAMP_NOT_FINITE(before) &&
		 after >= before - CLIENT_PRECISION && after <= before + CLIENT_PRECISION);
}

/*
 * touch_updated_at() returns trigger
 */
Datum
touch_updated_at(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = begin_row_trigger(fcinfo);

	if (!keeps_updated_at(trigger))
		return PointerGetDatum(new_row(trigger));
	return changed_row(trigger, "updated_at", TIMESTAMPTZOID,
					   TimestampTzGetDatum(transaction_time_of_nodes()), false);
}
