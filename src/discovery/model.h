#ifndef LEARNIFY_MODEL_H
#define LEARNIFY_MODEL_H

#include "datatype/timestamp.h"

#include "discovery/interactions.h"
#include "discovery/local_ridge.h"

/* What another session sees of a long computation. */
typedef struct Progress
{
	const char *phase;
	uint64		total;
	TimestampTz reported_at;
} Progress;

extern void progress_begin(Progress *progress, const char *phase, uint64 total);
extern void progress_report(Progress *progress, uint64 done);

extern Size fit_size(const DataCounts *counts,
					 const LocalRidgeParameters *parameters);
extern void fit_model(const LocalRidgeMatrix *matrix,
					  const LocalRidgeParameters *parameters,
					  WorkMemory *memory, LocalRidgeModel *model);
extern void free_model(LocalRidgeModel *model, WorkMemory *memory);

#endif							/* LEARNIFY_MODEL_H */
