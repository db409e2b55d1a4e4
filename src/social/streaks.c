/*
 * streaks.c
 *		streak_days(): on how many days in a row a learner has submitted work.
 *		date_submission(): the day that a submission counts for.
 *
 * That day is the date in the learner's time zone when the submission is
 * written, and is stored with it, so that a learner who moves keeps the streak.
 * Work dated later than as_of does not count.
 *
 * Cost: one descent of the index on (user_id, submitted_on) for each day of
 * the streak. Memory: one index scan.
 */
#include "postgres.h"

#include "access/attnum.h"
#include "access/genam.h"
#include "access/htup.h"
#include "access/sdir.h"
#include "access/skey.h"
#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "pgtime.h"
#include "replication/logicalworker.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/extension.h"
#include "base/indexed_table.h"
#include "base/row_trigger.h"
#include "identity/acting_user.h"
#include "identity/time_zones.h"
#include "social/streaks.h"

PG_FUNCTION_INFO_V1(date_submission);
PG_FUNCTION_INFO_V1(streak_days);

static const IndexColumn day_columns[] = {
	{"user_id", UUIDOID}, {"submitted_on", DATEOID},
	{"submitted_at", TIMESTAMPTZOID}
};
static const IndexShape day_shape = {day_columns, 2, 3};

/* Before version 1.0.0, submissions have no date of their own. */
static const IndexColumn time_columns[] = {
	{"user_id", UUIDOID}, {"submitted_at", TIMESTAMPTZOID}
};
static const IndexShape time_shape = {time_columns, 2, 2};

/* The days on which one learner has submitted work. */
typedef struct WorkDays
{
	IndexedTable submissions;
	pg_uuid_t	user_id;
	pg_tz	   *zone;
	TimestampTz as_of;
	bool		has_dates;		/* whether submissions have a date of their own */
} WorkDays;

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

/* Returns the date of a finite instant. */
static DateADT
day_of(TimestampTz instant, pg_tz *zone)
{
	struct pg_tm tm;
	fsec_t		fraction;
	int			offset;

	if (timestamp2tm(instant, &offset, &tm, &fraction, NULL, zone) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	return date2j(tm.tm_year, tm.tm_mon, tm.tm_mday) - POSTGRES_EPOCH_JDATE;
}

/* Returns the instant at which a day begins. */
static TimestampTz
start_of_day(DateADT day, pg_tz *zone)
{
	struct pg_tm tm = {0};
	TimestampTz instant;
	int			offset;

	j2date(day + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	offset = DetermineTimeZoneOffset(&tm, zone);
	if (tm2timestamp(&tm, 0, &offset, &instant) != 0)
		return DT_NOBEGIN;
	return instant;
}

/*
 * Returns the day before, but skips one that the zone skipped, as Samoa did in
 * 2011.
 */
static DateADT
previous_day(DateADT day, pg_tz *zone)
{
	return start_of_day(day - 1, zone) == start_of_day(day, zone) ?
		day - 2 : day - 1;
}

/*
 * Finds the nearest day with work, from this day backward, by dates in the
 * learner's present time zone. Returns false where there is none.
 */
static bool
nearest_day_by_time(WorkDays *days, DateADT *day)
{
	IndexedTable *submissions = &days->submissions;
	TimestampTz end = start_of_day(*day + 1, days->zone);
	ScanKeyData keys[2];

	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_UUID_EQ,
				UUIDPGetDatum(&days->user_id));
	ScanKeyInit(&keys[1], 2, BTLessStrategyNumber, F_TIMESTAMPTZ_LT,
				TimestampTzGetDatum(Min(days->as_of + 1, end)));
	index_rescan(submissions->scan, keys, 2, NULL, 0);
	while (indexed_table_next_row(submissions, BackwardScanDirection))
	{
		Datum		value = indexed_table_entry_value(submissions, 2);
		TimestampTz submitted_at = DatumGetTimestampTz(value);
		DateADT		date;

		if (TIMESTAMP_NOT_FINITE(submitted_at))
			return false;
		date = day_of(submitted_at, days->zone);
		/*
		 * Where clocks are set back to midnight, there are two midnights, and
		 * the day after can begin before the end that was found.
		 */
		if (date <= *day)
		{
			*day = date;
			return true;
		}
	}
	return false;
}

/*
 * Finds the nearest day with work, from this day on forward or backward. Returns
 * false where there is none.
 */
static bool
nearest_day(WorkDays *days, ScanDirection direction, DateADT *day)
{
	IndexedTable *submissions = &days->submissions;
	bool		is_forward = ScanDirectionIsForward(direction);
	ScanKeyData keys[2];

	if (!days->has_dates && !is_forward)
		return nearest_day_by_time(days, day);
	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_UUID_EQ,
				UUIDPGetDatum(&days->user_id));
	ScanKeyInit(&keys[1], 2,
				is_forward ? BTGreaterEqualStrategyNumber : BTLessEqualStrategyNumber,
				is_forward ? F_DATE_GE : F_DATE_LE, DateADTGetDatum(*day));
	index_rescan(submissions->scan, keys, 2, NULL, 0);
	while (indexed_table_next_row(submissions, direction))
	{
		Datum		submitted_at = indexed_table_entry_value(submissions, 3);

		if (DatumGetTimestampTz(submitted_at) > days->as_of)
			continue;
		*day = DatumGetDateADT(indexed_table_entry_value(submissions, 2));
		return !DATE_NOT_FINITE(*day);
	}
	return false;
}

/* Counts the days from one with work back to the first gap. */
static int
count_back(WorkDays *days, DateADT day)
{
	DateADT		earlier = day - 1;
	int			count = 1;

	while (nearest_day(days, BackwardScanDirection, &earlier) &&
		   earlier >= previous_day(day, days->zone))
	{
		count++;
		day = earlier--;
	}
	return count;
}

/* Counts the days after one with work up to the first gap. */
static int
count_on(WorkDays *days, DateADT day)
{
	DateADT		later = day + 1;
	int			count = 0;

	while (nearest_day(days, ForwardScanDirection, &later) &&
		   day >= previous_day(later, days->zone))
	{
		count++;
		day = later++;
	}
	return count;
}

static void
begin_work_days(WorkDays *days, Oid schema, const pg_uuid_t *user_id,
				TimestampTz as_of, Snapshot snapshot)
{
	memset(days, 0, sizeof(WorkDays));
	days->user_id = *user_id;
	days->as_of = as_of;
	days->zone = learner_zone(schema, user_id, snapshot);
	days->has_dates =
		get_attnum(get_relname_relid("module_completions", schema),
				   "submitted_on") != InvalidAttrNumber;
	indexed_table_begin_reading(&days->submissions, schema, "module_completions",
								days->has_dates ? &day_shape : &time_shape,
								snapshot, 2, true);
}

/*
 * Starts from the day after as_of, which can be the date of earlier work in the
 * time zone that the learner had then.
 */
int
measure_streak(Oid schema, const pg_uuid_t *user_id, TimestampTz as_of,
			   Snapshot snapshot)
{
	WorkDays	days;
	DateADT		today;
	DateADT		latest;
	int			count = 0;

	if (TIMESTAMP_NOT_FINITE(as_of))
		return 0;
	begin_work_days(&days, schema, user_id, as_of, snapshot);
	today = day_of(as_of, days.zone);
	latest = today + 1;
	if (nearest_day(&days, BackwardScanDirection, &latest) &&
		latest >= previous_day(today, days.zone))
		count = count_back(&days, latest);
	indexed_table_end_reading(&days.submissions);
	return count;
}

int
measure_streak_around(Oid schema, const pg_uuid_t *user_id, DateADT day,
					  TimestampTz as_of, Snapshot snapshot)
{
	WorkDays	days;
	DateADT		nearest = day;
	int			count = 0;

	if (DATE_NOT_FINITE(day))
		return 0;
	begin_work_days(&days, schema, user_id, as_of, snapshot);
	if (nearest_day(&days, BackwardScanDirection, &nearest) && nearest == day)
		count = count_back(&days, day) + count_on(&days, day);
	indexed_table_end_reading(&days.submissions);
	return count;
}

int
measure_longest_streak(Oid schema, const pg_uuid_t *user_id, TimestampTz as_of,
					   Snapshot snapshot)
{
	WorkDays	days;
	DateADT		day = DATEVAL_NOEND - 1;
	int			longest = 0;

	begin_work_days(&days, schema, user_id, as_of, snapshot);
	while (nearest_day(&days, BackwardScanDirection, &day))
	{
		int			count = count_back(&days, day);

		CHECK_FOR_INTERRUPTS();
		longest = Max(longest, count);
		day -= count;
	}
	indexed_table_end_reading(&days.submissions);
	return longest;
}

/* Returns the date of submitted_at in the learner's time zone. */
static Datum
date_of_row(TriggerData *trigger, Oid schema, bool *isnull)
{
	HeapTuple	row = new_row(trigger);
	bool		has_no_user;
	Datum		user_id = row_value(trigger, row, "user_id", UUIDOID, &has_no_user);
	Datum		value = row_value(trigger, row, "submitted_at", TIMESTAMPTZOID,
								  isnull);
	TimestampTz submitted_at = DatumGetTimestampTz(value);
	pg_tz	   *zone;

	*isnull |= has_no_user;
	if (*isnull)
		return (Datum) 0;
	if (TIMESTAMP_NOT_FINITE(submitted_at))
		return DateADTGetDatum(TIMESTAMP_IS_NOEND(submitted_at) ?
							   DATEVAL_NOEND : DATEVAL_NOBEGIN);
	PushActiveSnapshot(GetTransactionSnapshot());
	zone = learner_zone(schema, DatumGetUUIDP(user_id), GetActiveSnapshot());
	PopActiveSnapshot();
	return DateADTGetDatum(day_of(submitted_at, zone));
}

static bool
is_changed(TriggerData *trigger, const char *column, Oid type)
{
	bool		was_null;
	bool		isnull;
	Datum		old = row_value(trigger, trigger->tg_trigtuple, column, type, &was_null);
	Datum		new = row_value(trigger, new_row(trigger), column, type, &isnull);

	if (was_null || isnull)
		return was_null != isnull;
	return type == DATEOID ? DatumGetDateADT(old) != DatumGetDateADT(new) :
		DatumGetTimestampTz(old) != DatumGetTimestampTz(new);
}

/*
 * date_submission() returns trigger
 *
 * Fills in submitted_on, where a row does not bring it. Where an UPDATE changes
 * submitted_at alone, the date follows; an UPDATE to NULL leaves it as it was.
 * A publisher of logical replication has dated its rows, and may know other
 * time zones.
 */
Datum
date_submission(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = begin_row_trigger(fcinfo);
	bool		is_update = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);
	bool		moves = is_update && is_changed(trigger, "submitted_at", TIMESTAMPTZOID);
	bool		isnull;
	Datum		date = row_value(trigger, new_row(trigger), "submitted_on", DATEOID,
								 &isnull);

	if (!isnull && (IsLogicalWorker() || !moves ||
					is_changed(trigger, "submitted_on", DATEOID)))
		return PointerGetDatum(new_row(trigger));
	if (is_update && !moves)
		date = row_value(trigger, trigger->tg_trigtuple, "submitted_on", DATEOID,
						 &isnull);
	else
		date = date_of_row(trigger, extension_schema(fcinfo->flinfo), &isnull);
	return changed_row(trigger, "submitted_on", DATEOID, date, isnull);
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
