/*
 * phase.c
 *		report_recommendation_progress(): shows other sessions how far a long
 *		computation has come.
 *
 * The report replaces the query text of pg_stat_activity, which
 * recommendation_progress() parses.
 *
 * Cost: reading the clock, and a report every REPORT_EVERY_MS at most. Memory:
 * none.
 */
#include "postgres.h"

#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/backend_status.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/compat.h"
#include "discovery/phase.h"

#define REPORT_EVERY_MS	200

/*
 * Longer names are truncated, at a character boundary: other sessions read the
 * text.
 */
#define MAX_NAME_BYTES	100

PG_FUNCTION_INFO_V1(report_recommendation_progress);

void
phase_begin(Phase *phase, const char *name, uint64 total)
{
	phase->name = name;
	phase->total = total;
	phase->reported_at = 0;
	phase_report(phase, 0);
}

void
phase_report(Phase *phase, uint64 done)
{
	TimestampTz now;
	char		text[200];

	CHECK_FOR_INTERRUPTS();
	now = GetCurrentTimestamp();
	if (!TimestampDifferenceExceeds(phase->reported_at, now, REPORT_EVERY_MS))
		return;
	phase->reported_at = now;
	snprintf(text, sizeof(text),
			 "learnify: " UINT64_FORMAT " of " UINT64_FORMAT " %s", done,
			 phase->total, phase->name);
	pgstat_report_activity(STATE_RUNNING, text);
}

/*
 * report_recommendation_progress(phase text, done bigint, total bigint)
 */
Datum
report_recommendation_progress(PG_FUNCTION_ARGS)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	int64		done = PG_GETARG_INT64(1);
	int64		total = PG_GETARG_INT64(2);
	Phase		phase = {.name = name, .total = total};

	if (done < 0 || total < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot report %lld of %lld", (long long) done,
						(long long) total),
				 errhint("Pass how many are done, and of how many, as 0 or more.")));
	name[pg_mbcliplen(name, strlen(name), MAX_NAME_BYTES)] = '\0';
	phase_report(&phase, done);
	PG_RETURN_VOID();
}
