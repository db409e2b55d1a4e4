#ifndef LEARNIFY_ACHIEVEMENTS_H
#define LEARNIFY_ACHIEVEMENTS_H

#include "utils/date.h"

#include "social/statistics.h"

/* The work that a statement has written, and by how much it raises what. */
typedef struct NewWork
{
	DateADT    *days;			/* in ascending order */
	int			day_count;
	bool		is_now;			/* none of it is dated earlier than the transaction */
	int64		exercises_solved;
	int64		modules_completed;
	int64		minutes;
} NewWork;

/*
 * Awards the achievements that a learner has reached, of those whose metric
 * the events can raise; returns how many were new. The streak that counts is
 * the longest around any day of the work, or the longest ever where work is NULL.
 */
extern int	award_learner(Oid schema, const pg_uuid_t *user_id, Events events,
						  const NewWork *work);

#endif							/* LEARNIFY_ACHIEVEMENTS_H */
