#ifndef LEARNIFY_MOVED_TIME_H
#define LEARNIFY_MOVED_TIME_H

#include "utils/uuid.h"

#include "progress/content_change.h"

/* A module and the course that it is in. */
typedef struct Place
{
	pg_uuid_t	module_id;
	pg_uuid_t	course_id;
} Place;

typedef struct Places
{
	Place	   *items;
	Size		count;
	Size		allocated;
} Places;

/* The modules of the courses concerned; all zeroes at first. */
typedef struct TimeMove
{
	const ContentChange *change;
	Places		before;
	Places		now;
} TimeMove;

/* Returns whether minutes may belong to another course than before. */
extern bool time_move_begin(TimeMove *move, const ContentChange *change,
							const IdList *courses);

/* Moves a learner's minutes along; returns whether there were any. */
extern bool move_time(const TimeMove *move, const pg_uuid_t *user_id);

#endif							/* LEARNIFY_MOVED_TIME_H */
