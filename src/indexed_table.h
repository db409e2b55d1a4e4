#ifndef LEARNIFY_INDEXED_TABLE_H
#define LEARNIFY_INDEXED_TABLE_H

#include "access/relscan.h"
#include "executor/tuptable.h"
#include "storage/buf.h"
#include "utils/rel.h"
#include "utils/snapshot.h"

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

extern bool indexed_table_open(IndexedTable *indexed, Relation table,
							   const IndexShape *shape);
extern void indexed_table_close(IndexedTable *indexed);
extern void indexed_table_begin(IndexedTable *indexed, Snapshot snapshot,
								int keys, bool entries_only);
extern void indexed_table_end(IndexedTable *indexed);
extern bool indexed_table_entry_is_live(IndexedTable *indexed, ItemPointer tid);
extern Datum indexed_table_entry_value(IndexedTable *indexed, AttrNumber column);

#endif							/* LEARNIFY_INDEXED_TABLE_H */
