#ifndef LEARNIFY_MODEL_H
#define LEARNIFY_MODEL_H

#include "discovery/interactions.h"
#include "discovery/local_ridge.h"

extern Size fit_size(const DataCounts *counts,
					 const LocalRidgeParameters *parameters);
extern void fit_model(const LocalRidgeMatrix *matrix,
					  const LocalRidgeParameters *parameters,
					  WorkMemory *memory, LocalRidgeModel *model);
extern void free_model(LocalRidgeModel *model, WorkMemory *memory);

#endif							/* LEARNIFY_MODEL_H */
