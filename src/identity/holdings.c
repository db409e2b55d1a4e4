/*
 * holdings.c
 *		require_latest_holdings(): whether a snapshot is too old for an erasure.
 *
 * erase_user() locks what goes with a person in one order, and then deletes it.
 * Under REPEATABLE READ and SERIALIZABLE it cannot lock rows that its snapshot is
 * too old for. The foreign keys would meet them, in any order, only to fail with a
 * serialization failure after a wait that may be a deadlock.
 *
 * Cost: under these isolation levels, a look-up in each table, and five for each
 * of the person's courses. Memory: none.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/snapmgr.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/extension.h"
#include "base/indexed_table.h"
#include "base/row_versions.h"

PG_FUNCTION_INFO_V1(require_latest_holdings);

/* A column that refers to a person, or to a course. */
typedef struct Reference
{
	const char *table;
	IndexColumn column;
} Reference;

static const Reference to_person[] = {
	{"recommendations", {"user_id", UUIDOID}},
	{"activity_feed", {"user_id", UUIDOID}},
	{"user_archetypes", {"user_id", UUIDOID}},
	{"user_variables", {"user_id", UUIDOID}},
	{"user_relationships", {"follower_id", UUIDOID}},
	{"user_relationships", {"following_id", UUIDOID}}
};

static const Reference to_person_internal[] = {
	{"follow_requests", {"follower_id", UUIDOID}},
	{"follow_requests", {"following_id", UUIDOID}},
	{"user_blocks", {"user_id", UUIDOID}},
	{"user_blocks", {"other_id", UUIDOID}},
	{"kept_completions", {"user_id", UUIDOID}},
	{"kept_completions", {"author_id", UUIDOID}},
	{"account_tokens", {"user_id", UUIDOID}}
};

static const Reference to_course[] = {
	{"user_progress", {"course_id", UUIDOID}},
	{"user_course_interactions", {"course_id", UUIDOID}},
	{"recommendations", {"course_id", UUIDOID}},
	{"trending_courses", {"course_id", UUIDOID}},
	{"course_tags", {"course_id", UUIDOID}}
};

static void
require_latest(Oid schema, const Reference *references, Size count,
			   const pg_uuid_t *id)
{
	Size		i;

	for (i = 0; i < count; i++)
	{
		IndexShape	shape = {&references[i].column, 1, 1};

		if (has_newer_rows(schema, references[i].table, &shape, id,
						   GetTransactionSnapshot()))
			ereport(ERROR,
					(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
					 errmsg("could not serialize access due to a concurrent change of \"%s\"",
							references[i].table),
					 errhint("The transaction might succeed if retried.")));
	}
}

/*
 * require_latest_holdings(user_id uuid, courses uuid[])
 */
Datum
require_latest_holdings(PG_FUNCTION_ARGS)
{
	Oid			schema = extension_schema(fcinfo->flinfo);
	pg_uuid_t  *user_id = PG_GETARG_UUID_P(0);
	Datum	   *courses;
	int			count;
	int			i;

	if (!IsolationUsesXactSnapshot())
		PG_RETURN_VOID();
	require_latest(schema, to_person, lengthof(to_person), user_id);
	require_latest(get_namespace_oid("learnify_internal", false),
				   to_person_internal, lengthof(to_person_internal), user_id);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), UUIDOID, UUID_LEN, false,
					  TYPALIGN_CHAR, &courses, NULL, &count);
	for (i = 0; i < count; i++)
		require_latest(schema, to_course, lengthof(to_course),
					   DatumGetUUIDP(courses[i]));
	PG_RETURN_VOID();
}
