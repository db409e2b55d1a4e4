/*
 * local_ridge_test.c
 *		Tests that weights follow the formulas of local_ridge.c.
 *
 * They are compared with an independent, dense solution of the same formulas:
 * all of G as a square of long doubles, and Gaussian elimination with
 * pivoting.  Further tests: the model does not depend on the order of the
 * users, nor on the memory; no more memory is used than estimated; a fit that
 * ends early releases all of it; every bad input has its status.
 *
 * Prints TAP, and exits with 1 if anything failed.
 */
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "discovery/local_ridge.h"
#include "account.h"
#include "tap.h"

#define MAX_COURSES		120
#define NO_LIMIT		SIZE_MAX

/* SplitMix64: the same numbers in every run. */
static uint64_t random_state;

static uint64_t
random_bits(void)
{
	uint64_t	z = (random_state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static double
uniform(void)
{
	return (random_bits() >> 11) * 0x1p-53;
}

static uint32_t
below(uint32_t limit)
{
	return (uint32_t) (random_bits() % limit);
}

static LocalRidgeCaller
caller_of(Account *account)
{
	LocalRidgeCaller caller = {account, allocate, release, interrupted};

	memset(account, 0, sizeof(*account));
	return caller;
}

/*
 * Matrices
 */

typedef struct Matrix
{
	uint32_t	users;
	uint32_t	courses;
	size_t	   *row_start;
	uint32_t   *course;
	float	   *weight;			/* always allocated, passed if weighted */
	bool		weighted;
} Matrix;

static Matrix
matrix_create(uint32_t users, uint32_t courses)
{
	Matrix		matrix = {.users = users, .courses = courses};

	matrix.row_start = calloc((size_t) users + 1, sizeof(size_t));
	matrix.course = calloc((size_t) users * courses + 1, sizeof(uint32_t));
	matrix.weight = calloc((size_t) users * courses + 1, sizeof(float));
	return matrix;
}

static void
matrix_free(Matrix *matrix)
{
	free(matrix->row_start);
	free(matrix->course);
	free(matrix->weight);
}

/* Adds an interaction to the user whose row is the last one. */
static void
matrix_add(Matrix *matrix, uint32_t user, uint32_t course, float weight)
{
	matrix->course[matrix->row_start[user + 1]] = course;
	matrix->weight[matrix->row_start[user + 1]++] = weight;
}

static void
matrix_begin_row(Matrix *matrix, uint32_t user)
{
	matrix->row_start[user + 1] = matrix->row_start[user];
}

/*
 * Makes users who prefer some groups of courses, popular courses and empty
 * rows.
 */
static Matrix
matrix_random(uint32_t users, uint32_t courses, bool weighted)
{
	Matrix		matrix = matrix_create(users, courses);
	uint32_t	user;
	uint32_t	course;

	matrix.weighted = weighted;
	for (user = 0; user < users; user++)
	{
		double		activity = uniform() < 0.05 ? 0 : uniform();
		uint32_t	taste = below(4);

		matrix_begin_row(&matrix, user);
		for (course = 0; course < courses; course++)
		{
			double		chance = activity * (course % 4 == taste ? 0.9 : 0.3) *
				(course + 1) / courses;

			if (uniform() < chance)
				matrix_add(&matrix, user, course, uniform() < 0.5 ? 1 :
						   (float) (0.25 + 2 * uniform()));
		}
	}
	return matrix;
}

static LocalRidgeMatrix
view(const Matrix *matrix)
{
	LocalRidgeMatrix result = {
		matrix->users, matrix->courses, matrix->row_start, matrix->course,
		matrix->weighted ? matrix->weight : NULL
	};

	return result;
}

/*
 * Returns the matrix with the users, and the courses of each, in another
 * order.
 */
static Matrix
matrix_shuffle(const Matrix *matrix)
{
	Matrix		result = matrix_create(matrix->users, matrix->courses);
	uint32_t   *order = malloc(matrix->users * sizeof(uint32_t));
	uint32_t	user;

	result.weighted = matrix->weighted;
	for (user = 0; user < matrix->users; user++)
	{
		uint32_t	other = below(user + 1);

		order[user] = order[other];
		order[other] = user;
	}
	for (user = 0; user < matrix->users; user++)
	{
		size_t		start = matrix->row_start[order[user]];
		size_t		count = matrix->row_start[order[user] + 1] - start;
		size_t		turn = count > 0 ? below((uint32_t) count) : 0;
		size_t		i;

		matrix_begin_row(&result, user);
		for (i = 0; i < count; i++)
			matrix_add(&result, user, matrix->course[start + (i + turn) % count],
					   matrix->weight[start + (i + turn) % count]);
	}
	free(order);
	return result;
}

/* Fits within the limit, and expects success. */
static LocalRidgeModel
fit(const Matrix *matrix, const LocalRidgeParameters *parameters,
	size_t memory_limit, Account *account)
{
	LocalRidgeCaller caller = caller_of(account);
	LocalRidgeMatrix input = view(matrix);
	LocalRidgeModel model;
	LocalRidgeStatus status;

	status = local_ridge_fit(&input, parameters, &caller, memory_limit, &model);
	if (status != LOCAL_RIDGE_OK)
		printf("# unexpected: %s\n", local_ridge_message(status));
	return model;
}

static void
discard(LocalRidgeModel *model, Account *account)
{
	LocalRidgeCaller caller = {account, allocate, release, interrupted};

	local_ridge_free(model, &caller);
}

static LocalRidgeMemory
memory_of(const Matrix *matrix, uint32_t neighbours)
{
	LocalRidgeMemory memory = {0, 0};

	local_ridge_memory(matrix->users, matrix->courses,
					   matrix->row_start[matrix->users], matrix->weighted,
					   neighbours, &memory);
	return memory;
}

/*
 * The dense solution
 */

/* Returns the larger number, or NaN if one is NaN. */
static long double
larger_of(long double a, long double b)
{
	return isnan(a) || a > b ? a : b;
}

typedef struct Dense
{
	uint32_t	courses;
	long double gram[MAX_COURSES][MAX_COURSES];
	long double moment[MAX_COURSES];
	long double total;			/* W */
	long double users[MAX_COURSES];
} Dense;

static void
dense_fill(Dense *dense, const Matrix *matrix, double activity_exponent)
{
	uint32_t	user;
	size_t		i;
	size_t		j;

	memset(dense, 0, sizeof(*dense));
	dense->courses = matrix->courses;
	for (user = 0; user < matrix->users; user++)
	{
		size_t		start = matrix->row_start[user];
		size_t		end = matrix->row_start[user + 1];
		long double unit;

		if (start == end)
			continue;
		unit = powl((long double) (end - start), -(long double) activity_exponent);
		dense->total += unit;
		for (i = start; i < end; i++)
		{
			long double weight = matrix->weighted ? matrix->weight[i] : 1;

			dense->users[matrix->course[i]]++;
			dense->moment[matrix->course[i]] += unit * weight;
			for (j = start; j < end; j++)
				dense->gram[matrix->course[i]][matrix->course[j]] +=
					unit * weight * (matrix->weighted ? matrix->weight[j] : 1);
		}
	}
}

/*
 * Solves a x = b in place, by elimination with the largest pivot of a column.
 */
static void
dense_solve(long double a[MAX_COURSES][MAX_COURSES], long double *b, uint32_t n)
{
	uint32_t	i;
	uint32_t	j;
	uint32_t	k;

	for (k = 0; k < n; k++)
	{
		uint32_t	best = k;

		for (i = k + 1; i < n; i++)
			if (fabsl(a[i][k]) > fabsl(a[best][k]))
				best = i;
		for (j = 0; j < n; j++)
		{
			long double swap = a[k][j];

			a[k][j] = a[best][j];
			a[best][j] = swap;
		}
		{
			long double swap = b[k];

			b[k] = b[best];
			b[best] = swap;
		}
		for (i = k + 1; i < n; i++)
		{
			long double factor = a[i][k] / a[k][k];

			for (j = k; j < n; j++)
				a[i][j] -= factor * a[k][j];
			b[i] -= factor * b[k];
		}
	}
	for (k = n; k-- > 0;)
	{
		for (j = k + 1; j < n; j++)
			b[k] -= a[k][j] * b[j];
		b[k] /= a[k][k];
	}
}

/* Selects the neighbours, one after the other. */
static uint32_t
dense_neighbours(const Dense *dense, const LocalRidgeParameters *parameters,
				 uint32_t target, uint32_t *neighbours)
{
	bool		used[MAX_COURSES] = {false};
	uint32_t	count;
	uint32_t	i;

	for (count = 0; count < parameters->neighbours; count++)
	{
		long double best_score = 0;
		uint32_t	best = target;

		for (i = 0; i < dense->courses; i++)
		{
			long double score;

			if (i == target || used[i] || dense->gram[i][target] == 0)
				continue;
			score = dense->gram[i][target] /
				(powl(dense->users[i], parameters->neighbour_exponent) *
				 powl(dense->users[target], parameters->target_exponent) +
				 parameters->shrink);
			/* Differences by rounding do not count. */
			if (score > best_score * (1 + 1e-12L))
			{
				best_score = score;
				best = i;
			}
		}
		if (best == target)
			break;
		used[best] = true;
		neighbours[count] = best;
	}
	return count;
}

/* Computes all weights to a course, most of which are 0, and its intercept. */
static void
dense_fit(const Dense *dense, const LocalRidgeParameters *parameters,
		  uint32_t target, long double *weights, long double *intercept)
{
	static long double a[MAX_COURSES][MAX_COURSES];
	long double b[MAX_COURSES];
	uint32_t	neighbours[MAX_COURSES];
	uint32_t	count = dense_neighbours(dense, parameters, target, neighbours);
	long double share = parameters->intercept ? 1 / dense->total : 0;
	long double sum = 0;
	long double squares = 0;
	uint32_t	i;
	uint32_t	j;

	for (i = 0; i < dense->courses; i++)
	{
		weights[i] = 0;
		sum += dense->gram[i][i];
		squares += dense->gram[i][i] * dense->gram[i][i];
	}
	for (i = 0; i < count; i++)
	{
		uint32_t	course = neighbours[i];

		for (j = 0; j < count; j++)
			a[i][j] = dense->gram[course][neighbours[j]] -
				share * dense->moment[course] * dense->moment[neighbours[j]];
		a[i][i] += parameters->dropout * dense->gram[course][course] +
			parameters->lambda *
			powl(4 * sqrtl(dense->gram[course][course] * dense->gram[target][target]) *
				 sum / squares, parameters->lambda_balance);
		b[i] = dense->gram[course][target] -
			share * dense->moment[course] * dense->moment[target];
	}
	dense_solve(a, b, count);
	*intercept = dense->moment[target];
	for (i = 0; i < count; i++)
	{
		weights[neighbours[i]] = b[i];
		*intercept -= b[i] * dense->moment[neighbours[i]];
	}
	*intercept *= share;
}

/*
 * Returns the largest difference, relative to the largest weight to the
 * course.
 */
static double
dense_difference(const LocalRidgeModel *model, const Dense *dense,
				 const LocalRidgeParameters *parameters)
{
	long double worst = 0;
	uint32_t	target;
	uint32_t	i;
	size_t		at;

	for (target = 0; target < model->courses; target++)
	{
		long double weights[MAX_COURSES];
		long double intercept;
		long double largest = 1e-30L;
		long double difference;

		dense_fit(dense, parameters, target, weights, &intercept);
		difference = fabsl(intercept - model->intercept[target]);
		for (i = 0; i < dense->courses; i++)
			largest = larger_of(largest, fabsl(weights[i]));
		for (at = model->target_start[target]; at < model->target_start[target + 1]; at++)
		{
			long double *weight = &weights[model->neighbour[at]];

			*weight -= model->neighbour_weight[at];
		}
		for (i = 0; i < dense->courses; i++)
			difference = larger_of(difference, fabsl(weights[i]));
		worst = larger_of(worst, difference / largest);
	}
	return (double) worst;
}

static void
compare_with_dense(const char *name, const Matrix *matrix,
				   const LocalRidgeParameters *parameters)
{
	static Dense dense;
	Account		account;
	LocalRidgeModel model = fit(matrix, parameters, NO_LIMIT, &account);
	double		difference;

	dense_fill(&dense, matrix, parameters->activity_exponent);
	difference = dense_difference(&model, &dense, parameters);
	ok(difference < 1e-5 && model.target_start[model.courses] > 0, name);
	if (difference >= 1e-5)
		printf("# relative difference %g\n", difference);
	discard(&model, &account);
}

static LocalRidgeParameters
plain_parameters(void)
{
	LocalRidgeParameters parameters = local_ridge_defaults();

	parameters.lambda = 10;
	parameters.lambda_balance = 0;
	parameters.dropout = 0;
	parameters.intercept = false;
	return parameters;
}

static void
test_dense_solution(void)
{
	Matrix		binary = matrix_random(300, 60, false);
	Matrix		weighted = matrix_random(300, 60, true);
	LocalRidgeParameters parameters = plain_parameters();

	compare_with_dense("plain ridge regression, all courses", &binary, &parameters);
	parameters.neighbours = 12;
	compare_with_dense("plain ridge regression, 12 neighbours", &binary, &parameters);
	parameters.shrink = 7.5;
	parameters.neighbour_exponent = 0.71;
	compare_with_dense("shrunk and other exponents", &binary, &parameters);
	parameters.activity_exponent = 0.5;
	compare_with_dense("busy users count less", &binary, &parameters);
	compare_with_dense("weighted interactions", &weighted, &parameters);
	parameters = local_ridge_defaults();
	compare_with_dense("defaults", &binary, &parameters);
	parameters.neighbours = 9;
	parameters.activity_exponent = 0.3;
	parameters.lambda_balance = 0.6;
	parameters.dropout = 0.4;
	compare_with_dense("everything at once", &weighted, &parameters);
	matrix_free(&binary);
	matrix_free(&weighted);
}

/*
 * What the model does not depend on
 */

static bool
same_model(const LocalRidgeModel *a, const LocalRidgeModel *b)
{
	size_t		total = a->target_start[a->courses];
	size_t		starts = ((size_t) a->courses + 1) * sizeof(size_t);

	return a->courses == b->courses &&
		memcmp(a->target_start, b->target_start, starts) == 0 &&
		memcmp(a->source_start, b->source_start, starts) == 0 &&
		memcmp(a->intercept, b->intercept, a->courses * sizeof(float)) == 0 &&
		memcmp(a->neighbour, b->neighbour, total * sizeof(uint32_t)) == 0 &&
		memcmp(a->neighbour_weight, b->neighbour_weight, total * sizeof(float)) == 0 &&
		memcmp(a->target, b->target, total * sizeof(uint32_t)) == 0 &&
		memcmp(a->target_weight, b->target_weight, total * sizeof(float)) == 0;
}

static void
test_user_order(void)
{
	LocalRidgeParameters parameters = local_ridge_defaults();
	int			kind;

	parameters.neighbours = 20;
	parameters.activity_exponent = 0.37;
	for (kind = 0; kind < 2; kind++)
	{
		Matrix		matrix = matrix_random(2500, 80, kind == 1);
		Matrix		shuffled = matrix_shuffle(&matrix);
		Account		accounts[3];
		LocalRidgeModel models[3];

		models[0] = fit(&matrix, &parameters, NO_LIMIT, &accounts[0]);
		models[1] = fit(&shuffled, &parameters, NO_LIMIT, &accounts[1]);
		models[2] = fit(&shuffled, &parameters,
						memory_of(&matrix, 20).least, &accounts[2]);
		ok(same_model(&models[0], &models[1]), kind == 1 ?
		   "order of weighted users does not matter to the last bit" :
		   "order of users does not matter to the last bit");
		ok(same_model(&models[0], &models[2]),
		   "nor with no memory for any of G");
		discard(&models[0], &accounts[0]);
		discard(&models[1], &accounts[1]);
		discard(&models[2], &accounts[2]);
		matrix_free(&matrix);
		matrix_free(&shuffled);
	}
}

/* Fits with the least memory, with more than needed, and in between. */
static void
test_memory(void)
{
	Matrix		matrix = matrix_random(1500, 100, true);
	LocalRidgeParameters parameters = local_ridge_defaults();
	LocalRidgeMemory memory;
	LocalRidgeMatrix input = view(&matrix);
	LocalRidgeModel reference;
	LocalRidgeModel model;
	Account		account;
	Account		reference_account;
	LocalRidgeCaller caller;
	bool		obeyed = true;
	bool		same = true;
	size_t		limit;

	parameters.neighbours = 30;
	memory = memory_of(&matrix, parameters.neighbours);
	reference = fit(&matrix, &parameters, NO_LIMIT, &reference_account);
	ok(reference_account.peak == memory.most,
	   "a fit without limit takes what was estimated as the most");
	for (limit = memory.least; limit < memory.most + 6000; limit += 1501)
	{
		model = fit(&matrix, &parameters, limit, &account);
		obeyed = obeyed && account.peak <= limit;
		same = same && same_model(&reference, &model);
		discard(&model, &account);
		obeyed = obeyed && account.blocks == 0;
	}
	ok(obeyed, "no limit is exceeded");
	ok(same, "the limit does not change the model");
	model = fit(&matrix, &parameters, memory.least, &account);
	ok(account.peak == memory.least, "the least is what is taken at the least");
	discard(&model, &account);

	caller = caller_of(&account);
	ok(local_ridge_fit(&input, &parameters, &caller, memory.least - 1, &model) ==
	   LOCAL_RIDGE_MEMORY_LIMIT && account.peak == 0 && model.intercept == NULL,
	   "a byte less is refused before anything is taken");
	discard(&reference, &reference_account);
	matrix_free(&matrix);
}

static void
test_estimate_overflow(void)
{
	LocalRidgeMemory memory;

	ok(local_ridge_memory(UINT32_MAX, UINT32_MAX, SIZE_MAX, true, UINT32_MAX,
						  &memory) == LOCAL_RIDGE_TOO_LARGE,
	   "an estimate beyond all memory says so");
	ok(local_ridge_memory(10, 10, SIZE_MAX / sizeof(uint32_t), false, 3,
						  &memory) == LOCAL_RIDGE_TOO_LARGE,
	   "also where only the sum overflows");
	ok(local_ridge_memory(10, 10, (SIZE_MAX >> 2) + 1, false, 3, &memory) ==
	   LOCAL_RIDGE_TOO_LARGE, "or where a product would come out as 0");
	ok(local_ridge_memory(100000, 10000, 5000000, false, 100,
						  &memory) == LOCAL_RIDGE_OK &&
	   memory.least < 32 << 20 && memory.most < 256 << 20,
	   "5 million interactions fit into 32 MB, without waste into 256 MB");
}

/*
 * Ending early
 */

static void
test_cancelling(void)
{
	Matrix		matrix = matrix_random(4000, 120, false);
	LocalRidgeParameters parameters = local_ridge_defaults();
	LocalRidgeMatrix input = view(&matrix);
	LocalRidgeModel model;
	Account		account;
	LocalRidgeCaller caller;
	size_t		least = memory_of(&matrix, parameters.neighbours).least;
	bool		clean = true;
	int			total;
	int			n;

	model = fit(&matrix, &parameters, least, &account);
	total = account.checks;
	ok(total > 20, "interruption is offered all along");
	ok(account.courses_done == 120 && account.advances > 10,
	   "and told how many courses are done");
	discard(&model, &account);
	for (n = total; n > 0; n -= 1 + total / 16)
	{
		caller = caller_of(&account);
		account.checks_until_cancel = n;
		clean = clean &&
			local_ridge_fit(&input, &parameters, &caller, least, &model) ==
			LOCAL_RIDGE_CANCELLED &&
			account.checks == n && account.blocks == 0 && model.target == NULL;
	}
	ok(clean, "cancelling ends it at once and leaves nothing behind");
	matrix_free(&matrix);
}

static void
test_out_of_memory(void)
{
	Matrix		matrix = matrix_random(50, 20, true);
	LocalRidgeParameters parameters = local_ridge_defaults();
	LocalRidgeMatrix input = view(&matrix);
	LocalRidgeModel model;
	LocalRidgeStatus status = LOCAL_RIDGE_OUT_OF_MEMORY;
	Account		account;
	LocalRidgeCaller caller;
	bool		clean = true;
	int			n;

	for (n = 1; n < 100 && status == LOCAL_RIDGE_OUT_OF_MEMORY; n++)
	{
		caller = caller_of(&account);
		account.calls_until_null = n;
		status = local_ridge_fit(&input, &parameters, &caller, NO_LIMIT, &model);
		clean = clean && (status == LOCAL_RIDGE_OK ||
						  (account.blocks == 0 && model.intercept == NULL));
	}
	ok(clean && status == LOCAL_RIDGE_OK && n > 25,
	   "running out of memory anywhere leaves nothing behind");
	discard(&model, &account);
	ok(account.blocks == 0, "nor does a model that is freed");
	matrix_free(&matrix);
}

/*
 * Properties of the model
 */

/*
 * Each weight is stored by target and by source, and the largest come first.
 */
static void
test_both_ways(void)
{
	Matrix		matrix = matrix_random(400, 70, false);
	LocalRidgeParameters parameters = local_ridge_defaults();
	static float by_source[MAX_COURSES][MAX_COURSES];
	Account		account;
	LocalRidgeModel model;
	bool		same = true;
	bool		sorted = true;
	bool		few = true;
	uint32_t	course;
	size_t		at;

	parameters.neighbours = 15;
	model = fit(&matrix, &parameters, NO_LIMIT, &account);
	for (course = 0; course < model.courses; course++)
		for (at = model.source_start[course]; at < model.source_start[course + 1]; at++)
			by_source[course][model.target[at]] = model.target_weight[at];
	for (course = 0; course < model.courses; course++)
	{
		size_t		start = model.target_start[course];
		size_t		end = model.target_start[course + 1];

		few = few && end - start <= 15;
		for (at = start; at < end; at++)
		{
			same = same && model.neighbour_weight[at] ==
				by_source[model.neighbour[at]][course];
			sorted = sorted && (at == start || model.neighbour_weight[at] <=
								model.neighbour_weight[at - 1]);
		}
	}
	ok(same && model.source_start[70] == model.target_start[70],
	   "weights are the same by source as by target");
	ok(sorted, "the largest weights come first");
	ok(few, "no course has more weights than neighbours were asked for");
	discard(&model, &account);
	matrix_free(&matrix);
}

static void
test_single_courses(void)
{
	Matrix		matrix = matrix_random(400, 70, true);
	LocalRidgeMatrix input = view(&matrix);
	LocalRidgeParameters parameters = local_ridge_defaults();
	Account		account;
	Account		single_account;
	LocalRidgeModel model;
	LocalRidgeCaller caller;
	LocalRidge *ridge;
	TopCourse	weights[25];
	uint32_t	count;
	double		intercept;
	bool		same = true;
	uint32_t	course;
	uint32_t	i;

	parameters.neighbours = 25;
	model = fit(&matrix, &parameters, NO_LIMIT, &account);
	caller = caller_of(&single_account);
	local_ridge_open(&input, &parameters, &caller,
					 memory_of(&matrix, 25).least, &ridge);
	for (course = model.courses; course-- > 0;)
	{
		size_t		start = model.target_start[course];

		local_ridge_fit_course(ridge, course, weights, &count, &intercept);
		same = same && count == model.target_start[course + 1] - start &&
			(float) intercept == model.intercept[course];
		for (i = 0; same && i < count; i++)
			same = weights[i].course == model.neighbour[start + i] &&
				weights[i].score == model.neighbour_weight[start + i];
	}
	ok(same, "a course on its own gets the weights that it gets among all");
	ok(local_ridge_fit_course(ridge, 70, weights, &count, &intercept) ==
	   LOCAL_RIDGE_BAD_COURSE && count == 0, "a course that is not there is refused");
	local_ridge_close(ridge);
	ok(single_account.blocks == 0 &&
	   single_account.peak <= memory_of(&matrix, 25).least,
	   "closing gives all memory back");
	discard(&model, &account);
	matrix_free(&matrix);
}

/*
 * Plants 12 series of 5 courses: who takes one of a series takes most of it.
 */
static void
test_planted_series(void)
{
	Matrix		matrix = matrix_create(1500, 60);
	LocalRidgeParameters parameters = local_ridge_defaults();
	Account		account;
	LocalRidgeModel model;
	bool		found = true;
	uint32_t	user;
	uint32_t	course;
	uint32_t	i;

	for (user = 0; user < 1500; user++)
	{
		uint32_t	series = below(12);

		matrix_begin_row(&matrix, user);
		for (course = 0; course < 60; course++)
			if (uniform() < (course / 5 == series ? 0.8 : 0.08))
				matrix_add(&matrix, user, course, 1);
	}
	model = fit(&matrix, &parameters, NO_LIMIT, &account);
	for (course = 0; course < 60; course++)
		for (i = 0; i < 4; i++)
			found = found && course / 5 ==
				model.neighbour[model.target_start[course] + i] / 5;
	ok(found, "the four heaviest neighbours of a course are of its series");
	discard(&model, &account);
	matrix_free(&matrix);
}

/* Makes courses i and i + 5 equal, and course 10 the sum of 0 and 1. */
static Matrix
matrix_of_duplicates(void)
{
	Matrix		matrix = matrix_create(200, 11);
	uint32_t	user;
	uint32_t	course;

	matrix.weighted = true;
	for (user = 0; user < 200; user++)
	{
		float		sum = 0;

		matrix_begin_row(&matrix, user);
		for (course = 0; course < 5; course++)
		{
			float		weight = (1 + below(64)) / 64.0f;

			if (uniform() < 0.5)
				continue;
			matrix_add(&matrix, user, course, weight);
			matrix_add(&matrix, user, course + 5, weight);
			sum += course < 2 ? weight : 0;
		}
		if (sum > 0)
			matrix_add(&matrix, user, 10, sum);
	}
	return matrix;
}

static double
score_of(const LocalRidgeModel *model, const Matrix *matrix, uint32_t user,
		 uint32_t target)
{
	double		score = model->intercept[target];
	size_t		i;
	size_t		at;

	for (i = matrix->row_start[user]; i < matrix->row_start[user + 1]; i++)
		for (at = model->target_start[target];
			 at < model->target_start[target + 1]; at++)
			if (model->neighbour[at] == matrix->course[i])
				score += matrix->weight[i] * model->neighbour_weight[at];
	return score;
}

/* Fits without a penalty a system that is singular but for rounding errors. */
static void
test_duplicate_courses(void)
{
	LocalRidgeParameters parameters = plain_parameters();
	bool		small = true;
	bool		predicted = true;
	int			round;

	parameters.lambda = DBL_MIN;
	parameters.intercept = true;
	parameters.activity_exponent = 0.37;
	for (round = 0; round < 20; round++)
	{
		Matrix		matrix = matrix_of_duplicates();
		Account		account;
		LocalRidgeModel model = fit(&matrix, &parameters, NO_LIMIT, &account);
		uint32_t	user;
		size_t		at;

		for (at = 0; at < model.target_start[11]; at++)
			small = small && fabs(model.neighbour_weight[at]) < 1.01;
		for (user = 0; user < 200; user++)
		{
			double		weight = 0;

			for (at = matrix.row_start[user]; at < matrix.row_start[user + 1]; at++)
				if (matrix.course[at] == 0)
					weight = matrix.weight[at];
			predicted = predicted &&
				fabs(score_of(&model, &matrix, user, 0) - weight) < 1e-4;
		}
		discard(&model, &account);
		matrix_free(&matrix);
	}
	ok(small, "duplicate courses without a penalty keep weights small");
	ok(predicted, "which predict the duplicate");
}

/*
 * Where all courses are alike, those with the lowest numbers are the
 * neighbours.
 */
static void
test_ties(void)
{
	Matrix		matrix = matrix_create(12, 12);
	LocalRidgeParameters parameters = local_ridge_defaults();
	Account		account;
	LocalRidgeModel model;
	bool		lowest = true;
	uint32_t	user;
	uint32_t	course;
	uint32_t	i;

	for (user = 0; user < 12; user++)
	{
		matrix_begin_row(&matrix, user);
		for (course = 12; course-- > 0;)
			if (course != user)
				matrix_add(&matrix, user, course, 1);
	}
	parameters.neighbours = 3;
	parameters.intercept = false;
	model = fit(&matrix, &parameters, NO_LIMIT, &account);
	for (course = 0; course < 12; course++)
		for (i = 0; i < 3; i++)
			lowest = lowest && model.neighbour[model.target_start[course] + i] ==
				i + (course <= i);
	ok(lowest, "of courses that are as near the lower numbers are taken");
	discard(&model, &account);
	matrix_free(&matrix);
}

static void
test_other_methods(void)
{
	static Dense dense;
	Matrix		matrix = matrix_random(200, 30, true);
	LocalRidgeParameters parameters = local_ridge_defaults();
	Account		account;
	LocalRidgeModel model;
	long double worst = 0;
	bool		counted = true;
	uint32_t	course;
	size_t		at;

	dense_fill(&dense, &matrix, 0);
	parameters.method = LOCAL_RIDGE_COSINE;
	parameters.activity_exponent = 0;
	parameters.shrink = 5;		/* is ignored */
	model = fit(&matrix, &parameters, NO_LIMIT, &account);
	for (course = 0; course < 30; course++)
		for (at = model.target_start[course]; at < model.target_start[course + 1]; at++)
		{
			uint32_t	other = model.neighbour[at];
			long double cosine = dense.gram[course][other] /
				sqrtl(dense.gram[course][course] * dense.gram[other][other]);

			worst = larger_of(worst, fabsl(model.neighbour_weight[at] / cosine - 1));
		}
	ok(worst < 1e-5 && model.target_start[30] > 500, "cosine weights are cosines");
	discard(&model, &account);

	parameters.method = LOCAL_RIDGE_POPULARITY;
	model = fit(&matrix, &parameters, NO_LIMIT, &account);
	for (course = 0; course < 30; course++)
		counted = counted && model.intercept[course] == (float) dense.users[course];
	ok(counted && model.target_start[30] == 0 && model.source_start[30] == 0,
	   "popularity counts users and has no weights");
	discard(&model, &account);
	matrix_free(&matrix);
}

static void
test_little_data(void)
{
	static const uint32_t sizes[][2] = {{0, 0}, {0, 5}, {5, 0}, {3, 1}, {1, 2}};
	LocalRidgeParameters parameters = local_ridge_defaults();
	bool		fine = true;
	size_t		i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
	{
		Matrix		matrix = matrix_create(sizes[i][0], sizes[i][1]);
		Account		account;
		LocalRidgeModel model;
		uint32_t	user;

		for (user = 0; user < sizes[i][0]; user++)
		{
			matrix_begin_row(&matrix, user);
			if (sizes[i][1] > 0)
				matrix_add(&matrix, user, 0, 1);
		}
		model = fit(&matrix, &parameters, memory_of(&matrix, 100).least, &account);
		fine = fine && model.target_start[model.courses] == 0 &&
			model.source_start[model.courses] == 0;
		if (sizes[i][1] > 0)
			fine = fine && model.intercept[0] == (sizes[i][0] > 0);
		discard(&model, &account);
		fine = fine && account.blocks == 0;
		matrix_free(&matrix);
	}
	ok(fine, "no users, no courses or nothing to compare is no error");
}

/*
 * Bad input
 */

static LocalRidgeStatus
status_of(const Matrix *matrix, const LocalRidgeParameters *parameters)
{
	LocalRidgeMatrix input = view(matrix);
	LocalRidgeModel model;
	Account		account;
	LocalRidgeCaller caller = caller_of(&account);
	LocalRidgeStatus status;

	status = local_ridge_fit(&input, parameters, &caller, NO_LIMIT, &model);
	if (status == LOCAL_RIDGE_OK)
		local_ridge_free(&model, &caller);
	if (account.blocks != 0)
		printf("# %d blocks left\n", account.blocks);
	return account.blocks == 0 ? status : LOCAL_RIDGE_CANCELLED;
}

static void
test_bad_parameters(void)
{
	static const double bad[] = {-1e-300, -1, -HUGE_VAL, HUGE_VAL, NAN, 1.1e9};
	Matrix		matrix = matrix_random(30, 10, false);
	bool		refused[7] = {true, true, true, true, true, true, true};
	size_t		i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
	{
		LocalRidgeParameters parameters[7];
		int			j;

		for (j = 0; j < 7; j++)
			parameters[j] = local_ridge_defaults();
		parameters[0].lambda = bad[i];
		parameters[1].dropout = bad[i];
		parameters[2].shrink = bad[i];
		parameters[3].activity_exponent = bad[i];
		parameters[4].neighbour_exponent = bad[i];
		parameters[5].target_exponent = bad[i];
		parameters[6].lambda_balance = bad[i];
		for (j = 0; j < 7; j++)
			refused[j] = refused[j] && status_of(&matrix, &parameters[j]) ==
				(j == 0 ? LOCAL_RIDGE_BAD_LAMBDA : j == 1 ? LOCAL_RIDGE_BAD_DROPOUT :
				 j == 2 ? LOCAL_RIDGE_BAD_SHRINK : LOCAL_RIDGE_BAD_EXPONENT);
	}
	ok(refused[0], "a lambda that is negative, infinite or no number is refused");
	ok(refused[1], "such a dropout is refused");
	ok(refused[2], "such a shrink is refused");
	ok(refused[3] && refused[4] && refused[5] && refused[6],
	   "such exponents are refused");
	matrix_free(&matrix);
}

static void
test_more_bad_parameters(void)
{
	Matrix		matrix = matrix_random(30, 10, false);
	LocalRidgeParameters parameters = local_ridge_defaults();

	parameters.lambda = 0;
	ok(status_of(&matrix, &parameters) == LOCAL_RIDGE_BAD_LAMBDA,
	   "a lambda of 0 is refused");
	parameters = local_ridge_defaults();
	parameters.neighbours = 0;
	ok(status_of(&matrix, &parameters) == LOCAL_RIDGE_BAD_NEIGHBOURS,
	   "0 neighbours are refused");
	parameters.neighbours = LOCAL_RIDGE_MAX_NEIGHBOURS + 1;
	ok(status_of(&matrix, &parameters) == LOCAL_RIDGE_BAD_NEIGHBOURS,
	   "too many neighbours are refused");
	parameters.neighbours = LOCAL_RIDGE_MAX_NEIGHBOURS;
	ok(status_of(&matrix, &parameters) == LOCAL_RIDGE_OK,
	   "as many as there may be are not");
	parameters.method = (LocalRidgeMethod) 3;
	ok(status_of(&matrix, &parameters) == LOCAL_RIDGE_BAD_METHOD,
	   "an unknown method is refused");
	matrix_free(&matrix);
}

static void
test_bad_matrices(void)
{
	static const float bad[] = {0, -1, NAN, INFINITY, 1001, FLT_MIN / 2};
	Matrix		matrix = matrix_random(30, 10, true);
	LocalRidgeParameters parameters = local_ridge_defaults();
	size_t		last = matrix.row_start[30] + 1;
	size_t		start = matrix.row_start[10];
	bool		refused = true;
	size_t		i;

	/* Add a user with two courses. */
	matrix.users++;
	matrix.row_start = realloc(matrix.row_start, 32 * sizeof(size_t));
	matrix_begin_row(&matrix, 30);
	matrix_add(&matrix, 30, 3, 1);
	matrix_add(&matrix, 30, 7, 1);
	matrix.course[last] = 10;
	ok(status_of(&matrix, &parameters) == LOCAL_RIDGE_BAD_COURSE,
	   "a course number out of range is refused");
	matrix.course[last] = matrix.course[last - 1];
	ok(status_of(&matrix, &parameters) == LOCAL_RIDGE_DUPLICATE,
	   "a course that a user has twice is refused");
	matrix.course[last] = 7;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
	{
		matrix.weight[last] = bad[i];
		refused = refused &&
			status_of(&matrix, &parameters) == LOCAL_RIDGE_BAD_WEIGHT;
	}
	ok(refused, "a weight that is 0, negative, no number or huge is refused");
	matrix.weight[last] = LOCAL_RIDGE_MAX_WEIGHT;
	ok(status_of(&matrix, &parameters) == LOCAL_RIDGE_OK, "1000 is not");
	matrix.row_start[10] = matrix.row_start[11] + 1;
	ok(status_of(&matrix, &parameters) == LOCAL_RIDGE_BAD_ROWS,
	   "row starts that fall are refused");
	matrix.row_start[10] = start;
	matrix.row_start[0] = 1;
	ok(status_of(&matrix, &parameters) == LOCAL_RIDGE_BAD_ROWS,
	   "row starts that do not begin with 0 are refused");
	matrix_free(&matrix);
}

static void
test_messages(void)
{
	bool		different = true;
	int			i;
	int			j;

	for (i = LOCAL_RIDGE_OK; i <= LOCAL_RIDGE_BAD_WEIGHT; i++)
		for (j = LOCAL_RIDGE_OK; j < i; j++)
			different = different &&
				strcmp(local_ridge_message((LocalRidgeStatus) i),
					   local_ridge_message((LocalRidgeStatus) j)) != 0;
	ok(different, "every status has a message of its own");
	ok(local_ridge_message((LocalRidgeStatus) 99) != NULL &&
	   local_ridge_message((LocalRidgeStatus) -1) != NULL,
	   "what is no status has one, too");
}

/* Compares with sorting all courses, of which many are ties. */
static void
test_top_courses(void)
{
	bool		same = true;
	int			round;

	for (round = 0; round < 300; round++)
	{
		TopCourse	all[50];
		TopCourse	best[50];
		uint32_t	limit = 1 + below(50);
		uint32_t	count = 0;
		uint32_t	total = below(51);
		uint32_t	i;
		uint32_t	j;

		for (i = 0; i < total; i++)
		{
			TopCourse	item = {(double) below(8), i};

			top_courses_add(best, &count, limit, item);
			for (j = i; j > 0 && all[j - 1].score < item.score; j--)
				all[j] = all[j - 1];
			all[j] = item;
		}
		top_courses_sort(best, count);
		same = same && count == (total < limit ? total : limit);
		for (i = 0; i < count; i++)
			same = same && best[i].course == all[i].course &&
				best[i].score == all[i].score;
	}
	ok(same, "the best courses are those of a full sort");
}

int
main(void)
{
	random_state = 20240229;
	test_dense_solution();
	test_user_order();
	test_memory();
	test_estimate_overflow();
	test_cancelling();
	test_out_of_memory();
	test_both_ways();
	test_single_courses();
	test_planted_series();
	test_duplicate_courses();
	test_ties();
	test_other_methods();
	test_little_data();
	test_bad_parameters();
	test_more_bad_parameters();
	test_bad_matrices();
	test_messages();
	test_top_courses();
	return end_of_tests();
}
