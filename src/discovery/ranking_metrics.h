/*
 * ranking_metrics.h
 *
 * How good is one ranking of courses, given those the learner took?  Knows
 * nothing of PostgreSQL.
 */
#ifndef LEARNIFY_RANKING_METRICS_H
#define LEARNIFY_RANKING_METRICS_H

#include <stddef.h>
#include <stdint.h>

/* Of one learner; the means over learners are the usual figures. */
typedef struct RankingMetrics
{
	double		recall;			/* at n */
	double		ndcg;			/* at n */
} RankingMetrics;

extern RankingMetrics ranking_metrics(const uint32_t *ranked, size_t ranked_count,
									  const uint32_t *relevant,
									  size_t relevant_count, size_t n);

#endif							/* LEARNIFY_RANKING_METRICS_H */
