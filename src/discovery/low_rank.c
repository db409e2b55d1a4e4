/*
 * low_rank.c
 *		The low-rank part of the recommender's model, folded into its weights.
 *
 * The ideal low-pass filter of GF-CF (Shen et al., CIKM 2021).  Let R be the
 * matrix of who took what, d_u the number of u's courses and d_i the number of
 * i's users; and let V be the first right singular vectors, of singular values
 * s, of the matrix with the entries
 *
 *		R_ui d_u^-a d_i^-b
 *
 * Course i then adds to the score of course j
 *
 *		d_i^-b d_j^b sum over f of (s_f / s_1)^p V_if V_jf
 *
 * where f begins with 2: the first vector is popularity, which the model's
 * intercepts contain already, and which would crowd out courses that few take.
 * This is multiplied by a factor such that the scores of this part vary t times as much, from
 * course to course, as those of the model into which it is folded (the ratio
 * of the mean standard deviations, over a sample of the users).
 *
 * The sum of both parts is a weight for each pair of courses.  Of each course's,
 * those with the largest |w_ij| sqrt(d_i) are kept, and what the others add for
 * an average user goes to the intercept.  So a course's weights still say
 * exactly what each of a learner's courses adds to its score.
 *
 * The singular vectors come from a randomised subspace iteration (Halko,
 * Martinsson and Tropp, SIAM Review 53, 2011) with the Gram matrix, which is
 * applied user by user, and is not stored.  The users are processed in their
 * order, so that another order changes the result by rounding errors.
 *
 * Cost: a few passes over the interactions with (rank + 10) operations each;
 * rank operations for each pair of courses.  Memory: three times (rank + 10)
 * numbers for each course, and the model.
 */
#include "discovery/low_rank.h"

#include <math.h>
#include <string.h>

/* Further vectors, which make the first ones more accurate. */
#define OVERSAMPLING	10

/* The rank is limited to one in so many courses. */
#define COURSES_PER_VECTOR	8
#define MIN_RANK		8

#define PASSES			4
#define MAX_SWEEPS		30

/* Vectors are processed in pieces of this length, for SIMD instructions. */
#define PIECE			8

/* How many users tell how much scores vary. */
#define SAMPLE			512

#define CHECK_INTERVAL	((size_t) 1 << 20)

/* A smaller pivot is a rounding error. */
#define MIN_PIVOT		1e-9

typedef struct Work
{
	const LocalRidgeMatrix *matrix;
	const LocalRidgeCaller *caller;
	uint32_t	width;			/* vectors, a multiple of PIECE */
	size_t		operations;		/* since interrupted() was called */
	float	   *basis;			/* rows of width, one for each course */
	float	   *image;
	float	   *scale;			/* d_i^-b */
	float	   *vector;			/* width numbers */
	double	   *gram;			/* width * width */
	double	   *rotation;		/* width * width */
	double	   *value;			/* width */
	uint32_t   *order;			/* width */
} Work;

LowRankParameters
low_rank_defaults(void)
{
	LowRankParameters parameters = {
		.rank = 128,
		.share = 0.5,
		.spectrum_exponent = 0.5,
		.activity_exponent = 0.25,
		.popularity_exponent = 0.5,
		.weights = 200
	};

	return parameters;
}

/* In a catalogue of few courses, there is no more than noise to add. */
static uint32_t
useful_rank(const LowRankParameters *parameters, uint32_t courses)
{
	uint32_t	most = courses / COURSES_PER_VECTOR;

	if (most < MIN_RANK)
		return 0;
	return parameters->rank < most ? parameters->rank : most;
}

static uint32_t
round_up(uint32_t number)
{
	return (number + PIECE - 1) / PIECE * PIECE;
}

LocalRidgeStatus
low_rank_memory(uint32_t courses, const LowRankParameters *parameters,
				uint32_t neighbours, size_t *bytes)
{
	double		width = round_up(parameters->rank + OVERSAMPLING);
	double		fit = (double) courses * (2 * width + 1) * sizeof(float) +
		2 * width * width * sizeof(double) + 64 * width;
	double		vectors = 2 * (double) courses * round_up(parameters->rank) * sizeof(float);
	double		fold = (double) courses *
		((2 * sizeof(uint32_t) + 2 * sizeof(float)) * ((double) parameters->weights + neighbours) +
		 4 * sizeof(size_t) + 6 * sizeof(double) + sizeof(TopCourse));
	double		sum = (fit > fold ? fit : fold) + vectors + 1024;

	if (sum > (double) (SIZE_MAX / 2))
		return LOCAL_RIDGE_TOO_LARGE;
	*bytes = parameters->rank > 0 ? (size_t) sum : 0;
	return LOCAL_RIDGE_OK;
}

static bool
proceed(Work *work, size_t operations)
{
	work->operations += operations;
	if (work->operations < CHECK_INTERVAL)
		return true;
	work->operations = 0;
	return work->caller->interrupted == NULL ||
		!work->caller->interrupted(work->caller->context, work->matrix->courses);
}

static void *
allocate(const LocalRidgeCaller *caller, size_t count, size_t size)
{
	if (count == 0)
		count = 1;
	if (count > SIZE_MAX / size)
		return NULL;
	return caller->allocate(caller->context, count * size);
}

static void
release(const LocalRidgeCaller *caller, void *pointer)
{
	if (pointer != NULL)
		caller->release(caller->context, pointer);
}

/*
 * Vectors.  The inner loops have a constant length, which compilers turn into
 * SIMD instructions.
 */

static inline void
add_multiple(float *sum, const float *vector, float factor, uint32_t width)
{
	uint32_t	i;
	uint32_t	k;

	for (i = 0; i < width; i += PIECE)
		for (k = 0; k < PIECE; k++)
			sum[i + k] += factor * vector[i + k];
}

static inline float
dot_product(const float *a, const float *b, uint32_t width)
{
	float		sums[PIECE] = {0};
	uint32_t	i;
	uint32_t	k;

	for (i = 0; i < width; i += PIECE)
		for (k = 0; k < PIECE; k++)
			sums[k] += a[i + k] * b[i + k];
	return ((sums[0] + sums[4]) + (sums[1] + sums[5])) +
		((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

/*
 * The singular vectors
 */

/* Applies the Gram matrix to the basis, user by user. */
static bool
apply_gram(Work *work, double activity_exponent)
{
	const LocalRidgeMatrix *matrix = work->matrix;
	uint32_t	width = work->width;
	uint32_t	user;

	memset(work->image, 0, (size_t) matrix->courses * width * sizeof(float));
	for (user = 0; user < matrix->users; user++)
	{
		size_t		start = matrix->row_start[user];
		size_t		end = matrix->row_start[user + 1];
		float		factor = (float) pow((double) (end - start), -2 * activity_exponent);
		size_t		at;

		memset(work->vector, 0, width * sizeof(float));
		for (at = start; at < end; at++)
			add_multiple(work->vector, work->basis + (size_t) matrix->course[at] * width,
						 work->scale[matrix->course[at]], width);
		for (at = start; at < end; at++)
			add_multiple(work->image + (size_t) matrix->course[at] * width, work->vector,
						 factor * work->scale[matrix->course[at]], width);
		if (!proceed(work, (end - start + 1) * width / 2))
			return false;
	}
	return true;
}

/* Computes the lower triangle of A'B, for rows of width numbers. */
static bool
multiply_transposed(Work *work, const float *a, const float *b)
{
	uint32_t	width = work->width;
	uint32_t	course;
	uint32_t	i;
	uint32_t	j;

	memset(work->gram, 0, (size_t) width * width * sizeof(double));
	for (course = 0; course < work->matrix->courses; course++)
	{
		const float *row = a + (size_t) course * width;
		const float *other = b + (size_t) course * width;

		for (i = 0; i < width; i++)
		{
			double	   *sums = work->gram + (size_t) i * width;
			double		factor = row[i];

			for (j = 0; j <= i; j++)
				sums[j] += factor * other[j];
		}
		if (!proceed(work, (size_t) width * width / 2))
			return false;
	}
	return true;
}

/*
 * Replaces a Gram matrix by the inverses of the diagonal and the rows of its
 * Cholesky factor; 0 where a vector depends on those before it.
 */
static void
factorize(double *gram, uint32_t width)
{
	uint32_t	i;
	uint32_t	j;
	uint32_t	k;

	for (i = 0; i < width; i++)
	{
		double	   *row = gram + (size_t) i * width;
		double		pivot = row[i];

		for (j = 0; j < i; j++)
		{
			const double *above = gram + (size_t) j * width;

			for (k = 0; k < j; k++)
				row[j] -= row[k] * above[k];
			row[j] *= above[j];
			pivot -= row[j] * row[j];
		}
		row[i] = pivot > MIN_PIVOT * row[i] && pivot > 0 ? 1 / sqrt(pivot) : 0;
	}
}

/* Makes the basis orthonormal, from the image. */
static bool
orthonormalize(Work *work)
{
	uint32_t	width = work->width;
	uint32_t	course;
	uint32_t	i;
	uint32_t	k;

	if (!multiply_transposed(work, work->image, work->image))
		return false;
	factorize(work->gram, width);
	for (course = 0; course < work->matrix->courses; course++)
	{
		const float *from = work->image + (size_t) course * width;
		float	   *to = work->basis + (size_t) course * width;

		for (i = 0; i < width; i++)
		{
			const double *row = work->gram + (size_t) i * width;
			double		rest = from[i];

			for (k = 0; k < i; k++)
				rest -= row[k] * to[k];
			to[i] = (float) (rest * row[i]);
		}
		if (!proceed(work, (size_t) width * width / 2))
			return false;
	}
	return true;
}

/* Rotates two rows and columns of a symmetric matrix so that (p, q) is 0. */
static void
rotate(double *matrix, double *rotation, uint32_t width, uint32_t p, uint32_t q)
{
	double		off = matrix[(size_t) p * width + q];
	double		theta = (matrix[(size_t) q * width + q] - matrix[(size_t) p * width + p]) / (2 * off);
	double		t = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1));
	double		c = 1 / sqrt(t * t + 1);
	double		s = t * c;
	uint32_t	k;

	for (k = 0; k < width; k++)
	{
		double	   *row = matrix + (size_t) k * width;
		double		a = row[p];

		row[p] = c * a - s * row[q];
		row[q] = s * a + c * row[q];
	}
	for (k = 0; k < width; k++)
	{
		double	   *first = matrix + (size_t) p * width + k;
		double	   *second = matrix + (size_t) q * width + k;
		double		a = *first;

		*first = c * a - s * *second;
		*second = s * a + c * *second;
		first = rotation + (size_t) p * width + k;
		second = rotation + (size_t) q * width + k;
		a = *first;
		*first = c * a - s * *second;
		*second = s * a + c * *second;
	}
}

/*
 * Finds the eigenvectors of work->gram, as rows of work->rotation, by Jacobi's
 * method, and lists them by descending eigenvalue.
 */
static bool
diagonalize(Work *work)
{
	uint32_t	width = work->width;
	double	   *matrix = work->gram;
	uint32_t	sweep;
	uint32_t	p;
	uint32_t	q;

	memset(work->rotation, 0, (size_t) width * width * sizeof(double));
	for (p = 0; p < width; p++)
	{
		work->rotation[(size_t) p * width + p] = 1;
		for (q = 0; q < p; q++)
			matrix[(size_t) q * width + p] = matrix[(size_t) p * width + q];
	}
	for (sweep = 0; sweep < MAX_SWEEPS; sweep++)
	{
		bool		rotated = false;

		for (p = 0; p < width; p++)
		{
			for (q = p + 1; q < width; q++)
			{
				double		off = matrix[(size_t) p * width + q];

				if (off * off <= 1e-20 * fabs(matrix[(size_t) p * width + p] * matrix[(size_t) q * width + q]) ||
					fabs(off) < 1e-30)
					continue;
				rotate(matrix, work->rotation, width, p, q);
				rotated = true;
			}
			if (!proceed(work, (size_t) width * width))
				return false;
		}
		if (!rotated)
			break;
	}
	for (p = 0; p < width; p++)
	{
		work->value[p] = matrix[(size_t) p * width + p];
		for (q = p; q > 0 && work->value[work->order[q - 1]] < work->value[p]; q--)
			work->order[q] = work->order[q - 1];
		work->order[q] = p;
	}
	return true;
}

/* Fills in the first basis with numbers that look random. */
static void
fill_basis(Work *work)
{
	size_t		count = (size_t) work->matrix->courses * work->width;
	uint64_t	state = UINT64_C(0x9e3779b97f4a7c15);
	size_t		i;

	for (i = 0; i < count; i++)
	{
		state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		work->image[i] = (float) (int32_t) (state >> 32) / 2147483648.0f;
	}
}

static bool
find_vectors(Work *work, double activity_exponent)
{
	int			pass;

	fill_basis(work);
	for (pass = 0; pass < PASSES; pass++)
	{
		if (!orthonormalize(work) || !apply_gram(work, activity_exponent))
			return false;
	}
	return multiply_transposed(work, work->basis, work->image) &&
		diagonalize(work);
}

/* Counts each course's users. */
static void
count_users(const LocalRidgeMatrix *matrix, float *users)
{
	size_t		at;
	uint32_t	course;

	for (course = 0; course < matrix->courses; course++)
		users[course] = 0;
	for (at = 0; at < matrix->row_start[matrix->users]; at++)
		users[matrix->course[at]]++;
}

static LocalRidgeStatus
allocate_work(Work *work, uint32_t courses)
{
	size_t		width = work->width;

	work->basis = allocate(work->caller, courses * width, sizeof(float));
	work->image = allocate(work->caller, courses * width, sizeof(float));
	work->scale = allocate(work->caller, courses, sizeof(float));
	work->vector = allocate(work->caller, width, sizeof(float));
	work->gram = allocate(work->caller, width * width, sizeof(double));
	work->rotation = allocate(work->caller, width * width, sizeof(double));
	work->value = allocate(work->caller, width, sizeof(double));
	work->order = allocate(work->caller, width, sizeof(uint32_t));
	return work->basis && work->image && work->scale && work->vector &&
		work->gram && work->rotation && work->value && work->order ?
		LOCAL_RIDGE_OK : LOCAL_RIDGE_OUT_OF_MEMORY;
}

static void
release_work(Work *work)
{
	release(work->caller, work->basis);
	release(work->caller, work->image);
	release(work->caller, work->scale);
	release(work->caller, work->vector);
	release(work->caller, work->gram);
	release(work->caller, work->rotation);
	release(work->caller, work->value);
	release(work->caller, work->order);
}

/* Computes the vectors of a course from the basis. */
static void
put_course(const Work *work, const LowRankParameters *parameters,
		   uint32_t course, LowRank *low_rank)
{
	const float *basis = work->basis + (size_t) course * work->width;
	float	   *source = low_rank->source + (size_t) course * low_rank->stride;
	float	   *target = low_rank->target + (size_t) course * low_rank->stride;
	double		first = work->value[work->order[0]];
	uint32_t	f;
	uint32_t	k;

	/* The first vector is left out. */
	for (f = 1; f < low_rank->rank; f++)
	{
		const double *rotation = work->rotation + (size_t) work->order[f] * work->width;
		double		value = work->value[work->order[f]];
		double		sum = 0;

		if (!(value > 0) || work->scale[course] == 0)
			continue;
		for (k = 0; k < work->width; k++)
			sum += rotation[k] * basis[k];
		target[f] = (float) (sum / work->scale[course]);
		source[f] = (float) (sum * work->scale[course] *
							 pow(value / first, parameters->spectrum_exponent / 2));
	}
}

LocalRidgeStatus
low_rank_fit(const LocalRidgeMatrix *matrix, const LowRankParameters *parameters,
			 const LocalRidgeCaller *caller, LowRank *low_rank)
{
	Work		work = {.matrix = matrix, .caller = caller};
	LocalRidgeStatus status;
	uint32_t	course;
	size_t		size;

	memset(low_rank, 0, sizeof(*low_rank));
	low_rank->courses = matrix->courses;
	low_rank->rank = useful_rank(parameters, matrix->courses);
	low_rank->stride = round_up(low_rank->rank);
	size = (size_t) matrix->courses * low_rank->stride;
	work.width = round_up(low_rank->rank + OVERSAMPLING);
	low_rank->source = allocate(caller, size, sizeof(float));
	low_rank->target = allocate(caller, size, sizeof(float));
	status = allocate_work(&work, matrix->courses);
	if (low_rank->source == NULL || low_rank->target == NULL)
		status = LOCAL_RIDGE_OUT_OF_MEMORY;
	if (status == LOCAL_RIDGE_OK)
	{
		memset(low_rank->source, 0, size * sizeof(float));
		memset(low_rank->target, 0, size * sizeof(float));
		count_users(matrix, work.scale);
		for (course = 0; course < matrix->courses; course++)
			work.scale[course] = work.scale[course] == 0 ? 0 :
				powf(work.scale[course], (float) -parameters->popularity_exponent);
		if (!find_vectors(&work, parameters->activity_exponent))
			status = LOCAL_RIDGE_CANCELLED;
	}
	for (course = 0; status == LOCAL_RIDGE_OK && course < matrix->courses; course++)
	{
		put_course(&work, parameters, course, low_rank);
		if (!proceed(&work, (size_t) work.width * low_rank->rank))
			status = LOCAL_RIDGE_CANCELLED;
	}
	release_work(&work);
	if (status != LOCAL_RIDGE_OK)
		low_rank_free(low_rank, caller);
	return status;
}

void
low_rank_free(LowRank *low_rank, const LocalRidgeCaller *caller)
{
	release(caller, low_rank->source);
	release(caller, low_rank->target);
	low_rank->source = NULL;
	low_rank->target = NULL;
}

/*
 * Folding
 */

typedef struct Fold
{
	const LowRank *low_rank;
	const LocalRidgeMatrix *matrix;
	const LocalRidgeModel *ridge;
	uint32_t	limit;			/* weights per course */
	float		factor;
	float	   *vector;			/* stride numbers */
	double	   *weight;			/* of each course, to the target */
	double	   *root;			/* of the number of each course's users */
	TopCourse  *kept;
	TopCourse  *sorted;
} Fold;

static void
deviation_of(const double *numbers, uint32_t count, double *deviation)
{
	double		sum = 0;
	double		squares = 0;
	uint32_t	i;

	for (i = 0; i < count; i++)
	{
		sum += numbers[i];
		squares += numbers[i] * numbers[i];
	}
	squares = squares / count - (sum / count) * (sum / count);
	*deviation += squares > 0 ? sqrt(squares) : 0;
}

static void
score_by_ridge(const Fold *fold, const uint32_t *taken, size_t count)
{
	const LocalRidgeModel *model = fold->ridge;
	size_t		i;
	size_t		entry;
	uint32_t	course;

	for (course = 0; course < model->courses; course++)
		fold->weight[course] = model->intercept[course];
	for (i = 0; i < count; i++)
	{
		for (entry = model->source_start[taken[i]];
			 entry < model->source_start[taken[i] + 1]; entry++)
			fold->weight[model->target[entry]] += model->target_weight[entry];
	}
}

static void
score_by_vectors(const Fold *fold, const uint32_t *taken, size_t count)
{
	const LowRank *low_rank = fold->low_rank;
	uint32_t	stride = low_rank->stride;
	uint32_t	course;
	size_t		i;

	memset(fold->vector, 0, stride * sizeof(float));
	for (i = 0; i < count; i++)
		add_multiple(fold->vector, low_rank->source + (size_t) taken[i] * stride, 1, stride);
	for (course = 0; course < low_rank->courses; course++)
		fold->weight[course] = dot_product(fold->vector, low_rank->target +
										   (size_t) course * stride, stride);
}

/* Computes how much the scores of this part are to be multiplied by. */
static bool
find_factor(Fold *fold, double share, Work *work)
{
	const LocalRidgeMatrix *matrix = fold->matrix;
	uint32_t	step = matrix->users / SAMPLE + 1;
	double		ridge_deviation = 0;
	double		deviation = 0;
	uint32_t	user;

	for (user = 0; user < matrix->users; user += step)
	{
		const uint32_t *taken = matrix->course + matrix->row_start[user];
		size_t		count = matrix->row_start[user + 1] - matrix->row_start[user];

		score_by_ridge(fold, taken, count);
		deviation_of(fold->weight, matrix->courses, &ridge_deviation);
		score_by_vectors(fold, taken, count);
		deviation_of(fold->weight, matrix->courses, &deviation);
		if (!proceed(work, (size_t) matrix->courses * (fold->low_rank->stride + 4)))
			return false;
	}
	fold->factor = deviation > 0 ? (float) (share * ridge_deviation / deviation) : 0;
	return true;
}

/* Computes the weights of all courses to the target. */
static void
add_parts(Fold *fold, uint32_t target)
{
	const LocalRidgeModel *ridge = fold->ridge;
	uint32_t	stride = fold->low_rank->stride;
	const float *vector = fold->low_rank->target + (size_t) target * stride;
	uint32_t	course;
	size_t		at;

	for (course = 0; course < ridge->courses; course++)
		fold->weight[course] = fold->factor *
			dot_product(fold->low_rank->source + (size_t) course * stride, vector, stride);
	fold->weight[target] = 0;
	for (at = ridge->target_start[target]; at < ridge->target_start[target + 1]; at++)
		fold->weight[ridge->neighbour[at]] += ridge->neighbour_weight[at];
}

/* Keeps the weights that matter most; returns what the others add. */
static double
select_weights(Fold *fold, uint32_t *count)
{
	const LocalRidgeModel *ridge = fold->ridge;
	double		rest = 0;
	uint32_t	kept = 0;
	uint32_t	course;
	uint32_t	i;

	for (course = 0; course < ridge->courses; course++)
	{
		TopCourse	item = {fabs(fold->weight[course]) * fold->root[course], course};

		if (item.score == 0)
			continue;
		top_courses_add(fold->kept, &kept, fold->limit, item);
		rest += fold->weight[course] * ridge->popularity[course];
	}
	*count = 0;
	for (i = 0; i < kept; i++)
	{
		TopCourse	item = {0, fold->kept[i].course};

		item.score = local_ridge_round(fold->weight[item.course]);
		rest -= fold->weight[item.course] * ridge->popularity[item.course];
		if (item.score != 0)
			top_courses_add(fold->sorted, count, fold->limit, item);
	}
	top_courses_sort(fold->sorted, *count);
	return rest;
}

static LocalRidgeStatus
fold_courses(Fold *fold, double share, Work *work, LocalRidgeModel *model)
{
	const LocalRidgeModel *ridge = fold->ridge;
	uint32_t	target;

	for (target = 0; target < ridge->courses; target++)
		fold->root[target] = sqrt(ridge->popularity[target]);
	if (!find_factor(fold, share, work))
		return LOCAL_RIDGE_CANCELLED;
	for (target = 0; target < ridge->courses; target++)
	{
		double		rest = 0;
		uint32_t	count = 0;

		if (ridge->popularity[target] > 0)
		{
			add_parts(fold, target);
			rest = select_weights(fold, &count);
		}
		local_ridge_add_course(model, target, fold->sorted, count,
							   local_ridge_round(ridge->intercept[target] + rest),
							   ridge->popularity[target]);
		if (!proceed(work, (size_t) ridge->courses * (fold->low_rank->stride + 4)))
			return LOCAL_RIDGE_CANCELLED;
	}
	return LOCAL_RIDGE_OK;
}

LocalRidgeStatus
low_rank_fold(const LowRank *low_rank, const LocalRidgeMatrix *matrix,
			  const LowRankParameters *parameters, const LocalRidgeModel *ridge,
			  const LocalRidgeCaller *caller, LocalRidgeModel *model)
{
	Work		work = {.matrix = matrix, .caller = caller};
	Fold		fold = {.low_rank = low_rank, .matrix = matrix, .ridge = ridge,
	.limit = parameters->weights};
	uint32_t	courses = ridge->courses;
	LocalRidgeStatus status;

	fold.vector = allocate(caller, low_rank->stride, sizeof(float));
	fold.weight = allocate(caller, courses, sizeof(double));
	fold.root = allocate(caller, courses, sizeof(double));
	fold.kept = allocate(caller, fold.limit, sizeof(TopCourse));
	fold.sorted = allocate(caller, fold.limit, sizeof(TopCourse));
	status = local_ridge_begin_model(model, courses, fold.limit, caller);
	if (!fold.vector || !fold.weight || !fold.root || !fold.kept || !fold.sorted)
		status = LOCAL_RIDGE_OUT_OF_MEMORY;
	if (status == LOCAL_RIDGE_OK)
		status = fold_courses(&fold, parameters->share, &work, model);
	release(caller, fold.vector);
	release(caller, fold.weight);
	release(caller, fold.root);
	release(caller, fold.kept);
	release(caller, fold.sorted);
	if (status == LOCAL_RIDGE_OK)
		status = local_ridge_finish_model(model, fold.limit, caller);
	if (status != LOCAL_RIDGE_OK)
		local_ridge_free(model, caller);
	return status;
}
