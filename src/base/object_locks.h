#ifndef LEARNIFY_OBJECT_LOCKS_H
#define LEARNIFY_OBJECT_LOCKS_H

#include "utils/uuid.h"

/* Each uses an entry of the lock table, which the whole server shares. */
#define MAX_OBJECT_LOCKS	200

/* The locks of one kind that the transaction has; all zeroes at first. */
typedef struct ObjectLocks
{
	TransactionId transaction;
	int			count;
	int32		keys[MAX_OBJECT_LOCKS];
} ObjectLocks;

/*
 * Whether the transaction has taken any of them. It may have released them by
 * rolling back to a savepoint.
 */
extern bool has_object_locks(const ObjectLocks *locks);

/*
 * Takes the lock that stands for a row of a table, until the end of the
 * transaction. Does nothing if the transaction has the maximum of locks already.
 */
extern void object_lock(ObjectLocks *locks, Oid schema, const char *table,
						const pg_uuid_t *id, bool is_shared);

#endif							/* LEARNIFY_OBJECT_LOCKS_H */
