/*
 * statistics.c
 *		learner_metric() and streak_days(): what a learner has done, derived from
 *		the rows of work at each call.
 *
 * Read through indexes without a query, since each submission asks for some of
 * it. Cost: the learner's own rows of the table concerned; a streak, one look
 * into the index for each of its days. Memory: 16 bytes for each of those rows.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/stratnum.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/compat.h"
#include "base/extension.h"
#include "base/id_list.h"
#include "base/indexed_table.h"
#include "identity/acting_user.h"
#include "identity/time_zones.h"
#include "progress/modules.h"
#include "social/statistics.h"

PG_FUNCTION_INFO_V1(learner_metric);
PG_FUNCTION_INFO_V1(streak_days);

static const char *const metric_names[METRIC_COUNT] = {
	[METRIC_MODULES_COMPLETED] = "modules_completed",
	[METRIC_COURSES_COMPLETED] = "courses_completed",
	[METRIC_EXERCISES_SOLVED] = "exercises_solved",
	[METRIC_PERFECT_SCORES] = "perfect_scores",
	[METRIC_REVIEW_AVERAGE] = "review_average",
	[METRIC_STREAK_DAYS] = "streak_days",
	[METRIC_HOURS_LEARNED] = "hours_learned",
	[METRIC_REVIEWS_RECEIVED] = "reviews_received"
};

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
static const IndexColumn day_columns[] = {
	{"user_id", UUIDOID}, {"submitted_at", TIMESTAMPTZOID}
};

static const IndexShape progress_shape = {progress_columns, 2, 2};
static const IndexShape review_shape = {review_columns, 2, 2};
static const IndexShape day_shape = {day_columns, 2, 2};

/* A learner's own rows of one table. */
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
	ScanKeyData key;

	indexed_table_begin_reading(&work->indexed, work->schema, table, shape,
								work->snapshot, 1, entries_only);
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_UUID_EQ,
				UUIDPGetDatum(work->user_id));
	index_rescan(work->indexed.scan, &key, 1, NULL, 0);
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
 * Metrics
 */

/* The modules, or the exercises, with a passing submission. */
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

static int64
count_exercises_solved(Work *work)
{
	IdList		exercises = {0};

	collect_passed(work, SUBMISSION_EXERCISE, &exercises);
	return id_list_count_distinct(&exercises);
}

/* The index has each module's submissions together. */
static int64
count_modules_completed(Work *work)
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
	return completed;
}

static int64
count_perfect_scores(Work *work)
{
	IdList		perfect = {0};
	AttrNumber	score;
	AttrNumber	exercise;
	AttrNumber	module;

	begin_work(work, "module_completions", &submission_shape, false);
	score = work_column(work, "score", INT4OID);
	exercise = work_column(work, "exercise_id", UUIDOID);
	module = work_column(work, "module_id", UUIDOID);
	while (next_work(work))
	{
		TupleTableSlot *slot = work->indexed.slot;
		bool		isnull;
		Datum		id;

		if (DatumGetInt32(slot_value(slot, score)) != 100)
			continue;
		id = slot_getattr(slot, exercise, &isnull);
		if (isnull)
			id = slot_value(slot, module);
		id_list_add(&perfect, DatumGetUUIDP(id));
	}
	indexed_table_end_reading(&work->indexed);
	return id_list_count_distinct(&perfect);
}

static int64
count_courses_completed(Work *work)
{
	AttrNumber	completed_at;
	int64		completed = 0;

	begin_work(work, "user_progress", &progress_shape, false);
	completed_at = work_column(work, "completed_at", TIMESTAMPTZOID);
	while (next_work(work))
	{
		if (!slot_attisnull(work->indexed.slot, completed_at))
			completed++;
	}
	indexed_table_end_reading(&work->indexed);
	return completed;
}

/* Returns how many of the learner's rows of a table there are, and the sum. */
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

/* The quotient of what is 0 or more, rounded to two decimals. */
static Numeric
hundredths(int64 dividend, int64 divisor)
{
	return int64_div_fast_to_numeric((dividend * 200 + divisor) / (divisor * 2), 2);
}

static Numeric
average_review(Work *work)
{
	int64		sum;
	int64		reviews = sum_work(work, "architecture_reviews", &review_shape,
								   "overall_score", &sum);

	return reviews == 0 ? int64_to_numeric(0) : hundredths(sum, reviews);
}

static int64
count_reviews(Work *work)
{
	int64		sum;

	return sum_work(work, "architecture_reviews", &review_shape,
					"overall_score", &sum);
}

static Numeric
sum_hours(Work *work)
{
	int64		minutes;
	int64		courses = sum_work(work, "user_progress", &progress_shape,
								   "time_spent_minutes", &minutes);

	return courses == 0 ? int64_to_numeric(0) : hundredths(minutes, 60);
}

/*
 * Streaks
 */

/* The learner's time zone; UTC where this server does not know it. */
static pg_tz *
learner_zone(Work *work)
{
	IndexedTable users;
	pg_tz	   *zone = NULL;

	if (indexed_table_begin_look_up(&users, work->schema, "users", work->user_id,
									work->snapshot))
	{
		Datum		time_zone = indexed_table_value(&users, "time_zone", TEXTOID);
		char	   *name = TextDatumGetCString(time_zone);

		if (is_known_zone(name))
			zone = pg_tzset(name);
	}
	indexed_table_end_reading(&users);
	return zone != NULL ? zone : pg_tzset("GMT");
}

/* The day of a finite instant, as a Julian day number. */
static int
day_of(TimestampTz instant, pg_tz *zone)
{
	struct pg_tm tm;
	fsec_t		fraction;
	int			offset;

	if (timestamp2tm(instant, &offset, &tm, &fraction, NULL, zone) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	return date2j(tm.tm_year, tm.tm_mon, tm.tm_mday);
}

/* The instant at which a day begins. */
static TimestampTz
start_of_day(int day, pg_tz *zone)
{
	struct pg_tm tm = {0};
	TimestampTz instant;
	int			offset;

	j2date(day, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	offset = DetermineTimeZoneOffset(&tm, zone);
	if (tm2timestamp(&tm, 0, &offset, &instant) != 0)
		return DT_NOBEGIN;
	return instant;
}

/* Two days before where the zone left one out, as Samoa did in 2011. */
static int
previous_day(int day, pg_tz *zone)
{
	return start_of_day(day - 1, zone) == start_of_day(day, zone) ?
		day - 2 : day - 1;
}

/* Returns whether there is a submission before the instant, and the latest. */
static bool
latest_submission(Work *work, TimestampTz before, bool is_included,
				  TimestampTz *submitted_at)
{
	IndexedTable *indexed = &work->indexed;
	ScanKeyData keys[2];

	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_UUID_EQ,
				UUIDPGetDatum(work->user_id));
	ScanKeyInit(&keys[1], 2,
				is_included ? BTLessEqualStrategyNumber : BTLessStrategyNumber,
				is_included ? F_TIMESTAMPTZ_LE : F_TIMESTAMPTZ_LT,
				TimestampTzGetDatum(before));
	index_rescan(indexed->scan, keys, 2, NULL, 0);
	if (!indexed_table_next_row(indexed, BackwardScanDirection))
		return false;
	*submitted_at = DatumGetTimestampTz(indexed_table_entry_value(indexed, 2));
	return !TIMESTAMP_NOT_FINITE(*submitted_at);
}

/* From the latest day back to the first gap. */
static int
count_streak(Work *work, TimestampTz as_of, pg_tz *zone)
{
	TimestampTz latest;
	int			day;
	int			days = 1;

	if (!latest_submission(work, as_of, true, &latest))
		return 0;
	day = day_of(latest, zone);
	if (day < previous_day(day_of(as_of, zone), zone))
		return 0;
	while (latest_submission(work, Min(latest, start_of_day(day, zone)), false,
							 &latest))
	{
		int			earlier = day_of(latest, zone);

		if (earlier < previous_day(day, zone))
			break;
		/* not so where clocks went back over midnight */
		if (earlier < day)
			days++;
		day = earlier;
	}
	return days;
}

static int
measure_streak(Work *work, TimestampTz as_of)
{
	pg_tz	   *zone;
	int			days;

	if (TIMESTAMP_NOT_FINITE(as_of))
		return 0;
	zone = learner_zone(work);
	indexed_table_begin_reading(&work->indexed, work->schema,
								"module_completions", &day_shape,
								work->snapshot, 2, true);
	days = count_streak(work, as_of, zone);
	indexed_table_end_reading(&work->indexed);
	return days;
}

Numeric
measure(Oid schema, const pg_uuid_t *user_id, Metric metric, Snapshot snapshot)
{
	Work		work = {
		.schema = schema,
		.user_id = user_id,
		.snapshot = snapshot
	};

	switch (metric)
	{
		case METRIC_MODULES_COMPLETED:
			return int64_to_numeric(count_modules_completed(&work));
		case METRIC_COURSES_COMPLETED:
			return int64_to_numeric(count_courses_completed(&work));
		case METRIC_EXERCISES_SOLVED:
			return int64_to_numeric(count_exercises_solved(&work));
		case METRIC_PERFECT_SCORES:
			return int64_to_numeric(count_perfect_scores(&work));
		case METRIC_REVIEW_AVERAGE:
			return average_review(&work);
		case METRIC_STREAK_DAYS:
			return int64_to_numeric(measure_streak(&work,
												   GetCurrentTransactionStartTimestamp()));
		case METRIC_HOURS_LEARNED:
			return sum_hours(&work);
		case METRIC_REVIEWS_RECEIVED:
			return int64_to_numeric(count_reviews(&work));
	}
	pg_unreachable();
}

bool
find_metric(const char *name, int length, Metric *metric)
{
	int			i;

	for (i = 0; i < METRIC_COUNT; i++)
	{
		if ((int) strlen(metric_names[i]) == length &&
			memcmp(metric_names[i], name, length) == 0)
		{
			*metric = (Metric) i;
			return true;
		}
	}
	return false;
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
				 errmsg("there is no metric \"%s\"", text_to_cstring(name)),
				 errhint("The metrics are the columns of user_stats.")));
	require_reader(schema, user_id, metric_tables);
	PG_RETURN_NUMERIC(measure(schema, user_id, metric, GetActiveSnapshot()));
}

/*
 * streak_days(user_id uuid, as_of timestamptz)
 */
Datum
streak_days(PG_FUNCTION_ARGS)
{
	static const char *const tables[] = {"users", "module_completions", NULL};
	Work		work = {
		.schema = extension_schema(fcinfo->flinfo),
		.user_id = PG_GETARG_UUID_P(0),
		.snapshot = GetActiveSnapshot()
	};

	require_reader(work.schema, work.user_id, tables);
	PG_RETURN_INT32(measure_streak(&work, PG_GETARG_TIMESTAMPTZ(1)));
}
