/*
 * modules.c
 *		module_state(), module_states() and module_result(): how far a learner is
 *		in modules.
 *
 * What it takes to complete a module is said here and nowhere else: a passing
 * submission to each of its exercises, or to the module itself where it has none.
 *
 * Cost: for each module one look into the index of exercises, and for each
 * exercise one into that of the learner's submissions. Memory: two scans.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/fmgroids.h"
#include "utils/numeric.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "base/extension.h"
#include "base/growing_array.h"
#include "base/uuids.h"
#include "identity/acting_user.h"
#include "progress/modules.h"

PG_FUNCTION_INFO_V1(module_state);
PG_FUNCTION_INFO_V1(module_states);
PG_FUNCTION_INFO_V1(module_result);

static const IndexColumn submission_columns[] = {
	{"user_id", UUIDOID}, {"module_id", UUIDOID}, {"exercise_id", UUIDOID},
	{"passed", BOOLOID}
};
static const IndexColumn exercise_columns[] = {
	{"module_id", UUIDOID}, {"exercise_number", INT4OID}
};
static const IndexColumn module_columns[] = {
	{"course_id", UUIDOID}, {"module_number", INT4OID}
};

static const char *const tables[] = {
	"exercises", "generated_modules", "module_completions", NULL
};

const IndexShape submission_shape = {submission_columns, 3, 4};
static const IndexShape exercise_shape = {exercise_columns, 2, 2};
static const IndexShape module_shape = {module_columns, 2, 2};

void
module_reader_begin(ModuleReader *reader, Oid schema,
					const pg_uuid_t *user_id, Snapshot snapshot)
{
	reader->user_id = *user_id;
	indexed_table_begin_reading(&reader->exercises, schema, "exercises",
								&exercise_shape, snapshot, 1, false);
	reader->exercise_id = table_column(reader->exercises.table, "id", UUIDOID);
	indexed_table_begin_reading(&reader->submissions, schema,
								"module_completions", &submission_shape,
								snapshot, 3, true);
}

void
module_reader_end(ModuleReader *reader)
{
	indexed_table_end_reading(&reader->submissions);
	indexed_table_end_reading(&reader->exercises);
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

/* Whether there is a passing submission; of the module itself without exercise. */
static bool
is_passed(ModuleReader *reader, const pg_uuid_t *module_id,
		  const pg_uuid_t *exercise_id)
{
	IndexedTable *submissions = &reader->submissions;
	ScanKeyData keys[3];

	init_submission_keys(keys, &reader->user_id, module_id, exercise_id);
	index_rescan(submissions->scan, keys, 3, NULL, 0);
	while (indexed_table_next_entry(submissions))
	{
		if (DatumGetBool(indexed_table_entry_value(submissions,
												   SUBMISSION_PASSED)))
			return true;
	}
	return false;
}

ModuleState
module_reader_state(ModuleReader *reader, const pg_uuid_t *module_id)
{
	IndexedTable *exercises = &reader->exercises;
	ModuleState state = {0};
	ScanKeyData key;

	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_UUID_EQ,
				UUIDPGetDatum(module_id));
	index_rescan(exercises->scan, &key, 1, NULL, 0);
	while (indexed_table_next_row(exercises, ForwardScanDirection))
	{
		Datum		id = slot_value(exercises->slot, reader->exercise_id);

		state.exercises++;
		if (is_passed(reader, module_id, DatumGetUUIDP(id)))
			state.solved++;
	}
	state.completed = state.exercises > 0 ?
		state.solved == state.exercises : is_passed(reader, module_id, NULL);
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

void
read_course_modules(Oid schema, const pg_uuid_t *user_id,
					const pg_uuid_t *course_id, Snapshot snapshot,
					CourseModules *modules)
{
	ModuleReader reader;
	IndexedTable table;
	AttrNumber	id_column;
	AttrNumber	number_column;
	ScanKeyData key;

	memset(modules, 0, sizeof(CourseModules));
	module_reader_begin(&reader, schema, user_id, snapshot);
	indexed_table_begin_reading(&table, schema, "generated_modules",
								&module_shape, snapshot, 1, false);
	id_column = table_column(table.table, "id", UUIDOID);
	number_column = table_column(table.table, "module_number", INT4OID);
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_UUID_EQ,
				UUIDPGetDatum(course_id));
	index_rescan(table.scan, &key, 1, NULL, 0);
	while (indexed_table_next_row(&table, ForwardScanDirection))
	{
		CourseModule *module = growing_array_append(modules);

		module->id = *DatumGetUUIDP(slot_value(table.slot, id_column));
		module->number = DatumGetInt32(slot_value(table.slot, number_column));
		module->state = module_reader_state(&reader, &module->id);
	}
	indexed_table_end_reading(&table);
	module_reader_end(&reader);
}

/*
 * module_states(user_id uuid, course_id uuid)
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
		bool		nulls[5] = {false};
		Datum		values[] = {
			UUIDPGetDatum(&module->id),
			Int32GetDatum(module->number),
			Int32GetDatum(module->state.exercises),
			Int32GetDatum(module->state.solved),
			BoolGetDatum(module->state.completed)
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
	bool		has_exercise;
	pg_uuid_t	exercise_id;
	int			best_score;
	TimestampTz first_at;
} Solution;

typedef struct Solutions
{
	Solution   *items;
	Size		count;
	Size		allocated;
} Solutions;

static bool
solve_same(const Solution *one, const Solution *other)
{
	if (one->has_exercise != other->has_exercise)
		return false;
	return !one->has_exercise ||
		equal_uuids(&one->exercise_id, &other->exercise_id);
}

/* Submissions come exercise by exercise. */
static void
add_solution(Solutions *solutions, const Solution *solution)
{
	Solution   *last = solutions->count == 0 ? NULL :
	&solutions->items[solutions->count - 1];

	if (last == NULL || !solve_same(last, solution))
	{
		*growing_array_append(solutions) = *solution;
		return;
	}
	last->best_score = Max(last->best_score, solution->best_score);
	last->first_at = Min(last->first_at, solution->first_at);
}

static void
collect_solutions(IndexedTable *submissions, Solutions *solutions)
{
	AttrNumber	exercise_id = table_column(submissions->table, "exercise_id", UUIDOID);
	AttrNumber	passed = table_column(submissions->table, "passed", BOOLOID);
	AttrNumber	score = table_column(submissions->table, "score", INT4OID);
	AttrNumber	submitted_at = table_column(submissions->table, "submitted_at",
											TIMESTAMPTZOID);

	while (indexed_table_next_row(submissions, ForwardScanDirection))
	{
		TupleTableSlot *slot = submissions->slot;
		Solution	solution;
		Datum		exercise;
		bool		isnull;

		if (!DatumGetBool(slot_value(slot, passed)))
			continue;
		exercise = slot_getattr(slot, exercise_id, &isnull);
		solution.has_exercise = !isnull;
		if (!isnull)
			solution.exercise_id = *DatumGetUUIDP(exercise);
		solution.best_score = DatumGetInt32(slot_value(slot, score));
		solution.first_at = DatumGetTimestampTz(slot_value(slot, submitted_at));
		add_solution(solutions, &solution);
	}
}

bool
read_module_result(Oid schema, const pg_uuid_t *user_id,
				   const pg_uuid_t *module_id, Snapshot snapshot,
				   ModuleResult *result)
{
	IndexedTable submissions;
	Solutions	solutions = {0};
	ScanKeyData keys[3];
	int64		count;
	int64		sum = 0;
	int64		i;

	indexed_table_begin_reading(&submissions, schema, "module_completions",
								&submission_shape, snapshot, 2, false);
	init_submission_keys(keys, user_id, module_id, NULL);
	index_rescan(submissions.scan, keys, 2, NULL, 0);
	collect_solutions(&submissions, &solutions);
	indexed_table_end_reading(&submissions);

	count = solutions.count;
	if (count == 0)
		return false;
	result->completed_at = solutions.items[0].first_at;
	for (i = 0; i < count; i++)
	{
		sum += solutions.items[i].best_score;
		result->completed_at = Max(result->completed_at,
								   solutions.items[i].first_at);
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
						   GetActiveSnapshot(), &result))
	{
		values[0] = NumericGetDatum(int64_to_numeric(result.score));
		values[1] = TimestampTzGetDatum(result.completed_at);
		memset(nulls, false, sizeof(nulls));
	}
	tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
	return (Datum) 0;
}
