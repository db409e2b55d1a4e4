/*
 * low_rank_test.c
 *		Tests the low-rank part of the recommender's model.
 *
 * The folded weights are compared with those that dense matrices give, of which
 * the singular vectors come from Jacobi's method.
 *
 * Links src/discovery/local_ridge.c too.
 *
 * Prints TAP, and exits with 1 if anything failed.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "discovery/low_rank.h"
#include "account.h"
#include "tap.h"

#define USERS		600
#define COURSES		96
#define TASTES		12

static size_t row_start[USERS + 1];
static uint32_t course[USERS * COURSES];
static LocalRidgeMatrix matrix = {USERS, COURSES, row_start, course, NULL};
static double gram[COURSES][COURSES];
static double vectors[COURSES][COURSES];
static double taken[COURSES];

static double
uniform(void)
{
	static uint64_t state = 42;

	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (double) (state >> 11) * 0x1p-53;
}

/* Each user likes two tastes; most courses of these, and few others. */
static void
make_matrix(void)
{
	size_t		end = 0;
	uint32_t	user;
	uint32_t	i;

	for (user = 0; user < USERS; user++)
	{
		uint32_t	first = (uint32_t) (uniform() * TASTES);
		uint32_t	second = (uint32_t) (uniform() * TASTES);

		for (i = 0; i < COURSES; i++)
		{
			bool		liked = i % TASTES == first || i % TASTES == second;

			/* nobody takes the last course */
			if (i < COURSES - 1 && uniform() < (liked ? 0.8 : 0.02) / (1 + i / 200.0))
			{
				course[end++] = i;
				taken[i]++;
			}
		}
		row_start[user + 1] = end;
	}
}

static void
fill_gram(const LowRankParameters *parameters)
{
	uint32_t	user;
	size_t		a;
	size_t		b;

	memset(gram, 0, sizeof(gram));
	for (user = 0; user < USERS; user++)
	{
		double		count = (double) (row_start[user + 1] - row_start[user]);

		for (a = row_start[user]; a < row_start[user + 1]; a++)
			for (b = row_start[user]; b < row_start[user + 1]; b++)
				gram[course[a]][course[b]] +=
					pow(count, -2 * parameters->activity_exponent) *
					pow(taken[course[a]] * taken[course[b]], -parameters->popularity_exponent);
	}
}

/* Jacobi's method: gram becomes diagonal, and vectors has the eigenvectors. */
static void
diagonalize(void)
{
	int			sweep;
	int			p;
	int			q;
	int			k;

	for (p = 0; p < COURSES; p++)
		for (q = 0; q < COURSES; q++)
			vectors[p][q] = p == q;
	for (sweep = 0; sweep < 20; sweep++)
		for (p = 0; p < COURSES; p++)
			for (q = p + 1; q < COURSES; q++)
			{
				double		angle = 0.5 * atan2(2 * gram[p][q], gram[p][p] - gram[q][q]);
				double		c = cos(angle);
				double		s = sin(angle);

				for (k = 0; k < COURSES; k++)
				{
					double		x = gram[k][p];
					double		y = gram[k][q];
					double		v = vectors[k][p];

					gram[k][p] = c * x + s * y;
					gram[k][q] = c * y - s * x;
					vectors[k][p] = c * v + s * vectors[k][q];
					vectors[k][q] = c * vectors[k][q] - s * v;
				}
				for (k = 0; k < COURSES; k++)
				{
					double		x = gram[p][k];

					gram[p][k] = c * x + s * gram[q][k];
					gram[q][k] = c * gram[q][k] - s * x;
				}
			}
}

/* What course i adds to the score of course j, by the definition. */
static double
defined(const LowRankParameters *parameters, uint32_t rank, int i, int j)
{
	bool		used[COURSES] = {false};
	double		first = 0;
	double		sum = 0;
	uint32_t	f;

	for (f = 0; f < rank; f++)
	{
		int			best = -1;
		int			k;

		for (k = 0; k < COURSES; k++)
			if (!used[k] && (best < 0 || gram[k][k] > gram[best][best]))
				best = k;
		used[best] = true;
		if (f == 0)
			first = gram[best][best];
		else
			sum += pow(gram[best][best] / first, parameters->spectrum_exponent / 2) *
				vectors[i][best] * vectors[j][best];
	}
	return sum * pow(taken[j] / taken[i], parameters->popularity_exponent);
}

static void
test_vectors(void)
{
	LowRankParameters parameters = low_rank_defaults();
	Account		account = {0};
	LocalRidgeCaller caller = {&account, allocate, release, interrupted};
	LowRank		low_rank;
	double		difference = 0;
	double		largest = 0;
	int			i;
	int			j;
	uint32_t	f;

	fill_gram(&parameters);
	diagonalize();
	ok(low_rank_fit(&matrix, &parameters, &caller, &low_rank) == LOCAL_RIDGE_OK, "the vectors are found");
	ok(low_rank.rank == COURSES / 8, "there are at most an eighth as many as courses");
	for (i = 0; i < COURSES - 1; i++)
		for (j = 0; j < COURSES - 1; j++)
		{
			double		expected = defined(&parameters, low_rank.rank, i, j);
			double		sum = 0;

			for (f = 0; f < low_rank.stride; f++)
				sum += (double) low_rank.source[(size_t) i * low_rank.stride + f] *
					low_rank.target[(size_t) j * low_rank.stride + f];
			difference = fmax(difference, fabs(sum - expected));
			largest = fmax(largest, fabs(expected));
		}
	ok(difference < 0.02 * largest, "what a course adds to another is as defined");
	low_rank_free(&low_rank, &caller);
	ok(account.blocks == 0, "all memory is given back");
}

/* Fits both parts; the result of the first step that is not LOCAL_RIDGE_OK. */
static LocalRidgeStatus
fit(const LowRankParameters *parameters, Account *account, LocalRidgeModel *ridge, LocalRidgeModel *model)
{
	Account		quiet = {0};
	LocalRidgeCaller all = {&quiet, allocate, release, NULL};
	LocalRidgeCaller caller = {account, allocate, release, interrupted};
	LocalRidgeParameters local = local_ridge_defaults();
	LowRank		low_rank;
	LocalRidgeStatus status;

	local.neighbours = 20;
	local_ridge_fit(&matrix, &local, &all, SIZE_MAX, ridge);
	status = low_rank_fit(&matrix, parameters, &caller, &low_rank);
	if (status != LOCAL_RIDGE_OK)
		return status;
	status = low_rank_fold(&low_rank, &matrix, parameters, ridge, &caller, model);
	low_rank_free(&low_rank, &caller);
	return status;
}

static void
free_ridge(LocalRidgeModel *ridge)
{
	Account		account = {0};
	LocalRidgeCaller caller = {&account, allocate, release, NULL};

	local_ridge_free(ridge, &caller);
}

static double
weight_of(const LocalRidgeModel *model, uint32_t source, uint32_t target)
{
	size_t		at;

	for (at = model->target_start[target]; at < model->target_start[target + 1]; at++)
		if (model->neighbour[at] == source)
			return model->neighbour_weight[at];
	return 0;
}

static void
test_folding(void)
{
	LowRankParameters parameters = low_rank_defaults();
	Account		account = {0};
	LocalRidgeCaller caller = {&account, allocate, release, interrupted};
	LocalRidgeModel ridge;
	LocalRidgeModel all;
	LocalRidgeModel few;
	double		factor = 0;
	double		mean;
	bool		proportional = true;
	bool		kept = true;
	bool		moved = true;
	uint32_t	i;
	uint32_t	j;

	fit(&parameters, &account, &ridge, &all);
	for (i = 0; i < COURSES - 1; i++)
		for (j = 0; j < COURSES - 1; j++)
		{
			double		added = weight_of(&all, i, j) - weight_of(&ridge, i, j);
			double		expected = defined(&parameters, COURSES / 8, (int) i, (int) j);

			if (i == j)
				continue;
			if (factor == 0)
				factor = added / expected;
			proportional = proportional && fabs(added - factor * expected) < 0.01 * fabs(factor);
		}
	ok(factor > 0 && proportional, "the weights are the sum of both parts");
	ok(all.target_start[COURSES] == all.target_start[COURSES - 1], "a course without users has no weight");
	free_ridge(&ridge);

	parameters.weights = 15;
	fit(&parameters, &account, &ridge, &few);
	for (j = 0; j < COURSES - 1; j++)
	{
		mean = few.intercept[j] - all.intercept[j];
		kept = kept && few.target_start[j + 1] - few.target_start[j] == 15;
		for (i = 0; i < COURSES - 1; i++)
		{
			double		rest = weight_of(&all, i, j) - weight_of(&few, i, j);

			mean -= rest * taken[i] / USERS;
			kept = kept && (weight_of(&few, i, j) == 0 || fabs(rest) < 1e-6);
		}
		moved = moved && fabs(mean) < 1e-4;
	}
	ok(kept, "no more weights are kept than asked for, as they are");
	ok(moved, "what the others add on average goes to the intercept");
	free_ridge(&ridge);
	local_ridge_free(&all, &caller);
	local_ridge_free(&few, &caller);
	ok(account.blocks == 0, "all memory is given back after folding");
}

static void
test_bounds(void)
{
	LowRankParameters parameters = low_rank_defaults();
	LocalRidgeModel ridge;
	LocalRidgeModel model;
	size_t		bytes = 0;
	bool		clean = true;
	int			call;
	int			failed = 0;

	parameters.rank = 8;
	for (call = 1; call < 60; call++)
	{
		Account		account = {.calls_until_null = call};
		LocalRidgeCaller caller = {&account, allocate, release, interrupted};
		LocalRidgeStatus status = fit(&parameters, &account, &ridge, &model);

		failed += status == LOCAL_RIDGE_OUT_OF_MEMORY;
		if (status == LOCAL_RIDGE_OK)
			local_ridge_free(&model, &caller);
		clean = clean && account.blocks == 0 && (status == LOCAL_RIDGE_OK || status == LOCAL_RIDGE_OUT_OF_MEMORY);
		free_ridge(&ridge);
	}
	ok(failed > 15 && clean, "without memory, it fails and gives back what it had");
	{
		Account		account = {0};
		LocalRidgeCaller caller = {&account, allocate, release, interrupted};

		fit(&parameters, &account, &ridge, &model);
		low_rank_memory(COURSES, &parameters, 20, &bytes);
		ok(account.checks > 0 && account.peak <= bytes, "it stays within the memory that it says");
		local_ridge_free(&model, &caller);
		free_ridge(&ridge);
	}
	{
		Account		account = {.checks_until_cancel = 1};

		ok(fit(&parameters, &account, &ridge, &model) == LOCAL_RIDGE_CANCELLED && account.blocks == 0, "it can be cancelled");
		free_ridge(&ridge);
	}
}

int
main(void)
{
	make_matrix();
	test_vectors();
	test_folding();
	test_bounds();
	return end_of_tests();
}
