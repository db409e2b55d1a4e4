/*
 * broadcasts.c
 *		broadcast(): writes a row of the feed, as far as the actor's settings
 *		allow, unless the feed has it. Rows of one actor are written by one statement,
 *		which costs a third of a statement for each.
 *
 * Cost: a look-up of the actor and of each row, and an insert. Memory: up to
 * MAX_FEED_ROWS rows, in the current context.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/async.h"
#include "common/pg_prng.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "base/arrays.h"
#include "base/compat.h"
#include "base/effect_time.h"
#include "base/extension.h"
#include "base/growing_array.h"
#include "base/indexed_table.h"
#include "base/json_object.h"
#include "base/saved_plan.h"
#include "base/settings.h"
#include "base/texts.h"
#include "identity/acting_user.h"
#include "social/broadcasts.h"
#include "social/visibility.h"

PG_FUNCTION_INFO_V1(broadcast);

#define UNIX_EPOCH_AS_TIMESTAMP \
	((UNIX_EPOCH_JDATE - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY)

/* Parts of the id of a feed row; see make_feed_id. */
#define MILLISECONDS_MASK	((UINT64CONST(1) << 44) - 1)
#define SEQUENCE_MASK		((UINT64CONST(1) << 62) - 1)

/* As many rows as one statement writes. */
#define MAX_FEED_ROWS	100

typedef struct Actor
{
	char	   *name;
	Visibility	max_visibility;
} Actor;

/* Returns whether the user exists and takes part in the feed. */
static bool
find_actor(Oid schema, const pg_uuid_t *id, Actor *actor)
{
	IndexedTable users;
	bool		takes_part;

	PushActiveSnapshot(GetTransactionSnapshot());
	takes_part = indexed_table_begin_look_up(&users, schema, "users", id,
											 GetActiveSnapshot()) &&
		DatumGetBool(indexed_table_value(&users, "social_enabled", BOOLOID));
	if (takes_part)
	{
		Datum		name = indexed_table_value(&users, "name", TEXTOID);
		Datum		maximum = indexed_table_value(&users, "max_visibility",
												  TEXTOID);

		actor->name = TextDatumGetCString(name);
		if (!find_visibility(DatumGetTextPP(maximum), &actor->max_visibility))
			actor->max_visibility = VISIBILITY_PRIVATE;
	}
	indexed_table_end_reading(&users);
	PopActiveSnapshot();
	return takes_part;
}

static Datum
add_actor_name(Jsonb *metadata, char *name)
{
	JsonBuilder builder;
	Jsonb	   *actor;

	begin_json_object(&builder);
	push_json_string(&builder, "actor_name", name);
	actor = finish_json_object(&builder);
	return DirectFunctionCall2(jsonb_concat, JsonbPGetDatum(actor),
							   JsonbPGetDatum(metadata));
}

/*
 * Notifies of a row that SPI returns, which a trigger may have changed.
 * Private rows are left out, since any role may listen to the channel.
 */
static void
notify_listeners(const pg_uuid_t *actor, HeapTuple row)
{
	char	   *id = SPI_getvalue(row, SPI_tuptable->tupdesc, 1);
	char	   *visibility = SPI_getvalue(row, SPI_tuptable->tupdesc, 2);
	Datum		user_id = DirectFunctionCall1(uuid_out, UUIDPGetDatum(actor));

	if (visibility != NULL && strcmp(visibility, "private") != 0)
		Async_Notify("learnify_activity",
					 psprintf("{\"id\" : \"%s\", \"user_id\" : \"%s\"}", id,
							  DatumGetCString(user_id)));
}

/*
 * Returns numbers that increase within a transaction. The start and the steps are
 * random, so that two transactions do not generate the same number.
 */
static uint64
next_sequence(void)
{
	static TransactionId current = InvalidTransactionId;
	static uint64 sequence;
	TransactionId transaction = GetTopTransactionId();

	if (transaction == current)
		sequence += 1 + pg_prng_uint32(&pg_global_prng_state);
	else
		sequence = pg_prng_uint64(&pg_global_prng_state) & (SEQUENCE_MASK >> 1);
	current = transaction;
	return sequence & SEQUENCE_MASK;
}

/*
 * Generates an id that orders feed rows of the same time by cause and effect. It
 * begins with the activity type, because the types are in that order. The time
 * follows, so that new index entries are next to each other, and the sequence. It is
 * a UUID of version 8 (RFC 9562):
 *
 *	4 bits	type of activity
 *	44 bits	milliseconds since 1970
 *	4 bits	version
 *	12 bits	microseconds of the millisecond
 *	2 bits	variant
 *	62 bits	sequence
 */
static void
make_feed_id(ActivityType type, TimestampTz created_at, pg_uuid_t *id)
{
	int64		microseconds = Max(created_at - UNIX_EPOCH_AS_TIMESTAMP, 0);
	uint64		high = (uint64) type << 60 |
		((uint64) (microseconds / 1000) & MILLISECONDS_MASK) << 16 |
		UINT64CONST(0x8) << 12 |
		(uint64) (microseconds % 1000);
	uint64		low = UINT64CONST(0x2) << 62 | next_sequence();
	int			i;

	for (i = 0; i < 8; i++)
	{
		id->data[i] = (unsigned char) (high >> (56 - 8 * i));
		id->data[8 + i] = (unsigned char) (low >> (56 - 8 * i));
	}
}

/* The columns of the feed that differ from row to row. */
#define FEED_COLUMNS	7

static const Oid column_types[FEED_COLUMNS] = {
	TEXTOID, TEXTOID, UUIDOID, JSONBOID, TEXTOID, TIMESTAMPTZOID, UUIDOID
};

#define INSERT_INTO_FEED \
	"INSERT INTO %1$s.activity_feed" \
	" (user_id, activity_type, reference_type, reference_id, metadata, visibility, created_at, id)"
#define RETURNING_FROM_FEED	" RETURNING id, visibility"

static void
make_columns(const FeedRow *row, const Actor *actor, Datum *columns)
{
	const ActivityTraits *traits = activity_traits(row->type);
	Visibility	visibility = Min(traits->widest_visibility, actor->max_visibility);
	pg_uuid_t  *id = palloc(sizeof(pg_uuid_t));

	make_feed_id(row->type, row->created_at, id);
	columns[0] = CStringGetTextDatum(traits->name);
	columns[1] = CStringGetTextDatum(traits->reference_type);
	columns[2] = UUIDPGetDatum(&row->reference_id);
	columns[3] = add_actor_name(row->metadata, actor->name);
	columns[4] = CStringGetTextDatum(visibility_name(visibility));
	columns[5] = TimestampTzGetDatum(row->created_at);
	columns[6] = UUIDPGetDatum(id);
}

static void
insert_row(const Feed *feed, const Actor *actor)
{
	static SavedPlan saved;
	Oid			types[FEED_COLUMNS + 1] = {UUIDOID};
	Datum		values[FEED_COLUMNS + 1] = {UUIDPGetDatum(&feed->actor)};

	memcpy(&types[1], column_types, sizeof(column_types));
	make_columns(&feed->items[0], actor, &values[1]);
	execute_saved(&saved, feed->schema,
				  INSERT_INTO_FEED " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)" RETURNING_FROM_FEED,
				  lengthof(types), types, values, NULL);
}

/* Inserts rows as arrays of their columns. */
static void
insert_rows(const Feed *feed, const Actor *actor)
{
	static SavedPlan saved;
	Oid			types[FEED_COLUMNS + 1] = {UUIDOID};
	Datum		values[FEED_COLUMNS + 1] = {UUIDPGetDatum(&feed->actor)};
	Datum		columns[FEED_COLUMNS][MAX_FEED_ROWS];
	Size		row;
	int			column;

	for (row = 0; row < feed->count; row++)
	{
		Datum		made[FEED_COLUMNS];

		make_columns(&feed->items[row], actor, made);
		for (column = 0; column < FEED_COLUMNS; column++)
			columns[column][row] = made[column];
	}
	for (column = 0; column < FEED_COLUMNS; column++)
	{
		types[column + 1] = get_array_type(column_types[column]);
		values[column + 1] = array_of(columns[column], NULL, (int) feed->count,
									  column_types[column]);
	}
	execute_saved(&saved, feed->schema,
				  INSERT_INTO_FEED
				  " SELECT $1, n.* FROM unnest($2, $3, $4, $5, $6, $7, $8) AS n"
				  RETURNING_FROM_FEED,
				  lengthof(types), types, values, NULL);
}

void
feed_begin(Feed *feed, Oid schema, const pg_uuid_t *actor)
{
	memset(feed, 0, sizeof(Feed));
	feed->schema = schema;
	feed->actor = *actor;
	feed->context = CurrentMemoryContext;
}

void
feed_add(Feed *feed, const Activity *activity, const Jsonb *metadata)
{
	MemoryContext old = MemoryContextSwitchTo(feed->context);
	FeedRow    *row = growing_array_append(feed);

	row->type = activity->type;
	row->reference_id = *activity->reference_id;
	row->created_at = effect_time(activity->happened_at);
	row->metadata = palloc(VARSIZE(metadata));
	memcpy(row->metadata, metadata, VARSIZE(metadata));
	MemoryContextSwitchTo(old);
	if (feed->count == MAX_FEED_ROWS)
		feed_write(feed);
}

static const IndexColumn reference_columns[] = {
	{"reference_id", UUIDOID}, {"user_id", UUIDOID}
};
static const IndexShape reference_shape = {reference_columns, 2, 2};

/* Whether the scan finds a row of the feed that tells of the same. */
static bool
is_told(IndexedTable *told, AttrNumber activity_type, const Feed *feed,
		const FeedRow *row)
{
	const char *name = activity_traits(row->type)->name;
	ScanKeyData keys[2];
	bool		found = false;

	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_UUID_EQ,
				UUIDPGetDatum(&row->reference_id));
	ScanKeyInit(&keys[1], 2, BTEqualStrategyNumber, F_UUID_EQ,
				UUIDPGetDatum(&feed->actor));
	index_rescan(told->scan, keys, lengthof(keys), NULL, 0);
	while (!found && indexed_table_next_row(told, ForwardScanDirection))
		found = text_equals_string(DatumGetTextPP(slot_value(told->slot, activity_type)), name);
	return found;
}

/* Gives the row of the feed in the slot the time and the metadata of the new one. */
static void
renew_told(IndexedTable *told, const Feed *feed, const FeedRow *row)
{
	static SavedPlan saved;
	Oid			types[] = {UUIDOID, TIMESTAMPTZOID, JSONBOID};
	Datum		values[] = {
		indexed_table_value(told, "id", UUIDOID),
		TimestampTzGetDatum(row->created_at),
		JsonbPGetDatum(row->metadata)
	};

	SPI_connect();
	execute_saved(&saved, feed->schema,
				  "UPDATE %1$s.activity_feed SET created_at = $2, metadata = metadata || $3 WHERE id = $1",
				  lengthof(types), types, values, NULL);
	SPI_finish();
}

/*
 * Drops new rows that tell what a row of the feed tells already, and corrects that
 * row. The caller has found no earlier solution, completion or badge; but plain
 * statements, TRUNCATE and work without automation can delete these and leave their
 * row in the feed. Catalogs before 1.0.0 have no index to find it by.
 */
static void
drop_told(Feed *feed)
{
	Relation	table = open_extension_table(feed->schema, "activity_feed");
	IndexedTable told = {0};
	Size		kept = 0;
	Size		i;

	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	if (indexed_table_open(&told, table, &reference_shape, GetActiveSnapshot()))
	{
		AttrNumber	activity_type = table_column(table, "activity_type", TEXTOID);

		indexed_table_begin(&told, GetActiveSnapshot(), 2, false);
		for (i = 0; i < feed->count; i++)
		{
			if (is_told(&told, activity_type, feed, &feed->items[i]))
			{
				renew_told(&told, feed, &feed->items[i]);
				pfree(feed->items[i].metadata);
			}
			else
				feed->items[kept++] = feed->items[i];
		}
		feed->count = kept;
		indexed_table_end(&told);
		indexed_table_close(&told);
	}
	PopActiveSnapshot();
	table_close(table, NoLock);
}

static void
insert_and_notify(const Feed *feed, const Actor *actor)
{
	uint64		row;

	SPI_connect();
	if (feed->count == 1)
		insert_row(feed, actor);
	else
		insert_rows(feed, actor);
	if (learnify_notify)
		for (row = 0; row < SPI_processed; row++)
			notify_listeners(&feed->actor, SPI_tuptable->vals[row]);
	SPI_finish();
}

void
feed_write(Feed *feed)
{
	Actor		actor;
	Size		i;

	if (feed->count > 0)
		drop_told(feed);
	if (feed->count > 0 && find_actor(feed->schema, &feed->actor, &actor))
		insert_and_notify(feed, &actor);
	for (i = 0; i < feed->count; i++)
		pfree(feed->items[i].metadata);
	feed->count = 0;
}

void
retract_activity(Oid schema, const pg_uuid_t *actor, const Activity *activity)
{
	static SavedPlan saved;
	Oid			types[] = {UUIDOID, TEXTOID, UUIDOID};
	Datum		values[] = {
		UUIDPGetDatum(actor),
		CStringGetTextDatum(activity_traits(activity->type)->name),
		UUIDPGetDatum(activity->reference_id)
	};

	SPI_connect();
	execute_saved(&saved, schema,
				  "DELETE FROM %1$s.activity_feed"
				  " WHERE user_id = $1 AND activity_type = $2 AND reference_id = $3",
				  lengthof(types), types, values, NULL);
	SPI_finish();
}

void
correct_activity(Oid schema, const pg_uuid_t *actor, const Activity *activity,
				 int score)
{
	static SavedPlan saved;
	Oid			types[] = {UUIDOID, TEXTOID, UUIDOID, INT4OID, TIMESTAMPTZOID};
	Datum		values[] = {
		UUIDPGetDatum(actor),
		CStringGetTextDatum(activity_traits(activity->type)->name),
		UUIDPGetDatum(activity->reference_id),
		Int32GetDatum(score),
		TimestampTzGetDatum(activity->happened_at)
	};

	SPI_connect();
	execute_saved(&saved, schema,
				  "UPDATE %1$s.activity_feed"
				  " SET metadata = metadata || jsonb_build_object('score', $4),"
				  "     created_at = learnify_internal.corrected_time(created_at, $5)"
				  " WHERE user_id = $1 AND activity_type = $2 AND reference_id = $3",
				  lengthof(types), types, values, NULL);
	SPI_finish();
}

/*
 * broadcast(actor uuid, activity text, reference_id uuid, metadata jsonb,
 *			 happened_at timestamptz)
 */
Datum
broadcast(PG_FUNCTION_ARGS)
{
	static const char *const tables[] = {"users", NULL};
	Oid			schema = extension_schema(fcinfo->flinfo);
	Activity	activity;
	Feed		feed;

	require_reader(schema, PG_GETARG_UUID_P(0), tables);
	activity.type = find_activity_type(PG_GETARG_TEXT_PP(1));
	activity.reference_id = PG_GETARG_UUID_P(2);
	activity.happened_at = PG_GETARG_TIMESTAMPTZ(4);
	feed_begin(&feed, schema, PG_GETARG_UUID_P(0));
	feed_add(&feed, &activity, PG_GETARG_JSONB_P(3));
	feed_write(&feed);
	PG_RETURN_VOID();
}
