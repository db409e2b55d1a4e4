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

#include "access/table.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/id_list.h"
#include "base/saved_plan.h"
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

static Datum
array_of(Datum *items, bool *nulls, int count, Oid type)
{
	int16		length;
	bool		by_value;
	char		alignment;
	int			bound = 1;

	get_typlenbyvalalign(type, &length, &by_value, &alignment);
	return PointerGetDatum(construct_md_array(items, nulls, 1, &count, &bound, type,
											  length, by_value, alignment));
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

/*
 * Settling
 */

/* Runs a statement that Citus plans, for which a generic plan does not serve. */
static void
execute_once(const char *statement, int count, Oid *types, Datum *values)
{
	SPI_execute_with_args(statement, count, types, values, NULL, false, 0);
}

static Datum
returned_array(int column, Oid type)
{
	Datum	   *items = palloc(SPI_processed * sizeof(Datum));
	bool	   *nulls = palloc(SPI_processed * sizeof(bool));
	uint64		i;

	for (i = 0; i < SPI_processed; i++)
		items[i] = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc,
								 column, &nulls[i]);
	return array_of(items, nulls, (int) SPI_processed, type);
}

/* Writes as the owner, whose triggers on the shards would have written in a plain database. */
static void
write_copies(Oid schema, Datum *values)
{
	Oid			types[] = {UUIDARRAYOID, TEXTARRAYOID, TIMESTAMPTZARRAYOID};
	Relation	modules = table_open(get_relname_relid("generated_modules", schema), AccessShareLock);
	Oid			owner = modules->rd_rel->relowner;
	Oid			role;
	int			context;

	table_close(modules, NoLock);
	GetUserIdAndSecContext(&role, &context);
	SetUserIdAndSecContext(owner, context | SECURITY_LOCAL_USERID_CHANGE);
	execute_once(psprintf(write_statement, quote_identifier(get_namespace_name(schema))),
				 3, types, values);
	SetUserIdAndSecContext(role, context);
}

static void
settle_author(Oid schema, Datum author)
{
	Oid			types[] = {UUIDOID};
	Datum		values[3];

	/* in FROM, because Citus runs a call without it here */
	execute_once("SELECT p.module_id, p.status, p.unlocked_at FROM learnify_internal.take_pending_statuses($1) AS p",
				 1, types, &author);
	if (SPI_processed == 0)
		return;
	values[0] = returned_array(1, UUIDOID);
	values[1] = returned_array(2, TEXTOID);
	values[2] = returned_array(3, TIMESTAMPTZOID);
	write_copies(schema, values);
}

void
settle_module_statuses(Oid schema, const pg_uuid_t *author)
{
	uint64		i;

	SPI_connect();
	PushActiveSnapshot(GetTransactionSnapshot());
	if (author != NULL)
		settle_author(schema, UUIDPGetDatum(author));
	else
	{
		SPITupleTable *authors;
		uint64		count;

		execute_once("SELECT DISTINCT p.user_id FROM learnify_internal.pending_statuses AS p", 0, NULL, NULL);
		authors = SPI_tuptable;
		count = SPI_processed;
		for (i = 0; i < count; i++)
		{
			bool		isnull;

			settle_author(schema, SPI_getbinval(authors->vals[i], authors->tupdesc, 1, &isnull));
		}
	}
	PopActiveSnapshot();
	SPI_finish();
}
