/*
 * content_lock.c
 *		share_content() and require_latest_content(): the lock that serializes work in
 *		a course with changes of its content.
 *
 * Whoever counts work takes the lock in shared mode, whoever changes content in
 * exclusive mode. It is no lock on the course's row, because that would
 * also conflict with edits of the title, and because a session that deletes an
 * exercise could not take it without a deadlock: it has locked the exercise, for
 * which sessions wait that have locked the course.
 *
 * Above READ COMMITTED, a transaction may see an older state than that for which it
 * has waited. It then fails with a serialization failure.
 *
 * Cost: an entry of the lock table; above READ COMMITTED, reading the content or
 * the work of the course twice. Memory: a few allocations, in the current context.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "base/extension.h"
#include "base/object_locks.h"
#include "base/saved_plan.h"
#include "progress/content_lock.h"

PG_FUNCTION_INFO_V1(share_content);
PG_FUNCTION_INFO_V1(require_latest_content);

static ObjectLocks locks;

/* A hash of the modules and exercises of a course. */
static const char *const content_digest =
	"SELECT coalesce(bit_xor(hashtextextended(concat_ws(' ', m.id, m.module_number, e.id), 0)), 0)"
	" FROM %1$s.generated_modules AS m"
	" LEFT JOIN %1$s.exercises AS e ON e.module_id = m.id"
	" WHERE m.course_id = $1";

/* A hash of the enrolments and submissions in a course. */
static const char *const work_digest =
	"SELECT coalesce(bit_xor(hashtextextended(w.line, 0)), 0)"
	" FROM (SELECT p.user_id::text AS line"
	"       FROM %1$s.user_progress AS p"
	"       WHERE p.course_id = $1"
	"       UNION ALL"
	"       SELECT concat_ws(' ', s.id, s.user_id, s.exercise_id, s.passed, s.score, s.submitted_at)"
	"       FROM %1$s.generated_modules AS m"
	"       JOIN %1$s.module_completions AS s ON s.module_id = m.id"
	"       WHERE m.course_id = $1) AS w";

/* Whether the transaction's snapshot has the same digest as a new one. */
static bool
is_up_to_date(SavedPlan *saved, Oid schema, const char *digest,
			  const pg_uuid_t *course_id)
{
	Oid			types[] = {UUIDOID};
	Datum		values[] = {UUIDPGetDatum(course_id)};
	int64		latest;
	int64		seen;

	SPI_connect();
	latest = fetch_saved(saved, schema, digest, lengthof(types), types, values,
						 GetLatestSnapshot());
	seen = fetch_saved(saved, schema, digest, lengthof(types), types, values,
					   GetTransactionSnapshot());
	SPI_finish();
	return latest == seen;
}

static void
lock_content(Oid schema, const pg_uuid_t *course_id, bool is_shared)
{
	object_lock(&locks, schema, "generated_courses", course_id, is_shared);
}

void
raise_content_conflict(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("could not serialize access due to a concurrent change of a course's content"),
			 errhint("The transaction might succeed if retried.")));
}

bool
holds_course_content(void)
{
	return has_object_locks(&locks);
}

static void
require_seen_content(Oid schema, const pg_uuid_t *course_id)
{
	static SavedPlan saved;

	if (IsolationUsesXactSnapshot() &&
		!is_up_to_date(&saved, schema, content_digest, course_id))
		raise_content_conflict();
}

void
share_course_content(Oid schema, const pg_uuid_t *course_id)
{
	lock_content(schema, course_id, true);
	require_seen_content(schema, course_id);
}

void
hold_course_content(Oid schema, const pg_uuid_t *course_id)
{
	static SavedPlan saved;

	lock_content(schema, course_id, false);
	if (IsolationUsesXactSnapshot() &&
		!is_up_to_date(&saved, schema, work_digest, course_id))
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access due to concurrent work in a course"),
				 errhint("The transaction might succeed if retried.")));
}

/*
 * share_content(course_id uuid)
 */
Datum
share_content(PG_FUNCTION_ARGS)
{
	share_course_content(extension_schema(fcinfo->flinfo), PG_GETARG_UUID_P(0));
	PG_RETURN_VOID();
}

/*
 * require_latest_content(course_id uuid)
 */
Datum
require_latest_content(PG_FUNCTION_ARGS)
{
	require_seen_content(extension_schema(fcinfo->flinfo), PG_GETARG_UUID_P(0));
	PG_RETURN_VOID();
}
