/*
 * poisson_ratio.h
 *
 * A lower bound for the ratio of two Poisson rates, each of which is known
 * only by a count.  Independent of PostgreSQL, so that a unit test can link
 * poisson_ratio.c alone.
 */
#ifndef LEARNIFY_POISSON_RATIO_H
#define LEARNIFY_POISSON_RATIO_H

#include <stdint.h>

/* Length of the recent window, and maximum length of the previous one. */
#define POISSON_RATIO_WINDOW_HOURS	24.0

/* Weight of the prior, in events. */
#define POISSON_RATIO_PRIOR_EVENTS	4.0

/* Posterior probability that the ratio lies below the bound. */
#define POISSON_RATIO_LEVEL			0.05

extern double poisson_ratio_lower_bound(int64_t recent, int64_t previous,
										double site_ratio, double exposure);

#endif							/* LEARNIFY_POISSON_RATIO_H */
