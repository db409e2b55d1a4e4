/*
 * locked_keys.c
 *		execute_with_locked_keys(): runs a statement of the extension that locks the
 *		rows which its own refer to, so that foreign keys need not check each of its
 *		rows again.
 *
 * PostgreSQL checks a foreign key by a query for each row, which locks the row
 * referred to until the end of the transaction. Where the statement has locked it
 * already, FOR KEY SHARE as that query does, the check can find nothing else. So
 * the triggers of these checks are left out of the statement's plan. They stay where a
 * trigger that is not the extension's may put another value into the row.
 *
 * Cost: reading the triggers and the foreign keys of the table once for each
 * statement. Memory: none.
 */
#include "postgres.h"

#include "access/attnum.h"
#include "catalog/dependency.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "commands/extension.h"
#include "executor/executor.h"
#include "nodes/execnodes.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"

#include "base/compat.h"
#include "base/locked_keys.h"

/* What the next statement to write to the table has locked; NULL for none */
static const LockedKeys *locked_keys = NULL;
static Oid	locked_schema = InvalidOid;

static ExecutorStart_hook_type previous_start = NULL;

static bool
is_own_function(Oid function)
{
	Oid			extension = getExtensionOfObject(ProcedureRelationId, function);

	return OidIsValid(extension) &&
		extension == get_extension_oid("learnify", true);
}

/* Whether somebody else's trigger may change the row. */
static bool
may_change_row(const Trigger *trigger)
{
	return TRIGGER_FOR_ROW(trigger->tgtype) &&
		TRIGGER_FOR_BEFORE(trigger->tgtype) &&
		TRIGGER_FOR_INSERT(trigger->tgtype) &&
		!is_own_function(trigger->tgfoid);
}

static bool
is_key(const ForeignKeyCacheInfo *key, const LockedKey *locked)
{
	return key->nkeys == 1 &&
		key->conkey[0] == get_attnum(key->conrelid, locked->column) &&
		key->confrelid == get_relname_relid(locked->referenced, locked_schema) &&
		key->confkey[0] == get_attnum(key->confrelid, "id");
}

/* Whether the trigger checks a foreign key whose row is locked. */
static bool
is_needless(const Trigger *trigger, List *keys, const LockedKeys *locked)
{
	ListCell   *cell;
	int			i;

	if (trigger->tgfoid != F_RI_FKEY_CHECK_INS)
		return false;
	foreach(cell, keys)
	{
		const ForeignKeyCacheInfo *key = lfirst(cell);

		for (i = 0; i < locked->count; i++)
			if (key->conoid == trigger->tgconstraint &&
				is_key(key, &locked->keys[i]))
				return true;
	}
	return false;
}

/*
 * Leaves the triggers out of a plan that has not begun. The plan has its own list of
 * them, but not of the foreign keys, which an invalidation may free.
 */
static void
leave_out_checks(ResultRelInfo *target, const LockedKeys *locked)
{
	TriggerDesc *triggers = target->ri_TrigDesc;
	List	   *keys = copyObject(RelationGetFKeyList(target->ri_RelationDesc));
	int			kept = 0;
	int			i;

	for (i = 0; triggers != NULL && i < triggers->numtriggers; i++)
		if (may_change_row(&triggers->triggers[i]))
			return;
	for (i = 0; triggers != NULL && i < triggers->numtriggers; i++)
		if (!is_needless(&triggers->triggers[i], keys, locked))
			triggers->triggers[kept++] = triggers->triggers[i];
	if (triggers != NULL)
		triggers->numtriggers = kept;
}

static void
start_plan(QueryDesc *query, int flags)
{
	const LockedKeys *locked = locked_keys;
	ListCell   *cell;

	if (previous_start)
		previous_start(query, flags);
	else
		standard_ExecutorStart(query, flags);
	if (locked == NULL)
		return;
	foreach(cell, query->estate->es_opened_result_relations)
	{
		ResultRelInfo *target = lfirst(cell);

		if (RelationGetRelid(target->ri_RelationDesc) !=
			get_relname_relid(locked->table, locked_schema))
			continue;
		leave_out_checks(target, locked);
		/* What triggers of this statement write is not locked. */
		locked_keys = NULL;
	}
}

/* The hook stays, since another library may have hooked itself before it. */
static void
hook_start(void)
{
	static bool is_hooked = false;

	if (is_hooked)
		return;
	previous_start = ExecutorStart_hook;
	ExecutorStart_hook = start_plan;
	is_hooked = true;
}

void
execute_with_locked_keys(SavedPlan *saved, Oid schema, const char *statement,
						 int count, Oid *types, Datum *values,
						 const LockedKeys *locked)
{
	hook_start();
	PG_TRY();
	{
		locked_keys = locked;
		locked_schema = schema;
		execute_saved(saved, schema, statement, count, types, values, NULL);
	}
	PG_FINALLY();
	{
		locked_keys = NULL;
	}
	PG_END_TRY();
}
