/*
 * new_courses.c
 *		Weights of courses that nobody has taken.
 *
 * Nothing is known of who takes such a course, but something of the course
 * itself: its tags, the words of its title, and which of its tags the graph of
 * skills puts before or after those of others.  Each of these features is a
 * row of a matrix like that of the learners, with the weight log(N / n), where
 * N is the number of courses, and n of those that have it.  So the cosine of
 * two courses' columns, from the Gram matrix of these rows, says how much
 * alike they are.
 *
 * A new course gets the weights g cos from the courses that are most like it
 * and have learners.  g is what this is worth: the least-squares slope of
 * whether a learner has taken a course, over the sum of the cosines of the
 * course with those that the learner has taken, fitted to courses that have
 * learners.  So the scores are in the unit of the other courses' scores, and a
 * new course is taken for one that as many take as take others like it.
 *
 * That its author has taken a course says nothing.
 *
 * Cost: for each new course, the courses that share features with it; a pass
 * over the interactions.  Memory: some numbers for each course and each entry
 * of the features, and the model.
 */
#include "discovery/new_courses.h"

#include <math.h>
#include <string.h>

/* What so many courses have in common says little, and costs its square. */
#define MAX_COURSES		1000

/* How many weights a new course gets, and how much alike courses must be. */
#define SOURCES			20
#define LEAST_COSINE	0.1

/* How many courses that have learners tell what a cosine is worth. */
#define SAMPLE			1000

#define CHECK_INTERVAL	64
#define MAX_BLOCKS		20

typedef struct Work
{
	const CourseFeatures *features;
	const LocalRidgeMatrix *matrix;
	const LocalRidgeCaller *caller;
	void	   *block[MAX_BLOCKS];
	int			blocks;
	bool		failed;			/* an allocation */

	bool	   *is_known;		/* has learners */
	uint32_t	known;
	float	   *square;			/* of each feature's weight */
	float	   *length;			/* of each course's column */
	size_t	   *first;			/* of each course's features, in feature */
	uint32_t   *feature;
	double	   *sum;			/* of each course, 0 between calls */
	uint32_t   *touched;
	TopCourse	top[SOURCES];

	/* The sample: to which courses each course leads. */
	size_t	   *pair_start;
	uint32_t   *target;
	float	   *cosine;
	TopCourse  *list;			/* SOURCES for each course of the sample */
	uint32_t   *list_count;
	uint32_t   *list_course;
	uint32_t	lists;
	bool	   *is_taken;		/* false between users */
} Work;

size_t
new_courses_memory(uint32_t courses, size_t entries, uint32_t weights)
{
	size_t		per_course = 2 * sizeof(bool) + sizeof(float) + 4 * sizeof(size_t) +
	sizeof(double) + 2 * sizeof(uint32_t) + 2 * sizeof(float);
	size_t		limit = weights > SOURCES ? weights : SOURCES;
	size_t		per_list = SOURCES * (sizeof(TopCourse) + sizeof(uint32_t) + sizeof(float)) +
	2 * sizeof(uint32_t);

	if (limit > courses)
		limit = courses;
	return ((size_t) courses + 1) * (per_course + 4 * limit * (sizeof(uint32_t) + sizeof(float))) +
		entries * (sizeof(uint32_t) + sizeof(float)) +
		SAMPLE * per_list + limit * sizeof(TopCourse) + 4096;
}

/* Returns zeroed memory, which release() frees; NULL if there is none. */
static void *
allocate(Work *work, size_t count, size_t size)
{
	void	   *pointer = work->caller->allocate(work->caller->context,
												 (count + 1) * size);

	if (pointer == NULL)
	{
		work->failed = true;
		return NULL;
	}
	work->block[work->blocks++] = pointer;
	memset(pointer, 0, (count + 1) * size);
	return pointer;
}

static void
release(Work *work)
{
	while (work->blocks > 0)
		work->caller->release(work->caller->context, work->block[--work->blocks]);
}

static bool
is_interrupted(const Work *work, uint32_t number)
{
	return number % CHECK_INTERVAL == 0 && work->caller->interrupted != NULL &&
		work->caller->interrupted(work->caller->context, work->matrix->courses);
}

static bool
allocate_work(Work *work)
{
	uint32_t	courses = work->matrix->courses;
	uint32_t	features = work->features->features;

	work->is_known = allocate(work, courses, sizeof(bool));
	work->square = allocate(work, features, sizeof(float));
	work->length = allocate(work, courses, sizeof(float));
	work->first = allocate(work, (size_t) courses + 1, sizeof(size_t));
	work->feature = allocate(work, work->features->row_start[features], sizeof(uint32_t));
	work->sum = allocate(work, courses, sizeof(double));
	work->touched = allocate(work, courses, sizeof(uint32_t));
	work->pair_start = allocate(work, (size_t) courses + 1, sizeof(size_t));
	work->target = allocate(work, SAMPLE * SOURCES, sizeof(uint32_t));
	work->cosine = allocate(work, SAMPLE * SOURCES, sizeof(float));
	work->list = allocate(work, SAMPLE * SOURCES, sizeof(TopCourse));
	work->list_count = allocate(work, SAMPLE, sizeof(uint32_t));
	work->list_course = allocate(work, SAMPLE, sizeof(uint32_t));
	work->is_taken = allocate(work, courses, sizeof(bool));
	return !work->failed;
}

/* Which courses have learners, besides their authors. */
static void
find_known(Work *work)
{
	const LocalRidgeMatrix *matrix = work->matrix;
	uint32_t	user;
	uint32_t	course;
	size_t		at;

	for (user = 0; user < matrix->users; user++)
		for (at = matrix->row_start[user]; at < matrix->row_start[user + 1]; at++)
			if (work->features->author[matrix->course[at]] != user)
				work->is_known[matrix->course[at]] = true;
	for (course = 0; course < matrix->courses; course++)
		work->known += work->is_known[course];
}

/* Weighs the features, and lists them by course. */
static void
index_features(Work *work)
{
	const CourseFeatures *features = work->features;
	uint32_t	courses = work->matrix->courses;
	uint32_t	row;
	uint32_t	course;
	size_t		at;

	for (row = 0; row < features->features; row++)
	{
		size_t		count = features->row_start[row + 1] - features->row_start[row];
		double		weight = count > 0 ? log((double) courses / count) : 0;

		for (at = features->row_start[row]; at < features->row_start[row + 1]; at++)
		{
			work->first[features->course[at] + 1]++;
			work->length[features->course[at]] += (float) (weight * weight);
		}
		work->square[row] = count <= MAX_COURSES ? (float) (weight * weight) : 0;
	}
	for (course = 0; course < courses; course++)
	{
		work->length[course] = sqrtf(work->length[course]);
		work->first[course + 1] += work->first[course];
	}
	for (row = 0; row < features->features; row++)
		for (at = features->row_start[row]; at < features->row_start[row + 1]; at++)
			work->feature[work->first[features->course[at]]++] = row;
	/* Each start has moved to the next course's: shift them back. */
	for (course = courses; course > 0; course--)
		work->first[course] = work->first[course - 1];
	work->first[0] = 0;
}

/* Fills in work->top with the courses that are most like this one. */
static uint32_t
find_similar(Work *work, uint32_t course)
{
	const CourseFeatures *features = work->features;
	uint32_t	touched = 0;
	uint32_t	count = 0;
	uint32_t	i;
	size_t		at;
	size_t		other;

	for (at = work->first[course]; at < work->first[course + 1]; at++)
	{
		uint32_t	row = work->feature[at];

		if (work->square[row] <= 0)
			continue;
		for (other = features->row_start[row]; other < features->row_start[row + 1]; other++)
		{
			uint32_t	source = features->course[other];

			if (source == course || !work->is_known[source])
				continue;
			if (work->sum[source] == 0)
				work->touched[touched++] = source;
			work->sum[source] += work->square[row];
		}
	}
	for (i = 0; i < touched; i++)
	{
		uint32_t	source = work->touched[i];
		TopCourse	item = {work->sum[source] / ((double) work->length[source] * work->length[course]), source};

		work->sum[source] = 0;
		if (item.score >= LEAST_COSINE)
			top_courses_add(work->top, &count, SOURCES, item);
	}
	top_courses_sort(work->top, count);
	return count;
}

/* Finds what is similar to a sample of the courses that have learners. */
static bool
sample_known(Work *work)
{
	uint32_t	step = work->known / SAMPLE + 1;
	uint32_t	number = 0;
	uint32_t	course;

	for (course = 0; course < work->matrix->courses; course++)
	{
		if (is_interrupted(work, course))
			return false;
		if (!work->is_known[course] || number++ % step != 0)
			continue;
		work->list_course[work->lists] = course;
		work->list_count[work->lists] = find_similar(work, course);
		memcpy(&work->list[(size_t) work->lists * SOURCES], work->top, sizeof(work->top));
		work->lists++;
	}
	return true;
}

/* Lists the pairs of the sample by the courses from which they lead. */
static void
index_sample(Work *work)
{
	uint32_t	courses = work->matrix->courses;
	uint32_t	list;
	uint32_t	course;
	uint32_t	i;

	for (list = 0; list < work->lists; list++)
		for (i = 0; i < work->list_count[list]; i++)
			work->pair_start[work->list[(size_t) list * SOURCES + i].course + 1]++;
	for (course = 0; course < courses; course++)
		work->pair_start[course + 1] += work->pair_start[course];
	for (list = 0; list < work->lists; list++)
	{
		for (i = 0; i < work->list_count[list]; i++)
		{
			const TopCourse *item = &work->list[(size_t) list * SOURCES + i];
			size_t		to = work->pair_start[item->course]++;

			work->target[to] = work->list_course[list];
			work->cosine[to] = (float) item->score;
		}
	}
	for (course = courses; course > 0; course--)
		work->pair_start[course] = work->pair_start[course - 1];
	work->pair_start[0] = 0;
}

/* Adds what a user says of the slope. */
static void
add_user(Work *work, uint32_t user, double *taken, double *squares)
{
	const LocalRidgeMatrix *matrix = work->matrix;
	uint32_t	touched = 0;
	uint32_t	i;
	size_t		at;
	size_t		pair;

	for (at = matrix->row_start[user]; at < matrix->row_start[user + 1]; at++)
	{
		work->is_taken[matrix->course[at]] = true;
		for (pair = work->pair_start[matrix->course[at]];
			 pair < work->pair_start[matrix->course[at] + 1]; pair++)
		{
			uint32_t	target = work->target[pair];

			if (work->sum[target] == 0)
				work->touched[touched++] = target;
			work->sum[target] += work->cosine[pair];
		}
	}
	for (i = 0; i < touched; i++)
	{
		double		sum = work->sum[work->touched[i]];

		*squares += sum * sum;
		if (work->is_taken[work->touched[i]])
			*taken += sum;
		work->sum[work->touched[i]] = 0;
	}
	for (at = matrix->row_start[user]; at < matrix->row_start[user + 1]; at++)
		work->is_taken[matrix->course[at]] = false;
}

/* Returns what a cosine is worth; negative if it was interrupted. */
static double
find_slope(Work *work)
{
	double		taken = 0;
	double		squares = 0;
	uint32_t	user;

	if (!sample_known(work))
		return -1;
	index_sample(work);
	for (user = 0; user < work->matrix->users; user++)
	{
		if (is_interrupted(work, user))
			return -1;
		add_user(work, user, &taken, &squares);
	}
	return squares > 0 ? taken / squares : 0;
}

/* Copies a course's weights from the fitted model; returns how many. */
static uint32_t
copy_weights(const LocalRidgeModel *fitted, uint32_t course, TopCourse *weights)
{
	size_t		start = fitted->target_start[course];
	uint32_t	count = (uint32_t) (fitted->target_start[course + 1] - start);
	uint32_t	i;

	for (i = 0; i < count; i++)
	{
		weights[i].course = fitted->neighbour[start + i];
		weights[i].score = fitted->neighbour_weight[start + i];
	}
	return count;
}

static uint32_t
most_weights(const LocalRidgeModel *fitted)
{
	size_t		most = SOURCES;
	uint32_t	course;

	for (course = 0; course < fitted->courses; course++)
	{
		size_t		count = fitted->target_start[course + 1] - fitted->target_start[course];

		most = count > most ? count : most;
	}
	return (uint32_t) most;
}

static LocalRidgeStatus
add_courses(Work *work, const LocalRidgeModel *fitted, double slope,
			TopCourse *weights, LocalRidgeModel *model)
{
	uint32_t	course;

	for (course = 0; course < fitted->courses; course++)
	{
		uint32_t	count = 0;
		uint32_t	similar;
		uint32_t	i;

		if (is_interrupted(work, course))
			return LOCAL_RIDGE_CANCELLED;
		if (work->is_known[course])
		{
			count = copy_weights(fitted, course, weights);
			local_ridge_add_course(model, course, weights, count,
								   fitted->intercept[course],
								   fitted->popularity[course]);
			continue;
		}
		similar = slope > 0 ? find_similar(work, course) : 0;
		for (i = 0; i < similar; i++)
		{
			weights[count].course = work->top[i].course;
			weights[count].score = local_ridge_round(slope * work->top[i].score);
			count += weights[count].score > 0;
		}
		local_ridge_add_course(model, course, weights, count, 0, 0);
	}
	return LOCAL_RIDGE_OK;
}

static LocalRidgeStatus
fold(Work *work, const LocalRidgeModel *fitted, LocalRidgeModel *model)
{
	uint32_t	limit = most_weights(fitted);
	TopCourse  *weights;
	double		slope;
	LocalRidgeStatus status;

	if (!allocate_work(work) ||
		(weights = allocate(work, limit, sizeof(TopCourse))) == NULL)
		return LOCAL_RIDGE_OUT_OF_MEMORY;
	find_known(work);
	index_features(work);
	slope = find_slope(work);
	if (slope < 0)
		return LOCAL_RIDGE_CANCELLED;
	status = local_ridge_begin_model(model, fitted->courses, limit, work->caller);
	if (status == LOCAL_RIDGE_OK)
		status = add_courses(work, fitted, slope < 1 ? slope : 1, weights, model);
	if (status == LOCAL_RIDGE_OK)
		status = local_ridge_finish_model(model, limit, work->caller);
	if (status != LOCAL_RIDGE_OK)
		local_ridge_free(model, work->caller);
	return status;
}

LocalRidgeStatus
new_courses_fold(const CourseFeatures *features, const LocalRidgeMatrix *matrix,
				 const LocalRidgeModel *fitted, const LocalRidgeCaller *caller,
				 LocalRidgeModel *model)
{
	Work		work = {.features = features, .matrix = matrix, .caller = caller};
	LocalRidgeStatus status = fold(&work, fitted, model);

	release(&work);
	return status;
}
