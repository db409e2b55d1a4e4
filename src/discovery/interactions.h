#ifndef LEARNIFY_INTERACTIONS_H
#define LEARNIFY_INTERACTIONS_H

#include "utils/portal.h"
#include "utils/uuid.h"

#include "discovery/local_ridge.h"

/* What one computation may allocate, and where. */
typedef struct WorkMemory
{
	MemoryContext context;
	Size		limit;
	Size		used;
} WorkMemory;

typedef struct DataCounts
{
	uint64		courses;
	uint64		users;
	uint64		interactions;
} DataCounts;

/*
 * All courses, by id, so that their numbers do not depend on the rows' order.
 * slots is a hash table of the numbers, with linear probing.
 */
typedef struct Catalogue
{
	uint32		count;
	pg_uuid_t  *ids;
	bool	   *archived;
	float	   *intercept;		/* of the stored model */
	uint32		slot_mask;
	uint32	   *slots;
} Catalogue;

/* Who took what, the users by id. */
typedef struct Interactions
{
	pg_uuid_t  *user_ids;
	LocalRidgeMatrix matrix;
} Interactions;

extern WorkMemory *work_memory_create(const char *purpose);
extern void *work_memory_allocate(WorkMemory *memory, Size count, Size size);
extern void work_memory_require(WorkMemory *memory, Size bytes);

/* Queries name the extension's schema as %s. The batch is in SPI_tuptable. */
extern Portal open_rows(const char *query, Oid schema, const pg_uuid_t *first,
						const pg_uuid_t *last);
extern bool fetch_rows(Portal portal);
extern Datum row_value(uint64 row, int column);

extern void count_data(Oid schema, DataCounts *counts);
extern Size data_size(const DataCounts *counts);
extern Size catalogue_size(uint64 courses);
extern void load_catalogue(Oid schema, uint64 courses, WorkMemory *memory,
						   Catalogue *catalogue);
extern bool find_course(const Catalogue *catalogue, const pg_uuid_t *id,
						uint32 *number);
extern void load_interactions(Oid schema, bool by_date,
							  const DataCounts *counts,
							  const Catalogue *catalogue, WorkMemory *memory,
							  Interactions *interactions);

#endif							/* LEARNIFY_INTERACTIONS_H */
