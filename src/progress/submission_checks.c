/*
 * submission_checks.c
 *		prepare_submission(): checks a submission that is inserted or corrected, and
 *		numbers the attempt if the application has not.
 *
 * Cost: for a new submission, a look-up and a lock of its course, of each module of
 * that, of the exercise and of the learner, and of the latest attempt. Memory: a few
 * allocations, in the current context.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/uuid.h"

#include "base/argument.h"
#include "base/compat.h"
#include "base/extension.h"
#include "base/indexed_table.h"
#include "base/own_statement.h"
#include "base/row_trigger.h"
#include "base/settings.h"
#include "base/uuids.h"
#include "distribution/shards.h"
#include "identity/acting_user.h"
#include "progress/content_lock.h"
#include "progress/curriculum_lock.h"
#include "progress/learner_lock.h"
#include "progress/minutes.h"
#include "progress/modules.h"
#include "progress/submission_rows.h"

PG_FUNCTION_INFO_V1(prepare_submission);

#define ERRCODE_MODULE_LOCKED	MAKE_SQLSTATE('5', '5', 'L', '0', '3')

#define REFUSE(trigger, column, ...) \
	ereport(ERROR, \
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), \
			 __VA_ARGS__, \
			 err_generic_string(PG_DIAG_TABLE_NAME, \
								own_table_name((trigger)->tg_relation)), \
			 err_generic_string(PG_DIAG_COLUMN_NAME, (column))))

/* A column of the row that is written, and what it was before an UPDATE. */
typedef struct Value
{
	Datum		now;
	Datum		before;
	bool		is_null;
	bool		was_null;		/* always for an INSERT */
} Value;

/* What a submission's exercise requires of it. */
typedef struct Exercise
{
	pg_uuid_t	module_id;
	text	   *language;
	int			hints;
} Exercise;

static Value
read_value(TriggerData *trigger, const char *column, Oid type)
{
	Value		value = {.was_null = true};

	value.now = row_value(trigger, new_row(trigger), column, type, &value.is_null);
	if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		value.before = row_value(trigger, trigger->tg_trigtuple, column, type,
								 &value.was_null);
	return value;
}

static bool
is_new_id(const Value *id)
{
	return id->was_null || !equal_uuids(DatumGetUUIDP(id->before),
										DatumGetUUIDP(id->now));
}

static bool
are_same_texts(const text *a, const text *b)
{
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

/*
 * Locks the exercise and reads it. Returns false where there is none, which the
 * foreign key refuses.
 */
static bool
read_exercise(Oid schema, const pg_uuid_t *id, bool may_wait, Exercise *exercise)
{
	IndexedTable exercises;
	bool		found;

	PushActiveSnapshot(GetTransactionSnapshot());
	found = begin_held_exercise(&exercises, schema, id, GetActiveSnapshot(),
								may_wait);
	if (found)
	{
		Datum		hints = indexed_table_value(&exercises, "hints", JSONBOID);

		exercise->module_id =
			*DatumGetUUIDP(indexed_table_value(&exercises, "module_id", UUIDOID));
		exercise->language =
			DatumGetTextPCopy(indexed_table_value(&exercises, "language", TEXTOID));
		exercise->hints =
			DatumGetInt32(DirectFunctionCall1(jsonb_array_length, hints));
	}
	indexed_table_end_reading(&exercises);
	PopActiveSnapshot();
	return found;
}

static void
refuse_locked_module(TriggerData *trigger, const CourseModule *module,
					 const CourseModule *current)
{
	ereport(ERROR,
			(errcode(ERRCODE_MODULE_LOCKED),
			 errmsg("module %d of the course is locked", module->number),
			 errdetail("Module %d is not completed yet, and learnify.enforce_order is on.",
					   current->number),
			 errhint("Solve the exercises of module %d first.", current->number),
			 err_generic_string(PG_DIAG_TABLE_NAME,
								own_table_name(trigger->tg_relation)),
			 err_generic_string(PG_DIAG_COLUMN_NAME, "exercise_id")));
}

/*
 * The learner is locked, so that no concurrent submission completes the module
 * before it; earlier rows of the statement count.
 */
static void
check_order(TriggerData *trigger, Oid schema, const pg_uuid_t *user_id,
			const pg_uuid_t *course_id, const pg_uuid_t *module_id)
{
	CourseModules modules;
	Size		i;

	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	read_course_modules(schema, user_id, course_id, GetActiveSnapshot(), &modules);
	PopActiveSnapshot();
	for (i = 0; i < modules.count; i++)
		if (equal_uuids(&modules.items[i].id, module_id) &&
			strcmp(modules.items[i].status, "locked") == 0)
			refuse_locked_module(trigger, &modules.items[i],
								 current_module(&modules));
}

static void
check_minutes(TriggerData *trigger)
{
	Value		minutes = read_value(trigger, "time_spent_minutes", INT4OID);

	if (!minutes.is_null &&
		(minutes.was_null ||
		 DatumGetInt32(minutes.now) > DatumGetInt32(minutes.before)))
		require_possible_minutes(trigger->tg_relation, DatumGetInt32(minutes.now));
}

static void
check_module(TriggerData *trigger, const Value *exercise_id,
			 const pg_uuid_t *module_id, const Exercise *exercise)
{
	if (!equal_uuids(&exercise->module_id, module_id))
		REFUSE(trigger, "exercise_id",
			   errmsg("exercise %s is not one of module %s",
					  DatumGetCString(DirectFunctionCall1(uuid_out, exercise_id->now)),
					  DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(module_id)))),
			   errhint("Its module is %s.",
					   DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(&exercise->module_id)))));
}

static void
check_language(TriggerData *trigger, const Exercise *exercise, bool is_new)
{
	Value		language = read_value(trigger, "language", TEXTOID);
	text	   *given;

	if (language.is_null)
		return;
	given = DatumGetTextPP(language.now);
	if (are_same_texts(given, exercise->language) ||
		(!is_new && !language.was_null &&
		 are_same_texts(given, DatumGetTextPP(language.before))))
		return;
	REFUSE(trigger, "language",
		   errmsg("submission is in %s, the exercise in %s", excerpt_text(given),
				  text_to_cstring(exercise->language)),
		   errhint("Submit the solution in %s.", text_to_cstring(exercise->language)));
}

static void
check_hints(TriggerData *trigger, const Exercise *exercise, bool is_new)
{
	Value		hints = read_value(trigger, "hints_used", INT4OID);
	int			used = DatumGetInt32(hints.now);

	if (hints.is_null || (used >= 0 && used <= exercise->hints) ||
		(!is_new && !hints.was_null && used == DatumGetInt32(hints.before)))
		return;
	REFUSE(trigger, "hints_used",
		   errmsg("%d hints used, and the exercise has %d", used, exercise->hints),
		   errhint("Pass 0 to %d.", exercise->hints));
}

/* In catalogs before 1.0.0, and where users have replaced it, the index lacks the numbers. */
static const IndexColumn attempt_columns[] = {
	{"user_id", UUIDOID}, {"module_id", UUIDOID}, {"exercise_id", UUIDOID},
	{"passed", BOOLOID}, {"attempts", INT4OID}
};
static const IndexShape attempt_shape = {attempt_columns, 5, 5};

static int
number_of_row(IndexedTable *submissions)
{
	return DatumGetInt32(indexed_table_value(submissions, "attempts", INT4OID));
}

/*
 * Returns the highest number of the passed or failed attempts, which the last entry
 * of these has, or 0 where there are none.
 */
static int
last_number(IndexedTable *submissions, ScanKey keys, bool passed)
{
	add_result_key(keys, passed);
	index_rescan(submissions->scan, keys, 4, NULL, 0);
	return indexed_table_next_row(submissions, BackwardScanDirection) ?
		number_of_row(submissions) : 0;
}

/* Returns the highest number of all rows that the first three keys find. */
static int
highest_number(IndexedTable *submissions, ScanKey keys)
{
	int			highest = 0;

	index_rescan(submissions->scan, keys, 3, NULL, 0);
	while (indexed_table_next_row(submissions, ForwardScanDirection))
		highest = Max(highest, number_of_row(submissions));
	return highest;
}

/* Returns the number of the learner's latest attempt at the exercise, 0 for none. */
static int
latest_attempt(Oid schema, const pg_uuid_t *user_id, const pg_uuid_t *module_id,
			   const pg_uuid_t *exercise_id, Snapshot snapshot)
{
	Relation	table = open_extension_table(schema, "module_completions");
	IndexedTable submissions = {0};
	ScanKeyData keys[4];
	int			latest;

	init_submission_keys(keys, user_id, module_id, exercise_id);
	if (indexed_table_open(&submissions, table, &attempt_shape, snapshot))
	{
		indexed_table_begin(&submissions, snapshot, 4, false);
		latest = Max(last_number(&submissions, keys, true),
					 last_number(&submissions, keys, false));
	}
	else
	{
		table_close(table, NoLock);
		indexed_table_begin_reading(&submissions, schema, "module_completions",
									&submission_shape, snapshot, 3, false);
		latest = highest_number(&submissions, keys);
	}
	indexed_table_end_reading(&submissions);
	return latest;
}

/* Returns the row with the number after those of earlier attempts. */
static Datum
number_attempt(TriggerData *trigger, Oid schema, const pg_uuid_t *user_id,
			   const pg_uuid_t *module_id, const pg_uuid_t *exercise_id)
{
	int			latest;

	PushActiveSnapshot(GetTransactionSnapshot());
	latest = latest_attempt(schema, user_id, module_id, exercise_id, GetActiveSnapshot());
	PopActiveSnapshot();
	return changed_row(trigger, "attempts", INT4OID,
					   Int32GetDatum(Min(latest, PG_INT32_MAX - 1) + 1), false);
}

static bool
is_first_attempt(TriggerData *trigger)
{
	Value		attempts = read_value(trigger, "attempts", INT4OID);

	return !attempts.is_null && DatumGetInt32(attempts.now) == 1;
}

/*
 * prepare_submission() returns trigger
 *
 * An INSERT of a submission that is there already is a retry or an upsert, which is
 * checked as what it updates, if anything.
 *
 * The foreign keys refuse a row without a module or an exercise. The learner must
 * not be locked before the content of later rows: not for such a row either. An
 * author may have changed the exercise since; a correction of something else is
 * none of that.
 */
Datum
prepare_submission(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = begin_row_trigger(fcinfo);
	Oid			schema = extension_schema(fcinfo->flinfo);
	bool		is_insert = TRIGGER_FIRED_BY_INSERT(trigger->tg_event);
	Datum		row = PointerGetDatum(new_row(trigger));
	Value		user_id = read_value(trigger, "user_id", UUIDOID);
	Value		module_id = read_value(trigger, "module_id", UUIDOID);
	Value		exercise_id = read_value(trigger, "exercise_id", UUIDOID);
	Exercise	exercise;
	pg_uuid_t	course_id;
	bool		found;
	bool		is_new;

	require_trigger_table(trigger, schema, "module_completions");
	if (is_insert && !user_id.is_null)
		require_acting_for(schema, DatumGetUUIDP(user_id.now), "user_id");
	if (runs_own_statement() || module_id.is_null ||
		(is_insert && new_row_is_there(trigger)) ||
		!enter_module(schema, DatumGetUUIDP(module_id.now), is_insert, &course_id))
		return row;
	found = !exercise_id.is_null &&
		read_exercise(schema, DatumGetUUIDP(exercise_id.now), is_insert, &exercise);
	if (is_insert)
	{
		share_course_content(schema, &course_id);
		if (!user_id.is_null)
			(void) hold_learner(schema, DatumGetUUIDP(user_id.now));
		if (learnify_enforce_order && !user_id.is_null)
			check_order(trigger, schema, DatumGetUUIDP(user_id.now), &course_id,
						DatumGetUUIDP(module_id.now));
	}
	check_minutes(trigger);
	if (!found)
		return row;
	is_new = is_insert || is_new_id(&exercise_id);
	check_module(trigger, &exercise_id, DatumGetUUIDP(module_id.now), &exercise);
	check_language(trigger, &exercise, is_new);
	check_hints(trigger, &exercise, is_new);
	if (is_insert && !user_id.is_null && is_first_attempt(trigger))
		return number_attempt(trigger, schema, DatumGetUUIDP(user_id.now),
							  DatumGetUUIDP(module_id.now),
							  DatumGetUUIDP(exercise_id.now));
	return row;
}
