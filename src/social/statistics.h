#ifndef LEARNIFY_STATISTICS_H
#define LEARNIFY_STATISTICS_H

#include "utils/numeric.h"
#include "utils/snapshot.h"
#include "utils/uuid.h"

/* What can happen to a learner's work, and its name in SQL. */
#define EVENTS(EVENT) \
	EVENT(SUBMISSION, "submission") \
	EVENT(SUBMISSION_CORRECTED, "submission_corrected") \
	EVENT(TIME_SPENT, "time_spent") \
	EVENT(PERFECT_SCORE, "perfect_score") \
	EVENT(EXERCISE_SOLVED, "exercise_solved") \
	EVENT(MODULE_COMPLETED, "module_completed") \
	EVENT(COURSE_COMPLETED, "course_completed") \
	EVENT(REVIEW_RECEIVED, "review_received") \
	EVENT(REVIEW_CORRECTED, "review_corrected")

typedef enum EventNumber
{
#define EVENT(identifier, name) EVENT_NUMBER_##identifier,
	EVENTS(EVENT)
#undef EVENT
	EVENT_COUNT
} EventNumber;

/* A set of events, with a bit for each. */
typedef enum Events
{
#define EVENT(identifier, name) \
	EVENT_##identifier = 1 << EVENT_NUMBER_##identifier,
	EVENTS(EVENT)
#undef EVENT
	EVENT_ANY = (1 << EVENT_COUNT) - 1
} Events;

/*
 * The metrics, which are the columns of user_stats. Each is computed by the
 * function measure_##name of statistics.c, and can be raised by the events
 * named here.
 */
#define METRICS(METRIC) \
	METRIC(MODULES_COMPLETED, modules_completed, \
		   EVENT_MODULE_COMPLETED | EVENT_SUBMISSION_CORRECTED) \
	METRIC(COURSES_COMPLETED, courses_completed, \
		   EVENT_COURSE_COMPLETED) \
	METRIC(EXERCISES_SOLVED, exercises_solved, \
		   EVENT_EXERCISE_SOLVED | EVENT_SUBMISSION_CORRECTED) \
	METRIC(PERFECT_SCORES, perfect_scores, \
		   EVENT_PERFECT_SCORE | EVENT_SUBMISSION_CORRECTED) \
	METRIC(REVIEW_AVERAGE, review_average, \
		   EVENT_REVIEW_RECEIVED | EVENT_REVIEW_CORRECTED) \
	METRIC(STREAK_DAYS, streak_days, \
		   EVENT_SUBMISSION | EVENT_SUBMISSION_CORRECTED) \
	METRIC(HOURS_LEARNED, hours_learned, \
		   EVENT_TIME_SPENT | EVENT_SUBMISSION_CORRECTED) \
	METRIC(REVIEWS_RECEIVED, reviews_received, \
		   EVENT_REVIEW_RECEIVED)

typedef enum Metric
{
#define METRIC(identifier, name, events) METRIC_##identifier,
	METRICS(METRIC)
#undef METRIC
	METRIC_COUNT
} Metric;

/* The tables from which the metrics are derived; the list ends with NULL. */
extern const char *const metric_tables[];

/* Returns whether there is a metric of that name. */
extern bool find_metric(const char *name, int length, Metric *metric);

/* Whether one of the events can raise the metric. */
extern bool metric_depends_on(Metric metric, Events events);

/*
 * Returns the event of that name, or all events for "any"; raises an error for
 * any other name.
 */
extern Events find_event(const text *name);

extern Numeric measure(Oid schema, const pg_uuid_t *user_id, Metric metric,
					   Snapshot snapshot);

#endif							/* LEARNIFY_STATISTICS_H */
