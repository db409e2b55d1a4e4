#ifndef LEARNIFY_MOVED_REVIEWS_H
#define LEARNIFY_MOVED_REVIEWS_H

#include "utils/uuid.h"

#include "progress/content_change.h"

/* A review that has moved to another module. */
typedef struct MovedReview
{
	pg_uuid_t	user_id;
	pg_uuid_t	id;
	pg_uuid_t	module_id;		/* before */
} MovedReview;

typedef struct MovedReviews
{
	MovedReview *items;
	Size		count;
	Size		allocated;
} MovedReviews;

/* Moves reviews along with the submissions that they are about. */
extern void move_reviews(ContentChange *change);

/* Adds the reviews that the change has moved, in the order of their learners. */
extern void read_moved_reviews(const ContentChange *change,
							   MovedReviews *reviews);

/* Brings the feed and the achievements of a learner up to date, who is locked. */
extern void process_moved_reviews(Oid schema, const MovedReview *reviews,
								  Size count);

#endif							/* LEARNIFY_MOVED_REVIEWS_H */
