#ifndef LEARNIFY_TICKER_OF_NODES_H
#define LEARNIFY_TICKER_OF_NODES_H

#include "nodes/execnodes.h"
#include "utils/rel.h"

#include "social/page.h"

/* What is asked of the nodes of a distributed database. */
typedef struct NodesPage
{
	const char *schema;			/* quoted */
	pg_uuid_t	user_id;
	int			page_size;
	bool		is_forward;
	PageBound	bound;
} NodesPage;

/*
 * Asks each node that has people whom the user follows for a page of theirs, and
 * returns what comes first. The caller has connected to SPI.
 */
extern void put_page_of_nodes(const NodesPage *page, Relation feed, ReturnSetInfo *result);

/* Returns a row of the feed that a query has returned. */
extern void put_query_row(HeapTuple row, TupleDesc descriptor, Relation feed,
						  ReturnSetInfo *result);

#endif							/* LEARNIFY_TICKER_OF_NODES_H */
