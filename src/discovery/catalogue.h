#ifndef LEARNIFY_CATALOGUE_H
#define LEARNIFY_CATALOGUE_H

#include "utils/uuid.h"

#include "discovery/work_memory.h"

/*
 * All courses in the order of their ids, so that a course's number does not
 * depend on the order of the rows. slots is a hash table of the numbers, with
 * linear probing.
 */
typedef struct Catalogue
{
	uint32		count;
	pg_uuid_t  *ids;
	bool	   *archived;
	float	   *intercept;		/* of the stored model */
	float	   *popularity;		/* share of the learners it was fitted to */
	uint32		slot_mask;
	uint32	   *slots;
} Catalogue;

extern uint64 count_courses(Oid schema);

/* How many bytes load_catalogue() will allocate. */
extern Size catalogue_size(uint64 courses);

/* Loads at most that many courses. */
extern void load_catalogue(Oid schema, uint64 courses, WorkMemory *memory,
						   Catalogue *catalogue);

extern bool find_course(const Catalogue *catalogue, const pg_uuid_t *id,
						uint32 *number);

#endif							/* LEARNIFY_CATALOGUE_H */
