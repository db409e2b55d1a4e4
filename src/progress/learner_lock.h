#ifndef LEARNIFY_LEARNER_LOCK_H
#define LEARNIFY_LEARNER_LOCK_H

#include "utils/uuid.h"

/* What serializes the sessions that write a learner's rows. */
typedef enum LearnerLock
{
	LEARNER_WORK_LOCK,			/* the learner's row in users */
	LEARNER_AWARDS_LOCK			/* see lock_learner_awards() */
} LearnerLock;

/*
 * Call with the lock held, and before anything is read that it protects.
 * Raises serialization_failure if the transaction goes by a snapshot that
 * lacks what others have committed about the learner before they released the
 * lock.
 */
extern void require_latest_work(Oid schema, const pg_uuid_t *user_id,
								LearnerLock lock);

/*
 * Takes a learner's lock, which is held until the transaction ends, and
 * requires the latest work. Returns false if there is no such learner.
 */
extern bool hold_learner(Oid schema, const pg_uuid_t *user_id);

#endif							/* LEARNIFY_LEARNER_LOCK_H */
