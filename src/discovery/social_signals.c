/*
 * social_signals.c
 *		social_signals(): for a range of learners, the courses in which the
 *		people whom they follow were active lately.
 *
 * social_recommendations() computes the same for one learner, from the rows of
 * everyone whom that learner follows. For many learners, who follow the same
 * people, this reads what those people did once.
 *
 * Cost: for all that the learners follow together, one pass over their rows of
 * user_progress, or over the table where that is less; for each learner, a few
 * nanoseconds for each recent activity of each followed person.
 *
 * Memory: 16 bytes for each recent activity, twice that while they are sorted,
 * 40 bytes and the name of each followed person, and 4 bytes for each that a
 * learner follows, within learnify.recommend_work_mem, in a context that is
 * deleted at the end.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "storage/shmem.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/portal.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/cursor.h"
#include "base/extension.h"
#include "base/id_list.h"
#include "base/uuids.h"
#include "discovery/catalogue.h"
#include "discovery/interactions.h"
#include "discovery/work_memory.h"

/* How many people a reason names. */
#define MAX_NAMED		3

/* How many it takes to make a signal. */
#define MIN_PEOPLE		2

#define MAX_SIGNALS		1000

PG_FUNCTION_INFO_V1(social_signals);

/* Whoever may be named, whether active or not. */
static const char *const people_query =
"SELECT u.id, u.name FROM %1$s.users AS u"
" WHERE learnify_internal.is_shown_to_followers(u.max_visibility, u.social_enabled)"
"   AND u.id IN (SELECT r.following_id FROM %1$s.user_relationships AS r"
"                 WHERE r.follower_id BETWEEN $1 AND $2)"
" ORDER BY u.id";

static const char *const activities_query =
"SELECT p.user_id, p.course_id, p.last_activity FROM %1$s.user_progress AS p"
" WHERE p.last_activity > (SELECT $3 - interval '7 days') AND p.last_activity <= $3"
"   AND p.user_id IN (SELECT r.following_id FROM %1$s.user_relationships AS r"
"                      WHERE r.follower_id BETWEEN $1 AND $2)";

static const char *const follows_query =
"SELECT follower_id, following_id FROM %1$s.user_relationships"
" WHERE follower_id BETWEEN $1 AND $2"
" ORDER BY follower_id";

typedef struct Activity
{
	TimestampTz at;
	uint32		person;
	uint32		course;
} Activity;

typedef struct ActivityList
{
	Activity   *items;
	Size		count;
	Size		allocated;
} ActivityList;

typedef struct Person
{
	pg_uuid_t	id;				/* first, for find_by_uuid() */
	text	   *name;
	Size		first;			/* of the person's activities */
	Size		count;
} Person;

typedef struct PersonList
{
	Person	   *items;
	Size		count;
	Size		allocated;
} PersonList;

typedef struct Follow
{
	pg_uuid_t	follower_id;
	uint32		person;
} Follow;

typedef struct FollowList
{
	Follow	   *items;
	Size		count;
	Size		allocated;
} FollowList;

/* What a learner's followed people did in a course. */
typedef struct Signal
{
	uint32		people;
	TimestampTz latest;
} Signal;

typedef struct NamedActivities
{
	int			count;
	const Activity *items[MAX_NAMED];
} NamedActivities;

typedef struct SignalCall
{
	Oid			schema;
	const pg_uuid_t *first;
	const pg_uuid_t *last;
	TimestampTz as_of;
	uint32		limit;
	ReturnSetInfo *result;
	WorkMemory *memory;
	MemoryContext row;
	Catalogue	catalogue;
	PersonList	people;			/* in the order of their ids */
	ActivityList activities;	/* in the order of people */
	FollowList	follows;		/* in the order of followers */

	/* The learner whose courses are being read */
	Size		next_follow;	/* the learner's first */
	bool	   *excluded;		/* of each course */
	Signal	   *signals;		/* of each course */
	uint32	   *active;			/* courses with a signal */
	uint32		active_count;
	uint32	   *place;			/* of each course: in best, from 1, or 0 */
	uint32	   *best;
	uint32		best_count;
	NamedActivities *named;		/* of each of the best */
	uint32	   *taken;
	uint32		taken_count;
} SignalCall;

/*
 * Loading
 */

static Portal
open_query(SignalCall *call, const char *query)
{
	const char *name = quote_identifier(get_namespace_name(call->schema));
	Oid			types[3] = {UUIDOID, UUIDOID, TIMESTAMPTZOID};
	Datum		values[3];

	values[0] = UUIDPGetDatum(call->first);
	values[1] = UUIDPGetDatum(call->last);
	values[2] = TimestampTzGetDatum(call->as_of);
	return SPI_cursor_open_with_args(NULL, psprintf(query, name),
									 lengthof(types), types, values, NULL, true,
									 CURSOR_OPT_NO_SCROLL);
}

static void
load_people(SignalCall *call)
{
	Portal		portal = open_query(call, people_query);

	while (cursor_fetch(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed; row++)
		{
			Person	   *person = work_memory_append(call->memory, &call->people);
			text	   *name = DatumGetTextPP(cursor_value(row, 2));

			memset(person, 0, sizeof(Person));
			person->id = *DatumGetUUIDP(cursor_value(row, 1));
			person->name = work_memory_allocate(call->memory, 1,
												VARSIZE_ANY(name));
			memcpy(person->name, name, VARSIZE_ANY(name));
		}
	}
	SPI_cursor_close(portal);
}

static bool
find_person(const SignalCall *call, const pg_uuid_t *id, uint32 *number)
{
	const Person *person = find_by_uuid(call->people.items, call->people.count,
										sizeof(Person), id);

	if (person == NULL)
		return false;
	*number = (uint32) (person - call->people.items);
	return true;
}

static void
add_activity(SignalCall *call, uint64 row)
{
	uint32		person;
	uint32		course;
	Activity   *activity;

	if (!find_person(call, DatumGetUUIDP(cursor_value(row, 1)), &person) ||
		!find_course(&call->catalogue, DatumGetUUIDP(cursor_value(row, 2)),
					 &course))
		return;
	activity = work_memory_append(call->memory, &call->activities);
	activity->person = person;
	activity->course = course;
	activity->at = DatumGetTimestampTz(cursor_value(row, 3));
	call->people.items[person].count++;
}

/* Sorts the activities by person. */
static void
sort_activities(SignalCall *call)
{
	ActivityList *list = &call->activities;
	Activity   *sorted = work_memory_allocate(call->memory, list->count,
											  sizeof(Activity));
	Size		first = 0;
	Size		i;

	for (i = 0; i < call->people.count; i++)
	{
		Person	   *person = &call->people.items[i];

		person->first = first;
		first += person->count;
		person->count = 0;
	}
	for (i = 0; i < list->count; i++)
	{
		Person	   *person = &call->people.items[list->items[i].person];

		sorted[person->first + person->count++] = list->items[i];
	}
	work_memory_free(call->memory, list->items, list->allocated,
					 sizeof(Activity));
	list->items = sorted;
	list->allocated = list->count;
}

static void
load_activities(SignalCall *call)
{
	Portal		portal = open_query(call, activities_query);

	while (cursor_fetch(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed; row++)
			add_activity(call, row);
	}
	SPI_cursor_close(portal);
	sort_activities(call);
}

static void
load_follows(SignalCall *call)
{
	Portal		portal = cursor_open(follows_query, call->schema, call->first,
									 call->last);

	while (cursor_fetch(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed; row++)
		{
			uint32		person;
			Follow	   *follow;

			if (!find_person(call, DatumGetUUIDP(cursor_value(row, 2)), &person) ||
				call->people.items[person].count == 0)
				continue;
			follow = work_memory_append(call->memory, &call->follows);
			follow->follower_id = *DatumGetUUIDP(cursor_value(row, 1));
			follow->person = person;
		}
	}
	SPI_cursor_close(portal);
}

static void
allocate_signals(SignalCall *call)
{
	WorkMemory *memory = call->memory;
	uint32		courses = call->catalogue.count;

	call->excluded = work_memory_allocate(memory, courses, sizeof(bool));
	call->signals = work_memory_allocate(memory, courses, sizeof(Signal));
	call->active = work_memory_allocate(memory, courses, sizeof(uint32));
	call->place = work_memory_allocate(memory, courses, sizeof(uint32));
	call->taken = work_memory_allocate(memory, courses, sizeof(uint32));
	call->best = work_memory_allocate(memory, call->limit, sizeof(uint32));
	call->named = work_memory_allocate(memory, call->limit,
									   sizeof(NamedActivities));
	memcpy(call->excluded, call->catalogue.archived, courses * sizeof(bool));
	memset(call->signals, 0, courses * sizeof(Signal));
	memset(call->place, 0, courses * sizeof(uint32));
}

/*
 * One learner
 */

static void
add_signal(SignalCall *call, const Activity *activity)
{
	Signal	   *signal = &call->signals[activity->course];

	if (signal->people == 0)
	{
		call->active[call->active_count++] = activity->course;
		signal->latest = activity->at;
	}
	signal->people++;
	signal->latest = Max(signal->latest, activity->at);
}

/* Numbers of courses are in the order of their ids. */
static bool
is_better(const SignalCall *call, uint32 a, uint32 b)
{
	const Signal *left = &call->signals[a];
	const Signal *right = &call->signals[b];

	if (left->people != right->people)
		return left->people > right->people;
	if (left->latest != right->latest)
		return left->latest > right->latest;
	return a < b;
}

/* Keeps the best courses sorted; most of the others end at the comparison. */
static void
keep_best(SignalCall *call, uint32 course)
{
	uint32		at;

	if (call->best_count < call->limit)
		call->best_count++;
	else if (!is_better(call, course, call->best[call->limit - 1]))
		return;
	for (at = call->best_count - 1;
		 at > 0 && is_better(call, course, call->best[at - 1]); at--)
		call->best[at] = call->best[at - 1];
	call->best[at] = course;
}

/* People are in the order of their ids. */
static bool
is_named_before(const Activity *a, const Activity *b)
{
	return a->at != b->at ? a->at > b->at : a->person < b->person;
}

static void
add_named(NamedActivities *named, const Activity *activity)
{
	int			at;

	if (named->count < MAX_NAMED)
		named->count++;
	else if (!is_named_before(activity, named->items[MAX_NAMED - 1]))
		return;
	for (at = named->count - 1;
		 at > 0 && is_named_before(activity, named->items[at - 1]); at--)
		named->items[at] = named->items[at - 1];
	named->items[at] = activity;
}

static void
put_signal(SignalCall *call, const pg_uuid_t *follower_id, uint32 number)
{
	const NamedActivities *named = &call->named[number];
	uint32		course = call->best[number];
	Datum		ids[MAX_NAMED];
	Datum		names[MAX_NAMED];
	Datum		values[7];
	bool		nulls[7] = {false};
	int			i;

	for (i = 0; i < named->count; i++)
	{
		Person	   *person = &call->people.items[named->items[i]->person];

		ids[i] = UUIDPGetDatum(&person->id);
		names[i] = PointerGetDatum(person->name);
	}
	values[0] = UUIDPGetDatum(follower_id);
	values[1] = UUIDPGetDatum(&call->catalogue.ids[course]);
	values[2] = Int32GetDatum(number + 1);
	values[3] = Int64GetDatum(call->signals[course].people);
	values[4] = Int64GetDatum(call->signals[call->best[0]].people);
	values[5] = uuid_array(ids, named->count);
	values[6] = PointerGetDatum(construct_array(names, named->count, TEXTOID,
												-1, false, TYPALIGN_INT));
	tuplestore_putvalues(call->result->setResult, call->result->setDesc, values,
						 nulls);
}

typedef void (*ActivityFunction) (SignalCall *call, const Activity *activity);

/* Calls a function for each activity of whom the learner follows. */
static void
each_activity(SignalCall *call, Size follows, ActivityFunction function)
{
	Size		i;
	Size		j;

	for (i = call->next_follow; i < call->next_follow + follows; i++)
	{
		Person	   *person = &call->people.items[call->follows.items[i].person];

		for (j = 0; j < person->count; j++)
			function(call, &call->activities.items[person->first + j]);
	}
}

static void
name_activity(SignalCall *call, const Activity *activity)
{
	uint32		place = call->place[activity->course];

	if (place > 0)
		add_named(&call->named[place - 1], activity);
}

static void
select_best(SignalCall *call)
{
	uint32		i;

	call->best_count = 0;
	for (i = 0; i < call->active_count; i++)
	{
		uint32		course = call->active[i];

		if (call->signals[course].people >= MIN_PEOPLE &&
			!call->excluded[course])
			keep_best(call, course);
	}
}

static void
put_signals(SignalCall *call, const pg_uuid_t *follower_id, Size follows)
{
	MemoryContext previous = MemoryContextSwitchTo(call->row);
	uint32		i;

	for (i = 0; i < call->best_count; i++)
	{
		call->place[call->best[i]] = i + 1;
		call->named[i].count = 0;
	}
	if (call->best_count > 0)
		each_activity(call, follows, name_activity);
	for (i = 0; i < call->best_count; i++)
	{
		put_signal(call, follower_id, i);
		call->place[call->best[i]] = 0;
	}
	MemoryContextSwitchTo(previous);
	MemoryContextReset(call->row);
}

/* Computes the signals of the next learner; taken has this learner's courses. */
static void
finish_learner(SignalCall *call)
{
	pg_uuid_t	follower_id = call->follows.items[call->next_follow].follower_id;
	Size		follows = 0;
	uint32		i;

	CHECK_FOR_INTERRUPTS();
	while (call->next_follow + follows < call->follows.count &&
		   equal_uuids(&call->follows.items[call->next_follow + follows].follower_id,
					   &follower_id))
		follows++;
	for (i = 0; i < call->taken_count; i++)
		call->excluded[call->taken[i]] = true;
	each_activity(call, follows, add_signal);
	select_best(call);
	put_signals(call, &follower_id, follows);
	for (i = 0; i < call->active_count; i++)
		call->signals[call->active[i]].people = 0;
	for (i = 0; i < call->taken_count; i++)
		call->excluded[call->taken[i]] = call->catalogue.archived[call->taken[i]];
	call->active_count = 0;
	call->taken_count = 0;
	call->next_follow += follows;
}

/* Finishes the learners who come before this one; all of them for NULL. */
static void
finish_learners(SignalCall *call, const pg_uuid_t *before)
{
	while (call->next_follow < call->follows.count &&
		   (before == NULL ||
			compare_uuids(&call->follows.items[call->next_follow].follower_id,
						  before) < 0))
		finish_learner(call);
}

/* Expects the rows in the order of learner and course; skips duplicates. */
static void
add_taken(SignalCall *call, const pg_uuid_t *user_id, const pg_uuid_t *course_id)
{
	uint32		course;

	finish_learners(call, user_id);
	if (call->next_follow == call->follows.count ||
		!equal_uuids(&call->follows.items[call->next_follow].follower_id,
					 user_id) ||
		!find_course(&call->catalogue, course_id, &course))
		return;
	if (call->taken_count == 0 || call->taken[call->taken_count - 1] != course)
		call->taken[call->taken_count++] = course;
}

static void
read_taken(SignalCall *call)
{
	Portal		portal = cursor_open(taken_query, call->schema, call->first,
									 call->last);

	while (cursor_fetch(portal))
	{
		uint64		row;

		for (row = 0; row < SPI_processed; row++)
			add_taken(call, DatumGetUUIDP(cursor_value(row, 1)),
					  DatumGetUUIDP(cursor_value(row, 2)));
	}
	SPI_cursor_close(portal);
	finish_learners(call, NULL);
}

static void
compute_signals(SignalCall *call)
{
	uint64		courses;

	SPI_connect();
	courses = count_courses(call->schema);
	work_memory_require(call->memory, catalogue_size(courses));
	load_catalogue(call->schema, courses, call->memory, &call->catalogue);
	load_people(call);
	load_activities(call);
	load_follows(call);
	allocate_signals(call);
	read_taken(call);
	SPI_finish();
}

/*
 * social_signals(n integer, first_user_id uuid, last_user_id uuid,
 *				  as_of timestamptz)
 */
Datum
social_signals(PG_FUNCTION_ARGS)
{
	SignalCall	call = {0};

	if (PG_GETARG_INT32(0) < 1 || PG_GETARG_INT32(0) > MAX_SIGNALS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot recommend %d courses to a learner",
						PG_GETARG_INT32(0)),
				 errhint("Pass 1 to %d.", MAX_SIGNALS)));
	InitMaterializedSRF(fcinfo, 0);
	call.schema = extension_schema(fcinfo->flinfo);
	call.limit = PG_GETARG_INT32(0);
	call.first = PG_GETARG_UUID_P(1);
	call.last = PG_GETARG_UUID_P(2);
	call.as_of = PG_GETARG_TIMESTAMPTZ(3);
	call.result = (ReturnSetInfo *) fcinfo->resultinfo;
	call.memory = work_memory_create("social_signals");
	call.row = AllocSetContextCreate(call.memory->context, "learnify learner",
									 ALLOCSET_DEFAULT_SIZES);
	compute_signals(&call);
	MemoryContextDelete(call.memory->context);
	return (Datum) 0;
}
