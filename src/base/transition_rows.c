/*
 * transition_rows.c
 *		Reads the transition tables of a statement trigger.
 *
 * Several triggers may read the same table, so that each needs a read pointer of its
 * own. The rows of an UPDATE have the same order in the old table and in the new one.
 *
 * Cost: a pass over the table. Memory: a slot, in the current context.
 */
#include "postgres.h"

#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "base/transition_rows.h"

void
transition_rows_begin(TransitionRows *rows, TriggerData *trigger,
					  Tuplestorestate *table)
{
	rows->table = table;
	rows->slot = MakeSingleTupleTableSlot(RelationGetDescr(trigger->tg_relation),
										  &TTSOpsMinimalTuple);
	if (table == NULL)
		return;
	tuplestore_select_read_pointer(table,
								   tuplestore_alloc_read_pointer(table, EXEC_FLAG_REWIND));
	tuplestore_rescan(table);
}

bool
transition_rows_next(TransitionRows *rows)
{
	CHECK_FOR_INTERRUPTS();
	return rows->table != NULL &&
		tuplestore_gettupleslot(rows->table, true, false, rows->slot);
}

void
transition_rows_end(TransitionRows *rows)
{
	ExecDropSingleTupleTableSlot(rows->slot);
}
