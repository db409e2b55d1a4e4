#ifndef LEARNIFY_ACHIEVEMENTS_H
#define LEARNIFY_ACHIEVEMENTS_H

#include "utils/date.h"

#include "social/statistics.h"

/*
 * Awards the achievements that a learner has reached, of those whose metric
 * the events can raise; returns how many were new. The streak that counts is
 * that around the day, or the longest ever where day is NULL.
 */
extern int	award_learner(Oid schema, const pg_uuid_t *user_id, Events events,
						  const DateADT *day);

#endif							/* LEARNIFY_ACHIEVEMENTS_H */
