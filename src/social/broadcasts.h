#ifndef LEARNIFY_BROADCASTS_H
#define LEARNIFY_BROADCASTS_H

#include "utils/jsonb.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "social/activity_types.h"

/* What happened, to which row, and when. */
typedef struct Activity
{
	ActivityType type;
	const pg_uuid_t *reference_id;
	TimestampTz happened_at;
} Activity;

/*
 * Writes a row of the feed: none where the actor does not take part, and no
 * more widely visible than the actor allows. Adds the actor's name to the
 * metadata, which are an object.
 */
extern void broadcast_activity(Oid schema, const pg_uuid_t *actor,
							   const Activity *activity, Jsonb *metadata);

/* Takes back what is no longer so. */
extern void retract_activity(Oid schema, const pg_uuid_t *actor,
							 const Activity *activity);

/* Brings what is told up to date: the score, and when it happened. */
extern void correct_activity(Oid schema, const pg_uuid_t *actor,
							 const Activity *activity, int score);

#endif							/* LEARNIFY_BROADCASTS_H */
