/*
 * poisson_ratio.c
 *
 * The 5 % point of the posterior of the ratio of two Poisson rates.
 *
 * Given their sum, the first of two Poisson counts is binomial (Przyborowski
 * and Wilenski, Biometrika 31, 1940), so that the ratio of the rates is a
 * function of one probability p, and a beta prior on p is conjugate.  The
 * prior here is worth four events split as the whole site splits its own: it
 * shrinks what rests on few events towards the site, as DuMouchel does with
 * Poisson counts (The American Statistician 53, 1999).
 *
 *		p ~ Beta(a, b), a = recent + 4 pi, b = previous + 4 (1 - pi)
 *		bound = p / (1 - p) * exposure / 24 at the 5 % point of p
 *
 * Everything is done for d, the distance of log(p / (1 - p)) from its mode
 * log(a / b).  On that scale the density is log-concave, and p / (1 - p) keeps
 * its relative accuracy however close p is to 0 or 1.  With n = a + b,
 *
 *		log density = constant + a d - n log(1 + a/n (exp(d) - 1))
 *
 * The probability to the left of d is that density times a sum: where a or b
 * is small a power series, the smaller one taken for a; where both are large
 * a Gauss-Legendre quadrature, which is as good at 10^18 events as at 20.  The
 * logarithm of the probability is concave too, and so Newton's method reaches
 * the 5 % point from any start on its left; from the right, its first step
 * leads there.
 *
 * Cost: one or two sums of some tens of terms, about a microsecond whatever
 * the counts; never more than MAX_STEPS sums.  The relative error is below
 * 1e-10, that only where the bound itself is astronomical, and otherwise below
 * 1e-12.  Memory: a few doubles on the stack.  Raises no errors.
 */
#include "discovery/poisson_ratio.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#define LOG_SQRT_2PI	0.91893853320467274178

/*
 * A smaller beta parameter puts the answer beyond the range of a double, on
 * whichever side, just as this one does.
 */
#define MIN_PARAMETER	1e-6

/* From here up, for both parameters, quadrature is accurate, and cheaper. */
#define LARGE			20.0

/* Quadrature goes to where the density is exp(-30) = 1e-13 of the first. */
#define TAIL_CUT		30.0

/* Newton's method needs two or three; this only bounds it in principle. */
#define MAX_STEPS		50

/* How close to the answer the series in step_to_level() is used. */
#define NEAR			0.3

/* The step that leaves less than this is the last. */
#define MAX_ERROR		1e-13

/* Nodes and weights of the 20 point Gauss-Legendre rule, the positive half. */
static const double gauss_legendre[][2] = {
	{0.993128599185094925, 0.0176140071391521183},
	{0.963971927277913791, 0.0406014298003869413},
	{0.912234428251325906, 0.0626720483341090636},
	{0.839116971822218823, 0.0832767415767047487},
	{0.746331906460150793, 0.101930119817240435},
	{0.636053680726515025, 0.118194531961518417},
	{0.510867001950827098, 0.131688638449176627},
	{0.373706088715419561, 0.142096109318382051},
	{0.227785851141645078, 0.149172986472603747},
	{0.0765265211334973338, 0.152753387130725851}
};

#define LENGTH(array)	((int) (sizeof(array) / sizeof((array)[0])))

/* The density of log odds whose probability is Beta(a, b). */
typedef struct LogOdds
{
	double		a;
	double		b;
	double		n;				/* a + b */
	double		p;				/* a / n, the probability at the mode */
	double		q;				/* b / n */
	double		log_peak;		/* log(density at the mode / a) */
} LogOdds;

/* lgamma(x) less Stirling's formula for it, to about 5e-15. */
static double
stirling_error(double x)
{
	static const double coefficient[] = {
		1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188,
		-691.0 / 360360
	};
	double		sum = 0;
	int			i;

	if (x < 10)
		return lgamma(x) - ((x - 0.5) * log(x) - x + LOG_SQRT_2PI);
	for (i = LENGTH(coefficient) - 1; i >= 0; i--)
		sum = coefficient[i] + sum / (x * x);
	return sum / x;
}

/* log(a^a exp(-a) / gamma(a + 1)), with no loss where a is small */
static double
log_poisson_mode(double a)
{
	if (a < 1)
		return a * log(a) - a - lgamma(1 + a);
	return -0.5 * log(a) - LOG_SQRT_2PI - stirling_error(a);
}

static void
log_odds_init(LogOdds *odds, double a, double b)
{
	odds->a = a;
	odds->b = b;
	odds->n = a + b;
	odds->p = a / odds->n;
	odds->q = b / odds->n;
	/* Stirling's leading terms for b and n cancel; their errors are left. */
	odds->log_peak = log_poisson_mode(a) + 0.5 * log(odds->q)
		+ stirling_error(odds->n) - stirling_error(b);
}

/* Does the power series serve?  It wants a to be the smaller parameter. */
static inline bool
has_series(const LogOdds *odds)
{
	return odds->a < LARGE && odds->a <= odds->b;
}

/*
 * Log of the density at d, relative to the mode.
 *
 * The two forms are equal.  Each loses nothing where the parameter that it
 * multiplies d by is the smaller one.
 */
static double
log_density(const LogOdds *odds, double d)
{
	if (odds->a <= odds->b)
		return odds->a * d - odds->n * log1p(odds->p * expm1(d));
	return -odds->b * d - odds->n * log1p(odds->q * expm1(-d));
}

/* First derivative of log_density. */
static double
log_density_slope(const LogOdds *odds, double d)
{
	return -odds->n * odds->p * odds->q * expm1(d) /
		(odds->q + odds->p * exp(d));
}

/* Minus the second derivative of log_density. */
static double
log_density_curvature(const LogOdds *odds, double d)
{
	double		ratio = odds->p * exp(d);
	double		sum = odds->q + ratio;

	return odds->n * (odds->q / sum) * (ratio / sum);
}

/*
 * a times the probability to the left of d, over the density at d, by the
 * power series of the incomplete beta function (DLMF 8.17.8).
 */
static double
tail_by_series(const LogOdds *odds, double d)
{
	double		ratio = odds->p * exp(d);
	double		x = ratio / (odds->q + ratio);
	double		term = 1;
	double		sum = 0;
	int			i;

	for (i = 0; term > DBL_EPSILON / 4 * sum; i++)
	{
		sum += term;
		term *= x * (odds->n + i) / (odds->a + 1 + i);
	}
	return sum;
}

/*
 * The same by quadrature.
 *
 * The first guess of how far the tail matters takes the density for a normal
 * one.  The log density being concave, the Newton step from there cannot fall
 * short.  What lies beyond is taken for exponential.
 */
static double
tail_by_quadrature(const LogOdds *odds, double d)
{
	double		top = log_density(odds, d);
	double		slope = log_density_slope(odds, d);
	double		half;
	double		end;
	double		sum = 0;
	int			i;

	end = d - 2 * TAIL_CUT /
		(slope + sqrt(slope * slope +
					  2 * TAIL_CUT * log_density_curvature(odds, d)));
	end -= (TAIL_CUT - top + log_density(odds, end)) /
		log_density_slope(odds, end);
	half = (d - end) / 2;

	for (i = 0; i < LENGTH(gauss_legendre); i++)
	{
		double		offset = half * gauss_legendre[i][0];

		sum += gauss_legendre[i][1] *
			(exp(log_density(odds, d - half - offset) - top) +
			 exp(log_density(odds, d - half + offset) - top));
	}
	sum *= half;
	sum += exp(log_density(odds, end) - top) / log_density_slope(odds, end);
	return odds->a * sum;
}

/*
 * A guess for the d that has the given probability on its left.
 *
 * A small a leaves a tail that is all but a power of the odds.  Otherwise this
 * is Fisher's z (Abramowitz and Stegun 26.5.22), good to some hundredths of a
 * standard deviation, and better with every event.
 */
static double
guess_quantile(const LogOdds *odds, double level)
{
	const double z = 1.6448536269514722;	/* 95 % point of the normal */
	const double lambda = (z * z - 3) / 6;
	double		ra = 1 / (2 * odds->a - 1);
	double		rb = 1 / (2 * odds->b - 1);
	double		h = 2 / (ra + rb);
	double		spread = 2 * z * sqrt(h + lambda) / h;

	if (odds->a < 1)
		return (log(level) - odds->log_peak +
				odds->n * log1p(-odds->p)) / odds->a;
	return (level < 0.5 ? -spread : spread) -
		2 * (ra - rb) * (lambda + 5.0 / 6 - 2 / (3 * h));
}

/*
 * The step from d towards the place that has the given probability on its
 * left.  Sets *left to what about is left to go after it.
 *
 * Far from the answer this is Newton's for the logarithm of the probability.
 * Close to it the inverse function's Taylor series is taken two terms further:
 * the derivatives come for free, while another step would cost another sum.
 */
static double
step_to_level(const LogOdds *odds, double d, double level, double *left)
{
	double		tail = has_series(odds) ? tail_by_series(odds, d) :
		tail_by_quadrature(odds, d);
	double		error = log(level / tail) - log_density(odds, d) -
		odds->log_peak;

	/* The derivatives: one over unit, then over powers of the first. */
	double		unit = tail / odds->a;
	double		second = log_density_slope(odds, d) * unit - 1;
	double		third = second * (second - 1) -
		log_density_curvature(odds, d) * unit * unit;

	/*
	 * The terms of the series fall like the powers of this: derivatives grow
	 * by the second one over the first, or on the scale of exp(d).
	 */
	double		scale = fmax(fmax(1, fabs(second)), unit);
	double		factor = fabs(error) * scale;

	if (factor > NEAR)
	{
		*left = HUGE_VAL;
		return unit * error;
	}
	*left = unit / scale * pow(factor, 4);
	third = second * second / 2 - third / 6;
	return unit * error * (1 - error * (second / 2 - error * third));
}

/* The d that has the given probability on its left. */
static double
solve_quantile(const LogOdds *odds, double level)
{
	double		d = guess_quantile(odds, level);
	double		left = HUGE_VAL;
	int			i;

	for (i = 0; i < MAX_STEPS && left > MAX_ERROR; i++)
		d += step_to_level(odds, d, level, &left);
	return d;
}

/*
 * Distance of the 5 % point of the log odds of Beta(a, b) from log(a / b).
 *
 * With p and 1 - p exchanged it is the 95 % point, and on the other side.
 */
static double
log_odds_quantile(double a, double b)
{
	LogOdds		odds;

	if (b < LARGE && b < a)
	{
		log_odds_init(&odds, b, a);
		return -solve_quantile(&odds, 1 - POISSON_RATIO_LEVEL);
	}
	log_odds_init(&odds, a, b);
	return solve_quantile(&odds, POISSON_RATIO_LEVEL);
}

/*
 * The bound, for counts from 0 up, a finite site_ratio above 0 and an exposure
 * above 0 and up to 24 hours.
 *
 * site_ratio is the ratio of the two counts over the whole site, exposure the
 * hours of the previous window in which events could happen.  The answer is
 * above 0 and finite: what a double cannot hold becomes DBL_MIN or DBL_MAX.
 */
double
poisson_ratio_lower_bound(int64_t recent, int64_t previous,
						  double site_ratio, double exposure)
{
	/* pi / (1 - pi); in this order it cannot overflow too early */
	double		odds = site_ratio / exposure * POISSON_RATIO_WINDOW_HOURS;
	double		a = recent + POISSON_RATIO_PRIOR_EVENTS / (1 + 1 / odds);
	double		b = previous + POISSON_RATIO_PRIOR_EVENTS / (1 + odds);
	double		bound;

	a = fmax(a, MIN_PARAMETER);
	b = fmax(b, MIN_PARAMETER);
	bound = exp(log_odds_quantile(a, b) + log(a / b)
				+ log(exposure / POISSON_RATIO_WINDOW_HOURS));
	return fmin(fmax(bound, DBL_MIN), DBL_MAX);
}
