#ifndef LEARNIFY_ROW_VERSIONS_H
#define LEARNIFY_ROW_VERSIONS_H

#include "utils/snapshot.h"
#include "utils/uuid.h"

#include "base/indexed_table.h"

/*
 * Whether a transaction that the snapshot does not see has written or ended a
 * row with these keys, one for each of the shape's, and has committed.
 */
extern bool has_newer_rows(Oid schema, const char *table,
						   const IndexShape *shape, const pg_uuid_t *keys,
						   Snapshot snapshot);

#endif							/* LEARNIFY_ROW_VERSIONS_H */
