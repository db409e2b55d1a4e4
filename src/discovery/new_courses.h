/*
 * new_courses.h
 *
 * What the recommender's model says of courses that nobody has taken: they
 * follow the courses that are like them.  Independent of PostgreSQL.
 */
#ifndef LEARNIFY_NEW_COURSES_H
#define LEARNIFY_NEW_COURSES_H

#include "discovery/local_ridge.h"

/* Tags, words of titles and the like; a row is a feature. */
typedef struct CourseFeatures
{
	uint32_t	features;
	const size_t *row_start;	/* features + 1 items, the first is 0 */
	const uint32_t *course;		/* distinct within a row */
	const uint32_t *author;		/* of each course: a user of the matrix, or
								 * another number */
} CourseFeatures;

/* A bound of the bytes of the fitted model and of what the fold allocates. */
extern size_t new_courses_memory(uint32_t courses, size_t entries,
								 uint32_t weights);

/* Makes a model that has weights for new courses too. */
extern LocalRidgeStatus new_courses_fold(const CourseFeatures *features,
										 const LocalRidgeMatrix *matrix,
										 const LocalRidgeModel *fitted,
										 const LocalRidgeCaller *caller,
										 LocalRidgeModel *model);

#endif							/* LEARNIFY_NEW_COURSES_H */
