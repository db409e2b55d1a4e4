/*
 * submissions.c
 *		process_submissions(): processes the submissions that a statement
 *		inserts.
 *
 * A submission that is the first to solve its exercise is broadcast, and so is a
 * module that it completes. The submissions of a learner add their minutes to the
 * learner's progress in each course, which is recomputed if a module is completed,
 * and may earn achievements.
 *
 * Cost: for each row, some descents of indexes, and an insert where it solves or
 * completes something; for each learner and course an update by key; for each
 * learner reading the achievements. Memory: 88 bytes for each row, up to twice as
 * much as the array grows; of one learner, 48 for each course and 4 for each day;
 * and what processing one row takes.
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
#include "base/row_trigger.h"
#include "base/saved_plan.h"
#include "base/transition_rows.h"
#include "base/uuids.h"
#include "identity/acting_user.h"
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
	bool		completes;		/* its module, for the first time */
	bool		advances;		/* completes it, or may do so once more */
} Outcome;

/* What a learner's submissions to a course add to the progress in it. */
typedef struct CourseWork
{
	pg_uuid_t	course_id;
	int64		minutes;
	TimestampTz began_at;
	TimestampTz active_at;
	bool		completes;		/* a module of it, perhaps once more */
} CourseWork;

typedef struct CourseWorks
{
	CourseWork *items;
	Size		count;
	Size		allocated;
} CourseWorks;

typedef struct Days
{
	DateADT    *items;
	Size		count;
	Size		allocated;
} Days;

/* One learner's submissions of the statement. */
typedef struct LearnerWork
{
	const Submission *submissions;
	Size		count;
	MemoryContext context;		/* of the arrays */
	CourseWorks courses;
	Days		days;
	Events		events;
	Feed		feed;
	NewWork		new;
} LearnerWork;

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
compare_solutions(Batch *batch, ModuleReader *reader,
				  const Submission *submission, Outcome *outcome)
{
	IndexedTable *submissions = &reader->submissions;

	module_reader_seek(reader, &submission->module_id,
					   submission->has_exercise ? &submission->exercise_id : NULL);
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

static Datum
submission_ids(const LearnerWork *work)
{
	IdList		ids = {0};
	Size		i;

	for (i = 0; i < work->count; i++)
		id_list_add(&ids, &work->submissions[i].id);
	return id_list_array(&ids);
}

/* Enrols the learner, with the minutes of earlier submissions and of these. */
static void
enrol(Oid schema, const LearnerWork *work, const CourseWork *course)
{
	static SavedPlan saved;
	Oid			types[] = {
		UUIDOID, UUIDOID, INT8OID, TIMESTAMPTZOID, TIMESTAMPTZOID, UUIDARRAYOID
	};
	Datum		values[] = {
		UUIDPGetDatum(&work->submissions->user_id),
		UUIDPGetDatum(&course->course_id),
		Int64GetDatum(course->minutes),
		TimestampTzGetDatum(course->began_at),
		TimestampTzGetDatum(course->active_at),
		submission_ids(work)
	};

	execute_own(&saved, schema,
				"INSERT INTO %1$s.user_progress AS p"
				" (user_id, course_id, time_spent_minutes, last_activity, started_at)"
				" SELECT $1, $2, learnify_internal.add_minutes(0, $3 + coalesce(sum(s.time_spent_minutes), 0)), $5, $4"
				" FROM %1$s.generated_modules AS m"
				" JOIN %1$s.module_completions AS s ON s.module_id = m.id"
				" WHERE m.course_id = $2 AND s.user_id = $1 AND s.id <> ALL ($6)"
				" ON CONFLICT (user_id, course_id) DO UPDATE"
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
add_time_spent(Oid schema, const LearnerWork *work, const CourseWork *course)
{
	static SavedPlan saved;
	Oid			types[] = {
		UUIDOID, UUIDOID, INT8OID, TIMESTAMPTZOID, TIMESTAMPTZOID
	};
	Datum		values[] = {
		UUIDPGetDatum(&work->submissions->user_id),
		UUIDPGetDatum(&course->course_id),
		Int64GetDatum(course->minutes),
		TimestampTzGetDatum(course->began_at),
		TimestampTzGetDatum(course->active_at)
	};

	SPI_connect();
	execute_saved(&saved, schema,
				  "UPDATE %1$s.user_progress"
				  " SET time_spent_minutes = learnify_internal.add_minutes(time_spent_minutes, $3),"
				  "     last_activity = greatest(last_activity, $5),"
				  "     started_at = least(started_at, $4)"
				  " WHERE user_id = $1 AND course_id = $2",
				  lengthof(types), types, values, NULL);
	if (SPI_processed == 0)
		enrol(schema, work, course);
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
		compare_solutions(batch, &reader, submission, outcome);
		outcome->completes = outcome->solves &&
			(batch->completed == NULL ||
			 !is_same_module(batch->completed, submission)) &&
			module_reader_completes(&reader, &submission->module_id,
									submission->has_exercise);
		module_reader_end(&reader);
		outcome->advances = outcome->completes ||
			is_retaken(batch->schema, &submission->user_id, &module->course_id,
					   GetActiveSnapshot());
	}
	PopActiveSnapshot();
	return found;
}

/*
 * Adds the minutes and, where a module may be complete, recomputes the progress:
 * mostly in one update, but recompute_progress() may find nothing to change,
 * or no row.
 */
static void
record_progress(Oid schema, const LearnerWork *work, const CourseWork *course)
{
	const pg_uuid_t *user_id = &work->submissions->user_id;
	ProgressChange change = {
		.minutes = course->minutes,
		.began_at = course->began_at,
		.active_at = course->active_at
	};

	if (course->completes &&
		recompute_progress(schema, user_id, &course->course_id, &change))
		return;
	add_time_spent(schema, work, course);
	change.minutes = 0;
	if (course->completes)
		recompute_progress(schema, user_id, &course->course_id, &change);
}

/*
 * Learner by learner
 */

static CourseWork *
find_course_work(LearnerWork *work, const pg_uuid_t *course_id)
{
	CourseWork *course;
	Size		i;

	for (i = work->courses.count; i > 0; i--)
		if (equal_uuids(&work->courses.items[i - 1].course_id, course_id))
			return &work->courses.items[i - 1];
	course = growing_array_append(&work->courses);
	*course = (CourseWork) {
		.course_id = *course_id,
		.began_at = DT_NOEND,
		.active_at = DT_NOBEGIN
	};
	return course;
}

static void
add_day(Days *days, DateADT day)
{
	if (days->count == 0 || days->items[days->count - 1] != day)
		*growing_array_append(days) = day;
}

/* Notes what the submission adds to the learner's work. */
static void
add_to_work(LearnerWork *work, const Submission *submission,
			const Module *module, const Outcome *outcome)
{
	MemoryContext old = MemoryContextSwitchTo(work->context);
	CourseWork *course = find_course_work(work, &module->course_id);
	TimestampTz done_at = effect_time(submission->submitted_at);

	work->new.is_now &= done_at == GetCurrentTransactionStartTimestamp();
	work->new.minutes += submission->minutes;
	work->new.exercises_solved += outcome->solves && submission->has_exercise;
	work->new.modules_completed += outcome->completes;
	course->minutes += submission->minutes;
	course->began_at = Min(course->began_at, done_at);
	course->active_at = Max(course->active_at, done_at);
	course->completes |= outcome->advances;
	add_day(&work->days, submission->submitted_on);
	MemoryContextSwitchTo(old);

	work->events |= EVENT_SUBMISSION;
	if (submission->minutes > 0)
		work->events |= EVENT_TIME_SPENT;
	if (submission->score == PERFECT_SCORE)
		work->events |= EVENT_PERFECT_SCORE;
	if (outcome->solves)
		work->events |= EVENT_EXERCISE_SOLVED;
	if (outcome->completes)
		work->events |= EVENT_MODULE_COMPLETED;
}

static void
process_submission(Batch *batch, LearnerWork *work,
				   const Submission *submission)
{
	Module		module;
	Outcome		outcome = {false};

	if (!find_module(batch, submission, &module, &outcome))
		return;
	if (outcome.solves && submission->has_exercise)
		add_exercise_activity(&work->feed, &module, &submission->exercise_id,
							  submission->score, submission->submitted_at);
	if (outcome.predates)
	{
		feed_write(&work->feed);
		redate_broadcasts(batch, submission);
	}
	if (outcome.completes)
	{
		add_module_activity(&work->feed, &module);
		batch->completed = submission;
	}
	add_to_work(work, submission, &module, &outcome);
}

static int
compare_days(const void *a, const void *b)
{
	DateADT		one = *(const DateADT *) a;
	DateADT		other = *(const DateADT *) b;

	return one < other ? -1 : one > other;
}

static void
make_set_of_days(Days *days)
{
	DateADT    *sorted = days->items;
	Size		count = days->count;
	Size		i;

	qsort(sorted, count, sizeof(DateADT), compare_days);
	days->count = 0;
	for (i = 0; i < count; i++)
		add_day(days, sorted[i]);
}

static void
award_work(Batch *batch, LearnerWork *work)
{
	make_set_of_days(&work->days);
	work->new.days = work->days.items;
	work->new.day_count = (int) work->days.count;
	(void) award_learner(batch->schema, &work->submissions->user_id, work->events,
						 &work->new);
}

/* The learner's submissions are the first ones of those that are left. */
static Size
count_of_learner(const Submission *submissions, Size left)
{
	Size		count = 1;

	while (count < left &&
		   equal_uuids(&submissions[count].user_id, &submissions->user_id))
		count++;
	return count;
}

static void
process_learner(Batch *batch, LearnerWork *work)
{
	MemoryContext row = AllocSetContextCreate(work->context,
											  "learnify submission",
											  ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(row);
	Size		i;

	for (i = 0; i < work->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		process_submission(batch, work, &work->submissions[i]);
		MemoryContextReset(row);
	}
	feed_write(&work->feed);
	for (i = 0; i < work->courses.count; i++)
	{
		record_progress(batch->schema, work, &work->courses.items[i]);
		MemoryContextReset(row);
	}
	if (work->courses.count > 0)
		award_work(batch, work);
	MemoryContextSwitchTo(old);
}

/*
 * process_submissions()
 */
Datum
process_submissions(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Batch		batch = {.schema = extension_schema(fcinfo->flinfo)};
	MemoryContext learner;
	MemoryContext old;
	Size		i = 0;

	require_statement_trigger(fcinfo);
	require_trigger_table(trigger, batch.schema, "module_completions");
	if (!automation_is_on(batch.schema))
		return PointerGetDatum(NULL);
	find_submission_columns(trigger->tg_relation, &batch.columns);
	read_inserted(&batch, trigger);
	learner = AllocSetContextCreate(CurrentMemoryContext,
									"learnify submissions of a learner",
									ALLOCSET_SMALL_SIZES);
	old = MemoryContextSwitchTo(learner);
	while (i < batch.inserted.count)
	{
		LearnerWork work = {
			.submissions = &batch.inserted.items[i],
			.count = count_of_learner(&batch.inserted.items[i],
									  batch.inserted.count - i),
			.context = learner,
			.new = {.is_now = true}
		};

		feed_begin(&work.feed, batch.schema, &work.submissions->user_id);
		process_learner(&batch, &work);
		MemoryContextReset(learner);
		i += work.count;
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(learner);
	return PointerGetDatum(NULL);
}
