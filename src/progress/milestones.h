#ifndef LEARNIFY_MILESTONES_H
#define LEARNIFY_MILESTONES_H

#include "utils/snapshot.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

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

/* Call these once the submission has been written. */
extern void broadcast_exercise_activity(Oid schema, const pg_uuid_t *user_id,
										const Module *module,
										const pg_uuid_t *exercise_id,
										int score, TimestampTz solved_at);
extern void broadcast_module_activity(Oid schema, const pg_uuid_t *user_id,
									  const Module *module);
/* Nothing is broadcast about a course that is gone. */
extern void broadcast_course_activity(Oid schema, const pg_uuid_t *user_id,
									  const pg_uuid_t *course_id,
									  TimestampTz completed_at);

#endif							/* LEARNIFY_MILESTONES_H */
