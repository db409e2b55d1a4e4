#ifndef LEARNIFY_MODEL_H
#define LEARNIFY_MODEL_H

#include "utils/jsonb.h"

#include "discovery/interactions.h"
#include "discovery/local_ridge.h"
#include "discovery/low_rank.h"
#include "discovery/new_courses.h"

typedef struct ModelParameters
{
	LocalRidgeParameters ridge;
	LowRankParameters low_rank;
} ModelParameters;

extern ModelParameters default_parameters(void);

/* Changes the parameters that the object names; NULL changes none. */
extern void read_parameters(Jsonb *object, ModelParameters *parameters);
extern void load_parameters(Jsonb *given, ModelParameters *parameters);
extern Jsonb *write_parameters(const ModelParameters *parameters);

/* How many bytes a fit needs for that much data, besides the data. */
extern Size fit_size(const DataCounts *counts,
					 const ModelParameters *parameters, bool has_new_courses);

/* features is NULL for a model that says nothing of new courses. */
extern void fit_model(const LocalRidgeMatrix *matrix,
					  const ModelParameters *parameters,
					  const CourseFeatures *features,
					  WorkMemory *memory, LocalRidgeModel *model);
extern void free_model(LocalRidgeModel *model, WorkMemory *memory);

#endif							/* LEARNIFY_MODEL_H */
