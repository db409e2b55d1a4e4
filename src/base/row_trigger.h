#ifndef LEARNIFY_ROW_TRIGGER_H
#define LEARNIFY_ROW_TRIGGER_H

#include "access/htup_details.h"
#include "commands/trigger.h"
#include "fmgr.h"

/* A millisecond: to what the clocks of many clients round an instant. */
#define CLIENT_PRECISION	1000

/* Raises an error if the function was not called by a BEFORE row trigger. */
extern TriggerData *begin_row_trigger(FunctionCallInfo fcinfo);

/* The same for an AFTER row trigger of an UPDATE. */
extern TriggerData *begin_update_trigger(FunctionCallInfo fcinfo);

/* Raises an error if the function was not called by an AFTER statement trigger. */
extern void require_statement_trigger(FunctionCallInfo fcinfo);

/* Whether the trigger is one of this table of the extension, or of a shard of it. */
extern bool is_trigger_table(TriggerData *trigger, Oid schema,
							 const char *table);

/* Raises an error if the trigger is not one of this table of the extension. */
extern void require_trigger_table(TriggerData *trigger, Oid schema,
								  const char *table);

/* Returns the row to be written; in an UPDATE, tg_trigtuple is the old one. */
extern HeapTuple new_row(TriggerData *trigger);

extern Datum row_value(TriggerData *trigger, HeapTuple row, const char *column,
					   Oid type, bool *isnull);

/*
 * Whether the table of an INSERT trigger has a row with the new row's id
 * already, and locks that, so that the row will not be inserted: ON CONFLICT
 * leaves or updates the one that is there, or the primary key refuses it.
 */
extern bool new_row_is_there(TriggerData *trigger);

/* Returns the new row with another value in a column. */
extern Datum changed_row(TriggerData *trigger, const char *column, Oid type,
						 Datum value, bool isnull);

#endif							/* LEARNIFY_ROW_TRIGGER_H */
