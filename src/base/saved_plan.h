#ifndef LEARNIFY_SAVED_PLAN_H
#define LEARNIFY_SAVED_PLAN_H

#include "executor/spi.h"

/* A statement of ours, kept from call to call; all zeroes before the first. */
typedef struct SavedPlan
{
	Oid			schema;
	SPIPlanPtr	plan;
} SavedPlan;

/*
 * Runs a statement in which %1$s stands for the schema, quoted. None of the
 * values is null where nulls is NULL.
 */
extern void execute_saved(SavedPlan *saved, Oid schema, const char *statement,
						  int count, Oid *types, Datum *values,
						  const char *nulls);

#endif							/* LEARNIFY_SAVED_PLAN_H */
