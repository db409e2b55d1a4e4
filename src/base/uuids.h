#ifndef LEARNIFY_UUIDS_H
#define LEARNIFY_UUIDS_H

#include "utils/uuid.h"

/* Compares as the type uuid does, and so as its indexes do. */
static inline int
compare_uuids(const pg_uuid_t *a, const pg_uuid_t *b)
{
	return memcmp(a, b, UUID_LEN);
}

static inline bool
equal_uuids(const pg_uuid_t *a, const pg_uuid_t *b)
{
	return compare_uuids(a, b) == 0;
}

/*
 * Returns the item with this id, or NULL. Each item begins with its id, and
 * the items are in the order of the ids.
 */
static inline void *
find_by_uuid(const void *items, Size count, Size item_size,
			 const pg_uuid_t *id)
{
	Size		low = 0;
	Size		high = count;

	while (low < high)
	{
		Size		middle = low + (high - low) / 2;
		const char *item = (const char *) items + middle * item_size;
		int			order = compare_uuids((const pg_uuid_t *) item, id);

		if (order == 0)
			return unconstify(char *, item);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

#endif							/* LEARNIFY_UUIDS_H */
