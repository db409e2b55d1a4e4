/*
 * content_change.c
 *		Reads from the transition tables what a statement on exercises or modules
 *		has changed.
 *
 * Titles, texts, test cases and the numbers of exercises do not matter to progress.
 *
 * Cost: a pass over the rows. Memory: up to 64 bytes for each.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "base/indexed_table.h"
#include "base/transition_rows.h"
#include "base/uuids.h"
#include "distribution/shards.h"
#include "progress/content_change.h"

/* The columns of a row of either table that matter. */
typedef struct ContentRow
{
	pg_uuid_t	id;
	pg_uuid_t	parent;			/* the exercise's module, the module's course */
	int			number;			/* the module's; 0 of an exercise */
} ContentRow;

typedef struct ContentColumns
{
	AttrNumber	id;
	AttrNumber	parent;
	AttrNumber	number;
} ContentColumns;

static HTAB *
create_moved_times(MemoryContext context)
{
	HASHCTL		control = {
		.keysize = sizeof(MovedTime),
		.entrysize = sizeof(MovedTime),
		.hcxt = context
	};

	return hash_create("learnify moved times", 16, &control,
					   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

ProcessedContent *
processed_content(CommandId query)
{
	static ProcessedContent processed;
	FullTransactionId transaction = GetTopFullTransactionId();
	bool		is_new = !FullTransactionIdEquals(processed.transaction,
												  transaction);

	if (!is_new && processed.query == query)
		return &processed;
	if (is_new)
		processed.context = AllocSetContextCreate(TopTransactionContext,
												  "learnify processed content",
												  ALLOCSET_SMALL_SIZES);
	else
		MemoryContextReset(processed.context);
	processed.transaction = transaction;
	processed.query = query;
	processed.modules = (IdList) {0};
	processed.times = create_moved_times(processed.context);
	return &processed;
}

static bool
has_exercises(Relation table)
{
	return strcmp(own_table_name(table), "exercises") == 0;
}

static void
find_columns(Relation table, ContentColumns *columns)
{
	bool		is_exercise = has_exercises(table);

	columns->id = table_column(table, "id", UUIDOID);
	columns->parent = table_column(table, is_exercise ? "module_id" : "course_id",
								   UUIDOID);
	columns->number = is_exercise ? InvalidAttrNumber :
		table_column(table, "module_number", INT4OID);
}

static void
read_content_row(TupleTableSlot *slot, const ContentColumns *columns,
				 ContentRow *row)
{
	row->id = *DatumGetUUIDP(slot_value(slot, columns->id));
	row->parent = *DatumGetUUIDP(slot_value(slot, columns->parent));
	row->number = columns->number == InvalidAttrNumber ? 0 :
		DatumGetInt32(slot_value(slot, columns->number));
}

/* One of the rows is NULL where the other was inserted or deleted. */
static void
add_exercise(ContentChange *change, const ContentRow *old, const ContentRow *new)
{
	if (old != NULL && new != NULL)
	{
		if (equal_uuids(&old->parent, &new->parent))
			return;
		id_list_add(&change->exercises, &new->id);
	}
	if (old != NULL)
		id_list_add(&change->modules, &old->parent);
	if (new != NULL)
		id_list_add(&change->modules, &new->parent);
}

static void
add_module(ContentChange *change, const ContentRow *old, const ContentRow *new)
{
	bool		has_left = old != NULL &&
		(new == NULL || !equal_uuids(&old->parent, &new->parent));

	if (old != NULL && new != NULL && !has_left && old->number == new->number)
		return;
	if (has_left)
		id_list_add(&change->departed, &old->id);
	if (old != NULL)
		id_list_add(&change->courses, &old->parent);
	if (new != NULL)
		id_list_add(&change->courses, &new->parent);
}

void
read_content_change(ContentChange *change, TriggerData *trigger)
{
	Relation	table = trigger->tg_relation;
	bool		is_exercise = has_exercises(table);
	TransitionRows olds;
	TransitionRows news;
	ContentColumns columns;
	ContentRow	old;
	ContentRow	new;

	find_columns(table, &columns);
	transition_rows_begin(&olds, trigger, trigger->tg_oldtable);
	transition_rows_begin(&news, trigger, trigger->tg_newtable);
	for (;;)
	{
		bool		has_old = transition_rows_next(&olds);
		bool		has_new = transition_rows_next(&news);

		if (!has_old && !has_new)
			break;
		if (has_old)
			read_content_row(olds.slot, &columns, &old);
		if (has_new)
			read_content_row(news.slot, &columns, &new);
		(is_exercise ? add_exercise : add_module)
			(change, has_old ? &old : NULL, has_new ? &new : NULL);
	}
	transition_rows_end(&news);
	transition_rows_end(&olds);
	id_list_make_set(&change->modules);
	id_list_make_set(&change->exercises);
	id_list_make_set(&change->courses);
	id_list_make_set(&change->departed);
}
