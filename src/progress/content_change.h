#ifndef LEARNIFY_CONTENT_CHANGE_H
#define LEARNIFY_CONTENT_CHANGE_H

#include "access/transam.h"
#include "commands/trigger.h"
#include "utils/hsearch.h"
#include "utils/snapshot.h"

#include "base/id_list.h"

/* The changes of courses by one statement. */
typedef struct ContentChange
{
	Oid			schema;
	IdList		modules;		/* whose exercises have changed */
	IdList		exercises;		/* that were moved from one of these to another */
	IdList		courses;		/* whose modules, or their order, have changed */
	IdList		departed;		/* modules deleted, or moved to another course */

	IdList		present_courses;	/* of all that it concerns, those that exist */

	CommandId	query;			/* of which the statement is, or is a part */

	/* taken after the content of the courses is locked */
	Snapshot	before;			/* without the statement */
	Snapshot	now;			/* with it */
} ContentChange;

/* A learner whose minutes in a course were moved. */
typedef struct MovedTime
{
	pg_uuid_t	user_id;
	pg_uuid_t	course_id;
} MovedTime;

/*
 * What triggers have processed of one query. A MERGE, an upsert or a query with
 * several statements in WITH fires a trigger for each kind of change, and all of
 * them see all changes.
 */
typedef struct ProcessedContent
{
	FullTransactionId transaction;
	CommandId	query;
	MemoryContext context;		/* of the list and the hash table */
	IdList		modules;
	HTAB	   *times;			/* keyed by MovedTime */
} ProcessedContent;

extern ProcessedContent *processed_content(CommandId query);

/* Of the statement on exercises or generated_modules that fired the trigger. */
extern void read_content_change(ContentChange *change, TriggerData *trigger);

#endif							/* LEARNIFY_CONTENT_CHANGE_H */
