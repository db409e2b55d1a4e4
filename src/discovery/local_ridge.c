/*
 * local_ridge.c
 *		Which courses lead to which: fits the model of the recommender.
 *
 * An item-to-item linear model, fitted for each course by ridge regression on
 * its neighbourhood: EASE (Steck, WWW 2019) and SLIM (Ning and Karypis, ICDM
 * 2011), restricted to the k courses nearest to each.
 *
 * Let x_ui be the weight of user u's interaction with course i, 0 where there
 * is none, d_u the number of u's courses and d_i the number of i's users:
 *
 *		G_ij = sum over u of d_u^-a x_ui x_uj
 *		m_i = sum over u of d_u^-a x_ui,  W = sum over u of d_u^-a
 *
 * The neighbours N of course j are the k courses i with the largest
 *
 *		G_ij / (d_i^b d_j^c + shrink)
 *
 * and its weights w and intercept, for C_ij = G_ij - m_i m_j / W, solve
 *
 *		(C_NN + diagonal of p) w = C_Nj,  intercept = (m_j - w . m_N) / W
 *		p_i = dropout G_ii + lambda (4 sqrt(G_ii G_jj) / M)^balance
 *		M = sum of G_ii^2 / sum of G_ii
 *
 * Hence M is the popularity of the course of an average interaction.  The
 * first part of the penalty is equivalent, for a dropout of 1, to training on
 * profiles of which a random half is left out (Steck, NeurIPS 2020).  The
 * second part requires more evidence for popular courses, which share many
 * users by chance. Without an intercept, m is taken to be 0; if dropout and
 * balance are 0 as well, this is plain ridge regression, (G_NN + lambda I) w =
 * G_Nj.
 *
 * Sums are integers in units of a power of two, so that the result does not
 * depend on the order of the users.  A weight is a multiple of 2^-44, so that
 * the score of a user is exact in double precision, whatever the order of the
 * courses.
 *
 * Cost: the sum of d_u^2 additions for the columns of G, a visit to every pair
 * of courses, and k^3 / 6 multiplications per course for the solution.  G_NN
 * is looked up in a triangle of G that holds the most popular courses, as many
 * as the memory limit allows.  If a neighbour is not among them, G_NN takes
 * one pass over the users of all k neighbours, with an addition for each pair
 * that a user has taken.
 *
 * Memory: all of it from the caller's allocate(), in the sizes that the lists
 * of blocks below state.  All of it is released, whatever the outcome, except
 * for the model that is returned.
 */
#include "discovery/local_ridge.h"

#include <float.h>
#include <math.h>
#include <string.h>

/*
 * Operations between two calls of interrupted(), which take a few
 * milliseconds.
 */
#define CHECK_INTERVAL		((size_t) 1 << 20)

/* Sums are below 2^SUM_BITS, which leaves a bit for rounding. */
#define SUM_BITS			62
#define MAX_FRACTION_BITS	52

/* A weight is a multiple of the inverse of this. */
#define WEIGHT_UNIT			0x1p44

/*
 * The penalty is lambda between two courses of this share of the popularity M.
 */
#define POPULARITY_SHARE	0.25

/* A smaller pivot, relative to G_ii, is a rounding error. */
#define MIN_PIVOT			1e-6

/* How many users, or courses, are processed at a time. */
#define GROUP				1024

#define NOBODY				UINT32_MAX

struct LocalRidge
{
	LocalRidgeMatrix matrix;
	LocalRidgeParameters parameters;
	LocalRidgeCaller caller;
	size_t		interactions;
	uint32_t	limit;			/* maximum of weights per course */
	uint32_t	slots;			/* courses in the triangle */
	uint32_t	courses_done;
	size_t		work;			/* operations since interrupted() was called */
	double		fraction;		/* sums are multiples of the inverse of this */
	double		share;			/* 1 / W, or 0 without an intercept */
	double		popularity;		/* POPULARITY_SHARE of M */

	/* The matrix, transposed: the users of each course */
	size_t	   *column_start;
	uint32_t   *user;
	float	   *user_weight;	/* NULL: all are 1 */

	double	   *unit;			/* of each user: d_u^-a times fraction */
	double	   *diagonal;		/* of each course: G_ii */
	double	   *moment;			/* of each course: m_i */
	double	   *distance;		/* of each course: d_i^b */
	uint32_t   *slot;			/* row in the triangle, if below slots */
	uint64_t   *column;			/* one column of G */
	TopCourse  *top;			/* the neighbours; first, all by popularity */
	double	   *system;			/* lower triangle of C_NN plus penalty */
	double	   *solution;		/* C_Nj, then w */
	float	   *triangle;		/* of G, without the diagonal */

	/* For neighbours outside of the triangle, see sum_pairs(). */
	uint16_t   *order;			/* neighbours, those in the triangle first */
	size_t	   *cursor;			/* of each neighbour: place in its column */
	uint16_t   *member;			/* neighbours of each user of a group */
	float	   *member_weight;	/* NULL: all are 1 */
	uint16_t   *members;		/* how many each user of a group has */
	uint64_t   *pair;			/* lower triangle of G_NN, in that order */
};

/* A chunk of memory to allocate, and the pointer to set. */
typedef struct Block
{
	void	   *pointer;		/* to the pointer, of any type */
	uint64_t	count;
	size_t		size;
} Block;

#define MAX_BLOCKS	20

LocalRidgeParameters
local_ridge_defaults(void)
{
	LocalRidgeParameters parameters = {
		.method = LOCAL_RIDGE_REGRESSION,
		.neighbours = 100,
		.lambda = 3,
		.lambda_balance = 0,
		.dropout = 1,
		.activity_exponent = 0.5,
		.neighbour_exponent = 0.5,
		.target_exponent = 0.3,
		.shrink = 0,
		.intercept = true
	};

	return parameters;
}

const char *
local_ridge_message(LocalRidgeStatus status)
{
	static const char *const messages[] = {
		[LOCAL_RIDGE_OK] = "done",
		[LOCAL_RIDGE_CANCELLED] = "cancelled",
		[LOCAL_RIDGE_OUT_OF_MEMORY] = "out of memory",
		[LOCAL_RIDGE_MEMORY_LIMIT] = "more memory is needed than the limit allows",
		[LOCAL_RIDGE_TOO_LARGE] = "there are too many interactions or courses",
		[LOCAL_RIDGE_BAD_NEIGHBOURS] = "neighbours must be from 1 to 1000",
		[LOCAL_RIDGE_BAD_LAMBDA] = "lambda must be above 0 and at most 1e9",
		[LOCAL_RIDGE_BAD_DROPOUT] = "dropout must be from 0 to 1e9",
		[LOCAL_RIDGE_BAD_SHRINK] = "shrink must be from 0 to 1e9",
		[LOCAL_RIDGE_BAD_EXPONENT] = "an exponent must be from 0 to 2",
		[LOCAL_RIDGE_BAD_METHOD] = "there is no such method",
		[LOCAL_RIDGE_BAD_ROWS] = "row starts must begin with 0 and never fall",
		[LOCAL_RIDGE_BAD_COURSE] = "a course number is out of range",
		[LOCAL_RIDGE_DUPLICATE] = "a user has the same course twice",
		[LOCAL_RIDGE_BAD_WEIGHT] = "an interaction's weight must be above 0 and at most 1000"
	};

	if ((unsigned int) status >= sizeof(messages) / sizeof(messages[0]))
		return "unknown status";
	return messages[status];
}

/*
 * Memory
 */

#define BLOCK(owner, field, number) \
	(blocks[count++] = (Block) {&(owner)->field, (number), sizeof(*(owner)->field)})

/* Returns where a row starts in a lower triangle without the diagonal. */
static inline uint64_t
triangle_row(uint32_t row)
{
	return row == 0 ? 0 : (uint64_t) row * (row - 1) / 2;
}

/* Lists all blocks of a fit except for the triangle. */
static int
list_blocks(LocalRidge *ridge, bool weighted, Block *blocks)
{
	uint64_t	courses = ridge->matrix.courses;
	uint64_t	limit = ridge->limit;
	int			count = 0;

	BLOCK(ridge, column_start, courses + 1);
	BLOCK(ridge, user, ridge->interactions);
	if (weighted)
		BLOCK(ridge, user_weight, ridge->interactions);
	BLOCK(ridge, unit, ridge->matrix.users);
	BLOCK(ridge, diagonal, courses);
	BLOCK(ridge, moment, courses);
	BLOCK(ridge, distance, courses);
	BLOCK(ridge, slot, courses);
	BLOCK(ridge, column, courses);
	BLOCK(ridge, top, courses);
	BLOCK(ridge, system, limit * limit);
	BLOCK(ridge, solution, limit);
	BLOCK(ridge, order, limit);
	BLOCK(ridge, cursor, limit);
	BLOCK(ridge, member, GROUP * limit);
	if (weighted)
		BLOCK(ridge, member_weight, GROUP * limit);
	BLOCK(ridge, members, GROUP);
	BLOCK(ridge, pair, limit * (limit - (limit > 0)) / 2);
	return count;
}

/* Lists the blocks of the model that are filled course by course. */
static int
list_target_blocks(LocalRidgeModel *model, uint32_t limit, Block *blocks)
{
	uint64_t	courses = model->courses;
	int			count = 0;

	BLOCK(model, intercept, courses);
	BLOCK(model, popularity, courses);
	BLOCK(model, target_start, courses + 1);
	BLOCK(model, neighbour, courses * limit);
	BLOCK(model, neighbour_weight, courses * limit);
	return count;
}

/*
 * Lists the blocks of the model that are filled once the fit has been
 * released.
 */
static int
list_source_blocks(LocalRidgeModel *model, uint32_t limit, Block *blocks)
{
	uint64_t	courses = model->courses;
	int			count = 0;

	BLOCK(model, source_start, courses + 1);
	BLOCK(model, target, courses * limit);
	BLOCK(model, target_weight, courses * limit);
	return count;
}

/*
 * Returns false on overflow. The size is never 0, which allocate() may not
 * support.
 */
static bool
block_bytes(const Block *block, size_t *bytes)
{
	uint64_t	count = block->count > 0 ? block->count : 1;

	if (count > SIZE_MAX / block->size)
		return false;
	*bytes = (size_t) count * block->size;
	return true;
}

static bool
add_bytes(const Block *blocks, int count, size_t *sum)
{
	size_t		bytes;
	int			i;

	for (i = 0; i < count; i++)
	{
		if (!block_bytes(&blocks[i], &bytes) || bytes > SIZE_MAX - *sum)
			return false;
		*sum += bytes;
	}
	return true;
}

static LocalRidgeStatus
allocate_blocks(const LocalRidgeCaller *caller, const Block *blocks, int count)
{
	void	   *pointer;
	size_t		bytes;
	int			i;

	for (i = 0; i < count; i++)
	{
		if (!block_bytes(&blocks[i], &bytes))
			return LOCAL_RIDGE_TOO_LARGE;
		pointer = caller->allocate(caller->context, bytes);
		if (pointer == NULL)
			return LOCAL_RIDGE_OUT_OF_MEMORY;
		memcpy(blocks[i].pointer, &pointer, sizeof(pointer));
	}
	return LOCAL_RIDGE_OK;
}

static void
release_blocks(const LocalRidgeCaller *caller, const Block *blocks, int count)
{
	void	   *pointer;
	int			i;

	for (i = 0; i < count; i++)
	{
		memcpy(&pointer, blocks[i].pointer, sizeof(pointer));
		if (pointer != NULL)
			caller->release(caller->context, pointer);
		pointer = NULL;
		memcpy(blocks[i].pointer, &pointer, sizeof(pointer));
	}
}

static Block
triangle_block(LocalRidge *ridge, uint32_t slots)
{
	Block		block = {
		&ridge->triangle,
		triangle_row(slots),
		sizeof(*ridge->triangle)
	};

	return block;
}

static uint32_t
weights_per_course(uint32_t courses, uint32_t neighbours)
{
	if (courses == 0)
		return 0;
	return neighbours < courses - 1 ? neighbours : courses - 1;
}

/*
 * Computes the bytes allocated at the same time: while fitting, without the
 * triangle, and while the sources are indexed.  Returns false on overflow.
 */
static bool
phases(LocalRidge *ridge, bool weighted, size_t *fitting, size_t *indexing)
{
	LocalRidgeModel model = {.courses = ridge->matrix.courses};
	Block		blocks[MAX_BLOCKS];
	Block		triangle = triangle_block(ridge, 0);

	*fitting = sizeof(LocalRidge);
	*indexing = 0;
	return add_bytes(blocks, list_blocks(ridge, weighted, blocks), fitting) &&
		add_bytes(&triangle, 1, fitting) &&
		add_bytes(blocks, list_target_blocks(&model, ridge->limit, blocks), fitting) &&
		add_bytes(blocks, list_target_blocks(&model, ridge->limit, blocks), indexing) &&
		add_bytes(blocks, list_source_blocks(&model, ridge->limit, blocks), indexing);
}

static size_t
larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

LocalRidgeStatus
local_ridge_memory(uint32_t users, uint32_t courses, size_t interactions,
				   bool weighted, uint32_t neighbours, LocalRidgeMemory *memory)
{
	LocalRidge	ridge = {.interactions = interactions};
	Block		triangle;
	size_t		fitting;
	size_t		indexing;

	ridge.matrix.users = users;
	ridge.matrix.courses = courses;
	ridge.limit = weights_per_course(courses, neighbours);
	if (!phases(&ridge, weighted, &fitting, &indexing))
		return LOCAL_RIDGE_TOO_LARGE;
	memory->least = larger(fitting, indexing);

	triangle = triangle_block(&ridge, courses);
	triangle.count -= triangle.count > 0;	/* one entry is always allocated */
	if (triangle.count > 0 && !add_bytes(&triangle, 1, &fitting))
		fitting = SIZE_MAX;
	memory->most = larger(fitting, indexing);
	return LOCAL_RIDGE_OK;
}

/* Returns the number of courses whose triangle fits into that many bytes. */
static uint32_t
slots_within(uint32_t courses, size_t bytes)
{
	double		entries = (double) bytes / sizeof(float);
	double		slots = floor((sqrt(8 * entries + 1) + 1) / 2);

	if (slots >= courses)
		slots = courses;
	/* The square root may have been rounded up. */
	while (slots > 0 && slots * (slots - 1) / 2 > entries)
		slots--;
	return (uint32_t) slots;
}

/*
 * Returns the number that fits into what the rest of a fit leaves of the
 * limit.
 */
static uint32_t
slots_within_limit(LocalRidge *ridge, size_t memory_limit)
{
	size_t		fitting;
	size_t		indexing;

	if (ridge->parameters.method != LOCAL_RIDGE_REGRESSION ||
		!phases(ridge, ridge->matrix.weight != NULL, &fitting, &indexing))
		return 0;
	return slots_within(ridge->matrix.courses, memory_limit - fitting);
}

/*
 * Checks
 */

/* Returns false for NaN, too. */
static bool
in_range(double value, double least, double most)
{
	return value >= least && value <= most;
}

static LocalRidgeStatus
check_parameters(const LocalRidgeParameters *parameters)
{
	if (parameters->method != LOCAL_RIDGE_REGRESSION &&
		parameters->method != LOCAL_RIDGE_COSINE &&
		parameters->method != LOCAL_RIDGE_POPULARITY)
		return LOCAL_RIDGE_BAD_METHOD;
	if (parameters->neighbours < 1 ||
		parameters->neighbours > LOCAL_RIDGE_MAX_NEIGHBOURS)
		return LOCAL_RIDGE_BAD_NEIGHBOURS;
	if (!in_range(parameters->lambda, DBL_MIN, LOCAL_RIDGE_MAX_PENALTY))
		return LOCAL_RIDGE_BAD_LAMBDA;
	if (!in_range(parameters->dropout, 0, LOCAL_RIDGE_MAX_PENALTY))
		return LOCAL_RIDGE_BAD_DROPOUT;
	if (!in_range(parameters->shrink, 0, LOCAL_RIDGE_MAX_PENALTY))
		return LOCAL_RIDGE_BAD_SHRINK;
	if (!in_range(parameters->lambda_balance, 0, LOCAL_RIDGE_MAX_EXPONENT) ||
		!in_range(parameters->activity_exponent, 0, LOCAL_RIDGE_MAX_EXPONENT) ||
		!in_range(parameters->neighbour_exponent, 0, LOCAL_RIDGE_MAX_EXPONENT) ||
		!in_range(parameters->target_exponent, 0, LOCAL_RIDGE_MAX_EXPONENT))
		return LOCAL_RIDGE_BAD_EXPONENT;
	return LOCAL_RIDGE_OK;
}

static LocalRidgeStatus
check_row_starts(const LocalRidgeMatrix *matrix)
{
	uint32_t	user;

	if (matrix->row_start[0] != 0)
		return LOCAL_RIDGE_BAD_ROWS;
	for (user = 0; user < matrix->users; user++)
	{
		if (matrix->row_start[user + 1] < matrix->row_start[user])
			return LOCAL_RIDGE_BAD_ROWS;
	}
	return LOCAL_RIDGE_OK;
}

/* Counts operations; returns false once the caller cancels. */
static inline bool
proceed(LocalRidge *ridge, size_t work)
{
	ridge->work += work;
	if (ridge->work < CHECK_INTERVAL)
		return true;
	ridge->work = 0;
	return ridge->caller.interrupted == NULL ||
		!ridge->caller.interrupted(ridge->caller.context, ridge->courses_done);
}

/*
 * The product of two floats is exact in double, so that their order does not
 * matter.
 */
static inline uint64_t
weigh_pair(float a, float b, double unit)
{
	return (uint64_t) ((double) a * b * unit + 0.5);
}

/*
 * Transposing the matrix
 */

/* Checks the interactions of all users, and counts each course's users. */
static LocalRidgeStatus
count_columns(LocalRidge *ridge, double *max_weight)
{
	const LocalRidgeMatrix *matrix = &ridge->matrix;
	uint32_t   *last_user = ridge->slot;	/* not in use yet */
	uint32_t	user;
	size_t		at;

	memset(ridge->column_start, 0,
		   ((size_t) matrix->courses + 1) * sizeof(size_t));
	for (at = 0; at < matrix->courses; at++)
		last_user[at] = NOBODY;
	*max_weight = 1;
	for (user = 0; user < matrix->users; user++)
	{
		for (at = matrix->row_start[user]; at < matrix->row_start[user + 1]; at++)
		{
			uint32_t	course = matrix->course[at];

			if (course >= matrix->courses)
				return LOCAL_RIDGE_BAD_COURSE;
			if (last_user[course] == user)
				return LOCAL_RIDGE_DUPLICATE;
			last_user[course] = user;
			ridge->column_start[course + 1]++;
			if (matrix->weight == NULL)
				continue;
			if (!in_range(matrix->weight[at], FLT_MIN, LOCAL_RIDGE_MAX_WEIGHT))
				return LOCAL_RIDGE_BAD_WEIGHT;
			*max_weight = fmax(*max_weight, matrix->weight[at]);
		}
		if (!proceed(ridge, at - matrix->row_start[user]))
			return LOCAL_RIDGE_CANCELLED;
	}
	return LOCAL_RIDGE_OK;
}

static LocalRidgeStatus
fill_columns(LocalRidge *ridge)
{
	const LocalRidgeMatrix *matrix = &ridge->matrix;
	uint32_t	course;
	uint32_t	user;
	size_t		at;

	for (course = 0; course < matrix->courses; course++)
		ridge->column_start[course + 1] += ridge->column_start[course];
	for (user = 0; user < matrix->users; user++)
	{
		for (at = matrix->row_start[user]; at < matrix->row_start[user + 1]; at++)
		{
			size_t		to = ridge->column_start[matrix->course[at]]++;

			ridge->user[to] = user;
			if (matrix->weight != NULL)
				ridge->user_weight[to] = matrix->weight[at];
		}
		if (!proceed(ridge, at - matrix->row_start[user]))
			return LOCAL_RIDGE_CANCELLED;
	}
	/*
	 * Each start has moved to the start of the next column: shift them back.
	 */
	for (course = matrix->courses; course > 0; course--)
		ridge->column_start[course] = ridge->column_start[course - 1];
	ridge->column_start[0] = 0;
	return LOCAL_RIDGE_OK;
}

/*
 * Chooses the fraction so that no sum can overflow; computes the units and the
 * share.
 */
static void
weigh_users(LocalRidge *ridge, double max_weight)
{
	const size_t *row_start = ridge->matrix.row_start;
	uint64_t	total = 0;
	uint32_t	user;
	int			bits;

	frexp(ridge->matrix.users * max_weight * max_weight, &bits);
	bits = SUM_BITS - bits;
	ridge->fraction = ldexp(1, bits < MAX_FRACTION_BITS ? bits : MAX_FRACTION_BITS);
	for (user = 0; user < ridge->matrix.users; user++)
	{
		size_t		count = row_start[user + 1] - row_start[user];

		ridge->unit[user] = count == 0 ? 0 :
			rint(pow((double) count, -ridge->parameters.activity_exponent) *
				 ridge->fraction);
		total += (uint64_t) ridge->unit[user];
	}
	ridge->share = ridge->parameters.intercept && total > 0 ?
		ridge->fraction / (double) total : 0;
}

/* Computes G_ii, m_i and d_i^b for each course, and M. */
static LocalRidgeStatus
weigh_courses(LocalRidge *ridge)
{
	double		sum = 0;
	double		sum_of_squares = 0;
	uint32_t	course;

	for (course = 0; course < ridge->matrix.courses; course++)
	{
		size_t		end = ridge->column_start[course + 1];
		size_t		at = ridge->column_start[course];
		size_t		users = end - at;
		uint64_t	diagonal = 0;
		uint64_t	moment = 0;

		for (; at < end; at++)
		{
			float		weight = ridge->user_weight ? ridge->user_weight[at] : 1;
			double		unit = ridge->unit[ridge->user[at]];

			diagonal += weigh_pair(weight, weight, unit);
			moment += weigh_pair(weight, 1, unit);
		}
		ridge->diagonal[course] = (float) (diagonal / ridge->fraction);
		ridge->moment[course] = moment / ridge->fraction;
		ridge->distance[course] =
			ridge->parameters.method == LOCAL_RIDGE_COSINE ?
			sqrt(ridge->diagonal[course]) :
			pow((double) users, ridge->parameters.neighbour_exponent);
		sum += ridge->diagonal[course];
		sum_of_squares += ridge->diagonal[course] * ridge->diagonal[course];
		if (!proceed(ridge, users + 1))
			return LOCAL_RIDGE_CANCELLED;
	}
	ridge->popularity = sum > 0 ? POPULARITY_SHARE * sum_of_squares / sum : 1;
	return LOCAL_RIDGE_OK;
}

/*
 * The matrix G
 */

/* Adds the products of one user of a course to the course's column of G. */
static inline void
add_user(const LocalRidge *ridge, size_t at, uint64_t *sums)
{
	const LocalRidgeMatrix *matrix = &ridge->matrix;
	uint32_t	user = ridge->user[at];
	size_t		i = matrix->row_start[user];
	size_t		end = matrix->row_start[user + 1];
	double		unit = ridge->unit[user];

	if (matrix->weight == NULL)
	{
		uint64_t	whole = (uint64_t) unit;

		for (; i < end; i++)
			sums[matrix->course[i]] += whole;
		return;
	}
	for (; i < end; i++)
		sums[matrix->course[i]] += weigh_pair(ridge->user_weight[at],
											  matrix->weight[i], unit);
}

/* Computes a column of G, in ridge->column. */
static bool
sum_column(LocalRidge *ridge, uint32_t course)
{
	const size_t *row_start = ridge->matrix.row_start;
	size_t		at;

	memset(ridge->column, 0, ridge->matrix.courses * sizeof(uint64_t));
	for (at = ridge->column_start[course]; at < ridge->column_start[course + 1]; at++)
	{
		uint32_t	user = ridge->user[at];

		add_user(ridge, at, ridge->column);
		if (!proceed(ridge, row_start[user + 1] - row_start[user] + 1))
			return false;
	}
	return proceed(ridge, ridge->matrix.courses / 8 + 1);
}

/*
 * Rounds as the triangle does, so that the result does not depend on memory.
 */
static inline double
entry(const LocalRidge *ridge, uint64_t sum)
{
	return (float) (sum / ridge->fraction);
}

static inline float
look_up(const LocalRidge *ridge, uint32_t slot, uint32_t other)
{
	if (slot < other)
		return ridge->triangle[triangle_row(other) + slot];
	return ridge->triangle[triangle_row(slot) + other];
}

/*
 * Assigns the slots to the most popular courses, and computes their triangle
 * of G.
 */
static LocalRidgeStatus
fill_triangle(LocalRidge *ridge)
{
	uint32_t	courses = ridge->matrix.courses;
	uint32_t	count = 0;
	uint32_t	slot;
	uint32_t	other;

	for (slot = 0; slot < courses; slot++)
	{
		TopCourse	item = {
			(double) (ridge->column_start[slot + 1] - ridge->column_start[slot]),
			slot
		};

		top_courses_add(ridge->top, &count, courses, item);
	}
	top_courses_sort(ridge->top, count);
	for (slot = 0; slot < courses; slot++)
		ridge->slot[ridge->top[slot].course] = slot;

	for (slot = 0; slot < ridge->slots; slot++)
	{
		float	   *row = ridge->triangle + triangle_row(slot);

		if (!sum_column(ridge, ridge->top[slot].course))
			return LOCAL_RIDGE_CANCELLED;
		for (other = 0; other < slot; other++)
			row[other] = (float) entry(ridge, ridge->column[ridge->top[other].course]);
	}
	return LOCAL_RIDGE_OK;
}

/*
 * Fitting one course
 */

/* Selects the neighbours of the target, whose column is in ridge->column. */
static uint32_t
select_neighbours(LocalRidge *ridge, uint32_t target)
{
	double		target_distance =
		ridge->parameters.method == LOCAL_RIDGE_COSINE ? ridge->distance[target] :
		pow((double) (ridge->column_start[target + 1] - ridge->column_start[target]),
			ridge->parameters.target_exponent);
	double		shrink =
		ridge->parameters.method == LOCAL_RIDGE_COSINE ? 0 : ridge->parameters.shrink;
	uint32_t	count = 0;
	uint32_t	course;

	for (course = 0; course < ridge->matrix.courses; course++)
	{
		TopCourse	item = {0, course};

		/* A diagonal is 0 only where all weights are too small to count. */
		if (ridge->column[course] == 0 || course == target ||
			ridge->diagonal[course] == 0 || ridge->diagonal[target] == 0)
			continue;
		item.score = entry(ridge, ridge->column[course]) /
			(ridge->distance[course] * target_distance + shrink);
		top_courses_add(ridge->top, &count, ridge->limit, item);
	}
	top_courses_sort(ridge->top, count);
	return count;
}

/* Orders the neighbours in the triangle first; returns how many these are. */
static uint32_t
order_neighbours(LocalRidge *ridge, uint32_t count)
{
	uint32_t	inside = 0;
	uint32_t	i;

	for (i = 0; i < count; i++)
		inside += ridge->slot[ridge->top[i].course] < ridge->slots;
	for (i = count; i-- > 0;)
	{
		if (ridge->slot[ridge->top[i].course] < ridge->slots)
			ridge->order[--inside] = (uint16_t) i;
		else
			ridge->order[--count] = (uint16_t) i;
	}
	return count;
}

/* Lists which neighbours each user of a group has taken, in that order. */
static void
list_members(LocalRidge *ridge, uint32_t count, uint32_t first)
{
	uint32_t	i;

	for (i = 0; i < count; i++)
	{
		uint32_t	course = ridge->top[ridge->order[i]].course;
		size_t		end = ridge->column_start[course + 1];
		size_t		at;

		for (at = ridge->cursor[i];
			 at < end && ridge->user[at] - first < GROUP; at++)
		{
			uint32_t	user = ridge->user[at] - first;
			size_t		to = (size_t) user * ridge->limit + ridge->members[user]++;

			ridge->member[to] = (uint16_t) i;
			if (ridge->user_weight != NULL)
				ridge->member_weight[to] = ridge->user_weight[at];
		}
		ridge->cursor[i] = at;
	}
}

/*
 * Adds a user's pairs of neighbours, except for those that are in the
 * triangle.
 */
static size_t
add_pairs(LocalRidge *ridge, uint32_t first, uint32_t user, uint32_t inside)
{
	const uint16_t *member = ridge->member + (size_t) user * ridge->limit;
	double		unit = ridge->unit[first + user];
	size_t		work = 1;
	uint32_t	i;
	uint32_t	j;

	for (i = ridge->members[user]; i-- > 0 && member[i] >= inside;)
	{
		uint64_t   *row = ridge->pair + triangle_row(member[i]);
		const float *weight;

		work += i;
		if (ridge->user_weight == NULL)
		{
			for (j = 0; j < i; j++)
				row[member[j]] += (uint64_t) unit;
			continue;
		}
		weight = ridge->member_weight + (size_t) user * ridge->limit;
		for (j = 0; j < i; j++)
			row[member[j]] += weigh_pair(weight[i], weight[j], unit);
	}
	ridge->members[user] = 0;
	return work;
}

/*
 * Computes ridge->pair from the users of the neighbours.
 *
 * The users of each column are in ascending order, so that all columns can be
 * read in parallel, one group of users at a time.
 */
static bool
sum_pairs(LocalRidge *ridge, uint32_t count, uint32_t inside)
{
	uint64_t	first;
	uint32_t	i;

	memset(ridge->pair, 0, triangle_row(count) * sizeof(uint64_t));
	memset(ridge->members, 0, GROUP * sizeof(uint16_t));
	for (i = 0; i < count; i++)
		ridge->cursor[i] =
			ridge->column_start[ridge->top[ridge->order[i]].course];
	for (first = 0; first < ridge->matrix.users; first += GROUP)
	{
		list_members(ridge, count, (uint32_t) first);
		for (i = 0; i < GROUP; i++)
		{
			if (ridge->members[i] > 0 &&
				!proceed(ridge, add_pairs(ridge, (uint32_t) first, i, inside)))
				return false;
		}
		if (!proceed(ridge, count))
			return false;
	}
	return true;
}

/* Computes G_NN without its diagonal, in ridge->system. */
static bool
make_gram(LocalRidge *ridge, uint32_t count)
{
	uint32_t	inside = order_neighbours(ridge, count);
	uint32_t	i;
	uint32_t	j;

	if (inside < count && !sum_pairs(ridge, count, inside))
		return false;
	for (i = 0; i < count; i++)
	{
		uint32_t	a = ridge->order[i];
		uint32_t	slot = ridge->slot[ridge->top[a].course];

		for (j = 0; j < i; j++)
		{
			uint32_t	b = ridge->order[j];
			size_t		at = a > b ? (size_t) a * ridge->limit + b :
				(size_t) b * ridge->limit + a;

			ridge->system[at] = i < inside ?
				look_up(ridge, slot, ridge->slot[ridge->top[b].course]) :
				entry(ridge, ridge->pair[triangle_row(i) + j]);
		}
	}
	return true;
}

/* Turns G_NN into C_NN plus penalty, and computes the right-hand side. */
static void
make_system(LocalRidge *ridge, uint32_t target, uint32_t count)
{
	const LocalRidgeParameters *parameters = &ridge->parameters;
	uint32_t	i;
	uint32_t	j;

	for (i = 0; i < count; i++)
	{
		uint32_t	course = ridge->top[i].course;
		double		mean = ridge->moment[course] * ridge->share;
		double		diagonal = ridge->diagonal[course];
		double	   *row = ridge->system + (size_t) i * ridge->limit;

		for (j = 0; j < i; j++)
			row[j] -= mean * ridge->moment[ridge->top[j].course];
		row[i] = diagonal - mean * ridge->moment[course] +
			parameters->dropout * diagonal + parameters->lambda *
			pow(sqrt(diagonal * ridge->diagonal[target]) / ridge->popularity,
				parameters->lambda_balance);
		ridge->solution[i] = entry(ridge, ridge->column[course]) -
			mean * ridge->moment[target];
	}
}

/* Sums four products in parallel, to hide the latency of additions. */
static inline double
dot_product(const double *a, const double *b, uint32_t count)
{
	double		s0 = 0;
	double		s1 = 0;
	double		s2 = 0;
	double		s3 = 0;
	uint32_t	i;

	for (i = 0; i + 4 <= count; i += 4)
	{
		s0 += a[i] * b[i];
		s1 += a[i + 1] * b[i + 1];
		s2 += a[i + 2] * b[i + 2];
		s3 += a[i + 3] * b[i + 3];
	}
	for (; i < count; i++)
		s0 += a[i] * b[i];
	return (s0 + s1) + (s2 + s3);
}

/*
 * Replaces the system by its Cholesky factor, with the diagonal inverted.
 *
 * A course that is nearly a linear combination of the previous ones gets a 0
 * on the diagonal, and so no weight.  Otherwise duplicates would make the
 * system singular where lambda is tiny.
 */
static bool
factorize(LocalRidge *ridge, uint32_t count)
{
	uint32_t	i;
	uint32_t	j;

	for (i = 0; i < count; i++)
	{
		double	   *row = ridge->system + (size_t) i * ridge->limit;
		double		pivot;

		for (j = 0; j < i; j++)
		{
			const double *above = ridge->system + (size_t) j * ridge->limit;

			row[j] = (row[j] - dot_product(row, above, j)) * above[j];
		}
		pivot = row[i] - dot_product(row, row, i);
		row[i] = pivot > MIN_PIVOT * ridge->diagonal[ridge->top[i].course] ?
			1 / sqrt(pivot) : 0;
		if (!proceed(ridge, (size_t) i * i / 2 + 1))
			return false;
	}
	return true;
}

static void
substitute(LocalRidge *ridge, uint32_t count)
{
	double	   *x = ridge->solution;
	uint32_t	i;
	uint32_t	j;

	for (i = 0; i < count; i++)
	{
		const double *row = ridge->system + (size_t) i * ridge->limit;

		x[i] = (x[i] - dot_product(row, x, i)) * row[i];
	}
	for (i = count; i-- > 0;)
	{
		const double *row = ridge->system + (size_t) i * ridge->limit;

		x[i] *= row[i];
		for (j = 0; j < i; j++)
			x[j] -= row[j] * x[i];
	}
}

/* Rounds to a float, and to a multiple such that sums are exact. */
double
local_ridge_round(double weight)
{
	return (float) (rint(weight * WEIGHT_UNIT) / WEIGHT_UNIT);
}

/* Sorts the weights that are not 0 into ridge->top, largest first. */
static uint32_t
sort_weights(LocalRidge *ridge, uint32_t count)
{
	uint32_t	kept = 0;
	uint32_t	i;

	for (i = 0; i < count; i++)
	{
		TopCourse	item = {local_ridge_round(ridge->solution[i]), ridge->top[i].course};

		if (item.score != 0)
			top_courses_add(ridge->top, &kept, count, item);
	}
	top_courses_sort(ridge->top, kept);
	return kept;
}

static double
find_intercept(const LocalRidge *ridge, uint32_t target, uint32_t count)
{
	double		rest = ridge->moment[target];
	uint32_t	i;

	for (i = 0; i < count; i++)
		rest -= ridge->solution[i] * ridge->moment[ridge->top[i].course];
	return local_ridge_round(rest * ridge->share);
}

/* Fits one course; its weights are then in ridge->top. */
static LocalRidgeStatus
fit_course(LocalRidge *ridge, uint32_t target, uint32_t *count, double *intercept)
{
	uint32_t	found;
	uint32_t	i;

	*count = 0;
	*intercept = 0;
	if (ridge->parameters.method == LOCAL_RIDGE_POPULARITY)
	{
		*intercept = (double) (ridge->column_start[target + 1] -
							   ridge->column_start[target]);
		return LOCAL_RIDGE_OK;
	}
	if (!sum_column(ridge, target))
		return LOCAL_RIDGE_CANCELLED;
	found = ridge->limit > 0 ? select_neighbours(ridge, target) : 0;
	if (ridge->parameters.method == LOCAL_RIDGE_COSINE)
	{
		for (i = 0; i < found; i++)
			ridge->solution[i] = ridge->top[i].score;
		*count = sort_weights(ridge, found);
		return LOCAL_RIDGE_OK;
	}
	if (!make_gram(ridge, found))
		return LOCAL_RIDGE_CANCELLED;
	make_system(ridge, target, found);
	if (!factorize(ridge, found))
		return LOCAL_RIDGE_CANCELLED;
	substitute(ridge, found);
	*intercept = find_intercept(ridge, target, found);
	*count = sort_weights(ridge, found);
	return LOCAL_RIDGE_OK;
}

/*
 * Opening and closing
 */

static LocalRidgeStatus
prepare(LocalRidge *ridge)
{
	double		max_weight;
	LocalRidgeStatus status;

	status = count_columns(ridge, &max_weight);
	if (status == LOCAL_RIDGE_OK)
		status = fill_columns(ridge);
	if (status != LOCAL_RIDGE_OK)
		return status;
	weigh_users(ridge, max_weight);
	status = weigh_courses(ridge);
	if (status == LOCAL_RIDGE_OK)
		status = fill_triangle(ridge);
	return status;
}

static LocalRidgeStatus
allocate_all(LocalRidge *ridge)
{
	Block		blocks[MAX_BLOCKS];
	Block		triangle = triangle_block(ridge, ridge->slots);
	LocalRidgeStatus status;

	status = allocate_blocks(&ridge->caller, blocks,
							 list_blocks(ridge, ridge->matrix.weight != NULL, blocks));
	if (status == LOCAL_RIDGE_OK)
		status = allocate_blocks(&ridge->caller, &triangle, 1);
	return status;
}

/* Makes the checks that need no memory. */
static LocalRidgeStatus
check_all(const LocalRidgeMatrix *matrix, const LocalRidgeParameters *parameters,
		  size_t memory_limit)
{
	LocalRidgeMemory memory;
	LocalRidgeStatus status = check_parameters(parameters);

	if (status == LOCAL_RIDGE_OK)
		status = check_row_starts(matrix);
	if (status == LOCAL_RIDGE_OK)
		status = local_ridge_memory(matrix->users, matrix->courses,
									matrix->row_start[matrix->users],
									matrix->weight != NULL,
									parameters->neighbours, &memory);
	if (status == LOCAL_RIDGE_OK && memory.least > memory_limit)
		status = LOCAL_RIDGE_MEMORY_LIMIT;
	return status;
}

LocalRidgeStatus
local_ridge_open(const LocalRidgeMatrix *matrix,
				 const LocalRidgeParameters *parameters,
				 const LocalRidgeCaller *caller, size_t memory_limit,
				 LocalRidge **result)
{
	LocalRidge *ridge;
	LocalRidgeStatus status;

	*result = NULL;
	status = check_all(matrix, parameters, memory_limit);
	if (status != LOCAL_RIDGE_OK)
		return status;
	ridge = caller->allocate(caller->context, sizeof(LocalRidge));
	if (ridge == NULL)
		return LOCAL_RIDGE_OUT_OF_MEMORY;
	memset(ridge, 0, sizeof(LocalRidge));
	ridge->matrix = *matrix;
	ridge->parameters = *parameters;
	ridge->caller = *caller;
	ridge->interactions = matrix->row_start[matrix->users];
	ridge->limit = weights_per_course(matrix->courses, parameters->neighbours);
	ridge->slots = slots_within_limit(ridge, memory_limit);

	status = allocate_all(ridge);
	if (status == LOCAL_RIDGE_OK)
		status = prepare(ridge);
	if (status == LOCAL_RIDGE_OK)
		*result = ridge;
	else
		local_ridge_close(ridge);
	return status;
}

LocalRidgeStatus
local_ridge_fit_course(LocalRidge *ridge, uint32_t course, TopCourse *weights,
					   uint32_t *count, double *intercept)
{
	LocalRidgeStatus status;

	*count = 0;
	*intercept = 0;
	if (course >= ridge->matrix.courses)
		return LOCAL_RIDGE_BAD_COURSE;
	status = fit_course(ridge, course, count, intercept);
	if (status == LOCAL_RIDGE_OK && *count > 0)
		memcpy(weights, ridge->top, *count * sizeof(TopCourse));
	return status;
}

void
local_ridge_close(LocalRidge *ridge)
{
	LocalRidgeCaller caller = ridge->caller;
	Block		blocks[MAX_BLOCKS];
	Block		triangle = triangle_block(ridge, 0);

	release_blocks(&caller, &triangle, 1);
	release_blocks(&caller, blocks,
				   list_blocks(ridge, ridge->matrix.weight != NULL, blocks));
	caller.release(caller.context, ridge);
}

/*
 * The model
 */

LocalRidgeStatus
local_ridge_begin_model(LocalRidgeModel *model, uint32_t courses, uint32_t limit,
						const LocalRidgeCaller *caller)
{
	Block		blocks[MAX_BLOCKS];
	LocalRidgeStatus status;

	memset(model, 0, sizeof(*model));
	model->courses = courses;
	status = allocate_blocks(caller, blocks,
							 list_target_blocks(model, limit, blocks));
	if (status == LOCAL_RIDGE_OK)
		model->target_start[0] = 0;
	return status;
}

void
local_ridge_add_course(LocalRidgeModel *model, uint32_t course,
					   const TopCourse *weights, uint32_t count,
					   double intercept, double popularity)
{
	size_t		at = model->target_start[course];
	uint32_t	i;

	for (i = 0; i < count; i++)
	{
		model->neighbour[at + i] = weights[i].course;
		model->neighbour_weight[at + i] = (float) weights[i].score;
	}
	model->target_start[course + 1] = at + count;
	model->intercept[course] = (float) intercept;
	model->popularity[course] = (float) popularity;
}

/* Indexes the weights by the course from which they come. */
static LocalRidgeStatus
index_sources(LocalRidgeModel *model, const LocalRidgeCaller *caller)
{
	size_t		total = model->target_start[model->courses];
	size_t	   *start = model->source_start;
	uint32_t	course;
	size_t		at;

	memset(start, 0, ((size_t) model->courses + 1) * sizeof(size_t));
	for (at = 0; at < total; at++)
		start[model->neighbour[at] + 1]++;
	for (course = 0; course < model->courses; course++)
		start[course + 1] += start[course];
	for (course = 0; course < model->courses; course++)
	{
		if (course % GROUP == 0 && caller->interrupted != NULL &&
			caller->interrupted(caller->context, model->courses))
			return LOCAL_RIDGE_CANCELLED;
		for (at = model->target_start[course]; at < model->target_start[course + 1]; at++)
		{
			size_t		to = start[model->neighbour[at]]++;

			model->target[to] = course;
			model->target_weight[to] = model->neighbour_weight[at];
		}
	}
	for (course = model->courses; course > 0; course--)
		start[course] = start[course - 1];
	start[0] = 0;
	return LOCAL_RIDGE_OK;
}

LocalRidgeStatus
local_ridge_finish_model(LocalRidgeModel *model, uint32_t limit,
						 const LocalRidgeCaller *caller)
{
	Block		blocks[MAX_BLOCKS];
	LocalRidgeStatus status;

	status = allocate_blocks(caller, blocks,
							 list_source_blocks(model, limit, blocks));
	return status == LOCAL_RIDGE_OK ? index_sources(model, caller) : status;
}

/* Returns the number of users who have taken any course, at least 1. */
static uint32_t
count_active_users(const LocalRidgeMatrix *matrix)
{
	uint32_t	active = 0;
	uint32_t	user;

	for (user = 0; user < matrix->users; user++)
		active += matrix->row_start[user + 1] > matrix->row_start[user];
	return active > 0 ? active : 1;
}

static LocalRidgeStatus
fit_targets(LocalRidge *ridge, LocalRidgeModel *model)
{
	double		users = count_active_users(&ridge->matrix);
	uint32_t	course;
	LocalRidgeStatus status;

	status = local_ridge_begin_model(model, ridge->matrix.courses, ridge->limit,
									 &ridge->caller);
	if (status != LOCAL_RIDGE_OK)
		return status;
	for (course = 0; course < model->courses; course++)
	{
		size_t		taken = ridge->column_start[course + 1] -
			ridge->column_start[course];
		uint32_t	count;
		double		intercept;

		ridge->courses_done = course;
		status = fit_course(ridge, course, &count, &intercept);
		if (status != LOCAL_RIDGE_OK)
			return status;
		local_ridge_add_course(model, course, ridge->top, count, intercept,
							   ridge->parameters.method == LOCAL_RIDGE_REGRESSION ?
							   (double) taken / users : 0);
	}
	return LOCAL_RIDGE_OK;
}

LocalRidgeStatus
local_ridge_fit(const LocalRidgeMatrix *matrix,
				const LocalRidgeParameters *parameters,
				const LocalRidgeCaller *caller, size_t memory_limit,
				LocalRidgeModel *model)
{
	uint32_t	limit = weights_per_course(matrix->courses, parameters->neighbours);
	LocalRidge *ridge;
	LocalRidgeStatus status;

	memset(model, 0, sizeof(*model));
	model->courses = matrix->courses;
	status = local_ridge_open(matrix, parameters, caller, memory_limit, &ridge);
	if (status != LOCAL_RIDGE_OK)
		return status;
	status = fit_targets(ridge, model);
	local_ridge_close(ridge);
	if (status == LOCAL_RIDGE_OK)
		status = local_ridge_finish_model(model, limit, caller);
	if (status != LOCAL_RIDGE_OK)
		local_ridge_free(model, caller);
	return status;
}

void
local_ridge_free(LocalRidgeModel *model, const LocalRidgeCaller *caller)
{
	Block		blocks[MAX_BLOCKS];

	release_blocks(caller, blocks, list_source_blocks(model, 0, blocks));
	release_blocks(caller, blocks, list_target_blocks(model, 0, blocks));
}
