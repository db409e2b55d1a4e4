#ifndef LEARNIFY_OWN_STATEMENT_H
#define LEARNIFY_OWN_STATEMENT_H

#include "base/saved_plan.h"

/*
 * Runs a statement whose rows the extension's triggers neither check nor process,
 * because the caller does; they ask is_own_statement().
 */
extern void execute_own(SavedPlan *saved, Oid schema, const char *statement,
						int count, Oid *types, Datum *values,
						const char *nulls);

/* What is_own_statement() returns. */
extern bool runs_own_statement(void);

#endif							/* LEARNIFY_OWN_STATEMENT_H */
