#ifndef LEARNIFY_SPLIT_H
#define LEARNIFY_SPLIT_H

#include "discovery/interactions.h"

/* Which interactions are hidden. */
typedef enum SplitKind
{
	SPLIT_BY_LEARNER,			/* the latest ones of each learner */
	SPLIT_BY_TIME				/* all after one point in time */
} SplitKind;

/*
 * The interactions, in two parts. Users without any in the rest are left out.
 * dates is of the rest. The courses hidden from a user are sorted by number.
 * Nothing later than until is known of a user: that is when the first course
 * that is hidden, of the user or in a split by time of all, was taken.
 */
typedef struct Split
{
	LocalRidgeMatrix rest;
	uint32	   *user;			/* which each of them is, of all */
	TimestampTz *dates;
	TimestampTz *until;			/* of each of them */
	size_t	   *hidden_start;	/* rest.users + 1 items */
	uint32	   *hidden;
	uint64		learners;		/* with courses both hidden and in the rest */
	Size		users_allocated;
	Size		allocated;
} Split;

/* How many bytes split_interactions() will allocate. */
extern Size split_size(uint64 users, uint64 interactions);

/* Splits what has been loaded by date. */
extern void split_interactions(const LocalRidgeMatrix *all,
							   const TimestampTz *dates, SplitKind kind,
							   double holdout, WorkMemory *memory, Split *split);
extern void split_free(Split *split, WorkMemory *memory);

#endif							/* LEARNIFY_SPLIT_H */
