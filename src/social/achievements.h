#ifndef LEARNIFY_ACHIEVEMENTS_H
#define LEARNIFY_ACHIEVEMENTS_H

#include "social/statistics.h"

/*
 * Awards the achievements that a learner has reached, of those whose metric
 * the events can raise; returns how many were new.
 */
extern int	award_learner(Oid schema, const pg_uuid_t *user_id, Events events);

#endif							/* LEARNIFY_ACHIEVEMENTS_H */
