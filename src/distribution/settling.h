#ifndef LEARNIFY_SETTLING_H
#define LEARNIFY_SETTLING_H

#include "utils/uuid.h"

#define PENDING_COLUMNS	3

/*
 * What triggers on the shards of a user note in a distributed database, for the node
 * to which the user's statement was sent to write on all nodes. Statements name the
 * extension's schema as %1$s.
 */
typedef struct PendingWork
{
	const char *users;			/* returns the users about whom something is noted */
	const char *take;			/* returns what is noted about the user $1, and forgets it */
	const char *write;			/* writes it; $1 and so on are arrays of its columns */
	int			columns;
	Oid			types[PENDING_COLUMNS];
} PendingWork;

/* Writes on all nodes what is noted about a user, or about all where user_id is NULL. */
extern void settle(Oid schema, const PendingWork *work, const pg_uuid_t *user_id);

#endif							/* LEARNIFY_SETTLING_H */
