/*
 * work_memory.c
 *		Limits the memory of a computation to learnify.recommend_work_mem.
 *
 * A computation first requires the sum of all that it will allocate. If that
 * is too much, it fails before it starts, with a hint that states a sufficient
 * setting.
 *
 * Cost: that of the allocations. Memory: all of it in a context of its own,
 * which the caller deletes.
 */
#include "postgres.h"

#include "common/int.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "base/settings.h"
#include "discovery/work_memory.h"

WorkMemory *
work_memory_create(const char *purpose)
{
	/* Small blocks, since the unused part of a block is not accounted for. */
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "learnify recommender",
												  ALLOCSET_SMALL_SIZES);
	WorkMemory *memory = MemoryContextAllocZero(context, sizeof(WorkMemory));

	MemoryContextSetIdentifier(context, purpose);
	memory->context = context;
	memory->limit = (Size) learnify_recommend_work_mem * 1024;
	return memory;
}

void
work_memory_require(WorkMemory *memory, Size bytes)
{
	uint64		needed;

	if (pg_add_u64_overflow(memory->used, bytes, &needed))
		needed = PG_UINT64_MAX;
	if (needed > memory->limit)
		ereport(ERROR,
				(errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
				 errmsg("recommendations need " UINT64_FORMAT " kB of memory, and may take %d kB",
						needed / 1024 + 1, learnify_recommend_work_mem),
				 errhint("Raise learnify.recommend_work_mem to at least "
						 UINT64_FORMAT "kB.", needed / 1024 + 1)));
}

void *
work_memory_allocate(WorkMemory *memory, Size count, Size size)
{
	uint64		bytes;

	if (pg_mul_u64_overflow(Max(count, 1), size, &bytes))
		bytes = PG_UINT64_MAX;
	work_memory_require(memory, bytes);
	memory->used += bytes;
	return MemoryContextAllocHuge(memory->context, bytes);
}

/* Takes back what work_memory_allocate returned for this count and size. */
void
work_memory_free(WorkMemory *memory, void *pointer, Size count, Size size)
{
	if (pointer == NULL)
		return;
	pfree(pointer);
	memory->used -= Max(count, 1) * size;
}

void *
work_memory_enlarge(WorkMemory *memory, void *pointer, Size *count, Size size)
{
	Size		larger = Max(64, *count * 2);
	void	   *result = work_memory_allocate(memory, larger, size);

	if (*count > 0)
		memcpy(result, pointer, *count * size);
	work_memory_free(memory, pointer, *count, size);
	*count = larger;
	return result;
}
