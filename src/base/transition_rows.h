#ifndef LEARNIFY_TRANSITION_ROWS_H
#define LEARNIFY_TRANSITION_ROWS_H

#include "commands/trigger.h"
#include "executor/tuptable.h"
#include "utils/tuplestore.h"

/* A transition table of a statement trigger, row by row. */
typedef struct TransitionRows
{
	Tuplestorestate *table;		/* NULL has no rows */
	TupleTableSlot *slot;
} TransitionRows;

extern void transition_rows_begin(TransitionRows *rows, TriggerData *trigger,
								  Tuplestorestate *table);
extern bool transition_rows_next(TransitionRows *rows);
extern void transition_rows_end(TransitionRows *rows);

#endif							/* LEARNIFY_TRANSITION_ROWS_H */
