/*
 * review_checks.c
 *		fill_overall_score() and correct_overall_score(): the overall score of a review
 *		that has none, or whose other scores are corrected. prepare_review(): checks a
 *		review, new or moved, against the submission that it is about.
 *
 * Cost: a look-up and a lock of the module, the submission and the learner. Memory: a
 * few allocations, in the current context.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "utils/fmgrprotos.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/extension.h"
#include "base/indexed_table.h"
#include "base/own_statement.h"
#include "base/row_trigger.h"
#include "base/uuids.h"
#include "distribution/shards.h"
#include "progress/learner_lock.h"

PG_FUNCTION_INFO_V1(fill_overall_score);
PG_FUNCTION_INFO_V1(correct_overall_score);
PG_FUNCTION_INFO_V1(prepare_review);

static const char *const score_columns[] = {
	"code_sense_score", "efficiency_score", "edge_cases_score", "taste_score"
};

/* The submission that a review is about. */
typedef struct Reviewed
{
	pg_uuid_t	user_id;
	pg_uuid_t	module_id;
} Reviewed;

/* Returns the integer mean of the four scores; sets isnull where one is NULL. */
static int
mean_score(TriggerData *trigger, HeapTuple row, bool *isnull)
{
	int64		sum = 0;
	Size		i;

	*isnull = false;
	for (i = 0; i < lengthof(score_columns); i++)
	{
		bool		score_is_null;
		Datum		score = row_value(trigger, row, score_columns[i], INT4OID,
									  &score_is_null);

		*isnull |= score_is_null;
		sum += score_is_null ? 0 : DatumGetInt32(score);
	}
	return (int) (sum / (int64) lengthof(score_columns));
}

static Datum
with_mean_score(TriggerData *trigger)
{
	bool		isnull;
	int			mean = mean_score(trigger, new_row(trigger), &isnull);

	return changed_row(trigger, "overall_score", INT4OID, Int32GetDatum(mean), isnull);
}

/*
 * fill_overall_score() returns trigger
 */
Datum
fill_overall_score(PG_FUNCTION_ARGS)
{
	return with_mean_score(begin_row_trigger(fcinfo));
}

/*
 * correct_overall_score() returns trigger
 *
 * An overall score that was not the mean stays what somebody has made it.
 */
Datum
correct_overall_score(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = begin_row_trigger(fcinfo);
	bool		isnull;
	bool		mean_is_null;
	Datum		overall = row_value(trigger, trigger->tg_trigtuple, "overall_score",
									INT4OID, &isnull);
	int			mean = mean_score(trigger, trigger->tg_trigtuple, &mean_is_null);

	if (isnull || mean_is_null || DatumGetInt32(overall) != mean)
		return PointerGetDatum(new_row(trigger));
	return with_mean_score(trigger);
}

static void
hold_module(Oid schema, const pg_uuid_t *module_id)
{
	IndexedTable modules;

	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	(void) indexed_table_begin_locked_look_up(&modules, schema, "generated_modules",
											  module_id, GetActiveSnapshot(),
											  LockTupleKeyShare, true);
	indexed_table_end_reading(&modules);
	PopActiveSnapshot();
}

/* Returns false where there is no such submission, which the foreign key refuses. */
static bool
hold_submission(Oid schema, const pg_uuid_t *submission_id, Reviewed *reviewed)
{
	IndexedTable submissions;
	bool		found;

	PushActiveSnapshot(GetTransactionSnapshot());
	found = indexed_table_begin_locked_look_up(&submissions, schema,
											   "module_completions", submission_id,
											   GetActiveSnapshot(),
											   LockTupleKeyShare,
											   true) == ROW_IS_LOCKED;
	if (found)
	{
		reviewed->user_id =
			*DatumGetUUIDP(indexed_table_value(&submissions, "user_id", UUIDOID));
		reviewed->module_id =
			*DatumGetUUIDP(indexed_table_value(&submissions, "module_id", UUIDOID));
	}
	indexed_table_end_reading(&submissions);
	PopActiveSnapshot();
	return found;
}

static char *
uuid_string(Datum uuid)
{
	return DatumGetCString(DirectFunctionCall1(uuid_out, uuid));
}

static void
check_user(TriggerData *trigger, Datum submission_id, Datum user_id,
		   const Reviewed *reviewed)
{
	if (!equal_uuids(&reviewed->user_id, DatumGetUUIDP(user_id)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("submission %s is not of user %s", uuid_string(submission_id),
						uuid_string(user_id)),
				 errhint("A review belongs to the learner whose submission it reviews."),
				 err_generic_string(PG_DIAG_TABLE_NAME,
									own_table_name(trigger->tg_relation)),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "user_id")));
}

static void
check_module(TriggerData *trigger, Datum submission_id, Datum module_id,
			 const Reviewed *reviewed)
{
	if (!equal_uuids(&reviewed->module_id, DatumGetUUIDP(module_id)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("submission %s is not to module %s", uuid_string(submission_id),
						uuid_string(module_id)),
				 errhint("Its module is %s.",
						 uuid_string(UUIDPGetDatum(&reviewed->module_id))),
				 err_generic_string(PG_DIAG_TABLE_NAME,
									own_table_name(trigger->tg_relation)),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "module_id")));
}

/*
 * prepare_review() returns trigger
 *
 * Locks the module and the submission before the learner, as sessions that delete
 * them do.
 */
Datum
prepare_review(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = begin_row_trigger(fcinfo);
	Oid			schema = extension_schema(fcinfo->flinfo);
	HeapTuple	row = new_row(trigger);
	bool		has_no_user;
	bool		has_no_module;
	bool		has_no_submission;
	Datum		user_id = row_value(trigger, row, "user_id", UUIDOID, &has_no_user);
	Datum		module_id = row_value(trigger, row, "module_id", UUIDOID, &has_no_module);
	Datum		submission_id = row_value(trigger, row, "submission_id", UUIDOID,
										  &has_no_submission);
	Reviewed	reviewed;
	bool		found;

	require_trigger_table(trigger, schema, "architecture_reviews");
	if (runs_own_statement() ||
		(TRIGGER_FIRED_BY_INSERT(trigger->tg_event) && new_row_is_there(trigger)))
		return PointerGetDatum(row);
	if (!has_no_module)
		hold_module(schema, DatumGetUUIDP(module_id));
	found = !has_no_submission &&
		hold_submission(schema, DatumGetUUIDP(submission_id), &reviewed);
	if (!has_no_user)
		(void) hold_learner(schema, DatumGetUUIDP(user_id));
	if (!found)
		return PointerGetDatum(row);
	if (!has_no_user)
		check_user(trigger, submission_id, user_id, &reviewed);
	if (!has_no_module)
		check_module(trigger, submission_id, module_id, &reviewed);
	return PointerGetDatum(row);
}
