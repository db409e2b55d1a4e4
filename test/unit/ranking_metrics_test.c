/*
 * ranking_metrics_test.c
 *		Tests Recall@n and NDCG@n.
 *
 * Small rankings have expected values computed by hand. Others are compared
 * with the definitions, applied to a table of hits.
 *
 * Prints TAP, and exits with 1 if anything failed.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "discovery/ranking_metrics.h"
#include "tap.h"

static void
check(RankingMetrics metrics, double recall, double ndcg, const char *name)
{
	bool		passed = fabs(metrics.recall - recall) < 1e-12 &&
		fabs(metrics.ndcg - ndcg) < 1e-12;

	ok(passed, name);
	if (!passed)
		printf("# recall %.15g, expected %.15g; NDCG %.15g, expected %.15g\n",
			   metrics.recall, recall, metrics.ndcg, ndcg);
}

static void
test_by_hand(void)
{
	static const uint32_t ranked[] = {7, 3, 9, 1};
	static const uint32_t first[] = {7};
	static const uint32_t third[] = {9};
	static const uint32_t two[] = {1, 3};
	static const uint32_t many[] = {3, 7, 20, 21, 22};
	static const uint32_t others[] = {2, 8, 10};
	const double second_gain = 1 / log2(3);
	const double third_gain = 0.5;
	const double fourth_gain = 1 / log2(5);

	check(ranking_metrics(ranked, 4, first, 1, 4), 1, 1, "the only one is first");
	check(ranking_metrics(ranked, 4, third, 1, 4), 1, third_gain, "it is third");
	check(ranking_metrics(ranked, 4, third, 1, 2), 0, 0, "it is third of two");
	check(ranking_metrics(ranked, 4, two, 2, 4), 1,
		  (second_gain + fourth_gain) / (1 + second_gain), "second and fourth");
	check(ranking_metrics(ranked, 4, two, 2, 3), 0.5,
		  second_gain / (1 + second_gain), "second of three, and missed");
	check(ranking_metrics(ranked, 4, many, 5, 2), 0.4, 1,
		  "as good as two can be: NDCG is 1, recall is not");
	check(ranking_metrics(ranked, 4, many, 5, 20), 0.4,
		  (1 + second_gain) / (1 + second_gain + third_gain + fourth_gain +
							   1 / log2(6)),
		  "a ranking shorter than n has the places it leaves out wrong");
	check(ranking_metrics(ranked, 4, others, 3, 4), 0, 0, "none is right");
	check(ranking_metrics(ranked, 0, others, 3, 4), 0, 0, "an empty ranking");
	check(ranking_metrics(ranked, 4, others, 0, 4), 0, 0, "nothing is relevant");
	check(ranking_metrics(ranked, 4, first, 1, 0), 0, 0, "n is 0");
}

/*
 * Bit i of hits: the course ranked i is relevant. Others are relevant, not
 * ranked.
 */
static void
test_all_rankings_of_eight(void)
{
	bool		right = true;
	uint32_t	hits;
	uint32_t	unranked;
	size_t		n;

	for (hits = 0; hits < 256; hits++)
		for (unranked = 0; unranked < 3; unranked++)
			for (n = 1; n <= 10; n++)
			{
				static const uint32_t ranked[] = {0, 2, 4, 6, 8, 10, 12, 14};
				uint32_t	relevant[10];
				size_t		count = 0;
				size_t		found = 0;
				double		gain = 0;
				double		ideal = 0;
				RankingMetrics metrics;
				size_t		i;

				for (i = 0; i < 8; i++)
				{
					if (!(hits & 1u << i))
						continue;
					relevant[count++] = ranked[i];
					found += i < n;
					gain += i < n ? log(2) / log((double) i + 2) : 0;
				}
				for (i = 0; i < unranked; i++)
					relevant[count++] = 20 + (uint32_t) i;
				for (i = 0; i < count && i < n; i++)
					ideal += log(2) / log((double) i + 2);
				metrics = ranking_metrics(ranked, 8, relevant, count, n);
				right = right && (count == 0 ?
								  metrics.recall == 0 && metrics.ndcg == 0 :
								  fabs(metrics.recall * count - found) < 1e-9 &&
								  fabs(metrics.ndcg * ideal - gain) < 1e-9);
			}
	ok(right, "all rankings of eight courses");
}

int
main(void)
{
	test_by_hand();
	test_all_rankings_of_eight();
	return end_of_tests();
}
