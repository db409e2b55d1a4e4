/*
 * id_list.c
 *		Ids collected from rows, to be counted or looked through.
 *
 * Memory: 16 bytes for each, and as much again while it grows, in the context
 * that was current at the first.
 */
#include "postgres.h"

#include "base/id_list.h"

static int
compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, UUID_LEN);
}

/* Ids come sorted but for few, so that most of what is there twice is met here. */
void
id_list_add(IdList *set, const pg_uuid_t *id)
{
	if (set->count > 0 && compare_ids(&set->ids[set->count - 1], id) == 0)
		return;
	if (set->count == set->allocated)
	{
		set->allocated = Max(16, set->allocated * 2);
		set->ids = set->ids == NULL ?
			palloc(set->allocated * sizeof(pg_uuid_t)) :
			repalloc_huge(set->ids, set->allocated * sizeof(pg_uuid_t));
	}
	set->ids[set->count++] = *id;
}

int64
id_list_count_distinct(IdList *set)
{
	int64		distinct = 0;
	Size		i;

	qsort(set->ids, set->count, sizeof(pg_uuid_t), compare_ids);
	for (i = 0; i < set->count; i++)
		if (i == 0 || compare_ids(&set->ids[i - 1], &set->ids[i]) != 0)
			distinct++;
	return distinct;
}
