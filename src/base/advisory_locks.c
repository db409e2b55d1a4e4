/*
 * advisory_locks.c
 *		Advisory locks that stand for a row which cannot be locked itself, because
 *		locks on rows are taken in another order.
 *
 * Cost: that of an advisory lock. Memory: none.
 */
#include "postgres.h"

#include "access/xact.h"
#include "common/hashfn.h"
#include "fmgr.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"

#include "base/advisory_locks.h"
#include "base/compat.h"

bool
has_advisory_locks(const AdvisoryLocks *locks)
{
	return locks->count > 0 && locks->transaction == GetTopTransactionIdIfAny();
}

static bool
has_key(const AdvisoryLocks *locks, int32 key)
{
	int			i;

	for (i = 0; i < locks->count; i++)
		if (locks->keys[i] == key)
			return true;
	return false;
}

/* Whether the transaction may take the lock. */
static bool
admit_key(AdvisoryLocks *locks, int32 key)
{
	TransactionId current = GetTopTransactionId();

	if (locks->transaction != current)
	{
		locks->transaction = current;
		locks->count = 0;
	}
	if (has_key(locks, key))
		return true;
	if (locks->count == MAX_ADVISORY_LOCKS)
		return false;
	locks->keys[locks->count++] = key;
	return true;
}

/* A key that is known is locked again: a savepoint may have released it. */
void
advisory_lock(AdvisoryLocks *locks, Oid schema, const char *table,
			  const pg_uuid_t *id, bool is_shared)
{
	int32		key = (int32) hash_bytes(id->data, UUID_LEN);

	if (admit_key(locks, key))
		DirectFunctionCall2(is_shared ? pg_advisory_xact_lock_shared_int4 :
							pg_advisory_xact_lock_int4,
							Int32GetDatum(get_relname_relid(table, schema)),
							Int32GetDatum(key));
}
