#ifndef LEARNIFY_STREAKS_H
#define LEARNIFY_STREAKS_H

#include "utils/date.h"
#include "utils/snapshot.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

/*
 * Returns on how many consecutive days, up to the day of as_of in the learner's
 * time zone or the day before, the learner has submitted work. Days of grace
 * (learnify.streak_grace_days) end no streak, and are not counted.
 */
extern int	measure_streak(Oid schema, const pg_uuid_t *user_id,
						   TimestampTz as_of, Snapshot snapshot);

/* Returns the number of consecutive days with work that include this one. */
extern int	measure_streak_around(Oid schema, const pg_uuid_t *user_id,
								  DateADT day, TimestampTz as_of,
								  Snapshot snapshot);

/*
 * Returns the length of the longest streak ever. Cost: a descent of the index
 * for each day with work.
 */
extern int	measure_longest_streak(Oid schema, const pg_uuid_t *user_id,
								   TimestampTz as_of, Snapshot snapshot);

#endif							/* LEARNIFY_STREAKS_H */
