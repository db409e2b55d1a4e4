/*
 * extension.c
 *		Where the extension's tables are.
 *
 * Cost: a look-up in the system cache. Memory: none.
 */
#include "postgres.h"

#include "utils/lsyscache.h"

#include "base/compat.h"
#include "base/extension.h"

Oid
extension_schema(FmgrInfo *flinfo)
{
	return get_func_namespace(flinfo->fn_oid);
}
