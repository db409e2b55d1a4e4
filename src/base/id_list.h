#ifndef LEARNIFY_ID_LIST_H
#define LEARNIFY_ID_LIST_H

#include "utils/uuid.h"

/* All zeroes while it is empty. Two of the same may be in it, apart. */
typedef struct IdList
{
	pg_uuid_t  *ids;
	Size		count;
	Size		allocated;
} IdList;

extern void id_list_add(IdList *set, const pg_uuid_t *id);

/* Sorts the ids. */
extern int64 id_list_count_distinct(IdList *set);

#endif							/* LEARNIFY_ID_LIST_H */
