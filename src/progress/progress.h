#ifndef LEARNIFY_PROGRESS_H
#define LEARNIFY_PROGRESS_H

#include "utils/timestamp.h"
#include "utils/uuid.h"

typedef struct ProgressChange
{
	bool		is_correction;	/* only such a change takes anything back */
	int			minutes;		/* to be added to the time spent */
	TimestampTz active_at;		/* DT_NOBEGIN where nobody has worked */
} ProgressChange;

/*
 * Brings a learner's progress row up to what the submissions say. Returns
 * whether it wrote one: there may be none, or one that says so already.
 */
extern bool recompute_progress(Oid schema, const pg_uuid_t *user_id,
							const pg_uuid_t *course_id,
							const ProgressChange *change);

#endif							/* LEARNIFY_PROGRESS_H */
