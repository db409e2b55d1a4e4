/*
 * course_scores.h
 *
 * What a fitted model says to one learner: a score for each course that the
 * learner's courses speak for, the best of those, and which of the learner's
 * courses spoke loudest for each.  Knows nothing of PostgreSQL.
 */
#ifndef LEARNIFY_COURSE_SCORES_H
#define LEARNIFY_COURSE_SCORES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "discovery/local_ridge.h"
#include "discovery/top_courses.h"

#define MAX_REASONS		3

/* The learner's courses with the largest positive weights, the largest first. */
typedef struct CourseReasons
{
	uint32_t	count;
	TopCourse	reason[MAX_REASONS];
} CourseReasons;

/*
 * Room for one learner's scores, used again for the next.  Each array has as
 * many items as there are courses; seen must begin all false.
 */
typedef struct CourseScores
{
	double	   *score;
	bool	   *seen;			/* has a weight from one of the learner's */
	bool	   *wanted;			/* a positive one */
	uint32_t   *course;			/* those seen */
	uint32_t	count;
} CourseScores;

extern void course_scores_clear(CourseScores *scores);
extern void course_scores_add(CourseScores *scores, const LocalRidgeModel *model,
							  const uint32_t *taken, size_t count);
extern uint32_t course_scores_best(const CourseScores *scores,
								   const bool *excluded, TopCourse *best,
								   uint32_t limit);
extern void course_scores_explain(const LocalRidgeModel *model,
								  const uint32_t *taken, size_t count,
								  const TopCourse *best, uint32_t best_count,
								  uint32_t *place, CourseReasons *reasons);

#endif							/* LEARNIFY_COURSE_SCORES_H */
