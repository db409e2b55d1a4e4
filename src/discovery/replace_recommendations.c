/*
 * replace_recommendations.c
 *		replace_recommendations(): replaces one kind of recommendation of a range
 *		of learners.
 *
 * Cost and memory: those of write_recommendations(), which locks the courses and
 * the learners that its rows refer to, each once.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"

#include "base/compat.h"
#include "base/cursor.h"
#include "base/extension.h"
#include "base/locked_keys.h"

PG_FUNCTION_INFO_V1(replace_recommendations);

static const LockedKey keys[] = {
	{"user_id", "users"}, {"course_id", "generated_courses"}
};
static const LockedKeys locked = {"recommendations", keys, lengthof(keys)};

/*
 * replace_recommendations(kind text, first_user_id uuid, last_user_id uuid)
 */
Datum
replace_recommendations(PG_FUNCTION_ARGS)
{
	static SavedPlan saved;
	Oid			types[] = {TEXTOID, UUIDOID, UUIDOID};
	Datum		values[] = {
		PG_GETARG_DATUM(0), PG_GETARG_DATUM(1), PG_GETARG_DATUM(2)
	};
	int64		written;

	SPI_connect();
	execute_with_locked_keys(&saved, extension_schema(fcinfo->flinfo),
							 "SELECT learnify_internal.write_recommendations($1, $2, $3)",
							 lengthof(types), types, values, &locked);
	written = DatumGetInt64(cursor_value(0, 1));
	SPI_finish();
	PG_RETURN_INT64(written);
}
