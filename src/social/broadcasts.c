/*
 * broadcasts.c
 *		broadcast(): writes a row of the feed, as far as the actor's settings
 *		allow.
 *
 * Cost: a look-up of the actor and an insert. Memory: a few allocations, in
 * the current context.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/async.h"
#include "common/pg_prng.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/effect_time.h"
#include "base/extension.h"
#include "base/indexed_table.h"
#include "base/json_object.h"
#include "base/saved_plan.h"
#include "base/settings.h"
#include "identity/acting_user.h"
#include "social/broadcasts.h"
#include "social/visibility.h"

PG_FUNCTION_INFO_V1(broadcast);

#define UNIX_EPOCH_AS_TIMESTAMP \
	((UNIX_EPOCH_JDATE - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY)

/* Parts of the id of a feed row; see make_feed_id. */
#define MILLISECONDS_MASK	((UINT64CONST(1) << 44) - 1)
#define SEQUENCE_MASK		((UINT64CONST(1) << 62) - 1)

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
 * Notifies of the row that SPI returns, which a trigger may have changed.
 * Private rows are left out, since any role may listen to the channel.
 */
static void
notify_listeners(const pg_uuid_t *actor)
{
	HeapTuple	row = SPI_tuptable->vals[0];
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

void
broadcast_activity(Oid schema, const pg_uuid_t *actor, const Activity *activity,
				   Jsonb *metadata)
{
	static SavedPlan saved;
	Oid			types[] = {
		UUIDOID, TEXTOID, TEXTOID, UUIDOID, JSONBOID, TEXTOID, TIMESTAMPTZOID,
		UUIDOID
	};
	const ActivityTraits *traits = activity_traits(activity->type);
	TimestampTz created_at = effect_time(activity->happened_at);
	Datum		values[lengthof(types)];
	pg_uuid_t	id;
	Visibility	visibility;
	Actor		user;

	if (!find_actor(schema, actor, &user))
		return;
	visibility = Min(traits->widest_visibility, user.max_visibility);
	values[0] = UUIDPGetDatum(actor);
	values[1] = CStringGetTextDatum(traits->name);
	values[2] = CStringGetTextDatum(traits->reference_type);
	values[3] = UUIDPGetDatum(activity->reference_id);
	values[4] = add_actor_name(metadata, user.name);
	values[5] = CStringGetTextDatum(visibility_name(visibility));
	values[6] = TimestampTzGetDatum(created_at);
	make_feed_id(activity->type, created_at, &id);
	values[7] = UUIDPGetDatum(&id);
	SPI_connect();
	execute_saved(&saved, schema,
				  "INSERT INTO %1$s.activity_feed"
				  " (user_id, activity_type, reference_type, reference_id, metadata, visibility, created_at, id)"
				  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
				  " RETURNING id, visibility",
				  lengthof(types), types, values, NULL);
	if (learnify_notify && SPI_processed == 1)
		notify_listeners(actor);
	SPI_finish();
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

	require_reader(schema, PG_GETARG_UUID_P(0), tables);
	activity.type = find_activity_type(PG_GETARG_TEXT_PP(1));
	activity.reference_id = PG_GETARG_UUID_P(2);
	activity.happened_at = PG_GETARG_TIMESTAMPTZ(4);
	broadcast_activity(schema, PG_GETARG_UUID_P(0), &activity, PG_GETARG_JSONB_P(3));
	PG_RETURN_VOID();
}
