/*
 * object_locks.c
 *		Locks that stand for a row which cannot be locked itself, because locks on
 *		rows are taken in another order.
 *
 * They are advisory locks but for one thing: no statement takes them. Whoever
 * may connect can take an advisory lock, and so keep others waiting. These
 * have the tag of an object that depends on the table, of which there is none.
 *
 * Cost: that of an advisory lock. Memory: none.
 */
#include "postgres.h"

#include "access/xact.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/lsyscache.h"

#include "base/compat.h"
#include "base/object_locks.h"

bool
has_object_locks(const ObjectLocks *locks)
{
	return locks->count > 0 && locks->transaction == GetTopTransactionIdIfAny();
}

static bool
has_key(const ObjectLocks *locks, int32 key)
{
	int			i;

	for (i = 0; i < locks->count; i++)
		if (locks->keys[i] == key)
			return true;
	return false;
}

/* Whether the transaction may take the lock. */
static bool
admit_key(ObjectLocks *locks, int32 key)
{
	TransactionId current = GetTopTransactionId();

	if (locks->transaction != current)
	{
		locks->transaction = current;
		locks->count = 0;
	}
	if (has_key(locks, key))
		return true;
	if (locks->count == MAX_OBJECT_LOCKS)
		return false;
	locks->keys[locks->count++] = key;
	return true;
}

/* A key that is known is locked again: a savepoint may have released it. */
void
object_lock(ObjectLocks *locks, Oid schema, const char *table,
			const pg_uuid_t *id, bool is_shared)
{
	int32		key = (int32) hash_bytes(id->data, UUID_LEN);
	LOCKTAG		tag;

	if (!admit_key(locks, key))
		return;
	SET_LOCKTAG_OBJECT(tag, MyDatabaseId, get_relname_relid(table, schema),
					   (uint32) key, 0);
	(void) LockAcquire(&tag, is_shared ? ShareLock : ExclusiveLock, false, false);
}
