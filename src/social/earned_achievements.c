/*
 * earned_achievements.c
 *		broadcast_achievements(): writes achievements that learners have earned to
 *		the feed.
 *
 * Cost: a look-up of each achievement, and a statement for the rows of a learner that
 * are next to each other. Memory: that of a Feed, and of one row.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/extension.h"
#include "base/indexed_table.h"
#include "base/json_object.h"
#include "base/row_trigger.h"
#include "base/transition_rows.h"
#include "base/uuids.h"
#include "identity/acting_user.h"
#include "identity/texts.h"
#include "social/broadcasts.h"

PG_FUNCTION_INFO_V1(broadcast_achievements);

static char *
read_fitting(IndexedTable *achievements, const char *column, const char *kind)
{
	return fitting_string(kind, indexed_table_value(achievements, column, TEXTOID));
}

static void
add_achievement(Feed *feed, const pg_uuid_t *achievement_id,
				TimestampTz unlocked_at)
{
	Activity	activity = {
		.type = ACTIVITY_ACHIEVEMENT_EARNED,
		.reference_id = achievement_id,
		.happened_at = unlocked_at
	};
	IndexedTable achievements;
	JsonBuilder builder;

	PushActiveSnapshot(GetTransactionSnapshot());
	if (indexed_table_begin_look_up(&achievements, feed->schema, "achievements",
									achievement_id, GetActiveSnapshot()))
	{
		Datum		rarity = indexed_table_value(&achievements, "rarity", TEXTOID);

		begin_json_object(&builder);
		push_json_string(&builder, "achievement",
						 read_fitting(&achievements, "name", "achievements.name"));
		push_json_string(&builder, "slug",
						 read_fitting(&achievements, "slug", "slug"));
		push_json_string(&builder, "badge_icon",
						 read_fitting(&achievements, "badge_icon", "badge_icon"));
		push_json_string(&builder, "rarity", TextDatumGetCString(rarity));
		feed_add(feed, &activity, finish_json_object(&builder));
	}
	indexed_table_end_reading(&achievements);
	PopActiveSnapshot();
}

/* Adds a row to the feed of its learner, after writing that of another one. */
static void
process_row(TupleTableSlot *slot, Relation table, Feed *feed)
{
	pg_uuid_t  *user_id =
		DatumGetUUIDP(slot_value(slot, table_column(table, "user_id", UUIDOID)));
	pg_uuid_t  *achievement_id =
		DatumGetUUIDP(slot_value(slot, table_column(table, "achievement_id", UUIDOID)));
	Datum		unlocked_at =
		slot_value(slot, table_column(table, "unlocked_at", TIMESTAMPTZOID));

	if (!equal_uuids(&feed->actor, user_id))
	{
		feed_write(feed);
		feed->actor = *user_id;
	}
	add_achievement(feed, achievement_id, DatumGetTimestampTz(unlocked_at));
}

/*
 * broadcast_achievements() returns trigger
 */
Datum
broadcast_achievements(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Oid			schema = extension_schema(fcinfo->flinfo);
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	TransitionRows rows;
	MemoryContext row;
	MemoryContext old;
	AttrNumber	broadcast_at;
	pg_uuid_t	nobody = {0};
	Feed		feed;

	require_statement_trigger(fcinfo);
	require_trigger_table(trigger, schema, "user_achievements");
	if (!automation_is_on(schema))
		return PointerGetDatum(NULL);
	broadcast_at = table_column(trigger->tg_relation, "broadcast_at", TIMESTAMPTZOID);
	CommandCounterIncrement();
	feed_begin(&feed, schema, &nobody);
	row = AllocSetContextCreate(CurrentMemoryContext, "learnify achievement",
								ALLOCSET_SMALL_SIZES);
	transition_rows_begin(&rows, trigger, trigger->tg_newtable);
	while (transition_rows_next(&rows))
	{
		if (DatumGetTimestampTz(slot_value(rows.slot, broadcast_at)) != now)
			continue;
		old = MemoryContextSwitchTo(row);
		process_row(rows.slot, trigger->tg_relation, &feed);
		MemoryContextSwitchTo(old);
		MemoryContextReset(row);
	}
	transition_rows_end(&rows);
	feed_write(&feed);
	MemoryContextDelete(row);
	return PointerGetDatum(NULL);
}
