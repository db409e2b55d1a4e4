#ifndef LEARNIFY_MODULES_H
#define LEARNIFY_MODULES_H

#include "base/indexed_table.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

/* The progress_percentage of a completed course. */
#define COMPLETE_PERCENTAGE	100

/* The index that has the modules of a course in order. */
extern const IndexShape course_module_shape;

typedef struct ModuleState
{
	int			exercises;
	int			solved;
	bool		completed;
} ModuleState;

/*
 * The scans that tell how far a learner has come in any module. The learner can be
 * changed between calls. All that the learner has ever submitted counts, unless
 * written_after is set.
 */
typedef struct ModuleReader
{
	pg_uuid_t	user_id;
	TimestampTz written_after;	/* what was written until then does not count */
	AttrNumber	broadcast_at;
	MemoryContext context;		/* of the scans, which outlives each look */
	AttrNumber	exercise_id;
	IndexedTable exercises;
	IndexedTable submissions;
} ModuleReader;

extern void module_reader_begin(ModuleReader *reader, Oid schema,
								const pg_uuid_t *user_id, Snapshot snapshot);
extern void module_reader_end(ModuleReader *reader);

/*
 * Begins with the learner's submissions to an exercise, or to the module itself
 * where exercise_id is NULL. The index may limit these to those that passed.
 */
extern void module_reader_seek(ModuleReader *reader, const pg_uuid_t *module_id,
							   const pg_uuid_t *exercise_id);
extern ModuleState module_reader_state(ModuleReader *reader,
									   const pg_uuid_t *module_id);

/*
 * Whether the module is complete, given that a submission has just passed: to
 * one of its exercises with by_exercise, else to the module itself. The latter
 * completes only a module without exercises.
 */
extern bool module_reader_completes(ModuleReader *reader,
									const pg_uuid_t *module_id,
									bool by_exercise);

/*
 * What the feed tells of a completed module. Submissions to the module itself count
 * only if no exercise of it is solved.
 */
typedef struct ModuleResult
{
	int			score;			/* the mean of the best scores, rounded */
	TimestampTz completed_at;	/* when the last exercise was first solved */
} ModuleResult;

/*
 * Reads the result of the submissions that were written after an instant. Returns
 * false where none of them has passed.
 */
extern bool read_module_result(Oid schema, const pg_uuid_t *user_id,
							   const pg_uuid_t *module_id,
							   TimestampTz written_after, Snapshot snapshot,
							   ModuleResult *result);

typedef struct CourseModule
{
	pg_uuid_t	id;
	int			number;
	ModuleState state;
	const char *status;			/* locked, active or completed */
} CourseModule;

typedef struct CourseModules
{
	CourseModule *items;		/* in the order of their numbers */
	Size		count;
	Size		allocated;
	TimestampTz retaken_after;	/* what was submitted before does not count */
} CourseModules;

/* The first module that is not complete; NULL where all are. */
extern const CourseModule *current_module(const CourseModules *modules);

/* How much of the course is complete, in percent, rounded down. */
extern int	course_percentage(const CourseModules *modules);

/*
 * What is read to tell how far learners are in any course. For those who retake
 * it, only what they have submitted since counts.
 */
typedef struct CourseReader
{
	ModuleReader reader;
	IndexedTable enrolments;
	AttrNumber	retaken_after;
	IndexedTable table;
	AttrNumber	id;
	AttrNumber	number;
	CourseModules modules;
} CourseReader;

extern void course_reader_begin(CourseReader *reader, Oid schema,
								Snapshot snapshot);
extern void course_reader_end(CourseReader *reader);

/* Good until the next call. */
extern const CourseModules *course_reader_modules(CourseReader *reader,
												  const pg_uuid_t *user_id,
												  const pg_uuid_t *course_id);

extern void read_course_modules(Oid schema, const pg_uuid_t *user_id,
								const pg_uuid_t *course_id, Snapshot snapshot,
								CourseModules *modules);

/*
 * Whether the learner retakes the course, or has retaken it, and since when
 * submissions count.
 */
extern bool is_retaken(Oid schema, const pg_uuid_t *user_id,
					   const pg_uuid_t *course_id, Snapshot snapshot);

#endif							/* LEARNIFY_MODULES_H */
