#ifndef LEARNIFY_FEATURES_H
#define LEARNIFY_FEATURES_H

#include "discovery/catalogue.h"
#include "discovery/interactions.h"
#include "discovery/new_courses.h"

/* How many features the courses have, each counted for each of its courses. */
extern uint64 count_features(void);

/* How many bytes load_features() will allocate. */
extern Size features_size(uint64 entries, uint64 courses);

/* Loads what is known of the courses themselves: as many entries as were counted. */
extern void load_features(Oid schema, uint64 entries, const Catalogue *catalogue,
						  const Interactions *interactions,
						  WorkMemory *memory, CourseFeatures *features);

#endif							/* LEARNIFY_FEATURES_H */
