/*
 * account.h
 *		A caller of the recommender's functions that counts its allocations, can
 *		run out of memory and can cancel.
 */
#ifndef LEARNIFY_ACCOUNT_H
#define LEARNIFY_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct Account
{
	size_t		bytes;
	size_t		peak;
	int			blocks;
	int			calls_until_null;	/* 0 if never */
	int			checks;
	int			checks_until_cancel;	/* 0 if never */
	uint32_t	courses_done;
	int			advances;		/* how often courses_done has increased */
} Account;

/* Precedes each block, and keeps its alignment. */
typedef union BlockHeader
{
	size_t		size;
	max_align_t align;
} BlockHeader;

static void *
allocate(void *context, size_t size)
{
	Account    *account = context;
	BlockHeader *block;

	if (account->calls_until_null > 0 && --account->calls_until_null == 0)
		return NULL;
	block = malloc(sizeof(BlockHeader) + size);
	block->size = size;
	memset(block + 1, 0x7f, size);	/* no code may rely on zeroes */
	account->blocks++;
	account->bytes += size;
	if (account->bytes > account->peak)
		account->peak = account->bytes;
	return block + 1;
}

static void
release(void *context, void *pointer)
{
	Account    *account = context;
	BlockHeader *block = (BlockHeader *) pointer - 1;

	account->blocks--;
	account->bytes -= block->size;
	free(block);
}

static bool
interrupted(void *context, uint32_t courses_done)
{
	Account    *account = context;

	account->advances += courses_done > account->courses_done;
	account->courses_done = courses_done;
	account->checks++;
	return account->checks_until_cancel > 0 &&
		account->checks >= account->checks_until_cancel;
}

#endif							/* LEARNIFY_ACCOUNT_H */
