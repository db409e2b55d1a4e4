#ifndef LEARNIFY_ROW_TRIGGER_H
#define LEARNIFY_ROW_TRIGGER_H

#include "access/htup_details.h"
#include "commands/trigger.h"
#include "fmgr.h"

/* Raises an error if the function was not called by a BEFORE row trigger. */
extern TriggerData *begin_row_trigger(FunctionCallInfo fcinfo);

/* Returns the row to be written; in an UPDATE, tg_trigtuple is the old one. */
extern HeapTuple new_row(TriggerData *trigger);

extern Datum row_value(TriggerData *trigger, HeapTuple row, const char *column,
					   Oid type, bool *isnull);

/* Returns the new row with another value in a column. */
extern Datum changed_row(TriggerData *trigger, const char *column, Oid type,
						 Datum value, bool isnull);

#endif							/* LEARNIFY_ROW_TRIGGER_H */
