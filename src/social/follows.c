/*
 * follows.c
 *		require_latest_follow() and insert_follow(): what following takes that
 *		SQL cannot do.
 *
 * Who follows, asks to follow or blocks somebody has locked both people's rows
 * in users before, so that the others' statements are over. Under REPEATABLE
 * READ and SERIALIZABLE, the transaction still has its old snapshot: it would
 * follow somebody who has just blocked it.
 *
 * Cost: under these isolation levels, six look-ups. Memory: none.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/snapmgr.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/extension.h"
#include "base/indexed_table.h"
#include "base/own_statement.h"
#include "base/row_versions.h"
#include "base/saved_plan.h"

PG_FUNCTION_INFO_V1(require_latest_follow);
PG_FUNCTION_INFO_V1(insert_follow);

static const IndexColumn follow_columns[] = {
	{"follower_id", UUIDOID}, {"following_id", UUIDOID}
};
static const IndexColumn block_columns[] = {
	{"user_id", UUIDOID}, {"other_id", UUIDOID}
};
static const IndexShape follow_shape = {follow_columns, 2, 2};
static const IndexShape block_shape = {block_columns, 2, 2};

/* Whether the snapshot lacks what there is from the first to the second. */
static bool
is_outdated(Oid schema, const pg_uuid_t *keys)
{
	Oid			internals = get_namespace_oid("learnify_internal", false);
	Snapshot	snapshot = GetTransactionSnapshot();

	return has_newer_rows(schema, "user_relationships", &follow_shape, keys,
						  snapshot) ||
		has_newer_rows(internals, "follow_requests", &follow_shape, keys,
					   snapshot) ||
		has_newer_rows(internals, "user_blocks", &block_shape, keys, snapshot);
}

/*
 * require_latest_follow(user_id uuid, other_id uuid)
 */
Datum
require_latest_follow(PG_FUNCTION_ARGS)
{
	Oid			schema = extension_schema(fcinfo->flinfo);
	pg_uuid_t	there[] = {*PG_GETARG_UUID_P(0), *PG_GETARG_UUID_P(1)};
	pg_uuid_t	back[] = {there[1], there[0]};

	if (IsolationUsesXactSnapshot() &&
		(is_outdated(schema, there) || is_outdated(schema, back)))
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access due to a concurrent follow or block"),
				 errhint("The transaction might succeed if retried.")));
	PG_RETURN_VOID();
}

/*
 * insert_follow(follower uuid, followee uuid)
 */
Datum
insert_follow(PG_FUNCTION_ARGS)
{
	static SavedPlan saved;
	Oid			types[] = {UUIDOID, UUIDOID};
	Datum		values[] = {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)};
	bool		is_new;

	SPI_connect();
	execute_own(&saved, extension_schema(fcinfo->flinfo),
				"INSERT INTO %1$s.user_relationships (follower_id, following_id)"
				" VALUES ($1, $2)"
				" ON CONFLICT (follower_id, following_id) DO NOTHING",
				lengthof(types), types, values, NULL);
	is_new = SPI_processed > 0;
	SPI_finish();
	PG_RETURN_BOOL(is_new);
}
