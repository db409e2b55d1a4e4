/*
 * visibility.c
 *		limit_visibility(): the narrower of two visibilities.
 *
 * Cost: some comparisons. Memory: the result.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "base/compat.h"
#include "base/texts.h"
#include "social/visibility.h"

PG_FUNCTION_INFO_V1(limit_visibility);

static const char *const names[] = {
	[VISIBILITY_PRIVATE] = "private",
	[VISIBILITY_FRIENDS] = "friends",
	[VISIBILITY_PUBLIC] = "public"
};

const char *
visibility_name(Visibility visibility)
{
	return names[visibility];
}

bool
find_visibility(const text *name, Visibility *visibility)
{
	int			i;

	for (i = 0; i < (int) lengthof(names); i++)
	{
		if (text_equals_string(name, names[i]))
		{
			*visibility = (Visibility) i;
			return true;
		}
	}
	return false;
}

/*
 * limit_visibility(visibility text, maximum text)
 */
Datum
limit_visibility(PG_FUNCTION_ARGS)
{
	Visibility	visibility;
	Visibility	maximum;

	if (!find_visibility(PG_GETARG_TEXT_PP(0), &visibility) ||
		!find_visibility(PG_GETARG_TEXT_PP(1), &maximum))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(visibility_name(Min(visibility, maximum))));
}
