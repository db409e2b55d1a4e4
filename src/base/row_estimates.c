/*
 * row_estimates.c
 *		Keeps the planner from taking a table of the extension for an empty one
 *		while it has pages.
 *
 * A table that was analyzed when all its rows were dead, or not yet committed,
 * has statistics by which a page holds no row, however many pages follow until
 * it is analyzed again. To the planner, every index of such a table and every
 * order of joins then cost the same, so that a page of a list, or one
 * learner's progress, may read all of the table for each row of another.
 *
 * Cost: nothing, but for tables with fewer rows than pages, whose membership is
 * looked up.
 */
#include "postgres.h"

#include "catalog/dependency.h"
#include "catalog/pg_class.h"
#include "commands/extension.h"
#include "nodes/pathnodes.h"
#include "optimizer/pathnode.h"
#include "optimizer/plancat.h"
#include "parser/parsetree.h"

#include "base/compat.h"
#include "base/row_estimates.h"

static bool
is_member(Oid relation)
{
	Oid			extension = getExtensionOfObject(RelationRelationId, relation);

	return OidIsValid(extension) &&
		extension == get_extension_oid("learnify", true);
}

/* Makes the planner expect a row on each page, and no fewer in an index. */
static void
expect_rows(RelOptInfo *rel)
{
	ListCell   *cell;

	rel->tuples = rel->pages;
	foreach(cell, rel->indexlist)
	{
		IndexOptInfo *index = lfirst_node(IndexOptInfo, cell);

		index->tuples = Max(index->tuples,
							index->indpred == NIL ? rel->tuples : index->pages);
	}
}

static relation_size_hook_type next_hook;

static void
correct_estimates(RELATION_SIZE_PARAMETERS)
{
	RangeTblEntry *table = planner_rt_fetch(rel->relid, root);

	if (next_hook != NULL)
		next_hook(RELATION_SIZE_ARGUMENTS);
	if (rel->tuples < rel->pages && !table->inh && is_member(table->relid))
		expect_rows(rel);
}

void
row_estimates_init(void)
{
	next_hook = relation_size_hook;
	relation_size_hook = correct_estimates;
}
