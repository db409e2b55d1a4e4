/*
 * submissions.c
 *		process_submissions(): processes the submissions that a statement
 *		inserts.
 *
 * Each submission adds its minutes to the learner's progress, and may earn
 * achievements. One that is the first to solve its exercise is broadcast, and
 * so is a module that it completes; the progress in the course is then
 * recomputed.
 *
 * Cost: for each row, an update by key and some descents of indexes; for a row
 * that solves or completes something, a few statements more. Memory: 88 bytes
 * for each row, up to twice as much as the array grows, and what processing
 * one row takes.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/skey.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/effect_time.h"
#include "base/extension.h"
#include "base/growing_array.h"
#include "base/id_list.h"
#include "base/indexed_table.h"
#include "base/own_statement.h"
#include "base/saved_plan.h"
#include "base/settings.h"
#include "base/transition_rows.h"
#include "base/uuids.h"
#include "progress/milestones.h"
#include "progress/modules.h"
#include "progress/progress.h"
#include "progress/submission_rows.h"
#include "social/achievements.h"
#include "social/statistics.h"

PG_FUNCTION_INFO_V1(process_submissions);

typedef struct Submissions
{
	Submission *items;
	Size		count;
	Size		allocated;
} Submissions;

/* The effects of a submission. */
typedef struct Outcome
{
	bool		solves;			/* its exercise, for the first time */
	bool		predates;		/* all that solved it before */
	bool		completes;		/* its module */
} Outcome;

/* The rows that one statement has inserted. */
typedef struct Batch
{
	Oid			schema;
	SubmissionColumns columns;
	Submissions inserted;
	const Submission *completed;	/* the last to complete a module */
} Batch;

/*
 * Reading the new rows
 */

/* Orders by learner and module, and then by time. */
static int
compare_submissions(const void *a, const void *b)
{
	const Submission *one = a;
	const Submission *other = b;
	int			order = compare_uuids(&one->user_id, &other->user_id);

	if (order == 0)
		order = compare_uuids(&one->module_id, &other->module_id);
	if (order == 0 && one->submitted_at != other->submitted_at)
		order = one->submitted_at < other->submitted_at ? -1 : 1;
	return order != 0 ? order : compare_uuids(&one->id, &other->id);
}

/*
 * Collects the rows that were written in this transaction. Those that a dump
 * restores have kept the broadcast_at of another one, and were processed then.
 */
static void
read_inserted(Batch *batch, TriggerData *trigger)
{
	AttrNumber	broadcast_at = table_column(trigger->tg_relation, "broadcast_at",
											TIMESTAMPTZOID);
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	TransitionRows rows;

	transition_rows_begin(&rows, trigger, trigger->tg_newtable);
	while (transition_rows_next(&rows))
	{
		if (DatumGetTimestampTz(slot_value(rows.slot, broadcast_at)) == now)
			read_submission(rows.slot, &batch->columns,
							growing_array_append(&batch->inserted));
	}
	transition_rows_end(&rows);
	if (batch->inserted.count > 1)
		qsort(batch->inserted.items, batch->inserted.count, sizeof(Submission),
			  compare_submissions);
}

/*
 * Deciding what is solved and completed
 */

/*
 * Whether another submission precedes this one. True for any row of an earlier
 * statement; among the rows of this statement, for those that sort first.
 */
static bool
was_before(Batch *batch, const Submission *other, const Submission *submission)
{
	if (equal_uuids(&other->id, &submission->id))
		return false;
	return compare_submissions(other, submission) < 0 ||
		bsearch(other, batch->inserted.items, batch->inserted.count,
				sizeof(Submission), compare_submissions) == NULL;
}

static bool
was_submitted_earlier(const Submission *one, const Submission *other)
{
	if (one->submitted_at != other->submitted_at)
		return one->submitted_at < other->submitted_at;
	return compare_uuids(&one->id, &other->id) < 0;
}

/*
 * Decides whether no submission before this one solved the exercise, or the module
 * itself; and otherwise, whether this one is older than all that did.
 */
static void
compare_solutions(Batch *batch, IndexedTable *submissions,
				  const Submission *submission, Outcome *outcome)
{
	ScanKeyData keys[3];

	init_submission_keys(keys, &submission->user_id, &submission->module_id,
						 submission->has_exercise ? &submission->exercise_id : NULL);
	index_rescan(submissions->scan, keys, 3, NULL, 0);
	outcome->solves = outcome->predates = true;
	while (outcome->predates &&
		   indexed_table_next_row(submissions, ForwardScanDirection))
	{
		Submission	other;

		read_submission(submissions->slot, &batch->columns, &other);
		if (!other.passed || !was_before(batch, &other, submission))
			continue;
		outcome->solves = false;
		outcome->predates = was_submitted_earlier(submission, &other);
	}
	if (outcome->solves)
		outcome->predates = false;
}

static bool
is_same_module(const Submission *one, const Submission *other)
{
	return equal_uuids(&one->user_id, &other->user_id) &&
		equal_uuids(&one->module_id, &other->module_id);
}

/*
 * Writing
 */

/* The ids of this submission and of the learner's later ones in the statement. */
static Datum
uncounted_ids(Batch *batch, const Submission *submission)
{
	const Submission *end = batch->inserted.items + batch->inserted.count;
	const Submission *other;
	IdList		ids = {0};

	for (other = submission;
		 other < end && equal_uuids(&other->user_id, &submission->user_id);
		 other++)
		id_list_add(&ids, &other->id);
	return id_list_array(&ids);
}

/* Enrols the learner, with the minutes of earlier submissions and of this one. */
static void
enrol(Batch *batch, const Submission *submission, const pg_uuid_t *course_id)
{
	static SavedPlan saved;
	Oid			types[] = {
		UUIDOID, UUIDOID, INT4OID, TIMESTAMPTZOID, UUIDARRAYOID
	};
	Datum		values[] = {
		UUIDPGetDatum(&submission->user_id),
		UUIDPGetDatum(course_id),
		Int32GetDatum(submission->minutes),
		TimestampTzGetDatum(effect_time(submission->submitted_at)),
		uncounted_ids(batch, submission)
	};

	execute_own(&saved, batch->schema,
				"INSERT INTO %1$s.user_progress AS p"
				" (user_id, course_id, time_spent_minutes, last_activity, started_at)"
				" SELECT $1, $2, learnify_internal.add_minutes($3, coalesce(sum(s.time_spent_minutes), 0)), $4, $4"
				" FROM %1$s.generated_modules AS m"
				" JOIN %1$s.module_completions AS s ON s.module_id = m.id"
				" WHERE m.course_id = $2 AND s.user_id = $1 AND s.id <> ALL ($5)"
				" ON CONFLICT ON CONSTRAINT user_progress_user_id_course_id_key DO UPDATE"
				" SET time_spent_minutes = learnify_internal.add_minutes(p.time_spent_minutes, $3),"
				"     last_activity = greatest(p.last_activity, excluded.last_activity),"
				"     started_at = least(p.started_at, excluded.started_at)",
				lengthof(types), types, values, NULL);
}

/*
 * Corrects the time and the score of feed rows when a solution is submitted late
 * that is older than the one they were broadcast for.
 */
static void
redate_broadcasts(Batch *batch, const Submission *submission)
{
	static SavedPlan exercise;
	static SavedPlan module;
	Oid			types[] = {UUIDOID, UUIDOID, UUIDOID, INT4OID, TIMESTAMPTZOID};
	Datum		values[] = {
		UUIDPGetDatum(&submission->user_id),
		UUIDPGetDatum(&submission->module_id),
		UUIDPGetDatum(&submission->exercise_id),
		Int32GetDatum(submission->score),
		TimestampTzGetDatum(submission->submitted_at)
	};

	SPI_connect();
	if (submission->has_exercise)
		execute_saved(&exercise, batch->schema,
					  "SELECT learnify_internal.correct_broadcast($1, 'exercise_solved', $3, $4, $5)",
					  lengthof(types), types, values, NULL);
	execute_saved(&module, batch->schema,
				  "SELECT learnify_internal.correct_broadcast($1, 'module_completed', $2, r.score, r.completed_at)"
				  " FROM learnify_internal.module_result($1, $2) AS r",
				  2, types, values, NULL);
	SPI_finish();
}

/*
 * Adds the minutes to the learner's progress; enrols the learner if need be.
 * started_at becomes no later than the work.
 */
static void
add_time_spent(Batch *batch, const Submission *submission,
			   const pg_uuid_t *course_id)
{
	static SavedPlan saved;
	Oid			types[] = {UUIDOID, UUIDOID, INT4OID, TIMESTAMPTZOID};
	Datum		values[] = {
		UUIDPGetDatum(&submission->user_id),
		UUIDPGetDatum(course_id),
		Int32GetDatum(submission->minutes),
		TimestampTzGetDatum(effect_time(submission->submitted_at))
	};

	SPI_connect();
	execute_saved(&saved, batch->schema,
				  "UPDATE %1$s.user_progress"
				  " SET time_spent_minutes = learnify_internal.add_minutes(time_spent_minutes, $3),"
				  "     last_activity = greatest(last_activity, $4),"
				  "     started_at = least(started_at, $4)"
				  " WHERE user_id = $1 AND course_id = $2",
				  lengthof(types), types, values, NULL);
	if (SPI_processed == 0)
		enrol(batch, submission, course_id);
	SPI_finish();
}

/*
 * Reads the module, and decides on the effects of the submission. Returns false
 * where the module is gone.
 */
static bool
find_module(Batch *batch, const Submission *submission, Module *module,
			Outcome *outcome)
{
	ModuleReader reader;
	bool		found;

	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	found = read_module(batch->schema, &submission->module_id,
						GetActiveSnapshot(), module);
	if (found && submission->passed)
	{
		module_reader_begin(&reader, batch->schema, &submission->user_id,
							GetActiveSnapshot());
		compare_solutions(batch, &reader.submissions, submission, outcome);
		outcome->completes = outcome->solves &&
			(batch->completed == NULL ||
			 !is_same_module(batch->completed, submission)) &&
			module_reader_completes(&reader, &submission->module_id,
									submission->has_exercise);
		module_reader_end(&reader);
	}
	PopActiveSnapshot();
	return found;
}

/*
 * Adds the minutes and, where a module is complete, recomputes the progress:
 * mostly in one update, but recompute_progress() may find nothing to change,
 * or no row.
 */
static void
record_progress(Batch *batch, const Submission *submission,
				const Module *module, bool completes)
{
	ProgressChange change = {
		.minutes = submission->minutes,
		.active_at = effect_time(submission->submitted_at)
	};

	if (completes && recompute_progress(batch->schema, &submission->user_id,
									 &module->course_id, &change))
		return;
	add_time_spent(batch, submission, &module->course_id);
	change.minutes = 0;
	if (completes)
		recompute_progress(batch->schema, &submission->user_id, &module->course_id,
						&change);
}

static void
process_submission(Batch *batch, const Submission *submission)
{
	Module		module;
	Outcome		outcome = {false};
	Events		events = EVENT_SUBMISSION;

	if (!find_module(batch, submission, &module, &outcome))
		return;
	if (outcome.solves && submission->has_exercise)
		broadcast_exercise_activity(batch->schema, &submission->user_id, &module,
									&submission->exercise_id, submission->score,
									submission->submitted_at);
	if (outcome.predates)
		redate_broadcasts(batch, submission);
	if (outcome.completes)
	{
		broadcast_module_activity(batch->schema, &submission->user_id, &module);
		batch->completed = submission;
	}
	record_progress(batch, submission, &module, outcome.completes);

	if (submission->minutes > 0)
		events |= EVENT_TIME_SPENT;
	if (submission->score == PERFECT_SCORE)
		events |= EVENT_PERFECT_SCORE;
	if (outcome.solves)
		events |= EVENT_EXERCISE_SOLVED;
	if (outcome.completes)
		events |= EVENT_MODULE_COMPLETED;
	award_learner(batch->schema, &submission->user_id, events,
				  &submission->submitted_on);
}

/*
 * process_submissions()
 */
Datum
process_submissions(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Batch		batch = {.schema = extension_schema(fcinfo->flinfo)};
	MemoryContext row;
	MemoryContext old;
	Size		i;

	if (!CALLED_AS_TRIGGER(fcinfo) || trigger->tg_newtable == NULL ||
		RelationGetRelid(trigger->tg_relation) !=
		get_relname_relid("module_completions", batch.schema))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function process_submissions was not called by the extension's trigger")));
	if (!learnify_automation)
		return PointerGetDatum(NULL);
	find_submission_columns(trigger->tg_relation, &batch.columns);
	read_inserted(&batch, trigger);
	row = AllocSetContextCreate(CurrentMemoryContext, "learnify submission",
								ALLOCSET_SMALL_SIZES);
	old = MemoryContextSwitchTo(row);
	for (i = 0; i < batch.inserted.count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		process_submission(&batch, &batch.inserted.items[i]);
		MemoryContextReset(row);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(row);
	return PointerGetDatum(NULL);
}
