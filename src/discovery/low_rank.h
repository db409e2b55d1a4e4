/*
 * low_rank.h
 *
 * The low-rank part of the recommender's model: what learners have in common
 * beyond the pairs of courses that were taken together.  Independent of
 * PostgreSQL.
 */
#ifndef LEARNIFY_LOW_RANK_H
#define LEARNIFY_LOW_RANK_H

#include "discovery/local_ridge.h"

/* Limits of the parameters. */
#define LOW_RANK_MAX_RANK		512
#define LOW_RANK_MAX_SHARE		10.0
#define LOW_RANK_MAX_WEIGHTS	1000

/* The formulas are in low_rank.c. */
typedef struct LowRankParameters
{
	uint32_t	rank;			/* 0: the model has no such part */
	double		share;			/* t, relative to the other part */
	double		spectrum_exponent;	/* p */
	double		activity_exponent;	/* a */
	double		popularity_exponent;	/* b */
	uint32_t	weights;		/* the maximum of weights per course */
} LowRankParameters;

/*
 * Of each course, two vectors: what it adds to a learner, and what it responds
 * to.  A row has stride numbers, of which those beyond rank are 0.
 */
typedef struct LowRank
{
	uint32_t	courses;
	uint32_t	rank;
	uint32_t	stride;
	float	   *source;
	float	   *target;
} LowRank;

extern LowRankParameters low_rank_defaults(void);

/* A bound of the bytes that the functions below allocate at the same time. */
extern LocalRidgeStatus low_rank_memory(uint32_t courses,
										const LowRankParameters *parameters,
										uint32_t neighbours, size_t *bytes);

extern LocalRidgeStatus low_rank_fit(const LocalRidgeMatrix *matrix,
									 const LowRankParameters *parameters,
									 const LocalRidgeCaller *caller,
									 LowRank *low_rank);
extern void low_rank_free(LowRank *low_rank, const LocalRidgeCaller *caller);

/* Makes a model of the sum of both parts. */
extern LocalRidgeStatus low_rank_fold(const LowRank *low_rank,
									  const LocalRidgeMatrix *matrix,
									  const LowRankParameters *parameters,
									  const LocalRidgeModel *ridge,
									  const LocalRidgeCaller *caller,
									  LocalRidgeModel *model);

#endif							/* LEARNIFY_LOW_RANK_H */
