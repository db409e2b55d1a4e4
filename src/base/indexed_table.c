/*
 * indexed_table.c
 *		Reads a table of ours through one of its indexes, without a query.
 *
 * Only a table all of whose rows are in its own heap can be read so, by a btree
 * index that holds all of them; indexed_table_open says whether it is one. The
 * caller answers for privileges and row-level security, which are not looked at:
 * see require_reader.
 *
 * Cost: a microsecond to open, two or three for each index_rescan and its first
 * entry. Memory: a scan and a slot, in the current context; an error leaves
 * nothing behind that the resource owner does not release.
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
#include "access/visibilitymap.h"
#include "catalog/pg_am.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/pg_list.h"
#include "parser/parse_coerce.h"
#include "storage/bufmgr.h"
#include "storage/predicate.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/typcache.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/indexed_table.h"

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
	return table_open(table, AccessShareLock);
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

static void
refuse_null(TupleDesc descriptor, AttrNumber column)
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
		refuse_null(slot->tts_tupleDescriptor, column);
	return value;
}

/* The catalog of Citus, which keeps the rows of its tables in other ones. */
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

static bool
is_plain(Relation table)
{
	return table->rd_rel->relkind == RELKIND_RELATION &&
		table->rd_rel->relam == HEAP_TABLE_AM_OID &&
		!table->rd_rel->relhassubclass &&
		!is_distributed(table);
}

/* Whether all of the table's rows are in it, those of old snapshots too. */
static bool
is_complete(Relation index)
{
	HeapTuple	tuple = index->rd_indextuple;

	if (index->rd_rel->relam != BTREE_AM_OID ||
		!index->rd_index->indisvalid ||
		!heap_attisnull(tuple, Anum_pg_index_indpred, NULL))
		return false;
	return !index->rd_index->indcheckxmin ||
		TransactionIdPrecedes(HeapTupleHeaderGetXmin(tuple->t_data),
							  TransactionXmin);
}

/* Whether a key of the index ascends in the type's default order. */
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

/* By shape and not by name: an index may be renamed, or built anew. */
static Relation
open_index(Relation table, const IndexShape *shape)
{
	List	   *indexes = RelationGetIndexList(table);
	ListCell   *cell;

	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);

		if (is_complete(index) && has_shape(index, table, shape))
			return index;
		index_close(index, AccessShareLock);
	}
	return NULL;
}

/* The table is the caller's to close. Returns whether it can be read so. */
bool
indexed_table_open(IndexedTable *indexed, Relation table,
				   const IndexShape *shape)
{
	indexed->table = table;
	if (is_plain(table))
		indexed->index = open_index(table, shape);
	return indexed->index != NULL;
}

/* The lock stays to the end of the transaction, as a query's would. */
void
indexed_table_close(IndexedTable *indexed)
{
	if (indexed->index != NULL)
		index_close(indexed->index, NoLock);
	indexed->index = NULL;
}

/*
 * Makes a scan that index_rescan then starts. With entries_only, rows are read
 * from the index as far as the caller asks for no more.
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
indexed_table_begin_reading(IndexedTable *indexed, Oid schema,
							const char *name, const IndexShape *shape,
							Snapshot snapshot, int keys, bool entries_only)
{
	Relation	table = open_extension_table(schema, name);

	memset(indexed, 0, sizeof(IndexedTable));
	if (!indexed_table_open(indexed, table, shape))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" cannot be read by an index on (%s)", name,
						key_names(shape)),
				 errhint("verify_schema() lists what the extension's tables have lost."),
				 errtable(table)));
	indexed_table_begin(indexed, snapshot, keys, entries_only);
}

void
indexed_table_end_reading(IndexedTable *indexed)
{
	Relation	table = indexed->table;

	indexed_table_end(indexed);
	indexed_table_close(indexed);
	table_close(table, NoLock);
}

bool
indexed_table_begin_look_up(IndexedTable *indexed, Oid schema,
							const char *name, const pg_uuid_t *id,
							Snapshot snapshot)
{
	static const IndexColumn columns[] = {{"id", UUIDOID}};
	static const IndexShape primary_key = {columns, 1, 1};
	ScanKeyData key;

	indexed_table_begin_reading(indexed, schema, name, &primary_key, snapshot,
								1, false);
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_UUID_EQ, UUIDPGetDatum(id));
	index_rescan(indexed->scan, &key, 1, NULL, 0);
	return indexed_table_next_row(indexed, ForwardScanDirection);
}

Datum
indexed_table_value(IndexedTable *indexed, const char *column, Oid type)
{
	return slot_value(indexed->slot, table_column(indexed->table, column, type));
}

/* Whether the snapshot sees the row of the entry that the scan is at. */
bool
indexed_table_entry_is_live(IndexedTable *indexed, ItemPointer tid)
{
	BlockNumber block = ItemPointerGetBlockNumber(tid);

	if (!VM_ALL_VISIBLE(indexed->table, block, &indexed->map))
		return index_fetch_heap(indexed->scan, indexed->slot);
	/* a fetch would have done this */
	PredicateLockPage(indexed->table, block, indexed->scan->xs_snapshot);
	return true;
}

/* A column, NOT NULL, of the entry that the scan is at. */
Datum
indexed_table_entry_value(IndexedTable *indexed, AttrNumber column)
{
	TupleDesc	descriptor = indexed->scan->xs_itupdesc;
	bool		isnull;
	Datum		value = index_getattr(indexed->scan->xs_itup, column, descriptor,
									  &isnull);

	if (isnull)
		refuse_null(descriptor, column);
	return value;
}

bool
indexed_table_next_row(IndexedTable *indexed, ScanDirection direction)
{
	CHECK_FOR_INTERRUPTS();
	return index_getnext_slot(indexed->scan, direction, indexed->slot);
}

bool
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
