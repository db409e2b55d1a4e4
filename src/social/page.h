#ifndef LEARNIFY_PAGE_H
#define LEARNIFY_PAGE_H

#include "datatype/timestamp.h"
#include "fmgr.h"
#include "utils/uuid.h"

/* The order of the lists. */
typedef struct PagePosition
{
	TimestampTz created_at;
	pg_uuid_t	id;
} PagePosition;

/* A page has the rows beyond the position, or those from it on. */
typedef struct PageBound
{
	bool		is_set;
	bool		is_included;
	PagePosition position;
} PageBound;

/* The row that a page follows, and when it was made as the client says. */
typedef struct PageCursor
{
	bool		is_forward;		/* to newer rows */
	bool		has_at;
	bool		has_id;
	TimestampTz at;
	pg_uuid_t	id;
} PageCursor;

/*
 * The arguments of a page: user_id, page_size, before_at and before_id, or
 * after_at and after_id. Raises what is wrong with them.
 */
extern void page_check(FunctionCallInfo fcinfo, bool is_forward);
extern PageCursor page_cursor(FunctionCallInfo fcinfo, int first,
							  bool is_forward);

/* created_at is that of the cursor's row, NULL where there is no such row. */
extern PageBound page_bound(const PageCursor *cursor,
							const TimestampTz *created_at);

#endif							/* LEARNIFY_PAGE_H */
