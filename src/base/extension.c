/*
 * extension.c
 *		Finds the schema of the extension's tables.
 *
 * The tables are in the extension's schema, pg_extension.extnamespace. So are
 * the functions of catalogs before 1.0.0; from then on, the internal ones are
 * in the schema learnify_internal.
 *
 * Cost: a look-up in the system cache. The first call of a function in a
 * schema reads pg_depend and pg_extension as well. Memory: two entries,
 * static.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/skey.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_proc.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/compat.h"
#include "base/extension.h"

/* Returns the schema in which an extension was created. */
static Oid
default_schema(Oid extension)
{
	Relation	extensions = table_open(ExtensionRelationId, AccessShareLock);
	Oid			schema = InvalidOid;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_pg_extension_oid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(extension));
	scan = systable_beginscan(extensions, ExtensionOidIndexId, true, NULL, 1,
							  &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
		schema = ((Form_pg_extension) GETSTRUCT(tuple))->extnamespace;
	systable_endscan(scan);
	table_close(extensions, AccessShareLock);
	return schema;
}

/* A schema of the extension's functions, and the schema of its tables. */
typedef struct SchemaPair
{
	Oid			functions;
	Oid			tables;
} SchemaPair;

/*
 * A pair stays true as long as the schema of the functions exists, since the
 * extension is not relocatable. Where it is dropped and created again in
 * another schema, learnify_internal has a new Oid.
 */
Oid
extension_schema(FmgrInfo *flinfo)
{
	static SchemaPair known[2];
	static SchemaPair *oldest = &known[0];
	Oid			functions = get_func_namespace(flinfo->fn_oid);
	Oid			extension;
	SchemaPair *pair = oldest;

	if (known[0].functions == functions)
		return known[0].tables;
	if (known[1].functions == functions)
		return known[1].tables;
	extension = getExtensionOfObject(ProcedureRelationId, flinfo->fn_oid);
	if (!OidIsValid(extension))
		return functions;
	pair->tables = default_schema(extension);
	pair->functions = functions;
	oldest = pair == &known[0] ? &known[1] : &known[0];
	return pair->tables;
}
