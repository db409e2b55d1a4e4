/*
 * local_ridge_fuzzer.c
 *		Runs local_ridge.c on the inputs of libFuzzer:
 *
 *	clang -g -O1 -fsanitize=fuzzer,address,undefined -Isrc \
 *		-o local_ridge_fuzzer test/fuzz/local_ridge_fuzzer.c src/discovery/local_ridge.c -lm
 *	./local_ridge_fuzzer -max_total_time=60 -seed=1
 *
 * The input is the parameters, byte by byte, followed by the rows. The status
 * must be that of a straightforward check of the limits. A fit must release
 * all memory and stay within the estimate. Its weights must be finite, and the
 * same with the least memory as with the most and rows and courses in reverse
 * order.
 */
#include "discovery/local_ridge.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_USERS	64
#define MAX_ENTRIES	512

typedef struct Account
{
	size_t		bytes;
	size_t		peak;
	int			blocks;
	int			calls_left;		/* until allocate() fails; 0 if never */
	bool		failed;
} Account;

typedef struct Input
{
	const uint8_t *data;
	size_t		left;
} Input;

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void *
allocate(void *context, size_t size)
{
	Account    *account = context;
	size_t	   *block;

	if (account->calls_left > 0 && --account->calls_left == 0)
	{
		account->failed = true;
		return NULL;
	}
	block = malloc(16 + size);
	block[0] = size;
	account->blocks++;
	account->bytes += size;
	if (account->bytes > account->peak)
		account->peak = account->bytes;
	return (char *) block + 16;
}

static void
release(void *context, void *pointer)
{
	Account    *account = context;
	size_t	   *block = (size_t *) ((char *) pointer - 16);

	account->blocks--;
	account->bytes -= block[0];
	free(block);
}

static uint8_t
take_byte(Input *input)
{
	if (input->left == 0)
		return 0;
	input->left--;
	return *input->data++;
}

static double
take_double(Input *input, double usual)
{
	double		value = usual;

	if (take_byte(input) % 4 == 0 && input->left >= sizeof(value))
	{
		memcpy(&value, input->data, sizeof(value));
		input->data += sizeof(value);
		input->left -= sizeof(value);
	}
	return value;
}

static LocalRidgeParameters
take_parameters(Input *input)
{
	LocalRidgeParameters parameters = local_ridge_defaults();

	parameters.method = (LocalRidgeMethod) (take_byte(input) % 4);
	parameters.neighbours = take_byte(input);
	parameters.lambda = take_double(input, parameters.lambda);
	parameters.lambda_balance = take_double(input, parameters.lambda_balance);
	parameters.dropout = take_double(input, parameters.dropout);
	parameters.activity_exponent = take_double(input, 0.5);
	parameters.neighbour_exponent = take_double(input, 0.5);
	parameters.target_exponent = take_double(input, 0.3);
	parameters.shrink = take_double(input, 0);
	parameters.intercept = take_byte(input) % 2;
	return parameters;
}

/*
 * A byte of 255 begins a new row; rarely, a row start is an arbitrary number.
 */
static LocalRidgeMatrix
take_matrix(Input *input, size_t *row_start, uint32_t *course, float *weight)
{
	LocalRidgeMatrix matrix = {0, take_byte(input) % 48, row_start, course, NULL};
	bool		weighted = take_byte(input) % 2;
	bool		break_rows = take_byte(input) == 77;
	size_t		count = 0;

	row_start[0] = 0;
	while (input->left > 0 && count < MAX_ENTRIES && matrix.users < MAX_USERS)
	{
		uint8_t		byte = take_byte(input);

		if (byte == 255)
			row_start[++matrix.users] = count;
		else
		{
			course[count] = byte;
			weight[count++] = weighted ? (float) take_double(input, 1.5) : 1;
		}
	}
	if (break_rows && matrix.users > 0)
		row_start[take_byte(input) % (matrix.users + 1)] =
			take_byte(input) % (row_start[matrix.users] + 1);
	if (weighted)
		matrix.weight = weight;
	return matrix;
}

static void
require(bool condition)
{
	if (!condition)
		abort();
}

/*
 * The expected status
 */

static bool
is_within(double value, double least, double most)
{
	return !isnan(value) && !(value < least) && !(value > most);
}

static LocalRidgeStatus
expected_of_parameters(const LocalRidgeParameters *parameters)
{
	const double exponents[] = {
		parameters->lambda_balance, parameters->activity_exponent,
		parameters->neighbour_exponent, parameters->target_exponent
	};
	int			i;

	if ((int) parameters->method > LOCAL_RIDGE_POPULARITY)
		return LOCAL_RIDGE_BAD_METHOD;
	if (parameters->neighbours == 0 || parameters->neighbours > 1000)
		return LOCAL_RIDGE_BAD_NEIGHBOURS;
	if (!is_within(parameters->lambda, DBL_MIN, 1e9))
		return LOCAL_RIDGE_BAD_LAMBDA;
	if (!is_within(parameters->dropout, 0, 1e9))
		return LOCAL_RIDGE_BAD_DROPOUT;
	if (!is_within(parameters->shrink, 0, 1e9))
		return LOCAL_RIDGE_BAD_SHRINK;
	for (i = 0; i < 4; i++)
	{
		if (!is_within(exponents[i], 0, 2))
			return LOCAL_RIDGE_BAD_EXPONENT;
	}
	return LOCAL_RIDGE_OK;
}

static bool
is_in_row(const LocalRidgeMatrix *matrix, size_t start, size_t end, uint32_t course)
{
	for (; start < end; start++)
	{
		if (matrix->course[start] == course)
			return true;
	}
	return false;
}

static LocalRidgeStatus
expected_of_matrix(const LocalRidgeMatrix *matrix)
{
	const size_t *row_start = matrix->row_start;
	uint32_t	user;
	size_t		at;

	for (user = 0; user < matrix->users; user++)
	{
		if (row_start[0] != 0 || row_start[user + 1] < row_start[user])
			return LOCAL_RIDGE_BAD_ROWS;
	}
	for (user = 0; user < matrix->users; user++)
	{
		for (at = row_start[user]; at < row_start[user + 1]; at++)
		{
			if (matrix->course[at] >= matrix->courses)
				return LOCAL_RIDGE_BAD_COURSE;
			if (is_in_row(matrix, row_start[user], at, matrix->course[at]))
				return LOCAL_RIDGE_DUPLICATE;
			if (matrix->weight && !is_within(matrix->weight[at], FLT_MIN, 1000))
				return LOCAL_RIDGE_BAD_WEIGHT;
		}
	}
	return LOCAL_RIDGE_OK;
}

/*
 * The fit
 */

/*
 * Returns the matrix with the rows, and the courses of each, in reverse order.
 */
static LocalRidgeMatrix
backwards(const LocalRidgeMatrix *matrix)
{
	static size_t row_start[MAX_USERS + 1];
	static uint32_t course[MAX_ENTRIES];
	static float weight[MAX_ENTRIES];
	LocalRidgeMatrix reversed = *matrix;
	size_t		count = matrix->row_start[matrix->users];
	size_t		i;

	for (i = 0; i <= matrix->users; i++)
		row_start[i] = count - matrix->row_start[matrix->users - i];
	for (i = 0; i < count; i++)
	{
		course[i] = matrix->course[count - 1 - i];
		if (matrix->weight)
			weight[i] = matrix->weight[count - 1 - i];
	}
	reversed.row_start = row_start;
	reversed.course = course;
	if (matrix->weight)
		reversed.weight = weight;
	return reversed;
}

static void
compare(const LocalRidgeModel *a, const LocalRidgeModel *b, uint32_t neighbours)
{
	uint32_t	course;
	size_t		at;

	for (course = 0; course < a->courses; course++)
	{
		require(isfinite(a->intercept[course]));
		require(a->intercept[course] == b->intercept[course]);
		require(a->target_start[course + 1] == b->target_start[course + 1]);
		require(a->target_start[course + 1] - a->target_start[course] <= neighbours);
	}
	for (at = 0; at < a->target_start[a->courses]; at++)
	{
		require(isfinite(a->neighbour_weight[at]));
		require(a->neighbour_weight[at] == b->neighbour_weight[at]);
		require(a->neighbour[at] == b->neighbour[at]);
		require(a->target_weight[at] == b->target_weight[at]);
		require(a->target[at] < a->courses);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static size_t row_start[MAX_USERS + 1];
	static uint32_t course[MAX_ENTRIES];
	static float weight[MAX_ENTRIES];
	Input		input = {data, size};
	LocalRidgeParameters parameters = take_parameters(&input);
	int			calls_left = take_byte(&input) % 64;
	LocalRidgeMatrix matrix = take_matrix(&input, row_start, course, weight);
	Account		accounts[2] = {{.calls_left = calls_left}, {0}};
	LocalRidgeCaller callers[2] = {
		{&accounts[0], allocate, release, NULL},
		{&accounts[1], allocate, release, NULL}
	};
	LocalRidgeStatus expected = expected_of_parameters(&parameters);
	LocalRidgeStatus status;
	LocalRidgeMatrix reversed;
	LocalRidgeModel models[2];
	LocalRidgeMemory memory;

	if (expected == LOCAL_RIDGE_OK)
		expected = expected_of_matrix(&matrix);
	require(local_ridge_memory(matrix.users, matrix.courses,
							   row_start[matrix.users], matrix.weight != NULL,
							   parameters.neighbours, &memory) == LOCAL_RIDGE_OK);
	status = local_ridge_fit(&matrix, &parameters, &callers[0], memory.least,
							 &models[0]);
	require(status == (accounts[0].failed ? LOCAL_RIDGE_OUT_OF_MEMORY : expected));
	if (status == LOCAL_RIDGE_OK)
	{
		reversed = backwards(&matrix);
		require(local_ridge_fit(&reversed, &parameters, &callers[1], SIZE_MAX,
								&models[1]) == LOCAL_RIDGE_OK);
		compare(&models[0], &models[1], parameters.neighbours);
		require(accounts[0].peak <= memory.least && accounts[1].peak <= memory.most);
		local_ridge_free(&models[0], &callers[0]);
		local_ridge_free(&models[1], &callers[1]);
	}
	require(accounts[0].blocks == 0 && accounts[1].blocks == 0);
	return 0;
}
