#ifndef LEARNIFY_INTERACTIONS_H
#define LEARNIFY_INTERACTIONS_H

#include "utils/uuid.h"

#include "discovery/catalogue.h"
#include "discovery/local_ridge.h"
#include "discovery/work_memory.h"

/*
 * Conditions on a row of user_course_interactions: that the learner has taken
 * the course, and that this counts as interest. A negative value is a
 * dismissal.
 */
#define INTERACTION_TAKES	"interaction_type IN ('enrolled', 'completed')"
#define INTERACTION_SPEAKS	INTERACTION_TAKES " AND interaction_value >= 0"

typedef struct DataCounts
{
	uint64		courses;
	uint64		users;
	uint64		interactions;
} DataCounts;

/* Which user took which courses; the users are in the order of their ids. */
typedef struct Interactions
{
	pg_uuid_t  *user_ids;
	LocalRidgeMatrix matrix;
} Interactions;

extern void count_data(Oid schema, DataCounts *counts);

/* How many bytes load_catalogue() and load_interactions() will allocate. */
extern Size data_size(const DataCounts *counts);

/*
 * Loads the interactions. The courses of a user are in the order of their ids
 * or, with by_date, in the order in which the user first took them.
 */
extern void load_interactions(Oid schema, bool by_date,
							  const DataCounts *counts,
							  const Catalogue *catalogue, WorkMemory *memory,
							  Interactions *interactions);

#endif							/* LEARNIFY_INTERACTIONS_H */
