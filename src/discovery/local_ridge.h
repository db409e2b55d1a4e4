/*
 * local_ridge.h
 *
 * Which courses lead to which: an item-to-item linear model, fitted for each
 * course by ridge regression on the courses most often taken together with it.
 * Independent of PostgreSQL, so that a unit test or a fuzzer can link it
 * alone.
 *
 * A caller counts its data, gets the memory that a fit needs from
 * local_ridge_memory(), and calls local_ridge_fit().  Or it opens the data
 * with local_ridge_open() and fits single courses, with the same result.
 */
#ifndef LEARNIFY_LOCAL_RIDGE_H
#define LEARNIFY_LOCAL_RIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "discovery/top_courses.h"

/* Limits of the parameters, and of the weight of an interaction. */
#define LOCAL_RIDGE_MAX_NEIGHBOURS	1000
#define LOCAL_RIDGE_MAX_EXPONENT	2.0
#define LOCAL_RIDGE_MAX_PENALTY		1e9
#define LOCAL_RIDGE_MAX_WEIGHT		1000.0

typedef enum LocalRidgeStatus
{
	LOCAL_RIDGE_OK,
	LOCAL_RIDGE_CANCELLED,
	LOCAL_RIDGE_OUT_OF_MEMORY,
	LOCAL_RIDGE_MEMORY_LIMIT,
	LOCAL_RIDGE_TOO_LARGE,
	LOCAL_RIDGE_BAD_NEIGHBOURS,
	LOCAL_RIDGE_BAD_LAMBDA,
	LOCAL_RIDGE_BAD_DROPOUT,
	LOCAL_RIDGE_BAD_SHRINK,
	LOCAL_RIDGE_BAD_EXPONENT,
	LOCAL_RIDGE_BAD_METHOD,
	LOCAL_RIDGE_BAD_ROWS,
	LOCAL_RIDGE_BAD_COURSE,
	LOCAL_RIDGE_DUPLICATE,
	LOCAL_RIDGE_BAD_WEIGHT
} LocalRidgeStatus;

/* How weights are computed; the other methods serve for comparison. */
typedef enum LocalRidgeMethod
{
	LOCAL_RIDGE_REGRESSION,
	LOCAL_RIDGE_COSINE,			/* weights are the k largest cosines */
	LOCAL_RIDGE_POPULARITY		/* only an intercept, the number of users */
} LocalRidgeMethod;

/*
 * Which users took which courses; a row is a user.  The model does not depend
 * on the order of the users, nor on that of the courses within a row.  It
 * depends on the numbers of the courses, which break ties.
 */
typedef struct LocalRidgeMatrix
{
	uint32_t	users;
	uint32_t	courses;
	const size_t *row_start;	/* users + 1 items, the first is 0 */
	const uint32_t *course;		/* less than courses; distinct within a row */
	const float *weight;		/* of each interaction; NULL if all are 1 */
} LocalRidgeMatrix;

/* The formulas are in local_ridge.c. */
typedef struct LocalRidgeParameters
{
	LocalRidgeMethod method;
	uint32_t	neighbours;		/* k, the maximum of weights per course */
	double		lambda;			/* penalty, in users; above 0 */
	double		lambda_balance; /* exponent of its growth with popularity */
	double		dropout;		/* penalty, relative to neighbour's users */
	double		activity_exponent;	/* a */
	double		neighbour_exponent; /* b */
	double		target_exponent;	/* c */
	double		shrink;
	bool		intercept;
} LocalRidgeParameters;

/*
 * The caller's functions.  allocate() may return NULL.  Each of them may leave
 * by longjmp(), provided that the caller then releases all that was allocated.
 */
typedef struct LocalRidgeCaller
{
	void	   *context;
	void	   *(*allocate) (void *context, size_t size);
	void		(*release) (void *context, void *pointer);

	/* Called every few milliseconds; returns true to cancel.  May be NULL. */
	bool		(*interrupted) (void *context, uint32_t courses_done);
} LocalRidgeCaller;

/*
 * Bounds of the bytes allocated at the same time, besides the matrix.  Between
 * the two, more memory saves time and does not change the result.
 */
typedef struct LocalRidgeMemory
{
	size_t		least;
	size_t		most;
} LocalRidgeMemory;

/*
 * The score of course j for a user: intercept[j] plus the sum of the weights
 * from the user's courses to j.  The weights are stored twice: by the course
 * to which they lead, largest first, and by the course from which they come.
 */
typedef struct LocalRidgeModel
{
	uint32_t	courses;
	float	   *intercept;
	float	   *popularity;		/* the share of users who took the course; 0
								 * unless by LOCAL_RIDGE_REGRESSION */
	size_t	   *target_start;	/* courses + 1 items */
	uint32_t   *neighbour;
	float	   *neighbour_weight;
	size_t	   *source_start;	/* courses + 1 items */
	uint32_t   *target;
	float	   *target_weight;
} LocalRidgeModel;

typedef struct LocalRidge LocalRidge;

extern LocalRidgeParameters local_ridge_defaults(void);
extern const char *local_ridge_message(LocalRidgeStatus status);

extern LocalRidgeStatus local_ridge_memory(uint32_t users, uint32_t courses,
										   size_t interactions, bool weighted,
										   uint32_t neighbours,
										   LocalRidgeMemory *memory);

extern LocalRidgeStatus local_ridge_fit(const LocalRidgeMatrix *matrix,
										const LocalRidgeParameters *parameters,
										const LocalRidgeCaller *caller,
										size_t memory_limit,
										LocalRidgeModel *model);
extern void local_ridge_free(LocalRidgeModel *model,
							 const LocalRidgeCaller *caller);

/*
 * To make a model of other weights: begin, add all courses in their order, each
 * with at most limit weights, largest first, and finish.  The weights have
 * passed through local_ridge_round().  If the result is not LOCAL_RIDGE_OK,
 * local_ridge_free() releases what there is.
 */
extern double local_ridge_round(double weight);
extern LocalRidgeStatus local_ridge_begin_model(LocalRidgeModel *model,
												uint32_t courses, uint32_t limit,
												const LocalRidgeCaller *caller);
extern void local_ridge_add_course(LocalRidgeModel *model, uint32_t course,
								   const TopCourse *weights, uint32_t count,
								   double intercept, double popularity);
extern LocalRidgeStatus local_ridge_finish_model(LocalRidgeModel *model,
												 uint32_t limit,
												 const LocalRidgeCaller *caller);

/*
 * To fit one course at a time.  weights has room for parameters->neighbours
 * items, and gets *count of them, largest first.  The arrays of matrix, and
 * what the functions of caller use, must exist until local_ridge_close().
 */
extern LocalRidgeStatus local_ridge_open(const LocalRidgeMatrix *matrix,
										 const LocalRidgeParameters *parameters,
										 const LocalRidgeCaller *caller,
										 size_t memory_limit,
										 LocalRidge **ridge);
extern LocalRidgeStatus local_ridge_fit_course(LocalRidge *ridge,
											   uint32_t course,
											   TopCourse *weights,
											   uint32_t *count,
											   double *intercept);
extern void local_ridge_close(LocalRidge *ridge);

#endif							/* LEARNIFY_LOCAL_RIDGE_H */
