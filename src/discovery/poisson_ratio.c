/*
 * poisson_ratio.c
 *		The 5 % point of the posterior of the ratio of two Poisson rates.
 *
 * Given their sum, the first of two Poisson counts is binomial (Przyborowski
 * and Wilenski, Biometrika 31, 1940), so that the ratio of the rates is a
 * function of one probability p, and a beta prior on p is conjugate.  The
 * prior is worth four events, divided between the two windows like those of
 * the whole site.  It shrinks estimates from few events towards the ratio of
 * the site, as DuMouchel does with Poisson counts (The American Statistician
 * 53, 1999).
 *
 *		p ~ Beta(a, b), a = recent + 4 pi, b = previous + 4 (1 - pi)
 *		bound = p / (1 - p) * exposure / 24 at the 5 % point of p
 *
 * The computation is done in d, the distance of log(p / (1 - p)) from its mode
 * log(a / b).  On that scale the density is log-concave, and p / (1 - p) keeps
 * its relative accuracy however close p is to 0 or 1.  With n = a + b,
 *
 *		log density = constant + a d - n log(1 + a/n (exp(d) - 1))
 *
 * The probability to the left of d is that density times a sum.  Where a or b
 * is small, the sum is a power series, with a being the smaller one.  Where
 * both are large, it is a Gauss-Legendre quadrature, whose accuracy is the
 * same for 10^18 events as for 20.  The logarithm of the probability is
 * concave, too, so that Newton's method converges from any start to the left
 * of the 5 % point; from the right, its first step leads to the left.
 *
 * Cost: one or two sums of some tens of terms, about a microsecond whatever
 * the counts; at most MAX_STEPS sums.  The relative error is below 1e-12, and
 * below 1e-10 where the bound is astronomically large or small.  Memory: a few
 * doubles on the stack.  Raises no errors.
 */
#include "discovery/poisson_ratio.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#define LOG_SQRT_2PI	0.91893853320467274178

/*
 * With this beta parameter, or a smaller one, the result is out of the range
 * of a double, on either side.
 */
#define MIN_PARAMETER	1e-6

/*
 * Where both parameters are at least this, quadrature is accurate and cheaper.
 */
#define LARGE			20.0

/* Quadrature ends where the density has decreased by exp(-30), about 1e-13. */
#define TAIL_CUT		30.0

/* Newton's method takes two or three steps; this is a theoretical bound. */
#define MAX_STEPS		50

/* The distance from the solution below which step_to_level() uses a series. */
#define NEAR			0.3

/* The iteration ends once the remaining error is less than this. */
#define MAX_ERROR		1e-13

/* Positive nodes and their weights of the 20 point Gauss-Legendre rule. */
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

/* The distribution of the log odds of a probability that is Beta(a, b). */
typedef struct LogOdds
{
	double		a;
	double		b;
	double		n;				/* a + b */
	double		p;				/* a / n, the probability at the mode */
	double		q;				/* b / n */
	double		log_peak;		/* log(density at the mode / a) */
} LogOdds;

/*
 * Returns lgamma(x) minus Stirling's formula for it, with an error of about
 * 5e-15.
 */
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

/*
 * Returns log(a^a exp(-a) / gamma(a + 1)), without loss of accuracy for a
 * small a.
 */
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
	/* The leading terms of Stirling's formula for b and n cancel out. */
	odds->log_peak = log_poisson_mode(a) + 0.5 * log(odds->q)
		+ stirling_error(odds->n) - stirling_error(b);
}

/*
 * Whether to use the power series, which requires a to be the smaller
 * parameter.
 */
static inline bool
has_series(const LogOdds *odds)
{
	return odds->a < LARGE && odds->a <= odds->b;
}

/*
 * Returns the logarithm of the density at d, relative to that at the mode.
 *
 * The two forms are equal.  Each one is accurate where the parameter by which
 * it multiplies d is the smaller one.
 */
static double
log_density(const LogOdds *odds, double d)
{
	if (odds->a <= odds->b)
		return odds->a * d - odds->n * log1p(odds->p * expm1(d));
	return -odds->b * d - odds->n * log1p(odds->q * expm1(-d));
}

/* Returns the first derivative of log_density. */
static double
log_density_slope(const LogOdds *odds, double d)
{
	return -odds->n * odds->p * odds->q * expm1(d) /
		(odds->q + odds->p * exp(d));
}

/* Returns the negative of the second derivative of log_density. */
static double
log_density_curvature(const LogOdds *odds, double d)
{
	double		ratio = odds->p * exp(d);
	double		sum = odds->q + ratio;

	return odds->n * (odds->q / sum) * (ratio / sum);
}

/*
 * Returns a times the probability to the left of d, divided by the density at
 * d, by the power series of the incomplete beta function (DLMF 8.17.8).
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
 * Returns the same by quadrature.
 *
 * To estimate where the tail becomes negligible, the density is first
 * approximated by a normal one.  Since its logarithm is concave, a Newton step
 * from there does not end too early.  Beyond that, the density is approximated
 * by an exponential.
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
 * Returns an estimate of the d to whose left the given probability lies.
 *
 * Where a is small, the tail is nearly a power of the odds.  Otherwise this is
 * Fisher's z (Abramowitz and Stegun 26.5.22), which is accurate to some
 * hundredths of a standard deviation, and improves with the number of events.
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
 * Returns the step from d towards the quantile of the given probability.  Sets
 * *left to an estimate of the distance that remains after it.
 *
 * Far from the solution, this is a step of Newton's method for the logarithm
 * of the probability.  Close to it, the Taylor series of the inverse function
 * has two more terms: their derivatives are cheap, whereas another step would
 * cost another sum.
 */
static double
step_to_level(const LogOdds *odds, double d, double level, double *left)
{
	double		tail = has_series(odds) ? tail_by_series(odds, d) :
		tail_by_quadrature(odds, d);
	double		error = log(level / tail) - log_density(odds, d) -
		odds->log_peak;

	/*
	 * The derivatives: the first is 1 / unit, the others relative to its
	 * powers.
	 */
	double		unit = tail / odds->a;
	double		second = log_density_slope(odds, d) * unit - 1;
	double		third = second * (second - 1) -
		log_density_curvature(odds, d) * unit * unit;

	/*
	 * The terms of the series decrease like the powers of factor: each
	 * derivative exceeds the previous one by the ratio of the second to the
	 * first, or by the scale of exp(d).
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

/* Returns the d to whose left the given probability lies. */
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
 * Returns the distance of the 5 % point of the log odds of Beta(a, b) from
 * log(a / b).
 *
 * If p and 1 - p are exchanged, it becomes the 95 % point with the opposite
 * sign.
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
 * Returns the bound.  The counts must not be negative; site_ratio must be
 * finite and above 0; exposure must be above 0 and at most 24 hours.
 *
 * site_ratio is the ratio of the two counts over the whole site.  exposure is
 * the number of hours of the previous window in which events were possible.
 * The result is finite and above 0: it is limited to DBL_MIN and DBL_MAX.
 */
double
poisson_ratio_lower_bound(int64_t recent, int64_t previous,
						  double site_ratio, double exposure)
{
	/* pi / (1 - pi), in an order that overflows only where the result does */
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
