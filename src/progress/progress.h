#ifndef LEARNIFY_PROGRESS_H
#define LEARNIFY_PROGRESS_H

#include "utils/snapshot.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

typedef struct ProgressChange
{
	bool		takes_back;		/* whether a completed course can become incomplete */
	bool		locks_modules;	/* whether modules of the author can be locked again */
	int64		minutes;		/* added to the time spent */
	TimestampTz began_at;		/* of the first new work, or DT_NOBEGIN */
	TimestampTz active_at;		/* of the last new work, or DT_NOBEGIN */
} ProgressChange;

extern bool is_course_author(Oid schema, const pg_uuid_t *user_id,
							 const pg_uuid_t *course_id, Snapshot snapshot);

/*
 * Recomputes a learner's progress in a course from the submissions. Returns
 * whether it updated a row of user_progress, and so added the minutes: there
 * may be none, or one that is up to date.
 */
extern bool recompute_progress(Oid schema, const pg_uuid_t *user_id,
							const pg_uuid_t *course_id,
							const ProgressChange *change);

#endif							/* LEARNIFY_PROGRESS_H */
