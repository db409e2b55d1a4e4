#ifndef LEARNIFY_PAGE_H
#define LEARNIFY_PAGE_H

#include "datatype/timestamp.h"
#include "fmgr.h"
#include "utils/uuid.h"

/* Lists are in the order of these. */
typedef struct PagePosition
{
	TimestampTz created_at;
	pg_uuid_t	id;
} PagePosition;

/* A page begins after the position or, with is_included, at it. */
typedef struct PageBound
{
	bool		is_set;
	bool		is_included;
	PagePosition position;
} PageBound;

/* The row after which a page begins, with its instant, as the client passes them. */
typedef struct PageCursor
{
	bool		is_forward;		/* whether the page has newer rows */
	bool		has_at;
	bool		has_id;
	TimestampTz at;
	pg_uuid_t	id;
} PageCursor;

/*
 * Raises an error for invalid arguments: user_id, page_size, before_at and
 * before_id, or after_at and after_id.
 */
extern void page_check(FunctionCallInfo fcinfo, bool is_forward);
extern PageCursor page_cursor(FunctionCallInfo fcinfo, int first,
							  bool is_forward);

/* created_at is that of the cursor's row, NULL where there is no such row. */
extern PageBound page_bound(const PageCursor *cursor,
							const TimestampTz *created_at);

#endif							/* LEARNIFY_PAGE_H */
