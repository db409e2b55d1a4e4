/*
 * group_triggers.c
 *		on_each_group(): lets a trigger read and write what people do, where a
 *		replicated table is written.
 *
 * In a distributed database a trigger of such a table fires on each node for the
 * node's copy. Its function is called for each group of users whose shards are on
 * that node, so that the nodes together do what a plain database does with whole
 * tables. A trigger of a shard fires so too, after a foreign key has deleted or
 * changed rows of the shard: its function is called for the group of the shard.
 *
 * Cost: the function's, for each group. Memory: that of the function.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "parser/parse_func.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "distribution/shards.h"

PG_FUNCTION_INFO_V1(on_each_group);

typedef struct GroupTrigger
{
	FmgrInfo	function;
	TriggerData data;
	Trigger		trigger;
	Datum		result;
} GroupTrigger;

/* The first argument names the function, which gets the others. */
static void
find_function(GroupTrigger *group)
{
	List	   *name;
	Oid			function;

	if (group->trigger.tgnargs < 1)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("on_each_group needs the name of a function")));
	name = list_make2(makeString("learnify_internal"), makeString(group->trigger.tgargs[0]));
	function = LookupFuncName(name, 0, NULL, false);
	if (get_func_rettype(function) != TRIGGEROID)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" is no trigger", group->trigger.tgargs[0])));
	fmgr_info(function, &group->function);
	group->trigger.tgargs++;
	group->trigger.tgnargs--;
}

static void
call_for_group(void *argument)
{
	GroupTrigger *group = argument;
	LOCAL_FCINFO(call, 0);

	InitFunctionCallInfoData(*call, &group->function, 0, InvalidOid,
							 (Node *) &group->data, NULL);
	group->result = FunctionCallInvoke(call);
}

/*
 * on_each_group() returns trigger
 */
Datum
on_each_group(PG_FUNCTION_ARGS)
{
	GroupTrigger group;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("the function was not called by a trigger")));
	group.data = *(TriggerData *) fcinfo->context;
	group.trigger = *group.data.tg_trigger;
	group.data.tg_trigger = &group.trigger;
	find_function(&group);
	/* what a node without users does */
	group.result = PointerGetDatum(TRIGGER_FIRED_BY_UPDATE(group.data.tg_event) ?
								   group.data.tg_newtuple : group.data.tg_trigtuple);
	for_each_group_of(group.data.tg_relation, call_for_group, &group);
	return group.result;
}
