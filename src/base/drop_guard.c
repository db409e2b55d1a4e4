/*
 * drop_guard.c
 *		refuse_drop(): the event trigger that refuses to drop the extension
 *		while its tables hold data.
 *
 * DROP EXTENSION drops the extension's tables with all rows, and needs no
 * CASCADE for it. The trigger looks at the command before it runs. Whoever
 * means it sets learnify.allow_data_loss. What counts is what a dump would
 * have: all rows of the tables registered for dumps but those that ship. In a
 * distributed database, it is refused in any case.
 *
 * Cost: the first row of each table. Memory: that of SPI, until it returns.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "commands/event_trigger.h"
#include "commands/user.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "nodes/parsenodes.h"
#include "utils/acl.h"
#include "utils/builtins.h"

#include "base/compat.h"
#include "base/settings.h"
#include "distribution/shards.h"

PG_FUNCTION_INFO_V1(refuse_drop);

static Oid
single_oid(const char *query)
{
	bool		is_null;

	if (SPI_execute(query, true, 1) != SPI_OK_SELECT || SPI_processed != 1)
		return InvalidOid;
	return DatumGetObjectId(SPI_getbinval(SPI_tuptable->vals[0],
										  SPI_tuptable->tupdesc, 1, &is_null));
}

static bool
drops_extension(const DropStmt *statement)
{
	ListCell   *cell;

	foreach(cell, statement->objects)
	{
		const char *name = strVal(lfirst(cell));

		if (statement->removeType == OBJECT_EXTENSION)
		{
			if (strcmp(name, "learnify") == 0)
				return true;
		}
		else if (get_namespace_oid(name, true) ==
				 single_oid("SELECT extnamespace FROM pg_extension WHERE extname = 'learnify'"))
			return true;
	}
	return false;
}

static bool
drops_owned(const DropOwnedStmt *statement)
{
	Oid			owner = single_oid("SELECT extowner FROM pg_extension WHERE extname = 'learnify'");

	return list_member_oid(roleSpecsToIds(statement->roles), owner);
}

/* Whether the command would drop the extension, if it is allowed to. */
static bool
is_drop(Node *parsetree)
{
	if (IsA(parsetree, DropOwnedStmt))
		return drops_owned((DropOwnedStmt *) parsetree);
	if (IsA(parsetree, DropStmt))
	{
		DropStmt   *statement = (DropStmt *) parsetree;

		/* Without CASCADE, a schema with the extension in it is not dropped. */
		return (statement->removeType == OBJECT_EXTENSION ||
				(statement->removeType == OBJECT_SCHEMA &&
				 statement->behavior == DROP_CASCADE)) &&
			drops_extension(statement);
	}
	return false;
}

/* The names of the tables that hold data, or NULL if none does. */
static char *
tables_with_data(void)
{
	char	   *query;

	if (SPI_execute("SELECT string_agg(format('SELECT %L AS name WHERE EXISTS (SELECT FROM %s %s)', c.relation, c.relation, c.condition), ' UNION ALL ') "
					"FROM pg_extension AS e CROSS JOIN LATERAL unnest(e.extconfig::regclass[], e.extcondition) AS c (relation, condition) "
					"WHERE e.extname = 'learnify'", true, 1) != SPI_OK_SELECT ||
		SPI_processed != 1)
		return NULL;
	query = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	if (query == NULL)
		return NULL;
	query = psprintf("SELECT string_agg(t.name, ', ') FROM (%s) AS t", query);
	if (SPI_execute(query, true, 1) != SPI_OK_SELECT || SPI_processed != 1)
		return NULL;
	return SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
}

/* Shards would be left on the other nodes. */
static void
refuse_distributed(void)
{
	if (coordinates_nodes())
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("learnify cannot be dropped while its tables are distributed"),
				 errhint("Dump the coordinator, restore into another database, and drop this one on each node.")));
}

static void
refuse_data_loss(void)
{
	char	   *tables = tables_with_data();

	if (tables != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("dropping learnify would lose the data in %s", tables),
				 errhint("Dump the database first. SET learnify.allow_data_loss = on drops this data.")));
}

Datum
refuse_drop(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("refuse_drop() was not called by an event trigger")));
	SPI_connect();
	if (is_drop(((EventTriggerData *) fcinfo->context)->parsetree))
	{
		refuse_distributed();
		if (!learnify_allow_data_loss)
			refuse_data_loss();
	}
	SPI_finish();
	PG_RETURN_NULL();
}
