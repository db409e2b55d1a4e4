#ifndef LEARNIFY_REVIEW_RENEWALS_H
#define LEARNIFY_REVIEW_RENEWALS_H

#include "utils/uuid.h"

/*
 * Renews on all nodes the requests for reviews of those submissions of a user whose
 * code has been corrected, or of all users where user_id is NULL.
 */
extern void settle_review_renewals(Oid schema, const pg_uuid_t *user_id);

#endif							/* LEARNIFY_REVIEW_RENEWALS_H */
