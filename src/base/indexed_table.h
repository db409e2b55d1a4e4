#ifndef LEARNIFY_INDEXED_TABLE_H
#define LEARNIFY_INDEXED_TABLE_H

#include "access/genam.h"
#include "access/relscan.h"
#include "executor/tuptable.h"
#include "storage/buf.h"
#include "utils/rel.h"
#include "utils/snapshot.h"
#include "utils/uuid.h"

typedef struct IndexColumn
{
	const char *name;
	Oid			type;
} IndexColumn;

/* What an index must begin with: its keys, then columns at least included. */
typedef struct IndexShape
{
	const IndexColumn *columns;
	int			key_count;
	int			column_count;
} IndexShape;

/* All zeroes before it is opened; a scan can be begun again for other keys. */
typedef struct IndexedTable
{
	Relation	table;
	Relation	index;
	IndexScanDesc scan;
	TupleTableSlot *slot;
	Buffer		map;			/* pinned page of the visibility map */
} IndexedTable;

extern Relation open_extension_table(Oid schema, const char *name);

/* The number of a column, which must be there and be read as that type. */
extern AttrNumber table_column(Relation table, const char *name, Oid type);

/* A column, NOT NULL, of the row in the slot. */
extern Datum slot_value(TupleTableSlot *slot, AttrNumber column);

extern bool indexed_table_open(IndexedTable *indexed, Relation table,
							   const IndexShape *shape);
extern void indexed_table_close(IndexedTable *indexed);
/*
 * For a caller with no other way to read: opens the table by name and begins a
 * scan, or says what is missing.
 */
extern void indexed_table_begin_reading(IndexedTable *indexed, Oid schema,
										const char *name,
										const IndexShape *shape,
										Snapshot snapshot, int keys,
										bool entries_only);
extern void indexed_table_end_reading(IndexedTable *indexed);

/* The same by primary key; returns whether there is such a row, now in the slot. */
extern bool indexed_table_begin_look_up(IndexedTable *indexed, Oid schema,
										const char *name, const pg_uuid_t *id,
										Snapshot snapshot);

/* A column, NOT NULL, of the row in the table's slot. */
extern Datum indexed_table_value(IndexedTable *indexed, const char *column,
								 Oid type);

extern void indexed_table_begin(IndexedTable *indexed, Snapshot snapshot,
								int keys, bool entries_only);
extern void indexed_table_end(IndexedTable *indexed);
extern bool indexed_table_entry_is_live(IndexedTable *indexed, ItemPointer tid);
extern Datum indexed_table_entry_value(IndexedTable *indexed, AttrNumber column);

/* The next row of the scan, in the table's slot. */
extern bool indexed_table_next_row(IndexedTable *indexed,
								   ScanDirection direction);
/* The next live entry of a scan of entries only. */
extern bool indexed_table_next_entry(IndexedTable *indexed);

#endif							/* LEARNIFY_INDEXED_TABLE_H */
