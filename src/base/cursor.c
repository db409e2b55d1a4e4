/*
 * cursor.c
 *		Reads the rows of a query in batches.
 *
 * Call within SPI_connect() and SPI_finish(); close a cursor with
 * SPI_cursor_close(). Cursors read under the active snapshot, so that those of
 * one call see the same rows.
 *
 * Cost: that of the query. Memory: BATCH_ROWS rows, in SPI's context.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/portal.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/cursor.h"

#define BATCH_ROWS	10000

Portal
cursor_open(const char *query, Oid schema, const pg_uuid_t *first,
			const pg_uuid_t *last)
{
	const char *name = quote_identifier(get_namespace_name(schema));
	Oid			types[2] = {UUIDOID, UUIDOID};
	Datum		values[2] = {UUIDPGetDatum(first), UUIDPGetDatum(last)};

	return SPI_cursor_open_with_args(NULL, psprintf(query, name),
									 first ? 2 : 0, types, values, NULL, true,
									 CURSOR_OPT_NO_SCROLL);
}

bool
cursor_fetch(Portal portal)
{
	CHECK_FOR_INTERRUPTS();
	SPI_freetuptable(SPI_tuptable);
	SPI_cursor_fetch(portal, true, BATCH_ROWS);
	return SPI_processed > 0;
}

Datum
cursor_value(uint64 row, int column)
{
	bool		isnull;

	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column,
						 &isnull);
}
