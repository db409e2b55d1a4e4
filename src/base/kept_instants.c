/*
 * kept_instants.c
 *		keep_instants(): leaves instants as they are that a client has read and
 *		writes back as its own clock can hold them.
 *
 * Many clients have milliseconds only, and write all columns of a row. What is
 * compared to the microsecond, such as a completion with the work that caused it,
 * must not move by that.
 *
 * Cost: a comparison for each column of the row, and a copy of the row where one is
 * restored. Memory: that copy, in the current context.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "base/compat.h"
#include "base/row_trigger.h"

PG_FUNCTION_INFO_V1(keep_instants);

/* Whether one is the other, rounded to a millisecond, up or down. */
static bool
is_rounded(TimestampTz instant, TimestampTz exact)
{
	return !TIMESTAMP_NOT_FINITE(instant) && !TIMESTAMP_NOT_FINITE(exact) &&
		instant % CLIENT_PRECISION == 0 && instant != exact &&
		instant > exact - CLIENT_PRECISION && instant < exact + CLIENT_PRECISION;
}

/*
 * keep_instants() returns trigger
 */
Datum
keep_instants(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = begin_row_trigger(fcinfo);
	TupleDesc	columns = RelationGetDescr(trigger->tg_relation);
	HeapTuple	before = trigger->tg_trigtuple;
	HeapTuple	after = new_row(trigger);
	int			number;

	for (number = 1; number <= columns->natts; number++)
	{
		Datum		exact;
		Datum		instant;
		bool		was_null;
		bool		is_null;

		if (TupleDescAttr(columns, number - 1)->atttypid != TIMESTAMPTZOID ||
			TupleDescAttr(columns, number - 1)->attisdropped)
			continue;
		exact = heap_getattr(before, number, columns, &was_null);
		instant = heap_getattr(after, number, columns, &is_null);
		if (!was_null && !is_null &&
			is_rounded(DatumGetTimestampTz(instant), DatumGetTimestampTz(exact)))
			after = heap_modify_tuple_by_cols(after, columns, 1, &number, &exact,
											  &was_null);
	}
	return PointerGetDatum(after);
}
