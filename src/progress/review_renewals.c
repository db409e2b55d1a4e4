/*
 * review_renewals.c
 *		Renews requests for reviews in a distributed database, where each node has a
 *		copy of them.
 *
 * Cost: that of settle().
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "distribution/settling.h"
#include "progress/review_renewals.h"

/* In FROM, because Citus runs a call without it here. */
static const PendingWork renewals = {
	.users = "SELECT DISTINCT p.user_id FROM learnify_internal.pending_renewals AS p",
	.take = "SELECT p.submission_id, p.renewed_id FROM learnify_internal.take_pending_renewals($1) AS p",
	.write = "SELECT learnify_internal.renew_review_requests($1, $2)",
	.columns = 2,
	.types = {UUIDOID, UUIDOID}
};

void
settle_review_renewals(Oid schema, const pg_uuid_t *user_id)
{
	settle(schema, &renewals, user_id);
}
