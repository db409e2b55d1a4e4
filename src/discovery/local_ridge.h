/*
 * local_ridge.h
 *
 * Which courses lead to which: an item-to-item linear model, fitted for each
 * course by ridge regression on the courses most often taken together with it.
 * Knows nothing of PostgreSQL, so that a unit test or a fuzzer can link it
 * alone.
 *
 * A caller counts its data, asks local_ridge_memory() what a fit would need,
 * and calls local_ridge_fit(); or it opens the data with local_ridge_open()
 * and fits single courses, with the same result.
 */
#ifndef LEARNIFY_LOCAL_RIDGE_H
#define LEARNIFY_LOCAL_RIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "discovery/top_courses.h"

/* Limits of the parameters, and of an interaction's weight. */
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

/* What makes the weights; all but the first are there to be compared with. */
typedef enum LocalRidgeMethod
{
	LOCAL_RIDGE_REGRESSION,
	LOCAL_RIDGE_COSINE,			/* the cosine itself, of the k nearest by it */
	LOCAL_RIDGE_POPULARITY		/* none; the intercept counts the users */
} LocalRidgeMethod;

/*
 * Who took what: the rows are users.  Any order of users, and of courses
 * within a row, gives the same model to the last bit; only the numbers of the
 * courses matter, which break ties.
 */
typedef struct LocalRidgeMatrix
{
	uint32_t	users;
	uint32_t	courses;
	const size_t *row_start;	/* users + 1 of them, the first is 0 */
	const uint32_t *course;		/* below courses; in a row each only once */
	const float *weight;		/* of each interaction; NULL: all are 1 */
} LocalRidgeMatrix;

/* See local_ridge.c for the formulas that these stand in. */
typedef struct LocalRidgeParameters
{
	LocalRidgeMethod method;
	uint32_t	neighbours;		/* k, at most this many weights a course */
	double		lambda;			/* penalty, in users; above 0 */
	double		lambda_balance; /* exponent of its growth with popularity */
	double		dropout;		/* penalty, as a share of the neighbour's users */
	double		activity_exponent;	/* a */
	double		neighbour_exponent; /* b */
	double		target_exponent;	/* c */
	double		shrink;
	bool		intercept;
} LocalRidgeParameters;

/*
 * What the caller lends.  allocate() may return NULL.  Any of them may leave
 * by longjmp(), if the caller then releases all it has allocated.
 */
typedef struct LocalRidgeCaller
{
	void	   *context;
	void	   *(*allocate) (void *context, size_t size);
	void		(*release) (void *context, void *pointer);

	/* Called every few milliseconds; true cancels.  May be NULL. */
	bool		(*interrupted) (void *context, uint32_t courses_done);
} LocalRidgeCaller;

/*
 * Bytes allocated at the same time, besides the matrix.  Between the two, more
 * memory only saves time.
 */
typedef struct LocalRidgeMemory
{
	size_t		least;
	size_t		most;
} LocalRidgeMemory;

/*
 * The score of course j for a user: intercept[j] plus the sum of the weights
 * from the user's courses to j.  The weights are there twice: by the course
 * that they lead to, the largest first, and by the one that they come from.
 */
typedef struct LocalRidgeModel
{
	uint32_t	courses;
	float	   *intercept;
	size_t	   *target_start;	/* courses + 1 of them */
	uint32_t   *neighbour;
	float	   *neighbour_weight;
	size_t	   *source_start;	/* courses + 1 of them */
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
 * One course at a time.  weights has room for the parameters' neighbours; the
 * first come out largest first.  matrix, parameters and caller's functions must
 * stay until local_ridge_close().
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
