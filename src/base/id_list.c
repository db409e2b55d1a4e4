/*
 * id_list.c
 *		Ids collected from rows, to be counted or searched.
 *
 * Rows mostly come in the order of an index, which has equal ids next to each
 * other: skipping those leaves few duplicates, or none.
 *
 * Cost: constant to add an id; sorting to count the distinct ones. Memory: 16
 * bytes for each id, up to twice as much as the list grows.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/uuid.h"

#include "base/growing_array.h"
#include "base/id_list.h"
#include "base/uuids.h"

void
id_list_add(IdList *list, const pg_uuid_t *id)
{
	if (list->count > 0 && equal_uuids(&list->items[list->count - 1], id))
		return;
	*growing_array_append(list) = *id;
}

bool
sorted_id_list_contains(const IdList *list, const pg_uuid_t *id)
{
	return find_by_uuid(list->items, list->count, sizeof(pg_uuid_t), id) != NULL;
}

Datum
uuid_array(Datum *ids, int count)
{
	return PointerGetDatum(construct_array(ids, count, UUIDOID, UUID_LEN, false,
										   TYPALIGN_CHAR));
}

Datum
id_list_array(const IdList *list)
{
	Datum	   *ids = palloc(list->count * sizeof(Datum));
	Size		i;

	for (i = 0; i < list->count; i++)
		ids[i] = UUIDPGetDatum(&list->items[i]);
	return uuid_array(ids, (int) list->count);
}

static int
compare_ids(const void *a, const void *b)
{
	return compare_uuids(a, b);
}

static void
sort_ids(IdList *list)
{
	if (list->count > 1)
		qsort(list->items, list->count, sizeof(pg_uuid_t), compare_ids);
}

void
id_list_make_set(IdList *list)
{
	Size		kept = 0;
	Size		i;

	sort_ids(list);
	for (i = 0; i < list->count; i++)
		if (kept == 0 ||
			!equal_uuids(&list->items[kept - 1], &list->items[i]))
			list->items[kept++] = list->items[i];
	list->count = kept;
}

int64
id_list_count_distinct(IdList *list)
{
	int64		distinct = 0;
	Size		i;

	sort_ids(list);
	for (i = 0; i < list->count; i++)
		if (i == 0 || !equal_uuids(&list->items[i - 1], &list->items[i]))
			distinct++;
	return distinct;
}
