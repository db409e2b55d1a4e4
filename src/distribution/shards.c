/*
 * shards.c
 *		Lets what the extension does about one user run on that user's shards.
 *
 * In a database that learnify_distribute() has distributed with Citus, a table
 * is either replicated, so that each node has a copy, or distributed by user. The
 * shards of all tables that have the same users' rows form a group, and are on
 * the same node. A trigger of a shard, and a function that Citus delegates to the
 * node of a user's shards, touch nothing but that group and the copies. While such
 * a statement runs, the names of the extension's tables stand for the shards of
 * its group and for the copies: the planner is given these instead. So the same
 * functions serve both shapes, and none of their statements leaves the node.
 *
 * A plan that was made for one group serves the others: the executor gets a copy
 * of it in which the relations and indexes are exchanged. Such a plan also
 * depends on the tables that it was made for, by which it is told from a statement
 * that names shards itself, as those of Citus and of foreign keys do.
 *
 * Nothing is installed where Citus is not loaded.
 *
 * Cost: with Citus, a look-up for each relation of each statement. On a shard, a
 * copy of the plan where it was made for another group. Memory: what Citus knows
 * of the extension's tables, for the session.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_language.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "common/hashfn.h"
#include "executor/executor.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "nodes/plannodes.h"
#include "optimizer/planner.h"
#include "parser/parse_func.h"
#include "parser/parsetree.h"
#include "storage/lmgr.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/syscache.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/growing_array.h"
#include "distribution/authors.h"
#include "distribution/shards.h"
#include "progress/module_statuses.h"
#include "progress/review_renewals.h"

PG_FUNCTION_INFO_V1(is_coordinating);
PG_FUNCTION_INFO_V1(is_on_node);
PG_FUNCTION_INFO_V1(require_group_of_user);
PG_FUNCTION_INFO_V1(node_anchors);

/* Where a statement runs: on the shards of the group of this number, or else: */
#define NOT_ON_SHARD	(-2)	/* it names tables, not shards */
#define ON_COPY			(-1)	/* on the copies of replicated tables */
#define ON_GATHERED		(-3)	/* on those copies, and on what gather_table() has copied */
#define ON_READ_COPY	(-4)	/* on those copies, of one node only: nothing may write them */

/* What Citus knows of one of the extension's tables. */
typedef struct DistributedTable
{
	Oid			table;			/* hash key */
	bool		is_replicated;
} DistributedTable;

typedef struct Shard
{
	int64		id;				/* hash key */
	Oid			table;
	int			group;			/* ON_COPY of a replicated table */
	int32		node;			/* of a copy, any that has one */
	bool		is_here;
} Shard;

/* A part of a table, by which it is found. */
typedef struct ShardOfTable
{
	Oid			table;
	int			group;
} ShardOfTable;

typedef struct ShardOfTableEntry
{
	ShardOfTable key;
	int64		id;
	int32		node;
	bool		is_here;
} ShardOfTableEntry;

/* A function that runs on the node of a user's shards. */
typedef struct DelegatedFunction
{
	Oid			function;		/* hash key */
	int			argument;
} DelegatedFunction;

/* The least hash of each group, in order. */
typedef struct Groups
{
	int32	   *items;
	Size		count;
	Size		allocated;
} Groups;

static MemoryContext known_context = NULL;
static bool is_known = false;
static bool is_reading = false;
static HTAB *tables;
static HTAB *shards;
static HTAB *shards_of_tables;
static HTAB *functions;
static Groups groups;
static Oid	submissions;		/* module_completions, if it is distributed */

static int	current = NOT_ON_SHARD;

/* How many statements are being planned or run within each other. */
static int	depth = 0;

/* Whether saved plans have been made on a shard, and elsewhere. */
static bool planned_on_shard = false;
static bool planned_elsewhere = false;

static planner_hook_type next_planner = NULL;
static create_upper_paths_hook_type next_upper_paths = NULL;
static ExecutorStart_hook_type next_start = NULL;
static ExecutorRun_hook_type next_run = NULL;
static ExecutorFinish_hook_type next_finish = NULL;
static ProcessUtility_hook_type next_utility = NULL;
static needs_fmgr_hook_type next_needs_fmgr = NULL;
static bool is_installed = false;

/*
 * What Citus knows
 */

static void
forget_known(Datum argument, Oid relation)
{
	(void) argument;
	if (!is_known)
		return;
	if (!OidIsValid(relation) || hash_get_num_entries(tables) == 0 ||
		hash_search(tables, &relation, HASH_FIND, NULL) != NULL)
		is_known = false;
}

static HTAB *
make_table(const char *name, Size key, Size entry)
{
	HASHCTL		control = {
		.keysize = key,
		.entrysize = entry,
		.hcxt = known_context
	};

	return hash_create(name, 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

/* A row of a catalog of Citus. */
typedef struct CatalogScan
{
	Relation	catalog;
	SysScanDesc scan;
	HeapTuple	row;
} CatalogScan;

static bool
catalog_scan_begin(CatalogScan *scan, const char *name)
{
	Oid			catalog = get_relname_relid(name, PG_CATALOG_NAMESPACE);

	if (!OidIsValid(catalog))
		return false;
	scan->catalog = table_open(catalog, AccessShareLock);
	scan->scan = systable_beginscan(scan->catalog, InvalidOid, false, NULL, 0, NULL);
	return true;
}

static bool
catalog_scan_next(CatalogScan *scan)
{
	scan->row = systable_getnext(scan->scan);
	return HeapTupleIsValid(scan->row);
}

static void
catalog_scan_end(CatalogScan *scan)
{
	systable_endscan(scan->scan);
	table_close(scan->catalog, AccessShareLock);
}

static Datum
catalog_value(CatalogScan *scan, const char *column, bool *isnull)
{
	return heap_getattr(scan->row,
						get_attnum(RelationGetRelid(scan->catalog), column),
						RelationGetDescr(scan->catalog), isnull);
}

static Datum
catalog_filled_value(CatalogScan *scan, const char *column)
{
	bool		isnull;
	Datum		value = catalog_value(scan, column, &isnull);

	if (isnull)
		elog(ERROR, "column \"%s\" of a catalog of Citus is null", column);
	return value;
}

static void
read_tables(Oid extension)
{
	CatalogScan scan;

	if (!catalog_scan_begin(&scan, "pg_dist_partition"))
		return;
	while (catalog_scan_next(&scan))
	{
		Oid			table = DatumGetObjectId(catalog_filled_value(&scan, "logicalrelid"));
		DistributedTable *entry;

		if (getExtensionOfObject(RelationRelationId, table) != extension)
			continue;
		entry = hash_search(tables, &table, HASH_ENTER, NULL);
		entry->is_replicated = DatumGetChar(catalog_filled_value(&scan, "partmethod")) == 'n';
		if (strcmp(get_rel_name(table), "module_completions") == 0)
			submissions = table;
	}
	catalog_scan_end(&scan);
}

static int
compare_least(const void *a, const void *b)
{
	int32		one = *(const int32 *) a;
	int32		other = *(const int32 *) b;

	return one < other ? -1 : one > other;
}

static void
add_group(int32 least)
{
	Size		i;

	for (i = 0; i < groups.count; i++)
		if (groups.items[i] == least)
			return;
	*growing_array_append(&groups) = least;
}

static int32
least_hash(CatalogScan *scan)
{
	bool		isnull;
	Datum		value = catalog_value(scan, "shardminvalue", &isnull);

	return isnull ? PG_INT32_MIN :
		pg_strtoint32(text_to_cstring(DatumGetTextPP(value)));
}

/* The group of a hash. */
static int
find_group(int32 hash)
{
	int			group = 0;

	while (group + 1 < (int) groups.count && groups.items[group + 1] <= hash)
		group++;
	return group;
}

static int
group_of_user(const pg_uuid_t *user_id)
{
	return find_group((int32) hash_bytes(user_id->data, UUID_LEN));
}

/* The group's shard of submissions, beside which all others are; NULL if there is none. */
static const ShardOfTableEntry *
shard_of_group(int group)
{
	ShardOfTable key = {.table = submissions, .group = group};

	return hash_search(shards_of_tables, &key, HASH_FIND, NULL);
}

static void
read_groups(void)
{
	CatalogScan scan;

	if (!catalog_scan_begin(&scan, "pg_dist_shard"))
		return;
	while (catalog_scan_next(&scan))
	{
		Oid			table = DatumGetObjectId(catalog_filled_value(&scan, "logicalrelid"));
		DistributedTable *known = hash_search(tables, &table, HASH_FIND, NULL);

		if (known != NULL && !known->is_replicated)
			add_group(least_hash(&scan));
	}
	catalog_scan_end(&scan);
	if (groups.count > 1)
		qsort(groups.items, groups.count, sizeof(int32), compare_least);
}

static void
read_shards(void)
{
	CatalogScan scan;

	if (!catalog_scan_begin(&scan, "pg_dist_shard"))
		return;
	while (catalog_scan_next(&scan))
	{
		Oid			table = DatumGetObjectId(catalog_filled_value(&scan, "logicalrelid"));
		DistributedTable *known = hash_search(tables, &table, HASH_FIND, NULL);
		int64		id = DatumGetInt64(catalog_filled_value(&scan, "shardid"));
		Shard	   *shard;

		if (known == NULL)
			continue;
		shard = hash_search(shards, &id, HASH_ENTER, NULL);
		shard->table = table;
		shard->group = known->is_replicated ? ON_COPY : find_group(least_hash(&scan));
		shard->node = 0;
		shard->is_here = false;
	}
	catalog_scan_end(&scan);
}

static int32
local_node_group(void)
{
	CatalogScan scan;
	int32		group = 0;

	if (!catalog_scan_begin(&scan, "pg_dist_local_group"))
		return group;
	if (catalog_scan_next(&scan))
		group = DatumGetInt32(catalog_filled_value(&scan, "groupid"));
	catalog_scan_end(&scan);
	return group;
}

static void
read_placements(void)
{
	int32		here = local_node_group();
	CatalogScan scan;

	if (!catalog_scan_begin(&scan, "pg_dist_placement"))
		return;
	while (catalog_scan_next(&scan))
	{
		int64		id = DatumGetInt64(catalog_filled_value(&scan, "shardid"));
		Shard	   *shard = hash_search(shards, &id, HASH_FIND, NULL);

		if (shard == NULL)
			continue;
		shard->node = DatumGetInt32(catalog_filled_value(&scan, "groupid"));
		if (shard->node == here)
			shard->is_here = true;
	}
	catalog_scan_end(&scan);
}

static void
index_shards(void)
{
	HASH_SEQ_STATUS status;
	Shard	   *shard;

	hash_seq_init(&status, shards);
	while ((shard = hash_seq_search(&status)) != NULL)
	{
		ShardOfTable key = {.table = shard->table, .group = shard->group};
		ShardOfTableEntry *entry = hash_search(shards_of_tables, &key, HASH_ENTER, NULL);

		entry->id = shard->id;
		entry->node = shard->node;
		entry->is_here = shard->is_here;
	}
}

static void
read_functions(Oid extension)
{
	CatalogScan scan;

	if (!catalog_scan_begin(&scan, "pg_dist_object"))
		return;
	while (catalog_scan_next(&scan))
	{
		Oid			function = DatumGetObjectId(catalog_filled_value(&scan, "objid"));
		DelegatedFunction *entry;
		bool		isnull;
		Datum		argument = catalog_value(&scan, "distribution_argument_index", &isnull);

		if (isnull ||
			DatumGetObjectId(catalog_filled_value(&scan, "classid")) != ProcedureRelationId ||
			getExtensionOfObject(ProcedureRelationId, function) != extension)
			continue;
		entry = hash_search(functions, &function, HASH_ENTER, NULL);
		entry->argument = DatumGetInt32(argument);
	}
	catalog_scan_end(&scan);
}

static void
read_known(void)
{
	Oid			extension = get_extension_oid("learnify", true);
	MemoryContext old;

	if (known_context == NULL)
		known_context = AllocSetContextCreate(TopMemoryContext, "learnify shards",
											  ALLOCSET_DEFAULT_SIZES);
	MemoryContextReset(known_context);
	old = MemoryContextSwitchTo(known_context);
	groups = (Groups) {0};
	submissions = InvalidOid;
	tables = make_table("learnify distributed tables", sizeof(Oid), sizeof(DistributedTable));
	shards = make_table("learnify shards", sizeof(int64), sizeof(Shard));
	shards_of_tables = make_table("learnify shards of tables", sizeof(ShardOfTable),
								  sizeof(ShardOfTableEntry));
	functions = make_table("learnify delegated functions", sizeof(Oid),
						   sizeof(DelegatedFunction));
	/* what is invalidated while it is read is read again */
	is_known = true;
	if (OidIsValid(extension))
	{
		read_tables(extension);
		read_groups();
		read_shards();
		read_placements();
		index_shards();
		read_functions(extension);
	}
	MemoryContextSwitchTo(old);
}

/* Whether the extension's tables are distributed; reads how, if need be. */
static bool
is_distributed(void)
{
	int			tries;

	if (!is_installed || is_reading || !IsTransactionState() ||
		IsAbortedTransactionBlockState())
		return false;
	for (tries = 0; !is_known && tries < 10; tries++)
	{
		is_reading = true;
		PG_TRY();
		{
			read_known();
		}
		PG_CATCH();
		{
			is_known = is_reading = false;
			PG_RE_THROW();
		}
		PG_END_TRY();
		is_reading = false;
	}
	return is_known && groups.count > 0;
}

/*
 * From tables to shards and back
 */

/* The number at the end of a shard's name; 0 of another one. */
static int64
number_in_name(const char *name, const char **underscore)
{
	const char *last = strrchr(name, '_');
	char	   *end;
	int64		number;

	if (last == NULL || last[1] < '1' || last[1] > '9')
		return 0;
	number = strtoi64(last + 1, &end, 10);
	if (*end != '\0')
		return 0;
	if (underscore != NULL)
		*underscore = last;
	return number;
}

/* Returns NULL where the relation is no shard of a table of the extension. */
static Shard *
find_shard(Oid relation)
{
	char	   *name = get_rel_name(relation);
	int64		id = name == NULL ? 0 : number_in_name(name, NULL);
	Shard	   *shard = id == 0 ? NULL : hash_search(shards, &id, HASH_FIND, NULL);

	if (shard == NULL ||
		get_rel_namespace(relation) != get_rel_namespace(shard->table))
		return NULL;
	return shard;
}

static Oid
find_relation(Oid table, int group)
{
	ShardOfTable key = {.table = table, .group = group};
	ShardOfTableEntry *entry = hash_search(shards_of_tables, &key, HASH_FIND, NULL);
	Oid			relation = InvalidOid;

	if (entry != NULL && entry->is_here)
		relation = get_relname_relid(psprintf("%s_" INT64_FORMAT, get_rel_name(table),
											  entry->id),
									 get_rel_namespace(table));
	if (!OidIsValid(relation))
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("the shard of table \"%s\" is not on this node", get_rel_name(table)),
				 errhint("It may have been moved. Try again.")));
	return relation;
}

static void
refuse_learners_rows(Oid table)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("what this needs of table \"%s\" is not available in a distributed database",
					get_rel_name(table)),
			 errdetail("The table is distributed by user, and this is not about one user in a statement of its own."),
			 errhint("doc/distributed.md lists what works there.")));
}

/*
 * The session's copy of a table's rows, if the current role has made it: a function
 * that runs as another must not meet what that role has attached to it.
 */
static Oid
gathered_relation(Oid table)
{
	Oid			schema = LookupExplicitNamespace("pg_temp", true);
	Oid			relation;
	HeapTuple	row;
	bool		is_own;

	if (!OidIsValid(schema))
		return InvalidOid;
	relation = get_relname_relid(psprintf("learnify_gathered_%s", get_rel_name(table)), schema);
	row = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
	if (!HeapTupleIsValid(row))
		return InvalidOid;
	is_own = ((Form_pg_class) GETSTRUCT(row))->relowner == GetUserId();
	ReleaseSysCache(row);
	return is_own ? relation : InvalidOid;
}

Oid
local_relation(Oid table)
{
	DistributedTable *known;

	if (!is_distributed())
		return table;
	if (current == ON_GATHERED)
	{
		Oid			gathered = gathered_relation(table);

		if (OidIsValid(gathered))
			return gathered;
	}
	known = hash_search(tables, &table, HASH_FIND, NULL);
	if (known == NULL)
		return table;
	if (known->is_replicated)
		return find_relation(table, ON_COPY);
	if (current < 0)
		refuse_learners_rows(table);
	return find_relation(table, current);
}

Oid
table_of_shard(Oid relation)
{
	Shard	   *shard = is_distributed() ? find_shard(relation) : NULL;

	return shard == NULL ? relation : shard->table;
}

const char *
own_table_name(Relation relation)
{
	Oid			table = table_of_shard(RelationGetRelid(relation));

	return table == RelationGetRelid(relation) ?
		RelationGetRelationName(relation) : get_rel_name(table);
}

void
require_user_here(const pg_uuid_t *user_id)
{
	if (current >= 0 && is_distributed() &&
		group_of_user(user_id) != current)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("a statement about several users is not available in a distributed database"),
				 errhint("Call the function in a statement of its own for each user.")));
}

void
require_known_place(Relation relation)
{
	if (current == NOT_ON_SHARD && is_distributed() &&
		find_shard(RelationGetRelid(relation)) != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("a shard of table \"%s\" cannot be written in this way", own_table_name(relation)),
				 errhint("Set citus.enable_local_execution to off on each node.")));
}

/*
 * Where a statement runs
 */

static void
forget_plans(bool *planned)
{
	if (*planned)
	{
		*planned = false;
		ResetPlanCache();
	}
}

/* Plans that were saved on a shard do not serve elsewhere, nor the reverse. */
static void
forget_other_plans(void)
{
	forget_plans(current != NOT_ON_SHARD ? &planned_elsewhere : &planned_on_shard);
}

static void
move_to(int place)
{
	current = place;
	forget_other_plans();
}

/*
 * The session keeps the plans that a call for a group of users has saved, because the
 * next statement that the client sends usually is such a call. It forgets them when any
 * other statement begins that may use saved plans, also one on a copy, for which a
 * group's plans are not valid.
 */
static void
begin_on(int place, bool uses_saved_plans)
{
	depth++;
	current = place;
	if (depth > 1 || uses_saved_plans)
		forget_other_plans();
	if (depth == 1 && place < 0 && uses_saved_plans)
		forget_plans(&planned_on_shard);
}

static void
return_to(int place)
{
	depth--;
	current = place;
	if (depth > 0)
		forget_other_plans();
}

/*
 * Citus begins a transaction on a node by a statement that does nothing but call one of
 * its C functions with constants. Such a statement uses no saved plans.
 */
static bool
is_builtin_call(Node *expression)
{
	FuncExpr   *call = (FuncExpr *) expression;
	ListCell   *cell;

	if (IsA(expression, Const))
		return true;
	if (!IsA(expression, FuncExpr) || get_func_namespace(call->funcid) != PG_CATALOG_NAMESPACE)
		return false;
	foreach(cell, call->args)
		if (!is_builtin_call(lfirst(cell)))
			return false;
	return true;
}

static bool
is_one_builtin_call(List *columns)
{
	return list_length(columns) == 1 &&
		is_builtin_call((Node *) linitial_node(TargetEntry, columns)->expr);
}

static bool
query_may_use_saved_plans(const Query *query)
{
	return query->commandType != CMD_SELECT || query->rtable != NIL || query->cteList != NIL ||
		query->jointree->quals != NULL || query->havingQual != NULL ||
		query->limitCount != NULL || query->limitOffset != NULL ||
		!is_one_builtin_call(query->targetList);
}

static bool
plan_may_use_saved_plans(const PlannedStmt *plan)
{
	const Result *result = (const Result *) plan->planTree;

	return plan->commandType != CMD_SELECT || !IsA(result, Result) || plan->subplans != NIL ||
		outerPlan(result) != NULL || result->plan.qual != NIL || result->resconstantqual != NULL ||
		!is_one_builtin_call(result->plan.targetlist);
}

/* The end of a transaction runs deferred triggers, which may use saved plans. */
static bool
utility_may_use_saved_plans(const Node *utility)
{
	return !IsA(utility, VariableSetStmt) &&
		!(IsA(utility, TransactionStmt) &&
		  (((const TransactionStmt *) utility)->kind == TRANS_STMT_BEGIN ||
		   ((const TransactionStmt *) utility)->kind == TRANS_STMT_START));
}

/*
 * While a function runs to which learnify_distribute() has given the setting, the
 * names of replicated tables stand for the copies of this node.
 */
static bool reads_copies_setting = false;
static bool reads_copies = false;

static void
assign_reads_copies(bool value, void *extra)
{
	(void) extra;
	if (value && !reads_copies && current == NOT_ON_SHARD)
	{
		reads_copies = true;
		move_to(ON_COPY);
	}
	else if (!value && reads_copies)
	{
		reads_copies = false;
		move_to(NOT_ON_SHARD);
	}
}

/*
 * Returns where a statement runs that names these relations. Triggers of a copy run
 * on each node, and write copies. What a query calls that reads a copy does so where
 * Citus has sent it: it may ask no other nodes then, nor write what they have, too.
 */
static int
place_of_relations(List *relations, bool writes)
{
	int			place = current;
	ListCell   *cell;

	foreach(cell, relations)
	{
		Shard	   *shard = find_shard(lfirst_oid(cell));

		if (shard == NULL)
			continue;
		if (shard->group >= 0)
			return shard->group;
		if (place == NOT_ON_SHARD && writes)
			place = ON_COPY;
		else if (place == NOT_ON_SHARD && is_session_of_node())
			place = ON_READ_COPY;
	}
	return place;
}

/*
 * Whether names of tables were exchanged for shards when the plan was made: then it
 * depends on both. A plan that only has a constant of type regclass depends on the
 * table, too.
 */
static bool
was_exchanged(const PlannedStmt *plan)
{
	ListCell   *cell;

	foreach(cell, plan->relationOids)
	{
		Shard	   *shard = find_shard(lfirst_oid(cell));

		if (shard != NULL && list_member_oid(plan->relationOids, shard->table))
			return true;
	}
	return false;
}

/*
 * The planner
 */

typedef struct Exchange
{
	ParamListInfo parameters;
	List	   *relations;		/* that the query names */
	List	   *tables;			/* that have been exchanged */
	List	   *calls;			/* of delegated functions */
	List	   *users;			/* whose progress it writes; NULL is unknown */
	bool		corrects_code;	/* of their submissions */
	bool		exchanges;
} Exchange;

static void
exchange_relation(RangeTblEntry *entry, Query *query, Exchange *exchange)
{
	Oid			table = entry->relid;

	exchange->relations = lappend_oid(exchange->relations, table);
	if (!exchange->exchanges || hash_search(tables, &table, HASH_FIND, NULL) == NULL)
		return;
	entry->relid = local_relation(table);
	LockRelationOid(entry->relid, entry->rellockmode);
#if PG_VERSION_NUM >= 160000
	if (entry->perminfoindex > 0)
		list_nth_node(RTEPermissionInfo, query->rteperminfos,
					  entry->perminfoindex - 1)->relid = entry->relid;
#else
	(void) query;
#endif
	exchange->tables = list_append_unique_oid(exchange->tables, table);
}

/* What a query compares with the column of the table that it writes, if it does. */
static Node *
compared_with(Node *qualifiers, int relation, AttrNumber column)
{
	ListCell   *cell;

	foreach(cell, make_ands_implicit((Expr *) qualifiers))
	{
		OpExpr	   *comparison = lfirst(cell);
		Var		   *variable;

		if (!IsA(comparison, OpExpr) || get_opcode(comparison->opno) != F_UUID_EQ)
			continue;
		variable = linitial(comparison->args);
		if (IsA(variable, Var) && variable->varno == relation && variable->varattno == column)
			return lsecond(comparison->args);
	}
	return NULL;
}

/*
 * Whether what is written in the table changes how far learners are. A new enrolment
 * has the progress of earlier work.
 */
static bool
changes_progress(Oid table, bool inserts)
{
	const char *name;

	if (hash_search(tables, &table, HASH_FIND, NULL) == NULL)
		return false;
	name = get_rel_name(table);
	return table == submissions || strcmp(name, "exercises") == 0 ||
		strcmp(name, "generated_modules") == 0 ||
		(inserts && strcmp(name, "user_progress") == 0);
}

/* Whether the query may make the ticket of a review stale. */
static bool
corrects_code(Query *query, Oid written)
{
	List	   *targets = query->commandType == CMD_UPDATE ? query->targetList :
		query->onConflict != NULL ? query->onConflict->onConflictSet : NIL;
	ListCell   *cell;

	foreach(cell, targets)
	{
		const char *column = get_attname(written, lfirst_node(TargetEntry, cell)->resno, false);

		if (strcmp(column, "submitted_code") == 0 || strcmp(column, "language") == 0 ||
			strcmp(column, "id") == 0)
			return true;
	}
	return false;
}

/* Notes whose progress a query writes; of content, that of any authors. */
static void
add_written_user(Query *query, Exchange *exchange)
{
	Node	   *user = NULL;
	Oid			written;
	AttrNumber	column;
	ListCell   *cell;

	if (query->resultRelation == 0)
		return;
	written = rt_fetch(query->resultRelation, query->rtable)->relid;
	if (!changes_progress(written, query->commandType == CMD_INSERT))
		return;
	column = get_attnum(written, "user_id");
	if (query->commandType != CMD_INSERT)
		user = compared_with(query->jointree->quals, query->resultRelation, column);
	else
		foreach(cell, query->targetList)
			if (lfirst_node(TargetEntry, cell)->resno == column)
				user = (Node *) lfirst_node(TargetEntry, cell)->expr;
	exchange->users = lappend(exchange->users, user);
	if (written == submissions && corrects_code(query, written))
		exchange->corrects_code = true;
}

/*
 * The user that a call names, which may name its arguments, too; NULL where it leaves
 * the user to the default.
 */
static Node *
user_of_call(const FuncExpr *call, const DelegatedFunction *function)
{
	ListCell   *cell;

	foreach(cell, call->args)
	{
		Node	   *argument = lfirst(cell);

		if (!IsA(argument, NamedArgExpr) && foreach_current_index(cell) == function->argument)
			return argument;
		if (IsA(argument, NamedArgExpr) &&
			((NamedArgExpr *) argument)->argnumber == function->argument)
			return (Node *) ((NamedArgExpr *) argument)->arg;
	}
	return NULL;
}

static void
add_call(FuncExpr *call, Exchange *exchange)
{
	DelegatedFunction *function = hash_search(functions, &call->funcid, HASH_FIND, NULL);
	Node	   *user;

	if (function == NULL)
		return;
	exchange->calls = lappend(exchange->calls, call);
	user = user_of_call(call, function);
	if (user != NULL && func_volatile(call->funcid) == PROVOLATILE_VOLATILE)
		exchange->users = lappend(exchange->users, user);
}

static bool
exchange_walker(Node *node, void *context)
{
	Exchange   *exchange = context;

	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		Query	   *query = (Query *) node;
		ListCell   *cell;

		foreach(cell, query->rtable)
		{
			RangeTblEntry *entry = lfirst_node(RangeTblEntry, cell);

			if (entry->rtekind == RTE_RELATION)
				exchange_relation(entry, query, exchange);
		}
		if (!exchange->exchanges)
			add_written_user(query, exchange);
		return query_tree_walker(query, exchange_walker, exchange, 0);
	}
	if (IsA(node, FuncExpr) && !exchange->exchanges)
		add_call((FuncExpr *) node, exchange);
	return expression_tree_walker(node, exchange_walker, exchange);
}

/* The group of the user that a delegated function is called for. */
static int
group_of_call(const FuncExpr *call, ParamListInfo parameters)
{
	DelegatedFunction *function = hash_search(functions, &call->funcid, HASH_FIND, NULL);
	Node	   *argument = user_of_call(call, function);
	Datum		value = (Datum) 0;
	bool		isnull = true;
	const ShardOfTableEntry *entry;

	if (argument == NULL)
		return NOT_ON_SHARD;
	if (IsA(argument, Const))
	{
		value = ((Const *) argument)->constvalue;
		isnull = ((Const *) argument)->constisnull;
	}
	else if (IsA(argument, Param) && ((Param *) argument)->paramkind == PARAM_EXTERN)
		isnull = !read_parameter(parameters, ((Param *) argument)->paramid, &value);
	if (isnull || exprType(argument) != UUIDOID)
		return NOT_ON_SHARD;
	entry = shard_of_group(group_of_user(DatumGetUUIDP(value)));
	return entry != NULL && entry->is_here ? entry->key.group : NOT_ON_SHARD;
}

static bool
names_tables(List *relations)
{
	ListCell   *cell;

	foreach(cell, relations)
		if (hash_search(tables, &lfirst_oid(cell), HASH_FIND, NULL) != NULL)
			return true;
	return false;
}

/*
 * The group of the users that delegated functions are called for, if it is one,
 * and nothing else of the statement needs tables of the extension.
 */
static int
group_of_calls(const Exchange *exchange)
{
	int			place = NOT_ON_SHARD;
	ListCell   *cell;

	if (names_tables(exchange->relations))
		return NOT_ON_SHARD;
	foreach(cell, exchange->calls)
	{
		int			group = group_of_call(lfirst(cell), exchange->parameters);

		if (group == NOT_ON_SHARD || (place != NOT_ON_SHARD && group != place))
			return NOT_ON_SHARD;
		place = group;
	}
	return place;
}

/* A relation of the group, for a plan of a delegated call to depend on. */
static Oid
any_relation(int group)
{
	const ShardOfTableEntry *entry = shard_of_group(group);

	return entry == NULL ? InvalidOid : find_relation(entry->key.table, group);
}

static PlannedStmt *
plan_next(Query *query, const char *text, int options, ParamListInfo parameters)
{
	return next_planner != NULL ?
		next_planner(query, text, options, parameters) :
		standard_planner(query, text, options, parameters);
}

static PlannedStmt *
plan_at(int place, Exchange *exchange, Query *query, const char *text, int options)
{
	int			outer = current;
	PlannedStmt *volatile plan;

	begin_on(place, query_may_use_saved_plans(query));
	PG_TRY();
	{
		if (place != NOT_ON_SHARD)
		{
			exchange->exchanges = true;
			exchange_walker((Node *) query, exchange);
		}
		/* a worker would not know the place */
		plan = plan_next(query, text,
						 place == NOT_ON_SHARD ? options : options & ~CURSOR_OPT_PARALLEL_OK,
						 exchange->parameters);
		/* what has been inlined may name tables, too */
		if (exchange->parameters == NULL &&
			(names_tables(exchange->relations) || names_tables(plan->relationOids)))
			*(place != NOT_ON_SHARD ? &planned_on_shard : &planned_elsewhere) = true;
	}
	PG_FINALLY();
	{
		return_to(outer);
	}
	PG_END_TRY();
	return plan;
}

static PlannedStmt *
plan_on_shard(Query *query, const char *text, int options, ParamListInfo parameters)
{
	Exchange	exchange = {.parameters = parameters};
	bool		is_called = false;
	int			place;
	PlannedStmt *plan;

	if (!is_distributed())
		return plan_next(query, text, options, parameters);
	exchange_walker((Node *) query, &exchange);
	place = place_of_relations(exchange.relations, query->commandType != CMD_SELECT);
	if (place == NOT_ON_SHARD && exchange.calls != NIL)
	{
		place = group_of_calls(&exchange);
		is_called = place != NOT_ON_SHARD;
	}
	plan = plan_at(place, &exchange, query, text, options);
	plan->relationOids = list_concat(plan->relationOids, exchange.tables);
	if (is_called)
		plan->relationOids = lappend_oid(plan->relationOids, any_relation(place));
	if (place == NOT_ON_SHARD && exchange.users != NIL)
		carry_user(plan, list_length(exchange.users) > 1 ? NULL : linitial(exchange.users));
	if (place == NOT_ON_SHARD && exchange.corrects_code)
		carry_correction(plan);
	return plan;
}

/*
 * Citus hashes the user of a delegated call that is a constant, and crashes where that
 * is NULL. It does not look through an explicit cast: then the call runs here.
 */
static void
hide_null_user(Node *expression)
{
	FuncExpr   *call = (FuncExpr *) expression;
	DelegatedFunction *function;
	ListCell   *argument;
	Const	   *user;

	if (!IsA(expression, FuncExpr))
		return;
	function = hash_search(functions, &call->funcid, HASH_FIND, NULL);
	if (function == NULL)
		return;
	argument = list_nth_cell(call->args, function->argument);
	user = lfirst(argument);
	if (IsA(user, Const) && user->constisnull)
		lfirst(argument) = makeRelabelType((Expr *) user, user->consttype, user->consttypmod,
										   user->constcollid, COERCE_EXPLICIT_CAST);
}

/*
 * The planner has folded constants and parameters, and inlined functions, when it
 * asks for the last paths. Citus looks for a call in the query afterwards.
 */
static void
hide_null_users(PlannerInfo *root, UpperRelationKind stage, RelOptInfo *input,
				RelOptInfo *output, void *extra)
{
	ListCell   *cell;
	ListCell   *item;

	if (next_upper_paths != NULL)
		next_upper_paths(root, stage, input, output, extra);
	if (stage != UPPERREL_FINAL || root->parent_root != NULL || !is_distributed())
		return;
	foreach(cell, root->parse->targetList)
		hide_null_user((Node *) lfirst_node(TargetEntry, cell)->expr);
	foreach(cell, root->parse->rtable)
		foreach(item, lfirst_node(RangeTblEntry, cell)->functions)
			hide_null_user(lfirst_node(RangeTblFunction, item)->funcexpr);
}

/*
 * An SQL function that reads tables would be inlined after its statement has been
 * looked through.
 */
static bool
keeps_from_inlining(Oid function)
{
	HeapTuple	tuple;
	Form_pg_proc row;
	bool		keeps;

	if (next_needs_fmgr != NULL && next_needs_fmgr(function))
		return true;
	if (current == NOT_ON_SHARD)
		return false;
	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	if (!HeapTupleIsValid(tuple))
		return false;
	row = (Form_pg_proc) GETSTRUCT(tuple);
	keeps = row->prolang == SQLlanguageId && row->provolatile != PROVOLATILE_IMMUTABLE;
	ReleaseSysCache(tuple);
	return keeps;
}

/*
 * Plans for other groups
 */

static Oid
relation_for_group(Oid relation, int group)
{
	Shard	   *shard = find_shard(relation);

	return shard == NULL || shard->group < 0 ? relation :
		find_relation(shard->table, group);
}

/* The indexes of a table's shards have the same name, with the shard's number. */
static Oid
index_for_group(Oid index, int group)
{
	char	   *name = get_rel_name(index);
	const char *underscore;
	int64		id = name == NULL ? 0 : number_in_name(name, &underscore);
	Shard	   *shard = id == 0 ? NULL : hash_search(shards, &id, HASH_FIND, NULL);
	ShardOfTable key;
	ShardOfTableEntry *other;
	Oid			found;

	if (shard == NULL || shard->group < 0)
		return index;
	key = (ShardOfTable) {.table = shard->table, .group = group};
	other = hash_search(shards_of_tables, &key, HASH_FIND, NULL);
	if (other == NULL)
		elog(ERROR, "index \"%s\" has no counterpart", name);
	found = get_relname_relid(psprintf("%.*s_" INT64_FORMAT, (int) (underscore - name),
									   name, other->id),
							  get_rel_namespace(index));
	if (!OidIsValid(found))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("shard " INT64_FORMAT " of table \"%s\" has no index like \"%s\"",
						other->id, get_rel_name(shard->table), name),
				 errhint("All shards of a table must have the same indexes.")));
	return found;
}

static void exchange_in_plan(Plan *plan, int group);

static void
exchange_in_plans(List *plans, int group)
{
	ListCell   *cell;

	foreach(cell, plans)
		exchange_in_plan(lfirst(cell), group);
}

static void
exchange_in_plan(Plan *plan, int group)
{
	ListCell   *cell;

	if (plan == NULL)
		return;
	switch (nodeTag(plan))
	{
		case T_IndexScan:
			((IndexScan *) plan)->indexid = index_for_group(((IndexScan *) plan)->indexid, group);
			break;
		case T_IndexOnlyScan:
			((IndexOnlyScan *) plan)->indexid = index_for_group(((IndexOnlyScan *) plan)->indexid, group);
			break;
		case T_BitmapIndexScan:
			((BitmapIndexScan *) plan)->indexid = index_for_group(((BitmapIndexScan *) plan)->indexid, group);
			break;
		case T_ModifyTable:
			foreach(cell, ((ModifyTable *) plan)->arbiterIndexes)
				lfirst_oid(cell) = index_for_group(lfirst_oid(cell), group);
			break;
		case T_Append:
			exchange_in_plans(((Append *) plan)->appendplans, group);
			break;
		case T_MergeAppend:
			exchange_in_plans(((MergeAppend *) plan)->mergeplans, group);
			break;
		case T_BitmapAnd:
			exchange_in_plans(((BitmapAnd *) plan)->bitmapplans, group);
			break;
		case T_BitmapOr:
			exchange_in_plans(((BitmapOr *) plan)->bitmapplans, group);
			break;
		case T_SubqueryScan:
			exchange_in_plan(((SubqueryScan *) plan)->subplan, group);
			break;
		default:
			break;
	}
	exchange_in_plan(plan->lefttree, group);
	exchange_in_plan(plan->righttree, group);
}

static PlannedStmt *
plan_for_group(PlannedStmt *plan, int group)
{
	PlannedStmt *copy = copyObject(plan);
	ListCell   *cell;

	foreach(cell, copy->rtable)
	{
		RangeTblEntry *entry = lfirst_node(RangeTblEntry, cell);

		if (entry->rtekind != RTE_RELATION)
			continue;
		entry->relid = relation_for_group(entry->relid, group);
		LockRelationOid(entry->relid, entry->rellockmode);
#if PG_VERSION_NUM >= 160000
		if (entry->perminfoindex > 0)
			list_nth_node(RTEPermissionInfo, copy->permInfos,
						  entry->perminfoindex - 1)->relid = entry->relid;
#endif
	}
	foreach(cell, copy->relationOids)
		lfirst_oid(cell) = relation_for_group(lfirst_oid(cell), group);
	exchange_in_plan(copy->planTree, group);
	exchange_in_plans(copy->subplans, group);
	return copy;
}

/*
 * The executor
 */

/*
 * PostgreSQL calls functions outside of statements, too: for deferred triggers, by the
 * protocol's function call. A plan that was saved before is the wrong one there.
 */
static void
refuse_plan(void)
{
	ResetPlanCache();
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("a plan that was made for the shards of a user is not valid here"),
			 errhint("Try the transaction again.")));
}

static void
start_on_shard(QueryDesc *query, int flags)
{
	if (is_distributed() && was_exchanged(query->plannedstmt))
	{
		int			place = place_of_relations(query->plannedstmt->relationOids, true);

		if (current == NOT_ON_SHARD || (place != current && current < 0))
			refuse_plan();
		if (place != current)
		{
			query->plannedstmt = plan_for_group(query->plannedstmt, current);
		}
	}
	if (next_start != NULL)
		next_start(query, flags);
	else
		standard_ExecutorStart(query, flags);
}

/* Where the statement is run: a plan in which names were exchanged stays here. */
static int
place_of_plan(QueryDesc *query)
{
	if (!is_distributed() || was_exchanged(query->plannedstmt))
		return current;
	return place_of_relations(query->plannedstmt->relationOids, query->operation != CMD_SELECT);
}

static void
refuse_write_of_one_copy(Oid table)
{
	if (current == ON_READ_COPY)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("table \"%s\" cannot be written by a function that a query of tables calls in a distributed database",
						get_rel_name(table)),
				 errdetail("Each node has a copy of the table, and Citus has sent the query to one of them."),
				 errhint("Call the function in a statement of its own.")));
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("table \"%s\" cannot be written from the shard of a user in a distributed database",
					get_rel_name(table)),
			 errdetail("Each node has a copy of the table, and only a statement of its own writes all of them."),
			 errhint("doc/distributed.md lists what works there.")));
}

/* A copy must not be written on one node only. */
static void
refuse_write_to_copy(QueryDesc *query)
{
	ListCell   *cell;

	if (current == NOT_ON_SHARD || (current == ON_COPY && !reads_copies) ||
		query->estate == NULL || query->estate->es_processed == 0)
		return;
	foreach(cell, query->plannedstmt->resultRelations)
	{
		RangeTblEntry *entry = list_nth_node(RangeTblEntry, query->plannedstmt->rtable,
											 lfirst_int(cell) - 1);
		Shard	   *shard = find_shard(entry->relid);

		if (shard != NULL && shard->group == ON_COPY)
			refuse_write_of_one_copy(shard->table);
	}
}

#if PG_VERSION_NUM >= 180000
#define RUN_PARAMETERS	QueryDesc *query, ScanDirection direction, uint64 count
#define RUN_ARGUMENTS	query, direction, count
#else
#define RUN_PARAMETERS	QueryDesc *query, ScanDirection direction, uint64 count, bool once
#define RUN_ARGUMENTS	query, direction, count, once
#endif

/*
 * What an author's statement has left to be written on all nodes
 */

bool
sender_writes_copies(void)
{
	return current >= 0 && is_session_of_node();
}

/* The statements by which that is written send nothing themselves. */
static bool is_settling = false;

static bool
begin_sending(QueryDesc *query, SentWork *work)
{
	if (query->plannedstmt->invalItems == NIL || current != NOT_ON_SHARD || is_settling ||
		!is_distributed() ||
		!sends_work_of_author(query, get_rel_namespace(submissions), work))
		return false;
	begin_sent_transaction(work);
	return true;
}

static void
end_sending(const SentWork *work)
{
	const pg_uuid_t *user_id = work->is_known ? &work->user_id : NULL;

	is_settling = true;
	PG_TRY();
	{
		settle_module_statuses(get_rel_namespace(submissions), user_id);
		if (work->corrects_code)
			settle_review_renewals(get_rel_namespace(submissions), user_id);
	}
	PG_FINALLY();
	{
		is_settling = false;
	}
	PG_END_TRY();
	AtEOXact_GUC(true, work->nest_level);
}

static void
run_on_shard(RUN_PARAMETERS)
{
	int			outer = current;
	SentWork	work;
	bool		sends = begin_sending(query, &work);

	begin_on(place_of_plan(query), plan_may_use_saved_plans(query->plannedstmt));
	PG_TRY();
	{
		if (next_run != NULL)
			next_run(RUN_ARGUMENTS);
		else
			standard_ExecutorRun(RUN_ARGUMENTS);
		refuse_write_to_copy(query);
	}
	PG_FINALLY();
	{
		return_to(outer);
	}
	PG_END_TRY();
	if (sends)
		end_sending(&work);
}

static void
finish_on_shard(QueryDesc *query)
{
	int			outer = current;

	begin_on(place_of_plan(query), plan_may_use_saved_plans(query->plannedstmt));
	PG_TRY();
	{
		if (next_finish != NULL)
			next_finish(query);
		else
			standard_ExecutorFinish(query);
	}
	PG_FINALLY();
	{
		return_to(outer);
	}
	PG_END_TRY();
}

/* The relation of a COPY; InvalidOid of any other statement. */
static Oid
copied_relation(const Node *utility)
{
	const CopyStmt *copy = (const CopyStmt *) utility;

	return IsA(utility, CopyStmt) && copy->relation != NULL ?
		RangeVarGetRelid(copy->relation, NoLock, true) : InvalidOid;
}

/* Citus writes several rows of a shard by COPY. */
static int
place_of_utility(const Node *utility)
{
	Oid			relation = is_distributed() ? copied_relation(utility) : InvalidOid;

	return OidIsValid(relation) ?
		place_of_relations(list_make1_oid(relation), ((const CopyStmt *) utility)->is_from) :
		current;
}

/* A COPY may write what authors have submitted, and any of them. */
static bool
begin_sending_copy(const Node *utility, SentWork *work)
{
	if (current != NOT_ON_SHARD || !is_distributed() || !IsA(utility, CopyStmt) ||
		!((const CopyStmt *) utility)->is_from ||
		!changes_progress(copied_relation(utility), true))
		return false;
	*work = (SentWork) {0};
	begin_sent_transaction(work);
	return true;
}

static void
run_utility_on_shard(PlannedStmt *plan, const char *text, bool is_read_only,
					 ProcessUtilityContext context, ParamListInfo parameters,
					 QueryEnvironment *environment, DestReceiver *receiver,
					 QueryCompletion *completion)
{
	int			outer = current;
	SentWork	work;
	bool		sends = begin_sending_copy(plan->utilityStmt, &work);

	begin_on(place_of_utility(plan->utilityStmt),
			 utility_may_use_saved_plans(plan->utilityStmt));
	PG_TRY();
	{
		if (next_utility != NULL)
			next_utility(plan, text, is_read_only, context, parameters, environment,
						 receiver, completion);
		else
			standard_ProcessUtility(plan, text, is_read_only, context, parameters,
									environment, receiver, completion);
	}
	PG_FINALLY();
	{
		return_to(outer);
	}
	PG_END_TRY();
	if (sends)
		end_sending(&work);
}

static bool
has_group_here(int group)
{
	const ShardOfTableEntry *entry = shard_of_group(group);

	return entry != NULL && entry->is_here;
}

/* Calls the function for those of these groups of users whose shards are on this node. */
static void
visit_groups(int first, int last, void (*function) (void *argument), void *argument)
{
	int			outer = current;
	int			group;

	PG_TRY();
	{
		for (group = first; group <= last; group++)
			if (has_group_here(group))
			{
				current = group;
				function(argument);
			}
	}
	PG_FINALLY();
	{
		current = outer;
	}
	PG_END_TRY();
}

static void
visit_all_groups(void (*function) (void *argument), void *argument)
{
	visit_groups(0, (int) groups.count - 1, function, argument);
}

void
for_each_group(void (*function) (void *argument), void *argument)
{
	if (current != ON_COPY)
		function(argument);
	else if (is_distributed())
		visit_all_groups(function, argument);
}

void
for_each_group_of(Relation relation, void (*function) (void *argument), void *argument)
{
	Shard	   *shard = current == ON_COPY && is_distributed() ?
		find_shard(RelationGetRelid(relation)) : NULL;

	if (shard != NULL && shard->group >= 0)
		visit_groups(shard->group, shard->group, function, argument);
	else
		for_each_group(function, argument);
}

void
for_each_group_here(void (*function) (void *argument), void *argument)
{
	if (is_distributed())
		visit_all_groups(function, argument);
	else
		function(argument);
}

void
call_on_gathered(void (*function) (void *argument), void *argument)
{
	int			outer = current;

	begin_on(is_distributed() ? ON_GATHERED : outer, true);
	PG_TRY();
	{
		function(argument);
	}
	PG_FINALLY();
	{
		return_to(outer);
	}
	PG_END_TRY();
}

bool
is_user_here(const pg_uuid_t *user_id)
{
	return !is_distributed() || group_of_user(user_id) == current;
}

int
node_of_user(const pg_uuid_t *user_id)
{
	const ShardOfTableEntry *entry = shard_of_group(group_of_user(user_id));

	return entry == NULL ? 0 : entry->node;
}

bool
coordinates_nodes(void)
{
	return current == NOT_ON_SHARD && is_distributed();
}

TimestampTz
transaction_time_of_nodes(void)
{
	List	   *name;
	Oid			function;
	HeapTupleHeader transaction;
	Datum		stamp;
	bool		isnull;

	if (current != ON_COPY)
		return GetCurrentTransactionStartTimestamp();
	name = list_make2(makeString("pg_catalog"), makeString("get_current_transaction_id"));
	function = LookupFuncName(name, 0, NULL, false);
	transaction = DatumGetHeapTupleHeader(OidFunctionCall0(function));
	stamp = GetAttributeByName(transaction, "transaction_stamp", &isnull);
	return isnull || DatumGetTimestampTz(stamp) == 0 ?
		GetCurrentTransactionStartTimestamp() : DatumGetTimestampTz(stamp);
}

/* Whether a group with a lower number is on the same node. */
static bool
is_node_of_lower_group(int group)
{
	const ShardOfTableEntry *entry = shard_of_group(group);
	int			lower;

	for (lower = 0; lower < group; lower++)
	{
		const ShardOfTableEntry *other = shard_of_group(lower);

		if (entry != NULL && other != NULL && other->node == entry->node)
			return true;
	}
	return entry == NULL;
}

/* An id that belongs to the group, of no user in particular. */
static pg_uuid_t
id_of_group(int group)
{
	pg_uuid_t	id = {{0}};
	uint32		number = 0;

	while (group_of_user(&id) != group)
	{
		number++;
		memcpy(id.data, &number, sizeof(number));
	}
	return id;
}

/*
 * node_anchors()
 */
Datum
node_anchors(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int			count = is_distributed() ? (int) groups.count : 1;
	int			group;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	for (group = 0; group < count; group++)
	{
		pg_uuid_t	id = {{0}};
		Datum		value = UUIDPGetDatum(&id);
		bool		isnull = false;

		if (is_distributed())
		{
			if (is_node_of_lower_group(group))
				continue;
			id = id_of_group(group);
		}
		tuplestore_putvalues(result->setResult, result->setDesc, &value, &isnull);
	}
	return (Datum) 0;
}

/*
 * require_user_here(user_id uuid)
 */
Datum
require_group_of_user(PG_FUNCTION_ARGS)
{
	require_user_here(PG_GETARG_UUID_P(0));
	PG_RETURN_VOID();
}

/*
 * is_coordinating()
 */
Datum
is_coordinating(PG_FUNCTION_ARGS)
{
	(void) fcinfo;				/* no arguments */
	PG_RETURN_BOOL(coordinates_nodes());
}

/*
 * is_on_node()
 */
Datum
is_on_node(PG_FUNCTION_ARGS)
{
	(void) fcinfo;				/* no arguments */
	PG_RETURN_BOOL(current != NOT_ON_SHARD);
}

void
shards_init(void)
{
	/* Citus refuses to be loaded after another user of the planner's hook. */
	if (GetConfigOption("citus.shard_count", true, false) == NULL)
		return;
	DefineCustomBoolVariable("learnify.reads_copies",
							 "Lets a function read this node's copies of tables.",
							 "Set by learnify_distribute() for functions only.",
							 &reads_copies_setting,
							 false,
							 PGC_USERSET, GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE,
							 NULL, assign_reads_copies, NULL);
	CacheRegisterRelcacheCallback(forget_known, (Datum) 0);
	next_planner = planner_hook;
	planner_hook = plan_on_shard;
	next_upper_paths = create_upper_paths_hook;
	create_upper_paths_hook = hide_null_users;
	next_start = ExecutorStart_hook;
	ExecutorStart_hook = start_on_shard;
	next_run = ExecutorRun_hook;
	ExecutorRun_hook = run_on_shard;
	next_finish = ExecutorFinish_hook;
	ExecutorFinish_hook = finish_on_shard;
	next_utility = ProcessUtility_hook;
	ProcessUtility_hook = run_utility_on_shard;
	next_needs_fmgr = needs_fmgr_hook;
	needs_fmgr_hook = keeps_from_inlining;
	is_installed = true;
}
