#ifndef LEARNIFY_ADVISORY_LOCKS_H
#define LEARNIFY_ADVISORY_LOCKS_H

#include "utils/uuid.h"

/* Each uses an entry of the lock table, which the whole server shares. */
#define MAX_ADVISORY_LOCKS	200

/* The locks of one kind that the transaction has; all zeroes at first. */
typedef struct AdvisoryLocks
{
	TransactionId transaction;
	int			count;
	int32		keys[MAX_ADVISORY_LOCKS];
} AdvisoryLocks;

/*
 * Whether the transaction has taken any of them. It may have released them by
 * rolling back to a savepoint.
 */
extern bool has_advisory_locks(const AdvisoryLocks *locks);

/*
 * Takes the lock that stands for a row of a table, until the end of the
 * transaction. Does nothing if the transaction has the maximum of locks already.
 */
extern void advisory_lock(AdvisoryLocks *locks, Oid schema, const char *table,
						  const pg_uuid_t *id, bool is_shared);

#endif							/* LEARNIFY_ADVISORY_LOCKS_H */
