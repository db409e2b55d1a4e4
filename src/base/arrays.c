/*
 * arrays.c
 *		Arrays of values of any type, as arguments of a statement.
 *
 * Cost: a look-up of the type, and copying the values. Memory: the array.
 */
#include "postgres.h"

#include "utils/array.h"
#include "utils/lsyscache.h"

#include "base/arrays.h"

Datum
array_of(Datum *items, bool *nulls, int count, Oid type)
{
	int16		length;
	bool		by_value;
	char		alignment;
	int			bound = 1;

	get_typlenbyvalalign(type, &length, &by_value, &alignment);
	return PointerGetDatum(construct_md_array(items, nulls, 1, &count, &bound, type,
											  length, by_value, alignment));
}
