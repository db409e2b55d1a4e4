/*
 * checked_row.c
 *		refuse_faulty_row(): raises what PostgreSQL would raise about a row that
 *		violates a NOT NULL or CHECK constraint, but without the row.
 *
 * PostgreSQL's DETAIL has the first characters of every column, unless
 * row-level security applies to the current role. A learner's call of a
 * function that runs as the owner would get it, with solutions and hidden test
 * cases, and so would logs.
 *
 * Cost: the table's CHECK constraints are prepared for each row, some
 * microseconds each. Memory: freed with the executor's state.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/tupdesc.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "nodes/execnodes.h"
#include "nodes/nodes.h"
#include "utils/rel.h"

#include "base/row_trigger.h"

PG_FUNCTION_INFO_V1(refuse_faulty_row);

static void
require_values(Relation table, HeapTuple row)
{
	TupleDesc	columns = RelationGetDescr(table);
	int			i;

	for (i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);

		if (column->attnotnull && column->attgenerated == '\0' &&
			heap_attisnull(row, column->attnum, columns))
			ereport(ERROR,
					(errcode(ERRCODE_NOT_NULL_VIOLATION),
					 errmsg("null value in column \"%s\" of relation \"%s\" violates not-null constraint",
							NameStr(column->attname),
							RelationGetRelationName(table)),
					 errtablecol(table, column->attnum)));
	}
}

static void
require_check(Relation table, const ConstrCheck *check, EState *state)
{
	ExprState  *condition = ExecPrepareCheck(list_make1(stringToNode(check->ccbin)),
											 state);

	if (!ExecCheck(condition, GetPerTupleExprContext(state)))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("new row for relation \"%s\" violates check constraint \"%s\"",
						RelationGetRelationName(table), check->ccname),
				 errtableconstraint(table, check->ccname)));
}

static void
require_checks(Relation table, HeapTuple row)
{
	TupleConstr *constraints = RelationGetDescr(table)->constr;
	EState	   *state = CreateExecutorState();
	TupleTableSlot *slot = MakeSingleTupleTableSlot(RelationGetDescr(table),
													&TTSOpsHeapTuple);
	int			i;

	ExecStoreHeapTuple(row, slot, false);
	GetPerTupleExprContext(state)->ecxt_scantuple = slot;
	for (i = 0; i < constraints->num_check; i++)
		require_check(table, &constraints->check[i], state);
	ExecDropSingleTupleTableSlot(slot);
	FreeExecutorState(state);
}

/* A user may have added a column that is computed after all triggers. */
static bool
has_generated_column(Relation table)
{
	TupleDesc	columns = RelationGetDescr(table);
	int			i;

	for (i = 0; i < columns->natts; i++)
	{
		if (TupleDescAttr(columns, i)->attgenerated != '\0')
			return true;
	}
	return false;
}

/*
 * refuse_faulty_row() returns trigger
 *
 * Its trigger sorts last, so that it sees the row as it will be written. What
 * it cannot check is left to PostgreSQL.
 */
Datum
refuse_faulty_row(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = begin_row_trigger(fcinfo);
	HeapTuple	row = new_row(trigger);

	if (RelationGetDescr(trigger->tg_relation)->constr != NULL)
	{
		require_values(trigger->tg_relation, row);
		if (!has_generated_column(trigger->tg_relation))
			require_checks(trigger->tg_relation, row);
	}
	return PointerGetDatum(row);
}
