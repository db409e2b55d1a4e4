#ifndef LEARNIFY_CURRICULUM_LOCK_H
#define LEARNIFY_CURRICULUM_LOCK_H

#include "utils/uuid.h"

#include "base/indexed_table.h"

/*
 * The locks on rows to which work in a course refers: they are neither deleted nor
 * moved until the end of the transaction. Where one would have to wait and may not,
 * or the transaction holds the content of a course, these raise a serialization
 * failure.
 */

/* Locks a course and its modules. */
extern void hold_curriculum(Oid schema, const pg_uuid_t *course_id,
							bool may_wait);

/*
 * Does so for the course of a module, and returns its id; returns false where there
 * is no such module.
 */
extern bool enter_module(Oid schema, const pg_uuid_t *module_id, bool may_wait,
						 pg_uuid_t *course_id);

/*
 * Locks an exercise, which is then in the slot; returns false where there is none.
 * Call indexed_table_end_reading in either case.
 */
extern bool begin_held_exercise(IndexedTable *exercises, Oid schema,
								const pg_uuid_t *exercise_id, Snapshot snapshot,
								bool may_wait);

#endif							/* LEARNIFY_CURRICULUM_LOCK_H */
