/*
 * ranking_metrics.c
 *		Recall@n and NDCG@n of a ranking.
 *
 * Recall@n is the share of the relevant courses that are among the first n.
 * NDCG@n (Jarvelin and Kekalainen, TOIS 20, 2002) counts a hit at rank r, from
 * 1, as 1 / log2(r + 1), and divides the sum by that of an ideal ranking, in
 * which the first n are relevant courses as far as there are any.
 *
 * Cost: min(n, ranked) binary searches.  Memory: none.
 */
#include "discovery/ranking_metrics.h"

#include <math.h>
#include <stdbool.h>

static bool
contains(const uint32_t *sorted, size_t count, uint32_t course)
{
	size_t		low = 0;
	size_t		high = count;

	while (low < high)
	{
		size_t		middle = low + (high - low) / 2;

		if (sorted[middle] < course)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && sorted[low] == course;
}

/*
 * ranked is in the order of the ranking, best first; relevant is sorted by
 * number. Neither has duplicates.  Both metrics are 0 where nothing is
 * relevant: leave such learners out of a mean.
 */
RankingMetrics
ranking_metrics(const uint32_t *ranked, size_t ranked_count,
				const uint32_t *relevant, size_t relevant_count, size_t n)
{
	RankingMetrics metrics = {0, 0};
	size_t		hits = 0;
	double		gain = 0;
	double		ideal = 0;
	size_t		i;

	for (i = 0; i < n && (i < ranked_count || i < relevant_count); i++)
	{
		double		discounted = 1 / log2((double) i + 2);

		if (i < relevant_count)
			ideal += discounted;
		if (i < ranked_count && contains(relevant, relevant_count, ranked[i]))
		{
			gain += discounted;
			hits++;
		}
	}
	if (relevant_count > 0 && n > 0)
	{
		metrics.recall = (double) hits / (double) relevant_count;
		metrics.ndcg = gain / ideal;
	}
	return metrics;
}
