#ifndef LEARNIFY_ID_LIST_H
#define LEARNIFY_ID_LIST_H

#include "utils/uuid.h"

/* Ids in the order in which they were added; all zeroes while it is empty. */
typedef struct IdList
{
	pg_uuid_t  *items;
	Size		count;
	Size		allocated;
} IdList;

/* Adds an id, unless it is the same as the last one. */
extern void id_list_add(IdList *list, const pg_uuid_t *id);

/* Whether the id is in a list whose ids were added in ascending order. */
extern bool sorted_id_list_contains(const IdList *list, const pg_uuid_t *id);

/* Returns a uuid[]. */
extern Datum uuid_array(Datum *ids, int count);

/* Returns the list as a uuid[]. */
extern Datum id_list_array(const IdList *list);

/* Sorts the list and removes duplicates. */
extern void id_list_make_set(IdList *list);

/* Counts the distinct ids, for which it sorts the list. */
extern int64 id_list_count_distinct(IdList *list);

#endif							/* LEARNIFY_ID_LIST_H */
