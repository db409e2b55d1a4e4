#ifndef LEARNIFY_ACHIEVEMENTS_H
#define LEARNIFY_ACHIEVEMENTS_H

#include "social/statistics.h"

/* Awards what a learner has reached of these metrics; returns how much it was. */
extern int	award_learner(Oid schema, const pg_uuid_t *user_id,
						  const bool is_asked_for[METRIC_COUNT]);

#endif							/* LEARNIFY_ACHIEVEMENTS_H */
