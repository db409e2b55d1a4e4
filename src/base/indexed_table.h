#ifndef LEARNIFY_INDEXED_TABLE_H
#define LEARNIFY_INDEXED_TABLE_H

#include "access/genam.h"
#include "access/itup.h"
#include "access/relscan.h"
#include "access/visibilitymap.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "nodes/lockoptions.h"
#include "storage/buf.h"
#include "storage/predicate.h"
#include "utils/rel.h"
#include "utils/snapshot.h"
#include "utils/uuid.h"

typedef struct IndexColumn
{
	const char *name;
	Oid			type;
} IndexColumn;

/*
 * The columns that an index must begin with. The first key_count must be keys;
 * the others may be included columns.
 */
typedef struct IndexShape
{
	const IndexColumn *columns;
	int			key_count;
	int			column_count;
} IndexShape;

/*
 * A table, one of its indexes and a scan of it; all zeroes before it is
 * opened. index_rescan starts the scan, and starts it again for other keys.
 */
typedef struct IndexedTable
{
	Relation	table;
	Relation	index;
	IndexScanDesc scan;
	TupleTableSlot *slot;
	Buffer		map;			/* pinned page of the visibility map */
	bool		row_is_fetched; /* the slot has the row of the current entry */
} IndexedTable;

extern Relation open_extension_table(Oid schema, const char *name);

/*
 * Raises an error where the column is missing or is not binary-coercible to
 * type.
 */
extern AttrNumber table_column(Relation table, const char *name, Oid type);

/*
 * Returns a column of the row in the slot; raises an error where it is null.
 */
extern Datum slot_value(TupleTableSlot *slot, AttrNumber column);

extern bool indexed_table_open(IndexedTable *indexed, Relation table,
							   const IndexShape *shape, Snapshot snapshot);

/*
 * Opens a table by name and an index of that shape; raises an error where either
 * is missing.
 */
extern void indexed_table_require(IndexedTable *indexed, Oid schema,
								  const char *name, const IndexShape *shape,
								  Snapshot snapshot);
extern void indexed_table_close(IndexedTable *indexed);

/* Requires a table and an index, and begins a scan. */
extern void indexed_table_begin_reading(IndexedTable *indexed, Oid schema,
										const char *name,
										const IndexShape *shape,
										Snapshot snapshot, int keys,
										bool entries_only);
/*
 * Does the same, but the scan returns all versions of each row that any
 * snapshot as old as this one can see, and newer ones, committed or not.
 */
extern void indexed_table_begin_reading_versions(IndexedTable *indexed,
												 Oid schema, const char *name,
												 const IndexShape *shape,
												 Snapshot snapshot, int keys);
extern void indexed_table_end_reading(IndexedTable *indexed);

/*
 * Begins the scan, which has one key, anew: at the entries whose first column,
 * a uuid, has this value.
 */
extern void indexed_table_seek(IndexedTable *indexed, const pg_uuid_t *id);

/*
 * Begins reading and looks up a row by its primary key. Returns whether there
 * is one, which is then in the slot. Call indexed_table_end_reading in either
 * case.
 */
extern bool indexed_table_begin_look_up(IndexedTable *indexed, Oid schema,
										const char *name, const pg_uuid_t *id,
										Snapshot snapshot);

typedef enum RowLock
{
	ROW_IS_LOCKED,
	ROW_IS_GONE,				/* there is none, or none any more */
	ROW_IS_BUSY					/* others have a lock, and one may not wait */
} RowLock;

/*
 * Begins a scan of rows that are going to be locked.
 */
extern void indexed_table_begin_locking(IndexedTable *indexed, Oid schema,
										const char *name,
										const IndexShape *shape,
										Snapshot snapshot, int keys);

/*
 * Locks the row in the slot, as SELECT ... FOR UPDATE and its like do. The slot
 * then has the version that is locked, which may be newer than the snapshot.
 */
extern RowLock indexed_table_lock_row(IndexedTable *indexed,
									  LockTupleMode mode, bool may_wait);

/*
 * Looks up a row by its primary key and locks it. Call
 * indexed_table_end_reading in any case.
 */
extern RowLock indexed_table_begin_locked_look_up(IndexedTable *indexed,
												  Oid schema, const char *name,
												  const pg_uuid_t *id,
												  Snapshot snapshot,
												  LockTupleMode mode,
												  bool may_wait);

/*
 * Returns a column of the row in the slot; raises an error where it is null.
 */
extern Datum indexed_table_value(IndexedTable *indexed, const char *column,
								 Oid type);

extern void indexed_table_begin(IndexedTable *indexed, Snapshot snapshot,
								int keys, bool entries_only);
extern void indexed_table_end(IndexedTable *indexed);

/* Fetches the next row of the scan into the slot. */
extern bool indexed_table_next_row(IndexedTable *indexed,
								   ScanDirection direction);

/* The rest is inline, because it is called for each of many entries. */

/* Whether the snapshot sees the row of the current entry. */
static inline bool
indexed_table_entry_is_live(IndexedTable *indexed, ItemPointer tid)
{
	BlockNumber block = ItemPointerGetBlockNumber(tid);

	indexed->row_is_fetched = !VM_ALL_VISIBLE(indexed->table, block, &indexed->map);
	if (indexed->row_is_fetched)
		return index_fetch_heap(indexed->scan, indexed->slot);
	/* index_fetch_heap takes this predicate lock; without a fetch, we must. */
	PredicateLockPage(indexed->table, block, indexed->scan->xs_snapshot);
	return true;
}

/* Advances a scan with entries_only to the next live entry. */
static inline bool
indexed_table_next_entry(IndexedTable *indexed)
{
	ItemPointer tid;

	while ((tid = index_getnext_tid(indexed->scan, ForwardScanDirection)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		if (indexed_table_entry_is_live(indexed, tid))
			return true;
	}
	return false;
}

/*
 * Fetches the row of the current entry into the slot, if that is still to be
 * done. index_fetch_heap must not be called twice for an entry: the second call
 * begins where the first has found the row, cannot follow the chain of updates
 * from there, and marks the entry as dead in the index.
 */
static inline bool
indexed_table_fetch_row(IndexedTable *indexed)
{
	if (!indexed->row_is_fetched)
		indexed->row_is_fetched = index_fetch_heap(indexed->scan, indexed->slot);
	return indexed->row_is_fetched;
}

/* Raises the error that the column is null. */
extern void indexed_table_refuse_null(TupleDesc descriptor, AttrNumber column);

/* Returns a column of the current entry; raises an error where it is null. */
static inline Datum
indexed_table_entry_value(IndexedTable *indexed, AttrNumber column)
{
	TupleDesc	descriptor = indexed->scan->xs_itupdesc;
	bool		isnull;
	Datum		value = index_getattr(indexed->scan->xs_itup, column, descriptor,
									  &isnull);

	if (unlikely(isnull))
		indexed_table_refuse_null(descriptor, column);
	return value;
}

#endif							/* LEARNIFY_INDEXED_TABLE_H */
