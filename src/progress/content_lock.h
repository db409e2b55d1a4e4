#ifndef LEARNIFY_CONTENT_LOCK_H
#define LEARNIFY_CONTENT_LOCK_H

#include "utils/uuid.h"

/*
 * Keeps exercises and modules of a course unchanged until the end of the
 * transaction, which counts work in it.
 */
extern void share_course_content(Oid schema, const pg_uuid_t *course_id);

/*
 * Waits for concurrent work in a course, and makes later work wait until the end of
 * the transaction.
 */
extern void hold_course_content(Oid schema, const pg_uuid_t *course_id);

/*
 * Whether the transaction has locked the content of a course. It then waits for no
 * module and no exercise that somebody else is deleting or moving, because whoever
 * does that waits for the content.
 */
extern bool holds_course_content(void);

/* Raises a serialization failure, instead of waiting where that could deadlock. */
pg_noreturn extern void raise_content_conflict(void);

#endif							/* LEARNIFY_CONTENT_LOCK_H */
