/*
 * submission_rows.c
 *		perfect_score(); reads module_completions, by its index or from a
 *		transition table.
 *
 * Cost: that of the index scan. Memory: the caller's.
 */
#include "postgres.h"

#include "access/attnum.h"
#include "access/skey.h"
#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "utils/date.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/uuids.h"
#include "progress/submission_rows.h"

PG_FUNCTION_INFO_V1(perfect_score);

static const IndexColumn index_columns[] = {
	{"user_id", UUIDOID}, {"module_id", UUIDOID}, {"exercise_id", UUIDOID},
	{"passed", BOOLOID}
};

const IndexShape submission_shape = {index_columns, 3, 4};

static AttrNumber
submitted_on_column(Relation table)
{
	if (get_attnum(RelationGetRelid(table), "submitted_on") == InvalidAttrNumber)
		return InvalidAttrNumber;
	return table_column(table, "submitted_on", DATEOID);
}

void
find_submission_columns(Relation table, SubmissionColumns *columns)
{
	columns->id = table_column(table, "id", UUIDOID);
	columns->user_id = table_column(table, "user_id", UUIDOID);
	columns->module_id = table_column(table, "module_id", UUIDOID);
	columns->exercise_id = table_column(table, "exercise_id", UUIDOID);
	columns->passed = table_column(table, "passed", BOOLOID);
	columns->score = table_column(table, "score", INT4OID);
	columns->minutes = table_column(table, "time_spent_minutes", INT4OID);
	columns->submitted_at = table_column(table, "submitted_at", TIMESTAMPTZOID);
	columns->submitted_on = submitted_on_column(table);
}

void
read_submission(TupleTableSlot *slot, const SubmissionColumns *columns,
				Submission *submission)
{
	bool		isnull;
	Datum		exercise;

	submission->id = *DatumGetUUIDP(slot_value(slot, columns->id));
	submission->user_id = *DatumGetUUIDP(slot_value(slot, columns->user_id));
	submission->module_id = *DatumGetUUIDP(slot_value(slot, columns->module_id));
	exercise = slot_getattr(slot, columns->exercise_id, &isnull);
	submission->has_exercise = !isnull;
	if (!isnull)
		submission->exercise_id = *DatumGetUUIDP(exercise);
	submission->passed = DatumGetBool(slot_value(slot, columns->passed));
	submission->score = DatumGetInt32(slot_value(slot, columns->score));
	submission->minutes = DatumGetInt32(slot_value(slot, columns->minutes));
	submission->submitted_at =
		DatumGetTimestampTz(slot_value(slot, columns->submitted_at));
	submission->submitted_on = columns->submitted_on == InvalidAttrNumber ?
		DATEVAL_NOBEGIN : DatumGetDateADT(slot_value(slot, columns->submitted_on));
}

bool
solve_same(const Submission *one, const Submission *other)
{
	if (one->has_exercise && other->has_exercise)
		return equal_uuids(&one->exercise_id, &other->exercise_id);
	return !one->has_exercise && !other->has_exercise &&
		equal_uuids(&one->module_id, &other->module_id);
}

void
init_submission_keys(ScanKey keys, const pg_uuid_t *user_id,
					 const pg_uuid_t *module_id, const pg_uuid_t *exercise_id)
{
	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_UUID_EQ,
				UUIDPGetDatum(user_id));
	ScanKeyInit(&keys[1], SUBMISSION_MODULE, BTEqualStrategyNumber, F_UUID_EQ,
				UUIDPGetDatum(module_id));
	if (exercise_id != NULL)
		ScanKeyInit(&keys[2], SUBMISSION_EXERCISE, BTEqualStrategyNumber,
					F_UUID_EQ, UUIDPGetDatum(exercise_id));
	else
		ScanKeyEntryInitialize(&keys[2], SK_ISNULL | SK_SEARCHNULL,
							   SUBMISSION_EXERCISE, InvalidStrategy, InvalidOid,
							   InvalidOid, InvalidOid, (Datum) 0);
}

void
add_result_key(ScanKey keys, bool passed)
{
	ScanKeyInit(&keys[3], SUBMISSION_PASSED, BTEqualStrategyNumber, F_BOOLEQ,
				BoolGetDatum(passed));
}

int
submission_key_count(Relation index)
{
	return Min(index->rd_index->indnkeyatts, SUBMISSION_PASSED);
}

/*
 * perfect_score()
 */
Datum
perfect_score(PG_FUNCTION_ARGS)
{
	(void) fcinfo;				/* no arguments */
	PG_RETURN_INT32(PERFECT_SCORE);
}
