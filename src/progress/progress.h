#ifndef LEARNIFY_PROGRESS_H
#define LEARNIFY_PROGRESS_H

#include "utils/timestamp.h"
#include "utils/uuid.h"

typedef struct ProgressChange
{
	bool		is_correction;	/* only a correction can undo progress */
	int			minutes;		/* added to the time spent */
	TimestampTz active_at;		/* DT_NOBEGIN without new work */
} ProgressChange;

/*
 * Recomputes a learner's progress in a course from the submissions. Returns
 * whether it updated a row of user_progress, and so added the minutes: there
 * may be none, or one that is up to date.
 */
extern bool recompute_progress(Oid schema, const pg_uuid_t *user_id,
							const pg_uuid_t *course_id,
							const ProgressChange *change);

#endif							/* LEARNIFY_PROGRESS_H */
