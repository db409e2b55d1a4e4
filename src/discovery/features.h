#ifndef LEARNIFY_FEATURES_H
#define LEARNIFY_FEATURES_H

#include "discovery/catalogue.h"
#include "discovery/interactions.h"
#include "discovery/new_courses.h"

/* Loads what is known of the courses themselves. */
extern void load_features(Oid schema, const Catalogue *catalogue,
						  const Interactions *interactions,
						  WorkMemory *memory, CourseFeatures *features);

#endif							/* LEARNIFY_FEATURES_H */
