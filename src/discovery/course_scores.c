/*
 * course_scores.c
 *		Scores courses for one learner by a model of local_ridge.c.
 *
 * A recommendation needs a reason: only courses to which at least one of the
 * learner's courses has a positive weight are candidates.
 *
 * Cost: linear in the number of weights of the learner's courses, which are
 * read twice; independent of the number of courses.  Memory: the caller's.
 */
#include "discovery/course_scores.h"

/* Clears the scores for the next learner. */
void
course_scores_clear(CourseScores *scores)
{
	uint32_t	i;

	for (i = 0; i < scores->count; i++)
		scores->seen[scores->course[i]] = false;
	scores->count = 0;
}

/* Adds the weights of the courses that the learner has taken. */
void
course_scores_add(CourseScores *scores, const LocalRidgeModel *model,
				  const uint32_t *taken, size_t count)
{
	size_t		i;
	size_t		entry;

	for (i = 0; i < count; i++)
	{
		for (entry = model->source_start[taken[i]];
			 entry < model->source_start[taken[i] + 1]; entry++)
		{
			uint32_t	target = model->target[entry];

			if (!scores->seen[target])
			{
				scores->seen[target] = true;
				scores->wanted[target] = false;
				scores->score[target] = model->intercept[target];
				scores->course[scores->count++] = target;
			}
			scores->score[target] += model->target_weight[entry];
			scores->wanted[target] |= model->target_weight[entry] > 0;
		}
	}
}

/*
 * Finds the best courses that are not excluded, best first; returns how many.
 */
uint32_t
course_scores_best(const CourseScores *scores, const bool *excluded,
				   TopCourse *best, uint32_t limit)
{
	uint32_t	count = 0;
	uint32_t	i;

	for (i = 0; i < scores->count; i++)
	{
		TopCourse	item = {scores->score[scores->course[i]], scores->course[i]};

		if (scores->wanted[item.course] && !excluded[item.course])
			top_courses_add(best, &count, limit, item);
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
