/*
 * learner_lock.c
 *		lock_learner(): serializes the sessions that write a learner's work.
 *
 * Under READ COMMITTED, a session that has waited for the lock reads what the
 * one before it has written. Under REPEATABLE READ and SERIALIZABLE it goes on
 * with its old snapshot, and since a lock leaves no new row version, nothing
 * in PostgreSQL refuses that: it would compare a review with all but the one
 * that has just been committed. So such a transaction looks for row versions
 * of the learner that its snapshot is too old for.
 *
 * Cost: an update's lock of a row. Under the higher isolation levels, also
 * reading all of the learner's work, once in a transaction. Memory: there, an
 * entry of a hash table for each learner, until the transaction ends.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/extension.h"
#include "base/indexed_table.h"
#include "base/row_versions.h"
#include "identity/acting_user.h"
#include "progress/learner_lock.h"

PG_FUNCTION_INFO_V1(lock_learner);

/* What the learner's triggers count or compare. */
static const char *const work_tables[] = {
	"user_progress", "module_completions", "architecture_reviews",
	"user_achievements", "user_course_interactions"
};

static const IndexColumn work_columns[] = {{"user_id", UUIDOID}};
static const IndexShape work_shape = {work_columns, 1, 1};

/* A learner of whom the transaction has seen everything under a lock. */
typedef struct LatestWork
{
	pg_uuid_t	user_id;
	LearnerLock lock;
} LatestWork;

static HTAB *latest_works = NULL;

/*
 * Learners who have been looked at
 */

static void
forget_at_end(XactEvent event, void *arg)
{
	(void) event;
	(void) arg;
	latest_works = NULL;		/* it goes with its memory context */
}

/* A subtransaction that is rolled back releases its locks. */
static void
forget_at_rollback(SubXactEvent event, SubTransactionId subtransaction,
				   SubTransactionId parent, void *arg)
{
	(void) subtransaction;
	(void) parent;
	(void) arg;
	if (event == SUBXACT_EVENT_ABORT_SUB && latest_works != NULL)
	{
		hash_destroy(latest_works);
		latest_works = NULL;
	}
}

static void
create_latest_works(void)
{
	static bool is_registered = false;
	HASHCTL		control = {
		.keysize = sizeof(LatestWork),
		.entrysize = sizeof(LatestWork),
		.hcxt = TopTransactionContext
	};

	if (!is_registered)
	{
		RegisterXactCallback(forget_at_end, NULL);
		RegisterSubXactCallback(forget_at_rollback, NULL);
		is_registered = true;
	}
	latest_works = hash_create("learnify learners", 32, &control,
							   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

static void
require_latest_rows(Oid schema, const char *table, const pg_uuid_t *user_id)
{
	if (has_newer_rows(schema, table, &work_shape, user_id,
					   GetTransactionSnapshot()))
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access due to concurrent work of a learner"),
				 errhint("The transaction might succeed if retried.")));
}

void
require_latest_work(Oid schema, const pg_uuid_t *user_id, LearnerLock lock)
{
	LatestWork	work;
	bool		is_known;
	Size		i;

	if (!IsolationUsesXactSnapshot())
		return;
	if (latest_works == NULL)
		create_latest_works();
	memset(&work, 0, sizeof(work));
	work.user_id = *user_id;
	work.lock = lock;
	hash_search(latest_works, &work, HASH_FIND, &is_known);
	if (is_known)
		return;
	for (i = 0; i < lengthof(work_tables); i++)
		require_latest_rows(schema, work_tables[i], user_id);
	hash_search(latest_works, &work, HASH_ENTER, NULL);
}

bool
hold_learner(Oid schema, const pg_uuid_t *user_id)
{
	IndexedTable users;
	bool		found;

	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	found = indexed_table_begin_locked_look_up(&users, schema, "users", user_id,
											   GetActiveSnapshot(),
											   LockTupleNoKeyExclusive,
											   true) == ROW_IS_LOCKED;
	indexed_table_end_reading(&users);
	PopActiveSnapshot();
	if (found)
		require_latest_work(schema, user_id, LEARNER_WORK_LOCK);
	return found;
}

/*
 * lock_learner(user_id uuid)
 *
 * erase_user() calls this, and goes on to delete the learner's courses. Of one
 * that its snapshot is too old for, it has no lock: it would wait for somebody
 * who has that course and waits for the learner.
 */
Datum
lock_learner(PG_FUNCTION_ARGS)
{
	static const char *const tables[] = {"users", NULL};
	Oid			schema = extension_schema(fcinfo->flinfo);
	pg_uuid_t  *user_id = PG_GETARG_UUID_P(0);
	bool		found;

	require_locker(schema, user_id, tables);
	found = hold_learner(schema, user_id);
	if (found && IsolationUsesXactSnapshot())
		require_latest_rows(schema, "generated_courses", user_id);
	PG_RETURN_BOOL(found);
}
