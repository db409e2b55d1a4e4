/*
 * top_courses.h
 *
 * The best of many courses, in the order of descending scores.  Ties are
 * broken by the number of the course, so that the result is unique.
 *
 * This is a heap with the worst of the best courses on top.  Cost: O(log
 * limit) for a course that is kept, one comparison for one that is not.
 * Memory: the caller's array of limit items.  Independent of PostgreSQL.
 */
#ifndef LEARNIFY_TOP_COURSES_H
#define LEARNIFY_TOP_COURSES_H

#include <stdbool.h>
#include <stdint.h>

typedef struct TopCourse
{
	double		score;
	uint32_t	course;
} TopCourse;

static inline bool
top_course_before(const TopCourse *a, const TopCourse *b)
{
	if (a->score != b->score)
		return a->score > b->score;
	return a->course < b->course;
}

/* Puts item into a heap with a hole at the top; moves it down to its place. */
static inline void
top_courses_sift(TopCourse *heap, uint32_t count, TopCourse item)
{
	uint32_t	hole = 0;

	for (;;)
	{
		uint32_t	child = hole * 2 + 1;

		if (child >= count)
			break;
		if (child + 1 < count && top_course_before(&heap[child], &heap[child + 1]))
			child++;
		if (!top_course_before(&item, &heap[child]))
			break;
		heap[hole] = heap[child];
		hole = child;
	}
	heap[hole] = item;
}

/* Keeps item if it is among the best; limit is at least 1. */
static inline void
top_courses_add(TopCourse *heap, uint32_t *count, uint32_t limit, TopCourse item)
{
	uint32_t	hole;

	if (*count == limit)
	{
		if (top_course_before(&item, &heap[0]))
			top_courses_sift(heap, limit, item);
		return;
	}
	for (hole = (*count)++; hole > 0; hole = (hole - 1) / 2)
	{
		if (!top_course_before(&heap[(hole - 1) / 2], &item))
			break;
		heap[hole] = heap[(hole - 1) / 2];
	}
	heap[hole] = item;
}

/* Sorts the heap into a list, best first. */
static inline void
top_courses_sort(TopCourse *heap, uint32_t count)
{
	while (count > 1)
	{
		TopCourse	item = heap[--count];

		heap[count] = heap[0];
		top_courses_sift(heap, count, item);
	}
}

#endif							/* LEARNIFY_TOP_COURSES_H */
