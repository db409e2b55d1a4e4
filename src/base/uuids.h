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

#endif							/* LEARNIFY_UUIDS_H */
