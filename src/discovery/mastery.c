/*
 * mastery.c
 *		Loads who completed which courses, and the tags of the courses.
 *
 * Cost: reading the completed courses, the tags and the users.
 *
 * Memory: 16 bytes for each completed course, twice that while they are
 * sorted, 16 for each user, and 8 for each tag of a course besides the tags.
 *
 * Call within SPI_connect() and SPI_finish().
 */
#include "postgres.h"

#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/portal.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/cursor.h"
#include "base/uuids.h"
#include "discovery/mastery.h"

static const char *const counts_query =
"SELECT (SELECT count(*) FROM %1$s.users),"
"       (SELECT count(*) FROM %1$s.course_tags)";

static const char *const users_query =
"SELECT id FROM %1$s.users ORDER BY id";

static const char *const tags_query =
"SELECT course_id, tag FROM %1$s.course_tags ORDER BY tag COLLATE \"C\"";

static const char *const completions_query =
"SELECT user_id, course_id, completed_at FROM %1$s.user_progress"
" WHERE completed_at IS NOT NULL"
" UNION ALL"
" SELECT user_id, course_id, created_at FROM %1$s.user_course_interactions"
" WHERE interaction_type = 'completed'";

typedef struct CourseTag
{
	uint32		course;
	uint32		tag;
} CourseTag;

typedef struct Loading
{
	Oid			schema;
	const Catalogue *catalogue;
	WorkMemory *memory;
	uint64		user_limit;
	uint64		course_tag_limit;
	Mastery    *mastery;
} Loading;

static void
count_rows(Loading *load)
{
	Portal		portal = cursor_open(counts_query, load->schema, NULL, NULL);

	cursor_fetch(portal);
	load->user_limit = DatumGetInt64(cursor_value(0, 1));
	load->course_tag_limit = DatumGetInt64(cursor_value(0, 2));
	SPI_cursor_close(portal);
	if (load->user_limit >= PG_INT32_MAX || load->course_tag_limit >= PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many users or tags to compare what learners mastered"),
				 errhint("Delete tags that nobody uses.")));
}

static void
load_users(Loading *load)
{
	Mastery    *mastery = load->mastery;
	Portal		portal = cursor_open(users_query, load->schema, NULL, NULL);

	mastery->users = work_memory_allocate(load->memory, load->user_limit,
										   sizeof(pg_uuid_t));
	while (cursor_fetch(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed && mastery->user_count < load->user_limit; row++)
			mastery->users[mastery->user_count++] = *DatumGetUUIDP(cursor_value(row, 1));
	}
	SPI_cursor_close(portal);
}

static bool
find_user(const Loading *load, const pg_uuid_t *id, uint32 *number)
{
	Mastery    *mastery = load->mastery;
	const pg_uuid_t *user = find_by_uuid(mastery->users, mastery->user_count,
										 sizeof(pg_uuid_t), id);

	if (user == NULL)
		return false;
	*number = (uint32) (user - mastery->users);
	return true;
}

static bool
is_last_tag(const Loading *load, const text *tag)
{
	Mastery    *mastery = load->mastery;
	text	   *last;

	if (mastery->tag_count == 0)
		return false;
	last = mastery->tags[mastery->tag_count - 1];
	return VARSIZE_ANY_EXHDR(last) == VARSIZE_ANY_EXHDR(tag) &&
		memcmp(VARDATA_ANY(last), VARDATA_ANY(tag), VARSIZE_ANY_EXHDR(tag)) == 0;
}

/* Expects the tags in order, and numbers them. */
static uint32
number_tag(Loading *load, const text *tag)
{
	Mastery    *mastery = load->mastery;

	if (!is_last_tag(load, tag))
	{
		Size		size = VARSIZE_ANY(tag);

		mastery->tags[mastery->tag_count] = work_memory_allocate(load->memory, 1, size);
		memcpy(mastery->tags[mastery->tag_count++], tag, size);
	}
	return mastery->tag_count - 1;
}

static uint32
read_course_tags(Loading *load, CourseTag *list)
{
	Portal		portal = cursor_open(tags_query, load->schema, NULL, NULL);
	uint32		count = 0;

	while (cursor_fetch(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed && count < load->course_tag_limit; row++)
		{
			uint32		course;

			if (!find_course(load->catalogue,
							 DatumGetUUIDP(cursor_value(row, 1)), &course))
				continue;
			list[count].course = course;
			list[count++].tag = number_tag(load,
										   DatumGetTextPP(cursor_value(row, 2)));
		}
	}
	SPI_cursor_close(portal);
	return count;
}

/* Sorts the tags by course. */
static void
load_course_tags(Loading *load)
{
	Mastery    *mastery = load->mastery;
	uint32		courses = load->catalogue->count;
	CourseTag  *list = work_memory_allocate(load->memory, load->course_tag_limit,
											sizeof(CourseTag));
	uint32		count;
	uint32		i;

	mastery->tags = work_memory_allocate(load->memory, load->course_tag_limit,
										 sizeof(text *));
	mastery->course_tags = work_memory_allocate(load->memory, load->course_tag_limit,
												sizeof(uint32));
	mastery->first_tag = work_memory_allocate(load->memory, courses + 1,
											  sizeof(uint32));
	memset(mastery->first_tag, 0, (courses + 1) * sizeof(uint32));
	count = read_course_tags(load, list);
	for (i = 0; i < count; i++)
		mastery->first_tag[list[i].course + 1]++;
	for (i = 0; i < courses; i++)
		mastery->first_tag[i + 1] += mastery->first_tag[i];
	for (i = 0; i < count; i++)
		mastery->course_tags[mastery->first_tag[list[i].course]++] = list[i].tag;
	/* Each start has moved to the next course's: shift them back. */
	for (i = courses; i > 0; i--)
		mastery->first_tag[i] = mastery->first_tag[i - 1];
	mastery->first_tag[0] = 0;
	work_memory_free(load->memory, list, load->course_tag_limit,
					 sizeof(CourseTag));
}

static void
add_completion(Loading *load, uint64 row)
{
	Mastery    *mastery = load->mastery;
	Completion *completion;
	uint32		user;
	uint32		course;

	if (!find_course(load->catalogue, DatumGetUUIDP(cursor_value(row, 2)),
					 &course) ||
		mastery->first_tag[course] == mastery->first_tag[course + 1] ||
		!find_user(load, DatumGetUUIDP(cursor_value(row, 1)), &user))
		return;
	completion = work_memory_append(load->memory, &mastery->completions);
	completion->user = user;
	completion->course = course;
	completion->at = DatumGetTimestampTz(cursor_value(row, 3));
}

static void
sort_completions(Loading *load)
{
	Mastery    *mastery = load->mastery;
	CompletionList *list = &mastery->completions;
	Completion *sorted = work_memory_allocate(load->memory, list->count,
											  sizeof(Completion));
	Size	   *next = work_memory_allocate(load->memory, mastery->user_count + 1,
											sizeof(Size));
	Size		i;

	memset(next, 0, (mastery->user_count + 1) * sizeof(Size));
	for (i = 0; i < list->count; i++)
		next[list->items[i].user + 1]++;
	for (i = 0; i < mastery->user_count; i++)
		next[i + 1] += next[i];
	for (i = 0; i < list->count; i++)
		sorted[next[list->items[i].user]++] = list->items[i];
	work_memory_free(load->memory, next, mastery->user_count + 1, sizeof(Size));
	work_memory_free(load->memory, list->items, list->allocated,
					 sizeof(Completion));
	list->items = sorted;
	list->allocated = list->count;
}

static void
load_completions(Loading *load)
{
	Portal		portal = cursor_open(completions_query, load->schema, NULL, NULL);

	while (cursor_fetch(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed; row++)
			add_completion(load, row);
	}
	SPI_cursor_close(portal);
	sort_completions(load);
}

/* The course's tags come first: completions of courses without any are skipped. */
void
load_mastery(Oid schema, const Catalogue *catalogue, WorkMemory *memory,
			 Mastery *mastery)
{
	Loading		load = {schema, catalogue, memory, 0, 0, mastery};

	memset(mastery, 0, sizeof(Mastery));
	count_rows(&load);
	load_users(&load);
	load_course_tags(&load);
	load_completions(&load);
}

bool
find_tag(const Mastery *mastery, const text *tag, uint32 *number)
{
	uint32		low = 0;
	uint32		high = mastery->tag_count;

	while (low < high)
	{
		const text *middle = mastery->tags[(low + high) / 2];
		Size		size = Min(VARSIZE_ANY_EXHDR(middle), VARSIZE_ANY_EXHDR(tag));
		int			order = memcmp(VARDATA_ANY(middle), VARDATA_ANY(tag), size);

		if (order == 0)
			order = (VARSIZE_ANY_EXHDR(middle) > size) - (VARSIZE_ANY_EXHDR(tag) > size);
		if (order == 0)
		{
			*number = (low + high) / 2;
			return true;
		}
		if (order < 0)
			low = (low + high) / 2 + 1;
		else
			high = (low + high) / 2;
	}
	return false;
}
