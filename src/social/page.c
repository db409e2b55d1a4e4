/*
 * page.c
 *		Determines where a page of a list begins.
 *
 * The feed and the lists of followers are in the order of (created_at, id). A page
 * begins after the row whose id the client passes; created_at is read from that
 * row. The client also passes an instant, but most clients round PostgreSQL's
 * microseconds to milliseconds, so that rows would be skipped.
 *
 * The instant is used if the row has been deleted. If it is a multiple of a second
 * or a millisecond, it may have been rounded to that unit, up or down: then a page
 * of older rows begins a unit later, and a page of newer rows a unit earlier. So
 * no row is skipped, but some may be returned again.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/timestamp.h"

#include "base/argument.h"
#include "social/page.h"

#define MAX_PAGE_SIZE			200

PG_FUNCTION_INFO_V1(require_page);
PG_FUNCTION_INFO_V1(find_page);

static void
check_page_size(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("page_size is null"),
				 errhint("Ask for 1 to %d rows, or leave page_size out.",
						 MAX_PAGE_SIZE),
				 errargument("page_size")));
	if (PG_GETARG_INT32(1) < 1 || PG_GETARG_INT32(1) > MAX_PAGE_SIZE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("page_size is %d", PG_GETARG_INT32(1)),
				 errhint("Ask for 1 to %d rows.", MAX_PAGE_SIZE),
				 errargument("page_size")));
}

void
page_check(FunctionCallInfo fcinfo, bool is_forward)
{
	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("user_id is null"),
				 errhint("Pass the id of a user."),
				 errargument("user_id")));
	check_page_size(fcinfo);
	/* an instant alone would skip other rows with the same instant */
	if (!is_forward && !PG_ARGISNULL(2) && PG_ARGISNULL(3))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("before_at is given without before_id"),
				 errhint("Pass the id of the last row of the page before, or "
						 "neither for the first page."),
				 errargument("before_id")));
}

PageCursor
page_cursor(FunctionCallInfo fcinfo, int first, bool is_forward)
{
	PageCursor	cursor = {0};

	cursor.is_forward = is_forward;
	cursor.has_at = !PG_ARGISNULL(first);
	if (cursor.has_at)
		cursor.at = PG_GETARG_TIMESTAMPTZ(first);
	cursor.has_id = !PG_ARGISNULL(first + 1);
	if (cursor.has_id)
		cursor.id = *PG_GETARG_UUID_P(first + 1);
	return cursor;
}

static void
refuse_missing_row(const PageCursor *cursor)
{
	ereport(ERROR,
			(errcode(ERRCODE_NO_DATA_FOUND),
			 errmsg("the row that the page follows does not exist"),
			 cursor->is_forward ?
			 errhint("Pass its instant too, as after_at, or begin anew.") :
			 errhint("Pass its instant too, as before_at, or begin anew."),
			 errargument(cursor->is_forward ? "after_id" : "before_id")));
}

/* Returns the unit to which an instant seems to have been rounded. */
static int64
unit_of(TimestampTz at)
{
	if (TIMESTAMP_NOT_FINITE(at))
		return 1;
	if (at % USECS_PER_SEC == 0)
		return USECS_PER_SEC;
	return at % 1000 == 0 ? 1000 : 1;
}

/* Returns a position that skips no row, whichever way the instant was rounded. */
static PagePosition
position_of_missing_row(const PageCursor *cursor)
{
	int64		unit = unit_of(cursor->at);
	PagePosition position = {cursor->at, cursor->id};

	if (unit == 1)
		return position;
	if (cursor->is_forward)
	{
		position.created_at -= unit;
		memset(&position.id, 0xff, UUID_LEN);
	}
	else
	{
		position.created_at += unit;
		memset(&position.id, 0, UUID_LEN);
	}
	return position;
}

PageBound
page_bound(const PageCursor *cursor, const TimestampTz *created_at)
{
	PageBound	bound = {0};

	bound.is_set = cursor->has_at || cursor->has_id;
	if (created_at != NULL)
	{
		bound.position.created_at = *created_at;
		bound.position.id = cursor->id;
	}
	else if (cursor->has_id)
	{
		if (!cursor->has_at)
			refuse_missing_row(cursor);
		bound.position = position_of_missing_row(cursor);
	}
	else if (cursor->has_at)
	{
		/* begin with the first row of that instant */
		bound.position.created_at = cursor->at;
		bound.is_included = true;
	}
	return bound;
}

/*
 * SQL functions
 */

/* require_page(user_id, page_size, before_at, before_id) */
Datum
require_page(PG_FUNCTION_ARGS)
{
	page_check(fcinfo, false);
	PG_RETURN_VOID();
}

/*
 * find_page(is_forward boolean, at timestamptz, id uuid, created_at timestamptz)
 *		The bound of a page as (created_at, id, is_included).
 */
Datum
find_page(PG_FUNCTION_ARGS)
{
	PageCursor	cursor = page_cursor(fcinfo, 1, PG_GETARG_BOOL(0));
	TimestampTz created_at = PG_ARGISNULL(3) ? 0 : PG_GETARG_TIMESTAMPTZ(3);
	PageBound	bound = page_bound(&cursor, PG_ARGISNULL(3) ? NULL : &created_at);
	TupleDesc	descriptor;
	Datum		values[3];
	bool		nulls[3] = {!bound.is_set, !bound.is_set, false};

	if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "find_page must return a row");
	values[0] = TimestampTzGetDatum(bound.position.created_at);
	values[1] = UUIDPGetDatum(&bound.position.id);
	values[2] = BoolGetDatum(bound.is_included);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor),
													  values, nulls)));
}
