#ifndef LEARNIFY_BROADCASTS_H
#define LEARNIFY_BROADCASTS_H

#include "utils/jsonb.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

/* What happened to what, as a row of the feed says it. */
typedef struct Activity
{
	const char *type;
	const char *reference_type;
	const pg_uuid_t *reference_id;
	TimestampTz happened_at;
} Activity;

/*
 * Writes it as the actor's settings allow. The metadata are an object to which
 * nothing more need be added but the actor's name.
 */
extern void broadcast_activity(Oid schema, const pg_uuid_t *actor,
					   const Activity *activity, Jsonb *metadata);

#endif							/* LEARNIFY_BROADCASTS_H */
