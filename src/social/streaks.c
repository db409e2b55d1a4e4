/*
 * streaks.c
 *		streak_days(), learning_streaks(): on how many days in a row a learner
 *		has submitted work. continues_streak(): whether one day comes after
 *		another in a streak. date_submission(): the day that a submission counts
 *		for.
 *
 * A streak counts days with work, and goes on over learnify.streak_grace_days
 * without. The day is the date in the learner's time zone when the submission is
 * written, and is stored with it, so that a learner who moves keeps the streak.
 * Work dated later than as_of does not count.
 *
 * Cost: one descent of the index on (user_id, submitted_on) for each day of
 * the streak, or with work for the longest. Memory: one index scan.
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
#include "funcapi.h"
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

#include "base/argument.h"
#include "base/compat.h"
#include "base/extension.h"
#include "base/indexed_table.h"
#include "base/row_trigger.h"
#include "base/settings.h"
#include "identity/acting_user.h"
#include "identity/time_zones.h"
#include "social/streaks.h"

PG_FUNCTION_INFO_V1(continues_streak);
PG_FUNCTION_INFO_V1(date_submission);
PG_FUNCTION_INFO_V1(learning_streaks);
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

typedef struct Streak
{
	DateADT		first;
	DateADT		last;
	int			days;			/* with work */
} Streak;

/* UTC, where this server does not know the time zone. */
static pg_tz *
zone_called(const char *name)
{
	return pg_tzset(is_known_zone(name) ? name : "GMT");
}

static pg_tz *
learner_zone(Oid schema, const pg_uuid_t *user_id, Snapshot snapshot)
{
	IndexedTable users;
	pg_tz	   *zone = pg_tzset("GMT");

	if (indexed_table_begin_look_up(&users, schema, "users", user_id, snapshot))
	{
		Datum		time_zone = indexed_table_value(&users, "time_zone", TEXTOID);

		zone = zone_called(TextDatumGetCString(time_zone));
	}
	indexed_table_end_reading(&users);
	return zone;
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

static DateADT
next_day(DateADT day, pg_tz *zone)
{
	return start_of_day(day + 1, zone) == start_of_day(day + 2, zone) ?
		day + 2 : day + 1;
}

/* Whether a day with work belongs to the streak that reached the earlier day. */
static bool
continues(DateADT earlier, DateADT later, pg_tz *zone)
{
	DateADT		reach = later;
	int			i;

	for (i = 0; i <= learnify_streak_grace_days && earlier < reach; i++)
		reach = previous_day(reach, zone);
	return earlier >= reach;
}

/*
 * Finds the nearest day with work, from this day backward, by dates in the
 * learner's present time zone. Returns false where there is none.
 *
 * Dates are not in the order of the times where clocks are set back to midnight
 * or across it: the day after can begin before the end that was found, and the
 * day itself can end before the one before does. So this looks for the latest
 * date among the times of a day.
 */
static bool
nearest_day_by_time(WorkDays *days, DateADT *day)
{
	IndexedTable *submissions = &days->submissions;
	TimestampTz end = start_of_day(*day + 1, days->zone);
	TimestampTz found_at = DT_NOBEGIN;
	DateADT		nearest = DATEVAL_NOBEGIN;
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
			break;
		date = day_of(submitted_at, days->zone);
		if (date <= *day && nearest == DATEVAL_NOBEGIN)
			found_at = submitted_at;
		if (date <= *day)
			nearest = Max(nearest, date);
		if (nearest == *day ||
			(nearest != DATEVAL_NOBEGIN && submitted_at < found_at - USECS_PER_DAY))
			break;
	}
	*day = nearest;
	return nearest != DATEVAL_NOBEGIN;
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

/* Follows a streak from a day with work back to the first gap. */
static Streak
streak_until(WorkDays *days, DateADT last)
{
	Streak		streak = {.first = last, .last = last, .days = 1};
	DateADT		earlier = last - 1;

	while (nearest_day(days, BackwardScanDirection, &earlier) &&
		   continues(earlier, streak.first, days->zone))
	{
		streak.days++;
		streak.first = earlier--;
	}
	return streak;
}

/* Counts the days after one with work up to the first gap. */
static int
count_on(WorkDays *days, DateADT day)
{
	DateADT		later = day + 1;
	int			count = 0;

	while (nearest_day(days, ForwardScanDirection, &later) &&
		   continues(day, later, days->zone))
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
 * The streak that is under way at as_of, or one of no days. Its last day is
 * the last one with work in either case, DATEVAL_NOBEGIN where there is none.
 *
 * Starts from the day after as_of, which can be the date of earlier work in the
 * time zone that the learner had then.
 */
static Streak
current_streak(WorkDays *days)
{
	DateADT		today = day_of(days->as_of, days->zone);
	Streak		none = {0, DATEVAL_NOBEGIN, 0};

	none.last = today + 1;
	if (!nearest_day(days, BackwardScanDirection, &none.last))
		none.last = DATEVAL_NOBEGIN;
	else if (continues(none.last, today, days->zone))
		return streak_until(days, none.last);
	return none;
}

/* The last one of several that are as long. */
static Streak
longest_streak(WorkDays *days)
{
	DateADT		day = DATEVAL_NOEND - 1;
	Streak		longest = {0};

	while (nearest_day(days, BackwardScanDirection, &day))
	{
		Streak		streak = streak_until(days, day);

		CHECK_FOR_INTERRUPTS();
		if (streak.days > longest.days)
			longest = streak;
		day = streak.first - 1;
	}
	return longest;
}

int
measure_streak(Oid schema, const pg_uuid_t *user_id, TimestampTz as_of,
			   Snapshot snapshot)
{
	WorkDays	days;
	Streak		current;

	if (TIMESTAMP_NOT_FINITE(as_of))
		return 0;
	begin_work_days(&days, schema, user_id, as_of, snapshot);
	current = current_streak(&days);
	indexed_table_end_reading(&days.submissions);
	return current.days;
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
		count = streak_until(&days, day).days + count_on(&days, day);
	indexed_table_end_reading(&days.submissions);
	return count;
}

int
measure_longest_streak(Oid schema, const pg_uuid_t *user_id, TimestampTz as_of,
					   Snapshot snapshot)
{
	WorkDays	days;
	Streak		longest;

	begin_work_days(&days, schema, user_id, as_of, snapshot);
	longest = longest_streak(&days);
	indexed_table_end_reading(&days.submissions);
	return longest.days;
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

/*
 * continues_streak(time_zone text, earlier date, later date)
 */
Datum
continues_streak(PG_FUNCTION_ARGS)
{
	pg_tz	   *zone = zone_called(text_to_cstring(PG_GETARG_TEXT_PP(0)));

	DateADT		earlier = PG_GETARG_DATEADT(1);
	DateADT		later = PG_GETARG_DATEADT(2);

	PG_RETURN_BOOL(!DATE_NOT_FINITE(earlier) && !DATE_NOT_FINITE(later) &&
				   continues(earlier, later, zone));
}

/* The last day on which work continues a streak. */
static DateADT
last_chance(const WorkDays *days, const Streak *streak)
{
	DateADT		day = streak->last;
	int			i;

	for (i = 0; i <= learnify_streak_grace_days; i++)
		day = next_day(day, days->zone);
	return day;
}

static void
return_streaks(ReturnSetInfo *result, WorkDays *days)
{
	Streak		current = current_streak(days);
	Streak		longest = longest_streak(days);
	bool		is_going = current.days > 0;
	Datum		values[] = {
		Int32GetDatum(current.days),
		DateADTGetDatum(current.first),
		DateADTGetDatum(is_going ? last_chance(days, &current) : 0),
		DateADTGetDatum(current.last),
		Int32GetDatum(longest.days),
		DateADTGetDatum(longest.first),
		DateADTGetDatum(longest.last)
	};
	bool		nulls[] = {
		false, !is_going, !is_going, current.last == DATEVAL_NOBEGIN,
		false, longest.days == 0, longest.days == 0
	};

	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * learning_streaks(user_id uuid, as_of timestamptz)
 */
Datum
learning_streaks(PG_FUNCTION_ARGS)
{
	static const char *const tables[] = {"users", "module_completions", NULL};
	Oid			schema = extension_schema(fcinfo->flinfo);
	pg_uuid_t  *user_id = PG_GETARG_UUID_P(0);
	TimestampTz as_of = PG_GETARG_TIMESTAMPTZ(1);
	WorkDays	days;

	require_reader(schema, user_id, tables);
	if (TIMESTAMP_NOT_FINITE(as_of))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is no day of infinity"),
				 errhint("Pass a time, or leave as_of out for now."),
				 errargument("as_of")));
	InitMaterializedSRF(fcinfo, 0);
	begin_work_days(&days, schema, user_id, as_of, GetActiveSnapshot());
	return_streaks((ReturnSetInfo *) fcinfo->resultinfo, &days);
	indexed_table_end_reading(&days.submissions);
	return (Datum) 0;
}
