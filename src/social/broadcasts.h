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

typedef struct FeedRow
{
	ActivityType type;
	pg_uuid_t	reference_id;
	TimestampTz created_at;
	Jsonb	   *metadata;
} FeedRow;

/* Activities of one actor, which one statement writes to the feed. */
typedef struct Feed
{
	Oid			schema;
	pg_uuid_t	actor;
	MemoryContext context;		/* of the rows */
	FeedRow    *items;
	Size		count;
	Size		allocated;
} Feed;

/* The rows are in the current memory context. */
extern void feed_begin(Feed *feed, Oid schema, const pg_uuid_t *actor);

/* Copies the metadata, which are an object. */
extern void feed_add(Feed *feed, const Activity *activity,
					 const Jsonb *metadata);

/*
 * Writes the rows that have been added: none where the actor does not take part, and
 * none more widely visible than the actor allows. Adds the actor's name to the
 * metadata.
 */
extern void feed_write(Feed *feed);

/* Takes back what is no longer so. */
extern void retract_activity(Oid schema, const pg_uuid_t *actor,
							 const Activity *activity);

/* Brings what is told up to date: the score, and when it happened. */
extern void correct_activity(Oid schema, const pg_uuid_t *actor,
							 const Activity *activity, int score);

#endif							/* LEARNIFY_BROADCASTS_H */
