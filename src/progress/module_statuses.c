/*
 * module_statuses.c
 *		The status of modules, which shows the progress of the course's author.
 *
 * In a distributed database each node has a copy of the modules, and a trigger on
 * an author's shard cannot write all of them. It notes what it would write in
 * pending_statuses, beside the author's other rows. The node to which the author's
 * statement was sent then writes it on all, in the same transaction.
 *
 * Cost: an update by key of the modules whose status changes. Memory: 100 bytes
 * for each module of the course.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "base/arrays.h"
#include "base/compat.h"
#include "base/id_list.h"
#include "base/saved_plan.h"
#include "distribution/settling.h"
#include "distribution/shards.h"
#include "progress/module_statuses.h"

static const char write_statement[] =
"UPDATE %1$s.generated_modules AS m"
" SET status = s.status, unlocked_at = coalesce(m.unlocked_at, s.unlocked_at)"
" FROM unnest($1, $2, $3) AS s (id, status, unlocked_at)"
" WHERE m.id = s.id AND m.status <> s.status";

static const char note_statement[] =
"INSERT INTO learnify_internal.pending_statuses AS p (user_id, module_id, status, unlocked_at)"
" SELECT $4, s.id, s.status, s.unlocked_at"
" FROM unnest($1, $2, $3) AS s (id, status, unlocked_at)"
" JOIN %1$s.generated_modules AS m ON m.id = s.id"
" WHERE m.status <> s.status"
"    OR EXISTS (SELECT FROM learnify_internal.pending_statuses AS q WHERE q.user_id = $4 AND q.module_id = s.id)"
" ON CONFLICT (user_id, module_id) DO UPDATE"
" SET status = excluded.status, unlocked_at = coalesce(p.unlocked_at, excluded.unlocked_at)";

/* The module is being locked again, which leaves unlocked_at as it is. */
static bool
is_locked(const CourseModule *module)
{
	return strcmp(module->status, "locked") == 0;
}

void
write_module_statuses(Oid schema, const pg_uuid_t *user_id,
					  const CourseModules *modules, TimestampTz unlocked_at,
					  bool may_lock)
{
	static SavedPlan writing;
	static SavedPlan noting;
	Datum	   *ids = palloc(modules->count * sizeof(Datum));
	Datum	   *statuses = palloc(modules->count * sizeof(Datum));
	Datum	   *times = palloc(modules->count * sizeof(Datum));
	bool	   *has_no_time = palloc(modules->count * sizeof(bool));
	Oid			types[] = {UUIDARRAYOID, TEXTARRAYOID, TIMESTAMPTZARRAYOID, UUIDOID};
	Datum		values[4];
	int			count = 0;
	Size		i;

	for (i = 0; i < modules->count; i++)
	{
		const CourseModule *module = &modules->items[i];

		if (is_locked(module) && !may_lock)
			continue;
		ids[count] = UUIDPGetDatum(&module->id);
		statuses[count] = CStringGetTextDatum(module->status);
		times[count] = TimestampTzGetDatum(unlocked_at);
		has_no_time[count++] = is_locked(module);
	}
	values[0] = uuid_array(ids, count);
	values[1] = array_of(statuses, NULL, count, TEXTOID);
	values[2] = array_of(times, has_no_time, count, TIMESTAMPTZOID);
	values[3] = UUIDPGetDatum(user_id);
	if (sender_writes_copies())
		execute_saved(&noting, schema, note_statement, 4, types, values, NULL);
	else
		execute_saved(&writing, schema, write_statement, 3, types, values, NULL);
}

/* In FROM, because Citus runs a call without it here. */
static const PendingWork pending = {
	.users = "SELECT DISTINCT p.user_id FROM learnify_internal.pending_statuses AS p",
	.take = "SELECT p.module_id, p.status, p.unlocked_at FROM learnify_internal.take_pending_statuses($1) AS p",
	.write = write_statement,
	.columns = 3,
	.types = {UUIDOID, TEXTOID, TIMESTAMPTZOID}
};

void
settle_module_statuses(Oid schema, const pg_uuid_t *author)
{
	settle(schema, &pending, author);
}
