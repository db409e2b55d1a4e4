/*
 * minutes.c
 *		possible_minutes(): how many minutes an attempt, or a course, can take.
 *
 * An attempt takes at most a day, and a course at most a hundred years of 365 days.
 * The bounds refuse mistakes of a client, such as seconds for minutes, which would
 * award every achievement for hours, and prevent overflow. They apply neither to
 * restored nor to existing rows.
 *
 * Cost and memory: none.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "distribution/shards.h"
#include "progress/minutes.h"

PG_FUNCTION_INFO_V1(possible_minutes);

typedef struct Bound
{
	const char *table;
	int			minutes;
	const char *hint;
} Bound;

static const Bound bounds[] = {
	{"module_completions", 24 * 60,
	"One attempt takes no longer than a day; seconds are no minutes."},
	{"user_progress", 100 * 365 * 24 * 60,
	"A course takes no longer than a hundred years."}
};

static const Bound *
find_bound(const char *table)
{
	int			i;

	for (i = 0; i < (int) lengthof(bounds); i++)
		if (strcmp(bounds[i].table, table) == 0)
			return &bounds[i];
	return NULL;
}

void
require_possible_minutes(Relation table, int minutes)
{
	const char *name = own_table_name(table);
	const Bound *bound = find_bound(name);

	if (bound != NULL && minutes > bound->minutes)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("time_spent_minutes is %d, and %d at most", minutes,
						bound->minutes),
				 errhint("%s", bound->hint),
				 err_generic_string(PG_DIAG_TABLE_NAME, name),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "time_spent_minutes")));
}

/*
 * possible_minutes(table_name text)
 */
Datum
possible_minutes(PG_FUNCTION_ARGS)
{
	const Bound *bound = find_bound(text_to_cstring(PG_GETARG_TEXT_PP(0)));

	if (bound == NULL)
		PG_RETURN_NULL();
	PG_RETURN_INT32(bound->minutes);
}
