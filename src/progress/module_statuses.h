#ifndef LEARNIFY_MODULE_STATUSES_H
#define LEARNIFY_MODULE_STATUSES_H

#include "progress/modules.h"

/*
 * Writes the status of the modules of an author, or notes it where another
 * node has to. Only a correction can lock a module again.
 */
extern void write_module_statuses(Oid schema, const pg_uuid_t *user_id,
								  const CourseModules *modules,
								  TimestampTz unlocked_at, bool may_lock);

/*
 * Writes on all nodes what has been noted about the courses of an author, or
 * of all where author is NULL.
 */
extern void settle_module_statuses(Oid schema, const pg_uuid_t *author);

#endif							/* LEARNIFY_MODULE_STATUSES_H */
