/*
 * velocity.c
 *		velocity(), velocity_lower_bound() and the aggregates
 *		trending_velocity() and window_signups(): how fast signups are growing.
 *
 * The aggregates share one transition state, a bigint array of the signups in
 * the 24 hours up to as_of and in the 24 hours before that.  It is an SQL
 * type, so that partial aggregates can be sent to other processes and servers.
 * Within an aggregate, which AggCheckCallContext detects, the state is updated
 * in place; otherwise the array is copied first.  Its shape is always checked,
 * since SQL can pass any array.
 *
 * Cost: a few comparisons for each row.  Memory: one state.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/int.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/float.h"
#include "utils/timestamp.h"

#include "base/compat.h"
#include "discovery/poisson_ratio.h"

/* The velocity without a previous signup: finite by definition. */
#define VELOCITY_FROM_NOTHING	10.0

/* The elements of the state. */
#define RECENT		0
#define PREVIOUS	1
#define WINDOWS		2

PG_FUNCTION_INFO_V1(velocity);
PG_FUNCTION_INFO_V1(velocity_lower_bound);
PG_FUNCTION_INFO_V1(trending_velocity_accum);
PG_FUNCTION_INFO_V1(trending_velocity_combine);
PG_FUNCTION_INFO_V1(trending_velocity_final);

static void
check_count(const char *argument, int64 count)
{
	if (count < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"%s\" must not be negative, but is %lld",
						argument, (long long) count),
				 errhint("Pass a number of signups, 0 where there were none.")));
}

static double
compute_velocity(int64 recent, int64 previous)
{
	check_count("recent", recent);
	check_count("previous", previous);
	if (previous > 0)
		return (double) recent / (double) previous;
	return recent > 0 ? VELOCITY_FROM_NOTHING : 0;
}

/*
 * velocity(recent bigint, previous bigint)
 */
Datum
velocity(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(compute_velocity(PG_GETARG_INT64(0), PG_GETARG_INT64(1)));
}

static void
check_site_ratio(double site_ratio)
{
	/* NaN must fail, too. */
	if (!(site_ratio > 0 && isfinite(site_ratio)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"%s\" must be finite and above 0, but is %s",
						"site_ratio", float8out_internal(site_ratio)),
				 errhint("Pass the recent signups of the whole site over the previous ones, or 1 where either is 0.")));
}

static void
check_exposure(double exposure)
{
	if (!(exposure > 0 && exposure <= POISSON_RATIO_WINDOW_HOURS))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"%s\" must be above 0 and at most %g hours, but is %s",
						"exposure", POISSON_RATIO_WINDOW_HOURS,
						float8out_internal(exposure)),
				 errhint("Pass how many of the %g hours before the recent ones signups were possible.",
						 POISSON_RATIO_WINDOW_HOURS)));
}

/*
 * velocity_lower_bound(recent bigint, previous bigint,
 *						site_ratio double precision,
 *						exposure double precision)
 */
Datum
velocity_lower_bound(PG_FUNCTION_ARGS)
{
	int64		recent = PG_GETARG_INT64(0);
	int64		previous = PG_GETARG_INT64(1);
	double		site_ratio = PG_GETARG_FLOAT8(2);
	double		exposure = PG_GETARG_FLOAT8(3);

	check_count("recent", recent);
	check_count("previous", previous);
	check_site_ratio(site_ratio);
	check_exposure(exposure);
	PG_RETURN_FLOAT8(poisson_ratio_lower_bound(recent, previous,
											   site_ratio, exposure));
}

/* Returns the counts in a transition state. */
static int64 *
state_counts(ArrayType *state)
{
	if (ARR_NDIM(state) != 1 || ARR_DIMS(state)[0] != WINDOWS ||
		ARR_HASNULL(state) || ARR_ELEMTYPE(state) != INT8OID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the state of trending_velocity must be an array of %d bigints, without nulls",
						WINDOWS),
				 errhint("Call the aggregates trending_velocity or window_signups instead of their support functions.")));
	return (int64 *) ARR_DATA_PTR(state);
}

/* Returns the state in argument 0, or a copy of it, which may be modified. */
static ArrayType *
writable_state(FunctionCallInfo fcinfo)
{
	if (AggCheckCallContext(fcinfo, NULL))
		return PG_GETARG_ARRAYTYPE_P(0);
	return PG_GETARG_ARRAYTYPE_P_COPY(0);
}

static void
add_signups(int64 *count, int64 more)
{
	if (pg_add_s64_overflow(*count, more, count))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("number of signups is out of range for type bigint"),
				 errhint("Count fewer rows in one aggregate.")));
}

/*
 * Returns which of the windows (as_of - 24 h, as_of] and (as_of - 48 h, as_of
 * - 24 h] contains started_at; -1 for neither.  A day has exactly 24 hours
 * here, whatever the time zone of the session.  An infinite as_of has no
 * windows; for a finite one, the subtractions cannot overflow.
 */
static int
window_of(TimestampTz started_at, TimestampTz as_of)
{
	if (started_at > as_of || TIMESTAMP_NOT_FINITE(as_of))
		return -1;
	if (started_at > as_of - USECS_PER_DAY)
		return RECENT;
	if (started_at > as_of - 2 * USECS_PER_DAY)
		return PREVIOUS;
	return -1;
}

/*
 * trending_velocity_accum(state bigint[], started_at timestamptz,
 *						   as_of timestamptz)
 */
Datum
trending_velocity_accum(PG_FUNCTION_ARGS)
{
	ArrayType  *state = writable_state(fcinfo);
	int64	   *counts = state_counts(state);
	int			window = window_of(PG_GETARG_TIMESTAMPTZ(1),
								   PG_GETARG_TIMESTAMPTZ(2));

	if (window >= 0)
		add_signups(&counts[window], 1);
	PG_RETURN_ARRAYTYPE_P(state);
}

/*
 * trending_velocity_combine(state bigint[], other bigint[])
 */
Datum
trending_velocity_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *state = writable_state(fcinfo);
	int64	   *counts = state_counts(state);
	int64	   *other = state_counts(PG_GETARG_ARRAYTYPE_P(1));

	add_signups(&counts[RECENT], other[RECENT]);
	add_signups(&counts[PREVIOUS], other[PREVIOUS]);
	PG_RETURN_ARRAYTYPE_P(state);
}

/*
 * trending_velocity_final(state bigint[])
 */
Datum
trending_velocity_final(PG_FUNCTION_ARGS)
{
	int64	   *counts = state_counts(PG_GETARG_ARRAYTYPE_P(0));

	PG_RETURN_FLOAT8(compute_velocity(counts[RECENT], counts[PREVIOUS]));
}
