#ifndef LEARNIFY_WORK_MEMORY_H
#define LEARNIFY_WORK_MEMORY_H

/* The memory that a computation may allocate, and its context. */
typedef struct WorkMemory
{
	MemoryContext context;
	Size		limit;
	Size		used;
} WorkMemory;

extern WorkMemory *work_memory_create(const char *purpose);

/* Raises an error if that many more bytes would exceed the limit. */
extern void work_memory_require(WorkMemory *memory, Size bytes);

extern void *work_memory_allocate(WorkMemory *memory, Size count, Size size);
extern void work_memory_free(WorkMemory *memory, void *pointer, Size count,
							 Size size);

/* Doubles an array of *count items, NULL for none; returns it. */
extern void *work_memory_enlarge(WorkMemory *memory, void *pointer,
								 Size *count, Size size);

/*
 * Appends an item, which the caller fills in, to a list as growing_array.h
 * describes it, and points to the item.
 */
#define work_memory_append(memory, list) \
	((list)->count == (list)->allocated ? \
	 (void) ((list)->items = \
			 work_memory_enlarge((memory), (list)->items, \
								 &(list)->allocated, sizeof(*(list)->items))) : (void) 0, \
	 &(list)->items[(list)->count++])

#endif							/* LEARNIFY_WORK_MEMORY_H */
