#ifndef LEARNIFY_PHASE_H
#define LEARNIFY_PHASE_H

#include "datatype/timestamp.h"

/* A phase of a long computation, as other sessions see it. */
typedef struct Phase
{
	const char *name;
	uint64		total;
	TimestampTz reported_at;
} Phase;

extern void phase_begin(Phase *phase, const char *name, uint64 total);
extern void phase_report(Phase *phase, uint64 done);

#endif							/* LEARNIFY_PHASE_H */
