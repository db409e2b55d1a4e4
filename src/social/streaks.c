/*
 * streaks.c
 *		streak_days(): on how many days in a row a learner has submitted work.
 *
 * Cost: one descent of the index on (user_id, submitted_at) for each day of
 * the streak. Memory: one index scan.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/skey.h"
#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/extension.h"
#include "base/indexed_table.h"
#include "identity/acting_user.h"
#include "identity/time_zones.h"
#include "social/streaks.h"

PG_FUNCTION_INFO_V1(streak_days);

static const IndexColumn day_columns[] = {
	{"user_id", UUIDOID}, {"submitted_at", TIMESTAMPTZOID}
};
static const IndexShape day_shape = {day_columns, 2, 2};

/*
 * Returns the learner's time zone, or UTC where this server does not know it.
 */
static pg_tz *
learner_zone(Oid schema, const pg_uuid_t *user_id, Snapshot snapshot)
{
	IndexedTable users;
	pg_tz	   *zone = NULL;

	if (indexed_table_begin_look_up(&users, schema, "users", user_id, snapshot))
	{
		Datum		time_zone = indexed_table_value(&users, "time_zone", TEXTOID);
		char	   *name = TextDatumGetCString(time_zone);

		if (is_known_zone(name))
			zone = pg_tzset(name);
	}
	indexed_table_end_reading(&users);
	return zone != NULL ? zone : pg_tzset("GMT");
}

/* Returns the day of a finite instant as a Julian day number. */
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

/* Returns the instant at which a day begins. */
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

/*
 * Returns the day before, but skips one that the zone skipped, as Samoa did in
 * 2011.
 */
static int
previous_day(int day, pg_tz *zone)
{
	return start_of_day(day - 1, zone) == start_of_day(day, zone) ?
		day - 2 : day - 1;
}

/*
 * Finds the latest submission before an instant, or also at it with
 * is_included. Returns false where there is none.
 */
static bool
latest_submission(IndexedTable *submissions, const pg_uuid_t *user_id,
				  TimestampTz before, bool is_included,
				  TimestampTz *submitted_at)
{
	ScanKeyData keys[2];

	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_UUID_EQ,
				UUIDPGetDatum(user_id));
	ScanKeyInit(&keys[1], 2,
				is_included ? BTLessEqualStrategyNumber : BTLessStrategyNumber,
				is_included ? F_TIMESTAMPTZ_LE : F_TIMESTAMPTZ_LT,
				TimestampTzGetDatum(before));
	index_rescan(submissions->scan, keys, 2, NULL, 0);
	if (!indexed_table_next_row(submissions, BackwardScanDirection))
		return false;
	*submitted_at = DatumGetTimestampTz(indexed_table_entry_value(submissions, 2));
	return !TIMESTAMP_NOT_FINITE(*submitted_at);
}

/* Counts the days from the latest one back to the first gap. */
static int
count_streak(IndexedTable *submissions, const pg_uuid_t *user_id,
			 TimestampTz as_of, pg_tz *zone)
{
	TimestampTz latest;
	int			day;
	int			days = 1;

	if (!latest_submission(submissions, user_id, as_of, true, &latest))
		return 0;
	day = day_of(latest, zone);
	if (day < previous_day(day_of(as_of, zone), zone))
		return 0;
	while (latest_submission(submissions, user_id,
							 Min(latest, start_of_day(day, zone)), false,
							 &latest))
	{
		int			earlier = day_of(latest, zone);

		if (earlier < previous_day(day, zone))
			break;
		/* Clocks that go back over midnight make the same day come twice. */
		if (earlier < day)
			days++;
		day = earlier;
	}
	return days;
}

int
measure_streak(Oid schema, const pg_uuid_t *user_id, TimestampTz as_of,
			   Snapshot snapshot)
{
	IndexedTable submissions;
	pg_tz	   *zone;
	int			days;

	if (TIMESTAMP_NOT_FINITE(as_of))
		return 0;
	zone = learner_zone(schema, user_id, snapshot);
	indexed_table_begin_reading(&submissions, schema, "module_completions",
								&day_shape, snapshot, 2, true);
	days = count_streak(&submissions, user_id, as_of, zone);
	indexed_table_end_reading(&submissions);
	return days;
}

/*
 * streak_days(user_id uuid, as_of timestamptz)
 */
Datum
streak_days(PG_FUNCTION_ARGS)
{
	static const char *const tables[] = {"users", "module_completions", NULL};
	Oid			schema = extension_schema(fcinfo->flinfo);
	pg_uuid_t  *user_id = PG_GETARG_UUID_P(0);

	require_reader(schema, user_id, tables);
	PG_RETURN_INT32(measure_streak(schema, user_id, PG_GETARG_TIMESTAMPTZ(1),
								   GetActiveSnapshot()));
}
