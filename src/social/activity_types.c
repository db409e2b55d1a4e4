/*
 * activity_types.c
 *		activity_types(): the types of activity that the feed can contain.
 *
 * The table below is the only list of them in C. A new type is added to the
 * enum, to the table, and to the CHECK constraint of
 * activity_feed.activity_type.
 *
 * Cost: a comparison with each name. Memory: none.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "nodes/execnodes.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "base/argument.h"
#include "base/compat.h"
#include "base/texts.h"
#include "social/activity_types.h"

PG_FUNCTION_INFO_V1(activity_types);

static const ActivityTraits traits[] = {
	[ACTIVITY_EXERCISE_SOLVED] =
	{"exercise_solved", "exercise", VISIBILITY_FRIENDS},
	[ACTIVITY_MODULE_COMPLETED] =
	{"module_completed", "module", VISIBILITY_FRIENDS},
	[ACTIVITY_COURSE_COMPLETED] =
	{"course_completed", "course", VISIBILITY_PUBLIC},
	[ACTIVITY_REVIEW_PASSED] =
	{"review_passed", "review", VISIBILITY_FRIENDS},
	[ACTIVITY_OPTIMIZATION_ACHIEVED] =
	{"optimization_achieved", "review", VISIBILITY_PUBLIC},
	[ACTIVITY_ACHIEVEMENT_EARNED] =
	{"achievement_earned", "achievement", VISIBILITY_PUBLIC}
};

const ActivityTraits *
activity_traits(ActivityType type)
{
	return &traits[type];
}

ActivityType
find_activity_type(const text *name)
{
	int			i;

	for (i = 0; i < (int) lengthof(traits); i++)
		if (text_equals_string(name, traits[i].name))
			return (ActivityType) i;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("there is no activity type \"%s\"", excerpt_text(name)),
			 errhint("learnify_internal.activity_types() lists them."),
			 errargument("activity")));
	return ACTIVITY_EXERCISE_SOLVED;	/* keep the compiler quiet */
}

/*
 * activity_types()
 */
Datum
activity_types(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	for (i = 0; i < (int) lengthof(traits); i++)
	{
		bool		nulls[3] = {false};
		Datum		values[] = {
			CStringGetTextDatum(traits[i].name),
			CStringGetTextDatum(traits[i].reference_type),
			CStringGetTextDatum(visibility_name(traits[i].widest_visibility))
		};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
