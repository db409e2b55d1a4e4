#ifndef LEARNIFY_INTERACTIONS_H
#define LEARNIFY_INTERACTIONS_H

#include "datatype/timestamp.h"
#include "utils/uuid.h"

#include "discovery/catalogue.h"
#include "discovery/local_ridge.h"
#include "discovery/work_memory.h"

/* Conditions on a row of user_course_interactions. */
#define SHOWS_INTEREST \
	"learnify_internal.shows_interest(interaction_type, interaction_value)"
#define EXCLUDES_COURSE \
	"learnify_internal.excludes_course(interaction_type, interaction_value)"

typedef struct DataCounts
{
	uint64		courses;
	uint64		users;
	uint64		interactions;
	uint64		feature_entries;	/* by count_features(), 0 without features */
} DataCounts;

/* Which user took which courses; the users are in the order of their ids. */
typedef struct Interactions
{
	pg_uuid_t  *user_ids;
	TimestampTz *dates;			/* of the interactions, or NULL */
	LocalRidgeMatrix matrix;
} Interactions;

/*
 * A query for the courses not to recommend to the learners from $1 to $2: each
 * with the learner, and whether having taken it counts as interest; in the order
 * of both, and with duplicates.
 */
extern const char *const taken_query;

extern void count_data(Oid schema, DataCounts *counts);

/* How many bytes load_catalogue() and load_interactions() will allocate. */
extern Size data_size(const DataCounts *counts, bool by_date);

/*
 * Loads the interactions. The courses of a user are in the order of their ids
 * or, with by_date, in the order in which the user first took them, which the
 * dates say.
 */
extern void load_interactions(Oid schema, bool by_date,
							  const DataCounts *counts,
							  const Catalogue *catalogue, WorkMemory *memory,
							  Interactions *interactions);

#endif							/* LEARNIFY_INTERACTIONS_H */
