/*
 * content.c
 *		process_content(): updates progress, feed and achievements of learners
 *		after a statement that changes exercises or modules.
 *
 * modules.c defines when a module is complete and how far a learner is in a
 * course. For each learner, this file compares the state before the statement
 * with the state after it. A module or a course that the learner completes by the
 * change is broadcast; the broadcast of a module that is not complete any more is
 * deleted. A completed course stays completed.
 *
 * This is one pass over the learners whom the change may concern: those who have
 * submitted to a module whose exercises have changed, and those who are enrolled
 * in a course whose modules have changed. Since nobody can work in the course
 * meanwhile (content_lock.c), only learners for whom something changes are locked.
 *
 * Cost: for each learner about 10 microseconds if exercises have changed, or 30 if
 * modules have; a few statements more for a learner for whom something changes.
 * Memory: 16 bytes for each submission to the changed modules, and 64 for each
 * enrolment.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "base/extension.h"
#include "base/growing_array.h"
#include "base/row_trigger.h"
#include "base/saved_plan.h"
#include "base/uuids.h"
#include "distribution/shards.h"
#include "identity/acting_user.h"
#include "progress/content_change.h"
#include "progress/content_lock.h"
#include "progress/enrolments.h"
#include "progress/learner_lock.h"
#include "progress/milestones.h"
#include "progress/modules.h"
#include "progress/moved_reviews.h"
#include "progress/moved_time.h"
#include "progress/progress.h"
#include "social/achievements.h"
#include "social/broadcasts.h"

PG_FUNCTION_INFO_V1(process_content);

typedef struct Modules
{
	Module	   *items;
	Size		count;
	Size		allocated;
} Modules;

/* The learners whom the change may concern, and the scans that read their state. */
typedef struct Audience
{
	const ContentChange *change;
	Modules		modules;		/* whose exercises have changed */
	Enrolments	enrolments;		/* in courses whose modules have changed */
	IdList		learners;
	TimeMove	time;
	bool		moves_time;
	MovedReviews reviews;
	ModuleReader was;
	CourseReader is;
} Audience;

/* A learner's state in a module before the change and after it. */
typedef struct ModuleChange
{
	bool		was_completed;
	bool		is_completed;
	bool		is_redated;		/* or has another score */
	ModuleResult result;
} ModuleChange;

/*
 * Locking, and taking snapshots
 */

static void
read_modules(const ContentChange *change, Snapshot snapshot, Modules *modules)
{
	Size		i;

	for (i = 0; i < change->modules.count; i++)
	{
		Module		module;

		if (read_module(change->schema, &change->modules.items[i], snapshot,
						&module))
			*growing_array_append(modules) = module;
	}
}

/* Collects the courses concerned that exist. */
static void
find_courses(const ContentChange *change, IdList *courses)
{
	Modules		modules = {0};
	Snapshot	snapshot;
	Size		i;

	CommandCounterIncrement();
	snapshot = RegisterSnapshot(GetTransactionSnapshot());
	read_modules(change, snapshot, &modules);
	for (i = 0; i < modules.count; i++)
		id_list_add(courses, &modules.items[i].course_id);
	for (i = 0; i < change->courses.count; i++)
	{
		IndexedTable table;

		if (indexed_table_begin_look_up(&table, change->schema,
										"generated_courses",
										&change->courses.items[i], snapshot))
			id_list_add(courses, &change->courses.items[i]);
		indexed_table_end_reading(&table);
	}
	UnregisterSnapshot(snapshot);
	id_list_make_set(courses);
}

static void
hold_courses(const ContentChange *change, const IdList *courses)
{
	Size		i;

	for (i = 0; i < courses->count; i++)
		hold_course_content(change->schema, &courses->items[i]);
}

/*
 * The snapshot "before" includes what others have committed before the course was
 * locked, and what this transaction did before the statement.
 */
static void
take_snapshots(ContentChange *change)
{
	CommandCounterIncrement();
	change->now = RegisterSnapshot(GetTransactionSnapshot());
	PushCopiedSnapshot(change->now);
	GetActiveSnapshot()->curcid = change->query;
	change->before = RegisterSnapshot(GetActiveSnapshot());
	PopActiveSnapshot();
}

static void
release_snapshots(ContentChange *change)
{
	UnregisterSnapshot(change->before);
	UnregisterSnapshot(change->now);
}

/*
 * The learners
 */

static void
collect_submitters(Oid schema, const pg_uuid_t *module_id, Snapshot snapshot,
				   IdList *learners)
{
	static const IndexColumn columns[] = {{"module_id", UUIDOID}};
	static const IndexShape shape = {columns, 1, 1};
	IndexedTable submissions;
	AttrNumber	user_id;

	indexed_table_begin_reading(&submissions, schema, "module_completions",
								&shape, snapshot, 1, false);
	user_id = table_column(submissions.table, "user_id", UUIDOID);
	indexed_table_seek(&submissions, module_id);
	while (indexed_table_next_row(&submissions, ForwardScanDirection))
		id_list_add(learners, DatumGetUUIDP(slot_value(submissions.slot, user_id)));
	indexed_table_end_reading(&submissions);
}

static bool
read_author(Oid schema, const pg_uuid_t *course_id, Snapshot snapshot,
			pg_uuid_t *author)
{
	IndexedTable courses;
	bool		found;

	found = indexed_table_begin_look_up(&courses, schema, "generated_courses",
										course_id, snapshot);
	if (found)
		*author = *DatumGetUUIDP(indexed_table_value(&courses, "user_id", UUIDOID));
	indexed_table_end_reading(&courses);
	return found;
}

static bool
has_solved_something(const CourseModules *modules)
{
	Size		i;

	for (i = 0; i < modules->count; i++)
		if (modules->items[i].state.solved > 0 ||
			modules->items[i].state.completed)
			return true;
	return false;
}

/* Whether a module was moved into the course, with the status of another author. */
static bool
has_newcomer(const ContentChange *change, const pg_uuid_t *course_id)
{
	Size		i;

	for (i = 0; i < change->departed.count; i++)
	{
		Module		module;

		if (read_module(change->schema, &change->departed.items[i], change->now,
						&module) &&
			equal_uuids(&module.course_id, course_id))
			return true;
	}
	return false;
}

/*
 * Adds the author, who need not be enrolled, if they have solved anything: the
 * status of the modules shows their progress. The percentage -1 differs from any
 * other, so that the statuses are written again.
 */
static void
add_author(Audience *audience, const pg_uuid_t *course_id)
{
	const ContentChange *change = audience->change;
	Enrolment	enrolment = {.course_id = *course_id, .percentage = -1};
	Size		i;

	if (!read_author(change->schema, course_id, change->now, &enrolment.user_id))
		return;
	for (i = 0; i < audience->enrolments.count; i++)
	{
		Enrolment  *other = &audience->enrolments.items[i];

		if (equal_uuids(&other->user_id, &enrolment.user_id) &&
			equal_uuids(&other->course_id, course_id))
		{
			*other = enrolment;
			return;
		}
	}
	if (has_newcomer(change, course_id) ||
		has_solved_something(course_reader_modules(&audience->is,
												   &enrolment.user_id, course_id)))
		*growing_array_append(&audience->enrolments) = enrolment;
}

static void
find_audience(Audience *audience)
{
	const ContentChange *change = audience->change;
	Size		i;

	read_modules(change, change->now, &audience->modules);
	for (i = 0; i < audience->modules.count; i++)
		collect_submitters(change->schema, &audience->modules.items[i].id,
						   change->now, &audience->learners);
	for (i = 0; i < change->departed.count; i++)
		collect_submitters(change->schema, &change->departed.items[i],
						   change->before, &audience->learners);
	for (i = 0; i < change->courses.count; i++)
	{
		read_enrolments(change->schema, NULL, &change->courses.items[i],
						change->now, &audience->enrolments);
		add_author(audience, &change->courses.items[i]);
	}
	for (i = 0; i < audience->enrolments.count; i++)
		id_list_add(&audience->learners, &audience->enrolments.items[i].user_id);
	read_moved_reviews(change, &audience->reviews);
	for (i = 0; i < audience->reviews.count; i++)
		id_list_add(&audience->learners, &audience->reviews.items[i].user_id);
	id_list_make_set(&audience->learners);
	sort_enrolments(&audience->enrolments);
}

/*
 * Fails if another transaction is deleting or moving a module of the course. It has
 * locked the module, which may become a learner's current one, and the progress of
 * learners whose current one it is; waiting for these locks would deadlock, because
 * the other transaction waits for the content, which this one has locked.
 */
static void
require_modules_at_rest(Oid schema, const pg_uuid_t *course_id)
{
	static SavedPlan lock;
	static SavedPlan count;
	Oid			types[] = {UUIDOID};
	Datum		values[] = {UUIDPGetDatum(course_id)};
	uint64		locked;

	SPI_connect();
	execute_saved(&lock, schema,
				  "SELECT FROM %1$s.generated_modules WHERE course_id = $1"
				  " FOR KEY SHARE SKIP LOCKED",
				  lengthof(types), types, values, NULL);
	locked = SPI_processed;
	execute_saved(&count, schema,
				  "SELECT FROM %1$s.generated_modules WHERE course_id = $1",
				  lengthof(types), types, values, NULL);
	if (SPI_processed != locked)
		raise_content_conflict();
	SPI_finish();
}

/*
 * Learner by learner
 */

static ModuleChange
compare_module(Audience *audience, const pg_uuid_t *user_id,
			   const Module *module)
{
	const ContentChange *change = audience->change;
	ModuleChange difference = {0};
	ModuleResult before;

	audience->was.user_id = *user_id;
	audience->is.reader.user_id = *user_id;
	difference.was_completed =
		module_reader_state(&audience->was, &module->id).completed;
	difference.is_completed =
		module_reader_state(&audience->is.reader, &module->id).completed;
	if (difference.was_completed && difference.is_completed &&
		read_module_result(change->schema, user_id, &module->id, DT_NOBEGIN,
						   change->before, &before) &&
		read_module_result(change->schema, user_id, &module->id, DT_NOBEGIN,
						   change->now, &difference.result))
		difference.is_redated =
			before.score != difference.result.score ||
			before.completed_at != difference.result.completed_at;
	return difference;
}

static void
recompute(const ContentChange *change, const pg_uuid_t *user_id,
		  const pg_uuid_t *course_id)
{
	ProgressChange progress = {
		.locks_modules = true,
		.began_at = DT_NOBEGIN,
		.active_at = DT_NOBEGIN
	};

	(void) hold_learner(change->schema, user_id);
	recompute_progress(change->schema, user_id, course_id, &progress);
}

/* Returns the events for which achievements are to be awarded. */
static Events
process_module(const ContentChange *change, const pg_uuid_t *user_id,
			  const Module *module, const ModuleChange *difference)
{
	Activity	activity = {
		.type = ACTIVITY_MODULE_COMPLETED,
		.reference_id = &module->id,
		.happened_at = difference->result.completed_at
	};
	Feed		feed;

	(void) hold_learner(change->schema, user_id);
	if (difference->is_redated)
		correct_activity(change->schema, user_id, &activity,
						 difference->result.score);
	if (difference->was_completed == difference->is_completed)
		return 0;
	if (difference->is_completed)
	{
		feed_begin(&feed, change->schema, user_id);
		add_module_activity(&feed, module);
		feed_write(&feed);
	}
	else
		retract_activity(change->schema, user_id, &activity);
	recompute(change, user_id, &module->course_id);
	return difference->is_completed ? EVENT_MODULE_COMPLETED : 0;
}

static Events
process_modules(Audience *audience, const pg_uuid_t *user_id)
{
	Events		events = 0;
	Size		i;

	for (i = 0; i < audience->modules.count; i++)
	{
		const Module *module = &audience->modules.items[i];
		ModuleChange difference = compare_module(audience, user_id, module);

		if (difference.was_completed != difference.is_completed ||
			difference.is_redated)
			events |= process_module(audience->change, user_id, module,
									&difference);
		else if (is_course_author(audience->change->schema, user_id,
								  &module->course_id, audience->change->now) ||
				 is_retaken(audience->change->schema, user_id,
							&module->course_id, audience->change->now))
			recompute(audience->change, user_id, &module->course_id);
	}
	return events;
}

static void
process_enrolment(Audience *audience, const Enrolment *enrolment)
{
	if (is_outdated(enrolment,
					course_reader_modules(&audience->is, &enrolment->user_id,
										  &enrolment->course_id)))
		recompute(audience->change, &enrolment->user_id, &enrolment->course_id);
}

/* Processes the reviews from number first that are the learner's; returns the next. */
static Size
process_reviews_of(Audience *audience, const pg_uuid_t *user_id, Size first)
{
	const MovedReviews *reviews = &audience->reviews;
	Size		end = first;

	while (end < reviews->count &&
		   equal_uuids(&reviews->items[end].user_id, user_id))
		end++;
	if (end > first)
	{
		(void) hold_learner(audience->change->schema, user_id);
		process_moved_reviews(audience->change->schema, &reviews->items[first],
							  end - first);
	}
	return end;
}

static void
process_audience(Audience *audience)
{
	const Enrolments *enrolments = &audience->enrolments;
	MemoryContext learner = AllocSetContextCreate(CurrentMemoryContext,
												  "learnify learner",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(learner);
	Size		next = 0;
	Size		next_review = 0;
	Size		i;

	for (i = 0; i < audience->learners.count; i++)
	{
		const pg_uuid_t *user_id = &audience->learners.items[i];
		Events		events = 0;

		CHECK_FOR_INTERRUPTS();
		if (audience->moves_time && move_time(&audience->time, user_id))
			events |= EVENT_TIME_SPENT;
		events |= process_modules(audience, user_id);
		for (; next < enrolments->count &&
			 equal_uuids(&enrolments->items[next].user_id, user_id); next++)
			process_enrolment(audience, &enrolments->items[next]);
		next_review = process_reviews_of(audience, user_id, next_review);
		if (events != 0)
			award_learner(audience->change->schema, user_id, events, NULL);
		MemoryContextReset(learner);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(learner);
}

/* Leaves out the modules that another trigger of the query has processed. */
static void
leave_out_processed(Audience *audience)
{
	IdList	   *processed = &processed_content(audience->change->query)->modules;
	Modules    *modules = &audience->modules;
	Size		kept = 0;
	Size		i;

	id_list_make_set(processed);
	for (i = 0; i < modules->count; i++)
		if (!sorted_id_list_contains(processed, &modules->items[i].id))
			modules->items[kept++] = modules->items[i];
	modules->count = kept;
}

static void
note_processed(const ContentChange *change)
{
	ProcessedContent *processed = processed_content(change->query);
	MemoryContext old = MemoryContextSwitchTo(processed->context);
	Size		i;

	for (i = 0; i < change->modules.count; i++)
		id_list_add(&processed->modules, &change->modules.items[i]);
	MemoryContextSwitchTo(old);
}

static void
process_change(void *argument)
{
	ContentChange *change = argument;
	const IdList *courses = &change->present_courses;
	Audience	audience = {.change = change};
	Size		i;

	module_reader_begin(&audience.was, change->schema, NULL, change->before);
	course_reader_begin(&audience.is, change->schema, change->now);
	find_audience(&audience);
	leave_out_processed(&audience);
	if (audience.learners.count > 0)
	{
		for (i = 0; i < courses->count; i++)
			require_modules_at_rest(change->schema, &courses->items[i]);
		audience.moves_time = time_move_begin(&audience.time, change, courses);
		process_audience(&audience);
	}
	course_reader_end(&audience.is);
	module_reader_end(&audience.was);
}

static void
check_trigger(FunctionCallInfo fcinfo, Oid schema)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		(trigger->tg_newtable == NULL && trigger->tg_oldtable == NULL) ||
		(!is_trigger_table(trigger, schema, "exercises") &&
		 !is_trigger_table(trigger, schema, "generated_modules")))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function process_content was not called by the extension's trigger")));
}

/*
 * process_content() returns trigger
 */
Datum
process_content(PG_FUNCTION_ARGS)
{
	ContentChange change = {.schema = extension_schema(fcinfo->flinfo)};
	IdList		courses = {0};
	check_trigger(fcinfo, change.schema);
	change.query = GetActiveSnapshot()->curcid;
	read_content_change(&change, (TriggerData *) fcinfo->context);
	find_courses(&change, &courses);
	if (courses.count > 0 && automation_is_on(change.schema))
		hold_courses(&change, &courses);
	if (change.exercises.count > 0)
		move_reviews(&change);
	if (courses.count > 0 && automation_is_on(change.schema))
	{
		take_snapshots(&change);
		change.present_courses = courses;
		for_each_group(process_change, &change);
		note_processed(&change);
		release_snapshots(&change);
	}
	return PointerGetDatum(NULL);
}
