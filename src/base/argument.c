/*
 * argument.c
 *		How errors describe the arguments that they refuse.
 *
 * An error has the name of the argument in the field in which a constraint
 * violation has the name of a column. It quotes at most EXCERPT_CHARACTERS of the
 * value, so that a megabyte is neither returned nor logged.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "base/argument.h"
#include "base/compat.h"

#define EXCERPT_CHARACTERS		100

PG_FUNCTION_INFO_V1(excerpt_of);
PG_FUNCTION_INFO_V1(require_arguments);

char *
excerpt(const char *data, int length)
{
	int			shown = pg_mbcharcliplen(data, length, EXCERPT_CHARACTERS);

	return psprintf("%.*s%s", shown, data, shown < length ? "..." : "");
}

char *
excerpt_text(const text *value)
{
	return excerpt(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

/*
 * excerpt(value text)
 */
Datum
excerpt_of(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(excerpt_text(PG_GETARG_TEXT_PP(0))));
}

/*
 * require_arguments(VARIADIC "any")
 *		Takes names and values in turn, and refuses a value that is null.
 */
Datum
require_arguments(PG_FUNCTION_ARGS)
{
	Datum	   *values;
	Oid		   *types;
	bool	   *nulls;
	int			count = extract_variadic_args(fcinfo, 0, true, &values, &types,
											  &nulls);
	int			i;

	for (i = 0; i + 1 < count; i += 2)
	{
		const char *name;

		if (types[i] != TEXTOID || nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("argument %d is not a name", i + 1),
					 errhint("Pass the name of an argument, as text, before each value.")));
		if (!nulls[i + 1])
			continue;
		name = TextDatumGetCString(values[i]);
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s is null", name),
				 errhint("Pass a value for %s.", name),
				 errargument(name)));
	}
	PG_RETURN_VOID();
}
