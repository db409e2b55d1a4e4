/*
 * course_scores.c
 *		Scores courses for one learner by a model of local_ridge.c.
 *
 * The intercept is for a learner of whom much is known.  Of one who has taken
 * few courses, that a course has not been taken yet says little.  So the score
 * of a learner with n courses begins with
 *
 *		q intercept + (1 - q) popularity,  q = n^2 / (n^2 + FEW_COURSES^2)
 *
 * where popularity is the share of all learners who took the course.  This is
 * rounded as weights are, so that the order of the courses makes no difference.
 *
 * A recommendation needs a reason: candidates are courses to which at least
 * one of the learner's courses has a positive weight and, for a learner with
 * fewer than KNOWN_COURSES, all that anybody took, for their popularity.
 *
 * Cost: linear in the number of weights of the learner's courses, which are
 * read twice; independent of the number of courses, unless the learner has
 * fewer than KNOWN_COURSES.  Memory: the caller's.
 */
#include "discovery/course_scores.h"

#define FEW_COURSES		5
#define KNOWN_COURSES	3

/* Clears the scores for the next learner. */
void
course_scores_clear(CourseScores *scores)
{
	uint32_t	i;

	for (i = 0; i < scores->count; i++)
		scores->seen[scores->course[i]] = false;
	scores->count = 0;
}

/* Returns how much the intercept counts for a learner of so many courses. */
static inline double
known_share(size_t count)
{
	double		square = (double) count * count;

	return square / (square + FEW_COURSES * FEW_COURSES);
}

static inline double
first_score(const LocalRidgeModel *model, uint32_t course, double known)
{
	return local_ridge_round(known * model->intercept[course] +
							 (1 - known) * model->popularity[course]);
}

static inline void
begin_course(CourseScores *scores, const LocalRidgeModel *model,
			 uint32_t course, double known, bool wanted)
{
	scores->seen[course] = true;
	scores->wanted[course] = wanted;
	scores->score[course] = first_score(model, course, known);
	scores->course[scores->count++] = course;
}

/*
 * Adds the weights of the courses that the learner has taken, which are all of
 * them: this is called once for each learner.
 */
void
course_scores_add(CourseScores *scores, const LocalRidgeModel *model,
				  const uint32_t *taken, size_t count)
{
	double		known = known_share(count);
	size_t		i;
	size_t		entry;
	uint32_t	course;

	for (course = 0; count < KNOWN_COURSES && course < model->courses; course++)
	{
		if (model->popularity[course] > 0)
			begin_course(scores, model, course, known, true);
	}
	for (i = 0; i < count; i++)
	{
		for (entry = model->source_start[taken[i]];
			 entry < model->source_start[taken[i] + 1]; entry++)
		{
			uint32_t	target = model->target[entry];

			if (!scores->seen[target])
				begin_course(scores, model, target, known, false);
			scores->score[target] += model->target_weight[entry];
			scores->wanted[target] |= model->target_weight[entry] > 0;
		}
	}
}

/*
 * Returns the score of any course, for a learner of count courses, whose
 * weights have been added.
 */
double
course_scores_of(const CourseScores *scores, const LocalRidgeModel *model,
				 size_t count, uint32_t course)
{
	return scores->seen[course] ? scores->score[course] :
		first_score(model, course, known_share(count));
}

static bool
is_candidate(const CourseScores *scores, const LocalRidgeModel *model,
			 const bool *excluded, uint32_t course, bool is_new)
{
	return scores->wanted[course] && !excluded[course] &&
		(model->popularity[course] == 0) == is_new;
}

/*
 * Finds the best courses that are not excluded, best first; returns how many.
 * At most new_limit of these, at most limit, are courses that nobody has taken:
 * they come first, and then make way for better ones.
 */
uint32_t
course_scores_best(const CourseScores *scores, const LocalRidgeModel *model,
				   const bool *excluded, TopCourse *best, uint32_t limit,
				   uint32_t new_limit)
{
	uint32_t	count = 0;
	uint32_t	i;
	int			pass;

	for (pass = 0; pass < 2; pass++)
	{
		for (i = 0; i < scores->count; i++)
		{
			uint32_t	course = scores->course[i];
			TopCourse	item = {scores->score[course], course};

			if (is_candidate(scores, model, excluded, course, pass == 0))
				top_courses_add(best, &count, pass == 0 ? new_limit : limit, item);
		}
	}
	top_courses_sort(best, count);
	return count;
}

/*
 * Fills in reasons[] for best[].  place has an item for each course; all are
 * 0, before and after the call.
 */
void
course_scores_explain(const LocalRidgeModel *model, const uint32_t *taken,
					  size_t count, const TopCourse *best, uint32_t best_count,
					  uint32_t *place, CourseReasons *reasons)
{
	uint32_t	number;
	size_t		i;
	size_t		entry;

	for (number = 0; number < best_count; number++)
	{
		place[best[number].course] = number + 1;
		reasons[number].count = 0;
	}
	for (i = 0; i < count; i++)
	{
		for (entry = model->source_start[taken[i]];
			 entry < model->source_start[taken[i] + 1]; entry++)
		{
			TopCourse	item = {model->target_weight[entry], taken[i]};

			number = place[model->target[entry]];
			if (number > 0 && item.score > 0)
				top_courses_add(reasons[number - 1].reason,
								&reasons[number - 1].count, MAX_REASONS, item);
		}
	}
	for (number = 0; number < best_count; number++)
	{
		place[best[number].course] = 0;
		top_courses_sort(reasons[number].reason, reasons[number].count);
	}
}
