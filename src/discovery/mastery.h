#ifndef LEARNIFY_MASTERY_H
#define LEARNIFY_MASTERY_H

#include "datatype/timestamp.h"
#include "utils/uuid.h"

#include "discovery/catalogue.h"
#include "discovery/work_memory.h"

typedef struct Completion
{
	TimestampTz at;
	uint32		user;
	uint32		course;
} Completion;

/* Grown by work_memory_append(). */
typedef struct CompletionList
{
	Completion *items;
	Size		count;
	Size		allocated;
} CompletionList;

/*
 * Who completed which courses with which tags. A learner has mastered a tag by
 * completing the first course that carries it. Users are in the order of their
 * ids, tags in that of their bytes, completions in that of users.
 */
typedef struct Mastery
{
	pg_uuid_t  *users;
	uint32		user_count;
	text	  **tags;
	uint32		tag_count;
	uint32	   *first_tag;		/* of each course, in course_tags */
	uint32	   *course_tags;
	CompletionList completions;
} Mastery;

extern void load_mastery(Oid schema, const Catalogue *catalogue,
						 WorkMemory *memory, Mastery *mastery);

extern bool find_tag(const Mastery *mastery, const text *tag, uint32 *number);

#endif							/* LEARNIFY_MASTERY_H */
