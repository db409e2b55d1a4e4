/*
 * ranking.c
 *		Ranks courses by a model or by skills, and measures how many of those
 *		that are hidden come first.
 *
 * All courses that a learner has not taken in the rest are ranked. Learners
 * without a hidden course do not count. The tail are the courses that are not
 * in the head: the most popular ones, as many as have half of the interactions
 * of the rest. To measure cold learners, all but the latest 1, 2 or 3 courses
 * of each learner are ignored, in turn.
 *
 * Cost: for each learner, the weights of the learner's courses, twice. Memory:
 * the workspace for one learner.
 */
#include "postgres.h"

#include "storage/shmem.h"

#include "base/compat.h"
#include "discovery/phase.h"
#include "discovery/ranking.h"
#include "discovery/ranking_metrics.h"
#include "discovery/top_courses.h"

#define COLD_COURSES	3

Size
ranking_size(uint64 courses, uint32 n)
{
	Size		per_course = sizeof(double) + 6 * sizeof(bool) +
	2 * sizeof(uint32) + sizeof(TopCourse);

	return add_size(mul_size(courses + 1, per_course),
					mul_size(n, sizeof(TopCourse) + sizeof(uint32)));
}

void
ranking_create(Ranking *ranking, uint32 courses, uint32 n, WorkMemory *memory)
{
	CourseScores *scores = &ranking->scores;

	ranking->courses = courses;
	ranking->author = NULL;
	ranking->skills = NULL;
	ranking->n = n;
	scores->score = work_memory_allocate(memory, courses, sizeof(double));
	scores->seen = work_memory_allocate(memory, courses, sizeof(bool));
	scores->wanted = work_memory_allocate(memory, courses, sizeof(bool));
	scores->course = work_memory_allocate(memory, courses, sizeof(uint32));
	scores->count = 0;
	ranking->excluded = work_memory_allocate(memory, courses, sizeof(bool));
	ranking->recommended = work_memory_allocate(memory, courses, sizeof(bool));
	ranking->head = work_memory_allocate(memory, courses, sizeof(bool));
	ranking->is_new = work_memory_allocate(memory, courses, sizeof(bool));
	ranking->relevant = work_memory_allocate(memory, courses, sizeof(uint32));
	ranking->popular = work_memory_allocate(memory, courses, sizeof(TopCourse));
	ranking->best = work_memory_allocate(memory, n, sizeof(TopCourse));
	ranking->ranked = work_memory_allocate(memory, n, sizeof(uint32));
	memset(scores->seen, 0, courses * sizeof(bool));
	memset(ranking->excluded, 0, courses * sizeof(bool));
}

/* Finds the courses that nobody but their authors have in the rest. */
static void
find_new(Ranking *ranking, const LocalRidgeMatrix *rest)
{
	uint32		user;
	size_t		at;

	memset(ranking->is_new, true, ranking->courses * sizeof(bool));
	for (user = 0; user < rest->users; user++)
		for (at = rest->row_start[user]; at < rest->row_start[user + 1]; at++)
			if (ranking->author == NULL || ranking->author[rest->course[at]] != user)
				ranking->is_new[rest->course[at]] = false;
}

/* Sorts the courses by popularity, and finds the head. */
static void
sort_by_popularity(Ranking *ranking, const LocalRidgeMatrix *rest)
{
	size_t		interactions = rest->row_start[rest->users];
	uint32	   *learners = ranking->relevant;	/* not in use yet */
	size_t		sum = 0;
	uint32		count = 0;
	size_t		at;
	uint32		i;

	memset(learners, 0, ranking->courses * sizeof(uint32));
	for (at = 0; at < interactions; at++)
		learners[rest->course[at]]++;
	for (i = 0; i < ranking->courses; i++)
	{
		TopCourse	item = {learners[i], i};

		top_courses_add(ranking->popular, &count, ranking->courses, item);
	}
	top_courses_sort(ranking->popular, count);
	memset(ranking->head, 0, ranking->courses * sizeof(bool));
	for (i = 0; i < ranking->courses && sum < interactions - sum; i++)
	{
		ranking->head[ranking->popular[i].course] = true;
		sum += (size_t) ranking->popular[i].score;
	}
}

static uint32
rank_by_popularity(Ranking *ranking)
{
	uint32		found = 0;
	uint32		i;

	for (i = 0; i < ranking->courses && found < ranking->n; i++)
	{
		if (!ranking->excluded[ranking->popular[i].course])
			ranking->best[found++] = ranking->popular[i];
	}
	return found;
}

/*
 * Fills in ranking->ranked as score_learners() or skill_recommendations() does;
 * returns how many are ranked.
 */
static uint32
rank(Ranking *ranking, const LocalRidgeModel *model, LocalRidgeMethod method,
	 const uint32 *taken, size_t count)
{
	uint32		found;
	uint32		i;

	if (ranking->skills != NULL)
		return skill_ranking_best(ranking->skills, taken, count, ranking->excluded,
								  ranking->best, ranking->n, ranking->ranked);
	if (method == LOCAL_RIDGE_POPULARITY)
		found = rank_by_popularity(ranking);
	else
	{
		course_scores_add(&ranking->scores, model, taken, count);
		found = course_scores_best(&ranking->scores, model, ranking->excluded,
								   ranking->best, ranking->n,
								   method == LOCAL_RIDGE_REGRESSION ? NEW_COURSES_OF(ranking->n) : ranking->n);
		course_scores_clear(&ranking->scores);
	}
	for (i = 0; i < found; i++)
		ranking->ranked[i] = ranking->best[i].course;
	return found;
}

/*
 * Adds the NDCG of those hidden courses that are marked, or are not, for
 * learners who have any.
 */
static void
add_ndcg_of(Ranking *ranking, uint32 found, const uint32 *hidden, size_t count,
			const bool *marks, bool mark, uint64 *learners, double *ndcg)
{
	size_t		relevant = 0;
	size_t		i;

	for (i = 0; i < count; i++)
	{
		if (marks[hidden[i]] == mark)
			ranking->relevant[relevant++] = hidden[i];
	}
	if (relevant == 0)
		return;
	(*learners)++;
	*ndcg += ranking_metrics(ranking->ranked, found, ranking->relevant,
							 relevant, ranking->n).ndcg;
}

static float
measure_user(Ranking *ranking, const Split *split, const LocalRidgeModel *model,
			 LocalRidgeMethod method, uint32 user, RankingQuality *quality)
{
	const uint32 *taken = &split->rest.course[split->rest.row_start[user]];
	size_t		count = split->rest.row_start[user + 1] - split->rest.row_start[user];
	const uint32 *hidden = &split->hidden[split->hidden_start[user]];
	size_t		hidden_count = split->hidden_start[user + 1] - split->hidden_start[user];
	size_t		known = Min(count, quality->learners % COLD_COURSES + 1);
	RankingMetrics metrics;
	uint32		found;
	size_t		i;

	for (i = 0; i < count; i++)
		ranking->excluded[taken[i]] = true;
	found = rank(ranking, model, method, &taken[count - known], known);
	quality->cold_ndcg += ranking_metrics(ranking->ranked, found, hidden,
										  hidden_count, ranking->n).ndcg;
	found = rank(ranking, model, method, taken, count);
	for (i = 0; i < count; i++)
		ranking->excluded[taken[i]] = false;

	for (i = 0; i < found; i++)
		ranking->recommended[ranking->ranked[i]] = true;
	metrics = ranking_metrics(ranking->ranked, found, hidden, hidden_count,
							  ranking->n);
	quality->recall += metrics.recall;
	quality->ndcg += metrics.ndcg;
	quality->learners++;
	add_ndcg_of(ranking, found, hidden, hidden_count, ranking->head, false,
				&quality->tail_learners, &quality->tail_ndcg);
	add_ndcg_of(ranking, found, hidden, hidden_count, ranking->is_new, true,
				&quality->new_learners, &quality->new_ndcg);
	return (float) metrics.ndcg;
}

/* Divides the sums by the number of learners. */
static void
finish_quality(const Ranking *ranking, RankingQuality *quality)
{
	uint64		learners = Max(quality->learners, 1);
	uint32		recommended = 0;
	uint32		i;

	for (i = 0; i < ranking->courses; i++)
		recommended += ranking->recommended[i];
	quality->coverage = (double) recommended / Max(ranking->courses, 1);
	quality->recall /= learners;
	quality->ndcg /= learners;
	quality->cold_ndcg /= learners;
	quality->tail_ndcg /= Max(quality->tail_learners, 1);
	quality->new_ndcg /= Max(quality->new_learners, 1);
}

void
ranking_measure(Ranking *ranking, const Split *split,
				const LocalRidgeModel *model, LocalRidgeMethod method,
				uint64 step, RankingQuality *quality, float *ndcgs)
{
	Phase		phase;
	uint64		number = 0;
	uint32		user;

	memset(quality, 0, sizeof(RankingQuality));
	memset(ranking->recommended, 0, ranking->courses * sizeof(bool));
	sort_by_popularity(ranking, &split->rest);
	find_new(ranking, &split->rest);
	phase_begin(&phase, "learners evaluated", split->learners);
	for (user = 0; user < split->rest.users; user++)
	{
		float		ndcg;

		if (split->hidden_start[user + 1] == split->hidden_start[user] ||
			number++ % step != 0)
			continue;
		phase_report(&phase, number - 1);
		ndcg = measure_user(ranking, split, model, method, user, quality);
		if (ndcgs != NULL)
			ndcgs[quality->learners - 1] = ndcg;
	}
	finish_quality(ranking, quality);
}
