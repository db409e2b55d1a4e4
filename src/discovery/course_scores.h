/*
 * course_scores.h
 *
 * The scores of courses for one learner by a fitted model, the best courses,
 * and for each of these the learner's courses that contributed most.
 * Independent of PostgreSQL.
 */
#ifndef LEARNIFY_COURSE_SCORES_H
#define LEARNIFY_COURSE_SCORES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "discovery/local_ridge.h"
#include "discovery/top_courses.h"

#define MAX_REASONS		3

/* How many of so many recommendations may be courses that nobody has taken. */
#define NEW_COURSES_OF(limit)	(((limit) + 3) / 4)

/* The learner's courses with the largest positive weights, largest first. */
typedef struct CourseReasons
{
	uint32_t	count;
	TopCourse	reason[MAX_REASONS];
} CourseReasons;

/*
 * The scores of one learner, cleared for the next one.  Each array has an item
 * for each course; all of seen must be false at first.
 */
typedef struct CourseScores
{
	double	   *score;
	bool	   *seen;			/* has a weight, or is popular */
	bool	   *wanted;			/* has a positive weight, or is popular */
	uint32_t   *course;			/* the courses that are seen */
	uint32_t	count;
} CourseScores;

extern void course_scores_clear(CourseScores *scores);
extern void course_scores_add(CourseScores *scores, const LocalRidgeModel *model,
							  const uint32_t *taken, size_t count);
extern double course_scores_of(const CourseScores *scores,
							   const LocalRidgeModel *model, size_t count,
							   uint32_t course);
extern uint32_t course_scores_best(const CourseScores *scores,
								   const LocalRidgeModel *model,
								   const bool *excluded, TopCourse *best,
								   uint32_t limit, uint32_t new_limit);
extern void course_scores_explain(const LocalRidgeModel *model,
								  const uint32_t *taken, size_t count,
								  const TopCourse *best, uint32_t best_count,
								  uint32_t *place, CourseReasons *reasons);

#endif							/* LEARNIFY_COURSE_SCORES_H */
