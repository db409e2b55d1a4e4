/*
 * authors.c
 *		Tells in a distributed database which statements are about the submissions
 *		of authors, or correct code: they may change the status of modules or requests
 *		for reviews, which each node has a copy of, so that the node that sends them
 *		has to write these afterwards.
 *
 * Others, who are no authors, are left to Citus alone.
 *
 * Cost: one descent of an index for each statement that writes submissions.
 */
#include "postgres.h"

#include "access/genam.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "nodes/makefuncs.h"
#include "utils/guc.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "base/indexed_table.h"
#include "distribution/authors.h"

/*
 * A plan that is saved has no place for what belongs to it, but a list of what makes
 * it invalid, by caches. Items of these numbers, which are no cache's, belong to
 * nothing that is ever changed.
 */
#define CARRIES_UNKNOWN		(-1)
#define CARRIES_PARAMETER	(-2)
#define CARRIES_CORRECTION	(-3)
#define CARRIES_WORD		(-4)	/* and below, of a constant */
#define WORD_COUNT			(UUID_LEN / (int) sizeof(uint32))

static const IndexColumn author_columns[] = {{"user_id", UUIDOID}};
static const IndexShape author_shape = {author_columns, 1, 1};

static void
carry(PlannedStmt *plan, int what, uint32 value)
{
	PlanInvalItem *item = makeNode(PlanInvalItem);

	item->cacheId = what;
	item->hashValue = value;
	plan->invalItems = lappend(plan->invalItems, item);
}

static bool
carried(const PlannedStmt *plan, int what, uint32 *value)
{
	ListCell   *cell;

	foreach(cell, plan->invalItems)
	{
		const PlanInvalItem *item = lfirst_node(PlanInvalItem, cell);

		if (item->cacheId != what)
			continue;
		*value = item->hashValue;
		return true;
	}
	return false;
}

void
carry_user(PlannedStmt *plan, Node *user)
{
	if (user != NULL && IsA(user, Const) && ((Const *) user)->consttype == UUIDOID)
	{
		uint32		words[WORD_COUNT] = {0};
		int			i;

		if (((Const *) user)->constisnull)
			return;
		memcpy(words, DatumGetUUIDP(((Const *) user)->constvalue), UUID_LEN);
		for (i = 0; i < WORD_COUNT; i++)
			carry(plan, CARRIES_WORD - i, words[i]);
	}
	else if (user != NULL && IsA(user, Param) &&
			 ((Param *) user)->paramkind == PARAM_EXTERN &&
			 ((Param *) user)->paramtype == UUIDOID)
		carry(plan, CARRIES_PARAMETER, (uint32) ((Param *) user)->paramid);
	else
		carry(plan, CARRIES_UNKNOWN, 0);
}

void
carry_correction(PlannedStmt *plan)
{
	carry(plan, CARRIES_CORRECTION, 0);
}

bool
read_parameter(ParamListInfo list, int number, Datum *value)
{
	ParamExternData workspace;
	ParamExternData *parameter;

	if (list == NULL || number > list->numParams)
		return false;
	parameter = list->paramFetch != NULL ?
		list->paramFetch(list, number, true, &workspace) :
		&list->params[number - 1];
	*value = parameter->value;
	return !parameter->isnull && parameter->ptype == UUIDOID;
}

static bool
read_constant(const PlannedStmt *plan, pg_uuid_t *user_id)
{
	uint32		words[WORD_COUNT];
	int			i;

	for (i = 0; i < WORD_COUNT; i++)
		if (!carried(plan, CARRIES_WORD - i, &words[i]))
			return false;
	memcpy(user_id, words, UUID_LEN);
	return true;
}

static bool
is_author(Oid schema, const pg_uuid_t *user_id, Snapshot snapshot)
{
	IndexedTable courses;
	bool		found;

	indexed_table_begin_reading(&courses, schema, "generated_courses",
								&author_shape, snapshot, 1, false);
	indexed_table_seek(&courses, user_id);
	found = indexed_table_next_row(&courses, ForwardScanDirection);
	indexed_table_end_reading(&courses);
	return found;
}

bool
sends_work_of_author(QueryDesc *query, Oid schema, SentWork *work)
{
	uint32		number;
	Datum		value;

	work->is_known = false;
	work->corrects_code = carried(query->plannedstmt, CARRIES_CORRECTION, &number);
	if (carried(query->plannedstmt, CARRIES_UNKNOWN, &number))
		return true;
	if (carried(query->plannedstmt, CARRIES_PARAMETER, &number))
	{
		work->is_known = read_parameter(query->params, (int) number, &value);
		if (work->is_known)
			work->user_id = *DatumGetUUIDP(value);
	}
	else
		work->is_known = read_constant(query->plannedstmt, &work->user_id);
	return work->is_known &&
		(work->corrects_code || is_author(schema, &work->user_id, query->snapshot));
}

/*
 * Citus writes copies after shards only over the same connections, and there is one
 * for each node where it has not used more for several shards at a time.
 */
static void
write_shards_one_by_one(void)
{
	(void) set_config_option("citus.multi_shard_modify_mode", "sequential",
							 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
							 false);
}

/*
 * Where Citus does not export the function, a statement outside of a transaction
 * block is committed before the statuses that it has noted are written; if that
 * fails, the author's next statement writes them.
 */
void
begin_sent_transaction(SentWork *work)
{
	static void (*use_coordinated_transaction) (void) = NULL;

	if (use_coordinated_transaction == NULL)
		use_coordinated_transaction = (void (*) (void))
			load_external_function("$libdir/citus", "UseCoordinatedTransaction", false, NULL);
	if (use_coordinated_transaction != NULL)
		use_coordinated_transaction();
	work->nest_level = NewGUCNestLevel();
	if (!work->is_known)
		write_shards_one_by_one();
}

bool
is_session_of_node(void)
{
	const char *name = GetConfigOption("application_name", true, false);

	return name != NULL && strncmp(name, "citus_internal ", strlen("citus_internal ")) == 0;
}
