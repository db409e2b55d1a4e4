/*
 * moved_reviews.c
 *		Moves reviews to another module along with their submissions, and updates
 *		what the feed tells of them.
 *
 * The updates of the reviews are not processed as corrections, because that would
 * lock their learners in the order of the rows: content.c locks all learners in
 * one order, and processes the reviews of each.
 *
 * Cost: a scan of the reviews of the modules concerned, and a few statements for
 * each learner whose reviews have moved. Memory: 48 bytes for each of these reviews.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"

#include "base/compat.h"
#include "base/extension.h"
#include "base/growing_array.h"
#include "base/indexed_table.h"
#include "base/own_statement.h"
#include "base/uuids.h"
#include "distribution/shards.h"
#include "progress/moved_reviews.h"

PG_FUNCTION_INFO_V1(rehome_reviews);

static void
move_reviews_here(void *argument)
{
	static SavedPlan saved;
	const ContentChange *change = argument;
	Oid			types[] = {UUIDARRAYOID};
	Datum		values[] = {id_list_array(&change->exercises)};

	SPI_connect();
	execute_own(&saved, change->schema,
				"UPDATE %1$s.architecture_reviews AS r"
				" SET module_id = s.module_id"
				" FROM %1$s.module_completions AS s"
				" WHERE s.exercise_id = ANY ($1) AND r.submission_id = s.id"
				"   AND r.module_id <> s.module_id",
				lengthof(types), types, values, NULL);
	SPI_finish();
}

void
move_reviews(ContentChange *change)
{
	for_each_group(move_reviews_here, change);
}

/* Returns whether the review is in another module now. */
static bool
has_moved(const ContentChange *change, const MovedReview *review)
{
	IndexedTable reviews;
	bool		moved;

	moved = indexed_table_begin_look_up(&reviews, change->schema,
										"architecture_reviews", &review->id,
										change->now) &&
		!equal_uuids(DatumGetUUIDP(indexed_table_value(&reviews, "module_id", UUIDOID)),
					 &review->module_id);
	indexed_table_end_reading(&reviews);
	return moved;
}

static void
read_reviews_of_modules(const ContentChange *change, const IdList *modules,
						MovedReviews *reviews)
{
	static const IndexColumn columns[] = {{"module_id", UUIDOID}};
	static const IndexShape shape = {columns, 1, 1};
	IndexedTable table;
	AttrNumber	id;
	AttrNumber	user_id;
	Size		i;

	indexed_table_begin_reading(&table, change->schema, "architecture_reviews",
								&shape, change->before, 1, false);
	id = table_column(table.table, "id", UUIDOID);
	user_id = table_column(table.table, "user_id", UUIDOID);
	for (i = 0; i < modules->count; i++)
	{
		indexed_table_seek(&table, &modules->items[i]);
		while (indexed_table_next_row(&table, ForwardScanDirection))
		{
			MovedReview review = {.module_id = modules->items[i]};

			review.id = *DatumGetUUIDP(slot_value(table.slot, id));
			review.user_id = *DatumGetUUIDP(slot_value(table.slot, user_id));
			if (has_moved(change, &review))
				*growing_array_append(reviews) = review;
		}
	}
	indexed_table_end_reading(&table);
}

static int
compare_reviews(const void *a, const void *b)
{
	const MovedReview *one = a;
	const MovedReview *other = b;
	int			order = compare_uuids(&one->user_id, &other->user_id);

	return order != 0 ? order : compare_uuids(&one->id, &other->id);
}

void
read_moved_reviews(const ContentChange *change, MovedReviews *reviews)
{
	if (change->exercises.count > 0)
		read_reviews_of_modules(change, &change->modules, reviews);
	read_reviews_of_modules(change, &change->departed, reviews);
	if (reviews->count > 1)
		qsort(reviews->items, reviews->count, sizeof(MovedReview),
			  compare_reviews);
}

void
process_moved_reviews(Oid schema, const MovedReview *reviews, Size count)
{
	static SavedPlan saved;
	IdList		ids = {0};
	Datum	   *modules = palloc(count * sizeof(Datum));
	Oid			types[] = {UUIDARRAYOID, UUIDARRAYOID};
	Datum		values[2];
	Size		i;

	for (i = 0; i < count; i++)
	{
		id_list_add(&ids, &reviews[i].id);
		modules[i] = UUIDPGetDatum(&reviews[i].module_id);
	}
	values[0] = id_list_array(&ids);
	values[1] = uuid_array(modules, count);
	SPI_connect();
	execute_saved(&saved, schema,
				  "SELECT learnify_internal.process_moved_reviews($1, $2)",
				  lengthof(types), types, values, NULL);
	SPI_finish();
}

/*
 * rehome_reviews(modules uuid[], heirs uuid[])
 */
Datum
rehome_reviews(PG_FUNCTION_ARGS)
{
	static SavedPlan saved;
	Oid			types[] = {UUIDARRAYOID, UUIDARRAYOID};
	Datum		values[] = {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)};

	SPI_connect();
	execute_own(&saved, extension_schema(fcinfo->flinfo),
				"UPDATE %1$s.architecture_reviews AS r"
				" SET module_id = t.heir"
				" FROM unnest($1, $2) AS t (module, heir)"
				" WHERE r.module_id = t.module",
				lengthof(types), types, values, NULL);
	SPI_finish();
	PG_RETURN_VOID();
}
