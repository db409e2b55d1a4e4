/*
 * poisson_ratio_test.c
 *		Tests that the bound is the 5 % point that poisson_ratio.h promises.
 *
 * There are four kinds of tests, none of which shares code with
 * poisson_ratio.c:
 *
 * - constants, computed once with 50 digits by the continued fraction of the
 *	 incomplete beta function (DLMF 8.17.22);
 * - where the beta parameters are whole numbers, the probability is a sum of
 *	 binomial terms, computed in long double, without any special function;
 * - elsewhere, long double tanh-sinh quadrature of the density of the log odds
 *	 on both sides of the bound, so that no normalising constant is needed;
 * - properties: monotone in each argument, positive and finite everywhere.
 *
 * The second and third kind apply the tolerance to either side of the bound:
 * just below it, the probability must be less than 5 %, just above it, more.
 *
 * Prints TAP, and exits with 1 if anything failed.
 */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "discovery/poisson_ratio.h"
#include "tap.h"

#define TOLERANCE	1e-10

typedef struct Input
{
	int64_t		recent;
	int64_t		previous;
	double		site_ratio;
	double		exposure;
} Input;

static double
bound_of(const Input *in)
{
	return poisson_ratio_lower_bound(in->recent, in->previous,
									 in->site_ratio, in->exposure);
}

/* Prints an input that failed as a TAP comment; returns the argument. */
static bool
expect(bool passed, const Input *in)
{
	if (!passed)
		printf("# recent %" PRId64 ", previous %" PRId64
			   ", site_ratio %.17g, exposure %.17g: bound %.17g\n",
			   in->recent, in->previous, in->site_ratio, in->exposure,
			   bound_of(in));
	return passed;
}

/*
 * Returns a pseudo-random number from 0 to 1, the same in every run
 * (SplitMix64).
 */
static double
uniform(void)
{
	static uint64_t state = 20240229;
	uint64_t	z;

	z = (state += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return ((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static double
log_uniform(double low, double high)
{
	return low * pow(high / low, uniform());
}

/* The four values in the definition, to the two digits that it states. */
static void
test_definition(void)
{
	static const struct
	{
		Input		in;
		double		bound;
	}			cases[] = {
		{{3, 0, 1, 24}, 0.72},
		{{5, 0, 1, 24}, 1.12},
		{{10, 5, 1, 24}, 0.80},
		{{100, 50, 1, 24}, 1.49}
	};
	size_t		i;
	char		name[80];

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		snprintf(name, sizeof(name), "%d after %d on an even site is %.2f",
				 (int) cases[i].in.recent, (int) cases[i].in.previous,
				 cases[i].bound);
		ok(expect(fabs(bound_of(&cases[i].in) - cases[i].bound) < 0.005,
				  &cases[i].in), name);
	}
}

static void
test_constants(void)
{
	static const struct
	{
		Input		in;
		double		bound;
	}			cases[] = {
		{{3, 0, 1, 24}, 0.71879364076881760017},
		{{5, 0, 1, 24}, 1.1245883752850362409},
		{{10, 5, 1, 24}, 0.80490572465070918674},
		{{100, 50, 1, 24}, 1.4915851707667835275},
		{{0, 0, 1, 24}, 0.15653781167539577354},
		{{0, 1, 0.5, 24}, 0.033823692927891010613},
		{{1, 0, 3, 12}, 0.78113331478338810431},
		{{7, 2, 1.25, 6.5}, 0.38854170577023014252},
		{{0, 40, 0.015625, 24}, 9.7889872062817168395e-24},
		{{40, 0, 64, 0.5}, 209559932637668540.44},
		{{250, 1000, 0.75, 24}, 0.22310061803189446519},
		{{4096, 1, 2, 24}, 776.564525351517377},
		{{1, 4096, 2, 0.01}, 2.0031132421614031009e-7},
		{{1000000, 1000000, 1, 24}, 0.99767653090851373959},
		{{1000000, 0, 1, 24}, 210798.62719362764664},
		{{0, 1000000, 1, 24}, 3.5536068543774940995e-7},
		{{1000000, 3, 0.000001, 0.01}, 35.22172700708051651},
		{{12, 1000000, 1000000, 24}, 0.000010035928650900303908},
		{{123456, 654321, 1.0625, 17.25}, 0.13492353083426686108}
	};
	size_t		i;
	bool		passed = true;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		passed &= expect(fabs(bound_of(&cases[i].in) / cases[i].bound - 1) <
						 TOLERANCE, &cases[i].in);
	ok(passed, "constants computed with 50 digits");
}

/*
 * Returns the probability that p / (1 - p) is below the given odds, where p is
 * Beta(a, b) with whole a and b: that of at least a heads in a + b - 1 tosses
 * of a coin with probability p.
 */
static long double
binomial_tail(int a, int b, long double odds)
{
	long double term = 1;
	long double below = 0;
	long double above = 0;
	int			heads;

	for (heads = 0; heads < a + b; heads++)
	{
		if (heads < a)
			below += term;
		else
			above += term;
		term *= odds * (a + b - 1 - heads) / (heads + 1);
	}
	return above / (below + above);
}

/*
 * On a site with equal counts, at full exposure, the prior is two events on
 * each side.
 */
static void
test_binomial(void)
{
	bool		passed = true;
	int			recent,
				previous;

	for (recent = 0; recent <= 300; recent += 1 + recent / 3)
		for (previous = 0; previous <= 300; previous += 1 + previous / 3)
		{
			Input		in = {recent, previous, 1, 24};
			long double low = bound_of(&in) * (1 - (long double) TOLERANCE);
			long double high = bound_of(&in) * (1 + (long double) TOLERANCE);

			passed &= expect(binomial_tail(recent + 2, previous + 2, low) < 0.05L &&
							 binomial_tail(recent + 2, previous + 2, high) > 0.05L,
							 &in);
		}
	ok(passed, "whole beta parameters, against sums of binomial terms");
}

/* Returns the logarithm of the density of log odds, up to a constant. */
static long double
log_density(long double a, long double b, long double log_odds)
{
	return (log_odds < 0 ? a : -b) * log_odds -
		(a + b) * log1pl(expl(-fabsl(log_odds)));
}

/*
 * Integrates between two finite points, relative to the density at the mode.
 */
static long double
integrate(long double a, long double b, long double from, long double to)
{
	const long double step = 1 / 48.0L;
	const long double half_pi = 1.5707963267948966192L;
	long double mode = log_density(a, b, logl(a / b));
	long double sum = 0;
	int			i;

	for (i = -216; i <= 216; i++)
	{
		long double y = half_pi * sinhl(i * step);
		long double share = 1 / (1 + expl(-2 * y)); /* of the interval */
		long double point = i < 0 ? from + (to - from) * share
			: to - (to - from) / (1 + expl(2 * y));

		sum += half_pi * coshl(i * step) / (coshl(y) * coshl(y)) *
			expl(log_density(a, b, point) - mode);
	}
	return sum * step * (to - from) / 2;
}

/*
 * Returns where the density becomes negligible, from start in the given
 * direction.
 */
static long double
reach(long double a, long double b, long double start, int direction)
{
	long double first = log_density(a, b, start);
	long double distance = 1e-12L;

	while (first - log_density(a, b, start + direction * distance) < 48)
		distance *= 1.5L;
	return distance;
}

/* Returns the probability that the log odds are below the given ones. */
static long double
quadrature_tail(long double a, long double b, long double log_odds)
{
	long double mode = logl(a / b);
	long double left = fminl(log_odds, mode);
	long double right = fmaxl(log_odds, mode);
	long double below = integrate(a, b, left - reach(a, b, left, -1), left);
	long double middle = integrate(a, b, left, right);
	long double above = integrate(a, b, right, right + reach(a, b, right, 1));

	if (log_odds < mode)
		return below / (below + middle + above);
	return (below + middle) / (below + middle + above);
}

/*
 * Whether the bound is the 5 % point, by quadrature.  A bound at the end of
 * the range of a double stands for anything beyond.
 */
static bool
agrees_with_quadrature(const Input *in)
{
	long double share = in->site_ratio * 24.0L;
	long double whole = share + in->exposure;
	long double a = in->recent + 4 * share / whole;
	long double b = in->previous + 4 * in->exposure / whole;
	long double bound = bound_of(in);
	long double log_odds = logl(bound * 24 / in->exposure);

	if (bound > DBL_MIN &&
		quadrature_tail(a, b, log_odds - TOLERANCE) >= 0.05L)
		return false;
	if (bound < DBL_MAX &&
		quadrature_tail(a, b, log_odds + TOLERANCE) <= 0.05L)
		return false;
	return true;
}

static void
test_grid(void)
{
	static const int64_t counts[] = {0, 1, 2, 3, 10, 100, 9999, 1000000};
	static const double ratios[] = {1e-6, 0.004, 0.5, 1, 30, 1e6};
	static const double exposures[] = {0.01, 1, 24};
	bool		passed = true;
	Input		in;
	int			r,
				p,
				s,
				e;

	for (r = 0; r < 8; r++)
		for (p = 0; p < 8; p++)
			for (s = 0; s < 6; s++)
				for (e = 0; e < 3; e++)
				{
					in = (Input) {counts[r], counts[p], ratios[s], exposures[e]};
					passed &= expect(agrees_with_quadrature(&in), &in);
				}
	ok(passed, "a grid up to the extremes, against quadrature");
}

static void
test_random(void)
{
	bool		passed = true;
	Input		in;
	int			i;

	for (i = 0; i < 1500; i++)
	{
		in.recent = (int64_t) (log_uniform(0.5, 1e6));
		in.previous = (int64_t) (log_uniform(0.5, 1e6));
		in.site_ratio = i % 2 ? log_uniform(1e-6, 1e6) : log_uniform(0.2, 5);
		in.exposure = i % 3 ? log_uniform(0.01, 24) : 24;
		passed &= expect(agrees_with_quadrature(&in), &in);
	}
	ok(passed, "1500 random arguments, against quadrature");

	passed = true;
	for (i = 0; i < 500; i++)
	{
		in.recent = (int64_t) (log_uniform(0.5, 1000)) * (i % 2);
		in.previous = (int64_t) (log_uniform(0.5, 1000)) * (1 - i % 2);
		in.site_ratio = log_uniform(20, 20000);
		in.exposure = log_uniform(0.01, 24);
		passed &= expect(agrees_with_quadrature(&in), &in);
		in.site_ratio = 1 / in.site_ratio;
		passed &= expect(agrees_with_quadrature(&in), &in);
	}
	ok(passed, "1000 random arguments where one side has no event, against quadrature");
}

/*
 * Counts beyond the resolution of quadrature.  With as many events on either
 * side, the log odds are nearly normal with variance 2 / n.  With few events
 * on one side, only the rate of that side is uncertain; it has a gamma
 * distribution, whose 5 % and 95 % points are in the table.
 */
static void
test_huge_counts(void)
{
	static const struct
	{
		int64_t		count;
		double		low;
		double		high;
	}			gamma[] = {
		{0, 0.35536151069866205222, 4.7438645183905783759},
		{3, 1.9701495680595300157, 9.1535190266375734359},
		{100, 85.975419323811068512, 119.16100449331336833}
	};
	const int64_t quadrillion = INT64_C(1000000000000000);
	Input		in = {0, 0, 1, 24};
	bool		passed = true;
	int64_t		n;
	int			i;

	for (n = INT64_C(100000000000); n < INT64_MAX / 10; n *= 10)
	{
		in.recent = in.previous = n;
		passed &= expect(fabs(bound_of(&in) /
							  exp(-1.6448536269514722 * sqrt(2.0 / n)) - 1) < 1e-14,
						 &in);
	}
	ok(passed, "as many events from 10^11 up on either side, against the normal limit");

	passed = true;
	for (i = 0; i < 3; i++)
	{
		in.recent = gamma[i].count;
		in.previous = quadrillion;
		passed &= expect(fabs(bound_of(&in) * quadrillion / gamma[i].low - 1) <
						 1e-12, &in);
		in.previous = gamma[i].count;
		in.recent = quadrillion;
		passed &= expect(fabs(bound_of(&in) / quadrillion * gamma[i].high - 1) <
						 1e-12, &in);
	}
	ok(passed, "10^15 events against few, against the gamma limit");

	in.recent = INT64_MAX;
	in.previous = INT64_MAX;
	ok(expect(bound_of(&in) < 1 && bound_of(&in) > 0.999999999, &in),
	   "the largest counts");
}

static void
test_monotone(void)
{
	bool		in_recent = true;
	bool		in_previous = true;
	bool		in_site_ratio = true;
	int			i;

	for (i = 0; i < 3000; i++)
	{
		Input		in;
		Input		next;
		double		bound;

		in.recent = (int64_t) (log_uniform(0.5, 1e6));
		in.previous = (int64_t) (log_uniform(0.5, 1e6));
		in.site_ratio = log_uniform(0.01, 100);
		in.exposure = log_uniform(0.01, 24);
		bound = bound_of(&in);
		if (bound == DBL_MIN || bound == DBL_MAX)
			continue;
		next = in;
		next.recent++;
		in_recent &= expect(bound_of(&next) > bound, &in);
		next = in;
		next.previous++;
		in_previous &= expect(bound_of(&next) < bound, &in);
		next = in;
		next.site_ratio *= 1.01;
		in_site_ratio &= expect(bound_of(&next) > bound, &in);
	}
	ok(in_recent, "one more recent event raises the bound");
	ok(in_previous, "one more previous event lowers it");
	ok(in_site_ratio, "a higher site ratio raises it");
}

static void
test_extremes(void)
{
	static const int64_t counts[] = {0, 1, 1000, INT64_C(1) << 53, INT64_MAX};
	static const double ratios[] = {DBL_TRUE_MIN, DBL_MIN, 1e-100, 1e-9, 1,
	1e9, 1e100, DBL_MAX};
	static const double exposures[] = {DBL_TRUE_MIN, 1e-300, 1e-9, 1, 24};
	bool		passed = true;
	Input		in;
	int			r,
				p,
				s,
				e;

	for (r = 0; r < 5; r++)
		for (p = 0; p < 5; p++)
			for (s = 0; s < 8; s++)
				for (e = 0; e < 5; e++)
				{
					double		bound;

					in = (Input) {counts[r], counts[p], ratios[s], exposures[e]};
					bound = bound_of(&in);
					passed &= expect(bound >= DBL_MIN && bound <= DBL_MAX, &in);
				}
	ok(passed, "positive and finite at every extreme");

	in = (Input) {0, 0, 1e-6, 24};
	ok(expect(bound_of(&in) == DBL_MIN, &in), "what is too small is DBL_MIN");
	in = (Input) {0, 0, 1e6, 24};
	ok(expect(bound_of(&in) == DBL_MAX, &in), "what is too large is DBL_MAX");
}

int
main(void)
{
	test_definition();
	test_constants();
	test_binomial();
	test_grid();
	test_random();
	test_huge_counts();
	test_monotone();
	test_extremes();
	return end_of_tests();
}
