/*
 * growing_array.h
 *		Arrays that grow as items are appended.
 *
 * An array is any struct with the members items, count and allocated, the
 * latter two of type Size. It is empty when all of them are zero. The items
 * are in the memory context that was current at the first append.
 */
#ifndef LEARNIFY_GROWING_ARRAY_H
#define LEARNIFY_GROWING_ARRAY_H

/* Appends an item, which the caller fills in, and points to it. */
#define growing_array_append(array) \
	(unlikely((array)->count == (array)->allocated) ? \
	 (void) ((array)->items = \
			 growing_array_enlarge((array)->items, &(array)->allocated, \
								   sizeof(*(array)->items))) : (void) 0, \
	 &(array)->items[(array)->count++])

/*
 * Doubles what is allocated. That cannot overflow: repalloc_huge refuses any
 * size of more than half of the address space.
 */
static inline void *
growing_array_enlarge(void *items, Size *allocated, Size item_size)
{
	*allocated = Max(16, *allocated * 2);
	return items == NULL ? palloc(*allocated * item_size) :
		repalloc_huge(items, *allocated * item_size);
}

#endif							/* LEARNIFY_GROWING_ARRAY_H */
