/*
 * ticker_of_nodes.c
 *		The pages of activity_ticker() and newer_activity() in a distributed
 *		database.
 *
 * Whom a user follows is on that user's shard, and what each of them did on theirs.
 * Every node that has some of them is asked once for a page of what these did:
 * followed_page() reads all of its shards as one table is read.
 *
 * Cost: a query for the followed users and one for each node, which cost there
 * what reading along users costs in a plain database. Memory: the ids of the
 * followed users, and a page of each node.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "base/compat.h"
#include "base/growing_array.h"
#include "base/id_list.h"
#include "base/uuids.h"
#include "distribution/shards.h"
#include "social/ticker_of_nodes.h"

/* The followed users of one node. */
typedef struct NodeUsers
{
	int			node;
	IdList		users;
} NodeUsers;

typedef struct NodesUsers
{
	NodeUsers  *items;
	Size		count;
	Size		allocated;
} NodesUsers;

typedef struct NodeRow
{
	PagePosition position;
	HeapTuple	row;
	TupleDesc	descriptor;
} NodeRow;

typedef struct NodeRows
{
	NodeRow    *items;
	Size		count;
	Size		allocated;
} NodeRows;

static void
add_user(NodesUsers *nodes, const pg_uuid_t *user_id)
{
	int			node = node_of_user(user_id);
	NodeUsers  *users;
	Size		i;

	for (i = 0; i < nodes->count; i++)
		if (nodes->items[i].node == node)
			break;
	if (i == nodes->count)
	{
		users = growing_array_append(nodes);
		*users = (NodeUsers) {.node = node};
	}
	id_list_add(&nodes->items[i].users, user_id);
}

static void
read_followed(const NodesPage *page, NodesUsers *nodes)
{
	Oid			type = UUIDOID;
	Datum		user_id = UUIDPGetDatum(&page->user_id);
	uint64		i;
	bool		isnull;

	SPI_execute_with_args(psprintf("SELECT r.following_id FROM %s.user_relationships AS r WHERE r.follower_id = $1",
								   page->schema),
						  1, &type, &user_id, NULL, true, 0);
	for (i = 0; i < SPI_processed; i++)
		add_user(nodes, DatumGetUUIDP(SPI_getbinval(SPI_tuptable->vals[i],
													SPI_tuptable->tupdesc, 1, &isnull)));
}

static void
add_rows(NodeRows *rows)
{
	int			created_at = SPI_fnumber(SPI_tuptable->tupdesc, "created_at");
	int			id = SPI_fnumber(SPI_tuptable->tupdesc, "id");
	uint64		i;
	bool		isnull;

	for (i = 0; i < SPI_processed; i++)
	{
		NodeRow    *row = growing_array_append(rows);

		row->row = SPI_tuptable->vals[i];
		row->descriptor = SPI_tuptable->tupdesc;
		row->position.created_at = DatumGetTimestampTz(SPI_getbinval(row->row, row->descriptor,
																	 created_at, &isnull));
		row->position.id = *DatumGetUUIDP(SPI_getbinval(row->row, row->descriptor, id, &isnull));
	}
}

static void
ask_node(const NodesPage *page, const IdList *users, NodeRows *rows)
{
	Oid			types[] = {
		UUIDOID, UUIDARRAYOID, INT4OID, BOOLOID, TIMESTAMPTZOID, UUIDOID, BOOLOID
	};
	Datum		values[] = {
		UUIDPGetDatum(&users->items[0]),
		id_list_array(users),
		Int32GetDatum(page->page_size),
		BoolGetDatum(page->is_forward),
		TimestampTzGetDatum(page->bound.position.created_at),
		UUIDPGetDatum(&page->bound.position.id),
		BoolGetDatum(page->bound.is_included)
	};

	SPI_execute_with_args("SELECT f.* FROM learnify_internal.followed_page($1, $2, $3, $4, $5, $6, $7) AS f",
						  lengthof(types), types, values,
						  page->bound.is_set ? NULL : "    nnn", true, 0);
	add_rows(rows);
}

static int
compare_node_rows(const void *a, const void *b)
{
	const PagePosition *one = &((const NodeRow *) a)->position;
	const PagePosition *other = &((const NodeRow *) b)->position;

	if (one->created_at != other->created_at)
		return one->created_at < other->created_at ? -1 : 1;
	return compare_uuids(&one->id, &other->id);
}

/* Fills in NULL for dropped columns, which the query does not return. */
void
put_query_row(HeapTuple row, TupleDesc row_descriptor, Relation feed, ReturnSetInfo *result)
{
	TupleDesc	descriptor = RelationGetDescr(feed);
	Datum	   *values = palloc(descriptor->natts * sizeof(Datum));
	bool	   *nulls = palloc(descriptor->natts * sizeof(bool));
	int			column = 0;
	int			i;

	for (i = 0; i < descriptor->natts; i++)
	{
		nulls[i] = true;
		if (!TupleDescAttr(descriptor, i)->attisdropped)
			values[i] = SPI_getbinval(row, row_descriptor, ++column, &nulls[i]);
	}
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	pfree(values);
	pfree(nulls);
}

void
put_page_of_nodes(const NodesPage *page, Relation feed, ReturnSetInfo *result)
{
	NodesUsers	nodes = {0};
	NodeRows	rows = {0};
	Size		i;

	read_followed(page, &nodes);
	for (i = 0; i < nodes.count; i++)
		ask_node(page, &nodes.items[i].users, &rows);
	if (rows.count > 1)
		qsort(rows.items, rows.count, sizeof(NodeRow), compare_node_rows);
	for (i = 0; i < rows.count && i < (Size) page->page_size; i++)
	{
		const NodeRow *row = &rows.items[page->is_forward ? i : rows.count - 1 - i];

		put_query_row(row->row, row->descriptor, feed, result);
	}
}
