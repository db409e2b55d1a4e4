/*
 * modules.c
 *		module_state(), module_states(), module_result() and completes_module():
 *		how far a learner has come in a module, or in the modules of a course.
 *
 * A module is completed by a passing submission to each of its exercises, or
 * to the module itself where it has none. No other code decides this. In a
 * module, all that a learner ever submitted counts; in a course, what the learner
 * has submitted since retaking it.
 *
 * Cost: for each module, one descent of the index of exercises, and for each
 * exercise one of the index of submissions. Memory: two index scans; 60 bytes
 * for each module of a course.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/skey.h"
#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "nodes/execnodes.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/extension.h"
#include "base/growing_array.h"
#include "identity/acting_user.h"
#include "progress/modules.h"
#include "progress/submission_rows.h"

PG_FUNCTION_INFO_V1(module_state);
PG_FUNCTION_INFO_V1(module_states);
PG_FUNCTION_INFO_V1(module_result);
PG_FUNCTION_INFO_V1(completes_module);

static const IndexColumn exercise_columns[] = {
	{"module_id", UUIDOID}, {"exercise_number", INT4OID}
};
static const IndexColumn module_columns[] = {
	{"course_id", UUIDOID}, {"module_number", INT4OID}
};

static const IndexColumn enrolment_columns[] = {
	{"user_id", UUIDOID}, {"course_id", UUIDOID}
};

static const char *const tables[] = {
	"exercises", "generated_modules", "module_completions", NULL
};

static const IndexShape exercise_shape = {exercise_columns, 2, 2};
const IndexShape course_module_shape = {module_columns, 2, 2};
static const IndexShape enrolment_shape = {enrolment_columns, 2, 2};

void
module_reader_begin(ModuleReader *reader, Oid schema,
					const pg_uuid_t *user_id, Snapshot snapshot)
{
	if (user_id != NULL)
		reader->user_id = *user_id;
	reader->written_after = DT_NOBEGIN;
	reader->context = CurrentMemoryContext;
	indexed_table_begin_reading(&reader->exercises, schema, "exercises",
								&exercise_shape, snapshot, 1, false);
	reader->exercise_id = table_column(reader->exercises.table, "id", UUIDOID);
	indexed_table_require(&reader->submissions, schema, "module_completions",
						  &submission_shape, snapshot);
	indexed_table_begin(&reader->submissions, snapshot,
						submission_key_count(reader->submissions.index), true);
	reader->broadcast_at = table_column(reader->submissions.table,
										"broadcast_at", TIMESTAMPTZOID);
}

void
module_reader_end(ModuleReader *reader)
{
	indexed_table_end_reading(&reader->submissions);
	indexed_table_end_reading(&reader->exercises);
}

void
module_reader_seek(ModuleReader *reader, const pg_uuid_t *module_id,
				   const pg_uuid_t *exercise_id)
{
	IndexedTable *submissions = &reader->submissions;
	ScanKeyData keys[4];

	init_submission_keys(keys, &reader->user_id, module_id, exercise_id);
	add_result_key(keys, true);
	index_rescan(submissions->scan, keys, submission_key_count(submissions->index),
				 NULL, 0);
}

/* Whether the submission in the slot was written after an instant. */
static bool
is_written_after(TupleTableSlot *slot, AttrNumber broadcast_at,
				 TimestampTz written_after)
{
	return TIMESTAMP_IS_NOBEGIN(written_after) ||
		DatumGetTimestampTz(slot_value(slot, broadcast_at)) > written_after;
}

/*
 * Whether the submission of the current entry counts. Rows are fetched only for
 * those who retake a course.
 */
static bool
entry_counts(ModuleReader *reader)
{
	IndexedTable *submissions = &reader->submissions;

	return TIMESTAMP_IS_NOBEGIN(reader->written_after) ||
		(indexed_table_fetch_row(submissions) &&
		 is_written_after(submissions->slot, reader->broadcast_at,
						  reader->written_after));
}

/*
 * Whether the learner has passed an exercise, or the module itself where
 * exercise_id is NULL.
 */
static bool
is_passed(ModuleReader *reader, const pg_uuid_t *module_id,
		  const pg_uuid_t *exercise_id)
{
	IndexedTable *submissions = &reader->submissions;

	module_reader_seek(reader, module_id, exercise_id);
	while (indexed_table_next_entry(submissions))
	{
		if (DatumGetBool(indexed_table_entry_value(submissions,
												   SUBMISSION_PASSED)) &&
			entry_counts(reader))
			return true;
	}
	return false;
}

ModuleState
module_reader_state(ModuleReader *reader, const pg_uuid_t *module_id)
{
	IndexedTable *exercises = &reader->exercises;
	MemoryContext old = MemoryContextSwitchTo(reader->context);
	ModuleState state = {0};

	indexed_table_seek(exercises, module_id);
	while (indexed_table_next_row(exercises, ForwardScanDirection))
	{
		Datum		id = slot_value(exercises->slot, reader->exercise_id);

		state.exercises++;
		if (is_passed(reader, module_id, DatumGetUUIDP(id)))
			state.solved++;
	}
	state.completed = state.exercises > 0 ?
		state.solved == state.exercises : is_passed(reader, module_id, NULL);
	MemoryContextSwitchTo(old);
	return state;
}

bool
module_reader_completes(ModuleReader *reader, const pg_uuid_t *module_id,
						bool by_exercise)
{
	ModuleState state = module_reader_state(reader, module_id);

	return state.completed && (by_exercise || state.exercises == 0);
}

/*
 * module_state(user_id uuid, module_id uuid)
 */
Datum
module_state(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			schema = extension_schema(fcinfo->flinfo);
	ModuleReader reader;
	ModuleState state;
	Datum		values[3];
	bool		nulls[3] = {false};

	require_reader(schema, PG_GETARG_UUID_P(0), tables);
	InitMaterializedSRF(fcinfo, 0);
	module_reader_begin(&reader, schema, PG_GETARG_UUID_P(0),
						GetActiveSnapshot());
	state = module_reader_state(&reader, PG_GETARG_UUID_P(1));
	module_reader_end(&reader);
	values[0] = Int32GetDatum(state.exercises);
	values[1] = Int32GetDatum(state.solved);
	values[2] = BoolGetDatum(state.completed);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	return (Datum) 0;
}

/*
 * completes_module(user_id uuid, module_id uuid, by_exercise boolean)
 */
Datum
completes_module(PG_FUNCTION_ARGS)
{
	Oid			schema = extension_schema(fcinfo->flinfo);
	ModuleReader reader;
	bool		completes;

	require_reader(schema, PG_GETARG_UUID_P(0), tables);
	module_reader_begin(&reader, schema, PG_GETARG_UUID_P(0),
						GetActiveSnapshot());
	completes = module_reader_completes(&reader, PG_GETARG_UUID_P(1),
										PG_GETARG_BOOL(2));
	module_reader_end(&reader);
	PG_RETURN_BOOL(completes);
}

/*
 * The first module that is not complete is active, those after it are locked.
 */
static void
set_statuses(CourseModules *modules)
{
	const char *next = "active";
	Size		i;

	for (i = 0; i < modules->count; i++)
	{
		CourseModule *module = &modules->items[i];

		module->status = module->state.completed ? "completed" : next;
		if (!module->state.completed)
			next = "locked";
	}
}

const CourseModule *
current_module(const CourseModules *modules)
{
	Size		i;

	for (i = 0; i < modules->count; i++)
		if (!modules->items[i].state.completed)
			return &modules->items[i];
	return NULL;
}

int
course_percentage(const CourseModules *modules)
{
	int64		completed = 0;
	Size		i;

	for (i = 0; i < modules->count; i++)
		if (modules->items[i].state.completed)
			completed++;
	return modules->count == 0 ? 0 :
		(int) (COMPLETE_PERCENTAGE * completed / (int64) modules->count);
}

/* The column is missing until the extension is updated. */
static void
begin_reading_enrolments(IndexedTable *enrolments, Oid schema,
						 Snapshot snapshot, AttrNumber *retaken_after)
{
	indexed_table_begin_reading(enrolments, schema, "user_progress",
								&enrolment_shape, snapshot, 2, false);
	*retaken_after = get_attnum(RelationGetRelid(enrolments->table),
								"retaken_after");
}

/* DT_NOBEGIN for a learner who is not enrolled, or has not retaken the course. */
static TimestampTz
read_retaken_after(IndexedTable *enrolments, AttrNumber column,
				   const pg_uuid_t *user_id, const pg_uuid_t *course_id)
{
	ScanKeyData keys[2];

	if (!AttributeNumberIsValid(column))
		return DT_NOBEGIN;
	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_UUID_EQ,
				UUIDPGetDatum(user_id));
	ScanKeyInit(&keys[1], 2, BTEqualStrategyNumber, F_UUID_EQ,
				UUIDPGetDatum(course_id));
	index_rescan(enrolments->scan, keys, 2, NULL, 0);
	if (!indexed_table_next_row(enrolments, ForwardScanDirection) ||
		slot_attisnull(enrolments->slot, column))
		return DT_NOBEGIN;
	return DatumGetTimestampTz(slot_value(enrolments->slot, column));
}

bool
is_retaken(Oid schema, const pg_uuid_t *user_id, const pg_uuid_t *course_id,
		   Snapshot snapshot)
{
	IndexedTable enrolments;
	AttrNumber	column;
	TimestampTz retaken_after;

	begin_reading_enrolments(&enrolments, schema, snapshot, &column);
	retaken_after = read_retaken_after(&enrolments, column, user_id, course_id);
	indexed_table_end_reading(&enrolments);
	return !TIMESTAMP_IS_NOBEGIN(retaken_after);
}

void
course_reader_begin(CourseReader *reader, Oid schema, Snapshot snapshot)
{
	memset(reader, 0, sizeof(CourseReader));
	module_reader_begin(&reader->reader, schema, NULL, snapshot);
	indexed_table_begin_reading(&reader->table, schema, "generated_modules",
								&course_module_shape, snapshot, 1, false);
	reader->id = table_column(reader->table.table, "id", UUIDOID);
	reader->number = table_column(reader->table.table, "module_number", INT4OID);
	begin_reading_enrolments(&reader->enrolments, schema, snapshot,
							 &reader->retaken_after);
}

void
course_reader_end(CourseReader *reader)
{
	indexed_table_end_reading(&reader->enrolments);
	indexed_table_end_reading(&reader->table);
	module_reader_end(&reader->reader);
}

const CourseModules *
course_reader_modules(CourseReader *reader, const pg_uuid_t *user_id,
					  const pg_uuid_t *course_id)
{
	IndexedTable *table = &reader->table;
	CourseModules *modules = &reader->modules;
	MemoryContext old = MemoryContextSwitchTo(reader->reader.context);

	modules->count = 0;
	modules->retaken_after = read_retaken_after(&reader->enrolments,
												reader->retaken_after,
												user_id, course_id);
	reader->reader.user_id = *user_id;
	reader->reader.written_after = modules->retaken_after;
	indexed_table_seek(table, course_id);
	while (indexed_table_next_row(table, ForwardScanDirection))
	{
		CourseModule *module = growing_array_append(modules);

		module->id = *DatumGetUUIDP(slot_value(table->slot, reader->id));
		module->number = DatumGetInt32(slot_value(table->slot, reader->number));
		module->state = module_reader_state(&reader->reader, &module->id);
	}
	reader->reader.written_after = DT_NOBEGIN;
	set_statuses(modules);
	MemoryContextSwitchTo(old);
	return modules;
}

void
read_course_modules(Oid schema, const pg_uuid_t *user_id,
					const pg_uuid_t *course_id, Snapshot snapshot,
					CourseModules *modules)
{
	CourseReader reader;

	course_reader_begin(&reader, schema, snapshot);
	*modules = *course_reader_modules(&reader, user_id, course_id);
	course_reader_end(&reader);
}

/*
 * module_states(user_id uuid, course_id uuid)
 *
 * A catalog that declares fewer columns gets the first ones.
 */
Datum
module_states(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			schema = extension_schema(fcinfo->flinfo);
	CourseModules modules;
	Size		i;

	require_reader(schema, PG_GETARG_UUID_P(0), tables);
	InitMaterializedSRF(fcinfo, 0);
	read_course_modules(schema, PG_GETARG_UUID_P(0), PG_GETARG_UUID_P(1),
						GetActiveSnapshot(), &modules);
	for (i = 0; i < modules.count; i++)
	{
		const CourseModule *module = &modules.items[i];
		bool		nulls[6] = {false};
		Datum		values[] = {
			UUIDPGetDatum(&module->id),
			Int32GetDatum(module->number),
			Int32GetDatum(module->state.exercises),
			Int32GetDatum(module->state.solved),
			BoolGetDatum(module->state.completed),
			CStringGetTextDatum(module->status)
		};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/*
 * The result of a module
 */

/* A learner's passing submissions to one exercise, or to the module itself. */
typedef struct Solution
{
	Submission	first;
	int			best_score;
} Solution;

typedef struct Solutions
{
	Solution   *items;
	Size		count;
	Size		allocated;
} Solutions;

/* Expects the submissions to one exercise in a row, in any order of time. */
static void
add_to_solutions(Solutions *solutions, const Submission *submission)
{
	Solution   *solution = solutions->count == 0 ? NULL :
	&solutions->items[solutions->count - 1];

	if (solution == NULL || !solve_same(&solution->first, submission))
	{
		solution = growing_array_append(solutions);
		solution->first = *submission;
		solution->best_score = submission->score;
		return;
	}
	solution->best_score = Max(solution->best_score, submission->score);
	if (submission->submitted_at < solution->first.submitted_at)
		solution->first = *submission;
}

/*
 * Beside exercises, submissions to the module itself do not count, such as those
 * to exercises that are deleted. The index has them last.
 */
static void
leave_out_module_itself(Solutions *solutions)
{
	if (solutions->count > 1 &&
		!solutions->items[solutions->count - 1].first.has_exercise)
		solutions->count--;
}

static void
collect_solutions(Oid schema, const pg_uuid_t *user_id,
				  const pg_uuid_t *module_id, TimestampTz written_after,
				  Snapshot snapshot, Solutions *solutions)
{
	IndexedTable submissions;
	SubmissionColumns columns;
	AttrNumber	broadcast_at;
	ScanKeyData keys[3];

	indexed_table_begin_reading(&submissions, schema, "module_completions",
								&submission_shape, snapshot, 2, false);
	find_submission_columns(submissions.table, &columns);
	broadcast_at = table_column(submissions.table, "broadcast_at",
								TIMESTAMPTZOID);
	init_submission_keys(keys, user_id, module_id, NULL);
	index_rescan(submissions.scan, keys, 2, NULL, 0);
	while (indexed_table_next_row(&submissions, ForwardScanDirection))
	{
		Submission	submission;

		read_submission(submissions.slot, &columns, &submission);
		if (submission.passed &&
			is_written_after(submissions.slot, broadcast_at, written_after))
			add_to_solutions(solutions, &submission);
	}
	indexed_table_end_reading(&submissions);
}

bool
read_module_result(Oid schema, const pg_uuid_t *user_id,
				   const pg_uuid_t *module_id, TimestampTz written_after,
				   Snapshot snapshot, ModuleResult *result)
{
	Solutions	solutions = {0};
	int64		count;
	int64		sum = 0;
	int64		i;

	collect_solutions(schema, user_id, module_id, written_after, snapshot,
					  &solutions);
	leave_out_module_itself(&solutions);
	count = solutions.count;
	if (count == 0)
		return false;
	result->completed_at = solutions.items[0].first.submitted_at;
	for (i = 0; i < count; i++)
	{
		sum += solutions.items[i].best_score;
		result->completed_at = Max(result->completed_at,
								   solutions.items[i].first.submitted_at);
	}
	result->score = (int) ((sum * 2 + count) / (count * 2));
	return true;
}

/*
 * module_result(user_id uuid, module_id uuid)
 */
Datum
module_result(PG_FUNCTION_ARGS)
{
	static const char *const tables_read[] = {"module_completions", NULL};
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			schema = extension_schema(fcinfo->flinfo);
	Datum		values[2] = {0};
	bool		nulls[2] = {true, true};
	ModuleResult result;

	require_reader(schema, PG_GETARG_UUID_P(0), tables_read);
	InitMaterializedSRF(fcinfo, 0);
	if (read_module_result(schema, PG_GETARG_UUID_P(0), PG_GETARG_UUID_P(1),
						   DT_NOBEGIN, GetActiveSnapshot(), &result))
	{
		values[0] = NumericGetDatum(int64_to_numeric(result.score));
		values[1] = TimestampTzGetDatum(result.completed_at);
		memset(nulls, false, sizeof(nulls));
	}
	tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
	return (Datum) 0;
}
