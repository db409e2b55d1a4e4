#ifndef LEARNIFY_ID_SET_H
#define LEARNIFY_ID_SET_H

#include "utils/uuid.h"

/* All zeroes while it is empty. Two of the same may be in it, apart. */
typedef struct IdSet
{
	pg_uuid_t  *ids;
	Size		count;
	Size		allocated;
} IdSet;

extern void id_set_add(IdSet *set, const pg_uuid_t *id);

/* Sorts the ids. */
extern int64 id_set_count_distinct(IdSet *set);

#endif							/* LEARNIFY_ID_SET_H */
