/*
 * poisson_ratio_fuzzer.c
 *		Runs poisson_ratio.c on the inputs of libFuzzer:
 *
 *	clang -g -O1 -fsanitize=fuzzer,address,undefined -Isrc \
 *		-o poisson_ratio_fuzzer test/fuzz/poisson_ratio_fuzzer.c src/discovery/poisson_ratio.c -lm
 *	./poisson_ratio_fuzzer -max_total_time=60 -seed=1
 *
 * The input is a byte that can make the counts small, followed by the four
 * arguments as they are in memory. The bound must be a positive number. It
 * must increase with the recent events and with the ratio of the site, and
 * decrease with the previous events, up to its relative error.
 */
#include "discovery/poisson_ratio.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define RELATIVE_ERROR	1e-10

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Arguments
{
	int64_t		recent;
	int64_t		previous;
	double		site_ratio;
	double		exposure;
} Arguments;

static double
bound_of(Arguments arguments)
{
	double		bound = poisson_ratio_lower_bound(arguments.recent, arguments.previous,
												  arguments.site_ratio,
												  arguments.exposure);

	if (!(bound > 0 && isfinite(bound)))
		abort();
	return bound;
}

static void
require_at_most(double lesser, double greater)
{
	if (!(lesser <= greater * (1 + RELATIVE_ERROR)))
		abort();
}

/* Skips arguments that velocity_lower_bound() refuses. */
static bool
take_arguments(const uint8_t *data, size_t size, Arguments *arguments)
{
	int			shift;

	if (size != 1 + sizeof(*arguments))
		return false;
	memcpy(arguments, data + 1, sizeof(*arguments));
	shift = data[0] % 64;
	arguments->recent = (int64_t) ((uint64_t) arguments->recent >> 1 >> shift);
	arguments->previous = (int64_t) ((uint64_t) arguments->previous >> 1 >> shift);
	return arguments->site_ratio > 0 && isfinite(arguments->site_ratio) &&
		arguments->exposure > 0 && arguments->exposure <= POISSON_RATIO_WINDOW_HOURS;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arguments	arguments;
	Arguments	more;
	double		bound;

	if (!take_arguments(data, size, &arguments))
		return 0;
	bound = bound_of(arguments);
	if (arguments.recent < INT64_MAX)
	{
		more = arguments;
		more.recent++;
		require_at_most(bound, bound_of(more));
	}
	if (arguments.previous < INT64_MAX)
	{
		more = arguments;
		more.previous++;
		require_at_most(bound_of(more), bound);
	}
	more = arguments;
	more.site_ratio *= 2;
	if (isfinite(more.site_ratio))
		require_at_most(bound, bound_of(more));
	return 0;
}
