/*
 * ranking_metrics.h
 *
 * How good a ranking of courses is, given those that the learner took.
 * Independent of PostgreSQL.
 */
#ifndef LEARNIFY_RANKING_METRICS_H
#define LEARNIFY_RANKING_METRICS_H

#include <stddef.h>
#include <stdint.h>

/*
 * The metrics of one learner; usually their means over all learners are
 * reported.
 */
typedef struct RankingMetrics
{
	double		recall;			/* at n */
	double		ndcg;			/* at n */
} RankingMetrics;

extern RankingMetrics ranking_metrics(const uint32_t *ranked, size_t ranked_count,
									  const uint32_t *relevant,
									  size_t relevant_count, size_t n);

#endif							/* LEARNIFY_RANKING_METRICS_H */
