#ifndef LEARNIFY_MILESTONES_H
#define LEARNIFY_MILESTONES_H

#include "utils/snapshot.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "social/broadcasts.h"

typedef struct Module
{
	pg_uuid_t	id;
	pg_uuid_t	course_id;
	int			number;
	char	   *title;
} Module;

/* Reads a module; returns false where there is none. */
extern bool read_module(Oid schema, const pg_uuid_t *id, Snapshot snapshot,
						Module *module);

/*
 * These add an activity to the feed of the learner; nothing about what is gone. Call
 * them once the submission has been written.
 */
extern void add_exercise_activity(Feed *feed, const Module *module,
								  const pg_uuid_t *exercise_id, int score,
								  TimestampTz solved_at);
extern void add_module_activity(Feed *feed, const Module *module);
extern void add_course_activity(Feed *feed, const pg_uuid_t *course_id,
								TimestampTz completed_at);

#endif							/* LEARNIFY_MILESTONES_H */
