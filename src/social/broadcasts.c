/*
 * broadcasts.c
 *		broadcast(): writes a row of the feed, as far as the actor's settings
 *		allow.
 *
 * Cost: a look-up of the actor and an insert. Memory: a few allocations, in
 * the current context.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "commands/async.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/extension.h"
#include "base/indexed_table.h"
#include "base/json_object.h"
#include "base/saved_plan.h"
#include "base/settings.h"
#include "base/texts.h"
#include "identity/acting_user.h"
#include "social/broadcasts.h"
#include "social/visibility.h"

PG_FUNCTION_INFO_V1(broadcast);

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

void
broadcast_activity(Oid schema, const pg_uuid_t *actor, const Activity *activity,
		   Jsonb *metadata)
{
	static SavedPlan saved;
	Oid			types[] = {
		UUIDOID, TEXTOID, TEXTOID, UUIDOID, JSONBOID, TEXTOID, TIMESTAMPTZOID
	};
	const ActivityTraits *traits = activity_traits(activity->type);
	Datum		values[lengthof(types)];
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
	values[6] = TimestampTzGetDatum(activity->happened_at);
	SPI_connect();
	execute_saved(&saved, schema,
				  "INSERT INTO %1$s.activity_feed"
				  " (user_id, activity_type, reference_type, reference_id, metadata, visibility, created_at)"
				  " VALUES ($1, $2, $3, $4, $5, $6, $7)"
				  " RETURNING id, visibility",
				  lengthof(types), types, values, NULL);
	if (learnify_notify && SPI_processed == 1)
		notify_listeners(actor);
	SPI_finish();
}

static void
check_reference_type(ActivityType type, const text *reference_type)
{
	const ActivityTraits *traits = activity_traits(type);

	if (!text_equals_string(reference_type, traits->reference_type))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("activity \"%s\" does not refer to something of type \"%s\"",
						traits->name, text_to_cstring(reference_type)),
				 errhint("Its reference type is \"%s\".", traits->reference_type)));
}

/*
 * broadcast(actor uuid, activity text, reference_type text, reference_id uuid,
 *			 metadata jsonb, happened_at timestamptz)
 */
Datum
broadcast(PG_FUNCTION_ARGS)
{
	static const char *const tables[] = {"users", NULL};
	Oid			schema = extension_schema(fcinfo->flinfo);
	Activity	activity;

	require_reader(schema, PG_GETARG_UUID_P(0), tables);
	activity.type = find_activity_type(PG_GETARG_TEXT_PP(1));
	check_reference_type(activity.type, PG_GETARG_TEXT_PP(2));
	activity.reference_id = PG_GETARG_UUID_P(3);
	activity.happened_at = PG_GETARG_TIMESTAMPTZ(5);
	broadcast_activity(schema, PG_GETARG_UUID_P(0), &activity, PG_GETARG_JSONB_P(4));
	PG_RETURN_VOID();
}
