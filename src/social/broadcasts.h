#ifndef LEARNIFY_BROADCASTS_H
#define LEARNIFY_BROADCASTS_H

#include "utils/jsonb.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "social/activity_types.h"

/* What happened, to what, and when. */
typedef struct Activity
{
	ActivityType type;
	const pg_uuid_t *reference_id;
	TimestampTz happened_at;
} Activity;

/*
 * Writes a row of the feed as the actor's settings allow. The metadata are an
 * object, to which the actor's name is added.
 */
extern void broadcast_activity(Oid schema, const pg_uuid_t *actor,
							   const Activity *activity, Jsonb *metadata);

#endif							/* LEARNIFY_BROADCASTS_H */
