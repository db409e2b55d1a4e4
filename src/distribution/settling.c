/*
 * settling.c
 *		Writes on all nodes what a user's shard has noted for that.
 *
 * In a distributed database a trigger on a shard cannot write the copies that each
 * node has of a replicated table. It notes what it would write, beside the user's
 * other rows. The node to which the user's statement was sent then writes it on all
 * nodes, in the same transaction.
 *
 * Cost: a call on the user's node, and a statement on all where something was noted.
 * Memory: what was noted.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "base/arrays.h"
#include "distribution/settling.h"

/* Runs a statement that Citus plans, for which a generic plan does not serve. */
static void
execute_once(Oid schema, const char *statement, int count, const Oid *types, Datum *values)
{
	SPI_execute_with_args(psprintf(statement, quote_identifier(get_namespace_name(schema))),
						  count, unconstify(Oid *, types), values, NULL, false, 0);
}

static Datum
returned_array(int column, Oid type)
{
	Datum	   *items = palloc(SPI_processed * sizeof(Datum));
	bool	   *nulls = palloc(SPI_processed * sizeof(bool));
	int			count = (int) SPI_processed;
	int			i;

	for (i = 0; i < count; i++)
		items[i] = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc,
								 column, &nulls[i]);
	return array_of(items, nulls, count, type);
}

/* Writes as the owner, whose triggers on the shards would have written in a plain database. */
static void
write_copies(Oid schema, const PendingWork *work, const Oid *types, Datum *values)
{
	Relation	users = table_open(get_relname_relid("users", schema), AccessShareLock);
	Oid			owner = users->rd_rel->relowner;
	Oid			role;
	int			context;

	table_close(users, NoLock);
	GetUserIdAndSecContext(&role, &context);
	SetUserIdAndSecContext(owner, context | SECURITY_LOCAL_USERID_CHANGE);
	execute_once(schema, work->write, work->columns, types, values);
	SetUserIdAndSecContext(role, context);
}

static void
settle_user(Oid schema, const PendingWork *work, Datum user_id)
{
	static const Oid user_types[] = {UUIDOID};
	Oid			types[PENDING_COLUMNS];
	Datum		values[PENDING_COLUMNS];
	int			i;

	execute_once(schema, work->take, 1, user_types, &user_id);
	if (SPI_processed == 0)
		return;
	for (i = 0; i < work->columns; i++)
	{
		types[i] = get_array_type(work->types[i]);
		values[i] = returned_array(i + 1, work->types[i]);
	}
	write_copies(schema, work, types, values);
}

static void
settle_all(Oid schema, const PendingWork *work)
{
	SPITupleTable *users;
	uint64		count;
	uint64		i;

	execute_once(schema, work->users, 0, NULL, NULL);
	users = SPI_tuptable;
	count = SPI_processed;
	for (i = 0; i < count; i++)
	{
		bool		isnull;

		settle_user(schema, work, SPI_getbinval(users->vals[i], users->tupdesc, 1, &isnull));
	}
}

void
settle(Oid schema, const PendingWork *work, const pg_uuid_t *user_id)
{
	SPI_connect();
	PushActiveSnapshot(GetTransactionSnapshot());
	if (user_id != NULL)
		settle_user(schema, work, UUIDPGetDatum(user_id));
	else
		settle_all(schema, work);
	PopActiveSnapshot();
	SPI_finish();
}
