#ifndef LEARNIFY_STATISTICS_H
#define LEARNIFY_STATISTICS_H

#include "utils/numeric.h"
#include "utils/snapshot.h"
#include "utils/uuid.h"

/* The columns of user_stats. */
typedef enum Metric
{
	METRIC_MODULES_COMPLETED,
	METRIC_COURSES_COMPLETED,
	METRIC_EXERCISES_SOLVED,
	METRIC_PERFECT_SCORES,
	METRIC_REVIEW_AVERAGE,
	METRIC_STREAK_DAYS,
	METRIC_HOURS_LEARNED,
	METRIC_REVIEWS_RECEIVED
} Metric;

#define METRIC_COUNT	(METRIC_REVIEWS_RECEIVED + 1)

/* The tables that metrics are derived from; ends with NULL. */
extern const char *const metric_tables[];

/* Returns whether there is a metric of that name. */
extern bool find_metric(const char *name, int length, Metric *metric);

extern Numeric measure(Oid schema, const pg_uuid_t *user_id, Metric metric,
					   Snapshot snapshot);

#endif							/* LEARNIFY_STATISTICS_H */
