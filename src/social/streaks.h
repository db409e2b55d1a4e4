#ifndef LEARNIFY_STREAKS_H
#define LEARNIFY_STREAKS_H

#include "utils/snapshot.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

/*
 * Returns on how many consecutive days, in the learner's time zone and up to
 * the day of as_of or the day before, the learner has submitted work.
 */
extern int	measure_streak(Oid schema, const pg_uuid_t *user_id,
						   TimestampTz as_of, Snapshot snapshot);

#endif							/* LEARNIFY_STREAKS_H */
