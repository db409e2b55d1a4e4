#ifndef LEARNIFY_CURSOR_H
#define LEARNIFY_CURSOR_H

#include "utils/portal.h"
#include "utils/uuid.h"

/*
 * Opens a cursor on a query that names the extension's schema as %1$s. The
 * query has two uuid parameters, or none where first is NULL.
 */
extern Portal cursor_open(const char *query, Oid schema,
						  const pg_uuid_t *first, const pg_uuid_t *last);

/* Fetches the next batch into SPI_tuptable; returns false at the end. */
extern bool cursor_fetch(Portal portal);

/* A column, counted from 1, of a row in SPI_tuptable. */
extern Datum cursor_value(uint64 row, int column);

#endif							/* LEARNIFY_CURSOR_H */
