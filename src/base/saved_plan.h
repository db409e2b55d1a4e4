#ifndef LEARNIFY_SAVED_PLAN_H
#define LEARNIFY_SAVED_PLAN_H

#include "executor/spi.h"

/*
 * The plan of one statement, in a static variable; all zeroes before the first
 * call.
 */
typedef struct SavedPlan
{
	Oid			schema;
	SPIPlanPtr	plan;
} SavedPlan;

/*
 * Runs a statement that names the extension's schema as %1$s. nulls is as for
 * SPI_execute_plan: NULL where no value is null.
 */
extern void execute_saved(SavedPlan *saved, Oid schema, const char *statement,
						  int count, Oid *types, Datum *values,
						  const char *nulls);

/* Reads, as a snapshot has it, one bigint that is not null. */
extern int64 fetch_saved(SavedPlan *saved, Oid schema, const char *statement,
						 int count, Oid *types, Datum *values,
						 Snapshot snapshot);

#endif							/* LEARNIFY_SAVED_PLAN_H */
