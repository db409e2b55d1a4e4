#ifndef LEARNIFY_ACTIVITY_TYPES_H
#define LEARNIFY_ACTIVITY_TYPES_H

#include "social/visibility.h"

/* In the order of cause and effect, because feed ids sort by type; see broadcasts.c. */
typedef enum ActivityType
{
	ACTIVITY_EXERCISE_SOLVED,
	ACTIVITY_MODULE_COMPLETED,
	ACTIVITY_COURSE_COMPLETED,
	ACTIVITY_REVIEW_PASSED,
	ACTIVITY_OPTIMIZATION_ACHIEVED,
	ACTIVITY_ACHIEVEMENT_EARNED
} ActivityType;

typedef struct ActivityTraits
{
	const char *name;
	const char *reference_type; /* what kind of row reference_id names */
	Visibility	widest_visibility;
} ActivityTraits;

extern const ActivityTraits *activity_traits(ActivityType type);

/* Raises an error where there is no activity type of that name. */
extern ActivityType find_activity_type(const text *name);

#endif							/* LEARNIFY_ACTIVITY_TYPES_H */
