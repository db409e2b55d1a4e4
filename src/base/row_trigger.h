#ifndef LEARNIFY_ROW_TRIGGER_H
#define LEARNIFY_ROW_TRIGGER_H


#include "access/htup_details.h"
#include "commands/trigger.h"
#include "fmgr.h"


/* Raises an error where the function was not called by a BEFORE row trigger. */
extern TriggerData *begin_row_trigger(FunctionCallInfo fcinfo);

/* The row as it is to be written; tg_trigtuple is the one before an UPDATE. */
extern HeapTuple new_row(TriggerData *trigger);

extern Datum row_value(TriggerData *trigger, HeapTuple row, const char *column,
					   Oid type, bool *isnull);

/* What the trigger function returns for the new row with another value. */
extern Datum changed_row(TriggerData *trigger, const char *column, Oid type,
						 Datum value, bool isnull);

#endif							/* LEARNIFY_ROW_TRIGGER_H */
