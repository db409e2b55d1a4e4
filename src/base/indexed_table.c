/*
 * indexed_table.c
 *		Reads one of the extension's tables through an index, without a query.
 *
 * The table must be an ordinary heap table without children, and the index a
 * btree that covers all of its rows; indexed_table_open checks that.
 * Privileges and row-level security are not checked here: the caller calls
 * require_reader first.
 *
 * Cost: a microsecond to open, two or three for each index_rescan and its
 * first entry. Memory: a scan and a slot, in the current context. After an
 * error, the resource owner releases locks, pins and relations.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/itup.h"
#include "access/relscan.h"
#include "access/skey.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "access/tupdesc.h"
#include "access/xact.h"
#include "catalog/pg_am.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/pg_list.h"
#include "parser/parse_coerce.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/typcache.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/indexed_table.h"
#include "base/uuids.h"
#include "distribution/shards.h"

Relation
open_extension_table(Oid schema, const char *name)
{
	Oid			table = get_relname_relid(name, schema);

	if (!OidIsValid(table))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table \"%s\" of extension learnify is missing", name),
				 errhint("Restore the database from a backup, or drop the "
						 "extension and create it again."),
				 err_generic_string(PG_DIAG_TABLE_NAME, name)));
	return table_open(local_relation(table), AccessShareLock);
}

AttrNumber
table_column(Relation table, const char *name, Oid type)
{
	AttrNumber	number = get_attnum(RelationGetRelid(table), name);
	Oid			actual;

	if (number <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of table \"%s\" of extension learnify is missing",
						name, RelationGetRelationName(table)),
				 errhint("verify_schema() lists what the extension's tables have lost."),
				 errtablecolname(table, name)));
	actual = TupleDescAttr(RelationGetDescr(table), number - 1)->atttypid;
	if (!IsBinaryCoercible(actual, type))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of table \"%s\" of extension learnify is of type %s, not %s",
						name, RelationGetRelationName(table),
						format_type_be(actual), format_type_be(type)),
				 errhint("verify_schema() lists what the extension's tables have lost."),
				 errtablecolname(table, name)));
	return number;
}

void
indexed_table_refuse_null(TupleDesc descriptor, AttrNumber column)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("column \"%s\" of a table of extension learnify is null",
					NameStr(TupleDescAttr(descriptor, column - 1)->attname)),
			 errhint("verify_schema() lists what the extension's tables have lost."),
			 err_generic_string(PG_DIAG_COLUMN_NAME,
								NameStr(TupleDescAttr(descriptor, column - 1)->attname))));
}

Datum
slot_value(TupleTableSlot *slot, AttrNumber column)
{
	bool		isnull;
	Datum		value = slot_getattr(slot, column, &isnull);

	if (isnull)
		indexed_table_refuse_null(slot->tts_tupleDescriptor, column);
	return value;
}

/* Whether Citus, according to its catalog, keeps the rows in other tables. */
static bool
is_distributed(Relation table)
{
	Oid			catalog = get_relname_relid("pg_dist_partition",
											PG_CATALOG_NAMESPACE);
	Relation	partitions;
	SysScanDesc scan;
	ScanKeyData key;
	bool		found;

	if (!OidIsValid(catalog))
		return false;
	partitions = table_open(catalog, AccessShareLock);
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(RelationGetRelid(table)));
	scan = systable_beginscan(partitions, InvalidOid, false, NULL, 1, &key);
	found = HeapTupleIsValid(systable_getnext(scan));
	systable_endscan(scan);
	table_close(partitions, AccessShareLock);
	return found;
}

/* relhassubclass stays true after the last child is dropped, until ANALYZE. */
static bool
is_plain(Relation table)
{
	return table->rd_rel->relkind == RELKIND_RELATION &&
		table->rd_rel->relam == HEAP_TABLE_AM_OID &&
		find_inheritance_children(RelationGetRelid(table), NoLock) == NIL &&
		!is_distributed(table);
}

/*
 * Whether an index lacks none of the row versions that the snapshot sees. Where
 * indcheckxmin is set, it lacks versions that were updated before it was built,
 * which a snapshot that sees its creation cannot see. The planner compares with
 * the oldest running transaction instead, which would keep a new index from being
 * used as long as that one runs.
 */
static bool
has_all_versions(Relation index, Snapshot snapshot)
{
	TransactionId creation = HeapTupleHeaderGetXmin(index->rd_indextuple->t_data);

	if (!index->rd_index->indcheckxmin)
		return true;
	if (TransactionIdIsCurrentTransactionId(creation))
		return !IsolationUsesXactSnapshot();
	return !XidInMVCCSnapshot(creation, snapshot);
}

/* Whether a btree index covers all rows of its table that the snapshot sees. */
static bool
is_complete(Relation index, Snapshot snapshot)
{
	return index->rd_rel->relam == BTREE_AM_OID &&
		index->rd_index->indisvalid &&
		heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, NULL) &&
		has_all_versions(index, snapshot);
}

/*
 * Whether a key of the index is ascending, in the default order of its type.
 */
static bool
has_usual_order(Relation index, int key, Oid type)
{
	return index->rd_indoption[key] == 0 &&
		index->rd_opfamily[key] ==
		lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY)->btree_opf;
}

static bool
has_shape(Relation index, Relation table, const IndexShape *shape)
{
	int			i;

	if (index->rd_index->indnkeyatts < shape->key_count ||
		index->rd_index->indnatts < shape->column_count)
		return false;
	for (i = 0; i < shape->column_count; i++)
	{
		const IndexColumn *column = &shape->columns[i];
		AttrNumber	number = index->rd_index->indkey.values[i];
		Form_pg_attribute attribute;

		if (number <= 0)
			return false;
		attribute = TupleDescAttr(RelationGetDescr(table), number - 1);
		if (attribute->atttypid != column->type ||
			strcmp(NameStr(attribute->attname), column->name) != 0)
			return false;
		if (i < shape->key_count && !has_usual_order(index, i, column->type))
			return false;
	}
	return true;
}

/* Looks for an index by its shape, since it may be renamed or rebuilt. */
static Relation
open_index(Relation table, const IndexShape *shape, Snapshot snapshot)
{
	List	   *indexes = RelationGetIndexList(table);
	ListCell   *cell;

	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);

		if (is_complete(index, snapshot) && has_shape(index, table, shape))
			return index;
		index_close(index, AccessShareLock);
	}
	return NULL;
}

/*
 * Opens an index of that shape. Returns false where the table has none, or is
 * not one to be read so. The caller closes the table.
 */
bool
indexed_table_open(IndexedTable *indexed, Relation table,
				   const IndexShape *shape, Snapshot snapshot)
{
	indexed->table = table;
	if (is_plain(table))
		indexed->index = open_index(table, shape, snapshot);
	return indexed->index != NULL;
}

/* Keeps the lock until the end of the transaction, as a query does. */
void
indexed_table_close(IndexedTable *indexed)
{
	if (indexed->index != NULL)
		index_close(indexed->index, NoLock);
	indexed->index = NULL;
}

/*
 * Begins a scan, which index_rescan starts. With entries_only, it returns
 * index entries; the heap is read only for rows whose visibility the map does
 * not know.
 */
void
indexed_table_begin(IndexedTable *indexed, Snapshot snapshot, int keys,
					bool entries_only)
{
	indexed->scan = begin_index_scan(indexed->table, indexed->index, snapshot,
									 keys);
	indexed->scan->xs_want_itup = entries_only;
	indexed->slot = table_slot_create(indexed->table, NULL);
	indexed->map = InvalidBuffer;
}

void
indexed_table_end(IndexedTable *indexed)
{
	index_endscan(indexed->scan);
	ExecDropSingleTupleTableSlot(indexed->slot);
	if (BufferIsValid(indexed->map))
		ReleaseBuffer(indexed->map);
}

static char *
key_names(const IndexShape *shape)
{
	StringInfoData names;
	int			i;

	initStringInfo(&names);
	for (i = 0; i < shape->key_count; i++)
		appendStringInfo(&names, "%s%s", i > 0 ? ", " : "",
						 shape->columns[i].name);
	return names.data;
}

void
indexed_table_require(IndexedTable *indexed, Oid schema, const char *name,
					  const IndexShape *shape, Snapshot snapshot)
{
	Relation	table = open_extension_table(schema, name);

	memset(indexed, 0, sizeof(IndexedTable));
	if (!indexed_table_open(indexed, table, shape, snapshot))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" cannot be read by an index on (%s)", name,
						key_names(shape)),
				 is_plain(table) ?
				 errhint("verify_schema() lists what the extension's tables have lost.") :
				 errhint("It must be a heap table without child tables, and not be distributed."),
				 errtable(table)));
}

void
indexed_table_begin_reading(IndexedTable *indexed, Oid schema,
							const char *name, const IndexShape *shape,
							Snapshot snapshot, int keys, bool entries_only)
{
	indexed_table_require(indexed, schema, name, shape, snapshot);
	indexed_table_begin(indexed, snapshot, keys, entries_only);
}

void
indexed_table_begin_reading_versions(IndexedTable *indexed, Oid schema,
									 const char *name, const IndexShape *shape,
									 Snapshot snapshot, int keys)
{
	indexed_table_require(indexed, schema, name, shape, snapshot);
	indexed_table_begin(indexed, SnapshotAny, keys, false);
}

void
indexed_table_end_reading(IndexedTable *indexed)
{
	Relation	table = indexed->table;

	indexed_table_end(indexed);
	indexed_table_close(indexed);
	table_close(table, NoLock);
}

static const IndexColumn id_columns[] = {{"id", UUIDOID}};
static const IndexShape primary_key = {id_columns, 1, 1};

void
indexed_table_seek(IndexedTable *indexed, const pg_uuid_t *id)
{
	ScanKeyData key;

	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_UUID_EQ, UUIDPGetDatum(id));
	index_rescan(indexed->scan, &key, 1, NULL, 0);
}

static bool
find_row(IndexedTable *indexed, const pg_uuid_t *id)
{
	indexed_table_seek(indexed, id);
	return indexed_table_next_row(indexed, ForwardScanDirection);
}

bool
indexed_table_begin_look_up(IndexedTable *indexed, Oid schema,
							const char *name, const pg_uuid_t *id,
							Snapshot snapshot)
{
	indexed_table_begin_reading(indexed, schema, name, &primary_key, snapshot,
								1, false);
	return find_row(indexed, id);
}

/* Takes the lock on the table that a statement with such a clause takes. */
void
indexed_table_begin_locking(IndexedTable *indexed, Oid schema,
							const char *name, const IndexShape *shape,
							Snapshot snapshot, int keys)
{
	Oid			table = get_relname_relid(name, schema);

	if (OidIsValid(table))
		LockRelationOid(local_relation(table), RowShareLock);
	indexed_table_begin_reading(indexed, schema, name, shape, snapshot, keys,
								false);
}

static void
raise_concurrent_update(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("could not serialize access due to concurrent update")));
}

RowLock
indexed_table_lock_row(IndexedTable *indexed, LockTupleMode mode, bool may_wait)
{
	ItemPointerData tid = indexed->slot->tts_tid;
	uint8		flags = TUPLE_LOCK_FLAG_LOCK_UPDATE_IN_PROGRESS;
	TM_FailureData failure;

	PreventCommandIfReadOnly(mode == LockTupleKeyShare ?
							 "SELECT FOR KEY SHARE" : "SELECT FOR NO KEY UPDATE");
	if (!IsolationUsesXactSnapshot())
		flags |= TUPLE_LOCK_FLAG_FIND_LAST_VERSION;
	switch (table_tuple_lock(indexed->table, &tid, indexed->scan->xs_snapshot,
							 indexed->slot, GetCurrentCommandId(true), mode,
							 may_wait ? LockWaitBlock : LockWaitSkip, flags,
							 &failure))
	{
		case TM_Ok:
			return ROW_IS_LOCKED;
		case TM_WouldBlock:
			return ROW_IS_BUSY;
		case TM_SelfModified:
			return ROW_IS_GONE;
		case TM_Updated:
			raise_concurrent_update();
			break;
		case TM_Deleted:
			if (IsolationUsesXactSnapshot())
				raise_concurrent_update();
			return ROW_IS_GONE;
		default:
			elog(ERROR, "row of table \"%s\" cannot be locked",
				 RelationGetRelationName(indexed->table));
	}
	return ROW_IS_GONE;
}

/* A version that is newer than the snapshot may have another key. */
RowLock
indexed_table_begin_locked_look_up(IndexedTable *indexed, Oid schema,
								   const char *name, const pg_uuid_t *id,
								   Snapshot snapshot, LockTupleMode mode,
								   bool may_wait)
{
	RowLock		lock;

	indexed_table_begin_locking(indexed, schema, name, &primary_key, snapshot, 1);
	if (!find_row(indexed, id))
		return ROW_IS_GONE;
	lock = indexed_table_lock_row(indexed, mode, may_wait);
	if (lock == ROW_IS_LOCKED &&
		!equal_uuids(DatumGetUUIDP(indexed_table_value(indexed, "id", UUIDOID)), id))
		return ROW_IS_GONE;
	return lock;
}

Datum
indexed_table_value(IndexedTable *indexed, const char *column, Oid type)
{
	return slot_value(indexed->slot, table_column(indexed->table, column, type));
}

bool
indexed_table_next_row(IndexedTable *indexed, ScanDirection direction)
{
	CHECK_FOR_INTERRUPTS();
	return index_getnext_slot(indexed->scan, direction, indexed->slot);
}
