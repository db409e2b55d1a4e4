/*
 * row_versions.c
 *		has_newer_rows(): whether a snapshot is too old for some rows.
 *
 * A transaction under REPEATABLE READ that has waited for a lock goes on with
 * its old snapshot. Since a lock leaves no new row version, PostgreSQL does not
 * refuse that; this tells whether it has to be refused.
 *
 * Cost: an index scan that fetches all versions of the rows. Memory: none.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/skey.h"
#include "access/stratnum.h"
#include "access/transam.h"
#include "access/xact.h"
#include "executor/tuptable.h"
#include "storage/bufmgr.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "base/row_versions.h"

#define MAX_KEYS	2

/*
 * Whether another transaction that the snapshot does not see has committed.
 */
static bool
was_missed(TransactionId xid, Snapshot snapshot)
{
	return TransactionIdIsNormal(xid) &&
		!TransactionIdIsCurrentTransactionId(xid) &&
		XidInMVCCSnapshot(xid, snapshot) && TransactionIdDidCommit(xid);
}

/* Whether the snapshot is too old for this row version, or for its end. */
static bool
is_newer(TupleTableSlot *slot, Snapshot snapshot)
{
	Buffer		buffer = ((BufferHeapTupleTableSlot *) slot)->buffer;
	HeapTupleHeader header = ExecFetchSlotHeapTuple(slot, false, NULL)->t_data;
	TransactionId writer;
	TransactionId ender = InvalidTransactionId;

	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	writer = HeapTupleHeaderGetXmin(header);
	if (!(header->t_infomask & HEAP_XMAX_INVALID) &&
		!HEAP_XMAX_IS_LOCKED_ONLY(header->t_infomask))
		ender = HeapTupleHeaderGetUpdateXid(header);
	LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
	return was_missed(writer, snapshot) || was_missed(ender, snapshot);
}

bool
has_newer_rows(Oid schema, const char *table, const IndexShape *shape,
			   const pg_uuid_t *keys, Snapshot snapshot)
{
	IndexedTable rows;
	ScanKeyData scan_keys[MAX_KEYS];
	bool		found = false;
	int			i;

	Assert(shape->key_count <= MAX_KEYS);
	indexed_table_begin_reading_versions(&rows, schema, table, shape, snapshot,
										 shape->key_count);
	for (i = 0; i < shape->key_count; i++)
		ScanKeyInit(&scan_keys[i], i + 1, BTEqualStrategyNumber, F_UUID_EQ,
					UUIDPGetDatum(&keys[i]));
	index_rescan(rows.scan, scan_keys, shape->key_count, NULL, 0);
	while (!found && indexed_table_next_row(&rows, ForwardScanDirection))
		found = is_newer(rows.slot, snapshot);
	indexed_table_end_reading(&rows);
	return found;
}
