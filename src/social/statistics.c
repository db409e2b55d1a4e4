/*
 * statistics.c
 *		learner_metric() and metrics(): what a learner has done, derived from
 *		the rows of work at each call.
 *
 * Each submission may ask for several metrics, so they are read through
 * indexes without a query.
 *
 * Cost: reading the learner's own rows of one table. Memory: 16 bytes for each
 * of those rows at most.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/itup.h"
#include "access/relscan.h"
#include "access/skey.h"
#include "access/xact.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "funcapi.h"
#include "nodes/execnodes.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
#include "utils/uuid.h"

#include "base/argument.h"
#include "base/compat.h"
#include "base/extension.h"
#include "base/id_list.h"
#include "base/indexed_table.h"
#include "base/texts.h"
#include "identity/acting_user.h"
#include "progress/modules.h"
#include "progress/submission_rows.h"
#include "social/statistics.h"
#include "social/streaks.h"

PG_FUNCTION_INFO_V1(learner_metric);
PG_FUNCTION_INFO_V1(metrics);

const char *const metric_tables[] = {
	"users", "exercises", "user_progress", "module_completions",
	"architecture_reviews", NULL
};

static const IndexColumn progress_columns[] = {
	{"user_id", UUIDOID}, {"course_id", UUIDOID}
};
static const IndexColumn review_columns[] = {
	{"user_id", UUIDOID}, {"module_id", UUIDOID}
};

static const IndexShape progress_shape = {progress_columns, 2, 2};
static const IndexShape review_shape = {review_columns, 2, 2};

/* A learner, and the scan of the learner's rows of one table. */
typedef struct Work
{
	IndexedTable indexed;
	Oid			schema;
	const pg_uuid_t *user_id;
	Snapshot	snapshot;
} Work;

static void
begin_work(Work *work, const char *table, const IndexShape *shape,
		   bool entries_only)
{
	indexed_table_begin_reading(&work->indexed, work->schema, table, shape,
								work->snapshot, 1, entries_only);
	indexed_table_seek(&work->indexed, work->user_id);
}

static bool
next_work(Work *work)
{
	return indexed_table_next_row(&work->indexed, ForwardScanDirection);
}

static AttrNumber
work_column(Work *work, const char *name, Oid type)
{
	return table_column(work->indexed.table, name, type);
}

/*
 * Measuring
 */

/* Collects the modules, or the exercises, with a passing submission. */
static void
collect_passed(Work *work, AttrNumber column, IdList *passed)
{
	IndexedTable *indexed = &work->indexed;

	begin_work(work, "module_completions", &submission_shape, true);
	while (indexed_table_next_entry(indexed))
	{
		bool		isnull;
		Datum		id = index_getattr(indexed->scan->xs_itup, column,
									   indexed->scan->xs_itupdesc, &isnull);

		if (!isnull &&
			DatumGetBool(indexed_table_entry_value(indexed, SUBMISSION_PASSED)))
			id_list_add(passed, DatumGetUUIDP(id));
	}
	indexed_table_end_reading(indexed);
}

static Numeric
measure_exercises_solved(Work *work)
{
	IdList		exercises = {0};

	collect_passed(work, SUBMISSION_EXERCISE, &exercises);
	return int64_to_numeric(id_list_count_distinct(&exercises));
}

/*
 * The index has the submissions of a module next to each other: no id repeats.
 */
static Numeric
measure_modules_completed(Work *work)
{
	IdList		modules = {0};
	ModuleReader reader;
	int64		completed = 0;
	Size		i;

	collect_passed(work, SUBMISSION_MODULE, &modules);
	module_reader_begin(&reader, work->schema, work->user_id, work->snapshot);
	for (i = 0; i < modules.count; i++)
		if (module_reader_state(&reader, &modules.items[i]).completed)
			completed++;
	module_reader_end(&reader);
	return int64_to_numeric(completed);
}

static Numeric
measure_perfect_scores(Work *work)
{
	IdList		perfect = {0};
	SubmissionColumns columns;

	begin_work(work, "module_completions", &submission_shape, false);
	find_submission_columns(work->indexed.table, &columns);
	while (next_work(work))
	{
		Submission	submission;

		read_submission(work->indexed.slot, &columns, &submission);
		if (submission.score == PERFECT_SCORE)
			id_list_add(&perfect, submission.has_exercise ?
						&submission.exercise_id : &submission.module_id);
	}
	indexed_table_end_reading(&work->indexed);
	return int64_to_numeric(id_list_count_distinct(&perfect));
}

/*
 * A course that is being retaken was completed. The column that says so is missing
 * until the extension is updated.
 */
static Numeric
measure_courses_completed(Work *work)
{
	AttrNumber	completed_at;
	AttrNumber	retaken_after;
	int64		completed = 0;

	begin_work(work, "user_progress", &progress_shape, false);
	completed_at = work_column(work, "completed_at", TIMESTAMPTZOID);
	retaken_after = get_attnum(RelationGetRelid(work->indexed.table),
							   "retaken_after");
	while (next_work(work))
	{
		if (!slot_attisnull(work->indexed.slot, completed_at) ||
			(AttributeNumberIsValid(retaken_after) &&
			 !slot_attisnull(work->indexed.slot, retaken_after)))
			completed++;
	}
	indexed_table_end_reading(&work->indexed);
	return int64_to_numeric(completed);
}

/*
 * Sums a column over the learner's rows of a table; returns how many rows
 * there are.
 */
static int64
sum_work(Work *work, const char *table, const IndexShape *shape,
		 const char *column, int64 *sum)
{
	int64		rows = 0;
	AttrNumber	number;

	begin_work(work, table, shape, false);
	number = work_column(work, column, INT4OID);
	*sum = 0;
	while (next_work(work))
	{
		*sum += DatumGetInt32(slot_value(work->indexed.slot, number));
		rows++;
	}
	indexed_table_end_reading(&work->indexed);
	return rows;
}

/*
 * Returns the quotient of two numbers that are not negative, to two decimals.
 */
static Numeric
hundredths(int64 dividend, int64 divisor)
{
	return int64_div_fast_to_numeric((dividend * 200 + divisor) / (divisor * 2), 2);
}

static Numeric
measure_review_average(Work *work)
{
	int64		sum;
	int64		reviews = sum_work(work, "architecture_reviews", &review_shape,
								   "overall_score", &sum);

	return reviews == 0 ? int64_to_numeric(0) : hundredths(sum, reviews);
}

static Numeric
measure_reviews_received(Work *work)
{
	int64		sum;

	return int64_to_numeric(sum_work(work, "architecture_reviews", &review_shape,
									 "overall_score", &sum));
}

static Numeric
measure_hours_learned(Work *work)
{
	int64		minutes;
	int64		courses = sum_work(work, "user_progress", &progress_shape,
								   "time_spent_minutes", &minutes);

	return courses == 0 ? int64_to_numeric(0) : hundredths(minutes, 60);
}

static Numeric
measure_streak_days(Work *work)
{
	return int64_to_numeric(measure_streak(work->schema, work->user_id,
										   GetCurrentTransactionStartTimestamp(),
										   work->snapshot));
}

/*
 * The table of metrics
 */

typedef struct MetricTraits
{
	const char *name;
	Numeric		(*measure) (Work *work);
	Events		events;
} MetricTraits;

static const MetricTraits traits[METRIC_COUNT] = {
#define METRIC(identifier, name, events) \
	[METRIC_##identifier] = {#name, measure_##name, events},
	METRICS(METRIC)
#undef METRIC
};

/* A metric that no event can raise would never be awarded. */
#define METRIC(identifier, name, events) \
	StaticAssertDecl(((events) & EVENT_ANY) != 0, #name " needs an event");
METRICS(METRIC)
#undef METRIC

static const char *const event_names[EVENT_COUNT] = {
#define EVENT(identifier, name) [EVENT_NUMBER_##identifier] = name,
	EVENTS(EVENT)
#undef EVENT
};

bool
find_metric(const char *name, int length, Metric *metric)
{
	int			i;

	for (i = 0; i < METRIC_COUNT; i++)
	{
		if (equals_string(name, length, traits[i].name))
		{
			*metric = (Metric) i;
			return true;
		}
	}
	return false;
}

bool
metric_depends_on(Metric metric, Events events)
{
	return (traits[metric].events & events) != 0;
}

Events
find_event(const text *name)
{
	int			i;

	for (i = 0; i < EVENT_COUNT; i++)
		if (text_equals_string(name, event_names[i]))
			return (Events) (1 << i);
	if (text_equals_string(name, "any"))
		return EVENT_ANY;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("there is no event \"%s\"", excerpt_text(name)),
			 errhint("learnify_internal.metrics() lists the events, and \"any\" stands for all of them."),
			 errargument("event")));
	return EVENT_ANY;			/* keep the compiler quiet */
}

Numeric
measure(Oid schema, const pg_uuid_t *user_id, Metric metric, Snapshot snapshot)
{
	Work		work = {
		.schema = schema,
		.user_id = user_id,
		.snapshot = snapshot
	};

	return traits[metric].measure(&work);
}

/*
 * SQL functions
 */

static Datum
event_array(Events events)
{
	Datum		names[EVENT_COUNT];
	int			count = 0;
	int			i;

	for (i = 0; i < EVENT_COUNT; i++)
		if (events & (1 << i))
			names[count++] = CStringGetTextDatum(event_names[i]);
	return PointerGetDatum(construct_array(names, count, TEXTOID, -1, false,
										   TYPALIGN_INT));
}

/*
 * metrics()
 */
Datum
metrics(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	for (i = 0; i < METRIC_COUNT; i++)
	{
		bool		nulls[2] = {false};
		Datum		values[] = {
			CStringGetTextDatum(traits[i].name),
			event_array(traits[i].events)
		};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/*
 * learner_metric(user_id uuid, metric text)
 */
Datum
learner_metric(PG_FUNCTION_ARGS)
{
	Oid			schema = extension_schema(fcinfo->flinfo);
	pg_uuid_t  *user_id = PG_GETARG_UUID_P(0);
	text	   *name = PG_GETARG_TEXT_PP(1);
	Metric		metric;

	if (!find_metric(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &metric))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is no metric \"%s\"", excerpt_text(name)),
				 errhint("The metrics are the columns of user_stats."),
				 errargument("metric")));
	require_reader(schema, user_id, metric_tables);
	PG_RETURN_NUMERIC(measure(schema, user_id, metric, GetActiveSnapshot()));
}
