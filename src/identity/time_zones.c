/*
 * time_zones.c
 *		is_time_zone_name(): whether this is an IANA time zone name that the
 *		server knows.
 *
 * pg_tzset answers that, and caches what it has read, so that a name seen
 * before costs a hash look-up.  But it also makes a zone of any POSIX
 * specification ('UTC+3', with its sign the wrong way round, or even
 * 'Foo/Bar+3'), which is nobody's time zone name.  Two facts tell them apart:
 *
 * - the canonical name of a zone read from a file is spelt as the file is,
 *	 that of a POSIX specification in capitals;
 * - a POSIX specification has an offset, so it has a digit.
 *
 * Hence a canonical name with a small letter or without a digit is a file's.
 * That leaves the few names with digits and no small letter; the database has
 * had them since the nineties, and names of that form are no longer given.
 *
 * Cost: a name not seen before, known or not, costs a scan of the directory
 * that it would be in.  Memory: what pg_tzset's cache takes for each zone.
 */
#include "postgres.h"

#include "fmgr.h"
#include "pgtime.h"
#include "utils/builtins.h"

#include "base/compat.h"
#include "identity/time_zones.h"

PG_FUNCTION_INFO_V1(is_time_zone_name);

#define SMALL_LETTERS	"abcdefghijklmnopqrstuvwxyz"
#define DIGITS			"0123456789"

static bool
starts_with(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

/*
 * Whether this names a file that many systems have beside the IANA ones, and
 * that is another or none on another server.
 */
static bool
is_local_file(const char *canonical)
{
	return strcmp(canonical, "localtime") == 0 ||
		strcmp(canonical, "posixrules") == 0 ||
		starts_with(canonical, "posix/") ||
		starts_with(canonical, "right/");
}

static bool
is_capital_name_with_digit(const char *canonical)
{
	static const char *const names[] = {
		"CST6CDT", "EST5EDT", "MST7MDT", "PST8PDT", "GMT0", "GMT+0", "GMT-0"
	};
	size_t		i;

	for (i = 0; i < lengthof(names); i++)
		if (strcmp(canonical, names[i]) == 0)
			return true;
	return false;
}

bool
is_known_zone(const char *name)
{
	pg_tz	   *zone = pg_tzset(name);
	const char *canonical;

	if (zone == NULL)
		return false;
	canonical = pg_get_timezone_name(zone);
	/* pg_tzset reads ':UTC' as UTC. */
	if (pg_strcasecmp(canonical, name) != 0 || is_local_file(canonical))
		return false;
	return strpbrk(canonical, SMALL_LETTERS) != NULL ||
		strpbrk(canonical, DIGITS) == NULL ||
		is_capital_name_with_digit(canonical);
}

/*
 * is_time_zone_name(name text)
 */
Datum
is_time_zone_name(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(is_known_zone(text_to_cstring(PG_GETARG_TEXT_PP(0))));
}
