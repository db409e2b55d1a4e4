#ifndef LEARNIFY_LOCKED_KEYS_H
#define LEARNIFY_LOCKED_KEYS_H

#include "base/saved_plan.h"

/* A column that refers to the id of a table of the extension. */
typedef struct LockedKey
{
	const char *column;
	const char *referenced;
} LockedKey;

/* The table into which a statement inserts, and the keys that it locks for that. */
typedef struct LockedKeys
{
	const char *table;
	const LockedKey *keys;
	int			count;
} LockedKeys;

/*
 * Runs a statement that inserts a row only once it has locked, FOR KEY SHARE, the
 * rows that these keys refer to.
 */
extern void execute_with_locked_keys(SavedPlan *saved, Oid schema,
									 const char *statement, int count,
									 Oid *types, Datum *values,
									 const LockedKeys *locked);

#endif							/* LEARNIFY_LOCKED_KEYS_H */
