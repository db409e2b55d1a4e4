/*
 * demand_of_node.c
 *		demand_of_node(): counts the sign-ups of all users of this node.
 *
 * The function is that of a plain database, course_demand(), which is called on the
 * shards of each group of users in turn. An author's own sign-up is on the shard
 * that counts it.
 *
 * Cost: that of course_demand() for each group. Memory: its rows of one group; the
 * result goes to disk where it does not fit into work_mem.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "base/compat.h"
#include "distribution/shards.h"

PG_FUNCTION_INFO_V1(demand_of_node);

typedef struct NodeDemand
{
	TimestampTz as_of;
	ReturnSetInfo *result;
} NodeDemand;

static void
add_group(void *argument)
{
	const NodeDemand *demand = argument;
	Oid			type = TIMESTAMPTZOID;
	Datum		as_of = TimestampTzGetDatum(demand->as_of);
	uint64		i;

	SPI_connect();
	SPI_execute_with_args("SELECT d.id, d.meta_category, d.created_at, d.status, d.recent, d.previous"
						  " FROM learnify_internal.course_demand($1) AS d",
						  1, &type, &as_of, NULL, true, 0);
	for (i = 0; i < SPI_processed; i++)
		tuplestore_puttuple(demand->result->setResult, SPI_tuptable->vals[i]);
	SPI_finish();
}

/*
 * demand_of_node(anchor uuid, as_of timestamptz)
 */
Datum
demand_of_node(PG_FUNCTION_ARGS)
{
	NodeDemand	demand = {
		.as_of = PG_GETARG_TIMESTAMPTZ(1),
		.result = (ReturnSetInfo *) fcinfo->resultinfo
	};

	InitMaterializedSRF(fcinfo, 0);
	for_each_group_here(add_group, &demand);
	return (Datum) 0;
}
