#ifndef LEARNIFY_ENROLMENTS_H
#define LEARNIFY_ENROLMENTS_H

#include "utils/snapshot.h"
#include "utils/uuid.h"

#include "progress/modules.h"

/* A row of user_progress. */
typedef struct Enrolment
{
	pg_uuid_t	user_id;
	pg_uuid_t	course_id;
	int			percentage;
	bool		has_current;
	pg_uuid_t	current_module_id;
	bool		is_completed;
} Enrolment;

typedef struct Enrolments
{
	Enrolment  *items;
	Size		count;
	Size		allocated;
} Enrolments;

/* Adds those in a course, of a learner, of both, or all where both are NULL. */
extern void read_enrolments(Oid schema, const pg_uuid_t *user_id,
							const pg_uuid_t *course_id, Snapshot snapshot,
							Enrolments *enrolments);

/* In the order in which learners are locked. */
extern void sort_enrolments(Enrolments *enrolments);

/* Whether the row differs from what the course's modules imply. */
extern bool is_outdated(const Enrolment *enrolment,
						const CourseModules *modules);

/* Raises an error if the course is archived, in which nobody can enrol. */
extern void refuse_archived_course(Oid schema, const pg_uuid_t *course_id,
								   Snapshot snapshot);

#endif							/* LEARNIFY_ENROLMENTS_H */
