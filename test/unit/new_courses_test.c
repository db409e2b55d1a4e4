/*
 * new_courses_test.c
 *		Tests what the recommender's model says of new courses.
 *
 * The weights are compared with those of the formula in test/sql/new_courses.sql;
 * here are the cases of memory, cancelling and nothing to go by.
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

#include "discovery/new_courses.h"
#include "account.h"
#include "tap.h"

#define USERS		300
#define COURSES		80
#define FIELDS		8

/* The last of them are new. */
#define NEW			8

static size_t row_start[USERS + 1];
static uint32_t course[USERS * COURSES];
static LocalRidgeMatrix matrix = {USERS, COURSES, row_start, course, NULL};

/* Each field is a feature, and all have one in common. */
static size_t feature_start[FIELDS + 2];
static uint32_t feature_course[2 * COURSES];
static uint32_t author[COURSES];
static CourseFeatures features = {FIELDS + 1, feature_start, feature_course, author};

static double
uniform(void)
{
	static uint64_t state = 42;

	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (double) (state >> 11) * 0x1p-53;
}

static void
make_data(void)
{
	size_t		end = 0;
	uint32_t	user;
	uint32_t	field;
	uint32_t	i;

	for (user = 0; user < USERS; user++)
	{
		for (i = 0; i < COURSES; i++)
		{
			bool		liked = i % FIELDS == user % FIELDS;

			/* the first user is the author of all, and takes the last course */
			if (i < COURSES - NEW ? uniform() < (liked ? 0.7 : 0.05) : (user == 0 && i == COURSES - 1))
				course[end++] = i;
		}
		row_start[user + 1] = end;
	}
	end = 0;
	for (field = 0; field < FIELDS; field++)
	{
		for (i = 0; i < COURSES; i++)
			if (i % FIELDS == field)
				feature_course[end++] = i;
		feature_start[field + 1] = end;
	}
	for (i = 0; i < COURSES; i++)
		feature_course[end++] = i;
	feature_start[FIELDS + 1] = end;
}

static LocalRidgeStatus
fit(const CourseFeatures *known, Account *account, LocalRidgeModel *fitted, LocalRidgeModel *model)
{
	Account		other = {0};
	LocalRidgeCaller caller = {&other, allocate, release, NULL};
	LocalRidgeCaller accounted = {account, allocate, release, interrupted};
	LocalRidgeParameters parameters = local_ridge_defaults();

	parameters.neighbours = 20;
	if (local_ridge_fit(&matrix, &parameters, &caller, SIZE_MAX, fitted) != LOCAL_RIDGE_OK)
		abort();
	return new_courses_fold(known, &matrix, fitted, &accounted, model);
}

static void
free_fitted(LocalRidgeModel *fitted)
{
	Account		other = {0};
	LocalRidgeCaller caller = {&other, allocate, release, NULL};

	local_ridge_free(fitted, &caller);
}

static bool
is_of_field(const LocalRidgeModel *model, uint32_t target)
{
	size_t		at;

	for (at = model->target_start[target]; at < model->target_start[target + 1]; at++)
		if (model->neighbour[at] % FIELDS != target % FIELDS || model->neighbour[at] >= COURSES - NEW ||
			!(model->neighbour_weight[at] > 0 && model->neighbour_weight[at] <= 1))
			return false;
	return model->target_start[target + 1] - model->target_start[target] == (COURSES - NEW) / FIELDS;
}

static void
test_weights(void)
{
	Account		account = {0};
	LocalRidgeCaller caller = {&account, allocate, release, interrupted};
	LocalRidgeModel fitted;
	LocalRidgeModel model;
	bool		fits = true;
	bool		kept;
	bool		blank = true;
	size_t		known;
	uint32_t	i;

	ok(fit(&features, &account, &fitted, &model) == LOCAL_RIDGE_OK, "new courses are added to a model");
	for (i = COURSES - NEW; i < COURSES; i++)
	{
		fits = fits && is_of_field(&model, i);
		blank = blank && model.intercept[i] == 0 && model.popularity[i] == 0;
	}
	ok(fits, "they have weights from the courses of their field, and no others");
	ok(blank, "nothing is said of how popular they are, though the author has taken one");
	known = fitted.target_start[COURSES - NEW];
	kept = known == model.target_start[COURSES - NEW] &&
		memcmp(fitted.neighbour, model.neighbour, known * sizeof(uint32_t)) == 0 &&
		memcmp(fitted.neighbour_weight, model.neighbour_weight, known * sizeof(float)) == 0;
	ok(kept && memcmp(fitted.intercept, model.intercept, (COURSES - NEW) * sizeof(float)) == 0,
	   "the weights of the others are as they were");
	free_fitted(&fitted);
	local_ridge_free(&model, &caller);
	ok(account.blocks == 0, "all memory is given back");
}

/* Features that say nothing, or none. */
static void
test_nothing(void)
{
	static const size_t none[1] = {0};
	CourseFeatures common = {1, &feature_start[FIELDS], feature_course, author};
	CourseFeatures no = {0, none, feature_course, author};
	const CourseFeatures *cases[] = {&common, &no};
	size_t		start[2] = {0, COURSES};
	bool		empty = true;
	int			number;

	common.row_start = start;
	common.course = &feature_course[feature_start[FIELDS]];
	for (number = 0; number < 2; number++)
	{
		Account		account = {0};
		LocalRidgeCaller caller = {&account, allocate, release, interrupted};
		LocalRidgeModel fitted;
		LocalRidgeModel model;

		empty = empty && fit(cases[number], &account, &fitted, &model) == LOCAL_RIDGE_OK &&
			model.target_start[COURSES] == model.target_start[COURSES - NEW];
		free_fitted(&fitted);
		local_ridge_free(&model, &caller);
	}
	ok(empty, "without features that tell courses apart, new ones have no weights");
}

static void
test_bounds(void)
{
	LocalRidgeModel fitted;
	LocalRidgeModel model;
	bool		clean = true;
	int			failed = 0;
	int			call;

	for (call = 1; call < 40; call++)
	{
		Account		account = {.calls_until_null = call};
		LocalRidgeCaller caller = {&account, allocate, release, interrupted};
		LocalRidgeStatus status = fit(&features, &account, &fitted, &model);

		failed += status == LOCAL_RIDGE_OUT_OF_MEMORY;
		if (status == LOCAL_RIDGE_OK)
			local_ridge_free(&model, &caller);
		clean = clean && account.blocks == 0 && (status == LOCAL_RIDGE_OK || status == LOCAL_RIDGE_OUT_OF_MEMORY);
		free_fitted(&fitted);
	}
	ok(failed > 15 && clean, "without memory, it fails and gives back what it had");
	{
		Account		account = {0};
		LocalRidgeCaller caller = {&account, allocate, release, interrupted};

		fit(&features, &account, &fitted, &model);
		ok(account.checks > 0 && account.peak <= new_courses_memory(COURSES, feature_start[FIELDS + 1], 20),
		   "it stays within the memory that it says");
		local_ridge_free(&model, &caller);
		free_fitted(&fitted);
	}
	for (call = 1; call <= 3; call++)
	{
		Account		account = {.checks_until_cancel = call};

		ok(fit(&features, &account, &fitted, &model) == LOCAL_RIDGE_CANCELLED && account.blocks == 0, "it can be cancelled");
		free_fitted(&fitted);
	}
}

int
main(void)
{
	make_data();
	test_weights();
	test_nothing();
	test_bounds();
	return end_of_tests();
}
